/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-mapping.h"

#include <glib/gi18n.h>
#include <string.h>

#define FORMAT "infoplane-dump"
#define NONE "none"
#define MAX_BYTES (16 << 20)

G_DEFINE_QUARK (ip-mapping-error-quark, ip_mapping_error)

static void
layer_clear (IpMappingLayer *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->axes);
}

IpMapping *
ip_mapping_new (void)
{
  IpMapping *self = g_new0 (IpMapping, 1);

  self->layers = g_array_new (FALSE, TRUE, sizeof (IpMappingLayer));
  g_array_set_clear_func (self->layers, (GDestroyNotify) layer_clear);
  self->confidence = IP_CONFIDENCE_CERTAIN;
  self->doubts = g_ptr_array_new_with_free_func (g_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static void
copy_texts (GPtrArray *to, const GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, g_strdup (from->pdata[i]));
}

IpMapping *
ip_mapping_copy (const IpMapping *self)
{
  IpMapping *copy = ip_mapping_new ();

  copy->native = self->native;
  copy->epochs = g_strdup (self->epochs);
  copy->labels = g_strdup (self->labels);
  copy->inputs = g_strdup (self->inputs);
  copy->input_axes = g_strdup (self->input_axes);
  for (guint i = 0; i < self->layers->len; i++)
    {
      const IpMappingLayer *layer = ip_mapping_get_layer (self, i);

      ip_mapping_add_layer (copy, layer->name, layer->path, layer->axes, layer->bfloat16);
    }
  copy->confidence = self->confidence;
  copy_texts (copy->doubts, self->doubts);
  copy_texts (copy->notes, self->notes);
  return copy;
}

void
ip_mapping_free (IpMapping *self)
{
  if (self == NULL)
    return;
  g_free (self->epochs);
  g_free (self->labels);
  g_free (self->inputs);
  g_free (self->input_axes);
  g_array_unref (self->layers);
  g_ptr_array_unref (self->doubts);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

void
ip_mapping_add_layer (IpMapping *self,
                      const char *name,
                      const char *path,
                      const char *axes,
                      gboolean bfloat16)
{
  IpMappingLayer layer = { g_strdup (name), g_strdup (path), g_strdup (axes), bfloat16 };

  g_array_append_val (self->layers, layer);
}

const IpMappingLayer *
ip_mapping_get_layer (const IpMapping *self, guint layer)
{
  g_assert (layer < self->layers->len);

  return &g_array_index (self->layers, IpMappingLayer, layer);
}

typedef struct
{
  char letter;
  const char *word;
} Axis;

static const Axis axes[] = {
  { IP_AXIS_EPOCHS, "epochs" },
  { IP_AXIS_SAMPLES, "samples" },
  { IP_AXIS_UNITS, "units" },
  { IP_AXIS_REVERSED_UNITS, "reversed units" },
};

/* What is being read: the rest of a line. */
typedef struct
{
  const char *at;
  guint line;
} Scanner;

static gboolean
fail (const Scanner *self, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (const Scanner *self, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, IP_MAPPING_ERROR, IP_MAPPING_ERROR_SYNTAX, _("line %u: %s"), self->line,
               message);
  return FALSE;
}

static void
skip_spaces (Scanner *self)
{
  while (g_ascii_isspace (*self->at))
    self->at++;
}

static gboolean
skip_text (Scanner *self, const char *text)
{
  skip_spaces (self);
  if (!g_str_has_prefix (self->at, text))
    return FALSE;
  self->at += strlen (text);
  return TRUE;
}

/* A text in quotes, or the one before one of the ends. (transfer full) NULL on errors */
static char *
scan_text (Scanner *self, const char *const *ends, GError **error)
{
  const char *start;
  gsize length;
  char *text;

  skip_spaces (self);
  start = self->at;
  if (*start == '"')
    {
      g_autofree char *quoted = NULL;

      for (self->at++; *self->at != '"' && *self->at != '\0'; self->at++)
        if (*self->at == '\\' && self->at[1] != '\0')
          self->at++;
      if (*self->at != '"')
        {
          fail (self, error, _("a quote is not closed"));
          return NULL;
        }
      quoted = g_strndup (start + 1, (gsize) (self->at++ - start) - 1);
      return g_strcompress (quoted);
    }

  length = strlen (start);
  for (; *ends != NULL; ends++)
    {
      const char *end = strstr (start, *ends);

      if (end != NULL)
        length = MIN (length, (gsize) (end - start));
    }
  self->at += length;
  text = g_strchomp (g_strndup (start, length));
  if (*text == '\0')
    {
      fail (self, error, _("a name or path is missing"));
      g_clear_pointer (&text, g_free);
    }
  return text;
}

/* Exactly one axis of samples, at most one of epochs, and units that are all of one kind. */
static gboolean
check_axes (const Scanner *self, const char *letters, gboolean with_epochs, GError **error)
{
  guint count[256] = { 0 };

  for (const char *letter = letters; *letter != '\0'; letter++)
    count[(guchar) *letter]++;
  if (count[IP_AXIS_SAMPLES] != 1)
    return fail (self, error, _("one axis must be “samples”"));
  if (count[IP_AXIS_EPOCHS] > (with_epochs ? 1 : 0))
    return fail (self, error, with_epochs ? _("only one axis can be “epochs”")
                                          : _("no axis can be “epochs” here"));
  if (count[IP_AXIS_UNITS] > 0 && count[IP_AXIS_REVERSED_UNITS] > 0)
    return fail (self, error, _("either all units are reversed or none"));
  return TRUE;
}

/* "[samples, units]"; NULL on errors. (transfer full) */
static char *
scan_axes (Scanner *self, gboolean with_epochs, GError **error)
{
  const char *end;
  g_autofree char *inside = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) letters = g_string_new (NULL);

  if (!skip_text (self, "[") || (end = strchr (self->at, ']')) == NULL)
    {
      fail (self, error, _("expected the axes, such as [samples, units], found “%s”"), self->at);
      return NULL;
    }
  inside = g_strndup (self->at, (gsize) (end - self->at));
  self->at = end + 1;
  words = g_strsplit (inside, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *word = g_strstrip (words[i]);
      gsize k = 0;

      while (k < G_N_ELEMENTS (axes) && strcmp (word, axes[k].word) != 0)
        k++;
      if (k == G_N_ELEMENTS (axes))
        {
          fail (self, error, _("an axis is epochs, samples, units or reversed units, not “%s”"),
                word);
          return NULL;
        }
      g_string_append_c (letters, axes[k].letter);
    }
  if (!check_axes (self, letters->str, with_epochs, error))
    return NULL;

  return g_string_free (g_steal_pointer (&letters), FALSE);
}

/* A path, "" for none; NULL on errors. (transfer full) */
static char *
scan_path (Scanner *self, GError **error)
{
  static const char *const ends[] = { "[", NULL };
  g_autofree char *path = scan_text (self, ends, error);

  if (path == NULL)
    return NULL;
  if (strcmp (path, NONE) == 0)
    return g_strdup ("");
  if (*path != '/')
    {
      fail (self, error, _("expected a path that begins with /, found “%s”"), path);
      return NULL;
    }
  return g_steal_pointer (&path);
}

static gboolean
check_end (Scanner *self, GError **error)
{
  skip_spaces (self);
  return *self->at == '\0' || fail (self, error, _("unexpected “%s”"), self->at);
}

static gboolean
scan_layer (Scanner *self, IpMapping *mapping, GError **error)
{
  static const char *const ends[] = { " = ", NULL };
  g_autofree char *name = scan_text (self, ends, error);
  g_autofree char *path = NULL;
  g_autofree char *letters = NULL;
  gboolean bfloat16;

  if (name == NULL)
    return FALSE;
  if (!skip_text (self, "="))
    return fail (self, error, _("expected “layer NAME = PATH [axes]”"));
  path = scan_path (self, error);
  letters = path == NULL ? NULL : scan_axes (self, TRUE, error);
  if (letters == NULL)
    return FALSE;
  if (*path == '\0')
    return fail (self, error, _("layer “%s” has no path"), name);
  if ((strstr (name, IP_MAPPING_LAYER) == NULL) != (strstr (path, IP_MAPPING_LAYER) == NULL))
    return fail (self, error, _("{layer} must stand in the name and in the path"));
  if (strchr (letters, IP_AXIS_EPOCHS) != NULL && strstr (path, IP_MAPPING_EPOCH) != NULL)
    return fail (self, error, _("epochs are either an axis or {epoch} in the path"));

  bfloat16 = skip_text (self, "as bfloat16");
  ip_mapping_add_layer (mapping, name, path, letters, bfloat16);
  return check_end (self, error);
}

static gboolean
take_path (Scanner *self, char **path, GError **error)
{
  if (*path != NULL)
    return fail (self, error, _("this is said twice"));
  *path = scan_path (self, error);
  return *path != NULL;
}

static gboolean
scan_format (Scanner *self, IpMapping *mapping, GError **error)
{
  mapping->native = skip_text (self, FORMAT);
  return mapping->native
         || fail (self, error, _("the only format with a name is %s, not “%s”"), FORMAT, self->at);
}

static gboolean
scan_inputs (Scanner *self, IpMapping *mapping, GError **error)
{
  if (!take_path (self, &mapping->inputs, error))
    return FALSE;
  skip_spaces (self);
  if (*self->at == '[' && (mapping->input_axes = scan_axes (self, FALSE, error)) == NULL)
    return FALSE;
  return TRUE;
}

static gboolean
scan_statement (Scanner *self, IpMapping *mapping, GError **error)
{
  g_autofree char *key = NULL;
  gsize length;
  gboolean done;

  skip_spaces (self);
  if (*self->at == '\0' || *self->at == '#')
    return TRUE;
  if (skip_text (self, "layer "))
    return scan_layer (self, mapping, error);

  length = strcspn (self->at, "= ");
  key = g_strndup (self->at, length);
  self->at += length;
  if (!skip_text (self, "="))
    return fail (self, error, _("expected “ROLE = PATH”, found “%s”"), key);

  if (strcmp (key, "format") == 0)
    done = scan_format (self, mapping, error);
  else if (strcmp (key, "epochs") == 0)
    done = take_path (self, &mapping->epochs, error);
  else if (strcmp (key, "labels") == 0)
    done = take_path (self, &mapping->labels, error);
  else if (strcmp (key, "inputs") == 0)
    done = scan_inputs (self, mapping, error);
  else
    return fail (self, error, _("a role is format, epochs, labels, inputs or layer, not “%s”"),
                 key);

  return done && check_end (self, error);
}

IpMapping *
ip_mapping_parse (const char *text, GError **error)
{
  g_autoptr (IpMapping) self = ip_mapping_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      Scanner scanner = { lines[i], i + 1 };

      if (!scan_statement (&scanner, self, error))
        return NULL;
    }
  if (self->native && self->layers->len > 0)
    {
      g_set_error (error, IP_MAPPING_ERROR, IP_MAPPING_ERROR_SYNTAX,
                   _("layers cannot be given together with the format %s"), FORMAT);
      return NULL;
    }

  return g_steal_pointer (&self);
}

