/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* A second, magnifying panel of the information plane.
 *
 * Wide layers crowd in the corner where I(X;T) reaches log2 N.  When several trajectories run
 * there, and some part of the plane is free, the corner is drawn again in that part, larger, with
 * axes of its own.  It is a panel like any other to hit tests and zoom.  It goes when the user
 * looks at a part of the plane, who can then look at the corner itself. */

/* What counts as the corner, of the ceiling. */
#define CORNER 0.95
/* Share of the points of a trajectory that are in the corner if it belongs there. */
#define MOSTLY 0.7
#define LEAST_MAGNIFICATION 2.5
#define LEAST_PANEL 380
#define MOST_WIDTH 320
/* A corner as wide as this can be seen without. */
#define WIDE_CORNER 100
/* Fewer than this make no knot. */
#define LEAST_POINTS 12
/* More than this are a cloud, magnified or not. */
#define MOST_POINTS 8000
/* From the knot to the inset, of the width of the panel. */
#define FARTHEST 0.6

/* Adds what is in the corner of a trajectory that mostly is. */
static gboolean
include_track (IpFigure *self, const IpTrack *track, IpLimits knot[2], guint *n_points)
{
  IpLimits x = { INFINITY, -INFINITY };
  IpLimits y = { INFINITY, -INFINITY };
  guint n = 0;
  guint inside = 0;

  for (guint i = 0; i < track->n_points; i++)
    {
      const IpTrackPoint *point = &track->points[i];

      if (!isfinite (point->x.value) || !isfinite (point->y.value))
        continue;
      n++;
      if (point->x.value < CORNER * self->quantity[0].ceiling)
        continue;
      inside++;
      x = (IpLimits){ MIN (x.lo, point->x.value), MAX (x.hi, point->x.value) };
      y = (IpLimits){ MIN (y.lo, point->y.value), MAX (y.hi, point->y.value) };
    }
  if (n == 0 || inside < MOSTLY * n)
    return FALSE;
  *n_points += inside;
  knot[0] = (IpLimits){ MIN (knot[0].lo, x.lo), MAX (knot[0].hi, x.hi) };
  knot[1] = (IpLimits){ MIN (knot[1].lo, y.lo), MAX (knot[1].hi, y.hi) };
  return TRUE;
}

static void
widen (IpLimits *limits, double below, double above)
{
  double width = limits->hi - limits->lo;

  limits->lo -= below * width;
  limits->hi += above * width;
}

/* Error bars are longer than the corner is wide: magnified, they would be all one sees. */
static gboolean
has_brackets (const IpTrack *track)
{
  for (guint i = 0; i < track->n_points; i++)
    if (isfinite (track->points[i].x.lower) || isfinite (track->points[i].y.lower))
      return TRUE;
  return FALSE;
}

/* Limits of the corner in which two or more trajectories run and can be told apart. */
static gboolean
find_knot (IpFigure *self, IpLimits knot[2])
{
  const IpPanel *panel = &self->panels[0];
  guint n_points = 0;
  guint n = 0;

  if (!self->quantity[0].saturates || !ip_figure_tells_apart (self) ||
      ip_figure_count_points (self) > MOST_POINTS)
    return FALSE;
  knot[0] = knot[1] = (IpLimits){ INFINITY, -INFINITY };
  for (guint i = 0; i < self->tracks->len; i++)
    if (has_brackets (&ip_figure_get_item (self, i)->track))
      return FALSE;
  for (guint i = 0; i < self->tracks->len; i++)
    n += include_track (self, &ip_figure_get_item (self, i)->track, knot, &n_points);
  if (n < 2 || n_points < LEAST_POINTS)
    return FALSE;
  knot[0].hi = MAX (knot[0].hi, self->quantity[0].ceiling);
  if (isfinite (self->quantity[1].ceiling))
    knot[1].hi = MAX (knot[1].hi, self->quantity[1].ceiling);
  widen (&knot[0], 0.1, 0.12);
  /* Names stand above. */
  widen (&knot[1], 0.1, 0.5);
  return ip_axis_place (&panel->x, knot[0].hi) - ip_axis_place (&panel->x, knot[0].lo) >
             2 * ip_figure_get_marker_radius (self) &&
         ip_axis_place (&panel->y, knot[1].lo) - ip_axis_place (&panel->y, knot[1].hi) >
             2 * ip_figure_get_marker_radius (self);
}

static IpRect
get_source (IpFigure *self)
{
  const IpPanel *panel = &self->panels[0];
  double left = ip_axis_place (&panel->x, self->panels[1].x.limits.lo);
  double right = ip_axis_place (&panel->x, self->panels[1].x.limits.hi);
  double top = ip_axis_place (&panel->y, self->panels[1].y.limits.hi);
  double bottom = ip_axis_place (&panel->y, self->panels[1].y.limits.lo);

  return (IpRect){ left, top, right - left, bottom - top };
}

/* The free place for a rectangle that is nearest to the knot. */
static gboolean
find_room (IpFigure *self, const IpLimits knot[2], double width, double height, IpRect *room)
{
  const IpPanel *panel = &self->panels[0];
  double margin = ip_figure_measure (self, 6);
  double step = ip_figure_measure (self, 8);
  double right = panel->rect.x + panel->rect.width - width - margin;
  double bottom = panel->rect.y + panel->rect.height - height - margin;
  double knot_x = ip_axis_place (&panel->x, knot[0].lo);
  double knot_y = ip_axis_place (&panel->y, knot[1].lo);
  double nearest = FARTHEST * panel->rect.width;
  gboolean found = FALSE;

  for (double x = panel->rect.x + margin; x <= right; x += step)
    for (double y = panel->rect.y + margin; y <= bottom; y += step)
      {
        IpRect rect = { x, y, width, height };
        double distance = hypot (x + width / 2 - knot_x, y + height / 2 - knot_y);

        if (distance >= nearest || ip_figure_overlaps_text (self, NULL, &rect) ||
            ip_ink_get_share (&self->ink, x - margin, y - margin, width + 2 * margin,
                              height + 2 * margin) > 0)
          continue;
        nearest = distance;
        *room = rect;
        found = TRUE;
      }
  return found;
}

