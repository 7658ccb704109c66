/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decoders of compressed blocks that no distribution library offers by itself.  They read bytes
 * from strangers and never leave their buffers. */

/* LZF, as h5py writes it.  Returns the bytes written to `to`, 0 when the block is damaged or does
 * not fit. */
size_t ip_lzf_decode (const uint8_t *from, size_t from_size, uint8_t *to, size_t to_size);

/* Puts bits back in their places that bitshuffle sorted by significance: n elements, a multiple of
 * 8, of the size. */
void ip_bits_unshuffle (const uint8_t *from, uint8_t *to, size_t n, size_t element_size);
