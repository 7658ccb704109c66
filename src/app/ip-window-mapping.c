/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-window-private.h"

#include "ip-mapping-dialog.h"

#include <glib/gi18n.h>

/* The dialog that says how a file is read: for a run that is open, for one that was opened with
 * doubts, and for a file in which nothing was recognised. */

static IpRun *
find_run (IpWindow *self, GFile *file)
{
  GListModel *runs = ip_session_get_runs (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      if (g_file_equal (ip_dump_get_file (ip_run_get_dump (run)), file))
        return run;
    }
  return NULL;
}

static void
chosen_cb (IpWindow *self, IpDump *dump)
{
  IpRun *run = find_run (self, ip_dump_get_file (dump));

  if (run != NULL)
    ip_run_set_dump (run, dump);
  else
    ip_session_open_dump (self->session, dump);
}

static void
show_dialog (IpWindow *self, IpReader *reader, IpDump *dump)
{
  IpMappingDialog *dialog = ip_mapping_dialog_new (GTK_WINDOW (self), reader, dump);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ip_window_show_mapping (IpWindow *self, IpRun *run)
{
  IpDump *dump = ip_run_get_dump (run);

  show_dialog (self, ip_dump_get_reader (dump), dump);
}

void
ip_window_ask_about_doubts (IpWindow *self, IpRun *run)
{
  IpMappingOrigin origin;
  const IpMapping *mapping = ip_dump_get_mapping (ip_run_get_dump (run), &origin);

  if (origin == IP_MAPPING_RECOGNISED && mapping->doubts->len > 0)
    ip_window_show_mapping (self, run);
}

/* Whether there is anything that the user could call a layer. */
static gboolean
has_arrays (IpReader *reader)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; i < n; i++)
    if (objects[i].is_dataset && objects[i].rank > 0 && objects[i].type < IP_TYPE_STRING)
      return TRUE;
  return FALSE;
}

typedef struct
{
  GFile *file;
  GError *error; /* of the attempt to open it */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->file);
  g_error_free (question->error);
  g_free (question);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpWindow) self = data;
  const Question *question = g_task_get_task_data (G_TASK (result));
  g_autoptr (IpReader) reader = g_task_propagate_pointer (G_TASK (result), NULL);

  if (self->session == NULL)
    return;
  if (reader != NULL && has_arrays (reader))
    show_dialog (self, reader, NULL);
  else
    ip_message_bar_add_error (self->message_bar, question->file, question->error);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  const Question *question = data;
  IpReader *reader = ip_reader_open (question->file, cancellable, &error);

  if (reader != NULL)
    g_task_return_pointer (task, reader, g_object_unref);
  else
    g_task_return_error (task, error);
}

gboolean
ip_window_ask_about_file (IpWindow *self, GFile *file, const GError *error)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  if (!g_error_matches (error, IP_DUMP_ERROR, IP_DUMP_ERROR_UNRECOGNISED))
    return FALSE;
  task = g_task_new (NULL, NULL, listed_cb, g_object_ref (self));
  question = g_new (Question, 1);
  *question = (Question){ g_object_ref (file), g_error_copy (error) };
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, list_in_thread);
  return TRUE;
}

static void
read_run_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpWindow *self = IP_WINDOW (widget);
  GListModel *runs = ip_session_get_runs (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      if (g_strcmp0 (ip_run_get_name (run), g_variant_get_string (parameter, NULL)) == 0)
        {
          ip_window_show_mapping (self, run);
          return;
        }
    }
}

void
ip_window_add_mapping_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.read-run", "s", read_run_action);
}
