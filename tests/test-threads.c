/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* What threads share inside one computation: all of it is done, once, in the order that is
 * promised, and the bits are those of one thread. */

#include "config.h"

#include "ip-distance.h"
#include "ip-estimator.h"
#include "ip-gram.h"
#include "ip-kernel-operator.h"
#include "ip-neighbours.h"
#include "ip-random.h"
#include "ip-wavefront.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static const guint team_sizes[] = { 1, 2, 3, 7 };

/* A triangle whose parts are watched; those above its first row are done. */
#define TILES 11

typedef struct
{
  gint filled[TILES][TILES]; /* atomic, as all of them */
  gint used[TILES][TILES];
  gint busy[TILES]; /* parts that a tile is being added to */
  gsize first;
} Watch;

static bool
watch_fill (const IpPlace *place, void *data, IpContext *context)
{
  Watch *watch = data;

  g_assert_cmpint (g_atomic_int_add (&watch->filled[place->row][place->column], 1), ==, 0);
  return true;
}

static void
watch_use (const IpPlace *place, void *data)
{
  Watch *watch = data;
  gsize r = place->row;
  gsize c = place->column;

  g_assert_cmpint (g_atomic_int_get (&watch->filled[r][c]), ==, 1);
  g_assert_true (r == watch->first || g_atomic_int_get (&watch->used[r - 1][c]) == 1);
  g_assert_true (c == r || g_atomic_int_get (&watch->used[r][c - 1]) == 1);

  g_assert_cmpint (g_atomic_int_add (&watch->busy[r], 1), ==, 0);
  if (c != r)
    g_assert_cmpint (g_atomic_int_add (&watch->busy[c], 1), ==, 0);
  for (guint i = 0; i < 20000; i++)
    g_atomic_int_get (&watch->busy[r]);
  g_atomic_int_add (&watch->busy[r], -1);
  if (c != r)
    g_atomic_int_add (&watch->busy[c], -1);

  g_assert_cmpint (g_atomic_int_add (&watch->used[r][c], 1), ==, 0);
}

static void
test_order_of_tiles (void)
{
  for (guint k = 0; k < G_N_ELEMENTS (team_sizes); k++)
    for (guint spaces = 1; spaces <= IP_MOST_SPACES; spaces++)
      for (gsize first = 0; first < TILES; first += 4)
        {
          Watch watch = { .first = first };
          IpWavefront wavefront
            = { first, TILES - 1, TILES, spaces, watch_fill, watch_use, &watch };
          IpTeam *team = ip_team_new (team_sizes[k]);

          g_assert_cmpuint (ip_team_get_size (team), ==, team_sizes[k]);
          g_assert_cmpint (ip_wavefront_run (&wavefront, team, NULL), ==, IP_STATUS_OK);
          for (gsize r = 0; r < TILES; r++)
            for (gsize c = 0; c < TILES; c++)
              g_assert_cmpint (watch.used[r][c], ==, r >= first && r < TILES - 1 && c >= r);

          wavefront.use = NULL;
          memset (watch.filled, 0, sizeof watch.filled);
          g_assert_cmpint (ip_wavefront_run (&wavefront, team, NULL), ==, IP_STATUS_OK);
          for (gsize r = 0; r < TILES; r++)
            for (gsize c = 0; c < TILES; c++)
              g_assert_cmpint (watch.filled[r][c], ==, r >= first && r < TILES - 1 && c >= r);
          ip_team_free (team);
        }
}

static IpStatus
fail_at_five (size_t task, void *data, IpContext *context)
{
  g_atomic_int_inc ((gint *) data);
  while (task != 5 && !ip_context_is_cancelled (context))
    g_thread_yield ();
  return task == 5 ? ip_fail (context, IP_STATUS_UNDEFINED, "Number %zu has no value", task)
                   : IP_STATUS_CANCELLED;
}

/* Whichever thread fails, the caller hears it, and the others end. */
static void
test_failure (void)
{
  IpTeam *team = ip_team_new (7);
  IpContext context = { .message = "" };
  gint begun = 0;

  g_assert_cmpint (ip_team_try (team, 100, fail_at_five, &begun, &context), ==,
                   IP_STATUS_UNDEFINED);
  g_assert_cmpstr (context.message, ==, "Number 5 has no value");
  g_assert_cmpint (begun, <=, 12);
  ip_team_free (team);
}

