/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_EPOCH_SCALE (ip_epoch_scale_get_type ())
G_DECLARE_FINAL_TYPE (IpEpochScale, ip_epoch_scale, IP, EPOCH_SCALE, GtkWidget)

/* Signal moved (): its edges are elsewhere. */
void ip_epoch_scale_set_session (IpEpochScale *self, IpSession *session);
/* Left and right end of the epoch axis in the coordinates of another widget of the window. */
void ip_epoch_scale_get_edges (IpEpochScale *self, GtkWidget *widget, double *left, double *right);
/* Goes to another snapshot; FALSE at the end. */
gboolean ip_epoch_scale_step (IpEpochScale *self, int steps);

G_END_DECLS
