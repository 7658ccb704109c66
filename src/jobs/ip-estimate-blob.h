/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <glib.h>

/* An estimate as the bytes that the store keeps, the same on every machine. */

G_BEGIN_DECLS

/* Appends them. */
void ip_estimate_blob_write (GByteArray *bytes, const IpEstimate *estimate);

/* Bytes may come from anywhere.  Returns NULL when they are not of an estimate that this version
 * knows. (transfer full), g_free() */
IpEstimate *ip_estimate_blob_read (const guint8 *bytes, gsize size) G_GNUC_WARN_UNUSED_RESULT;

/* The same of what stores of format 1 keep. */
IpEstimate *ip_estimate_blob_read_variant (const guint8 *bytes, gsize size)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
