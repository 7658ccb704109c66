/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-digitise.h"

#include "ip-simd.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns that are digitised at once: symbols and multipliers stay in the first-level cache. */
#define COLUMNS 512
/* Entries between two looks at the cancel flag. */
#define STRIDE ((size_t) 1 << 19)

IpStatus
ip_grid_init (IpGrid *grid,
              IpElement element,
              double lo,
              double hi,
              size_t symbols,
              IpGridEnds ends,
              IpContext *context)
{
  size_t n = ends == IP_GRID_CLOSED ? symbols + 1 : symbols;
  double step = (hi - lo) / (double) (n - 1);
  double precision = element == IP_ELEMENT_FLOAT32 ? FLT_EPSILON : DBL_EPSILON;
  double farthest = fabs (lo) > fabs (hi) ? fabs (lo) : fabs (hi);
  bool coarse = step > 16.0 * precision * farthest && step <= DBL_MAX;

  *grid = (IpGrid) { element, n, NULL, NULL, lo, hi, coarse ? 1.0 / step : 0.0,
                     ends == IP_GRID_WRAPPED ? (int32_t) symbols - 1 : 0, (int32_t) symbols - 1 };
  grid->edge = malloc ((n + 1) * sizeof *grid->edge);
  grid->single = malloc ((n + 1) * sizeof *grid->single);
  if (grid->edge == NULL || grid->single == NULL)
    {
      ip_grid_clear (grid);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu bin edges", n);
    }

  for (size_t k = 0; k < n; k++)
    grid->edge[k] = (double) k * step + lo;
  grid->edge[n - 1] = hi;
  grid->edge[n] = INFINITY;
  for (size_t k = 0; k <= n; k++)
    grid->single[k] = (float) grid->edge[k];

  return IP_STATUS_OK;
}

void
ip_grid_clear (IpGrid *grid)
{
  free (grid->edge);
  free (grid->single);
  grid->edge = NULL;
  grid->single = NULL;
}

/* The symbol is guessed by arithmetic, which errs by one at most, and settled by comparing with the
 * edges themselves. */
IP_VECTORISED static int32_t
find_float (const IpGrid *grid, const float *values, size_t n, int32_t *symbols)
{
  const float *edge = grid->single;
  float first = edge[0];
  float last = edge[grid->n - 1];
  float origin = (float) grid->lo;
  float scale = (float) grid->scale;
  int32_t end = (int32_t) grid->n - 1;
  int32_t top = grid->top;
  int32_t below = grid->below;
  int32_t outside = 0;

  for (size_t i = 0; i < n; i++)
    {
      float value = values[i];
      float inside = value < first ? first : value > last ? last : value;
      int32_t k = (int32_t) ((inside - origin) * scale);

      k = k < 0 ? 0 : k > end ? end : k;
      k = k - (inside < edge[k]) + (inside >= edge[k + 1]);
      outside += (value < first) + (value > last);
      symbols[i] = value < first ? below : k > top ? top : k;
    }

  return outside;
}

IP_VECTORISED static int32_t
find_double (const IpGrid *grid, const double *values, size_t n, int32_t *symbols)
{
  const double *edge = grid->edge;
  double first = edge[0];
  double last = edge[grid->n - 1];
  double origin = grid->lo;
  double scale = grid->scale;
  int32_t end = (int32_t) grid->n - 1;
  int32_t top = grid->top;
  int32_t below = grid->below;
  int32_t outside = 0;

  for (size_t i = 0; i < n; i++)
    {
      double value = values[i];
      double inside = value < first ? first : value > last ? last : value;
      int32_t k = (int32_t) ((inside - origin) * scale);

      k = k < 0 ? 0 : k > end ? end : k;
      k = k - (inside < edge[k]) + (inside >= edge[k + 1]);
      outside += (value < first) + (value > last);
      symbols[i] = value < first ? below : k > top ? top : k;
    }

  return outside;
}

/* For edges so close that arithmetic cannot guess: the number of edges <= value, less one. */
static int32_t
bisect (const IpGrid *grid, const IpMatrix *row, int32_t *symbols)
{
  IpMatrix edges = { row->element == IP_ELEMENT_FLOAT32 ? (const void *) grid->single : grid->edge,
                     1, grid->n, grid->n, row->element };
  int32_t outside = 0;

  for (size_t i = 0; i < row->columns; i++)
    {
      double value = ip_matrix_get (row, 0, i);
      size_t from = 0;
      size_t to = grid->n;

      while (from < to)
        {
          size_t middle = (from + to) / 2;

          if (ip_matrix_get (&edges, 0, middle) <= value)
            from = middle + 1;
          else
            to = middle;
        }

      outside += from == 0 || value > ip_matrix_get (&edges, 0, grid->n - 1);
      symbols[i] = from == 0 ? grid->below
                   : (int32_t) from - 1 > grid->top ? grid->top
                                                    : (int32_t) from - 1;
    }

  return outside;
}

