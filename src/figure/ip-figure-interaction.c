/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* What is under the pointer, and moving the view.  Zoom and pan work in the even measure of each
 * scale, so that data stays under the pointer on logarithmic axes too. */

/* Of the range that shows everything. */
#define NARROWEST 1e-6
#define WIDEST 16.0
/* Share of the smaller of view and data that a pan leaves in view. */
#define LEFT_IN_VIEW 0.1

guint
ip_figure_get_n_panels (IpFigure *self)
{
  return self->n_panels;
}

void
ip_figure_get_panel (IpFigure *self, guint panel, double *x, double *y, double *w, double *h)
{
  const IpRect *rect = &self->panels[panel].rect;

  g_return_if_fail (panel < self->n_panels);

  *x = rect->x;
  *y = rect->y;
  *w = rect->width;
  *h = rect->height;
}

guint
ip_figure_get_panel_axes (IpFigure *self, guint panel)
{
  g_return_val_if_fail (panel < self->n_panels, 0);

  return self->panels[panel].axes;
}

IpScale
ip_figure_get_axis_scale (IpFigure *self, guint panel, guint dimension)
{
  g_return_val_if_fail (panel < self->n_panels, IP_SCALE_LINEAR);

  return dimension == 0 ? self->panels[panel].x.scale : self->panels[panel].y.scale;
}

int
ip_figure_find_panel (IpFigure *self, double x, double y)
{
  for (guint i = self->n_panels; i-- > 0;)
    if (ip_rect_contains (&self->panels[i].rect, x, y, 0))
      return (int) i;
  return -1;
}

/* The values of an axis within `radius` of a place. */
static IpLimits
get_values_near (const IpAxis *axis, double place, double radius)
{
  double one = ip_axis_value (axis, place - radius);
  double other = ip_axis_value (axis, place + radius);

  return (IpLimits){ MIN (one, other), MAX (one, other) };
}

/* Whether a block of points in the plane can have one among these values. */
static gboolean
block_has (const IpBounds *block, const IpLimits *x, const IpLimits *y)
{
  return block->x.lo <= x->hi && block->x.hi >= x->lo && block->y.lo <= y->hi
         && block->y.hi >= y->lo;
}

/* Faster than to find out where the point is. */
static gboolean
is_near (const IpTrackPoint *point, const IpLimits *x, const IpLimits *y)
{
  return point->x.value >= x->lo && point->x.value <= x->hi && point->y.value >= y->lo
         && point->y.value <= y->hi;
}

/* Points of a track that can be within `radius` of `x`: on an epoch axis they are in order. */
static void
get_search_range (IpFigure *self,
                  const IpTrack *track,
                  guint panel,
                  double x,
                  double radius,
                  guint *begin,
                  guint *end)
{
  const IpAxis *axis = &self->panels[panel].x;

  *begin = 0;
  *end = track->n_points;
  if (!self->methods->has_epoch_axis)
    return;
  *begin = ip_track_lower_bound (track, ip_axis_value (axis, x - radius));
  *end = ip_track_lower_bound (track, ip_axis_value (axis, x + radius));
  *end = MIN (*end + 1, track->n_points);
}

/* The nearest point of a track not further than `nearest`, which becomes its distance; the last of
 * several. */
static gboolean
find_in_track (IpFigure *self,
               guint track,
               guint panel,
               double x, double y,
               double *nearest,
               guint *point)
{
  const IpTrackItem *item = ip_figure_get_item (self, track);
  IpLimits near_x = get_values_near (&self->panels[panel].x, x, *nearest);
  IpLimits near_y = get_values_near (&self->panels[panel].y, y, *nearest);
  gboolean by_value = !self->methods->has_epoch_axis && self->methods->place == NULL;
  gboolean found = FALSE;
  guint begin;
  guint end;

  get_search_range (self, &item->track, panel, x, *nearest, &begin, &end);
  for (guint i = begin; i < end; i++)
    {
      double point_x;
      double point_y;
      double distance;

      if (by_value && i % IP_BLOCK == 0 &&
          !block_has (&item->blocks[i / IP_BLOCK], &near_x, &near_y))
        {
          i += IP_BLOCK - 1;
          continue;
        }
      if (by_value && !is_near (&item->track.points[i], &near_x, &near_y))
        continue;
      if (!ip_figure_get_point_place (self, track, i, panel, &point_x, &point_y))
        continue;
      distance = hypot (point_x - x, point_y - y);
      if (distance > *nearest)
        continue;
      *nearest = distance;
      *point = i;
      found = TRUE;
      near_x = get_values_near (&self->panels[panel].x, x, distance);
      near_y = get_values_near (&self->panels[panel].y, y, distance);
    }
  return found;
}

