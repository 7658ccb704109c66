/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-command.h"

#include <cblas.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>

typedef struct
{
  const char *name;
  IpExit (*run) (int argc, char **argv);
  const char *summary;
} Command;

/* clang-format off */
static const Command commands[] = {
  { "inspect", ip_command_inspect, N_("Say what is in activation dumps") },
  { "estimators", ip_command_estimators, N_("List the estimators, or explain one") },
  { "estimate", ip_command_estimate,
    N_("Estimate entropy and information of every layer and epoch") },
  { "measure", ip_command_measure, N_("Estimate them for any arrays of an HDF5 file") },
  { "plot", ip_command_plot, N_("Write a figure") },
  { "recipe", ip_command_recipe, N_("Say how a saved figure came about") },
  { "merge", ip_command_merge, N_("Join results stores") },
  { "store", ip_command_store, N_("Say what the results store keeps, or remove some") },
};
/* clang-format on */

static void
print_help (void)
{
  g_print (_("Usage: infoplane-cli COMMAND …\n\nCommands:\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-11s %s\n", commands[i].name, _(commands[i].summary));
  g_print (_("\n“infoplane-cli COMMAND --help” explains a command.\n"));
}

static void
print_version (void)
{
  g_print ("infoplane-cli %s\n", PACKAGE_VERSION);
  g_print ("%s, %s kernels, one thread for each of %u workers\n", openblas_get_config (),
           openblas_get_corename (), g_get_num_processors ());
  g_print ("GLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
}

static IpExit
write_to_standard_output (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (fwrite (data, 1, size, stdout) == size && fflush (stdout) == 0)
    return IP_EXIT_DONE;

  g_printerr (_("Could not write to standard output: %s\n"), g_strerror (errno));

  return IP_EXIT_OUTPUT;
}

/* A pipe or a device, such as /dev/null, is written to instead of being replaced by a file. */
static gboolean
write_to_device (const char *path, const char *data, gsize size)
{
  FILE *stream = fopen (path, "w");
  gboolean done = stream != NULL && fwrite (data, 1, size, stream) == size;

  return stream != NULL && fclose (stream) == 0 && done;
}

IpExit
ip_write_output (const char *path, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  GStatBuf status;

  if (path == NULL)
    return write_to_standard_output (bytes);

  if (g_stat (path, &status) == 0 && !S_ISREG (status.st_mode))
    {
      if (write_to_device (path, data, size))
        return IP_EXIT_DONE;
      g_printerr (_("%s could not be written: %s\n"), path, g_strerror (errno));
      return IP_EXIT_OUTPUT;
    }

  if (g_file_set_contents_full (path, data, size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                &error))
    return IP_EXIT_DONE;

  g_printerr (_("%s could not be written: %s\n"), path, error->message);

  return IP_EXIT_OUTPUT;
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";
  const char *catalogues = g_getenv ("INFOPLANE_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, catalogues != NULL ? catalogues : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      return commands[i].run (argc - 1, argv + 1);

  if (g_str_equal (name, "--version"))
    print_version ();
  else if (g_str_equal (name, "--help") || g_str_equal (name, "-h"))
    print_help ();
  else
    {
      if (*name != '\0')
        g_printerr (_("infoplane-cli: no command is called “%s”\n"), name);
      else
        g_printerr (_("infoplane-cli: no command given\n"));
      g_printerr (_("Try “infoplane-cli --help”.\n"));
      return IP_EXIT_USAGE;
    }

  return IP_EXIT_DONE;
}
