/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-export.h"

G_BEGIN_DECLS

/* ip_export_figure() on another thread.  Takes the figure, which must not be used any more.
 * Strings of the options are copied. */
void ip_export_figure_async (IpFigure *figure,
                             const IpTheme *theme,
                             GFile *file,
                             IpExportFormat format,
                             const IpExportOptions *options,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ip_export_figure_finish (GAsyncResult *result, GError **error);

G_END_DECLS
