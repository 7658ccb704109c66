/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* A sample hands its requests round in two turns.  First every estimator announces which
 * intermediates it is going to want; then each computes its numbers.  The first one to ask for an
 * intermediate sets off one pass that fills all that were announced, so that kernel estimates at
 * ten widths walk over the pairs of samples once. */

#include "ip-estimator-private.h"
#include "ip-spectra.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool
has_activations (const IpSample *sample)
{
  return sample->source.activations.data != NULL || sample->source.activations.source != NULL;
}

IpSample *
ip_sample_new (const IpSampleSource *source, IpContext *context)
{
  IpSample *sample;
  size_t n = ip_evaluation_set_get_n (source->set);

  if (source->activations.rows != n)
    {
      ip_fail (context, IP_STATUS_INVALID, "%zu rows of activations for %zu samples",
               source->activations.rows, n);
      return NULL;
    }

  sample = calloc (1, sizeof *sample);
  if (sample == NULL)
    {
      ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a sample");
      return NULL;
    }

  sample->source = *source;
  sample->set = source->set;
  sample->n = n;
  sample->d = source->activations.columns;
  sample->extremes = (IpExtremes) { 0, 0, NAN, NAN };
  if (has_activations (sample)
      && ip_columns_find_extremes (&sample->source.activations, &sample->extremes, context)
           != IP_STATUS_OK)
    {
      ip_sample_free (sample);
      return NULL;
    }

  return sample;
}

void
ip_sample_free (IpSample *sample)
{
  if (sample == NULL)
    return;

  for (size_t i = 0; i < sample->n_done + sample->n_wanted; i++)
    ip_kernel_sums_clear (&sample->sums[i]);
  free (sample->sums);
  free (sample->mean);
  free (sample->squared);
  ip_spectra_free (sample->spectra);
  free (sample);
}

IpStatus
ip_sample_find_moments (IpSample *sample, IpContext *context)
{
  double *mean;
  double *variance;
  IpStatus status;

  if (sample->mean != NULL)
    return IP_STATUS_OK;

  mean = malloc ((sample->d + 1) * sizeof *mean);
  variance = malloc ((sample->d + 1) * sizeof *variance);
  if (mean == NULL || variance == NULL)
    status = ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for the means of %zu units",
                      sample->d);
  else
    status = ip_columns_find_moments (&sample->source.activations, mean, variance, context);

  if (status == IP_STATUS_OK)
    {
      sample->mean = mean;
      mean = NULL;
      sample->mean_variance = 0.0;
      for (size_t i = 0; i < sample->d; i++)
        sample->mean_variance += variance[i] / (double) sample->d;
    }

  free (mean);
  free (variance);
  return status;
}

/* The place of announced or finished sums, SIZE_MAX when there are none such. */
static size_t
find_kernel_sums (const IpSample *sample, double rate, unsigned power, size_t from, size_t to)
{
  for (size_t i = from; i < to; i++)
    if (sample->sums[i].rate == rate && sample->sums[i].power == power)
      return i;

  return SIZE_MAX;
}

