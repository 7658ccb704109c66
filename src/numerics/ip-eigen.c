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
      /* r / p, for a division by the cosine, need not wait for it. */
      p = cosine > DBL_MIN ? gamma * gamma * (r / p) : old_cosine * square;
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

/* Of a band, which is used up, values: [n]. */
static IpStatus
solve_band (IpBand *band, double *values, IpContext *context)
{
  double *beside = malloc ((band->n + 1) * sizeof *beside);
  IpStatus status;

  if (beside == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", band->n);
  else
    status = ip_band_make_tridiagonal (band, values, beside, context);
  if (status == IP_STATUS_OK)
    status = solve_tridiagonal (values, beside, band->n, context);

  free (beside);
  ip_band_clear (band);
  return status;
}

IpStatus
ip_eigenvalues (double *matrix, size_t n, double *values, IpContext *context)
{
  IpBand band;
  IpStatus status;

  if (n == 0)
    return IP_STATUS_OK;

  ip_blas_use_one_thread ();
  status = ip_band_init_from_symmetric (&band, matrix, n, context);
  return status == IP_STATUS_OK ? solve_band (&band, values, context) : status;
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


/* The eigenvalues of the band with the other sign are left. */
IpStatus
ip_singular_values (double *matrix, size_t n, double *values, IpContext *context)
{
  double *all;
  IpBand band;
  IpStatus status;

  if (n == 0)
    return IP_STATUS_OK;

  ip_blas_use_one_thread ();
  all = malloc (2 * n * sizeof *all);
  if (all == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu singular values", n);

  status = ip_band_init_from_square (&band, matrix, n, context);
  if (status == IP_STATUS_OK)
    status = solve_band (&band, all, context);
  for (size_t i = 0; i < n && status == IP_STATUS_OK; i++)
    values[i] = fmax (all[i], 0.0);

  free (all);
  return status;
}
