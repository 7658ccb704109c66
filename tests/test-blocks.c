/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* A layer that comes in blocks of columns gives the numbers that it gives when it is in memory. */

#include "config.h"

#include "ip-estimator.h"
#include "ip-random.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define CLASSES 4

/* Hands over copies of columns of a matrix, so that whoever keeps a block too long is found out. */
typedef struct
{
  const IpMatrix *matrix;
  gpointer block;
  gsize fails_at; /* column from which on reading fails */
  guint n_passes;
} Columns;

static gsize
get_size (const IpMatrix *matrix)
{
  return matrix->element == IP_ELEMENT_FLOAT32 ? sizeof (float) : sizeof (double);
}

static IpStatus
read_columns (void *data, size_t first, size_t count, IpMatrix *block, IpContext *context)
{
  Columns *columns = data;
  const IpMatrix *matrix = columns->matrix;
  gsize size = get_size (matrix);

  g_assert_cmpuint (first % IP_BLOCK_COLUMNS, ==, 0);
  g_assert_cmpuint (first + count, <=, matrix->columns);
  if (first + count > columns->fails_at)
    return ip_fail (context, IP_STATUS_INVALID, "The disk is on fire");

  columns->n_passes += first == 0;
  g_free (columns->block);
  columns->block = g_malloc (matrix->rows * count * size);
  for (gsize i = 0; i < matrix->rows; i++)
    memcpy ((char *) columns->block + i * count * size,
            (const char *) matrix->data + (i * matrix->columns + first) * size, count * size);
  *block = (IpMatrix){ columns->block, matrix->rows, count, count, matrix->element };
  return IP_STATUS_OK;
}

typedef struct
{
  gsize n;
  gsize d;
  IpElement element;
  gsize width;  /* of the blocks */
  gsize memory; /* that the context grants, 0: all */
} Case;

/* A layer with a few clusters, a dead unit and a repeated sample. */
static gpointer
make_layer (const Case *test)
{
  gsize size = test->n * test->d;
  double *values = g_new (double, size);
  float *floats = (float *) values;

  for (gsize i = 0; i < test->n; i++)
    for (gsize j = 0; j < test->d; j++)
      {
        double noise = (double) (ip_random_at (1, i * test->d + j) >> 11) * 0x1p-53 - 0.5;
        double centre = (double) (ip_random_at (2, (i % 7) * test->d + j) >> 11) * 0x1p-53;

        values[i * test->d + j] = j == 3 ? 0.25 : tanh (2.0 * centre + noise - 1.0);
      }
  memcpy (values + 5 * test->d, values + 12 * test->d, test->d * sizeof *values);
  if (test->element == IP_ELEMENT_FLOAT32)
    for (gsize i = 0; i < size; i++)
      floats[i] = (float) values[i];
  return values;
}

static IpEvaluationSet *
make_set (gsize n)
{
  g_autofree float *inputs = g_new (float, n * 6);
  g_autofree guint32 *labels = g_new (guint32, n);
  IpMatrix matrix = { inputs, n, 6, 6, IP_ELEMENT_FLOAT32 };

  for (gsize i = 0; i < n * 6; i++)
    inputs[i] = (float) (ip_random_at (3, i) >> 40) * 0x1p-24f;
  for (gsize i = 0; i < n; i++)
    labels[i] = (guint32) (i % 7 % CLASSES);
  return ip_evaluation_set_new (n, &matrix, labels, NULL);
}

static const char *const requests_text[][2] = {
  { "bins-uniform", "" },
  { "bins-uniform", "bins=7,range=layer" },
  { "bins-width", "" },
  { "bins-range", "" },
  { "bins-minmax", "bins=3" },
  { "kde", "variance=0.5" },
  { "kde", "scale=relative,relative=2" },
  { "akde-coded", "sig=0.3" },
  { "dse", "rule=median" },
  { "dse", "variant=entries,sigma=20" },
  { "dsmi", "draws=2" },
  { "renyi", "" },
  { "cs", "sigma=9" },
  { "cs", "rule=median" },
  { "knn-entropy", "" },
  { "knn-entropy", "norm=max" },
  { "spectrum", "" },
  { "spectrum", "centre=yes" },
  { "bins-equal-mass", "" },
  { "bins-ebab", "" },
};

/* Estimates requests `first` to `first + n`. */
static void
estimate_some (const Case *test,
               const IpMatrix *matrix,
               gsize first,
               gsize n,
               IpEstimate *estimates)
{
  IpEvaluationSet *set = make_set (test->n);
  IpContext context = { .memory = test->memory };
  IpRequest requests[G_N_ELEMENTS (requests_text)];
  IpSampleSource source = { .activations = *matrix, .set = set, .bound_lo = NAN, .bound_hi = NAN,
                            .layer_lo = -1, .layer_hi = 1 };
  IpSample *sample = ip_sample_new (&source, &context);

  g_assert_nonnull (sample);
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      requests[i].estimator = ip_estimator_find (requests_text[i][0]);
      g_assert_cmpint (ip_parameters_parse (&requests[i].parameters, requests[i].estimator,
                                            requests_text[i][1], &context),
                       ==, IP_STATUS_OK);
    }
  g_assert_cmpint (ip_sample_estimate (sample, requests + first, n, estimates, &context), ==,
                   IP_STATUS_OK);
  ip_sample_free (sample);
  ip_evaluation_set_free (set);
}

static void
estimate (const Case *test, const IpMatrix *matrix, IpEstimate *estimates)
{
  estimate_some (test, matrix, 0, G_N_ELEMENTS (requests_text), estimates);
}

/* A factor is tried only where the layer is in memory, so spectra are held to its error bound. */
static void
assert_equal (double a, double b, gboolean is_spectral)
{
  if (is_spectral)
    g_assert_cmpfloat_with_epsilon (a, b, 1e-9 * fmax (1.0, fabs (a)));
  else
    g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
}

