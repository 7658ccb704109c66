/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-axis.h"
#include "ip-figure.h"
#include "ip-ink.h"

/* What the files of a figure share.  The layout fills in panels, texts and names; drawing and hit
 * tests only read them, so that IP_FIGURE_DATA may be drawn on another thread. */

G_BEGIN_DECLS

typedef struct
{
  double x, y, width, height;
} IpRect;

typedef enum
{
  IP_FONT_TICK,
  IP_FONT_AXIS,
  IP_FONT_NAME,
  IP_FONT_SMALL,
} IpFont;

/* A piece of text in its place. */
typedef struct
{
  PangoLayout *layout;
  IpRect rect;       /* as it stands on the figure */
  gboolean vertical; /* reads from bottom to top */
  gboolean has_halo; /* of the background, to be read over lines */
  IpColour colour;
  IpFigureParts part;
} IpText;

typedef struct
{
  guint axes;  /* whose limits in IpView, and which quantity over epochs */
  guint facet; /* whose tracks */
  IpRect rect;
  IpAxis x, y;
  GArray *x_ticks, *y_ticks; /* IpTick */
} IpPanel;

#define IP_MAX_AXES 2
#define IP_MAX_PANELS (IP_MAX_AXES * IP_MOST_FACETS)

/* A name with a piece of its line, above small multiples. */
typedef struct
{
  guint style;
  IpText *text;
  double x, y; /* the middle of the piece */
} IpLegendEntry;

typedef struct
{
  gboolean of_epochs; /* else of values */
  IpAxis axis;
  GArray *ticks; /* IpTick; NULL when there is no bar */
  IpRect rect;
} IpBar;

/* With more tracks than this, single ones cannot be made out: no names, rings and dashes. */
#define IP_MOST_TRACKS_TOLD_APART 64

/* Of the colour of a layer while another one is selected. */
#define IP_PALE_SHARE 0.35

/* Of a ceiling at which a quantity saturates. */
#define IP_SATURATED_SHARE 0.98

/* Where the name of a track stands, and the line that leads to it. */
typedef struct
{
  guint track;
  guint panel;
  IpText *text;
  double x, y; /* the point named */
  gboolean has_leader;
  double leader_x, leader_y;
} IpName;

/* Points of a track are looked for in blocks of so many, by the bounds of each block. */
#define IP_BLOCK 64

typedef struct
{
  IpLimits x, y; /* of the values; lo > hi when none is finite */
} IpBounds;

typedef struct
{
  IpTrack track;
  IpLimits range[2]; /* of values and their brackets, x and y; lo > hi when there are none */
  double least[2];   /* of the values alone */
  guint marks;       /* of all points */
  guint first_phase, last_phase; /* points that change phase, when marks say that there are */
  IpBounds *blocks;
} IpTrackItem;

/* What differs between the kinds of figures. */
typedef struct
{
  guint most_panels; /* without the inset; no more than there are quantities */
  gboolean has_epoch_axis; /* across; one for all panels */
  /* Limits that show everything. */
  void (*fit) (IpFigure *self, guint axes, guint dimension, IpLimits *limits);
  /* The readings of a point on both axes. */
  void (*read) (const IpTrackPoint *point, guint axes, IpReading *x, IpReading *y);
  /* Where a point is and which is at a place, when the readings do not tell; NULL when they do. */
  gboolean (*place) (IpFigure *self,
                     guint track,
                     guint point,
                     guint panel,
                     double *x,
                     double *y);
  gboolean (*find) (IpFigure *self,
                    double x, double y,
                    guint panel,
                    guint *track,
                    guint *point);
  void (*layout) (IpFigure *self);
  void (*draw_frame) (IpFigure *self, cairo_t *cr);
  void (*draw_data) (IpFigure *self, cairo_t *cr);
  void (*draw_labels) (IpFigure *self, cairo_t *cr);
} IpFigureMethods;

extern const IpFigureMethods ip_figure_plane;
extern const IpFigureMethods ip_figure_epochs;
extern const IpFigureMethods ip_figure_map;
extern const IpFigureMethods ip_figure_spectrum;
extern const IpFigureMethods ip_figure_sweep;

struct _IpFigure
{
  GObject parent_instance;

