/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The first step.  Panel by panel of IP_BAND_WIDTH columns, what lies below the band is reflected
 * away: with Q R of those rows of the panel, Q = I - V T V', the rest A of the matrix becomes
 *
 *   Q' A Q = A - V W' - W V',   W = X - V (T' V' X) / 2,   X = A V T.
 *
 * A V and the update are nearly all of the work.  They are cut into blocks of rows and of columns,
 * each of which is computed whole by one thread: BLAS with threads of its own would add in an order
 * that depends on their number. */

#include "ip-band.h"

#include "ip-panel.h"
#include "ip-team.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH IP_BAND_WIDTH
/* Rows or columns that are one task. */
#define BLOCK 384

/* The rest of the matrix behind a panel: the lower triangle of m columns, column by column. */
typedef struct
{
  double *a;
  size_t m;
  size_t stride;   /* of a, and of what follows */
  double *left;    /* [m x 2 WIDTH] V and W */
  double *right;   /* [m x 2 WIDTH] W and V */
  double *product; /* [m x WIDTH] A V, then X */
} Rest;

static size_t
get_length (const Rest *rest, size_t start)
{
  return rest->m - start < BLOCK ? rest->m - start : BLOCK;
}

/* Rows of A V. */
static IpStatus
multiply_rows (size_t task, void *data, IpContext *context)
{
  const Rest *rest = data;
  size_t start = task * BLOCK;
  size_t rows = get_length (rest, start);
  size_t end = start + rows;
  blasint stride = (blasint) rest->stride;
  double *out = rest->product + start;

  cblas_dsymm (CblasColMajor, CblasLeft, CblasLower, (blasint) rows, WIDTH, 1.0,
               rest->a + start * rest->stride + start, stride, rest->left + start, stride, 0.0, out,
               stride);
  if (start > 0)
    cblas_dgemm (CblasColMajor, CblasNoTrans, CblasNoTrans, (blasint) rows, WIDTH, (blasint) start,
                 1.0, rest->a + start, stride, rest->left, stride, 1.0, out, stride);
  if (end < rest->m)
    cblas_dgemm (CblasColMajor, CblasTrans, CblasNoTrans, (blasint) rows, WIDTH,
                 (blasint) (rest->m - end), 1.0, rest->a + start * rest->stride + end, stride,
                 rest->left + end, stride, 1.0, out, stride);

  return IP_STATUS_OK;
}

/* Columns of A - V W' - W V'. */
static IpStatus
update_columns (size_t task, void *data, IpContext *context)
{
  const Rest *rest = data;
  size_t start = task * BLOCK;
  size_t columns = get_length (rest, start);
  size_t end = start + columns;
  blasint stride = (blasint) rest->stride;
  double *corner = rest->a + start * rest->stride + start;

  cblas_dsyr2k (CblasColMajor, CblasLower, CblasNoTrans, (blasint) columns, WIDTH, -1.0,
                rest->left + start, stride, rest->right + start, stride, 1.0, corner, stride);
  if (end < rest->m)
    cblas_dgemm (CblasColMajor, CblasNoTrans, CblasTrans, (blasint) (rest->m - end),
                 (blasint) columns, 2 * WIDTH, -1.0, rest->left + end, stride, rest->right + start,
                 stride, 1.0, corner + columns, stride);

  return IP_STATUS_OK;
}

/* W behind V, and both the other way round. */
static void
find_w (const Rest *rest, const double *t, double *middle)
{
  blasint m = (blasint) rest->m;
  blasint stride = (blasint) rest->stride;
  size_t size = rest->stride * WIDTH;
  double *x = rest->product;
  double *w = rest->left + size;

  cblas_dtrmm (CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, m, WIDTH, 1.0, t,
               WIDTH, x, stride);
  cblas_dgemm (CblasColMajor, CblasTrans, CblasNoTrans, WIDTH, WIDTH, m, 1.0, rest->left, stride, x,
               stride, 0.0, middle, WIDTH);
  cblas_dtrmm (CblasColMajor, CblasLeft, CblasUpper, CblasTrans, CblasNonUnit, WIDTH, WIDTH, 1.0, t,
               WIDTH, middle, WIDTH);
  cblas_dgemm (CblasColMajor, CblasNoTrans, CblasNoTrans, m, WIDTH, WIDTH, -0.5, rest->left, stride,
               middle, WIDTH, 1.0, x, stride);

  memcpy (w, x, size * sizeof *w);
  memcpy (rest->right, x, size * sizeof *w);
  memcpy (rest->right + size, rest->left, size * sizeof *w);
}

/* The columns from..end, which nothing will change any more. */
static void
keep_columns (IpBand *band, const double *a, size_t from, size_t end)
{
  for (size_t j = from; j < end; j++)
    {
      size_t rows = band->n - j < WIDTH + 1 ? band->n - j : WIDTH + 1;

      memcpy (band->values + j * band->stride, a + j * band->n + j, rows * sizeof *a);
    }
}

static IpStatus
reduce_panels (IpBand *band, double *a, double *work, IpTeam *team, IpContext *context)
{
  size_t n = band->n;
  size_t at;
  IpStatus status = IP_STATUS_OK;

  for (at = 0; n - at > WIDTH + 1 && status == IP_STATUS_OK; at += WIDTH)
    {
      Rest rest = { .a = a + (at + WIDTH) * n + at + WIDTH,
                    .m = n - at - WIDTH,
                    .stride = n,
                    .left = work,
                    .right = work + 2 * WIDTH * n,
                    .product = work + 4 * WIDTH * n };
      double left = (double) rest.m / (double) n;
      size_t tasks = (rest.m + BLOCK - 1) / BLOCK;
      double t[WIDTH * WIDTH];
      double middle[WIDTH * WIDTH];

      ip_panel_factor (a + at * n + at + WIDTH, rest.m, WIDTH, n, rest.left, n, t, middle);
      status = ip_team_try (team, tasks, multiply_rows, &rest, context);
      if (status != IP_STATUS_OK)
        break;
      find_w (&rest, t, middle);
      status = ip_team_try (team, tasks, update_columns, &rest, context);
      keep_columns (band, a, at, at + WIDTH);
      ip_context_report (context, 1.0 - left * left * left);
    }

  keep_columns (band, a, at, n);
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
  double *space = malloc (5 * WIDTH * n * sizeof *space + 1);
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
