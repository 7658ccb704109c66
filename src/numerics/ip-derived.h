/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-matrix.h"

/* A matrix in double precision that is computed from another one, column for column: in memory when
 * the other one is, and otherwise block by block, as the columns are read. */

/* Writes to[rows x block->columns]; rows is that of the derived matrix. */
typedef void (*IpDerivation) (const void *self, const IpMatrix *block, double *to);

typedef struct
{
  IpMatrix matrix;
  IpColumnSource source;
  const IpMatrix *from;
  IpDerivation derive;
  const void *self;
  double *data; /* the whole, or the present block */
} IpDerived;

/* Borrows `from` and `self`.  Must not be moved afterwards. */
IpStatus ip_derived_init (IpDerived *derived,
                          const IpMatrix *from,
                          size_t rows,
                          IpDerivation derive,
                          const void *self,
                          IpContext *context);
void ip_derived_clear (IpDerived *derived);
