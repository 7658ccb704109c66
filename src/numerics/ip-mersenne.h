/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>
#include <stdint.h>

/* The Mersenne Twister (Matsumoto and Nishimura 1998, doi:10.1145/272991.272995), seeded and drawn
 * from as CPython's random.seed (seed) and random.sample (range (n), k), to follow published
 * draws. */
typedef struct
{
  uint32_t state[624];
  unsigned at;
} IpMersenne;

void ip_mersenne_init (IpMersenne *twister, uint32_t seed);
uint32_t ip_mersenne_next (IpMersenne *twister);

/* k different numbers below n: drawn[k]. */
IpStatus ip_mersenne_sample (IpMersenne *twister,
                             size_t n,
                             size_t k,
                             uint32_t *drawn,
                             IpContext *context);
