/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-layout.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The format "infoplane-dump", version 1.  Writers extend /epochs last, so its length is the number
 * of complete snapshots; what the layers hold beyond it is half a snapshot. */

#define FORMAT "infoplane-dump"
#define VERSION 1
#define LAYERS "/layers/"
#define METRICS "/metrics/"
#define MAX_ROWS 1000000

static const IpAxes axes = { .epoch = 0, .sample = 1 };

gboolean
ip_layout_is_native (IpReader *reader)
{
  const IpObject *root = ip_reader_find (reader, "/");
  g_autofree char *format = ip_layout_get_text (root, "format");

  return strcmp (format, FORMAT) == 0;
}

static gboolean
check_version (IpReader *reader, GError **error)
{
  double version = VERSION;

  ip_layout_get_number (ip_reader_find (reader, "/"), "version", &version);
  if (version <= VERSION)
    return TRUE;

  g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_UNRECOGNISED,
               _("an activation dump of version %g, which needs a newer Infoplane: this one reads "
                 "version %d"),
               version, VERSION);
  return FALSE;
}

static gboolean
is_layer_dataset (const IpObject *object)
{
  return object != NULL && object->is_dataset && object->rank >= 2;
}

/* Groups below /layers; names of layers can hold slashes. */
static const IpObject *
find_activations (IpReader *reader, const IpObject *group)
{
  g_autofree char *path = g_strconcat (group->path, "/activations", NULL);

  return group->is_dataset ? NULL : ip_reader_find (reader, path);
}

/* Without /epochs, the longest layer says how many rows there are. */
static guint
count_rows (IpReader *reader)
{
  guint n, rows = 0;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; i < n; i++)
    if (g_str_has_prefix (objects[i].path, LAYERS) && is_layer_dataset (&objects[i]))
      rows = MAX (rows, (guint) MIN (objects[i].shape[0], MAX_ROWS));
  return rows;
}

static gboolean
read_epochs (IpLayout *self,
             IpReader *reader,
             guint *n_rows,
             GCancellable *cancellable,
             GError **error)
{
  const IpObject *dataset = ip_reader_find (reader, "/epochs");
  g_autofree double *numbers = NULL;
  g_autofree gint64 *epochs = NULL;
  gsize n = count_rows (reader);

  if (dataset == NULL)
    ip_layout_warn (self, _("There is no /epochs: snapshots are numbered from 0."));
  else
    numbers = ip_layout_read_numbers (reader, dataset, MAX_ROWS, &n, cancellable, error);
  if (dataset != NULL && numbers == NULL)
    return FALSE;

  epochs = g_new (gint64, n + 1);
  for (gsize i = 0; i < n; i++)
    epochs[i] = numbers == NULL || !(fabs (numbers[i]) < 0x1p62) ? (gint64) i
                                                                 : (gint64) llround (numbers[i]);
  ip_layout_set_epochs (self, epochs, (guint) n);
  *n_rows = (guint) n;

  return TRUE;
}

/* One value per snapshot, NULL when the dataset is missing or unfit, with a warning if unfit. */
static double *
read_series (IpLayout *self, IpReader *reader, const char *path, GCancellable *cancellable)
{
  const IpObject *dataset = ip_reader_find (reader, path);
  g_autoptr (GError) error = NULL;
  g_autofree double *values = NULL;
  gsize n;

  if (dataset == NULL || !dataset->is_dataset)
    return NULL;
  values = ip_layout_read_numbers (reader, dataset, MAX_ROWS, &n, cancellable, &error);
  if (values == NULL)
    {
      ip_layout_warn (self, "%s", error->message);
      return NULL;
    }

  return ip_layout_pick_rows (self, values, n);
}

static double *
read_layer_series (IpLayout *self,
                   IpReader *reader,
                   const IpObject *group,
                   const char *name,
                   GCancellable *cancellable)
{
  g_autofree char *path = g_strconcat (group->path, "/", name, NULL);

  return read_series (self, reader, path, cancellable);
}

/* What of an encoder was recorded beside the activations, of the same samples. */
static void
take_encoder (IpLayout *self, IpReader *reader, const IpObject *group, IpLayoutLayer *layer)
{
  static const char *const names[] = { "/mu", "/s", "/z" };
  const IpObject **parts = layer->encoder;

  for (guint i = 0; i < IP_N_ENCODER_PARTS; i++)
    {
      g_autofree char *path = g_strconcat (group->path, names[i], NULL);
      const IpObject *part = ip_reader_find (reader, path);

      if (part == NULL)
        continue;
      if (is_layer_dataset (part) && part->type < IP_TYPE_STRING && part->problem == NULL
          && part->shape[1] == layer->dataset->shape[1])
        parts[i] = part;
      else
        ip_layout_warn (self, _("%s is no [epochs, samples, units…] of numbers and is left out."),
                        path);
    }
}

