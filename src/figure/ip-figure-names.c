/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>
#include <string.h>

/* A name stands where its trajectory ends.  Near the point, if one of some places around it is free
 * of other marks; in a crowd, or when all of them are taken, on a line that leads to a free place:
 * in the column beside the panel when that is not far, else inside.  A name that fits nowhere is
 * left out; the tool tip still tells it. */

/* Ends of other trajectories of its colour must be further from a name by this factor than its
 * own. */
#define CLEARLY_FURTHER 1.5
#define MOST_SHARE_TAKEN 0.04
#define MOST_SHARE_TAKEN_FAR 0.12
/* To the column beside curves, of the width of the panel. */
#define LONGEST_LEADER 0.12
/* Names of points further right than this share of the panel may go to the column. */
#define BESIDE_SHARE 0.75

static const char *
get_run (const IpTrack *track)
{
  return track->run ? track->run : "";
}

static const char *
get_layer (const IpTrack *track)
{
  return track->layer ? track->layer : "";
}

/* What the names of all runs begin with, cut between words.  Groups are called by a value of which
 * nothing must be taken. */
static gsize
measure_prefix (IpFigure *self)
{
  const char *first = get_run (&ip_figure_get_item (self, 0)->track);
  gsize common = strlen (first);
  gsize prefix = 0;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      const char *run = get_run (track);
      gsize same = 0;

      if (track->n_runs > 0)
        return 0;
      while (same < common && run[same] == first[same])
        same++;
      common = same;
    }
  for (gsize i = 0; i < common; i++)
    if (strchr ("-_ /.", first[i]))
      prefix = i + 1;
  return prefix;
}

/* A name says what differs within a facet: the run, the layer, or both. */
void
ip_figure_compare_runs (IpFigure *self)
{
  const IpTrack *first[IP_MOST_FACETS] = { NULL };
  guint told[IP_MOST_FACETS] = { 0 };
  gboolean has_averages = FALSE;

  self->names_runs = self->names_layers = FALSE;
  self->most_told = 0;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      guint facet = MIN (track->facet, self->n_facets - 1);

      if (track->is_member)
        continue;
      has_averages |= track->n_runs > 0;
      if (first[facet] == NULL)
        first[facet] = track;
      self->names_runs |= strcmp (get_run (track), get_run (first[facet])) != 0;
      self->names_layers |= strcmp (get_layer (track), get_layer (first[facet])) != 0;
      self->most_told = MAX (self->most_told, ++told[facet]);
    }
  /* The caption tells the layer that averages are of when it is one. */
  self->names_layers |= !self->names_runs || (self->facets == NULL && !has_averages);
  self->run_prefix = self->tracks->len > 0 && self->names_runs ? measure_prefix (self) : 0;
}

/* "fc5", "tanh · fc5", "tanh (8)" for an average over 8 runs */
static char *
format_name (IpFigure *self, const IpTrack *track)
{
  const char *run = get_run (track) + self->run_prefix;
  g_autofree char *average = NULL;

  if (!self->names_runs)
    return g_markup_escape_text (get_layer (track), -1);
  if (track->n_runs > 0)
    average = g_strdup_printf (" (%u)", track->n_runs);
  return g_markup_printf_escaped ("%s%s%s%s", run, self->names_layers ? " · " : "",
                                  self->names_layers ? get_layer (track) : "",
                                  average != NULL ? average : "");
}

IpText *
ip_figure_add_name (IpFigure *self, IpFigureParts part, guint number)
{
  const IpTrack *track = &ip_figure_get_item (self, number)->track;
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpColour colour = ip_colour_mix (series, self->theme.text, 0.22);
  g_autofree char *name = format_name (self, track);

  return ip_figure_add_text (self, part, IP_FONT_NAME, colour, name);
}

double
ip_figure_measure_names (IpFigure *self)
{
  double widest = 0;

  if (!ip_figure_tells_apart (self))
    return 0;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      IpText *text;

      if (ip_figure_get_item (self, i)->track.is_member)
        continue;
      text = ip_figure_add_name (self, IP_FIGURE_LABELS, i);
      widest = MAX (widest, text->rect.width);
      ip_figure_remove_text (self, text);
    }
  return widest;
}

