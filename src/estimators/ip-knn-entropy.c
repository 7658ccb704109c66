/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Entropy from nearest neighbours (Kozachenko-Leonenko).
 *
 * T, N x d.  With r_ij the distance of sample i to its j-th nearest neighbour and c_m the volume of
 * the unit ball of m dimensions, in nats
 *
 *   h_t                  psi(N) - psi(k) + ln c_m + (m/N) sum_i ln r_ik    differential entropy
 *   manifold_entropy     (1/N) sum_i ln r_ik
 *   intrinsic_dimension  m' = N (k - 1) / sum_i sum_(j<k) ln (r_ik / r_ij), at most d
 *
 * norm: distances are Euclidean, c_m = pi^(m/2) / Gamma(m/2 + 1), or largest differences of a unit,
 * c_m = 2^m.  dimension: m = d ("ambient"), or m = m', as if the layer were a surface of so many
 * dimensions ("intrinsic"): entropies of different m do not compare.
 *
 * m' is the maximum likelihood of all samples together, which takes the mean of the inverses of the
 * samples' own dimensions; with k = 1 it takes two neighbours.  Bias: too low in more than some ten
 * dimensions, and d where all distances are alike.
 *
 * Samples with the same activations have distance 0 and no logarithm: each distinct row counts
 * once, the flag `ties` says that there were others, and the blur how many are different.  A
 * differential entropy depends on the scale of the layer, may be negative, and is minus infinity
 * where the activations lie on a surface of fewer than d dimensions; the estimate then only
 * measures how dense the sample is. manifold_entropy knows no d.
 *
 * Defaults: k = 3, norm=euclidean, dimension=ambient.  Bias: of order (k/N)^(1/d).  Fails beyond
 * some ten effective dimensions.
 *
 * Source: Kozachenko and Leonenko 1987 (Problems of Information Transmission 23, 95-101); Kraskov,
 * Stögbauer and Grassberger 2004, doi:10.1103/PhysRevE.69.066138. Intrinsic dimension: Levina and
 * Bickel 2004 (Advances in Neural Information Processing Systems 17), averaged as MacKay and
 * Ghahramani 2005 (comments on it) propose. Time O(N^2 d / 2), memory O(N k); in the maximum norm
 * O(N^2 d) and 8 N min (d, 512). */

#include "ip-derived.h"
#include "ip-estimator-private.h"
#include "ip-neighbours.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  K,
  NORM,
  DIMENSION,
};

enum
{
  NORM_EUCLIDEAN,
  NORM_MAXIMUM,
};

enum
{
  DIMENSION_AMBIENT,
  DIMENSION_INTRINSIC,
};

static const char *const norm_ids[] = { "euclidean", "max", NULL };
static const char *const norm_titles[] = { N_ ("Euclidean"), N_ ("Largest difference"), NULL };
static const char *const dimension_ids[] = { "ambient", "intrinsic", NULL };
static const char *const dimension_titles[]
  = { N_ ("Number of units"), N_ ("Estimated from the samples"), NULL };

