/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-bins.h"

#include <math.h>

static double
clamp (double value, double ceiling)
{
  return value < 0.0 ? 0.0 : value > ceiling ? ceiling : value;
}

/* H(A) + H(B) - H(A,B) */
static IpStatus
find_mutual_information (const IpPartition *a,
                         double entropy_a,
                         const IpPartition *b,
                         double entropy_b,
                         double *information,
                         IpContext *context)
{
  IpPartition joint;
  IpStatus status = ip_partition_init_joint (&joint, a, b, context);

  if (status != IP_STATUS_OK)
    return status;

  *information = clamp (entropy_a + entropy_b - ip_partition_entropy (&joint),
                        entropy_a < entropy_b ? entropy_a : entropy_b);
  ip_partition_clear (&joint);
  return IP_STATUS_OK;
}

static void
set_value (const IpSample *sample, IpEstimate *estimate, IpQuantity quantity, double number)
{
  IpValue *value = ip_estimate_get (estimate, quantity);

  if (value == NULL)
    return;

  value->value = number;
  switch (quantity)
    {
    case IP_QUANTITY_MI_XT:
      value->ceiling = sample->set->input_entropy;
      if (!sample->set->has_discrete_inputs)
        value->flags |= IP_FLAG_INFINITE;
      break;
    case IP_QUANTITY_MI_TY:
      value->ceiling = sample->set->label_entropy;
      break;
    default:
      value->ceiling = log ((double) sample->n);
      break;
    }
}

static void
flag_few (const IpSample *sample, const IpPartition *cells, IpEstimate *estimate)
{
  if (cells->classes * IP_FEW <= sample->n)
    return;

  for (unsigned i = 0; i < estimate->n_values; i++)
    estimate->values[i].flags |= IP_FLAG_N_SMALL;
}

static IpStatus
fill_from_cells (const IpSample *sample,
                 const IpPartition *cells,
                 IpEstimate *estimate,
                 IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  double entropy = ip_partition_entropy (cells);
  double information = entropy;
  IpStatus status = IP_STATUS_OK;

  set_value (sample, estimate, IP_QUANTITY_H_T, entropy);

  if (set->has_repeated_inputs)
    status = find_mutual_information (cells, entropy, &set->inputs, set->input_entropy,
                                      &information, context);
  set_value (sample, estimate, IP_QUANTITY_MI_XT, information);

  if (status == IP_STATUS_OK && set->has_labels)
    {
      status = find_mutual_information (cells, entropy, &set->labels, set->label_entropy,
                                        &information, context);
      set_value (sample, estimate, IP_QUANTITY_MI_TY, information);
    }

  flag_few (sample, cells, estimate);
  return status;
}

IpStatus
ip_bins_fill (const IpSample *sample,
              const IpRowHash *patterns,
              IpEstimate *estimate,
              IpContext *context)
{
  IpPartition cells;
  IpStatus status = ip_row_hash_partition (patterns, &cells, context);

  if (status != IP_STATUS_OK)
    return status;

  status = fill_from_cells (sample, &cells, estimate, context);
  ip_partition_clear (&cells);
  return status;
}

void
ip_bins_fill_constant (const IpSample *sample, IpEstimate *estimate)
{
  set_value (sample, estimate, IP_QUANTITY_H_T, 0.0);
  set_value (sample, estimate, IP_QUANTITY_MI_XT, 0.0);
  if (sample->set->has_labels)
    set_value (sample, estimate, IP_QUANTITY_MI_TY, 0.0);
}

void
ip_bins_set_outside (const IpSample *sample, IpEstimate *estimate, size_t outside)
{
  if (outside == 0)
    return;

  estimate->clipped = (double) outside / ((double) sample->n * (double) sample->d);
  for (unsigned i = 0; i < estimate->n_values; i++)
    estimate->values[i].flags |= IP_FLAG_CLIPPED;
}

double
ip_bins_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (double) n * (2e-9 * (double) d + 3e-7);
}

size_t
ip_bins_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 80 * n + 8 * d;
}
