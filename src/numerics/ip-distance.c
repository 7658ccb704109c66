/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-distance-pass.h"
#include "ip-wavefront.h"

#include <stdlib.h>
#include <string.h>

/* A matrix that is not in memory is read block by block, and every block adds its products to all
 * tiles of a strip of tile rows before the next one comes.  Where not all tile rows fit into memory
 * at once, the matrix is read once per strip.  The products are those of a matrix in memory, in the
 * same order. */
typedef struct
{
  const IpDistancePass *pass;
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
  const IpDistancePass *pass = strip->pass;
  size_t row = place->row * pass->tile;
  size_t column = place->column * pass->tile;
  double *squared = strip->squared + (row - strip->row) * strip->stride + column;

  return (IpDistanceTile){ .row = row,
                           .column = column,
                           .rows = ip_distance_pass_get_length (pass, row, pass->tile),
                           .columns = ip_distance_pass_get_length (pass, column, pass->tile),
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

/* The pass is over up to IP_DISTANCE_COLUMNS columns. */
static bool
add_product (const IpPlace *place, void *data, IpContext *context)
{
  const Strip *strip = data;
  IpDistanceTile tile = get_tile (strip, place);

  ip_distance_pass_add_product (strip->pass, &strip->pass->desk[place->thread], &tile, strip->beta);
  return true;
}

/* The part of the work that is done when all tiles above position `row` are. */
static double
get_share_above (const IpDistancePass *pass, size_t row)
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
  IpDistancePass pass = *strip->pass;
  Strip inner = *strip;
  IpStatus status;

  left = left < IP_DISTANCE_COLUMNS ? left : IP_DISTANCE_COLUMNS;
  status = ip_matrix_get_columns (block, at, left, &part, context);
  pass.matrix = &part;
  pass.mean = strip->pass->mean + first + at;
  inner.pass = &pass;
  inner.beta = first + at == 0 ? 0.0 : 1.0;
  if (status == IP_STATUS_OK && strip->row == 0)
    status = ip_distance_pass_add_norms (&pass, context);
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
      for (size_t at = 0; at < block.columns && status == IP_STATUS_OK; at += IP_DISTANCE_COLUMNS)
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

  ip_distance_pass_finish (strip->pass, &tile);
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
find_strip_rows (const IpDistancePass *pass, size_t *rows, IpContext *context)
{
  size_t n = pass->matrix->rows;
  size_t packed = 4 * pass->tile * IP_DISTANCE_COLUMNS * sizeof (double);
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
visit_strips (const IpDistancePass *pass, IpDistanceFunc func, void *data, IpContext *context)
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

/* A matrix that is in memory. */
typedef struct
{
  const IpDistancePass *pass;
  IpDistanceFunc func;
  void *data;
} Visit;

static IpDistanceTile
get_block (const IpDistancePass *pass, const IpPlace *place)
{
  size_t size = pass->block;
  size_t row = place->row * size;
  size_t column = place->column * size;

  return (IpDistanceTile){ .row = row,
                           .column = column,
                           .rows = ip_distance_pass_get_length (pass, row, size),
                           .columns = ip_distance_pass_get_length (pass, column, size),
                           .stride = size,
                           .squared = pass->desk[place->thread].squared
                                      + place->space * size * size };
}

/* The part of the work that is done before a block. */
static double
get_share_before (const IpDistancePass *pass, const IpDistanceTile *block)
{
  double above = get_share_above (pass, block->row);
  double width = get_share_above (pass, block->row + block->rows) - above;

  return above
         + width * (double) (block->column - block->row)
               / (double) (pass->matrix->rows - block->row);
}

static bool
fill_block (const IpPlace *place, void *data, IpContext *context)
{
  const Visit *visit = data;
  const IpDistancePass *pass = visit->pass;
  IpDistanceTile block = get_block (pass, place);

  ip_context_report (context, get_share_before (pass, &block));
  return ip_distance_pass_fill (pass, &pass->desk[place->thread], &block, context);
}

/* The tiles of a block, from top to bottom. */
static void
use_block (const IpPlace *place, void *data)
{
  const Visit *visit = data;
  const IpDistancePass *pass = visit->pass;
  IpDistanceTile block = get_block (pass, place);

  for (size_t row = block.row; row < block.row + block.rows; row += pass->tile)
    for (size_t column = row > block.column ? row : block.column;
         column < block.column + block.columns; column += pass->tile)
      {
        IpDistanceTile tile = { .row = row,
                                .column = column,
                                .rows = ip_distance_pass_get_length (pass, row, pass->tile),
                                .columns = ip_distance_pass_get_length (pass, column, pass->tile),
                                .stride = block.stride,
                                .squared = block.squared + (row - block.row) * block.stride
                                           + (column - block.column) };

        if (pass->norm != NULL)
          ip_distance_pass_finish (pass, &tile);
        visit->func (&tile, visit->data);
      }
}

/* Each row and each column meets the others in the same order as where tiles are visited one row of
 * them after the other. */
static IpStatus
visit_blocks (const IpDistancePass *pass, IpDistanceFunc func, void *data, IpContext *context)
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
    status = ip_distance_pass_add_norms (pass, context);
  if (status == IP_STATUS_OK)
    status = ip_wavefront_run (&wavefront, pass->team, context);
  if (status == IP_STATUS_OK)
    ip_context_report (context, 1.0);
  return status;
}

/* A narrow matrix is one block, whoever holds it. */
static IpStatus
take_narrow (const IpMatrix *matrix, IpMatrix *taken, IpContext *context)
{
  *taken = *matrix;
  if (matrix->source == NULL || ip_distance_multiplies (matrix->columns))
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
  IpDistancePass pass;
  IpStatus status = take_narrow (matrix, &taken, context);

  if (status != IP_STATUS_OK)
    return status;

  status = ip_distance_pass_init (&pass, &taken, mean, order, context);
  if (status == IP_STATUS_OK)
    status = taken.source != NULL ? visit_strips (&pass, func, data, context)
                                  : visit_blocks (&pass, func, data, context);

  ip_distance_pass_clear (&pass);
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
  IpDistancePass pass;
  Strip strip
    = { .pass = &pass, .rows = matrix->rows, .stride = matrix->rows, .squared = squared };
  IpStatus status = ip_distance_pass_init (&pass, matrix, mean, order, context);

  if (status == IP_STATUS_OK)
    status = fill_strip (&strip, context);
  if (status == IP_STATUS_OK)
    status = run_over_strip (&strip, finish_place, NULL, context);

  ip_distance_pass_clear (&pass);
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

  if (matrix->source != NULL && ip_distance_multiplies (matrix->columns))
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
  IpDistancePass pass = { .matrix = &matrix, .tile = ip_distance_get_tile_size (columns) };
  Strip strip = { .pass = &pass,
                  .rows = n,
                  .stride = n,
                  .squared = (double *) squared,
                  .func = func,
                  .data = data };
  IpStatus status;

  pass.team = ip_distance_call_team (n, 0, context);
  status = run_over_strip (&strip, NULL, use_place, context);
  ip_team_free (pass.team);
  return status;
}
