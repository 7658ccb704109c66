/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Cauchy-Schwarz quadratic mutual information.
 *
 * T, N x d.  K_ij = exp (-|t_i - t_j|^2 / 2 sigma^2), Q the same for the other variable, row sums
 * k, q; in nats
 *
 *   I_CS = ln (sum_ij K_ij Q_ij / N^2) + ln (sum k sum q / N^4) - 2 ln (sum_i k_i q_i / N^3) >= 0
 *
 * normalised: I_CS(X;T) / sqrt (I_CS(X;X) I_CS(T;T)), 1 where both kernels are the same; of few
 * samples it can be above.
 *
 * Y are the real-valued targets of a regression, or else labels, which are one-hot: Q is 1 within a
 * class and exp (-1 / sigma^2) across.  The same sigma serves all variables, as published; with
 * another rule (ip-width.h) T, X and targets have widths of their own, and sigma = factor for
 * labels.
 *
 * permutations > 0 gives a zero level: mean and standard deviation of I_CS over as many random
 * permutations of the samples of X or Y, and the p-value of independence, the share of them, I_CS
 * itself counted, that is no smaller.  They are functions of the seed alone.
 *
 * Defaults: rule=fixed, sigma = 1, no permutations, seed 0.
 *
 * Bias and where it fails.  Not Shannon's information: 0 means independent, but sizes compare only
 * at one sigma, and as sigma grows every value goes to 0.  With sigma far below the distances
 * between samples K_ii = 1 is all that is left of the sums: I_CS of independent variables is then
 * large, and that of dependent ones may be below it, with p near 1.  rule=median is safe from both.
 * Where a kernel is far wider than the distances, sums of 1 - K keep the digits that sums of K
 * would lose, so that C_CS has a limit; what rounding can leave of I_CS, at most 1e-15, then may
 * still be too much for a normalised one, and there is none.
 *
 * Source: Yu, Yu, Løkse, Jenssen and Príncipe 2024, arXiv:2404.17951. Time O(N^2 (d + d_x)), three
 * passes with inputs, one without; memory 8 N (d + d_x).  Permutations: time O(N^2) each, memory
 * 4 N each, and 8 N^2 for X or targets; without that memory they have no zero level. */

#include "ip-citations.h"
#include "ip-joint.h"
#include "ip-shuffles.h"
#include "ip-width.h"

#include <math.h>
#include <stdlib.h>

enum
{
  RULE,
  SIGMA,
  FACTOR,
  K,
  PERMUTATIONS,
  SEED,
};

