/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-autosave.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Every window has a copy of its own, NAME.infoplane, and beside it NAME.lock, which it holds
 * locked as long as it lives: the kernel lets go of the lock however the program ends, and a copy
 * whose lock can be had was left behind.  Files are written by one thread at a time. */

#define DELAY 3 /* s */
#define ENDING ".infoplane"

struct _IpAutosave
{
  GObject parent_instance;

  IpAutosaveText text;
  gpointer data;
  char *path; /* without ending */
  char *saved; /* the text last written, NULL for none */
  guint waiting;
  gboolean writing;
  int lock; /* −1 until the first text is written; of the thread that writes */
};

G_DEFINE_FINAL_TYPE (IpAutosave, ip_autosave, G_TYPE_OBJECT)

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "infoplane", "sessions", NULL);
}

/* −1 when another holds it, or it cannot be made. */
static int
take_lock (const char *path)
{
  int lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) != 0)
    {
      close (lock);
      return -1;
    }

  return lock;
}

/* What a thread writes. */
typedef struct
{
  char *path;
  char *text; /* NULL: nothing is worth keeping */
  int lock;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_free (copy->path);
  g_free (copy->text);
  g_free (copy);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Copy *copy = data;
  g_autofree char *folder = g_path_get_dirname (copy->path);
  g_autofree char *lock_path = g_strconcat (copy->path, ".lock", NULL);
  g_autofree char *path = g_strconcat (copy->path, ENDING, NULL);

  if (copy->text == NULL)
    g_unlink (path);
  else if (g_mkdir_with_parents (folder, 0700) == 0)
    {
      if (copy->lock < 0)
        copy->lock = take_lock (lock_path);
      g_file_set_contents_full (path, copy->text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
    }
  g_task_return_boolean (task, TRUE);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpAutosave) self = data;
  Copy *copy = g_task_get_task_data (G_TASK (result));

  self->lock = copy->lock;
  self->writing = FALSE;
  g_application_release (g_application_get_default ());
}

static gboolean
save_cb (gpointer data)
{
  IpAutosave *self = data;
  g_autofree char *text = NULL;
  g_autoptr (GTask) task = NULL;
  Copy *copy;

  if (self->writing)
    return G_SOURCE_CONTINUE;

  self->waiting = 0;
  text = self->text (self->data);
  if (g_strcmp0 (text, self->saved) == 0)
    return G_SOURCE_REMOVE;

  copy = g_new (Copy, 1);
  *copy = (Copy){ g_strdup (self->path), g_strdup (text), self->lock };
  g_free (self->saved);
  self->saved = g_steal_pointer (&text);
  self->writing = TRUE;
  g_application_hold (g_application_get_default ()); /* or the copy would be left behind */
  task = g_task_new (NULL, NULL, written_cb, g_object_ref (self));
  g_task_set_source_tag (task, save_cb);
  g_task_set_task_data (task, copy, copy_free);
  g_task_run_in_thread (task, write_in_thread);

  return G_SOURCE_REMOVE;
}

void
ip_autosave_touch (IpAutosave *self)
{
  g_return_if_fail (IP_IS_AUTOSAVE (self));

  if (self->waiting == 0)
    self->waiting = g_timeout_add_seconds (DELAY, save_cb, self);
}

void
ip_autosave_discard (GFile *copy)
{
  g_autofree char *stem = g_strndup (g_file_peek_path (copy),
                                     strlen (g_file_peek_path (copy)) - strlen (ENDING));
  g_autofree char *lock = g_strconcat (stem, ".lock", NULL);

  g_unlink (g_file_peek_path (copy));
  g_unlink (lock);
}

static void
ip_autosave_dispose (GObject *object)
{
  g_clear_handle_id (&IP_AUTOSAVE (object)->waiting, g_source_remove);
  G_OBJECT_CLASS (ip_autosave_parent_class)->dispose (object);
}

static void
ip_autosave_finalize (GObject *object)
{
  IpAutosave *self = IP_AUTOSAVE (object);
  g_autofree char *path = g_strconcat (self->path, ENDING, NULL);
  g_autoptr (GFile) copy = g_file_new_for_path (path);

  if (self->lock >= 0)
    {
      ip_autosave_discard (copy);
      close (self->lock);
    }
  g_free (self->path);
  g_free (self->saved);
  G_OBJECT_CLASS (ip_autosave_parent_class)->finalize (object);
}

static void
ip_autosave_class_init (IpAutosaveClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_autosave_dispose;
  G_OBJECT_CLASS (klass)->finalize = ip_autosave_finalize;
}

static void
ip_autosave_init (IpAutosave *self)
{
  g_autofree char *folder = get_folder ();
  g_autofree char *name = g_uuid_string_random ();

  self->path = g_build_filename (folder, name, NULL);
  self->lock = -1;
}

IpAutosave *
ip_autosave_new (IpAutosaveText text, gpointer data)
{
  IpAutosave *self = g_object_new (IP_TYPE_AUTOSAVE, NULL);

  self->text = text;
  self->data = data;

  return self;
}

static gboolean
is_abandoned (const char *path)
{
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (ENDING));
  g_autofree char *lock_path = g_strconcat (stem, ".lock", NULL);
  int lock = take_lock (lock_path);
  gboolean abandoned;

  if (lock < 0)
    return FALSE;
  abandoned = g_file_test (path, G_FILE_TEST_EXISTS);
  if (!abandoned) /* its program has just ended in order */
    g_unlink (lock_path);
  close (lock);

  return abandoned;
}

static void
find_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *folder_path = get_folder ();
  g_autoptr (GDir) folder = g_dir_open (folder_path, 0, NULL);
  g_autofree char *newest = NULL;
  gint64 newest_time = 0;
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder_path, name, NULL);
      GStatBuf status;

      if (g_str_has_suffix (name, ENDING) && g_stat (path, &status) == 0
          && (newest == NULL || status.st_mtime > newest_time) && is_abandoned (path))
        {
          g_free (newest);
          newest = g_steal_pointer (&path);
          newest_time = status.st_mtime;
        }
    }
  g_task_return_pointer (task, newest != NULL ? g_file_new_for_path (newest) : NULL,
                         g_object_unref);
}

void
ip_autosave_find_abandoned_async (GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, ip_autosave_find_abandoned_async);
  g_task_run_in_thread (task, find_in_thread);
}

GFile *
ip_autosave_find_abandoned_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
