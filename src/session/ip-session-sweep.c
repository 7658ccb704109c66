/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* More than one request: comparisons, and sweeps over a parameter. */

#define N_STEPS 9
/* Of the value in force, on both sides. */
#define WIDTH 4.0

static gboolean
is_number (const IpParameter *parameter)
{
  return parameter->kind != IP_PARAMETER_CHOICE;
}

/* The parameter chosen, else the first number that matters under the request; −1 without one. */
static int
find_parameter (IpSession *self)
{
  const IpRequest *request = ip_session_get_request (self);
  const IpEstimator *estimator = request->estimator;

  if (self->sweep_parameter >= 0 && (guint) self->sweep_parameter < estimator->n_parameters
      && is_number (&estimator->parameters[self->sweep_parameter]))
    return self->sweep_parameter;
  for (guint i = 0; i < estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &estimator->parameters[i];

      if (is_number (parameter)
          && (parameter->when < 0
              || request->parameters.value[parameter->when] == parameter->equals))
        return (int) i;
    }

  return -1;
}

static void
add_value (GArray *values, const IpParameter *parameter, double value)
{
  value = CLAMP (value, parameter->minimum, parameter->maximum);
  if (parameter->kind == IP_PARAMETER_INTEGER)
    value = round (value);
  if (values->len == 0 || g_array_index (values, double, values->len - 1) < value)
    g_array_append_val (values, value);
}

/* Around the value in force, by factors where it is positive. */
static GArray *
choose_values (const IpParameter *parameter, double centre)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (int i = 0; i < N_STEPS; i++)
    {
      double share = 2.0 * i / (N_STEPS - 1) - 1;

      add_value (values, parameter, centre > 0 ? centre * pow (WIDTH, share) : centre + share);
    }

  return values;
}

static void
add_request (IpSession *self, guint parameter, double value)
{
  IpRequest request = *ip_session_get_request (self);
  const IpParameter *swept = &request.estimator->parameters[parameter];

  request.parameters.value[parameter] = value;
  if (swept->when >= 0)
    request.parameters.value[swept->when] = swept->equals;
  g_array_append_val (self->sweep, request);
}

static void
make_sweep (IpSession *self)
{
  const IpRequest *request = ip_session_get_request (self);
  int parameter = find_parameter (self);
  g_autoptr (GArray) values = NULL;

  g_array_set_size (self->sweep, 0);
  if (parameter < 0)
    return;
  if (self->sweep_parameter == parameter && self->sweep_values->len > 0)
    values = g_array_ref (self->sweep_values);
  else
    values = choose_values (&request->estimator->parameters[parameter],
                            request->parameters.value[parameter]);
  for (guint i = 0; i < values->len; i++)
    add_request (self, (guint) parameter, g_array_index (values, double, i));
}

void
ip_session_update_sweep (IpSession *self)
{
  gboolean in_front = g_strcmp0 (self->view, "sweep") == 0;

  make_sweep (self);
  ip_planner_set_sweep (self->planner, (const IpRequest *) (gpointer) self->sweep->data,
                        in_front ? self->sweep->len : 0, self->epoch);
}

void
ip_session_set_sweep (IpSession *self, guint parameter, const double *values, guint n)
{
  const IpEstimator *estimator = ip_session_get_request (self)->estimator;

  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (parameter < estimator->n_parameters);

  self->sweep_parameter = (int) parameter;
  g_array_set_size (self->sweep_values, 0);
  for (guint i = 0; i < n; i++)
    add_value (self->sweep_values, &estimator->parameters[parameter], values[i]);
  ip_session_update_sweep (self);
  ip_session_emit_changed (self);
}

int
ip_session_get_sweep (IpSession *self, const double **values, guint *n)
{
  g_return_val_if_fail (IP_IS_SESSION (self), -1);

  if (values != NULL)
    *values = (const double *) (gpointer) self->sweep_values->data;
  if (n != NULL)
    *n = self->sweep_values->len;

  return find_parameter (self);
}

guint
ip_session_find_snapshot (IpDump *dump, gint64 epoch)
{
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);

  for (guint i = 0; i < n_epochs; i++)
    if (epochs[i] == epoch)
      return i;

  return G_MAXUINT;
}

