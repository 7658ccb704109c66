/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-job.h"

#include "ip-budget.h"
#include "ip-cell-queue.h"
#include "ip-cell-source.h"
#include "ip-recall.h"

#include <cblas.h>
#include <math.h>

/* A job has one thread per worker.  Workers take the next cell from a queue, in the order of the
 * plan until someone looks elsewhere; nothing else is shared but the state below `lock`: finished
 * results that wait for the main context and the cost done so far.  A worker waits until its share
 * of the memory budget is free, reads its cell, makes a sample of it, runs every request on the
 * sample and posts the estimates.
 *
 * Results are delivered by a timeout source that the first waiting result creates and that fires at
 * most 30 times a second: a plan of a million quick cells wakes the main thread 30 times a second,
 * not a million times.  When very many wait, as when all is known, they come in portions with a
 * pause between them, so that the main thread answers others meanwhile.  The last delivery joins
 * the threads and emits ::finished.
 *
 * With a store, the first worker loads what is known of the plan before any cell is begun; such
 * estimates are delivered without reading the dump.  A new estimate is delivered once the store has
 * it on disk: what was reported is never lost.
 *
 * Parallel cells beat parallel kernels; but where fewer cells are left than there are threads, and
 * there is memory for them, the others help with distances, kernels, random vectors
 * (ip-wavefront.h) and eigenvalues (ip-band.h).  Binning does not ask for help: it waits for
 * the memory.  BLAS itself runs single-threaded: with several threads OpenBLAS adds in another
 * order, and the bits must not depend on how many there are. */

#define DELIVERY_INTERVAL (G_USEC_PER_SEC / 30)
#define MOST_DELIVERED 8192 /* estimates */
#define PORTION_INTERVAL (G_USEC_PER_SEC / 125)

struct _IpJob
{
  GObject parent_instance;

  IpPlan *plan;
  IpJobState state;
  guint n_threads;
  guint n_workers; /* no more than cells */
  IpBudget *budget;
  IpStore *store; /* may be NULL */
  GCancellable *cancellable;
  GMainContext *context;
  GThread **workers;
  IpCellQueue *queue;
  gint64 started;
  gint64 paused; /* since when, 0 while it is not */
  gint64 pauses; /* how long it was, in all */
  double *costs; /* of each cell, in estimated seconds */
  GMutex preparing; /* held by the worker that sets costs and known */
  gboolean prepared;
  IpEstimate **known; /* [n_cells * n_requests], NULL for what the store does not have */

  GMutex lock;
  GHashTable *dumps; /* that cells have been begun of */
  GQueue waiting; /* IpCellResult */
  GSource *delivery;
  gint64 delivered;
  guint n_running;
  guint n_saving; /* results that wait for the store */
  guint n_done;
  double total_cost; /* 0 while it is not known */
  double cost_done;
  int *running; /* [n_workers] the cell in flight, −1 for none */
  double *cost_running; /* [n_workers] part of the cell in flight that is done */
  GHashTable *dropped; /* dumps of which nothing more is computed */
  int *dropping; /* [n_workers] atomic: the cell in flight is of one of them */
};

typedef struct
{
  IpJob *job;
  guint index;
  guint cell;
} Worker;

enum
{
  SIGNAL_RESULTS,
  SIGNAL_PROGRESS,
  SIGNAL_FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpJob, ip_job, G_TYPE_OBJECT)

static void
cell_result_free (gpointer data)
{
  IpCellResult *result = data;

  g_free (result->estimates);
  g_clear_error (&result->error);
  g_free (result);
}

static double
get_cell_cost (IpJob *self, const IpCell *cell)
{
  const double read_seconds_per_number = 5e-9;
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);
  gsize n = ip_dump_get_n_rows (cell->dump, cell->layer);
  gsize classes = MAX (ip_dump_get_n_classes (cell->dump), 1);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);
  double cost = 1e-5 + read_seconds_per_number * n * layer->n_units;

  for (guint i = 0; i < n_requests; i++)
    cost += requests[i].estimator->cost (n, layer->n_units, classes, &requests[i].parameters);

  return cost;
}

static bool
is_cancelled (void *data)
{
  Worker *worker = data;

  return g_cancellable_is_cancelled (worker->job->cancellable)
         || g_atomic_int_get (&worker->job->dropping[worker->index]);
}

