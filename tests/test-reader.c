/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-half.h"
#include "ip-protocol.h"
#include "ip-reader.h"
#include "make-dumps.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

/* Of the processor, for a small file: ten times what it takes on a slow machine. */
#define MOST_SECONDS 5

static const guint64 origin[IP_MAX_RANK];

static IpReader *
open_reader (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpReader *reader = ip_reader_open (file, NULL, &error);

  g_assert_no_error (error);
  return reader;
}

static const IpObject *
find (IpReader *reader, const char *path)
{
  const IpObject *object = ip_reader_find (reader, path);

  g_assert_nonnull (object);
  return object;
}

/* The whole dataset. (transfer full) */
static gpointer
read_all (IpReader *reader, const char *path, IpType as)
{
  g_autoptr (GError) error = NULL;
  const IpObject *object = find (reader, path);
  gsize n = 1;
  gpointer data;

  for (guint i = 0; i < object->rank; i++)
    n *= object->shape[i];
  data = g_malloc (n * (as == IP_TYPE_FLOAT32 ? 4 : 8));
  ip_reader_read (reader, object, origin, object->shape, as, data, NULL, &error);
  g_assert_no_error (error);
  return data;
}

/* What IEEE 754 says a half is, one field after the other. */
static double
slow_half (guint16 half)
{
  int exponent = half >> 10 & 0x1f;
  double fraction = (half & 0x3ff) / 1024.;
  double size = exponent == 0    ? ldexp (fraction, -14)
                : exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                                 : ldexp (1 + fraction, exponent - 15);

  return (half & 0x8000) != 0 ? -size : size;
}

static gboolean
same (double a, double b)
{
  return (isnan (a) && isnan (b)) || (a == b && signbit (a) == signbit (b));
}

static void
test_half (void)
{
  g_autofree guint16 *halves = g_new (guint16, 65536);
  g_autofree float *floats = g_new (float, 65536);
  g_autofree double *doubles = g_new (double, 65536);

  for (guint i = 0; i < 65536; i++)
    halves[i] = (guint16) i;
  ip_half_to_float (halves, floats, 65536);
  ip_half_to_double (halves, doubles, 65536);
  for (guint i = 0; i < 65536; i++)
    {
      g_assert_true (same (floats[i], slow_half ((guint16) i)));
      g_assert_true (same (doubles[i], slow_half ((guint16) i)));
      g_assert_true (same (ip_half_convert ((guint16) i), slow_half ((guint16) i)));
      g_assert_true (isnan (floats[i])
                     || memcmp (&floats[i], &(float){ ip_half_convert ((guint16) i) }, 4) == 0);
    }

  /* Lengths around the width of a vector, and nothing written behind the end. */
  for (gsize n = 0; n < 20; n++)
    {
      floats[n] = 4711;
      ip_half_to_float (halves + 15360, floats, n);
      g_assert_cmpfloat (floats[n], ==, 4711);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat (floats[i], ==, 1 + (float) i / 1024);
    }
}

static void
test_halves_of_file (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "halves");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree float *little = read_all (reader, "/layers/little/activations", IP_TYPE_FLOAT32);
  g_autofree float *big = read_all (reader, "/layers/big/activations", IP_TYPE_FLOAT32);
  g_autofree double *wide = read_all (reader, "/layers/big/activations", IP_TYPE_FLOAT64);

  g_assert_cmpint (find (reader, "/layers/little/activations")->type, ==, IP_TYPE_FLOAT16);
  g_assert_cmpstr (find (reader, "/layers/little/activations")->type_name, ==, "float16");
  g_assert_cmpstr (find (reader, "/layers/big/activations")->type_name, ==, ">f2");
  for (guint i = 0; i < 65536; i++)
    {
      g_assert_true (same (little[i], slow_half ((guint16) i)));
      g_assert_true (same (big[i], slow_half ((guint16) i)));
      g_assert_true (same (wide[i], slow_half ((guint16) i)));
    }
  remove_directory (directory);
}

