/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Entropy from nearest neighbours (Kozachenko-Leonenko).
 *
 * T, N x d.  With r_i the distance of sample i to its k-th nearest neighbour and c_d the volume of
 * the unit ball, in nats
 *
 *   h_t               psi(N) - psi(k) + ln c_d + (d/N) sum_i ln r_i      differential entropy
 *   manifold_entropy  (1/N) sum_i ln r_i
 *
 * Samples with the same activations have distance 0 and no logarithm: each distinct row counts
 * once, and the flag `ties` says that there were others.  A differential entropy depends on the
 * scale of the layer, may be negative, and is minus infinity where the activations lie on a surface
 * of fewer than d dimensions; the estimate then only measures how dense the sample is.
 * manifold_entropy knows no d.
 *
 * Bias: of order (k/N)^(1/d), hopeless beyond some ten effective dimensions.
 *
 * Source: Kozachenko and Leonenko 1987 (Problems of Information Transmission 23, 95-101); Kraskov,
 * Stögbauer and Grassberger 2004, doi:10.1103/PhysRevE.69.066138. Time O(N^2 d / 2), memory O(N
 * k). */

#include "ip-derived.h"
#include "ip-estimator-private.h"
#include "ip-neighbours.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  K,
};

static const IpParameter parameters_table[] = {
  [K] = { "k", N_ ("Neighbours k"), N_ ("Which nearest neighbour the distance is taken to"),
          IP_PARAMETER_INTEGER, 3, 1, 1000, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[] = { IP_QUANTITY_H_T, IP_QUANTITY_MANIFOLD_ENTROPY };

/* An IpDerivation: the first sample of each cell. */
static void
copy_distinct (const void *self, const IpMatrix *block, double *rows)
{
  const IpPartition *cells = self;
  size_t next = 0;

  for (size_t i = 0; i < block->rows; i++)
    if (cells->code[i] == next)
      {
        for (size_t j = 0; j < block->columns; j++)
          rows[next * block->columns + j] = ip_matrix_get (block, i, j);
        next++;
      }
}

static void
fill (IpEstimate *estimate, const double *distance, size_t n, size_t d, size_t k)
{
  double mean = 0.0;
  double half = 0.5 * (double) d;

  for (size_t i = 0; i < n; i++)
    mean += log (distance[i * k + k - 1]) / (double) n;

  ip_estimate_get (estimate, IP_QUANTITY_MANIFOLD_ENTROPY)->value = mean;
  ip_estimate_get (estimate, IP_QUANTITY_H_T)->value
    = ip_digamma ((double) n) - ip_digamma ((double) k) + half * log (M_PI) - lgamma (half + 1.0)
      + (double) d * mean;
}

static IpStatus
measure (const IpMatrix *distinct, size_t k, IpEstimate *estimate, IpContext *context)
{
  size_t n = distinct->rows;
  double *distance = malloc (n * k * sizeof *distance);
  double *moments = malloc (2 * distinct->columns * sizeof *moments);
  IpStatus status;

  if (distance == NULL || moments == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu neighbours", k);
  else
    status
      = ip_columns_find_moments (distinct, moments, moments + distinct->columns, context);
  if (status == IP_STATUS_OK)
    status = ip_neighbours_find (distinct, moments, k, distance, context);
  if (status == IP_STATUS_OK)
    fill (estimate, distance, n, distinct->columns, k);

  free (distance);
  free (moments);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  size_t k = (size_t) parameters->value[K];
  IpPartition cells;
  IpDerived distinct = { 0 };
  IpStatus status;

  if (ip_sample_is_constant (sample))
    return ip_fail (context, IP_STATUS_UNDEFINED, "All samples coincide: there are no distances");

  snprintf (estimate->blur, sizeof estimate->blur, "neighbour number %zu", k);
  status = ip_sample_check_squares (sample, context);
  if (status == IP_STATUS_OK)
    status = ip_partition_init_from_rows (&cells, &sample->source.activations, context);
  if (status != IP_STATUS_OK)
    return status;

  if (cells.classes < sample->n)
    for (unsigned i = 0; i < estimate->n_values; i++)
      estimate->values[i].flags |= IP_FLAG_TIES;

  if (cells.classes <= k)
    status = ip_fail (context, IP_STATUS_UNDEFINED,
                      "%zu different samples have no neighbour number %zu", cells.classes, k);
  else if (cells.classes == sample->n)
    status = measure (&sample->source.activations, k, estimate, context);
  else
    {
      status = ip_derived_init (&distinct, &sample->source.activations, cells.classes,
                                copy_distinct, &cells, context);
      if (status == IP_STATUS_OK)
        status = measure (&distinct.matrix, k, estimate, context);
    }

  ip_partition_clear (&cells);
  ip_derived_clear (&distinct);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 0.5 * (double) n * (double) n * (1.5e-9 + 5e-11 * (double) d);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (size_t) 16 * 1024 * 1024 + n * (8 * d + 64 + 20 * (size_t) parameters->value[K]);
}

const IpEstimator ip_knn_entropy = {
  .id = "knn-entropy",
  .title = N_ ("Nearest-neighbour entropy"),
  .summary = N_ ("Differential entropy from the distances of samples to their nearest neighbours. "
                 "Nothing is blurred; the value depends on the scale of the layer."),
  .bibtex = "@article{kozachenko1987sample,\n"
            "  title = {Sample Estimate of the Entropy of a Random Vector},\n"
            "  author = {Kozachenko, L. F. and Leonenko, N. N.},\n"
            "  journal = {Problems of Information Transmission},\n"
            "  volume = {23},\n"
            "  number = {2},\n"
            "  pages = {95--101},\n"
            "  year = {1987}\n"
            "}\n",
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .estimate = run,
};