static const IpParameter parameters_table[] = {
  [RULE] = IP_WIDTH_RULE_ROW,
  [SIGMA] = IP_WIDTH_SIGMA_ROW (RULE, 1),
  [FACTOR] = IP_WIDTH_FACTOR_ROW (RULE),
  [K] = IP_WIDTH_K_ROW (RULE),
  [PERMUTATIONS] = { "permutations", N_ ("Permutations"),
                     N_ ("How often the samples are shuffled to find what chance alone gives; 0: "
                         "no zero level and p-value"),
                     IP_PARAMETER_INTEGER, 0, 0, IP_MAX_SHUFFLES, false, NULL, NULL, -1, 0 },
  [SEED] = { "seed", N_ ("Seed"), N_ ("Of the permutations"), IP_PARAMETER_INTEGER, 0, 0,
             4294967295, false, NULL, NULL, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_CS_QMI_XT,        IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_XT_NORMALISED,
      IP_QUANTITY_CS_TY_NORMALISED, IP_QUANTITY_CS_XT_NULL, IP_QUANTITY_CS_XT_NULL_SD,
      IP_QUANTITY_CS_XT_P,          IP_QUANTITY_CS_TY_NULL, IP_QUANTITY_CS_TY_NULL_SD,
      IP_QUANTITY_CS_TY_P };

/* What is said about T and one other variable. */
typedef struct
{
  IpQuantity information;
  IpQuantity normalised;
  IpQuantity null;
  IpQuantity null_deviation;
  IpQuantity p;
} Answers;

static const Answers about_inputs
  = { IP_QUANTITY_CS_QMI_XT, IP_QUANTITY_CS_XT_NORMALISED, IP_QUANTITY_CS_XT_NULL,
      IP_QUANTITY_CS_XT_NULL_SD, IP_QUANTITY_CS_XT_P };
static const Answers about_outputs
  = { IP_QUANTITY_CS_QMI_TY, IP_QUANTITY_CS_TY_NORMALISED, IP_QUANTITY_CS_TY_NULL,
      IP_QUANTITY_CS_TY_NULL_SD, IP_QUANTITY_CS_TY_P };

static bool
gives (IpQuantity quantity, const IpParameters *parameters)
{
  return parameters->value[PERMUTATIONS] > 0.0 || quantity == about_inputs.information
         || quantity == about_inputs.normalised || quantity == about_outputs.information
         || quantity == about_outputs.normalised;
}

/* Row sums of a matrix, their sum, and the sum of its squares. */
typedef struct
{
  double *row; /* [n] */
  double sum;
  double squares;
} Sums;

/* A kernel, and 1 - K, from which what follows is taken where both kernels of a pair are wide. */
typedef struct
{
  Sums plain;
  Sums gaps;
  double gaps_across; /* sum over the pairs of different classes */
  bool is_wide;
} Kernel;

/* Mean of 1 - K below which a kernel is wide: sums of K have lost a digit then. */
#define WIDE 0.1

static void
clear_kernel (Kernel *kernel)
{
  free (kernel->plain.row);
  free (kernel->gaps.row);
}

static IpStatus
init_kernel (Kernel *kernel, size_t n, IpContext *context)
{
  *kernel = (Kernel){ .plain.row = malloc ((n + 1) * sizeof (double)),
                      .gaps.row = malloc ((n + 1) * sizeof (double)) };
  if (kernel->plain.row != NULL && kernel->gaps.row != NULL)
    return IP_STATUS_OK;

  clear_kernel (kernel);
  *kernel = (Kernel){ 0 };
  return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", n);
}

/* From the sums of a matrix and of its squares without the diagonal. */
static void
take_sums (
    Sums *sums, double diagonal, const IpKernelSums *plain, const IpKernelSums *squares, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      sums->row[i] = diagonal + plain->own[i] + plain->other[i];
      sums->sum += sums->row[i];
      sums->squares += diagonal + squares->own[i] + squares->other[i];
    }
}

/* Completes a kernel whose plain sums are known. */
static IpStatus
take_gaps (Kernel *kernel, const IpGram *gram, IpContext *context)
{
  size_t n = gram->matrix->rows;
  IpKernelSums sums[2] = { { 0 }, { 0 } };
  IpStatus status = IP_STATUS_OK;

  kernel->is_wide = kernel->plain.sum > (1.0 - WIDE) * (double) n * (double) n;
  if (!kernel->is_wide)
    return IP_STATUS_OK;

  for (unsigned i = 0; i < 2 && status == IP_STATUS_OK; i++)
    {
      status = ip_kernel_sums_init (&sums[i], gram->rate, i + 1, n, context);
      sums[i].gaps = true;
    }
  if (status == IP_STATUS_OK)
    status = ip_gram_fill_sums (gram, sums, 2, context);
  if (status == IP_STATUS_OK)
    take_sums (&kernel->gaps, 0.0, &sums[0], &sums[1], n);
  for (size_t i = 0; i < n && status == IP_STATUS_OK; i++)
    kernel->gaps_across += sums[0].other[i];

  ip_kernel_sums_clear (&sums[0]);
  ip_kernel_sums_clear (&sums[1]);
  return status;
}

/* gap: of the kernel between classes.  To be taken for wide, since nothing is lost either way. */
static void
take_labels (Kernel *kernel, const IpEvaluationSet *set, double gap)
{
  size_t n = set->n;

  kernel->is_wide = true;
  for (size_t i = 0; i < n; i++)
    {
      double own = (double) set->labels.count[set->labels.code[set->order[i]]];
      double other = (double) n - own;

      kernel->gaps.row[i] = gap * other;
      kernel->gaps.sum += gap * other;
      kernel->gaps.squares += gap * gap * other;
      kernel->plain.row[i] = own + (1.0 - gap) * other;
      kernel->plain.sum += kernel->plain.row[i];
      kernel->plain.squares += own + (1.0 - gap) * (1.0 - gap) * other;
    }
}

