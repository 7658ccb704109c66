/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-layout.h"

#include "ip-recogniser.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MAX_METRICS 256

static void
layer_clear (IpLayoutLayer *self)
{
  g_free (self->layer.name);
  g_free (self->layer.kind);
  g_free (self->layer.activation);
  g_free (self->layer.type_name);
  g_free (self->layer.reduction);
  g_free (self->layer.key);
  g_free (self->layer.present);
  g_free (self->layer.weight_norm);
  g_free (self->layer.grad_mean);
  g_free (self->layer.grad_std);
  g_free (self->sources);
}

static void
metric_clear (IpMetric *self)
{
  g_free (self->name);
  g_free (self->values);
}

static void
attribute_clear (IpRunAttribute *self)
{
  g_free (self->name);
  g_free (self->value);
}

static GArray *
new_array (gsize element_size, gpointer clear)
{
  GArray *array = g_array_new (FALSE, TRUE, (guint) element_size);

  g_array_set_clear_func (array, (GDestroyNotify) clear);
  return array;
}

void
ip_layout_init (IpLayout *self)
{
  *self = (IpLayout){
    .warnings = g_ptr_array_new_with_free_func (g_free),
    .layers = new_array (sizeof (IpLayoutLayer), layer_clear),
    .metrics = new_array (sizeof (IpMetric), metric_clear),
    .attributes = new_array (sizeof (IpRunAttribute), attribute_clear),
    .input_axes.epoch = -1,
  };
}

void
ip_layout_clear (IpLayout *self)
{
  g_free (self->title);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->reason);
  g_ptr_array_unref (self->warnings);
  g_array_unref (self->layers);
  g_array_unref (self->metrics);
  g_array_unref (self->attributes);
  g_free (self->epochs);
  g_free (self->rows);
}

IpLayoutLayer *
ip_layout_get_layer (const IpLayout *self, guint layer)
{
  g_assert (layer < self->layers->len);

  return &g_array_index (self->layers, IpLayoutLayer, layer);
}

void
ip_layout_warn (IpLayout *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->warnings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

gboolean
ip_layout_fail (IpReader *reader, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;
  g_autofree char *file = g_file_get_basename (ip_reader_get_file (reader));

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED, "%s: %s", file, message);
  return FALSE;
}

/* What the name of an activation function says about the values. */
typedef struct
{
  const char *name;
  double lo;
  double hi;
} Bounds;

static const Bounds bounds[] = {
  { "tanh", -1, 1 },       { "softsign", -1, 1 }, { "erf", -1, 1 },    { "hardtanh", -1, 1 },
  { "hard_tanh", -1, 1 },  { "sigmoid", 0, 1 },   { "softmax", 0, 1 }, { "hard_sigmoid", 0, 1 },
  { "hardsigmoid", 0, 1 }, { "logistic", 0, 1 },  { "relu6", 0, 6 },
};

static void
set_bounds (IpLayer *layer)
{
  layer->bound_lo = -INFINITY;
  layer->bound_hi = INFINITY;
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++)
    if (g_ascii_strcasecmp (layer->activation, bounds[i].name) == 0)
      {
        layer->bound_lo = bounds[i].lo;
        layer->bound_hi = bounds[i].hi;
      }
}

typedef struct
{
  gint64 epoch;
  guint row;
} Row;

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const Row *first = a;
  const Row *second = b;

  if (first->epoch != second->epoch)
    return first->epoch < second->epoch ? -1 : 1;
  return first->row < second->row ? -1 : first->row > second->row;
}

static void
warn_about_order (IpLayout *self, const gint64 *epochs, guint n_rows)
{
  gboolean ordered = TRUE;

  for (guint i = 1; i < n_rows; i++)
    ordered = ordered && epochs[i] > epochs[i - 1];
  if (self->n_epochs < n_rows)
    ip_layout_warn (self,
                    _("Epochs are repeated, as by a resumed run: the last of %u snapshots of the "
                      "same epoch is used, %u are left out."),
                    n_rows, n_rows - self->n_epochs);
  else if (!ordered)
    ip_layout_warn (self, _("The snapshots were not written in the order of their epochs."));
}

void
ip_layout_set_epochs (IpLayout *self, const gint64 *epochs, guint n_rows)
{
  g_autofree Row *rows = g_new (Row, n_rows);

  for (guint i = 0; i < n_rows; i++)
    rows[i] = (Row){ epochs[i], i };
  if (n_rows > 0)
    qsort (rows, n_rows, sizeof *rows, compare_rows);

  self->n_rows = n_rows;
  self->epochs = g_new (gint64, n_rows);
  self->rows = g_new (guint, n_rows);
  for (guint i = 0; i < n_rows; i++)
    if (i + 1 == n_rows || rows[i + 1].epoch != rows[i].epoch)
      {
        self->epochs[self->n_epochs] = rows[i].epoch;
        self->rows[self->n_epochs++] = rows[i].row;
      }
  warn_about_order (self, epochs, n_rows);
}

