/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Answers which number has a given place among all entries of a finite matrix in ascending order,
 * or among the distinct ones; −0 is +0.
 *
 * Single precision is not sorted.  The upper 16 bits of a number, turned so that they ascend with
 * it, say which of 65536 cells it is in; counting the numbers in each cell finds the cell of a
 * place, and the lower 16 bits of the numbers in that cell the rest; a matrix with a source is read
 * twice.  Double precision is sorted and must be in memory.
 * Time O(N d), memory 2 bytes for an entry of a cell that is looked into (all for distinct
 * numbers), 16 for a double. */
typedef struct
{
  IpMatrix matrix; /* borrowed */
  size_t n;        /* numbers that have a place */
  bool is_distinct;
  size_t *count;  /* [cells] numbers in a cell, with repeats */
  size_t *places; /* [cells] numbers of a cell that have a place */
  uint16_t *low;  /* lower halves of the entries, cell after cell; distinct only */
  uint32_t above; /* key of the largest number that may have no place; distinct only */
  double *sorted;
} IpRanking;

IpStatus ip_ranking_init (IpRanking *ranking, const IpMatrix *matrix, IpContext *context);

/* Only numbers above `above` have a place. */
IpStatus ip_ranking_init_distinct (IpRanking *ranking,
                                   const IpMatrix *matrix,
                                   double above,
                                   IpContext *context);

/* value[count] of place[count], which ascend and are below n; several may be the same. */
IpStatus ip_ranking_find (const IpRanking *ranking,
                          const size_t *place,
                          size_t count,
                          double *value,
                          IpContext *context);

void ip_ranking_clear (IpRanking *ranking);