static gboolean
limits_meet (const IpLimits *a, const IpLimits *b)
{
  return a->lo <= b->hi && b->lo <= a->hi;
}

/* Whether a block of points can have one in view. */
static gboolean
block_is_in_view (IpFigure *self, const IpBounds *block, guint panel)
{
  const IpPanel *at = &self->panels[panel];

  if (!self->methods->has_epoch_axis)
    return limits_meet (&block->x, &at->x.limits) && limits_meet (&block->y, &at->y.limits);
  return limits_meet (at->axes == 0 ? &block->x : &block->y, &at->y.limits);
}

static gboolean
find_last_place (IpFigure *self, const IpTrackItem *item, guint panel, double *x, double *y)
{
  const IpTrack *track = &item->track;
  guint end = track->n_points;

  if (self->methods->has_epoch_axis)
    end = MIN (end, ip_track_lower_bound (track, self->panels[panel].x.limits.hi) + 1);
  for (guint i = end; i-- > 0;)
    {
      guint block = i / IP_BLOCK;

      if (!block_is_in_view (self, &item->blocks[block], panel))
        i = block * IP_BLOCK;
      else if (ip_figure_locate (self, &track->points[i], panel, x, y) &&
               ip_rect_contains (&self->panels[panel].rect, *x, *y, 0.5))
        return TRUE;
    }
  return FALSE;
}

static GArray *
collect_names (IpFigure *self, guint panel)
{
  GArray *names = g_array_new (FALSE, TRUE, sizeof (IpName));

  if (!ip_figure_tells_apart (self))
    return names;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      IpName name = { .track = i, .panel = panel };

      if (!ip_figure_is_on_panel (self, i, panel)
          || ip_figure_get_item (self, i)->track.is_member)
        continue;
      if (find_last_place (self, ip_figure_get_item (self, i), panel, &name.x, &name.y))
        g_array_append_val (names, name);
    }
  return names;
}

static void
keep_name (IpFigure *self, IpName *name, const IpRect *rect)
{
  /* Lines under a name would make it hard to read.  Bars are no ink: they may be everywhere. */
  gboolean needs_halo = ip_figure_get_ink (self, rect) > 0 || (self->show & IP_SHOW_BARS);

  name->text = ip_figure_add_name (self, IP_FIGURE_LABELS, name->track);
  ip_text_confine (name->text, rect->width, 1);
  name->text->rect.x = rect->x;
  name->text->rect.y = rect->y;
  name->text->has_halo = needs_halo;
  g_array_append_val (self->names, *name);
}

/* The nearest non-overlapping rows to the wanted centres, which rise: isotonic regression (Barlow
 * and others 1972) on the centres less the rows' own heights. */
static void
spread_rows (double *centres, guint n, double row, double lo, double hi)
{
  double *sums = g_new (double, n + 1);
  guint *sizes = g_new (guint, n + 1);
  guint blocks = 0;
  guint at = 0;

  for (guint i = 0; i < n; i++)
    {
      sums[blocks] = centres[i] - i * row;
      sizes[blocks++] = 1;
      while (blocks > 1 &&
             sums[blocks - 1] / sizes[blocks - 1] < sums[blocks - 2] / sizes[blocks - 2])
        {
          blocks--;
          sums[blocks - 1] += sums[blocks];
          sizes[blocks - 1] += sizes[blocks];
        }
    }
  for (guint block = 0; block < blocks; block++)
    for (guint i = 0; i < sizes[block]; i++, at++)
      {
        double lowest = lo + (at + 0.5) * row;
        double highest = hi - (n - at - 0.5) * row;

        centres[at] = CLAMP (sums[block] / sizes[block] + at * row, lowest, highest);
      }
  g_free (sums);
  g_free (sizes);
}

/* From top to bottom; points that nearly coincide in the order of the layers. */
static int
compare_names (gconstpointer a, gconstpointer b, gpointer step)
{
  const IpName *first = a;
  const IpName *second = b;
  double first_row = floor (first->y / *(double *) step);
  double second_row = floor (second->y / *(double *) step);

  if (first_row != second_row)
    return first_row < second_row ? -1 : 1;
  return first->track < second->track ? -1 : first->track > second->track;
}

