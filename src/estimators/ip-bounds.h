/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator-private.h"

/* Fills I(X;T) and I(T;Y) of a mixture of Gaussians from the kernel sums at rates 1/2v (narrow) and
 * 1/8v (wide); see ip-kde.c. */
void ip_bounds_fill (const IpSample *sample,
                     const IpKernelSums *narrow,
                     const IpKernelSums *wide,
                     bool official,
                     IpEstimate *estimate);
