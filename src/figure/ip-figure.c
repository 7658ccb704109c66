/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"

#include <math.h>
#include <string.h>

/* Names in a column touch each other; what rounding leaves is no overlap. */
#define TOUCH 1e-6

G_DEFINE_FINAL_TYPE (IpFigure, ip_figure, G_TYPE_OBJECT)

static void
clear_track_item (gpointer data)
{
  IpTrackItem *item = data;

  g_free (item->blocks);
  g_free (item->track.points);
  g_free (item->track.layer);
  g_free (item->track.run);
}

static void
free_text (gpointer data)
{
  IpText *text = data;

  g_object_unref (text->layout);
  g_free (text);
}

static void
clear_quantity (IpFigureQuantity *quantity)
{
  g_free ((char *) quantity->markup);
  g_free ((char *) quantity->unit);
  g_free ((char *) quantity->ceiling_label);
}

static void
ip_figure_finalize (GObject *object)
{
  IpFigure *self = IP_FIGURE (object);

  for (guint i = 0; i < IP_MAX_PANELS; i++)
    {
      g_clear_pointer (&self->panels[i].x_ticks, g_array_unref);
      g_clear_pointer (&self->panels[i].y_ticks, g_array_unref);
    }
  for (guint i = 0; i < IP_MAX_AXES; i++)
    ip_bar_clear (&self->bars[i]);
  g_strfreev (self->facets);
  ip_ink_clear (&self->cover);
  g_array_unref (self->tracks);
  g_array_unref (self->legend);
  g_array_unref (self->names);
  g_ptr_array_unref (self->texts);
  g_clear_object (&self->context);
  for (guint i = 0; i < 2; i++)
    clear_quantity (&self->quantity[i]);
  g_free (self->parameter);
  g_free (self->provenance);
  g_free (self->brief_provenance);
  g_free (self->message);

  G_OBJECT_CLASS (ip_figure_parent_class)->finalize (object);
}

static void
ip_figure_class_init (IpFigureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ip_figure_finalize;
}

static void
ip_figure_init (IpFigure *self)
{
  self->tracks = g_array_new (FALSE, TRUE, sizeof (IpTrackItem));
  g_array_set_clear_func (self->tracks, clear_track_item);
  self->texts = g_ptr_array_new_with_free_func (free_text);
  self->legend = g_array_new (FALSE, FALSE, sizeof (IpLegendEntry));
  self->names = g_array_new (FALSE, TRUE, sizeof (IpName));
  self->quantity[0].ceiling = self->quantity[1].ceiling = NAN;
  self->epoch_scale = IP_SCALE_LOG;
  self->selected_epoch = -1;
  self->selected_layer = -1;
  self->n_facets = 1;
  self->show = IP_SHOW_STANDARD;
  self->has_grid = TRUE;
  ip_view_init (&self->view);
}

IpFigure *
ip_figure_new (IpFigureKind kind)
{
  static const IpFigureMethods *const methods[] = {
    [IP_FIGURE_PLANE] = &ip_figure_plane,
    [IP_FIGURE_EPOCHS] = &ip_figure_epochs,
    [IP_FIGURE_MAP] = &ip_figure_map,
    [IP_FIGURE_TRAJECTORIES] = &ip_figure_plane,
    [IP_FIGURE_SPECTRUM] = &ip_figure_spectrum,
    [IP_FIGURE_SWEEP] = &ip_figure_sweep,
  };
  IpFigure *self = g_object_new (IP_TYPE_FIGURE, NULL);

  self->kind = kind;
  self->methods = methods[kind];
  ip_figure_reset_panels (self);
  return self;
}

/* Everything that ip_figure_layout() does not fill in. */
IpFigure *
ip_figure_copy (IpFigure *self)
{
  IpFigure *copy;

  g_return_val_if_fail (IP_IS_FIGURE (self), NULL);

  copy = ip_figure_new (self->kind);
  g_array_unref (copy->tracks);
  copy->tracks = g_array_ref (self->tracks);
  copy->show = self->show;
  copy->has_grid = self->has_grid;
  for (guint i = 0; i < 2; i++)
    ip_figure_set_quantity (copy, i, &self->quantity[i]);
  ip_figure_set_facets (copy, (const char *const *) self->facets);
  copy->provenance = g_strdup (self->provenance);
  copy->brief_provenance = g_strdup (self->brief_provenance);
  copy->epoch_scale = self->epoch_scale;
  copy->value_scale = self->value_scale;
  copy->spectrum_form = self->spectrum_form;
  copy->parameter = g_strdup (self->parameter);
  copy->parameter_scale = self->parameter_scale;
  copy->parameter_value = self->parameter_value;
  copy->selected_epoch = self->selected_epoch;
  copy->selected_layer = self->selected_layer;
  copy->least_left = self->least_left;
  copy->least_right = self->least_right;
  copy->message = g_strdup (self->message);
  copy->view = self->view;
  return copy;
}

