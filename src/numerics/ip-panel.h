/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stddef.h>

/* Q R of a panel of a column-major matrix, `rows` x `width`, Q = I - V T V' (Schreiber and Van Loan
 * 1989, doi:10.1137/0910005).  A panel of fewer rows than columns has reflections of as many
 * columns as it has rows.
 *
 * panel: R stays in its upper triangle.  v: [rows x width], columns `v_stride` apart; its upper
 * triangle is written out, and columns without a reflection are zero.  t: [width x width], upper
 * triangle, the rest zero.  work: [width^2]. */
void ip_panel_factor (double *panel,
                      size_t rows,
                      size_t width,
                      size_t stride,
                      double *v,
                      size_t v_stride,
                      double *t,
                      double *work);
