/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How far each row has come is all that threads tell each other: a thread uses the tiles of its row
 * from left to right, so that only the row above must be looked at.  Rows are taken from the top.
 * Whoever has the topmost one that is not done waits for nobody, and everybody else for the row
 * above alone: nobody waits forever.
 *
 * Waits are rare and shorter than a tile takes, too short to put a thread to sleep and wake it. */

#include "ip-wavefront.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

/* How often a thread that waits lets others run before it begins to sleep between its looks. */
#define YIELDS 200
#define NAP 50000 /* nanoseconds */

typedef struct
{
  const IpWavefront *wavefront;
  atomic_size_t next;      /* the topmost row that nobody has taken */
  atomic_size_t reached[]; /* for each row from `first` on, the column behind the last used one */
} Front;

/* What a thread has filled, first in, first out; counts of all its tiles. */
typedef struct
{
  IpPlace place[IP_MOST_SPACES];
  size_t filled;
  size_t used;
} Queue;

static bool
is_ready (Front *front, const IpPlace *place)
{
  size_t first = front->wavefront->first;

  return front->wavefront->use == NULL || place->row == first
         || atomic_load (&front->reached[place->row - 1 - first]) > place->column;
}

static bool
wait_until_ready (Front *front, const IpPlace *place, IpContext *context)
{
  const struct timespec nap = { 0, NAP };

  for (unsigned looks = 0; !is_ready (front, place); looks++)
    {
      if (ip_context_is_cancelled (context))
        return false;
      if (looks < YIELDS)
        thrd_yield ();
      else
        thrd_sleep (&nap, NULL);
    }

  return true;
}

/* Uses what is ready, and waits until no more than `rest` tiles are left. */
static bool
use_tiles (Front *front, Queue *queue, size_t rest, IpContext *context)
{
  const IpWavefront *wavefront = front->wavefront;

  while (queue->used < queue->filled)
    {
      const IpPlace *place = &queue->place[queue->used % wavefront->spaces];

      if (!is_ready (front, place))
        {
          if (queue->filled - queue->used <= rest)
            return true;
          if (!wait_until_ready (front, place, context))
            return false;
        }

      if (wavefront->use != NULL)
        wavefront->use (place, wavefront->data);
      atomic_store (&front->reached[place->row - wavefront->first], place->column + 1);
      queue->used++;
    }

  return true;
}

static bool
fill_tile (Front *front, Queue *queue, IpPlace place, IpContext *context)
{
  const IpWavefront *wavefront = front->wavefront;

  place.space = (unsigned) (queue->filled % wavefront->spaces);
  if (ip_context_is_cancelled (context)
      || (wavefront->fill != NULL && !wavefront->fill (&place, wavefront->data, context)))
    return false;

  queue->place[place.space] = place;
  queue->filled++;
  return true;
}

/* All that one thread does: an IpWorkFunc. */
static IpStatus
walk (size_t thread, void *data, IpContext *context)
{
  Front *front = data;
  const IpWavefront *wavefront = front->wavefront;
  Queue queue = { .filled = 0 };
  size_t row;

  while ((row = atomic_fetch_add (&front->next, 1)) < wavefront->end)
    for (size_t column = row; column < wavefront->columns; column++)
      if (!fill_tile (front, &queue, (IpPlace){ row, column, (unsigned) thread, 0 }, context)
          || !use_tiles (front, &queue, wavefront->spaces - 1, context))
        return IP_STATUS_CANCELLED;

  return use_tiles (front, &queue, 0, context) ? IP_STATUS_OK : IP_STATUS_CANCELLED;
}

IpStatus
ip_wavefront_run (const IpWavefront *wavefront, IpTeam *team, IpContext *context)
{
  size_t rows = wavefront->end - wavefront->first;
  Front *front = calloc (1, sizeof *front + rows * sizeof *front->reached);
  IpStatus status;

  if (front == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu rows of tiles", rows);

  front->wavefront = wavefront;
  front->next = wavefront->first;
  status = ip_team_try (team, ip_team_get_size (team), walk, front, context);
  free (front);
  return status;
}
