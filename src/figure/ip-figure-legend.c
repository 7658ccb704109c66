/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>

/* Small multiples repeat the same lines in every panel: they are named once, above. */

#define SAMPLE 22
#define SPACING 16

static gboolean
is_named (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_str_equal (names->pdata[i], name))
      return TRUE;
  return FALSE;
}

double
ip_figure_lay_legend (IpFigure *self, double left, double top)
{
  double sample = ip_figure_measure (self, SAMPLE);
  double row = ip_figure_get_line_height (self, IP_FONT_NAME) + ip_figure_measure (self, 3);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  double x = left;
  double y = top;

  for (guint i = 0; i < self->tracks->len && ip_figure_tells_apart (self); i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;
      IpLegendEntry entry = { .style = track->style };
      IpText *text;

      if (track->is_member)
        continue;
      text = ip_figure_add_name (self, IP_FIGURE_FRAME, i);
      if (is_named (names, pango_layout_get_text (text->layout)))
        {
          ip_figure_remove_text (self, text);
          continue;
        }
      g_ptr_array_add (names, g_strdup (pango_layout_get_text (text->layout)));
      if (x > left && x + sample + text->rect.width > self->width - ip_figure_measure (self, 10))
        {
          x = left;
          y += row;
        }
      entry.x = x + sample / 2;
      entry.y = y + row / 2;
      entry.text = text;
      ip_text_place (text, x + sample + ip_figure_measure (self, 6), entry.y, 0, 0.5);
      x = text->rect.x + text->rect.width + ip_figure_measure (self, SPACING);
      g_array_append_val (self->legend, entry);
    }
  return self->legend->len > 0 ? y + row - top : 0;
}

void
ip_figure_shift_legend (IpFigure *self, double dx, double dy)
{
  for (guint i = 0; i < self->legend->len; i++)
    {
      IpLegendEntry *entry = &g_array_index (self->legend, IpLegendEntry, i);

      entry->x += dx;
      entry->y += dy;
      entry->text->rect.x += dx;
      entry->text->rect.y += dy;
    }
}

void
ip_figure_draw_legend (IpFigure *self, cairo_t *cr)
{
  double half = ip_figure_measure (self, SAMPLE) / 2;

  for (guint i = 0; i < self->legend->len; i++)
    {
      const IpLegendEntry *entry = &g_array_index (self->legend, IpLegendEntry, i);
      IpColour colour = ip_theme_get_series (&self->theme, entry->style);
      double dash[6];
      guint n_dash;
      const double *lengths = ip_theme_get_dash (entry->style, &n_dash);

      for (guint k = 0; k < n_dash; k++)
        dash[k] = lengths[k] * self->theme.line;
      cairo_set_dash (cr, dash, (int) n_dash, 0);
      cairo_set_line_width (cr, self->theme.line);
      ip_figure_set_colour (cr, colour);
      cairo_move_to (cr, entry->x - half, entry->y);
      cairo_line_to (cr, entry->x + half, entry->y);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
      ip_figure_draw_marker (self, cr, entry->style, colour, colour, entry->x, entry->y);
    }
}
