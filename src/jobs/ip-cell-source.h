/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-plan.h"

/* What one cell takes from its dump: the activations, whole or in blocks of units, and what is
 * recorded beside them.  First it is planned, which says how many bytes it takes, then read. */

G_BEGIN_DECLS

typedef struct
{
  const IpCell *cell;
  const IpRequest *requests; /* that are to be estimated */
  guint n_requests;
  GCancellable *cancellable;

  gsize n_units;  /* to be read at once: all, or a multiple of IP_BLOCK_COLUMNS; 0: none */
  gsize reserved; /* bytes, for reading and estimating */
  gsize granted;  /* of these, what is left for estimating */

  IpSampleSource sample;
  IpActivations *activations; /* all of them, or the present block */
  gsize first;                /* unit of the block */
  IpColumnSource columns;
  IpActivations *parts[IP_N_ENCODER_PARTS];
  IpEncoder encoder;
  IpGradient gradient;
} IpCellSource;

void ip_cell_source_init (IpCellSource *self,
                          const IpCell *cell,
                          const IpRequest *requests,
                          guint n_requests,
                          GCancellable *cancellable);
void ip_cell_source_clear (IpCellSource *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpCellSource, ip_cell_source_clear)

/* Chooses how to read the activations so that reading and estimating fit into `rest` bytes of a
 * budget of `total`, and fills `reserved` and `granted`.  FALSE when that cannot be. */
gboolean
ip_cell_source_plan (IpCellSource *self, gsize rest, gsize total, GError **error);

/* Fills `sample`, which borrows from the source; blocks follow while estimates are computed. */
gboolean ip_cell_source_read (IpCellSource *self, GError **error);

G_END_DECLS
