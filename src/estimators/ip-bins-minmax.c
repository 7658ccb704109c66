/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Bins over the range of every unit: the classic Shannon entropy (CSE) that diffusion spectral
 * entropy is compared with.
 *
 * T, N x d.  Every unit is scaled to [0, 1] by its smallest and largest value in the sample, then
 * put into m equal bins; the maximum is in the last bin, and so are all values of a unit that does
 * not vary.  Rows of d symbols are the patterns of T; their relative frequencies give H(T), I(X;T)
 * and I(T;Y), in nats (plug-in).  CSMI(T;Y) is what H(T) says about the labels by way of random
 * subsets as large as the classes (ip-class-draws.h, as in `dsmi`), so that its bias cancels; the
 * error is the standard error over the draws.  The bins of a subset are those of all samples, where
 * the published code lays them anew in each.
 *
 * Scaling a unit changes nothing.
 *
 * Defaults: m = 2, 5 draws, seed 0, convention=corrected.  Bias: H(T) and I are low by about (K -
 * 1) / 2N for K occupied patterns.  Fails: with m = 2 a layer of d units has up to 2^d patterns:
 * from a dozen units on, all samples differ and H(T) is log N.
 *
 * Source: Liao, Liu et al. 2024, arXiv:2312.04823. Time O(N d), memory O(N + d) beside the data. */

#include "ip-bins.h"
#include "ip-citations.h"
#include "ip-class-draws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  BINS,
  DRAWS,
  SEED,
  CONVENTION,
};

static const IpParameter parameters_table[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("Number of bins between the extremes of each unit"),
             IP_PARAMETER_INTEGER, 2, 2, 65536, true, NULL, NULL, -1, 0 },
  [DRAWS] = IP_CLASS_DRAWS_DRAWS_ROW,
  [SEED] = IP_CLASS_DRAWS_SEED_ROW,
  [CONVENTION] = IP_CLASS_DRAWS_CONVENTION_ROW,
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,    IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM, IP_QUANTITY_H_T_MM,
      IP_QUANTITY_CSMI_TY };

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

typedef struct
{
  const IpPartition *patterns;
  uint32_t *count; /* [patterns], all 0 between subsets */
} Counts;

static IpStatus
find_entropy (void *self,
              const uint32_t *sample,
              size_t m,
              double *entropy,
              double *error,
              IpContext *context)
{
  const Counts *counts = self;
  const uint32_t *code = counts->patterns->code;
  double sum = 0.0;

  for (size_t i = 0; i < m; i++)
    counts->count[code[sample[i]]]++;
  for (size_t i = 0; i < m; i++)
    {
      double count = counts->count[code[sample[i]]];

      counts->count[code[sample[i]]] = 0;
      if (count > 1.0)
        sum += count * log (count);
    }

  *entropy = log ((double) m) - sum / (double) m;
  return IP_STATUS_OK;
}

static IpStatus
fill_class_draws (const IpSample *sample,
                  const IpParameters *parameters,
                  const IpPartition *patterns,
                  IpEstimate *estimate,
                  IpContext *context)
{
  IpClassDraws draws = ip_class_draws_init (&parameters->value[DRAWS]);
  Counts counts = { patterns, NULL };
  IpStatus status;

  if (!sample->set->has_labels)
    return IP_STATUS_OK;

  counts.count = calloc (patterns->classes + 1, sizeof *counts.count);
  if (counts.count == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu patterns",
                    patterns->classes);

  status = ip_class_draws_estimate (&draws, &sample->set->labels, find_entropy, &counts,
                                    ip_estimate_get (estimate, IP_QUANTITY_CSMI_TY), context);
  free (counts.count);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  double *lo = malloc ((sample->d + 1) * sizeof *lo);
  double *hi = malloc ((sample->d + 1) * sizeof *hi);
  IpEdges edges = { 0 };
  IpScaledEdges scaled = { &edges, lo, hi };
  IpPartition patterns = { 0 };
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
    status = ip_bins_run_and_keep (sample, ip_scaled_edges_digitise, &scaled, &patterns, estimate,
                                   context);
  if (status == IP_STATUS_OK)
    status = fill_class_draws (sample, parameters, &patterns, estimate, context);

  ip_partition_clear (&patterns);
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
  .limits = IP_BINS_LIMITS,
  .bibtex = IP_CITATION_LIAO,
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_cost,
  .memory = ip_bins_memory,
  .estimate = run,
};
