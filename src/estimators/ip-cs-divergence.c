/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How far the predictions of a regression are from its targets, as distributions.
 *
 * T, N x m, a layer that predicts the targets Y, N x m; X, N x anything.  G (a, b) = exp (-|a -
 * b|^2 / 2 sigma^2) and K_ij the same of the inputs; in nats
 *
 *   cs_div       ln sum_ij G (y_i, y_j) + ln sum_ij G (t_i, t_j) - 2 ln sum_ij G (y_i, t_j)
 *   cs_cond_div  the same with sum_j (sum_i K_ij G (., .)) / (sum_i K_ij)^2 for each sum, which
 *                compares p(y|x) with q(t|x); the prediction term of the bottleneck of the source,
 *                whose code divides by sum_i K_ij^2 instead
 *   kde_kl       mean_i ln (sum_j G (y_i, y_j) / sum_j G (y_i, t_j)), Kullback and Leibler's
 *                divergence between kernel densities; convention=official sums over the y and
 *                averages over y_j and t_j, as published
 *
 * With another rule than "fixed" (ip-width.h) targets and inputs have widths of their own; layer
 * and targets always share one.
 *
 * Defaults: rule=fixed, sigma = 1, convention=corrected.
 *
 * Bias and where it fails.  cs_div is never negative, 0 where the distributions agree: it says
 * nothing about which prediction belongs to which target.  The others can be slightly negative in
 * samples.  All go to 0 as sigma grows, and with few samples per sigma they measure the samples,
 * not the distributions.
 *
 * Source: Yu, Yu, Løkse, Jenssen and Príncipe 2024, arXiv:2404.17951.  Time O(N^2 (m + d_x)), that
 * of two passes over 2 N rows; memory 16 N (m + d_x). */

#include "ip-citations.h"
#include "ip-width.h"

#include <math.h>
#include <stdlib.h>

enum
{
  RULE,
  SIGMA,
  FACTOR,
  K,
  CONVENTION,
};

static const char *const convention_ids[] = { "corrected", "official", NULL };
static const char *const convention_titles[]
  = { N_ ("At the targets"), N_ ("As published"), NULL };

