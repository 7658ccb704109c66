/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* The spectrum of one layer: eigenvalues by rank on logarithmic axes, their cumulative share, or
 * the entropy over diffusion time, a curve for each epoch in the colour of the epoch.  Ridges
 * are the first of these one above the other, the earliest on top, each covering what is behind
 * it.  Here a track is an epoch and its points are ranks.  The selected epoch is drawn over the
 * others, which are pale.  Steps between small ranks are easily taken for the shape of a curve,
 * so these eigenvalues are points as well. */

#define PALE 0.6
#define LAST_POINT 9
/* Of the largest: what is smaller carries nothing, and one has to pan to see it. */
#define SMALLEST 1e-8
/* Between the first and last rank and the ends of the axis. */
#define MARGIN 1.08

static double
get_positive (double value)
{
  return value > 0 ? value : NAN;
}

static void
read_point (const IpTrackPoint *point, guint panel, IpReading *x, IpReading *y)
{
  *x = (IpReading){ get_positive (point->x.value), NAN, NAN };
  *y = (IpReading){ point->y.value, NAN, NAN };
}

/* How far a ridge reaches over those before it, in their distances: a fifth of the panel at
 * most. */
#define LEAST_OVERLAP 3.0
#define MOST_SHARE 0.2
#define RIDGE_TINT 0.1

static void
fit_eigenvalues (IpFigure *self, guint dimension, IpLimits *limits)
{
  double lo = INFINITY;
  double hi = -INFINITY;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0; j < track->n_points; j++)
        {
          const IpReading *reading = dimension == 0 ? &track->points[j].x : &track->points[j].y;

          if (!isfinite (reading->value) || reading->value <= 0)
            continue;
          lo = MIN (lo, reading->value);
          hi = MAX (hi, reading->value);
        }
    }
  if (!(lo <= hi))
    *limits = (IpLimits){ dimension == 0 ? 1 : 1e-4, dimension == 0 ? 100 : 1 };
  else if (dimension == 0)
    *limits = (IpLimits){ lo / MARGIN, MAX (hi, 2 * lo) * MARGIN };
  else
    {
      limits->hi = pow (10, ceil (log10 (hi)));
      lo = MAX (lo, SMALLEST * limits->hi * (1 + 1e-9));
      limits->lo = MIN (pow (10, floor (log10 (lo))), limits->hi / 10);
    }
}

static double
get_overlap (IpFigure *self)
{
  return MAX (LEAST_OVERLAP, MOST_SHARE * self->tracks->len);
}

static void
fit (IpFigure *self, guint axes, guint dimension, IpLimits *limits)
{
  if (dimension == 0 || self->spectrum_form == IP_SPECTRUM_OVERLAY)
    fit_eigenvalues (self, dimension, limits);
  else if (self->spectrum_form == IP_SPECTRUM_CUMULATIVE)
    *limits = (IpLimits){ 0, 1.04 };
  else if (self->spectrum_form == IP_SPECTRUM_DIFFUSION)
    ip_figure_fit_quantity (self, 1, 0.06, limits);
  else
    *limits = (IpLimits){ 0, MAX (self->tracks->len, 1u) - 1 + get_overlap (self) };
}

static double
get_baseline (IpFigure *self, guint track)
{
  return self->tracks->len - 1.0 - track;
}

/* From its baseline a ridge rises over the decades that `values` spans. */
static gboolean
place_on_ridge (IpFigure *self, guint track, guint point, double *x, double *y)
{
  const IpPanel *panel = &self->panels[0];
  const IpTrackPoint *found = &ip_figure_get_item (self, track)->track.points[point];
  const IpLimits *values = &self->ridge_values;
  double share = log (found->y.value / values->lo) / log (values->hi / values->lo);

  if (!(found->x.value > 0) || !(found->y.value > 0) || !(share >= 0))
    return FALSE;
  *x = ip_axis_place (&panel->x, found->x.value);
  *y = ip_axis_place (&panel->y, get_baseline (self, track) + get_overlap (self) * MIN (share, 1));
  return isfinite (*x) && isfinite (*y);
}

