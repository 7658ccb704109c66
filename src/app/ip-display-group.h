/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <adwaita.h>

/* Rows for how figures put together what is shown: over which runs means are taken, what stands
 * around these, side by side or in one, scales, and what is drawn besides points. */

G_BEGIN_DECLS

#define IP_TYPE_DISPLAY_GROUP (ip_display_group_get_type ())
G_DECLARE_FINAL_TYPE (IpDisplayGroup, ip_display_group, IP, DISPLAY_GROUP, AdwPreferencesGroup)

void ip_display_group_set_session (IpDisplayGroup *self, IpSession *session);

G_END_DECLS
