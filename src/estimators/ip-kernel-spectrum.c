/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-kernel-spectrum.h"

#include "ip-blas.h"
#include "ip-eigen.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

/* A factor of more columns than this share of n is no cheaper than the whole. */
#define LARGEST_RANK_SHARE 6
/* Below this the whole costs nothing. */
#define SMALL 256

/* K times a vector, from the matrix or from its factor. */
typedef struct
{
  size_t n;
  const double *kernel;
  const IpLowRank *low_rank;
  double *work; /* [rank] */
} Operator;

static void
multiply (const Operator *operator, const double *vector, double *product)
{
  blasint n = (blasint) operator->n;

  if (operator->low_rank == NULL)
    {
      cblas_dsymv (CblasRowMajor, CblasUpper, n, 1.0, operator->kernel, n, vector, 1, 0.0, product,
                   1);
      return;
    }

  cblas_dgemv (CblasColMajor, CblasTrans, n, (blasint) operator->low_rank->rank, 1.0,
               operator->low_rank->factor, n, vector, 1, 0.0, operator->work, 1);
  cblas_dgemv (CblasColMajor, CblasNoTrans, n, (blasint) operator->low_rank->rank, 1.0,
               operator->low_rank->factor, n, operator->work, 1, 0.0, product, 1);
}

/* The s_i for which s_i K_ij s_j has the wanted eigenvalues: for the walk P_ij = W_ij / k_i with
 * W_ij = K_ij / (g_i g_j)^alpha and k its row sums, s_i = g_i^-alpha k_i^-1/2. */
static void
find_scales (const Operator *operator, IpKernelForm form, double alpha, double *work, double *scale)
{
  size_t n = operator->n;

  for (size_t i = 0; i < n; i++)
    scale[i] = form == IP_KERNEL_DENSITY ? 1.0 / sqrt ((double) n) : 1.0;
  if (form == IP_KERNEL_DENSITY)
    return;

  multiply (operator, scale, work);
  for (size_t i = 0; i < n; i++)
    scale[i] = pow (work[i], -alpha);
  if (alpha != 0.0)
    multiply (operator, scale, work);
  for (size_t i = 0; i < n; i++)
    scale[i] = scale[i] / sqrt (scale[i] * work[i]);
}

static IpStatus
solve_low_rank (IpKernelSpectrum *spectrum,
                IpLowRank *low_rank,
                const double *scale,
                IpContext *context)
{
  size_t rank = low_rank->rank;
  double *product = malloc ((rank * rank + 1) * sizeof *product);
  double trace = 0.0;
  IpStatus status;

  if (product == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a kernel of rank %zu", rank);

  spectrum->residual = 0.0;
  for (size_t i = 0; i < low_rank->n; i++)
    {
      trace += scale[i] * scale[i];
      spectrum->residual += scale[i] * scale[i] * low_rank->residual[i];
    }
  spectrum->residual /= trace;

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

static IpStatus
try_factor (IpKernelSpectrum *spectrum,
            const IpGram *gram,
            IpKernelForm form,
            double alpha,
            double *scale,
            IpContext *context)
{
  size_t n = gram->matrix->rows;
  IpLowRank low_rank;
  bool found;
  IpStatus status = ip_low_rank_init (&low_rank, gram, IP_LOW_RANK_TOLERANCE,
                                      n / LARGEST_RANK_SHARE, &found, context);

  if (status == IP_STATUS_OK && found)
    {
      Operator operator = { .n = n, .low_rank = &low_rank };

      operator.work = malloc ((n + low_rank.rank) * sizeof (double));
      if (operator.work == NULL)
        status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a kernel");
      else
        find_scales (&operator, form, alpha, operator.work + low_rank.rank, scale);
      if (status == IP_STATUS_OK)
        status = solve_low_rank (spectrum, &low_rank, scale, context);
      free (operator.work);
    }

  ip_low_rank_clear (&low_rank);
  return status;
}

static IpStatus
solve_whole (IpKernelSpectrum *spectrum,
             const IpGram *gram,
             IpKernelForm form,
             double alpha,
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

  find_scales (&operator, form, alpha, spectrum->values, scale);
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++)
      kernel[i * n + j] *= scale[i] * scale[j];

  spectrum->n = n;
  return ip_eigenvalues (kernel, n, spectrum->values, context);
}

IpStatus
ip_kernel_spectrum_init (IpKernelSpectrum *spectrum,
                         const IpGram *gram,
                         IpKernelForm form,
                         double alpha,
                         bool try_low_rank,
                         const double *squared,
                         IpContext *context)
{
  size_t n = gram->matrix->rows;
  double *scale = malloc ((n + 1) * sizeof *scale);
  double *kernel = NULL;
  IpStatus status = IP_STATUS_OK;

  ip_blas_use_one_thread ();
  *spectrum = (IpKernelSpectrum) { 0 };
  spectrum->values = malloc ((n + 1) * sizeof *spectrum->values);
  if (spectrum->values == NULL || scale == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu eigenvalues", n);

  if (status == IP_STATUS_OK && try_low_rank && n > SMALL)
    status = try_factor (spectrum, gram, form, alpha, scale, context);
  if (status == IP_STATUS_OK && !spectrum->is_low_rank)
    {
      status = ip_kernel_spectrum_check_memory (n, 1, context);
      kernel = status == IP_STATUS_OK ? malloc (n * n * sizeof *kernel) : NULL;
      if (kernel != NULL)
        status = solve_whole (spectrum, gram, form, alpha, squared, kernel, scale, context);
      else if (status == IP_STATUS_OK)
        status = ip_fail (context, IP_STATUS_UNDEFINED, "No memory for a matrix of %zu samples", n);
    }

  free (kernel);
  free (scale);
  return status;
}

void
ip_kernel_spectrum_clear (IpKernelSpectrum *spectrum)
{
  free (spectrum->values);
  spectrum->values = NULL;
}

double
ip_kernel_spectrum_entropy (const IpKernelSpectrum *spectrum, double t)
{
  double sum = 0.0;
  double entropy = 0.0;

  for (size_t i = 0; i < spectrum->n; i++)
    sum += spectrum->values[i] > 0.0 ? pow (spectrum->values[i], t) : 0.0;
  for (size_t i = spectrum->n; i-- > 0;)
    {
      double p = spectrum->values[i] > 0.0 ? pow (spectrum->values[i], t) / sum : 0.0;

      entropy -= p > 0.0 ? p * log (p) : 0.0;
    }

  return entropy > 0.0 ? entropy : 0.0;
}

IpStatus
ip_kernel_spectrum_check_memory (size_t n, unsigned matrices, IpContext *context)
{
  double bytes = 8.0 * (double) matrices * (double) n * (double) n;

  if (context != NULL && context->memory > 0 && bytes > (double) context->memory)
    return ip_fail (context, IP_STATUS_UNDEFINED,
                    "Kernel matrices of %zu samples need %.1f MiB of memory, %.1f MiB are allowed",
                    n, bytes / 1048576.0, (double) context->memory / 1048576.0);

  return IP_STATUS_OK;
}
