/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-plan.h"
#include "ip-store.h"

/* What the store knows of a plan. */

G_BEGIN_DECLS

/* How the estimates of a dump under a request are found in the store; borrows from both. */
IpStoreKey ip_recall_get_key (IpDump *dump, const IpRequest *request);

/* Fills known[cell * n_requests + request] with copies of what the store has, and leaves the
 * rest as it is.  Blocks while the store reads. */
void ip_recall (IpStore *store, IpPlan *plan, IpEstimate **known);

G_END_DECLS
