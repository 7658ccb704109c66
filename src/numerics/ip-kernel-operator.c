/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-kernel-operator.h"

#include "ip-blas.h"
#include "ip-distance.h"
#include "ip-team.h"
#include "ip-wavefront.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* Below this many samples a product is not worth calling other threads. */
#define LEAST_SHARED 1000

typedef void (*TileFunc) (const IpKernelTile *tile, void *data);

/* The kernel of one tile; what lies left of the diagonal is mirrored.  May be the memory of the
 * distances. */
static void
fill_tile (const IpGram *gram, const IpDistanceTile *distances, double *kernel, size_t stride)
{
  bool diagonal = distances->row == distances->column;
  size_t columns = distances->columns;

  for (size_t i = 0; i < distances->rows; i++)
    {
      size_t from = diagonal ? i + 1 : 0;
      size_t end = gram->class_end[distances->row + i];
      double *row = kernel + i * stride;

      ip_kernel_of_distances (distances->squared + i * distances->stride + from, columns - from,
                              gram->rate, row + from);
      if (gram->across != 1.0)
        for (size_t j = end > distances->column + from ? end - distances->column : from;
             j < columns; j++)
          row[j] *= gram->across;
      if (diagonal)
        row[i] = 1.0;
    }

  for (size_t i = 1; diagonal && i < distances->rows; i++)
    for (size_t j = 0; j < i; j++)
      kernel[i * stride + j] = kernel[j * stride + i];
}

static double **
find_place (const IpKernelOperator *operator, size_t row, size_t column)
{
  return &operator->kept[row * operator->tile_rows - row * (row + 1) / 2 + column];
}

static void
keep_tile (const IpDistanceTile *distances, void *data)
{
  const IpKernelOperator *operator = data;
  double *kernel = *find_place (operator, distances->row / operator->tile_size,
                                distances->column / operator->tile_size);

  fill_tile (operator->gram, distances, kernel, distances->columns);
}

static size_t
count_tiles (const IpKernelOperator *operator)
{
  return operator->tile_rows * (operator->tile_rows + 1) / 2;
}

static void
forget_tiles (IpKernelOperator *operator)
{
  for (size_t i = 0; operator->kept != NULL && i < count_tiles (operator); i++)
    free (operator->kept[i]);
  free (operator->kept);
  operator->kept = NULL;
}

static size_t
get_length (const IpKernelOperator *operator, size_t place)
{
  size_t left = operator->n - place * operator->tile_size;

  return left < operator->tile_size ? left : operator->tile_size;
}

static bool
make_room (IpKernelOperator *operator)
{
  operator->kept = calloc (count_tiles (operator) + 1, sizeof *operator->kept);
  if (operator->kept == NULL)
    return false;

  for (size_t row = 0; row < operator->tile_rows; row++)
    for (size_t column = row; column < operator->tile_rows; column++)
      {
        double *kernel = malloc (get_length (operator, row) * get_length (operator, column)
                                 * sizeof *kernel);

        if (kernel == NULL)
          return false;
        *find_place (operator, row, column) = kernel;
      }

  return true;
}

/* Tiles on the diagonal are whole: a little more than half of the matrix. */
double
ip_kernel_operator_count_bytes (size_t n)
{
  double bytes = 4.5 * (double) n * (double) n;

  return bytes <= IP_LARGEST_KEPT ? bytes : 0.0;
}

static bool
is_granted (size_t n, const IpContext *context)
{
  double bytes = ip_kernel_operator_count_bytes (n);

  return bytes > 0.0
         && (context == NULL || context->memory == 0 || bytes <= (double) context->memory);
}

/* Without memory for the tiles they are made anew. */
IpStatus
ip_kernel_operator_init (IpKernelOperator *operator, const IpGram *gram, IpContext *context)
{
  size_t size = ip_distance_get_tile_size (gram->matrix->columns);
  IpStatus status = IP_STATUS_OK;

  ip_blas_use_one_thread ();
  *operator = (IpKernelOperator){ .gram = gram, .n = gram->matrix->rows, .tile_size = size };
  operator->tile_rows = (operator->n + size - 1) / size;
  if (!is_granted (operator->n, context))
    return IP_STATUS_OK;

  if (make_room (operator))
    status = ip_distance_for_each_tile (gram->matrix, gram->mean, gram->order, keep_tile, operator,
                                        context);
  else
    forget_tiles (operator);
  return status;
}

