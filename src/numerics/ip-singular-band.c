/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* As ip-band.c, but from both sides with different reflections.  Panel by panel of HALF columns,
 * those below the diagonal are reflected away from the left, then the rows of the panel right of
 * the band from the right.  With Q = I - V T V' and P = I - U S U' the rest C of the matrix, below
 * and right of the panel, becomes
 *
 *   Q' C P = C - V Y' - X U',   Y = C' V T,   X = (C U - V Y' U) S.
 *
 * What is left is an upper band B.  The eigenvalues of [0 B; B' 0] are its singular values and
 * those with the other sign; with rows and columns of B in turns that is a band again, twice as
 * wide (Golub and Kahan 1965, doi:10.1137/0702016). */

#include "ip-band.h"

#include "ip-panel.h"
#include "ip-team.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* Diagonals of B above the main one. */
#define HALF (IP_BAND_WIDTH / 2)
/* Rows or columns that are one task. */
#define BLOCK 384

/* The rest of the matrix behind a panel.  Its first HALF rows are those of the panel. */
typedef struct
{
  double *c; /* [HALF + m x m] */
  size_t m;
  size_t stride;     /* of c, and of what follows */
  double *left;      /* [HALF + m x 2 HALF] V and X */
  double *right;     /* [m x 2 HALF] Y and U */
  double *turned;    /* [m x HALF] the rows of the panel as columns */
  double t[HALF * HALF];
  double s[HALF * HALF];
} Rest;

static blasint
get_length (const Rest *rest, size_t start)
{
  return (blasint) (rest->m - start < BLOCK ? rest->m - start : BLOCK);
}

/* Rows of C' V, which are columns of C. */
static IpStatus
multiply_columns (size_t task, void *data, IpContext *context)
{
  const Rest *rest = data;
  size_t start = task * BLOCK;
  blasint stride = (blasint) rest->stride;

  cblas_dgemm (CblasColMajor, CblasTrans, CblasNoTrans, get_length (rest, start), HALF,
               (blasint) (HALF + rest->m), 1.0, rest->c + start * rest->stride, stride, rest->left,
               stride, 0.0, rest->right + start, stride);

  return IP_STATUS_OK;
}

/* Rows of C U below the panel. */
static IpStatus
multiply_rows (size_t task, void *data, IpContext *context)
{
  const Rest *rest = data;
  size_t start = task * BLOCK;
  blasint stride = (blasint) rest->stride;

  cblas_dgemm (CblasColMajor, CblasNoTrans, CblasNoTrans, get_length (rest, start), HALF,
               (blasint) rest->m, 1.0, rest->c + HALF + start, stride,
               rest->right + HALF * rest->stride, stride, 0.0,
               rest->left + HALF * rest->stride + HALF + start, stride);

  return IP_STATUS_OK;
}

/* Columns of C - V Y' - X U' below the panel. */
static IpStatus
update_columns (size_t task, void *data, IpContext *context)
{
  const Rest *rest = data;
  size_t start = task * BLOCK;
  blasint stride = (blasint) rest->stride;

  cblas_dgemm (CblasColMajor, CblasNoTrans, CblasTrans, (blasint) rest->m,
               get_length (rest, start), 2 * HALF, -1.0, rest->left + HALF, stride,
               rest->right + start, stride, 1.0, rest->c + start * rest->stride + HALF, stride);

  return IP_STATUS_OK;
}

/* Y from C' V; then the rows of the panel and their own reflections. */
static void
reflect_rows (Rest *rest, double *work)
{
  blasint m = (blasint) rest->m;
  blasint stride = (blasint) rest->stride;
  double *y = rest->right;

  cblas_dtrmm (CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, m, HALF, 1.0,
               rest->t, HALF, y, stride);
  for (size_t i = 0; i < HALF; i++)
    cblas_dcopy (m, rest->c + i, stride, rest->turned + i * rest->stride, 1);
  cblas_dgemm (CblasColMajor, CblasNoTrans, CblasTrans, m, HALF, HALF, -1.0, y, stride, rest->left,
               stride, 1.0, rest->turned, stride);
  ip_panel_factor (rest->turned, rest->m, HALF, rest->stride, rest->right + HALF * rest->stride,
                   rest->stride, rest->s, work);
}

/* X from C U. */
static void
find_x (const Rest *rest, double *middle)
{
  blasint m = (blasint) rest->m;
  blasint stride = (blasint) rest->stride;
  const double *u = rest->right + HALF * rest->stride;
  double *x = rest->left + HALF * rest->stride + HALF;

  cblas_dgemm (CblasColMajor, CblasTrans, CblasNoTrans, HALF, HALF, m, 1.0, rest->right, stride, u,
               stride, 0.0, middle, HALF);
  cblas_dgemm (CblasColMajor, CblasNoTrans, CblasNoTrans, m, HALF, HALF, -1.0, rest->left + HALF,
               stride, middle, HALF, 1.0, x, stride);
  cblas_dtrmm (CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, m, HALF, 1.0,
               rest->s, HALF, x, stride);
}

/* Element (row, column) of B. */
static void
keep_element (IpBand *band, size_t row, size_t column, double value)
{
  if (column > row)
    band->values[(2 * row + 1) * band->stride + 2 * (column - row) - 1] = value;
  else
    band->values[2 * row * band->stride + 1] = value;
}

/* The upper triangle of a panel of B. */
static void
keep_panel (IpBand *band, const double *panel, size_t at, size_t width, size_t stride)
{
  for (size_t j = 0; j < width; j++)
    for (size_t i = 0; i <= j; i++)
      keep_element (band, at + i, at + j, panel[j * stride + i]);
}

/* The lower triangle beside it. */
static void
keep_rows (IpBand *band, const Rest *rest, size_t at)
{
  for (size_t i = 0; i < HALF; i++)
    for (size_t j = 0; j <= i && j < rest->m; j++)
      keep_element (band, at + i, at + HALF + j, rest->turned[i * rest->stride + j]);
}

static IpStatus
reflect_rest (Rest *rest, double *work, IpTeam *team, IpContext *context)
{
  size_t tasks = (rest->m + BLOCK - 1) / BLOCK;
  IpStatus status = ip_team_try (team, tasks, multiply_columns, rest, context);

  if (status != IP_STATUS_OK)
    return status;
  reflect_rows (rest, work);
  status = ip_team_try (team, tasks, multiply_rows, rest, context);
  if (status != IP_STATUS_OK)
    return status;
  find_x (rest, work);
  return ip_team_try (team, tasks, update_columns, rest, context);
}

static IpStatus
reduce_panels (IpBand *band, double *a, size_t n, double *space, IpTeam *team, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;

  for (size_t at = 0; at < n && status == IP_STATUS_OK; at += HALF)
    {
      size_t width = n - at < HALF ? n - at : HALF;
      double *panel = a + at * n + at;
      double left = (double) (n - at) / (double) n;
      double work[HALF * HALF];
      Rest rest = { .c = panel + width * n,
                    .m = n - at - width,
                    .stride = n,
                    .left = space,
                    .right = space + 2 * HALF * n,
                    .turned = space + 4 * HALF * n };

      ip_panel_factor (panel, n - at, width, n, rest.left, n, rest.t, work);
      keep_panel (band, panel, at, width, n);
      if (rest.m == 0)
        break;
      status = reflect_rest (&rest, work, team, context);
      keep_rows (band, &rest, at);
      ip_context_report (context, 1.0 - left * left * left);
    }

  return status;
}

IpStatus
ip_band_init_from_square (IpBand *band, double *matrix, size_t n, IpContext *context)
{
  double *space = malloc (5 * HALF * n * sizeof *space + 1);
  IpTeam *team;
  IpStatus status = ip_band_init (band, 2 * n, context);

  if (space == NULL && status == IP_STATUS_OK)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu singular values", n);
  if (status == IP_STATUS_OK)
    {
      team = ip_team_new (context != NULL && n >= IP_BAND_SHARED ? context->threads : 1);
      status = reduce_panels (band, matrix, n, space, team, context);
      ip_team_free (team);
    }

  free (space);
  if (status != IP_STATUS_OK)
    ip_band_clear (band);
  return status;
}