double *
ip_layout_pick_rows (const IpLayout *self, const double *values, gsize n_rows)
{
  double *picked = g_new (double, self->n_epochs);

  for (guint i = 0; i < self->n_epochs; i++)
    picked[i] = self->rows[i] < n_rows ? values[self->rows[i]] : NAN;
  return picked;
}

static IpMetric *
find_metric (IpLayout *self, const char *name)
{
  for (guint i = 0; i < self->metrics->len; i++)
    if (strcmp (g_array_index (self->metrics, IpMetric, i).name, name) == 0)
      return &g_array_index (self->metrics, IpMetric, i);
  return NULL;
}

void
ip_layout_set_metric (IpLayout *self, const char *name, guint snapshot, double value)
{
  IpMetric *metric = find_metric (self, name);

  if (metric == NULL)
    {
      IpMetric new_metric = { g_strdup (name), g_new (double, self->n_epochs) };

      if (self->metrics->len >= MAX_METRICS)
        {
          metric_clear (&new_metric);
          return;
        }
      for (guint i = 0; i < self->n_epochs; i++)
        new_metric.values[i] = NAN;
      g_array_append_val (self->metrics, new_metric);
      metric = &g_array_index (self->metrics, IpMetric, self->metrics->len - 1);
    }
  metric->values[snapshot] = value;
}

void
ip_layout_take_attributes (IpLayout *self, const IpObject *object)
{
  for (guint i = 0; object != NULL && i < object->n_attributes; i++)
    {
      IpRunAttribute attribute = { g_strdup (object->attributes[i].name),
                                   ip_layout_get_text (object, object->attributes[i].name) };

      g_array_append_val (self->attributes, attribute);
    }
}

gsize
ip_layout_count_units (const IpObject *dataset, const IpAxes *axes)
{
  gsize units = 1;

  for (int axis = 0; axis < (int) dataset->rank; axis++)
    if (axis != axes->epoch && axis != axes->sample
        && __builtin_mul_overflow (units, dataset->shape[axis], &units))
      return G_MAXSIZE;
  return units;
}

void
ip_layout_set_shape (IpLayer *layer, const IpObject *dataset, const IpAxes *axes)
{
  layer->rank = 0;
  for (int i = 0; i < (int) dataset->rank; i++)
    {
      int axis = axes->reversed ? (int) dataset->rank - 1 - i : i;

      if (axis != axes->epoch && axis != axes->sample)
        layer->shape[layer->rank++] = dataset->shape[axis];
    }
  layer->n_units = ip_layout_count_units (dataset, axes);
}

/* Tokens x features, and the images of those who write height x width x channels. */
gboolean
ip_layout_has_channels_last (const IpLayout *self, guint rank)
{
  static const char *const frameworks[] = { "keras", "tensorflow", "jax", "flax" };

  for (guint i = 0; self->framework != NULL && i < G_N_ELEMENTS (frameworks); i++)
    if (g_ascii_strncasecmp (self->framework, frameworks[i], strlen (frameworks[i])) == 0)
      return TRUE;
  return rank == 2;
}

/* Datasets of one layer have to agree on everything that an estimate compares. */
static gboolean
sources_agree (const IpObject *a, const IpObject *b, const IpAxes *axes)
{
  return a->rank == b->rank && a->shape[axes->sample] == b->shape[axes->sample]
         && ip_layout_count_units (a, axes) == ip_layout_count_units (b, axes);
}

static void
take_sources (IpLayout *self, IpLayoutLayer *layer, const IpSource *sources, guint n_rows)
{
  layer->sources = g_new0 (IpSource, self->n_epochs);
  layer->layer.present = g_new0 (gboolean, self->n_epochs);
  for (guint i = 0; i < self->n_epochs; i++)
    {
      const IpSource *source = self->rows[i] < n_rows ? &sources[self->rows[i]] : NULL;

      if (source == NULL || source->dataset == NULL)
        continue;
      if (!sources_agree (layer->dataset, source->dataset, &layer->axes))
        {
          ip_layout_warn (self, _("%s has another shape than %s and is left out."),
                          source->dataset->path, layer->dataset->path);
          continue;
        }
      layer->sources[i] = *source;
      layer->layer.present[i] = TRUE;
      layer->layer.n_present++;
    }
  if (layer->layer.n_present < self->n_epochs)
    ip_layout_warn (self, _("%s was recorded in %u of %u snapshots."), layer->layer.name,
                    layer->layer.n_present, self->n_epochs);
}

