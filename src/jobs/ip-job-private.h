/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-budget.h"
#include "ip-cell-queue.h"
#include "ip-job.h"

/* A job has one thread per worker.  Workers (ip-job-worker.c) take the next cell from a queue, in
 * the order of the plan until someone looks elsewhere, and hand over the result, which is saved and
 * delivered in the main context (ip-job-delivery.c).  Nothing else is shared but the state below
 * `lock`. */

G_BEGIN_DECLS

typedef struct
{
  IpJob *job;
  GThread *thread;
  int cell;     /* in flight, −1 for none; set by the worker itself, with the lock held */
  double cost;  /* part of it that is done */
  int dropping; /* atomic: it is of a dump of which nothing more is computed */
} IpWorker;

struct _IpJob
{
  GObject parent_instance;

  IpPlan *plan;
  const IpRequest *requests; /* of the plan */
  guint n_requests;
  IpJobState state;
  guint n_threads;
  guint n_workers; /* no more than cells */
  IpBudget *budget;
  IpStore *store; /* may be NULL */
  GCancellable *cancellable;
  GMainContext *context;
  IpCellQueue *queue;
  gint64 started;
  gint64 paused; /* since when, 0 while it is not */
  gint64 pauses; /* how long it was, in all */
  double *costs; /* of each cell, in estimated seconds */
  GMutex preparing; /* held by the worker that sets costs and known */
  gboolean prepared;
  IpEstimate **known; /* [n_cells * n_requests], NULL for what the store does not have */

  GMutex lock;
  GHashTable *dumps; /* that cells have been begun of */
  GHashTable *dropped; /* of which nothing more is computed */
  GQueue waiting; /* IpCellResult */
  GSource *delivery;
  gint64 delivered;
  guint n_running;
  guint n_saving; /* results that wait for the store */
  guint n_done;
  double total_cost; /* 0 while it is not known */
  double cost_done;
  IpWorker *workers; /* [n_workers] */
};

/* What the store knows of a cell, [n_requests]. */
static inline IpEstimate **
ip_job_get_known (IpJob *self, guint cell)
{
  return self->known + (gsize) cell * self->n_requests;
}

/* The thread of an IpWorker. */
gpointer ip_job_work (gpointer worker);

void ip_cell_result_free (gpointer result);

/* From a worker.  Takes over the result. */
void ip_job_take_result (IpJob *self, IpCellResult *result);
/* The last worker has ended when this is called for the last time. */
void ip_job_end_worker (IpJob *self);

/* In the main context, by the delivery: hands results to whoever listens, and ends the job. */
void ip_job_emit_results (IpJob *self, GPtrArray *results);
void ip_job_finish (IpJob *self);

G_END_DECLS
