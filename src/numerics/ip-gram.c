/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-gram.h"

#include "ip-blas.h"
#include "ip-distance.h"
#include "ip-simd.h"
#include "ip-team.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

IpStatus
ip_gram_fill_distances (const IpGram *gram, double *squared, IpContext *context)
{
  return ip_distance_fill (gram->matrix, gram->mean, gram->order, squared, context);
}

IpStatus
ip_gram_fill_kernel (const IpGram *gram, const double *squared, double *kernel, IpContext *context)
{
  size_t n = gram->matrix->rows;

  for (size_t i = 0; i < n; i++)
    {
      double *row = kernel + i * n;

      ip_kernel_of_distances (squared + i * n + i, n - i, gram->rate, row + i);
      if (gram->across != 1.0)
        for (size_t j = gram->class_end[i]; j < n; j++)
          row[j] *= gram->across;

      if (i % 64 == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  return IP_STATUS_OK;
}

typedef struct
{
  IpKernelSums *sums;
  size_t n_sums;
  const uint32_t *class_end;
} Sums;

static void
sum_tile (const IpDistanceTile *tile, void *data)
{
  Sums *sums = data;

  ip_kernel_sums_add (sums->sums, sums->n_sums, sums->class_end, tile);
}

IpStatus
ip_gram_fill_sums (const IpGram *gram, IpKernelSums *sums, size_t n_sums, IpContext *context)
{
  Sums data = { sums, n_sums, gram->class_end };

  return ip_distance_for_each_tile (gram->matrix, gram->mean, gram->order, sum_tile, &data,
                                    context);
}

IpStatus
ip_gram_fill_sums_from (const IpGram *gram,
                        const double *squared,
                        IpKernelSums *sums,
                        size_t n_sums,
                        IpContext *context)
{
  Sums data = { sums, n_sums, gram->class_end };

  return ip_distance_revisit (squared, gram->matrix->rows, gram->matrix->columns, sum_tile, &data,
                              context);
}

IP_VECTORISED static double
find_distance_float (const float *a, const float *b, size_t n)
{
  double sum = 0.0;

#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    {
      double difference = (double) a[i] - (double) b[i];

      sum += difference * difference;
    }

  return sum;
}

IP_VECTORISED static double
find_distance_double (const double *a, const double *b, size_t n)
{
  double sum = 0.0;

#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    {
      double difference = a[i] - b[i];

      sum += difference * difference;
    }

  return sum;
}

/* K_ip for positions first .. end - 1. */
static void
fill_column (const IpGram *gram, size_t p, size_t first, size_t end, double *column)
{
  const IpMatrix *matrix = gram->matrix;
  size_t pivot = gram->order[p] * matrix->stride;

  for (size_t i = first; i < end; i++)
    {
      size_t at = gram->order[i] * matrix->stride;

      if (matrix->element == IP_ELEMENT_FLOAT32)
        column[i] = find_distance_float ((const float *) matrix->data + at,
                                         (const float *) matrix->data + pivot, matrix->columns);
      else
        column[i] = find_distance_double ((const double *) matrix->data + at,
                                          (const double *) matrix->data + pivot, matrix->columns);
    }

  ip_kernel_of_distances (column + first, end - first, gram->rate, column + first);
  if (gram->across != 1.0)
    for (size_t i = first; i < end; i++)
      if (gram->class_end[i] != gram->class_end[p])
        column[i] *= gram->across;
}

