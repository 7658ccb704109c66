/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-average.h"
#include "ip-dump.h"
#include "ip-figure.h"
#include "ip-job.h"
#include "ip-run.h"

/* What the user has open and how it is shown: runs and their layers, the estimator with its
 * parameters, the numbers known so far, the selected epoch.  The window and the command line show
 * the same session.  Lives on one thread, the one that made it; reading and estimating happen on
 * others. */

G_BEGIN_DECLS

#define IP_TYPE_SESSION (ip_session_get_type ())
G_DECLARE_FINAL_TYPE (IpSession, ip_session, IP, SESSION, GObject)

/* threads, memory: as for ip_job_new(). */
IpSession *ip_session_new (guint threads, gsize memory) G_GNUC_WARN_UNUSED_RESULT;

/* Where results are looked up and kept; NULL, the default, for nowhere. */
void ip_session_set_store (IpSession *self, IpStore *store);

/* Whether runs that are opened from now on follow their files as these grow. */
void ip_session_set_live (IpSession *self, gboolean live);

/* Signals:
 *   changed ()     something that figures show: results, visibility, colours, unit, selection
 *   failed (GError)   a cell could not be computed or results are not kept; once per run, layer and
 *                     request
 * Properties, all with ::notify: runs (GListModel of IpRun), busy (b), progress (d, 0 to 1),
 * remaining (d, seconds or NAN), epoch (x, settable, −1 when there are no runs), follow-last (b,
 * settable), live (b: a run is), in-bits (b, settable), epoch-scale (IpScale as i, settable),
 * quantity, x-quantity, y-quantity (IpQuantity as i, settable), layer (i, settable), view (s,
 * settable: the page in front), figure-width, figure-height, font-size (d, pt, settable, 0 while
 * nobody has said), group-by (s, settable), and those of IpDisplay (i, settable). */
GListModel *ip_session_get_runs (IpSession *self);

/* Opens a dump on another thread, appends its run and starts estimating.  A file that is open
 * already gives its run. */
