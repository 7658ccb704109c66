/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-evaluation-set.h"
#include "ip-intermediates.h"
#include "ip-kernel-sums.h"
#include "ip-partition.h"

#include <stdbool.h>
#include <threads.h>

/* Typical distances between the rows of a matrix, 0 until wanted; see ip-width.h. */
typedef struct
{
  double median;
  double neighbour; /* mean distance to neighbour number k */
  size_t k;
} IpDistances;

/* What T is compared with by kernels: the inputs X, or real-valued targets Y. */
typedef struct
{
  IpMatrix matrix; /* data NULL when it is unknown, not finite or huge */
  double *mean;    /* of its columns */
  IpDistances distances;
  IpIntermediate *sums; /* of kernels, one for each rate */
} IpVariable;

struct _IpEvaluationSet
{
  size_t n;

  bool has_inputs;
  bool has_repeated_inputs;
  bool has_discrete_inputs; /* whole numbers only */
  IpPartition inputs;       /* distinct rows of X; only with repeated inputs */
  double input_entropy;

  IpVariable x;
  IpVariable y;
  mtx_t lock; /* of what follows, and of what is computed of x and y */
  IpIntermediate *input_spectra; /* see ip-spectra.h */
  IpIntermediate *input_clusters;

  bool has_labels;
  IpPartition labels;
  double label_entropy;

  /* Samples sorted by class, in their own order within a class; without labels, all are one class.
   * class_end[position] is the position behind the class of the sample there. */
  uint32_t *order;
  uint32_t *class_end;
};

/* Row sums of exp (-rate D) over the rows of x or y, once per run; the sums stay the set's. */
IpStatus ip_evaluation_set_get_sums (const IpEvaluationSet *set,
                                     const IpVariable *variable,
                                     double rate,
                                     IpKernelSums *sums,
                                     IpContext *context);

/* At most k groups of the rows of X (ip-clusters.h), once per run; the cells stay the set's. */
IpStatus ip_evaluation_set_get_input_clusters (const IpEvaluationSet *set,
                                               size_t k,
                                               uint64_t seed,
                                               const IpPartition **cells,
                                               IpContext *context);
