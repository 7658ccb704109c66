/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-estimator.h"
#include "ip-mersenne.h"
#include "ip-neighbours.h"
#include "ip-random.h"
#include "requests.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* One layer of N samples with labels and, perhaps, inputs. */
typedef struct
{
  gsize n;
  gsize d;
  double *t;
  guint32 *y; /* NULL: no labels */
  IpMatrix x; /* data NULL: no inputs */
  double layer_lo;
  double layer_hi;
  double bound_lo;
  double bound_hi;
} Layer;

/* A standard normal number, the same in every run. */
static double
draw_normal (guint64 seed, guint64 at)
{
  double a = ldexp ((double) (ip_random_at (seed, 2 * at) >> 11) + 0.5, -53);
  double b = ldexp ((double) (ip_random_at (seed, 2 * at + 1) >> 11), -53);

  return sqrt (-2.0 * log (a)) * cos (2.0 * G_PI * b);
}

static Layer
create_layer (gsize n, gsize d, guint classes)
{
  double *x = g_new (double, 2 * n + 1);
  Layer layer = { .n = n,
                  .d = d,
                  .t = g_new (double, n *d + 1),
                  .y = g_new (guint32, n + 1),
                  .x = { x, n, 2, 2, IP_ELEMENT_FLOAT64 },
                  .layer_lo = NAN,
                  .layer_hi = NAN,
                  .bound_lo = NAN,
                  .bound_hi = NAN };

  for (gsize i = 0; i < n; i++)
    {
      layer.y[i] = (guint32) (ip_random_at (7, i) % classes);
      x[2 * i] = draw_normal (99, 2 * i) + layer.y[i];
      x[2 * i + 1] = draw_normal (99, 2 * i + 1);
      for (gsize j = 0; j < d; j++)
        layer.t[i * d + j] = tanh (draw_normal (d, i * d + j) + 0.7 * layer.y[i]);
    }

  return layer;
}

static void
clear_layer (Layer *layer)
{
  g_free (layer->t);
  g_free (layer->y);
  g_free ((gpointer) layer->x.data);
}

static IpStatus
run_requests (const Layer *layer,
              const IpRequest *requests,
              gsize n_requests,
              IpEstimate *estimates,
              IpContext *context)
{
  IpEvaluationSet *set
    = ip_evaluation_set_new (layer->n, layer->x.data != NULL ? &layer->x : NULL, layer->y, NULL);
  IpSampleSource source
    = { { layer->t, layer->n, layer->d, layer->d, IP_ELEMENT_FLOAT64 }, set, layer->bound_lo,
        layer->bound_hi, layer->layer_lo, layer->layer_hi };
  IpSample *sample = ip_sample_new (&source, context);
  IpStatus status;

  g_assert_nonnull (sample);
  status = ip_sample_estimate (sample, requests, n_requests, estimates, context);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return status;
}

static IpEstimate
run (const Layer *layer, const char *text)
{
  IpRequest request = parse_request (text);
  IpContext context = { 0 };
  IpEstimate estimate;

  g_assert_cmpint (run_requests (layer, &request, 1, &estimate, &context), ==, IP_STATUS_OK);
  return estimate;
}

#define assert_near(a, b, tolerance) g_assert_cmpfloat_with_epsilon (a, b, tolerance)

