/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-gram.h"

#include <stdbool.h>
#include <stddef.h>

/* A kernel matrix as something to multiply vectors with.  It is never a square of N x N: tiles of
 * its upper triangle are kept where they are granted and no more than IP_LARGEST_KEPT bytes, and
 * made anew for every product where they are not, with the same bits.  On the threads of the
 * context, and with the same bits for any number of them. */
#define IP_LARGEST_KEPT 2e9

typedef struct
{
  size_t row; /* position of the first row and column */
  size_t column;
  size_t rows;
  size_t columns;
  size_t stride;
  double *kernel; /* [rows x stride]; on the diagonal (row = column) all of it */
} IpKernelTile;

typedef struct
{
  const IpGram *gram;
  size_t n;
  size_t tile_size;
  size_t tile_rows;
  double **kept; /* [tile_rows (tile_rows + 1) / 2] row by row, NULL when they are not */
} IpKernelOperator;

IpStatus
ip_kernel_operator_init (IpKernelOperator *operator, const IpGram *gram, IpContext *context);
void ip_kernel_operator_clear (IpKernelOperator *operator);

/* Bytes of the tiles over n samples, a little more than 4 n^2, or 0 where they are not kept. */
double ip_kernel_operator_count_bytes (size_t n);

/* out = K in for a block of vectors, both [n x columns] row-major. */
IpStatus ip_kernel_operator_multiply (const IpKernelOperator *operator,
                                      const double *in,
                                      double *out,
                                      size_t columns,
                                      IpContext *context);

/* The sum of (scale_i K_ij scale_j)^2. */
IpStatus ip_kernel_operator_sum_squares (const IpKernelOperator *operator,
                                         const double *scale,
                                         double *sum,
                                         IpContext *context);
