/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-layout.h"
#include "ip-selection.h"

/* The numbers of one snapshot of a dataset, as a matrix of samples x units. */

G_BEGIN_DECLS

/* Single precision for what it holds exactly. */
IpElement ip_snapshot_get_element (const IpObject *dataset);

/* Units `first` to `first + count` of the selected samples, row after row.  While it reads it takes
 * the memory of all samples of the dataset, and twice that where the file stores the units before
 * the samples. (transfer full) */
gpointer ip_snapshot_read (IpReader *reader,
                           const IpSource *source,
                           const IpAxes *axes,
                           const IpSelection *selection,
                           gsize first,
                           gsize count,
                           GCancellable *cancellable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes that reading so many units takes at once, in this process and in the reader, the numbers
 * themselves included. */
gsize ip_snapshot_get_memory (const IpSource *source, const IpAxes *axes, gsize count);

/* Smallest and largest finite number of the selected samples, NAN when there is none.  Reads what
 * lies together in the file together, some MiB at a time. */
gboolean ip_snapshot_find_range (IpReader *reader,
                                 const IpSource *source,
                                 const IpAxes *axes,
                                 const IpSelection *selection,
                                 double *lo,
                                 double *hi,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