static void
test_parameters_canonical (void)
{
  const char *const cases[][2] = {
    { "bins-uniform", "bins=30,range=auto,convention=equal" },
    { "bins-uniform:bins=64", "bins=64,range=auto,convention=equal" },
    { "bins-uniform:lo=0,hi=2.5", "bins=30,range=fixed,lo=0,hi=2.5,convention=equal" },
    { "bins-uniform:range=fixed", "bins=30,range=fixed,lo=-1,hi=1,convention=equal" },
    { "bins-width:width=7e-2", "width=0.07" },
    { "kde", "scale=absolute,variance=0.001,convention=corrected" },
    { "kde:relative=0.1", "scale=relative,relative=0.1,convention=corrected" },
    { "kde:variance=0.30000000000000004,convention=official",
      "scale=absolute,variance=0.30000000000000004,convention=official" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpRequest request = parse_request (cases[i][0]);
      IpRequest again = request;
      char text[256];

      ip_parameters_format (&request.parameters, request.estimator, text, sizeof text);
      g_assert_cmpstr (text, ==, cases[i][1]);
      ip_parameters_parse (&again.parameters, again.estimator, text, NULL);
      g_assert_cmpmem (&again.parameters, sizeof again.parameters, &request.parameters,
                       sizeof request.parameters);
    }
}

static void
test_parameters_wrong (void)
{
  const char *const cases[][3] = {
    { "bins-uniform", "bins=1", "bins=1: expected a whole number from 2 to 65536" },
    { "bins-uniform", "bins=3.5", "bins=3.5: expected a whole number from 2 to 65536" },
    { "bins-uniform", "bins=", "bins=: expected a whole number from 2 to 65536" },
    { "bins-uniform", "bins", "\"bins\": expected name=value" },
    { "bins-uniform", "range=wide", "range=wide: expected auto, layer or fixed" },
    { "bins-uniform", "range=auto,lo=0", "lo matters only with range=fixed" },
    { "bins-uniform", "bins=3,bins=4", "bins is given twice" },
    { "bins-width", "bins=3", "bins-width has no parameter \"bins\": expected width" },
    { "kde", "variance=0", "variance=0: expected a number from 1e-12 to 1e+12" },
    { "kde", "variance=nan", "variance=nan: expected a number from 1e-12 to 1e+12" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpParameters parameters;
      IpContext context = { 0 };

      g_assert_cmpint (ip_parameters_parse (&parameters, ip_estimator_find (cases[i][0]),
                                            cases[i][1], &context),
                       ==, IP_STATUS_INVALID);
      g_assert_cmpstr (context.message, ==, cases[i][2]);
    }
}

static void
test_registry (void)
{
  const IpEstimator *const *estimators;
  gsize n;

  estimators = ip_estimators_list (&n);
  for (gsize i = 0; i < n; i++)
    {
      const IpEstimator *estimator = estimators[i];
      IpParameters parameters;
      char text[256];

      g_assert_true (ip_estimator_find (estimator->id) == estimator);
      g_assert_cmpuint (estimator->n_quantities, <=, IP_MAX_VALUES);
      g_assert_cmpuint (estimator->n_parameters, <=, IP_MAX_PARAMETERS);
      g_assert_true (g_str_has_prefix (estimator->bibtex, "@"));
      g_assert_true (g_str_has_suffix (estimator->summary, "."));
      g_assert_true (g_str_has_suffix (estimator->limits, "."));

      ip_parameters_init (&parameters, estimator);
      ip_parameters_format (&parameters, estimator, text, sizeof text);
      g_assert_cmpint (ip_parameters_parse (&parameters, estimator, text, NULL), ==, IP_STATUS_OK);
      g_assert_cmpfloat (estimator->cost (1000, 10, 2, &parameters), >, 0.0);
      g_assert_cmpuint (estimator->memory (1000, 10, 2, &parameters), >, 0);
    }

  g_assert_null (ip_estimator_find ("none"));
}

static void
test_flags (void)
{
  char text[128];

  ip_flags_format (0, 0.0, text, sizeof text);
  g_assert_cmpstr (text, ==, "");
  ip_flags_format (IP_FLAG_SATURATED | IP_FLAG_CLIPPED | IP_FLAG_N_SMALL, 0.0321, text,
                   sizeof text);
  g_assert_cmpstr (text, ==, "saturated;clipped=3.2%;n-small");
  ip_flags_format (IP_FLAG_SATURATED | IP_FLAG_CLIPPED, 0.5, text, 12);
  g_assert_cmpuint (strlen (text), <, 12);
  for (guint bit = 0; bit < 32; bit++)
    g_assert_nonnull (ip_flag_explain (1u << bit));
}

/* Every quantity has a name of its own that leads back to it, and every estimator gives some. */
static void
test_quantities (void)
{
  gsize n_estimators;
  const IpEstimator *const *estimators = ip_estimators_list (&n_estimators);

  for (guint i = 0; i < IP_N_QUANTITIES; i++)
    {
      const IpQuantityInfo *info = ip_quantity_get_info (i);
      IpQuantity found;

      g_assert_nonnull (info->id);
      g_assert_nonnull (info->title);
      g_assert_nonnull (info->symbol);
      g_assert_nonnull (info->markup);
      g_assert_true (ip_quantity_from_id (info->id, &found));
      g_assert_cmpuint (found, ==, i);
    }
  for (gsize i = 0; i < n_estimators; i++)
    {
      g_assert_cmpuint (estimators[i]->n_quantities, >, 0);
      g_assert_cmpuint (estimators[i]->n_quantities, <=, IP_MAX_VALUES);
      g_assert_cmpuint (estimators[i]->n_parameters, <=, IP_MAX_PARAMETERS);
      g_assert_true (ip_estimator_find (estimators[i]->id) == estimators[i]);
      for (guint k = 0; k < estimators[i]->n_parameters; k++)
        {
          const IpParameter *parameter = &estimators[i]->parameters[k];

          g_assert_cmpfloat (parameter->minimum, <=, parameter->standard);
          g_assert_cmpfloat (parameter->standard, <=, parameter->maximum);
          if (parameter->kind == IP_PARAMETER_CHOICE)
            g_assert_cmpfloat (parameter->maximum, ==,
                               g_strv_length ((char **) parameter->choices) - 1);
        }
    }
}

/* Four equally likely corners of a square, the class is the first coordinate. */
static void
test_bins_closed_form (void)
{
  double t[] = { 0, 0, 0, 1, 1, 0, 1, 1 };
  guint32 y[] = { 0, 0, 1, 1 };
  Layer layer = { 4, 2, t, y, { 0 }, NAN, NAN, NAN, NAN };
  IpEstimate uniform = run (&layer, "bins-uniform");
  IpEstimate width = run (&layer, "bins-width:width=0.5");

  assert_near (get (&uniform, IP_QUANTITY_MI_XT)->value, log (4), 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_TY)->value, log (2), 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_H_T)->value, log (4), 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_XT)->ceiling, log (4), 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_TY)->ceiling, log (2), 1e-15);
  g_assert_cmpuint (get (&uniform, IP_QUANTITY_MI_XT)->flags, ==,
                    IP_FLAG_SATURATED | IP_FLAG_N_SMALL | IP_FLAG_INFINITE);
  g_assert_cmpstr (uniform.blur, ==, "30 bins on [0, 1]");

  assert_near (get (&uniform, IP_QUANTITY_H_T_MM)->value, log (4) + 3.0 / 8.0, 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_XT_MM)->value, log (4) + 3.0 / 8.0, 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_TY_MM)->value, log (2) + 1.0 / 8.0, 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_XT_MM)->ceiling, log (4), 1e-15);
  assert_near (get (&uniform, IP_QUANTITY_MI_TY_MM)->ceiling, log (2), 1e-15);
  for (guint i = 0; i < uniform.n_values; i++)
    g_assert_cmpint ((uniform.values[i].flags & IP_FLAG_NOT_MI) != 0, ==,
                     uniform.values[i].value > uniform.values[i].ceiling + 1e-12);
  g_assert_false (ip_estimate_get_flags (&uniform) & IP_FLAG_NOT_MI);

  assert_near (get (&width, IP_QUANTITY_MI_TY)->value, log (2), 1e-15);
  g_assert_cmpstr (width.blur, ==, "bins of width 0.5");
}

static void
test_bins_range (void)
{
  double t[] = { -2, -0.5, 0.5, 3 };
  guint32 y[] = { 0, 0, 1, 1 };
  Layer layer = { 4, 1, t, y, { 0 }, NAN, NAN, -1, 1 };
  IpRequest request = parse_request ("bins-uniform");
  IpEstimate estimate = run (&layer, "bins-uniform:bins=3");

  /* edges −1, −1/3, 1/3, 1 */
  g_assert_cmpstr (estimate.blur, ==, "3 bins on [−1, 1]");
  assert_near (get (&estimate, IP_QUANTITY_H_T)->value, G_LN2, 1e-15);

  /* edges −1, 0, 1: −2 and −0.5 share a bin, 3 has one of its own */
  estimate = run (&layer, "bins-uniform:bins=3,convention=corrected");
  assert_near (get (&estimate, IP_QUANTITY_H_T)->value, 1.5 * G_LN2, 1e-15);
  g_assert_cmpfloat (estimate.clipped, ==, 0.5);
  g_assert_true (get (&estimate, IP_QUANTITY_H_T)->flags & IP_FLAG_CLIPPED);

  estimate = run (&layer, "bins-uniform:bins=3,range=fixed,convention=idnns");
  assert_near (get (&estimate, IP_QUANTITY_H_T)->value, 1.5 * G_LN2, 1e-15);

  layer.layer_lo = -10;
  layer.layer_hi = 10;
  estimate = run (&layer, "bins-uniform:range=layer");
  g_assert_cmpstr (estimate.blur, ==, "30 bins on [−10, 10]");
  estimate = run (&layer, "bins-uniform:lo=0.25,hi=0.75");
  g_assert_cmpstr (estimate.blur, ==, "30 bins on [0.25, 0.75]");
  layer.bound_hi = INFINITY;
  estimate = run (&layer, "bins-uniform");
  g_assert_cmpstr (estimate.blur, ==, "30 bins on [−10, 10]");

  g_assert_true (ip_request_needs_layer_range (&request, 0, INFINITY));
  g_assert_true (ip_request_needs_layer_range (&request, NAN, NAN));
  g_assert_false (ip_request_needs_layer_range (&request, -1, 1));
  request = parse_request ("bins-uniform:range=layer");
  g_assert_true (ip_request_needs_layer_range (&request, -1, 1));
  request = parse_request ("bins-uniform:range=fixed");
  g_assert_false (ip_request_needs_layer_range (&request, NAN, NAN));
  request = parse_request ("kde");
  g_assert_false (ip_request_needs_layer_range (&request, NAN, NAN));

  estimate = run (&layer, "bins-uniform:lo=2,hi=1");
  g_assert_true (get (&estimate, IP_QUANTITY_H_T)->flags & IP_FLAG_FAILED);
  g_assert_cmpstr (estimate.reason, ==, "lo=2 is not below hi=1");
}

