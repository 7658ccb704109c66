/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-folder.h"

#include "ip-layout.h"

#include <glib/gi18n.h>

#define MAX_DEPTH 4

#define ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE \
  "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN "," G_FILE_ATTRIBUTE_STANDARD_IS_SYMLINK

static gboolean
is_called_like_dump (const char *name)
{
  static const char *const endings[] = { ".h5", ".hdf5", ".hdf", ".he5", ".keras", ".mat" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;

  return FALSE;
}

static gboolean
add_files (GPtrArray *files, GFile *folder, guint depth, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
    folder, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, cancellable, error);
  GFileInfo *info;
  GFile *child;

  if (children == NULL)
    return FALSE;

  while (g_file_enumerator_iterate (children, &info, &child, cancellable, error))
    {
      if (info == NULL)
        return TRUE;
      if (g_file_info_get_is_hidden (info))
        continue;

      if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
        {
          if (is_called_like_dump (g_file_info_get_name (info)))
            g_ptr_array_add (files, g_object_ref (child));
        }
      else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY && depth < MAX_DEPTH
               && !g_file_info_get_is_symlink (info))
        add_files (files, child, depth + 1, cancellable, NULL);
    }

  return FALSE;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  g_autofree char *one = g_file_get_uri (*(GFile *const *) a);
  g_autofree char *other = g_file_get_uri (*(GFile *const *) b);

  return ip_layout_compare_names (one, other);
}

GPtrArray *
ip_folder_list_dumps (GFile *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (!add_files (files, folder, 0, cancellable, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (files->len == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("no HDF5 file in this folder"));
      return NULL;
    }
  g_ptr_array_sort (files, compare_files);

  return g_steal_pointer (&files);
}
