/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-planner.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Whenever the request or what is visible changes, the running job is cancelled and a new one is
 * planned after a short pause, so that typing a number or dragging a slider does not start twenty
 * jobs.  A superseded job still delivers what it had finished; every estimate is stored under the
 * request it was made for, and none is computed twice. */

#define PLANNING_DELAY 120 /* ms */
#define MAX_LOG 65536

/* What is computed one after the other. */
enum
{
  STAGE_SWEEP,
  STAGE_REQUEST,
  STAGE_COMPARISONS,
  N_STAGES,
};

struct _IpPlanner
{
  GObject parent_instance;

  GListModel *runs;
  guint threads;
  gsize memory;
  IpStore *store;
  IpRequest request;

  GArray *sweep; /* IpRequest */
  gint64 sweep_epoch;
  GArray *comparisons; /* IpRequest */

  guint stage; /* of the job */
  IpJob *job; /* the one in force, NULL when there is nothing to compute */
  guint planning;
  gboolean frozen_busy; /* one that computes nothing itself: what it was made of did */
  gboolean stopped;
  gboolean paused;
  GHashTable *cancelled_runs; /* IpRun, borrowed */
  GString *log;
  gint64 started;
  guint n_failed;
  int layer; /* that the user looks at, −1 for none */
  gint64 epoch;
  gboolean layer_first;
  GHashTable *failures; /* texts that were signalled already under this request */
};

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_RESULTS,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpPlanner, ip_planner, G_TYPE_OBJECT)

static IpRun *
get_run (IpPlanner *self, guint position)
{
  g_autoptr (IpRun) run = g_list_model_get_item (self->runs, position);

  return run; /* the list keeps it alive */
}

static guint
get_n_runs (IpPlanner *self)
{
  return g_list_model_get_n_items (self->runs);
}

static void
add_line (IpPlanner *self, const char *line)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");

  if (self->log->len > MAX_LOG)
    g_string_erase (self->log, 0, strchr (self->log->str, '\n') + 1 - self->log->str);
  g_string_append_printf (self->log, "%s  %s\n", time, line);
}

