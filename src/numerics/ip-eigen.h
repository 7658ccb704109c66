/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Eigenvalues and singular values alone, in descending order. */

/* What ip_eigenvalues() takes beside the matrix, for each column of it. */
#define IP_EIGENVALUES_BYTES 2080

/* Eigenvalues of a symmetric n x n matrix with leading dimension n, of which one triangle is read:
 * that with column >= row for row-major storage.  The matrix is destroyed.  On the threads of the
 * context, with the same bits for any number of them.  Time 4/3 n^3, half that of dsyevd without
 * vectors from some thousand on. */
IpStatus ip_eigenvalues (double *matrix, size_t n, double *values, IpContext *context);

/* Moduli of the eigenvalues of any square matrix with leading dimension n, which is destroyed.  A
 * cancel is not seen.  Time 10 n^3. */
IpStatus ip_eigenvalue_moduli (double *matrix, size_t n, double *moduli, IpContext *context);

/* Singular values of a square column-major matrix with leading dimension n, which is destroyed.
 * Threads and bits as with ip_eigenvalues().  Time 8/3 n^3. */
IpStatus ip_singular_values (double *matrix, size_t n, double *values, IpContext *context);
