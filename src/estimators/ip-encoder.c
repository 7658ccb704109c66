/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Information that passes a stochastic layer.
 *
 * The layer draws Z from N(mu(x), diag s(x)^2), d units; X is one of the N samples with equal
 * probability.  With z_i drawn from the layer's answer to x_i, c(i) the class of sample i and n_c
 * its size, in nats
 *
 *   mi_xt          mean_i ln p(z_i|x_i) - ln [(1/N) sum_j p(z_i|x_j)]
 *   mi_xt_given_y  mean_i ln p(z_i|x_i) - ln [(1/n_c) sum_{j in c(i)} p(z_i|x_j)]
 *   mi_ty          their difference, mean_i ln p(z_i|y_i) - ln p(z_i)
 *
 * are unbiased for this X, and at most ln N, H(X|Y) and H(Y), up to the chance of the draws.  They
 * are means over `draws` values of z for each sample, and the standard error is that of this mean:
 * it says nothing about other samples.  z=recorded takes the one draw of the dump.
 *
 * marginal=jensen replaces the logarithm of a mean by the mean of logarithms in mi_xt and
 * mi_xt_given_y: an upper bound, often by far and not bounded itself, which is found in the
 * literature.
 *
 * Defaults: marginal=mixture, z=drawn, 4 draws, seed 0.  Bias: none for this X but for the ceiling:
 * fails, stuck at ln N, where the layer passes more than N samples can show.
 *
 * Source: Kawaguchi, Deng, Ji and Huang 2023, arXiv:2305.18887. Time O(draws N^2 d), memory
 * 24 N d + O(N): sums of exponentials are taken with the largest term in front, row by row.
 *
 * Threads share the samples of a draw, and their terms are added in one order afterwards, so that
 * the bits are the same for any number of threads. */

#include "ip-citations.h"
#include "ip-estimator-private.h"
#include "ip-random.h"
#include "ip-simd.h"
#include "ip-team.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  MARGINAL,
  Z,
  DRAWS,
  SEED,
};

enum
{
  MARGINAL_MIXTURE,
  MARGINAL_JENSEN,
};

enum
{
  Z_DRAWN,
  Z_RECORDED,
};

static const char *const marginal_ids[] = { "mixture", "jensen", NULL };
static const char *const marginal_titles[] = { N_ ("Mixture"), N_ ("Jensen bound"), NULL };
static const char *const z_ids[] = { "drawn", "recorded", NULL };
static const char *const z_titles[] = { N_ ("Drawn"), N_ ("As recorded"), NULL };

static const IpParameter parameters_table[] = {
  [MARGINAL]
  = { "marginal", N_ ("Marginal"),
      N_ ("The density of an output over all inputs: that of the mixture of all samples, or "
          "Jensen's bound of its logarithm, which makes I(X;T) an upper bound"),
      IP_PARAMETER_CHOICE, MARGINAL_MIXTURE, 0, 1, false, marginal_ids, marginal_titles, -1, 0 },
  [Z] = { "z", N_ ("Outputs"), N_ ("Whether outputs are drawn anew or taken from the dump"),
          IP_PARAMETER_CHOICE, Z_DRAWN, 0, 1, false, z_ids, z_titles, -1, 0 },
  [DRAWS] = { "draws", N_ ("Draws"), N_ ("How many outputs are drawn for each sample"),
              IP_PARAMETER_INTEGER, 4, 1, 1000, true, NULL, NULL, Z, Z_DRAWN },
  [SEED] = { "seed", N_ ("Seed"), N_ ("Which random numbers are drawn"), IP_PARAMETER_INTEGER, 0, 0,
             4294967295.0, false, NULL, NULL, Z, Z_DRAWN },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_MI_XT, IP_QUANTITY_MI_TY, IP_QUANTITY_MI_XT_GIVEN_Y };

/* The terms of one sample, of one draw, or their sums of squares. */
typedef struct
{
  double mi_xt;
  double mi_xt_given_y;
  double mi_ty;
} Terms;

/* Outputs and positions that are looked at together: that many sums stay in registers. */
#define N_ROWS 8
#define LANES 8

/* Samples that one thread looks at in turn, and what is not worth calling another one. */
#define SHARE (8 * N_ROWS)
#define LEAST_WORK 1e7

