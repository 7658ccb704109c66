/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-table.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define NUMBER_SIZE G_ASCII_DTOSTR_BUF_SIZE

/* One row, ready to be written: information already in the unit asked for. */
typedef struct
{
  const IpTableKey *key;
  const char *estimator;
  char parameters[256];
  const char *quantity;
  double numbers[5]; /* value, lower, upper, error, ceiling */
  const char *unit;
  const IpEstimate *estimate;
  char flags[256];
} Row;

static const char *const number_names[] = { "value", "lower", "upper", "error", "ceiling" };

struct _IpTable
{
  IpTableFormat format;
  gboolean in_bits;
  GString *text;        /* CSV */
  JsonBuilder *builder; /* JSON */
};

IpTable *
ip_table_new (IpTableFormat format, gboolean in_bits)
{
  IpTable *self = g_new0 (IpTable, 1);

  self->format = format;
  self->in_bits = in_bits;
  if (format == IP_TABLE_CSV)
    {
      self->text = g_string_new ("run,layer,layer_index,epoch,estimator,parameters,quantity,value,"
                                 "lower,upper,error,ceiling,unit,n,d,seconds,flags\n");
    }
  else
    {
      self->builder = json_builder_new ();
      json_builder_begin_array (self->builder);
    }

  return self;
}

void
ip_table_free (IpTable *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_clear_object (&self->builder);
  g_free (self);
}

/* Empty for a number that does not exist. */
static const char *
format_number (double number, char *buffer)
{
  if (isnan (number))
    return "";

  for (int digits = 15; digits <= 17; digits++)
    {
      char format[] = "%.15g";

      format[3] = '0' + digits % 10;
      g_ascii_formatd (buffer, NUMBER_SIZE, format, number);
      if (g_ascii_strtod (buffer, NULL) == number)
        break;
    }

  return buffer;
}

static void
append_field (GString *text, const char *field)
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
  char number[NUMBER_SIZE];

  append_field (self->text, row->key->run);
  g_string_append_c (self->text, ',');
  append_field (self->text, row->key->layer);
  g_string_append_printf (self->text, ",%u,%" G_GINT64_FORMAT ",%s,",
                          row->key->layer_index, row->key->epoch, row->estimator);
  append_field (self->text, row->parameters);
  g_string_append_printf (self->text, ",%s", row->quantity);
  for (gsize i = 0; i < G_N_ELEMENTS (row->numbers); i++)
    g_string_append_printf (self->text, ",%s", format_number (row->numbers[i], number));
  g_string_append_printf (self->text, ",%s,%zu,%zu,%s,", row->unit, row->estimate->n,
                          row->estimate->d, format_number (row->estimate->seconds, number));
  append_field (self->text, row->flags);
  g_string_append_c (self->text, '\n');
}

static void
add_json_member (IpTable *self, const char *name, double number)
{
  json_builder_set_member_name (self->builder, name);
  if (isfinite (number))
    json_builder_add_double_value (self->builder, number);
  else
    json_builder_add_null_value (self->builder);
}

static void
add_json_text (IpTable *self, const char *name, const char *text)
{
  json_builder_set_member_name (self->builder, name);
  json_builder_add_string_value (self->builder, text);
}

static void
add_json_integer (IpTable *self, const char *name, gint64 number)
{
  json_builder_set_member_name (self->builder, name);
  json_builder_add_int_value (self->builder, number);
}

static void
add_json_row (IpTable *self, const Row *row)
{
  json_builder_begin_object (self->builder);
  add_json_text (self, "run", row->key->run);
  add_json_text (self, "layer", row->key->layer);
  add_json_integer (self, "layer_index", row->key->layer_index);
  add_json_integer (self, "epoch", row->key->epoch);
  add_json_text (self, "estimator", row->estimator);
  add_json_text (self, "parameters", row->parameters);
  add_json_text (self, "quantity", row->quantity);
  for (gsize i = 0; i < G_N_ELEMENTS (row->numbers); i++)
    add_json_member (self, number_names[i], row->numbers[i]);
  add_json_text (self, "unit", row->unit);
  add_json_integer (self, "n", row->estimate->n);
  add_json_integer (self, "d", row->estimate->d);
  add_json_member (self, "seconds", row->estimate->seconds);
  add_json_text (self, "flags", row->flags);
  json_builder_end_object (self->builder);
}

void
ip_table_add (IpTable *self,
              const IpTableKey *key,
              const IpRequest *request,
              const IpEstimate *estimate)
{
  Row row = { .key = key, .estimator = request->estimator->id, .estimate = estimate };

  ip_parameters_format (&request->parameters, request->estimator, row.parameters,
                        sizeof row.parameters);

  for (unsigned i = 0; i < estimate->n_values; i++)
    {
      const IpValue *value = &estimate->values[i];
      const IpQuantityInfo *info = ip_quantity_get_info (value->quantity);
      const double numbers[] = { value->value, value->lower, value->upper,
                                 value->error, value->ceiling };
      gboolean information = info->unit == IP_UNIT_INFORMATION;

      row.quantity = info->id;
      row.unit = !information ? "1" : self->in_bits ? "bits" : "nats";
      for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
        row.numbers[k] = numbers[k] / (information && self->in_bits ? G_LN2 : 1);
      ip_flags_format (value->flags, estimate->clipped, row.flags, sizeof row.flags);

      if (self->format == IP_TABLE_CSV)
        add_csv_row (self, &row);
      else
        add_json_row (self, &row);
    }
}

GBytes *
ip_table_finish (IpTable *self)
{
  if (self->format == IP_TABLE_JSON)
    {
      g_autoptr (JsonGenerator) generator = json_generator_new ();
      g_autoptr (JsonNode) root = NULL;
      char *text;
      gsize length;

      json_builder_end_array (self->builder);
      root = json_builder_get_root (self->builder);
      json_generator_set_pretty (generator, TRUE);
      json_generator_set_root (generator, root);
      text = json_generator_to_data (generator, &length);
      g_clear_object (&self->builder);

      return g_bytes_new_take (text, length);
    }

  return g_string_free_to_bytes (g_steal_pointer (&self->text));
}
