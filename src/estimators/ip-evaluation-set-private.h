/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-evaluation-set.h"
#include "ip-partition.h"

#include <stdbool.h>
#include <threads.h>

/* An entropy of the kernel of X, computed once per run. */
typedef struct
{
  double rate;
  double order;
  double entropy;
} IpInputEntropy;

#define IP_MAX_INPUT_ENTROPIES 16

/* Typical distances between the rows of a matrix, 0 until wanted; see ip-width.h. */
typedef struct
{
  double median;
  double neighbour; /* mean distance to neighbour number k */
  size_t k;
} IpDistances;

struct _IpEvaluationSet
{
  size_t n;

  bool has_inputs;
  bool has_repeated_inputs;
  bool has_discrete_inputs; /* whole numbers only */
  IpPartition inputs;       /* distinct rows of X; only with repeated inputs */
  double input_entropy;

  /* X itself, for kernels; data NULL when X is unknown, not finite or huge. */
  IpMatrix input_matrix;
  double *input_mean; /* of its columns */
  mtx_t lock;            /* of what follows */
  IpDistances input_distances;
  unsigned n_input_entropies;
  IpInputEntropy input_entropies[IP_MAX_INPUT_ENTROPIES];

  bool has_labels;
  IpPartition labels;
  double label_entropy;

  /* Samples sorted by class, in their own order within a class; without labels, all are one class.
   * class_end[position] is the position behind the class of the sample there. */
  uint32_t *order;
  uint32_t *class_end;
};
