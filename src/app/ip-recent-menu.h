/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gtk/gtk.h>

/* The dumps that were opened lately, with the newest first. */

G_BEGIN_DECLS

/* Keeps the section filled with items that activate `action` with a URI as long as it lives. */
void ip_recent_menu_fill (GMenu *section, const char *action);
void ip_recent_menu_add (GFile *file);
/* All of them. (transfer full) (element-type GFile) */
GPtrArray *ip_recent_menu_list_files (void);

G_END_DECLS
