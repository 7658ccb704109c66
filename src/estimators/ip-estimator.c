/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-estimator-private.h"
#include "ip-number.h"

#include <stdio.h>
#include <string.h>

static const IpEstimator *const estimators[] = {
  &ip_bins_uniform,
  &ip_bins_width,
  &ip_kde,
  &ip_bins_equal_mass,
  &ip_bins_ebab,
  &ip_bins_range,
  &ip_bins_minmax,
  &ip_akde_coded,
  &ip_renyi,
  &ip_cs,
  &ip_cs_divergence,
  &ip_dse,
  &ip_dsmi,
  &ip_knn_entropy,
  &ip_spectrum,
  &ip_encoder,
  &ip_gradient,
};

static const IpQuantityInfo quantities[IP_N_QUANTITIES] = {
  [IP_QUANTITY_MI_XT] = { "mi_xt", N_ ("Information about the input"), "I(X;T)",
                          "<i>I</i>(<i>X</i>; <i>T</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_MI_TY] = { "mi_ty", N_ ("Information about the label"), "I(T;Y)",
                          "<i>I</i>(<i>T</i>; <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_H_T] = { "h_t", N_ ("Entropy of the layer"), "H(T)", "<i>H</i>(<i>T</i>)",
                        IP_UNIT_INFORMATION },
  [IP_QUANTITY_MI_XY] = { "mi_xy", N_ ("Mutual information"), "I(X;Y)",
                          "<i>I</i>(<i>X</i>; <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_MI_XT_GIVEN_Y] = { "mi_xt_given_y",
                                  N_ ("Information about the input given the label"), "I(X;T|Y)",
                                  "<i>I</i>(<i>X</i>; <i>T</i> | <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_MI_XT_MM] = { "mi_xt_mm", N_ ("Information about the input, Miller–Madow"),
                             "I(X;T) MM", "<i>I</i>(<i>X</i>; <i>T</i>)<sub>MM</sub>",
                             IP_UNIT_INFORMATION },
  [IP_QUANTITY_MI_TY_MM] = { "mi_ty_mm", N_ ("Information about the label, Miller–Madow"),
                             "I(T;Y) MM", "<i>I</i>(<i>T</i>; <i>Y</i>)<sub>MM</sub>",
                             IP_UNIT_INFORMATION },
  [IP_QUANTITY_H_T_MM] = { "h_t_mm", N_ ("Entropy of the layer, Miller–Madow"), "H(T) MM",
                           "<i>H</i>(<i>T</i>)<sub>MM</sub>", IP_UNIT_INFORMATION },
  [IP_QUANTITY_VNE] = { "vne", N_ ("Von Neumann entropy"), "S", "<i>S</i>", IP_UNIT_INFORMATION },
  [IP_QUANTITY_EFFECTIVE_RANK] = { "effective_rank", N_ ("Effective rank"), "erank", "erank",
                                   IP_UNIT_NONE },
  [IP_QUANTITY_RANKME] = { "rankme", N_ ("RankMe"), "RankMe", "RankMe", IP_UNIT_NONE },
  [IP_QUANTITY_PARTICIPATION_RATIO] = { "participation_ratio", N_ ("Participation ratio"), "PR",
                                        "PR", IP_UNIT_NONE },
  [IP_QUANTITY_DSE] = { "dse", N_ ("Diffusion spectral entropy"), "DSE(T)", "DSE(<i>T</i>)",
                        IP_UNIT_INFORMATION },
  [IP_QUANTITY_H_TY] = { "h_ty", N_ ("Joint entropy of layer and label"), "H(T,Y)",
                         "<i>H</i>(<i>T</i>, <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_H_TX] = { "h_tx", N_ ("Joint entropy of layer and input"), "H(T,X)",
                         "<i>H</i>(<i>T</i>, <i>X</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_H_Y] = { "h_y", N_ ("Entropy of the label"), "H(Y)", "<i>H</i>(<i>Y</i>)",
                        IP_UNIT_INFORMATION },
  [IP_QUANTITY_H_X] = { "h_x", N_ ("Entropy of the input"), "H(X)", "<i>H</i>(<i>X</i>)",
                        IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_QMI_XT]
  = { "cs_qmi_xt", N_ ("Cauchy–Schwarz information about the input"), "I_CS(X;T)",
      "<i>I</i><sub>CS</sub>(<i>X</i>; <i>T</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_QMI_TY]
  = { "cs_qmi_ty", N_ ("Cauchy–Schwarz information about the label"), "I_CS(T;Y)",
      "<i>I</i><sub>CS</sub>(<i>T</i>; <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_XT_NORMALISED]
  = { "cs_qmi_xt_normalised", N_ ("Cauchy–Schwarz dependence on the input"), "C_CS(X;T)",
      "<i>C</i><sub>CS</sub>(<i>X</i>; <i>T</i>)", IP_UNIT_NONE },
  [IP_QUANTITY_CS_TY_NORMALISED]
  = { "cs_qmi_ty_normalised", N_ ("Cauchy–Schwarz dependence on the label"), "C_CS(T;Y)",
      "<i>C</i><sub>CS</sub>(<i>T</i>; <i>Y</i>)", IP_UNIT_NONE },
  [IP_QUANTITY_MANIFOLD_ENTROPY]
  = { "manifold_entropy", N_ ("Mean log distance to a neighbour"), "mean ln r",
      "⟨ln <i>r</i>⟩", IP_UNIT_INFORMATION },
  [IP_QUANTITY_DSMI_TY]
  = { "dsmi_ty", N_ ("Diffusion spectral mutual information with the label"), "DSMI(T;Y)",
      "DSMI(<i>T</i>; <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_DSMI_XT]
  = { "dsmi_xt", N_ ("Diffusion spectral mutual information with the input"), "DSMI(X;T)",
      "DSMI(<i>X</i>; <i>T</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CSMI_TY]
  = { "csmi", N_ ("Classic Shannon mutual information with the label"), "CSMI(T;Y)",
      "CSMI(<i>T</i>; <i>Y</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_SNR] = { "snr", N_ ("Signal to noise of the gradient"), "SNR", "SNR", IP_UNIT_NONE },
  [IP_QUANTITY_GRAD_MEAN]
  = { "grad_mean", N_ ("Norm of the mean gradient"), "|mean g|", "‖⟨<i>g</i>⟩‖", IP_UNIT_NONE },
  [IP_QUANTITY_GRAD_STD] = { "grad_std", N_ ("Norm of the gradient’s standard deviation"),
                             "|std g|", "‖<i>σ</i>(<i>g</i>)‖", IP_UNIT_NONE },
  [IP_QUANTITY_WEIGHT_NORM]
  = { "weight_norm", N_ ("Norm of the weights"), "|W|", "‖<i>W</i>‖", IP_UNIT_NONE },
  [IP_QUANTITY_INTRINSIC_DIMENSION]
  = { "intrinsic_dimension", N_ ("Intrinsic dimension"), "dim", "dim", IP_UNIT_NONE },
  [IP_QUANTITY_MI_XY_MM] = { "mi_xy_mm", N_ ("Mutual information, Miller–Madow"), "I(X;Y) MM",
                             "<i>I</i>(<i>X</i>; <i>Y</i>)<sub>MM</sub>", IP_UNIT_INFORMATION },
  [IP_QUANTITY_MI_XT_GIVEN_Y_MM]
  = { "mi_xt_given_y_mm", N_ ("Information about the input given the label, Miller–Madow"),
      "I(X;T|Y) MM", "<i>I</i>(<i>X</i>; <i>T</i> | <i>Y</i>)<sub>MM</sub>",
      IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_DIV]
  = { "cs_div", N_ ("Cauchy–Schwarz divergence from the target"), "D_CS(Y,T)",
      "<i>D</i><sub>CS</sub>(<i>Y</i>, <i>T</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_COND_DIV]
  = { "cs_cond_div", N_ ("Cauchy–Schwarz divergence from the target given the input"),
      "D_CS(Y,T|X)", "<i>D</i><sub>CS</sub>(<i>Y</i>, <i>T</i> | <i>X</i>)",
      IP_UNIT_INFORMATION },
  [IP_QUANTITY_KDE_KL]
  = { "kde_kl", N_ ("Kullback–Leibler divergence from the target"), "D_KL(Y,T)",
      "<i>D</i><sub>KL</sub>(<i>Y</i>, <i>T</i>)", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_XT_NULL]
  = { "cs_qmi_xt_null",
      N_ ("Mean Cauchy–Schwarz information with the input shuffled"),
      "mean I_CS(X;T) shuffled",
      "⟨<i>I</i><sub>CS</sub>(<i>X</i>; <i>T</i>)⟩<sub>0</sub>", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_XT_NULL_SD]
  = { "cs_qmi_xt_null_sd",
      N_ ("Standard deviation of Cauchy–Schwarz information with the input shuffled"),
      "sd I_CS(X;T) shuffled",
      "<i>σ</i><sub>0</sub>(<i>I</i><sub>CS</sub>(<i>X</i>; <i>T</i>))", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_XT_P]
  = { "cs_qmi_xt_p", N_ ("p-value of independence from the input"), "p(X;T)",
      "<i>p</i>(<i>X</i>; <i>T</i>)", IP_UNIT_NONE },
  [IP_QUANTITY_CS_TY_NULL]
  = { "cs_qmi_ty_null",
      N_ ("Mean Cauchy–Schwarz information with the label shuffled"),
      "mean I_CS(T;Y) shuffled",
      "⟨<i>I</i><sub>CS</sub>(<i>T</i>; <i>Y</i>)⟩<sub>0</sub>", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_TY_NULL_SD]
  = { "cs_qmi_ty_null_sd",
      N_ ("Standard deviation of Cauchy–Schwarz information with the label shuffled"),
      "sd I_CS(T;Y) shuffled",
      "<i>σ</i><sub>0</sub>(<i>I</i><sub>CS</sub>(<i>T</i>; <i>Y</i>))", IP_UNIT_INFORMATION },
  [IP_QUANTITY_CS_TY_P]
  = { "cs_qmi_ty_p", N_ ("p-value of independence from the label"), "p(T;Y)",
      "<i>p</i>(<i>T</i>; <i>Y</i>)", IP_UNIT_NONE },
  [IP_QUANTITY_TRAIN_LOSS]
  = { "train_loss", N_ ("Training loss"), "train loss", "train loss", IP_UNIT_NONE },
  [IP_QUANTITY_TEST_LOSS]
  = { "test_loss", N_ ("Test loss"), "test loss", "test loss", IP_UNIT_NONE },
  [IP_QUANTITY_TRAIN_ACCURACY]
  = { "train_acc", N_ ("Training accuracy"), "train acc.", "train acc.", IP_UNIT_NONE },
  [IP_QUANTITY_TEST_ACCURACY]
  = { "test_acc", N_ ("Test accuracy"), "test acc.", "test acc.", IP_UNIT_NONE },
};

static const struct
{
  unsigned flag;
  const char *name;
  const char *explanation;
} flag_names[] = {
  { IP_FLAG_SATURATED, "saturated",
    N_ ("Within 2 % of the largest possible value: the estimate cannot tell layers apart") },
  { IP_FLAG_CLIPPED, "clipped", N_ ("Activations outside the bins were put into the end bins") },
  { IP_FLAG_CONSTANT, "constant", N_ ("The layer gives the same output for every input") },
  { IP_FLAG_DEAD_UNITS, "dead-units", N_ ("Some units give the same output for every input") },
  { IP_FLAG_TIES, "ties", N_ ("Several inputs have exactly the same activations") },
  { IP_FLAG_N_SMALL, "n-small",
    N_ ("Fewer than 10 samples in an occupied bin or class on average: strongly biased") },
  { IP_FLAG_INFINITE, "infinite-in-theory",
    N_ ("Infinite for a deterministic network: the value is a property of the bins or the noise") },
  { IP_FLAG_BRACKET_CLIPPED, "bracket-clipped",
    N_ ("A bound lay outside what is possible and was cut") },
  { IP_FLAG_LOW_RANK, "low-rank",
    N_ ("Computed from the leading part of the spectrum, which carries all that can be seen") },
  { IP_FLAG_STOCHASTIC, "stochastic",
    N_ ("Computed with random vectors instead of all eigenvalues: it has a standard error") },
  { IP_FLAG_NOT_MI, "not-mi", N_ ("Larger than what it estimates can be") },
  { IP_FLAG_NOT_FINITE, "not-finite", N_ ("Some activations are NaN or infinite") },
  { IP_FLAG_NO_LABELS, "no-labels", N_ ("There are no class labels") },
  { IP_FLAG_NO_INPUTS, "no-inputs", N_ ("There are no inputs") },
  { IP_FLAG_UNDEFINED, "undefined", N_ ("Not defined for these data") },
  { IP_FLAG_FAILED, "failed", N_ ("Could not be read or computed") },
  { IP_FLAG_NO_ENCODER, "no-encoder",
    N_ ("The dump has no means and standard deviations mu and s of this layer") },
  { IP_FLAG_NO_GRADIENT, "no-gradient",
    N_ ("The dump has no statistics of the gradients of this layer and epoch") },
  { IP_FLAG_NO_TARGETS, "no-targets", N_ ("There are no real-valued targets") },
};

const IpEstimator *const *
ip_estimators_list (size_t *n)
{
  *n = IP_N_ELEMENTS (estimators);
  return estimators;
}

const IpEstimator *
ip_estimator_find (const char *id)
{
  for (size_t i = 0; i < IP_N_ELEMENTS (estimators); i++)
    if (strcmp (estimators[i]->id, id) == 0)
      return estimators[i];

  return NULL;
}

unsigned
ip_estimate_get_flags (const IpEstimate *estimate)
{
  unsigned flags = 0;

  for (unsigned i = 0; i < estimate->n_values; i++)
    switch (estimate->values[i].quantity)
      {
      case IP_QUANTITY_MI_XT_MM:
      case IP_QUANTITY_MI_TY_MM:
      case IP_QUANTITY_H_T_MM:
      case IP_QUANTITY_MI_XY_MM:
      case IP_QUANTITY_MI_XT_GIVEN_Y_MM:
        break;

      default:
        flags |= estimate->values[i].flags;
      }

  return flags;
}

const IpQuantityInfo *
ip_quantity_get_info (IpQuantity quantity)
{
  return &quantities[quantity];
}

bool
ip_quantity_from_id (const char *id, IpQuantity *quantity)
{
  for (int i = 0; i < IP_N_QUANTITIES; i++)
    if (strcmp (quantities[i].id, id) == 0)
      {
        *quantity = i;
        return true;
      }

  return false;
}

bool
ip_request_keeps_distances (const IpRequest *request, size_t n)
{
  return request->estimator->keeps_distances != NULL
         && request->estimator->keeps_distances (n, &request->parameters);
}

size_t
ip_requests_count_bytes (
    const IpRequest *requests, size_t n_requests, size_t n, size_t d, size_t classes)
{
  bool are_kept = false;
  size_t most = 0;

  for (size_t i = 0; i < n_requests; i++)
    are_kept = are_kept || ip_request_keeps_distances (&requests[i], n);
  for (size_t i = 0; i < n_requests; i++)
    {
      size_t bytes = requests[i].estimator->memory (n, d, classes, &requests[i].parameters);
      size_t beside = are_kept && !ip_request_keeps_distances (&requests[i], n) ? 8 * n * n : 0;

      most = bytes + beside > most ? bytes + beside : most;
    }

  return most;
}

bool
ip_request_gives (const IpRequest *request, IpQuantity quantity)
{
  const IpEstimator *estimator = request->estimator;

  return estimator->gives == NULL || estimator->gives (quantity, &request->parameters);
}

bool
ip_request_needs_layer_range (const IpRequest *request, double bound_lo, double bound_hi)
{
  const IpEstimator *estimator = request->estimator;

  return estimator->needs_layer_range != NULL
         && estimator->needs_layer_range (&request->parameters, bound_lo, bound_hi);
}

void
ip_flags_format (unsigned flags, double clipped, char *text, size_t size)
{
  size_t used = 0;

  if (size == 0)
    return;

  text[0] = '\0';
  for (size_t i = 0; i < IP_N_ELEMENTS (flag_names); i++)
    {
      char percent[IP_NUMBER_SIZE] = "";
      int length;

      if ((flags & flag_names[i].flag) == 0)
        continue;

      if (flag_names[i].flag == IP_FLAG_CLIPPED)
        ip_number_format_rounded (100.0 * clipped, 2, percent);
      length = snprintf (text + used, size - used, "%s%s%s%s%s", used > 0 ? ";" : "",
                         flag_names[i].name, *percent ? "=" : "", percent, *percent ? "%" : "");
      if ((size_t) length >= size - used)
        return;
      used += length;
    }
}

const char *
ip_flag_explain (unsigned flag)
{
  for (size_t i = 0; i < IP_N_ELEMENTS (flag_names); i++)
    if (flag_names[i].flag == flag)
      return flag_names[i].explanation;

  return "";
}
