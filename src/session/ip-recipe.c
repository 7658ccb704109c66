/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-recipe.h"

#include "ip-json-writer.h"
#include "ip-number.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A recipe is a list of runs with what is used of them, and one request.  Text and JSON tell all of
 * it; the command line can say everything but a mapping that was given by hand, for which it names
 * a file, and other layers of one run than of another, for which it takes the saved session. */

typedef struct
{
  IpSession *session;
  const IpRequest *request;
  char parameters[256];
  GPtrArray *runs;    /* IpRun, borrowed from the session */
  GPtrArray *layers;  /* of each run the names of its layers, as GPtrArray */
  gboolean goes_out; /* names files without their folders */
  gboolean is_point;
  guint layer; /* of a point */
  gint64 epoch;
  IpFigureKind kind;
  const char *output;
} Recipe;

static void
recipe_init (Recipe *self, IpSession *session)
{
  *self = (Recipe){ .session = session, .request = ip_session_get_request (session) };
  ip_parameters_format (&self->request->parameters, self->request->estimator, self->parameters,
                        sizeof self->parameters);
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
  self->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
}

static void
recipe_clear (Recipe *self)
{
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->layers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Recipe, recipe_clear)

/* only: one layer, or −1 for all that are visible. */
static void
add_run (Recipe *self, guint number, int only)
{
  IpRun *run = g_list_model_get_item (ip_session_get_runs (self->session), number);
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (run)); i++)
    {
      IpRunLayer *layer = ip_run_get_layer (run, i);

      if (only >= 0 ? (int) i == only : ip_run_layer_get_visible (layer))
        g_ptr_array_add (names, (gpointer) ip_run_layer_get_name (layer));
    }
  g_ptr_array_add (self->runs, run);
  g_ptr_array_add (self->layers, names);
}

static IpDump *
get_dump (const Recipe *self, guint run)
{
  return ip_run_get_dump (self->runs->pdata[run]);
}

static char *
join_layers (const Recipe *self, guint run, const char *separator)
{
  const GPtrArray *names = self->layers->pdata[run];
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? separator : "", (char *) names->pdata[i]);

  return g_string_free (text, FALSE);
}

/* How units of the shown layers are reduced, as --reduce says it: "conv1=mean:first". (transfer
 * full) NULL-terminated */
static char **
list_reductions (const Recipe *self, guint run)
{
  IpDump *dump = get_dump (self, run);
  const GPtrArray *names = self->layers->pdata[run];
  GPtrArray *texts = g_ptr_array_new ();

  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    {
      const IpLayer *layer = ip_dump_get_layer (dump, i);

      if (*layer->reduction != '\0'
          && g_ptr_array_find_with_equal_func ((GPtrArray *) names, layer->name, g_str_equal, NULL))
        g_ptr_array_add (texts, g_strdup_printf ("%s=%s", layer->name, layer->reduction));
    }
  g_ptr_array_add (texts, NULL);

  return (char **) g_ptr_array_free (texts, FALSE);
}

/* The text of a mapping that is not what the program recognises by itself, or NULL. */
static char *
get_mapping (IpDump *dump)
{
  IpMappingOrigin origin;
  const IpMapping *mapping = ip_dump_get_mapping (dump, &origin);

  return origin != IP_MAPPING_RECOGNISED ? ip_mapping_to_text (mapping) : NULL;
}

static const IpEstimate *
find_estimate (const Recipe *self)
{
  IpRun *run = self->runs->pdata[0];
  const IpEstimate *const *known = ip_run_get_estimates (run, self->request);
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);

  for (guint i = 0; self->is_point && known != NULL && i < n_epochs; i++)
    if (epochs[i] == self->epoch)
      return known[self->layer * n_epochs + i];

  return NULL;
}

static double
get_unit_size (const Recipe *self, IpQuantity quantity)
{
  gboolean in_bits = ip_session_get_in_bits (self->session);

  return in_bits && ip_quantity_get_info (quantity)->unit == IP_UNIT_INFORMATION ? G_LN2 : 1;
}

static char *
name_file (const Recipe *self, guint run)
{
  GFile *file = ip_dump_get_file (get_dump (self, run));

  return self->goes_out ? g_file_get_basename (file) : g_file_get_parse_name (file);
}

/* Command line */

