/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-kernel-sums.h"
#include "ip-matrix.h"

#include <stdbool.h>
#include <stdint.h>

/* What is needed of a Gaussian kernel matrix over the rows of a matrix:
 *
 *   K_ij = exp (-rate |t_i - t_j|^2), times `across` where i and j are of different classes.
 *
 * Rows are taken in the order given, samples of one class next to each other. */
typedef struct
{
  const IpMatrix *matrix;
  const double *mean; /* of each column */
  const uint32_t *order;
  const uint32_t *class_end; /* [rows] position behind the class of each position */
  double rate;
  double across;
} IpGram;

/* Squared distances of all pairs, [n x n] row-major, of which the triangle with column >= row is
 * written.  Diagonal exactly 0. */
IpStatus ip_gram_fill_distances (const IpGram *gram, double *squared, IpContext *context);

/* From squared distances to the kernel, triangle by triangle; both may be the same memory. */
IpStatus ip_gram_fill_kernel (const IpGram *gram,
                              const double *squared,
                              double *kernel,
                              IpContext *context);

/* Fills row sums, each at its own rate, in one pass over the pairs; those of the gram itself, its
 * rate and `across`, are not used. */
IpStatus
ip_gram_fill_sums (const IpGram *gram, IpKernelSums *sums, size_t n_sums, IpContext *context);

/* The same, bit for bit, from distances that ip_gram_fill_distances() has written. */
IpStatus ip_gram_fill_sums_from (const IpGram *gram,
                                 const double *squared,
                                 IpKernelSums *sums,
                                 size_t n_sums,
                                 IpContext *context);

/* K = L L' + R with R positive semidefinite: pivoted Cholesky, which looks at one column of K per
 * rank and never at the whole. */
typedef struct
{
  size_t n;
  size_t rank;
  size_t space;     /* columns allocated */
  double *factor;   /* L, [n x rank], column after column */
  double *residual; /* [n] diagonal of R */
} IpLowRank;

/* Stops when the trace of R is below tolerance n.  Gives up, with `found` false, when it becomes
 * clear that most of max_rank would not suffice, and at once when the matrix is not in memory.  No
 * more columns are taken than the context has memory for.  On the threads of the context, with the
 * same bits for any number of them.  Time O(n rank (d + rank)). */
IpStatus ip_low_rank_init (IpLowRank *low_rank,
                           const IpGram *gram,
                           double tolerance,
                           size_t max_rank,
                           bool *found,
                           IpContext *context);
void ip_low_rank_clear (IpLowRank *low_rank);
