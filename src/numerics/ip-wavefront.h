/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-team.h"

#include <stdbool.h>
#include <stddef.h>

/* A walk over the tiles (r, c), r <= c, of a triangle, which threads share.  The tiles of a
 * symmetric matrix add to part r and to part c of a vector.  Every part gets its additions in the
 * order in which one thread would make them, row by row and from left to right, and hence the same
 * bits:
 *
 *     r \ c  0  1  2  3        a tile is used after that on its left and that above it, so that
 *       0    a  b  c  d        equal letters may be used at the same time, and what is used at the
 *       1       c  d  e        same time has no part in common.  It is filled before, at any time.
 *       2          e  f
 *       3             g
 *
 * Threads take whole rows, from the top, each following the one above.  A thread that would have to
 * wait fills as many tiles of its own as it has space for. */
typedef struct
{
  size_t row;
  size_t column;
  unsigned thread; /* number of the thread that fills and uses the tile */
  unsigned space;  /* number of its space, below `spaces`, for what it fills */
} IpPlace;

typedef struct
{
  size_t first; /* rows first .. end - 1 of the triangle; those above are done */
  size_t end;
  size_t columns;
  unsigned spaces; /* of each thread, 1 .. IP_MOST_SPACES; 1 is enough for a single thread */
  /* Either may be NULL.  fill() gives false when the context is cancelled. */
  bool (*fill) (const IpPlace *place, void *data, IpContext *context);
  void (*use) (const IpPlace *place, void *data);
  void *data;
} IpWavefront;

#define IP_MOST_SPACES 4

/* team: NULL for the calling thread alone.  The context is looked at before each tile. */
IpStatus ip_wavefront_run (const IpWavefront *wavefront, IpTeam *team, IpContext *context);
