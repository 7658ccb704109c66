/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

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
