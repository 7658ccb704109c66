/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-sort.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define N_DIGITS (1 << DIGIT_BITS)
/* Entries between two looks at the cancel flag. */
#define STRIDE ((size_t) 1 << 20)

/* Numbers in ascending order have keys in ascending order: negative ones are turned round, positive
 * ones moved behind them. */
static inline size_t
digit_of (double number, unsigned shift)
{
  uint64_t bits;

  memcpy (&bits, &number, sizeof bits);
  bits ^= (uint64_t) ((int64_t) bits >> 63) | UINT64_C (0x8000000000000000);
  return (bits >> shift) & (N_DIGITS - 1);
}

/* One stable pass over a digit; `moved` is false when all digits are equal. */
static IpStatus
sort_digit (const double *numbers,
            size_t n,
            unsigned shift,
            double *sorted,
            bool *moved,
            IpContext *context)
{
  size_t start[N_DIGITS + 1] = { 0 };

  for (size_t i = 0; i < n; i++)
    start[digit_of (numbers[i], shift) + 1]++;
  *moved = start[digit_of (numbers[0], shift) + 1] < n;
  if (!*moved)
    return IP_STATUS_OK;

  for (size_t digit = 0; digit < N_DIGITS; digit++)
    start[digit + 1] += start[digit];
  for (size_t i = 0; i < n; i++)
    {
      sorted[start[digit_of (numbers[i], shift)]++] = numbers[i];
      if (i % STRIDE == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  return IP_STATUS_OK;
}

IpStatus
ip_sort (double *numbers, size_t n, IpContext *context)
{
  double *space;
  double *from = numbers;
  double *to;
  IpStatus status = IP_STATUS_OK;

  if (n == 0)
    return IP_STATUS_OK;

  space = malloc (n * sizeof *space);
  if (space == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to sort %zu numbers", n);

  to = space;
  for (size_t i = 0; i < n; i++)
    numbers[i] += 0.0;
  for (unsigned shift = 0; shift < 64 && status == IP_STATUS_OK; shift += DIGIT_BITS)
    {
      bool moved;

      status = sort_digit (from, n, shift, to, &moved, context);
      if (status == IP_STATUS_OK && moved)
        {
          double *swap = from;

          from = to;
          to = swap;
        }
    }

  if (from != numbers)
    memcpy (numbers, from, n * sizeof *numbers);
  free (space);
  return status;
}