gboolean
ip_figure_find_point (IpFigure *self,
                      double x, double y, double radius,
                      guint *track, guint *point, guint *panel)
{
  int under = ip_figure_find_panel (self, x, y);
  double nearest = radius;
  gboolean found = FALSE;
  guint found_track = 0;
  guint found_point = 0;

  if (under < 0)
    return FALSE;
  if (self->methods->find != NULL)
    found = self->methods->find (self, x, y, (guint) under, &found_track, &found_point);
  for (guint i = 0; i < self->tracks->len && self->methods->find == NULL; i++)
    if (ip_figure_is_on_panel (self, i, (guint) under) &&
        find_in_track (self, i, (guint) under, x, y, &nearest, &found_point))
      {
        found_track = i;
        found = TRUE;
      }
  if (found)
    {
      *track = found_track;
      *point = found_point;
      *panel = (guint) under;
    }
  return found;
}

gboolean
ip_figure_get_point_place (IpFigure *self,
                           guint track, guint point, guint panel,
                           double *x, double *y)
{
  const IpTrack *item = &ip_figure_get_item (self, track)->track;

  g_return_val_if_fail (track < self->tracks->len && point < item->n_points, FALSE);
  g_return_val_if_fail (panel < self->n_panels, FALSE);

  if (self->methods->place != NULL)
    return self->methods->place (self, track, point, panel, x, y);
  return ip_figure_locate (self, &item->points[point], panel, x, y) &&
         ip_rect_contains (&self->panels[panel].rect, *x, *y, 0.5);
}

gboolean
ip_figure_shares_axis (IpFigure *self, guint panel, guint other, guint dimension)
{
  g_return_val_if_fail (panel < self->n_panels && other < self->n_panels, FALSE);

  return self->panels[panel].axes == self->panels[other].axes
         || (dimension == 0 && self->methods->has_epoch_axis) || self->kind == IP_FIGURE_MAP;
}

/* Rows and ridges stand where there is room for them. */
static gboolean
has_values_up (IpFigure *self)
{
  return self->kind != IP_FIGURE_MAP
         && !(self->kind == IP_FIGURE_SPECTRUM && self->spectrum_form == IP_SPECTRUM_RIDGES);
}

/* Epochs and ranks. */
static gboolean
is_counted (IpFigure *self, guint dimension)
{
  if (dimension == 1)
    return FALSE;
  return self->kind == IP_FIGURE_EPOCHS || self->kind == IP_FIGURE_MAP
         || (self->kind == IP_FIGURE_SPECTRUM && self->spectrum_form != IP_SPECTRUM_DIFFUSION);
}

/* "3.2·10⁻⁵" where so many decimals would be zeros before the first digit. */
static char *
format_value (double value, double step)
{
  int decimals = isfinite (step) && step > 0 ? (int) CLAMP (ceil (-log10 (step)), 0, 12) : 3;
  int exponent = value != 0 ? (int) floor (log10 (fabs (value))) : 0;
  gboolean scientific = exponent >= 6 || (exponent < -3 && decimals > 4);
  char text[32];

  if (!scientific)
    {
      ip_axis_format_number (value, (guint) decimals, text, sizeof text);
      return g_strdup (text);
    }
  ip_axis_format_number (value / pow (10, exponent), (guint) CLAMP (exponent + decimals, 0, 3),
                         text, sizeof text);
  return g_strdup_printf ("%s·10<sup>%s%d</sup>", text, exponent < 0 ? "−" : "", ABS (exponent));
}

char *
ip_figure_format_place (IpFigure *self, guint panel, guint dimension, double place)
{
  const IpAxis *axis;
  double value;
  double step;

  g_return_val_if_fail (panel < self->n_panels && dimension < 2, NULL);

  axis = dimension == 0 ? &self->panels[panel].x : &self->panels[panel].y;
  value = ip_axis_value (axis, place);
  if (!isfinite (value) || (dimension == 1 && !has_values_up (self)))
    return NULL;
  step = fabs (ip_axis_value (axis, place + 1) - value);
  return is_counted (self, dimension) ? format_value (round (value), 1)
                                      : format_value (value, step);
}

gint64
ip_figure_find_epoch (IpFigure *self, guint panel, double x)
{
  const IpAxis *axis = &self->panels[panel].x;
  double nearest = INFINITY;
  gint64 epoch = -1;

  if (!self->methods->has_epoch_axis)
    return -1;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      guint after = ip_track_lower_bound (track, ip_axis_value (axis, x));

      for (guint j = after > 0 ? after - 1 : 0; j <= after && j < track->n_points; j++)
        {
          double distance = fabs (ip_axis_place (axis, (double) track->points[j].epoch) - x);

          if (distance < nearest)
            {
              nearest = distance;
              epoch = track->points[j].epoch;
            }
        }
    }
  return epoch;
}

