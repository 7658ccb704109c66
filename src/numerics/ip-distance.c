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
/* Rows and columns of the tiles that are multiplied together: GEMM spends less on packing. */
#define WIDE_BLOCK 1024
/* Up to here the rows of a block are packed once for all its neighbours. */
#define KEPT_COLUMNS 1024

typedef struct
{
  const IpMatrix *matrix;
  const double *mean;
  const uint32_t *order;
  size_t tile;
  size_t block;    /* rows and columns that are filled together, a multiple of `tile` */
  size_t depth;    /* columns packed at once */
  double *norm;    /* [rows] squared norms of the centred rows, by position; wide only */
  bool keeps_left; /* `left` holds all columns, block after block */
  double *left;    /* packed rows of the block */
  double *right;   /* packed columns of the block */
  double *squared; /* [block x block] */
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

/* How many of `most` rows there are at a position. */
static size_t
get_length (const Pass *pass, size_t at, size_t most)
{
  size_t n = pass->matrix->rows;

  return n - at < most ? n - at : most;
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
fill_narrow (Pass *pass, const IpDistanceTile *tile)
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

/* Adds -2 a.a to the tiles of a block on the diagonal.  SYRK and GEMM round differently, hence the
 * same parts as where tiles come one by one. */
static void
multiply_itself (Pass *pass, size_t rows, const double *left, size_t columns, double beta)
{
  for (size_t row = 0; row < rows; row += pass->tile)
    {
      size_t next = rows - row < pass->tile ? rows : row + pass->tile;
      double *squared = pass->squared + row * pass->block;

      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, next - row, columns, -2.0,
                   left + row * columns, columns, beta, squared + row, pass->block);
      if (next < rows)
        cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, next - row, rows - next, columns,
                     -2.0, left + row * columns, columns, left + next * columns, columns, beta,
                     squared + next, pass->block);
    }
}

/* Adds -2 a.b over some columns. */
static void
multiply (Pass *pass, const IpDistanceTile *block, size_t column, size_t columns)
{
  double beta = column > 0 ? 1.0 : 0.0;
  double *left = pass->left + (pass->keeps_left ? column * pass->block : 0);

  if (!pass->keeps_left || block->row == block->column)
    pack (pass, block->row, block->rows, column, columns, left);

  if (block->row == block->column)
    {
      multiply_itself (pass, block->rows, left, columns, beta);
    }
  else
    {
      pack (pass, block->column, block->columns, column, columns, pass->right);
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, block->rows, block->columns, columns,
                   -2.0, left, columns, pass->right, columns, beta, pass->squared, pass->block);
    }
}

static IpStatus
fill_wide (Pass *pass, const IpDistanceTile *block, IpContext *context)
{
  size_t d = pass->matrix->columns;

  for (size_t column = 0; column < d; column += pass->depth)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      multiply (pass, block, column, d - column < pass->depth ? d - column : pass->depth);
    }

  return IP_STATUS_OK;
}

/* Turns the products in a tile into distances. */
static void
finish_tile (const Pass *pass, const IpDistanceTile *tile, double *squared)
{
  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t from = tile->row == tile->column ? i + 1 : 0;

      add_norms (pass->norm[tile->row + i], pass->norm + tile->column + from, tile->columns - from,
                 squared + i * tile->stride + from);
    }
}

/* A matrix that is not in memory is read block by block, and every block adds its products to all
 * tiles of a strip of tile rows before the next one comes.  Where not all tile rows fit into memory
 * at once, the matrix is read once per strip.  The products are those of fill_wide() in the same
 * order, so that the bits are the same. */
typedef struct
{
  size_t row;  /* position of the first row */
  size_t rows;
  size_t stride;
  double *squared; /* [rows x stride], columns from the first position on */
} Strip;

/* Adds what up to IP_BLOCK_COLUMNS columns contribute to the tiles of a strip and, with the first
 * strip, to the norms.  The pass is over those columns alone; first: they are the first ones. */
