/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Cauchy-Schwarz quadratic mutual information.
 *
 * T, N x d.  K_ij = exp (-|t_i - t_j|^2 / 2 sigma^2), Q the same for the other variable, row sums
 * k, q; in nats
 *
 *   I_CS = ln (sum_ij K_ij Q_ij / N^2) + ln (sum k sum q / N^4) - 2 ln (sum_i k_i q_i / N^3) >= 0
 *
 * normalised: I_CS(X;T) / sqrt (I_CS(X;X) I_CS(T;T)), between 0 and 1.
 *
 * Y are the real-valued targets of a regression, or else labels, which are one-hot: Q is 1 within a
 * class and exp (-1 / sigma^2) across.  The same sigma serves all variables, as published; with
 * another rule (ip-width.h) T, X and targets have widths of their own, and sigma = factor for
 * labels.
 *
 * Not Shannon's information: 0 means independent, but sizes compare only at one sigma, and as sigma
 * grows every value goes to 0.
 *
 * Source: Yu, Yu, Løkse, Jenssen and Príncipe 2024, arXiv:2404.17951. Time O(N^2 (d + d_x)), three
 * passes with inputs, one without; memory 8 N (d + d_x). */

#include "ip-joint.h"
#include "ip-width.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  RULE,
  SIGMA,
  FACTOR,
  K,
};

static const IpParameter parameters_table[] = {
  [RULE] = IP_WIDTH_RULE_ROW,
  [SIGMA] = IP_WIDTH_SIGMA_ROW (RULE, 1),
  [FACTOR] = IP_WIDTH_FACTOR_ROW (RULE),
  [K] = IP_WIDTH_K_ROW (RULE),
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_CS_QMI_XT, IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_XT_NORMALISED,
      IP_QUANTITY_CS_TY_NORMALISED };

/* Row sums of a kernel matrix and the sum of its squares. */
typedef struct
{
  double *row; /* [n] */
  double sum;
  double squares;
} Kernel;

static IpStatus
init_kernel (Kernel *kernel, size_t n, IpContext *context)
{
  *kernel = (Kernel) { .row = malloc ((n + 1) * sizeof *kernel->row) };
  if (kernel->row == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", n);

  return IP_STATUS_OK;
}

/* From the sums of the kernel and of its squares. */
static void
take_sums (Kernel *kernel, const IpKernelSums *plain, const IpKernelSums *squares, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      kernel->row[i] = 1.0 + plain->own[i] + plain->other[i];
      kernel->sum += kernel->row[i];
      kernel->squares += 1.0 + squares->own[i] + squares->other[i];
    }
}

static void
take_labels (Kernel *kernel, const IpEvaluationSet *set, double across)
{
  size_t n = set->n;

  for (size_t i = 0; i < n; i++)
    {
      double own = (double) set->labels.count[set->labels.code[set->order[i]]];
      double other = (double) n - own;

      kernel->row[i] = own + across * other;
      kernel->sum += kernel->row[i];
      kernel->squares += own + across * across * other;
    }
}

/* product: sum of K_ij Q_ij */
static double
find_information (const Kernel *k, const Kernel *q, double product, size_t size)
{
  double n = (double) size;
  double cross = 0.0;

  for (size_t i = 0; i < size; i++)
    cross += k->row[i] * q->row[i];

  return fmax (log (product / (n * n)) + log (k->sum / (n * n)) + log (q->sum / (n * n))
                 - 2.0 * log (cross / (n * n * n)),
               0.0);
}

static void
set_pair (IpEstimate *estimate,
          IpQuantity plain,
          IpQuantity normalised,
          const Kernel *k,
          const Kernel *q,
          double product,
          size_t n)
{
  IpValue *value = ip_estimate_get (estimate, plain);
  IpValue *ratio = ip_estimate_get (estimate, normalised);
  double self = find_information (k, k, k->squares, n) * find_information (q, q, q->squares, n);

  value->value = find_information (k, q, product, n);
  ratio->value = self > 0.0 ? value->value / sqrt (self) : 0.0;
  ratio->ceiling = 1.0;
}

