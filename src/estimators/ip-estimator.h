/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-evaluation-set.h"
#include "ip-matrix.h"

#include <stdbool.h>
#include <stddef.h>

/* What is estimated.  Names, symbols and units of a quantity are the same whoever estimates it. */
typedef enum
{
  IP_QUANTITY_MI_XT,
  IP_QUANTITY_MI_TY,
  IP_QUANTITY_H_T,
  IP_QUANTITY_MI_XY, /* between any two arrays */
  IP_QUANTITY_MI_XT_GIVEN_Y,
  IP_QUANTITY_MI_XT_MM, /* Miller-Madow corrected, beside the plug-in value */
  IP_QUANTITY_MI_TY_MM,
  IP_QUANTITY_H_T_MM,
  IP_QUANTITY_VNE,
  IP_QUANTITY_EFFECTIVE_RANK,
  IP_QUANTITY_RANKME,
  IP_QUANTITY_PARTICIPATION_RATIO,
  IP_QUANTITY_DSE,
  IP_QUANTITY_H_TY,
  IP_QUANTITY_H_TX,
  IP_QUANTITY_H_Y,
  IP_QUANTITY_H_X,
  IP_QUANTITY_CS_QMI_XT,
  IP_QUANTITY_CS_QMI_TY,
  IP_QUANTITY_CS_XT_NORMALISED,
  IP_QUANTITY_CS_TY_NORMALISED,
  IP_QUANTITY_MANIFOLD_ENTROPY,
  IP_QUANTITY_DSMI_TY,
  IP_QUANTITY_DSMI_XT,
  IP_QUANTITY_CSMI_TY,
  IP_QUANTITY_SNR,
  IP_QUANTITY_GRAD_MEAN,
  IP_QUANTITY_GRAD_STD,
  IP_QUANTITY_WEIGHT_NORM,
  IP_QUANTITY_INTRINSIC_DIMENSION,
  IP_QUANTITY_MI_XY_MM,
  IP_QUANTITY_MI_XT_GIVEN_Y_MM,
  IP_QUANTITY_CS_DIV,
  IP_QUANTITY_CS_COND_DIV,
  IP_QUANTITY_KDE_KL,
  IP_QUANTITY_CS_XT_NULL, /* mean over permutations */
  IP_QUANTITY_CS_XT_NULL_SD,
  IP_QUANTITY_CS_XT_P,
  IP_QUANTITY_CS_TY_NULL,
  IP_QUANTITY_CS_TY_NULL_SD,
  IP_QUANTITY_CS_TY_P,
  IP_QUANTITY_TRAIN_LOSS, /* from here on no estimates, but what training recorded */
  IP_QUANTITY_TEST_LOSS,
  IP_QUANTITY_TRAIN_ACCURACY,
  IP_QUANTITY_TEST_ACCURACY,
  IP_N_QUANTITIES,
} IpQuantity;

typedef enum
{
  IP_UNIT_INFORMATION, /* nats inside, bits or nats outside */
  IP_UNIT_NONE,        /* a pure number */
} IpUnit;

typedef struct
{
  const char *id;     /* "mi_xt": command line, tables, store */
  const char *title;  /* translatable: "Information about the input" */
  const char *symbol; /* plain text: "I(X;T)" */
  const char *markup; /* Pango markup: "<i>I</i>(<i>X</i>; <i>T</i>)" */
  IpUnit unit;
} IpQuantityInfo;

const IpQuantityInfo *ip_quantity_get_info (IpQuantity quantity);
bool ip_quantity_from_id (const char *id, IpQuantity *quantity);

/* Warnings that travel with a number.  ip_flags_format() gives their names as printed in tables. */
typedef enum
{
  IP_FLAG_SATURATED = 1 << 0,  /* within 2 % of its ceiling: cannot tell layers apart */
  IP_FLAG_CLIPPED = 1 << 1,    /* values outside the bins were put into the end bins */
  IP_FLAG_CONSTANT = 1 << 2,   /* the layer does not vary at all */
  IP_FLAG_DEAD_UNITS = 1 << 3, /* some units do not vary */
  IP_FLAG_TIES = 1 << 4,       /* duplicate rows */
  IP_FLAG_N_SMALL = 1 << 5,    /* fewer than 10 samples in an occupied bin or class on average */
  IP_FLAG_INFINITE = 1 << 6,   /* infinite in theory; the value is a property of the blur */
  IP_FLAG_BRACKET_CLIPPED = 1 << 7, /* a bound was cut to [0, ceiling] */
  IP_FLAG_LOW_RANK = 1 << 8, /* from the part of a spectrum that carries all that matters */
  IP_FLAG_NOT_MI = 1 << 9, /* above its ceiling */
  IP_FLAG_STOCHASTIC = 1 << 10, /* from random vectors, with a standard error */
  /* Reasons why there is no value. */
  IP_FLAG_NOT_FINITE = 1 << 16, /* NaN or Inf among the activations */
  IP_FLAG_NO_LABELS = 1 << 17,
  IP_FLAG_NO_INPUTS = 1 << 18,
  IP_FLAG_UNDEFINED = 1 << 19, /* N < 2, d = 0, … */
  IP_FLAG_FAILED = 1 << 20,    /* could not be read or computed; the message says why */
  IP_FLAG_NO_ENCODER = 1 << 21,
  IP_FLAG_NO_GRADIENT = 1 << 22,
  IP_FLAG_NO_TARGETS = 1 << 23,
} IpFlags;

