/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-command.h"

#include "ip-database.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* The merge command: joins the stores that the shards of a plan left into one. */

/* Opened first, so that a file that is no store is refused and one of an older format brought up to
 * date. */
static gboolean
check_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDatabase) database = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_printerr (_("%s: no such store\n"), path);
      return FALSE;
    }
  database = ip_database_open (path, &error);
  if (database == NULL)
    g_printerr ("%s\n", error->message);

  return database != NULL;
}

static IpExit
merge (const char *target, char **sources)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDatabase) database = NULL;
  IpExit status = IP_EXIT_DONE;

  database = ip_database_open (target, &error);
  if (database == NULL)
    {
      g_printerr ("%s\n", error->message);
      return IP_EXIT_OUTPUT;
    }

  for (guint i = 0; sources[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;
      gint64 n = check_store (sources[i]) ? ip_database_merge (database, sources[i], &problem) : -1;

      if (problem != NULL)
        g_printerr ("%s\n", problem->message);
      if (n < 0)
        status = IP_EXIT_INPUT;
      else
        g_print (_("%s: %" PRId64 " new estimates\n"), sources[i], n);
    }

  return status;
}

IpExit
ip_command_merge (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("TARGET STORE…");
  g_autoptr (GError) error = NULL;

  g_set_prgname ("infoplane-cli merge");
  g_option_context_set_summary (
    context, _("Join results stores: what TARGET does not have is taken over from the others."));
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 3)
    {
      g_printerr ("infoplane-cli merge: %s\n",
                  error != NULL ? error->message : _("give a target and the stores to take from"));
      return IP_EXIT_USAGE;
    }

  return merge (argv[1], argv + 2);
}
