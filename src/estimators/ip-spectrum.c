/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The spectrum of a layer: how many directions its activations use.
 *
 * T, N x d, singular values s_i, r = min (N, d).
 *
 *   vne                  von Neumann entropy -sum l ln l in nats, l_i = s_i^2 / N of the rows
 *                        scaled to length one; at most ln r
 *   effective_rank       exp H(s / sum s)
 *   rankme               the same with p_i = s_i / sum s + 1e-7
 *   participation_ratio  (sum s^2)^2 / sum s^4
 *
 * centre: subtracts the mean of every unit first.
 * normalise: "published" takes each number as its authors do, the first from rows of length one,
 * the others from T as it is; "rows" and "none" take all four from the same matrix.
 * convention: rows of length zero (a dead ReLU sample) are left out ("corrected"), so that the l_i
 * add to one, or kept ("official"), where shorter rows than 1e-12 keep less than length one, too,
 * and vne has no ceiling.
 *
 * Defaults: centre=no, normalise=published, convention=corrected.
 *
 * Bias: rank and entropy of N samples are low while N is not many times d.  Fails to tell layers
 * apart where a mean that is not subtracted takes most of the spectrum.
 *
 * The spectrum is s_i^2 / sum s^2 of the matrix that vne is taken from.  No blur and no distances:
 * scaling the layer changes nothing, a rotation neither; unlike an entropy of T, nothing here knows
 * about the distribution beyond second moments.  vne uses squared, effective rank and RankMe plain
 * singular values: the numbers are not comparable with each other.
 *
 * Sources: Kim et al. 2023 (VNE), arXiv:2304.01434; Roy and Vetterli 2007 (effective
 * rank; 15th European Signal Processing Conference, 606-610); Garrido et al. 2023 (RankMe),
 * arXiv:2210.02885. Time 2 N d r + 8/3 r^3 for each of the two matrices, memory 2 r^2 beside the
 * data, or 4 r^2 where each has a thread. */

#include "ip-estimator-private.h"
#include "ip-team.h"
#include "ip-triangle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  CENTRE,
  NORMALISE,
  CONVENTION,
};

enum
{
  NORMALISE_PUBLISHED,
  NORMALISE_ROWS,
  NORMALISE_NONE,
};

enum
{
  CONVENTION_CORRECTED,
  CONVENTION_OFFICIAL,
};

static const char *const centre_ids[] = { "no", "yes", NULL };
static const char *const centre_titles[] = { N_ ("No"), N_ ("Yes"), NULL };
static const char *const normalise_ids[] = { "published", "rows", "none", NULL };
static const char *const normalise_titles[]
  = { N_ ("As published"), N_ ("All"), N_ ("None"), NULL };
static const char *const convention_ids[] = { "corrected", "official", NULL };
static const char *const convention_titles[] = { N_ ("Left out"), N_ ("Kept, as published"), NULL };

static const IpParameter parameters_table[] = {
  [CENTRE] = { "centre", N_ ("Centre"), N_ ("Whether the mean of every unit is subtracted"),
               IP_PARAMETER_CHOICE, 0, 0, 1, false, centre_ids, centre_titles, -1, 0 },
  [NORMALISE] = { "normalise", N_ ("Samples of length one"),
                  N_ ("Which numbers are taken from samples scaled to length one"),
                  IP_PARAMETER_CHOICE, NORMALISE_PUBLISHED, 0, 2, false, normalise_ids,
                  normalise_titles, -1, 0 },
  [CONVENTION] = { "convention", N_ ("Samples of length zero"),
                   N_ ("Whether samples that activate no unit count"), IP_PARAMETER_CHOICE,
                   CONVENTION_CORRECTED, 0, 1, false, convention_ids, convention_titles, -1, 0 },
};

static const IpQuantity quantities[]
  = { IP_QUANTITY_VNE, IP_QUANTITY_EFFECTIVE_RANK, IP_QUANTITY_RANKME,
      IP_QUANTITY_PARTICIPATION_RATIO };

#define RANKME_EPSILON 1e-7

/* What the published code divides shorter rows by. */
#define SHORTEST 1e-12

typedef struct
{
  size_t n; /* min (N, d) */
  size_t rows; /* that count: of non-zero length */
  double *values;
} Spectrum;

typedef struct
{
  const IpSample *sample;
  const double *mean; /* NULL: not centred */
  double *scale;      /* [N] of each row, NULL: one */
} View;

