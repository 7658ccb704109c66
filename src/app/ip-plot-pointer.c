/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-private.h"

#include "ip-data-cursor.h"

#include <math.h>

/* Wheel zooms at the pointer; dragging pans or draws the box to zoom to, and with Ctrl the other of
 * both.  Shift keeps the axis across, Alt the one up, a held X or Y all but that axis.  A click
 * selects an epoch and a layer, a double click fits the figure to the data. */

#define HOVER_RADIUS 18 /* pixels */
#define ZOOM_STEP 1.25

void
ip_plot_hover (IpPlot *self, double x, double y)
{
  guint track, point, panel;

  g_return_if_fail (IP_IS_PLOT (self));

  self->pointer_x = x;
  self->pointer_y = y;
  self->at_cursor = FALSE;
  ip_plot_place_crosshair (self);
  if (self->figure == NULL)
    return;
  if (!ip_figure_find_point (self->figure, to_points (x), to_points (y),
                             to_points (HOVER_RADIUS), &track, &point, &panel))
    {
      ip_plot_hide_reading (self);
      return;
    }
  if (!self->cursor.valid || self->cursor.track != track || self->cursor.point != point
      || self->cursor.panel != panel)
    ip_plot_set_cursor (self, track, point, panel);
}

static void
motion_cb (IpPlot *self, double x, double y)
{
  /* GTK repeats the last motion when widgets move below the pointer. */
  if (x == self->pointer_x && y == self->pointer_y)
    return;
  if (!self->dragging)
    {
      ip_plot_hover (self, x, y);
      return;
    }
  self->pointer_x = x;
  self->pointer_y = y;
  ip_plot_place_crosshair (self);
}

static void
leave_cb (IpPlot *self)
{
  self->pointer_x = self->pointer_y = -1;
  ip_plot_hide_reading (self);
  ip_plot_place_crosshair (self);
}

void
ip_plot_zoom_at (IpPlot *self, double x, double y, double factor_x, double factor_y)
{
  int panel = ip_figure_find_panel (self->figure, to_points (x), to_points (y));

  if (panel < 0)
    return;
  ip_plot_remember_view (self, TRUE);
  ip_figure_zoom (self->figure, panel, to_points (x), to_points (y), factor_x, factor_y);
  ip_plot_view_changed (self);
}

static gboolean
keeps_axis (IpPlot *self, GdkModifierType state, guint dimension)
{
  return (state & (dimension == 0 ? GDK_SHIFT_MASK : GDK_ALT_MASK)) != 0
         || self->held[1 - dimension];
}

static gboolean
scroll_cb (IpPlot *self, double dx, double dy, GtkEventController *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  GdkScrollUnit unit
    = gtk_event_controller_scroll_get_unit (GTK_EVENT_CONTROLLER_SCROLL (controller));
  double delta = fabs (dy) >= fabs (dx) ? dy : dx; /* Shift turns the wheel sideways */
  double factor = pow (ZOOM_STEP, -delta * (unit == GDK_SCROLL_UNIT_SURFACE ? 0.05 : 1));

  if (self->figure == NULL)
    return GDK_EVENT_PROPAGATE;
  ip_plot_zoom_at (self, self->pointer_x, self->pointer_y,
                   keeps_axis (self, state, 0) ? 1 : factor,
                   keeps_axis (self, state, 1) ? 1 : factor);
  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (IpPlot *self, double x, double y, GtkGesture *gesture)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (self->data_cursor);
  self->drag_x = self->drag_y = 0;
  self->boxing = self->drag_zooms != ((state & GDK_CONTROL_MASK) != 0);
}

/* As far as the panel along an axis that is kept. */
static void
ip_plot_drag_box (IpPlot *self, GtkGesture *gesture, guint panel, GdkModifierType state)
{
  double x, y, dx, dy, panel_x, panel_y, panel_w, panel_h;

  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (gesture), &x, &y);
  gtk_gesture_drag_get_offset (GTK_GESTURE_DRAG (gesture), &dx, &dy);
  self->box = GRAPHENE_RECT_INIT (MIN (x, x + dx), MIN (y, y + dy), fabs (dx), fabs (dy));
  ip_figure_get_panel (self->figure, panel, &panel_x, &panel_y, &panel_w, &panel_h);
  if (keeps_axis (self, state, 0))
    {
      self->box.origin.x = to_pixels (panel_x);
      self->box.size.width = to_pixels (panel_w);
    }
  if (keeps_axis (self, state, 1))
    {
      self->box.origin.y = to_pixels (panel_y);
      self->box.size.height = to_pixels (panel_h);
    }
  ip_data_cursor_set_rubber_band (IP_DATA_CURSOR (self->data_cursor), &self->box);
}

