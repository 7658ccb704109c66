/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"
#include "ip-partition.h"

#include <stdint.h>

/* A key for each of n rows of symbols: sum_j r_j s_ij modulo 2^64 for two independent sequences of
 * random multipliers r that depend on the column j alone.  Rows can be added in blocks of columns
 * in any order.  Two rows that differ get the same pair of sums with a probability of 2^-(128 -
 * 2v), where 2^v divides all their differences; symbols below 2^16 collide anywhere among a million
 * rows with a probability under 2^-57.  Nothing is sorted and no pattern is kept. */
typedef struct
{
  size_t n;
  uint64_t *key; /* [2 n] */
} IpRowHash;

IpStatus ip_row_hash_init (IpRowHash *hash, size_t n, IpContext *context);
void ip_row_hash_clear (IpRowHash *hash);

/* Writes the two multipliers of `count` columns from `first`: a[count], b[count]. */
void ip_row_hash_multipliers (size_t first, size_t count, uint64_t *a, uint64_t *b);

void ip_row_hash_add (IpRowHash *hash,
                      size_t row,
                      const uint64_t *symbols,
                      const uint64_t *a,
                      const uint64_t *b,
                      size_t count);

/* Rows with equal keys share a cell. */
IpStatus ip_row_hash_partition (const IpRowHash *hash, IpPartition *partition, IpContext *context);
