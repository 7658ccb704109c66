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
  IP_FIGURE_SWEEP,    /* as over epochs, but against a parameter at one epoch */
  IP_N_FIGURE_KINDS,
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
  IP_SCALE_SYMLOG, /* linear to IP_SYMLOG_LINEAR on both sides of zero, logarithmic beyond: position
                    * ± log10 (1 + |value| / IP_SYMLOG_LINEAR) */
} IpScale;

#define IP_SYMLOG_LINEAR 0.01

/* How the spectra of the epochs of a layer are drawn. */
typedef enum
{
  IP_SPECTRUM_OVERLAY,    /* eigenvalues by rank, both logarithmic, over each other */
  IP_SPECTRUM_RIDGES,     /* the same, one above the other */
  IP_SPECTRUM_CUMULATIVE, /* the share of the largest k */
  IP_SPECTRUM_DIFFUSION,  /* the entropy as a function of diffusion time */
  IP_N_SPECTRUM_FORMS,
} IpSpectrumForm;

/* A number in the unit of the figure; NAN for what there is not. */
typedef struct
{
  double value;
  double lower;
  double upper;
} IpReading;

/* What is remarkable about a point, see ip-findings.h. */
typedef enum
{
  IP_POINT_VIOLATES_X = 1 << 0, /* quantity 0 is larger than in the layer before */
  IP_POINT_VIOLATES_Y = 1 << 1,
  IP_POINT_CHANGES_PHASE = 1 << 2, /* fitting ends, compression begins */
} IpPointMarks;

typedef struct
{
  gint64 epoch;
  double across; /* in a sweep the value of the parameter; elsewhere set from the epoch */
  IpReading x;   /* of quantity 0 */
  IpReading y;   /* of quantity 1 */
  const char *note; /* flags in words for the tool tip, interned, or NULL */
  guint marks;   /* IpPointMarks */
} IpTrackPoint;

/* One layer of one run, or of several runs on average; in a spectrum one epoch of it, with a point
 * for each rank. */
typedef struct
{
  char *run;
  char *layer;
  guint style;    /* series 0, 1, …: colour, marker and dash of the theme */
  guint user_data; /* the caller's number, handed back by hit tests */
  guint facet;     /* which of the small multiples it is in, see ip_figure_set_facets() */
  guint n_runs;    /* of an average over runs, whose brackets are its band; 0 for a single run */
  gboolean is_member; /* a single run behind the average that it belongs to: thin, without name */
  guint n_points;
  IpTrackPoint *points; /* in the order of epochs, or of the parameter */
} IpTrack;

typedef struct
{
  double lo;
  double hi;
} IpLimits;

/* What part of the data the axes show.  `automatic` limits are fitted to the data and ceilings. */
typedef struct
{
  gboolean automatic[2][2]; /* [ip_figure_get_panel_axes()][0: x, 1: y] */
  IpLimits limits[2][2];
} IpView;

void ip_view_init (IpView *view);

/* What a figure shows of the tracks besides their points. */
typedef enum
{
  IP_SHOW_TRAJECTORIES = 1 << 0, /* in planes: each layer over the epochs */
  IP_SHOW_EPOCHS = 1 << 1,       /* in planes: each epoch over the layers of a run */
  IP_SHOW_BARS = 1 << 2,         /* in planes: brackets as bars */
  IP_SHOW_BOXES = 1 << 3,        /* in planes: brackets as boxes */
  IP_SHOW_BANDS = 1 << 4,        /* over epochs and in sweeps: brackets as bands */
  IP_SHOW_PHASES = 1 << 5,       /* where compression begins, with its epoch */
  IP_SHOW_VIOLATIONS = 1 << 6,   /* of the data-processing inequality */
  IP_SHOW_MEMBERS = 1 << 7,      /* single runs behind their average */
  IP_SHOW_STANDARD = IP_SHOW_TRAJECTORIES | IP_SHOW_BARS | IP_SHOW_BANDS | IP_SHOW_PHASES
                     | IP_SHOW_VIOLATIONS | IP_SHOW_MEMBERS,
} IpShow;

#define IP_TYPE_FIGURE (ip_figure_get_type ())
G_DECLARE_FINAL_TYPE (IpFigure, ip_figure, IP, FIGURE, GObject)

