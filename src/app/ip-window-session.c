/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window-private.h"

#include "ip-recent-menu.h"
#include "ip-session-file.h"

#include <glib/gi18n.h>

/* Sessions are saved and opened.  What belongs to the window itself, its size, panels, limits of
 * axes and measures on paper, is put into the session when it is written and taken from it when it
 * was restored.  A session opens in a window of its own unless this one is empty. */

#define EXTENSION IP_SESSION_FILE_ENDING
#define N_PLOTS 6

static void
tell_saved (IpWindow *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *text = g_strdup_printf (_("Saved %s"), name);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

static void
get_plots (IpWindow *self, IpPlot *plots[N_PLOTS])
{
  plots[0] = self->plane_plot;
  plots[1] = self->epochs_plot;
  plots[2] = self->trajectories_plot;
  plots[3] = self->spectrum_plot;
  plots[4] = self->map_plot;
  plots[5] = self->sweep_plot;
}

/* Saving */

void
ip_window_take_arrangement (IpWindow *self)
{
  IpPlot *plots[N_PLOTS];
  double width = ip_inspector_get_figure_width (self->inspector);

  get_plots (self, plots);
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++)
    {
      IpView view;

      ip_plot_get_view (plots[i], &view);
      ip_session_set_limits (self->session, ip_plot_get_kind (plots[i]), &view);
    }
  ip_session_set_view (self->session, adw_view_stack_get_visible_child_name (self->views));
  ip_session_set_length (self->session, IP_LENGTH_FIGURE_WIDTH, width);
  ip_session_set_length (self->session, IP_LENGTH_FIGURE_HEIGHT,
                         width * ip_window_get_figure_aspect (self));
  ip_session_set_length (self->session, IP_LENGTH_FONT_SIZE,
                         ip_inspector_get_font_size (self->inspector));
}

static GVariant *
describe_window (IpWindow *self)
{
  GVariantDict window;
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_variant_dict_init (&window, NULL);
  g_variant_dict_insert (&window, "width", "x", (gint64) width);
  g_variant_dict_insert (&window, "height", "x", (gint64) height);
  g_variant_dict_insert (&window, "maximized", "b", gtk_window_is_maximized (GTK_WINDOW (self)));
  g_variant_dict_insert (&window, "sidebar", "b", adw_flap_get_reveal_flap (self->sidebar_flap));
  g_variant_dict_insert (&window, "inspector", "b",
                         adw_flap_get_reveal_flap (self->inspector_flap));
  g_variant_dict_insert (&window, "metrics", "b",
                         gtk_revealer_get_reveal_child (self->metrics_revealer));

  return g_variant_ref_sink (g_variant_dict_end (&window));
}

static char *
write_session (IpWindow *self, GFile *place)
{
  g_autoptr (GVariant) window = describe_window (self);

  ip_window_take_arrangement (self);

  return ip_session_file_write (self->session, place, window);
}

static char *
write_copy (gpointer data)
{
  IpWindow *self = data;

  if (self->session == NULL || self->restoring
      || g_list_model_get_n_items (ip_session_get_runs (self->session)) == 0)
    return NULL;

  return write_session (self, NULL);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpWindow) self = data;
  g_autoptr (GError) error = NULL;

  g_application_release (g_application_get_default ());
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      if (self->session != NULL)
        ip_message_bar_add_error (self->message_bar, G_FILE (source), error);
      return;
    }
  if (self->session == NULL)
    return;

  g_set_object (&self->session_file, G_FILE (source));
  ip_recent_menu_add (G_FILE (source));
  tell_saved (self, G_FILE (source));
}

/* The program does not end before the file is written, even when its last window is closed. */
void
ip_window_save_session (IpWindow *self, GFile *file)
{
  g_autofree char *text = write_session (self, file);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_application_hold (g_application_get_default ());
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, saved_cb,
                                       g_object_ref (self));
}

static void
save_response_cb (IpWindow *self, int response, GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autofree char *path = g_file_get_path (chosen);
      g_autofree char *whole = g_strconcat (path, EXTENSION, NULL);
      g_autoptr (GFile) file = ip_session_file_is_one (chosen) ? g_object_ref (chosen)
                                                               : g_file_new_for_path (whole);

      ip_window_save_session (self, file);
    }
  g_clear_object (&self->chooser);
}

