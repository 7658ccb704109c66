/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-jobs-panel.h"

#include <glib/gi18n.h>

/* Progress comes up to 30 times a second: rows are made when runs come and go, and only their texts
 * change in between, while the panel is on screen. */

struct _IpJobsPanel
{
  GtkWidget parent_instance;

  IpSession *session;
  GArray *rows; /* Row, one for each run */
  gboolean outdated; /* other runs are open */

  GtkListBox *list;
  GtkToggleButton *pause_button;
  GtkButton *retry_button;
  GtkLabel *log;
};

typedef struct
{
  IpRun *run; /* borrowed: the row goes with it */
  GtkLabel *state;
  GtkLabel *count;
  GtkWidget *cancel_button;
} Row;

G_DEFINE_FINAL_TYPE (IpJobsPanel, ip_jobs_panel, GTK_TYPE_WIDGET)

static char *
describe_state (IpSession *session, const IpRunProgress *progress)
{
  if (progress->running != NULL)
    return g_strdup (progress->running);
  if (progress->count.n_failed > 0 && progress->count.n_done == progress->count.n_cells)
    return g_strdup_printf (ngettext ("%u failed", "%u failed", progress->count.n_failed),
                            progress->count.n_failed);
  if (progress->count.n_done == progress->count.n_cells)
    return g_strdup (_("Done"));
  if (progress->cancelled)
    return g_strdup (_("Cancelled"));

  return g_strdup (ip_session_get_paused (session) ? _("Paused") : _("Waiting"));
}

static guint
update_row (IpJobsPanel *self, Row *row)
{
  IpRunProgress progress;
  g_autofree char *state = NULL;
  g_autofree char *count = NULL;
  guint n_failed;

  ip_session_get_run_progress (self->session, row->run, &progress);
  state = describe_state (self->session, &progress);
  /* Translators: estimates that are done, of all. */
  count = g_strdup_printf (_("%u of %u"), progress.count.n_done, progress.count.n_cells);
  gtk_label_set_label (row->state, state);
  gtk_label_set_label (row->count, count);
  gtk_widget_set_sensitive (row->cancel_button,
                            !progress.cancelled && progress.count.n_done < progress.count.n_cells);
  n_failed = progress.count.n_failed;
  ip_run_progress_clear (&progress);

  return n_failed;
}

static void ip_jobs_panel_update (IpJobsPanel *self);

static void
cancel_clicked_cb (GtkWidget *button, IpJobsPanel *self)
{
  ip_session_cancel_run (self->session, g_object_get_data (G_OBJECT (button), "run"));
  ip_jobs_panel_update (self);
}

static GtkWidget *
make_label (const char *text, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (dim)
    {
      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "caption");
    }

  return label;
}

static void
add_row (IpJobsPanel *self, IpRun *run)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  Row row = {
    .run = run,
    .state = GTK_LABEL (make_label (NULL, TRUE)),
    .count = GTK_LABEL (make_label (NULL, TRUE)),
    .cancel_button = gtk_button_new_from_icon_name ("process-stop-symbolic"),
  };
  g_autofree char *tip = g_strdup_printf (_("Cancel %s"), ip_run_get_name (run));

  gtk_box_append (GTK_BOX (texts), make_label (ip_run_get_name (run), FALSE));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (row.state));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_tooltip_text (row.cancel_button, tip);
  gtk_widget_add_css_class (row.cancel_button, "flat");
  gtk_widget_set_valign (row.cancel_button, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (row.cancel_button), "run", run);
  g_signal_connect (row.cancel_button, "clicked", G_CALLBACK (cancel_clicked_cb), self);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row.count));
  gtk_box_append (GTK_BOX (box), row.cancel_button);
  gtk_list_box_append (self->list, box);
  g_array_append_val (self->rows, row);
}

static void
make_rows (IpJobsPanel *self)
{
  GListModel *runs = ip_session_get_runs (self->session);
  GtkListBoxRow *row;

  g_array_set_size (self->rows, 0);
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      add_row (self, run);
    }
  self->outdated = FALSE;
}

static void
ip_jobs_panel_update (IpJobsPanel *self)
{
  g_autofree char *log = NULL;
  guint n_failed = 0;

  if (self->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  if (self->outdated)
    make_rows (self);
  for (guint i = 0; i < self->rows->len; i++)
    n_failed += update_row (self, &g_array_index (self->rows, Row, i));
  gtk_widget_set_sensitive (GTK_WIDGET (self->retry_button), n_failed > 0);
  gtk_toggle_button_set_active (self->pause_button, ip_session_get_paused (self->session));
  log = ip_session_get_log (self->session);
  gtk_label_set_label (self->log, g_strchomp (log));
}

static void
runs_changed_cb (IpJobsPanel *self)
{
  self->outdated = TRUE;
  ip_jobs_panel_update (self);
}

static void
pause_toggled_cb (IpJobsPanel *self)
{
  gboolean paused = gtk_toggle_button_get_active (self->pause_button);

  if (self->session != NULL && paused != ip_session_get_paused (self->session))
    ip_session_set_paused (self->session, paused);
}

static void
retry_clicked_cb (IpJobsPanel *self)
{
  ip_session_retry_failed (self->session);
}

static void
ip_jobs_panel_dispose (GObject *object)
{
  IpJobsPanel *self = IP_JOBS_PANEL (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_object (&self->session);
  if (child != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ip_jobs_panel_parent_class)->dispose (object);
}

static void
ip_jobs_panel_finalize (GObject *object)
{
  g_array_unref (IP_JOBS_PANEL (object)->rows);
  G_OBJECT_CLASS (ip_jobs_panel_parent_class)->finalize (object);
}

static void
ip_jobs_panel_class_init (IpJobsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_jobs_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = ip_jobs_panel_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-jobs-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, IpJobsPanel, list);
  gtk_widget_class_bind_template_child (widget_class, IpJobsPanel, pause_button);
  gtk_widget_class_bind_template_child (widget_class, IpJobsPanel, retry_button);
  gtk_widget_class_bind_template_child (widget_class, IpJobsPanel, log);
  gtk_widget_class_bind_template_callback (widget_class, pause_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
}

static void
ip_jobs_panel_init (IpJobsPanel *self)
{
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_after (self, "map", G_CALLBACK (ip_jobs_panel_update), NULL);
}

void
ip_jobs_panel_set_session (IpJobsPanel *self, IpSession *session)
{
  g_return_if_fail (IP_IS_JOBS_PANEL (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::progress", G_CALLBACK (ip_jobs_panel_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ip_session_get_runs (session), "items-changed",
                           G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
  runs_changed_cb (self);
}
