/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump.h"
#include "make-dumps.h"
#include "mutate.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* fuzz-dump: opens damaged dumps through the real reader, for a given time.
 *
 * What happens to the reader is counted and allowed; that is what it is for.  What must never
 * happen is that this process crashes, that an answer takes longer than a user is promised, that
 * either process takes more memory than it is allowed, or that the files secret.txt and secret.h5
 * beside the dumps come out of it.  Every input follows from the seed and its number; those that
 * did what must never happen are kept.
 *
 * Inputs are opened in a child process, so that a crash is counted, too; an alarm ends it when an
 * answer takes too long. */

#define BATCH 50
#define LONGEST_SECONDS 30
#define LARGEST_ADDRESS_SPACE (4ull << 30)
#define LARGEST_READ (1u << 20) /* elements */

/* A sanitizer takes what it likes, and leaves no room for a limit on it. */
#ifndef __SANITIZE_ADDRESS__
#define LARGEST_KILOBYTES (1u << 20)
#else
#define LARGEST_KILOBYTES G_MAXUINT
#endif

typedef struct
{
  guint64 inputs; /* tried so far, and the number of the one in work */
  guint64 opened;
  guint64 refused;
  guint64 reader_crashes;
  guint64 reader_hangs;
  guint64 broken; /* objects and attributes that were left out of a list */
  guint64 program_crashes;
  guint64 leaks;
  guint64 slow;
  guint64 large;
  guint64 largest_kilobytes;
} Totals;

typedef struct
{
  GPtrArray *seeds; /* of IpSeed */
  char *directory;
  const char *keep;
  guint32 seed;
  gint64 end; /* of the whole run */
  Totals *totals; /* shared with the children */
} Fuzz;

static const char *const kinds[] = {
  "native",      "halves",         "types",        "resumed", "ragged",         "degenerate",
  "labels-text", "labels-one-hot", "epoch-groups", "keras",   "stacked-matlab", "user-block",
  "killed",      "hostile",
};

static gboolean
holds_canary (gconstpointer data, gsize size)
{
  return memmem (data, size, DUMP_CANARY, strlen (DUMP_CANARY)) != NULL;
}

/* The canary's bytes, read as numbers. */
static gboolean
numbers_hold_canary (const double *values, gsize n)
{
  gsize length = strlen (DUMP_CANARY);

  for (gsize i = 0; i + length <= n; i++)
    {
      gsize k = 0;

      while (k < length && values[i + k] == DUMP_CANARY[k])
        k++;
      if (k == length)
        return TRUE;
    }
  return FALSE;
}

static void
count_error (Fuzz *self, const GError *error)
{
  self->totals->reader_crashes += g_error_matches (error, IP_READER_ERROR, IP_READER_ERROR_CRASHED);
  self->totals->reader_hangs += g_error_matches (error, IP_READER_ERROR, IP_READER_ERROR_TIMED_OUT);
}

static gboolean
read_texts (Fuzz *self, IpReader *reader, const IpObject *object)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) texts = ip_reader_read_strings (reader, object, NULL, &error);
  g_autofree char *joined = texts == NULL ? NULL : g_strjoinv ("", texts);

  if (joined == NULL)
    count_error (self, error);
  return joined != NULL && holds_canary (joined, strlen (joined));
}

static gboolean
read_numbers (Fuzz *self, IpReader *reader, const IpObject *object, gsize n)
{
  static const guint64 start[IP_MAX_RANK];
  g_autoptr (GError) error = NULL;
  g_autofree double *values = g_new (double, n + 1);

  if (ip_reader_read (reader, object, start, object->shape, IP_TYPE_FLOAT64, values, NULL, &error))
    return holds_canary (values, n * sizeof *values) || numbers_hold_canary (values, n);
  count_error (self, error);
  return FALSE;
}

/* Returns whether the canary came out. */
static gboolean
read_object (Fuzz *self, IpReader *reader, const IpObject *object)
{
  gboolean leaked = FALSE;
  gsize n = 1;

  alarm (LONGEST_SECONDS);
  for (guint i = 0; i < object->n_attributes; i++)
    if (object->attributes[i].value != NULL)
      leaked |= holds_canary (g_variant_get_data (object->attributes[i].value),
                              g_variant_get_size (object->attributes[i].value));
  if (object->type == IP_TYPE_STRING)
    return read_texts (self, reader, object) || leaked;
  for (guint i = 0; i < object->rank; i++)
    n = n > LARGEST_READ || object->shape[i] > LARGEST_READ ? G_MAXSIZE : n * object->shape[i];
  if (object->is_dataset && n <= LARGEST_READ)
    leaked |= read_numbers (self, reader, object, n);

  return leaked;
}

