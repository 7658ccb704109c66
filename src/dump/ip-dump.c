/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump.h"

#include "ip-activations.h"
#include "ip-identity.h"
#include "ip-labels.h"
#include "ip-layout.h"
#include "ip-mapping-memory.h"
#include "ip-selection.h"
#include "ip-snapshot.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The description is complete when the dump is opened and needs no lock.  What is computed later,
 * the evaluation set and the ranges of the layers, is computed by the first thread that asks;
 * others that ask meanwhile wait for it, and give up when they are cancelled. */

#define MAX_INPUT_BYTES ((gsize) 2 << 30)
#define POLL_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  double lo; /* NAN when nothing is finite */
  double hi;
  gboolean known;
} Range;

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
  Range *ranges;           /* [n_layers * n_epochs] */
};

G_DEFINE_FINAL_TYPE (IpDump, ip_dump, G_TYPE_OBJECT)
G_DEFINE_QUARK (ip-dump-error-quark, ip_dump_error)

static void
clear_set (gpointer box)
{
  ip_evaluation_set_free (*(IpEvaluationSet **) box);
}

static void
release_set (IpEvaluationSet **box)
{
  g_atomic_rc_box_release_full (box, clear_set);
}

static void
ip_dump_finalize (GObject *object)
{
  IpDump *self = IP_DUMP (object);

  g_clear_pointer (&self->set, release_set);
  for (guint i = 0; self->position_sets != NULL && i < self->layout.layers->len; i++)
    g_clear_pointer (&self->position_sets[i], ip_evaluation_set_free);
  g_free (self->position_sets);
  g_free (self->finding_range);
  g_free (self->ranges);
  ip_labels_clear (&self->labels);
  ip_layout_clear (&self->layout);
  g_clear_pointer (&self->said, ip_mapping_free);
  g_clear_pointer (&self->mapping, ip_mapping_free);
  g_clear_object (&self->reader);
  ip_selection_clear (&self->selection);
  g_free (self->name);
  g_free (self->identity);
  g_free (self->fingerprint);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);

  G_OBJECT_CLASS (ip_dump_parent_class)->finalize (object);
}

static void
ip_dump_class_init (IpDumpClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ip_dump_finalize;
}

static void
ip_dump_init (IpDump *self)
{
  ip_layout_init (&self->layout);
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
}

static const IpLayoutLayer *
get_layer (IpDump *self, guint layer)
{
  g_assert (layer < self->layout.layers->len);

  return &g_array_index (self->layout.layers, IpLayoutLayer, layer);
}

/* Labels that cannot be used cost I(T;Y), not the dump. */
static gboolean
read_labels (IpDump *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (self->layout.labels == NULL)
    ip_layout_warn (&self->layout, _("There are no labels: I(T;Y) cannot be estimated."));
  else if (!ip_labels_read (&self->labels, self->reader, self->layout.labels,
                            self->layout.n_samples, cancellable, &problem))
    {
      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      ip_layout_warn (&self->layout,
                      _("The labels cannot be used, so I(T;Y) cannot be estimated: %s"),
                      problem->message);
    }

  return TRUE;
}

static gsize
count_input_columns (const IpLayout *layout)
{
  IpAxes axes = { .epoch = -1, .sample = layout->input_sample_axis };

  return ip_layout_count_units (layout->inputs, &axes);
}

/* NULL when the inputs can be used. */
static char *
find_input_problem (const IpLayout *layout)
{
  const IpObject *inputs = layout->inputs;
  gsize bytes;

  if (inputs->problem != NULL)
    return g_strdup (inputs->problem);
  if (!inputs->is_dataset || inputs->type >= IP_TYPE_STRING)
    return g_strdup (_("they are no numbers"));
  if (inputs->rank == 0 || inputs->shape[layout->input_sample_axis] != layout->n_samples)
    return g_strdup_printf (_("not one for each of %zu samples"),
                            layout->n_samples);
  if (__builtin_mul_overflow (count_input_columns (layout), layout->n_samples * sizeof (float),
                              &bytes)
      || bytes > MAX_INPUT_BYTES)
    return g_strdup (_("they take more than 2 GiB"));

  return NULL;
}

