/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How long the estimators take: bench-estimators [REPEATS [WORD]]
 *
 * One line per case, or per case whose name contains WORD: median processor seconds over REPEATS
 * runs (5), each from a new sample, so that nothing is remembered.  Data: tanh of nearly normal
 * noise, all rows distinct, 10 random classes. */

#include "ip-blas.h"
#include "ip-estimator.h"
#include "ip-random.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLASSES 10
#define MAX_REQUESTS 8
#define MAX_REPEATS 101

static unsigned repeats = 5;

typedef struct
{
  const char *name;
  size_t n;
  size_t d;
  const char *requests[MAX_REQUESTS];
} Case;

static const Case cases[] = {
  { "kde, both bounds, all classes, narrow", 4000, 10, { "kde:variance=0.1" } },
  { "kde, both bounds, all classes", 4000, 100, { "kde:variance=0.1" } },
  { "kde, both bounds, all classes, wide", 4000, 1024, { "kde:variance=0.1" } },
  { "kde at three variances", 4000, 10,
    { "kde:variance=0.1", "kde:variance=0.01", "kde:variance=1" } },
  { "seven requests, one distance pass", 4000, 100,
    { "kde:variance=0.1", "kde:variance=0.01", "kde:variance=1", "cs:sigma=1", "cs:sigma=3",
      "renyi:alpha=2,sigma=2", "renyi:alpha=2,sigma=9" } },
  { "cs", 4000, 10, { "cs" } },
  { "cs", 4000, 1024, { "cs:sigma=10" } },
  { "renyi alpha=2", 4000, 100, { "renyi:alpha=2" } },
  { "renyi alpha=1.01", 2000, 100, { "renyi:sigma=2" } },
  { "dse, decaying spectrum", 4000, 2, { "dse" } },
  { "dse, decaying spectrum", 20000, 2, { "dse" } },
  { "dse, full spectrum", 4000, 10, { "dse" } },
  { "spectrum", 4000, 100, { "spectrum" } },
  { "spectrum", 4000, 1024, { "spectrum" } },
  { "knn-entropy", 4000, 10, { "knn-entropy" } },
  { "bins-equal-mass", 4000, 100, { "bins-equal-mass" } },
  { "bins-equal-mass", 10000, 1024, { "bins-equal-mass" } },
  { "bins-minmax", 10000, 1024, { "bins-minmax" } },
  { "bins-uniform", 4000, 10, { "bins-uniform:range=fixed" } },
  { "bins-uniform", 4000, 100, { "bins-uniform:range=fixed" } },
  { "bins-uniform, wide", 10000, 1024, { "bins-uniform:range=fixed" } },
  { "bins-width", 4000, 100, { "bins-width" } },
  { "bins-width, wide", 10000, 1024, { "bins-width" } },
};

/* Processor time of this thread, which neighbours on the machine disturb less than a clock. */
static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values, unsigned n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

/* The sum of four uniform numbers is normal enough. */
static float *
create_activations (size_t n, size_t d)
{
  float *values = malloc (n * d * sizeof *values);

  for (size_t i = 0; i < n * d; i++)
    {
      uint64_t word = ip_random_at (1, i);
      double sum = 0.0;

      for (int k = 0; k < 64; k += 16)
        sum += (double) ((word >> k) & 0xffff) / 65536.0 - 0.5;
      values[i] = tanhf ((float) (1.7 * sum));
    }

  return values;
}

static void
parse (const char *text, IpRequest *request)
{
  char id[64];
  const char *colon = strchr (text, ':');
  IpContext context = { 0 };

  snprintf (id, sizeof id, "%.*s", colon != NULL ? (int) (colon - text) : (int) strlen (text),
            text);
  request->estimator = ip_estimator_find (id);
  if (request->estimator == NULL
      || ip_parameters_parse (&request->parameters, request->estimator,
                              colon != NULL ? colon + 1 : NULL, &context)
           != IP_STATUS_OK)
    {
      fprintf (stderr, "%s: %s\n", text, context.message);
      exit (2);
    }
}

static void
run_case (const Case *test)
{
  float *activations = create_activations (test->n, test->d);
  uint32_t *labels = malloc (test->n * sizeof *labels);
  double seconds[MAX_REPEATS];
  IpRequest requests[MAX_REQUESTS];
  IpEstimate estimates[MAX_REQUESTS];
  IpEvaluationSet *set;
  size_t n_requests = 0;

  for (size_t i = 0; i < test->n; i++)
    labels[i] = (uint32_t) (ip_random_at (2, i) % CLASSES);
  set = ip_evaluation_set_new (test->n, NULL, labels, NULL);
  while (n_requests < MAX_REQUESTS && test->requests[n_requests] != NULL)
    {
      parse (test->requests[n_requests], &requests[n_requests]);
      n_requests++;
    }

  for (unsigned i = 0; i < repeats; i++)
    {
      IpSampleSource source = {
        { activations, test->n, test->d, test->d, IP_ELEMENT_FLOAT32 }, set, NAN, NAN, NAN, NAN
      };
      IpContext context = { 0 };
      double start = now ();
      IpSample *sample = ip_sample_new (&source, &context);

      if (sample == NULL
          || ip_sample_estimate (sample, requests, n_requests, estimates, &context) != IP_STATUS_OK)
        {
          fprintf (stderr, "%s: %s\n", test->name, context.message);
          exit (1);
        }
      ip_sample_free (sample);
      seconds[i] = now () - start;
    }

  printf ("%-44s %6zu %6zu %10.4f\n", test->name, test->n, test->d, median (seconds, repeats));
  fflush (stdout);
  ip_evaluation_set_free (set);
  free (activations);
  free (labels);
}

/* The measure of the kernel estimators: one symmetric product of the same size. */
static void
run_dsyrk (size_t n, size_t d)
{
  double *matrix = malloc (n * d * sizeof *matrix);
  double *product = malloc (n * n * sizeof *product);
  double seconds[MAX_REPEATS];

  for (size_t i = 0; i < n * d; i++)
    matrix[i] = (double) (i % 17) - 8.0;
  for (unsigned i = 0; i < repeats; i++)
    {
      double start = now ();

      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, (blasint) n, (blasint) d, 1.0, matrix,
                   (blasint) d, 0.0, product, (blasint) n);
      seconds[i] = now () - start;
    }

  printf ("%-44s %6zu %6zu %10.4f\n", "(dsyrk)", n, d, median (seconds, repeats));
  free (matrix);
  free (product);
}

static void
print_processor (void)
{
  FILE *file = fopen ("/proc/cpuinfo", "r");
  char line[256];

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (strncmp (line, "model name", 10) == 0)
      {
        printf ("%s", strchr (line, ':') + 2);
        break;
      }
  if (file != NULL)
    fclose (file);
}

int
main (int argc, char *argv[])
{
  if (argc > 1)
    repeats = (unsigned) strtoul (argv[1], NULL, 10);
  if (repeats < 1 || repeats > MAX_REPEATS)
    return 2;

  openblas_set_num_threads (1);
  print_processor ();
  printf ("OpenBLAS core %s, %d thread; medians of %u\n\n", ip_blas_get_core (),
          openblas_get_num_threads (), repeats);
  printf ("%-44s %6s %6s %10s\n", "case", "N", "d", "seconds");
  if (argc < 3)
    run_dsyrk (4000, 1024);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (argc < 3 || strstr (cases[i].name, argv[2]) != NULL)
      run_case (&cases[i]);

  return 0;
}
