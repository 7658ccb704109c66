/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-block.h"

#include "ip-filters.h"
#include "ip-protocol.h"
#include "ip-sandbox.h"
#include "ip-strings.h"

#include <glib/gi18n.h>
#include <string.h>

/* Opening a dataset costs HDF5 more than reading a small one, and chunks that hold several epochs
 * should be decompressed once, not once per epoch.  So the datasets read last stay open, each with
 * a chunk cache that holds what one epoch crosses; the least recently used one is closed when there
 * are too many or their caches grow too large together. */

#define MAX_OPEN 64
#define STANDARD_CACHE (1ull << 20)    /* HDF5's own default */

/* HDF5's own, for its index of chunks, conversions and the rest. */
#define WORKING_MEMORY (32u << 20)
/* What the fletcher32 filter adds to a chunk. */
#define CHECKSUM_SIZE 4

typedef struct
{
  char *path;
  hid_t id;
  gsize cache;
  IpDataset description;
} OpenDataset;

struct _IpBlocks
{
  hid_t file;
  GPtrArray *datasets; /* of OpenDataset, the most recently used one last */
};

static void
open_dataset_free (OpenDataset *dataset)
{
  H5Dclose (dataset->id);
  ip_dataset_clear (&dataset->description);
  g_free (dataset->path);
  g_free (dataset);
}

IpBlocks *
ip_blocks_new (hid_t file)
{
  IpBlocks *self = g_new0 (IpBlocks, 1);

  self->file = file;
  self->datasets = g_ptr_array_new_with_free_func ((GDestroyNotify) open_dataset_free);
  return self;
}

/* Bytes of the chunks that one index of the first axis crosses, where they hold several indices;
 * chunks that are read whole need no cache. */
static gsize
get_cache_size (const IpDataset *description)
{
  guint64 bytes = description->element_size;

  if (description->rank == 0 || description->chunk[0] <= 1)
    return STANDARD_CACHE;

  bytes *= description->chunk[0];
  for (guint i = 1; i < description->rank; i++)
    {
      guint64 chunk = MAX (description->chunk[i], 1);

      bytes *= (description->shape[i] + chunk - 1) / chunk * chunk;
      if (bytes > IP_PROTOCOL_MAX_CACHE)
        return IP_PROTOCOL_MAX_CACHE;
    }

  return MAX (bytes, STANDARD_CACHE);
}

static hid_t
open_with_cache (hid_t file, const char *path, gsize cache)
{
  g_auto (IpId) access = H5Pcreate (H5P_DATASET_ACCESS);

  /* A prime number of slots, and chunks that were read whole are the first to go. */
  if (access < 0 || ip_link_access_refuse (access) < 0
      || H5Pset_chunk_cache (access, 12421, cache, 1.0) < 0)
    return H5I_INVALID_HID;
  return H5Dopen2 (file, path, access);
}

static OpenDataset *
open_dataset (IpBlocks *self, const char *path, GError **error)
{
  OpenDataset *dataset;
  hid_t id = open_with_cache (self->file, path, STANDARD_CACHE);

  if (id < 0)
    {
      ip_set_hdf5_error (error, IP_ANSWER_NOT_FOUND, _("there is no such dataset"));
      return NULL;
    }

  dataset = g_new0 (OpenDataset, 1);
  dataset->path = g_strdup (path);
  ip_dataset_describe (&dataset->description, id);
  dataset->cache = get_cache_size (&dataset->description);
  if (dataset->cache != STANDARD_CACHE)
    {
      H5Dclose (id);
      id = open_with_cache (self->file, path, dataset->cache);
    }
  dataset->id = id;

  return dataset;
}

static void
close_least_used (IpBlocks *self)
{
  gsize caches = 0;

  for (guint i = 0; i < self->datasets->len; i++)
    caches += ((OpenDataset *) self->datasets->pdata[i])->cache;
  while (self->datasets->len > 1
         && (self->datasets->len > MAX_OPEN || caches > IP_PROTOCOL_MAX_CACHES))
    {
      caches -= ((OpenDataset *) self->datasets->pdata[0])->cache;
      g_ptr_array_remove_index (self->datasets, 0);
    }
}

/* The dataset, which can be read and stays open until the next call. */
static OpenDataset *
find_dataset (IpBlocks *self, const char *path, GError **error)
{
  OpenDataset *dataset = NULL;

  for (guint i = 0; i < self->datasets->len && dataset == NULL; i++)
    if (strcmp (((OpenDataset *) self->datasets->pdata[i])->path, path) == 0)
      dataset = g_ptr_array_steal_index (self->datasets, i);
  if (dataset == NULL)
    dataset = open_dataset (self, path, error);
  if (dataset == NULL)
    return NULL;

  g_ptr_array_add (self->datasets, dataset);
  close_least_used (self);
  if (dataset->description.problem != NULL)
    {
      g_set_error_literal (error, IP_ANSWER_ERROR, (int) dataset->description.status,
                           dataset->description.problem);
      return NULL;
    }

  return dataset;
}

