/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

/* Measuring and placing: text, axes and their titles.  Sizes are given as in the design, where the
 * labels of ticks are 12 pixels high, and follow IpTheme.size. */

#define DESIGN_SIZE 12.0

PangoContext *
ip_figure_create_context (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_cairo_context_set_resolution (context, 72);
  pango_context_set_round_glyph_positions (context, FALSE);
  return context;
}

double
ip_figure_measure (IpFigure *self, double pixels)
{
  return pixels * self->theme.size / DESIGN_SIZE;
}

static PangoFontDescription *
create_font (IpFigure *self, IpFont font)
{
  static const double sizes[] = {
    [IP_FONT_TICK] = 12, [IP_FONT_AXIS] = 13, [IP_FONT_NAME] = 12.5, [IP_FONT_SMALL] = 11
  };
  PangoFontDescription *description = pango_font_description_new ();

  pango_font_description_set_family (description, self->theme.family);
  pango_font_description_set_size (description,
                                   (int) lround (ip_figure_measure (self, sizes[font]) *
                                                 PANGO_SCALE));
  if (font == IP_FONT_NAME)
    pango_font_description_set_weight (description, PANGO_WEIGHT_SEMIBOLD);
  return description;
}

static void
measure_text (IpText *text)
{
  PangoRectangle logical;
  double width;
  double height;

  pango_layout_get_extents (text->layout, NULL, &logical);
  width = logical.width / (double) PANGO_SCALE;
  height = logical.height / (double) PANGO_SCALE;
  text->rect.width = text->vertical ? height : width;
  text->rect.height = text->vertical ? width : height;
}

IpText *
ip_figure_add_text (IpFigure *self,
                    IpFigureParts part,
                    IpFont font,
                    IpColour colour,
                    const char *markup)
{
  IpText *text = g_new0 (IpText, 1);
  PangoFontDescription *description = create_font (self, font);

  text->layout = pango_layout_new (self->context);
  text->part = part;
  text->colour = colour;
  pango_layout_set_font_description (text->layout, description);
  pango_font_description_free (description);
  if (pango_parse_markup (markup, -1, 0, NULL, NULL, NULL, NULL))
    pango_layout_set_markup (text->layout, markup, -1);
  else
    pango_layout_set_text (text->layout, markup, -1);
  measure_text (text);
  g_ptr_array_add (self->texts, text);
  return text;
}

void
ip_figure_remove_text (IpFigure *self, IpText *text)
{
  g_ptr_array_remove (self->texts, text);
}

void
ip_text_turn (IpText *text)
{
  text->vertical = TRUE;
  measure_text (text);
}

void
ip_text_confine (IpText *text, double width, int lines)
{
  if ((text->vertical ? text->rect.height : text->rect.width) <= width)
    return;
  pango_layout_set_width (text->layout, (int) (MAX (width, 0) * PANGO_SCALE));
  pango_layout_set_height (text->layout, -lines);
  pango_layout_set_wrap (text->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (text->layout, PANGO_ELLIPSIZE_END);
  measure_text (text);
}

void
ip_text_place (IpText *text, double x, double y, double align_x, double align_y)
{
  text->rect.x = x - align_x * text->rect.width;
  text->rect.y = y - align_y * text->rect.height;
}

double
ip_figure_get_line_height (IpFigure *self, IpFont font)
{
  PangoFontDescription *description = create_font (self, font);
  PangoFontMetrics *metrics = pango_context_get_metrics (self->context, description, NULL);
  double height = pango_font_metrics_get_height (metrics) / (double) PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  pango_font_description_free (description);
  return height;
}

static IpScale
choose_scale (IpFigure *self, guint dimension)
{
  switch (self->kind)
    {
    case IP_FIGURE_EPOCHS:
      return dimension == 0 ? self->epoch_scale : self->value_scale;
    case IP_FIGURE_SWEEP:
      return dimension == 0 ? self->parameter_scale : self->value_scale;
    case IP_FIGURE_MAP:
      return dimension == 0 ? self->epoch_scale : IP_SCALE_LINEAR;
    case IP_FIGURE_TRAJECTORIES:
      return self->value_scale;
    case IP_FIGURE_SPECTRUM:
      return dimension == 0 || self->spectrum_form == IP_SPECTRUM_OVERLAY ? IP_SCALE_LOG10
                                                                          : IP_SCALE_LINEAR;
    default:
      return IP_SCALE_LINEAR;
    }
}

void
ip_figure_set_limits (IpFigure *self, guint panel)
{
  IpAxis *axes[] = { &self->panels[panel].x, &self->panels[panel].y };

  for (guint dimension = 0; dimension < 2; dimension++)
    {
      guint number = self->panels[panel].axes;
      IpLimits *limits = &self->view.limits[number][dimension];
      IpScale scale = choose_scale (self, dimension);
      gboolean valid = isfinite (limits->lo) && isfinite (limits->hi) && limits->hi > limits->lo
                       && isfinite (ip_scale_position (scale, limits->lo));

      if (self->view.automatic[number][dimension] || !valid)
        self->methods->fit (self, number, dimension, limits);
      axes[dimension]->limits = *limits;
      axes[dimension]->scale = scale;
    }
}

const char *
ip_figure_get_x_title (IpFigure *self)
{
  if (self->kind == IP_FIGURE_SWEEP && self->parameter != NULL)
    return self->parameter;

  return _ ("epoch");
}

/* NULL where it would have to be cut off. */
static IpText *
try_provenance (IpFigure *self, const char *markup, int lines)
{
  IpText *text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.dim, markup);

  ip_text_confine (text, self->width - ip_figure_measure (self, 20), lines);
  if (!pango_layout_is_ellipsized (text->layout))
    return text;
  ip_figure_remove_text (self, text);
  return NULL;
}