static void
check_inputs (IpLayout *layout)
{
  g_autofree char *problem = NULL;

  if (layout->inputs == NULL)
    {
      ip_layout_warn (layout, _("There are no inputs: all samples count as different."));
      return;
    }
  problem = find_input_problem (layout);
  if (problem == NULL)
    return;

  ip_layout_warn (layout, _("%s cannot be used as inputs: %s. All samples count as different."),
                  layout->inputs->path, problem);
  layout->inputs = NULL;
}

/* "szt-tanh.h5" is called szt-tanh. */
static char *
name_run (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return g_utf8_make_valid (name, -1);
}

/* Results of another mapping than the recognised one are other results. */
static void
identify_mapping (IpDump *self)
{
  g_autofree char *content = NULL;
  g_autofree char *text = NULL;
  g_autofree char *standard = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (IpMapping) recognised = NULL;

  if (self->said == NULL)
    return;
  text = ip_mapping_to_text (self->mapping);
  recognised = ip_layout_complete (self->reader, NULL);
  standard = ip_mapping_to_text (recognised);
  if (strcmp (text, standard) == 0)
    return;

  content = g_steal_pointer (&self->identity);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  self->identity = g_strdup_printf ("%s %.16s", content, digest);
}

static gboolean
read_layout (IpDump *self, GCancellable *cancellable, GError **error)
{
  IpLayout *layout = &self->layout;

  g_clear_pointer (&self->mapping, ip_mapping_free);
  self->mapping = ip_layout_complete (self->reader, self->said);
  return ip_layout_read (layout, self->reader, self->mapping, cancellable, error)
         && read_labels (self, cancellable, error);
}

/* A remembered mapping that does not fit gives way to recognition. */
static gboolean
find_layout (IpDump *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (read_layout (self, cancellable, &problem))
    return TRUE;
  if (self->origin != IP_MAPPING_REMEMBERED
      || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  g_clear_pointer (&self->said, ip_mapping_free);
  self->origin = IP_MAPPING_RECOGNISED;
  ip_labels_clear (&self->labels);
  ip_layout_clear (&self->layout);
  ip_layout_init (&self->layout);
  ip_layout_warn (&self->layout,
                  _("The mapping that is remembered for such files does not fit: %s"),
                  problem->message);
  return read_layout (self, cancellable, error);
}

static IpDump *
open_file (GFile *file,
           const IpMapping *said,
           IpMappingOrigin origin,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (IpDump) self = g_object_new (IP_TYPE_DUMP, NULL);
  IpLayout *layout = &self->layout;

  self->reader = ip_reader_open (file, cancellable, error);
  if (self->reader == NULL)
    return NULL;
  self->identity = ip_identity_of_file (file, cancellable, error);
  if (self->identity == NULL)
    return NULL;
  self->fingerprint = ip_fingerprint_of_file (file, cancellable, error);
  if (self->fingerprint == NULL)
    return NULL;
  self->origin = origin;
  if (said != NULL)
    self->said = ip_mapping_copy (said);
  else if (origin == IP_MAPPING_REMEMBERED)
    self->said = ip_mapping_recall (self->reader);
  if (self->said == NULL)
    self->origin = IP_MAPPING_RECOGNISED;
  if (!find_layout (self, cancellable, error))
    return NULL;
  identify_mapping (self);
  check_inputs (layout);
  for (const char *const *mark = ip_reader_get_broken (self->reader); *mark != NULL; mark++)
    ip_layout_warn (layout, _("%s: the reading process broke down on it"), *mark);

  self->name = name_run (file);
  ip_selection_init_all (&self->selection, layout->n_samples);
  self->position_sets = g_new0 (IpEvaluationSet *, layout->layers->len + 1);
  self->finding_range = g_new0 (gboolean, layout->layers->len);
  self->ranges = g_new0 (Range, (gsize) layout->layers->len * layout->n_epochs);
  g_ptr_array_add (layout->warnings, NULL);

  return g_steal_pointer (&self);
}

IpDump *
ip_dump_open (GFile *file, GCancellable *cancellable, GError **error)
{
  return open_file (file, NULL, IP_MAPPING_REMEMBERED, cancellable, error);
}

IpDump *
ip_dump_open_mapped (GFile *file,
                     const IpMapping *mapping,
                     GCancellable *cancellable,
                     GError **error)
{
  return open_file (file, mapping, IP_MAPPING_GIVEN, cancellable, error);
}

const IpMapping *
ip_dump_get_mapping (IpDump *self, IpMappingOrigin *origin)
{
  if (origin != NULL)
    *origin = self->origin;
  return self->mapping;
}

gboolean
ip_dump_remember_mapping (IpDump *self, GError **error)
{
  return ip_mapping_remember (self->mapping, self->reader, error);
}

gboolean
ip_dump_forget_mapping (IpDump *self, GError **error)
{
  return ip_mapping_forget (self->reader, error);
}

IpReader *
ip_dump_get_reader (IpDump *self)
{
  return self->reader;
}

gboolean
ip_dump_get_unfinished (IpDump *self)
{
  return ip_reader_get_unfinished (self->reader);
}

gint64
ip_dump_get_modified (IpDump *self)
{
  return ip_reader_get_modified (self->reader);
}

gboolean
ip_dump_is_outdated (IpDump *self)
{
  return ip_reader_is_outdated (self->reader);
}

static gboolean
have_same_layers (IpDump *self, IpDump *other)
{
  if (self->layout.layers->len != other->layout.layers->len)
    return FALSE;
  for (guint i = 0; i < self->layout.layers->len; i++)
    {
      const IpLayoutLayer *a = get_layer (self, i);
      const IpLayoutLayer *b = get_layer (other, i);

      if (strcmp (a->dataset->path, b->dataset->path) != 0
          || ip_layout_count_units (a->dataset, &a->axes)
                 != ip_layout_count_units (b->dataset, &b->axes)
          || memcmp (&a->axes, &b->axes, sizeof a->axes) != 0)
        return FALSE;
    }
  return self->layout.n_samples == other->layout.n_samples;
}

static gboolean
is_kept (IpDump *self, IpDump *later, guint snapshot)
{
  if (self->layout.epochs[snapshot] != later->layout.epochs[snapshot]
      || self->layout.rows[snapshot] != later->layout.rows[snapshot])
    return FALSE;
  for (guint i = 0; i < self->layout.layers->len; i++)
    if (ip_dump_get_layer (self, i)->present[snapshot]
        != ip_dump_get_layer (later, i)->present[snapshot])
      return FALSE;
  return TRUE;
}

/* Appending keeps what was there. */
static guint
count_kept (IpDump *self, IpDump *later)
{
  guint most = MIN (self->layout.n_epochs, later->layout.n_epochs);
  guint n = 0;

  if (!ip_reader_is_continued_by (self->reader, later->reader) || !have_same_layers (self, later))
    return 0;
  while (n < most && is_kept (self, later, n))
    n++;
  return n;
}

static void
take_over (IpDump *self, IpDump *later, guint n_kept)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (n_kept == 0)
    return;
  for (guint i = 0; i < self->layout.layers->len; i++)
    memcpy (&later->ranges[(gsize) i * later->layout.n_epochs],
            &self->ranges[(gsize) i * self->layout.n_epochs], n_kept * sizeof (Range));
  if (self->set != NULL && !self->preparing_set)
    later->set = g_atomic_rc_box_acquire (self->set);
}

