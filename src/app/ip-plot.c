/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot.h"

#include "ip-appearance.h"
#include "ip-data-cursor.h"
#include "ip-plot-canvas.h"
#include "ip-reading-card.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

/* A figure that can be explored.
 *
 * The plot owns the view (what part of the data the axes show), which outlives every figure:
 * results, other estimators and hidden layers never reset it.  A figure is made anew from the
 * session whenever something it shows has changed, at most once a frame and only while the plot is
 * on screen; IpPlotCanvas below keeps the picture of it.  The point that is read out is remembered
 * by layer and epoch for the same reason. */

#define HOVER_RADIUS 18 /* pixels */
#define ZOOM_STEP 1.25

typedef struct
{
  gboolean valid;
  guint layer; /* user data of the track */
  gint64 epoch;
  guint track;
  guint point;
  guint panel;
} Cursor;

struct _IpPlot
{
  GtkWidget parent_instance;

  IpSession *session;
  IpFigureKind kind;
  IpView view;

  IpFigure *figure; /* laid out for laid_width x laid_height pixels */
  int laid_width;
  int laid_height;
  PangoContext *context;
  IpTheme theme;
  guint update;
  gboolean only_selection; /* nothing else has changed since the figure was made */
  gint64 selected;

  GtkWidget *canvas;
  GtkWidget *data_cursor;
  GtkWidget *card;

  Cursor cursor;
  char *reading;
  double pointer_x;
  double pointer_y;
  double drag_x; /* of the last drag update */
  double drag_y;
  gboolean dragging;
  gboolean boxing;
};

