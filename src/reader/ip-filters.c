/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-filters.h"

#include "ip-codecs.h"

#include <hdf5.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#ifdef HAVE_BLOSC
#include <blosc.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

/* HDF5 hands a filter one compressed chunk and takes back one that is not.  What the chunk says of
 * its own size is compared with the limit before anything is allocated for it. */

#define LZF 32000
#define BLOSC 32001
#define LZ4 32004
#define BITSHUFFLE 32008
#define ZSTD 32015

static size_t limit = SIZE_MAX;

void
ip_filters_set_limit (size_t bytes)
{
  limit = bytes;
}

/* A chunk in work. */
typedef struct
{
  const uint8_t *from;
  size_t from_size;
  uint8_t *to;
  size_t to_size;
} Chunk;

static uint64_t
get_big_endian (const uint8_t *bytes, size_t n)
{
  uint64_t value = 0;

  for (size_t i = 0; i < n; i++)
    value = value << 8 | bytes[i];
  return value;
}

static bool
allocate (Chunk *chunk, uint64_t size)
{
  if (size == 0 || size > limit)
    return false;
  chunk->to = H5allocate_memory (size, false);
  chunk->to_size = size;
  return chunk->to != NULL;
}

/* Puts the decoded chunk in the place of the other; the result of a filter. */
static size_t
finish (Chunk *chunk, bool decoded, size_t *buffer_size, void **buffer)
{
  if (!decoded)
    {
      H5free_memory (chunk->to);
      return 0;
    }
  H5free_memory (*buffer);
  *buffer = chunk->to;
  *buffer_size = chunk->to_size;
  return chunk->to_size;
}

typedef bool (*DecodeFunc) (Chunk *chunk, size_t n_values, const unsigned *values);

static size_t
run (DecodeFunc decode,
     unsigned flags,
     size_t n_values,
     const unsigned *values,
     size_t n_bytes,
     size_t *buffer_size,
     void **buffer)
{
  Chunk chunk = { .from = *buffer, .from_size = n_bytes };

  /* Nothing is ever written here. */
  if ((flags & H5Z_FLAG_REVERSE) == 0)
    return 0;
  return finish (&chunk, decode (&chunk, n_values, values), buffer_size, buffer);
}

/* The third value is the size of the chunk. */
static bool
decode_lzf (Chunk *chunk, size_t n_values, const unsigned *values)
{
  size_t size;

  if (n_values < 3 || !allocate (chunk, values[2]))
    return false;
  size = ip_lzf_decode (chunk->from, chunk->from_size, chunk->to, chunk->to_size);
  chunk->to_size = size;
  return size > 0;
}

#ifdef HAVE_ZSTD
static bool
decode_zstd (Chunk *chunk, size_t n_values, const unsigned *values)
{
  unsigned long long size = ZSTD_getFrameContentSize (chunk->from, chunk->from_size);

  return size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR
         && allocate (chunk, size)
         && ZSTD_decompress (chunk->to, chunk->to_size, chunk->from, chunk->from_size)
                == chunk->to_size;
}
#endif

#ifdef HAVE_BLOSC
static bool
decode_blosc (Chunk *chunk, size_t n_values, const unsigned *values)
{
  size_t size;

  return blosc_cbuffer_validate (chunk->from, chunk->from_size, &size) == 0
         && allocate (chunk, size)
         && blosc_decompress_ctx (chunk->from, chunk->to, chunk->to_size, 1)
                == (int) chunk->to_size;
}
#endif

#ifdef HAVE_LZ4
/* One block of a known size from the front of the chunk, behind four bytes with its compressed
 * size; stored as it is where `raw` and compression did not help. */
static bool
decode_lz4_block (Chunk *chunk, uint8_t *to, size_t size, bool raw)
{
  size_t packed;

  if (chunk->from_size < 4)
    return false;
  packed = (size_t) get_big_endian (chunk->from, 4);
  chunk->from += 4;
  chunk->from_size -= 4;
  if (packed > chunk->from_size || packed > INT_MAX || size > INT_MAX)
    return false;

  if (raw && packed == size)
    memcpy (to, chunk->from, size);
  else if (LZ4_decompress_safe ((const char *) chunk->from, (char *) to, (int) packed, (int) size)
           != (int) size)
    return false;
  chunk->from += packed;
  chunk->from_size -= packed;
  return true;
}

