/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"
#include "ip-intermediates.h"
#include "ip-kernel-spectrum.h"

/* Eigenvalues of kernels, found once: those of T with the sample, those of X alone with the
 * evaluation set of the run.  Requests that differ in what they do with eigenvalues only, as the
 * orders of Rényi entropies or diffusion times, share one problem. */
typedef struct
{
  double rate;   /* of the kernel of T; 0: the kernel is of X alone */
  double rate_x; /* of the kernel of X that it is multiplied with; 0: with none */
  double across; /* kernel of Y between classes, 1: none */
  IpKernelPlan plan;
} IpSpectrumKey;

/* The spectrum stays the sample's, or the set's. */
IpStatus ip_sample_get_spectrum (IpSample *sample,
                                 const IpSpectrumKey *key,
                                 const IpKernelSpectrum **spectrum,
                                 IpContext *context);

/* All of a sample, or of a set. */
void ip_spectra_free (IpIntermediate *spectra);
