/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-codecs.h"

#include <glib.h>
#include <string.h>

static void
check_lzf (const char *packed, gsize packed_size, const char *expected)
{
  char text[64];
  gsize n = ip_lzf_decode ((const guint8 *) packed, packed_size, (guint8 *) text, sizeof text);

  g_assert_cmpmem (text, n, expected, strlen (expected));
}

static void
test_lzf (void)
{
  check_lzf ("\x02"
             "abc",
             4, "abc");
  /* Four bytes from three back, which overlap what they become. */
  check_lzf ("\x02"
             "abc"
             "\x40\x02",
             6, "abcabca");
  check_lzf ("\x00"
             "a"
             "\x20\x00"
             "\x00"
             "b",
             6, "aaaab");
  /* A length that needs another byte: 7 + 5 + 2. */
  check_lzf ("\x00"
             "a"
             "\xe0\x05\x00",
             5, "aaaaaaaaaaaaaaa");

  /* Damage: cut short, from before the beginning, more than there is room for. */
  check_lzf ("\x02"
             "ab",
             3, "");
  check_lzf ("\x40", 1, "");
  check_lzf ("\xe0\x05", 2, "");
  check_lzf ("\x00"
             "a"
             "\x20\x01",
             4, "");
  check_lzf ("\x00"
             "a"
             "\xe0\xff\x00",
             5, "");
  check_lzf ("", 0, "");
}

/* Noise never leaves the buffers, which a sanitizer watches. */
static void
test_lzf_noise (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gsize from_size = (gsize) g_test_rand_int_range (0, 40);
      gsize to_size = (gsize) g_test_rand_int_range (0, 300);
      g_autofree guint8 *from = g_malloc (from_size);
      g_autofree guint8 *to = g_malloc (to_size);

      for (gsize k = 0; k < from_size; k++)
        from[k] = (guint8) g_test_rand_int ();
      g_assert_cmpuint (ip_lzf_decode (from, from_size, to, to_size), <=, to_size);
    }
}

/* One bit after the other, as the definition says. */
static void
shuffle_bits (const guint8 *from, guint8 *to, gsize n, gsize element_size)
{
  if (n > 0)
    memset (to, 0, n * element_size);
  for (gsize i = 0; i < n; i++)
    for (gsize bit = 0; bit < 8 * element_size; bit++)
      {
        gsize at = bit * n + i;

        if ((from[i * element_size + bit / 8] >> bit % 8 & 1) != 0)
          to[at / 8] |= (guint8) (1 << at % 8);
      }
}

static void
test_bits (void)
{
  for (gsize element_size = 1; element_size <= 8; element_size++)
    for (gsize n = 8; n <= 48; n += 8)
      {
        gsize size = n * element_size;
        g_autofree guint8 *plain = g_malloc (size);
        g_autofree guint8 *shuffled = g_malloc (size);
        g_autofree guint8 *back = g_malloc (size);

        for (gsize i = 0; i < size; i++)
          plain[i] = (guint8) g_test_rand_int ();
        shuffle_bits (plain, shuffled, n, element_size);
        ip_bits_unshuffle (shuffled, back, n, element_size);
        g_assert_cmpmem (back, size, plain, size);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codecs/lzf", test_lzf);
  g_test_add_func ("/codecs/lzf-noise", test_lzf_noise);
  g_test_add_func ("/codecs/bits", test_bits);

  return g_test_run ();
}
