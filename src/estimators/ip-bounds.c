/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-bounds.h"

#include <math.h>

/* mean ln (1 + own + other), what L_v lacks to ln N */
static double
find_overlap (const IpKernelSums *sums, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += log1p (sums->own[i] + sums->other[i]);

  return sum / (double) n;
}

/* mean ln [(1 + whole.own + whole.other) / (1 + part.own)], what the difference of entropies of all
 * samples and within the classes lacks to H(Y). */
static double
find_class_overlap (const IpKernelSums *whole, const IpKernelSums *part, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += log1p ((whole->own[i] - part->own[i] + whole->other[i]) / (1.0 + part->own[i]));

  return sum / (double) n;
}

static void
cut (double *bound, double ceiling, unsigned *flags)
{
  double inside = *bound < 0.0 ? 0.0 : *bound > ceiling ? ceiling : *bound;

  if (fabs (inside - *bound) > 1e-12)
    *flags |= IP_FLAG_BRACKET_CLIPPED;
  *bound = inside;
}

static void
fill_mi_ty (const IpSample *sample,
            const IpKernelSums *narrow,
            const IpKernelSums *wide,
            bool official,
            IpValue *value)
{
  double ceiling = sample->set->label_entropy;

  if (!sample->set->has_labels)
    return;

  value->ceiling = ceiling;
  if (sample->set->labels.classes * IP_FEW > sample->n)
    value->flags |= IP_FLAG_N_SMALL;
  value->value = ceiling - find_class_overlap (narrow, narrow, sample->n);
  if (official)
    {
      value->upper = value->value;
      value->lower = ceiling - find_class_overlap (wide, wide, sample->n);
      return;
    }

  value->lower = ceiling - find_class_overlap (wide, narrow, sample->n);
  value->upper = ceiling - find_class_overlap (narrow, wide, sample->n);
  cut (&value->value, ceiling, &value->flags);
  cut (&value->lower, ceiling, &value->flags);
  cut (&value->upper, ceiling, &value->flags);
}

void
ip_bounds_fill (const IpSample *sample,
                const IpKernelSums *narrow,
                const IpKernelSums *wide,
                bool official,
                IpEstimate *estimate)
{
  IpValue *mi_xt = ip_estimate_get (estimate, IP_QUANTITY_MI_XT);
  double log_n = log ((double) sample->n);

  mi_xt->upper = fmax (log_n - find_overlap (narrow, sample->n), 0.0);
  mi_xt->lower = fmax (log_n - find_overlap (wide, sample->n), 0.0);
  mi_xt->value = mi_xt->upper;
  mi_xt->ceiling = sample->set->input_entropy;
  if (!sample->set->has_discrete_inputs)
    mi_xt->flags |= IP_FLAG_INFINITE;

  fill_mi_ty (sample, narrow, wide, official, ip_estimate_get (estimate, IP_QUANTITY_MI_TY));
}