static void
add_argument (GString *command, const char *option, const char *value)
{
  g_autofree char *quoted = NULL;
  gboolean plain = strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_-+=.,:/@%") == strlen (value);

  if (!plain)
    quoted = g_shell_quote (value);
  g_string_append_printf (command, " %s%s%s", option, option[0] != '\0' ? " " : "",
                          quoted != NULL ? quoted : value);
}

/* "class:n=50,seed=1" is --samples class:50 --seed 1. */
static void
add_choices (const Recipe *self, GString *command)
{
  g_auto (GStrv) reductions = list_reductions (self, 0);
  IpSelectionKind kind;
  guint64 seed;
  gsize n;
  g_autofree char *samples = NULL;
  g_autofree char *seed_text = NULL;

  for (guint i = 0; reductions[i] != NULL; i++)
    add_argument (command, "--reduce", reductions[i]);
  if (!ip_selection_parse (ip_dump_get_selection (get_dump (self, 0)), &kind, &n, &seed)
      || kind == IP_SELECTION_ALL)
    return;
  samples = kind == IP_SELECTION_RANDOM
              ? g_strdup_printf ("%" G_GSIZE_FORMAT, n)
              : g_strdup_printf ("%s:%" G_GSIZE_FORMAT, ip_selection_kind_get_id (kind), n);
  seed_text = g_strdup_printf ("%" PRIu64, seed);
  add_argument (command, "--samples", samples);
  if (kind != IP_SELECTION_FIRST)
    add_argument (command, "--seed", seed_text);
}

/* Whether one option can say what is used of all runs. */
static gboolean
runs_agree (const Recipe *self)
{
  for (guint i = 1; i < self->runs->len; i++)
    {
      g_autofree char *first = join_layers (self, 0, ",");
      g_autofree char *other = join_layers (self, i, ",");
      g_auto (GStrv) first_reductions = list_reductions (self, 0);
      g_auto (GStrv) other_reductions = list_reductions (self, i);

      if (!g_str_equal (first, other)
          || !g_strv_equal ((const char *const *) first_reductions,
                            (const char *const *) other_reductions)
          || !g_str_equal (ip_dump_get_selection (get_dump (self, 0)),
                           ip_dump_get_selection (get_dump (self, i))))
        return FALSE;
    }

  return TRUE;
}

static void
add_files (const Recipe *self, GString *command)
{
  g_autofree char *mapping = NULL;

  for (guint i = 0; i < self->runs->len; i++)
    {
      g_autofree char *name = name_file (self, i);

      add_argument (command, "", name);
    }
  mapping = get_mapping (get_dump (self, 0));
  if (mapping != NULL)
    {
      g_autofree char *name = g_strconcat (ip_dump_get_name (get_dump (self, 0)), ".map", NULL);

      add_argument (command, "--map", name);
    }
}

/* Where not all are estimated. */
static void
add_epochs (const Recipe *self, GString *command)
{
  IpRun *run = self->runs->pdata[0];
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  g_autoptr (GString) list = g_string_new (NULL);
  guint n_chosen = 0;

  for (guint i = 0; i < n_epochs; i++)
    if (ip_run_is_chosen (run, i))
      g_string_append_printf (list, "%s%" PRId64, n_chosen++ > 0 ? "," : "", epochs[i]);
  if (n_chosen < n_epochs)
    add_argument (command, "--epochs", list->str);
}

static void
add_layers (const Recipe *self, GString *command)
{
  const GPtrArray *used = self->layers->pdata[0];
  g_autofree char *names = join_layers (self, 0, ",");

  if (self->is_point || used->len < g_list_model_get_n_items (self->runs->pdata[0]))
    add_argument (command, "--layers", names);
}

/* Where figures are put together otherwise than they are by themselves. */
static void
add_displays (const Recipe *self, GString *command)
{
  static const char *const options[IP_N_DISPLAYS] = {
    [IP_DISPLAY_LAYOUT] = "--layout",
    [IP_DISPLAY_BAND] = "--band",
    [IP_DISPLAY_SHOW] = "--show",
    [IP_DISPLAY_VALUE_SCALE] = "--value-scale",
    [IP_DISPLAY_SPECTRUM] = "--spectrum",
    [IP_DISPLAY_GRID] = "--grid",
  };
  g_autoptr (IpSession) plain = ip_session_new (1, 0);

  for (IpDisplay i = 0; i < IP_N_DISPLAYS; i++)
    {
      int chosen = ip_session_get_display (self->session, i);
      g_autofree char *value = ip_display_format (i, chosen);

      if (chosen != ip_session_get_display (plain, i))
        add_argument (command, options[i], value);
    }
}

