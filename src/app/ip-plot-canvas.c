/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-canvas.h"

#include "ip-appearance.h"

#include <math.h>

/* What of a plot is expensive to draw.  Data is kept as an image of the size of the screen's
 * pixels, so that neither what moves above it (the cursor, the card) nor a new selection draws it
 * again; frame, labels and selection are few.
 *
 * Image and frame are given to GTK as Cairo nodes.  The renderers that draw on the graphics card
 * keep a texture of a node that stays the same.  The one that draws with Cairo paints of it what
 * has to be painted; of a GdkTexture it would convert every pixel in every frame, at 6 ms for a
 * million.
 *
 * Data that takes long to draw is drawn on another thread, one figure at a time, and only the
 * newest that waits; nobody lays out a figure again that is shown.  Meanwhile the old picture is
 * shown, moved and stretched to where its axes are now. */

#define SLOW 0.004            /* seconds */
#define LARGEST_STRETCH 1000.0 /* of a picture that is out of date */
#define SAME_SIZE 1e-6 /* a stretch that is none: moving by whole pixels is fast */

typedef struct
{
  IpFigure *figure;
  IpView view; /* that it was laid out for */
  IpScale scale;
  int width; /* device pixels */
  int height;
  int factor; /* of them per pixel of the widget */
  gboolean outdated; /* something newer has been drawn meanwhile */
} Rendering;

struct _IpPlotCanvas
{
  GtkWidget parent_instance;

  IpFigure *figure;
  IpScale scale;
  GskRenderNode *frame; /* NULL when out of date */
  cairo_surface_t *image; /* of the data */
  GskRenderNode *data;    /* shows the image */
  gboolean data_valid;
  IpView data_view; /* where the axes were when the data was drawn */
  IpScale data_scale;
  double seconds; /* that the last data took */

  Rendering *running; /* on the other thread, which owns it */
  Rendering *waiting;
};

G_DEFINE_FINAL_TYPE (IpPlotCanvas, ip_plot_canvas, GTK_TYPE_WIDGET)

static Rendering *
rendering_new (IpPlotCanvas *self)
{
  Rendering *rendering = g_new0 (Rendering, 1);

  rendering->figure = g_object_ref (self->figure);
  ip_figure_get_view (self->figure, &rendering->view);
  rendering->scale = self->scale;
  rendering->factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  rendering->width = gtk_widget_get_width (GTK_WIDGET (self)) * rendering->factor;
  rendering->height = gtk_widget_get_height (GTK_WIDGET (self)) * rendering->factor;
  return rendering;
}

static void
rendering_free (gpointer data)
{
  Rendering *rendering = data;

  g_clear_object (&rendering->figure);
  g_free (rendering);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rendering, rendering_free)

static cairo_surface_t *
render_data (const Rendering *rendering, double *seconds)
{
  gint64 start = g_get_monotonic_time ();
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, rendering->width,
                                                       rendering->height);
  double pixels_per_point = rendering->factor / IP_POINTS_PER_PIXEL;
  cairo_t *cr;

  cairo_surface_set_device_scale (image, pixels_per_point, pixels_per_point);
  cr = cairo_create (image);
  ip_figure_draw (rendering->figure, cr, IP_FIGURE_DATA);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  cairo_surface_set_device_scale (image, rendering->factor, rendering->factor);
  *seconds = (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
  return image;
}

typedef struct
{
  Rendering *rendering;
  double seconds;
} Timed;

static graphene_rect_t
get_bounds (IpPlotCanvas *self)
{
  return GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (GTK_WIDGET (self)),
                             gtk_widget_get_height (GTK_WIDGET (self)));
}

