/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Entropy-based adaptive binning (EBAB), as published.
 *
 * T, N x d.  u are the U distinct activations of the layer in this snapshot that are above `low`,
 * ascending.  The edges are u[floor (k U / B)], k = 0 .. B - 1, and the largest u; the symbol of an
 * activation is the number of edges not above it.  So `low`, the zero of a ReLU, has a bin to
 * itself, and so has the maximum.  Rows of d symbols are the patterns of T; their relative
 * frequencies give H(T), I(X;T) and I(T;Y), in nats (plug-in).
 *
 * low: with lowest=auto it is 0 when no activation is negative, and otherwise there is none.
 *
 * Quantiles are taken over distinct values, not over samples, so the bins are not of equal mass
 * where values repeat; bins-equal-mass are.  Values below a fixed `low` share its bin and count as
 * clipped (in the published code they wrap to the last one).
 *
 * Defaults: B = 30, lowest=auto.  Bias: low by about (K - 1) / 2N for K occupied patterns.  Fails
 * for wide layers, where all patterns differ and every value is log N, as for uniform bins.
 *
 * Source: Chelombiev, Houghton and O'Donnell 2019, arXiv:1902.09037. Time O(N d), memory two bytes
 * for an activation, two copies of a layer in double precision. */

#include "ip-bins.h"
#include "ip-citations.h"
#include "ip-ranking.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  BINS,
  LOWEST,
  LOW,
};

enum
{
  LOWEST_AUTO,
  LOWEST_FIXED,
};

typedef struct
{
  IpEdges edges;
  double low;
  bool is_below; /* some activations are below it */
} Bins;

static const char *const lowest_ids[] = { "auto", "fixed", NULL };
static const char *const lowest_titles[]
  = { N_ ("Zero, unless there are negative activations"), N_ ("Fixed"), NULL };

static const IpParameter parameters_table[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("Number of quantiles of the distinct activations"),
             IP_PARAMETER_INTEGER, 30, 2, 65536, true, NULL, NULL, -1, 0 },
  [LOWEST] = { "lowest", N_ ("Value with a bin of its own"),
               N_ ("The value of an inactive unit, which is kept apart"), IP_PARAMETER_CHOICE,
               LOWEST_AUTO, 0, 1, false, lowest_ids, lowest_titles, -1, 0 },
  [LOW] = { "low", N_ ("Lowest value"), N_ ("Activation of an inactive unit"), IP_PARAMETER_REAL, 0,
            -1e300, 1e300, false, NULL, NULL, LOWEST, LOWEST_FIXED },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,    IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM, IP_QUANTITY_H_T_MM };

static double
find_low (const IpSample *sample, const IpParameters *parameters)
{
  if (parameters->value[LOWEST] == LOWEST_AUTO)
    return sample->extremes.lo >= 0.0 ? 0.0 : -INFINITY;

  return sample->source.activations.element == IP_ELEMENT_FLOAT32 ? (float) parameters->value[LOW]
                                                                  : parameters->value[LOW];
}

/* edge and place: [bins + 1]; n: how many edges there are */
static IpStatus
find_edges (const IpMatrix *matrix,
            size_t bins,
            double low,
            double *edge,
            size_t *place,
            size_t *n,
            IpContext *context)
{
  IpRanking distinct;
  IpStatus status = ip_ranking_init_distinct (&distinct, matrix, low, context);

  if (status != IP_STATUS_OK)
    return status;

  *n = distinct.n > 0 ? bins + 1 : 0;
  for (size_t k = 0; k < *n; k++)
    place[k] = k < bins ? k * distinct.n / bins : distinct.n - 1;
  status = ip_ranking_find (&distinct, place, *n, edge, context);

  ip_ranking_clear (&distinct);
  return status;
}

/* An IpDigitiser of Bins.  Outside is below `low`. */
static size_t
digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols)
{
  const Bins *bins = self;
  size_t outside = ip_edges_digitise (&bins->edges, row, first, symbols);

  if (bins->is_below)
    for (size_t i = 0; i < row->columns; i++)
      outside += ip_matrix_get (row, 0, i) < bins->low;
  return outside;
}

static IpStatus
count_patterns (IpSample *sample,
                double low,
                const double *edge,
                size_t n,
                IpEstimate *estimate,
                IpContext *context)
{
  Bins bins = { .low = low, .is_below = sample->extremes.lo < low };
  IpStatus status = ip_edges_init (&bins.edges, edge, n, context);

  if (status == IP_STATUS_OK)
    status = ip_bins_run (sample, digitise, &bins, estimate, context);

  ip_edges_clear (&bins.edges);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  size_t bins = (size_t) parameters->value[BINS];
  double low = find_low (sample, parameters);
  size_t *place = malloc ((bins + 1) * sizeof *place);
  double *edge = malloc ((bins + 1) * sizeof *edge);
  size_t n = 0;
  IpStatus status = IP_STATUS_OK;

  snprintf (estimate->blur, sizeof estimate->blur, "%zu bins of equally many distinct values",
            bins);

  if (place == NULL || edge == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu bin edges", bins);
  else if (!ip_sample_is_constant (sample))
    status = find_edges (&sample->source.activations, bins, low, edge, place, &n, context);
  if (status == IP_STATUS_OK)
    status = count_patterns (sample, low, edge, n, estimate, context);

  free (place);
  free (edge);
  return status;
}

const IpEstimator ip_bins_ebab = {
  .id = "bins-ebab",
  .title = N_ ("Binning, entropy-based adaptive"),
  .summary = N_ ("Counts patterns of activations in bins that hold equally many distinct values of "
                 "the layer, as published with the adaptive estimators. The quantiles blur T."),
  .limits = IP_BINS_LIMITS,
  .bibtex = IP_CITATION_CHELOMBIEV,
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_sorting_cost,
  .memory = ip_bins_sorting_memory,
  .keeps_budget = true,
  .estimate = run,
};
