/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What blurs T, as estimates say it ("30 bins on [−1, 1]"), in the language of the user; as it is
 * when nobody has translated it. (transfer full) */
char *ip_blur_translate (const char *blur) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