static void
save_session_as_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (self->session), 0);
  g_autofree char *name = g_strconcat (ip_dump_get_name (ip_run_get_dump (run)), EXTENSION, NULL);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Save Session"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (save_response_cb), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
save_session_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);

  if (self->session_file != NULL)
    ip_window_save_session (self, self->session_file);
  else
    save_session_as_action (widget, action, parameter);
}

/* Opening */

static gboolean
lookup_flag (GVariant *window, const char *name, gboolean standard)
{
  g_variant_lookup (window, name, "b", &standard);

  return standard;
}

static void
arrange_window (IpWindow *self, GVariant *window)
{
  gint64 width = 0;
  gint64 height = 0;

  if (window == NULL)
    return;
  if (g_variant_lookup (window, "width", "x", &width)
      && g_variant_lookup (window, "height", "x", &height) && width > 0 && height > 0)
    gtk_window_set_default_size (GTK_WINDOW (self), MIN (width, 16384), MIN (height, 16384));
  if (lookup_flag (window, "maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (self));
  gtk_revealer_set_reveal_child (self->metrics_revealer,
                                 lookup_flag (window, "metrics",
                                              gtk_revealer_get_reveal_child (
                                                self->metrics_revealer)));
  if (self->narrow)
    return;
  adw_flap_set_reveal_flap (self->sidebar_flap, lookup_flag (window, "sidebar", TRUE));
  adw_flap_set_reveal_flap (self->inspector_flap, lookup_flag (window, "inspector", TRUE));
}

static void
arrange_figures (IpWindow *self)
{
  const char *view = ip_session_get_view (self->session);
  double width = ip_session_get_length (self->session, IP_LENGTH_FIGURE_WIDTH);
  double font_size = ip_session_get_length (self->session, IP_LENGTH_FONT_SIZE);
  IpPlot *plots[N_PLOTS];

  get_plots (self, plots);
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++)
    {
      IpView limits;

      ip_session_get_limits (self->session, ip_plot_get_kind (plots[i]), &limits);
      ip_plot_restore_view (plots[i], &limits);
    }
  if (adw_view_stack_get_child_by_name (self->views, view) != NULL)
    adw_view_stack_set_visible_child_name (self->views, view);
  if (width > 0)
    ip_inspector_set_figure_width (self->inspector, width);
  if (font_size > 0)
    ip_inspector_set_font_size (self->inspector, font_size);
}

/* A session that is being opened into a window. */
typedef struct
{
  IpWindow *window;
  IpSessionFile *file;
  gboolean is_copy; /* that a crash left behind */
} Opening;

static void
opening_free (Opening *opening)
{
  opening->window->restoring = FALSE;
  g_clear_object (&opening->window);
  g_clear_pointer (&opening->file, ip_session_file_unref);
  g_free (opening);
}

static void restore (Opening *opening);

static void
found_response_cb (GtkFileChooserNative *chooser, int response, Opening *opening)
{
  IpWindow *self = opening->window;

  if (response == GTK_RESPONSE_ACCEPT && self->session != NULL)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      ip_session_file_set_place (opening->file, ip_session_file_get_missing (opening->file), file);
      restore (opening);
    }
  else
    {
      opening_free (opening);
    }
  g_clear_object (&self->chooser);
}

static void
ask_for_missing (Opening *opening, int run)
{
  IpWindow *self = opening->window;
  g_autofree char *title = g_strdup_printf (_("Where Is %s?"),
                                            ip_session_file_get_run_file (opening->file, run));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (found_response_cb), opening);
  self->restoring = FALSE; /* what there is can be used meanwhile */
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Opening *opening = data;
  IpWindow *self = opening->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) notices
    = ip_session_restore_finish (IP_SESSION (source), result, &error);
  GFile *file = ip_session_file_get_file (opening->file);
  int missing = ip_session_file_get_missing (opening->file);

  if (notices == NULL || self->session == NULL)
    {
      opening_free (opening);
      return;
    }

  for (guint i = 0; i < notices->len; i++)
    ip_message_bar_add (self->message_bar, notices->pdata[i]);
  arrange_window (self, ip_session_file_get_window (opening->file));
  arrange_figures (self);
  if (!opening->is_copy)
    {
      g_set_object (&self->session_file, file);
      ip_recent_menu_add (file);
    }
  else if (missing < 0)
    {
      ip_autosave_discard (file);
    }
  ip_autosave_touch (self->autosave);
  if (missing >= 0)
    ask_for_missing (opening, missing);
  else
    opening_free (opening);
}

