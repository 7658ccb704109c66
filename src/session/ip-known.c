/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-known.h"

#include <stddef.h>
#include <string.h>

typedef struct
{
  guint n_known;
  guint n_failed;
} Count;

struct _IpKnown
{
  gatomicrefcount references;
  IpRequest request;
  char *name;
  guint n_layers;
  guint n_snapshots;
  IpEstimate **cells; /* [n_layers * n_snapshots], each a reference */
  Count *counts;      /* [n_layers] */
};

char *
ip_known_name_request (const IpRequest *request)
{
  char parameters[256];

  ip_parameters_format (&request->parameters, request->estimator, parameters, sizeof parameters);

  return g_strdup_printf ("%s:%s", request->estimator->id, parameters);
}

static gsize
get_n_cells (const IpKnown *self)
{
  return (gsize) self->n_layers * self->n_snapshots;
}

IpKnown *
ip_known_new (const IpRequest *request, guint n_layers, guint n_snapshots)
{
  IpKnown *self = g_new0 (IpKnown, 1);

  g_atomic_ref_count_init (&self->references);
  self->request = *request;
  self->name = ip_known_name_request (request);
  self->n_layers = n_layers;
  self->n_snapshots = n_snapshots;
  self->cells = g_new0 (IpEstimate *, get_n_cells (self));
  self->counts = g_new0 (Count, n_layers);

  return self;
}

IpKnown *
ip_known_ref (IpKnown *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

void
ip_known_unref (IpKnown *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  for (gsize i = 0; i < get_n_cells (self); i++)
    g_clear_pointer (&self->cells[i], g_atomic_rc_box_release);
  g_free (self->cells);
  g_free (self->counts);
  g_free (self->name);
  g_free (self);
}

IpKnown *
ip_known_make_own (IpKnown *self)
{
  IpKnown *copy;

  if (g_atomic_ref_count_compare (&self->references, 1))
    return self;

  copy = ip_known_new (&self->request, self->n_layers, self->n_snapshots);
  memcpy (copy->counts, self->counts, self->n_layers * sizeof *self->counts);
  for (gsize i = 0; i < get_n_cells (self); i++)
    if (self->cells[i] != NULL)
      copy->cells[i] = g_atomic_rc_box_acquire (self->cells[i]);
  ip_known_unref (self);

  return copy;
}

const IpRequest *
ip_known_get_request (const IpKnown *self)
{
  return &self->request;
}

const char *
ip_known_get_name (const IpKnown *self)
{
  return self->name;
}

const IpEstimate *const *
ip_known_get_estimates (const IpKnown *self)
{
  return (const IpEstimate *const *) self->cells;
}

static gboolean
is_failed (const IpEstimate *estimate)
{
  return (ip_estimate_get_flags (estimate) & IP_FLAG_FAILED) != 0;
}

/* Takes the reference to the estimate, which may be NULL. */
static void
put (IpKnown *self, guint layer, guint snapshot, IpEstimate *estimate)
{
  IpEstimate **cell = &self->cells[(gsize) layer * self->n_snapshots + snapshot];
  Count *count = &self->counts[layer];

  if (*cell != NULL)
    {
      count->n_known--;
      count->n_failed -= is_failed (*cell);
      g_atomic_rc_box_release (*cell);
    }
  *cell = estimate;
  if (estimate != NULL)
    {
      count->n_known++;
      count->n_failed += is_failed (estimate);
    }
}

/* Most estimates have no spectrum, which would be half of them: it is the last member, and is kept
 * only as far as it goes. */
void
ip_known_set (IpKnown *self, guint layer, guint snapshot, const IpEstimate *estimate)
{
  gsize size = offsetof (IpEstimate, spectrum) + estimate->n_spectrum * sizeof (double);

  g_return_if_fail (layer < self->n_layers && snapshot < self->n_snapshots);

  put (self, layer, snapshot, (IpEstimate *) g_atomic_rc_box_dup (size, estimate));
}

void
ip_known_forget_failed (IpKnown *self)
{
  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint i = 0; self->counts[layer].n_failed > 0 && i < self->n_snapshots; i++)
      {
        const IpEstimate *estimate = self->cells[(gsize) layer * self->n_snapshots + i];

        if (estimate != NULL && is_failed (estimate))
          put (self, layer, i, NULL);
      }
}

IpKnown *
ip_known_resize (const IpKnown *self, guint n_snapshots, guint n_kept, const gboolean *holds)
{
  IpKnown *resized = ip_known_new (&self->request, self->n_layers, n_snapshots);
  guint n = MIN (MIN (n_kept, n_snapshots), self->n_snapshots);

  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint i = 0; holds[layer] && i < n; i++)
      {
        IpEstimate *estimate = self->cells[(gsize) layer * self->n_snapshots + i];

        if (estimate != NULL)
          put (resized, layer, i, g_atomic_rc_box_acquire (estimate));
      }

  return resized;
}

guint
ip_known_count (const IpKnown *self, guint layer)
{
  return self->counts[layer].n_known;
}

guint
ip_known_count_failed (const IpKnown *self, guint layer)
{
  return self->counts[layer].n_failed;
}
