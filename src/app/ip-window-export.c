/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window-private.h"

#include "ip-export-chooser.h"
#include "ip-export-figure.h"
#include "ip-recipe.h"

#include <glib/gi18n.h>

/* Figures and numbers leave as files. */

static gboolean
has_ending (const char *name, const char *ending)
{
  g_autofree char *lower = g_utf8_strdown (name, -1);

  return g_str_has_suffix (lower, ending);
}

static void
tell_exported (IpWindow *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *title = g_strdup_printf (_("Exported %s"), name);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _("Open"));
  adw_toast_set_action_name (toast, "win.show-file");
  adw_toast_set_action_target (toast, "s", uri);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
exported (GTask *task, GError *error)
{
  IpWindow *self = g_task_get_source_object (task);
  GFile *file = g_task_get_task_data (task);
  gboolean is_open = self->session != NULL;

  g_application_release (g_application_get_default ());
  if (error == NULL)
    {
      if (is_open)
        tell_exported (self, file);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (is_open)
    ip_message_bar_add_error (self->message_bar, file, error);
  g_task_return_error (task, error);
}

static void
figure_exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  ip_export_figure_finish (result, &error);
  exported (task, error);
}

static void
numbers_exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  exported (task, error);
}

double
ip_window_get_figure_aspect (IpWindow *self)
{
  GtkWidget *plot = GTK_WIDGET (ip_window_get_plot (self));
  double aspect = (double) gtk_widget_get_height (plot) / MAX (1, gtk_widget_get_width (plot));

  return CLAMP (aspect, 0.6, 1.2);
}

static void
ip_window_export_figure (IpWindow *self, GFile *file, IpExportFormat format, GTask *task)
{
  IpPlot *plot = ip_window_get_plot (self);
  double width = ip_inspector_get_figure_width (self->inspector);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *recipe = NULL;
  IpExportOptions options = {
    .width = width,
    .height = width * ip_window_get_figure_aspect (self),
    .dpi = 300,
    .title = gtk_window_get_title (GTK_WINDOW (self)),
  };
  IpTheme theme;

  ip_window_take_arrangement (self);
  recipe = ip_recipe_of_figure (self->session, ip_plot_get_kind (plot), name, IP_RECIPE_METADATA);
  options.subject = recipe;
  ip_theme_init_paper (&theme);
  theme.size = ip_inspector_get_font_size (self->inspector);
  ip_export_figure_async (ip_plot_create_figure (plot), &theme, file, format, &options,
                          self->exporting, figure_exported_cb, task);
}

void
ip_window_export_async (IpWindow *self,
                        GFile *file,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, self->exporting, callback, user_data);
  g_autofree char *name = g_file_get_basename (file);
  GError *error = NULL;
  IpExportFormat format;

  g_return_if_fail (IP_IS_WINDOW (self));

  g_application_hold (g_application_get_default ()); /* until a cancelled one is tidied up, too */
  g_task_set_source_tag (task, ip_window_export_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  if (has_ending (name, ".csv") || has_ending (name, ".json"))
    {
      g_autoptr (GBytes) numbers
        = ip_session_export_numbers (self->session, has_ending (name, ".json"));

      g_file_replace_contents_bytes_async (file, numbers, NULL, FALSE, G_FILE_CREATE_NONE,
                                           self->exporting, numbers_exported_cb,
                                           g_steal_pointer (&task));
    }
  else if (ip_export_format_from_path (name, &format, &error))
    ip_window_export_figure (self, file, format, g_steal_pointer (&task));
  else
    exported (task, error);
}

gboolean
ip_window_export_finish (IpWindow *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
export_response_cb (IpWindow *self, int response, GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = ip_export_chooser_get_file (chooser);

      ip_window_export_async (self, file, NULL, NULL);
    }
  g_clear_object (&self->chooser);
}

static void
ip_window_ask_where (IpWindow *self, gboolean numbers)
{
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (self->session), 0);
  g_autofree char *name
    = g_strdup_printf ("%s-%s", ip_dump_get_name (ip_run_get_dump (run)),
                       adw_view_stack_get_visible_child_name (self->views));

  g_clear_object (&self->chooser);
  self->chooser
    = ip_export_chooser_new (GTK_WINDOW (self), name, numbers);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (export_response_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
export_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);

  ip_window_ask_where (self, !IP_IS_PLOT (adw_view_stack_get_visible_child (self->views)));
}

static void
export_numbers_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_window_ask_where (IP_WINDOW (widget), TRUE);
}

/* "point:text", "figure:command", … */
static void
copy_recipe_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const char *const formats[] = { ":text", ":json", ":command" };
  IpWindow *self = IP_WINDOW (widget);
  IpPlot *plot = ip_window_get_plot (self);
  const char *what = g_variant_get_string (parameter, NULL);
  IpRecipeFormat format = IP_RECIPE_TEXT;
  int layer = ip_session_get_layer (self->session);
  gint64 epoch = ip_session_get_epoch (self->session);
  g_autofree char *recipe = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_has_suffix (what, formats[i]))
      format = i;
  ip_window_take_arrangement (self);
  if (g_str_has_prefix (what, "point"))
    {
      ip_plot_get_point (plot, &layer, &epoch);
      if (layer < 0)
        return;
      recipe = ip_recipe_of_point (self->session, layer, epoch, format);
    }
  else
    {
      recipe = ip_recipe_of_figure (self->session, ip_plot_get_kind (plot), "figure.pdf", format);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), recipe);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Recipe copied")));
}

static void
show_file_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_show_uri (GTK_WINDOW (widget), g_variant_get_string (parameter, NULL), GDK_CURRENT_TIME);
}

void
ip_window_add_export_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.export", NULL, export_action);
  gtk_widget_class_install_action (klass, "win.export-numbers", NULL, export_numbers_action);
  gtk_widget_class_install_action (klass, "win.copy-recipe", "s", copy_recipe_action);
  gtk_widget_class_install_action (klass, "win.show-file", "s", show_file_action);
}
