/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-window.h"

G_BEGIN_DECLS

/* Waits until the window is idle and drawn, writes its picture as PNG to `path` and closes it. */
void ip_screenshot_take_when_idle (IpWindow *window, const char *path);

G_END_DECLS
