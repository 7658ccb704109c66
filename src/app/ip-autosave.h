/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

/* Keeps a copy of a session in the user's state folder, so that it survives a crash. */

G_BEGIN_DECLS

#define IP_TYPE_AUTOSAVE (ip_autosave_get_type ())
G_DECLARE_FINAL_TYPE (IpAutosave, ip_autosave, IP, AUTOSAVE, GObject)

/* The text to be saved; NULL when there is nothing worth it. (transfer full) */
typedef char *(*IpAutosaveText) (gpointer data);

/* The copy is removed with the object. */
IpAutosave *ip_autosave_new (IpAutosaveText text, gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/* Something has changed: saves in a few seconds. */
void ip_autosave_touch (IpAutosave *self);

/* The newest copy that a program left behind which is not running any more, or NULL. */
void ip_autosave_find_abandoned_async (GAsyncReadyCallback callback, gpointer user_data);
GFile *ip_autosave_find_abandoned_finish (GAsyncResult *result); /* (transfer full) */
void ip_autosave_discard (GFile *copy);

G_END_DECLS
