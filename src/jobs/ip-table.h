/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <gio/gio.h>

/* A table of estimates as text: one row per number, in the columns of the command line's contract.
 * A spectrum is a row for each eigenvalue, and the table then has an extra column, rank.  Every
 * number reads back as the same double; one that does not exist is empty (CSV) or null
 * (JSON). */

G_BEGIN_DECLS

typedef enum
{
  IP_TABLE_CSV,
  IP_TABLE_JSON,
} IpTableFormat;

/* Who a row belongs to. */
typedef struct
{
  const char *run;
  const char *layer;
  guint layer_index;
  gint64 epoch;
  const char *choices; /* that stand after the parameters, see ip_dump_get_choices(); may be NULL */
} IpTableKey;

typedef struct _IpTable IpTable;

/* in_bits: information in bits, otherwise in nats. */
IpTable *ip_table_new (IpTableFormat format, gboolean in_bits);
void ip_table_free (IpTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpTable, ip_table_free)

void ip_table_add (IpTable *self,
                   const IpTableKey *key,
                   const IpRequest *request,
                   const IpEstimate *estimate);

/* Adds a number that is no estimate and has no n, d and seconds: a mean over runs, with flags that
 * say what it is a mean of; without a request, what training recorded, or the mean of that. */
void ip_table_add_value (IpTable *self,
                         const IpTableKey *key,
                         const IpRequest *request,
                         const IpValue *value,
                         const char *flags);

/* Appends a CSV field, in quotes where it needs them. */
void ip_table_append_field (GString *text, const char *field);

/* (transfer full) The whole table; nothing can be added afterwards. */
GBytes *ip_table_finish (IpTable *self);

G_END_DECLS
