/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* Small multiples: facets in a grid, one or two panels each, all on the same axes.  Only the outer
 * ones have labels; titles of axes stand once, titles of facets above them. */

/* Of a panel, width by height. */
#define ASPECT 1.25
#define GAP 14
/* Narrower facets have no room for names. */
#define LEAST_NAMED 260

typedef struct
{
  guint columns, rows;
  guint n_axes;
  double left, right, top, bottom; /* margins of the grid */
  double caption; /* height of the title of a facet */
  double gap;     /* between rows */
  double aside;   /* between columns */
  gboolean has_legend; /* else tracks are named in their panels */
} IpGrid;

static double
get_panel_width (IpFigure *self, const IpGrid *grid, guint columns)
{
  return (self->width - grid->left - grid->right - (columns - 1) * grid->aside) / columns;
}

static double
get_panel_height (IpFigure *self, const IpGrid *grid, guint rows)
{
  double cell = (self->height - grid->top - grid->bottom - (rows - 1) * grid->gap) / rows;

  return (cell - grid->caption - (grid->n_axes - 1) * grid->gap) / grid->n_axes;
}

/* The most columns by rows in which panels are as large as they can be at about their aspect. */
static void
choose_grid (IpFigure *self, IpGrid *grid)
{
  double best = -INFINITY;

  for (guint columns = 1; columns <= self->n_facets; columns++)
    {
      guint rows = (self->n_facets + columns - 1) / columns;
      double width = get_panel_width (self, grid, columns);
      double height = get_panel_height (self, grid, rows);
      double size = MIN (width / ASPECT, height);

      /* Rows that end unevenly look like something is missing. */
      if (self->n_facets % columns != 0)
        size *= 0.9;
      if (size <= best)
        continue;
      best = size;
      grid->columns = columns;
      grid->rows = rows;
    }
}

static void
measure_grid (IpFigure *self, IpGrid *grid)
{
  double tick = ip_figure_get_line_height (self, IP_FONT_TICK);

  grid->n_axes = ip_figure_count_axes (self);
  grid->gap = ip_figure_measure (self, GAP);
  grid->aside = grid->gap;
  grid->caption = ip_figure_get_line_height (self, IP_FONT_NAME) + ip_figure_measure (self, 6);
  grid->top = ip_figure_lay_provenance (self) + ip_figure_measure (self, 12);
  grid->bottom = tick + ip_figure_get_line_height (self, IP_FONT_AXIS)
                 + ip_figure_measure (self, 20);
  grid->left = ip_figure_measure (self, 66);
  grid->right = ip_figure_measure (self, 14);
  /* In a plane layers are named where they end. */
  grid->has_legend = self->methods->has_epoch_axis || !self->names_layers ||
                     self->width < self->n_facets * ip_figure_measure (self, LEAST_NAMED);
  if (grid->has_legend)
    grid->top += ip_figure_lay_legend (self, grid->left, grid->top)
                 + ip_figure_measure (self, 4);
}

/* How far the labels at both ends of the x axis stick out. */
static double
measure_overhang (IpFigure *self, const IpPanel *panel, gboolean right)
{
  const IpTick *tick = NULL;
  double edge = right ? panel->rect.x + panel->rect.width : panel->rect.x;
  double place;

  for (guint i = 0; i < panel->x_ticks->len; i++)
    {
      const IpTick *other = &g_array_index (panel->x_ticks, IpTick, i);

      if (other->label[0] != '\0' && (tick == NULL || right))
        tick = other;
    }
  if (tick == NULL)
    return 0;
  place = ip_axis_place (&panel->x, tick->value);
  return MAX (tick->extent - fabs (edge - place), 0);
}

/* Takes from all spaces alike when little would be left to the panels. */
static void
squeeze_height (IpFigure *self, IpGrid *grid)
{
  double spaces = grid->top + grid->bottom + (grid->rows - 1) * grid->gap
                  + grid->rows * (grid->caption + (grid->n_axes - 1) * grid->gap);
  double factor = MIN (1, 0.6 * self->height / spaces);

  grid->top *= factor;
  grid->bottom *= factor;
  grid->caption *= factor;
  grid->gap *= factor;
}

static void
squeeze_width (IpFigure *self, IpGrid *grid)
{
  double spaces = grid->left + grid->right + (grid->columns - 1) * grid->aside;
  double factor = MIN (1, 0.6 * self->width / spaces);

  grid->left *= factor;
  grid->right *= factor;
  grid->aside *= factor;
}

static guint
get_column (const IpGrid *grid, const IpPanel *panel)
{
  return panel->facet % grid->columns;
}

/* The lowest panel of its column. */
static gboolean
is_lowest (IpFigure *self, const IpGrid *grid, const IpPanel *panel)
{
  return panel->axes == grid->n_axes - 1 && panel->facet + grid->columns >= self->n_facets;
}