static gboolean
read_file (Fuzz *self, GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpReader) reader = NULL;
  guint64 hangs = self->totals->reader_hangs;
  gboolean leaked = FALSE;
  const IpObject *objects;
  guint n;

  alarm (LONGEST_SECONDS);
  reader = ip_reader_open (file, NULL, &error);
  if (reader == NULL)
    {
      count_error (self, error);
      self->totals->refused++;
      return FALSE;
    }
  self->totals->opened++;
  self->totals->broken += g_strv_length ((char **) ip_reader_get_broken (reader));
  objects = ip_reader_get_objects (reader, &n);
  for (guint i = 0; i < MIN (n, 40) && self->totals->reader_hangs == hangs; i++)
    leaked |= read_object (self, reader, &objects[i]);

  return leaked;
}

static void
read_snapshot (Fuzz *self, IpDump *dump, guint layer, guint epoch)
{
  gsize units = ip_dump_get_layer (dump, layer)->n_units;
  g_autoptr (IpActivations) activations = NULL;
  g_autoptr (GError) error = NULL;

  if (units > LARGEST_READ || units * ip_dump_get_n_samples (dump) > LARGEST_READ)
    return;
  alarm (LONGEST_SECONDS);
  activations = ip_dump_read (dump, layer, epoch, NULL, &error);
  if (activations == NULL)
    count_error (self, error);
}

/* As the program does with a dump: the description, X and Y, and some snapshots. */
static void
read_dump (Fuzz *self, GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = NULL;
  guint64 hangs = self->totals->reader_hangs;
  guint n_epochs;

  alarm (LONGEST_SECONDS);
  dump = ip_dump_open (file, NULL, &error);
  if (dump == NULL)
    {
      count_error (self, error);
      return;
    }
  ip_dump_get_epochs (dump, &n_epochs);
  alarm (LONGEST_SECONDS);
  if (ip_dump_get_evaluation_set (dump, NULL, &error) == NULL)
    count_error (self, error);
  for (guint layer = 0; layer < MIN (ip_dump_get_n_layers (dump), 4); layer++)
    for (guint epoch = 0; epoch < MIN (n_epochs, 2); epoch++)
      if (self->totals->reader_hangs == hangs)
        read_snapshot (self, dump, layer, epoch);
}

static guint64
get_peak_kilobytes (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (guint64) usage.ru_maxrss;
}

static void
keep_input (Fuzz *self, const char *why, guint64 number)
{
  g_autoptr (GByteArray) bytes = ip_mutate (self->seeds, self->seed, number);
  g_autofree char *name =
      g_strdup_printf ("%s-%u-%" G_GUINT64_FORMAT ".h5", why, self->seed, number);
  g_autofree char *path = g_build_filename (self->keep, name, NULL);

  g_mkdir_with_parents (self->keep, 0700);
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL);
  g_printerr ("%s: %s\n", why, path);
}

static void
try_input (Fuzz *self, guint64 number)
{
  g_autoptr (GByteArray) bytes = ip_mutate (self->seeds, self->seed, number);
  g_autofree char *path = g_build_filename (self->directory, "input.h5", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  guint64 hangs = self->totals->reader_hangs;

  g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL);
  if (read_file (self, file))
    {
      self->totals->leaks++;
      keep_input (self, "leak", number);
    }
  if (self->totals->reader_hangs == hangs)
    read_dump (self, file);
  alarm (0);

  if (get_peak_kilobytes () > MAX (self->totals->largest_kilobytes, LARGEST_KILOBYTES))
    {
      self->totals->large++;
      keep_input (self, "large", number);
    }
  self->totals->largest_kilobytes = MAX (self->totals->largest_kilobytes, get_peak_kilobytes ());
}