static const IpParameter parameters_table[] = {
  [K] = { "k", N_ ("Neighbours k"), N_ ("Which nearest neighbour the distance is taken to"),
          IP_PARAMETER_INTEGER, 3, 1, 1000, true, NULL, NULL, -1, 0 },
  [NORM] = { "norm", N_ ("Distance"), N_ ("Euclidean, or the largest difference of a unit"),
             IP_PARAMETER_CHOICE, NORM_EUCLIDEAN, 0, 1, false, norm_ids, norm_titles, -1, 0 },
  [DIMENSION] = { "dimension", N_ ("Dimension"),
                  N_ ("Of the space that the samples fill: as many as there are units, or "
                      "estimated"),
                  IP_PARAMETER_CHOICE, DIMENSION_AMBIENT, 0, 1, false, dimension_ids,
                  dimension_titles, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_H_T, IP_QUANTITY_MANIFOLD_ENTROPY, IP_QUANTITY_INTRINSIC_DIMENSION };

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

/* Distances to the nearest `count` neighbours of each of n samples of d units, ascending. */
typedef struct
{
  double *distance; /* [n x count] */
  size_t n;
  size_t d;
  size_t count;
} Neighbours;

static double
find_dimension (const Neighbours *near)
{
  double logarithms = 0.0;

  for (size_t i = 0; i < near->n; i++)
    {
      const double *distance = near->distance + i * near->count;

      for (size_t j = 0; j + 1 < near->count; j++)
        logarithms += log (distance[near->count - 1] / distance[j]);
    }

  return fmin ((double) near->n * (double) (near->count - 1) / logarithms, (double) near->d);
}

static double
find_log_ball (const IpParameters *parameters, double dimension)
{
  double half = 0.5 * dimension;

  return parameters->value[NORM] == NORM_MAXIMUM ? dimension * log (2.0)
                                                 : half * log (M_PI) - lgamma (half + 1.0);
}

static IpStatus
fill (IpEstimate *estimate,
      const IpParameters *parameters,
      const Neighbours *near,
      IpContext *context)
{
  size_t k = (size_t) parameters->value[K];
  bool is_intrinsic = parameters->value[DIMENSION] == DIMENSION_INTRINSIC;
  IpValue *dimension = ip_estimate_get (estimate, IP_QUANTITY_INTRINSIC_DIMENSION);
  double m = (double) near->d;
  double mean = 0.0;

  if (near->count > 1)
    dimension->value = find_dimension (near);
  else if (is_intrinsic)
    return ip_fail (context, IP_STATUS_UNDEFINED, "%zu different samples have no dimension",
                    near->n);
  else
    dimension->flags |= IP_FLAG_UNDEFINED;

  for (size_t i = 0; i < near->n; i++)
    mean += log (near->distance[i * near->count + k - 1]) / (double) near->n;
  if (is_intrinsic)
    m = dimension->value;

  dimension->ceiling = (double) near->d;
  ip_estimate_get (estimate, IP_QUANTITY_MANIFOLD_ENTROPY)->value = mean;
  ip_estimate_get (estimate, IP_QUANTITY_H_T)->value = ip_digamma ((double) near->n)
                                                       - ip_digamma ((double) k)
                                                       + find_log_ball (parameters, m) + m * mean;
  return IP_STATUS_OK;
}

static IpStatus
find_euclidean (const IpMatrix *distinct, const Neighbours *near, IpContext *context)
{
  double *moments = malloc (2 * distinct->columns * sizeof *moments);
  IpStatus status;

  if (moments == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for the means of %zu units",
                      distinct->columns);
  else
    status
      = ip_columns_find_moments (distinct, moments, moments + distinct->columns, context);
  if (status == IP_STATUS_OK)
    status = ip_neighbours_find (distinct, moments, near->count, near->distance, context);

  free (moments);
  return status;
}

static IpStatus
measure (const IpMatrix *distinct,
         const IpParameters *parameters,
         IpEstimate *estimate,
         IpContext *context)
{
  size_t k = (size_t) parameters->value[K];
  Neighbours near = { .n = distinct->rows,
                      .d = distinct->columns,
                      .count = k == 1 && distinct->rows > 2 ? 2 : k };
  IpStatus status;

  near.distance = malloc (near.n * near.count * sizeof *near.distance);
  if (near.distance == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu neighbours", k);
  else if (parameters->value[NORM] == NORM_MAXIMUM)
    status = ip_neighbours_find_by_maximum (distinct, near.count, near.distance, context);
  else
    status = find_euclidean (distinct, &near, context);
  if (status == IP_STATUS_OK)
    status = fill (estimate, parameters, &near, context);

  free (near.distance);
  return status;
}

static void
set_ties (IpEstimate *estimate, size_t k, size_t n_different)
{
  for (unsigned i = 0; i < estimate->n_values; i++)
    estimate->values[i].flags |= IP_FLAG_TIES;
  snprintf (estimate->blur, sizeof estimate->blur, "neighbour number %zu of %zu different samples",
            k, n_different);
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
    set_ties (estimate, k, cells.classes);

  if (cells.classes <= k)
    status = ip_fail (context, IP_STATUS_UNDEFINED,
                      "%zu different samples have no neighbour number %zu", cells.classes, k);
  else if (cells.classes == sample->n)
    status = measure (&sample->source.activations, parameters, estimate, context);
  else
    {
      status = ip_derived_init (&distinct, &sample->source.activations, cells.classes,
                                copy_distinct, &cells, context);
      if (status == IP_STATUS_OK)
        status = measure (&distinct.matrix, parameters, estimate, context);
    }

  ip_partition_clear (&cells);
  ip_derived_clear (&distinct);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double unit = parameters->value[NORM] == NORM_MAXIMUM ? 1e-9 : 5e-11;

  return 0.5 * (double) n * (double) n * (1.5e-9 + unit * (double) d);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  size_t unit = parameters->value[NORM] == NORM_MAXIMUM ? 16 : 8;
  size_t row = parameters->value[NORM] == NORM_MAXIMUM ? 64 + 8 * 64 : 64;

  return IP_DISTANCE_BYTES + n * (unit * d + row + 20 * (size_t) parameters->value[K]);
}

const IpEstimator ip_knn_entropy = {
  .id = "knn-entropy",
  .title = N_ ("Nearest-neighbour entropy"),
  .summary = N_ ("Differential entropy from the distances of samples to their nearest neighbours. "
                 "Nothing is blurred; the value depends on the scale of the layer."),
  .limits = N_ ("May be negative, and is minus infinity where activations fill fewer "
                "dimensions than there are units. Biased beyond some ten dimensions. Samples "
                "that coincide count once."),
  .bibtex = "@article{kozachenko1987sample,\n"
            "  title = {Sample Estimate of the Entropy of a Random Vector},\n"
            "  author = {Kozachenko, L. F. and Leonenko, N. N.},\n"
            "  journal = {Problems of Information Transmission},\n"
            "  volume = {23},\n"
            "  number = {2},\n"
            "  pages = {95--101},\n"
            "  year = {1987}\n"
            "}\n"
            "\n"
            "@article{kraskov2004estimating,\n"
            "  title = {Estimating Mutual Information},\n"
            "  author = {Kraskov, Alexander and St{\\\"o}gbauer, Harald and Grassberger, Peter},\n"
            "  journal = {Physical Review E},\n"
            "  volume = {69},\n"
            "  number = {6},\n"
            "  pages = {066138},\n"
            "  year = {2004},\n"
            "  doi = {10.1103/PhysRevE.69.066138}\n"
            "}\n"
            "\n"
            "@inproceedings{levina2004maximum,\n"
            "  title = {Maximum Likelihood Estimation of Intrinsic Dimension},\n"
            "  author = {Levina, Elizaveta and Bickel, Peter J.},\n"
            "  booktitle = {Advances in Neural Information Processing Systems},\n"
            "  volume = {17},\n"
            "  pages = {777--784},\n"
            "  year = {2004}\n"
            "}\n",
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .estimate = run,
};
