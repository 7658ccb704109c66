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
 * Defaults: alpha = 1.01, rule=fixed, sigma = 2, sigma_x = 12, sigma_y = 0.1.
 *
 * Bias: of N samples no entropy exceeds ln N, and no information those of its two sides, which are
 * the ceilings.  Fails where a kernel is narrow: with H(X) = ln N, I(X;T) is H(T) for any layer,
 * and with H(T) = ln N, flagged saturated, I(T;Y) is H(Y).  Orders below 1 make much of the
 * smallest eigenvalues, and those below 1e-15 sqrt N of the largest, which cannot be told from 0,
 * count as that: near alpha = 0, H is the logarithm of how many can be seen.
 *
 * These are not Shannon's quantities: I can be negative, or above Shannon's H(Y), and all of
 * them go to ln N as sigma goes to 0 and to 0 as it grows.  Comparing layers needs one sigma per
 * scale of layer, hence the median rule.
 *
 * Sources: Sánchez Giraldo, Rao and Príncipe 2015, arXiv:1211.2459; Yu, Sánchez Giraldo, Jenssen
 * and Príncipe 2020 (the joint entropy), doi:10.1109/TPAMI.2019.2932976.
 *
 * Time O(N^2 d) for alpha = 2, which needs no eigenvalues, memory O(N d).  Otherwise time 4/3 N^3
 * for each of T, (T,Y) and (T,X), once per run for X, and memory 8 N^2; less for alpha >= 1 where
 * spectra decay, and beyond 8000 samples random vectors with a standard error, as for `dse`.  The
 * error of an information takes those of its three entropies as independent. */

#include "ip-eigen.h"
#include "ip-joint.h"
#include "ip-number.h"
#include "ip-spectra.h"
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
  double rate_x; /* unknown until it is asked for: inputs may have no width */
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
  IpWidth width = get_width (parameters, SIGMA);
  double sigma = 1.0;
  IpStatus status = IP_STATUS_OK;

  if (!ip_sample_is_constant (sample))
    status = ip_width_find (sample, &width, &sigma, context);

  kernels->alpha = parameters->value[ALPHA];
  kernels->rate = ip_width_to_rate (sigma);
  kernels->across = exp (-2.0 / parameters->value[SIGMA_Y]);
  return status;
}

/* Error in nats that orders of at least 1 may have from leaving out small eigenvalues; orders below
 * 1 feel the smallest of them. */
#define TOLERANCE (1e-10 * M_LN2)
#define PROBES 32

/* A number as it comes from a spectrum. */
typedef struct
{
  double value;
  double error;
  unsigned flags;
} Entropy;

static IpStatus
find_spectral_entropy (IpSample *sample,
                       double rate,
                       double rate_x,
                       double across,
                       double alpha,
                       Entropy *entropy,
                       IpContext *context)
{
  IpSpectrumKey key = { rate, rate_x, across, { .form = IP_KERNEL_DENSITY } };
  const IpKernelSpectrum *spectrum;
  IpStatus status;

  if (alpha >= 1.0)
    {
      key.plan.tolerance = TOLERANCE;
      key.plan.probes = PROBES;
    }
  status = ip_sample_get_spectrum (sample, &key, &spectrum, context);
  if (status != IP_STATUS_OK)
    return status;

  entropy->value = ip_kernel_spectrum_renyi (spectrum, alpha, &entropy->error);
  entropy->flags = (spectrum->is_low_rank ? IP_FLAG_LOW_RANK : 0)
                   | (spectrum->quadrature != NULL ? IP_FLAG_STOCHASTIC : 0);
  return IP_STATUS_OK;
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

/* Of T and X together. */
static IpStatus
find_joint_order_2 (IpSample *sample, const Kernels *kernels, double *entropy, IpContext *context)
{
  IpJoint joint;
  IpKernelSums sums = { 0 };
  IpStatus status = ip_joint_init (&joint, sample, &sample->set->x, kernels->rate,
                                   kernels->rate_x, context);

  if (status == IP_STATUS_OK)
    status = ip_kernel_sums_init (&sums, 2.0, 1, sample->n, context);
  if (status == IP_STATUS_OK)
    {
      IpGram gram = { &joint.matrix,           joint.mean, sample->set->order,
                      sample->set->class_end, 1.0,        1.0 };

      status = ip_gram_fill_sums (&gram, &sums, 1, context);
    }
  if (status == IP_STATUS_OK)
    *entropy = find_order_2 (&sums, sample->n, 1.0);

  ip_kernel_sums_clear (&sums);
  ip_joint_clear (&joint);
  return status;
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
  double error;
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
      *entropy = ip_kernel_spectrum_renyi (&(IpKernelSpectrum){ .values = values, .n = classes },
                                           kernels->alpha, &error);
    }

  free (matrix);
  free (values);
  return status;
}

static void
set_value (IpEstimate *estimate, IpQuantity quantity, Entropy entropy)
{
  IpValue *value = ip_estimate_get (estimate, quantity);

  value->value = entropy.value;
  value->error = entropy.error;
  value->flags |= entropy.flags;
}

