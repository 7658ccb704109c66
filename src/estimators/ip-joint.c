/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-joint.h"

#include <math.h>
#include <stdlib.h>

static void
copy_scaled (const IpMatrix *from, double factor, double *to, size_t stride)
{
  for (size_t i = 0; i < from->rows; i++)
    for (size_t j = 0; j < from->columns; j++)
      to[i * stride + j] = factor * ip_matrix_get (from, i, j);
}

IpStatus
ip_joint_init (IpJoint *joint,
               const IpSample *sample,
               double rate_t,
               double rate_x,
               IpContext *context)
{
  const IpMatrix *t = &sample->source.activations;
  const IpMatrix *x = &sample->set->input_matrix;
  size_t columns = t->columns + x->columns;
  double *data = malloc ((t->rows * columns + 1) * sizeof *data);
  double *variance = malloc ((columns + 1) * sizeof *variance);
  IpStatus status;

  joint->mean = malloc ((columns + 1) * sizeof *joint->mean);
  joint->matrix = (IpMatrix) { data, t->rows, columns, columns, IP_ELEMENT_FLOAT64 };
  if (data == NULL || variance == NULL || joint->mean == NULL)
    {
      status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for layer and inputs");
    }
  else
    {
      copy_scaled (t, sqrt (rate_t), data, columns);
      copy_scaled (x, sqrt (rate_x), data + t->columns, columns);
      status = ip_columns_find_moments (&joint->matrix, joint->mean, variance, context);
    }

  free (variance);
  return status;
}

void
ip_joint_clear (IpJoint *joint)
{
  free ((void *) joint->matrix.data);
  free (joint->mean);
  joint->matrix.data = NULL;
  joint->mean = NULL;
}
