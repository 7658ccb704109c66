/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Diagonals of a band below the main one. */
#define IP_BAND_WIDTH 32
/* Columns from which on threads share the work. */
#define IP_BAND_SHARED 768

/* A symmetric band matrix on the way from a full one to a tridiagonal one of the same eigenvalues:
 * element (i, j), i >= j, is values[j stride + i - j].  Two steps instead of the one of dsytrd,
 * since nearly all of the first is products of matrices, where a single step waits for memory
 * (Bischof, Lang and Sun 2000, doi:10.1145/365723.365735).  Elements whose squares vanish beside
 * 1e-308 count as zero. */
typedef struct
{
  size_t n;
  size_t stride;  /* of the columns, with room for what the second step fills in */
  double *values; /* [n + IP_BAND_WIDTH, stride], zero from row n on */
} IpBand;

/* All zero. */
IpStatus ip_band_init (IpBand *band, size_t n, IpContext *context);
void ip_band_clear (IpBand *band);

/* Reflects a symmetric matrix, [n x n] row-major in the triangle column >= row, into a band; the
 * matrix is overwritten.  On the threads of the context, with the same bits for any number of
 * them.  Time 4/3 n^3, memory 2048 n bytes beside the matrix. */
IpStatus
ip_band_init_from_symmetric (IpBand *band, double *matrix, size_t n, IpContext *context);

/* Reflects any square matrix, [n x n] column-major, into a band of 2 n columns whose eigenvalues
 * are its singular values and the same with the other sign; the matrix is overwritten.  Threads and
 * bits as above.  Time 8/3 n^3, memory 1664 n bytes beside the matrix. */
IpStatus ip_band_init_from_square (IpBand *band, double *matrix, size_t n, IpContext *context);

/* Reflects the band, which is overwritten, into a tridiagonal matrix.  diagonal: [n], beside: [n],
 * the last one 0.  Threads and bits as above.  Time 6 n^2 IP_BAND_WIDTH. */
IpStatus
ip_band_make_tridiagonal (IpBand *band, double *diagonal, double *beside, IpContext *context);
