/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_PLOT (ip_plot_get_type ())
G_DECLARE_FINAL_TYPE (IpPlot, ip_plot, IP, PLOT, GtkWidget)

void ip_plot_set_session (IpPlot *self, IpSession *session);
/* The figure as shown, with its view, for an export of its own. */
IpFigure *ip_plot_create_figure (IpPlot *self) G_GNUC_WARN_UNUSED_RESULT;
void ip_plot_zoom (IpPlot *self, double factor);
void ip_plot_reset (IpPlot *self);
/* Lets the keyboard move the data cursor. */
void ip_plot_focus (IpPlot *self);

/* What the card says about the point under the pointer or the keyboard cursor, as one line of plain
 * text; NULL without one. */
const char *ip_plot_get_reading (IpPlot *self);
/* Place of a point in pixels; FALSE when it is not shown. */
gboolean ip_plot_get_point_place (IpPlot *self,
                                  guint track, guint point, guint panel,
                                  double *x, double *y);
/* As if the pointer were there. */
void ip_plot_hover (IpPlot *self, double x, double y);
void ip_plot_get_view (IpPlot *self, IpView *view);

G_END_DECLS
