/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-kernel-spectrum.h"

#include "ip-blas.h"
#include "ip-eigen.h"
#include "ip-kernel-operator.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* A factor of more columns than this share of n is no cheaper than the whole. */
#define LARGEST_RANK_SHARE 6
/* Below this the whole costs nothing. */
#define SMALL 256

/* K times a vector: from the matrix, from its factor, or tile by tile. */
typedef struct
{
  size_t n;
  const double *kernel;
  const IpLowRank *low_rank;
  const IpKernelOperator *tiles;
  double *work; /* [rank] */
  const double *scale;
  double *scaled; /* [n x columns], for the products of tiles */
} Operator;

static IpStatus
multiply (const Operator *operator, const double *vector, double *product, IpContext *context)
{
  blasint n = (blasint) operator->n;

  if (operator->tiles != NULL)
    return ip_kernel_operator_multiply (operator->tiles, vector, product, 1, context);

  if (operator->low_rank == NULL)
    {
      cblas_dsymv (CblasRowMajor, CblasUpper, n, 1.0, operator->kernel, n, vector, 1, 0.0, product,
                   1);
      return IP_STATUS_OK;
    }

  cblas_dgemv (CblasColMajor, CblasTrans, n, (blasint) operator->low_rank->rank, 1.0,
               operator->low_rank->factor, n, vector, 1, 0.0, operator->work, 1);
  cblas_dgemv (CblasColMajor, CblasNoTrans, n, (blasint) operator->low_rank->rank, 1.0,
               operator->low_rank->factor, n, operator->work, 1, 0.0, product, 1);
  return IP_STATUS_OK;
}

/* The s_i for which s_i K_ij s_j has the wanted eigenvalues: for the walk P_ij = W_ij / k_i with
 * W_ij = K_ij / (g_i g_j)^alpha and k its row sums, s_i = g_i^-alpha k_i^-1/2. */
/* How far, as a logarithm, the product of K and a positive vector can be from that of the factor.
 * What is left out, R, is positive semidefinite: |R_ij| <= (R_ii R_jj)^1/2. */
static double
find_doubt (const IpLowRank *low_rank, const double *vector, const double *product)
{
  double sum = 0.0;
  double doubt = 0.0;

  for (size_t j = 0; j < low_rank->n; j++)
    sum += sqrt (low_rank->residual[j]) * vector[j];
  for (size_t i = 0; i < low_rank->n; i++)
    {
      double share = sqrt (low_rank->residual[i]) * sum / product[i];

      if (!(share < 1.0))
        return INFINITY;
      doubt = fmax (doubt, -log1p (-share));
    }

  return doubt;
}

/* spread: how far, as a logarithm, the squares of the scales of a factor can be from those of K. */
static IpStatus
find_scales (const Operator *operator,
             const IpKernelPlan *plan,
             double *work,
             double *scale,
             double *spread,
             IpContext *context)
{
  bool density = plan->form == IP_KERNEL_DENSITY;
  size_t n = operator->n;
  IpStatus status;

  for (size_t i = 0; i < n; i++)
    scale[i] = density ? 1.0 / sqrt ((double) n) : 1.0;
  if (density)
    return IP_STATUS_OK;

  status = multiply (operator, scale, work, context);
  if (status == IP_STATUS_OK && spread != NULL)
    *spread = find_doubt (operator->low_rank, scale, work);
  for (size_t i = 0; i < n; i++)
    scale[i] = pow (work[i], -plan->alpha);
  if (status == IP_STATUS_OK && plan->alpha != 0.0)
    {
      status = multiply (operator, scale, work, context);
      if (status == IP_STATUS_OK && spread != NULL)
        *spread = 2.0 * plan->alpha * *spread + find_doubt (operator->low_rank, scale, work);
    }
  for (size_t i = 0; i < n; i++)
    scale[i] = scale[i] / sqrt (scale[i] * work[i]);
  return status;
}

/* The diagonal of K is 1. */
static double
find_trace (const double *scale, size_t n)
{
  double trace = 0.0;

  for (size_t i = 0; i < n; i++)
    trace += scale[i] * scale[i];
  return trace;
}

