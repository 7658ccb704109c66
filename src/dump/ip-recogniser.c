/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-recogniser.h"

#include "ip-layout.h"
#include "ip-names.h"

#include <glib/gi18n.h>
#include <string.h>

/* Dumps that follow no format are of two kinds: files in which every snapshot of a layer is a
 * dataset of its own, whose path names layer and epoch in some order, and files in which the
 * snapshots of a layer are stacked in one dataset.
 *
 * First labels, inputs and epochs are found by their names.  Which axis is what follows from the
 * lengths that occur: the number of samples N is the length of the labels or inputs if layers have
 * such an axis, and otherwise the length that most layers share.  What remains a guess is said as a
 * doubt.  Nothing but the file's tree is looked at. */

#define MAX_LAYERS 4096

/* A dataset that may be activations. */
typedef struct
{
  const IpObject *dataset;
  char *layer;
  char *pattern; /* of the paths of its layer's datasets */
} Candidate;

typedef struct
{
  IpMapping *mapping;
  IpReader *reader;
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
  g_free (candidate->pattern);
}

static void
recogniser_init (Recogniser *self, IpReader *reader)
{
  *self = (Recogniser){ .mapping = ip_mapping_new (), .reader = reader };
  self->matlab = ip_reader_is_matlab (reader);
  self->candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_array_set_clear_func (self->candidates, (GDestroyNotify) candidate_clear);
  for (guint role = 0; role <= IP_ROLE_EPOCHS; role++)
    self->roles[role] = g_ptr_array_new ();
}

static void
recogniser_clear (Recogniser *self)
{
  g_clear_pointer (&self->mapping, ip_mapping_free);
  g_array_unref (self->candidates);
  for (guint role = 0; role <= IP_ROLE_EPOCHS; role++)
    g_ptr_array_unref (self->roles[role]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Recogniser, recogniser_clear)

static void
add_text (GPtrArray *texts, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_text (GPtrArray *texts, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (texts, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static const Candidate *
get_candidate (const Recogniser *self, guint i)
{
  return &g_array_index (self->candidates, Candidate, i);
}

gboolean
ip_reader_is_matlab (IpReader *reader)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);

  for (guint i = 0; i < n; i++)
    if (ip_object_get_attribute (&objects[i], "MATLAB_class") != NULL)
      return TRUE;
  return FALSE;
}

gboolean
ip_object_is_matlab_text (const IpObject *object)
{
  g_autofree char *class = ip_layout_get_text (object, "MATLAB_class");

  return strcmp (class, "char") == 0;
}

gboolean
ip_object_is_array (const IpObject *object)
{
  return object->is_dataset && object->type < IP_TYPE_STRING && object->rank > 0
         && !ip_object_is_matlab_text (object) && !ip_names_is_parameter (object->path);
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
      || ip_object_is_matlab_text (object))
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
      gint64 epoch;

      if (role != IP_ROLE_NONE)
        g_ptr_array_add (self->roles[role], (gpointer) object);
      if (role != IP_ROLE_NONE || !ip_object_is_array (object))
        continue;

      named = ip_names_split_epoch (object->path, &candidate.layer, &epoch, &candidate.pattern);
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
}

/* What is known of a role leaves no choice.  Labels that are not wanted still say how many samples
 * there are. */
static void
take_known (Recogniser *self, IpRole role, const char *path)
{
  const IpObject *object;

  if (path == NULL || *path == '\0')
    return;
  object = ip_reader_find (self->reader, path);
  if (object == NULL || !object->is_dataset || object->rank == 0)
    return;
  g_ptr_array_set_size (self->roles[role], 0);
  g_ptr_array_add (self->roles[role], (gpointer) object);
  for (guint i = self->candidates->len; i-- > 0;)
    if (get_candidate (self, i)->dataset == object)
      g_array_remove_index (self->candidates, i);
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
    add_text (self->mapping->doubts,
              _("Neither labels nor inputs say how many samples there are: %zu"
                " is the length that most layers share."),
              self->n_samples);
}

/* Labels and inputs of as many samples as the layers have; there may be others, of a training set.
 */
static const IpObject *
choose_role (const Recogniser *self, IpRole role)
{
  const IpObject *chosen = NULL;
  guint rank = 0;

  for (guint i = 0; i < self->roles[role]->len; i++)
    {
      const IpObject *object = self->roles[role]->pdata[i];

      if (!has_axis (object, self->n_samples))
        continue;
      if (chosen == NULL)
        chosen = object;
      else if (ip_names_get_role (object->path, &rank) == role)
        add_text (self->mapping->doubts,
                  role == IP_ROLE_LABELS ? _("Which labels? %s are used; %s fit as well.")
                                         : _("Which inputs? %s are used; %s fit as well."),
                  chosen->path, object->path);
    }
  return chosen;
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

/* What the axes of a dataset are, as letters; consecutive units are one. (transfer full) */
static char *
spell_axes (const IpObject *dataset, const IpAxes *axes)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GString) brief = g_string_new (NULL);
  guint n_units = (guint) dataset->rank - (axes->epoch >= 0 ? 2 : 1);
  char units = axes->reversed && n_units > 1 ? IP_AXIS_REVERSED_UNITS : IP_AXIS_UNITS;
  guint n_runs = 0;

  for (int axis = 0; axis < (int) dataset->rank; axis++)
    {
      char letter = axis == axes->epoch    ? IP_AXIS_EPOCHS
                    : axis == axes->sample ? IP_AXIS_SAMPLES
                                           : units;

      if (letter != units || all->len == 0 || all->str[all->len - 1] != units)
        {
          g_string_append_c (brief, letter);
          n_runs += letter == units;
        }
      g_string_append_c (all, letter);
    }

  return g_strdup (n_runs > 1 ? all->str : brief->str);
}

