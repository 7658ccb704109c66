/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Bins of equal mass.
 *
 * T, N x d.  The edges are the quantiles k/B, k = 1 .. B - 1, of all activations of the layer in
 * this snapshot, interpolated linearly; equal quantiles are one edge, so that a value that fills
 * several bins, such as the zeros of a ReLU, has a bin to itself.  The symbol of an activation is
 * the number of edges not above it.  Rows of d symbols are the patterns of T; their relative
 * frequencies give H(T), I(X;T) and I(T;Y), in nats (plug-in).
 *
 * The bins follow the layer: scaling it changes nothing, and layers and epochs compare by rank, not
 * by size.
 *
 * Default: B = 30.  Bias: low by about (K - 1) / 2N for K occupied patterns.  Fails for wide
 * layers, where all patterns differ and every value is log N, as for uniform bins.
 *
 * Source: the adaptive binning of Chelombiev, Houghton and O'Donnell 2019, arXiv:1902.09037, with
 * quantiles of samples instead of distinct values. Time O(N d), memory at most two bytes for an
 * activation, two copies of a layer in double precision. */

#include "ip-bins.h"
#include "ip-citations.h"
#include "ip-ranking.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  BINS,
};

static const IpParameter parameters_table[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("Number of bins before equal edges are merged"),
             IP_PARAMETER_INTEGER, 30, 2, 65536, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,    IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM, IP_QUANTITY_H_T_MM };

/* Quantiles k/B, k = 1 .. B - 1, interpolated as numpy.quantile does: from the nearer neighbour,
 * with the difference taken in the precision of the data. */
typedef struct
{
  size_t *place; /* [2 (B - 1)] of the neighbours below and above */
  double *value;
  double *edge; /* [B - 1] */
} Quantiles;

static double
find_place (const IpRanking *ranking, size_t k, size_t bins)
{
  return (double) k / (double) bins * (double) (ranking->n - 1);
}

static void
interpolate (const IpRanking *ranking, size_t bins, Quantiles *quantiles, size_t *n)
{
  for (size_t k = 1; k < bins; k++)
    {
      double place = find_place (ranking, k, bins);
      double t = place - floor (place);
      double below = quantiles->value[2 * k - 2];
      double above = quantiles->value[2 * k - 1];
      double step = ranking->matrix.element == IP_ELEMENT_FLOAT32 ? (float) above - (float) below
                                                                  : above - below;
      double edge = t >= 0.5 ? above - step * (1.0 - t) : below + step * t;

      if (*n == 0 || edge > quantiles->edge[*n - 1])
        quantiles->edge[(*n)++] = edge;
    }
}

static IpStatus
fill_quantiles (const IpMatrix *matrix,
                size_t bins,
                Quantiles *quantiles,
                size_t *n,
                IpContext *context)
{
  IpRanking ranking;
  IpStatus status = ip_ranking_init (&ranking, matrix, context);

  if (status != IP_STATUS_OK)
    return status;

  for (size_t k = 1; k < bins; k++)
    {
      size_t below = (size_t) find_place (&ranking, k, bins);

      quantiles->place[2 * k - 2] = below;
      quantiles->place[2 * k - 1] = below + 1 < ranking.n ? below + 1 : below;
    }
  status
    = ip_ranking_find (&ranking, quantiles->place, 2 * (bins - 1), quantiles->value, context);
  if (status == IP_STATUS_OK)
    interpolate (&ranking, bins, quantiles, n);

  ip_ranking_clear (&ranking);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  size_t bins = (size_t) parameters->value[BINS];
  Quantiles quantiles = { malloc (2 * bins * sizeof *quantiles.place),
                          malloc (2 * bins * sizeof *quantiles.value),
                          malloc (bins * sizeof *quantiles.edge) };
  size_t n = 0;
  IpStatus status = IP_STATUS_OK;

  snprintf (estimate->blur, sizeof estimate->blur, "%zu equal-mass bins", bins);

  if (quantiles.place == NULL || quantiles.value == NULL || quantiles.edge == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu bin edges", bins);
  else if (!ip_sample_is_constant (sample))
    status = fill_quantiles (&sample->source.activations, bins, &quantiles, &n, context);
  if (status == IP_STATUS_OK)
    status = ip_bins_run_between (sample, quantiles.edge, n, estimate, context);

  free (quantiles.place);
  free (quantiles.value);
  free (quantiles.edge);
  return status;
}

const IpEstimator ip_bins_equal_mass = {
  .id = "bins-equal-mass",
  .title = N_ ("Binning, equal mass"),
  .summary = N_ ("Counts patterns of activations in bins that hold equally many activations of the "
                 "layer. The quantiles blur T."),
  .limits = IP_BINS_LIMITS,
  .bibtex = IP_CITATION_CHELOMBIEV,
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_sorting_cost,
  .memory = ip_bins_sorting_memory,
  .keeps_budget = true,
  .estimate = run,
};