static IpStatus
make_room (IpLowRank *low_rank, size_t max_rank, IpContext *context)
{
  size_t space = low_rank->space > 0 ? 2 * low_rank->space : 32;
  double *factor;

  if (low_rank->rank < low_rank->space)
    return IP_STATUS_OK;

  space = space < max_rank ? space : max_rank;
  factor = realloc (low_rank->factor, (low_rank->n * space + 1) * sizeof *factor);
  if (factor == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a kernel of rank %zu", space);

  low_rank->factor = factor;
  low_rank->space = space;
  return IP_STATUS_OK;
}

/* Rows of a column of L that one thread computes, and numbers to look at for a column below which
 * it does not pay to share them. */
#define CHUNK 2048
#define LEAST_SHARED 4e5

typedef struct
{
  IpLowRank *low_rank;
  const IpGram *gram;
  size_t pivot;
  double root; /* of its residual */
} Step;

/* Some rows of the next column of L, and what is left of their residuals: an IpTaskFunc. */
static void
add_rows (size_t task, void *data)
{
  const Step *step = data;
  IpLowRank *low_rank = step->low_rank;
  size_t n = low_rank->n;
  size_t first = task * CHUNK;
  size_t end = n - first < CHUNK ? n : first + CHUNK;
  double *column = low_rank->factor + low_rank->rank * n;

  fill_column (step->gram, step->pivot, first, end, column);
  if (low_rank->rank > 0)
    cblas_dgemv (CblasColMajor, CblasNoTrans, (blasint) (end - first), (blasint) low_rank->rank,
                 -1.0, low_rank->factor + first, (blasint) n, low_rank->factor + step->pivot,
                 (blasint) n, 1.0, column + first, 1);

  for (size_t i = first; i < end; i++)
    {
      column[i] /= step->root;
      low_rank->residual[i] = fmax (low_rank->residual[i] - column[i] * column[i], 0.0);
    }
}

/* The next column of L from the row with the largest residual; gives the new trace of R. */
static double
add_rank (IpLowRank *low_rank, const IpGram *gram, size_t pivot, IpTeam *team)
{
  size_t n = low_rank->n;
  Step step = { low_rank, gram, pivot, sqrt (low_rank->residual[pivot]) };
  double work = (double) n * (double) (low_rank->rank + gram->matrix->columns);
  double trace = 0.0;

  ip_team_run (work < LEAST_SHARED ? NULL : team, (n + CHUNK - 1) / CHUNK, add_rows, &step);
  low_rank->residual[pivot] = 0.0;
  for (size_t i = 0; i < n; i++)
    trace += low_rank->residual[i];

  low_rank->rank++;
  return trace;
}

static size_t
find_largest (const double *values, size_t n)
{
  size_t at = 0;

  for (size_t i = 1; i < n; i++)
    at = values[i] > values[at] ? i : at;

  return at;
}

/* Progress is looked at whenever the rank has doubled.  Digits come slower and slower, so when even
 * the present speed would not do, nothing will. */
typedef struct
{
  size_t rank;
  double digits;
} Milestone;

static bool
is_hopeless (Milestone *last, size_t rank, double share, double tolerance, size_t max_rank)
{
  double digits = -log (share);
  double speed;

  if (rank < 32 || rank < 2 * last->rank)
    return false;

  speed = (digits - last->digits) / (double) (rank - last->rank);
  *last = (Milestone) { rank, digits };
  return (double) rank + (-log (tolerance) - digits) / speed > (double) max_rank;
}

/* How many columns the context allows, with the square of as many that their products fill. */
static size_t
limit_rank (size_t max_rank, size_t n, const IpContext *context)
{
  double half = 0.5 * (double) n;
  double numbers;
  double most;

  if (context == NULL || context->memory == 0)
    return max_rank;

  numbers = (double) context->memory / sizeof (double) - 4.0 * (double) n;
  most = numbers > 0.0 ? sqrt (half * half + numbers) - half : 0.0;
  return (double) max_rank < most ? max_rank : (size_t) most;
}

/* Columns until the trace of R is small enough, or cannot be. */
static IpStatus
add_ranks (IpLowRank *low_rank,
           const IpGram *gram,
           double tolerance,
           size_t max_rank,
           bool *found,
           IpTeam *team,
           IpContext *context)
{
  size_t n = low_rank->n;
  double trace = (double) n;
  Milestone last = { 0, 0.0 };
  IpStatus status = IP_STATUS_OK;

  while (status == IP_STATUS_OK && low_rank->rank < max_rank && trace > tolerance * (double) n
         && !is_hopeless (&last, low_rank->rank, trace / (double) n, tolerance, max_rank))
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      status = make_room (low_rank, max_rank, context);
      if (status == IP_STATUS_OK)
        trace = add_rank (low_rank, gram, find_largest (low_rank->residual, n), team);
    }

  *found = trace <= tolerance * (double) n;
  return status;
}

IpStatus
ip_low_rank_init (IpLowRank *low_rank,
                  const IpGram *gram,
                  double tolerance,
                  size_t max_rank,
                  bool *found,
                  IpContext *context)
{
  size_t n = gram->matrix->rows;
  size_t chunks = (n + CHUNK - 1) / CHUNK;
  unsigned threads = context != NULL ? context->threads : 1;
  IpTeam *team;
  IpStatus status;

  ip_blas_use_one_thread ();
  *found = false;
  *low_rank = (IpLowRank) { .n = n };
  if (gram->matrix->source != NULL)
    return IP_STATUS_OK;

  low_rank->residual = malloc ((n + 1) * sizeof *low_rank->residual);
  if (low_rank->residual == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a kernel of %zu samples", n);
  for (size_t i = 0; i < n; i++)
    low_rank->residual[i] = 1.0;

  team = ip_team_new (threads < chunks ? threads : (unsigned) chunks);
  status = add_ranks (low_rank, gram, tolerance, limit_rank (max_rank, n, context), found, team,
                      context);
  ip_team_free (team);
  return status;
}

void
ip_low_rank_clear (IpLowRank *low_rank)
{
  free (low_rank->factor);
  free (low_rank->residual);
  low_rank->factor = NULL;
  low_rank->residual = NULL;
}
