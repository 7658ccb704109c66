/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Matrix-based Rényi entropy.
 *
 * T, N x d.  K_ij = exp (-|t_i - t_j|^2 / sigma), A = K / N with eigenvalues l_i; in nats
 *
 *   H_alpha(A) = ln (sum l_i^alpha) / (1 - alpha)        alpha = 1: -sum l ln l
 *   H(T,Y)     = H_alpha of the entrywise product of the kernels of T and Y, scaled to trace 1
 *   I(T;Y)     = H(T) + H(Y) - H(T,Y), I(X;T) likewise
 *
 * The kernel of Y is 1 within a class and exp (-2 / sigma_y) across, that of one-hot labels; the
 * kernel of X has sigma_x.  sigma is a squared width, twice the square of a standard deviation.
 * With another rule than "fixed" T and X have widths of their own (ip-width.h).
 *
 * These are not Shannon's quantities: I can be negative or above H(Y) for alpha < 1, and all of
 * them go to ln N as sigma goes to 0 and to 0 as it grows.  Comparing layers needs one sigma per
 * scale of layer, hence the median rule.
 *
 * Sources: Sánchez Giraldo, Rao and Príncipe 2015, doi:10.1109/TIT.2014.2370058; Yu, Sánchez
 * Giraldo, Jenssen and Príncipe 2020, doi:10.1109/TPAMI.2019.2932976. alpha = 2 needs no
 * eigenvalues: time O(N^2 d), memory O(N).  Otherwise 4/3 N^3 for each of T, (T,Y) and (T,X), or
 * less where spectra decay and alpha >= 1; memory 16 N^2. */

#include "ip-eigen.h"
#include "ip-joint.h"
#include "ip-kernel-spectrum.h"
#include "ip-number.h"
#include "ip-width.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  ALPHA,
  RULE,
  SIGMA,
  FACTOR,
  K,
  SIGMA_X,
  SIGMA_Y,
};


