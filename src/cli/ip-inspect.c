/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include "ip-gradient.h"
#include "ip-json-writer.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

/* The inspect command: what a dump holds, in words or as one JSON object per file. */

static const char *const label_kinds[] = { "none", "classes", "real" };

/* H(Y) in nats, NAN without classes. */
static double
get_label_entropy (IpDump *dump, GError **error)
{
  const IpEvaluationSet *set = ip_dump_get_evaluation_set (dump, NULL, error);

  return set != NULL ? ip_evaluation_set_get_label_entropy (set) : NAN;
}

/* The snapshot where the layer's gradients turn from drift to diffusion, n_epochs if none does. */
static guint
find_transition (const IpLayer *layer, guint n_epochs)
{
  g_autofree double *snr = g_new (double, n_epochs + 1);

  if (layer->grad_mean == NULL || layer->grad_std == NULL)
    return n_epochs;

  for (guint i = 0; i < n_epochs; i++)
    snr[i] = layer->grad_mean[i] / layer->grad_std[i];
  return (guint) ip_gradient_find_transition (snr, n_epochs);
}

static void
print_layer (const IpLayer *layer, const gint64 *epochs, guint n_epochs)
{
  guint transition = find_transition (layer, n_epochs);
  g_autofree char *shape = ip_shape_to_text (layer->shape, layer->rank);

  g_print ("  %2u  %-16s %-10s %-10s %-12s %-9s", layer->index, layer->name, layer->kind,
           layer->activation, shape, layer->type_name);
  if (*layer->reduction != '\0')
    g_print ("  %s", layer->reduction);
  if (layer->n_present < n_epochs)
    g_print (_("  %u of %u epochs"), layer->n_present, n_epochs);
  if (transition < n_epochs)
    g_print (_("  gradients diffuse from epoch %" PRId64), epochs[transition]);
  g_print ("\n");
}

static void
print_epochs (IpDump *dump)
{
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);

  g_print ("%s %u", _("epochs: "), n_epochs);
  if (n_epochs > 0)
    g_print (", %" PRId64 " … %" PRId64, epochs[0], epochs[n_epochs - 1]);
  g_print ("\n");
}

static void
print_labels (IpDump *dump, double entropy)
{
  switch (ip_dump_get_label_kind (dump))
    {
    case IP_LABELS_CLASSES:
      g_print (_("labels:  %u classes, H(Y) = %.4f bits\n"), ip_dump_get_n_classes (dump),
               entropy / G_LN2);
      break;

    case IP_LABELS_REAL:
      g_print (_("labels:  real numbers\n"));
      break;

    case IP_LABELS_NONE:
    default:
      g_print (_("labels:  none\n"));
      break;
    }
}

static void
print_inputs (IpDump *dump)
{
  guint rank;
  const guint64 *shape = ip_dump_get_input_shape (dump, &rank);
  g_autofree char *text = ip_shape_to_text (shape, rank);

  if (rank > 0)
    g_print (_("inputs:  %s %s\n"), text, ip_dump_get_input_type (dump));
  else
    g_print (_("inputs:  none\n"));
}

static const char *const origins[] = { N_("recognised"), N_("remembered"), N_("given") };
static const char *const origin_ids[] = { "recognised", "remembered", "given" };
static const char *const confidences[]
  = { N_("a guess"), N_("likely, names and shapes agree"), N_("certain") };

/* In the syntax that --map reads. */
static void
print_mapping (IpDump *dump)
{
  IpMappingOrigin origin;
  const IpMapping *mapping = ip_dump_get_mapping (dump, &origin);
  g_autofree char *text = ip_mapping_to_text (mapping);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);

  if (origin == IP_MAPPING_RECOGNISED)
    g_print (_("mapping: recognised, %s\n"), _(confidences[mapping->confidence]));
  else
    g_print (_("mapping: %s\n"), _(origins[origin]));
  for (guint i = 0; lines[i] != NULL; i++)
    g_print ("  %s\n", lines[i]);
  for (guint i = 0; i < mapping->doubts->len; i++)
    g_print (_("undecided: %s\n"), (const char *) mapping->doubts->pdata[i]);
}

static gboolean
is_doubt (const IpMapping *mapping, const char *warning)
{
  for (guint i = 0; i < mapping->doubts->len; i++)
    if (g_str_equal (mapping->doubts->pdata[i], warning))
      return TRUE;
  return FALSE;
}

static void
print_samples (IpDump *dump)
{
  gsize n = ip_dump_get_n_samples (dump);
  gsize n_recorded = ip_dump_get_n_recorded (dump);

  if (n < n_recorded)
    g_print (_("samples: %zu of %zu (%s)\n"), n, n_recorded, ip_dump_get_selection (dump));
  else
    g_print (_("samples: %zu\n"), n);
}

