/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* What estimators do at the edge of sense, rule by rule. */

#include "ip-estimator.h"
#include "ip-random.h"
#include "requests.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define N 24
#define D 3

typedef struct
{
  double t[N * D];
  guint32 y[N];
  gsize n;
  IpMatrix x; /* of the inputs; data NULL: the activations */
  gboolean is_bare; /* neither labels nor inputs */
  IpContext context;
} Layer;

static const char *const bins[]
  = { "bins-uniform", "bins-width", "bins-range", "bins-equal-mass", "bins-ebab", "bins-minmax" };

/* Everything that estimates from activations, one way or the other. */
static const char *const all[]
  = { "bins-uniform", "bins-width", "bins-range",       "bins-equal-mass",
      "bins-ebab",    "bins-minmax", "kde",             "kde:relative=0.1",
      "akde-coded",   "renyi",       "renyi:alpha=2",   "renyi:alpha=0.01", "cs",
      "cs:permutations=9", "dse",    "dse:variant=entries", "dse:variant=graph",
      "dsmi",         "dsmi:variant=entries", "spectrum", "knn-entropy" };

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
  IpRequest request = parse_request (text);
  IpMatrix matrix = { layer->t, layer->n, D, D, IP_ELEMENT_FLOAT64 };
  IpEvaluationSet *set
    = layer->is_bare
        ? ip_evaluation_set_new (layer->n, NULL, NULL, NULL)
        : ip_evaluation_set_new (layer->n, layer->x.data != NULL ? &layer->x : &matrix, layer->y,
                                 NULL);
  IpSampleSource source = { .activations = matrix,
                            .set = set,
                            .bound_lo = NAN,
                            .bound_hi = NAN,
                            .layer_lo = NAN,
                            .layer_hi = NAN };
  IpSample *sample = ip_sample_new (&source, &layer->context);
  IpEstimate estimate;

  g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, &layer->context), ==,
                   IP_STATUS_OK);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return estimate;
}

/* What a quantity of a layer that is `number` throughout is; NAN: it tells of something else, or of
 * the blur. */
static double
get_constant (const char *estimator, IpQuantity quantity, double number)
{
  switch (quantity)
    {
    case IP_QUANTITY_H_T:
      return g_str_has_prefix (estimator, "kde") ? NAN : 0.0;
    case IP_QUANTITY_H_X:
    case IP_QUANTITY_H_Y:
    case IP_QUANTITY_H_TX:
    case IP_QUANTITY_H_TY:
      return NAN;
    case IP_QUANTITY_EFFECTIVE_RANK:
    case IP_QUANTITY_RANKME:
    case IP_QUANTITY_PARTICIPATION_RATIO:
      return number == 0.0 ? 0.0 : 1.0;
    case IP_QUANTITY_CS_XT_P:
    case IP_QUANTITY_CS_TY_P:
      return 1.0;
    default:
      return 0.0;
    }
}

/* Whether it is minus infinity, or a logarithm of it: there are neither distances to neighbours nor
 * a variance that the noise could follow. */
static gboolean
is_without_value (const char *estimator, IpQuantity quantity)
{
  return strcmp (estimator, "knn-entropy") == 0
         || (strcmp (estimator, "kde:relative=0.1") == 0 && quantity == IP_QUANTITY_H_T);
}

/* Information and entropies of a constant layer are 0, not NaN; what has no value says so. */
static void
check_constant (Layer *layer)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      IpEstimate estimate = run (layer, all[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        {
          const IpValue *value = &estimate.values[k];
          double expected = get_constant (all[i], value->quantity, layer->t[0]);

          if (is_without_value (all[i], value->quantity))
            {
              g_assert_true (isnan (value->value));
              g_assert_true (value->flags & IP_FLAG_UNDEFINED);
              g_assert_cmpstr (estimate.reason, !=, "");
              continue;
            }
          if (strcmp (all[i], "dse:variant=entries") == 0)
            expected = 2.0 * log (N);
          g_assert_true (value->flags & IP_FLAG_CONSTANT);
          g_assert_true (isfinite (value->value));
          if (!isnan (expected))
            g_assert_cmpfloat_with_epsilon (value->value, expected, 1e-5 * expected + 1e-300);
        }
    }
}

static void
test_constant (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < N * D; i++)
    layer.t[i] = 0.25;
  check_constant (&layer);
}

/* exp (-|t_i - t_j|^2 / 2 v), averaged over the members j of a class, in logarithms averaged over
 * its members i. */
