/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-layout.h"

#include "ip-names.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Dumps that follow no format.  There are two kinds: files in which every snapshot of a layer is a
 * dataset of its own, whose path names layer and epoch in some order, and files in which the
 * snapshots of a layer are stacked in one dataset.
 *
 * First labels, inputs and epochs are found by their names.  Which axis is what follows from the
 * lengths that occur: the number of samples N is the length of the labels or inputs if layers have
 * such an axis, and otherwise the length that most layers share. What remains a guess is said in a
 * warning. */

#define MAX_LAYERS 4096
#define MAX_ROWS 1000000

/* A dataset that may be activations. */
typedef struct
{
  const IpObject *dataset;
  char *layer;
  gint64 epoch;
} Candidate;

typedef struct
{
  IpLayout *layout;
  IpReader *reader;
  GCancellable *cancellable;
  gboolean matlab;                      /* dimensions are reversed */
  gboolean named;                       /* every snapshot is a dataset */
  GArray *candidates;                   /* of Candidate, in the order of the file */
  GPtrArray *roles[IP_ROLE_EPOCHS + 1]; /* of IpObject, the plainest name first */
  const IpObject *epochs;
  gsize n_samples;
} Recogniser;

static void
candidate_clear (Candidate *candidate)
{
  g_free (candidate->layer);
}

static void
recogniser_init (Recogniser *self, IpLayout *layout, IpReader *reader, GCancellable *cancellable)
{
  *self = (Recogniser){ .layout = layout, .reader = reader, .cancellable = cancellable };
  self->candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_array_set_clear_func (self->candidates, (GDestroyNotify) candidate_clear);
  for (guint role = 0; role <= IP_ROLE_EPOCHS; role++)
    self->roles[role] = g_ptr_array_new ();
}

static void
recogniser_clear (Recogniser *self)
{
  g_array_unref (self->candidates);
  for (guint role = 0; role <= IP_ROLE_EPOCHS; role++)
    g_ptr_array_unref (self->roles[role]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Recogniser, recogniser_clear)

static const Candidate *
get_candidate (const Recogniser *self, guint i)
{
  return &g_array_index (self->candidates, Candidate, i);
}

static gboolean
is_matlab_text (const IpObject *object)
{
  g_autofree char *class = ip_layout_get_text (object, "MATLAB_class");

  return strcmp (class, "char") == 0;
}

static guint
count_parts (const char *path)
{
  guint n = 0;

  for (; *path != '\0'; path++)
    n += *path == '/';
  return n;
}

/* Labels and inputs are kept near the root. */
static IpRole
get_role (const IpObject *object, guint *rank)
{
  if (!object->is_dataset || count_parts (object->path) > 2 || object->rank == 0
      || is_matlab_text (object))
    return IP_ROLE_NONE;
  return ip_names_get_role (object->path, rank);
}

static int
compare_roles (gconstpointer a, gconstpointer b)
{
  guint first = 0;
  guint second = 0;

  ip_names_get_role ((*(const IpObject *const *) a)->path, &first);
  ip_names_get_role ((*(const IpObject *const *) b)->path, &second);
  return first < second ? -1 : first > second;
}

static gboolean
is_number (const IpObject *object)
{
  return object->is_dataset && object->type < IP_TYPE_STRING && object->rank > 0
         && !is_matlab_text (object) && !ip_names_is_parameter (object->path);
}

static void
sort_objects (Recogniser *self)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);
  guint n_named = 0;

  for (guint i = 0; i < n; i++)
    {
      const IpObject *object = &objects[i];
      Candidate candidate = { .dataset = object };
      guint rank;
      IpRole role = get_role (object, &rank);
      gboolean named;

      self->matlab = self->matlab || ip_object_get_attribute (object, "MATLAB_class") != NULL;
      if (role != IP_ROLE_NONE)
        g_ptr_array_add (self->roles[role], (gpointer) object);
      if (role != IP_ROLE_NONE || !is_number (object))
        continue;

      named = ip_names_split_epoch (object->path, &candidate.layer, &candidate.epoch);
      if (named && n_named++ == 0)
        g_array_set_size (self->candidates, 0);
      if (named == (n_named > 0))
        g_array_append_val (self->candidates, candidate);
      else
        candidate_clear (&candidate);
    }

  self->named = n_named > 0;
  for (guint role = 0; role <= IP_ROLE_EPOCHS; role++)
    g_ptr_array_sort (self->roles[role], compare_roles);
  if (self->roles[IP_ROLE_EPOCHS]->len > 0)
    self->epochs = self->roles[IP_ROLE_EPOCHS]->pdata[0];
}

