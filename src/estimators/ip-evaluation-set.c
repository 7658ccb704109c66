/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-evaluation-set-private.h"

#include "ip-clusters.h"
#include "ip-columns.h"
#include "ip-gram.h"
#include "ip-spectra.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inputs and targets beyond this are not kept: kernels of whole videos say nothing. */
#define LARGEST_VARIABLE ((size_t) 256 * 1024 * 1024)

static bool
is_whole (const IpMatrix *matrix)
{
  for (size_t row = 0; row < matrix->rows; row++)
    for (size_t column = 0; column < matrix->columns; column++)
      {
        double value = ip_matrix_get (matrix, row, column);

        if (value != nearbyint (value))
          return false;
      }

  return true;
}

static IpStatus
init_variable (IpVariable *variable, const IpMatrix *matrix, IpContext *context)
{
  size_t element = matrix->element == IP_ELEMENT_FLOAT32 ? sizeof (float) : sizeof (double);
  size_t row = matrix->columns * element;
  double *variance = NULL;
  IpExtremes extremes;
  char *copy;
  IpStatus status = ip_columns_find_extremes (matrix, &extremes, context);

  if (status != IP_STATUS_OK || extremes.bad_rows > 0 || matrix->rows * row > LARGEST_VARIABLE)
    return status;

  copy = malloc (matrix->rows * row + 1);
  variance = malloc ((matrix->columns + 1) * sizeof *variance);
  variable->mean = malloc ((matrix->columns + 1) * sizeof *variable->mean);
  variable->matrix = *matrix;
  variable->matrix.stride = matrix->columns;
  variable->matrix.data = copy;
  if (copy == NULL || variance == NULL || variable->mean == NULL)
    {
      free (variance);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for inputs or targets");
    }

  for (size_t i = 0; i < matrix->rows; i++)
    memcpy (copy + i * row, (const char *) matrix->data + i * matrix->stride * element, row);
  status = ip_columns_find_moments (&variable->matrix, variable->mean, variance, context);
  free (variance);
  return status;
}

static IpStatus
take_inputs (IpEvaluationSet *set, const IpMatrix *inputs, IpContext *context)
{
  IpStatus status;

  set->input_entropy = log ((double) set->n);
  if (inputs == NULL)
    return IP_STATUS_OK;

  if (inputs->rows != set->n)
    return ip_fail (context, IP_STATUS_INVALID, "%zu rows of inputs for %zu samples", inputs->rows,
                    set->n);

  status = ip_partition_init_from_rows (&set->inputs, inputs, context);
  if (status != IP_STATUS_OK)
    return status;

  set->has_inputs = true;
  set->has_discrete_inputs = is_whole (inputs);
  set->has_repeated_inputs = set->inputs.classes < set->n;
  set->input_entropy = ip_partition_entropy (&set->inputs);
  if (!set->has_repeated_inputs)
    ip_partition_clear (&set->inputs);

  return init_variable (&set->x, inputs, context);
}

static IpStatus
take_labels (IpEvaluationSet *set, const uint32_t *labels, IpContext *context)
{
  IpStatus status;

  set->label_entropy = NAN;
  if (labels == NULL)
    return IP_STATUS_OK;

  status = ip_partition_init_from_labels (&set->labels, labels, set->n, context);
  set->has_labels = status == IP_STATUS_OK;
  set->label_entropy = ip_partition_entropy (&set->labels);
  return status;
}

static IpStatus
sort_by_class (IpEvaluationSet *set, IpContext *context)
{
  size_t classes = set->has_labels ? set->labels.classes : 1;
  uint32_t *end = calloc (classes + 1, sizeof *end);

  set->order = malloc ((set->n + 1) * sizeof *set->order);
  set->class_end = malloc ((set->n + 1) * sizeof *set->class_end);
  if (end == NULL || set->order == NULL || set->class_end == NULL)
    {
      free (end);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %zu samples", set->n);
    }

  /* end[c + 1] runs from the start of class c to its end. */
  if (set->has_labels)
    for (size_t c = 0; c + 1 < classes; c++)
      end[c + 1] = end[c] + set->labels.count[c];
  for (size_t i = 0; i < set->n; i++)
    set->order[end[set->has_labels ? set->labels.code[i] : 0]++] = i;
  for (size_t at = 0; at < set->n; at++)
    set->class_end[at] = end[set->has_labels ? set->labels.code[set->order[at]] : 0];

  free (end);
  return IP_STATUS_OK;
}

IpEvaluationSet *
ip_evaluation_set_new (size_t n, const IpMatrix *inputs, const uint32_t *labels, IpContext *context)
{
  IpEvaluationSet *set;

  if (n >= UINT32_MAX)
    {
      ip_fail (context, IP_STATUS_INVALID, "%zu samples are more than can be counted", n);
      return NULL;
    }

  set = calloc (1, sizeof *set);
  if (set == NULL)
    return NULL;

  set->n = n;
  mtx_init (&set->lock, mtx_plain);
  if (take_inputs (set, inputs, context) != IP_STATUS_OK
      || take_labels (set, labels, context) != IP_STATUS_OK
      || sort_by_class (set, context) != IP_STATUS_OK)
    {
      ip_evaluation_set_free (set);
      return NULL;
    }

  return set;
}

