/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-neighbours.h"

#include "ip-distance.h"
#include "ip-simd.h"
#include "ip-team.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The nearest so far, ascending; k is small, so that insertion beats a heap. */
typedef struct
{
  size_t k;
  double *squared;  /* [n x k] */
  uint32_t *member; /* [n x k] */
  double *farthest; /* [n] the last of `squared` once more, so that many are seen at once */
} Nearest;

static inline void
insert (Nearest *nearest, size_t row, size_t other, double squared)
{
  double *list = nearest->squared + row * nearest->k;
  uint32_t *member = nearest->member + row * nearest->k;
  size_t at = nearest->k - 1;

  for (; at > 0 && list[at - 1] > squared; at--)
    {
      list[at] = list[at - 1];
      member[at] = member[at - 1];
    }
  list[at] = squared;
  member[at] = (uint32_t) other;
  nearest->farthest[row] = list[nearest->k - 1];
}

/* Whether any of n other rows is nearer than what either side has. */
IP_VECTORISED static bool
has_nearer (const double *squared, const double *others, double mine, size_t n)
{
  uint64_t nearer = 0;

  for (size_t j = 0; j < n; j++)
    nearer |= (squared[j] < others[j]) | (squared[j] < mine);

  return nearer != 0;
}

/* Rows that are looked at together: in most groups none is near. */
#define GROUP 16

static void
look_at_tile (const IpDistanceTile *tile, void *data)
{
  Nearest *nearest = data;

  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t row = tile->row + i;
      const double *squared = tile->squared + i * tile->stride;

      for (size_t from = tile->row == tile->column ? i + 1 : 0; from < tile->columns; from += GROUP)
        {
          size_t end = from + GROUP < tile->columns ? from + GROUP : tile->columns;

          if (!has_nearer (squared + from, nearest->farthest + tile->column + from,
                           nearest->farthest[row], end - from))
            continue;
          for (size_t j = from; j < end; j++)
            {
              if (squared[j] < nearest->farthest[row])
                insert (nearest, row, tile->column + j, squared[j]);
              if (squared[j] < nearest->farthest[tile->column + j])
                insert (nearest, tile->column + j, row, squared[j]);
            }
        }
    }
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Adds what a block of columns contributes to the squared distances of a row. */
static void
add_block (const IpMatrix *block, const Nearest *nearest, size_t row, double *squared)
{
  for (size_t m = 0; m < nearest->k; m++)
    {
      size_t other = nearest->member[row * nearest->k + m];

      for (size_t j = 0; j < block->columns; j++)
        {
          double difference = ip_matrix_get (block, row, j) - ip_matrix_get (block, other, j);

          squared[m] += difference * difference;
        }
    }
}

static IpStatus
measure (const IpMatrix *matrix, const Nearest *nearest, double *distance, IpContext *context)
{
  size_t n = matrix->rows;
  size_t k = nearest->k;
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  memset (distance, 0, n * k * sizeof *distance);
  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      for (size_t row = 0; row < n && status == IP_STATUS_OK; row++)
        {
          add_block (&block, nearest, row, distance + row * k);
          if (row % 64 == 0 && ip_context_is_cancelled (context))
            status = IP_STATUS_CANCELLED;
        }
    }

  for (size_t i = 0; i < n * k; i++)
    distance[i] = sqrt (distance[i]);
  for (size_t row = 0; row < n; row++)
    qsort (distance + row * k, k, sizeof *distance, compare);
  return status;
}

IpStatus
ip_neighbours_find (const IpMatrix *matrix,
                    const double *mean,
                    size_t k,
                    double *distance,
                    IpContext *context)
{
  size_t n = matrix->rows;
  Nearest nearest = { k, malloc (n * k * sizeof (double)), calloc (n * k, sizeof (uint32_t)),
                      malloc (n * sizeof (double)) };
  IpStatus status;

  if (nearest.squared == NULL || nearest.member == NULL || nearest.farthest == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu neighbours", k);
    }
  else
    {
      for (size_t i = 0; i < n * k; i++)
        nearest.squared[i] = INFINITY;
      for (size_t i = 0; i < n; i++)
        nearest.farthest[i] = INFINITY;
      status = ip_distance_for_each_tile (matrix, mean, NULL, look_at_tile, &nearest, context);
    }

  if (status == IP_STATUS_OK)
    status = measure (matrix, &nearest, distance, context);

  free (nearest.squared);
  free (nearest.member);
  free (nearest.farthest);
  return status;
}

/* Rows whose distances to all others are found together; each strip reads the columns again. */
#define STRIP 64
/* Rows of a strip, and rows that are turned to columns, that one thread takes at once. */
#define SHARE 8
#define TURNED 512
/* Differences below which it does not pay to call other threads. */
#define LEAST_WORK 1e8

/* The largest differences of a strip of rows to all rows. */
typedef struct
{
  size_t first;
  size_t rows;
  size_t n;
  double *largest; /* [STRIP x n] */
  double *unit;    /* [IP_BLOCK_COLUMNS x n], column after column */
  const IpMatrix *columns; /* that are looked at */
  size_t k;
  double *distance; /* [n x k] */
  IpTeam *team;
} Strip;

IP_VECTORISED static void
raise_to_differences (const double *unit, double mine, size_t n, double *largest)
{
#pragma omp simd
  for (size_t j = 0; j < n; j++)
    {
      double difference = fabs (unit[j] - mine);

      largest[j] = difference > largest[j] ? difference : largest[j];
    }
}

