/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"
#include "ip-labels.h"
#include "ip-layout.h"

/* A dump for those that open it (ip-dump-open.c), read its numbers (ip-dump-read.c) and keep what
 * was computed of them (ip-dump-kept.c).  The description is complete when the dump is opened and
 * needs no lock. */

G_BEGIN_DECLS

typedef struct
{
  double lo; /* NAN when nothing is finite */
  double hi;
  gboolean known;
} IpDumpRange;

struct _IpDump
{
  GObject parent_instance;

  IpReader *reader;
  char *name;
  char *identity;
  char *fingerprint;
  IpMapping *said;    /* what was given or remembered; NULL when all was recognised */
  IpMapping *mapping; /* complete */
  IpMappingOrigin origin;
  IpLayout layout;
  IpLabels labels;
  IpSelection selection;

  GMutex lock; /* of all below */
  GCond done;
  gboolean preparing_set;
  IpEvaluationSet **set; /* atomic box, shared with dumps of the same run; NULL until prepared */
  IpEvaluationSet **position_sets; /* [n_layers], of positions as samples; NULL until prepared */
  gboolean *finding_range; /* [n_layers] */
  IpDumpRange *ranges;     /* [n_layers * n_epochs] */
};

/* Once the layout is known. */
void ip_dump_init_kept (IpDump *self);
void ip_dump_clear_kept (IpDump *self);
/* Gives what is known of the first n_kept snapshots to a dump in which they are the same. */
void ip_dump_hand_on (IpDump *self, IpDump *later, guint n_kept);
void ip_dump_keep_range (IpDump *self, guint layer, guint snapshot, double lo, double hi);

/* Reads as little as it can to find and keep the range of a cell that was recorded. */
gboolean ip_dump_find_range (IpDump *self,
                             guint layer,
                             guint snapshot,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