/* Puts names into a column, one above the other.  Where they do not all fit, evenly chosen ones. */
static void
fill_column (IpFigure *self, GArray *names, const IpRect *column)
{
  double row = ip_figure_get_line_height (self, IP_FONT_NAME);
  double step = ip_figure_get_marker_radius (self);
  guint fitting = (guint) MAX (floor (column->height / row), 0);
  guint n = MIN (names->len, fitting);
  double *centres = g_new (double, n + 1);

  g_array_sort_with_data (names, compare_names, &step);
  for (guint i = 0; i < n; i++)
    centres[i] = g_array_index (names, IpName, (gsize) i * names->len / n).y;
  spread_rows (centres, n, row, column->y, column->y + column->height);
  for (guint i = 0; i < n; i++)
    {
      IpName *name = &g_array_index (names, IpName, (gsize) i * names->len / n);
      IpRect rect = { column->x, centres[i] - row / 2, column->width, row };

      name->has_leader = TRUE;
      name->leader_x = column->x - ip_figure_measure (self, 3);
      name->leader_y = centres[i];
      keep_name (self, name, &rect);
    }
  g_free (centres);
}

static gboolean
is_crowded (GArray *names, guint index, double distance)
{
  const IpName *name = &g_array_index (names, IpName, index);

  for (guint i = 0; i < names->len; i++)
    {
      const IpName *other = &g_array_index (names, IpName, i);

      if (i != index && hypot (other->x - name->x, other->y - name->y) < distance)
        return TRUE;
    }
  return FALSE;
}

static double
get_distance (const IpName *name, const IpRect *rect)
{
  return hypot (MAX (MAX (rect->x - name->x, name->x - rect->x - rect->width), 0),
                MAX (MAX (rect->y - name->y, name->y - rect->y - rect->height), 0));
}

static guint
get_colour (IpFigure *self, const IpName *name)
{
  return ip_figure_get_item (self, name->track)->track.style % IP_N_SERIES;
}

/* Whether a name there could be read as that of another point. */
static gboolean
is_ambiguous (IpFigure *self, GArray *names, guint index, const IpRect *rect)
{
  const IpName *name = &g_array_index (names, IpName, index);
  double own = get_distance (name, rect);

  for (guint i = 0; i < names->len; i++)
    {
      const IpName *other = &g_array_index (names, IpName, i);
      double factor = get_colour (self, other) == get_colour (self, name) ? CLEARLY_FURTHER : 1;

      if (i != index && get_distance (other, rect) < factor * own)
        return TRUE;
    }
  return FALSE;
}

/* The eight places around the point. */
static gboolean
name_near (IpFigure *self, GArray *names, guint index, const IpSpace *space, double width,
           double height)
{
  static const struct
  {
    int x, y;
    double cost;
  } directions[] = { { 0, -1, 0 },    { 1, -1, 0.04 }, { -1, -1, 0.05 }, { 1, 0, 0.06 },
                     { -1, 0, 0.07 }, { 0, 1, 0.1 },   { 1, 1, 0.12 },   { -1, 1, 0.13 } };
  IpName *name = &g_array_index (names, IpName, index);
  double ring = ip_figure_get_ring_radius (self);
  IpCandidate best = { .cost = INFINITY };

  for (guint step = 0; step < 3; step++)
    for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
      {
        int x = directions[i].x;
        int y = directions[i].y;
        double reach = ring + ip_figure_measure (self, 2 + 6 * step);
        double diagonal = x != 0 && y != 0 ? 0.7 : 1;
        IpRect rect = { name->x + x * diagonal * reach - (1 - x) / 2.0 * width,
                        name->y + y * diagonal * reach - (1 - y) / 2.0 * height, width, height };

        if (x == 0)
          rect.x = CLAMP (rect.x, space->allowed.x,
                          space->allowed.x + space->allowed.width - width);
        if (!is_ambiguous (self, names, index, &rect))
          ip_figure_try_place (self, space, &rect, directions[i].cost + 0.2 * step, &best);
      }
  if (!isfinite (best.cost) || best.share > MOST_SHARE_TAKEN)
    return FALSE;
  keep_name (self, name, &best.rect);
  return TRUE;
}

static void
end_leader (IpName *name, const IpRect *rect)
{
  name->has_leader = TRUE;
  name->leader_x = CLAMP (name->x, rect->x, rect->x + rect->width);
  name->leader_y = CLAMP (name->y, rect->y, rect->y + rect->height);
}

