/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-correlation-table.h"

#include "ip-correlation.h"
#include "ip-json-writer.h"
#include "ip-number.h"

#include <math.h>
#include <string.h>

#define DRAWS 1000

typedef struct
{
  const IpPlan *plan;
  IpEstimate *const *estimates;
  const char *metric;
  double **metrics; /* [n_cells] of the cell's dump, shared by the cells of a run */
  guint64 seed;
  double *x; /* [n_cells] the pairs of one row */
  double *y;
  gsize n;
  guint n_runs;
  IpTableFormat format;
  GString *text;        /* CSV */
  IpJsonWriter *writer; /* JSON */
} Table;

typedef struct
{
  const char *layer;
  const char *estimator;
  char parameters[256];
  const char *quantity;
  const char *coefficient;
  double numbers[3];
} Row;

static const char *const number_names[] = { "value", "lower", "upper" };

static const double *
get_metric (IpDump *dump, const char *name)
{
  guint n;
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n);

  for (guint i = 0; i < n; i++)
    if (strcmp (metrics[i].name, name) == 0)
      return metrics[i].values;
  return NULL;
}

double *
ip_metric_find (IpDump *dump, const char *name)
{
  const double *values = get_metric (dump, name);
  const double *test_loss = get_metric (dump, "test_loss");
  const double *train_loss = get_metric (dump, "train_loss");
  guint n_epochs;
  double *gap;

  ip_dump_get_epochs (dump, &n_epochs);
  if (values != NULL)
    return g_memdup2 (values, n_epochs * sizeof *values);
  if (strcmp (name, IP_METRIC_GAP) != 0 || test_loss == NULL || train_loss == NULL)
    return NULL;

  gap = g_new (double, n_epochs);
  for (guint i = 0; i < n_epochs; i++)
    gap[i] = test_loss[i] - train_loss[i];
  return gap;
}

static const char *
get_layer_name (const IpCell *cell)
{
  return ip_dump_get_layer (cell->dump, cell->layer)->name;
}

/* Names of layers in the order of the plan; the same name in several runs is the same layer. */
static GPtrArray *
list_layers (const IpPlan *plan)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < ip_plan_get_n_cells (plan); i++)
    {
      const char *name = get_layer_name (ip_plan_get_cell (plan, i));

      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, (gpointer) name);
    }

  return names;
}

/* Cells come run by run. */
static void
collect_pairs (Table *self, const char *layer, guint request, guint value)
{
  const IpDump *last = NULL;

  self->n = 0;
  self->n_runs = 0;
  for (guint i = 0; i < ip_plan_get_n_cells (self->plan); i++)
    {
      const IpCell *cell = ip_plan_get_cell (self->plan, i);
      double number = self->estimates[i][request].values[value].value;
      double metric = self->metrics[i] != NULL ? self->metrics[i][cell->snapshot] : NAN;

      if (strcmp (get_layer_name (cell), layer) != 0 || !isfinite (number) || !isfinite (metric))
        continue;
      self->x[self->n] = number;
      self->y[self->n++] = metric;
      self->n_runs += cell->dump != last;
      last = cell->dump;
    }
}

static void
add_csv_row (Table *self, const Row *row)
{
  const char *words[] = { row->layer,    row->estimator, row->parameters,
                          row->quantity, self->metric,   row->coefficient };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      ip_table_append_field (self->text, words[i]);
      g_string_append_c (self->text, ',');
    }
  for (gsize i = 0; i < G_N_ELEMENTS (row->numbers); i++)
    {
      char number[IP_NUMBER_SIZE] = "";

      if (!isnan (row->numbers[i]))
        ip_number_format (row->numbers[i], number);
      g_string_append_printf (self->text, "%s,", number);
    }
  g_string_append_printf (self->text, "%zu,%u\n", self->n, self->n_runs);
}

