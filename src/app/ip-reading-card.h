/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-figure.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_READING_CARD (ip_reading_card_get_type ())
G_DECLARE_FINAL_TYPE (IpReadingCard, ip_reading_card, IP, READING_CARD, GtkWidget)

/* The readings of one point of a figure.  run: NULL where it goes without saying. */
void ip_reading_card_set_point (IpReadingCard *self,
                                IpFigure *figure,
                                guint track, guint point,
                                const char *run);
/* Where in width x height pixels of a figure the card hides least: beside its point, over as little
 * of the trajectories as can be. */
void ip_reading_card_find_place (IpReadingCard *self,
                                 IpFigure *figure,
                                 guint track, guint point, guint panel,
                                 int width, int height,
                                 GtkAllocation *place);
/* What the card says, in one line for speech. */
char *ip_reading_format (IpFigure *figure,
                         guint track, guint point,
                         const char *run) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