static void
report_fraction (void *data, double fraction)
{
  Worker *worker = data;
  IpJob *self = worker->job;

  g_mutex_lock (&self->lock);
  self->cost_running[worker->index] = CLAMP (fraction, 0, 1) * self->costs[worker->cell];
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
    n_cells += self->running[i] >= 0;
  g_mutex_unlock (&self->lock);

  return MAX (self->n_threads / MAX (n_cells, 1), 1);
}

static gboolean
estimate_source (Worker *worker,
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
estimate_requests (Worker *worker,
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
fail_estimates (IpJob *self, const IpCell *cell, IpEstimate *estimates, const GError *error)
{
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);

  for (guint i = 0; i < n_requests; i++)
    {
      IpEstimate *estimate = &estimates[i];
      const IpEstimator *estimator = requests[i].estimator;

      *estimate = (IpEstimate){
        .n = ip_dump_get_n_rows (cell->dump, cell->layer),
        .d = ip_dump_get_layer (cell->dump, cell->layer)->n_units,
      };
      g_strlcpy (estimate->reason, error->message, sizeof estimate->reason);
      for (guint k = 0; k < estimator->n_quantities; k++)
        if (ip_request_gives (&requests[i], estimator->quantities[k]))
          estimate->values[estimate->n_values++]
            = (IpValue){ estimator->quantities[k], NAN, NAN, NAN, NAN, NAN, IP_FLAG_FAILED };
    }
}

/* Takes what the store knows and computes the rest from one sample. */
static gboolean
estimate_cell (Worker *worker, const IpCell *cell, IpEstimate *estimates, GError **error)
{
  IpJob *self = worker->job;
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);
  IpEstimate *const *known = self->known + (gsize) worker->cell * n_requests;
  g_autofree IpRequest *missing = g_new (IpRequest, n_requests);
  g_autofree IpEstimate *computed = g_new0 (IpEstimate, n_requests);
  guint n_missing = 0;
  guint next = 0;

  for (guint i = 0; i < n_requests; i++)
    if (known[i] == NULL)
      missing[n_missing++] = requests[i];

  if (n_missing > 0
      && !estimate_requests (worker, cell, missing, n_missing, computed, error))
    return FALSE;

  for (guint i = 0; i < n_requests; i++)
    estimates[i] = known[i] != NULL ? *known[i] : computed[next++];

  return TRUE;
}

static gboolean
is_known (IpJob *self, guint cell)
{
  guint n_requests;

  ip_plan_get_requests (self->plan, &n_requests);
  for (guint i = 0; i < n_requests; i++)
    if (self->known[(gsize) cell * n_requests + i] == NULL)
      return FALSE;

  return TRUE;
}

static void
run_cell (Worker *worker, IpCellResult *result)
{
  IpJob *self = worker->job;
  const IpCell *cell = ip_plan_get_cell (self->plan, result->cell);

  if (!estimate_cell (worker, cell, result->estimates, &result->error))
    fail_estimates (self, cell, result->estimates, result->error);
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

static gboolean deliver (gpointer data);

/* Called with the lock held. */
static void
schedule_delivery (IpJob *self, gint64 interval)
{
  gint64 wait;

  if (self->delivery != NULL)
    return;

  wait = CLAMP (self->delivered + interval - g_get_monotonic_time (), 0, interval);
  self->delivery = g_timeout_source_new (wait / 1000);
  g_source_set_callback (self->delivery, deliver, g_object_ref (self), g_object_unref);
  g_source_attach (self->delivery, self->context);
}

static void
post_result (IpJob *self, IpCellResult *result, gboolean was_saving)
{
  g_mutex_lock (&self->lock);
  self->n_saving -= was_saving;
  self->cost_done += self->costs[result->cell];
  self->n_done++;
  g_queue_push_tail (&self->waiting, result);
  schedule_delivery (self, DELIVERY_INTERVAL);
  g_mutex_unlock (&self->lock);
}

/* A result on its way to the disk. */
typedef struct
{
  IpJob *job;
  IpCellResult *result;
  int n_pending; /* atomic */
} Saving;

static void
saved_cb (gpointer data)
{
  Saving *saving = data;
  IpJob *self = saving->job;

  if (!g_atomic_int_dec_and_test (&saving->n_pending))
    return;

  post_result (self, saving->result, TRUE);
  g_free (saving);
}

/* Posts a result at once when the store has nothing to do with it. */
static void
save_result (IpJob *self, IpCellResult *result)
{
  const IpCell *cell = ip_plan_get_cell (self->plan, result->cell);
  const char *layer = ip_dump_get_layer (cell->dump, cell->layer)->key;
  const gint64 *epochs = ip_dump_get_epochs (cell->dump, NULL);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);
  IpEstimate *const *known = self->known + (gsize) result->cell * n_requests;
  Saving *saving;

  if (self->store == NULL || result->error != NULL || is_known (self, result->cell))
    {
      post_result (self, result, FALSE);
      return;
    }

  saving = g_new (Saving, 1);
  *saving = (Saving){ self, result, 1 };
  g_mutex_lock (&self->lock);
  self->n_saving++;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n_requests; i++)
    if (known[i] == NULL)
      {
        IpStoreKey key = ip_recall_get_key (cell->dump, &requests[i]);

        g_atomic_int_inc (&saving->n_pending);
        ip_store_save (self->store, &key, layer, epochs[cell->snapshot], &result->estimates[i],
                       saved_cb, saving);
      }
  saved_cb (saving);
}

