/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <glib.h>

/* What tests ask of estimators, and what comes of it. */

/* "kde", "kde:variance=0.1" */
static inline IpRequest
parse_request (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  IpRequest request = { .estimator = ip_estimator_find (parts[0]) };
  IpContext context = { 0 };
  IpStatus status;

  g_assert_nonnull (request.estimator);
  status = ip_parameters_parse (&request.parameters, request.estimator, parts[1], &context);
  g_assert_cmpstr (context.message, ==, "");
  g_assert_cmpint (status, ==, IP_STATUS_OK);
  return request;
}

/* The value of a quantity, NULL when there is none. */
static inline const IpValue *
find (const IpEstimate *estimate, IpQuantity quantity)
{
  for (guint i = 0; i < estimate->n_values; i++)
    if (estimate->values[i].quantity == quantity)
      return &estimate->values[i];

  return NULL;
}

/* One that there must be. */
static inline const IpValue *
get (const IpEstimate *estimate, IpQuantity quantity)
{
  const IpValue *value = find (estimate, quantity);

  g_assert_nonnull (value);
  return value;
}

static inline double
get_value (const IpEstimate *estimate, IpQuantity quantity)
{
  return get (estimate, quantity)->value;
}
