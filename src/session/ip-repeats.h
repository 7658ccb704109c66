/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-run.h"

/* Runs that differ in their seed only: repeats of one experiment, over which mean and spread are
 * taken. */

G_BEGIN_DECLS

typedef struct
{
  char *title;     /* what its runs are called but for the seed: "szt-tanh" */
  GPtrArray *runs; /* of IpRun, in the order of the list */
} IpRepeats;

void ip_repeats_free (IpRepeats *self);

/* Puts every run of a list into one group, alone when it repeats no other.  Groups are in the order
 * of their first runs.  Runs that have the same seed, too, are copies and not repeats: they come
 * into different groups. (transfer full) (element-type IpRepeats) */
GPtrArray *ip_repeats_find (GListModel *runs) G_GNUC_WARN_UNUSED_RESULT;

/* Returns a text that is the same for repeats of each other: layers, samples, classes and what was
 * recorded of the run, without its seed.  A dump that records no seed has the one that its file or
 * folder is named after (run-seed3.h5); without one it repeats nothing, and the text is its own.
 * seed: is set to the seed as text, NULL when there is none. (transfer full) */
char *ip_repeats_describe (IpDump *dump, char **seed) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
