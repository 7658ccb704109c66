/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-reduction.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Units are read in slabs: some channels with all their positions where the channels come first,
 * some positions with all their channels where they come last. */

#define MAX_SLAB ((gsize) 64 << 20)

typedef struct
{
  const char *id;
  const char *title;
} Kind;

static const Kind kinds[] = {
  { "flatten", N_("All Units") },
  { "mean", N_("Mean over Positions") },
  { "max", N_("Greatest over Positions") },
  { "positions", N_("Every Position a Sample") },
};

const char *
ip_reduction_kind_get_id (IpReductionKind kind)
{
  return kinds[kind].id;
}

const char *
ip_reduction_kind_get_title (IpReductionKind kind)
{
  return _(kinds[kind].title);
}

gboolean
ip_reduction_parse (IpReduction *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);

  if (parts[0] == NULL)
    return FALSE;
  if (parts[1] != NULL && strcmp (parts[1], "first") != 0 && strcmp (parts[1], "last") != 0)
    return FALSE;
  for (guint kind = 0; kind < IP_N_REDUCTIONS; kind++)
    if (strcmp (parts[0], kinds[kind].id) == 0)
      {
        self->kind = kind;
        if (parts[1] != NULL)
          self->channels_last = strcmp (parts[1], "last") == 0;
        return TRUE;
      }
  return FALSE;
}

char *
ip_reduction_to_text (const IpReduction *self)
{
  if (self->kind == IP_REDUCTION_FLATTEN)
    return g_strdup ("");
  return g_strdup_printf ("%s:%s", kinds[self->kind].id, self->channels_last ? "last" : "first");
}

/* Takes one number of a sample into what is known of its channel. */
static void
take (IpReductionKind kind, double *sum, double value)
{
  if (kind == IP_REDUCTION_MEAN)
    *sum += value;
  else if (!(value <= *sum)) /* also what is no number, which then stays */
    *sum = isnan (*sum) ? *sum : value;
}

/* Where a flattened unit goes to. */
static void
place (const IpReducer *self, gsize unit, gsize *channel, gsize *position)
{
  if (self->reduction.channels_last)
    {
      *channel = unit % self->n_channels;
      *position = unit / self->n_channels;
    }
  else
    {
      *channel = unit / self->n_positions;
      *position = unit % self->n_positions;
    }
}

static void
add_slab (const IpReducer *self,
          const double *slab,
          gsize unit,
          gsize n_units,
          gsize first,
          gsize count,
          double *to)
{
  for (gsize k = 0; k < n_units; k++)
    {
      gsize channel, position;

      place (self, unit + k, &channel, &position);
      if (channel < first || channel >= first + count)
        continue;
      for (gsize n = 0; n < self->rows; n++)
        {
          double value = slab[n * n_units + k];

          if (self->reduction.kind == IP_REDUCTION_POSITIONS)
            to[(n * self->n_positions + position) * count + channel - first] = value;
          else
            take (self->reduction.kind, &to[n * count + channel - first], value);
        }
    }
}

static double *
allocate (const IpReducer *self, gsize count, GError **error)
{
  gsize positions
    = self->reduction.kind == IP_REDUCTION_POSITIONS ? MAX (self->n_positions, 1) : 1;
  gsize n;
  double *data = NULL;

  if (!__builtin_mul_overflow (self->rows, positions, &n)
      && !__builtin_mul_overflow (n, count, &n) && n < G_MAXSIZE / sizeof *data)
    data = g_try_new (double, MAX (n, 1));
  if (data == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("%zu × %zu × %zu numbers do not fit into memory"), self->rows, positions,
                   count);
      return NULL;
    }
  for (gsize i = 0; i < n; i++)
    data[i] = self->reduction.kind == IP_REDUCTION_MAX ? -INFINITY : 0;
  return data;
}

gsize
ip_reduction_get_memory (gsize rows)
{
  return 4 * MAX (MAX_SLAB, rows * sizeof (double));
}

double *
ip_reducer_read (const IpReducer *self, gsize first, gsize count, GError **error)
{
  gboolean last = self->reduction.channels_last;
  gsize step = MAX (MAX_SLAB / (sizeof (double) * MAX (self->rows, 1)), 1);
  gsize unit = last ? 0 : first * self->n_positions;
  gsize end = last ? self->n_channels * self->n_positions : (first + count) * self->n_positions;
  g_autofree double *to = allocate (self, count, error);

  if (to == NULL)
    return NULL;
  for (; unit < end; unit += step)
    {
      gsize n_units = MIN (step, end - unit);
      g_autofree double *slab = self->read (self->data, unit, n_units, error);

      if (slab == NULL)
        return NULL;
      add_slab (self, slab, unit, n_units, first, count, to);
    }
  for (gsize i = 0; self->reduction.kind == IP_REDUCTION_MEAN && i < self->rows * count; i++)
    to[i] /= (double) self->n_positions;

  return g_steal_pointer (&to);
}
