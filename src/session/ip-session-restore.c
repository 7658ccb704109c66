/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-file-private.h"
#include "ip-session-private.h"

#include "ip-identity.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* Bringing a saved session back.  Its dumps may have moved: a thread looks for each where it was,
 * beside the session, among files that the program knows of, and under other names in these
 * folders, and takes the one with the same fingerprint.  A file in the right place with other
 * content is taken too, and that is said.  Everything else happens on the session's own thread. */

#define MAX_SIBLINGS 200

gboolean
ip_session_file_is_one (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *lower = name != NULL ? g_utf8_strdown (name, -1) : g_strdup ("");

  return g_str_has_suffix (lower, IP_SESSION_FILE_ENDING);
}

GFile *
ip_session_file_get_file (IpSessionFile *self)
{
  return self->file;
}

guint
ip_session_file_get_n_runs (IpSessionFile *self)
{
  return self->runs->len;
}

static IpSavedRun *
get_saved_run (IpSessionFile *self, guint run)
{
  g_return_val_if_fail (run < self->runs->len, NULL);

  return self->runs->pdata[run];
}

const char *
ip_session_file_get_run_file (IpSessionFile *self, guint run)
{
  const char *path = get_saved_run (self, run)->path;
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

const char *
ip_session_file_get_run_name (IpSessionFile *self, guint run)
{
  return get_saved_run (self, run)->name;
}

const IpRequest *
ip_session_file_get_request (IpSessionFile *self)
{
  return &self->request;
}

const IpRequest *
ip_session_file_get_comparisons (IpSessionFile *self, guint *n)
{
  *n = self->comparisons->len;

  return (const IpRequest *) (gpointer) self->comparisons->data;
}

static const GValue *
find_value (IpSessionFile *self, const char *property)
{
  for (guint i = 0; i < ip_n_saved_properties; i++)
    if (g_str_equal (ip_saved_properties[i].property, property) && G_IS_VALUE (&self->values[i]))
      return &self->values[i];

  return NULL;
}

gboolean
ip_session_file_get_in_bits (IpSessionFile *self)
{
  const GValue *value = find_value (self, "in-bits");

  return value == NULL || g_value_get_boolean (value);
}

const char *
ip_session_file_get_view (IpSessionFile *self)
{
  const GValue *value = find_value (self, "view");

  return value != NULL ? g_value_get_string (value) : NULL;
}

double
ip_session_file_get_length (IpSessionFile *self, IpLength length)
{
  const GValue *value = find_value (self, ip_session_length_names[length]);

  return value != NULL ? g_value_get_double (value) : 0;
}

gboolean
ip_session_file_shows_layer (IpSessionFile *self, guint run, const char *layer)
{
  const IpSavedRun *saved = get_saved_run (self, run);

  for (guint i = 0; saved->visible && i < saved->layers->len; i++)
    if (g_str_equal (g_array_index (saved->layers, IpSavedLayer, i).name, layer))
      return g_array_index (saved->layers, IpSavedLayer, i).visible;

  return saved->visible;
}

GVariant *
ip_session_file_get_window (IpSessionFile *self)
{
  return self->window;
}

void
ip_session_file_set_place (IpSessionFile *self, guint run, GFile *file)
{
  IpSavedRun *saved = get_saved_run (self, run);

  g_set_object (&saved->place, file);
  saved->missing = FALSE;
}

int
ip_session_file_get_missing (IpSessionFile *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (get_saved_run (self, i)->missing)
      return (int) i;

  return -1;
}

/* The search for one dump. */
typedef struct
{
  const IpSavedRun *saved;
  GFile *found;     /* with the fingerprint */
  GFile *candidate; /* in the right place, with another one */
  GCancellable *cancellable;
} Search;

static void
search_clear (Search *search)
{
  g_clear_object (&search->found);
  g_clear_object (&search->candidate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static void
try_file (Search *search, GFile *file, gboolean is_right_place)
{
  g_autofree char *fingerprint = NULL;

  if (search->found != NULL)
    return;
  fingerprint = ip_fingerprint_of_file (file, search->cancellable, NULL);
  if (fingerprint == NULL)
    return;

  if (search->saved->fingerprint == NULL
      || g_str_equal (fingerprint, search->saved->fingerprint))
    search->found = g_object_ref (file);
  else if (is_right_place && search->candidate == NULL)
    search->candidate = g_object_ref (file);
}

static gboolean
has_dump_ending (const char *name)
{
  static const char *const endings[] = { ".h5", ".hdf5", ".hdf", ".he5", ".keras", ".mat" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]))
      return TRUE;

  return FALSE;
}

/* Under another name. */
static void
try_siblings (Search *search, GFile *folder)
{
  g_autoptr (GFileEnumerator) children = NULL;
  GFile *child;

  if (search->found != NULL || folder == NULL)
    return;
  children = g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                        G_FILE_QUERY_INFO_NONE, search->cancellable, NULL);
  for (guint i = 0; children != NULL && i < MAX_SIBLINGS; i++)
    {
      if (!g_file_enumerator_iterate (children, NULL, &child, search->cancellable, NULL)
          || child == NULL)
        return;
      if (has_dump_ending (g_file_peek_path (child) != NULL ? g_file_peek_path (child) : ""))
        try_file (search, child, FALSE);
    }
}

