/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Damages HDF5 files in ways that a parser does not notice at once. */

/* A valid file, with the places of its structures and of the checksums over them. */
typedef struct _IpSeed IpSeed;

IpSeed *ip_seed_load (const char *path, GError **error);
void ip_seed_free (IpSeed *self);

/* The damaged file of that number, always the same for the same seeds. (transfer full) */
GByteArray *ip_mutate (GPtrArray *seeds, guint32 random_seed, guint64 number);