static gboolean
has_axis (const IpObject *dataset, guint64 length)
{
  for (guint i = 0; i < dataset->rank; i++)
    if (dataset->shape[i] == length)
      return TRUE;
  return FALSE;
}

/* How many candidates have an axis of that length. */
static guint
count_support (const Recogniser *self, guint64 length)
{
  guint support = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    support += has_axis (get_candidate (self, i)->dataset, length);
  return support;
}

/* How many samples a dataset of labels or inputs has. */
static guint64
get_length (const Recogniser *self, const IpObject *dataset)
{
  const guint64 *shape = dataset->shape;

  if (dataset->rank == 2 && shape[0] == 1)
    return shape[1];
  return shape[self->matlab ? dataset->rank - 1 : 0];
}

/* The length that most datasets share on the axis where samples are expected. */
static guint64
vote_on_samples (const Recogniser *self)
{
  g_autoptr (GHashTable) votes = g_hash_table_new (g_int64_hash, g_int64_equal);
  guint64 winner = 0;
  guint most = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const IpObject *dataset = get_candidate (self, i)->dataset;
      guint axis = self->matlab ? dataset->rank - 1 : self->named ? 0 : 1;
      guint n;

      if (axis >= dataset->rank)
        continue;
      n = GPOINTER_TO_UINT (g_hash_table_lookup (votes, &dataset->shape[axis])) + 1;
      g_hash_table_insert (votes, (gpointer) &dataset->shape[axis], GUINT_TO_POINTER (n));
      if (n > most)
        {
          most = n;
          winner = dataset->shape[axis];
        }
    }

  return winner;
}

static void
find_samples (Recogniser *self)
{
  static const IpRole witnesses[] = { IP_ROLE_LABELS, IP_ROLE_INPUTS };
  guint most = 0;

  for (guint w = 0; w < G_N_ELEMENTS (witnesses); w++)
    for (guint i = 0; i < self->roles[witnesses[w]]->len; i++)
      {
        guint64 length = get_length (self, self->roles[witnesses[w]]->pdata[i]);
        guint support = count_support (self, length);

        if (support > most)
          {
            most = support;
            self->n_samples = length;
          }
      }
  if (most > 0)
    return;

  self->n_samples = vote_on_samples (self);
  if (self->n_samples > 0)
    ip_layout_warn (self->layout,
                    _("Neither labels nor inputs say how many samples there are: %zu"
                      " is the length that most layers share."),
                    self->n_samples);
}

/* Labels and inputs of as many samples as the layers have; there may be others, of a training set.
 */
static const IpObject *
choose_role (const Recogniser *self, IpRole role)
{
  for (guint i = 0; i < self->roles[role]->len; i++)
    if (has_axis (self->roles[role]->pdata[i], self->n_samples))
      return self->roles[role]->pdata[i];
  return NULL;
}

static int
find_axis (const IpObject *dataset, guint64 length, int except, gboolean from_last)
{
  int rank = (int) dataset->rank;

  for (int i = 0; i < rank; i++)
    {
      int axis = from_last ? rank - 1 - i : i;

      if (axis != except && dataset->shape[axis] == length)
        return axis;
    }
  return -1;
}