static gboolean
place (IpFigure *self, guint track, guint point, guint panel, double *x, double *y)
{
  const IpTrackPoint *found = &ip_figure_get_item (self, track)->track.points[point];
  gboolean is_there = self->spectrum_form == IP_SPECTRUM_RIDGES
                          ? place_on_ridge (self, track, point, x, y)
                          : ip_figure_locate (self, found, panel, x, y);

  return is_there && ip_rect_contains (&self->panels[panel].rect, *x, *y, 0.5);
}

/* Epochs instead of numbers, at the baselines.  Returns the width of labels and title. */
static double
name_baselines (IpFigure *self)
{
  IpPanel *panel = &self->panels[0];
  double gap = ip_figure_get_line_height (self, IP_FONT_TICK);
  double last = INFINITY;

  g_array_set_size (panel->y_ticks, 0);
  for (guint i = self->tracks->len; i-- > 0;)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      IpTick tick = { .value = get_baseline (self, i) };
      double y = ip_axis_place (&panel->y, tick.value);

      if (track->n_points == 0 || !ip_axis_contains (&panel->y, tick.value) || last - y < gap)
        continue;
      last = y;
      ip_axis_format_number ((double) track->points[0].epoch, 0, tick.label, sizeof tick.label);
      g_array_append_val (panel->y_ticks, tick);
    }
  return ip_figure_measure (self, 24) + ip_figure_get_line_height (self, IP_FONT_AXIS) +
         ip_figure_measure_labels (self, panel->y_ticks, TRUE);
}

static void
layout (IpFigure *self)
{
  gboolean roomy = self->width > ip_figure_measure (self, 500);
  g_autofree char *x_title = ip_figure_format_title (self, 0);
  g_autofree char *y_title = ip_figure_format_title (self, 1);
  double left;
  double right;

  ip_figure_divide_height (self, 1, 0, TRUE);
  ip_figure_set_limits (self, 0);
  fit_eigenvalues (self, 1, &self->ridge_values);
  left = MAX (ip_figure_lay_y_ticks (self, 0), roomy ? ip_figure_measure (self, 66) : 0);
  if (self->spectrum_form == IP_SPECTRUM_RIDGES)
    left = MAX (name_baselines (self), left);
  right = MAX (ip_figure_lay_epoch_bar (self, 0.32), ip_figure_measure (self, 14));
  ip_figure_set_sides (self, 0, left, right);
  ip_figure_lay_x_ticks (self, 0, FALSE);
  ip_figure_place_y_axis (self, 0, y_title);
  ip_figure_place_x_axis (self, 0, TRUE, x_title);
  ip_figure_place_epoch_bar (self);
}

static void
draw_frame (IpFigure *self, cairo_t *cr)
{
  ip_figure_draw_panel (self, cr, 0);
  if (self->bars[0].ticks != NULL)
    ip_figure_draw_bar (self, cr, &self->bars[0]);
}

static void
draw_points (IpFigure *self, cairo_t *cr, const IpTrack *track, IpColour colour, double radius)
{
  if (self->spectrum_form == IP_SPECTRUM_DIFFUSION)
    return; /* time is not made of steps */
  for (guint i = 0; i < track->n_points && track->points[i].x.value <= LAST_POINT; i++)
    {
      double x;
      double y;

      if (!ip_figure_locate (self, &track->points[i], 0, &x, &y) ||
          !ip_rect_contains (&self->panels[0].rect, x, y, 0.5))
        continue;
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
    }
  ip_figure_set_colour (cr, colour);
  cairo_fill (cr);
}

