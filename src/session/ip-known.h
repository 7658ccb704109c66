/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <glib.h>

/* What is known of a run under one request: an estimate for each layer and snapshot, and how many
 * of them there are, so that a window with a million of them need not count.  Reference-counted,
 * so that another thread can draw what is known now while more becomes known: who wants to change
 * a shared one makes a copy first, see ip_known_make_own(), which shares the estimates. */

G_BEGIN_DECLS

typedef struct _IpKnown IpKnown;

/* The text of a request, without parameters that do not matter.  (transfer full) */
char *ip_known_name_request (const IpRequest *request);

IpKnown *ip_known_new (const IpRequest *request, guint n_layers, guint n_snapshots);
IpKnown *ip_known_ref (IpKnown *self);
void ip_known_unref (IpKnown *self);

const IpRequest *ip_known_get_request (const IpKnown *self);
/* As by ip_known_name_request(). */
const char *ip_known_get_name (const IpKnown *self);
/* At layer * n_snapshots + snapshot, NULL for what is not known. */
const IpEstimate *const *ip_known_get_estimates (const IpKnown *self);

/* The same, or a copy that nobody else has.  (transfer full): self is given away */
IpKnown *ip_known_make_own (IpKnown *self) G_GNUC_WARN_UNUSED_RESULT;

/* What follows is for the only owner. */

/* Copies the estimate, in place of what was there. */
void ip_known_set (IpKnown *self, guint layer, guint snapshot, const IpEstimate *estimate);
void ip_known_forget_failed (IpKnown *self);

/* For a run that has another number of snapshots: with the estimates of the first n_kept, but none
 * of a layer that does not hold.  (transfer full) */
IpKnown *ip_known_resize (const IpKnown *self,
                          guint n_snapshots,
                          guint n_kept,
                          const gboolean *holds) G_GNUC_WARN_UNUSED_RESULT;

/* Of a layer; those that failed are among the known ones. */
guint ip_known_count (const IpKnown *self, guint layer);
guint ip_known_count_failed (const IpKnown *self, guint layer);

G_END_DECLS
