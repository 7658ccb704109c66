/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-estimator.h"
#include "ip-gradient.h"
#include "ip-random.h"
#include "requests.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* A stochastic layer of N samples. */
typedef struct
{
  gsize n;
  gsize d;
  double *mean;
  double *deviation;
  double *z; /* NULL: not recorded */
  guint32 *y; /* NULL: no labels */
} Layer;

static double
draw_uniform (guint64 seed, guint64 at)
{
  return ldexp ((double) (ip_random_at (seed, at) >> 11) + 0.5, -53);
}

static Layer
create_layer (gsize n, gsize d, guint classes)
{
  Layer layer = { n,
                  d,
                  g_new (double, n *d),
                  g_new (double, n *d),
                  g_new (double, n *d),
                  g_new (guint32, n) };

  for (gsize i = 0; i < n; i++)
    {
      layer.y[i] = (guint32) (ip_random_at (1, i) % classes);
      for (gsize k = i * d; k < (i + 1) * d; k++)
        {
          layer.mean[k] = 2.0 * draw_uniform (2, k) + layer.y[i];
          layer.deviation[k] = 0.2 + draw_uniform (3, k);
          layer.z[k] = layer.mean[k] + layer.deviation[k] * (3.0 * draw_uniform (4, k) - 1.5);
        }
    }

  return layer;
}

static void
clear_layer (Layer *layer)
{
  g_free (layer->mean);
  g_free (layer->deviation);
  g_free (layer->z);
  g_free (layer->y);
}

static IpMatrix
view (const double *numbers, const Layer *layer)
{
  return (IpMatrix){ numbers, layer->n, layer->d, layer->d, IP_ELEMENT_FLOAT64 };
}

static IpStatus
run_in_context (const Layer *layer,
                const char *parameters,
                IpEstimate *estimate,
                IpContext *context)
{
  IpRequest request = { .estimator = ip_estimator_find ("encoder") };
  IpEvaluationSet *set = ip_evaluation_set_new (layer->n, NULL, layer->y, NULL);
  IpEncoder encoder = { view (layer->mean, layer), view (layer->deviation, layer),
                        view (layer->z, layer) };
  IpSampleSource source
    = { .activations = encoder.mean, .set = set, .bound_lo = NAN, .bound_hi = NAN,
        .layer_lo = NAN, .layer_hi = NAN, .encoder = &encoder };
  IpSample *sample = ip_sample_new (&source, NULL);
  IpStatus status;

  g_assert_cmpint (ip_parameters_parse (&request.parameters, request.estimator, parameters, NULL),
                   ==, IP_STATUS_OK);
  status = ip_sample_estimate (sample, &request, 1, estimate, context);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return status;
}

static IpEstimate
run (const Layer *layer, const char *parameters)
{
  IpEstimate estimate;
  IpContext context = { 0 };

  g_assert_cmpint (run_in_context (layer, parameters, &estimate, &context), ==, IP_STATUS_OK);
  return estimate;
}

#define assert_near(a, b, tolerance) g_assert_cmpfloat_with_epsilon (a, b, tolerance)

static double
find_log_density (const Layer *layer, gsize i, gsize j)
{
  double log_density = 0.0;

  for (gsize k = 0; k < layer->d; k++)
    {
      double s = layer->deviation[j * layer->d + k];
      double distance = (layer->z[i * layer->d + k] - layer->mean[j * layer->d + k]) / s;

      log_density -= 0.5 * distance * distance + log (s);
    }

  return log_density;
}

/* ln of the mean density of z_i, or the mean of ln, over the class of i or all. */
static double
find_marginal (const Layer *layer, gsize i, gboolean in_class, gboolean jensen)
{
  double sum = 0.0;
  gsize n = 0;

  for (gsize j = 0; j < layer->n; j++)
    if (!in_class || layer->y[j] == layer->y[i])
      {
        double log_density = find_log_density (layer, i, j);

        sum += jensen ? log_density : exp (log_density);
        n++;
      }

  return jensen ? sum / n : log (sum / n);
}