static IpStatus
solve_low_rank (IpKernelSpectrum *spectrum,
                IpLowRank *low_rank,
                const double *scale,
                IpContext *context)
{
  size_t rank = low_rank->rank;
  double *product = malloc ((rank * rank + 1) * sizeof *product);
  IpStatus status;

  if (product == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a kernel of rank %zu", rank);

  spectrum->trace = find_trace (scale, low_rank->n);
  spectrum->residual = 0.0;
  for (size_t i = 0; i < low_rank->n; i++)
    spectrum->residual += scale[i] * scale[i] * low_rank->residual[i] / spectrum->trace;

  for (size_t k = 0; k < rank; k++)
    for (size_t i = 0; i < low_rank->n; i++)
      low_rank->factor[k * low_rank->n + i] *= scale[i];
  cblas_dsyrk (CblasRowMajor, CblasUpper, CblasNoTrans, (blasint) rank, (blasint) low_rank->n, 1.0,
               low_rank->factor, (blasint) low_rank->n, 0.0, product, (blasint) rank);

  spectrum->n = rank;
  spectrum->is_low_rank = true;
  status = ip_eigenvalues (product, rank, spectrum->values, context);
  free (product);
  return status;
}

/* Entropies of distributions that differ by `distance` in total variation. */
static double
find_difference (double distance, size_t n)
{
  double rest = 1.0 - distance;

  if (distance >= 1.0)
    return log ((double) n);

  return distance <= 0.0 ? 0.0
                         : distance * log ((double) n - 1.0) - distance * log (distance)
                             - rest * log1p (-distance);
}

/* The share of the trace that may be left out. */
static double
find_share (double tolerance, size_t n)
{
  double low = log (1e-17);
  double high = log (0.5);

  for (unsigned k = 0; k < 60; k++)
    {
      double middle = 0.5 * (low + high);

      if (find_difference (exp (middle), n) > tolerance)
        high = middle;
      else
        low = middle;
    }

  return exp (low);
}

/* Samples do not weigh the same in the walk as in K, and the weights are those of the factor, hence
 * less than the tolerance asks for. */
#define MARGIN 0.02

static IpStatus
try_factor (IpKernelSpectrum *spectrum,
            const IpGram *gram,
            const IpKernelPlan *plan,
            double *scale,
            IpContext *context)
{
  size_t n = gram->matrix->rows;
  IpLowRank low_rank;
  bool found;
  IpStatus status = ip_low_rank_init (&low_rank, gram, MARGIN * find_share (plan->tolerance, n),
                                      n / LARGEST_RANK_SHARE, &found, context);

  if (status == IP_STATUS_OK && found)
    {
      Operator operator = { .n = n, .low_rank = &low_rank };

      operator.work = malloc ((n + low_rank.rank) * sizeof (double));
      if (operator.work == NULL)
        status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a kernel");
      else
        status = find_scales (&operator, plan, operator.work + low_rank.rank, scale,
                              &spectrum->spread, context);
      if (status == IP_STATUS_OK)
        status = solve_low_rank (spectrum, &low_rank, scale, context);
      free (operator.work);
    }

  ip_low_rank_clear (&low_rank);
  return status;
}

static IpStatus
fill_and_solve (IpKernelSpectrum *spectrum,
                const IpGram *gram,
                const IpKernelPlan *plan,
                const double *squared,
                double *kernel,
                double *scale,
                IpContext *context)
{
  size_t n = gram->matrix->rows;
  Operator operator = { .n = n, .kernel = kernel };
  IpStatus status = IP_STATUS_OK;

  if (squared == NULL)
    {
      status = ip_gram_fill_distances (gram, kernel, context);
      squared = kernel;
    }
  if (status == IP_STATUS_OK)
    status = ip_gram_fill_kernel (gram, squared, kernel, context);
  if (status != IP_STATUS_OK)
    return status;

  find_scales (&operator, plan, spectrum->values, scale, NULL, context);
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++)
      kernel[i * n + j] *= scale[i] * scale[j];

  spectrum->n = n;
  spectrum->trace = find_trace (scale, n);
  return ip_eigenvalues (kernel, n, spectrum->values, context);
}

static IpStatus
solve_whole (IpKernelSpectrum *spectrum,
             const IpGram *gram,
             const IpKernelPlan *plan,
             const double *squared,
             double *scale,
             IpContext *context)
{
  size_t n = gram->matrix->rows;
  double *kernel;
  IpStatus status = ip_kernel_spectrum_check_memory (n, 1, context);

  if (status != IP_STATUS_OK)
    return status;

  kernel = malloc (n * n * sizeof *kernel);
  if (kernel == NULL)
    return ip_fail (context, IP_STATUS_UNDEFINED, "No memory for a matrix of %zu samples", n);

  status = fill_and_solve (spectrum, gram, plan, squared, kernel, scale, context);
  free (kernel);
  return status;
}

