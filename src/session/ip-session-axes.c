/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include <math.h>

/* What figures can show of layers at epochs.  Axes of trajectories take any of it against any
 * other: what the estimator in force gives, what those give that it is compared with, and what
 * training recorded, which is the same for all layers. */

static gboolean
gives (const IpRequest *request, IpQuantity quantity)
{
  for (guint i = 0; i < request->estimator->n_quantities; i++)
    if (request->estimator->quantities[i] == quantity)
      return ip_request_gives (request, quantity);

  return FALSE;
}

/* A metric by its name in the dump. */
static const IpMetric *
find_metric (IpDump *dump, IpQuantity quantity)
{
  guint n;
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (metrics[i].name, ip_quantity_get_info (quantity)->id))
      return &metrics[i];

  return NULL;
}

static gboolean
is_recorded (IpSession *self, IpQuantity quantity)
{
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    if (find_metric (ip_run_get_dump (ip_session_get_run (self, i)), quantity) != NULL)
      return TRUE;

  return FALSE;
}

static void
add_missing (GArray *quantities, IpQuantity quantity)
{
  for (guint i = 0; i < quantities->len; i++)
    if (g_array_index (quantities, IpQuantity, i) == quantity)
      return;

  g_array_append_val (quantities, quantity);
}

static void
add_given (GArray *quantities, const IpRequest *request)
{
  for (guint i = 0; i < request->estimator->n_quantities; i++)
    if (ip_request_gives (request, request->estimator->quantities[i]))
      add_missing (quantities, request->estimator->quantities[i]);
}

GArray *
ip_session_list_quantities (IpSession *self, IpShown where)
{
  GArray *quantities = g_array_new (FALSE, FALSE, sizeof (IpQuantity));

  g_return_val_if_fail (IP_IS_SESSION (self), quantities);

  add_given (quantities, ip_session_get_request (self));
  if (where == IP_SHOWN_IN_MAP)
    return quantities;

  for (guint i = 0; i < self->comparisons->len; i++)
    add_given (quantities, &g_array_index (self->comparisons, IpRequest, i));
  for (IpQuantity quantity = IP_QUANTITY_TRAIN_LOSS; quantity < IP_N_QUANTITIES; quantity++)
    if (is_recorded (self, quantity))
      add_missing (quantities, quantity);

  return quantities;
}

gboolean
ip_session_estimates (IpSession *self, IpQuantity quantity)
{
  return gives (ip_session_get_request (self), quantity);
}

static const IpEstimate *
find_estimate (IpRun *run, guint layer, guint snapshot, const IpRequest *request)
{
  const IpEstimate *const *known = ip_run_get_estimates (run, request);
  guint n_epochs;

  ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  return known != NULL ? known[(gsize) layer * n_epochs + snapshot] : NULL;
}

const IpRequest *
ip_session_find_source (IpSession *self, IpQuantity quantity)
{
  if (ip_session_estimates (self, quantity))
    return ip_session_get_request (self);
  for (guint i = 0; i < self->comparisons->len; i++)
    {
      const IpRequest *request = &g_array_index (self->comparisons, IpRequest, i);

      if (gives (request, quantity))
        return request;
    }

  return NULL;
}

const IpEstimate *
ip_session_find_giver (IpSession *self, IpRun *run, guint layer, guint snapshot,
                       IpQuantity quantity)
{
  const IpRequest *source = ip_session_find_source (self, quantity);

  return source != NULL ? find_estimate (run, layer, snapshot, source) : NULL;
}

gboolean
ip_session_is_compared (IpSession *self, const IpRequest *request, const IpChoice *choice)
{
  if (ip_request_is_same (ip_session_get_request (self), request))
    return FALSE;
  for (guint i = 0; i < choice->n; i++)
    if (ip_session_estimates (self, choice->quantities[i])
        && gives (request, choice->quantities[i]))
      return TRUE;

  return FALSE;
}

gboolean
ip_session_compares (IpSession *self, IpFigureKind kind, const IpChoice *choice)
{
  if (kind != IP_FIGURE_PLANE && kind != IP_FIGURE_EPOCHS && kind != IP_FIGURE_TRAJECTORIES)
    return FALSE;
  for (guint i = 0; i < self->comparisons->len; i++)
    if (ip_session_is_compared (self, &g_array_index (self->comparisons, IpRequest, i), choice))
      return TRUE;

  return FALSE;
}

double
ip_session_get_recorded (IpRun *run, guint snapshot, IpQuantity quantity)
{
  const IpMetric *metric = find_metric (ip_run_get_dump (run), quantity);

  return metric != NULL ? metric->values[snapshot] : NAN;
}
