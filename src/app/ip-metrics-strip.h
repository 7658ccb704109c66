/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-epoch-scale.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_METRICS_STRIP (ip_metrics_strip_get_type ())
G_DECLARE_FINAL_TYPE (IpMetricsStrip, ip_metrics_strip, IP, METRICS_STRIP, GtkWidget)

/* The axis of the strip is that of the slider. */
void ip_metrics_strip_set_session (IpMetricsStrip *self, IpSession *session, IpEpochScale *scale);

G_END_DECLS
