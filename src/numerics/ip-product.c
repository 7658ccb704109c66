/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-product.h"

#include "ip-simd.h"

#include <stdbool.h>

#define ROWS IP_PRODUCT_ROWS
#define COLUMNS IP_PRODUCT_COLUMNS
/* Numbers of a line of the cache. */
#define LINE 8

/* Some rows of the product, `width` columns at a time, a constant: sums stay in registers. */
__attribute__ ((always_inline)) static inline void
add_rows (const double *left,
          size_t row_step,
          size_t step,
          const double *right,
          size_t right_step,
          size_t count,
          double *out,
          size_t out_step,
          size_t width)
{
  for (size_t i = 0; i < ROWS; i++)
    for (size_t j = 0; j < COLUMNS; j += LINE)
      __builtin_prefetch (out + i * out_step + j, 1);

  for (size_t from = 0; from < COLUMNS; from += width)
    {
      double sum[ROWS][COLUMNS] = { { 0.0 } };

      for (size_t k = 0; k < count; k++)
#pragma GCC unroll 4
        for (size_t i = 0; i < ROWS; i++)
#pragma omp simd
          for (size_t j = 0; j < width; j++)
            sum[i][j] += left[i * row_step + k * step] * right[k * right_step + from + j];

#pragma GCC unroll 4
      for (size_t i = 0; i < ROWS; i++)
#pragma omp simd
        for (size_t j = 0; j < width; j++)
          out[i * out_step + from + j] += sum[i][j];
    }
}

/* Whether registers hold 16 vectors of eight sums. */
static bool
is_wide (void)
{
#if defined (__x86_64__)
  return __builtin_cpu_supports ("avx512f");
#else
  return false;
#endif
}

IP_VECTORISED void
ip_product_add (const IpFactor *left,
                const double *right,
                size_t right_step,
                size_t rows,
                size_t count,
                double *out,
                size_t out_step)
{
  bool wide = is_wide ();

  for (size_t i = 0; i < rows; i += ROWS)
    if (wide)
      add_rows (left->values + i * left->row_step, left->row_step, left->step, right, right_step,
                count, out + i * out_step, out_step, COLUMNS);
    else
      add_rows (left->values + i * left->row_step, left->row_step, left->step, right, right_step,
                count, out + i * out_step, out_step, 8);
}
