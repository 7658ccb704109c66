/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Singular values of a matrix that arrives row by row: the triangular factor R of its QR
 * decomposition is kept up to date, chunk by chunk, and has the same singular values to working
 * precision, which a product of the matrix with itself would halve.  Memory 2 n^2 or 1024 n,
 * whatever the number of rows; time 2 N n^2 and 8/3 n^3. */
typedef struct
{
  size_t n;
  size_t space;   /* for new rows */
  size_t filled;  /* of them in use */
  double *factor; /* R, [n x n], column-major */
  double *rows;   /* [space x n] and above it room for a few rows of R, column-major */
  double *work;
} IpTriangle;

IpStatus ip_triangle_init (IpTriangle *triangle, size_t n, IpContext *context);
void ip_triangle_clear (IpTriangle *triangle);

IpStatus ip_triangle_add (IpTriangle *triangle, const double *row, IpContext *context);

/* values[n] in descending order; the triangle is used up. */
IpStatus
ip_triangle_get_singular_values (IpTriangle *triangle, double *values, IpContext *context);
