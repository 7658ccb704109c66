/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-spectra.h"

#include "ip-estimator-private.h"
#include "ip-joint.h"

#include <stdlib.h>

typedef struct
{
  IpIntermediate base;
  IpSpectrumKey key;
  IpKernelSpectrum spectrum;
} Spectrum;

typedef struct
{
  IpSample *sample;
  const IpSpectrumKey *key;
} Request;

static bool
is_same (const IpSpectrumKey *a, const IpSpectrumKey *b)
{
  return a->rate == b->rate && a->rate_x == b->rate_x && a->across == b->across
         && a->plan.form == b->plan.form && a->plan.alpha == b->plan.alpha
         && a->plan.method == b->plan.method && a->plan.tolerance == b->plan.tolerance
         && a->plan.probes == b->plan.probes && a->plan.seed == b->plan.seed;
}

static bool
spectrum_fits (const void *intermediate, const void *data)
{
  const Request *request = data;

  return is_same (&((const Spectrum *) intermediate)->key, request->key);
}

static IpStatus
solve_inputs (const IpEvaluationSet *set, Spectrum *found, IpContext *context)
{
  IpGram gram = { &set->x.matrix, set->x.mean,       set->order,
                  set->class_end, found->key.rate_x, found->key.across };

  return ip_kernel_spectrum_init (&found->spectrum, &gram, &found->key.plan, NULL, context);
}

static IpStatus
solve_layer (IpSample *sample, Spectrum *found, IpContext *context)
{
  IpGram gram;
  IpStatus status = ip_sample_init_gram (sample, found->key.rate, &gram, context);

  if (status != IP_STATUS_OK)
    return status;

  gram.across = found->key.across;
  return ip_kernel_spectrum_init (&found->spectrum, &gram, &found->key.plan, sample->squared,
                                  context);
}

static IpStatus
solve_joint (IpSample *sample, Spectrum *found, IpContext *context)
{
  const IpSpectrumKey *key = &found->key;
  IpJoint joint;
  IpStatus status = ip_joint_init (&joint, sample, &sample->set->x, key->rate, key->rate_x,
                                   context);

  if (status == IP_STATUS_OK)
    {
      IpGram gram = { &joint.matrix,           joint.mean, sample->set->order,
                      sample->set->class_end, 1.0,        key->across };

      status = ip_kernel_spectrum_init (&found->spectrum, &gram, &key->plan, NULL, context);
    }

  ip_joint_clear (&joint);
  return status;
}

static IpStatus
spectrum_compute (void *intermediate, const void *data, IpContext *context)
{
  const Request *request = data;
  Spectrum *found = intermediate;

  found->key = *request->key;
  if (found->key.rate == 0.0)
    return solve_inputs (request->sample->set, found, context);
  if (found->key.rate_x > 0.0)
    return solve_joint (request->sample, found, context);
  return solve_layer (request->sample, found, context);
}

static void
spectrum_clear (void *intermediate)
{
  ip_kernel_spectrum_clear (&((Spectrum *) intermediate)->spectrum);
}

static const IpIntermediateKind spectrum_kind
  = { "a spectrum", sizeof (Spectrum), spectrum_fits, spectrum_compute, spectrum_clear };

IpStatus
ip_sample_get_spectrum (IpSample *sample,
                        const IpSpectrumKey *key,
                        const IpKernelSpectrum **spectrum,
                        IpContext *context)
{
  IpEvaluationSet *set = (IpEvaluationSet *) sample->set;
  bool is_of_sample = key->rate > 0.0;
  Request request = { sample, key };
  const void *found;
  IpStatus status
    = ip_intermediates_get (is_of_sample ? &sample->spectra : &set->input_spectra,
                            is_of_sample ? NULL : &set->lock, &spectrum_kind, &request, &found,
                            context);

  if (status == IP_STATUS_OK)
    *spectrum = &((const Spectrum *) found)->spectrum;
  return status;
}

void
ip_spectra_free (IpIntermediate *spectra)
{
  ip_intermediates_free (spectra, &spectrum_kind);
}
