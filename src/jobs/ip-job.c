/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-job.h"

#include "ip-recall.h"

#include <cblas.h>
#include <math.h>
#include <unistd.h>

/* A job has one thread per worker.  Workers take the next cell of the plan by an atomic counter, so
 * cells start in the order of the plan; nothing else is shared but the state below `lock`: finished
 * results that wait for the main context, the cost done so far, and the bytes in use.  A worker
 * reads its cell, makes a sample of it, runs every request on the sample and posts the estimates.
 *
 * Results are delivered by a timeout source that the first waiting result creates and that fires at
 * most 30 times a second: a plan of a million quick cells wakes the main thread 30 times a second,
 * not a million times.  The last delivery joins the threads and emits ::finished.
 *
 * With a store, the first worker loads what is known of the plan before any cell is begun; such
 * estimates are delivered without reading the dump.  A new estimate is delivered once the store has
 * it on disk: what was reported is never lost.
 *
 * BLAS runs single-threaded inside the workers: parallel cells beat parallel kernels, and the bits
 * then do not depend on the number of threads. */

#define DELIVERY_INTERVAL (G_USEC_PER_SEC / 30)

struct _IpJob
{
  GObject parent_instance;

  IpPlan *plan;
  IpJobState state;
  guint n_workers;
  gsize memory;
  IpStore *store; /* may be NULL */
  GCancellable *cancellable;
  GMainContext *context;
  GThread **workers;
  int next_cell; /* atomic */
  gint64 started;
  double *costs; /* of each cell, in estimated seconds */
  double total_cost;
  GOnce loading;
  IpEstimate **known; /* [n_cells * n_requests], NULL for what the store does not have */

  GMutex lock;
  GCond memory_freed;
  gsize memory_used;
  GPtrArray *waiting; /* IpCellResult */
  GSource *delivery;
  gint64 delivered;
  guint n_running;
  guint n_saving; /* results that wait for the store */
  guint n_done;
  double cost_done;
  double *cost_running; /* [n_workers] part of the cell in flight that is done */
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

static gsize
get_machine_memory (void)
{
  return (gsize) sysconf (_SC_PHYS_PAGES) * (gsize) sysconf (_SC_PAGESIZE);
}

/* Bytes that the sample and the most demanding of the requests need at once. */
static gsize
get_cell_memory (IpJob *self, const IpCell *cell)
{
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);
  gsize n = ip_dump_get_n_samples (cell->dump);
  gsize classes = MAX (ip_dump_get_n_classes (cell->dump), 1);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);
  gsize most = 0;

  for (guint i = 0; i < n_requests; i++)
    {
      const IpEstimator *estimator = requests[i].estimator;
      gsize bytes = estimator->memory (n, layer->n_units, classes, &requests[i].parameters);

      most = MAX (most, bytes);
    }

  return n * layer->n_units * sizeof (double) + most;
}

static double
get_cell_cost (IpJob *self, const IpCell *cell)
{
  const double read_seconds_per_number = 5e-9;
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);
  gsize n = ip_dump_get_n_samples (cell->dump);
  gsize classes = MAX (ip_dump_get_n_classes (cell->dump), 1);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);
  double cost = 1e-5 + read_seconds_per_number * n * layer->n_units;

  for (guint i = 0; i < n_requests; i++)
    cost += requests[i].estimator->cost (n, layer->n_units, classes, &requests[i].parameters);

  return cost;
}

/* Waits until `bytes` fit beside what the other workers use.  A cell that could never fit is an
 * error, unless it was cancelled meanwhile. */