/* Eight bytes with the size of the chunk, four with that of its blocks, and the blocks. */
static bool
decode_lz4 (Chunk *chunk, size_t n_values, const unsigned *values)
{
  size_t block_size;

  if (chunk->from_size < 12 || !allocate (chunk, get_big_endian (chunk->from, 8)))
    return false;
  block_size = (size_t) get_big_endian (chunk->from + 8, 4);
  chunk->from += 12;
  chunk->from_size -= 12;
  if (block_size == 0)
    return false;

  for (size_t at = 0; at < chunk->to_size; at += block_size)
    {
      size_t left = chunk->to_size - at;

      if (!decode_lz4_block (chunk, chunk->to + at, left < block_size ? left : block_size, true))
        return false;
    }
  return true;
}

/* Values: two versions, element size, elements in a block, compression. */
#define BITSHUFFLE_PLAIN 0
#define BITSHUFFLE_LZ4 2

/* Without compression there is no header; blocks of a whole chunk are of the default size. */
static size_t
get_bitshuffle_block (size_t element_size)
{
  size_t elements = 8192 / element_size / 8 * 8;

  return elements < 128 ? 128 : elements;
}

static bool
decode_bit_blocks (Chunk *chunk, size_t element_size, size_t block, bool packed)
{
  size_t n = chunk->to_size / element_size;
  uint8_t *scratch = packed ? H5allocate_memory (block * element_size, false) : NULL;
  uint8_t *to = chunk->to;
  bool ok = !packed || scratch != NULL;

  while (ok && n >= 8)
    {
      size_t elements = n < block ? n / 8 * 8 : block;
      size_t size = elements * element_size;

      if (packed)
        ok = decode_lz4_block (chunk, scratch, size, false);
      else
        ok = chunk->from_size >= size;
      if (!ok)
        break;
      ip_bits_unshuffle (packed ? scratch : chunk->from, to, elements, element_size);
      if (!packed)
        {
          chunk->from += size;
          chunk->from_size -= size;
        }
      to += size;
      n -= elements;
    }
  H5free_memory (scratch);

  /* Fewer than eight elements are kept as they are. */
  ok = ok && chunk->from_size >= n * element_size;
  if (ok)
    memcpy (to, chunk->from, n * element_size);
  return ok;
}

static bool
decode_bitshuffle (Chunk *chunk, size_t n_values, const unsigned *values)
{
  size_t element_size = n_values > 2 ? values[2] : 0;
  size_t block = n_values > 3 ? values[3] : 0;
  unsigned compression = n_values > 4 ? values[4] : BITSHUFFLE_PLAIN;

  if (element_size == 0 || element_size > 65536 || block % 8 != 0)
    return false;
  if (compression == BITSHUFFLE_PLAIN)
    {
      if (block == 0)
        block = get_bitshuffle_block (element_size);
      return allocate (chunk, chunk->from_size)
             && decode_bit_blocks (chunk, element_size, block, false);
    }

  if (compression != BITSHUFFLE_LZ4 || chunk->from_size < 12
      || !allocate (chunk, get_big_endian (chunk->from, 8)))
    return false;
  block = (size_t) get_big_endian (chunk->from + 8, 4) / element_size;
  chunk->from += 12;
  chunk->from_size -= 12;
  return block > 0 && block % 8 == 0 && block * element_size <= limit
         && decode_bit_blocks (chunk, element_size, block, true);
}
#endif

#define DEFINE_FILTER(name)                                                                        \
  static size_t name##_filter (unsigned flags, size_t n_values, const unsigned *values,            \
                               size_t n_bytes, size_t *buffer_size, void **buffer)                 \
  {                                                                                                \
    return run (decode_##name, flags, n_values, values, n_bytes, buffer_size, buffer);             \
  }

DEFINE_FILTER (lzf)
#ifdef HAVE_BLOSC
DEFINE_FILTER (blosc)
#endif
#ifdef HAVE_LZ4
DEFINE_FILTER (lz4)
DEFINE_FILTER (bitshuffle)
#endif
#ifdef HAVE_ZSTD
DEFINE_FILTER (zstd)
#endif

static const H5Z_class2_t filters[] = {
  { H5Z_CLASS_T_VERS, LZF, 0, 1, "lzf", NULL, NULL, lzf_filter },
#ifdef HAVE_BLOSC
  { H5Z_CLASS_T_VERS, BLOSC, 0, 1, "blosc", NULL, NULL, blosc_filter },
#endif
#ifdef HAVE_LZ4
  { H5Z_CLASS_T_VERS, LZ4, 0, 1, "lz4", NULL, NULL, lz4_filter },
  { H5Z_CLASS_T_VERS, BITSHUFFLE, 0, 1, "bitshuffle", NULL, NULL, bitshuffle_filter },
#endif
#ifdef HAVE_ZSTD
  { H5Z_CLASS_T_VERS, ZSTD, 0, 1, "zstd", NULL, NULL, zstd_filter },
#endif
};

bool
ip_filters_register (void)
{
  for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
    if (H5Zregister (&filters[i]) < 0)
      return false;
  return true;
}
