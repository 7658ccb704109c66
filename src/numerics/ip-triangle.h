/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Singular values of a matrix that arrives row by row: the triangular factor R of its QR
 * decomposition is kept up to date, chunk by chunk, and has the same singular values to working
 * precision, which a product of the matrix with itself would halve.  Memory 2 n^2 or 256 n,
 * whatever the number of rows; time 4 N n^2. */
typedef struct
{
  size_t n;
  size_t rows;   /* of the buffer: R above, new rows below */
  size_t filled; /* rows in use */
  double *buffer; /* [rows x n], column-major */
  double *tau;
} IpTriangle;

IpStatus ip_triangle_init (IpTriangle *triangle, size_t n, IpContext *context);
void ip_triangle_clear (IpTriangle *triangle);

IpStatus ip_triangle_add (IpTriangle *triangle, const double *row, IpContext *context);

/* values[n] in descending order; the triangle is used up. */
IpStatus
ip_triangle_get_singular_values (IpTriangle *triangle, double *values, IpContext *context);
