/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Single precision is kept as it was recorded: bin edges are compared in the precision of the data,
 * and distances promote to double when they are computed. */
typedef enum
{
  IP_ELEMENT_FLOAT32,
  IP_ELEMENT_FLOAT64,
} IpElement;

typedef struct _IpColumnSource IpColumnSource;

/* A borrowed view of `rows` x `columns` numbers in row-major order: one row per sample (N), one
 * column per unit (d).  `stride` counts elements from one row to the next.
 *
 * A matrix may be larger than memory: then `data` is NULL and `source` hands over some columns at a
 * time.  Functions that walk over a matrix with ip_matrix_get_block() take both kinds and give the
 * same bits for both; the others begin with ip_matrix_check_whole(). */
typedef struct
{
  const void *data;
  size_t rows;
  size_t columns;
  size_t stride;
  IpElement element;
  const IpColumnSource *source; /* NULL when the numbers are in memory */
} IpMatrix;

/* Blocks begin and end at multiples of this many columns, so that sums over columns are cut into
 * the same parts whatever the memory allows. */
#define IP_BLOCK_COLUMNS 512

/* read() makes `block` a view of columns first .. first + count that stays valid until the next
 * call.  It is called on the computing thread, blocks, and may fail. */
struct _IpColumnSource
{
  size_t width; /* columns to ask for at once, a multiple of IP_BLOCK_COLUMNS */
  IpStatus (*read) (void *data, size_t first, size_t count, IpMatrix *block, IpContext *context);
  void *data;
};

static inline double
ip_matrix_get (const IpMatrix *matrix, size_t row, size_t column)
{
  size_t at = row * matrix->stride + column;

  return matrix->element == IP_ELEMENT_FLOAT32 ? (double) ((const float *) matrix->data)[at]
                                               : ((const double *) matrix->data)[at];
}

/* Columns first .. first + count, which must be in one block of the source. */
IpStatus ip_matrix_get_columns (const IpMatrix *matrix,
                                size_t first,
                                size_t count,
                                IpMatrix *block,
                                IpContext *context);

/* The block that begins at column `first`: everything from there on of a matrix in memory.  A walk
 * is
 *
 *   for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
 *        first += block.columns)
 *     status = ip_matrix_get_block (matrix, first, &block, context); … */
IpStatus
ip_matrix_get_block (const IpMatrix *matrix, size_t first, IpMatrix *block, IpContext *context);

/* factor times the numbers of a matrix in memory, into rows that are `stride` apart. */
void ip_matrix_copy_scaled (const IpMatrix *matrix, double factor, double *to, size_t stride);

/* Fails with IP_STATUS_UNDEFINED, naming the bytes, when the numbers are not in memory. */
IpStatus ip_matrix_check_whole (const IpMatrix *matrix, IpContext *context);
