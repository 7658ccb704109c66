/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-mapping.h"
#include "ip-reader.h"

/* The datasets of a file that the layers of a mapping speak of. */

G_BEGIN_DECLS

typedef struct
{
  const IpObject *dataset;
  const IpMappingLayer *statement;
  char *layer;
  gint64 epoch; /* 0 where the path names none */
} IpMatch;

typedef struct
{
  GArray *array;        /* of IpMatch, in the order of the mapping */
  GHashTable *datasets; /* all that match */
  gboolean named;       /* every snapshot is a dataset */
  gboolean stacked;     /* there is an axis of epochs */
} IpMatches;

void ip_matches_init (IpMatches *self);
void ip_matches_clear (IpMatches *self);

/* Fails when a statement matches nothing, or when some layers have an axis of epochs and others a
 * dataset for every epoch.  The mapping must stay. */
gboolean
ip_matches_find (IpMatches *self, const IpMapping *mapping, IpReader *reader, GError **error);

/* Calls the function for every way to take one of the path's numbers for an epoch. */
typedef void (*IpNumberFunc) (const char *pattern, gint64 epoch, gpointer data);
void ip_path_for_each_number (const char *path, IpNumberFunc function, gpointer data);

G_END_DECLS
