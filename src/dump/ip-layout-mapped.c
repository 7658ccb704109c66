/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-layout.h"

#include "ip-matches.h"
#include "ip-names.h"
#include "ip-recogniser.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Fills the layout of a file from a mapping, be it recognised, remembered or written by the user.
 * What the mapping says must be true: anything else is an error that names file, object, what was
 * expected and what was found.  Numbers of the run beside the layers (metrics) are found by
 * themselves: attributes of the groups of epochs, and arrays with a number for every epoch. */

#define MAX_LAYERS 4096
#define MAX_ROWS 1000000

/* What is known of one layer while datasets are sorted into layers and epochs. */
typedef struct
{
  char *name;
  const IpMappingLayer *statement;
  const IpObject *dataset;
  IpAxes axes;
  IpSource *sources; /* one per row */
} FoundLayer;

typedef struct
{
  IpLayout *layout;
  IpReader *reader;
  const IpMapping *mapping;
  GCancellable *cancellable;
  gboolean matlab;
  IpMatches matches;
  GArray *found;  /* of FoundLayer */
  GArray *epochs; /* of gint64, of all rows */
  gsize n_samples;
} Mapper;

static void
found_layer_clear (FoundLayer *self)
{
  g_free (self->name);
  g_free (self->sources);
}

static void
mapper_init (Mapper *self,
             IpLayout *layout,
             IpReader *reader,
             const IpMapping *mapping,
             GCancellable *cancellable)
{
  *self = (Mapper){ .layout = layout,
                    .reader = reader,
                    .mapping = mapping,
                    .cancellable = cancellable };
  self->matlab = ip_reader_is_matlab (reader);
  ip_matches_init (&self->matches);
  self->found = g_array_new (FALSE, TRUE, sizeof (FoundLayer));
  g_array_set_clear_func (self->found, (GDestroyNotify) found_layer_clear);
  self->epochs = g_array_new (FALSE, FALSE, sizeof (gint64));
}

