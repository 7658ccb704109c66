/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <adwaita.h>

/* Rows for the estimators, or other parameters, that figures show beside the one in force: one adds
 * it as it is set now, the others are those that were added, each with a button that removes it. */

G_BEGIN_DECLS

#define IP_TYPE_COMPARISON_GROUP (ip_comparison_group_get_type ())
G_DECLARE_FINAL_TYPE (IpComparisonGroup, ip_comparison_group, IP, COMPARISON_GROUP,
                      AdwPreferencesGroup)

void ip_comparison_group_set_session (IpComparisonGroup *self, IpSession *session);

G_END_DECLS