/* A saturated unit that rounds to exactly 1 is no other symbol than one just below. */
static void
test_bins_saturated (void)
{
  double t[] = { -1, 0.99, 1, 0.98 };
  guint32 y[] = { 0, 0, 1, 1 };
  Layer layer = { 4, 1, t, y, { 0 }, -1, 1, NAN, NAN };
  IpEstimate equal = run (&layer, "bins-uniform");
  IpEstimate published = run (&layer, "bins-uniform:convention=corrected");

  assert_near (get (&equal, IP_QUANTITY_H_T)->value, 2 * G_LN2 - 0.75 * log (3), 1e-15);
  assert_near (get (&published, IP_QUANTITY_H_T)->value, 1.5 * G_LN2, 1e-15);
}

/* Equal inputs with different outputs: what the noise of the layer adds is not information. */
static void
test_bins_repeated_inputs (void)
{
  double t[] = { 0, 1, 0, 1 };
  double x[] = { 5, 5, 6, 6 };
  guint32 y[] = { 0, 1, 0, 1 };
  Layer layer = { 4, 1, t, y, { x, 4, 1, 1, IP_ELEMENT_FLOAT64 }, NAN, NAN, NAN, NAN };
  IpEstimate estimate = run (&layer, "bins-uniform");

  assert_near (get (&estimate, IP_QUANTITY_H_T)->value, G_LN2, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_XT)->value, 0.0, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_XT)->ceiling, G_LN2, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_TY)->value, G_LN2, 1e-15);
  g_assert_false (get (&estimate, IP_QUANTITY_MI_XT)->flags & IP_FLAG_INFINITE);

  /* With a second bit of the input that the layer shows, and a label that is the first. */
  t[2] = 2;
  t[3] = 3;
  y[1] = 0;
  y[2] = 1;
  estimate = run (&layer, "bins-range");
  assert_near (get (&estimate, IP_QUANTITY_MI_XT)->value, G_LN2, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y)->value, 0.0, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y_MM)->value, 0.0, 1e-15);
  layer.x.data = NULL;
  estimate = run (&layer, "bins-range");
  assert_near (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y)->value, G_LN2, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y)->ceiling, G_LN2, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y_MM)->value, G_LN2 + 1.0 / 4.0, 1e-15);
  g_assert_true (get (&estimate, IP_QUANTITY_MI_XT_GIVEN_Y_MM)->flags & IP_FLAG_NOT_MI);
}

/* Two points at distance r, k times each: L_v = -ln [(1 + exp (-r^2 / 2v)) / 2]. */
static void
test_kde_closed_form (void)
{
  double t[] = { 0, 0, 0.3, 0.3 };
  guint32 y[] = { 0, 0, 1, 1 };
  Layer layer = { 4, 1, t, y, { 0 }, NAN, NAN, NAN, NAN };
  IpEstimate estimate = run (&layer, "kde:variance=0.05");
  double upper = -log ((1 + exp (-0.09 / 0.1)) / 2);
  double lower = -log ((1 + exp (-0.09 / 0.4)) / 2);
  const IpValue *value = get (&estimate, IP_QUANTITY_MI_XT);

  assert_near (value->upper, upper, 1e-15);
  assert_near (value->lower, lower, 1e-15);
  g_assert_true (value->value == value->upper);
  value = get (&estimate, IP_QUANTITY_MI_TY);
  assert_near (value->upper, upper, 1e-15);
  assert_near (value->lower, lower, 1e-15);
  assert_near (value->value, upper, 1e-15);
  value = get (&estimate, IP_QUANTITY_H_T);
  assert_near (value->upper, upper + 0.5 * (log (2 * G_PI * 0.05) + 1), 1e-15);
  g_assert_cmpstr (estimate.blur, ==, "noise variance 0.05");

  /* 0.0225 is the variance of the unit */
  estimate = run (&layer, "kde:relative=2");
  g_assert_cmpstr (estimate.blur, ==, "noise variance 0.045 (2 of the layer’s)");
  assert_near (get (&estimate, IP_QUANTITY_MI_XT)->upper, -log ((1 + exp (-1)) / 2), 1e-14);
}

/* The bracket holds the information that a Gaussian layer with noise has; N is finite, so the check
 * is against a sum over the sample itself on a fine grid. */
static void
test_kde_brackets_the_truth (void)
{
  Layer layer = create_layer (60, 1, 2);
  const double v = 0.05;
  IpEstimate estimate = run (&layer, "kde:variance=0.05");
  double h = 0.0;
  double h_given_y = 0.0;
  const IpValue *value;

  for (guint step = 0; step < 80000; step++)
    {
      double at = -4.0 + step * 1e-4;
      double p[2] = { 0.0, 0.0 };
      double count[2] = { 0.0, 0.0 };

      for (gsize i = 0; i < layer.n; i++)
        {
          p[layer.y[i]] += exp (-(at - layer.t[i]) * (at - layer.t[i]) / (2 * v))
                           / sqrt (2 * G_PI * v) / (double) layer.n;
          count[layer.y[i]] += 1.0 / (double) layer.n;
        }
      h -= p[0] + p[1] > 0 ? (p[0] + p[1]) * log (p[0] + p[1]) * 1e-4 : 0.0;
      for (guint y = 0; y < 2; y++)
        h_given_y -= p[y] > 0 ? p[y] * log (p[y] / count[y]) * 1e-4 : 0.0;
    }

  value = get (&estimate, IP_QUANTITY_H_T);
  g_assert_cmpfloat (value->lower, <, h);
  g_assert_cmpfloat (value->upper, >, h);
  value = get (&estimate, IP_QUANTITY_MI_TY);
  g_assert_cmpfloat (value->lower, <, h - h_given_y);
  g_assert_cmpfloat (value->upper, >, h - h_given_y);
  g_assert_cmpfloat (value->value, >=, value->lower);
  g_assert_cmpfloat (value->value, <=, value->upper);
  clear_layer (&layer);
}

static void
assert_same_bits (const IpEstimate *a, const IpEstimate *b)
{
  g_assert_cmpuint (a->n_values, ==, b->n_values);
  for (guint i = 0; i < a->n_values; i++)
    {
      g_assert_cmpmem (&a->values[i].value, sizeof (double), &b->values[i].value, sizeof (double));
      g_assert_cmpmem (&a->values[i].lower, sizeof (double), &b->values[i].lower, sizeof (double));
      g_assert_cmpmem (&a->values[i].upper, sizeof (double), &b->values[i].upper, sizeof (double));
      g_assert_cmpuint (a->values[i].flags, ==, b->values[i].flags);
    }
}

