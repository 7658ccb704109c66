/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"
#include "ip-estimator.h"
#include "ip-run-layer.h"

/* An open training run and its layers, as the sidebar lists them, with the numbers known so far. */

G_BEGIN_DECLS

/* One open run: a list model of its IpRunLayers, in the order of the network.
 * Properties: name (s), subtitle (s), visible (b, settable), live (b), following (b, settable).
 * Signals:
 *   layer-changed::visible () and layer-changed::style ()   a layer was changed so
 *   dump-changed ()    the file has grown or was replaced: the run has another dump
 *   failed (GError)    the file has changed and cannot be read any more */
#define IP_TYPE_RUN (ip_run_get_type ())
G_DECLARE_FINAL_TYPE (IpRun, ip_run, IP, RUN, GObject)

/* name: how the run is called where several are open.  first_style: style of its first layer. */
IpRun *ip_run_new (IpDump *dump, const char *name, guint first_style) G_GNUC_WARN_UNUSED_RESULT;

/* Follows the file of the dump from now on.  Estimates of snapshots that are still the same are
 * kept, unless they depend on the range of the layer over all snapshots. */
void ip_run_follow (IpRun *self);

/* Whether the file is being written: it is followed, and flagged as open for writing by a writer
 * that was at work lately, or has changed since it was opened. */
gboolean ip_run_get_live (IpRun *self);

/* Whether changes of the file are taken over as they come; what changes meanwhile is, when it is
 * followed again. */
gboolean ip_run_get_following (IpRun *self);
void ip_run_set_following (IpRun *self, gboolean following);

const char *ip_run_get_name (IpRun *self);
/* "tanh · seed 0 · 60 epochs · N 4096" (translated) */
const char *ip_run_get_subtitle (IpRun *self);
IpDump *ip_run_get_dump (IpRun *self);
/* As text, NULL when it is not known. */
const char *ip_run_get_seed (IpRun *self);
/* The same text for runs that differ in their seed only, see ip_repeats_describe(). */
const char *ip_run_get_experiment (IpRun *self);
IpRunLayer *ip_run_get_layer (IpRun *self, guint layer); /* (transfer none) */
gboolean ip_run_get_visible (IpRun *self);
void ip_run_set_visible (IpRun *self, gboolean visible);

/* Reads the run from another dump of the same file from now on: with other samples, reductions or
 * roles. */
void ip_run_set_dump (IpRun *self, IpDump *dump);

/* Estimates these snapshots alone from now on, one flag for each of the dump; all of them of the
 * next dump. */
void ip_run_choose_snapshots (IpRun *self, const gboolean *chosen);
gboolean ip_run_is_chosen (IpRun *self, guint snapshot);

/* All estimates under a request, at layer * n_epochs + snapshot; NULL for what is not known, and
 * NULL as a whole while nothing is. (transfer none) */
const IpEstimate *const *ip_run_get_estimates (IpRun *self, const IpRequest *request);
/* How far the estimates of visible layers are; all zero of a run that is not visible. */
typedef struct
{
  guint n_cells;
  guint n_done; /* those that failed among them */
  guint n_failed;
} IpRunCount;

void ip_run_count (IpRun *self, const IpRequest *request, IpRunCount *count);
/* Forgets the estimates that could not be computed. */
void ip_run_forget_failed (IpRun *self, const IpRequest *request);
void ip_run_set_estimate (IpRun *self,
                          const IpRequest *request,
                          guint layer,
                          guint snapshot,
                          const IpEstimate *estimate);

/* The run as it is now, for another thread: it shares dump and estimates, and nothing that becomes
 * known later.  (transfer full) */
IpRun *ip_run_freeze (IpRun *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