/* Of samples that coincide, or of one class. */
static bool
is_constant (const Kernel *kernel)
{
  return kernel->is_wide && kernel->gaps.sum == 0.0;
}

static bool
are_wide (const Kernel *k, const Kernel *q)
{
  return k->is_wide && q->is_wide;
}

/* place: which row of the second comes to each of the first, NULL for the same */
static double
multiply_rows (const Sums *a, const Sums *b, const uint32_t *place, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += a->row[i] * b->row[place != NULL ? place[i] : i];
  return sum;
}

/* product: sum of K_ij Q_ij or, where both are wide, of (1 - K_ij) (1 - Q_ij).  With A the row
 * means of 1 - K, B those of 1 - Q and averages <>,
 *
 *   I_CS = ln [1 + (product / N^2 - <AB>) / c] + ln [1 + (<A><B> - <AB>) / c],
 *
 * c = 1 - <A> - <B> + <AB> = <(1 - A) (1 - B)>. */
static double
find_information (const Kernel *k,
                  const Kernel *q,
                  double product,
                  const uint32_t *place,
                  size_t size)
{
  double n = (double) size;
  double cross = multiply_rows (&k->plain, &q->plain, place, size) / (n * n * n);
  double gaps;

  if (!are_wide (k, q))
    return fmax (log (product / (n * n)) + log (k->plain.sum / (n * n))
                   + log (q->plain.sum / (n * n)) - 2.0 * log (cross),
                 0.0);

  gaps = multiply_rows (&k->gaps, &q->gaps, place, size) / (n * n * n);
  return fmax (
      log1p ((product / (n * n) - gaps) / cross)
        + log1p ((k->gaps.sum / (n * n) * (q->gaps.sum / (n * n)) - gaps) / cross),
      0.0);
}

static double
find_own_information (const Kernel *kernel, size_t n)
{
  return find_information (kernel, kernel,
                           kernel->is_wide ? kernel->gaps.squares : kernel->plain.squares, NULL, n);
}

/* What rounding can leave of a logarithm, and how much larger than that an information has to be in
 * the ratio of two. */
#define ROUNDING 1e-15
#define SURE 1e6

/* error: what rounding can leave of the information */
static void
set_pair (IpEstimate *estimate,
          const Answers *answers,
          const Kernel *k,
          const Kernel *q,
          double product,
          double error,
          size_t n)
{
  IpValue *value = ip_estimate_get (estimate, answers->information);
  IpValue *ratio = ip_estimate_get (estimate, answers->normalised);
  double largest = sqrt (find_own_information (k, n) * find_own_information (q, n));

  value->value = find_information (k, q, product, NULL, n);
  if (is_constant (k) || is_constant (q))
    {
      ratio->value = 0.0;
    }
  else if (largest > SURE * error)
    {
      ratio->value = value->value / largest;
    }
  else
    {
      ratio->flags |= IP_FLAG_UNDEFINED;
      ip_estimate_explain (
          estimate, "The kernel width is far above the distances: all samples look alike");
    }
}

static void
set_null (IpEstimate *estimate, const Answers *answers, const IpNull *null, size_t permutations)
{
  IpValue *mean = ip_estimate_get (estimate, answers->null);

  mean->value = null->mean;
  mean->error = null->deviation / sqrt ((double) permutations);
  ip_estimate_get (estimate, answers->null_deviation)->value = null->deviation;
  ip_estimate_get (estimate, answers->p)->value = null->p;
  ip_estimate_get (estimate, answers->p)->ceiling = 1.0;
}

static void
set_no_null (IpEstimate *estimate, const Answers *answers, unsigned flag)
{
  IpValue *const values[] = { ip_estimate_get (estimate, answers->null),
                              ip_estimate_get (estimate, answers->null_deviation),
                              ip_estimate_get (estimate, answers->p) };

  for (size_t i = 0; i < IP_N_ELEMENTS (values); i++)
    if (values[i] != NULL)
      values[i]->flags |= flag;
}