static void
add_layer (IpLayout *self,
           IpReader *reader,
           const IpObject *group,
           guint n_rows,
           GCancellable *cancellable)
{
  const IpObject *dataset = find_activations (reader, group);
  g_autofree IpSource *sources = g_new0 (IpSource, n_rows + 1);
  g_autofree char *kind = ip_layout_get_text (group, "kind");
  g_autofree char *activation = ip_layout_get_text (group, "activation");
  IpLayoutLayer *added;
  IpLayer *layer;

  for (guint row = 0; row < MIN (n_rows, dataset->shape[0]); row++)
    sources[row] = (IpSource){ dataset, row };
  if (dataset->shape[0] > n_rows)
    ip_layout_warn (self,
                    _("%s has %" PRIu64
                      " snapshots, of which %u are listed in /epochs: the "
                      "others are incomplete and left out."),
                    group->path + strlen (LAYERS), dataset->shape[0], n_rows);
  ip_layout_add_layer (self, group->path + strlen (LAYERS), kind, activation, dataset, axes,
                       sources, n_rows);

  added = ip_layout_get_layer (self, self->layers->len - 1);
  take_encoder (self, reader, group, added);
  layer = &added->layer;
  layer->weight_norm = read_layer_series (self, reader, group, "weight_norm", cancellable);
  layer->grad_mean = read_layer_series (self, reader, group, "grad_mean", cancellable);
  layer->grad_std = read_layer_series (self, reader, group, "grad_std", cancellable);
}

/* By the attribute index; layers without one come last, as people order names. */
static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const IpObject *first = *(const IpObject *const *) a;
  const IpObject *second = *(const IpObject *const *) b;
  double first_index = INFINITY;
  double second_index = INFINITY;

  ip_layout_get_number (first, "index", &first_index);
  ip_layout_get_number (second, "index", &second_index);
  if (first_index != second_index)
    return first_index < second_index ? -1 : 1;
  return ip_layout_compare_names (first->path, second->path);
}

/* "block1" where there is "block1/attn". */
static gboolean
has_layer_below (IpReader *reader, const IpObject *group)
{
  g_autofree char *prefix = g_strconcat (group->path, "/", NULL);
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; i < n; i++)
    if (g_str_has_prefix (objects[i].path, prefix)
        && is_layer_dataset (find_activations (reader, &objects[i])))
      return TRUE;
  return FALSE;
}

static void
add_layers (IpLayout *self, IpReader *reader, guint n_rows, GCancellable *cancellable)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      const IpObject *group = &objects[i];
      gboolean inside = g_str_has_prefix (group->path, LAYERS);
      const IpObject *dataset = inside ? find_activations (reader, group) : NULL;

      if (is_layer_dataset (dataset))
        g_ptr_array_add (groups, (gpointer) group);
      else if (inside && strchr (group->path + strlen (LAYERS), '/') == NULL
               && !has_layer_below (reader, group))
        ip_layout_warn (self, _("%s has no activations of shape [epochs, samples, units…]%s%s."),
                        group->path, dataset != NULL && dataset->problem != NULL ? ": " : "",
                        dataset != NULL && dataset->problem != NULL ? dataset->problem : "");
    }

  g_ptr_array_sort (groups, compare_groups);
  for (guint i = 0; i < groups->len; i++)
    add_layer (self, reader, groups->pdata[i], n_rows, cancellable);
}

static void
read_metrics (IpLayout *self, IpReader *reader, GCancellable *cancellable)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; i < n; i++)
    {
      IpMetric metric = { 0 };

      if (!g_str_has_prefix (objects[i].path, METRICS) || objects[i].rank != 1)
        continue;
      metric.values = read_series (self, reader, objects[i].path, cancellable);
      if (metric.values == NULL)
        continue;
      metric.name = g_strdup (objects[i].path + strlen (METRICS));
      g_array_append_val (self->metrics, metric);
    }
}

static char *
describe_mapping (const IpLayout *self)
{
  return g_strdup_printf (
      _("infoplane-dump: epochs from /epochs, layers from /layers/…/activations "
        "[epochs, samples, units…], labels from %s, inputs from %s"),
      self->labels != NULL ? self->labels->path : _("nowhere"),
      self->inputs != NULL ? self->inputs->path : _("nowhere"));
}

/* The object that the mapping names, the standard one when it names none.  FALSE when the one that
 * was named is missing. */
static gboolean
find_role (IpReader *reader,
           const char *role,
           const char *path,
           const char *standard,
           const IpObject **object,
           GError **error)
{
  *object = path != NULL && *path == '\0' ? NULL
                                          : ip_reader_find (reader, path != NULL ? path : standard);
  if (*object != NULL || path == NULL || *path == '\0')
    return TRUE;
  g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
               _("%s = %s: expected a dataset, found nothing"), role, path);
  return FALSE;
}

static gboolean
find_roles (IpLayout *self, IpReader *reader, const IpMapping *mapping, GError **error)
{
  return find_role (reader, "labels", mapping->labels, "/labels", &self->labels, error)
         && find_role (reader, "inputs", mapping->inputs, "/inputs", &self->inputs, error);
}

gboolean
ip_layout_read_native (IpLayout *self,
                       IpReader *reader,
                       const IpMapping *mapping,
                       GCancellable *cancellable,
                       GError **error)
{
  const IpObject *root = ip_reader_find (reader, "/");
  guint n_rows;

  if (!check_version (reader, error) || !find_roles (self, reader, mapping, error)
      || !read_epochs (self, reader, &n_rows, cancellable, error))
    {
      g_autofree char *name = g_file_get_basename (ip_reader_get_file (reader));

      if (error != NULL && (*error)->domain == IP_DUMP_ERROR)
        g_prefix_error (error, "%s: ", name);
      return FALSE;
    }

  self->title = ip_layout_get_text (root, "title");
  self->framework = ip_layout_get_text (root, "framework");
  self->format = g_strdup (FORMAT " 1");
  self->reason = describe_mapping (self);
  add_layers (self, reader, n_rows, cancellable);
  read_metrics (self, reader, cancellable);
  ip_layout_take_attributes (self, ip_reader_find (reader, "/run"));

  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && ip_layout_finish (self, reader, error);
}