enum
{
  PROP_0,
  PROP_KIND,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (IpPlot, ip_plot, GTK_TYPE_WIDGET)

static double
to_points (double pixels)
{
  return pixels * IP_POINTS_PER_PIXEL;
}

static double
to_pixels (double points)
{
  return points / IP_POINTS_PER_PIXEL;
}

/* Name of the run where more than one is shown. */
static const char *
get_run_to_name (IpPlot *self, const IpTrack *track)
{
  for (guint i = 0; i < ip_figure_get_n_tracks (self->figure); i++)
    if (!g_str_equal (ip_figure_get_track (self->figure, i)->run, track->run))
      return track->run;
  return NULL;
}

static void
ip_plot_hide_reading (IpPlot *self)
{
  self->cursor.valid = FALSE;
  g_clear_pointer (&self->reading, g_free);
  ip_data_cursor_hide (IP_DATA_CURSOR (self->data_cursor));
  gtk_widget_set_child_visible (self->card, FALSE);
}

static void
ip_plot_place_data_cursor (IpPlot *self)
{
  double x, y;

  if (self->cursor.valid
      && ip_figure_get_point_place (self->figure, self->cursor.track, self->cursor.point,
                                    self->cursor.panel, &x, &y))
    ip_data_cursor_set_place (IP_DATA_CURSOR (self->data_cursor), to_pixels (x), to_pixels (y));
  else
    ip_data_cursor_hide (IP_DATA_CURSOR (self->data_cursor));
}

/* Shows the point of the cursor: ring, card, and what is said of it. */
static void
ip_plot_show_reading (IpPlot *self)
{
  const Cursor *cursor = &self->cursor;
  const IpTrack *track = ip_figure_get_track (self->figure, cursor->track);
  const IpTrackPoint *point = &track->points[cursor->point];
  gboolean in_bits = ip_session_get_in_bits (self->session);
  const char *run = get_run_to_name (self, track);

  ip_reading_card_set_point (IP_READING_CARD (self->card), track, point, run, in_bits);
  g_free (self->reading);
  self->reading = ip_reading_format (track, point, run, in_bits);
  ip_data_cursor_set_value (IP_DATA_CURSOR (self->data_cursor), self->reading, cursor->point,
                            track->n_points);
  ip_plot_place_data_cursor (self);
  gtk_widget_set_child_visible (self->card, TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
ip_plot_set_cursor (IpPlot *self, guint track, guint point, guint panel)
{
  const IpTrack *found = ip_figure_get_track (self->figure, track);

  self->cursor = (Cursor) {
    .valid = TRUE,
    .layer = found->user_data,
    .epoch = found->points[point].epoch,
    .track = track,
    .point = point,
    .panel = panel,
  };
  ip_plot_show_reading (self);
}

/* Finds the point that was read out in a new figure. */
static void
ip_plot_restore_cursor (IpPlot *self)
{
  if (!self->cursor.valid)
    return;
  for (guint i = 0; i < ip_figure_get_n_tracks (self->figure); i++)
    {
      const IpTrack *track = ip_figure_get_track (self->figure, i);

      for (guint k = 0; track->user_data == self->cursor.layer && k < track->n_points; k++)
        if (track->points[k].epoch == self->cursor.epoch)
          {
            ip_plot_set_cursor (self, i, k, self->cursor.panel);
            return;
          }
    }
  ip_plot_hide_reading (self);
}

static void
ip_plot_describe (IpPlot *self)
{
  g_autofree char *description = NULL;
  guint n_tracks = ip_figure_get_n_tracks (self->figure);

  description = g_strdup_printf (ngettext ("%s of %u layer", "%s of %u layers", n_tracks),
                                 self->kind == IP_FIGURE_PLANE ? _("Information plane")
                                                               : _("Information against epochs"),
                                 n_tracks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

/* Whether two figures show the same points, so that they can differ in the selection only. */
static gboolean
have_same_tracks (IpFigure *one, IpFigure *other)
{
  if (one == NULL || ip_figure_get_n_tracks (one) != ip_figure_get_n_tracks (other))
    return FALSE;
  for (guint i = 0; i < ip_figure_get_n_tracks (one); i++)
    {
      const IpTrack *a = ip_figure_get_track (one, i);
      const IpTrack *b = ip_figure_get_track (other, i);

      if (a->user_data != b->user_data || a->n_points != b->n_points || a->style != b->style)
        return FALSE;
    }
  return TRUE;
}

static IpFigure *
ip_plot_create_laid_out (IpPlot *self)
{
  IpFigure *figure = ip_plot_create_figure (self);

  ip_figure_layout (figure, self->context, &self->theme, to_points (self->laid_width),
                    to_points (self->laid_height));
  return figure;
}

/* Lays the figure out for the size of the plot and shows it. */
static void
ip_plot_show_figure (IpPlot *self, int width, int height, gboolean keep_picture)
{
  IpPlotCanvas *canvas = IP_PLOT_CANVAS (self->canvas);
  g_autoptr (IpFigure) twin = NULL;

  self->laid_width = width;
  self->laid_height = height;
  ip_appearance_get_theme (GTK_WIDGET (self), &self->theme);
  ip_figure_layout (self->figure, self->context, &self->theme, to_points (width),
                    to_points (height));
  if (keep_picture)
    {
      ip_plot_canvas_set_labels (canvas, self->figure);
      return;
    }
  if (ip_plot_canvas_is_slow (canvas))
    twin = ip_plot_create_laid_out (self);
  ip_plot_canvas_set_figure (canvas, self->figure, ip_session_get_epoch_scale (self->session),
                             twin);
}

static gboolean
update_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  IpPlot *self = IP_PLOT (widget);
  g_autoptr (IpFigure) figure = ip_plot_create_figure (self);
  gboolean keep_picture = self->only_selection && have_same_tracks (self->figure, figure);

  self->update = 0;
  g_set_object (&self->figure, figure);
  if (gtk_widget_get_width (widget) > 0 && gtk_widget_get_height (widget) > 0)
    ip_plot_show_figure (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget),
                         keep_picture);
  ip_plot_describe (self);
  ip_plot_restore_cursor (self);
  return G_SOURCE_REMOVE;
}

static void
ip_plot_queue_update (IpPlot *self, gboolean only_selection)
{
  self->only_selection = only_selection && (self->only_selection || self->update == 0);
  if (self->update == 0)
    self->update = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

static void
ip_plot_queue_figure (IpPlot *self)
{
  if (self->session != NULL)
    ip_plot_queue_update (self, FALSE);
}

static void
session_changed_cb (IpPlot *self)
{
  gint64 selected = ip_session_get_epoch (self->session);

  ip_plot_queue_update (self, selected != self->selected);
  self->selected = selected;
}

static void
ip_plot_view_changed (IpPlot *self)
{
  ip_figure_get_view (self->figure, &self->view);
  ip_plot_queue_figure (self);
}

static void
ip_plot_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  IpPlot *self = IP_PLOT (widget);
  GtkAllocation all = { 0, 0, width, height };

  if (self->figure != NULL && width > 0 && height > 0
      && (width != self->laid_width || height != self->laid_height))
    {
      ip_plot_show_figure (self, width, height, FALSE);
      ip_plot_place_data_cursor (self);
    }

  gtk_widget_size_allocate (self->canvas, &all, -1);
  gtk_widget_size_allocate (self->data_cursor, &all, -1);
  if (gtk_widget_get_child_visible (self->card))
    {
      GtkAllocation place;

      ip_reading_card_find_place (IP_READING_CARD (self->card), self->figure, self->cursor.track,
                                  self->cursor.point, self->cursor.panel, width, height, &place);
      gtk_widget_size_allocate (self->card, &place, -1);
    }
}

static void
ip_plot_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  int ignored;

  /* Widgets have to be measured before they are allocated. */
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_measure (child, orientation, -1, &ignored, &ignored, NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 220;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 820 : 600;
}

/* Exploring with the pointer */

void
ip_plot_hover (IpPlot *self, double x, double y)
{
  guint track, point, panel;

  g_return_if_fail (IP_IS_PLOT (self));

  self->pointer_x = x;
  self->pointer_y = y;
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
    ip_plot_hover (self, x, y);
}

static void
leave_cb (IpPlot *self)
{
  self->pointer_x = self->pointer_y = -1;
  ip_plot_hide_reading (self);
}

static void
ip_plot_zoom_at (IpPlot *self, double x, double y, double factor_x, double factor_y)
{
  int panel = ip_figure_find_panel (self->figure, to_points (x), to_points (y));

  if (panel < 0)
    return;
  ip_figure_zoom (self->figure, panel, to_points (x), to_points (y), factor_x, factor_y);
  ip_plot_view_changed (self);
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
                   state & GDK_SHIFT_MASK ? 1 : factor,
                   state & GDK_ALT_MASK ? 1 : factor);
  return GDK_EVENT_STOP;
}

static void
drag_begin_cb (IpPlot *self, double x, double y, GtkGesture *gesture)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (self->data_cursor);
  self->drag_x = self->drag_y = 0;
  self->boxing = (state & GDK_CONTROL_MASK) != 0;
}

static graphene_rect_t
get_dragged_box (GtkGesture *gesture)
{
  double x, y, dx, dy;

  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (gesture), &x, &y);
  gtk_gesture_drag_get_offset (GTK_GESTURE_DRAG (gesture), &dx, &dy);
  return GRAPHENE_RECT_INIT (MIN (x, x + dx), MIN (y, y + dy), fabs (dx), fabs (dy));
}