/* More than one block of rows and of columns, against the definition. */
static void
test_definition (void)
{
  Layer layer = create_layer (603, 5, 3);
  IpEstimate mixture = run (&layer, "z=recorded");
  IpEstimate jensen = run (&layer, "z=recorded,marginal=jensen");
  double expected[5] = { 0 };

  for (gsize i = 0; i < layer.n; i++)
    {
      double own = find_log_density (&layer, i, i);
      double all = find_marginal (&layer, i, FALSE, FALSE);
      double class = find_marginal (&layer, i, TRUE, FALSE);

      expected[0] += (own - all) / layer.n;
      expected[1] += (own - class) / layer.n;
      expected[2] += (class - all) / layer.n;
      expected[3] += (own - find_marginal (&layer, i, FALSE, TRUE)) / layer.n;
      expected[4] += (own - find_marginal (&layer, i, TRUE, TRUE)) / layer.n;
    }

  assert_near (get (&mixture, IP_QUANTITY_MI_XT)->value, expected[0], 1e-12);
  assert_near (get (&mixture, IP_QUANTITY_MI_XT_GIVEN_Y)->value, expected[1], 1e-12);
  assert_near (get (&mixture, IP_QUANTITY_MI_TY)->value, expected[2], 1e-12);
  assert_near (get (&jensen, IP_QUANTITY_MI_XT)->value, expected[3], 1e-11);
  assert_near (get (&jensen, IP_QUANTITY_MI_XT_GIVEN_Y)->value, expected[4], 1e-11);
  assert_near (get (&jensen, IP_QUANTITY_MI_TY)->value, expected[2], 1e-12);
  g_assert_true (isnan (get (&jensen, IP_QUANTITY_MI_XT)->ceiling));
  g_assert_true (isnan (get (&mixture, IP_QUANTITY_MI_XT)->error));
  g_assert_cmpfloat (expected[3], >, expected[0]);
  clear_layer (&layer);
}

/* Who shares the work does not change a bit.  No number of samples or classes is a round one. */
static void
test_threads (void)
{
  static const guint threads[] = { 2, 3, 7 };
  Layer layer = create_layer (1403, 11, 3);

  for (guint labels = 0; labels < 2; labels++)
    {
      IpEstimate expected = run (&layer, "draws=2");

      for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
        {
          IpContext context = { .threads = threads[k] };
          IpEstimate estimate;

          g_assert_cmpint (run_in_context (&layer, "draws=2", &estimate, &context), ==,
                           IP_STATUS_OK);
          for (guint i = 0; i < estimate.n_values; i++)
            {
              g_assert_cmpmem (&estimate.values[i].value, sizeof (double),
                               &expected.values[i].value, sizeof (double));
              g_assert_cmpmem (&estimate.values[i].error, sizeof (double),
                               &expected.values[i].error, sizeof (double));
            }
        }
      g_clear_pointer (&layer.y, g_free);
    }
  clear_layer (&layer);
}

/* Outputs that never meet tell everything, to the ceilings; equal ones nothing. */
static void
test_extremes (void)
{
  Layer layer = create_layer (100, 3, 4);
  IpEstimate apart, equal;
  const IpValue *value;

  for (gsize k = 0; k < layer.n * layer.d; k++)
    layer.mean[k] = 1e3 * (k / layer.d);
  apart = run (&layer, "");
  for (gsize k = 0; k < layer.n * layer.d; k++)
    {
      layer.mean[k] = 0.5;
      layer.deviation[k] = 0.25;
    }
  equal = run (&layer, "draws=3");

  value = get (&apart, IP_QUANTITY_MI_XT);
  assert_near (value->value, log (100), 1e-12);
  assert_near (value->ceiling, log (100), 1e-12);
  assert_near (value->error, 0, 1e-12);
  g_assert_true (value->flags & IP_FLAG_SATURATED);
  value = get (&apart, IP_QUANTITY_MI_TY);
  assert_near (value->value, value->ceiling, 1e-12);
  value = get (&apart, IP_QUANTITY_MI_XT_GIVEN_Y);
  assert_near (value->value, value->ceiling, 1e-12);
  assert_near (value->ceiling, log (100) - get (&apart, IP_QUANTITY_MI_TY)->ceiling, 1e-12);
  for (guint i = 0; i < equal.n_values; i++)
    assert_near (equal.values[i].value, 0, 1e-12);
  clear_layer (&layer);
}

/* The Gaussian channel, d times: I = d/2 ln (1 + signal / noise).  Means of N samples are a sample
 * themselves: what they are off by falls as 1/sqrt N. */
static void
test_gaussian_channel (void)
{
  Layer layer = create_layer (4000, 1, 1);
  double expected = 0.5 * log1p (4.0);
  IpEstimate estimate;
  IpEstimate other;
  const IpValue *value;

  for (gsize i = 0; i < layer.n; i++)
    {
      double radius = sqrt (-2.0 * log (draw_uniform (5, 2 * i)));

      layer.mean[i] = 2.0 * radius * cos (2.0 * G_PI * draw_uniform (5, 2 * i + 1));
      layer.deviation[i] = 1.0;
    }
  estimate = run (&layer, "draws=8");
  other = run (&layer, "draws=8,seed=1");

  value = get (&estimate, IP_QUANTITY_MI_XT);
  assert_near (value->value, expected, 0.03);
  g_assert_cmpfloat (value->error, >, 1e-4);
  g_assert_cmpfloat (value->error, <, 0.02);
  g_assert_cmpfloat (value->value, !=, get (&other, IP_QUANTITY_MI_XT)->value);
  assert_near (value->value, get (&other, IP_QUANTITY_MI_XT)->value, 6.0 * value->error);
  clear_layer (&layer);
}

