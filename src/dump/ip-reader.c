/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-reader.h"

#include "ip-half.h"
#include "ip-protocol.h"
#include "ip-reader-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The safe side of infoplane-reader.  The tree is copied out of shared memory and checked once,
 * when the file is opened.  Data is read in pieces that fit the processor's cache, cut between
 * chunks so that none is decompressed twice; the lock is taken for each piece, so threads that read
 * at the same time take turns. */

#define PIECE_BYTES (4u << 20)
/* A file that breaks more readers while it is listed, or takes longer, is given up. */
#define MOST_BROKEN 32
#define LONGEST_LISTING (15 * G_USEC_PER_SEC)
/* A piece that cannot be cut between chunks may be this large before it is cut through them. */
#define LARGEST_PIECE_BYTES (256u << 20)

struct _IpReader
{
  GObject parent_instance;

  GFile *file;
  char *name;
  int descriptor;
  struct stat status; /* when it was opened */
  gboolean unfinished;
  IpObject *objects;
  guint n_objects;
  GHashTable *by_path; /* borrowed from objects */
  GPtrArray *broken;   /* marks of what readers broke down on; NULL-terminated when open */

  GMutex lock; /* of process */
  IpReaderProcess *process;
};

G_DEFINE_FINAL_TYPE (IpReader, ip_reader, G_TYPE_OBJECT)
G_DEFINE_QUARK (ip-reader-error-quark, ip_reader_error)

static void
ip_reader_finalize (GObject *gobject)
{
  IpReader *self = IP_READER (gobject);

  g_clear_pointer (&self->process, ip_reader_process_free);
  if (self->descriptor >= 0)
    close (self->descriptor);
  g_clear_pointer (&self->by_path, g_hash_table_unref);
  g_clear_pointer (&self->broken, g_ptr_array_unref);
  for (guint i = 0; i < self->n_objects; i++)
    ip_object_clear (&self->objects[i]);
  g_free (self->objects);
  g_free (self->name);
  g_clear_object (&self->file);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ip_reader_parent_class)->finalize (gobject);
}

static void
ip_reader_class_init (IpReaderClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ip_reader_finalize;
}

static void
ip_reader_init (IpReader *self)
{
  self->descriptor = -1;
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->broken = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
}

static gboolean
open_file (IpReader *self, GError **error)
{
  const char *path = g_file_peek_path (self->file);

  if (path == NULL)
    {
      g_autofree char *uri = g_file_get_uri (self->file);

      g_set_error (error, IP_READER_ERROR, IP_READER_ERROR_FAILED,
                   _("%s: only files on this machine or on a mounted disk can be opened"), uri);
      return FALSE;
    }

  /* A FIFO would block here, and reading a device has no meaning. */
  self->descriptor = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (self->descriptor < 0 || fstat (self->descriptor, &self->status) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  if (!S_ISREG (self->status.st_mode))
    {
      g_set_error (error, IP_READER_ERROR, IP_READER_ERROR_NOT_HDF5, _("%s: not a file"), path);
      return FALSE;
    }

  return TRUE;
}

static gboolean
take_tree (IpReader *self, GVariant *tree)
{
  g_autoptr (GVariant) objects = NULL;

  if (!g_variant_is_normal_form (tree))
    return FALSE;
  g_variant_get (tree, "(b@a" IP_PROTOCOL_OBJECT ")", &self->unfinished, &objects);
  self->n_objects = (guint) g_variant_n_children (objects);
  self->objects = g_new0 (IpObject, self->n_objects);

  for (guint i = 0; i < self->n_objects; i++)
    {
      g_autoptr (GVariant) description = g_variant_get_child_value (objects, i);

      if (!ip_object_init (&self->objects[i], description))
        return FALSE;
      g_hash_table_insert (self->by_path, self->objects[i].path, &self->objects[i]);
    }

  return self->n_objects > 0;
}

/* Copies what the reader has written, whose type is not believed before it is checked. */
static GVariant *
copy_variant (IpReader *self, const char *type, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (ip_reader_process_get_memory (self->process), size);

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
}

static GVariant *
new_request (IpRequestKind kind,
             const char *path,
             const guint64 *start,
             const guint64 *count,
             guint rank,
             char element,
             const GPtrArray *broken)
{
  return g_variant_new (
      "(ys@at@aty@as)", kind, path,
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, start, rank, 8),
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, count, rank, 8), element,
      g_variant_new_strv (broken == NULL ? NULL : (const char *const *) broken->pdata,
                          broken == NULL ? 0 : (gssize) broken->len));
}

/* What the reader was at when it broke down.  FALSE when it did not say, or says what was left out
 * already. */
