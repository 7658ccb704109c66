/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session.h"

#include <glib/gi18n.h>
#include <math.h>

/* The session decides what is to be computed: the cells of visible layers of visible runs that have
 * no estimate under the request in force.  Whenever one of these changes, the running job is
 * cancelled and a new one is planned after a short pause, so that typing a number or dragging a
 * slider does not start twenty jobs.  A superseded job still delivers what it had finished; every
 * estimate is stored under the request it was made for, and none is computed twice. */

#define PLANNING_DELAY 120 /* ms */

struct _IpSession
{
  GObject parent_instance;

  GListStore *runs;
  guint threads;
  gsize memory;
  IpStore *store;
  IpRequest request;

  IpJob *job; /* the one in force, NULL when there is nothing to compute */
  guint planning;
  gboolean paused;
  gboolean live;
  GHashTable *failures; /* texts that were signalled already under this request */

  GArray *epochs;
  gint64 epoch;
  gboolean in_bits;
  IpScale epoch_scale;
  IpQuantity chosen[IP_N_SHOWN]; /* IP_N_QUANTITIES: none */
  int layer;                     /* −1: none chosen */
};

enum
{
  PROP_0,
  PROP_RUNS,
  PROP_BUSY,
  PROP_PROGRESS,
  PROP_REMAINING,
  PROP_EPOCH,
  PROP_IN_BITS,
  PROP_EPOCH_SCALE,
  PROP_QUANTITY,
  PROP_X_QUANTITY,
  PROP_Y_QUANTITY,
  PROP_LAYER,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpSession, ip_session, G_TYPE_OBJECT)

static IpRun *
get_run (IpSession *self, guint position)
{
  g_autoptr (IpRun) run = g_list_model_get_item (G_LIST_MODEL (self->runs), position);

  return run; /* the list keeps it alive */
}

static guint
get_n_runs (IpSession *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->runs));
}

static void
notify_job (IpSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REMAINING]);
}

/* Results of whichever job of this session, in force or superseded. */
static void
store_results (IpSession *self, IpJob *job, GPtrArray *results)
{
  IpPlan *plan = ip_job_get_plan (job);
  const IpRequest *request = ip_plan_get_requests (plan, NULL);

  for (guint i = 0; i < results->len; i++)
    {
      const IpCellResult *result = results->pdata[i];
      const IpCell *cell = ip_plan_get_cell (plan, result->cell);

      for (guint k = 0; k < get_n_runs (self); k++)
        if (ip_run_get_dump (get_run (self, k)) == cell->dump)
          ip_run_set_estimate (get_run (self, k), request, cell->layer, cell->snapshot,
                               result->estimates);
    }
}

static void
report_failures (IpSession *self, IpJob *job, GPtrArray *results)
{
  IpPlan *plan = ip_job_get_plan (job);

  for (guint i = 0; i < results->len; i++)
    {
      const IpCellResult *result = results->pdata[i];
      const IpCell *cell = ip_plan_get_cell (plan, result->cell);
      g_autofree char *where = NULL;

      if (result->error == NULL)
        continue;

      where = g_strdup_printf ("%p/%u", (gpointer) cell->dump, cell->layer);
      if (g_hash_table_add (self->failures, g_steal_pointer (&where)))
        g_signal_emit (self, signals[SIGNAL_FAILED], 0, result->error);
    }
}

