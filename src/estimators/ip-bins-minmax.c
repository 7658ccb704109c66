/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Bins over the range of every unit: the classic Shannon entropy (CSE) that diffusion spectral
 * entropy is compared with.
 *
 * T, N x d.  Every unit is scaled to [0, 1] by its smallest and largest value in the sample, then
 * put into m equal bins; the maximum is in the last bin, and so are all values of a unit that does
 * not vary.  Rows of d symbols are the patterns of T; their relative frequencies give H(T), I(X;T)
 * and I(T;Y), in nats (plug-in).
 *
 * Scaling a unit changes nothing.  With m = 2 a layer of d units has up to 2^d patterns: from a
 * dozen units on, all samples differ and H(T) is log N.
 *
 * Source: Liao, Liu et al. 2024, arXiv:2312.04823. Time O(N d), memory O(N + d) beside the data. */

#include "ip-bins.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  BINS,
};

static const IpParameter parameters_table[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("Number of bins between the extremes of each unit"),
             IP_PARAMETER_INTEGER, 2, 2, 65536, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,    IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM, IP_QUANTITY_H_T_MM };

/* 0, 1/m, .., (m - 1)/m */
static IpStatus
init_edges (IpEdges *edges, size_t bins, IpContext *context)
{
  double *edge = malloc (bins * sizeof *edge);
  IpStatus status;

  if (edge == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu bin edges", bins);

  for (size_t k = 0; k < bins; k++)
    edge[k] = (double) k * (1.0 / (double) bins);
  status = ip_edges_init (edges, edge, bins, context);

  free (edge);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  double *lo = malloc ((sample->d + 1) * sizeof *lo);
  double *hi = malloc ((sample->d + 1) * sizeof *hi);
  IpEdges edges = { 0 };
  IpScaledEdges scaled = { &edges, lo, hi };
  IpStatus status;

  snprintf (estimate->blur, sizeof estimate->blur, "%.0f bins over the range of each unit",
            parameters->value[BINS]);

  if (lo == NULL || hi == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for the ranges of %zu units",
                      sample->d);
  else
    status = ip_columns_find_ranges (&sample->source.activations, lo, hi, context);
  if (status == IP_STATUS_OK)
    status = init_edges (&edges, (size_t) parameters->value[BINS], context);
  if (status == IP_STATUS_OK)
    status = ip_bins_run (sample, ip_scaled_edges_digitise, &scaled, estimate, context);

  ip_edges_clear (&edges);
  free (lo);
  free (hi);
  return status;
}

const IpEstimator ip_bins_minmax = {
  .id = "bins-minmax",
  .title = N_ ("Binning, range of each unit"),
  .summary =
      N_ ("Counts patterns of activations after scaling every unit to its own range (classic "
          "Shannon entropy). The bins of each unit blur T."),
  .bibtex = "@inproceedings{liao2024assessing,\n"
            "  title = {Assessing Neural Network Representations During Training Using\n"
            "           Noise-Resilient Diffusion Spectral Entropy},\n"
            "  author = {Liao, Danqi and Liu, Chen and Christensen, Benjamin W. and Tong, "
            "Alexander\n"
            "            and Huguet, Guillaume and Wolf, Guy and Nickel, Maximilian and Adelstein, "
            "Ian\n"
            "            and Krishnaswamy, Smita},\n"
            "  booktitle = {58th Annual Conference on Information Sciences and Systems (CISS)},\n"
            "  year = {2024},\n"
            "  eprint = {2312.04823},\n"
            "  archivePrefix = {arXiv}\n"
            "}\n",
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_cost,
  .memory = ip_bins_memory,
  .estimate = run,
};
