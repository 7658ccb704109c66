/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-derived.h"

#include <stdlib.h>

static IpStatus
read_columns (void *data, size_t first, size_t count, IpMatrix *block, IpContext *context)
{
  IpDerived *derived = data;
  IpMatrix from;
  IpStatus status = ip_matrix_get_columns (derived->from, first, count, &from, context);

  if (status == IP_STATUS_OK)
    derived->derive (derived->self, &from, derived->data);
  *block = (IpMatrix) { derived->data, derived->matrix.rows, count, count, IP_ELEMENT_FLOAT64 };
  return status;
}

IpStatus
ip_derived_init (IpDerived *derived,
                 const IpMatrix *from,
                 size_t rows,
                 IpDerivation derive,
                 const void *self,
                 IpContext *context)
{
  size_t columns = from->columns;

  *derived = (IpDerived) { .from = from, .derive = derive, .self = self };
  if (from->source != NULL && from->source->width < columns)
    columns = from->source->width;
  derived->data = malloc ((rows * columns + 1) * sizeof *derived->data);
  if (derived->data == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a layer");

  derived->matrix
    = (IpMatrix) { NULL, rows, from->columns, from->columns, IP_ELEMENT_FLOAT64, NULL };
  if (from->source != NULL)
    {
      derived->source = (IpColumnSource) { from->source->width, read_columns, derived };
      derived->matrix.source = &derived->source;
    }
  else
    {
      derive (self, from, derived->data);
      derived->matrix.data = derived->data;
    }

  return IP_STATUS_OK;
}

void
ip_derived_clear (IpDerived *derived)
{
  free (derived->data);
  derived->data = NULL;
}
