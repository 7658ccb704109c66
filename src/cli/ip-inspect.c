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

static char *
format_shape (const guint64 *shape, guint rank)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? "×" : "", shape[i]);

  return g_string_free (text, FALSE);
}

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
  g_autofree char *shape = format_shape (layer->shape, layer->rank);

  g_print ("  %2u  %-16s %-10s %-10s %-12s %-9s", layer->index, layer->name, layer->kind,
           layer->activation, shape, layer->type_name);
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
    g_print (", %" G_GINT64_FORMAT " … %" G_GINT64_FORMAT, epochs[0], epochs[n_epochs - 1]);
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
  g_autofree char *text = format_shape (shape, rank);

  if (rank > 0)
    g_print (_("inputs:  %s %s\n"), text, ip_dump_get_input_type (dump));
  else
    g_print (_("inputs:  none\n"));
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
  g_print (_("format:  %s (%s)\n"), ip_dump_get_format (dump), ip_dump_get_mapping (dump));
  g_print (_("samples: %zu\n"), ip_dump_get_n_samples (dump));
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
  for (guint i = 0; warnings[i] != NULL; i++)
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
  ip_json_writer_add_text (writer, "mapping", ip_dump_get_mapping (dump));
  ip_json_writer_add_integer (writer, "samples", ip_dump_get_n_samples (dump));
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

static gboolean
inspect (GFile *file, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = ip_dump_open (file, NULL, &error);
  double entropy = NAN;

  if (dump != NULL)
    entropy = get_label_entropy (dump, &error);
  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }

  if (json)
    {
      g_autoptr (IpJsonWriter) writer = ip_json_writer_new ();
      g_autofree char *text = NULL;

      add_dump (writer, dump, entropy);
      text = ip_json_writer_finish (writer);
      g_print ("%s\n", text);
    }
  else
    {
      print_dump (dump, entropy);
    }

  return TRUE;
}

IpExit
ip_command_inspect (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object per file"), NULL },
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
          if (i > 0 && !json)
            g_print ("\n");
          if (!inspect (files->pdata[i], json))
            status = IP_EXIT_INPUT;
        }
    }
  ip_options_clear (&options);

  return status;
}
