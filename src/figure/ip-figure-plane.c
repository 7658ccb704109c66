/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* The information plane, or a plane of two other quantities: one trajectory per layer, points
 * coloured by epoch.
 * Right of the panel stand crowded names and, below them, the colour bar. */

/* Brackets of bounds can be as long as the axes: all are drawn faintly, those of the selected epoch
 * clearly. */
#define ERROR_OPACITY 0.18
#define SELECTED_ERROR_OPACITY 0.75
#define BOX_OPACITY 0.03
#define EPOCH_LINE_OPACITY 0.6
/* With more of them in view their shapes could not be seen. */
#define MOST_MARKERS 8000

static void
fit (IpFigure *self, guint axes, guint dimension, IpLimits *limits)
{
  if (axes == 1)
    *limits = self->knot[dimension];
  else
    ip_figure_fit_quantity (self, dimension, dimension == 0 ? 1 / 24.0 : 0.06, limits);
}

static void
read_point (const IpTrackPoint *point, guint axes, IpReading *x, IpReading *y)
{
  *x = point->x;
  *y = point->y;
}

static void
lay_panel (IpFigure *self, double beside)
{
  IpPanel *panel = &self->panels[0];
  double bottom = ip_figure_get_line_height (self, IP_FONT_TICK) +
                  ip_figure_get_line_height (self, IP_FONT_AXIS) + ip_figure_measure (self, 20);
  gboolean roomy = self->width > ip_figure_measure (self, 500);
  double left;
  double right;

  panel->rect.y = ip_figure_lay_provenance (self) + ip_figure_measure (self, 16);
  panel->rect.height = MAX (self->height - panel->rect.y - bottom, 0.3 * self->height);
  panel->rect.y = self->height - bottom - panel->rect.height;
  if (panel->rect.y < 0)
    panel->rect = (IpRect){ 0, 0.1 * self->height, 0, 0.6 * self->height };
  ip_figure_set_limits (self, 0);
  /* In a large figure the panel stays where it is while labels get longer and shorter. */
  left = MAX (ip_figure_lay_y_ticks (self, 0), roomy ? ip_figure_measure (self, 66) : 0);
  right = MAX (ip_figure_lay_epoch_bar (self, 0.32), ip_figure_measure (self, roomy ? 84 : 14));
  ip_figure_set_sides (self, 0, left, MAX (right, beside));
  ip_figure_lay_x_ticks (self, 0, FALSE);
}

static void
place_axes (IpFigure *self)
{
  g_autofree char *x_title = ip_figure_format_title (self, 0);
  g_autofree char *y_title = ip_figure_format_title (self, 1);

  ip_figure_place_y_axis (self, 0, y_title);
  ip_figure_place_x_axis (self, 0, TRUE, x_title);
  ip_figure_place_epoch_bar (self);
}

/* Returns how wide the column beside the panel should be. */
static double
place_names (IpFigure *self)
{
  const IpRect *panel = &self->panels[0].rect;
  IpRect column = { panel->x + panel->width + ip_figure_measure (self, 16),
                    panel->y - ip_figure_measure (self, 8), 0, panel->height };
  double widest;

  column.width = MAX (self->width - column.x - ip_figure_measure (self, 4), 0);
  if (self->bars[0].ticks != NULL)
    column.height = self->bars[0].rect.y - ip_figure_measure (self, 24) - column.y;
  widest = ip_figure_name_tracks_near (self, 0, &column);
  ip_figure_label_phases (self, 0);
  if (self->n_panels > 1)
    {
      ip_figure_spill_ink (self, 1);
      ip_figure_name_tracks_inside (self, 1);
    }
  return MIN (widest + ip_figure_measure (self, 21), 0.3 * self->width);
}

/* Returns how wide the space beside the panel should be. */
static double
lay_out (IpFigure *self, double beside)
{
  double wanted;

  ip_figure_clear_layout (self);
  lay_panel (self, beside);
  place_axes (self);
  ip_figure_spill_ink (self, 0);
  ip_figure_label_ceiling (self, 0, 0, 0, 0.08);
  ip_figure_label_ceiling (self, 0, 1, 1, 0.45);
  ip_figure_lay_inset (self);
  wanted = place_names (self);
  ip_ink_clear (&self->ink);
  return wanted;
}

static void
layout (IpFigure *self)
{
  double wanted;

  if (self->facets != NULL)
    {
      ip_figure_lay_facets (self);
      return;
    }
  wanted = lay_out (self, 0);
  if (wanted > self->width - self->panels[0].rect.x - self->panels[0].rect.width)
    lay_out (self, wanted);
}