  IpFigureKind kind;
  const IpFigureMethods *methods;
  GArray *tracks; /* IpTrackItem */
  IpShow show;
  gboolean has_grid;
  char **facets; /* titles; NULL for none */
  IpFigureQuantity quantity[2]; /* owns its strings */
  char *provenance;
  char *brief_provenance;
  IpScale epoch_scale;
  IpScale value_scale;
  IpSpectrumForm spectrum_form;
  char *parameter; /* title */
  IpScale parameter_scale;
  double parameter_value;
  gint64 selected_epoch;
  int selected_layer; /* -1 for none */
  double least_left, least_right; /* beside panels, see ip_figure_set_least_sides() */
  char *message;
  IpView view;

  /* Results of the layout. */
  gboolean laid_out;
  IpTheme theme;
  double width, height;
  gint64 first_epoch, last_epoch;
  guint n_facets; /* at least 1 */
  guint most_told; /* tracks with a name in one facet */
  gboolean names_runs, names_layers;
  gsize run_prefix; /* bytes that the names of all runs begin with */
  PangoContext *context;
  IpPanel panels[IP_MAX_PANELS];
  guint n_panels;
  IpLimits ridge_values; /* eigenvalues from the foot to the top of a ridge */
  IpLimits knot[2]; /* what the inset of the plane shows, x and y */
  IpRect inset_rect; /* the inset with its labels */
  double spare_left; /* left of the titles of axes, nothing else is there */
  IpBar bars[IP_MAX_AXES]; /* those with ticks are shown */
  GPtrArray *texts; /* IpText */
  IpText *provenance_text;
  IpInk ink; /* while laying out */
  IpInk cover; /* of all panels, since it was first asked for */
  GArray *names; /* IpName */
  GArray *legend; /* IpLegendEntry */
  double legend_height; /* left free above the panels */
};

/* ip-figure.c */
const IpTrackItem *ip_figure_get_item (IpFigure *self, guint track);
gboolean ip_figure_is_on_panel (IpFigure *self, guint track, guint panel);
/* On the panel, and not one of several runs behind their average. */
gboolean ip_figure_is_main (IpFigure *self, guint track, guint panel);
/* Whether values stand on axes of a scale that can be chosen. */
gboolean ip_figure_has_value_scale (IpFigure *self);
gboolean ip_figure_is_selected (IpFigure *self, const IpTrack *track);
/* What a colour is on this track: pale while another layer is selected. */
IpColour ip_figure_fade (IpFigure *self, const IpTrack *track, IpColour colour);
/* Whether single tracks can be made out. */
gboolean ip_figure_tells_apart (IpFigure *self);
gboolean ip_figure_get_epoch_range (IpFigure *self, gint64 *first, gint64 *last);
gsize ip_figure_count_points (IpFigure *self);
/* Panels of one facet, without the inset. */
guint ip_figure_count_axes (IpFigure *self);
gboolean ip_figure_has_values (IpFigure *self);
/* The panels of all facets, with their axes. */
void ip_figure_reset_panels (IpFigure *self);
/* Limits of one quantity: from 0 or less to above its ceiling and all readings; without 0 when all
 * are negative. */
void ip_figure_fit_quantity (IpFigure *self, guint quantity, double headroom, IpLimits *limits);
/* Recorded and finite at this epoch; the point's index. */
gboolean ip_track_find_epoch (const IpTrack *track, gint64 epoch, guint *point);
/* First point that is not before `across`; n_points when there is none. */
guint ip_track_lower_bound (const IpTrack *track, double across);
/* Place of a point on a panel; FALSE when missing.  It may be outside the panel. */
gboolean ip_figure_locate (IpFigure *self,
                           const IpTrackPoint *point,
                           guint panel,
                           double *x, double *y);
gboolean ip_rect_contains (const IpRect *rect, double x, double y, double margin);
gboolean ip_rect_overlaps (const IpRect *a, const IpRect *b);

/* ip-figure-layout.c: lengths of the layout, and text */
/* `pixels` of the design, in which tick labels are 12 high, in pt of this figure. */
double ip_figure_measure (IpFigure *self, double pixels);
IpText *ip_figure_add_text (IpFigure *self,
                            IpFigureParts part,
                            IpFont font,
                            IpColour colour,
                            const char *markup);
