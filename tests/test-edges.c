/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* What estimators do at the edge of sense, rule by rule. */

#include "ip-estimator.h"
#include "ip-random.h"

#include <glib.h>
#include <math.h>

#define N 24
#define D 3

typedef struct
{
  double t[N * D];
  guint32 y[N];
  gsize n;
  IpContext context;
} Layer;

static const char *const bins[]
  = { "bins-uniform", "bins-width", "bins-range", "bins-equal-mass", "bins-ebab", "bins-minmax" };
static const char *const kernels[] = { "kde", "renyi:alpha=2", "renyi", "cs", "dse", "dsmi" };

static void
fill (Layer *layer)
{
  *layer = (Layer){ .n = N };
  for (guint i = 0; i < N * D; i++)
    layer->t[i] = ldexp ((double) (ip_random_at (1, i) >> 11), -52) - 1.0;
  for (guint i = 0; i < N; i++)
    layer->y[i] = i % 3;
}

static IpEstimate
run (Layer *layer, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  IpRequest request = { .estimator = ip_estimator_find (parts[0]) };
  IpMatrix matrix = { layer->t, layer->n, D, D, IP_ELEMENT_FLOAT64 };
  IpEvaluationSet *set = ip_evaluation_set_new (layer->n, &matrix, layer->y, NULL);
  IpSampleSource source = { .activations = matrix,
                            .set = set,
                            .bound_lo = NAN,
                            .bound_hi = NAN,
                            .layer_lo = NAN,
                            .layer_hi = NAN };
  IpSample *sample = ip_sample_new (&source, &layer->context);
  IpEstimate estimate;

  ip_parameters_parse (&request.parameters, request.estimator, parts[1], &layer->context);
  g_assert_cmpstr (layer->context.message, ==, "");
  g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, &layer->context), ==,
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

/* Information and entropies of a constant layer are 0, not NaN. */
static void
test_constant (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < N * D; i++)
    layer.t[i] = 0.25;

  for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
    {
      IpEstimate estimate = run (&layer, bins[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        {
          g_assert_cmpfloat (estimate.values[k].value, ==, 0.0);
          g_assert_true (estimate.values[k].flags & IP_FLAG_CONSTANT);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      IpEstimate estimate = run (&layer, kernels[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        g_assert_true (estimate.values[k].flags & IP_FLAG_CONSTANT);
      g_assert_cmpfloat_with_epsilon (estimate.values[0].value, 0.0, 1e-12);
    }
}

/* A class of one sample has no entropy: it adds nothing to what remains given the label. */
static void
test_class_of_one (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < N; i++)
    layer.y[i] = i == 0;
  for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
    {
      IpEstimate estimate = run (&layer, bins[i]);
      const IpValue *value = get (&estimate, IP_QUANTITY_MI_TY);

      g_assert_cmpfloat (value->value, >=, 0.0);
      g_assert_cmpfloat (value->value, <=, value->ceiling + 1e-12);
    }
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      IpEstimate estimate = run (&layer, kernels[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        g_assert_true (isfinite (estimate.values[k].value));
    }
}

/* Zeros of either sign are one number. */
static void
test_signed_zero (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < N * D; i++)
    layer.t[i] = i % 2 == 0 ? 0.0 : -0.0;
  for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
    {
      IpEstimate estimate = run (&layer, bins[i]);

      g_assert_cmpfloat (get (&estimate, IP_QUANTITY_H_T)->value, ==, 0.0);
    }
}

/* Values outside the given bins go into the end bins, and their share is told. */
static void
test_outside (void)
{
  Layer layer;
  IpEstimate estimate;
  IpEstimate cut;

  fill (&layer);
  for (guint i = 0; i < 6; i++)
    layer.t[i * D] = i % 2 == 0 ? 7.0 : -7.0;
  estimate = run (&layer, "bins-uniform:lo=-1,hi=1");
  for (guint i = 0; i < 6; i++)
    layer.t[i * D] = i % 2 == 0 ? 1.0 : -1.0;
  cut = run (&layer, "bins-uniform:lo=-1,hi=1");

  g_assert_cmpfloat_with_epsilon (estimate.clipped, 6.0 / (N * D), 1e-15);
  g_assert_true (estimate.values[0].flags & IP_FLAG_CLIPPED);
  g_assert_false (cut.values[0].flags & IP_FLAG_CLIPPED);
  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_H_T)->value, ==,
                     get (&cut, IP_QUANTITY_H_T)->value);
}

/* NaN and infinities give no value, and the samples are counted. */
static void
test_not_finite (void)
{
  Layer layer;

  fill (&layer);
  layer.t[3] = NAN;
  layer.t[4] = INFINITY;
  layer.t[30] = -INFINITY;
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      IpEstimate estimate = run (&layer, kernels[i]);

      g_assert_true (isnan (estimate.values[0].value));
      g_assert_true (estimate.values[0].flags & IP_FLAG_NOT_FINITE);
      g_assert_cmpstr (estimate.reason, ==, "2 of 24 samples are not finite");
    }
}

