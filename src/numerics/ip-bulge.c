/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The second step.  A sweep reflects one column onto its first two elements.  That fills in a bulge
 * below the band, of which the first column is reflected away a band's width further down, which
 * fills in another one, until the end; what stays of each bulge is where the next sweep begins.
 *
 * All that a step of a sweep touches are two blocks of width x width, the one on the diagonal
 * and the one below it, and both stay in the fastest cache.  They begin one column to the right
 * of those of the sweep before: when it is two steps ahead, it does not touch them any more, and
 * another thread may. */

#include "ip-band.h"

#include "ip-simd.h"
#include "ip-team.h"

#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <threads.h>

#define WIDTH IP_BAND_WIDTH
/* Columns that are read together. */
#define COLUMNS 4

/* I - tau v v', v[0] = 1. */
typedef struct
{
  double v[WIDTH];
  double tau;
} Reflection;

/* The reflection that turns x into (beta, 0, .., 0), which it becomes. */
__attribute__ ((always_inline)) static inline void
reflect_column (double *x, Reflection *reflection)
{
  double first = x[0];
  double squares = 0.0;
  double beta;
  double scale;

#pragma omp simd reduction(+ : squares)
  for (size_t i = 1; i < WIDTH; i++)
    squares += x[i] * x[i];

  beta = squares > 0.0 ? -copysign (sqrt (first * first + squares), first) : first;
  scale = squares > 0.0 ? 1.0 / (first - beta) : 0.0;
  for (size_t i = 1; i < WIDTH; i++)
    {
      reflection->v[i] = x[i] * scale;
      x[i] = 0.0;
    }
  x[0] = beta;
  reflection->v[0] = 1.0;
  reflection->tau = squares > 0.0 ? (beta - first) / beta : 0.0;
}

/* Adds the product of a corner, of which the lower triangle is read, with v. */
__attribute__ ((always_inline)) static inline void
multiply_corner (const double *corner, size_t step, const double *v, double *product)
{
  for (size_t j = 0; j < WIDTH; j += COLUMNS)
    {
      const double *a = corner + j * step;
      const double *b = a + step;
      const double *c = b + step;
      const double *d = c + step;
      double sum_a = 0.0;
      double sum_b = 0.0;
      double sum_c = 0.0;
      double sum_d = 0.0;

#pragma omp simd reduction(+ : sum_a, sum_b, sum_c, sum_d)
      for (size_t i = j; i < WIDTH; i++)
        {
          double in_b = i >= j + 1 ? b[i] : 0.0;
          double in_c = i >= j + 2 ? c[i] : 0.0;
          double in_d = i >= j + 3 ? d[i] : 0.0;

          product[i] += a[i] * v[j] + in_b * v[j + 1] + in_c * v[j + 2] + in_d * v[j + 3];
          sum_a += i > j ? a[i] * v[i] : 0.0;
          sum_b += i > j + 1 ? in_b * v[i] : 0.0;
          sum_c += i > j + 2 ? in_c * v[i] : 0.0;
          sum_d += i > j + 3 ? in_d * v[i] : 0.0;
        }

      product[j] += sum_a;
      product[j + 1] += sum_b;
      product[j + 2] += sum_c;
      product[j + 3] += sum_d;
    }
}

/* From both sides: corner - v w' - w v'. */
__attribute__ ((always_inline)) static inline void
reflect_corner (double *corner, size_t step, const Reflection *reflection)
{
  const double *v = reflection->v;
  double tau = reflection->tau;
  double w[WIDTH] = { 0.0 };
  double product = 0.0;

  multiply_corner (corner, step, v, w);
#pragma omp simd reduction(+ : product)
  for (size_t i = 0; i < WIDTH; i++)
    product += w[i] * v[i];
  for (size_t i = 0; i < WIDTH; i++)
    w[i] = tau * (w[i] - 0.5 * tau * product * v[i]);

  for (size_t j = 0; j < WIDTH; j++)
    {
      double *column = corner + j * step;

#pragma omp simd
      for (size_t i = j; i < WIDTH; i++)
        column[i] -= v[i] * w[j] + w[i] * v[j];
    }
}

/* The block below a corner that was reflected: the same from the right, then what reflects its
 * first column from the left. */
