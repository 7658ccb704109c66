/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-plan.h"
#include "ip-table.h"

/* How estimates go together with what training gave: for every layer, estimator and quantity the
 * coefficients of Pearson, Spearman and Kendall with a metric, over all runs and epochs that both
 * exist for, with bootstrap intervals of 95 % that take the pairs for independent. */

G_BEGIN_DECLS

/* The generalisation gap: test_loss less train_loss. */
#define IP_METRIC_GAP "gap"

/* One value per snapshot, NULL when the dump has no such metric. (transfer full) */
double *ip_metric_find (IpDump *dump, const char *name);

/* estimates: those of each cell of the plan.  One row per coefficient: layer, estimator,
 * parameters, quantity, metric, coefficient, value, lower, upper, n (pairs), runs. (transfer full)
 */
GBytes *ip_correlation_table_new (const IpPlan *plan,
                                  IpEstimate *const *estimates,
                                  const char *metric,
                                  guint64 seed,
                                  IpTableFormat format);

G_END_DECLS
