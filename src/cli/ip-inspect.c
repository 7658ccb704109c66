/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
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

static void
print_layer (const IpLayer *layer, guint n_epochs)
{
  g_autofree char *shape = format_shape (layer->shape, layer->rank);

  g_print ("  %2u  %-16s %-10s %-10s %-12s %-9s", layer->index, layer->name, layer->kind,
           layer->activation, shape, layer->type_name);
  if (layer->n_present < n_epochs)
    g_print (_("  %u of %u epochs"), layer->n_present, n_epochs);
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

  ip_dump_get_epochs (dump, &n_epochs);
  g_print ("%s\n", path);
  if (*ip_dump_get_title (dump) != '\0')
    g_print (_("title:   %s\n"), ip_dump_get_title (dump));
  g_print (_("format:  %s (%s)\n"), ip_dump_get_format (dump), ip_dump_get_mapping (dump));
  g_print (_("samples: %" G_GSIZE_FORMAT "\n"), ip_dump_get_n_samples (dump));
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
    print_layer (ip_dump_get_layer (dump, i), n_epochs);
  for (guint i = 0; warnings[i] != NULL; i++)
    g_print (_("warning: %s\n"), warnings[i]);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

static void
add_shape (JsonBuilder *builder, const guint64 *shape, guint rank)
{
  begin_array (builder, "shape");
  for (guint i = 0; i < rank; i++)
    json_builder_add_int_value (builder, shape[i]);
  json_builder_end_array (builder);
}

static void
add_layer (JsonBuilder *builder, const IpLayer *layer, const gint64 *epochs, guint n_epochs)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", layer->name);
  add_integer (builder, "index", layer->index);
  add_text (builder, "kind", layer->kind);
  add_text (builder, "activation", layer->activation);
  add_shape (builder, layer->shape, layer->rank);
  add_text (builder, "dtype", layer->type_name);
  begin_array (builder, "epochs");
  for (guint i = 0; i < n_epochs; i++)
    if (layer->present[i])
      json_builder_add_int_value (builder, epochs[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_labels (JsonBuilder *builder, IpDump *dump, double entropy)
{
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_object (builder);
  add_text (builder, "kind", label_kinds[ip_dump_get_label_kind (dump)]);
  add_integer (builder, "classes", ip_dump_get_n_classes (dump));
  json_builder_set_member_name (builder, "entropy");
  if (isnan (entropy))
    json_builder_add_null_value (builder);
  else
    json_builder_add_double_value (builder, entropy / G_LN2);
  add_text (builder, "unit", "bits");
  json_builder_end_object (builder);
}

static void
add_inputs (JsonBuilder *builder, IpDump *dump)
{
  guint rank;
  const guint64 *shape = ip_dump_get_input_shape (dump, &rank);

  json_builder_set_member_name (builder, "inputs");
  if (rank == 0)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  add_shape (builder, shape, rank);
  add_text (builder, "dtype", ip_dump_get_input_type (dump));
  json_builder_end_object (builder);
}

static void
add_dump (JsonBuilder *builder, IpDump *dump, double entropy)
{
  g_autofree char *path = g_file_get_parse_name (ip_dump_get_file (dump));
  const char *const *warnings = ip_dump_get_warnings (dump);
  guint n_epochs, n_metrics, n_attributes;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n_metrics);
  const IpRunAttribute *attributes = ip_dump_get_attributes (dump, &n_attributes);

  json_builder_begin_object (builder);
  add_text (builder, "file", path);
  add_text (builder, "title", ip_dump_get_title (dump));
  add_text (builder, "format", ip_dump_get_format (dump));
  add_text (builder, "mapping", ip_dump_get_mapping (dump));
  add_integer (builder, "samples", ip_dump_get_n_samples (dump));
  begin_array (builder, "epochs");
  for (guint i = 0; i < n_epochs; i++)
    json_builder_add_int_value (builder, epochs[i]);
  json_builder_end_array (builder);
  begin_array (builder, "layers");
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    add_layer (builder, ip_dump_get_layer (dump, i), epochs, n_epochs);
  json_builder_end_array (builder);
  add_labels (builder, dump, entropy);
  add_inputs (builder, dump);
  begin_array (builder, "metrics");
  for (guint i = 0; i < n_metrics; i++)
    json_builder_add_string_value (builder, metrics[i].name);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "run");
  json_builder_begin_object (builder);
  for (guint i = 0; i < n_attributes; i++)
    add_text (builder, attributes[i].name, attributes[i].value);
  json_builder_end_object (builder);
  begin_array (builder, "warnings");
  for (guint i = 0; warnings[i] != NULL; i++)
    json_builder_add_string_value (builder, warnings[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
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
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) root = NULL;
      g_autofree char *text = NULL;

      add_dump (builder, dump, entropy);
      root = json_builder_get_root (builder);
      text = json_to_string (root, FALSE);
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
