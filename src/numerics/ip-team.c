/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The helpers of a team sleep until `turn` changes, take tasks until there are none left, and are
 * `busy` no more.  All that they share is below `lock`, but for the next task. */

#include "ip-team.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <threads.h>

struct _IpTeam
{
  mtx_t lock;
  cnd_t begun;
  cnd_t done;
  unsigned turn;
  unsigned busy;
  bool is_over;
  size_t n;
  IpTaskFunc func;
  void *data;
  atomic_size_t next;
  unsigned helpers;
  thrd_t thread[];
};

static void
take_tasks (IpTeam *team)
{
  for (size_t task = atomic_fetch_add (&team->next, 1); task < team->n;
       task = atomic_fetch_add (&team->next, 1))
    team->func (task, team->data);
}

static int
help (void *data)
{
  IpTeam *team = data;
  unsigned seen = 0;

  mtx_lock (&team->lock);
  while (!team->is_over)
    {
      if (team->turn == seen)
        {
          cnd_wait (&team->begun, &team->lock);
          continue;
        }

      seen = team->turn;
      mtx_unlock (&team->lock);
      take_tasks (team);
      mtx_lock (&team->lock);
      if (--team->busy == 0)
        cnd_signal (&team->done);
    }
  mtx_unlock (&team->lock);
  return 0;
}

IpTeam *
ip_team_new (unsigned threads)
{
  IpTeam *team;

  if (threads <= 1)
    return NULL;
  team = calloc (1, sizeof *team + (threads - 1) * sizeof *team->thread);
  if (team == NULL)
    return NULL;

  mtx_init (&team->lock, mtx_plain);
  cnd_init (&team->begun);
  cnd_init (&team->done);
  while (team->helpers + 1 < threads
         && thrd_create (&team->thread[team->helpers], help, team) == thrd_success)
    team->helpers++;
  return team;
}

void
ip_team_free (IpTeam *team)
{
  if (team == NULL)
    return;

  mtx_lock (&team->lock);
  team->is_over = true;
  cnd_broadcast (&team->begun);
  mtx_unlock (&team->lock);
  for (unsigned i = 0; i < team->helpers; i++)
    thrd_join (team->thread[i], NULL);
  cnd_destroy (&team->begun);
  cnd_destroy (&team->done);
  mtx_destroy (&team->lock);
  free (team);
}

void
ip_team_run (IpTeam *team, size_t n, IpTaskFunc func, void *data)
{
  if (team == NULL)
    {
      for (size_t task = 0; task < n; task++)
        func (task, data);
      return;
    }

  mtx_lock (&team->lock);
  team->n = n;
  team->func = func;
  team->data = data;
  team->next = 0;
  team->busy = team->helpers;
  team->turn++;
  cnd_broadcast (&team->begun);
  mtx_unlock (&team->lock);

  take_tasks (team);
  mtx_lock (&team->lock);
  while (team->busy > 0)
    cnd_wait (&team->done, &team->lock);
  mtx_unlock (&team->lock);
}
