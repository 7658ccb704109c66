/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-selection.h"

#include "ip-random.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  guint64 key;
  gsize row;
} Ticket;

void
ip_selection_init_all (IpSelection *self, gsize n)
{
  *self = (IpSelection){ .n = n, .text = g_strdup ("all") };
}

void
ip_selection_init_copy (IpSelection *self, const IpSelection *other)
{
  *self = (IpSelection){ .n = other->n, .text = g_strdup (other->text) };
  if (other->rows != NULL)
    self->rows = g_memdup2 (other->rows, other->n * sizeof *other->rows);
}

void
ip_selection_clear (IpSelection *self)
{
  g_clear_pointer (&self->rows, g_free);
  g_clear_pointer (&self->text, g_free);
}

static int
compare_tickets (const void *a, const void *b)
{
  const Ticket *one = a;
  const Ticket *other = b;

  if (one->key != other->key)
    return one->key < other->key ? -1 : 1;

  return (one->row > other->row) - (one->row < other->row);
}

static int
compare_rows (const void *a, const void *b)
{
  gsize one = *(const gsize *) a;
  gsize other = *(const gsize *) b;

  return (one > other) - (one < other);
}

/* Every sample draws a number; the n smallest win. */
void
ip_selection_init_random (IpSelection *self, gsize total, gsize n, guint64 seed)
{
  g_autofree Ticket *tickets = g_new (Ticket, total);

  for (gsize i = 0; i < total; i++)
    tickets[i] = (Ticket){ ip_random_at (seed, i), i };
  qsort (tickets, total, sizeof *tickets, compare_tickets);

  *self = (IpSelection){ .n = MIN (n, total) };
  self->rows = g_new (gsize, self->n);
  for (gsize i = 0; i < self->n; i++)
    self->rows[i] = tickets[i].row;
  qsort (self->rows, self->n, sizeof *self->rows, compare_rows);
  self->text = g_strdup_printf ("random:n=%" G_GSIZE_FORMAT ",seed=%" G_GUINT64_FORMAT, self->n,
                                seed);
}

void
ip_selection_gather (const IpSelection *self, gpointer data, gsize row_size)
{
  for (gsize i = 0; self->rows != NULL && i < self->n; i++)
    if (self->rows[i] != i)
      memcpy ((char *) data + i * row_size, (char *) data + self->rows[i] * row_size, row_size);
}
