/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* The order in which the workers of a job begin its cells.  Safe from any thread. */

G_BEGIN_DECLS

typedef struct _IpCellQueue IpCellQueue;

/* Cells 0, 1, …, in this order. */
IpCellQueue *ip_cell_queue_new (guint n_cells) G_GNUC_WARN_UNUSED_RESULT;
void ip_cell_queue_free (IpCellQueue *self);

/* The next cell; waits while the queue is paused.  FALSE when there is none any more. */
gboolean ip_cell_queue_take (IpCellQueue *self, guint *cell);

/* How many have not been taken. */
guint ip_cell_queue_get_n_left (IpCellQueue *self);

/* Small ranks first, equal ones in the order of their numbers.  ranks: [n_cells], below 8. */
void ip_cell_queue_prioritise (IpCellQueue *self, const guint8 *ranks);

void ip_cell_queue_set_paused (IpCellQueue *self, gboolean paused);

/* Nobody gets a cell any more, and nobody waits. */
void ip_cell_queue_close (IpCellQueue *self);

G_END_DECLS