IpStatus
ip_evaluation_set_add_targets (IpEvaluationSet *set, const IpMatrix *targets, IpContext *context)
{
  if (targets->rows != set->n)
    return ip_fail (context, IP_STATUS_INVALID, "%zu rows of targets for %zu samples",
                    targets->rows, set->n);

  return init_variable (&set->y, targets, context);
}

/* Row sums of a kernel of X or Y. */
typedef struct
{
  IpIntermediate base;
  IpKernelSums sums;
} Sums;

typedef struct
{
  const IpEvaluationSet *set;
  const IpVariable *variable;
  double rate;
} SumsRequest;

static bool
sums_fit (const void *intermediate, const void *data)
{
  const SumsRequest *request = data;

  return ((const Sums *) intermediate)->sums.rate == request->rate;
}

static IpStatus
sums_compute (void *intermediate, const void *data, IpContext *context)
{
  const SumsRequest *request = data;
  const IpEvaluationSet *set = request->set;
  IpKernelSums *sums = &((Sums *) intermediate)->sums;
  IpGram gram = { &request->variable->matrix, request->variable->mean, set->order, set->class_end,
                  request->rate, 1.0 };
  IpStatus status = ip_kernel_sums_init (sums, request->rate, 1, set->n, context);

  return status == IP_STATUS_OK ? ip_gram_fill_sums (&gram, sums, 1, context) : status;
}

static void
sums_clear (void *intermediate)
{
  ip_kernel_sums_clear (&((Sums *) intermediate)->sums);
}

static const IpIntermediateKind sums_kind
  = { "kernel sums", sizeof (Sums), sums_fit, sums_compute, sums_clear };

IpStatus
ip_evaluation_set_get_sums (const IpEvaluationSet *set,
                            const IpVariable *variable,
                            double rate,
                            IpKernelSums *sums,
                            IpContext *context)
{
  IpEvaluationSet *shared = (IpEvaluationSet *) set;
  SumsRequest request = { set, variable, rate };
  const void *found;
  IpStatus status = ip_intermediates_get (&((IpVariable *) variable)->sums, &shared->lock,
                                          &sums_kind, &request, &found, context);

  if (status == IP_STATUS_OK)
    *sums = ((const Sums *) found)->sums;
  return status;
}

/* Groups of the rows of X. */
typedef struct
{
  IpIntermediate base;
  size_t k;
  uint64_t seed;
  IpPartition cells;
} Clusters;

typedef struct
{
  const IpEvaluationSet *set;
  size_t k;
  uint64_t seed;
} ClustersRequest;

static bool
clusters_fit (const void *intermediate, const void *data)
{
  const Clusters *clusters = intermediate;
  const ClustersRequest *request = data;

  return clusters->k == request->k && clusters->seed == request->seed;
}

static IpStatus
clusters_compute (void *intermediate, const void *data, IpContext *context)
{
  Clusters *clusters = intermediate;
  const ClustersRequest *request = data;
  size_t n = request->set->n;
  uint32_t *label = malloc ((n + 1) * sizeof *label);
  IpStatus status;

  clusters->k = request->k;
  clusters->seed = request->seed;
  if (label == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for clusters of the inputs");

  status = ip_clusters_find (&request->set->x.matrix, request->k, request->seed, label, context);
  if (status == IP_STATUS_OK)
    status = ip_partition_init_from_labels (&clusters->cells, label, n, context);
  free (label);
  return status;
}

static void
clusters_clear (void *intermediate)
{
  ip_partition_clear (&((Clusters *) intermediate)->cells);
}

static const IpIntermediateKind clusters_kind
  = { "clusters of the inputs", sizeof (Clusters), clusters_fit, clusters_compute, clusters_clear };

IpStatus
ip_evaluation_set_get_input_clusters (const IpEvaluationSet *set,
                                      size_t k,
                                      uint64_t seed,
                                      const IpPartition **cells,
                                      IpContext *context)
{
  IpEvaluationSet *shared = (IpEvaluationSet *) set;
  ClustersRequest request = { set, k, seed };
  const void *found;
  IpStatus status = ip_intermediates_get (&shared->input_clusters, &shared->lock, &clusters_kind,
                                          &request, &found, context);

  if (status == IP_STATUS_OK)
    *cells = &((const Clusters *) found)->cells;
  return status;
}

static void
clear_variable (IpVariable *variable)
{
  free ((void *) variable->matrix.data);
  free (variable->mean);
  ip_intermediates_free (variable->sums, &sums_kind);
}

void
ip_evaluation_set_free (IpEvaluationSet *set)
{
  if (set == NULL)
    return;

  ip_partition_clear (&set->inputs);
  ip_partition_clear (&set->labels);
  clear_variable (&set->x);
  clear_variable (&set->y);
  free (set->order);
  free (set->class_end);
  ip_spectra_free (set->input_spectra);
  ip_intermediates_free (set->input_clusters, &clusters_kind);
  mtx_destroy (&set->lock);
  free (set);
}

size_t
ip_evaluation_set_get_n (const IpEvaluationSet *set)
{
  return set->n;
}

double
ip_evaluation_set_get_input_entropy (const IpEvaluationSet *set)
{
  return set->input_entropy;
}

double
ip_evaluation_set_get_label_entropy (const IpEvaluationSet *set)
{
  return set->label_entropy;
}
