/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-entry-entropy.h"

#include <math.h>
#include <stdlib.h>

/* sums: [n] */
static void
sum_rows (const double *matrix, size_t n, double *sums)
{
  for (size_t i = 0; i < n; i++)
    sums[i] = 0.0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++)
      {
        sums[i] += matrix[i * n + j];
        sums[j] += j > i ? matrix[i * n + j] : 0.0;
      }
}

static double
find_row_entropy (const double *walk, size_t n, size_t i, double sum)
{
  double entropy = 0.0;

  for (size_t j = 0; j < n; j++)
    {
      double p = walk[i < j ? i * n + j : j * n + i] / sum;

      entropy -= p > 0.0 ? p * log (p) : 0.0;
    }
  return entropy;
}

IpStatus
ip_entry_entropy (double *kernel, size_t n, double *entropy, IpContext *context)
{
  double *sums = malloc (n * sizeof *sums);
  IpStatus status = IP_STATUS_OK;

  if (sums == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", n);

  sum_rows (kernel, n, sums);
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++)
      kernel[i * n + j] /= sqrt (sums[i] * sums[j]);
  sum_rows (kernel, n, sums);

  *entropy = log ((double) n);
  for (size_t i = 0; i < n && status == IP_STATUS_OK; i++)
    {
      *entropy += find_row_entropy (kernel, n, i, sums[i]) / (double) n;
      if (i % 64 == 0 && ip_context_is_cancelled (context))
        status = IP_STATUS_CANCELLED;
    }

  free (sums);
  return status;
}
