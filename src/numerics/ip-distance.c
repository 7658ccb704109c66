/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-distance.h"

#include "ip-blas.h"
#include "ip-simd.h"
#include "ip-team.h"
#include "ip-wavefront.h"

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
/* Rows and columns of the tiles that a single thread multiplies together: GEMM spends less on
 * packing.  Threads take them one by one, in less space. */
#define WIDE_BLOCK 1024
/* Up to here the rows of a block are packed once for all its neighbours. */
#define KEPT_COLUMNS 1024
/* The columns of a product are brought to a multiple of this with zeros.  The kernels of BLAS add
 * those of a smaller rest in another order, and a block would not have the bits of its tiles. */
#define GROUP 8
/* Multiplications and additions below which it does not pay to call other threads. */
#define LEAST_WORK 3e7
#define LINE 64
/* Blocks that each of several threads may have filled. */
#define SPACES 2

/* What one thread works with. */
typedef struct
{
  double *left;    /* packed rows of the block */
  double *right;   /* packed columns of the block */
  double *squared; /* [spaces x block x block] */
} Desk;

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
  IpTeam *team;
  unsigned spaces; /* blocks that a thread fills ahead, and the one that it works at */
  Desk *desk;      /* one for each thread */
} Pass;

/* One walk of a pass. */
typedef struct
{
  const Pass *pass;
  IpDistanceFunc func;
  void *data;
} Visit;

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

static size_t
round_up (size_t n)
{
  return (n + GROUP - 1) / GROUP * GROUP;
}

/* The same and zeros for what a group lacks. */
static void
pack_groups (const Pass *pass,
             size_t first,
             size_t rows,
             size_t column,
             size_t columns,
             double *packed)
{
  pack (pass, first, rows, column, columns, packed);
  memset (packed + rows * columns, 0, (round_up (rows) - rows) * columns * sizeof *packed);
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

/* Adds what some columns contribute to the norms of a tile row. */
static void
add_to_norms (const Pass *pass, size_t first, size_t column, size_t columns)
{
  double packed[WIDE_COLUMNS];
  size_t end = first + get_length (pass, first, pass->tile);

  for (size_t row = first; row < end; row++)
    {
      pack (pass, row, 1, column, columns, packed);
      pass->norm[row] += square_norm (packed, columns);
    }
}

/* Those of one tile row: an IpWorkFunc. */
static IpStatus
find_norms (size_t task, void *data, IpContext *context)
{
  const Pass *pass = data;
  size_t d = pass->matrix->columns;

  for (size_t column = 0; column < d; column += pass->depth)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      add_to_norms (pass, task * pass->tile, column,
                    d - column < pass->depth ? d - column : pass->depth);
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
fill_narrow (const Pass *pass, const Desk *desk, const IpDistanceTile *tile)
{
  size_t d = pass->matrix->columns;
  double *packed = desk->right + d * NARROW_TILE;

  pack (pass, tile->row, tile->rows, 0, d, desk->left);
  pack (pass, tile->column, tile->columns, 0, d, packed);
  for (size_t j = 0; j < tile->columns; j++)
    for (size_t k = 0; k < d; k++)
      desk->right[k * NARROW_TILE + j] = packed[j * d + k];

  for (size_t i = 0; i < tile->rows; i++)
    subtract_rows (desk->left + i * d, desk->right, d, tile->columns,
                   tile->squared + i * tile->stride);
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
multiply_itself (const Pass *pass,
                 const IpDistanceTile *block,
                 const double *left,
                 size_t columns,
                 double beta)
{
  for (size_t row = 0; row < block->rows; row += pass->tile)
    {
      size_t next = row + get_length (pass, block->row + row, pass->tile);
      double *squared = block->squared + row * block->stride;

      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, next - row, columns, -2.0,
                   left + row * columns, columns, beta, squared + row, block->stride);
      if (next < block->rows)
        cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, next - row,
                     round_up (block->rows - next), columns, -2.0, left + row * columns, columns,
                     left + next * columns, columns, beta, squared + next, block->stride);
    }
}

/* Adds -2 a.b over some columns. */
static void
multiply (const Pass *pass,
          const Desk *desk,
          const IpDistanceTile *block,
          size_t column,
          size_t columns)
{
  double beta = column > 0 ? 1.0 : 0.0;
  double *left = desk->left + (pass->keeps_left ? column * pass->block : 0);

  if (!pass->keeps_left || block->row == block->column)
    pack_groups (pass, block->row, block->rows, column, columns, left);

  if (block->row == block->column)
    {
      multiply_itself (pass, block, left, columns, beta);
    }
  else
    {
      pack_groups (pass, block->column, block->columns, column, columns, desk->right);
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, block->rows,
                   round_up (block->columns), columns, -2.0, left, columns, desk->right, columns,
                   beta, block->squared, block->stride);
    }
}

