/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_PLOT (ip_plot_get_type ())
G_DECLARE_FINAL_TYPE (IpPlot, ip_plot, IP, PLOT, GtkWidget)

/* Properties: kind (IpFigureKind as i, construct only), can-go-back (b), can-go-forward (b),
 * crosshair (b), drag-zooms (b: dragging zooms to a box, else it pans). */

void ip_plot_set_session (IpPlot *self, IpSession *session);
/* Where the epochs of a slider begin and end, in pixels from both sides of the plot. */
void ip_plot_set_epoch_edges (IpPlot *self, double left, double right);
IpFigureKind ip_plot_get_kind (IpPlot *self);
/* Whether another thread is still making the figure or drawing it. */
gboolean ip_plot_get_busy (IpPlot *self);
/* The figure as shown, with its view, for an export of its own. */
IpFigure *ip_plot_create_figure (IpPlot *self) G_GNUC_WARN_UNUSED_RESULT;
void ip_plot_zoom (IpPlot *self, double factor);
/* Fits the axes to the data. */
void ip_plot_reset (IpPlot *self);
void ip_plot_go_back (IpPlot *self);
void ip_plot_go_forward (IpPlot *self);
/* Lets the keyboard move the data cursor. */
void ip_plot_focus (IpPlot *self);

/* What the card says about the point under the pointer or the keyboard cursor, as one line of plain
 * text; NULL without one. */
const char *ip_plot_get_reading (IpPlot *self);
/* Whose point it is; left alone without one. */
void ip_plot_get_point (IpPlot *self, int *layer, gint64 *epoch);
/* Place of a point in pixels; FALSE when it is not shown. */
gboolean ip_plot_get_point_place (IpPlot *self,
                                  guint track, guint point, guint panel,
                                  double *x, double *y);
/* As if the pointer were there. */
void ip_plot_hover (IpPlot *self, double x, double y);
/* With the limits that are shown, also where they are automatic. */
void ip_plot_get_view (IpPlot *self, IpView *view);
void ip_plot_set_view (IpPlot *self, const IpView *view);
/* The same for limits that were saved, before a figure was ever shown. */
void ip_plot_restore_view (IpPlot *self, const IpView *view);

/* Whether a value has a place on an axis: on a logarithmic one those above zero. */
gboolean ip_plot_is_on_axis (IpPlot *self, guint panel, guint dimension, double value);

typedef void (*IpPlotVisitAxis) (IpPlot *self,
                                 guint panel, guint dimension,
                                 const char *markup,
                                 gpointer data);
/* Visits the axes of the figure shown that have limits of their own. */
void ip_plot_for_each_axis (IpPlot *self, IpPlotVisitAxis visit, gpointer data);

G_END_DECLS
