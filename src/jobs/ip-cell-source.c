/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-cell-source.h"

#include <math.h>

/* For the distances of a layer that comes in blocks, beside the distances themselves. */
#define STRIP_BYTES ((gsize) 16 << 20)
/* What each request keeps for each sample while the others are computed. */
#define KEPT_PER_SAMPLE 64

void
ip_cell_source_init (IpCellSource *self,
                     const IpCell *cell,
                     const IpRequest *requests,
                     guint n_requests,
                     GCancellable *cancellable)
{
  *self = (IpCellSource){ .cell = cell,
                          .requests = requests,
                          .n_requests = n_requests,
                          .cancellable = cancellable };
}

void
ip_cell_source_clear (IpCellSource *self)
{
  g_clear_pointer (&self->activations, ip_activations_unref);
  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    g_clear_pointer (&self->parts[i], ip_activations_unref);
}

static const IpLayer *
get_layer (const IpCellSource *self)
{
  return ip_dump_get_layer (self->cell->dump, self->cell->layer);
}

static gboolean
wants (const IpCellSource *self, guint needs)
{
  for (guint i = 0; i < self->n_requests; i++)
    if ((self->requests[i].estimator->needs & needs) != 0)
      return TRUE;

  return FALSE;
}

/* Some ask for what is recorded beside the activations alone. */
static gboolean
wants_activations (const IpCellSource *self)
{
  for (guint i = 0; i < self->n_requests; i++)
    if ((self->requests[i].estimator->needs & IP_NEEDS_GRADIENT) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
wants_layer_range (const IpCellSource *self)
{
  const IpLayer *layer = get_layer (self);

  for (guint i = 0; i < self->n_requests; i++)
    if (ip_request_needs_layer_range (&self->requests[i], layer->bound_lo, layer->bound_hi))
      return TRUE;

  return FALSE;
}

/* The most that the requests take for a layer of which d units are in memory. */
static gsize
get_estimator_memory (const IpCellSource *self, gsize d)
{
  gsize n = ip_dump_get_n_rows (self->cell->dump, self->cell->layer);
  gsize classes = MAX (ip_dump_get_n_classes (self->cell->dump), 1);

  return ip_requests_count_bytes (self->requests, self->n_requests, n, d, classes);
}

static gsize
get_read_memory (const IpCellSource *self, gsize n_units)
{
  return ip_dump_get_read_memory (self->cell->dump, self->cell->layer, self->cell->snapshot,
                                  n_units);
}

/* What stays in memory from one request to the next, and numbers for each unit. */
static gsize
get_kept_memory (const IpCellSource *self)
{
  const IpCell *cell = self->cell;
  gsize n = ip_dump_get_n_rows (cell->dump, cell->layer);
  gsize bytes = self->n_requests * KEPT_PER_SAMPLE * n + 64 * get_layer (self)->n_units;

  if (wants (self, IP_NEEDS_ENCODER))
    bytes += ip_dump_get_encoder_memory (cell->dump, cell->layer, cell->snapshot);
  return bytes;
}

/* Where the whole leaves no room for estimators that copy it, blocks do. */
static gboolean
fits_whole (const IpCellSource *self, gsize rest)
{
  gsize d = get_layer (self)->n_units;
  gsize most = get_estimator_memory (self, d);
  gsize least = get_estimator_memory (self, MIN (d, IP_BLOCK_COLUMNS));

  return get_read_memory (self, d) + get_kept_memory (self) + (most - MIN (most, least))
           + MIN (least, rest / 4)
         <= rest;
}

/* As wide as half of the rest allows: a file that is not stored in blocks is read over and over. */
static gsize
find_width (const IpCellSource *self, gsize rest)
{
  gsize least = IP_BLOCK_COLUMNS;
  gsize most = get_layer (self)->n_units / IP_BLOCK_COLUMNS * IP_BLOCK_COLUMNS;

  while (least < most)
    {
      gsize middle = (least + most + IP_BLOCK_COLUMNS) / 2 / IP_BLOCK_COLUMNS * IP_BLOCK_COLUMNS;
      gsize copied = get_estimator_memory (self, middle)
                     - MIN (get_estimator_memory (self, 0), get_estimator_memory (self, middle));

      if (get_read_memory (self, middle) + copied <= rest / 2)
        least = middle;
      else
        most = middle - IP_BLOCK_COLUMNS;
    }

  return least;
}

static gboolean
fail_too_large (const IpCellSource *self, gsize needed, gsize rest, gsize total, GError **error)
{
  g_autofree char *bytes = g_format_size_full (needed, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *left = g_format_size_full (rest, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *budget = g_format_size_full (total, G_FORMAT_SIZE_IEC_UNITS);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               "%s: layer %s needs %s, the memory budget of %s leaves %s",
               ip_dump_get_name (self->cell->dump), get_layer (self)->name, bytes, budget, left);
  return FALSE;
}

gboolean
ip_cell_source_plan (IpCellSource *self, gsize rest, gsize total, GError **error)
{
  gsize n = ip_dump_get_n_rows (self->cell->dump, self->cell->layer);
  gsize d = get_layer (self)->n_units;
  gsize kept = get_kept_memory (self);
  gsize reading, most;

  if (!wants_activations (self))
    return TRUE;

  self->n_units = fits_whole (self, rest) ? d : MIN (d, find_width (self, rest));
  reading = get_read_memory (self, self->n_units);
  most = get_estimator_memory (self, self->n_units) + kept;
  if (self->n_units < d)
    most += 8 * n * n + STRIP_BYTES;
  if (reading + kept >= rest)
    return fail_too_large (self, reading + kept, rest, total, error);

  self->reserved = MIN (reading + most, rest);
  self->granted = self->reserved - reading - kept;
  return TRUE;
}

/* An IpColumnSource. */
static IpStatus
read_columns (void *data, size_t first, size_t count, IpMatrix *block, IpContext *context)
{
  IpCellSource *self = data;
  const IpCell *cell = self->cell;
  g_autoptr (GError) error = NULL;

  if (self->activations == NULL || self->first != first
      || ip_activations_get_matrix (self->activations)->columns != count)
    {
      g_clear_pointer (&self->activations, ip_activations_unref);
      self->activations = ip_dump_read_units (cell->dump, cell->layer, cell->snapshot, first, count,
                                              self->cancellable, &error);
      self->first = first;
    }
  if (self->activations != NULL)
    {
      *block = *ip_activations_get_matrix (self->activations);
      return IP_STATUS_OK;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return IP_STATUS_CANCELLED;
  return ip_fail (context, IP_STATUS_INVALID, "%s", error->message);
}

static gboolean
read_activations (IpCellSource *self, GError **error)
{
  const IpCell *cell = self->cell;
  gsize n = ip_dump_get_n_rows (cell->dump, cell->layer);
  gsize d = get_layer (self)->n_units;
  IpElement element = ip_dump_get_element (cell->dump, cell->layer, cell->snapshot);

  self->sample.activations = (IpMatrix){ NULL, n, d, d, element, NULL };
  if (!wants_activations (self))
    return TRUE;
  if (self->n_units < d)
    {
      self->columns = (IpColumnSource){ self->n_units, read_columns, self };
      self->sample.activations.source = &self->columns;
      return TRUE;
    }

  self->activations
    = ip_dump_read (cell->dump, cell->layer, cell->snapshot, self->cancellable, error);
  if (self->activations == NULL)
    return FALSE;
  self->sample.activations = *ip_activations_get_matrix (self->activations);
  return TRUE;
}

/* A missing draw is missed only by who asks for it; without mean or deviation there is nothing. */
static gboolean
read_encoder (IpCellSource *self, GError **error)
{
  const IpCell *cell = self->cell;
  IpMatrix *views[] = { &self->encoder.mean, &self->encoder.deviation, &self->encoder.z };

  if (!wants (self, IP_NEEDS_ENCODER))
    return TRUE;
  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    {
      if (!ip_dump_has_encoder (cell->dump, cell->layer, cell->snapshot, i))
        return TRUE;
      self->parts[i] = ip_dump_read_encoder (cell->dump, cell->layer, cell->snapshot, i,
                                             self->cancellable, error);
      if (self->parts[i] == NULL)
        return FALSE;
      *views[i] = *ip_activations_get_matrix (self->parts[i]);
      if (i == IP_ENCODER_DEVIATION)
        self->sample.encoder = &self->encoder;
    }

  return TRUE;
}

static double
get_at (const double *series, guint snapshot)
{
  return series != NULL ? series[snapshot] : NAN;
}

static void
take_gradient (IpCellSource *self)
{
  const IpLayer *layer = get_layer (self);
  guint snapshot = self->cell->snapshot;

  if (layer->grad_mean == NULL && layer->grad_std == NULL && layer->weight_norm == NULL)
    return;
  self->gradient = (IpGradient){ get_at (layer->grad_mean, snapshot),
                                 get_at (layer->grad_std, snapshot),
                                 get_at (layer->weight_norm, snapshot) };
  self->sample.gradient = &self->gradient;
}

gboolean
ip_cell_source_read (IpCellSource *self, GError **error)
{
  const IpCell *cell = self->cell;
  const IpLayer *layer = get_layer (self);
  IpSampleSource *sample = &self->sample;

  sample->bound_lo = layer->bound_lo;
  sample->bound_hi = layer->bound_hi;
  sample->layer_lo = NAN;
  sample->layer_hi = NAN;
  sample->set = ip_dump_get_layer_set (cell->dump, cell->layer, self->cancellable, error);
  if (sample->set == NULL)
    return FALSE;
  if (wants_layer_range (self)
      && !ip_dump_get_layer_range (cell->dump, cell->layer, &sample->layer_lo, &sample->layer_hi,
                                   self->cancellable, error))
    return FALSE;

  take_gradient (self);
  return read_activations (self, error) && read_encoder (self, error);
}