void ip_text_turn (IpText *text);
/* At most this wide, over at most so many lines; what is too long ends in an ellipsis. */
void ip_text_confine (IpText *text, double width, int lines);
/* Puts the point of the text at `align_x`, `align_y` (0 … 1 of its extent) at x, y. */
void ip_text_place (IpText *text, double x, double y, double align_x, double align_y);
double ip_figure_get_line_height (IpFigure *self, IpFont font);
void ip_figure_remove_text (IpFigure *self, IpText *text);
/* Forgets all texts and names, to lay out anew. */
void ip_figure_clear_layout (IpFigure *self);

/* Sets limits from the view, or fits them. */
void ip_figure_set_limits (IpFigure *self, guint panel);
/* Of an axis of epochs or of a parameter. */
const char *ip_figure_get_x_title (IpFigure *self);
double ip_figure_lay_provenance (IpFigure *self);
/* Heights of one panel or of two, one above the other, with `caption` left free above each. */
void ip_figure_divide_height (IpFigure *self,
                              double upper_share,
                              double caption,
                              gboolean upper_labels);
/* The widest label; sets the extents of the ticks. */
double ip_figure_measure_labels (IpFigure *self, GArray *ticks, gboolean vertical);
/* Space left of the panel for ticks and title of its y axis. */
double ip_figure_lay_y_ticks (IpFigure *self, guint panel);
void ip_figure_lay_x_ticks (IpFigure *self, guint panel, gboolean is_epoch);
void ip_figure_place_y_axis (IpFigure *self, guint panel, const char *title);
void ip_figure_place_x_axis (IpFigure *self, guint panel, gboolean labels, const char *title);
char *ip_figure_format_title (IpFigure *self, guint quantity);
/* Width of a panel between spaces of these widths, which are made narrower in a narrow figure. */
void ip_figure_set_sides (IpFigure *self, guint panel, double left, double right);

/* ip-figure-facets.c: small multiples */
void ip_figure_lay_facets (IpFigure *self);

/* ip-figure-bar.c: colour bars */
/* Makes the ticks for `of_epochs` and `axis`; returns the width of bar and labels. */
double ip_figure_lay_bar (IpFigure *self, IpBar *bar);
void ip_figure_place_bar (IpFigure *self, IpBar *bar, double left);
void ip_bar_clear (IpBar *bar);
void ip_figure_draw_bar (IpFigure *self, cairo_t *cr, const IpBar *bar);
/* The bar of epochs beside panel 0, whose upper share `free` is left to names; returns the width
 * that it needs. */
double ip_figure_lay_epoch_bar (IpFigure *self, double free);
void ip_figure_place_epoch_bar (IpFigure *self);
/* The same over the height of `area`, and at a place of its own. */
double ip_figure_lay_epoch_bar_over (IpFigure *self, const IpRect *area);
void ip_figure_place_epoch_bar_at (IpFigure *self, double left);
/* Points at the selected epoch. */
void ip_figure_draw_bar_mark (IpFigure *self, cairo_t *cr);

/* ip-figure-places.c: room for labels */
/* Marks what the tracks of a panel cover; to be called before what asks for places. */
void ip_figure_spill_ink (IpFigure *self, guint panel);
/* The share of a rectangle that is covered. */
double ip_figure_get_ink (IpFigure *self, const IpRect *rect);
gboolean ip_rect_is_inside (const IpRect *rect, const IpRect *outer);
/* Whether a rectangle is over text other than `except`. */
gboolean ip_figure_overlaps_text (IpFigure *self, const IpText *except, const IpRect *rect);

/* Where labels may stand, but for a part that is taken. */
typedef struct
{
  IpRect allowed;
  IpRect taken;
} IpSpace;

typedef struct
{
  IpRect rect;
  double share; /* of it that is covered */
  double cost;
} IpCandidate;

/* Takes the rectangle if it is free and better than the best place so far, whose cost is INFINITY
 * to begin with; `extra` is its cost beside that of what it covers. */
void ip_figure_try_place (IpFigure *self,
                          const IpSpace *space,
                          const IpRect *rect,
                          double extra,
                          IpCandidate *best);

/* ip-figure-labels.c: labels of ceilings and of changes of phase; need the ink of the panel */
/* `along`: preferred place on the line, 0 … 1 from the start of the other axis. */
void ip_figure_label_ceiling (IpFigure *self,
                              guint panel,
                              guint dimension,
                              guint quantity,
                              double along);
/* The epoch beside each change of phase. */
void ip_figure_label_phases (IpFigure *self, guint panel);

