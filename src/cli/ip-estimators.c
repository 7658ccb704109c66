/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include "ip-json-writer.h"
#include "ip-number.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The estimators command: the registry in words or as JSON. */

static const char *const kind_names[] = { "integer", "real", "choice" };

static char *
format_value (const IpParameter *parameter, double value)
{
  char number[IP_NUMBER_SIZE];

  if (parameter->kind == IP_PARAMETER_CHOICE)
    return g_strdup (parameter->choices[(int) value]);

  ip_number_format (value, number);
  return g_strdup (number);
}

static void
print_choices (const IpParameter *parameter)
{
  gsize width = 0;

  for (guint i = 0; parameter->choices[i] != NULL; i++)
    width = MAX (width, strlen (parameter->choices[i]));
  for (guint i = 0; parameter->choices[i] != NULL; i++)
    g_print ("        %-*s  %s\n", (int) width, parameter->choices[i], _(parameter->titles[i]));
}

static void
print_parameter (const IpEstimator *estimator, const IpParameter *parameter)
{
  g_autofree char *standard = format_value (parameter, parameter->standard);
  g_autofree char *minimum = format_value (parameter, parameter->minimum);
  g_autofree char *maximum = format_value (parameter, parameter->maximum);

  g_print ("  %s=%s", parameter->id, standard);
  if (parameter->kind != IP_PARAMETER_CHOICE)
    g_print ("  (%s … %s)", minimum, maximum);
  if (parameter->when >= 0)
    {
      const IpParameter *other = &estimator->parameters[parameter->when];
      g_autofree char *value = format_value (other, parameter->equals);

      g_print (_(", only with %s=%s"), other->id, value);
    }
  g_print ("\n      %s\n", _(parameter->description));
  if (parameter->kind == IP_PARAMETER_CHOICE)
    print_choices (parameter);
}

static void
print_quantities (const IpEstimator *estimator)
{
  gsize width = 0;

  for (unsigned i = 0; i < estimator->n_quantities; i++)
    width = MAX (width, strlen (ip_quantity_get_info (estimator->quantities[i])->id));
  for (unsigned i = 0; i < estimator->n_quantities; i++)
    {
      const IpQuantityInfo *info = ip_quantity_get_info (estimator->quantities[i]);

      g_print ("  %-*s  %s, %s (%s)\n", (int) width, info->id, info->symbol, _(info->title),
               info->unit == IP_UNIT_INFORMATION ? _("bits or nats") : _("a pure number"));
    }
}

static void
print_estimator (const IpEstimator *estimator)
{
  g_print ("%s – %s\n%s\n%s\n\n", estimator->id, _(estimator->title), _(estimator->summary),
           _(estimator->limits));

  g_print ("%s\n", _("Quantities:"));
  print_quantities (estimator);
  if (estimator->n_parameters > 0)
    g_print ("\n%s\n", _("Parameters:"));
  for (unsigned i = 0; i < estimator->n_parameters; i++)
    print_parameter (estimator, &estimator->parameters[i]);
  g_print ("\n%s\n%s\n", _("Cite:"), estimator->bibtex);
}

static void
add_parameter (IpJsonWriter *writer, const IpParameter *parameter)
{
  g_autofree char *standard = format_value (parameter, parameter->standard);

  ip_json_writer_begin_object (writer, NULL);
  ip_json_writer_add_text (writer, "id", parameter->id);
  ip_json_writer_add_text (writer, "title", _(parameter->title));
  ip_json_writer_add_text (writer, "description", _(parameter->description));
  ip_json_writer_add_text (writer, "kind", kind_names[parameter->kind]);
  if (parameter->kind == IP_PARAMETER_CHOICE)
    {
      ip_json_writer_add_text (writer, "default", standard);
      ip_json_writer_begin_array (writer, "choices");
      for (guint i = 0; parameter->choices[i] != NULL; i++)
        ip_json_writer_add_text (writer, NULL, parameter->choices[i]);
      ip_json_writer_end_array (writer);
    }
  else
    {
      ip_json_writer_add_number (writer, "default", parameter->standard);
      ip_json_writer_add_number (writer, "minimum", parameter->minimum);
      ip_json_writer_add_number (writer, "maximum", parameter->maximum);
    }
  ip_json_writer_end_object (writer);
}

static void
add_estimator (IpJsonWriter *writer, const IpEstimator *estimator)
{
  ip_json_writer_begin_object (writer, NULL);
  ip_json_writer_add_text (writer, "id", estimator->id);
  ip_json_writer_add_text (writer, "title", _(estimator->title));
  ip_json_writer_add_text (writer, "summary", _(estimator->summary));
  ip_json_writer_add_text (writer, "limits", _(estimator->limits));
  ip_json_writer_add_integer (writer, "version", estimator->version);
  ip_json_writer_begin_array (writer, "quantities");
  for (unsigned i = 0; i < estimator->n_quantities; i++)
    ip_json_writer_add_text (writer, NULL, ip_quantity_get_info (estimator->quantities[i])->id);
  ip_json_writer_end_array (writer);
  ip_json_writer_begin_array (writer, "parameters");
  for (unsigned i = 0; i < estimator->n_parameters; i++)
    add_parameter (writer, &estimator->parameters[i]);
  ip_json_writer_end_array (writer);
  ip_json_writer_add_text (writer, "bibtex", estimator->bibtex);
  ip_json_writer_end_object (writer);
}

static void
print_json (const IpEstimator *const *estimators, gsize n)
{
  g_autoptr (IpJsonWriter) writer = ip_json_writer_new ();
  g_autofree char *text = NULL;

  ip_json_writer_begin_array (writer, NULL);
  for (gsize i = 0; i < n; i++)
    add_estimator (writer, estimators[i]);
  ip_json_writer_end_array (writer);
  text = ip_json_writer_finish (writer);
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
