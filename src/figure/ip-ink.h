/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Where on a figure something is drawn, on a coarse grid: how much of a rectangle is taken is
 * answered in constant time, so that a label can try many places. */

G_BEGIN_DECLS

typedef struct
{
  double cell;
  guint columns, rows;
  guint *sums; /* of the cells above and left, (columns + 1) x (rows + 1), after ip_ink_dry() */
} IpInk;

void ip_ink_init (IpInk *ink, double width, double height, double cell);
void ip_ink_clear (IpInk *ink);
void ip_ink_line (IpInk *ink, double x0, double y0, double x1, double y1);
/* Marks are done; shares can be asked. */
void ip_ink_dry (IpInk *ink);
/* Share of the rectangle that is taken, 0 … 1. */
double ip_ink_get_share (const IpInk *ink, double x, double y, double width, double height);

G_END_DECLS
