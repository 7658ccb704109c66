/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-dump-private.h"

#include "ip-mapping-memory.h"

#include <string.h>

/* What an open dump says of itself, and what is chosen of it: samples and reductions. */

G_DEFINE_FINAL_TYPE (IpDump, ip_dump, G_TYPE_OBJECT)
G_DEFINE_QUARK (ip-dump-error-quark, ip_dump_error)

static void
ip_dump_finalize (GObject *object)
{
  IpDump *self = IP_DUMP (object);

  ip_dump_clear_kept (self);
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
  const IpLayoutLayer *description = ip_layout_get_layer (&self->layout, layer);
  guint rank = description->dataset->rank - (description->axes.epoch >= 0 ? 2 : 1);

  return rank >= 2 && ip_layout_count_units (description->dataset, &description->axes) > 0;
}

IpReduction
ip_dump_get_reduction (IpDump *self, guint layer)
{
  return ip_layout_get_layer (&self->layout, layer)->reduction;
}

void
ip_dump_set_reduction (IpDump *self, guint layer, const IpReduction *reduction)
{
  IpLayoutLayer *description = ip_layout_get_layer (&self->layout, layer);
  IpLayer *reduced = &description->layer;

  g_return_if_fail (ip_dump_can_reduce (self, layer));

  description->reduction = *reduction;
  ip_layout_set_shape (reduced, description->dataset, &description->axes);
  reduced->n_positions = 1;
  if (reduction->kind != IP_REDUCTION_FLATTEN)
    {
      gsize n_channels = reduced->shape[reduction->channels_last ? reduced->rank - 1 : 0];

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
  return self->selection.n * ip_layout_get_layer (&self->layout, layer)->layer.n_positions;
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
  return &ip_layout_get_layer (&self->layout, layer)->layer;
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
