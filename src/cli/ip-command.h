/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

/* The commands of infoplane-cli.  Each takes the arguments after its name (argv[0] is the name) and
 * returns the exit status. */

G_BEGIN_DECLS

typedef enum
{
  IP_EXIT_DONE = 0,
  IP_EXIT_INCOMPLETE = 1, /* some cells have no value */
  IP_EXIT_USAGE = 2,
  IP_EXIT_INPUT = 3,
  IP_EXIT_OUTPUT = 4,
  IP_EXIT_INTERRUPTED = 130,
} IpExit;

IpExit ip_command_inspect (int argc, char **argv);
IpExit ip_command_estimators (int argc, char **argv);
IpExit ip_command_estimate (int argc, char **argv);
IpExit ip_command_measure (int argc, char **argv);
IpExit ip_command_plot (int argc, char **argv);
IpExit ip_command_recipe (int argc, char **argv);
IpExit ip_command_merge (int argc, char **argv);
IpExit ip_command_store (int argc, char **argv);

/* Writes to standard output when `path` is NULL, otherwise beside the target and renames it. */
IpExit ip_write_output (const char *path, GBytes *bytes);

G_END_DECLS
