/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-options.h"

#include "ip-folder.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

static gboolean
fail_usage (IpExit *status, const char *command, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail_usage (IpExit *status, const char *command, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("infoplane-cli %s: %s\n", command, message);
  g_printerr (_("Try “infoplane-cli %s --help”.\n"), command);
  *status = IP_EXIT_USAGE;

  return FALSE;
}

/* Reads "512M", "4GiB", "2e9". */
gboolean
ip_parse_size (const char *text, gsize *size)
{
  static const char units[] = "kMGT";
  char *end;
  double number = g_ascii_strtod (text, &end);
  const char *unit;

  if (end == text || !(number > 0))
    return FALSE;

  unit = *end != '\0' ? strchr (units, *end == 'K' ? 'k' : *end) : NULL;
  if (unit != NULL)
    {
      for (gsize i = 0; i <= (gsize) (unit - units); i++)
        number *= 1024;
      end++;
    }
  if (*end == 'i')
    end++;
  if (*end == 'B')
    end++;
  *size = number < (double) G_MAXSIZE ? (gsize) number : G_MAXSIZE;

  return *end == '\0';
}

static gboolean
parse_estimator (const char *text, IpRequest *request, char **problem)
{
  const char *colon = strchr (text, ':');
  g_autofree char *id = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  IpContext context = { 0 };

  request->estimator = ip_estimator_find (id);
  if (request->estimator == NULL)
    {
      *problem = g_strdup_printf (_("no estimator is called “%s”; “infoplane-cli estimators” lists "
                                    "them"), id);
      return FALSE;
    }
  if (ip_parameters_parse (&request->parameters, request->estimator,
                           colon != NULL ? colon + 1 : NULL, &context)
      != IP_STATUS_OK)
    {
      *problem = g_strdup_printf ("%s: %s", id, context.message);
      return FALSE;
    }

  return TRUE;
}

static gboolean
parse_estimators (IpOptions *options, const char *command, IpExit *status)
{
  for (guint i = 0; options->estimators != NULL && options->estimators[i] != NULL; i++)
    {
      IpRequest request;
      g_autofree char *problem = NULL;

      if (!parse_estimator (options->estimators[i], &request, &problem))
        return fail_usage (status, command, "-e %s", problem);
      g_array_append_val (options->requests, request);
    }

  return TRUE;
}

static gboolean
check_choice (const char *given, const char *one, const char *other, gboolean *is_other)
{
  *is_other = given != NULL && g_str_equal (given, other);

  return given == NULL || *is_other || g_str_equal (given, one);
}

/* What was not asked for otherwise is as in the session. */
static gboolean
load_session (IpOptions *options, const char *command, IpExit *status)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (options->session_path);
  g_autoptr (GError) error = NULL;

  if (options->files != NULL)
    return fail_usage (status, command, _("give files or --session, not both"));
  options->session = ip_session_file_load (file, NULL, &error);
  if (options->session == NULL)
    {
      g_printerr ("%s\n", error->message);
      *status = IP_EXIT_INPUT;
      return FALSE;
    }

  if (options->requests->len == 0)
    g_array_append_vals (options->requests, ip_session_file_get_request (options->session), 1);
  if (options->unit == NULL)
    options->in_bits = ip_session_file_get_in_bits (options->session);

  return TRUE;
}

/* "500", "first:500" */
static gboolean
parse_samples (IpOptions *options)
{
  const char *text = options->samples_text;
  const char *colon = text == NULL ? NULL : strchr (text, ':');
  const char *number = colon != NULL ? colon + 1 : text;
  guint64 n;

  if (text == NULL)
    return TRUE;
  options->selection = IP_SELECTION_RANDOM;
  if (colon != NULL)
    {
      g_autofree char *kind = g_strndup (text, (gsize) (colon - text));

      options->selection = IP_SELECTION_FIRST;
      while (options->selection < IP_N_SELECTIONS
             && strcmp (kind, ip_selection_kind_get_id (options->selection)) != 0)
        options->selection++;
    }
  if (options->selection == IP_N_SELECTIONS
      || !g_ascii_string_to_unsigned (number, 10, 1, G_MAXINT64, &n, NULL))
    return FALSE;
  options->n_samples = (gsize) n;
  return TRUE;
}

