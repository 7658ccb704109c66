/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-ink.h"

#include <math.h>

void
ip_ink_init (IpInk *ink, double width, double height, double cell)
{
  ink->cell = cell;
  ink->columns = (guint) ceil (width / cell) + 1;
  ink->rows = (guint) ceil (height / cell) + 1;
  ink->sums = g_new0 (guint, (gsize) (ink->columns + 1) * (ink->rows + 1));
}

void
ip_ink_clear (IpInk *ink)
{
  g_clear_pointer (&ink->sums, g_free);
}

static guint *
get_sum (const IpInk *ink, guint column, guint row)
{
  return &ink->sums[(gsize) row * (ink->columns + 1) + column];
}

static void
mark (IpInk *ink, double x, double y)
{
  double column = floor (x / ink->cell);
  double row = floor (y / ink->cell);

  if (column >= 0 && column < ink->columns && row >= 0 && row < ink->rows)
    *get_sum (ink, (guint) column + 1, (guint) row + 1) = 1;
}

void
ip_ink_line (IpInk *ink, double x0, double y0, double x1, double y1)
{
  double length = hypot (x1 - x0, y1 - y0);
  guint steps = (guint) MIN (ceil (length / ink->cell), 4.0 * (ink->columns + ink->rows));

  for (guint i = 0; i <= steps; i++)
    {
      double share = steps > 0 ? (double) i / steps : 0;

      mark (ink, x0 + share * (x1 - x0), y0 + share * (y1 - y0));
    }
}

void
ip_ink_dry (IpInk *ink)
{
  for (guint row = 1; row <= ink->rows; row++)
    for (guint column = 1; column <= ink->columns; column++)
      *get_sum (ink, column, row) += *get_sum (ink, column - 1, row) +
                                     *get_sum (ink, column, row - 1) -
                                     *get_sum (ink, column - 1, row - 1);
}

static guint
get_edge (const IpInk *ink, double place, guint most, gboolean up)
{
  double edge = up ? ceil (place / ink->cell) : floor (place / ink->cell);

  return (guint) CLAMP (edge, 0, most);
}

double
ip_ink_get_share (const IpInk *ink, double x, double y, double width, double height)
{
  guint left = get_edge (ink, x, ink->columns, FALSE);
  guint right = get_edge (ink, x + width, ink->columns, TRUE);
  guint top = get_edge (ink, y, ink->rows, FALSE);
  guint bottom = get_edge (ink, y + height, ink->rows, TRUE);
  guint cells = (right - left) * (bottom - top);
  guint taken;

  if (cells == 0)
    return 0;
  taken = *get_sum (ink, right, bottom) - *get_sum (ink, left, bottom) -
          *get_sum (ink, right, top) + *get_sum (ink, left, top);
  return (double) taken / cells;
}