static void
notify_job (IpPlanner *self)
{
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

/* The run that a cell is of; NULL when it was closed, or has another dump by now. */
static IpRun *
find_run (IpPlanner *self, const IpCell *cell)
{
  guint n = get_n_runs (self);

  for (guint i = 0; i < n; i++)
    {
      IpRun *run = get_run (self, (cell->run + i) % n); /* most are still where they were */

      if (ip_run_get_dump (run) == cell->dump)
        return run;
    }

  return NULL;
}

/* Results of whichever job of this session, in force or superseded. */
static void
store_results (IpPlanner *self, IpJob *job, GPtrArray *results)
{
  IpPlan *plan = ip_job_get_plan (job);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (plan, &n_requests);

  for (guint i = 0; i < results->len; i++)
    {
      const IpCellResult *result = results->pdata[i];
      const IpCell *cell = ip_plan_get_cell (plan, result->cell);
      IpRun *run = find_run (self, cell);

      for (guint r = 0; run != NULL && r < n_requests; r++)
        ip_run_set_estimate (run, &requests[r], cell->layer, cell->snapshot,
                             &result->estimates[r]);
    }
}

/* A run whose file has changed is about to get its new dump, and is planned again then. */
static gboolean
is_passing (IpPlanner *self, const GError *error, IpDump *dump)
{
  if (!g_error_matches (error, IP_READER_ERROR, IP_READER_ERROR_CHANGED))
    return FALSE;

  for (guint i = 0; i < get_n_runs (self); i++)
    if (ip_run_get_dump (get_run (self, i)) == dump)
      return ip_run_get_following (get_run (self, i));

  return TRUE;
}

static void
report_failures (IpPlanner *self, IpJob *job, GPtrArray *results)
{
  IpPlan *plan = ip_job_get_plan (job);

  for (guint i = 0; i < results->len; i++)
    {
      const IpCellResult *result = results->pdata[i];
      const IpCell *cell = ip_plan_get_cell (plan, result->cell);
      g_autofree char *where = NULL;

      if (result->error == NULL || is_passing (self, result->error, cell->dump))
        continue;

      where = g_strdup_printf ("%p/%u", (gpointer) cell->dump, cell->layer);
      self->n_failed++;
      if (g_hash_table_add (self->failures, g_steal_pointer (&where)))
        {
          add_line (self, result->error->message);
          g_signal_emit (self, signals[SIGNAL_FAILED], 0, result->error);
        }
    }
}

static void
job_results_cb (IpPlanner *self, GPtrArray *results, IpJob *job)
{
  store_results (self, job, results);
  if (job == self->job)
    report_failures (self, job, results);
  g_signal_emit (self, signals[SIGNAL_RESULTS], 0);
}

static void
job_progress_cb (IpPlanner *self, IpJob *job)
{
  if (job == self->job)
    notify_job (self);
}

/* What went wrong with the store meanwhile, once. */
static void
report_store (IpPlanner *self)
{
  g_autofree char *notice = self->store != NULL ? ip_store_get_notice (self->store) : NULL;
  g_autoptr (GError) error = NULL;

  if (notice == NULL || !g_hash_table_add (self->failures, g_strdup (notice)))
    return;

  add_line (self, notice);
  error = g_error_new_literal (IP_STORE_ERROR, IP_STORE_ERROR_FAILED, notice);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void start_job (IpPlanner *self, guint stage);

static void
log_start (IpPlanner *self)
{
  guint n = ip_plan_get_n_cells (ip_job_get_plan (self->job));
  g_autofree char *line = g_strdup_printf (g_dngettext (NULL, "%u cell to compute: %s",
                                                        "%u cells to compute: %s", n),
                                           n, _(self->request.estimator->title));

  self->started = g_get_monotonic_time ();
  self->n_failed = 0;
  add_line (self, line);
}

static void
log_end (IpPlanner *self)
{
  double seconds = (g_get_monotonic_time () - self->started) / (double) G_USEC_PER_SEC;
  g_autofree char *line = self->n_failed > 0
                            ? g_strdup_printf (_("Finished after %.1f s; %u failed"), seconds,
                                               self->n_failed)
                            : g_strdup_printf (_("Finished after %.1f s"), seconds);

  add_line (self, line);
}

static void
job_finished_cb (IpPlanner *self, IpJob *job)
{
  if (job != self->job)
    return;

  log_end (self);
  g_clear_object (&self->job);
  report_store (self);
  start_job (self, self->stage + 1);
  g_signal_emit (self, signals[SIGNAL_RESULTS], 0);
}

/* Whether all requests are known of a cell. */
static gboolean
is_known (const IpEstimate *const *const *known, guint n_requests, gsize cell)
{
  for (guint i = 0; i < n_requests; i++)
    if (known[i] == NULL || known[i][cell] == NULL)
      return FALSE;

  return TRUE;
}

/* A sweep is over the marked epoch, whatever else is wanted. */
static gboolean
is_wanted (IpPlanner *self, guint stage, IpRun *run, guint snapshot)
{
  const gint64 *epochs = ip_dump_get_epochs (ip_run_get_dump (run), NULL);

  return stage == STAGE_SWEEP ? epochs[snapshot] == self->sweep_epoch
                              : ip_run_is_chosen (run, snapshot);
}

static void
add_missing_cells (IpPlanner *self, IpPlan *plan, guint stage, guint number)
{
  IpRun *run = get_run (self, number);
  IpDump *dump = ip_run_get_dump (run);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (plan, &n_requests);
  g_autofree const IpEstimate *const **known = g_new (const IpEstimate *const *, n_requests);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint i = 0; i < n_requests; i++)
    known[i] = ip_run_get_estimates (run, &requests[i]);
  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    {
      const gboolean *present = ip_dump_get_layer (dump, layer)->present;

      if (!ip_run_layer_get_visible (ip_run_get_layer (run, layer)))
        continue;

      for (guint snapshot = 0; snapshot < n_epochs; snapshot++)
        if (present[snapshot] && is_wanted (self, stage, run, snapshot)
            && !is_known (known, n_requests, (gsize) layer * n_epochs + snapshot))
          ip_plan_add_cell (plan, number, dump, layer, snapshot);
    }
}

static guint
rank_cell (const IpCell *cell, gpointer data)
{
  const IpPlanner *self = data;
  gboolean at_layer = (int) (cell->run << 16 | cell->layer) == self->layer;
  gboolean at_epoch = ip_dump_get_epochs (cell->dump, NULL)[cell->snapshot] == self->epoch;

  if (at_layer && at_epoch)
    return 0;

  return (self->layer_first ? at_layer : at_epoch) ? 1 : 2;
}

static void
prioritise (IpPlanner *self)
{
  if (self->job != NULL)
    ip_job_prioritise (self->job, rank_cell, self);
}

static IpPlan *
create_plan (IpPlanner *self, guint stage)
{
  GArray *requests = stage == STAGE_SWEEP ? self->sweep : self->comparisons;
  IpPlan *plan;

  if (stage == STAGE_REQUEST)
    plan = ip_plan_new (&self->request, 1);
  else if (requests->len > 0)
    plan = ip_plan_new ((const IpRequest *) (gpointer) requests->data, requests->len);
  else
    return NULL;

  for (guint i = 0; i < get_n_runs (self); i++)
    if (ip_run_get_visible (get_run (self, i))
        && !g_hash_table_contains (self->cancelled_runs, get_run (self, i)))
      add_missing_cells (self, plan, stage, i);

  return plan;
}

/* The first from this stage on that has something missing. */
static void
start_job (IpPlanner *self, guint stage)
{
  g_autoptr (IpPlan) plan = NULL;

  for (; stage < N_STAGES; stage++)
    {
      g_clear_pointer (&plan, ip_plan_unref);
      plan = create_plan (self, stage);
      if (plan != NULL && ip_plan_get_n_cells (plan) > 0)
        break;
    }

  self->stage = stage;
  if (stage < N_STAGES)
    {
      ip_plan_sort_coarse_to_fine (plan);
      self->job = ip_job_new (plan, self->store, self->threads, self->memory);
      g_signal_connect_object (self->job, "results", G_CALLBACK (job_results_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->job, "progress", G_CALLBACK (job_progress_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->job, "finished", G_CALLBACK (job_finished_cb), self,
                               G_CONNECT_SWAPPED);
      ip_job_set_paused (self->job, self->paused);
      prioritise (self);
      log_start (self);
      ip_job_start (self->job);
    }

  notify_job (self);
}

static gboolean
planning_cb (gpointer data)
{
  IpPlanner *self = data;

  self->planning = 0;
  start_job (self, STAGE_SWEEP);

  return G_SOURCE_REMOVE;
}

static void
stop_job (IpPlanner *self)
{
  g_clear_handle_id (&self->planning, g_source_remove);
  if (self->job != NULL)
    ip_job_cancel (self->job);
  g_clear_object (&self->job);
}

void
ip_planner_plan (IpPlanner *self)
{
  stop_job (self);
  if (!self->stopped)
    self->planning = g_timeout_add (PLANNING_DELAY, planning_cb, self);
  notify_job (self);
}

static void
ip_planner_dispose (GObject *object)
{
  IpPlanner *self = IP_PLANNER (object);

  stop_job (self);
  g_clear_object (&self->runs);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (ip_planner_parent_class)->dispose (object);
}

static void
ip_planner_finalize (GObject *object)
{
  IpPlanner *self = IP_PLANNER (object);

  g_clear_pointer (&self->failures, g_hash_table_unref);
  g_clear_pointer (&self->cancelled_runs, g_hash_table_unref);
  g_string_free (self->log, TRUE);
  g_clear_pointer (&self->sweep, g_array_unref);
  g_clear_pointer (&self->comparisons, g_array_unref);

  G_OBJECT_CLASS (ip_planner_parent_class)->finalize (object);
}

static void
ip_planner_class_init (IpPlannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ip_planner_dispose;
  object_class->finalize = ip_planner_finalize;

  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", IP_TYPE_PLANNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RESULTS] = g_signal_new ("results", IP_TYPE_PLANNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", IP_TYPE_PLANNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ip_planner_init (IpPlanner *self)
{
  gsize n_estimators;
  const IpEstimator *const *estimators = ip_estimators_list (&n_estimators);

  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancelled_runs = g_hash_table_new (NULL, NULL);
  self->log = g_string_new (NULL);
  self->layer = -1;
  self->sweep = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  self->comparisons = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  self->request.estimator = estimators[0];
  ip_parameters_init (&self->request.parameters, estimators[0]);
}

IpPlanner *
ip_planner_new (GListModel *runs, guint threads, gsize memory)
{
  IpPlanner *self = g_object_new (IP_TYPE_PLANNER, NULL);

  self->runs = g_object_ref (runs);
  self->threads = threads;
  self->memory = memory;

  return self;
}

IpPlanner *
ip_planner_freeze (IpPlanner *self, GListModel *runs)
{
  IpPlanner *frozen;

  g_return_val_if_fail (IP_IS_PLANNER (self), NULL);

  frozen = ip_planner_new (runs, self->threads, self->memory);
  frozen->request = self->request;
  frozen->frozen_busy = ip_planner_get_busy (self);

  return frozen;
}

void
ip_planner_set_store (IpPlanner *self, IpStore *store)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  g_set_object (&self->store, store);
}

const IpRequest *
ip_planner_get_request (IpPlanner *self)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), NULL);

  return &self->request;
}

