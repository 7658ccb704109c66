/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-job-private.h"

#include "ip-recall.h"

/* Results are delivered by a timeout source that the first waiting result creates and that fires at
 * most 30 times a second: a plan of a million quick cells wakes the main thread 30 times a second,
 * not a million times.  When very many wait, as when all is known, they come in portions with a
 * pause between them, so that the main thread answers others meanwhile.  The last delivery ends the
 * job.
 *
 * A new estimate is delivered once the store has it on disk: what was reported is never lost. */

#define DELIVERY_INTERVAL (G_USEC_PER_SEC / 30)
#define MOST_DELIVERED 8192 /* estimates */
#define PORTION_INTERVAL (G_USEC_PER_SEC / 125)

void
ip_cell_result_free (gpointer data)
{
  IpCellResult *result = data;

  g_free (result->estimates);
  g_clear_error (&result->error);
  g_free (result);
}

static gboolean deliver (gpointer data);

/* Called with the lock held. */
static void
schedule_delivery (IpJob *self, gint64 interval)
{
  gint64 wait;

  if (self->delivery != NULL)
    return;

  wait = CLAMP (self->delivered + interval - g_get_monotonic_time (), 0, interval);
  self->delivery = g_timeout_source_new (wait / 1000);
  g_source_set_callback (self->delivery, deliver, g_object_ref (self), g_object_unref);
  g_source_attach (self->delivery, self->context);
}

/* The results that have waited longest, as many as are delivered at once.  Called with the lock
 * held.  (transfer full) */
static GPtrArray *
take_waiting (IpJob *self)
{
  GPtrArray *results = g_ptr_array_new_with_free_func (ip_cell_result_free);
  guint most = MAX (MOST_DELIVERED / MAX (self->n_requests, 1), 1);

  while (results->len < most && self->waiting.length > 0)
    g_ptr_array_add (results, g_queue_pop_head (&self->waiting));

  return results;
}

static gboolean
deliver (gpointer data)
{
  g_autoptr (IpJob) self = g_object_ref (data);
  g_autoptr (GPtrArray) results = NULL;
  gboolean last;

  g_mutex_lock (&self->lock);
  results = take_waiting (self);
  last = self->n_running == 0 && self->n_saving == 0 && self->waiting.length == 0;
  self->delivered = g_get_monotonic_time ();
  g_clear_pointer (&self->delivery, g_source_unref);
  if (self->waiting.length > 0)
    schedule_delivery (self, PORTION_INTERVAL);
  g_mutex_unlock (&self->lock);

  if (results->len > 0)
    ip_job_emit_results (self, results);
  if (last && self->state == IP_JOB_RUNNING)
    ip_job_finish (self);

  return G_SOURCE_REMOVE;
}

static void
post_result (IpJob *self, IpCellResult *result, gboolean was_saving)
{
  g_mutex_lock (&self->lock);
  self->n_saving -= was_saving;
  self->cost_done += self->costs[result->cell];
  self->n_done++;
  g_queue_push_tail (&self->waiting, result);
  schedule_delivery (self, DELIVERY_INTERVAL);
  g_mutex_unlock (&self->lock);
}

/* A result on its way to the disk. */
typedef struct
{
  IpJob *job;
  IpCellResult *result;
  int n_pending; /* atomic */
} Saving;

static void
saved_cb (gpointer data)
{
  Saving *saving = data;
  IpJob *self = saving->job;

  if (!g_atomic_int_dec_and_test (&saving->n_pending))
    return;

  post_result (self, saving->result, TRUE);
  g_free (saving);
}

static gboolean
is_known (IpJob *self, guint cell)
{
  IpEstimate *const *known = ip_job_get_known (self, cell);

  for (guint i = 0; i < self->n_requests; i++)
    if (known[i] == NULL)
      return FALSE;

  return TRUE;
}

/* Posts a result at once when the store has nothing to do with it. */
void
ip_job_take_result (IpJob *self, IpCellResult *result)
{
  const IpCell *cell = ip_plan_get_cell (self->plan, result->cell);
  const char *layer = ip_dump_get_layer (cell->dump, cell->layer)->key;
  const gint64 *epochs = ip_dump_get_epochs (cell->dump, NULL);
  IpEstimate *const *known = ip_job_get_known (self, result->cell);
  Saving *saving;

  if (self->store == NULL || result->error != NULL || is_known (self, result->cell))
    {
      post_result (self, result, FALSE);
      return;
    }

  saving = g_new (Saving, 1);
  *saving = (Saving){ self, result, 1 };
  g_mutex_lock (&self->lock);
  self->n_saving++;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_requests; i++)
    if (known[i] == NULL)
      {
        IpStoreKey key = ip_recall_get_key (cell->dump, &self->requests[i]);

        g_atomic_int_inc (&saving->n_pending);
        ip_store_save (self->store, &key, layer, epochs[cell->snapshot], &result->estimates[i],
                       saved_cb, saving);
      }
  saved_cb (saving);
}

void
ip_job_end_worker (IpJob *self)
{
  g_mutex_lock (&self->lock);
  self->n_running--;
  schedule_delivery (self, DELIVERY_INTERVAL);
  g_mutex_unlock (&self->lock);
}