/* Two groups of equal samples, far apart, which are the classes: one bit by any kernel. */
static void
test_kernels_closed_form (void)
{
  double t[] = { 0, 0, 0, 100, 100, 100 };
  guint32 y[] = { 0, 0, 0, 1, 1, 1 };
  Layer layer = { 6, 1, t, y, { t, 6, 1, 1, IP_ELEMENT_FLOAT64 }, NAN, NAN, NAN, NAN };
  const char *const requests[] = { "dse:sigma=1",       "dse:sigma=1,alpha=0,t=3",
                                   "renyi",             "renyi:alpha=2",
                                   "renyi:alpha=1",     "renyi:alpha=0.5",
                                   "cs:sigma=0.1",      "bins-equal-mass:bins=2" };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      IpEstimate estimate = run (&layer, requests[i]);

      for (guint k = 0; k < estimate.n_values; k++)
        if (ip_quantity_get_info (estimate.values[k].quantity)->unit == IP_UNIT_NONE)
          assert_near (estimate.values[k].value, 1.0, 1e-12);
        else if (!g_str_has_suffix (ip_quantity_get_info (estimate.values[k].quantity)->id, "_mm"))
          assert_near (estimate.values[k].value, G_LN2, 2e-4); /* alpha = 0.5 sees exp (-20) */
    }
}

/* Ties are by the activations themselves, not by what a product of matrices leaves of their
 * distances: of samples in a line and one far off each points to itself and both its neighbours,
 * eigenvalues 1 + 2 cos (k pi / n), and the last one has eigenvalue 1. */
static void
test_ties_in_the_graph (void)
{
  Layer layer = create_layer (50, 60, 2);
  double moduli[50] = { 1.0 };
  double sum = 1.0;
  double entropy = 0.0;
  IpEstimate estimate;

  for (gsize i = 0; i < layer.n * layer.d; i++)
    layer.t[i] = i / layer.d + 1 < layer.n ? i / layer.d : 1e3 + 0.1;
  for (guint k = 1; k < layer.n; k++)
    sum += moduli[k] = fabs (1.0 + 2.0 * cos (k * G_PI / (double) layer.n));
  for (guint k = 0; k < layer.n; k++)
    entropy -= moduli[k] / sum * log (moduli[k] / sum);

  estimate = run (&layer, "dse:variant=graph,neighbours=2");
  assert_near (estimate.values[0].value, entropy, 1e-9);
  clear_layer (&layer);
}

/* As many directions as units, all alike. */
static void
test_spectrum_closed_form (void)
{
  double t[16] = { 0.0 };
  guint32 y[4] = { 0 };
  Layer layer = { 4, 4, t, y, { 0 }, NAN, NAN, NAN, NAN };
  IpEstimate estimate;

  for (guint i = 0; i < 4; i++)
    t[5 * i] = 3.0;
  estimate = run (&layer, "spectrum");
  assert_near (get (&estimate, IP_QUANTITY_VNE)->value, log (4), 1e-14);
  assert_near (get (&estimate, IP_QUANTITY_EFFECTIVE_RANK)->value, 4.0, 1e-13);
  assert_near (get (&estimate, IP_QUANTITY_RANKME)->value, 4.0, 1e-5);
  assert_near (get (&estimate, IP_QUANTITY_PARTICIPATION_RATIO)->value, 4.0, 1e-13);
  g_assert_cmpuint (estimate.n_spectrum, ==, 4);
  for (guint i = 0; i < 4; i++)
    assert_near (estimate.spectrum[i], 0.25, 1e-15);
}

/* Distances 1, 1, 2, 4 to the nearest; a repeated sample does not count. */
static void
test_neighbours_closed_form (void)
{
  double t[] = { 0, 1, 3, 7, 3 };
  guint32 y[5] = { 0 };
  Layer layer = { 5, 1, t, y, { 0 }, NAN, NAN, NAN, NAN };
  IpEstimate estimate = run (&layer, "knn-entropy:k=1");
  double mean = 0.75 * G_LN2;

  assert_near (get (&estimate, IP_QUANTITY_MANIFOLD_ENTROPY)->value, mean, 1e-15);
  assert_near (get (&estimate, IP_QUANTITY_H_T)->value, 11.0 / 6.0 + G_LN2 + mean, 1e-14);
  g_assert_true (get (&estimate, IP_QUANTITY_H_T)->flags & IP_FLAG_TIES);

  estimate = run (&layer, "knn-entropy:k=4");
  g_assert_cmpstr (estimate.reason, ==, "4 different samples have no neighbour number 4");
}

/* In one dimension both norms are the same; r_2 / r_1 = 3, 2, 3/2 and 3/2. */
static void
test_neighbours_dimension (void)
{
  double t[] = { 0, 1, 3, 7 };
  guint32 y[4] = { 0 };
  Layer layer = { 4, 1, t, y, { 0 }, NAN, NAN, NAN, NAN };
  double dimension = 4.0 / log (3.0 * 2.0 * 1.5 * 1.5);
  double mean = 0.25 * log (3.0 * 2.0 * 3.0 * 6.0);
  IpEstimate ambient = run (&layer, "knn-entropy:k=2");
  IpEstimate maximum = run (&layer, "knn-entropy:k=2,norm=max");

  assert_same_bits (&ambient, &maximum);
  assert_near (get (&ambient, IP_QUANTITY_MANIFOLD_ENTROPY)->value, mean, 1e-15);
  assert_near (get (&ambient, IP_QUANTITY_INTRINSIC_DIMENSION)->value, fmin (dimension, 1.0),
               1e-15);
}

/* A unit square, bent without stretching into six units: its entropy is 0 in two dimensions. */
static void
test_neighbours_on_surface (void)
{
  Layer layer = create_layer (2000, 6, 2);
  IpEstimate estimate;

  for (gsize i = 0; i < layer.n; i++)
    {
      double u = (double) (ip_random_at (41, 2 * i) >> 11) * 0x1p-53;
      double v = (double) (ip_random_at (41, 2 * i + 1) >> 11) * 0x1p-53;
      double *row = layer.t + i * layer.d;

      row[0] = cos (u);
      row[1] = sin (u);
      row[2] = 0.5 * cos (2.0 * v);
      row[3] = 0.5 * sin (2.0 * v);
      row[4] = 0.0;
      row[5] = 0.0;
    }
  for (gsize i = 0; i < layer.n; i++) /* turns the surface out of the axes */
    for (gsize c = 0; c < 2; c++)
      {
        double a = layer.t[i * 6 + c];
        double b = layer.t[i * 6 + c + 4];

        layer.t[i * 6 + c] = 0.6 * a - 0.8 * b;
        layer.t[i * 6 + c + 4] = 0.8 * a + 0.6 * b;
      }

  estimate = run (&layer, "knn-entropy:k=5,dimension=intrinsic");
  assert_near (get (&estimate, IP_QUANTITY_INTRINSIC_DIMENSION)->value, 2.0, 0.1);
  g_assert_cmpfloat (fabs (get (&estimate, IP_QUANTITY_H_T)->value), <, 0.3);
  clear_layer (&layer);
}