static const IpParameter parameters_table[] = {
  [ALPHA] = { "alpha", N_ ("Order"), N_ ("Order of the Rényi entropy; 1 is the von Neumann limit"),
              IP_PARAMETER_REAL, 1.01, 0.01, 100, true, NULL, NULL, -1, 0 },
  [RULE] = IP_WIDTH_RULE_ROW,
  [SIGMA] = { "sigma", N_ ("Squared width of T"),
              N_ ("Squared distance at which the kernel is 1/e"), IP_PARAMETER_REAL, 2, 1e-9, 1e9,
              true, NULL, NULL, RULE, IP_WIDTH_FIXED },
  [FACTOR] = IP_WIDTH_FACTOR_ROW (RULE),
  [K] = IP_WIDTH_K_ROW (RULE),
  [SIGMA_X] = { "sigma_x", N_ ("Squared width of X"), N_ ("The same for the inputs"),
                IP_PARAMETER_REAL, 12, 1e-9, 1e9, true, NULL, NULL, RULE, IP_WIDTH_FIXED },
  [SIGMA_Y] = { "sigma_y", N_ ("Squared width of Y"), N_ ("The same for one-hot labels"),
                IP_PARAMETER_REAL, 0.1, 1e-9, 1e9, true, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT, IP_QUANTITY_MI_TY, IP_QUANTITY_H_T, IP_QUANTITY_H_TX,
      IP_QUANTITY_H_TY,  IP_QUANTITY_H_X,   IP_QUANTITY_H_Y };

/* What the kernels of one request are. */
typedef struct
{
  double alpha;
  double rate;
  double rate_x;
  double across; /* kernel of Y between classes */
} Kernels;

/* The parameters are squared widths, twice the square of a standard deviation. */
static IpWidth
get_width (const IpParameters *parameters, unsigned sigma)
{
  IpWidth width = ip_width_init (&parameters->value[RULE]);

  width.sigma = sqrt (0.5 * parameters->value[sigma]);
  return width;
}

static IpStatus
find_kernels (IpSample *sample,
              const IpParameters *parameters,
              Kernels *kernels,
              IpContext *context)
{
  IpWidth width_t = get_width (parameters, SIGMA);
  IpWidth width_x = get_width (parameters, SIGMA_X);
  double sigma = 1.0;
  double sigma_x = NAN;
  IpStatus status = IP_STATUS_OK;

  if (!ip_sample_is_constant (sample))
    status = ip_width_find (sample, &width_t, &sigma, context);
  if (status == IP_STATUS_OK && sample->set->input_matrix.data != NULL)
    status = ip_width_find_for_inputs (sample->set, &width_x, &sigma_x, context);

  kernels->alpha = parameters->value[ALPHA];
  kernels->rate = ip_width_to_rate (sigma);
  kernels->rate_x = ip_width_to_rate (sigma_x);
  kernels->across = exp (-2.0 / parameters->value[SIGMA_Y]);
  return status;
}

/* sum l^alpha = 1 + sum l (l^(alpha - 1) - 1), which keeps its digits for alpha close to 1. */
static double
find_entropy (const double *values, size_t n, double alpha)
{
  double trace = 0.0;
  double sum = 0.0;

  for (size_t i = n; i-- > 0;)
    trace += fmax (values[i], 0.0);
  for (size_t i = n; i-- > 0;)
    {
      double p = fmax (values[i], 0.0) / trace;

      if (p > 0.0)
        sum += p * (alpha == 1.0 ? -log (p) : expm1 ((alpha - 1.0) * log (p)));
    }

  return fmax (alpha == 1.0 ? sum : log1p (sum) / (1.0 - alpha), 0.0);
}

/* Orders below 1 feel the smallest eigenvalues, which a factor leaves out. */
static IpStatus
find_gram_entropy (const IpGram *gram,
                   double alpha,
                   const double *squared,
                   double *entropy,
                   unsigned *flags,
                   IpContext *context)
{
  IpKernelSpectrum spectrum;
  IpStatus status = ip_kernel_spectrum_init (&spectrum, gram, IP_KERNEL_DENSITY, 0.0, alpha >= 1.0,
                                             squared, context);

  if (status == IP_STATUS_OK)
    {
      *entropy = find_entropy (spectrum.values, spectrum.n, alpha);
      *flags |= spectrum.is_low_rank ? IP_FLAG_LOW_RANK : 0;
    }

  ip_kernel_spectrum_clear (&spectrum);
  return status;
}

/* Order 2: -ln of the mean of the squared kernel, which is a kernel of twice the rate. */
static double
find_order_2 (const IpKernelSums *sums, size_t n, double across)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += 1.0 + sums->own[i] + across * across * sums->other[i];

  return fmax (2.0 * log ((double) n) - log (sum), 0.0);
}

static IpStatus
find_order_2_of (const IpGram *gram, double *entropy, IpContext *context)
{
  size_t n = gram->matrix->rows;
  IpKernelSums sums;
  IpStatus status = ip_kernel_sums_init (&sums, 2.0 * gram->rate, n, context);

  if (status != IP_STATUS_OK)
    return status;

  status = ip_gram_fill_sums (gram, &sums, 1, context);
  *entropy = find_order_2 (&sums, n, 1.0);
  ip_kernel_sums_clear (&sums);
  return status;
}

static IpStatus
find_any_entropy (const IpGram *gram,
                  double alpha,
                  double *entropy,
                  unsigned *flags,
                  IpContext *context)
{
  if (alpha == 2.0)
    return find_order_2_of (gram, entropy, context);

  return find_gram_entropy (gram, alpha, NULL, entropy, flags, context);
}

/* The kernel of Y has as many eigenvalues other than zero as there are classes: those of
 * (n_c n_c')^1/2 / N times the kernel between the classes. */
