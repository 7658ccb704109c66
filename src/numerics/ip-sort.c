/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-sort.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define N_DIGITS (1 << DIGIT_BITS)
/* Entries between two looks at the cancel flag. */
#define STRIDE ((size_t) 1 << 20)

/* Numbers in ascending order have keys in ascending order: negative ones are turned round, positive
 * ones moved behind them. */
static inline uint32_t
key_of_float (float value)
{
  uint32_t bits;

  value += 0.0f;
  memcpy (&bits, &value, sizeof bits);
  return bits ^ ((uint32_t) ((int32_t) bits >> 31) | UINT32_C (0x80000000));
}

static inline float
float_of_key (uint32_t key)
{
  uint32_t bits = key ^ (((key >> 31) - 1) | UINT32_C (0x80000000));
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline uint64_t
key_of_double (double value)
{
  uint64_t bits;

  value += 0.0;
  memcpy (&bits, &value, sizeof bits);
  return bits ^ ((uint64_t) ((int64_t) bits >> 63) | UINT64_C (0x8000000000000000));
}

static inline double
double_of_key (uint64_t key)
{
  uint64_t bits = key ^ (((key >> 63) - 1) | UINT64_C (0x8000000000000000));
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* One stable pass over a digit; false when all digits are equal and nothing had to move. */
#define DEFINE_PASS(type)                                                                          \
  static IpStatus sort_##type (type **keys, type **spare, size_t n, IpContext *context)            \
  {                                                                                                \
    for (unsigned shift = 0; shift < 8 * sizeof (type); shift += DIGIT_BITS)                       \
      {                                                                                            \
        size_t start[N_DIGITS + 1] = { 0 };                                                        \
        type *swap = *spare;                                                                       \
                                                                                                   \
        for (size_t i = 0; i < n; i++)                                                             \
          start[(((*keys)[i] >> shift) & (N_DIGITS - 1)) + 1]++;                                   \
        if (start[(((*keys)[0] >> shift) & (N_DIGITS - 1)) + 1] == n)                              \
          continue;                                                                                \
        for (size_t digit = 0; digit < N_DIGITS; digit++)                                          \
          start[digit + 1] += start[digit];                                                        \
        for (size_t i = 0; i < n; i++)                                                             \
          {                                                                                        \
            swap[start[((*keys)[i] >> shift) & (N_DIGITS - 1)]++] = (*keys)[i];                    \
            if (i % STRIDE == 0 && ip_context_is_cancelled (context))                              \
              return IP_STATUS_CANCELLED;                                                          \
          }                                                                                        \
        *spare = *keys;                                                                            \
        *keys = swap;                                                                              \
      }                                                                                            \
    return IP_STATUS_OK;                                                                           \
  }

DEFINE_PASS (uint32_t)
DEFINE_PASS (uint64_t)

static IpStatus
sort_floats (const IpMatrix *matrix, void **keys, void **spare, IpContext *context)
{
  const float *values = matrix->data;
  uint32_t *key = *keys;
  uint32_t *other = *spare;
  size_t n = matrix->rows * matrix->columns;
  IpStatus status;

  for (size_t row = 0; row < matrix->rows; row++)
    for (size_t i = 0; i < matrix->columns; i++)
      key[row * matrix->columns + i] = key_of_float (values[row * matrix->stride + i]);

  status = sort_uint32_t (&key, &other, n, context);
  for (size_t i = 0; i < n; i++)
    {
      float value = float_of_key (key[i]);

      memcpy (&key[i], &value, sizeof value);
    }

  *keys = key;
  *spare = other;
  return status;
}

static IpStatus
sort_doubles (const IpMatrix *matrix, void **keys, void **spare, IpContext *context)
{
  const double *values = matrix->data;
  uint64_t *key = *keys;
  uint64_t *other = *spare;
  size_t n = matrix->rows * matrix->columns;
  IpStatus status;

  for (size_t row = 0; row < matrix->rows; row++)
    for (size_t i = 0; i < matrix->columns; i++)
      key[row * matrix->columns + i] = key_of_double (values[row * matrix->stride + i]);

  status = sort_uint64_t (&key, &other, n, context);
  for (size_t i = 0; i < n; i++)
    {
      double value = double_of_key (key[i]);

      memcpy (&key[i], &value, sizeof value);
    }

  *keys = key;
  *spare = other;
  return status;
}

IpStatus
ip_sort_entries (const IpMatrix *matrix, IpMatrix *sorted, IpContext *context)
{
  bool is_float = matrix->element == IP_ELEMENT_FLOAT32;
  size_t n = matrix->rows * matrix->columns;
  size_t size = n * (is_float ? sizeof (float) : sizeof (double)) + 1;
  void *keys = NULL;
  void *spare = NULL;
  IpStatus status = ip_matrix_check_whole (matrix, context);

  *sorted = (IpMatrix) { NULL, 1, n, n, matrix->element };
  if (status != IP_STATUS_OK)
    return status;

  keys = malloc (size);
  spare = malloc (size);
  if (keys == NULL || spare == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to sort %zu activations", n);
  else if (n > 0)
    status = is_float ? sort_floats (matrix, &keys, &spare, context)
                      : sort_doubles (matrix, &keys, &spare, context);

  free (spare);
  if (status == IP_STATUS_OK)
    sorted->data = keys;
  else
    free (keys);
  return status;
}
