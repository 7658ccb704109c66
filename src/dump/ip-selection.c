/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-selection.h"

#include "ip-random.h"

#include <stdio.h>
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

static const char *const kind_ids[] = { "all", "first", "random", "class" };

const char *
ip_selection_kind_get_id (IpSelectionKind kind)
{
  return kind_ids[kind];
}

gboolean
ip_selection_parse (const char *text, IpSelectionKind *kind, gsize *n, guint64 *seed)
{
  char id[8];

  *seed = 0;
  *n = 0;
  *kind = IP_SELECTION_ALL;
  if (strcmp (text, kind_ids[IP_SELECTION_ALL]) == 0)
    return TRUE;
  if (sscanf (text, "%7[a-z]:n=%" G_GSIZE_FORMAT ",seed=%" G_GUINT64_FORMAT, id, n, seed) < 2
      || *n == 0)
    return FALSE;
  for (guint i = IP_SELECTION_FIRST; i < IP_N_SELECTIONS; i++)
    if (strcmp (id, kind_ids[i]) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/* Every sample draws a number. (transfer full) in the order of the numbers */
static Ticket *
draw_tickets (gsize total, guint64 seed)
{
  Ticket *tickets = g_new (Ticket, total + 1);

  for (gsize i = 0; i < total; i++)
    tickets[i] = (Ticket){ ip_random_at (seed, i), i };
  qsort (tickets, total, sizeof *tickets, compare_tickets);
  return tickets;
}

void
ip_selection_init_first (IpSelection *self, gsize total, gsize n)
{
  *self = (IpSelection){ .n = MIN (n, total) };
  self->rows = g_new (gsize, self->n + 1);
  for (gsize i = 0; i < self->n; i++)
    self->rows[i] = i;
  self->text = g_strdup_printf ("first:n=%" G_GSIZE_FORMAT, self->n);
}

void
ip_selection_init_per_class (IpSelection *self,
                             const guint32 *classes,
                             gsize total,
                             gsize n,
                             guint64 seed)
{
  g_autofree Ticket *tickets = draw_tickets (total, seed);
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);

  *self = (IpSelection){ .rows = g_new (gsize, total + 1) };
  for (gsize i = 0; i < total; i++)
    {
      gpointer class = GUINT_TO_POINTER (classes[tickets[i].row]);
      gsize n_taken = GPOINTER_TO_SIZE (g_hash_table_lookup (taken, class));

      if (n_taken == n)
        continue;
      g_hash_table_insert (taken, class, GSIZE_TO_POINTER (n_taken + 1));
      self->rows[self->n++] = tickets[i].row;
    }
  qsort (self->rows, self->n, sizeof *self->rows, compare_rows);
  self->text = g_strdup_printf ("class:n=%" G_GSIZE_FORMAT ",seed=%" G_GUINT64_FORMAT, n, seed);
}

/* The n smallest win. */
void
ip_selection_init_random (IpSelection *self, gsize total, gsize n, guint64 seed)
{
  g_autofree Ticket *tickets = draw_tickets (total, seed);

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