/* The other variable is `variable`, or the labels with 1 - `gap` between classes. */
static IpStatus
multiply (IpSample *sample,
          IpShuffles *shuffles,
          double rate_t,
          const IpVariable *variable,
          double rate,
          double gap,
          IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  uint32_t *code;
  IpGram gram;
  IpStatus status = ip_sample_init_gram (sample, rate_t, &gram, context);

  if (status == IP_STATUS_OK && variable != NULL)
    {
      IpGram other = { &variable->matrix, variable->mean, set->order, set->class_end, rate, 1.0 };

      return ip_shuffles_multiply_kernel (shuffles, &gram, &other, context);
    }
  if (status != IP_STATUS_OK)
    return status;

  code = malloc (sample->n * sizeof *code);
  if (code == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", sample->n);

  for (size_t i = 0; i < sample->n; i++)
    code[i] = set->labels.code[set->order[i]];
  status = ip_shuffles_multiply_classes (shuffles, &gram, code, gap, context);
  free (code);
  return status;
}

/* Without the matrix that shuffles of X or targets walk over. */
static size_t
find_least_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return IP_DISTANCE_BYTES + 16 * n * d + 240 * n
         + 8 * n * (size_t) parameters->value[PERMUTATIONS];
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  size_t matrix = parameters->value[PERMUTATIONS] > 0.0 ? 8 * n * n : 0;

  return find_least_memory (n, d, classes, parameters) + matrix;
}

static IpStatus
check_memory (
    const IpSample *sample,
    const IpParameters *parameters,
    size_t (*memory) (size_t n, size_t d, size_t classes, const IpParameters *parameters),
    IpContext *context)
{
  const IpColumnSource *source = sample->source.activations.source;
  size_t d = source != NULL && source->width < sample->d ? source->width : sample->d;

  return ip_sample_check_memory (memory (sample->n, d, 1, parameters), context);
}

