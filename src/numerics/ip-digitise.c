/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-digitise.h"

#include "ip-simd.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Columns that are digitised at once: symbols and multipliers stay in the first-level cache. */
#define COLUMNS 512
/* Up to here comparing with all edges is faster than looking for the right ones. */
#define FEW_EDGES 128
/* Entries between two looks at the cancel flag. */
#define STRIDE ((size_t) 1 << 19)

static IpMatrix
get_part_of_row (const IpMatrix *matrix, size_t row, size_t column, size_t count)
{
  size_t at = row * matrix->stride + column;

  if (matrix->element == IP_ELEMENT_FLOAT32)
    return (IpMatrix) { (const float *) matrix->data + at, 1, count, count, matrix->element };
  else
    return (IpMatrix) { (const double *) matrix->data + at, 1, count, count, matrix->element };
}

/* A block that begins at column `first` of the matrix. */
static IpStatus
digitise_block (const IpMatrix *matrix,
                size_t first,
                IpDigitiser digitiser,
                const void *self,
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

      ip_row_hash_multipliers (first + column, count, a, b);
      for (size_t row = 0; row < matrix->rows; row++)
        {
          IpMatrix part = get_part_of_row (matrix, row, column, count);

          *outside += digitiser (self, &part, first + column, symbols);
          ip_row_hash_add (hash, row, symbols, a, b, count);

          if (row % block == 0 && ip_context_is_cancelled (context))
            return IP_STATUS_CANCELLED;
        }
    }

  return IP_STATUS_OK;
}

IpStatus
ip_digitise (const IpMatrix *matrix,
             IpDigitiser digitiser,
             const void *self,
             IpRowHash *hash,
             size_t *outside,
             IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status == IP_STATUS_OK)
        status = digitise_block (&block, first, digitiser, self, hash, outside, context);
    }

  return status;
}

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
  double largest = element == IP_ELEMENT_FLOAT32 ? FLT_MAX : DBL_MAX;
  double farthest = fabs (lo) > fabs (hi) ? fabs (lo) : fabs (hi);
  bool coarse = step > 16.0 * precision * farthest && step <= DBL_MAX && 1.0 / step <= largest;

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

/* By arithmetic alone, for single precision as it is usually recorded: fetching edges takes most of
 * the time.  False when a value lies so close to an edge that rounding may have moved it across. */
IP_VECTORISED static bool
guess_float (const IpGrid *grid,
             const float *values,
             size_t n,
             uint64_t *symbols,
             size_t *outside)
{
  float first = grid->single[0];
  float last = grid->single[grid->n - 1];
  float scale = (float) grid->scale;
  float farthest = fabsf (first) > fabsf (last) ? fabsf (first) : fabsf (last);
  float half = 0.5f - 8.0f * FLT_EPSILON * farthest * scale;
  int32_t end = (int32_t) grid->n - 1;
  int32_t top = grid->top;
  int32_t below = grid->below;
  int32_t out = 0;
  int32_t unsure = 0;

#pragma omp simd reduction(+ : out) reduction(| : unsure)
  for (size_t i = 0; i < n; i++)
    {
      float value = values[i];
      float raised = value < first ? first : value;
      float inside = raised > last ? last : raised;
      float place = (inside - first) * scale;
      int32_t whole = (int32_t) place;
      float off_centre = fabsf (place - (float) whole - 0.5f);
      int32_t is_below = value < first;
      int32_t is_above = value > last;
      int32_t is_between = (value > first) & (value < last);
      int32_t symbol = value < last ? whole : end;

      symbol = symbol > top ? top : symbol;
      symbol += is_below * (below - symbol);
      unsure |= (off_centre > half) & is_between;
      out += is_below + is_above;
      symbols[i] = (uint64_t) symbol;
    }

  *outside = (size_t) out;
  return unsure == 0;
}

/* The symbol is guessed by arithmetic, which errs by one at most, and settled by comparing with the
 * edges themselves. */
IP_VECTORISED static int32_t
find_float (const IpGrid *grid, const float *values, size_t n, uint64_t *symbols)
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
      symbols[i] = (uint64_t) (value < first ? below : k > top ? top : k);
    }

  return outside;
}

