/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-blas.h"

#include <cblas.h>
#include <threads.h>

static void
set_threads (void)
{
  openblas_set_num_threads (1);
}

void
ip_blas_use_one_thread (void)
{
  static once_flag once = ONCE_FLAG_INIT;

  call_once (&once, set_threads);
}