/* Samples and reductions are chosen again where they can be. */
static void
take_choices (IpDump *self, IpDump *later)
{
  if (later->layout.n_samples == self->layout.n_samples)
    {
      ip_selection_clear (&later->selection);
      ip_selection_init_copy (&later->selection, &self->selection);
    }
  for (guint i = 0; i < MIN (self->layout.layers->len, later->layout.layers->len); i++)
    if (strcmp (get_layer (self, i)->layer.name, get_layer (later, i)->layer.name) == 0
        && ip_dump_can_reduce (later, i))
      ip_dump_set_reduction (later, i, &get_layer (self, i)->reduction);
}

IpDump *
ip_dump_reopen (IpDump *self, guint *n_kept, GCancellable *cancellable, GError **error)
{
  IpDump *later
    = open_file (ip_dump_get_file (self), self->said, self->origin, cancellable, error);

  if (later == NULL)
    return NULL;

  take_choices (self, later);
  *n_kept = count_kept (self, later);
  take_over (self, later, *n_kept);

  return later;
}

IpDump *
ip_dump_copy (IpDump *self, GCancellable *cancellable, GError **error)
{
  IpDump *copy = open_file (ip_dump_get_file (self), self->said, self->origin, cancellable, error);

  if (copy != NULL)
    take_choices (self, copy);
  return copy;
}

GFile *
ip_dump_get_file (IpDump *self)
{
  return ip_reader_get_file (self->reader);
}

const char *
ip_dump_get_name (IpDump *self)
{
  return self->name;
}

