/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-gram.h"
#include "ip-quadrature.h"

#include <stdbool.h>
#include <stddef.h>

/* Eigenvalues of a kernel matrix over n samples, by the first of three ways that is allowed and
 * works:
 *
 * Where the spectrum decays, a low-rank factor gives them without the n x n matrix: the sum of what
 * is left out is at most a share `residual` of the trace, and each eigenvalue is too small by no
 * more than that; the row sums that scale a diffusion are those of the factor, off by `spread`.
 * Two distributions that differ by T in total variation have entropies that differ by at most
 * T ln (n - 1) + h(T) (Audenaert 2007, doi:10.1088/1751-8113/40/28/S18), which
 * ip_kernel_spectrum_bound() gives; the factor grows until that is within the tolerance.
 *
 * Up to IP_LARGEST_WHOLE samples, where 8 n^2 bytes are granted, the matrix is formed and reduced,
 * time 4/3 n^3.
 *
 * Beyond, random vectors give traces of functions of the matrix with a standard error, time about
 * 60 products of n^2; see ip-quadrature.h. */

#define IP_LARGEST_WHOLE 8000

/* What is done to K before its eigenvalues are taken. */
typedef enum
{
  IP_KERNEL_DENSITY,   /* K / n: trace 1 */
  IP_KERNEL_DIFFUSION, /* the random walk on K / (g_i g_j)^alpha, g the row sums; largest value 1 */
} IpKernelForm;

typedef enum
{
  IP_KERNEL_AUTO,
  IP_KERNEL_WHOLE,
  IP_KERNEL_STOCHASTIC, /* but for a few hundred samples */
} IpKernelMethod;

typedef struct
{
  IpKernelForm form;
  double alpha; /* of the diffusion */
  IpKernelMethod method;
  double tolerance; /* of a low-rank entropy with t = 1, in nats; 0: no low rank */
  unsigned probes;  /* 0: never stochastic */
  uint64_t seed;
} IpKernelPlan;

typedef struct
{
  double *values; /* descending; NULL when stochastic */
  size_t n;       /* how many values */
  size_t samples;
  bool is_low_rank;
  double residual; /* of the trace, what a factor leaves out */
  double spread;   /* how far the logarithms of its squared scales can be off */
  double trace;
  IpQuadrature *quadrature; /* NULL unless stochastic */
} IpKernelSpectrum;

/* squared: distances [n x n] in the triangle column >= row, not changed; NULL: they are computed if
 * the spectrum turns out to need them. */
IpStatus ip_kernel_spectrum_init (IpKernelSpectrum *spectrum,
                                  const IpGram *gram,
                                  const IpKernelPlan *plan,
                                  const double *squared,
                                  IpContext *context);
void ip_kernel_spectrum_clear (IpKernelSpectrum *spectrum);

/* Bytes that a stochastic spectrum takes at most. */
size_t ip_kernel_spectrum_count_bytes (size_t n, unsigned probes);

/* Entropy of p_i = l_i^t / sum l^t in nats; eigenvalues below zero are rounding errors of zero.
 * error: its standard error, NAN unless stochastic. */
double
ip_kernel_spectrum_entropy (const IpKernelSpectrum *spectrum, double t, double *error);

/* ln (sum p_i^alpha) / (1 - alpha) of p_i = l_i / sum l in nats; for alpha = 1 as above.  Orders
 * below 1 take eigenvalues below 1e-15 sqrt n of the largest for zero: they would make much of
 * rounding. */
double
ip_kernel_spectrum_renyi (const IpKernelSpectrum *spectrum, double alpha, double *error);

/* How far the entropy can be off for what a low-rank factor leaves out; 0 without one. */
double ip_kernel_spectrum_bound (const IpKernelSpectrum *spectrum, double t);

/* Whether n x n matrices of double precision are within what may be allocated. */
bool ip_kernel_spectrum_is_granted (size_t n, unsigned matrices, const IpContext *context);

/* The same with words; fails with IP_STATUS_UNDEFINED otherwise. */
IpStatus ip_kernel_spectrum_check_memory (size_t n, unsigned matrices, IpContext *context);
