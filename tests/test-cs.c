/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The Cauchy-Schwarz estimators against their definitions, written down with N x N kernels. */

#include "ip-estimator.h"
#include "ip-random.h"
#include "requests.h"

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
  IpRequest request = parse_request (text);
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
  sample = ip_sample_new (&source, &context);
  g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, &context), ==,
                   IP_STATUS_OK);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return estimate;
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

/* Predictions so far off that no kernel reaches from them to the targets: for one target y and one
 * prediction t, all divergences are |y - t|^2 / sigma^2 or half of it. */
static void
test_far_predictions (void)
{
  Data data;
  IpEstimate estimate;

  fill (&data);
  for (guint i = 0; i < N * M; i++)
    {
      data.y[i] = 0.0;
      data.t[i] = 70.0;
    }
  estimate = run (&data, "cs-divergence:sigma=1");
  g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_CS_DIV), M * 4900.0, 1e-8);
  g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_CS_COND_DIV), M * 4900.0, 1e-8);
  g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_KDE_KL), M * 2450.0, 1e-8);
}

/* A kernel so wide that all samples look alike has no ratio of what is not there, and that ratio is
 * not bounded by 1. */
static void
test_normalised (void)
{
  Data data;
  IpEstimate estimate;

  fill (&data);
  estimate = run (&data, "cs:sigma=1e5");
  g_assert_cmpfloat (get_value (&estimate, IP_QUANTITY_CS_QMI_TY), <, 1e-14);
  for (guint i = 0; i < estimate.n_values; i++)
    if (estimate.values[i].quantity == IP_QUANTITY_CS_TY_NORMALISED)
      {
        g_assert_true (isnan (estimate.values[i].value));
        g_assert_true (estimate.values[i].flags & IP_FLAG_UNDEFINED);
        g_assert_true (isnan (estimate.values[i].ceiling));
      }
  g_assert_cmpstr (estimate.reason, !=, "");
}

/* 1 - exp (-|a_i - a_j|^2 / 2 sigma^2) */
static void
fill_gaps (const double *a, guint columns, double sigma, long double *gaps)
{
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < N; j++)
      {
        long double squared = 0.0L;

        for (guint k = 0; k < columns; k++)
          squared += powl ((long double) a[i * columns + k] - a[j * columns + k], 2.0L);
        gaps[i * N + j] = -expm1l (-squared / (2.0L * sigma * sigma));
      }
}

/* The definition for 1 - K and 1 - Q, which may be very small. */
static long double
find_information_of_gaps (const long double *a, const long double *b)
{
  long double product = 0.0L;
  long double rows = 0.0L;
  long double a_mean = 0.0L;
  long double b_mean = 0.0L;
  long double rest;

  for (guint i = 0; i < N; i++)
    {
      long double a_row = 0.0L;
      long double b_row = 0.0L;

      for (guint j = 0; j < N; j++)
        {
          product += a[i * N + j] * b[i * N + j] / (N * N);
          a_row += a[i * N + j] / N;
          b_row += b[i * N + j] / N;
        }
      a_mean += a_row / N;
      b_mean += b_row / N;
      rows += a_row * b_row / N;
    }
  rest = 1.0L - a_mean - b_mean + rows;
  return log1pl ((product - rows) / rest) + log1pl ((a_mean * b_mean - rows) / rest);
}

static void
check_pair (const IpEstimate *estimate,
            IpQuantity information,
            IpQuantity normalised,
            const long double *a,
            const long double *b,
            double tolerance)
{
  long double expected = find_information_of_gaps (a, b);
  long double largest
    = sqrtl (find_information_of_gaps (a, a) * find_information_of_gaps (b, b));
  double found = get_value (estimate, information);
  double ratio = get_value (estimate, normalised);

  g_assert_cmpfloat_with_epsilon (found / (double) expected, 1.0, tolerance);
  g_assert_cmpfloat_with_epsilon (ratio / (double) (expected / largest), 1.0, tolerance);
}

/* Kernels wider and wider than the distances keep the digits of an information that vanishes, and
 * the ratio has a limit.  Only the product with X is a sum that cancels. */