static IpStatus
insert_kernel_sums (IpSample *sample, size_t at, double rate, unsigned power, IpContext *context)
{
  size_t total = sample->n_done + sample->n_wanted;
  IpKernelSums *sums = realloc (sample->sums, (total + 1) * sizeof *sums);
  IpKernelSums wanted;

  if (sums == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for kernel sums");
  sample->sums = sums;
  if (ip_kernel_sums_init (&wanted, rate, power, sample->n, context) != IP_STATUS_OK)
    return IP_STATUS_NO_MEMORY;

  memmove (&sums[at + 1], &sums[at], (total - at) * sizeof *sums);
  sums[at] = wanted;
  sample->n_wanted++;
  return IP_STATUS_OK;
}

/* Higher powers go behind the first one of their rate. */
IpStatus
ip_sample_want_kernel_sums (IpSample *sample, double rate, unsigned power, IpContext *context)
{
  size_t total = sample->n_done + sample->n_wanted;
  size_t first = find_kernel_sums (sample, rate, 1, sample->n_done, total);
  IpStatus status = IP_STATUS_OK;

  if (find_kernel_sums (sample, rate, power, 0, total) != SIZE_MAX)
    return IP_STATUS_OK;

  if (first == SIZE_MAX)
    {
      first = total;
      status = insert_kernel_sums (sample, first, rate, 1, context);
    }
  if (status == IP_STATUS_OK && power > 1)
    status = insert_kernel_sums (sample, first + 1, rate, power, context);
  return status;
}

/* Beyond these, squares leave the range of numbers. */
#define LARGEST 1e150
#define SMALLEST 1e-150

IpStatus
ip_sample_check_squares (const IpSample *sample, IpContext *context)
{
  double largest = fmax (fabs (sample->extremes.lo), fabs (sample->extremes.hi));

  if (largest > LARGEST || (largest > 0.0 && largest < SMALLEST))
    return ip_fail (context, IP_STATUS_UNDEFINED, "Activations up to %g cannot be squared",
                    largest);

  return IP_STATUS_OK;
}

void
ip_sample_want_distances (IpSample *sample)
{
  sample->wants_squared = true;
}

/* Computes distances that were announced; without memory for them they stay unknown. */
static IpStatus
keep_distances (IpSample *sample, IpContext *context)
{
  const double *squared;
  IpStatus status;

  if (!sample->wants_squared || sample->squared != NULL
      || 8.0 * (double) sample->n * (double) sample->n > (double) sample->spare)
    return IP_STATUS_OK;

  status = ip_sample_get_distances (sample, &squared, context);
  return status == IP_STATUS_UNDEFINED ? IP_STATUS_OK : status;
}

static IpStatus
compute_kernel_sums (IpSample *sample, IpContext *context)
{
  IpKernelSums *wanted = sample->sums + sample->n_done;
  IpGram gram;
  IpStatus status = ip_sample_init_gram (sample, 0.0, &gram, context);

  if (status == IP_STATUS_OK)
    status = keep_distances (sample, context);
  if (status == IP_STATUS_OK && sample->squared != NULL)
    status = ip_gram_fill_sums_from (&gram, sample->squared, wanted, sample->n_wanted, context);
  else if (status == IP_STATUS_OK)
    status = ip_gram_fill_sums (&gram, wanted, sample->n_wanted, context);
  if (status == IP_STATUS_OK)
    {
      sample->n_done += sample->n_wanted;
      sample->n_wanted = 0;
      return IP_STATUS_OK;
    }

  while (sample->n_wanted > 0)
    ip_kernel_sums_clear (&sample->sums[sample->n_done + --sample->n_wanted]);
  return status;
}

IpStatus
ip_sample_get_kernel_sums (IpSample *sample,
                           double rate,
                           unsigned power,
                           IpKernelSums *sums,
                           IpContext *context)
{
  size_t at = find_kernel_sums (sample, rate, power, 0, sample->n_done);
  IpStatus status = IP_STATUS_OK;

  if (at == SIZE_MAX)
    {
      status = ip_sample_want_kernel_sums (sample, rate, power, context);
      if (status == IP_STATUS_OK)
        status = compute_kernel_sums (sample, context);
      at = find_kernel_sums (sample, rate, power, 0, sample->n_done);
    }

  if (status == IP_STATUS_OK)
    *sums = sample->sums[at];
  return status;
}

IpStatus
ip_sample_init_gram (IpSample *sample, double rate, IpGram *gram, IpContext *context)
{
  IpStatus status = ip_sample_check_squares (sample, context);

  if (status == IP_STATUS_OK)
    status = ip_sample_find_moments (sample, context);
  *gram = (IpGram) { .matrix = &sample->source.activations,
                     .mean = sample->mean,
                     .order = sample->set->order,
                     .class_end = sample->set->class_end,
                     .rate = rate,
                     .across = 1.0 };
  return status;
}

IpStatus
ip_sample_get_distances (IpSample *sample, const double **squared, IpContext *context)
{
  size_t n = sample->n;
  IpGram gram;
  IpStatus status = IP_STATUS_OK;

  if (sample->squared == NULL)
    {
      status = ip_kernel_spectrum_check_memory (n, 1, context);
      if (status == IP_STATUS_OK)
        status = ip_sample_init_gram (sample, 0.0, &gram, context);
      if (status != IP_STATUS_OK)
        return status;

      sample->squared = malloc (n * n * sizeof *sample->squared);
      if (sample->squared == NULL)
        return ip_fail (context, IP_STATUS_UNDEFINED, "No memory for a matrix of %zu samples", n);
      status = ip_gram_fill_distances (&gram, sample->squared, context);
      if (status != IP_STATUS_OK)
        {
          free (sample->squared);
          sample->squared = NULL;
        }
    }

  *squared = sample->squared;
  return status;
}

void
ip_estimate_keep_spectrum (IpEstimate *estimate, const double *values, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    sum += values[i] > 0.0 ? values[i] : 0.0;
  estimate->n_spectrum = n < IP_MAX_SPECTRUM ? (unsigned) n : IP_MAX_SPECTRUM;
  for (unsigned i = 0; i < estimate->n_spectrum; i++)
    estimate->spectrum[i] = values[i] > 0.0 ? values[i] / sum : 0.0;
}

void
ip_estimate_explain (IpEstimate *estimate, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (estimate->reason, sizeof estimate->reason, format, arguments);
  va_end (arguments);
}

IpValue *
ip_estimate_get (IpEstimate *estimate, IpQuantity quantity)
{
  for (unsigned i = 0; i < estimate->n_values; i++)
    if (estimate->values[i].quantity == quantity)
      return &estimate->values[i];

  return NULL;
}

static void
init_estimate (IpEstimate *estimate, const IpSample *sample, const IpRequest *request)
{
  const IpEstimator *estimator = request->estimator;

  memset (estimate, 0, sizeof *estimate);
  estimate->n = sample->n;
  estimate->d = sample->d;
  for (unsigned i = 0; i < estimator->n_quantities; i++)
    if (ip_request_gives (request, estimator->quantities[i]))
      estimate->values[estimate->n_values++] = (IpValue) { .quantity = estimator->quantities[i],
                                                           .value = NAN,
                                                           .lower = NAN,
                                                           .upper = NAN,
                                                           .error = NAN,
                                                           .ceiling = NAN };
}

/* All that have no value. */
static void
flag_missing (IpEstimate *estimate, unsigned flags)
{
  for (unsigned i = 0; i < estimate->n_values; i++)
    if (isnan (estimate->values[i].value))
      estimate->values[i].flags |= flags;
}

/* What no estimator can do anything about. */
static bool
has_obstacle (const IpSample *sample, const IpEstimator *estimator, IpEstimate *estimate)
{
  unsigned flag = 0;

  if ((estimator->needs & IP_NEEDS_GRADIENT) != 0)
    {
      if (sample->source.gradient != NULL)
        return false;
      flag = IP_FLAG_NO_GRADIENT;
      ip_estimate_explain (estimate, "The dump has no statistics of the gradients of this layer");
    }
  else if (sample->n < 2)
    {
      flag = IP_FLAG_UNDEFINED;
      ip_estimate_explain (estimate, "%zu sample%s: at least 2 are needed", sample->n,
                           sample->n == 1 ? "" : "s");
    }
  else if (sample->extremes.bad_rows > 0)
    {
      flag = IP_FLAG_NOT_FINITE;
      ip_estimate_explain (estimate, "%zu of %zu samples are not finite",
                           sample->extremes.bad_rows, sample->n);
    }
  else if ((estimator->needs & IP_NEEDS_LABELS) != 0 && !sample->set->has_labels)
    {
      flag = IP_FLAG_NO_LABELS;
      ip_estimate_explain (estimate, "There are no class labels");
    }
  else if ((estimator->needs & IP_NEEDS_INPUTS) != 0 && !sample->set->has_inputs)
    {
      flag = IP_FLAG_NO_INPUTS;
      ip_estimate_explain (estimate, "There are no inputs");
    }
  else if ((estimator->needs & IP_NEEDS_TARGETS) != 0 && sample->set->y.matrix.data == NULL)
    {
      flag = IP_FLAG_NO_TARGETS;
      ip_estimate_explain (estimate, "There are no real-valued targets");
    }
  else if ((estimator->needs & IP_NEEDS_ENCODER) != 0 && sample->source.encoder == NULL)
    {
      flag = IP_FLAG_NO_ENCODER;
      ip_estimate_explain (
          estimate, "The dump has no means and standard deviations mu and s of this layer");
    }

  flag_missing (estimate, flag);
  return flag != 0;
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

/* In nats, what rounding leaves of zero. */
#define ROUNDING 1e-12

static bool
is_near_ceiling (const IpValue *value)
{
  return value->ceiling > 0.0 && value->value >= 0.98 * value->ceiling;
}

static bool
is_about_labels (IpQuantity quantity)
{
  return quantity == IP_QUANTITY_MI_TY || quantity == IP_QUANTITY_MI_TY_MM
         || quantity == IP_QUANTITY_MI_XT_GIVEN_Y || quantity == IP_QUANTITY_MI_XT_GIVEN_Y_MM
         || quantity == IP_QUANTITY_DSMI_TY
         || quantity == IP_QUANTITY_CSMI_TY;
}

/* What a correction for bias, the chance of a draw or inputs that repeat with other activations can
 * carry above what is possible. */
static bool
is_above_ceiling (const IpValue *value)
{
  double doubt = isnan (value->error) ? 0.0 : 2.0 * value->error;

  return value->value - doubt > value->ceiling + 1e-9;
}

/* At the ceiling whatever the layer does, because all samples differ under the blur.  About labels
 * a value there may be the truth as well, but not where nothing else could come out. */
static bool
is_saturated (const IpValue *value, bool all_differ)
{
  switch (value->quantity)
    {
    case IP_QUANTITY_MI_TY:
    case IP_QUANTITY_MI_TY_MM:
    case IP_QUANTITY_MI_XT_GIVEN_Y:
    case IP_QUANTITY_MI_XT_GIVEN_Y_MM:
      return all_differ && is_near_ceiling (value);

    case IP_QUANTITY_MI_XT:
    case IP_QUANTITY_MI_XT_MM:
    case IP_QUANTITY_H_T:
    case IP_QUANTITY_H_T_MM:
    case IP_QUANTITY_DSE:
      return is_near_ceiling (value);

    default:
      return false;
    }
}

static void
remove_rounding (double *number, bool is_zero)
{
  if (*number > -ROUNDING && *number < (is_zero ? ROUNDING : 0.0))
    *number = 0.0;
}

static void
explain_no_labels (IpEstimate *estimate)
{
  if (estimate->reason[0] == '\0')
    ip_estimate_explain (estimate, "There are no class labels");
  else if (strcmp (estimate->reason, "There are no inputs") == 0)
    ip_estimate_explain (estimate, "There are neither inputs nor class labels");
}

/* No point can be drawn at infinity. */
static void
remove_infinity (IpValue *value, IpEstimate *estimate)
{
  if (!isinf (value->value))
    return;

  value->value = NAN;
  value->flags |= IP_FLAG_UNDEFINED;
  if (estimate->reason[0] == '\0')
    ip_estimate_explain (estimate, "The value is infinite");
}

/* What is the same for every estimator once its numbers are there. */
static void
finish_estimate (const IpSample *sample, const IpEstimator *estimator, IpEstimate *estimate)
{
  const IpValue *mi_xt = ip_estimate_get (estimate, IP_QUANTITY_MI_XT);
  const IpValue *h_t = ip_estimate_get (estimate, IP_QUANTITY_H_T);
  bool all_differ
    = (mi_xt != NULL && is_near_ceiling (mi_xt)) || (h_t != NULL && is_near_ceiling (h_t));
  unsigned common = 0;

  if ((estimator->needs & IP_NEEDS_GRADIENT) != 0)
    return;
  if (ip_sample_is_constant (sample))
    common |= IP_FLAG_CONSTANT;
  else if (sample->extremes.dead_columns > 0)
    common |= IP_FLAG_DEAD_UNITS;

  for (unsigned i = 0; i < estimate->n_values; i++)
    {
      IpValue *value = &estimate->values[i];

      value->flags |= common;
      remove_infinity (value, estimate);
      remove_rounding (&value->value, ip_sample_is_constant (sample));
      remove_rounding (&value->lower, ip_sample_is_constant (sample));
      remove_rounding (&value->upper, ip_sample_is_constant (sample));
      if (is_above_ceiling (value))
        value->flags |= IP_FLAG_NOT_MI;
      if (is_saturated (value, all_differ))
        value->flags |= IP_FLAG_SATURATED;
      if (is_about_labels (value->quantity) && !sample->set->has_labels)
        {
          value->flags |= IP_FLAG_NO_LABELS;
          explain_no_labels (estimate);
        }
    }
}

static size_t
count_bytes (const IpSample *sample, const IpRequest *request)
{
  const IpColumnSource *source = sample->source.activations.source;
  size_t d = source != NULL && source->width < sample->d ? source->width : sample->d;
  size_t classes = sample->set->has_labels ? sample->set->labels.classes : 1;

  return ip_requests_count_bytes (request, 1, sample->n, d, classes);
}

IpStatus
ip_sample_check_memory (size_t needed, IpContext *context)
{
  if (context == NULL || context->memory == 0 || needed <= context->memory)
    return IP_STATUS_OK;

  return ip_fail (context, IP_STATUS_INVALID, "Needs %.1f MiB of memory, %.1f MiB are allowed",
                  (double) needed / 1048576.0, (double) context->memory / 1048576.0);
}

/* Whether there is as much memory as the request takes; the context says what is missing. */
static bool
is_affordable (const IpSample *sample, const IpRequest *request, IpContext *context)
{
  return request->estimator->keeps_budget
         || ip_sample_check_memory (count_bytes (sample, request), context) == IP_STATUS_OK;
}

static IpStatus
run_request (IpSample *sample, const IpRequest *request, IpEstimate *estimate, IpContext *context)
{
  double start = now ();
  IpStatus status = IP_STATUS_INVALID;

  init_estimate (estimate, sample, request);
  if (has_obstacle (sample, request->estimator, estimate))
    return IP_STATUS_OK;

  if (is_affordable (sample, request, context))
    status = request->estimator->estimate (sample, &request->parameters, estimate, context);
  if (status != IP_STATUS_OK)
    {
      flag_missing (estimate, status == IP_STATUS_UNDEFINED ? IP_FLAG_UNDEFINED : IP_FLAG_FAILED);
      ip_estimate_explain (estimate, "%s", context->message);
    }
  finish_estimate (sample, request->estimator, estimate);

  estimate->seconds = now () - start;
  return status == IP_STATUS_CANCELLED || status == IP_STATUS_NO_MEMORY ? status : IP_STATUS_OK;
}

/* The part of the progress that belongs to one request.  An estimator of several passes begins each
 * at zero; what is shown does not fall back. */
typedef struct
{
  IpContext *outer;
  double start;
  double width;
  double reached;
} Share;

static bool
share_cancelled (void *data)
{
  return ip_context_is_cancelled (((Share *) data)->outer);
}

static void
share_progress (void *data, double fraction)
{
  Share *share = data;

  share->reached = fmax (share->reached, share->start + share->width * fraction);
  ip_context_report (share->outer, share->reached);
}

/* What a request may take, 0: no limit.  It is the same whatever other requests there are, so that
 * none can change the way of another: distances that leave too little are dropped. */
static size_t
grant_memory (IpSample *sample, const IpRequest *request, const IpContext *context)
{
  size_t needed = count_bytes (sample, request);
  size_t granted = context != NULL ? context->memory : 0;
  bool is_shared = sample->squared != NULL && !ip_request_keeps_distances (request, sample->n);
  size_t held = is_shared ? 8 * sample->n * sample->n : 0;

  if (granted == 0)
    {
      sample->spare = SIZE_MAX;
      return 0;
    }

  if (held > 0 && needed + held > granted)
    {
      free (sample->squared);
      sample->squared = NULL;
      held = 0;
    }
  sample->spare = granted > needed + held ? granted - needed - held : 0;
  return granted - held;
}

/* What cannot be announced fails when it is asked for, with a reason. */
static IpStatus
announce (IpSample *sample, const IpRequest *request, IpContext *context)
{
  IpStatus status = request->estimator->announce (sample, &request->parameters, context);

  return status == IP_STATUS_INVALID || status == IP_STATUS_UNDEFINED ? IP_STATUS_OK : status;
}

IpStatus
ip_sample_estimate (IpSample *sample,
                    const IpRequest *requests,
                    size_t n_requests,
                    IpEstimate *estimates,
                    IpContext *context)
{
  Share share = { context, 0.0, 1.0 / (double) n_requests, 0.0 };
  IpContext inner = { share_cancelled, share_progress, &share,
                      context != NULL ? context->memory : 0,
                      context != NULL ? context->threads : 0, "" };
  IpStatus status = IP_STATUS_OK;

  for (size_t i = 0; i < n_requests; i++)
    init_estimate (&estimates[i], sample, &requests[i]);

  if (sample->n > 1 && sample->extremes.bad_rows == 0 && has_activations (sample))
    for (size_t i = 0; i < n_requests && status == IP_STATUS_OK; i++)
      if (requests[i].estimator->announce != NULL && is_affordable (sample, &requests[i], &inner))
        status = announce (sample, &requests[i], &inner);

  for (size_t i = 0; i < n_requests && status == IP_STATUS_OK; i++)
    {
      share.start = (double) i / (double) n_requests;
      inner.message[0] = '\0';
      inner.memory = grant_memory (sample, &requests[i], context);
      status = run_request (sample, &requests[i], &estimates[i], &inner);
      share_progress (&share, 1.0);
    }

  if (status == IP_STATUS_OK)
    ip_context_report (context, 1.0);

  return status == IP_STATUS_OK ? status : ip_fail (context, status, "%s", inner.message);
}
