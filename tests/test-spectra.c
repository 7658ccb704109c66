/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Spectra of kernel matrices: products tile by tile, random vectors against all eigenvalues, and
 * what requests share. */

#include "ip-eigen.h"
#include "ip-estimator.h"
#include "ip-kernel-operator.h"
#include "ip-kernel-spectrum.h"
#include "ip-quadrature.h"
#include "ip-random.h"
#include "requests.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* Roughly normal: a sum of twelve uniform numbers. */
static double
draw (guint64 seed, guint64 at)
{
  double sum = -6.0;

  for (guint k = 0; k < 12; k++)
    sum += ldexp ((double) (ip_random_at (seed, 12 * at + k) >> 11), -53);
  return sum;
}

/* Samples around as many centres as there are classes. */
static IpMatrix
create_layer (gsize n, gsize d, guint classes)
{
  double *numbers = g_new (double, n * d);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < d; j++)
      numbers[i * d + j] = draw (3, i * d + j) + 3.0 * draw (4, (i % classes) * d + j);
  return (IpMatrix){ numbers, n, d, d, IP_ELEMENT_FLOAT64 };
}

static void
run (const IpMatrix *layer,
     const char *const *texts,
     guint n_texts,
     gsize memory,
     IpEstimate *estimates)
{
  IpContext context = { .memory = memory, .threads = 2 };
  g_autofree guint32 *labels = g_new (guint32, layer->rows);
  g_autofree IpRequest *requests = g_new (IpRequest, n_texts);
  IpEvaluationSet *set;
  IpSample *sample;

  for (gsize i = 0; i < layer->rows; i++)
    labels[i] = (guint32) (i % 3);
  for (guint i = 0; i < n_texts; i++)
    requests[i] = parse_request (texts[i]);

  set = ip_evaluation_set_new (layer->rows, layer, labels, &context);
  sample = ip_sample_new (
      &(IpSampleSource){ .activations = *layer,
                         .set = set,
                         .bound_lo = NAN,
                         .bound_hi = NAN,
                         .layer_lo = NAN,
                         .layer_hi = NAN },
      &context);
  g_assert_cmpint (ip_sample_estimate (sample, requests, n_texts, estimates, &context), ==,
                   IP_STATUS_OK);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
}

static void
fill_order (guint32 *order, guint32 *class_end, gsize n, gsize first_class)
{
  for (gsize i = 0; i < n; i++)
    {
      order[i] = (guint32) ((i * 7) % n);
      class_end[i] = (guint32) (i < first_class ? first_class : n);
    }
}

