/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-job-private.h"

#include <cblas.h>
#include <math.h>

/* What a job shows of itself: how it is set up, steered and looked at while its workers run.  BLAS
 * runs single-threaded: with several threads OpenBLAS adds in another order, and the bits must not
 * depend on how many there are. */

enum
{
  SIGNAL_RESULTS,
  SIGNAL_PROGRESS,
  SIGNAL_FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpJob, ip_job, G_TYPE_OBJECT)

void
ip_job_emit_results (IpJob *self, GPtrArray *results)
{
  g_signal_emit (self, signals[SIGNAL_RESULTS], 0, results);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

void
ip_job_finish (IpJob *self)
{
  for (guint i = 0; i < self->n_workers; i++)
    g_thread_join (self->workers[i].thread);

  self->state = g_cancellable_is_cancelled (self->cancellable) ? IP_JOB_CANCELLED : IP_JOB_DONE;
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
  g_object_unref (self); /* the reference that ip_job_start() took for the workers */
}

static void
free_known (IpJob *self)
{
  for (gsize i = 0; i < (gsize) ip_plan_get_n_cells (self->plan) * self->n_requests; i++)
    g_free (self->known[i]);
  g_free (self->known);
}

static void
ip_job_finalize (GObject *object)
{
  IpJob *self = IP_JOB (object);

  free_known (self);
  g_clear_pointer (&self->plan, ip_plan_unref);
  g_queue_clear_full (&self->waiting, ip_cell_result_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->costs, g_free);
  g_clear_pointer (&self->workers, g_free);
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

  self->plan = ip_plan_ref (plan);
  self->requests = ip_plan_get_requests (plan, &self->n_requests);
  self->n_threads = threads > 0 ? threads : g_get_num_processors ();
  self->n_workers = CLAMP (self->n_threads, 1, MAX (n_cells, 1));
  self->budget = ip_budget_new (memory);
  self->workers = g_new (IpWorker, self->n_workers);
  for (guint i = 0; i < self->n_workers; i++)
    self->workers[i] = (IpWorker){ .job = self, .cell = -1 };
  self->queue = ip_cell_queue_new (n_cells);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->known = g_new0 (IpEstimate *, (gsize) n_cells * self->n_requests);
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
  self->n_running = self->n_workers;

  for (guint i = 0; i < self->n_workers; i++)
    self->workers[i].thread = g_thread_new ("ip-worker", ip_job_work, &self->workers[i]);
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
    {
      IpWorker *worker = &self->workers[i];

      if (worker->cell >= 0 && ip_plan_get_cell (self->plan, (guint) worker->cell)->dump == dump)
        g_atomic_int_set (&worker->dropping, TRUE);
    }
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
    if (self->workers[i].cell >= 0)
      g_array_append_vals (cells, &self->workers[i].cell, 1);
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
    cost += self->workers[i].cost;
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
