/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_PLOT_CANVAS (ip_plot_canvas_get_type ())
G_DECLARE_FINAL_TYPE (IpPlotCanvas, ip_plot_canvas, IP, PLOT_CANVAS, GtkWidget)

/* Shows a figure that is laid out for the size of the canvas, in points, and is never laid out
 * again.
 * scale: of the figure's epochs.
 * aside: on another thread; otherwise at once. */
void ip_plot_canvas_set_figure (IpPlotCanvas *self,
                                IpFigure *figure,
                                IpScale scale,
                                gboolean aside);
/* The same but for labels and selection: frame and data stay as they are. */
void ip_plot_canvas_set_labels (IpPlotCanvas *self, IpFigure *figure);

/* Whether the data of the last figure took longer to draw than a frame has time for. */
gboolean ip_plot_canvas_is_slow (IpPlotCanvas *self);
/* Whether another thread is still drawing. */
gboolean ip_plot_canvas_get_busy (IpPlotCanvas *self);

G_END_DECLS
