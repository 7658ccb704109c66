/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* The spectrum of one layer: eigenvalues by rank on logarithmic axes, a curve for each epoch in the
 * colour of the epoch.  Here a track is an epoch and its points are ranks.  The selected epoch is
 * drawn over the others, which are pale.  Steps between small ranks are easily taken for the shape
 * of a curve, so these eigenvalues are points as well. */

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
  *y = (IpReading){ get_positive (point->y.value), NAN, NAN };
}

static void
fit (IpFigure *self, guint panel, guint dimension, IpLimits *limits)
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
  left = MAX (ip_figure_lay_y_ticks (self, 0), roomy ? ip_figure_measure (self, 66) : 0);
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

static void
draw_data (IpFigure *self, cairo_t *cr)
{
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
draw_labels (IpFigure *self, cairo_t *cr)
{
  for (guint i = 0; i < self->tracks->len && self->selected_epoch >= 0; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (track->n_points > 0 && track->points[0].epoch == self->selected_epoch)
        draw_selected (self, cr, track);
    }
  ip_figure_draw_bar_mark (self, cr);
}

const IpFigureMethods ip_figure_spectrum = {
  .most_panels = 1,
  .fit = fit,
  .read = read_point,
  .layout = layout,
  .draw_frame = draw_frame,
  .draw_data = draw_data,
  .draw_labels = draw_labels,
};
