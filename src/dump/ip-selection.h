/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Which samples of a dump are used. */

G_BEGIN_DECLS

typedef struct
{
  gsize n;
  gsize *rows; /* [n] ascending; NULL when all are used */
  char *text;  /* "all", "random:n=500,seed=1": part of every result's key */
} IpSelection;

void ip_selection_init_all (IpSelection *self, gsize n);
void ip_selection_init_copy (IpSelection *self, const IpSelection *other);
void ip_selection_clear (IpSelection *self);

/* n of `total` samples, without replacement; the same ones for the same seed on every machine. */
void ip_selection_init_random (IpSelection *self, gsize total, gsize n, guint64 seed);

/* Moves the selected rows to the front, in place. */
void ip_selection_gather (const IpSelection *self, gpointer data, gsize row_size);

G_END_DECLS
