/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-distance-pass.h"

#include "ip-blas.h"
#include "ip-simd.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* Up to here subtracting is both faster and more exact than GEMM. */
#define NARROW 24
#define NARROW_TILE 256
#define WIDE_TILE 512
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
/* Blocks that each of several threads may have filled.  It then takes no more than IP_THREAD_BYTES,
 * a half of IP_DISTANCE_BYTES. */
#define SPACES 2
/* Of the cache. */
#define LINE 64

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
pack (const IpDistancePass *pass,
      size_t first,
      size_t rows,
      size_t column,
      size_t columns,
      double *packed)
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
pack_groups (const IpDistancePass *pass,
             size_t first,
             size_t rows,
             size_t column,
             size_t columns,
             double *packed)
{
  pack (pass, first, rows, column, columns, packed);
  memset (packed + rows * columns, 0, (round_up (rows) - rows) * columns * sizeof *packed);
}

size_t
ip_distance_pass_get_length (const IpDistancePass *pass, size_t at, size_t most)
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
add_to_norms (const IpDistancePass *pass, size_t first, size_t column, size_t columns)
{
  double packed[IP_DISTANCE_COLUMNS];
  size_t end = first + ip_distance_pass_get_length (pass, first, pass->tile);

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
  const IpDistancePass *pass = data;
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

IpStatus
ip_distance_pass_add_norms (const IpDistancePass *pass, IpContext *context)
{
  size_t tiles = (pass->matrix->rows + pass->tile - 1) / pass->tile;

  return ip_team_try (pass->team, tiles, find_norms, (void *) pass, context);
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
fill_narrow (const IpDistancePass *pass, const IpDistanceDesk *desk, const IpDistanceTile *tile)
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

/* Rounding leaves up to a third of this share of the squared norms where rows are the same. */
#define ROUNDING 0x1p-48

IP_VECTORISED static void
add_norms (double norm, const double *norms, size_t n, double *squared)
{
  for (size_t j = 0; j < n; j++)
    {
      double norms_of_both = norm + norms[j];
      double distance = norms_of_both + squared[j];

      squared[j] = distance > ROUNDING * norms_of_both ? distance : 0.0;
    }
}

/* Adds -2 a.a to the tiles of a block on the diagonal.  SYRK and GEMM round differently, hence the
 * same parts as where tiles come one by one. */
static void
multiply_itself (const IpDistancePass *pass,
                 const IpDistanceTile *block,
                 const double *left,
                 size_t columns,
                 double beta)
{
  for (size_t row = 0; row < block->rows; row += pass->tile)
    {
      size_t next = row + ip_distance_pass_get_length (pass, block->row + row, pass->tile);
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
multiply (const IpDistancePass *pass,
          const IpDistanceDesk *desk,
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
fill_wide (const IpDistancePass *pass,
           const IpDistanceDesk *desk,
           const IpDistanceTile *block,
           IpContext *context)
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

bool
ip_distance_pass_fill (const IpDistancePass *pass,
                       const IpDistanceDesk *desk,
                       const IpDistanceTile *block,
                       IpContext *context)
{
  if (pass->norm != NULL)
    return fill_wide (pass, desk, block, context);

  fill_narrow (pass, desk, block);
  return true;
}

/* A tile whose columns do not fill their last group is computed at the desk. */
static void
copy_rows (const IpDistanceTile *tile,
           const double *from,
           size_t from_stride,
           double *to,
           size_t to_stride)
{
  for (size_t i = 0; i < tile->rows; i++)
    memcpy (to + i * to_stride, from + i * from_stride, tile->columns * sizeof *to);
}

void
ip_distance_pass_add_product (const IpDistancePass *pass,
                              const IpDistanceDesk *desk,
                              const IpDistanceTile *tile,
                              double beta)
{
  size_t depth = pass->matrix->columns;
  size_t columns = round_up (tile->columns);
  bool is_short = columns > tile->columns;
  double *squared = is_short ? desk->squared : tile->squared;
  size_t stride = is_short ? columns : tile->stride;

  if (tile->row == tile->column)
    {
      pack (pass, tile->row, tile->rows, 0, depth, desk->left);
      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, tile->rows, depth, -2.0, desk->left,
                   depth, beta, tile->squared, tile->stride);
      return;
    }

  if (is_short && beta != 0.0)
    copy_rows (tile, tile->squared, tile->stride, squared, stride);
  pack_groups (pass, tile->column, tile->columns, 0, depth, desk->right);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, tile->rows, columns, depth, -2.0,
               desk->left, depth, desk->right, depth, beta, squared, stride);
  if (is_short)
    copy_rows (tile, squared, stride, tile->squared, tile->stride);
}

void
ip_distance_pass_finish (const IpDistancePass *pass, const IpDistanceTile *tile)
{
  for (size_t i = 0; i < tile->rows; i++)
    {
      size_t from = tile->row == tile->column ? i + 1 : 0;

      add_norms (pass->norm[tile->row + i], pass->norm + tile->column + from, tile->columns - from,
                 tile->squared + i * tile->stride + from);
    }
}

/* No more than there are rows of tiles. */
IpTeam *
ip_distance_call_team (size_t n, size_t d, const IpContext *context)
{
  size_t tile = ip_distance_get_tile_size (d);
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
init_desk (IpDistanceDesk *desk, const IpDistancePass *pass)
{
  size_t d = pass->matrix->columns;
  size_t kept = pass->keeps_left ? d : pass->depth;
  size_t squares = pass->matrix->source == NULL ? pass->spaces : 1;

  desk->left = allocate (pass->block * kept);
  desk->right = allocate (d > NARROW ? pass->block * pass->depth : 2 * pass->tile * d);
  desk->squared = allocate (squares * pass->block * pass->block);
  if (desk->left == NULL || desk->right == NULL || desk->squared == NULL)
    return false;

  if (d <= NARROW)
    memset (desk->right, 0, 2 * pass->tile * d * sizeof (double));
  return true;
}

bool
ip_distance_multiplies (size_t columns)
{
  return columns > NARROW;
}

size_t
ip_distance_get_tile_size (size_t columns)
{
  return columns > NARROW ? WIDE_TILE : NARROW_TILE;
}

IpStatus
ip_distance_pass_init (IpDistancePass *pass,
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

  *pass = (IpDistancePass) { .matrix = matrix, .mean = wide ? mean : origin, .order = order };
  pass->tile = ip_distance_get_tile_size (d);
  pass->depth = d < IP_DISTANCE_COLUMNS ? d : IP_DISTANCE_COLUMNS;
  pass->keeps_left = d <= KEPT_COLUMNS && matrix->source == NULL;
  pass->team = ip_distance_call_team (matrix->rows, d, context);
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

void
ip_distance_pass_clear (IpDistancePass *pass)
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
