/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-spectra.h"

#include "ip-estimator-private.h"
#include "ip-joint.h"

#include <stdlib.h>

/* A list, the newest first; what is in it stays where it is. */
struct _IpSpectra
{
  IpSpectra *next;
  IpSpectrumKey key;
  IpKernelSpectrum spectrum;
};

static bool
is_same (const IpSpectrumKey *a, const IpSpectrumKey *b)
{
  return a->rate == b->rate && a->rate_x == b->rate_x && a->across == b->across
         && a->plan.form == b->plan.form && a->plan.alpha == b->plan.alpha
         && a->plan.method == b->plan.method && a->plan.tolerance == b->plan.tolerance
         && a->plan.probes == b->plan.probes && a->plan.seed == b->plan.seed;
}

static const IpKernelSpectrum *
find (const IpSpectra *spectra, const IpSpectrumKey *key)
{
  for (; spectra != NULL; spectra = spectra->next)
    if (is_same (&spectra->key, key))
      return &spectra->spectrum;

  return NULL;
}

/* A new entry that is not in a list yet. */
static IpStatus
solve (const IpSpectrumKey *key,
       const IpGram *gram,
       const double *squared,
       IpSpectra **entry,
       IpContext *context)
{
  IpStatus status;

  *entry = calloc (1, sizeof **entry);
  if (*entry == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a spectrum");

  (*entry)->key = *key;
  status = ip_kernel_spectrum_init (&(*entry)->spectrum, gram, &key->plan, squared, context);
  if (status != IP_STATUS_OK)
    ip_spectra_free (*entry);
  return status;
}

static IpStatus
solve_layer (IpSample *sample, const IpSpectrumKey *key, IpSpectra **entry, IpContext *context)
{
  IpGram gram;
  IpStatus status = ip_sample_init_gram (sample, key->rate, &gram, context);

  gram.across = key->across;
  return status == IP_STATUS_OK ? solve (key, &gram, sample->squared, entry, context) : status;
}

static IpStatus
solve_joint (IpSample *sample, const IpSpectrumKey *key, IpSpectra **entry, IpContext *context)
{
  IpJoint joint;
  IpStatus status = ip_joint_init (&joint, sample, &sample->set->x, key->rate, key->rate_x,
                                   context);

  if (status == IP_STATUS_OK)
    {
      IpGram gram = { &joint.matrix,           joint.mean, sample->set->order,
                      sample->set->class_end, 1.0,        key->across };

      status = solve (key, &gram, NULL, entry, context);
    }

  ip_joint_clear (&joint);
  return status;
}

/* Two threads may both solve it; the first to be ready is kept. */
static IpStatus
get_of_inputs (IpEvaluationSet *set,
               const IpSpectrumKey *key,
               const IpKernelSpectrum **spectrum,
               IpContext *context)
{
  IpGram gram
    = { &set->x.matrix, set->x.mean, set->order, set->class_end, key->rate_x, key->across };
  IpSpectra *entry = NULL;
  IpStatus status;

  mtx_lock (&set->lock);
  *spectrum = find (set->input_spectra, key);
  mtx_unlock (&set->lock);
  if (*spectrum != NULL)
    return IP_STATUS_OK;

  status = solve (key, &gram, NULL, &entry, context);
  if (status != IP_STATUS_OK)
    return status;

  mtx_lock (&set->lock);
  *spectrum = find (set->input_spectra, key);
  if (*spectrum == NULL)
    {
      entry->next = set->input_spectra;
      set->input_spectra = entry;
      *spectrum = &entry->spectrum;
      entry = NULL;
    }
  mtx_unlock (&set->lock);
  ip_spectra_free (entry);
  return IP_STATUS_OK;
}

IpStatus
ip_sample_get_spectrum (IpSample *sample,
                        const IpSpectrumKey *key,
                        const IpKernelSpectrum **spectrum,
                        IpContext *context)
{
  IpSpectra *entry = NULL;
  IpStatus status;

  if (key->rate == 0.0)
    return get_of_inputs ((IpEvaluationSet *) sample->set, key, spectrum, context);

  *spectrum = find (sample->spectra, key);
  if (*spectrum != NULL)
    return IP_STATUS_OK;

  status = key->rate_x > 0.0 ? solve_joint (sample, key, &entry, context)
                             : solve_layer (sample, key, &entry, context);
  if (status != IP_STATUS_OK)
    return status;

  entry->next = sample->spectra;
  sample->spectra = entry;
  *spectrum = &entry->spectrum;
  return IP_STATUS_OK;
}

void
ip_spectra_free (IpSpectra *spectra)
{
  while (spectra != NULL)
    {
      IpSpectra *next = spectra->next;

      ip_kernel_spectrum_clear (&spectra->spectrum);
      free (spectra);
      spectra = next;
    }
}