/* Along the ridge; FALSE when nothing of it is there. */
static gboolean
add_ridge (IpFigure *self, cairo_t *cr, guint track, double *left, double *right)
{
  const IpTrack *ridge = &ip_figure_get_item (self, track)->track;
  gboolean begun = FALSE;

  for (guint i = 0; i < ridge->n_points; i++)
    {
      double x;
      double y;

      if (!place_on_ridge (self, track, i, &x, &y))
        continue;
      if (!begun)
        *left = x;
      *right = x;
      cairo_line_to (cr, x, y);
      begun = TRUE;
    }
  return begun;
}

static void
draw_ridge (IpFigure *self, cairo_t *cr, guint track, IpColour colour, double width)
{
  const IpPanel *panel = &self->panels[0];
  double baseline = ip_axis_place (&panel->y, get_baseline (self, track));
  double left;
  double right;

  cairo_new_path (cr);
  if (!add_ridge (self, cr, track, &left, &right))
    return;
  cairo_line_to (cr, right, baseline);
  cairo_line_to (cr, left, baseline);
  cairo_close_path (cr);
  ip_figure_set_colour (cr, ip_colour_mix (self->theme.background, colour, RIDGE_TINT));
  cairo_fill (cr);
  add_ridge (self, cr, track, &left, &right);
  cairo_set_line_width (cr, width);
  ip_figure_set_colour (cr, colour);
  cairo_stroke (cr);
}

static void
draw_ridges (IpFigure *self, cairo_t *cr)
{
  ip_figure_clip (self, cr, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (track->n_points > 0)
        draw_ridge (self, cr, i, ip_figure_get_epoch_colour (self, track->points[0].epoch),
                    0.8 * self->theme.line);
    }
  cairo_restore (cr);
}

static void
draw_data (IpFigure *self, cairo_t *cr)
{
  if (self->spectrum_form == IP_SPECTRUM_RIDGES)
    {
      draw_ridges (self, cr);
      return;
    }
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      IpColour colour;

      if (track->n_points == 0)
        continue;
      colour = ip_colour_mix (self->theme.background,
                              ip_figure_get_epoch_colour (self, track->points[0].epoch), PALE);
      ip_figure_draw_curve (self, cr, track, 0, colour, 0.6 * self->theme.line);
      draw_points (self, cr, track, colour, 0.5 * ip_figure_get_marker_radius (self));
    }
}

static void
draw_selected (IpFigure *self, cairo_t *cr, const IpTrack *track)
{
  double radius = 0.9 * ip_figure_get_marker_radius (self);
  double line = self->theme.line;

  ip_figure_draw_curve (self, cr, track, 0, self->theme.background, 2.4 * line);
  ip_figure_draw_curve (self, cr, track, 0, self->theme.accent, 1.2 * line);
  draw_points (self, cr, track, self->theme.background, radius + 0.6 * line);
  draw_points (self, cr, track, self->theme.accent, radius);
}

static void
draw_selected_ridge (IpFigure *self, cairo_t *cr, guint track)
{
  double left;
  double right;

  ip_figure_clip (self, cr, 0);
  cairo_new_path (cr);
  add_ridge (self, cr, track, &left, &right);
  cairo_set_line_width (cr, 1.6 * self->theme.line);
  ip_figure_set_colour (cr, self->theme.accent);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_labels (IpFigure *self, cairo_t *cr)
{
  for (guint i = 0; i < self->tracks->len && self->selected_epoch >= 0; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (track->n_points == 0 || track->points[0].epoch != self->selected_epoch)
        continue;
      if (self->spectrum_form == IP_SPECTRUM_RIDGES)
        draw_selected_ridge (self, cr, i);
      else
        draw_selected (self, cr, track);
    }
  ip_figure_draw_bar_mark (self, cr);
}

const IpFigureMethods ip_figure_spectrum = {
  .most_panels = 1,
  .fit = fit,
  .read = read_point,
  .place = place,
  .layout = layout,
  .draw_frame = draw_frame,
  .draw_data = draw_data,
  .draw_labels = draw_labels,
};