static void
drag_update_cb (IpPlot *self, double dx, double dy, GtkGesture *gesture)
{
  double x, y;
  int panel;

  if (!self->dragging && !gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) dx, (int) dy))
    return;
  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (gesture), &x, &y);
  if (self->figure == NULL
      || (panel = ip_figure_find_panel (self->figure, to_points (x), to_points (y))) < 0)
    return;

  self->dragging = TRUE;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  ip_plot_hide_reading (self);
  if (self->boxing)
    {
      graphene_rect_t box = get_dragged_box (gesture);

      ip_data_cursor_set_rubber_band (IP_DATA_CURSOR (self->data_cursor), &box);
      return;
    }
  ip_figure_pan (self->figure, panel, to_points (dx - self->drag_x), to_points (dy - self->drag_y));
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
  ip_figure_zoom (self->figure, panel, x, y, factor_x, factor_y);
  ip_plot_view_changed (self);
}

static void
drag_end_cb (IpPlot *self, double dx, double dy, GtkGesture *gesture)
{
  if (self->dragging && self->boxing)
    {
      graphene_rect_t box = get_dragged_box (gesture);

      ip_data_cursor_set_rubber_band (IP_DATA_CURSOR (self->data_cursor), graphene_rect_zero ());
      ip_plot_zoom_to_box (self, &box);
    }
  self->dragging = FALSE;
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
    ip_session_set_epoch (self->session, self->cursor.epoch);
  else if (panel >= 0)
    {
      gint64 epoch = ip_figure_find_epoch (self->figure, panel, to_points (x));

      if (epoch >= 0)
        ip_session_set_epoch (self->session, epoch);
    }
}

/* Exploring with the keyboard */

static gboolean
is_shown (const IpReading *reading)
{
  return isfinite (reading->value);
}