static int
compare_numbers (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Against all distances of a sample, sorted; more units than one block of columns. */
static void
test_neighbours_by_maximum (void)
{
  const gsize widths[] = { 1, 3, 600 };

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      Layer layer = create_layer (150, widths[w], 2);
      IpEstimate estimate = run (&layer, "knn-entropy:k=4,norm=max,dimension=intrinsic");
      double dimension = 0.0;
      double mean = 0.0;

      for (gsize i = 0; i < layer.n; i++)
        {
          double far[150];

          for (gsize j = 0; j < layer.n; j++)
            {
              far[j] = 0.0;
              for (gsize c = 0; c < layer.d; c++)
                far[j] = fmax (far[j],
                               fabs (layer.t[i * layer.d + c] - layer.t[j * layer.d + c]));
            }
          qsort (far, layer.n, sizeof *far, compare_numbers);
          mean += log (far[4]) / (double) layer.n;
          for (guint j = 1; j < 4; j++)
            dimension += log (far[4] / far[j]) / (3.0 * (double) layer.n);
        }
      dimension = fmin (1.0 / dimension, (double) layer.d);
      assert_near (get (&estimate, IP_QUANTITY_MANIFOLD_ENTROPY)->value, mean, 1e-12);
      assert_near (get (&estimate, IP_QUANTITY_INTRINSIC_DIMENSION)->value, dimension, 1e-11);
      assert_near (get (&estimate, IP_QUANTITY_H_T)->value,
                   ip_digamma (150) - ip_digamma (4) + dimension * (G_LN2 + mean), 1e-10);
      clear_layer (&layer);
    }
}

/* Nothing folds where nothing is negative. */
static void
test_akde_of_positive (void)
{
  Layer layer = create_layer (100, 3, 2);
  IpEstimate coded;
  IpEstimate plain;

  for (gsize i = 0; i < layer.n * layer.d; i++)
    layer.t[i] = fabs (layer.t[i]);
  coded = run (&layer, "akde-coded:sig=0.02");
  plain = run (&layer, "kde:variance=0.02,convention=official");
  for (guint i = 0; i < coded.n_values; i++)
    {
      assert_near (coded.values[i].upper, get (&plain, coded.values[i].quantity)->upper, 1e-14);
      assert_near (coded.values[i].lower, get (&plain, coded.values[i].quantity)->lower, 1e-14);
    }
  clear_layer (&layer);
}

/* Draws carry an error, and follow the seed. */
static void
test_dsmi_draws (void)
{
  Layer layer = create_layer (200, 2, 2);
  IpEstimate a = run (&layer, "dsmi:sigma=0.5,draws=20");
  IpEstimate again = run (&layer, "dsmi:sigma=0.5,draws=20");
  IpEstimate b = run (&layer, "dsmi:sigma=0.5,draws=20,seed=1");

  assert_same_bits (&a, &again);
  g_assert_cmpfloat (a.values[0].error, >, 0.0);
  g_assert_cmpfloat (a.values[0].value, !=, b.values[0].value);
  g_assert_cmpfloat (fabs (a.values[0].value - b.values[0].value), <,
                     6.0 * (a.values[0].error + b.values[0].error));
  clear_layer (&layer);
}

/* Entropy of P_ij / m over all pairs of a subset, P written out. */
static double
find_entry_entropy (const Layer *layer, const guint32 *subset, gsize m, double sigma)
{
  g_autofree double *p = g_new (double, m * m);
  g_autofree double *density = g_new0 (double, m);
  double entropy = 0.0;

  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < m; j++)
      {
        double squared = 0.0;

        for (gsize c = 0; c < layer->d; c++)
          squared += pow (layer->t[subset[i] * layer->d + c] - layer->t[subset[j] * layer->d + c],
                          2.0);
        p[i * m + j] = exp (-squared / (2.0 * sigma * sigma));
        density[i] += p[i * m + j];
      }
  for (gsize i = 0; i < m; i++)
    {
      double sum = 0.0;

      for (gsize j = 0; j < m; j++)
        sum += p[i * m + j] /= sqrt (density[i] * density[j]);
      for (gsize j = 0; j < m; j++)
        entropy -= p[i * m + j] / sum / (double) m * log (p[i * m + j] / sum / (double) m);
    }
  return entropy;
}

/* By definition, with the published draws; a class of one sample tells nothing. */
static void
test_dsmi_of_entries (void)
{
  enum { DRAWS = 3, CLASSES = 4 };
  Layer layer = create_layer (120, 3, CLASSES - 1);
  IpEstimate estimate;
  double expected = 0.0;

  layer.y[17] = CLASSES - 1;
  estimate = run (&layer, "dsmi:variant=entries,sigma=0.8,draws=3,seed=5,convention=official");
  for (guint c = 0; c < CLASSES; c++)
    {
      guint32 subset[120];
      IpMersenne twister;
      gsize m = 0;

      for (guint32 i = 0; i < layer.n; i++)
        if (layer.y[i] == c)
          subset[m++] = i;
      expected += (double) m / 120.0 * find_entry_entropy (&layer, subset, m, 0.8);
      ip_mersenne_init (&twister, 5);
      for (guint k = 0; k < DRAWS; k++)
        {
          ip_mersenne_sample (&twister, layer.n, m, subset, NULL);
          expected -= (double) m / 120.0 / DRAWS * find_entry_entropy (&layer, subset, m, 0.8);
        }
    }

  g_assert_cmpfloat (expected, >, 0.01);
  assert_near (get (&estimate, IP_QUANTITY_DSMI_TY)->value, expected, 1e-12);
  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_DSMI_TY)->error, >, 0.0);
  clear_layer (&layer);
}

static const char *const dsmi_variants[] = { "spectrum", "entries", "adjacency" };

/* Subsets that find their own distances, where memory does not allow those of all samples. */
static void
test_dsmi_memory (void)
{
  for (guint k = 0; k < 2 * G_N_ELEMENTS (dsmi_variants); k++)
    {
      Layer layer = create_layer (700, k % 2 == 0 ? 3 : 60, 6);
      g_autofree char *text
        = g_strdup_printf ("dsmi:variant=%s,rule=median,clusters=4", dsmi_variants[k / 2]);
      IpEstimate whole = run (&layer, text);
      IpRequest request = parse_request (text);
      IpContext context = { .memory = 8 * 600 * 600 };
      IpEstimate parts;

      g_assert_cmpint (run_requests (&layer, &request, 1, &parts, &context), ==, IP_STATUS_OK);
      for (guint i = 0; i < whole.n_values; i++)
        {
          g_assert_true (isfinite (whole.values[i].value));
          assert_near (parts.values[i].value, whole.values[i].value, 1e-11);
          assert_near (parts.values[i].error, whole.values[i].error, 1e-11);
          g_assert_cmpuint (parts.values[i].flags, ==, whole.values[i].flags);
        }
      clear_layer (&layer);
    }
}

/* Inputs in two heaps, which are all that the layer shows: one bit, but for draws that have more of
 * one heap than of the other. */
