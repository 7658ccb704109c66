/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-row-hash.h"

#include "ip-random.h"
#include "ip-simd.h"

#include <stdlib.h>

IpStatus
ip_row_hash_init (IpRowHash *hash, size_t n, IpContext *context)
{
  hash->n = n;
  hash->key = calloc (n > 0 ? 2 * n : 1, sizeof *hash->key);
  if (hash->key == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu row keys", n);

  return IP_STATUS_OK;
}

void
ip_row_hash_clear (IpRowHash *hash)
{
  free (hash->key);
  hash->key = NULL;
}

void
ip_row_hash_multipliers (size_t first, size_t count, uint64_t *a, uint64_t *b)
{
  for (size_t i = 0; i < count; i++)
    {
      a[i] = ip_random_at (0, 2 * (first + i));
      b[i] = ip_random_at (0, 2 * (first + i) + 1);
    }
}

IP_VECTORISED static void
add (uint64_t *key, const uint64_t *symbols, const uint64_t *a, const uint64_t *b, size_t count)
{
  uint64_t sum_a = 0;
  uint64_t sum_b = 0;

  for (size_t i = 0; i < count; i++)
    {
      sum_a += symbols[i] * a[i];
      sum_b += symbols[i] * b[i];
    }

  key[0] += sum_a;
  key[1] += sum_b;
}

void
ip_row_hash_add (IpRowHash *hash,
                 size_t row,
                 const uint64_t *symbols,
                 const uint64_t *a,
                 const uint64_t *b,
                 size_t count)
{
  add (hash->key + 2 * row, symbols, a, b, count);
}

IpStatus
ip_row_hash_partition (const IpRowHash *hash, IpPartition *partition, IpContext *context)
{
  return ip_partition_init_from_keys (partition, hash->key, hash->n, context);
}