static void
drag_update_cb (IpPlot *self, double dx, double dy, GtkGesture *gesture)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  double x, y;
  int panel;

  if (!self->dragging && !gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy))
    return;
  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (gesture), &x, &y);
  if (self->figure == NULL
      || (panel = ip_figure_find_panel (self->figure, to_points (x), to_points (y))) < 0)
    return;

  if (!self->dragging && !self->boxing)
    ip_plot_remember_view (self, FALSE);
  self->dragging = TRUE;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  ip_plot_hide_reading (self);
  if (self->boxing)
    {
      ip_plot_drag_box (self, gesture, (guint) panel, state);
      return;
    }
  ip_figure_pan (self->figure, (guint) panel,
                 keeps_axis (self, state, 0) ? 0 : to_points (dx - self->drag_x),
                 keeps_axis (self, state, 1) ? 0 : to_points (dy - self->drag_y));
  self->drag_x = dx;
  self->drag_y = dy;
  ip_plot_view_changed (self);
}

/* Zooming by w/length about the point that stays where it is brings [start, start + length] to
 * [origin, origin + w]. */
static double
find_fixed_point (double origin, double w, double start, double length, double *factor)
{
  *factor = w / length;
  if (*factor < 1.0001)
    {
      *factor = 1;
      return origin;
    }
  return (start * *factor - origin) / (*factor - 1);
}

static void
ip_plot_zoom_to_box (IpPlot *self, const graphene_rect_t *box)
{
  double x = to_points (box->origin.x), y = to_points (box->origin.y);
  double panel_x, panel_y, panel_w, panel_h, factor_x, factor_y;
  int panel = ip_figure_find_panel (self->figure, x + to_points (box->size.width) / 2,
                                    y + to_points (box->size.height) / 2);

  if (panel < 0 || box->size.width < 6 || box->size.height < 6)
    return;
  ip_figure_get_panel (self->figure, panel, &panel_x, &panel_y, &panel_w, &panel_h);
  x = find_fixed_point (panel_x, panel_w, x, to_points (box->size.width), &factor_x);
  y = find_fixed_point (panel_y, panel_h, y, to_points (box->size.height), &factor_y);
  ip_plot_remember_view (self, FALSE);
  ip_figure_zoom (self->figure, panel, x, y, factor_x, factor_y);
  ip_plot_view_changed (self);
}

static void
drag_end_cb (IpPlot *self, double dx, double dy, GtkGesture *gesture)
{
  if (self->dragging && self->boxing)
    {
      ip_data_cursor_set_rubber_band (IP_DATA_CURSOR (self->data_cursor), graphene_rect_zero ());
      ip_plot_zoom_to_box (self, &self->box);
    }
  self->dragging = FALSE;
}

/* Away from all points: of an epoch where there is one, else nothing is selected any more. */
static void
ip_plot_select_place (IpPlot *self, int panel, double x)
{
  gint64 epoch = ip_figure_find_epoch (self->figure, (guint) panel, to_points (x));

  if (epoch >= 0)
    ip_session_set_epoch (self->session, epoch);
  else
    ip_session_set_layer (self->session, -1);
}

static void
click_cb (IpPlot *self, int n_press, double x, double y)
{
  int panel;

  if (self->figure == NULL || self->dragging)
    return;
  panel = ip_figure_find_panel (self->figure, to_points (x), to_points (y));
  if (n_press == 2 && panel >= 0)
    ip_plot_reset (self);
  else if (self->cursor.valid)
    ip_plot_select_cursor (self);
  else if (n_press == 2)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.limits", NULL); /* on an axis */
  else if (panel >= 0)
    ip_plot_select_place (self, panel, x);
}

void
ip_plot_add_pointer (IpPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (click_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