/* Products with tiles, kept and made anew, against the matrix written out. */
static void
test_operator (void)
{
  const gsize sizes[][2] = { { 1, 1 }, { 2, 3 }, { 300, 5 }, { 601, 40 } };

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      gsize n = sizes[k][0];
      gsize d = sizes[k][1];
      IpMatrix layer = create_layer (n, d, 4);
      const double *t = layer.data;
      g_autofree guint32 *order = g_new (guint32, n);
      g_autofree guint32 *class_end = g_new (guint32, n);
      g_autofree double *mean = g_new0 (double, d);
      g_autofree double *in = g_new (double, 2 * n);
      g_autofree double *kept = g_new (double, 2 * n);
      g_autofree double *streamed = g_new (double, 2 * n);
      g_autofree double *scale = g_new (double, n);
      IpContext tight = { .memory = 1 };
      IpGram gram = { &layer, mean, order, class_end, 0.05, 0.25 };
      IpKernelOperator operator;
      IpKernelOperator stream;
      double squares = 0.0;
      double found;

      fill_order (order, class_end, n, n / 3);
      for (gsize i = 0; i < 2 * n; i++)
        in[i] = draw (5, i);
      for (gsize i = 0; i < n; i++)
        scale[i] = 1.0 + 0.5 * draw (6, i);

      g_assert_cmpint (ip_kernel_operator_init (&operator, &gram, NULL), ==, IP_STATUS_OK);
      g_assert_true (operator.kept != NULL);
      g_assert_cmpint (ip_kernel_operator_init (&stream, &gram, &tight), ==, IP_STATUS_OK);
      g_assert_false (stream.kept != NULL);
      ip_kernel_operator_multiply (&operator, in, kept, 2, NULL);
      ip_kernel_operator_multiply (&stream, in, streamed, 2, &tight);

      for (gsize i = 0; i < n; i++)
        for (gsize c = 0; c < 2; c++)
          {
            double sum = 0.0;

            for (gsize j = 0; j < n; j++)
              {
                double squared = 0.0;
                double entry;

                for (gsize m = 0; m < d; m++)
                  squared += pow (t[order[i] * d + m] - t[order[j] * d + m], 2.0);
                entry = exp (-0.05 * squared) * (class_end[i] == class_end[j] ? 1.0 : 0.25);
                sum += entry * in[2 * j + c];
                squares += c == 0 ? pow (scale[i] * entry * scale[j], 2.0) : 0.0;
              }
            g_assert_cmpfloat_with_epsilon (kept[2 * i + c], sum, 1e-11);
            g_assert_cmpfloat (kept[2 * i + c], ==, streamed[2 * i + c]);
          }
      ip_kernel_operator_sum_squares (&operator, scale, &found, NULL);
      g_assert_cmpfloat_with_epsilon (found, squares, 1e-11 * squares);

      ip_kernel_operator_clear (&operator);
      ip_kernel_operator_clear (&stream);
      g_free ((gpointer) layer.data);
    }
}

static IpStatus
multiply_diagonal (void *data, const double *in, double *out, size_t columns, IpContext *context)
{
  const GArray *diagonal = data;

  for (gsize i = 0; i < diagonal->len; i++)
    for (gsize j = 0; j < columns; j++)
      out[i * columns + j] = g_array_index (diagonal, double, i) * in[i * columns + j];
  return IP_STATUS_OK;
}

static double
take_cube (double x, double parameter)
{
  return parameter * x * x * x;
}

static double
take_polynomial (double x, double parameter)
{
  return parameter + x - 3.0 * x * x;
}

/* Signs make the trace of any function of a diagonal matrix exact, and quadratics are known. */
static void
test_quadrature_of_diagonal (void)
{
  g_autoptr (GArray) diagonal = g_array_new (FALSE, FALSE, sizeof (double));
  IpSymmetric matrix = { .n = 400, .multiply = multiply_diagonal, .data = diagonal };
  IpQuadrature quadrature;
  double cubes = 0.0;
  double each[8];

  for (guint i = 0; i < matrix.n; i++)
    {
      double x = i < 3 ? 5.0 + i : 0.5 + 0.5 * sin (i);

      g_array_append_val (diagonal, x);
      matrix.trace += x;
      matrix.squares += x * x;
      cubes += x * x * x;
    }

  g_assert_cmpint (ip_quadrature_init (&quadrature, &matrix, 8, 1, NULL), ==, IP_STATUS_OK);
  g_assert_cmpuint (quadrature.n_split, >=, 3);
  g_assert_cmpfloat_with_epsilon (quadrature.split[0], 7.0, 1e-6);
  g_assert_cmpfloat_with_epsilon (quadrature.split[2], 5.0, 1e-6);

  ip_quadrature_trace (&quadrature, take_cube, 2.0, each);
  for (guint j = 0; j < 8; j++)
    g_assert_cmpfloat_with_epsilon (each[j], 2.0 * cubes, 1e-6 * cubes);
  ip_quadrature_trace (&quadrature, take_polynomial, 0.5, each);
  for (guint j = 0; j < 8; j++)
    g_assert_cmpfloat_with_epsilon (
        each[j], 0.5 * matrix.n + matrix.trace - 3.0 * matrix.squares, 1e-8);

  ip_quadrature_clear (&quadrature);
}

#define SEEDS 16

