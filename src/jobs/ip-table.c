/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-table.h"

#include "ip-json-writer.h"
#include "ip-number.h"

#include <math.h>
#include <string.h>

/* One row, ready to be written: information already in the unit asked for. */
typedef struct
{
  const IpTableKey *key;
  const char *estimator;
  char parameters[256];
  const char *quantity;
  double numbers[5]; /* value, lower, upper, error, ceiling */
  const char *unit;
  const IpEstimate *estimate; /* NULL for a number that is none */
  char flags[256];
  guint rank; /* of an eigenvalue, from 1; 0 for all other numbers */
} Row;

static const char *const number_names[] = { "value", "lower", "upper", "error", "ceiling" };

#define COLUMNS \
  "run,layer,layer_index,epoch,estimator,parameters,quantity,value,lower,upper,error,ceiling," \
  "unit,n,d,seconds,flags"

struct _IpTable
{
  IpTableFormat format;
  gboolean in_bits;
  GString *text;        /* CSV */
  GString *ranked;      /* the same with the column that is there if any row needs it */
  gboolean has_ranks;
  IpJsonWriter *writer; /* JSON */
};

IpTable *
ip_table_new (IpTableFormat format, gboolean in_bits)
{
  IpTable *self = g_new0 (IpTable, 1);

  self->format = format;
  self->in_bits = in_bits;
  if (format == IP_TABLE_CSV)
    {
      self->text = g_string_new (COLUMNS "\n");
      self->ranked = g_string_new (COLUMNS ",rank\n");
    }
  else
    {
      self->writer = ip_json_writer_new ();
      ip_json_writer_begin_array (self->writer, NULL);
    }

  return self;
}

void
ip_table_free (IpTable *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  if (self->ranked != NULL)
    g_string_free (self->ranked, TRUE);
  g_clear_pointer (&self->writer, ip_json_writer_free);
  g_free (self);
}

/* Empty for a number that does not exist. */
static const char *
format_number (double number, char *buffer)
{
  if (isnan (number))
    return "";

  ip_number_format (number, buffer);

  return buffer;
}

void
ip_table_append_field (GString *text, const char *field)
{
  if (field[strcspn (field, ",\"\r\n")] == '\0')
    {
      g_string_append (text, field);
    }
  else
    {
      g_string_append_c (text, '"');
      for (const char *c = field; *c != '\0'; c++)
        {
          if (*c == '"')
            g_string_append_c (text, '"');
          g_string_append_c (text, *c);
        }
      g_string_append_c (text, '"');
    }
}

static void
add_csv_row (IpTable *self, const Row *row)
{
  char number[IP_NUMBER_SIZE];
  gsize start = self->text->len;

  ip_table_append_field (self->text, row->key->run);
  g_string_append_c (self->text, ',');
  ip_table_append_field (self->text, row->key->layer);
  g_string_append_printf (self->text, ",%u,%" G_GINT64_FORMAT ",%s,",
                          row->key->layer_index, row->key->epoch, row->estimator);
  ip_table_append_field (self->text, row->parameters);
  g_string_append_printf (self->text, ",%s", row->quantity);
  for (gsize i = 0; i < G_N_ELEMENTS (row->numbers); i++)
    g_string_append_printf (self->text, ",%s", format_number (row->numbers[i], number));
  g_string_append_printf (self->text, ",%s,", row->unit);
  if (row->estimate != NULL)
    g_string_append_printf (self->text, "%zu,%zu,%s,", row->estimate->n, row->estimate->d,
                            format_number (row->estimate->seconds, number));
  else
    g_string_append (self->text, ",,,");
  ip_table_append_field (self->text, row->flags);
  g_string_append (self->ranked, self->text->str + start);
  g_string_append_c (self->text, '\n');
  if (row->rank > 0)
    g_string_append_printf (self->ranked, ",%u\n", row->rank);
  else
    g_string_append (self->ranked, ",\n");
  self->has_ranks |= row->rank > 0;
}

