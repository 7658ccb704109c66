/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-object.h"

#include "ip-protocol.h"

#include <string.h>

/* Fills `lengths` and returns how many there are, −1 if there are too many. */
static int
take_lengths (GVariant *array, guint64 *lengths)
{
  gsize n;
  const guint64 *values = g_variant_get_fixed_array (array, &n, sizeof *values);

  if (n > IP_MAX_RANK)
    return -1;
  if (n > 0)
    memcpy (lengths, values, n * sizeof *values);
  return (int) n;
}

static void
take_attributes (IpObject *self, GVariant *attributes)
{
  gsize n = g_variant_n_children (attributes);

  self->attributes = g_new0 (IpAttribute, n);
  self->n_attributes = (guint) n;
  for (gsize i = 0; i < n; i++)
    {
      IpAttribute *attribute = &self->attributes[i];
      g_autoptr (GVariant) boxed = NULL;

      g_variant_get_child (attributes, i, "(sm@v)", &attribute->name, &boxed);
      if (boxed != NULL)
        attribute->value = g_variant_get_variant (boxed);
    }
}

gboolean
ip_object_init (IpObject *self, GVariant *description)
{
  g_autoptr (GVariant) shape = NULL;
  g_autoptr (GVariant) chunk = NULL;
  g_autoptr (GVariant) attributes = NULL;
  const char *type;
  guint8 code;
  int rank;

  g_variant_get (description, "(sbysu@at@atss@a(smv))", &self->path, &self->is_dataset, &code,
                 &self->type_name, &self->element_size, &shape, &chunk, &self->filters,
                 &self->problem, &attributes);
  take_attributes (self, attributes);
  if (*self->problem == '\0')
    g_clear_pointer (&self->problem, g_free);

  type = code == 0 ? NULL : strchr (IP_PROTOCOL_TYPES, code);
  rank = take_lengths (shape, self->shape);
  if (type == NULL || rank < 0 || take_lengths (chunk, self->chunk) != rank
      || self->path[0] != '/')
    return FALSE;
  self->type = (IpType) (type - IP_PROTOCOL_TYPES);
  self->rank = (guint) rank;

  return TRUE;
}

void
ip_object_clear (IpObject *self)
{
  for (guint i = 0; i < self->n_attributes; i++)
    {
      g_free (self->attributes[i].name);
      g_clear_pointer (&self->attributes[i].value, g_variant_unref);
    }
  g_free (self->attributes);
  g_free (self->path);
  g_free (self->type_name);
  g_free (self->filters);
  g_free (self->problem);
}

const char *
ip_object_get_name (const IpObject *self)
{
  return strcmp (self->path, "/") == 0 ? "/" : strrchr (self->path, '/') + 1;
}

GVariant *
ip_object_get_attribute (const IpObject *self, const char *name)
{
  for (guint i = 0; i < self->n_attributes; i++)
    if (strcmp (self->attributes[i].name, name) == 0)
      return self->attributes[i].value;
  return NULL;
}

gboolean
ip_object_has_attributes_of (const IpObject *self, const IpObject *other)
{
  if (self->n_attributes != other->n_attributes)
    return FALSE;
  for (guint i = 0; i < self->n_attributes; i++)
    {
      GVariant *value = ip_object_get_attribute (other, self->attributes[i].name);

      if (value == NULL || self->attributes[i].value == NULL
          || !g_variant_equal (value, self->attributes[i].value))
        return FALSE;
    }
  return TRUE;
}

char *
ip_shape_to_text (const guint64 *shape, guint rank)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? "×" : "", shape[i]);
  return g_string_free (text, FALSE);
}
