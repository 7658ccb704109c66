/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-shuffles.h"

#include "ip-kernel-spectrum.h"
#include "ip-random.h"
#include "ip-simd.h"
#include "ip-team.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Fisher and Yates. */
static void
shuffle (uint32_t *place, size_t n, uint64_t seed)
{
  for (size_t i = 0; i < n; i++)
    place[i] = (uint32_t) i;
  for (size_t i = n; i-- > 1;)
    {
      size_t other = ip_random_at (seed, i) % (i + 1);
      uint32_t swap = place[i];

      place[i] = place[other];
      place[other] = swap;
    }
}

IpStatus
ip_shuffles_init (IpShuffles *shuffles, size_t n, size_t count, uint64_t seed, IpContext *context)
{
  *shuffles = (IpShuffles){ .n = n,
                            .count = count,
                            .place = malloc ((n * count + 1) * sizeof (uint32_t)),
                            .product = calloc (count + 1, sizeof (double)) };
  if (shuffles->place == NULL || shuffles->product == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu permutations", count);

  for (size_t b = 0; b < count; b++)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      shuffle (shuffles->place + b * n, n, ip_random_at (seed, b));
    }
  return IP_STATUS_OK;
}

void
ip_shuffles_clear (IpShuffles *shuffles)
{
  free (shuffles->place);
  free (shuffles->product);
  *shuffles = (IpShuffles){ 0 };
}

/* Shuffles that one thread looks at in turn, and what is not worth calling another one. */
#define SHARE 16
#define LEAST_WORK 1e8

/* One walk over the pairs i < j.  A sum goes over all tiles in one order, so that threads share the
 * shuffles and not the tiles. */
typedef struct
{
  IpShuffles *shuffles;
  double rate;
  double sum;           /* of all K_ij, or 1 - K_ij */
  const uint32_t *code; /* [count x n] class of what comes to each position, or NULL */
  const double *other;  /* [n x n] the other kernel */
  const IpDistanceTile *kernel; /* the tile that is looked at */
  IpTeam *team;
  IpContext *context;
  IpStatus status;
} Walk;

IP_VECTORISED static double
sum_alike (const double *kernel, const uint32_t *code, uint32_t mine, size_t n)
{
  double sum = 0.0;

#pragma omp simd reduction(+ : sum)
  for (size_t j = 0; j < n; j++)
    sum += code[j] == mine ? kernel[j] : 0.0;

  return sum;
}

IP_VECTORISED static double
sum_products (const double *kernel, const double *other, const uint32_t *place, size_t n)
{
  double sum = 0.0;

#pragma omp simd reduction(+ : sum)
  for (size_t j = 0; j < n; j++)
    sum += kernel[j] * other[place[j]];
  return sum;
}

/* Columns of row i of a tile that are right of the diagonal. */
static size_t
get_first (const IpDistanceTile *tile, size_t i)
{
  return tile->row == tile->column ? i + 1 : 0;
}

static double
look_at_row (const Walk *walk, size_t i, size_t b)
{
  const IpDistanceTile *tile = walk->kernel;
  size_t n = walk->shuffles->n;
  size_t first = get_first (tile, i);
  size_t row = tile->row + i;
  size_t column = tile->column + first;
  const double *kernel = tile->squared + i * tile->stride + first;
  const uint32_t *place = walk->shuffles->place + b * n;

  if (walk->code != NULL)
    return sum_alike (kernel, walk->code + b * n + column, walk->code[b * n + row],
                      tile->columns - first);
  return sum_products (kernel, walk->other + place[row] * n, place + column,
                       tile->columns - first);
}

/* Some shuffles: an IpWorkFunc. */
static IpStatus
look_at_shuffles (size_t task, void *data, IpContext *context)
{
  Walk *walk = data;
  IpShuffles *shuffles = walk->shuffles;
  size_t end = (task + 1) * SHARE < shuffles->count ? (task + 1) * SHARE : shuffles->count;

  for (size_t i = 0; i < walk->kernel->rows; i++)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      for (size_t b = task * SHARE; b < end; b++)
        shuffles->product[b] += look_at_row (walk, i, b);
    }

  return IP_STATUS_OK;
}

static void
look_at_tile (const IpDistanceTile *tile, void *data)
{
  Walk *walk = data;

  if (walk->status != IP_STATUS_OK)
    return;

  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t first = get_first (tile, i);
      size_t n = tile->columns - first;
      double *kernel = tile->squared + i * tile->stride + first;

      if (walk->shuffles->gaps)
        ip_gaps_of_distances (kernel, n, walk->rate, kernel);
      else
        ip_kernel_of_distances (kernel, n, walk->rate, kernel);
      for (size_t j = 0; j < n; j++)
        walk->sum += kernel[j];
    }

  walk->kernel = tile;
  walk->status = ip_team_try (walk->team, (walk->shuffles->count + SHARE - 1) / SHARE,
                              look_at_shuffles, walk, walk->context);
}

