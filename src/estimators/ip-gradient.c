/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Signal and noise of a layer's gradients.
 *
 * With g_b the gradient of the layer's weights in batch b of one epoch, all weights in one vector,
 *
 *   grad_mean    ||mean_b g_b||
 *   grad_std     ||std_b g_b||, population standard deviation of each weight, the root of the trace
 *                of the covariance
 *   snr          grad_mean / grad_std
 *   weight_norm  Frobenius norm of the weights
 *
 * The dump brings the norms along; only their ratio is computed here.  While the mean is larger,
 * weights drift; afterwards they diffuse, and the epoch where this changes is said to begin the
 * compression of the layer.
 *
 * All four are pure numbers in the units of the weights, one of each for a layer of any d; there
 * are no parameters.  Bias: from B batches grad_mean^2 is high by grad_std^2 / B, so that snr is
 * about B^-1/2 where there is no signal at all.  Fails to compare runs whose batches differ in
 * size.
 *
 * Source: Shwartz-Ziv and Tishby 2017, arXiv:1703.00810; defined as in Saxe et al. 2019,
 * doi:10.1088/1742-5468/ab3985.  The published code of the former adds up all layers before and
 * takes the root of the trace twice. Time and memory O(1). */

#include "ip-gradient.h"

#include "ip-citations.h"
#include "ip-estimator-private.h"

#include <math.h>

static const IpQuantity quantities[] = { IP_QUANTITY_SNR, IP_QUANTITY_GRAD_MEAN,
                                         IP_QUANTITY_GRAD_STD, IP_QUANTITY_WEIGHT_NORM };

static void
set_value (IpEstimate *estimate, IpQuantity quantity, double number)
{
  IpValue *value = ip_estimate_get (estimate, quantity);

  if (isfinite (number))
    {
      value->value = number;
    }
  else if (isnan (number))
    {
      value->flags |= IP_FLAG_NO_GRADIENT;
      ip_estimate_explain (
          estimate,
          "The dump has not all of grad_mean, grad_std and weight_norm of this layer and epoch");
    }
  else
    {
      value->flags |= IP_FLAG_UNDEFINED;
      ip_estimate_explain (estimate, "%s is %g", ip_quantity_get_info (quantity)->id, number);
    }
}

static IpStatus
run (IpSample *sample, const IpParameters *parameters, IpEstimate *estimate, IpContext *context)
{
  const IpGradient *gradient = sample->source.gradient;
  IpValue *snr = ip_estimate_get (estimate, IP_QUANTITY_SNR);

  set_value (estimate, IP_QUANTITY_GRAD_MEAN, gradient->mean);
  set_value (estimate, IP_QUANTITY_GRAD_STD, gradient->deviation);
  set_value (estimate, IP_QUANTITY_WEIGHT_NORM, gradient->weight_norm);
  if (isnan (gradient->deviation) || isnan (gradient->mean))
    {
      snr->flags |= IP_FLAG_NO_GRADIENT;
    }
  else if (gradient->deviation > 0.0 && isfinite (gradient->deviation)
           && isfinite (gradient->mean))
    {
      set_value (estimate, IP_QUANTITY_SNR, gradient->mean / gradient->deviation);
    }
  else
    {
      snr->flags |= IP_FLAG_UNDEFINED;
      ip_estimate_explain (estimate, "grad_mean is %g and grad_std %g: there is no ratio",
                           gradient->mean, gradient->deviation);
    }

  return IP_STATUS_OK;
}

size_t
ip_gradient_find_transition (const double *snr, size_t n)
{
  size_t transition = n;
  size_t wrong = 0; /* of the split before all: diffusion from the start */
  size_t all_drift = 0;
  size_t fewest;

  for (size_t i = 0; i < n; i++)
    {
      wrong += snr[i] >= 1.0;
      all_drift += snr[i] < 1.0;
    }

  fewest = wrong < all_drift ? wrong : all_drift;
  for (size_t i = 0; i + 1 < n; i++)
    {
      wrong += snr[i] < 1.0;
      wrong -= snr[i] >= 1.0;
      if (wrong < fewest)
        {
          fewest = wrong;
          transition = i + 1;
        }
    }

  return transition;
}

static double
find_cost (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return 1e-7;
}

static size_t
find_memory (size_t n, size_t d, size_t classes, const IpParameters *parameters)
{
  return sizeof (IpEstimate);
}

const IpEstimator ip_gradient = {
  .id = "gradient",
  .title = N_ ("Gradient signal to noise"),
  .summary = N_ ("How far the gradients of an epoch's batches agree: the norm of their mean over "
                 "that of their standard deviation, as recorded in the dump."),
  .limits = N_ ("High by chance: where there is no signal at all it is about one over the root "
                "of the number of batches."),
  .bibtex = IP_CITATION_SHWARTZ_ZIV "\n" IP_CITATION_SAXE,
  .version = 1,
  .needs = IP_NEEDS_GRADIENT,
  .quantities = quantities,
  .n_quantities = IP_N_ELEMENTS (quantities),
  .cost = find_cost,
  .memory = find_memory,
  .estimate = run,
};
