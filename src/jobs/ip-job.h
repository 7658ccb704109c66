/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-plan.h"
#include "ip-store.h"

/* A job runs a plan on a pool of worker threads and hands the results back through the main context
 * that was the thread-default one when it was started. */

G_BEGIN_DECLS

#define IP_TYPE_JOB (ip_job_get_type ())
G_DECLARE_FINAL_TYPE (IpJob, ip_job, IP, JOB, GObject)

typedef enum
{
  IP_JOB_READY,
  IP_JOB_RUNNING,
  IP_JOB_DONE,
  IP_JOB_CANCELLED,
} IpJobState;

/* Everything about one finished cell: estimates[n_requests of the plan].  A cell that could not be
 * read has estimates with IP_FLAG_FAILED and the reason, and `error` set. */
typedef struct
{
  guint cell; /* number in the plan */
  IpEstimate *estimates;
  GError *error;
} IpCellResult;

/* store: where results are looked up and kept, may be NULL.  threads: 0 for one per processor.
 * memory: bytes for samples and intermediates together, 0 for half of the machine's memory. */
IpJob *ip_job_new (IpPlan *plan, IpStore *store, guint threads, gsize memory)
  G_GNUC_WARN_UNUSED_RESULT;

IpPlan *ip_job_get_plan (IpJob *self);
void ip_job_start (IpJob *self);

/* Cells with a small rank (below 8) come first, of those that have not begun; equal ones in the
 * order of the plan. */
typedef guint (*IpCellRank) (const IpCell *cell, gpointer data);
void ip_job_prioritise (IpJob *self, IpCellRank rank, gpointer data);

/* While a job is paused it begins no cell; those in flight go on to their end. */
void ip_job_set_paused (IpJob *self, gboolean paused);
gboolean ip_job_get_paused (IpJob *self);

/* The cells in flight. (transfer full) (element-type guint) */
GArray *ip_job_get_running (IpJob *self);

/* Returns at once.  Cells in flight stop within 100 ms; ::finished follows. */
void ip_job_cancel (IpJob *self);

/* Computes nothing more of one dump; its cells in flight stop, the others go on. */
void ip_job_drop (IpJob *self, IpDump *dump);

IpJobState ip_job_get_state (IpJob *self);
guint ip_job_get_n_done (IpJob *self);
/* Weighed by cost, 0 to 1. */
double ip_job_get_progress (IpJob *self);
/* Seconds, NAN while it cannot be told. */
double ip_job_get_remaining (IpJob *self);

/* Signals, on the context that started the job:
 *   results (GPtrArray of IpCellResult)   some cells are done; at most 30 times a second, or in
 *                                          portions of thousands where all is known
 *   progress ()
 *   finished ()                           once, after the last results */

G_END_DECLS
