/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define IP_TYPE_APPLICATION (ip_application_get_type ())
G_DECLARE_FINAL_TYPE (IpApplication, ip_application, IP, APPLICATION, AdwApplication)

IpApplication *ip_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