/* The layer with its samples in the order of their classes, LANES of them beside each other; what
 * is behind the last one tells nothing. */
typedef struct
{
  const IpEncoder *encoder;
  const IpEvaluationSet *set;
  size_t n;
  size_t d;
  size_t padded;     /* n to full LANES */
  double *mean;      /* [padded / LANES x d x LANES] */
  double *precision; /* the same of 1 / s */
  double *volume;    /* [padded] sum of ln s */
  Terms *terms;      /* [n] of the draw at work */
  bool recorded;
  bool jensen;
  uint64_t seed; /* of the draw at work, which is number `draw` of `draws` */
  size_t draw;
  size_t draws;
} Pass;

/* What a thread needs for N_ROWS outputs. */
typedef struct
{
  double *z;    /* [d x N_ROWS] */
  double *logs; /* [N_ROWS x padded] ln p(z|x) but for the constant of all Gaussians */
} Rows;

static void
pass_clear (Pass *pass)
{
  free (pass->mean);
  free (pass->precision);
  free (pass->volume);
  free (pass->terms);
}

/* Fails where the layer was not recorded as it should have been. */
static IpStatus
check_unit (const Pass *pass, size_t row, size_t unit, IpContext *context)
{
  const IpEncoder *encoder = pass->encoder;
  double mean = ip_matrix_get (&encoder->mean, row, unit);
  double deviation = ip_matrix_get (&encoder->deviation, row, unit);
  double z = pass->recorded ? ip_matrix_get (&encoder->z, row, unit) : 0.0;

  if (isfinite (mean) && isnormal (deviation) && deviation > 0.0 && isfinite (z))
    return IP_STATUS_OK;

  return ip_fail (context, IP_STATUS_UNDEFINED,
                  "%s is %g in sample %zu, unit %zu, where a %s number is needed",
                  !isfinite (mean) ? "mu" : !isfinite (z) ? "z" : "s",
                  !isfinite (mean) ? mean : !isfinite (z) ? z : deviation, row, unit,
                  !isfinite (mean) || !isfinite (z) ? "finite" : "positive finite");
}

static size_t
get_place (const Pass *pass, size_t position, size_t unit)
{
  return (position / LANES * pass->d + unit) * LANES + position % LANES;
}

static IpStatus
pass_fill (Pass *pass, IpContext *context)
{
  for (size_t p = 0; p < pass->n; p++)
    {
      size_t row = pass->set->order[p];

      pass->volume[p] = 0.0;
      for (size_t k = 0; k < pass->d; k++)
        {
          double deviation = ip_matrix_get (&pass->encoder->deviation, row, k);

          if (check_unit (pass, row, k, context) != IP_STATUS_OK)
            return IP_STATUS_UNDEFINED;
          pass->mean[get_place (pass, p, k)] = ip_matrix_get (&pass->encoder->mean, row, k);
          pass->precision[get_place (pass, p, k)] = 1.0 / deviation;
          pass->volume[p] += log (deviation);
        }
    }

  return IP_STATUS_OK;
}