/* An entry of a block that begins at column `first`. */
static double
get_entry (const View *view, const IpMatrix *block, size_t first, size_t row, size_t column)
{
  double value = ip_matrix_get (block, row, column);

  if (view->mean != NULL)
    value -= view->mean[first + column];
  return view->scale != NULL ? value * view->scale[row] : value;
}

static void
add_squares (const View *view, const IpMatrix *block, size_t first, double *square)
{
  for (size_t i = 0; i < block->rows; i++)
    for (size_t j = 0; j < block->columns; j++)
      square[i] += get_entry (view, block, first, i, j) * get_entry (view, block, first, i, j);
}

/* Rows of length one, but for those shorter than `shortest` and zeros; counts the others. */
static IpStatus
find_scales (View *view, double shortest, double *scale, size_t *rows, IpContext *context)
{
  const IpMatrix *matrix = &view->sample->source.activations;
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  memset (scale, 0, matrix->rows * sizeof *scale);
  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      if (status == IP_STATUS_OK)
        add_squares (view, &block, first, scale);
    }

  *rows = 0;
  for (size_t i = 0; i < matrix->rows; i++)
    {
      double length = sqrt (scale[i]);

      *rows += length > 0.0 && length >= shortest;
      scale[i] = length > 0.0 ? 1.0 / fmax (length, shortest) : 0.0;
    }

  view->scale = scale;
  return status;
}

static IpStatus
add_rows (const View *view, IpTriangle *triangle, double *vector, IpContext *context)
{
  const IpMatrix *matrix = &view->sample->source.activations;
  IpStatus status = ip_matrix_check_whole (matrix, context);

  for (size_t i = 0; i < matrix->rows && status == IP_STATUS_OK; i++)
    {
      for (size_t j = 0; j < matrix->columns; j++)
        vector[j] = get_entry (view, matrix, 0, i, j);
      status = ip_triangle_add (triangle, vector, context);
      if (i % 128 == 0)
        ip_context_report (context, 0.7 * (double) i / (double) matrix->rows);
    }

  return status;
}

static IpStatus
add_columns (const View *view, IpTriangle *triangle, double *vector, IpContext *context)
{
  const IpMatrix *matrix = &view->sample->source.activations;
  IpStatus status = IP_STATUS_OK;
  IpMatrix block = { 0 };

  for (size_t first = 0; first < matrix->columns && status == IP_STATUS_OK;
       first += block.columns)
    {
      status = ip_matrix_get_block (matrix, first, &block, context);
      for (size_t i = 0; i < block.columns && status == IP_STATUS_OK; i++)
        {
          for (size_t j = 0; j < matrix->rows; j++)
            vector[j] = get_entry (view, &block, first, j, i);
          status = ip_triangle_add (triangle, vector, context);
          if (i % 128 == 0)
            ip_context_report (context, 0.7 * (double) (first + i) / (double) matrix->columns);
        }
    }

  return status;
}