static IpStatus
find_rate (IpSample *sample, const IpParameters *parameters, double *rate, IpContext *context)
{
  IpWidth width = ip_width_init (&parameters->value[RULE]);
  double sigma;
  IpStatus status = ip_width_find (sample, &width, &sigma, context);

  *rate = ip_width_to_rate (sigma);
  return status;
}

static IpStatus
announce (IpSample *sample, const IpParameters *parameters, IpContext *context)
{
  double rate;
  IpStatus status;

  if (ip_sample_is_constant (sample))
    return IP_STATUS_OK;

  status = find_rate (sample, parameters, &rate, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_want_kernel_sums (sample, rate, 1, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_want_kernel_sums (sample, rate, 2, context);
  return status;
}

static void
set_missing (IpEstimate *estimate,
             IpQuantity plain,
             IpQuantity normalised,
             unsigned flag,
             const char *reason)
{
  ip_estimate_get (estimate, plain)->flags |= flag;
  ip_estimate_get (estimate, normalised)->flags |= flag;
  snprintf (estimate->reason, sizeof estimate->reason, "%s", reason);
}

static IpStatus
fill_label (IpSample *sample,
            const IpParameters *parameters,
            const Kernel *k,
            const IpKernelSums *plain,
            IpEstimate *estimate,
            IpContext *context)
{
  double width = parameters->value[parameters->value[RULE] == IP_WIDTH_FIXED ? SIGMA : FACTOR];
  double across = exp (-1.0 / (width * width));
  double product = 0.0;
  Kernel q;
  IpStatus status;

  status = init_kernel (&q, sample->n, context);
  if (status != IP_STATUS_OK)
    return status;

  take_labels (&q, sample->set, across);
  for (size_t i = 0; i < sample->n; i++)
    product += 1.0 + plain->own[i] + across * plain->other[i];
  set_pair (estimate, IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_TY_NORMALISED, k, &q, product,
            sample->n);

  free (q.row);
  return IP_STATUS_OK;
}

/* The sum of K_ij Q_ij, from one pass over T and the other variable together. */
static IpStatus
sum_product (const IpSample *sample,
             const IpVariable *variable,
             double rate_t,
             double rate,
             double *product,
             IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  IpKernelSums sums = { 0 };
  IpJoint joint;
  IpStatus status = ip_joint_init (&joint, sample, variable, rate_t, rate, context);

  if (status == IP_STATUS_OK)
    status = ip_kernel_sums_init (&sums, 1.0, 1, sample->n, context);
  if (status == IP_STATUS_OK)
    {
      IpGram both = { &joint.matrix, joint.mean, set->order, set->class_end, 1.0, 1.0 };

      status = ip_gram_fill_sums (&both, &sums, 1, context);
    }

  *product = 0.0;
  for (size_t i = 0; i < sample->n && status == IP_STATUS_OK; i++)
    *product += 1.0 + sums.own[i] + sums.other[i];

  ip_kernel_sums_clear (&sums);
  ip_joint_clear (&joint);
  return status;
}

static IpStatus
fill_variable (IpSample *sample,
               const IpVariable *variable,
               const IpParameters *parameters,
               const Kernel *k,
               double rate_t,
               IpQuantity plain_quantity,
               IpQuantity normalised_quantity,
               IpEstimate *estimate,
               IpContext *context)
{
  IpWidth width = ip_width_init (&parameters->value[RULE]);
  IpKernelSums plain;
  IpKernelSums doubled;
  double product;
  double rate;
  double sigma;
  Kernel q = { 0 };
  IpStatus status = ip_width_find_for_variable (sample->set, variable, &width, &sigma, context);

  rate = ip_width_to_rate (sigma);
  if (status == IP_STATUS_OK)
    status = ip_evaluation_set_get_sums (sample->set, variable, rate, &plain, context);
  if (status == IP_STATUS_OK)
    status = ip_evaluation_set_get_sums (sample->set, variable, 2.0 * rate, &doubled, context);
  if (status == IP_STATUS_OK)
    status = sum_product (sample, variable, rate_t, rate, &product, context);
  if (status == IP_STATUS_OK)
    status = init_kernel (&q, sample->n, context);
  if (status == IP_STATUS_OK)
    {
      take_sums (&q, &plain, &doubled, sample->n);
      set_pair (estimate, plain_quantity, normalised_quantity, k, &q, product, sample->n);
    }

  free (q.row);
  return status;
}

static IpStatus
fill (IpSample *sample,
      const IpParameters *parameters,
      const Kernel *k,
      const IpKernelSums *plain,
      double rate,
      IpEstimate *estimate,
      IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  IpStatus status = IP_STATUS_OK;

  if (set->y.matrix.data != NULL)
    status = fill_variable (sample, &set->y, parameters, k, rate, IP_QUANTITY_CS_QMI_TY,
                            IP_QUANTITY_CS_TY_NORMALISED, estimate, context);
  else if (set->has_labels)
    status = fill_label (sample, parameters, k, plain, estimate, context);
  else
    set_missing (estimate, IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_TY_NORMALISED, IP_FLAG_NO_LABELS,
                 "There are neither class labels nor targets");
  if (status != IP_STATUS_OK)
    return status;

  if (set->x.matrix.data != NULL)
    return fill_variable (sample, &set->x, parameters, k, rate, IP_QUANTITY_CS_QMI_XT,
                          IP_QUANTITY_CS_XT_NORMALISED, estimate, context);
  set_missing (estimate, IP_QUANTITY_CS_QMI_XT, IP_QUANTITY_CS_XT_NORMALISED, IP_FLAG_NO_INPUTS,
               "There are no inputs");
  return IP_STATUS_OK;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  bool has_inputs = sample->set->x.matrix.data != NULL;
  bool has_outputs = sample->set->has_labels || sample->set->y.matrix.data != NULL;
  double rate;
  IpKernelSums plain;
  IpKernelSums squares;
  Kernel k;
  IpStatus status;

  if (ip_sample_is_constant (sample))
    {
      for (unsigned i = 0; i < estimate->n_values; i++)
        estimate->values[i].value
          = (i % 2 == 0 ? has_inputs : has_outputs) ? 0.0 : NAN;
      return IP_STATUS_OK;
    }

  status = find_rate (sample, parameters, &rate, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_get_kernel_sums (sample, rate, 1, &plain, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_get_kernel_sums (sample, rate, 2, &squares, context);
  if (status == IP_STATUS_OK)
    status = init_kernel (&k, sample->n, context);
  if (status != IP_STATUS_OK)
    return status;

  ip_width_describe (sqrt (0.5 / rate), estimate);

  take_sums (&k, &plain, &squares, sample->n);
  status = fill (sample, parameters, &k, &plain, rate, estimate, context);

  free (k.row);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (double) n * (double) n * (3e-9 + 5e-11 * (double) d);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return IP_DISTANCE_BYTES + 16 * n * d + 160 * n;
}

const IpEstimator ip_cs = {
  .id = "cs",
  .title = N_ ("Cauchy–Schwarz information"),
  .summary = N_ ("Dependence between the layer and the input or label, from products of kernel "
                 "matrices. The kernel width blurs T."),
  .bibtex = "@inproceedings{yu2024csib,\n"
            "  title = {Cauchy-Schwarz Divergence Information Bottleneck for Regression},\n"
            "  author = {Yu, Shujian and Yu, Xi and L{\\o}kse, Sigurd and Jenssen, Robert and\n"
            "            Pr{\\'i}ncipe, Jos{\\'e} C.},\n"
            "  booktitle = {International Conference on Learning Representations},\n"
            "  year = {2024},\n"
            "  eprint = {2404.17951},\n"
            "  archivePrefix = {arXiv}\n"
            "}\n",
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .announce = announce,
  .estimate = run,
};
