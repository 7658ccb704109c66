/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dataset.h"

#include "ip-type.h"

#include <glib/gi18n.h>
#include <string.h>

/* Limits on what a file may ask for, checked before anything is read or allocated for it. */
#define MAX_CHUNK_BYTES (512ull << 20)
#define MAX_ELEMENT_SIZE 65536
#define MAX_ELEMENTS (1ull << 48)

typedef struct
{
  H5Z_filter_t id;
  const char *name;
} FilterName;

/* Identifiers registered with the HDF Group. */
static const FilterName filter_names[] = {
  { H5Z_FILTER_DEFLATE, "gzip" },
  { H5Z_FILTER_SHUFFLE, "shuffle" },
  { H5Z_FILTER_FLETCHER32, "fletcher32" },
  { H5Z_FILTER_SZIP, "szip" },
  { H5Z_FILTER_NBIT, "nbit" },
  { H5Z_FILTER_SCALEOFFSET, "scaleoffset" },
  { 307, "bzip2" },
  { 32000, "lzf" },
  { 32001, "blosc" },
  { 32004, "lz4" },
  { 32008, "bitshuffle" },
  { 32013, "zfp" },
  { 32015, "zstd" },
  { 32017, "sz" },
  { 32026, "blosc2" },
};

static void
add_problem (IpDataset *self, IpAnswerStatus status, char *problem)
{
  if (self->problem == NULL)
    {
      self->problem = problem;
      self->status = status;
    }
  else
    g_free (problem);
}

static const char *
get_filter_name (H5Z_filter_t id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (filter_names); i++)
    if (filter_names[i].id == id)
      return filter_names[i].name;
  return NULL;
}

static void
describe_filters (IpDataset *self, hid_t creation)
{
  int n = H5Pget_nfilters (creation);
  g_autoptr (GString) filters = g_string_new (NULL);

  for (int i = 0; i < n; i++)
    {
      unsigned flags;
      gsize n_values = 0;
      H5Z_filter_t id =
          H5Pget_filter2 (creation, (unsigned) i, &flags, &n_values, NULL, 0, NULL, NULL);
      const char *known = get_filter_name (id);
      g_autofree char *name = known != NULL ? g_strdup (known) : g_strdup_printf ("filter %d", id);

      g_string_append_printf (filters, "%s%s", i > 0 ? "," : "", name);
      if (H5Zfilter_avail (id) <= 0)
        add_problem (
            self, IP_ANSWER_UNSUPPORTED,
            g_strdup_printf (_("compressed with %s (filter number %d), which cannot be read"),
                             name, id));
    }

  self->filters = g_string_free (g_steal_pointer (&filters), FALSE);
}

gsize
ip_dataset_get_chunk_size (const IpDataset *self)
{
  gsize bytes = self->element_size;

  for (guint i = 0; i < self->rank; i++)
    if (__builtin_mul_overflow (bytes, self->chunk[i], &bytes))
      return G_MAXSIZE;
  return self->rank > 0 ? bytes : 0;
}

static void
describe_chunk (IpDataset *self, hid_t creation)
{
  if (H5Pget_chunk (creation, IP_PROTOCOL_MAX_RANK, self->chunk) >= 0
      && ip_dataset_get_chunk_size (self) > MAX_CHUNK_BYTES)
    add_problem (self, IP_ANSWER_REFUSED,
                 g_strdup_printf (_("refused: a chunk takes more than %u MiB"),
                                  (guint) (MAX_CHUNK_BYTES >> 20)));
}

/* External files and virtual sources would make HDF5 open other files, or give fill values where
 * it may not. */
static void
describe_layout (IpDataset *self, hid_t creation)
{
  char name[256] = "";
  off_t offset;
  hsize_t size;

  if (H5Pget_external_count (creation) > 0)
    {
      g_autofree char *valid = NULL;

      H5Pget_external (creation, 0, sizeof name - 1, name, &offset, &size);
      valid = g_utf8_make_valid (name, -1);
      add_problem (self, IP_ANSWER_REFUSED,
                   g_strdup_printf (_("refused: the data is in another file, %s"), valid));
    }
  if (H5Pget_layout (creation) == H5D_VIRTUAL)
    add_problem (self, IP_ANSWER_REFUSED,
                 g_strdup (_("refused: a virtual dataset, whose data is in other files")));
}

static void
describe_shape (IpDataset *self, hid_t dataset)
{
  g_auto (IpId) space = H5Dget_space (dataset);
  int rank = H5Sget_simple_extent_ndims (space);
  guint64 elements = 1;

  if (rank < 0 || rank > IP_PROTOCOL_MAX_RANK)
    {
      add_problem (self, IP_ANSWER_REFUSED,
                   g_strdup_printf (_("refused: %d dimensions, %d are read"), rank,
                                    IP_PROTOCOL_MAX_RANK));
      return;
    }

  self->rank = (guint) rank;
  H5Sget_simple_extent_dims (space, self->shape, NULL);
  /* An empty dataspace, without dimensions or elements, is like a vector of length 0. */
  if (H5Sget_simple_extent_type (space) == H5S_NULL)
    self->rank = 1;
  for (guint i = 0; i < self->rank; i++)
    elements = self->shape[i] == 0 || elements <= MAX_ELEMENTS / self->shape[i]
                   ? elements * self->shape[i]
                   : MAX_ELEMENTS + 1;
  if (elements > MAX_ELEMENTS)
    add_problem (self, IP_ANSWER_REFUSED, g_strdup (_("refused: impossibly many elements")));
}

static void
describe_type (IpDataset *self, hid_t dataset)
{
  g_auto (IpId) type = H5Dget_type (dataset);
  gsize size = type < 0 ? 0 : H5Tget_size (type);

  self->type = type < 0 ? '?' : ip_type_classify (type);
  self->type_name = type < 0 ? g_strdup ("unknown") : ip_type_get_name (type);
  self->element_size = (guint) MIN (size, MAX_ELEMENT_SIZE + 1);
  if (self->type == '?')
    add_problem (self, IP_ANSWER_UNSUPPORTED,
                 g_strdup_printf (_("elements are of type %s, neither numbers nor text"),
                                  self->type_name));
  if (size == 0 || size > MAX_ELEMENT_SIZE)
    add_problem (self, IP_ANSWER_REFUSED,
                 g_strdup_printf (_("refused: elements of %zu bytes"), size));
}

void
ip_dataset_describe (IpDataset *self, hid_t dataset)
{
  g_auto (IpId) creation = H5Dget_create_plist (dataset);

  memset (self, 0, sizeof *self);
  describe_type (self, dataset);
  if (creation < 0)
    {
      add_problem (self, IP_ANSWER_FAILED, g_strdup (_("its creation properties cannot be read")));
      return;
    }
  describe_layout (self, creation);
  describe_filters (self, creation);
  /* Asking a virtual dataset for its shape can open its sources. */
  if (H5Pget_layout (creation) == H5D_VIRTUAL)
    return;
  describe_shape (self, dataset);
  if (H5Pget_layout (creation) == H5D_CHUNKED)
    describe_chunk (self, creation);
  H5Eclear2 (H5E_DEFAULT);
}

void
ip_dataset_clear (IpDataset *self)
{
  g_clear_pointer (&self->type_name, g_free);
  g_clear_pointer (&self->filters, g_free);
  g_clear_pointer (&self->problem, g_free);
}
