/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The first step.  Panel by panel of IP_BAND_WIDTH columns, what lies below the band is reflected
 * away: with Q R of those rows of the panel, Q = I - V T V', the rest A of the matrix becomes
 *
 *   Q' A Q = A - V W' - W V',   W = X - V (T' V' X) / 2,   X = A V T.
 *
 * A V and the update are nearly all of the work, and would wait for the memory if each of them
 * went over the matrix.  So the update is left until the next panel, whose columns are updated
 * first, has been factored.  Then each tile is updated, and multiplied with the V of that panel
 * from both sides, while it is in the cache.  Threads share the tiles as in ip-wavefront.h.
 *
 * The first panel is the one that is narrower, so that all behind it is cut into squares. */

#include "ip-band.h"

#include "ip-panel.h"
#include "ip-product.h"
#include "ip-team.h"
#include "ip-wavefront.h"

#include <cblas.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH IP_BAND_WIDTH
/* Rows and columns of a tile. */
#define TILE 96

/* The lower triangle of the last m columns, column by column, m a multiple of WIDTH. */
typedef struct
{
  double *a;
  size_t m;
  size_t stride;
  bool is_behind;  /* an update is left to be done: A + left right' */
  double *left;    /* [m / WIDTH x 2 WIDTH x WIDTH] columns of -V and -W, WIDTH rows at a time */
  double *right;   /* [m x 2 WIDTH] rows of W and V */
  double *v;       /* [m x WIDTH] */
  double *product; /* [m x WIDTH] A V, then X, then W */
} Rest;

static size_t
get_length (const Rest *rest, size_t start)
{
  return rest->m - start < TILE ? rest->m - start : TILE;
}

/* The columns from..end, of the rows row..row_end that are at or below the diagonal. */
static void
update_tile (const Rest *rest, size_t row, size_t row_end, size_t from, size_t end)
{
  for (size_t i = row; i < row_end; i += WIDTH)
    {
      size_t last = i + WIDTH < end ? i + WIDTH : end;
      IpFactor right = { rest->right + from * 2 * WIDTH, 2 * WIDTH, 1 };

      ip_product_add (&right, rest->left + i * 2 * WIDTH, WIDTH, last - from, 2 * WIDTH,
                      rest->a + from * rest->stride + i, rest->stride);
    }
}

/* A square on the diagonal as a whole. */
static void
mirror (double *square, size_t stride)
{
  for (size_t j = 0; j < WIDTH; j++)
    for (size_t i = j + 1; i < WIDTH; i++)
      square[i * stride + j] = square[j * stride + i];
}

/* A block off the diagonal, from both sides. */
static void
multiply_block (const Rest *rest, size_t row, size_t rows, size_t column, size_t columns)
{
  const double *block = rest->a + column * rest->stride + row;
  IpFactor straight = { block, 1, rest->stride };
  IpFactor turned = { block, rest->stride, 1 };

  ip_product_add (&straight, rest->v + column * WIDTH, WIDTH, rows, columns,
                  rest->product + row * WIDTH, WIDTH);
  ip_product_add (&turned, rest->v + row * WIDTH, WIDTH, columns, rows,
                  rest->product + column * WIDTH, WIDTH);
}

static void
multiply_corner (const Rest *rest, size_t start, size_t end)
{
  for (size_t at = start; at < end; at += WIDTH)
    {
      double *square = rest->a + at * rest->stride + at;
      IpFactor whole = { square, 1, rest->stride };

      mirror (square, rest->stride);
      ip_product_add (&whole, rest->v + at * WIDTH, WIDTH, WIDTH, WIDTH,
                      rest->product + at * WIDTH, WIDTH);
      if (at + WIDTH < end)
        multiply_block (rest, at + WIDTH, end - at - WIDTH, at, WIDTH);
    }
}

static bool
fill_tile (const IpPlace *place, void *data, IpContext *context)
{
  const Rest *rest = data;
  size_t row = place->column * TILE;
  size_t column = place->row * TILE;

  if (rest->is_behind)
    update_tile (rest, row, row + get_length (rest, row), column,
                 column + get_length (rest, column));
  return true;
}

static void
use_tile (const IpPlace *place, void *data)
{
  const Rest *rest = data;
  size_t row = place->column * TILE;
  size_t column = place->row * TILE;

  if (row == column)
    multiply_corner (rest, row, row + get_length (rest, row));
  else
    multiply_block (rest, row, get_length (rest, row), column, get_length (rest, column));
}

static IpStatus
multiply (Rest *rest, IpTeam *team, IpContext *context)
{
  size_t tiles = (rest->m + TILE - 1) / TILE;
  IpWavefront wavefront = { .end = tiles,
                            .columns = tiles,
                            .spaces = IP_MOST_SPACES,
                            .fill = fill_tile,
                            .use = use_tile,
                            .data = rest };

  memset (rest->product, 0, rest->m * WIDTH * sizeof *rest->product);
  return ip_wavefront_run (&wavefront, team, context);
}

