/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdint.h>
#include <string.h>

/* 2^(a b) for a b in [-1000, 1000], as a loop can inline and vectorise it: 2^k 2^r, a b = k + r.
 * Adding 1.5 x 2^52 to the product rounds it to k and leaves k in the low bits of the sum; r has a
 * rounding error of its own alone where products and sums are fused.  The polynomial is 1 + r q(r),
 * q interpolating at the Chebyshev nodes of |r| <= 1/2, error 2e-17; k is added to the exponent. */
#define IP_EXP2_WHOLE 6755399441055744.0

static inline double
ip_exp2_find_q (double r)
{
  double p = 4.4549605981865186e-10;

  p = p * r + 7.072585949269223e-09;
  p = p * r + 1.0178062445845774e-07;
  p = p * r + 1.321544258792169e-06;
  p = p * r + 1.525273382983612e-05;
  p = p * r + 0.0001540353044173605;
  p = p * r + 0.0013333558146416936;
  p = p * r + 0.009618129107606888;
  p = p * r + 0.0555041086648216;
  p = p * r + 0.24022650695910097;
  return p * r + 0.6931471805599453;
}

/* x 2^k, k in the low bits of `sum`. */
static inline double
ip_exp2_scale (double x, double sum)
{
  uint64_t exponent;
  uint64_t bits;

  memcpy (&exponent, &sum, sizeof exponent);
  memcpy (&bits, &x, sizeof bits);
  bits += exponent << 52;
  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline double
ip_exp2_of_product (double a, double b)
{
  double sum = a * b + IP_EXP2_WHOLE;
  double r = a * b - (sum - IP_EXP2_WHOLE);

  return ip_exp2_scale (ip_exp2_find_q (r) * r + 1.0, sum);
}

/* 1 - 2^(a b), all digits of it however small a b is: (1 - 2^k) - 2^k r q(r), and k = 0 there. */
static inline double
ip_one_less_exp2_of_product (double a, double b)
{
  double sum = a * b + IP_EXP2_WHOLE;
  double r = a * b - (sum - IP_EXP2_WHOLE);
  double power = ip_exp2_scale (1.0, sum);

  return (1.0 - power) - power * (ip_exp2_find_q (r) * r);
}