/* What was loaded has been handed on: a million estimates would be freed by the main thread. */
static void
forget_known (IpJob *self, guint cell)
{
  guint n_requests;

  ip_plan_get_requests (self->plan, &n_requests);
  for (guint i = 0; i < n_requests; i++)
    g_clear_pointer (&self->known[(gsize) cell * n_requests + i], g_free);
}

static void
end_cell (Worker *worker)
{
  IpJob *self = worker->job;

  g_mutex_lock (&self->lock);
  self->running[worker->index] = -1;
  self->cost_running[worker->index] = 0;
  g_mutex_unlock (&self->lock);
}

/* FALSE for a cell of a dropped dump. */
static gboolean
begin_cell (Worker *worker, guint cell)
{
  IpJob *self = worker->job;
  gboolean dropped;

  worker->cell = cell;
  g_mutex_lock (&self->lock);
  dropped = g_hash_table_contains (self->dropped, ip_plan_get_cell (self->plan, cell)->dump);
  g_atomic_int_set (&self->dropping[worker->index], FALSE);
  self->running[worker->index] = dropped ? -1 : (int) cell;
  self->cost_running[worker->index] = 0;
  if (dropped)
    self->cost_done += self->costs[cell];
  g_mutex_unlock (&self->lock);

  return !dropped;
}

