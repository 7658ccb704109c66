/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-canvas.h"

#include "ip-appearance.h"

/* What of a plot is expensive to draw.  Frame and data are kept as textures of the size of the
 * screen's pixels, so that whatever moves above them (the cursor, the card) and a new selection
 * redraw neither; labels and selection are few and are drawn each time. */

struct _IpPlotCanvas
{
  GtkWidget parent_instance;

  IpFigure *figure;
  GdkTexture *picture; /* frame and data, NULL when out of date */
};

G_DEFINE_FINAL_TYPE (IpPlotCanvas, ip_plot_canvas, GTK_TYPE_WIDGET)

static void
scale_to_points (cairo_t *cr)
{
  cairo_scale (cr, 1 / IP_POINTS_PER_PIXEL, 1 / IP_POINTS_PER_PIXEL);
}

static GdkTexture *
render (IpPlotCanvas *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = gtk_widget_get_width (GTK_WIDGET (self)) * scale;
  int height = gtk_widget_get_height (GTK_WIDGET (self)) * scale;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  g_autoptr (GBytes) bytes = NULL;
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  scale_to_points (cr);
  ip_figure_draw (self->figure, cr, IP_FIGURE_FRAME | IP_FIGURE_DATA);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                      (gsize) cairo_image_surface_get_stride (surface) * height,
                                      (GDestroyNotify) cairo_surface_destroy,
                                      surface);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes,
                                 cairo_image_surface_get_stride (surface));
}

static void
ip_plot_canvas_queue_picture (IpPlotCanvas *self)
{
  g_clear_object (&self->picture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ip_plot_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpPlotCanvas *self = IP_PLOT_CANVAS (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0,
                                               gtk_widget_get_width (widget),
                                               gtk_widget_get_height (widget));
  cairo_t *cr;

  if (self->figure == NULL || bounds.size.width < 1 || bounds.size.height < 1)
    return;
  if (self->picture == NULL)
    self->picture = render (self);
  gtk_snapshot_append_texture (snapshot, self->picture, &bounds);

  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  scale_to_points (cr);
  ip_figure_draw (self->figure, cr, IP_FIGURE_LABELS);
  cairo_destroy (cr);
}

static void
ip_plot_canvas_dispose (GObject *object)
{
  IpPlotCanvas *self = IP_PLOT_CANVAS (object);

  g_clear_object (&self->figure);
  g_clear_object (&self->picture);
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
  g_signal_connect (self, "notify::scale-factor",
                    G_CALLBACK (ip_plot_canvas_queue_picture), NULL);
}

void
ip_plot_canvas_set_figure (IpPlotCanvas *self, IpFigure *figure, gboolean keep_picture)
{
  g_return_if_fail (IP_IS_PLOT_CANVAS (self));

  g_set_object (&self->figure, figure);
  if (keep_picture)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else
    ip_plot_canvas_queue_picture (self);
}