static void
job_results_cb (IpSession *self, GPtrArray *results, IpJob *job)
{
  store_results (self, job, results);
  if (job == self->job)
    report_failures (self, job, results);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
job_progress_cb (IpSession *self, IpJob *job)
{
  if (job == self->job)
    notify_job (self);
}

/* What went wrong with the store meanwhile, once. */
static void
report_store (IpSession *self)
{
  g_autofree char *notice = self->store != NULL ? ip_store_get_notice (self->store) : NULL;
  g_autoptr (GError) error = NULL;

  if (notice == NULL || !g_hash_table_add (self->failures, g_strdup (notice)))
    return;

  error = g_error_new_literal (IP_STORE_ERROR, IP_STORE_ERROR_FAILED, notice);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
job_finished_cb (IpSession *self, IpJob *job)
{
  if (job != self->job)
    return;

  g_clear_object (&self->job);
  report_store (self);
  notify_job (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
add_missing_cells (IpSession *self, IpPlan *plan, guint number)
{
  IpRun *run = get_run (self, number);
  IpDump *dump = ip_run_get_dump (run);
  const IpEstimate *const *known = ip_run_get_estimates (run, &self->request);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    {
      const gboolean *present = ip_dump_get_layer (dump, layer)->present;

      if (!ip_run_layer_get_visible (ip_run_get_layer (run, layer)))
        continue;

      for (guint snapshot = 0; snapshot < n_epochs; snapshot++)
        if (present[snapshot] && (known == NULL || known[layer * n_epochs + snapshot] == NULL))
          ip_plan_add_cell (plan, number, dump, layer, snapshot);
    }
}

static void
start_job (IpSession *self)
{
  g_autoptr (IpPlan) plan = ip_plan_new (&self->request, 1);

  for (guint i = 0; i < get_n_runs (self); i++)
    if (ip_run_get_visible (get_run (self, i)))
      add_missing_cells (self, plan, i);

  if (ip_plan_get_n_cells (plan) > 0)
    {
      ip_plan_sort_coarse_to_fine (plan);
      self->job = ip_job_new (plan, self->store, self->threads, self->memory);
      g_signal_connect_object (self->job, "results", G_CALLBACK (job_results_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->job, "progress", G_CALLBACK (job_progress_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->job, "finished", G_CALLBACK (job_finished_cb), self,
                               G_CONNECT_SWAPPED);
      ip_job_start (self->job);
    }

  notify_job (self);
}

static gboolean
planning_cb (gpointer data)
{
  IpSession *self = data;

  self->planning = 0;
  start_job (self);

  return G_SOURCE_REMOVE;
}

static void
stop_job (IpSession *self)
{
  g_clear_handle_id (&self->planning, g_source_remove);
  if (self->job != NULL)
    ip_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
plan_again (IpSession *self)
{
  stop_job (self);
  if (!self->paused)
    self->planning = g_timeout_add (PLANNING_DELAY, planning_cb, self);
  notify_job (self);
}

static int
compare_epochs (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a;
  gint64 other = *(const gint64 *) b;

  return (one > other) - (one < other);
}

static void
collect_epochs (IpSession *self)
{
  g_array_set_size (self->epochs, 0);
  for (guint i = 0; i < get_n_runs (self); i++)
    {
      IpRun *run = get_run (self, i);
      const gint64 *epochs;
      guint n_epochs;

      if (!ip_run_get_visible (run))
        continue;
      epochs = ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
      if (n_epochs > 0)
        g_array_append_vals (self->epochs, epochs, n_epochs);
    }

  g_array_sort (self->epochs, compare_epochs);
  for (guint i = self->epochs->len; i-- > 1;)
    if (g_array_index (self->epochs, gint64, i) == g_array_index (self->epochs, gint64, i - 1))
      g_array_remove_index (self->epochs, i);
}

static gint64
find_nearest_epoch (IpSession *self, gint64 epoch)
{
  gint64 nearest = -1;

  for (guint i = 0; i < self->epochs->len; i++)
    {
      gint64 candidate = g_array_index (self->epochs, gint64, i);

      if (nearest < 0 || ABS (candidate - epoch) < ABS (nearest - epoch))
        nearest = candidate;
    }

  return nearest;
}

/* What is visible has changed: other epochs, other cells to compute, another picture. */
static void
visibility_changed_cb (IpSession *self)
{
  gint64 epoch;

  collect_epochs (self);
  epoch = find_nearest_epoch (self, self->epoch < 0 ? G_MAXINT64 : self->epoch);
  if (epoch != self->epoch)
    {
      self->epoch = epoch;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EPOCH]);
    }
  plan_again (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
style_changed_cb (IpSession *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
ip_session_dispose (GObject *object)
{
  IpSession *self = IP_SESSION (object);

  stop_job (self);
  g_clear_object (&self->runs);
  g_clear_object (&self->store);
  g_clear_pointer (&self->failures, g_hash_table_unref);
  g_clear_pointer (&self->epochs, g_array_unref);

  G_OBJECT_CLASS (ip_session_parent_class)->dispose (object);
}

static void
ip_session_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  IpSession *self = IP_SESSION (object);

  switch (property)
    {
    case PROP_RUNS:
      g_value_set_object (value, self->runs);
      break;

    case PROP_BUSY:
      g_value_set_boolean (value, ip_session_get_busy (self));
      break;

    case PROP_PROGRESS:
      g_value_set_double (value, ip_session_get_progress (self));
      break;

    case PROP_REMAINING:
      g_value_set_double (value, ip_session_get_remaining (self));
      break;

    case PROP_EPOCH:
      g_value_set_int64 (value, self->epoch);
      break;

    case PROP_IN_BITS:
      g_value_set_boolean (value, self->in_bits);
      break;

    case PROP_EPOCH_SCALE:
      g_value_set_int (value, self->epoch_scale);
      break;

    case PROP_QUANTITY:
    case PROP_X_QUANTITY:
    case PROP_Y_QUANTITY:
      g_value_set_int (value, ip_session_get_quantity (self, property - PROP_QUANTITY));
      break;

    case PROP_LAYER:
      g_value_set_int (value, ip_session_get_layer (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_session_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  IpSession *self = IP_SESSION (object);

  switch (property)
    {
    case PROP_EPOCH:
      ip_session_set_epoch (self, g_value_get_int64 (value));
      break;

    case PROP_IN_BITS:
      ip_session_set_in_bits (self, g_value_get_boolean (value));
      break;

    case PROP_EPOCH_SCALE:
      ip_session_set_epoch_scale (self, g_value_get_int (value));
      break;

    case PROP_QUANTITY:
    case PROP_X_QUANTITY:
    case PROP_Y_QUANTITY:
      ip_session_set_quantity (self, property - PROP_QUANTITY, g_value_get_int (value));
      break;

    case PROP_LAYER:
      ip_session_set_layer (self, g_value_get_int (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_session_class_init (IpSessionClass *klass)
{
  static const char *const quantity_names[IP_N_SHOWN] = { "quantity", "x-quantity", "y-quantity" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags settable
    = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = ip_session_dispose;
  object_class->get_property = ip_session_get_property;
  object_class->set_property = ip_session_set_property;

  properties[PROP_RUNS]
    = g_param_spec_object ("runs", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, readable);
  properties[PROP_REMAINING]
    = g_param_spec_double ("remaining", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, readable);
  properties[PROP_EPOCH]
    = g_param_spec_int64 ("epoch", NULL, NULL, -1, G_MAXINT64, -1, settable);
  properties[PROP_IN_BITS] = g_param_spec_boolean ("in-bits", NULL, NULL, TRUE, settable);
  properties[PROP_EPOCH_SCALE] = g_param_spec_int ("epoch-scale", NULL, NULL, IP_SCALE_LINEAR,
                                                   IP_SCALE_LOG, IP_SCALE_LOG, settable);
  for (guint i = 0; i < IP_N_SHOWN; i++)
    properties[PROP_QUANTITY + i] = g_param_spec_int (quantity_names[i], NULL, NULL, 0,
                                                      IP_N_QUANTITIES, IP_N_QUANTITIES, settable);
  properties[PROP_LAYER] = g_param_spec_int ("layer", NULL, NULL, -1, G_MAXINT, -1, settable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", IP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", IP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ip_session_init (IpSession *self)
{
  gsize n_estimators;
  const IpEstimator *const *estimators = ip_estimators_list (&n_estimators);

  self->runs = g_list_store_new (IP_TYPE_RUN);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->epochs = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->epoch = -1;
  self->in_bits = TRUE;
  self->epoch_scale = IP_SCALE_LOG;
  self->layer = -1;
  for (guint i = 0; i < IP_N_SHOWN; i++)
    self->chosen[i] = IP_N_QUANTITIES;
  self->request.estimator = estimators[0];
  ip_parameters_init (&self->request.parameters, estimators[0]);
}

IpSession *
ip_session_new (guint threads, gsize memory)
{
  IpSession *self = g_object_new (IP_TYPE_SESSION, NULL);

  self->threads = threads;
  self->memory = memory;

  return self;
}

void
ip_session_set_store (IpSession *self, IpStore *store)
{
  g_return_if_fail (IP_IS_SESSION (self));

  g_set_object (&self->store, store);
}

void
ip_session_set_live (IpSession *self, gboolean live)
{
  g_return_if_fail (IP_IS_SESSION (self));

  self->live = live;
}

GListModel *
ip_session_get_runs (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return G_LIST_MODEL (self->runs);
}

static IpRun *
find_run (IpSession *self, GFile *file)
{
  for (guint i = 0; i < get_n_runs (self); i++)
    if (g_file_equal (ip_dump_get_file (ip_run_get_dump (get_run (self, i))), file))
      return get_run (self, i);

  return NULL;
}

static gboolean
is_name_taken (IpSession *self, const char *name)
{
  for (guint i = 0; i < get_n_runs (self); i++)
    if (g_str_equal (ip_run_get_name (get_run (self, i)), name))
      return TRUE;

  return FALSE;
}

/* The name of the dump, with the name of its folder when another run is called the same. */
static char *
choose_name (IpSession *self, IpDump *dump)
{
  g_autoptr (GFile) folder = g_file_get_parent (ip_dump_get_file (dump));
  g_autofree char *folder_name = folder != NULL ? g_file_get_basename (folder) : g_strdup ("");
  g_autofree char *name = g_strdup (ip_dump_get_name (dump));

  if (!is_name_taken (self, name))
    return g_steal_pointer (&name);
  g_free (name);
  name = g_build_filename (folder_name, ip_dump_get_name (dump), NULL);

  for (guint i = 2; is_name_taken (self, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s/%s (%u)", folder_name, ip_dump_get_name (dump), i);
    }

  return g_steal_pointer (&name);
}

/* Whoever looked at the last epoch goes on looking at the last one. */
static void
dump_changed_cb (IpSession *self)
{
  gboolean at_end = self->epochs->len == 0
                    || self->epoch == g_array_index (self->epochs, gint64, self->epochs->len - 1);

  visibility_changed_cb (self);
  if (at_end)
    ip_session_set_epoch (self, G_MAXINT64);
}

static void
run_failed_cb (IpSession *self, GError *error)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static IpRun *
add_run (IpSession *self, IpDump *dump)
{
  g_autofree char *name = choose_name (self, dump);
  g_autoptr (IpRun) run = ip_run_new (dump, name, get_n_runs (self) * IP_N_SERIES);

  g_signal_connect_object (run, "notify::visible", G_CALLBACK (visibility_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "layer-changed::visible", G_CALLBACK (visibility_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "layer-changed::style", G_CALLBACK (style_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "dump-changed", G_CALLBACK (dump_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "failed", G_CALLBACK (run_failed_cb), self, G_CONNECT_SWAPPED);
  if (self->live)
    ip_run_follow (run);
  g_list_store_append (self->runs, run);
  visibility_changed_cb (self);

  return run;
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  IpDump *dump = ip_dump_open (data, cancellable, &error);

  if (dump != NULL)
    g_task_return_pointer (task, dump, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  IpDump *dump = g_task_propagate_pointer (G_TASK (result), &error);

  if (dump != NULL)
    g_task_return_pointer (task, dump, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The task of the thread is not that of the session: whoever lets go of a task last lets go of its
 * source, and the session must end on its own thread. */
void
ip_session_open_async (IpSession *self,
                       GFile *file,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) opening = g_task_new (NULL, cancellable, opened_cb, task);

  g_return_if_fail (IP_IS_SESSION (self));

  g_task_set_source_tag (task, ip_session_open_async);
  g_task_set_task_data (opening, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (opening, open_in_thread);
}

IpRun *
ip_session_open_finish (IpSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (IpDump) dump = NULL;
  IpRun *run;

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  dump = g_task_propagate_pointer (G_TASK (result), error);
  if (dump == NULL)
    return NULL;

  run = find_run (self, ip_dump_get_file (dump));

  return run != NULL ? run : add_run (self, dump);
}

void
ip_session_close_run (IpSession *self, IpRun *run)
{
  guint position;

  g_return_if_fail (IP_IS_SESSION (self));

  if (!g_list_store_find (self->runs, run, &position))
    return;

  g_signal_handlers_disconnect_by_data (run, self);
  g_list_store_remove (self->runs, position);
  self->layer = -1;
  visibility_changed_cb (self);
}

const IpRequest *
ip_session_get_request (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return &self->request;
}

void
ip_session_set_request (IpSession *self, const IpRequest *request)
{
  g_return_if_fail (IP_IS_SESSION (self));

  self->request = *request;
  self->paused = FALSE;
  for (guint i = 0; i < IP_N_SHOWN; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUANTITY + i]);
  g_hash_table_remove_all (self->failures);
  plan_again (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
ip_session_cancel (IpSession *self)
{
  g_return_if_fail (IP_IS_SESSION (self));

  self->paused = TRUE;
  stop_job (self);
  notify_job (self);
}

void
ip_session_resume (IpSession *self)
{
  g_return_if_fail (IP_IS_SESSION (self));

  self->paused = FALSE;
  plan_again (self);
}

gboolean
ip_session_get_busy (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), FALSE);

  return self->job != NULL || self->planning != 0;
}

double
ip_session_get_progress (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  if (self->job != NULL)
    return ip_job_get_progress (self->job);

  return self->planning != 0 ? 0 : 1;
}

double
ip_session_get_remaining (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NAN);

  if (self->job != NULL)
    return ip_job_get_remaining (self->job);

  return self->planning != 0 ? NAN : 0;
}

/* Counts the cells of visible layers, all of them and those that are known. */
static void
count_cells (IpSession *self, guint *n_cells, guint *n_done)
{
  *n_cells = *n_done = 0;
  for (guint i = 0; i < get_n_runs (self); i++)
    {
      IpRun *run = get_run (self, i);
      IpDump *dump = ip_run_get_dump (run);
      const IpEstimate *const *known = ip_run_get_estimates (run, &self->request);
      guint n_layers = ip_run_get_visible (run) ? ip_dump_get_n_layers (dump) : 0;
      guint n_epochs;

      ip_dump_get_epochs (dump, &n_epochs);
      for (guint layer = 0; layer < n_layers; layer++)
        {
          if (!ip_run_layer_get_visible (ip_run_get_layer (run, layer)))
            continue;

          *n_cells += ip_dump_get_layer (dump, layer)->n_present;
          for (guint k = 0; known != NULL && k < n_epochs; k++)
            *n_done += known[layer * n_epochs + k] != NULL;
        }
    }
}

guint
ip_session_get_n_done (IpSession *self)
{
  guint n_cells, n_done;

  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  count_cells (self, &n_cells, &n_done);

  return n_done;
}

guint
ip_session_get_n_cells (IpSession *self)
{
  guint n_cells, n_done;

  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  count_cells (self, &n_cells, &n_done);

  return n_cells;
}

gint64
ip_session_get_epoch (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), -1);

  return self->epoch;
}

void
ip_session_set_epoch (IpSession *self, gint64 epoch)
{
  g_return_if_fail (IP_IS_SESSION (self));

  epoch = find_nearest_epoch (self, epoch);
  if (self->epoch == epoch)
    return;

  self->epoch = epoch;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EPOCH]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const gint64 *
ip_session_get_epochs (IpSession *self, guint *n_epochs)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  *n_epochs = self->epochs->len;

  return (const gint64 *) self->epochs->data;
}

gboolean
ip_session_get_in_bits (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), TRUE);

  return self->in_bits;
}

void
ip_session_set_in_bits (IpSession *self, gboolean in_bits)
{
  g_return_if_fail (IP_IS_SESSION (self));

  in_bits = !!in_bits;
  if (self->in_bits == in_bits)
    return;

  self->in_bits = in_bits;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IN_BITS]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

IpScale
ip_session_get_epoch_scale (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), IP_SCALE_LOG);

  return self->epoch_scale;
}

void
ip_session_set_epoch_scale (IpSession *self, IpScale scale)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (self->epoch_scale == scale)
    return;

  self->epoch_scale = scale;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EPOCH_SCALE]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

IpQuantity
ip_session_get_quantity (IpSession *self, IpShown where)
{
  const IpEstimator *estimator;

  g_return_val_if_fail (IP_IS_SESSION (self), IP_N_QUANTITIES);
  g_return_val_if_fail (where < IP_N_SHOWN, IP_N_QUANTITIES);

  estimator = self->request.estimator;
  for (guint i = 0; i < estimator->n_quantities; i++)
    if (estimator->quantities[i] == self->chosen[where])
      return self->chosen[where];

  return IP_N_QUANTITIES;
}

void
ip_session_set_quantity (IpSession *self, IpShown where, IpQuantity quantity)
{
  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (where < IP_N_SHOWN && quantity <= IP_N_QUANTITIES);

  if (self->chosen[where] == quantity)
    return;

  self->chosen[where] = quantity;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUANTITY + where]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
is_visible (IpSession *self, int layer)
{
  guint run = (guint) layer >> 16;
  guint number = layer & 0xffff;

  return layer >= 0 && run < get_n_runs (self) && ip_run_get_visible (get_run (self, run))
         && number < g_list_model_get_n_items (G_LIST_MODEL (get_run (self, run)))
         && ip_run_layer_get_visible (ip_run_get_layer (get_run (self, run), number));
}

int
ip_session_get_layer (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), -1);

  if (is_visible (self, self->layer))
    return self->layer;
  for (guint i = 0; i < get_n_runs (self); i++)
    for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (get_run (self, i))); k++)
      if (is_visible (self, (int) (i << 16 | k)))
        return (int) (i << 16 | k);

  return -1;
}

void
ip_session_set_layer (IpSession *self, int layer)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (self->layer == layer)
    return;

  self->layer = layer;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAYER]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}