static gpointer
work (gpointer data)
{
  g_autofree Worker *worker = data;
  IpJob *self = worker->job;
  guint cell;
  guint n_requests;

  ip_plan_get_requests (self->plan, &n_requests);
  prepare (self);
  while (!g_cancellable_is_cancelled (self->cancellable)
         && ip_cell_queue_take (self->queue, &cell))
    {
      IpCellResult *result;

      if (!begin_cell (worker, cell))
        continue;

      result = g_new0 (IpCellResult, 1);
      result->cell = cell;
      result->estimates = g_new0 (IpEstimate, n_requests);
      run_cell (worker, result);
      end_cell (worker);
      if (g_error_matches (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        cell_result_free (result);
      else
        save_result (self, result);
      forget_known (self, cell);
    }

  g_mutex_lock (&self->lock);
  self->n_running--;
  schedule_delivery (self, DELIVERY_INTERVAL);
  g_mutex_unlock (&self->lock);

  return NULL;
}

static void
finish (IpJob *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    g_thread_join (self->workers[i]);
  g_clear_pointer (&self->workers, g_free);

  self->state = g_cancellable_is_cancelled (self->cancellable) ? IP_JOB_CANCELLED : IP_JOB_DONE;
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
  g_object_unref (self); /* the reference that ip_job_start() took for the workers */
}

/* The results that have waited longest, as many as are delivered at once.  Called with the lock
 * held.  (transfer full) */
static GPtrArray *
take_waiting (IpJob *self)
{
  GPtrArray *results = g_ptr_array_new_with_free_func (cell_result_free);
  guint n_requests;
  guint most;

  ip_plan_get_requests (self->plan, &n_requests);
  most = MAX (MOST_DELIVERED / MAX (n_requests, 1), 1);
  while (results->len < most && self->waiting.length > 0)
    g_ptr_array_add (results, g_queue_pop_head (&self->waiting));

  return results;
}

static gboolean
deliver (gpointer data)
{
  g_autoptr (IpJob) self = g_object_ref (data);
  g_autoptr (GPtrArray) results = NULL;
  gboolean last;

  g_mutex_lock (&self->lock);
  results = take_waiting (self);
  last = self->n_running == 0 && self->n_saving == 0 && self->waiting.length == 0;
  self->delivered = g_get_monotonic_time ();
  g_clear_pointer (&self->delivery, g_source_unref);
  if (self->waiting.length > 0)
    schedule_delivery (self, PORTION_INTERVAL);
  g_mutex_unlock (&self->lock);

  if (results->len > 0)
    {
      g_signal_emit (self, signals[SIGNAL_RESULTS], 0, results);
      g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
    }
  if (last && self->state == IP_JOB_RUNNING)
    finish (self);

  return G_SOURCE_REMOVE;
}

static void
free_known (IpJob *self)
{
  guint n_requests;

  ip_plan_get_requests (self->plan, &n_requests);
  for (gsize i = 0; i < (gsize) ip_plan_get_n_cells (self->plan) * n_requests; i++)
    g_free (self->known[i]);
  g_free (self->known);
}

static void
ip_job_finalize (GObject *object)
{
  IpJob *self = IP_JOB (object);

  free_known (self);
  g_clear_pointer (&self->plan, ip_plan_unref);
  g_queue_clear_full (&self->waiting, cell_result_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->costs, g_free);
  g_clear_pointer (&self->cost_running, g_free);
  g_clear_pointer (&self->running, g_free);
  g_clear_pointer (&self->dropping, g_free);
  g_clear_pointer (&self->dropped, g_hash_table_unref);
  g_clear_pointer (&self->queue, ip_cell_queue_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  g_clear_pointer (&self->budget, ip_budget_free);
  g_clear_pointer (&self->dumps, g_hash_table_unref);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->preparing);

  G_OBJECT_CLASS (ip_job_parent_class)->finalize (object);
}

static void
ip_job_class_init (IpJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ip_job_finalize;

  signals[SIGNAL_RESULTS] = g_signal_new ("results", IP_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", IP_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", IP_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
ip_job_init (IpJob *self)
{
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->preparing);
  g_queue_init (&self->waiting);
  self->dumps = g_hash_table_new (NULL, NULL);
  self->dropped = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->lock);
}

IpJob *
ip_job_new (IpPlan *plan, IpStore *store, guint threads, gsize memory)
{
  IpJob *self = g_object_new (IP_TYPE_JOB, NULL);
  guint n_cells = ip_plan_get_n_cells (plan);
  guint n_requests;

  ip_plan_get_requests (plan, &n_requests);
  self->plan = ip_plan_ref (plan);
  self->n_threads = threads > 0 ? threads : g_get_num_processors ();
  self->n_workers = CLAMP (self->n_threads, 1, MAX (n_cells, 1));
  self->budget = ip_budget_new (memory);
  self->cost_running = g_new0 (double, self->n_workers);
  self->running = g_new (int, self->n_workers);
  self->dropping = g_new0 (int, self->n_workers);
  for (guint i = 0; i < self->n_workers; i++)
    self->running[i] = -1;
  self->queue = ip_cell_queue_new (n_cells);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->known = g_new0 (IpEstimate *, (gsize) n_cells * n_requests);
  self->costs = g_new0 (double, n_cells);

  return self;
}

IpPlan *
ip_job_get_plan (IpJob *self)
{
  g_return_val_if_fail (IP_IS_JOB (self), NULL);

  return self->plan;
}

static guint
count_dumps (IpPlan *plan)
{
  g_autoptr (GHashTable) dumps = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < ip_plan_get_n_cells (plan); i++)
    g_hash_table_add (dumps, ip_plan_get_cell (plan, i)->dump);
  return g_hash_table_size (dumps);
}

void
ip_job_start (IpJob *self)
{
  g_return_if_fail (IP_IS_JOB (self));
  g_return_if_fail (self->state == IP_JOB_READY);

  openblas_set_num_threads (1);
  ip_budget_begin (self->budget, count_dumps (self->plan), self->n_workers);
  g_object_ref (self);
  self->state = IP_JOB_RUNNING;
  self->context = g_main_context_ref_thread_default ();
  self->started = g_get_monotonic_time ();
  self->workers = g_new0 (GThread *, self->n_workers);
  self->n_running = self->n_workers;

  for (guint i = 0; i < self->n_workers; i++)
    {
      Worker *worker = g_new0 (Worker, 1);

      worker->job = self;
      worker->index = i;
      self->workers[i] = g_thread_new ("ip-worker", work, worker);
    }
}

void
ip_job_cancel (IpJob *self)
{
  g_return_if_fail (IP_IS_JOB (self));

  g_cancellable_cancel (self->cancellable);
  ip_cell_queue_close (self->queue);
  ip_budget_wake (self->budget);
}

void
ip_job_drop (IpJob *self, IpDump *dump)
{
  g_return_if_fail (IP_IS_JOB (self));

  g_mutex_lock (&self->lock);
  g_hash_table_add (self->dropped, dump);
  for (guint i = 0; i < self->n_workers; i++)
    if (self->running[i] >= 0
        && ip_plan_get_cell (self->plan, (guint) self->running[i])->dump == dump)
      g_atomic_int_set (&self->dropping[i], TRUE);
  g_mutex_unlock (&self->lock);
}

void
ip_job_prioritise (IpJob *self, IpCellRank rank, gpointer data)
{
  guint n_cells;
  g_autofree guint8 *ranks = NULL;

  g_return_if_fail (IP_IS_JOB (self));

  n_cells = ip_plan_get_n_cells (self->plan);
  ranks = g_new (guint8, n_cells);
  for (guint i = 0; i < n_cells; i++)
    ranks[i] = rank (ip_plan_get_cell (self->plan, i), data);
  ip_cell_queue_prioritise (self->queue, ranks);
}

void
ip_job_set_paused (IpJob *self, gboolean paused)
{
  gint64 now = g_get_monotonic_time ();

  g_return_if_fail (IP_IS_JOB (self));

  if (paused == (self->paused != 0))
    return;

  if (!paused)
    self->pauses += now - self->paused;
  self->paused = paused ? now : 0;
  ip_cell_queue_set_paused (self->queue, paused);
}

gboolean
ip_job_get_paused (IpJob *self)
{
  g_return_val_if_fail (IP_IS_JOB (self), FALSE);

  return self->paused != 0;
}

GArray *
ip_job_get_running (IpJob *self)
{
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (IP_IS_JOB (self), cells);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_workers; i++)
    if (self->running[i] >= 0)
      g_array_append_vals (cells, &self->running[i], 1);
  g_mutex_unlock (&self->lock);

  return cells;
}

