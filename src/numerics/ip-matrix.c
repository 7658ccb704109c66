/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-matrix.h"

static size_t
get_element_size (const IpMatrix *matrix)
{
  return matrix->element == IP_ELEMENT_FLOAT32 ? sizeof (float) : sizeof (double);
}

IpStatus
ip_matrix_get_columns (const IpMatrix *matrix,
                       size_t first,
                       size_t count,
                       IpMatrix *block,
                       IpContext *context)
{
  if (matrix->source != NULL)
    return matrix->source->read (matrix->source->data, first, count, block, context);

  *block = *matrix;
  block->data = (const char *) matrix->data + first * get_element_size (matrix);
  block->columns = count;
  return IP_STATUS_OK;
}

IpStatus
ip_matrix_get_block (const IpMatrix *matrix, size_t first, IpMatrix *block, IpContext *context)
{
  size_t count = matrix->columns - first;

  if (matrix->source != NULL && count > matrix->source->width)
    count = matrix->source->width;
  return ip_matrix_get_columns (matrix, first, count, block, context);
}

void
ip_matrix_copy_scaled (const IpMatrix *matrix, double factor, double *to, size_t stride)
{
  for (size_t i = 0; i < matrix->rows; i++)
    for (size_t j = 0; j < matrix->columns; j++)
      to[i * stride + j] = factor * ip_matrix_get (matrix, i, j);
}

IpStatus
ip_matrix_check_whole (const IpMatrix *matrix, IpContext *context)
{
  double bytes = (double) matrix->rows * (double) matrix->columns
                 * (double) get_element_size (matrix);

  if (matrix->source != NULL)
    return ip_fail (context, IP_STATUS_UNDEFINED,
                    "This needs all activations in memory, %.1f MiB, which are more than allowed",
                    bytes / 1048576.0);

  return IP_STATUS_OK;
}
