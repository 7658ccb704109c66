/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* One quantity over epochs, or one above another on one epoch axis: a curve per layer.  A sweep
 * is the same over the values of a parameter. */

/* Of up to four bands; more are fainter, because they lie over each other. */
#define BAND_OPACITY 0.16
#define EDGE_OPACITY 0.3
/* Beyond this Cairo's numbers end. */
#define FARTHEST 16384.0
#define UPPER_SHARE 0.54
/* Of the figure; wider names stand above. */
#define WIDEST_NAMES 0.25

static void
fit (IpFigure *self, guint axes, guint dimension, IpLimits *limits)
{
  gint64 first;
  gint64 last;
  double centre;

  if (dimension == 1)
    {
      ip_figure_fit_quantity (self, axes, 0.06, limits);
      return;
    }
  if (!ip_figure_get_epoch_range (self, &first, &last))
    last = 1;
  *limits = (IpLimits){ (double) first, (double) last };
  if (first < last)
    return;
  centre = ip_scale_position (self->epoch_scale, (double) first);
  limits->lo = ip_scale_value (self->epoch_scale, centre - 0.5);
  limits->hi = ip_scale_value (self->epoch_scale, centre + 0.5);
}

static void
read_point (const IpTrackPoint *point, guint axes, IpReading *x, IpReading *y)
{
  *x = (IpReading){ point->across, NAN, NAN };
  *y = axes == 0 ? point->x : point->y;
}

static const IpReading *
get_reading (IpFigure *self, const IpTrackPoint *point, guint panel)
{
  return self->panels[panel].axes == 0 ? &point->x : &point->y;
}

static void
lay_panel (IpFigure *self, guint panel)
{
  IpPanel *at = &self->panels[panel];
  gboolean lowest = panel == self->n_panels - 1;
  gboolean labels = lowest || self->height > ip_figure_measure (self, 360);
  char *title = ip_figure_format_title (self, panel);
  double overhang = ip_figure_measure (self, 6);
  IpRect column;

  ip_figure_lay_x_ticks (self, panel, self->kind == IP_FIGURE_EPOCHS);
  ip_figure_place_y_axis (self, panel, title);
  ip_figure_place_x_axis (self, panel, labels, lowest ? ip_figure_get_x_title (self) : NULL);
  ip_figure_spill_ink (self, panel);
  ip_figure_label_ceiling (self, panel, 1, panel, 0);
  column.x = at->rect.x + at->rect.width + ip_figure_measure (self, 17);
  column.width = MAX (self->width - column.x - ip_figure_measure (self, 5), 0);
  column.y = at->rect.y - overhang;
  column.height = at->rect.height + 2 * overhang;
  if (self->legend->len == 0)
    ip_figure_name_tracks_beside (self, panel, &column);
  ip_figure_label_phases (self, panel);
  ip_ink_clear (&self->ink);
  g_free (title);
}

static void
layout (IpFigure *self)
{
  double left = 0;
  double right;

  if (self->facets != NULL)
    {
      ip_figure_lay_facets (self);
      return;
    }
  right = ip_figure_measure_names (self) + ip_figure_measure (self, 23);
  if (right > WIDEST_NAMES * self->width && self->names_runs && self->most_told <= IP_N_SERIES)
    {
      self->legend_height = ip_figure_lay_legend (self, ip_figure_measure (self, 66), 0);
      right = 0;
    }
  ip_figure_divide_height (self, UPPER_SHARE, 0, self->height > ip_figure_measure (self, 360));
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      ip_figure_set_limits (self, panel);
      left = MAX (left, ip_figure_lay_y_ticks (self, panel));
    }
  if (self->width > ip_figure_measure (self, 500))
    left = MAX (left, ip_figure_measure (self, 66));
  if (self->legend->len > 0)
    ip_figure_shift_legend (self, left - ip_figure_measure (self, 66),
                            self->panels[0].rect.y - self->legend_height
                                - ip_figure_measure (self, 14));
  right = CLAMP (right, ip_figure_measure (self, 23), 0.3 * self->width);
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      ip_figure_set_sides (self, panel, left, right);
      lay_panel (self, panel);
    }
}

static void
draw_frame (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      guint quantity = self->panels[panel].axes;

      if (quantity == 0)
        ip_figure_draw_zone (self, cr, panel, 1);
      ip_figure_draw_panel (self, cr, panel);
      ip_figure_draw_ceiling (self, cr, panel, 1, quantity);
    }
  ip_figure_draw_legend (self, cr);
}

