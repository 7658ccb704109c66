/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-evaluation-set.h"
#include "ip-mapping.h"
#include "ip-matrix.h"
#include "ip-reader.h"
#include "ip-reduction.h"
#include "ip-selection.h"

/* An activation dump: which layers, epochs, samples, labels, inputs and metrics a training run
 * left, and its activations, one (layer, snapshot) matrix at a time.  The description is read when
 * the dump is opened and does not change afterwards: a file that grows is opened again.  Reading
 * functions block and are safe from any thread. */

G_BEGIN_DECLS

#define IP_DUMP_ERROR (ip_dump_error_quark ())

typedef enum
{
  IP_DUMP_ERROR_UNRECOGNISED, /* an HDF5 file, but no layout that we know */
  IP_DUMP_ERROR_MALFORMED,    /* known layout, but a part is missing or has the wrong shape */
  IP_DUMP_ERROR_NO_LAYERS,
} IpDumpError;

GQuark ip_dump_error_quark (void);

/* A snapshot is the state of the network at one epoch; snapshots are numbered from 0 in the order
 * of their epochs. */
typedef struct
{
  char *name;
  guint index; /* position in the network, from 0 */
  char *kind;       /* "dense", "conv", …; "" unknown */
  char *activation; /* "tanh", "relu", …; "" unknown */
  double bound_lo;  /* of the activation function: tanh −1, 1; softmax 0, 1; else ∓INFINITY */
  double bound_hi;
  char *type_name; /* as stored: "float16" */
  guint rank;      /* of one sample's activation */
  guint64 shape[IP_MAX_RANK];
  gsize n_units;     /* d, the product of shape */
  gsize n_positions; /* rows of the matrix for each sample, 1 unless positions are samples */
  char *reduction;   /* how the units were reduced, as a key: "mean:first"; "" not at all */
  char *key;         /* name and reduction: what its results are kept under */
  gboolean *present; /* [n_epochs] whether this layer was recorded in the snapshot */
  guint n_present;
  double *weight_norm; /* [n_epochs] or NULL; NAN where missing */
  double *grad_mean;
  double *grad_std;
} IpLayer;

/* What a stochastic layer, which draws its output from N(mean, diag deviation²), leaves beside its
 * activations. */
typedef enum
{
  IP_ENCODER_MEAN,
  IP_ENCODER_DEVIATION,
  IP_ENCODER_DRAW,
  IP_N_ENCODER_PARTS,
} IpEncoderPart;

typedef enum
{
  IP_LABELS_NONE,
  IP_LABELS_CLASSES,
  IP_LABELS_REAL, /* a regression target */
} IpLabelKind;

typedef struct
{
  char *name; /* "train_loss" */
  double *values; /* [n_epochs], NAN where missing */
} IpMetric;

typedef struct
{
  char *name;
  char *value; /* as text */
} IpRunAttribute;

/* One (layer, snapshot): N x d numbers, float32 for everything that float32 represents exactly and
 * float64 otherwise.  Reference counted and immutable. */
typedef struct _IpActivations IpActivations;

IpActivations *ip_activations_ref (IpActivations *self);
void ip_activations_unref (IpActivations *self);
const IpMatrix *ip_activations_get_matrix (IpActivations *self);
/* Smallest and largest finite value; NAN when there is none. */
void ip_activations_get_range (IpActivations *self, double *lo, double *hi);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpActivations, ip_activations_unref)

#define IP_TYPE_DUMP (ip_dump_get_type ())
G_DECLARE_FINAL_TYPE (IpDump, ip_dump, IP, DUMP, GObject)

/* Opens the file with the mapping that is remembered for files like it, or else as it is
 * recognised. */
