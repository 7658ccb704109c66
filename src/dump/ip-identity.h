/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A name for the content of a file that survives renaming and moving it, and changes with the
 * content: a digest of its size, the time of its last change, and bytes from all over it.  Reads at
 * most 260 KiB.  (transfer full) */
char *ip_identity_of_file (GFile *file, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The same without the time: a copy on another machine has it too.  Two states of a file that is
 * being written can have the same one, so nothing that is computed is kept under it.
 * (transfer full) */
char *ip_fingerprint_of_file (GFile *file, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
