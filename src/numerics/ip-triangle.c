/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-triangle.h"

#include "ip-blas.h"
#include "ip-eigen.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_ROWS 256
/* Columns reduced between two looks at the cancel flag. */
#define PANEL 32

IpStatus
ip_triangle_init (IpTriangle *triangle, size_t n, IpContext *context)
{
  *triangle = (IpTriangle) { .n = n, .rows = n + (n > LEAST_ROWS ? n : LEAST_ROWS) };
  triangle->buffer = calloc (triangle->rows * n + 1, sizeof *triangle->buffer);
  triangle->tau = malloc ((n + 1) * sizeof *triangle->tau);
  if (triangle->buffer == NULL || triangle->tau == NULL)
    {
      ip_triangle_clear (triangle);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for the spectrum of %zu units",
                      n);
    }

  ip_blas_use_one_thread ();
  return IP_STATUS_OK;
}

void
ip_triangle_clear (IpTriangle *triangle)
{
  free (triangle->buffer);
  free (triangle->tau);
  triangle->buffer = NULL;
  triangle->tau = NULL;
}

/* QR of the rows in use; R is left on top, zeros below. */
static IpStatus
reduce (IpTriangle *triangle, IpContext *context)
{
  size_t n = triangle->n;
  lapack_int ld = (lapack_int) triangle->rows;

  for (size_t at = 0; at < n; at += PANEL)
    {
      lapack_int width = (lapack_int) (n - at < PANEL ? n - at : PANEL);
      lapack_int height = (lapack_int) (triangle->rows - at);
      double *corner = triangle->buffer + at * triangle->rows + at;

      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      if (LAPACKE_dgeqrf (LAPACK_COL_MAJOR, height, width, corner, ld, triangle->tau) != 0
          || (at + (size_t) width < n
              && LAPACKE_dormqr (LAPACK_COL_MAJOR, 'L', 'T', height,
                                 (lapack_int) (n - at) - width, width, corner, ld, triangle->tau,
                                 corner + (size_t) width * triangle->rows, ld)
                   != 0))
        return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a QR decomposition");
    }

  for (size_t j = 0; j < n; j++)
    memset (triangle->buffer + j * triangle->rows + j + 1, 0,
            (triangle->rows - j - 1) * sizeof *triangle->buffer);
  triangle->filled = n;
  return IP_STATUS_OK;
}

IpStatus
ip_triangle_add (IpTriangle *triangle, const double *row, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;

  for (size_t j = 0; j < triangle->n; j++)
    triangle->buffer[j * triangle->rows + triangle->filled] = row[j];
  if (++triangle->filled == triangle->rows)
    status = reduce (triangle, context);

  return status;
}

IpStatus
ip_triangle_get_singular_values (IpTriangle *triangle, double *values, IpContext *context)
{
  IpStatus status = reduce (triangle, context);

  if (status != IP_STATUS_OK)
    return status;

  for (size_t j = 1; j < triangle->n; j++)
    memmove (triangle->buffer + j * triangle->n, triangle->buffer + j * triangle->rows,
             triangle->n * sizeof *triangle->buffer);
  return ip_singular_values (triangle->buffer, triangle->n, triangle->n, values, context);
}
