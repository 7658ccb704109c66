/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

/* What can be said about trajectories beyond their numbers. */

G_BEGIN_DECLS

/* The end of fitting and begin of compression: the last epoch at which quantity 0, I(X;T), is
 * largest, if it falls from there on by more than its error; an epoch at either end of the
 * recording is no change.  It falls by more than its error when at some later epoch it is lower
 * by more than IP_PHASE_SHARE of its largest value and, where there are brackets, these do not
 * touch.  Fitting and compression as in Shwartz-Ziv and Tishby 2017, arXiv:1703.00810.  FALSE
 * when there is no change. */
#define IP_PHASE_SHARE 0.02
gboolean ip_track_find_phase_change (const IpTrack *track, guint *point);

/* Whether `after` is larger than `before` by more than the error: the brackets do not touch;
 * without brackets, by more than rounding.  FALSE where one of them is missing. */
gboolean ip_reading_exceeds (const IpReading *after, const IpReading *before);

/* Sets IP_POINT_VIOLATES_X and _Y on the points of `after` that break the data-processing
 * inequality: a layer cannot know more than the one `before` it, I(X;T1) >= I(X;T2) and I(T1;Y)
 * >= I(T2;Y) for X - T1 - T2 (Cover and Thomas 2006, theorem 2.8.1).  Estimates can: see
 * ip_reading_exceeds().  Of epochs that both have.  Returns how many points were marked. */
guint ip_track_mark_violations (const IpTrack *before, IpTrack *after);

G_END_DECLS