/* FALSE when there is no axis of samples. n_rows: length of the epoch axis, 0 without one. */
static gboolean
find_axes (const Recogniser *self, const IpObject *dataset, guint64 n_rows, IpAxes *axes)
{
  axes->reversed = self->matlab;
  axes->epoch = n_rows > 0 ? find_axis (dataset, n_rows, -1, FALSE) : -1;
  axes->sample = find_axis (dataset, self->n_samples, axes->epoch, self->matlab);

  /* As many epochs as samples: the order decides. */
  if (axes->sample < 0 && axes->epoch > 0)
    axes->epoch = axes->sample = -1;
  return axes->sample >= 0 && (n_rows == 0 || axes->epoch >= 0);
}

static guint
index_name (GHashTable *table, GPtrArray *names, const char *name)
{
  gpointer found = g_hash_table_lookup (table, name);

  if (found == NULL)
    {
      g_ptr_array_add (names, g_strdup (name));
      found = GUINT_TO_POINTER (names->len);
      g_hash_table_insert (table, names->pdata[names->len - 1], found);
    }
  return GPOINTER_TO_UINT (found) - 1;
}

static gboolean
is_output (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return strstr (lower, "output") != NULL || strstr (lower, "softmax") != NULL
         || strstr (lower, "logits") != NULL || strstr (lower, "predictions") != NULL;
}

static int
compare_layers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const GPtrArray *names = user_data;
  const char *first = names->pdata[*(const guint *) a];
  const char *second = names->pdata[*(const guint *) b];
  gboolean first_is_output = is_output (first);
  gboolean second_is_output = is_output (second);

  if (first_is_output != second_is_output)
    return first_is_output - second_is_output;
  return ip_layout_compare_names (first, second);
}

/* The order of the network: that in which the layers were written where the file keeps it, and that
 * of their names otherwise. (transfer full) */
static guint *
order_layers (GPtrArray *names)
{
  guint *order = g_new (guint, names->len + 1);
  gboolean sorted = TRUE;

  for (guint i = 0; i < names->len; i++)
    {
      order[i] = i;
      sorted = sorted && (i == 0 || strcmp (names->pdata[i - 1], names->pdata[i]) < 0);
    }
  if (sorted)
    g_qsort_with_data (order, (int) names->len, sizeof *order, compare_layers, names);

  return order;
}

/* What is known of one layer while datasets are sorted into layers and epochs. */
typedef struct
{
  const IpObject *dataset;
  IpAxes axes;
  IpSource *sources; /* one per row */
  char *full_name;   /* before it was shortened */
} FoundLayer;

static void
found_layer_clear (FoundLayer *layer)
{
  g_free (layer->sources);
  g_free (layer->full_name);
}

static GArray *
new_found_layers (void)
{
  GArray *layers = g_array_new (FALSE, TRUE, sizeof (FoundLayer));

  g_array_set_clear_func (layers, (GDestroyNotify) found_layer_clear);
  return layers;
}

static void
add_found_layers (Recogniser *self, GArray *layers, GPtrArray *names, guint n_rows)
{
  g_autofree guint *order = NULL;

  g_ptr_array_set_size (names, (int) layers->len);
  ip_names_shorten ((char **) names->pdata, names->len);
  order = order_layers (names);
  for (guint i = 0; i < layers->len; i++)
    {
      const FoundLayer *layer = &g_array_index (layers, FoundLayer, order[i]);
      g_autofree char *kind = ip_layout_get_text (layer->dataset, "kind");
      g_autofree char *activation = ip_layout_get_text (layer->dataset, "activation");

      ip_layout_add_layer (self->layout, names->pdata[order[i]], kind,
                           *activation != '\0' ? activation
                                               : ip_names_get_activation (layer->full_name),
                           layer->dataset, layer->axes, layer->sources, n_rows);
    }
}

