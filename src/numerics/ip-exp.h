/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdint.h>
#include <string.h>

/* 2^(a b) for a b in [-1000, 1000], as a loop can inline and vectorise it: 2^k 2^r, a b = k + r.
 * Adding 1.5 x 2^52 to the product rounds it to k and leaves k in the low bits of the sum; r has a
 * rounding error of its own alone where products and sums are fused.  The polynomial is 1 + r q(r),
 * q interpolating at the Chebyshev nodes of |r| <= 1/2, error 2e-17; k is added to the exponent. */
static inline double
ip_exp2_of_product (double a, double b)
{
  static const double whole = 6755399441055744.0;
  double sum = a * b + whole;
  double k = sum - whole;
  double r = a * b - k;
  double p = 4.4549605981865186e-10;
  uint64_t exponent;
  uint64_t bits;

  p = p * r + 7.072585949269223e-09;
  p = p * r + 1.0178062445845774e-07;
  p = p * r + 1.321544258792169e-06;
  p = p * r + 1.525273382983612e-05;
  p = p * r + 0.0001540353044173605;
  p = p * r + 0.0013333558146416936;
  p = p * r + 0.009618129107606888;
  p = p * r + 0.0555041086648216;
  p = p * r + 0.24022650695910097;
  p = p * r + 0.6931471805599453;
  p = p * r + 1.0;

  memcpy (&exponent, &sum, sizeof exponent);
  memcpy (&bits, &p, sizeof bits);
  bits += exponent << 52;
  memcpy (&p, &bits, sizeof p);
  return p;
}
