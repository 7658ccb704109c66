/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-estimate-blob.h"
#include "ip-store.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static char *program;
static IpRequest request;

static char *
make_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
remove_store (const char *path)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat (path, endings[i], NULL);

      g_unlink (name);
    }
}

static IpStoreKey
make_key (const char *identity)
{
  return (IpStoreKey){ identity, "/somewhere/run.h5", "all", &request };
}

static IpEstimate
make_estimate (gint64 epoch)
{
  IpEstimate estimate = { .n = 4096, .d = 7, .seconds = 0.1 * epoch, .clipped = 1 / 3.,
                          .blur = "noise variance 0.001", .reason = "", .n_values = 2,
                          .n_spectrum = 3, .spectrum = { 0.5, 0.375, 0.125 } };

  estimate.values[0] = (IpValue){ IP_QUANTITY_MI_XT, epoch + 1 / 7., -0.0, INFINITY, NAN, 5e-324,
                                  IP_FLAG_SATURATED };
  estimate.values[1] = (IpValue){ IP_QUANTITY_MI_TY, NAN, NAN, NAN, NAN, NAN, IP_FLAG_NO_LABELS };

  return estimate;
}

typedef struct
{
  GMutex lock;
  GCond changed;
  guint n_saved;
} Counter;

static void
saved_cb (gpointer data)
{
  Counter *counter = data;

  g_mutex_lock (&counter->lock);
  counter->n_saved++;
  g_cond_signal (&counter->changed);
  g_mutex_unlock (&counter->lock);
}

static void
wait_for (Counter *counter, guint n)
{
  g_mutex_lock (&counter->lock);
  while (counter->n_saved < n)
    g_cond_wait (&counter->changed, &counter->lock);
  g_mutex_unlock (&counter->lock);
}

static void
save (IpStore *store, const char *identity, gint64 first, guint n)
{
  IpStoreKey key = make_key (identity);
  Counter counter = { 0 };

  for (guint i = 0; i < n; i++)
    {
      IpEstimate estimate = make_estimate (first + i);

      ip_store_save (store, &key, "fc1", first + i, &estimate, saved_cb, &counter);
    }
  wait_for (&counter, n);
}

static guint
count (IpStore *store, const char *identity)
{
  IpStoreKey key = make_key (identity);
  g_autoptr (GPtrArray) found = ip_store_load (store, &key);

  return found->len;
}

static void
assert_same_bits (const IpEstimate *a, const IpEstimate *b)
{
  g_assert_cmpuint (a->n, ==, b->n);
  g_assert_cmpuint (a->d, ==, b->d);
  g_assert_cmpfloat (a->seconds, ==, b->seconds);
  g_assert_cmpfloat (a->clipped, ==, b->clipped);
  g_assert_cmpstr (a->blur, ==, b->blur);
  g_assert_cmpstr (a->reason, ==, b->reason);
  g_assert_cmpmem (a->spectrum, a->n_spectrum * sizeof (double), b->spectrum,
                   b->n_spectrum * sizeof (double));
  g_assert_cmpuint (a->n_values, ==, b->n_values);
  for (unsigned i = 0; i < a->n_values; i++)
    {
      const IpValue *one = &a->values[i];
      const IpValue *other = &b->values[i];

      g_assert_cmpuint (one->quantity, ==, other->quantity);
      g_assert_cmpuint (one->flags, ==, other->flags);
      g_assert_cmpmem (&one->value, 5 * sizeof (double), &other->value, 5 * sizeof (double));
    }
}

