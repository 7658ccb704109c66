/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-png.h"

#include <math.h>
#include <string.h>

/* Portable Network Graphics (ISO/IEC 15948), 5.3: a chunk is the length of its data, its type, the
 * data and a check sum over type and data.  The header chunk ends at byte 33. */

#define HEADER_END 33

static guint32
check_sum (const guint8 *bytes, gsize n)
{
  guint32 sum = 0xffffffff;

  for (gsize i = 0; i < n; i++)
    {
      sum ^= bytes[i];
      for (guint bit = 0; bit < 8; bit++)
        sum = sum & 1 ? sum >> 1 ^ 0xedb88320 : sum >> 1;
    }
  return ~sum;
}

static void
append_number (GByteArray *bytes, guint32 number)
{
  guint32 big_endian = GUINT32_TO_BE (number);

  g_byte_array_append (bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

static void
append_chunk (GByteArray *chunks, const char *type, const GByteArray *data)
{
  guint start = chunks->len + 4;

  append_number (chunks, data->len);
  g_byte_array_append (chunks, (const guint8 *) type, 4);
  g_byte_array_append (chunks, data->data, data->len);
  append_number (chunks, check_sum (chunks->data + start, chunks->len - start));
}

static void
append_resolution (GByteArray *chunks, double dpi)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  guint32 pixels_per_metre = (guint32) lround (dpi / 0.0254);
  const guint8 unit_is_metre = 1;

  append_number (data, pixels_per_metre);
  append_number (data, pixels_per_metre);
  g_byte_array_append (data, &unit_is_metre, 1);
  append_chunk (chunks, "pHYs", data);
}

static void
append_text (GByteArray *chunks, const char *keyword, const char *text)
{
  /* Not compressed, no language, no translated keyword. */
  static const guint8 plain[4] = { 0 };
  g_autoptr (GByteArray) data = g_byte_array_new ();

  if (text == NULL)
    return;
  g_byte_array_append (data, (const guint8 *) keyword, (guint) strlen (keyword) + 1);
  g_byte_array_append (data, plain, sizeof plain);
  g_byte_array_append (data, (const guint8 *) text, (guint) strlen (text));
  append_chunk (chunks, "iTXt", data);
}

void
ip_png_add_metadata (GByteArray *png, double dpi, const char *title, const char *subject)
{
  g_autoptr (GByteArray) chunks = g_byte_array_new ();
  guint old = png->len;

  g_return_if_fail (old > HEADER_END);

  append_resolution (chunks, dpi);
  append_text (chunks, "Title", title);
  append_text (chunks, "Description", subject);
  append_text (chunks, "Software", "Infoplane " PACKAGE_VERSION);
  g_byte_array_set_size (png, old + chunks->len);
  memmove (png->data + HEADER_END + chunks->len, png->data + HEADER_END, old - HEADER_END);
  memcpy (png->data + HEADER_END, chunks->data, chunks->len);
}
