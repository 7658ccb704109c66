/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Bins over the range of the layer in each snapshot.
 *
 * T, N x d.  With lo and hi the smallest and largest activation of the sample, the symbol of an
 * activation t is floor ((t - lo) / s), s = (hi - lo) / B, in the precision of the data.  Rows of d
 * symbols are the patterns of T; their relative frequencies give H(T), I(X;T), I(T;Y) and I(X;T|Y)
 * = H(T|Y), in nats (plug-in).  The grid is the same for all classes and classes are weighed by
 * their size.
 *
 * convention: "corrected" puts the maximum into the last bin; "official" gives it a bin of its own,
 * as the published code does.
 *
 * The grid stretches with the layer: growth of the weights is not seen, one outlier is.
 *
 * Defaults: B = 10, convention=corrected.  Bias: low by about (K - 1) / 2N for K occupied patterns.
 * Fails for wide layers, where all patterns differ and every value is log N, as for uniform bins.
 *
 * Source: Kawaguchi, Deng, Ji and Huang 2023, arXiv:2305.18887. Time O(N d), memory O(N + d) beside
 * the data. */

#include "ip-bins.h"
#include "ip-citations.h"
#include "ip-number.h"

#include <math.h>
#include <stdio.h>

enum
{
  BINS,
  CONVENTION,
};

enum
{
  CONVENTION_CORRECTED,
  CONVENTION_OFFICIAL,
};

static const char *const convention_ids[] = { "corrected", "official", NULL };
static const char *const convention_titles[]
  = { N_ ("In the last bin"), N_ ("In a bin of its own, as published"), NULL };

static const IpParameter parameters_table[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("Number of bins between the extremes of the layer"),
             IP_PARAMETER_INTEGER, 10, 1, 65536, true, NULL, NULL, -1, 0 },
  [CONVENTION] = { "convention", N_ ("Largest activation"), N_ ("Where the maximum is counted"),
                   IP_PARAMETER_CHOICE, CONVENTION_CORRECTED, 0, 1, false, convention_ids,
                   convention_titles, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,         IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_GIVEN_Y, IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM,
      IP_QUANTITY_H_T_MM,        IP_QUANTITY_MI_XT_GIVEN_Y_MM };

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  double bins = parameters->value[BINS];
  double lo = sample->extremes.lo;
  double span = sample->source.activations.element == IP_ELEMENT_FLOAT32
                  ? (float) sample->extremes.hi - (float) lo
                  : sample->extremes.hi - lo;
  IpSteps steps = { lo, span / bins, INFINITY };
  char width[IP_NUMBER_SIZE];

  if (parameters->value[CONVENTION] == CONVENTION_CORRECTED)
    steps.top = bins - 1.0;

  ip_number_format_rounded (steps.width, 4, width);
  snprintf (estimate->blur, sizeof estimate->blur, "%.0f bins of width %.12s", bins, width);

  return ip_bins_run (sample, ip_steps_digitise, &steps, estimate, context);
}

const IpEstimator ip_bins_range = {
  .id = "bins-range",
  .title = N_ ("Binning, range of the snapshot"),
  .summary = N_ ("Counts patterns of activations in equally wide bins between the extremes of the "
                 "layer in each snapshot. The width of the bins blurs T and changes over epochs."),
  .limits = IP_BINS_LIMITS,
  .bibtex = IP_CITATION_KAWAGUCHI,
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_cost,
  .memory = ip_bins_memory,
  .estimate = run,
};