void
ip_planner_set_request (IpPlanner *self, const IpRequest *request)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  self->request = *request;
  self->stopped = FALSE;
  g_hash_table_remove_all (self->failures);
  g_string_truncate (self->log, 0);
  ip_planner_plan (self);
}

void
ip_planner_look_at (IpPlanner *self, int layer, gint64 epoch, gboolean layer_first)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  if (self->layer == layer && self->epoch == epoch && self->layer_first == layer_first)
    return;

  self->layer = layer;
  self->epoch = epoch;
  self->layer_first = layer_first;
  prioritise (self);
}

void
ip_planner_set_paused (IpPlanner *self, gboolean paused)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  self->paused = paused;
  if (self->job != NULL)
    ip_job_set_paused (self->job, paused);
  notify_job (self);
}

gboolean
ip_planner_get_paused (IpPlanner *self)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), FALSE);

  return self->paused;
}

void
ip_planner_cancel_run (IpPlanner *self, IpRun *run)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  g_hash_table_add (self->cancelled_runs, run);
  if (self->job == NULL || self->paused)
    ip_planner_plan (self);
  else
    ip_job_drop (self->job, ip_run_get_dump (run));
  notify_job (self);
}

gboolean
ip_planner_is_run_cancelled (IpPlanner *self, IpRun *run)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), FALSE);

  return self->stopped || g_hash_table_contains (self->cancelled_runs, run);
}

