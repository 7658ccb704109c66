/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-object.h"

#include <gio/gio.h>

/* The client of infoplane-reader: one HDF5 file, read by a process of its own.
 *
 * All functions block and may be called from any thread; calls on one reader are serialised by a
 * lock.  A reader that died, hung or broke a limit fails the call with
 * IP_READER_ERROR_CRASHED/TIMED_OUT, naming file and object, and is started again at the next
 * call.  What it breaks down on while the file is listed is left out of the list.
 *
 * Numbers are only given out while the file is as it was opened, or is appended to by a writer that
 * leaves alone what is there (SWMR); else the call fails with IP_READER_ERROR_CHANGED.  A file that
 * was replaced by another of its name is still there for whoever has it open. */

G_BEGIN_DECLS

#define IP_READER_ERROR (ip_reader_error_quark ())

typedef enum
{
  IP_READER_ERROR_FAILED,
  IP_READER_ERROR_NOT_HDF5, /* not HDF5, empty */
  IP_READER_ERROR_TRUNCATED, /* shorter than its superblock says */
  IP_READER_ERROR_NOT_FOUND, /* no such object */
  IP_READER_ERROR_UNSUPPORTED, /* a type, filter or layout that cannot be read */
  IP_READER_ERROR_REFUSED, /* would open another file, or exceeds a limit */
  IP_READER_ERROR_CRASHED,
  IP_READER_ERROR_TIMED_OUT,
  IP_READER_ERROR_CHANGED, /* the content of the file is no longer what was opened */
} IpReaderError;

GQuark ip_reader_error_quark (void);

#define IP_TYPE_READER (ip_reader_get_type ())
G_DECLARE_FINAL_TYPE (IpReader, ip_reader, IP, READER, GObject)

/* Opens the file (native paths and GVfs files with a local path) and lists it. */
IpReader *ip_reader_open (GFile *file, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

GFile *ip_reader_get_file (IpReader *self);

/* Whether the file is flagged as open for writing: it is, or its writer was killed. */
gboolean ip_reader_get_unfinished (IpReader *self);

/* When the file had last been changed as it was opened, in seconds since 1970. */
gint64 ip_reader_get_modified (IpReader *self);

/* Whether the file has another size, time of change or content by now: it grew, was rewritten or
 * replaced.  Not when it is gone. */
gboolean ip_reader_is_outdated (IpReader *self);
/* Whether both read one file, the first one while it was open for writing, and neither its place
 * nor the attributes of its root have changed: what was written then is still there. */
gboolean ip_reader_is_continued_by (IpReader *self, IpReader *later);

/* What the reader broke down on while the file was listed: paths of objects, and path@name of
 * attributes.  NULL-terminated. */
const char *const *ip_reader_get_broken (IpReader *self);

/* All objects, groups before their members, in the file's native order; owned by the reader.  The
 * root group comes first. */
const IpObject *ip_reader_get_objects (IpReader *self, guint *n_objects);
const IpObject *ip_reader_find (IpReader *self, const char *path);

/* Reads the block start/count (rank entries each) of a dataset into memory of the caller.
 * as: IP_TYPE_FLOAT32 or IP_TYPE_FLOAT64, IP_TYPE_INTEGER for gint64.  `buffer` holds the product
 * of count elements. */
gboolean ip_reader_read (IpReader *self,
                         const IpObject *dataset,
                         const guint64 *start,
                         const guint64 *count,
                         IpType as,
                         gpointer buffer,
                         GCancellable *cancellable,
                         GError **error);

/* Bytes beside the caller's buffer that reading such a block takes at once: the memory shared with
 * the reader, which counts in both processes, and what the reader needs for chunks. */
gsize ip_reader_get_memory (const IpObject *dataset, const guint64 *count);

/* The most that the reader keeps of chunks it has decompressed, because the next read may cross
 * them, too. */
gsize ip_reader_get_cache_memory (IpReader *self);

/* Reads a one-dimensional string dataset.  (transfer full) NULL-terminated. */
char **ip_reader_read_strings (IpReader *self,
                               const IpObject *dataset,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
