/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-cell-queue.h"

#define N_RANKS 8

struct _IpCellQueue
{
  GMutex lock;
  GCond changed;
  guint n_cells;
  gboolean *begun; /* [n_cells] */
  guint *order;    /* [n_left] the next one last */
  guint n_left;
  gboolean paused;
  gboolean closed;
};

IpCellQueue *
ip_cell_queue_new (guint n_cells)
{
  IpCellQueue *self = g_new0 (IpCellQueue, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->n_cells = self->n_left = n_cells;
  self->begun = g_new0 (gboolean, n_cells);
  self->order = g_new (guint, n_cells);
  for (guint i = 0; i < n_cells; i++)
    self->order[i] = n_cells - 1 - i;

  return self;
}

void
ip_cell_queue_free (IpCellQueue *self)
{
  g_free (self->begun);
  g_free (self->order);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

gboolean
ip_cell_queue_take (IpCellQueue *self, guint *cell)
{
  gboolean found;

  g_mutex_lock (&self->lock);
  while (self->paused && !self->closed && self->n_left > 0)
    g_cond_wait (&self->changed, &self->lock);
  found = !self->closed && self->n_left > 0;
  if (found)
    {
      *cell = self->order[--self->n_left];
      self->begun[*cell] = TRUE;
    }
  g_mutex_unlock (&self->lock);

  return found;
}

guint
ip_cell_queue_get_n_left (IpCellQueue *self)
{
  guint n_left;

  g_mutex_lock (&self->lock);
  n_left = self->n_left;
  g_mutex_unlock (&self->lock);

  return n_left;
}

void
ip_cell_queue_prioritise (IpCellQueue *self, const guint8 *ranks)
{
  guint ends[N_RANKS] = { 0 };
  guint end = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->n_cells; i++)
    if (!self->begun[i])
      ends[ranks[i]]++;
  for (guint rank = N_RANKS; rank-- > 0;)
    end = ends[rank] += end;
  for (guint i = 0; i < self->n_cells; i++)
    if (!self->begun[i])
      self->order[--ends[ranks[i]]] = i;
  g_mutex_unlock (&self->lock);
}

void
ip_cell_queue_set_paused (IpCellQueue *self, gboolean paused)
{
  g_mutex_lock (&self->lock);
  self->paused = paused;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
ip_cell_queue_close (IpCellQueue *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}