const char *
ip_dump_get_title (IpDump *self)
{
  return self->layout.title;
}

const char *
ip_dump_get_framework (IpDump *self)
{
  return self->layout.framework;
}

const char *
ip_dump_get_format (IpDump *self)
{
  return self->layout.format;
}

const char *
ip_dump_get_reason (IpDump *self)
{
  return self->layout.reason;
}

const char *const *
ip_dump_get_warnings (IpDump *self)
{
  return (const char *const *) self->layout.warnings->pdata;
}

const char *
ip_dump_get_identity (IpDump *self)
{
  return self->identity;
}

const char *
ip_dump_get_fingerprint (IpDump *self)
{
  g_return_val_if_fail (IP_IS_DUMP (self), NULL);

  return self->fingerprint;
}

gboolean
ip_dump_select_samples (IpDump *self, IpSelectionKind kind, gsize n, guint64 seed)
{
  gsize total = self->layout.n_samples;

  g_return_val_if_fail (self->set == NULL, FALSE);

  if (kind == IP_SELECTION_CLASS && self->labels.codes == NULL)
    return FALSE;

  ip_selection_clear (&self->selection);
  if (kind == IP_SELECTION_ALL || (kind != IP_SELECTION_CLASS && n >= total))
    ip_selection_init_all (&self->selection, total);
  else if (kind == IP_SELECTION_FIRST)
    ip_selection_init_first (&self->selection, total, n);
  else if (kind == IP_SELECTION_RANDOM)
    ip_selection_init_random (&self->selection, total, n, seed);
  else
    ip_selection_init_per_class (&self->selection, self->labels.codes, total, n, seed);
  return TRUE;
}

gboolean
ip_dump_select_samples_by_key (IpDump *self, const char *key)
{
  IpSelectionKind kind;
  guint64 seed;
  gsize n;

  return ip_selection_parse (key, &kind, &n, &seed)
         && ip_dump_select_samples (self, kind, n, seed);
}

gsize
ip_dump_get_n_recorded (IpDump *self)
{
  return self->layout.n_samples;
}

gboolean
ip_dump_can_reduce (IpDump *self, guint layer)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  guint rank = description->dataset->rank - (description->axes.epoch >= 0 ? 2 : 1);

  return rank >= 2 && ip_layout_count_units (description->dataset, &description->axes) > 0;
}

IpReduction
ip_dump_get_reduction (IpDump *self, guint layer)
{
  return get_layer (self, layer)->reduction;
}

/* The layer as it is without reduction. */
static IpLayer
describe_flat (const IpLayoutLayer *description)
{
  IpLayer flat = { 0 };

  ip_layout_set_shape (&flat, description->dataset, &description->axes);
  return flat;
}

static gsize
count_channels (const IpLayoutLayer *description)
{
  IpLayer flat = describe_flat (description);

  return flat.shape[description->reduction.channels_last ? flat.rank - 1 : 0];
}

void
ip_dump_set_reduction (IpDump *self, guint layer, const IpReduction *reduction)
{
  IpLayoutLayer *description = &g_array_index (self->layout.layers, IpLayoutLayer, layer);
  IpLayer *reduced = &description->layer;

  g_return_if_fail (ip_dump_can_reduce (self, layer));

  description->reduction = *reduction;
  ip_layout_set_shape (reduced, description->dataset, &description->axes);
  reduced->n_positions = 1;
  if (reduction->kind != IP_REDUCTION_FLATTEN)
    {
      gsize n_channels = count_channels (description);

      if (reduction->kind == IP_REDUCTION_POSITIONS)
        reduced->n_positions = reduced->n_units / n_channels;
      reduced->rank = 1;
      reduced->shape[0] = reduced->n_units = n_channels;
    }
  g_free (reduced->reduction);
  g_free (reduced->key);
  reduced->reduction = ip_reduction_to_text (reduction);
  reduced->key = *reduced->reduction == '\0'
                   ? g_strdup (reduced->name)
                   : g_strdup_printf ("%s\n%s", reduced->name, reduced->reduction);
}

char *
ip_dump_get_choices (IpDump *self, guint layer)
{
  const char *reduction = ip_dump_get_layer (self, layer)->reduction;
  gboolean all = self->selection.rows == NULL;
  gboolean flat = *reduction == '\0';

  return g_strdup_printf ("%s%s%s%s%s", flat ? "" : "reduce=", reduction,
                          flat || all ? "" : ",", all ? "" : "samples=",
                          all ? "" : self->selection.text);
}

