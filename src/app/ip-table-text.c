/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-table-text.h"

#include "ip-number.h"

#include <glib/gi18n.h>
#include <math.h>

#define ROWS_BETWEEN_CHECKS 256

static const struct
{
  const char *title;
  gboolean is_number;
} columns[IP_NUMBER_N_FIELDS] = {
  [IP_NUMBER_RUN] = { N_("Run"), FALSE },
  [IP_NUMBER_LAYER] = { N_("Layer"), FALSE },
  [IP_NUMBER_EPOCH] = { N_("Epoch"), TRUE },
  [IP_NUMBER_ESTIMATOR] = { N_("Estimator"), FALSE },
  [IP_NUMBER_QUANTITY] = { N_("Quantity"), FALSE },
  [IP_NUMBER_VALUE] = { N_("Value"), TRUE },
  [IP_NUMBER_UNIT] = { N_("Unit"), FALSE },
  [IP_NUMBER_LOWER] = { N_("Lower"), TRUE },
  [IP_NUMBER_UPPER] = { N_("Upper"), TRUE },
  [IP_NUMBER_ERROR] = { N_("Error"), TRUE },
  [IP_NUMBER_CEILING] = { N_("Ceiling"), TRUE },
  [IP_NUMBER_RUNS] = { N_("Runs"), TRUE },
  [IP_NUMBER_FLAGS] = { N_("Flags"), FALSE },
};

struct _IpTableText
{
  IpTableWords words;
  IpNumberList *numbers; /* frozen */
  GtkBitset *rows;
  guint n_done; /* atomic */
};

IpTableWords
ip_table_words_get (IpSession *session)
{
  return (IpTableWords) {
    .unit = ip_session_get_in_bits (session) ? _("bits") : _("nats"),
    .band = ip_band_describe (ip_session_get_display (session, IP_DISPLAY_BAND)),
  };
}

const char *
ip_table_get_title (IpNumberField column)
{
  return _(columns[column].title);
}

gboolean
ip_table_is_number (IpNumberField column)
{
  return columns[column].is_number;
}

double
ip_table_get_real (IpNumber *number, IpNumberField column)
{
  switch (column)
    {
    case IP_NUMBER_EPOCH:
      return number->epoch;

    case IP_NUMBER_VALUE:
      return number->value;

    case IP_NUMBER_LOWER:
      return number->lower;

    case IP_NUMBER_UPPER:
      return number->upper;

    case IP_NUMBER_ERROR:
      return number->error;

    case IP_NUMBER_CEILING:
      return number->ceiling;

    case IP_NUMBER_RUNS:
      return number->n_runs > 0 ? number->n_runs : NAN;

    default:
      return NAN;
    }
}

static const char *
get_text (const IpTableWords *words, IpNumber *number, IpNumberField column)
{
  const IpQuantityInfo *info = ip_quantity_get_info (number->quantity);

  switch (column)
    {
    case IP_NUMBER_RUN:
      return number->run;

    case IP_NUMBER_LAYER:
      return number->layer;

    case IP_NUMBER_ESTIMATOR:
      return number->estimator;

    case IP_NUMBER_QUANTITY:
      return info->symbol;

    case IP_NUMBER_UNIT:
      return info->unit == IP_UNIT_INFORMATION ? words->unit : "";

    default:
      return "";
    }
}

char *
ip_table_format_field (const IpTableWords *words,
                       IpNumber *number,
                       IpNumberField column,
                       gboolean exact)
{
  char text[IP_NUMBER_SIZE], flags[256];
  double value = ip_table_get_real (number, column);

  if (column == IP_NUMBER_FLAGS && number->n_runs > 0)
    return g_strdup (words->band);
  if (column == IP_NUMBER_FLAGS)
    {
      ip_flags_format (number->flags, number->clipped, flags, sizeof flags);
      return g_strdup (flags);
    }
  if (column == IP_NUMBER_EPOCH)
    return g_strdup_printf ("%" G_GINT64_FORMAT, number->epoch);
  if (column == IP_NUMBER_RUNS)
    return number->n_runs > 0 ? g_strdup_printf ("%u", number->n_runs) : g_strdup ("");
  if (!columns[column].is_number)
    return g_strdup (get_text (words, number, column));
  if (isnan (value))
    return g_strdup (column == IP_NUMBER_VALUE && !exact ? "–" : "");
  if (!exact)
    return fabs (value) >= 1e-3 && fabs (value) < 1e5 ? g_strdup_printf ("%.4f", value)
                                                      : g_strdup_printf ("%.4g", value);
  ip_number_format (value, text);
  return g_strdup (text);
}

IpTableText *
ip_table_text_new (const IpTableWords *words, IpNumberList *numbers, GtkBitset *rows)
{
  IpTableText *self = g_new0 (IpTableText, 1);

  self->words = *words;
  self->numbers = ip_number_list_freeze (numbers);
  self->rows = rows;
  return self;
}

void
ip_table_text_free (IpTableText *self)
{
  g_object_unref (self->numbers);
  gtk_bitset_unref (self->rows);
  g_free (self);
}

guint64
ip_table_text_get_n_rows (IpTableText *self)
{
  return gtk_bitset_get_size (self->rows);
}

static void
add_row (const IpTableText *self, guint row, GString *text)
{
  g_autoptr (IpNumber) number = g_list_model_get_item (G_LIST_MODEL (self->numbers), row);

  for (guint column = 0; column < IP_NUMBER_N_FIELDS; column++)
    {
      g_autofree char *field = ip_table_format_field (&self->words, number, column, TRUE);

      g_string_append (text, g_strdelimit (field, "\t\n\r", ' '));
      g_string_append_c (text, column + 1 < IP_NUMBER_N_FIELDS ? '\t' : '\n');
    }
}

char *
ip_table_text_make (IpTableText *self, GCancellable *cancellable)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GtkBitsetIter iter;
  guint row;

  g_atomic_int_set (&self->n_done, 0);
  for (guint column = 0; column < IP_NUMBER_N_FIELDS; column++)
    g_string_append_printf (text, "%s%c", ip_table_get_title (column),
                            column + 1 < IP_NUMBER_N_FIELDS ? '\t' : '\n');
  for (gboolean more = gtk_bitset_iter_init_first (&iter, self->rows, &row); more;
       more = gtk_bitset_iter_next (&iter, &row))
    {
      add_row (self, row, text);
      if (g_atomic_int_add (&self->n_done, 1) % ROWS_BETWEEN_CHECKS == 0
          && g_cancellable_is_cancelled (cancellable))
        return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

double
ip_table_text_get_progress (IpTableText *self)
{
  return (double) (guint) g_atomic_int_get (&self->n_done)
         / (double) MAX (gtk_bitset_get_size (self->rows), 1);
}
