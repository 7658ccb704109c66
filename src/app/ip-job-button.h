/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_JOB_BUTTON (ip_job_button_get_type ())
G_DECLARE_FINAL_TYPE (IpJobButton, ip_job_button, IP, JOB_BUTTON, GtkWidget)

void ip_job_button_set_session (IpJobButton *self, IpSession *session);

G_END_DECLS
