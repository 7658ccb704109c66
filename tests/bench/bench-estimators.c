/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How long the estimates of one sample take:
 *
 *   bench-estimators THREADS[xTEAM] REPEATS N D ACTIVATIONS LABELS REQUEST...
 *
 * ACTIVATIONS holds N x D float32, LABELS N uint32.  Every thread estimates all requests REPEATS
 * times, each time from a new sample, so that nothing is remembered; with TEAM, so many threads
 * share each sample.  "limit:NAME" in place of the
 * requests times what BLAS, LAPACK or the memory need for the same size.  Writes one JSON object:
 * the processor's kernels, the seconds of every run on every thread, the values in nats. */

#include "ip-blas.h"
#include "ip-estimator.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>

#define MAX_REQUESTS 8
#define MAX_THREADS 64
#define MAX_REPEATS 101

typedef struct _Work Work;

struct _Work
{
  size_t n;
  size_t d;
  float *activations;
  IpEvaluationSet *set;
  unsigned repeats;
  unsigned team; /* threads that share one sample */
  size_t n_requests;
  IpRequest requests[MAX_REQUESTS];
  double (*run) (const Work *work, IpEstimate *estimates); /* gives seconds */
};

typedef struct
{
  const Work *work;
  double seconds[MAX_REPEATS];
  IpEstimate estimates[MAX_REQUESTS];
} Worker;

static void
fail (const char *what, const char *why)
{
  fprintf (stderr, "%s: %s\n", what, why);
  exit (1);
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

/* Memory that has been touched, so that no page of it is fetched while a clock runs. */
static void *
allocate (size_t count, size_t size)
{
  void *memory = malloc (count * size);

  if (memory == NULL)
    fail ("bench-estimators", "Out of memory");
  memset (memory, 1, count * size);
  return memory;
}

static void *
read_numbers (const char *name, size_t count)
{
  void *numbers = allocate (count, sizeof (uint32_t));
  FILE *file = fopen (name, "rb");

  if (file == NULL || fread (numbers, sizeof (uint32_t), count, file) != count)
    fail (name, "Not there, or too short");
  fclose (file);
  return numbers;
}

static double
run_requests (const Work *work, IpEstimate *estimates)
{
  IpSampleSource source = {
    .activations = { work->activations, work->n, work->d, work->d, IP_ELEMENT_FLOAT32 },
    .set = work->set,
    .bound_lo = -1.0,
    .bound_hi = 1.0,
    .layer_lo = NAN,
    .layer_hi = NAN,
  };
  IpContext context = { .threads = work->team };
  double start = now ();
  IpSample *sample = ip_sample_new (&source, &context);

  if (sample == NULL
      || ip_sample_estimate (sample, work->requests, work->n_requests, estimates, &context)
           != IP_STATUS_OK)
    fail (work->requests[0].estimator->id, context.message);
  ip_sample_free (sample);
  return now () - start;
}

/* The symmetric product that distances are made of. */
static double
run_dsyrk (const Work *work, IpEstimate *estimates)
{
  double *matrix = allocate (work->n * work->d, sizeof *matrix);
  double *product = allocate (work->n * work->n, sizeof *product);
  double start;

  for (size_t i = 0; i < work->n * work->d; i++)
    matrix[i] = work->activations[i];
  start = now ();
  cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, (blasint) work->n, (blasint) work->d, 1.0,
               matrix, (blasint) work->d, 0.0, product, (blasint) work->n);
  start = now () - start;

  free (matrix);
  free (product);
  return start;
}

/* Eigenvalues alone of one kernel matrix. */
static double
run_dsyevd (const Work *work, IpEstimate *estimates)
{
  lapack_int n = (lapack_int) work->n;
  double *matrix = allocate (work->n * work->n, sizeof *matrix);
  double *values = allocate (work->n, sizeof *values);
  double start;

  for (size_t i = 0; i < work->n; i++)
    for (size_t j = 0; j < work->n; j++)
      {
        double squared = 0.0;

        for (size_t k = 0; k < work->d; k++)
          squared += pow (work->activations[i * work->d + k]
                              - work->activations[j * work->d + k],
                          2);
        matrix[i * work->n + j] = exp (-squared);
      }
  start = now ();
  if (LAPACKE_dsyevd (LAPACK_COL_MAJOR, 'N', 'U', n, matrix, n, values) != 0)
    fail ("dsyevd", "Did not converge");
  start = now () - start;

  free (matrix);
  free (values);
  return start;
}

