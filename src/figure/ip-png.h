/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Facts about a PNG image that Cairo does not write. */

G_BEGIN_DECLS

/* Inserts the resolution (pHYs) and, where not NULL, texts (iTXt) behind the header of a PNG. */
void ip_png_add_metadata (GByteArray *png, double dpi, const char *title, const char *subject);

G_END_DECLS
