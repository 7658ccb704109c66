/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stddef.h>

/* Where a layer passes from drift, where the mean of the gradients exceeds their noise (snr >= 1),
 * to diffusion: the first snapshot of diffusion, by the split of the curve that leaves the fewest
 * snapshots on the wrong side, the earliest of several.  n when no split is better than taking the
 * whole curve for one of the two.  NAN counts for neither side. */
size_t ip_gradient_find_transition (const double *snr, size_t n);