IpFigureKind
ip_figure_get_kind (IpFigure *self)
{
  return self->kind;
}

void
ip_view_init (IpView *view)
{
  *view = (IpView){ .automatic = { { TRUE, TRUE }, { TRUE, TRUE } } };
}

static void
include (IpLimits *range, double value)
{
  if (!isfinite (value))
    return;
  range->lo = MIN (range->lo, value);
  range->hi = MAX (range->hi, value);
}

static void
include_reading (IpLimits *range, IpLimits *block, const IpReading *reading)
{
  if (!isfinite (reading->value))
    return;
  include (block, reading->value);
  include (range, reading->value);
  include (range, reading->lower);
  include (range, reading->upper);
}

void
ip_figure_take_track (IpFigure *self, IpTrack *track)
{
  static const IpLimits none = { INFINITY, -INFINITY };
  IpTrackItem item = { .track = *track, .range = { none, none }, .least = { INFINITY, INFINITY } };

  item.blocks = g_new (IpBounds, track->n_points / IP_BLOCK + 1);
  for (guint i = 0; i < track->n_points; i++)
    {
      IpBounds *block = &item.blocks[i / IP_BLOCK];

      if (self->kind != IP_FIGURE_SWEEP)
        item.track.points[i].across = (double) item.track.points[i].epoch;
      if (i % IP_BLOCK == 0)
        *block = (IpBounds){ none, none };
      include_reading (&item.range[0], &block->x, &track->points[i].x);
      include_reading (&item.range[1], &block->y, &track->points[i].y);
      if ((track->points[i].marks & IP_POINT_CHANGES_PHASE) != 0)
        {
          if (!(item.marks & IP_POINT_CHANGES_PHASE))
            item.first_phase = i;
          item.last_phase = i;
        }
      item.marks |= track->points[i].marks;
      item.least[0] = MIN (item.least[0], block->x.lo);
      item.least[1] = MIN (item.least[1], block->y.lo);
    }
  g_array_append_val (self->tracks, item);
  memset (track, 0, sizeof *track);
  self->laid_out = FALSE;
}

guint
ip_figure_get_n_tracks (IpFigure *self)
{
  return self->tracks->len;
}

const IpTrackItem *
ip_figure_get_item (IpFigure *self, guint track)
{
  return &g_array_index (self->tracks, IpTrackItem, track);
}

gboolean
ip_figure_is_on_panel (IpFigure *self, guint track, guint panel)
{
  return MIN (ip_figure_get_item (self, track)->track.facet, self->n_facets - 1)
         == self->panels[panel].facet;
}

gboolean
ip_figure_is_main (IpFigure *self, guint track, guint panel)
{
  return ip_figure_is_on_panel (self, track, panel) &&
         !ip_figure_get_item (self, track)->track.is_member;
}

gboolean
ip_figure_has_value_scale (IpFigure *self)
{
  return self->kind == IP_FIGURE_EPOCHS || self->kind == IP_FIGURE_SWEEP
         || self->kind == IP_FIGURE_TRAJECTORIES;
}

gboolean
ip_figure_is_selected (IpFigure *self, const IpTrack *track)
{
  return self->selected_layer >= 0 && track->user_data == (guint) self->selected_layer;
}

IpColour
ip_figure_fade (IpFigure *self, const IpTrack *track, IpColour colour)
{
  gboolean is_pale = self->selected_layer >= 0 && !ip_figure_is_selected (self, track);

  return is_pale ? ip_colour_mix (self->theme.background, colour, IP_PALE_SHARE) : colour;
}

gboolean
ip_figure_tells_apart (IpFigure *self)
{
  return self->most_told <= IP_MOST_TRACKS_TOLD_APART;
}

const IpTrack *
ip_figure_get_track (IpFigure *self, guint track)
{
  g_return_val_if_fail (track < self->tracks->len, NULL);

  return &ip_figure_get_item (self, track)->track;
}

static void
replace_string (IpFigure *self, char **string, const char *replacement)
{
  char *copy = g_strdup (replacement);

  g_free (*string);
  *string = copy;
  self->laid_out = FALSE;
}

void
ip_figure_set_quantity (IpFigure *self, guint number, const IpFigureQuantity *quantity)
{
  IpFigureQuantity *own = &self->quantity[number];

  g_return_if_fail (number < 2);

  clear_quantity (own);
  *own = *quantity;
  own->markup = g_strdup (quantity->markup);
  own->unit = g_strdup (quantity->unit);
  own->ceiling_label = g_strdup (quantity->ceiling_label);
  ip_figure_reset_panels (self);
  self->laid_out = FALSE;
}

