/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

/* Undo and redo of what changes the figure: estimator and parameters, unit, epoch axis, visibility
 * and colours.  Neither zoom and selection nor opening and closing of runs.
 * Properties, with ::notify: can-undo (b), can-redo (b). */

G_BEGIN_DECLS

#define IP_TYPE_HISTORY (ip_history_get_type ())
G_DECLARE_FINAL_TYPE (IpHistory, ip_history, IP, HISTORY, GObject)

IpHistory *ip_history_new (IpSession *session) G_GNUC_WARN_UNUSED_RESULT;

gboolean ip_history_get_can_undo (IpHistory *self);
gboolean ip_history_get_can_redo (IpHistory *self);
void ip_history_undo (IpHistory *self);
void ip_history_redo (IpHistory *self);

G_END_DECLS
