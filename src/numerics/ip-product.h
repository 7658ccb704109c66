/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stddef.h>

/* Columns of the product, and what its rows are a multiple of. */
#define IP_PRODUCT_COLUMNS 32
#define IP_PRODUCT_ROWS 4

/* Element (i, k) is values[i row_step + k step]. */
typedef struct
{
  const double *values;
  size_t row_step;
  size_t step;
} IpFactor;

/* Adds the product of left, [rows x count], and right, [count x IP_PRODUCT_COLUMNS], to out,
 * [rows x IP_PRODUCT_COLUMNS], both in rows that are `step` apart.  BLAS copies its factors first,
 * which for so few columns takes as long as the product; this is for factors in the cache. */
void ip_product_add (const IpFactor *left,
                     const double *right,
                     size_t right_step,
                     size_t rows,
                     size_t count,
                     double *out,
                     size_t out_step);
