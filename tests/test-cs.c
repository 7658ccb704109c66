/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The Cauchy-Schwarz estimators against their definitions, written down with N x N kernels. */

#include "ip-estimator.h"
#include "ip-random.h"

#include <glib.h>
#include <math.h>

#define N 60
#define M 2
#define D_X 3

/* A regression with M targets and as many predictions. */
typedef struct
{
  double x[N * D_X];
  double y[N * M];
  double t[N * M];
  guint32 label[N];
  gboolean has_labels;
  gboolean has_targets;
  gboolean has_inputs;
} Data;

static double
draw (guint64 seed, guint64 at)
{
  return ldexp ((double) (ip_random_at (seed, at) >> 11), -52) - 1.0;
}

static void
fill (Data *data)
{
  *data = (Data){ .has_targets = TRUE, .has_inputs = TRUE };
  for (guint i = 0; i < N * D_X; i++)
    data->x[i] = draw (1, i);
  for (guint i = 0; i < N; i++)
    {
      data->label[i] = (guint32) (ip_random_at (2, i) % 3);
      for (guint j = 0; j < M; j++)
        {
          data->y[i * M + j] = data->x[i * D_X + j] + 0.3 * draw (3, i * M + j);
          data->t[i * M + j] = 0.8 * data->x[i * D_X + j] + 0.1 * draw (4, i * M + j);
        }
    }
}

static IpMatrix
view (const double *numbers, guint columns)
{
  return (IpMatrix){ numbers, N, columns, columns, IP_ELEMENT_FLOAT64 };
}

static IpEstimate
run (const Data *data, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  IpRequest request = { .estimator = ip_estimator_find (parts[0]) };
  IpMatrix x = view (data->x, D_X);
  IpMatrix y = view (data->y, M);
  IpEvaluationSet *set = ip_evaluation_set_new (N, data->has_inputs ? &x : NULL,
                                                data->has_labels ? data->label : NULL, NULL);
  IpSampleSource source = { .activations = view (data->t, M), .set = set };
  IpContext context = { 0 };
  IpSample *sample;
  IpEstimate estimate;

  if (data->has_targets)
    g_assert_cmpint (ip_evaluation_set_add_targets (set, &y, &context), ==, IP_STATUS_OK);
  ip_parameters_parse (&request.parameters, request.estimator, parts[1], &context);
  g_assert_cmpstr (context.message, ==, "");
  sample = ip_sample_new (&source, &context);
  g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, &context), ==,
                   IP_STATUS_OK);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return estimate;
}

static const IpValue *
get (const IpEstimate *estimate, IpQuantity quantity)
{
  for (guint i = 0; i < estimate->n_values; i++)
    if (estimate->values[i].quantity == quantity)
      return &estimate->values[i];

  g_assert_not_reached ();
}

static double
get_value (const IpEstimate *estimate, IpQuantity quantity)
{
  return get (estimate, quantity)->value;
}

/* exp (-|a_i - b_j|^2 / 2 sigma^2) */
static double
find_kernel (const double *a, guint i, const double *b, guint j, guint columns, double sigma)
{
  double squared = 0.0;

  for (guint k = 0; k < columns; k++)
    squared += pow (a[i * columns + k] - b[j * columns + k], 2.0);
  return exp (-squared / (2.0 * sigma * sigma));
}

static void
fill_kernel (const double *a, const double *b, guint columns, double sigma, double *kernel)
{
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < N; j++)
      kernel[i * N + j] = find_kernel (a, i, b, j, columns, sigma);
}

static double
find_information (const double *k, const double *q)
{
  double product = 0.0;
  double k_sum = 0.0;
  double q_sum = 0.0;
  double cross = 0.0;

  for (guint i = 0; i < N; i++)
    {
      double k_row = 0.0;
      double q_row = 0.0;

      for (guint j = 0; j < N; j++)
        {
          product += k[i * N + j] * q[i * N + j];
          k_row += k[i * N + j];
          q_row += q[i * N + j];
        }
      k_sum += k_row;
      q_sum += q_row;
      cross += k_row * q_row;
    }

  return log (product / (N * N)) + log (k_sum / (N * N)) + log (q_sum / (N * N))
         - 2.0 * log (cross / (N * (double) N * N));
}

