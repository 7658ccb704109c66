/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-export.h"
#include "ip-options.h"
#include "ip-session.h"

/* The options of the plot command, checked and turned into what they stand for. */

G_BEGIN_DECLS

typedef struct
{
  IpOptions common;

  /* As given, NULL when not. */
  char *figure;
  char *width;
  char *height;
  char *font;
  char *font_size;
  char *style;
  char *scale;
  char *quantities[IP_N_SHOWN];
  char *group_by;
  char *sweep;
  char *displays[IP_N_DISPLAYS];
  double dpi;
  gint64 epoch; /* −1: none */

  /* What they say. */
  IpFigureKind kind;
  IpExportFormat format;
  gboolean as_table;
  IpTheme theme;
  double width_pt;
  double height_pt;
  guint sweep_parameter;
  GArray *sweep_values; /* double, NULL without a sweep */
} IpPlotOptions;

/* FALSE when the command has to end with that status; to be cleared either way. */
gboolean ip_plot_options_parse (IpPlotOptions *self, int argc, char **argv, IpExit *status);
void ip_plot_options_clear (IpPlotOptions *self);

/* "--x-quantity" */
const char *ip_plot_options_get_quantity_option (IpShown where);

/* Says what is wrong; always FALSE. */
gboolean ip_plot_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
