/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-file-driver.h"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* HDF5 reaches a file through a driver.  This one reads the descriptor that the program opened: it
 * opens nothing, locks nothing and cannot write.  The name under which HDF5 thinks it has opened
 * the file must be IP_FILE_NAME; any other name comes from a link out of the file and fails. */

#define MAX_ADDRESS (((haddr_t) 1 << 63) - 1)

typedef struct
{
  int descriptor;
} DriverInfo;

typedef struct
{
  H5FD_t parent;
  int descriptor;
  haddr_t end_of_allocation;
} File;

static H5FD_t *
file_open (const char *name, unsigned flags, hid_t access, haddr_t max_address)
{
  const DriverInfo *info = H5Pget_driver_info (access);
  File *file;

  if (info == NULL || (flags & H5F_ACC_RDWR) != 0 || strcmp (name, IP_FILE_NAME) != 0)
    return NULL;

  file = calloc (1, sizeof *file);
  if (file != NULL)
    file->descriptor = info->descriptor;

  return (H5FD_t *) file;
}

static herr_t
file_close (H5FD_t *self)
{
  free (self);
  return 0;
}

static int
file_compare (const H5FD_t *a, const H5FD_t *b)
{
  return ((const File *) a)->descriptor - ((const File *) b)->descriptor;
}

static herr_t
file_query (const H5FD_t *self, unsigned long *features)
{
  *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
              | H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_SUPPORTS_SWMR_IO
              | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

static haddr_t
file_get_eoa (const H5FD_t *self, H5FD_mem_t type)
{
  return ((const File *) self)->end_of_allocation;
}

static herr_t
file_set_eoa (H5FD_t *self, H5FD_mem_t type, haddr_t address)
{
  ((File *) self)->end_of_allocation = address;
  return 0;
}

static haddr_t
file_get_eof (const H5FD_t *self, H5FD_mem_t type)
{
  off_t size = lseek (((const File *) self)->descriptor, 0, SEEK_END);

  return size < 0 ? HADDR_UNDEF : (haddr_t) size;
}

/* Bytes between the end of the file and the end of what HDF5 has allocated read as zeros, as with
 * HDF5's own drivers. */
static herr_t
file_read (H5FD_t *self,
           H5FD_mem_t type,
           hid_t transfer,
           haddr_t address,
           size_t size,
           void *buffer)
{
  int descriptor = ((File *) self)->descriptor;
  char *at = buffer;

  if (address > MAX_ADDRESS || size > MAX_ADDRESS - address)
    return -1;

  while (size > 0)
    {
      ssize_t n = pread (descriptor, at, size, (off_t) address);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        {
          memset (at, 0, size);
          break;
        }
      at += n;
      address += (haddr_t) n;
      size -= (size_t) n;
    }

  return 0;
}

static herr_t
file_write (H5FD_t *self,
            H5FD_mem_t type,
            hid_t transfer,
            haddr_t address,
            size_t size,
            const void *buffer)
{
  return -1;
}

static const H5FD_class_t driver_class = {
#if H5_VERSION_GE(1, 13, 0)
  .version = H5FD_CLASS_VERSION,
  .value = 600, /* the range for drivers that are not registered with the HDF Group */
#endif
  .name = "infoplane-descriptor",
  .maxaddr = MAX_ADDRESS,
  .fc_degree = H5F_CLOSE_WEAK,
  .fapl_size = sizeof (DriverInfo),
  .open = file_open,
  .close = file_close,
  .cmp = file_compare,
  .query = file_query,
  .get_eoa = file_get_eoa,
  .set_eoa = file_set_eoa,
  .get_eof = file_get_eof,
  .read = file_read,
  .write = file_write,
  .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t
ip_file_driver_new_access (int descriptor)
{
  DriverInfo info = { descriptor };
  hid_t driver = H5FDregister (&driver_class);
  hid_t access = H5Pcreate (H5P_FILE_ACCESS);

  if (driver < 0 || access < 0 || H5Pset_driver (access, driver, &info) < 0)
    return H5I_INVALID_HID;

  H5FDunregister (driver);
  return access;
}