static void
test_targets (void)
{
  double k[N * N];
  double q[N * N];
  Data data;
  IpEstimate estimate;

  fill (&data);
  fill_kernel (data.t, data.t, M, 0.5, k);
  fill_kernel (data.y, data.y, M, 0.5, q);
  estimate = run (&data, "cs:sigma=0.5");
  g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_CS_QMI_TY),
                                  find_information (k, q), 1e-12);
  g_assert_cmpfloat_with_epsilon (
    get_value (&estimate, IP_QUANTITY_CS_TY_NORMALISED),
    find_information (k, q) / sqrt (find_information (k, k) * find_information (q, q)), 1e-12);

  /* Targets win over labels that are there as well. */
  data.has_labels = TRUE;
  g_assert_cmpfloat (run (&data, "cs:sigma=0.5").values[1].value, ==, estimate.values[1].value);
}

/* sum_j w_j sum_i K_ij L_ji, w_j = 1 / (sum_i K_ij)^2 */
static double
sum_weighted (const double *k, const double *l)
{
  double total = 0.0;

  for (guint j = 0; j < N; j++)
    {
      double row = 0.0;
      double product = 0.0;

      for (guint i = 0; i < N; i++)
        {
          row += k[j * N + i];
          product += k[j * N + i] * l[j * N + i];
        }
      total += product / (row * row);
    }

  return total;
}

static double
sum_all (const double *kernel)
{
  double sum = 0.0;

  for (guint i = 0; i < N * N; i++)
    sum += kernel[i];
  return sum;
}

static void
test_divergence (void)
{
  double x[N * N];
  double yy[N * N];
  double tt[N * N];
  double ty[N * N];
  double kl = 0.0;
  Data data;
  IpEstimate estimate;

  fill (&data);
  fill_kernel (data.x, data.x, D_X, 0.7, x);
  fill_kernel (data.y, data.y, M, 0.7, yy);
  fill_kernel (data.t, data.t, M, 0.7, tt);
  fill_kernel (data.t, data.y, M, 0.7, ty);
  for (guint i = 0; i < N; i++)
    {
      double own = 0.0;
      double other = 0.0;

      for (guint j = 0; j < N; j++)
        {
          own += yy[i * N + j];
          other += ty[j * N + i];
        }
      kl += log (own / other) / N;
    }

  estimate = run (&data, "cs-divergence:sigma=0.7");
  g_assert_cmpfloat_with_epsilon (
    get_value (&estimate, IP_QUANTITY_CS_DIV),
    log (sum_all (yy)) + log (sum_all (tt)) - 2.0 * log (sum_all (ty)), 1e-12);
  g_assert_cmpfloat_with_epsilon (
    get_value (&estimate, IP_QUANTITY_CS_COND_DIV),
    log (sum_weighted (x, yy)) + log (sum_weighted (x, tt)) - 2.0 * log (sum_weighted (x, ty)),
    1e-12);
  g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_KDE_KL), kl, 1e-12);
}

/* A network that predicts the targets themselves is at no distance from them. */
static void
test_perfect_prediction (void)
{
  Data data;
  IpEstimate estimate;

  fill (&data);
  for (guint i = 0; i < N * M; i++)
    data.t[i] = data.y[i];
  estimate = run (&data, "cs-divergence:rule=median");
  for (guint i = 0; i < estimate.n_values; i++)
    g_assert_cmpfloat_with_epsilon (estimate.values[i].value, 0.0, 1e-13);
}

static void
test_missing (void)
{
  Data data;
  IpEstimate estimate;

  fill (&data);
  data.has_inputs = FALSE;
  estimate = run (&data, "cs-divergence");
  g_assert_true (isfinite (get_value (&estimate, IP_QUANTITY_CS_DIV)));
  g_assert_true (isnan (get_value (&estimate, IP_QUANTITY_CS_COND_DIV)));
  g_assert_true (get (&estimate, IP_QUANTITY_CS_COND_DIV)->flags & IP_FLAG_NO_INPUTS);

  data.has_targets = FALSE;
  estimate = run (&data, "cs-divergence");
  g_assert_true (isnan (get_value (&estimate, IP_QUANTITY_CS_DIV)));
  g_assert_true (get (&estimate, IP_QUANTITY_CS_DIV)->flags & IP_FLAG_NO_TARGETS);
  g_assert_cmpstr (estimate.reason, ==, "There are no real-valued targets");

  estimate = run (&data, "cs");
  g_assert_true (get (&estimate, IP_QUANTITY_CS_QMI_TY)->flags & IP_FLAG_NO_LABELS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cs/targets", test_targets);
  g_test_add_func ("/cs/divergence", test_divergence);
  g_test_add_func ("/cs/perfect-prediction", test_perfect_prediction);
  g_test_add_func ("/cs/missing", test_missing);
  return g_test_run ();
}