/* All of it in one line or two, what matters most in one or two, and only then cut off. */
double
ip_figure_lay_provenance (IpFigure *self)
{
  double top = ip_figure_measure (self, 10);
  int lines = self->height > ip_figure_measure (self, 320) ? 2 : 1;
  int brief_lines = self->height > ip_figure_measure (self, 240) ? 2 : 1;
  const char *brief = self->brief_provenance != NULL ? self->brief_provenance : self->provenance;
  IpText *text;

  if (self->provenance == NULL || self->provenance[0] == '\0' ||
      self->height < ip_figure_measure (self, 150))
    return top;
  text = try_provenance (self, self->provenance, lines);
  if (text == NULL)
    text = try_provenance (self, brief, brief_lines);
  if (text == NULL)
    {
      text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_SMALL, self->theme.dim, brief);
      ip_text_confine (text, self->width - ip_figure_measure (self, 20), brief_lines);
    }
  text->rect.y = top;
  self->provenance_text = text;
  return top + text->rect.height;
}

void
ip_figure_divide_height (IpFigure *self,
                         double upper_share,
                         double caption,
                         gboolean upper_labels)
{
  double tick = ip_figure_get_line_height (self, IP_FONT_TICK);
  double top = ip_figure_lay_provenance (self) + ip_figure_measure (self, 16) + caption
               + self->legend_height;
  double bottom = tick + ip_figure_get_line_height (self, IP_FONT_AXIS) +
                  ip_figure_measure (self, 20);
  double between = ip_figure_measure (self, 24) + caption + (upper_labels ? tick : 0);
  double free;

  if (self->n_panels == 1)
    {
      upper_share = 1;
      between = 0;
    }
  free = self->height - top - bottom - between;
  if (free < 0.4 * self->height)
    {
      double factor = 0.6 * self->height / (top + bottom + between);

      top *= factor;
      between *= factor;
      free = 0.4 * self->height;
    }
  self->panels[0].rect.y = top;
  self->panels[0].rect.height = upper_share * free;
  self->panels[1].rect.y = top + upper_share * free + between;
  self->panels[1].rect.height = (1 - upper_share) * free;
}

/* The provenance begins where the panel does, or further left when it is long. */
static void
align_provenance (IpFigure *self)
{
  IpText *text = self->provenance_text;
  double latest;

  if (text == NULL)
    return;
  latest = self->width - ip_figure_measure (self, 10) - text->rect.width;
  text->rect.x = MAX (MIN (self->panels[0].rect.x, latest), 0);
}

double
ip_figure_measure_labels (IpFigure *self, GArray *ticks, gboolean vertical)
{
  double widest = 0;

  for (guint i = 0; i < ticks->len; i++)
    {
      IpTick *tick = &g_array_index (ticks, IpTick, i);
      IpText *text;

      if (tick->label[0] == '\0')
        continue;
      text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_TICK, self->theme.text,
                                 tick->label);
      tick->extent = (vertical ? text->rect.height : text->rect.width) / 2;
      widest = MAX (widest, text->rect.width);
      ip_figure_remove_text (self, text);
    }
  return widest;
}