const IpFigureQuantity *
ip_figure_get_quantity (IpFigure *self, guint number)
{
  g_return_val_if_fail (number < 2, NULL);

  return self->quantity[number].markup != NULL ? &self->quantity[number] : NULL;
}

void
ip_figure_set_facets (IpFigure *self, const char *const *titles)
{
  guint n = titles != NULL ? g_strv_length ((char **) titles) : 0;

  g_return_if_fail (n <= IP_MOST_FACETS);

  g_strfreev (self->facets);
  self->facets = g_strdupv ((char **) titles);
  self->n_facets = MAX (n, 1);
  ip_figure_reset_panels (self);
  self->laid_out = FALSE;
}

void
ip_figure_set_show (IpFigure *self, IpShow show)
{
  self->show = show;
  self->laid_out = FALSE;
}

void
ip_figure_set_grid (IpFigure *self, gboolean grid)
{
  g_return_if_fail (IP_IS_FIGURE (self));

  self->has_grid = grid;
}

void
ip_figure_set_provenance (IpFigure *self, const char *markup, const char *brief)
{
  replace_string (self, &self->provenance, markup);
  replace_string (self, &self->brief_provenance, brief);
}

const char *
ip_figure_get_provenance (IpFigure *self)
{
  g_return_val_if_fail (IP_IS_FIGURE (self), NULL);

  return self->provenance;
}

void
ip_figure_set_epoch_scale (IpFigure *self, IpScale scale)
{
  self->epoch_scale = scale;
  self->laid_out = FALSE;
}

void
ip_figure_set_value_scale (IpFigure *self, IpScale scale)
{
  g_return_if_fail (scale != IP_SCALE_LOG);

  self->value_scale = scale;
  self->laid_out = FALSE;
}

void
ip_figure_set_spectrum_form (IpFigure *self, IpSpectrumForm form)
{
  self->spectrum_form = form;
  self->laid_out = FALSE;
}

void
ip_figure_set_parameter (IpFigure *self, const char *title, IpScale scale, double value)
{
  replace_string (self, &self->parameter, title);
  self->parameter_scale = scale;
  self->parameter_value = value;
}

const char *
ip_figure_get_parameter (IpFigure *self)
{
  g_return_val_if_fail (IP_IS_FIGURE (self), NULL);

  return self->parameter;
}

void
ip_figure_set_selected_epoch (IpFigure *self, gint64 epoch)
{
  self->selected_epoch = epoch;
}

void
ip_figure_set_selected_layer (IpFigure *self, int layer)
{
  self->selected_layer = layer;
}

void
ip_figure_set_least_sides (IpFigure *self, double left, double right)
{
  self->least_left = left;
  self->least_right = right;
}

void
ip_figure_set_message (IpFigure *self, const char *message)
{
  replace_string (self, &self->message, message);
}

const char *
ip_figure_get_message (IpFigure *self)
{
  return ip_figure_has_values (self) ? NULL : self->message;
}

void
ip_figure_set_view (IpFigure *self, const IpView *view)
{
  self->view = *view;
  self->laid_out = FALSE;
}

void
ip_figure_get_view (IpFigure *self, IpView *view)
{
  *view = self->view;
}

gboolean
ip_figure_get_epoch_range (IpFigure *self, gint64 *first, gint64 *last)
{
  gboolean found = FALSE;

  *first = *last = 0;
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      if (track->n_points == 0)
        continue;
      *first = found ? MIN (*first, track->points[0].epoch) : track->points[0].epoch;
      *last = found ? MAX (*last, track->points[track->n_points - 1].epoch)
                    : track->points[track->n_points - 1].epoch;
      found = TRUE;
    }
  return found;
}

gsize
ip_figure_count_points (IpFigure *self)
{
  gsize n = 0;

  for (guint i = 0; i < self->tracks->len; i++)
    n += ip_figure_get_item (self, i)->track.n_points;
  return n;
}

guint
ip_figure_count_axes (IpFigure *self)
{
  return self->quantity[1].markup != NULL ? self->methods->most_panels : 1;
}

void
ip_figure_reset_panels (IpFigure *self)
{
  guint n_axes = ip_figure_count_axes (self);

  self->n_panels = n_axes * self->n_facets;
  for (guint i = 0; i < IP_MAX_PANELS; i++)
    {
      self->panels[i].axes = i % n_axes;
      self->panels[i].facet = i / n_axes;
    }
}

