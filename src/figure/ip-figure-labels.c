/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* Labels of ceilings and of changes of phase, where there is room for them. */

/* Of the epoch of a change of phase from its point, in radii of a marker. */
#define PHASE_REACH 2.6

/* Where a label of a ceiling would stand: `along` the line, on its outer or inner side. */
static void
place_at_ceiling (IpFigure *self, guint panel, IpText *text, double place, double along, int side)
{
  const IpRect *rect = &self->panels[panel].rect;
  double gap = ip_figure_measure (self, 4);
  double margin = ip_figure_measure (self, 6);

  if (text->vertical)
    {
      double free = rect->height - text->rect.height - 2 * margin;

      text->rect.x = side > 0 ? place + gap : place - gap - text->rect.width;
      text->rect.y = rect->y + margin + (1 - along) * free;
    }
  else
    {
      double free = rect->width - text->rect.width - 2 * margin;

      text->rect.x = rect->x + margin + along * free;
      text->rect.y = side > 0 ? place - gap - text->rect.height : place + gap;
    }
}

/* Tries places along the line; FALSE when there is none. */
static gboolean
find_place_at_ceiling (IpFigure *self, guint panel, IpText *text, double place, double along)
{
  const IpRect *rect = &self->panels[panel].rect;
  double over = ip_figure_measure (self, 16);
  IpRect allowed = { rect->x, rect->y - over, rect->width + over / 4, rect->height + over };
  double best_cost = INFINITY;
  IpRect best = { 0 };

  for (int side = 1; side >= -1; side -= 2)
    for (int step = 0; step <= 20; step++)
      {
        double share = step / 20.0;
        double cost;

        place_at_ceiling (self, panel, text, place, share, side);
        cost = 6 * ip_figure_get_ink (self, &text->rect) + 0.3 * fabs (share - along) +
               (side > 0 ? 0 : 0.25);
        if (cost >= best_cost || !ip_rect_is_inside (&text->rect, &allowed) ||
            ip_figure_overlaps_text (self, text, &text->rect))
          continue;
        best_cost = cost;
        best = text->rect;
      }
  text->rect = best;
  return isfinite (best_cost);
}

void
ip_figure_label_ceiling (IpFigure *self,
                         guint panel,
                         guint dimension,
                         guint quantity,
                         double along)
{
  const IpPanel *at = &self->panels[panel];
  const IpAxis *axis = dimension == 0 ? &at->x : &at->y;
  const char *label = self->quantity[quantity].ceiling_label;
  double ceiling = self->quantity[quantity].ceiling;
  IpText *text;

  if (label == NULL || !isfinite (ceiling) || !ip_axis_contains (axis, ceiling))
    return;
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.dim, label);
  if (dimension == 0)
    ip_text_turn (text);
  if (!find_place_at_ceiling (self, panel, text, ip_axis_place (axis, ceiling), along))
    ip_figure_remove_text (self, text);
}

static void
label_phase (IpFigure *self,
             const IpTrack *track,
             const IpTrackPoint *point,
             guint panel,
             const IpSpace *space)
{
  double reach = PHASE_REACH * ip_figure_get_marker_radius (self);
  IpColour series = ip_theme_get_series (&self->theme, track->style);
  IpCandidate best = { .cost = INFINITY };
  char epoch[32];
  IpText *text;
  double x;
  double y;

  if (!ip_figure_locate (self, point, panel, &x, &y)
      || !ip_rect_contains (&space->allowed, x, y, 0))
    return;
  ip_axis_format_number ((double) point->epoch, 0, epoch, sizeof epoch);
  text = ip_figure_add_text (self, IP_FIGURE_LABELS, IP_FONT_SMALL,
                             ip_colour_mix (series, self->theme.text, 0.22), epoch);
  text->has_halo = TRUE;
  for (guint i = 0; i < 8; i++)
    {
      double angle = (i - 1.0) * G_PI / 4;
      IpRect rect = { x + cos (angle) * (reach + text->rect.width / 2) - text->rect.width / 2,
                      y + sin (angle) * (reach + text->rect.height / 2) - text->rect.height / 2,
                      text->rect.width, text->rect.height };

      text->rect.width = 0; /* is not in its own way */
      ip_figure_try_place (self, space, &rect, 0.02 * i, &best);
      text->rect.width = rect.width;
    }
  if (!isfinite (best.cost))
    ip_figure_remove_text (self, text);
  else
    text->rect = best.rect;
}

void
ip_figure_label_phases (IpFigure *self, guint panel)
{
  const IpRect *rect = &self->panels[panel].rect;
  IpSpace space = { *rect, { 0 } };

  if (!(self->show & IP_SHOW_PHASES) || !ip_figure_tells_apart (self) ||
      (self->methods->has_epoch_axis && self->panels[panel].axes > 0))
    return;
  if (self->n_panels > 1 && self->facets == NULL && !self->methods->has_epoch_axis)
    space.taken = self->inset_rect;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrackItem *item = ip_figure_get_item (self, i);
      const IpTrack *track = &item->track;

      if (!(item->marks & IP_POINT_CHANGES_PHASE) || !ip_figure_is_main (self, i, panel))
        continue;
      for (guint k = item->first_phase; k <= item->last_phase; k++)
        if (track->points[k].marks & IP_POINT_CHANGES_PHASE)
          label_phase (self, track, &track->points[k], panel, &space);
    }
}