static double
find_kernel_entropy (const Layer *layer, double variance, guint class, gboolean of_class)
{
  double entropy = 0.0;
  guint count = 0;

  for (guint i = 0; i < N; i++)
    count += !of_class || layer->y[i] == class;
  for (guint i = 0; i < N; i++)
    {
      double sum = 0.0;

      if (of_class && layer->y[i] != class)
        continue;
      for (guint j = 0; j < N; j++)
        {
          double squared = 0.0;

          for (guint k = 0; k < D; k++)
            squared += pow (layer->t[i * D + k] - layer->t[j * D + k], 2.0);
          if (!of_class || layer->y[j] == class)
            sum += exp (-squared / (2.0 * variance));
        }
      entropy -= log (sum / count) / count;
    }

  return entropy;
}

/* A class of one sample has no entropy: it adds nothing to what remains given the label. */
static void
test_class_of_one (void)
{
  Layer layer;
  IpEstimate estimate;

  fill (&layer);
  for (guint i = 0; i < N; i++)
    layer.y[i] = i == 0;
  for (guint i = 0; i < G_N_ELEMENTS (bins); i++)
    {
      const IpValue *value;

      estimate = run (&layer, bins[i]);
      value = get (&estimate, IP_QUANTITY_MI_TY);
      g_assert_cmpfloat (value->value, >=, 0.0);
      g_assert_cmpfloat (value->value, <=, value->ceiling + 1e-12);
    }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      estimate = run (&layer, all[i]);
      for (guint k = 0; k < estimate.n_values; k++)
        g_assert_true (isfinite (estimate.values[k].value));
    }

  estimate = run (&layer, "kde:variance=0.1,convention=official");
  g_assert_cmpfloat_with_epsilon (
    get (&estimate, IP_QUANTITY_MI_TY)->upper,
    find_kernel_entropy (&layer, 0.1, 0, FALSE)
      - (N - 1.0) / N * find_kernel_entropy (&layer, 0.1, 0, TRUE),
    1e-12);
  g_assert_cmpfloat (find_kernel_entropy (&layer, 0.1, 1, TRUE), ==, 0.0);
}

static void
assert_same (const IpEstimate *a, const IpEstimate *b)
{
  g_assert_cmpuint (a->n_values, ==, b->n_values);
  for (guint k = 0; k < a->n_values; k++)
    g_assert_cmpmem (&a->values[k].value, sizeof (double), &b->values[k].value, sizeof (double));
}

/* Zeros of either sign are one number, in layers and in inputs, which are the same here. */
static void
test_signed_zero (void)
{
  Layer plain;
  Layer mixed;

  fill (&plain);
  for (guint i = 0; i < N * D; i++)
    plain.t[i] = i % 3 == 0 ? 0.0 : round (2.0 * plain.t[i]);
  mixed = plain;
  for (guint i = 0; i < N * D; i++)
    if (plain.t[i] == 0.0)
      {
        plain.t[i] = 0.0;
        mixed.t[i] = i % 2 == 0 ? 0.0 : -0.0;
      }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      IpEstimate a = run (&plain, all[i]);
      IpEstimate b = run (&mixed, all[i]);

      assert_same (&a, &b);
    }

  for (guint i = 0; i < N * D; i++)
    mixed.t[i] = i % 2 == 0 ? 0.0 : -0.0;
  check_constant (&mixed);
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

/* What is below the value with a bin of its own shares that bin. */
static void
test_below_lowest (void)
{
  Layer layer;
  IpEstimate estimate;
  IpEstimate raised;
  IpEstimate all_below;
  guint below = 0;

  fill (&layer);
  estimate = run (&layer, "bins-ebab:bins=5,low=-9");
  g_assert_cmpfloat (estimate.clipped, ==, 0.0);
  g_assert_false (estimate.values[0].flags & IP_FLAG_CLIPPED);

  estimate = run (&layer, "bins-ebab:bins=5,low=0");
  all_below = run (&layer, "bins-ebab:bins=5,low=9");
  for (guint i = 0; i < N * D; i++)
    if (layer.t[i] < 0.0)
      {
        layer.t[i] = 0.0;
        below++;
      }
  raised = run (&layer, "bins-ebab:bins=5,low=0");

  g_assert_cmpuint (below, >, 0);
  g_assert_cmpfloat_with_epsilon (estimate.clipped, below / (double) (N * D), 1e-15);
  g_assert_cmpfloat (raised.clipped, ==, 0.0);
  for (guint i = 0; i < estimate.n_values; i++)
    {
      g_assert_cmpfloat (estimate.values[i].value, ==, raised.values[i].value);
      g_assert_true (estimate.values[i].flags & IP_FLAG_CLIPPED);
      g_assert_false (raised.values[i].flags & IP_FLAG_CLIPPED);
    }
  g_assert_cmpfloat (all_below.clipped, ==, 1.0);
  g_assert_cmpfloat (get (&all_below, IP_QUANTITY_H_T)->value, ==, 0.0);
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
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      IpEstimate estimate = run (&layer, all[i]);

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
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      IpEstimate estimate = run (&layer, all[i]);

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
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      IpEstimate estimate = run (&layer, all[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        {
          const IpValue *value = &estimate.values[k];

          g_assert_false (value->value < 0.0 && value->value > -1e-12);
          g_assert_false (value->lower < 0.0 && value->lower > -1e-12);
          g_assert_false (value->value == 0.0 && signbit (value->value));
          if (value->quantity == IP_QUANTITY_MI_TY)
            g_assert_cmpfloat (value->value, >=, 0.0);
        }
    }
}

/* Numbers that no sample has are no classes. */
static void
test_empty_class (void)
{
  Layer layer;

  fill (&layer);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      IpEstimate plain;
      IpEstimate spread;

      for (guint k = 0; k < N; k++)
        layer.y[k] = k % 3;
      plain = run (&layer, all[i]);
      for (guint k = 0; k < N; k++)
        layer.y[k] = 5 * (k % 3) + 2;
      spread = run (&layer, all[i]);
      for (guint k = 0; k < plain.n_values; k++)
        g_assert_cmpfloat (plain.values[k].value, ==, spread.values[k].value);
    }
}

