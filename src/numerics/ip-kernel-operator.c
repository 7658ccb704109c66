/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-kernel-operator.h"

#include "ip-blas.h"
#include "ip-distance.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

typedef void (*TileFunc) (const IpKernelTile *tile, void *data);

/* The kernel of one tile; what lies left of the diagonal is mirrored. */
static void
fill_tile (const IpGram *gram, const IpDistanceTile *distances, double *kernel)
{
  bool diagonal = distances->row == distances->column;
  size_t columns = distances->columns;

  for (size_t i = 0; i < distances->rows; i++)
    {
      size_t from = diagonal ? i + 1 : 0;
      size_t end = gram->class_end[distances->row + i];
      double *row = kernel + i * columns;

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
      kernel[i * columns + j] = kernel[j * columns + i];
}

typedef struct
{
  IpKernelOperator *operator;
  IpStatus status;
} Keeping;

static IpStatus
make_room (IpKernelOperator *operator)
{
  size_t space = operator->space > 0 ? 2 * operator->space : 64;
  IpKernelTile *tiles;

  if (operator->n_tiles < operator->space)
    return IP_STATUS_OK;

  tiles = realloc (operator->tiles, space * sizeof *tiles);
  if (tiles == NULL)
    return IP_STATUS_NO_MEMORY;

  operator->tiles = tiles;
  operator->space = space;
  return IP_STATUS_OK;
}

static void
keep_tile (const IpDistanceTile *distances, void *data)
{
  Keeping *keeping = data;
  IpKernelOperator *operator = keeping->operator;
  double *kernel = NULL;

  if (keeping->status != IP_STATUS_OK)
    return;

  keeping->status = make_room (operator);
  if (keeping->status == IP_STATUS_OK)
    kernel = malloc (distances->rows * distances->columns * sizeof *kernel);
  if (kernel == NULL)
    {
      keeping->status = IP_STATUS_NO_MEMORY;
      return;
    }

  fill_tile (operator->gram, distances, kernel);
  operator->tiles[operator->n_tiles++] = (IpKernelTile){
    distances->row, distances->column, distances->rows, distances->columns, kernel
  };
}

static void
forget_tiles (IpKernelOperator *operator)
{
  for (size_t i = 0; i < operator->n_tiles; i++)
    free (operator->tiles[i].kernel);
  operator->n_tiles = 0;
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

IpStatus
ip_kernel_operator_init (IpKernelOperator *operator, const IpGram *gram, IpContext *context)
{
  Keeping keeping = { operator, IP_STATUS_OK };
  IpStatus status;

  ip_blas_use_one_thread ();
  *operator = (IpKernelOperator){ .gram = gram, .n = gram->matrix->rows };
  if (!is_granted (operator->n, context))
    return IP_STATUS_OK;

  status = ip_distance_for_each_tile (gram->matrix, gram->mean, gram->order, keep_tile, &keeping,
                                      context);
  operator->is_kept = status == IP_STATUS_OK && keeping.status == IP_STATUS_OK;
  if (!operator->is_kept)
    forget_tiles (operator);
  return status;
}

void
ip_kernel_operator_clear (IpKernelOperator *operator)
{
  forget_tiles (operator);
  free (operator->tiles);
  operator->tiles = NULL;
}

typedef struct
{
  const IpGram *gram;
  TileFunc func;
  void *data;
  double *kernel; /* space for the largest tile, once it is known */
  bool failed;
} Streaming;

static void
stream_tile (const IpDistanceTile *distances, void *data)
{
  Streaming *streaming = data;
  IpKernelTile tile = { distances->row, distances->column, distances->rows, distances->columns,
                        NULL };

  if (streaming->kernel == NULL)
    streaming->kernel = malloc (distances->stride * distances->stride * sizeof (double));
  tile.kernel = streaming->kernel;
  if (tile.kernel == NULL)
    {
      streaming->failed = true;
      return;
    }

  fill_tile (streaming->gram, distances, tile.kernel);
  streaming->func (&tile, streaming->data);
}

static IpStatus
for_each_tile (const IpKernelOperator *operator, TileFunc func, void *data, IpContext *context)
{
  const IpGram *gram = operator->gram;
  Streaming streaming = { .gram = gram, .func = func, .data = data };
  IpStatus status;

  for (size_t i = 0; i < operator->n_tiles; i++)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      func (&operator->tiles[i], data);
    }
  if (operator->is_kept)
    return IP_STATUS_OK;

  status = ip_distance_for_each_tile (gram->matrix, gram->mean, gram->order, stream_tile,
                                      &streaming, context);
  free (streaming.kernel);
  return status == IP_STATUS_OK && streaming.failed
           ? ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a block of a kernel")
           : status;
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

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, m, columns, 1.0, tile->kernel,
               columns, product->in + tile->column * product->columns, m, 1.0,
               product->out + tile->row * product->columns, m);
  if (tile->row != tile->column)
    cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, columns, m, rows, 1.0, tile->kernel,
                 columns, product->in + tile->row * product->columns, m, 1.0,
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
  double sum;
} Squares;

static void
add_squares (const IpKernelTile *tile, void *data)
{
  Squares *squares = data;
  double twice = tile->row == tile->column ? 1.0 : 2.0;

  for (size_t i = 0; i < tile->rows; i++)
    {
      double own = squares->scale[tile->row + i] * squares->scale[tile->row + i];
      const double *row = tile->kernel + i * tile->columns;
      double sum = 0.0;

      for (size_t j = 0; j < tile->columns; j++)
        {
          double entry = row[j] * squares->scale[tile->column + j];

          sum += entry * entry;
        }
      squares->sum += twice * own * sum;
    }
}

IpStatus
ip_kernel_operator_sum_squares (const IpKernelOperator *operator,
                                const double *scale,
                                double *sum,
                                IpContext *context)
{
  Squares squares = { scale, 0.0 };
  IpStatus status = for_each_tile (operator, add_squares, &squares, context);

  *sum = squares.sum;
  return status;
}