static void
test_tree (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (IpReader) reader = open_reader (path);
  const IpObject *zeta = find (reader, "/layers/zeta/activations");
  const IpObject *labels = find (reader, "/labels");
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);
  GVariant *value;

  g_assert_cmpstr (objects[0].path, ==, "/");
  g_assert_false (objects[0].is_dataset);
  g_assert_cmpuint (n, ==, 13);
  g_assert_false (ip_reader_get_unfinished (reader));
  g_assert_null (ip_reader_find (reader, "/layers/zeta/activation"));

  g_assert_true (zeta->is_dataset);
  g_assert_cmpstr (zeta->type_name, ==, "float32");
  g_assert_cmpuint (zeta->rank, ==, 3);
  g_assert_cmpuint (zeta->shape[0], ==, DUMP_EPOCHS);
  g_assert_cmpuint (zeta->shape[1], ==, DUMP_SAMPLES);
  g_assert_cmpuint (zeta->shape[2], ==, 5);
  g_assert_cmpuint (zeta->chunk[1], ==, 5);
  g_assert_cmpstr (zeta->filters, ==, "shuffle,gzip");
  g_assert_null (zeta->problem);
  g_assert_cmpuint (labels->chunk[0], ==, 0);

  g_assert_cmpstr (g_variant_get_string (ip_object_get_attribute (&objects[0], "format"), NULL), ==,
                   "infoplane-dump");
  g_assert_cmpstr (g_variant_get_string (ip_object_get_attribute (&objects[0], "framework"), NULL),
                   ==, "none");
  g_assert_cmpfloat (g_variant_get_double (ip_object_get_attribute (find (reader, "/run"), "lr")),
                     ==, 0.0004);
  g_assert_cmpint (g_variant_get_int64 (ip_object_get_attribute (find (reader, "/run"), "seed")),
                   ==, 7);
  value = ip_object_get_attribute (labels, "class_names");
  g_assert_true (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY));
  g_assert_cmpuint (g_variant_n_children (value), ==, DUMP_CLASSES);
  remove_directory (directory);
}

static void
test_types (void)
{
  static const char *const names[] = { "f2", "bf2",  "f4", "f4be", "f8",   "f8be", "i1",
                                       "u1", "i2be", "u2", "i4",   "u4be", "i8",   "u8" };
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "types");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (GError) error = NULL;
  double number;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("/layers/%s/activations", names[i]);
      g_autofree float *floats = read_all (reader, name, IP_TYPE_FLOAT32);
      g_autofree double *doubles = read_all (reader, name, IP_TYPE_FLOAT64);

      for (guint k = 0; k <= 100; k++)
        {
          g_assert_cmpfloat (floats[k], ==, k);
          g_assert_cmpfloat (doubles[k], ==, k);
        }
      if (find (reader, name)->type == IP_TYPE_INTEGER)
        {
          g_autofree gint64 *integers = read_all (reader, name, IP_TYPE_INTEGER);

          for (gint64 k = 0; k <= 100; k++)
            g_assert_cmpint (integers[k], ==, k);
        }
    }

  g_assert_cmpstr (find (reader, "/layers/bf2/activations")->type_name, ==, "bfloat16");
  g_assert_cmpstr (find (reader, "/layers/f4be/activations")->type_name, ==, ">f4");
  g_assert_cmpstr (find (reader, "/layers/u4be/activations")->type_name, ==, ">u4");
  g_assert_cmpstr (find (reader, "/layers/u8/activations")->type_name, ==, "uint64");
  g_assert_cmpstr (find (reader, "/bool")->type_name, ==, "bool");
  g_assert_cmpint (find (reader, "/bool")->type, ==, IP_TYPE_INTEGER);

  g_assert_cmpint (find (reader, "/complex")->type, ==, IP_TYPE_OTHER);
  g_assert_nonnull (find (reader, "/complex")->problem);
  ip_reader_read (reader, find (reader, "/complex"), origin, origin, IP_TYPE_FLOAT64, &number, NULL,
                  &error);
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "types.h5: /complex: "));
  remove_directory (directory);
}

static void
check_block (IpReader *reader, const char *path, const guint64 *start, const guint64 *count)
{
  g_autoptr (GError) error = NULL;
  g_autofree float *block = g_new (float, count[0] * count[1] * count[2]);
  const float *value = block;

  ip_reader_read (reader, find (reader, path), start, count, IP_TYPE_FLOAT32, block, NULL, &error);
  g_assert_no_error (error);
  for (guint64 i = start[0]; i < start[0] + count[0]; i++)
    for (guint64 j = start[1]; j < start[1] + count[1]; j++)
      for (guint64 k = start[2]; k < start[2] + count[2]; k++)
        if (*value++ != (float) (i * 1000000 + j * 1000 + k))
          g_error ("%s differs at %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
                   path, i, j, k);
}

