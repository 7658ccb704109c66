/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdint.h>
#include <string.h>

/* exp (x) for x in [-700, 700], within 2 units of the last place, as a loop can inline and
 * vectorise it: 2^k exp (r) with x = k ln 2 + r.  Adding 1.5 x 2^52 to x / ln 2 rounds it to k and
 * leaves k in the low bits of the sum; k times the upper part of ln 2 is exact; the polynomial
 * interpolates exp at the Chebyshev nodes of |r| <= ln 2 / 2, error 2e-17; k is added to the
 * exponent. */
static inline double
ip_exp (double x)
{
  static const double whole = 6755399441055744.0;
  double sum = x * 1.4426950408889634 + whole;
  double k = sum - whole;
  double r = x - k * 0x1.62e42fee00000p-1 - k * 0x1.a39ef35793c76p-33;
  double p = 2.5110049204818658e-08;
  uint64_t exponent;
  uint64_t bits;

  p = p * r + 2.763265472252779e-07;
  p = p * r + 2.755724088722987e-06;
  p = p * r + 2.4801485441561313e-05;
  p = p * r + 0.00019841269890076403;
  p = p * r + 0.0013888888952352863;
  p = p * r + 0.008333333333319589;
  p = p * r + 0.04166666666648795;
  p = p * r + 0.1666666666666668;
  p = p * r + 0.5000000000000019;
  p = p * r + 1.0;
  p = p * r + 1.0;

  memcpy (&exponent, &sum, sizeof exponent);
  memcpy (&bits, &p, sizeof bits);
  bits += exponent << 52;
  memcpy (&p, &bits, sizeof p);
  return p;
}
