/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* "Adaptive" kernel density bounds, as published.
 *
 * T, N x d.  The bounds of `kde` for |t_ij| instead of t_ij with noise variance `sig`, in nats:
 * what the published code computes once the random jitter that it adds, which is seeded anew in
 * every run, is left out.  Nothing in it adapts to the layer; the adaptive noise that the paper
 * describes is `kde` with scale=relative.  The modulus folds the two sides of tanh onto each other,
 * so that information is lost. For comparison with published figures only.
 *
 * Default: sig = 0.01.  Bias and where it fails: as `kde`, and wherever activations have two signs.
 *
 * Source: Chelombiev, Houghton and O'Donnell 2019, arXiv:1902.09037. Time O(N^2 d / 2), memory 8 N
 * d. */

#include "ip-bounds.h"
#include "ip-citations.h"
#include "ip-derived.h"
#include "ip-number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  SIG,
};

static const IpParameter parameters_table[] = {
  [SIG] = { "sig", N_ ("Noise variance"), N_ ("Variance of the noise added to every unit"),
            IP_PARAMETER_REAL, 0.01, 1e-12, 1e12, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[] = { IP_QUANTITY_MI_XT, IP_QUANTITY_MI_TY };

/* An IpDerivation. */
static void
fold (const void *self, const IpMatrix *block, double *folded)
{
  for (size_t i = 0; i < block->rows; i++)
    for (size_t j = 0; j < block->columns; j++)
      folded[i * block->columns + j] = fabs (ip_matrix_get (block, i, j));
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  double *moments = malloc ((2 * sample->d + 1) * sizeof *moments);
  IpDerived folded = { 0 };
  IpGram gram = { &folded.matrix, moments, sample->set->order, sample->set->class_end, 0.0, 1.0 };
  IpKernelSums sums[2] = { { 0 }, { 0 } };
  char number[IP_NUMBER_SIZE];
  IpStatus status = ip_sample_check_squares (sample, context);

  ip_number_format_rounded (parameters->value[SIG], 4, number);
  snprintf (estimate->blur, sizeof estimate->blur, "noise variance %.12s, signs ignored", number);

  if (status == IP_STATUS_OK && moments == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a layer");
  if (status == IP_STATUS_OK)
    status = ip_derived_init (&folded, &sample->source.activations, sample->n, fold, NULL, context);
  if (status == IP_STATUS_OK)
    status = ip_columns_find_moments (&folded.matrix, moments, moments + sample->d, context);
  if (status == IP_STATUS_OK)
    status = ip_kernel_sums_init (&sums[0], 0.125 / parameters->value[SIG], 1, sample->n, context);
  if (status == IP_STATUS_OK)
    status = ip_kernel_sums_init (&sums[1], 0.125 / parameters->value[SIG], 4, sample->n, context);
  if (status == IP_STATUS_OK)
    status = ip_gram_fill_sums (&gram, sums, 2, context);
  if (status == IP_STATUS_OK)
    ip_bounds_fill (sample, &sums[1], &sums[0], true, estimate);

  ip_kernel_sums_clear (&sums[0]);
  ip_kernel_sums_clear (&sums[1]);
  ip_derived_clear (&folded);
  free (moments);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 0.5 * (double) n * (double) n * (1.5e-9 + 5e-11 * (double) d);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return IP_DISTANCE_BYTES + 8 * n * d + 48 * n;
}

const IpEstimator ip_akde_coded = {
  .id = "akde-coded",
  .title = N_ ("Adaptive kernel density, as coded"),
  .summary =
      N_ ("The kernel density bounds of the published adaptive estimators, which ignore the sign "
          "of activations. For comparison with published figures only."),
  .limits = N_ ("Activations of either sign fall onto each other, so that information is lost, "
                "and nothing adapts to the layer."),
  .bibtex = IP_CITATION_CHELOMBIEV,
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .estimate = run,
};
