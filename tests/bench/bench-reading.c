/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How long reading takes: bench-reading [FOLDER]
 *
 * Dumps of 2 GB (one layer, 512 epochs of 2000 x 512 float32) are opened and read by the
 * program's reader and, in one process, by H5Dread with the defaults of HDF5.  One line per
 * layout: wall seconds of opening, of the first epoch, median of the epochs after it, and the
 * peak of resident memory of all processes.  The files are in the page cache.  They are made in
 * FOLDER and stay there; without one they are removed. */

#include "ip-dump.h"

#include <glib/gstdio.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#define EPOCHS 512
#define SAMPLES 2000
#define UNITS 512
#define PATH "/layers/fc1/activations"
#define LATER 40 /* epochs that are read after the first, in order */

typedef struct
{
  const char *name;
  hsize_t chunk[3]; /* zeros: contiguous */
  unsigned gzip;
} Layout;

static const Layout layouts[] = {
  { "contiguous", { 0 }, 0 },
  { "gzip by epoch", { 1, SAMPLES, UNITS }, 4 },
  { "gzip by quarter of an epoch", { 1, SAMPLES / 4, UNITS }, 4 },
  { "auto-chunked as by h5py, gzip", { 4, 125, 64 }, 4 },
  { "chunks across 64 epochs", { 64, 50, 32 }, 0 },
};

static hid_t
create_dataset (hid_t file, const Layout *layout)
{
  const hsize_t shape[] = { EPOCHS, SAMPLES, UNITS };
  hid_t space = H5Screate_simple (3, shape, NULL);
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t links = H5Pcreate (H5P_LINK_CREATE);
  hid_t access = H5Pcreate (H5P_DATASET_ACCESS);
  hid_t dataset;

  H5Pset_create_intermediate_group (links, 1);
  if (layout->chunk[0] > 0)
    H5Pset_chunk (creation, 3, layout->chunk);
  if (layout->gzip > 0)
    {
      H5Pset_shuffle (creation);
      H5Pset_deflate (creation, layout->gzip);
    }
  H5Pset_chunk_cache (access, 12421, 600 << 20, 1);
  dataset = H5Dcreate2 (file, PATH, H5T_IEEE_F32LE, space, links, creation, access);
  H5Pclose (access);
  H5Pclose (links);
  H5Pclose (creation);
  H5Sclose (space);

  return dataset;
}

/* Activations as they are recorded: tanh of noise, rounded to 10 bits of mantissa. */
static void
fill_epoch (float *values, guint epoch)
{
  guint64 state = 0x9e3779b97f4a7c15 * (epoch + 1);

  for (gsize i = 0; i < (gsize) SAMPLES * UNITS; i++)
    {
      guint32 bits;

      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      values[i] = tanhf ((float) ((double) state / G_MAXUINT64 - 0.5) * 4);
      memcpy (&bits, &values[i], sizeof bits);
      bits &= ~0x1fffu;
      memcpy (&values[i], &bits, sizeof bits);
    }
}

static void
put_epochs (hid_t file)
{
  const hsize_t n = EPOCHS;
  gint64 epochs[EPOCHS];
  hid_t space = H5Screate_simple (1, &n, NULL);
  hid_t dataset = H5Dcreate2 (file, "epochs", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT,
                              H5P_DEFAULT);

  for (guint i = 0; i < EPOCHS; i++)
    epochs[i] = i;
  H5Dwrite (dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, epochs);
  H5Dclose (dataset);
  H5Sclose (space);
}

