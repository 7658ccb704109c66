/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window-private.h"

#include "config.h"

#include "ip-recent-menu.h"

#include <glib/gi18n.h>

#define NARROW 900

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

static void
runs_changed_cb (IpWindow *self)
{
  GListModel *runs = ip_session_get_runs (self->session);
  guint n_runs = g_list_model_get_n_items (runs);
  g_autoptr (IpRun) first = g_list_model_get_item (runs, 0);
  g_autofree char *title = NULL;

  ip_window_update_actions (self);
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

static void
epoch_scale_moved_cb (IpWindow *self, IpEpochScale *scale)
{
  GtkWidget *views = GTK_WIDGET (self->views);
  double left, right;

  ip_epoch_scale_get_edges (scale, views, &left, &right);
  right = gtk_widget_get_width (views) - right;
  ip_plot_set_epoch_edges (self->epochs_plot, left, right);
  ip_plot_set_epoch_edges (self->map_plot, left, right);
}

/* What is remembered from one time to the next */

static void
ip_window_open_settings (IpWindow *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  if (schema != NULL)
    self->settings = g_settings_new_full (schema, NULL, NULL);
}

static void
ip_window_load_settings (IpWindow *self)
{
  int width;

  if (self->settings == NULL)
    return;
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
  g_settings_bind (self->settings, "show-crosshair", self->plane_plot, "crosshair",
                   G_SETTINGS_BIND_DEFAULT);
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
  if (self->autosave != NULL)
    g_object_run_dispose (G_OBJECT (self->autosave));
  g_clear_object (&self->autosave);
  g_clear_object (&self->session_file);
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
  g_type_ensure (IP_TYPE_TABLE_VIEW);
  g_type_ensure (IP_TYPE_VIEW_BAR);
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
  gtk_widget_class_bind_template_child (widget_class, IpWindow, view_bar);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, plane_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, epochs_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, trajectories_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, spectrum_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, map_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, sweep_plot);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, table);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, epoch_bar);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, metrics_revealer);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, metrics);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, drop_target);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, recent_section);
  gtk_widget_class_bind_template_child (widget_class, IpWindow, recorder_code);

  ip_window_add_open_actions (widget_class);
  ip_window_add_mapping_actions (widget_class);
  ip_window_add_export_actions (widget_class);
  ip_window_add_view_actions (widget_class);
  ip_window_add_session_actions (widget_class);
}

/* Sessions have their grid; the last choice of the user is that of new ones. */
static void
grid_chosen_cb (IpWindow *self, GVariant *state)
{
  ip_session_set_display (self->session, IP_DISPLAY_GRID, g_variant_get_boolean (state));
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, "show-grid", g_variant_get_boolean (state));
}

static GVariant *
get_grid (IpSession *session)
{
  return g_variant_new_boolean (ip_session_get_display (session, IP_DISPLAY_GRID));
}

static void
grid_changed_cb (GSimpleAction *action, GParamSpec *pspec, IpSession *session)
{
  g_simple_action_set_state (action, get_grid (session));
}

static void
ip_window_add_grid_action (IpWindow *self)
{
  g_autoptr (GSimpleAction) action
    = g_simple_action_new_stateful ("show-grid", NULL, get_grid (self->session));

  g_signal_connect_object (action, "change-state", G_CALLBACK (grid_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::grid", G_CALLBACK (grid_changed_cb), action,
                           G_CONNECT_SWAPPED);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
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
    { "show-crosshair", self->plane_plot, "crosshair" },
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
  g_autofree char *store_path = ip_store_get_standard_path ();
  g_autoptr (IpStore) store = ip_store_new (store_path);

  self->session = ip_session_new (0, 0);
  ip_session_set_store (self->session, store);
  ip_session_set_live (self->session, TRUE);
  ip_window_open_settings (self);
  if (self->settings != NULL)
    ip_session_set_display (self->session, IP_DISPLAY_GRID,
                            g_settings_get_boolean (self->settings, "show-grid"));
  self->history = ip_history_new (self->session);
  self->opener = ip_opener_new (self->session);
  self->exporting = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ip_window_add_property_actions (self);
  ip_window_add_grid_action (self);
  g_object_bind_property (self->switcher, "title-visible", self->switcher_bar, "reveal",
                          G_BINDING_DEFAULT);

  ip_plot_set_session (self->plane_plot, self->session);
  ip_plot_set_session (self->epochs_plot, self->session);
  ip_plot_set_session (self->trajectories_plot, self->session);
  ip_plot_set_session (self->spectrum_plot, self->session);
  ip_plot_set_session (self->map_plot, self->session);
  ip_plot_set_session (self->sweep_plot, self->session);
  ip_table_view_set_session (self->table, self->session);
  ip_view_bar_set_session (self->view_bar, self->session);
  ip_run_list_set_session (self->run_list, self->session);
  ip_inspector_set_session (self->inspector, self->session);
  ip_epoch_bar_set_session (self->epoch_bar, self->session);
  ip_metrics_strip_set_session (self->metrics, self->session,
                                ip_epoch_bar_get_scale (self->epoch_bar));
  g_signal_connect_object (ip_epoch_bar_get_scale (self->epoch_bar), "moved",
                           G_CALLBACK (epoch_scale_moved_cb), self, G_CONNECT_SWAPPED);
  ip_job_button_set_session (self->job_button, self->session);
  ip_window_follow_history (self);
  ip_window_follow_opener (self);
  ip_window_follow_views (self);
  ip_window_follow_session (self);
  g_signal_connect_object (self->session, "failed", G_CALLBACK (failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ip_session_get_runs (self->session), "items-changed",
                           G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
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

  return self->plot;
}

gboolean
ip_window_is_idle (IpWindow *self)
{
  g_return_val_if_fail (IP_IS_WINDOW (self), FALSE);

  return !self->restoring && !ip_opener_get_busy (self->opener)
         && !ip_session_get_busy (self->session) && !ip_plot_get_busy (self->plot);
}