/* V of a panel, whose columns are turned into rows. */
static void
factor_panel (const Rest *rest, double *panel, size_t width, double *t)
{
  double work[WIDTH * WIDTH];
  double *columns = rest->product;

  ip_panel_factor (panel, rest->m, width, rest->stride, columns, rest->m, t, work);
  memset (columns + width * rest->m, 0, (WIDTH - width) * rest->m * sizeof *columns);
  for (size_t i = 0; i < rest->m; i++)
    for (size_t j = 0; j < WIDTH; j++)
      rest->v[i * WIDTH + j] = columns[j * rest->m + i];
}

static void
find_w (const Rest *rest, size_t width, const double *t)
{
  blasint m = (blasint) rest->m;
  blasint k = (blasint) width;
  double *x = rest->product;
  double middle[WIDTH * WIDTH];

  cblas_dtrmm (CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, m, k, 1.0, t, k, x,
               WIDTH);
  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, k, k, m, 1.0, rest->v, WIDTH, x, WIDTH, 0.0,
               middle, k);
  cblas_dtrmm (CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, k, k, 1.0, t, k,
               middle, k);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, m, k, k, -0.5, rest->v, WIDTH, middle, k,
               1.0, x, WIDTH);
}

/* What is to be done when the next panel is ready. */
static void
leave_update (Rest *rest)
{
  for (size_t i = 0; i < rest->m; i++)
    {
      const double *v = rest->v + i * WIDTH;
      const double *w = rest->product + i * WIDTH;
      double *left = rest->left + i / WIDTH * 2 * WIDTH * WIDTH + i % WIDTH;
      double *right = rest->right + i * 2 * WIDTH;

      for (size_t j = 0; j < WIDTH; j++)
        {
          left[j * WIDTH] = -v[j];
          left[(WIDTH + j) * WIDTH] = -w[j];
          right[j] = w[j];
          right[WIDTH + j] = v[j];
        }
    }
  rest->is_behind = true;
}

/* Leaves out the first columns. */
static void
step_down (Rest *rest, size_t columns)
{
  rest->a += columns * (rest->stride + 1);
  rest->m -= columns;
  rest->left += columns * 2 * WIDTH;
  rest->right += columns * 2 * WIDTH;
}

/* The columns of a panel, which nothing will change any more. */
static void
keep_panel (IpBand *band, const double *a, size_t at, size_t width)
{
  for (size_t j = at; j < at + width; j++)
    {
      size_t rows = band->n - j < width + 1 ? band->n - j : width + 1;

      memcpy (band->values + j * band->stride, a + j * band->n + j, rows * sizeof *a);
    }
}

/* The first columns are up to date, and are left out then. */
static IpStatus
reduce_panel (Rest *rest, size_t width, IpTeam *team, IpContext *context)
{
  double t[WIDTH * WIDTH];
  double *panel = rest->a + width;
  IpStatus status;

  step_down (rest, width);
  factor_panel (rest, panel, width, t);
  status = multiply (rest, team, context);
  if (status != IP_STATUS_OK)
    return status;

  find_w (rest, width, t);
  leave_update (rest);
  return IP_STATUS_OK;
}

static IpStatus
reduce_panels (IpBand *band, double *a, double *work, IpTeam *team, IpContext *context)
{
  size_t n = band->n;
  size_t width = (n - 1) % WIDTH + 1;
  Rest rest = { .a = a,
                .m = n,
                .stride = n,
                .left = work,
                .right = work + 2 * WIDTH * n,
                .v = work + 4 * WIDTH * n,
                .product = work + 5 * WIDTH * n };
  IpStatus status = IP_STATUS_OK;

  for (size_t at = 0; at < n && status == IP_STATUS_OK; at += width, width = WIDTH)
    {
      double left = (double) rest.m / (double) n;

      if (rest.is_behind)
        update_tile (&rest, 0, rest.m, 0, WIDTH);
      if (at + width < n)
        status = reduce_panel (&rest, width, team, context);
      keep_panel (band, a, at, width);
      ip_context_report (context, 1.0 - left * left * left);
    }

  return status;
}

IpStatus
ip_band_init (IpBand *band, size_t n, IpContext *context)
{
  *band = (IpBand) { .n = n, .stride = 2 * WIDTH };
  band->values = calloc ((n + WIDTH) * band->stride, sizeof *band->values);
  if (band->values == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a band of %zu columns", n);

  return IP_STATUS_OK;
}

void
ip_band_clear (IpBand *band)
{
  free (band->values);
  band->values = NULL;
}

/* The row-major triangle column >= row is the lower one of the transposed, column-major matrix. */
IpStatus
ip_band_init_from_symmetric (IpBand *band, double *matrix, size_t n, IpContext *context)
{
  double *space = malloc (6 * WIDTH * n * sizeof *space + 1);
  IpTeam *team;
  IpStatus status = ip_band_init (band, n, context);

  if (space == NULL && status == IP_STATUS_OK)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);
  if (status == IP_STATUS_OK)
    {
      team = ip_team_new (context != NULL && n >= IP_BAND_SHARED ? context->threads : 1);
      status = reduce_panels (band, matrix, space, team, context);
      ip_team_free (team);
    }

  free (space);
  if (status != IP_STATUS_OK)
    ip_band_clear (band);
  return status;
}
