/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-window.h"

G_BEGIN_DECLS

/* The window as it was last drawn, in the pixels of its screen; NULL before. */
GdkTexture *ip_screenshot_take (GtkWidget *window) G_GNUC_WARN_UNUSED_RESULT;

/* Waits until the window is idle and drawn, writes its picture as PNG to `path` and closes it.
 * view: name of the view to show, NULL for the one that is shown. */
void ip_screenshot_take_when_idle (IpWindow *window, const char *path, const char *view);

G_END_DECLS
