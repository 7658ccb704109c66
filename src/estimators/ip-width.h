/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator-private.h"

/* How wide a Gaussian kernel is.  Estimators with a kernel have four parameters for it, in this
 * order:
 *
 *   rule     fixed: sigma, as given
 *            median: `factor` times the median distance between samples, of at most 1000 of them
 *            taken at even intervals
 *            knn: the mean distance of a sample to its k-th nearest neighbour
 *   sigma, factor, k
 *
 * Median and knn follow the scale of a layer, so that layers and epochs compare.  Each is found
 * once for a layer and once for the inputs and the targets of a run. */
typedef enum
{
  IP_WIDTH_FIXED,
  IP_WIDTH_MEDIAN,
  IP_WIDTH_NEIGHBOURS,
} IpWidthRule;

extern const char *const ip_width_rule_ids[];
extern const char *const ip_width_rule_titles[];

/* The rows of a parameter table whose first is number RULE. */
#define IP_WIDTH_RULE_ROW                                                                          \
  { "rule", N_ ("Kernel width"), N_ ("Whether the width is given or follows the data"),            \
    IP_PARAMETER_CHOICE, IP_WIDTH_FIXED, 0, 2, false, ip_width_rule_ids, ip_width_rule_titles, -1, \
    0 }
#define IP_WIDTH_SIGMA_ROW(RULE, standard)                                                         \
  { "sigma", N_ ("Width"), N_ ("Standard deviation of the Gaussian kernel"), IP_PARAMETER_REAL,    \
    standard, 1e-6, 1e6, true, NULL, NULL, RULE, IP_WIDTH_FIXED }
#define IP_WIDTH_FACTOR_ROW(RULE)                                                                  \
  { "factor", N_ ("Relative width"),                                                               \
    N_ ("Width as a multiple of the median distance between samples"), IP_PARAMETER_REAL, 1, 1e-3, \
    1e3, true, NULL, NULL, RULE, IP_WIDTH_MEDIAN }
#define IP_WIDTH_K_ROW(RULE)                                                                       \
  { "k", N_ ("Neighbours k"), N_ ("The width is the mean distance to this nearest neighbour"),     \
    IP_PARAMETER_INTEGER, 10, 1, 1000, true, NULL, NULL, RULE, IP_WIDTH_NEIGHBOURS }

typedef struct
{
  IpWidthRule rule;
  double sigma;
  double factor;
  size_t k;
} IpWidth;

/* From the value of "rule" and the three behind it. */
IpWidth ip_width_init (const double *parameters);

/* The width for the layer; fails with IP_STATUS_UNDEFINED where it would be zero. */
IpStatus
ip_width_find (IpSample *sample, const IpWidth *width, double *sigma, IpContext *context);

/* The same for the inputs or the targets of a set. */
IpStatus ip_width_find_for_variable (const IpEvaluationSet *set,
                                     const IpVariable *variable,
                                     const IpWidth *width,
                                     double *sigma,
                                     IpContext *context);

/* The same for any matrix, found anew. */
IpStatus ip_width_find_for_matrix (const IpMatrix *matrix,
                                   const IpWidth *width,
                                   double *sigma,
                                   IpContext *context);

/* exp (-rate D) is the kernel of standard deviation sigma. */
static inline double
ip_width_to_rate (double sigma)
{
  return 0.5 / (sigma * sigma);
}

/* Says "kernel width 0.12" where the blur is told. */
void ip_width_describe (double sigma, IpEstimate *estimate);
