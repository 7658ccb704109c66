/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-mapping-memory.h"

#include <string.h>

/* A group of the key file for every shape: "mapping" is the text, "file" the one that it was
 * confirmed for, so that people find their way in the file. */

static char *
get_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "infoplane", "mappings.ini", NULL);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* An object without what differs from run to run: "#" stands for every number. (transfer full) */
static char *
outline_object (const IpObject *object)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *c = object->path; *c != '\0'; c++)
    if (!g_ascii_isdigit (*c))
      g_string_append_c (text, *c);
    else if (text->len == 0 || text->str[text->len - 1] != '#')
      g_string_append_c (text, '#');
  if (object->is_dataset)
    g_string_append_printf (text, "\t%d\t%u", object->type, object->rank);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The name of the shape of a file. (transfer full) */
static char *
sign (IpReader *reader)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (lines, outline_object (&objects[i]));
  g_ptr_array_sort (lines, compare_texts);
  for (guint i = 0; i < lines->len; i++)
    if (i == 0 || strcmp (lines->pdata[i], lines->pdata[i - 1]) != 0)
      g_checksum_update (digest, lines->pdata[i], (gssize) strlen (lines->pdata[i]) + 1);

  return g_strdup (g_checksum_get_string (digest));
}

/* An empty one when there is none yet; NULL on errors. */
static GKeyFile *
load (GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = get_path ();
  g_autoptr (GError) problem = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, &problem)
      && !g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&problem), "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&file);
}

static gboolean
save (GKeyFile *file, GError **error)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  return g_key_file_save_to_file (file, path, error);
}

IpMapping *
ip_mapping_recall (IpReader *reader)
{
  g_autoptr (GKeyFile) file = load (NULL);
  g_autofree char *first = file == NULL ? NULL : g_key_file_get_start_group (file);
  g_autofree char *shape = NULL;
  g_autofree char *text = NULL;

  if (first == NULL)
    return NULL;
  shape = sign (reader);
  text = g_key_file_get_string (file, shape, "mapping", NULL);
  return text == NULL ? NULL : ip_mapping_parse (text, NULL);
}

gboolean
ip_mapping_remember (const IpMapping *self, IpReader *reader, GError **error)
{
  g_autoptr (GKeyFile) file = load (error);
  g_autofree char *shape = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (file == NULL)
    return FALSE;
  shape = sign (reader);
  text = ip_mapping_to_text (self);
  name = g_file_get_parse_name (ip_reader_get_file (reader));
  g_key_file_set_string (file, shape, "file", name);
  g_key_file_set_string (file, shape, "mapping", text);
  return save (file, error);
}

gboolean
ip_mapping_forget (IpReader *reader, GError **error)
{
  g_autoptr (GKeyFile) file = load (error);
  g_autofree char *shape = NULL;

  if (file == NULL)
    return FALSE;
  shape = sign (reader);
  return !g_key_file_remove_group (file, shape, NULL) || save (file, error);
}
