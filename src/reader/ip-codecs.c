/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-codecs.h"

#include <string.h>

/* A control byte below 32 is followed by that many literal bytes and one more.  Otherwise its upper
 * three bits are a length, continued in the next byte when all are set, and its lower five with the
 * next byte a distance back; length + 2 bytes are repeated from there.  The format is that of
 * LibLZF (http://oldhome.schmorp.de/marc/liblzf.html). */
size_t
ip_lzf_decode (const uint8_t *from, size_t from_size, uint8_t *to, size_t to_size)
{
  const uint8_t *from_end = from + from_size;
  size_t n = 0;

  while (from < from_end)
    {
      size_t control = *from++;
      size_t length = control < 32 ? control + 1 : control >> 5;
      size_t distance;

      if (control < 32)
        {
          if ((size_t) (from_end - from) < length || to_size - n < length)
            return 0;
          memcpy (to + n, from, length);
          from += length;
          n += length;
          continue;
        }

      if (length == 7 && from < from_end)
        length += *from++;
      if (from == from_end)
        return 0;
      distance = ((control & 31) << 8) + *from++ + 1;
      length += 2;
      if (distance > n || to_size - n < length)
        return 0;
      /* Byte by byte: what is repeated may overlap what it becomes. */
      for (; length > 0; length--, n++)
        to[n] = to[n - distance];
    }

  return n;
}

/* Transposes 8 x 8 bits: bit j of byte i becomes bit i of byte j.  Warren, Hacker's Delight, 7-3.
 */
static uint64_t
transpose_bits (uint64_t x)
{
  uint64_t t;

  t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aaull;
  x = x ^ t ^ (t << 7);
  t = (x ^ (x >> 14)) & 0x0000cccc0000ccccull;
  x = x ^ t ^ (t << 14);
  t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0ull;
  return x ^ t ^ (t << 28);
}

/* For every byte of an element and every bit of that byte there is a row of n bits, one per
 * element, the first element in the lowest bit.  Masui et al. (2015),
 * doi:10.1016/j.ascom.2015.07.002. */
void
ip_bits_unshuffle (const uint8_t *from, uint8_t *to, size_t n, size_t element_size)
{
  size_t row_size = n / 8;

  for (size_t byte = 0; byte < element_size; byte++)
    for (size_t column = 0; column < row_size; column++)
      {
        uint64_t bits = 0;

        for (size_t bit = 0; bit < 8; bit++)
          bits |= (uint64_t) from[(byte * 8 + bit) * row_size + column] << (8 * bit);
        bits = transpose_bits (bits);
        for (size_t i = 0; i < 8; i++)
          to[(column * 8 + i) * element_size + byte] = (uint8_t) (bits >> (8 * i));
      }
}
