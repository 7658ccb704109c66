/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-job-button.h"

#include "ip-jobs-panel.h"
#include "ip-progress-ring.h"

#include <glib/gi18n.h>
#include <math.h>

#define LONG_JOB (10 * G_TIME_SPAN_SECOND) /* is worth a notification */

struct _IpJobButton
{
  GtkWidget parent_instance;

  IpSession *session;
  gint64 started; /* 0 while nothing is computed */

  GtkMenuButton *button;
  IpProgressRing *ring;
  GtkLabel *count;
  GtkLabel *title;
  GtkProgressBar *bar;
  GtkLabel *remaining;
  IpJobsPanel *panel;
  GtkButton *action_button;
};

G_DEFINE_FINAL_TYPE (IpJobButton, ip_job_button, GTK_TYPE_WIDGET)

static char *
format_remaining (double seconds)
{
  guint whole = (guint) ceil (seconds);

  if (whole < 60)
    return g_strdup_printf (ngettext ("About %u second left", "About %u seconds left", whole),
                            whole);
  whole = (whole + 59) / 60;
  if (whole < 60)
    return g_strdup_printf (ngettext ("About %u minute left", "About %u minutes left", whole),
                            whole);
  whole = (whole + 59) / 60;
  return g_strdup_printf (ngettext ("About %u hour left", "About %u hours left", whole), whole);
}

static gboolean
has_failed (IpJobButton *self)
{
  GListModel *runs = ip_session_get_runs (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);
      IpRunCount count;

      ip_run_count (run, ip_session_get_request (self->session), &count);
      if (count.n_failed > 0)
        return TRUE;
    }

  return FALSE;
}

/* Tells who is elsewhere that what took long is ready. */
static void
ip_job_button_notify (IpJobButton *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GApplication *application = g_application_get_default ();
  g_autoptr (GNotification) notification = NULL;

  if (application == NULL || !GTK_IS_WINDOW (root) || gtk_window_is_active (GTK_WINDOW (root)))
    return;

  notification = g_notification_new (_("Estimates Are Ready"));
  g_notification_set_body (notification, gtk_window_get_title (GTK_WINDOW (root)));
  g_application_send_notification (application, "estimates", notification);
}

static void
ip_job_button_watch (IpJobButton *self, gboolean busy)
{
  gint64 now = g_get_monotonic_time ();
  gboolean is_done
    = ip_session_get_n_done (self->session) >= ip_session_get_n_cells (self->session);

  if (busy && self->started == 0)
    self->started = now;
  if (!busy && self->started != 0)
    {
      if (is_done && now - self->started > LONG_JOB)
        ip_job_button_notify (self);
      self->started = 0;
    }
}

static void
ip_job_button_update (IpJobButton *self)
{
  gboolean busy = ip_session_get_busy (self->session);
  guint n_done = ip_session_get_n_done (self->session);
  guint n_cells = ip_session_get_n_cells (self->session);
  double seconds = ip_session_get_remaining (self->session);
  double fraction = ip_session_get_progress (self->session);
  g_autofree char *count = NULL;
  g_autofree char *remaining = NULL;

  ip_job_button_watch (self, busy);
  gtk_widget_set_visible (GTK_WIDGET (self), busy || n_done < n_cells || has_failed (self));

  /* Translators: estimates that are done, of all. */
  count = g_strdup_printf (_("%u of %u"), n_done, n_cells);
  if (!busy && n_done >= n_cells)
    remaining = g_strdup (_("Some could not be computed"));
  else if (!busy)
    remaining = g_strdup (_("Stopped; what is known is kept"));
  else if (ip_session_get_paused (self->session))
    remaining = g_strdup (_("Paused"));
  else if (isfinite (seconds))
    remaining = format_remaining (seconds);
  else
    remaining = g_strdup (_("Estimating the time…"));

  ip_progress_ring_set_fraction (self->ring, fraction);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
  gtk_label_set_label (self->count, count);
  gtk_label_set_label (self->title, busy ? _("Estimating") : _("Estimation Stopped"));
  gtk_label_set_label (self->remaining, remaining);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), remaining);
  gtk_widget_set_visible (GTK_WIDGET (self->action_button), busy || n_done < n_cells);
  gtk_button_set_label (self->action_button, busy ? _("Cancel") : _("Resume"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->action_button),
                                  busy ? "win.cancel" : "win.resume");
}

static void
ip_job_button_dispose (GObject *object)
{
  IpJobButton *self = IP_JOB_BUTTON (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_object (&self->session);
  if (child != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ip_job_button_parent_class)->dispose (object);
}

static void
ip_job_button_class_init (IpJobButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_job_button_dispose;
  g_type_ensure (IP_TYPE_JOBS_PANEL);
  g_type_ensure (IP_TYPE_PROGRESS_RING);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-job-button.ui");
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, button);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, ring);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, count);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, title);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, bar);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, remaining);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, panel);
  gtk_widget_class_bind_template_child (widget_class, IpJobButton, action_button);
}

static void
ip_job_button_init (IpJobButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ip_job_button_set_session (IpJobButton *self, IpSession *session)
{
  g_return_if_fail (IP_IS_JOB_BUTTON (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  for (const char **property = (const char *[]) { "busy", "progress", "remaining", NULL };
       *property != NULL;
       property++)
    {
      g_autofree char *signal = g_strconcat ("notify::", *property, NULL);

      g_signal_connect_object (session, signal,
                               G_CALLBACK (ip_job_button_update), self, G_CONNECT_SWAPPED);
    }
  ip_jobs_panel_set_session (self->panel, session);
  ip_job_button_update (self);
}
