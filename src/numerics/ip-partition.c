/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-partition.h"

#include "ip-random.h"
#include "ip-row-hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY UINT32_MAX
#define COLUMNS 512

void
ip_partition_clear (IpPartition *partition)
{
  free (partition->code);
  free (partition->count);
  memset (partition, 0, sizeof *partition);
}

/* An open hash table of codes; `first` remembers a sample of each cell, whose key stands for
 * all. */
static void
number_keys (IpPartition *partition,
             const uint64_t *key,
             uint32_t *slot,
             size_t mask,
             uint32_t *first)
{
  for (size_t i = 0; i < partition->n; i++)
    {
      size_t at = ip_random_mix (key[2 * i] ^ (key[2 * i + 1] << 1)) & mask;

      while (slot[at] != EMPTY
             && (key[2 * first[slot[at]]] != key[2 * i]
                 || key[2 * first[slot[at]] + 1] != key[2 * i + 1]))
        at = (at + 1) & mask;

      if (slot[at] == EMPTY)
        {
          slot[at] = partition->classes++;
          first[slot[at]] = i;
        }
      partition->code[i] = slot[at];
      partition->count[slot[at]]++;
    }
}

IpStatus
ip_partition_init_from_keys (IpPartition *partition,
                             const uint64_t *key,
                             size_t n,
                             IpContext *context)
{
  size_t size = 16;
  uint32_t *slot;
  uint32_t *first;

  while (size < 2 * n)
    size *= 2;

  memset (partition, 0, sizeof *partition);
  partition->n = n;
  partition->code = malloc ((n + 1) * sizeof *partition->code);
  partition->count = calloc (n + 1, sizeof *partition->count);
  slot = malloc (size * sizeof *slot);
  first = malloc ((n + 1) * sizeof *first);
  if (partition->code == NULL || partition->count == NULL || slot == NULL || first == NULL)
    {
      free (slot);
      free (first);
      ip_partition_clear (partition);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to sort %zu samples into bins",
                      n);
    }

  memset (slot, 0xff, size * sizeof *slot);
  number_keys (partition, key, slot, size - 1, first);

  free (slot);
  free (first);
  return IP_STATUS_OK;
}

IpStatus
ip_partition_init_from_labels (IpPartition *partition,
                               const uint32_t *label,
                               size_t n,
                               IpContext *context)
{
  IpRowHash pairs;
  IpStatus status = ip_row_hash_init (&pairs, n, context);

  if (status != IP_STATUS_OK)
    return status;

  for (size_t i = 0; i < n; i++)
    pairs.key[2 * i] = label[i];

  status = ip_row_hash_partition (&pairs, partition, context);
  ip_row_hash_clear (&pairs);
  return status;
}

IpStatus
ip_partition_init_joint (IpPartition *partition,
                         const IpPartition *a,
                         const IpPartition *b,
                         IpContext *context)
{
  IpRowHash pairs;
  IpStatus status = ip_row_hash_init (&pairs, a->n, context);

  if (status != IP_STATUS_OK)
    return status;

  for (size_t i = 0; i < a->n; i++)
    {
      pairs.key[2 * i] = a->code[i];
      pairs.key[2 * i + 1] = b->code[i];
    }

  status = ip_row_hash_partition (&pairs, partition, context);
  ip_row_hash_clear (&pairs);
  return status;
}

/* The bits of a number, scrambled: neighbouring doubles differ in their low bits only, round ones
 * in their high bits only, and the row key wants differences that no power of two divides. */
static uint64_t
scrambled_bits (double number)
{
  uint64_t bits;

  number += 0.0;
  memcpy (&bits, &number, sizeof bits);
  return ip_random_mix (bits);
}

/* The numbers of a block that begins at column `first` of the matrix. */
static IpStatus
hash_block (IpRowHash *hash, const IpMatrix *matrix, size_t first, IpContext *context)
{
  uint64_t a[COLUMNS];
  uint64_t b[COLUMNS];
  uint64_t symbols[COLUMNS];

  for (size_t column = 0; column < matrix->columns; column += COLUMNS)
    {
      size_t count = matrix->columns - column < COLUMNS ? matrix->columns - column : COLUMNS;

      ip_row_hash_multipliers (first + column, count, a, b);
      for (size_t row = 0; row < matrix->rows; row++)
        {
          for (size_t i = 0; i < count; i++)
            symbols[i] = scrambled_bits (ip_matrix_get (matrix, row, column + i));
          ip_row_hash_add (hash, row, symbols, a, b, count);

          if (row % 1024 == 0 && ip_context_is_cancelled (context))
            return IP_STATUS_CANCELLED;
        }
    }

  return IP_STATUS_OK;
}

IpStatus
ip_partition_init_from_rows (IpPartition *partition, const IpMatrix *matrix, IpContext *context)
{
  IpRowHash hash;
  IpMatrix block = { 0 };
  IpStatus status = ip_row_hash_init (&hash, matrix->rows, context);

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status == IP_STATUS_OK)
        status = hash_block (&hash, &block, first, context);
    }

  if (status == IP_STATUS_OK)
    status = ip_row_hash_partition (&hash, partition, context);

  ip_row_hash_clear (&hash);
  return status;
}

/* Cells of one size are added as one term, sizes in ascending order: neither the order of the
 * samples nor the numbering of the cells can be seen in the sum. */
double
ip_partition_entropy (const IpPartition *partition)
{
  double n = partition->n;
  double entropy = 0.0;
  uint32_t *cells; /* of each size */

  if (partition->classes < 2)
    return 0.0;
  if (partition->classes == partition->n)
    return log (n);

  cells = calloc (partition->n, sizeof *cells);
  if (cells == NULL)
    return NAN;

  for (size_t i = 0; i < partition->classes; i++)
    cells[partition->count[i]]++;
  for (size_t size = 1; size < partition->n; size++)
    if (cells[size] > 0)
      entropy += (double) cells[size] * (double) size / n * log (n / (double) size);

  free (cells);
  return entropy;
}
