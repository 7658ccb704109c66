/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window.h"

#include "config.h"

#include "ip-epoch-bar.h"
#include "ip-export-chooser.h"
#include "ip-export-figure.h"
#include "ip-history.h"
#include "ip-inspector.h"
#include "ip-job-button.h"
#include "ip-message-bar.h"
#include "ip-metrics-strip.h"
#include "ip-opener.h"
#include "ip-recent-menu.h"
#include "ip-run-list.h"

#include <glib/gi18n.h>

#define EXAMPLE "examples/" EXAMPLE_NAME
#define RECORDER "infoplane_recorder.py"
#define NARROW 900

struct _IpWindow
{
  AdwApplicationWindow parent_instance;

  IpSession *session;
  IpHistory *history;
  GSettings *settings; /* NULL when the schema is not installed */
  IpOpener *opener;
  GCancellable *exporting;
  gboolean narrow;
  GtkFileChooserNative *chooser; /* while it is shown */

  AdwToastOverlay *toasts;
  AdwViewSwitcherTitle *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkWidget *sidebar_button;
  GtkWidget *inspector_button;
  GtkWidget *export_button;
  IpJobButton *job_button;
  IpMessageBar *message_bar;
  GtkStack *pages;
  AdwFlap *sidebar_flap;
  AdwFlap *inspector_flap;
  IpRunList *run_list;
  IpInspector *inspector;
  AdwViewStack *views;
  IpPlot *plane_plot;
  IpPlot *epochs_plot;
  IpPlot *spectrum_plot;
  IpPlot *map_plot;
  IpEpochBar *epoch_bar;
  GtkRevealer *metrics_revealer;
  IpMetricsStrip *metrics;
  GtkDropTarget *drop_target;
  GMenu *recent_section;
  GtkLabel *recorder_code;
};

G_DEFINE_FINAL_TYPE (IpWindow, ip_window, ADW_TYPE_APPLICATION_WINDOW)

static void
failed_cb (IpWindow *self, const GError *error)
{
  ip_message_bar_add (self->message_bar, error->message);
}

const char *
ip_window_get_message (IpWindow *self)
{
  g_return_val_if_fail (IP_IS_WINDOW (self), NULL);

  return ip_message_bar_get_text (self->message_bar);
}

/* Opening */

static void
opened_cb (IpWindow *self, GFile *file)
{
  ip_recent_menu_add (file);
  if (g_list_model_get_n_items (ip_session_get_runs (self->session)) == 1)
    ip_plot_focus (ip_window_get_plot (self));
}

static void
not_opened_cb (IpWindow *self, GFile *file, const GError *error)
{
  ip_message_bar_add_error (self->message_bar, file, error);
}

void
ip_window_open (IpWindow *self, GFile **files, guint n_files)
{
  g_return_if_fail (IP_IS_WINDOW (self));

  for (guint i = 0; i < n_files; i++)
    ip_opener_open (self->opener, files[i]);
}

/* Of what is installed with the program. */
static GFile *
get_data_file (const char *name)
{
  const char *folder = g_getenv ("INFOPLANE_DATA_DIR");

  return g_file_new_build_filename (folder != NULL ? folder : PKGDATADIR, name, NULL);
}

void
ip_window_open_example (IpWindow *self)
{
  g_autoptr (GFile) file = get_data_file (EXAMPLE);

  ip_window_open (self, &file, 1);
}

static void
chooser_response_cb (IpWindow *self, int response, GtkFileChooserNative *chooser)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT)
    for (guint i = 0; i < g_list_model_get_n_items (files); i++)
      {
        g_autoptr (GFile) file = g_list_model_get_item (files, i);

        ip_opener_open (self->opener, file);
      }
  g_clear_object (&self->chooser);
}

/* A dialog that asks for something to open, in place of the one before. */
static void
ip_window_create_chooser (IpWindow *self, const char *title, GtkFileChooserAction action)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _("_Open"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (chooser_response_cb), self);
}

static void
open_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);
  const char *const patterns[] = { "*.h5", "*.hdf5", "*.hdf", "*.he5", "*.keras", "*.mat" };
  g_autoptr (GtkFileFilter) dumps = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (dumps, _("Activation dumps (HDF5)"));
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    gtk_file_filter_add_pattern (dumps, patterns[i]);
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");

  ip_window_create_chooser (self, _("Open Dumps"), GTK_FILE_CHOOSER_ACTION_OPEN);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), dumps);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), all);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
open_folder_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);

  ip_window_create_chooser (self, _("Open Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
open_example_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_window_open_example (IP_WINDOW (widget));
}

static void
open_recent_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  ip_window_open (IP_WINDOW (widget), &file, 1);
}

/* The recorder */

