/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-eigen.h"

#include "ip-band.h"
#include "ip-blas.h"


#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

/* Kernels of dgebrd, for which LAPACKE has no wrapper. */
void dlabrd_ (const lapack_int *m,
              const lapack_int *n,
              const lapack_int *nb,
              double *a,
              const lapack_int *lda,
              double *d,
              double *e,
              double *tauq,
              double *taup,
              double *x,
              const lapack_int *ldx,
              double *y,
              const lapack_int *ldy);
void dgebd2_ (const lapack_int *m,
              const lapack_int *n,
              double *a,
              const lapack_int *lda,
              double *d,
              double *e,
              double *tauq,
              double *taup,
              double *work,
              lapack_int *info);

#define WIDEST_PANEL 32

/* Nothing looks at the context within a panel, and a panel of a large matrix costs one product of
 * the matrix with a vector per column: narrow ones while much is `left` of it. */
static lapack_int
choose_panel (lapack_int left)
{
  return left <= 1200 ? WIDEST_PANEL : left <= 2000 ? 16 : left <= 3000 ? 8 : 4;
}

/* What is left when panels no longer pay. */
#define UNBLOCKED 64

static void
reverse (double *values, size_t n)
{
  for (size_t i = 0; i < n / 2; i++)
    {
      double swap = values[i];

      values[i] = values[n - 1 - i];
      values[n - 1 - i] = swap;
    }
}

/* Sweeps between two looks at the cancel flag, and sweeps after which an eigenvalue is given up. */
#define SWEEPS 16
#define MOST_SWEEPS 60

/* One implicit QL sweep over the block from..to of a tridiagonal matrix, with squared elements
 * beside the diagonal, in the form without square roots (Parlett 1998, The Symmetric Eigenvalue
 * Problem, section 8.15). */
static void
sweep (double *diagonal, double *squares, size_t from, size_t to)
{
  double root = sqrt (squares[from]);
  double half = (diagonal[from + 1] - diagonal[from]) / (2.0 * root);
  double shift = diagonal[from] - root / (half + copysign (hypot (half, 1.0), half));
  double cosine = 1.0;
  double sine = 0.0;
  double gamma = diagonal[to] - shift;
  double p = gamma * gamma;

  for (size_t i = to; i-- > from;)
    {
      double square = squares[i];
      double r = p + square;
      double old_cosine = cosine;
      double old_gamma = gamma;

      if (i + 1 < to)
        squares[i + 1] = sine * r;
      cosine = p / r;
      sine = square / r;
      gamma = cosine * (diagonal[i] - shift) - sine * old_gamma;
      diagonal[i + 1] = old_gamma + (diagonal[i] - gamma);
      p = cosine != 0.0 ? gamma * gamma / cosine : old_cosine * square;
    }

  squares[from] = sine * p;
  diagonal[from] = shift + gamma;
}

/* QL finds the eigenvalues from the top of a block to its end; with the small elements at the end
 * it loses them, so such a block is turned round. */
static void
turn (double *diagonal, double *squares, size_t from, size_t to)
{
  if (fabs (diagonal[to]) >= fabs (diagonal[from]))
    return;

  reverse (diagonal + from, to - from + 1);
  reverse (squares + from, to - from);
}

static bool
is_negligible (const double *diagonal, const double *squares, size_t i)
{
  return squares[i]
         <= DBL_EPSILON * DBL_EPSILON * fabs (diagonal[i]) * fabs (diagonal[i + 1]) + DBL_MIN;
}

static size_t
find_block_end (const double *diagonal, double *squares, size_t from, size_t end)
{
  size_t to = from;

  while (to < end && !is_negligible (diagonal, squares, to))
    to++;
  if (to < end)
    squares[to] = 0.0;

  return to;
}

static int
compare_descending (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x < y) - (x > y);
}

