/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-opener.h"

#include "ip-folder.h"

struct _IpOpener
{
  GObject parent_instance;

  IpSession *session;
  GCancellable *cancellable;
  GQueue files; /* of GFile, the one being opened at the head */
  gboolean busy;
};

enum
{
  SIGNAL_OPENED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpOpener, ip_opener, G_TYPE_OBJECT)

static void ip_opener_start (IpOpener *self);

/* Goes on after the file at the head, which has `error` or was dealt with. */
static void
ip_opener_finish (IpOpener *self, IpRun *run, const GError *error)
{
  g_autoptr (GFile) file = g_queue_pop_head (&self->files);

  self->busy = FALSE;
  if (run != NULL)
    g_signal_emit (self, signals[SIGNAL_OPENED], 0, file, run);
  else if (error != NULL && !g_cancellable_is_cancelled (self->cancellable))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, file, error);
  ip_opener_start (self);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpOpener) self = data;
  g_autoptr (GError) error = NULL;
  IpRun *run = ip_session_open_finish (IP_SESSION (source), result, &error);

  ip_opener_finish (self, run, error);
}

static void
list_folder_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *files = ip_folder_list_dumps (data, cancellable, &error);

  if (files != NULL)
    g_task_return_pointer (task, files, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/* What was found is opened in place of the folder. */
static void
folder_listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpOpener) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), &error);

  for (guint i = files != NULL ? files->len : 0; i-- > 0;)
    g_queue_push_nth (&self->files, g_object_ref (files->pdata[i]), 1);
  ip_opener_finish (self, NULL, error);
}

static void
file_type_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpOpener) self = data;
  GFile *file = G_FILE (source);
  g_autoptr (GFileInfo) info = g_file_query_info_finish (file, result, NULL);
  g_autoptr (GTask) task = NULL;

  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY)
    {
      /* What cannot be asked for its type cannot be opened either, and that gives the message. */
      ip_session_open_async (self->session, file, self->cancellable, open_cb, g_object_ref (self));
      return;
    }
  task = g_task_new (NULL, self->cancellable, folder_listed_cb, g_object_ref (self));
  g_task_set_source_tag (task, file_type_cb);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, list_folder_in_thread);
}

static void
ip_opener_start (IpOpener *self)
{
  GFile *file = g_queue_peek_head (&self->files);

  if (self->busy || file == NULL)
    return;
  self->busy = TRUE;
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, self->cancellable, file_type_cb,
                           g_object_ref (self));
}

static void
ip_opener_finalize (GObject *object)
{
  IpOpener *self = IP_OPENER (object);

  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->files, g_object_unref);
  G_OBJECT_CLASS (ip_opener_parent_class)->finalize (object);
}

static void
ip_opener_class_init (IpOpenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ip_opener_finalize;
  signals[SIGNAL_OPENED] = g_signal_new ("opened", IP_TYPE_OPENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 2, G_TYPE_FILE, IP_TYPE_RUN);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", IP_TYPE_OPENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_ERROR);
}

static void
ip_opener_init (IpOpener *self)
{
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->files);
}

IpOpener *
ip_opener_new (IpSession *session)
{
  IpOpener *self = g_object_new (IP_TYPE_OPENER, NULL);

  self->session = g_object_ref (session);
  return self;
}

void
ip_opener_open (IpOpener *self, GFile *file)
{
  g_return_if_fail (IP_IS_OPENER (self));

  g_queue_push_tail (&self->files, g_object_ref (file));
  ip_opener_start (self);
}

gboolean
ip_opener_get_busy (IpOpener *self)
{
  g_return_val_if_fail (IP_IS_OPENER (self), FALSE);

  return self->busy;
}

void
ip_opener_cancel (IpOpener *self)
{
  g_return_if_fail (IP_IS_OPENER (self));

  g_cancellable_cancel (self->cancellable);
}
