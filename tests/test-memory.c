/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* What an estimator says it takes is what it takes.  The allocator of this program counts. */

#include "config.h"

#include "ip-distance.h"
#include "ip-estimator.h"
#include "ip-random.h"

#include <glib.h>
#include <malloc.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_size_t in_use;
static atomic_size_t peak;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS 1

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *block, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);
extern void __libc_free (void *block);

static void *
count (void *block)
{
  size_t now = atomic_fetch_add (&in_use, malloc_usable_size (block)) + malloc_usable_size (block);
  size_t most = atomic_load (&peak);

  while (now > most && !atomic_compare_exchange_weak (&peak, &most, now))
    ;
  return block;
}

void *
malloc (size_t size)
{
  return count (__libc_malloc (size));
}

void *
calloc (size_t n, size_t size)
{
  return count (__libc_calloc (n, size));
}

void *
realloc (void *block, size_t size)
{
  atomic_fetch_sub (&in_use, malloc_usable_size (block));
  return count (__libc_realloc (block, size));
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return count (__libc_memalign (alignment, size));
}

void
free (void *block)
{
  atomic_fetch_sub (&in_use, malloc_usable_size (block));
  __libc_free (block);
}
#else
#define COUNTS 0
#endif

#define CLASSES 5
#define MIB ((gsize) 1 << 20)

typedef struct
{
  gsize n;
  gsize d;
} Shape;

static float *
make_numbers (gsize n, guint64 seed)
{
  float *numbers = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = (float) (ip_random_at (seed, i) >> 40) * 0x1p-23f - 1.0f;
  return numbers;
}

static IpEvaluationSet *
make_set (gsize n)
{
  g_autofree float *numbers = make_numbers (n * 12, 1);
  g_autofree guint32 *labels = g_new (guint32, n);
  IpMatrix inputs = { numbers, n, 12, 12, IP_ELEMENT_FLOAT32 };

  for (gsize i = 0; i < n; i++)
    labels[i] = (guint32) (i % CLASSES);
  return ip_evaluation_set_new (n, &inputs, labels, NULL);
}

/* Bytes beside the sample's source that one request takes. */
static gsize
measure (const IpSampleSource *source, const IpRequest *request, IpEstimate *estimate)
{
  IpContext context = { 0 };
  gsize before = atomic_load (&in_use);
  IpSample *sample;

  atomic_store (&peak, before);
  sample = ip_sample_new (source, &context);
  g_assert_nonnull (sample);
  g_assert_cmpint (ip_sample_estimate (sample, request, 1, estimate, &context), ==, IP_STATUS_OK);
  ip_sample_free (sample);
  return atomic_load (&peak) - before;
}

static void
check_shape (const Shape *shape)
{
  g_autofree float *numbers = make_numbers (shape->n * shape->d, 2);
  IpEvaluationSet *set = make_set (shape->n);
  IpMatrix matrix = { numbers, shape->n, shape->d, shape->d, IP_ELEMENT_FLOAT32 };
  g_autofree float *deviations = g_new (float, shape->n * shape->d);
  IpMatrix deviation = { deviations, shape->n, shape->d, shape->d, IP_ELEMENT_FLOAT32 };
  IpEncoder encoder = { matrix, deviation, matrix };
  IpGradient gradient = { 1, 2, 3 };
  IpSampleSource source = { .activations = matrix, .set = set, .bound_lo = -1, .bound_hi = 1,
                            .layer_lo = NAN, .layer_hi = NAN, .encoder = &encoder,
                            .gradient = &gradient };
  gsize n_estimators;
  const IpEstimator *const *estimators = ip_estimators_list (&n_estimators);

  for (gsize i = 0; i < shape->n * shape->d; i++)
    deviations[i] = 0.5f;
  for (gsize i = 0; i < n_estimators; i++)
    {
      IpRequest request = { .estimator = estimators[i] };
      IpEstimate estimate;
      gsize said, taken;

      ip_parameters_init (&request.parameters, request.estimator);
      said = request.estimator->memory (shape->n, shape->d, CLASSES, &request.parameters);
      if (said > 256 * MIB)
        continue;
      taken = measure (&source, &request, &estimate);
      g_test_message ("%s, %zu x %zu: says %.2f MiB, takes %.2f MiB; %s", request.estimator->id,
                      shape->n, shape->d, (double) said / MIB, (double) taken / MIB,
                      estimate.reason);
      if (taken > said + MIB / 8
          || (estimate.reason[0] == '\0' && said > 3 * taken + IP_DISTANCE_BYTES + 4 * MIB))
        g_test_fail_printf ("%s says %.2f MiB and takes %.2f MiB", request.estimator->id,
                            (double) said / MIB, (double) taken / MIB);
    }

  ip_evaluation_set_free (set);
}

static void
test_estimators (void)
{
  static const Shape shapes[] = { { 900, 6 }, { 700, 300 }, { 200, 1500 }, { 20000, 8 } };

  if (!COUNTS)
    {
      g_test_skip ("the allocator cannot be counted here");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (shapes[i].n < 5000 || g_test_slow ())
      check_shape (&shapes[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/estimators", test_estimators);
  return g_test_run ();
}
