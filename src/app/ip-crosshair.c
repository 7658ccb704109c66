/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-crosshair.h"

#include "ip-appearance.h"

#include <math.h>

/* Thin lines from the pointer to the axes, and what the axes show there.  Panels that share an axis
 * have the line at the same value.  A widget of its own, so that nothing else is drawn again as the
 * pointer moves. */

#define LINE_OPACITY 0.4f
#define LINKED_OPACITY 0.2f
#define GAP 3 /* pixels between axis and label */
#define PADDING 4

struct _IpCrosshair
{
  GtkWidget parent_instance;

  IpFigure *figure;
  double x;
  double y;
};

G_DEFINE_FINAL_TYPE (IpCrosshair, ip_crosshair, GTK_TYPE_WIDGET)

static graphene_rect_t
get_panel (IpCrosshair *self, guint panel)
{
  double x, y, w, h;

  ip_figure_get_panel (self->figure, panel, &x, &y, &w, &h);
  return GRAPHENE_RECT_INIT (x / IP_POINTS_PER_PIXEL, y / IP_POINTS_PER_PIXEL,
                             w / IP_POINTS_PER_PIXEL, h / IP_POINTS_PER_PIXEL);
}

/* −1 when there is nothing to show. */
static int
find_panel (IpCrosshair *self)
{
  return self->figure == NULL ? -1
                              : ip_figure_find_panel (self->figure, self->x * IP_POINTS_PER_PIXEL,
                                                      self->y * IP_POINTS_PER_PIXEL);
}

char *
ip_crosshair_get_label (IpCrosshair *self, guint dimension)
{
  int panel = find_panel (self);
  double place = dimension == 0 ? self->x : self->y;

  return panel >= 0 ? ip_figure_format_place (self->figure, (guint) panel, dimension,
                                              place * IP_POINTS_PER_PIXEL)
                    : NULL;
}

/* The lines in a panel that shares axes with the one that is pointed at. */
static void
append_lines (IpCrosshair *self, GtkSnapshot *snapshot, guint pointed, guint panel, GdkRGBA colour)
{
  graphene_rect_t from = get_panel (self, pointed);
  graphene_rect_t to = get_panel (self, panel);
  double across = (self->x - from.origin.x) / from.size.width;
  double down = (self->y - from.origin.y) / from.size.height;

  colour.alpha = panel == pointed ? LINE_OPACITY : LINKED_OPACITY;
  if (ip_figure_shares_axis (self->figure, pointed, panel, 0))
    gtk_snapshot_append_color (
      snapshot, &colour,
      &GRAPHENE_RECT_INIT (floor (to.origin.x + across * to.size.width), to.origin.y, 1,
                           to.size.height));
  if (ip_figure_shares_axis (self->figure, pointed, panel, 1))
    gtk_snapshot_append_color (
      snapshot, &colour,
      &GRAPHENE_RECT_INIT (to.origin.x, floor (to.origin.y + down * to.size.height),
                           to.size.width, 1));
}

/* Outside its panel, where no other panel is in the way and there is room; else inside it. */
static graphene_rect_t
place_label (IpCrosshair *self, guint panel, guint dimension, int width, int height)
{
  graphene_rect_t area = get_panel (self, panel);
  double bottom = area.origin.y + area.size.height;
  double x = self->x - width / 2.0;
  double y = bottom + GAP;

  if (dimension == 1)
    {
      x = area.origin.x - GAP - width;
      y = self->y - height / 2.0;
      if (x < 0
          || ip_figure_find_panel (self->figure, x * IP_POINTS_PER_PIXEL,
                                   self->y * IP_POINTS_PER_PIXEL) >= 0)
        x = area.origin.x + GAP;
    }
  else if (y + height > gtk_widget_get_height (GTK_WIDGET (self))
           || ip_figure_find_panel (self->figure, self->x * IP_POINTS_PER_PIXEL,
                                    (y + height) * IP_POINTS_PER_PIXEL) >= 0)
    y = bottom - GAP - height;
  return GRAPHENE_RECT_INIT (CLAMP (x, 0, MAX (gtk_widget_get_width (GTK_WIDGET (self)) - width,
                                               0)),
                             y, width, height);
}

static void
append_label (IpCrosshair *self, GtkSnapshot *snapshot, guint panel, guint dimension,
              const GdkRGBA *ground, const GdkRGBA *colour)
{
  g_autofree char *markup = ip_crosshair_get_label (self, dimension);
  g_autoptr (PangoLayout) layout = NULL;
  graphene_rect_t place;
  GskRoundedRect outline;
  int width, height;

  if (markup == NULL)
    return;
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  place = place_label (self, panel, dimension, width + 2 * PADDING, height + 2);
  gsk_rounded_rect_init_from_rect (&outline, &place, PADDING);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, ground, &place);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (place.origin.x + PADDING, place.origin.y + 1));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
ip_crosshair_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpCrosshair *self = IP_CROSSHAIR (widget);
  int panel = find_panel (self);
  GdkRGBA colour, ground;
  IpTheme theme;

  if (panel < 0)
    return;
  ip_appearance_get_theme (widget, &theme);
  ground = (GdkRGBA){ theme.text.red, theme.text.green, theme.text.blue, 1 };
  colour = (GdkRGBA){ theme.background.red, theme.background.green, theme.background.blue, 1 };
  for (guint i = 0; i < ip_figure_get_n_panels (self->figure); i++)
    append_lines (self, snapshot, (guint) panel, i, ground);
  for (guint dimension = 0; dimension < 2; dimension++)
    append_label (self, snapshot, (guint) panel, dimension, &ground, &colour);
}

static void
ip_crosshair_dispose (GObject *object)
{
  g_clear_object (&IP_CROSSHAIR (object)->figure);
  G_OBJECT_CLASS (ip_crosshair_parent_class)->dispose (object);
}

static void
ip_crosshair_class_init (IpCrosshairClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_crosshair_dispose;
  widget_class->snapshot = ip_crosshair_snapshot;
  gtk_widget_class_set_css_name (widget_class, "crosshair");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ip_crosshair_init (IpCrosshair *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

void
ip_crosshair_set_place (IpCrosshair *self, IpFigure *figure, double x, double y)
{
  g_return_if_fail (IP_IS_CROSSHAIR (self));

  if (!g_set_object (&self->figure, figure) && self->x == x && self->y == y)
    return;
  self->x = x;
  self->y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