static gboolean
has_bracket (IpFigure *self, const IpTrackPoint *point, guint panel)
{
  const IpReading *reading = get_reading (self, point, panel);

  return isfinite (reading->value) && isfinite (reading->lower) && isfinite (reading->upper) &&
         reading->upper > reading->lower;
}

/* One stretch of a band: along the upper bounds and back along the lower.  Points on the same pixel
 * column give one corner at their extreme. */
static void
add_band (IpFigure *self, cairo_t *cr, const IpTrackPoint *points, guint n, guint panel)
{
  const IpPanel *at = &self->panels[panel];
  double pixel = ip_figure_get_pixel (cr);
  GArray *lower = g_array_new (FALSE, FALSE, 2 * sizeof (double));
  double column = -INFINITY;
  double corner[2] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      const IpReading *reading = get_reading (self, &points[i], panel);
      double x = ip_axis_place (&at->x, points[i].across);
      double top = MAX (ip_axis_place (&at->y, reading->upper), -FARTHEST);
      double bottom = MIN (ip_axis_place (&at->y, reading->lower), FARTHEST);

      if (floor (x / pixel) == column && i + 1 < n)
        {
          double *last = ((double *) (gpointer) lower->data) + 2 * (lower->len - 1);

          last[1] = MAX (last[1], bottom);
          if (top >= corner[1])
            continue;
        }
      else
        {
          double foot[2] = { x, bottom };

          g_array_append_val (lower, foot);
        }
      column = floor (x / pixel);
      corner[0] = x;
      corner[1] = top;
      cairo_line_to (cr, corner[0], corner[1]);
    }
  for (guint i = lower->len; i-- > 0;)
    {
      const double *foot = ((const double *) (gpointer) lower->data) + 2 * i;

      cairo_line_to (cr, foot[0], foot[1]);
    }
  cairo_close_path (cr);
  g_array_unref (lower);
}

/* A bracket without neighbours would be a band without width. */
static void
add_bar (IpFigure *self, cairo_t *cr, const IpTrackPoint *point, guint panel)
{
  const IpReading *reading = get_reading (self, point, panel);
  double x = ip_axis_place (&self->panels[panel].x, point->across);
  double half = 0.5 * self->theme.line;

  cairo_rectangle (cr, x - half, ip_axis_place (&self->panels[panel].y, reading->upper), 2 * half,
                   ip_axis_place (&self->panels[panel].y, reading->lower) -
                       ip_axis_place (&self->panels[panel].y, reading->upper));
}

static void
draw_band (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  const IpLimits *view = &self->panels[panel].x.limits;
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpColour colour = ip_figure_fade (self, track, series);
  double fainter = MIN (1, 2 / sqrt (MAX (self->most_told, 1u)));
  guint begin = ip_track_lower_bound (track, view->lo);
  guint last = MIN (ip_track_lower_bound (track, view->hi) + 1, track->n_points);

  begin = begin > 0 ? begin - 1 : 0;
  ip_figure_set_hairline (self, cr);
  while (begin < last)
    {
      guint end = begin;

      while (end < last && has_bracket (self, &track->points[end], panel))
        end++;
      if (end == begin + 1)
        add_bar (self, cr, &track->points[begin], panel);
      else if (end > begin)
        add_band (self, cr, &track->points[begin], end - begin, panel);
      ip_figure_set_tint (self, cr, colour, BAND_OPACITY * fainter);
      cairo_fill_preserve (cr);
      ip_figure_set_tint (self, cr, colour, EDGE_OPACITY);
      cairo_stroke (cr);
      begin = MAX (end, begin + 1);
    }
}

static gboolean
is_present (IpFigure *self, const IpTrack *track, guint point, guint panel)
{
  return point < track->n_points &&
         isfinite (get_reading (self, &track->points[point], panel)->value);
}

/* The points whose markers are drawn: all while they stand clear of each other, else some at an
 * even distance, which is shifted from layer to layer.  Points without neighbours have no line, and
 * are always seen, as is the last. */
static void
draw_markers (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  const IpPanel *at = &self->panels[panel];
  guint begin = ip_track_lower_bound (track, at->x.limits.lo);
  guint end = ip_track_lower_bound (track, at->x.limits.hi);
  double radius = ip_figure_get_marker_radius (self);
  double room = at->rect.width / MAX (end - begin, 1u);
  gboolean told_apart = ip_figure_tells_apart (self);
  double spacing = !told_apart ? at->rect.width : room > 5 * radius ? 0 : 24 * radius;
  double next = at->rect.x + (track->style % IP_N_SERIES + 0.5) / IP_N_SERIES * spacing;
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpColour colour = ip_figure_fade (self, track, series);

  for (guint i = begin; i <= MIN (end, track->n_points - 1); i++)
    {
      gboolean alone = (i == 0 || !is_present (self, track, i - 1, panel)) &&
                       !is_present (self, track, i + 1, panel);
      double x;
      double y;

      if (!ip_figure_locate (self, &track->points[i], panel, &x, &y) ||
          !ip_rect_contains (&at->rect, x, y, 0.5))
        continue;
      if (x < next && !alone && i != track->n_points - 1)
        continue;
      while (spacing > 0 && next <= x)
        next += spacing;
      ip_figure_draw_marker (self, cr, track->style, colour, colour, x, y);
    }
}

