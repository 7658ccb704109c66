/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator-private.h"
#include "ip-row-hash.h"

/* What all binning estimators share once every row of T has become a key: counting.
 *
 * H(T) is the plug-in entropy of the row patterns, I(T;Y) = H(T) + H(Y) - H(T,Y).  I(X;T) = H(T)
 * for a deterministic layer; where inputs repeat and their patterns differ, H(T|X) is subtracted.
 * Fills the quantities that the estimate has. */
IpStatus ip_bins_fill (const IpSample *sample,
                       const IpRowHash *patterns,
                       IpEstimate *estimate,
                       IpContext *context);

/* The same for d = 0 or a constant layer: one pattern. */
void ip_bins_fill_constant (const IpSample *sample, IpEstimate *estimate);

/* Sets the clipped fraction and its flag. */
void ip_bins_set_outside (const IpSample *sample, IpEstimate *estimate, size_t outside);

size_t ip_bins_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters);
double ip_bins_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters);
