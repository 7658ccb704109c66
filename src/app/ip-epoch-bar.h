/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-epoch-scale.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_EPOCH_BAR (ip_epoch_bar_get_type ())
G_DECLARE_FINAL_TYPE (IpEpochBar, ip_epoch_bar, IP, EPOCH_BAR, GtkWidget)

void ip_epoch_bar_set_session (IpEpochBar *self, IpSession *session);
/* What is drawn below it can share its edges. */
IpEpochScale *ip_epoch_bar_get_scale (IpEpochBar *self);
void ip_epoch_bar_toggle_playing (IpEpochBar *self);
/* Through the speeds on offer, as far as they go. */
void ip_epoch_bar_change_speed (IpEpochBar *self, int steps);
void ip_epoch_bar_toggle_loop (IpEpochBar *self);
void ip_epoch_bar_step (IpEpochBar *self, int steps);

G_END_DECLS
