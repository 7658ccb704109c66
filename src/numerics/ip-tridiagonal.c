/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* What LAPACK's dsytrd does (Dongarra, Hammarling and Sorensen 1989,
 * doi:10.1016/0377-0427(89)90367-1), with two differences.  The product of the matrix with a
 * vector, which is most of the work, and the update of the matrix are cut into bands of columns
 * that threads share; BLAS with threads of its own would add in an order that depends on their
 * number.  And the context is looked at for every column. */

#include "ip-tridiagonal.h"

#include "ip-simd.h"
#include "ip-team.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void dsytd2_ (const char *uplo,
              const lapack_int *n,
              double *a,
              const lapack_int *lda,
              double *d,
              double *e,
              double *tau,
              lapack_int *info);

/* Columns that are reduced before the rest of the matrix is updated. */
#define PANEL 32
/* What is left when panels no longer pay. */
#define UNBLOCKED 64
/* Bands of columns of about the same area, and how many columns are not worth cutting. */
#define BANDS 8
#define WHOLE 1024
/* Columns that are read together. */
#define COLUMNS 4

/* The rest of the matrix: the lower triangle of m columns, column by column, `stride` apart. */
typedef struct
{
  double *a;
  size_t m;
  size_t stride;
  const double *v; /* [m], or [m x PANEL] `stride` apart */
  const double *w; /* [m x PANEL] `stride` apart */
  double *parts; /* [BANDS x m] what each band adds to the product */
} Rest;

static size_t
find_bands (size_t m)
{
  return m < WHOLE ? 1 : BANDS;
}

static size_t
find_band_start (size_t m, size_t band)
{
  size_t bands = find_bands (m);
  double left = sqrt (1.0 - (double) band / (double) bands);

  return band == bands ? m : (size_t) ((1.0 - left) * (double) m) / COLUMNS * COLUMNS;
}

/* Adds n rows of four columns, which come off the diagonal: out is of the rows, and to `above` goes
 * what their mirror image adds to the rows that the columns are. */
IP_VECTORISED static void
multiply_columns (const double *a,
                  size_t stride,
                  size_t n,
                  const double *v,
                  const double *factor,
                  double *out,
                  double *above)
{
  const double *b = a + stride;
  const double *c = b + stride;
  const double *d = c + stride;
  double sum_a = 0.0;
  double sum_b = 0.0;
  double sum_c = 0.0;
  double sum_d = 0.0;

#pragma omp simd reduction(+ : sum_a, sum_b, sum_c, sum_d)
  for (size_t i = 0; i < n; i++)
    {
      out[i] += a[i] * factor[0] + b[i] * factor[1] + c[i] * factor[2] + d[i] * factor[3];
      sum_a += a[i] * v[i];
      sum_b += b[i] * v[i];
      sum_c += c[i] * v[i];
      sum_d += d[i] * v[i];
    }

  above[0] += sum_a;
  above[1] += sum_b;
  above[2] += sum_c;
  above[3] += sum_d;
}

/* The triangle of up to four columns on the diagonal. */
static void
multiply_corner (const double *a, size_t stride, size_t n, const double *v, double *out)
{
  for (size_t j = 0; j < n; j++)
    {
      out[j] += a[j * stride + j] * v[j];
      for (size_t i = j + 1; i < n; i++)
        {
          out[i] += a[j * stride + i] * v[j];
          out[j] += a[j * stride + i] * v[i];
        }
    }
}

static void
multiply_band (size_t band, void *data)
{
  const Rest *rest = data;
  size_t m = rest->m;
  size_t start = find_band_start (m, band);
  size_t end = find_band_start (m, band + 1);
  const double *v = rest->v;
  double *out = rest->parts + band * m;

  memset (out + start, 0, (m - start) * sizeof *out);
  for (size_t column = start; column < end; column += COLUMNS)
    {
      size_t row = end - column < COLUMNS ? end : column + COLUMNS;
      const double *a = rest->a + column * rest->stride;

      multiply_corner (a + column, rest->stride, row - column, v + column, out + column);
      if (row < m)
        multiply_columns (a + row, rest->stride, m - row, v + row, v + column, out + row,
                          out + column);
    }
}

/* product = the matrix times v */
static void
multiply (const Rest *rest, double *product, IpTeam *team)
{
  size_t bands = find_bands (rest->m);

  ip_team_run (bands > 1 ? team : NULL, bands, multiply_band, (void *) rest);
  memset (product, 0, rest->m * sizeof *product);
  for (size_t band = 0; band < bands; band++)
    {
      size_t start = find_band_start (rest->m, band);

      cblas_daxpy ((blasint) (rest->m - start), 1.0, rest->parts + band * rest->m + start, 1,
                   product + start, 1);
    }
}