/* Over many seeds, the estimates lie around the exact value as the stated errors say: their squares
 * in units of it have mean 1, whose own standard error is 0.4 for sixteen draws of Student's t. */
static void
test_stochastic (void)
{
  const char *const kernels[]
    = { "sigma=1.5", "sigma=2.5,t=2", "sigma=4,alpha=0", "sigma=2,variant=adjacency" };
  IpMatrix layer = create_layer (900, 20, 10);

  for (guint k = 0; k < G_N_ELEMENTS (kernels); k++)
    {
      g_auto (GStrv) texts = g_new0 (char *, SEEDS + 2);
      IpEstimate estimates[SEEDS + 1];
      double mean = 0.0;

      texts[0] = g_strdup_printf ("dse:%s,method=exact", kernels[k]);
      for (guint i = 1; i <= SEEDS; i++)
        texts[i] = g_strdup_printf ("dse:%s,method=stochastic,seed=%u", kernels[k], i);
      run (&layer, (const char *const *) texts, SEEDS + 1, 0, estimates);

      g_assert_true (isnan (estimates[0].values[0].error));
      for (guint i = 1; i <= SEEDS; i++)
        {
          const IpValue *value = &estimates[i].values[0];
          double score = (value->value - estimates[0].values[0].value) / value->error;

          g_assert_true (value->flags & IP_FLAG_STOCHASTIC);
          g_assert_cmpfloat (value->error, >, 0.0);
          g_assert_cmpfloat (fabs (score), <, 5.0);
          mean += score * score / SEEDS;
        }
      g_test_message ("%s: %.3g of squared errors, standard error %.3g nats", kernels[k], mean,
                      estimates[1].values[0].error);
      g_assert_cmpfloat (mean, <, 2.4);
      g_assert_cmpfloat (mean, >, 0.2);
    }

  g_free ((gpointer) layer.data);
}

/* When the matrix does not fit, tiles are made anew, and nothing else changes. */
static void
test_memory (void)
{
  const char *const requests[]
    = { "dse:sigma=2", "dse:sigma=2,method=stochastic", "renyi:sigma=6,sigma_x=6" };
  const char *const exact[] = { "dse:sigma=2", "renyi:sigma=6,sigma_x=6" };
  IpMatrix layer = create_layer (700, 20, 10);
  IpEstimate free_of_limits[G_N_ELEMENTS (requests)];
  IpEstimate limited[G_N_ELEMENTS (requests)];
  IpEstimate whole[G_N_ELEMENTS (exact)];

  run (&layer, requests, G_N_ELEMENTS (requests), 0, free_of_limits);
  run (&layer, requests, G_N_ELEMENTS (requests), 700 * 700, limited);
  run (&layer, exact, G_N_ELEMENTS (exact), 0, whole);

  g_assert_false (free_of_limits[0].values[0].flags & IP_FLAG_STOCHASTIC);
  g_assert_true (limited[0].values[0].flags & IP_FLAG_STOCHASTIC);
  g_assert_cmpfloat (limited[0].values[0].value, ==, free_of_limits[1].values[0].value);
  g_assert_cmpfloat (limited[1].values[0].value, ==, free_of_limits[1].values[0].value);
  for (guint i = 0; i < whole[1].n_values; i++)
    {
      const IpValue *value = &limited[2].values[i];

      if (value->quantity == IP_QUANTITY_H_Y)
        continue;
      g_assert_true (value->flags & IP_FLAG_STOCHASTIC);
      g_assert_cmpfloat (fabs (value->value - whole[1].values[i].value), <, 4.0 * value->error);
    }

  g_free ((gpointer) layer.data);
}