static IpStatus
find_label_entropy (const IpPartition *labels,
                    const Kernels *kernels,
                    double *entropy,
                    IpContext *context)
{
  size_t classes = labels->classes;
  double *matrix = malloc (classes * classes * sizeof *matrix);
  double *values = malloc (classes * sizeof *values);
  IpStatus status;

  if (matrix == NULL || values == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu classes", classes);
    }
  else
    {
      for (size_t a = 0; a < classes; a++)
        for (size_t b = 0; b < classes; b++)
          matrix[a * classes + b] = sqrt ((double) labels->count[a] * (double) labels->count[b])
                                    / (double) labels->n * (a == b ? 1.0 : kernels->across);
      status = ip_eigenvalues (matrix, classes, values, context);
      *entropy = find_entropy (values, classes, kernels->alpha);
    }

  free (matrix);
  free (values);
  return status;
}

/* Once per run and kernel; two threads may both compute it, and get the same. */
static IpStatus
find_input_entropy (const IpSample *sample,
                    const Kernels *kernels,
                    double *entropy,
                    unsigned *flags,
                    IpContext *context)
{
  IpEvaluationSet *set = (IpEvaluationSet *) sample->set;
  IpGram gram = { &set->input_matrix, set->input_mean, set->order, set->class_end, kernels->rate_x,
                  1.0 };
  IpStatus status;

  *entropy = NAN;
  mtx_lock (&set->lock);
  for (unsigned i = 0; i < set->n_input_entropies; i++)
    if (set->input_entropies[i].rate == kernels->rate_x
        && set->input_entropies[i].order == kernels->alpha)
      *entropy = set->input_entropies[i].entropy;
  mtx_unlock (&set->lock);
  if (!isnan (*entropy))
    return IP_STATUS_OK;

  status = find_any_entropy (&gram, kernels->alpha, entropy, flags, context);
  mtx_lock (&set->lock);
  if (status == IP_STATUS_OK && set->n_input_entropies < IP_MAX_INPUT_ENTROPIES)
    set->input_entropies[set->n_input_entropies++]
      = (IpInputEntropy) { kernels->rate_x, kernels->alpha, *entropy };
  mtx_unlock (&set->lock);
  return status;
}

static void
set_value (IpEstimate *estimate, IpQuantity quantity, double number, unsigned flags)
{
  IpValue *value = ip_estimate_get (estimate, quantity);

  value->value = number;
  value->flags |= flags;
}

/* H(T) and what T has to do with Y.  Both come from the same kernel sums where alpha = 2. */
static IpStatus
fill_layer_and_label (IpSample *sample,
                      const Kernels *kernels,
                      double *h_t,
                      IpEstimate *estimate,
                      IpContext *context)
{
  unsigned flags = 0;
  double h_y = NAN;
  double h_ty = NAN;
  IpKernelSums sums;
  IpGram gram;
  IpStatus status = ip_sample_init_gram (sample, kernels->rate, &gram, context);

  if (status == IP_STATUS_OK && kernels->alpha == 2.0)
    {
      status = ip_sample_get_kernel_sums (sample, 2.0 * kernels->rate, &sums, context);
      if (status == IP_STATUS_OK)
        {
          *h_t = find_order_2 (&sums, sample->n, 1.0);
          h_ty = find_order_2 (&sums, sample->n, kernels->across);
        }
    }
  else if (status == IP_STATUS_OK)
    {
      status = find_gram_entropy (&gram, kernels->alpha, sample->squared, h_t, &flags, context);
      gram.across = kernels->across;
      if (status == IP_STATUS_OK && sample->set->has_labels)
        status = find_gram_entropy (&gram, kernels->alpha, sample->squared, &h_ty, &flags, context);
    }

  if (status != IP_STATUS_OK)
    return status;
  set_value (estimate, IP_QUANTITY_H_T, *h_t, flags);
  if (!sample->set->has_labels)
    return IP_STATUS_OK;

  status = find_label_entropy (&sample->set->labels, kernels, &h_y, context);
  set_value (estimate, IP_QUANTITY_H_Y, h_y, 0);
  set_value (estimate, IP_QUANTITY_H_TY, h_ty, flags);
  set_value (estimate, IP_QUANTITY_MI_TY, *h_t + h_y - h_ty, flags);
  return status;
}