/* Blocks that are cut into pieces at chunks and through them. */
static void
test_blocks (void)
{
  static const guint64 starts[][3] = { { 0, 0, 0 }, { 1, 0, 0 }, { 0, 7, 3 }, { 2, 999, 999 } };
  static const guint64 counts[][3] = {
    { 3, 1000, 1000 }, { 1, 1000, 1000 }, { 3, 700, 900 }, { 1, 1, 1 }
  };
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "large");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (GError) error = NULL;
  guint64 count[IP_MAX_RANK] = { 3, 1000, 1001 };
  float untouched = 4711;

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      check_block (reader, "/chunked", starts[i], counts[i]);
      check_block (reader, "/plain", starts[i], counts[i]);
    }

  count[2] = 0;
  ip_reader_read (reader, find (reader, "/plain"), origin, count, IP_TYPE_FLOAT32, &untouched, NULL,
                  &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (untouched, ==, 4711);

  count[0] = 1;
  count[1] = 1;
  count[2] = 1001;
  ip_reader_read (reader, find (reader, "/plain"), origin, count, IP_TYPE_FLOAT32, &untouched, NULL,
                  &error);
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_FAILED);
  g_clear_error (&error);

  count[0] = count[1] = count[2] = G_MAXUINT64 / 2;
  ip_reader_read (reader, find (reader, "/plain"), origin, count, IP_TYPE_FLOAT32, &untouched, NULL,
                  &error);
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_REFUSED);
  remove_directory (directory);
}

/* Every compression gives back what was stored; one that this build lacks is named. */
static void
test_filters (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "filters.h5", NULL);
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree float *plain = read_all (reader, "/plain", IP_TYPE_FLOAT32);
  const IpObject *first = find (reader, "/plain");
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);
  gsize size = sizeof (float) * first->shape[0] * first->shape[1] * first->shape[2];

  g_assert_cmpuint (n, >=, 17);
  for (guint i = 1; i < n; i++)
    {
      g_autofree float *values = NULL;

      if (objects[i].problem != NULL)
        {
          g_assert_nonnull (strstr (objects[i].problem, objects[i].filters));
          g_test_message ("%s: %s", objects[i].path, objects[i].problem);
          continue;
        }
      values = read_all (reader, objects[i].path, IP_TYPE_FLOAT32);
      if (memcmp (values, plain, size) != 0)
        g_error ("%s differs", objects[i].path);
    }
  g_assert_cmpstr (find (reader, "/lzf-shuffle")->filters, ==, "shuffle,lzf");
  g_assert_null (find (reader, "/lzf-shuffle")->problem);
}

