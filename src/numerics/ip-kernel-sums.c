/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-kernel-sums.h"

#include "ip-exp.h"
#include "ip-simd.h"

#include <stdlib.h>

/* exp (-160)^4 is still a normal number, and all that is below it cannot be seen beside the
 * diagonal. */
static const volatile double farthest = -160.0; /* or the compiler compares exponentials */

IpStatus
ip_kernel_sums_init (IpKernelSums *sums, double rate, size_t n, IpContext *context)
{
  sums->rate = rate;
  sums->is_fourth_power = false;
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

IP_VECTORISED static void
fill_kernel (const double *squared, size_t n, double rate, double *kernel)
{
  const double lowest = farthest;

#pragma omp simd
  for (size_t j = 0; j < n; j++)
    {
      double exponent = -rate * squared[j];

      kernel[j] = ip_exp (exponent > lowest ? exponent : lowest);
    }
}

void
ip_kernel_of_distances (const double *squared, size_t n, double rate, double *kernel)
{
  fill_kernel (squared, n, rate, kernel);
}

IP_VECTORISED static double
add_one (const double *squared, size_t n, double rate, double *columns)
{
  const double lowest = farthest;
  double sum = 0.0;

#pragma omp simd reduction(+ : sum)
  for (size_t j = 0; j < n; j++)
    {
      double exponent = -rate * squared[j];
      double kernel = ip_exp (exponent > lowest ? exponent : lowest);

      columns[j] += kernel;
      sum += kernel;
    }

  return sum;
}

IP_VECTORISED static double
add_with_fourth_power (const double *squared,
                       size_t n,
                       double rate,
                       double *columns,
                       double *fourth_columns,
                       double *fourth_sum)
{
  const double lowest = farthest;
  double sum = 0.0;
  double fourth = 0.0;

#pragma omp simd reduction(+ : sum, fourth)
  for (size_t j = 0; j < n; j++)
    {
      double exponent = -rate * squared[j];
      double kernel = ip_exp (exponent > lowest ? exponent : lowest);
      double square = kernel * kernel;
      double power = square * square;

      columns[j] += kernel;
      fourth_columns[j] += power;
      sum += kernel;
      fourth += power;
    }

  *fourth_sum += fourth;
  return sum;
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
  for (size_t k = 0; k < n_sums; k++)
    {
      double *sum = own ? sums[k].own : sums[k].other;

      if (k + 1 < n_sums && sums[k + 1].is_fourth_power)
        {
          double *fourth = own ? sums[k + 1].own : sums[k + 1].other;
          double row_fourth = 0.0;

          sum[row] += add_with_fourth_power (squared, n, sums[k].rate, sum + column,
                                             fourth + column, &row_fourth);
          fourth[row] += row_fourth;
          k++;
        }
      else
        {
          sum[row] += add_one (squared, n, sums[k].rate, sum + column);
        }
    }
}

void
ip_kernel_sums_add (IpKernelSums *sums,
                    size_t n_sums,
                    const uint32_t *class_end,
                    const IpDistanceTile *tile)
{
  size_t end = tile->column + tile->columns;

  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t row = tile->row + i;
      size_t from = row + 1 > tile->column ? row + 1 : tile->column;
      size_t own_end = class_end[row] < end ? class_end[row] : end;
      const double *squared = tile->squared + i * tile->stride;

      if (own_end > from)
        add_segment (sums, n_sums, squared + (from - tile->column), row, from, own_end - from,
                     true);
      else
        own_end = from;
      if (end > own_end)
        add_segment (sums, n_sums, squared + (own_end - tile->column), row, own_end, end - own_end,
                     false);
    }
}
