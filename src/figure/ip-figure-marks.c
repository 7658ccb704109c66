/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* The marks of data: lines, markers and rings.
 *
 * Long lines are reduced before Cairo sees them, to the first, smallest, largest and last point of
 * each pixel column, and stroked in pieces, because the time of a stroke grows faster than its
 * length.  A trajectory of 80 % opacity is drawn in the colour that it would have on the
 * background: pieces may then meet without a darker joint, and EPS, which knows no opacity, looks
 * the same. */

#define CHUNK 256
#define LINE_OPACITY 0.8
#define MEMBER_OPACITY 0.3
/* Of the line of a selected layer, in widths of others. */
#define SELECTED_WIDTH 1.6
/* A line with more turns than this would look torn. */
#define MOST_DASHED_POINTS 1000

/* A line that is clipped to a rectangle and stroked in pieces; dashes run on over the pieces. */
typedef struct
{
  cairo_t *cr;
  IpRect clip;
  double dash[6];
  guint n_dash;
  double length; /* since the dashes began */
  guint n;       /* segments not yet stroked */
  double shortest; /* segments shorter than this are left to the markers on their ends */
  gboolean down;   /* x, y is the last point */
  gboolean broken; /* the path does not end there */
  double x, y;
} IpPen;

static void
pen_stroke (IpPen *pen)
{
  if (pen->n == 0)
    return;
  cairo_stroke (pen->cr);
  cairo_set_dash (pen->cr, pen->dash, (int) pen->n_dash, pen->length);
  pen->n = 0;
}

static void
pen_lift (IpPen *pen)
{
  pen_stroke (pen);
  cairo_new_path (pen->cr);
  pen->down = FALSE;
}

/* Liang and Barsky 1984: the part of a segment inside the rectangle, as shares of its length. */
static gboolean
clip_segment (const IpRect *clip,
              double x0, double y0,
              double x1, double y1,
              double *t0, double *t1)
{
  double p[] = { x0 - x1, x1 - x0, y0 - y1, y1 - y0 };
  double q[] = { x0 - clip->x, clip->x + clip->width - x0, y0 - clip->y,
                 clip->y + clip->height - y0 };

  *t0 = 0;
  *t1 = 1;
  for (guint i = 0; i < 4; i++)
    {
      if (p[i] == 0 && q[i] < 0)
        return FALSE;
      if (p[i] < 0)
        *t0 = MAX (*t0, q[i] / p[i]);
      else if (p[i] > 0)
        *t1 = MIN (*t1, q[i] / p[i]);
    }
  return *t0 <= *t1;
}

static void
pen_draw (IpPen *pen, double x, double y)
{
  double dx = x - pen->x;
  double dy = y - pen->y;
  double t0;
  double t1;

  if (!pen->down || hypot (dx, dy) < pen->shortest)
    pen->broken = TRUE;
  else if (clip_segment (&pen->clip, pen->x, pen->y, x, y, &t0, &t1))
    {
      if (pen->n == 0 || t0 > 0 || pen->broken)
        cairo_move_to (pen->cr, pen->x + t0 * dx, pen->y + t0 * dy);
      cairo_line_to (pen->cr, pen->x + t1 * dx, pen->y + t1 * dy);
      pen->length += (t1 - t0) * hypot (dx, dy);
      pen->broken = FALSE;
      if (++pen->n >= CHUNK)
        pen_stroke (pen);
    }
  else
    pen->broken = TRUE;
  pen->down = TRUE;
  pen->x = x;
  pen->y = y;
}

/* The points of a line that fall on one pixel column. */
typedef struct
{
  double column;
  guint n;
  double x[4], y[4]; /* first, smallest, largest, last */
  guint low, high;   /* which came when */
} IpColumn;

static void
column_flush (IpColumn *column, IpPen *pen)
{
  gboolean low_first = column->low < column->high;
  guint second = low_first ? 1 : 2;
  guint third = low_first ? 2 : 1;

  if (column->n == 0)
    return;
  pen_draw (pen, column->x[0], column->y[0]);
  if (column->n > 2)
    {
      pen_draw (pen, column->x[second], column->y[second]);
      pen_draw (pen, column->x[third], column->y[third]);
    }
  if (column->n > 1)
    pen_draw (pen, column->x[3], column->y[3]);
  column->n = 0;
}

