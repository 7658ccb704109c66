/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-dump-private.h"

#include "ip-snapshot.h"

#include <math.h>
#include <string.h>

/* What a dump keeps of its numbers: the evaluation set and the ranges of the layers.  The first
 * thread that asks computes it; others that ask meanwhile wait for it, and give up when they are
 * cancelled. */

#define POLL_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)

void
ip_dump_init_kept (IpDump *self)
{
  gsize n_layers = self->layout.layers->len;

  self->position_sets = g_new0 (IpEvaluationSet *, n_layers);
  self->finding_range = g_new0 (gboolean, n_layers);
  self->ranges = g_new0 (IpDumpRange, n_layers * self->layout.n_epochs);
}

static void
clear_set (gpointer box)
{
  ip_evaluation_set_free (*(IpEvaluationSet **) box);
}

void
ip_dump_clear_kept (IpDump *self)
{
  if (self->set != NULL)
    g_atomic_rc_box_release_full (self->set, clear_set);
  for (guint i = 0; self->position_sets != NULL && i < self->layout.layers->len; i++)
    ip_evaluation_set_free (self->position_sets[i]);
  g_free (self->position_sets);
  g_free (self->finding_range);
  g_free (self->ranges);
}

static IpDumpRange *
get_range (IpDump *self, guint layer, guint snapshot)
{
  return &self->ranges[(gsize) layer * self->layout.n_epochs + snapshot];
}

void
ip_dump_hand_on (IpDump *self, IpDump *later, guint n_kept)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (n_kept == 0)
    return;
  for (guint i = 0; i < self->layout.layers->len; i++)
    memcpy (get_range (later, i, 0), get_range (self, i, 0), n_kept * sizeof (IpDumpRange));
  if (self->set != NULL && !self->preparing_set)
    later->set = g_atomic_rc_box_acquire (self->set);
}

/* Waits until nobody else is busy and is busy then.  FALSE when cancelled meanwhile. */
static gboolean
begin (IpDump *self, gboolean *busy, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (*busy && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->done, &self->lock, g_get_monotonic_time () + POLL_INTERVAL);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  *busy = TRUE;
  return TRUE;
}

static void
end (IpDump *self, gboolean *busy)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *busy = FALSE;
  g_cond_broadcast (&self->done);
}

void
ip_dump_keep_range (IpDump *self, guint layer, guint snapshot, double lo, double hi)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *get_range (self, layer, snapshot) = (IpDumpRange){ lo, hi, TRUE };
}

static gboolean
is_range_known (IpDump *self, guint layer, guint snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return get_range (self, layer, snapshot)->known;
}

/* Reads what has not been read yet. */
static gboolean
find_ranges (IpDump *self, guint layer, GCancellable *cancellable, GError **error)
{
  const gboolean *present = ip_dump_get_layer (self, layer)->present;

  for (guint i = 0; i < self->layout.n_epochs; i++)
    if (present[i] && !is_range_known (self, layer, i)
        && !ip_dump_find_range (self, layer, i, cancellable, error))
      return FALSE;
  return TRUE;
}

gboolean
ip_dump_get_layer_range (IpDump *self,
                         guint layer,
                         double *lo,
                         double *hi,
                         GCancellable *cancellable,
                         GError **error)
{
  const IpDumpRange *ranges = get_range (self, layer, 0);
  gboolean found;

  if (!begin (self, &self->finding_range[layer], cancellable, error))
    return FALSE;
  found = find_ranges (self, layer, cancellable, error);
  end (self, &self->finding_range[layer]);
  if (!found)
    return FALSE;

  *lo = *hi = NAN;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->layout.n_epochs; i++)
    {
      *lo = ranges[i].known ? fmin (*lo, ranges[i].lo) : *lo;
      *hi = ranges[i].known ? fmax (*hi, ranges[i].hi) : *hi;
    }
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static bool
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

