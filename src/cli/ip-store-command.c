/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-command.h"

#include "ip-database.h"
#include "ip-identity.h"
#include "ip-options.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* The store command: says how much is kept and for which dumps, and removes what is not wanted. */

typedef struct
{
  char *path;
  char *bound;
  double days; /* negative: not given */
  gboolean all;
  char **runs;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->path);
  g_free (self->bound);
  g_strfreev (self->runs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static IpExit
report (IpDatabase *database, const char *path)
{
  g_auto (IpDatabaseUsage) usage = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *size = NULL;
  g_autofree char *bound = NULL;

  if (!ip_database_get_usage (database, &usage, &error))
    {
      g_printerr ("%s\n", error->message);
      return IP_EXIT_INPUT;
    }

  size = g_format_size_full (usage.bytes, G_FORMAT_SIZE_IEC_UNITS);
  bound = usage.bound < G_MAXUINT64 ? g_format_size_full (usage.bound, G_FORMAT_SIZE_IEC_UNITS)
                                    : g_strdup (_("no bound"));
  g_print (_("%s: %" PRIu64 " estimates, %s (%s)\n"), path, usage.n_estimates, size, bound);
  for (guint i = 0; i < usage.runs->len; i++)
    {
      const IpStoredRun *run = usage.runs->pdata[i];
      g_autoptr (GDateTime) used = g_date_time_new_from_unix_local (run->used);
      g_autofree char *day = used != NULL ? g_date_time_format (used, "%F") : g_strdup ("");

      g_print ("%s %10" PRIu64 "  %s\n", day, run->n_estimates, run->path);
    }

  return IP_EXIT_DONE;
}

static gint64
clear_run (IpDatabase *database, const char *name, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (name);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *identity = ip_identity_of_file (file, NULL, NULL); /* NULL when it is gone */

  return ip_database_clear_run (database, path != NULL ? path : name, identity, error);
}

/* Returns how many estimates were removed, −1 on error. */
static gint64
clear (IpDatabase *database, const Options *options, GError **error)
{
  gint64 n = 0;

  if (options->all)
    return ip_database_clear_all (database, error);
  if (options->days >= 0)
    n = ip_database_clear_unused (
      database, g_get_real_time () / G_USEC_PER_SEC - (gint64) (options->days * 24 * 60 * 60),
      error);
  for (guint i = 0; n >= 0 && options->runs != NULL && options->runs[i] != NULL; i++)
    {
      gint64 removed = clear_run (database, options->runs[i], error);

      n = removed < 0 ? -1 : n + removed;
    }

  return n;
}

static gboolean
set_bound (IpDatabase *database, const char *text, IpExit *status)
{
  g_autoptr (GError) error = NULL;
  gsize bytes;

  if (!ip_parse_size (text, &bytes))
    {
      g_printerr (_("“%s” is no size; give one like 500M or 2G\n"), text);
      *status = IP_EXIT_USAGE;
      return FALSE;
    }
  if (ip_database_set_bound (database, bytes, &error) && ip_database_trim (database, &error))
    return TRUE;

  g_printerr ("%s\n", error->message);
  *status = IP_EXIT_OUTPUT;

  return FALSE;
}

static IpExit
serve (const Options *options)
{
  g_autofree char *path
    = options->path != NULL ? g_strdup (options->path) : ip_store_get_standard_path ();
  gboolean clears = options->all || options->days >= 0 || options->runs != NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDatabase) database = NULL;
  IpExit status = IP_EXIT_DONE;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_printerr (_("%s: no such store\n"), path);
      return IP_EXIT_INPUT;
    }
  database = ip_database_open (path, &error);
  if (database == NULL)
    {
      g_printerr ("%s\n", error->message);
      return IP_EXIT_INPUT;
    }

  if (options->bound != NULL && !set_bound (database, options->bound, &status))
    return status;
  if (clears)
    {
      gint64 n = clear (database, options, &error);

      if (n < 0)
        {
          g_printerr ("%s\n", error->message);
          return IP_EXIT_OUTPUT;
        }
      g_print (_("%" PRId64 " estimates removed\n"), n);
    }

  return report (database, path);
}

IpExit
ip_command_store (int argc, char **argv)
{
  g_auto (Options) options = { .days = -1 };
  const GOptionEntry entries[] = {
    { "clear-run", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.runs,
      N_("Remove what is known of a dump; may be repeated"), N_("DUMP") },
    { "clear-unused", 0, 0, G_OPTION_ARG_DOUBLE, &options.days,
      N_("Remove what was not used for so many days"), N_("DAYS") },
    { "clear-all", 0, 0, G_OPTION_ARG_NONE, &options.all, N_("Remove everything"), NULL },
    { "bound", 0, 0, G_OPTION_ARG_STRING, &options.bound,
      N_("Keep no more than this from now on, like 500M; what was not used for longest goes"),
      N_("SIZE") },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options.path,
      N_("Another store than the user's own"), N_("FILE") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname ("infoplane-cli store");
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, _("Say what the results store keeps, or remove some."));
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("infoplane-cli store: %s\n",
                  error != NULL ? error->message : _("it takes options only"));
      return IP_EXIT_USAGE;
    }

  return serve (&options);
}
