/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_SWEEP_ENTRY (ip_sweep_entry_get_type ())
G_DECLARE_FINAL_TYPE (IpSweepEntry, ip_sweep_entry, IP, SWEEP_ENTRY, GtkWidget)

/* Where the values of the swept parameter are typed: "5 10 20", "5..100..9" for so many of them
 * from the first to the last, or nothing for those around the value in force. */
void ip_sweep_entry_set_session (IpSweepEntry *self, IpSession *session);

G_END_DECLS