static void
place_panel (IpFigure *self, const IpGrid *grid, guint number)
{
  IpPanel *panel = &self->panels[number];
  double width = get_panel_width (self, grid, grid->columns);
  double height = get_panel_height (self, grid, grid->rows);
  double cell = grid->caption + grid->n_axes * (height + grid->gap);
  guint row = panel->facet / grid->columns;

  panel->rect.x = grid->left + get_column (grid, panel) * (width + grid->aside);
  panel->rect.y = grid->top + row * cell + grid->caption + panel->axes * (height + grid->gap);
  panel->rect.width = width;
  panel->rect.height = height;
}

/* Widths of labels are known once heights are, and the colour bar stands where the panels are. */
static void
settle_margins (IpFigure *self, IpGrid *grid)
{
  gboolean has_bar = !self->methods->has_epoch_axis;
  IpRect area = { 0, grid->top + grid->caption, 0, 0 };
  double before = grid->left;
  double left = 0;
  double right;

  for (guint i = 0; i < self->n_panels; i++)
    {
      place_panel (self, grid, i);
      ip_figure_set_limits (self, i);
      left = MAX (left, ip_figure_lay_y_ticks (self, i));
    }
  grid->left = MIN (left, 0.3 * self->width);
  ip_figure_shift_legend (self, grid->left - before, 0);
  ip_figure_lay_x_ticks (self, 0, self->kind == IP_FIGURE_EPOCHS);
  left = measure_overhang (self, &self->panels[0], FALSE);
  right = measure_overhang (self, &self->panels[0], TRUE);
  grid->aside = MAX (grid->gap, left + right + ip_figure_measure (self, 6));
  grid->right = MAX (grid->right, right + ip_figure_measure (self, 4));
  if (!has_bar)
    return;
  area.height = self->height - grid->bottom - area.y;
  grid->right = MIN (ip_figure_lay_epoch_bar_over (self, &area), 0.3 * self->width);
  grid->right = MAX (grid->right, ip_figure_measure (self, GAP));
}

static void
place_title (IpFigure *self, const IpGrid *grid, const IpPanel *panel)
{
  IpText *text;

  if (panel->axes > 0 || self->facets == NULL)
    return;
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_NAME, self->theme.text,
                             self->facets[panel->facet]);
  ip_text_confine (text, panel->rect.width, 1);
  ip_text_place (text, panel->rect.x, panel->rect.y - ip_figure_measure (self, 5), 0, 1);
}

static void
place_x_title (IpFigure *self, const IpGrid *grid)
{
  g_autofree char *quantity = ip_figure_format_title (self, 0);
  const char *title = self->methods->has_epoch_axis ? ip_figure_get_x_title (self) : quantity;
  IpText *text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_AXIS, self->theme.text, title);

  ip_text_confine (text, self->width - grid->left, 1);
  ip_text_place (text, (grid->left + self->width - grid->right) / 2,
                 self->height - ip_figure_measure (self, 6), 0.5, 1);
}

static void
lay_panel (IpFigure *self, const IpGrid *grid, guint number)
{
  IpPanel *panel = &self->panels[number];
  g_autofree char *y_title
      = ip_figure_format_title (self, self->methods->has_epoch_axis ? panel->axes : 1);

  place_panel (self, grid, number);
  ip_figure_lay_y_ticks (self, number);
  ip_figure_lay_x_ticks (self, number, self->kind == IP_FIGURE_EPOCHS);
  place_title (self, grid, panel);
  if (get_column (grid, panel) == 0)
    ip_figure_place_y_axis (self, number, y_title);
  if (is_lowest (self, grid, panel))
    ip_figure_place_x_axis (self, number, TRUE, NULL);
}

static void
lay_names (IpFigure *self, const IpGrid *grid, guint number)
{
  const IpPanel *panel = &self->panels[number];

  ip_figure_spill_ink (self, number);
  if (panel->facet == 0 && self->methods->has_epoch_axis)
    ip_figure_label_ceiling (self, number, 1, panel->axes, 0);
  else if (panel->facet == 0)
    {
      ip_figure_label_ceiling (self, number, 0, 0, 0.08);
      ip_figure_label_ceiling (self, number, 1, 1, 0.45);
    }
  if (!grid->has_legend)
    ip_figure_name_tracks_inside (self, number);
  ip_figure_label_phases (self, number);
  ip_ink_clear (&self->ink);
}

void
ip_figure_lay_facets (IpFigure *self)
{
  IpGrid grid = { 0 };

  measure_grid (self, &grid);
  choose_grid (self, &grid);
  squeeze_height (self, &grid);
  squeeze_width (self, &grid);
  settle_margins (self, &grid);
  squeeze_width (self, &grid);
  for (guint i = 0; i < self->n_panels; i++)
    lay_panel (self, &grid, i);
  place_x_title (self, &grid);
  if (!self->methods->has_epoch_axis)
    ip_figure_place_epoch_bar_at (self, self->width - grid.right + ip_figure_measure (self, 8));
  for (guint i = 0; i < self->n_panels; i++)
    lay_names (self, &grid, i);
}