/* Samples that coincide are said to, and how many are left; they count once. */
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
  g_assert_cmpstr (estimate.blur, ==, "neighbour number 3 of 23 different samples");
  g_assert_true (isfinite (estimate.values[0].value));
}

/* Scaling a layer changes no spectrum, however small it gets. */
static void
test_small_layer (void)
{
  Layer layer;
  IpEstimate plain;
  IpEstimate small;

  fill (&layer);
  plain = run (&layer, "spectrum:normalise=rows");
  for (guint i = 0; i < N * D; i++)
    layer.t[i] *= 0x1p-60;
  small = run (&layer, "spectrum:normalise=rows");
  for (guint i = 0; i < plain.n_values; i++)
    g_assert_cmpfloat_with_epsilon (small.values[i].value, plain.values[i].value, 1e-12);

  small = run (&layer, "spectrum:normalise=rows,convention=official");
  g_assert_true (isnan (get (&small, IP_QUANTITY_VNE)->ceiling));
}

/* Inputs that coincide have no width, which takes nothing from what is known of T and Y. */
static void
test_inputs_without_width (void)
{
  const char *const requests[]
    = { "cs:rule=median", "cs:rule=knn,k=2,permutations=3", "renyi:rule=median",
        "renyi:rule=median,alpha=2" };
  Layer layer;
  double inputs[N] = { 0.0 };

  fill (&layer);
  layer.x = (IpMatrix){ inputs, N, 1, 1, IP_ELEMENT_FLOAT64 };
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      IpEstimate estimate = run (&layer, requests[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        {
          const char *id = ip_quantity_get_info (estimate.values[k].quantity)->id;
          gboolean of_inputs = strstr (id, "x") != NULL;

          g_assert_true (isnan (estimate.values[k].value) == of_inputs);
          g_assert_true (((estimate.values[k].flags & IP_FLAG_UNDEFINED) != 0) == of_inputs);
        }
      g_assert_cmpstr (estimate.reason, !=, "");
    }
}

/* Inputs that repeat while activations differ: more than the inputs can tell. */
static void
test_above_the_ceiling (void)
{
  const char *const requests[] = { "kde:variance=1e-6", "akde-coded:sig=1e-6" };
  Layer layer;
  double inputs[N];

  fill (&layer);
  for (guint i = 0; i < N; i++)
    inputs[i] = i % 2;
  layer.x = (IpMatrix){ inputs, N, 1, 1, IP_ELEMENT_FLOAT64 };
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      IpEstimate estimate = run (&layer, requests[i]);
      const IpValue *value = get (&estimate, IP_QUANTITY_MI_XT);

      g_assert_cmpfloat_with_epsilon (value->ceiling, log (2.0), 1e-12);
      g_assert_cmpfloat (value->value, >, 2.0);
      g_assert_true (value->flags & IP_FLAG_NOT_MI);
    }
}

/* A blur so narrow that all samples differ makes I(T;Y) the entropy of the labels whatever the
 * layer does, and says so; labels that the layer tells by itself are no such case. */
static void
test_saturated (void)
{
  const char *const requests[] = { "kde:variance=1e-9", "bins-width:width=1e-9",
                                   "renyi:sigma=1e-9,sigma_y=0.01" };
  Layer layer;
  double inputs[N];

  fill (&layer);
  for (guint i = 0; i < N; i++)
    inputs[i] = 1e3 * i;
  layer.x = (IpMatrix){ inputs, N, 1, 1, IP_ELEMENT_FLOAT64 };
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      IpEstimate estimate = run (&layer, requests[i]);
      const IpValue *value = get (&estimate, IP_QUANTITY_MI_TY);

      g_assert_cmpfloat_with_epsilon (value->value, value->ceiling, 1e-9);
      g_assert_true (value->flags & IP_FLAG_SATURATED);
    }

  for (guint i = 0; i < N * D; i++)
    layer.t[i] = layer.y[i / D];
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      IpEstimate estimate = run (&layer, requests[i]);
      const IpValue *value = get (&estimate, IP_QUANTITY_MI_TY);

      g_assert_cmpfloat_with_epsilon (value->value, value->ceiling, 1e-9);
      g_assert_false (value->flags & IP_FLAG_SATURATED);
    }
}

