/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-identity.h"

#define BLOCK_SIZE 4096
#define N_BLOCKS 64

static gboolean
add_blocks (GChecksum *digest, GFile *file, goffset size, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  char block[BLOCK_SIZE];

  if (stream == NULL)
    return FALSE;

  for (int i = 0; i < N_BLOCKS; i++)
    {
      goffset at = MAX (size - BLOCK_SIZE, 0) / (N_BLOCKS - 1) * i;
      gsize n_read;

      if (!g_seekable_seek (G_SEEKABLE (stream), at, G_SEEK_SET, cancellable, error)
          || !g_input_stream_read_all (G_INPUT_STREAM (stream), block, sizeof block, &n_read,
                                       cancellable, error))
        return FALSE;
      g_checksum_update (digest, (const guchar *) block, n_read);
    }

  return TRUE;
}

static char *
digest_file (GFile *file, gboolean with_time, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info
    = g_file_query_info (file,
                         G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED
                         "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC,
                         G_FILE_QUERY_INFO_NONE, cancellable, error);
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GDateTime) changed = NULL;
  g_autoptr (GString) head = g_string_new (NULL);

  if (info == NULL)
    return NULL;

  changed = g_file_info_get_modification_date_time (info);
  g_string_printf (head, "%" G_GOFFSET_FORMAT " ", g_file_info_get_size (info));
  if (with_time)
    g_string_append_printf (head, "%" G_GINT64_FORMAT " %d ", g_date_time_to_unix (changed),
                            g_date_time_get_microsecond (changed));
  g_checksum_update (digest, (const guchar *) head->str, -1);
  if (!add_blocks (digest, file, g_file_info_get_size (info), cancellable, error))
    return NULL;

  return g_strdup (g_checksum_get_string (digest));
}

char *
ip_identity_of_file (GFile *file, GCancellable *cancellable, GError **error)
{
  return digest_file (file, TRUE, cancellable, error);
}

char *
ip_fingerprint_of_file (GFile *file, GCancellable *cancellable, GError **error)
{
  return digest_file (file, FALSE, cancellable, error);
}
