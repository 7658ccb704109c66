/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-place.h"

#include "ip-session-file.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Session files come from other people: their text is looked over before the parser of JSON-GLib
 * gets it, which goes as deep as the text nests and knows comments and two kinds of quotes. */

#define MAX_SIZE (16 * 1024 * 1024)
#define MAX_DEPTH 16
#define MAX_ELEMENTS 4096

static gboolean
fail (GError **error, const char *file, const char *path, const char *expected, const char *found)
{
  g_set_error (error, IP_SESSION_FILE_ERROR, IP_SESSION_FILE_ERROR_MALFORMED,
               _("%s: %s: expected %s, found %s"), file, path, expected, found);

  return FALSE;
}

/* Only what JSON is made of, and not too deep. */
static gboolean
check_text (const char *file, const char *text, gsize length, GError **error)
{
  static const char outside[] = "{}[]:,+-.0123456789eEtrufalsn \t\r\n";
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];
      char found[24];

      if (c == '"')
        in_string = !in_string;
      else if (in_string && c == '\\')
        i++;
      else if (!in_string && (c == '\0' || strchr (outside, c) == NULL))
        {
          g_snprintf (found, sizeof found, g_ascii_isprint (c) ? "“%c”" : "0x%02x", (guchar) c);
          return fail (error, file, _("text"), "JSON", found);
        }
      if (!in_string && (c == '{' || c == '[') && ++depth > MAX_DEPTH)
        return fail (error, file, _("text"), "JSON", _("too many brackets"));
      if (!in_string && (c == '}' || c == ']') && depth > 0)
        depth--;
    }

  return g_utf8_validate_len (text, length, NULL)
         || fail (error, file, _("text"), "UTF-8", _("other bytes"));
}

static char *
load_text (GFile *file, gsize *length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, error);
  g_autofree char *name = g_file_get_basename (file);
  char *text;

  if (info == NULL)
    return NULL;
  if (g_file_info_get_size (info) > MAX_SIZE)
    {
      fail (error, name, _("size"), _("a session"), _("more than 16 MiB"));
      return NULL;
    }

  return g_file_load_contents (file, cancellable, &text, length, NULL, error) ? text : NULL;
}

gboolean
ip_place_parse (IpPlace *self,
                JsonParser *parser,
                GFile *file,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GError) problem = NULL;
  gsize length;
  g_autofree char *text = load_text (file, &length, cancellable, error);
  JsonNode *root;

  if (text == NULL || !check_text (self->file, text, length, error))
    return FALSE;
  if (!json_parser_load_from_data (parser, text, length, &problem))
    return fail (error, self->file, _("text"), "JSON", problem->message);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return fail (error, self->file, _("text"), _("an object"), _("something else"));

  self->object = json_node_get_object (root);
  return TRUE;
}

static char *
describe (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return g_strdup (_("an object"));

    case JSON_NODE_ARRAY:
      return g_strdup (_("a list"));

    case JSON_NODE_NULL:
      return g_strdup ("null");

    case JSON_NODE_VALUE:
    default:
      return json_to_string (node, FALSE);
    }
}

gboolean
ip_place_fail (const IpPlace *self, const char *key, const char *expected, GError **error)
{
  JsonNode *node = json_object_get_member (self->object, key);
  g_autofree char *found = node != NULL ? describe (node) : g_strdup (_("nothing"));
  g_autofree char *path
    = self->path[0] != '\0' ? g_strdup_printf ("%s.%s", self->path, key) : g_strdup (key);

  return fail (error, self->file, path, expected, found);
}

JsonNode *
ip_place_get_member (const IpPlace *self, const char *key)
{
  JsonNode *node = json_object_get_member (self->object, key);

  return node != NULL && !json_node_is_null (node) ? node : NULL;
}

gboolean
ip_place_read_value (const IpPlace *self,
                     const char *key,
                     GType type,
                     GValue *value,
                     GError **error)
{
  JsonNode *node = ip_place_get_member (self, key);
  GType found = G_TYPE_INVALID;

  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node))
    found = json_node_get_value_type (node);

  if (type == G_TYPE_STRING && found == G_TYPE_STRING)
    g_value_set_string (g_value_init (value, type), json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN && found == G_TYPE_BOOLEAN)
    g_value_set_boolean (g_value_init (value, type), json_node_get_boolean (node));
  else if (type == G_TYPE_INT64 && found == G_TYPE_INT64)
    g_value_set_int64 (g_value_init (value, type), json_node_get_int (node));
  else if (type == G_TYPE_DOUBLE && (found == G_TYPE_INT64 || found == G_TYPE_DOUBLE)
           && isfinite (json_node_get_double (node)))
    g_value_set_double (g_value_init (value, type), json_node_get_double (node));
  else
    return ip_place_fail (self, key,
                        type == G_TYPE_STRING    ? _("text")
                        : type == G_TYPE_BOOLEAN ? _("true or false")
                        : type == G_TYPE_INT64   ? _("a whole number")
                                                 : _("a number"),
                        error);

  return TRUE;
}

gboolean
ip_place_read_text (const IpPlace *self, const char *key, char **text, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!ip_place_read_value (self, key, G_TYPE_STRING, &value, error))
    return FALSE;
  if (G_IS_VALUE (&value))
    {
      g_free (*text);
      *text = g_value_dup_string (&value);
    }

  return TRUE;
}

gboolean
ip_place_read_boolean (const IpPlace *self, const char *key, gboolean *flag, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!ip_place_read_value (self, key, G_TYPE_BOOLEAN, &value, error))
    return FALSE;
  if (G_IS_VALUE (&value))
    *flag = g_value_get_boolean (&value);

  return TRUE;
}

gboolean
ip_place_read_integer (const IpPlace *self, const char *key, gint64 *number, GError **error)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!ip_place_read_value (self, key, G_TYPE_INT64, &value, error))
    return FALSE;
  if (G_IS_VALUE (&value))
    *number = g_value_get_int64 (&value);

  return TRUE;
}

gboolean
ip_place_read_object (const IpPlace *self, const char *key, JsonObject **object, GError **error)
{
  JsonNode *node = ip_place_get_member (self, key);

  *object = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return ip_place_fail (self, key, _("an object"), error);
  *object = json_node_get_object (node);

  return TRUE;
}

gboolean
ip_place_read_objects (const IpPlace *self, const char *key, JsonArray **array, GError **error)
{
  JsonNode *node = ip_place_get_member (self, key);

  *array = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return ip_place_fail (self, key, _("a list of objects"), error);
  *array = json_node_get_array (node);
  if (json_array_get_length (*array) > MAX_ELEMENTS)
    return ip_place_fail (self, key, _("a shorter list"), error);
  for (guint i = 0; i < json_array_get_length (*array); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (*array, i)))
      return ip_place_fail (self, key, _("a list of objects"), error);

  return TRUE;
}
