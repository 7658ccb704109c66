/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

#include <stddef.h>
#include <stdint.h>

/* The k nearest other rows of each row by Euclidean distance.  Candidates come from the blocked
 * pass over all pairs; the distances that are returned are computed once more by subtraction, so
 * that small ones are exact.  distance[n x k]: ascending within a row.  k < n.  On the threads of
 * the context, with the same bits for any number of them, as those below.  Time O(N^2 d / 2 +
 * N k d). */
IpStatus ip_neighbours_find (const IpMatrix *matrix,
                             const double *mean,
                             size_t k,
                             double *distance,
                             IpContext *context);

/* The same in the maximum norm, max_c |t_ic - t_jc|: every pair is looked at in turn, time O(N^2
 * d), memory 8 N min (d, 512). */
IpStatus ip_neighbours_find_by_maximum (const IpMatrix *matrix,
                                        size_t k,
                                        double *distance,
                                        IpContext *context);

/* Digamma function for x > 0, to about 1e-15. */
double ip_digamma (double x);
