/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump-private.h"

#include "ip-identity.h"
#include "ip-mapping-memory.h"

#include <glib/gi18n.h>
#include <string.h>

/* How a dump comes about: which mapping fits the file, which of its labels and inputs can be used,
 * how the run is called; and what stays when a file that has grown is opened again. */

#define MAX_INPUT_BYTES ((gsize) 2 << 30)

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
  if (inputs->rank == 0 || inputs->shape[layout->input_axes.sample] != layout->n_samples)
    return g_strdup_printf (_("not one for each of %zu samples"), layout->n_samples);
  if (__builtin_mul_overflow (ip_layout_count_units (inputs, &layout->input_axes),
                              layout->n_samples * sizeof (float), &bytes)
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
  g_clear_pointer (&self->mapping, ip_mapping_free);
  self->mapping = ip_layout_complete (self->reader, self->said);
  return ip_layout_read (&self->layout, self->reader, self->mapping, cancellable, error)
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

static gboolean
open_reader (IpDump *self, GFile *file, GCancellable *cancellable, GError **error)
{
  self->reader = ip_reader_open (file, cancellable, error);
  if (self->reader == NULL)
    return FALSE;
  self->name = name_run (file);
  self->identity = ip_identity_of_file (file, cancellable, error);
  if (self->identity == NULL)
    return FALSE;
  self->fingerprint = ip_fingerprint_of_file (file, cancellable, error);
  return self->fingerprint != NULL;
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

  if (!open_reader (self, file, cancellable, error))
    return NULL;
  if (said != NULL)
    self->said = ip_mapping_copy (said);
  else if (origin == IP_MAPPING_REMEMBERED)
    self->said = ip_mapping_recall (self->reader);
  self->origin = self->said != NULL ? origin : IP_MAPPING_RECOGNISED;
  if (!find_layout (self, cancellable, error))
    return NULL;

  identify_mapping (self);
  check_inputs (layout);
  for (const char *const *mark = ip_reader_get_broken (self->reader); *mark != NULL; mark++)
    ip_layout_warn (layout, _("%s: the reading process broke down on it"), *mark);
  g_ptr_array_add (layout->warnings, NULL);
  ip_selection_init_all (&self->selection, layout->n_samples);
  ip_dump_init_kept (self);

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

static gboolean
have_same_layers (IpDump *self, IpDump *other)
{
  if (self->layout.layers->len != other->layout.layers->len)
    return FALSE;
  for (guint i = 0; i < self->layout.layers->len; i++)
    {
      const IpLayoutLayer *a = ip_layout_get_layer (&self->layout, i);
      const IpLayoutLayer *b = ip_layout_get_layer (&other->layout, i);

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
    {
      const IpLayoutLayer *layer = ip_layout_get_layer (&self->layout, i);

      if (strcmp (layer->layer.name, ip_dump_get_layer (later, i)->name) == 0
          && ip_dump_can_reduce (later, i))
        ip_dump_set_reduction (later, i, &layer->reduction);
    }
}

IpDump *
ip_dump_copy (IpDump *self, GCancellable *cancellable, GError **error)
{
  IpDump *copy = open_file (ip_dump_get_file (self), self->said, self->origin, cancellable, error);

  if (copy != NULL)
    take_choices (self, copy);
  return copy;
}

IpDump *
ip_dump_reopen (IpDump *self, guint *n_kept, GCancellable *cancellable, GError **error)
{
  IpDump *later = ip_dump_copy (self, cancellable, error);

  if (later != NULL)
    {
      *n_kept = count_kept (self, later);
      ip_dump_hand_on (self, later, *n_kept);
    }
  return later;
}