static gboolean
take_mark (IpReader *self)
{
  const char *memory = ip_reader_process_get_memory (self->process);
  g_autofree char *mark = memory == NULL ? NULL : g_strndup (memory, IP_PROTOCOL_MAX_MARK);
  gsize room = IP_PROTOCOL_MAX_REQUEST / 2;

  for (guint i = 0; i < self->broken->len; i++)
    if (mark == NULL || strcmp (self->broken->pdata[i], mark) == 0)
      return FALSE;
    else
      room -= MIN (room, strlen (self->broken->pdata[i]) + 4);
  if (mark == NULL || mark[0] != '/' || !g_utf8_validate (mark, -1, NULL) || strlen (mark) >= room
      || self->broken->len >= MOST_BROKEN)
    return FALSE;

  g_ptr_array_add (self->broken, g_steal_pointer (&mark));
  return TRUE;
}

/* Starts again without what a reader broke down on. */
static GVariant *
call_for_tree (IpReader *self, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + LONGEST_LISTING;

  for (;;)
    {
      g_autoptr (GError) problem = NULL;
      GVariant *request = new_request (IP_REQUEST_TREE, "/", NULL, NULL, 0, 0, self->broken);
      gssize size =
          ip_reader_process_call (self->process, request, NULL, 0, cancellable, &problem);

      if (size >= 0)
        return copy_variant (self, IP_PROTOCOL_TREE, (gsize) size);
      if ((!g_error_matches (problem, IP_READER_ERROR, IP_READER_ERROR_CRASHED)
           && !g_error_matches (problem, IP_READER_ERROR, IP_READER_ERROR_TIMED_OUT))
          || g_get_monotonic_time () > deadline || !take_mark (self))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
    }
}

static gboolean
read_tree (IpReader *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) tree = call_for_tree (self, cancellable, error);

  if (tree == NULL)
    return FALSE;
  g_ptr_array_add (self->broken, NULL);
  if (take_tree (self, tree))
    return TRUE;

  ip_reader_process_fail (self->process, error, IP_READER_ERROR_CRASHED, NULL,
                          _("the reading process gives impossible answers"));
  return FALSE;
}

