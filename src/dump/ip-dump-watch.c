/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-dump-watch.h"

/* Polls, because file monitors see nothing on network disks and through the document portal.  At
 * most one look at the file is under way; a file that a writer is in the middle of rewriting fails
 * to open and is tried again at the next poll. */

#define POLL_INTERVAL 500 /* ms */
#define PATIENT_POLLS 6

struct _IpDumpWatch
{
  GObject parent_instance;

  IpDump *dump;
  GCancellable *cancellable; /* of the look that is under way, NULL when none is */
  guint timer;
  guint n_failures; /* in a row */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpDumpWatch, ip_dump_watch, G_TYPE_OBJECT)

typedef struct
{
  IpDump *dump; /* NULL when nothing has changed */
  guint n_kept;
} Look;

static void
look_free (Look *look)
{
  g_clear_object (&look->dump);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void
look_in_thread (GTask *task, gpointer source, gpointer dump, GCancellable *cancellable)
{
  g_autoptr (Look) look = g_new0 (Look, 1);
  GError *error = NULL;

  if (ip_dump_is_outdated (dump))
    look->dump = ip_dump_reopen (dump, &look->n_kept, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&look), (GDestroyNotify) look_free);
}

static void
take_failure (IpDumpWatch *self, const GError *error)
{
  if (++self->n_failures == PATIENT_POLLS)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  IpDumpWatch *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) before = NULL;
  g_autoptr (Look) look = g_task_propagate_pointer (G_TASK (result), &error);

  /* Paused, or gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (look == NULL)
    {
      take_failure (self, error);
      return;
    }

  self->n_failures = 0;
  if (look->dump == NULL)
    return;
  before = g_steal_pointer (&self->dump);
  self->dump = g_steal_pointer (&look->dump);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, before, self->dump, look->n_kept);
}

static gboolean
poll_cb (gpointer data)
{
  IpDumpWatch *self = data;
  g_autoptr (GTask) task = NULL;

  if (self->cancellable != NULL)
    return G_SOURCE_CONTINUE;

  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, looked_cb, self);
  g_task_set_task_data (task, g_object_ref (self->dump), g_object_unref);
  g_task_run_in_thread (task, look_in_thread);

  return G_SOURCE_CONTINUE;
}

static void
stop (IpDumpWatch *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
ip_dump_watch_dispose (GObject *object)
{
  IpDumpWatch *self = IP_DUMP_WATCH (object);

  stop (self);
  g_clear_object (&self->dump);

  G_OBJECT_CLASS (ip_dump_watch_parent_class)->dispose (object);
}

static void
ip_dump_watch_class_init (IpDumpWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_dump_watch_dispose;

  signals[SIGNAL_CHANGED]
    = g_signal_new ("changed", IP_TYPE_DUMP_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, IP_TYPE_DUMP, IP_TYPE_DUMP, G_TYPE_UINT);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", IP_TYPE_DUMP_WATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ip_dump_watch_init (IpDumpWatch *self)
{
}

IpDumpWatch *
ip_dump_watch_new (IpDump *dump)
{
  IpDumpWatch *self = g_object_new (IP_TYPE_DUMP_WATCH, NULL);

  self->dump = g_object_ref (dump);
  ip_dump_watch_set_paused (self, FALSE);
  return self;
}

IpDump *
ip_dump_watch_get_dump (IpDumpWatch *self)
{
  return self->dump;
}

gboolean
ip_dump_watch_get_paused (IpDumpWatch *self)
{
  return self->timer == 0;
}

void
ip_dump_watch_set_paused (IpDumpWatch *self, gboolean paused)
{
  if (paused)
    stop (self);
  else if (self->timer == 0)
    self->timer = g_timeout_add (POLL_INTERVAL, poll_cb, self);
}
