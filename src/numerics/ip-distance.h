/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

#include <stdint.h>

/* Squared Euclidean distances of all pairs of rows, tile by tile: each pair i < j is visited once,
 * no N x N matrix is kept.  Rows are visited in the order given, so that samples of one class can
 * be neighbours.
 *
 * Narrow matrices are subtracted entry by entry.  Wide ones go through double-precision GEMM on
 * centred columns, |a|^2 + |b|^2 - 2ab.  The rounding error of a distance is then about 1e-15 times
 * the squared norms; what is below 4e-15 of them is zero, as rows that are the same have to be. */
typedef struct
{
  size_t row; /* position of the first row and column in the order */
  size_t column;
  size_t rows;
  size_t columns;
  size_t stride;
  double *squared; /* [rows x stride]; on the diagonal (row = column) only j > i is meant */
} IpDistanceTile;

/* What a pass takes beside the matrix and 8 bytes for each row. */
#define IP_DISTANCE_BYTES ((size_t) 20 << 20)

/* Is called on the threads of the context, and at the same time for tiles that share neither rows
 * nor columns.  Those that do come in the order in which one thread visits them: each row and each
 * column meets the others one after the other.  It may put something else into `squared`. */
typedef void (*IpDistanceFunc) (const IpDistanceTile *tile, void *data);

/* Rows and columns of a tile, for a matrix of so many columns; those at the end may have fewer. */
size_t ip_distance_get_tile_size (size_t columns);

/* mean: of each column, what the columns are centred with.
 * order: [rows], NULL for the order of the matrix.
 * Bits do not depend on who else computes; time O(N^2 d / 2).
 *
 * A matrix with a source is read once where the context allows 8 N^2 bytes, and otherwise once for
 * every strip of as many tile rows as it does allow: at least 512, 4096 N bytes. */
IpStatus ip_distance_for_each_tile (const IpMatrix *matrix,
                                    const double *mean,
                                    const uint32_t *order,
                                    IpDistanceFunc func,
                                    void *data,
                                    IpContext *context);

/* All of them, [n x n] row-major, of which the triangle with column >= row is written.  Diagonal
 * exactly 0.  A matrix with a source is read once. */
IpStatus ip_distance_fill (const IpMatrix *matrix,
                           const double *mean,
                           const uint32_t *order,
                           double *squared,
                           IpContext *context);

/* Goes over distances that ip_distance_fill() has computed for a matrix of so many columns, in the
 * tiles and the order of ip_distance_for_each_tile(), so that sums get the same bits.  Must not be
 * changed. */
IpStatus ip_distance_revisit (const double *squared,
                              size_t n,
                              size_t columns,
                              IpDistanceFunc func,
                              void *data,
                              IpContext *context);