/* The name of the layer before the last equals sign, NULL for all layers. (transfer full) */
static char *
split_reduction (const char *text, const char **how)
{
  const char *equals = strrchr (text, '=');

  *how = equals != NULL ? equals + 1 : text;
  return equals != NULL ? g_strndup (text, (gsize) (equals - text)) : NULL;
}

static gboolean
check_reductions (IpOptions *options, const char *command, IpExit *status)
{
  for (guint i = 0; options->reductions != NULL && options->reductions[i] != NULL; i++)
    {
      IpReduction reduction = { 0 };
      const char *how;
      g_autofree char *layer = split_reduction (options->reductions[i], &how);

      if (!ip_reduction_parse (&reduction, how))
        return fail_usage (status, command,
                           _("--reduce is flatten, mean, max or positions, with :first or :last "
                             "for the axis of channels, not “%s”"), how);
    }
  return TRUE;
}

static gboolean
load_mapping (IpOptions *options, const char *command, IpExit *status)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (options->map_path);
  g_autoptr (GError) error = NULL;

  options->mapping = ip_mapping_load (file, &error);
  return options->mapping != NULL || fail_usage (status, command, "--map: %s", error->message);
}

static gboolean
check_options (IpOptions *options, const char *command, IpExit *status)
{
  gboolean in_nats;

  if (!check_choice (options->unit, "bits", "nats", &in_nats))
    return fail_usage (status, command, _("--unit is bits or nats, not “%s”"), options->unit);
  if (!check_choice (options->format, "csv", "json", &options->json))
    return fail_usage (status, command, _("--format is csv or json, not “%s”"), options->format);
  if (options->memory_text != NULL && !ip_parse_size (options->memory_text, &options->memory))
    return fail_usage (status, command, _("--memory is a size such as 4G, not “%s”"),
                       options->memory_text);
  if (options->threads < 0 || options->threads > 4096)
    return fail_usage (status, command, _("--threads is 1 to 4096, not %d"), options->threads);
  if (!parse_samples (options))
    return fail_usage (status, command,
                       _("--samples is a number, random:N, first:N or class:N, not “%s”"),
                       options->samples_text);
  if (!check_reductions (options, command, status))
    return FALSE;
  options->in_bits = !in_nats;
  if (options->map_path != NULL && !load_mapping (options, command, status))
    return FALSE;

  return parse_estimators (options, command, status)
         && (options->session_path == NULL || load_session (options, command, status));
}

gboolean
ip_options_parse (IpOptions *options,
                  int argc,
                  char **argv,
                  const char *usage,
                  const char *summary,
                  const GOptionEntry *extra,
                  IpExit *status)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "estimator", 'e', 0, G_OPTION_ARG_STRING_ARRAY, &options->estimators,
      N_("Estimator with parameters; may be repeated"), "ID[:name=value,…]" },
    { "layers", 0, 0, G_OPTION_ARG_STRING, &options->layers, N_("Only these layers"), "L,…" },
    { "epochs", 0, 0, G_OPTION_ARG_STRING, &options->epochs,
      N_("Only these epochs"), "A:B:STEP|LIST" },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &options->map_path,
      N_("Read the dumps as this mapping says; “inspect --mapping” prints one"), "FILE" },
    { "samples", 0, 0, G_OPTION_ARG_STRING, &options->samples_text,
      N_("Use N samples drawn at random, the first N, or N of each class"),
      "[random:|first:|class:]N" },
    { "reduce", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->reductions,
      N_("How units with several axes become a row: flatten, mean, max or positions; may be "
         "repeated"), "[LAYER=]HOW[:first|:last]" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, N_("Seed of everything random"), "S" },
    { "unit", 0, 0, G_OPTION_ARG_STRING, &options->unit, N_("Unit of information"), "bits|nats" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &options->format, N_("Format of tables"), "csv|json" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
      N_("Write to this file instead of standard output"), "OUT" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads,
      N_("Number of worker threads, one per processor without it"), "N" },
    { "memory", 0, 0, G_OPTION_ARG_STRING, &options->memory_text,
      N_("Memory budget, half of the machine’s without it"), "SIZE" },
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options->store,
      N_("Where results are kept"), "FILE|none" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, N_("No progress, no warnings"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, NULL },
    { NULL },
  };
  /* clang-format on */
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autofree char *command = g_strdup (argv[0]);
  g_autofree char *program = g_strdup_printf ("infoplane-cli %s", command);
  g_autofree char *help = NULL;
  g_autoptr (GError) error = NULL;
  gboolean wants_help = FALSE;
  const GOptionEntry help_entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, N_("Show this help"), NULL },
    { NULL },
  };

  *options = (IpOptions){ .requests = g_array_new (FALSE, FALSE, sizeof (IpRequest)) };
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  if (extra != NULL)
    g_option_context_add_main_entries (context, extra, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, help_entries, GETTEXT_PACKAGE);
  g_set_prgname (program);

  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail_usage (status, command, "%s", error->message);
  if (wants_help)
    {
      help = g_option_context_get_help (context, TRUE, NULL);
      g_print ("%s", help);
      *status = IP_EXIT_DONE;
      return FALSE;
    }
  if (options->files == NULL && options->session_path == NULL)
    return fail_usage (status, command, _("no file given"));

  return check_options (options, command, status);
}

