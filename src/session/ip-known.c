/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-known.h"

#include <stddef.h>

typedef struct
{
  guint n_known;
  guint n_failed;
} Count;

struct _IpKnown
{
  IpRequest request;
  guint n_layers;
  guint n_snapshots;
  IpEstimate **cells; /* [n_layers * n_snapshots] */
  Count *counts;      /* [n_layers] */
};

IpKnown *
ip_known_new (const IpRequest *request, guint n_layers, guint n_snapshots)
{
  IpKnown *self = g_new (IpKnown, 1);

  *self = (IpKnown){ *request, n_layers, n_snapshots };
  self->cells = g_new0 (IpEstimate *, (gsize) n_layers * n_snapshots);
  self->counts = g_new0 (Count, n_layers);

  return self;
}

void
ip_known_free (IpKnown *self)
{
  for (gsize i = 0; i < (gsize) self->n_layers * self->n_snapshots; i++)
    g_free (self->cells[i]);
  g_free (self->cells);
  g_free (self->counts);
  g_free (self);
}

const IpRequest *
ip_known_get_request (const IpKnown *self)
{
  return &self->request;
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

/* Takes the estimate, which may be NULL. */
static void
put (IpKnown *self, guint layer, guint snapshot, IpEstimate *estimate)
{
  IpEstimate **cell = &self->cells[(gsize) layer * self->n_snapshots + snapshot];
  Count *count = &self->counts[layer];

  if (*cell != NULL)
    {
      count->n_known--;
      count->n_failed -= is_failed (*cell);
      g_free (*cell);
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

  put (self, layer, snapshot, g_memdup2 (estimate, size));
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

void
ip_known_resize (IpKnown *self, guint n_snapshots, guint n_kept, const gboolean *holds)
{
  IpKnown *resized = ip_known_new (&self->request, self->n_layers, n_snapshots);
  IpKnown before = *self;

  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint i = 0; holds[layer] && i < MIN (n_kept, n_snapshots); i++)
      put (resized, layer, i,
           g_steal_pointer (&self->cells[(gsize) layer * self->n_snapshots + i]));

  *self = *resized;
  *resized = before;
  ip_known_free (resized);
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
