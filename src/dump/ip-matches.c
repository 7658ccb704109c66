/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-matches.h"

#include "ip-layout.h"
#include "ip-recogniser.h"

#include <glib/gi18n.h>
#include <string.h>

/* Statements without {layer} are looked up by path, so that many layers and many epochs cost no
 * more than one walk over the file. */

static void
match_clear (gpointer data)
{
  g_free (((IpMatch *) data)->layer);
}

void
ip_matches_init (IpMatches *self)
{
  *self = (IpMatches){ .array = g_array_new (FALSE, FALSE, sizeof (IpMatch)),
                       .datasets = g_hash_table_new (NULL, NULL) };
  g_array_set_clear_func (self->array, match_clear);
}

void
ip_matches_clear (IpMatches *self)
{
  g_array_unref (self->array);
  g_hash_table_unref (self->datasets);
}

static void
add_match (IpMatches *self,
           const IpMappingLayer *statement,
           const IpObject *dataset,
           const char *layer,
           gint64 epoch)
{
  IpMatch match = { dataset, statement, g_strdup (layer), epoch };

  g_array_append_val (self->array, match);
  g_hash_table_add (self->datasets, (gpointer) dataset);
}

void
ip_path_for_each_number (const char *path, IpNumberFunc function, gpointer data)
{
  for (const char *c = path; *c != '\0';)
    {
      g_autofree char *pattern = NULL;
      gsize length = strspn (c, "0123456789");

      if (length > 0)
        {
          pattern = g_strdup_printf ("%.*s" IP_MAPPING_EPOCH "%s", (int) (c - path), path,
                                     c + length);
          function (pattern, g_ascii_strtoll (c, NULL, 10), data);
        }
      c += MAX (length, 1);
    }
}

typedef struct
{
  IpMatches *matches;
  GHashTable *statements; /* by path */
  const IpObject *object;
} Search;

static void
take_number (const char *pattern, gint64 epoch, gpointer data)
{
  Search *search = data;
  const IpMappingLayer *statement = g_hash_table_lookup (search->statements, pattern);

  if (statement != NULL)
    add_match (search->matches, statement, search->object, statement->name, epoch);
}

/* Statements with {epoch} only. */
static void
match_epochs (IpMatches *self, const IpMapping *mapping, IpReader *reader)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);
  g_autoptr (GHashTable) statements = g_hash_table_new (g_str_hash, g_str_equal);
  Search search = { self, statements, NULL };

  for (guint i = 0; i < mapping->layers->len; i++)
    {
      const IpMappingLayer *statement = ip_mapping_get_layer (mapping, i);

      if (strstr (statement->path, IP_MAPPING_LAYER) == NULL)
        g_hash_table_insert (statements, statement->path, (gpointer) statement);
    }
  for (guint i = 0; i < n; i++)
    {
      search.object = &objects[i];
      if (objects[i].is_dataset)
        ip_path_for_each_number (objects[i].path, take_number, &search);
    }
}

static GRegex *
compile (const char *path)
{
  g_autofree char *escaped = g_regex_escape_string (path, -1);
  g_autoptr (GString) text = g_string_new (escaped);

  g_string_prepend_c (text, '^');
  g_string_append_c (text, '$');
  g_string_replace (text, "\\{layer\\}", "(?<layer>.+)", 1);
  g_string_replace (text, "\\{epoch\\}", "(?<epoch>[0-9]+)", 1);
  return g_regex_new (text->str, G_REGEX_OPTIMIZE | G_REGEX_DOTALL, 0, NULL);
}

static gboolean
fits_statement (const IpObject *object, const IpMappingLayer *statement)
{
  return ip_object_is_array (object) && object->rank + 1 >= strlen (statement->axes);
}

/* In the order of the mapping, layers of one statement in that of their names, datasets of one
 * layer in that of the file. */
static int
compare_matches (gconstpointer a, gconstpointer b)
{
  const IpMatch *first = a;
  const IpMatch *second = b;
  int order;

  if (first->statement != second->statement)
    return first->statement < second->statement ? -1 : 1;
  order = ip_layout_compare_layers (first->layer, second->layer);
  if (order != 0)
    return order;
  return (first->dataset > second->dataset) - (first->dataset < second->dataset);
}

/* A statement with {layer}. */
static gboolean
match_pattern (IpMatches *self,
               const IpMappingLayer *statement,
               IpReader *reader,
               GError **error)
{
  g_autoptr (GRegex) regex = compile (statement->path);
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  if (regex == NULL)
    return ip_layout_fail (reader, error,
                           _("“%s” cannot be used as a pattern"),
                           statement->path);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GMatchInfo) match = NULL;
      g_autofree char *layer = NULL;
      g_autofree char *epoch = NULL;
      g_autoptr (GString) name = NULL;

      if (!fits_statement (&objects[i], statement)
          || g_hash_table_contains (self->datasets, &objects[i])
          || !g_regex_match (regex, objects[i].path, 0, &match))
        continue;
      layer = g_match_info_fetch_named (match, "layer");
      epoch = g_match_info_fetch_named (match, "epoch");
      name = g_string_new (statement->name);
      g_string_replace (name, IP_MAPPING_LAYER, layer, 1);
      add_match (self, statement, &objects[i], name->str,
                 epoch != NULL ? g_ascii_strtoll (epoch, NULL, 10) : 0);
    }
  return TRUE;
}

static gboolean
check_matches (const IpMatches *self,
               const IpMapping *mapping,
               IpReader *reader,
               GError **error)
{
  g_autoptr (GHashTable) matched = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->array->len; i++)
    g_hash_table_add (matched, (gpointer) g_array_index (self->array, IpMatch, i).statement);
  for (guint i = 0; i < mapping->layers->len; i++)
    {
      const IpMappingLayer *statement = ip_mapping_get_layer (mapping, i);

      if (!g_hash_table_contains (matched, statement))
        return ip_layout_fail (reader, error,
                               _("layer %s: expected datasets called %s, found none"),
                               statement->name, statement->path);
    }
  return TRUE;
}

gboolean
ip_matches_find (IpMatches *self, const IpMapping *mapping, IpReader *reader, GError **error)
{
  for (guint i = 0; i < mapping->layers->len; i++)
    {
      const IpMappingLayer *statement = ip_mapping_get_layer (mapping, i);
      const IpObject *object;

      self->stacked = self->stacked || strchr (statement->axes, IP_AXIS_EPOCHS) != NULL;
      if (strstr (statement->path, IP_MAPPING_EPOCH) != NULL)
        self->named = TRUE;
      else if (strstr (statement->path, IP_MAPPING_LAYER) == NULL)
        {
          object = ip_reader_find (reader, statement->path);
          if (object != NULL)
            add_match (self, statement, object, statement->name, 0);
        }
    }
  if (self->named && self->stacked)
    return ip_layout_fail (reader, error,
                           _("some layers have an axis of epochs and others a dataset for every "
                              "epoch: expected one or the other"));
  if (self->named)
    match_epochs (self, mapping, reader);
  for (guint i = 0; i < mapping->layers->len; i++)
    {
      const IpMappingLayer *statement = ip_mapping_get_layer (mapping, i);

      if (strstr (statement->path, IP_MAPPING_LAYER) != NULL
          && !match_pattern (self, statement, reader, error))
        return FALSE;
    }
  g_array_sort (self->array, compare_matches);
  return check_matches (self, mapping, reader, error);
}
