/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Diffusion spectral mutual information with the labels and the inputs.
 *
 * T, N x d, class c of n_c samples.  In nats
 *
 *   DSMI(T;Y) = sum_c (n_c / N) [mean over draws of DSE (n_c samples of all) - DSE (class c)]
 *
 * with DSE as in `dse`, of whose parameters it takes the kernel width, variant, t and alpha, from
 * all eigenvalues; the error is the standard error over the draws, for which see ip-class-draws.h.
 * Lists of samples are not given but drawn: with convention=official those of the published code,
 * number by number, which seeds CPython's random.sample() (Mersenne Twister, ip-mersenne.h) with
 * `seed` anew for every class.
 * Where memory does not allow all distances, each subset finds its own, and one of more than 8000
 * samples takes random vectors (flag `stochastic`), whose standard error comes on top.
 * variant=adjacency, of the eigenvalues of the kernel itself, is the published ASMI.  There is no
 * published value with the entropy of entries, which falls with the number of groups where the
 * others rise: from 2 ln n_c when all samples are near each other to ln n_c when all are far apart.
 * So variant=entries takes 2 ln n_c less that entropy for DSE, which turns the sign of the above.
 * All three are H(Y) where classes of equal size lie far apart in narrow heaps.  The neighbour
 * graph is not offered: 10 neighbours are another share of a class than of all samples.
 *
 * DSMI(X;T) is the same with groups of near inputs, at most `clusters` of them, for classes: bins
 * of equal width where an input is one number, otherwise k-means from the given seed
 * (ip-clusters.h; the published code has spectral clustering of a neighbour graph there, which
 * takes N x N matrices).  The groups of a run are the same for all layers and epochs; another seed
 * gives others, of which the error says nothing.
 *
 * Not a mutual information: it can be negative and can exceed the entropy of the classes; nothing
 * is cut.
 *
 * Defaults: those of `dse`, 5 draws, seed 0, convention=corrected, 10 clusters.  Bias: subsets as
 * large as the class cancel that of DSE; classes of few samples remain noisy.  Fails with DSE where
 * sigma is far from the distances in the layer, and then is 0.
 *
 * Source: Liao, Liu et al. 2024, arXiv:2312.04823. Time O(N^2 d) and 4/3 n_c^3 per class and draw,
 * n_c^2 for the entries; memory 8 N^2, or 8 n_c^2. */

#include "ip-citations.h"
#include "ip-class-draws.h"
#include "ip-entry-entropy.h"
#include "ip-kernel-spectrum.h"
#include "ip-width.h"

#include <math.h>
#include <stdlib.h>

enum
{
  RULE,
  SIGMA,
  FACTOR,
  K,
  VARIANT,
  T,
  ALPHA,
  DRAWS,
  SEED,
  CONVENTION,
  CLUSTERS,
};

enum
{
  VARIANT_SPECTRUM,
  VARIANT_ENTRIES,
  VARIANT_ADJACENCY,
};

static const char *const variant_ids[] = { "spectrum", "entries", "adjacency", NULL };
static const char *const variant_titles[]
  = { N_ ("Eigenvalues of the diffusion"), N_ ("Entries of the diffusion matrix"),
      N_ ("Eigenvalues of the kernel"), NULL };

