/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_CROSSHAIR (ip_crosshair_get_type ())
G_DECLARE_FINAL_TYPE (IpCrosshair, ip_crosshair, IP, CROSSHAIR, GtkWidget)

/* Lines through a place of a figure that is laid out for the size of the widget, in pixels; none
 * when the figure is NULL or the place is outside its panels. */
void ip_crosshair_set_place (IpCrosshair *self, IpFigure *figure, double x, double y);
/* What the label on an axis says, 0: x, 1: y; NULL without one. (transfer full) */
char *ip_crosshair_get_label (IpCrosshair *self, guint dimension) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