static void
search_dump (IpSessionFile *self, guint run, GPtrArray *hints, Search *search)
{
  const IpSavedRun *saved = search->saved;
  const char *name = ip_session_file_get_run_file (self, run);
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  g_autoptr (GFile) recorded = g_path_is_absolute (saved->path)
                                 ? g_file_new_for_path (saved->path)
                                 : g_file_resolve_relative_path (folder, saved->path);
  g_autoptr (GFile) recorded_folder = g_file_get_parent (recorded);
  g_autoptr (GFile) beside = g_file_get_child (folder, name);

  if (saved->place != NULL)
    {
      try_file (search, saved->place, TRUE);
      return;
    }

  try_file (search, recorded, TRUE);
  try_file (search, beside, TRUE);
  if (saved->fingerprint == NULL)
    return;
  for (guint i = 0; hints != NULL && i < hints->len; i++)
    try_file (search, hints->pdata[i], FALSE);
  try_siblings (search, folder);
  try_siblings (search, recorded_folder);
}

static void
reduce_layers (IpSavedRun *saved, IpDump *dump)
{
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    for (guint k = 0; k < saved->layers->len; k++)
      {
        const IpSavedLayer *layer = &g_array_index (saved->layers, IpSavedLayer, k);
        IpReduction reduction = ip_dump_get_reduction (dump, i);

        if (layer->reduction != NULL && ip_dump_can_reduce (dump, i)
            && g_str_equal (layer->name, ip_dump_get_layer (dump, i)->name)
            && ip_reduction_parse (&reduction, layer->reduction))
          ip_dump_set_reduction (dump, i, &reduction);
      }
}

IpDump *
ip_session_file_open_run (IpSessionFile *self,
                          guint run,
                          GPtrArray *hints,
                          char **notice,
                          GCancellable *cancellable,
                          GError **error)
{
  IpSavedRun *saved = get_saved_run (self, run);
  g_auto (Search) search = { saved, NULL, NULL, cancellable };
  g_autofree char *session = g_file_get_basename (self->file);
  IpDump *dump;

  *notice = NULL;
  search_dump (self, run, hints, &search);
  if (search.found == NULL && search.candidate == NULL)
    {
      g_set_error (error, IP_SESSION_FILE_ERROR, IP_SESSION_FILE_ERROR_MISSING,
                   _("%s: runs[%u].path: expected the dump %s, found nothing there, beside the "
                     "session, or among recent files"), session, run, saved->path);
      return NULL;
    }
  if (search.found == NULL)
    *notice = g_strdup_printf (_("%s is not what it was when %s was saved: numbers can differ"),
                               ip_session_file_get_run_file (self, run), session);

  dump = ip_dump_open_mapped (search.found != NULL ? search.found : search.candidate,
                              saved->mapping, cancellable, error);
  if (dump != NULL && saved->samples != NULL)
    ip_dump_select_samples_by_key (dump, saved->samples);
  if (dump != NULL)
    reduce_layers (saved, dump);

  return dump;
}

static void
arrange_run (IpSavedRun *saved, IpRun *run)
{
  guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (run));

  ip_run_set_visible (run, saved->visible);
  for (guint i = 0; i < saved->layers->len; i++)
    {
      const IpSavedLayer *layer = &g_array_index (saved->layers, IpSavedLayer, i);

      for (guint k = 0; k < n_layers; k++)
        if (g_str_equal (ip_run_layer_get_name (ip_run_get_layer (run, k)), layer->name))
          {
            ip_run_layer_set_visible (ip_run_get_layer (run, k), layer->visible);
            if (layer->style >= 0)
              ip_run_layer_set_style (ip_run_get_layer (run, k), layer->style);
          }
    }
}

