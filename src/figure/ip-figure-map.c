/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* A heat map of one quantity, or of one above another: a row for each layer, epochs across.  A cell
 * reaches half way to the epochs beside it.  Colours run from 0 to the ceiling over the whole map;
 * a missing value is a hole in it. */

static double
get_position (IpFigure *self, const IpTrack *track, guint point)
{
  return ip_scale_position (self->epoch_scale, (double) track->points[point].epoch);
}

/* Ends of a cell in the even measure of the epoch axis. */
static void
get_cell (IpFigure *self, const IpTrack *track, guint point, double *from, double *to)
{
  double here = get_position (self, track, point);
  double before = point > 0 ? get_position (self, track, point - 1) : NAN;
  double after = point + 1 < track->n_points ? get_position (self, track, point + 1) : NAN;
  double half_before = isnan (before) ? (after - here) / 2 : (here - before) / 2;
  double half_after = isnan (after) ? half_before : (after - here) / 2;

  *from = here - (isnan (half_before) ? 0.5 : half_before);
  *to = here + (isnan (half_after) ? 0.5 : half_after);
}

static void
fit (IpFigure *self, guint panel, guint dimension, IpLimits *limits)
{
  IpLimits positions = { INFINITY, -INFINITY };

  if (dimension == 1)
    {
      *limits = (IpLimits){ 0, MAX (self->tracks->len, 1u) };
      return;
    }
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      double from;
      double to;

      if (track->n_points == 0)
        continue;
      get_cell (self, track, 0, &from, &to);
      positions.lo = MIN (positions.lo, from);
      get_cell (self, track, track->n_points - 1, &from, &to);
      positions.hi = MAX (positions.hi, to);
    }
  if (!(positions.hi > positions.lo))
    positions = (IpLimits){ 0, 1 };
  limits->lo = ip_scale_value (self->epoch_scale, positions.lo);
  limits->hi = ip_scale_value (self->epoch_scale, positions.hi);
}

static double
get_value (const IpTrackPoint *point, guint panel)
{
  return panel == 0 ? point->x.value : point->y.value;
}

static void
read_point (const IpTrackPoint *point, guint panel, IpReading *x, IpReading *y)
{
  *x = (IpReading){ (double) point->epoch, NAN, NAN };
  *y = panel == 0 ? point->x : point->y;
}

static gboolean
place (IpFigure *self, guint track, guint point, guint panel, double *x, double *y)
{
  const IpPanel *at = &self->panels[panel];
  const IpTrackPoint *found = &ip_figure_get_item (self, track)->track.points[point];

  *x = ip_axis_place (&at->x, (double) found->epoch);
  *y = ip_axis_place (&at->y, track + 0.5);
  return isfinite (get_value (found, panel)) && ip_rect_contains (&at->rect, *x, *y, 0.5);
}

/* The cell under a place, however far its middle is. */
static gboolean
find (IpFigure *self, double x, double y, guint panel, guint *track, guint *point)
{
  const IpPanel *at = &self->panels[panel];
  double row = floor (ip_axis_value (&at->y, y));
  double epoch = ip_axis_value (&at->x, x);
  double position = ip_scale_position (self->epoch_scale, epoch);
  const IpTrack *found;

  if (!(row >= 0 && row < self->tracks->len))
    return FALSE;
  *track = (guint) row;
  found = &ip_figure_get_item (self, *track)->track;
  *point = ip_track_lower_bound (found, epoch);
  for (guint i = *point > 0 ? *point - 1 : 0; i < MIN (*point + 1, found->n_points); i++)
    {
      double from;
      double to;

      get_cell (self, found, i, &from, &to);
      if (position < from || position >= to)
        continue;
      *point = i;
      return isfinite (get_value (&found->points[i], panel));
    }
  return FALSE;
}

static double
lay_bar (IpFigure *self, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  IpBar *bar = &self->bars[panel];

  bar->axis = (IpAxis){ .start = rect->y + rect->height, .end = rect->y };
  ip_figure_fit_quantity (self, panel, 0, &bar->axis.limits);
  return ip_figure_lay_bar (self, bar);
}

