/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"
#include "ip-row-hash.h"

#include <stdint.h>

typedef enum
{
  IP_GRID_CLOSED,  /* n bins between n + 1 edges; the last bin holds its upper edge */
  IP_GRID_OPEN,    /* n edges; the last symbol is met by values >= hi only */
  IP_GRID_WRAPPED, /* as open, but values below lo get the last symbol instead of the first */
} IpGridEnds;

/* Equally spaced edges in the precision of the data, placed as numpy.linspace (lo, hi, edges) does and
 * rounded to float32 for float32 data.  Symbol k means edge[k] <= value < edge[k + 1]; values outside
 * get the symbol of the nearer end. */
typedef struct
{
  IpElement element;
  size_t n;      /* edges */
  float *single; /* [n + 1] or NULL, an infinity behind the last */
  double *edge;  /* [n + 1] or NULL */
  double lo;
  double hi;
  double scale;  /* (n - 1) / (hi - lo), 0 when the spacing nears the precision of the data */
  int32_t below; /* symbol of values below lo */
  int32_t top;   /* the last symbol */
} IpGrid;

/* n: number of symbols. */
IpStatus ip_grid_init (IpGrid *grid,
                       IpElement element,
                       double lo,
                       double hi,
                       size_t n,
                       IpGridEnds ends,
                       IpContext *context);
void ip_grid_clear (IpGrid *grid);

/* Adds the symbols of all entries to the keys of their rows.  `outside` counts the entries below
 * the first or above the last edge. */
IpStatus ip_grid_hash (const IpGrid *grid,
                       const IpMatrix *matrix,
                       IpRowHash *hash,
                       size_t *outside,
                       IpContext *context);

/* The same for symbols floor (value / width), computed in the precision of the data.  Beyond 2^50
 * widths from zero the end symbols are used and counted as outside. */
IpStatus ip_floor_hash (double width,
                        const IpMatrix *matrix,
                        IpRowHash *hash,
                        size_t *outside,
                        IpContext *context);