static void
check_refusal (const char *path, int code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (IpReader) reader = ip_reader_open (file, NULL, &error);
  g_autofree char *name = g_path_get_basename (path);

  g_assert_null (reader);
  g_assert_error (error, IP_READER_ERROR, code);
  g_assert_nonnull (strstr (error->message, name));
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_no_hdf5 (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *whole = make_dump (directory, "native");
  g_autofree char *path = g_build_filename (directory, "bad.h5", NULL);
  g_autofree char *missing = g_build_filename (directory, "missing.h5", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (missing);
  g_autoptr (GFile) remote = g_file_new_for_uri ("sftp://localhost/x.h5");
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_null (ip_reader_open (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (ip_reader_open (remote, NULL, &error));
  g_assert_nonnull (error);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  check_refusal (path, IP_READER_ERROR_NOT_HDF5, "empty");
  g_assert_true (g_file_set_contents (path, "epoch,loss\n1,0.5\n", -1, NULL));
  check_refusal (path, IP_READER_ERROR_NOT_HDF5, "not an HDF5 file (no HDF5 signature)");
  check_refusal (directory, IP_READER_ERROR_NOT_HDF5, "not a file");

  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  for (gsize cut = 0; cut < 3; cut++)
    {
      gsize kept = cut == 0 ? size - 1 : cut == 1 ? size / 2 : 100;
      g_autofree char *numbers = g_strdup_printf ("%zu of %zu bytes", kept, size);

      g_assert_true (g_file_set_contents (path, bytes, (gssize) kept, NULL));
      check_refusal (path, IP_READER_ERROR_TRUNCATED, numbers);
    }

  /* The signature alone, and a superblock of nonsense. */
  g_assert_true (g_file_set_contents (path, bytes, 8, NULL));
  check_refusal (path, IP_READER_ERROR_FAILED, "HDF5 cannot open the file");
  memset (bytes + 8, 0x55, 40);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  check_refusal (path, IP_READER_ERROR_FAILED, "HDF5 cannot open the file");
  remove_directory (directory);
}

/* Behind a user block, as MATLAB writes it. */
static void
test_user_block (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "user-block");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree double *numbers = read_all (reader, "/numbers", IP_TYPE_FLOAT64);

  g_assert_cmpfloat (numbers[3], ==, 3);
  remove_directory (directory);
}

static void
check_problem (IpReader *reader, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  guint64 count[IP_MAX_RANK] = { 1 };
  const IpObject *object = find (reader, path);
  double number = 4711;

  g_assert_nonnull (object->problem);
  if (strstr (object->problem, text) == NULL)
    g_error ("%s: “%s” does not say “%s”", path, object->problem, text);
  g_assert_false (
      ip_reader_read (reader, object, origin, count, IP_TYPE_FLOAT64, &number, NULL, &error));
  g_assert_nonnull (strstr (error->message, path));
  g_assert_cmpfloat (number, ==, 4711);
}

static guint
count_children (int *child)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;
  guint n = 0;

  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", task, "children", NULL);
      g_autofree char *children = NULL;

      if (!g_file_get_contents (path, &children, NULL, NULL))
        continue;
      for (const char *c = children; *c != '\0'; c++)
        n += *c == ' '; /* after each of them */
      if (*children != '\0')
        *child = (int) g_ascii_strtoll (children, NULL, 10);
    }

  return n;
}

/* The process that reads for this one; those of earlier tests are waited for until GLib has seen
 * their end. */
static int
find_child (void)
{
  int child = 0;

  while (count_children (&child) != 1)
    g_thread_yield ();
  return child;
}

/* Of the processor, which other programs do not change. */
static double
get_child_seconds (void)
{
  struct timespec time;
  clockid_t clock;

  g_assert_cmpint (clock_getcpuclockid (find_child (), &clock), ==, 0);
  g_assert_cmpint (clock_gettime (clock, &time), ==, 0);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static char *
read_status (int process, const char *field)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", process);
  g_autofree char *status = NULL;
  g_autofree char *line = g_strdup_printf ("\n%s:\t", field);
  const char *value;

  if (!g_file_get_contents (path, &status, NULL, NULL) || (value = strstr (status, line)) == NULL)
    return NULL;
  value += strlen (line);
  return g_strndup (value, strcspn (value, "\n"));
}

/* What one block left of the memory of the reader is not all that the next one gets. */
static void
test_small_then_large (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "unwritten");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (GError) error = NULL;
  const IpObject *object = find (reader, "/unwritten");
  const guint64 one[] = { 1, 1 };
  gsize n = object->shape[0] * object->shape[1];
  g_autofree float *values = g_new0 (float, n);

  g_assert_true (ip_reader_read (reader, object, origin, one, IP_TYPE_FLOAT32, values, NULL,
                                 &error));
  g_assert_no_error (error);
  g_assert_true (ip_reader_read (reader, object, origin, object->shape, IP_TYPE_FLOAT32, values,
                                 NULL, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    g_assert_true (values[i] == 7.f);
  remove_directory (directory);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* their shadow leaves no room for a limit on memory */
#endif

#ifndef SANITIZED
/* What looks small and is not costs neither time nor memory. */
static void
test_inflating (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "hostile");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (GError) error = NULL;
  const IpObject *object = find (reader, "/inflating");
  g_autofree float *values = g_new (float, object->shape[0]);
  g_autofree double *good = NULL;
  g_autofree char *peak = NULL;

  g_assert_false (ip_reader_read (reader, object, origin, object->shape, IP_TYPE_FLOAT32, values,
                                  NULL, &error));
  g_assert_nonnull (strstr (error->message, "hostile.h5: /inflating: "));
  good = read_all (reader, "/good", IP_TYPE_FLOAT64);
  g_assert_cmpfloat (good[0], ==, 1);
  peak = read_status (find_child (), "VmHWM");
  g_test_message ("%.2f s, %s, %s", get_child_seconds (), peak, error->message);
  g_assert_cmpfloat (get_child_seconds (), <, MOST_SECONDS);
  g_assert_cmpint (g_ascii_strtoll (peak, NULL, 10), <, 200 << 10);
  remove_directory (directory);
}
#endif

static void
test_hostile (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "hostile");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree double *good = read_all (reader, "/good", IP_TYPE_FLOAT64);
  g_autofree double *alias = read_all (reader, "/alias", IP_TYPE_FLOAT64);

  check_problem (reader, "/outside", "secret.txt");
  check_problem (reader, "/outside-relative", "secret.txt");
  check_problem (reader, "/virtual", "virtual");
  check_problem (reader, "/link", "secret.h5");
  check_problem (reader, "/group-link", "secret.h5");
  check_problem (reader, "/detour", "nothing in this file");
  check_problem (reader, "/dangling", "nothing in this file");
  check_problem (reader, "/bomb", "chunk");
  check_problem (reader, "/filtered", "4711");
  g_assert_cmpfloat (get_child_seconds (), <, MOST_SECONDS);

  g_assert_cmpfloat (good[0], ==, 1);
  g_assert_cmpfloat (alias[0], ==, 1);
  g_assert_null (ip_reader_find (reader, "/loop/good"));
  g_assert_null (ip_reader_find (reader, "/group-link/secret"));
  remove_directory (directory);
}

/* What is larger than a limit is refused before anything is read or allocated for it. */
static void
test_excessive (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "excessive");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree double *good = read_all (reader, "/good", IP_TYPE_FLOAT64);
  g_autofree double *attribute = read_all (reader, "/attribute", IP_TYPE_FLOAT64);
  g_autofree double *attributes = read_all (reader, "/attributes", IP_TYPE_FLOAT64);
  g_autoptr (GString) deepest = g_string_new (NULL);
  g_autofree char *peak = read_status (find_child (), "VmHWM");

  check_problem (reader, "/rank", "20 dimensions");
  check_problem (reader, "/extent", "impossibly many");
  check_problem (reader, "/element", "opaque");
  g_assert_null (ip_object_get_attribute (find (reader, "/attribute"), "long"));
  g_assert_nonnull (ip_object_get_attribute (find (reader, "/attribute"), "short"));
  g_assert_cmpuint (find (reader, "/attributes")->n_attributes, ==, 0);
  for (guint i = 0; i < 65; i++)
    g_string_append (deepest, "/deeper");
  g_assert_nonnull (strstr (find (reader, deepest->str)->problem, "nested"));
  g_string_append (deepest, "/deeper");
  g_assert_null (ip_reader_find (reader, deepest->str));

  g_test_message ("%.2f s, %s", get_child_seconds (), peak);
  g_assert_cmpfloat (get_child_seconds (), <, MOST_SECONDS);
#ifndef SANITIZED
  g_assert_cmpint (g_ascii_strtoll (peak, NULL, 10), <, 200 << 10);
#endif
  remove_directory (directory);
}