void
ip_planner_retry_failed (IpPlanner *self)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  for (guint i = 0; i < get_n_runs (self); i++)
    ip_run_forget_failed (get_run (self, i), &self->request);
  g_hash_table_remove_all (self->failures);
  ip_planner_plan (self);
  g_signal_emit (self, signals[SIGNAL_RESULTS], 0);
}

GArray *
ip_planner_get_running (IpPlanner *self)
{
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (IpCell));
  g_autoptr (GArray) numbers = NULL;

  g_return_val_if_fail (IP_IS_PLANNER (self), cells);

  if (self->job == NULL)
    return cells;
  numbers = ip_job_get_running (self->job);
  for (guint i = 0; i < numbers->len; i++)
    g_array_append_vals (cells,
                         ip_plan_get_cell (ip_job_get_plan (self->job),
                                           g_array_index (numbers, guint, i)),
                         1);

  return cells;
}

char *
ip_planner_get_log (IpPlanner *self)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), NULL);

  return g_strdup (self->log->str);
}

static void
copy_requests (GArray *array, const IpRequest *requests, guint n)
{
  g_array_set_size (array, 0);
  if (n > 0)
    g_array_append_vals (array, requests, n);
}

void
ip_planner_set_sweep (IpPlanner *self, const IpRequest *requests, guint n, gint64 epoch)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  if (n == 0 && self->sweep->len == 0)
    return;
  copy_requests (self->sweep, requests, n);
  self->sweep_epoch = epoch;
  ip_planner_plan (self);
}

void
ip_planner_set_comparisons (IpPlanner *self, const IpRequest *requests, guint n)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  copy_requests (self->comparisons, requests, n);
  ip_planner_plan (self);
}

void
ip_planner_cancel (IpPlanner *self)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  self->stopped = TRUE;
  stop_job (self);
  notify_job (self);
}

void
ip_planner_resume (IpPlanner *self)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  self->stopped = FALSE;
  g_hash_table_remove_all (self->cancelled_runs);
  ip_planner_plan (self);
}

gboolean
ip_planner_get_busy (IpPlanner *self)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), FALSE);

  return self->job != NULL || self->planning != 0 || self->frozen_busy;
}

double
ip_planner_get_progress (IpPlanner *self)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), 0);

  if (self->job != NULL)
    return ip_job_get_progress (self->job);

  return self->planning != 0 ? 0 : 1;
}

double
ip_planner_get_remaining (IpPlanner *self)
{
  g_return_val_if_fail (IP_IS_PLANNER (self), NAN);

  if (self->job != NULL)
    return ip_job_get_remaining (self->job);

  return self->planning != 0 ? NAN : 0;
}

void
ip_planner_count_cells (IpPlanner *self, guint *n_cells, guint *n_done)
{
  g_return_if_fail (IP_IS_PLANNER (self));

  *n_cells = *n_done = 0;
  for (guint i = 0; i < get_n_runs (self); i++)
    {
      IpRunCount count;

      ip_run_count (get_run (self, i), &self->request, &count);
      *n_cells += count.n_cells;
      *n_done += count.n_done;
    }
}