IpReader *
ip_reader_open (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (IpReader) self = g_object_new (IP_TYPE_READER, NULL);

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self->file = g_object_ref (file);
  if (!open_file (self, error))
    return NULL;
  self->name = g_file_get_basename (file);
  self->process = ip_reader_process_new (self->descriptor, self->name);
  if (!read_tree (self, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

GFile *
ip_reader_get_file (IpReader *self)
{
  return self->file;
}

gboolean
ip_reader_get_unfinished (IpReader *self)
{
  return self->unfinished;
}

static gboolean
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

gint64
ip_reader_get_modified (IpReader *self)
{
  g_return_val_if_fail (IP_IS_READER (self), 0);

  return self->status.st_mtim.tv_sec;
}

gboolean
ip_reader_is_outdated (IpReader *self)
{
  const struct stat *then = &self->status;
  struct stat now;

  if (stat (g_file_peek_path (self->file), &now) < 0)
    return FALSE;
  return !is_same_file (then, &now) || then->st_size != now.st_size
         || then->st_mtim.tv_sec != now.st_mtim.tv_sec
         || then->st_mtim.tv_nsec != now.st_mtim.tv_nsec;
}

/* Whether what is read from the open file may be something else than what was opened.  A file that
 * is written under SWMR only grows; when that cannot be read any more, it was made anew. */
static gboolean
check_unchanged (IpReader *self, gboolean failed, GError **error)
{
  const struct stat *then = &self->status;
  struct stat now;
  gboolean changed;

  if (fstat (self->descriptor, &now) < 0)
    return TRUE;
  changed = then->st_mtim.tv_sec != now.st_mtim.tv_sec
            || then->st_mtim.tv_nsec != now.st_mtim.tv_nsec || then->st_size != now.st_size;
  if (self->unfinished && !failed)
    changed = now.st_size < then->st_size;
  if (!changed)
    return TRUE;

  g_set_error (error, IP_READER_ERROR, IP_READER_ERROR_CHANGED,
               _("%s: the file has changed since it was opened"), g_file_peek_path (self->file));
  return FALSE;
}

/* The outcome of reading, in the light of what has become of the file. */
static gboolean
finish_reading (IpReader *self, gboolean success, GError *failure, GError **error)
{
  gboolean cancelled = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (!cancelled && !check_unchanged (self, !success, error))
    {
      g_clear_error (&failure);
      return FALSE;
    }
  if (failure != NULL)
    g_propagate_error (error, failure);

  return success;
}

gboolean
ip_reader_is_continued_by (IpReader *self, IpReader *later)
{
  return self->unfinished && is_same_file (&self->status, &later->status)
         && ip_object_has_attributes_of (&self->objects[0], &later->objects[0]);
}

const char *const *
ip_reader_get_broken (IpReader *self)
{
  return (const char *const *) self->broken->pdata;
}

const IpObject *
ip_reader_get_objects (IpReader *self, guint *n_objects)
{
  *n_objects = self->n_objects;
  return self->objects;
}

const IpObject *
ip_reader_find (IpReader *self, const char *path)
{
  return g_hash_table_lookup (self->by_path, path);
}

static gboolean
check_readable (IpReader *self, const IpObject *object, gboolean possible, GError **error)
{
  const char *problem = object->problem;

  if (problem == NULL && !possible)
    problem = object->is_dataset ? _("it cannot be read as what was asked for")
                                 : _("it is a group, not a dataset");
  if (problem != NULL)
    ip_reader_process_fail (self->process, error, IP_READER_ERROR_UNSUPPORTED, object->path,
                            problem);
  return problem == NULL;
}

/* What the reader is asked for, to be converted here: halves keep their bits on the way. */
static char
get_wire_element (const IpObject *dataset, IpType as)
{
  if (dataset->type == IP_TYPE_FLOAT16 && as != IP_TYPE_INTEGER)
    return 'e';
  return IP_PROTOCOL_TYPES[as];
}

static gsize
get_element_size (char element)
{
  return element == 'e' ? 2 : element == 'f' ? 4 : 8;
}

/* One rectangular piece on its way into the caller's buffer. */
typedef struct
{
  const IpObject *dataset;
  IpType as;
  char element;
  GCancellable *cancellable;
} Transfer;

static gboolean
count_elements (const guint64 *count, guint rank, gsize *n)
{
  *n = 1;
  for (guint i = 0; i < rank; i++)
    if (__builtin_mul_overflow (*n, count[i], n))
      return FALSE;
  return *n <= G_MAXSSIZE / sizeof (double);
}

static void
copy_out (const Transfer *transfer, gconstpointer from, gpointer to, gsize n)
{
  if (transfer->element != 'e')
    memcpy (to, from, n * get_element_size (transfer->element));
  else if (transfer->as == IP_TYPE_FLOAT32)
    ip_half_to_float (from, to, n);
  else
    ip_half_to_double (from, to, n);
}

static gboolean
read_piece (IpReader *self,
            const Transfer *transfer,
            const guint64 *start,
            const guint64 *count,
            gsize n,
            gpointer buffer,
            GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const IpObject *dataset = transfer->dataset;
  gsize bytes = n * get_element_size (transfer->element);
  GVariant *request = new_request (IP_REQUEST_BLOCK, dataset->path, start, count, dataset->rank,
                                   transfer->element, NULL);
  gssize size = ip_reader_process_call (self->process, request, dataset->path, bytes,
                                        transfer->cancellable, error);

  if (size < 0)
    return FALSE;
  if ((gsize) size != bytes)
    {
      ip_reader_process_fail (self->process, error, IP_READER_ERROR_CRASHED, dataset->path,
                              _("the reading process gives impossible answers"));
      return FALSE;
    }

  copy_out (transfer, ip_reader_process_get_memory (self->process), buffer, n);
  return TRUE;
}

/* Where to cut count[axis] in two, preferably between chunks; 0 when it should stay whole. */
static guint64
find_cut (const IpObject *dataset, guint axis, guint64 start, guint64 count, gsize bytes)
{
  guint64 chunk = MAX (dataset->chunk[axis], 1);
  guint64 middle = start + count / 2;
  guint64 before = middle / chunk * chunk;

  if (before > start)
    return before - start;
  if (chunk - middle % chunk < count - count / 2)
    return middle - middle % chunk + chunk - start;
  return bytes > LARGEST_PIECE_BYTES ? count / 2 : 0;
}

/* The first axis that is longer than 1 is cut, so that both parts are contiguous in the buffer. */
static gboolean
read_block (IpReader *self,
            const Transfer *transfer,
            const guint64 *start,
            const guint64 *count,
            gpointer buffer,
            GError **error)
{
  guint rank = transfer->dataset->rank;
  guint64 starts[IP_MAX_RANK], counts[IP_MAX_RANK];
  guint64 cut = 0;
  gsize n, bytes, first;
  guint axis = 0;

  if (!count_elements (count, rank, &n))
    {
      ip_reader_process_fail (self->process, error, IP_READER_ERROR_REFUSED,
                              transfer->dataset->path, _("refused: too large to be read at once"));
      return FALSE;
    }
  bytes = n * get_element_size (transfer->element);
  while (axis < rank && count[axis] == 1)
    axis++;
  if (bytes > PIECE_BYTES && axis < rank)
    cut = find_cut (transfer->dataset, axis, start[axis], count[axis], bytes);
  if (cut == 0)
    return n == 0 || read_piece (self, transfer, start, count, n, buffer, error);

  memcpy (starts, start, rank * sizeof *start);
  memcpy (counts, count, rank * sizeof *count);
  counts[axis] = cut;
  if (!read_block (self, transfer, starts, counts, buffer, error))
    return FALSE;
  starts[axis] += cut;
  counts[axis] = count[axis] - cut;
  first =
      n / count[axis] * cut * (transfer->as == IP_TYPE_FLOAT32 ? sizeof (float) : sizeof (double));
  return read_block (self, transfer, starts, counts, (char *) buffer + first, error);
}

gboolean
ip_reader_read (IpReader *self,
                const IpObject *dataset,
                const guint64 *start,
                const guint64 *count,
                IpType as,
                gpointer buffer,
                GCancellable *cancellable,
                GError **error)
{
  Transfer transfer = { dataset, as, get_wire_element (dataset, as), cancellable };
  gboolean possible = dataset->is_dataset && dataset->type < IP_TYPE_STRING
                      && (as != IP_TYPE_INTEGER || dataset->type == IP_TYPE_INTEGER);
  GError *failure = NULL;
  gboolean success;

  g_return_val_if_fail (as >= IP_TYPE_FLOAT32 && as <= IP_TYPE_INTEGER, FALSE);

  if (!check_readable (self, dataset, possible, error))
    return FALSE;

  success = read_block (self, &transfer, start, count, buffer, &failure);

  return finish_reading (self, success, failure, error);
}

/* The largest piece that find_cut() leaves. */
static gsize
get_piece_bytes (const IpObject *dataset, const guint64 *count)
{
  gsize bytes = get_element_size (get_wire_element (dataset, IP_TYPE_FLOAT64));
  gsize slab;
  guint axis = 0;
  gsize n;

  if (!count_elements (count, dataset->rank, &n))
    return LARGEST_PIECE_BYTES;
  while (axis < dataset->rank && count[axis] == 1)
    axis++;
  if (axis == dataset->rank)
    return bytes;

  slab = n / MAX (count[axis], 1) * MIN (count[axis], MAX (dataset->chunk[axis], 1)) * bytes;
  return MIN (n * bytes, CLAMP (slab, PIECE_BYTES, LARGEST_PIECE_BYTES));
}

gsize
ip_reader_get_memory (const IpObject *dataset, const guint64 *count)
{
  gsize bytes = 2 * get_piece_bytes (dataset, count);
  gsize chunk = dataset->element_size;

  for (guint i = 0; i < dataset->rank; i++)
    chunk *= dataset->chunk[i];
  if (dataset->rank > 0 && chunk > 0 && dataset->filters[0] != '\0')
    bytes += 3 * chunk;
  return bytes;
}

/* As get_cache_size() of the reader. */
static gsize
get_cache_bytes (const IpObject *dataset)
{
  gsize bytes = dataset->element_size;

  if (!dataset->is_dataset || dataset->rank == 0 || dataset->chunk[0] <= 1)
    return 0;
  bytes *= dataset->chunk[0];
  for (guint i = 1; i < dataset->rank && bytes < IP_PROTOCOL_MAX_CACHE; i++)
    {
      guint64 chunk = MAX (dataset->chunk[i], 1);

      bytes *= (dataset->shape[i] + chunk - 1) / chunk * chunk;
    }
  return MIN (bytes, IP_PROTOCOL_MAX_CACHE);
}

gsize
ip_reader_get_cache_memory (IpReader *self)
{
  gsize bytes = 0;

  for (guint i = 0; i < self->n_objects && bytes < IP_PROTOCOL_MAX_CACHES; i++)
    bytes += get_cache_bytes (&self->objects[i]);
  return MIN (bytes, IP_PROTOCOL_MAX_CACHES);
}

char **
ip_reader_read_strings (IpReader *self,
                        const IpObject *dataset,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (GVariant) value = NULL;
  GError *failure = NULL;
  GVariant *request;
  gssize size;

  if (!check_readable (self, dataset, dataset->type == IP_TYPE_STRING, error))
    return NULL;

  locker = g_mutex_locker_new (&self->lock);
  request = new_request (IP_REQUEST_STRINGS, dataset->path, NULL, NULL, 0, 0, NULL);
  size = ip_reader_process_call (self->process, request, dataset->path, 0, cancellable, &failure);
  if (!finish_reading (self, size >= 0, failure, error))
    return NULL;
  value = copy_variant (self, IP_PROTOCOL_STRINGS, (gsize) size);
  return g_variant_dup_strv (value, NULL);
}