/* Halves keep their bits: HDF5's conversion of them is over a hundred times slower than the
 * client's. */
static hid_t
get_memory_type (const OpenDataset *dataset, char element)
{
  g_auto (IpId) stored = H5I_INVALID_HID;
  hid_t type;

  switch (element)
    {
    case 'f':
      return H5Tcopy (H5T_NATIVE_FLOAT);
    case 'd':
      return H5Tcopy (H5T_NATIVE_DOUBLE);
    case 'x':
      return H5Tcopy (H5T_NATIVE_INT64);
    default:
      stored = H5Dget_type (dataset->id);
      type = H5Tcopy (stored);
      H5Tset_order (type, H5Tget_order (H5T_NATIVE_FLOAT));
      return type;
    }
}

static gsize
get_element_size (char element)
{
  return element == 'e' ? 2 : element == 'f' ? 4 : 8;
}

static gboolean
check_element (const IpDataset *description, char element, GError **error)
{
  gboolean possible = element == 'e'   ? description->type == 'e'
                      : element == 'x' ? description->type == 'x'
                                       : description->type != 's' && strchr ("fd", element) != NULL;

  if (!possible)
    g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_UNSUPPORTED,
                 _("elements of type %s cannot be read as “%c”"), description->type_name, element);
  return possible;
}

/* Sets `bytes` to what the block takes. */
static gboolean
check_block (const IpDataset *description,
             const hsize_t *start,
             const hsize_t *count,
             guint rank,
             gsize *bytes,
             GError **error)
{
  gboolean inside = rank == description->rank;

  for (guint i = 0; i < rank && inside; i++)
    {
      inside = start[i] <= description->shape[i] && count[i] <= description->shape[i] - start[i];
      inside = inside && !__builtin_mul_overflow (*bytes, count[i], bytes);
    }
  if (!inside)
    g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_FAILED,
                 _("the block asked for is outside of the dataset"));
  return inside;
}

/* A damaged or malicious chunk can grow without end when it is decompressed.  HDF5 needs a few
 * buffers of the size that the chunk should have. */
static void
limit_decompression (const OpenDataset *dataset)
{
  gsize chunk = ip_dataset_get_chunk_size (&dataset->description);

  ip_filters_set_limit (chunk + CHECKSUM_SIZE);
  ip_sandbox_limit_memory (6 * chunk + dataset->cache + WORKING_MEMORY);
}

static gboolean
read_block (const OpenDataset *dataset,
            const hsize_t *start,
            const hsize_t *count,
            guint rank,
            char element,
            gpointer memory,
            GError **error)
{
  g_auto (IpId) type = get_memory_type (dataset, element);
  g_auto (IpId) space = H5Dget_space (dataset->id);
  g_auto (IpId) block = rank > 0 ? H5Screate_simple ((int) rank, count, NULL) : H5Scopy (space);

  limit_decompression (dataset);
  if (rank > 0)
    H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL);
  if (H5Dread (dataset->id, type, block, space, H5P_DEFAULT, memory) >= 0)
    return TRUE;

  ip_set_hdf5_error (error, IP_ANSWER_FAILED, _("HDF5 cannot read the data"));
  return FALSE;
}

gboolean
ip_blocks_read (IpBlocks *self,
                const char *path,
                const hsize_t *start,
                const hsize_t *count,
                guint rank,
                char element,
                gpointer memory,
                gsize size,
                gsize *needed,
                GError **error)
{
  OpenDataset *dataset = find_dataset (self, path, error);

  *needed = get_element_size (element);
  if (dataset == NULL || !check_element (&dataset->description, element, error)
      || !check_block (&dataset->description, start, count, rank, needed, error))
    return FALSE;
  if (*needed == 0 || *needed > size)
    return TRUE;

  return read_block (dataset, start, count, rank, element, memory, error);
}

char **
ip_blocks_read_strings (IpBlocks *self, const char *path, gsize max_bytes, GError **error)
{
  OpenDataset *dataset = find_dataset (self, path, error);

  if (dataset == NULL)
    return NULL;
  if (dataset->description.type != 's')
    {
      g_set_error (error, IP_ANSWER_ERROR, IP_ANSWER_UNSUPPORTED, _("the elements are no text"));
      return NULL;
    }

  return ip_strings_read (dataset->id, max_bytes, error);
}
