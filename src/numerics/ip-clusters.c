/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-clusters.h"

#include "ip-random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ROUNDS 100

typedef struct
{
  const IpMatrix *matrix;
  size_t k;
  size_t d;
  double *centre;   /* [k x d] */
  double *sum;      /* [k x d] */
  double *row;      /* [d] */
  double *distance; /* [rows], squared, to the nearest centre */
  size_t *count;    /* [k] */
} Means;

static const double *
read_row (Means *means, size_t i)
{
  for (size_t j = 0; j < means->d; j++)
    means->row[j] = ip_matrix_get (means->matrix, i, j);
  return means->row;
}

static double
find_distance (const double *a, const double *b, size_t d)
{
  double sum = 0.0;

  for (size_t j = 0; j < d; j++)
    sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/* A row, drawn in proportion to its squared distance from the centres. */
static size_t
draw_row (const Means *means, uint64_t seed, size_t at, double total)
{
  double left = (double) (ip_random_at (seed, at) >> 11) * 0x1p-53 * total;
  size_t last = 0;

  for (size_t i = 0; i < means->matrix->rows; i++)
    {
      last = means->distance[i] > 0.0 ? i : last;
      left -= means->distance[i];
      if (left < 0.0)
        return i;
    }
  return last;
}

/* Fewer centres than k where fewer rows differ. */
static void
draw_centres (Means *means, uint64_t seed)
{
  size_t n = means->matrix->rows;
  double total = INFINITY;
  size_t drawn = 0;

  for (size_t i = 0; i < n; i++)
    means->distance[i] = INFINITY;
  while (drawn < means->k && total > 0.0)
    {
      size_t from = drawn == 0 ? ip_random_at (seed, 0) % n : draw_row (means, seed, drawn, total);
      double *centre = means->centre + drawn++ * means->d;

      memcpy (centre, read_row (means, from), means->d * sizeof *centre);
      total = 0.0;
      for (size_t i = 0; i < n; i++)
        {
          double distance = find_distance (read_row (means, i), centre, means->d);

          means->distance[i] = fmin (means->distance[i], distance);
          total += means->distance[i];
        }
    }
  means->k = drawn;
}

/* Puts every row to its nearest centre; whether any one moved. */
static bool
assign_rows (Means *means, uint32_t *label)
{
  bool moved = false;

  memset (means->sum, 0, means->k * means->d * sizeof *means->sum);
  memset (means->count, 0, means->k * sizeof *means->count);
  for (size_t i = 0; i < means->matrix->rows; i++)
    {
      const double *row = read_row (means, i);
      double least = INFINITY;
      uint32_t nearest = 0;

      for (size_t c = 0; c < means->k; c++)
        {
          double distance = find_distance (row, means->centre + c * means->d, means->d);

          if (distance < least)
            {
              least = distance;
              nearest = (uint32_t) c;
            }
        }
      moved = moved || label[i] != nearest;
      label[i] = nearest;
      means->count[nearest]++;
      for (size_t j = 0; j < means->d; j++)
        means->sum[nearest * means->d + j] += row[j];
    }

  return moved;
}

/* An empty group keeps its centre. */
static void
move_centres (Means *means)
{
  for (size_t c = 0; c < means->k; c++)
    for (size_t j = 0; j < means->d && means->count[c] > 0; j++)
      means->centre[c * means->d + j] = means->sum[c * means->d + j] / (double) means->count[c];
}

static IpStatus
find_means (Means *means, uint64_t seed, uint32_t *label, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  bool moved = true;

  for (size_t i = 0; i < means->matrix->rows; i++)
    label[i] = UINT32_MAX;
  draw_centres (means, seed);
  for (unsigned round = 0; moved && round < MAX_ROUNDS && status == IP_STATUS_OK; round++)
    {
      moved = assign_rows (means, label);
      move_centres (means);
      if (ip_context_is_cancelled (context))
        status = IP_STATUS_CANCELLED;
    }

  return status;
}

static void
cut_column (const IpMatrix *matrix, size_t k, uint32_t *label)
{
  double lo = INFINITY;
  double hi = -INFINITY;

  for (size_t i = 0; i < matrix->rows; i++)
    {
      lo = fmin (lo, ip_matrix_get (matrix, i, 0));
      hi = fmax (hi, ip_matrix_get (matrix, i, 0));
    }
  for (size_t i = 0; i < matrix->rows; i++)
    {
      double scaled = hi > lo ? (ip_matrix_get (matrix, i, 0) - lo) / (hi - lo) : 0.0;

      label[i] = 0;
      while (label[i] + 1 < k && scaled >= (double) (label[i] + 1) * (1.0 / (double) k))
        label[i]++;
    }
}

IpStatus
ip_clusters_find (const IpMatrix *matrix,
                  size_t k,
                  uint64_t seed,
                  uint32_t *label,
                  IpContext *context)
{
  size_t d = matrix->columns;
  Means means = { .matrix = matrix, .k = k, .d = d };
  IpStatus status;

  if (matrix->rows == 0)
    return IP_STATUS_OK;
  if (d == 1)
    {
      cut_column (matrix, k, label);
      return IP_STATUS_OK;
    }

  means.centre = malloc (((2 * k + 1) * d + matrix->rows) * sizeof *means.centre);
  means.count = malloc ((k + 1) * sizeof *means.count);
  if (means.centre == NULL || means.count == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu clusters", k);
    }
  else
    {
      means.sum = means.centre + k * d;
      means.row = means.sum + k * d;
      means.distance = means.row + d;
      status = find_means (&means, seed, label, context);
    }

  free (means.centre);
  free (means.count);
  return status;
}
