/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-width.h"

#include "ip-derived.h"
#include "ip-neighbours.h"
#include "ip-number.h"
#include "ip-sort.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MEDIAN_SAMPLES 1000

const char *const ip_width_rule_ids[] = { "fixed", "median", "knn", NULL };
const char *const ip_width_rule_titles[]
  = { N_ ("Fixed"), N_ ("Median distance"), N_ ("Distance to neighbours"), NULL };

IpWidth
ip_width_init (const double *parameters)
{
  return (IpWidth){ (IpWidthRule) parameters[0], parameters[1], parameters[2],
                    (size_t) parameters[3] };
}

/* Moves the triangle above the diagonal together. */
static size_t
pack_triangle (double *squared, size_t n)
{
  size_t at = 0;

  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++)
      squared[at++] = squared[i * n + j];

  return at;
}

static IpStatus
find_median (const IpMatrix *matrix, const double *mean, double *distance, IpContext *context)
{
  size_t n = matrix->rows;
  double *squared = malloc (n * n * sizeof *squared);
  IpGram gram = { .matrix = matrix, .mean = mean };
  IpStatus status;

  if (squared == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu distances", n * n);

  status = ip_gram_fill_distances (&gram, squared, context);
  if (status == IP_STATUS_OK)
    {
      size_t pairs = pack_triangle (squared, n);

      status = ip_sort (squared, pairs, context);
      *distance = sqrt (squared[pairs / 2]);
    }

  free (squared);
  return status;
}

static IpStatus
find_neighbour_distance (const IpMatrix *matrix,
                         const double *mean,
                         size_t k,
                         double *distance,
                         IpContext *context)
{
  size_t n = matrix->rows;
  double *distances;
  IpStatus status;

  if (k >= n)
    return ip_fail (context, IP_STATUS_UNDEFINED, "%zu samples have no neighbour number %zu", n, k);

  distances = malloc (n * k * sizeof *distances);
  if (distances == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu neighbours", k);

  status = ip_neighbours_find (matrix, mean, k, distances, context);
  *distance = 0.0;
  for (size_t i = 0; i < n && status == IP_STATUS_OK; i++)
    *distance += distances[i * k + k - 1] / (double) n;

  free (distances);
  return status;
}

static IpStatus
measure_rows (const IpMatrix *some, const IpWidth *width, double *distance, IpContext *context)
{
  double *moments = malloc ((2 * some->columns + 1) * sizeof *moments);
  IpStatus status;

  if (moments == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for the means of %zu units",
                    some->columns);

  status = ip_columns_find_moments (some, moments, moments + some->columns, context);
  if (status == IP_STATUS_OK)
    status = width->rule == IP_WIDTH_MEDIAN
               ? find_median (some, moments, distance, context)
               : find_neighbour_distance (some, moments, width->k, distance, context);

  free (moments);
  return status;
}

/* An IpDerivation: every row whose number is a multiple of the step. */
static void
copy_some_rows (const void *self, const IpMatrix *block, double *rows)
{
  size_t step = *(const size_t *) self;

  for (size_t i = 0; i < block->rows; i += step)
    for (size_t j = 0; j < block->columns; j++)
      rows[i / step * block->columns + j] = ip_matrix_get (block, i, j);
}

static IpStatus
measure (const IpMatrix *matrix, const IpWidth *width, double *distance, IpContext *context)
{
  size_t step = width->rule == IP_WIDTH_MEDIAN
                  ? (matrix->rows + MEDIAN_SAMPLES - 1) / MEDIAN_SAMPLES
                  : 1;
  size_t n = (matrix->rows + step - 1) / step;
  IpMatrix some = { matrix->data, n, matrix->columns, matrix->stride * step, matrix->element };
  IpDerived derived;
  IpStatus status;

  if (step == 1)
    return measure_rows (matrix, width, distance, context);
  if (matrix->source == NULL)
    return measure_rows (&some, width, distance, context);

  status = ip_derived_init (&derived, matrix, n, copy_some_rows, &step, context);
  if (status == IP_STATUS_OK)
    status = measure_rows (&derived.matrix, width, distance, context);
  ip_derived_clear (&derived);
  return status;
}

static double *
find_place (IpDistances *known, const IpWidth *width)
{
  if (width->rule == IP_WIDTH_MEDIAN)
    return &known->median;

  if (known->k != width->k)
    known->neighbour = 0.0;
  known->k = width->k;
  return &known->neighbour;
}

static IpStatus
find_sigma (const IpMatrix *matrix,
            const IpWidth *width,
            IpDistances *known,
            double *sigma,
            IpContext *context)
{
  double *distance;
  IpStatus status = IP_STATUS_OK;

  *sigma = width->sigma;
  if (width->rule == IP_WIDTH_FIXED)
    return IP_STATUS_OK;

  distance = find_place (known, width);
  if (*distance == 0.0)
    status = measure (matrix, width, distance, context);
  if (status == IP_STATUS_OK && !(*distance > 0.0))
    status = ip_fail (context, IP_STATUS_UNDEFINED,
                      width->rule == IP_WIDTH_MEDIAN
                        ? "Half of the samples coincide: the median distance is 0"
                        : "All samples coincide with their neighbours: the distance is 0");

  *sigma = *distance * (width->rule == IP_WIDTH_MEDIAN ? width->factor : 1.0);
  return status;
}

IpStatus
ip_width_find (IpSample *sample, const IpWidth *width, double *sigma, IpContext *context)
{
  IpStatus status = ip_sample_check_squares (sample, context);

  return status == IP_STATUS_OK ? find_sigma (&sample->source.activations, width,
                                              &sample->distances, sigma, context)
                                : status;
}

/* Two threads may both measure, and find the same. */
IpStatus
ip_width_find_for_variable (const IpEvaluationSet *set,
                            const IpVariable *variable,
                            const IpWidth *width,
                            double *sigma,
                            IpContext *context)
{
  IpEvaluationSet *shared = (IpEvaluationSet *) set;
  IpDistances known;
  IpStatus status;

  mtx_lock (&shared->lock);
  known = variable->distances;
  mtx_unlock (&shared->lock);

  status = find_sigma (&variable->matrix, width, &known, sigma, context);

  mtx_lock (&shared->lock);
  ((IpVariable *) variable)->distances = known;
  mtx_unlock (&shared->lock);
  return status;
}

IpStatus
ip_width_find_for_matrix (const IpMatrix *matrix,
                          const IpWidth *width,
                          double *sigma,
                          IpContext *context)
{
  IpDistances known = { 0 };

  return find_sigma (matrix, width, &known, sigma, context);
}

void
ip_width_describe (double sigma, IpEstimate *estimate)
{
  char number[IP_NUMBER_SIZE];

  ip_number_format_rounded (sigma, 4, number);
  snprintf (estimate->blur, sizeof estimate->blur, "kernel width %.12s", number);
}