/* Of one that has neither labels nor inputs the reason names both. */
static void
test_neither (void)
{
  const char *const requests[] = { "dsmi", "renyi" };
  Layer layer;

  fill (&layer);
  layer.is_bare = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    g_assert_cmpstr (run (&layer, requests[i]).reason, ==,
                     "There are neither inputs nor class labels");
}

/* Bins that follow the layer follow it to the smallest numbers there are, and to the largest. */
static void
test_any_scale (void)
{
  const char *const requests[] = { "bins-uniform:bins=5,range=layer", "bins-range", "bins-minmax",
                                   "bins-equal-mass:bins=5", "bins-ebab:bins=5" };
  const int exponents[] = { -1060, -1030, -1000, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    for (guint k = 0; k < G_N_ELEMENTS (exponents); k++)
      {
        Layer layer;
        IpEstimate expected;
        IpEstimate estimate;

        fill (&layer);
        for (guint j = 0; j < N * D; j++)
          layer.t[j] = (double) (ip_random_at (3, j) % 100);
        expected = run (&layer, requests[i]);
        for (guint j = 0; j < N * D; j++)
          layer.t[j] = ldexp (layer.t[j], exponents[k]);
        estimate = run (&layer, requests[i]);
        for (guint j = 0; j < estimate.n_values; j++)
          g_assert_cmpfloat (estimate.values[j].value, ==, expected.values[j].value);
      }
}

/* What a dump says of gradients is not taken for a number when it is none. */
static void
test_gradients (void)
{
  const double numbers[][2]
    = { { INFINITY, 1.0 }, { 1.0, INFINITY }, { 1.0, 0.0 }, { 1.0, -1.0 }, { NAN, 1.0 } };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      IpGradient gradient = { numbers[i][0], numbers[i][1], 1.0 };
      IpEvaluationSet *set = ip_evaluation_set_new (N, NULL, NULL, NULL);
      IpMatrix none = { NULL, N, D, D, IP_ELEMENT_FLOAT64 };
      IpSampleSource source = { .activations = none, .set = set, .gradient = &gradient };
      IpSample *sample = ip_sample_new (&source, NULL);
      IpRequest request = { .estimator = ip_estimator_find ("gradient") };
      IpEstimate estimate;

      g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, NULL), ==, IP_STATUS_OK);
      for (guint k = 0; k < estimate.n_values; k++)
        {
          const IpValue *value = &estimate.values[k];

          g_assert_true (isfinite (value->value)
                         || value->flags & (IP_FLAG_UNDEFINED | IP_FLAG_NO_GRADIENT));
          g_assert_false (isinf (value->value));
        }
      g_assert_true (isnan (get (&estimate, IP_QUANTITY_SNR)->value));
      g_assert_cmpstr (estimate.reason, !=, "");
      ip_sample_free (sample);
      ip_evaluation_set_free (set);
    }
}

/* That labels which are stored as floating point numbers but are whole count as classes is up to
 * the dump, and tested there: /dump/labels. */
static const struct
{
  const char *rule;
  void (*test) (void);
} rules[] = {
  { "/edges/constant-layer-is-zero", test_constant },
  { "/edges/class-of-one-sample", test_class_of_one },
  { "/edges/zeros-of-either-sign-are-equal", test_signed_zero },
  { "/edges/outside-is-clipped-and-counted", test_outside },
  { "/edges/below-the-lowest-is-clipped", test_below_lowest },
  { "/edges/not-finite-is-counted", test_not_finite },
  { "/edges/one-sample-is-a-gap", test_one_sample },
  { "/edges/zero-is-not-negative", test_not_negative },
  { "/edges/empty-class-is-no-class", test_empty_class },
  { "/edges/ties-are-told", test_ties },
  { "/edges/small-layer", test_small_layer },
  { "/edges/inputs-without-width", test_inputs_without_width },
  { "/edges/above-the-ceiling", test_above_the_ceiling },
  { "/edges/saturated", test_saturated },
  { "/edges/neither-labels-nor-inputs", test_neither },
  { "/edges/any-scale", test_any_scale },
  { "/edges/gradients", test_gradients },
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    g_test_add_func (rules[i].rule, rules[i].test);

  return g_test_run ();
}
