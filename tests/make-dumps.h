/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Files for tests, written by the program make-dumps: tests cannot write HDF5 themselves, because
 * nothing that is part of the program may link it. */

/* Sizes and values of the dumps that make-dumps writes where it is not said otherwise. */
#define DUMP_EPOCHS 4
#define DUMP_SAMPLES 12
#define DUMP_CLASSES 3
#define DUMP_MANY_EPOCHS 3400

/* What the files secret.txt and secret.h5 hold, which a hostile dump points at. */
#define DUMP_CANARY "CANARY-c0ffee-5e"

static inline float
dump_value (guint layer, guint epoch, guint sample, guint unit)
{
  return (float) ((int) ((sample * 7 + unit * 3 + epoch * 5 + layer) % 64) - 32) / 32;
}

/* A new directory that the test removes with remove_directory(). (transfer full) */
static inline char *
make_directory (void)
{
  g_autoptr (GError) error = NULL;
  char *directory = g_dir_make_tmp ("infoplane-test-XXXXXX", &error);

  g_assert_no_error (error);
  return directory;
}

/* With all that is in it. */
static inline void
remove_directory (const char *directory)
{
  g_autoptr (GDir) entries = g_dir_open (directory, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        remove_directory (path);
      else
        g_unlink (path);
    }
  g_rmdir (directory);
}

/* A file of the folder that is shared between developers, NULL (and the test skipped) without it.
 * (transfer full) */
static inline char *
find_shared (const char *name)
{
  const char *shared = g_getenv ("INFOPLANE_SHARED");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);
  char *path = g_build_filename (shared != NULL ? shared : beside, "dumps", name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_test_skip ("the shared dumps are not here");
  g_free (path);
  return NULL;
}

/* Runs the program make-dumps on the file. */
static inline void
run_make_dumps (const char *program, const char *kind, const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *arguments[] = { program, kind, path, NULL };
  int status = 0;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

static inline void
write_dump (const char *path, const char *kind)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "make-dumps", NULL);

  run_make_dumps (program, kind, path);
}

/* Writes the file of that kind as kind.h5. (transfer full) its path */
static inline char *
make_dump (const char *directory, const char *kind)
{
  g_autofree char *name = g_strconcat (kind, ".h5", NULL);
  char *path = g_build_filename (directory, name, NULL);

  write_dump (path, kind);
  return path;
}

/* A writer that appends a snapshot when it is told to. */
typedef struct
{
  GSubprocess *process;
  GOutputStream *orders;
  GDataInputStream *reports;
} Writer;

static inline void
await_report (Writer *writer, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line (writer->reports, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, expected);
}

static inline void
start_writer (Writer *writer, const char *path)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "make-dumps", NULL);
  g_autoptr (GError) error = NULL;

  writer->process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                          program, "growing", path, NULL);
  g_assert_no_error (error);
  writer->orders = g_subprocess_get_stdin_pipe (writer->process);
  writer->reports = g_data_input_stream_new (g_subprocess_get_stdout_pipe (writer->process));
  await_report (writer, "0");
}

static inline void
make_grow (Writer *writer, guint row)
{
  g_autofree char *report = g_strdup_printf ("%u", row + 1);

  g_assert_true (g_output_stream_write_all (writer->orders, "\n", 1, NULL, NULL, NULL));
  await_report (writer, report);
}

static inline void
stop_writer (Writer *writer)
{
  g_assert_true (g_output_stream_close (writer->orders, NULL, NULL));
  g_assert_true (g_subprocess_wait_check (writer->process, NULL, NULL));
  g_clear_object (&writer->reports);
  g_clear_object (&writer->process);
}
