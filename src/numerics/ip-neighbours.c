/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-neighbours.h"

#include "ip-distance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The nearest so far, ascending; k is small, so that insertion beats a heap. */
typedef struct
{
  size_t k;
  double *squared;  /* [n x k] */
  uint32_t *member; /* [n x k] */
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
}

static void
look_at_tile (const IpDistanceTile *tile, void *data)
{
  Nearest *nearest = data;
  size_t last = nearest->k - 1;

  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t row = tile->row + i;

      for (size_t j = tile->row == tile->column ? i + 1 : 0; j < tile->columns; j++)
        {
          double squared = tile->squared[i * tile->stride + j];
          size_t column = tile->column + j;

          if (squared < nearest->squared[row * nearest->k + last])
            insert (nearest, row, column, squared);
          if (squared < nearest->squared[column * nearest->k + last])
            insert (nearest, column, row, squared);
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
  Nearest nearest = { k, malloc (n * k * sizeof (double)), calloc (n * k, sizeof (uint32_t)) };
  IpStatus status;

  if (nearest.squared == NULL || nearest.member == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu neighbours", k);
    }
  else
    {
      for (size_t i = 0; i < n * k; i++)
        nearest.squared[i] = INFINITY;
      status = ip_distance_for_each_tile (matrix, mean, NULL, look_at_tile, &nearest, context);
    }

  if (status == IP_STATUS_OK)
    status = measure (matrix, &nearest, distance, context);

  free (nearest.squared);
  free (nearest.member);
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
