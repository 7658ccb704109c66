/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-job-private.h"

#include "ip-cell-source.h"
#include "ip-recall.h"

#include <math.h>

/* A worker waits until its share of the memory budget is free, reads its cell, makes a sample of
 * it, runs every request on the sample and hands over the estimates.  With a store, the first
 * worker loads what is known of the plan before any cell is begun; such estimates are delivered
 * without reading the dump.
 *
 * Parallel cells beat parallel kernels; but where fewer cells are left than there are threads, and
 * there is memory for them, the others help with distances, kernels, random vectors
 * (ip-wavefront.h) and eigenvalues (ip-band.h).  Binning does not ask for help: it waits for the
 * memory. */

static double
get_cell_cost (IpJob *self, const IpCell *cell)
{
  const double read_seconds_per_number = 5e-9;
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);
  gsize n = ip_dump_get_n_rows (cell->dump, cell->layer);
  gsize classes = MAX (ip_dump_get_n_classes (cell->dump), 1);
  double cost = 1e-5 + read_seconds_per_number * n * layer->n_units;

  for (guint i = 0; i < self->n_requests; i++)
    {
      const IpRequest *request = &self->requests[i];

      cost += request->estimator->cost (n, layer->n_units, classes, &request->parameters);
    }

  return cost;
}

static bool
is_cancelled (void *data)
{
  IpWorker *worker = data;

  return g_cancellable_is_cancelled (worker->job->cancellable)
         || g_atomic_int_get (&worker->dropping);
}

static void
report_fraction (void *data, double fraction)
{
  IpWorker *worker = data;
  IpJob *self = worker->job;

  g_mutex_lock (&self->lock);
  worker->cost = CLAMP (fraction, 0, 1) * self->costs[worker->cell];
  g_mutex_unlock (&self->lock);
}

static gboolean
set_error_from_status (IpStatus status, const IpContext *context, GError **error)
{
  switch (status)
    {
    case IP_STATUS_OK:
      return TRUE;

    case IP_STATUS_CANCELLED:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return FALSE;

    case IP_STATUS_NO_MEMORY:
    case IP_STATUS_INVALID:
    case IP_STATUS_UNDEFINED:
    default:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           context->message[0] != '\0' ? context->message : "Out of memory");
      return FALSE;
    }
}

/* What is kept of a dump for all its cells is taken off the budget with the first of them. */
static void
admit_dump (IpJob *self, IpDump *dump)
{
  gboolean is_new;

  g_mutex_lock (&self->lock);
  is_new = g_hash_table_add (self->dumps, dump);
  g_mutex_unlock (&self->lock);
  if (is_new)
    ip_budget_keep (self->budget, ip_dump_get_kept_memory (dump));
}

/* Threads for one of the cells that are in flight or wait. */
static guint
share_threads (IpJob *self)
{
  guint n_cells = ip_cell_queue_get_n_left (self->queue);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_workers; i++)
    n_cells += self->workers[i].cell >= 0;
  g_mutex_unlock (&self->lock);

  return MAX (self->n_threads / MAX (n_cells, 1), 1);
}

static gboolean
estimate_source (IpWorker *worker,
                 IpCellSource *source,
                 guint threads,
                 IpEstimate *estimates,
                 GError **error)
{
  IpContext context = { is_cancelled, report_fraction, worker, source->granted, threads, "" };
  IpSample *sample;
  IpStatus status;

  if (!ip_cell_source_read (source, error))
    return FALSE;

  sample = ip_sample_new (&source->sample, &context);
  if (sample == NULL)
    return set_error_from_status (is_cancelled (worker) ? IP_STATUS_CANCELLED : IP_STATUS_NO_MEMORY,
                                  &context, error);
  status = ip_sample_estimate (sample, source->requests, source->n_requests, estimates, &context);
  ip_sample_free (sample);

  return set_error_from_status (status, &context, error);
}

static gboolean
estimate_requests (IpWorker *worker,
                   const IpCell *cell,
                   const IpRequest *requests,
                   guint n_requests,
                   IpEstimate *estimates,
                   GError **error)
{
  IpJob *self = worker->job;
  g_auto (IpCellSource) source = { 0 };
  gsize rest;
  guint helpers;
  gboolean done;

  admit_dump (self, cell->dump);
  rest = ip_budget_get_rest (self->budget);
  ip_cell_source_init (&source, cell, requests, n_requests, self->cancellable);
  if (!ip_cell_source_plan (&source, rest, ip_budget_get_total (self->budget), error)
      || !ip_budget_reserve (self->budget, source.reserved, self->cancellable, error))
    return FALSE;

  helpers = ip_budget_reserve_helpers (self->budget, share_threads (self) - 1);
  done = estimate_source (worker, &source, 1 + helpers, estimates, error);
  ip_cell_source_clear (&source);
  ip_budget_release_helpers (self->budget, helpers);
  ip_budget_release (self->budget, source.reserved);
  return done;
}