static void
add_lengths (const Recipe *self, GString *command)
{
  static const char *const options[IP_N_LENGTHS] = { "--width", "--height", "--font-size" };

  for (IpLength i = 0; i < IP_N_LENGTHS; i++)
    {
      char number[IP_NUMBER_SIZE];
      g_autofree char *text = NULL;

      if (!(ip_session_get_length (self->session, i) > 0))
        continue;
      ip_number_format (ip_session_get_length (self->session, i), number);
      text = g_strconcat (number, "pt", NULL);
      add_argument (command, options[i], text);
    }
}

static void
add_figure_options (const Recipe *self, GString *command)
{
  static const char *const options[IP_N_SHOWN] = { "--quantity", "--x-quantity", "--y-quantity" };
  IpScale scale = ip_session_get_epoch_scale (self->session);
  g_autofree char *epoch
    = g_strdup_printf ("%" PRId64, ip_session_get_epoch (self->session));

  add_argument (command, "--epoch", epoch);
  add_argument (command, "--epoch-scale", scale == IP_SCALE_LINEAR ? "linear" : "log");
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    {
      IpQuantity quantity = ip_session_get_quantity (self->session, where);
      gboolean is_shown = where == IP_SHOWN_IN_MAP
                            ? self->kind == IP_FIGURE_MAP || self->kind == IP_FIGURE_EPOCHS
                            : self->kind == IP_FIGURE_TRAJECTORIES;

      if (quantity < IP_N_QUANTITIES && is_shown)
        add_argument (command, options[where], ip_quantity_get_info (quantity)->id);
    }
  if (ip_session_get_group_by (self->session) != NULL)
    add_argument (command, "--group-by", ip_session_get_group_by (self->session));
  add_displays (self, command);
  add_lengths (self, command);
}

/* What planes, epochs and trajectories show beside the request. */
static const IpRequest *
get_comparisons (const Recipe *self, guint *n)
{
  const IpRequest *requests = ip_session_get_comparisons (self->session, n);

  if (self->is_point
      || (self->kind != IP_FIGURE_PLANE && self->kind != IP_FIGURE_EPOCHS
          && self->kind != IP_FIGURE_TRAJECTORIES))
    *n = 0;

  return requests;
}

static void
add_comparisons (const Recipe *self, GString *command)
{
  guint n;
  const IpRequest *requests = get_comparisons (self, &n);

  for (guint i = 0; i < n; i++)
    {
      char parameters[256];
      g_autofree char *text = NULL;

      ip_parameters_format (&requests[i].parameters, requests[i].estimator, parameters,
                            sizeof parameters);
      text = g_strdup_printf ("%s%s%s", requests[i].estimator->id,
                              parameters[0] != '\0' ? ":" : "", parameters);
      add_argument (command, "-e", text);
    }
}

static void
add_sweep (const Recipe *self, GString *command)
{
  const double *values;
  guint n;
  int parameter = ip_session_get_sweep (self->session, &values, &n);
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->kind != IP_FIGURE_SWEEP || parameter < 0 || n == 0)
    return;
  g_string_printf (text, "%s=", self->request->estimator->parameters[parameter].id);
  for (guint i = 0; i < n; i++)
    {
      char number[IP_NUMBER_SIZE];

      ip_number_format (values[i], number);
      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", number);
    }
  add_argument (command, "--sweep", text->str);
}

static char *
make_command (const Recipe *self)
{
  GString *command = g_string_new ("infoplane-cli");
  g_autofree char *estimator = g_strdup_printf ("%s%s%s", self->request->estimator->id,
                                                self->parameters[0] != '\0' ? ":" : "",
                                                self->parameters);
  g_autofree char *epoch = g_strdup_printf ("%" PRId64, self->epoch);
  const char *kind = ip_session_get_view_name (self->kind);

  g_string_append (command, self->is_point ? " estimate" : " plot");
  if (runs_agree (self))
    {
      add_files (self, command);
      add_argument (command, "-e", estimator);
      add_comparisons (self, command);
      add_layers (self, command);
      add_choices (self, command);
      if (!self->is_point)
        add_epochs (self, command);
    }
  else
    {
      add_argument (command, "--session", "SESSION.infoplane");
    }
  if (self->is_point)
    add_argument (command, "--epochs", epoch);
  add_argument (command, "--unit", ip_session_get_in_bits (self->session) ? "bits" : "nats");
  if (!self->is_point)
    {
      add_argument (command, "--figure", self->kind == IP_FIGURE_MAP ? "heatmap" : kind);
      add_figure_options (self, command);
      add_sweep (self, command);
      add_argument (command, "-o", self->output);
    }

  return g_string_free (command, FALSE);
}

