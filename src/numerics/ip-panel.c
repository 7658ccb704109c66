/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-panel.h"

#include <lapacke.h>
#include <string.h>

void
ip_panel_factor (double *panel,
                 size_t rows,
                 size_t width,
                 size_t stride,
                 double *v,
                 size_t v_stride,
                 double *t,
                 double *work)
{
  size_t columns = rows < width ? rows : width;
  lapack_int m = (lapack_int) rows;
  lapack_int n = (lapack_int) columns;
  lapack_int rest = (lapack_int) (width - columns);
  lapack_int ld = (lapack_int) stride;

  memset (t, 0, width * width * sizeof *t);
  LAPACKE_dgeqrt3_work (LAPACK_COL_MAJOR, m, n, panel, ld, t, (lapack_int) width);
  if (rest > 0)
    LAPACKE_dgemqrt_work (LAPACK_COL_MAJOR, 'L', 'T', m, rest, n, n, panel, ld, t,
                          (lapack_int) width, panel + columns * stride, ld, work);

  for (size_t j = 0; j < width; j++)
    {
      double *column = v + j * v_stride;

      memset (column, 0, rows * sizeof *column);
      if (j >= columns)
        continue;
      column[j] = 1.0;
      memcpy (column + j + 1, panel + j * stride + j + 1, (rows - j - 1) * sizeof *column);
    }
}