static bool
is_set (void *data)
{
  return g_atomic_int_get ((gint *) data) != 0;
}

typedef struct
{
  GThread *caller;
  gint cancelled; /* atomic */
} Wait;

/* Who helps cancels the context of the caller, for which the caller waits, and waits itself
 * until it hears of it. */
static IpStatus
cancel_caller (size_t task, void *data, IpContext *context)
{
  Wait *wait = data;

  if (g_thread_self () == wait->caller)
    {
      while (g_atomic_int_get (&wait->cancelled) == 0)
        g_thread_yield ();
      return IP_STATUS_OK;
    }

  g_atomic_int_set (&wait->cancelled, 1);
  while (!ip_context_is_cancelled (context))
    g_thread_yield ();
  return IP_STATUS_CANCELLED;
}

/* A caller that has nothing left to do itself still listens. */
static void
test_cancel_while_waiting (void)
{
  IpTeam *team = ip_team_new (3);
  Wait wait = { .caller = g_thread_self () };
  IpContext context = { .cancelled = is_set, .data = &wait.cancelled };

  g_assert_cmpint (ip_team_try (team, 2, cancel_caller, &wait, &context), ==, IP_STATUS_CANCELLED);
  ip_team_free (team);
}

static double
draw (guint64 seed, guint64 at)
{
  return ldexp ((double) (ip_random_at (seed, at) >> 11), -52) - 1.0;
}

/* A matrix and all that kernels over it need. */
typedef struct
{
  IpMatrix matrix;
  IpColumnSource source;
  float *values;
  float *block;
  double *mean;
  guint32 *order;
  guint32 *class_end;
  IpGram gram;
} Layer;

static IpStatus
read_columns (void *data, size_t first, size_t count, IpMatrix *block, IpContext *context)
{
  Layer *layer = data;
  gsize n = layer->matrix.rows;

  g_free (layer->block);
  layer->block = g_new (float, n * count);
  for (gsize i = 0; i < n; i++)
    memcpy (layer->block + i * count, layer->values + i * layer->matrix.columns + first,
            count * sizeof *layer->block);
  *block = (IpMatrix){ layer->block, n, count, count, IP_ELEMENT_FLOAT32, NULL };
  return IP_STATUS_OK;
}

static void
init_layer (Layer *layer, gsize n, gsize d, gboolean in_blocks)
{
  *layer = (Layer){ .values = g_new (float, n * d),
                    .mean = g_new0 (double, d),
                    .order = g_new (guint32, n),
                    .class_end = g_new (guint32, n) };
  for (gsize i = 0; i < n * d; i++)
    layer->values[i] = (float) draw (n, i);
  for (gsize i = 0; i < n; i++)
    {
      layer->order[i] = (guint32) (n - 1 - i);
      layer->class_end[i] = (guint32) MIN (n, (i / 700 + 1) * 700);
    }

  layer->matrix = (IpMatrix){ layer->values, n, d, d, IP_ELEMENT_FLOAT32, NULL };
  layer->source = (IpColumnSource){ IP_BLOCK_COLUMNS, read_columns, layer };
  if (in_blocks)
    {
      layer->matrix.data = NULL;
      layer->matrix.source = &layer->source;
    }
  layer->gram = (IpGram){ &layer->matrix, layer->mean, layer->order, layer->class_end,
                          1.0 / (double) d, 0.5 };
}

static void
clear_layer (Layer *layer)
{
  g_free (layer->values);
  g_free (layer->block);
  g_free (layer->mean);
  g_free (layer->order);
  g_free (layer->class_end);
}

/* Numbers of one computation, on a context. */
typedef IpStatus (*Compute) (const Layer *layer, double *numbers, IpContext *context);

static IpStatus
compute_sums (const Layer *layer, double *numbers, IpContext *context)
{
  gsize n = layer->matrix.rows;
  IpKernelSums sums[] = { { layer->gram.rate, 1, numbers, numbers + n },
                          { layer->gram.rate, 4, numbers + 2 * n, numbers + 3 * n },
                          { 3.0 * layer->gram.rate, 1, numbers + 4 * n, numbers + 5 * n } };

  return ip_gram_fill_sums (&layer->gram, sums, G_N_ELEMENTS (sums), context);
}

