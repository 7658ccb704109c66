/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-estimator.h"
#include "ip-number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAX_TEXT 256

void
ip_parameters_init (IpParameters *parameters, const IpEstimator *estimator)
{
  memset (parameters, 0, sizeof *parameters);
  for (unsigned i = 0; i < estimator->n_parameters; i++)
    parameters->value[i] = estimator->parameters[i].standard;
}

static bool
matters (const IpParameters *parameters, const IpParameter *parameter)
{
  return parameter->when < 0 || parameters->value[parameter->when] == parameter->equals;
}

/* "auto, layer or fixed" */
static void
list_names (const char *const *names, char *text, size_t size)
{
  size_t used = 0;

  text[0] = '\0';
  for (size_t i = 0; names[i] != NULL && used < size; i++)
    used += (size_t) snprintf (text + used, size - used, "%s%s",
                               i == 0                  ? ""
                               : names[i + 1] == NULL ? " or "
                                                      : ", ",
                               names[i]);
}

static IpStatus
parse_choice (const IpParameter *parameter, const char *text, double *value, IpContext *context)
{
  char allowed[128];

  for (int i = 0; parameter->choices[i] != NULL; i++)
    if (strcmp (parameter->choices[i], text) == 0)
      {
        *value = i;
        return IP_STATUS_OK;
      }

  list_names (parameter->choices, allowed, sizeof allowed);
  return ip_fail (context, IP_STATUS_INVALID, "%s=%s: expected %s", parameter->id, text, allowed);
}

static IpStatus
parse_number (const IpParameter *parameter, const char *text, double *value, IpContext *context)
{
  bool is_integer = parameter->kind == IP_PARAMETER_INTEGER;
  char minimum[IP_NUMBER_SIZE];
  char maximum[IP_NUMBER_SIZE];

  if (ip_number_parse (text, value) && *value >= parameter->minimum && *value <= parameter->maximum
      && (!is_integer || *value == nearbyint (*value)))
    return IP_STATUS_OK;

  ip_number_format (parameter->minimum, minimum);
  ip_number_format (parameter->maximum, maximum);
  return ip_fail (context, IP_STATUS_INVALID, "%s=%s: expected %s from %s to %s", parameter->id,
                  text, is_integer ? "a whole number" : "a number", minimum, maximum);
}

static IpStatus
find_parameter (const IpEstimator *estimator, const char *id, unsigned *number, IpContext *context)
{
  const char *ids[IP_MAX_PARAMETERS + 1] = { NULL };
  char allowed[160];

  for (unsigned i = 0; i < estimator->n_parameters; i++)
    {
      ids[i] = estimator->parameters[i].id;
      if (strcmp (ids[i], id) == 0)
        {
          *number = i;
          return IP_STATUS_OK;
        }
    }

  list_names (ids, allowed, sizeof allowed);
  return ip_fail (context, IP_STATUS_INVALID, "%s has no parameter \"%s\": expected %s",
                  estimator->id, id, allowed);
}

static IpStatus
parse_assignment (IpParameters *parameters,
                  const IpEstimator *estimator,
                  char *assignment,
                  bool *given,
                  IpContext *context)
{
  char *equals = strchr (assignment, '=');
  const IpParameter *parameter;
  unsigned number = 0;
  IpStatus status;

  if (equals == NULL)
    return ip_fail (context, IP_STATUS_INVALID, "\"%s\": expected name=value", assignment);

  *equals = '\0';
  status = find_parameter (estimator, assignment, &number, context);
  if (status != IP_STATUS_OK)
    return status;
  if (given[number])
    return ip_fail (context, IP_STATUS_INVALID, "%s is given twice", assignment);

  given[number] = true;
  parameter = &estimator->parameters[number];
  return parameter->kind == IP_PARAMETER_CHOICE
           ? parse_choice (parameter, equals + 1, &parameters->value[number], context)
           : parse_number (parameter, equals + 1, &parameters->value[number], context);
}

/* A parameter that was named is meant to matter. */
static IpStatus
settle_conditions (IpParameters *parameters,
                   const IpEstimator *estimator,
                   const bool *given,
                   IpContext *context)
{
  for (unsigned i = 0; i < estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &estimator->parameters[i];
      const IpParameter *other;

      if (!given[i] || matters (parameters, parameter))
        continue;

      other = &estimator->parameters[parameter->when];
      if (given[parameter->when])
        return ip_fail (context, IP_STATUS_INVALID, "%s matters only with %s=%s", parameter->id,
                        other->id, other->choices[(int) parameter->equals]);
      parameters->value[parameter->when] = parameter->equals;
    }

  return IP_STATUS_OK;
}

IpStatus
ip_parameters_parse (IpParameters *parameters,
                     const IpEstimator *estimator,
                     const char *text,
                     IpContext *context)
{
  bool given[IP_MAX_PARAMETERS] = { false };
  char copy[MAX_TEXT];
  char *next = copy;
  IpStatus status = IP_STATUS_OK;

  ip_parameters_init (parameters, estimator);
  if (text == NULL || *text == '\0')
    return IP_STATUS_OK;
  if (strlen (text) >= sizeof copy)
    return ip_fail (context, IP_STATUS_INVALID, "The parameters of %s are too long", estimator->id);

  strcpy (copy, text);
  while (next != NULL && status == IP_STATUS_OK)
    {
      char *assignment = next;

      next = strchr (assignment, ',');
      if (next != NULL)
        *next++ = '\0';
      status = parse_assignment (parameters, estimator, assignment, given, context);
    }

  return status == IP_STATUS_OK ? settle_conditions (parameters, estimator, given, context)
                                : status;
}

void
ip_parameters_format (const IpParameters *parameters,
                      const IpEstimator *estimator,
                      char *text,
                      size_t size)
{
  size_t used = 0;

  if (size > 0)
    text[0] = '\0';

  for (unsigned i = 0; i < estimator->n_parameters && used < size; i++)
    {
      const IpParameter *parameter = &estimator->parameters[i];
      char number[IP_NUMBER_SIZE];
      const char *value = number;

      if (!matters (parameters, parameter))
        continue;

      if (parameter->kind == IP_PARAMETER_CHOICE)
        value = parameter->choices[(int) parameters->value[i]];
      else
        ip_number_format (parameters->value[i], number);
      used += (size_t) snprintf (text + used, size - used, "%s%s=%s", used > 0 ? "," : "",
                                 parameter->id, value);
    }
}