static gboolean
is_run_known (IpSession *self, IpRun *run)
{
  IpDump *dump = ip_run_get_dump (run);
  guint snapshot = ip_session_find_snapshot (dump, self->epoch);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint layer = 0; layer < ip_dump_get_n_layers (dump) && snapshot != G_MAXUINT; layer++)
    for (guint i = 0; i < self->sweep->len; i++)
      {
        const IpEstimate *const *known
          = ip_run_get_estimates (run, &g_array_index (self->sweep, IpRequest, i));

        if (ip_run_layer_get_visible (ip_run_get_layer (run, layer))
            && ip_dump_get_layer (dump, layer)->present[snapshot]
            && (known == NULL || known[(gsize) layer * n_epochs + snapshot] == NULL))
          return FALSE;
      }

  return TRUE;
}

gboolean
ip_session_is_sweep_known (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), FALSE);

  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    if (ip_run_get_visible (ip_session_get_run (self, i))
        && !is_run_known (self, ip_session_get_run (self, i)))
      return FALSE;

  return TRUE;
}

void
ip_session_set_comparisons (IpSession *self, const IpRequest *requests, guint n)
{
  g_return_if_fail (IP_IS_SESSION (self));

  g_array_set_size (self->comparisons, 0);
  if (n > 0)
    g_array_append_vals (self->comparisons, requests, n);
  ip_planner_set_comparisons (self->planner, requests, n);
  ip_session_emit_changed (self);
}

const IpRequest *
ip_session_get_comparisons (IpSession *self, guint *n)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  *n = self->comparisons->len;

  return (const IpRequest *) (gpointer) self->comparisons->data;
}

gboolean
ip_request_is_same (const IpRequest *one, const IpRequest *other)
{
  const double *values = one->parameters.value;

  if (one->estimator != other->estimator)
    return FALSE;
  for (guint i = 0; i < one->estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &one->estimator->parameters[i];
      gboolean matters = parameter->when < 0 || values[parameter->when] == parameter->equals;

      if (matters && values[i] != other->parameters.value[i])
        return FALSE;
    }

  return TRUE;
}

void
ip_requests_add (GArray *requests, const IpRequest *request)
{
  for (guint i = 0; i < requests->len; i++)
    if (ip_request_is_same (&g_array_index (requests, IpRequest, i), request))
      return;

  g_array_append_vals (requests, request, 1);
}

static gboolean
has_other_value (const IpRequest *one, const IpRequest *other, guint parameter)
{
  return other->estimator == one->estimator
         && other->parameters.value[parameter] != one->parameters.value[parameter];
}

/* Whether a parameter has another value in another request that is shown. */
static gboolean
differs (IpSession *self, const IpRequest *request, guint parameter)
{
  for (guint i = 0; i < self->comparisons->len; i++)
    if (has_other_value (request, &g_array_index (self->comparisons, IpRequest, i), parameter))
      return TRUE;

  return has_other_value (request, ip_session_get_request (self), parameter);
}

static gboolean
has_one_estimator (IpSession *self)
{
  for (guint i = 0; i < self->comparisons->len; i++)
    if (g_array_index (self->comparisons, IpRequest, i).estimator
        != ip_session_get_request (self)->estimator)
      return FALSE;

  return TRUE;
}

char *
ip_session_name_request (IpSession *self, const IpRequest *request)
{
  const IpEstimator *estimator = request->estimator;
  GString *name = g_string_new (has_one_estimator (self) ? NULL : _(estimator->title));

  for (guint i = 0; i < estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &estimator->parameters[i];
      double value = request->parameters.value[i];

      if (!differs (self, request, i))
        continue;
      g_string_append_printf (name, "%s%s ", name->len > 0 ? ", " : "", _(parameter->title));
      if (parameter->kind == IP_PARAMETER_CHOICE)
        g_string_append (name, _(parameter->titles[(guint) value]));
      else
        g_string_append_printf (name, "%.4g", value);
    }

  return g_string_free (name, FALSE);
}