static int
compare_epochs (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

/* The epochs that occur, ascending. */
static GArray *
collect_epochs (const Recogniser *self)
{
  GArray *epochs = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    g_array_append_val (epochs, get_candidate (self, i)->epoch);
  g_array_sort (epochs, compare_epochs);
  for (guint i = 0; i < epochs->len; i++)
    if (n == 0 || g_array_index (epochs, gint64, i) != g_array_index (epochs, gint64, n - 1))
      g_array_index (epochs, gint64, n++) = g_array_index (epochs, gint64, i);
  g_array_set_size (epochs, n);

  return epochs;
}

static guint
find_row (const GArray *epochs, gint64 epoch)
{
  guint row = 0;

  g_array_binary_search ((GArray *) epochs, &epoch, compare_epochs, &row);
  return row;
}

/* The layer of that name, the last one of `layers` if it is new; NULL when there are too many. */
static FoundLayer *
get_found_layer (GArray *layers, GHashTable *table, GPtrArray *names, const char *name)
{
  guint i = index_name (table, names, name);

  if (i >= MAX_LAYERS)
    return NULL;
  if (i == layers->len)
    g_array_set_size (layers, i + 1);
  return &g_array_index (layers, FoundLayer, i);
}

static void
sort_named (Recogniser *self, const GArray *epochs, GArray *layers, GPtrArray *names)
{
  g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = get_candidate (self, i);
      FoundLayer *layer;
      IpSource *source;
      IpAxes axes;

      if (!find_axes (self, candidate->dataset, 0, &axes))
        continue;
      layer = get_found_layer (layers, table, names, candidate->layer);
      if (layer == NULL)
        break;
      if (layer->sources == NULL)
        {
          layer->dataset = candidate->dataset;
          layer->axes = axes;
          layer->sources = g_new0 (IpSource, epochs->len);
          layer->full_name = g_strdup (candidate->layer);
        }
      source = &layer->sources[find_row (epochs, candidate->epoch)];
      if (source->dataset != NULL)
        ip_layout_warn (self->layout,
                        _("%s and %s are the same layer and epoch: the last is used."),
                        source->dataset->path, candidate->dataset->path);
      source->dataset = candidate->dataset;
    }
}

/* Numbers that a snapshot carries beside its layers, as attributes of its group. */
static void
take_group_metrics (Recogniser *self, const GArray *epochs)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat (objects[i].path, "/x", NULL);
      g_autofree char *layer = NULL;
      const gint64 *found;
      gint64 epoch;

      /* Epochs of groups that hold no layer do not count. */
      if (objects[i].is_dataset || !ip_names_split_epoch (path, &layer, &epoch)
          || strcmp (layer, "x") != 0)
        continue;
      found = bsearch (&epoch, epochs->data, epochs->len, sizeof epoch, compare_epochs);
      for (guint k = 0; found != NULL && k < objects[i].n_attributes; k++)
        {
          const char *name = objects[i].attributes[k].name;
          double value;

          if (ip_layout_get_number (&objects[i], name, &value))
            ip_layout_set_metric (self->layout, name, find_row (epochs, epoch), value);
        }
    }
}

static void
read_named (Recogniser *self)
{
  g_autoptr (GArray) epochs = collect_epochs (self);
  g_autoptr (GArray) layers = new_found_layers ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  ip_layout_set_epochs (self->layout, (const gint64 *) (gpointer) epochs->data, epochs->len);
  sort_named (self, epochs, layers, names);
  add_found_layers (self, layers, names, epochs->len);
  take_group_metrics (self, epochs);
  self->layout->format = g_strdup (_("a dataset for every layer and epoch"));
}

/* How many snapshots are stacked where no list of epochs says so: the length that all layers share
 * on their first axis that is not of samples, 0 when they share none. */
