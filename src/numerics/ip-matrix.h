/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stddef.h>

/* Single precision is kept as it was recorded: bin edges are compared in the precision of the data,
 * and distances promote to double when they are computed. */
typedef enum
{
  IP_ELEMENT_FLOAT32,
  IP_ELEMENT_FLOAT64,
} IpElement;

/* A borrowed view of `rows` x `columns` numbers in row-major order: one row per sample (N), one
 * column per unit (d).  `stride` counts elements from one row to the next. */
typedef struct
{
  const void *data;
  size_t rows;
  size_t columns;
  size_t stride;
  IpElement element;
} IpMatrix;

static inline double
ip_matrix_get (const IpMatrix *matrix, size_t row, size_t column)
{
  size_t at = row * matrix->stride + column;

  return matrix->element == IP_ELEMENT_FLOAT32 ? (double) ((const float *) matrix->data)[at]
                                               : ((const double *) matrix->data)[at];
}
