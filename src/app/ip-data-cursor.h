/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_DATA_CURSOR (ip_data_cursor_get_type ())
G_DECLARE_FINAL_TYPE (IpDataCursor, ip_data_cursor, IP, DATA_CURSOR, GtkWidget)

/* Where the cursor stands, in pixels. */
void ip_data_cursor_set_place (IpDataCursor *self, double x, double y);
void ip_data_cursor_hide (IpDataCursor *self);
/* What assistive technology says of the point under the cursor, and its number among n_points. */
void ip_data_cursor_set_value (IpDataCursor *self, const char *text, guint point, guint n_points);
/* The rectangle that is being dragged for a zoom; empty for none. */
void ip_data_cursor_set_rubber_band (IpDataCursor *self, const graphene_rect_t *band);

G_END_DECLS