static guint64
guess_rows (const Recogniser *self)
{
  guint64 shared = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const IpObject *dataset = get_candidate (self, i)->dataset;
      int sample = find_axis (dataset, self->n_samples, -1, self->matlab);
      guint64 length;

      if (sample < 0 || dataset->rank < 2)
        continue;
      if (dataset->rank < 3)
        return 0;
      length = dataset->shape[sample == 0 ? 1 : 0];
      if (shared != 0 && length != shared)
        return 0;
      shared = length;
    }

  return shared;
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
is_series (const IpObject *object, guint64 n_rows)
{
  return is_number (object) && n_rows > 0 && count_elements (object) == n_rows
         && has_axis (object, n_rows);
}

/* Sets the epochs of the layout and returns how many rows there are; −1 on errors. */
static int
read_stacked_epochs (Recogniser *self, guint64 *axis_length, GError **error)
{
  g_autofree double *numbers = NULL;
  g_autofree gint64 *epochs = NULL;
  gsize n = 0;

  if (self->epochs != NULL)
    numbers =
        ip_layout_read_numbers (self->reader, self->epochs, MAX_ROWS, &n, self->cancellable, error);
  if (self->epochs != NULL && numbers == NULL)
    return -1;
  if (numbers == NULL)
    {
      n = MIN (guess_rows (self), MAX_ROWS);
      *axis_length = n;
      ip_layout_warn (self->layout,
                      n == 0
                          ? _("Nothing names epochs: the layers are taken as one snapshot.")
                          : _("Nothing says which epochs were recorded: they are numbered from 0, "
                              "along the first axis that is not of samples."));
      n = MAX (n, 1);
    }
  else
    *axis_length = n;

  epochs = g_new (gint64, n + 1);
  for (gsize i = 0; i < n; i++)
    epochs[i] = numbers == NULL || !(fabs (numbers[i]) < 0x1p62) ? (gint64) i
                                                                 : (gint64) llround (numbers[i]);
  ip_layout_set_epochs (self->layout, epochs, (guint) n);

  return (int) n;
}

static void
sort_stacked (Recogniser *self, guint64 axis_length, guint n_rows, GArray *layers, GPtrArray *names)
{
  for (guint i = 0; i < self->candidates->len && layers->len < MAX_LAYERS; i++)
    {
      const Candidate *candidate = get_candidate (self, i);
      FoundLayer layer = { .dataset = candidate->dataset };

      if (candidate->dataset->rank < 2
          || !find_axes (self, candidate->dataset, axis_length, &layer.axes))
        continue;
      layer.full_name = g_strdup (candidate->layer);
      layer.sources = g_new0 (IpSource, n_rows);
      for (guint row = 0; row < n_rows; row++)
        layer.sources[row] = (IpSource){ candidate->dataset, row };
      g_array_append_val (layers, layer);
      g_ptr_array_add (names, g_strdup (candidate->layer));
    }
}

/* As many epochs as samples: nothing but the order of the axes tells them apart. */
static void
warn_about_square (Recogniser *self, guint64 axis_length)
{
  if (axis_length > 0 && axis_length == self->n_samples)
    ip_layout_warn (self->layout,
                    _("There are as many epochs as samples (%zu"
                      "): the first of these axes is taken to be of epochs."),
                    self->n_samples);
}

static gboolean
read_stacked (Recogniser *self, GError **error)
{
  g_autoptr (GArray) layers = new_found_layers ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint64 axis_length = 0;
  int n_rows;

  if (count_support (self, self->n_samples) == 0)
    return TRUE;
  n_rows = read_stacked_epochs (self, &axis_length, error);
  if (n_rows < 0)
    return FALSE;
  sort_stacked (self, axis_length, (guint) n_rows, layers, names);
  warn_about_square (self, axis_length);
  add_found_layers (self, layers, names, (guint) n_rows);
  self->layout->format = g_strdup (axis_length > 0 ? _("a dataset for every layer, epochs stacked")
                                                   : _("a dataset for every layer, one snapshot"));

  return TRUE;
}

