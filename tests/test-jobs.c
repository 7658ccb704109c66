/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "await.h"
#include "ip-budget.h"
#include "ip-job.h"
#include "ip-table.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <signal.h>
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

static IpDump *
open_example (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples",
                                            EXAMPLE_NAME, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  IpDump *dump = ip_dump_open (file, NULL, &error);

  g_assert_no_error (error);

  return dump;
}

static IpRequest
make_request (const char *id, const char *parameters)
{
  IpRequest request = { .estimator = ip_estimator_find (id) };

  g_assert_nonnull (request.estimator);
  g_assert_cmpint (ip_parameters_parse (&request.parameters, request.estimator, parameters, NULL),
                   ==, IP_STATUS_OK);

  return request;
}

static IpPlan *
plan_everything (IpDump *dump, const IpRequest *requests, guint n_requests)
{
  IpPlan *plan = ip_plan_new (requests, n_requests);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    for (guint snapshot = 0; snapshot < n_epochs; snapshot++)
      ip_plan_add_cell (plan, 0, dump, layer, snapshot);

  return plan;
}

/* A job that is run to its end, and what it gave. */
typedef struct
{
  IpJob *job;
  GMainLoop *loop;
  GPtrArray *estimates; /* by cell */
  guint n_results;
  guint n_errors;
  guint n_finished;
  guint cancel_after; /* results, 0: never */
  gint64 cancelled;
  gint64 finished;
} Run;

static void
results_cb (Run *run, GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    {
      IpCellResult *result = results->pdata[i];

      g_assert_null (run->estimates->pdata[result->cell]);
      run->estimates->pdata[result->cell] = g_steal_pointer (&result->estimates);
      run->n_results++;
      run->n_errors += result->error != NULL;
    }

  if (run->cancel_after > 0 && run->n_results >= run->cancel_after && run->cancelled == 0)
    {
      run->cancelled = g_get_monotonic_time ();
      ip_job_cancel (run->job);
    }
}

static void
finished_cb (Run *run)
{
  run->finished = g_get_monotonic_time ();
  run->n_finished++;
  g_main_loop_quit (run->loop);
}

static void
run_init (Run *run, IpPlan *plan, IpStore *store, guint threads, gsize memory)
{
  *run = (Run){ .job = ip_job_new (plan, store, threads, memory),
                .loop = g_main_loop_new (NULL, FALSE),
                .estimates = g_ptr_array_new_with_free_func (g_free) };
  g_ptr_array_set_size (run->estimates, ip_plan_get_n_cells (plan));
  g_signal_connect_swapped (run->job, "results", G_CALLBACK (results_cb), run);
  g_signal_connect_swapped (run->job, "finished", G_CALLBACK (finished_cb), run);
}

static void
run_to_end (Run *run)
{
  ip_job_start (run->job);
  g_main_loop_run (run->loop);
  g_assert_cmpuint (run->n_finished, ==, 1);
}

static void
run_clear (Run *run)
{
  g_assert_finalize_object (run->job);
  g_main_loop_unref (run->loop);
  g_ptr_array_unref (run->estimates);
}

static void
assert_same_numbers (const IpEstimate *a, const IpEstimate *b)
{
  g_assert_cmpuint (a->n_values, ==, b->n_values);
  for (unsigned i = 0; i < a->n_values; i++)
    {
      g_assert_cmpmem (&a->values[i].value, sizeof (double), &b->values[i].value, sizeof (double));
      g_assert_cmpmem (&a->values[i].lower, sizeof (double), &b->values[i].lower, sizeof (double));
      g_assert_cmpmem (&a->values[i].upper, sizeof (double), &b->values[i].upper, sizeof (double));
      g_assert_cmpuint (a->values[i].flags, ==, b->values[i].flags);
    }
}

