/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-snapshot.h"

#include "ip-activations.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Units are numbered over several axes of a dataset, so a range of them is a box only when it ends
 * where the inner axes do.  Any other range is cut into a ragged head, a box and a ragged tail, of
 * which the ragged ones are cut again one axis further in: two boxes per axis at most. */

/* What the search for a range reads at once. */
#define SLAB_BYTES ((gsize) 32 << 20)

typedef struct
{
  IpReader *reader;
  const IpObject *dataset;
  const IpAxes *axes;
  IpElement element;
  guint n_axes;
  guint unit_axes[IP_MAX_RANK]; /* in the order of the units, the slowest first */
  gsize rows;
  gsize columns;
  char *to; /* [rows x columns] */
  GCancellable *cancellable;
} Reading;

/* The part of a dataset that is read at once. */
typedef struct
{
  guint64 start[IP_MAX_RANK];
  guint64 count[IP_MAX_RANK];
} Box;

IpElement
ip_snapshot_get_element (const IpObject *dataset)
{
  gboolean fits = dataset->type == IP_TYPE_FLOAT16 || dataset->type == IP_TYPE_FLOAT32
                  || (dataset->type == IP_TYPE_INTEGER && dataset->element_size <= 2);

  return fits ? IP_ELEMENT_FLOAT32 : IP_ELEMENT_FLOAT64;
}

static gsize
get_size (IpElement element)
{
  return element == IP_ELEMENT_FLOAT32 ? sizeof (float) : sizeof (double);
}

static gpointer
allocate (gsize rows, gsize columns, gsize element_size, const IpObject *dataset, GError **error)
{
  gsize bytes;
  gpointer data = NULL;

  if (!__builtin_mul_overflow (rows, columns, &bytes)
      && !__builtin_mul_overflow (bytes, element_size, &bytes))
    data = g_try_malloc (MAX (bytes, 1));
  if (data == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _("%s: %zu × %zu numbers do not fit into memory"),
                 dataset->path, rows, columns);
  return data;
}

static void
find_unit_axes (Reading *reading)
{
  guint rank = reading->dataset->rank;

  for (guint i = 0; i < rank; i++)
    {
      guint axis = reading->axes->reversed ? rank - 1 - i : i;

      if ((int) axis != reading->axes->epoch && (int) axis != reading->axes->sample)
        reading->unit_axes[reading->n_axes++] = axis;
    }
}

/* Whether a box is in memory as it is in the file: samples first, and the units in their order. */
static gboolean
is_row_major (const Reading *reading, const Box *box)
{
  int last = reading->axes->sample;

  if (box->count[last] == 1)
    last = -1;
  for (guint i = 0; i < reading->n_axes; i++)
    if (box->count[reading->unit_axes[i]] > 1)
      {
        if ((int) reading->unit_axes[i] < last)
          return FALSE;
        last = (int) reading->unit_axes[i];
      }
  return TRUE;
}

/* Puts a box where it belongs, samples first. */
static void
scatter (const Reading *reading, const Box *box, const char *from, gsize column)
{
  const IpObject *dataset = reading->dataset;
  gsize size = get_size (reading->element);
  gsize strides[IP_MAX_RANK] = { 0 };
  gsize at[IP_MAX_RANK] = { 0 };
  gsize stride = 1;
  gsize n = 1;
  gsize offset = column;

  for (guint i = reading->n_axes; i-- > 0;)
    {
      strides[reading->unit_axes[i]] = stride;
      stride *= box->count[reading->unit_axes[i]];
    }
  strides[reading->axes->sample] = reading->columns;
  for (guint axis = 0; axis < dataset->rank; axis++)
    n *= box->count[axis];

  for (gsize i = 0; i < n; i++)
    {
      memcpy (reading->to + offset * size, from + i * size, size);
      for (guint axis = dataset->rank; axis-- > 0;)
        {
          offset += strides[axis];
          if (++at[axis] < box->count[axis])
            break;
          offset -= strides[axis] * box->count[axis];
          at[axis] = 0;
        }
    }
}