static void
column_add (IpColumn *column, double x, double y)
{
  if (column->n == 0)
    for (guint i = 0; i < 4; i++)
      {
        column->x[i] = x;
        column->y[i] = y;
        column->low = column->high = 0;
      }
  if (y < column->y[1])
    {
      column->x[1] = x;
      column->y[1] = y;
      column->low = column->n;
    }
  if (y > column->y[2])
    {
      column->x[2] = x;
      column->y[2] = y;
      column->high = column->n;
    }
  column->x[3] = x;
  column->y[3] = y;
  column->n++;
}

/* Draws a track with the line, colour and dashes set. */
static void
trace (IpFigure *self, const IpTrack *track, guint panel, IpPen *pen)
{
  IpColumn column = { 0 };
  double pixel = ip_figure_get_pixel (pen->cr);

  for (guint i = 0; i < track->n_points; i++)
    {
      double x;
      double y;

      if (!ip_figure_locate (self, &track->points[i], panel, &x, &y))
        {
          column_flush (&column, pen);
          pen_lift (pen);
          continue;
        }
      if (floor (x / pixel) != column.column)
        column_flush (&column, pen);
      column.column = floor (x / pixel);
      column_add (&column, x, y);
    }
  column_flush (&column, pen);
  pen_lift (pen);
}

void
ip_figure_draw_line (IpFigure *self,
                     cairo_t *cr,
                     const IpTrack *track,
                     guint panel,
                     double shortest)
{
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpColour colour = ip_figure_fade (self, track, series);
  double width = ip_figure_is_selected (self, track) ? SELECTED_WIDTH : 1;
  IpPen pen = { .cr = cr, .clip = self->panels[panel].rect, .shortest = shortest };
  const double *dash = ip_theme_get_dash (track->style, &pen.n_dash);

  if (!ip_figure_tells_apart (self) || shortest > 0 ||
      track->n_points > MOST_DASHED_POINTS)
    pen.n_dash = 0;
  for (guint i = 0; i < pen.n_dash; i++)
    pen.dash[i] = dash[i] * self->theme.line;
  cairo_save (cr);
  cairo_set_line_width (cr, width * self->theme.line);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, pen.dash, (int) pen.n_dash, 0);
  if (!self->methods->has_epoch_axis)
    colour = ip_colour_mix (self->theme.background, colour, LINE_OPACITY);
  ip_figure_set_colour (cr, colour);
  trace (self, track, panel, &pen);
  cairo_restore (cr);
}

void
ip_figure_draw_member (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel)
{
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpColour colour = ip_figure_fade (self, track, series);

  ip_figure_draw_curve (self, cr, track, panel,
                        ip_colour_mix (self->theme.background, colour, MEMBER_OPACITY),
                        0.4 * self->theme.line);
}

void
ip_figure_draw_curve (IpFigure *self,
                      cairo_t *cr,
                      const IpTrack *track,
                      guint panel,
                      IpColour colour,
                      double width)
{
  IpPen pen = { .cr = cr, .clip = self->panels[panel].rect };

  cairo_save (cr);
  cairo_set_line_width (cr, width);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  ip_figure_set_colour (cr, colour);
  trace (self, track, panel, &pen);
  cairo_restore (cr);
}

