/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* A cancel is seen in time: how long every estimator computes between two looks at its context, in
 * processor time of its thread, which other programs do not stretch. */

#include "config.h"

#include "ip-estimator.h"
#include "ip-random.h"

#include <glib.h>
#include <math.h>
#include <time.h>

#define LONGEST 0.1
#define CLASSES 10

typedef struct
{
  double last;
  double longest;
  guint n_looks;
} Watch;

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static bool
look (void *data)
{
  Watch *watch = data;
  double time = now ();

  watch->longest = fmax (watch->longest, time - watch->last);
  watch->last = time;
  watch->n_looks++;
  return false;
}

static float *
make_numbers (gsize n, guint64 seed)
{
  float *numbers = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = (float) (ip_random_at (seed, i) >> 40) * 0x1p-23f - 1.0f;
  return numbers;
}

static IpEvaluationSet *
make_set (gsize n, gsize d)
{
  g_autofree float *numbers = make_numbers (n * d, 1);
  g_autofree guint32 *labels = g_new (guint32, n);
  IpMatrix inputs = { numbers, n, d, d, IP_ELEMENT_FLOAT32 };

  for (gsize i = 0; i < n; i++)
    labels[i] = (guint32) (i % CLASSES);
  return ip_evaluation_set_new (n, &inputs, labels, NULL);
}

static void
check (const IpSampleSource *source, const IpRequest *request)
{
  Watch watch = { now (), 0.0, 0 };
  IpContext context = { .cancelled = look, .data = &watch };
  IpEstimate estimate;
  IpSample *sample = ip_sample_new (source, &context);

  g_assert_nonnull (sample);
  g_assert_cmpint (ip_sample_estimate (sample, request, 1, &estimate, &context), ==, IP_STATUS_OK);
  look (&watch);
  ip_sample_free (sample);

  g_test_message ("%s: %.1f ms of %.2f s, %u looks %s", request->estimator->id,
                  1e3 * watch.longest, estimate.seconds, watch.n_looks, estimate.reason);
  if (watch.longest > LONGEST)
    g_test_fail_printf ("%s does not look at its context for %.0f ms", request->estimator->id,
                        1e3 * watch.longest);
}

static void
test_estimators (void)
{
  gsize n = g_test_slow () ? 4000 : 1000;
  gsize d = g_test_slow () ? 1024 : 300;
  g_autofree float *numbers = make_numbers (n * d, 2);
  g_autofree float *deviations = g_new (float, n * d);
  IpEvaluationSet *set = make_set (n, 100);
  IpMatrix matrix = { numbers, n, d, d, IP_ELEMENT_FLOAT32 };
  IpEncoder encoder = { matrix, { deviations, n, d, d, IP_ELEMENT_FLOAT32 }, matrix };
  IpGradient gradient = { 1, 2, 3 };
  IpSampleSource source = { .activations = matrix, .set = set, .bound_lo = -1, .bound_hi = 1,
                            .layer_lo = NAN, .layer_hi = NAN, .encoder = &encoder,
                            .gradient = &gradient };
  gsize n_estimators;
  const IpEstimator *const *estimators = ip_estimators_list (&n_estimators);

  for (gsize i = 0; i < n * d; i++)
    deviations[i] = 0.5f;
  for (gsize i = 0; i < n_estimators; i++)
    {
      IpRequest request = { .estimator = estimators[i] };

      ip_parameters_init (&request.parameters, request.estimator);
      check (&source, &request);
    }
  ip_evaluation_set_free (set);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/polling/estimators", test_estimators);
  return g_test_run ();
}
