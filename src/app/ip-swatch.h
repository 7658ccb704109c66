/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_SWATCH (ip_swatch_get_type ())
G_DECLARE_FINAL_TYPE (IpSwatch, ip_swatch, IP, SWATCH, GtkWidget)

/* The colour of a layer or run as a dot, or as a ring when it is hidden. */
GtkWidget *ip_swatch_new (guint style);
void ip_swatch_set_style (IpSwatch *self, guint style);
void ip_swatch_set_hollow (IpSwatch *self, gboolean hollow);

G_END_DECLS