/* Requests that ask for the same eigenvalues wait for them once. */
static void
test_shared (void)
{
  const char *const requests[]
    = { "dse:sigma=2", "dse:sigma=2,t=2", "dse:sigma=2,t=7", "dse:sigma=2,t=1.5" };
  IpMatrix layer = create_layer (800, 20, 10);
  IpEstimate together[G_N_ELEMENTS (requests)];
  IpEstimate alone;

  run (&layer, requests, G_N_ELEMENTS (requests), 0, together);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      run (&layer, &requests[i], 1, 0, &alone);
      g_assert_cmpfloat (alone.values[0].value, ==, together[i].values[0].value);
      g_assert_cmpfloat (together[i].seconds, <=,
                         i == 0 ? G_MAXDOUBLE : 0.1 * together[0].seconds);
    }

  g_free ((gpointer) layer.data);
}

/* What a factor leaves out makes eigenvalues too small and weighs samples wrongly: the entropy is
 * off by less than is said, above all where a few far samples weigh more than all others. */
static void
test_bound (void)
{
  const gsize n = 600;
  const double widths[] = { 1.0, 3.0, 23.5 };
  const double tolerances[] = { 0.1, 1e-3, 1e-6 };
  guint n_low = 0;

  for (guint k = 0; k < 2 * 3 * 3 * 3; k++)
    {
      double alpha = 0.5 * (k % 3);
      double sigma = widths[k / 3 % 3];
      double t = k / 27 == 0 ? 1.0 : 3.0;
      IpMatrix layer = create_layer (n, 2, 1);
      g_autofree guint32 *order = g_new (guint32, n);
      g_autofree guint32 *class_end = g_new (guint32, n);
      double mean[2] = { 0.0 };
      IpGram gram = { &layer, mean, order, class_end, 0.5 / (sigma * sigma), 1.0 };
      IpKernelPlan plan = { .form = IP_KERNEL_DIFFUSION,
                            .alpha = alpha,
                            .tolerance = tolerances[k / 9 % 3] };
      IpKernelSpectrum low;
      IpKernelSpectrum whole;
      double error;

      for (guint i = 0; i < 2 * 12; i++)
        ((double *) layer.data)[i] *= 40.0;
      fill_order (order, class_end, n, n);
      g_assert_cmpint (ip_kernel_spectrum_init (&low, &gram, &plan, NULL, NULL), ==, IP_STATUS_OK);
      plan.tolerance = 0.0;
      g_assert_cmpint (ip_kernel_spectrum_init (&whole, &gram, &plan, NULL, NULL), ==,
                       IP_STATUS_OK);
      g_assert_false (whole.is_low_rank);
      g_assert_cmpfloat (ip_kernel_spectrum_bound (&whole, t), ==, 0.0);
      n_low += low.is_low_rank;
      g_assert_cmpfloat (fabs (ip_kernel_spectrum_entropy (&low, t, &error)
                               - ip_kernel_spectrum_entropy (&whole, t, &error)),
                         <=, ip_kernel_spectrum_bound (&low, t) + 1e-11);

      ip_kernel_spectrum_clear (&low);
      ip_kernel_spectrum_clear (&whole);
      g_free ((gpointer) layer.data);
    }

  g_assert_cmpuint (n_low, >, 30);
}

/* Eigenvalues 3/4 and 1/4, and 398 that are zero but for rounding, of which low orders would make
 * more than of the two. */
static void
test_low_order (void)
{
  const double orders[] = { 0.01, 0.1, 0.5, 0.9 };
  double far[400];

  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    far[i] = i % 4 == 0 ? 1e3 : 0.0;
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      double alpha = orders[i];
      double expected = log (pow (0.75, alpha) + pow (0.25, alpha)) / (1.0 - alpha);
      g_autofree char *text = g_strdup_printf ("renyi:sigma=1,sigma_x=1,alpha=%g", alpha);
      const char *requests[] = { text };
      IpEstimate estimate;

      run (&(IpMatrix){ far, G_N_ELEMENTS (far), 1, 1, IP_ELEMENT_FLOAT64 }, requests, 1, 0,
           &estimate);
      g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_H_T), expected, 1e-12);
      g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_MI_XT), expected, 1e-12);
    }
}