const char *
ip_dump_get_selection (IpDump *self)
{
  return self->selection.text;
}

gsize
ip_dump_get_n_samples (IpDump *self)
{
  return self->selection.n;
}

gsize
ip_dump_get_n_rows (IpDump *self, guint layer)
{
  return self->selection.n * get_layer (self, layer)->layer.n_positions;
}

const gint64 *
ip_dump_get_epochs (IpDump *self, guint *n_epochs)
{
  if (n_epochs != NULL)
    *n_epochs = self->layout.n_epochs;
  return self->layout.epochs;
}

guint
ip_dump_get_n_layers (IpDump *self)
{
  return self->layout.layers->len;
}

const IpLayer *
ip_dump_get_layer (IpDump *self, guint layer)
{
  return &get_layer (self, layer)->layer;
}

const IpMetric *
ip_dump_get_metrics (IpDump *self, guint *n_metrics)
{
  *n_metrics = self->layout.metrics->len;
  return (const IpMetric *) (gpointer) self->layout.metrics->data;
}

const IpRunAttribute *
ip_dump_get_attributes (IpDump *self, guint *n_attributes)
{
  *n_attributes = self->layout.attributes->len;
  return (const IpRunAttribute *) (gpointer) self->layout.attributes->data;
}

const char *
ip_dump_get_attribute (IpDump *self, const char *name)
{
  guint n;
  const IpRunAttribute *attributes = ip_dump_get_attributes (self, &n);

  for (guint i = 0; i < n; i++)
    if (strcmp (attributes[i].name, name) == 0)
      return attributes[i].value;
  return NULL;
}

IpLabelKind
ip_dump_get_label_kind (IpDump *self)
{
  return self->labels.kind;
}

guint
ip_dump_get_n_classes (IpDump *self)
{
  return self->labels.n_classes;
}

const char *const *
ip_dump_get_class_names (IpDump *self)
{
  return (const char *const *) self->labels.names;
}

const guint64 *
ip_dump_get_input_shape (IpDump *self, guint *rank)
{
  const IpObject *inputs = self->layout.inputs;

  *rank = inputs == NULL ? 0 : inputs->rank;
  return inputs == NULL ? NULL : inputs->shape;
}

const char *
ip_dump_get_input_type (IpDump *self)
{
  return self->layout.inputs == NULL ? "" : self->layout.inputs->type_name;
}

/* Waits until nobody else is busy and is busy then.  FALSE when cancelled meanwhile. */
static gboolean
begin (IpDump *self, gboolean *busy, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (*busy && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->done, &self->lock, g_get_monotonic_time () + POLL_INTERVAL);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  *busy = TRUE;
  return TRUE;
}

static void
end (IpDump *self, gboolean *busy)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *busy = FALSE;
  g_cond_broadcast (&self->done);
}

static void
apply_scale (const IpLayoutLayer *layer, gpointer data, gsize n, IpElement element)
{
  float *floats = data;
  double *doubles = data;

  if (element == IP_ELEMENT_FLOAT32)
    for (gsize i = 0; i < n; i++)
      floats[i] = (float) ((floats[i] - layer->zero_point) * layer->scale);
  else
    for (gsize i = 0; i < n; i++)
      doubles[i] = (doubles[i] - layer->zero_point) * layer->scale;
}

/* The high half of a single-precision number; the numbers were read as integers. */
static void
apply_bfloat16 (float *data, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits = (guint32) (guint16) (gint32) data[i] << 16;

      memcpy (&data[i], &bits, sizeof bits);
    }
}

static void
remember_range (IpDump *self, guint layer, guint snapshot, double lo, double hi)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->ranges[(gsize) layer * self->layout.n_epochs + snapshot] = (Range){ lo, hi, TRUE };
}

/* NULL with an error when the layer was not recorded. */
static const IpSource *
find_source (IpDump *self, guint layer, guint snapshot, GError **error)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  const IpSource *source = &description->sources[snapshot];

  if (source->dataset != NULL)
    return source;

  g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
               _("%s: %s was not recorded at epoch %" PRId64), self->name, description->layer.name,
               self->layout.epochs[snapshot]);
  return NULL;
}