gboolean
ip_figure_has_values (IpFigure *self)
{
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpLimits *range = ip_figure_get_item (self, i)->range;
      gboolean has_x = range[0].lo <= range[0].hi;
      gboolean has_y = range[1].lo <= range[1].hi;

      if (self->methods->has_epoch_axis ? has_x || has_y : has_x && has_y)
        return TRUE;
    }
  return FALSE;
}

/* For a logarithmic axis, which ends at powers of ten: of what is above zero. */
static void
fit_positive (IpFigure *self, guint quantity, IpLimits *limits)
{
  double ceiling = self->quantity[quantity].ceiling;
  double lo = INFINITY;
  double hi = ceiling > 0 ? ceiling : -INFINITY;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = &ip_figure_get_item (self, i)->track;

      for (guint k = 0; k < track->n_points; k++)
        {
          const IpReading *reading = quantity == 0 ? &track->points[k].x : &track->points[k].y;

          if (reading->value > 0 && isfinite (reading->value))
            lo = MIN (lo, reading->value);
        }
      hi = MAX (hi, ip_figure_get_item (self, i)->range[quantity].hi);
    }
  if (!(lo < INFINITY && hi > 0))
    *limits = (IpLimits){ 0.1, 10 };
  else
    *limits = (IpLimits){ pow (10, floor (log10 (lo) + 1e-9)), pow (10, ceil (log10 (hi) - 1e-9)) };
  if (limits->hi <= limits->lo)
    limits->hi = 10 * limits->lo;
}

void
ip_figure_fit_quantity (IpFigure *self, guint quantity, double headroom, IpLimits *limits)
{
  IpLimits range = { INFINITY, -INFINITY };
  double least = INFINITY;

  if (self->value_scale == IP_SCALE_LOG10 && ip_figure_has_value_scale (self))
    {
      fit_positive (self, quantity, limits);
      return;
    }

  include (&range, self->quantity[quantity].ceiling);
  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpLimits *item = &ip_figure_get_item (self, i)->range[quantity];

      range.lo = MIN (range.lo, item->lo);
      range.hi = MAX (range.hi, item->hi);
      least = MIN (least, ip_figure_get_item (self, i)->least[quantity]);
    }
  /* A band below zero around values above it says nothing about them. */
  if (least >= 0)
    range.lo = MAX (range.lo, 0);
  if (range.hi >= 0 || range.lo > range.hi)
    range = (IpLimits){ MIN (range.lo, 0), MAX (range.hi, 0) };
  if (!(range.hi > range.lo))
    range.hi = range.lo + 1;
  limits->hi = range.hi + headroom * (range.hi - range.lo);
  limits->lo = range.lo < 0 ? range.lo - headroom * (range.hi - range.lo) : 0;
}

guint
ip_track_lower_bound (const IpTrack *track, double across)
{
  guint lo = 0;
  guint hi = track->n_points;

  while (lo < hi)
    {
      guint middle = lo + (hi - lo) / 2;

      if (track->points[middle].across < across)
        lo = middle + 1;
      else
        hi = middle;
    }
  return lo;
}

gboolean
ip_track_find_epoch (const IpTrack *track, gint64 epoch, guint *point)
{
  *point = ip_track_lower_bound (track, (double) epoch);
  return *point < track->n_points && track->points[*point].epoch == epoch;
}

gboolean
ip_figure_locate (IpFigure *self, const IpTrackPoint *point, guint panel, double *x, double *y)
{
  IpReading readings[2];

  self->methods->read (point, self->panels[panel].axes, &readings[0], &readings[1]);
  if (!isfinite (readings[0].value) || !isfinite (readings[1].value))
    return FALSE;
  *x = ip_axis_place (&self->panels[panel].x, readings[0].value);
  *y = ip_axis_place (&self->panels[panel].y, readings[1].value);
  return isfinite (*x) && isfinite (*y); /* there is no logarithm of 0 */
}

gboolean
ip_rect_contains (const IpRect *rect, double x, double y, double margin)
{
  return x >= rect->x - margin && x <= rect->x + rect->width + margin && y >= rect->y - margin &&
         y <= rect->y + rect->height + margin;
}

gboolean
ip_rect_overlaps (const IpRect *a, const IpRect *b)
{
  return a->x + TOUCH < b->x + b->width && b->x + TOUCH < a->x + a->width &&
         a->y + TOUCH < b->y + b->height && b->y + TOUCH < a->y + a->height;
}

double
ip_epoch_position (gint64 epoch, gint64 first, gint64 last, IpScale scale)
{
  double lo = ip_scale_position (scale, (double) MAX (first, 0));
  double hi = ip_scale_position (scale, (double) MAX (last, 0));

  if (!(hi > lo))
    return 0;
  return CLAMP ((ip_scale_position (scale, (double) MAX (epoch, 0)) - lo) / (hi - lo), 0, 1);
}
