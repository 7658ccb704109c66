/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_PLOT_CANVAS (ip_plot_canvas_get_type ())
G_DECLARE_FINAL_TYPE (IpPlotCanvas, ip_plot_canvas, IP, PLOT_CANVAS, GtkWidget)

/* The figure must be laid out for the size of the canvas, in points.  keep_picture: only labels and
 * selection differ from the figure before. */
void ip_plot_canvas_set_figure (IpPlotCanvas *self, IpFigure *figure, gboolean keep_picture);

G_END_DECLS
