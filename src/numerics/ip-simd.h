/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

/* A function marked so is compiled once for every generation of vector units and chosen when the
 * program starts.  The libraries of tier 0 are built with -ffp-contract=off, so that such a
 * function gives the same bits whichever version runs, except where it adds in another order
 * (reductions) or is in one of the files that meson.build lets fuse products and sums.  The choice
 * is made before the thread sanitizer is ready for it. */
#if defined (__x86_64__) && defined (__GNUC__) && !defined (__clang__) \
  && !defined (__SANITIZE_THREAD__)
#define IP_VECTORISED \
  __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define IP_VECTORISED
#endif
