/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-plot.h"

G_BEGIN_DECLS

#define IP_TYPE_VIEW_BAR (ip_view_bar_get_type ())
G_DECLARE_FINAL_TYPE (IpViewBar, ip_view_bar, IP, VIEW_BAR, GtkWidget)

void ip_view_bar_set_session (IpViewBar *self, IpSession *session);
/* What the bar is above; NULL for none. */
void ip_view_bar_set_plot (IpViewBar *self, IpPlot *plot);
/* Opens the popover in which limits of axes are typed. */
void ip_view_bar_edit_limits (IpViewBar *self);

G_END_DECLS