/* Rows too low for their names have every second, third, … one named. */
static void
place_row_names (IpFigure *self, guint panel)
{
  const IpPanel *at = &self->panels[panel];
  double row = fabs (at->y.end - at->y.start) / (at->y.limits.hi - at->y.limits.lo);
  guint step = (guint) MAX (ceil (ip_figure_get_line_height (self, IP_FONT_NAME) / row), 1);

  for (guint i = 0; i < self->tracks->len; i += step)
    {
      double y = ip_axis_place (&at->y, i + 0.5);
      IpText *text;

      if (y < at->rect.y || y > at->rect.y + at->rect.height)
        continue;
      text = ip_figure_add_name (self, IP_FIGURE_FRAME, i);
      ip_text_confine (text, at->rect.x - ip_figure_measure (self, 14), 1);
      ip_text_place (text, at->rect.x - ip_figure_measure (self, 8), y, 1, 0.5);
    }
}

/* Above the panel: what it shows, and the ceiling at the end of its colours. */
static void
place_caption (IpFigure *self, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  double bottom = rect->y - ip_figure_measure (self, 5);
  const char *label = self->quantity[panel].ceiling_label;
  char *title = ip_figure_format_title (self, panel);
  IpText *text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_AXIS, self->theme.text, title);

  g_free (title);
  ip_text_confine (text, rect->width, 1);
  ip_text_place (text, rect->x, bottom, 0, 1);
  if (label == NULL || !isfinite (self->quantity[panel].ceiling))
    return;
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.dim, label);
  ip_text_place (text, rect->x + rect->width, bottom, 1, 1);
}

static void
lay_panel (IpFigure *self, guint panel, gboolean labels)
{
  IpPanel *at = &self->panels[panel];

  at->y.start = at->rect.y;
  at->y.end = at->rect.y + at->rect.height;
  g_clear_pointer (&at->y_ticks, g_array_unref);
  at->y_ticks = g_array_new (FALSE, TRUE, sizeof (IpTick));
  ip_figure_lay_x_ticks (self, panel, TRUE);
  ip_figure_place_x_axis (self, panel, labels, panel == self->n_panels - 1 ? _ ("epoch") : NULL);
  place_row_names (self, panel);
  place_caption (self, panel);
  ip_figure_place_bar (self, &self->bars[panel],
                       at->rect.x + at->rect.width + ip_figure_measure (self, 10));
}

static void
layout (IpFigure *self)
{
  gboolean upper_labels = self->height > ip_figure_measure (self, 360);
  double caption = ip_figure_get_line_height (self, IP_FONT_AXIS);
  double left = MIN (ip_figure_measure_names (self), 0.25 * self->width);
  double right = 0;

  ip_figure_divide_height (self, 0.5, caption, upper_labels);
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      ip_figure_set_limits (self, panel);
      right = MAX (right, lay_bar (self, panel) + ip_figure_measure (self, 2));
    }
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      ip_figure_set_sides (self, panel, left + ip_figure_measure (self, 18), right);
      lay_panel (self, panel, panel == self->n_panels - 1 || upper_labels);
    }
}

static void
draw_frame (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      const IpRect *rect = &self->panels[panel].rect;

      cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
      ip_figure_set_colour (cr, self->theme.zone);
      cairo_fill (cr);
      ip_figure_draw_panel (self, cr, panel);
      ip_figure_draw_bar (self, cr, &self->bars[panel]);
    }
}

