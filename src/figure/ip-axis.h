/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

/* One axis: where a value stands on the figure, and its ticks.  Pure arithmetic, no text is
 * measured here. */

G_BEGIN_DECLS

typedef struct
{
  IpScale scale;
  IpLimits limits;
  double start; /* place of limits.lo, pt */
  double end;   /* place of limits.hi, pt */
} IpAxis;

typedef struct
{
  double value;
  double extent;  /* half the length of the label along the axis, filled in by the layout */
  gboolean minor; /* without a label for good */
  gboolean end;   /* keeps its label when another is too near */
  char label[24]; /* empty: no label */
} IpTick;

/* A value in the even measure of a scale, and back. */
double ip_scale_position (IpScale scale, double value);
double ip_scale_value (IpScale scale, double position);

double ip_axis_place (const IpAxis *axis, double value);
double ip_axis_value (const IpAxis *axis, double place);
gboolean ip_axis_contains (const IpAxis *axis, double value);

/* Steps of 1, 2 or 5 x 10^k that give 5 to 7 labels, or as near to that as `most` labels allow, all
 * with the same decimals.  An array of IpTick in rising order. */
GArray *ip_ticks_new_linear (const IpAxis *axis, guint most, gboolean whole_numbers);

/* Epoch 0, powers of ten and the last epoch, minor ticks at 2 to 9; finer steps where fewer than
 * three of them are in view.  On a linear scale whole numbers. */
GArray *ip_ticks_new_epoch (const IpAxis *axis, gint64 last, guint most);

/* Powers of ten, every second, third, … where there are many, multiples by 2 and 5 where there are
 * few; minor ticks between them.  For IP_SCALE_LOG10. */
GArray *ip_ticks_new_decades (const IpAxis *axis, guint most, gboolean whole_numbers);

/* Zero and the powers of ten on both sides of it. */
GArray *ip_ticks_new_symlog (const IpAxis *axis);

/* Whether no tick has precedence: all are labelled or none should be. */
gboolean ip_ticks_are_even (GArray *ticks);
/* Whether any two labels come nearer than `gap`. */
gboolean ip_ticks_collide (GArray *ticks, const IpAxis *axis, double gap);
/* Takes the label from ticks whose label would come nearer to another than `gap`. */
void ip_ticks_thin (GArray *ticks, const IpAxis *axis, double gap);

/* Fixed decimals with a true minus, never minus zero. */
void ip_axis_format_number (double value, guint decimals, char *text, gsize size);

G_END_DECLS
