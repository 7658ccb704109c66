/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Every colour, line width and font size of a figure.  Themes are constants but for the font. */

G_BEGIN_DECLS

typedef struct
{
  double red, green, blue;
} IpColour;

#define IP_N_SERIES 8

typedef struct
{
  IpColour background, text, dim, axis, grid, zone, accent, ceiling, warning;
  IpColour series[IP_N_SERIES];
  double map_lo, map_hi; /* the part of viridis that epochs use */
  char family[64];       /* Pango family list */
  double size;           /* of tick labels, pt; everything else is relative to it */
  double line;           /* width of a trajectory, pt; everything else is relative to it */
} IpTheme;

void ip_theme_init_light (IpTheme *theme);
void ip_theme_init_dark (IpTheme *theme);
/* For those who need contrast: what is faint comes near to the colour of text, series are moved
 * towards it, and lines are wider. */
void ip_theme_strengthen (IpTheme *theme);
/* For print: white paper, black text, 8 pt, thin lines. */
void ip_theme_init_paper (IpTheme *theme);

/* Colour of series 0, 1, … (repeats after IP_N_SERIES; marker and dash then differ). */
IpColour ip_theme_get_series (const IpTheme *theme, guint style);
/* Colour of a position 0 … 1 on the epoch map. */
IpColour ip_theme_get_epoch_colour (const IpTheme *theme, double position);

/* Colour of a position 0 … 1 on a scale of values. */
IpColour ip_theme_get_value_colour (double position);

/* `share` of `b` over `a`: what `b` with that opacity looks like on `a`. */
IpColour ip_colour_mix (IpColour a, IpColour b, double share);

typedef enum
{
  IP_MARKER_CIRCLE,
  IP_MARKER_SQUARE,
  IP_MARKER_DIAMOND,
  IP_MARKER_UP,
  IP_MARKER_DOWN,
  IP_MARKER_PENTAGON,
  IP_MARKER_CROSS,
  IP_MARKER_STAR,
} IpMarker;

/* Shape and dash of series 0, 1, …: they tell layers apart where the colour does not. */
IpMarker ip_theme_get_marker (guint style);
/* Lengths in line widths, alternately drawn and left out; n_lengths = 0 for a solid line. */
const double *ip_theme_get_dash (guint style, guint *n_lengths);

G_END_DECLS
