/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Bounds from pairwise distances (Kolchinsky-Tracey).
 *
 * T, N x d, with Gaussian noise of variance v added to every unit is a mixture of N Gaussians.
 * With
 *
 *   L_v = -(1/N) sum_i ln [(1/N) sum_j exp (-|t_i - t_j|^2 / 2v)]
 *
 * its entropy lies between L_4v and L_v, both plus (d/2) ln (2 pi e v), hence in nats
 *
 *   I(X;T)   L_4v <= I <= L_v            value: L_v, the bound that is usually plotted
 *   I(T;Y)   L_4v(T) - sum_y p_y L_v(T|y) <= I <= L_v(T) - sum_y p_y L_4v(T|y)
 *   h(T)     between the two entropies   value: the upper one; differential, may be negative
 *
 * The value of I(T;Y) is L_v(T) - sum_y p_y L_v(T|y), which lies in the bracket but is not a bound.
 * The constants never enter a difference: with s_i and o_i the kernel sums of row i over its own
 * class and over the others, without the diagonal,
 *
 *   L_v = ln N - mean ln (1 + s_i + o_i),  L_v(T) - sum_y p_y L_v(T|y) = H(Y) - mean ln (1 + o_i /
 * (1 + s_i)).
 *
 * variance: v, or with scale=relative c times the mean variance of the layer's units in this
 * sample.
 * convention: "corrected" gives the valid bracket of I(T;Y), cut to [0, H(Y)] and flagged when cut;
 * "official" the published pair, differences of upper bounds and of lower bounds.
 *
 * Defaults: scale=absolute, v = 0.001, c = 0.01, convention=corrected.
 *
 * Bias: the mixture is that of these samples, hence no value exceeds ln N.  Fails: v is a free
 * choice, and for v far below the distances every number is ln N; with v fixed, growing weights
 * raise I(X;T) by scale alone.  Repeated inputs with differing activations are not corrected for:
 * the noise model is the same for all samples.
 *
 * Sources: Kolchinsky and Tracey 2017, doi:10.3390/e19070361; Saxe et al. 2019,
 * doi:10.1088/1742-5468/ab3985. Time O(N^2 d / 2) and one exponential per pair and variance, memory
 * O(N + d) beside the data. */

#include "ip-bounds.h"
#include "ip-citations.h"
#include "ip-number.h"

#include <math.h>
#include <stdio.h>

enum
{
  SCALE,
  VARIANCE,
  RELATIVE,
  CONVENTION,
};

enum
{
  SCALE_ABSOLUTE,
  SCALE_RELATIVE,
};

enum
{
  CONVENTION_CORRECTED,
  CONVENTION_OFFICIAL,
};

static const char *const scale_ids[] = { "absolute", "relative", NULL };
static const char *const scale_titles[] = { N_ ("Absolute"), N_ ("Relative to the layer"), NULL };
static const char *const convention_ids[] = { "corrected", "official", NULL };
static const char *const convention_titles[] = { N_ ("Valid bounds"), N_ ("As published"), NULL };

