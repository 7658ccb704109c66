/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-theme.h"

#include <cairo.h>
#include <gio/gio.h>
#include <pango/pango.h>

/* The scene of a figure, and the one function that draws it on screen, in PDF, SVG, EPS and PNG.
 *
 * A figure is built (tracks, ceilings, labels), laid out for a size (ip_figure_layout()), and drawn
 * as often as needed.  Lengths are in points of 1/72 inch, y grows downwards.  Not thread-safe;
 * knows nothing of GTK. */

G_BEGIN_DECLS

typedef enum
{
  IP_FIGURE_PLANE,  /* one quantity against another, one trajectory per layer; a second panel may
                     * magnify the corner where x reaches its ceiling */
  IP_FIGURE_EPOCHS, /* one quantity against the epoch, or two in panels one above the other */
  IP_FIGURE_MAP,    /* one quantity or two: a row for each layer, epochs across, the value as
                     * colour */
  IP_FIGURE_TRAJECTORIES, /* a plane of any two quantities */
  IP_FIGURE_SPECTRUM, /* eigenvalues (y) by rank (x) on logarithmic axes; one track per epoch */
} IpFigureKind;

/* What an axis, or a panel over epochs, shows. */
typedef struct
{
  const char *markup;        /* without unit: "<i>I</i>(<i>X</i>; <i>T</i>)" */
  const char *unit;          /* "bits"; NULL for a pure number */
  double ceiling;            /* NAN for none */
  const char *ceiling_label; /* markup */
  gboolean saturates;        /* near its ceiling it does not tell layers apart */
} IpFigureQuantity;

typedef enum
{
  IP_SCALE_LINEAR,
  IP_SCALE_LOG, /* epochs: position log10 (1 + epoch) */
  IP_SCALE_LOG10, /* of what is above zero: position log10 (value) */
} IpScale;

/* A number in the unit of the figure; NAN for what there is not. */
typedef struct
{
  double value;
  double lower;
  double upper;
} IpReading;

typedef struct
{
  gint64 epoch;
  IpReading x; /* of quantity 0 */
  IpReading y; /* of quantity 1 */
  char *note;  /* flags in words for the tool tip, or NULL */
} IpTrackPoint;

/* One layer of one run; in a spectrum one epoch of it, with a point for each rank. */
typedef struct
{
  char *run;
  char *layer;
  guint style;    /* series 0, 1, …: colour, marker and dash of the theme */
  guint user_data; /* the caller's number, handed back by hit tests */
  guint n_points;
  IpTrackPoint *points; /* in the order of epochs */
} IpTrack;

typedef struct
{
  double lo;
  double hi;
} IpLimits;

/* What part of the data the axes show.  `automatic` limits are fitted to the data and ceilings. */
typedef struct
{
  gboolean automatic[2][2]; /* [panel][0: x, 1: y] */
  IpLimits limits[2][2];
} IpView;

void ip_view_init (IpView *view);

#define IP_TYPE_FIGURE (ip_figure_get_type ())
G_DECLARE_FINAL_TYPE (IpFigure, ip_figure, IP, FIGURE, GObject)

IpFigure *ip_figure_new (IpFigureKind kind) G_GNUC_WARN_UNUSED_RESULT;
IpFigureKind ip_figure_get_kind (IpFigure *self);

/* Takes ownership of the run, layer, points and notes in `track`. */
void ip_figure_take_track (IpFigure *self, IpTrack *track);
guint ip_figure_get_n_tracks (IpFigure *self);
const IpTrack *ip_figure_get_track (IpFigure *self, guint track);

/* number 0: x, or the upper panel; 1: y, or the lower panel, which is left out when this is never
 * set.  Copies the strings. */
void ip_figure_set_quantity (IpFigure *self, guint number, const IpFigureQuantity *quantity);
/* NULL when it was never set. */
const IpFigureQuantity *ip_figure_get_quantity (IpFigure *self, guint number);
/* A dim line above the figure: estimator, blur, N. Markup. */
void ip_figure_set_provenance (IpFigure *self, const char *markup);
void ip_figure_set_epoch_scale (IpFigure *self, IpScale scale);
/* The epoch that is marked in all views, or -1 for none.  Needs no new layout: nothing else moves
 * when the epoch does. */
void ip_figure_set_selected_epoch (IpFigure *self, gint64 epoch);
/* What to say where there is nothing to draw ("Every value is missing: …"), NULL for nothing. */
void ip_figure_set_message (IpFigure *self, const char *message);
void ip_figure_set_view (IpFigure *self, const IpView *view);
/* With the limits last laid out, also where they are automatic. */
void ip_figure_get_view (IpFigure *self, IpView *view);

/* A context for ip_figure_layout() in which lengths are points and text is not bent to pixels, so
 * that screen and print break lines alike.  One for each thread. */
PangoContext *ip_figure_create_context (void) G_GNUC_WARN_UNUSED_RESULT;

/* Measures all text and fixes all places; must be called after changes and before drawing. */
void ip_figure_layout (IpFigure *self,
                       PangoContext *context,
                       const IpTheme *theme,
                       double width,
                       double height);

typedef enum
{
  IP_FIGURE_FRAME = 1 << 0, /* background, grid, axes, ticks, ceilings, colour bar */
  IP_FIGURE_DATA = 1 << 1,  /* trajectories and points; no text: another thread may draw it while
                             * nobody changes the figure */
  IP_FIGURE_LABELS = 1 << 2, /* layer names, selection */
  IP_FIGURE_ALL = 7,
} IpFigureParts;

void ip_figure_draw (IpFigure *self, cairo_t *cr, IpFigureParts parts);

/* Interaction, after layout.  Places are in points of the laid out figure. */
guint ip_figure_get_n_panels (IpFigure *self);
void ip_figure_get_panel (IpFigure *self, guint panel, double *x, double *y, double *w, double *h);
/* -1 outside all panels */
int ip_figure_find_panel (IpFigure *self, double x, double y);
/* The nearest point within `radius`, in a map the cell under the place; the topmost one wins a tie.
 * FALSE when there is none; nothing is written then. */
gboolean ip_figure_find_point (IpFigure *self,
                               double x, double y, double radius,
                               guint *track, guint *point, guint *panel);
/* FALSE when the point is missing or outside the panel. */
gboolean ip_figure_get_point_place (IpFigure *self,
                                    guint track, guint point, guint panel,
                                    double *x, double *y);
/* The epoch under a place of an epoch axis: nearest of the recorded ones, -1 in the plane. */
gint64 ip_figure_find_epoch (IpFigure *self, guint panel, double x);
/* These change the view (not automatic any more) and need a new layout. factor > 1 magnifies; 1
 * leaves that axis alone.  Epoch axes of all panels move together. */
void ip_figure_zoom (IpFigure *self,
                     guint panel, double x, double y, double factor_x, double factor_y);
void ip_figure_pan (IpFigure *self, guint panel, double dx, double dy);

/* Position of an epoch on a logarithmic or linear scale from 0 to 1, as figures and sliders use. */
double ip_epoch_position (gint64 epoch, gint64 first, gint64 last, IpScale scale);

G_END_DECLS
