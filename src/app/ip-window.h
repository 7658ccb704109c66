/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-application.h"
#include "ip-plot.h"

G_BEGIN_DECLS

#define IP_TYPE_WINDOW (ip_window_get_type ())
G_DECLARE_FINAL_TYPE (IpWindow, ip_window, IP, WINDOW, AdwApplicationWindow)

IpWindow *ip_window_new (IpApplication *application);
IpSession *ip_window_get_session (IpWindow *self);
/* Opens files and the dumps in folders, one after the other. */
void ip_window_open (IpWindow *self, GFile **files, guint n_files);
void ip_window_open_example (IpWindow *self);
/* Writes what is open and how it is shown. */
void ip_window_save_session (IpWindow *self, GFile *file);
/* Offers what a crash left behind, if it did. */
void ip_window_offer_restore (IpWindow *self);
/* What the message bar says, NULL while it says nothing. */
const char *ip_window_get_message (IpWindow *self);
/* Writes the figure shown, or the numbers for *.csv and *.json; the result is told to the user and,
 * where a callback is given, to the caller. */
void ip_window_export_async (IpWindow *self,
                             GFile *file,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ip_window_export_finish (IpWindow *self, GAsyncResult *result, GError **error);
/* The plot that is shown, or the last one while the table is. */
IpPlot *ip_window_get_plot (IpWindow *self);
/* Whether every result is there and on screen, and no file is being opened. */
gboolean ip_window_is_idle (IpWindow *self);

G_END_DECLS