static void
test_wide (void)
{
  static const double sigma[] = { 2, 10, 100, 1000 };
  long double t[N * N];
  long double x[N * N];
  long double y[N * N];
  double across;
  Data data;

  fill (&data);
  data.has_targets = FALSE;
  data.has_labels = TRUE;
  for (guint i = 0; i < N * M; i++)
    data.t[i] += 0.5 * data.label[i / M];
  for (guint k = 0; k < G_N_ELEMENTS (sigma); k++)
    {
      g_autofree char *text = g_strdup_printf ("cs:sigma=%g,permutations=99", sigma[k]);
      IpEstimate estimate = run (&data, text);

      fill_gaps (data.t, M, sigma[k], t);
      fill_gaps (data.x, D_X, sigma[k], x);
      across = -expm1 (-1.0 / (sigma[k] * sigma[k]));
      for (guint i = 0; i < N * N; i++)
        y[i] = data.label[i / N] == data.label[i % N] ? 0.0 : across;
      check_pair (&estimate, IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_TY_NORMALISED, t, y, 1e-11);
      check_pair (&estimate, IP_QUANTITY_CS_QMI_XT, IP_QUANTITY_CS_XT_NORMALISED, t, x,
                  1e-11 + 1e-14 * sigma[k] * sigma[k]);
      g_assert_cmpfloat (get_value (&estimate, IP_QUANTITY_CS_XT_P), ==, 0.01);
      g_assert_cmpfloat (get_value (&estimate, IP_QUANTITY_CS_TY_P), ==, 0.01);
      g_assert_cmpfloat (get_value (&estimate, IP_QUANTITY_CS_TY_NULL), <,
                         get_value (&estimate, IP_QUANTITY_CS_QMI_TY));
    }
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

/* What the estimator does, one N x N kernel after another. */
static void
find_null (const double *k, const double *q, guint count, guint64 seed, double *null)
{
  double shuffled[N * N];
  guint place[N];

  for (guint b = 0; b < count; b++)
    {
      for (guint i = 0; i < N; i++)
        place[i] = i;
      for (guint i = N; i-- > 1;)
        {
          guint other = (guint) (ip_random_at (ip_random_at (seed, b), i) % (i + 1));
          guint swap = place[i];

          place[i] = place[other];
          place[other] = swap;
        }
      for (guint i = 0; i < N; i++)
        for (guint j = 0; j < N; j++)
          shuffled[i * N + j] = q[place[i] * N + place[j]];
      null[b] = find_information (k, shuffled);
    }
}

static void
check_null (const double *null,
            guint count,
            const IpEstimate *estimate,
            const IpQuantity *quantity /* information, mean, deviation, p */)
{
  double value = get_value (estimate, quantity[0]);
  double mean = 0.0;
  double squares = 0.0;
  guint above = 0;

  for (guint b = 0; b < count; b++)
    {
      mean += null[b] / count;
      above += null[b] >= value;
    }
  for (guint b = 0; b < count; b++)
    squares += pow (null[b] - mean, 2.0);

  g_assert_cmpfloat_with_epsilon (get_value (estimate, quantity[1]), mean, 1e-12);
  g_assert_cmpfloat_with_epsilon (get_value (estimate, quantity[2]), sqrt (squares / (count - 1)),
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (get (estimate, quantity[1])->error,
                                  sqrt (squares / (count - 1) / count), 1e-12);
  g_assert_cmpfloat_with_epsilon (get_value (estimate, quantity[3]), (above + 1.0) / (count + 1.0),
                                  1e-12);
}

static const IpQuantity null_of_inputs[] = { IP_QUANTITY_CS_QMI_XT, IP_QUANTITY_CS_XT_NULL,
                                             IP_QUANTITY_CS_XT_NULL_SD, IP_QUANTITY_CS_XT_P };
static const IpQuantity null_of_outputs[] = { IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_TY_NULL,
                                              IP_QUANTITY_CS_TY_NULL_SD, IP_QUANTITY_CS_TY_P };

/* Labels are sorted by class, as samples are in the estimator: permutations are of positions. */
static void
test_null (void)
{
  enum
  {
    COUNT = 30
  };
  double k[N * N];
  double q[N * N];
  double null[COUNT];
  Data data;
  IpEstimate estimate;

  fill (&data);
  data.has_targets = FALSE;
  data.has_labels = TRUE;
  for (guint i = 0; i < N; i++)
    data.label[i] = i < 25 ? 0 : i < 40 ? 1 : 2;
  for (guint i = 0; i < N * M; i++)
    data.t[i] += 0.1 * data.label[i / M];
  estimate = run (&data, "cs:sigma=0.5,permutations=30,seed=7");
  fill_kernel (data.t, data.t, M, 0.5, k);
  fill_kernel (data.x, data.x, D_X, 0.5, q);
  find_null (k, q, COUNT, 7, null);
  check_null (null, COUNT, &estimate, null_of_inputs);

  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < N; j++)
      q[i * N + j] = data.label[i] == data.label[j] ? 1.0 : exp (-4.0);
  find_null (k, q, COUNT, 7, null);
  check_null (null, COUNT, &estimate, null_of_outputs);

  data.has_labels = FALSE;
  data.has_targets = TRUE;
  estimate = run (&data, "cs:sigma=0.5,permutations=30,seed=7");
  fill_kernel (data.y, data.y, M, 0.5, q);
  find_null (k, q, COUNT, 7, null);
  check_null (null, COUNT, &estimate, null_of_outputs);
}

/* Of layers that have nothing to do with the labels, one in twenty has p <= 0.05; a layer that has
 * is told from chance. */
static void
test_size (void)
{
  const guint n_layers = 400;
  guint rejected = 0;
  double mean = 0.0;
  Data data;

  fill (&data);
  data.has_targets = data.has_inputs = FALSE;
  data.has_labels = TRUE;
  for (guint layer = 0; layer < n_layers; layer++)
    {
      IpEstimate estimate;
      double p;

      for (guint i = 0; i < N * M; i++)
        data.t[i] = draw (100 + layer, i);
      estimate = run (&data, "cs:sigma=0.5,permutations=99");
      p = get_value (&estimate, IP_QUANTITY_CS_TY_P);
      rejected += p <= 0.05;
      mean += p / n_layers;
    }

  /* Binomial (400, 0.05) has a standard deviation of 4.4, the mean of p one of 0.0145. */
  g_assert_cmpuint (rejected, >=, 20 - 13);
  g_assert_cmpuint (rejected, <=, 20 + 13);
  g_assert_cmpfloat_with_epsilon (mean, 0.505, 3.0 * 0.0145);

  for (guint i = 0; i < N * M; i++)
    data.t[i] = draw (100, i) + data.label[i / M];
  g_assert_cmpfloat (get_value (&(IpEstimate[]){ run (&data, "cs:permutations=99") }[0],
                                IP_QUANTITY_CS_TY_P),
                     ==, 0.01);
}

static gpointer
run_in_thread (gpointer data)
{
  IpEstimate *estimate = g_new (IpEstimate, 1);

  *estimate = run (data, "cs:sigma=0.5,permutations=40,seed=3");
  return estimate;
}

/* Each permutation is a function of the seed: the same whoever computes, and with however many
 * others. */
static void
test_null_of_threads (void)
{
  GThread *threads[4];
  Data data;
  IpEstimate expected;

  fill (&data);
  expected = run (&data, "cs:sigma=0.5,permutations=40,seed=3");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("shuffles", run_in_thread, &data);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree IpEstimate *estimate = g_thread_join (threads[i]);

      g_assert_cmpmem (estimate->values, estimate->n_values * sizeof (IpValue), expected.values,
                       expected.n_values * sizeof (IpValue));
    }
  g_assert_cmpfloat (get_value (&expected, IP_QUANTITY_CS_XT_NULL), !=,
                     get_value (&(IpEstimate[]){ run (&data, "cs:sigma=0.5,permutations=40") }[0],
                                IP_QUANTITY_CS_XT_NULL));
}

