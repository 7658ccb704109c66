/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "mutate.h"

#include <string.h>

/* The structures of an HDF5 file begin with a signature of four letters, and those of its newer
 * versions end with a checksum over them.  Most damage is done within structures, and most
 * checksums are corrected afterwards: otherwise the parser would stop at the first byte. */

#define STRUCTURE_SIZE 256
#define LONGEST_CHECKED 4096

typedef struct
{
  gsize start;
  gsize end; /* where the checksum is */
} Checked;

struct _IpSeed
{
  GByteArray *bytes;
  GArray *structures; /* of gsize: offsets */
  GArray *checked;    /* of Checked */
};

static const char *const signatures[] = {
  "\211HDF", "OHDR", "OCHK", "SNOD", "TREE", "HEAP", "GCOL", "FRHP", "FHDB", "FHIB", "BTHD",
  "BTLF",    "BTIN", "EAHD", "EAIB", "EASB", "EADB", "FAHD", "FADB", "FSHD", "FSSE",
};

static guint32
rotate (guint32 x, guint k)
{
  return x << k | x >> (32 - k);
}

static void
mix (guint32 *a, guint32 *b, guint32 *c)
{
  static const guint turns[] = { 4, 6, 8, 16, 19, 4 };

  for (guint i = 0; i < 6; i++)
    {
      guint32 *x = i % 3 == 0 ? a : i % 3 == 1 ? b : c;
      guint32 *y = i % 3 == 0 ? b : i % 3 == 1 ? c : a;
      guint32 *z = i % 3 == 0 ? c : i % 3 == 1 ? a : b;

      *x -= *z;
      *x ^= rotate (*z, turns[i]);
      *z += *y;
    }
}

static guint32
get_word (const guint8 *bytes, gsize n)
{
  guint32 word = 0;

  for (gsize i = 0; i < MIN (n, 4); i++)
    word |= (guint32) bytes[i] << (8 * i);
  return word;
}

/* Bob Jenkins' lookup3, http://burtleburtle.net/bob/c/lookup3.c, which HDF5 uses. */
static guint32
checksum (const guint8 *bytes, gsize n)
{
  guint32 a = 0xdeadbeef + (guint32) n;
  guint32 b = a;
  guint32 c = a;

  if (n == 0)
    return c;
  for (; n > 12; n -= 12, bytes += 12)
    {
      a += get_word (bytes, 4);
      b += get_word (bytes + 4, 4);
      c += get_word (bytes + 8, 4);
      mix (&a, &b, &c);
    }
  a += get_word (bytes, n);
  b += n > 4 ? get_word (bytes + 4, n - 4) : 0;
  c += n > 8 ? get_word (bytes + 8, n - 8) : 0;

  c = (c ^ b) - rotate (b, 14);
  a = (a ^ c) - rotate (c, 11);
  b = (b ^ a) - rotate (a, 25);
  c = (c ^ b) - rotate (b, 16);
  a = (a ^ c) - rotate (c, 4);
  b = (b ^ a) - rotate (a, 14);
  return (c ^ b) - rotate (b, 24);
}

static void
find_checksum (IpSeed *self, gsize start)
{
  for (gsize n = 8; n <= LONGEST_CHECKED && start + n + 4 <= self->bytes->len; n++)
    if (checksum (self->bytes->data + start, n) == get_word (self->bytes->data + start + n, 4))
      {
        Checked checked = { start, start + n };

        g_array_append_val (self->checked, checked);
        return;
      }
}

IpSeed *
ip_seed_load (const char *path, GError **error)
{
  IpSeed *self;
  char *bytes;
  gsize size;

  if (!g_file_get_contents (path, &bytes, &size, error))
    return NULL;

  self = g_new (IpSeed, 1);
  self->bytes = g_byte_array_new_take ((guint8 *) bytes, size);
  self->structures = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->checked = g_array_new (FALSE, FALSE, sizeof (Checked));
  for (gsize at = 0; at + 4 <= size; at++)
    for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
      if (memcmp (bytes + at, signatures[i], 4) == 0)
        {
          g_array_append_val (self->structures, at);
          find_checksum (self, at);
        }

  return self;
}