/* Corners in units of the radius, for markers of about the same area. */
static const struct
{
  guint n;
  double corners[20][2];
} shapes[] = {
  [IP_MARKER_SQUARE] = { 4, { { -.89, -.89 }, { .89, -.89 }, { .89, .89 }, { -.89, .89 } } },
  [IP_MARKER_DIAMOND] = { 4, { { 0, -1.3 }, { 1.3, 0 }, { 0, 1.3 }, { -1.3, 0 } } },
  [IP_MARKER_UP] = { 3, { { 0, -1.4 }, { 1.25, .85 }, { -1.25, .85 } } },
  [IP_MARKER_DOWN] = { 3, { { 0, 1.4 }, { 1.25, -.85 }, { -1.25, -.85 } } },
  [IP_MARKER_PENTAGON] = { 5,
                           { { 0, -1.2 },
                             { 1.14, -.37 },
                             { .71, .97 },
                             { -.71, .97 },
                             { -1.14, -.37 } } },
  [IP_MARKER_CROSS] = { 12,
                        { { -.45, -1.25 },
                          { .45, -1.25 },
                          { .45, -.45 },
                          { 1.25, -.45 },
                          { 1.25, .45 },
                          { .45, .45 },
                          { .45, 1.25 },
                          { -.45, 1.25 },
                          { -.45, .45 },
                          { -1.25, .45 },
                          { -1.25, -.45 },
                          { -.45, -.45 } } },
  [IP_MARKER_STAR] = { 10,
                       { { 0, -1.45 },
                         { .4, -.55 },
                         { 1.38, -.45 },
                         { .65, .21 },
                         { .85, 1.17 },
                         { 0, .68 },
                         { -.85, 1.17 },
                         { -.65, .21 },
                         { -1.38, -.45 },
                         { -.4, -.55 } } },
};

static void
add_marker (cairo_t *cr, IpMarker marker, double x, double y, double radius)
{
  if (marker == IP_MARKER_CIRCLE)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
      return;
    }
  for (guint i = 0; i < shapes[marker].n; i++)
    cairo_line_to (cr, x + radius * shapes[marker].corners[i][0],
                   y + radius * shapes[marker].corners[i][1]);
  cairo_close_path (cr);
}

typedef struct
{
  double x, y;
} IpPlace;

static double
get_mark_scale (IpFigure *self)
{
  const IpRect *rect = &self->panels[0].rect;

  return CLAMP (sqrt (rect->width * rect->height) / ip_figure_measure (self, 360), 0.65, 1);
}

double
ip_figure_get_marker_radius (IpFigure *self)
{
  return 1.6 * self->theme.line * get_mark_scale (self);
}

double
ip_figure_get_ring_radius (IpFigure *self)
{
  return 3.4 * self->theme.line * get_mark_scale (self);
}

/* The thin edge in the colour of the layer keeps both ends of the epoch map clear of the ground. */
void
ip_figure_draw_marker (IpFigure *self,
                       cairo_t *cr,
                       guint style,
                       IpColour edge,
                       IpColour fill,
                       double x, double y)
{
  IpMarker marker = ip_theme_get_marker (style);
  double scale = get_mark_scale (self);

  add_marker (cr, marker, x, y, ip_figure_get_marker_radius (self));
  cairo_set_line_width (cr, 0.9 * self->theme.line * scale);
  ip_figure_set_colour (cr, self->theme.background);
  cairo_stroke_preserve (cr);
  ip_figure_set_colour (cr, fill);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 0.3 * self->theme.line * scale * scale);
  ip_figure_set_colour (cr, edge);
  cairo_stroke (cr);
}

void
ip_figure_draw_dot (IpFigure *self, cairo_t *cr, IpColour fill, double x, double y, double size)
{
  size *= ip_figure_get_marker_radius (self);
  cairo_rectangle (cr, x - size / 2, y - size / 2, size, size);
  ip_figure_set_colour (cr, fill);
  cairo_fill (cr);
}

static void
draw_ring (IpFigure *self, cairo_t *cr, IpColour colour, double x, double y, guint inside)
{
  double line = self->theme.line;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, ip_figure_get_ring_radius (self) + 1.5 * inside * line, 0, 2 * G_PI);
  cairo_set_line_width (cr, 2 * line);
  ip_figure_set_colour (cr, self->theme.background);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, line);
  ip_figure_set_colour (cr, colour);
  cairo_stroke (cr);
}

/* How many of the places before coincide with the last. */
static guint
count_inside (IpFigure *self, GArray *places)
{
  const IpPlace *last = &g_array_index (places, IpPlace, places->len - 1);
  guint n = 0;

  for (guint i = 0; i + 1 < places->len; i++)
    {
      const IpPlace *place = &g_array_index (places, IpPlace, i);

      n += hypot (place->x - last->x, place->y - last->y) < 0.3 * ip_figure_get_ring_radius (self);
    }
  return n;
}