#ifndef __SANITIZE_ADDRESS__
static void
limit_memory (void)
{
  const struct rlimit limit = { LARGEST_ADDRESS_SPACE, LARGEST_ADDRESS_SPACE };

  setrlimit (RLIMIT_AS, &limit);
}
#else
static void
limit_memory (void)
{
}
#endif

/* Goes on with the next input in a new process when this one ends early. */
static void
run_batch (Fuzz *self)
{
  guint64 end = self->totals->inputs + BATCH;
  pid_t child = fork ();
  int status = 0;

  if (child == 0)
    {
      limit_memory ();
      for (; self->totals->inputs < end && g_get_monotonic_time () < self->end;
           self->totals->inputs++)
        try_input (self, self->totals->inputs);
      _exit (0);
    }

  waitpid (child, &status, 0);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return;
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGALRM)
    {
      self->totals->slow++;
      keep_input (self, "slow", self->totals->inputs);
    }
  else
    {
      self->totals->program_crashes++;
      keep_input (self, "crash", self->totals->inputs);
    }
  self->totals->inputs++;
}

static void
load_seed (Fuzz *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  IpSeed *seed = ip_seed_load (path, &error);

  if (seed == NULL)
    g_error ("%s", error->message);
  g_ptr_array_add (self->seeds, seed);
}

/* make-dumps is built beside the directory of this program. (transfer full) */
static char *
find_make_dumps (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = g_path_get_dirname (program);

  return g_build_filename (directory, "..", "make-dumps", NULL);
}

static void
make_seeds (Fuzz *self)
{
  g_autofree char *program = find_make_dumps ();
  g_autofree char *secret = g_build_filename (self->directory, "secret.txt", NULL);
  g_autoptr (GString) canary = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strconcat (kinds[i], ".h5", NULL);
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      run_make_dumps (program, kinds[i], path);
      load_seed (self, path);
    }

  /* More than any dataset of the seeds holds. */
  while (canary->len < 65536)
    g_string_append (canary, DUMP_CANARY);
  g_file_set_contents (secret, canary->str, (gssize) canary->len, NULL);
}

static int
report (const Totals *totals)
{
  printf ("%" G_GUINT64_FORMAT " inputs: %" G_GUINT64_FORMAT " opened, %" G_GUINT64_FORMAT
          " refused\n"
          "reader: %" G_GUINT64_FORMAT " crashes and %" G_GUINT64_FORMAT " hangs while reading, %"
          G_GUINT64_FORMAT " objects left out, at most %" G_GUINT64_FORMAT " MiB\n"
          "program: %" G_GUINT64_FORMAT " crashes; leaks: %" G_GUINT64_FORMAT "; too slow: %"
          G_GUINT64_FORMAT "; too large: %" G_GUINT64_FORMAT "\n",
          totals->inputs, totals->opened, totals->refused, totals->reader_crashes,
          totals->reader_hangs, totals->broken, totals->largest_kilobytes >> 10,
          totals->program_crashes, totals->leaks, totals->slow, totals->large);

  return totals->program_crashes + totals->leaks + totals->slow + totals->large > 0;
}

int
main (int argc, char **argv)
{
  double minutes = 60;
  gint64 seed = 1;
  g_autofree char *keep = NULL;
  g_auto (GStrv) files = NULL;
  const GOptionEntry options[] = {
    { "minutes", 'm', 0, G_OPTION_ARG_DOUBLE, &minutes, "How long to go on", "M" },
    { "seed", 's', 0, G_OPTION_ARG_INT64, &seed, "Which inputs to make", "N" },
    { "keep", 'k', 0, G_OPTION_ARG_FILENAME, &keep, "Where failing inputs are kept", "DIRECTORY" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, "More dumps to start from",
      "FILE…" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Fuzz self = { .seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) ip_seed_free) };
  int result;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  self.seed = (guint32) seed;
  self.keep = keep != NULL ? keep : "fuzz-failures";
  self.directory = make_directory ();
  self.totals = mmap (NULL, sizeof (Totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                      -1, 0);
  make_seeds (&self);
  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    load_seed (&self, files[i]);

  self.end = g_get_monotonic_time () + (gint64) (minutes * 60 * G_USEC_PER_SEC);
  while (g_get_monotonic_time () < self.end)
    run_batch (&self);
  result = report (self.totals);

  remove_directory (self.directory);
  g_free (self.directory);
  g_ptr_array_unref (self.seeds);
  return result;
}