/* Text */

static void
describe_run (const Recipe *self, guint run, GString *text)
{
  IpDump *dump = get_dump (self, run);
  g_autofree char *file = name_file (self, run);
  g_autofree char *layers = join_layers (self, run, ", ");
  g_auto (GStrv) reductions = list_reductions (self, run);
  g_autofree char *reduced = g_strjoinv (", ", reductions);
  g_autofree char *mapping = get_mapping (dump);

  g_string_append_printf (text, _("Dump: %s\n"), file);
  g_string_append_printf (text, _("Fingerprint: %s\n"), ip_dump_get_fingerprint (dump));
  g_string_append_printf (text, _("Format: %s\n"), ip_dump_get_format (dump));
  if (mapping != NULL)
    g_string_append_printf (text, _("Mapping:\n%s"), mapping);
  g_string_append_printf (text, _("Samples: %s, %zu of them\n"),
                          ip_dump_get_selection (dump), ip_dump_get_n_samples (dump));
  g_string_append_printf (text, _("Layers: %s\n"), layers);
  if (reductions[0] != NULL)
    g_string_append_printf (text, _("Units reduced: %s\n"), reduced);
}

static void
describe_values (const Recipe *self, GString *text)
{
  const IpEstimate *estimate = find_estimate (self);

  g_string_append_printf (text, _("Epoch: %" PRId64 "\n"), self->epoch);
  for (guint i = 0; estimate != NULL && i < estimate->n_values; i++)
    {
      const IpValue *value = &estimate->values[i];
      const IpQuantityInfo *info = ip_quantity_get_info (value->quantity);
      char number[IP_NUMBER_SIZE];

      ip_number_format (value->value / get_unit_size (self, value->quantity), number);
      g_string_append_printf (text, "%s = %s%s\n", info->symbol,
                              isnan (value->value) ? "–" : number,
                              info->unit == IP_UNIT_NONE                     ? ""
                              : ip_session_get_in_bits (self->session) ? " bits" : " nats");
    }
}

static void
describe_request (const IpRequest *request, GString *text)
{
  char parameters[256];

  ip_parameters_format (&request->parameters, request->estimator, parameters, sizeof parameters);
  g_string_append_printf (text, _("Estimator: %s (%s, version %u)\n"),
                          _(request->estimator->title), request->estimator->id,
                          request->estimator->version);
  if (parameters[0] != '\0')
    g_string_append_printf (text, _("Parameters: %s\n"), parameters);
}

static char *
make_text (const Recipe *self)
{
  guint n;
  const IpRequest *comparisons = get_comparisons (self, &n);
  GString *text = g_string_new (NULL);
  g_autofree char *command = make_command (self);

  for (guint i = 0; i < self->runs->len; i++)
    describe_run (self, i, text);
  if (self->is_point)
    describe_values (self, text);
  describe_request (self->request, text);
  for (guint i = 0; i < n; i++)
    describe_request (&comparisons[i], text);
  g_string_append_printf (text, _("Program: %s\n"), "Infoplane " PACKAGE_VERSION);
  g_string_append_printf (text, _("Command: %s\n"), command);

  return g_string_free (text, FALSE);
}

/* JSON */

