/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-distance.h"

#include "ip-blas.h"
#include "ip-simd.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* Up to here subtracting is both faster and more exact than GEMM. */
#define NARROW 24
#define NARROW_TILE 256
#define WIDE_TILE 512
/* Columns that one GEMM call multiplies: a call takes a few milliseconds, which bounds how long a
 * cancel waits, and the packed blocks stay small however many units a layer has. */
#define WIDE_COLUMNS 512
/* Up to here the rows of a tile are packed once for all its neighbours. */
#define KEPT_COLUMNS 2048

typedef struct
{
  const IpMatrix *matrix;
  const double *mean;
  const uint32_t *order;
  size_t tile;
  size_t depth;    /* columns packed at once */
  double *norm;    /* [rows] squared norms of the centred rows, by position; wide only */
  bool keeps_left; /* `left` holds all columns, block after block */
  double *left;    /* packed rows of the tile */
  double *right;   /* packed columns of the tile */
  double *squared; /* [tile x tile] */
} Pass;

IP_VECTORISED static void
centre_float (const float *values, const double *mean, size_t n, double *centred)
{
  for (size_t i = 0; i < n; i++)
    centred[i] = (double) values[i] - mean[i];
}

IP_VECTORISED static void
centre_double (const double *values, const double *mean, size_t n, double *centred)
{
  for (size_t i = 0; i < n; i++)
    centred[i] = values[i] - mean[i];
}

/* Row-major block of centred rows at positions `first` .. `first + rows`. */
static void
pack (const Pass *pass, size_t first, size_t rows, size_t column, size_t columns, double *packed)
{
  const IpMatrix *matrix = pass->matrix;

  for (size_t i = 0; i < rows; i++)
    {
      size_t row = pass->order != NULL ? pass->order[first + i] : first + i;
      size_t at = row * matrix->stride + column;

      if (matrix->element == IP_ELEMENT_FLOAT32)
        centre_float ((const float *) matrix->data + at, pass->mean + column, columns,
                      packed + i * columns);
      else
        centre_double ((const double *) matrix->data + at, pass->mean + column, columns,
                       packed + i * columns);
    }
}

/* Sixteen partial sums, so that the order of the additions is the same on every machine. */
IP_VECTORISED static double
square_norm (const double *row, size_t n)
{
  double lane[16] = { 0.0 };
  double sum = 0.0;
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    for (size_t k = 0; k < 16; k++)
      lane[k] += row[i + k] * row[i + k];
  for (; i < n; i++)
    sum += row[i] * row[i];
  for (size_t k = 0; k < 16; k++)
    sum += lane[k];

  return sum;
}

static IpStatus
find_norms (Pass *pass, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t d = pass->matrix->columns;

  memset (pass->norm, 0, n * sizeof *pass->norm);
  for (size_t first = 0; first < n; first += pass->tile)
    {
      size_t rows = n - first < pass->tile ? n - first : pass->tile;

      for (size_t column = 0; column < d; column += pass->depth)
        {
          size_t columns = d - column < pass->depth ? d - column : pass->depth;

          if (ip_context_is_cancelled (context))
            return IP_STATUS_CANCELLED;
          pack (pass, first, rows, column, columns, pass->left);
          for (size_t i = 0; i < rows; i++)
            pass->norm[first + i] += square_norm (pass->left + i * columns, columns);
        }
    }

  return IP_STATUS_OK;
}

/* As many columns as fit the registers are summed together; beyond n the panel holds anything. */
#define LANES 32

IP_VECTORISED static void
subtract_rows (const double *row, const double *transposed, size_t depth, size_t n, double *squared)
{
  for (size_t j = 0; j < n; j += LANES)
    {
      double sum[LANES] = { 0.0 };

      for (size_t k = 0; k < depth; k++)
        for (size_t lane = 0; lane < LANES; lane++)
          {
            double difference = row[k] - transposed[k * NARROW_TILE + j + lane];

            sum[lane] += difference * difference;
          }

      for (size_t lane = 0; lane < LANES; lane++)
        squared[j + lane] = sum[lane];
    }
}

static void
fill_narrow (Pass *pass, IpDistanceTile *tile)
{
  size_t d = pass->matrix->columns;
  double *packed = pass->right + d * NARROW_TILE;

  pack (pass, tile->row, tile->rows, 0, d, pass->left);
  pack (pass, tile->column, tile->columns, 0, d, packed);
  for (size_t j = 0; j < tile->columns; j++)
    for (size_t k = 0; k < d; k++)
      pass->right[k * NARROW_TILE + j] = packed[j * d + k];

  for (size_t i = 0; i < tile->rows; i++)
    subtract_rows (pass->left + i * d, pass->right, d, tile->columns,
                   pass->squared + i * pass->tile);
}