static GskRenderNode *
create_frame (IpPlotCanvas *self)
{
  graphene_rect_t bounds = get_bounds (self);
  GskRenderNode *node = gsk_cairo_node_new (&bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_scale (cr, 1 / IP_POINTS_PER_PIXEL, 1 / IP_POINTS_PER_PIXEL);
  ip_figure_draw (self->figure, cr, IP_FIGURE_FRAME);
  cairo_destroy (cr);
  return node;
}

/* Takes the image. */
static void
ip_plot_canvas_take_image (IpPlotCanvas *self, cairo_surface_t *image, const Rendering *rendering)
{
  graphene_rect_t bounds
    = GRAPHENE_RECT_INIT (0, 0, (float) rendering->width / rendering->factor,
                          (float) rendering->height / rendering->factor);
  cairo_t *cr;

  g_clear_pointer (&self->data, gsk_render_node_unref);
  g_clear_pointer (&self->image, cairo_surface_destroy);
  self->image = image;
  self->data = gsk_cairo_node_new (&bounds);
  self->data_view = rendering->view;
  self->data_scale = rendering->scale;

  cr = gsk_cairo_node_get_draw_context (self->data);
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void ip_plot_canvas_start (IpPlotCanvas *self, Rendering *rendering);

static void
render_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Timed *timed = data;

  g_task_return_pointer (task, render_data (timed->rendering, &timed->seconds),
                         (GDestroyNotify) cairo_surface_destroy);
}

static void
rendered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpPlotCanvas) self = data;
  Timed *timed = g_task_get_task_data (G_TASK (result));
  g_autoptr (Rendering) rendering = g_steal_pointer (&timed->rendering); /* dies on this thread */
  cairo_surface_t *image = g_task_propagate_pointer (G_TASK (result), NULL);

  self->running = NULL;
  self->seconds = timed->seconds;
  if (self->figure == NULL || rendering->outdated)
    cairo_surface_destroy (image);
  else
    {
      ip_plot_canvas_take_image (self, image, rendering);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->figure == NULL)
    return; /* closed meanwhile */
  if (self->waiting != NULL)
    ip_plot_canvas_start (self, g_steal_pointer (&self->waiting));
}

/* The widget is not the source of the task: the thread may be the last to let go of that. */
static void
ip_plot_canvas_start (IpPlotCanvas *self, Rendering *rendering)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, rendered_cb, g_object_ref (self));
  Timed *timed = g_new0 (Timed, 1);

  timed->rendering = rendering;
  self->running = rendering;
  g_task_set_source_tag (task, ip_plot_canvas_start);
  g_task_set_task_data (task, timed, g_free);
  g_task_run_in_thread (task, render_in_thread);
}

static double
get_position (IpScale scale, double value)
{
  switch (scale)
    {
    case IP_SCALE_LOG:
      return log10 (1 + MAX (value, 0));
    case IP_SCALE_LOG10:
      return log10 (value);
    default:
      return value;
    }
}

/* How an axis with limits `now` sees what was drawn with limits `then`: relative place u of then is
 * at factor * u + offset.  FALSE where nothing would be recognised, which includes limits that the
 * scale does not have. */
static gboolean
compare_limits (IpScale scale, IpLimits then, IpLimits now, double *factor, double *offset)
{
  double lo = get_position (scale, now.lo);
  double length = get_position (scale, now.hi) - lo;

  *factor = (get_position (scale, then.hi) - get_position (scale, then.lo)) / length;
  *offset = (get_position (scale, then.lo) - lo) / length;
  return *factor > 1 / LARGEST_STRETCH && *factor < LARGEST_STRETCH && isfinite (*offset);
}

/* The data as it was drawn, moved to where the axes of one panel are now. */
static void
append_stale_panel (IpPlotCanvas *self, GtkSnapshot *snapshot, guint panel)
{
  guint axes = ip_figure_get_panel_axes (self->figure, panel);
  double x, y, w, h, factor_x, factor_y, offset_x, offset_y, move_x, move_y;
  IpView view;

  ip_figure_get_view (self->figure, &view);
  ip_figure_get_panel (self->figure, panel, &x, &y, &w, &h);
  x /= IP_POINTS_PER_PIXEL;
  y /= IP_POINTS_PER_PIXEL;
  w /= IP_POINTS_PER_PIXEL;
  h /= IP_POINTS_PER_PIXEL;
  if (!compare_limits (ip_figure_get_axis_scale (self->figure, panel, 0),
                       self->data_view.limits[axes][0], view.limits[axes][0], &factor_x, &offset_x)
      || !compare_limits (ip_figure_get_axis_scale (self->figure, panel, 1),
                          self->data_view.limits[axes][1], view.limits[axes][1], &factor_y,
                          &offset_y))
    return;

  move_x = x + w * offset_x - factor_x * x;
  move_y = (1 - factor_y) * (y + h) - h * offset_y;
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (x, y, w, h));
  gtk_snapshot_save (snapshot);
  if (fabs (factor_x - 1) < SAME_SIZE && fabs (factor_y - 1) < SAME_SIZE)
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (round (move_x), round (move_y)));
  else
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (move_x, move_y));
      gtk_snapshot_scale (snapshot, factor_x, factor_y);
    }
  gtk_snapshot_append_node (snapshot, self->data);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

