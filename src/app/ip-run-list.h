/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_RUN_LIST (ip_run_list_get_type ())
G_DECLARE_FINAL_TYPE (IpRunList, ip_run_list, IP, RUN_LIST, GtkWidget)

void ip_run_list_set_session (IpRunList *self, IpSession *session);

G_END_DECLS