/* Units as they are recorded, not reduced. (transfer full) */
static gpointer
read_flat (IpDump *self,
           const IpLayoutLayer *description,
           const IpSource *source,
           gsize first,
           gsize count,
           GCancellable *cancellable,
           GError **error)
{
  IpElement element = ip_snapshot_get_element (source->dataset);
  gpointer data = ip_snapshot_read (self->reader, source, &description->axes, &self->selection,
                                    first, count, cancellable, error);

  if (data != NULL && description->bfloat16)
    apply_bfloat16 (data, self->selection.n * count);
  else if (data != NULL && description->scaled)
    apply_scale (description, data, self->selection.n * count, element);
  return data;
}

/* What a reducer reads from. */
typedef struct
{
  IpDump *dump;
  const IpLayoutLayer *description;
  const IpSource *source;
  GCancellable *cancellable;
} FlatSource;

static double *
read_doubles (gpointer data, gsize first, gsize count, GError **error)
{
  FlatSource *flat = data;
  gpointer numbers = read_flat (flat->dump, flat->description, flat->source, first, count,
                                flat->cancellable, error);
  gsize n = flat->dump->selection.n * count;
  double *doubles;

  if (numbers == NULL
      || ip_snapshot_get_element (flat->source->dataset) == IP_ELEMENT_FLOAT64)
    return numbers;
  doubles = g_new (double, n + 1);
  for (gsize i = 0; i < n; i++)
    doubles[i] = ((const float *) numbers)[i];
  g_free (numbers);
  return doubles;
}

static gpointer
read_reduced (IpDump *self,
              const IpLayoutLayer *description,
              const IpSource *source,
              gsize first,
              gsize count,
              GCancellable *cancellable,
              GError **error)
{
  FlatSource flat = { self, description, source, cancellable };
  gsize n_channels = count_channels (description);
  gsize n_units = ip_layout_count_units (description->dataset, &description->axes);
  IpReducer reducer = { description->reduction, self->selection.n, n_channels,
                        n_units / n_channels, read_doubles, &flat };

  return ip_reducer_read (&reducer, first, count, error);
}

static gboolean
is_reduced (const IpLayoutLayer *description)
{
  return description->reduction.kind != IP_REDUCTION_FLATTEN;
}

IpActivations *
ip_dump_read_units (IpDump *self,
                    guint layer,
                    guint snapshot,
                    gsize first,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  const IpSource *source;
  gpointer data;

  g_return_val_if_fail (snapshot < self->layout.n_epochs, NULL);
  g_return_val_if_fail (first + count <= description->layer.n_units, NULL);

  source = find_source (self, layer, snapshot, error);
  if (source == NULL)
    return NULL;
  data = is_reduced (description)
           ? read_reduced (self, description, source, first, count, cancellable, error)
           : read_flat (self, description, source, first, count, cancellable, error);
  if (data == NULL)
    return NULL;

  return ip_activations_new (data, ip_dump_get_n_rows (self, layer), count,
                             ip_dump_get_element (self, layer, snapshot));
}

IpActivations *
ip_dump_read (IpDump *self, guint layer, guint snapshot, GCancellable *cancellable, GError **error)
{
  gsize columns = get_layer (self, layer)->layer.n_units;
  IpActivations *activations
    = ip_dump_read_units (self, layer, snapshot, 0, columns, cancellable, error);
  double lo, hi;

  if (activations != NULL)
    {
      ip_activations_get_range (activations, &lo, &hi);
      remember_range (self, layer, snapshot, lo, hi);
    }

  return activations;
}

IpElement
ip_dump_get_element (IpDump *self, guint layer, guint snapshot)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  const IpSource *source = &description->sources[snapshot];

  if (is_reduced (description))
    return IP_ELEMENT_FLOAT64;
  return ip_snapshot_get_element (source->dataset != NULL ? source->dataset : description->dataset);
}

gsize
ip_dump_get_read_memory (IpDump *self, guint layer, guint snapshot, gsize n_units)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  const IpSource *source = &description->sources[snapshot];

  if (source->dataset != NULL && is_reduced (description))
    return ip_reduction_get_memory (self->selection.n)
           + ip_dump_get_n_rows (self, layer) * n_units * sizeof (double);
  return source->dataset == NULL
           ? 0
           : ip_snapshot_get_memory (source, &description->axes, n_units);
}

