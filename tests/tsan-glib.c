/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include <dlfcn.h>
#include <gio/gio.h>
#include <threads.h>

/* GLib's locks are futexes of its own, which the thread sanitizer does not see in a library that is
 * not instrumented.  These functions take the place of GLib's in the tests, tell the sanitizer what
 * happens before what, and call the real ones.  Linked with -Db_sanitize=thread only. */

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(function) ((__typeof__ (&function)) find_real (#function))

/* The sanitizer does not watch this file's own look-ups: dlsym() gives the same every time. */
static void *
find_real (const char *name)
{
  return dlsym (RTLD_NEXT, name);
}

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);

  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  __tsan_release (mutex);
  signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);

  return signalled;
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);

  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);

  return data;
}

typedef struct
{
  GThreadFunc function;
  gpointer data;
} Start;

static gpointer
run_thread (gpointer data)
{
  Start *start = data;
  GThreadFunc function;
  gpointer argument, result;

  __tsan_acquire (start);
  function = start->function;
  argument = start->data;
  g_free (start);
  result = function (argument);
  __tsan_release (g_thread_self ());

  return result;
}

GThread *
g_thread_new (const char *name, GThreadFunc function, gpointer data)
{
  Start *start = g_new (Start, 1);

  *start = (Start){ function, data };
  __tsan_release (start);

  return REAL (g_thread_new) (name, run_thread, start);
}

gpointer
g_thread_join (GThread *thread)
{
  gpointer result = REAL (g_thread_join) (thread);

  __tsan_acquire (thread);

  return result;
}

gpointer
g_once_impl (GOnce *once, GThreadFunc function, gpointer data)
{
  gpointer result;

  __tsan_release (once);
  result = REAL (g_once_impl) (once, function, data);
  __tsan_acquire (once);

  return result;
}

/* What a thread leaves in a task belongs to who asks for it. */
void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify destroy)
{
  __tsan_release (task);
  REAL (g_task_return_pointer) (task, result, destroy);
}

gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  gpointer result = REAL (g_task_propagate_pointer) (task, error);

  __tsan_acquire (task);

  return result;
}

gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  gboolean result = REAL (g_task_propagate_boolean) (task, error);

  __tsan_acquire (task);

  return result;
}

void
g_task_return_boolean (GTask *task, gboolean result)
{
  __tsan_release (task);
  REAL (g_task_return_boolean) (task, result);
}

void
g_task_return_error (GTask *task, GError *error)
{
  __tsan_release (task);
  REAL (g_task_return_error) (task, error);
}

typedef struct
{
  GAsyncReadyCallback callback;
  gpointer data;
} Completion;

static void
complete_task (GObject *source, GAsyncResult *result, gpointer data)
{
  Completion *completion = data;

  __tsan_acquire (result);
  completion->callback (source, result, completion->data);
  g_free (completion);
}

/* Nor need who is called back ask. */
GTask *
g_task_new (gpointer source, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  Completion *completion;

  if (callback == NULL)
    return REAL (g_task_new) (source, cancellable, NULL, NULL);
  completion = g_new (Completion, 1);
  *completion = (Completion){ callback, data };

  return REAL (g_task_new) (source, cancellable, complete_task, completion);
}

static void
run_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc *function = g_object_get_data (G_OBJECT (task), "tsan-function");

  __tsan_acquire (task);
  (*function) (task, source, data, cancellable);
}

/* What a task is given belongs to its thread. */
void
g_task_run_in_thread (GTask *task, GTaskThreadFunc function)
{
  g_object_set_data_full (G_OBJECT (task), "tsan-function",
                          g_memdup2 (&function, sizeof function), g_free);
  __tsan_release (task);
  REAL (g_task_run_in_thread) (task, run_task);
}

/* Nor does it see those of C11. */
int
mtx_lock (mtx_t *mutex)
{
  int status = REAL (mtx_lock) (mutex);

  __tsan_acquire (mutex);

  return status;
}

int
mtx_unlock (mtx_t *mutex)
{
  __tsan_release (mutex);

  return REAL (mtx_unlock) (mutex);
}

/* The last owner frees what others have written. */
void
g_object_unref (gpointer object)
{
  __tsan_release (object);
  REAL (g_object_unref) (object);
}
