/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_INSPECTOR (ip_inspector_get_type ())
G_DECLARE_FINAL_TYPE (IpInspector, ip_inspector, IP, INSPECTOR, GtkWidget)

void ip_inspector_set_session (IpInspector *self, IpSession *session);
/* Brings the keyboard to how figures are put together. */
void ip_inspector_focus_drawing (IpInspector *self);
/* Of the exported figure, in points. */
double ip_inspector_get_figure_width (IpInspector *self);
double ip_inspector_get_font_size (IpInspector *self);
void ip_inspector_set_figure_width (IpInspector *self, double points);
void ip_inspector_set_font_size (IpInspector *self, double points);

G_END_DECLS