/* One attribute that the reader cannot survive costs that attribute, in less time than users wait
 * for a file. */
static void
test_looping (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "looping");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree double *good = read_all (reader, "/good", IP_TYPE_FLOAT64);
  const IpObject *object = find (reader, "/good");
  const char *const *broken = ip_reader_get_broken (reader);

  g_assert_cmpfloat (good[0], ==, 1);
  g_assert_cmpuint (object->n_attributes, ==, 2);
  g_assert_cmpfloat (g_variant_get_double (ip_object_get_attribute (object, "number")), ==, 7);
  g_assert_null (ip_object_get_attribute (object, "text"));
  if (broken[0] == NULL)
    g_test_message ("this HDF5 does not walk in circles");
  else
    g_assert_cmpstr (broken[0], ==, "/good@text");
  g_assert_true (broken[0] == NULL || broken[1] == NULL);
  remove_directory (directory);
}

static void
test_crash (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (IpReader) reader = open_reader (path);
  const IpObject *epochs = find (reader, "/epochs");
  double values[DUMP_EPOCHS];
  int first = find_child ();

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      int child = find_child ();

      g_assert_cmpint (child, >, 0);
      g_assert_true (i == 0 || child != first);
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, NULL, &error);
      g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_CRASHED);
      g_assert_nonnull (strstr (error->message, "native.h5: /epochs: "));
      g_clear_error (&error);

      ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (values[DUMP_EPOCHS - 1], ==, 10 * (DUMP_EPOCHS - 1));
    }
  remove_directory (directory);
}

/* What a reader that strangers have taken over might say, when this program plays it: the first
 * answer, and all others. */
typedef struct
{
  const char *name;
  guint32 first_status;
  guint32 status;
  guint64 size;
  int code; /* of the error that the client makes of it */
} Liar;

