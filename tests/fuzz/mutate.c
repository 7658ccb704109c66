/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "mutate.h"

#include <string.h>

/* The structures of an HDF5 file begin with a signature of four letters, and those of its newer
 * versions end with a checksum over them.  Most damage is done within structures, and most
 * checksums are corrected afterwards: otherwise the parser would stop at the first byte.
 *
 * Within object headers and heaps the damage knows what it hits: the messages that say where a
 * link leads, how data is laid out, of which type and shape it is, and the objects of heaps.  One
 * is as likely to be hit as the other however many of them there are; one may take the place of
 * another, or lead to any structure of the file. */

#define STRUCTURE_SIZE 256
#define LONGEST_CHECKED 4096

/* A part of a structure: a message of an object header, or an object of a global heap. */
typedef struct
{
  guint8 type; /* of the message, or HEAP_OBJECT */
  gsize at; /* of the byte with the type of a message, of the size of a heap object */
  gsize start; /* of its content */
  gsize size;
} Part;

#define HEAP_OBJECT 255

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
  GArray *parts; /* of Part, by type */
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

/* Messages of an object header of version 2, or of a continuation of one. HDF5 File Format
 * Specification 3.0, IV.A.1.b. */
static void
find_messages (IpSeed *self, gsize at, gsize end, gboolean ordered)
{
  const guint8 *bytes = self->bytes->data;
  gsize prefix = ordered ? 6 : 4;

  while (at + prefix <= end)
    {
      gsize size = bytes[at + 1] | (gsize) bytes[at + 2] << 8;
      Part part = { bytes[at], at, at + prefix, size };

      if (part.start + size > end)
        return;
      if (size > 0)
        g_array_append_val (self->parts, part);
      at = part.start + size;
    }
}

static void
find_header_messages (IpSeed *self, const Checked *header)
{
  guint8 flags = self->bytes->data[header->start + 5];
  gsize at = header->start + 6;

  at += (flags & 0x20) != 0 ? 16 : 0;
  at += (flags & 0x10) != 0 ? 4 : 0;
  at += (gsize) 1 << (flags & 3);
  find_messages (self, at, header->end, (flags & 4) != 0);
}

/* Objects of a global heap, ibid. III.E. */
static void
find_heap_objects (IpSeed *self, gsize heap)
{
  const guint8 *bytes = self->bytes->data;
  gsize at = heap + 16;

  while (at + 16 <= self->bytes->len && (bytes[at] | bytes[at + 1]) != 0)
    {
      Part part = { HEAP_OBJECT, at + 8, at + 16, get_word (bytes + at + 8, 4) };

      if (part.start + part.size > self->bytes->len)
        return;
      g_array_append_val (self->parts, part);
      at = part.start + (part.size + 7) / 8 * 8;
    }
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  return ((const Part *) a)->type - ((const Part *) b)->type;
}

static void
find_parts (IpSeed *self)
{
  for (guint i = 0; i < self->checked->len; i++)
    {
      const Checked *checked = &g_array_index (self->checked, Checked, i);

      if (memcmp (self->bytes->data + checked->start, "OHDR", 4) == 0)
        find_header_messages (self, checked);
      else if (memcmp (self->bytes->data + checked->start, "OCHK", 4) == 0)
        find_messages (self, checked->start + 4, checked->end, FALSE);
    }
  for (guint i = 0; i < self->structures->len; i++)
    {
      gsize at = g_array_index (self->structures, gsize, i);

      if (memcmp (self->bytes->data + at, "GCOL", 4) == 0)
        find_heap_objects (self, at);
    }
  g_array_sort (self->parts, compare_parts);
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
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  for (gsize at = 0; at + 4 <= size; at++)
    for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
      if (memcmp (bytes + at, signatures[i], 4) == 0)
        {
          g_array_append_val (self->structures, at);
          find_checksum (self, at);
        }
  find_parts (self);

  return self;
}

void
ip_seed_free (IpSeed *self)
{
  g_byte_array_unref (self->bytes);
  g_array_unref (self->structures);
  g_array_unref (self->checked);
  g_array_unref (self->parts);
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

/* A part of the type, of any type when it is negative; NULL when there is none. */
static const Part *
pick_part (GRand *random, const IpSeed *seed, int type)
{
  guint types[256];
  guint starts[256];
  guint n_types = 0;
  guint first = 0;

  for (guint i = 0; i < seed->parts->len; i++)
    {
      guint8 here = g_array_index (seed->parts, Part, i).type;

      if (type >= 0 && here != type)
        continue;
      if (n_types == 0 || types[n_types - 1] != here)
        {
          types[n_types] = here;
          starts[n_types++] = i;
        }
    }
  if (n_types == 0)
    return NULL;

  first = starts[pick (random, n_types)];
  type = g_array_index (seed->parts, Part, first).type;
  for (n_types = 0; first + n_types < seed->parts->len; n_types++)
    if (g_array_index (seed->parts, Part, first + n_types).type != type)
      break;

  return &g_array_index (seed->parts, Part, first + pick (random, n_types));
}

/* Makes one part what another one, of the same type, is. */
static void
exchange (GRand *random, GByteArray *bytes, const Part *part, const IpSeed *other)
{
  const Part *from = pick_part (random, other, part->type);

  if (from != NULL)
    memcpy (bytes->data + part->start, other->bytes->data + from->start,
            MIN (part->size, from->size));
}

/* Writes the place of a structure, as an address or an offset is written. */
static void
point (GRand *random, GByteArray *bytes, const Part *part, const IpSeed *seed)
{
  gsize at = part->start + pick (random, part->size);
  guint64 address = g_array_index (seed->structures, gsize, pick (random, seed->structures->len));

  for (gsize i = 0; i < 8 && at + i < bytes->len; i++)
    bytes->data[at + i] = (guint8) (address >> (8 * i));
}

static void
damage_part (GRand *random, GByteArray *bytes, const IpSeed *seed, GPtrArray *seeds)
{
  const Part *part = pick_part (random, seed, -1);

  if (part == NULL || part->size == 0)
    return;
  switch (pick (random, 6))
    {
    case 0:
      bytes->data[part->at] = (guint8) pick (random, 0x18);
      break;
    case 1:
      put_number (random, bytes, part->type == HEAP_OBJECT ? part->at : part->at + 1);
      break;
    case 2:
      exchange (random, bytes, part, seeds->pdata[pick (random, seeds->len)]);
      break;
    case 3:
      point (random, bytes, part, seed);
      break;
    default:
      put_number (random, bytes, part->start + pick (random, MIN (part->size, 64)));
    }
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
    if (pick (random, 2) == 0)
      damage_part (random, bytes, seed, seeds);
    else
      damage (random, bytes, seed, seeds);
  if (pick (random, 10) != 0)
    correct_checksums (bytes, seed);
  if (pick (random, 20) == 0)
    g_byte_array_set_size (bytes, (guint) (1 + pick (random, bytes->len)));
  g_rand_free (random);

  return bytes;
}
