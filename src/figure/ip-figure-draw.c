/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <cairo-ps.h>
#include <math.h>
#include <pango/pangocairo.h>

/* Drawing of what all kinds of figures have: panels, axes, ceilings and text. */

/* Resolution to which lines are reduced where there are no pixels, in pt: 300 dpi. */
#define FINE_PIXEL 0.24

static gboolean
has_pixels (cairo_t *cr)
{
  switch (cairo_surface_get_type (cairo_get_target (cr)))
    {
    case CAIRO_SURFACE_TYPE_PDF:
    case CAIRO_SURFACE_TYPE_PS:
    case CAIRO_SURFACE_TYPE_SVG:
      return FALSE;
    default:
      return TRUE;
    }
}

/* Device pixels per pt. */
static double
get_scale (cairo_t *cr)
{
  cairo_matrix_t matrix;
  double scale_x;
  double scale_y;

  cairo_get_matrix (cr, &matrix);
  cairo_surface_get_device_scale (cairo_get_target (cr), &scale_x, &scale_y);
  return MAX (fabs (matrix.xx * scale_x), 1e-6);
}

double
ip_figure_get_pixel (cairo_t *cr)
{
  gboolean image = cairo_surface_get_type (cairo_get_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE;

  return image ? 1 / get_scale (cr) : FINE_PIXEL;
}

void
ip_figure_clip (IpFigure *self, cairo_t *cr, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
}

void
ip_figure_set_colour (cairo_t *cr, IpColour colour)
{
  cairo_set_source_rgb (cr, colour.red, colour.green, colour.blue);
}

void
ip_figure_set_tint (IpFigure *self, cairo_t *cr, IpColour colour, double opacity)
{
  if (cairo_surface_get_type (cairo_get_target (cr)) == CAIRO_SURFACE_TYPE_PS)
    ip_figure_set_colour (cr, ip_colour_mix (self->theme.background, colour, opacity));
  else
    cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, opacity);
}

void
ip_figure_set_hairline (IpFigure *self, cairo_t *cr)
{
  double width = 0.5 * self->theme.line;
  double scale = get_scale (cr);

  cairo_set_line_width (cr, has_pixels (cr) ? MAX (round (width * scale), 1) / scale : width);
}

/* A place for the middle of the line set, so that its edges fall between pixels. */
static double
snap (cairo_t *cr, double place, gboolean vertical)
{
  double x = vertical ? 0 : place;
  double y = vertical ? place : 0;
  double pixels = round (cairo_get_line_width (cr) * get_scale (cr));
  double half = fmod (pixels, 2) == 1 ? 0.5 : 0;
  double scale_x;
  double scale_y;

  if (!has_pixels (cr))
    return place;
  cairo_surface_get_device_scale (cairo_get_target (cr), &scale_x, &scale_y);
  cairo_user_to_device (cr, &x, &y);
  x = (round (x * scale_x - half) + half) / scale_x;
  y = (round (y * scale_y - half) + half) / scale_y;
  cairo_device_to_user (cr, &x, &y);
  return vertical ? y : x;
}

double
ip_figure_snap_x (cairo_t *cr, double x)
{
  return snap (cr, x, FALSE);
}

double
ip_figure_snap_y (cairo_t *cr, double y)
{
  return snap (cr, y, TRUE);
}

IpColour
ip_figure_get_epoch_colour (IpFigure *self, gint64 epoch)
{
  double position = ip_epoch_position (epoch, self->first_epoch, self->last_epoch,
                                       self->epoch_scale);

  return ip_theme_get_epoch_colour (&self->theme, position);
}

static void
add_segment (cairo_t *cr, gboolean vertical, double at, double from, double to)
{
  if (vertical)
    {
      at = ip_figure_snap_x (cr, at);
      cairo_move_to (cr, at, from);
      cairo_line_to (cr, at, to);
    }
  else
    {
      at = ip_figure_snap_y (cr, at);
      cairo_move_to (cr, from, at);
      cairo_line_to (cr, to, at);
    }
}

