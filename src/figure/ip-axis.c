/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-axis.h"

#include <math.h>
#include <string.h>

/* More ticks than this are never useful; also keeps the loops below bounded. */
#define MOST_STEPS 1000

double
ip_scale_position (IpScale scale, double value)
{
  switch (scale)
    {
    case IP_SCALE_LOG:
      return log1p (value) / G_LN10;
    case IP_SCALE_LOG10:
      return log10 (value);
    case IP_SCALE_SYMLOG:
      return copysign (log1p (fabs (value) / IP_SYMLOG_LINEAR) / G_LN10, value);
    default:
      return value;
    }
}

double
ip_scale_value (IpScale scale, double position)
{
  switch (scale)
    {
    case IP_SCALE_LOG:
      return expm1 (position * G_LN10);
    case IP_SCALE_LOG10:
      return pow (10, position);
    case IP_SCALE_SYMLOG:
      return copysign (expm1 (fabs (position) * G_LN10) * IP_SYMLOG_LINEAR, position);
    default:
      return position;
    }
}

double
ip_axis_place (const IpAxis *axis, double value)
{
  double lo = ip_scale_position (axis->scale, axis->limits.lo);
  double hi = ip_scale_position (axis->scale, axis->limits.hi);
  double share = (ip_scale_position (axis->scale, value) - lo) / (hi - lo);

  return axis->start + share * (axis->end - axis->start);
}

double
ip_axis_value (const IpAxis *axis, double place)
{
  double lo = ip_scale_position (axis->scale, axis->limits.lo);
  double hi = ip_scale_position (axis->scale, axis->limits.hi);
  double share = (place - axis->start) / (axis->end - axis->start);

  return ip_scale_value (axis->scale, lo + share * (hi - lo));
}

/* Rounding must not push the ends of the axis off it. */
static double
axis_slack (const IpAxis *axis)
{
  return 1e-9 * (axis->limits.hi - axis->limits.lo);
}

gboolean
ip_axis_contains (const IpAxis *axis, double value)
{
  double lo = ip_scale_position (axis->scale, axis->limits.lo);
  double hi = ip_scale_position (axis->scale, axis->limits.hi);
  double position = ip_scale_position (axis->scale, value);
  double slack = 1e-9 * (hi - lo);

  return position >= lo - slack && position <= hi + slack;
}

void
ip_axis_format_number (double value, guint decimals, char *text, gsize size)
{
  char digits[64];
  char format[8];
  gboolean is_zero;

  g_snprintf (format, sizeof format, "%%.%uf", MIN (decimals, 20u));
  g_ascii_formatd (digits, sizeof digits, format, fabs (value));
  is_zero = strspn (digits, "0.") == strlen (digits);
  g_snprintf (text, size, "%s%s", value < 0 && !is_zero ? "−" : "", digits);
}

/* 1, 2, 5, 10, 20, … for rank 0, 1, 2, 3, 4, …; negative ranks give fractions. */
static double
step_of_rank (int rank)
{
  static const double digits[] = { 1, 2, 5 };
  int decade = (int) floor (rank / 3.0);

  return digits[rank - 3 * decade] * pow (10, decade);
}

static double
count_steps (const IpLimits *limits, double step, double slack)
{
  return floor ((limits->hi + slack) / step) - ceil ((limits->lo - slack) / step) + 1;
}

/* Distance of a number of labels from the range wanted; what does not fit is never wanted. */
static double
count_penalty (double count, guint most)
{
  if (count > most)
    return 1000 + count;
  return count < 5 ? 5 - count : MAX (count - 7, 0);
}

static int
choose_rank (const IpAxis *axis, guint most, gboolean whole_numbers)
{
  const IpLimits *limits = &axis->limits;
  int finest = 3 * (int) floor (log10 (limits->hi - limits->lo)) - 5;
  int best = finest;
  double best_penalty = INFINITY;

  if (whole_numbers)
    finest = MAX (finest, 0);
  for (int rank = finest; rank < finest + 12; rank++)
    {
      double count = count_steps (limits, step_of_rank (rank), axis_slack (axis));
      double penalty = count_penalty (count, most);

      if (penalty <= best_penalty)
        {
          best = rank;
          best_penalty = penalty;
        }
    }
  return best;
}

static IpTick *
append_tick (GArray *ticks, double value)
{
  IpTick tick = { .value = value };

  g_array_append_val (ticks, tick);
  return &g_array_index (ticks, IpTick, ticks->len - 1);
}

