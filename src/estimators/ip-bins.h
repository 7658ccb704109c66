/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-digitise.h"
#include "ip-estimator-private.h"

/* What all binning estimators share once they know how an activation becomes a symbol: counting.
 *
 * Rows of symbols are the patterns of T.  H(T) is the plug-in entropy of their frequencies,
 *
 *   I(T;Y) = H(T) + H(Y) - H(T,Y),
 *   I(X;T) = H(T), less H(T|X) where inputs repeat and their patterns differ,
 *   I(X;T|Y) = H(T|Y), less H(T|X,Y) likewise.
 *
 * The Miller-Madow values add (K - 1) / 2N to each entropy of K occupied cells (Miller 1955); they
 * are not cut to what is possible.  Fills the quantities that the estimate has; a constant layer
 * has one pattern. */
IpStatus ip_bins_run (IpSample *sample,
                      IpDigitiser digitiser,
                      const void *self,
                      IpEstimate *estimate,
                      IpContext *context);

/* The same, and hands over the patterns of the samples; clear with ip_partition_clear(). */
IpStatus ip_bins_run_and_keep (IpSample *sample,
                               IpDigitiser digitiser,
                               const void *self,
                               IpPartition *patterns,
                               IpEstimate *estimate,
                               IpContext *context);

/* The same with ascending edges between the symbols. */
IpStatus ip_bins_run_between (IpSample *sample,
                              const double *edge,
                              size_t n,
                              IpEstimate *estimate,
                              IpContext *context);

/* What holds for all of them. */
#define IP_BINS_LIMITS                                                                             \
  N_ ("Entropies are low by about (K − 1)/2N for K different patterns of N samples, and never "    \
      "above log N. In a layer of many units every sample is a pattern of its own: I(X;T) is "     \
      "then log N and I(T;Y) is H(Y), whatever the layer does.")

double ip_bins_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters);
size_t ip_bins_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters);

/* For the estimators that sort all activations of the layer. */
double ip_bins_sorting_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters);
size_t ip_bins_sorting_memory (size_t n,
                               size_t d,
                               size_t classes,
                               const IpParameters *parameters);