static gboolean
find_selected (IpFigure *self, const IpTrack *track, guint panel, IpPlace *place)
{
  guint point;

  return ip_track_find_epoch (track, self->selected_epoch, &point) &&
         ip_figure_locate (self, &track->points[point], panel, &place->x, &place->y) &&
         ip_rect_contains (&self->panels[panel].rect, place->x, place->y, 0.5);
}

/* Around one place; more would be a target that hides what is around it. */
#define MAX_RINGS 6

/* Rings around the points of the selected epoch, later ones around earlier where they meet. */
void
ip_figure_draw_rings (IpFigure *self, cairo_t *cr, guint panel)
{
  gboolean told_apart = ip_figure_tells_apart (self);
  GArray *places = g_array_new (FALSE, FALSE, sizeof (IpPlace));

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      IpColour series
          = ip_figure_fade (self, track, ip_theme_get_series (&self->theme, track->style));
      IpColour epoch = ip_figure_get_epoch_colour (self, self->selected_epoch);
      IpColour fill
          = self->methods->has_epoch_axis ? series : ip_figure_fade (self, track, epoch);
      IpPlace place;
      guint inside = 0;

      if (track->is_member || !ip_figure_is_on_panel (self, i, panel) ||
          !find_selected (self, track, panel, &place))
        continue;
      if (!told_apart)
        {
          ip_figure_draw_dot (self, cr, series, place.x, place.y, 2);
          continue;
        }
      g_array_append_val (places, place);
      inside = count_inside (self, places);
      if (inside < MAX_RINGS)
        draw_ring (self, cr, series, place.x, place.y, inside);
      if (inside == 0)
        ip_figure_draw_marker (self, cr, track->style, series, fill, place.x, place.y);
    }
  g_array_unref (places);
}

/* A circle of warning around what breaks the data-processing inequality, a hollow diamond where
 * compression begins. */
static void
draw_finding (IpFigure *self, cairo_t *cr, const IpTrack *track, const IpTrackPoint *point,
              guint violation, double x, double y)
{
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  double radius = ip_figure_get_marker_radius (self);

  if (point->marks & violation)
    {
      cairo_new_sub_path (cr);
      cairo_arc (cr, x, y, 1.9 * radius, 0, 2 * G_PI);
      cairo_set_line_width (cr, 0.6 * self->theme.line);
      ip_figure_set_colour (cr, ip_figure_fade (self, track, self->theme.warning));
      cairo_stroke (cr);
    }
  if ((point->marks & IP_POINT_CHANGES_PHASE) && (self->show & IP_SHOW_PHASES))
    {
      add_marker (cr, IP_MARKER_DIAMOND, x, y, 1.9 * radius);
      cairo_set_line_width (cr, 1.4 * self->theme.line);
      ip_figure_set_colour (cr, self->theme.background);
      cairo_stroke_preserve (cr);
      cairo_set_line_width (cr, 0.8 * self->theme.line);
      ip_figure_set_colour (cr, ip_figure_fade (self, track, series));
      cairo_stroke (cr);
    }
}

void
ip_figure_draw_findings (IpFigure *self, cairo_t *cr, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  guint axes = self->panels[panel].axes;
  gboolean is_plane = !self->methods->has_epoch_axis;
  guint violation = is_plane ? IP_POINT_VIOLATES_X | IP_POINT_VIOLATES_Y
                             : axes == 0 ? IP_POINT_VIOLATES_X : IP_POINT_VIOLATES_Y;

  if (!(self->show & IP_SHOW_VIOLATIONS))
    violation = 0;
  for (guint i = 0; i < self->tracks->len && ip_figure_tells_apart (self); i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (ip_figure_get_item (self, i)->marks == 0)
        continue;
      for (guint k = 0; ip_figure_is_main (self, i, panel) && k < track->n_points; k++)
        {
          const IpTrackPoint *point = &track->points[k];
          double x;
          double y;

          if (point->marks != 0 && (is_plane || axes == 0 || point->marks & violation) &&
              ip_figure_locate (self, point, panel, &x, &y) &&
              ip_rect_contains (rect, x, y, 0.5))
            draw_finding (self, cr, track, point, violation, x, y);
        }
    }
}