GArray *
ip_ticks_new_linear (const IpAxis *axis, guint most, gboolean whole_numbers)
{
  GArray *ticks = g_array_new (FALSE, TRUE, sizeof (IpTick));
  int rank = choose_rank (axis, MAX (most, 2), whole_numbers);
  double step = step_of_rank (rank);
  guint decimals = rank < 0 ? (guint) -floor (rank / 3.0) : 0;
  double first = ceil ((axis->limits.lo - axis_slack (axis)) / step);
  double count = count_steps (&axis->limits, step, axis_slack (axis));

  for (guint i = 0; i < MIN (count, MOST_STEPS); i++)
    {
      IpTick *tick = append_tick (ticks, (first + i) * step);

      ip_axis_format_number (tick->value, decimals, tick->label, sizeof tick->label);
    }
  return ticks;
}

static gboolean
add_epoch (GArray *ticks, const IpAxis *axis, double epoch, gboolean labelled)
{
  IpTick *tick;

  if (!ip_axis_contains (axis, epoch))
    return FALSE;
  tick = append_tick (ticks, epoch);
  tick->minor = !labelled;
  if (labelled)
    ip_axis_format_number (epoch, 0, tick->label, sizeof tick->label);
  return labelled;
}

/* Adds 0 and the multiples of the powers of ten whose bit is set in `labelled` (bit 1 for 10^k, bit
 * 2 for 2 x 10^k, …), the rest as minor ticks.  Returns how many have a label. */
static guint
add_decades (GArray *ticks, const IpAxis *axis, guint labelled)
{
  guint n = add_epoch (ticks, axis, 0, TRUE);

  for (double decade = 1; decade <= axis->limits.hi && decade < 1e18; decade *= 10)
    for (guint digit = 1; digit < 10; digit++)
      n += add_epoch (ticks, axis, digit * decade, (labelled >> digit) & 1);
  return n;
}

static void
add_last (GArray *ticks, const IpAxis *axis, gint64 last)
{
  if (!ip_axis_contains (axis, (double) last))
    return;
  for (guint i = 0; i < ticks->len; i++)
    if (g_array_index (ticks, IpTick, i).value == (double) last)
      {
        g_array_remove_index (ticks, i);
        break;
      }
  add_epoch (ticks, axis, (double) last, TRUE);
  g_array_index (ticks, IpTick, ticks->len - 1).end = TRUE;
}

static int
compare_ticks (gconstpointer a, gconstpointer b)
{
  double first = ((const IpTick *) a)->value;
  double second = ((const IpTick *) b)->value;

  return (first > second) - (first < second);
}

GArray *
ip_ticks_new_epoch (const IpAxis *axis, gint64 last, guint most)
{
  static const guint labelled[] = { 1 << 1, 1 << 1 | 1 << 2 | 1 << 5 };
  GArray *ticks;

  if (axis->scale == IP_SCALE_LINEAR)
    return ip_ticks_new_linear (axis, most, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (labelled); i++)
    {
      ticks = g_array_new (FALSE, TRUE, sizeof (IpTick));
      if (add_decades (ticks, axis, labelled[i]) >= 3)
        {
          g_array_index (ticks, IpTick, 0).end = !g_array_index (ticks, IpTick, 0).minor;
          add_last (ticks, axis, last);
          g_array_sort (ticks, compare_ticks);
          return ticks;
        }
      g_array_unref (ticks);
    }
  return ip_ticks_new_linear (axis, most, TRUE);
}

/* "100", "10⁻²", "2·10⁻⁵" */
static void
format_power (double digit, int exponent, gboolean plain, char *text, gsize size)
{
  char power[20];

  if (plain || exponent == 0)
    {
      ip_axis_format_number (digit * pow (10, exponent), (guint) MAX (-exponent, 0), text, size);
      return;
    }
  g_snprintf (power, sizeof power, "10<sup>%s%d</sup>", exponent < 0 ? "−" : "", ABS (exponent));
  if (digit == 1)
    g_strlcpy (text, power, size);
  else
    g_snprintf (text, size, "%.0f·%s", digit, power);
}

