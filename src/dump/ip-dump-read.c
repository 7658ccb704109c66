/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump-private.h"

#include "ip-activations.h"
#include "ip-snapshot.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The numbers of a dump, a cell at a time: as the file stores them, then as they were meant
 * (scaled, bfloat16), then reduced. */

typedef struct
{
  IpDump *dump;
  const IpLayoutLayer *layer;
  const IpSource *source; /* of the file; its dataset is NULL where nothing was recorded */
  IpElement element;      /* in which the file's numbers come */
  GCancellable *cancellable;
} Cell;

static Cell
find_cell (IpDump *self, guint layer, guint snapshot, GCancellable *cancellable)
{
  const IpLayoutLayer *description = ip_layout_get_layer (&self->layout, layer);
  const IpSource *source = &description->sources[snapshot];
  const IpObject *dataset = source->dataset != NULL ? source->dataset : description->dataset;

  g_assert (snapshot < self->layout.n_epochs);

  return (Cell){ self, description, source, ip_snapshot_get_element (dataset), cancellable };
}

static gboolean
is_reduced (const IpLayoutLayer *layer)
{
  return layer->reduction.kind != IP_REDUCTION_FLATTEN;
}

static double
scale (const IpLayoutLayer *layer, double stored)
{
  return (stored - layer->zero_point) * layer->scale;
}

static void
apply_scale (const IpLayoutLayer *layer, gpointer data, gsize n, IpElement element)
{
  float *floats = data;
  double *doubles = data;

  if (element == IP_ELEMENT_FLOAT32)
    for (gsize i = 0; i < n; i++)
      floats[i] = (float) scale (layer, floats[i]);
  else
    for (gsize i = 0; i < n; i++)
      doubles[i] = scale (layer, doubles[i]);
}

/* The high half of a single-precision number; the numbers were read as integers. */
static void
apply_bfloat16 (float *data, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits = (guint32) (guint16) (gint32) data[i] << 16;

      memcpy (&data[i], &bits, sizeof bits);
    }
}

/* Units as they are recorded, not reduced. (transfer full) */
static gpointer
read_flat (const Cell *cell, gsize first, gsize count, GError **error)
{
  const IpSelection *selection = &cell->dump->selection;
  gpointer data = ip_snapshot_read (cell->dump->reader, cell->source, &cell->layer->axes, selection,
                                    first, count, cell->cancellable, error);

  if (data != NULL && cell->layer->bfloat16)
    apply_bfloat16 (data, selection->n * count);
  else if (data != NULL && cell->layer->scaled)
    apply_scale (cell->layer, data, selection->n * count, cell->element);
  return data;
}

/* What a reducer reads from. */
static double *
read_doubles (gpointer data, gsize first, gsize count, GError **error)
{
  const Cell *cell = data;
  gpointer numbers = read_flat (cell, first, count, error);
  gsize n = cell->dump->selection.n * count;
  double *doubles;

  if (numbers == NULL || cell->element == IP_ELEMENT_FLOAT64)
    return numbers;
  doubles = g_new (double, n + 1);
  for (gsize i = 0; i < n; i++)
    doubles[i] = ((const float *) numbers)[i];
  g_free (numbers);
  return doubles;
}

static gpointer
read_reduced (Cell *cell, gsize first, gsize count, GError **error)
{
  const IpLayoutLayer *layer = cell->layer;
  gsize n_channels = layer->layer.n_units;
  gsize n_units = ip_layout_count_units (layer->dataset, &layer->axes);
  IpReducer reducer = { layer->reduction, cell->dump->selection.n, n_channels,
                        n_units / n_channels, read_doubles, cell };

  return ip_reducer_read (&reducer, first, count, error);
}

IpActivations *
ip_dump_read_units (IpDump *self,
                    guint layer,
                    guint snapshot,
                    gsize first,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  Cell cell = find_cell (self, layer, snapshot, cancellable);
  gpointer data;

  g_return_val_if_fail (first + count <= cell.layer->layer.n_units, NULL);

  if (cell.source->dataset == NULL)
    {
      g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
                   _("%s: %s was not recorded at epoch %" PRId64), self->name,
                   cell.layer->layer.name, self->layout.epochs[snapshot]);
      return NULL;
    }
  data = is_reduced (cell.layer) ? read_reduced (&cell, first, count, error)
                                 : read_flat (&cell, first, count, error);
  if (data == NULL)
    return NULL;

  return ip_activations_new (data, ip_dump_get_n_rows (self, layer), count,
                             ip_dump_get_element (self, layer, snapshot));
}

