/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Eigenvalues and singular values alone, in descending order.  The reductions to tridiagonal and
 * bidiagonal form go panel by panel through LAPACK's own kernels, so that a cancel is seen within a
 * panel; time is that of dsyevd and dgesvd without vectors. */

/* Eigenvalues of a symmetric n x n matrix with leading dimension n, of which one triangle is read:
 * that with column >= row for row-major storage.  The matrix is destroyed.  Time 4/3 n^3. */
IpStatus ip_eigenvalues (double *matrix, size_t n, double *values, IpContext *context);

/* Moduli of the eigenvalues of any square matrix with leading dimension n, which is destroyed.  A
 * cancel is not seen.  Time 10 n^3. */
IpStatus ip_eigenvalue_moduli (double *matrix, size_t n, double *moduli, IpContext *context);

/* Singular values of an m x n column-major matrix with m >= n and leading dimension m, which is
 * destroyed.  Time 4 m n^2 - 4/3 n^3. */
IpStatus
ip_singular_values (double *matrix, size_t m, size_t n, double *values, IpContext *context);