/* Labels every power of ten that is a multiple of `step`, with `fine` also its 2- and 5-fold. */
static guint
add_powers (GArray *ticks, const IpAxis *axis, int step, gboolean fine)
{
  gboolean plain = axis->limits.lo >= 0.01 && axis->limits.hi < 1e5;
  int first = (int) floor (log10 (axis->limits.lo));
  int last = (int) ceil (log10 (axis->limits.hi));
  guint n = 0;

  for (int exponent = first; exponent <= last; exponent++)
    for (guint digit = 1; digit < (step > 1 ? 2 : 10); digit++)
      {
        double value = digit * pow (10, exponent);
        IpTick *tick;

        if (!ip_axis_contains (axis, value))
          continue;
        tick = append_tick (ticks, value);
        tick->minor = digit == 1 ? exponent % step != 0 : !fine || (digit != 2 && digit != 5);
        if (tick->minor)
          continue;
        format_power (digit, exponent, plain, tick->label, sizeof tick->label);
        n++;
      }
  return n;
}

GArray *
ip_ticks_new_decades (const IpAxis *axis, guint most, gboolean whole_numbers)
{
  double decades = log10 (axis->limits.hi / axis->limits.lo);
  int step = (int) CLAMP (ceil (decades / MAX (most, 2)), decades > 5 ? 2 : 1, 300);

  for (guint fine = 0; fine < 2; fine++)
    {
      GArray *ticks = g_array_new (FALSE, TRUE, sizeof (IpTick));

      if (add_powers (ticks, axis, step, fine) >= 3)
        return ticks;
      g_array_unref (ticks);
    }
  return ip_ticks_new_linear (axis, most, whole_numbers);
}

/* Zero and powers of ten from the linear part outwards, on both sides. */
GArray *
ip_ticks_new_symlog (const IpAxis *axis)
{
  GArray *ticks = g_array_new (FALSE, TRUE, sizeof (IpTick));
  double largest = MAX (fabs (axis->limits.lo), fabs (axis->limits.hi));
  guint n = 0;

  for (int sign = -1; sign <= 1; sign++)
    for (double decade = IP_SYMLOG_LINEAR; decade <= MIN (largest, 1e300); decade *= 10)
      for (guint digit = 1; digit < (sign == 0 ? 2 : 10); digit++)
        {
          double value = sign * (double) digit * decade;
          int exponent = (int) lround (log10 (decade));
          IpTick *tick;

          if (!ip_axis_contains (axis, value) || (sign == 0 && decade > IP_SYMLOG_LINEAR))
            continue;
          tick = append_tick (ticks, value);
          tick->minor = digit > 1;
          tick->end = sign == 0;
          if (digit > 1)
            continue;
          ip_axis_format_number (value, (guint) MAX (-exponent, 0) * (sign != 0), tick->label,
                                 sizeof tick->label);
          n++;
        }
  g_array_sort (ticks, compare_ticks);
  if (n >= 3)
    return ticks;
  g_array_unref (ticks);
  return ip_ticks_new_linear (axis, 7, FALSE);
}

static gboolean
two_collide (const IpTick *a, const IpTick *b, const IpAxis *axis, double gap)
{
  double distance = fabs (ip_axis_place (axis, a->value) - ip_axis_place (axis, b->value));

  return distance < a->extent + b->extent + gap;
}

gboolean
ip_ticks_are_even (GArray *ticks)
{
  for (guint i = 0; i < ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (ticks, IpTick, i);

      if (tick->minor || tick->end)
        return FALSE;
    }
  return TRUE;
}

gboolean
ip_ticks_collide (GArray *ticks, const IpAxis *axis, double gap)
{
  for (guint i = 1; i < ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (ticks, IpTick, i);

      if (two_collide (tick, tick - 1, axis, gap))
        return TRUE;
    }
  return FALSE;
}

/* Whether a label that stays in any case, or one before this, is in the way. */
static gboolean
label_is_crowded (GArray *ticks, guint index, const IpAxis *axis, double gap)
{
  const IpTick *tick = &g_array_index (ticks, IpTick, index);

  for (guint i = 0; i < ticks->len; i++)
    {
      const IpTick *other = &g_array_index (ticks, IpTick, i);
      gboolean stays = tick->end ? other->end && i > index : other->end || i < index;

      if (i != index && other->label[0] && stays && two_collide (tick, other, axis, gap))
        return TRUE;
    }
  return FALSE;
}

void
ip_ticks_thin (GArray *ticks, const IpAxis *axis, double gap)
{
  for (guint i = 0; i < ticks->len; i++)
    {
      IpTick *tick = &g_array_index (ticks, IpTick, i);

      if (tick->label[0] && label_is_crowded (ticks, i, axis, gap))
        tick->label[0] = '\0';
    }
}
