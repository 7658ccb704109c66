/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Spectra of the epochs of one layer, in the form that is chosen. */

/* Diffusion times 1 to 1000. */
#define N_TIMES 61
#define LAST_TIME 1000.0

/* Adds m numbers of size p each, raised, to their sum and the sum of q log q. */
static void
add_power (double p, double m, double power, double *sum, double *logs)
{
  double exponent = power * log (p);
  double raised = exp (exponent);

  if (!(raised > 0) || !(m > 0))
    return;
  *sum += m * raised;
  *logs += m * raised * exponent;
}

/* H = log S − (sum q log q) / S of q = (p / largest p)^power, S = sum q: whatever the power, one of
 * them is 1. */
IpReading
ip_spectrum_get_entropy (const double *spectrum, guint n, gsize total, double power)
{
  double sum = 0;
  double logs = 0;
  double rest = 1;
  double ends[3];

  for (guint i = 0; i < n; i++)
    {
      add_power (spectrum[i] / spectrum[0], 1, power, &sum, &logs);
      rest -= spectrum[i];
    }
  if (!(sum > 0) || !isfinite (logs))
    return (IpReading){ NAN, NAN, NAN };
  ends[0] = log (sum) - logs / sum;
  ends[1] = ends[2] = ends[0];
  if (n > 0 && total > n && rest > 1e-12 && spectrum[n - 1] > 0)
    {
      /* The rest as few numbers as can be, and as many. */
      double few[] = { spectrum[n - 1], MAX (rest / spectrum[n - 1], 1) };
      double many[] = { rest / (double) (total - n), (double) (total - n) };

      for (guint i = 0; i < 2; i++)
        {
          const double *tail = i == 0 ? few : many;
          double all = sum;
          double all_logs = logs;

          add_power (tail[0] / spectrum[0], tail[1], power, &all, &all_logs);
          ends[1 + i] = log (all) - all_logs / all;
        }
    }

  return (IpReading){ ends[0], MIN (ends[0], MIN (ends[1], ends[2])),
                      MAX (ends[0], MAX (ends[1], ends[2])) };
}

static void
fill_ranks (IpTrack *track, const IpEstimate *estimate, gboolean cumulative)
{
  double sum = 0;

  track->n_points = estimate->n_spectrum;
  track->points = g_new0 (IpTrackPoint, track->n_points);
  for (guint k = 0; k < track->n_points; k++)
    {
      sum += estimate->spectrum[k];
      track->points[k].x = (IpReading){ k + 1, NAN, NAN };
      track->points[k].y = (IpReading){ cumulative ? sum : estimate->spectrum[k], NAN, NAN };
    }
}

/* The spectrum is that of time `now`. */
static void
fill_times (IpTrack *track, const IpEstimate *estimate, double now, double unit)
{
  track->n_points = N_TIMES;
  track->points = g_new0 (IpTrackPoint, N_TIMES);
  for (guint k = 0; k < N_TIMES; k++)
    {
      double time = pow (LAST_TIME, k / (N_TIMES - 1.0));
      IpReading entropy = ip_spectrum_get_entropy (estimate->spectrum, estimate->n_spectrum,
                                                   estimate->n, time / now);

      track->points[k].x = (IpReading){ time, NAN, NAN };
      track->points[k].y
        = (IpReading){ entropy.value / unit, entropy.lower / unit, entropy.upper / unit };
    }
}

/* The diffusion time of a request; NAN when it diffuses nothing. */
static double
find_time (const IpRequest *request)
{
  const IpEstimator *estimator = request->estimator;

  for (guint i = 0; i < estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &estimator->parameters[i];

      if (g_str_equal (parameter->id, "t")
          && (parameter->when < 0
              || request->parameters.value[parameter->when] == parameter->equals))
        return request->parameters.value[i];
    }

  return NAN;
}

/* Whether the estimates of the chosen layer have spectra of the form that is shown.  known: set
 * when there are estimates at all. */
static gboolean
has_spectra (IpSession *self, const IpRequest *request, gboolean *known)
{
  gboolean diffuses = ip_session_get_display (self, IP_DISPLAY_SPECTRUM) == IP_SPECTRUM_DIFFUSION;
  int layer = ip_session_get_layer (self);
  IpRun *run = layer >= 0 ? ip_session_get_run (self, (guint) layer >> 16) : NULL;
  const IpEstimate *const *estimates = run != NULL ? ip_run_get_estimates (run, request) : NULL;
  guint n_epochs = 0;

  if (estimates == NULL)
    return FALSE;
  ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  for (guint i = 0; i < n_epochs; i++)
    {
      const IpEstimate *estimate = estimates[(gsize) (layer & 0xffff) * n_epochs + i];

      if (estimate == NULL)
        continue;
      *known = TRUE;
      if (estimate->n_spectrum > 0 && !(diffuses && isnan (find_time (request))))
        return TRUE;
    }

  return FALSE;
}

