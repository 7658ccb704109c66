/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-average.h"

#include <glib/gi18n.h>
#include <math.h>

static const struct
{
  const char *id;
  const char *title;
  const char *description;
} bands[IP_N_BANDS] = {
  [IP_BAND_STD] = { "std", N_("Standard deviation"), N_("mean ± standard deviation") },
  [IP_BAND_STDERR] = { "stderr", N_("Standard error"), N_("mean ± standard error") },
  [IP_BAND_CI95] = { "ci95", N_("95 % interval"), N_("mean and its 95 % interval") },
  [IP_BAND_RANGE] = { "range", N_("Smallest to largest"), N_("mean, smallest and largest") },
  [IP_BAND_NONE] = { "none", N_("None"), N_("mean") },
};

const char *
ip_band_get_id (IpBand band)
{
  g_return_val_if_fail (band < IP_N_BANDS, NULL);

  return bands[band].id;
}

const char *
ip_band_get_title (IpBand band)
{
  g_return_val_if_fail (band < IP_N_BANDS, NULL);

  return _(bands[band].title);
}

const char *
ip_band_describe (IpBand band)
{
  g_return_val_if_fail (band < IP_N_BANDS, NULL);

  return _(bands[band].description);
}

gboolean
ip_band_from_id (const char *id, IpBand *band)
{
  for (guint i = 0; i < IP_N_BANDS; i++)
    if (g_strcmp0 (id, bands[i].id) == 0)
      {
        *band = i;
        return TRUE;
      }

  return FALSE;
}

/* P (|T| < t) for integer degrees of freedom: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4. */
static double
get_student_share (double t, guint degrees)
{
  double angle = atan (t / sqrt (degrees));
  double square = cos (angle) * cos (angle);
  gboolean odd = degrees % 2 == 1;
  double term = odd ? cos (angle) : 1;
  double sum = degrees > 1 ? term : 0;

  for (guint k = odd ? 3 : 2; k + 2 <= degrees; k += 2)
    {
      term *= square * (k - 1) / k;
      sum += term;
    }

  return odd ? 2 / G_PI * (angle + sin (angle) * sum) : sin (angle) * sum;
}

double
ip_student_get_factor (guint degrees)
{
  double lo = 1.9;
  double hi = 13;

  g_return_val_if_fail (degrees > 0, NAN);

  for (guint i = 0; i < 60; i++)
    {
      double middle = (lo + hi) / 2;

      if (get_student_share (middle, degrees) < 0.95)
        lo = middle;
      else
        hi = middle;
    }

  return (lo + hi) / 2;
}

static double
get_half_width (IpBand band, double deviation, guint n)
{
  switch (band)
    {
    case IP_BAND_STD:
      return deviation;

    case IP_BAND_STDERR:
      return deviation / sqrt (n);

    case IP_BAND_CI95:
      return deviation / sqrt (n) * ip_student_get_factor (n - 1);

    default:
      return NAN;
    }
}

static IpReading
average (const double *values, guint n, IpBand band)
{
  double mean = 0;
  double squares = 0;
  double lo = INFINITY;
  double hi = -INFINITY;
  double half;

  for (guint i = 0; i < n; i++)
    {
      mean += values[i] / n;
      lo = MIN (lo, values[i]);
      hi = MAX (hi, values[i]);
    }
  if (!isfinite (mean) || n < 2 || band == IP_BAND_NONE)
    return (IpReading){ mean, NAN, NAN };
  if (band == IP_BAND_RANGE)
    return (IpReading){ mean, lo, hi };

  for (guint i = 0; i < n; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  half = get_half_width (band, sqrt (squares / (n - 1)), n);

  return (IpReading){ mean, mean - half, mean + half };
}

/* The point of each track at an epoch, or value of a parameter, advancing; FALSE when one has
 * none. */
static gboolean
find_points (const IpTrack *const *tracks, guint n, double across, guint *at)
{
  for (guint i = 0; i < n; i++)
    {
      while (at[i] < tracks[i]->n_points && tracks[i]->points[at[i]].across < across)
        at[i]++;
      if (at[i] == tracks[i]->n_points || tracks[i]->points[at[i]].across != across)
        return FALSE;
    }

  return TRUE;
}

IpTrack
ip_tracks_average (const IpTrack *const *tracks, guint n_tracks, IpBand band)
{
  g_autoptr (GArray) points = g_array_new (FALSE, TRUE, sizeof (IpTrackPoint));
  g_autofree guint *at = g_new0 (guint, n_tracks);
  g_autofree double *x = g_new (double, n_tracks);
  g_autofree double *y = g_new (double, n_tracks);
  IpTrack result = { .n_runs = n_tracks };

  for (guint i = 0; i < tracks[0]->n_points; i++)
    {
      IpTrackPoint point = { .epoch = tracks[0]->points[i].epoch,
                             .across = tracks[0]->points[i].across };

      if (!find_points (tracks, n_tracks, point.across, at))
        continue;
      for (guint k = 0; k < n_tracks; k++)
        {
          x[k] = tracks[k]->points[at[k]].x.value;
          y[k] = tracks[k]->points[at[k]].y.value;
        }
      point.x = average (x, n_tracks, band);
      point.y = average (y, n_tracks, band);
      g_array_append_val (points, point);
    }

  result.n_points = points->len;
  result.points = (IpTrackPoint *) g_array_free (g_steal_pointer (&points), FALSE);

  return result;
}
