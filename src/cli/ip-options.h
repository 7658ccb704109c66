/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-command.h"
#include "ip-dump.h"
#include "ip-estimator.h"
#include "ip-session-file.h"
#include "ip-store.h"

/* The options that the commands share, parsed and checked. */

G_BEGIN_DECLS

typedef struct
{
  char **estimators; /* as written */
  char *layers;
  char *epochs;
  char *unit;
  char *format;
  char *output;
  char *memory_text;
  char *store;
  char *map_path;
  char *samples_text;
  char **reductions; /* "LAYER=mean" or "mean", as written */
  gint64 seed;
  int threads;
  gboolean quiet;
  char **files;
  char *session_path; /* of commands that have IP_SESSION_OPTION */

  GArray *requests; /* IpRequest */
  gboolean in_bits;
  gboolean json;
  gsize memory;
  IpSessionFile *session; /* NULL without one */
  IpMapping *mapping; /* NULL without --map */
  IpSelectionKind selection;
  gsize n_samples;
} IpOptions;

/* The entry of a command that takes a saved session in place of files and estimators. */
#define IP_SESSION_OPTION(options)                                                        \
  {                                                                                       \
    "session", 0, 0, G_OPTION_ARG_FILENAME, &(options).session_path,                      \
    N_("Everything that was arranged and saved in the window"), "FILE.infoplane"          \
  }

/* Parses argv with the shared options and those in `extra` (may be NULL).  `usage` follows the name
 * of the command in its help text, `summary` explains it.  Prints what is wrong and returns FALSE
 * with the status in `status`; --help also ends so. */
gboolean ip_options_parse (IpOptions *options,
                           int argc,
                           char **argv,
                           const char *usage,
                           const char *summary,
                           const GOptionEntry *extra,
                           IpExit *status);
void ip_options_clear (IpOptions *options);

/* "500M", "2GiB": powers of 1024. */
gboolean ip_parse_size (const char *text, gsize *bytes);

/* The store that was asked for, the user's own without --store, NULL for none. (transfer full) */
IpStore *ip_options_open_store (const IpOptions *options);
/* Prints what went wrong with the store, if anything did. */
void ip_options_report_store (const IpOptions *options, IpStore *store);

/* Replaces folders by the dumps in them, sorted by name. (transfer full) (element-type GFile) */
GPtrArray *ip_options_list_files (const IpOptions *options);

/* Opens a dump with the mapping and the samples that were asked for. */
IpDump *ip_options_open_dump (const IpOptions *options, GFile *file, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Which layers (by name) and snapshots (by epoch) of a dump are wanted, as one flag each. Prints
 * what is unknown, with what there is. */
gboolean *ip_options_select_layers (const IpOptions *options, IpDump *dump);
gboolean *ip_options_select_snapshots (const IpOptions *options, IpDump *dump);

G_END_DECLS