/* Eigenvalues of a symmetric tridiagonal matrix, in the place of its diagonal. */
static IpStatus
solve_tridiagonal (double *diagonal, double *beside, size_t n, IpContext *context)
{
  size_t from = 0;
  size_t end = 0; /* of the block being worked on, when from <= end */
  size_t sweeps = 0;
  size_t total = 0;

  for (size_t i = 0; i + 1 < n; i++)
    beside[i] *= beside[i];

  while (from < n)
    {
      size_t to;

      if (from >= end)
        {
          end = find_block_end (diagonal, beside, from, n - 1);
          turn (diagonal, beside, from, end);
        }
      to = find_block_end (diagonal, beside, from, end);
      if (to == from)
        {
          from++;
          sweeps = 0;
          continue;
        }

      sweep (diagonal, beside, from, to);
      if (++sweeps > MOST_SWEEPS)
        return ip_fail (context, IP_STATUS_UNDEFINED, "The eigenvalues did not converge");
      if (++total % SWEEPS == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  qsort (diagonal, n, sizeof *diagonal, compare_descending);
  return IP_STATUS_OK;
}

IpStatus
ip_eigenvalues (double *matrix, size_t n, double *values, IpContext *context)
{
  IpBand band;
  double *beside;
  IpStatus status;

  if (n == 0)
    return IP_STATUS_OK;

  ip_blas_use_one_thread ();
  beside = malloc (n * sizeof *beside);
  if (beside == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);

  status = ip_band_init_from_matrix (&band, matrix, n, context);
  if (status == IP_STATUS_OK)
    {
      status = ip_band_make_tridiagonal (&band, values, beside, context);
      ip_band_clear (&band);
    }
  if (status == IP_STATUS_OK)
    status = solve_tridiagonal (values, beside, n, context);

  free (beside);
  return status;
}

IpStatus
ip_eigenvalue_moduli (double *matrix, size_t n, double *moduli, IpContext *context)
{
  double *imaginary;
  IpStatus status = IP_STATUS_OK;

  if (n == 0)
    return IP_STATUS_OK;

  ip_blas_use_one_thread ();
  imaginary = malloc (n * sizeof *imaginary);
  if (imaginary == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);

  if (LAPACKE_dgeev (LAPACK_COL_MAJOR, 'N', 'N', (lapack_int) n, matrix, (lapack_int) n, moduli,
                     imaginary, NULL, 1, NULL, 1) != 0)
    status = ip_fail (context, IP_STATUS_UNDEFINED, "The eigenvalues did not converge");
  for (size_t i = 0; i < n; i++)
    moduli[i] = hypot (moduli[i], imaginary[i]);
  qsort (moduli, n, sizeof *moduli, compare_descending);

  free (imaginary);
  return status;
}

typedef struct
{
  double *diagonal;
  double *beside;
  double *tau_q;
  double *tau_p;
  double *x; /* [m x panel] */
  double *y; /* [n x panel] */
} Bidiagonal;

static IpStatus
make_bidiagonal (double *a, size_t rows, size_t columns, Bidiagonal *to, IpContext *context)
{
  lapack_int m = (lapack_int) rows;
  lapack_int n = (lapack_int) columns;
  lapack_int panel = choose_panel (n);
  lapack_int at = 0;
  lapack_int below;
  lapack_int right;
  lapack_int info;

  while (n - at > UNBLOCKED + panel)
    {
      double *corner = a + (size_t) at * rows + (size_t) at;

      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;

      below = m - at;
      right = n - at;
      dlabrd_ (&below, &right, &panel, corner, &m, to->diagonal + at, to->beside + at, to->tau_q,
               to->tau_p, to->x, &m, to->y, &n);
      cblas_dgemm (CblasColMajor, CblasNoTrans, CblasTrans, below - panel, right - panel, panel,
                   -1.0, corner + panel, m, to->y + panel, n, 1.0,
                   corner + (size_t) panel * rows + (size_t) panel, m);
      cblas_dgemm (CblasColMajor, CblasNoTrans, CblasNoTrans, below - panel, right - panel, panel,
                   -1.0, to->x + panel, m, corner + (size_t) panel * rows, m, 1.0,
                   corner + (size_t) panel * rows + (size_t) panel, m);
      at += panel;
      panel = choose_panel (n - at);
    }

  below = m - at;
  right = n - at;
  dgebd2_ (&below, &right, a + (size_t) at * rows + (size_t) at, &m, to->diagonal + at,
           to->beside + at, to->tau_q, to->tau_p, to->x, &info);
  return IP_STATUS_OK;
}

IpStatus
ip_singular_values (double *matrix, size_t m, size_t n, double *values, IpContext *context)
{
  double *work;
  IpStatus status;

  if (n == 0)
    return IP_STATUS_OK;

  ip_blas_use_one_thread ();
  work = malloc ((3 * n + (m + n) * WIDEST_PANEL) * sizeof *work);
  if (work == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu singular values", n);
    }
  else
    {
      Bidiagonal to = { values,       work,         work + n, work + 2 * n, work + 3 * n,
                        work + 3 * n + m * WIDEST_PANEL };

      status = make_bidiagonal (matrix, m, n, &to, context);
      if (status == IP_STATUS_OK &&
          LAPACKE_dbdsqr (LAPACK_COL_MAJOR, 'U', (lapack_int) n, 0, 0, 0, values, to.beside, NULL,
                          1, NULL, 1, NULL, 1) != 0)
        status = ip_fail (context, IP_STATUS_UNDEFINED, "The singular values did not converge");
    }

  free (work);
  return status;
}
