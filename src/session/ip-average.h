/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

/* Averages over runs. */

G_BEGIN_DECLS

/* What a band around a mean over runs says. */
typedef enum
{
  IP_BAND_STD,    /* mean ± sample standard deviation, divisor n − 1 */
  IP_BAND_STDERR, /* mean ± standard deviation / sqrt (n) */
  IP_BAND_CI95,   /* mean ± 95 % interval of Student's t with n − 1 degrees of freedom */
  IP_BAND_RANGE,  /* from the smallest to the largest run */
  IP_BAND_NONE,
  IP_N_BANDS,
} IpBand;

const char *ip_band_get_id (IpBand band);    /* "std": command line, sessions */
const char *ip_band_get_title (IpBand band); /* "Standard deviation" (translated) */
/* "mean ± standard deviation" (translated) */
const char *ip_band_describe (IpBand band);
gboolean ip_band_from_id (const char *id, IpBand *band);

/* The mean over the same layer of n_tracks runs, with the band as its brackets.  Only over
 * epochs at which all runs have a finite value, each quantity for itself: nothing is
 * interpolated, and a mean is over the same runs everywhere.  A band needs two runs.  (transfer
 * full) the names of the track are left to the caller. */
IpTrack ip_tracks_average (const IpTrack *const *tracks, guint n_tracks, IpBand band);

/* The factor t with P (|T| < t) = 0.95 for Student's T with so many degrees of freedom. */
double ip_student_get_factor (guint degrees);

G_END_DECLS
