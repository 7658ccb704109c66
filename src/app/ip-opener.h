/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

/* Opens files, and the dumps in folders, one after the other, so that runs come in the order asked.
 * Signals:
 *   opened (GFile, IpRun)
 *   failed (GFile, GError)   the rest is opened nevertheless */

G_BEGIN_DECLS

#define IP_TYPE_OPENER (ip_opener_get_type ())
G_DECLARE_FINAL_TYPE (IpOpener, ip_opener, IP, OPENER, GObject)

IpOpener *ip_opener_new (IpSession *session) G_GNUC_WARN_UNUSED_RESULT;

void ip_opener_open (IpOpener *self, GFile *file);
gboolean ip_opener_get_busy (IpOpener *self);
/* Forgets what is not open yet. */
void ip_opener_cancel (IpOpener *self);

G_END_DECLS
