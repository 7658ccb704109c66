/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include "ip-correlation-table.h"
#include "ip-job.h"
#include "ip-table.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* The estimate command: plans the cells that were asked for, runs them as one job, and writes one
 * table in the order of runs, layers and epochs, whatever the order in which cells finished. */

typedef struct
{
  IpOptions options;
  char *shard;
  char *metric; /* that estimates are held against, NULL: none */
  guint shard_number; /* from 0 */
  guint n_shards;
  guint n_planned; /* cells of all shards */
  GPtrArray *dumps;
  GArray *saved_runs; /* of each dump, its number in the session */
  IpJob *job;
  GMainLoop *loop;
  IpEstimate **estimates; /* of each cell, NULL until it is done */
  gboolean interrupted;
  gboolean shows_progress;
} Estimation;

static void
take_dump (Estimation *self, IpDump *dump)
{
  g_ptr_array_add (self->dumps, dump);
  for (const char *const *w = ip_dump_get_warnings (dump); !self->options.quiet && *w != NULL; w++)
    g_printerr ("%s: %s\n", ip_dump_get_name (dump), *w);
}

/* The dumps of the session, wherever they are now. */
static gboolean
open_saved_dumps (Estimation *self)
{
  gboolean all = TRUE;

  for (guint i = 0; i < ip_session_file_get_n_runs (self->options.session); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *notice = NULL;
      IpDump *dump
        = ip_session_file_open_run (self->options.session, i, NULL, &notice, NULL, &error);

      if (notice != NULL && !self->options.quiet)
        g_printerr ("%s\n", notice);
      if (dump == NULL)
        {
          g_printerr ("%s\n", error->message);
          all = FALSE;
          continue;
        }
      take_dump (self, dump);
      g_array_append_val (self->saved_runs, i);
    }

  return all;
}

static gboolean
open_dumps (Estimation *self)
{
  g_autoptr (GPtrArray) files = ip_options_list_files (&self->options);
  gboolean all = TRUE;

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      IpDump *dump = ip_options_open_dump (&self->options, files->pdata[i], &error);

      if (dump == NULL)
        {
          g_printerr ("%s\n", error->message);
          all = FALSE;
          continue;
        }
      take_dump (self, dump);
    }

  return all;
}

/* Whether the session has the layer of a dump among what it shows. */
static gboolean
is_shown (Estimation *self, guint run, guint layer)
{
  IpDump *dump = self->dumps->pdata[run];

  return self->options.session == NULL || self->options.layers != NULL
         || ip_session_file_shows_layer (self->options.session,
                                         g_array_index (self->saved_runs, guint, run),
                                         ip_dump_get_layer (dump, layer)->name);
}

/* How the table calls a run. */
static const char *
get_run_name (Estimation *self, guint run)
{
  const char *name = NULL;

  if (self->options.session != NULL)
    name = ip_session_file_get_run_name (self->options.session,
                                         g_array_index (self->saved_runs, guint, run));

  return name != NULL ? name : ip_dump_get_name (self->dumps->pdata[run]);
}

static gboolean
add_cells (Estimation *self, IpPlan *plan, guint run)
{
  IpDump *dump = self->dumps->pdata[run];
  g_autofree gboolean *layers = ip_options_select_layers (&self->options, dump);
  g_autofree gboolean *snapshots
    = layers != NULL ? ip_options_select_snapshots (&self->options, dump) : NULL;
  guint n_epochs;

  if (snapshots == NULL)
    return FALSE;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    for (guint snapshot = 0; layers[layer] && snapshot < n_epochs; snapshot++)
      if (snapshots[snapshot] && ip_dump_get_layer (dump, layer)->present[snapshot]
          && is_shown (self, run, layer)
          && self->n_planned++ % self->n_shards == self->shard_number)
        ip_plan_add_cell (plan, run, dump, layer, snapshot);

  return TRUE;
}

static void
results_cb (Estimation *self, GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    {
      IpCellResult *result = results->pdata[i];

      self->estimates[result->cell] = g_steal_pointer (&result->estimates);
    }
}

static void
progress_cb (Estimation *self)
{
  double remaining = ip_job_get_remaining (self->job);

  if (!self->shows_progress)
    return;

  g_printerr ("\r\033[K%u/%u  %.0f %%", ip_job_get_n_done (self->job),
              ip_plan_get_n_cells (ip_job_get_plan (self->job)),
              100 * ip_job_get_progress (self->job));
  if (!isnan (remaining))
    g_printerr (_("  %.0f s left"), remaining);
}

static void
finished_cb (Estimation *self)
{
  if (self->shows_progress)
    g_printerr ("\r\033[K");
  g_main_loop_quit (self->loop);
}

static gboolean
interrupt_cb (gpointer data)
{
  Estimation *self = data;

  self->interrupted = TRUE;
  ip_job_cancel (self->job);

  return G_SOURCE_CONTINUE;
}

