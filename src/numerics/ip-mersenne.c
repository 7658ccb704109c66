/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-mersenne.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define SIZE 624
#define SHIFT 397

static void
init_from_word (IpMersenne *twister, uint32_t word)
{
  twister->state[0] = word;
  for (uint32_t i = 1; i < SIZE; i++)
    twister->state[i]
      = UINT32_C (1812433253) * (twister->state[i - 1] ^ (twister->state[i - 1] >> 30)) + i;
  twister->at = SIZE;
}

/* The seeding by an array, of the one word that a small seed is. */
void
ip_mersenne_init (IpMersenne *twister, uint32_t seed)
{
  uint32_t *state = twister->state;
  uint32_t i = 1;

  init_from_word (twister, UINT32_C (19650218));
  for (unsigned round = 0; round < SIZE; round++)
    {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * UINT32_C (1664525))) + seed;
      if (++i == SIZE)
        {
          state[0] = state[SIZE - 1];
          i = 1;
        }
    }
  for (unsigned round = 1; round < SIZE; round++)
    {
      state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * UINT32_C (1566083941))) - i;
      if (++i == SIZE)
        {
          state[0] = state[SIZE - 1];
          i = 1;
        }
    }
  state[0] = UINT32_C (0x80000000);
}

static void
twist (IpMersenne *twister)
{
  uint32_t *state = twister->state;

  for (unsigned i = 0; i < SIZE; i++)
    {
      uint32_t y
        = (state[i] & UINT32_C (0x80000000)) | (state[(i + 1) % SIZE] & UINT32_C (0x7fffffff));

      state[i] = state[(i + SHIFT) % SIZE] ^ (y >> 1) ^ ((y & 1) != 0 ? UINT32_C (0x9908b0df) : 0);
    }
  twister->at = 0;
}

uint32_t
ip_mersenne_next (IpMersenne *twister)
{
  uint32_t y;

  if (twister->at == SIZE)
    twist (twister);

  y = twister->state[twister->at++];
  y ^= y >> 11;
  y ^= (y << 7) & UINT32_C (0x9d2c5680);
  y ^= (y << 15) & UINT32_C (0xefc60000);
  return y ^ (y >> 18);
}

static uint32_t
draw_below (IpMersenne *twister, size_t n)
{
  unsigned bits = 0;
  uint32_t drawn;

  while (n >> bits != 0)
    bits++;
  do
    drawn = ip_mersenne_next (twister) >> (32 - bits);
  while (drawn >= n);

  return drawn;
}

/* Small populations are dealt from a pool, large ones drawn until new; the border is CPython's. */
IpStatus
ip_mersenne_sample (IpMersenne *twister,
                    size_t n,
                    size_t k,
                    uint32_t *drawn,
                    IpContext *context)
{
  double border = 21.0 + (k > 5 ? pow (4.0, ceil (log (3.0 * (double) k) / log (4.0))) : 0.0);
  uint32_t *pool = malloc ((n + 1) * sizeof *pool);

  if (pool == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to draw from %zu samples", n);

  for (size_t i = 0; i < n; i++)
    pool[i] = (double) n <= border ? (uint32_t) i : 0;
  for (size_t i = 0; i < k; i++)
    if ((double) n <= border)
      {
        uint32_t at = draw_below (twister, n - i);

        drawn[i] = pool[at];
        pool[at] = pool[n - i - 1];
      }
    else
      {
        do
          drawn[i] = draw_below (twister, n);
        while (pool[drawn[i]] != 0);
        pool[drawn[i]] = 1;
      }

  free (pool);
  return IP_STATUS_OK;
}