static const IpParameter parameters_table[] = {
  [SCALE] = { "scale", N_ ("Noise scale"),
              N_ ("Whether the noise is the same for all layers or follows the variance of the "
                  "layer"),
              IP_PARAMETER_CHOICE, SCALE_ABSOLUTE, 0, 1, false, scale_ids, scale_titles, -1, 0 },
  [VARIANCE] = { "variance", N_ ("Noise variance"),
                 N_ ("Variance of the noise added to every unit"), IP_PARAMETER_REAL, 1e-3, 1e-12,
                 1e12, true, NULL, NULL, SCALE, SCALE_ABSOLUTE },
  [RELATIVE] = { "relative", N_ ("Relative variance"),
                 N_ ("Variance of the noise as a multiple of the mean variance of the layer's "
                     "units"),
                 IP_PARAMETER_REAL, 0.01, 1e-9, 1e3, true, NULL, NULL, SCALE, SCALE_RELATIVE },
  [CONVENTION] = { "convention", N_ ("Bounds of I(T;Y)"),
                   N_ ("The valid bracket, or the differences that the published code computes"),
                   IP_PARAMETER_CHOICE, CONVENTION_CORRECTED, 0, 1, false, convention_ids,
                   convention_titles, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT, IP_QUANTITY_MI_TY, IP_QUANTITY_H_T };

static IpStatus
find_variance (IpSample *sample,
               const IpParameters *parameters,
               double *variance,
               IpContext *context)
{
  IpStatus status = IP_STATUS_OK;

  if (parameters->value[SCALE] == SCALE_ABSOLUTE)
    {
      *variance = parameters->value[VARIANCE];
    }
  else
    {
      status = ip_sample_find_moments (sample, context);
      *variance = parameters->value[RELATIVE] * sample->mean_variance;
      if (status == IP_STATUS_OK && !ip_sample_is_constant (sample)
          && !(isnormal (*variance) && isnormal (0.125 / *variance)))
        status = ip_fail (context, IP_STATUS_UNDEFINED, "The variance of the layer is %g",
                          sample->mean_variance);
    }

  return status;
}

static IpStatus
announce (IpSample *sample, const IpParameters *parameters, IpContext *context)
{
  double variance;
  IpStatus status;

  if (ip_sample_is_constant (sample))
    return IP_STATUS_OK;

  status = find_variance (sample, parameters, &variance, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_want_kernel_sums (sample, 0.125 / variance, 1, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_want_kernel_sums (sample, 0.125 / variance, 4, context);

  return status;
}

static void
fill (const IpSample *sample,
      const IpKernelSums *narrow,
      const IpKernelSums *wide,
      double variance,
      bool official,
      IpEstimate *estimate)
{
  const IpValue *mi_xt = ip_estimate_get (estimate, IP_QUANTITY_MI_XT);
  IpValue *h_t = ip_estimate_get (estimate, IP_QUANTITY_H_T);
  double noise = 0.5 * (double) sample->d * (log (2.0 * M_PI * variance) + 1.0);

  ip_bounds_fill (sample, narrow, wide, official, estimate);
  h_t->upper = noise + mi_xt->upper;
  h_t->lower = noise + mi_xt->lower;
  h_t->value = h_t->upper;
}

/* One point: the mixture is the noise alone. */
static void
fill_constant (const IpSample *sample, double variance, IpEstimate *estimate)
{
  IpValue *mi_xt = ip_estimate_get (estimate, IP_QUANTITY_MI_XT);
  IpValue *mi_ty = ip_estimate_get (estimate, IP_QUANTITY_MI_TY);
  IpValue *h_t = ip_estimate_get (estimate, IP_QUANTITY_H_T);

  mi_xt->value = mi_xt->lower = mi_xt->upper = 0.0;
  mi_xt->ceiling = sample->set->input_entropy;
  if (sample->set->has_labels)
    {
      mi_ty->value = mi_ty->lower = mi_ty->upper = 0.0;
      mi_ty->ceiling = sample->set->label_entropy;
    }

  if (variance > 0.0 || sample->d == 0)
    {
      double noise = sample->d > 0 ? log (2.0 * M_PI * variance) + 1.0 : 0.0;

      h_t->value = h_t->lower = h_t->upper = 0.5 * (double) sample->d * noise;
    }
  else
    {
      h_t->flags |= IP_FLAG_UNDEFINED;
      ip_estimate_explain (estimate, "A constant layer has no variance for the noise to follow");
    }
}

static void
describe_blur (IpEstimate *estimate, const IpParameters *parameters, double variance)
{
  char number[IP_NUMBER_SIZE];
  char factor[IP_NUMBER_SIZE];

  ip_number_format_rounded (variance, 4, number);
  ip_number_format_rounded (parameters->value[RELATIVE], 4, factor);
  if (parameters->value[SCALE] == SCALE_ABSOLUTE)
    snprintf (estimate->blur, sizeof estimate->blur, "noise variance %s", number);
  else
    snprintf (estimate->blur, sizeof estimate->blur, "noise variance %.12s (%.12s of the layer’s)",
              number, factor);
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  IpKernelSums narrow;
  IpKernelSums wide;
  double variance;
  IpStatus status = find_variance (sample, parameters, &variance, context);

  if (status != IP_STATUS_OK)
    return status;

  describe_blur (estimate, parameters, variance);
  if (ip_sample_is_constant (sample))
    {
      fill_constant (sample, variance, estimate);
      return IP_STATUS_OK;
    }

  status = ip_sample_get_kernel_sums (sample, 0.125 / variance, 1, &wide, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_get_kernel_sums (sample, 0.125 / variance, 4, &narrow, context);
  if (status == IP_STATUS_OK)
    fill (sample, &narrow, &wide, variance, parameters->value[CONVENTION] == CONVENTION_OFFICIAL,
          estimate);

  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double pairs = 0.5 * (double) n * (double) n;

  return pairs * (1.5e-9 + 5e-11 * (double) d) + 3e-9 * (double) n * (double) d;
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return IP_DISTANCE_BYTES + 48 * n + 16 * d;
}

const IpEstimator ip_kde = {
  .id = "kde",
  .title = N_ ("Kernel density bounds"),
  .summary = N_ ("Bounds the information of activations with Gaussian noise from their pairwise "
                 "distances. The variance of the noise blurs T."),
  .limits = N_ ("Never above log N, which is reached where the noise is small beside the "
                "distances. With a fixed variance growing weights raise I(X;T) by scale alone. "
                "The value of I(T;Y) lies between its bounds but is no bound itself."),
  .bibtex = "@article{kolchinsky2017estimating,\n"
            "  title = {Estimating Mixture Entropy with Pairwise Distances},\n"
            "  author = {Kolchinsky, Artemy and Tracey, Brendan D.},\n"
            "  journal = {Entropy},\n"
            "  volume = {19},\n"
            "  number = {7},\n"
            "  pages = {361},\n"
            "  year = {2017},\n"
            "  doi = {10.3390/e19070361}\n"
            "}\n"
            "\n" IP_CITATION_SAXE,
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .announce = announce,
  .estimate = run,
};