/* Without permutations there is no zero level, and nobody speaks of one. */
static void
test_no_null (void)
{
  Data data;

  fill (&data);
  g_assert_cmpuint (run (&data, "cs").n_values, ==, 4);
  g_assert_cmpuint (run (&data, "cs:permutations=2").n_values, ==, 10);

  for (guint i = 0; i < N * M; i++)
    data.t[i] = 1.0;
  g_assert_cmpfloat (get_value (&(IpEstimate[]){ run (&data, "cs:permutations=5") }[0],
                                IP_QUANTITY_CS_TY_P),
                     ==, 1.0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cs/targets", test_targets);
  g_test_add_func ("/cs/divergence", test_divergence);
  g_test_add_func ("/cs/perfect-prediction", test_perfect_prediction);
  g_test_add_func ("/cs/far-predictions", test_far_predictions);
  g_test_add_func ("/cs/normalised", test_normalised);
  g_test_add_func ("/cs/wide", test_wide);
  g_test_add_func ("/cs/missing", test_missing);
  g_test_add_func ("/cs/null/definition", test_null);
  g_test_add_func ("/cs/null/size", test_size);
  g_test_add_func ("/cs/null/threads", test_null_of_threads);
  g_test_add_func ("/cs/null/none", test_no_null);
  return g_test_run ();
}