static GArray *
create_ticks (const IpAxis *axis, guint most, gboolean whole_numbers)
{
  switch (axis->scale)
    {
    case IP_SCALE_LOG10:
      return ip_ticks_new_decades (axis, most, whole_numbers);
    case IP_SCALE_SYMLOG:
      return ip_ticks_new_symlog (axis);
    default:
      return ip_ticks_new_linear (axis, most, whole_numbers);
    }
}

double
ip_figure_lay_y_ticks (IpFigure *self, guint panel)
{
  IpPanel *at = &self->panels[panel];
  double line = ip_figure_get_line_height (self, IP_FONT_TICK);
  guint most = (guint) (at->rect.height / (1.6 * line));
  double widest;

  at->y.start = at->rect.y + at->rect.height;
  at->y.end = at->rect.y;
  g_clear_pointer (&at->y_ticks, g_array_unref);
  at->y_ticks = create_ticks (&at->y, most, FALSE);
  widest = ip_figure_measure_labels (self, at->y_ticks, TRUE);
  ip_ticks_thin (at->y_ticks, &at->y, 0);
  return ip_figure_measure (self, 24) + ip_figure_get_line_height (self, IP_FONT_AXIS) + widest;
}

/* As many as stand clear of each other: labels of even ticks are never thinned out. */
void
ip_figure_lay_x_ticks (IpFigure *self, guint panel, gboolean is_epoch)
{
  IpPanel *at = &self->panels[panel];
  double gap = ip_figure_measure (self, is_epoch ? 5 : 9);
  guint most = 7;

  at->x.start = at->rect.x;
  at->x.end = at->rect.x + at->rect.width;
  do
    {
      g_clear_pointer (&at->x_ticks, g_array_unref);
      if (is_epoch)
        at->x_ticks = ip_ticks_new_epoch (&at->x, self->last_epoch, most);
      else
        at->x_ticks = create_ticks (&at->x, most, self->kind == IP_FIGURE_SPECTRUM);
      ip_figure_measure_labels (self, at->x_ticks, FALSE);
    }
  while (ip_ticks_are_even (at->x_ticks) && ip_ticks_collide (at->x_ticks, &at->x, gap) &&
         --most >= 2);
  ip_ticks_thin (at->x_ticks, &at->x, gap);
}

char *
ip_figure_format_title (IpFigure *self, guint quantity)
{
  const IpFigureQuantity *shown = &self->quantity[quantity];

  if (shown->unit == NULL)
    return g_strdup (shown->markup != NULL ? shown->markup : "");
  return g_strdup_printf ("%s  [%s]", shown->markup, shown->unit);
}

void
ip_figure_place_y_axis (IpFigure *self, guint panel, const char *title)
{
  IpPanel *at = &self->panels[panel];
  double right = at->rect.x - ip_figure_measure (self, 9);
  double most = at->rect.height + ip_figure_measure (self, 12);
  const char *unit = strstr (title, "  [");
  IpText *text;

  for (guint i = 0; i < at->y_ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (at->y_ticks, IpTick, i);

      if (tick->label[0] == '\0')
        continue;
      text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_TICK, self->theme.text,
                                 tick->label);
      ip_text_place (text, right, ip_axis_place (&at->y, tick->value), 1, 0.5);
    }
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_AXIS, self->theme.text, title);
  ip_text_turn (text);
  if (text->rect.height > most && unit != NULL)
    {
      /* A quantity without its unit says more than a unit that is cut off. */
      g_autofree char *quantity = g_strndup (title, (gsize) (unit - title));

      ip_figure_remove_text (self, text);
      text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_AXIS, self->theme.text, quantity);
      ip_text_turn (text);
    }
  ip_text_confine (text, most, 1);
  ip_text_place (text, self->spare_left + ip_figure_measure (self, 7),
                 at->rect.y + at->rect.height / 2, 0, 0.5);
}