IpDump *ip_dump_open (GFile *file, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The same with a mapping: what it does not say is recognised.  mapping: NULL for none, which also
 * leaves aside what is remembered. */
IpDump *ip_dump_open_mapped (GFile *file,
                             const IpMapping *mapping,
                             GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the mapping comes from. */
typedef enum
{
  IP_MAPPING_RECOGNISED,
  IP_MAPPING_REMEMBERED,
  IP_MAPPING_GIVEN,
} IpMappingOrigin;

/* Which object plays which role; as text it opens the same dump. (transfer none) */
const IpMapping *ip_dump_get_mapping (IpDump *self, IpMappingOrigin *origin);

/* Uses the mapping of this dump for all files of the same shape from now on, or forgets the one
 * that was used for them. */
gboolean ip_dump_remember_mapping (IpDump *self, GError **error);
gboolean ip_dump_forget_mapping (IpDump *self, GError **error);

/* The objects of the file. (transfer none) */
IpReader *ip_dump_get_reader (IpDump *self);

/* Whether the file is flagged as open for writing: it is, or its writer was killed. */
gboolean ip_dump_get_unfinished (IpDump *self);

/* When the file had last been changed as it was opened, in seconds since 1970. */
gint64 ip_dump_get_modified (IpDump *self);

/* Whether the file has changed since the dump was opened: it grew, was rewritten or replaced.
 * Looks at the file's size and time only; a file that is gone has not changed. */
gboolean ip_dump_is_outdated (IpDump *self);

/* Opens the file again, with the same selection of samples where they are as many; `self` stays as
 * it is.  n_kept: how many of the first snapshots are the same in both, so that what is known of
 * them need not be computed again; ranges and the evaluation set are taken over.  0 when the file
 * is another one.  Fails as ip_dump_open() does, which may pass while a file is being rewritten. */
IpDump *ip_dump_reopen (IpDump *self, guint *n_kept, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

GFile *ip_dump_get_file (IpDump *self);
/* Names the content of the file, wherever it is, and the mapping if it is another than the one that
 * is recognised; what the results store goes by. */
const char *ip_dump_get_identity (IpDump *self);
/* Names the content alone, whatever the time of its last change: what copies of the file share. */
const char *ip_dump_get_fingerprint (IpDump *self);
/* File name without extension: how the run is called where there is little room. */
const char *ip_dump_get_name (IpDump *self);
const char *ip_dump_get_title (IpDump *self);     /* "" when the file has none */
const char *ip_dump_get_framework (IpDump *self); /* "" when unknown */
const char *ip_dump_get_format (IpDump *self);    /* "infoplane-dump 1" */
/* In words, what was found where. */
const char *ip_dump_get_reason (IpDump *self);
/* What is odd about the file, for the user; NULL-terminated, empty when nothing is. */
const char *const *ip_dump_get_warnings (IpDump *self);

/* Uses some of the samples from now on, the same ones for the same seed; n is of all, or of each
 * class.  All when there are no more.  Must come before anything is read.  FALSE when they are to
 * be drawn from classes and there are none. */
gboolean ip_dump_select_samples (IpDump *self, IpSelectionKind kind, gsize n, guint64 seed);
/* The selection as a key: "all", "random:n=500,seed=1", "first:n=500", "class:n=50,seed=1". */
const char *ip_dump_get_selection (IpDump *self);
/* The same by such a key. */
gboolean ip_dump_select_samples_by_key (IpDump *self, const char *key);
/* How many samples there are, used or not. */
gsize ip_dump_get_n_recorded (IpDump *self);

/* How the units of a layer are reduced.  Layers whose activation has one axis only cannot be.
 * Setting must come before anything is read. */
gboolean ip_dump_can_reduce (IpDump *self, guint layer);
IpReduction ip_dump_get_reduction (IpDump *self, guint layer);
void ip_dump_set_reduction (IpDump *self, guint layer, const IpReduction *reduction);

/* A dump of the same file with the same mapping of which nothing has been read, so that samples and
 * reductions can be chosen anew; they are those of this one. */
IpDump *ip_dump_copy (IpDump *self, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* What was chosen of samples and of a layer's units, as it stands among the parameters of results:
 * "reduce=mean:first,samples=first:n=500"; "" when everything is used. (transfer full) */
char *ip_dump_get_choices (IpDump *self, guint layer);

/* How many samples are used. */
gsize ip_dump_get_n_samples (IpDump *self);
/* Rows of a layer's matrix: the samples, or their positions. */
gsize ip_dump_get_n_rows (IpDump *self, guint layer);
const gint64 *ip_dump_get_epochs (IpDump *self, guint *n_epochs);
guint ip_dump_get_n_layers (IpDump *self);
const IpLayer *ip_dump_get_layer (IpDump *self, guint layer);
const IpMetric *ip_dump_get_metrics (IpDump *self, guint *n_metrics);
const IpRunAttribute *ip_dump_get_attributes (IpDump *self, guint *n_attributes);
const char *ip_dump_get_attribute (IpDump *self, const char *name); /* NULL when absent */

IpLabelKind ip_dump_get_label_kind (IpDump *self);
guint ip_dump_get_n_classes (IpDump *self); /* 0 unless classes */
const char *const *ip_dump_get_class_names (IpDump *self); /* NULL when unnamed */
/* Rank 0 when there are no inputs. */
const guint64 *ip_dump_get_input_shape (IpDump *self, guint *rank);
const char *ip_dump_get_input_type (IpDump *self);

/* X and Y of the run, read and prepared at the first call. (transfer none) */
const IpEvaluationSet *ip_dump_get_evaluation_set (IpDump *self,
                                                   GCancellable *cancellable,
                                                   GError **error);

/* The same for the rows of a layer: where positions are samples, each has the label of its sample
 * and an input of its own. (transfer none) */
const IpEvaluationSet *ip_dump_get_layer_set (IpDump *self,
                                              guint layer,
                                              GCancellable *cancellable,
                                              GError **error);

IpActivations *ip_dump_read (IpDump *self,
                             guint layer,
                             guint snapshot,
                             GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of some of its units: a layer that does not fit into memory is read in blocks. */
IpActivations *ip_dump_read_units (IpDump *self,
                                   guint layer,
                                   guint snapshot,
                                   gsize first,
                                   gsize count,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In which precision the activations come. */
IpElement ip_dump_get_element (IpDump *self, guint layer, guint snapshot);

/* Bytes in use while so many units are read, in this process and in the reader, the numbers
 * themselves included. */
gsize ip_dump_get_read_memory (IpDump *self, guint layer, guint snapshot, gsize n_units);

/* The same for all parts of an encoder together. */
gsize ip_dump_get_encoder_memory (IpDump *self, guint layer, guint snapshot);

/* Bytes that the dump keeps for whatever is read: the evaluation set, with what preparing it takes,
 * and chunks that the reader has decompressed. */
gsize ip_dump_get_kept_memory (IpDump *self);

gboolean
ip_dump_has_encoder (IpDump *self, guint layer, guint snapshot, IpEncoderPart part);

/* A part that there is, as samples x units. */
IpActivations *ip_dump_read_encoder (IpDump *self,
                                     guint layer,
                                     guint snapshot,
                                     IpEncoderPart part,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Range of the layer over all snapshots, read at the first call and remembered.  Non-finite values
 * are left out. */
gboolean ip_dump_get_layer_range (IpDump *self,
                                  guint layer,
                                  double *lo,
                                  double *hi,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
