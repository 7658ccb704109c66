/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-type.h"

/* The fields of a floating-point type that tell one format from another. */
typedef struct
{
  gsize size;
  gsize precision;
  gsize sign;
  gsize exponent_at;
  gsize exponent;
  gsize mantissa_at;
  gsize mantissa;
  gsize bias;
  gboolean implied;
} FloatFormat;

static const FloatFormat binary16 = { 2, 16, 15, 10, 5, 0, 10, 15, TRUE };
static const FloatFormat bfloat16 = { 2, 16, 15, 7, 8, 0, 7, 127, TRUE };
static const FloatFormat binary32 = { 4, 32, 31, 23, 8, 0, 23, 127, TRUE };
static const FloatFormat binary64 = { 8, 64, 63, 52, 11, 0, 52, 1023, TRUE };

static FloatFormat
get_format (hid_t type)
{
  FloatFormat format = { .size = H5Tget_size (type), .precision = H5Tget_precision (type) };

  H5Tget_fields (type, &format.sign, &format.exponent_at, &format.exponent, &format.mantissa_at,
                 &format.mantissa);
  format.bias = H5Tget_ebias (type);
  format.implied = H5Tget_norm (type) == H5T_NORM_IMPLIED;
  return format;
}

static gboolean
formats_equal (const FloatFormat *a, const FloatFormat *b)
{
  return a->size == b->size && a->precision == b->precision && a->sign == b->sign
         && a->exponent_at == b->exponent_at && a->exponent == b->exponent
         && a->mantissa_at == b->mantissa_at && a->mantissa == b->mantissa && a->bias == b->bias
         && a->implied == b->implied;
}

static char
classify_float (hid_t type)
{
  FloatFormat format = get_format (type);

  if (formats_equal (&format, &binary16))
    return 'e';
  if (format.mantissa <= binary32.mantissa && format.exponent <= binary32.exponent
      && format.size <= binary32.size)
    return 'f';
  return 'd';
}

char
ip_type_classify (hid_t type)
{
  switch (H5Tget_class (type))
    {
    case H5T_FLOAT:
      return classify_float (type);
    case H5T_INTEGER:
    case H5T_ENUM:
      return H5Tget_size (type) <= 8 ? 'x' : '?';
    case H5T_STRING:
      return 's';
    default:
      return '?';
    }
}

static gboolean
is_big_endian (hid_t type)
{
  return H5Tget_size (type) > 1 && H5Tget_order (type) == H5T_ORDER_BE;
}

static char *
name_float (hid_t type)
{
  FloatFormat format = get_format (type);

  if (formats_equal (&format, &bfloat16))
    return g_strdup ("bfloat16");
  if (!formats_equal (&format, &binary16) && !formats_equal (&format, &binary32)
      && !formats_equal (&format, &binary64))
    return g_strdup_printf ("float%" G_GSIZE_FORMAT " (e%" G_GSIZE_FORMAT "m%" G_GSIZE_FORMAT ")",
                            format.precision, format.exponent, format.mantissa);
  if (is_big_endian (type))
    return g_strdup_printf (">f%" G_GSIZE_FORMAT, format.size);
  return g_strdup_printf ("float%" G_GSIZE_FORMAT, 8 * format.size);
}

static char *
name_integer (hid_t type)
{
  gboolean is_signed = H5Tget_sign (type) != H5T_SGN_NONE;

  if (is_big_endian (type))
    return g_strdup_printf (">%c%" G_GSIZE_FORMAT, is_signed ? 'i' : 'u', H5Tget_size (type));
  return g_strdup_printf ("%s%" G_GSIZE_FORMAT, is_signed ? "int" : "uint",
                          H5Tget_precision (type));
}

/* Python writes bool as an enumeration of FALSE and TRUE. */
static char *
name_enumeration (hid_t type)
{
  char *name = H5Tget_nmembers (type) == 2 ? H5Tget_member_name (type, 0) : NULL;
  gboolean is_bool = name != NULL && g_strcmp0 (name, "FALSE") == 0;

  H5free_memory (name);
  return g_strdup (is_bool ? "bool" : "enum");
}

char *
ip_type_get_name (hid_t type)
{
  switch (H5Tget_class (type))
    {
    case H5T_FLOAT:
      return name_float (type);
    case H5T_INTEGER:
      return name_integer (type);
    case H5T_ENUM:
      return name_enumeration (type);
    case H5T_STRING:
      return g_strdup ("string");
    case H5T_BITFIELD:
      return g_strdup ("bitfield");
    case H5T_OPAQUE:
      return g_strdup ("opaque");
    case H5T_COMPOUND:
      return g_strdup ("compound");
    case H5T_REFERENCE:
      return g_strdup ("reference");
    case H5T_VLEN:
      return g_strdup ("variable-length");
    case H5T_ARRAY:
      return g_strdup ("array");
    default:
      return g_strdup ("unknown");
    }
}