static IpEvaluationSet *
create_set (IpDump *self,
            gsize n,
            const IpMatrix *inputs,
            const guint32 *labels,
            const IpMatrix *targets,
            GCancellable *cancellable,
            GError **error)
{
  IpContext context = { .cancelled = is_cancelled, .data = cancellable };
  IpEvaluationSet *set = ip_evaluation_set_new (n, inputs, labels, &context);

  if (set != NULL && targets != NULL
      && ip_evaluation_set_add_targets (set, targets, &context) != IP_STATUS_OK)
    g_clear_pointer (&set, ip_evaluation_set_free);
  if (set == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: %s", self->name, context.message);
  return set;
}

/* Those of the selected samples; NULL when there are none. (transfer full) */
static gpointer
select_rows (IpDump *self, gconstpointer rows, gsize row_size)
{
  gpointer selected = g_memdup2 (rows, self->layout.n_samples * row_size);

  if (selected != NULL)
    ip_selection_gather (&self->selection, selected, row_size);
  return selected;
}

static IpEvaluationSet *
prepare_set (IpDump *self, GCancellable *cancellable, GError **error)
{
  const IpObject *inputs = self->layout.inputs;
  gsize n_targets = self->labels.n_columns;
  g_autofree guint32 *labels = select_rows (self, self->labels.codes, sizeof *labels);
  g_autofree double *targets
    = select_rows (self, self->labels.targets, n_targets * sizeof *targets);
  g_autofree gpointer data = NULL;
  IpMatrix x;
  IpMatrix y = { targets, self->selection.n, n_targets, n_targets, IP_ELEMENT_FLOAT64 };

  if (inputs != NULL)
    {
      const IpAxes *axes = &self->layout.input_axes;
      gsize columns = ip_layout_count_units (inputs, axes);
      IpSource source = { inputs, 0 };

      data = ip_snapshot_read (self->reader, &source, axes, &self->selection, 0, columns,
                               cancellable, error);
      if (data == NULL)
        return NULL;
      x = (IpMatrix){ data, self->selection.n, columns, columns, ip_snapshot_get_element (inputs) };
    }
  return create_set (self, self->selection.n, inputs != NULL ? &x : NULL, labels,
                     targets != NULL ? &y : NULL, cancellable, error);
}

const IpEvaluationSet *
ip_dump_get_evaluation_set (IpDump *self, GCancellable *cancellable, GError **error)
{
  IpEvaluationSet *set;

  if (!begin (self, &self->preparing_set, cancellable, error))
    return NULL;
  if (self->set == NULL && (set = prepare_set (self, cancellable, error)) != NULL)
    self->set = g_atomic_rc_box_dup (sizeof set, &set);
  end (self, &self->preparing_set);

  return self->set == NULL ? NULL : *self->set;
}

/* Every position has the label of its sample; its input counts as one of its own. */
static IpEvaluationSet *
prepare_position_set (IpDump *self, guint layer, GCancellable *cancellable, GError **error)
{
  gsize n_positions = ip_dump_get_layer (self, layer)->n_positions;
  gsize n = ip_dump_get_n_rows (self, layer);
  g_autofree guint32 *labels = select_rows (self, self->labels.codes, sizeof *labels);
  g_autofree guint32 *repeated = NULL;

  if (labels != NULL)
    {
      repeated = g_new (guint32, n + 1);
      for (gsize i = 0; i < n; i++)
        repeated[i] = labels[i / n_positions];
    }
  return create_set (self, n, NULL, repeated, NULL, cancellable, error);
}

const IpEvaluationSet *
ip_dump_get_layer_set (IpDump *self, guint layer, GCancellable *cancellable, GError **error)
{
  IpEvaluationSet **set = &self->position_sets[layer];

  if (ip_dump_get_reduction (self, layer).kind != IP_REDUCTION_POSITIONS)
    return ip_dump_get_evaluation_set (self, cancellable, error);

  if (!begin (self, &self->preparing_set, cancellable, error))
    return NULL;
  if (*set == NULL)
    *set = prepare_position_set (self, layer, cancellable, error);
  end (self, &self->preparing_set);

  return *set;
}

gsize
ip_dump_get_kept_memory (IpDump *self)
{
  const IpLayout *layout = &self->layout;
  IpSource source = { layout->inputs, 0 };
  gsize bytes = ip_reader_get_cache_memory (self->reader);

  if (layout->inputs != NULL)
    bytes += 2 * ip_snapshot_get_memory (&source, &layout->input_axes,
                                         ip_layout_count_units (layout->inputs,
                                                                &layout->input_axes));
  return bytes;
}