/* Subtracts v w' + w v'. */
static void
update_band (size_t band, void *data)
{
  const Rest *rest = data;
  size_t stride = rest->stride;
  size_t start = find_band_start (rest->m, band);
  size_t end = find_band_start (rest->m, band + 1);
  blasint columns = (blasint) (end - start);
  const double *factors[] = { rest->v, rest->w };

  cblas_dsyr2k (CblasColMajor, CblasLower, CblasNoTrans, columns, PANEL, -1.0, rest->v + start,
                (blasint) stride, rest->w + start, (blasint) stride, 1.0,
                rest->a + start * stride + start, (blasint) stride);
  for (unsigned k = 0; k < 2 && end < rest->m; k++)
    cblas_dgemm (CblasColMajor, CblasNoTrans, CblasTrans, (blasint) (rest->m - end), columns, PANEL,
                 -1.0, factors[k] + end, (blasint) stride, factors[1 - k] + start, (blasint) stride,
                 1.0, rest->a + start * stride + end, (blasint) stride);
}

/* y -= M x, M [rows x columns] */
static void
subtract (const double *matrix,
          size_t stride,
          size_t rows,
          size_t columns,
          const double *x,
          size_t step,
          double *y)
{
  cblas_dgemv (CblasColMajor, CblasNoTrans, (blasint) rows, (blasint) columns, -1.0, matrix,
               (blasint) stride, x, (blasint) step, 1.0, y, 1);
}

/* Column i of a panel from corner `a` of the n rows that are left: reflects what is below the
 * diagonal and makes column i of W, by which the columns behind it are updated later. */
static void
reduce_column (double *a,
               size_t n,
               size_t stride,
               size_t i,
               double *w,
               double *parts,
               double *beside,
               IpTeam *team)
{
  double *column = a + i * stride + i;
  double *v = column + 1;
  size_t m = n - i - 1;
  Rest rest = { a + (i + 1) * stride + i + 1, m, stride, v, NULL, parts };
  double *low = w + i * stride + i + 1;
  double *head = w + i * stride;
  double tau;

  if (i > 0)
    {
      subtract (a + i, stride, n - i, i, w + i, stride, column);
      subtract (w + i, stride, n - i, i, a + i, stride, column);
    }
  LAPACKE_dlarfg_work ((lapack_int) m, v, v + 1, 1, &tau);
  beside[i] = v[0];
  v[0] = 1.0;

  multiply (&rest, low, team);
  if (i > 0)
    {
      cblas_dgemv (CblasColMajor, CblasTrans, (blasint) m, (blasint) i, 1.0, w + i + 1,
                   (blasint) stride, v, 1, 0.0, head, 1);
      subtract (a + i + 1, stride, m, i, head, 1, low);
      cblas_dgemv (CblasColMajor, CblasTrans, (blasint) m, (blasint) i, 1.0, a + i + 1,
                   (blasint) stride, v, 1, 0.0, head, 1);
      subtract (w + i + 1, stride, m, i, head, 1, low);
    }
  cblas_dscal ((blasint) m, tau, low, 1);
  cblas_daxpy ((blasint) m, -0.5 * tau * cblas_ddot ((blasint) m, low, 1, v, 1), v, 1, low, 1);
}

static IpStatus
reduce_panels (double *a,
               size_t n,
               double *diagonal,
               double *beside,
               double *w,
               double *parts,
               IpTeam *team,
               IpContext *context)
{
  lapack_int rest = (lapack_int) n;
  lapack_int stride = (lapack_int) n;
  lapack_int info;
  size_t at = 0;

  for (; n - at > UNBLOCKED + PANEL; at += PANEL)
    {
      double *corner = a + at * n + at;
      Rest below
          = { corner + PANEL * n + PANEL, n - at - PANEL, n, corner + PANEL, w + PANEL, NULL };
      double left = (double) below.m / (double) n;

      for (size_t i = 0; i < PANEL; i++)
        {
          if (ip_context_is_cancelled (context))
            return IP_STATUS_CANCELLED;
          reduce_column (corner, n - at, n, i, w, parts, beside + at, team);
          diagonal[at + i] = corner[i * n + i];
        }
      ip_team_run (find_bands (below.m) > 1 ? team : NULL, find_bands (below.m), update_band,
                   &below);
      ip_context_report (context, 1.0 - left * left * left);
    }

  rest = (lapack_int) (n - at);
  dsytd2_ ("L", &rest, a + at * n + at, &stride, diagonal + at, beside + at, w, &info);
  return IP_STATUS_OK;
}

/* The row-major triangle column >= row is the lower one of the transposed, column-major matrix. */
IpStatus
ip_tridiagonal_reduce (double *matrix,
                       size_t n,
                       double *diagonal,
                       double *beside,
                       IpContext *context)
{
  double *w = malloc ((PANEL + BANDS) * n * sizeof *w);
  IpTeam *team;
  IpStatus status;

  if (w == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);

  team = ip_team_new (context != NULL && n >= WHOLE ? context->threads : 1);
  status = reduce_panels (matrix, n, diagonal, beside, w, w + PANEL * n, team, context);
  ip_team_free (team);
  free (w);
  return status;
}
