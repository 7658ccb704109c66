/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-job.h"
#include "ip-run.h"

/* Computes what is to be seen: the cells of visible layers of visible runs that have no estimate
 * under the request in force.  The session owns one. */

G_BEGIN_DECLS

#define IP_TYPE_PLANNER (ip_planner_get_type ())
G_DECLARE_FINAL_TYPE (IpPlanner, ip_planner, IP, PLANNER, GObject)

/* runs: of IpRun.  threads, memory: as for ip_job_new().
 * Signals:
 *   progress ()       something of what the getters below say has changed
 *   results ()        runs have got new estimates, or there is nothing left to compute
 *   failed (GError)   a cell could not be computed or results are not kept; once per run, layer and
 *                     request */
IpPlanner *ip_planner_new (GListModel *runs, guint threads, gsize memory)
  G_GNUC_WARN_UNUSED_RESULT;
/* One with the same request for other runs, which plans nothing. (transfer full) */
IpPlanner *ip_planner_freeze (IpPlanner *self, GListModel *runs) G_GNUC_WARN_UNUSED_RESULT;

void ip_planner_set_store (IpPlanner *self, IpStore *store);

const IpRequest *ip_planner_get_request (IpPlanner *self);
/* A new request supersedes the running job at once. */
void ip_planner_set_request (IpPlanner *self, const IpRequest *request);

/* Beside the request: at one epoch only, before everything else (a sweep), or for all cells, after
 * it (comparisons). Copied; n = 0 for none. */
void ip_planner_set_sweep (IpPlanner *self, const IpRequest *requests, guint n, gint64 epoch);
void ip_planner_set_comparisons (IpPlanner *self, const IpRequest *requests, guint n);

/* To be called when other cells are visible or known than before. */
void ip_planner_plan (IpPlanner *self);

/* What the user looks at comes first: the layer at the epoch, then the other layers at the
 * epoch, or the layer at other epochs.  layer: numbered as the user_data of tracks. */
void ip_planner_look_at (IpPlanner *self, int layer, gint64 epoch, gboolean layer_first);

/* A paused planner begins no cell; those in flight go on to their end. */
void ip_planner_set_paused (IpPlanner *self, gboolean paused);
gboolean ip_planner_get_paused (IpPlanner *self);

/* Computes nothing more of a run, until ip_planner_resume(). */
void ip_planner_cancel_run (IpPlanner *self, IpRun *run);
gboolean ip_planner_is_run_cancelled (IpPlanner *self, IpRun *run);

/* Computes again what has failed. */
void ip_planner_retry_failed (IpPlanner *self);

/* The cells in flight, (transfer full) (element-type IpCell) with borrowed dumps. */
GArray *ip_planner_get_running (IpPlanner *self);

/* What happened under this request, a line for each. (transfer full) */
char *ip_planner_get_log (IpPlanner *self);

void ip_planner_cancel (IpPlanner *self);
/* Computes what is missing, after a cancel. */
void ip_planner_resume (IpPlanner *self);

gboolean ip_planner_get_busy (IpPlanner *self);
double ip_planner_get_progress (IpPlanner *self);
/* Seconds, NAN while it cannot be told. */
double ip_planner_get_remaining (IpPlanner *self);
/* Cells of visible layers, all of them and those that are known. */
void ip_planner_count_cells (IpPlanner *self, guint *n_cells, guint *n_done);

G_END_DECLS