static void
put_format (hid_t file)
{
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t type = H5Tcopy (H5T_C_S1);
  hid_t attribute;
  int version = 1;

  H5Tset_size (type, strlen ("infoplane-dump"));
  attribute = H5Acreate2 (file, "format", type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite (attribute, type, "infoplane-dump");
  H5Aclose (attribute);
  attribute = H5Acreate2 (file, "version", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite (attribute, H5T_NATIVE_INT, &version);
  H5Aclose (attribute);
  H5Tclose (type);
  H5Sclose (space);
}

static void
make_file (const char *path, const Layout *layout)
{
  const hsize_t count[] = { 1, SAMPLES, UNITS };
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t dataset = create_dataset (file, layout);
  hid_t space = H5Dget_space (dataset);
  hid_t memory = H5Screate_simple (3, count, NULL);
  g_autofree float *values = g_new (float, (gsize) SAMPLES * UNITS);

  put_format (file);
  put_epochs (file);
  for (guint epoch = 0; epoch < EPOCHS; epoch++)
    {
      const hsize_t start[] = { epoch, 0, 0 };

      fill_epoch (values, epoch);
      H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL);
      if (H5Dwrite (dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values) < 0)
        g_error ("%s cannot be written", path);
    }
  H5Sclose (memory);
  H5Sclose (space);
  H5Dclose (dataset);
  H5Fclose (file);
}

static void
check_space (const char *folder)
{
  const double needed = (double) G_N_ELEMENTS (layouts) * EPOCHS * SAMPLES * UNITS * sizeof (float);
  struct statvfs disk;

  if (statvfs (folder, &disk) == 0 && (double) disk.f_bavail * disk.f_frsize < needed)
    g_error ("%s has less than %.0f GB", folder, needed / 1e9);
}

static double
get_seconds (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static int
compare_numbers (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* Times of one way to read, as seconds and KiB. */
typedef struct
{
  double opening;
  double epochs[1 + LATER];
} Times;

static void
report (Times *times)
{
  struct rusage own, children;

  getrusage (RUSAGE_SELF, &own);
  getrusage (RUSAGE_CHILDREN, &children);
  qsort (times->epochs + 1, LATER, sizeof (double), compare_numbers);
  printf ("%8.4f %8.4f %8.4f %6ld MiB", times->opening, times->epochs[0],
          times->epochs[1 + LATER / 2], (own.ru_maxrss + children.ru_maxrss) >> 10);
  fflush (stdout);
}

static void
read_raw (const char *path)
{
  const hsize_t count[] = { 1, SAMPLES, UNITS };
  g_autofree float *values = g_new (float, (gsize) SAMPLES * UNITS);
  gint64 begin = g_get_monotonic_time ();
  hid_t file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t dataset = H5Dopen2 (file, PATH, H5P_DEFAULT);
  hid_t space = H5Dget_space (dataset);
  hid_t memory = H5Screate_simple (3, count, NULL);
  Times times = { .opening = get_seconds (begin) };

  for (guint i = 0; i < 1 + LATER; i++)
    {
      const hsize_t start[] = { i, 0, 0 };

      begin = g_get_monotonic_time ();
      H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL);
      if (H5Dread (dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values) < 0)
        g_error ("%s cannot be read", path);
      times.epochs[i] = get_seconds (begin);
    }
  report (&times);
}

static void
read_ours (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (IpDump) dump = ip_dump_open (file, NULL, &error);
  Times times = { .opening = get_seconds (begin) };
  gint64 deadline;

  for (guint i = 0; dump != NULL && i < 1 + LATER; i++)
    {
      g_autoptr (IpActivations) activations = NULL;

      begin = g_get_monotonic_time ();
      activations = ip_dump_read (dump, 0, i, NULL, &error);
      times.epochs[i] = get_seconds (begin);
    }
  if (error != NULL)
    g_error ("%s", error->message);

  /* The memory of the reader process is known when it has ended. */
  g_clear_object (&dump);
  deadline = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  while (g_get_monotonic_time () < deadline)
    {
      struct rusage children;

      getrusage (RUSAGE_CHILDREN, &children);
      if (children.ru_maxrss > 0)
        break;
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  report (&times);
}

/* In a process of its own, so that each has its own peak of memory. */
static void
measure (const char *program, const char *way, const char *path)
{
  const char *arguments[] = { program, way, path, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  int status;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                     &status, &error)
      || !g_spawn_check_wait_status (status, &error))
    g_error ("%s", error->message);
  printf ("   %s", output);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  gboolean keep = argc == 2;

  if (argc == 3)
    {
      if (g_str_equal (argv[1], "raw"))
        read_raw (argv[2]);
      else
        read_ours (argv[2]);
      return 0;
    }

  folder = keep ? g_strdup (argv[1]) : g_dir_make_tmp ("infoplane-bench-XXXXXX", NULL);
  check_space (folder);
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *name = g_strdup_printf ("reading-%u.h5", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        make_file (path, &layouts[i]);
    }

  printf ("%-30s   %-37s   %s\n", "", "H5Dread", "ours");
  printf ("%-30s", "s, s, s, peak");
  for (guint i = 0; i < 2; i++)
    printf ("   %8s %8s %8s %10s", "opening", "first", "epoch", "memory");
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *name = g_strdup_printf ("reading-%u.h5", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      printf ("\n%-30s", layouts[i].name);
      measure (argv[0], "raw", path);
      measure (argv[0], "ours", path);
      if (!keep)
        g_remove (path);
    }
  printf ("\n");
  if (!keep)
    g_rmdir (folder);

  return 0;
}