static gboolean
has_place (IpPlot *self, guint track, guint point)
{
  const IpTrackPoint *candidate = &ip_figure_get_track (self->figure, track)->points[point];

  return self->kind == IP_FIGURE_PLANE ? is_shown (&candidate->x) && is_shown (&candidate->y)
                                       : is_shown (&candidate->x) || is_shown (&candidate->y);
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

/* Through the layers of a panel, then those of the next panel. */
static void
ip_plot_move_across (IpPlot *self, int direction)
{
  int n_tracks = ip_figure_get_n_tracks (self->figure);
  int n_places = n_tracks * ip_figure_get_n_panels (self->figure);
  int place = self->cursor.panel * n_tracks + self->cursor.track;
  guint point;

  for (place += direction; place >= 0 && place < n_places; place += direction)
    if (find_nearest_point (self, place % n_tracks, self->cursor.epoch, &point))
      {
        ip_plot_set_cursor (self, place % n_tracks, point, place / n_tracks);
        return;
      }
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
  if (keyval == GDK_KEY_h)
    {
      ip_plot_reset (self);
      return GDK_EVENT_STOP;
    }
  if (keyval == GDK_KEY_Escape && self->cursor.valid)
    {
      ip_plot_hide_reading (self);
      return GDK_EVENT_STOP;
    }
  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && self->cursor.valid)
    {
      ip_session_set_epoch (self->session, self->cursor.epoch);
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
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

static void
ip_plot_add_controllers (IpPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (click_cb), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (self->data_cursor, key);
}

static void
ip_plot_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_KIND:
      g_value_set_int (value, IP_PLOT (object)->kind);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_plot_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_KIND:
      IP_PLOT (object)->kind = g_value_get_int (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_plot_constructed (GObject *object)
{
  IpPlot *self = IP_PLOT (object);

  G_OBJECT_CLASS (ip_plot_parent_class)->constructed (object);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->kind == IP_FIGURE_PLANE ? _("Information plane")
                                                                : _("Information against epochs"),
                                  GTK_ACCESSIBLE_PROPERTY_ROLE_DESCRIPTION, _("plot"),
                                  -1);
}

static void
ip_plot_dispose (GObject *object)
{
  IpPlot *self = IP_PLOT (object);

  g_clear_pointer (&self->canvas, gtk_widget_unparent);
  g_clear_pointer (&self->data_cursor, gtk_widget_unparent);
  g_clear_pointer (&self->card, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->figure);
  g_clear_object (&self->context);
  g_clear_pointer (&self->reading, g_free);
  G_OBJECT_CLASS (ip_plot_parent_class)->dispose (object);
}

static void
ip_plot_class_init (IpPlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ip_plot_get_property;
  object_class->set_property = ip_plot_set_property;
  object_class->constructed = ip_plot_constructed;
  object_class->dispose = ip_plot_dispose;
  widget_class->measure = ip_plot_measure;
  widget_class->size_allocate = ip_plot_size_allocate;

  properties[PROP_KIND]
    = g_param_spec_int ("kind", NULL, NULL, IP_FIGURE_PLANE, IP_FIGURE_EPOCHS, IP_FIGURE_PLANE,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ip_plot_init (IpPlot *self)
{
  ip_view_init (&self->view);
  self->context = ip_appearance_create_context ();
  self->pointer_x = self->pointer_y = -1;
  self->selected = -1;

  self->canvas = g_object_new (IP_TYPE_PLOT_CANVAS, NULL);
  self->data_cursor = g_object_new (IP_TYPE_DATA_CURSOR, NULL);
  self->card = g_object_new (IP_TYPE_READING_CARD, NULL);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  gtk_widget_set_parent (self->data_cursor, GTK_WIDGET (self));
  gtk_widget_set_parent (self->card, GTK_WIDGET (self));
  gtk_widget_set_child_visible (self->card, FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  ip_plot_add_controllers (self);

  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (ip_plot_queue_figure), self, G_CONNECT_SWAPPED);
}

void
ip_plot_set_session (IpPlot *self, IpSession *session)
{
  g_return_if_fail (IP_IS_PLOT (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  ip_plot_queue_figure (self);
}

IpFigure *
ip_plot_create_figure (IpPlot *self)
{
  IpFigure *figure;

  g_return_val_if_fail (IP_IS_PLOT (self), NULL);

  figure = ip_session_create_figure (self->session, self->kind);
  ip_figure_set_view (figure, &self->view);
  return figure;
}

void
ip_plot_zoom (IpPlot *self, double factor)
{
  double x, y, w, h;

  g_return_if_fail (IP_IS_PLOT (self));

  if (self->figure == NULL)
    return;
  ip_figure_get_panel (self->figure, 0, &x, &y, &w, &h);
  ip_plot_zoom_at (self, to_pixels (x + w / 2), to_pixels (y + h / 2), factor, factor);
}

void
ip_plot_focus (IpPlot *self)
{
  g_return_if_fail (IP_IS_PLOT (self));

  gtk_widget_grab_focus (self->data_cursor);
}

void
ip_plot_reset (IpPlot *self)
{
  g_return_if_fail (IP_IS_PLOT (self));

  ip_view_init (&self->view);
  ip_plot_queue_figure (self);
}

const char *
ip_plot_get_reading (IpPlot *self)
{
  g_return_val_if_fail (IP_IS_PLOT (self), NULL);

  return self->reading;
}

gboolean
ip_plot_get_point_place (IpPlot *self,
                         guint track, guint point, guint panel,
                         double *x, double *y)
{
  g_return_val_if_fail (IP_IS_PLOT (self), FALSE);

  if (self->figure == NULL
      || !ip_figure_get_point_place (self->figure, track, point, panel, x, y))
    return FALSE;
  *x = to_pixels (*x);
  *y = to_pixels (*y);
  return TRUE;
}

void
ip_plot_get_view (IpPlot *self, IpView *view)
{
  g_return_if_fail (IP_IS_PLOT (self));

  *view = self->view;
}
