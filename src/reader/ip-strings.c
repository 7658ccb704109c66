/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-strings.h"

#include "ip-protocol.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  hid_t object;
  gboolean is_attribute;
  hid_t type;
  hid_t space;
  gsize n;
  gsize element_size;
} Source;

static gboolean
read_elements (const Source *source, gpointer buffer, GError **error)
{
  herr_t status = source->is_attribute ? H5Aread (source->object, source->type, buffer)
                                       : H5Dread (source->object, source->type, H5S_ALL, H5S_ALL,
                                                  H5P_DEFAULT, buffer);

  if (status < 0)
    ip_set_hdf5_error (error, IP_ANSWER_FAILED, _("HDF5 cannot read the text"));
  return status >= 0;
}

static char **
read_variable (const Source *source, gsize max_bytes, GError **error)
{
  g_autofree char **texts = g_new0 (char *, source->n);
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  gsize total = 0;

  if (!read_elements (source, texts, error))
    return NULL;

  for (gsize i = 0; i < source->n; i++)
    {
      gsize length = texts[i] == NULL ? 0 : strnlen (texts[i], max_bytes - total);

      total += length;
      g_ptr_array_add (strings,
                       g_utf8_make_valid (texts[i] == NULL ? "" : texts[i], (gssize) length));
    }
  H5Dvlen_reclaim (source->type, source->space, H5P_DEFAULT, texts);
  g_ptr_array_add (strings, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&strings), FALSE);
}

static char **
read_fixed (const Source *source, GError **error)
{
  g_autofree char *bytes = g_malloc0 (source->n * source->element_size);
  gboolean space_padded = H5Tget_strpad (source->type) == H5T_STR_SPACEPAD;
  g_auto (GStrv) strings = g_new0 (char *, source->n + 1);

  if (!read_elements (source, bytes, error))
    return NULL;

  for (gsize i = 0; i < source->n; i++)
    {
      const char *text = bytes + i * source->element_size;
      gsize length = strnlen (text, source->element_size);

      while (space_padded && length > 0 && text[length - 1] == ' ')
        length--;
      strings[i] = g_utf8_make_valid (text, (gssize) length);
    }

  return g_steal_pointer (&strings);
}

char **
ip_strings_read (hid_t object, gsize max_bytes, GError **error)
{
  gboolean is_attribute = H5Iget_type (object) == H5I_ATTR;
  g_auto (IpId) stored = is_attribute ? H5Aget_type (object) : H5Dget_type (object);
  g_auto (IpId) space = is_attribute ? H5Aget_space (object) : H5Dget_space (object);
  g_auto (IpId) type = H5Tget_native_type (stored, H5T_DIR_DEFAULT);
  hssize_t n = H5Sget_simple_extent_npoints (space);
  gboolean variable = H5Tis_variable_str (stored) > 0;
  gsize element_size = variable ? sizeof (char *) : H5Tget_size (type);
  Source source = { object, is_attribute, type, space, (gsize) n, element_size };

  if (type < 0 || n < 0)
    {
      ip_set_hdf5_error (error, IP_ANSWER_FAILED, _("HDF5 cannot read the text"));
      return NULL;
    }
  if (n == 0)
    return g_new0 (char *, 1);
  if (element_size == 0 || (gsize) n > max_bytes / element_size)
    {
      g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_REFUSED, _("more text than is read at once"));
      return NULL;
    }

  return variable ? read_variable (&source, max_bytes, error) : read_fixed (&source, error);
}