static IpStatus
take_walk (Walk *walk, const IpGram *gram, IpContext *context)
{
  double n = (double) walk->shuffles->n;
  double work = n * n * (double) walk->shuffles->count;
  IpContext alone = context != NULL ? *context : (IpContext){ 0 };
  IpStatus status;

  walk->rate = gram->rate;
  walk->context = context;
  walk->team = ip_team_new (work < LEAST_WORK ? 1 : alone.threads);

  alone.threads = 1;
  status = ip_distance_for_each_tile (gram->matrix, gram->mean, gram->order, look_at_tile, walk,
                                      &alone);
  ip_team_free (walk->team);
  if (walk->status != IP_STATUS_OK)
    return walk->status;
  return status == IP_STATUS_OK ? status : ip_fail (context, status, "%s", alone.message);
}

IpStatus
ip_shuffles_multiply_classes (IpShuffles *shuffles,
                              const IpGram *gram,
                              const uint32_t *code,
                              double gap,
                              IpContext *context)
{
  size_t n = shuffles->n;
  uint32_t *codes = malloc ((n * shuffles->count + 1) * sizeof *codes);
  Walk walk = { .shuffles = shuffles, .code = codes };
  IpStatus status;

  if (codes == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu permutations",
                    shuffles->count);

  for (size_t b = 0; b < shuffles->count; b++)
    {
      shuffles->product[b] = 0.0;
      for (size_t i = 0; i < n; i++)
        codes[b * n + i] = code[shuffles->place[b * n + i]];
    }
  status = take_walk (&walk, gram, context);
  for (size_t b = 0; b < shuffles->count; b++)
    {
      double other = gap * (walk.sum - shuffles->product[b]);

      shuffles->product[b]
        = shuffles->gaps ? 2.0 * other : (double) n + 2.0 * (walk.sum - other);
    }

  free (codes);
  return status;
}

static IpStatus
fill_kernel (const IpGram *gram, bool gaps, double *kernel, IpContext *context)
{
  size_t n = gram->matrix->rows;
  IpStatus status = ip_gram_fill_distances (gram, kernel, context);

  if (status == IP_STATUS_OK && !gaps)
    status = ip_gram_fill_kernel (gram, kernel, kernel, context);
  for (size_t i = 0; i < n && status == IP_STATUS_OK && gaps; i++)
    ip_gaps_of_distances (kernel + i * n + i, n - i, gram->rate, kernel + i * n + i);
  for (size_t i = 0; i < n && status == IP_STATUS_OK; i++)
    for (size_t j = 0; j < i; j++)
      kernel[i * n + j] = kernel[j * n + i];
  return status;
}

IpStatus
ip_shuffles_multiply_kernel (IpShuffles *shuffles,
                             const IpGram *gram,
                             const IpGram *other,
                             IpContext *context)
{
  size_t n = shuffles->n;
  double *kernel;
  Walk walk = { .shuffles = shuffles };
  IpStatus status = ip_kernel_spectrum_check_memory (n, 1, context);

  if (status != IP_STATUS_OK)
    return status;

  kernel = malloc (n * n * sizeof *kernel);
  if (kernel == NULL)
    return ip_fail (context, IP_STATUS_UNDEFINED, "No memory for a matrix of %zu samples", n);

  walk.other = kernel;
  for (size_t b = 0; b < shuffles->count; b++)
    shuffles->product[b] = 0.0;
  status = fill_kernel (other, shuffles->gaps, kernel, context);
  if (status == IP_STATUS_OK)
    status = take_walk (&walk, gram, context);
  for (size_t b = 0; b < shuffles->count; b++)
    shuffles->product[b] = (shuffles->gaps ? 0.0 : (double) n) + 2.0 * shuffles->product[b];

  free (kernel);
  return status;
}

/* Shuffles that change nothing give the number itself but for its last digits: of 1, or of itself
 * where it is very small. */
#define EQUAL 1e-12
#define EQUAL_SHARE 1e-6

IpNull
ip_null_init (const double *shuffled, size_t count, double value)
{
  IpNull null = { 0.0, NAN, 0.0 };
  double least = value - fmin (EQUAL, EQUAL_SHARE * value);
  double squares = 0.0;
  size_t n_above = 0;

  for (size_t b = 0; b < count; b++)
    null.mean += shuffled[b] / (double) count;
  for (size_t b = 0; b < count; b++)
    {
      squares += (shuffled[b] - null.mean) * (shuffled[b] - null.mean);
      n_above += shuffled[b] >= least;
    }

  if (count > 1)
    null.deviation = sqrt (squares / (double) (count - 1));
  null.p = (1.0 + (double) n_above) / (1.0 + (double) count);
  return null;
}