static void
restore (Opening *opening)
{
  g_autoptr (GPtrArray) hints = ip_recent_menu_list_files ();

  opening->window->restoring = TRUE;
  ip_session_restore_async (opening->window->session, opening->file, hints,
                            opening->window->exporting, restored_cb, opening);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  IpSessionFile *file = ip_session_file_load (data, cancellable, &error);

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify) ip_session_file_unref);
  else
    g_task_return_error (task, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Opening *opening = data;
  IpWindow *self = opening->window;
  g_autoptr (GError) error = NULL;

  opening->file = g_task_propagate_pointer (G_TASK (result), &error);
  if (opening->file != NULL && self->session != NULL)
    {
      restore (opening);
      return;
    }
  if (error != NULL && self->session != NULL)
    ip_message_bar_add_error (self->message_bar, g_task_get_task_data (G_TASK (result)), error);
  opening_free (opening);
}

static void
ip_window_load_session (IpWindow *self, GFile *file, gboolean is_copy)
{
  Opening *opening = g_new0 (Opening, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, loaded_cb, opening);

  self->restoring = TRUE;
  opening->window = g_object_ref (self);
  opening->is_copy = is_copy;
  g_task_set_source_tag (task, ip_window_load_session);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load_in_thread);
}

/* This window, or a new one when this is used. */
static IpWindow *
find_window (IpWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  IpWindow *window;

  if (g_list_model_get_n_items (ip_session_get_runs (self->session)) == 0 && !self->restoring
      && !ip_opener_get_busy (self->opener))
    return self;

  window = ip_window_new (IP_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

void
ip_window_open_session (IpWindow *self, GFile *file)
{
  ip_window_load_session (find_window (self), file, FALSE);
}

/* After a crash */

static void
restore_session_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);
  g_autoptr (GFile) copy = g_file_new_for_path (g_variant_get_string (parameter, NULL));

  self->copy_taken = TRUE;
  ip_window_load_session (find_window (self), copy, TRUE);
}

/* Who does not want it now will not want it later.  A click on the button dismisses as well. */
static gboolean
discard_copy_cb (gpointer data)
{
  AdwToast *toast = data;
  IpWindow *self = g_object_get_data (G_OBJECT (toast), "window");
  const char *path = g_variant_get_string (adw_toast_get_action_target_value (toast), NULL);
  g_autoptr (GFile) copy = g_file_new_for_path (path);

  if (self->session != NULL && !self->copy_taken)
    ip_autosave_discard (copy);

  return G_SOURCE_REMOVE;
}

static void
dismissed_cb (AdwToast *toast, IpWindow *self)
{
  g_object_set_data_full (G_OBJECT (toast), "window", g_object_ref (self), g_object_unref);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, discard_copy_cb, g_object_ref (toast),
                   g_object_unref);
}

static void
abandoned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpWindow) self = data;
  g_autoptr (GFile) copy = ip_autosave_find_abandoned_finish (result);
  AdwToast *toast;

  if (copy == NULL || self->session == NULL)
    return;

  toast = adw_toast_new (_("Infoplane did not end well the last time"));
  adw_toast_set_timeout (toast, 0);
  adw_toast_set_button_label (toast, _("_Restore Session"));
  adw_toast_set_action_name (toast, "win.restore-session");
  adw_toast_set_action_target (toast, "s", g_file_peek_path (copy));
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
ip_window_offer_restore (IpWindow *self)
{
  g_return_if_fail (IP_IS_WINDOW (self));

  ip_autosave_find_abandoned_async (abandoned_cb, g_object_ref (self));
}

static void
touched_cb (IpWindow *self)
{
  ip_autosave_touch (self->autosave);
}

void
ip_window_follow_session (IpWindow *self)
{
  self->autosave = ip_autosave_new (write_copy, self);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (touched_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ip_session_get_runs (self->session), "items-changed",
                           G_CALLBACK (touched_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->views, "notify::visible-child-name", G_CALLBACK (touched_cb), self,
                           G_CONNECT_SWAPPED);
}

void
ip_window_add_session_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.save-session", NULL, save_session_action);
  gtk_widget_class_install_action (klass, "win.save-session-as", NULL, save_session_as_action);
  gtk_widget_class_install_action (klass, "win.restore-session", "s", restore_session_action);
}
