/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-mapping-edit.h"

#include "ip-layout.h"
#include "ip-names.h"

#include <string.h>

#define NATIVE_LAYERS "/layers/"
#define NATIVE_ACTIVATIONS "/activations"

IpMapping *
ip_mapping_propose (IpReader *reader)
{
  return ip_layout_complete (reader, NULL);
}

static gboolean
is_native_layer (const IpObject *object)
{
  return object->is_dataset && g_str_has_prefix (object->path, NATIVE_LAYERS)
         && g_str_has_suffix (object->path, NATIVE_ACTIVATIONS);
}

/* Whether a path begins and ends like a pattern, with a number or a name in between. */
static gboolean
fits_pattern (const char *pattern, const char *path)
{
  const char *open = strchr (pattern, '{');
  const char *close = strrchr (pattern, '}');
  gsize before, after, length;

  if (open == NULL || close < open)
    return strcmp (pattern, path) == 0;
  before = (gsize) (open - pattern);
  after = strlen (close + 1);
  length = strlen (path);
  if (length <= before + after || strncmp (pattern, path, before) != 0
      || strcmp (close + 1, path + length - after) != 0)
    return FALSE;
  return strstr (pattern, IP_MAPPING_LAYER) != NULL
         || strspn (path + before, "0123456789") == length - before - after;
}

static gboolean
is_path (const char *path, const char *standard, const IpObject *object)
{
  return g_strcmp0 (path != NULL ? path : standard, object->path) == 0;
}

IpObjectRole
ip_mapping_get_role (const IpMapping *self, const IpObject *object)
{
  gboolean native = self->native;

  if (is_path (self->labels, native ? "/labels" : NULL, object))
    return IP_OBJECT_LABELS;
  if (is_path (self->inputs, native ? "/inputs" : NULL, object))
    return IP_OBJECT_INPUTS;
  if (is_path (self->epochs, native ? "/epochs" : NULL, object))
    return IP_OBJECT_EPOCHS;
  if (native && is_native_layer (object))
    return IP_OBJECT_LAYER;
  for (guint i = 0; object->is_dataset && i < self->layers->len; i++)
    if (fits_pattern (ip_mapping_get_layer (self, i)->path, object->path))
      return IP_OBJECT_LAYER;
  return IP_OBJECT_NOTHING;
}

static void
replace (char **path, const char *with)
{
  char *copy = g_strdup (with);

  g_free (*path);
  *path = copy;
}

/* The same as statements on layers. */
static void
spell_out (IpMapping *self, IpReader *reader)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  self->native = FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = NULL;

      if (!is_native_layer (&objects[i]))
        continue;
      name = g_strndup (objects[i].path + strlen (NATIVE_LAYERS),
                        strlen (objects[i].path) - strlen (NATIVE_LAYERS NATIVE_ACTIVATIONS));
      ip_mapping_add_layer (self, name, objects[i].path, "esu", FALSE);
    }
  if (self->epochs == NULL && ip_reader_find (reader, "/epochs") != NULL)
    self->epochs = g_strdup ("/epochs");
  if (self->labels == NULL)
    self->labels = g_strdup (ip_reader_find (reader, "/labels") != NULL ? "/labels" : "");
  if (self->inputs == NULL)
    self->inputs = g_strdup (ip_reader_find (reader, "/inputs") != NULL ? "/inputs" : "");
}

static void
clear_role (IpMapping *self, IpReader *reader, const IpObject *object)
{
  switch (ip_mapping_get_role (self, object))
    {
    case IP_OBJECT_LABELS:
      replace (&self->labels, "");
      break;

    case IP_OBJECT_INPUTS:
      replace (&self->inputs, "");
      break;

    case IP_OBJECT_EPOCHS:
      if (self->native)
        spell_out (self, reader);
      replace (&self->epochs, "");
      break;

    case IP_OBJECT_LAYER:
      if (self->native)
        spell_out (self, reader);
      for (guint i = self->layers->len; i-- > 0;)
        if (fits_pattern (ip_mapping_get_layer (self, i)->path, object->path))
          g_array_remove_index (self->layers, i);
      break;

    case IP_OBJECT_NOTHING:
    case IP_N_OBJECT_ROLES:
    default:
      break;
    }
}

/* How long the object with that role is, 0 when there is none. */
static guint64
get_length (IpReader *reader, const char *path)
{
  const IpObject *object
    = path == NULL || *path == '\0' ? NULL : ip_reader_find (reader, path);
  guint64 length = 0;

  for (guint i = 0; object != NULL && i < object->rank; i++)
    if (length <= 1)
      length = object->shape[i];
  return length;
}

