/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-data-cursor.h"

#include <glib/gi18n.h>

/* The focusable part of a plot: a cross hair and a ring on the current point.  It has the role of a
 * slider because that is the role whose value screen readers speak as it changes. */

#define RADIUS 9

struct _IpDataCursor
{
  GtkWidget parent_instance;

  gboolean shown;
  double x;
  double y;
  graphene_rect_t band;
};

G_DEFINE_FINAL_TYPE (IpDataCursor, ip_data_cursor, GTK_TYPE_WIDGET)

static void
ip_data_cursor_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpDataCursor *self = IP_DATA_CURSOR (widget);
  GdkRGBA colour;
  GskRoundedRect ring;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  if (self->band.size.width > 0)
    {
      GdkRGBA fill = { colour.red, colour.green, colour.blue, 0.08f };

      colour.alpha = 0.5f;
      gsk_rounded_rect_init_from_rect (&ring, &self->band, 0);
      gtk_snapshot_append_color (snapshot, &fill, &self->band);
      gtk_snapshot_append_border (snapshot, &ring, (float[4]) { 1, 1, 1, 1 },
                                  (GdkRGBA[4]) { colour, colour, colour, colour });
    }
  if (!self->shown)
    return;
  colour.alpha = 0.75f;
  gsk_rounded_rect_init_from_rect (&ring,
                                   &GRAPHENE_RECT_INIT (self->x - RADIUS, self->y - RADIUS,
                                                        2 * RADIUS, 2 * RADIUS),
                                   RADIUS);
  gtk_snapshot_append_border (snapshot, &ring, (float[4]) { 1.5f, 1.5f, 1.5f, 1.5f },
                              (GdkRGBA[4]) { colour, colour, colour, colour });
}

static void
ip_data_cursor_class_init (IpDataCursorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ip_data_cursor_snapshot;
  gtk_widget_class_set_css_name (widget_class, "data-cursor");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
ip_data_cursor_init (IpDataCursor *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (self),
    GTK_ACCESSIBLE_PROPERTY_LABEL, _("Data cursor"),
    GTK_ACCESSIBLE_PROPERTY_KEY_SHORTCUTS, "Left Right Up Down Home End Page_Up Page_Down Return",
    GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
    GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 0.0,
    GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 0.0,
    GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, _("No point selected"),
    -1);
}

void
ip_data_cursor_set_place (IpDataCursor *self, double x, double y)
{
  g_return_if_fail (IP_IS_DATA_CURSOR (self));

  if (self->shown && self->x == x && self->y == y)
    return;
  self->shown = TRUE;
  self->x = x;
  self->y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ip_data_cursor_hide (IpDataCursor *self)
{
  g_return_if_fail (IP_IS_DATA_CURSOR (self));

  if (!self->shown)
    return;
  self->shown = FALSE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, _("No point selected"), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ip_data_cursor_set_value (IpDataCursor *self, const char *text, guint point, guint n_points)
{
  g_return_if_fail (IP_IS_DATA_CURSOR (self));
  g_return_if_fail (n_points > 0);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) (n_points - 1),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) point,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text,
                                  -1);
}

void
ip_data_cursor_set_rubber_band (IpDataCursor *self, const graphene_rect_t *band)
{
  g_return_if_fail (IP_IS_DATA_CURSOR (self));

  if (graphene_rect_equal (&self->band, band))
    return;
  self->band = *band;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