static void
run_job (Estimation *self, IpPlan *plan)
{
  g_autoptr (IpStore) store = ip_options_open_store (&self->options);
  guint interrupt = g_unix_signal_add (SIGINT, interrupt_cb, self);
  guint terminate = g_unix_signal_add (SIGTERM, interrupt_cb, self);

  self->estimates = g_new0 (IpEstimate *, ip_plan_get_n_cells (plan) + 1);
  self->shows_progress = !self->options.quiet && isatty (STDERR_FILENO);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->job = ip_job_new (plan, store, self->options.threads, self->options.memory);
  g_signal_connect_swapped (self->job, "results", G_CALLBACK (results_cb), self);
  g_signal_connect_swapped (self->job, "progress", G_CALLBACK (progress_cb), self);
  g_signal_connect_swapped (self->job, "finished", G_CALLBACK (finished_cb), self);
  ip_job_start (self->job);
  g_main_loop_run (self->loop);

  g_source_remove (interrupt);
  g_source_remove (terminate);
  ip_options_report_store (&self->options, store);
}

/* Values that are missing for the same reason at several epochs are reported in one line. */
typedef struct
{
  char *what; /* "run, layer fc1, bins-uniform mi_xt mi_ty" */
  char *reason;
  GString *epochs;
  guint n_epochs;
  guint n_recorded; /* epochs of the layer */
} Gap;

static void
gap_free (gpointer data)
{
  Gap *gap = data;

  g_free (gap->what);
  g_free (gap->reason);
  g_string_free (gap->epochs, TRUE);
  g_free (gap);
}

static void
add_gap (GPtrArray *gaps, const char *what, const char *reason, gint64 epoch, guint n_recorded)
{
  Gap *gap;

  for (guint i = 0; i < gaps->len; i++)
    {
      gap = gaps->pdata[i];
      if (g_str_equal (gap->what, what) && g_str_equal (gap->reason, reason))
        {
          g_string_append_printf (gap->epochs, ", %" G_GINT64_FORMAT, epoch);
          gap->n_epochs++;
          return;
        }
    }

  gap = g_new (Gap, 1);
  *gap = (Gap){ g_strdup (what), g_strdup (reason), g_string_new (NULL), 1, n_recorded };
  g_string_printf (gap->epochs, "%" G_GINT64_FORMAT, epoch);
  g_ptr_array_add (gaps, gap);
}

static const char *
get_reason (const IpEstimate *estimate, const IpValue *value)
{
  unsigned reasons = value->flags & ~0xffffu;

  if (estimate->reason[0] != '\0')
    return estimate->reason;

  return reasons != 0 ? _(ip_flag_explain (reasons & -reasons)) : _("no value");
}

static void
find_gaps (GPtrArray *gaps,
           const IpCell *cell,
           const IpRequest *request,
           const IpEstimate *estimate)
{
  const gint64 *epochs = ip_dump_get_epochs (cell->dump, NULL);
  const IpLayer *layer = ip_dump_get_layer (cell->dump, cell->layer);
  g_autoptr (GString) what = g_string_new (NULL);
  const char *reason = NULL;

  g_string_printf (what, _("%s, layer %s, %s"), ip_dump_get_name (cell->dump), layer->name,
                   request->estimator->id);
  for (unsigned i = 0; i < estimate->n_values; i++)
    if (isnan (estimate->values[i].value))
      {
        reason = get_reason (estimate, &estimate->values[i]);
        g_string_append_printf (what, " %s",
                                ip_quantity_get_info (estimate->values[i].quantity)->id);
      }

  if (reason != NULL)
    add_gap (gaps, what->str, reason, epochs[cell->snapshot], layer->n_present);
}

static void
report_gaps (GPtrArray *gaps)
{
  for (guint i = 0; i < gaps->len; i++)
    {
      const Gap *gap = gaps->pdata[i];

      if (gap->n_epochs > 1 && gap->n_epochs == gap->n_recorded)
        g_printerr (_("%s: %s (all epochs)\n"), gap->what, gap->reason);
      else
        g_printerr (_("%s: %s (epoch %s)\n"), gap->what, gap->reason, gap->epochs->str);
    }
}

static IpExit
write_table (Estimation *self, IpPlan *plan)
{
  g_autoptr (IpTable) table = ip_table_new (self->options.json ? IP_TABLE_JSON : IP_TABLE_CSV,
                                            self->options.in_bits);
  g_autoptr (GBytes) bytes = NULL;
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (plan, &n_requests);
  g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func (gap_free);
  IpExit status;

  for (guint i = 0; i < ip_plan_get_n_cells (plan); i++)
    {
      const IpCell *cell = ip_plan_get_cell (plan, i);
      guint n_epochs;
      const gint64 *epochs = ip_dump_get_epochs (cell->dump, &n_epochs);
      g_autofree char *choices = ip_dump_get_choices (cell->dump, cell->layer);
      IpTableKey key = { get_run_name (self, cell->run),
                         ip_dump_get_layer (cell->dump, cell->layer)->name, cell->layer,
                         epochs[cell->snapshot], choices };

      for (guint k = 0; k < n_requests; k++)
        {
          ip_table_add (table, &key, &requests[k], &self->estimates[i][k]);
          find_gaps (gaps, cell, &requests[k], &self->estimates[i][k]);
        }
    }

  report_gaps (gaps);
  bytes = self->metric == NULL
            ? ip_table_finish (table)
            : ip_correlation_table_new (plan, self->estimates, self->metric, self->options.seed,
                                        self->options.json ? IP_TABLE_JSON : IP_TABLE_CSV);
  status = ip_write_output (self->options.output, bytes);

  return status == IP_EXIT_DONE && gaps->len > 0 ? IP_EXIT_INCOMPLETE : status;
}