static IpStatus
pass_init (Pass *pass, IpContext *context)
{
  size_t d = pass->d;

  pass->padded = (pass->n + LANES - 1) / LANES * LANES;
  pass->mean = calloc (pass->padded * d + 1, sizeof *pass->mean);
  pass->precision = calloc (pass->padded * d + 1, sizeof *pass->precision);
  pass->volume = calloc (pass->padded, sizeof *pass->volume);
  pass->terms = malloc (pass->n * sizeof *pass->terms);
  if (pass->mean == NULL || pass->precision == NULL || pass->volume == NULL || pass->terms == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for an encoder of %zu units", d);

  return pass_fill (pass, context);
}

/* log[r][j] = -volume[j] - sum_k ((z[k][r] - mean[k][j]) precision[k][j])^2 / 2 of LANES positions;
 * rows of logs are `stride` apart. */
IP_VECTORISED static void
fill_lanes (const double *restrict z,
            const double *restrict mean,
            const double *restrict precision,
            const double *restrict volume,
            size_t d,
            double *restrict logs,
            size_t stride)
{
  double log[N_ROWS][LANES];

  for (size_t r = 0; r < N_ROWS; r++)
    for (size_t j = 0; j < LANES; j++)
      log[r][j] = -volume[j];

  for (size_t k = 0; k < d; k++)
    for (size_t r = 0; r < N_ROWS; r++)
#pragma omp simd
      for (size_t j = 0; j < LANES; j++)
        {
          double distance = (z[k * N_ROWS + r] - mean[k * LANES + j]) * precision[k * LANES + j];

          log[r][j] -= 0.5 * distance * distance;
        }

  for (size_t r = 0; r < N_ROWS; r++)
    for (size_t j = 0; j < LANES; j++)
      logs[r * stride + j] = log[r][j];
}

/* The densities of the outputs at all positions. */
static IpStatus
fill_logs (const Pass *pass, const Rows *rows, IpContext *context)
{
  for (size_t first = 0; first < pass->padded; first += LANES)
    {
      fill_lanes (rows->z, pass->mean + first * pass->d, pass->precision + first * pass->d,
                  pass->volume + first, pass->d, rows->logs + first, pass->padded);
      if (first % (64 * LANES) == 0 && ip_context_is_cancelled (context))
        return IP_STATUS_CANCELLED;
    }

  return IP_STATUS_OK;
}

IP_VECTORISED static double
add (const double *numbers, size_t n)
{
  double sum = 0.0;

#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    sum += numbers[i];

  return sum;
}

IP_VECTORISED static double
find_largest (const double *numbers, size_t n)
{
  double largest = -INFINITY;

#pragma omp simd reduction(max : largest)
  for (size_t i = 0; i < n; i++)
    largest = numbers[i] > largest ? numbers[i] : largest;

  return largest;
}

/* ln sum exp, −INFINITY for nothing.  Uses the logarithms up. */
static double
add_exponentials (double *logs, size_t n)
{
  double largest = find_largest (logs, n);

  if (largest == -INFINITY)
    return largest;

  for (size_t i = 0; i < n; i++)
    logs[i] = largest - logs[i];
  ip_kernel_of_distances (logs, n, 1.0, logs);
  return largest + log (add (logs, n));
}

/* ln (exp a + exp b) */
static double
join (double a, double b)
{
  double larger = a > b ? a : b;
  double smaller = a > b ? b : a;

  return smaller == -INFINITY ? larger : larger + log1p (exp (smaller - larger));
}

/* The terms of the sample at `position`, whose class lies from `begin` to `end`. */
static Terms
find_terms (const Pass *pass, double *logs, size_t position, size_t begin, size_t end)
{
  size_t n = pass->n;
  double own = logs[position];
  double mean = pass->jensen ? add (logs, n) / (double) n : 0.0;
  double class_mean = pass->jensen ? add (logs + begin, end - begin) / (double) (end - begin) : 0.0;
  double class_sum = add_exponentials (logs + begin, end - begin);
  double rest = join (add_exponentials (logs, begin), add_exponentials (logs + end, n - end));
  double class_log = class_sum - log ((double) (end - begin));
  double log_all = join (class_sum, rest) - log ((double) n);

  return (Terms){ .mi_xt = (own - (pass->jensen ? mean : log_all)) / (double) n,
                  .mi_xt_given_y = (own - (pass->jensen ? class_mean : class_log)) / (double) n,
                  .mi_ty = (class_log - log_all) / (double) n };
}

/* A standard normal number (Box and Muller). */
static double
draw_normal (uint64_t seed, uint64_t at)
{
  double radius = ldexp ((double) (ip_random_at (seed, 2 * at) >> 11) + 0.5, -53);
  double angle = ldexp ((double) (ip_random_at (seed, 2 * at + 1) >> 11), -53);

  return sqrt (-2.0 * log (radius)) * cos (2.0 * M_PI * angle);
}

static void
draw_row (const Pass *pass, const Rows *rows, size_t r, size_t position)
{
  size_t row = pass->set->order[position];

  for (size_t k = 0; k < pass->d; k++)
    {
      size_t place = get_place (pass, position, k);

      rows->z[k * N_ROWS + r]
        = pass->recorded ? ip_matrix_get (&pass->encoder->z, row, k)
                         : pass->mean[place]
                             + draw_normal (pass->seed, row * pass->d + k) / pass->precision[place];
    }
}

/* Its square is no number: neither is the density. */
static IpStatus
check_density (const Pass *pass, const double *logs, size_t position, IpContext *context)
{
  if (logs[position] > -INFINITY)
    return IP_STATUS_OK;

  return ip_fail (context, IP_STATUS_UNDEFINED,
                  "z of sample %zu is too many times s away from mu to have a density",
                  (size_t) pass->set->order[position]);
}

static size_t
find_class_begin (const IpEvaluationSet *set, size_t position)
{
  while (position > 0 && set->class_end[position - 1] == set->class_end[position])
    position--;

  return position;
}

/* The terms of positions first .. end - 1. */
static IpStatus
fill_terms (Pass *pass, const Rows *rows, size_t first, size_t end, IpContext *context)
{
  const uint32_t *class_end = pass->set->class_end;
  size_t begin = find_class_begin (pass->set, first);

  for (; first < end; first += N_ROWS)
    {
      size_t n_rows = end - first < N_ROWS ? end - first : N_ROWS;

      for (size_t r = 0; r < n_rows; r++)
        draw_row (pass, rows, r, first + r);
      if (fill_logs (pass, rows, context) != IP_STATUS_OK)
        return IP_STATUS_CANCELLED;
      for (size_t position = first; position < first + n_rows; position++)
        {
          double *logs = rows->logs + (position - first) * pass->padded;

          if (check_density (pass, logs, position, context) != IP_STATUS_OK)
            return IP_STATUS_UNDEFINED;
          if (position > 0 && class_end[position - 1] == position)
            begin = position;
          pass->terms[position] = find_terms (pass, logs, position, begin, class_end[position]);
        }
    }

  return IP_STATUS_OK;
}

/* Some samples: an IpWorkFunc. */
static IpStatus
run_share (size_t task, void *data, IpContext *context)
{
  Pass *pass = data;
  size_t end = (task + 1) * SHARE < pass->n ? (task + 1) * SHARE : pass->n;
  Rows rows = { calloc (N_ROWS * pass->d + 1, sizeof *rows.z),
                malloc (N_ROWS * pass->padded * sizeof *rows.logs) };
  IpStatus status;

  if (rows.z == NULL || rows.logs == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", pass->n);
  else
    status = fill_terms (pass, &rows, task * SHARE, end, context);

  free (rows.z);
  free (rows.logs);
  ip_context_report (context, ((double) pass->draw + (double) end / (double) pass->n)
                                / (double) pass->draws);
  return status;
}

static IpTeam *
call_team (const Pass *pass, const IpContext *context)
{
  double n = (double) pass->n;
  size_t bytes = N_ROWS * sizeof (double) * (pass->padded + pass->d);

  if (context == NULL || n * n * (double) pass->d < LEAST_WORK || bytes > IP_THREAD_BYTES)
    return NULL;

  return ip_team_new (context->threads);
}

static void
fill_value (IpEstimate *estimate,
            IpQuantity quantity,
            double sum,
            double squares,
            size_t draws,
            double ceiling)
{
  IpValue *value = ip_estimate_get (estimate, quantity);
  double n = (double) draws;
  double variance = squares - sum * sum / n;

  value->value = sum / n;
  value->ceiling = ceiling;
  if (draws > 1)
    value->error = sqrt (fmax (variance, 0.0) / (n * (n - 1.0)));
}

static void
fill (const Pass *pass, const Terms *sum, const Terms *squares, size_t draws, IpEstimate *estimate)
{
  const IpEvaluationSet *set = pass->set;
  bool jensen = pass->jensen;

  fill_value (estimate, IP_QUANTITY_MI_XT, sum->mi_xt, squares->mi_xt, draws,
              jensen ? NAN : set->input_entropy);
  if (!set->has_labels)
    {
      ip_estimate_get (estimate, IP_QUANTITY_MI_XT_GIVEN_Y)->flags |= IP_FLAG_NO_LABELS;
      return;
    }

  fill_value (estimate, IP_QUANTITY_MI_XT_GIVEN_Y, sum->mi_xt_given_y, squares->mi_xt_given_y,
              draws, jensen ? NAN : log ((double) set->n) - set->label_entropy);
  fill_value (estimate, IP_QUANTITY_MI_TY, sum->mi_ty, squares->mi_ty, draws, set->label_entropy);
}

static void
add_draw (const Pass *pass, Terms *sum, Terms *squares)
{
  Terms terms = { 0 };

  for (size_t position = 0; position < pass->n; position++)
    {
      terms.mi_xt += pass->terms[position].mi_xt;
      terms.mi_xt_given_y += pass->terms[position].mi_xt_given_y;
      terms.mi_ty += pass->terms[position].mi_ty;
    }

  sum->mi_xt += terms.mi_xt;
  sum->mi_xt_given_y += terms.mi_xt_given_y;
  sum->mi_ty += terms.mi_ty;
  squares->mi_xt += terms.mi_xt * terms.mi_xt;
  squares->mi_xt_given_y += terms.mi_xt_given_y * terms.mi_xt_given_y;
  squares->mi_ty += terms.mi_ty * terms.mi_ty;
}

static IpStatus
run_draws (Pass *pass, uint64_t seed, IpEstimate *estimate, IpContext *context)
{
  IpTeam *team = call_team (pass, context);
  Terms sum = { 0 };
  Terms squares = { 0 };
  IpStatus status = IP_STATUS_OK;

  for (pass->draw = 0; pass->draw < pass->draws && status == IP_STATUS_OK; pass->draw++)
    {
      pass->seed = ip_random_at (seed, pass->draw);
      status = ip_team_try (team, (pass->n + SHARE - 1) / SHARE, run_share, pass, context);
      if (status == IP_STATUS_OK)
        add_draw (pass, &sum, &squares);
    }

  ip_team_free (team);
  if (status == IP_STATUS_OK)
    fill (pass, &sum, &squares, pass->draws, estimate);
  return status;
}

static bool
has_shape_of (const IpMatrix *matrix, const IpMatrix *other)
{
  return matrix->rows == other->rows && matrix->columns == other->columns;
}

static IpStatus
check_shapes (const IpSample *sample, bool recorded, IpContext *context)
{
  const IpEncoder *encoder = sample->source.encoder;

  if (encoder->mean.rows != sample->n || !has_shape_of (&encoder->deviation, &encoder->mean))
    return ip_fail (context, IP_STATUS_INVALID,
                    "%zu x %zu means and %zu x %zu standard deviations of %zu samples",
                    encoder->mean.rows, encoder->mean.columns, encoder->deviation.rows,
                    encoder->deviation.columns, sample->n);
  if (recorded && encoder->z.data == NULL)
    return ip_fail (context, IP_STATUS_UNDEFINED, "The dump has no draws z of this layer");
  if (recorded && !has_shape_of (&encoder->z, &encoder->mean))
    return ip_fail (context, IP_STATUS_INVALID, "%zu x %zu draws z of %zu x %zu means",
                    encoder->z.rows, encoder->z.columns, encoder->mean.rows,
                    encoder->mean.columns);

  return IP_STATUS_OK;
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  const IpEncoder *encoder = sample->source.encoder;
  bool recorded = parameters->value[Z] == Z_RECORDED;
  Pass pass = { .encoder = encoder,
                .set = sample->set,
                .n = sample->n,
                .d = encoder->mean.columns,
                .recorded = recorded,
                .jensen = parameters->value[MARGINAL] == MARGINAL_JENSEN,
                .draws = recorded ? 1 : (size_t) parameters->value[DRAWS] };
  IpStatus status = check_shapes (sample, recorded, context);

  snprintf (estimate->blur, sizeof estimate->blur, "the noise of the layer itself");
  estimate->d = pass.d;
  if (status == IP_STATUS_OK)
    status = pass_init (&pass, context);
  if (status == IP_STATUS_OK)
    status = run_draws (&pass, (uint64_t) parameters->value[SEED], estimate, context);

  pass_clear (&pass);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double draws = parameters->value[Z] == Z_RECORDED ? 1.0 : parameters->value[DRAWS];

  return draws * (double) n * (double) n * (1.7e-9 + 1.2e-10 * (double) d);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 48 * n * d + 128 * n + 128 * d;
}

const IpEstimator ip_encoder = {
  .id = "encoder",
  .title = N_ ("Stochastic encoder"),
  .summary = N_ ("Information that passes a layer which draws its output from a Gaussian, by Monte "
                 "Carlo. The layer's own noise is the only blur."),
  .limits = N_ ("Never above log N but for the chance of the draws, and stuck there where the "
                "layer passes more than N samples can show."),
  .bibtex = IP_CITATION_KAWAGUCHI,
  .version = 2,
  .needs = IP_NEEDS_ENCODER,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .estimate = run,
};