static const Liar liars[] = {
  { "empty", IP_ANSWER_OK, IP_ANSWER_OK, 0, IP_READER_ERROR_CRASHED },
  { "oversize", IP_ANSWER_OK, IP_ANSWER_OK, G_MAXUINT64, IP_READER_ERROR_REFUSED },
  { "demanding", IP_ANSWER_OK, IP_ANSWER_TOO_SMALL, G_MAXUINT64, IP_READER_ERROR_REFUSED },
  { "insatiable", IP_ANSWER_OK, IP_ANSWER_TOO_SMALL, 100, IP_READER_ERROR_CRASHED },
  { "nonsense", IP_ANSWER_OK, IP_ANSWER_OK, 1 << 20, IP_READER_ERROR_CRASHED },
  { "status", 4711, IP_ANSWER_OK, 0, IP_READER_ERROR_CRASHED },
  { "refusing", IP_ANSWER_REFUSED, IP_ANSWER_OK, 0, IP_READER_ERROR_REFUSED },
};

static void
tell (guint32 status, guint64 size)
{
  g_autoptr (GVariant) answer =
      g_variant_ref_sink (g_variant_new (IP_PROTOCOL_ANSWER, status, size, "a lie"));

  send (IP_PROTOCOL_SOCKET, g_variant_get_data (answer), g_variant_get_size (answer),
        MSG_NOSIGNAL);
}

static int
lie (const Liar *liar)
{
  char request[IP_PROTOCOL_MAX_REQUEST];

  tell (liar->first_status, 0);
  while (recv (IP_PROTOCOL_SOCKET, request, sizeof request, 0) > 0)
    tell (liar->status, liar->size);
  return 0;
}

static void
test_liar (gconstpointer data)
{
  const Liar *liar = data;
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *honest = g_strdup (g_getenv ("INFOPLANE_READER"));
  g_autoptr (GError) error = NULL;

  g_setenv ("INFOPLANE_READER", program, TRUE);
  g_setenv ("LIAR", liar->name, TRUE);
  g_assert_null (ip_reader_open (file, NULL, &error));
  g_unsetenv ("LIAR");
  g_setenv ("INFOPLANE_READER", honest, TRUE);

  g_assert_error (error, IP_READER_ERROR, liar->code);
  g_assert_nonnull (strstr (error->message, "native.h5: "));
  remove_directory (directory);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (20000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* A reader that has stopped answering does not keep a cancelled caller for the ten seconds that it
 * has otherwise. */
static void
test_cancel (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const IpObject *epochs = find (reader, "/epochs");
  double values[DUMP_EPOCHS];
  GThread *thread;
  gint64 start;

  g_assert_cmpint (kill (find_child (), SIGSTOP), ==, 0);
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  start = g_get_monotonic_time ();
  ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, cancellable,
                  &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 9 * G_USEC_PER_SEC);
  g_thread_join (thread);
  g_clear_error (&error);

  ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, cancellable,
                  &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, NULL, &error);
  g_assert_no_error (error);
  remove_directory (directory);
}

/* Takes as long as a user waits for a broken file: ten seconds. */
static void
test_hang (void)
{
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;
  g_autoptr (IpReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  const IpObject *epochs;
  double values[DUMP_EPOCHS];

  if (!g_test_slow ())
    {
      g_test_skip ("waits ten seconds; run with -m slow");
      return;
    }
  directory = make_directory ();
  path = make_dump (directory, "native");
  reader = open_reader (path);
  epochs = find (reader, "/epochs");
  g_assert_cmpint (kill (find_child (), SIGSTOP), ==, 0);
  ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, NULL, &error);
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "native.h5: /epochs: "));
  g_clear_error (&error);
  ip_reader_read (reader, epochs, origin, epochs->shape, IP_TYPE_FLOAT64, values, NULL, &error);
  g_assert_no_error (error);
  remove_directory (directory);
}

