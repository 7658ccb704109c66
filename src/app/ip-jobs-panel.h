/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

/* What is being computed: a row for each run, what can be done about it, and what happened. */

G_BEGIN_DECLS

#define IP_TYPE_JOBS_PANEL (ip_jobs_panel_get_type ())
G_DECLARE_FINAL_TYPE (IpJobsPanel, ip_jobs_panel, IP, JOBS_PANEL, GtkWidget)

void ip_jobs_panel_set_session (IpJobsPanel *self, IpSession *session);

G_END_DECLS