static void
draw_frame (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      if (self->panels[panel].axes > 0)
        continue; /* the inset */
      ip_figure_draw_zone (self, cr, panel, 0);
      ip_figure_draw_panel (self, cr, panel);
      ip_figure_draw_ceiling (self, cr, panel, 0, 0);
      ip_figure_draw_ceiling (self, cr, panel, 1, 1);
    }
  if (self->facets == NULL)
    ip_figure_draw_inset_frame (self, cr);
  if (self->bars[0].ticks != NULL)
    ip_figure_draw_bar (self, cr, &self->bars[0]);
  ip_figure_draw_legend (self, cr);
}

static gboolean
locate_inside (IpFigure *self, const IpTrackPoint *point, guint panel, double *x, double *y)
{
  return ip_figure_locate (self, point, panel, x, y) &&
         ip_rect_contains (&self->panels[panel].rect, *x, *y, 0.5);
}

/* A thin cross over the bracket of a point, where there is one. */
static void
add_error_bars (IpFigure *self, cairo_t *cr, const IpTrackPoint *point, guint number)
{
  const IpPanel *panel = &self->panels[number];
  const IpRect *rect = &panel->rect;
  double x;
  double y;

  if (!locate_inside (self, point, number, &x, &y))
    return;
  if (point->x.lower < point->x.value || point->x.upper > point->x.value)
    {
      double lower = point->x.lower <= point->x.value ? point->x.lower : point->x.value;
      double upper = point->x.upper >= point->x.value ? point->x.upper : point->x.value;

      cairo_move_to (cr, MAX (ip_axis_place (&panel->x, lower), rect->x), y);
      cairo_line_to (cr, MIN (ip_axis_place (&panel->x, upper), rect->x + rect->width), y);
    }
  if (point->y.lower < point->y.value || point->y.upper > point->y.value)
    {
      double lower = point->y.lower <= point->y.value ? point->y.lower : point->y.value;
      double upper = point->y.upper >= point->y.value ? point->y.upper : point->y.value;

      cairo_move_to (cr, x, MIN (ip_axis_place (&panel->y, lower), rect->y + rect->height));
      cairo_line_to (cr, x, MAX (ip_axis_place (&panel->y, upper), rect->y));
    }
}

/* A pale box over the brackets of both quantities. */
static void
add_box (IpFigure *self, cairo_t *cr, const IpTrackPoint *point, guint number)
{
  const IpPanel *panel = &self->panels[number];
  const IpReading *x = &point->x;
  const IpReading *y = &point->y;
  double left = ip_axis_place (&panel->x, isfinite (x->lower) ? x->lower : x->value);
  double right = ip_axis_place (&panel->x, isfinite (x->upper) ? x->upper : x->value);
  double top = ip_axis_place (&panel->y, isfinite (y->upper) ? y->upper : y->value);
  double bottom = ip_axis_place (&panel->y, isfinite (y->lower) ? y->lower : y->value);

  if (isfinite (left) && isfinite (right) && isfinite (top) && isfinite (bottom))
    cairo_rectangle (cr, left, top, right - left, bottom - top);
}

static void
draw_boxes (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpColour colour = ip_figure_fade (self, track, series);

  cairo_set_line_width (cr, 0.4 * self->theme.line);
  for (guint i = 0; i < track->n_points; i++)
    {
      add_box (self, cr, &track->points[i], panel);
      ip_figure_set_tint (self, cr, colour, BOX_OPACITY);
      cairo_fill_preserve (cr);
      ip_figure_set_tint (self, cr, colour, ERROR_OPACITY);
      cairo_stroke (cr);
    }
}

static void
draw_brackets (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  IpColour series = ip_theme_get_series (&self->theme, track->style);

  if (self->show & IP_SHOW_BOXES)
    {
      draw_boxes (self, cr, track, panel);
      return;
    }
  if (!(self->show & IP_SHOW_BARS))
    return;
  cairo_set_line_width (cr, 0.5 * self->theme.line);
  for (guint i = 0; i < track->n_points; i++)
    add_error_bars (self, cr, &track->points[i], panel);
  ip_figure_set_tint (self, cr, ip_figure_fade (self, track, series), ERROR_OPACITY);
  cairo_stroke (cr);
}

static void
draw_selected_error_bars (IpFigure *self, cairo_t *cr, guint panel)
{
  cairo_set_line_width (cr, 0.6 * self->theme.line);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      IpColour series = ip_theme_get_series (&self->theme, track->style);
      guint point;

      if (!ip_figure_is_main (self, i, panel) ||
          !ip_track_find_epoch (track, self->selected_epoch, &point))
        continue;
      add_error_bars (self, cr, &track->points[point], panel);
      ip_figure_set_tint (self, cr, ip_figure_fade (self, track, series),
                          SELECTED_ERROR_OPACITY);
      cairo_stroke (cr);
    }
}