static IpStatus
compute_distances (const Layer *layer, double *numbers, IpContext *context)
{
  return ip_distance_fill (&layer->matrix, layer->mean, NULL, numbers, context);
}

static IpStatus
compute_sums_of_known_distances (const Layer *layer, double *numbers, IpContext *context)
{
  gsize n = layer->matrix.rows;
  g_autofree double *squared = g_new0 (double, n *n);
  IpKernelSums sums = { layer->gram.rate, 1, numbers, numbers + n };
  IpStatus status = ip_gram_fill_distances (&layer->gram, squared, context);

  return status == IP_STATUS_OK
           ? ip_gram_fill_sums_from (&layer->gram, squared, &sums, 1, context)
           : status;
}

static IpStatus
compute_neighbours (const Layer *layer, double *numbers, IpContext *context)
{
  return ip_neighbours_find (&layer->matrix, layer->mean, 5, numbers, context);
}

static IpStatus
compute_neighbours_by_maximum (const Layer *layer, double *numbers, IpContext *context)
{
  return ip_neighbours_find_by_maximum (&layer->matrix, 3, numbers, context);
}

static IpStatus
compute_products (const Layer *layer, double *numbers, IpContext *context)
{
  gsize n = layer->matrix.rows;
  g_autofree double *in = g_new (double, 17 * n);
  IpKernelOperator operator;
  IpStatus status = ip_kernel_operator_init (&operator, &layer->gram, context);

  for (gsize i = 0; i < 17 * n; i++)
    in[i] = draw (2, i);
  if (status == IP_STATUS_OK)
    status = ip_kernel_operator_multiply (&operator, in, numbers, 17, context);
  if (status == IP_STATUS_OK)
    status = ip_kernel_operator_multiply (&operator, in, numbers + 17 * n, 1, context);
  if (status == IP_STATUS_OK)
    status = ip_kernel_operator_sum_squares (&operator, in, numbers + 18 * n, context);

  ip_kernel_operator_clear (&operator);
  return status;
}

static void
check_bits (Compute compute, const Layer *layer, gsize size, gsize memory)
{
  g_autofree double *expected = g_new0 (double, size);

  for (guint k = 0; k < G_N_ELEMENTS (team_sizes); k++)
    {
      g_autofree double *numbers = g_new0 (double, size);
      IpContext context = { .memory = memory, .threads = team_sizes[k] };

      g_assert_cmpint (compute (layer, k == 0 ? expected : numbers, &context), ==, IP_STATUS_OK);
      if (k > 0)
        g_assert_cmpmem (numbers, size * sizeof (double), expected, size * sizeof (double));
    }
}

/* Large enough to be shared.  One size is that of tiles exactly. */
static const struct
{
  gsize n;
  gsize d;
  gboolean in_blocks;
} shapes[] = { { 1403, 10, FALSE }, { 1280, 24, FALSE }, { 1201, 25, FALSE },
               { 1027, 90, FALSE }, { 777, 1300, FALSE }, { 1041, 600, TRUE } };

static void
test_same_bits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      gsize n = shapes[i].n;
      gsize strip = (8 << 20) + 512 * 8 * n; /* bytes that hold one tile row */
      Layer layer;

      init_layer (&layer, n, shapes[i].d, shapes[i].in_blocks);
      check_bits (compute_sums, &layer, 6 * n, 0);
      if (shapes[i].in_blocks)
        check_bits (compute_sums, &layer, 6 * n, strip);
      check_bits (compute_distances, &layer, n * n, 0);
      check_bits (compute_sums_of_known_distances, &layer, 2 * n, 0);
      check_bits (compute_neighbours, &layer, 5 * n, 0);
      if (n * n * shapes[i].d > 100000000)
        check_bits (compute_neighbours_by_maximum, &layer, 3 * n, 0);
      check_bits (compute_products, &layer, 18 * n + 1, 0);
      if (!shapes[i].in_blocks)
        check_bits (compute_products, &layer, 18 * n + 1, 1);
      clear_layer (&layer);
    }
}

