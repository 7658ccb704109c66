/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-private.h"

#include <math.h>

/* Left and Right move the data cursor along a layer, Up and Down to another one; letters are what
 * matplotlib's window has taught. */

static const struct
{
  guint keyval;
  const char *action;
} letters[] = {
  { GDK_KEY_h, "win.zoom-fit" },     { GDK_KEY_c, "win.view-back" },
  { GDK_KEY_v, "win.view-forward" }, { GDK_KEY_p, "win.drag-pans" },
  { GDK_KEY_o, "win.drag-zooms" },   { GDK_KEY_l, "win.log-values" },
  { GDK_KEY_k, "win.log-epochs" },   { GDK_KEY_L, "win.log-epochs" },
  { GDK_KEY_g, "win.show-grid" },
};

static gboolean
is_shown (const IpReading *reading)
{
  return isfinite (reading->value);
}

static gboolean
has_place (IpPlot *self, guint track, guint point)
{
  const IpTrackPoint *candidate = &ip_figure_get_track (self->figure, track)->points[point];

  return self->kind == IP_FIGURE_EPOCHS || self->kind == IP_FIGURE_MAP
             || self->kind == IP_FIGURE_SWEEP
           ? is_shown (&candidate->x) || is_shown (&candidate->y)
           : is_shown (&candidate->x) && is_shown (&candidate->y);
}

/* The shown point nearest to an epoch. */
static gboolean
find_nearest_point (IpPlot *self, guint track, gint64 epoch, guint *point)
{
  const IpTrack *candidates = ip_figure_get_track (self->figure, track);
  gint64 distance = G_MAXINT64;

  for (guint i = 0; i < candidates->n_points; i++)
    if (has_place (self, track, i) && ABS (candidates->points[i].epoch - epoch) < distance)
      {
        distance = ABS (candidates->points[i].epoch - epoch);
        *point = i;
      }
  return distance < G_MAXINT64;
}

static gboolean
ip_plot_start_cursor (IpPlot *self)
{
  guint point;

  for (guint i = 0; self->figure != NULL && i < ip_figure_get_n_tracks (self->figure); i++)
    if (find_nearest_point (self, i, ip_session_get_epoch (self->session), &point))
      {
        ip_plot_set_cursor (self, i, point, 0);
        return TRUE;
      }
  return FALSE;
}

static void
ip_plot_move_along (IpPlot *self, int steps)
{
  const IpTrack *track = ip_figure_get_track (self->figure, self->cursor.track);
  int direction = steps < 0 ? -1 : 1;
  int last = self->cursor.point;

  for (int i = last + direction; steps != 0 && i >= 0 && i < (int) track->n_points; i += direction)
    if (has_place (self, self->cursor.track, i))
      {
        last = i;
        steps -= direction;
      }
  ip_plot_set_cursor (self, self->cursor.track, last, self->cursor.panel);
}

/* Through the layers of a panel, then those of the next panel; what the plane magnifies is in its
 * first panel already. */
static void
ip_plot_move_across (IpPlot *self, int direction)
{
  int n_tracks = ip_figure_get_n_tracks (self->figure);
  int n_panels = self->kind == IP_FIGURE_EPOCHS || self->kind == IP_FIGURE_MAP
                     || self->kind == IP_FIGURE_SWEEP
                   ? ip_figure_get_n_panels (self->figure)
                   : 1;
  int n_places = n_tracks * n_panels;
  int place = self->cursor.panel * n_tracks + self->cursor.track;
  guint point;

  for (place += direction; place >= 0 && place < n_places; place += direction)
    if (find_nearest_point (self, place % n_tracks, self->cursor.epoch, &point))
      {
        /* From epoch to epoch at one rank, from layer to layer at one value. */
        if (self->kind == IP_FIGURE_SPECTRUM || self->kind == IP_FIGURE_SWEEP)
          point = MIN (self->cursor.point,
                       ip_figure_get_track (self->figure, place % n_tracks)->n_points - 1);
        ip_plot_set_cursor (self, place % n_tracks, point, place / n_tracks);
        return;
      }
}

/* First the point that is read out, then the selected layer. */
static void
ip_plot_leave (IpPlot *self)
{
  if (!self->cursor.valid)
    ip_session_set_layer (self->session, -1);
  ip_plot_hide_reading (self);
  ip_plot_place_crosshair (self);
}

static gboolean
ip_plot_hold (IpPlot *self, guint keyval, gboolean held)
{
  static const guint keyvals[] = { GDK_KEY_x, GDK_KEY_y };

  for (guint i = 0; i < G_N_ELEMENTS (keyvals); i++)
    if (gdk_keyval_to_lower (keyval) == keyvals[i])
      {
        self->held[i] = held;
        return TRUE;
      }
  return FALSE;
}

static void
key_released_cb (IpPlot *self, guint keyval)
{
  ip_plot_hold (self, keyval, FALSE);
}

static void
focus_left_cb (IpPlot *self)
{
  self->held[0] = self->held[1] = FALSE;
}

static gboolean
key_cb (IpPlot *self, guint keyval, guint keycode, GdkModifierType state)
{
  static const struct
  {
    guint keyval;
    int along;
    int across;
  } moves[] = {
    { GDK_KEY_Left, -1, 0 }, { GDK_KEY_Right, 1, 0 },
    { GDK_KEY_Up, 0, -1 }, { GDK_KEY_Down, 0, 1 },
    { GDK_KEY_Page_Up, -10, 0 }, { GDK_KEY_Page_Down, 10, 0 },
    { GDK_KEY_Home, -G_MAXINT / 2, 0 }, { GDK_KEY_End, G_MAXINT / 2, 0 },
  };

  if (self->figure == NULL || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  if (ip_plot_hold (self, keyval, TRUE))
    return GDK_EVENT_STOP;
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (keyval == letters[i].keyval)
      {
        gtk_widget_activate_action (GTK_WIDGET (self), letters[i].action, NULL);
        return GDK_EVENT_STOP;
      }
  if (keyval == GDK_KEY_Escape)
    {
      ip_plot_leave (self);
      return GDK_EVENT_STOP;
    }
  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && self->cursor.valid)
    {
      ip_plot_select_cursor (self);
      return GDK_EVENT_STOP;
    }
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (keyval == moves[i].keyval)
      {
        if (!self->cursor.valid)
          ip_plot_start_cursor (self);
        else if (moves[i].along != 0)
          ip_plot_move_along (self, moves[i].along);
        else
          ip_plot_move_across (self, moves[i].across);
        self->at_cursor = TRUE;
        ip_plot_place_crosshair (self);
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

void
ip_plot_add_keyboard (IpPlot *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect_swapped (key, "key-released", G_CALLBACK (key_released_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (self->data_cursor, key);
  gtk_widget_add_controller (self->data_cursor, focus);
}