static IpStatus
add_products (Pass *pass, const Strip *strip, bool first, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t depth = pass->matrix->columns;
  double beta = first ? 0.0 : 1.0;

  for (size_t row = 0; row < n && strip->row == 0; row += pass->tile)
    {
      size_t rows = get_length (pass, row, pass->tile);

      pack (pass, row, rows, 0, depth, pass->left);
      for (size_t i = 0; i < rows; i++)
        pass->norm[row + i] += square_norm (pass->left + i * depth, depth);
    }

  for (size_t row = strip->row; row < strip->row + strip->rows; row += pass->tile)
    for (size_t column = row; column < n; column += pass->tile)
      {
        size_t rows = get_length (pass, row, pass->tile);
        size_t columns = get_length (pass, column, pass->tile);
        double *squared = strip->squared + (row - strip->row) * strip->stride + column;

        if (ip_context_is_cancelled (context))
          return IP_STATUS_CANCELLED;
        if (row == column)
          {
            pack (pass, row, rows, 0, depth, pass->left);
            cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, rows, depth, -2.0, pass->left,
                         depth, beta, squared, strip->stride);
            continue;
          }
        pack (pass, column, columns, 0, depth, pass->right);
        cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, depth, -2.0,
                     pass->left, depth, pass->right, depth, beta, squared, strip->stride);
      }

  return IP_STATUS_OK;
}

/* The part of the work that is done when all tiles above position `row` are. */
static double
get_share_above (const Pass *pass, size_t row)
{
  double left = 1.0 - (double) row / (double) pass->matrix->rows;

  return 1.0 - left * left;
}

static IpStatus
fill_strip (const Pass *pass, const Strip *strip, IpContext *context)
{
  const IpMatrix *matrix = pass->matrix;
  double start = get_share_above (pass, strip->row);
  double width = get_share_above (pass, strip->row + strip->rows) - start;
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      for (size_t at = 0; at < block.columns && status == IP_STATUS_OK; at += WIDE_COLUMNS)
        {
          IpMatrix part;
          Pass inner = *pass;

          inner.matrix = &part;
          inner.mean = pass->mean + first + at;
          status = ip_matrix_get_columns (&block, at,
                                          block.columns - at < WIDE_COLUMNS ? block.columns - at
                                                                            : WIDE_COLUMNS,
                                          &part, context);
          if (status == IP_STATUS_OK)
            status = add_products (&inner, strip, first + at == 0, context);
          ip_context_report (context, start
                                          + width * (double) (first + at)
                                                / (double) matrix->columns);
        }
    }

  return status;
}

/* Goes over the tiles of a strip from top to bottom, as visit_block() does. */
static IpStatus
visit_strip (const Pass *pass,
             const Strip *strip,
             IpDistanceFunc func,
             void *data,
             IpContext *context)
{
  for (size_t row = strip->row; row < strip->row + strip->rows; row += pass->tile)
    for (size_t column = row; column < pass->matrix->rows; column += pass->tile)
      {
        IpDistanceTile tile = { .row = row,
                                .column = column,
                                .rows = get_length (pass, row, pass->tile),
                                .columns = get_length (pass, column, pass->tile),
                                .stride = strip->stride };
        double *squared = strip->squared + (row - strip->row) * strip->stride + column;

        if (ip_context_is_cancelled (context))
          return IP_STATUS_CANCELLED;
        finish_tile (pass, &tile, squared);
        tile.squared = squared;
        if (func != NULL)
          func (&tile, data);
      }

  return IP_STATUS_OK;
}

/* Tile rows that the memory allows at once. */
static IpStatus
find_strip_rows (const Pass *pass, size_t *rows, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t packed = 4 * pass->tile * WIDE_COLUMNS * sizeof (double);
  size_t row = n * sizeof (double);
  size_t allowed = context != NULL ? context->memory : 0;

  *rows = n;
  if (allowed == 0 || allowed >= packed + n * row)
    return IP_STATUS_OK;

  *rows = allowed > packed ? (allowed - packed) / row / pass->tile * pass->tile : 0;
  if (*rows == 0)
    return ip_fail (context, IP_STATUS_UNDEFINED,
                    "Distances of %zu samples need %.1f MiB of memory, %.1f MiB are allowed", n,
                    (double) (packed + pass->tile * row) / 1048576.0, (double) allowed / 1048576.0);
  return IP_STATUS_OK;
}