static gboolean
read_box (const Reading *reading, const Box *box, gsize column, GError **error)
{
  IpType type = reading->element == IP_ELEMENT_FLOAT32 ? IP_TYPE_FLOAT32 : IP_TYPE_FLOAT64;
  g_autofree char *data = NULL;
  gsize columns = 1;

  for (guint i = 0; i < reading->n_axes; i++)
    columns *= box->count[reading->unit_axes[i]];
  if (columns == reading->columns && is_row_major (reading, box))
    return ip_reader_read (reading->reader, reading->dataset, box->start, box->count, type,
                           reading->to, reading->cancellable, error);

  data = allocate (reading->rows, columns, get_size (reading->element), reading->dataset, error);
  if (data == NULL
      || !ip_reader_read (reading->reader, reading->dataset, box->start, box->count, type, data,
                          reading->cancellable, error))
    return FALSE;
  scatter (reading, box, data, column);
  return TRUE;
}

/* Reads units `first` to `first + count` of those that the axes from `level` on number; the others
 * are fixed in the box. */
static gboolean
read_units (const Reading *reading,
            guint level,
            Box box,
            gsize first,
            gsize count,
            gsize column,
            GError **error)
{
  gsize inner = 1;
  gsize head, whole;
  guint axis;

  if (count == 0)
    return TRUE;
  if (level == reading->n_axes)
    return read_box (reading, &box, column, error);

  for (guint i = level + 1; i < reading->n_axes; i++)
    inner *= reading->dataset->shape[reading->unit_axes[i]];
  axis = reading->unit_axes[level];
  head = MIN (count, (inner - first % inner) % inner);
  whole = (count - head) / inner * inner;

  box.start[axis] = first / inner;
  box.count[axis] = 1;
  if (!read_units (reading, level + 1, box, first % inner, head, column, error))
    return FALSE;

  box.start[axis] = (first + head) / inner;
  box.count[axis] = whole / inner;
  if (whole > 0 && !read_box (reading, &box, column + head, error))
    return FALSE;

  box.start[axis] = (first + head + whole) / inner;
  box.count[axis] = 1;
  return read_units (reading, level + 1, box, 0, count - head - whole, column + head + whole,
                     error);
}

/* A whole snapshot. */
static Box
get_snapshot (const IpSource *source, const IpAxes *axes)
{
  Box box = { 0 };

  memcpy (box.count, source->dataset->shape, sizeof box.count);
  if (axes->epoch >= 0)
    {
      box.start[axes->epoch] = source->at;
      box.count[axes->epoch] = 1;
    }
  return box;
}

gpointer
ip_snapshot_read (IpReader *reader,
                  const IpSource *source,
                  const IpAxes *axes,
                  const IpSelection *selection,
                  gsize first,
                  gsize count,
                  GCancellable *cancellable,
                  GError **error)
{
  const IpObject *dataset = source->dataset;
  IpElement element = ip_snapshot_get_element (dataset);
  Reading reading = { .reader = reader,
                      .dataset = dataset,
                      .axes = axes,
                      .element = element,
                      .rows = dataset->shape[axes->sample],
                      .columns = count,
                      .cancellable = cancellable };
  g_autofree char *data = allocate (reading.rows, count, get_size (element), dataset, error);

  if (data == NULL)
    return NULL;

  find_unit_axes (&reading);
  reading.to = data;
  if (!read_units (&reading, 0, get_snapshot (source, axes), first, count, 0, error))
    return NULL;

  ip_selection_gather (selection, data, count * get_size (element));
  return g_steal_pointer (&data);
}

gsize
ip_snapshot_get_memory (const IpSource *source, const IpAxes *axes, gsize count)
{
  const IpObject *dataset = source->dataset;
  Reading reading = { .dataset = dataset, .axes = axes };
  Box box = get_snapshot (source, axes);
  gsize bytes = dataset->shape[axes->sample] * count
                * get_size (ip_snapshot_get_element (dataset));

  find_unit_axes (&reading);
  if (!is_row_major (&reading, &box) || reading.n_axes > 1)
    bytes *= 2;
  for (guint i = reading.n_axes; i-- > 0;)
    {
      guint64 *length = &box.count[reading.unit_axes[i]];

      *length = MIN (*length, count);
      count = *length > 0 ? (count + *length - 1) / *length : 0;
    }
  return bytes + ip_reader_get_memory (dataset, box.count);
}