static IpStatus
find_spectrum (const View *view, Spectrum *spectrum, IpContext *context)
{
  double *vector = malloc ((spectrum->n + 1) * sizeof *vector);
  IpTriangle triangle = { 0 };
  IpStatus status;

  spectrum->values = malloc ((spectrum->n + 1) * sizeof *spectrum->values);
  if (vector == NULL || spectrum->values == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a spectrum");
  else
    status = ip_triangle_init (&triangle, spectrum->n, context);
  if (status == IP_STATUS_OK && view->sample->d > view->sample->n)
    status = add_columns (view, &triangle, vector, context);
  else if (status == IP_STATUS_OK)
    status = add_rows (view, &triangle, vector, context);
  if (status == IP_STATUS_OK)
    status = ip_triangle_get_singular_values (&triangle, spectrum->values, context);

  ip_triangle_clear (&triangle);
  free (vector);
  return status;
}

static double
entropy_term (double p)
{
  return p > 0.0 ? -p * log (p) : 0.0;
}

static double
find_vne (const Spectrum *spectrum, double n)
{
  double entropy = 0.0;

  for (size_t i = 0; i < spectrum->n; i++)
    entropy += entropy_term (spectrum->values[i] * spectrum->values[i] / n);

  return entropy;
}

/* exp H(s / sum s + epsilon) */
static double
find_rank (const Spectrum *spectrum, double epsilon)
{
  double sum = 0.0;
  double entropy = 0.0;

  for (size_t i = 0; i < spectrum->n; i++)
    sum += spectrum->values[i];
  for (size_t i = 0; i < spectrum->n; i++)
    entropy += entropy_term (spectrum->values[i] / sum + epsilon);

  return exp (entropy);
}

static double
find_participation_ratio (const Spectrum *spectrum)
{
  double squares = 0.0;
  double fourths = 0.0;

  for (size_t i = 0; i < spectrum->n; i++)
    {
      double ratio = spectrum->values[i] / spectrum->values[0];

      squares += ratio * ratio;
      fourths += ratio * ratio * ratio * ratio;
    }

  return squares * squares / fourths;
}

static void
set_value (IpEstimate *estimate, IpQuantity quantity, double number, double ceiling)
{
  IpValue *value = ip_estimate_get (estimate, quantity);

  value->value = number;
  value->ceiling = ceiling;
}

/* The matrix whose rows have length one serves vne, the other one the ranks; either may be absent,
 * and then the other serves all. */
static void
fill (const IpSample *sample,
      const IpParameters *parameters,
      const Spectrum *scaled,
      const Spectrum *plain,
      IpEstimate *estimate)
{
  const Spectrum *for_vne = scaled->values != NULL ? scaled : plain;
  const Spectrum *for_ranks = plain->values != NULL ? plain : scaled;
  double r = (double) for_ranks->n;
  double n =
      (double) (parameters->value[CONVENTION] == CONVENTION_OFFICIAL ? sample->n : scaled->rows);

  if (scaled->values == NULL)
    {
      n = 0.0;
      for (size_t i = 0; i < plain->n; i++)
        n += plain->values[i] * plain->values[i];
    }
  set_value (estimate, IP_QUANTITY_VNE, fmax (find_vne (for_vne, n), 0.0),
             scaled->values == NULL || (double) scaled->rows == n ? log (r) : NAN);
  set_value (estimate, IP_QUANTITY_EFFECTIVE_RANK, find_rank (for_ranks, 0.0), r);
  set_value (estimate, IP_QUANTITY_RANKME, find_rank (for_ranks, RANKME_EPSILON), r);
  set_value (estimate, IP_QUANTITY_PARTICIPATION_RATIO, find_participation_ratio (for_ranks), r);

  for (size_t i = 0; i < for_vne->n; i++)
    for_vne->values[i] *= for_vne->values[i];
  ip_estimate_keep_spectrum (estimate, for_vne->values, for_vne->n);
}

/* For one problem. */
static size_t
count_bytes (size_t n, size_t d)
{
  size_t r = n < d ? n : d;

  return 8 * r * (2 * r + 1400) + 8 * n + 8 * d + (32 << 10);
}

/* A view and what is to be found of it. */
typedef struct
{
  View view;
  Spectrum *spectrum;
} Problem;

static IpStatus
solve (size_t task, void *data, IpContext *context)
{
  const Problem *problem = data;

  return find_spectrum (&problem[task].view, problem[task].spectrum, context);
}

/* A thread for each of two problems, where there is memory for both at once and two may read. */
static IpTeam *
call_team (const IpSample *sample, size_t problems, const IpContext *context)
{
  size_t bytes = 2 * count_bytes (sample->n, sample->d);

  if (problems < 2 || context == NULL || context->threads < 2
      || sample->source.activations.source != NULL
      || (context->memory != 0 && context->memory < bytes))
    return NULL;

  return ip_team_new (2);
}

static IpStatus
solve_all (const IpSample *sample, Problem *problem, size_t problems, IpContext *context)
{
  IpTeam *team = call_team (sample, problems, context);
  IpStatus status = IP_STATUS_OK;

  if (team != NULL)
    status = ip_team_try (team, problems, solve, problem, context);
  for (size_t i = 0; i < problems && team == NULL && status == IP_STATUS_OK; i++)
    status = solve (i, problem, context);

  ip_team_free (team);
  return status;
}

static IpStatus
compute (IpSample *sample,
         const IpParameters *parameters,
         double *scale,
         Spectrum *scaled,
         Spectrum *plain,
         IpContext *context)
{
  View view = { .sample = sample };
  Problem problem[2];
  size_t problems = 0;
  IpStatus status = IP_STATUS_OK;

  if (parameters->value[CENTRE] == 1)
    {
      status = ip_sample_find_moments (sample, context);
      view.mean = sample->mean;
    }
  if (parameters->value[NORMALISE] != NORMALISE_ROWS)
    problem[problems++] = (Problem){ view, plain };
  if (status == IP_STATUS_OK && parameters->value[NORMALISE] != NORMALISE_NONE)
    {
      bool official = parameters->value[CONVENTION] == CONVENTION_OFFICIAL;

      status = find_scales (&view, official ? SHORTEST : 0.0, scale, &scaled->rows, context);
      problem[problems++] = (Problem){ view, scaled };
    }

  return status == IP_STATUS_OK ? solve_all (sample, problem, problems, context) : status;
}

/* Nothing to decompose: no direction is used. */
static bool
is_zero (const IpSample *sample, const IpParameters *parameters)
{
  return sample->d == 0 || (sample->extremes.lo == 0.0 && sample->extremes.hi == 0.0)
         || (parameters->value[CENTRE] == 1 && ip_sample_is_constant (sample));
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  size_t r = sample->n < sample->d ? sample->n : sample->d;
  Spectrum scaled = { .n = r };
  Spectrum plain = { .n = r };
  double *scale;
  IpStatus status;

  snprintf (estimate->blur, sizeof estimate->blur, "no blur");
  if (is_zero (sample, parameters))
    {
      for (unsigned i = 0; i < estimate->n_values; i++)
        set_value (estimate, quantities[i], 0.0, i == 0 ? log (fmax (1.0, r)) : (double) r);
      return IP_STATUS_OK;
    }

  status = ip_sample_check_memory (count_bytes (sample->n, sample->d), context);
  if (status == IP_STATUS_OK)
    status = ip_sample_check_squares (sample, context);
  if (status != IP_STATUS_OK)
    return status;

  scale = malloc (sample->n * sizeof *scale);
  if (scale == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", sample->n);
  else
    status = compute (sample, parameters, scale, &scaled, &plain, context);
  if (status == IP_STATUS_OK)
    fill (sample, parameters, &scaled, &plain, estimate);

  free (scale);
  free (scaled.values);
  free (plain.values);
  return status;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  double r = (double) (n < d ? n : d);

  return 2.0 * ((3e-11 * r + 2e-9) * (double) n * (double) d + (1e-10 * r + 6e-8) * r * r);
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (parameters->value[NORMALISE] == NORMALISE_PUBLISHED ? 2 : 1) * count_bytes (n, d);
}

const IpEstimator ip_spectrum = {
  .id = "spectrum",
  .title = N_ ("Spectrum"),
  .summary =
      N_ ("Von Neumann entropy, effective rank, RankMe and participation ratio from the singular "
          "values of the activations. Nothing is blurred."),
  .limits = N_ ("Low unless there are many times more samples than units. A mean that is not "
                "subtracted can take most of the spectrum."),
  .bibtex = "@inproceedings{kim2023vne,\n"
            "  title = {{VNE}: An Effective Method for Improving Deep Representation by\n"
            "           Manipulating Eigenvalue Distribution},\n"
            "  author = {Kim, Jaeill and Kang, Suhyun and Hwang, Duhun and Shin, Jungwook and\n"
            "            Rhee, Wonjong},\n"
            "  booktitle = {Conference on Computer Vision and Pattern Recognition},\n"
            "  year = {2023},\n"
            "  eprint = {2304.01434},\n"
            "  archivePrefix = {arXiv}\n"
            "}\n"
            "\n"
            "@inproceedings{roy2007effective,\n"
            "  title = {The Effective Rank: A Measure of Effective Dimensionality},\n"
            "  author = {Roy, Olivier and Vetterli, Martin},\n"
            "  booktitle = {15th European Signal Processing Conference},\n"
            "  pages = {606--610},\n"
            "  year = {2007}\n"
            "}\n"
            "\n"
            "@inproceedings{garrido2023rankme,\n"
            "  title = {{RankMe}: Assessing the Downstream Performance of Pretrained\n"
            "           Self-Supervised Representations by Their Rank},\n"
            "  author = {Garrido, Quentin and Balestriero, Randall and Najman, Laurent and\n"
            "            LeCun, Yann},\n"
            "  booktitle = {International Conference on Machine Learning},\n"
            "  year = {2023},\n"
            "  eprint = {2210.02885},\n"
            "  archivePrefix = {arXiv}\n"
            "}\n",
  .version = 2,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .parameters = parameters_table,
  .n_parameters = IP_N_ELEMENTS (parameters_table),
  .cost = find_cost,
  .memory = find_memory,
  .keeps_budget = true,
  .estimate = run,
};