/* Jensen's bound of outputs that are no nearer to each other than numbers are large. */
static void
test_infinite (void)
{
  Layer layer = create_layer (20, 2, 2);
  IpEstimate estimate;

  for (gsize k = 0; k < layer.n * layer.d; k++)
    layer.mean[k] = 1e200 * (k / layer.d);
  estimate = run (&layer, "marginal=jensen");
  g_assert_true (isnan (get (&estimate, IP_QUANTITY_MI_XT)->value));
  g_assert_true (get (&estimate, IP_QUANTITY_MI_XT)->flags & IP_FLAG_UNDEFINED);
  g_assert_cmpstr (estimate.reason, ==, "The value is infinite");
  assert_near (get_value (&estimate, IP_QUANTITY_MI_TY),
               get (&estimate, IP_QUANTITY_MI_TY)->ceiling, 1e-12);
  clear_layer (&layer);
}

/* What was recorded and is no number gives no value, and the first such is named. */
static void
test_not_finite (void)
{
  Layer layer = create_layer (20, 2, 2);
  IpEstimate estimate;

  layer.z[5] = NAN;
  estimate = run (&layer, "z=recorded");
  for (guint i = 0; i < estimate.n_values; i++)
    {
      g_assert_true (isnan (estimate.values[i].value));
      g_assert_true (estimate.values[i].flags & IP_FLAG_UNDEFINED);
    }
  g_assert_cmpstr (estimate.reason, ==,
                   "z is nan in sample 2, unit 1, where a finite number is needed");
  g_assert_true (isfinite (run (&layer, "z=drawn").values[0].value));

  layer.z[5] = 1e200;
  estimate = run (&layer, "z=recorded");
  g_assert_cmpuint (estimate.values[0].flags, ==, IP_FLAG_UNDEFINED);
  g_assert_cmpstr (estimate.reason, ==,
                   "z of sample 2 is too many times s away from mu to have a density");

  layer.deviation[0] = 0.0;
  g_assert_cmpstr (run (&layer, "z=drawn").reason, ==,
                   "s is 0 in sample 0, unit 0, where a positive finite number is needed");
  clear_layer (&layer);
}

static void
test_missing (void)
{
  Layer layer = create_layer (20, 2, 2);
  IpEstimate estimate;
  IpRequest request = { .estimator = ip_estimator_find ("encoder") };
  IpEvaluationSet *set = ip_evaluation_set_new (layer.n, NULL, layer.y, NULL);
  IpSampleSource source = { .activations = view (layer.mean, &layer), .set = set };
  IpSample *sample = ip_sample_new (&source, NULL);

  ip_parameters_init (&request.parameters, request.estimator);
  ip_sample_estimate (sample, &request, 1, &estimate, NULL);
  g_assert_cmpuint (estimate.values[0].flags, ==, IP_FLAG_NO_ENCODER);
  g_assert_cmpstr (estimate.reason, ==,
                   "The dump has no means and standard deviations mu and s of this layer");
  ip_sample_free (sample);
  ip_evaluation_set_free (set);

  g_clear_pointer (&layer.y, g_free);
  estimate = run (&layer, "");
  g_assert_false (isnan (get (&estimate, IP_QUANTITY_MI_XT)->value));
  g_assert_cmpuint (get (&estimate, IP_QUANTITY_MI_TY)->flags, ==, IP_FLAG_NO_LABELS);
  g_assert_cmpuint (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y)->flags, ==, IP_FLAG_NO_LABELS);

  g_clear_pointer (&layer.z, g_free);
  estimate = run (&layer, "z=recorded");
  g_assert_cmpuint (estimate.values[0].flags, ==, IP_FLAG_UNDEFINED);
  g_assert_cmpstr (estimate.reason, ==, "The dump has no draws z of this layer");
  clear_layer (&layer);
}

static void
test_no_gaussian (void)
{
  const double wrong[] = { 0.0, -1.0, NAN, INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      Layer layer = create_layer (20, 2, 2);
      IpEstimate estimate;

      layer.deviation[7] = wrong[i];
      estimate = run (&layer, "");
      g_assert_cmpuint (estimate.values[0].flags, ==, IP_FLAG_UNDEFINED);
      g_assert_true (isnan (estimate.values[0].value));
      g_assert_nonnull (strstr (estimate.reason, "in sample 3, unit 1,"));
      clear_layer (&layer);
    }
}