IP_VECTORISED static int32_t
find_double (const IpGrid *grid, const double *values, size_t n, uint64_t *symbols)
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
      symbols[i] = (uint64_t) (value < first ? below : k > top ? top : k);
    }

  return outside;
}

/* For edges so close that arithmetic cannot guess: the number of edges <= value, less one. */
static size_t
bisect (const IpGrid *grid, const IpMatrix *row, uint64_t *symbols)
{
  IpMatrix edges = { row->element == IP_ELEMENT_FLOAT32 ? (const void *) grid->single : grid->edge,
                     1, grid->n, grid->n, row->element };
  size_t outside = 0;

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
      symbols[i] = from == 0                        ? (uint64_t) grid->below
                   : from - 1 > (size_t) grid->top ? (uint64_t) grid->top
                                                   : from - 1;
    }

  return outside;
}

size_t
ip_grid_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols)
{
  const IpGrid *grid = self;
  size_t outside;

  if (grid->scale == 0.0)
    return bisect (grid, row, symbols);
  else if (row->element == IP_ELEMENT_FLOAT32
           && guess_float (grid, row->data, row->columns, symbols, &outside))
    return outside;
  else if (row->element == IP_ELEMENT_FLOAT32)
    return (size_t) find_float (grid, row->data, row->columns, symbols);
  else
    return (size_t) find_double (grid, row->data, row->columns, symbols);
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
step_float (const IpSteps *steps, const float *values, size_t n, uint64_t *symbols)
{
  float origin = (float) steps->origin;
  float width = (float) steps->width;
  double top = steps->top;
  uint64_t outside = 0;

  for (size_t i = 0; i < n; i++)
    {
      double whole = (double) floorf ((values[i] - origin) / width);

      whole = whole < top ? whole : top;
      outside += fabs (whole) > FARTHEST;
      symbols[i] = as_symbol (whole);
    }

  return outside;
}

IP_VECTORISED static uint64_t
step_double (const IpSteps *steps, const double *values, size_t n, uint64_t *symbols)
{
  double origin = steps->origin;
  double width = steps->width;
  double top = steps->top;
  uint64_t outside = 0;

  for (size_t i = 0; i < n; i++)
    {
      double whole = floor ((values[i] - origin) / width);

      whole = whole < top ? whole : top;
      outside += fabs (whole) > FARTHEST;
      symbols[i] = as_symbol (whole);
    }

  return outside;
}

size_t
ip_steps_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols)
{
  return row->element == IP_ELEMENT_FLOAT32 ? step_float (self, row->data, row->columns, symbols)
                                            : step_double (self, row->data, row->columns, symbols);
}

IpStatus
ip_edges_init (IpEdges *edges, const double *edge, size_t n, IpContext *context)
{
  *edges = (IpEdges) { .n = n };
  while (edges->padded < n)
    edges->padded = 2 * edges->padded + 1;
  edges->edge = malloc ((edges->padded + 1) * sizeof *edges->edge);
  edges->single = malloc ((edges->padded + 1) * sizeof *edges->single);
  if (edges->edge == NULL || edges->single == NULL)
    {
      ip_edges_clear (edges);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu bin edges", n);
    }

  for (size_t k = 0; k < edges->padded; k++)
    {
      double number = k < n ? edge[k] : INFINITY;
      float single = (float) number;

      edges->edge[k] = number;
      edges->single[k] = (double) single < number ? nextafterf (single, INFINITY) : single;
    }

  return IP_STATUS_OK;
}

void
ip_edges_clear (IpEdges *edges)
{
  free (edges->edge);
  free (edges->single);
  edges->edge = NULL;
  edges->single = NULL;
}

/* Values that are compared together stay in registers. */
#define LANES 32

