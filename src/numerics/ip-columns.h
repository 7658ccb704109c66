/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

/* What one look at every number of a matrix tells. */
typedef struct
{
  size_t bad_rows;     /* rows with a NaN or an infinity; with any, the rest is not filled in */
  size_t dead_columns; /* columns of one value */
  double lo;           /* smallest and largest entry; NAN for an empty matrix */
  double hi;
} IpExtremes;

IpStatus ip_columns_find_extremes (const IpMatrix *matrix,
                                   IpExtremes *extremes,
                                   IpContext *context);

/* Smallest and largest entry of each column of a finite matrix: lo[columns], hi[columns]. */
IpStatus ip_columns_find_ranges (const IpMatrix *matrix,
                                 double *lo,
                                 double *hi,
                                 IpContext *context);

/* Means and population variances of the columns of a finite matrix: mean[columns],
 * variance[columns].  Computed from differences to the first row, which keeps the digits of columns
 * far from zero. */
IpStatus ip_columns_find_moments (const IpMatrix *matrix,
                                  double *mean,
                                  double *variance,
                                  IpContext *context);