static void
assert_same_estimate (const IpEstimate *whole, const IpEstimate *blocks, const char *id)
{
  gboolean is_spectral = g_str_equal (id, "dse") || g_str_equal (id, "renyi");

  g_assert_cmpuint (whole->n_values, ==, blocks->n_values);
  for (guint i = 0; i < whole->n_values; i++)
    {
      const IpValue *a = &whole->values[i];
      const IpValue *b = &blocks->values[i];

      assert_equal (a->value, b->value, is_spectral);
      if (!is_spectral)
        {
          assert_equal (a->lower, b->lower, FALSE);
          assert_equal (a->upper, b->upper, FALSE);
          g_assert_cmpuint (a->flags, ==, b->flags);
        }
    }
  g_assert_cmpstr (whole->blur, ==, blocks->blur);
}

static gboolean
needs_whole (const Case *test, const char *id)
{
  gboolean is_sorted = g_str_equal (id, "bins-equal-mass") || g_str_equal (id, "bins-ebab");

  return (is_sorted && test->element == IP_ELEMENT_FLOAT64)
         || (g_str_equal (id, "spectrum") && test->n >= test->d);
}

static void
test_same (gconstpointer data)
{
  const Case *test = data;
  g_autofree gpointer values = make_layer (test);
  g_autofree IpEstimate *whole = g_new0 (IpEstimate, G_N_ELEMENTS (requests_text));
  g_autofree IpEstimate *blocks = g_new0 (IpEstimate, G_N_ELEMENTS (requests_text));
  IpMatrix matrix = { values, test->n, test->d, test->d, test->element };
  Columns columns = { &matrix, NULL, G_MAXSIZE, 0 };
  IpColumnSource source = { test->width, read_columns, &columns };
  IpMatrix wide = { NULL, test->n, test->d, test->d, test->element, &source };
  Case all = *test;

  all.memory = 0;
  estimate (&all, &matrix, whole);
  estimate (test, &wide, blocks);
  g_free (columns.block);

  for (gsize i = 0; i < G_N_ELEMENTS (requests_text); i++)
    {
      const char *id = requests_text[i][0];

      g_test_message ("%s %s: %s", id, requests_text[i][1], blocks[i].reason);
      if (needs_whole (test, id))
        {
          g_assert_cmpuint (blocks[i].values[0].flags & IP_FLAG_UNDEFINED, !=, 0);
          g_assert_nonnull (strstr (blocks[i].reason, "MiB"));
        }
      else if (test->memory == 0 || blocks[i].reason[0] == '\0')
        assert_same_estimate (&whole[i], &blocks[i], id);
      else
        g_assert_nonnull (strstr (blocks[i].reason, "B"));
    }
  g_test_message ("%u passes", columns.n_passes);
}

/* What is asked for beside it changes no estimate: shared intermediates have the bits of own
 * ones. */
static void
test_company (gconstpointer data)
{
  const Case *test = data;
  g_autofree gpointer values = make_layer (test);
  g_autofree IpEstimate *together = g_new0 (IpEstimate, G_N_ELEMENTS (requests_text));
  IpMatrix matrix = { values, test->n, test->d, test->d, test->element };

  estimate (test, &matrix, together);
  for (gsize i = 0; i < G_N_ELEMENTS (requests_text); i++)
    {
      IpEstimate alone;

      estimate_some (test, &matrix, i, 1, &alone);
      g_test_message ("%s %s", requests_text[i][0], requests_text[i][1]);
      assert_same_estimate (&alone, &together[i], requests_text[i][0]);
    }
}

/* A layer that cannot be read to its end is a gap with a reason. */
static void
test_failure (void)
{
  const Case test = { 40, 1100, IP_ELEMENT_FLOAT32, 512, 0 };
  g_autofree gpointer values = make_layer (&test);
  IpEvaluationSet *set = make_set (test.n);
  IpMatrix matrix = { values, test.n, test.d, test.d, test.element };
  Columns columns = { &matrix, NULL, 1024, 0 };
  IpColumnSource source = { test.width, read_columns, &columns };
  IpSampleSource wide
    = { .activations = { NULL, test.n, test.d, test.d, test.element, &source }, .set = set };
  IpContext context = { 0 };

  g_assert_null (ip_sample_new (&wide, &context));
  g_assert_cmpstr (context.message, ==, "The disk is on fire");

  g_free (columns.block);
  ip_evaluation_set_free (set);
}

int
main (int argc, char *argv[])
{
  static const Case cases[] = {
    { 90, 1300, IP_ELEMENT_FLOAT32, 512, 0 },
    { 700, 1300, IP_ELEMENT_FLOAT64, 1024, 0 },
    { 1030, 1100, IP_ELEMENT_FLOAT32, 512, 16 << 20 },
    { 600, 513, IP_ELEMENT_FLOAT32, 512, 0 },
    { 300, 20, IP_ELEMENT_FLOAT32, 512, 0 },
  };
  static const Case alone[]
    = { { 300, 10, IP_ELEMENT_FLOAT32, 512, 0 }, { 600, 90, IP_ELEMENT_FLOAT64, 512, 0 } };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/blocks/same/%zux%zu%s", cases[i].n, cases[i].d,
                                               cases[i].memory > 0 ? "/strips" : "");

      g_test_add_data_func (path, &cases[i], test_same);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (alone); i++)
    {
      g_autofree char *path = g_strdup_printf ("/blocks/company/%zux%zu", alone[i].n, alone[i].d);

      g_test_add_data_func (path, &alone[i], test_company);
    }
  g_test_add_func ("/blocks/failure", test_failure);
  return g_test_run ();
}