void
ip_options_clear (IpOptions *options)
{
  g_clear_pointer (&options->estimators, g_strfreev);
  g_clear_pointer (&options->layers, g_free);
  g_clear_pointer (&options->epochs, g_free);
  g_clear_pointer (&options->unit, g_free);
  g_clear_pointer (&options->format, g_free);
  g_clear_pointer (&options->output, g_free);
  g_clear_pointer (&options->memory_text, g_free);
  g_clear_pointer (&options->store, g_free);
  g_clear_pointer (&options->map_path, g_free);
  g_clear_pointer (&options->samples_text, g_free);
  g_clear_pointer (&options->reductions, g_strfreev);
  g_clear_pointer (&options->mapping, ip_mapping_free);
  g_clear_pointer (&options->files, g_strfreev);
  g_clear_pointer (&options->session_path, g_free);
  g_clear_pointer (&options->session, ip_session_file_unref);
  g_clear_pointer (&options->requests, g_array_unref);
}

IpStore *
ip_options_open_store (const IpOptions *options)
{
  g_autofree char *path = options->store != NULL ? g_strdup (options->store)
                                                 : ip_store_get_standard_path ();

  return g_str_equal (path, "none") ? NULL : ip_store_new (path);
}

void
ip_options_report_store (const IpOptions *options, IpStore *store)
{
  g_autofree char *notice = store != NULL ? ip_store_get_notice (store) : NULL;

  if (notice != NULL && !options->quiet)
    g_printerr ("%s\n", notice);
}

static void
add_folder (GPtrArray *files, GFile *folder)
{
  g_autoptr (GPtrArray) found = ip_folder_list_dumps (folder, NULL, NULL);

  for (guint i = 0; found != NULL && i < found->len; i++)
    g_ptr_array_add (files, g_object_ref (found->pdata[i]));
}

GPtrArray *
ip_options_list_files (const IpOptions *options)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; options->files != NULL && options->files[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (options->files[i]);

      if (g_file_test (options->files[i], G_FILE_TEST_IS_DIR))
        add_folder (files, file);
      else
        g_ptr_array_add (files, g_object_ref (file));
    }

  return files;
}

/* One --reduce.  All layers that can be reduced are, when none is named. */
static gboolean
reduce (IpDump *dump, const char *text, GError **error)
{
  const char *how;
  g_autofree char *name = split_reduction (text, &how);
  gboolean found = FALSE;

  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    {
      IpReduction reduction = ip_dump_get_reduction (dump, i);

      if ((name != NULL && strcmp (name, ip_dump_get_layer (dump, i)->name) != 0)
          || !ip_dump_can_reduce (dump, i))
        continue;
      ip_reduction_parse (&reduction, how);
      ip_dump_set_reduction (dump, i, &reduction);
      found = TRUE;
    }
  if (found || name == NULL)
    return TRUE;

  g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_NO_LAYERS,
               _("%s: no layer “%s” whose units have several axes"), ip_dump_get_name (dump), name);
  return FALSE;
}

