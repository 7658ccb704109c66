/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window-private.h"

/* What menus and keys do to what is shown. */

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
view_back_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_plot_go_back (ip_window_get_plot (IP_WINDOW (widget)));
}

static void
view_forward_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_plot_go_forward (ip_window_get_plot (IP_WINDOW (widget)));
}

static void
limits_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_view_bar_edit_limits (IP_WINDOW (widget)->view_bar);
}

static void
drag_pans_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_object_set (IP_WINDOW (widget)->plane_plot, "drag-zooms", FALSE, NULL);
}

static void
drag_zooms_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_object_set (IP_WINDOW (widget)->plane_plot, "drag-zooms", TRUE, NULL);
}

static void
log_values_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpSession *session = IP_WINDOW (widget)->session;
  int scale = ip_session_get_display (session, IP_DISPLAY_VALUE_SCALE);

  ip_session_set_display (session, IP_DISPLAY_VALUE_SCALE,
                          scale == IP_SCALE_LOG10 ? IP_SCALE_LINEAR : IP_SCALE_LOG10);
}

static void
log_epochs_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpSession *session = IP_WINDOW (widget)->session;
  IpScale scale = ip_session_get_epoch_scale (session);

  ip_session_set_epoch_scale (session,
                              scale == IP_SCALE_LOG ? IP_SCALE_LINEAR : IP_SCALE_LOG);
}

static void
view_history_changed_cb (IpWindow *self)
{
  IpPlot *plot = ip_window_get_plot (self);
  gboolean shows_plot = IP_IS_PLOT (adw_view_stack_get_visible_child (self->views));
  gboolean back, forward;

  g_object_get (plot, "can-go-back", &back, "can-go-forward", &forward, NULL);
  back = back && shows_plot;
  forward = forward && shows_plot;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.view-back", back);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.view-forward", forward);
}

static gboolean
has_value_scale (IpPlot *plot)
{
  IpFigureKind kind = ip_plot_get_kind (plot);

  return kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_TRAJECTORIES || kind == IP_FIGURE_SWEEP;
}

void
ip_window_update_actions (IpWindow *self)
{
  static const char *const needing_runs[] = {
    "win.export", "win.export-numbers", "win.save-session", "win.save-session-as",
    "win.copy-recipe", "win.play", "win.next-epoch", "win.previous-epoch", "win.slower",
    "win.faster", "win.loop", "win.figure-settings",
  };
  static const char *const needing_plot[] = { "win.zoom-in", "win.zoom-out", "win.zoom-fit",
                                              "win.limits", "win.log-epochs" };
  gboolean has_runs = g_list_model_get_n_items (ip_session_get_runs (self->session)) > 0;
  gboolean shows_plot = IP_IS_PLOT (adw_view_stack_get_visible_child (self->views));

  for (guint i = 0; i < G_N_ELEMENTS (needing_runs); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), needing_runs[i], has_runs);
  for (guint i = 0; i < G_N_ELEMENTS (needing_plot); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), needing_plot[i], has_runs && shows_plot);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.log-values",
                                 has_runs && shows_plot && has_value_scale (self->plot));
  gtk_widget_set_visible (GTK_WIDGET (self->view_bar), shows_plot);
  view_history_changed_cb (self);
}

static void
view_changed_cb (IpWindow *self)
{
  GtkWidget *view = adw_view_stack_get_visible_child (self->views);

  ip_session_set_view (self->session, adw_view_stack_get_visible_child_name (self->views));
  if (IP_IS_PLOT (view))
    {
      self->plot = IP_PLOT (view);
      ip_view_bar_set_plot (self->view_bar, self->plot);
    }
  ip_window_update_actions (self);
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
slower_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_epoch_bar_change_speed (IP_WINDOW (widget)->epoch_bar, -1);
}

static void
faster_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_epoch_bar_change_speed (IP_WINDOW (widget)->epoch_bar, 1);
}

static void
loop_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_epoch_bar_toggle_loop (IP_WINDOW (widget)->epoch_bar);
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
show_each_run_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_session_set_group_by (IP_WINDOW (widget)->session, NULL);
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

/* How figures are put together, which stands in the inspector. */
static void
figure_settings_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);

  adw_flap_set_reveal_flap (self->inspector_flap, TRUE);
  ip_inspector_focus_drawing (self->inspector);
}

void
ip_window_follow_history (IpWindow *self)
{
  g_signal_connect_object (self->history, "notify", G_CALLBACK (history_changed_cb), self,
                           G_CONNECT_SWAPPED);
  history_changed_cb (self);
}

void
ip_window_follow_views (IpWindow *self)
{
  GtkSelectionModel *pages = adw_view_stack_get_pages (self->views);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr (AdwViewStackPage) page = g_list_model_get_item (G_LIST_MODEL (pages), i);
      GtkWidget *plot = adw_view_stack_page_get_child (page);

      if (!IP_IS_PLOT (plot))
        continue;
      g_signal_connect_object (plot, "notify::can-go-back", G_CALLBACK (view_history_changed_cb),
                               self, G_CONNECT_SWAPPED);
      g_signal_connect_object (plot, "notify::can-go-forward",
                               G_CALLBACK (view_history_changed_cb), self, G_CONNECT_SWAPPED);
      if (plot == GTK_WIDGET (self->plane_plot)) /* which actions and settings are bound to */
        continue;
      g_object_bind_property (self->plane_plot, "crosshair", plot, "crosshair",
                              G_BINDING_SYNC_CREATE);
      g_object_bind_property (self->plane_plot, "drag-zooms", plot, "drag-zooms",
                              G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
    }
  g_object_unref (pages);
  g_signal_connect_object (self->views, "notify::visible-child", G_CALLBACK (view_changed_cb),
                           self, G_CONNECT_SWAPPED);
  view_changed_cb (self);
}

static const struct
{
  const char *name;
  GtkWidgetActionActivateFunc activate;
} actions[] = {
  { "win.zoom-in", zoom_in_action },
  { "win.zoom-out", zoom_out_action },
  { "win.zoom-fit", zoom_fit_action },
  { "win.view-back", view_back_action },
  { "win.view-forward", view_forward_action },
  { "win.limits", limits_action },
  { "win.drag-pans", drag_pans_action },
  { "win.drag-zooms", drag_zooms_action },
  { "win.log-values", log_values_action },
  { "win.log-epochs", log_epochs_action },
  { "win.play", play_action },
  { "win.next-epoch", next_epoch_action },
  { "win.previous-epoch", previous_epoch_action },
  { "win.slower", slower_action },
  { "win.faster", faster_action },
  { "win.loop", loop_action },
  { "win.undo", undo_action },
  { "win.redo", redo_action },
  { "win.show-each-run", show_each_run_action },
  { "win.cancel", cancel_action },
  { "win.resume", resume_action },
  { "win.figure-settings", figure_settings_action },
};

void
ip_window_add_view_actions (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, NULL, actions[i].activate);
}
