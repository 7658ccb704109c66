/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-mapping.h"
#include "ip-reader.h"

/* Mappings that the user has confirmed, kept for files of the same shape: those whose trees have
 * the same names, but for numbers in them, with the same types and ranks.  They are in a key file
 * in the user's data directory, which the window and the command line share. */

G_BEGIN_DECLS

/* NULL when none is remembered for files like this, or when it cannot be read. (transfer full) */
IpMapping *ip_mapping_recall (IpReader *reader);

gboolean ip_mapping_remember (const IpMapping *self, IpReader *reader, GError **error);

/* Also succeeds when there is nothing to forget. */
gboolean ip_mapping_forget (IpReader *reader, GError **error);

G_END_DECLS