static int
compare_layers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const GPtrArray *names = user_data;

  return ip_layout_compare_layers (names->pdata[*(const guint *) a],
                                   names->pdata[*(const guint *) b]);
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

/* A layer as it will be in the mapping. */
typedef struct
{
  char *layer;
  char *pattern;
  char *axes;
  const IpObject *dataset;
} Found;

static void
found_clear (gpointer data)
{
  Found *self = data;

  g_free (self->layer);
  g_free (self->pattern);
  g_free (self->axes);
  g_free (self);
}

/* An axis of units that is as long as that of samples could be it as well. */
static void
doubt_axis (Recogniser *self, const IpObject *dataset, const IpAxes *axes)
{
  for (int axis = 0; axis < (int) dataset->rank; axis++)
    if (axis != axes->sample && axis != axes->epoch && self->n_samples > 1
        && dataset->shape[axis] == self->n_samples)
      add_text (self->mapping->doubts,
                _("Which axis of %s is samples? Axes %d and %d have %zu; axis %d is taken."),
                dataset->path, MIN (axis, axes->sample), MAX (axis, axes->sample),
                self->n_samples, axes->sample);
}

/* bfloat16 has no type of its own in HDF5. */
static gboolean
is_bfloat16 (Recogniser *self, const IpObject *dataset)
{
  g_autofree char *hint = ip_layout_get_text (dataset, "dtype");

  if (dataset->type != IP_TYPE_INTEGER || dataset->element_size != 2)
    return FALSE;
  if (g_ascii_strcasecmp (hint, "bfloat16") == 0)
    return TRUE;
  if (strcmp (dataset->type_name, "uint16") == 0
      && ip_object_get_attribute (dataset, "scale") == NULL)
    add_text (self->mapping->doubts,
              _("Are the 16-bit integers of %s bfloat16? They are taken as they are; “as bfloat16” "
                "in the mapping reads them so."),
              dataset->path);
  return FALSE;
}

/* One number after the other, in whatever dimensions. */
static gboolean
is_vector (const IpObject *dataset)
{
  guint n_long = 0;

  for (guint i = 0; i < dataset->rank; i++)
    n_long += dataset->shape[i] > 1;
  return n_long < 2;
}

/* Adds the layer of a candidate if it is new; FALSE if the candidate has no axis of samples. */
static gboolean
find_layer (Recogniser *self, GPtrArray *found, GHashTable *known, guint64 n_rows, guint i)
{
  const Candidate *candidate = get_candidate (self, i);
  const char *pattern = self->named ? candidate->pattern : candidate->dataset->path;
  Found *layer;
  IpAxes axes;

  if (candidate->dataset->rank < 2 && !self->named)
    return TRUE;
  if (!find_axes (self, candidate->dataset, n_rows, &axes))
    return is_vector (candidate->dataset);
  if (g_hash_table_contains (known, pattern) || found->len >= MAX_LAYERS)
    return TRUE;

  layer = g_new0 (Found, 1);
  *layer = (Found){ g_strdup (candidate->layer), g_strdup (pattern),
                    spell_axes (candidate->dataset, &axes), candidate->dataset };
  g_ptr_array_add (found, layer);
  g_hash_table_add (known, layer->pattern);
  doubt_axis (self, candidate->dataset, &axes);
  return TRUE;
}

