/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-distance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Row sums of a power of a Gaussian kernel matrix without its diagonal, split by class:
 *   own[i]   = sum of exp (-rate D_ij)^power over j != i of the class of i,
 *   other[i] = the same over the other classes.
 * D are squared distances; positions are those of the order in which the pass visits the rows.  The
 * diagonal is exactly 1 and is left out so that small sums keep their digits; terms below exp
 * (-160)^power count as that.
 *
 * power: 1, 2 or 4.  In a list of sums the higher powers stand behind the first one of the same
 * rate: they have no exponential of their own, and other last digits than the first power at a
 * higher rate.
 *
 * gaps: sums of (1 - exp (-rate D))^power instead, power 1 or 2, which keep their digits where the
 * kernel is far wider than the distances.  Those behind a first power are as it is. */
typedef struct
{
  double rate;
  unsigned power;
  double *own;
  double *other;
  bool gaps;
} IpKernelSums;

IpStatus ip_kernel_sums_init (IpKernelSums *sums,
                              double rate,
                              unsigned power,
                              size_t n,
                              IpContext *context);
void ip_kernel_sums_clear (IpKernelSums *sums);

/* kernel[i] = exp (-rate squared[i]); both may be the same memory. */
void ip_kernel_of_distances (const double *squared, size_t n, double rate, double *kernel);

/* gap[i] = 1 - exp (-rate squared[i]), to all its digits. */
void ip_gaps_of_distances (const double *squared, size_t n, double rate, double *gap);

/* Adds a tile to several sums at once.  class_end[i]: position behind the last member of the class
 * of i. */
void ip_kernel_sums_add (IpKernelSums *sums,
                         size_t n_sums,
                         const uint32_t *class_end,
                         const IpDistanceTile *tile);