static void
print_dump (IpDump *dump, double entropy)
{
  g_autofree char *path = g_file_get_parse_name (ip_dump_get_file (dump));
  const char *const *warnings = ip_dump_get_warnings (dump);
  guint n_epochs, n_metrics, n_attributes;
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n_metrics);
  const IpRunAttribute *attributes = ip_dump_get_attributes (dump, &n_attributes);
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);

  g_print ("%s\n", path);
  if (*ip_dump_get_title (dump) != '\0')
    g_print (_("title:   %s\n"), ip_dump_get_title (dump));
  g_print (_("format:  %s (%s)\n"), ip_dump_get_format (dump), ip_dump_get_reason (dump));
  print_samples (dump);
  print_epochs (dump);
  print_inputs (dump);
  print_labels (dump, entropy);
  if (n_metrics > 0)
    g_print ("%s", _("metrics:"));
  for (guint i = 0; i < n_metrics; i++)
    g_print (" %s", metrics[i].name);
  if (n_metrics > 0)
    g_print ("\n");
  if (n_attributes > 0)
    g_print ("%s", _("run:    "));
  for (guint i = 0; i < n_attributes; i++)
    g_print (" %s=%s", attributes[i].name, attributes[i].value);
  if (n_attributes > 0)
    g_print ("\n");
  g_print (_("layers:\n"));
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    print_layer (ip_dump_get_layer (dump, i), epochs, n_epochs);
  print_mapping (dump);
  for (guint i = 0; warnings[i] != NULL; i++)
    if (!is_doubt (ip_dump_get_mapping (dump, NULL), warnings[i]))
      g_print (_("warning: %s\n"), warnings[i]);
}

static void
add_shape (IpJsonWriter *writer, const guint64 *shape, guint rank)
{
  ip_json_writer_begin_array (writer, "shape");
  for (guint i = 0; i < rank; i++)
    ip_json_writer_add_integer (writer, NULL, shape[i]);
  ip_json_writer_end_array (writer);
}

static void
add_layer (IpJsonWriter *writer, const IpLayer *layer, const gint64 *epochs, guint n_epochs)
{
  guint transition = find_transition (layer, n_epochs);

  ip_json_writer_begin_object (writer, NULL);
  ip_json_writer_add_text (writer, "name", layer->name);
  ip_json_writer_add_integer (writer, "index", layer->index);
  ip_json_writer_add_text (writer, "kind", layer->kind);
  ip_json_writer_add_text (writer, "activation", layer->activation);
  add_shape (writer, layer->shape, layer->rank);
  ip_json_writer_add_text (writer, "reduction", layer->reduction);
  ip_json_writer_add_text (writer, "dtype", layer->type_name);
  ip_json_writer_begin_array (writer, "epochs");
  for (guint i = 0; i < n_epochs; i++)
    if (layer->present[i])
      ip_json_writer_add_integer (writer, NULL, epochs[i]);
  ip_json_writer_end_array (writer);
  if (transition < n_epochs)
    ip_json_writer_add_integer (writer, "diffusion_from", epochs[transition]);
  ip_json_writer_end_object (writer);
}

static void
add_labels (IpJsonWriter *writer, IpDump *dump, double entropy)
{
  ip_json_writer_begin_object (writer, "labels");
  ip_json_writer_add_text (writer, "kind", label_kinds[ip_dump_get_label_kind (dump)]);
  ip_json_writer_add_integer (writer, "classes", ip_dump_get_n_classes (dump));
  ip_json_writer_add_number (writer, "entropy", entropy / G_LN2);
  ip_json_writer_add_text (writer, "unit", "bits");
  ip_json_writer_end_object (writer);
}

static void
add_inputs (IpJsonWriter *writer, IpDump *dump)
{
  guint rank;
  const guint64 *shape = ip_dump_get_input_shape (dump, &rank);

  if (rank == 0)
    {
      ip_json_writer_add_null (writer, "inputs");
      return;
    }

  ip_json_writer_begin_object (writer, "inputs");
  add_shape (writer, shape, rank);
  ip_json_writer_add_text (writer, "dtype", ip_dump_get_input_type (dump));
  ip_json_writer_end_object (writer);
}

static void
add_mapping (IpJsonWriter *writer, IpDump *dump)
{
  IpMappingOrigin origin;
  const IpMapping *mapping = ip_dump_get_mapping (dump, &origin);
  g_autofree char *text = ip_mapping_to_text (mapping);

  ip_json_writer_add_text (writer, "mapping", text);
  ip_json_writer_add_text (writer, "mapping_origin", origin_ids[origin]);
  ip_json_writer_add_text (writer, "confidence", ip_confidence_get_id (mapping->confidence));
  ip_json_writer_begin_array (writer, "undecided");
  for (guint i = 0; i < mapping->doubts->len; i++)
    ip_json_writer_add_text (writer, NULL, mapping->doubts->pdata[i]);
  ip_json_writer_end_array (writer);
}