static void
test_sandbox (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree char *privileges = read_status (find_child (), "NoNewPrivs");
  g_autofree char *filter = read_status (find_child (), "Seccomp");
  g_autofree char *descriptors = g_strdup_printf ("/proc/%d/fd", find_child ());
  g_autoptr (GDir) open = g_dir_open (descriptors, 0, NULL);
  const char *name;

  g_assert_cmpstr (privileges, ==, "1");
  if (filter == NULL)
    g_test_message ("this kernel has no seccomp");
  else
    g_assert_cmpstr (filter, ==, "2");

  /* The terminal's places, the socket, the file and its memory status; nothing was inherited. */
  while (open != NULL && (name = g_dir_read_name (open)) != NULL)
    g_assert_cmpint (g_ascii_strtoll (name, NULL, 10), <=, 5);
  remove_directory (directory);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

static void
test_descriptors (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autofree char *bad = g_build_filename (directory, "bad.h5", NULL);
  guint before = 0;
  gint64 deadline;

  g_assert_true (g_file_set_contents (bad, "x", 1, NULL));
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (IpReader) reader = open_reader (path);
      g_autofree double *epochs = read_all (reader, "/epochs", IP_TYPE_FLOAT64);

      check_refusal (bad, IP_READER_ERROR_NOT_HDF5, "HDF5");
      g_clear_object (&reader);
      if (i == 0)
        before = count_descriptors ();
    }
  /* GLib closes its descriptor of a process that has ended when its own thread comes to it. */
  deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  while (count_descriptors () > before && g_get_monotonic_time () < deadline)
    g_thread_yield ();
  g_assert_cmpuint (count_descriptors (), <=, before);
  remove_directory (directory);
}

/* The writer of a file does not notice that it is read, and a reader changes nothing. */
static void
test_writer (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree double *epochs = NULL;
  g_autoptr (IpReader) reader = NULL;
  gsize size_before, size_after;
  struct stat first, second;
  int descriptor;

  g_assert_true (g_file_get_contents (path, &before, &size_before, NULL));
  g_assert_cmpint (stat (path, &first), ==, 0);
  reader = open_reader (path);
  epochs = read_all (reader, "/epochs", IP_TYPE_FLOAT64);

  descriptor = open (path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint (flock (descriptor, LOCK_EX | LOCK_NB), ==, 0);
  close (descriptor);
  g_assert_cmpint (stat (path, &second), ==, 0);
  g_assert_cmpint (first.st_mtim.tv_sec, ==, second.st_mtim.tv_sec);
  g_assert_cmpint (first.st_mtim.tv_nsec, ==, second.st_mtim.tv_nsec);
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size_before, after, size_after);

  write_dump (path, "append");
  remove_directory (directory);
}

/* Nor does one that opens its file for every snapshot while it is opened and read as fast as can
 * be; what is read is right, or refused because the file has changed. */
static void
test_reopening_writer (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = g_build_filename (directory, "reopening.h5", NULL);
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "make-dumps", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GSubprocess) writer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                     program, "reopening", path, NULL);
  g_autoptr (GDataInputStream) reports = NULL;
  guint n_read = 0;
  guint n_changed = 0;
  guint n_refused = 0;
  g_autofree char *line = NULL;

  g_assert_no_error (error);
  reports = g_data_input_stream_new (g_subprocess_get_stdout_pipe (writer));
  do
    {
      g_autoptr (IpReader) reader = ip_reader_open (file, NULL, NULL);
      const IpObject *dataset = reader != NULL ? ip_reader_find (reader, "/epoch_0/fc1") : NULL;
      float values[64] = { 0 };

      if (dataset == NULL || dataset->rank != 2)
        n_refused++;
      else if (ip_reader_read (reader, dataset, (guint64[]){ 0, 0 }, dataset->shape,
                               IP_TYPE_FLOAT32, values, NULL, &error))
        {
          g_assert_cmpfloat (values[0], ==, 1);
          n_read++;
        }
      else
        {
          g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_CHANGED);
          g_clear_error (&error);
          n_changed++;
        }
      g_free (line);
      line = g_data_input_stream_read_line (reports, NULL, NULL, NULL);
    }
  while (line != NULL);
  g_assert_true (g_subprocess_wait_check (writer, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_read, >, 0);
  g_test_message ("%u times read, %u times changed meanwhile, %u times not opened", n_read,
                  n_changed, n_refused);
  remove_directory (directory);
}

/* Numbers of another file in the place of the one that was opened are not given out. */
static void
test_changed (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autofree char *other = make_dump (directory, "seed-0");
  g_autoptr (GError) error = NULL;
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (IpReader) replaced = open_reader (other);
  g_autofree double *epochs = NULL;
  double values[DUMP_EPOCHS];

  write_dump (path, "native");
  g_assert_false (ip_reader_read (reader, find (reader, "/epochs"), (guint64[]){ 0 },
                                  find (reader, "/epochs")->shape, IP_TYPE_FLOAT64, values, NULL,
                                  &error));
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_CHANGED);
  g_assert_nonnull (strstr (error->message, "native.h5"));

  g_assert_cmpint (g_rename (path, other), ==, 0);
  epochs = read_all (replaced, "/epochs", IP_TYPE_FLOAT64);
  g_assert_cmpfloat (epochs[1], ==, 10);
  remove_directory (directory);
}

