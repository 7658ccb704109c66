/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-columns.h"

#include "ip-simd.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Entries between two looks at the cancel flag. */
#define STRIDE ((size_t) 1 << 20)

/* The exponent is all ones in NaN and infinity.  Integer maxima vectorise where NaN-aware ones do
 * not. */
IP_VECTORISED static bool
is_finite_float (const float *values, size_t n)
{
  uint32_t largest = 0;

  for (size_t i = 0; i < n; i++)
    {
      uint32_t magnitude;

      memcpy (&magnitude, &values[i], sizeof magnitude);
      magnitude &= UINT32_C (0x7fffffff);
      largest = magnitude > largest ? magnitude : largest;
    }

  return largest < UINT32_C (0x7f800000);
}

IP_VECTORISED static bool
is_finite_double (const double *values, size_t n)
{
  uint64_t largest = 0;

  for (size_t i = 0; i < n; i++)
    {
      uint64_t magnitude;

      memcpy (&magnitude, &values[i], sizeof magnitude);
      magnitude &= UINT64_C (0x7fffffffffffffff);
      largest = magnitude > largest ? magnitude : largest;
    }

  return largest < UINT64_C (0x7ff0000000000000);
}

IP_VECTORISED static void
widen_float (const float *values, size_t n, float *lo, float *hi)
{
  for (size_t i = 0; i < n; i++)
    {
      lo[i] = values[i] < lo[i] ? values[i] : lo[i];
      hi[i] = values[i] > hi[i] ? values[i] : hi[i];
    }
}

IP_VECTORISED static void
widen_double (const double *values, size_t n, double *lo, double *hi)
{
  for (size_t i = 0; i < n; i++)
    {
      lo[i] = values[i] < lo[i] ? values[i] : lo[i];
      hi[i] = values[i] > hi[i] ? values[i] : hi[i];
    }
}

static size_t
element_size (IpElement element)
{
  return element == IP_ELEMENT_FLOAT32 ? sizeof (float) : sizeof (double);
}

static const void *
get_row (const IpMatrix *matrix, size_t row)
{
  return (const char *) matrix->data + row * matrix->stride * element_size (matrix->element);
}

/* bad: which rows are known to have a number that is not finite */
static bool
scan_rows (const IpMatrix *matrix, void *lo, void *hi, bool *bad, IpContext *context)
{
  size_t block = matrix->columns > 0 ? STRIDE / matrix->columns + 1 : matrix->rows;
  bool is_float = matrix->element == IP_ELEMENT_FLOAT32;

  for (size_t row = 0; row < matrix->rows; row++)
    {
      const void *values = get_row (matrix, row);
      bool finite = is_float ? is_finite_float (values, matrix->columns)
                             : is_finite_double (values, matrix->columns);

      bad[row] = bad[row] || !finite;
      if (is_float)
        widen_float (values, matrix->columns, lo, hi);
      else
        widen_double (values, matrix->columns, lo, hi);

      if (row % block == 0 && ip_context_is_cancelled (context))
        return false;
    }

  return true;
}

/* Adds a block of columns to what is known of those before it. */
static void
join_columns (const IpMatrix *matrix,
              const void *lo,
              const void *hi,
              bool is_first,
              IpExtremes *extremes)
{
  IpMatrix low = { lo, 1, matrix->columns, matrix->columns, matrix->element };
  IpMatrix high = { hi, 1, matrix->columns, matrix->columns, matrix->element };

  for (size_t i = 0; i < matrix->columns; i++)
    {
      double a = ip_matrix_get (&low, 0, i);
      double b = ip_matrix_get (&high, 0, i);

      extremes->dead_columns += a == b;
      extremes->lo = (is_first && i == 0) || a < extremes->lo ? a : extremes->lo;
      extremes->hi = (is_first && i == 0) || b > extremes->hi ? b : extremes->hi;
    }
}

/* lo and hi: room for the extremes of the columns of a block */
static IpStatus
scan_blocks (const IpMatrix *matrix,
             void *lo,
             void *hi,
             bool *bad,
             IpExtremes *extremes,
             IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      size_t size;

      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status != IP_STATUS_OK)
        break;
      size = block.columns * element_size (block.element);
      memcpy (lo, get_row (&block, 0), size);
      memcpy (hi, get_row (&block, 0), size);
      if (!scan_rows (&block, lo, hi, bad, context))
        status = IP_STATUS_CANCELLED;
      else
        join_columns (&block, lo, hi, first == 0, extremes);
    }

  return status;
}