static void
take_series_metrics (Recogniser *self)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);
  guint n_rows = self->layout->n_rows;

  for (guint i = 0; i < n && self->layout->metrics->len < MAX_LAYERS; i++)
    {
      const char *name = ip_object_get_name (&objects[i]);
      g_autofree double *values = NULL;
      g_autofree char *layer = NULL;
      gint64 epoch;
      gsize n_values;
      guint rank;

      if (!is_series (&objects[i], n_rows) || get_role (&objects[i], &rank) != IP_ROLE_NONE
          || (self->named && ip_names_split_epoch (objects[i].path, &layer, &epoch)))
        continue;
      values = ip_layout_read_numbers (self->reader, &objects[i], n_rows, &n_values,
                                       self->cancellable, NULL);
      if (values == NULL)
        continue;
      for (guint s = 0; s < self->layout->n_epochs; s++)
        ip_layout_set_metric (self->layout, name, s, values[self->layout->rows[s]]);
    }
}

/* MATLAB keeps texts as arrays of UTF-16 code units. (transfer full) "" if it is none */
static char *
read_matlab_text (Recogniser *self, const char *path)
{
  const IpObject *object = ip_reader_find (self->reader, path);
  g_autofree double *codes = NULL;
  g_autofree gunichar2 *units = NULL;
  char *text = NULL;
  gsize n;

  if (object != NULL && is_matlab_text (object))
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
find_framework (Recogniser *self)
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
take_description (Recogniser *self)
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
describe_mapping (Recogniser *self)
{
  IpLayout *layout = self->layout;
  const IpLayoutLayer *layer = &g_array_index (layout->layers, IpLayoutLayer, 0);
  g_autoptr (GString) text = g_string_new (layout->format);

  if (self->named)
    g_string_append_printf (text, _(": layer and epoch from the path, as in %s"),
                            layer->dataset->path);
  else
    g_string_append_printf (text, _(": layer from the path, as in %s"), layer->dataset->path);
  if (layer->axes.epoch >= 0)
    g_string_append_printf (text, _("; epochs along axis %d (%u, %s)"), layer->axes.epoch,
                            layout->n_rows,
                            self->epochs != NULL ? self->epochs->path : _("a guess"));
  g_string_append_printf (text, _("; samples along axis %d (%zu)"),
                          layer->axes.sample, layout->n_samples);
  if (self->matlab)
    g_string_append (text, _("; dimensions reversed, as MATLAB writes them"));
  g_string_append_printf (text, _("; labels from %s, inputs from %s"),
                          layout->labels != NULL ? layout->labels->path : _("nowhere"),
                          layout->inputs != NULL ? layout->inputs->path : _("nowhere"));
  layout->mapping = g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
ip_layout_read_foreign (IpLayout *layout,
                        IpReader *reader,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (Recogniser) self = { 0 };
  g_autofree char *name = g_file_get_basename (ip_reader_get_file (reader));

  recogniser_init (&self, layout, reader, cancellable);
  sort_objects (&self);
  find_samples (&self);
  if (self.named)
    read_named (&self);
  else if (!read_stacked (&self, error))
    {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  if (layout->layers->len == 0)
    {
      g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_UNRECOGNISED,
                   _("%s: an HDF5 file, but nothing in it looks like the activations of layers: "
                     "datasets of numbers, one row per sample, whose names tell layer and epoch"),
                   name);
      return FALSE;
    }

  layout->labels = choose_role (&self, IP_ROLE_LABELS);
  layout->inputs = choose_role (&self, IP_ROLE_INPUTS);
  if (layout->inputs != NULL)
    layout->input_sample_axis = find_axis (layout->inputs, self.n_samples, -1, self.matlab);
  take_series_metrics (&self);
  take_description (&self);
  if (!ip_layout_finish (layout, reader, error))
    return FALSE;
  describe_mapping (&self);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