static void
test_round_trip (void)
{
  g_autofree char *path = make_path ("new-folder/store.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  IpStoreKey key = make_key ("one");
  const IpEstimate expected = make_estimate (17);
  g_autoptr (GPtrArray) found = NULL;
  const IpStoredEstimate *stored;
  g_autofree char *parent = g_path_get_dirname (path);

  save (store, "one", 17, 1);
  g_clear_object (&store);

  store = ip_store_new (path);
  found = ip_store_load (store, &key);
  g_assert_cmpuint (found->len, ==, 1);
  stored = found->pdata[0];
  g_assert_cmpstr (stored->layer, ==, "fc1");
  g_assert_cmpint (stored->epoch, ==, 17);
  assert_same_bits (stored->estimate, &expected);
  g_assert_null (ip_store_get_notice (store));

  g_clear_object (&store);
  remove_store (path);
  g_rmdir (parent);
}

static void
test_keys (void)
{
  g_autofree char *path = make_path ("keys.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  IpStoreKey key = make_key ("one");
  IpRequest other = request;
  g_autoptr (GPtrArray) other_samples = NULL;
  g_autoptr (GPtrArray) other_parameters = NULL;

  save (store, "one", 1, 3);
  save (store, "one", 1, 2); /* again: replaced, not doubled */
  g_assert_cmpuint (count (store, "one"), ==, 3);
  g_assert_cmpuint (count (store, "two"), ==, 0);

  key.samples = "random:n=10,seed=0";
  other_samples = ip_store_load (store, &key);
  g_assert_cmpuint (other_samples->len, ==, 0);
  key = make_key ("one");
  other.parameters.value[1] = 0.25;
  key.request = &other;
  other_parameters = ip_store_load (store, &key);
  g_assert_cmpuint (other_parameters->len, ==, 0);

  g_clear_object (&store);
  remove_store (path);
}

/* The folder holds a file that was moved aside; removes it. */
static void
assert_moved_aside (const char *name)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  g_autofree char *prefix = g_strconcat (name, ".damaged-", NULL);
  const char *entry;
  guint n = 0;

  while ((entry = g_dir_read_name (listing)) != NULL)
    if (g_str_has_prefix (entry, prefix))
      {
        g_autofree char *path = make_path (entry);

        n++;
        g_unlink (path);
      }
  g_assert_cmpuint (n, >, 0);
}

static void
test_not_a_database (void)
{
  g_autofree char *path = make_path ("broken.sqlite");
  g_autofree char *garbage = g_strnfill (10000, 'x');
  g_autoptr (IpStore) store = NULL;
  g_autofree char *notice = NULL;

  g_assert_true (g_file_set_contents (path, garbage, -1, NULL));
  store = ip_store_new (path);
  save (store, "one", 1, 1);
  g_assert_cmpuint (count (store, "one"), ==, 1);
  notice = ip_store_get_notice (store);
  g_assert_nonnull (strstr (notice, "broken.sqlite.damaged-"));

  g_clear_object (&store);
  remove_store (path);
  assert_moved_aside ("broken.sqlite");
}

/* Several programs come upon the file at the same moment, and all end up with the same store.
 * Returns how many have something to tell, and the last of it in `told`. */
static guint
meet (const char *path, char **told)
{
  IpStore *stores[4];
  guint n_notices = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)
    stores[i] = ip_store_new (path);
  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)
    save (stores[i], "together", i, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)
    {
      char *notice = ip_store_get_notice (stores[i]);

      if (notice != NULL)
        {
          g_free (*told);
          *told = notice;
          n_notices++;
        }
      g_assert_cmpuint (count (stores[i], "together"), ==, G_N_ELEMENTS (stores));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)
    g_object_unref (stores[i]);
  remove_store (path);

  return n_notices;
}

/* One of those that come upon a damaged file at the same moment moves it aside, and all go on with
 * the new one. */
static void
test_damaged_together (void)
{
  g_autofree char *path = make_path ("together.sqlite");
  g_autofree char *garbage = g_strnfill (10000, 'x');

  for (guint round = 0; round < 50; round++)
    {
      g_autofree char *told = NULL;

      g_assert_true (g_file_set_contents (path, garbage, -1, NULL));
      g_assert_cmpuint (meet (path, &told), ==, 1);
      assert_moved_aside ("together.sqlite");
    }
}