/* An IpTaskFunc. */
static void
turn_rows (size_t task, void *data)
{
  const Strip *strip = data;
  size_t first = task * TURNED;
  size_t end = strip->n - first < TURNED ? strip->n : first + TURNED;

  for (size_t j = first; j < end; j++)
    for (size_t c = 0; c < strip->columns->columns; c++)
      strip->unit[c * strip->n + j] = ip_matrix_get (strip->columns, j, c);
}

static size_t
get_share_end (const Strip *strip, size_t task)
{
  return (task + 1) * SHARE < strip->rows ? (task + 1) * SHARE : strip->rows;
}

/* An IpTaskFunc. */
static void
raise_rows (size_t task, void *data)
{
  const Strip *strip = data;

  for (size_t i = task * SHARE; i < get_share_end (strip, task); i++)
    for (size_t c = 0; c < strip->columns->columns; c++)
      {
        const double *unit = strip->unit + c * strip->n;

        raise_to_differences (unit, unit[strip->first + i], strip->n,
                              strip->largest + i * strip->n);
      }
}

static size_t
count_shares (const Strip *strip)
{
  return (strip->rows + SHARE - 1) / SHARE;
}

static void
look_at_columns (Strip *strip, const IpMatrix *columns)
{
  strip->columns = columns;
  ip_team_run (strip->team, (strip->n + TURNED - 1) / TURNED, turn_rows, strip);
  ip_team_run (strip->team, count_shares (strip), raise_rows, strip);
}

static IpStatus
measure_strip (Strip *strip, const IpMatrix *matrix, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  IpMatrix columns;

  memset (strip->largest, 0, strip->rows * strip->n * sizeof *strip->largest);
  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += IP_BLOCK_COLUMNS)
    {
      size_t left = matrix->columns - first;

      status = ip_matrix_get_columns (matrix, first,
                                      left < IP_BLOCK_COLUMNS ? left : IP_BLOCK_COLUMNS, &columns,
                                      context);
      if (status == IP_STATUS_OK)
        look_at_columns (strip, &columns);
    }

  return status;
}

/* The k smallest of a row but for its own, ascending. */
static void
keep_nearest (const double *largest, size_t n, size_t own, size_t k, double *nearest)
{
  for (size_t m = 0; m < k; m++)
    nearest[m] = INFINITY;

  for (size_t j = 0; j < n; j++)
    {
      size_t at = k - 1;

      if (j == own || largest[j] >= nearest[k - 1])
        continue;
      for (; at > 0 && nearest[at - 1] > largest[j]; at--)
        nearest[at] = nearest[at - 1];
      nearest[at] = largest[j];
    }
}

/* An IpTaskFunc. */
static void
keep_rows (size_t task, void *data)
{
  const Strip *strip = data;

  for (size_t i = task * SHARE; i < get_share_end (strip, task); i++)
    keep_nearest (strip->largest + i * strip->n, strip->n, strip->first + i, strip->k,
                  strip->distance + (strip->first + i) * strip->k);
}

static IpTeam *
call_team (const IpMatrix *matrix, const IpContext *context)
{
  double work = (double) matrix->rows * (double) matrix->rows * (double) (matrix->columns + 10);

  if (context == NULL || work < LEAST_WORK)
    return NULL;

  return ip_team_new (context->threads < STRIP / SHARE ? context->threads : STRIP / SHARE);
}

IpStatus
ip_neighbours_find_by_maximum (const IpMatrix *matrix,
                               size_t k,
                               double *distance,
                               IpContext *context)
{
  size_t n = matrix->rows;
  size_t width = matrix->columns < IP_BLOCK_COLUMNS ? matrix->columns : IP_BLOCK_COLUMNS;
  Strip strip = { .n = n,
                  .largest = malloc ((STRIP * n + 1) * sizeof (double)),
                  .unit = malloc ((width * n + 1) * sizeof (double)),
                  .k = k,
                  .distance = distance,
                  .team = call_team (matrix, context) };
  IpStatus status = IP_STATUS_OK;

  if (strip.largest == NULL || strip.unit == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for distances of %zu samples",
                      n);

  for (strip.first = 0; strip.first < n && status == IP_STATUS_OK; strip.first += STRIP)
    {
      strip.rows = n - strip.first < STRIP ? n - strip.first : STRIP;
      status = measure_strip (&strip, matrix, context);
      if (status == IP_STATUS_OK)
        ip_team_run (strip.team, count_shares (&strip), keep_rows, &strip);
      if (status == IP_STATUS_OK && ip_context_is_cancelled (context))
        status = IP_STATUS_CANCELLED;
      ip_context_report (context, (double) (strip.first + strip.rows) / (double) n);
    }

  ip_team_free (strip.team);
  free (strip.largest);
  free (strip.unit);
  return status;
}

/* Upwards by recurrence, then the asymptotic series (Abramowitz and Stegun 6.3.18). */
double
ip_digamma (double x)
{
  double below = 0.0;
  double r;

  for (; x < 10.0; x++)
    below -= 1.0 / x;
  r = 1.0 / (x * x);

  return below + log (x) - 0.5 / x -
         r * (1.0 / 12 -
              r * (1.0 / 120 -
                   r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * 691.0 / 32760)))));
}
