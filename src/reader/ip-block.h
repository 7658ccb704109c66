/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dataset.h"

/* The datasets of a file that have been read from lately, kept open with their chunk caches. */
typedef struct _IpBlocks IpBlocks;

IpBlocks *ip_blocks_new (hid_t file);

/* Reads the block start/count of a dataset into the memory as elements of type 'e', 'f', 'd' or
 * 'x'.  needed: how many bytes the block takes; nothing is read when size is less. */
gboolean ip_blocks_read (IpBlocks *self,
                         const char *path,
                         const hsize_t *start,
                         const hsize_t *count,
                         guint rank,
                         char element,
                         gpointer memory,
                         gsize size,
                         gsize *needed,
                         GError **error);

/* All strings of a dataset. (transfer full) */
char **ip_blocks_read_strings (IpBlocks *self, const char *path, gsize max_bytes, GError **error);