/* A page in the middle is overwritten while nobody looks. */
static void
test_damaged_page (void)
{
  g_autofree char *path = make_path ("page.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  g_autofree char *notice = NULL;
  FILE *file;
  long size;

  save (store, "one", 1, 2000);
  g_clear_object (&store);
  file = g_fopen (path, "r+b");
  fseek (file, 0, SEEK_END);
  size = ftell (file);
  for (long at = 3 * 4096; at < size; at += 4096)
    {
      fseek (file, at, SEEK_SET);
      for (int i = 0; i < 512; i++)
        fputc ('x', file);
    }
  fclose (file);

  store = ip_store_new (path);
  g_assert_cmpuint (count (store, "one"), <, 2000);
  save (store, "two", 1, 1);
  g_assert_cmpuint (count (store, "two"), ==, 1);
  notice = ip_store_get_notice (store);
  g_assert_nonnull (strstr (notice, "damaged"));

  g_clear_object (&store);
  remove_store (path);
  assert_moved_aside ("page.sqlite");
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *connection;

  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (connection, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (connection);
}

static void
test_newer_format (void)
{
  g_autofree char *path = make_path ("newer.sqlite");
  g_autoptr (IpStore) store = NULL;
  g_autofree char *notice = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize size_before, size_after;

  execute (path, "PRAGMA user_version = 99; CREATE TABLE future (x)");
  g_assert_true (g_file_get_contents (path, &before, &size_before, NULL));
  store = ip_store_new (path);
  save (store, "one", 1, 1); /* goes on without */
  g_assert_cmpuint (count (store, "one"), ==, 0);
  notice = ip_store_get_notice (store);
  g_assert_nonnull (strstr (notice, "newer version"));

  g_clear_object (&store);
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpuint (size_before, ==, size_after);
  remove_store (path);
}

static void
test_unwritable (void)
{
  g_autofree char *file = make_path ("file");
  g_autofree char *path = make_path ("file/store.sqlite");
  g_autoptr (IpStore) store = NULL;
  g_autofree char *notice = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  store = ip_store_new (path);
  save (store, "one", 1, 1);
  g_assert_cmpuint (count (store, "one"), ==, 0);
  notice = ip_store_get_notice (store);
  g_assert_nonnull (strstr (notice, "Results are not kept"));
  g_unlink (file);
}

static gpointer
save_many (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    save (data, "shared", i, 1);

  return NULL;
}

static void
test_shared (void)
{
  g_autofree char *path = make_path ("shared.sqlite");
  g_autoptr (IpStore) one = ip_store_new (path);
  g_autoptr (IpStore) other = ip_store_new (path);
  GThread *threads[] = { g_thread_new ("one", save_many, one),
                         g_thread_new ("other", save_many, other) };

  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (count (one, "shared"), <=, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count (one, "shared"), ==, 200);
  g_assert_cmpuint (count (other, "shared"), ==, 200);
  g_assert_null (ip_store_get_notice (one));
  g_assert_null (ip_store_get_notice (other));

  g_clear_object (&one);
  g_clear_object (&other);
  remove_store (path);
}

/* Windows and command lines that begin a new store in the same moment. */
static void
test_begun_together (void)
{
  g_autofree char *path = make_path ("together.sqlite");

  for (guint round = 0; round < 100; round++)
    {
      g_autofree char *told = NULL;

      meet (path, &told);
      g_assert_cmpstr (told, ==, NULL);
    }
}

static gpointer
come_and_go (gpointer data)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (IpStore) store = ip_store_new (data);
      g_autofree char *notice = NULL;

      save (store, "visited", i, 1);
      g_assert_cmpuint (count (store, "visited"), >, i);
      notice = ip_store_get_notice (store);
      g_assert_cmpstr (notice, ==, NULL);
    }

  return NULL;
}

/* Who closes a store last tidies it up while others may open it. */
static void
test_come_and_go (void)
{
  g_autofree char *path = make_path ("visited.sqlite");
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("visitor", come_and_go, path);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  remove_store (path);
}

/* The other side of the crash test: saves for ever and says what is safe. */
static void
save_until_killed (const char *path)
{
  IpStore *store = ip_store_new (path);
  gint64 first = count (store, "crash");

  for (gint64 epoch = first;; epoch += 7)
    {
      save (store, "crash", epoch, 7);
      printf ("%" G_GINT64_FORMAT "\n", epoch + 7);
      fflush (stdout);
    }
}

