/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-window.h"

#include "ip-autosave.h"
#include "ip-epoch-bar.h"
#include "ip-history.h"
#include "ip-inspector.h"
#include "ip-job-button.h"
#include "ip-message-bar.h"
#include "ip-metrics-strip.h"
#include "ip-opener.h"
#include "ip-run-list.h"
#include "ip-table-view.h"
#include "ip-view-bar.h"

/* What the files of IpWindow share: ip-window.c builds the window and keeps it in step with the
 * session, ip-window-open.c brings dumps in, ip-window-export.c takes figures and numbers out,
 * ip-window-actions.c is what menus and keys do to what is shown, ip-window-session.c saves all of
 * it and brings it back. */

G_BEGIN_DECLS

struct _IpWindow
{
  AdwApplicationWindow parent_instance;

  IpSession *session;
  IpHistory *history;
  GSettings *settings; /* NULL when the schema is not installed */
  IpOpener *opener;
  GCancellable *exporting;
  IpAutosave *autosave;
  GFile *session_file; /* where the session was saved or opened from, or NULL */
  gboolean restoring;
  gboolean copy_taken; /* what a crash left behind is being restored */
  gboolean narrow;
  IpPlot *plot; /* the one that is shown, or was before the table */
  GtkFileChooserNative *chooser; /* while it is shown */

  AdwToastOverlay *toasts;
  AdwViewSwitcherTitle *switcher;
  AdwViewSwitcherBar *switcher_bar;
  GtkWidget *sidebar_button;
  GtkWidget *inspector_button;
  GtkWidget *export_button;
  IpJobButton *job_button;
  IpMessageBar *message_bar;
  GtkStack *pages;
  AdwFlap *sidebar_flap;
  AdwFlap *inspector_flap;
  IpRunList *run_list;
  IpInspector *inspector;
  AdwViewStack *views;
  IpViewBar *view_bar;
  IpPlot *plane_plot;
  IpPlot *epochs_plot;
  IpPlot *trajectories_plot;
  IpPlot *spectrum_plot;
  IpPlot *map_plot;
  IpPlot *sweep_plot;
  IpTableView *table;
  IpEpochBar *epoch_bar;
  GtkRevealer *metrics_revealer;
  IpMetricsStrip *metrics;
  GtkDropTarget *drop_target;
  GMenu *recent_section;
  GtkLabel *recorder_code;
};

void ip_window_add_open_actions (GtkWidgetClass *klass);
void ip_window_add_export_actions (GtkWidgetClass *klass);
void ip_window_add_view_actions (GtkWidgetClass *klass);
void ip_window_add_session_actions (GtkWidgetClass *klass);
void ip_window_add_mapping_actions (GtkWidgetClass *klass);

/* Asks how a run shall be read; the second only where recognition could not decide something. */
void ip_window_show_mapping (IpWindow *self, IpRun *run);
void ip_window_ask_about_doubts (IpWindow *self, IpRun *run);
/* Asks how to read a file in which nothing was recognised; FALSE for other errors. */
gboolean ip_window_ask_about_file (IpWindow *self, GFile *file, const GError *error);

/* Tells the session what only the widgets know: limits of axes, the page in front, and what figures
 * measure on paper. */
void ip_window_take_arrangement (IpWindow *self);

/* Height of an exported figure over its width. */
double ip_window_get_figure_aspect (IpWindow *self);

void ip_window_open_session (IpWindow *self, GFile *file);
/* Saves a copy a few seconds after every change. */
void ip_window_follow_session (IpWindow *self);

/* Drops of files and the results of the opener. */
void ip_window_follow_opener (IpWindow *self);

/* Undo and redo are possible or not. */
void ip_window_follow_history (IpWindow *self);
/* The view bar and its actions go with the visible plot. */
void ip_window_follow_views (IpWindow *self);
/* Actions are enabled as long as there is something to do for them. */
void ip_window_update_actions (IpWindow *self);

G_END_DECLS
