/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

/* Writing a figure to a file.  The figure is laid out anew for the size asked, drawn by
 * ip_figure_draw(), written to a temporary file beside the target and renamed, so that no file is
 * ever left half written. */

G_BEGIN_DECLS

#define IP_EXPORT_ERROR (ip_export_error_quark ())

typedef enum
{
  IP_EXPORT_ERROR_FORMAT, /* unknown ending */
  IP_EXPORT_ERROR_SIZE,   /* no sensible size */
  IP_EXPORT_ERROR_WRITE,
} IpExportError;

GQuark ip_export_error_quark (void);

typedef enum
{
  IP_EXPORT_PDF,
  IP_EXPORT_SVG,
  IP_EXPORT_PNG,
  IP_EXPORT_EPS,
} IpExportFormat;

/* From the ending of a file name. */
gboolean ip_export_format_from_path (const char *path, IpExportFormat *format, GError **error);

typedef struct
{
  double width;  /* pt */
  double height; /* pt */
  double dpi;    /* PNG only */
  const char *title;   /* document metadata, may be NULL */
  const char *subject; /* provenance as plain text, may be NULL */
  const char *author;  /* may be NULL: a figure for blind review names nobody */
} IpExportOptions;

/* Leaves the figure laid out for the file; lay it out anew before it is drawn elsewhere. */
gboolean ip_export_figure (IpFigure *figure,
                           const IpTheme *theme,
                           GFile *file,
                           IpExportFormat format,
                           const IpExportOptions *options,
                           GCancellable *cancellable,
                           GError **error);

/* Reads "8.5cm", "85 mm", "3.3in", "240pt", "640px" (1/96 inch) into points. */
gboolean ip_length_parse (const char *text, double *points);

G_END_DECLS
