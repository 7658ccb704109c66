/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

/* Turns a symmetric matrix, [n x n] row-major in the triangle column >= row, into a tridiagonal one
 * of the same eigenvalues by reflections; the matrix is overwritten.  diagonal: [n], beside: [n].
 * On the threads of the context, with the same bits for any number of them.  Time 4/3 n^3, memory
 * 320 n bytes. */
IpStatus ip_tridiagonal_reduce (double *matrix,
                                size_t n,
                                double *diagonal,
                                double *beside,
                                IpContext *context);