static gboolean
choose (const IpOptions *options, IpDump *dump, GError **error)
{
  if (options->samples_text != NULL
      && !ip_dump_select_samples (dump, options->selection, options->n_samples,
                                  (guint64) options->seed))
    {
      g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
                   _("%s: --samples %s: there are no classes"), ip_dump_get_name (dump),
                   options->samples_text);
      return FALSE;
    }
  for (guint i = 0; options->reductions != NULL && options->reductions[i] != NULL; i++)
    if (!reduce (dump, options->reductions[i], error))
      return FALSE;
  return TRUE;
}

IpDump *
ip_options_open_dump (const IpOptions *options, GFile *file, GError **error)
{
  IpDump *dump = options->mapping != NULL
                   ? ip_dump_open_mapped (file, options->mapping, NULL, error)
                   : ip_dump_open (file, NULL, error);

  if (dump != NULL && !choose (options, dump, error))
    g_clear_object (&dump);
  return dump;
}

static char *
list_layers (IpDump *dump)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", ip_dump_get_layer (dump, i)->name);

  return g_string_free (text, FALSE);
}

gboolean *
ip_options_select_layers (const IpOptions *options, IpDump *dump)
{
  guint n_layers = ip_dump_get_n_layers (dump);
  g_autofree gboolean *wanted = g_new0 (gboolean, n_layers + 1);
  g_auto (GStrv) names = options->layers != NULL ? g_strsplit (options->layers, ",", -1) : NULL;

  for (guint i = 0; names == NULL && i < n_layers; i++)
    wanted[i] = TRUE;

  for (guint k = 0; names != NULL && names[k] != NULL; k++)
    {
      gboolean found = FALSE;

      for (guint i = 0; i < n_layers; i++)
        if (g_str_equal (ip_dump_get_layer (dump, i)->name, names[k]))
          found = wanted[i] = TRUE;
      if (!found)
        {
          g_autofree char *known = list_layers (dump);

          g_printerr (_("%s: no layer is called “%s”; there are %s\n"), ip_dump_get_name (dump),
                      names[k], known);
          return NULL;
        }
    }

  return g_steal_pointer (&wanted);
}

/* One part of the list: "12", "10:100" or "0:1000:100", in epoch numbers, both ends included. */
static gboolean
parse_epoch_range (const char *text, gint64 *first, gint64 *last, gint64 *step)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  guint n_parts = g_strv_length (parts);
  gint64 *numbers[] = { first, last, step };

  if (n_parts < 1 || n_parts > 3)
    return FALSE;

  *first = 0;
  *last = G_MAXINT64;
  *step = 1;
  for (guint i = 0; i < n_parts; i++)
    {
      char *end;

      if (n_parts > 1 && parts[i][0] == '\0')
        continue;
      *numbers[i] = g_ascii_strtoll (parts[i], &end, 10);
      if (end == parts[i] || *end != '\0')
        return FALSE;
    }
  if (n_parts == 1)
    *last = *first;

  return *step > 0;
}

gboolean *
ip_options_select_snapshots (const IpOptions *options, IpDump *dump)
{
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  g_autofree gboolean *wanted = g_new0 (gboolean, n_epochs + 1);
  g_auto (GStrv) parts = g_strsplit (options->epochs != NULL ? options->epochs : "0:", ",", -1);

  if (options->epochs == NULL)
    {
      for (guint i = 0; i < n_epochs; i++)
        wanted[i] = TRUE;
      return g_steal_pointer (&wanted);
    }

  for (guint k = 0; parts[k] != NULL; k++)
    {
      gint64 first, last, step;
      gboolean found = FALSE;

      if (!parse_epoch_range (parts[k], &first, &last, &step))
        {
          g_printerr (_("--epochs %s: expected A:B:STEP or a list of epochs\n"), parts[k]);
          return NULL;
        }
      for (guint i = 0; i < n_epochs; i++)
        if (epochs[i] >= first && epochs[i] <= last && (epochs[i] - first) % step == 0)
          found = wanted[i] = TRUE;
      if (!found)
        {
          g_printerr (_("%s: no snapshot at epoch %s; there are %u from %" PRId64
                        " to %" PRId64 "\n"),
                      ip_dump_get_name (dump), parts[k], n_epochs, n_epochs > 0 ? epochs[0] : 0,
                      n_epochs > 0 ? epochs[n_epochs - 1] : 0);
          return NULL;
        }
    }

  return g_steal_pointer (&wanted);
}
