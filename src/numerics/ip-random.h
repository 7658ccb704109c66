/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdint.h>

/* Counter-based random numbers: number `at` of sequence `seed` is a function of the two alone, so
 * that results do not depend on who draws first. */

/* A bijection of 64-bit words that looks random (the finalizer of SplitMix64; Steele, Lea and
 * Flood 2014, doi:10.1145/2660193.2660195). */
static inline uint64_t
ip_random_mix (uint64_t word)
{
  word = (word ^ (word >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
  word = (word ^ (word >> 27)) * UINT64_C (0x94d049bb133111eb);
  return word ^ (word >> 31);
}

static inline uint64_t
ip_random_at (uint64_t seed, uint64_t at)
{
  return ip_random_mix (ip_random_mix (seed + UINT64_C (0x9e3779b97f4a7c15))
                        + at * UINT64_C (0x9e3779b97f4a7c15));
}