static bool
fill_wide (const Pass *pass, const Desk *desk, const IpDistanceTile *block, IpContext *context)
{
  size_t d = pass->matrix->columns;

  for (size_t column = 0; column < d; column += pass->depth)
    {
      if (ip_context_is_cancelled (context))
        return false;
      multiply (pass, desk, block, column, d - column < pass->depth ? d - column : pass->depth);
    }

  return true;
}

/* Turns the products in a tile into distances. */
static void
finish_tile (const Pass *pass, const IpDistanceTile *tile)
{
  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t from = tile->row == tile->column ? i + 1 : 0;

      add_norms (pass->norm[tile->row + i], pass->norm + tile->column + from, tile->columns - from,
                 tile->squared + i * tile->stride + from);
    }
}

/* A matrix that is not in memory is read block by block, and every block adds its products to all
 * tiles of a strip of tile rows before the next one comes.  Where not all tile rows fit into memory
 * at once, the matrix is read once per strip.  The products are those of fill_wide() in the same
 * order, so that the bits are the same. */
typedef struct
{
  const Pass *pass;
  size_t row; /* position of the first row */
  size_t rows;
  size_t stride;
  double *squared; /* [rows x stride], columns from the first position on */
  double beta;     /* 0 for the first columns of the matrix, which begin the sums */
  IpDistanceFunc func;
  void *data;
} Strip;

static IpDistanceTile
get_tile (const Strip *strip, const IpPlace *place)
{
  const Pass *pass = strip->pass;
  size_t row = place->row * pass->tile;
  size_t column = place->column * pass->tile;
  double *squared = strip->squared + (row - strip->row) * strip->stride + column;

  return (IpDistanceTile){ .row = row,
                           .column = column,
                           .rows = get_length (pass, row, pass->tile),
                           .columns = get_length (pass, column, pass->tile),
                           .stride = strip->stride,
                           .squared = squared };
}

static IpStatus
run_over_strip (Strip *strip,
                bool (*fill) (const IpPlace *place, void *data, IpContext *context),
                void (*use) (const IpPlace *place, void *data),
                IpContext *context)
{
  size_t tile = strip->pass->tile;
  IpWavefront wavefront = { .first = strip->row / tile,
                            .end = (strip->row + strip->rows + tile - 1) / tile,
                            .columns = (strip->pass->matrix->rows + tile - 1) / tile,
                            .spaces = IP_MOST_SPACES,
                            .fill = fill,
                            .use = use,
                            .data = strip };

  return ip_wavefront_run (&wavefront, strip->pass->team, context);
}

/* Adds what up to WIDE_COLUMNS columns contribute to a tile; the pass is over those alone. */
static bool
add_product (const IpPlace *place, void *data, IpContext *context)
{
  const Strip *strip = data;
  const Pass *pass = strip->pass;
  const Desk *desk = &pass->desk[place->thread];
  IpDistanceTile tile = get_tile (strip, place);
  blasint depth = (blasint) pass->matrix->columns;

  if (tile.row == tile.column)
    {
      pack (pass, tile.row, tile.rows, 0, depth, desk->left);
      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, tile.rows, depth, -2.0, desk->left,
                   depth, strip->beta, tile.squared, tile.stride);
      return true;
    }

  pack (pass, tile.column, tile.columns, 0, depth, desk->right);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, tile.rows, tile.columns, depth, -2.0,
               desk->left, depth, desk->right, depth, strip->beta, tile.squared, tile.stride);
  return true;
}

/* The part of the work that is done when all tiles above position `row` are. */
static double
get_share_above (const Pass *pass, size_t row)
{
  double left = 1.0 - (double) row / (double) pass->matrix->rows;

  return 1.0 - left * left;
}

/* The columns of a block from `at` on; the norms with those of the first strip. */
static IpStatus
add_columns (const Strip *strip, const IpMatrix *block, size_t first, size_t at, IpContext *context)
{
  size_t left = block->columns - at;
  IpMatrix part;
  Pass pass = *strip->pass;
  Strip inner = *strip;
  IpStatus status = ip_matrix_get_columns (block, at, left < WIDE_COLUMNS ? left : WIDE_COLUMNS,
                                           &part, context);

  pass.matrix = &part;
  pass.mean = strip->pass->mean + first + at;
  inner.pass = &pass;
  inner.beta = first + at == 0 ? 0.0 : 1.0;
  if (status == IP_STATUS_OK && strip->row == 0)
    status = ip_team_try (pass.team, (part.rows + pass.tile - 1) / pass.tile, find_norms, &pass,
                          context);
  if (status == IP_STATUS_OK)
    status = run_over_strip (&inner, add_product, NULL, context);
  return status;
}

