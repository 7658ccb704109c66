/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window-private.h"

#include "config.h"

#include "ip-recent-menu.h"
#include "ip-repeats.h"
#include "ip-session-file.h"

#include <glib/gi18n.h>

/* Dumps come in by dialog, by drop, from the list of recent ones and from the example; the recorder
 * that writes dumps goes out. */

#define EXAMPLE "examples/" EXAMPLE_NAME
#define RECORDER "infoplane_recorder.py"
#define ENOUGH_REPEATS 3

/* Whether the run makes the first set of repeats that has a mean worth its name. */
static gboolean
completes_repeats (IpWindow *self, IpRun *run)
{
  g_autoptr (GPtrArray) groups = ip_repeats_find (ip_session_get_runs (self->session));
  gboolean completed = FALSE;

  for (guint i = 0; i < groups->len; i++)
    {
      const IpRepeats *group = groups->pdata[i];

      if (group->runs->len < ENOUGH_REPEATS)
        continue;
      if (completed || group->runs->len > ENOUGH_REPEATS
          || !g_ptr_array_find (group->runs, run, NULL))
        return FALSE;
      completed = TRUE;
    }

  return completed;
}

/* Many repeats drawn one by one can be told apart by nobody. */
static void
ip_window_show_means (IpWindow *self)
{
  AdwToast *toast = adw_toast_new (_("Repeats are shown as means"));

  ip_session_set_group_by (self->session, IP_GROUP_REPEATS);
  adw_toast_set_button_label (toast, _("Show Each Run"));
  adw_toast_set_action_name (toast, "win.show-each-run");
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
opened_cb (IpWindow *self, GFile *file, IpRun *run)
{
  ip_recent_menu_add (file);
  if (g_list_model_get_n_items (ip_session_get_runs (self->session)) == 1)
    ip_plot_focus (ip_window_get_plot (self));
  if (ip_session_get_group_by (self->session) == NULL && completes_repeats (self, run))
    ip_window_show_means (self);
  ip_window_ask_about_doubts (self, run);
}

static void
not_opened_cb (IpWindow *self, GFile *file, const GError *error)
{
  ip_message_bar_add_error (self->message_bar, file, error);
}

static void
ip_window_open_file (IpWindow *self, GFile *file)
{
  if (ip_session_file_is_one (file))
    ip_window_open_session (self, file);
  else
    ip_opener_open (self->opener, file);
}

void
ip_window_open (IpWindow *self, GFile **files, guint n_files)
{
  g_return_if_fail (IP_IS_WINDOW (self));

  for (guint i = 0; i < n_files; i++)
    ip_window_open_file (self, files[i]);
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

        ip_window_open_file (self, file);
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
  g_autoptr (GtkFileFilter) sessions = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) dumps = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (dumps, _("Activation dumps (HDF5)"));
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    gtk_file_filter_add_pattern (dumps, patterns[i]);
  gtk_file_filter_set_name (sessions, _("Sessions"));
  gtk_file_filter_add_pattern (sessions, "*" IP_SESSION_FILE_ENDING);
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");

  ip_window_create_chooser (self, _("Open Dumps"), GTK_FILE_CHOOSER_ACTION_OPEN);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), dumps);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), sessions);
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
    ip_window_open_file (self, file->data);
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

void
ip_window_follow_opener (IpWindow *self)
{
  GType file_list = GDK_TYPE_FILE_LIST;

  gtk_drop_target_set_gtypes (self->drop_target, &file_list, 1);
  g_signal_connect_object (self->drop_target, "drop", G_CALLBACK (drop_cb), self, 0);
  g_signal_connect_object (self->drop_target, "enter", G_CALLBACK (drop_enter_cb), self, 0);
  g_signal_connect_object (self->drop_target, "leave", G_CALLBACK (drop_leave_cb), self, 0);
  g_signal_connect_object (self->opener, "opened", G_CALLBACK (opened_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->opener, "failed", G_CALLBACK (not_opened_cb), self,
                           G_CONNECT_SWAPPED);
}

void
ip_window_add_open_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.open", NULL, open_action);
  gtk_widget_class_install_action (klass, "win.open-folder", NULL, open_folder_action);
  gtk_widget_class_install_action (klass, "win.open-example", NULL, open_example_action);
  gtk_widget_class_install_action (klass, "win.open-recent", "s", open_recent_action);
  gtk_widget_class_install_action (klass, "win.copy-recorder-code", NULL,
                                   copy_recorder_code_action);
  gtk_widget_class_install_action (klass, "win.save-recorder", NULL, save_recorder_action);
}