void
ip_figure_draw_ticks (IpFigure *self,
                      cairo_t *cr,
                      const GArray *ticks,
                      const IpAxis *axis,
                      double edge,
                      gboolean vertical,
                      double direction)
{
  double decade = fabs (axis->end - axis->start) /
                  (ip_scale_position (axis->scale, axis->limits.hi) -
                   ip_scale_position (axis->scale, axis->limits.lo));
  gboolean room_for_minor = decade > ip_figure_measure (self, 45);

  ip_figure_set_hairline (self, cr);
  for (guint i = 0; i < ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (ticks, IpTick, i);
      double length = direction * ip_figure_measure (self, tick->minor ? 3 : 5);

      if (!tick->minor || room_for_minor)
        add_segment (cr, !vertical, ip_axis_place (axis, tick->value), edge, edge + length);
    }
  ip_figure_set_colour (cr, self->theme.axis);
  cairo_stroke (cr);
}

/* Grid lines at inner major ticks; the ceiling has a line of its own. */
static void
add_grid (IpFigure *self, cairo_t *cr, const GArray *ticks, const IpAxis *axis, const IpRect *rect)
{
  gboolean vertical = axis->start == rect->x;

  for (guint i = 0; i < ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (ticks, IpTick, i);
      double place = ip_axis_place (axis, tick->value);
      double inner = ip_figure_measure (self, 1);

      if (tick->minor || fabs (place - axis->start) < inner || fabs (place - axis->end) < inner)
        continue;
      if (vertical)
        add_segment (cr, TRUE, place, rect->y, rect->y + rect->height);
      else
        add_segment (cr, FALSE, place, rect->x, rect->x + rect->width);
    }
}

void
ip_figure_draw_panel (IpFigure *self, cairo_t *cr, guint panel)
{
  const IpPanel *at = &self->panels[panel];
  const IpRect *rect = &at->rect;
  double bottom = rect->y + rect->height;

  ip_figure_set_hairline (self, cr);
  if (self->has_grid)
    {
      add_grid (self, cr, at->x_ticks, &at->x, rect);
      add_grid (self, cr, at->y_ticks, &at->y, rect);
      ip_figure_set_colour (cr, self->theme.grid);
      cairo_stroke (cr);
    }
  add_segment (cr, TRUE, rect->x, rect->y, bottom);
  add_segment (cr, FALSE, bottom, rect->x, rect->x + rect->width);
  ip_figure_set_colour (cr, self->theme.axis);
  cairo_stroke (cr);
  ip_figure_draw_ticks (self, cr, at->x_ticks, &at->x, bottom, FALSE, 1);
  ip_figure_draw_ticks (self, cr, at->y_ticks, &at->y, rect->x, TRUE, -1);
}