/* Numbers of samples that are not selected are made NAN, which no range includes. */
static void
leave_out (const Reading *reading, const Box *box, const IpSelection *selection, gpointer data)
{
  guint sample = (guint) reading->axes->sample;
  gsize inner = 1;
  gsize n = 1;
  gsize next = 0;
  g_autofree gboolean *selected = NULL;

  if (selection->rows == NULL)
    return;
  selected = g_new0 (gboolean, reading->dataset->shape[sample]);
  while (next < selection->n)
    selected[selection->rows[next++]] = TRUE;
  for (guint axis = 0; axis < reading->dataset->rank; axis++)
    {
      n *= box->count[axis];
      inner *= axis > sample ? box->count[axis] : 1;
    }

  for (gsize i = 0; i < n; i++)
    if (!selected[box->start[sample] + i / inner % box->count[sample]])
      {
        if (reading->element == IP_ELEMENT_FLOAT32)
          ((float *) data)[i] = NAN;
        else
          ((double *) data)[i] = NAN;
      }
}

static gboolean
widen_range (const Reading *reading,
             const Box *box,
             const IpSelection *selection,
             double *lo,
             double *hi,
             GError **error)
{
  IpType type = reading->element == IP_ELEMENT_FLOAT32 ? IP_TYPE_FLOAT32 : IP_TYPE_FLOAT64;
  g_autoptr (IpActivations) activations = NULL;
  g_autofree gpointer data = NULL;
  double from, to;
  gsize n = 1;

  for (guint axis = 0; axis < reading->dataset->rank; axis++)
    n *= box->count[axis];
  data = allocate (1, n, get_size (reading->element), reading->dataset, error);
  if (data == NULL
      || !ip_reader_read (reading->reader, reading->dataset, box->start, box->count, type, data,
                          reading->cancellable, error))
    return FALSE;

  leave_out (reading, box, selection, data);
  activations = ip_activations_new (g_steal_pointer (&data), 1, n, reading->element);
  ip_activations_get_range (activations, &from, &to);
  *lo = fmin (*lo, from);
  *hi = fmax (*hi, to);
  return TRUE;
}

/* Where to cut a snapshot into slabs: along the first axis that has several chunks, or simply the
 * first.  −1 for a snapshot of one number. */
static int
find_slab_axis (const IpObject *dataset, const Box *box)
{
  int first = -1;

  for (int axis = 0; axis < (int) dataset->rank; axis++)
    {
      if (box->count[axis] <= 1)
        continue;
      if (dataset->chunk[axis] == 0 || dataset->chunk[axis] < box->count[axis])
        return axis;
      first = first < 0 ? axis : first;
    }
  return first;
}

/* How far a slab reaches along its axis: whole chunks. */
static guint64
get_slab_length (const Reading *reading, const Box *box, int axis)
{
  guint64 chunk = MAX (reading->dataset->chunk[axis], 1);
  gsize others = get_size (reading->element);

  for (int i = 0; i < (int) reading->dataset->rank; i++)
    others *= i == axis ? 1 : MAX (box->count[i], 1);
  return MAX (SLAB_BYTES / others / chunk, 1) * chunk;
}

gboolean
ip_snapshot_find_range (IpReader *reader,
                        const IpSource *source,
                        const IpAxes *axes,
                        const IpSelection *selection,
                        double *lo,
                        double *hi,
                        GCancellable *cancellable,
                        GError **error)
{
  Reading reading = { .reader = reader,
                      .dataset = source->dataset,
                      .axes = axes,
                      .element = ip_snapshot_get_element (source->dataset),
                      .cancellable = cancellable };
  Box box = get_snapshot (source, axes);
  int axis = find_slab_axis (source->dataset, &box);
  guint64 length, end;

  *lo = *hi = NAN;
  if (axis < 0)
    return widen_range (&reading, &box, selection, lo, hi, error);

  length = get_slab_length (&reading, &box, axis);
  end = box.count[axis];
  for (box.start[axis] = 0; box.start[axis] < end; box.start[axis] += box.count[axis])
    {
      box.count[axis] = MIN (length, end - box.start[axis]);
      if (!widen_range (&reading, &box, selection, lo, hi, error))
        return FALSE;
    }
  return TRUE;
}
