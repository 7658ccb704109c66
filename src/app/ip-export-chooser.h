/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gtk/gtk.h>

/* The dialog that asks where a figure or its numbers go, and as what. */

G_BEGIN_DECLS

/* name: what is proposed, without ending.  numbers: propose a table rather than a figure. */
GtkFileChooserNative *ip_export_chooser_new (GtkWindow *parent,
                                             const char *name,
                                             gboolean numbers) G_GNUC_WARN_UNUSED_RESULT;
/* The chosen file, whose ending says the format. (transfer full) */
GFile *ip_export_chooser_get_file (GtkFileChooserNative *chooser) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