/* A free place further away. */
static gboolean
name_far (IpFigure *self, IpName *name, const IpSpace *space, double width, double height)
{
  static const double reaches[] = { 26, 40, 60, 84, 112, 150, 200 };
  IpCandidate best = { .cost = INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (reaches); i++)
    for (guint step = 0; step < 16; step++)
      {
        double angle = step * G_PI / 8;
        double reach = ip_figure_measure (self, reaches[i]);
        double x = name->x + cos (angle) * (reach + width / 2);
        double y = name->y + sin (angle) * reach;
        IpRect rect = { x - width / 2, y - height / 2, width, height };

        ip_figure_try_place (self, space, &rect, reaches[i] / 100, &best);
      }
  if (!isfinite (best.cost) || best.share > MOST_SHARE_TAKEN_FAR)
    return FALSE;
  end_leader (name, &best.rect);
  keep_name (self, name, &best.rect);
  return TRUE;
}

static double
measure_name (IpFigure *self, const IpName *name)
{
  IpText *text = ip_figure_add_name (self, IP_FIGURE_LABELS, name->track);
  double width = text->rect.width;

  ip_figure_remove_text (self, text);
  return width;
}

void
ip_figure_name_tracks_inside (IpFigure *self, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  GArray *names = collect_names (self, panel);
  double margin = ip_figure_measure (self, 3);
  double height = ip_figure_get_line_height (self, IP_FONT_NAME);
  double crowd = ip_figure_get_ring_radius (self);
  IpSpace space = { { rect->x + margin, rect->y + margin, rect->width - 2 * margin,
                      rect->height - 2 * margin },
                    { 0 } };

  for (guint i = 0; i < names->len; i++)
    {
      IpName *name = &g_array_index (names, IpName, i);

      if (!is_crowded (names, i, crowd))
        name_near (self, names, i, &space, measure_name (self, name), height);
    }
  g_array_unref (names);
}

/* A curve that ends early is named where it ends: a long leader would look like data. */
void
ip_figure_name_tracks_beside (IpFigure *self, guint panel, const IpRect *column)
{
  const IpRect *rect = &self->panels[panel].rect;
  GArray *names = collect_names (self, panel);
  GArray *beside = g_array_new (FALSE, TRUE, sizeof (IpName));
  double height = ip_figure_get_line_height (self, IP_FONT_NAME);
  IpSpace space = { *rect, { 0 } };

  for (guint i = 0; i < names->len; i++)
    {
      IpName *name = &g_array_index (names, IpName, i);

      if (name->x > rect->x + (1 - LONGEST_LEADER) * rect->width)
        g_array_append_val (beside, *name);
      else
        name_near (self, names, i, &space, measure_name (self, name), height);
    }
  fill_column (self, beside, column);
  g_array_unref (beside);
  g_array_unref (names);
}

double
ip_figure_name_tracks_near (IpFigure *self, guint panel, const IpRect *column)
{
  const IpRect *rect = &self->panels[panel].rect;
  GArray *names = collect_names (self, panel);
  GArray *beside = g_array_new (FALSE, TRUE, sizeof (IpName));
  double margin = ip_figure_measure (self, 2);
  double height = ip_figure_get_line_height (self, IP_FONT_NAME);
  double widest = 0;
  double crowd = 2 * ip_figure_get_ring_radius (self);
  IpSpace space = { { rect->x + margin, rect->y - 6 * margin,
                      column->x + column->width - rect->x - margin, rect->height + 5 * margin },
                    { 0 } };

  if (self->n_panels > 1)
    space.taken = self->inset_rect;

  for (guint i = 0; i < names->len; i++)
    {
      IpName *name = &g_array_index (names, IpName, i);
      double width = MIN (measure_name (self, name), 0.4 * self->width);

      if (!is_crowded (names, i, crowd) && name_near (self, names, i, &space, width, height))
        continue;
      if (name->x > rect->x + BESIDE_SHARE * rect->width)
        {
          g_array_append_val (beside, *name);
          widest = MAX (widest, width);
        }
      else if (rect->width > ip_figure_measure (self, 220))
        name_far (self, name, &space, width, height);
    }
  fill_column (self, beside, column);
  g_array_unref (beside);
  g_array_unref (names);
  return widest;
}