void
ip_figure_place_x_axis (IpFigure *self, guint panel, gboolean labels, const char *title)
{
  IpPanel *at = &self->panels[panel];
  double top = at->rect.y + at->rect.height + ip_figure_measure (self, 8);
  IpText *text;

  for (guint i = 0; labels && i < at->x_ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (at->x_ticks, IpTick, i);

      if (tick->label[0] == '\0')
        continue;
      text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_TICK, self->theme.text,
                                 tick->label);
      ip_text_place (text, ip_axis_place (&at->x, tick->value), top, 0.5, 0);
    }
  if (title == NULL)
    return;
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_AXIS, self->theme.text, title);
  ip_text_confine (text, self->width - at->rect.x, 1);
  ip_text_place (text, at->rect.x + at->rect.width / 2,
                 self->height - ip_figure_measure (self, 6), 0.5, 1);
  text->rect.x = MAX (text->rect.x, 0);
}

void
ip_figure_set_sides (IpFigure *self, guint panel, double left, double right)
{
  IpRect *rect = &self->panels[panel].rect;
  double factor = MIN (1, 0.7 * self->width / (left + right));

  left *= factor;
  right *= factor;
  self->spare_left = MAX (self->least_left - left, 0);
  rect->x = left + self->spare_left;
  rect->width = self->width - rect->x - MAX (right, self->least_right);
}

static void
place_message (IpFigure *self)
{
  const IpRect *first = &self->panels[0].rect;
  const IpRect *last = &self->panels[self->n_panels - 1].rect;
  IpText *text;
  char *markup;

  if (self->message == NULL || ip_figure_has_values (self))
    return;
  markup = g_markup_escape_text (self->message, -1);
  text = ip_figure_add_text (self, IP_FIGURE_FRAME, IP_FONT_AXIS, self->theme.dim, markup);
  g_free (markup);
  ip_text_confine (text, MIN (0.86 * first->width, ip_figure_measure (self, 420)), 6);
  pango_layout_set_alignment (text->layout, PANGO_ALIGN_CENTER);
  ip_text_place (text, first->x + first->width / 2, (first->y + last->y + last->height) / 2, 0.5,
                 0.5);
  text->has_halo = TRUE; /* over the grid */
}

static void
forget_name (IpFigure *self, const IpText *text)
{
  for (guint i = self->names->len; i-- > 0;)
    if (g_array_index (self->names, IpName, i).text == text)
      g_array_remove_index (self->names, i);
}

static void
forget_legend (IpFigure *self, const IpText *text)
{
  for (guint i = self->legend->len; i-- > 0;)
    if (g_array_index (self->legend, IpLegendEntry, i).text == text)
      g_array_remove_index (self->legend, i);
}

static gboolean
is_in_the_way (IpFigure *self, guint index)
{
  const IpText *text = g_ptr_array_index (self->texts, index);
  const IpRect *rect = &text->rect;

  if (rect->x < -0.5 || rect->y < -0.5 || rect->x + rect->width > self->width + 0.5 ||
      rect->y + rect->height > self->height + 0.5)
    return TRUE;
  for (guint i = 0; i < index; i++)
    {
      const IpText *other = g_ptr_array_index (self->texts, i);

      if (ip_rect_overlaps (rect, &other->rect))
        return TRUE;
    }
  return FALSE;
}

/* In a figure too small for its labels some would hang over the edge or over each other. */
static void
remove_texts_in_the_way (IpFigure *self)
{
  for (guint i = self->texts->len; i-- > 0;)
    {
      const IpText *text = g_ptr_array_index (self->texts, i);

      if (is_in_the_way (self, i))
        {
          forget_legend (self, text);
          forget_name (self, text);
          g_ptr_array_remove_index (self->texts, i);
        }
    }
}

void
ip_figure_clear_layout (IpFigure *self)
{
  g_ptr_array_set_size (self->texts, 0);
  g_array_set_size (self->names, 0);
  g_array_set_size (self->legend, 0);
  ip_ink_clear (&self->cover);
  self->legend_height = 0;
  self->provenance_text = NULL;
  ip_figure_reset_panels (self);
}

void
ip_figure_layout (IpFigure *self,
                  PangoContext *context,
                  const IpTheme *theme,
                  double width,
                  double height)
{
  g_return_if_fail (IP_IS_FIGURE (self));
  g_return_if_fail (isfinite (width) && isfinite (height));

  self->theme = *theme;
  self->width = MAX (width, 1);
  self->height = MAX (height, 1);
  g_set_object (&self->context, context);
  ip_figure_get_epoch_range (self, &self->first_epoch, &self->last_epoch);
  ip_figure_compare_runs (self);
  ip_figure_clear_layout (self);
  self->methods->layout (self);
  align_provenance (self);
  place_message (self);
  remove_texts_in_the_way (self);
  self->laid_out = TRUE;
}
