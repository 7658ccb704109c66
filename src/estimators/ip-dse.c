/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Diffusion spectral entropy.
 *
 * T, N x d.  G_ij = exp (-|t_i - t_j|^2 / 2 sigma^2) with row sums g, W_ij = G_ij / (g_i g_j)^alpha
 * with row sums k; the random walk P_ij = W_ij / k_i has eigenvalues l_i in [0, 1].
 *
 *   variant=spectrum   H(p) of p_i = l_i^t / sum l^t, in nats
 *   variant=entries    entropy of the N^2 numbers P_ij / N, alpha = 0.5
 *   variant=adjacency  H(p) of the eigenvalues of G itself
 *   variant=graph      H(p) of the moduli of the eigenvalues of the directed graph in which every
 *                      sample points to its `neighbours` nearest, itself the first of them, and to
 *                      all others that are as near as the last
 *
 * alpha = 0.5 is the anisotropic kernel of the paper; the eigenvalues that its code computes are
 * those of alpha = 0.  Between 0, when all samples are near each other on the scale of sigma, and
 * ln N, when all are far apart, where the value says nothing but which: sigma = 10 is absolute, and
 * the other rules for it (ip-width.h) make the value independent of the scale of the layer.
 *
 * Defaults: rule=fixed, sigma = 10, variant=spectrum, t = 1, alpha = 0.5, method=auto, tolerance
 * 1e-9 bits, 32 probes, seed 0, 10 neighbours.  Bias: from few samples the value is at most ln N,
 * however many groups there are.  Fails at either end of sigma, as said.
 *
 * method: which way leads to the eigenvalues (ip-kernel-spectrum.h).  "auto" takes a low-rank
 * factor where the error that it certifies is within `tolerance` bits, else all eigenvalues, or
 * beyond 8000 samples random vectors, with their standard error; the flags `low-rank` and
 * `stochastic` say so.
 *
 * Source: Liao, Liu et al. 2024, arXiv:2312.04823. Time O(N^2 d + 4/3 N^3), or O(N r (d + r)) with
 * a factor of rank r, or O(N^2 (d + 2000)) with random vectors; memory 8 N^2, 8 N r or 4.5 N^2
 * (none beyond 2 GB, for twice the time).  Entries: time O(N^2 d), memory 16 N^2; the graph: time
 * 10 N^3, memory 16 N^2, at most 4000 samples, and some five digits, because eigenvalues of a
 * matrix that is not symmetric may be that sensitive. */

#include "ip-citations.h"
#include "ip-eigen.h"
#include "ip-entry-entropy.h"
#include "ip-sort.h"
#include "ip-spectra.h"
#include "ip-width.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  RULE,
  SIGMA,
  FACTOR,
  K,
  VARIANT,
  T,
  ALPHA,
  METHOD,
  TOLERANCE,
  PROBES,
  SEED,
  NEIGHBOURS,
};

enum
{
  VARIANT_SPECTRUM,
  VARIANT_ENTRIES,
  VARIANT_ADJACENCY,
  VARIANT_GRAPH,
};

static const char *const method_ids[] = { "auto", "exact", "stochastic", NULL };
static const char *const method_titles[]
  = { N_ ("Automatic"), N_ ("All eigenvalues"), N_ ("Random vectors"), NULL };
static const char *const variant_ids[] = { "spectrum", "entries", "adjacency", "graph", NULL };
static const char *const variant_titles[] = { N_ ("Eigenvalues of the diffusion"),
                                              N_ ("Entries of the diffusion matrix"),
                                              N_ ("Eigenvalues of the kernel"),
                                              N_ ("Eigenvalues of the neighbour graph"), NULL };

