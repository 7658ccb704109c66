/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-json-writer.h"

#include "ip-number.h"

#include <math.h>

struct _IpJsonWriter
{
  GString *text;
  gboolean needs_comma;
  gboolean breaks_line;
};

IpJsonWriter *
ip_json_writer_new (void)
{
  IpJsonWriter *self = g_new0 (IpJsonWriter, 1);

  self->text = g_string_new (NULL);

  return self;
}

void
ip_json_writer_free (IpJsonWriter *self)
{
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_free (self);
}

static void
append_string (GString *text, const char *string)
{
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (text, '"');
  for (const char *c = valid; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_printf (text, "\\%c", *c);
      else if (*c == '\n')
        g_string_append (text, "\\n");
      else if ((guchar) *c < ' ')
        g_string_append_printf (text, "\\u%04x", (guchar) *c);
      else
        g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}

static void
begin_value (IpJsonWriter *self, const char *name)
{
  if (self->needs_comma)
    g_string_append (self->text, self->breaks_line ? "," : ", ");
  if (self->breaks_line)
    g_string_append (self->text, "\n  ");
  self->breaks_line = FALSE;
  if (name != NULL)
    {
      append_string (self->text, name);
      g_string_append (self->text, ": ");
    }
  self->needs_comma = TRUE;
}

/* The objects of a list have a line each. */
void
ip_json_writer_begin_object (IpJsonWriter *self, const char *name)
{
  begin_value (self, name);
  if (name == NULL && self->text->str[0] == '[')
    g_string_append_c (self->text, '\n');
  g_string_append_c (self->text, '{');
  self->needs_comma = FALSE;
}

void
ip_json_writer_end_object (IpJsonWriter *self)
{
  g_string_append_c (self->text, '}');
  self->needs_comma = TRUE;
}

void
ip_json_writer_begin_array (IpJsonWriter *self, const char *name)
{
  begin_value (self, name);
  g_string_append_c (self->text, '[');
  self->needs_comma = FALSE;
}

void
ip_json_writer_end_array (IpJsonWriter *self)
{
  g_string_append_c (self->text, ']');
  self->needs_comma = TRUE;
}

void
ip_json_writer_add_text (IpJsonWriter *self, const char *name, const char *text)
{
  begin_value (self, name);
  append_string (self->text, text);
}

void
ip_json_writer_add_integer (IpJsonWriter *self, const char *name, gint64 number)
{
  begin_value (self, name);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, number);
}

void
ip_json_writer_add_number (IpJsonWriter *self, const char *name, double number)
{
  char text[IP_NUMBER_SIZE];

  if (!isfinite (number))
    {
      ip_json_writer_add_null (self, name);
      return;
    }

  begin_value (self, name);
  ip_number_format (number, text);
  g_string_append (self->text, text);
}

void
ip_json_writer_add_null (IpJsonWriter *self, const char *name)
{
  begin_value (self, name);
  g_string_append (self->text, "null");
}

void
ip_json_writer_add_boolean (IpJsonWriter *self, const char *name, gboolean value)
{
  begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

void
ip_json_writer_break_line (IpJsonWriter *self)
{
  self->breaks_line = TRUE;
}

char *
ip_json_writer_finish (IpJsonWriter *self)
{
  return g_string_free (g_steal_pointer (&self->text), FALSE);
}