/* The chosen layer, by the place of its run in the session as it is now. */
static void
arrange_layer (IpSessionFile *self, IpSession *session)
{
  IpRun *run = self->layer_run >= 0 ? get_saved_run (self, self->layer_run)->run : NULL;
  guint position;

  if (run == NULL || !g_list_store_find (session->runs, run, &position))
    return;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (run)); i++)
    if (g_str_equal (ip_run_layer_get_name (ip_run_get_layer (run, i)), self->layer))
      ip_session_set_layer (session, position << 16 | i);
}

static void
arrange (IpSessionFile *self, IpSession *session)
{
  for (guint i = 0; i < ip_n_saved_properties; i++)
    if (G_IS_VALUE (&self->values[i]))
      g_object_set_property (G_OBJECT (session), ip_saved_properties[i].property,
                             &self->values[i]);
  arrange_layer (self, session);
  for (guint i = 0; i < IP_N_FIGURE_KINDS; i++)
    ip_session_set_limits (session, i, &self->limits[i]);
}

/* A session being restored, run after run. */
typedef struct
{
  IpSessionFile *file;
  GPtrArray *hints;
  GPtrArray *notices;
  guint run;
  char *notice; /* of the run */
} Restoring;

static void
restoring_free (gpointer data)
{
  Restoring *restoring = data;

  ip_session_file_unref (restoring->file);
  g_clear_pointer (&restoring->hints, g_ptr_array_unref);
  g_clear_pointer (&restoring->notices, g_ptr_array_unref);
  g_free (restoring->notice);
  g_free (restoring);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Restoring *restoring = data;
  GError *error = NULL;
  IpDump *dump = ip_session_file_open_run (restoring->file, restoring->run, restoring->hints,
                                           &restoring->notice, cancellable, &error);

  if (dump != NULL)
    g_task_return_pointer (task, dump, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void restore_next (GTask *task);

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  IpSession *session = g_task_get_source_object (task);
  Restoring *restoring = g_task_get_task_data (task);
  IpSavedRun *saved = get_saved_run (restoring->file, restoring->run);
  GError *error = NULL;
  g_autoptr (IpDump) dump = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_error (&error);
      g_object_unref (task);
      return;
    }

  if (dump != NULL)
    {
      saved->run = g_object_ref (ip_session_add_dump (session, dump));
      arrange_run (saved, saved->run);
    }
  saved->missing = g_error_matches (error, IP_SESSION_FILE_ERROR, IP_SESSION_FILE_ERROR_MISSING);
  if (error != NULL)
    g_ptr_array_add (restoring->notices, g_strdup (error->message));
  if (restoring->notice != NULL)
    g_ptr_array_add (restoring->notices, g_steal_pointer (&restoring->notice));
  g_clear_error (&error);
  restoring->run++;
  restore_next (task);
}

/* Takes over the task. */
static void
restore_next (GTask *task)
{
  Restoring *restoring = g_task_get_task_data (task);
  g_autoptr (GTask) opening = NULL;

  while (restoring->run < restoring->file->runs->len
         && get_saved_run (restoring->file, restoring->run)->run != NULL)
    restoring->run++;
  if (restoring->run == restoring->file->runs->len)
    {
      arrange (restoring->file, g_task_get_source_object (task));
      g_task_return_pointer (task, g_steal_pointer (&restoring->notices),
                             (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }

  /* Not the session's task: see ip_session_open_async(). */
  opening = g_task_new (NULL, g_task_get_cancellable (task), opened_cb, task);
  g_task_set_source_tag (opening, restore_next);
  g_task_set_task_data (opening, restoring, NULL);
  g_task_run_in_thread (opening, open_in_thread);
}

void
ip_session_restore_async (IpSession *session,
                          IpSessionFile *file,
                          GPtrArray *hints,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Restoring *restoring = g_new0 (Restoring, 1);

  g_return_if_fail (IP_IS_SESSION (session));

  restoring->file = ip_session_file_ref (file);
  restoring->hints = hints != NULL ? g_ptr_array_ref (hints) : NULL;
  restoring->notices = g_ptr_array_new_with_free_func (g_free);
  if (file->estimator_notice != NULL)
    g_ptr_array_add (restoring->notices, g_steal_pointer (&file->estimator_notice));
  g_task_set_source_tag (task, ip_session_restore_async);
  g_task_set_task_data (task, restoring, restoring_free);
  ip_session_set_request (session, &file->request);
  ip_session_set_comparisons (session, (const IpRequest *) (gpointer) file->comparisons->data,
                              file->comparisons->len);
  if (file->sweep >= 0)
    ip_session_set_sweep (session, (guint) file->sweep,
                          (const double *) (gpointer) file->sweep_values->data,
                          file->sweep_values->len);
  restore_next (task);
}

GPtrArray *
ip_session_restore_finish (IpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