/* One sample is a gap. */
static void
test_one_sample (void)
{
  Layer layer;

  fill (&layer);
  layer.n = 1;
  for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
    {
      IpEstimate estimate = run (&layer, bins[i]);

      g_assert_true (isnan (estimate.values[0].value));
      g_assert_true (estimate.values[0].flags & IP_FLAG_UNDEFINED);
    }
}

/* What is zero by definition is not a little less than zero. */
static void
test_not_negative (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < D; j++)
      layer.t[i * D + j] = layer.t[i / 3 % 4 * D + j]; /* independent of the labels */
  for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
    {
      IpEstimate estimate = run (&layer, bins[i]);

      g_assert_cmpfloat (get (&estimate, IP_QUANTITY_MI_TY)->value, >=, 0.0);
      g_assert_false (signbit (get (&estimate, IP_QUANTITY_MI_TY)->value));
    }
}

/* Numbers that no sample has are no classes. */
static void
test_empty_class (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      IpEstimate plain;
      IpEstimate spread;

      for (guint k = 0; k < N; k++)
        layer.y[k] = k % 3;
      plain = run (&layer, kernels[i]);
      for (guint k = 0; k < N; k++)
        layer.y[k] = 5 * (k % 3) + 2;
      spread = run (&layer, kernels[i]);
      for (guint k = 0; k < plain.n_values; k++)
        g_assert_cmpfloat (plain.values[k].value, ==, spread.values[k].value);
    }
}

/* Samples that coincide are said to, and count once. */
static void
test_ties (void)
{
  Layer layer;
  IpEstimate estimate;

  fill (&layer);
  g_assert_false (run (&layer, "knn-entropy").values[0].flags & IP_FLAG_TIES);
  for (guint j = 0; j < D; j++)
    layer.t[5 * D + j] = layer.t[j];
  estimate = run (&layer, "knn-entropy");

  g_assert_true (estimate.values[0].flags & IP_FLAG_TIES);
  g_assert_true (isfinite (estimate.values[0].value));
}

static const struct
{
  const char *rule;
  void (*test) (void);
} rules[] = {
  { "/edges/constant-layer-is-zero", test_constant },
  { "/edges/class-of-one-sample", test_class_of_one },
  { "/edges/zeros-of-either-sign-are-equal", test_signed_zero },
  { "/edges/outside-is-clipped-and-counted", test_outside },
  { "/edges/not-finite-is-counted", test_not_finite },
  { "/edges/one-sample-is-a-gap", test_one_sample },
  { "/edges/zero-is-not-negative", test_not_negative },
  { "/edges/empty-class-is-no-class", test_empty_class },
  { "/edges/ties-are-told", test_ties },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    g_test_add_func (rules[i].rule, rules[i].test);

  return g_test_run ();
}