static gboolean
reserve_memory (IpJob *self, const IpCell *cell, gsize bytes, GError **error)
{
  gboolean fits;

  if (bytes > self->memory)
    {
      g_autofree char *needed = g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
      g_autofree char *budget = g_format_size_full (self->memory, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "%s: layer %s needs %s, the memory budget is %s",
                   ip_dump_get_name (cell->dump),
                   ip_dump_get_layer (cell->dump, cell->layer)->name, needed, budget);
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  while (self->memory_used + bytes > self->memory
         && !g_cancellable_is_cancelled (self->cancellable))
    g_cond_wait (&self->memory_freed, &self->lock);
  fits = !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  if (fits)
    self->memory_used += bytes;
  g_mutex_unlock (&self->lock);

  return fits;
}

static void
release_memory (IpJob *self, gsize bytes)
{
  g_mutex_lock (&self->lock);
  self->memory_used -= bytes;
  g_cond_broadcast (&self->memory_freed);
  g_mutex_unlock (&self->lock);
}

static bool
is_cancelled (void *data)
{
  Worker *worker = data;

  return g_cancellable_is_cancelled (worker->job->cancellable);
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
wants_layer_range (IpJob *self, const IpLayer *layer)
{
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);

  for (guint i = 0; i < n_requests; i++)
    if (ip_request_needs_layer_range (&requests[i], layer->bound_lo, layer->bound_hi))
      return TRUE;

  return FALSE;
}

static gboolean
wants_encoder (IpJob *self)
{
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (self->plan, &n_requests);

  for (guint i = 0; i < n_requests; i++)
    if ((requests[i].estimator->needs & IP_NEEDS_ENCODER) != 0)
      return TRUE;

  return FALSE;
}

/* What one cell takes from its dump. */
typedef struct
{
  IpActivations *activations;
  IpActivations *parts[IP_N_ENCODER_PARTS];
  IpEncoder encoder;
  IpGradient gradient;
} Source;

static void
source_clear (Source *self)
{
  g_clear_pointer (&self->activations, ip_activations_unref);
  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    g_clear_pointer (&self->parts[i], ip_activations_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

/* A missing draw is missed only by who asks for it; without mean or deviation there is nothing. */
static gboolean
read_encoder (IpJob *self,
              const IpCell *cell,
              Source *found,
              IpSampleSource *source,
              GError **error)
{
  IpMatrix *views[] = { &found->encoder.mean, &found->encoder.deviation, &found->encoder.z };

  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    {
      if (!ip_dump_has_encoder (cell->dump, cell->layer, cell->snapshot, i))
        return TRUE;
      found->parts[i] = ip_dump_read_encoder (cell->dump, cell->layer, cell->snapshot, i,
                                              self->cancellable, error);
      if (found->parts[i] == NULL)
        return FALSE;
      *views[i] = *ip_activations_get_matrix (found->parts[i]);
      if (i == IP_ENCODER_DEVIATION)
        source->encoder = &found->encoder;
    }

  return TRUE;
}

static double
get_at (const double *series, guint snapshot)
{
  return series != NULL ? series[snapshot] : NAN;
}

static void
take_gradient (const IpCell *cell, Source *found, IpSampleSource *source)
{
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);

  if (layer->grad_mean == NULL && layer->grad_std == NULL && layer->weight_norm == NULL)
    return;
  found->gradient = (IpGradient){ get_at (layer->grad_mean, cell->snapshot),
                                     get_at (layer->grad_std, cell->snapshot),
                                     get_at (layer->weight_norm, cell->snapshot) };
  source->gradient = &found->gradient;
}

static gboolean
read_source (IpJob *self,
             const IpCell *cell,
             IpSampleSource *source,
             Source *found,
             GError **error)
{
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);

  source->bound_lo = layer->bound_lo;
  source->bound_hi = layer->bound_hi;
  source->layer_lo = NAN;
  source->layer_hi = NAN;
  source->set = ip_dump_get_evaluation_set (cell->dump, self->cancellable, error);
  if (source->set == NULL)
    return FALSE;

  if (wants_layer_range (self, layer)
      && !ip_dump_get_layer_range (cell->dump, cell->layer, &source->layer_lo, &source->layer_hi,
                                   self->cancellable, error))
    return FALSE;

  found->activations
    = ip_dump_read (cell->dump, cell->layer, cell->snapshot, self->cancellable, error);
  if (found->activations == NULL)
    return FALSE;
  source->activations = *ip_activations_get_matrix (found->activations);

  take_gradient (cell, found, source);
  return !wants_encoder (self) || read_encoder (self, cell, found, source, error);
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

static gboolean
estimate_requests (Worker *worker,
                   const IpCell *cell,
                   const IpRequest *requests,
                   guint n_requests,
                   IpEstimate *estimates,
                   GError **error)
{
  IpJob *self = worker->job;
  g_auto (Source) found = { 0 };
  IpSampleSource source = { 0 };
  IpContext context = { is_cancelled, report_fraction, worker, self->memory, "" };
  IpSample *sample;
  IpStatus status;

  if (!read_source (self, cell, &source, &found, error))
    return FALSE;

  sample = ip_sample_new (&source, &context);
  if (sample == NULL)
    return set_error_from_status (IP_STATUS_NO_MEMORY, &context, error);
  status = ip_sample_estimate (sample, requests, n_requests, estimates, &context);
  ip_sample_free (sample);

  return set_error_from_status (status, &context, error);
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
        .n = ip_dump_get_n_samples (cell->dump),
        .d = ip_dump_get_layer (cell->dump, cell->layer)->n_units,
        .n_values = estimator->n_quantities,
      };
      g_strlcpy (estimate->reason, error->message, sizeof estimate->reason);
      for (guint k = 0; k < estimator->n_quantities; k++)
        estimate->values[k] = (IpValue){ estimator->quantities[k], NAN, NAN,
                                         NAN, NAN, NAN, IP_FLAG_FAILED };
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
  gsize bytes = is_known (self, result->cell) ? 0 : get_cell_memory (self, cell);

  if (reserve_memory (self, cell, bytes, &result->error))
    {
      estimate_cell (worker, cell, result->estimates, &result->error);
      release_memory (self, bytes);
    }
  if (result->error != NULL)
    fail_estimates (self, cell, result->estimates, result->error);
}

static gpointer
load_known (gpointer data)
{
  IpJob *self = data;

  if (self->store != NULL)
    ip_recall (self->store, self->plan, self->known);

  return NULL;
}

static gboolean deliver (gpointer data);

/* Called with the lock held. */
static void
schedule_delivery (IpJob *self)
{
  gint64 wait;

  if (self->delivery != NULL)
    return;

  wait = CLAMP (self->delivered + DELIVERY_INTERVAL - g_get_monotonic_time (), 0,
                DELIVERY_INTERVAL);
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
  g_ptr_array_add (self->waiting, result);
  schedule_delivery (self);
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
  const char *layer = ip_dump_get_layer (cell->dump, cell->layer)->name;
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

static gpointer
work (gpointer data)
{
  g_autofree Worker *worker = data;
  IpJob *self = worker->job;
  int n_cells = ip_plan_get_n_cells (self->plan);
  int cell;
  guint n_requests;

  ip_plan_get_requests (self->plan, &n_requests);
  g_once (&self->loading, load_known, self);
  while (!g_cancellable_is_cancelled (self->cancellable)
         && (cell = g_atomic_int_add (&self->next_cell, 1)) < n_cells)
    {
      IpCellResult *result = g_new0 (IpCellResult, 1);

      result->cell = worker->cell = cell;
      result->estimates = g_new0 (IpEstimate, n_requests);
      run_cell (worker, result);
      g_mutex_lock (&self->lock);
      self->cost_running[worker->index] = 0;
      g_mutex_unlock (&self->lock);
      if (g_error_matches (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        cell_result_free (result);
      else
        save_result (self, result);
    }

  g_mutex_lock (&self->lock);
  self->n_running--;
  schedule_delivery (self);
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

static gboolean
deliver (gpointer data)
{
  g_autoptr (IpJob) self = g_object_ref (data);
  g_autoptr (GPtrArray) results = NULL;
  gboolean last;

  g_mutex_lock (&self->lock);
  results = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (cell_result_free);
  last = self->n_running == 0 && self->n_saving == 0;
  self->delivered = g_get_monotonic_time ();
  g_clear_pointer (&self->delivery, g_source_unref);
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
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->costs, g_free);
  g_clear_pointer (&self->cost_running, g_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->store);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->memory_freed);

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
  self->loading = (GOnce) G_ONCE_INIT;
  self->waiting = g_ptr_array_new_with_free_func (cell_result_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->memory_freed);
}

IpJob *
ip_job_new (IpPlan *plan, IpStore *store, guint threads, gsize memory)
{
  IpJob *self = g_object_new (IP_TYPE_JOB, NULL);
  guint n_cells = ip_plan_get_n_cells (plan);
  guint n_requests;

  ip_plan_get_requests (plan, &n_requests);
  self->plan = ip_plan_ref (plan);
  self->n_workers = CLAMP (threads > 0 ? threads : g_get_num_processors (), 1, MAX (n_cells, 1));
  self->memory = memory > 0 ? memory : get_machine_memory () / 2;
  self->cost_running = g_new0 (double, self->n_workers);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->known = g_new0 (IpEstimate *, (gsize) n_cells * n_requests);
  self->costs = g_new (double, n_cells);
  for (guint i = 0; i < n_cells; i++)
    {
      self->costs[i] = get_cell_cost (self, ip_plan_get_cell (plan, i));
      self->total_cost += self->costs[i];
    }

  return self;
}

IpPlan *
ip_job_get_plan (IpJob *self)
{
  g_return_val_if_fail (IP_IS_JOB (self), NULL);

  return self->plan;
}

void
ip_job_start (IpJob *self)
{
  g_return_if_fail (IP_IS_JOB (self));
  g_return_if_fail (self->state == IP_JOB_READY);

  openblas_set_num_threads (1);
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
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->memory_freed);
  g_mutex_unlock (&self->lock);
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
  double cost;

  g_return_val_if_fail (IP_IS_JOB (self), 0);

  if (self->state == IP_JOB_DONE || self->total_cost <= 0)
    return 1;

  g_mutex_lock (&self->lock);
  cost = self->cost_done;
  for (guint i = 0; i < self->n_workers; i++)
    cost += self->cost_running[i];
  g_mutex_unlock (&self->lock);

  return CLAMP (cost / self->total_cost, 0, 1);
}

double
ip_job_get_remaining (IpJob *self)
{
  const double shortest_telling_time = 0.3;
  double progress = ip_job_get_progress (self);
  double elapsed;

  if (self->state != IP_JOB_RUNNING)
    return self->state == IP_JOB_DONE ? 0 : NAN;

  elapsed = (g_get_monotonic_time () - self->started) / (double) G_USEC_PER_SEC;
  if (elapsed < shortest_telling_time || progress <= 0)
    return NAN;

  return elapsed * (1 - progress) / progress;
}