static const IpParameter parameters_table[] = {
  [RULE] = IP_WIDTH_RULE_ROW,
  [SIGMA] = IP_WIDTH_SIGMA_ROW (RULE, 1),
  [FACTOR] = IP_WIDTH_FACTOR_ROW (RULE),
  [K] = IP_WIDTH_K_ROW (RULE),
  [CONVENTION]
  = { "convention", N_ ("Where densities are compared"),
      N_ ("Whether both densities of the Kullback–Leibler divergence are taken at the targets"),
      IP_PARAMETER_CHOICE, 0, 0, 1, false, convention_ids, convention_titles, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_CS_DIV, IP_QUANTITY_CS_COND_DIV, IP_QUANTITY_KDE_KL };

/* Targets on top of predictions, the inputs beside both, all scaled to a kernel of rate 1.  Samples
 * are in the order of the set. */
typedef struct
{
  IpMatrix matrix; /* [2 N x columns] */
  double *data;
  double *moments;
  uint32_t *order;
  uint32_t *class_end;
  IpKernelSums sums; /* own: within targets or within predictions, other: between them */
} Stack;

static void
clear_stack (Stack *stack)
{
  free (stack->data);
  free (stack->moments);
  free (stack->order);
  ip_kernel_sums_clear (&stack->sums);
}

static IpStatus
allocate_stack (Stack *stack, size_t n, size_t columns, IpContext *context)
{
  *stack = (Stack){ .data = malloc ((2 * n * columns + 1) * sizeof (double)),
                    .moments = malloc ((2 * columns + 1) * sizeof (double)),
                    .order = malloc (4 * n * sizeof (uint32_t)) };
  if (stack->data == NULL || stack->moments == NULL || stack->order == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for targets and predictions");

  stack->matrix = (IpMatrix){ stack->data, 2 * n, columns, columns, IP_ELEMENT_FLOAT64 };
  stack->class_end = stack->order + 2 * n;
  return ip_kernel_sums_init (&stack->sums, 1.0, 1, 2 * n, context);
}

static IpStatus
copy_predictions (const IpMatrix *t, double factor, double *to, size_t stride, IpContext *context)
{
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < t->columns && status == IP_STATUS_OK; first += block.columns)
    {
      status = ip_matrix_get_block (t, first, &block, context);
      if (status == IP_STATUS_OK)
        ip_matrix_copy_scaled (&block, factor, to + first, stride);
    }

  return status;
}

/* rate_x: 0 to leave the inputs out. */
static IpStatus
init_stack (Stack *stack, const IpSample *sample, double rate, double rate_x, IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  size_t n = sample->n;
  size_t m = set->y.matrix.columns;
  size_t columns = m + (rate_x > 0.0 ? set->x.matrix.columns : 0);
  IpStatus status = allocate_stack (stack, n, columns, context);

  if (status != IP_STATUS_OK)
    return status;

  ip_matrix_copy_scaled (&set->y.matrix, sqrt (rate), stack->data, columns);
  status = copy_predictions (&sample->source.activations, sqrt (rate), stack->data + n * columns,
                             columns, context);
  if (rate_x > 0.0)
    {
      ip_matrix_copy_scaled (&set->x.matrix, sqrt (rate_x), stack->data + m, columns);
      ip_matrix_copy_scaled (&set->x.matrix, sqrt (rate_x), stack->data + n * columns + m, columns);
    }
  for (size_t i = 0; i < n; i++)
    {
      stack->order[i] = set->order[i];
      stack->order[n + i] = (uint32_t) n + set->order[i];
      stack->class_end[i] = (uint32_t) n;
      stack->class_end[n + i] = (uint32_t) (2 * n);
    }

  if (status == IP_STATUS_OK)
    status = ip_columns_find_moments (&stack->matrix, stack->moments, stack->moments + columns,
                                      context);
  if (status == IP_STATUS_OK)
    {
      IpGram gram = { &stack->matrix, stack->moments, stack->order, stack->class_end, 1.0, 1.0 };

      status = ip_gram_fill_sums (&gram, &stack->sums, 1, context);
    }
  return status;
}

/* ln (exp a + exp b) */
static double
add_logarithms (double a, double b)
{
  double larger = fmax (a, b);

  return isinf (larger) ? larger : larger + log1p (exp (fmin (a, b) - larger));
}

/* Kernel sums count nothing as less than exp (-160), while predictions may be any distance from the
 * targets: sums below this are added up anew, in logarithms. */
#define LOST 1e-50

/* The logarithm of the sum between the row at a position and the other half. */
static double
find_log_between (const Stack *stack, size_t position)
{
  size_t n = stack->matrix.rows / 2;
  size_t columns = stack->matrix.columns;
  const double *row = stack->data + stack->order[position] * columns;
  double sum = -INFINITY;

  if (stack->sums.other[position] > LOST)
    return log (stack->sums.other[position]);

  for (size_t i = 0; i < n; i++)
    {
      const double *other = stack->data + ((position < n ? n : 0) + i) * columns;
      double squared = 0.0;

      for (size_t j = 0; j < columns; j++)
        squared += (row[j] - other[j]) * (row[j] - other[j]);
      sum = add_logarithms (sum, -squared);
    }

  return sum;
}

/* weight: [N] of the rows, NULL for 1. */
static double
find_log_between_all (const Stack *stack, const double *weight)
{
  size_t n = stack->matrix.rows / 2;
  double sum = -INFINITY;

  for (size_t i = 0; i < n; i++)
    sum = add_logarithms (sum, find_log_between (stack, n + i)
                                 + (weight != NULL ? log (weight[i]) : 0.0));
  return sum;
}

static double
find_divergence (const Stack *stack, const double *weight)
{
  const IpKernelSums *sums = &stack->sums;
  size_t n = stack->matrix.rows / 2;
  double targets = 0.0;
  double predictions = 0.0;
  double between = 0.0;

  for (size_t i = 0; i < n; i++)
    {
      double w = weight != NULL ? weight[i] : 1.0;

      targets += w * (1.0 + sums->own[i]);
      predictions += w * (1.0 + sums->own[n + i]);
      between += w * sums->other[n + i];
    }

  return log (targets) + log (predictions)
         - 2.0 * (between > LOST ? log (between) : find_log_between_all (stack, weight));
}

static double
find_kl (const Stack *stack, bool official)
{
  size_t n = stack->matrix.rows / 2;
  double mean = 0.0;

  for (size_t i = 0; i < n; i++)
    mean += (log1p (stack->sums.own[i]) - find_log_between (stack, official ? n + i : i))
            / (double) n;

  return mean;
}

static IpStatus
fill_marginal (IpSample *sample,
               double rate,
               bool official,
               IpEstimate *estimate,
               IpContext *context)
{
  Stack stack;
  IpStatus status = init_stack (&stack, sample, rate, 0.0, context);

  if (status == IP_STATUS_OK)
    {
      ip_estimate_get (estimate, IP_QUANTITY_CS_DIV)->value
        = fmax (find_divergence (&stack, NULL), 0.0);
      ip_estimate_get (estimate, IP_QUANTITY_KDE_KL)->value
        = find_kl (&stack, official);
    }

  clear_stack (&stack);
  return status;
}

static IpStatus
fill_conditional (IpSample *sample,
                  double rate,
                  double rate_x,
                  IpEstimate *estimate,
                  IpContext *context)
{
  size_t n = sample->n;
  double *weight = malloc (n * sizeof *weight);
  IpKernelSums inputs;
  Stack stack = { 0 };
  IpStatus status
    = ip_evaluation_set_get_sums (sample->set, &sample->set->x, rate_x, &inputs, context);

  if (status == IP_STATUS_OK && weight == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", n);
  if (status == IP_STATUS_OK)
    status = init_stack (&stack, sample, rate, rate_x, context);
  if (status == IP_STATUS_OK)
    {
      for (size_t i = 0; i < n; i++)
        weight[i] = pow (1.0 + inputs.own[i] + inputs.other[i], -2.0);
      ip_estimate_get (estimate, IP_QUANTITY_CS_COND_DIV)->value
        = find_divergence (&stack, weight);
    }

  free (weight);
  clear_stack (&stack);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  IpWidth width = ip_width_init (&parameters->value[RULE]);
  bool official = parameters->value[CONVENTION] != 0.0;
  double sigma;
  double sigma_x;
  IpStatus status = ip_sample_check_squares (sample, context);

  if (status == IP_STATUS_OK && sample->d != set->y.matrix.columns)
    status = ip_fail (context, IP_STATUS_UNDEFINED,
                      "The layer has %zu units and the target %zu: it does not predict the target",
                      sample->d, set->y.matrix.columns);
  if (status == IP_STATUS_OK)
    status = ip_width_find_for_variable (set, &set->y, &width, &sigma, context);
  if (status != IP_STATUS_OK)
    return status;

  ip_width_describe (sigma, estimate);
  status = fill_marginal (sample, ip_width_to_rate (sigma), official, estimate, context);
  if (status == IP_STATUS_OK && set->x.matrix.data == NULL)
    {
      ip_estimate_get (estimate, IP_QUANTITY_CS_COND_DIV)->flags |= IP_FLAG_NO_INPUTS;
      ip_estimate_explain (estimate, "There are no inputs");
      return IP_STATUS_OK;
    }

  if (status == IP_STATUS_OK)
    status = ip_width_find_for_variable (set, &set->x, &width, &sigma_x, context);
  if (status == IP_STATUS_OK)
    status = fill_conditional (sample, ip_width_to_rate (sigma), ip_width_to_rate (sigma_x),
                               estimate, context);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (double) n * (double) n * (8e-9 + 2e-10 * (double) d);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return IP_DISTANCE_BYTES + 32 * n * d + 160 * n;
}

const IpEstimator ip_cs_divergence = {
  .id = "cs-divergence",
  .title = N_ ("Divergence from the target"),
  .summary = N_ ("How far the distribution of predictions is from that of the targets of a "
                 "regression, as it is and given the input. The kernel width blurs both."),
  .limits = N_ ("The first says nothing about which prediction belongs to which target. All go "
                "to 0 as the width grows, and with few samples within a width they measure the "
                "samples, not the distributions."),
  .bibtex = IP_CITATION_YU,
  .version = 2,
  .needs = IP_NEEDS_TARGETS,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .estimate = run,
};
