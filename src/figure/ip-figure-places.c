/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* Where there is room for a label: beside other text, and where tracks leave little ink. */

#define MOST_INK_SEGMENTS 5000

static void
spill_track (IpFigure *self, IpInk *ink, const IpTrack *track, guint panel, guint stride)
{
  const IpRect *rect = &self->panels[panel].rect;
  gboolean joined = FALSE;
  double last_x = 0;
  double last_y = 0;

  for (guint i = 0; i < track->n_points; i += stride)
    {
      double x;
      double y;
      gboolean visible = ip_figure_locate (self, &track->points[i], panel, &x, &y) &&
                         ip_rect_contains (rect, x, y, rect->width);

      if (visible)
        ip_ink_line (ink, joined ? last_x : x, joined ? last_y : y, x, y);
      joined = visible;
      last_x = x;
      last_y = y;
    }
}

static void
spill_ceilings (IpFigure *self, guint panel)
{
  const IpPanel *at = &self->panels[panel];
  double x = ip_axis_place (&at->x, self->quantity[0].ceiling);
  double y = ip_axis_place (&at->y, self->quantity[1].ceiling);

  if (isfinite (x))
    ip_ink_line (&self->ink, x, at->rect.y, x, at->rect.y + at->rect.height);
  if (isfinite (y))
    ip_ink_line (&self->ink, at->rect.x, y, at->rect.x + at->rect.width, y);
}

static void
init_ink (IpFigure *self, IpInk *ink)
{
  double cell = MAX (ip_figure_measure (self, 3), MAX (self->width, self->height) / 600);

  ip_ink_clear (ink);
  ip_ink_init (ink, self->width, self->height, cell);
}

static void
spill_tracks (IpFigure *self, IpInk *ink, guint panel)
{
  gsize total = ip_figure_count_points (self);

  for (guint i = 0; i < self->tracks->len; i++)
    if (ip_figure_is_on_panel (self, i, panel))
      spill_track (self, ink, &ip_figure_get_item (self, i)->track, panel,
                   (guint) (total / MOST_INK_SEGMENTS) + 1);
}

double
ip_figure_get_cover (IpFigure *self, double x, double y, double width, double height)
{
  g_return_val_if_fail (IP_IS_FIGURE (self), 0);

  if (self->kind == IP_FIGURE_MAP || !self->laid_out)
    return 0;
  if (self->cover.sums == NULL)
    {
      init_ink (self, &self->cover);
      for (guint panel = 0; panel < self->n_panels; panel++)
        spill_tracks (self, &self->cover, panel);
      ip_ink_dry (&self->cover);
    }
  return ip_ink_get_share (&self->cover, x, y, width, height);
}

void
ip_figure_spill_ink (IpFigure *self, guint panel)
{
  init_ink (self, &self->ink);
  spill_tracks (self, &self->ink, panel);
  if (!self->methods->has_epoch_axis && self->panels[panel].axes == 0)
    spill_ceilings (self, panel);
  ip_ink_dry (&self->ink);
}

gboolean
ip_rect_is_inside (const IpRect *rect, const IpRect *outer)
{
  return ip_rect_contains (outer, rect->x, rect->y, 0) &&
         ip_rect_contains (outer, rect->x + rect->width, rect->y + rect->height, 0);
}

double
ip_figure_get_ink (IpFigure *self, const IpRect *rect)
{
  return ip_ink_get_share (&self->ink, rect->x, rect->y, rect->width, rect->height);
}

gboolean
ip_figure_overlaps_text (IpFigure *self, const IpText *except, const IpRect *rect)
{
  for (guint i = 0; i < self->texts->len; i++)
    {
      const IpText *text = g_ptr_array_index (self->texts, i);

      if (text != except && text->rect.width > 0 && ip_rect_overlaps (&text->rect, rect))
        return TRUE;
    }
  return FALSE;
}

void
ip_figure_try_place (IpFigure *self,
               const IpSpace *space,
               const IpRect *rect,
               double extra,
               IpCandidate *best)
{
  double share;
  double cost;

  if (!ip_rect_is_inside (rect, &space->allowed) || ip_rect_overlaps (&space->taken, rect) ||
      ip_figure_overlaps_text (self, NULL, rect))
    return;
  share = ip_figure_get_ink (self, rect);
  cost = 20 * share + extra;
  if (cost < best->cost)
    *best = (IpCandidate){ *rect, share, cost };
}