IP_VECTORISED static void
add_norms (double norm, const double *norms, size_t n, double *squared)
{
  for (size_t j = 0; j < n; j++)
    {
      double sum = norm + norms[j] + squared[j];

      squared[j] = sum > 0.0 ? sum : 0.0;
    }
}

/* Adds -2 a.b over one block of columns. */
static void
multiply (Pass *pass, const IpDistanceTile *tile, size_t column, size_t columns)
{
  double beta = column > 0 ? 1.0 : 0.0;
  double *left = pass->left + (pass->keeps_left ? column * pass->tile : 0);

  if (!pass->keeps_left || tile->row == tile->column)
    pack (pass, tile->row, tile->rows, column, columns, left);

  if (tile->row == tile->column)
    {
      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, tile->rows, columns, -2.0, left,
                   columns, beta, pass->squared, pass->tile);
    }
  else
    {
      pack (pass, tile->column, tile->columns, column, columns, pass->right);
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, tile->rows, tile->columns, columns,
                   -2.0, left, columns, pass->right, columns, beta, pass->squared, pass->tile);
    }
}

static IpStatus
fill_wide (Pass *pass, IpDistanceTile *tile, IpContext *context)
{
  size_t d = pass->matrix->columns;

  for (size_t column = 0; column < d; column += pass->depth)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      multiply (pass, tile, column, d - column < pass->depth ? d - column : pass->depth);
    }

  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t from = tile->row == tile->column ? i + 1 : 0;

      add_norms (pass->norm[tile->row + i], pass->norm + tile->column + from, tile->columns - from,
                 pass->squared + i * pass->tile + from);
    }

  return IP_STATUS_OK;
}

static IpStatus
visit_tiles (Pass *pass, IpDistanceFunc func, void *data, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t steps = (n + pass->tile - 1) / pass->tile;
  double pairs = (double) steps * (double) (steps + 1) / 2.0;
  double done = 0.0;

  for (size_t row = 0; row < n; row += pass->tile)
    for (size_t column = row; column < n; column += pass->tile)
      {
        IpDistanceTile tile = { .row = row,
                                .column = column,
                                .rows = n - row < pass->tile ? n - row : pass->tile,
                                .columns = n - column < pass->tile ? n - column : pass->tile,
                                .stride = pass->tile,
                                .squared = pass->squared };

        if (ip_context_is_cancelled (context))
          return IP_STATUS_CANCELLED;

        if (pass->norm == NULL)
          fill_narrow (pass, &tile);
        else if (fill_wide (pass, &tile, context) != IP_STATUS_OK)
          return IP_STATUS_CANCELLED;

        func (&tile, data);
        ip_context_report (context, ++done / pairs);
      }

  return IP_STATUS_OK;
}

IpStatus
ip_distance_for_each_tile (const IpMatrix *matrix,
                           const double *mean,
                           const uint32_t *order,
                           IpDistanceFunc func,
                           void *data,
                           IpContext *context)
{
  static const double origin[NARROW] = { 0.0 };
  size_t d = matrix->columns;
  bool wide = d > NARROW;
  Pass pass = { .matrix = matrix, .mean = wide ? mean : origin, .order = order };
  size_t packed;
  IpStatus status = IP_STATUS_OK;

  ip_blas_use_one_thread ();

  pass.tile = wide ? WIDE_TILE : NARROW_TILE;
  pass.depth = d < WIDE_COLUMNS ? d : WIDE_COLUMNS;
  pass.keeps_left = d <= KEPT_COLUMNS;
  packed = pass.tile * pass.depth * sizeof (double);
  pass.left = malloc ((pass.keeps_left ? pass.tile * d * sizeof (double) : packed) + 1);
  pass.right = calloc (2 * packed + 1, 1);
  pass.squared = malloc (pass.tile * pass.tile * sizeof (double));
  pass.norm = wide ? malloc (matrix->rows * sizeof (double)) : NULL;

  if (pass.left == NULL || pass.right == NULL || pass.squared == NULL
      || (wide && pass.norm == NULL))
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a block of distances");
  if (status == IP_STATUS_OK && wide)
    status = find_norms (&pass, context);
  if (status == IP_STATUS_OK)
    status = visit_tiles (&pass, func, data, context);

  free (pass.left);
  free (pass.right);
  free (pass.squared);
  free (pass.norm);
  return status;
}
