/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-kernel-sums.h"

#include "ip-exp.h"
#include "ip-simd.h"

#include <stdlib.h>

/* exp (-160)^4 is still a normal number, and all that is below it cannot be seen beside the
 * diagonal. */
#define FARTHEST 160.0
#define LOG2_E 1.4426950408889634
/* Columns whose sums at a dozen widths stay in the fastest cache from one row to the next. */
#define STRIP 256
/* Powers that are summed: 1, 2 and 4. */
#define N_POWERS 3

IpStatus
ip_kernel_sums_init (IpKernelSums *sums,
                     double rate,
                     unsigned power,
                     size_t n,
                     IpContext *context)
{
  sums->rate = rate;
  sums->power = power;
  sums->gaps = false;
  sums->own = calloc (n + 1, sizeof *sums->own);
  sums->other = calloc (n + 1, sizeof *sums->other);
  if (sums->own == NULL || sums->other == NULL)
    {
      ip_kernel_sums_clear (sums);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for kernel sums of %zu samples",
                      n);
    }

  return IP_STATUS_OK;
}

void
ip_kernel_sums_clear (IpKernelSums *sums)
{
  free (sums->own);
  free (sums->other);
  sums->own = NULL;
  sums->other = NULL;
}

static inline double
find_kernel (double squared, double exponent, double farthest)
{
  return ip_exp2_of_product (squared < farthest ? squared : farthest, exponent);
}

static inline double
find_gap (double squared, double exponent, double farthest)
{
  return ip_one_less_exp2_of_product (squared < farthest ? squared : farthest, exponent);
}

IP_VECTORISED static void
fill_kernel (const double *squared, size_t n, double rate, double *kernel)
{
  double exponent = -LOG2_E * rate;
  double farthest = FARTHEST / rate;

#pragma omp simd
  for (size_t j = 0; j < n; j++)
    kernel[j] = find_kernel (squared[j], exponent, farthest);
}

void
ip_kernel_of_distances (const double *squared, size_t n, double rate, double *kernel)
{
  fill_kernel (squared, n, rate, kernel);
}

IP_VECTORISED static void
fill_gaps (const double *squared, size_t n, double rate, double *gap)
{
  double exponent = -LOG2_E * rate;
  double farthest = FARTHEST / rate;

#pragma omp simd
  for (size_t j = 0; j < n; j++)
    gap[j] = find_gap (squared[j], exponent, farthest);
}

void
ip_gaps_of_distances (const double *squared, size_t n, double rate, double *gap)
{
  fill_gaps (squared, n, rate, gap);
}

/* The powers of one kernel: of each the sums of the columns, NULL where it is not summed, and that
 * of the row. */
typedef struct
{
  double *columns[N_POWERS];
  double row[N_POWERS];
} Powers;

__attribute__ ((always_inline)) static inline void
add_powers (const double *squared,
            size_t n,
            double exponent,
            double farthest,
            bool gaps,
            bool has_square,
            bool has_fourth,
            Powers *powers)
{
  double *first_columns = powers->columns[0];
  double *square_columns = powers->columns[1];
  double *fourth_columns = powers->columns[2];
  double first_sum = 0.0;
  double square_sum = 0.0;
  double fourth_sum = 0.0;

#pragma omp simd reduction(+ : first_sum, square_sum, fourth_sum)
  for (size_t j = 0; j < n; j++)
    {
      double kernel = gaps ? find_gap (squared[j], exponent, farthest)
                           : find_kernel (squared[j], exponent, farthest);
      double square = kernel * kernel;
      double fourth = square * square;

      first_columns[j] += kernel;
      first_sum += kernel;
      if (has_square)
        {
          square_columns[j] += square;
          square_sum += square;
        }
      if (has_fourth)
        {
          fourth_columns[j] += fourth;
          fourth_sum += fourth;
        }
    }

  powers->row[0] = first_sum;
  powers->row[1] = square_sum;
  powers->row[2] = fourth_sum;
}

/* The loop once for each set of powers. */
IP_VECTORISED static void
add_kernel (const double *squared, size_t n, double rate, bool gaps, Powers *powers)
{
  double exponent = -LOG2_E * rate;
  double farthest = FARTHEST / rate;
  bool has_square = powers->columns[1] != NULL;
  bool has_fourth = powers->columns[2] != NULL;

  if (gaps && has_square)
    add_powers (squared, n, exponent, farthest, true, true, false, powers);
  else if (gaps)
    add_powers (squared, n, exponent, farthest, true, false, false, powers);
  else if (has_square && has_fourth)
    add_powers (squared, n, exponent, farthest, false, true, true, powers);
  else if (has_square)
    add_powers (squared, n, exponent, farthest, false, true, false, powers);
  else if (has_fourth)
    add_powers (squared, n, exponent, farthest, false, false, true, powers);
  else
    add_powers (squared, n, exponent, farthest, false, false, false, powers);
}

/* Position `row` against the n positions from `column`, all of its class or none. */
static void
add_segment (IpKernelSums *sums,
             size_t n_sums,
             const double *squared,
             size_t row,
             size_t column,
             size_t n,
             bool own)
{
  size_t end;

  for (size_t first = 0; first < n_sums; first = end)
    {
      Powers powers = { { NULL }, { 0.0 } };

      for (end = first; end < n_sums && (end == first || sums[end].power > 1); end++)
        powers.columns[sums[end].power / 2] = (own ? sums[end].own : sums[end].other) + column;
      add_kernel (squared, n, sums[first].rate, sums[first].gaps, &powers);
      for (size_t k = first; k < end; k++)
        (own ? sums[k].own : sums[k].other)[row] += powers.row[sums[k].power / 2];
    }
}

/* The columns from..end of a tile. */
static void
add_strip (IpKernelSums *sums,
           size_t n_sums,
           const uint32_t *class_end,
           const IpDistanceTile *tile,
           size_t from,
           size_t end)
{
  for (size_t row = tile->row; row < tile->row + tile->rows && row + 1 < end; row++)
    {
      const double *squared = tile->squared + (row - tile->row) * tile->stride;
      size_t start = row + 1 > from ? row + 1 : from;
      size_t own_end = class_end[row] < end ? class_end[row] : end;

      if (own_end > start)
        add_segment (sums, n_sums, squared + (start - tile->column), row, start, own_end - start,
                     true);
      else
        own_end = start;
      if (end > own_end)
        add_segment (sums, n_sums, squared + (own_end - tile->column), row, own_end, end - own_end,
                     false);
    }
}

void
ip_kernel_sums_add (IpKernelSums *sums,
                    size_t n_sums,
                    const uint32_t *class_end,
                    const IpDistanceTile *tile)
{
  size_t end = tile->column + tile->columns;

  for (size_t from = tile->column; from < end; from += STRIP)
    add_strip (sums, n_sums, class_end, tile, from, end - from < STRIP ? end : from + STRIP);
}
