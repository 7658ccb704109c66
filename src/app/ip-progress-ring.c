/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-progress-ring.h"

#define DIAMETER 16

struct _IpProgressRing
{
  GtkWidget parent_instance;

  double fraction;
};

G_DEFINE_FINAL_TYPE (IpProgressRing, ip_progress_ring, GTK_TYPE_WIDGET)

static void
ip_progress_ring_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = *natural = DIAMETER;
}

static void
ip_progress_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpProgressRing *self = IP_PROGRESS_RING (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA accent = { 0.2, 0.5, 0.9, 1 };
  GdkRGBA trough;
  cairo_t *cr;

  gtk_style_context_get_color (style, &trough);
  trough.alpha = 0.2;
  gtk_style_context_lookup_color (style, "accent_color", &accent);

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_translate (cr, width / 2.0, height / 2.0);
  cairo_set_line_width (cr, 2.5);
  cairo_arc (cr, 0, 0, DIAMETER / 2.0 - 1.5, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &trough);
  cairo_stroke (cr);
  cairo_arc (cr, 0, 0, DIAMETER / 2.0 - 1.5, -G_PI / 2, (2 * self->fraction - 0.5) * G_PI);
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
ip_progress_ring_class_init (IpProgressRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = ip_progress_ring_measure;
  widget_class->snapshot = ip_progress_ring_snapshot;
  gtk_widget_class_set_css_name (widget_class, "progress-ring");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ip_progress_ring_init (IpProgressRing *self)
{
}

void
ip_progress_ring_set_fraction (IpProgressRing *self, double fraction)
{
  g_return_if_fail (IP_IS_PROGRESS_RING (self));

  self->fraction = CLAMP (fraction, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