static void
copy_recorder_code_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          gtk_label_get_label (self->recorder_code));
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Copied")));
}

static void
recorder_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!g_file_copy_finish (G_FILE (source), result, &error) && self->session != NULL)
    ip_message_bar_add_error (self->message_bar, G_FILE (source), error);
  else if (self->session != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Recorder saved")));
}

static void
recorder_response_cb (IpWindow *self, int response, GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) recorder = get_data_file ("recorder/" RECORDER);
      g_autoptr (GFile) target = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      g_file_copy_async (recorder, target, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT, NULL, NULL,
                         NULL, recorder_saved_cb, g_object_ref (self));
    }
  g_clear_object (&self->chooser);
}

static void
save_recorder_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save the Recorder"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), RECORDER);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (recorder_response_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, IpWindow *self)
{
  GSList *files = g_value_get_boxed (value);

  gtk_widget_remove_css_class (GTK_WIDGET (self), "drop-target");
  for (GSList *file = files; file != NULL; file = file->next)
    ip_opener_open (self->opener, file->data);
  return files != NULL;
}

static GdkDragAction
drop_enter_cb (GtkDropTarget *target, double x, double y, IpWindow *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "drop-target");
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (GtkDropTarget *target, IpWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "drop-target");
}

/* Export */

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

static void
ip_window_export_figure (IpWindow *self, GFile *file, IpExportFormat format, GTask *task)
{
  IpPlot *plot = ip_window_get_plot (self);
  double aspect = (double) gtk_widget_get_height (GTK_WIDGET (plot))
                  / MAX (1, gtk_widget_get_width (GTK_WIDGET (plot)));
  double width = ip_inspector_get_figure_width (self->inspector);
  IpExportOptions options = {
    .width = width,
    .height = width * CLAMP (aspect, 0.6, 1.2),
    .dpi = 300,
    .title = gtk_window_get_title (GTK_WINDOW (self)),
  };
  IpTheme theme;

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
export_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (self->session), 0);
  g_autofree char *name
    = g_strdup_printf ("%s-%s", ip_dump_get_name (ip_run_get_dump (run)),
                       adw_view_stack_get_visible_child_name (self->views));

  g_clear_object (&self->chooser);
  self->chooser = ip_export_chooser_new (GTK_WINDOW (self), name);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (export_response_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
show_file_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gtk_show_uri (GTK_WINDOW (widget), g_variant_get_string (parameter, NULL), GDK_CURRENT_TIME);
}

/* The view */

static void
zoom_in_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_plot_zoom (ip_window_get_plot (IP_WINDOW (widget)), 1.25);
}

static void
zoom_out_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_plot_zoom (ip_window_get_plot (IP_WINDOW (widget)), 1 / 1.25);
}

static void
zoom_fit_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_plot_reset (ip_window_get_plot (IP_WINDOW (widget)));
}

static void
play_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_epoch_bar_toggle_playing (IP_WINDOW (widget)->epoch_bar);
}

static void
next_epoch_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_epoch_bar_step (IP_WINDOW (widget)->epoch_bar, 1);
}

static void
previous_epoch_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_epoch_bar_step (IP_WINDOW (widget)->epoch_bar, -1);
}

static void
undo_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_history_undo (IP_WINDOW (widget)->history);
}

static void
redo_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_history_redo (IP_WINDOW (widget)->history);
}

static void
history_changed_cb (IpWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo",
                                 ip_history_get_can_undo (self->history));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.redo",
                                 ip_history_get_can_redo (self->history));
}

static void
cancel_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_session_cancel (IP_WINDOW (widget)->session);
}

static void
resume_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_session_resume (IP_WINDOW (widget)->session);
}

static void
runs_changed_cb (IpWindow *self)
{
  static const char *const needing_runs[] = {
    "win.export", "win.zoom-in", "win.zoom-out", "win.zoom-fit", "win.play", "win.next-epoch",
    "win.previous-epoch",
  };
  GListModel *runs = ip_session_get_runs (self->session);
  guint n_runs = g_list_model_get_n_items (runs);
  g_autoptr (IpRun) first = g_list_model_get_item (runs, 0);
  g_autofree char *title = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (needing_runs); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), needing_runs[i], n_runs > 0);
  gtk_widget_set_visible (self->sidebar_button, n_runs > 0);
  gtk_widget_set_visible (self->inspector_button, n_runs > 0);
  gtk_widget_set_visible (self->export_button, n_runs > 0);
  adw_view_switcher_title_set_view_switcher_enabled (self->switcher, n_runs > 0);
  gtk_stack_set_visible_child_name (self->pages, n_runs > 0 ? "session" : "empty");

  if (n_runs == 0)
    title = g_strdup (_("Infoplane"));
  else if (n_runs == 1)
    title = g_strdup_printf (_("%s – Infoplane"), ip_run_get_name (first));
  else
    title = g_strdup_printf (ngettext ("%s and %u more – Infoplane", "%s and %u more – Infoplane",
                                       n_runs - 1),
                             ip_run_get_name (first), n_runs - 1);
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_view_switcher_title_set_title (self->switcher,
                                     first != NULL ? ip_run_get_name (first) : _("Infoplane"));
}

