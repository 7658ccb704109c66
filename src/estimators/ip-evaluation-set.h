/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

#include <stddef.h>
#include <stdint.h>

/* The fixed evaluation set of a run: the inputs X and labels Y of which every snapshot holds the
 * activations.  What is derived from X or Y alone is computed once here and shared by all samples
 * of the run.  Immutable after creation but for lazily computed intermediates behind a lock of its
 * own, hence safe to use from any thread. */
typedef struct _IpEvaluationSet IpEvaluationSet;

/* n: number of samples N.
 * inputs: N x anything, or NULL when the dump holds none (then all inputs count as distinct).
 * labels: N class numbers, or NULL when there are none or they are not classes.
 * Everything is copied that is needed later.  Returns NULL when memory runs out; free with
 * ip_evaluation_set_free(). */
IpEvaluationSet *ip_evaluation_set_new (size_t n,
                                        const IpMatrix *inputs,
                                        const uint32_t *labels,
                                        IpContext *context);
void ip_evaluation_set_free (IpEvaluationSet *set);

/* Adds the numbers that a regression is to predict, N x any, which are copied; only while nobody
 * else has the set.  As with inputs, what is not finite or huge counts as unknown. */
IpStatus ip_evaluation_set_add_targets (IpEvaluationSet *set,
                                        const IpMatrix *targets,
                                        IpContext *context);

size_t ip_evaluation_set_get_n (const IpEvaluationSet *set);

/* Entropy of the empirical distribution of X over distinct rows, in nats: log N when all inputs
 * differ or are unknown.  The ceiling of I(X;T). */
double ip_evaluation_set_get_input_entropy (const IpEvaluationSet *set);

/* H(Y) in nats, NAN without classes.  The ceiling of I(T;Y). */
double ip_evaluation_set_get_label_entropy (const IpEvaluationSet *set);