static void
test_dsmi_of_inputs (void)
{
  Layer layer = create_layer (200, 2, 2);
  IpEstimate estimate;
  const IpValue *label;
  const IpValue *input;

  for (gsize i = 0; i < layer.n; i++)
    {
      double *x = (double *) layer.x.data + 2 * i;

      layer.y[i] = i % 2;
      x[0] = 10.0 * (double) (i % 2) + 0.01 * (double) (i % 7);
      x[1] = 0.01 * (double) (i % 5);
      layer.t[2 * i] = 50.0 * (double) (i % 2);
      layer.t[2 * i + 1] = 0.0;
    }
  for (guint k = 0; k < G_N_ELEMENTS (dsmi_variants); k++)
    {
      g_autofree char *text
        = g_strdup_printf ("dsmi:variant=%s,sigma=1,draws=20,clusters=2", dsmi_variants[k]);

      estimate = run (&layer, text);
      label = get (&estimate, IP_QUANTITY_DSMI_TY);
      input = get (&estimate, IP_QUANTITY_DSMI_XT);
      assert_near (input->ceiling, G_LN2, 1e-14);
      assert_near (input->value, label->value, 1e-12);
      g_assert_cmpfloat (fabs (input->value - G_LN2), <, 0.02);
    }

  g_clear_pointer ((gpointer *) &layer.x.data, g_free);
  estimate = run (&layer, "dsmi:sigma=1,draws=2,clusters=2");
  g_assert_true (isnan (get (&estimate, IP_QUANTITY_DSMI_XT)->value));
  g_assert_true (get (&estimate, IP_QUANTITY_DSMI_XT)->flags & IP_FLAG_NO_INPUTS);
  clear_layer (&layer);
}

/* Patterns that are the labels tell nearly all of them, the more draws the nearer; patterns that
 * have nothing to do with them tell nothing. */
static void
test_csmi (void)
{
  Layer layer = create_layer (400, 1, 2);
  IpEstimate estimate;
  const IpValue *csmi;

  for (gsize i = 0; i < layer.n; i++)
    layer.t[i] = layer.y[i];
  estimate = run (&layer, "bins-minmax:draws=200");
  csmi = get (&estimate, IP_QUANTITY_CSMI_TY);
  assert_near (csmi->ceiling, get (&estimate, IP_QUANTITY_MI_TY)->ceiling, 1e-14);
  g_assert_cmpfloat (fabs (csmi->value - csmi->ceiling), <, 0.005);
  g_assert_cmpfloat (csmi->error, >, 0.0);

  for (gsize i = 0; i < layer.n; i++)
    layer.t[i] = (double) (ip_random_at (9, i) % 100);
  estimate = run (&layer, "bins-minmax:bins=100,draws=200");
  csmi = get (&estimate, IP_QUANTITY_CSMI_TY);
  g_assert_cmpfloat (get (&estimate, IP_QUANTITY_MI_TY)->value, >, 0.1);
  g_assert_cmpfloat (fabs (csmi->value), <, 0.05);
  clear_layer (&layer);
}

/* Requests that between them reach every estimator and its choices. */
static const char *const all[] = {
  "bins-uniform",
  "bins-uniform:lo=-0.5,hi=0.5,bins=7",
  "bins-uniform:range=layer,convention=idnns",
  "bins-width",
  "bins-width:width=1.5",
  "bins-equal-mass",
  "bins-ebab:bins=9",
  "bins-range",
  "bins-minmax",
  "dse",
  "dse:sigma=0.2,t=2,alpha=0",
  "dse:factor=0.5",
  "cs",
  "cs:factor=0.5",
  "dsmi:sigma=1,draws=2",
  "dsmi:variant=entries,rule=median,draws=3",
  "knn-entropy",
  "knn-entropy:norm=max,dimension=intrinsic",
  "akde-coded",
  "renyi",
  "renyi:alpha=2,sigma=0.5",
  "renyi:alpha=1,factor=1",
  "spectrum",
  "spectrum:centre=yes,normalise=none",
  "spectrum:centre=yes,normalise=rows,convention=official",
  "kde",
  "kde:variance=0.1,convention=official",
  "kde:relative=0.25",
};

static void
assert_close (const IpEstimate *a, const IpEstimate *b, double tolerance)
{
  for (guint i = 0; i < a->n_values; i++)
    {
      assert_near (a->values[i].value, b->values[i].value, tolerance);
      g_assert_cmpuint (a->values[i].flags, ==, b->values[i].flags);
    }
}

static void
run_all (const Layer *layer, IpEstimate *estimates)
{
  IpRequest requests[G_N_ELEMENTS (all)];
  IpContext context = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    requests[i] = parse_request (all[i]);
  g_assert_cmpint (run_requests (layer, requests, G_N_ELEMENTS (all), estimates, &context), ==,
                   IP_STATUS_OK);
}

static gboolean
is_bounded (IpQuantity quantity)
{
  return quantity == IP_QUANTITY_MI_XT || quantity == IP_QUANTITY_MI_TY
         || quantity == IP_QUANTITY_MI_XT_GIVEN_Y;
}

static void
check_bounds (const IpEstimate *estimate, const char *request)
{
  for (guint i = 0; i < estimate->n_values; i++)
    {
      const IpValue *value = &estimate->values[i];

      if ((value->flags & IP_FLAG_UNDEFINED) != 0)
        g_assert_cmpstr (estimate->reason, !=, "");
      else if (!isfinite (value->value)
               || (is_bounded (value->quantity) && !g_str_has_prefix (request, "renyi")
                   && (value->value > value->ceiling + 1e-12 || value->value < 0.0)))
        g_error ("%s: %g above %g", request, value->value, value->ceiling);
      if (isfinite (value->lower) && strstr (request, "official") == NULL)
        g_assert_cmpfloat (value->lower, <=, value->upper);
    }
}

static void
test_together_as_alone (void)
{
  const gsize widths[] = { 1, 3, 40 };

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      Layer layer = create_layer (700, widths[w], 3);
      IpEstimate together[G_N_ELEMENTS (all)];

      run_all (&layer, together);
      for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        {
          IpEstimate alone = run (&layer, all[i]);

          assert_same_bits (&together[i], &alone);
          check_bounds (&alone, all[i]);
          g_assert_cmpstr (alone.blur, !=, "");
          g_assert_cmpfloat (alone.seconds, >=, 0.0);
        }
      clear_layer (&layer);
    }
}

/* Samples are drawn by number, so that their order matters. */
static void
forget_draws (IpEstimate *estimate)
{
  for (guint i = 0; i < estimate->n_values; i++)
    if (estimate->values[i].quantity == IP_QUANTITY_CSMI_TY)
      estimate->values[i].value = 0.0;
}

static void
test_order_of_samples (void)
{
  Layer layer = create_layer (500, 5, 4);
  Layer turned = create_layer (500, 5, 4);
  IpEstimate a[G_N_ELEMENTS (all)];
  IpEstimate b[G_N_ELEMENTS (all)];

  for (gsize i = 0; i < layer.n; i++)
    {
      gsize from = (i * 137 + 11) % layer.n;

      turned.y[i] = layer.y[from];
      memcpy (turned.t + i * layer.d, layer.t + from * layer.d, layer.d * sizeof (double));
      memcpy ((double *) turned.x.data + 2 * i, (double *) layer.x.data + 2 * from,
              2 * sizeof (double));
    }

  run_all (&layer, a);
  run_all (&turned, b);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_str_has_prefix (all[i], "bins"))
      {
        forget_draws (&a[i]);
        forget_draws (&b[i]);
        assert_same_bits (&a[i], &b[i]);
      }
    else if (!g_str_has_prefix (all[i], "dsmi")) /* draws samples by number */
      assert_close (&a[i], &b[i], 1e-11);

  clear_layer (&layer);
  clear_layer (&turned);
}

