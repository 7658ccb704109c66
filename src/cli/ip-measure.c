/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include "ip-reader.h"
#include "ip-table.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The measure command: any array of an HDF5 file takes the place of the activations T, and classes
 * or the distinct rows of another array that of what T tells about.  Reported as mi_xy. */

typedef struct
{
  IpOptions options;
  char *x;
  char *y;
  char *labels;

  IpReader *reader;
} Measurement;

/* An array as a matrix of its first dimension by all others. */
typedef struct
{
  IpMatrix matrix;
  gpointer data;
} Array;

static const IpObject *
find_array (Measurement *self, const char *path)
{
  g_autofree char *absolute = path[0] == '/' ? g_strdup (path) : g_strconcat ("/", path, NULL);
  const IpObject *object = ip_reader_find (self->reader, absolute);

  if (object == NULL || !object->is_dataset || object->problem != NULL)
    {
      g_printerr (_("%s: no readable array is called %s%s%s\n"), self->options.files[0], absolute,
                  object != NULL && object->problem != NULL ? ": " : "",
                  object != NULL && object->problem != NULL ? object->problem : "");
      return NULL;
    }
  if (object->rank == 0 || object->shape[0] == 0)
    {
      g_printerr (_("%s: %s has no samples; expected an array of N rows\n"),
                  self->options.files[0], absolute);
      return NULL;
    }

  return object;
}

