/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-epoch-scale.h"

#include "ip-appearance.h"

#include <glib/gi18n.h>

/* A slider over the snapshots of a run, on the scale of the figures' epoch axis; it only ever
 * stands on a snapshot. */

#define KNOB 16
#define TROUGH 4
#define TROUGH_Y 17
#define AXIS_Y 33
#define HEIGHT 52
#define LABEL_GAP 6

struct _IpEpochScale
{
  GtkWidget parent_instance;

  IpSession *session;
};

enum
{
  MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpEpochScale, ip_epoch_scale, GTK_TYPE_WIDGET)

static double
get_place (IpEpochScale *self, gint64 epoch)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (self->session, &n);
  double track = gtk_widget_get_width (GTK_WIDGET (self)) - KNOB;

  return KNOB / 2.0 + track * ip_epoch_position (epoch, epochs[0], epochs[n - 1],
                                                 ip_session_get_epoch_scale (self->session));
}

static int
find_index (IpEpochScale *self, gint64 epoch)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (self->session, &n);

  for (guint i = 0; i < n; i++)
    if (epochs[i] == epoch)
      return i;
  return -1;
}

static void
select_index (IpEpochScale *self, int index)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (self->session, &n);

  if (n > 0)
    ip_session_set_epoch (self->session, epochs[CLAMP (index, 0, (int) n - 1)]);
}

static void
select_at (IpEpochScale *self, double x)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (self->session, &n);
  gint64 nearest = -1;
  double distance = G_MAXDOUBLE;

  for (guint i = 0; i < n; i++)
    if (ABS (get_place (self, epochs[i]) - x) < distance)
      {
        distance = ABS (get_place (self, epochs[i]) - x);
        nearest = epochs[i];
      }
  if (nearest >= 0)
    ip_session_set_epoch (self->session, nearest);
}

static void
draw_rectangle (GtkSnapshot *snapshot, double x, double y, double w, double h, double radius,
                const GdkRGBA *colour)
{
  GskRoundedRect rect;

  gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (x, y, w, h), radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, colour, &rect.bounds);
  gtk_snapshot_pop (snapshot);
}

/* Draws the label unless it would touch the one before; returns its right edge. */
static double
draw_label (IpEpochScale *self, GtkSnapshot *snapshot, gint64 epoch, double left_limit,
            double right_limit, const GdkRGBA *colour)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, epoch);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int text_width;
  double x;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_get_pixel_size (layout, &text_width, NULL);
  x = CLAMP (get_place (self, epoch) - text_width / 2.0, 0, MAX (0, width - text_width));
  if (x < left_limit || x + text_width > right_limit)
    return left_limit;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, AXIS_Y + 3));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
  return x + text_width + LABEL_GAP;
}

static void
draw_labels (IpEpochScale *self, GtkSnapshot *snapshot, const GdkRGBA *colour)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (self->session, &n);
  gint64 first = epochs[0], last = epochs[n - 1];
  gboolean logarithmic = ip_session_get_epoch_scale (self->session) == IP_SCALE_LOG;
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double left = draw_label (self, snapshot, first, 0, width, colour);
  double right = last > first ? get_place (self, last) - 5 * LABEL_GAP : width;
  gint64 step = 1;

  if (last > first)
    draw_label (self, snapshot, last, left, width, colour);
  while (!logarithmic && (last - first) / step > 6)
    step *= (last - first) / step > 30 ? 10 : 2;
  for (gint64 tick = logarithmic ? 1 : (first / step + 1) * step;
       tick < last;
       tick = logarithmic ? tick * 10 : tick + step)
    if (tick > first)
      left = draw_label (self, snapshot, tick, left, right, colour);
}

/* One for each snapshot, as far as they do not touch. */
static void
draw_marks (IpEpochScale *self, GtkSnapshot *snapshot, const GdkRGBA *colour)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (self->session, &n);
  double last = -INFINITY;

  for (guint i = 0; i < n; i++)
    {
      double x = get_place (self, epochs[i]);

      if (x - last < 1)
        continue;
      gtk_snapshot_append_color (snapshot, colour,
                                 &GRAPHENE_RECT_INIT (x - 0.5, AXIS_Y - 5, 1, 4));
      last = x;
    }
}

