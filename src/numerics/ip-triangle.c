/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-triangle.h"

#include "ip-blas.h"
#include "ip-eigen.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_ROWS 1024
/* Columns reduced between two looks at the cancel flag. */
#define PANEL 32

IpStatus
ip_triangle_init (IpTriangle *triangle, size_t n, IpContext *context)
{
  *triangle = (IpTriangle) { .n = n, .space = n > LEAST_ROWS ? n : LEAST_ROWS };
  triangle->factor = calloc (n * n + 1, sizeof *triangle->factor);
  triangle->rows = malloc ((PANEL + triangle->space) * n * sizeof *triangle->rows + 1);
  triangle->work = malloc ((PANEL * n + 1) * sizeof *triangle->work);
  if (triangle->factor == NULL || triangle->rows == NULL || triangle->work == NULL)
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
  free (triangle->factor);
  free (triangle->rows);
  free (triangle->work);
  triangle->factor = NULL;
  triangle->rows = NULL;
  triangle->work = NULL;
}

/* The part of column `column` of R that goes with a panel. */
static double *
get_top (const IpTriangle *triangle, size_t panel, size_t column)
{
  return triangle->factor + column * triangle->n + panel;
}

/* Columns of a panel: below R they are all new rows.  So the rows of R that are theirs go right
 * above those, and come back when both are reduced. */
static void
reduce_panel (IpTriangle *triangle, size_t at, size_t width)
{
  size_t n = triangle->n;
  size_t stride = PANEL + triangle->space;
  double *corner = triangle->rows + at * stride + PANEL - width;
  lapack_int height = (lapack_int) (width + triangle->filled);
  lapack_int columns = (lapack_int) width;
  lapack_int rest = (lapack_int) (n - at - width);
  lapack_int ld = (lapack_int) stride;
  double t[PANEL * PANEL];

  for (size_t j = at; j < n; j++)
    memcpy (corner + (j - at) * stride, get_top (triangle, at, j), width * sizeof *corner);

  LAPACKE_dgeqrt3_work (LAPACK_COL_MAJOR, height, columns, corner, ld, t, PANEL);
  if (rest > 0)
    LAPACKE_dgemqrt_work (LAPACK_COL_MAJOR, 'L', 'T', height, rest, columns, columns, corner, ld, t,
                          PANEL, corner + width * stride, ld, triangle->work);

  for (size_t j = at; j < n; j++)
    {
      size_t rows = j - at < width ? j - at + 1 : width;

      memcpy (get_top (triangle, at, j), corner + (j - at) * stride, rows * sizeof *corner);
    }
}

/* QR of R and the new rows. */
static IpStatus
reduce (IpTriangle *triangle, IpContext *context)
{
  size_t n = triangle->n;

  for (size_t at = 0; at < n && triangle->filled > 0; at += PANEL)
    {
      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      reduce_panel (triangle, at, n - at < PANEL ? n - at : PANEL);
    }

  triangle->filled = 0;
  return IP_STATUS_OK;
}

IpStatus
ip_triangle_add (IpTriangle *triangle, const double *row, IpContext *context)
{
  size_t stride = PANEL + triangle->space;

  for (size_t j = 0; j < triangle->n; j++)
    triangle->rows[j * stride + PANEL + triangle->filled] = row[j];

  return ++triangle->filled == triangle->space ? reduce (triangle, context) : IP_STATUS_OK;
}

IpStatus
ip_triangle_get_singular_values (IpTriangle *triangle, double *values, IpContext *context)
{
  IpStatus status = reduce (triangle, context);

  if (status == IP_STATUS_OK)
    status = ip_singular_values (triangle->factor, triangle->n, values, context);
  return status;
}