/* a + b - joint; errors as if they were independent. */
static Entropy
find_information (Entropy a, Entropy b, Entropy joint)
{
  bool exact = ((a.flags | b.flags | joint.flags) & IP_FLAG_STOCHASTIC) == 0;
  double squares = 0.0;
  const double errors[] = { a.error, b.error, joint.error };

  for (unsigned i = 0; i < IP_N_ELEMENTS (errors); i++)
    squares += isnan (errors[i]) ? 0.0 : errors[i] * errors[i];
  return (Entropy){ a.value + b.value - joint.value, exact ? NAN : sqrt (squares),
                    a.flags | b.flags | joint.flags };
}

/* T alone, and with Y. */
static IpStatus
find_layer_and_label (IpSample *sample,
                      const Kernels *kernels,
                      Entropy *h_t,
                      Entropy *h_ty,
                      IpContext *context)
{
  IpKernelSums sums;
  IpStatus status;

  if (kernels->alpha == 2.0)
    {
      status = ip_sample_get_kernel_sums (sample, kernels->rate, 2, &sums, context);
      if (status != IP_STATUS_OK)
        return status;
      h_t->value = find_order_2 (&sums, sample->n, 1.0);
      h_ty->value = find_order_2 (&sums, sample->n, kernels->across);
      return IP_STATUS_OK;
    }

  status
    = find_spectral_entropy (sample, kernels->rate, 0.0, 1.0, kernels->alpha, h_t, context);
  if (status == IP_STATUS_OK && sample->set->has_labels)
    status = find_spectral_entropy (sample, kernels->rate, 0.0, kernels->across, kernels->alpha,
                                    h_ty, context);
  return status;
}

static IpStatus
fill_layer_and_label (IpSample *sample,
                      const Kernels *kernels,
                      Entropy *h_t,
                      IpEstimate *estimate,
                      IpContext *context)
{
  Entropy h_y = { NAN, NAN, 0 };
  Entropy h_ty = { NAN, NAN, 0 };
  IpStatus status = find_layer_and_label (sample, kernels, h_t, &h_ty, context);

  if (status != IP_STATUS_OK)
    return status;
  set_value (estimate, IP_QUANTITY_H_T, *h_t);
  if (!sample->set->has_labels)
    {
      ip_estimate_get (estimate, IP_QUANTITY_H_TY)->flags |= IP_FLAG_NO_LABELS;
      ip_estimate_get (estimate, IP_QUANTITY_H_Y)->flags |= IP_FLAG_NO_LABELS;
      return IP_STATUS_OK;
    }

  status = find_label_entropy (&sample->set->labels, kernels, &h_y.value, context);
  set_value (estimate, IP_QUANTITY_H_Y, h_y);
  set_value (estimate, IP_QUANTITY_H_TY, h_ty);
  set_value (estimate, IP_QUANTITY_MI_TY, find_information (*h_t, h_y, h_ty));
  return status;
}

/* X alone, and with T. */
static IpStatus
find_input_and_layer (IpSample *sample,
                      const Kernels *kernels,
                      Entropy *h_x,
                      Entropy *h_tx,
                      IpContext *context)
{
  IpKernelSums sums;
  IpStatus status;

  if (kernels->alpha == 2.0)
    {
      status = ip_evaluation_set_get_sums (sample->set, &sample->set->x, 2.0 * kernels->rate_x,
                                           &sums, context);
      if (status != IP_STATUS_OK)
        return status;
      h_x->value = find_order_2 (&sums, sample->n, 1.0);
      return find_joint_order_2 (sample, kernels, &h_tx->value, context);
    }

  status
    = find_spectral_entropy (sample, 0.0, kernels->rate_x, 1.0, kernels->alpha, h_x, context);
  if (status == IP_STATUS_OK)
    status = find_spectral_entropy (sample, kernels->rate, kernels->rate_x, 1.0, kernels->alpha,
                                    h_tx, context);
  return status;
}

static void
set_no_input (IpEstimate *estimate, unsigned flag, const char *reason)
{
  const Entropy none = { NAN, NAN, flag };

  set_value (estimate, IP_QUANTITY_MI_XT, none);
  set_value (estimate, IP_QUANTITY_H_TX, none);
  set_value (estimate, IP_QUANTITY_H_X, none);
  ip_estimate_explain (estimate, "%s", reason);
}

