/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-plot.h"

G_BEGIN_DECLS

#define IP_TYPE_LIMITS_POPOVER (ip_limits_popover_get_type ())
G_DECLARE_FINAL_TYPE (IpLimitsPopover, ip_limits_popover, IP, LIMITS_POPOVER, GtkPopover)

/* To be called once, before it is shown. */
void ip_limits_popover_set_session (IpLimitsPopover *self, IpSession *session);
/* The popover in which the limits of a plot's axes are typed.  It shows those of the plot whenever
 * it is mapped; NULL for no plot. */
void ip_limits_popover_set_plot (IpLimitsPopover *self, IpPlot *plot);

G_END_DECLS
