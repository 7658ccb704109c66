/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <adwaita.h>

/* What went wrong, until the user has read it: messages with equal text count once. */

G_BEGIN_DECLS

#define IP_TYPE_MESSAGE_BAR (ip_message_bar_get_type ())
G_DECLARE_FINAL_TYPE (IpMessageBar, ip_message_bar, IP, MESSAGE_BAR, AdwBin)

void ip_message_bar_add (IpMessageBar *self, const char *message);
/* The message of the error, with the name of the file where it does not say it.  A cancellation is
 * not worth a message. */
void ip_message_bar_add_error (IpMessageBar *self, GFile *file, const GError *error);
/* NULL while there is none. */
const char *ip_message_bar_get_text (IpMessageBar *self);

G_END_DECLS