void ip_session_open_async (IpSession *self,
                            GFile *file,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
IpRun *ip_session_open_finish (IpSession *self, GAsyncResult *result, GError **error);
/* The same for a dump that was opened already. (transfer none) */
IpRun *ip_session_open_dump (IpSession *self, IpDump *dump);
void ip_session_close_run (IpSession *self, IpRun *run);
/* Moves a run down the list, up where distance is negative, as far as it goes. */
void ip_session_move_run (IpSession *self, IpRun *run, int distance);

/* What is estimated.  A new request supersedes the running job at once; numbers known for the old
 * one are kept and shown again when it comes back. */
const IpRequest *ip_session_get_request (IpSession *self);
void ip_session_set_request (IpSession *self, const IpRequest *request);

/* Other estimators, or other parameters, that planes, epochs and trajectories show beside the
 * request.  Computed after it.  One that is the same as the request is not shown twice. */
void ip_session_set_comparisons (IpSession *self, const IpRequest *requests, guint n);
const IpRequest *ip_session_get_comparisons (IpSession *self, guint *n);
/* What spectra are of: the request, or the first comparison that has some where it has none. */
const IpRequest *ip_session_get_spectral_request (IpSession *self);
/* The estimator that would give the spectra that are asked for; NULL while there are some, or may
 * be when all is computed. */
const IpEstimator *ip_session_offer_spectra (IpSession *self);
/* Whether two requests have the same answers: parameters that do not matter may differ. */
gboolean ip_request_is_same (const IpRequest *one, const IpRequest *other);
/* Appends the request unless one that is the same is there. */
void ip_requests_add (GArray *requests, const IpRequest *request);

/* The sweep: how the answer at the selected epoch depends on parameter number `parameter` of the
 * request, at these values in rising order; n = 0 for values around the one in force.  Computed
 * while the view is "sweep", before everything else.  Another estimator has another sweep, over its
 * first number. */
void ip_session_set_sweep (IpSession *self, guint parameter, const double *values, guint n);
/* −1 when the estimator has no numbers among its parameters. */
int ip_session_get_sweep (IpSession *self, const double **values, guint *n);
/* Whether all of it is computed. */
gboolean ip_session_is_sweep_known (IpSession *self);

void ip_session_cancel (IpSession *self);
/* Computes what is missing, after a cancel. */
void ip_session_resume (IpSession *self);

/* While it is paused no cell is begun; those in flight go on to their end.  progress and remaining
 * are notified. */
void ip_session_set_paused (IpSession *self, gboolean paused);
gboolean ip_session_get_paused (IpSession *self);
/* Computes nothing more of a run, until ip_session_resume(). */
void ip_session_cancel_run (IpSession *self, IpRun *run);
/* Computes again what has failed. */
void ip_session_retry_failed (IpSession *self);

/* How far the estimates of a run are. */
typedef struct
{
  IpRunCount count;
  gboolean cancelled;
  char *running; /* what of it is being computed, "fc3 at epoch 12", or NULL */
} IpRunProgress;

void ip_session_get_run_progress (IpSession *self, IpRun *run, IpRunProgress *progress);
void ip_run_progress_clear (IpRunProgress *progress);
/* What happened under this request, a line for each. (transfer full) */
char *ip_session_get_log (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;

gboolean ip_session_get_busy (IpSession *self);
double ip_session_get_progress (IpSession *self);
double ip_session_get_remaining (IpSession *self);
guint ip_session_get_n_done (IpSession *self);
guint ip_session_get_n_cells (IpSession *self);

gint64 ip_session_get_epoch (IpSession *self);
void ip_session_set_epoch (IpSession *self, gint64 epoch);
/* Whether the last epoch stays selected while runs grow.  Choosing it turns this on, choosing
 * another one turns it off. */
gboolean ip_session_get_follow_last (IpSession *self);
void ip_session_set_follow_last (IpSession *self, gboolean follow_last);
/* Epochs of all visible runs, ascending, without repeats. */
const gint64 *ip_session_get_epochs (IpSession *self, guint *n_epochs);
gboolean ip_session_get_in_bits (IpSession *self);
void ip_session_set_in_bits (IpSession *self, gboolean in_bits);
IpScale ip_session_get_epoch_scale (IpSession *self);
void ip_session_set_epoch_scale (IpSession *self, IpScale scale);

typedef enum
{
  IP_SHOWN_IN_MAP, /* property quantity: of maps and of figures over epochs */
  IP_SHOWN_ON_X,   /* properties x-quantity and y-quantity: axes of trajectories */
  IP_SHOWN_ON_Y,
  IP_N_SHOWN,
} IpShown;

/* The quantity chosen; IP_N_QUANTITIES when there is none or the estimator does not give it: then
 * figures show the first quantities that it gives, a map two of them. */
IpQuantity ip_session_get_quantity (IpSession *self, IpShown where);
/* What can be chosen: quantities of the estimator; axes of trajectories also take those of the
 * estimators it is compared with, and what training recorded of the open runs. (transfer full)
 * (element-type IpQuantity) */
GArray *ip_session_list_quantities (IpSession *self, IpShown where) G_GNUC_WARN_UNUSED_RESULT;
void ip_session_set_quantity (IpSession *self, IpShown where, IpQuantity quantity);

/* The layer that a spectrum is of, numbered as the user_data of tracks: the one chosen, or the
 * first visible one while that is not visible; −1 while none is. */
int ip_session_get_layer (IpSession *self);
void ip_session_set_layer (IpSession *self, int layer);
/* The layer that was chosen, while it is visible; −1 when none was. */
int ip_session_get_selected_layer (IpSession *self);

/* The page in front: "plane", "epochs", "map", "trajectories", "spectrum", or one that is no
 * figure. */
const char *ip_session_get_view (IpSession *self);
void ip_session_set_view (IpSession *self, const char *view);
/* The name of a page that is a figure, and the figure of a page; FALSE when it is none. */
const char *ip_session_get_view_name (IpFigureKind kind);
gboolean ip_session_find_kind (const char *view, IpFigureKind *kind);

/* The part of the data that the axes of a figure show, as it was saved or is to be. */
void ip_session_get_limits (IpSession *self, IpFigureKind kind, IpView *limits);
void ip_session_set_limits (IpSession *self, IpFigureKind kind, const IpView *limits);

/* What a figure measures on paper, in points; 0 while nobody has said. */
typedef enum
{
  IP_LENGTH_FIGURE_WIDTH,
  IP_LENGTH_FIGURE_HEIGHT,
  IP_LENGTH_FONT_SIZE,
  IP_N_LENGTHS,
} IpLength;

double ip_session_get_length (IpSession *self, IpLength length);
void ip_session_set_length (IpSession *self, IpLength length, double points);

/* How figures put together what is shown.  Each is a property, an int, settable. */
typedef enum
{
  IP_DISPLAY_LAYOUT,      /* "layout", IpLayout: of planes, epochs, trajectories and sweeps */
  IP_DISPLAY_BAND,        /* "band", IpBand: around means over groups of runs */
  IP_DISPLAY_SHOW,        /* "show", IpShow */
  IP_DISPLAY_VALUE_SCALE, /* "value-scale", IpScale: linear, log10 or symlog, see
                           * ip_figure_set_value_scale() */
  IP_DISPLAY_SPECTRUM,    /* "spectrum", IpSpectrumForm */
  IP_DISPLAY_GRID,        /* "grid", gboolean */
  IP_N_DISPLAYS,
} IpDisplay;

typedef enum
{
  IP_LAYOUT_OVERLAY, /* all in one */
  IP_LAYOUT_RUNS,    /* side by side: a panel for each run, or group of runs */
  IP_LAYOUT_LAYERS,  /* a panel for each layer; all in one when that would be too many */
  IP_N_LAYOUTS,
} IpLayout;

int ip_session_get_display (IpSession *self, IpDisplay which);
void ip_session_set_display (IpSession *self, IpDisplay which, int value);

/* As text, for the command line and saved sessions: "side", "ci95", "bars,phases".
 * (transfer full) */
char *ip_display_format (IpDisplay which, int value);
/* choices: set to the ids that there are when there is no such. (transfer none) */
gboolean ip_display_parse (IpDisplay which, const char *text, int *value, const char **choices);

/* Over which runs means are shown: IP_GROUP_REPEATS for runs that differ in their seed only, the
 * name of a recorded attribute for runs that have it in common ("activation"), NULL (the default)
 * for
 * none: every run for itself. */
#define IP_GROUP_REPEATS "repeats"
const char *ip_session_get_group_by (IpSession *self);
void ip_session_set_group_by (IpSession *self, const char *attribute);
/* What the open runs can be grouped by: attributes that some have in common and that differ.
 * (transfer full) (array zero-terminated=1) */
char **ip_session_list_groupings (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;

/* Grows whenever ::changed is emitted for more than another selected epoch. */
guint ip_session_get_revision (IpSession *self);

/* A figure of what is visible and known now.  A track's user_data is the number of its run
 * times 65536 plus the number of its layer; of an average, that of the selected layer where it is
 * in it, else that of its first run. */
IpFigure *ip_session_create_figure (IpSession *self, IpFigureKind kind) G_GNUC_WARN_UNUSED_RESULT;

/* The session as it is now, which another thread can make figures of while this one goes on: it
 * shares dumps and estimates, and nothing that is changed or becomes known later.
 * (transfer full) */
IpSession *ip_session_freeze (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;

/* What should be said about the numbers at the selected epoch. */
typedef struct
{
  gboolean warning; /* or: all is well */
  char *title;      /* "Saturated: fc1 – fc3" */
  char *text;
  char *explanation; /* what is behind it, in sentences; NULL when the text says all */
} IpVerdict;
/* (transfer full) (element-type IpVerdict) */
GPtrArray *ip_session_get_verdicts (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;

/* What the numbers of the session are of: the request in force and those it is compared with, each
 * once; in a view that sweeps, the requests of the sweep, at the selected epoch only.
 * (transfer full) (element-type IpRequest) */
GArray *ip_session_list_requests (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* "Bins 30", "Kernel density": what tells this request from the others that are compared; "" when
 * there are none. (transfer full) */
char *ip_session_name_request (IpSession *self, const IpRequest *request);
/* Quantities that were chosen for axes of trajectories and that training recorded: numbers of the
 * session, too. (transfer full) (element-type IpQuantity) */
GArray *ip_session_list_recorded (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* NAN when training did not record it. */
double ip_session_get_recorded (IpRun *run, guint snapshot, IpQuantity quantity);

/* A mean over a group of runs, of one quantity at one epoch. */
typedef struct
{
  const char *group; /* interned */
  const char *layer;
  guint layer_number; /* as the user_data of tracks: of the first run */
  gint64 epoch;
  guint request; /* place in ip_session_list_requests(), or behind it: recorded in training */
  guint n_runs;
  IpValue value; /* in nats; the band as its bracket */
} IpMean;

/* What figures show of the visible layers where runs are grouped, in the order of groups, layers,
 * epochs, requests and quantities; nothing where they are not. (transfer full) (element-type
 * IpMean) */
GArray *ip_session_list_means (IpSession *self) G_GNUC_WARN_UNUSED_RESULT;

/* The numbers as a table in the command line's columns, the means over groups last. */
GBytes *ip_session_export_numbers (IpSession *self, gboolean json) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
