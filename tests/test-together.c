/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Requests of one sample share what they can, and yet none changes what another one gives: with the
 * memory that a job grants them, each has the bits and flags that it has alone. */

#include "ip-estimator.h"
#include "ip-random.h"
#include "requests.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define MOST 8
#define CLASSES 10

typedef struct
{
  gsize n;
  gsize d;
  double *t;
  double *x;
  guint32 *y;
} Layer;

static double
draw (guint64 seed, guint64 at)
{
  return ldexp ((double) (ip_random_at (seed, at) >> 11), -52) - 1.0;
}

static Layer
create_layer (gsize n, gsize d)
{
  Layer layer
    = { n, d, g_new (double, n * d), g_new (double, 3 * n), g_new (guint32, n) };

  for (gsize i = 0; i < n; i++)
    layer.y[i] = (guint32) (i % CLASSES);
  for (gsize i = 0; i < n * d; i++)
    layer.t[i] = draw (1, i) + draw (2, i / d % CLASSES * d + i % d);
  for (gsize i = 0; i < 3 * n; i++)
    layer.x[i] = draw (3, i);
  return layer;
}

static void
clear_layer (Layer *layer)
{
  g_free (layer->t);
  g_free (layer->x);
  g_free (layer->y);
}

/* As a job does, grants what the requests take, or `most` bytes. */
static gsize
run (const Layer *layer, const char *texts, gsize most, IpEstimate *estimates)
{
  g_auto (GStrv) parts = g_strsplit (texts, " ", MOST);
  guint n = g_strv_length (parts);
  IpMatrix inputs = { layer->x, layer->n, 3, 3, IP_ELEMENT_FLOAT64 };
  IpEvaluationSet *set = ip_evaluation_set_new (layer->n, &inputs, layer->y, NULL);
  IpSampleSource source
    = { .activations = { layer->t, layer->n, layer->d, layer->d, IP_ELEMENT_FLOAT64 },
        .set = set,
        .bound_lo = NAN,
        .bound_hi = NAN,
        .layer_lo = NAN,
        .layer_hi = NAN };
  IpContext context = { 0 };
  IpSample *sample = ip_sample_new (&source, &context);
  IpRequest requests[MOST];

  for (guint i = 0; i < n; i++)
    requests[i] = parse_request (parts[i]);
  context.memory = ip_requests_count_bytes (requests, n, layer->n, layer->d, CLASSES);
  context.memory = MIN (context.memory, most);
  g_assert_cmpint (ip_sample_estimate (sample, requests, n, estimates, &context), ==,
                   IP_STATUS_OK);

  ip_sample_free (sample);
  ip_evaluation_set_free (set);
  return context.memory;
}

static void
assert_same (const IpEstimate *a, const IpEstimate *b)
{
  g_assert_cmpuint (a->n_values, ==, b->n_values);
  g_assert_cmpstr (a->reason, ==, b->reason);
  for (guint i = 0; i < a->n_values; i++)
    {
      g_assert_cmpmem (&a->values[i].value, sizeof (double), &b->values[i].value, sizeof (double));
      g_assert_cmpmem (&a->values[i].error, sizeof (double), &b->values[i].error, sizeof (double));
      g_assert_cmpuint (a->values[i].flags, ==, b->values[i].flags);
    }
}

static void
test_any_order (void)
{
  const char *const requests[] = { "kde:relative=0.1", "dsmi:rule=median,draws=1",
                                   "dse:rule=median,factor=0.3", "cs:rule=median",
                                   "dse:rule=median,variant=entries" };
  Layer layer = create_layer (2000, 40);
  IpEstimate alone[G_N_ELEMENTS (requests)];

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    run (&layer, requests[i], G_MAXSIZE, &alone[i]);
  g_assert_cmpuint (ip_estimate_get_flags (&alone[2]), ==, 0);

  for (guint first = 0; first < 3; first++)
    {
      g_autoptr (GString) all = g_string_new (NULL);
      IpEstimate together[G_N_ELEMENTS (requests)];

      for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
        g_string_append_printf (all, "%s%s", i > 0 ? " " : "",
                                requests[(first + i) % G_N_ELEMENTS (requests)]);
      run (&layer, all->str, G_MAXSIZE, together);
      for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
        assert_same (&together[i], &alone[(first + i) % G_N_ELEMENTS (requests)]);
    }

  clear_layer (&layer);
}

/* Where distances and a request do not both fit, the distances go. */
static void
test_little_memory (void)
{
  Layer layer = create_layer (1500, 700);
  IpEstimate alone;
  IpEstimate together[2];
  gsize needed = run (&layer, "cs:rule=median", G_MAXSIZE, &alone);

  g_assert_cmpuint (run (&layer, "dsmi:rule=median,draws=2 cs:rule=median", needed, together), ==,
                    needed);
  assert_same (&together[1], &alone);
  g_assert_true (isfinite (together[0].values[0].value));
  clear_layer (&layer);
}

/* What the zero level of inputs takes is granted too. */
static void
test_null (void)
{
  Layer layer = create_layer (1800, 4);
  IpEstimate estimate;

  run (&layer, "cs:rule=median,permutations=3", G_MAXSIZE, &estimate);
  g_assert_cmpuint (estimate.n_values, ==, 10);
  for (guint i = 0; i < estimate.n_values; i++)
    g_assert_true (isfinite (estimate.values[i].value));

  run (&layer, "cs:rule=median,permutations=3", (gsize) 30 << 20, &estimate);
  g_assert_true (isfinite (estimate.values[0].value));
  g_assert_true (isnan (estimate.values[4].value));
  run (&layer, "cs:rule=median", 1 << 20, &estimate);
  g_assert_true (isnan (estimate.values[0].value));
  g_assert_true (estimate.values[0].flags & IP_FLAG_FAILED);
  g_assert_true (g_str_has_prefix (estimate.reason, "Needs "));
  clear_layer (&layer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/together/any-order", test_any_order);
  g_test_add_func ("/together/little-memory", test_little_memory);
  g_test_add_func ("/together/null", test_null);

  return g_test_run ();
}
