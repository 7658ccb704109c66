/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-estimate-blob.h"

#include <string.h>

/* Numbers are 8 bytes, the lowest first; texts and arrays follow their length, which is 2 bytes.
 * Quantities go by their ids, because their numbers differ between versions.  A hundred thousand
 * estimates are read when a run is opened, and the user waits: hence no general serialisation. */

static void
put_number (GByteArray *bytes, guint64 number)
{
  number = GUINT64_TO_LE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

static void
put_real (GByteArray *bytes, double real)
{
  guint64 number;

  memcpy (&number, &real, sizeof number);
  put_number (bytes, number);
}

static void
put_length (GByteArray *bytes, gsize length)
{
  guint16 number = GUINT16_TO_LE ((guint16) length);

  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

static void
put_text (GByteArray *bytes, const char *text)
{
  put_length (bytes, strlen (text));
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
}

static void
put_value (GByteArray *bytes, const IpValue *value)
{
  put_text (bytes, ip_quantity_get_info (value->quantity)->id);
  put_real (bytes, value->value);
  put_real (bytes, value->lower);
  put_real (bytes, value->upper);
  put_real (bytes, value->error);
  put_real (bytes, value->ceiling);
  put_number (bytes, value->flags);
}

void
ip_estimate_blob_write (GByteArray *bytes, const IpEstimate *estimate)
{
  put_number (bytes, estimate->n);
  put_number (bytes, estimate->d);
  put_real (bytes, estimate->seconds);
  put_real (bytes, estimate->clipped);
  put_text (bytes, estimate->blur);
  put_text (bytes, estimate->reason);
  put_length (bytes, estimate->n_values);
  for (unsigned i = 0; i < estimate->n_values; i++)
    put_value (bytes, &estimate->values[i]);
  put_length (bytes, estimate->n_spectrum);
  for (unsigned i = 0; i < estimate->n_spectrum; i++)
    put_real (bytes, estimate->spectrum[i]);
}

/* What is left to be read; `bytes` is NULL once something was missing. */
typedef struct
{
  const guint8 *bytes;
  gsize size;
} Reading;

static const guint8 *
take (Reading *reading, gsize size)
{
  const guint8 *bytes = reading->bytes;

  if (bytes == NULL || size > reading->size)
    {
      reading->bytes = NULL;
      return NULL;
    }
  reading->bytes += size;
  reading->size -= size;

  return bytes;
}

static guint64
take_number (Reading *reading)
{
  const guint8 *bytes = take (reading, sizeof (guint64));
  guint64 number = 0;

  if (bytes != NULL)
    memcpy (&number, bytes, sizeof number);

  return GUINT64_FROM_LE (number);
}

static double
take_real (Reading *reading)
{
  guint64 number = take_number (reading);
  double real;

  memcpy (&real, &number, sizeof real);

  return real;
}

static gsize
take_length (Reading *reading)
{
  const guint8 *bytes = take (reading, sizeof (guint16));

  return bytes != NULL ? bytes[0] | (gsize) bytes[1] << 8 : 0;
}

/* A text of less than `size` bytes, none of them zero. */
static gboolean
take_text (Reading *reading, char *text, gsize size)
{
  gsize length = take_length (reading);
  const guint8 *bytes = take (reading, length);

  if (bytes == NULL || length >= size || memchr (bytes, '\0', length) != NULL)
    return FALSE;
  memcpy (text, bytes, length);
  text[length] = '\0';

  return TRUE;
}

static gboolean
take_value (Reading *reading, IpValue *value)
{
  char id[64];

  if (!take_text (reading, id, sizeof id) || !ip_quantity_from_id (id, &value->quantity))
    return FALSE;
  value->value = take_real (reading);
  value->lower = take_real (reading);
  value->upper = take_real (reading);
  value->error = take_real (reading);
  value->ceiling = take_real (reading);
  value->flags = (unsigned) take_number (reading);

  return TRUE;
}

static gboolean
take_estimate (Reading *reading, IpEstimate *estimate)
{
  gsize n_values, n_spectrum;

  estimate->n = take_number (reading);
  estimate->d = take_number (reading);
  estimate->seconds = take_real (reading);
  estimate->clipped = take_real (reading);
  if (!take_text (reading, estimate->blur, sizeof estimate->blur)
      || !take_text (reading, estimate->reason, sizeof estimate->reason))
    return FALSE;
  n_values = take_length (reading);
  if (n_values > IP_MAX_VALUES)
    return FALSE;
  while (estimate->n_values < n_values)
    if (!take_value (reading, &estimate->values[estimate->n_values++]))
      return FALSE;
  n_spectrum = take_length (reading);
  if (n_spectrum > IP_MAX_SPECTRUM)
    return FALSE;
  while (estimate->n_spectrum < n_spectrum)
    estimate->spectrum[estimate->n_spectrum++] = take_real (reading);

  return reading->bytes != NULL && reading->size == 0;
}

IpEstimate *
ip_estimate_blob_read (const guint8 *bytes, gsize size)
{
  Reading reading = { bytes, size };
  g_autofree IpEstimate *estimate = g_new0 (IpEstimate, 1);

  return take_estimate (&reading, estimate) ? g_steal_pointer (&estimate) : NULL;
}

IpEstimate *
ip_estimate_blob_read_variant (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size); /* aligned, unlike SQLite's */
  g_autoptr (GVariant) content
    = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("(ttddssa(sdddddu)ad)"), bytes,
                                                    FALSE));
  g_autofree IpEstimate *estimate = g_new0 (IpEstimate, 1);
  g_autoptr (GVariantIter) values = NULL;
  g_autoptr (GVariant) spectrum = NULL;
  gconstpointer eigenvalues;
  gsize n_eigenvalues;
  const char *blur, *reason, *quantity;
  guint64 n, d;
  guint32 flags;
  IpValue value;

  if (!g_variant_is_normal_form (content))
    return NULL;

  g_variant_get (content, "(ttdd&s&sa(sdddddu)@ad)", &n, &d, &estimate->seconds, &estimate->clipped,
                 &blur, &reason, &values, &spectrum);
  estimate->n = n;
  estimate->d = d;
  g_strlcpy (estimate->blur, blur, sizeof estimate->blur);
  g_strlcpy (estimate->reason, reason, sizeof estimate->reason);
  while (g_variant_iter_next (values, "(&sdddddu)", &quantity, &value.value, &value.lower,
                              &value.upper, &value.error, &value.ceiling, &flags))
    {
      if (estimate->n_values == IP_MAX_VALUES || !ip_quantity_from_id (quantity, &value.quantity))
        return NULL;
      value.flags = flags;
      estimate->values[estimate->n_values++] = value;
    }

  eigenvalues = g_variant_get_fixed_array (spectrum, &n_eigenvalues, sizeof (double));
  if (n_eigenvalues > IP_MAX_SPECTRUM)
    return NULL;
  estimate->n_spectrum = n_eigenvalues;
  if (n_eigenvalues > 0)
    memcpy (estimate->spectrum, eigenvalues, n_eigenvalues * sizeof (double));

  return g_steal_pointer (&estimate);
}