static void
test_killed_writer (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "killed");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autofree double *epochs = read_all (reader, "/epochs", IP_TYPE_FLOAT64);

  g_assert_true (ip_reader_get_unfinished (reader));
  g_assert_cmpfloat (epochs[1], ==, 10);
  remove_directory (directory);
}

static void
test_strings (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "labels-text");
  g_autoptr (IpReader) reader = open_reader (path);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) texts = ip_reader_read_strings (reader, find (reader, "/labels"), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (texts), ==, DUMP_SAMPLES);
  g_assert_cmpstr (texts[0], ==, "fox");
  g_assert_cmpstr (texts[DUMP_SAMPLES - 1], ==, "dog");
  g_assert_null (ip_reader_read_strings (reader, find (reader, "/epochs"), NULL, &error));
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_UNSUPPORTED);
  remove_directory (directory);
}

static gpointer
read_often (gpointer reader)
{
  for (guint64 i = 0; i < 24; i++)
    {
      guint64 start[] = { i % 3, i * 13 % 500, i * 7 % 300 };
      guint64 count[] = { 1, 500, 700 };

      check_block (reader, "/chunked", start, count);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "large");
  g_autoptr (IpReader) reader = open_reader (path);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("read", read_often, reader);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  remove_directory (directory);
}

/* Plugins and locks that the environment asks for. */
static void
test_environment (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (IpReader) reader = NULL;
  g_autofree char *environment = NULL;
  g_autofree char *name = NULL;
  gsize size;

  g_setenv ("HDF5_PLUGIN_PATH", directory, TRUE);
  reader = open_reader (path);
  g_unsetenv ("HDF5_PLUGIN_PATH");
  name = g_strdup_printf ("/proc/%d/environ", find_child ());
  g_assert_true (g_file_get_contents (name, &environment, &size, NULL));
  g_assert_null (memmem (environment, size, "HDF5_", 5));
  remove_directory (directory);
}

int
main (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (liars); i++)
    if (g_strcmp0 (g_getenv ("LIAR"), liars[i].name) == 0)
      return lie (&liars[i]);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reader/half", test_half);
  g_test_add_func ("/reader/halves-of-file", test_halves_of_file);
  g_test_add_func ("/reader/tree", test_tree);
  g_test_add_func ("/reader/types", test_types);
  g_test_add_func ("/reader/blocks", test_blocks);
  g_test_add_func ("/reader/strings", test_strings);
  g_test_add_func ("/reader/filters", test_filters);
  g_test_add_func ("/reader/no-hdf5", test_no_hdf5);
  g_test_add_func ("/reader/user-block", test_user_block);
  g_test_add_func ("/reader/hostile", test_hostile);
  g_test_add_func ("/reader/small-then-large", test_small_then_large);
#ifndef SANITIZED
  g_test_add_func ("/reader/inflating", test_inflating);
#endif
  g_test_add_func ("/reader/excessive", test_excessive);
  g_test_add_func ("/reader/looping", test_looping);
  g_test_add_func ("/reader/crash", test_crash);
  for (guint i = 0; i < G_N_ELEMENTS (liars); i++)
    {
      g_autofree char *name = g_strconcat ("/reader/liar/", liars[i].name, NULL);

      g_test_add_data_func (name, &liars[i], test_liar);
    }
  g_test_add_func ("/reader/cancel", test_cancel);
  g_test_add_func ("/reader/hang", test_hang);
  g_test_add_func ("/reader/sandbox", test_sandbox);
  g_test_add_func ("/reader/environment", test_environment);
  g_test_add_func ("/reader/descriptors", test_descriptors);
  g_test_add_func ("/reader/writer", test_writer);
  g_test_add_func ("/reader/reopening-writer", test_reopening_writer);
  g_test_add_func ("/reader/changed", test_changed);
  g_test_add_func ("/reader/killed-writer", test_killed_writer);
  g_test_add_func ("/reader/threads", test_threads);

  return g_test_run ();
}