IpMapping *
ip_mapping_load (GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *text = NULL;
  gsize length;
  IpMapping *self;

  if (!g_file_load_contents (file, NULL, &text, &length, NULL, error))
    return NULL;
  if (length > MAX_BYTES || !g_utf8_validate (text, (gssize) length, NULL))
    {
      g_set_error (error, IP_MAPPING_ERROR, IP_MAPPING_ERROR_SYNTAX,
                   _("%s: a mapping is a text in UTF-8"), name);
      return NULL;
    }

  self = ip_mapping_parse (text, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", name);
  return self;
}

static gboolean
is_plain (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || *c == '"' || *c == '[' || *c == '\\')
      return FALSE;
  return *text != '\0' && *text != ' ' && text[strlen (text) - 1] != ' '
         && strstr (text, " = ") == NULL;
}

static void
append_text (GString *text, const char *name)
{
  g_autofree char *escaped = NULL;

  if (is_plain (name))
    {
      g_string_append (text, name);
      return;
    }
  escaped = g_strescape (name, NULL);
  g_string_append_printf (text, "\"%s\"", escaped);
}

static void
append_path (GString *text, const char *path)
{
  append_text (text, *path == '\0' ? NONE : path);
}

static void
append_role (GString *text, const char *role, const char *path)
{
  if (path == NULL)
    return;
  g_string_append_printf (text, "%s = ", role);
  append_path (text, path);
  g_string_append_c (text, '\n');
}