static void
scale_rows (const double *in, const double *scale, size_t n, size_t columns, double *out)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < columns; j++)
      out[i * columns + j] = in[i * columns + j] * scale[i];
}

static IpStatus
multiply_block (void *data, const double *in, double *out, size_t columns, IpContext *context)
{
  const Operator *operator = data;
  IpStatus status;

  scale_rows (in, operator->scale, operator->n, columns, operator->scaled);
  status = ip_kernel_operator_multiply (operator->tiles, operator->scaled, out, columns, context);
  scale_rows (out, operator->scale, operator->n, columns, out);
  return status;
}

static IpStatus
integrate (IpKernelSpectrum *spectrum,
           Operator *operator,
           const IpKernelPlan *plan,
           double *scale,
           IpContext *context)
{
  IpSymmetric matrix = { .n = operator->n, .multiply = multiply_block, .data = operator };
  IpStatus status = find_scales (operator, plan, operator->scaled, scale, NULL, context);

  operator->scale = scale;
  if (status == IP_STATUS_OK)
    status
      = ip_kernel_operator_sum_squares (operator->tiles, scale, &matrix.squares, context);
  if (status != IP_STATUS_OK)
    return status;

  spectrum->quadrature = calloc (1, sizeof *spectrum->quadrature);
  if (spectrum->quadrature == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a quadrature");

  matrix.trace = find_trace (scale, operator->n);
  return ip_quadrature_init (spectrum->quadrature, &matrix, plan->probes, plan->seed, context);
}

static IpStatus
solve_stochastic (IpKernelSpectrum *spectrum,
                  const IpGram *gram,
                  const IpKernelPlan *plan,
                  double *scale,
                  IpContext *context)
{
  size_t n = gram->matrix->rows;
  size_t columns = plan->probes > IP_QUADRATURE_SPLIT ? plan->probes : IP_QUADRATURE_SPLIT;
  IpKernelOperator tiles;
  Operator operator = { .n = n, .tiles = &tiles };
  IpStatus status = ip_kernel_operator_init (&tiles, gram, context);

  operator.scaled = malloc (n * columns * sizeof *operator.scaled);
  if (operator.scaled == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu vectors", columns);
  if (status == IP_STATUS_OK)
    status = integrate (spectrum, &operator, plan, scale, context);

  free (operator.scaled);
  ip_kernel_operator_clear (&tiles);
  return status;
}

static bool
is_stochastic (const IpKernelPlan *plan, size_t n, IpContext *context)
{
  if (plan->probes == 0 || plan->method == IP_KERNEL_WHOLE || n <= SMALL)
    return false;

  return plan->method == IP_KERNEL_STOCHASTIC || n > IP_LARGEST_WHOLE
         || !ip_kernel_spectrum_is_granted (n, 1, context);
}

IpStatus
ip_kernel_spectrum_init (IpKernelSpectrum *spectrum,
                         const IpGram *gram,
                         const IpKernelPlan *plan,
                         const double *squared,
                         IpContext *context)
{
  size_t n = gram->matrix->rows;
  double *scale = malloc ((n + 1) * sizeof *scale);
  IpStatus status = IP_STATUS_OK;

  ip_blas_use_one_thread ();
  *spectrum = (IpKernelSpectrum){ .samples = n };
  spectrum->values = malloc ((n + 1) * sizeof *spectrum->values);
  if (spectrum->values == NULL || scale == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);

  if (status == IP_STATUS_OK && plan->method == IP_KERNEL_AUTO && plan->tolerance > 0.0
      && n > SMALL)
    status = try_factor (spectrum, gram, plan, scale, context);
  if (status == IP_STATUS_OK && !spectrum->is_low_rank)
    status = is_stochastic (plan, n, context)
               ? solve_stochastic (spectrum, gram, plan, scale, context)
               : solve_whole (spectrum, gram, plan, squared, scale, context);

  free (scale);
  return status;
}

size_t
ip_kernel_spectrum_count_bytes (size_t n, unsigned probes)
{
  size_t columns = probes > IP_QUADRATURE_SPLIT ? probes : IP_QUADRATURE_SPLIT;

  return (size_t) ip_kernel_operator_count_bytes (n) + 40 * n * columns
         + (size_t) 32 * 1024 * 1024;
}

void
ip_kernel_spectrum_clear (IpKernelSpectrum *spectrum)
{
  free (spectrum->values);
  if (spectrum->quadrature != NULL)
    ip_quadrature_clear (spectrum->quadrature);
  free (spectrum->quadrature);
  *spectrum = (IpKernelSpectrum){ 0 };
}

static double
find_power (double x, double t)
{
  return x > 0.0 ? pow (x, t) : 0.0;
}

static double
find_log_power (double x, double t)
{
  return x > 0.0 ? -pow (x, t) * log (x) : 0.0;
}

static double
find_mean (const double *values, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += values[i];
  return sum / (double) n;
}

/* With A = tr M^t and B = -tr M^t ln M, H = ln A + t B / A; the error to first order. */
static double
integrate_entropy (const IpQuadrature *quadrature, double t, double *error)
{
  double n = quadrature->probes;
  double power[IP_MAX_PROBES];
  double log_power[IP_MAX_PROBES];
  double squares = 0.0;
  double a, b;

  ip_quadrature_trace (quadrature, find_power, t, power);
  ip_quadrature_trace (quadrature, find_log_power, t, log_power);
  a = find_mean (power, quadrature->probes);
  b = find_mean (log_power, quadrature->probes);
  for (unsigned j = 0; j < quadrature->probes; j++)
    {
      double change_a = (power[j] - a) / a;
      double change = change_a + t * ((log_power[j] - b) - b * change_a) / a;

      squares += change * change;
    }

  *error = sqrt (squares / (n * (n - 1.0)));
  return log (a) + t * b / a;
}

double
ip_kernel_spectrum_entropy (const IpKernelSpectrum *spectrum, double t, double *error)
{
  double sum = 0.0;
  double entropy = 0.0;

  if (spectrum->quadrature != NULL)
    return fmax (integrate_entropy (spectrum->quadrature, t, error), 0.0);

  *error = NAN;
  for (size_t i = 0; i < spectrum->n; i++)
    sum += find_power (spectrum->values[i], t);
  for (size_t i = spectrum->n; i-- > 0;)
    {
      double p = find_power (spectrum->values[i], t) / sum;

      entropy -= p > 0.0 ? p * log (p) : 0.0;
    }

  return fmax (entropy, 0.0);
}

/* p^alpha - p, or -p ln p: what keeps its digits for alpha close to 1. */
static double
find_order_term (double p, double alpha)
{
  if (p <= 0.0)
    return 0.0;

  return p * (alpha == 1.0 ? -log (p) : expm1 ((alpha - 1.0) * log (p)));
}

/* A sum of those terms nearer to -1 than this has lost digits: sum p^alpha itself is then taken, in
 * units of the largest p, because for large alpha it may be smaller than any number. */
#define LOST -0.5

static double
find_order_entropy (double sum, double alpha)
{
  return fmax (alpha == 1.0 ? sum : log1p (sum) / (1.0 - alpha), 0.0);
}

/* sum: of (p / largest)^alpha */
static double
find_high_order_entropy (double sum, double largest, double alpha)
{
  return fmax ((alpha * log (largest) + log (sum)) / (1.0 - alpha), 0.0);
}

static double
find_standard_error (const double *values, double mean, size_t n)
{
  double squares = 0.0;

  for (size_t i = 0; i < n; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  return sqrt (squares / ((double) n * ((double) n - 1.0)));
}

/* The trace of (M / largest)^alpha. */
static double
integrate_power (const IpQuadrature *quadrature, double largest, double alpha, double *error)
{
  size_t n = (size_t) quadrature->probes * quadrature->steps;
  IpQuadrature scaled = *quadrature;
  double sums[IP_MAX_PROBES];
  double sum;

  scaled.node = malloc ((n + 1) * sizeof *scaled.node);
  if (scaled.node == NULL)
    return NAN;

  for (size_t i = 0; i < n; i++)
    scaled.node[i] = quadrature->node[i] / largest;
  for (unsigned i = 0; i < scaled.n_split; i++)
    scaled.split[i] /= largest;
  scaled.moments[1] /= largest;
  scaled.moments[2] /= largest * largest;

  ip_quadrature_trace (&scaled, find_power, alpha, sums);
  sum = find_mean (sums, quadrature->probes);
  *error = find_standard_error (sums, sum, quadrature->probes);
  free (scaled.node);
  return sum;
}

/* The trace is 1. */
static double
integrate_renyi (const IpQuadrature *quadrature, double alpha, double *error)
{
  double sums[IP_MAX_PROBES];
  double largest = quadrature->n_split > 0 ? quadrature->split[0] : 0.0;
  double sum;

  ip_quadrature_trace (quadrature, find_order_term, alpha, sums);
  sum = find_mean (sums, quadrature->probes);
  if (sum > LOST)
    {
      *error = find_standard_error (sums, sum, quadrature->probes)
               / (alpha == 1.0 ? 1.0 : fabs (1.0 - alpha) * (1.0 + sum));
      return find_order_entropy (sum, alpha);
    }

  for (size_t i = 0; i < (size_t) quadrature->probes * quadrature->steps; i++)
    largest = fmax (largest, quadrature->node[i]);
  sum = integrate_power (quadrature, largest, alpha, error);
  *error /= fabs (1.0 - alpha) * sum;
  return find_high_order_entropy (sum, largest, alpha);
}

/* Eigenvalues of n samples below sqrt n times this share of the largest may be rounding errors of
 * zero. */
#define NOISE (4.0 * DBL_EPSILON)

double
ip_kernel_spectrum_renyi (const IpKernelSpectrum *spectrum, double alpha, double *error)
{
  double least = 0.0;
  double trace = 0.0;
  double sum = 0.0;
  double high = 0.0;

  if (spectrum->quadrature != NULL)
    return integrate_renyi (spectrum->quadrature, alpha, error);

  *error = NAN;
  for (size_t i = spectrum->n; i-- > 0;)
    trace += fmax (spectrum->values[i], 0.0);
  if (alpha < 1.0 && spectrum->n > 0)
    least = NOISE * sqrt ((double) spectrum->samples) * spectrum->values[0];
  for (size_t i = spectrum->n; i-- > 0;)
    if (spectrum->values[i] > least)
      sum += find_order_term (spectrum->values[i] / trace, alpha);
  if (sum > LOST)
    return find_order_entropy (sum, alpha);

  for (size_t i = spectrum->n; i-- > 0;)
    high += find_power (spectrum->values[i] / spectrum->values[0], alpha);
  return find_high_order_entropy (high, spectrum->values[0] / trace, alpha);
}

/* No eigenvalue is above 1, so that sum l^t lacks at most t times what the trace does.  Scales that
 * are off change each eigenvalue by as much as the largest of them at most (Ostrowski 1959,
 * doi:10.1073/pnas.45.5.740), and each p twice as much. */
double
ip_kernel_spectrum_bound (const IpKernelSpectrum *spectrum, double t)
{
  double sum = 0.0;
  double distance = 0.5 * expm1 (2.0 * t * spectrum->spread);

  if (!spectrum->is_low_rank)
    return 0.0;

  for (size_t i = 0; i < spectrum->n; i++)
    sum += find_power (spectrum->values[i], t);
  distance += t * exp (t * spectrum->spread) * spectrum->residual * spectrum->trace / sum;
  return find_difference (distance, spectrum->samples);
}

static double
count_whole_bytes (size_t n, unsigned matrices)
{
  return (double) n * (8.0 * (double) matrices * (double) n + IP_EIGENVALUES_BYTES);
}

bool
ip_kernel_spectrum_is_granted (size_t n, unsigned matrices, const IpContext *context)
{
  return context == NULL || context->memory == 0
         || count_whole_bytes (n, matrices) <= (double) context->memory;
}

IpStatus
ip_kernel_spectrum_check_memory (size_t n, unsigned matrices, IpContext *context)
{
  if (!ip_kernel_spectrum_is_granted (n, matrices, context))
    return ip_fail (context, IP_STATUS_UNDEFINED,
                    "Kernel matrices of %zu samples need %.1f MiB of memory, %.1f MiB are allowed",
                    n, count_whole_bytes (n, matrices) / 1048576.0,
                    (double) context->memory / 1048576.0);

  return IP_STATUS_OK;
}
