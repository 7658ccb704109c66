/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Which samples of a dump are used. */

G_BEGIN_DECLS

typedef enum
{
  IP_SELECTION_ALL,
  IP_SELECTION_FIRST,
  IP_SELECTION_RANDOM,
  IP_SELECTION_CLASS, /* n of each class */
  IP_N_SELECTIONS,
} IpSelectionKind;

typedef struct
{
  gsize n;
  gsize *rows; /* [n] ascending; NULL when all are used */
  char *text;  /* "all", "random:n=500,seed=1": part of every result's key */
} IpSelection;

void ip_selection_init_all (IpSelection *self, gsize n);
void ip_selection_init_copy (IpSelection *self, const IpSelection *other);
void ip_selection_clear (IpSelection *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpSelection, ip_selection_clear)

/* n of `total` samples, without replacement; the same ones for the same seed on every machine. */
void ip_selection_init_random (IpSelection *self, gsize total, gsize n, guint64 seed);

void ip_selection_init_first (IpSelection *self, gsize total, gsize n);

/* n of each class, all of classes that have fewer. */
void ip_selection_init_per_class (IpSelection *self,
                                  const guint32 *classes,
                                  gsize total,
                                  gsize n,
                                  guint64 seed);

/* "all", "first", "random", "class" */
const char *ip_selection_kind_get_id (IpSelectionKind kind);

/* Reads a key such as "random:n=500,seed=1". */
gboolean
ip_selection_parse (const char *text, IpSelectionKind *kind, gsize *n, guint64 *seed);

/* Moves the selected rows to the front, in place. */
void ip_selection_gather (const IpSelection *self, gpointer data, gsize row_size);

G_END_DECLS
