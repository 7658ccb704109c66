/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-findings.h"

#include <math.h>

#define ROUNDING 1e-9

static double
get_lower (const IpReading *reading)
{
  return isfinite (reading->lower) ? MIN (reading->lower, reading->value) : reading->value;
}

static double
get_upper (const IpReading *reading)
{
  return isfinite (reading->upper) ? MAX (reading->upper, reading->value) : reading->value;
}

static gboolean
find_largest (const IpTrack *track, guint *largest, guint *first, guint *last)
{
  gboolean found = FALSE;

  for (guint i = 0; i < track->n_points; i++)
    {
      double value = track->points[i].x.value;

      if (!isfinite (value))
        continue;
      if (!found)
        *first = *largest = i;
      if (value >= track->points[*largest].x.value)
        *largest = i;
      *last = i;
      found = TRUE;
    }
  return found;
}

gboolean
ip_track_find_phase_change (const IpTrack *track, guint *point)
{
  guint largest = 0;
  guint first = 0;
  guint last = 0;

  if (!find_largest (track, &largest, &first, &last) || largest == first || largest == last)
    return FALSE;
  for (guint i = largest + 1; i <= last; i++)
    {
      const IpReading *top = &track->points[largest].x;
      const IpReading *later = &track->points[i].x;
      gboolean falls = later->value < (1 - IP_PHASE_SHARE) * top->value &&
                       get_upper (later) < get_lower (top);

      if (isfinite (later->value) && falls)
        {
          *point = largest;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
ip_reading_exceeds (const IpReading *after, const IpReading *before)
{
  double margin = ROUNDING * MAX (fabs (before->value), 1);

  return isfinite (before->value) && isfinite (after->value) &&
         get_lower (after) > get_upper (before) + margin;
}

guint
ip_track_mark_violations (const IpTrack *before, IpTrack *after)
{
  guint n = 0;
  guint other = 0;

  for (guint i = 0; i < after->n_points; i++)
    {
      IpTrackPoint *point = &after->points[i];
      guint marks = 0;

      while (other < before->n_points && before->points[other].across < point->across)
        other++;
      if (other == before->n_points || before->points[other].across != point->across)
        continue;
      if (ip_reading_exceeds (&point->x, &before->points[other].x))
        marks |= IP_POINT_VIOLATES_X;
      if (ip_reading_exceeds (&point->y, &before->points[other].y))
        marks |= IP_POINT_VIOLATES_Y;
      point->marks |= marks;
      n += marks != 0;
    }
  return n;
}
