/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <adwaita.h>

/* Shows how much the results store keeps and for which dumps, and removes what is not wanted. */

G_BEGIN_DECLS

#define IP_TYPE_STORE_DIALOG (ip_store_dialog_get_type ())
G_DECLARE_FINAL_TYPE (IpStoreDialog, ip_store_dialog, IP, STORE_DIALOG, AdwPreferencesWindow)

/* path: of the database. */
IpStoreDialog *ip_store_dialog_new (GtkWindow *parent, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the store is being looked at or changed. */
gboolean ip_store_dialog_get_busy (IpStoreDialog *self);

G_END_DECLS