/* Arguments as those of multiply(). */
static IpStatus
fill_null (IpSample *sample,
           const IpParameters *parameters,
           const Answers *answers,
           const Kernel *k,
           const Kernel *q,
           double rate_t,
           const IpVariable *variable,
           double rate,
           double gap,
           IpEstimate *estimate,
           IpContext *context)
{
  size_t count = (size_t) parameters->value[PERMUTATIONS];
  IpShuffles shuffles;
  IpStatus status;

  if (count == 0)
    return IP_STATUS_OK;

  status = ip_shuffles_init (&shuffles, sample->n, count, (uint64_t) parameters->value[SEED],
                             context);
  shuffles.gaps = are_wide (k, q);
  if (status == IP_STATUS_OK && variable != NULL
      && check_memory (sample, parameters, find_memory, context) != IP_STATUS_OK)
    status = IP_STATUS_UNDEFINED;
  if (status == IP_STATUS_OK)
    status = multiply (sample, &shuffles, rate_t, variable, rate, gap, context);
  if (status == IP_STATUS_OK)
    {
      IpNull null;

      for (size_t b = 0; b < count; b++)
        shuffles.product[b] = find_information (k, q, shuffles.product[b],
                                                shuffles.place + b * sample->n, sample->n);
      null = ip_null_init (shuffles.product, count,
                           ip_estimate_get (estimate, answers->information)->value);
      set_null (estimate, answers, &null, count);
    }
  else if (status == IP_STATUS_UNDEFINED)
    {
      set_no_null (estimate, answers, IP_FLAG_UNDEFINED);
      ip_estimate_explain (estimate, "%s", context->message);
      status = IP_STATUS_OK;
    }

  ip_shuffles_clear (&shuffles);
  return status;
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

static const char no_inputs[] = "There are no inputs";
static const char no_outputs[] = "There are neither class labels nor targets";

static void
set_missing (IpEstimate *estimate, const Answers *answers, unsigned flag, const char *reason)
{
  ip_estimate_get (estimate, answers->information)->flags |= flag;
  ip_estimate_get (estimate, answers->normalised)->flags |= flag;
  set_no_null (estimate, answers, flag);
  ip_estimate_explain (estimate, "%s",
                       estimate->reason[0] == '\0'
                           ? reason
                           : "There are no inputs, class labels or targets");
}

/* One side may have no value where the other one has: inputs that coincide, say. */
static IpStatus
allow_undefined (IpStatus status, IpEstimate *estimate, const Answers *answers, IpContext *context)
{
  if (status != IP_STATUS_UNDEFINED)
    return status;

  ip_estimate_get (estimate, answers->information)->flags |= IP_FLAG_UNDEFINED;
  ip_estimate_get (estimate, answers->normalised)->flags |= IP_FLAG_UNDEFINED;
  set_no_null (estimate, answers, IP_FLAG_UNDEFINED);
  ip_estimate_explain (estimate, "%s", context->message);
  return IP_STATUS_OK;
}

static IpStatus
fill_label (IpSample *sample,
            const IpParameters *parameters,
            const Kernel *k,
            const IpKernelSums *plain,
            double rate,
            IpEstimate *estimate,
            IpContext *context)
{
  double width = parameters->value[parameters->value[RULE] == IP_WIDTH_FIXED ? SIGMA : FACTOR];
  double gap = -expm1 (-1.0 / (width * width));
  double product = gap * k->gaps_across;
  Kernel q;
  IpStatus status;

  status = init_kernel (&q, sample->n, context);
  if (status != IP_STATUS_OK)
    return status;

  take_labels (&q, sample->set, gap);
  for (size_t i = 0; i < sample->n && !k->is_wide; i++)
    product += 1.0 + plain->own[i] + (1.0 - gap) * plain->other[i];
  set_pair (estimate, &about_outputs, k, &q, product, k->is_wide ? 0.0 : ROUNDING, sample->n);
  status = fill_null (sample, parameters, &about_outputs, k, &q, rate, NULL, 0.0, gap, estimate,
                      context);

  clear_kernel (&q);
  return status;
}

/* The sum of K_ij Q_ij, or of 1 - K_ij Q_ij, from one pass over T and the other variable
 * together. */
static IpStatus
sum_product (const IpSample *sample,
             const IpVariable *variable,
             double rate_t,
             double rate,
             bool gaps,
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

      sums.gaps = gaps;
      status = ip_gram_fill_sums (&both, &sums, 1, context);
    }

  *product = 0.0;
  for (size_t i = 0; i < sample->n && status == IP_STATUS_OK; i++)
    *product += (gaps ? 0.0 : 1.0) + sums.own[i] + sums.other[i];

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
               const Answers *answers,
               IpEstimate *estimate,
               IpContext *context)
{
  IpWidth width = ip_width_init (&parameters->value[RULE]);
  IpKernelSums plain;
  IpKernelSums doubled;
  IpGram gram = { &variable->matrix, variable->mean, sample->set->order, sample->set->class_end,
                  1.0, 1.0 };
  double error = ROUNDING;
  double product;
  double rate;
  double sigma;
  Kernel q = { 0 };
  IpStatus status = ip_width_find_for_variable (sample->set, variable, &width, &sigma, context);

  gram.rate = rate = ip_width_to_rate (sigma);
  if (status == IP_STATUS_OK)
    status = ip_evaluation_set_get_sums (sample->set, variable, rate, &plain, context);
  if (status == IP_STATUS_OK)
    status = ip_evaluation_set_get_sums (sample->set, variable, 2.0 * rate, &doubled, context);
  if (status == IP_STATUS_OK)
    status = init_kernel (&q, sample->n, context);
  if (status == IP_STATUS_OK)
    {
      take_sums (&q.plain, 1.0, &plain, &doubled, sample->n);
      status = take_gaps (&q, &gram, context);
    }
  if (status == IP_STATUS_OK)
    status = sum_product (sample, variable, rate_t, rate, are_wide (k, &q), &product, context);
  if (status == IP_STATUS_OK)
    {
      /* (1 - K) (1 - Q) = 1 - K + 1 - Q - (1 - K Q) */
      if (are_wide (k, &q))
        {
          product = k->gaps.sum + q.gaps.sum - product;
          error *= (k->gaps.sum + q.gaps.sum) / ((double) sample->n * (double) sample->n);
        }
      set_pair (estimate, answers, k, &q, product, error, sample->n);
      status = fill_null (sample, parameters, answers, k, &q, rate_t, variable, rate, 0.0, estimate,
                          context);
    }

  clear_kernel (&q);
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
    status = fill_variable (sample, &set->y, parameters, k, rate, &about_outputs, estimate,
                            context);
  else if (set->has_labels)
    status = fill_label (sample, parameters, k, plain, rate, estimate, context);
  else
    set_missing (estimate, &about_outputs, IP_FLAG_NO_LABELS, no_outputs);
  status = allow_undefined (status, estimate, &about_outputs, context);
  if (status != IP_STATUS_OK)
    return status;

  if (set->x.matrix.data != NULL)
    {
      status = fill_variable (sample, &set->x, parameters, k, rate, &about_inputs, estimate,
                              context);
      return allow_undefined (status, estimate, &about_inputs, context);
    }
  set_missing (estimate, &about_inputs, IP_FLAG_NO_INPUTS, no_inputs);
  return IP_STATUS_OK;
}