static IpStatus
fill_input (IpSample *sample,
            const IpParameters *parameters,
            Kernels *kernels,
            Entropy h_t,
            IpEstimate *estimate,
            IpContext *context)
{
  const IpVariable *x = &sample->set->x;
  IpWidth width = get_width (parameters, SIGMA_X);
  double sigma;
  Entropy h_x = { NAN, NAN, 0 };
  Entropy h_tx = { NAN, NAN, 0 };
  IpStatus status;

  if (x->matrix.data == NULL)
    {
      set_no_input (estimate, IP_FLAG_NO_INPUTS, "There are no inputs");
      return IP_STATUS_OK;
    }

  status = ip_width_find_for_variable (sample->set, x, &width, &sigma, context);
  if (status == IP_STATUS_UNDEFINED)
    {
      set_no_input (estimate, IP_FLAG_UNDEFINED, context->message);
      return IP_STATUS_OK;
    }

  kernels->rate_x = ip_width_to_rate (sigma);
  if (status == IP_STATUS_OK)
    status = find_input_and_layer (sample, kernels, &h_x, &h_tx, context);
  set_value (estimate, IP_QUANTITY_H_X, h_x);
  set_value (estimate, IP_QUANTITY_H_TX, h_tx);
  set_value (estimate, IP_QUANTITY_MI_XT, find_information (h_t, h_x, h_tx));
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
    status = ip_sample_want_kernel_sums (sample, kernels.rate, 2, context);
  return status;
}

/* The eigenvalues of an entrywise product are no less spread than those of either factor. */
static void
limit_information (IpEstimate *estimate)
{
  double h_x = ip_estimate_get (estimate, IP_QUANTITY_H_X)->value;
  double h_y = ip_estimate_get (estimate, IP_QUANTITY_H_Y)->value;

  if (!isnan (h_x))
    ip_estimate_get (estimate, IP_QUANTITY_MI_XT)->ceiling = h_x;
  if (!isnan (h_y))
    ip_estimate_get (estimate, IP_QUANTITY_MI_TY)->ceiling = h_y;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  char number[IP_NUMBER_SIZE];
  Kernels kernels;
  Entropy h_t = { NAN, NAN, 0 };
  IpStatus status = find_kernels (sample, parameters, &kernels, context);

  if (status != IP_STATUS_OK)
    return status;

  ip_number_format_rounded (1.0 / kernels.rate, 4, number);
  snprintf (estimate->blur, sizeof estimate->blur, "squared kernel width %.12s", number);

  status = fill_layer_and_label (sample, &kernels, &h_t, estimate, context);
  if (status == IP_STATUS_OK)
    status = fill_input (sample, parameters, &kernels, h_t, estimate, context);
  if (status == IP_STATUS_OK)
    for (unsigned i = 0; i < estimate->n_values; i++)
      estimate->values[i].ceiling = log ((double) sample->n);
  if (status == IP_STATUS_OK)
    limit_information (estimate);

  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double pairs = (double) n * (double) n;

  if (parameters->value[ALPHA] == 2.0)
    return pairs * (2e-9 + 5e-11 * (double) d);
  if (parameters->value[ALPHA] >= 1.0 && n > IP_LARGEST_WHOLE)
    return 4.0 * pairs * (3e-11 * (double) d + 5e-8);
  return 4.0 * pairs * (3e-11 * (double) d + 2.5e-8 + 2e-11 * (double) n);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double alpha = parameters->value[ALPHA];
  size_t joint = 16 * n * d + IP_DISTANCE_BYTES;

  if (alpha == 2.0)
    return joint;
  if (alpha >= 1.0 && n > IP_LARGEST_WHOLE)
    return joint + ip_kernel_spectrum_count_bytes (n, PROBES);
  return joint + 8 * n * n;
}

const IpEstimator ip_renyi = {
  .id = "renyi",
  .title = N_ ("Matrix-based Rényi entropy"),
  .summary = N_ ("Entropies of the eigenvalues of kernel matrices, and the information that is the "
                 "difference between them. The kernel width blurs T."),
  .limits = N_ ("Not Shannon's quantities: for a narrow kernel all go to log N, for a wide one "
                "to 0, and information can be negative. Layers compare at one rule for the "
                "width."),
  .bibtex = "@article{sanchezgiraldo2015measures,\n"
            "  title = {Measures of Entropy From Data Using Infinitely Divisible Kernels},\n"
            "  author = {S{\\'a}nchez Giraldo, Luis Gonzalo and Rao, Murali and\n"
            "            Pr{\\'i}ncipe, Jos{\\'e} C.},\n"
            "  journal = {IEEE Transactions on Information Theory},\n"
            "  volume = {61},\n"
            "  number = {1},\n"
            "  pages = {535--548},\n"
            "  year = {2015},\n"
            "  eprint = {1211.2459},\n"
            "  archivePrefix = {arXiv}\n"
            "}\n"
            "\n"
            "@article{yu2020multivariate,\n"
            "  title = {Multivariate Extension of Matrix-Based R{\\'e}nyi's $\\alpha$-Order\n"
            "           Entropy Functional},\n"
            "  author = {Yu, Shujian and S{\\'a}nchez Giraldo, Luis Gonzalo and\n"
            "            Jenssen, Robert and Pr{\\'i}ncipe, Jos{\\'e} C.},\n"
            "  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},\n"
            "  volume = {42},\n"
            "  number = {11},\n"
            "  pages = {2960--2966},\n"
            "  year = {2020},\n"
            "  doi = {10.1109/TPAMI.2019.2932976}\n"
            "}\n",
  .version = 4,
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