static void
test_order_of_units (void)
{
  Layer layer = create_layer (300, 30, 4);
  Layer turned = create_layer (300, 30, 4);
  IpEstimate a[G_N_ELEMENTS (all)];
  IpEstimate b[G_N_ELEMENTS (all)];

  for (gsize i = 0; i < layer.n; i++)
    for (gsize j = 0; j < layer.d; j++)
      turned.t[i * layer.d + j] = layer.t[i * layer.d + (j * 7 + 3) % layer.d];

  run_all (&layer, a);
  run_all (&turned, b);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_str_has_prefix (all[i], "bins"))
      {
        forget_draws (&a[i]);
        forget_draws (&b[i]);
        assert_same_bits (&a[i], &b[i]);
      }
    else
      assert_close (&a[i], &b[i], 1e-11);

  clear_layer (&layer);
  clear_layer (&turned);
}

/* The spectrum from a factor, which a smooth kernel allows, and from the whole matrix, which the
 * same kernel over fewer samples than the factor is worth. */
static void
test_low_rank (void)
{
  Layer layer = create_layer (256, 2, 2);
  Layer doubled = { 512, 2, g_new (double, 512 * 2), g_new (guint32, 512), { 0 }, NAN, NAN, NAN,
                    NAN };
  const struct
  {
    const char *request;
    double bits;
    gboolean is_low_rank; /* large powers make too much of what is left out */
  } cases[] = {
    { "dse:sigma=4", 1e-9, TRUE },
    { "dse:sigma=4,alpha=0,t=3", 1e-9, TRUE },
    { "dse:sigma=4,tolerance=1e-11", 1e-11, TRUE },
    { "dse:sigma=4,alpha=0,t=3,tolerance=1e-11", 1e-11, TRUE },
    { "dse:sigma=4,t=50", 1e-9, FALSE },
  };

  memcpy (doubled.t, layer.t, 256 * 2 * sizeof (double));
  memcpy (doubled.t + 256 * 2, layer.t, 256 * 2 * sizeof (double));
  memcpy (doubled.y, layer.y, 256 * sizeof (guint32));
  memcpy (doubled.y + 256, layer.y, 256 * sizeof (guint32));

  /* Every sample twice: the same eigenvalues and as many zeros. */
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpEstimate whole = run (&layer, cases[i].request);
      IpEstimate factor = run (&doubled, cases[i].request);

      g_assert_false (whole.values[0].flags & IP_FLAG_LOW_RANK);
      g_assert_cmpint ((factor.values[0].flags & IP_FLAG_LOW_RANK) != 0, ==, cases[i].is_low_rank);
      assert_near (whole.values[0].value, factor.values[0].value, cases[i].bits * G_LN2);
      for (guint k = 0; k < 20; k++)
        assert_near (whole.spectrum[k], factor.spectrum[k], cases[i].bits * G_LN2);
    }

  clear_layer (&layer);
  clear_layer (&doubled);
}

static gpointer
run_in_thread (gpointer data)
{
  IpEstimate *estimates = g_new (IpEstimate, G_N_ELEMENTS (all));

  run_all (data, estimates);
  return estimates;
}

static void
test_threads (void)
{
  Layer layer = create_layer (600, 50, 3);
  GThread *threads[4];
  IpEstimate here[G_N_ELEMENTS (all)];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("estimate", run_in_thread, &layer);
  run_all (&layer, here);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree IpEstimate *there = g_thread_join (threads[i]);

      for (guint k = 0; k < G_N_ELEMENTS (all); k++)
        assert_same_bits (&here[k], &there[k]);
    }

  clear_layer (&layer);
}

static void
test_not_finite (void)
{
  Layer layer = create_layer (120, 4, 2);
  IpEstimate estimates[G_N_ELEMENTS (all)];

  for (gsize i = 0; i < 23; i++)
    layer.t[i * 5 * layer.d + i % 4] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY;
  run_all (&layer, estimates);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_assert_cmpstr (estimates[i].reason, ==, "23 of 120 samples are not finite");
      for (guint k = 0; k < estimates[i].n_values; k++)
        {
          g_assert_true (isnan (estimates[i].values[k].value));
          g_assert_cmpuint (estimates[i].values[k].flags, ==, IP_FLAG_NOT_FINITE);
        }
    }
  clear_layer (&layer);
}

static void
test_no_labels (void)
{
  Layer layer = create_layer (120, 4, 2);
  IpEstimate with[G_N_ELEMENTS (all)];
  IpEstimate without[G_N_ELEMENTS (all)];

  run_all (&layer, with);
  g_clear_pointer (&layer.y, g_free);
  run_all (&layer, without);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const IpValue *mi_ty = find (&without[i], IP_QUANTITY_MI_TY);

      if (g_str_has_prefix (all[i], "dsmi"))
        {
          g_assert_cmpuint (without[i].values[0].flags, ==, IP_FLAG_NO_LABELS);
          continue;
        }

      assert_near (with[i].values[0].value, without[i].values[0].value, 1e-12);
      g_assert_true (mi_ty == NULL || isnan (mi_ty->value));
      g_assert_true (mi_ty == NULL || mi_ty->flags & IP_FLAG_NO_LABELS);
      if (mi_ty != NULL)
        g_assert_cmpstr (without[i].reason, ==, "There are no class labels");
    }
  clear_layer (&layer);
}

static void
check_zero (const Layer *layer, unsigned flags)
{
  IpEstimate estimates[G_N_ELEMENTS (all)];

  run_all (layer, estimates);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const IpValue *mi_ty = find (&estimates[i], IP_QUANTITY_MI_TY);

      if (g_str_has_prefix (all[i], "knn")) /* minus infinity */
        {
          g_assert_true (estimates[i].values[0].flags & IP_FLAG_UNDEFINED);
          continue;
        }

      assert_near (estimates[i].values[0].value, 0.0, 1e-12);
      g_assert_true (estimates[i].values[0].flags & flags);
      g_assert_true (mi_ty == NULL || fabs (mi_ty->value) < 1e-13);
    }
}

static void
test_constant (void)
{
  Layer layer = create_layer (50, 4, 2);
  Layer empty = create_layer (50, 0, 2);

  for (gsize i = 0; i < layer.n * layer.d; i++)
    layer.t[i] = i % layer.d == 0 ? 0.25 : i % 3 ? 0.0 : -0.0;
  check_zero (&layer, IP_FLAG_CONSTANT);
  check_zero (&empty, IP_FLAG_CONSTANT);
  clear_layer (&layer);
  clear_layer (&empty);
}

static void
test_dead_unit (void)
{
  Layer layer = create_layer (50, 4, 2);
  IpEstimate estimates[G_N_ELEMENTS (all)];

  for (gsize i = 0; i < layer.n; i++)
    layer.t[i * layer.d + 2] = 0.0;
  run_all (&layer, estimates);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_true (estimates[i].values[0].flags & IP_FLAG_DEAD_UNITS);
  clear_layer (&layer);
}

static void
test_too_few_samples (void)
{
  for (gsize n = 0; n < 2; n++)
    {
      Layer layer = create_layer (n, 3, 2);
      IpEstimate estimates[G_N_ELEMENTS (all)];

      run_all (&layer, estimates);
      for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        {
          g_assert_true (isnan (estimates[i].values[0].value));
          g_assert_cmpuint (estimates[i].values[0].flags, ==, IP_FLAG_UNDEFINED);
          g_assert_true (g_str_has_suffix (estimates[i].reason, "at least 2 are needed"));
        }
      clear_layer (&layer);
    }
}