void
ip_seed_free (IpSeed *self)
{
  g_byte_array_unref (self->bytes);
  g_array_unref (self->structures);
  g_array_unref (self->checked);
  g_free (self);
}

static gsize
pick (GRand *random, gsize n)
{
  return n == 0 ? 0 : (gsize) (g_rand_double (random) * (double) n);
}

/* Mostly within a structure. */
static gsize
pick_place (GRand *random, const IpSeed *seed, gsize size)
{
  gsize at;

  if (seed->structures->len == 0 || pick (random, 5) == 0)
    return pick (random, size);
  at = g_array_index (seed->structures, gsize, pick (random, seed->structures->len));
  at += pick (random, STRUCTURE_SIZE);
  return MIN (at, size - 1);
}

static void
put_number (GRand *random, GByteArray *bytes, gsize at)
{
  const guint64 interesting[]
      = { 0, 1, 2, 7, 16, 32, 255, 65535, G_MAXINT32, G_MAXUINT32, G_MAXINT64, G_MAXUINT64,
          bytes->len, bytes->len - 8, at, pick (random, bytes->len), 1ull << pick (random, 64) };
  guint64 number = interesting[pick (random, G_N_ELEMENTS (interesting))];
  gsize size = (gsize) 1 << pick (random, 4);

  for (gsize i = 0; i < size && at + i < bytes->len; i++)
    bytes->data[at + i] = (guint8) (number >> (8 * i));
}

static void
copy_bytes (GRand *random, GByteArray *bytes, gsize at, const IpSeed *other)
{
  gsize from = pick_place (random, other, other->bytes->len);
  gsize n = 1 + pick (random, 64);

  n = MIN (n, MIN (bytes->len - at, other->bytes->len - from));
  memcpy (bytes->data + at, other->bytes->data + from, n);
}

static void
damage (GRand *random, GByteArray *bytes, const IpSeed *seed, GPtrArray *seeds)
{
  gsize at = pick_place (random, seed, bytes->len);

  switch (pick (random, 5))
    {
    case 0:
      bytes->data[at] ^= (guint8) (1u << pick (random, 8));
      break;
    case 1:
      bytes->data[at] = (guint8) g_rand_int (random);
      break;
    case 2:
    case 3:
      put_number (random, bytes, at);
      break;
    default:
      copy_bytes (random, bytes, at, seeds->pdata[pick (random, seeds->len)]);
    }
}

static void
correct_checksums (GByteArray *bytes, const IpSeed *seed)
{
  for (guint i = 0; i < seed->checked->len; i++)
    {
      const Checked *checked = &g_array_index (seed->checked, Checked, i);
      guint32 sum;

      if (checked->end + 4 > bytes->len)
        continue;
      sum = checksum (bytes->data + checked->start, checked->end - checked->start);
      for (guint k = 0; k < 4; k++)
        bytes->data[checked->end + k] = (guint8) (sum >> (8 * k));
    }
}

GByteArray *
ip_mutate (GPtrArray *seeds, guint32 random_seed, guint64 number)
{
  const guint32 key[] = { random_seed, (guint32) number, (guint32) (number >> 32) };
  GRand *random = g_rand_new_with_seed_array (key, G_N_ELEMENTS (key));
  const IpSeed *seed = seeds->pdata[pick (random, seeds->len)];
  GByteArray *bytes = g_byte_array_new ();
  gsize n = 1 + pick (random, 6);

  g_byte_array_append (bytes, seed->bytes->data, seed->bytes->len);
  for (gsize i = 0; i < n; i++)
    damage (random, bytes, seed, seeds);
  if (pick (random, 10) != 0)
    correct_checksums (bytes, seed);
  if (pick (random, 20) == 0)
    g_byte_array_set_size (bytes, (guint) (1 + pick (random, bytes->len)));
  g_rand_free (random);

  return bytes;
}
