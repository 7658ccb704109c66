/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-correlation.h"

#include "ip-random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  double x;
  double y;
} Pair;

/* What all draws of a bootstrap share; each array has n entries. */
typedef struct
{
  size_t n;
  double *x;
  double *y;
  double *ranks_x;
  double *ranks_y;
  Pair *pairs;
  Pair *merged;
} Workspace;

const char *
ip_correlation_get_id (IpCorrelation correlation)
{
  static const char *const ids[] = { "pearson", "spearman", "kendall" };

  return ids[correlation];
}

static void
workspace_clear (Workspace *space)
{
  free (space->x);
  free (space->y);
  free (space->ranks_x);
  free (space->ranks_y);
  free (space->pairs);
  free (space->merged);
}

static IpStatus
workspace_init (Workspace *space, size_t n, IpContext *context)
{
  *space = (Workspace){ n,
                        malloc ((n + 1) * sizeof *space->x),
                        malloc ((n + 1) * sizeof *space->y),
                        malloc ((n + 1) * sizeof *space->ranks_x),
                        malloc ((n + 1) * sizeof *space->ranks_y),
                        malloc ((n + 1) * sizeof *space->pairs),
                        malloc ((n + 1) * sizeof *space->merged) };
  if (space->x != NULL && space->y != NULL && space->ranks_x != NULL && space->ranks_y != NULL
      && space->pairs != NULL && space->merged != NULL)
    return IP_STATUS_OK;

  workspace_clear (space);
  return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu pairs", n);
}

static bool
varies (const double *numbers, size_t n)
{
  for (size_t i = 1; i < n; i++)
    if (numbers[i] != numbers[0])
      return true;
  return false;
}

/* The power of two that brings the largest number to about 1, so that squares are harmless and no
 * digit is lost: coefficients of ranks that agree are exactly 1. */
static double
find_scale (const double *numbers, size_t n)
{
  double largest = 0.0;
  int exponent;

  for (size_t i = 0; i < n; i++)
    largest = fmax (largest, fabs (numbers[i]));
  frexp (largest, &exponent);
  return ldexp (1.0, -(exponent > -1000 ? exponent : -1000));
}

static double
find_mean (const double *numbers, double scale, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += scale * numbers[i];
  return sum / (double) n;
}

static double
limit (double coefficient)
{
  return coefficient > 1.0 ? 1.0 : coefficient < -1.0 ? -1.0 : coefficient;
}

static double
find_pearson (const double *x, const double *y, size_t n)
{
  double scale_x = find_scale (x, n);
  double scale_y = find_scale (y, n);
  double mean_x = find_mean (x, scale_x, n);
  double mean_y = find_mean (y, scale_y, n);
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;

  if (!varies (x, n) || !varies (y, n))
    return NAN;

  for (size_t i = 0; i < n; i++)
    {
      double a = scale_x * x[i] - mean_x;
      double b = scale_y * y[i] - mean_y;

      xx += a * a;
      yy += b * b;
      xy += a * b;
    }

  return limit (xy / sqrt (xx * yy));
}

static int
compare_pairs (const void *a, const void *b)
{
  const Pair *one = a;
  const Pair *other = b;

  if (one->x != other->x)
    return one->x < other->x ? -1 : 1;
  return (one->y > other->y) - (one->y < other->y);
}

/* Ranks from 1; equal numbers share the mean of theirs. */
static void
fill_ranks (Workspace *space, const double *numbers, double *ranks)
{
  size_t n = space->n;

  for (size_t i = 0; i < n; i++)
    space->pairs[i] = (Pair){ numbers[i], (double) i };
  qsort (space->pairs, n, sizeof *space->pairs, compare_pairs);

  for (size_t first = 0, next; first < n; first = next)
    {
      for (next = first; next < n && space->pairs[next].x == space->pairs[first].x; next++)
        continue;
      for (size_t i = first; i < next; i++)
        ranks[(size_t) space->pairs[i].y] = 0.5 * (double) (first + 1 + next);
    }
}

static double
find_spearman (Workspace *space, const double *x, const double *y)
{
  fill_ranks (space, x, space->ranks_x);
  fill_ranks (space, y, space->ranks_y);
  return find_pearson (space->ranks_x, space->ranks_y, space->n);
}

static double
count_pairs (size_t n)
{
  return 0.5 * (double) n * ((double) n - 1.0);
}

/* Sorts pairs[n] by y; returns how many pairs were in the wrong order. */
static double
merge_sort (Pair *pairs, Pair *merged, size_t n)
{
  size_t half = n / 2;
  size_t a = 0;
  size_t b = half;
  double swaps;

  if (n < 2)
    return 0.0;

  swaps = merge_sort (pairs, merged, half) + merge_sort (pairs + half, merged, n - half);
  for (size_t i = 0; i < n; i++)
    if (b == n || (a < half && pairs[a].y <= pairs[b].y))
      {
        merged[i] = pairs[a++];
      }
    else
      {
        merged[i] = pairs[b++];
        swaps += (double) (half - a);
      }
  memcpy (pairs, merged, n * sizeof *pairs);

  return swaps;
}