/* Cells reach a little below their right neighbour, or seams would shine through between them. */
static void
draw_row (IpFigure *self, cairo_t *cr, guint panel, guint row)
{
  const IpPanel *at = &self->panels[panel];
  const IpTrack *track = &ip_figure_get_item (self, row)->track;
  const IpLimits *values = &self->bars[panel].axis.limits;
  double seam = 0.5 * ip_figure_get_pixel (cr);
  double top = ip_axis_place (&at->y, row);
  double bottom = ip_axis_place (&at->y, row + 1.0);
  double end = at->rect.x + at->rect.width;

  for (guint i = 0; i < track->n_points; i++)
    {
      double value = get_value (&track->points[i], panel);
      double from;
      double to;

      get_cell (self, track, i, &from, &to);
      from = ip_axis_place (&at->x, ip_scale_value (self->epoch_scale, from));
      to = ip_axis_place (&at->x, ip_scale_value (self->epoch_scale, to));
      if (!isfinite (value) || to < at->rect.x || from > end)
        continue;
      from = MAX (from, at->rect.x);
      to = MIN (to + (i + 1 < track->n_points ? seam : 0), end);
      cairo_rectangle (cr, from, top, to - from, bottom - top + seam);
      ip_figure_set_colour (
          cr, ip_theme_get_value_colour ((value - values->lo) / (values->hi - values->lo)));
      cairo_fill (cr);
    }
}

static void
draw_data (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      ip_figure_clip (self, cr, panel);
      /* Soft edges of neighbours would let the background through. */
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
      for (guint i = 0; i < self->tracks->len; i++)
        draw_row (self, cr, panel, i);
      cairo_restore (cr);
    }
}

/* Frames the row of the selected layer. */
static void
draw_selected_row (IpFigure *self, cairo_t *cr, guint panel)
{
  const IpPanel *at = &self->panels[panel];

  for (guint i = 0; i < self->tracks->len; i++)
    {
      double top = ip_axis_place (&at->y, i);

      if (!ip_figure_is_selected (self, &ip_figure_get_item (self, i)->track))
        continue;
      cairo_rectangle (cr, at->rect.x, top, at->rect.width,
                       ip_axis_place (&at->y, i + 1.0) - top);
      cairo_set_line_width (cr, 2.4 * self->theme.line);
      ip_figure_set_colour (cr, self->theme.background);
      cairo_stroke_preserve (cr);
      cairo_set_line_width (cr, 1.2 * self->theme.line);
      ip_figure_set_colour (cr, self->theme.text);
      cairo_stroke (cr);
    }
}

/* Brackets the cells of the selected epoch in each row. */
static void
draw_labels (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels && self->selected_epoch >= 0; panel++)
    {
      const IpPanel *at = &self->panels[panel];

      draw_selected_row (self, cr, panel);
      cairo_save (cr);
      cairo_rectangle (cr, at->rect.x, at->rect.y, at->rect.width, at->rect.height);
      cairo_clip (cr);
      for (guint i = 0; i < self->tracks->len; i++)
        {
          const IpTrack *track = &ip_figure_get_item (self, i)->track;
          double from;
          double to;
          guint point;

          if (!ip_track_find_epoch (track, self->selected_epoch, &point))
            continue;
          get_cell (self, track, point, &from, &to);
          from = ip_axis_place (&at->x, ip_scale_value (self->epoch_scale, from));
          to = ip_axis_place (&at->x, ip_scale_value (self->epoch_scale, to));
          cairo_move_to (cr, from, ip_axis_place (&at->y, i));
          cairo_line_to (cr, from, ip_axis_place (&at->y, i + 1.0));
          cairo_move_to (cr, to, ip_axis_place (&at->y, i));
          cairo_line_to (cr, to, ip_axis_place (&at->y, i + 1.0));
        }
      cairo_set_line_width (cr, 2 * self->theme.line);
      ip_figure_set_colour (cr, self->theme.background);
      cairo_stroke_preserve (cr);
      cairo_set_line_width (cr, self->theme.line);
      ip_figure_set_colour (cr, self->theme.accent);
      cairo_stroke (cr);
      cairo_restore (cr);
    }
}

const IpFigureMethods ip_figure_map = {
  .most_panels = 2,
  .has_epoch_axis = TRUE,
  .fit = fit,
  .read = read_point,
  .place = place,
  .find = find,
  .layout = layout,
  .draw_frame = draw_frame,
  .draw_data = draw_data,
  .draw_labels = draw_labels,
};
