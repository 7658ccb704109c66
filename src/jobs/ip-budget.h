/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

/* The memory that a job may use: what the program and its reader occupy before the first cell is
 * begun is taken off, and the cells share the rest.  Safe from any thread. */

G_BEGIN_DECLS

typedef struct _IpBudget IpBudget;

/* bytes: of the process and its readers together, 0 for half of the machine's memory. */
IpBudget *ip_budget_new (gsize bytes);
void ip_budget_free (IpBudget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpBudget, ip_budget_free)

/* Takes off what is in use now and what n_readers and n_workers take whatever they do. */
void ip_budget_begin (IpBudget *self, guint n_readers, guint n_workers);

gsize ip_budget_get_total (IpBudget *self);

/* What a cell could have if it were alone. */
gsize ip_budget_get_rest (IpBudget *self);

/* Takes off for good. */
void ip_budget_keep (IpBudget *self, gsize bytes);

/* Waits until so many bytes are free; FALSE when cancelled meanwhile.  Must be no more than the
 * rest. */
gboolean
ip_budget_reserve (IpBudget *self, gsize bytes, GCancellable *cancellable, GError **error);
void ip_budget_release (IpBudget *self, gsize bytes);

/* For threads that help with a cell: for up to n of them, as many as there is memory for now, which
 * is given back. */
guint ip_budget_reserve_helpers (IpBudget *self, guint n);
void ip_budget_release_helpers (IpBudget *self, guint n);

/* Lets those who wait look whether they are cancelled. */
void ip_budget_wake (IpBudget *self);

G_END_DECLS