IpFigure *ip_figure_new (IpFigureKind kind) G_GNUC_WARN_UNUSED_RESULT;
/* Another figure of the same tracks, which the two share, to be laid out in its own way.  Neither
 * takes tracks any more. */
IpFigure *ip_figure_copy (IpFigure *self) G_GNUC_WARN_UNUSED_RESULT;
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
#define IP_MOST_FACETS 32
/* Small multiples with linked axes, one for each title (markup, NULL-terminated); NULL, the
 * default, for all tracks in one.  For figures of trajectories and over epochs. */
void ip_figure_set_facets (IpFigure *self, const char *const *titles);
/* IP_SHOW_STANDARD by default. */
void ip_figure_set_show (IpFigure *self, IpShow show);
/* Lines across the panels at their ticks; there are by default. */
void ip_figure_set_grid (IpFigure *self, gboolean grid);
/* A dim line above the figure, or two: estimator, blur, N.  Markup; brief: what is shown where all
 * of it has no room. */
void ip_figure_set_provenance (IpFigure *self, const char *markup, const char *brief);
const char *ip_figure_get_provenance (IpFigure *self);
void ip_figure_set_epoch_scale (IpFigure *self, IpScale scale);
/* Of quantities over epochs and in sweeps, and of both axes of trajectories: IP_SCALE_LINEAR,
 * _LOG10 or _SYMLOG. */
void ip_figure_set_value_scale (IpFigure *self, IpScale scale);
/* Of a spectrum; IP_SPECTRUM_OVERLAY by default. */
void ip_figure_set_spectrum_form (IpFigure *self, IpSpectrumForm form);
/* What a sweep is over: the title of its axis (markup), its scale, and the value that other figures
 * show now. */
void ip_figure_set_parameter (IpFigure *self, const char *title, IpScale scale, double value);
/* Its title, NULL without one. */
const char *ip_figure_get_parameter (IpFigure *self);
/* The epoch that is marked in all views, or -1 for none.  Needs no new layout: nothing else moves
 * when the epoch does. */
void ip_figure_set_selected_epoch (IpFigure *self, gint64 epoch);
/* The layer that stands out from the others, by the user_data of its tracks, or -1 for none. */
void ip_figure_set_selected_layer (IpFigure *self, int layer);
/* Space that figures over epochs and maps leave at least beside their panels, so that their epochs
 * stand above those of a slider; 0 by default. */
void ip_figure_set_least_sides (IpFigure *self, double left, double right);
/* What to say where there is nothing to draw ("Every value is missing: …"), NULL for nothing. */
void ip_figure_set_message (IpFigure *self, const char *message);
/* The message when there is nothing to draw, NULL when there is something. */
const char *ip_figure_get_message (IpFigure *self);
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
/* The number of a panel in IpView: panels of small multiples share their axes. */
guint ip_figure_get_panel_axes (IpFigure *self, guint panel);
/* dimension 0: x, 1: y; after layout */
IpScale ip_figure_get_axis_scale (IpFigure *self, guint panel, guint dimension);
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
/* What an axis shows at a place, with the digits that pixels can tell apart (markup); NULL where it
 * shows no values, as the rows of a map. (transfer full) */
char *ip_figure_format_place (IpFigure *self, guint panel, guint dimension, double place);
/* Whether the same share of both panels is the same value: 0 across, 1 up. */
gboolean ip_figure_shares_axis (IpFigure *self, guint panel, guint other, guint dimension);
/* The share of a rectangle that curves cover, 0 to 1; not known of maps. */
double ip_figure_get_cover (IpFigure *self, double x, double y, double width, double height);
/* The epoch under a place of an epoch axis: nearest of the recorded ones, -1 in the plane. */
gint64 ip_figure_find_epoch (IpFigure *self, guint panel, double x);
/* These change the view (not automatic any more), which shows in the next layout; another thread
 * may be drawing this one.  factor > 1 magnifies; 1 leaves that axis alone.  Epoch axes of all
 * panels move together. */
void ip_figure_zoom (IpFigure *self,
                     guint panel, double x, double y, double factor_x, double factor_y);
void ip_figure_pan (IpFigure *self, guint panel, double dx, double dy);

/* Position of an epoch on a logarithmic or linear scale from 0 to 1, as figures and sliders use. */
double ip_epoch_position (gint64 epoch, gint64 first, gint64 last, IpScale scale);

G_END_DECLS