static void
add_json_row (IpTable *self, const Row *row)
{
  IpJsonWriter *writer = self->writer;

  ip_json_writer_begin_object (writer, NULL);
  ip_json_writer_add_text (writer, "run", row->key->run);
  ip_json_writer_add_text (writer, "layer", row->key->layer);
  ip_json_writer_add_integer (writer, "layer_index", row->key->layer_index);
  ip_json_writer_add_integer (writer, "epoch", row->key->epoch);
  ip_json_writer_add_text (writer, "estimator", row->estimator);
  ip_json_writer_add_text (writer, "parameters", row->parameters);
  ip_json_writer_add_text (writer, "quantity", row->quantity);
  for (gsize i = 0; i < G_N_ELEMENTS (row->numbers); i++)
    ip_json_writer_add_number (writer, number_names[i], row->numbers[i]);
  ip_json_writer_add_text (writer, "unit", row->unit);
  if (row->estimate != NULL)
    {
      ip_json_writer_add_integer (writer, "n", row->estimate->n);
      ip_json_writer_add_integer (writer, "d", row->estimate->d);
    }
  else
    {
      ip_json_writer_add_number (writer, "n", NAN);
      ip_json_writer_add_number (writer, "d", NAN);
    }
  ip_json_writer_add_number (writer, "seconds", row->estimate ? row->estimate->seconds : NAN);
  ip_json_writer_add_text (writer, "flags", row->flags);
  if (row->rank > 0)
    ip_json_writer_add_integer (writer, "rank", row->rank);
  ip_json_writer_end_object (writer);
}

static void
add_row (IpTable *self, const Row *row)
{
  if (self->format == IP_TABLE_CSV)
    add_csv_row (self, row);
  else
    add_json_row (self, row);
}

static void
add_value (IpTable *self, Row *row, const IpValue *value)
{
  const IpQuantityInfo *info = ip_quantity_get_info (value->quantity);
  const double numbers[] = { value->value, value->lower, value->upper,
                             value->error, value->ceiling };
  gboolean information = info->unit == IP_UNIT_INFORMATION;

  row->quantity = info->id;
  row->unit = !information ? "1" : self->in_bits ? "bits" : "nats";
  for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
    row->numbers[k] = numbers[k] / (information && self->in_bits ? G_LN2 : 1);
  if (row->estimate != NULL)
    ip_flags_format (value->flags, row->estimate->clipped, row->flags, sizeof row->flags);
  add_row (self, row);
}

static void
add_eigenvalue (IpTable *self, Row *row, guint rank)
{
  row->quantity = "spectrum";
  row->unit = "1";
  row->rank = rank;
  row->numbers[0] = row->estimate->spectrum[rank - 1];
  for (gsize k = 1; k < G_N_ELEMENTS (row->numbers); k++)
    row->numbers[k] = NAN;
  row->flags[0] = '\0';
  add_row (self, row);
}

static void
row_init (Row *row, const IpTableKey *key, const IpRequest *request, const IpEstimate *estimate)
{
  *row = (Row){ .key = key, .estimator = "recorded", .estimate = estimate };
  if (request == NULL)
    return;
  row->estimator = request->estimator->id;
  ip_parameters_format (&request->parameters, request->estimator, row->parameters,
                        sizeof row->parameters);
}

void
ip_table_add (IpTable *self,
              const IpTableKey *key,
              const IpRequest *request,
              const IpEstimate *estimate)
{
  Row row;

  row_init (&row, key, request, estimate);
  if (key->choices != NULL && *key->choices != '\0')
    {
      gsize length = strlen (row.parameters);

      g_snprintf (row.parameters + length, sizeof row.parameters - length, "%s%s",
                  length > 0 ? "," : "", key->choices);
    }

  for (unsigned i = 0; i < estimate->n_values; i++)
    add_value (self, &row, &estimate->values[i]);
  for (unsigned rank = 1; rank <= estimate->n_spectrum; rank++)
    add_eigenvalue (self, &row, rank);
}

void
ip_table_add_value (IpTable *self,
                    const IpTableKey *key,
                    const IpRequest *request,
                    const IpValue *value,
                    const char *flags)
{
  Row row;

  row_init (&row, key, request, NULL);
  g_strlcpy (row.flags, flags, sizeof row.flags);
  add_value (self, &row, value);
}

GBytes *
ip_table_finish (IpTable *self)
{
  if (self->format == IP_TABLE_JSON)
    {
      char *text;

      ip_json_writer_end_array (self->writer);
      text = ip_json_writer_finish (self->writer);

      return g_bytes_new_take (text, strlen (text));
    }

  return g_string_free_to_bytes (self->has_ranks ? g_steal_pointer (&self->ranked)
                                                 : g_steal_pointer (&self->text));
}
