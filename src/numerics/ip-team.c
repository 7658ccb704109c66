/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* POSIX threads, since the thread sanitizer does not know those of C11.
 *
 * The helpers of a team sleep until `turn` changes, take tasks until there are none left, and are
 * `busy` no more.  All that they share is below `lock`, but for the next task.
 *
 * A context belongs to the thread that brought it.  Helpers look at the status of their work
 * instead, which the caller sets when its context is cancelled: at whatever it computes itself, and
 * every few milliseconds while it waits for the others. */

#include "ip-team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Between two looks at the context of a caller that waits. */
#define NANOSECONDS 10000000

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
  pthread_condattr_t attributes;
  IpTeam *team;

  if (threads <= 1)
    return NULL;
  team = calloc (1, sizeof *team + (threads - 1) * sizeof *team->thread);
  if (team == NULL)
    return NULL;

  pthread_mutex_init (&team->lock, NULL);
  pthread_cond_init (&team->begun, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&team->done, &attributes);
  pthread_condattr_destroy (&attributes);
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

unsigned
ip_team_get_size (const IpTeam *team)
{
  return team != NULL ? team->helpers + 1 : 1;
}

/* Tasks that may fail. */
typedef struct
{
  IpWorkFunc func;
  void *data;
  IpContext *context; /* of the caller, may be NULL */
  pthread_t caller;
  atomic_int status;  /* IP_STATUS_OK until one has failed */
  char message[sizeof ((IpContext *) NULL)->message]; /* of the one that has */
} Work;

static void
end_work (Work *work, IpStatus status, const char *message)
{
  int expected = IP_STATUS_OK;

  if (atomic_compare_exchange_strong (&work->status, &expected, status))
    memcpy (work->message, message, sizeof work->message);
}

static bool
is_over (void *data)
{
  Work *work = data;

  return atomic_load (&work->status) != IP_STATUS_OK;
}

/* On the thread of the caller. */
static bool
look_at_context (void *data)
{
  Work *work = data;

  if (!is_over (work) && ip_context_is_cancelled (work->context))
    end_work (work, IP_STATUS_CANCELLED, work->context->message);
  return is_over (work);
}

static void
report (void *data, double fraction)
{
  Work *work = data;

  ip_context_report (work->context, fraction);
}

static void
try_task (size_t task, void *data)
{
  Work *work = data;
  bool is_caller = pthread_equal (pthread_self (), work->caller);
  IpContext own = { .cancelled = is_caller ? look_at_context : is_over,
                    .progress = is_caller ? report : NULL,
                    .data = work,
                    .threads = 1 };
  IpStatus status;

  if (own.cancelled (work))
    return;

  status = work->func (task, work->data, &own);
  if (status != IP_STATUS_OK)
    end_work (work, status, own.message);
}

static struct timespec
find_next_look (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  time.tv_nsec += NANOSECONDS;
  if (time.tv_nsec >= 1000000000)
    {
      time.tv_nsec -= 1000000000;
      time.tv_sec++;
    }
  return time;
}

/* Until no helper is busy, and meanwhile looks at the context of the work, if there is any. */
static void
wait_for_helpers (IpTeam *team, Work *work)
{
  pthread_mutex_lock (&team->lock);
  while (team->busy > 0 && work == NULL)
    pthread_cond_wait (&team->done, &team->lock);
  while (team->busy > 0)
    {
      struct timespec time = find_next_look ();

      if (pthread_cond_timedwait (&team->done, &team->lock, &time) == 0)
        continue;
      pthread_mutex_unlock (&team->lock);
      look_at_context (work);
      pthread_mutex_lock (&team->lock);
    }
  pthread_mutex_unlock (&team->lock);
}

static void
run (IpTeam *team, size_t n, IpTaskFunc func, void *data, Work *work)
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
  wait_for_helpers (team, work);
}

void
ip_team_run (IpTeam *team, size_t n, IpTaskFunc func, void *data)
{
  run (team, n, func, data, NULL);
}

IpStatus
ip_team_try (IpTeam *team, size_t n, IpWorkFunc func, void *data, IpContext *context)
{
  Work work = { .func = func,
                .data = data,
                .context = context,
                .caller = pthread_self (),
                .status = IP_STATUS_OK };

  run (team, n, try_task, &work, &work);
  return work.status == IP_STATUS_OK ? IP_STATUS_OK
                                     : ip_fail (context, work.status, "%s", work.message);
}
