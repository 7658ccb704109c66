/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Bins of fixed width.
 *
 * T, N x d.  The symbol of an activation t is floor (t / width), computed in the precision of the
 * data; the grid has an edge at zero and no ends but 2^50 widths from there, where what lies beyond
 * shares a bin and counts as clipped.  Rows of d symbols are the patterns of T; their relative
 * frequencies give H(T), I(X;T) and I(T;Y), in nats (plug-in).
 *
 * Default: width = 0.07.
 *
 * Bias: as for uniform bins: low by about (K - 1) / 2N for K patterns.  Fails, saturated at log N,
 * as soon as the patterns of a wide layer are all distinct.  Because the grid has an edge at zero,
 * values of either sign close to zero differ; growing weights of an unbounded activation raise the
 * value by scale alone.
 *
 * Source: Saxe et al. 2019, doi:10.1088/1742-5468/ab3985. Time O(N d) in one pass, memory O(N + d)
 * beside the data. */

#include "ip-bins.h"
#include "ip-citations.h"
#include "ip-number.h"

#include <math.h>
#include <stdio.h>

enum
{
  WIDTH,
};

static const IpParameter parameters_table[] = {
  [WIDTH] = { "width", N_ ("Bin width"), N_ ("Width of a bin in units of the activation"),
              IP_PARAMETER_REAL, 0.07, 1e-30, 1e30, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,    IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM, IP_QUANTITY_H_T_MM };

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  IpSteps steps = { 0.0, parameters->value[WIDTH], INFINITY };
  char width[IP_NUMBER_SIZE];

  ip_number_format_rounded (parameters->value[WIDTH], 4, width);
  snprintf (estimate->blur, sizeof estimate->blur, "bins of width %s", width);

  return ip_bins_run (sample, ip_steps_digitise, &steps, estimate, context);
}

const IpEstimator ip_bins_width = {
  .id = "bins-width",
  .title = N_ ("Binning, fixed width"),
  .summary = N_ ("Counts patterns of activations in bins of a given width, without ends. The width "
                 "of the bins blurs T."),
  .limits = IP_BINS_LIMITS,
  .bibtex = IP_CITATION_SAXE,
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_cost,
  .memory = ip_bins_memory,
  .estimate = run,
};
