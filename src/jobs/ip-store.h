/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-database.h"

/* What was estimated once is kept: the results store, a database in the user's data directory that
 * the window and the command line share.  All functions may be called from any thread. */

G_BEGIN_DECLS

#define IP_TYPE_STORE (ip_store_get_type ())
G_DECLARE_FINAL_TYPE (IpStore, ip_store, IP, STORE, GObject)

/* The user's store, in the data directory. (transfer full) */
char *ip_store_get_standard_path (void);

/* Returns at once; the file and its folder are opened or made by the thread of the store.  A
 * damaged file is moved aside, never deleted. */
IpStore *ip_store_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* What the user should be told: that results are not kept and why, or that a damaged file was
 * moved. NULL when there is nothing. (transfer full) */
char *ip_store_get_notice (IpStore *self);

/* Called on the thread of the store when the estimate is safe on disk, or cannot be kept. */
typedef void (*IpStoreSaved) (gpointer data);

/* Queues an estimate.  Estimates that wait together are written in one transaction. */
void ip_store_save (IpStore *self,
                    const IpStoreKey *key,
                    const char *layer,
                    gint64 epoch,
                    const IpEstimate *estimate,
                    IpStoreSaved saved,
                    gpointer data);

/* All that is known for a key; blocks.  Empty when nothing is, or when the store cannot be read.
 * (transfer full) (element-type IpStoredEstimate) */
GPtrArray *ip_store_load (IpStore *self, const IpStoreKey *key);

G_END_DECLS
