/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-swatch.h"

#include "ip-appearance.h"


#define DIAMETER 10

struct _IpSwatch
{
  GtkWidget parent_instance;

  guint style;
  gboolean hollow;
};

G_DEFINE_FINAL_TYPE (IpSwatch, ip_swatch, GTK_TYPE_WIDGET)

static void
ip_swatch_measure (GtkWidget *widget,
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
ip_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpSwatch *self = IP_SWATCH (widget);
  double x = (gtk_widget_get_width (widget) - DIAMETER) / 2.0;
  double y = (gtk_widget_get_height (widget) - DIAMETER) / 2.0;
  GskRoundedRect circle;
  IpTheme theme;
  IpColour colour;
  GdkRGBA rgba;

  ip_appearance_get_theme (widget, &theme);
  colour = ip_theme_get_series (&theme, self->style);
  rgba = (GdkRGBA) { colour.red, colour.green, colour.blue, 1 };
  gsk_rounded_rect_init_from_rect (&circle,
                                   &GRAPHENE_RECT_INIT (x, y, DIAMETER, DIAMETER),
                                   DIAMETER / 2.0);
  if (self->hollow)
    {
      gtk_snapshot_append_border (snapshot, &circle,
                                  (float[4]) { 2, 2, 2, 2 },
                                  (GdkRGBA[4]) { rgba, rgba, rgba, rgba });
      return;
    }
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_color (snapshot, &rgba, &circle.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
ip_swatch_class_init (IpSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = ip_swatch_measure;
  widget_class->snapshot = ip_swatch_snapshot;
  gtk_widget_class_set_css_name (widget_class, "swatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ip_swatch_init (IpSwatch *self)
{
  ip_appearance_watch (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}

GtkWidget *
ip_swatch_new (guint style)
{
  IpSwatch *self = g_object_new (IP_TYPE_SWATCH, NULL);

  self->style = style;
  return GTK_WIDGET (self);
}

void
ip_swatch_set_style (IpSwatch *self, guint style)
{
  g_return_if_fail (IP_IS_SWATCH (self));

  if (self->style == style)
    return;
  self->style = style;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ip_swatch_set_hollow (IpSwatch *self, gboolean hollow)
{
  g_return_if_fail (IP_IS_SWATCH (self));

  if (self->hollow == hollow)
    return;
  self->hollow = hollow;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