static void
ip_epoch_scale_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpEpochScale *self = IP_EPOCH_SCALE (widget);
  int width = gtk_widget_get_width (widget);
  const GdkRGBA white = { 1, 1, 1, 1 };
  GdkRGBA text, dim, trough, mark, edge;
  IpTheme theme;
  GdkRGBA accent;
  guint n = 0;
  double knob;

  if (self->session != NULL)
    ip_session_get_epochs (self->session, &n);
  if (n == 0)
    return;
  ip_appearance_get_theme (widget, &theme);
  accent = (GdkRGBA) { theme.accent.red, theme.accent.green, theme.accent.blue, 1 };
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  dim = trough = mark = edge = text;
  dim.alpha = 0.6f;
  trough.alpha = 0.15f;
  mark.alpha = 0.45f;
  edge.alpha = 0.25f;

  knob = get_place (self, ip_session_get_epoch (self->session));
  draw_rectangle (snapshot, KNOB / 2.0 - TROUGH / 2.0, TROUGH_Y - TROUGH / 2.0,
                  width - KNOB + TROUGH, TROUGH, TROUGH / 2.0, &trough);
  draw_rectangle (snapshot, KNOB / 2.0 - TROUGH / 2.0, TROUGH_Y - TROUGH / 2.0,
                  knob - KNOB / 2.0 + TROUGH / 2.0, TROUGH, TROUGH / 2.0, &accent);
  draw_marks (self, snapshot, &mark);
  draw_labels (self, snapshot, &dim);
  draw_rectangle (snapshot, knob - KNOB / 2.0 - 1, TROUGH_Y - KNOB / 2.0 - 0.5, KNOB + 2, KNOB + 2,
                  KNOB / 2.0 + 1, &edge);
  draw_rectangle (snapshot, knob - KNOB / 2.0, TROUGH_Y - KNOB / 2.0, KNOB, KNOB, KNOB / 2.0,
                  &white);
}

static void
ip_epoch_scale_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : HEIGHT;
}

static void
press_cb (IpEpochScale *self, double x)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  select_at (self, x);
}

static void
drag_cb (IpEpochScale *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x;

  if (gtk_gesture_drag_get_start_point (drag, &x, NULL))
    select_at (self, x + dx);
}

static gboolean
scroll_cb (IpEpochScale *self, double dx, double dy)
{
  ip_epoch_scale_step (self, dy > 0 || dx > 0 ? 1 : -1);
  return GDK_EVENT_STOP;
}

static gboolean
key_cb (IpEpochScale *self, guint keyval, guint keycode, GdkModifierType state)
{
  static const struct
  {
    guint keyval;
    int steps;
  } moves[] = {
    { GDK_KEY_Left, -1 }, { GDK_KEY_Right, 1 }, { GDK_KEY_Down, -1 }, { GDK_KEY_Up, 1 },
    { GDK_KEY_Page_Up, 10 }, { GDK_KEY_Page_Down, -10 },
    { GDK_KEY_Home, -G_MAXINT / 2 }, { GDK_KEY_End, G_MAXINT / 2 },
  };

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (keyval == moves[i].keyval)
      {
        ip_epoch_scale_step (self, moves[i].steps);
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

static void
session_changed_cb (IpEpochScale *self)
{
  guint n;
  gint64 epoch = ip_session_get_epoch (self->session);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, epoch);

  ip_session_get_epochs (self->session, &n);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (n > 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) (n - 1),
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                    (double) find_index (self, epoch),
                                    GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text,
                                    -1);
}

static void
ip_epoch_scale_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_signal_emit (widget, signals[MOVED], 0);
}

static void
ip_epoch_scale_dispose (GObject *object)
{
  IpEpochScale *self = IP_EPOCH_SCALE (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_epoch_scale_parent_class)->dispose (object);
}

static void
ip_epoch_scale_class_init (IpEpochScaleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_epoch_scale_dispose;
  widget_class->measure = ip_epoch_scale_measure;
  widget_class->size_allocate = ip_epoch_scale_size_allocate;
  widget_class->snapshot = ip_epoch_scale_snapshot;
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "epoch-scale");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
ip_epoch_scale_init (IpEpochScale *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *scroll
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES
                                       | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (press_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_cb), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Epoch"),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  -1);
  ip_appearance_watch (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}

void
ip_epoch_scale_set_session (IpEpochScale *self, IpSession *session)
{
  g_return_if_fail (IP_IS_EPOCH_SCALE (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  session_changed_cb (self);
}

void
ip_epoch_scale_get_edges (IpEpochScale *self, GtkWidget *widget, double *left, double *right)
{
  double x = 0;

  g_return_if_fail (IP_IS_EPOCH_SCALE (self));

  gtk_widget_translate_coordinates (GTK_WIDGET (self), widget, 0, 0, &x, NULL);
  *left = x + KNOB / 2.0;
  *right = x + gtk_widget_get_width (GTK_WIDGET (self)) - KNOB / 2.0;
}

gboolean
ip_epoch_scale_step (IpEpochScale *self, int steps)
{
  gint64 epoch;

  g_return_val_if_fail (IP_IS_EPOCH_SCALE (self), FALSE);

  epoch = ip_session_get_epoch (self->session);
  select_index (self, find_index (self, epoch) + steps);
  return ip_session_get_epoch (self->session) != epoch;
}