/* Other sets of samples are of no use beside these. */
static void
note_left_out (Recogniser *self, const IpObject *example, guint n)
{
  if (n > 0)
    add_text (self->mapping->notes,
              _("%u arrays have no axis of %zu samples and are left out, such as %s."), n,
              self->n_samples, example->path);
}

static GPtrArray *
find_layers (Recogniser *self, guint64 n_rows)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (found_clear);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  const IpObject *left_out = NULL;
  guint n_left_out = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    if (!find_layer (self, found, known, n_rows, i) && n_left_out++ == 0)
      left_out = get_candidate (self, i)->dataset;
  if (found->len > 0)
    note_left_out (self, left_out, n_left_out);
  return found;
}

/* A layer that is called in several ways occurs several times; its place is that of the first. */
static GPtrArray *
list_names (GPtrArray *found, guint *name_of)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < found->len; i++)
    {
      const Found *layer = found->pdata[i];
      gpointer number;

      if (!g_hash_table_lookup_extended (table, layer->layer, NULL, &number))
        {
          number = GUINT_TO_POINTER (names->len);
          g_ptr_array_add (names, g_strdup (layer->layer));
          g_hash_table_insert (table, layer->layer, number);
        }
      name_of[i] = GPOINTER_TO_UINT (number);
    }
  return names;
}

static void
add_layers (Recogniser *self, GPtrArray *found)
{
  g_autofree guint *name_of = g_new (guint, found->len + 1);
  g_autoptr (GPtrArray) names = list_names (found, name_of);
  g_autofree guint *order = NULL;

  ip_names_shorten ((char **) names->pdata, names->len);
  order = order_layers (names);
  for (guint k = 0; k < names->len; k++)
    for (guint i = 0; i < found->len; i++)
      {
        const Found *layer = found->pdata[i];

        if (name_of[i] == order[k])
          ip_mapping_add_layer (self->mapping, names->pdata[order[k]], layer->pattern, layer->axes,
                                is_bfloat16 (self, layer->dataset));
      }
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

/* How long the axis of epochs is, 0 without one. */
static guint64
find_rows (Recogniser *self)
{
  guint64 n = 1;

  if (self->named)
    return 0;
  if (self->epochs != NULL)
    {
      for (guint i = 0; i < self->epochs->rank; i++)
        n *= self->epochs->shape[i];
      return n;
    }

  n = guess_rows (self);
  add_text (self->mapping->doubts,
            n == 0 ? _("Nothing names epochs: the layers are taken as one snapshot.")
                   : _("Nothing says which epochs were recorded: they are numbered from 0, along "
                       "the first axis that is not of samples."));
  if (n > 0 && n == self->n_samples)
    add_text (self->mapping->doubts,
              _("There are as many epochs as samples (%zu"
                "): the first of these axes is taken to be of epochs."),
              self->n_samples);
  return n;
}

static char *
get_path (const IpObject *object)
{
  return g_strdup (object == NULL ? "" : object->path);
}

static void
set_roles (Recogniser *self)
{
  const IpObject *labels = choose_role (self, IP_ROLE_LABELS);
  const IpObject *inputs = choose_role (self, IP_ROLE_INPUTS);

  self->mapping->labels = get_path (labels);
  self->mapping->inputs = get_path (inputs);
  self->mapping->epochs = self->epochs == NULL ? NULL : get_path (self->epochs);
  if (inputs != NULL)
    {
      IpAxes axes = { -1, find_axis (inputs, self->n_samples, -1, self->matlab), self->matlab };

      self->mapping->input_axes = spell_axes (inputs, &axes);
    }
}

IpMapping *
ip_recognise (IpReader *reader, const IpMapping *known)
{
  g_auto (Recogniser) self = { 0 };
  g_autoptr (GPtrArray) found = NULL;

  recogniser_init (&self, reader);
  sort_objects (&self);
  if (known != NULL)
    {
      take_known (&self, IP_ROLE_LABELS, known->labels);
      take_known (&self, IP_ROLE_INPUTS, known->inputs);
      take_known (&self, IP_ROLE_EPOCHS, known->epochs);
    }
  if (!self.named && self.roles[IP_ROLE_EPOCHS]->len > 0)
    self.epochs = self.roles[IP_ROLE_EPOCHS]->pdata[0];
  find_samples (&self);
  if (count_support (&self, self.n_samples) > 0)
    {
      found = find_layers (&self, find_rows (&self));
      add_layers (&self, found);
    }
  set_roles (&self);
  self.mapping->confidence
    = self.mapping->doubts->len > 0 ? IP_CONFIDENCE_GUESS : IP_CONFIDENCE_LIKELY;

  return g_steal_pointer (&self.mapping);
}
