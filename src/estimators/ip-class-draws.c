/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-class-draws.h"

#include "ip-mersenne.h"
#include "ip-random.h"

#include <math.h>
#include <stdlib.h>

const char *const ip_class_draws_convention_ids[] = { "corrected", "official", NULL };
const char *const ip_class_draws_convention_titles[]
  = { N_ ("Independent"), N_ ("As published"), NULL };

IpClassDraws
ip_class_draws_init (const double *parameters)
{
  return (IpClassDraws){ (size_t) parameters[0], (uint32_t) parameters[1], parameters[2] != 0.0 };
}

/* Samples by class, in their own order within a class. */
static void
sort_samples (const IpPartition *classes, uint32_t *order, uint32_t *end)
{
  uint32_t at = 0;

  for (size_t c = 0; c < classes->classes; c++)
    {
      end[c] = at;
      at += classes->count[c];
    }
  for (size_t i = 0; i < classes->n; i++)
    order[end[classes->code[i]]++] = (uint32_t) i;
}

/* Adds to each draw what the class of the m samples from `first` on contributes, and to the squared
 * error what its own entropy does. */
static IpStatus
add_class (const IpClassDraws *self,
           const uint32_t *order,
           size_t n,
           size_t first,
           size_t m,
           IpSubsetEntropy find_entropy,
           void *data,
           uint32_t *drawn,
           double *draws,
           double *squares,
           IpContext *context)
{
  double weight = (double) m / (double) n;
  double entropy = 0.0;
  double error = NAN;
  IpMersenne twister;
  IpStatus status = find_entropy (data, order + first, m, &entropy, &error, context);

  *squares += isnan (error) ? 0.0 : weight * weight * error * error;
  ip_mersenne_init (&twister, self->has_one_seed ? self->seed
                                                 : (uint32_t) ip_random_at (self->seed, first));
  for (size_t k = 0; k < self->draws && status == IP_STATUS_OK; k++)
    {
      double other = 0.0;

      status = ip_mersenne_sample (&twister, n, m, drawn, context);
      if (status == IP_STATUS_OK)
        status = find_entropy (data, drawn, m, &other, &error, context);
      draws[k] += weight * (other - entropy);
    }

  return status;
}

static void
fill (IpValue *value, const double *draws, size_t n, double squares)
{
  double mean = 0.0;
  double variance = 0.0;

  for (size_t k = 0; k < n; k++)
    mean += draws[k] / (double) n;
  for (size_t k = 0; k < n; k++)
    variance += (draws[k] - mean) * (draws[k] - mean);

  value->value = mean;
  if (n > 1)
    value->error = sqrt (variance / ((double) n * (double) (n - 1)) + squares);
  if (value->value > value->ceiling)
    value->flags |= IP_FLAG_NOT_MI;
}

IpStatus
ip_class_draws_estimate (const IpClassDraws *self,
                         const IpPartition *classes,
                         IpSubsetEntropy find_entropy,
                         void *data,
                         IpValue *value,
                         IpContext *context)
{
  size_t n = classes->n;
  uint32_t *order = malloc ((2 * n + classes->classes) * sizeof *order);
  uint32_t *end = order + 2 * n;
  double draws[IP_MAX_DRAWS] = { 0.0 };
  double squares = 0.0;
  IpStatus status = IP_STATUS_OK;

  if (order == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", n);

  sort_samples (classes, order, end);
  for (size_t c = 0; c < classes->classes && status == IP_STATUS_OK; c++)
    {
      size_t m = classes->count[c];

      status = add_class (self, order, n, end[c] - m, m, find_entropy, data, order + n, draws,
                          &squares, context);
      ip_context_report (context, (double) end[c] / (double) n);
    }

  value->ceiling = ip_partition_entropy (classes);
  if (status == IP_STATUS_OK)
    fill (value, draws, self->draws, squares);
  free (order);
  return status;
}
