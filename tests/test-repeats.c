/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-repeats.h"

#include "make-dumps.h"

static void
add_run (GListStore *runs, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = ip_dump_open (file, NULL, &error);
  g_autoptr (IpRun) run = NULL;

  g_assert_no_error (error);
  run = ip_run_new (dump, ip_dump_get_name (dump), 0);
  g_list_store_append (runs, run);
}

/* Writes kind as name.h5. */
static void
make_run (GListStore *runs, const char *directory, const char *kind, const char *name)
{
  g_autofree char *base = g_strconcat (name, ".h5", NULL);
  g_autofree char *path = g_build_filename (directory, base, NULL);

  write_dump (path, kind);
  add_run (runs, path);
}

/* "title: seed seed; title: seed" (transfer full) */
static char *
describe_groups (GListStore *runs)
{
  g_autoptr (GPtrArray) groups = ip_repeats_find (G_LIST_MODEL (runs));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < groups->len; i++)
    {
      const IpRepeats *group = groups->pdata[i];

      g_string_append_printf (text, "%s%s:", i > 0 ? "; " : "", group->title);
      for (guint k = 0; k < group->runs->len; k++)
        {
          const char *seed = ip_run_get_seed (group->runs->pdata[k]);

          g_string_append_printf (text, " %s", seed != NULL ? seed : "none");
        }
    }

  return g_string_free (text, FALSE);
}

static void
assert_groups (GListStore *runs, const char *expected)
{
  g_autofree char *groups = describe_groups (runs);

  g_assert_cmpstr (groups, ==, expected);
}

/* Attributes say what was trained; date and result do not count. */
static void
test_attributes (void)
{
  g_autofree char *directory = make_directory ();
  g_autoptr (GListStore) runs = g_list_store_new (IP_TYPE_RUN);

  assert_groups (runs, "");
  make_run (runs, directory, "seed-0", "tanh-a");
  make_run (runs, directory, "seed-0-slow", "slow-a");
  make_run (runs, directory, "seed-1", "tanh-b");
  make_run (runs, directory, "seed-10", "tanh-c");
  make_run (runs, directory, "seed-1-slow", "slow-b");
  make_run (runs, directory, "flat", "other");
  assert_groups (runs, "tanh: 0 1 10; slow: 0 1; other: none");

  remove_directory (directory);
}

/* A copy would make the spread too small. */
static void
test_copies (void)
{
  g_autofree char *directory = make_directory ();
  g_autoptr (GListStore) runs = g_list_store_new (IP_TYPE_RUN);

  make_run (runs, directory, "seed-0", "one");
  make_run (runs, directory, "seed-1", "two");
  make_run (runs, directory, "seed-0", "one-again");
  assert_groups (runs, "one: 0 1; one-again: 0");

  remove_directory (directory);
}

/* Names stand in for attributes, and tell apart what attributes do not. */
static void
test_names (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *folder = g_build_filename (directory, "wide_seed4", NULL);
  g_autoptr (GListStore) runs = g_list_store_new (IP_TYPE_RUN);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  make_run (runs, directory, "flat", "wide-seed0");
  make_run (runs, directory, "flat", "deep-Seed_0");
  make_run (runs, directory, "flat", "wide-seed12");
  make_run (runs, directory, "flat", "reseed3");
  make_run (runs, directory, "flat", "wide");
  make_run (runs, directory, "seed-0", "drop-seed0");
  make_run (runs, directory, "seed-1", "drop-seed1");
  make_run (runs, directory, "seed-2", "keep-seed2");
  make_run (runs, folder, "flat", "wide");
  assert_groups (runs, "wide: 0 12; deep-Seed_0: 0; reseed3: none; wide: none; drop: 0 1; "
                       "keep-seed2: 2; wide: 4");

  remove_directory (folder);
  remove_directory (directory);
}

/* Real runs: eight seeds of each of two activation functions, and two longer runs. */
static void
test_shared_runs (void)
{
  g_autofree char *folder = find_shared ("");
  g_autoptr (GListStore) runs = g_list_store_new (IP_TYPE_RUN);
  static const char *const names[] = { "szt-tanh", "szt-relu" };

  if (folder == NULL)
    return;
  for (guint i = 0; i < 18; i++)
    {
      g_autofree char *name
        = i < 16 ? g_strdup_printf ("%s-seed%u.h5", names[i / 8], i % 8)
                 : g_strdup_printf ("%s.h5", names[i % 2]);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      add_run (runs, path);
    }
  assert_groups (runs, "szt-tanh: 0 1 2 3 4 5 6 7; szt-relu: 0 1 2 3 4 5 6 7; szt-tanh: 0; "
                       "szt-relu: 0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/repeats/attributes", test_attributes);
  g_test_add_func ("/repeats/copies", test_copies);
  g_test_add_func ("/repeats/names", test_names);
  g_test_add_func ("/repeats/shared-runs", test_shared_runs);

  return g_test_run ();
}