gsize
ip_dump_get_encoder_memory (IpDump *self, guint layer, guint snapshot)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  gsize bytes = 0;

  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    {
      IpSource source = { description->encoder[i], description->sources[snapshot].at };

      if (ip_dump_has_encoder (self, layer, snapshot, i))
        bytes += ip_snapshot_get_memory (
            &source, &description->axes,
            ip_layout_count_units (source.dataset, &description->axes));
    }
  return bytes;
}

gsize
ip_dump_get_kept_memory (IpDump *self)
{
  const IpLayout *layout = &self->layout;
  IpAxes axes = { .epoch = -1, .sample = layout->input_sample_axis };
  IpSource source = { layout->inputs, 0 };
  gsize bytes = ip_reader_get_cache_memory (self->reader);

  if (layout->inputs != NULL)
    bytes += 2 * ip_snapshot_get_memory (&source, &axes, count_input_columns (layout));
  return bytes;
}

gboolean
ip_dump_has_encoder (IpDump *self, guint layer, guint snapshot, IpEncoderPart part)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  const IpObject *dataset = description->encoder[part];

  return dataset != NULL && !is_reduced (description)
         && description->sources[snapshot].dataset != NULL
         && description->sources[snapshot].at < dataset->shape[0];
}

IpActivations *
ip_dump_read_encoder (IpDump *self,
                      guint layer,
                      guint snapshot,
                      IpEncoderPart part,
                      GCancellable *cancellable,
                      GError **error)
{
  const IpLayoutLayer *description = get_layer (self, layer);
  IpSource source = { description->encoder[part], description->sources[snapshot].at };
  gsize columns;
  IpElement element;
  gpointer data;

  g_return_val_if_fail (ip_dump_has_encoder (self, layer, snapshot, part), NULL);

  columns = ip_layout_count_units (source.dataset, &description->axes);
  element = ip_snapshot_get_element (source.dataset);
  data = ip_snapshot_read (self->reader, &source, &description->axes, &self->selection, 0, columns,
                           cancellable, error);
  if (data == NULL)
    return NULL;
  return ip_activations_new (data, self->selection.n, columns, element);
}

static gboolean
is_range_known (IpDump *self, guint layer, guint snapshot)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->ranges[(gsize) layer * self->layout.n_epochs + snapshot].known;
}

/* Reads what has not been read yet. */
static gboolean
find_ranges (IpDump *self, guint layer, GCancellable *cancellable, GError **error)
{
  const IpLayoutLayer *description = get_layer (self, layer);

  for (guint i = 0; i < self->layout.n_epochs; i++)
    {
      const IpSource *source = &description->sources[i];
      double ends[2];

      if (!description->layer.present[i] || is_range_known (self, layer, i))
        continue;
      /* The range of what is stored says nothing of these. */
      if (is_reduced (description) || description->bfloat16)
        {
          g_autoptr (IpActivations) read = ip_dump_read (self, layer, i, cancellable, error);

          if (read == NULL)
            return FALSE;
          continue;
        }
      if (!ip_snapshot_find_range (self->reader, source, &description->axes, &self->selection,
                                   &ends[0], &ends[1], cancellable, error))
        return FALSE;
      if (description->scaled)
        {
          float singles[] = { (float) ends[0], (float) ends[1] };
          gboolean is_single = ip_snapshot_get_element (source->dataset) == IP_ELEMENT_FLOAT32;

          apply_scale (description, is_single ? (gpointer) singles : ends, 2,
                       is_single ? IP_ELEMENT_FLOAT32 : IP_ELEMENT_FLOAT64);
          for (guint k = 0; k < 2 && is_single; k++)
            ends[k] = singles[k];
        }
      remember_range (self, layer, i, fmin (ends[0], ends[1]), fmax (ends[0], ends[1]));
    }

  return TRUE;
}

gboolean
ip_dump_get_layer_range (IpDump *self,
                         guint layer,
                         double *lo,
                         double *hi,
                         GCancellable *cancellable,
                         GError **error)
{
  const Range *ranges = &self->ranges[(gsize) layer * self->layout.n_epochs];
  gboolean found;

  if (!begin (self, &self->finding_range[layer], cancellable, error))
    return FALSE;
  found = find_ranges (self, layer, cancellable, error);
  end (self, &self->finding_range[layer]);
  if (!found)
    return FALSE;

  *lo = *hi = NAN;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->layout.n_epochs; i++)
    {
      *lo = ranges[i].known ? fmin (*lo, ranges[i].lo) : *lo;
      *hi = ranges[i].known ? fmax (*hi, ranges[i].hi) : *hi;
    }
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static bool
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data);
}

