/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-budget.h"

#include "ip-context.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

/* What a reader occupies before it reads anything, most of it shared libraries. */
#define READER_BYTES ((gsize) 24 << 20)
/* The buffers of BLAS, and what the allocator keeps, for each thread. */
#define WORKER_BYTES ((gsize) 10 << 20)
/* Who helps a worker computes as well. */
#define HELPER_BYTES (WORKER_BYTES + IP_THREAD_BYTES)
/* Blocks from this size on go back to the system as soon as they are freed.  Left to itself, the
 * allocator learns to keep ever larger ones, and then nobody knows what is in use. */
#define LARGE_BLOCK (1 << 20)

struct _IpBudget
{
  gsize total;

  GMutex lock; /* of all below */
  GCond freed;
  gsize kept; /* taken off for good */
  gsize used; /* by cells */
};

static gsize
get_machine_memory (void)
{
  return (gsize) sysconf (_SC_PHYS_PAGES) * (gsize) sysconf (_SC_PAGESIZE);
}

static gsize
get_resident_memory (void)
{
  g_autofree char *text = NULL;
  gsize size, resident = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      && sscanf (text, "%zu %zu", &size, &resident) < 2)
    resident = 0;
  return resident * (gsize) sysconf (_SC_PAGESIZE);
}

IpBudget *
ip_budget_new (gsize bytes)
{
  IpBudget *self = g_new0 (IpBudget, 1);

  mallopt (M_MMAP_THRESHOLD, LARGE_BLOCK);
  self->total = bytes > 0 ? bytes : get_machine_memory () / 2;
  g_mutex_init (&self->lock);
  g_cond_init (&self->freed);
  return self;
}

void
ip_budget_free (IpBudget *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->freed);
  g_free (self);
}

void
ip_budget_begin (IpBudget *self, guint n_readers, guint n_workers)
{
  ip_budget_keep (self, get_resident_memory () + n_readers * READER_BYTES
                            + n_workers * WORKER_BYTES);
}

gsize
ip_budget_get_total (IpBudget *self)
{
  return self->total;
}

gsize
ip_budget_get_rest (IpBudget *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->total - MIN (self->total, self->kept);
}

void
ip_budget_keep (IpBudget *self, gsize bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->kept += bytes;
}

gboolean
ip_budget_reserve (IpBudget *self, gsize bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  /* Whoever is alone may begin, even if somebody has taken more off meanwhile. */
  while (self->used > 0 && self->kept + self->used + bytes > self->total
         && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->freed, &self->lock);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  self->used += bytes;
  return TRUE;
}

void
ip_budget_release (IpBudget *self, gsize bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->used -= bytes;
  g_cond_broadcast (&self->freed);
}

guint
ip_budget_reserve_helpers (IpBudget *self, guint n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gsize rest = self->total - MIN (self->total, self->kept + self->used);
  guint most = (guint) MIN (n, rest / HELPER_BYTES);

  self->used += most * HELPER_BYTES;
  return most;
}

void
ip_budget_release_helpers (IpBudget *self, guint n)
{
  ip_budget_release (self, n * HELPER_BYTES);
}

void
ip_budget_wake (IpBudget *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_cond_broadcast (&self->freed);
}
