/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-half.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Moves exponent and fraction to their places in a float and corrects the exponent by one exact
 * multiplication, which also normalises subnormals.  Signalling NaNs become quiet ones, as in
 * hardware. */
float
ip_half_convert (guint16 half)
{
  union
  {
    guint32 bits;
    float value;
  } number = { (guint32) (half & 0x7fff) << 13 };

  if ((half & 0x7c00) == 0x7c00)
    number.bits |= (half & 0x03ff) == 0 ? 0x7f800000 : 0x7fc00000;
  else
    number.value *= 0x1p112f;
  number.bits |= (guint32) (half & 0x8000) << 16;

  return number.value;
}

static void
convert_scalar (const guint16 *from, float *to, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = ip_half_convert (from[i]);
}

#if defined(__x86_64__)
__attribute__ ((target ("avx,f16c"))) static void
convert_f16c (const guint16 *from, float *to, gsize n)
{
  gsize i;

  for (i = 0; i + 8 <= n; i += 8)
    _mm256_storeu_ps (to + i, _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (from + i))));
  convert_scalar (from + i, to + i, n - i);
}
#endif

void
ip_half_to_float (const guint16 *from, float *to, gsize n)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx") && __builtin_cpu_supports ("f16c"))
    {
      convert_f16c (from, to, n);
      return;
    }
#endif
  convert_scalar (from, to, n);
}

void
ip_half_to_double (const guint16 *from, double *to, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = (double) ip_half_convert (from[i]);
}
