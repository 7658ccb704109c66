/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

/* Cells run in parallel, so each computes on one thread, and a sum must not depend on how many
 * threads happened to share it.  Called before the first use of BLAS or LAPACK in a function;
 * cheap. */
void ip_blas_use_one_thread (void);

/* The kernels that OpenBLAS uses, "SkylakeX"; benchmarks and --version say so. */
const char *ip_blas_get_core (void);