static gboolean
is_epoch_axis (IpFigure *self, guint dimension)
{
  return self->methods->has_epoch_axis && dimension == 0;
}

/* The limits in even measure. */
static IpLimits
to_positions (IpScale scale, const IpLimits *limits)
{
  return (IpLimits){ ip_scale_position (scale, limits->lo), ip_scale_position (scale, limits->hi) };
}

static void
store_limits (IpFigure *self,
              guint panel,
              guint dimension,
              IpScale scale,
              const IpLimits *positions)
{
  IpLimits limits = { ip_scale_value (scale, positions->lo),
                      ip_scale_value (scale, positions->hi) };
  guint axes = self->panels[panel].axes;
  guint first = is_epoch_axis (self, dimension) ? 0 : axes;
  guint last = is_epoch_axis (self, dimension) ? IP_MAX_AXES - 1 : axes;

  for (guint i = first; i <= last; i++)
    {
      self->view.automatic[i][dimension] = FALSE;
      self->view.limits[i][dimension] = limits;
    }
}

static void
fit_again (IpFigure *self)
{
  for (guint i = 0; i < IP_MAX_AXES; i++)
    self->view.automatic[i][0] = TRUE;
}

/* With the limits of the view, which several zooms may have changed since the last layout. */
static IpAxis
get_axis (IpFigure *self, guint panel, guint dimension)
{
  IpAxis axis = dimension == 0 ? self->panels[panel].x : self->panels[panel].y;

  axis.limits = self->view.limits[self->panels[panel].axes][dimension];
  return axis;
}

static void
zoom_axis (IpFigure *self, guint panel, guint dimension, double place, double factor)
{
  IpAxis axis = get_axis (self, panel, dimension);
  IpLimits now = to_positions (axis.scale, &axis.limits);
  IpLimits all;
  double pointer = ip_scale_position (axis.scale, ip_axis_value (&axis, place));
  double full;
  double width;
  double widest = is_epoch_axis (self, dimension) ? 1 : WIDEST;

  if (factor == 1 || !(factor > 0) || !isfinite (factor))
    return;
  self->methods->fit (self, self->panels[panel].axes, dimension, &all);
  all = to_positions (axis.scale, &all);
  full = all.hi - all.lo;
  width = CLAMP ((now.hi - now.lo) / factor, NARROWEST * full, widest * full);
  factor = (now.hi - now.lo) / width;
  now.lo = pointer - (pointer - now.lo) / factor;
  now.hi = now.lo + width;
  if (is_epoch_axis (self, dimension))
    {
      now.lo = CLAMP (now.lo, all.lo, all.hi - width);
      now.hi = now.lo + width;
    }
  if (is_epoch_axis (self, dimension) && width >= full)
    fit_again (self);
  else
    store_limits (self, panel, dimension, axis.scale, &now);
}

void
ip_figure_zoom (IpFigure *self,
                guint panel, double x, double y, double factor_x, double factor_y)
{
  g_return_if_fail (panel < self->n_panels);

  zoom_axis (self, panel, 0, x, factor_x);
  zoom_axis (self, panel, 1, y, factor_y);
}

static void
pan_axis (IpFigure *self, guint panel, guint dimension, double distance)
{
  IpAxis axis = get_axis (self, panel, dimension);
  IpLimits now = to_positions (axis.scale, &axis.limits);
  IpLimits all;
  double width = now.hi - now.lo;
  double margin;

  if (distance == 0 || !isfinite (distance))
    return;
  self->methods->fit (self, self->panels[panel].axes, dimension, &all);
  all = to_positions (axis.scale, &all);
  margin = is_epoch_axis (self, dimension) ? width
                                           : LEFT_IN_VIEW * MIN (width, all.hi - all.lo);
  now.lo -= distance * width / (axis.end - axis.start);
  now.lo = CLAMP (now.lo, all.lo + margin - width, MAX (all.hi - margin, all.lo + margin - width));
  now.hi = now.lo + width;
  if (is_epoch_axis (self, dimension) && width >= all.hi - all.lo)
    return;
  store_limits (self, panel, dimension, axis.scale, &now);
}

void
ip_figure_pan (IpFigure *self, guint panel, double dx, double dy)
{
  g_return_if_fail (panel < self->n_panels);

  pan_axis (self, panel, 0, dx);
  pan_axis (self, panel, 1, dy);
}
