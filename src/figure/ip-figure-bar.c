/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <glib/gi18n.h>

/* Colour bars: of epochs beside the plane, of values beside the maps. */

#define BAR_WIDTH 9

double
ip_figure_lay_bar (IpFigure *self, IpBar *bar)
{
  double line = ip_figure_get_line_height (self, IP_FONT_SMALL);
  guint most = (guint) ((bar->axis.start - bar->axis.end) / (1.5 * line));
  double widest = 0;

  ip_bar_clear (bar);
  bar->ticks = bar->of_epochs ? ip_ticks_new_epoch (&bar->axis, self->last_epoch, most)
                              : ip_ticks_new_linear (&bar->axis, most, FALSE);
  for (guint i = 0; i < bar->ticks->len; i++)
    {
      IpTick *tick = &g_array_index (bar->ticks, IpTick, i);
      IpText *text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.text,
                                         tick->label);

      tick->extent = text->rect.height / 2;
      widest = MAX (widest, text->rect.width);
      ip_figure_remove_text (self, text);
    }
  ip_ticks_thin (bar->ticks, &bar->axis, 0);
  return ip_figure_measure (self, BAR_WIDTH + 24) + widest;
}

void
ip_figure_place_bar (IpFigure *self, IpBar *bar, double left)
{
  bar->rect = (IpRect){ left, bar->axis.end, ip_figure_measure (self, BAR_WIDTH),
                        bar->axis.start - bar->axis.end };
  for (guint i = 0; i < bar->ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (bar->ticks, IpTick, i);
      IpText *text;

      if (tick->label[0] == '\0')
        continue;
      text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.text,
                                 tick->label);
      ip_text_place (text, left + ip_figure_measure (self, BAR_WIDTH + 8),
                     ip_axis_place (&bar->axis, tick->value), 0, 0.5);
    }
}

void
ip_bar_clear (IpBar *bar)
{
  g_clear_pointer (&bar->ticks, g_array_unref);
}

void
ip_figure_draw_bar (IpFigure *self, cairo_t *cr, const IpBar *bar)
{
  const IpRect *rect = &bar->rect;
  const guint steps = 64;
  cairo_pattern_t *pattern = cairo_pattern_create_linear (0, bar->axis.start, 0, bar->axis.end);

  for (guint i = 0; i <= steps; i++)
    {
      double share = (double) i / steps;
      IpColour colour = bar->of_epochs ? ip_theme_get_epoch_colour (&self->theme, share)
                                       : ip_theme_get_value_colour (share);

      cairo_pattern_add_color_stop_rgb (pattern, share, colour.red, colour.green, colour.blue);
    }
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_set_source (cr, pattern);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);
  ip_figure_draw_ticks (self, cr, bar->ticks, &bar->axis, rect->x + rect->width, TRUE, 1);
}

double
ip_figure_lay_epoch_bar_over (IpFigure *self, const IpRect *area)
{
  IpBar *bar = &self->bars[0];

  ip_bar_clear (bar);
  if (self->first_epoch >= self->last_epoch)
    return 0;
  bar->of_epochs = TRUE;
  bar->axis = (IpAxis){ .scale = self->epoch_scale,
                        .limits = { (double) MAX (self->first_epoch, 0),
                                    (double) self->last_epoch },
                        .start = area->y + area->height,
                        .end = area->y };
  return ip_figure_lay_bar (self, bar);
}

double
ip_figure_lay_epoch_bar (IpFigure *self, double free)
{
  IpRect area = self->panels[0].rect;

  area.y += free * area.height;
  area.height *= 1 - free;
  return ip_figure_lay_epoch_bar_over (self, &area);
}

void
ip_figure_place_epoch_bar_at (IpFigure *self, double left)
{
  IpBar *bar = &self->bars[0];
  IpText *text;

  if (bar->ticks == NULL)
    return;
  ip_figure_place_bar (self, bar, left);
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.text, _ ("epoch"));
  ip_text_place (text, bar->rect.x, bar->rect.y - ip_figure_measure (self, 7), 0, 1);
}

void
ip_figure_place_epoch_bar (IpFigure *self)
{
  const IpRect *panel = &self->panels[0].rect;

  ip_figure_place_epoch_bar_at (self, panel->x + panel->width + ip_figure_measure (self, 8));
}

void
ip_figure_draw_bar_mark (IpFigure *self, cairo_t *cr)
{
  const IpBar *bar = &self->bars[0];
  double size = ip_figure_measure (self, 5);
  double y;

  if (bar->ticks == NULL || !ip_axis_contains (&bar->axis, (double) self->selected_epoch))
    return;
  y = ip_axis_place (&bar->axis, (double) self->selected_epoch);
  cairo_move_to (cr, bar->rect.x - ip_figure_measure (self, 1.5), y);
  cairo_rel_line_to (cr, -size, -0.8 * size);
  cairo_rel_line_to (cr, 0, 1.6 * size);
  cairo_close_path (cr);
  ip_figure_set_colour (cr, self->theme.text);
  cairo_fill (cr);
}