static void
add_json_row (Table *self, const Row *row)
{
  IpJsonWriter *writer = self->writer;

  ip_json_writer_begin_object (writer, NULL);
  ip_json_writer_add_text (writer, "layer", row->layer);
  ip_json_writer_add_text (writer, "estimator", row->estimator);
  ip_json_writer_add_text (writer, "parameters", row->parameters);
  ip_json_writer_add_text (writer, "quantity", row->quantity);
  ip_json_writer_add_text (writer, "metric", self->metric);
  ip_json_writer_add_text (writer, "coefficient", row->coefficient);
  for (gsize i = 0; i < G_N_ELEMENTS (row->numbers); i++)
    ip_json_writer_add_number (writer, number_names[i], row->numbers[i]);
  ip_json_writer_add_integer (writer, "n", self->n);
  ip_json_writer_add_integer (writer, "runs", self->n_runs);
  ip_json_writer_end_object (writer);
}

static void
add_rows (Table *self, const char *layer, guint request, guint value)
{
  const IpRequest *asked = &ip_plan_get_requests (self->plan, NULL)[request];
  const IpEstimator *estimator = asked->estimator;
  Row row = { .layer = layer,
              .estimator = estimator->id,
              .quantity = ip_quantity_get_info (estimator->quantities[value])->id };

  ip_parameters_format (&asked->parameters, estimator, row.parameters, sizeof row.parameters);
  collect_pairs (self, layer, request, value);
  for (IpCorrelation i = 0; i < IP_N_CORRELATIONS; i++)
    {
      IpContext context = { 0 };

      row.coefficient = ip_correlation_get_id (i);
      if (ip_correlation_find (i, self->x, self->y, self->n, &row.numbers[0], &context)
            != IP_STATUS_OK
          || ip_correlation_bootstrap (i, self->x, self->y, self->n, DRAWS, self->seed,
                                       &row.numbers[1], &row.numbers[2], &context)
               != IP_STATUS_OK)
        g_error ("%s", context.message);
      if (self->format == IP_TABLE_CSV)
        add_csv_row (self, &row);
      else
        add_json_row (self, &row);
    }
}

static void
table_init (Table *self)
{
  guint n_cells = ip_plan_get_n_cells (self->plan);

  self->x = g_new (double, n_cells + 1);
  self->y = g_new (double, n_cells + 1);
  self->metrics = g_new0 (double *, n_cells + 1);
  for (guint i = 0; i < n_cells; i++)
    {
      const IpCell *cell = ip_plan_get_cell (self->plan, i);
      const IpCell *last = i > 0 ? ip_plan_get_cell (self->plan, i - 1) : NULL;

      self->metrics[i] = last != NULL && last->dump == cell->dump
                           ? self->metrics[i - 1]
                           : ip_metric_find (cell->dump, self->metric);
    }
  if (self->format == IP_TABLE_JSON)
    {
      self->writer = ip_json_writer_new ();
      ip_json_writer_begin_array (self->writer, NULL);
    }
  else
    {
      self->text = g_string_new ("layer,estimator,parameters,quantity,metric,coefficient,value,"
                                 "lower,upper,n,runs\n");
    }
}

static GBytes *
table_finish (Table *self)
{
  char *text;

  for (guint i = 0; i < ip_plan_get_n_cells (self->plan); i++)
    if (i == 0 || self->metrics[i] != self->metrics[i - 1])
      g_free (self->metrics[i]);
  g_free (self->metrics);
  g_free (self->x);
  g_free (self->y);
  if (self->format == IP_TABLE_CSV)
    return g_string_free_to_bytes (self->text);

  ip_json_writer_end_array (self->writer);
  text = ip_json_writer_finish (self->writer);
  ip_json_writer_free (self->writer);
  return g_bytes_new_take (text, strlen (text));
}

GBytes *
ip_correlation_table_new (const IpPlan *plan,
                          IpEstimate *const *estimates,
                          const char *metric,
                          guint64 seed,
                          IpTableFormat format)
{
  Table self = {
    .plan = plan, .estimates = estimates, .metric = metric, .seed = seed, .format = format
  };
  g_autoptr (GPtrArray) layers = list_layers (plan);
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (plan, &n_requests);

  table_init (&self);
  for (guint layer = 0; layer < layers->len; layer++)
    for (guint i = 0; i < n_requests; i++)
      for (guint k = 0; k < requests[i].estimator->n_quantities; k++)
        add_rows (&self, layers->pdata[layer], i, k);

  return table_finish (&self);
}