static IpEstimate
run_gradient (const IpGradient *gradient)
{
  double t[] = { NAN }; /* what the layer answers does not matter */
  IpRequest request = { .estimator = ip_estimator_find ("gradient") };
  IpEvaluationSet *set = ip_evaluation_set_new (1, NULL, NULL, NULL);
  IpSampleSource source
    = { .activations = { t, 1, 1, 1, IP_ELEMENT_FLOAT64 }, .set = set, .gradient = gradient };
  IpSample *sample = ip_sample_new (&source, NULL);
  IpEstimate estimate;

  g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, NULL), ==, IP_STATUS_OK);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return estimate;
}

static void
test_gradient (void)
{
  IpEstimate estimate = run_gradient (&(IpGradient){ 3, 1.5, 7 });

  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_SNR)->value, ==, 2);
  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_GRAD_MEAN)->value, ==, 3);
  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_GRAD_STD)->value, ==, 1.5);
  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_WEIGHT_NORM)->value, ==, 7);
  g_assert_cmpuint (get (&estimate, IP_QUANTITY_SNR)->flags, ==, 0);
  g_assert_cmpstr (estimate.reason, ==, "");

  estimate = run_gradient (&(IpGradient){ 3, 0, 7 });
  g_assert_true (isnan (get (&estimate, IP_QUANTITY_SNR)->value));
  g_assert_cmpuint (get (&estimate, IP_QUANTITY_SNR)->flags, ==, IP_FLAG_UNDEFINED);
  g_assert_cmpstr (estimate.reason, ==, "grad_mean is 3 and grad_std 0: there is no ratio");

  estimate = run_gradient (&(IpGradient){ NAN, 2, 7 });
  g_assert_cmpuint (get (&estimate, IP_QUANTITY_SNR)->flags, ==, IP_FLAG_NO_GRADIENT);
  g_assert_cmpuint (get (&estimate, IP_QUANTITY_WEIGHT_NORM)->flags, ==, 0);

  estimate = run_gradient (NULL);
  for (guint i = 0; i < estimate.n_values; i++)
    g_assert_cmpuint (estimate.values[i].flags, ==, IP_FLAG_NO_GRADIENT);
  g_assert_cmpstr (estimate.reason, ==,
                   "The dump has no statistics of the gradients of this layer");
}

static void
test_transition (void)
{
  const struct
  {
    double snr[6];
    gsize n;
    gsize transition;
  } cases[] = {
    { { 5, 3, 1, 0.9, 0.5, 0.1 }, 6, 3 },
    { { 0.9, 3, 2, 0.9, 1.1, 0.1 }, 6, 3 }, /* two strays */
    { { 5, NAN, 3, NAN, 0.5, NAN }, 6, 3 },
    { { 5, 4, 3, 2, 1, 0.5 }, 6, 5 },
    { { 5, 4, 3, 2, 1, 1.5 }, 6, 6 },       /* drift to the end */
    { { 0.5, 0.4, 0.3 }, 3, 3 },            /* diffusion from the start */
    { { 0.5, 0.4, 3, 2 }, 4, 4 },           /* the other way round */
    { { 2 }, 1, 1 },
    { { 0 }, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (ip_gradient_find_transition (cases[i].snr, cases[i].n), ==,
                      cases[i].transition);
}

static bool
say_stop (void *data)
{
  return ++*(guint *) data > 5;
}

static void
test_cancel (void)
{
  Layer layer = create_layer (3000, 20, 2);
  guint looks = 0;
  IpContext context = { .cancelled = say_stop, .data = &looks };
  IpEstimate estimate;

  g_assert_cmpint (run_in_context (&layer, "", &estimate, &context), ==, IP_STATUS_CANCELLED);
  g_assert_cmpuint (looks, <, 10);
  context.threads = 3;
  g_assert_cmpint (run_in_context (&layer, "", &estimate, &context), ==, IP_STATUS_CANCELLED);
  clear_layer (&layer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/encoder/definition", test_definition);
  g_test_add_func ("/encoder/threads", test_threads);
  g_test_add_func ("/encoder/extremes", test_extremes);
  g_test_add_func ("/encoder/gaussian-channel", test_gaussian_channel);
  g_test_add_func ("/encoder/missing", test_missing);
  g_test_add_func ("/encoder/not-finite", test_not_finite);
  g_test_add_func ("/encoder/no-gaussian", test_no_gaussian);
  g_test_add_func ("/encoder/infinite", test_infinite);
  g_test_add_func ("/encoder/cancel", test_cancel);
  g_test_add_func ("/gradient/values", test_gradient);
  g_test_add_func ("/gradient/transition", test_transition);

  return g_test_run ();
}