static IpStatus
visit_strips (Pass *pass, IpDistanceFunc func, void *data, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t most;
  Strip strip = { .stride = n };
  IpStatus status = find_strip_rows (pass, &most, context);

  if (status != IP_STATUS_OK)
    return status;
  strip.squared = malloc (most * n * sizeof *strip.squared);
  if (strip.squared == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for distances of %zu samples", n);

  for (strip.row = 0; strip.row < n && status == IP_STATUS_OK; strip.row += strip.rows)
    {
      strip.rows = n - strip.row < most ? n - strip.row : most;
      status = fill_strip (pass, &strip, context);
      if (status == IP_STATUS_OK)
        status = visit_strip (pass, &strip, func, data, context);
    }

  free (strip.squared);
  return status;
}

/* The tiles of a block, from top to bottom. */
static void
visit_block (const Pass *pass, const IpDistanceTile *block, IpDistanceFunc func, void *data)
{
  for (size_t row = block->row; row < block->row + block->rows; row += pass->tile)
    for (size_t column = row > block->column ? row : block->column;
         column < block->column + block->columns; column += pass->tile)
      {
        double *squared
          = pass->squared + (row - block->row) * pass->block + (column - block->column);
        IpDistanceTile tile = { .row = row,
                                .column = column,
                                .rows = get_length (pass, row, pass->tile),
                                .columns = get_length (pass, column, pass->tile),
                                .stride = pass->block,
                                .squared = squared };

        if (pass->norm != NULL)
          finish_tile (pass, &tile, squared);
        func (&tile, data);
      }
}

/* Each row and each column meets the others in the same order as where tiles are visited one row of
 * them after the other. */
static IpStatus
visit_blocks (Pass *pass, IpDistanceFunc func, void *data, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t steps = (n + pass->block - 1) / pass->block;
  double pairs = (double) steps * (double) (steps + 1) / 2.0;
  double done = 0.0;

  for (size_t row = 0; row < n; row += pass->block)
    for (size_t column = row; column < n; column += pass->block)
      {
        IpDistanceTile block = { .row = row,
                                 .column = column,
                                 .rows = get_length (pass, row, pass->block),
                                 .columns = get_length (pass, column, pass->block),
                                 .stride = pass->block };

        if (ip_context_is_cancelled (context))
          return IP_STATUS_CANCELLED;
        if (pass->norm == NULL)
          fill_narrow (pass, &block);
        else if (fill_wide (pass, &block, context) != IP_STATUS_OK)
          return IP_STATUS_CANCELLED;

        visit_block (pass, &block, func, data);
        ip_context_report (context, ++done / pairs);
      }

  return IP_STATUS_OK;
}

/* Sets up the buffers for a matrix of more than NARROW columns, or for a narrow one. */
static IpStatus
init_pass (Pass *pass,
           const IpMatrix *matrix,
           const double *mean,
           const uint32_t *order,
           IpContext *context)
{
  static const double origin[NARROW] = { 0.0 };
  size_t d = matrix->columns;
  bool wide = d > NARROW;
  size_t packed;

  ip_blas_use_one_thread ();

  *pass = (Pass) { .matrix = matrix, .mean = wide ? mean : origin, .order = order };
  pass->tile = wide ? WIDE_TILE : NARROW_TILE;
  pass->block = wide && matrix->source == NULL ? WIDE_BLOCK : pass->tile;
  pass->depth = d < WIDE_COLUMNS ? d : WIDE_COLUMNS;
  pass->keeps_left = d <= KEPT_COLUMNS && matrix->source == NULL;
  packed = (pass->keeps_left ? d : pass->depth) * sizeof (double);
  pass->left = malloc (pass->block * packed + 1);
  pass->right = wide ? malloc (pass->block * pass->depth * sizeof (double))
                     : calloc (2 * pass->tile * d + 1, sizeof (double));
  pass->squared = malloc (pass->block * pass->block * sizeof (double));
  pass->norm = wide ? calloc (matrix->rows + 1, sizeof (double)) : NULL;

  if (pass->left == NULL || pass->right == NULL || pass->squared == NULL
      || (wide && pass->norm == NULL))
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a block of distances");

  return IP_STATUS_OK;
}

static void
clear_pass (Pass *pass)
{
  free (pass->left);
  free (pass->right);
  free (pass->squared);
  free (pass->norm);
}

/* A narrow matrix is one block, whoever holds it. */
static IpStatus
take_narrow (const IpMatrix *matrix, IpMatrix *taken, IpContext *context)
{
  *taken = *matrix;
  if (matrix->source == NULL || matrix->columns > NARROW)
    return IP_STATUS_OK;

  return ip_matrix_get_columns (matrix, 0, matrix->columns, taken, context);
}

IpStatus
ip_distance_for_each_tile (const IpMatrix *matrix,
                           const double *mean,
                           const uint32_t *order,
                           IpDistanceFunc func,
                           void *data,
                           IpContext *context)
{
  IpMatrix taken;
  Pass pass;
  IpStatus status = take_narrow (matrix, &taken, context);

  if (status != IP_STATUS_OK)
    return status;

  status = init_pass (&pass, &taken, mean, order, context);
  if (status == IP_STATUS_OK && taken.source != NULL)
    {
      status = visit_strips (&pass, func, data, context);
    }
  else
    {
      if (status == IP_STATUS_OK && pass.norm != NULL)
        status = find_norms (&pass, context);
      if (status == IP_STATUS_OK)
        status = visit_blocks (&pass, func, data, context);
    }

  clear_pass (&pass);
  return status;
}

typedef struct
{
  double *squared;
  size_t n;
} Square;

static void
keep_tile (const IpDistanceTile *tile, void *data)
{
  Square *square = data;

  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t from = tile->row == tile->column ? i + 1 : 0;

      memcpy (square->squared + (tile->row + i) * square->n + tile->column + from,
              tile->squared + i * tile->stride + from,
              (tile->columns - from) * sizeof *square->squared);
    }
}

