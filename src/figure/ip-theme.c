/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-theme.h"

#define RGB(hex)                                                                                   \
  {                                                                                                \
    ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex) & 255) / 255.0                 \
  }

/* The series are as far apart as can be in OKLab for normal, protan and deutan vision (simulated as
 * in Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113), with a contrast of at least
 * 3:1 on white and 4.5:1 on the dark background. */
static const IpTheme light = {
  .background = RGB (0xffffff),
  .text = RGB (0x2e2e33),
  .dim = RGB (0x77767b),
  .axis = RGB (0x8b8a90),
  .grid = RGB (0xececee),
  .zone = RGB (0xf5f5f6),
  .accent = RGB (0x1c71d8),
  .ceiling = RGB (0x8b8a90),
  .warning = RGB (0x9c6400),
  .series = { RGB (0x2260be), RGB (0xb78917), RGB (0x0c6f62), RGB (0xd87699),
              RGB (0xb42f0c), RGB (0x4d138d), RGB (0x4497f6), RGB (0x37373b) },
  .map_lo = 0.02,
  .map_hi = 0.90,
  .family = "Inter, Cantarell, DejaVu Sans, sans-serif",
  .size = 9,
  .line = 1.5,
};

static const IpTheme dark = {
  .background = RGB (0x1d1d20),
  .text = RGB (0xededf0),
  .dim = RGB (0x9a999e),
  .axis = RGB (0x77767b),
  .grid = RGB (0x2d2d31),
  .zone = RGB (0x242428),
  .accent = RGB (0x78aeed),
  .ceiling = RGB (0x8b8a90),
  .warning = RGB (0xf8c56a),
  .series = { RGB (0x6188ba), RGB (0xeeaa14), RGB (0x369a6b), RGB (0xd89eb3),
              RGB (0xef5414), RGB (0x946cfe), RGB (0x64c4ff), RGB (0xdcd9b8) },
  .map_lo = 0.20,
  .map_hi = 1.00,
  .family = "Inter, Cantarell, DejaVu Sans, sans-serif",
  .size = 9,
  .line = 1.5,
};

/* Every 15th of the 256 colours of viridis (Smith and van der Walt 2015, CC0); between them the
 * map is straight to within 1/255. */
static const IpColour viridis[] = {
  { 0.267004, 0.004874, 0.329415 }, { 0.281924, 0.089666, 0.412415 },
  { 0.280255, 0.165693, 0.476498 }, { 0.263663, 0.237631, 0.518762 },
  { 0.237441, 0.305202, 0.541921 }, { 0.208623, 0.367752, 0.552675 },
  { 0.182256, 0.426184, 0.557120 }, { 0.159194, 0.482237, 0.558073 },
  { 0.137770, 0.537492, 0.554906 }, { 0.121148, 0.592739, 0.544641 },
  { 0.128087, 0.647749, 0.523491 }, { 0.180653, 0.701402, 0.488189 },
  { 0.274149, 0.751988, 0.436601 }, { 0.395174, 0.797475, 0.367757 },
  { 0.535621, 0.835785, 0.281908 }, { 0.688944, 0.865448, 0.182725 },
  { 0.845561, 0.887322, 0.099702 }, { 0.993248, 0.906157, 0.143936 },
};

void
ip_theme_init_light (IpTheme *theme)
{
  *theme = light;
}

void
ip_theme_init_dark (IpTheme *theme)
{
  *theme = dark;
}

void
ip_theme_init_paper (IpTheme *theme)
{
  static const IpColour black = RGB (0x000000);
  static const IpColour grey = RGB (0x55555a);

  *theme = light;
  theme->text = black;
  theme->dim = theme->axis = theme->ceiling = grey;
  theme->size = 8;
  theme->line = 0.9;
}

void
ip_theme_strengthen (IpTheme *theme)
{
  static const IpColour black = RGB (0x000000);
  static const IpColour white = RGB (0xffffff);
  gboolean is_dark = theme->background.green < 0.5;

  theme->background = is_dark ? black : white;
  theme->text = theme->axis = theme->ceiling = is_dark ? white : black;
  theme->dim = ip_colour_mix (theme->background, theme->text, 0.7);
  theme->grid = ip_colour_mix (theme->background, theme->text, 0.2);
  theme->zone = ip_colour_mix (theme->background, theme->text, 0.15);
  theme->accent = ip_colour_mix (theme->accent, theme->text, 0.3);
  theme->warning = ip_colour_mix (theme->warning, theme->text, 0.3);
  for (guint i = 0; i < IP_N_SERIES; i++)
    theme->series[i] = ip_colour_mix (theme->series[i], theme->text, 0.3);
  theme->line *= 1.3;
}

IpColour
ip_colour_mix (IpColour a, IpColour b, double share)
{
  return (IpColour){ a.red + share * (b.red - a.red),
                     a.green + share * (b.green - a.green),
                     a.blue + share * (b.blue - a.blue) };
}

IpColour
ip_theme_get_series (const IpTheme *theme, guint style)
{
  return theme->series[style % IP_N_SERIES];
}

IpColour
ip_theme_get_value_colour (double position)
{
  const guint last = G_N_ELEMENTS (viridis) - 1;
  double at = CLAMP (position, 0, 1) * last;
  guint below = MIN ((guint) at, last - 1);

  return ip_colour_mix (viridis[below], viridis[below + 1], at - below);
}

IpColour
ip_theme_get_epoch_colour (const IpTheme *theme, double position)
{
  double share = CLAMP (position, 0, 1);

  return ip_theme_get_value_colour (theme->map_lo + share * (theme->map_hi - theme->map_lo));
}

/* Each round through the colours pairs them with other shapes and dashes. */
static guint
turn (guint style)
{
  return (style + 3 * (style / IP_N_SERIES)) % IP_N_SERIES;
}

IpMarker
ip_theme_get_marker (guint style)
{
  return turn (style);
}

const double *
ip_theme_get_dash (guint style, guint *n_lengths)
{
  static const double dashes[IP_N_SERIES][6] = {
    { 0 },
    { 6, 1.4 },
    { 9, 1.4, 1.4, 1.4 },
    { 3, 1.2 },
    { 12, 1.8 },
    { 9, 1.4, 1.4, 1.4, 1.4, 1.4 },
    { 1.4, 1.2 },
    { 9, 1.4, 4, 1.4 },
  };
  static const guint lengths[IP_N_SERIES] = { 0, 2, 4, 2, 2, 6, 2, 4 };
  guint index = turn (style);

  *n_lengths = lengths[index];
  return dashes[index];
}
