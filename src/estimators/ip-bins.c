/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-bins.h"

#include <math.h>
#include <string.h>

/* A discrete variable: its cells, its entropy and the entropy with the Miller-Madow correction. */
typedef struct
{
  IpPartition cells;
  double entropy;
  double corrected;
} Variable;

static void
measure (Variable *variable)
{
  variable->entropy = ip_partition_entropy (&variable->cells);
  variable->corrected = variable->entropy;
  if (variable->cells.classes > 1)
    variable->corrected
      += ((double) variable->cells.classes - 1.0) / (2.0 * (double) variable->cells.n);
}

/* The cells stay whose they are. */
static Variable
borrow (const IpPartition *cells)
{
  Variable variable = { .cells = *cells };

  measure (&variable);
  return variable;
}

static IpStatus
join (Variable *joint, const Variable *a, const Variable *b, IpContext *context)
{
  IpStatus status = ip_partition_init_joint (&joint->cells, &a->cells, &b->cells, context);

  if (status == IP_STATUS_OK)
    measure (joint);
  return status;
}

static double
clamp (double value, double ceiling)
{
  return value < 0.0 ? 0.0 : value > ceiling ? ceiling : value;
}

static void
set_value (IpEstimate *estimate, IpQuantity quantity, double number, double ceiling, unsigned flags)
{
  IpValue *value = ip_estimate_get (estimate, quantity);

  if (value == NULL)
    return;

  value->value = number;
  value->ceiling = ceiling;
  value->flags |= flags;
}

static IpStatus
fill_entropy_and_input (const IpSample *sample,
                        const Variable *t,
                        IpEstimate *estimate,
                        IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  unsigned flags = set->has_discrete_inputs ? 0 : IP_FLAG_INFINITE;
  double log_n = log ((double) sample->n);
  double information = t->entropy;
  double corrected = t->corrected;

  set_value (estimate, IP_QUANTITY_H_T, t->entropy, log_n, 0);
  set_value (estimate, IP_QUANTITY_H_T_MM, t->corrected, log_n, 0);

  if (set->has_repeated_inputs)
    {
      Variable x = borrow (&set->inputs);
      Variable tx;
      IpStatus status = join (&tx, t, &x, context);

      if (status != IP_STATUS_OK)
        return status;
      information = clamp (t->entropy + x.entropy - tx.entropy, fmin (t->entropy, x.entropy));
      corrected = t->corrected + x.corrected - tx.corrected;
      ip_partition_clear (&tx.cells);
    }

  set_value (estimate, IP_QUANTITY_MI_XT, information, set->input_entropy, flags);
  set_value (estimate, IP_QUANTITY_MI_XT_MM, corrected, set->input_entropy, flags);
  return IP_STATUS_OK;
}

/* H(T|Y) - H(T|X,Y) of H(X|Y); the second entropy is there only where inputs repeat. */
static IpStatus
fill_input_given_label (const IpSample *sample,
                        const Variable *y,
                        const Variable *ty,
                        IpEstimate *estimate,
                        IpContext *context)
{
  const IpEvaluationSet *set = sample->set;
  double ceiling = set->input_entropy - y->entropy;
  double information = ty->entropy - y->entropy;
  double corrected = ty->corrected - y->corrected;
  unsigned flags = set->has_discrete_inputs ? 0 : IP_FLAG_INFINITE;

  if (ip_estimate_get (estimate, IP_QUANTITY_MI_XT_GIVEN_Y) == NULL)
    return IP_STATUS_OK;

  if (set->has_repeated_inputs)
    {
      Variable x = borrow (&set->inputs);
      Variable xy = { 0 };
      Variable txy = { 0 };
      IpStatus status = join (&xy, &x, y, context);

      if (status == IP_STATUS_OK)
        status = join (&txy, &xy, ty, context);
      ceiling = xy.entropy - y->entropy;
      information -= txy.entropy - xy.entropy;
      corrected -= txy.corrected - xy.corrected;
      ip_partition_clear (&xy.cells);
      ip_partition_clear (&txy.cells);
      if (status != IP_STATUS_OK)
        return status;
    }

  set_value (estimate, IP_QUANTITY_MI_XT_GIVEN_Y, clamp (information, ceiling), ceiling, flags);
  set_value (estimate, IP_QUANTITY_MI_XT_GIVEN_Y_MM, corrected, ceiling, flags);
  return IP_STATUS_OK;
}

