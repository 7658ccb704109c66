/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-gram.h"

#include <stdbool.h>
#include <stddef.h>

/* Eigenvalues of a kernel matrix over n samples, descending.
 *
 * Where the spectrum decays, a low-rank factor gives them without the n x n matrix: the sum of what
 * is left out is at most `residual` of the trace (IP_LOW_RANK_TOLERANCE), and each eigenvalue is
 * too small by no more than that.  Two distributions that differ by T in total variation have
 * entropies that differ by at most T ln (n - 1) + h(T) (Audenaert 2007,
 * doi:10.1088/1751-8113/40/28/S18), here below 1e-10 bits.  Otherwise the matrix is formed and
 * reduced, time 4/3 n^3. */
typedef struct
{
  double *values;
  size_t n;
  bool is_low_rank;
  double residual;
} IpKernelSpectrum;

#define IP_LOW_RANK_TOLERANCE 1e-13

/* What is done to K before its eigenvalues are taken. */
typedef enum
{
  IP_KERNEL_DENSITY,   /* K / n: trace 1 */
  IP_KERNEL_DIFFUSION, /* the random walk on K / (g_i g_j)^alpha, g the row sums; largest value 1 */
} IpKernelForm;

/* squared: distances [n x n] in the triangle column >= row, not changed; NULL: they are computed if
 * the spectrum turns out to need them. */
IpStatus ip_kernel_spectrum_init (IpKernelSpectrum *spectrum,
                                  const IpGram *gram,
                                  IpKernelForm form,
                                  double alpha,
                                  bool try_low_rank,
                                  const double *squared,
                                  IpContext *context);
void ip_kernel_spectrum_clear (IpKernelSpectrum *spectrum);

/* Entropy of p_i = l_i^t / sum l^t in nats; eigenvalues below zero are rounding errors of zero. */
double ip_kernel_spectrum_entropy (const IpKernelSpectrum *spectrum, double t);

/* Bytes of the n x n matrices; fails with IP_STATUS_UNDEFINED when the context does not grant
 * them. */
IpStatus ip_kernel_spectrum_check_memory (size_t n, unsigned matrices, IpContext *context);