/* One number.  Information in nats; NAN for what does not exist. */
typedef struct
{
  IpQuantity quantity;
  double value;
  double lower; /* bracket, where the estimator gives one */
  double upper;
  double error;   /* standard error, where one is possible */
  double ceiling; /* the largest possible value, NAN without one */
  unsigned flags;
} IpValue;

#define IP_MAX_VALUES 12
#define IP_MAX_SPECTRUM 128

typedef struct
{
  size_t n;
  size_t d;
  double seconds;
  double clipped;   /* fraction of entries outside the bins */
  char blur[64];    /* what blurs T, ASCII or UTF-8, for the eye: "30 bins on [−1, 1]" */
  char reason[160]; /* why values are missing, untranslated; empty when none is */
  unsigned n_values;
  IpValue values[IP_MAX_VALUES];
  unsigned n_spectrum;              /* 0 for estimators without one */
  double spectrum[IP_MAX_SPECTRUM]; /* the largest eigenvalues, descending; all add up to 1 */
} IpEstimate;

/* The warnings of all values together, but for the corrected ones that stand beside a plain value:
 * these may pass the ceiling, which says nothing about the layer. */
unsigned ip_estimate_get_flags (const IpEstimate *estimate);

/* Writes "saturated;clipped=3.2%;…" (ASCII, at most `size` bytes with the zero), as in the flags
 * column of tables. */
void ip_flags_format (unsigned flags, double clipped, char *text, size_t size);

/* A short translatable explanation of one flag bit, for tool tips. */
const char *ip_flag_explain (unsigned flag);

typedef enum
{
  IP_PARAMETER_INTEGER,
  IP_PARAMETER_REAL,
  IP_PARAMETER_CHOICE,
} IpParameterKind;

typedef struct
{
  const char *id;          /* "bins" */
  const char *title;       /* translatable: "Bins" */
  const char *description; /* translatable, one sentence */
  IpParameterKind kind;
  double standard; /* default; the index of a choice */
  double minimum;
  double maximum;
  bool logarithmic;           /* a slider or sweep should step by factors */
  const char *const *choices; /* NULL-terminated ids of a choice */
  const char *const *titles;  /* their translatable titles */
  /* Matters only while parameter number `when` has the value `equals`; when = -1: always. */
  int when;
  double equals;
} IpParameter;

#define IP_MAX_PARAMETERS 12

/* Values in the order of the estimator's parameter table. */
typedef struct
{
  double value[IP_MAX_PARAMETERS];
} IpParameters;

enum
{
  IP_NEEDS_LABELS = 1 << 0,
  IP_NEEDS_INPUTS = 1 << 1,
  IP_NEEDS_ENCODER = 1 << 2,
  IP_NEEDS_GRADIENT = 1 << 3, /* and nothing of the activations */
  IP_NEEDS_TARGETS = 1 << 4,
};

typedef struct _IpSample IpSample;
typedef struct _IpEstimator IpEstimator;

struct _IpEstimator
{
  const char *id;      /* stable: "bins-uniform" */
  const char *title;   /* translatable */
  const char *summary; /* translatable, one or two sentences: what it is and what blurs T */
  const char *limits;  /* translatable: its bias, and where it says nothing */
  const char *bibtex;  /* of every paper that it comes from, the first one first */
  unsigned version; /* raised when numbers change */
  unsigned needs;   /* without it the estimator gives nothing at all */
  const IpQuantity *quantities;
  unsigned n_quantities;
  const IpParameter *parameters;
  unsigned n_parameters;

  /* Whether these parameters ask for the quantity; NULL: all of them do for all. */
  bool (*gives) (IpQuantity quantity, const IpParameters *parameters);

  /* Rough seconds on one core, and peak bytes beside the activations with d units of them in
   * memory, for planning.  A request that would take more than the context grants is refused with
   * this as the reason, unless the estimator looks for a way that takes less by itself. */
  double (*cost) (size_t n, size_t d, size_t classes, const IpParameters *parameters);
  size_t (*memory) (size_t n, size_t d, size_t classes, const IpParameters *parameters);
  bool keeps_budget;