static const IpParameter parameters_table[] = {
  [RULE] = IP_WIDTH_RULE_ROW,
  [SIGMA] = IP_WIDTH_SIGMA_ROW (RULE, 10),
  [FACTOR] = IP_WIDTH_FACTOR_ROW (RULE),
  [K] = IP_WIDTH_K_ROW (RULE),
  [VARIANT] = { "variant", N_ ("Entropy of"), N_ ("Which numbers the entropy is taken of"),
                IP_PARAMETER_CHOICE, VARIANT_SPECTRUM, 0, 3, false, variant_ids, variant_titles, -1,
                0 },
  [T] = { "t", N_ ("Diffusion time"), N_ ("Power that the eigenvalues are raised to"),
          IP_PARAMETER_REAL, 1, 1, 1000, true, NULL, NULL, VARIANT, VARIANT_SPECTRUM },
  [ALPHA] = { "alpha", N_ ("Anisotropy"),
              N_ ("How far the density of the samples is divided out: 0.5 as documented, 0 as in "
                  "the "
                  "published numbers"),
              IP_PARAMETER_REAL, 0.5, 0, 1, false, NULL, NULL, VARIANT, VARIANT_SPECTRUM },
  [METHOD] = { "method", N_ ("Method"),
               N_ ("How eigenvalues are found: automatic takes a part of them where that is "
                   "provably enough, and random vectors beyond 8000 samples"),
               IP_PARAMETER_CHOICE, IP_KERNEL_AUTO, 0, 2, false, method_ids, method_titles, -1, 0 },
  [TOLERANCE] = { "tolerance", N_ ("Tolerance"),
                  N_ ("Largest error in bits from leaving out small eigenvalues"),
                  IP_PARAMETER_REAL, 1e-9, 1e-12, 0.1, true, NULL, NULL, METHOD, IP_KERNEL_AUTO },
  [PROBES] = { "probes", N_ ("Random vectors"), N_ ("More of them make the error smaller"),
               IP_PARAMETER_INTEGER, 32, 2, IP_MAX_PROBES, true, NULL, NULL, METHOD,
               IP_KERNEL_STOCHASTIC },
  [SEED] = { "seed", N_ ("Seed"), N_ ("Of the random vectors"), IP_PARAMETER_INTEGER, 0, 0,
             4294967295, false, NULL, NULL, METHOD, IP_KERNEL_STOCHASTIC },
  [NEIGHBOURS] = { "neighbours", N_ ("Neighbours"),
                   N_ ("How many near samples, itself the first, each points to in the graph"),
                   IP_PARAMETER_INTEGER, 10, 1, 1000, true, NULL, NULL, VARIANT, VARIANT_GRAPH },
};

static const IpQuantity quantities[] = { IP_QUANTITY_DSE };

static IpStatus
find_entry_entropy (IpSample *sample, const IpGram *gram, double *entropy, IpContext *context)
{
  size_t n = sample->n;
  double *kernel;
  const double *squared;
  IpStatus status = ip_kernel_spectrum_check_memory (n, 2, context);

  if (status == IP_STATUS_OK)
    status = ip_sample_get_distances (sample, &squared, context);
  if (status != IP_STATUS_OK)
    return status;

  kernel = malloc (n * n * sizeof *kernel);
  if (kernel == NULL)
    return ip_fail (context, IP_STATUS_UNDEFINED, "No memory for a matrix of %zu samples", n);

  status = ip_gram_fill_kernel (gram, squared, kernel, context);
  if (status == IP_STATUS_OK)
    status = ip_entry_entropy (kernel, n, entropy, context);
  free (kernel);
  return status;
}

/* The solver of matrices that are not symmetric cannot be interrupted. */
#define LARGEST_GRAPH 4000

static void
add_block (const IpMatrix *block, size_t row, double *squared)
{
  size_t n = block->rows;

  for (size_t other = row + 1; other < n; other++)
    for (size_t j = 0; j < block->columns; j++)
      {
        double difference = ip_matrix_get (block, row, j) - ip_matrix_get (block, other, j);

        squared[row * n + other] += difference * difference;
      }
}

/* Unlike those of the sample, these distances are equal where samples are equally far apart. */
static IpStatus
fill_squares (const IpMatrix *matrix, double *squared, IpContext *context)
{
  size_t n = matrix->rows;
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  memset (squared, 0, n * n * sizeof *squared);
  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      for (size_t row = 0; row < n && status == IP_STATUS_OK; row++)
        {
          add_block (&block, row, squared);
          if (ip_context_is_cancelled (context))
            status = IP_STATUS_CANCELLED;
        }
    }

  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++)
      squared[i * n + j] = squared[j * n + i];
  return status;
}

