/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-repeats.h"

/* Repeats of one experiment, as the sidebar folds them: a list model of their IpRuns.
 * Properties: visible (b, settable): whether any of its runs is. */

G_BEGIN_DECLS

#define IP_TYPE_RUN_GROUP (ip_run_group_get_type ())
G_DECLARE_FINAL_TYPE (IpRunGroup, ip_run_group, IP, RUN_GROUP, GObject)

IpRunGroup *ip_run_group_new (const IpRepeats *repeats) G_GNUC_WARN_UNUSED_RESULT;
/* Whether it has these runs, in this order. */
gboolean ip_run_group_is_of (IpRunGroup *self, const IpRepeats *repeats);
const char *ip_run_group_get_title (IpRunGroup *self);

G_END_DECLS
