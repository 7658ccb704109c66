/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-number-list.h"

G_BEGIN_DECLS

/* What the fields of all numbers have in common; translated. */
typedef struct
{
  const char *unit; /* of information: "bits" */
  const char *band; /* what stands around means */
} IpTableWords;

IpTableWords ip_table_words_get (IpSession *session);

const char *ip_table_get_title (IpNumberField column);
gboolean ip_table_is_number (IpNumberField column);
/* NAN for what there is not, or is no number. */
double ip_table_get_real (IpNumber *number, IpNumberField column);
/* exact: every digit, for other programs; otherwise for the eye. */
char *ip_table_format_field (const IpTableWords *words,
                             IpNumber *number,
                             IpNumberField column,
                             gboolean exact) G_GNUC_WARN_UNUSED_RESULT;

/* Rows of a table to be made into text under their titles, fields separated by tabs, for a
 * spreadsheet; by any thread. */
typedef struct _IpTableText IpTableText;

/* As the numbers are now.  Takes the rows. */
IpTableText *ip_table_text_new (const IpTableWords *words, IpNumberList *numbers, GtkBitset *rows);
void ip_table_text_free (IpTableText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpTableText, ip_table_text_free)

guint64 ip_table_text_get_n_rows (IpTableText *self);
/* NULL when it was cancelled. */
char *ip_table_text_make (IpTableText *self, GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;
/* How much is made, 0 to 1, while another thread makes it. */
double ip_table_text_get_progress (IpTableText *self);

G_END_DECLS