char *
ip_mapping_format_axes (const char *letters)
{
  GString *text = g_string_new ("[");

  for (const char *letter = letters; *letter != '\0'; letter++)
    for (gsize k = 0; k < G_N_ELEMENTS (axes); k++)
      if (axes[k].letter == *letter)
        g_string_append_printf (text, "%s%s", letter > letters ? ", " : "", axes[k].word);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
append_axes (GString *text, const char *letters)
{
  g_autofree char *words = ip_mapping_format_axes (letters);

  g_string_append_printf (text, " %s", words);
}

char *
ip_mapping_to_text (const IpMapping *self)
{
  GString *text = g_string_new (NULL);

  if (self->native)
    g_string_append (text, "format = " FORMAT "\n");
  append_role (text, "epochs", self->epochs);
  append_role (text, "labels", self->labels);
  append_role (text, "inputs", self->inputs);
  if (self->inputs != NULL && self->input_axes != NULL)
    {
      g_string_truncate (text, text->len - 1);
      append_axes (text, self->input_axes);
      g_string_append_c (text, '\n');
    }
  for (guint i = 0; i < self->layers->len; i++)
    {
      const IpMappingLayer *layer = ip_mapping_get_layer (self, i);

      g_string_append (text, "layer ");
      append_text (text, layer->name);
      g_string_append (text, " = ");
      append_path (text, layer->path);
      append_axes (text, layer->axes);
      g_string_append (text, layer->bfloat16 ? " as bfloat16\n" : "\n");
    }

  return g_string_free (text, FALSE);
}

const char *
ip_confidence_get_id (IpConfidence confidence)
{
  static const char *const ids[] = { "guess", "likely", "certain" };

  return ids[confidence];
}
