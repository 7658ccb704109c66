/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-export-figure.h"

typedef struct
{
  IpFigure *figure;
  IpTheme theme;
  GFile *file;
  IpExportFormat format;
  IpExportOptions options;
  char *title;
  char *subject;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->figure);
  g_object_unref (export->file);
  g_free (export->title);
  g_free (export->subject);
  g_free (export);
}

static void
export_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;

  if (ip_export_figure (export->figure, &export->theme, export->file, export->format,
                        &export->options, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
ip_export_figure_async (IpFigure *figure,
                        const IpTheme *theme,
                        GFile *file,
                        IpExportFormat format,
                        const IpExportOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Export *export = g_new0 (Export, 1);

  export->figure = figure;
  export->theme = *theme;
  export->file = g_object_ref (file);
  export->format = format;
  export->title = g_strdup (options->title);
  export->options = *options;
  export->options.title = export->title;
  export->subject = g_strdup (options->subject);
  export->options.subject = export->subject;
  g_task_set_source_tag (task, ip_export_figure_async);
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, export_in_thread);
}

gboolean
ip_export_figure_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
