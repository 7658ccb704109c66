/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"
#include "ip-mapping.h"

/* Where in a file an IpDump finds what it describes.  It is filled once, by a mapping; nothing
 * of it changes afterwards.
 *
 * Snapshots are written in rows, in whatever order and number the run left them: a resumed run
 * repeats epochs.  rows[snapshot] is the row that counts, the last one of its epoch. */

G_BEGIN_DECLS

/* Which axis of a dataset is what.  The units are all other axes, in the order of the file or, as
 * MATLAB writes them, from the last to the first. */
typedef struct
{
  int epoch; /* −1: the dataset is one snapshot */
  int sample;
  gboolean reversed;
} IpAxes;

typedef struct
{
  const IpObject *dataset; /* NULL where the layer was not recorded */
  guint64 at;              /* index on the epoch axis */
} IpSource;

typedef struct
{
  IpLayer layer;
  const IpObject *dataset; /* one that holds it, for the shape and type of all */
  IpAxes axes;
  IpSource *sources; /* [n_epochs] */
  gboolean scaled;   /* value = (stored − zero_point) · scale */
  double scale;
  double zero_point;
  gboolean bfloat16; /* the integers are the bits of such numbers */
  IpReduction reduction;
  const IpObject *encoder[IP_N_ENCODER_PARTS]; /* NULL for what was not recorded */
} IpLayoutLayer;

typedef struct
{
  char *title;
  char *framework;
  char *format;
  char *reason; /* in words, why the file is what it is */
  GPtrArray *warnings;
  gsize n_samples;
  guint n_epochs;
  gint64 *epochs;
  guint *rows;
  guint n_rows;
  GArray *layers;         /* of IpLayoutLayer */
  GArray *metrics;        /* of IpMetric */
  GArray *attributes;     /* of IpRunAttribute */
  const IpObject *labels; /* NULL when there are none */
  const IpObject *inputs;
  IpAxes input_axes;
} IpLayout;

void ip_layout_init (IpLayout *self);
void ip_layout_clear (IpLayout *self);

IpLayoutLayer *ip_layout_get_layer (const IpLayout *self, guint layer);

/* The mapping to read a file with: what was said (may be NULL), and the rest recognised.  Without
 * layers when nothing was. (transfer full) */
IpMapping *ip_layout_complete (IpReader *reader, const IpMapping *said);

/* Fills the layout of a file as a complete mapping says. */
gboolean ip_layout_read (IpLayout *self,
                         IpReader *reader,
                         const IpMapping *mapping,
                         GCancellable *cancellable,
                         GError **error);

gboolean ip_layout_is_native (IpReader *reader);
gboolean ip_layout_read_native (IpLayout *self,
                                IpReader *reader,
                                const IpMapping *mapping,
                                GCancellable *cancellable,
                                GError **error);
gboolean ip_layout_read_mapped (IpLayout *self,
                                IpReader *reader,
                                const IpMapping *mapping,
                                GCancellable *cancellable,
                                GError **error);

/* For those that fill one. */

/* Sets an error that names the file; always FALSE. */
gboolean ip_layout_fail (IpReader *reader, GError **error, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

void ip_layout_warn (IpLayout *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Sorts the epochs of all rows and keeps the last row of each.  Comes before everything that is
 * counted in snapshots. */
void ip_layout_set_epochs (IpLayout *self, const gint64 *epochs, guint n_rows);

/* Appends a layer that is recorded as in `dataset`, and whose rows are where sources[n_rows] says;
 * texts are copied. */
void ip_layout_add_layer (IpLayout *self,
                          const char *name,
                          const char *kind,
                          const char *activation,
                          const IpObject *dataset,
                          IpAxes axes,
                          const IpSource *sources,
                          guint n_rows);

/* One value per snapshot out of one per row, NAN where there is none. (transfer full) */
double *ip_layout_pick_rows (const IpLayout *self, const double *values, gsize n_rows);

/* Sets the value of a metric, which is new with the first one. Ignores metrics that are too many.
 */
void ip_layout_set_metric (IpLayout *self, const char *name, guint snapshot, double value);

/* What the attributes of the object say about the run. object: may be NULL. */
void ip_layout_take_attributes (IpLayout *self, const IpObject *object);

/* Drops layers whose number of samples is not that of most layers, numbers the others as they were
 * added, and fails when none is left. */
gboolean ip_layout_finish (IpLayout *self, IpReader *reader, GError **error);

/* All elements of a dataset of numbers with at most max_elements. (transfer full) */
double *ip_layout_read_numbers (IpReader *reader,
                                const IpObject *dataset,
                                gsize max_elements,
                                gsize *n,
                                GCancellable *cancellable,
                                GError **error);

/* An attribute as text, "" when it is missing. (transfer full) */
char *ip_layout_get_text (const IpObject *object, const char *attribute);
gboolean ip_layout_get_number (const IpObject *object, const char *attribute, double *number);

/* As people order names: "layer2" before "layer10". */
int ip_layout_compare_names (const char *a, const char *b);

/* Layers as people order them, those that are called like an output last. */
int ip_layout_compare_layers (const char *a, const char *b);

/* Fills rank, shape and units of one sample's activation, all of them. */
void ip_layout_set_shape (IpLayer *layer, const IpObject *dataset, const IpAxes *axes);

/* Whether the last axis of activations of that rank is of channels, as far as can be told. */
gboolean ip_layout_has_channels_last (const IpLayout *self, guint rank);

/* The product of all lengths but those of the epoch and sample axes. */
gsize ip_layout_count_units (const IpObject *dataset, const IpAxes *axes);

G_END_DECLS
