/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-labels.h"

#include "ip-layout.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MAX_LABELS (1u << 27)

/* Numbers without fraction are classes when there are this many samples of a class on average;
 * otherwise they are measurements that happen to be whole. */
#define SAMPLES_PER_CLASS 4

void
ip_labels_clear (IpLabels *self)
{
  g_free (self->codes);
  g_strfreev (self->names);
  g_free (self->targets);
  *self = (IpLabels){ 0 };
}

static int
compare_integers (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

/* The distinct values in ascending order. (transfer full) */
static gint64 *
find_distinct (const gint64 *values, gsize n, gsize *n_distinct)
{
  gint64 *distinct = g_memdup2 (values, n * sizeof *values);

  *n_distinct = 0;
  if (n > 0)
    qsort (distinct, n, sizeof *distinct, compare_integers);
  for (gsize i = 0; i < n; i++)
    if (i == 0 || distinct[i] != distinct[*n_distinct - 1])
      distinct[(*n_distinct)++] = distinct[i];
  return distinct;
}

/* Names are of the numbers from 0, or from 1 when the largest is as large as the list is long. */
static char **
name_classes (const gint64 *distinct, gsize n, GVariant *names)
{
  gsize n_names = names == NULL ? 0 : g_variant_n_children (names);
  gint64 first = n > 0 && distinct[0] == 1 && distinct[n - 1] == (gint64) n_names ? 1 : 0;
  char **result;

  if (n_names == 0 && (n == 0 || (distinct[0] == 0 && distinct[n - 1] == (gint64) n - 1)))
    return NULL;

  result = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    if (distinct[i] >= first && distinct[i] - first < (gint64) n_names)
      g_variant_get_child (names, (gsize) (distinct[i] - first), "s", &result[i]);
    else
      result[i] = g_strdup_printf ("%" G_GINT64_FORMAT, distinct[i]);
  return result;
}

static void
take_classes (IpLabels *self, const gint64 *values, gsize n, GVariant *names)
{
  gsize n_distinct;
  g_autofree gint64 *distinct = find_distinct (values, n, &n_distinct);

  self->kind = IP_LABELS_CLASSES;
  self->n_classes = (guint) n_distinct;
  self->codes = g_new (guint32, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      const gint64 *found
          = bsearch (&values[i], distinct, n_distinct, sizeof *distinct, compare_integers);

      self->codes[i] = (guint32) (found - distinct);
    }
  self->names = name_classes (distinct, n_distinct, names);
}

/* The position of the only 1 among 0s in every row; FALSE when a row is not like that. */
static gboolean
take_one_hot (const double *values, gsize n, gsize k, gboolean transposed, gint64 *codes)
{
  for (gsize i = 0; i < n; i++)
    {
      guint ones = 0;

      for (gsize j = 0; j < k; j++)
        {
          double value = transposed ? values[j * n + i] : values[i * k + j];

          if (value != 0 && value != 1)
            return FALSE;
          if (value == 1)
            codes[i] = (gint64) j;
          ones += value == 1;
        }
      if (ones != 1)
        return FALSE;
    }

  return TRUE;
}

static gboolean
take_whole_numbers (const double *values, gsize n, gint64 *codes)
{
  for (gsize i = 0; i < n; i++)
    {
      if (!(fabs (values[i]) < 0x1p53) || values[i] != trunc (values[i]))
        return FALSE;
      codes[i] = (gint64) values[i];
    }
  return TRUE;
}

static void
take_targets (IpLabels *self, const double *values, gsize n, gsize k, gboolean transposed)
{
  self->kind = IP_LABELS_REAL;
  self->n_columns = k;
  self->targets = g_new (double, n * k + 1);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < k; j++)
      self->targets[i * k + j] = transposed ? values[j * n + i] : values[i * k + j];
}

static void
take_numbers (IpLabels *self,
              const IpObject *dataset,
              const double *values,
              gsize n,
              gsize k,
              gboolean transposed)
{
  GVariant *names = ip_object_get_attribute (dataset, "class_names");
  g_autofree gint64 *codes = g_new (gint64, n + 1);
  gboolean classes = k > 1 ? take_one_hot (values, n, k, transposed, codes)
                           : k == 1 && take_whole_numbers (values, n, codes);

  if (names != NULL && !g_variant_is_of_type (names, G_VARIANT_TYPE_STRING_ARRAY))
    names = NULL;
  if (classes)
    take_classes (self, codes, n, names);
  if (classes && k == 1 && dataset->type != IP_TYPE_INTEGER && names == NULL
      && self->n_classes > MAX (2, n / SAMPLES_PER_CLASS))
    {
      ip_labels_clear (self);
      classes = FALSE;
    }
  if (!classes)
    take_targets (self, values, n, k, transposed);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
read_texts (IpLabels *self,
            IpReader *reader,
            const IpObject *dataset,
            gsize n,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (GStrv) texts = ip_reader_read_strings (reader, dataset, cancellable, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (texts == NULL)
    return FALSE;
  if (g_strv_length (texts) != n)
    {
      g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
                   _("%s changed while it was read"), dataset->path);
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (names, texts[i]);
  g_ptr_array_sort (names, compare_texts);
  for (guint i = names->len; i-- > 1;)
    if (strcmp (names->pdata[i], names->pdata[i - 1]) == 0)
      g_ptr_array_remove_index (names, i);

  self->kind = IP_LABELS_CLASSES;
  self->n_classes = names->len;
  self->codes = g_new (guint32, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      const gpointer *found
          = bsearch (&texts[i], names->pdata, names->len, sizeof (gpointer), compare_texts);

      self->codes[i] = (guint32) (found - (const gpointer *) names->pdata);
    }
  g_ptr_array_add (names, NULL);
  self->names = g_strdupv ((char **) names->pdata);

  return TRUE;
}

/* The samples may be the first or, as MATLAB writes them, the last axis. */
static gboolean
find_samples (const IpObject *dataset, gsize n, gsize *columns, gboolean *transposed)
{
  const guint64 *shape = dataset->shape;

  *transposed = FALSE;
  *columns = 1;
  if (dataset->rank == 1)
    return shape[0] == n;
  if (dataset->rank != 2)
    return FALSE;

  *transposed = shape[0] != n;
  *columns = *transposed ? shape[0] : shape[1];
  return shape[0] == n || shape[1] == n;
}

gboolean
ip_labels_read (IpLabels *self,
                IpReader *reader,
                const IpObject *dataset,
                gsize n_samples,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree double *values = NULL;
  gboolean transposed;
  gsize columns, n;

  *self = (IpLabels){ 0 };
  if (!find_samples (dataset, n_samples, &columns, &transposed))
    {
      g_set_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED,
                   _("%s has not one label for each of %zu samples"), dataset->path,
                   n_samples);
      return FALSE;
    }
  if (dataset->type == IP_TYPE_STRING)
    return read_texts (self, reader, dataset, n_samples, cancellable, error);

  values = ip_layout_read_numbers (reader, dataset, MAX_LABELS, &n, cancellable, error);
  if (values == NULL)
    return FALSE;
  take_numbers (self, dataset, values, n_samples, columns, transposed);

  return TRUE;
}
