/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>
#include <stdint.h>

/* Traces of functions of a symmetric, positive semidefinite n x n matrix M that is only multiplied
 * with, by stochastic Lanczos quadrature (Ubaru, Chen and Saad 2017, doi:10.1137/16M1104974).
 *
 * Leading eigenvalues that converge within a few products are split off; for the rest, a random
 * vector z of signs and the tridiagonal matrix that Lanczos makes of M and z give z' f (M) z, whose
 * mean over vectors is the trace.  The traces of 1, M and M^2 are known, so that only what f has
 * beside its best quadratic is left to chance; often that is little.
 *
 * Vectors are a function of seed and their number: the same bits whoever computes. */
typedef struct
{
  size_t n;
  double trace;   /* of M */
  double squares; /* of M^2: the sum of all squared entries */
  /* out = M in, [n x columns] row-major */
  IpStatus (*multiply) (
      void *data, const double *in, double *out, size_t columns, IpContext *context);
  void *data;
} IpSymmetric;

#define IP_QUADRATURE_SPLIT 16
#define IP_MAX_PROBES 256

typedef struct
{
  unsigned n_split; /* eigenvalues that were split off, descending */
  double split[IP_QUADRATURE_SPLIT];
  double moments[3]; /* traces of 1, M and M^2 over the rest */
  unsigned probes;
  unsigned steps;
  double *node;   /* [probes x steps] */
  double *weight; /* of each node; those of a probe add up to its squared length */
} IpQuadrature;

/* Takes as many steps as the trace of -x ln x needs to settle to a twentieth of its standard error.
 * 2 <= probes <= IP_MAX_PROBES.  Memory 32 n probes. */
IpStatus ip_quadrature_init (IpQuadrature *quadrature,
                             const IpSymmetric *matrix,
                             unsigned probes,
                             uint64_t seed,
                             IpContext *context);
void ip_quadrature_clear (IpQuadrature *quadrature);

typedef double (*IpQuadratureFunc) (double x, double parameter);

/* The trace of f (M) as each probe sees it: each[probes].  Their mean is the estimate, and their
 * standard deviation over the root of their number its standard error. */
void ip_quadrature_trace (const IpQuadrature *quadrature,
                          IpQuadratureFunc func,
                          double parameter,
                          double *each);