static int32_t
find_symbols (const IpGrid *grid, const IpMatrix *matrix, size_t at, size_t n, int32_t *symbols)
{
  if (grid->scale == 0.0)
    {
      const void *data = matrix->element == IP_ELEMENT_FLOAT32
                           ? (const void *) ((const float *) matrix->data + at)
                           : (const double *) matrix->data + at;
      IpMatrix row = { data, 1, n, n, matrix->element };

      return bisect (grid, &row, symbols);
    }

  return matrix->element == IP_ELEMENT_FLOAT32
           ? find_float (grid, (const float *) matrix->data + at, n, symbols)
           : find_double (grid, (const double *) matrix->data + at, n, symbols);
}

IpStatus
ip_grid_hash (const IpGrid *grid,
              const IpMatrix *matrix,
              IpRowHash *hash,
              size_t *outside,
              IpContext *context)
{
  int32_t symbols[COLUMNS];
  uint64_t a[COLUMNS];
  uint64_t b[COLUMNS];

  for (size_t column = 0; column < matrix->columns; column += COLUMNS)
    {
      size_t count = matrix->columns - column < COLUMNS ? matrix->columns - column : COLUMNS;
      size_t block = STRIDE / count + 1;

      ip_row_hash_multipliers (column, count, a, b);
      for (size_t row = 0; row < matrix->rows; row++)
        {
          *outside
            += find_symbols (grid, matrix, row * matrix->stride + column, count, symbols);
          ip_row_hash_add_int32 (hash, row, symbols, a, b, count);

          if (row % block == 0 && ip_context_is_cancelled (context))
            return IP_STATUS_CANCELLED;
        }
    }

  return IP_STATUS_OK;
}

/* Adding 1.5 x 2^52 to a whole number below 2^51 leaves the number in the low bits of the sum. */
#define WHOLE 6755399441055744.0
#define FARTHEST 1125899906842624.0

static inline uint64_t
as_symbol (double whole)
{
  double sum = (whole < -FARTHEST ? -FARTHEST : whole > FARTHEST ? FARTHEST : whole) + WHOLE;
  uint64_t bits;

  memcpy (&bits, &sum, sizeof bits);
  return bits;
}

IP_VECTORISED static uint64_t
floor_float (float width, const float *values, size_t n, uint64_t *symbols)
{
  uint64_t outside = 0;

  for (size_t i = 0; i < n; i++)
    {
      double whole = (double) floorf (values[i] / width);

      outside += fabs (whole) > FARTHEST;
      symbols[i] = as_symbol (whole);
    }

  return outside;
}

IP_VECTORISED static uint64_t
floor_double (double width, const double *values, size_t n, uint64_t *symbols)
{
  uint64_t outside = 0;

  for (size_t i = 0; i < n; i++)
    {
      double whole = floor (values[i] / width);

      outside += fabs (whole) > FARTHEST;
      symbols[i] = as_symbol (whole);
    }

  return outside;
}

static uint64_t
floor_symbols (double width, const IpMatrix *matrix, size_t at, size_t n, uint64_t *symbols)
{
  return matrix->element == IP_ELEMENT_FLOAT32
           ? floor_float ((float) width, (const float *) matrix->data + at, n, symbols)
           : floor_double (width, (const double *) matrix->data + at, n, symbols);
}

IpStatus
ip_floor_hash (double width,
               const IpMatrix *matrix,
               IpRowHash *hash,
               size_t *outside,
               IpContext *context)
{
  uint64_t symbols[COLUMNS];
  uint64_t a[COLUMNS];
  uint64_t b[COLUMNS];

  for (size_t column = 0; column < matrix->columns; column += COLUMNS)
    {
      size_t count = matrix->columns - column < COLUMNS ? matrix->columns - column : COLUMNS;
      size_t block = STRIDE / count + 1;

      ip_row_hash_multipliers (column, count, a, b);
      for (size_t row = 0; row < matrix->rows; row++)
        {
          *outside
            += floor_symbols (width, matrix, row * matrix->stride + column, count, symbols);
          ip_row_hash_add_uint64 (hash, row, symbols, a, b, count);

          if (row % block == 0 && ip_context_is_cancelled (context))
            return IP_STATUS_CANCELLED;
        }
    }

  return IP_STATUS_OK;
}
