/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

/* What is open: dumps become runs of the session, and what happens to a run is told to the
 * planner and to the views. */

/* What is visible has changed: other epochs, other cells to compute, another picture. */
static void
visibility_changed_cb (IpSession *self)
{
  ip_session_update_epochs (self);
  ip_planner_plan (self->planner);
  ip_session_emit_changed (self);
}

static IpRun *
find_run (IpSession *self, GFile *file)
{
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    if (g_file_equal (ip_dump_get_file (ip_run_get_dump (ip_session_get_run (self, i))), file))
      return ip_session_get_run (self, i);

  return NULL;
}

static gboolean
is_name_taken (IpSession *self, const char *name)
{
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    if (g_str_equal (ip_run_get_name (ip_session_get_run (self, i)), name))
      return TRUE;

  return FALSE;
}

/* The name of the dump, with the name of its folder when another run is called the same. */
static char *
choose_name (IpSession *self, IpDump *dump)
{
  g_autoptr (GFile) folder = g_file_get_parent (ip_dump_get_file (dump));
  g_autofree char *folder_name = folder != NULL ? g_file_get_basename (folder) : g_strdup ("");
  g_autofree char *name = g_strdup (ip_dump_get_name (dump));

  if (!is_name_taken (self, name))
    return g_steal_pointer (&name);
  g_free (name);
  name = g_build_filename (folder_name, ip_dump_get_name (dump), NULL);

  for (guint i = 2; is_name_taken (self, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s/%s (%u)", folder_name, ip_dump_get_name (dump), i);
    }

  return g_steal_pointer (&name);
}

static void
live_changed_cb (IpSession *self)
{
  g_object_notify (G_OBJECT (self), "live");
}

static void
run_failed_cb (IpSession *self, GError *error)
{
  g_signal_emit_by_name (self, "failed", error);
}

IpRun *
ip_session_add_dump (IpSession *self, IpDump *dump)
{
  g_autofree char *name = choose_name (self, dump);
  g_autoptr (IpRun) run = ip_run_new (dump, name, ip_session_get_n_runs (self) * IP_N_SERIES);

  g_signal_connect_object (run, "notify::visible", G_CALLBACK (visibility_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "layer-changed::visible", G_CALLBACK (visibility_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "layer-changed::style", G_CALLBACK (ip_session_emit_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "dump-changed", G_CALLBACK (visibility_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::live", G_CALLBACK (live_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "failed", G_CALLBACK (run_failed_cb), self, G_CONNECT_SWAPPED);
  if (self->live)
    ip_run_follow (run);
  g_list_store_append (self->runs, run);
  live_changed_cb (self);
  visibility_changed_cb (self);

  return run;
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  IpDump *dump = ip_dump_open (data, cancellable, &error);

  if (dump != NULL)
    g_task_return_pointer (task, dump, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  IpDump *dump = g_task_propagate_pointer (G_TASK (result), &error);

  if (dump != NULL)
    g_task_return_pointer (task, dump, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The task of the thread is not that of the session: whoever lets go of a task last lets go of its
 * source, and the session must end on its own thread. */
void
ip_session_open_async (IpSession *self,
                       GFile *file,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) opening = g_task_new (NULL, cancellable, opened_cb, task);

  g_return_if_fail (IP_IS_SESSION (self));

  g_task_set_source_tag (task, ip_session_open_async);
  g_task_set_task_data (opening, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (opening, open_in_thread);
}

IpRun *
ip_session_open_finish (IpSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (IpDump) dump = NULL;

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  dump = g_task_propagate_pointer (G_TASK (result), error);

  return dump != NULL ? ip_session_open_dump (self, dump) : NULL;
}

IpRun *
ip_session_open_dump (IpSession *self, IpDump *dump)
{
  IpRun *run;

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  run = find_run (self, ip_dump_get_file (dump));

  return run != NULL ? run : ip_session_add_dump (self, dump);
}

void
ip_session_close_run (IpSession *self, IpRun *run)
{
  guint position;

  g_return_if_fail (IP_IS_SESSION (self));

  if (!g_list_store_find (self->runs, run, &position))
    return;

  g_signal_handlers_disconnect_by_data (run, self);
  g_list_store_remove (self->runs, position);
  self->layer = -1;
  live_changed_cb (self);
  visibility_changed_cb (self);
}

void
ip_session_move_run (IpSession *self, IpRun *run, int distance)
{
  int last = (int) ip_session_get_n_runs (self) - 1;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (g_object_unref);
  guint from, to, first;

  g_return_if_fail (IP_IS_SESSION (self));

  if (!g_list_store_find (self->runs, run, &from))
    return;
  to = (guint) CLAMP ((int) from + distance, 0, last);
  if (to == from)
    return;

  /* All at once: at no time there is a run less. */
  first = MIN (from, to);
  for (guint i = first; i <= MAX (from, to); i++)
    g_ptr_array_add (runs, g_list_model_get_item (G_LIST_MODEL (self->runs), i));
  g_ptr_array_remove_index (runs, from - first);
  g_ptr_array_insert (runs, (int) (to - first), g_object_ref (run));
  g_list_store_splice (self->runs, first, runs->len, runs->pdata, runs->len);
  if (self->layer >= 0)
    {
      guint number = (guint) self->layer >> 16;

      if (number == from)
        number = to;
      else if (number > from && number <= to)
        number--;
      else if (number < from && number >= to)
        number++;
      self->layer = (int) (number << 16 | (self->layer & 0xffff));
    }
  ip_session_emit_changed (self);
}