/* Later points cover earlier ones, so one that falls on the same pixel as the next is not drawn. */
static void
draw_markers (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  double pixel = ip_figure_get_pixel (cr);
  IpColour edge = ip_figure_fade (self, track, ip_theme_get_series (&self->theme, track->style));

  for (guint i = 0; i < track->n_points; i++)
    {
      IpColour fill = ip_figure_get_epoch_colour (self, track->points[i].epoch);
      double x;
      double y;
      double next_x;
      double next_y;

      if (!locate_inside (self, &track->points[i], panel, &x, &y))
        continue;
      if (i + 1 < track->n_points &&
          locate_inside (self, &track->points[i + 1], panel, &next_x, &next_y) &&
          floor (x / pixel) == floor (next_x / pixel) &&
          floor (y / pixel) == floor (next_y / pixel))
        continue;
      ip_figure_draw_marker (self, cr, track->style, edge, ip_figure_fade (self, track, fill), x,
                             y);
    }
}

/* Who is seen in each cell of the panel when there are more points than room: the last drawn. */
typedef struct
{
  double cell;
  guint columns, rows;
  guint *owners;
} IpCrowd;

static guint *
crowd_get_owner (const IpCrowd *crowd, const IpRect *rect, double x, double y)
{
  guint column = (guint) CLAMP ((x - rect->x) / crowd->cell, 0, crowd->columns - 1);
  guint row = (guint) CLAMP ((y - rect->y) / crowd->cell, 0, crowd->rows - 1);

  return &crowd->owners[(gsize) row * crowd->columns + column];
}

static void
crowd_init (IpCrowd *crowd, IpFigure *self, guint panel, double cell)
{
  const IpRect *rect = &self->panels[panel].rect;
  guint index = 0;

  crowd->cell = cell;
  crowd->columns = (guint) (rect->width / cell) + 1;
  crowd->rows = (guint) (rect->height / cell) + 1;
  crowd->owners = g_new0 (guint, (gsize) crowd->columns * crowd->rows);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0; ip_figure_is_main (self, i, panel) && j < track->n_points; j++)
        {
          double x;
          double y;

          index++;
          if (locate_inside (self, &track->points[j], panel, &x, &y))
            *crowd_get_owner (crowd, rect, x, y) = index;
        }
    }
}

/* Plain squares, one in a cell at most. */
static void
draw_dots (IpFigure *self, cairo_t *cr, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  IpCrowd crowd;
  guint index = 0;

  crowd_init (&crowd, self, panel, 0.5 * ip_figure_get_marker_radius (self));
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0; ip_figure_is_main (self, i, panel) && j < track->n_points; j++)
        {
          IpColour fill = ip_figure_get_epoch_colour (self, track->points[j].epoch);
          double x;
          double y;

          index++;
          if (locate_inside (self, &track->points[j], panel, &x, &y) &&
              *crowd_get_owner (&crowd, rect, x, y) == index)
            ip_figure_draw_dot (self, cr, ip_figure_fade (self, track, fill), x, y, 1);
        }
    }
  g_free (crowd.owners);
}

static gboolean
is_crowded (IpFigure *self, guint panel)
{
  guint n = 0;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0;
           ip_figure_is_main (self, i, panel) && j < track->n_points && n <= MOST_MARKERS;
           j++)
        {
          double x;
          double y;

          n += locate_inside (self, &track->points[j], panel, &x, &y);
        }
    }
  return n > MOST_MARKERS;
}

static gboolean
is_same_run (const IpTrack *a, const IpTrack *b)
{
  return a->facet == b->facet && g_strcmp0 (a->run, b->run) == 0;
}

/* A line through the layers of a run at one epoch, from track `first`; what breaks the
 * data-processing inequality is in the colour of warnings. */
static void
draw_epoch_line (IpFigure *self, cairo_t *cr, guint panel, guint first, gint64 epoch,
                 IpColour colour)
{
  const IpTrack *run = &ip_figure_get_item (self, first)->track;
  gboolean joined = FALSE;
  double last_x = 0;
  double last_y = 0;

  for (guint i = first; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      gboolean violates;
      guint point;
      double x;
      double y;

      if (!is_same_run (track, run))
        break;
      if (track->is_member)
        continue;
      if (!ip_track_find_epoch (track, epoch, &point) ||
          !ip_figure_locate (self, &track->points[point], panel, &x, &y))
        {
          joined = FALSE;
          continue;
        }
      violates = (self->show & IP_SHOW_VIOLATIONS) != 0 &&
                 (track->points[point].marks & (IP_POINT_VIOLATES_X | IP_POINT_VIOLATES_Y)) != 0;
      if (joined)
        {
          cairo_move_to (cr, last_x, last_y);
          cairo_line_to (cr, x, y);
          ip_figure_set_colour (cr, violates ? self->theme.warning : colour);
          cairo_stroke (cr);
        }
      joined = TRUE;
      last_x = x;
      last_y = y;
    }
}