void
ip_figure_draw_ceiling (IpFigure *self,
                        cairo_t *cr,
                        guint panel,
                        guint dimension,
                        guint quantity)
{
  const IpRect *rect = &self->panels[panel].rect;
  const IpAxis *axis = dimension == 0 ? &self->panels[panel].x : &self->panels[panel].y;
  double dash[] = { 2 * self->theme.line, 1.5 * self->theme.line };
  double ceiling = self->quantity[quantity].ceiling;
  double place;

  if (!isfinite (ceiling) || !ip_axis_contains (axis, ceiling))
    return;
  place = ip_axis_place (axis, ceiling);
  ip_figure_set_hairline (self, cr);
  if (dimension == 0)
    add_segment (cr, TRUE, place, rect->y, rect->y + rect->height);
  else
    add_segment (cr, FALSE, place, rect->x, rect->x + rect->width);
  ip_figure_set_colour (cr, self->theme.ceiling);
  cairo_set_dash (cr, dash, G_N_ELEMENTS (dash), 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* Where the first quantity is so near its ceiling that layers cannot be told apart by it. */
void
ip_figure_draw_zone (IpFigure *self, cairo_t *cr, guint panel, guint dimension)
{
  const IpPanel *at = &self->panels[panel];
  const IpAxis *axis = dimension == 0 ? &at->x : &at->y;
  double lo = MAX (IP_SATURATED_SHARE * self->quantity[0].ceiling, axis->limits.lo);
  double hi = MIN (self->quantity[0].ceiling, axis->limits.hi);
  double from = ip_axis_place (axis, lo);
  double to = ip_axis_place (axis, hi);

  if (!self->quantity[0].saturates || !(hi > lo))
    return;
  if (dimension == 0)
    cairo_rectangle (cr, from, at->rect.y, to - from, at->rect.height);
  else
    cairo_rectangle (cr, at->rect.x, to, at->rect.width, from - to);
  ip_figure_set_colour (cr, self->theme.zone);
  cairo_fill (cr);
}

static void
draw_leaders (IpFigure *self, cairo_t *cr)
{
  ip_figure_set_hairline (self, cr);
  for (guint i = 0; i < self->names->len; i++)
    {
      const IpName *name = &g_array_index (self->names, IpName, i);
      const IpTrack *track = &ip_figure_get_item (self, name->track)->track;
      double dx = name->leader_x - name->x;
      double dy = name->leader_y - name->y;
      double clear = ip_figure_get_marker_radius (self) + ip_figure_measure (self, 2);
      double length = hypot (dx, dy);
      double elbow = ip_figure_measure (self, 7);

      if (!name->has_leader || length <= clear)
        continue;
      cairo_move_to (cr, name->x + clear * dx / length, name->y + clear * dy / length);
      if (dx > 2 * elbow && name->leader_x < name->text->rect.x)
        cairo_line_to (cr, name->leader_x - elbow, name->leader_y);
      cairo_line_to (cr, name->leader_x, name->leader_y);
      ip_figure_set_colour (cr, ip_theme_get_series (&self->theme, track->style));
      cairo_stroke (cr);
    }
}

static void
draw_text (IpFigure *self, cairo_t *cr, const IpText *text)
{
  PangoRectangle logical;

  pango_layout_get_extents (text->layout, NULL, &logical);
  cairo_save (cr);
  if (text->vertical)
    {
      cairo_translate (cr, text->rect.x, text->rect.y + text->rect.height);
      cairo_rotate (cr, -G_PI / 2);
    }
  else
    cairo_translate (cr, text->rect.x, text->rect.y);
  cairo_translate (cr, -logical.x / (double) PANGO_SCALE, -logical.y / (double) PANGO_SCALE);
  if (text->has_halo)
    {
      cairo_move_to (cr, 0, 0);
      pango_cairo_layout_path (cr, text->layout);
      cairo_set_line_width (cr, ip_figure_measure (self, 4));
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      ip_figure_set_colour (cr, self->theme.background);
      cairo_stroke (cr);
    }
  ip_figure_set_colour (cr, text->colour);
  cairo_move_to (cr, 0, 0);
  pango_cairo_show_layout (cr, text->layout);
  cairo_restore (cr);
}

static void
draw_texts (IpFigure *self, cairo_t *cr, IpFigureParts part)
{
  for (guint i = 0; i < self->texts->len; i++)
    {
      const IpText *text = g_ptr_array_index (self->texts, i);

      if (text->part == part)
        draw_text (self, cr, text);
    }
}

void
ip_figure_draw (IpFigure *self, cairo_t *cr, IpFigureParts parts)
{
  g_return_if_fail (IP_IS_FIGURE (self));
  g_return_if_fail (self->laid_out);

  cairo_save (cr);
  if (parts & IP_FIGURE_FRAME)
    {
      ip_figure_set_colour (cr, self->theme.background);
      cairo_rectangle (cr, 0, 0, self->width, self->height);
      cairo_fill (cr);
      self->methods->draw_frame (self, cr);
      draw_texts (self, cr, IP_FIGURE_FRAME);
    }
  if (parts & IP_FIGURE_DATA)
    self->methods->draw_data (self, cr);
  if (parts & IP_FIGURE_LABELS)
    {
      draw_leaders (self, cr);
      self->methods->draw_labels (self, cr);
      draw_texts (self, cr, IP_FIGURE_LABELS);
    }
  cairo_restore (cr);
}