/* Looking at every activation once. */
static double
run_read (const Work *work, IpEstimate *estimates)
{
  const uint32_t *bits = (const uint32_t *) (const void *) work->activations;
  volatile uint32_t sink;
  uint32_t any = 0;
  double start = now ();

  for (size_t i = 0; i < work->n * work->d; i++)
    any |= bits[i];
  sink = any;
  (void) sink;
  return now () - start;
}

static void
parse (const char *text, Work *work)
{
  static const struct
  {
    const char *name;
    double (*run) (const Work *work, IpEstimate *estimates);
  } limits[] = {
    { "limit:dsyrk", run_dsyrk },
    { "limit:dsyevd", run_dsyevd },
    { "limit:read", run_read },
  };
  IpRequest *request = &work->requests[work->n_requests];
  IpContext context = { 0 };
  char id[64];
  size_t length = strcspn (text, ":");

  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    if (strcmp (text, limits[i].name) == 0)
      {
        work->run = limits[i].run;
        return;
      }

  snprintf (id, sizeof id, "%.*s", (int) length, text);
  request->estimator = ip_estimator_find (id);
  if (request->estimator == NULL || work->n_requests == MAX_REQUESTS)
    fail (text, "No such estimator, or too many");
  if (ip_parameters_parse (&request->parameters, request->estimator,
                           text[length] == ':' ? text + length + 1 : NULL, &context)
      != IP_STATUS_OK)
    fail (text, context.message);
  work->run = run_requests;
  work->n_requests++;
}

static int
run_worker (void *data)
{
  Worker *worker = data;

  for (unsigned i = 0; i < worker->work->repeats; i++)
    worker->seconds[i] = worker->work->run (worker->work, worker->estimates);
  return 0;
}

static void
print_result (const Worker *workers, unsigned n_workers)
{
  const Work *work = workers->work;
  const char *comma = "";

  printf ("{\"core\": \"%s\", \"seconds\": [", ip_blas_get_core ());
  for (unsigned k = 0; k < n_workers; k++)
    for (unsigned i = 0; i < work->repeats; i++, comma = ", ")
      printf ("%s%.9f", comma, workers[k].seconds[i]);

  comma = "";
  printf ("], \"values\": {");
  for (size_t k = 0; k < work->n_requests; k++)
    for (unsigned i = 0; i < workers->estimates[k].n_values; i++)
      if (isfinite (workers->estimates[k].values[i].value))
        {
          printf ("%s\"%zu %s\": %.17g", comma, k,
                  ip_quantity_get_info (workers->estimates[k].values[i].quantity)->id,
                  workers->estimates[k].values[i].value);
          comma = ", ";
        }
  printf ("}}\n");
}

int
main (int argc, char *argv[])
{
  static Worker workers[MAX_THREADS];
  thrd_t threads[MAX_THREADS];
  Work work = { 0 };
  unsigned n_threads;
  char *rest;

  if (argc < 8)
    fail (argv[0], "THREADS REPEATS N D ACTIVATIONS LABELS REQUEST...");
  n_threads = (unsigned) strtoul (argv[1], &rest, 10);
  work.team = *rest == 'x' ? (unsigned) strtoul (rest + 1, NULL, 10) : 1;
  work.repeats = (unsigned) strtoul (argv[2], NULL, 10);
  work.n = strtoul (argv[3], NULL, 10);
  work.d = strtoul (argv[4], NULL, 10);
  if (n_threads < 1 || n_threads > MAX_THREADS || work.repeats < 1 || work.repeats > MAX_REPEATS)
    fail (argv[0], "Too many threads or repeats, or none");

  openblas_set_num_threads (1);
  work.activations = read_numbers (argv[5], work.n * work.d);
  work.set = ip_evaluation_set_new (work.n, NULL, read_numbers (argv[6], work.n), NULL);
  for (int i = 7; i < argc; i++)
    parse (argv[i], &work);

  for (unsigned i = 0; i < n_threads; i++)
    {
      workers[i].work = &work;
      if (thrd_create (&threads[i], run_worker, &workers[i]) != thrd_success)
        fail (argv[0], "No thread");
    }
  for (unsigned i = 0; i < n_threads; i++)
    thrd_join (threads[i], NULL);

  print_result (workers, n_threads);
  return 0;
}