IpActivations *
ip_dump_read (IpDump *self, guint layer, guint snapshot, GCancellable *cancellable, GError **error)
{
  gsize columns = ip_dump_get_layer (self, layer)->n_units;
  IpActivations *activations
    = ip_dump_read_units (self, layer, snapshot, 0, columns, cancellable, error);
  double lo, hi;

  if (activations != NULL)
    {
      ip_activations_get_range (activations, &lo, &hi);
      ip_dump_keep_range (self, layer, snapshot, lo, hi);
    }

  return activations;
}

gboolean
ip_dump_find_range (IpDump *self,
                    guint layer,
                    guint snapshot,
                    GCancellable *cancellable,
                    GError **error)
{
  Cell cell = find_cell (self, layer, snapshot, cancellable);
  double ends[2];

  /* The range of what is stored says nothing of these. */
  if (is_reduced (cell.layer) || cell.layer->bfloat16)
    {
      g_autoptr (IpActivations) all = ip_dump_read (self, layer, snapshot, cancellable, error);

      return all != NULL;
    }

  if (!ip_snapshot_find_range (self->reader, cell.source, &cell.layer->axes, &self->selection,
                               &ends[0], &ends[1], cancellable, error))
    return FALSE;
  for (guint i = 0; cell.layer->scaled && i < 2; i++)
    {
      ends[i] = scale (cell.layer, ends[i]);
      if (cell.element == IP_ELEMENT_FLOAT32)
        ends[i] = (float) ends[i];
    }
  ip_dump_keep_range (self, layer, snapshot, fmin (ends[0], ends[1]), fmax (ends[0], ends[1]));
  return TRUE;
}

IpElement
ip_dump_get_element (IpDump *self, guint layer, guint snapshot)
{
  Cell cell = find_cell (self, layer, snapshot, NULL);

  return is_reduced (cell.layer) ? IP_ELEMENT_FLOAT64 : cell.element;
}

gsize
ip_dump_get_read_memory (IpDump *self, guint layer, guint snapshot, gsize n_units)
{
  Cell cell = find_cell (self, layer, snapshot, NULL);

  if (cell.source->dataset == NULL)
    return 0;
  if (is_reduced (cell.layer))
    return ip_reduction_get_memory (self->selection.n)
           + ip_dump_get_n_rows (self, layer) * n_units * sizeof (double);
  return ip_snapshot_get_memory (cell.source, &cell.layer->axes, n_units);
}

gboolean
ip_dump_has_encoder (IpDump *self, guint layer, guint snapshot, IpEncoderPart part)
{
  Cell cell = find_cell (self, layer, snapshot, NULL);
  const IpObject *dataset = cell.layer->encoder[part];

  return dataset != NULL && !is_reduced (cell.layer) && cell.source->dataset != NULL
         && cell.source->at < dataset->shape[0];
}

gsize
ip_dump_get_encoder_memory (IpDump *self, guint layer, guint snapshot)
{
  Cell cell = find_cell (self, layer, snapshot, NULL);
  gsize bytes = 0;

  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    {
      IpSource source = { cell.layer->encoder[i], cell.source->at };

      if (ip_dump_has_encoder (self, layer, snapshot, i))
        bytes += ip_snapshot_get_memory (&source, &cell.layer->axes,
                                         ip_layout_count_units (source.dataset,
                                                                &cell.layer->axes));
    }
  return bytes;
}

IpActivations *
ip_dump_read_encoder (IpDump *self,
                      guint layer,
                      guint snapshot,
                      IpEncoderPart part,
                      GCancellable *cancellable,
                      GError **error)
{
  Cell cell = find_cell (self, layer, snapshot, cancellable);
  IpSource source = { cell.layer->encoder[part], cell.source->at };
  gsize columns;
  gpointer data;

  g_return_val_if_fail (ip_dump_has_encoder (self, layer, snapshot, part), NULL);

  columns = ip_layout_count_units (source.dataset, &cell.layer->axes);
  data = ip_snapshot_read (self->reader, &source, &cell.layer->axes, &self->selection, 0, columns,
                           cancellable, error);
  if (data == NULL)
    return NULL;
  return ip_activations_new (data, self->selection.n, columns,
                             ip_snapshot_get_element (source.dataset));
}
