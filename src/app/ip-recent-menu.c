/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-recent-menu.h"

#include "config.h"

#include "ip-session-file.h"

#define MAX_ITEMS 8

static int
compare_visits (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_modified ((GtkRecentInfo *) b),
                              gtk_recent_info_get_modified ((GtkRecentInfo *) a));
}

static void
changed_cb (GMenu *section, GtkRecentManager *manager)
{
  const char *action = g_object_get_data (G_OBJECT (section), "action");
  GList *infos = g_list_sort (gtk_recent_manager_get_items (manager), compare_visits);
  guint n = 0;

  g_menu_remove_all (section);
  for (GList *info = infos; info != NULL && n < MAX_ITEMS; info = info->next)
    {
      g_autoptr (GMenuItem) item = NULL;

      if (!gtk_recent_info_has_application (info->data, APPLICATION_ID))
        continue;
      item = g_menu_item_new (gtk_recent_info_get_display_name (info->data), NULL);
      g_menu_item_set_action_and_target (item, action, "s", gtk_recent_info_get_uri (info->data));
      g_menu_append_item (section, item);
      n++;
    }
  g_list_free_full (infos, (GDestroyNotify) gtk_recent_info_unref);
}

void
ip_recent_menu_fill (GMenu *section, const char *action)
{
  GtkRecentManager *manager = gtk_recent_manager_get_default ();

  g_object_set_data_full (G_OBJECT (section), "action", g_strdup (action), g_free);
  g_signal_connect_object (manager, "changed", G_CALLBACK (changed_cb), section,
                           G_CONNECT_SWAPPED);
  changed_cb (section, manager);
}

void
ip_recent_menu_add (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  GtkRecentData data = {
    .mime_type = (char *) (ip_session_file_is_one (file) ? IP_SESSION_FILE_TYPE
                                                         : "application/x-hdf5"),
    .app_name = (char *) APPLICATION_ID,
    .app_exec = (char *) "infoplane %u",
  };

  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

GPtrArray *
ip_recent_menu_list_files (void)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  GList *infos = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());

  for (GList *info = infos; info != NULL; info = info->next)
    if (gtk_recent_info_has_application (info->data, APPLICATION_ID))
      g_ptr_array_add (files, g_file_new_for_uri (gtk_recent_info_get_uri (info->data)));
  g_list_free_full (infos, (GDestroyNotify) gtk_recent_info_unref);

  return files;
}
