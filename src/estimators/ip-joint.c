/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-joint.h"

#include <math.h>
#include <stdlib.h>

static IpStatus
read_columns (void *data, size_t first, size_t count, IpMatrix *block, IpContext *context)
{
  IpJoint *joint = data;
  size_t end = first + count;
  size_t d = joint->t->columns;
  IpStatus status = IP_STATUS_OK;
  IpMatrix part;

  if (first < d)
    {
      status = ip_matrix_get_columns (joint->t, first, (end < d ? end : d) - first, &part, context);
      if (status == IP_STATUS_OK)
        ip_matrix_copy_scaled (&part, joint->factor_t, joint->data, count);
    }
  if (end > d && status == IP_STATUS_OK)
    {
      size_t from = first > d ? first - d : 0;

      status = ip_matrix_get_columns (joint->x, from, end - d - from, &part, context);
      if (status == IP_STATUS_OK)
        ip_matrix_copy_scaled (&part, joint->factor_x, joint->data + (d + from - first), count);
    }

  *block = (IpMatrix) { joint->data, joint->t->rows, count, count, IP_ELEMENT_FLOAT64 };
  return status;
}

IpStatus
ip_joint_init (IpJoint *joint,
               const IpSample *sample,
               const IpVariable *other,
               double rate_t,
               double rate_x,
               IpContext *context)
{
  const IpMatrix *t = &sample->source.activations;
  const IpMatrix *x = &other->matrix;
  size_t columns = t->columns + x->columns;
  size_t width = t->source != NULL && t->source->width < columns ? t->source->width : columns;
  double *variance = malloc ((columns + 1) * sizeof *variance);
  IpStatus status;

  *joint = (IpJoint) { .t = t, .x = x, .factor_t = sqrt (rate_t), .factor_x = sqrt (rate_x) };
  joint->source = (IpColumnSource) { width, read_columns, joint };
  joint->matrix = (IpMatrix) { NULL, t->rows, columns, columns, IP_ELEMENT_FLOAT64, NULL };
  joint->mean = malloc ((columns + 1) * sizeof *joint->mean);
  joint->data = malloc ((t->rows * width + 1) * sizeof *joint->data);
  if (joint->data == NULL || variance == NULL || joint->mean == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY,
                      "Out of memory for a layer beside inputs or targets");
  else if (t->source != NULL)
    {
      joint->matrix.source = &joint->source;
      status = IP_STATUS_OK;
    }
  else
    status = read_columns (joint, 0, columns, &joint->matrix, context);
  if (status == IP_STATUS_OK)
    status = ip_columns_find_moments (&joint->matrix, joint->mean, variance, context);

  free (variance);
  return status;
}

void
ip_joint_clear (IpJoint *joint)
{
  free (joint->data);
  free (joint->mean);
  joint->data = NULL;
  joint->mean = NULL;
}