/* Kills a program that is saving after `lines` reports; returns how many it had reported safe. */
static gint64
kill_while_saving (const char *path, guint lines)
{
  const char *argv[] = { program, "--save-until-killed", path, NULL };
  g_autoptr (GError) error = NULL;
  gint64 reported = 0;
  char line[64];
  GPid pid;
  int out;
  FILE *stream;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, NULL, &out, NULL, &error));
  stream = fdopen (out, "r");
  for (guint i = 0; i < lines && fgets (line, sizeof line, stream) != NULL; i++)
    reported = g_ascii_strtoll (line, NULL, 10);
  g_usleep (g_random_int_range (0, 3000)); /* so that it dies anywhere between two reports */
  kill (pid, SIGKILL);
  while (fgets (line, sizeof line, stream) != NULL)
    reported = g_ascii_strtoll (line, NULL, 10);
  fclose (stream);
  waitpid (pid, NULL, 0);

  return reported;
}

static void
assert_sound (const char *path)
{
  sqlite3 *connection;
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  sqlite3_prepare_v2 (connection, "PRAGMA integrity_check", -1, &statement, NULL);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
  sqlite3_close (connection);
}

static void
test_kill (void)
{
  g_autofree char *path = make_path ("crash.sqlite");
  guint n_kills = g_test_slow () ? 200 : 12;
  gint64 n_known = 0;

  for (guint i = 0; i < n_kills; i++)
    {
      gint64 reported = kill_while_saving (path, g_random_int_range (1, 20));
      g_autoptr (IpStore) store = NULL;

      assert_sound (path);
      store = ip_store_new (path);
      g_assert_cmpint (count (store, "crash"), >=, MAX (reported, n_known));
      n_known = count (store, "crash");
    }
  g_test_message ("%u kills, %" G_GINT64_FORMAT " estimates, none lost", n_kills, n_known);
  remove_store (path);
}

/* In a child of its own, because mounting needs a name space. */
static int
fill_disk (const char *where)
{
  g_autofree char *path = g_build_filename (where, "store.sqlite", NULL);
  g_autoptr (IpStore) store = NULL;
  g_autofree char *notice = NULL;
  guint n_before, n_after;

  if (unshare (CLONE_NEWNS) != 0 || mount ("none", where, "tmpfs", 0, "size=512k") != 0)
    return 77;

  store = ip_store_new (path);
  for (guint i = 0; i < 100 && (notice = ip_store_get_notice (store)) == NULL; i++)
    save (store, "full", 100 * i, 100);
  n_before = count (store, "full");
  save (store, "full", 1000000, 1);
  n_after = count (store, "full");
  g_clear_object (&store);
  assert_sound (path);

  return notice != NULL && strstr (notice, "Results are not kept") != NULL && n_before > 100
             && n_after >= n_before
           ? 0
           : 1;
}

static int
use_read_only (const char *where)
{
  g_autofree char *path = g_build_filename (where, "store.sqlite", NULL);
  g_autoptr (IpStore) store = NULL;
  g_autofree char *notice = NULL;
  guint n_before, n_after;

  if (unshare (CLONE_NEWNS) != 0 || mount ("none", where, "tmpfs", 0, "size=1m") != 0)
    return 77;
  store = ip_store_new (path);
  save (store, "one", 0, 5);
  n_before = count (store, "one");
  g_clear_object (&store);
  if (mount ("none", where, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) != 0)
    return 77;

  store = ip_store_new (path);
  save (store, "one", 5, 1); /* goes on without */
  n_after = count (store, "one");
  notice = ip_store_get_notice (store);

  return n_before == 5 && n_after == 5 && notice != NULL
             && strstr (notice, "Results are not kept") != NULL
           ? 0
           : 1;
}

