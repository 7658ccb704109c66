/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_RUN_ROW (ip_run_row_get_type ())
G_DECLARE_FINAL_TYPE (IpRunRow, ip_run_row, IP, RUN_ROW, GtkWidget)

/* Shows the IpRun or IpRunLayer of the row; NULL to let go of it. */
void ip_run_row_set_row (IpRunRow *self, GtkTreeListRow *row);

/* What was given to ip_run_row_set_row(). */
GtkTreeListRow *ip_run_row_get_row (IpRunRow *self);
/* The IpRun or IpRunLayer, NULL in between. (transfer none) */
GObject *ip_run_row_get_item (IpRunRow *self);

G_END_DECLS
