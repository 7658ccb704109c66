/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

#include <stdint.h>

/* Sorts the rows of a finite matrix into at most k groups of near rows: label[rows], below k.
 *
 * One column is cut into k bins of equal width between its extremes, the largest number in the last
 * one.  More columns are clustered by k-means (Lloyd 1982, doi:10.1109/TIT.1982.1056489), from
 * centres drawn among the rows as in k-means++ (Arthur and Vassilvitskii 2007), until no row
 * changes its group or 100 times.  The same seed gives the same groups.
 *
 * Time O(100 N d k), memory 16 N + 16 k d. */
IpStatus ip_clusters_find (const IpMatrix *matrix,
                           size_t k,
                           uint64_t seed,
                           uint32_t *label,
                           IpContext *context);