static gboolean
is_data_in_place (IpPlotCanvas *self)
{
  IpView view;

  ip_figure_get_view (self->figure, &view);
  for (guint panel = 0; panel < ip_figure_get_n_panels (self->figure); panel++)
    for (guint axis = 0; axis < 2; axis++)
      {
        guint axes = ip_figure_get_panel_axes (self->figure, panel);

        if (view.limits[axes][axis].lo != self->data_view.limits[axes][axis].lo
            || view.limits[axes][axis].hi != self->data_view.limits[axes][axis].hi)
          return FALSE;
      }
  return TRUE;
}

static void
append_data (IpPlotCanvas *self, GtkSnapshot *snapshot)
{
  if (self->data == NULL)
    return;
  if (is_data_in_place (self) || self->data_scale != self->scale)
    {
      gtk_snapshot_append_node (snapshot, self->data);
      return;
    }
  for (guint panel = 0; panel < ip_figure_get_n_panels (self->figure); panel++)
    append_stale_panel (self, snapshot, panel);
}

static void
ip_plot_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpPlotCanvas *self = IP_PLOT_CANVAS (widget);
  graphene_rect_t bounds = get_bounds (self);
  cairo_t *cr;

  if (self->figure == NULL || bounds.size.width < 1 || bounds.size.height < 1)
    return;
  if (self->frame == NULL)
    self->frame = create_frame (self);
  if (!self->data_valid)
    {
      g_autoptr (Rendering) rendering = rendering_new (self);

      ip_plot_canvas_take_image (self, render_data (rendering, &self->seconds), rendering);
      self->data_valid = TRUE;
      if (self->running != NULL)
        self->running->outdated = TRUE;
    }
  gtk_snapshot_append_node (snapshot, self->frame);
  append_data (self, snapshot);

  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_scale (cr, 1 / IP_POINTS_PER_PIXEL, 1 / IP_POINTS_PER_PIXEL);
  ip_figure_draw (self->figure, cr, IP_FIGURE_LABELS);
  cairo_destroy (cr);
}

static void
scale_factor_cb (IpPlotCanvas *self)
{
  g_clear_pointer (&self->frame, gsk_render_node_unref);
  g_clear_pointer (&self->waiting, rendering_free);
  self->data_valid = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ip_plot_canvas_dispose (GObject *object)
{
  IpPlotCanvas *self = IP_PLOT_CANVAS (object);

  g_clear_object (&self->figure);
  g_clear_pointer (&self->frame, gsk_render_node_unref);
  g_clear_pointer (&self->data, gsk_render_node_unref);
  g_clear_pointer (&self->image, cairo_surface_destroy);
  g_clear_pointer (&self->waiting, rendering_free);
  G_OBJECT_CLASS (ip_plot_canvas_parent_class)->dispose (object);
}

static void
ip_plot_canvas_class_init (IpPlotCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_plot_canvas_dispose;
  widget_class->snapshot = ip_plot_canvas_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ip_plot_canvas_init (IpPlotCanvas *self)
{
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_factor_cb), NULL);
}

void
ip_plot_canvas_set_figure (IpPlotCanvas *self, IpFigure *figure, IpScale scale, gboolean aside)
{
  g_return_if_fail (IP_IS_PLOT_CANVAS (self));

  g_set_object (&self->figure, figure);
  self->scale = scale;
  g_clear_pointer (&self->frame, gsk_render_node_unref);
  g_clear_pointer (&self->waiting, rendering_free);
  self->data_valid = aside;
  if (aside && self->running != NULL)
    self->waiting = rendering_new (self);
  else if (aside)
    ip_plot_canvas_start (self, rendering_new (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ip_plot_canvas_set_labels (IpPlotCanvas *self, IpFigure *figure)
{
  g_return_if_fail (IP_IS_PLOT_CANVAS (self));

  g_set_object (&self->figure, figure);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ip_plot_canvas_is_slow (IpPlotCanvas *self)
{
  g_return_val_if_fail (IP_IS_PLOT_CANVAS (self), FALSE);

  return self->seconds > SLOW;
}

gboolean
ip_plot_canvas_get_busy (IpPlotCanvas *self)
{
  g_return_val_if_fail (IP_IS_PLOT_CANVAS (self), FALSE);

  return self->running != NULL;
}
