/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-file.h"

#include "ip-file-driver.h"
#include "ip-protocol.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK (ip-answer-error-quark, ip_answer_error)

#define SIGNATURE "\211HDF\r\n\032\n"
#define SIGNATURE_SIZE 8
/* Among the consistency flags of the superblock. */
#define WRITER 1
#define SWMR_WRITER 4

static herr_t
take_deepest (unsigned n, const H5E_error2_t *entry, void *user_data)
{
  char **text = user_data;

  if (n == 0)
    *text = entry->desc != NULL ? g_utf8_make_valid (entry->desc, -1) : NULL;
  return 0;
}

void
ip_set_hdf5_error (GError **error, int code, const char *what)
{
  g_autofree char *text = NULL;

  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_UPWARD, take_deepest, &text);
  H5Eclear2 (H5E_DEFAULT);
  if (text != NULL && *text != '\0')
    g_set_error (error, IP_ANSWER_ERROR, code, "%s: %s", what, text);
  else
    g_set_error_literal (error, IP_ANSWER_ERROR, code, what);
}

static gsize
read_at (int descriptor, guint64 offset, gpointer buffer, gsize size)
{
  ssize_t n = pread (descriptor, buffer, size, (off_t) offset);

  return n < 0 ? 0 : (gsize) n;
}

static guint64
get_number (const guint8 *bytes, guint size)
{
  guint64 number = 0;

  while (size-- > 0)
    number = number << 8 | bytes[size];
  return number;
}

/* The signature is at 0 or, after a user block, at 512, 1024, 2048, … */
static gboolean
find_superblock (int descriptor, guint64 file_size, guint64 *offset)
{
  char signature[SIGNATURE_SIZE];

  for (*offset = 0; *offset < file_size; *offset = MAX (512, *offset * 2))
    if (read_at (descriptor, *offset, signature, SIGNATURE_SIZE) == SIGNATURE_SIZE
        && memcmp (signature, SIGNATURE, SIGNATURE_SIZE) == 0)
      return TRUE;

  return FALSE;
}

/* What the superblock says before HDF5 has seen it. HDF5 File Format Specification 3.0, II.A. */
typedef struct
{
  gboolean writer; /* flagged as open for writing */
  gboolean swmr;   /* by a writer that readers may watch */
  guint64 size;    /* when its writer last flushed it, 0 when that is not known */
} Superblock;

static void
read_superblock (int descriptor, guint64 offset, Superblock *superblock)
{
  guint8 block[64] = { 0 };
  guint version, size, base;

  read_at (descriptor, offset, block, sizeof block);
  version = block[8];
  size = version < 2 ? block[13] : block[9];
  base = version == 0 ? 24 : version == 1 ? 28 : 12;

  *superblock = (Superblock){ 0 };
  superblock->writer = version == 3 && (block[11] & WRITER) != 0;
  superblock->swmr = version == 3 && (block[11] & SWMR_WRITER) != 0;
  /* Under SWMR the file grows before the superblock says so. */
  if (version <= 3 && (size == 4 || size == 8) && !superblock->swmr)
    superblock->size = get_number (block + base + 2 * size, size);
}

static gboolean
check_superblock (int descriptor, Superblock *superblock, GError **error)
{
  off_t end = lseek (descriptor, 0, SEEK_END);
  guint64 size = end < 0 ? 0 : (guint64) end;
  guint64 offset;

  if (size == 0)
    {
      g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_NOT_HDF5, _("the file is empty"));
      return FALSE;
    }
  if (!find_superblock (descriptor, size, &offset))
    {
      g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_NOT_HDF5,
                   _("not an HDF5 file (no HDF5 signature)"));
      return FALSE;
    }
  read_superblock (descriptor, offset, superblock);
  if (superblock->size > size)
    {
      g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_TRUNCATED,
                   _("the file is truncated: it has %" PRIu64 " of %" PRIu64
                     " bytes"),
                   size, superblock->size);
      return FALSE;
    }

  return TRUE;
}

/* A file that a SWMR writer has open, or had open when it was killed, needs a reader that expects
 * that. */
hid_t
ip_file_open (int descriptor, gboolean *unfinished, GError **error)
{
  g_auto (IpId) access = ip_file_driver_new_access (descriptor);
  Superblock superblock;
  hid_t file;

  if (!check_superblock (descriptor, &superblock, error))
    return H5I_INVALID_HID;
  *unfinished = superblock.writer;

  file = H5Fopen (IP_FILE_NAME, superblock.swmr ? H5F_ACC_SWMR_READ : H5F_ACC_RDONLY, access);
  if (file < 0)
    ip_set_hdf5_error (error, IP_ANSWER_FAILED, _("HDF5 cannot open the file"));

  return file;
}

static herr_t
refuse_link (const char *parent_file,
             const char *parent_group,
             const char *child_file,
             const char *child_object,
             unsigned *flags,
             hid_t access,
             void *user_data)
{
  return -1;
}

herr_t
ip_link_access_refuse (hid_t access)
{
  return H5Pset_elink_cb (access, refuse_link, NULL);
}

hid_t
ip_link_access (void)
{
  static hid_t access = H5I_INVALID_HID;

  if (access < 0)
    {
      access = H5Pcreate (H5P_LINK_ACCESS);
      if (access < 0 || ip_link_access_refuse (access) < 0)
        g_error ("HDF5 has no link access lists");
    }

  return access;
}