static IpText *
add_label (IpFigure *self, const IpTick *tick)
{
  IpText *text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.dim,
                                     tick->label);

  /* The grid of the large panel goes on behind it. */
  text->has_halo = TRUE;
  return text;
}

static void
place_labels (IpFigure *self)
{
  IpPanel *inset = &self->panels[1];
  double gap = ip_figure_measure (self, 6);

  for (guint i = 0; i < inset->x_ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (inset->x_ticks, IpTick, i);

      ip_text_place (add_label (self, tick), ip_axis_place (&inset->x, tick->value),
                     inset->rect.y + inset->rect.height + gap, 0.5, 0);
    }
  for (guint i = 0; i < inset->y_ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (inset->y_ticks, IpTick, i);

      ip_text_place (add_label (self, tick), inset->rect.x - gap,
                     ip_axis_place (&inset->y, tick->value), 1, 0.5);
    }
}

static void
lay_axes (IpFigure *self)
{
  IpPanel *inset = &self->panels[1];

  inset->x.start = inset->rect.x;
  inset->x.end = inset->rect.x + inset->rect.width;
  inset->y.start = inset->rect.y + inset->rect.height;
  inset->y.end = inset->rect.y;
  g_clear_pointer (&inset->x_ticks, g_array_unref);
  g_clear_pointer (&inset->y_ticks, g_array_unref);
  inset->x_ticks = ip_ticks_new_linear (&inset->x, 4, FALSE);
  inset->y_ticks = ip_ticks_new_linear (&inset->y, 4, FALSE);
}

void
ip_figure_lay_inset (IpFigure *self)
{
  const IpPanel *panel = &self->panels[0];
  double left = ip_figure_measure (self, 42);
  double below = ip_figure_measure (self, 26);
  double margin = ip_figure_measure (self, 8);
  double least = ip_figure_measure (self, LEAST_PANEL);
  double most = ip_figure_measure (self, MOST_WIDTH);
  IpRect source;

  self->n_panels = 1;
  if (!self->view.automatic[0][0] || !self->view.automatic[0][1] || panel->rect.width < least ||
      panel->rect.height < 0.7 * least || !find_knot (self, self->knot))
    return;
  for (double share = 0.34; share > 0.17; share -= 0.04)
    {
      double width = MIN (share * panel->rect.width, most);
      double height = MIN (share * panel->rect.height, 0.8 * most);
      IpRect *rect = &self->panels[1].rect;

      if (!find_room (self, self->knot, width + left + margin, height + below + margin,
                      &self->inset_rect))
        continue;
      *rect = (IpRect){ self->inset_rect.x + left, self->inset_rect.y + margin, width, height };
      self->panels[1].axes = 1;
      ip_figure_set_limits (self, 1);
      source = get_source (self);
      if (width < LEAST_MAGNIFICATION * source.width ||
          source.width > ip_figure_measure (self, WIDE_CORNER))
        return;
      lay_axes (self);
      place_labels (self);
      self->panels[1].facet = 0;
      self->n_panels = 2;
      return;
    }
}

static void
add_connectors (IpFigure *self, cairo_t *cr)
{
  IpRect from = get_source (self);
  const IpRect *to = &self->panels[1].rect;

  for (guint right = 0; right < 2; right++)
    for (guint bottom = 0; bottom < 2; bottom++)
      {
        double from_x = from.x + right * from.width;
        double from_y = from.y + bottom * from.height;
        double to_x = to->x + right * to->width;
        double to_y = to->y + bottom * to->height;
        gboolean outer = (to_x < from_x) != (to_y < from_y);

        /* Of the lines between like corners, the two that cross neither rectangle. */
        if (outer != (right == bottom))
          continue;
        cairo_move_to (cr, from_x, from_y);
        cairo_line_to (cr, to_x, to_y);
      }
}

void
ip_figure_draw_inset_frame (IpFigure *self, cairo_t *cr)
{
  const IpRect *rect = &self->panels[1].rect;
  IpRect source;

  if (self->n_panels < 2)
    return;
  source = get_source (self);
  ip_figure_set_hairline (self, cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  ip_figure_set_colour (cr, self->theme.background);
  cairo_fill (cr);
  add_connectors (self, cr);
  cairo_rectangle (cr, source.x, source.y, source.width, source.height);
  ip_figure_set_colour (cr, ip_colour_mix (self->theme.background, self->theme.axis, 0.4));
  cairo_stroke (cr);
  ip_figure_draw_zone (self, cr, 1, 0);
  ip_figure_draw_panel (self, cr, 1);
  ip_figure_draw_ceiling (self, cr, 1, 0, 0);
  ip_figure_draw_ceiling (self, cr, 1, 1, 1);
  ip_figure_set_hairline (self, cr);
  cairo_rectangle (cr, ip_figure_snap_x (cr, rect->x), ip_figure_snap_y (cr, rect->y), rect->width,
                   rect->height);
  ip_figure_set_colour (cr, self->theme.axis);
  cairo_stroke (cr);
}
