/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* POSIX threads, since the thread sanitizer does not know those of C11.
 *
 * The helpers of a team sleep until `turn` changes, take tasks until there are none left, and are
 * `busy` no more.  All that they share is below `lock`, but for the next task. */

#include "ip-team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct _IpTeam
{
  pthread_mutex_t lock;
  pthread_cond_t begun;
  pthread_cond_t done;
  unsigned turn;
  unsigned busy;
  bool is_over;
  size_t n;
  IpTaskFunc func;
  void *data;
  atomic_size_t next;
  unsigned helpers;
  pthread_t thread[];
};

static void
take_tasks (IpTeam *team)
{
  for (size_t task = atomic_fetch_add (&team->next, 1); task < team->n;
       task = atomic_fetch_add (&team->next, 1))
    team->func (task, team->data);
}

static void *
help (void *data)
{
  IpTeam *team = data;
  unsigned seen = 0;

  pthread_mutex_lock (&team->lock);
  while (!team->is_over)
    {
      if (team->turn == seen)
        {
          pthread_cond_wait (&team->begun, &team->lock);
          continue;
        }

      seen = team->turn;
      pthread_mutex_unlock (&team->lock);
      take_tasks (team);
      pthread_mutex_lock (&team->lock);
      if (--team->busy == 0)
        pthread_cond_signal (&team->done);
    }
  pthread_mutex_unlock (&team->lock);
  return NULL;
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

  pthread_mutex_init (&team->lock, NULL);
  pthread_cond_init (&team->begun, NULL);
  pthread_cond_init (&team->done, NULL);
  while (team->helpers + 1 < threads
         && pthread_create (&team->thread[team->helpers], NULL, help, team) == 0)
    team->helpers++;
  return team;
}

void
ip_team_free (IpTeam *team)
{
  if (team == NULL)
    return;

  pthread_mutex_lock (&team->lock);
  team->is_over = true;
  pthread_cond_broadcast (&team->begun);
  pthread_mutex_unlock (&team->lock);
  for (unsigned i = 0; i < team->helpers; i++)
    pthread_join (team->thread[i], NULL);
  pthread_cond_destroy (&team->begun);
  pthread_cond_destroy (&team->done);
  pthread_mutex_destroy (&team->lock);
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

  pthread_mutex_lock (&team->lock);
  team->n = n;
  team->func = func;
  team->data = data;
  team->next = 0;
  team->busy = team->helpers;
  team->turn++;
  pthread_cond_broadcast (&team->begun);
  pthread_mutex_unlock (&team->lock);

  take_tasks (team);
  pthread_mutex_lock (&team->lock);
  while (team->busy > 0)
    pthread_cond_wait (&team->done, &team->lock);
  pthread_mutex_unlock (&team->lock);
}