/* Pairs of equal entries among sorted ones: equal in x, in y, or both. */
static double
count_ties (const Pair *pairs, size_t n, bool in_x, bool in_y)
{
  double ties = 0.0;

  for (size_t first = 0, next; first < n; first = next)
    {
      for (next = first; next < n && (!in_x || pairs[next].x == pairs[first].x)
                         && (!in_y || pairs[next].y == pairs[first].y);
           next++)
        continue;
      ties += count_pairs (next - first);
    }

  return ties;
}

/* Counts are whole numbers, exact as double up to n of a hundred million. */
static double
find_kendall (Workspace *space, const double *x, const double *y)
{
  size_t n = space->n;
  double all = count_pairs (n);
  double ties_x, ties_y, ties_both, swaps;

  for (size_t i = 0; i < n; i++)
    space->pairs[i] = (Pair){ x[i], y[i] };
  qsort (space->pairs, n, sizeof *space->pairs, compare_pairs);
  ties_x = count_ties (space->pairs, n, true, false);
  ties_both = count_ties (space->pairs, n, true, true);
  swaps = merge_sort (space->pairs, space->merged, n);
  ties_y = count_ties (space->pairs, n, false, true);
  if (ties_x == all || ties_y == all)
    return NAN;

  return limit ((all - ties_x - ties_y + ties_both - 2.0 * swaps)
                / sqrt ((all - ties_x) * (all - ties_y)));
}

static double
find_coefficient (Workspace *space, IpCorrelation correlation, const double *x, const double *y)
{
  switch (correlation)
    {
    case IP_CORRELATION_SPEARMAN:
      return find_spearman (space, x, y);

    case IP_CORRELATION_KENDALL:
      return find_kendall (space, x, y);

    case IP_CORRELATION_PEARSON:
    case IP_N_CORRELATIONS:
    default:
      return find_pearson (x, y, space->n);
    }
}

IpStatus
ip_correlation_find (IpCorrelation correlation,
                     const double *x,
                     const double *y,
                     size_t n,
                     double *coefficient,
                     IpContext *context)
{
  Workspace space;
  IpStatus status = workspace_init (&space, n, context);

  if (status != IP_STATUS_OK)
    return status;

  *coefficient = find_coefficient (&space, correlation, x, y);
  workspace_clear (&space);
  return IP_STATUS_OK;
}

static void
draw (Workspace *space, const double *x, const double *y, uint64_t seed)
{
  for (size_t i = 0; i < space->n; i++)
    {
      size_t at = (size_t) (ip_random_at (seed, i) % space->n);

      space->x[i] = x[at];
      space->y[i] = y[at];
    }
}

static int
compare_numbers (const void *a, const void *b)
{
  double one = *(const double *) a;
  double other = *(const double *) b;

  return (one > other) - (one < other);
}

/* Between the two nearest of n sorted numbers. */
static double
find_quantile (const double *sorted, size_t n, double part)
{
  double at = part * (double) (n - 1);
  size_t below = (size_t) at;
  size_t above = below + 1 < n ? below + 1 : below;

  return sorted[below] + (at - (double) below) * (sorted[above] - sorted[below]);
}

IpStatus
ip_correlation_bootstrap (IpCorrelation correlation,
                          const double *x,
                          const double *y,
                          size_t n,
                          size_t draws,
                          uint64_t seed,
                          double *lower,
                          double *upper,
                          IpContext *context)
{
  double *coefficients = malloc ((draws + 1) * sizeof *coefficients);
  size_t found = 0;
  Workspace space;
  IpStatus status;

  if (coefficients == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu draws", draws);
  status = workspace_init (&space, n, context);
  if (status != IP_STATUS_OK)
    {
      free (coefficients);
      return status;
    }

  for (size_t i = 0; i < draws && n >= 3 && status == IP_STATUS_OK; i++)
    {
      draw (&space, x, y, ip_random_at (seed, i));
      coefficients[found] = find_coefficient (&space, correlation, space.x, space.y);
      found += !isnan (coefficients[found]);
      if (ip_context_is_cancelled (context))
        status = IP_STATUS_CANCELLED;
    }

  qsort (coefficients, found, sizeof *coefficients, compare_numbers);
  *lower = 2 * found > draws ? find_quantile (coefficients, found, 0.025) : NAN;
  *upper = 2 * found > draws ? find_quantile (coefficients, found, 0.975) : NAN;
  workspace_clear (&space);
  free (coefficients);
  return status;
}