static void
take_scale (IpLayout *self, IpLayoutLayer *layer)
{
  if (layer->dataset->type != IP_TYPE_INTEGER)
    return;
  layer->scaled = ip_layout_get_number (layer->dataset, "scale", &layer->scale);
  if (!layer->scaled && ip_object_get_attribute (layer->dataset, "scale") != NULL)
    ip_layout_warn (self, _("%s: its scale is not one number and is left out of account."),
                    layer->dataset->path);
  ip_layout_get_number (layer->dataset, "zero_point", &layer->zero_point);
}

void
ip_layout_add_layer (IpLayout *self,
                     const char *name,
                     const char *kind,
                     const char *activation,
                     const IpObject *dataset,
                     IpAxes axes,
                     const IpSource *sources,
                     guint n_rows)
{
  IpLayoutLayer layer = { .axes = axes, .dataset = dataset };

  layer.layer.name = g_strdup (name);
  layer.layer.kind = g_strdup (kind);
  layer.layer.activation = g_strdup (activation);
  layer.layer.type_name = g_strdup (dataset->type_name);
  set_bounds (&layer.layer);
  ip_layout_set_shape (&layer.layer, dataset, &axes);
  layer.layer.n_positions = 1;
  layer.layer.reduction = g_strdup ("");
  layer.layer.key = g_strdup (name);
  layer.reduction.channels_last = ip_layout_has_channels_last (self, layer.layer.rank);
  take_scale (self, &layer);
  take_sources (self, &layer, sources, n_rows);
  if (dataset->problem != NULL)
    ip_layout_warn (self, "%s: %s", dataset->path, dataset->problem);
  g_array_append_val (self->layers, layer);
}

static gsize
get_n_samples (const IpLayoutLayer *layer)
{
  return layer->dataset->shape[layer->axes.sample];
}

/* The number of samples that most layers have. */
static gsize
vote_on_samples (IpLayout *self)
{
  gsize winner = 0;
  guint most = 0;

  for (guint i = 0; i < self->layers->len; i++)
    {
      gsize n = get_n_samples (ip_layout_get_layer (self, i));
      guint votes = 0;

      for (guint j = 0; j < self->layers->len; j++)
        votes += get_n_samples (ip_layout_get_layer (self, j)) == n;
      if (votes > most)
        {
          most = votes;
          winner = n;
        }
    }

  return winner;
}

gboolean
ip_layout_finish (IpLayout *self, IpReader *reader, GError **error)
{
  self->n_samples = vote_on_samples (self);

  for (guint i = self->layers->len; i-- > 0;)
    {
      const IpLayoutLayer *layer = ip_layout_get_layer (self, i);

      if (get_n_samples (layer) == self->n_samples)
        continue;
      ip_layout_warn (self,
                      _("%s has %zu"
                        " samples where the other layers have %zu"
                        ", and is left out."),
                      layer->layer.name, get_n_samples (layer), self->n_samples);
      g_array_remove_index (self->layers, i);
    }
  for (guint i = 0; i < self->layers->len; i++)
    ip_layout_get_layer (self, i)->layer.index = i;

  if (self->layers->len == 0)
    {
      g_autofree char *name = g_file_get_basename (ip_reader_get_file (reader));

      g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_NO_LAYERS, _("%s: no layers in it"), name);
      return FALSE;
    }
  if (self->n_epochs == 0)
    ip_layout_warn (self, _("There are no snapshots yet."));

  return TRUE;
}

double *
ip_layout_read_numbers (IpReader *reader,
                        const IpObject *dataset,
                        gsize max_elements,
                        gsize *n,
                        GCancellable *cancellable,
                        GError **error)
{
  static const guint64 start[IP_MAX_RANK];
  g_autofree double *numbers = NULL;

  *n = 1;
  for (guint i = 0; i < dataset->rank; i++)
    if (__builtin_mul_overflow (*n, dataset->shape[i], n) || *n > max_elements)
      {
        g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
                     _("%s: more than %zu numbers"), dataset->path, max_elements);
        return NULL;
      }

  numbers = g_new (double, *n + 1);
  if (!ip_reader_read (reader, dataset, start, dataset->shape, IP_TYPE_FLOAT64, numbers,
                       cancellable, error))
    return NULL;

  return g_steal_pointer (&numbers);
}

/* The shortest decimal that reads back as the same number. */
static char *
number_to_text (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 6; digits <= 17; digits++)
    {
      char format[] = "%.17g";

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, number);
      if (g_ascii_strtod (text, NULL) == number)
        break;
    }

  return g_strdup (text);
}