/* "3/8": the third of eight. */
static gboolean
parse_shard (Estimation *self)
{
  guint number;

  self->n_shards = 1;
  if (self->shard == NULL)
    return TRUE;

  if (sscanf (self->shard, "%u/%u", &number, &self->n_shards) == 2 && number >= 1
      && number <= self->n_shards)
    {
      self->shard_number = number - 1;
      return TRUE;
    }
  g_printerr (_("infoplane-cli estimate: --shard is I/N with I from 1 to N, not “%s”\n"),
              self->shard);

  return FALSE;
}

/* Names what there is when a run does not have the metric. */
static gboolean
check_metric (Estimation *self, IpDump *dump)
{
  g_autofree double *values = ip_metric_find (dump, self->metric);
  g_autoptr (GString) names = g_string_new (NULL);
  guint n;
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n);

  if (values != NULL)
    return TRUE;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", metrics[i].name);
  g_printerr (_("%s: no metric “%s”; there are: %s (“gap” takes test_loss and train_loss)\n"),
              ip_dump_get_name (dump), self->metric, names->str);

  return FALSE;
}

static void
add_comparisons (GArray *requests, IpSessionFile *session)
{
  guint n;
  const IpRequest *comparisons = ip_session_file_get_comparisons (session, &n);

  for (guint i = 0; i < n; i++)
    ip_requests_add (requests, &comparisons[i]);
}

static IpExit
estimate (Estimation *self)
{
  g_autoptr (IpPlan) plan = NULL;
  gboolean all_open;
  IpExit status;

  if (self->options.session != NULL && self->options.estimators == NULL)
    add_comparisons (self->options.requests, self->options.session);
  if (self->options.requests->len == 0)
    {
      g_printerr (_("infoplane-cli estimate: no estimator given; for instance -e bins-uniform\n"));
      return IP_EXIT_USAGE;
    }
  if (!parse_shard (self))
    return IP_EXIT_USAGE;
  all_open = self->options.session != NULL ? open_saved_dumps (self) : open_dumps (self);
  if (self->dumps->len == 0)
    return IP_EXIT_INPUT;

  plan = ip_plan_new ((IpRequest *) self->options.requests->data, self->options.requests->len);
  for (guint i = 0; i < self->dumps->len; i++)
    if ((self->metric != NULL && !check_metric (self, self->dumps->pdata[i]))
        || !add_cells (self, plan, i))
      return IP_EXIT_USAGE;

  run_job (self, plan);
  if (self->interrupted)
    return IP_EXIT_INTERRUPTED;
  status = write_table (self, plan);

  return all_open || status == IP_EXIT_OUTPUT ? status : IP_EXIT_INPUT;
}

IpExit
ip_command_estimate (int argc, char **argv)
{
  Estimation self = {
    .dumps = g_ptr_array_new_with_free_func (g_object_unref),
    .saved_runs = g_array_new (FALSE, FALSE, sizeof (guint)),
  };
  const GOptionEntry entries[] = {
    IP_SESSION_OPTION (self.options),
    { "against", 0, 0, G_OPTION_ARG_STRING, &self.metric,
      N_("Write how all numbers go together with a metric, or with the generalisation gap"),
      "METRIC|gap" },
    { "shard", 0, 0, G_OPTION_ARG_STRING, &self.shard,
      N_("Compute only this share of the plan; see “merge”"), "I/N" },
    { NULL },
  };
  IpExit status;

  if (ip_options_parse (&self.options, argc, argv, "FILE… -e ID[:name=value,…]",
                        _("Estimate entropy and information of every layer and epoch."), entries,
                        &status))
    status = estimate (&self);

  if (self.job != NULL)
    for (guint i = 0; i < ip_plan_get_n_cells (ip_job_get_plan (self.job)); i++)
      g_free (self.estimates[i]);
  g_free (self.estimates);
  g_free (self.shard);
  g_free (self.metric);
  g_clear_object (&self.job);
  g_clear_pointer (&self.loop, g_main_loop_unref);
  g_ptr_array_unref (self.dumps);
  g_array_unref (self.saved_runs);
  ip_options_clear (&self.options);

  return status;
}