#define RANK 130

static IpStatus
compute_low_rank (const Layer *layer, double *numbers, IpContext *context)
{
  gsize n = layer->matrix.rows;
  IpLowRank low_rank;
  bool found;
  IpStatus status = ip_low_rank_init (&low_rank, &layer->gram, 0.01, n, &found, context);

  if (status == IP_STATUS_OK)
    {
      g_assert_true (found);
      g_assert_cmpuint (low_rank.rank, >, RANK);
      memcpy (numbers, low_rank.factor, n * RANK * sizeof *numbers);
      memcpy (numbers + n * RANK, low_rank.residual, n * sizeof *numbers);
    }
  ip_low_rank_clear (&low_rank);
  return status;
}

static void
test_low_rank (void)
{
  const gsize n = 4500;
  Layer layer;

  init_layer (&layer, n, 4, FALSE);
  layer.gram.rate = 0.5;
  check_bits (compute_low_rank, &layer, n * (RANK + 1), 0);
  clear_layer (&layer);
}

/* Nor do bits depend on whether a matrix is in memory. */
static void
test_same_bits_of_blocks (void)
{
  for (gsize n = 1000; n < 1040; n += 13)
    {
      const gsize d = 700;
      gsize bytes = n * n * sizeof (double);
      double *sums[] = { g_new0 (double, 6 * n), g_new0 (double, 6 * n) };
      double *squared[] = { g_new0 (double, n *n), g_new0 (double, n *n) };

      for (guint k = 0; k < 2; k++)
        {
          IpContext context = { .threads = 1 + k };
          Layer layer;

          init_layer (&layer, n, d, k == 1);
          g_assert_cmpint (compute_sums (&layer, sums[k], &context), ==, IP_STATUS_OK);
          g_assert_cmpint (compute_distances (&layer, squared[k], &context), ==, IP_STATUS_OK);
          for (gsize i = 0; i < n; i++)
            memset (squared[k] + i * n, 0, i * sizeof (double));
          clear_layer (&layer);
        }
      g_assert_cmpmem (sums[1], 6 * n * sizeof (double), sums[0], 6 * n * sizeof (double));
      g_assert_cmpmem (squared[1], bytes, squared[0], bytes);
      for (guint k = 0; k < 2; k++)
        {
          g_free (sums[k]);
          g_free (squared[k]);
        }
    }
}

typedef struct
{
  guint looks;
  guint last;
} Looks;

static bool
count_down (void *data)
{
  Looks *looks = data;

  return ++looks->looks > looks->last;
}

/* At every point that the calling thread can be cancelled at, with others at work. */
static void
test_cancel (void)
{
  const Compute computations[]
    = { compute_sums, compute_sums_of_known_distances, compute_neighbours, compute_products };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (computations); k++)
      {
        gsize n = shapes[i].n;
        g_autofree double *numbers = g_new0 (double, 20 * n);
        IpStatus status = IP_STATUS_CANCELLED;
        Layer layer;

        init_layer (&layer, n, shapes[i].d, shapes[i].in_blocks);
        for (guint last = 0; last < 60 && status != IP_STATUS_OK; last += 1 + last / 3)
          {
            Looks looks = { 0, last };
            IpContext context = { .cancelled = count_down, .data = &looks, .threads = 3 };

            status = computations[k] (&layer, numbers, &context);
            g_assert_true (status == IP_STATUS_CANCELLED
                           || (status == IP_STATUS_OK && looks.looks <= last));
          }
        clear_layer (&layer);
      }
}

static const char *const requests_text[][2] = {
  { "kde", "variance=0.5" },
  { "cs", "sigma=2" },
  { "cs", "sigma=1,permutations=40" },
  { "cs-divergence", "" },
  { "renyi", "sigma=1" },
  { "renyi", "alpha=2" },
  { "dse", "sigma=0.5" },
  { "dsmi", "draws=2" },
  { "knn-entropy", "" },
  { "spectrum", "" },
  { "akde-coded", "sig=0.3" },
};