static void
mapper_clear (Mapper *self)
{
  ip_matches_clear (&self->matches);
  g_array_unref (self->found);
  g_array_unref (self->epochs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mapper, mapper_clear)

/* What an object is, for messages. (transfer full) */
static char *
describe_object (const IpObject *object)
{
  g_autofree char *shape = NULL;

  if (object == NULL)
    return g_strdup (_("nothing"));
  if (!object->is_dataset)
    return g_strdup (object->problem != NULL ? object->problem : _("a group"));
  shape = ip_shape_to_text (object->shape, object->rank);
  return g_strdup_printf ("%s [%s]", object->type_name, shape);
}

/* Finds which axis is what; the last units stretch over the axes that are left. */
static gboolean
resolve_axes (const Mapper *self,
              const IpObject *dataset,
              const char *letters,
              IpAxes *axes,
              GError **error)
{
  guint n = (guint) strlen (letters);
  const char *units = strrchr (letters, IP_AXIS_UNITS);
  const char *reversed = strrchr (letters, IP_AXIS_REVERSED_UNITS);
  const char *stretch = units != NULL ? units : reversed;
  gboolean fits = stretch == NULL ? dataset->rank == n : dataset->rank + 1 >= n;
  int shift = 0;

  if (!dataset->is_dataset || dataset->type >= IP_TYPE_STRING || !fits)
    {
      g_autofree char *words = ip_mapping_format_axes (letters);
      g_autofree char *found = describe_object (dataset);

      return ip_layout_fail (self->reader, error,
                             _("%s: expected numbers with the axes %s, found %s"),
                             dataset->path, words, found);
    }

  *axes = (IpAxes){ -1, -1, reversed != NULL };
  for (guint i = 0; i < n; i++)
    {
      if (letters[i] == IP_AXIS_EPOCHS)
        axes->epoch = (int) i + shift;
      else if (letters[i] == IP_AXIS_SAMPLES)
        axes->sample = (int) i + shift;
      if (&letters[i] == stretch)
        shift = (int) dataset->rank - (int) n;
    }
  return TRUE;
}

static int
compare_epochs (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

/* The epochs that occur, ascending. */
static void
collect_epochs (Mapper *self)
{
  guint n = 0;

  for (guint i = 0; i < self->matches.array->len; i++)
    g_array_append_val (self->epochs, g_array_index (self->matches.array, IpMatch, i).epoch);
  g_array_sort (self->epochs, compare_epochs);
  for (guint i = 0; i < self->epochs->len; i++)
    {
      gint64 epoch = g_array_index (self->epochs, gint64, i);

      if (n == 0 || epoch != g_array_index (self->epochs, gint64, n - 1))
        g_array_index (self->epochs, gint64, n++) = epoch;
    }
  g_array_set_size (self->epochs, n);
}

/* The epochs of all rows, as the dataset lists them. */
static gboolean
read_epochs (Mapper *self, GError **error)
{
  const IpObject *object = ip_reader_find (self->reader, self->mapping->epochs);
  g_autofree double *numbers = NULL;
  gsize n;

  if (object == NULL || !object->is_dataset || object->type >= IP_TYPE_STRING)
    {
      g_autofree char *found = describe_object (object);

      return ip_layout_fail (self->reader, error,
                             _("epochs = %s: expected a dataset of numbers, found %s"),
                             self->mapping->epochs, found);
    }
  numbers = ip_layout_read_numbers (self->reader, object, MAX_ROWS, &n, self->cancellable, error);
  if (numbers == NULL)
    {
      g_autofree char *file = g_file_get_basename (ip_reader_get_file (self->reader));

      g_prefix_error (error, "%s: ", file);
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    {
      gint64 epoch = !(fabs (numbers[i]) < 0x1p62) ? (gint64) i : (gint64) llround (numbers[i]);

      g_array_append_val (self->epochs, epoch);
    }
  return TRUE;
}

static void
number_epochs (Mapper *self)
{
  const IpMatch *first = &g_array_index (self->matches.array, IpMatch, 0);
  IpAxes axes;
  gint64 n = 1;

  if (self->matches.stacked
      && resolve_axes (self, first->dataset, first->statement->axes, &axes, NULL)
      && axes.epoch >= 0)
    n = (gint64) MIN (first->dataset->shape[axes.epoch], MAX_ROWS);
  for (gint64 i = 0; i < n; i++)
    g_array_append_val (self->epochs, i);
}

static gboolean
find_epochs (Mapper *self, GError **error)
{
  if (self->matches.named)
    collect_epochs (self);
  else if (self->matches.stacked && self->mapping->epochs != NULL && *self->mapping->epochs != '\0')
    {
      if (!read_epochs (self, error))
        return FALSE;
    }
  else
    number_epochs (self);
  ip_layout_set_epochs (self->layout, (const gint64 *) (gpointer) self->epochs->data,
                        self->epochs->len);
  return TRUE;
}

static guint
find_row (const Mapper *self, gint64 epoch)
{
  guint row = 0;

  g_array_binary_search (self->epochs, &epoch, compare_epochs, &row);
  return row;
}

/* Layers must agree on samples and, where they are an axis, epochs. */
static gboolean
check_lengths (Mapper *self, const FoundLayer *layer, GError **error)
{
  const IpObject *dataset = layer->dataset;
  guint64 n = dataset->shape[layer->axes.sample];

  if (self->found->len == 1)
    self->n_samples = n;
  if (n != self->n_samples)
    return ip_layout_fail (self->reader, error,
                           _("%s: expected %zu samples on axis %d as in %s, found %" PRIu64),
                           dataset->path, self->n_samples, layer->axes.sample,
                           g_array_index (self->found, FoundLayer, 0).dataset->path, n);
  if (self->matches.stacked && layer->axes.epoch < 0)
    return ip_layout_fail (self->reader, error,
                           _("%s: expected an axis of epochs as other layers have, found none"),
                           dataset->path);
  if (layer->axes.epoch >= 0 && dataset->shape[layer->axes.epoch] != self->epochs->len)
    return ip_layout_fail (self->reader, error,
                           _("%s: expected %u epochs on axis %d, found %" PRIu64),
                           dataset->path, self->epochs->len, layer->axes.epoch,
                           dataset->shape[layer->axes.epoch]);
  return TRUE;
}

/* The layer of that name; NULL when it cannot be. */
static FoundLayer *
get_layer (Mapper *self, GHashTable *table, const IpMatch *match, GError **error)
{
  gpointer number;
  FoundLayer *layer;

  if (g_hash_table_lookup_extended (table, match->layer, NULL, &number))
    return &g_array_index (self->found, FoundLayer, GPOINTER_TO_UINT (number));
  if (self->found->len >= MAX_LAYERS)
    {
      ip_layout_fail (self->reader, error,
                      _("expected at most %d layers, found more"),
                      MAX_LAYERS);
      return NULL;
    }

  g_array_set_size (self->found, self->found->len + 1);
  layer = &g_array_index (self->found, FoundLayer, self->found->len - 1);
  layer->name = g_strdup (match->layer);
  layer->dataset = match->dataset;
  layer->statement = match->statement;
  layer->sources = g_new0 (IpSource, self->epochs->len + 1);
  g_hash_table_insert (table, layer->name, GUINT_TO_POINTER (self->found->len - 1));
  if (!resolve_axes (self, layer->dataset, layer->statement->axes, &layer->axes, error)
      || !check_lengths (self, layer, error))
    return NULL;
  return layer;
}

static void
add_source (Mapper *self, FoundLayer *layer, const IpMatch *match)
{
  IpSource *source;

  if (layer->axes.epoch >= 0)
    {
      for (guint row = 0; row < self->epochs->len; row++)
        layer->sources[row] = (IpSource){ match->dataset, row };
      return;
    }
  source = &layer->sources[self->matches.named ? find_row (self, match->epoch) : 0];
  if (source->dataset != NULL)
    ip_layout_warn (self->layout, _("%s and %s are the same layer and epoch: the last is used."),
                    source->dataset->path, match->dataset->path);
  source->dataset = match->dataset;
}

/* What the name says of the activation function, if no attribute does. (transfer full) */
static char *
find_activation (const IpObject *dataset)
{
  g_autofree char *activation = ip_layout_get_text (dataset, "activation");
  g_autofree char *layer = NULL;
  gint64 epoch;

  if (*activation != '\0')
    return g_steal_pointer (&activation);
  ip_names_split_epoch (dataset->path, &layer, &epoch, NULL);
  return g_strdup (ip_names_get_activation (layer));
}

static gboolean
set_bfloat16 (const Mapper *self, guint i, GError **error)
{
  IpLayoutLayer *layer = ip_layout_get_layer (self->layout, i);

  if (layer->dataset->type != IP_TYPE_INTEGER || layer->dataset->element_size != 2)
    return ip_layout_fail (self->reader, error,
                           _("%s as bfloat16: expected 16-bit integers, found %s"),
                           layer->dataset->path, layer->dataset->type_name);
  layer->bfloat16 = TRUE;
  g_free (layer->layer.type_name);
  layer->layer.type_name = g_strdup ("bfloat16");
  return TRUE;
}

static gboolean
add_layers (Mapper *self, GError **error)
{
  g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->matches.array->len; i++)
    {
      const IpMatch *match = &g_array_index (self->matches.array, IpMatch, i);
      FoundLayer *layer = get_layer (self, table, match, error);

      if (layer == NULL)
        return FALSE;
      add_source (self, layer, match);
    }
  for (guint i = 0; i < self->found->len; i++)
    {
      const FoundLayer *layer = &g_array_index (self->found, FoundLayer, i);
      g_autofree char *kind = ip_layout_get_text (layer->dataset, "kind");
      g_autofree char *activation = find_activation (layer->dataset);

      ip_layout_add_layer (self->layout, layer->name, kind, activation, layer->dataset,
                           layer->axes, layer->sources, self->epochs->len);
      if (layer->statement->bfloat16 && !set_bfloat16 (self, i, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_samples (const Mapper *self, const IpObject *object)
{
  for (guint i = 0; object->is_dataset && i < object->rank; i++)
    if (object->shape[i] == self->n_samples)
      return TRUE;
  return FALSE;
}

/* FALSE when the object is not there or is not of as many samples. */
static gboolean
find_role (Mapper *self,
           const char *role,
           const char *path,
           const IpObject **object,
           GError **error)
{
  g_autofree char *found = NULL;

  if (path == NULL || *path == '\0')
    return TRUE;
  *object = ip_reader_find (self->reader, path);
  if (*object != NULL && has_samples (self, *object))
    return TRUE;

  found = describe_object (*object);
  return ip_layout_fail (self->reader, error,
                         _("%s = %s: expected one for each of %zu samples, found %s"),
                         role, path, self->n_samples, found);
}

static int
find_sample_axis (const Mapper *self, const IpObject *inputs)
{
  int rank = (int) inputs->rank;

  for (int i = 0; i < rank; i++)
    {
      int axis = self->matlab ? rank - 1 - i : i;

      if (inputs->shape[axis] == self->n_samples)
        return axis;
    }
  return 0;
}

static gboolean
find_inputs (Mapper *self, GError **error)
{
  const IpObject **inputs = &self->layout->inputs;
  IpAxes axes;

  if (!find_role (self, "inputs", self->mapping->inputs, inputs, error))
    return FALSE;
  if (*inputs == NULL)
    return TRUE;
  if (self->mapping->input_axes == NULL)
    {
      self->layout->input_axes.sample = find_sample_axis (self, *inputs);
      return TRUE;
    }
  if (!resolve_axes (self, *inputs, self->mapping->input_axes, &axes, error))
    return FALSE;
  if ((*inputs)->shape[axes.sample] != self->n_samples)
    return ip_layout_fail (self->reader, error,
                           _("inputs = %s: expected %zu samples on axis %d, found %" PRIu64),
                           (*inputs)->path, self->n_samples, axes.sample,
                           (*inputs)->shape[axes.sample]);
  self->layout->input_axes.sample = axes.sample;
  return TRUE;
}

/* The part of the layers' paths that is the group of an epoch, NULL when they do not share one.
 * (transfer full) */
static char *
find_epoch_group (const Mapper *self)
{
  g_autofree char *shared = NULL;

  for (guint i = 0; i < self->mapping->layers->len; i++)
    {
      const char *path = ip_mapping_get_layer (self->mapping, i)->path;
      const char *epoch = strstr (path, IP_MAPPING_EPOCH);
      const char *end = epoch == NULL ? NULL : strchr (epoch, '/');
      g_autofree char *group = end == NULL ? NULL : g_strndup (path, (gsize) (end - path));

      if (group == NULL || strstr (group, IP_MAPPING_LAYER) != NULL
          || (shared != NULL && strcmp (shared, group) != 0))
        return NULL;
      if (shared == NULL)
        shared = g_steal_pointer (&group);
    }
  return g_steal_pointer (&shared);
}

typedef struct
{
  Mapper *self;
  const char *group;
  const IpObject *object;
} GroupSearch;

static void
take_group (const char *pattern, gint64 epoch, gpointer data)
{
  GroupSearch *search = data;
  Mapper *self = search->self;
  guint row;

  /* Epochs of groups that hold no layer do not count. */
  if (strcmp (pattern, search->group) != 0
      || !g_array_binary_search (self->epochs, &epoch, compare_epochs, &row))
    return;
  for (guint k = 0; k < search->object->n_attributes; k++)
    {
      const char *name = search->object->attributes[k].name;
      double value;

      if (ip_layout_get_number (search->object, name, &value))
        ip_layout_set_metric (self->layout, name, row, value);
    }
}

/* Numbers that a snapshot carries beside its layers, as attributes of its group. */
static void
take_group_metrics (Mapper *self)
{
  g_autofree char *group = find_epoch_group (self);
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);

  for (guint i = 0; group != NULL && i < n; i++)
    {
      GroupSearch search = { self, group, &objects[i] };

      if (!objects[i].is_dataset)
        ip_path_for_each_number (objects[i].path, take_group, &search);
    }
}

static guint64
count_elements (const IpObject *dataset)
{
  guint64 n = 1;

  for (guint i = 0; i < dataset->rank; i++)
    if (__builtin_mul_overflow (n, dataset->shape[i], &n))
      return G_MAXUINT64;
  return n;
}

/* One number per row, in whatever dimensions. */
static gboolean
is_series (const Mapper *self, const IpObject *object)
{
  guint n_rows = self->layout->n_rows;
  guint rank;

  if (!ip_object_is_array (object) || n_rows == 0 || count_elements (object) != n_rows
      || g_hash_table_contains (self->matches.datasets, object) || object == self->layout->labels
      || object == self->layout->inputs
      || g_strcmp0 (object->path, self->mapping->epochs) == 0
      || ip_names_get_role (object->path, &rank) != IP_ROLE_NONE)
    return FALSE;
  for (guint i = 0; i < object->rank; i++)
    if (object->shape[i] == n_rows)
      return TRUE;
  return FALSE;
}

static void
take_series_metrics (Mapper *self)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);

  for (guint i = 0; i < n && self->layout->metrics->len < MAX_LAYERS; i++)
    {
      g_autofree double *values = NULL;
      g_autofree char *layer = NULL;
      gint64 epoch;
      gsize n_values;

      if (!is_series (self, &objects[i])
          || (self->matches.named && ip_names_split_epoch (objects[i].path, &layer, &epoch, NULL)))
        continue;
      values = ip_layout_read_numbers (self->reader, &objects[i], self->layout->n_rows, &n_values,
                                       self->cancellable, NULL);
      if (values == NULL)
        continue;
      for (guint s = 0; s < self->layout->n_epochs; s++)
        ip_layout_set_metric (self->layout, ip_object_get_name (&objects[i]), s,
                              values[self->layout->rows[s]]);
    }
}

/* MATLAB keeps texts as arrays of UTF-16 code units. (transfer full) "" if it is none */
static char *
read_matlab_text (Mapper *self, const char *path)
{
  const IpObject *object = ip_reader_find (self->reader, path);
  g_autofree double *codes = NULL;
  g_autofree gunichar2 *units = NULL;
  char *text = NULL;
  gsize n;

  if (object != NULL && ip_object_is_matlab_text (object))
    codes = ip_layout_read_numbers (self->reader, object, 4096, &n, self->cancellable, NULL);
  if (codes != NULL)
    {
      units = g_new (gunichar2, n + 1);
      for (gsize i = 0; i < n; i++)
        units[i] = (gunichar2) codes[i];
      text = g_utf16_to_utf8 (units, (glong) n, NULL, NULL, NULL);
    }

  return text != NULL ? text : g_strdup ("");
}

static char *
find_framework (Mapper *self)
{
  const IpObject *root = ip_reader_find (self->reader, "/");
  g_autofree char *keras = ip_layout_get_text (root, "keras_version");
  char *framework = ip_layout_get_text (root, "framework");

  if (*framework != '\0')
    return framework;
  g_free (framework);
  if (*keras != '\0')
    return g_strdup_printf ("keras %s", keras);
  return g_strdup (self->matlab ? "MATLAB" : "");
}

static void
take_description (Mapper *self)
{
  const IpObject *root = ip_reader_find (self->reader, "/");
  IpLayout *layout = self->layout;

  layout->title =
      self->matlab ? read_matlab_text (self, "/title") : ip_layout_get_text (root, "title");
  layout->framework = find_framework (self);
  ip_layout_take_attributes (layout, root);
  ip_layout_take_attributes (layout, ip_reader_find (self->reader, "/run"));
}

static void
describe_mapping (Mapper *self)
{
  IpLayout *layout = self->layout;
  const IpLayoutLayer *layer = ip_layout_get_layer (layout, 0);
  gboolean listed = self->mapping->epochs != NULL && *self->mapping->epochs != '\0';
  g_autoptr (GString) text = g_string_new (layout->format);

  if (self->matches.named)
    g_string_append_printf (text, _(": layer and epoch from the path, as in %s"),
                            layer->dataset->path);
  else
    g_string_append_printf (text, _(": layer from the path, as in %s"), layer->dataset->path);
  if (layer->axes.epoch >= 0)
    g_string_append_printf (text, _("; epochs along axis %d (%u, %s)"), layer->axes.epoch,
                            layout->n_rows,
                            listed ? self->mapping->epochs : _("numbered from 0"));
  g_string_append_printf (text, _("; samples along axis %d (%zu)"),
                          layer->axes.sample, layout->n_samples);
  if (self->matlab)
    g_string_append (text, _("; dimensions reversed, as MATLAB writes them"));
  g_string_append_printf (text, _("; labels from %s, inputs from %s"),
                          layout->labels != NULL ? layout->labels->path : _("nowhere"),
                          layout->inputs != NULL ? layout->inputs->path : _("nowhere"));
  layout->reason = g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
ip_layout_read_mapped (IpLayout *layout,
                       IpReader *reader,
                       const IpMapping *mapping,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (Mapper) self = { 0 };

  mapper_init (&self, layout, reader, mapping, cancellable);
  take_description (&self);
  if (!ip_matches_find (&self.matches, mapping, reader, error) || !find_epochs (&self, error)
      || !add_layers (&self, error)
      || !find_role (&self, "labels", mapping->labels, &layout->labels, error)
      || !find_inputs (&self, error))
    return FALSE;

  if (self.matches.named)
    take_group_metrics (&self);
  take_series_metrics (&self);
  layout->format = g_strdup (self.matches.named     ? _("a dataset for every layer and epoch")
                             : self.matches.stacked ? _("a dataset for every layer, epochs stacked")
                                            : _("a dataset for every layer, one snapshot"));
  if (!ip_layout_finish (layout, reader, error))
    return FALSE;
  describe_mapping (&self);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