/* From distances to 1 where that from a row is no larger than that of its nearest number k, and 0
 * elsewhere: ties add to the row. */
static IpStatus
turn_into_graph (double *squared, size_t n, size_t k, IpContext *context)
{
  double *sorted = malloc (n * sizeof *sorted);
  IpStatus status = IP_STATUS_OK;

  if (sorted == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu distances", n);

  for (size_t i = 0; i < n && status == IP_STATUS_OK; i++)
    {
      double *row = squared + i * n;

      memcpy (sorted, row, n * sizeof *row);
      status = ip_sort (sorted, n, context);
      for (size_t j = 0; j < n; j++)
        row[j] = row[j] <= sorted[k - 1];
      if (ip_context_is_cancelled (context))
        status = IP_STATUS_CANCELLED;
    }

  free (sorted);
  return status;
}

static IpStatus
find_graph_entropy (IpSample *sample, size_t neighbours, IpEstimate *estimate, IpContext *context)
{
  size_t n = sample->n;
  size_t k = neighbours < n ? neighbours : n;
  double *graph = NULL;
  double *moduli = NULL;
  IpKernelSpectrum spectrum = { .n = n, .samples = n };
  double error;
  IpStatus status = ip_kernel_spectrum_check_memory (n, 2, context);

  if (n > LARGEST_GRAPH)
    return ip_fail (context, IP_STATUS_UNDEFINED,
                    "The graph of %zu samples has too many eigenvalues: at most %d", n,
                    LARGEST_GRAPH);
  if (status == IP_STATUS_OK)
    status = ip_sample_check_squares (sample, context);
  if (status != IP_STATUS_OK)
    return status;

  graph = malloc (n * n * sizeof *graph);
  moduli = malloc (n * sizeof *moduli);
  if (graph == NULL || moduli == NULL)
    status = ip_fail (context, IP_STATUS_UNDEFINED, "No memory for a matrix of %zu samples", n);
  if (status == IP_STATUS_OK)
    status = fill_squares (&sample->source.activations, graph, context);
  if (status == IP_STATUS_OK)
    status = turn_into_graph (graph, n, k, context);
  if (status == IP_STATUS_OK)
    status = ip_eigenvalue_moduli (graph, n, moduli, context);
  if (status == IP_STATUS_OK)
    {
      spectrum.values = moduli;
      estimate->values[0].value = ip_kernel_spectrum_entropy (&spectrum, 1.0, &error);
      ip_estimate_keep_spectrum (estimate, moduli, n);
      snprintf (estimate->blur, sizeof estimate->blur, "%zu nearest neighbours", k);
    }

  free (graph);
  free (moduli);
  return status;
}

/* Without the short cut where it would not be within the tolerance at this diffusion time. */
static IpStatus
find_spectrum (IpSample *sample,
               const IpParameters *parameters,
               double sigma,
               double t,
               const IpKernelSpectrum **spectrum,
               IpContext *context)
{
  bool adjacency = parameters->value[VARIANT] == VARIANT_ADJACENCY;
  IpSpectrumKey key = { .rate = ip_width_to_rate (sigma), .across = 1.0 };
  double tolerance = parameters->value[TOLERANCE] * M_LN2;
  IpStatus status;

  key.plan = (IpKernelPlan){ .form = adjacency ? IP_KERNEL_DENSITY : IP_KERNEL_DIFFUSION,
                             .alpha = adjacency ? 0.0 : parameters->value[ALPHA],
                             .method = (IpKernelMethod) parameters->value[METHOD],
                             .tolerance = tolerance,
                             .probes = (unsigned) parameters->value[PROBES],
                             .seed = (uint64_t) parameters->value[SEED] };
  status = ip_sample_get_spectrum (sample, &key, spectrum, context);
  if (status != IP_STATUS_OK || ip_kernel_spectrum_bound (*spectrum, t) <= tolerance)
    return status;

  key.plan.tolerance = 0.0;
  return ip_sample_get_spectrum (sample, &key, spectrum, context);
}

static IpStatus
find_spectral_entropy (IpSample *sample,
                       const IpParameters *parameters,
                       double sigma,
                       IpEstimate *estimate,
                       IpContext *context)
{
  double t = parameters->value[VARIANT] == VARIANT_ADJACENCY ? 1.0 : parameters->value[T];
  const IpKernelSpectrum *spectrum;
  IpStatus status = find_spectrum (sample, parameters, sigma, t, &spectrum, context);
  IpValue *value = &estimate->values[0];

  if (status != IP_STATUS_OK)
    return status;

  value->value = ip_kernel_spectrum_entropy (spectrum, t, &value->error);
  if (spectrum->is_low_rank)
    value->flags |= IP_FLAG_LOW_RANK;
  if (spectrum->quadrature != NULL)
    {
      value->flags |= IP_FLAG_STOCHASTIC;
      value->value = fmin (value->value, value->ceiling);
    }
  else
    {
      ip_estimate_keep_spectrum (estimate, spectrum->values, spectrum->n);
    }

  return IP_STATUS_OK;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  IpWidth width = ip_width_init (&parameters->value[RULE]);
  double sigma;
  IpGram gram;
  IpStatus status;

  estimate->values[0].ceiling = log ((double) sample->n);
  if (ip_sample_is_constant (sample) && parameters->value[VARIANT] != VARIANT_ENTRIES)
    {
      estimate->values[0].value = 0.0;
      return IP_STATUS_OK;
    }
  if (parameters->value[VARIANT] == VARIANT_GRAPH)
    return find_graph_entropy (sample, (size_t) parameters->value[NEIGHBOURS], estimate, context);

  status = ip_width_find (sample, &width, &sigma, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_init_gram (sample, ip_width_to_rate (sigma), &gram, context);
  if (status != IP_STATUS_OK)
    return status;

  ip_width_describe (sigma, estimate);
  if (parameters->value[VARIANT] != VARIANT_ENTRIES)
    return find_spectral_entropy (sample, parameters, sigma, estimate, context);

  estimate->values[0].ceiling *= 2.0;
  return find_entry_entropy (sample, &gram, &estimate->values[0].value, context);
}

static bool
keeps_distances (size_t n, const IpParameters *parameters)
{
  return parameters->value[VARIANT] == VARIANT_ENTRIES;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double pairs = (double) n * (double) n;

  if (parameters->value[VARIANT] == VARIANT_ENTRIES)
    return pairs * (1.5e-8 + 5e-11 * (double) d);
  if (parameters->value[VARIANT] == VARIANT_GRAPH)
    return pairs * (3e-11 * (double) d + 2.5e-10 * (double) n);
  if (parameters->value[METHOD] != IP_KERNEL_WHOLE && n > IP_LARGEST_WHOLE)
    return pairs * (3e-11 * (double) d + 5e-8);
  return pairs * (3e-11 * (double) d + 2.5e-8 + 2e-11 * (double) n);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  bool has_two = parameters->value[VARIANT] == VARIANT_ENTRIES
                 || parameters->value[VARIANT] == VARIANT_GRAPH;

  if (!has_two && n > IP_LARGEST_WHOLE && parameters->value[METHOD] != IP_KERNEL_WHOLE)
    return ip_kernel_spectrum_count_bytes (n, (unsigned) parameters->value[PROBES]);
  return (has_two ? 16 : 8) * n * n + IP_DISTANCE_BYTES;
}

const IpEstimator ip_dse = {
  .id = "dse",
  .title = N_ ("Diffusion spectral entropy"),
  .summary =
      N_ ("Entropy of the eigenvalues of a random walk between the samples: roughly the logarithm "
          "of how many groups they form. The kernel width blurs T."),
  .limits = N_ ("0 where all samples are near each other on the scale of the width and log N "
                "where all are far apart: at either end it says nothing about the layer. The "
                "median rule follows the scale of the layer."),
  .bibtex = IP_CITATION_LIAO,
  .version = 3,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .keeps_budget = true,
  .keeps_distances = keeps_distances,
  .estimate = run,
};
