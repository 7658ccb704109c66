/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* OpenBLAS chooses its kernels by the model number of the processor when it is loaded.  A processor
 * newer than the library is taken for one of 2004, and everything runs four times slower.  Where
 * that happened, the choice is made again by what the processor can do, unless the user has made it
 * (OPENBLAS_CORETYPE).  This must come before the first thread, hence the constructor. */

#include "ip-blas.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>
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

const char *
ip_blas_get_core (void)
{
  return openblas_get_corename ();
}

#if defined (__x86_64__)

/* Exported by builds that carry kernels for several processors. */
extern void gotoblas_dynamic_init (void) __attribute__ ((weak));
extern void gotoblas_dynamic_quit (void) __attribute__ ((weak));

static const char *
find_better_core (void)
{
  __builtin_cpu_init ();
  if (strcmp (openblas_get_corename (), "Prescott") != 0)
    return NULL;
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl"))
    return "SkylakeX";
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return "Haswell";

  return NULL;
}

__attribute__ ((constructor)) static void
choose_core (void)
{
  const char *core = find_better_core ();

  if (core == NULL || getenv ("OPENBLAS_CORETYPE") != NULL || gotoblas_dynamic_init == NULL
      || gotoblas_dynamic_quit == NULL)
    return;

  setenv ("OPENBLAS_CORETYPE", core, 1);
  gotoblas_dynamic_quit ();
  gotoblas_dynamic_init ();
  unsetenv ("OPENBLAS_CORETYPE");
}

#endif
