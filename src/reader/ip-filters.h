/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Registers the decompression filters that HDF5 itself lacks and Python users have: lzf, lz4, zstd,
 * blosc and bitshuffle, as far as their libraries were there at build time. */
bool ip_filters_register (void);

/* No filter of these may give more than that many bytes from now on. */
void ip_filters_set_limit (size_t bytes);
