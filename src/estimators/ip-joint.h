/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator-private.h"

/* T and X, or T and Y, side by side, each scaled so that
 *
 *   exp (-|joint_i - joint_j|^2) = exp (-rate_t |t_i - t_j|^2) exp (-rate_x |x_i - x_j|^2):
 *
 * the product of two Gaussian kernels is one Gaussian kernel over more columns. */
typedef struct
{
  IpMatrix matrix; /* [N x (d + d_x)], double precision; block by block where T is */
  double *mean;
  const IpMatrix *t;
  const IpMatrix *x; /* the other of the two */
  double factor_t;
  double factor_x;
  double *data;
  IpColumnSource source;
} IpJoint;

/* Must not be moved afterwards. */
IpStatus ip_joint_init (IpJoint *joint,
                        const IpSample *sample,
                        const IpVariable *other,
                        double rate_t,
                        double rate_x,
                        IpContext *context);
void ip_joint_clear (IpJoint *joint);