void
ip_kernel_operator_clear (IpKernelOperator *operator)
{
  forget_tiles (operator);
}

/* A walk over the tiles. */
typedef struct
{
  const IpKernelOperator *operator;
  TileFunc func;
  void *data;
} Walk;

/* An IpDistanceFunc. */
static void
stream_tile (const IpDistanceTile *distances, void *data)
{
  const Walk *walk = data;
  IpKernelTile tile = { distances->row,     distances->column, distances->rows,
                        distances->columns, distances->stride, distances->squared };

  fill_tile (walk->operator->gram, distances, tile.kernel, tile.stride);
  walk->func (&tile, walk->data);
}

static void
use_kept_tile (const IpPlace *place, void *data)
{
  const Walk *walk = data;
  const IpKernelOperator *operator = walk->operator;
  size_t columns = get_length (operator, place->column);
  IpKernelTile tile = { place->row * operator->tile_size,
                        place->column * operator->tile_size,
                        get_length (operator, place->row),
                        columns,
                        columns,
                        *find_place (operator, place->row, place->column) };

  walk->func (&tile, walk->data);
}

static IpStatus
walk_over_kept (Walk *walk, IpContext *context)
{
  size_t rows = walk->operator->tile_rows;
  unsigned threads = context != NULL && walk->operator->n >= LEAST_SHARED ? context->threads : 1;
  IpTeam *team = ip_team_new (threads < rows ? threads : (unsigned) rows);
  IpWavefront wavefront
    = { .end = rows, .columns = rows, .spaces = 1, .use = use_kept_tile, .data = walk };
  IpStatus status = ip_wavefront_run (&wavefront, team, context);

  ip_team_free (team);
  return status;
}

/* func is called as an IpDistanceFunc is. */
static IpStatus
for_each_tile (const IpKernelOperator *operator, TileFunc func, void *data, IpContext *context)
{
  const IpGram *gram = operator->gram;
  Walk walk = { operator, func, data };

  return operator->kept != NULL
           ? walk_over_kept (&walk, context)
           : ip_distance_for_each_tile (gram->matrix, gram->mean, gram->order, stream_tile, &walk,
                                        context);
}

typedef struct
{
  const double *in;
  double *out;
  size_t columns;
} Product;

static void
multiply_tile (const IpKernelTile *tile, void *data)
{
  const Product *product = data;
  blasint m = (blasint) product->columns;
  blasint rows = (blasint) tile->rows;
  blasint columns = (blasint) tile->columns;
  blasint stride = (blasint) tile->stride;

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, m, columns, 1.0, tile->kernel,
               stride, product->in + tile->column * product->columns, m, 1.0,
               product->out + tile->row * product->columns, m);
  if (tile->row != tile->column)
    cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, columns, m, rows, 1.0, tile->kernel,
                 stride, product->in + tile->row * product->columns, m, 1.0,
                 product->out + tile->column * product->columns, m);
}

IpStatus
ip_kernel_operator_multiply (const IpKernelOperator *operator,
                             const double *in,
                             double *out,
                             size_t columns,
                             IpContext *context)
{
  Product product = { in, out, columns };

  memset (out, 0, operator->n * columns * sizeof *out);
  return for_each_tile (operator, multiply_tile, &product, context);
}

typedef struct
{
  const double *scale;
  double *row; /* [n] sums of the rows */
} Squares;

static void
add_squares (const IpKernelTile *tile, void *data)
{
  const Squares *squares = data;
  double twice = tile->row == tile->column ? 1.0 : 2.0;

  for (size_t i = 0; i < tile->rows; i++)
    {
      double own = squares->scale[tile->row + i] * squares->scale[tile->row + i];
      const double *row = tile->kernel + i * tile->stride;
      double sum = 0.0;

      for (size_t j = 0; j < tile->columns; j++)
        {
          double entry = row[j] * squares->scale[tile->column + j];

          sum += entry * entry;
        }
      squares->row[tile->row + i] += twice * own * sum;
    }
}

IpStatus
ip_kernel_operator_sum_squares (const IpKernelOperator *operator,
                                const double *scale,
                                double *sum,
                                IpContext *context)
{
  Squares squares = { scale, calloc (operator->n + 1, sizeof (double)) };
  IpStatus status;

  if (squares.row == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", operator->n);

  status = for_each_tile (operator, add_squares, &squares, context);
  *sum = 0.0;
  for (size_t i = 0; i < operator->n; i++)
    *sum += squares.row[i];

  free (squares.row);
  return status;
}