const IpRequest *
ip_session_get_spectral_request (IpSession *self)
{
  gboolean known = FALSE;

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  if (has_spectra (self, ip_session_get_request (self), &known))
    return ip_session_get_request (self);
  for (guint i = 0; i < self->comparisons->len; i++)
    if (has_spectra (self, &g_array_index (self->comparisons, IpRequest, i), &known))
      return &g_array_index (self->comparisons, IpRequest, i);

  return ip_session_get_request (self);
}

const IpEstimator *
ip_session_offer_spectra (IpSession *self)
{
  gboolean diffuses = ip_session_get_display (self, IP_DISPLAY_SPECTRUM) == IP_SPECTRUM_DIFFUSION;
  const IpEstimator *offered = ip_estimator_find (diffuses ? "dse" : "spectrum");
  gboolean known = FALSE;

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  if (has_spectra (self, ip_session_get_spectral_request (self), &known) || !known
      || ip_session_get_request (self)->estimator == offered)
    return NULL;
  for (guint i = 0; i < self->comparisons->len; i++)
    if (g_array_index (self->comparisons, IpRequest, i).estimator == offered)
      return NULL;

  return offered;
}

static void
add_epochs (IpSession *self, IpFigure *figure, guint run_number, guint layer)
{
  IpSpectrumForm form = ip_session_get_display (self, IP_DISPLAY_SPECTRUM);
  const IpRequest *request = ip_session_get_spectral_request (self);
  IpRun *run = ip_session_get_run (self, run_number);
  IpDump *dump = ip_run_get_dump (run);
  const IpEstimate *const *known = ip_run_get_estimates (run, request);
  double time = find_time (request);
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);

  for (guint i = 0; known != NULL && i < n_epochs; i++)
    {
      const IpEstimate *estimate = known[(gsize) layer * n_epochs + i];
      IpTrack track = { 0 };

      if (estimate == NULL || estimate->n_spectrum == 0
          || (form == IP_SPECTRUM_DIFFUSION && isnan (time)))
        continue;
      track.run = g_strdup (ip_run_get_name (run));
      track.layer = g_strdup (ip_dump_get_layer (dump, layer)->name);
      track.style = ip_run_layer_get_style (ip_run_get_layer (run, layer));
      track.user_data = run_number << 16 | layer;
      if (form == IP_SPECTRUM_DIFFUSION)
        fill_times (&track, estimate, time, ip_session_get_in_bits (self) ? G_LN2 : 1);
      else
        fill_ranks (&track, estimate, form == IP_SPECTRUM_CUMULATIVE);
      for (guint k = 0; k < track.n_points; k++)
        track.points[k].epoch = epochs[i];
      ip_figure_take_track (figure, &track);
    }
}

void
ip_session_add_spectra (IpSession *self, IpFigure *figure)
{
  IpSpectrumForm form = ip_session_get_display (self, IP_DISPLAY_SPECTRUM);
  int layer = ip_session_get_layer (self);
  IpFigureQuantity across = { .markup = _("rank <i>k</i>"), .ceiling = NAN };
  IpFigureQuantity upwards = { .markup = _("eigenvalue <i>λ<sub>k</sub></i>"), .ceiling = NAN };

  if (form == IP_SPECTRUM_RIDGES)
    upwards.markup = _("eigenvalue <i>λ<sub>k</sub></i> above its epoch, logarithmic");
  if (form == IP_SPECTRUM_CUMULATIVE)
    upwards.markup = _("share of the largest <i>k</i>");
  if (form == IP_SPECTRUM_DIFFUSION)
    {
      across.markup = _("diffusion time <i>t</i>");
      upwards.markup = _("entropy of the diffusion");
      upwards.unit = ip_session_get_in_bits (self) ? _("bits") : _("nats");
    }
  ip_figure_set_spectrum_form (figure, form);
  ip_figure_set_quantity (figure, 0, &across);
  ip_figure_set_quantity (figure, 1, &upwards);
  if (layer >= 0)
    add_epochs (self, figure, (guint) layer >> 16, layer & 0xffff);
}
