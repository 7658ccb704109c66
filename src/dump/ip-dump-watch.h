/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"

/* Follows the file of a dump: when it grows, is rewritten or replaced, it is opened again on
 * another thread.
 *
 * Signals, on the thread whose default main context made the watch:
 *   changed (IpDump *before, IpDump *now, guint n_kept)   the first n_kept snapshots are the same
 *   failed (GError)   the file has changed, and cannot be opened for several polls; once, until
 *                     it can be opened again */

G_BEGIN_DECLS

#define IP_TYPE_DUMP_WATCH (ip_dump_watch_get_type ())
G_DECLARE_FINAL_TYPE (IpDumpWatch, ip_dump_watch, IP, DUMP_WATCH, GObject)

IpDumpWatch *ip_dump_watch_new (IpDump *dump) G_GNUC_WARN_UNUSED_RESULT;

/* The dump as it was last opened. (transfer none) */
IpDump *ip_dump_watch_get_dump (IpDumpWatch *self);

/* A paused watch looks at nothing; what has changed meanwhile is noticed afterwards. */
gboolean ip_dump_watch_get_paused (IpDumpWatch *self);
void ip_dump_watch_set_paused (IpDumpWatch *self, gboolean paused);

G_END_DECLS