static void
ip_window_fold (IpWindow *self)
{
  AdwFlapFoldPolicy policy = self->narrow ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_AUTO;

  adw_flap_set_fold_policy (self->sidebar_flap, policy);
  adw_flap_set_fold_policy (self->inspector_flap, policy);
}

static gboolean
fold_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ip_window_fold (IP_WINDOW (widget));
  return G_SOURCE_REMOVE;
}

static void
ip_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  IpWindow *self = IP_WINDOW (widget);
  gboolean narrow = width < NARROW;

  GTK_WIDGET_CLASS (ip_window_parent_class)->size_allocate (widget, width, height, baseline);
  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  gtk_widget_add_tick_callback (widget, fold_cb, NULL, NULL); /* not while sizes are allocated */
}

/* What is remembered from one time to the next */

static void
ip_window_load_settings (IpWindow *self)
{
  int width;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  if (schema == NULL)
    return;
  self->settings = g_settings_new_full (schema, NULL, NULL);
  width = g_settings_get_int (self->settings, "window-width");
  gtk_window_set_default_size (GTK_WINDOW (self), width,
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->sidebar_flap,
                            g_settings_get_boolean (self->settings, "show-sidebar"));
  adw_flap_set_reveal_flap (self->inspector_flap,
                            g_settings_get_boolean (self->settings, "show-inspector"));
  self->narrow = width < NARROW;
  ip_window_fold (self);
}

static void
ip_window_save_settings (IpWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  if (self->narrow)
    return; /* folded panels say nothing about what the user likes */
  g_settings_set_boolean (self->settings, "show-sidebar",
                          adw_flap_get_reveal_flap (self->sidebar_flap));
  g_settings_set_boolean (self->settings, "show-inspector",
                          adw_flap_get_reveal_flap (self->inspector_flap));
}

static gboolean
ip_window_close_request (GtkWindow *window)
{
  ip_window_save_settings (IP_WINDOW (window));
  return GTK_WINDOW_CLASS (ip_window_parent_class)->close_request (window);
}

/* Actions that toggle a property keep its object alive, and the window's menus keep the actions. */
static void
ip_window_remove_actions (IpWindow *self)
{
  g_auto (GStrv) actions = g_action_group_list_actions (G_ACTION_GROUP (self));

  for (guint i = 0; actions[i] != NULL; i++)
    g_action_map_remove_action (G_ACTION_MAP (self), actions[i]);
}

static void
ip_window_dispose (GObject *object)
{
  IpWindow *self = IP_WINDOW (object);

  ip_window_remove_actions (self);
  g_cancellable_cancel (self->exporting);
  if (self->opener != NULL)
    ip_opener_cancel (self->opener);
  if (self->session != NULL)
    ip_session_cancel (self->session);
  g_clear_object (&self->opener);
  g_clear_object (&self->history);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (ip_window_parent_class)->dispose (object);
}

static void
ip_window_finalize (GObject *object)
{
  IpWindow *self = IP_WINDOW (object);

  g_clear_object (&self->exporting);
  G_OBJECT_CLASS (ip_window_parent_class)->finalize (object);
}

