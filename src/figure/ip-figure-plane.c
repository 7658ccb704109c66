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
/* With more of them in view their shapes could not be seen. */
#define MOST_MARKERS 8000

static void
fit (IpFigure *self, guint panel, guint dimension, IpLimits *limits)
{
  if (panel == 1)
    *limits = self->knot[dimension];
  else
    ip_figure_fit_quantity (self, dimension, dimension == 0 ? 1 / 24.0 : 0.06, limits);
}

static void
read_point (const IpTrackPoint *point, guint panel, IpReading *x, IpReading *y)
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
  double wanted = lay_out (self, 0);

  if (wanted > self->width - self->panels[0].rect.x - self->panels[0].rect.width)
    lay_out (self, wanted);
}

static void
draw_frame (IpFigure *self, cairo_t *cr)
{
  ip_figure_draw_zone (self, cr, 0, 0);
  ip_figure_draw_panel (self, cr, 0);
  ip_figure_draw_ceiling (self, cr, 0, 0, 0);
  ip_figure_draw_ceiling (self, cr, 0, 1, 1);
  ip_figure_draw_inset_frame (self, cr);
  if (self->bars[0].ticks != NULL)
    ip_figure_draw_bar (self, cr, &self->bars[0]);
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

static void
draw_error_bars (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  cairo_set_line_width (cr, 0.5 * self->theme.line);
  for (guint i = 0; i < track->n_points; i++)
    add_error_bars (self, cr, &track->points[i], panel);
  ip_figure_set_tint (self, cr, ip_theme_get_series (&self->theme, track->style), ERROR_OPACITY);
  cairo_stroke (cr);
}

static void
draw_selected_error_bars (IpFigure *self, cairo_t *cr, guint panel)
{
  cairo_set_line_width (cr, 0.6 * self->theme.line);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      guint point;

      if (!ip_track_find_epoch (track, self->selected_epoch, &point))
        continue;
      add_error_bars (self, cr, &track->points[point], panel);
      ip_figure_set_tint (self, cr, ip_theme_get_series (&self->theme, track->style),
                          SELECTED_ERROR_OPACITY);
      cairo_stroke (cr);
    }
}

/* Later points cover earlier ones, so one that falls on the same pixel as the next is not drawn. */
static void
draw_markers (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  double pixel = ip_figure_get_pixel (cr);

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
      ip_figure_draw_marker (self, cr, track->style, fill, x, y);
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
crowd_init (IpCrowd *crowd, IpFigure *self, double cell)
{
  const IpRect *rect = &self->panels[0].rect;
  guint index = 0;

  crowd->cell = cell;
  crowd->columns = (guint) (rect->width / cell) + 1;
  crowd->rows = (guint) (rect->height / cell) + 1;
  crowd->owners = g_new0 (guint, (gsize) crowd->columns * crowd->rows);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0; j < track->n_points; j++)
        {
          double x;
          double y;

          index++;
          if (locate_inside (self, &track->points[j], 0, &x, &y))
            *crowd_get_owner (crowd, rect, x, y) = index;
        }
    }
}

/* Plain squares, one in a cell at most. */
static void
draw_dots (IpFigure *self, cairo_t *cr)
{
  const IpRect *rect = &self->panels[0].rect;
  IpCrowd crowd;
  guint index = 0;

  crowd_init (&crowd, self, 0.5 * ip_figure_get_marker_radius (self));
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0; j < track->n_points; j++)
        {
          IpColour fill = ip_figure_get_epoch_colour (self, track->points[j].epoch);
          double x;
          double y;

          index++;
          if (locate_inside (self, &track->points[j], 0, &x, &y) &&
              *crowd_get_owner (&crowd, rect, x, y) == index)
            ip_figure_draw_dot (self, cr, fill, x, y, 1);
        }
    }
  g_free (crowd.owners);
}

static gboolean
is_crowded (IpFigure *self)
{
  guint n = 0;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint j = 0; j < track->n_points && n <= MOST_MARKERS; j++)
        {
          double x;
          double y;

          n += locate_inside (self, &track->points[j], 0, &x, &y);
        }
    }
  return n > MOST_MARKERS;
}

static void
draw_panel_data (IpFigure *self, cairo_t *cr, guint panel)
{
  for (guint i = 0; i < self->tracks->len; i++)
    draw_error_bars (self, cr, &ip_figure_get_item (self, i)->track, panel);
  for (guint i = 0; i < self->tracks->len; i++)
    ip_figure_draw_line (self, cr, &ip_figure_get_item (self, i)->track, panel, 0);
  for (guint i = 0; i < self->tracks->len; i++)
    draw_markers (self, cr, &ip_figure_get_item (self, i)->track, panel);
}

static void
draw_crowd (IpFigure *self, cairo_t *cr)
{
  double shortest = ip_figure_get_marker_radius (self);

  for (guint i = 0; i < self->tracks->len; i++)
    ip_figure_draw_line (self, cr, &ip_figure_get_item (self, i)->track, 0, shortest);
  draw_dots (self, cr);
}

static void
draw_data (IpFigure *self, cairo_t *cr)
{
  if (is_crowded (self))
    draw_crowd (self, cr);
  else
    draw_panel_data (self, cr, 0);
  if (self->n_panels > 1)
    draw_panel_data (self, cr, 1);
}

/* A thin line through the layers of each run at the selected epoch. */
static void
draw_joint (IpFigure *self, cairo_t *cr, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  const char *run = NULL;
  gboolean joined = FALSE;

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      double x;
      double y;
      guint point;
      gboolean known = ip_track_find_epoch (track, self->selected_epoch, &point) &&
                       ip_figure_locate (self, &track->points[point], panel, &x, &y);

      if (known && joined && g_strcmp0 (track->run, run) == 0)
        cairo_line_to (cr, x, y);
      else if (known)
        cairo_move_to (cr, x, y);
      joined = known;
      run = track->run;
    }
  cairo_set_line_width (cr, 0.5 * self->theme.line);
  ip_figure_set_tint (self, cr, self->theme.text, 0.38);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_labels (IpFigure *self, cairo_t *cr)
{
  if (self->selected_epoch < 0)
    return;
  for (guint panel = 0; panel < self->n_panels; panel++)
    {
      if (self->tracks->len <= IP_MOST_TRACKS_TOLD_APART)
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