/* What is read of a file that cannot be written holds only while nobody else writes it. */
static void
test_unchanging (void)
{
  g_autofree char *path = make_path ("unchanging%20 store.sqlite");
  IpStoreKey key = make_key ("one");
  g_autoptr (IpStore) store = ip_store_new (path);
  g_autoptr (IpDatabase) database = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  save (store, "one", 0, 5);
  g_assert_null (ip_database_open_read_only (path, &error)); /* somebody has it */
  g_assert_error (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_clear_object (&store);

  database = ip_database_open_read_only (path, &error);
  g_assert_no_error (error);
  g_assert_true (ip_database_is_read_only (database));
  found = ip_database_load (database, &key, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 5);

  store = ip_store_new (path);
  save (store, "one", 5, 1);
  g_assert_null (ip_database_load (database, &key, &error));
  g_assert_error (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED);
  g_clear_object (&store);
  remove_store (path);
}

static void
run_mounted (const char *mode)
{
  g_autofree char *where = make_path ("tmpfs");
  const char *argv[] = { program, mode, where, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_mkdir (where, 0700);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, &error));
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("A small file system cannot be mounted here");
  else
    g_assert_true (g_spawn_check_wait_status (status, &error));
  g_rmdir (where);
}

static void
test_full_disk (void)
{
  run_mounted ("--fill-disk");
}

static void
test_read_only (void)
{
  run_mounted ("--use-read-only");
}

/* Damaged bytes are refused, and never read beyond their end. */
static void
test_blob (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  IpEstimate expected = make_estimate (3);
  g_autofree IpEstimate *estimate = NULL;

  ip_estimate_blob_write (bytes, &expected);
  estimate = ip_estimate_blob_read (bytes->data, bytes->len);
  g_assert_nonnull (estimate);
  assert_same_bits (estimate, &expected);

  for (guint n = 0; n < bytes->len; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes->data, n);

      g_assert_null (ip_estimate_blob_read (copy, n));
    }
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes->data, bytes->len);
      g_autofree IpEstimate *damaged = NULL;

      for (guint k = 0; k < 3; k++)
        copy[g_test_rand_int_range (0, (int) bytes->len)] = (guint8) g_test_rand_int ();
      damaged = ip_estimate_blob_read (copy, bytes->len);
      g_assert_true (damaged == NULL
                     || (damaged->n_values <= IP_MAX_VALUES
                         && damaged->n_spectrum <= IP_MAX_SPECTRUM));
    }
}

/* As version 1 kept the estimate. */
static void
write_variant (const char *path, const IpEstimate *estimate)
{
  GVariantBuilder values;
  g_autoptr (GVariant) content = NULL;
  g_autofree char *hexadecimal = NULL;
  g_autofree char *sql = NULL;
  GString *text = g_string_new (NULL);

  g_variant_builder_init (&values, G_VARIANT_TYPE ("a(sdddddu)"));
  for (unsigned i = 0; i < estimate->n_values; i++)
    {
      const IpValue *value = &estimate->values[i];

      g_variant_builder_add (&values, "(sdddddu)", ip_quantity_get_info (value->quantity)->id,
                             value->value, value->lower, value->upper, value->error,
                             value->ceiling, value->flags);
    }
  content = g_variant_ref_sink (
    g_variant_new ("(ttddssa(sdddddu)@ad)", (guint64) estimate->n, (guint64) estimate->d,
                   estimate->seconds, estimate->clipped, estimate->blur, estimate->reason, &values,
                   g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, estimate->spectrum,
                                              estimate->n_spectrum, sizeof (double))));
  for (gsize i = 0; i < g_variant_get_size (content); i++)
    g_string_append_printf (text, "%02x", ((const guint8 *) g_variant_get_data (content))[i]);
  hexadecimal = g_string_free (text, FALSE);
  sql = g_strdup_printf ("UPDATE estimate SET content = x'%s' WHERE epoch = 1;"
                         "UPDATE estimate SET content = x'00' WHERE epoch = 2", hexadecimal);
  execute (path, sql);
}

static IpDatabase *
open_database (const char *path)
{
  g_autoptr (GError) error = NULL;
  IpDatabase *database = ip_database_open (path, &error);

  g_assert_no_error (error);
  return database;
}

