/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-planner.h"
#include "ip-session.h"

/* The session from inside: what ip-session.c (the object), ip-session-runs.c (what is open) and
 * ip-session-view.c (how it is shown) share. */

G_BEGIN_DECLS

struct _IpSession
{
  GObject parent_instance;

  GListStore *runs;
  IpPlanner *planner;
  gboolean live;

  GArray *epochs; /* of visible runs, see ip_session_get_epochs() */
  gint64 epoch;
  gboolean follow_last;
  gboolean in_bits;
  IpScale epoch_scale;
  IpQuantity chosen[IP_N_SHOWN]; /* IP_N_QUANTITIES: none */
  int layer;                     /* −1: none chosen */
  char *view;
  double lengths[IP_N_LENGTHS];
  IpView limits[IP_N_FIGURE_KINDS];
  GArray *comparisons;      /* IpRequest */
  int sweep_parameter;      /* −1: not chosen */
  GArray *sweep_values;     /* double; empty for those around the value in force */
  GArray *sweep;            /* IpRequest, of the values in force */
  int display[IP_N_DISPLAYS];
  char *group_by;
  guint revision; /* see ip_session_get_revision() */
};

typedef struct
{
  const char *property;
  int standard;
  int most;
  const char *ids; /* in the order of values; of bits for IP_DISPLAY_SHOW */
} IpDisplayInfo;

extern const IpDisplayInfo ip_session_displays[IP_N_DISPLAYS];

/* The quantities that a figure shows. */
typedef struct
{
  guint n;
  IpQuantity quantities[2];
} IpChoice;

/* What is visible, in the order of runs and layers. */
typedef void (*IpVisitLayer) (IpSession *session, guint run, guint layer, gpointer data);
void ip_session_visit_layers (IpSession *self, IpVisitLayer visit, gpointer data);

/* NULL when the estimate has no such quantity. */
const IpValue *ip_session_find_value (const IpEstimate *estimate, IpQuantity quantity);
/* As it is shown, with the bracket of the estimator, or one standard error on either side. */
IpReading ip_session_read (IpSession *self, const IpEstimate *estimate, IpQuantity quantity);
/* "12 bits", "0.999 bit", "10": a value as it is shown. (transfer full) */
char *ip_session_format_value (IpSession *self, double value, IpQuantity quantity);
/* Whether the estimator in force gives a quantity. */
gboolean ip_session_estimates (IpSession *self, IpQuantity quantity);
/* What gives a quantity: the request in force or else one that it is compared with; NULL when none
 * does. */
const IpRequest *ip_session_find_source (IpSession *self, IpQuantity quantity);
/* Its estimate; NULL while it is not known. */
const IpEstimate *
ip_session_find_giver (IpSession *self, IpRun *run, guint layer, guint snapshot,
                       IpQuantity quantity);
/* What values are divided by to be shown. */
double ip_session_get_unit_size (IpSession *self, IpQuantity quantity);

/* Returns how many panels were asked for where they are more than IP_MOST_FACETS and all is in one,
 * else 0. */
guint ip_session_add_tracks (IpSession *self, IpFigure *figure, const IpChoice *choice);

/* Of the layer that a spectrum is of, with the quantities of the axes. */
void ip_session_add_spectra (IpSession *self, IpFigure *figure);
/* Entropy in nats of p_i^power / sum p^power over a spectrum that adds up to 1 and of which only
 * the largest n are known; `total` numbers in all.  value: of the known ones; lower and upper:
 * what the rest can make of it. */
IpReading ip_spectrum_get_entropy (const double *spectrum, guint n, gsize total, double power);

/* What the group of each run is called, in the order of runs; runs with the same name are one
 * group.  Without grouping, the names of the runs. (transfer full) */
char **ip_session_name_groups (IpSession *self);

/* The sweep is to be planned again: another request, epoch or view. */
void ip_session_update_sweep (IpSession *self);
/* Whether a figure of these quantities compares the request in force with another one, and with
 * this one: what gives nothing that is shown of the one in force is not compared. */
gboolean ip_session_compares (IpSession *self, IpFigureKind kind, const IpChoice *choice);
gboolean
ip_session_is_compared (IpSession *self, const IpRequest *request, const IpChoice *choice);
/* The snapshot of an epoch; G_MAXUINT when there is none. */
guint ip_session_find_snapshot (IpDump *dump, gint64 epoch);

/* The properties of what is shown where. */
extern const char *const ip_session_quantity_names[IP_N_SHOWN];
extern const char *const ip_session_length_names[IP_N_LENGTHS];

IpRun *ip_session_get_run (IpSession *self, guint position); /* (transfer none) */
guint ip_session_get_n_runs (IpSession *self);

/* (transfer none) */
IpRun *ip_session_add_dump (IpSession *self, IpDump *dump);

/* The user looks at another layer, epoch or page: what is needed for it is computed first. */
void ip_session_look (IpSession *self);

/* Figures show something else now. */
void ip_session_emit_changed (IpSession *self);
/* They show another epoch as selected, and nothing else has changed. */
void ip_session_emit_selected (IpSession *self);

/* Shows everything as another session does, silently. */
void ip_session_copy_view (IpSession *self, IpSession *from);

/* Other epochs are visible: the selected one stays as near as it can. */
void ip_session_update_epochs (IpSession *self);

G_END_DECLS