/* Eigenvalues 3/4 and 1/4, and all alike: orders so high that the sum of powers is nothing. */
static void
test_high_order (void)
{
  double far[4] = { 0.0, 0.0, 0.0, 1e3 };
  double spread[4] = { 0.0, 1e3, 2e3, 3e3 };
  const double orders[] = { 1.5, 3.0, 10.0, 30.0, 100.0 };
  IpMatrix layer = create_layer (900, 20, 10);
  IpEstimate estimates[2];

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      double alpha = orders[i];
      double expected = log (pow (0.75, alpha) + pow (0.25, alpha)) / (1.0 - alpha);
      g_autofree char *text = g_strdup_printf ("renyi:sigma=1,sigma_x=1,alpha=%g", alpha);
      const char *requests[] = { text };
      IpEstimate estimate;

      run (&(IpMatrix){ far, 4, 1, 1, IP_ELEMENT_FLOAT64 }, requests, 1, 0, &estimate);
      g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_H_T), expected, 1e-13);
      g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_MI_XT), expected, 1e-13);
      run (&(IpMatrix){ spread, 4, 1, 1, IP_ELEMENT_FLOAT64 }, requests, 1, 0, &estimate);
      g_assert_cmpfloat_with_epsilon (get_value (&estimate, IP_QUANTITY_H_T), log (4.0), 1e-13);
    }

  for (guint i = 1; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *text = g_strdup_printf ("renyi:sigma=60,alpha=%g", orders[i]);
      const char *requests[] = { text };
      double exact, estimated, error;

      run (&layer, requests, 1, 0, &estimates[0]);
      run (&layer, requests, 1, 700 * 700, &estimates[1]);
      exact = get_value (&estimates[0], IP_QUANTITY_H_T);
      estimated = get_value (&estimates[1], IP_QUANTITY_H_T);
      error = get (&estimates[1], IP_QUANTITY_H_T)->error;
      g_assert_true (get (&estimates[1], IP_QUANTITY_H_T)->flags & IP_FLAG_STOCHASTIC);
      g_assert_cmpfloat (fabs (estimated - exact), <=, 5.0 * error + 1e-6);
      g_assert_cmpfloat (exact, >, 0.1);
    }

  g_free ((gpointer) layer.data);
}

/* Singular values of two matrices: at the same time where there is memory for both, one after the
 * other where there is for one. */
static void
test_two_matrices (void)
{
  const char *const text[] = { "spectrum" };
  IpMatrix layer = create_layer (300, 40, 4);
  IpRequest request = parse_request (text[0]);
  gsize both = ip_requests_count_bytes (&request, 1, 300, 40, 3);
  g_autofree IpEstimate *estimates = g_new0 (IpEstimate, 3);

  run (&layer, text, 1, both, &estimates[0]);
  run (&layer, text, 1, both / 2, &estimates[1]);
  run (&layer, text, 1, both / 2 - 1, &estimates[2]);

  g_assert_cmpfloat (get_value (&estimates[0], IP_QUANTITY_RANKME), >, 1.0);
  for (guint i = 0; i < estimates[0].n_values; i++)
    g_assert_cmpfloat (estimates[0].values[i].value, ==, estimates[1].values[i].value);
  g_assert_nonnull (strstr (estimates[2].reason, "memory"));
  g_free ((gpointer) layer.data);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/spectra/operator", test_operator);
  g_test_add_func ("/spectra/quadrature-of-diagonal", test_quadrature_of_diagonal);
  g_test_add_func ("/spectra/stochastic", test_stochastic);
  g_test_add_func ("/spectra/memory", test_memory);
  g_test_add_func ("/spectra/shared", test_shared);
  g_test_add_func ("/spectra/bound", test_bound);
  g_test_add_func ("/spectra/low-order", test_low_order);
  g_test_add_func ("/spectra/high-order", test_high_order);
  g_test_add_func ("/spectra/two-matrices", test_two_matrices);

  return g_test_run ();
}