static IpStatus
add_targets (IpDump *self, IpEvaluationSet *set, IpContext *context)
{
  gsize columns = self->labels.n_columns;
  g_autofree double *targets = NULL;
  IpMatrix matrix;

  if (self->labels.targets == NULL)
    return IP_STATUS_OK;

  targets = g_memdup2 (self->labels.targets, self->layout.n_samples * columns * sizeof *targets);
  ip_selection_gather (&self->selection, targets, columns * sizeof *targets);
  matrix = (IpMatrix){ targets, self->selection.n, columns, columns, IP_ELEMENT_FLOAT64 };
  return ip_evaluation_set_add_targets (set, &matrix, context);
}

static IpEvaluationSet *
prepare_set (IpDump *self, GCancellable *cancellable, GError **error)
{
  const IpLayout *layout = &self->layout;
  IpContext context = { .cancelled = is_cancelled, .data = cancellable };
  IpAxes axes = { .epoch = -1, .sample = layout->input_sample_axis };
  IpSource source = { layout->inputs, 0 };
  g_autofree gpointer data = NULL;
  g_autofree guint32 *labels = NULL;
  IpMatrix inputs = { 0 };
  IpEvaluationSet *set;

  if (layout->inputs != NULL)
    {
      gsize columns = count_input_columns (layout);
      IpElement element = ip_snapshot_get_element (layout->inputs);

      data = ip_snapshot_read (self->reader, &source, &axes, &self->selection, 0, columns,
                               cancellable, error);
      if (data == NULL)
        return NULL;
      inputs = (IpMatrix){ data, self->selection.n, columns, columns, element };
    }
  if (self->labels.codes != NULL)
    {
      labels = g_memdup2 (self->labels.codes, layout->n_samples * sizeof *labels);
      ip_selection_gather (&self->selection, labels, sizeof *labels);
    }

  set = ip_evaluation_set_new (self->selection.n, layout->inputs != NULL ? &inputs : NULL, labels,
                               &context);
  if (set != NULL && add_targets (self, set, &context) != IP_STATUS_OK)
    g_clear_pointer (&set, ip_evaluation_set_free);
  if (set == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: %s", self->name, context.message);
  return set;
}

const IpEvaluationSet *
ip_dump_get_evaluation_set (IpDump *self, GCancellable *cancellable, GError **error)
{
  IpEvaluationSet *set;

  if (!begin (self, &self->preparing_set, cancellable, error))
    return NULL;
  if (self->set == NULL && (set = prepare_set (self, cancellable, error)) != NULL)
    self->set = g_atomic_rc_box_dup (sizeof set, &set);
  end (self, &self->preparing_set);

  return self->set == NULL ? NULL : *self->set;
}

/* Every position has the label of its sample; its input counts as one of its own. */
static IpEvaluationSet *
prepare_position_set (IpDump *self, guint layer, GCancellable *cancellable, GError **error)
{
  IpContext context = { .cancelled = is_cancelled, .data = cancellable };
  gsize n_positions = ip_dump_get_layer (self, layer)->n_positions;
  gsize n = ip_dump_get_n_rows (self, layer);
  g_autofree guint32 *labels = NULL;
  g_autofree guint32 *repeated = NULL;
  IpEvaluationSet *set;

  if (self->labels.codes != NULL)
    {
      labels = g_memdup2 (self->labels.codes, self->layout.n_samples * sizeof *labels);
      ip_selection_gather (&self->selection, labels, sizeof *labels);
      repeated = g_new (guint32, n + 1);
      for (gsize i = 0; i < n; i++)
        repeated[i] = labels[i / n_positions];
    }
  set = ip_evaluation_set_new (n, NULL, repeated, &context);
  if (set == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: %s", self->name, context.message);
  return set;
}

const IpEvaluationSet *
ip_dump_get_layer_set (IpDump *self, guint layer, GCancellable *cancellable, GError **error)
{
  if (get_layer (self, layer)->reduction.kind != IP_REDUCTION_POSITIONS)
    return ip_dump_get_evaluation_set (self, cancellable, error);

  if (!begin (self, &self->preparing_set, cancellable, error))
    return NULL;
  if (self->position_sets[layer] == NULL)
    self->position_sets[layer] = prepare_position_set (self, layer, cancellable, error);
  end (self, &self->preparing_set);

  return self->position_sets[layer];
}
