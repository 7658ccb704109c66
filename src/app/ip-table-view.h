/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_TABLE_VIEW (ip_table_view_get_type ())
G_DECLARE_FINAL_TYPE (IpTableView, ip_table_view, IP, TABLE_VIEW, GtkWidget)

/* The numbers that the figures show, to be sorted, selected and copied.  Actions: table.copy,
 * table.cancel-copying. */
void ip_table_view_set_session (IpTableView *self, IpSession *session);
/* The selected rows under their titles, fields separated by tabs, for a spreadsheet; all of them
 * when none is selected. */
char *ip_table_view_format_selected (IpTableView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