static void
add_dump (IpJsonWriter *writer, IpDump *dump, double entropy)
{
  g_autofree char *path = g_file_get_parse_name (ip_dump_get_file (dump));
  const char *const *warnings = ip_dump_get_warnings (dump);
  guint n_epochs, n_metrics, n_attributes;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n_metrics);
  const IpRunAttribute *attributes = ip_dump_get_attributes (dump, &n_attributes);

  ip_json_writer_begin_object (writer, NULL);
  ip_json_writer_add_text (writer, "file", path);
  ip_json_writer_add_text (writer, "title", ip_dump_get_title (dump));
  ip_json_writer_add_text (writer, "format", ip_dump_get_format (dump));
  ip_json_writer_add_text (writer, "reason", ip_dump_get_reason (dump));
  add_mapping (writer, dump);
  ip_json_writer_add_integer (writer, "samples", ip_dump_get_n_samples (dump));
  ip_json_writer_add_text (writer, "selection", ip_dump_get_selection (dump));
  ip_json_writer_begin_array (writer, "epochs");
  for (guint i = 0; i < n_epochs; i++)
    ip_json_writer_add_integer (writer, NULL, epochs[i]);
  ip_json_writer_end_array (writer);
  ip_json_writer_begin_array (writer, "layers");
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    add_layer (writer, ip_dump_get_layer (dump, i), epochs, n_epochs);
  ip_json_writer_end_array (writer);
  add_labels (writer, dump, entropy);
  add_inputs (writer, dump);
  ip_json_writer_begin_array (writer, "metrics");
  for (guint i = 0; i < n_metrics; i++)
    ip_json_writer_add_text (writer, NULL, metrics[i].name);
  ip_json_writer_end_array (writer);
  ip_json_writer_begin_object (writer, "run");
  for (guint i = 0; i < n_attributes; i++)
    ip_json_writer_add_text (writer, attributes[i].name, attributes[i].value);
  ip_json_writer_end_object (writer);
  ip_json_writer_begin_array (writer, "warnings");
  for (guint i = 0; warnings[i] != NULL; i++)
    ip_json_writer_add_text (writer, NULL, warnings[i]);
  ip_json_writer_end_array (writer);
  ip_json_writer_end_object (writer);
}

/* What else the command was asked for. */
typedef struct
{
  gboolean json;
  gboolean mapping_only;
  gboolean remember;
  gboolean forget;
} Wishes;

static void
print_json (IpDump *dump, double entropy)
{
  g_autoptr (IpJsonWriter) writer = ip_json_writer_new ();
  g_autofree char *text = NULL;

  add_dump (writer, dump, entropy);
  text = ip_json_writer_finish (writer);
  g_print ("%s\n", text);
}

static gboolean
print (IpDump *dump, const Wishes *wishes, GError **error)
{
  double entropy;

  if (wishes->mapping_only)
    {
      g_autofree char *text = ip_mapping_to_text (ip_dump_get_mapping (dump, NULL));

      g_print ("%s", text);
      return TRUE;
    }

  entropy = get_label_entropy (dump, error);
  if (error != NULL && *error != NULL)
    return FALSE;
  if (wishes->json)
    print_json (dump, entropy);
  else
    print_dump (dump, entropy);
  return TRUE;
}

static IpExit
inspect (GFile *file, const IpOptions *options, const Wishes *wishes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = ip_options_open_dump (options, file, &error);

  if (dump != NULL && wishes->forget && ip_dump_forget_mapping (dump, &error))
    {
      g_object_unref (dump);
      dump = ip_options_open_dump (options, file, &error);
    }
  if (dump == NULL || !print (dump, wishes, &error))
    {
      g_printerr ("%s\n", error->message);
      return IP_EXIT_INPUT;
    }
  if (wishes->remember && !ip_dump_remember_mapping (dump, &error))
    {
      g_printerr ("%s\n", error->message);
      return IP_EXIT_OUTPUT;
    }

  return IP_EXIT_DONE;
}

IpExit
ip_command_inspect (int argc, char **argv)
{
  Wishes wishes = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &wishes.json, N_("Print one JSON object per file"), NULL },
    { "mapping", 0, 0, G_OPTION_ARG_NONE, &wishes.mapping_only,
      N_("Print only the mapping, as --map reads it"), NULL },
    { "remember", 0, 0, G_OPTION_ARG_NONE, &wishes.remember,
      N_("Use this mapping for all files of the same shape from now on"), NULL },
    { "forget", 0, 0, G_OPTION_ARG_NONE, &wishes.forget,
      N_("Forget the mapping of files of this shape"), NULL },
    { NULL },
  };
  g_autoptr (GPtrArray) files = NULL;
  IpOptions options;
  IpExit status = IP_EXIT_DONE;

  if (ip_options_parse (&options, argc, argv, "FILE…",
                        _("Say what is in activation dumps: layers, epochs, labels, inputs."),
                        entries, &status))
    {
      files = ip_options_list_files (&options);
      for (guint i = 0; i < files->len; i++)
        {
          IpExit result;

          if (i > 0 && !wishes.json && !wishes.mapping_only)
            g_print ("\n");
          result = inspect (files->pdata[i], &options, &wishes);
          status = MAX (status, result);
        }
    }
  ip_options_clear (&options);

  return status;
}