static IpStatus
fill_input (IpSample *sample,
            const Kernels *kernels,
            double h_t,
            IpEstimate *estimate,
            IpContext *context)
{
  unsigned flags = 0;
  double h_x = NAN;
  double h_tx = NAN;
  IpJoint joint;
  IpStatus status;

  if (sample->set->input_matrix.data == NULL)
    {
      set_value (estimate, IP_QUANTITY_MI_XT, NAN, IP_FLAG_NO_INPUTS);
      set_value (estimate, IP_QUANTITY_H_TX, NAN, IP_FLAG_NO_INPUTS);
      set_value (estimate, IP_QUANTITY_H_X, NAN, IP_FLAG_NO_INPUTS);
      return IP_STATUS_OK;
    }

  status = find_input_entropy (sample, kernels, &h_x, &flags, context);
  if (status == IP_STATUS_OK)
    {
      status = ip_joint_init (&joint, sample, kernels->rate, kernels->rate_x, context);
      if (status == IP_STATUS_OK)
        {
          IpGram gram = { &joint.matrix,          joint.mean, sample->set->order,
                          sample->set->class_end, 1.0,        1.0 };

          status = find_any_entropy (&gram, kernels->alpha, &h_tx, &flags, context);
        }
      ip_joint_clear (&joint);
    }

  set_value (estimate, IP_QUANTITY_H_X, h_x, 0);
  set_value (estimate, IP_QUANTITY_H_TX, h_tx, flags);
  set_value (estimate, IP_QUANTITY_MI_XT, h_t + h_x - h_tx, flags);
  return status;
}

static IpStatus
announce (IpSample *sample, const IpParameters *parameters, IpContext *context)
{
  Kernels kernels;
  IpStatus status;

  if (parameters->value[ALPHA] != 2.0)
    return IP_STATUS_OK;

  status = find_kernels (sample, parameters, &kernels, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_want_kernel_sums (sample, 2.0 * kernels.rate, context);
  return status;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  char number[IP_NUMBER_SIZE];
  Kernels kernels;
  double h_t = NAN;
  IpStatus status = find_kernels (sample, parameters, &kernels, context);

  if (status != IP_STATUS_OK)
    return status;

  ip_number_format_rounded (1.0 / kernels.rate, 4, number);
  snprintf (estimate->blur, sizeof estimate->blur, "squared kernel width %.12s", number);

  status = fill_layer_and_label (sample, &kernels, &h_t, estimate, context);
  if (status == IP_STATUS_OK)
    status = fill_input (sample, &kernels, h_t, estimate, context);
  if (status == IP_STATUS_OK)
    for (unsigned i = 0; i < estimate->n_values; i++)
      estimate->values[i].ceiling = log ((double) sample->n);

  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double pairs = (double) n * (double) n;

  if (parameters->value[ALPHA] == 2.0)
    return pairs * (2e-9 + 5e-11 * (double) d);
  return 4.0 * pairs * (3e-11 * (double) d + 5e-11 * (double) n);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  size_t matrices = parameters->value[ALPHA] == 2.0 ? 0 : 16 * n * n;

  return matrices + 16 * n * d + (size_t) 16 * 1024 * 1024;
}

const IpEstimator ip_renyi = {
  .id = "renyi",
  .title = N_ ("Matrix-based Rényi entropy"),
  .summary = N_ ("Entropies of the eigenvalues of kernel matrices, and the information that is the "
                 "difference between them. The kernel width blurs T."),
  .bibtex = "@article{sanchezgiraldo2015measures,\n"
            "  title = {Measures of Entropy From Data Using Infinitely Divisible Kernels},\n"
            "  author = {S{\\'a}nchez Giraldo, Luis Gonzalo and Rao, Murali and\n"
            "            Pr{\\'i}ncipe, Jos{\\'e} C.},\n"
            "  journal = {IEEE Transactions on Information Theory},\n"
            "  volume = {61},\n"
            "  number = {1},\n"
            "  pages = {535--548},\n"
            "  year = {2015},\n"
            "  doi = {10.1109/TIT.2014.2370058}\n"
            "}\n",
  .version = 1,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .keeps_budget = true,
  .announce = announce,
  .estimate = run,
};