static const IpParameter parameters_table[] = {
  [RULE] = IP_WIDTH_RULE_ROW,
  [SIGMA] = IP_WIDTH_SIGMA_ROW (RULE, 10),
  [FACTOR] = IP_WIDTH_FACTOR_ROW (RULE),
  [K] = IP_WIDTH_K_ROW (RULE),
  [VARIANT] = { "variant", N_ ("Entropy of"), N_ ("Which numbers the entropy is taken of"),
                IP_PARAMETER_CHOICE, VARIANT_SPECTRUM, 0, 2, false, variant_ids, variant_titles, -1,
                0 },
  [T] = { "t", N_ ("Diffusion time"), N_ ("Power that the eigenvalues are raised to"),
          IP_PARAMETER_REAL, 1, 1, 1000, true, NULL, NULL, VARIANT, VARIANT_SPECTRUM },
  [ALPHA] = { "alpha", N_ ("Anisotropy"),
              N_ ("How far the density of the samples is divided out: 0.5 as documented, 0 as in "
                  "the published numbers"),
              IP_PARAMETER_REAL, 0.5, 0, 1, false, NULL, NULL, VARIANT, VARIANT_SPECTRUM },
  [DRAWS] = IP_CLASS_DRAWS_DRAWS_ROW,
  [SEED] = IP_CLASS_DRAWS_SEED_ROW,
  [CONVENTION] = IP_CLASS_DRAWS_CONVENTION_ROW,
  [CLUSTERS] = { "clusters", N_ ("Groups of inputs"),
                 N_ ("Into how many groups of near ones the inputs are put"), IP_PARAMETER_INTEGER,
                 10, 2, 1000, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[] = { IP_QUANTITY_DSMI_TY, IP_QUANTITY_DSMI_XT };

/* Of random vectors, for groups that are too large for all eigenvalues. */
#define PROBES 32

typedef struct
{
  IpSample *sample;
  const IpParameters *parameters;
  double rate;
  const double *squared; /* [n x n], NULL where there is no memory for it */
  uint32_t *position;    /* [n] of each sample in the order of that matrix */
  uint32_t *at;          /* [n] the positions of a subset */
  uint32_t *end;         /* [n] behind any subset, which is one class */
  double *part;          /* [n_c x n_c] distances in a subset, NULL where they are not wanted */
  bool is_stochastic;    /* some entropy was */
} Work;

static void
take_part (Work *work, const uint32_t *subset, size_t m)
{
  uint32_t *at = work->at;

  for (size_t i = 0; i < m; i++)
    at[i] = work->position[subset[i]];
  for (size_t i = 0; i < m; i++)
    for (size_t j = i; j < m; j++)
      {
        size_t row = at[i] < at[j] ? at[i] : at[j];
        size_t column = at[i] < at[j] ? at[j] : at[i];

        work->part[i * m + j] = work->squared[row * work->sample->n + column];
      }
}

static IpStatus
find_entry_entropy (Work *work, const IpGram *gram, size_t m, double *entropy, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;

  if (work->squared == NULL)
    status = ip_gram_fill_distances (gram, work->part, context);
  if (status == IP_STATUS_OK)
    status = ip_gram_fill_kernel (gram, work->part, work->part, context);
  if (status == IP_STATUS_OK)
    status = ip_entry_entropy (work->part, m, entropy, context);
  if (status == IP_STATUS_OK)
    *entropy = 2.0 * log ((double) m) - *entropy;

  return status;
}

static IpStatus
find_entropy (void *self,
              const uint32_t *subset,
              size_t m,
              double *entropy,
              double *error,
              IpContext *context)
{
  Work *work = self;
  const double *parameter = work->parameters->value;
  IpMatrix rows = work->sample->source.activations;
  IpGram gram
    = { &rows, work->sample->mean, subset, work->end, work->rate, 1.0 };
  bool adjacency = parameter[VARIANT] == VARIANT_ADJACENCY;
  IpKernelPlan plan = { .form = adjacency ? IP_KERNEL_DENSITY : IP_KERNEL_DIFFUSION,
                        .alpha = parameter[ALPHA],
                        .probes = work->squared == NULL ? PROBES : 0,
                        .seed = (uint64_t) parameter[SEED] };
  IpKernelSpectrum spectrum;
  IpStatus status;

  rows.rows = m;
  if (work->squared != NULL)
    take_part (work, subset, m);
  if (parameter[VARIANT] == VARIANT_ENTRIES)
    return find_entry_entropy (work, &gram, m, entropy, context);

  status = ip_kernel_spectrum_init (&spectrum, &gram, &plan,
                                    work->squared != NULL ? work->part : NULL, context);
  if (status == IP_STATUS_OK)
    *entropy = ip_kernel_spectrum_entropy (&spectrum, adjacency ? 1.0 : parameter[T], error);
  if (status == IP_STATUS_OK && spectrum.quadrature != NULL)
    work->is_stochastic = true;

  ip_kernel_spectrum_clear (&spectrum);
  return status;
}

static IpStatus
fill (Work *work, const IpPartition *classes, IpValue *value, IpContext *context)
{
  IpClassDraws draws = ip_class_draws_init (&work->parameters->value[DRAWS]);
  bool has_entries = work->parameters->value[VARIANT] == VARIANT_ENTRIES;
  size_t largest = 0;
  IpStatus status = IP_STATUS_OK;

  for (size_t c = 0; c < classes->classes; c++)
    largest = classes->count[c] > largest ? classes->count[c] : largest;
  if (work->squared == NULL && has_entries)
    status = ip_kernel_spectrum_check_memory (largest, 1, context);
  if (status != IP_STATUS_OK)
    return status;

  if (work->squared != NULL || has_entries)
    {
      work->part = malloc (largest * largest * sizeof *work->part);
      if (work->part == NULL)
        return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for classes of %zu samples",
                        largest);
    }

  work->is_stochastic = false;
  status = ip_class_draws_estimate (&draws, classes, find_entropy, work, value, context);
  if (work->is_stochastic)
    value->flags |= IP_FLAG_STOCHASTIC;
  free (work->part);
  work->part = NULL;
  return status;
}

static void
set_no_inputs (IpValue *value, IpEstimate *estimate)
{
  value->flags |= IP_FLAG_NO_INPUTS;
  ip_estimate_explain (estimate, "There are no inputs");
}

static IpStatus
get_groups (const IpEvaluationSet *set,
            const IpParameters *parameters,
            const IpPartition **groups,
            IpContext *context)
{
  return ip_evaluation_set_get_input_clusters (set, (size_t) parameters->value[CLUSTERS],
                                               (uint64_t) parameters->value[SEED], groups, context);
}

static IpStatus
fill_inputs (IpSample *sample, Work *work, IpEstimate *estimate, IpContext *context)
{
  IpValue *value = ip_estimate_get (estimate, IP_QUANTITY_DSMI_XT);
  const IpPartition *groups;
  IpStatus status;

  if (sample->set->x.matrix.data == NULL)
    {
      set_no_inputs (value, estimate);
      return IP_STATUS_OK;
    }

  status = get_groups (sample->set, work->parameters, &groups, context);
  return status == IP_STATUS_OK ? fill (work, groups, value, context) : status;
}

static bool
keeps_distances (size_t n, const IpParameters *parameters)
{
  return n <= IP_LARGEST_WHOLE;
}

/* A layer that comes in blocks is read for all distances at once or not at all. */
static bool
wants_distances (const IpSample *sample)
{
  return sample->source.activations.source != NULL || keeps_distances (sample->n, NULL);
}

static IpStatus
find_distances (Work *work, IpContext *context)
{
  IpSample *sample = work->sample;

  if (!wants_distances (sample)
      || (sample->source.activations.source == NULL
          && !ip_kernel_spectrum_is_granted (sample->n, 1, context)))
    return ip_sample_find_moments (sample, context);

  return ip_sample_get_distances (sample, &work->squared, context);
}

static IpStatus
compute (Work *work, IpEstimate *estimate, IpContext *context)
{
  const IpEvaluationSet *set = work->sample->set;
  size_t n = work->sample->n;
  IpStatus status = find_distances (work, context);

  if (status != IP_STATUS_OK)
    return status;

  work->position = malloc (3 * n * sizeof *work->position);
  if (work->position == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", n);

  work->at = work->position + n;
  work->end = work->position + 2 * n;
  for (size_t at = 0; at < n; at++)
    {
      work->position[set->order[at]] = (uint32_t) at;
      work->end[at] = (uint32_t) n;
    }
  if (set->has_labels)
    status = fill (work, &set->labels, ip_estimate_get (estimate, IP_QUANTITY_DSMI_TY), context);
  if (status == IP_STATUS_OK)
    status = fill_inputs (work->sample, work, estimate, context);

  free (work->position);
  return status;
}

/* What is known about a layer that does not vary. */
static IpStatus
fill_constant (const IpEvaluationSet *set,
               const IpParameters *parameters,
               IpEstimate *estimate,
               IpContext *context)
{
  IpValue *label = ip_estimate_get (estimate, IP_QUANTITY_DSMI_TY);
  IpValue *input = ip_estimate_get (estimate, IP_QUANTITY_DSMI_XT);
  const IpPartition *groups;
  IpStatus status;

  label->ceiling = set->label_entropy;
  label->value = set->has_labels ? 0.0 : NAN;
  if (set->x.matrix.data == NULL)
    {
      set_no_inputs (input, estimate);
      return IP_STATUS_OK;
    }

  status = get_groups (set, parameters, &groups, context);
  if (status == IP_STATUS_OK)
    {
      input->value = 0.0;
      input->ceiling = ip_partition_entropy (groups);
    }
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  IpWidth width = ip_width_init (&parameters->value[RULE]);
  Work work = { .sample = sample, .parameters = parameters };
  double sigma;
  IpStatus status;

  if (ip_sample_is_constant (sample))
    return fill_constant (sample->set, parameters, estimate, context);

  status = ip_width_find (sample, &width, &sigma, context);
  if (status != IP_STATUS_OK)
    return status;

  ip_width_describe (sigma, estimate);
  work.rate = ip_width_to_rate (sigma);
  return compute (&work, estimate, context);
}

static IpStatus
announce (IpSample *sample, const IpParameters *parameters, IpContext *context)
{
  if (!ip_sample_is_constant (sample) && wants_distances (sample))
    ip_sample_want_distances (sample);
  return IP_STATUS_OK;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double size = (double) n / (double) (classes > 0 ? classes : 1);
  double group = (double) n / parameters->value[CLUSTERS];
  bool has_entries = parameters->value[VARIANT] == VARIANT_ENTRIES;
  double once = has_entries ? 2e-8 * (size + group)
                            : size * (2.5e-8 + 2e-11 * size) + group * (2.5e-8 + 2e-11 * group);

  return (double) n * (double) n * 5e-11 * (double) d
         + (1.0 + parameters->value[DRAWS]) * (double) n * once;
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double groups = fmin (classes > 1 ? (double) classes : 1.0, parameters->value[CLUSTERS]);
  size_t group = (size_t) ceil ((double) n / groups);

  if (n <= IP_LARGEST_WHOLE)
    return 8 * n * n + 24 * n * group + IP_DISTANCE_BYTES;
  if (group <= IP_LARGEST_WHOLE || parameters->value[VARIANT] == VARIANT_ENTRIES)
    return 8 * group * group + 64 * n + IP_DISTANCE_BYTES;
  return ip_kernel_spectrum_count_bytes (group, PROBES) + 64 * n + IP_DISTANCE_BYTES;
}

const IpEstimator ip_dsmi = {
  .id = "dsmi",
  .title = N_ ("Diffusion spectral information"),
  .summary =
      N_ ("How much lower the diffusion spectral entropy is among the samples of one class, or "
          "with near inputs, than among as many drawn from all. The kernel width blurs T."),
  .limits = N_ ("Not a mutual information: it can be negative, and larger than the entropy of "
                "the classes. It is 0 where the width is far from the distances in the layer, "
                "and noisy for classes of few samples."),
  .bibtex = IP_CITATION_LIAO,
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .keeps_budget = true,
  .keeps_distances = keeps_distances,
  .announce = announce,
  .estimate = run,
};
