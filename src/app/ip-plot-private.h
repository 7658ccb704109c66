/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-appearance.h"
#include "ip-plot.h"

/* What the files of IpPlot share: ip-plot.c shows the figure, ip-plot-view.c keeps what part of the
 * data the axes show, ip-plot-maker.c makes figures of very many points, ip-plot-pointer.c,
 * ip-plot-keyboard.c and ip-plot-menu.c let the user explore it. */

G_BEGIN_DECLS

/* The point that is read out. */
typedef struct
{
  gboolean valid;
  gboolean awaited; /* was read out, and is not in the figure while it is estimated anew */
  guint layer; /* user data of the track */
  gint64 epoch;
  guint track;
  guint point;
  guint panel;
} Cursor;

/* A view and what the axes show for which it was made. */
typedef struct
{
  IpView view;
  const char *names[2][2]; /* interned; NULL for an axis that was never there */
  gboolean in_bits;
} IpPlotAxes;

struct _IpPlot
{
  GtkWidget parent_instance;

  IpSession *session;
  IpFigureKind kind;

  IpPlotAxes axes;
  GHashTable *kept_limits; /* by name and place of the axis */
  GArray *back;            /* of IpPlotAxes, the last view on top */
  GArray *forward;
  gint64 last_zoomed;      /* monotonic time; 0 when something else came since */

  IpFigure *figure; /* laid out once, for laid_width x laid_height pixels: a thread may draw it */
  guint revision;   /* of the session, that the figure shows */
  int laid_width;
  int laid_height;
  PangoContext *context;
  IpTheme theme;
  guint update;
  gboolean only_selection; /* nothing else has changed since the figure was made */
  gint64 selected;
  int marked_layer; /* of the figure */
  gboolean making; /* a figure, on another thread */
  gboolean make_again;
  double epoch_left; /* of the slider, pixels from both sides */
  double epoch_right;

  GtkWidget *canvas;
  GtkWidget *crosshair;
  GtkWidget *data_cursor;
  GtkWidget *card;
  GtkWidget *menu; /* NULL until it is shown */

  Cursor cursor;
  char *reading;
  gboolean shows_crosshair;
  gboolean at_cursor; /* the keyboard moved last: the crosshair is there, not at the pointer */
  double pointer_x;
  double pointer_y;
  double drag_x; /* of the last drag update */
  double drag_y;
  gboolean dragging;
  gboolean drag_zooms;  /* to a box, else it pans; Ctrl does the other */
  gboolean boxing;
  graphene_rect_t box;  /* being dragged */
  gboolean held[2];     /* the keys X and Y: only that axis is zoomed and panned */
};

static inline double
to_points (double pixels)
{
  return pixels * IP_POINTS_PER_PIXEL;
}

static inline double
to_pixels (double points)
{
  return points / IP_POINTS_PER_PIXEL;
}

void ip_plot_set_cursor (IpPlot *self, guint track, guint point, guint panel);
void ip_plot_hide_reading (IpPlot *self);
/* Selects the epoch and the layer of the point that is read out, everywhere; the layer no more when
 * both are selected. */
void ip_plot_select_cursor (IpPlot *self);
void ip_plot_queue_figure (IpPlot *self);
/* Brings the crosshair to the pointer or the data cursor. */
void ip_plot_place_crosshair (IpPlot *self);

/* A figure that is laid out for width x height pixels, of the session as it was at a revision. */
typedef struct
{
  IpFigure *figure;
  IpScale epoch_scale;
  guint revision;
  int marked_layer;
  int width;
  int height;
} IpMadeFigure;

void ip_plot_take_figure (IpPlot *self, const IpMadeFigure *made);
/* The selected layer; −1 where it is not shown, so that nothing else is pale for it. */
int ip_plot_find_marked_layer (IpPlot *self, IpFigure *figure);

/* Gives a figure of this width what it has on screen only: the selected layer, and epochs above
 * those of the slider where there is room for that.  To be called before it is laid out. */
void ip_plot_adapt_figure (IpPlot *self, IpFigure *figure, int marked_layer, int width);

/* Whether a figure takes too long to be made between two frames. */
gboolean ip_plot_has_many_points (IpPlot *self);
/* Makes a figure on another thread and then takes it; one more when one is being made already. */
void ip_plot_make_figure (IpPlot *self);

void ip_plot_add_view (IpPlot *self);
void ip_plot_remove_view (IpPlot *self);
/* Gives a figure the view of the plot. */
void ip_plot_apply_view (IpPlot *self, IpFigure *figure);
/* To be called before the view is changed.  zooming: by a turn of the wheel or a key, which are one
 * step of the history when they follow each other quickly. */
void ip_plot_remember_view (IpPlot *self, gboolean zooming);
/* Takes over the view that a zoom or pan has given the figure. */
void ip_plot_view_changed (IpPlot *self);
void ip_plot_zoom_at (IpPlot *self, double x, double y, double factor_x, double factor_y);

void ip_plot_add_menu_action (GtkWidgetClass *klass);
void ip_plot_add_menu (IpPlot *self);
void ip_plot_add_pointer (IpPlot *self);
void ip_plot_add_keyboard (IpPlot *self);

G_END_DECLS