/* All kernels are constant, shuffled or not. */
static void
fill_constant (const IpEvaluationSet *set, const IpParameters *parameters, IpEstimate *estimate)
{
  const Answers *const answers[] = { &about_inputs, &about_outputs };
  bool is_known[]
    = { set->x.matrix.data != NULL, set->has_labels || set->y.matrix.data != NULL };
  size_t permutations = (size_t) parameters->value[PERMUTATIONS];
  const IpNull null = { 0.0, 0.0, 1.0 };

  for (size_t i = 0; i < IP_N_ELEMENTS (answers); i++)
    if (is_known[i])
      {
        ip_estimate_get (estimate, answers[i]->information)->value = 0.0;
        ip_estimate_get (estimate, answers[i]->normalised)->value = 0.0;
        if (permutations > 0)
          set_null (estimate, answers[i], &null, permutations);
      }
    else
      set_missing (estimate, answers[i], i == 0 ? IP_FLAG_NO_INPUTS : IP_FLAG_NO_LABELS,
                   i == 0 ? no_inputs : no_outputs);
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  double rate;
  IpKernelSums plain;
  IpKernelSums squares;
  IpGram gram;
  Kernel k = { 0 };
  IpStatus status;

  if (ip_sample_is_constant (sample))
    {
      fill_constant (sample->set, parameters, estimate);
      return IP_STATUS_OK;
    }

  status = check_memory (sample, parameters, find_least_memory, context);
  if (status == IP_STATUS_OK)
    status = find_rate (sample, parameters, &rate, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_get_kernel_sums (sample, rate, 1, &plain, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_get_kernel_sums (sample, rate, 2, &squares, context);
  if (status == IP_STATUS_OK)
    status = ip_sample_init_gram (sample, rate, &gram, context);
  if (status == IP_STATUS_OK)
    status = init_kernel (&k, sample->n, context);
  if (status == IP_STATUS_OK)
    {
      ip_width_describe (sqrt (0.5 / rate), estimate);
      take_sums (&k.plain, 1.0, &plain, &squares, sample->n);
      status = take_gaps (&k, &gram, context);
    }
  if (status == IP_STATUS_OK)
    status = fill (sample, parameters, &k, &plain, rate, estimate, context);

  clear_kernel (&k);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (double) n * (double) n
         * (3e-9 + 5e-11 * (double) d + 1e-9 * parameters->value[PERMUTATIONS]);
}

const IpEstimator ip_cs = {
  .id = "cs",
  .title = N_ ("Cauchy–Schwarz information"),
  .summary = N_ ("Dependence between the layer and the input or label, from products of kernel "
                 "matrices. The kernel width blurs T."),
  .limits = N_ ("0 means independent, but sizes compare at one kernel width only. A width far "
                "below the distances makes what is independent look dependent, one far above "
                "makes all information 0; the median rule avoids both."),
  .bibtex = IP_CITATION_YU,
  .version = 4,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .gives = gives,
  .cost = find_cost,
  .memory = find_memory,
  .keeps_budget = true,
  .announce = announce,
  .estimate = run,
};
