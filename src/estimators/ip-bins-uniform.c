/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Equal-width bins.
 *
 * T, N x d.  B equally wide bins on [lo, hi], with edges in the precision of the data, turn every
 * activation into a symbol.  Rows of d symbols are the patterns of T; their relative frequencies
 * give H(T), I(X;T) and I(T;Y), in nats (plug-in).
 *
 * range: "auto" takes the bounds of the activation function where both are finite, else the range
 * of the layer over all snapshots, else that of the sample; "layer" always the range of the layer;
 * "fixed" lo and hi.
 * convention: "equal" makes B bins, the last of which holds its upper end.  "corrected" and "idnns"
 * take B edges as the published code does, which make B - 1 bins and a last symbol that is met by
 * values of at least hi only: a saturated tanh or softmax that rounds to exactly 1 then counts as
 * different from one just below, and information jumps up when training saturates it.  Values
 * outside the range go to the end bins and their share is reported; with "idnns" those below lo
 * share the last bin with those above hi, as published.
 *
 * Defaults: B = 30, range=auto, convention=equal; lo = -1 and hi = 1 where they matter.
 *
 * Bias: the plug-in entropy is low by about (K - 1) / 2N for K occupied patterns and can never
 * exceed log N; a layer of more than a few units puts nearly every sample into a pattern of its
 * own, where it fails: I(X;T) is log N whatever the layer does.  Unbounded activations outside the
 * range are merged, which looks like compression.
 *
 * Source: Shwartz-Ziv and Tishby 2017, arXiv:1703.00810. Time O(N d) in one pass, memory O(N +
 * d) beside the data. */

#include "ip-bins.h"
#include "ip-citations.h"
#include "ip-number.h"

#include <math.h>
#include <stdio.h>

enum
{
  BINS,
  RANGE,
  LO,
  HI,
  CONVENTION,
};

enum
{
  RANGE_AUTO,
  RANGE_LAYER,
  RANGE_FIXED,
};

static const char *const range_ids[] = { "auto", "layer", "fixed", NULL };
static const char *const range_titles[]
  = { N_ ("Automatic"), N_ ("Range of the layer"), N_ ("Fixed"), NULL };
static const char *const convention_ids[] = { "equal", "corrected", "idnns", NULL };
static const char *const convention_titles[]
  = { N_ ("Equal bins"), N_ ("Published edges, corrected"), N_ ("As published (IDNNs)"), NULL };
static const IpGridEnds convention_ends[] = { IP_GRID_CLOSED, IP_GRID_OPEN, IP_GRID_WRAPPED };

static const IpParameter parameters_table[] = {
  [BINS] = { "bins", N_ ("Bins"), N_ ("Number of bins over the range"),
             IP_PARAMETER_INTEGER, 30, 2, 65536, true, NULL, NULL, -1, 0 },
  [RANGE] = { "range", N_ ("Range"),
              N_ ("Automatic: the bounds of the activation function where it has both, else the "
                  "range of the layer over all epochs"),
              IP_PARAMETER_CHOICE, RANGE_AUTO, 0, 2, false, range_ids, range_titles, -1, 0 },
  [LO] = { "lo", N_ ("From"), N_ ("First bin edge"), IP_PARAMETER_REAL, -1, -1e300, 1e300,
           false, NULL, NULL, RANGE, RANGE_FIXED },
  [HI] = { "hi", N_ ("To"), N_ ("Last bin edge"), IP_PARAMETER_REAL, 1, -1e300, 1e300, false,
           NULL, NULL, RANGE, RANGE_FIXED },
  [CONVENTION] = { "convention", N_ ("End of the Range"),
                   N_ ("Whether the upper end belongs to the last bin, or is a bin of its own as "
                       "in the published code"),
                   IP_PARAMETER_CHOICE, 0, 0, 2, false, convention_ids, convention_titles, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT,    IP_QUANTITY_MI_TY,    IP_QUANTITY_H_T,
      IP_QUANTITY_MI_XT_MM, IP_QUANTITY_MI_TY_MM, IP_QUANTITY_H_T_MM };

static bool
uses_bounds (const IpParameters *parameters, double bound_lo, double bound_hi)
{
  return parameters->value[RANGE] == RANGE_AUTO && isfinite (bound_lo) && isfinite (bound_hi);
}

static bool
needs_layer_range (const IpParameters *parameters, double bound_lo, double bound_hi)
{
  return parameters->value[RANGE] != RANGE_FIXED && !uses_bounds (parameters, bound_lo, bound_hi);
}

static void
find_range (const IpSample *sample, const IpParameters *parameters, double *lo, double *hi)
{
  const IpSampleSource *source = &sample->source;

  if (parameters->value[RANGE] == RANGE_FIXED)
    {
      *lo = parameters->value[LO];
      *hi = parameters->value[HI];
    }
  else if (uses_bounds (parameters, source->bound_lo, source->bound_hi))
    {
      *lo = source->bound_lo;
      *hi = source->bound_hi;
    }
  else if (isfinite (source->layer_lo) && isfinite (source->layer_hi))
    {
      *lo = source->layer_lo;
      *hi = source->layer_hi;
    }
  else
    {
      *lo = sample->extremes.lo;
      *hi = sample->extremes.hi;
    }
}

static void
describe_blur (IpEstimate *estimate, double bins, double lo, double hi)
{
  char from[IP_NUMBER_SIZE];
  char to[IP_NUMBER_SIZE];

  ip_number_format_rounded (fabs (lo), 4, from);
  ip_number_format_rounded (fabs (hi), 4, to);
  snprintf (estimate->blur, sizeof estimate->blur, "%.0f bins on [%s%.10s, %s%.10s]", bins,
            lo < 0.0 ? "−" : "", from, hi < 0.0 ? "−" : "", to);
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  IpGrid grid;
  double lo;
  double hi;
  IpStatus status;

  find_range (sample, parameters, &lo, &hi);
  describe_blur (estimate, parameters->value[BINS], lo, hi);

  if (parameters->value[RANGE] == RANGE_FIXED && lo >= hi)
    return ip_fail (context, IP_STATUS_INVALID, "lo=%g is not below hi=%g", lo, hi);

  status = ip_grid_init (&grid, sample->source.activations.element, lo, hi,
                         (size_t) parameters->value[BINS],
                         convention_ends[(int) parameters->value[CONVENTION]], context);
  if (status == IP_STATUS_OK)
    status = ip_bins_run (sample, ip_grid_digitise, &grid, estimate, context);

  ip_grid_clear (&grid);
  return status;
}

const IpEstimator ip_bins_uniform = {
  .id = "bins-uniform",
  .title = N_ ("Binning, uniform"),
  .summary = N_ ("Counts patterns of activations in equally wide bins over a fixed range. The "
                 "width of the bins blurs T."),
  .limits = IP_BINS_LIMITS,
  .bibtex = IP_CITATION_SHWARTZ_ZIV,
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = ip_bins_cost,
  .memory = ip_bins_memory,
  .needs_layer_range = needs_layer_range,
  .estimate = run,
};