static void
test_same_bits_for_any_number_of_threads (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest requests[] = { make_request ("bins-uniform", NULL), make_request ("kde", NULL) };
  const guint threads[] = { 1, 2, 7 };
  Run runs[G_N_ELEMENTS (threads)];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (IpPlan) plan = plan_everything (dump, requests, 2);

      if (i == 1)
        ip_plan_sort_coarse_to_fine (plan);
      else
        g_assert_cmpuint (ip_plan_get_cell (plan, 1)->snapshot, ==, 1);
      run_init (&runs[i], plan, NULL, threads[i], 0);
      run_to_end (&runs[i]);
      g_assert_cmpuint (runs[i].n_results, ==, ip_plan_get_n_cells (plan));
      g_assert_cmpuint (runs[i].n_errors, ==, 0);
      g_assert_cmpint (ip_job_get_state (runs[i].job), ==, IP_JOB_DONE);
      g_assert_cmpfloat (ip_job_get_progress (runs[i].job), ==, 1);
    }

  for (guint cell = 0; cell < runs[0].estimates->len; cell++)
    {
      const IpEstimate *one = runs[0].estimates->pdata[cell];
      const IpEstimate *many = runs[2].estimates->pdata[cell];

      for (guint k = 0; k < G_N_ELEMENTS (requests); k++)
        assert_same_numbers (&one[k], &many[k]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    run_clear (&runs[i]);
}

static void
test_coarse_to_fine (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  guint n_layers = ip_dump_get_n_layers (dump);
  guint n_epochs;
  g_autofree gboolean *seen = NULL;

  ip_dump_get_epochs (dump, &n_epochs);
  seen = g_new0 (gboolean, n_layers * n_epochs);
  ip_plan_sort_coarse_to_fine (plan);

  g_assert_cmpuint (ip_plan_get_n_cells (plan), ==, n_layers * n_epochs);
  for (guint i = 0; i < ip_plan_get_n_cells (plan); i++)
    {
      const IpCell *cell = ip_plan_get_cell (plan, i);

      g_assert_false (seen[cell->layer * n_epochs + cell->snapshot]);
      seen[cell->layer * n_epochs + cell->snapshot] = TRUE;
      if (i < n_layers)
        g_assert_cmpuint (cell->snapshot, ==, 0);
      else if (i < 2 * n_layers)
        g_assert_cmpuint (cell->snapshot, ==, n_epochs - 1);
    }
}

static void
test_cancel (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("kde", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  Run run;

  run_init (&run, plan, NULL, 2, 0);
  run.cancel_after = 1;
  run_to_end (&run);

  g_assert_cmpint (ip_job_get_state (run.job), ==, IP_JOB_CANCELLED);
  g_assert_cmpuint (run.n_results, <, ip_plan_get_n_cells (plan));
  g_test_message ("cancelled within %.1f ms", (run.finished - run.cancelled) / 1000.);
  g_test_minimized_result ((run.finished - run.cancelled) / 1e6, "seconds from cancel to finished");
  run_clear (&run);
}

static guint
rank_by_layer (const IpCell *cell, gpointer data)
{
  return cell->layer == GPOINTER_TO_UINT (data) ? 0 : 1;
}

static void
order_cb (GArray *order, GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    g_array_append_val (order, ((IpCellResult *) results->pdata[i])->cell);
}

/* What the user looks at comes first, the rest in the order of the plan; and a paused job begins
 * nothing. */
static void
test_priority (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n_epochs;
  Run run;

  ip_dump_get_epochs (dump, &n_epochs);
  run_init (&run, plan, NULL, 1, 0);
  g_signal_connect_swapped (run.job, "results", G_CALLBACK (order_cb), order);
  ip_job_set_paused (run.job, TRUE);
  ip_job_start (run.job);
  ip_job_prioritise (run.job, rank_by_layer, GUINT_TO_POINTER (5));
  ip_job_prioritise (run.job, rank_by_layer, GUINT_TO_POINTER (3)); /* and looks elsewhere */
  g_assert_true (isnan (ip_job_get_remaining (run.job)));
  g_assert_cmpuint (ip_job_get_n_done (run.job), ==, 0);
  ip_job_set_paused (run.job, FALSE);
  g_main_loop_run (run.loop);

  g_assert_cmpint (ip_job_get_state (run.job), ==, IP_JOB_DONE);
  g_assert_cmpuint (order->len, ==, ip_plan_get_n_cells (plan));
  for (guint i = 0; i < order->len; i++)
    {
      guint expected = i < n_epochs ? 3 * n_epochs + i : i < 4 * n_epochs ? i - n_epochs : i;

      g_assert_cmpuint (g_array_index (order, guint, i), ==, expected);
    }
  run_clear (&run);
}

static void
test_cancel_while_paused (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  Run run;

  run_init (&run, plan, NULL, 2, 0);
  ip_job_set_paused (run.job, TRUE);
  ip_job_start (run.job);
  ip_job_cancel (run.job);
  g_main_loop_run (run.loop);
  g_assert_cmpint (ip_job_get_state (run.job), ==, IP_JOB_CANCELLED);
  g_assert_cmpuint (run.n_results, ==, 0);
  run_clear (&run);
}

/* Inside the eigenvalues of a matrix of 4096 rows, and among its distances. */
static void
test_cancel_inside (void)
{
  static const char *const ids[] = { "renyi", "dse", "knn-entropy", "kde" };
  g_autoptr (IpDump) dump = open_example ();

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const IpRequest request = make_request (ids[i], NULL);
      g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
      g_autoptr (GArray) running = NULL;
      gint64 started = g_get_monotonic_time ();
      clock_t spent; /* of the processor, because other programs take it away */
      Run run;

      run_init (&run, plan, NULL, 2, 0);
      ip_job_start (run.job);
      do /* until both workers are well inside; some of them give their first results before */
        {
          g_main_context_iteration (NULL, FALSE);
          g_clear_pointer (&running, g_array_unref);
          running = ip_job_get_running (run.job);
        }
      while (running->len < 2
             || (run.n_results < 4 && g_get_monotonic_time () - started < 400000));
      run.cancelled = g_get_monotonic_time ();
      spent = clock ();
      ip_job_cancel (run.job);
      g_main_loop_run (run.loop);
      spent = clock () - spent;
      g_test_message ("%s: cancelled within %.1f ms, %.1f ms of the processor", ids[i],
                      (run.finished - run.cancelled) / 1000., spent * 1e3 / CLOCKS_PER_SEC);
      g_assert_cmpint (spent, <, CLOCKS_PER_SEC / 4);
      run_clear (&run);
    }
}

/* While somebody else writes the store, nothing can be stored, and so nothing is reported; cells
 * are read and computed all the same, several at once. */
static void
test_overlap (void)
{
  g_autofree char *folder = g_dir_make_tmp ("infoplane-jobs-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "results.sqlite", NULL);
  g_autoptr (IpStore) store = ip_store_new (path);
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("kde", NULL);
  const IpStoreKey key = { "none", "none", "all", &request };
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  g_autoptr (GHashTable) begun = g_hash_table_new (NULL, NULL);
  g_autofree char *notice = NULL;
  guint most_at_once = 0;
  sqlite3 *writer;
  Run run;

  g_ptr_array_unref (ip_store_load (store, &key)); /* it is open now */
  g_assert_cmpint (sqlite3_open (path, &writer), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (writer, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);

  run_init (&run, plan, store, 2, 0);
  ip_job_start (run.job);
  while (g_hash_table_size (begun) < 8)
    {
      g_autoptr (GArray) running = ip_job_get_running (run.job);

      for (guint i = 0; i < running->len; i++)
        g_hash_table_add (begun, GUINT_TO_POINTER (g_array_index (running, guint, i)));
      most_at_once = MAX (most_at_once, running->len);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (run.n_results, ==, 0);
  g_assert_cmpuint (most_at_once, ==, 2);

  g_assert_cmpint (sqlite3_exec (writer, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (writer);
  run.cancel_after = 8;
  await (run.n_finished > 0);
  g_assert_cmpuint (run.n_results, >=, 8);
  notice = ip_store_get_notice (store);
  g_assert_null (notice);
  run_clear (&run);
  g_clear_object (&store);
  g_unlink (path);
  g_rmdir (folder);
}

static void
kill_readers (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *list = g_build_filename ("/proc/self/task", task, "children", NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) children = NULL;

      if (!g_file_get_contents (list, &text, NULL, NULL))
        continue;
      children = g_strsplit (g_strstrip (text), " ", -1);
      for (guint i = 0; children[i] != NULL && *children[i] != '\0'; i++)
        kill ((pid_t) g_ascii_strtoll (children[i], NULL, 10), SIGKILL);
    }
}

static void
assert_reasons (Run *run)
{
  for (guint i = 0; i < run->estimates->len; i++)
    {
      const IpEstimate *estimate = run->estimates->pdata[i];

      g_assert_nonnull (estimate);
      g_assert_true (!isnan (estimate->values[0].value) || estimate->reason[0] != '\0');
    }
}

/* The readers die in the middle of it: at most their cells fail, with a reason, and the rest goes
 * on. */
static void
test_reader_dies (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  Run run;

  run_init (&run, plan, NULL, 2, 0);
  ip_job_start (run.job);
  await (run.n_results > 0);
  kill_readers ();
  await (run.n_finished > 0);
  g_assert_cmpint (ip_job_get_state (run.job), ==, IP_JOB_DONE);
  g_assert_cmpuint (run.n_results, ==, ip_plan_get_n_cells (plan));
  g_test_message ("%u of %u cells failed", run.n_errors, run.n_results);
  g_assert_cmpuint (run.n_errors, <=, 4);
  assert_reasons (&run);
  run_clear (&run);
}

/* One file is overwritten with nonsense and then removed; the cells of the other one go on. */
static void
test_file_vanishes (void)
{
  g_autofree char *folder = g_dir_make_tmp ("infoplane-jobs-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "gone.h5", NULL);
  g_autofree char *example
    = g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples", EXAMPLE_NAME, NULL);
  g_autoptr (GFile) from = g_file_new_for_path (example);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (IpDump) gone = NULL;
  g_autoptr (IpDump) dump = NULL;
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = ip_plan_new (&request, 1);
  Run run;

  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  gone = ip_dump_open (to, NULL, NULL);
  g_assert_cmpint (truncate (path, 1000), ==, 0);
  g_assert_cmpint (g_unlink (path), ==, 0);
  kill_readers (); /* that have it open */
  dump = open_example ();
  for (guint i = 0; i < 20; i++)
    {
      ip_plan_add_cell (plan, 0, gone, i % 6, i / 6);
      ip_plan_add_cell (plan, 1, dump, i % 6, i / 6);
    }

  run_init (&run, plan, NULL, 2, 0);
  run_to_end (&run);
  g_assert_cmpuint (run.n_results, ==, 40);
  g_assert_cmpuint (run.n_errors, ==, 20);
  assert_reasons (&run);
  for (guint i = 1; i < 40; i += 2)
    g_assert_false (isnan (((IpEstimate *) run.estimates->pdata[i])->values[0].value));
  g_test_message ("%s", ((IpEstimate *) run.estimates->pdata[0])->reason);
  run_clear (&run);
  g_rmdir (folder);
}

/* 100 runs, 10 layers, 100 epochs and 10 estimators, and a million cells of one. */
static void
test_million (void)
{
  g_autoptr (IpDump) dump = open_example ();
  IpRequest requests[10];
  guint n_layers = ip_dump_get_n_layers (dump);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    requests[i] = make_request ("bins-uniform", NULL);

  for (guint n_requests = 1; n_requests <= 10; n_requests += 9)
    {
      clock_t started = clock ();
      g_autoptr (IpPlan) plan = ip_plan_new (requests, n_requests);
      g_autoptr (IpJob) job = NULL;
      clock_t planned;

      for (guint i = 0; i < 1000000 / n_requests; i++)
        ip_plan_add_cell (plan, i / (n_layers * n_epochs), dump, i / n_epochs % n_layers,
                          i % n_epochs);
      ip_plan_sort_coarse_to_fine (plan);
      job = ip_job_new (plan, NULL, 2, 0);
      planned = clock ();
      ip_job_prioritise (job, rank_by_layer, GUINT_TO_POINTER (3));
      g_test_message ("%u cells of %u estimators: planned in %.0f ms, ordered anew in %.0f ms",
                      ip_plan_get_n_cells (plan), n_requests,
                      (planned - started) * 1e3 / CLOCKS_PER_SEC,
                      (clock () - planned) * 1e3 / CLOCKS_PER_SEC);
      g_assert_cmpint (planned - started, <, 5 * CLOCKS_PER_SEC);
    }
}

static void
test_cancel_before_start (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  Run run;

  run_init (&run, plan, NULL, 2, 0);
  ip_job_cancel (run.job);
  run_to_end (&run);
  g_assert_cmpuint (run.n_results, ==, 0);
  g_assert_cmpint (ip_job_get_state (run.job), ==, IP_JOB_CANCELLED);
  run_clear (&run);
}

static void
test_empty_plan (void)
{
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = ip_plan_new (&request, 1);
  Run run;

  run_init (&run, plan, NULL, 0, 0);
  run_to_end (&run);
  g_assert_cmpint (ip_job_get_state (run.job), ==, IP_JOB_DONE);
  run_clear (&run);
}

/* The second time nothing is computed: even the seconds are those of the first. */
static void
test_store (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest requests[]
    = { make_request ("bins-uniform", NULL), make_request ("bins-width", NULL) };
  g_autoptr (IpPlan) less = plan_everything (dump, requests, 1);
  g_autoptr (IpPlan) all = plan_everything (dump, requests, 2);
  g_autofree char *folder = g_dir_make_tmp ("infoplane-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "store.sqlite", NULL);
  IpPlan *plans[] = { less, all, all };
  Run runs[G_N_ELEMENTS (plans)];

  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autoptr (IpStore) store = ip_store_new (path);

      run_init (&runs[i], plans[i], store, 2, 0);
      run_to_end (&runs[i]);
      g_assert_cmpuint (runs[i].n_results, ==, ip_plan_get_n_cells (plans[i]));
    }

  for (guint cell = 0; cell < runs[0].estimates->len; cell++)
    {
      const IpEstimate *first = runs[0].estimates->pdata[cell];
      const IpEstimate *second = runs[1].estimates->pdata[cell];
      const IpEstimate *third = runs[2].estimates->pdata[cell];

      assert_same_numbers (&first[0], &second[0]);
      g_assert_cmpfloat (first[0].seconds, ==, second[0].seconds);
      for (guint k = 0; k < 2; k++)
        {
          assert_same_numbers (&second[k], &third[k]);
          g_assert_cmpfloat (second[k].seconds, ==, third[k].seconds);
        }
    }
  for (gsize i = 0; i < G_N_ELEMENTS (plans); i++)
    run_clear (&runs[i]);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_memory_budget (void)
{
  g_autoptr (IpDump) dump = open_example ();
  const IpRequest request = make_request ("bins-uniform", NULL);
  g_autoptr (IpPlan) plan = plan_everything (dump, &request, 1);
  Run run;

  run_init (&run, plan, NULL, 2, 1000);
  run_to_end (&run);
  g_assert_cmpuint (run.n_errors, ==, ip_plan_get_n_cells (plan));
  for (guint i = 0; i < run.estimates->len; i++)
    {
      const IpEstimate *estimate = run.estimates->pdata[i];

      g_assert_cmpuint (estimate->n_values, >, 0);
      g_assert_true (isnan (estimate->values[0].value));
      g_assert_true (estimate->values[0].flags & IP_FLAG_FAILED);
      g_assert_nonnull (strstr (estimate->reason, "the memory budget of 1000"));
    }
  run_clear (&run);
}

/* As many as there is memory for beside the cells. */
static void
test_helpers (void)
{
  g_autoptr (IpBudget) budget = ip_budget_new ((gsize) 100 << 20);

  g_assert_true (ip_budget_reserve (budget, (gsize) 50 << 20, NULL, NULL));
  g_assert_cmpuint (ip_budget_reserve_helpers (budget, 1), ==, 1);
  g_assert_cmpuint (ip_budget_reserve_helpers (budget, 6), ==, 1);
  g_assert_cmpuint (ip_budget_reserve_helpers (budget, 6), ==, 0);
  ip_budget_release_helpers (budget, 2);
  ip_budget_release (budget, (gsize) 50 << 20);
  g_assert_cmpuint (ip_budget_reserve_helpers (budget, 15), ==, 5);

  ip_budget_keep (budget, (gsize) 200 << 20);
  g_assert_cmpuint (ip_budget_reserve_helpers (budget, 1), ==, 0);
}

static char *
finish_table (IpTable *table)
{
  g_autoptr (GBytes) bytes = ip_table_finish (table);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_table (void)
{
  const IpRequest request = make_request ("bins-uniform", "bins=12");
  const IpTableKey key = { "a \"run\", one", "fc1", 3, 17 };
  IpEstimate estimate = { .n = 100, .d = 4, .seconds = 0.25, .clipped = 0.5, .n_values = 2 };
  g_autoptr (IpTable) csv = ip_table_new (IP_TABLE_CSV, TRUE);
  g_autoptr (IpTable) json = ip_table_new (IP_TABLE_JSON, FALSE);
  g_autofree char *csv_text = NULL;
  g_autofree char *json_text = NULL;
  g_auto (GStrv) lines = NULL;

  estimate.values[0] = (IpValue){ IP_QUANTITY_MI_XT, 2 * G_LN2, NAN, NAN, NAN, 12 * G_LN2,
                                  IP_FLAG_CLIPPED };
  estimate.values[1] = (IpValue){ IP_QUANTITY_MI_TY, NAN, NAN, NAN, NAN, NAN, IP_FLAG_NO_LABELS };
  ip_table_add (csv, &key, &request, &estimate);
  ip_table_add (json, &key, &request, &estimate);
  csv_text = finish_table (csv);
  json_text = finish_table (json);

  lines = g_strsplit (csv_text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_cmpstr (lines[0], ==,
                   "run,layer,layer_index,epoch,estimator,parameters,quantity,value,lower,upper,"
                   "error,ceiling,unit,n,d,seconds,flags");
  g_assert_true (g_str_has_prefix (lines[1], "\"a \"\"run\"\", one\",fc1,3,17,bins-uniform,"));
  g_assert_nonnull (strstr (lines[1], ",mi_xt,2,,,,12,bits,100,4,0.25,clipped=50"));
  g_assert_nonnull (strstr (lines[2], ",mi_ty,,,,,,bits,100,4,0.25,no-labels"));
  g_assert_nonnull (strstr (json_text, "\"unit\": \"nats\""));
  g_assert_nonnull (strstr (json_text, "\"value\": null"));
}

static void
test_table_of_spectra (void)
{
  const IpRequest request = make_request ("spectrum", NULL);
  const IpTableKey key = { "run", "fc1", 0, 1 };
  IpEstimate estimate = { .n = 100, .d = 2, .seconds = 1, .n_values = 1, .n_spectrum = 2,
                          .spectrum = { 0.75, 0.25 } };
  g_autoptr (IpTable) csv = ip_table_new (IP_TABLE_CSV, TRUE);
  g_autofree char *text = NULL;

  estimate.values[0] = (IpValue){ IP_QUANTITY_EFFECTIVE_RANK, 1.5, NAN, NAN, NAN, NAN, 0 };
  ip_table_add (csv, &key, &request, &estimate);
  text = finish_table (csv);
  g_assert_nonnull (strstr (text, ",flags,rank\n"));
  g_assert_nonnull (strstr (text, ",effective_rank,1.5,,,,,1,100,2,1,,\n"));
  g_assert_nonnull (strstr (text, ",spectrum,0.75,,,,,1,100,2,1,,1\n"));
  g_assert_nonnull (strstr (text, ",spectrum,0.25,,,,,1,100,2,1,,2\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jobs/same-bits", test_same_bits_for_any_number_of_threads);
  g_test_add_func ("/jobs/coarse-to-fine", test_coarse_to_fine);
  g_test_add_func ("/jobs/cancel", test_cancel);
  g_test_add_func ("/jobs/priority", test_priority);
  g_test_add_func ("/jobs/cancel-while-paused", test_cancel_while_paused);
  g_test_add_func ("/jobs/cancel-inside", test_cancel_inside);
  g_test_add_func ("/jobs/overlap", test_overlap);
  g_test_add_func ("/jobs/reader-dies", test_reader_dies);
  g_test_add_func ("/jobs/file-vanishes", test_file_vanishes);
  g_test_add_func ("/jobs/million", test_million);
  g_test_add_func ("/jobs/cancel-before-start", test_cancel_before_start);
  g_test_add_func ("/jobs/empty-plan", test_empty_plan);
  g_test_add_func ("/jobs/store", test_store);
  g_test_add_func ("/jobs/memory-budget", test_memory_budget);
  g_test_add_func ("/jobs/helpers", test_helpers);
  g_test_add_func ("/jobs/table", test_table);
  g_test_add_func ("/jobs/table-of-spectra", test_table_of_spectra);

  return g_test_run ();
}