/* Those of the selected layer, or the others. */
static void
draw_tracks (IpFigure *self, cairo_t *cr, guint panel, gboolean selected)
{
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (!ip_figure_is_main (self, i, panel) || ip_figure_is_selected (self, track) != selected)
        continue;
      ip_figure_draw_line (self, cr, track, panel, 0);
      if (track->n_points > 0)
        draw_markers (self, cr, track, panel);
    }
}

static void
draw_data (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      ip_figure_clip (self, cr, panel);
      for (guint i = 0; i < self->tracks->len; i++)
        if (ip_figure_is_main (self, i, panel) && (self->show & IP_SHOW_BANDS) != 0)
          draw_band (self, cr, &ip_figure_get_item (self, i)->track, panel);
      cairo_restore (cr);
      for (guint i = 0; i < self->tracks->len; i++)
        if (ip_figure_is_on_panel (self, i, panel) && !ip_figure_is_main (self, i, panel))
          ip_figure_draw_member (self, cr, &ip_figure_get_item (self, i)->track, panel);
      draw_tracks (self, cr, panel, FALSE);
      draw_tracks (self, cr, panel, TRUE);
      ip_figure_draw_findings (self, cr, panel);
    }
}

static void
draw_cursor (IpFigure *self, cairo_t *cr, double across, guint facet)
{
  guint n_axes = ip_figure_count_axes (self);
  const IpPanel *top = &self->panels[facet * n_axes];
  const IpPanel *bottom = &self->panels[(facet + 1) * n_axes - 1];
  double x;

  if (!ip_axis_contains (&top->x, across))
    return;
  ip_figure_set_hairline (self, cr);
  x = ip_figure_snap_x (cr, ip_axis_place (&top->x, across));
  cairo_move_to (cr, x, top->rect.y);
  cairo_line_to (cr, x, bottom->rect.y + bottom->rect.height);
  ip_figure_set_colour (cr, self->theme.accent);
  cairo_stroke (cr);
}

static void
draw_labels (IpFigure *self, cairo_t *cr)
{
  if (self->selected_epoch < 0)
    return;
  for (guint facet = 0; facet < self->n_facets; facet++)
    draw_cursor (self, cr, (double) self->selected_epoch, facet);
  for (guint panel = 0; panel < self->n_panels; panel++)
    ip_figure_draw_rings (self, cr, panel);
}

const IpFigureMethods ip_figure_epochs = {
  .most_panels = 2,
  .has_epoch_axis = TRUE,
  .fit = fit,
  .read = read_point,
  .layout = layout,
  .draw_frame = draw_frame,
  .draw_data = draw_data,
  .draw_labels = draw_labels,
};

/* From the smallest to the largest value of the parameter. */
static void
fit_sweep (IpFigure *self, guint axes, guint dimension, IpLimits *limits)
{
  IpLimits range = { INFINITY, -INFINITY };

  if (dimension == 1)
    {
      ip_figure_fit_quantity (self, axes, 0.06, limits);
      return;
    }
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (track->n_points == 0)
        continue;
      range.lo = MIN (range.lo, track->points[0].across);
      range.hi = MAX (range.hi, track->points[track->n_points - 1].across);
    }
  if (!(range.hi >= range.lo))
    range = (IpLimits){ 1, 10 };
  if (range.hi == range.lo)
    range = (IpLimits){ range.lo / 2, MAX (2 * range.hi, range.lo + 1) };
  *limits = range;
}

/* The value that the other figures show. */
static void
draw_sweep_labels (IpFigure *self, cairo_t *cr)
{
  for (guint facet = 0; facet < self->n_facets; facet++)
    draw_cursor (self, cr, self->parameter_value, facet);
}

const IpFigureMethods ip_figure_sweep = {
  .most_panels = 2,
  .has_epoch_axis = TRUE,
  .fit = fit_sweep,
  .read = read_point,
  .layout = layout,
  .draw_frame = draw_frame,
  .draw_data = draw_data,
  .draw_labels = draw_sweep_labels,
};