/* A first guess, which the user sees and can change. (transfer full) */
static char *
guess_axes (const IpMapping *self, IpReader *reader, const IpObject *object, gboolean named)
{
  guint64 n_samples = get_length (reader, self->labels);
  guint64 n_epochs = named ? 0 : get_length (reader, self->epochs);
  char *letters = g_strnfill (object->rank, IP_AXIS_UNITS);
  int epochs = -1;
  int samples = -1;

  if (n_samples == 0)
    n_samples = get_length (reader, self->inputs);
  for (guint i = 0; i < object->rank; i++)
    {
      if (epochs < 0 && n_epochs > 0 && object->shape[i] == n_epochs)
        epochs = (int) i;
      else if (samples < 0 && object->shape[i] == n_samples)
        samples = (int) i;
    }
  if (samples < 0)
    samples = epochs == 0 && object->rank > 1 ? 1 : 0;
  if (epochs >= 0 && epochs != samples)
    letters[epochs] = IP_AXIS_EPOCHS;
  letters[samples] = IP_AXIS_SAMPLES;
  return letters;
}

static void
add_layer (IpMapping *self, IpReader *reader, const IpObject *object)
{
  g_autofree char *name = NULL;
  g_autofree char *pattern = NULL;
  g_autofree char *letters = NULL;
  gint64 epoch;
  gboolean named = ip_names_split_epoch (object->path, &name, &epoch, &pattern);

  letters = guess_axes (self, reader, object, named);
  ip_mapping_add_layer (self, name, named ? pattern : object->path, letters, FALSE);
}

void
ip_mapping_set_role (IpMapping *self, IpReader *reader, const IpObject *object, IpObjectRole role)
{
  clear_role (self, reader, object);
  if (self->native && (role == IP_OBJECT_LAYER || role == IP_OBJECT_EPOCHS))
    spell_out (self, reader);

  if (role == IP_OBJECT_LAYER)
    add_layer (self, reader, object);
  else if (role == IP_OBJECT_LABELS)
    replace (&self->labels, object->path);
  else if (role == IP_OBJECT_EPOCHS)
    replace (&self->epochs, object->path);
  else if (role == IP_OBJECT_INPUTS)
    {
      replace (&self->inputs, object->path);
      g_clear_pointer (&self->input_axes, g_free);
    }
}

const IpObject *
ip_mapping_find_example (const IpMapping *self, IpReader *reader, guint layer)
{
  const char *pattern = ip_mapping_get_layer (self, layer)->path;
  const IpObject *exact = ip_reader_find (reader, pattern);
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; exact == NULL && i < n; i++)
    if (objects[i].is_dataset && fits_pattern (pattern, objects[i].path))
      return &objects[i];
  return exact;
}

static gboolean
contains (GPtrArray *texts, const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

/* As many letters as axes, with the last units stretched. (transfer full) */
static char *
stretch (const char *letters, guint rank)
{
  const char *last = strrchr (letters, IP_AXIS_UNITS);
  g_autoptr (GString) text = g_string_new (letters);

  if (last == NULL)
    last = strrchr (letters, IP_AXIS_REVERSED_UNITS);
  while (last != NULL && text->len < rank)
    g_string_insert_c (text, last - letters, *last);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char **
ip_mapping_list_axes (const IpMapping *self, IpReader *reader, guint layer)
{
  const IpMappingLayer *statement = ip_mapping_get_layer (self, layer);
  const IpObject *example = ip_mapping_find_example (self, reader, layer);
  gboolean named = strstr (statement->path, IP_MAPPING_EPOCH) != NULL;
  guint rank = example == NULL ? (guint) strlen (statement->axes) : example->rank;
  GPtrArray *texts = g_ptr_array_new ();

  g_ptr_array_add (texts, stretch (statement->axes, rank));
  for (int samples = 0; samples < (int) rank; samples++)
    for (int epochs = -1; epochs < (named ? 0 : (int) rank); epochs++)
      {
        g_autofree char *letters = g_strnfill (rank, IP_AXIS_UNITS);

        if (epochs == samples)
          continue;
        letters[samples] = IP_AXIS_SAMPLES;
        if (epochs >= 0)
          letters[epochs] = IP_AXIS_EPOCHS;
        if (!contains (texts, letters))
          g_ptr_array_add (texts, g_steal_pointer (&letters));
      }
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (texts, FALSE);
}

void
ip_mapping_set_axes (IpMapping *self, guint layer, const char *letters)
{
  replace (&g_array_index (self->layers, IpMappingLayer, layer).axes, letters);
}
