/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-export-chooser.h"

#include <glib/gi18n.h>

static const struct
{
  const char *ending;
  const char *title;
} kinds[] = {
  { ".pdf", N_("Figure as PDF") },
  { ".svg", N_("Figure as SVG") },
  { ".png", N_("Figure as PNG, 300 dpi") },
  { ".eps", N_("Figure as EPS") },
  { ".csv", N_("Numbers as CSV") },
  { ".json", N_("Numbers as JSON") },
};

#define FIRST_NUMBERS 4

GtkFileChooserNative *
ip_export_chooser_new (GtkWindow *parent, const char *name, gboolean numbers)
{
  GtkFileChooserNative *native = gtk_file_chooser_native_new (_("Export"), parent,
                                                              GTK_FILE_CHOOSER_ACTION_SAVE,
                                                              _("_Export"), NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (native);
  guint proposed = numbers ? FIRST_NUMBERS : 0;
  g_autofree char *proposal = g_strconcat (name, kinds[proposed].ending, NULL);

  g_object_set_data (G_OBJECT (native), "proposed", GUINT_TO_POINTER (proposed));
  gtk_file_chooser_set_current_name (chooser, proposal);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
      g_autofree char *pattern = g_strconcat ("*", kinds[i].ending, NULL);

      gtk_file_filter_set_name (filter, _(kinds[i].title));
      gtk_file_filter_add_pattern (filter, pattern);
      gtk_file_chooser_add_filter (chooser, filter);
      if (i == proposed)
        gtk_file_chooser_set_filter (chooser, filter);
    }
  return native;
}

static guint
find_chosen_kind (GtkFileChooser *chooser)
{
  g_autoptr (GListModel) filters = gtk_file_chooser_get_filters (chooser);

  for (guint i = 0; i < g_list_model_get_n_items (filters); i++)
    {
      g_autoptr (GtkFileFilter) candidate = g_list_model_get_item (filters, i);

      if (candidate == gtk_file_chooser_get_filter (chooser))
        return i;
    }
  return 0;
}

static guint
find_kind_of_name (const char *name)
{
  g_autofree char *lower = g_utf8_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_suffix (lower, kinds[i].ending))
      return i;
  return G_N_ELEMENTS (kinds);
}

/* The typed name decides, unless it has no ending that we know, or still has the proposed one while
 * another format was chosen. */
GFile *
ip_export_chooser_get_file (GtkFileChooserNative *native)
{
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (native);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *renamed = NULL;
  guint chosen = find_chosen_kind (chooser);
  guint named = find_kind_of_name (name);
  guint proposed = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (native), "proposed"));

  if (folder == NULL || named == chosen || (named != proposed && named < G_N_ELEMENTS (kinds)))
    return g_steal_pointer (&file);
  if (named == proposed)
    name[strlen (name) - strlen (kinds[proposed].ending)] = '\0';
  renamed = g_strconcat (name, kinds[chosen].ending, NULL);
  return g_file_get_child (folder, renamed);
}