/* The first track of each run. */
static gboolean
begins_run (IpFigure *self, guint track)
{
  return track == 0 || !is_same_run (&ip_figure_get_item (self, track - 1)->track,
                                     &ip_figure_get_item (self, track)->track);
}

static void
draw_epoch_lines (IpFigure *self, cairo_t *cr, guint panel)
{
  cairo_set_line_width (cr, 0.6 * self->theme.line);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (!ip_figure_is_main (self, i, panel) || !begins_run (self, i))
        continue;
      for (guint k = 0; k < track->n_points; k++)
        {
          IpColour colour = ip_figure_get_epoch_colour (self, track->points[k].epoch);

          draw_epoch_line (self, cr, panel, i, track->points[k].epoch,
                           ip_colour_mix (self->theme.background, colour, EPOCH_LINE_OPACITY));
        }
    }
}

/* Of the selected layer, or of the others. */
static void
draw_lines (IpFigure *self, cairo_t *cr, guint panel, gboolean selected, double shortest)
{
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (ip_figure_is_main (self, i, panel) && ip_figure_is_selected (self, track) == selected)
        ip_figure_draw_line (self, cr, track, panel, shortest);
    }
}

static void
draw_all_markers (IpFigure *self, cairo_t *cr, guint panel, gboolean selected)
{
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (ip_figure_is_main (self, i, panel) && ip_figure_is_selected (self, track) == selected)
        draw_markers (self, cr, track, panel);
    }
}

static void
draw_panel_data (IpFigure *self, cairo_t *cr, guint panel)
{
  gboolean crowded = is_crowded (self, panel);
  double shortest = crowded ? ip_figure_get_marker_radius (self) : 0;
  gboolean has_lines = (self->show & IP_SHOW_TRAJECTORIES) != 0;

  ip_figure_clip (self, cr, panel);
  for (guint i = 0; i < self->tracks->len && !crowded; i++)
    if (ip_figure_is_main (self, i, panel))
      draw_brackets (self, cr, &ip_figure_get_item (self, i)->track, panel);
  if (self->show & IP_SHOW_EPOCHS)
    draw_epoch_lines (self, cr, panel);
  cairo_restore (cr);
  for (guint i = 0; i < self->tracks->len; i++)
    if (ip_figure_is_on_panel (self, i, panel) && !ip_figure_is_main (self, i, panel))
      ip_figure_draw_member (self, cr, &ip_figure_get_item (self, i)->track, panel);
  if (has_lines)
    draw_lines (self, cr, panel, FALSE, shortest);
  if (crowded)
    draw_dots (self, cr, panel);
  else
    draw_all_markers (self, cr, panel, FALSE);
  if (has_lines)
    draw_lines (self, cr, panel, TRUE, shortest);
  if (crowded)
    return;
  draw_all_markers (self, cr, panel, TRUE);
  ip_figure_draw_findings (self, cr, panel);
}

static void
draw_data (IpFigure *self, cairo_t *cr)
{
  for (guint panel = 0; panel < self->n_panels; panel++)
    draw_panel_data (self, cr, panel);
}

/* A thin line through the layers of each run at the selected epoch. */
static void
draw_joint (IpFigure *self, cairo_t *cr, guint panel)
{
  IpColour colour = ip_colour_mix (self->theme.background, self->theme.text, 0.38);

  ip_figure_clip (self, cr, panel);
  cairo_set_line_width (cr, 0.5 * self->theme.line);
  for (guint i = 0; i < self->tracks->len; i++)
    if (ip_figure_is_main (self, i, panel) && begins_run (self, i))
      draw_epoch_line (self, cr, panel, i, self->selected_epoch, colour);
  cairo_restore (cr);
}

static void
draw_labels (IpFigure *self, cairo_t *cr)
{
  if (self->selected_epoch < 0)
    return;
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      if (ip_figure_tells_apart (self))
        {
          draw_selected_error_bars (self, cr, panel);
          draw_joint (self, cr, panel);
        }
      ip_figure_draw_rings (self, cr, panel);
    }
  ip_figure_draw_bar_mark (self, cr);
}

const IpFigureMethods ip_figure_plane = {
  .most_panels = 1,
  .fit = fit,
  .read = read_point,
  .layout = layout,
  .draw_frame = draw_frame,
  .draw_data = draw_data,
  .draw_labels = draw_labels,
};
