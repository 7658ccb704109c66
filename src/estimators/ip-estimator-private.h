/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-columns.h"
#include "ip-estimator.h"
#include "ip-evaluation-set-private.h"
#include "ip-gram.h"
#include "ip-kernel-sums.h"
#include "ip-partition.h"

/* Marks a text for translation; whoever shows it translates. */
#define N_(text) (text)

#define IP_N_ELEMENTS(array) (sizeof (array) / sizeof *(array))

/* Fewer samples than this in an occupied bin or class, on average, are flagged as too few. */
#define IP_FEW 10

struct _IpSample
{
  IpSampleSource source;
  const IpEvaluationSet *set;
  size_t n;
  size_t d;
  IpExtremes extremes;

  double *mean; /* [d], NULL until wanted */
  double mean_variance;
  IpDistances distances;
  IpIntermediate *spectra;

  double *squared; /* [n x n] distances in the triangle column >= row, NULL until wanted */
  bool wants_squared;
  size_t spare; /* bytes that the request at work leaves of what is granted */

  IpKernelSums *sums; /* the first n_done are filled, n_wanted follow */
  size_t n_done;
  size_t n_wanted;
};

/* All activations have one value, or there are none. */
static inline bool
ip_sample_is_constant (const IpSample *sample)
{
  return sample->extremes.dead_columns == sample->d;
}

/* Column means and the mean of the units' population variances. */
IpStatus ip_sample_find_moments (IpSample *sample, IpContext *context);

/* Fails with IP_STATUS_UNDEFINED when the squares of the activations overflow or vanish. */
IpStatus ip_sample_check_squares (const IpSample *sample, IpContext *context);

/* Fails with IP_STATUS_INVALID, naming the bytes, when more are needed than the context grants. */
IpStatus ip_sample_check_memory (size_t needed, IpContext *context);

/* Announces that row sums of exp (-rate D)^power, power 1, 2 or 4, will be asked for; all that were
 * announced before the first one is asked for share one pass over the pairs, and those of one rate
 * one exponential.  The sums belong to the sample; their bits do not depend on what else was
 * announced. */
IpStatus
ip_sample_want_kernel_sums (IpSample *sample, double rate, unsigned power, IpContext *context);
IpStatus ip_sample_get_kernel_sums (IpSample *sample,
                                    double rate,
                                    unsigned power,
                                    IpKernelSums *sums,
                                    IpContext *context);

/* Describes the kernel exp (-rate D) of the sample; the sample must outlive it. */
IpStatus
ip_sample_init_gram (IpSample *sample, double rate, IpGram *gram, IpContext *context);

/* Announces that sample->squared will be made use of: where kernel sums are wanted as well, their
 * pass keeps the distances, if memory allows. */
void ip_sample_want_distances (IpSample *sample);

/* All squared distances, kept until the sample is freed: 8 N^2 bytes.  In the order of the set. */
IpStatus
ip_sample_get_distances (IpSample *sample, const double **squared, IpContext *context);

/* Whether the sample keeps all distances for the request. */
bool ip_request_keeps_distances (const IpRequest *request, size_t n);

/* Keeps the largest of descending eigenvalues, scaled so that all add up to 1. */
void ip_estimate_keep_spectrum (IpEstimate *estimate, const double *values, size_t n);

/* Says why the estimate lacks a value. */
void ip_estimate_explain (IpEstimate *estimate, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));

/* The value of one quantity of the estimate, NULL when the estimator does not give it. */
IpValue *ip_estimate_get (IpEstimate *estimate, IpQuantity quantity);

extern const IpEstimator ip_akde_coded;
extern const IpEstimator ip_bins_ebab;
extern const IpEstimator ip_bins_equal_mass;
extern const IpEstimator ip_bins_minmax;
extern const IpEstimator ip_bins_range;
extern const IpEstimator ip_bins_uniform;
extern const IpEstimator ip_bins_width;
extern const IpEstimator ip_cs;
extern const IpEstimator ip_cs_divergence;
extern const IpEstimator ip_dse;
extern const IpEstimator ip_dsmi;
extern const IpEstimator ip_kde;
extern const IpEstimator ip_encoder;
extern const IpEstimator ip_gradient;
extern const IpEstimator ip_knn_entropy;
extern const IpEstimator ip_renyi;
extern const IpEstimator ip_spectrum;
