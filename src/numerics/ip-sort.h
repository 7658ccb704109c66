/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

/* All entries of a finite matrix in ascending order, as one row in the precision of the data, −0
 * as +0.  Radix sort: time O(N d), memory two copies; needs the matrix whole.  The row belongs to the
 * caller: free (sorted->data). */
IpStatus ip_sort_entries (const IpMatrix *matrix, IpMatrix *sorted, IpContext *context);