__attribute__ ((always_inline)) static inline void
reflect_below (double *below, size_t step, Reflection *reflection)
{
  Reflection right = *reflection;
  const double *v = reflection->v;
  double z[WIDTH] = { 0.0 };

  for (size_t j = 0; j < WIDTH; j += COLUMNS)
    {
      const double *a = below + j * step;
      const double *b = a + step;
      const double *c = b + step;
      const double *d = c + step;

#pragma omp simd
      for (size_t i = 0; i < WIDTH; i++)
        z[i] += right.tau
                * (a[i] * right.v[j] + b[i] * right.v[j + 1] + c[i] * right.v[j + 2]
                   + d[i] * right.v[j + 3]);
    }
  for (size_t i = 0; i < WIDTH; i++)
    below[i] -= z[i];
  reflect_column (below, reflection);

  for (size_t j = 1; j < WIDTH; j++)
    {
      double *column = below + j * step;
      double sum = 0.0;

#pragma omp simd reduction(+ : sum)
      for (size_t i = 0; i < WIDTH; i++)
        {
          column[i] -= z[i] * right.v[j];
          sum += column[i] * v[i];
        }
      sum *= reflection->tau;
#pragma omp simd
      for (size_t i = 0; i < WIDTH; i++)
        column[i] -= sum * v[i];
    }
}

IP_VECTORISED static void
reflect_blocks (double *corner, double *below, size_t step, Reflection *reflection)
{
  reflect_corner (corner, step, reflection);
  reflect_below (below, step, reflection);
}

typedef struct
{
  size_t row; /* where the next step begins, n or more when the sweep is over */
  Reflection reflection;
} Sweep;

static void
begin_sweep (const IpBand *band, size_t column, Sweep *sweep)
{
  sweep->row = column + 1;
  reflect_column (band->values + column * band->stride + 1, &sweep->reflection);
}

static void
take_step (const IpBand *band, Sweep *sweep)
{
  double *corner = band->values + sweep->row * band->stride;

  reflect_blocks (corner, corner + WIDTH, band->stride - 1, &sweep->reflection);
  sweep->row += WIDTH;
}

/* Sweeps that go down the band together, so that what one leaves is still in the cache of the
 * thread when the next one comes, and such groups between two looks at the context. */
#define GROUP 4
#define GROUPS 16
/* How many steps a sweep stays behind the one before. */
#define DISTANCE 2

typedef struct
{
  const IpBand *band;
  size_t first; /* column */
  size_t count; /* sweeps */
  atomic_size_t steps[GROUPS]; /* that the last sweep of each group has taken, SIZE_MAX: all */
} Sweeps;

static void
wait_for_steps (Sweeps *sweeps, size_t group, size_t steps)
{
  while (atomic_load_explicit (&sweeps->steps[group], memory_order_acquire) < steps)
    thrd_yield ();
}

static void
sweep_group (size_t group, void *data)
{
  Sweeps *sweeps = data;
  const IpBand *band = sweeps->band;
  size_t first = group * GROUP;
  size_t count = sweeps->count - first < GROUP ? sweeps->count - first : GROUP;
  size_t last = count - 1;
  Sweep sweep[GROUP];

  for (size_t turn = 0; turn <= DISTANCE * last || sweep[last].row < band->n; turn++)
    {
      if (group > 0)
        wait_for_steps (sweeps, group - 1, turn + DISTANCE);

      for (size_t k = 0; k < count && DISTANCE * k <= turn; k++)
        {
          if (turn == DISTANCE * k)
            begin_sweep (band, sweeps->first + first + k, &sweep[k]);
          if (sweep[k].row < band->n)
            take_step (band, &sweep[k]);
        }

      if (turn >= DISTANCE * last)
        atomic_store_explicit (&sweeps->steps[group], turn + 1 - DISTANCE * last,
                               memory_order_release);
    }

  atomic_store_explicit (&sweeps->steps[group], SIZE_MAX, memory_order_release);
}

IpStatus
ip_band_make_tridiagonal (IpBand *band, double *diagonal, double *beside, IpContext *context)
{
  size_t total = band->n > 2 ? band->n - 2 : 0;
  size_t most = GROUP * GROUPS;
  IpTeam *team
    = ip_team_new (context != NULL && band->n >= IP_BAND_SHARED ? context->threads : 1);
  IpStatus status = IP_STATUS_OK;

  for (size_t first = 0; first < total && status == IP_STATUS_OK; first += most)
    {
      size_t count = total - first < most ? total - first : most;
      Sweeps sweeps = { .band = band, .first = first, .count = count };

      if (ip_context_is_cancelled (context))
        status = IP_STATUS_CANCELLED;
      else
        ip_team_run (team, (count + GROUP - 1) / GROUP, sweep_group, &sweeps);
    }

  for (size_t i = 0; i < band->n; i++)
    {
      diagonal[i] = band->values[i * band->stride];
      beside[i] = i + 1 < band->n ? band->values[i * band->stride + 1] : 0.0;
    }

  ip_team_free (team);
  return status;
}