/* A store of format 1 keeps its numbers. */
static void
test_older_format (void)
{
  g_autofree char *path = make_path ("older.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  g_autoptr (GPtrArray) found = NULL;
  IpStoreKey key = make_key ("one");
  IpEstimate expected = make_estimate (1);
  g_autofree char *notice = NULL;
  g_autoptr (IpDatabase) database = NULL;
  g_auto (IpDatabaseUsage) usage = { 0 };
  g_autoptr (GError) error = NULL;

  save (store, "one", 1, 2);
  g_clear_object (&store);
  write_variant (path, &expected);
  execute (path, "ALTER TABLE request DROP COLUMN used; DROP TABLE setting;"
                 "UPDATE run SET used = 86400; PRAGMA user_version = 1");

  store = ip_store_new (path);
  found = ip_store_load (store, &key);
  g_assert_cmpuint (found->len, ==, 1); /* the other one was damaged */
  assert_same_bits (((IpStoredEstimate *) found->pdata[0])->estimate, &expected);
  save (store, "one", 2, 1);
  save (store, "two", 1, 1);
  g_assert_cmpuint (count (store, "one"), ==, 2);
  notice = ip_store_get_notice (store);
  g_assert_null (notice);
  g_clear_object (&store);

  database = open_database (path);
  g_assert_true (ip_database_get_usage (database, &usage, &error));
  g_assert_cmpuint (usage.runs->len, ==, 2);
  g_assert_cmpuint (usage.n_estimates, ==, 3);
  g_clear_pointer (&database, ip_database_close);
  remove_store (path);
}

/* Beyond its bound, what was not used for longest goes; the newest stays. */
static void
test_bound (void)
{
  g_autofree char *path = make_path ("bound.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  g_autoptr (IpDatabase) database = NULL;
  g_auto (IpDatabaseUsage) usage = { 0 };
  g_autoptr (GError) error = NULL;
  const guint64 bound = 600 << 10;

  for (guint i = 0; i < 5; i++)
    save (store, (const char *[]){ "a", "b", "c", "d", "e" }[i], 0, 500);
  execute (path, "UPDATE request SET used = (SELECT unicode (identity) FROM run"
                 " WHERE run.id = request.run)");
  g_assert_cmpuint (count (store, "a"), ==, 500); /* used just now */

  database = open_database (path);
  g_assert_true (ip_database_add_bound (database, &error));
  g_assert_true (ip_database_set_bound (database, bound, &error));
  g_assert_true (ip_database_add_bound (database, &error)); /* changes nothing */
  g_assert_true (ip_database_get_usage (database, &usage, &error));
  g_assert_cmpuint (usage.bytes, >, bound);
  g_assert_cmpuint (usage.bound, ==, bound);
  g_assert_cmpuint (usage.runs->len, ==, 5);
  ip_database_usage_clear (&usage);

  save (store, "new", 0, 1500);
  g_clear_object (&store);
  g_assert_true (ip_database_get_usage (database, &usage, &error));
  g_assert_no_error (error);
  g_test_message ("%" G_GUINT64_FORMAT " bytes in %u runs", usage.bytes, usage.runs->len);
  g_assert_cmpuint (usage.bytes, <=, bound);
  g_assert_cmpuint (usage.runs->len, <, 6);
  g_clear_pointer (&database, ip_database_close);

  store = ip_store_new (path);
  g_assert_cmpuint (count (store, "new"), ==, 1500);
  g_assert_cmpuint (count (store, "a"), ==, 500);
  g_assert_cmpuint (count (store, "b"), ==, 0);
  g_assert_cmpuint (count (store, "c"), ==, 0);
  g_clear_object (&store);
  remove_store (path);
}

/* By run, wherever its file is now, by age, and all. */
static void
test_clear (void)
{
  g_autofree char *path = make_path ("clear.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  g_autoptr (IpDatabase) database = NULL;
  g_auto (IpDatabaseUsage) usage = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GStatBuf before, after;

  save (store, "old", 0, 2000);
  save (store, "kept", 0, 20);
  save (store, "named", 0, 30);
  execute (path, "UPDATE run SET path = '/elsewhere/named.h5' WHERE identity = 'named';"
                 "UPDATE request SET used = 1000 WHERE run ="
                 " (SELECT id FROM run WHERE identity = 'old')");
  g_clear_object (&store);
  g_assert_cmpint (g_stat (path, &before), ==, 0);

  database = open_database (path);
  g_assert_cmpint (ip_database_clear_run (database, "/nowhere.h5", NULL, &error), ==, 0);
  g_assert_cmpint (ip_database_clear_run (database, "/elsewhere/named.h5", NULL, &error), ==, 30);
  g_assert_cmpint (ip_database_clear_unused (database, now - 3600, &error), ==, 2000);
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpint (after.st_size, <, before.st_size / 2);
  g_assert_true (ip_database_get_usage (database, &usage, &error));
  g_assert_cmpuint (usage.runs->len, ==, 1);
  g_assert_cmpuint (usage.n_estimates, ==, 20);
  g_assert_cmpuint (usage.bound, ==, G_MAXUINT64);
  g_assert_cmpint (ip_database_clear_run (database, "/moved.h5", "kept", &error), ==, 20);
  g_assert_cmpint (ip_database_clear_all (database, &error), ==, 0);
  g_assert_no_error (error);
  g_clear_pointer (&database, ip_database_close);
  remove_store (path);
}

/* 100 000 numbers are there again at once. */
static void
test_many (void)
{
  g_autofree char *path = make_path ("many.sqlite");
  g_autoptr (IpStore) store = ip_store_new (path);
  const guint n = g_test_slow () ? 50000 : 3334;
  gint64 start;
  double seconds;

  save (store, "many", 0, n);
  g_clear_object (&store);
  store = ip_store_new (path);
  start = g_get_monotonic_time ();
  g_assert_cmpuint (count (store, "many"), ==, n);
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_test_message ("%u numbers in %.3f s", 2 * n, seconds); /* of make_estimate() */
  if (g_test_perf ())
    g_assert_cmpfloat (seconds, <, 0.2);

  g_clear_object (&store);
  remove_store (path);
}

int
main (int argc, char **argv)
{
  int status;

  request.estimator = ip_estimator_find ("kde");
  ip_parameters_init (&request.parameters, request.estimator);
  if (argc == 3 && g_str_equal (argv[1], "--save-until-killed"))
    save_until_killed (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--fill-disk"))
    return fill_disk (argv[2]);
  if (argc == 3 && g_str_equal (argv[1], "--use-read-only"))
    return use_read_only (argv[2]);

  g_test_init (&argc, &argv, NULL);
  program = g_canonicalize_filename (argv[0], NULL);
  folder = g_dir_make_tmp ("infoplane-XXXXXX", NULL);

  g_test_add_func ("/store/round-trip", test_round_trip);
  g_test_add_func ("/store/keys", test_keys);
  g_test_add_func ("/store/not-a-database", test_not_a_database);
  g_test_add_func ("/store/damaged-together", test_damaged_together);
  g_test_add_func ("/store/damaged-page", test_damaged_page);
  g_test_add_func ("/store/newer-format", test_newer_format);
  g_test_add_func ("/store/blob", test_blob);
  g_test_add_func ("/store/older-format", test_older_format);
  g_test_add_func ("/store/bound", test_bound);
  g_test_add_func ("/store/clear", test_clear);
  g_test_add_func ("/store/unwritable", test_unwritable);
  g_test_add_func ("/store/shared", test_shared);
  g_test_add_func ("/store/begun-together", test_begun_together);
  g_test_add_func ("/store/come-and-go", test_come_and_go);
  g_test_add_func ("/store/kill", test_kill);
  g_test_add_func ("/store/full-disk", test_full_disk);
  g_test_add_func ("/store/read-only", test_read_only);
  g_test_add_func ("/store/unchanging", test_unchanging);
  g_test_add_func ("/store/many", test_many);

  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  g_free (program);

  return status;
}
