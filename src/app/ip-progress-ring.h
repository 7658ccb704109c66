/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_PROGRESS_RING (ip_progress_ring_get_type ())
G_DECLARE_FINAL_TYPE (IpProgressRing, ip_progress_ring, IP, PROGRESS_RING, GtkWidget)

/* From 0 to 1. */
void ip_progress_ring_set_fraction (IpProgressRing *self, double fraction);

G_END_DECLS
