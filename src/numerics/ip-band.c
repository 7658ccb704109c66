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

#include "ip-team.h"

#include <cblas.h>
#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH IP_BAND_WIDTH
/* Rows or columns that are one task, and tasks between two looks at the context. */
#define BLOCK 384
#define TASKS 8

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
static void
multiply_rows (size_t task, void *data)
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
}

/* Columns of A - V W' - W V'. */
static void
update_columns (size_t task, void *data)
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
}

typedef struct
{
  IpTaskFunc func;
  Rest *rest;
  size_t first;
} Slice;

static void
run_task_of_slice (size_t task, void *data)
{
  const Slice *slice = data;

  slice->func (slice->first + task, slice->rest);
}

static IpStatus
run_tasks (IpTaskFunc func, Rest *rest, IpTeam *team, IpContext *context)
{
  size_t tasks = (rest->m + BLOCK - 1) / BLOCK;

  for (size_t first = 0; first < tasks; first += TASKS)
    {
      Slice slice = { func, rest, first };

      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      ip_team_run (tasks > 1 ? team : NULL, tasks - first < TASKS ? tasks - first : TASKS,
                   run_task_of_slice, &slice);
    }

  return IP_STATUS_OK;
}

/* V and T of a panel of m rows, R stays in the panel.  The last panel has fewer rows than columns,
 * and reflections of some columns only. */
static void
factor_panel (double *panel, const Rest *rest, double *t)
{
  size_t columns = rest->m < WIDTH ? rest->m : WIDTH;
  lapack_int m = (lapack_int) rest->m;
  lapack_int n = (lapack_int) columns;
  lapack_int stride = (lapack_int) rest->stride;

  memset (t, 0, WIDTH * WIDTH * sizeof *t);
  LAPACKE_dgeqrt3_work (LAPACK_COL_MAJOR, m, n, panel, stride, t, WIDTH);
  if (n < WIDTH)
    LAPACKE_dgemqrt_work (LAPACK_COL_MAJOR, 'L', 'T', m, WIDTH - n, n, n, panel, stride, t, WIDTH,
                          panel + columns * rest->stride, stride, rest->product);

  for (size_t j = 0; j < WIDTH; j++)
    {
      double *v = rest->left + j * rest->stride;

      memset (v, 0, rest->m * sizeof *v);
      if (j >= columns)
        continue;
      v[j] = 1.0;
      memcpy (v + j + 1, panel + j * rest->stride + j + 1, (rest->m - j - 1) * sizeof *v);
    }
}

/* W behind V, and both the other way round. */
static void
find_w (const Rest *rest, const double *t)
{
  blasint m = (blasint) rest->m;
  blasint stride = (blasint) rest->stride;
  size_t size = rest->stride * WIDTH;
  double *x = rest->product;
  double *w = rest->left + size;
  double middle[WIDTH * WIDTH];

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
      double t[WIDTH * WIDTH];

      factor_panel (a + at * n + at + WIDTH, &rest, t);
      status = run_tasks (multiply_rows, &rest, team, context);
      if (status != IP_STATUS_OK)
        break;
      find_w (&rest, t);
      status = run_tasks (update_columns, &rest, team, context);
      keep_columns (band, a, at, at + WIDTH);
      ip_context_report (context, 1.0 - left * left * left);
    }

  keep_columns (band, a, at, n);
  return status;
}

/* The row-major triangle column >= row is the lower one of the transposed, column-major matrix. */
IpStatus
ip_band_init_from_matrix (IpBand *band, double *matrix, size_t n, IpContext *context)
{
  double *work = malloc (5 * WIDTH * n * sizeof *work + 1);
  IpTeam *team;
  IpStatus status;

  *band = (IpBand) { .n = n, .stride = 2 * WIDTH };
  band->values = calloc ((n + WIDTH) * band->stride, sizeof *band->values);
  if (work == NULL || band->values == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);
    }
  else
    {
      team = ip_team_new (context != NULL && n >= IP_BAND_SHARED ? context->threads : 1);
      status = reduce_panels (band, matrix, work, team, context);
      ip_team_free (team);
    }

  free (work);
  if (status != IP_STATUS_OK)
    ip_band_clear (band);
  return status;
}

void
ip_band_clear (IpBand *band)
{
  free (band->values);
  band->values = NULL;
}