static IpStatus
fill_label (const IpSample *sample, const Variable *t, IpEstimate *estimate, IpContext *context)
{
  Variable y;
  Variable ty;
  IpStatus status;

  if (!sample->set->has_labels)
    return IP_STATUS_OK;

  y = borrow (&sample->set->labels);
  status = join (&ty, t, &y, context);
  if (status != IP_STATUS_OK)
    return status;

  set_value (estimate, IP_QUANTITY_MI_TY,
             clamp (t->entropy + y.entropy - ty.entropy, fmin (t->entropy, y.entropy)), y.entropy,
             0);
  set_value (estimate, IP_QUANTITY_MI_TY_MM, t->corrected + y.corrected - ty.corrected, y.entropy,
             0);
  status = fill_input_given_label (sample, &y, &ty, estimate, context);

  ip_partition_clear (&ty.cells);
  return status;
}

static IpStatus
fill (const IpSample *sample,
      const IpPartition *patterns,
      IpEstimate *estimate,
      IpContext *context)
{
  Variable t = borrow (patterns);
  IpStatus status = fill_entropy_and_input (sample, &t, estimate, context);

  if (status == IP_STATUS_OK)
    status = fill_label (sample, &t, estimate, context);
  if (patterns->classes * IP_FEW > sample->n)
    for (unsigned i = 0; i < estimate->n_values; i++)
      estimate->values[i].flags |= IP_FLAG_N_SMALL;

  return status;
}

static void
set_outside (const IpSample *sample, IpEstimate *estimate, size_t outside)
{
  if (outside == 0)
    return;

  estimate->clipped = (double) outside / ((double) sample->n * (double) sample->d);
  for (unsigned i = 0; i < estimate->n_values; i++)
    estimate->values[i].flags |= IP_FLAG_CLIPPED;
}

IpStatus
ip_bins_run_and_keep (IpSample *sample,
                      IpDigitiser digitiser,
                      const void *self,
                      IpPartition *patterns,
                      IpEstimate *estimate,
                      IpContext *context)
{
  IpRowHash rows;
  size_t outside = 0;
  IpStatus status = ip_row_hash_init (&rows, sample->n, context);

  *patterns = (IpPartition){ 0 };
  if (status == IP_STATUS_OK && !ip_sample_is_constant (sample))
    status = ip_digitise (&sample->source.activations, digitiser, self, &rows, &outside, context);
  if (status == IP_STATUS_OK)
    status = ip_row_hash_partition (&rows, patterns, context);
  ip_row_hash_clear (&rows);

  if (status == IP_STATUS_OK)
    status = fill (sample, patterns, estimate, context);
  if (status == IP_STATUS_OK)
    set_outside (sample, estimate, outside);
  return status;
}

IpStatus
ip_bins_run (IpSample *sample,
             IpDigitiser digitiser,
             const void *self,
             IpEstimate *estimate,
             IpContext *context)
{
  IpPartition patterns;
  IpStatus status
    = ip_bins_run_and_keep (sample, digitiser, self, &patterns, estimate, context);

  ip_partition_clear (&patterns);
  return status;
}

IpStatus
ip_bins_run_between (IpSample *sample,
                     const double *edge,
                     size_t n,
                     IpEstimate *estimate,
                     IpContext *context)
{
  IpEdges edges;
  IpStatus status = ip_edges_init (&edges, edge, n, context);

  if (status == IP_STATUS_OK)
    status = ip_bins_run (sample, ip_edges_digitise, &edges, estimate, context);

  ip_edges_clear (&edges);
  return status;
}

double
ip_bins_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return (double) n * (1e-9 * (double) d + 1e-7);
}

size_t
ip_bins_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 80 * n + 32 * d;
}

double
ip_bins_sorting_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 3e-4 + (double) n * (6e-9 * (double) d + 3e-7);
}

size_t
ip_bins_sorting_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return ((size_t) 2 << 20) + 80 * n + 16 * n * d;
}
