/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-theme.h"

#include <gtk/gtk.h>

/* How figures look on this screen: light or dark with the system, text as large as the user's. */

G_BEGIN_DECLS

/* Points of a figure per pixel of the screen. */
#define IP_POINTS_PER_PIXEL 0.75

void ip_appearance_get_theme (GtkWidget *widget, IpTheme *theme);
/* Calls changed (widget) when another theme is to be taken, as long as the widget lives. */
void ip_appearance_watch (GtkWidget *widget, GCallback changed);
/* For text measured in points, placed without rounding, as in exports. */
PangoContext *ip_appearance_create_context (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