static void
ip_window_class_init (IpWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ip_window_dispose;
  object_class->finalize = ip_window_finalize;
  widget_class->size_allocate = ip_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = ip_window_close_request;

  g_type_ensure (IP_TYPE_EPOCH_BAR);
  g_type_ensure (IP_TYPE_INSPECTOR);
  g_type_ensure (IP_TYPE_JOB_BUTTON);
  g_type_ensure (IP_TYPE_MESSAGE_BAR);
  g_type_ensure (IP_TYPE_METRICS_STRIP);
  g_type_ensure (IP_TYPE_PLOT);
  g_type_ensure (IP_TYPE_RUN_LIST);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-window.ui");
  gtk_widget_class_bind_template_child (widget_class, IpWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, inspector_button);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, export_button);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, job_button);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, message_bar);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, sidebar_flap);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, inspector_flap);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, run_list);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, inspector);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, views);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, plane_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, epochs_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, spectrum_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, map_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, epoch_bar);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, metrics_revealer);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, metrics);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, drop_target);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, recent_section);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, recorder_code);
  gtk_widget_class_bind_template_callback (widget_class, drop_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_enter_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_leave_cb);

  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.open-folder", NULL, open_folder_action);
  gtk_widget_class_install_action (widget_class, "win.open-example", NULL, open_example_action);
  gtk_widget_class_install_action (widget_class, "win.open-recent", "s", open_recent_action);
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "win.show-file", "s", show_file_action);
  gtk_widget_class_install_action (widget_class, "win.zoom-in", NULL, zoom_in_action);
  gtk_widget_class_install_action (widget_class, "win.zoom-out", NULL, zoom_out_action);
  gtk_widget_class_install_action (widget_class, "win.zoom-fit", NULL, zoom_fit_action);
  gtk_widget_class_install_action (widget_class, "win.play", NULL, play_action);
  gtk_widget_class_install_action (widget_class, "win.next-epoch", NULL, next_epoch_action);
  gtk_widget_class_install_action (widget_class, "win.previous-epoch", NULL,
                                   previous_epoch_action);
  gtk_widget_class_install_action (widget_class, "win.copy-recorder-code", NULL,
                                   copy_recorder_code_action);
  gtk_widget_class_install_action (widget_class, "win.save-recorder", NULL, save_recorder_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, redo_action);
  gtk_widget_class_install_action (widget_class, "win.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "win.resume", NULL, resume_action);
}

static void
ip_window_add_property_actions (IpWindow *self)
{
  const struct
  {
    const char *name;
    gpointer object;
    const char *property;
  } toggles[] = {
    { "show-sidebar", self->sidebar_flap, "reveal-flap" },
    { "show-inspector", self->inspector_flap, "reveal-flap" },
    { "show-metrics", self->metrics_revealer, "reveal-child" },
    { "view", self->views, "visible-child-name" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (toggles); i++)
    {
      g_autoptr (GPropertyAction) action
        = g_property_action_new (toggles[i].name, toggles[i].object, toggles[i].property);

      g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
    }
}

static void
ip_window_init (IpWindow *self)
{
  GType file_list = GDK_TYPE_FILE_LIST;
  g_autofree char *store_path = ip_store_get_standard_path ();
  g_autoptr (IpStore) store = ip_store_new (store_path);

  self->session = ip_session_new (0, 0);
  ip_session_set_store (self->session, store);
  ip_session_set_live (self->session, TRUE);
  self->history = ip_history_new (self->session);
  self->opener = ip_opener_new (self->session);
  self->exporting = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_target_set_gtypes (self->drop_target, &file_list, 1);
  ip_window_add_property_actions (self);
  g_object_bind_property (self->switcher, "title-visible", self->switcher_bar, "reveal",
                          G_BINDING_DEFAULT);

  ip_plot_set_session (self->plane_plot, self->session);
  ip_plot_set_session (self->epochs_plot, self->session);
  ip_plot_set_session (self->spectrum_plot, self->session);
  ip_plot_set_session (self->map_plot, self->session);
  ip_run_list_set_session (self->run_list, self->session);
  ip_inspector_set_session (self->inspector, self->session);
  ip_epoch_bar_set_session (self->epoch_bar, self->session);
  ip_metrics_strip_set_session (self->metrics, self->session,
                                ip_epoch_bar_get_scale (self->epoch_bar));
  ip_job_button_set_session (self->job_button, self->session);
  g_signal_connect_object (self->history, "notify", G_CALLBACK (history_changed_cb), self,
                           G_CONNECT_SWAPPED);
  history_changed_cb (self);
  g_signal_connect_object (self->session, "failed", G_CALLBACK (failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ip_session_get_runs (self->session), "items-changed",
                           G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->opener, "opened", G_CALLBACK (opened_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->opener, "failed", G_CALLBACK (not_opened_cb), self,
                           G_CONNECT_SWAPPED);
  ip_recent_menu_fill (self->recent_section, "win.open-recent");
  runs_changed_cb (self);
  ip_window_load_settings (self);
}

IpWindow *
ip_window_new (IpApplication *application)
{
  return g_object_new (IP_TYPE_WINDOW, "application", application, NULL);
}

IpSession *
ip_window_get_session (IpWindow *self)
{
  g_return_val_if_fail (IP_IS_WINDOW (self), NULL);

  return self->session;
}

IpPlot *
ip_window_get_plot (IpWindow *self)
{
  g_return_val_if_fail (IP_IS_WINDOW (self), NULL);

  return IP_PLOT (adw_view_stack_get_visible_child (self->views));
}

gboolean
ip_window_is_idle (IpWindow *self)
{
  g_return_val_if_fail (IP_IS_WINDOW (self), FALSE);

  return !ip_opener_get_busy (self->opener) && !ip_session_get_busy (self->session);
}
