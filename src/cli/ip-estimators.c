/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>

/* The estimators command: the registry in words or as JSON. */

static const char *const kind_names[] = { "integer", "real", "choice" };

static char *
format_standard (const IpParameter *parameter)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (parameter->kind == IP_PARAMETER_CHOICE)
    return g_strdup (parameter->choices[(int) parameter->standard]);

  return g_strdup (g_ascii_formatd (number, sizeof number, "%.6g", parameter->standard));
}

static void
print_parameter (const IpParameter *parameter)
{
  g_autofree char *standard = format_standard (parameter);
  g_autofree char *choices = NULL;

  if (parameter->kind == IP_PARAMETER_CHOICE)
    choices = g_strjoinv ("|", (char **) parameter->choices);
  else
    choices = g_strdup_printf ("%g … %g", parameter->minimum, parameter->maximum);
  g_print ("  %s=%s  (%s)\n      %s\n", parameter->id, standard, choices,
           _(parameter->description));
}

static void
print_estimator (const IpEstimator *estimator)
{
  g_print ("%s – %s\n%s\n\n", estimator->id, _(estimator->title), _(estimator->summary));

  g_print ("%s\n", _("Quantities:"));
  for (unsigned i = 0; i < estimator->n_quantities; i++)
    {
      const IpQuantityInfo *info = ip_quantity_get_info (estimator->quantities[i]);

      g_print ("  %-8s %s, %s\n", info->id, info->symbol, _(info->title));
    }
  if (estimator->n_parameters > 0)
    g_print ("\n%s\n", _("Parameters:"));
  for (unsigned i = 0; i < estimator->n_parameters; i++)
    print_parameter (&estimator->parameters[i]);
  g_print ("\n%s\n%s\n", _("Cite:"), estimator->bibtex);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder, const char *name, double number)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
add_parameter (JsonBuilder *builder, const IpParameter *parameter)
{
  g_autofree char *standard = format_standard (parameter);

  json_builder_begin_object (builder);
  add_text (builder, "id", parameter->id);
  add_text (builder, "title", _(parameter->title));
  add_text (builder, "description", _(parameter->description));
  add_text (builder, "kind", kind_names[parameter->kind]);
  if (parameter->kind == IP_PARAMETER_CHOICE)
    {
      add_text (builder, "default", standard);
      json_builder_set_member_name (builder, "choices");
      json_builder_begin_array (builder);
      for (guint i = 0; parameter->choices[i] != NULL; i++)
        json_builder_add_string_value (builder, parameter->choices[i]);
      json_builder_end_array (builder);
    }
  else
    {
      add_number (builder, "default", parameter->standard);
      add_number (builder, "minimum", parameter->minimum);
      add_number (builder, "maximum", parameter->maximum);
    }
  json_builder_end_object (builder);
}

static void
add_estimator (JsonBuilder *builder, const IpEstimator *estimator)
{
  json_builder_begin_object (builder);
  add_text (builder, "id", estimator->id);
  add_text (builder, "title", _(estimator->title));
  add_text (builder, "summary", _(estimator->summary));
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, estimator->version);
  json_builder_set_member_name (builder, "quantities");
  json_builder_begin_array (builder);
  for (unsigned i = 0; i < estimator->n_quantities; i++)
    json_builder_add_string_value (builder, ip_quantity_get_info (estimator->quantities[i])->id);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_array (builder);
  for (unsigned i = 0; i < estimator->n_parameters; i++)
    add_parameter (builder, &estimator->parameters[i]);
  json_builder_end_array (builder);
  add_text (builder, "bibtex", estimator->bibtex);
  json_builder_end_object (builder);
}

static void
print_json (const IpEstimator *const *estimators, gsize n)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    add_estimator (builder, estimators[i]);
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

IpExit
ip_command_estimators (int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[ID]");
  g_autoptr (GError) error = NULL;
  gsize n;
  const IpEstimator *const *estimators = ip_estimators_list (&n);
  const IpEstimator *chosen = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("infoplane-cli estimators: %s\n", error->message);
      return IP_EXIT_USAGE;
    }
  if (argc > 1 && (chosen = ip_estimator_find (argv[1])) == NULL)
    {
      g_printerr (_("infoplane-cli estimators: no estimator is called “%s”\n"), argv[1]);
      return IP_EXIT_USAGE;
    }

  if (json)
    print_json (chosen != NULL ? &chosen : estimators, chosen != NULL ? 1 : n);
  else if (chosen != NULL)
    print_estimator (chosen);
  else
    for (gsize i = 0; i < n; i++)
      g_print ("%-16s %s\n", estimators[i]->id, _(estimators[i]->title));

  return IP_EXIT_DONE;
}
