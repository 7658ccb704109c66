/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"
#include "ip-row-hash.h"

#include <stdint.h>

/* Ways of turning activations into symbols, and rows of symbols into keys. */

/* Writes the symbols of one row's entries, which are up to 512 columns of the matrix from `first`
 * on, and returns how many of them lay outside what the symbols cover. */
typedef size_t (*IpDigitiser) (const void *self,
                               const IpMatrix *row,
                               size_t first,
                               uint64_t *symbols);

/* Adds the symbols of all entries to the keys of their rows, and to `outside` how many were out. */
IpStatus ip_digitise (const IpMatrix *matrix,
                      IpDigitiser digitiser,
                      const void *self,
                      IpRowHash *hash,
                      size_t *outside,
                      IpContext *context);

typedef enum
{
  IP_GRID_CLOSED,  /* n bins between n + 1 edges; the last bin holds its upper edge */
  IP_GRID_OPEN,    /* n edges; the last symbol is met by values >= hi only */
  IP_GRID_WRAPPED, /* as open, but values below lo get the last symbol instead of the first */
} IpGridEnds;

/* Equally spaced edges in the precision of the data, placed as numpy.linspace (lo, hi, edges) does
 * and rounded to float32 for float32 data.  Symbol k means edge[k] <= value < edge[k + 1]; values
 * outside get the symbol of the nearer end. */
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

/* An IpDigitiser of an IpGrid.  Outside is below the first or above the last edge. */
size_t ip_grid_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols);

/* Symbols floor ((value - origin) / width), computed in the precision of the data, at most `top`.
 * Beyond 2^50 widths the end symbols are used and counted as outside. */
typedef struct
{
  double origin;
  double width;
  double top; /* INFINITY: none */
} IpSteps;

/* An IpDigitiser of IpSteps. */
size_t ip_steps_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols);

/* Any ascending edges: the symbol is the number of edges not above the value.  Values of single
 * precision are compared with the smallest ones of their kind that are not below the edges, which
 * comes to the same. */
typedef struct
{
  size_t n;
  size_t padded; /* a power of two less one, infinities behind the last edge */
  double *edge;  /* [padded] */
  float *single;
} IpEdges;

/* edge[n] is copied. */
IpStatus ip_edges_init (IpEdges *edges, const double *edge, size_t n, IpContext *context);
void ip_edges_clear (IpEdges *edges);

/* An IpDigitiser of IpEdges.  Nothing is outside. */
size_t ip_edges_digitise (const void *self, const IpMatrix *row, size_t first, uint64_t *symbols);

/* The columns scaled to [0, 1] each, in the precision of the data, then put between edges.  A
 * column of one value has the last symbol. */
typedef struct
{
  const IpEdges *edges;
  const double *lo; /* [columns] */
  const double *hi;
} IpScaledEdges;

/* An IpDigitiser of IpScaledEdges. */
size_t ip_scaled_edges_digitise (const void *self,
                                 const IpMatrix *row,
                                 size_t first,
                                 uint64_t *symbols);