/* Compares whole groups of values with all edges; gives how many values that were. */
IP_VECTORISED static size_t
compare_float (const float *edge, size_t n_edges, const float *values, size_t n, uint64_t *symbols)
{
  size_t done = n - n % LANES;

  for (size_t i = 0; i < done; i += LANES)
    {
      int32_t count[LANES] = { 0 };

      for (size_t k = 0; k < n_edges; k++)
        for (size_t lane = 0; lane < LANES; lane++)
          count[lane] += edge[k] <= values[i + lane];
      for (size_t lane = 0; lane < LANES; lane++)
        symbols[i + lane] = (uint64_t) count[lane];
    }

  return done;
}

IP_VECTORISED static size_t
compare_double (const double *edge,
                size_t n_edges,
                const double *values,
                size_t n,
                uint64_t *symbols)
{
  size_t done = n - n % LANES;

  for (size_t i = 0; i < done; i += LANES)
    {
      int64_t count[LANES] = { 0 };

      for (size_t k = 0; k < n_edges; k++)
        for (size_t lane = 0; lane < LANES; lane++)
          count[lane] += edge[k] <= values[i + lane];
      for (size_t lane = 0; lane < LANES; lane++)
        symbols[i + lane] = (uint64_t) count[lane];
    }

  return done;
}

/* Halves the edges until one place is left; their number is a power of two less one. */
IP_VECTORISED static void
halve_float (const float *edge, size_t padded, const float *values, size_t n, uint64_t *symbols)
{
  memset (symbols, 0, n * sizeof *symbols);
  for (size_t half = (padded + 1) / 2; half > 0; half /= 2)
    for (size_t i = 0; i < n; i++)
      symbols[i] += edge[symbols[i] + half - 1] <= values[i] ? half : 0;
}

IP_VECTORISED static void
halve_double (const double *edge, size_t padded, const double *values, size_t n, uint64_t *symbols)
{
  memset (symbols, 0, n * sizeof *symbols);
  for (size_t half = (padded + 1) / 2; half > 0; half /= 2)
    for (size_t i = 0; i < n; i++)
      symbols[i] += edge[symbols[i] + half - 1] <= values[i] ? half : 0;
}

static void
count_edges_float (const IpEdges *edges, const float *values, size_t n, uint64_t *symbols)
{
  size_t done
    = edges->n <= FEW_EDGES ? compare_float (edges->single, edges->n, values, n, symbols) : 0;

  halve_float (edges->single, edges->padded, values + done, n - done, symbols + done);
}

static void
count_edges_double (const IpEdges *edges, const double *values, size_t n, uint64_t *symbols)
{
  size_t done
    = edges->n <= FEW_EDGES ? compare_double (edges->edge, edges->n, values, n, symbols) : 0;

  halve_double (edges->edge, edges->padded, values + done, n - done, symbols + done);
}

size_t
ip_edges_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols)
{
  if (row->element == IP_ELEMENT_FLOAT32)
    count_edges_float (self, row->data, row->columns, symbols);
  else
    count_edges_double (self, row->data, row->columns, symbols);

  return 0;
}

IP_VECTORISED static void
scale_float (const float *values, const double *lo, const double *hi, size_t n, float *scaled)
{
  for (size_t i = 0; i < n; i++)
    {
      float low = (float) lo[i];
      float span = (float) hi[i] - low;

      scaled[i] = span > 0.0f ? (values[i] - low) / span : 1.0f;
    }
}

IP_VECTORISED static void
scale_double (const double *values, const double *lo, const double *hi, size_t n, double *scaled)
{
  for (size_t i = 0; i < n; i++)
    scaled[i] = hi[i] > lo[i] ? (values[i] - lo[i]) / (hi[i] - lo[i]) : 1.0;
}

size_t
ip_scaled_edges_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols)
{
  const IpScaledEdges *scaled = self;
  const double *lo = scaled->lo + first;
  const double *hi = scaled->hi + first;
  float single[COLUMNS];
  double numbers[COLUMNS];

  if (row->element == IP_ELEMENT_FLOAT32)
    {
      scale_float (row->data, lo, hi, row->columns, single);
      count_edges_float (scaled->edges, single, row->columns, symbols);
    }
  else
    {
      scale_double (row->data, lo, hi, row->columns, numbers);
      count_edges_double (scaled->edges, numbers, row->columns, symbols);
    }

  return 0;
}