static gboolean
read_array (Measurement *self, const char *path, Array *array)
{
  const guint64 start[IP_MAX_RANK] = { 0 };
  const IpObject *object = find_array (self, path);
  g_autoptr (GError) error = NULL;
  gboolean is_single;
  gsize columns = 1;

  if (object == NULL)
    return FALSE;

  for (guint i = 1; i < object->rank; i++)
    columns *= object->shape[i];
  is_single = object->type == IP_TYPE_FLOAT16 || object->type == IP_TYPE_FLOAT32;
  if (self->options.memory > 0
      && (double) object->shape[0] * columns * (is_single ? 4 : 8) > self->options.memory)
    {
      g_autofree char *budget
        = g_format_size_full (self->options.memory, G_FORMAT_SIZE_IEC_UNITS);

      g_printerr (_("%s: %s does not fit into the memory budget of %s\n"),
                  self->options.files[0], path, budget);
      return FALSE;
    }
  array->data = g_try_malloc_n (object->shape[0] * columns,
                                is_single ? sizeof (float) : sizeof (double));
  if (array->data == NULL)
    {
      g_printerr (_("%s: %s does not fit into memory\n"), self->options.files[0], path);
      return FALSE;
    }
  if (columns > 0
      && !ip_reader_read (self->reader, object, start, object->shape,
                          is_single ? IP_TYPE_FLOAT32 : IP_TYPE_FLOAT64, array->data, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  array->matrix = (IpMatrix){ array->data, object->shape[0], columns, columns,
                               is_single ? IP_ELEMENT_FLOAT32 : IP_ELEMENT_FLOAT64 };

  return TRUE;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double other = *(const double *) b;

  return (one > other) - (one < other);
}

/* Numbers the distinct values of a column from 0, in ascending order. */
static guint32 *
number_classes (const Array *array)
{
  gsize n = array->matrix.rows;
  g_autofree double *values = g_new (double, n);
  guint32 *codes = g_new (guint32, n);
  gsize n_classes = 0;

  for (gsize i = 0; i < n; i++)
    values[i] = ip_matrix_get (&array->matrix, i, 0);
  qsort (values, n, sizeof (double), compare_doubles);
  for (gsize i = 0; i < n; i++)
    if (i == 0 || values[i] != values[n_classes - 1])
      values[n_classes++] = values[i];
  for (gsize i = 0; i < n; i++)
    {
      double value = ip_matrix_get (&array->matrix, i, 0);
      const double *found = bsearch (&value, values, n_classes, sizeof value, compare_doubles);

      codes[i] = found - values;
    }

  return codes;
}

static gboolean
check_shapes (Measurement *self, const Array *x, const Array *other, const char *path)
{
  if (other->data != NULL && other->matrix.rows != x->matrix.rows)
    {
      g_printerr (_("%s: %s has %zu rows, %s has %zu; they must be of the same samples\n"),
                  self->options.files[0], self->x, x->matrix.rows, path, other->matrix.rows);
      return FALSE;
    }
  if (self->labels != NULL && other->matrix.columns != 1)
    {
      g_printerr (_("%s: %s has %zu columns; labels are one number a sample\n"),
                  self->options.files[0], path, other->matrix.columns);
      return FALSE;
    }

  return TRUE;
}

/* IP_N_QUANTITIES: means nothing here. */
static IpQuantity
rename_quantity (Measurement *self, IpQuantity quantity)
{
  switch (quantity)
    {
    case IP_QUANTITY_MI_TY:
      return self->labels != NULL ? IP_QUANTITY_MI_XY : IP_N_QUANTITIES;
    case IP_QUANTITY_MI_TY_MM:
      return self->labels != NULL ? IP_QUANTITY_MI_XY_MM : IP_N_QUANTITIES;
    case IP_QUANTITY_MI_XT:
      return self->y != NULL ? IP_QUANTITY_MI_XY : IP_N_QUANTITIES;
    case IP_QUANTITY_MI_XT_MM:
      return self->y != NULL ? IP_QUANTITY_MI_XY_MM : IP_N_QUANTITIES;
    case IP_QUANTITY_MI_XT_GIVEN_Y:
    case IP_QUANTITY_MI_XT_GIVEN_Y_MM:
      return IP_N_QUANTITIES;
    default:
      return quantity;
    }
}

/* What the estimators call information about the labels or about the input is here the information
 * between the two arrays; what would be about a third array is left out. */
static void
rename_quantities (Measurement *self, IpEstimate *estimate)
{
  gboolean has_other = self->labels != NULL || self->y != NULL;
  unsigned missing = self->labels != NULL ? IP_FLAG_NO_INPUTS : IP_FLAG_NO_LABELS;
  unsigned n = 0;

  for (unsigned i = 0; i < estimate->n_values; i++)
    {
      IpValue value = estimate->values[i];
      IpQuantity renamed = rename_quantity (self, value.quantity);

      if (renamed == IP_N_QUANTITIES || (has_other && (value.flags & missing) != 0))
        continue;
      value.quantity = renamed;
      estimate->values[n++] = value;
    }
  estimate->n_values = n;
}

/* What other threads take beside the memory is no more than an eighth of it. */
static guint
limit_threads (const IpOptions *options)
{
  guint threads = options->threads > 0 ? (guint) options->threads : g_get_num_processors ();
  gsize most = options->memory / 8 / IP_THREAD_BYTES;

  return options->memory > 0 ? (guint) MIN (threads, 1 + most) : threads;
}

static IpStatus
estimate (Measurement *self,
          const Array *x,
          const Array *other,
          IpEstimate *estimates,
          IpContext *context)
{
  g_autofree guint32 *labels = self->labels != NULL ? number_classes (other) : NULL;
  const IpMatrix *inputs = self->y != NULL ? &other->matrix : NULL;
  GArray *requests = self->options.requests;
  IpEvaluationSet *set = ip_evaluation_set_new (x->matrix.rows, inputs, labels, context);
  const IpSampleSource source = { x->matrix, set, -INFINITY, INFINITY, NAN, NAN };
  IpSample *sample = set != NULL ? ip_sample_new (&source, context) : NULL;
  IpStatus status = IP_STATUS_NO_MEMORY;

  if (sample != NULL)
    status = ip_sample_estimate (sample, (const IpRequest *) requests->data, requests->len,
                                 estimates, context);
  g_clear_pointer (&sample, ip_sample_free);
  g_clear_pointer (&set, ip_evaluation_set_free);
  return status;
}

/* FALSE when there are some. */
static gboolean
report_gaps (Measurement *self, const IpRequest *request, const IpEstimate *estimate)
{
  gboolean complete = TRUE;

  for (unsigned k = 0; k < estimate->n_values; k++)
    if (isnan (estimate->values[k].value))
      {
        complete = FALSE;
        g_printerr ("%s, %s %s: %s\n", self->x, request->estimator->id,
                    ip_quantity_get_info (estimate->values[k].quantity)->id, estimate->reason);
      }
  return complete;
}

static IpExit
write_estimates (Measurement *self, const Array *x, const Array *other)
{
  g_autoptr (IpTable) table = ip_table_new (self->options.json ? IP_TABLE_JSON : IP_TABLE_CSV,
                                            self->options.in_bits);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *run = g_path_get_basename (self->options.files[0]);
  IpContext context
    = { .memory = self->options.memory, .threads = limit_threads (&self->options) };
  const IpRequest *requests = (const IpRequest *) self->options.requests->data;
  guint n_requests = self->options.requests->len;
  g_autofree IpEstimate *estimates = g_new0 (IpEstimate, n_requests);
  const IpTableKey key = { run, self->x, 0, 0 };
  gboolean complete = TRUE;
  IpExit written;

  if (estimate (self, x, other, estimates, &context) != IP_STATUS_OK)
    {
      g_printerr (_("%s could not be computed: %s\n"), self->x,
                  context.message[0] != '\0' ? context.message : _("out of memory"));
      return IP_EXIT_INCOMPLETE;
    }

  for (guint i = 0; i < n_requests; i++)
    {
      rename_quantities (self, &estimates[i]);
      ip_table_add (table, &key, &requests[i], &estimates[i]);
      complete = report_gaps (self, &requests[i], &estimates[i]) && complete;
    }
  bytes = ip_table_finish (table);
  written = ip_write_output (self->options.output, bytes);

  return written == IP_EXIT_DONE && !complete ? IP_EXIT_INCOMPLETE : written;
}

static IpExit
measure (Measurement *self)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->options.files[0]);
  g_autoptr (GError) error = NULL;
  const char *other_path = self->labels != NULL ? self->labels : self->y;
  Array x = { 0 };
  Array other = { 0 };
  IpExit status = IP_EXIT_INPUT;

  if (self->x == NULL || self->options.requests->len == 0 || self->options.files[1] != NULL
      || (self->y != NULL && self->labels != NULL))
    {
      g_printerr (_("infoplane-cli measure: give one file, --x, at most one of --y and --labels, "
                    "and -e\n"));
      return IP_EXIT_USAGE;
    }

  self->reader = ip_reader_open (file, NULL, &error);
  if (self->reader == NULL)
    g_printerr ("%s\n", error->message);
  else if (read_array (self, self->x, &x)
           && (other_path == NULL || read_array (self, other_path, &other))
           && check_shapes (self, &x, &other, other_path))
    status = write_estimates (self, &x, &other);

  g_clear_object (&self->reader);
  g_free (x.data);
  g_free (other.data);

  return status;
}

IpExit
ip_command_measure (int argc, char **argv)
{
  Measurement self = { 0 };
  const GOptionEntry entries[] = {
    { "x", 0, 0, G_OPTION_ARG_STRING, &self.x, N_("The array to measure, N rows"), "PATH" },
    { "y", 0, 0, G_OPTION_ARG_STRING, &self.y,
      N_("Another array of the same samples; equal rows count as one value"), "PATH" },
    { "labels", 0, 0, G_OPTION_ARG_STRING, &self.labels, N_("Classes of the same samples"),
      "PATH" },
    { NULL },
  };
  IpExit status;

  if (ip_options_parse (&self.options, argc, argv, "FILE --x PATH -e ID[:name=value,…]",
                        _("Estimate entropy and information of any arrays of an HDF5 file."),
                        entries, &status))
    status = measure (&self);

  g_free (self.x);
  g_free (self.y);
  g_free (self.labels);
  ip_options_clear (&self.options);

  return status;
}
