/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <glib.h>

/* What is known of a run under one request: an estimate for each layer and snapshot, and how many of
 * them there are, so that a window with a million of them need not count. */

G_BEGIN_DECLS

typedef struct _IpKnown IpKnown;

IpKnown *ip_known_new (const IpRequest *request, guint n_layers, guint n_snapshots);
void ip_known_free (IpKnown *self);

const IpRequest *ip_known_get_request (const IpKnown *self);
/* At layer * n_snapshots + snapshot, NULL for what is not known. */
const IpEstimate *const *ip_known_get_estimates (const IpKnown *self);

/* Copies the estimate, in place of what was there. */
void ip_known_set (IpKnown *self, guint layer, guint snapshot, const IpEstimate *estimate);
void ip_known_forget_failed (IpKnown *self);
/* The run has another number of snapshots: keeps the estimates of the first n_kept, but none of a
 * layer that does not hold. */
void ip_known_resize (IpKnown *self, guint n_snapshots, guint n_kept, const gboolean *holds);

/* Of a layer; those that failed are among the known ones. */
guint ip_known_count (const IpKnown *self, guint layer);
guint ip_known_count_failed (const IpKnown *self, guint layer);

G_END_DECLS
