/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-run-list.h"
#include "ip-run-row.h"

/* What the files of IpRunList share: ip-run-list.c shows runs and layers and lets them be selected,
 * shown and removed, ip-run-order.c lets runs and groups of them be moved. */

G_BEGIN_DECLS

struct _IpRunList
{
  GtkWidget parent_instance;

  IpSession *session;
  GListStore *items; /* IpRun or IpRunGroup */
  GtkTreeListModel *tree;
  GtkSingleSelection *selection;
  gboolean following; /* a row is being selected for the session, not by the user */
  gboolean moving;    /* runs come and go, and all are there in the end */

  GtkListView *list;
};

/* Brings the rows up to date after the runs have changed. */
void ip_run_list_update (IpRunList *self);
/* What is selected, NULL for nothing. (transfer full) */
GObject *ip_run_list_get_selected (IpRunList *self);

/* Moves what is selected down the list, up where distance is negative. */
gboolean ip_run_list_move_selected (IpRunList *self, int distance);
/* Lets a row be dragged to another place, and others be dropped above and below it. */
void ip_run_list_add_drag (IpRunList *self, IpRunRow *row);

G_END_DECLS