  /* Whether the sample keeps all distances between samples for it, 8 N^2 bytes of `memory`, which
   * others may use; NULL: never. */
  bool (*keeps_distances) (size_t n, const IpParameters *parameters);

  /* Whether these parameters make use of IpSampleSource.layer_lo/hi; NULL: never. */
  bool (*needs_layer_range) (const IpParameters *parameters, double bound_lo, double bound_hi);

  /* Tells the sample which shared intermediates estimate() will ask for, so that one pass serves
   * all requests; NULL: none. */
  IpStatus (*announce) (IpSample *sample, const IpParameters *parameters, IpContext *context);

  /* Fills `estimate` (already zeroed, n, d and values' quantity set, value fields NAN). Pure: the
   * same sample and parameters give the same bits on any thread. */
  IpStatus (*estimate) (IpSample *sample,
                        const IpParameters *parameters,
                        IpEstimate *estimate,
                        IpContext *context);
};

/* The registry, in the order in which users should see it. */
const IpEstimator *const *ip_estimators_list (size_t *n);
const IpEstimator *ip_estimator_find (const char *id);

void ip_parameters_init (IpParameters *parameters, const IpEstimator *estimator);

/* Parses "name=value,name=value" over the defaults; an empty string or NULL gives the defaults.
 * Naming a parameter that matters only while another has a certain value gives the other that
 * value: "lo=0,hi=2" is "range=fixed,lo=0,hi=2".  The message in `context` names the parameter,
 * what was found and what is allowed. */
IpStatus ip_parameters_parse (IpParameters *parameters,
                              const IpEstimator *estimator,
                              const char *text,
                              IpContext *context);

/* Canonical text: every parameter that matters, in table order, "bins=30,range=auto".  The shortest
 * decimal that reads back as the same double.  Truncates to `size`. */
void ip_parameters_format (const IpParameters *parameters,
                           const IpEstimator *estimator,
                           char *text,
                           size_t size);

typedef struct
{
  const IpEstimator *estimator;
  IpParameters parameters;
} IpRequest;

/* Bytes that the requests of one sample take together: the most that one of them does, beside the
 * distances that another one keeps. */
size_t ip_requests_count_bytes (
    const IpRequest *requests, size_t n_requests, size_t n, size_t d, size_t classes);

/* Whether the request asks for a quantity of its estimator. */
bool ip_request_gives (const IpRequest *request, IpQuantity quantity);

/* A layer that draws its output from N(mean, diag deviation^2) for each sample: N x any of each.
 * z: one draw, data NULL when it was not recorded. */
typedef struct
{
  IpMatrix mean;
  IpMatrix deviation;
  IpMatrix z;
} IpEncoder;

/* Norms, over the weights of the layer, of the mean and the standard deviation of the gradients of
 * an epoch's batches, and of the weights; NAN where unknown. */
typedef struct
{
  double mean;
  double deviation;
  double weight_norm;
} IpGradient;

/* One (layer, epoch): the activations, the evaluation set, and the intermediates that estimators
 * share.  Borrows everything it is given.  Used by one thread at a time. */
typedef struct
{
  IpMatrix activations; /* N x d; may come in blocks.  With neither data nor source only what
                         * IP_NEEDS_GRADIENT can be estimated */
  const IpEvaluationSet *set;
  double bound_lo; /* bounds of the activation function, ±INFINITY or NAN when it has none */
  double bound_hi;
  double layer_lo; /* smallest and largest finite activation of the layer over all snapshots; */
  double layer_hi; /* NAN when unknown: then the sample's own range is used */
  const IpEncoder *encoder; /* NULL unless the layer is stochastic and it was recorded how */
  const IpGradient *gradient; /* NULL when nothing of it was recorded */
} IpSampleSource;

IpSample *ip_sample_new (const IpSampleSource *source, IpContext *context);
void ip_sample_free (IpSample *sample);

/* Whether the request wants IpSampleSource.layer_lo/hi, which costs a pass over all snapshots. */
bool ip_request_needs_layer_range (const IpRequest *request, double bound_lo, double bound_hi);

/* Runs all requests on one sample, sharing intermediates.  estimates[n_requests] is filled even on
 * failure of single requests (their values stay NAN with flags and reason); the status is not OK
 * only when nothing more can be done: cancelled or out of memory. */
IpStatus ip_sample_estimate (IpSample *sample,
                             const IpRequest *requests,
                             size_t n_requests,
                             IpEstimate *estimates,
                             IpContext *context);