static char *
value_to_text (GVariant *value)
{
  g_autoptr (GString) text = NULL;

  if (value == NULL)
    return g_strdup ("");
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return number_to_text (g_variant_get_double (value));
  if (!g_variant_is_container (value))
    return g_variant_print (value, FALSE);

  text = g_string_new (NULL);
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autofree char *part = value_to_text (child);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", part);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
ip_layout_get_text (const IpObject *object, const char *attribute)
{
  return value_to_text (object == NULL ? NULL : ip_object_get_attribute (object, attribute));
}

gboolean
ip_layout_get_number (const IpObject *object, const char *attribute, double *number)
{
  GVariant *value = ip_object_get_attribute (object, attribute);
  g_autoptr (GVariant) first = NULL;

  /* One number in an array is still one number. */
  if (value != NULL && g_variant_is_container (value) && g_variant_n_children (value) == 1)
    value = first = g_variant_get_child_value (value, 0);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    *number = g_variant_get_double (value);
  else if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    *number = (double) g_variant_get_int64 (value);
  else
    return FALSE;

  return TRUE;
}

int
ip_layout_compare_names (const char *a, const char *b)
{
  while (*a != '\0' && *b != '\0')
    {
      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          char *after_a, *after_b;
          guint64 first = g_ascii_strtoull (a, &after_a, 10);
          guint64 second = g_ascii_strtoull (b, &after_b, 10);

          if (first != second)
            return first < second ? -1 : 1;
          a = after_a;
          b = after_b;
        }
      else if (*a != *b)
        return (guchar) *a < (guchar) *b ? -1 : 1;
      else
        {
          a++;
          b++;
        }
    }

  return (*a != '\0') - (*b != '\0');
}

static gboolean
is_output (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return strstr (lower, "output") != NULL || strstr (lower, "softmax") != NULL
         || strstr (lower, "logits") != NULL || strstr (lower, "predictions") != NULL;
}

int
ip_layout_compare_layers (const char *a, const char *b)
{
  gboolean first_is_output = is_output (a);
  gboolean second_is_output = is_output (b);

  if (first_is_output != second_is_output)
    return first_is_output - second_is_output;
  return ip_layout_compare_names (a, b);
}

/* What the user said of a file whose layers are recognised goes before what was recognised. */
static void
override (IpMapping *mapping, const IpMapping *said)
{
  if (said->epochs != NULL)
    {
      g_free (mapping->epochs);
      mapping->epochs = g_strdup (said->epochs);
    }
  if (said->labels != NULL)
    {
      g_free (mapping->labels);
      mapping->labels = g_strdup (said->labels);
    }
  if (said->inputs != NULL)
    {
      g_free (mapping->inputs);
      g_free (mapping->input_axes);
      mapping->inputs = g_strdup (said->inputs);
      mapping->input_axes = g_strdup (said->input_axes);
    }
}

static IpMapping *
propose (IpReader *reader, const IpMapping *said)
{
  IpMapping *mapping;

  if (ip_layout_is_native (reader))
    {
      mapping = ip_mapping_new ();
      mapping->native = TRUE;
    }
  else
    mapping = ip_recognise (reader, said);
  if (said != NULL)
    override (mapping, said);
  return mapping;
}

IpMapping *
ip_layout_complete (IpReader *reader, const IpMapping *said)
{
  if (said != NULL && (said->native || said->layers->len > 0))
    return ip_mapping_copy (said);
  return propose (reader, said);
}

static gboolean
check_recognised (const IpMapping *mapping, IpReader *reader, GError **error)
{
  g_autofree char *name = NULL;

  if (mapping->native || mapping->layers->len > 0)
    return TRUE;
  name = g_file_get_basename (ip_reader_get_file (reader));
  g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_UNRECOGNISED,
               _("%s: an HDF5 file, but nothing in it looks like the activations of layers: "
                 "datasets of numbers, one row per sample, whose names tell layer and epoch"),
               name);
  return FALSE;
}

static void
take_warnings (IpLayout *self, const GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    ip_layout_warn (self, "%s", (const char *) texts->pdata[i]);
}

gboolean
ip_layout_read (IpLayout *self,
                IpReader *reader,
                const IpMapping *mapping,
                GCancellable *cancellable,
                GError **error)
{
  if (ip_reader_get_unfinished (reader))
    ip_layout_warn (self, _("The file is flagged as open for writing: it is being written, or its "
                            "writer was killed."));
  if (!check_recognised (mapping, reader, error))
    return FALSE;

  take_warnings (self, mapping->doubts);
  take_warnings (self, mapping->notes);
  return mapping->native ? ip_layout_read_native (self, reader, mapping, cancellable, error)
                         : ip_layout_read_mapped (self, reader, mapping, cancellable, error);
}
