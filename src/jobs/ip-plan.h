/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"
#include "ip-estimator.h"

/* A plan says what is to be estimated: cells (run, layer, snapshot), each with the same requests.
 * Immutable once a job has it. */

G_BEGIN_DECLS

typedef struct
{
  IpDump *dump;
  guint run; /* the caller's number of the run */
  guint layer;
  guint snapshot;
} IpCell;

typedef struct _IpPlan IpPlan;

IpPlan *ip_plan_new (const IpRequest *requests, guint n_requests);
IpPlan *ip_plan_ref (IpPlan *self);
void ip_plan_unref (IpPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpPlan, ip_plan_unref)

void ip_plan_add_cell (IpPlan *self, guint run, IpDump *dump, guint layer, guint snapshot);

/* Orders the cells so that a coarse picture comes first: every layer's first and last snapshot,
 * then halves, quarters, … */
void ip_plan_sort_coarse_to_fine (IpPlan *self);

guint ip_plan_get_n_cells (const IpPlan *self);
const IpCell *ip_plan_get_cell (const IpPlan *self, guint cell);
const IpRequest *ip_plan_get_requests (const IpPlan *self, guint *n_requests);

G_END_DECLS
