/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-ranking.h"

#include "ip-simd.h"
#include "ip-sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELLS 65536
/* Words of one bit per number that a cell can hold. */
#define WORDS (CELLS / 64)
/* Numbers whose keys are computed at once. */
#define CHUNK 512
/* Rows between two looks at the cancel flag. */
#define ROWS 256
/* Numbers between asking for the place of one and writing there: the cells of a layer together are
 * larger than the fastest cache, and writes wait for each other. */
#define AHEAD 24
/* A cell that is not looked into. */
#define UNWANTED SIZE_MAX

/* Numbers in ascending order have keys in ascending order: negative ones are turned round, positive
 * ones moved behind them. */
static inline uint32_t
key_of (float number)
{
  uint32_t bits;

  number += 0.0f;
  memcpy (&bits, &number, sizeof bits);
  return bits ^ ((uint32_t) ((int32_t) bits >> 31) | UINT32_C (0x80000000));
}

static inline float
number_of (uint32_t key)
{
  uint32_t bits = key ^ (((key >> 31) - 1) | UINT32_C (0x80000000));
  float number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

IP_VECTORISED static void
find_keys (const float *numbers, size_t n, uint32_t *keys)
{
  for (size_t i = 0; i < n; i++)
    keys[i] = key_of (numbers[i]);
}

typedef void (*KeysFunc) (const uint32_t *keys, size_t n, void *data);

static IpStatus
show_keys (const IpMatrix *block, KeysFunc func, void *data, IpContext *context)
{
  uint32_t keys[CHUNK];

  for (size_t row = 0; row < block->rows; row++)
    {
      const float *numbers = (const float *) block->data + row * block->stride;

      for (size_t i = 0; i < block->columns; i += CHUNK)
        {
          size_t n = block->columns - i < CHUNK ? block->columns - i : CHUNK;

          find_keys (numbers + i, n, keys);
          func (keys, n, data);
        }

      if (row % ROWS == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  return IP_STATUS_OK;
}

/* Shows the keys of all entries to a function. */
static IpStatus
for_each_key (const IpMatrix *matrix, KeysFunc func, void *data, IpContext *context)
{
  IpMatrix block = { 0 };
  IpStatus status = IP_STATUS_OK;

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status == IP_STATUS_OK)
        status = show_keys (&block, func, data, context);
    }

  return status;
}

/* Two counters per cell, so that a number that follows its like need not wait for it. */
typedef struct
{
  size_t *even;
  size_t *odd;
} Counters;

static void
count_keys (const uint32_t *keys, size_t n, void *data)
{
  Counters *counters = data;

  for (size_t i = 0; i + 1 < n; i += 2)
    {
      counters->even[keys[i] >> 16]++;
      counters->odd[keys[i + 1] >> 16]++;
    }
  if (n % 2 == 1)
    counters->even[keys[n - 1] >> 16]++;
}

static IpStatus
count_cells (IpRanking *ranking, IpContext *context)
{
  Counters counters = { ranking->count, calloc (CELLS, sizeof *counters.odd) };
  IpStatus status;

  if (counters.odd == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank activations");

  status = for_each_key (&ranking->matrix, count_keys, &counters, context);
  for (size_t cell = 0; cell < CELLS; cell++)
    ranking->count[cell] += counters.odd[cell];

  free (counters.odd);
  return status;
}

static IpStatus
check_memory (size_t bytes, IpContext *context)
{
  if (context == NULL || context->memory == 0 || bytes <= context->memory)
    return IP_STATUS_OK;

  return ip_fail (context, IP_STATUS_UNDEFINED,
                  "Ranking needs %.1f MiB of memory, %.1f MiB are allowed",
                  (double) bytes / 1048576.0, (double) context->memory / 1048576.0);
}

/* Where the next number of a cell goes. */
typedef struct
{
  size_t *next; /* [CELLS] */
  uint16_t *low;
} Gathering;

static void
gather_keys (const uint32_t *keys, size_t n, void *data)
{
  const Gathering *gathering = data;
  size_t *next = gathering->next;
  uint16_t *low = gathering->low;

  for (size_t i = 0; i < n; i++)
    {
      size_t at = next[keys[i] >> 16];

      if (at != UNWANTED)
        {
          low[at] = (uint16_t) keys[i];
          next[keys[i] >> 16] = at + 1;
        }
    }
}

/* The same where all cells are wanted. */
static void
gather_all_keys (const uint32_t *keys, size_t n, void *data)
{
  const Gathering *gathering = data;
  size_t *next = gathering->next;
  uint16_t *low = gathering->low;

  for (size_t i = 0; i < n; i++)
    {
      if (i + AHEAD < n)
        __builtin_prefetch (low + next[keys[i + AHEAD] >> 16], 1);
      low[next[keys[i] >> 16]++] = (uint16_t) keys[i];
    }
}

/* The lower halves of the numbers in cells of which `next` is not UNWANTED, cell after cell. */
static IpStatus
gather (const IpRanking *ranking, size_t *next, uint16_t **low, IpContext *context)
{
  Gathering gathering = { next, NULL };
  size_t total = 0;
  IpStatus status;

  for (size_t cell = 0; cell < CELLS; cell++)
    if (next[cell] != UNWANTED)
      {
        next[cell] = total;
        total += ranking->count[cell];
      }

  status = check_memory (total * sizeof *gathering.low, context);
  if (status != IP_STATUS_OK)
    return status;

  gathering.low = malloc ((total + 1) * sizeof *gathering.low);
  if (gathering.low == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank %zu activations", total);

  status = for_each_key (&ranking->matrix, ranking->is_distinct ? gather_all_keys : gather_keys,
                         &gathering, context);
  if (status == IP_STATUS_OK)
    *low = gathering.low;
  else
    free (gathering.low);
  return status;
}

/* Up to here comparing neighbours is faster than counting digits. */
#define FEW 32

static void
sort_few (uint16_t *low, size_t n)
{
  for (size_t i = 1; i < n; i++)
    {
      uint16_t number = low[i];
      size_t at = i;

      for (; at > 0 && low[at - 1] > number; at--)
        low[at] = low[at - 1];
      low[at] = number;
    }
}

/* From one place to the other, by the eight bits above `shift`. */
static void
sort_digit (const uint16_t *low, size_t n, unsigned shift, uint16_t *sorted)
{
  size_t start[257] = { 0 };

  for (size_t i = 0; i < n; i++)
    start[((low[i] >> shift) & 255) + 1]++;
  for (size_t digit = 0; digit < 256; digit++)
    start[digit + 1] += start[digit];
  for (size_t i = 0; i < n; i++)
    sorted[start[(low[i] >> shift) & 255]++] = low[i];
}

/* Such as the zeros of a ReLU. */
IP_VECTORISED static bool
is_one_number (const uint16_t *low, size_t n)
{
  uint16_t difference = 0;

  for (size_t i = 0; i < n; i++)
    difference |= low[i] ^ low[0];
  return difference == 0;
}

/* spare: [n] */
static void
sort_low (uint16_t *low, size_t n, uint16_t *spare)
{
  if (n <= FEW)
    {
      sort_few (low, n);
    }
  else if (!is_one_number (low, n))
    {
      sort_digit (low, n, 0, spare);
      sort_digit (spare, n, 8, low);
    }
}

/* Keeps one of equal neighbours, and only what is above `above`; gives how many are left. */
static size_t
drop_repeats (const IpRanking *ranking, size_t cell, uint16_t *low, size_t n)
{
  size_t kept = 0;

  for (size_t i = 0; i < n; i++)
    if ((kept == 0 || low[i] != low[kept - 1])
        && (uint32_t) (cell << 16 | low[i]) > ranking->above)
      low[kept++] = low[i];

  return kept;
}

IP_VECTORISED static size_t
count_bits (const uint64_t *bits)
{
  size_t count = 0;

  for (size_t i = 0; i < WORDS; i++)
    count += (size_t) __builtin_popcountll (bits[i]);
  return count;
}

static size_t
count_distinct_in_cell (const IpRanking *ranking, size_t cell, const uint16_t *low)
{
  size_t n = ranking->count[cell];
  uint16_t some[FEW];
  uint64_t bits[WORDS] = { 0 };

  if (cell < ranking->above >> 16)
    return 0;
  if (n <= FEW)
    {
      memcpy (some, low, n * sizeof *low);
      sort_few (some, n);
      return drop_repeats (ranking, cell, some, n);
    }

  for (size_t i = 0; i < n; i++)
    bits[low[i] / 64] |= UINT64_C (1) << (low[i] % 64);
  if (cell == ranking->above >> 16)
    for (size_t i = 0; i <= ranking->above % CELLS; i++)
      bits[i / 64] &= ~(UINT64_C (1) << (i % 64));
  return count_bits (bits);
}

static IpStatus
count_distinct (IpRanking *ranking, IpContext *context)
{
  size_t *next = calloc (CELLS, sizeof *next);
  const uint16_t *low;
  IpStatus status;

  if (next == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank activations");

  status = gather (ranking, next, &ranking->low, context);
  free (next);
  if (status != IP_STATUS_OK)
    return status;

  low = ranking->low;
  ranking->n = 0;
  for (size_t cell = 0; cell < CELLS; cell++)
    if (ranking->count[cell] > 0)
      {
        ranking->places[cell] = count_distinct_in_cell (ranking, cell, low);
        ranking->n += ranking->places[cell];
        low += ranking->count[cell];
      }

  return IP_STATUS_OK;
}

static IpStatus
init_sorted (IpRanking *ranking, double above, IpContext *context)
{
  const IpMatrix *matrix = &ranking->matrix;
  size_t kept = 0;
  IpStatus status = ip_matrix_check_whole (matrix, context);

  if (status == IP_STATUS_OK)
    status = check_memory (2 * ranking->n * sizeof *ranking->sorted, context);
  if (status != IP_STATUS_OK)
    return status;

  ranking->sorted = malloc ((ranking->n + 1) * sizeof *ranking->sorted);
  if (ranking->sorted == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank %zu activations",
                    ranking->n);

  for (size_t row = 0; row < matrix->rows; row++)
    memcpy (ranking->sorted + row * matrix->columns,
            (const double *) matrix->data + row * matrix->stride,
            matrix->columns * sizeof *ranking->sorted);
  status = ip_sort (ranking->sorted, ranking->n, context);
  if (status != IP_STATUS_OK || !ranking->is_distinct)
    return status;

  for (size_t i = 0; i < ranking->n; i++)
    if (ranking->sorted[i] > above
        && (kept == 0 || ranking->sorted[i] != ranking->sorted[kept - 1]))
      ranking->sorted[kept++] = ranking->sorted[i];
  ranking->n = kept;
  return IP_STATUS_OK;
}

/* Numbers of single precision are above the one when they are above the other. */
static float
round_down (double number)
{
  float single = (float) number;

  return (double) single > number ? nextafterf (single, -INFINITY) : single;
}

static IpStatus
init (IpRanking *ranking,
      const IpMatrix *matrix,
      bool is_distinct,
      double above,
      IpContext *context)
{
  bool is_single = matrix->element == IP_ELEMENT_FLOAT32;
  IpStatus status;

  *ranking = (IpRanking) { .matrix = *matrix,
                           .n = matrix->rows * matrix->columns,
                           .is_distinct = is_distinct,
                           .above = key_of (round_down (above)) };
  if (!is_single)
    return init_sorted (ranking, above, context);

  ranking->count = calloc (CELLS, sizeof *ranking->count);
  ranking->places = is_distinct ? calloc (CELLS, sizeof *ranking->places) : ranking->count;
  if (ranking->count == NULL || ranking->places == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank activations");

  status = count_cells (ranking, context);
  if (status == IP_STATUS_OK && is_distinct)
    status = count_distinct (ranking, context);
  return status;
}

IpStatus
ip_ranking_init (IpRanking *ranking, const IpMatrix *matrix, IpContext *context)
{
  IpStatus status = init (ranking, matrix, false, -INFINITY, context);

  if (status != IP_STATUS_OK)
    ip_ranking_clear (ranking);
  return status;
}

IpStatus
ip_ranking_init_distinct (IpRanking *ranking,
                          const IpMatrix *matrix,
                          double above,
                          IpContext *context)
{
  IpStatus status = init (ranking, matrix, true, above, context);

  if (status != IP_STATUS_OK)
    ip_ranking_clear (ranking);
  return status;
}

void
ip_ranking_clear (IpRanking *ranking)
{
  if (ranking->places != ranking->count)
    free (ranking->places);
  free (ranking->count);
  free (ranking->low);
  free (ranking->sorted);
  *ranking = (IpRanking) { 0 };
}

/* Marks the cells that hold one of the places. */
static void
want_cells (const IpRanking *ranking, const size_t *place, size_t count, size_t *next)
{
  size_t before = 0;
  size_t k = 0;

  for (size_t cell = 0; cell < CELLS; cell++)
    {
      next[cell] = UNWANTED;
      for (; k < count && place[k] < before + ranking->places[cell]; k++)
        next[cell] = 0;
      before += ranking->places[cell];
    }
}

/* work: twice the count of the fullest cell */
static void
look_into_cells (const IpRanking *ranking,
                 const size_t *place,
                 size_t count,
                 const uint16_t *low,
                 const size_t *next,
                 uint16_t *work,
                 double *value)
{
  size_t before = 0;
  size_t k = 0;

  for (size_t cell = 0; cell < CELLS && k < count; cell++)
    {
      size_t n = ranking->count[cell];

      if (next[cell] != UNWANTED)
        {
          memcpy (work, low, n * sizeof *low);
          sort_low (work, n, work + n);
          if (ranking->is_distinct)
            drop_repeats (ranking, cell, work, n);
          for (; k < count && place[k] < before + ranking->places[cell]; k++)
            value[k] = number_of ((uint32_t) (cell << 16) | work[place[k] - before]);
        }
      if (next[cell] != UNWANTED || ranking->is_distinct)
        low += n;
      before += ranking->places[cell];
    }
}

static IpStatus
find_in_cells (const IpRanking *ranking,
               const size_t *place,
               size_t count,
               size_t *next,
               double *value,
               IpContext *context)
{
  uint16_t *low = ranking->low;
  uint16_t *work;
  size_t fullest = 0;
  IpStatus status = IP_STATUS_OK;

  want_cells (ranking, place, count, next);
  for (size_t cell = 0; cell < CELLS; cell++)
    if (next[cell] != UNWANTED && ranking->count[cell] > fullest)
      fullest = ranking->count[cell];

  if (!ranking->is_distinct)
    status = gather (ranking, next, &low, context);
  if (status != IP_STATUS_OK)
    return status;

  work = malloc ((2 * fullest + 1) * sizeof *work);
  if (work != NULL)
    look_into_cells (ranking, place, count, low, next, work, value);
  else
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank %zu activations",
                      fullest);

  if (!ranking->is_distinct)
    free (low);
  free (work);
  return status;
}

IpStatus
ip_ranking_find (const IpRanking *ranking,
                 const size_t *place,
                 size_t count,
                 double *value,
                 IpContext *context)
{
  size_t *next;
  IpStatus status;

  if (ranking->sorted != NULL)
    {
      for (size_t k = 0; k < count; k++)
        value[k] = ranking->sorted[place[k]];
      return IP_STATUS_OK;
    }

  next = malloc (CELLS * sizeof *next);
  if (next == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory to rank activations");

  status = find_in_cells (ranking, place, count, next, value, context);
  free (next);
  return status;
}