/* A class of one sample has no entropy, and one class carries no information. */
static void
test_odd_classes (void)
{
  Layer layer = create_layer (50, 2, 2);
  IpEstimate estimates[G_N_ELEMENTS (all)];

  for (gsize i = 0; i < layer.n; i++)
    layer.y[i] = i == 17 ? 4000000000u : 5;
  run_all (&layer, estimates);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    check_bounds (&estimates[i], all[i]);

  layer.y[17] = 5;
  run_all (&layer, estimates);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (find (&estimates[i], IP_QUANTITY_MI_TY) != NULL)
      assert_near (get (&estimates[i], IP_QUANTITY_MI_TY)->value, 0.0, 1e-13);
  clear_layer (&layer);
}

static void
test_huge_and_tiny (void)
{
  const double scales[] = { 1e-200, 1e-30, 1e30, 1e200 };

  for (guint s = 0; s < G_N_ELEMENTS (scales); s++)
    {
      Layer layer = create_layer (80, 30, 2);
      IpEstimate estimates[G_N_ELEMENTS (all)];

      for (gsize i = 0; i < layer.n * layer.d; i++)
        layer.t[i] *= scales[s];
      run_all (&layer, estimates);
      for (guint i = 0; i < G_N_ELEMENTS (all); i++)
        if (estimates[i].values[0].flags & IP_FLAG_UNDEFINED)
          g_assert_cmpstr (estimates[i].reason, !=, "");
        else
          check_bounds (&estimates[i], all[i]);
      clear_layer (&layer);
    }
}

static void
test_wrong_shape (void)
{
  double t[6] = { 0 };
  IpEvaluationSet *set = ip_evaluation_set_new (4, NULL, NULL, NULL);
  IpSampleSource source = { { t, 3, 2, 2, IP_ELEMENT_FLOAT64 }, set, NAN, NAN, NAN, NAN };
  IpContext context = { 0 };

  g_assert_null (ip_sample_new (&source, &context));
  g_assert_cmpstr (context.message, ==, "3 rows of activations for 4 samples");
  ip_evaluation_set_free (set);
}

typedef struct
{
  gint64 last;
  gint64 longest;
  gint64 stop; /* microseconds, 0: never */
  double fraction;
} Watch;

static bool
look (void *data)
{
  Watch *watch = data;
  gint64 now = g_get_monotonic_time ();

  watch->longest = MAX (watch->longest, now - watch->last);
  watch->last = now;
  return watch->stop != 0 && now >= watch->stop;
}

static void
report (void *data, double fraction)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >=, watch->fraction);
  g_assert_cmpfloat (fraction, <=, 1.0 + 1e-12);
  watch->fraction = fraction;
}

static void
test_cancel (void)
{
  Layer layer = create_layer (1300, 100, 3);
  Watch watch = { .last = g_get_monotonic_time () };
  IpContext context = { .cancelled = look, .progress = report, .data = &watch };
  IpRequest requests[G_N_ELEMENTS (all)];
  IpEstimate estimates[G_N_ELEMENTS (all)];
  gint64 start;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    requests[i] = parse_request (all[i]);

  g_assert_cmpint (run_requests (&layer, requests, G_N_ELEMENTS (all), estimates, &context), ==,
                   IP_STATUS_OK);
  g_assert_cmpfloat (watch.fraction, ==, 1.0);
  g_test_message ("longest time between two looks: %.1f ms", 1e-3 * watch.longest);

  start = g_get_monotonic_time ();
  watch = (Watch) { .last = start, .stop = start + 30000 };
  context.progress = NULL;
  g_assert_cmpint (run_requests (&layer, requests, G_N_ELEMENTS (all), estimates, &context), ==,
                   IP_STATUS_CANCELLED);
  g_test_message ("stopped after %.1f ms", 1e-3 * (g_get_monotonic_time () - watch.stop));
  clear_layer (&layer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/estimators/parameters/canonical", test_parameters_canonical);
  g_test_add_func ("/estimators/parameters/wrong", test_parameters_wrong);
  g_test_add_func ("/estimators/registry", test_registry);
  g_test_add_func ("/estimators/flags", test_flags);
  g_test_add_func ("/estimators/quantities", test_quantities);
  g_test_add_func ("/estimators/bins/closed-form", test_bins_closed_form);
  g_test_add_func ("/estimators/bins/range", test_bins_range);
  g_test_add_func ("/estimators/bins/saturated", test_bins_saturated);
  g_test_add_func ("/estimators/bins/repeated-inputs", test_bins_repeated_inputs);
  g_test_add_func ("/estimators/kde/closed-form", test_kde_closed_form);
  g_test_add_func ("/estimators/kde/brackets-the-truth", test_kde_brackets_the_truth);
  g_test_add_func ("/estimators/kernels/closed-form", test_kernels_closed_form);
  g_test_add_func ("/estimators/kernels/ties-in-the-graph", test_ties_in_the_graph);
  g_test_add_func ("/estimators/spectrum/closed-form", test_spectrum_closed_form);
  g_test_add_func ("/estimators/neighbours/closed-form", test_neighbours_closed_form);
  g_test_add_func ("/estimators/neighbours/dimension", test_neighbours_dimension);
  g_test_add_func ("/estimators/neighbours/surface", test_neighbours_on_surface);
  g_test_add_func ("/estimators/neighbours/maximum", test_neighbours_by_maximum);
  g_test_add_func ("/estimators/akde/of-positive", test_akde_of_positive);
  g_test_add_func ("/estimators/dsmi/draws", test_dsmi_draws);
  g_test_add_func ("/estimators/dsmi/entries", test_dsmi_of_entries);
  g_test_add_func ("/estimators/dsmi/inputs", test_dsmi_of_inputs);
  g_test_add_func ("/estimators/dsmi/memory", test_dsmi_memory);
  g_test_add_func ("/estimators/bins-minmax/csmi", test_csmi);
  g_test_add_func ("/estimators/together-as-alone", test_together_as_alone);
  g_test_add_func ("/estimators/order-of-samples", test_order_of_samples);
  g_test_add_func ("/estimators/order-of-units", test_order_of_units);
  g_test_add_func ("/estimators/low-rank", test_low_rank);
  g_test_add_func ("/estimators/threads", test_threads);
  g_test_add_func ("/estimators/degenerate/not-finite", test_not_finite);
  g_test_add_func ("/estimators/degenerate/no-labels", test_no_labels);
  g_test_add_func ("/estimators/degenerate/constant", test_constant);
  g_test_add_func ("/estimators/degenerate/dead-unit", test_dead_unit);
  g_test_add_func ("/estimators/degenerate/too-few-samples", test_too_few_samples);
  g_test_add_func ("/estimators/degenerate/odd-classes", test_odd_classes);
  g_test_add_func ("/estimators/degenerate/huge-and-tiny", test_huge_and_tiny);
  g_test_add_func ("/estimators/degenerate/wrong-shape", test_wrong_shape);
  g_test_add_func ("/estimators/cancel", test_cancel);

  return g_test_run ();
}