/* What a cell that could not be read or computed looks like: every quantity a gap, with reason. */
static void
fail_estimates (IpJob *self, IpCellResult *result)
{
  const IpCell *cell = ip_plan_get_cell (self->plan, result->cell);

  for (guint i = 0; i < self->n_requests; i++)
    {
      IpEstimate *estimate = &result->estimates[i];
      const IpEstimator *estimator = self->requests[i].estimator;

      *estimate = (IpEstimate){
        .n = ip_dump_get_n_rows (cell->dump, cell->layer),
        .d = ip_dump_get_layer (cell->dump, cell->layer)->n_units,
      };
      g_strlcpy (estimate->reason, result->error->message, sizeof estimate->reason);
      for (guint k = 0; k < estimator->n_quantities; k++)
        if (ip_request_gives (&self->requests[i], estimator->quantities[k]))
          estimate->values[estimate->n_values++]
            = (IpValue){ estimator->quantities[k], NAN, NAN, NAN, NAN, NAN, IP_FLAG_FAILED };
    }
}

/* Takes what the store knows and computes the rest from one sample. */
static gboolean
estimate_cell (IpWorker *worker, IpCellResult *result)
{
  IpJob *self = worker->job;
  const IpCell *cell = ip_plan_get_cell (self->plan, result->cell);
  IpEstimate *const *known = ip_job_get_known (self, result->cell);
  g_autofree IpRequest *missing = g_new (IpRequest, self->n_requests);
  g_autofree IpEstimate *computed = g_new0 (IpEstimate, self->n_requests);
  guint n_missing = 0;
  guint next = 0;

  for (guint i = 0; i < self->n_requests; i++)
    if (known[i] == NULL)
      missing[n_missing++] = self->requests[i];

  if (n_missing > 0
      && !estimate_requests (worker, cell, missing, n_missing, computed, &result->error))
    return FALSE;

  for (guint i = 0; i < self->n_requests; i++)
    result->estimates[i] = known[i] != NULL ? *known[i] : computed[next++];

  return TRUE;
}

static void
estimate_costs (IpJob *self)
{
  double total = 0;

  for (guint i = 0; i < ip_plan_get_n_cells (self->plan); i++)
    total += self->costs[i] = get_cell_cost (self, ip_plan_get_cell (self->plan, i));

  g_mutex_lock (&self->lock);
  self->total_cost = total;
  g_mutex_unlock (&self->lock);
}

/* The first worker prepares what takes long for a large plan, the others wait for it. */
static void
prepare (IpJob *self)
{
  g_mutex_lock (&self->preparing);
  if (!self->prepared)
    {
      estimate_costs (self);
      if (self->store != NULL)
        ip_recall (self->store, self->plan, self->known);
    }
  self->prepared = TRUE;
  g_mutex_unlock (&self->preparing);
}

/* What was loaded has been handed on: a million estimates would be freed by the main thread. */
static void
forget_known (IpJob *self, guint cell)
{
  IpEstimate **known = ip_job_get_known (self, cell);

  for (guint i = 0; i < self->n_requests; i++)
    g_clear_pointer (&known[i], g_free);
}

static void
end_cell (IpWorker *worker)
{
  IpJob *self = worker->job;

  g_mutex_lock (&self->lock);
  worker->cell = -1;
  worker->cost = 0;
  g_mutex_unlock (&self->lock);
}

/* FALSE for a cell of a dropped dump. */
static gboolean
begin_cell (IpWorker *worker, guint cell)
{
  IpJob *self = worker->job;
  gboolean dropped;

  g_mutex_lock (&self->lock);
  dropped = g_hash_table_contains (self->dropped, ip_plan_get_cell (self->plan, cell)->dump);
  g_atomic_int_set (&worker->dropping, FALSE);
  worker->cell = dropped ? -1 : (int) cell;
  worker->cost = 0;
  if (dropped)
    self->cost_done += self->costs[cell];
  g_mutex_unlock (&self->lock);

  return !dropped;
}

static void
run_cell (IpWorker *worker, guint cell)
{
  IpJob *self = worker->job;
  IpCellResult *result = g_new0 (IpCellResult, 1);

  result->cell = cell;
  result->estimates = g_new0 (IpEstimate, self->n_requests);
  if (!estimate_cell (worker, result))
    fail_estimates (self, result);
  end_cell (worker);
  if (g_error_matches (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    ip_cell_result_free (result);
  else
    ip_job_take_result (self, result);
  forget_known (self, cell);
}

gpointer
ip_job_work (gpointer data)
{
  IpWorker *worker = data;
  IpJob *self = worker->job;
  guint cell;

  prepare (self);
  while (!g_cancellable_is_cancelled (self->cancellable)
         && ip_cell_queue_take (self->queue, &cell))
    if (begin_cell (worker, cell))
      run_cell (worker, cell);
  ip_job_end_worker (self);

  return NULL;
}