/* ip-figure-names.c: names of tracks; need the ink of the panel */
/* How runs are named: not at all when there is one, without what all names begin with otherwise. */
void ip_figure_compare_runs (IpFigure *self);
/* At the last point in view where there is room, else in the column beside the panel.  Returns the
 * width that the column should have had. */
double ip_figure_name_tracks_near (IpFigure *self, guint panel, const IpRect *column);
/* Inside the panel, where there is room. */
void ip_figure_name_tracks_inside (IpFigure *self, guint panel);
/* All in the column, at the height of their last point in view. */
void ip_figure_name_tracks_beside (IpFigure *self, guint panel, const IpRect *column);
double ip_figure_measure_names (IpFigure *self);
/* The name alone, not yet placed. */
IpText *ip_figure_add_name (IpFigure *self, IpFigureParts part, guint track);

/* ip-figure-legend.c: what lines are called */
/* One line above all panels that names what their lines are, once for all; `top` is its upper edge.
 * Returns its height. */
double ip_figure_lay_legend (IpFigure *self, double left, double top);
void ip_figure_shift_legend (IpFigure *self, double dx, double dy);
void ip_figure_draw_legend (IpFigure *self, cairo_t *cr);

/* ip-figure-inset.c: the magnified corner of the plane */
/* Needs the ink of panel 0; sets n_panels. */
void ip_figure_lay_inset (IpFigure *self);
void ip_figure_draw_inset_frame (IpFigure *self, cairo_t *cr);

/* ip-figure-draw.c: what is drawn alike in all figures */
void ip_figure_draw_panel (IpFigure *self, cairo_t *cr, guint panel);
void ip_figure_draw_ceiling (IpFigure *self,
                             cairo_t *cr,
                             guint panel,
                             guint dimension,
                             guint quantity);
void ip_figure_draw_zone (IpFigure *self, cairo_t *cr, guint panel, guint dimension);
/* Ticks from `edge` into `direction`, 1 or -1; `vertical` when the axis is. */
void ip_figure_draw_ticks (IpFigure *self,
                           cairo_t *cr,
                           const GArray *ticks,
                           const IpAxis *axis,
                           double edge,
                           gboolean vertical,
                           double direction);
/* Saves the state and clips to the panel; cairo_restore() has to follow. */
void ip_figure_clip (IpFigure *self, cairo_t *cr, guint panel);
void ip_figure_set_colour (cairo_t *cr, IpColour colour);
void ip_figure_set_tint (IpFigure *self, cairo_t *cr, IpColour colour, double opacity);
/* Sets the width of axes and grid, whole pixels where there are pixels. */
void ip_figure_set_hairline (IpFigure *self, cairo_t *cr);
double ip_figure_snap_x (cairo_t *cr, double x);
double ip_figure_snap_y (cairo_t *cr, double y);
/* Size of what can just be seen, pt. */
double ip_figure_get_pixel (cairo_t *cr);
IpColour ip_figure_get_epoch_colour (IpFigure *self, gint64 epoch);

/* ip-figure-marks.c: lines, markers and rings */
/* Leaves out segments shorter than `shortest`, where markers on both ends cover them. */
void ip_figure_draw_line (IpFigure *self,
                          cairo_t *cr,
                          const IpTrack *track,
                          guint panel,
                          double shortest);
/* A single run behind its average. */
void ip_figure_draw_member (IpFigure *self, cairo_t *cr, const IpTrack *track, guint panel);
/* Without dashes, in any colour. */
void ip_figure_draw_curve (IpFigure *self,
                           cairo_t *cr,
                           const IpTrack *track,
                           guint panel,
                           IpColour colour,
                           double width);
/* Smaller in small panels, where points crowd. */
double ip_figure_get_marker_radius (IpFigure *self);
double ip_figure_get_ring_radius (IpFigure *self);
void ip_figure_draw_marker (IpFigure *self,
                            cairo_t *cr,
                            guint style,
                            IpColour edge,
                            IpColour fill,
                            double x, double y);
/* A plain square, for crowds; `size` in radii of a marker. */
void ip_figure_draw_dot (IpFigure *self,
                         cairo_t *cr,
                         IpColour fill,
                         double x, double y,
                         double size);
/* Marks violations and changes of phase. */
void ip_figure_draw_findings (IpFigure *self, cairo_t *cr, guint panel);
void ip_figure_draw_rings (IpFigure *self, cairo_t *cr, guint panel);

G_END_DECLS
