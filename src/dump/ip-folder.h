/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The files in a folder that are called like dumps, and those in its folders, some levels deep:
 * runs are often kept in folders of their own.  In the order of their paths, run2 before run10.
 * Folders within it that cannot be listed, links to folders and what is hidden are left out.  Fails
 * when there is no such file. (transfer full) (element-type GFile) */
GPtrArray *ip_folder_list_dumps (GFile *folder, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
