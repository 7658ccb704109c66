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

/* Tasks between two looks at the context. */
#define TASKS 8

typedef struct
{
  IpTaskFunc func;
  void *data;
  size_t first;
} Slice;

static void
run_task (size_t task, void *data)
{
  const Slice *slice = data;

  slice->func (slice->first + task, slice->data);
}

IpStatus
ip_panel_run_tasks (IpTeam *team, size_t n, IpTaskFunc func, void *data, IpContext *context)
{
  for (size_t first = 0; first < n; first += TASKS)
    {
      Slice slice = { func, data, first };

      if (ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
      ip_team_run (n > 1 ? team : NULL, n - first < TASKS ? n - first : TASKS, run_task, &slice);
    }

  return IP_STATUS_OK;
}