/* Blocks add up in the matrix itself. */
static IpStatus
fill_from_blocks (const IpMatrix *matrix,
                  const double *mean,
                  const uint32_t *order,
                  double *squared,
                  IpContext *context)
{
  Strip strip = { .rows = matrix->rows, .stride = matrix->rows, .squared = squared };
  Pass pass;
  IpStatus status = init_pass (&pass, matrix, mean, order, context);

  if (status == IP_STATUS_OK)
    status = fill_strip (&pass, &strip, context);
  if (status == IP_STATUS_OK)
    status = visit_strip (&pass, &strip, NULL, NULL, context);

  clear_pass (&pass);
  return status;
}

IpStatus
ip_distance_fill (const IpMatrix *matrix,
                  const double *mean,
                  const uint32_t *order,
                  double *squared,
                  IpContext *context)
{
  size_t n = matrix->rows;
  Square square = { squared, n };
  IpStatus status;

  if (matrix->source != NULL && matrix->columns > NARROW)
    status = fill_from_blocks (matrix, mean, order, squared, context);
  else
    status = ip_distance_for_each_tile (matrix, mean, order, keep_tile, &square, context);

  for (size_t i = 0; i < n; i++)
    squared[i * n + i] = 0.0;
  return status;
}

IpStatus
ip_distance_revisit (const double *squared,
                     size_t n,
                     size_t columns,
                     IpDistanceFunc func,
                     void *data,
                     IpContext *context)
{
  size_t size = columns > NARROW ? WIDE_TILE : NARROW_TILE;

  for (size_t row = 0; row < n; row += size)
    for (size_t column = row; column < n; column += size)
      {
        IpDistanceTile tile = { .row = row,
                                .column = column,
                                .rows = n - row < size ? n - row : size,
                                .columns = n - column < size ? n - column : size,
                                .stride = n,
                                .squared = squared + row * n + column };

        if (ip_context_is_cancelled (context))
          return IP_STATUS_CANCELLED;
        func (&tile, data);
      }

  return IP_STATUS_OK;
}
