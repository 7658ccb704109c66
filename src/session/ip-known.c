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

/* What owns the estimates, all that there ever were: copies share it, and so are made without
 * touching any of them.  Only the newest adds to it. */
typedef struct
{
  GPtrArray *estimates;
} Keeper;

struct _IpKnown
{
  gatomicrefcount references;
  IpRequest request;
  char *name;
  guint n_layers;
  guint n_snapshots;
  Keeper *keeper;
  const IpEstimate **cells; /* [n_layers * n_snapshots] */
  Count *counts;            /* [n_layers] */
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

static void
keeper_clear (gpointer data)
{
  g_ptr_array_unref (((Keeper *) data)->estimates);
}

/* Takes the keeper. */
static IpKnown *
known_new (const IpRequest *request, guint n_layers, guint n_snapshots, Keeper *keeper)
{
  IpKnown *self = g_new0 (IpKnown, 1);

  g_atomic_ref_count_init (&self->references);
  self->request = *request;
  self->name = ip_known_name_request (request);
  self->n_layers = n_layers;
  self->n_snapshots = n_snapshots;
  self->keeper = keeper;
  self->cells = g_new0 (const IpEstimate *, get_n_cells (self));
  self->counts = g_new0 (Count, n_layers);

  return self;
}

IpKnown *
ip_known_new (const IpRequest *request, guint n_layers, guint n_snapshots)
{
  Keeper *keeper = g_atomic_rc_box_new0 (Keeper);

  keeper->estimates = g_ptr_array_new_with_free_func (g_free);

  return known_new (request, n_layers, n_snapshots, keeper);
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

  g_atomic_rc_box_release_full (self->keeper, keeper_clear);
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

  copy = known_new (&self->request, self->n_layers, self->n_snapshots,
                    g_atomic_rc_box_acquire (self->keeper));
  memcpy (copy->counts, self->counts, self->n_layers * sizeof *self->counts);
  memcpy (copy->cells, self->cells, get_n_cells (self) * sizeof *self->cells);
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

static void
put (IpKnown *self, guint layer, guint snapshot, const IpEstimate *estimate)
{
  const IpEstimate **cell = &self->cells[(gsize) layer * self->n_snapshots + snapshot];
  Count *count = &self->counts[layer];

  if (*cell != NULL)
    {
      count->n_known--;
      count->n_failed -= is_failed (*cell);
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
  IpEstimate *kept;

  g_return_if_fail (layer < self->n_layers && snapshot < self->n_snapshots);

  kept = g_memdup2 (estimate, size);
  g_ptr_array_add (self->keeper->estimates, kept);
  put (self, layer, snapshot, kept);
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

/* With a keeper of its own, so that what does not hold any more goes. */
IpKnown *
ip_known_resize (const IpKnown *self, guint n_snapshots, guint n_kept, const gboolean *holds)
{
  IpKnown *resized = ip_known_new (&self->request, self->n_layers, n_snapshots);
  guint n = MIN (MIN (n_kept, n_snapshots), self->n_snapshots);

  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint i = 0; holds[layer] && i < n; i++)
      {
        const IpEstimate *estimate = self->cells[(gsize) layer * self->n_snapshots + i];

        if (estimate != NULL)
          ip_known_set (resized, layer, i, estimate);
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