IpStatus
ip_columns_find_extremes (const IpMatrix *matrix, IpExtremes *extremes, IpContext *context)
{
  size_t columns = matrix->source != NULL && matrix->source->width < matrix->columns
                     ? matrix->source->width
                     : matrix->columns;
  size_t size = columns * element_size (matrix->element);
  IpStatus status = IP_STATUS_OK;
  void *lo;
  void *hi;
  bool *bad;

  *extremes = (IpExtremes) { 0, 0, NAN, NAN };
  if (matrix->rows == 0 || matrix->columns == 0)
    return IP_STATUS_OK;

  lo = malloc (size);
  hi = malloc (size);
  bad = calloc (matrix->rows, sizeof *bad);
  if (lo == NULL || hi == NULL || bad == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for the range of %zu units",
                      matrix->columns);
  else
    status = scan_blocks (matrix, lo, hi, bad, extremes, context);

  for (size_t row = 0; row < matrix->rows && status == IP_STATUS_OK; row++)
    extremes->bad_rows += bad[row];
  if (extremes->bad_rows > 0)
    *extremes = (IpExtremes) { extremes->bad_rows, 0, NAN, NAN };

  free (lo);
  free (hi);
  free (bad);
  return status;
}

IP_VECTORISED static void
widen_promoted (const float *values, size_t n, double *lo, double *hi)
{
  for (size_t i = 0; i < n; i++)
    {
      double value = (double) values[i];

      lo[i] = value < lo[i] ? value : lo[i];
      hi[i] = value > hi[i] ? value : hi[i];
    }
}

static IpStatus
find_ranges (const IpMatrix *matrix, double *lo, double *hi, IpContext *context)
{
  size_t block = matrix->columns > 0 ? STRIDE / matrix->columns + 1 : matrix->rows;

  for (size_t i = 0; i < matrix->columns && matrix->rows > 0; i++)
    lo[i] = hi[i] = ip_matrix_get (matrix, 0, i);

  for (size_t row = 0; row < matrix->rows; row++)
    {
      if (matrix->element == IP_ELEMENT_FLOAT32)
        widen_promoted (get_row (matrix, row), matrix->columns, lo, hi);
      else
        widen_double (get_row (matrix, row), matrix->columns, lo, hi);

      if (row % block == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  return IP_STATUS_OK;
}

IpStatus
ip_columns_find_ranges (const IpMatrix *matrix, double *lo, double *hi, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status == IP_STATUS_OK)
        status = find_ranges (&block, lo + first, hi + first, context);
    }

  return status;
}

IP_VECTORISED static void
add_moments_float (const float *values,
                   const float *origin,
                   size_t n,
                   double *sum,
                   double *squares)
{
  for (size_t i = 0; i < n; i++)
    {
      double x = (double) values[i] - (double) origin[i];

      sum[i] += x;
      squares[i] += x * x;
    }
}

IP_VECTORISED static void
add_moments_double (const double *values,
                    const double *origin,
                    size_t n,
                    double *sum,
                    double *squares)
{
  for (size_t i = 0; i < n; i++)
    {
      double x = values[i] - origin[i];

      sum[i] += x;
      squares[i] += x * x;
    }
}

static IpStatus
find_moments (const IpMatrix *matrix, double *mean, double *variance, IpContext *context)
{
  size_t block = matrix->columns > 0 ? STRIDE / matrix->columns + 1 : matrix->rows;
  double n = matrix->rows;

  memset (mean, 0, matrix->columns * sizeof *mean);
  memset (variance, 0, matrix->columns * sizeof *variance);

  for (size_t row = 1; row < matrix->rows; row++)
    {
      if (matrix->element == IP_ELEMENT_FLOAT32)
        add_moments_float (get_row (matrix, row), matrix->data, matrix->columns, mean, variance);
      else
        add_moments_double (get_row (matrix, row), matrix->data, matrix->columns, mean, variance);

      if (row % block == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  for (size_t i = 0; i < matrix->columns && matrix->rows > 0; i++)
    {
      double shift = mean[i] / n;

      variance[i] = variance[i] / n - shift * shift;
      variance[i] = variance[i] > 0.0 ? variance[i] : 0.0;
      mean[i] = ip_matrix_get (matrix, 0, i) + shift;
    }

  return IP_STATUS_OK;
}

IpStatus
ip_columns_find_moments (const IpMatrix *matrix, double *mean, double *variance, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status == IP_STATUS_OK)
        status = find_moments (&block, mean + first, variance + first, context);
    }

  return status;
}