static IpStatus
fill_strip (const Strip *strip, IpContext *context)
{
  const IpMatrix *matrix = strip->pass->matrix;
  double start = get_share_above (strip->pass, strip->row);
  double width = get_share_above (strip->pass, strip->row + strip->rows) - start;
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      for (size_t at = 0; at < block.columns && status == IP_STATUS_OK; at += WIDE_COLUMNS)
        {
          status = add_columns (strip, &block, first, at, context);
          ip_context_report (context, start
                                          + width * (double) (first + at)
                                                / (double) matrix->columns);
        }
    }

  return status;
}

static bool
finish_place (const IpPlace *place, void *data, IpContext *context)
{
  const Strip *strip = data;
  IpDistanceTile tile = get_tile (strip, place);

  finish_tile (strip->pass, &tile);
  return true;
}

static void
use_place (const IpPlace *place, void *data)
{
  const Strip *strip = data;
  IpDistanceTile tile = get_tile (strip, place);

  strip->func (&tile, strip->data);
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
visit_strips (const Pass *pass, IpDistanceFunc func, void *data, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t most;
  Strip strip = { .pass = pass, .stride = n, .func = func, .data = data };
  IpStatus status = find_strip_rows (pass, &most, context);

  if (status != IP_STATUS_OK)
    return status;
  strip.squared = malloc (most * n * sizeof *strip.squared);
  if (strip.squared == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for distances of %zu samples", n);

  for (strip.row = 0; strip.row < n && status == IP_STATUS_OK; strip.row += strip.rows)
    {
      strip.rows = n - strip.row < most ? n - strip.row : most;
      status = fill_strip (&strip, context);
      if (status == IP_STATUS_OK)
        status = run_over_strip (&strip, finish_place, use_place, context);
    }

  free (strip.squared);
  return status;
}

static IpDistanceTile
get_block (const Pass *pass, const IpPlace *place)
{
  size_t size = pass->block;
  size_t row = place->row * size;
  size_t column = place->column * size;

  return (IpDistanceTile){ .row = row,
                           .column = column,
                           .rows = get_length (pass, row, size),
                           .columns = get_length (pass, column, size),
                           .stride = size,
                           .squared = pass->desk[place->thread].squared
                                      + place->space * size * size };
}

static bool
fill_block (const IpPlace *place, void *data, IpContext *context)
{
  const Visit *visit = data;
  const Pass *pass = visit->pass;
  const Desk *desk = &pass->desk[place->thread];
  IpDistanceTile block = get_block (pass, place);

  ip_context_report (context, get_share_above (pass, block.row));
  if (pass->norm != NULL)
    return fill_wide (pass, desk, &block, context);

  fill_narrow (pass, desk, &block);
  return true;
}

/* The tiles of a block, from top to bottom. */
static void
use_block (const IpPlace *place, void *data)
{
  const Visit *visit = data;
  const Pass *pass = visit->pass;
  IpDistanceTile block = get_block (pass, place);

  for (size_t row = block.row; row < block.row + block.rows; row += pass->tile)
    for (size_t column = row > block.column ? row : block.column;
         column < block.column + block.columns; column += pass->tile)
      {
        IpDistanceTile tile = { .row = row,
                                .column = column,
                                .rows = get_length (pass, row, pass->tile),
                                .columns = get_length (pass, column, pass->tile),
                                .stride = block.stride,
                                .squared = block.squared + (row - block.row) * block.stride
                                           + (column - block.column) };

        if (pass->norm != NULL)
          finish_tile (pass, &tile);
        visit->func (&tile, visit->data);
      }
}

/* Each row and each column meets the others in the same order as where tiles are visited one row of
 * them after the other. */
static IpStatus
visit_blocks (const Pass *pass, IpDistanceFunc func, void *data, IpContext *context)
{
  Visit visit = { pass, func, data };
  size_t n = pass->matrix->rows;
  size_t blocks = (n + pass->block - 1) / pass->block;
  IpWavefront wavefront = { .end = blocks,
                            .columns = blocks,
                            .spaces = pass->spaces,
                            .fill = fill_block,
                            .use = use_block,
                            .data = &visit };
  IpStatus status = IP_STATUS_OK;

  if (pass->norm != NULL)
    status = ip_team_try (pass->team, (n + pass->tile - 1) / pass->tile, find_norms, (void *) pass,
                          context);
  if (status == IP_STATUS_OK)
    status = ip_wavefront_run (&wavefront, pass->team, context);
  if (status == IP_STATUS_OK)
    ip_context_report (context, 1.0);
  return status;
}

/* Threads that have something to do each: no more than there are rows of tiles. */
static IpTeam *
call_team (size_t n, size_t d, size_t tile, const IpContext *context)
{
  size_t most = (n + tile - 1) / tile;
  double work = 0.5 * (double) n * (double) n * (double) (d + 24);

  if (context == NULL || work < LEAST_WORK)
    return NULL;

  return ip_team_new (context->threads < most ? context->threads : (unsigned) most);
}

/* Numbers that begin where a line of the cache does: loads across two lines take twice as long. */
static double *
allocate (size_t n)
{
  return aligned_alloc (LINE, (n * sizeof (double) + LINE) / LINE * LINE);
}

static bool
init_desk (Desk *desk, const Pass *pass)
{
  size_t d = pass->matrix->columns;
  size_t kept = pass->keeps_left ? d : pass->depth;
  size_t squares = pass->matrix->source == NULL ? pass->spaces : 0;

  desk->left = allocate (pass->block * kept);
  desk->right = allocate (d > NARROW ? pass->block * pass->depth : 2 * pass->tile * d);
  desk->squared = allocate (squares * pass->block * pass->block);
  if (desk->left == NULL || desk->right == NULL || desk->squared == NULL)
    return false;

  if (d <= NARROW)
    memset (desk->right, 0, 2 * pass->tile * d * sizeof (double));
  return true;
}

size_t
ip_distance_get_tile_size (size_t columns)
{
  return columns > NARROW ? WIDE_TILE : NARROW_TILE;
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
  bool complete;

  ip_blas_use_one_thread ();

  *pass = (Pass) { .matrix = matrix, .mean = wide ? mean : origin, .order = order };
  pass->tile = ip_distance_get_tile_size (d);
  pass->depth = d < WIDE_COLUMNS ? d : WIDE_COLUMNS;
  pass->keeps_left = d <= KEPT_COLUMNS && matrix->source == NULL;
  pass->team = call_team (matrix->rows, d, pass->tile, context);
  pass->spaces = pass->team != NULL ? SPACES : 1;
  pass->block = wide && matrix->source == NULL && pass->team == NULL ? WIDE_BLOCK : pass->tile;
  pass->norm = wide ? calloc (matrix->rows + 1, sizeof (double)) : NULL;
  pass->desk = calloc (ip_team_get_size (pass->team), sizeof *pass->desk);

  complete = pass->desk != NULL && (!wide || pass->norm != NULL);
  for (unsigned i = 0; complete && i < ip_team_get_size (pass->team); i++)
    complete = init_desk (&pass->desk[i], pass);
  if (!complete)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a block of distances");

  return IP_STATUS_OK;
}

static void
clear_pass (Pass *pass)
{
  for (unsigned i = 0; pass->desk != NULL && i < ip_team_get_size (pass->team); i++)
    {
      free (pass->desk[i].left);
      free (pass->desk[i].right);
      free (pass->desk[i].squared);
    }
  free (pass->desk);
  free (pass->norm);
  ip_team_free (pass->team);
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
  if (status == IP_STATUS_OK)
    status = taken.source != NULL ? visit_strips (&pass, func, data, context)
                                  : visit_blocks (&pass, func, data, context);

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
  Pass pass;
  Strip strip
    = { .pass = &pass, .rows = matrix->rows, .stride = matrix->rows, .squared = squared };
  IpStatus status = init_pass (&pass, matrix, mean, order, context);

  if (status == IP_STATUS_OK)
    status = fill_strip (&strip, context);
  if (status == IP_STATUS_OK)
    status = run_over_strip (&strip, finish_place, NULL, context);

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
  const IpMatrix matrix = { .rows = n, .columns = columns };
  Pass pass = { .matrix = &matrix, .tile = ip_distance_get_tile_size (columns) };
  Strip strip = { .pass = &pass,
                  .rows = n,
                  .stride = n,
                  .squared = (double *) squared,
                  .func = func,
                  .data = data };
  IpStatus status;

  pass.team = call_team (n, 0, pass.tile, context);
  status = run_over_strip (&strip, NULL, use_place, context);
  ip_team_free (pass.team);
  return status;
}
