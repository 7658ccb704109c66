/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-gram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a statistic of two kernel matrices becomes when the samples of one are shuffled, so that
 * nothing but chance relates the two.  Each shuffle is a function of the seed and its number: it
 * does not depend on threads, or on how many others there are. */
typedef struct
{
  size_t n;
  size_t count;
  bool gaps;       /* products of 1 - K and 1 - Q instead, which are small for wide kernels */
  uint32_t *place; /* [count x n] which position comes to position i */
  double *product; /* [count] sum_ij K_ij Q_place(i)place(j) */
} IpShuffles;

#define IP_MAX_SHUFFLES 10000

IpStatus
ip_shuffles_init (IpShuffles *shuffles, size_t n, size_t count, uint64_t seed, IpContext *context);
void ip_shuffles_clear (IpShuffles *shuffles);

/* Fills the products of the kernel K of `gram` with one that is 1 within a class, by the codes of
 * positions, and 1 - `gap` between classes.  Time O(N^2 count), memory 4 N count. */
IpStatus ip_shuffles_multiply_classes (IpShuffles *shuffles,
                                       const IpGram *gram,
                                       const uint32_t *code,
                                       double gap,
                                       IpContext *context);

/* The same with the kernel of another matrix.  Memory 8 N^2: fails with IP_STATUS_UNDEFINED where
 * that is not granted. */
IpStatus ip_shuffles_multiply_kernel (IpShuffles *shuffles,
                                      const IpGram *gram,
                                      const IpGram *other,
                                      IpContext *context);

/* Where a number >= 0 stands among those of the shuffles: their mean and standard deviation, and
 * the share of all, the number itself counted, that are no smaller (Phipson and Smyth 2010,
 * doi:10.2202/1544-6115.1585). */
typedef struct
{
  double mean;
  double deviation; /* NAN of one shuffle */
  double p;
} IpNull;

IpNull ip_null_init (const double *shuffled, size_t count, double value);