IpJobState
ip_job_get_state (IpJob *self)
{
  g_return_val_if_fail (IP_IS_JOB (self), IP_JOB_READY);

  return self->state;
}

guint
ip_job_get_n_done (IpJob *self)
{
  guint n_done;

  g_return_val_if_fail (IP_IS_JOB (self), 0);

  g_mutex_lock (&self->lock);
  n_done = self->n_done;
  g_mutex_unlock (&self->lock);

  return n_done;
}

double
ip_job_get_progress (IpJob *self)
{
  double cost, total;

  g_return_val_if_fail (IP_IS_JOB (self), 0);

  if (self->state == IP_JOB_DONE || ip_plan_get_n_cells (self->plan) == 0)
    return 1;

  g_mutex_lock (&self->lock);
  total = self->total_cost;
  cost = self->cost_done;
  for (guint i = 0; i < self->n_workers; i++)
    cost += self->cost_running[i];
  g_mutex_unlock (&self->lock);

  return total > 0 ? CLAMP (cost / total, 0, 1) : 0;
}

double
ip_job_get_remaining (IpJob *self)
{
  const double shortest_telling_time = 0.3;
  double progress = ip_job_get_progress (self);
  double elapsed;

  if (self->state != IP_JOB_RUNNING)
    return self->state == IP_JOB_DONE ? 0 : NAN;

  if (self->paused != 0)
    return NAN;
  elapsed = (g_get_monotonic_time () - self->started - self->pauses) / (double) G_USEC_PER_SEC;
  if (elapsed < shortest_telling_time || progress <= 0)
    return NAN;

  return elapsed * (1 - progress) / progress;
}