static void
write_run (const Recipe *self, guint run, IpJsonWriter *json)
{
  IpDump *dump = get_dump (self, run);
  g_autofree char *file = name_file (self, run);
  g_autofree char *mapping = get_mapping (dump);
  const GPtrArray *layers = self->layers->pdata[run];
  g_auto (GStrv) reductions = list_reductions (self, run);

  ip_json_writer_begin_object (json, NULL);
  ip_json_writer_add_text (json, "file", file);
  ip_json_writer_add_text (json, "fingerprint", ip_dump_get_fingerprint (dump));
  ip_json_writer_add_text (json, "format", ip_dump_get_format (dump));
  if (mapping != NULL)
    ip_json_writer_add_text (json, "mapping", mapping);
  ip_json_writer_add_text (json, "samples", ip_dump_get_selection (dump));
  ip_json_writer_add_integer (json, "n", (gint64) ip_dump_get_n_samples (dump));
  ip_json_writer_begin_array (json, "layers");
  for (guint i = 0; i < layers->len; i++)
    ip_json_writer_add_text (json, NULL, layers->pdata[i]);
  ip_json_writer_end_array (json);
  ip_json_writer_begin_array (json, "reduce");
  for (guint i = 0; reductions[i] != NULL; i++)
    ip_json_writer_add_text (json, NULL, reductions[i]);
  ip_json_writer_end_array (json);
  ip_json_writer_end_object (json);
}

static void
write_values (const Recipe *self, IpJsonWriter *json)
{
  const IpEstimate *estimate = find_estimate (self);

  ip_json_writer_add_integer (json, "epoch", self->epoch);
  ip_json_writer_begin_object (json, "values");
  for (guint i = 0; estimate != NULL && i < estimate->n_values; i++)
    ip_json_writer_add_number (json, ip_quantity_get_info (estimate->values[i].quantity)->id,
                               estimate->values[i].value
                                 / get_unit_size (self, estimate->values[i].quantity));
  ip_json_writer_end_object (json);
}

static void
write_request (const IpRequest *request, const char *name, IpJsonWriter *json)
{
  char parameters[256];

  ip_parameters_format (&request->parameters, request->estimator, parameters, sizeof parameters);
  ip_json_writer_begin_object (json, name);
  ip_json_writer_add_text (json, "id", request->estimator->id);
  ip_json_writer_add_integer (json, "version", request->estimator->version);
  ip_json_writer_add_text (json, "parameters", parameters);
  ip_json_writer_end_object (json);
}

static char *
make_json (const Recipe *self)
{
  guint n;
  const IpRequest *comparisons = get_comparisons (self, &n);
  g_autoptr (IpJsonWriter) json = ip_json_writer_new ();
  g_autofree char *command = make_command (self);

  ip_json_writer_begin_object (json, NULL);
  ip_json_writer_add_text (json, "program", "infoplane " PACKAGE_VERSION);
  ip_json_writer_begin_array (json, "runs");
  for (guint i = 0; i < self->runs->len; i++)
    write_run (self, i, json);
  ip_json_writer_end_array (json);
  if (self->is_point)
    write_values (self, json);
  ip_json_writer_add_text (json, "unit",
                           ip_session_get_in_bits (self->session) ? "bits" : "nats");
  write_request (self->request, "estimator", json);
  if (n > 0)
    ip_json_writer_begin_array (json, "comparisons");
  for (guint i = 0; i < n; i++)
    write_request (&comparisons[i], NULL, json);
  if (n > 0)
    ip_json_writer_end_array (json);
  ip_json_writer_add_text (json, "command", command);
  ip_json_writer_end_object (json);

  return ip_json_writer_finish (json);
}

static char *
make (Recipe *self, IpRecipeFormat format)
{
  if (self->runs->len == 0)
    return g_strdup ("");

  self->goes_out = format == IP_RECIPE_METADATA;
  switch (format)
    {
    case IP_RECIPE_JSON:
      return make_json (self);

    case IP_RECIPE_COMMAND:
      return make_command (self);

    case IP_RECIPE_TEXT:
    case IP_RECIPE_METADATA:
    default:
      return make_text (self);
    }
}

char *
ip_recipe_of_point (IpSession *session, int layer, gint64 epoch, IpRecipeFormat format)
{
  g_auto (Recipe) self = { 0 };

  recipe_init (&self, session);
  self.is_point = TRUE;
  self.layer = layer & 0xffff;
  self.epoch = epoch;
  add_run (&self, (guint) layer >> 16, layer & 0xffff);

  return make (&self, format);
}

char *
ip_recipe_of_figure (IpSession *session,
                     IpFigureKind kind,
                     const char *output,
                     IpRecipeFormat format)
{
  g_auto (Recipe) self = { 0 };
  GListModel *runs = ip_session_get_runs (session);

  recipe_init (&self, session);
  self.kind = kind;
  self.output = output;
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      if (ip_run_get_visible (run))
        add_run (&self, i, -1);
    }

  return make (&self, format);
}