static IpEvaluationSet *
create_set (gsize n)
{
  g_autofree float *inputs = g_new (float, n * 6);
  g_autofree guint32 *labels = g_new (guint32, n);
  IpMatrix matrix = { inputs, n, 6, 6, IP_ELEMENT_FLOAT32 };

  for (gsize i = 0; i < n * 6; i++)
    inputs[i] = (float) draw (3, i);
  for (gsize i = 0; i < n; i++)
    labels[i] = (guint32) (i % 7 % 3);
  return ip_evaluation_set_new (n, &matrix, labels, NULL);
}

static void
estimate_all (const Layer *layer,
              guint threads,
              gsize memory,
              IpEstimate estimates[G_N_ELEMENTS (requests_text)])
{
  IpRequest requests[G_N_ELEMENTS (requests_text)];
  IpEvaluationSet *set = create_set (layer->matrix.rows);
  IpSampleSource source = { .activations = layer->matrix,
                            .set = set,
                            .bound_lo = -1.0,
                            .bound_hi = 1.0,
                            .layer_lo = NAN,
                            .layer_hi = NAN };
  IpContext context = { .threads = threads, .memory = memory };
  IpSample *sample = ip_sample_new (&source, &context);

  g_assert_nonnull (sample);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      requests[i].estimator = ip_estimator_find (requests_text[i][0]);
      g_assert_nonnull (requests[i].estimator);
      g_assert_cmpint (ip_parameters_parse (&requests[i].parameters, requests[i].estimator,
                                            requests_text[i][1], &context),
                       ==, IP_STATUS_OK);
    }
  g_assert_cmpint (ip_sample_estimate (sample, requests, G_N_ELEMENTS (requests), estimates,
                                       &context),
                   ==, IP_STATUS_OK);

  ip_sample_free (sample);
  ip_evaluation_set_free (set);
}

static void
check_estimates (gsize n, gsize d, gsize memory, gboolean is_stochastic)
{
  g_autofree IpEstimate *expected = g_new (IpEstimate, G_N_ELEMENTS (requests_text));
  g_autofree IpEstimate *estimates = g_new (IpEstimate, G_N_ELEMENTS (requests_text));
  Layer layer;

  init_layer (&layer, n, d, FALSE);
  estimate_all (&layer, 1, memory, expected);
  for (guint k = 1; k < G_N_ELEMENTS (team_sizes); k += 2)
    {
      estimate_all (&layer, team_sizes[k], memory, estimates);
      for (guint i = 0; i < G_N_ELEMENTS (requests_text); i++)
        {
          g_assert_cmpuint (estimates[i].n_values, >, 0);
          for (guint j = 0; j < estimates[i].n_values; j++)
            {
              const IpValue *value = &estimates[i].values[j];

              g_assert_cmpmem (&value->value, sizeof (double), &expected[i].values[j].value,
                               sizeof (double));
              g_assert_cmpmem (&value->error, sizeof (double), &expected[i].values[j].error,
                               sizeof (double));
              if (g_str_equal (requests_text[i][0], "dse"))
                g_assert_cmpint ((value->flags & IP_FLAG_STOCHASTIC) != 0, ==, is_stochastic);
            }
        }
    }
  clear_layer (&layer);
}

static void
test_estimates (void)
{
  check_estimates (1171, 25, 0, FALSE);
}

/* Random vectors, the kernel kept or made anew. */
static void
test_estimates_in_little_memory (void)
{
  check_estimates (1171, 25, (gsize) 8 << 20, TRUE);
  check_estimates (1171, 25, (gsize) 4 << 20, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/threads/order-of-tiles", test_order_of_tiles);
  g_test_add_func ("/threads/failure", test_failure);
  g_test_add_func ("/threads/cancel-while-waiting", test_cancel_while_waiting);
  g_test_add_func ("/threads/same-bits", test_same_bits);
  g_test_add_func ("/threads/same-bits-of-blocks", test_same_bits_of_blocks);
  g_test_add_func ("/threads/low-rank", test_low_rank);
  g_test_add_func ("/threads/cancel", test_cancel);
  g_test_add_func ("/threads/estimates", test_estimates);
  g_test_add_func ("/threads/estimates-in-little-memory", test_estimates_in_little_memory);

  return g_test_run ();
}
