/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-activations.h"

#include <float.h>
#include <math.h>

struct _IpActivations
{
  gatomicrefcount references;
  gpointer data;
  IpMatrix matrix;
  double lo;
  double hi;
};

/* Lanes that do not depend on each other let the compiler use vector minimum and maximum. */
#define N_LANES 16

/* Comparisons with NAN are false, so what is not finite is made NAN and falls through. */
#define DEFINE_FIND_RANGE(type, largest, absolute)                                                 \
  static void find_range_##type (const type *values, gsize n, double *lo, double *hi)              \
  {                                                                                                \
    type los[N_LANES], his[N_LANES];                                                               \
    gsize i = 0;                                                                                   \
                                                                                                   \
    for (guint k = 0; k < N_LANES; k++)                                                            \
      {                                                                                            \
        los[k] = (type) INFINITY;                                                                  \
        his[k] = (type) -INFINITY;                                                                 \
      }                                                                                            \
    while (i < n)                                                                                  \
      {                                                                                            \
        gsize m = MIN (n - i, N_LANES);                                                            \
                                                                                                   \
        for (gsize k = 0; k < m; k++)                                                              \
          {                                                                                        \
            type value = absolute (values[i + k]) <= largest ? values[i + k] : (type) NAN;         \
                                                                                                   \
            los[k] = value < los[k] ? value : los[k];                                              \
            his[k] = value > his[k] ? value : his[k];                                              \
          }                                                                                        \
        i += m;                                                                                    \
      }                                                                                            \
    *lo = INFINITY;                                                                                \
    *hi = -INFINITY;                                                                               \
    for (guint k = 0; k < N_LANES; k++)                                                            \
      {                                                                                            \
        *lo = MIN (*lo, (double) los[k]);                                                          \
        *hi = MAX (*hi, (double) his[k]);                                                          \
      }                                                                                            \
  }

DEFINE_FIND_RANGE (float, FLT_MAX, fabsf)
DEFINE_FIND_RANGE (double, DBL_MAX, fabs)

IpActivations *
ip_activations_new (gpointer data, gsize rows, gsize columns, IpElement element)
{
  IpActivations *self = g_new (IpActivations, 1);

  g_atomic_ref_count_init (&self->references);
  self->data = data;
  self->matrix = (IpMatrix){ data, rows, columns, columns, element };
  if (element == IP_ELEMENT_FLOAT32)
    find_range_float (data, rows * columns, &self->lo, &self->hi);
  else
    find_range_double (data, rows * columns, &self->lo, &self->hi);
  if (self->lo > self->hi)
    self->lo = self->hi = NAN;

  return self;
}

IpActivations *
ip_activations_ref (IpActivations *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
ip_activations_unref (IpActivations *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_free (self->data);
  g_free (self);
}

const IpMatrix *
ip_activations_get_matrix (IpActivations *self)
{
  return &self->matrix;
}

void
ip_activations_get_range (IpActivations *self, double *lo, double *hi)
{
  *lo = self->lo;
  *hi = self->hi;
}
