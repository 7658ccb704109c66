/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-columns.h"
#include "ip-digitise.h"
#include "ip-distance.h"
#include "ip-eigen.h"
#include "ip-gram.h"
#include "ip-kernel-sums.h"
#include "ip-number.h"
#include "ip-partition.h"
#include "ip-product.h"
#include "ip-random.h"
#include "ip-ranking.h"
#include "ip-sort.h"

#include <glib.h>
#include <lapacke.h>
#include <locale.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* A number in [-1, 1), the same in every run. */
static double
draw (guint64 seed, guint64 at)
{
  return ldexp ((double) (ip_random_at (seed, at) >> 11), -52) - 1.0;
}

static IpMatrix
create_matrix (gsize rows, gsize columns, IpElement element, double offset)
{
  float *single = g_new (float, rows *columns);
  double *numbers = g_new (double, rows *columns);

  for (gsize i = 0; i < rows * columns; i++)
    {
      numbers[i] = offset + draw (rows + columns, i);
      single[i] = (float) numbers[i];
    }

  g_free (element == IP_ELEMENT_FLOAT32 ? (gpointer) numbers : single);
  return (IpMatrix) { element == IP_ELEMENT_FLOAT32 ? (gpointer) single : numbers, rows, columns,
                      columns, element };
}

static void
free_matrix (IpMatrix *matrix)
{
  g_free ((gpointer) matrix->data);
}

static void
test_number_shortest (void)
{
  const struct
  {
    double value;
    const char *text;
  } cases[] = { { 30, "30" },
                { 0.07, "0.07" },
                { 1e-3, "0.001" },
                { 0.1 + 0.2, "0.30000000000000004" },
                { -1, "-1" },
                { 1e300, "1e+300" },
                { 5e-324, "5e-324" } };
  char text[IP_NUMBER_SIZE];
  double value;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ip_number_format (cases[i].value, text);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (ip_number_parse (text, &value));
      g_assert_true (value == cases[i].value);
    }

  g_assert_false (ip_number_parse ("", &value));
  g_assert_false (ip_number_parse (" 1", &value));
  g_assert_false (ip_number_parse ("1,5", &value));
  g_assert_false (ip_number_parse ("1x", &value));
  g_assert_false (ip_number_parse ("nan", &value));
  g_assert_false (ip_number_parse ("inf", &value));
}

static void
test_number_locale (void)
{
  const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "nl_NL.UTF-8" };
  char text[IP_NUMBER_SIZE];
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (locales) && !found; i++)
    found = setlocale (LC_NUMERIC, locales[i]) != NULL;
  if (!found)
    {
      g_test_skip ("No locale with a decimal comma is installed");
      return;
    }

  ip_number_format (0.5, text);
  setlocale (LC_NUMERIC, "C");
  g_assert_cmpstr (text, ==, "0.5");
}

static void
test_partition_entropy (void)
{
  const guint32 even[] = { 7, 3, 7, 3 };
  const guint32 skewed[] = { 0, 1, 1, 1 };
  const guint32 one[] = { 5, 5, 5 };
  IpPartition partition;

  g_assert_cmpint (ip_partition_init_from_labels (&partition, even, 4, NULL), ==, IP_STATUS_OK);
  g_assert_cmpuint (partition.classes, ==, 2);
  g_assert_cmpuint (partition.code[0], ==, 0);
  g_assert_cmpuint (partition.code[1], ==, 1);
  g_assert_cmpfloat (fabs (ip_partition_entropy (&partition) - G_LN2), <, 1e-15);
  ip_partition_clear (&partition);

  ip_partition_init_from_labels (&partition, skewed, 4, NULL);
  g_assert_cmpfloat (fabs (ip_partition_entropy (&partition) - log (4) + 0.75 * log (3)), <, 1e-15);
  ip_partition_clear (&partition);

  ip_partition_init_from_labels (&partition, one, 3, NULL);
  g_assert_true (ip_partition_entropy (&partition) == 0.0);
  ip_partition_clear (&partition);

  ip_partition_init_from_labels (&partition, even, 0, NULL);
  g_assert_cmpuint (partition.classes, ==, 0);
  g_assert_true (ip_partition_entropy (&partition) == 0.0);
  ip_partition_clear (&partition);
}

static void
test_partition_rows (void)
{
  const double rows[] = { 0.0, 1.0, -0.0, 1.0, 0.0, 2.0, 1.0, 0.0, 0.0, 1.0 };
  const IpMatrix matrix = { rows, 5, 2, 2, IP_ELEMENT_FLOAT64 };
  const guint32 expected[] = { 0, 0, 1, 2, 0 };
  IpPartition partition;

  ip_partition_init_from_rows (&partition, &matrix, NULL);
  g_assert_cmpmem (partition.code, sizeof expected, expected, sizeof expected);
  ip_partition_clear (&partition);
}

/* Numbers that differ in one bit, and powers of two, whose bits are mostly zero. */
static void
test_partition_close_rows (void)
{
  double rows[4096];
  IpMatrix matrix = { rows, G_N_ELEMENTS (rows), 1, 1, IP_ELEMENT_FLOAT64 };
  IpPartition partition;

  for (guint i = 0; i < 2048; i++)
    {
      rows[i] = 1.0 + i * DBL_EPSILON;
      rows[2048 + i] = ldexp (-1.0, (int) i / 2 - 512) * (i % 2 ? 1 : -1);
    }

  ip_partition_init_from_rows (&partition, &matrix, NULL);
  g_assert_cmpuint (partition.classes, ==, 4095); /* 1 is both the first row and 2^0 */
  ip_partition_clear (&partition);
}

/* Rows that repeat, against comparing each with all before it: the hash of a row of numbers, the
 * table of keys, and pairs of codes. */
static void
check_partitions (gsize n, gsize columns, guint values)
{
  IpMatrix matrix = create_matrix (n, columns, IP_ELEMENT_FLOAT32, 0.0);
  g_autofree guint32 *expected = g_new (guint32, n + 1);
  g_autofree guint32 *label = g_new (guint32, n + 1);
  float *numbers = (float *) matrix.data;
  guint32 classes = 0;
  IpPartition rows;
  IpPartition labels;
  IpPartition both;

  for (gsize i = 0; i < n * columns; i++)
    numbers[i] = (float) (ip_random_at (values, i) % values) * 0.1f;
  for (gsize i = 0; i < n; i++)
    label[i] = (guint32) (ip_random_at (77, i) % 3) * 1000000;
  for (gsize i = 0; i < n; i++)
    {
      gsize j = 0;

      while (j < i
             && memcmp (numbers + i * columns, numbers + j * columns, columns * sizeof *numbers)
                    != 0)
        j++;
      expected[i] = j < i ? expected[j] : classes++;
    }

  g_assert_cmpint (ip_partition_init_from_rows (&rows, &matrix, NULL), ==, IP_STATUS_OK);
  g_assert_cmpint (ip_partition_init_from_labels (&labels, label, n, NULL), ==, IP_STATUS_OK);
  g_assert_cmpint (ip_partition_init_joint (&both, &rows, &labels, NULL), ==, IP_STATUS_OK);
  g_assert_cmpuint (rows.classes, ==, classes);
  g_assert_cmpmem (rows.code, n * sizeof *expected, expected, n * sizeof *expected);

  for (gsize i = 0; i < n; i++)
    {
      guint32 count = 0;

      for (gsize j = 0; j < n; j++)
        {
          gboolean same = expected[i] == expected[j];

          count += same;
          g_assert_true ((labels.code[i] == labels.code[j]) == (label[i] == label[j]));
          g_assert_true ((both.code[i] == both.code[j]) == (same && label[i] == label[j]));
        }
      g_assert_cmpuint (rows.count[rows.code[i]], ==, count);
    }

  ip_partition_clear (&rows);
  ip_partition_clear (&labels);
  ip_partition_clear (&both);
  free_matrix (&matrix);
}

static void
test_partitions (void)
{
  for (gsize n = 0; n < 200; n += n < 4 ? 1 : 49)
    {
      check_partitions (n, 1, 5);
      check_partitions (n, 3, 2);
      check_partitions (n, 7, 2);
      check_partitions (n, 600, 1);
      check_partitions (n, 600, 1000);
    }
}

/* The finalizer of SplitMix64 at its published constants, drawn in any order. */
static void
test_random (void)
{
  guint bits[64] = { 0 };

  /* the first output of SplitMix64 with the seeds 0 and 1234567 */
  g_assert_cmphex (ip_random_mix (G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)), ==,
                   G_GUINT64_CONSTANT (0xe220a8397b1dcdaf));
  g_assert_cmphex (ip_random_mix (1234567 + G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)), ==,
                   G_GUINT64_CONSTANT (6457827717110365317));

  for (guint at = 0; at < 4096; at++)
    for (guint bit = 0; bit < 64; bit++)
      bits[bit] += ip_random_at (3, 4095 - at) >> bit & 1;
  for (guint bit = 0; bit < 64; bit++)
    g_assert_cmpint (ABS ((gint) bits[bit] - 2048), <, 5 * 32); /* five standard deviations */
  g_assert_cmphex (ip_random_at (3, 17), !=, ip_random_at (4, 17));
}

/* L L' is the kernel matrix, but for a remainder within the tolerance. */
static void
check_low_rank (gsize n, gsize d, double rate, double across, double tolerance)
{
  IpMatrix matrix = create_matrix (n, d, IP_ELEMENT_FLOAT64, 0.0);
  g_autofree guint32 *order = g_new (guint32, n);
  g_autofree guint32 *end = g_new (guint32, n);
  g_autofree double *mean = g_new0 (double, d);
  IpGram gram = { &matrix, mean, order, end, rate, across };
  IpLowRank factor;
  double trace = 0.0;
  bool found;

  for (gsize i = 0; i < n; i++)
    {
      order[i] = (guint32) (n - 1 - i);
      end[i] = (guint32) (i < n / 2 ? n / 2 : n);
    }

  g_assert_cmpint (ip_low_rank_init (&factor, &gram, tolerance, n, &found, NULL), ==,
                   IP_STATUS_OK);
  g_assert_true (found);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpfloat (factor.residual[i], >=, 0.0);
      trace += factor.residual[i];
    }
  g_assert_cmpfloat (trace, <=, tolerance * (double) n);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      {
        double squared = 0.0;
        double kernel;
        double product = 0.0;

        for (gsize k = 0; k < d; k++)
          squared += pow (ip_matrix_get (&matrix, order[i], k)
                              - ip_matrix_get (&matrix, order[j], k),
                          2);
        kernel = exp (-rate * squared) * (end[i] == end[j] ? 1.0 : across);
        for (gsize k = 0; k < factor.rank; k++)
          product += factor.factor[k * n + i] * factor.factor[k * n + j];

        /* a positive semidefinite remainder is bounded by its diagonal */
        g_assert_cmpfloat (fabs (kernel - product), <=,
                           sqrt (factor.residual[i] * factor.residual[j]) + 1e-13);
      }

  ip_low_rank_clear (&factor);
  free_matrix (&matrix);
}

static void
test_low_rank (void)
{
  check_low_rank (2, 1, 0.5, 1.0, 1e-13);
  check_low_rank (150, 1, 0.5, 1.0, 1e-13);
  check_low_rank (400, 2, 0.5, 0.25, 1e-13);
  check_low_rank (400, 3, 0.2, 1.0, 1e-6);
}

/* The definition: how many edges are not above the value, less one. */
static gint64
count_edges (const IpGrid *grid, double value)
{
  gint64 count = 0;

  for (gsize k = 0; k < grid->n; k++)
    count += (grid->element == IP_ELEMENT_FLOAT32 ? grid->single[k] : grid->edge[k]) <= value;

  return count > 0 ? MIN (count - 1, grid->top) : grid->below;
}

/* A hash of one column tells symbols apart exactly as the symbols themselves do. */
static void
check_grid (IpElement element, double lo, double hi, gsize symbols, IpGridEnds ends)
{
  const gsize n = ends == IP_GRID_CLOSED ? symbols + 1 : symbols;
  const gsize count = 3 * n + 200;
  float *single = g_new (float, count);
  double *numbers = g_new (double, count);
  gsize expected_outside = 0;
  gsize outside = 0;
  guint64 a;
  guint64 b;
  IpMatrix matrix = { element == IP_ELEMENT_FLOAT32 ? (gpointer) single : numbers, count, 1, 1,
                      element };
  IpRowHash hash;
  IpGrid grid;

  g_assert_cmpint (ip_grid_init (&grid, element, lo, hi, symbols, ends, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i < count; i++)
    {
      gsize k = (i / 3) % n;
      float edge = grid.single[k];

      numbers[i] = i < 3 * n ? grid.edge[k] : lo + (hi - lo) * (0.5 + 0.75 * draw (n, i));
      numbers[i] = i % 3 == 1 ? nextafter (numbers[i], INFINITY) : numbers[i];
      numbers[i] = i % 3 == 2 ? nextafter (numbers[i], -INFINITY) : numbers[i];
      single[i] = i >= 3 * n   ? (float) numbers[i]
                  : i % 3 == 0 ? edge
                               : nextafterf (edge, i % 3 == 1 ? INFINITY : -INFINITY);
    }

  ip_row_hash_init (&hash, count, NULL);
  g_assert_cmpint (ip_digitise (&matrix, ip_grid_digitise, &grid, &hash, &outside, NULL), ==,
                   IP_STATUS_OK);
  ip_row_hash_multipliers (0, 1, &a, &b);
  for (gsize i = 0; i < count; i++)
    {
      double value = ip_matrix_get (&matrix, i, 0);
      double first = element == IP_ELEMENT_FLOAT32 ? grid.single[0] : grid.edge[0];
      double last = element == IP_ELEMENT_FLOAT32 ? grid.single[n - 1] : grid.edge[n - 1];

      expected_outside += value < first || value > last;
      g_assert_cmphex (hash.key[2 * i], ==, (guint64) count_edges (&grid, value) * a);
      g_assert_cmphex (hash.key[2 * i + 1], ==, (guint64) count_edges (&grid, value) * b);
    }
  g_assert_cmpuint (outside, ==, expected_outside);
  g_assert_cmpuint (grid.n, ==, n);

  /* A single column goes entry by entry; a row of entries is guessed as a whole or not at all. */
  for (gsize i = 0; i + 5 <= count; i++)
    {
      IpMatrix row = { element == IP_ELEMENT_FLOAT32 ? (gpointer) (single + i) : numbers + i, 1, 5,
                       5, element };
      guint64 found[5];

      ip_grid_digitise (&grid, &row, 0, found);
      for (gsize k = 0; k < 5; k++)
        g_assert_cmpuint (found[k], ==, count_edges (&grid, ip_matrix_get (&row, 0, k)));
    }

  ip_row_hash_clear (&hash);
  ip_grid_clear (&grid);
  g_free (single);
  g_free (numbers);
}

static void
test_grid (void)
{
  const gsize sizes[] = { 2, 3, 30, 100, 1000 };

  for (guint element = 0; element < 2; element++)
    for (guint ends = IP_GRID_CLOSED; ends <= IP_GRID_WRAPPED; ends++)
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          check_grid (element, -1, 1, sizes[i], ends);
          check_grid (element, 0, 0.3, sizes[i], ends);
          check_grid (element, -7.25e-5, 1e6, sizes[i], ends);
          /* as narrow as the precision of the data */
          check_grid (element, 1e6, 1e6 + 1, sizes[i], ends);
        }
}

static void
test_steps (void)
{
  const gsize count = 500;
  IpMatrix matrix = create_matrix (count, 1, IP_ELEMENT_FLOAT32, 0.0);
  float *values = (float *) matrix.data;
  const IpSteps steps = { 0.0, 0.07, INFINITY };
  gsize outside = 0;
  guint64 a;
  guint64 b;
  IpRowHash hash;

  values[0] = -0.0f;
  values[1] = 0.0f;
  values[2] = 0.07f;
  values[3] = -0.07f;
  values[4] = 1e30f;
  ip_row_hash_init (&hash, count, NULL);
  ip_digitise (&matrix, ip_steps_digitise, &steps, &hash, &outside, NULL);
  ip_row_hash_multipliers (0, 1, &a, &b);
  g_assert_cmpuint (outside, ==, 1);
  g_assert_cmphex (hash.key[0], ==, hash.key[2]);
  for (gsize i = 5; i < count; i++)
    {
      gint64 symbol = (gint64) floorf (values[i] / 0.07f);

      g_assert_cmphex (hash.key[2 * i] - hash.key[2], ==, (guint64) symbol * a);
      g_assert_cmphex (hash.key[2 * i + 1] - hash.key[3], ==, (guint64) symbol * b);
    }

  ip_row_hash_clear (&hash);
  free_matrix (&matrix);
}

/* Edges close together and far apart, with repeats, against counting them; 300 of them, most in
 * one place. */
static void
check_edges (const double *list, gsize n, IpElement element)
{
  const gsize count = 3 * n + 120;
  g_autofree float *single = g_new (float, count);
  g_autofree double *numbers = g_new (double, count);
  g_autofree guint64 *symbols = g_new (guint64, count);
  IpEdges edges;

  for (gsize i = 0; i < count; i++)
    {
      double edge = n > 0 ? list[i % n] : 0.0;

      numbers[i] = i < n       ? edge
                   : i < 2 * n ? nextafter (edge, INFINITY)
                   : i < 3 * n ? nextafter (edge, -INFINITY)
                               : edge * (1.0 + 0.5 * draw (3, i)) + draw (4, i);
      numbers[i] = CLAMP (numbers[i], -DBL_MAX, DBL_MAX);
      single[i] = (float) CLAMP (numbers[i], -FLT_MAX, FLT_MAX);
    }

  g_assert_cmpint (ip_edges_init (&edges, list, n, NULL), ==, IP_STATUS_OK);
  for (gsize at = 0; at < count; at += 100)
    {
      gsize some = MIN (100, count - at);
      IpMatrix row
        = { element == IP_ELEMENT_FLOAT32 ? (gconstpointer) (single + at) : numbers + at, 1, some,
            some, element };

      g_assert_cmpuint (ip_edges_digitise (&edges, &row, 0, symbols + at), ==, 0);
    }
  for (gsize i = 0; i < count; i++)
    {
      double value = element == IP_ELEMENT_FLOAT32 ? (double) single[i] : numbers[i];
      guint64 expected = 0;

      for (gsize k = 0; k < n; k++)
        expected += list[k] <= value;
      g_assert_cmpuint (symbols[i], ==, expected);
    }
  ip_edges_clear (&edges);
}

static void
test_edges (void)
{
  const double lists[][6] = { { -1, -0.5, 0, 0.25, 0.5, 1 },
                              { 0, 0, 0, 1e-300, 1e-3, 1e6 },
                              { 1e6, 1e6 + 1e-9, 1e6 + 2e-9, 2e6, 2e6, 3e6 },
                              { 3, 3, 3, 3, 3, 3 },
                              { -1e308, -1, 0, 1, 2, 1e308 } };
  double many[300];

  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = i < 40 ? ldexp (1.0, (int) i - 40) : 1.0 + 0.125 * i;
  many[299] = 1e9;

  for (guint element = 0; element < 2; element++)
    {
      for (guint list = 0; list < G_N_ELEMENTS (lists); list++)
        for (gsize n = 0; n <= 6; n++)
          check_edges (lists[list], n, element);
      for (gsize n = 1; n <= G_N_ELEMENTS (many); n += 13)
        check_edges (many, n, element);
    }
}

/* Every unit scaled to its own range, in the precision of the data. */
static void
test_scaled_edges (void)
{
  const double thirds[] = { 0.0, 1.0 / 3.0, 2.0 / 3.0 };

  for (guint element = 0; element < 2; element++)
    {
      IpMatrix matrix = create_matrix (60, 40, element, 0.0);
      double lo[40];
      double hi[40];
      guint64 symbols[40];
      IpEdges edges;
      IpScaledEdges scaled = { &edges, lo, hi };

      for (gsize i = 0; i < 60; i++)
        if (element == IP_ELEMENT_FLOAT32)
          ((float *) matrix.data)[40 * i + 7] = 0.25f;
        else
          ((double *) matrix.data)[40 * i + 7] = 0.25;
      ip_columns_find_ranges (&matrix, lo, hi, NULL);
      ip_edges_init (&edges, thirds, 3, NULL);
      for (gsize i = 0; i < 60; i++)
        {
          gsize at = 40 * i + 5;
          IpMatrix row = { element == IP_ELEMENT_FLOAT32
                             ? (gconstpointer) ((const float *) matrix.data + at)
                             : (const double *) matrix.data + at,
                           1, 35, 35, element };

          g_assert_cmpuint (ip_scaled_edges_digitise (&scaled, &row, 5, symbols), ==, 0);
          for (gsize j = 5; j < 40; j++)
            {
              double place = (ip_matrix_get (&matrix, i, j) - lo[j]) / (hi[j] - lo[j]);

              if (element == IP_ELEMENT_FLOAT32)
                place = ((float) ip_matrix_get (&matrix, i, j) - (float) lo[j])
                        / ((float) hi[j] - (float) lo[j]);
              g_assert_cmpuint (symbols[j - 5], ==,
                                j == 7 ? 3 : 1u + (place >= thirds[1]) + (place >= thirds[2]));
            }
        }
      ip_edges_clear (&edges);
      free_matrix (&matrix);
    }
}

static void
test_extremes (void)
{
  IpMatrix matrix = create_matrix (20, 3, IP_ELEMENT_FLOAT32, 0.0);
  float *values = (float *) matrix.data;
  IpExtremes extremes;

  for (gsize i = 0; i < 20; i++)
    values[3 * i + 1] = i % 2 ? -0.0f : 0.0f;
  values[5] = 9.0f;
  values[6] = -9.0f;
  ip_columns_find_extremes (&matrix, &extremes, NULL);
  g_assert_cmpuint (extremes.dead_columns, ==, 1);
  g_assert_true (extremes.lo == -9.0 && extremes.hi == 9.0);

  values[7] = NAN;
  values[8] = INFINITY;
  values[59] = -INFINITY;
  ip_columns_find_extremes (&matrix, &extremes, NULL);
  g_assert_cmpuint (extremes.bad_rows, ==, 2);
  free_matrix (&matrix);
}

static void
test_ranges (void)
{
  for (guint element = 0; element < 2; element++)
    for (gsize rows = 1; rows < 40; rows += 19)
      {
        IpMatrix matrix = create_matrix (rows, 37, element, 0.0);
        double lo[37];
        double hi[37];

        g_assert_cmpint (ip_columns_find_ranges (&matrix, lo, hi, NULL), ==, IP_STATUS_OK);
        for (gsize j = 0; j < 37; j++)
          {
            double least = INFINITY;
            double most = -INFINITY;

            for (gsize i = 0; i < rows; i++)
              {
                least = fmin (least, ip_matrix_get (&matrix, i, j));
                most = fmax (most, ip_matrix_get (&matrix, i, j));
              }
            g_assert_cmpfloat (lo[j], ==, least);
            g_assert_cmpfloat (hi[j], ==, most);
          }
        free_matrix (&matrix);
      }
}

static void
test_moments (void)
{
  for (guint element = 0; element < 2; element++)
    {
      IpMatrix matrix = create_matrix (301, 5, element, element == IP_ELEMENT_FLOAT64 ? 1e6 : 3);
      double mean[5];
      double variance[5];

      ip_columns_find_moments (&matrix, mean, variance, NULL);
      for (gsize j = 0; j < 5; j++)
        {
          long double sum = 0;
          long double squares = 0;

          for (gsize i = 0; i < 301; i++)
            sum += ip_matrix_get (&matrix, i, j);
          sum /= 301;
          for (gsize i = 0; i < 301; i++)
            squares += powl (ip_matrix_get (&matrix, i, j) - sum, 2);
          g_assert_cmpfloat (fabsl (mean[j] - sum), <, 1e-14L * (1 + fabsl (sum)));
          g_assert_cmpfloat (fabsl (variance[j] - squares / 301), <, 1e-13L);
        }
      free_matrix (&matrix);
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
test_sort (void)
{
  const gsize sizes[] = { 0, 1, 2, 3, 100, 5000 };

  for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
    {
      gsize n = sizes[size];
      g_autofree double *numbers = g_new (double, n + 4);
      g_autofree double *expected = NULL;

      for (gsize i = 0; i < n; i++)
        numbers[i] = ldexp (draw (5, i), (int) (i % 7) * 100 - 300);
      for (gsize i = 0; i < n; i += 9)
        numbers[i] = i % 2 == 0 ? -0.0 : 4.9e-324;
      expected = g_memdup2 (numbers, (n + 1) * sizeof *numbers);
      qsort (expected, n, sizeof *expected, compare_doubles);

      g_assert_cmpint (ip_sort (numbers, n, NULL), ==, IP_STATUS_OK);
      for (gsize i = 0; i < n; i++)
        g_assert_true (numbers[i] == expected[i] && !(numbers[i] == 0.0 && signbit (numbers[i])));
    }
}

/* Kinds of layers: anything; a few values; half zeros of either sign; neighbours in the last bit;
 * all magnitudes. */
static double
draw_activation (guint kind, gsize i)
{
  double number = draw (11 + kind, i);

  switch (kind)
    {
    case 0:
      return number;
    case 1:
      return round (4.0 * number);
    case 2:
      return number > 0.0 ? number : i % 2 ? -0.0 : 0.0;
    case 3:
      return 1.0 + ldexp (floor (100.0 * number), -23);
    default:
      return ldexp (number, (int) (i % 270) - 148);
    }
}

/* Every place of a matrix against sorting its entries. */
static void
check_ranking (guint kind, IpElement element, gsize rows, gsize columns, double above)
{
  const bool is_distinct = !isnan (above);
  const gsize n = rows * columns;
  IpMatrix matrix = create_matrix (rows, columns + 3, element, 0.0);
  g_autofree double *expected = g_new (double, n + 1);
  g_autofree double *found = g_new (double, n + 1);
  g_autofree gsize *place = g_new (gsize, n + 1);
  gsize kept = 0;
  IpRanking ranking;

  matrix.columns = columns;
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      {
        double number = draw_activation (kind, i * columns + j);

        if (element == IP_ELEMENT_FLOAT32)
          ((float *) matrix.data)[i * matrix.stride + j] = (float) number;
        else
          ((double *) matrix.data)[i * matrix.stride + j] = number;
        expected[i * columns + j] = ip_matrix_get (&matrix, i, j);
      }

  qsort (expected, n, sizeof *expected, compare_doubles);
  for (gsize i = 0; i < n; i++)
    if (!is_distinct
        || (expected[i] > above && (kept == 0 || expected[i] != expected[kept - 1])))
      expected[kept++] = expected[i];
  for (gsize i = 0; i < kept; i++)
    place[i] = i;

  if (is_distinct)
    g_assert_cmpint (ip_ranking_init_distinct (&ranking, &matrix, above, NULL), ==, IP_STATUS_OK);
  else
    g_assert_cmpint (ip_ranking_init (&ranking, &matrix, NULL), ==, IP_STATUS_OK);
  g_assert_cmpuint (ranking.n, ==, kept);

  g_assert_cmpint (ip_ranking_find (&ranking, place, kept, found, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i < kept; i++)
    g_assert_cmpfloat (found[i], ==, expected[i]);

  /* the same place several times, most not at all */
  for (gsize i = 0; i < kept; i++)
    place[i] = kept / 3;
  if (kept > 1)
    place[kept - 1] = kept - 1;
  g_assert_cmpint (ip_ranking_find (&ranking, place, kept, found, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i < kept; i++)
    g_assert_cmpfloat (found[i], ==, expected[place[i]]);

  ip_ranking_clear (&ranking);
  free_matrix (&matrix);
}

static void
test_ranking (void)
{
  const gsize shapes[][2] = { { 0, 4 }, { 1, 1 }, { 1, 700 }, { 90, 7 }, { 3000, 2 }, { 4, 1025 } };
  const double aboves[] = { NAN, -INFINITY, -0.3, 0.0, 1.0, 0.1, INFINITY };

  for (guint element = 0; element < 2; element++)
    for (guint kind = 0; kind < 5; kind++)
      for (guint shape = 0; shape < G_N_ELEMENTS (shapes); shape++)
        for (guint i = 0; i < G_N_ELEMENTS (aboves); i++)
          check_ranking (kind, element, shapes[shape][0], shapes[shape][1], aboves[i]);
}

/* Collects all distances of a pass. */
typedef struct
{
  gsize n;
  double *squared;
  gsize visits;
} Square;

static void
collect (const IpDistanceTile *tile, void *data)
{
  Square *square = data;

  for (gsize i = 0; i < tile->rows; i++)
    for (gsize j = 0; j < tile->columns; j++)
      if (tile->column + j > tile->row + i)
        {
          square->squared[(tile->row + i) * square->n + tile->column + j]
            = tile->squared[i * tile->stride + j];
          square->visits++;
        }
}

static void
check_distances (gsize n, gsize d, IpElement element, double offset)
{
  IpMatrix matrix = create_matrix (n, d, element, offset);
  Square square = { n, g_new0 (double, n *n), 0 };
  g_autofree double *mean = g_new (double, d + 1);
  g_autofree double *variance = g_new (double, d + 1);
  g_autofree guint32 *order = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    order[i] = (guint32) (n - 1 - i);
  ip_columns_find_moments (&matrix, mean, variance, NULL);
  g_assert_cmpint (ip_distance_for_each_tile (&matrix, mean, order, collect, &square, NULL), ==,
                   IP_STATUS_OK);
  g_assert_cmpuint (square.visits, ==, n * (n - 1) / 2);

  for (gsize i = 0; i < n; i++)
    for (gsize j = i + 1; j < n; j++)
      {
        double expected = 0.0;

        for (gsize k = 0; k < d; k++)
          {
            double difference
              = ip_matrix_get (&matrix, order[i], k) - ip_matrix_get (&matrix, order[j], k);

            expected += difference * difference;
          }
        g_assert_cmpfloat (square.squared[i * n + j], >=, 0.0);
        g_assert_cmpfloat (fabs (square.squared[i * n + j] - expected), <=, 4e-15 * (double) d);
      }

  g_free (square.squared);
  free_matrix (&matrix);
}

static void
test_distances (void)
{
  for (guint element = 0; element < 2; element++)
    {
      check_distances (1, 3, element, 0.0);
      check_distances (2, 1, element, 0.0);
      check_distances (300, 10, element, 0.0);
      check_distances (256, 24, element, 0.0);
      check_distances (513, 25, element, 0.0);
      check_distances (90, 513, element, 0.0);
      check_distances (70, 1100, element, 0.0);
    }
  check_distances (70, 40, IP_ELEMENT_FLOAT64, 100.0);
}

/* Rows that are the same twice over, in other tiles. */
static void
check_coinciding_rows (gsize n, gsize d, IpElement element, double offset)
{
  IpMatrix matrix = create_matrix (2 * n, d, element, offset);
  Square square = { 2 * n, g_new0 (double, 4 * n * n), 0 };
  g_autofree double *mean = g_new (double, d);
  g_autofree double *variance = g_new (double, d);
  gsize half = n * d * (element == IP_ELEMENT_FLOAT32 ? sizeof (float) : sizeof (double));

  memcpy ((char *) matrix.data + half, matrix.data, half);
  ip_columns_find_moments (&matrix, mean, variance, NULL);
  g_assert_cmpint (ip_distance_for_each_tile (&matrix, mean, NULL, collect, &square, NULL), ==,
                   IP_STATUS_OK);
  for (gsize i = 0; i < 2 * n; i++)
    for (gsize j = i + 1; j < 2 * n; j++)
      if (j == i + n)
        g_assert_cmpfloat (square.squared[i * 2 * n + j], ==, 0.0);
      else
        g_assert_cmpfloat (square.squared[i * 2 * n + j], >, 0.0);

  g_free (square.squared);
  free_matrix (&matrix);
}

static void
test_coinciding_rows (void)
{
  for (guint element = 0; element < 2; element++)
    for (guint far = 0; far < 2; far++)
      {
        check_coinciding_rows (300, 10, element, far * 100.0);
        check_coinciding_rows (300, 25, element, far * 100.0);
        check_coinciding_rows (330, 700, element, far * 100.0);
        check_coinciding_rows (40, 3000, element, far * 100.0);
      }
}

typedef struct
{
  IpKernelSums *sums;
  gsize n_sums;
  const guint32 *class_end;
} Kernel;

static void
add_tile (const IpDistanceTile *tile, void *data)
{
  Kernel *kernel = data;

  ip_kernel_sums_add (kernel->sums, kernel->n_sums, kernel->class_end, tile);
}

/* Against exp() of libm, in loops of every length: vector units take eight numbers at a time. */
static void
test_exponential (void)
{
  const double far[] = { 0.0, -0.0, 4.9e-324, 1e-310, 1e-300, 159.9, 160.0, 160.1, 1e3, 1e308 };
  double squared[1000];
  double kernel[1000];

  for (gsize n = 1; n <= G_N_ELEMENTS (squared); n += n < 40 ? 1 : 137)
    for (double rate = 1.0; rate < 3.0; rate += 1.25)
      {
        for (gsize i = 0; i < n; i++)
          squared[i] = i < G_N_ELEMENTS (far) ? far[i] : 80.0 * (1.0 + draw (n, i)) / rate;
        ip_kernel_of_distances (squared, n, rate, kernel);
        for (gsize i = 0; i < n; i++)
          {
            double exponent = MIN (rate * squared[i], 160.0);
            double expected = exp (-exponent);

            g_assert_cmpfloat (fabs (kernel[i] - expected), <=,
                               (4e-16 + DBL_EPSILON * exponent) * expected);
          }
      }

  ip_kernel_of_distances (squared, 1, 0.0, kernel);
  g_assert_true (kernel[0] == 1.0);
}

/* Every set of powers, and a rate that is far too large. */
static void
check_kernel_sums (gsize n, gsize d, gsize n_classes)
{
  const double rates[] = { 0.125, 0.25, 0.5, 3.0, 6.0, 0.7, 2.8, 1e6 };
  const guint powers[] = { 1, 2, 4, 1, 2, 1, 4, 1 };
  IpMatrix matrix = create_matrix (n, d, IP_ELEMENT_FLOAT64, 0.0);
  IpKernelSums sums[G_N_ELEMENTS (rates)];
  g_autofree guint32 *end = g_new (guint32, n);
  g_autofree double *mean = g_new0 (double, d);
  Kernel kernel = { sums, G_N_ELEMENTS (rates), end };

  for (gsize i = 0; i < n; i++)
    end[i] = (guint32) MIN (n, (i * n_classes / n + 1) * n / n_classes
                                 + ((i * n_classes / n + 1) * n % n_classes != 0));
  for (guint k = 0; k < G_N_ELEMENTS (rates); k++)
    ip_kernel_sums_init (&sums[k], rates[k] / powers[k], powers[k], n, NULL);
  ip_distance_for_each_tile (&matrix, mean, NULL, add_tile, &kernel, NULL);

  for (gsize i = 0; i < n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (rates); k++)
      {
        double own = 0.0;
        double other = 0.0;

        for (gsize j = 0; j < n; j++)
          {
            double squared = 0.0;

            for (gsize c = 0; c < d; c++)
              squared += pow (ip_matrix_get (&matrix, i, c) - ip_matrix_get (&matrix, j, c), 2);
            if (j != i)
              *(end[i] == end[j] ? &own : &other) += exp (-rates[k] * squared);
          }
        g_assert_cmpfloat (fabs (sums[k].own[i] - own), <=, 1e-13 * (1.0 + own));
        g_assert_cmpfloat (fabs (sums[k].other[i] - other), <=, 1e-13 * (1.0 + other));
      }

  for (guint k = 0; k < G_N_ELEMENTS (rates); k++)
    ip_kernel_sums_clear (&sums[k]);
  free_matrix (&matrix);
}

static void
test_kernel_sums (void)
{
  check_kernel_sums (2, 1, 1);
  check_kernel_sums (300, 3, 1);
  check_kernel_sums (300, 3, 7);
  check_kernel_sums (530, 30, 2);
  check_kernel_sums (40, 4, 40);
}

/* Beside the definition, with both factors by rows and by columns. */
static void
check_product (gsize rows, gsize count, bool turned)
{
  const gsize width = IP_PRODUCT_COLUMNS;
  g_autofree double *left = g_new (double, rows * count);
  g_autofree double *right = g_new (double, count * (width + 3));
  g_autofree double *out = g_new (double, rows * (width + 5));
  IpFactor factor = { left, turned ? 1 : count, turned ? rows : 1 };

  for (gsize i = 0; i < rows * count; i++)
    left[i] = draw (1, i);
  for (gsize i = 0; i < count * (width + 3); i++)
    right[i] = draw (2, i);
  for (gsize i = 0; i < rows * (width + 5); i++)
    out[i] = draw (3, i);

  ip_product_add (&factor, right, width + 3, rows, count, out, width + 5);
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < width + 5; j++)
      {
        double expected = draw (3, i * (width + 5) + j);

        for (gsize k = 0; k < count && j < width; k++)
          expected += left[i * factor.row_step + k * factor.step] * right[k * (width + 3) + j];
        g_assert_cmpfloat (fabs (out[i * (width + 5) + j] - expected), <=,
                           1e-15 * (double) (j < width ? count + 1 : 0));
      }
}

static void
test_product (void)
{
  check_product (IP_PRODUCT_ROWS, 1, false);
  check_product (3 * IP_PRODUCT_ROWS, 7, true);
  check_product (96, 64, false);
  check_product (96, 96, true);
}

/* A matrix with known eigenvalues: Q diag (values) Q' with Q a product of reflections. */
static void
reflect_both_sides (double *matrix, gsize n, gsize seed)
{
  g_autofree double *v = g_new (double, n);
  double norm = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      v[i] = draw (seed, i);
      norm += v[i] * v[i];
    }
  for (guint side = 0; side < 2; side++)
    for (gsize i = 0; i < n; i++)
      {
        double product = 0.0;

        for (gsize j = 0; j < n; j++)
          product += v[j] * matrix[side == 0 ? i * n + j : j * n + i];
        for (gsize j = 0; j < n; j++)
          matrix[side == 0 ? i * n + j : j * n + i] -= 2.0 * v[j] * product / norm;
      }
}

static void
check_eigenvalues (gsize n)
{
  g_autofree double *matrix = g_new0 (double, n *n + 1);
  g_autofree double *copy = NULL;
  g_autofree double *values = g_new (double, n + 1);

  /* n, n - 1, .., 1 with every other one negative for the eigenvalues */
  for (gsize i = 0; i < n; i++)
    matrix[i * n + i] = (double) (i + 1) * (i % 2 ? -1.0 : 1.0);
  reflect_both_sides (matrix, n, 1);
  reflect_both_sides (matrix, n, 2);
  copy = g_memdup2 (matrix, (n * n + 1) * sizeof *matrix);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < i; j++)
      matrix[i * n + j] = NAN; /* must not be read */

  g_assert_cmpint (ip_eigenvalues (matrix, n, values, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i + 1 < n; i++)
    g_assert_cmpfloat (values[i], >, values[i + 1]);
  for (gsize i = 0; i < n; i++)
    {
      double expected = (double) (n - 2 * i) - (n % 2 == 0);

      expected = i < (n + 1) / 2 ? expected : -(2.0 * (double) (i + 1 - (n + 1) / 2));
      g_assert_cmpfloat (fabs (values[i] - expected), <, 1e-13 * (double) n);
    }

  g_assert_cmpint (ip_singular_values (copy, n, values, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (fabs (values[i] - (double) (n - i)), <, 1e-13 * (double) n);
}

static void
test_eigenvalues (void)
{
  const gsize sizes[]
      = { 0, 1, 2, 3, 31, 32, 33, 34, 35, 50, 63, 64, 65, 66, 67, 96, 97, 98, 200, 301, 400 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_eigenvalues (sizes[i]);
}

static void
fill_symmetric (double *matrix, gsize n)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = i; j < n; j++)
      matrix[i * n + j] = matrix[j * n + i] = draw (i, j);
}

typedef IpStatus (*Solve) (double *matrix, size_t n, double *values, IpContext *context);

/* The same bits from any number of threads, which it gives. */
static double *
solve_on_threads (Solve solve, const double *matrix, gsize n)
{
  const unsigned threads[] = { 1, 2, 3, 7 };
  g_autofree double *work = g_new (double, n *n);
  g_autofree double *values = g_new (double, n);
  double *first = g_new (double, n);

  for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
    {
      IpContext context = { .threads = threads[k] };

      memcpy (work, matrix, n * n * sizeof *work);
      g_assert_cmpint (solve (work, n, k == 0 ? first : values, &context), ==, IP_STATUS_OK);
      if (k > 0)
        g_assert_cmpmem (values, n * sizeof *values, first, n * sizeof *first);
    }

  return first;
}

/* Large enough to be shared, beside the numbers of LAPACK. */
static void
test_shared_eigenvalues (void)
{
  const lapack_int n = 1301;
  g_autofree double *matrix = g_new (double, (gsize) n * n);
  g_autofree double *expected = g_new (double, n);
  g_autofree double *values = NULL;

  fill_symmetric (matrix, n);
  values = solve_on_threads (ip_eigenvalues, matrix, n);
  g_assert_cmpint (LAPACKE_dsyevd (LAPACK_COL_MAJOR, 'N', 'L', n, matrix, n, expected), ==, 0);
  for (lapack_int i = 0; i < n; i++)
    g_assert_cmpfloat (fabs (values[i] - expected[n - 1 - i]), <, 1e-13 * fabs (expected[n - 1]));
}

/* Matrices with nothing to reflect, and with eigenvalues that are all the same or all but one. */
static void
test_plain_eigenvalues (void)
{
  const gsize n = 150;
  g_autofree double *zero = g_new0 (double, n *n);
  g_autofree double *unit = g_new0 (double, n *n);
  g_autofree double *ones = g_new (double, n *n);
  g_autofree double *values = g_new (double, n);
  /* n ε ‖A‖ with ‖A‖ = n, of a backward stable method: processors differ in the order of sums. */
  const double bound = (double) (n * n) * DBL_EPSILON;

  for (gsize i = 0; i < n * n; i++)
    ones[i] = 1.0;
  for (gsize i = 0; i < n; i++)
    unit[i * n + i] = 1.0;

  g_assert_cmpint (ip_eigenvalues (zero, n, values, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, 0.0);
  g_assert_cmpint (ip_eigenvalues (unit, n, values, NULL), ==, IP_STATUS_OK);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, 1.0);
  g_assert_cmpint (ip_eigenvalues (ones, n, values, NULL), ==, IP_STATUS_OK);
  g_assert_cmpfloat (fabs (values[0] - (double) n), <, bound);
  for (gsize i = 1; i < n; i++)
    g_assert_cmpfloat (fabs (values[i]), <, bound);
}

typedef struct
{
  guint looks;
  guint most;
} Patience;

static bool
has_lost_patience (void *data)
{
  Patience *patience = data;

  return patience->looks++ >= patience->most;
}

static void
check_cancelled_eigenvalues (double *matrix, gsize n, unsigned threads, guint most)
{
  g_autofree double *values = g_new (double, n);
  Patience patience = { 0, most };
  IpContext context = { .cancelled = has_lost_patience, .data = &patience, .threads = threads };

  fill_symmetric (matrix, n);
  g_assert_cmpint (ip_eigenvalues (matrix, n, values, &context), ==, IP_STATUS_CANCELLED);
  g_assert_cmpuint (patience.looks, ==, most + 1);
}

/* Whenever the context says so, in the band as in the bulges; helpers do the work of some looks. */
static void
test_cancelled_eigenvalues (void)
{
  const gsize n = 800;
  g_autofree double *matrix = g_new (double, n *n);
  g_autofree double *values = g_new (double, n);
  Patience patience = { 0, G_MAXUINT };
  IpContext context = { .cancelled = has_lost_patience, .data = &patience };

  fill_symmetric (matrix, n);
  g_assert_cmpint (ip_eigenvalues (matrix, n, values, &context), ==, IP_STATUS_OK);
  g_assert_cmpuint (patience.looks, >, 60);
  for (guint most = 0; most < patience.looks; most += 11)
    check_cancelled_eigenvalues (matrix, n, 1, most);
  check_cancelled_eigenvalues (matrix, n, 2, 0);
  check_cancelled_eigenvalues (matrix, n, 3, 9);
}

static void
test_shared_singular_values (void)
{
  const lapack_int n = 1000;
  gsize size = (gsize) n * n;
  g_autofree double *matrix = g_new (double, size);
  g_autofree double *expected = g_new (double, n);
  g_autofree double *values = NULL;
  Patience patience = { 0, 20 };
  IpContext impatient = { .cancelled = has_lost_patience, .data = &patience, .threads = 2 };

  for (gsize i = 0; i < size; i++)
    matrix[i] = draw (3, i);
  values = solve_on_threads (ip_singular_values, matrix, n);
  g_assert_cmpint (LAPACKE_dgesdd (LAPACK_COL_MAJOR, 'N', n, n, matrix, n, expected, NULL, 1, NULL,
                                   1),
                   ==, 0);
  for (lapack_int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (values[i], expected[i], 1e-13 * expected[0]);

  for (gsize i = 0; i < size; i++)
    matrix[i] = draw (3, i);
  g_assert_cmpint (ip_singular_values (matrix, n, values, &impatient), ==, IP_STATUS_CANCELLED);
}

/* Multiples of unit vectors in any order, one of them zero, of sizes around those of panels. */
static void
test_singular_values_of_units (void)
{
  for (gsize n = 1; n < 70; n++)
    {
      g_autofree double *matrix = g_new0 (double, n *n);
      g_autofree double *values = g_new (double, n);

      for (gsize j = 0; j < n; j++)
        matrix[j * n + (j * 71) % n] = (double) ((j * 37) % n) * (j % 2 ? -1.0 : 1.0);
      g_assert_cmpint (ip_singular_values (matrix, n, values, NULL), ==, IP_STATUS_OK);
      for (gsize j = 0; j < n; j++)
        g_assert_cmpfloat_with_epsilon (values[j], n % 37 ? (double) (n - 1 - j) : 0.0, 1e-13 * n);
    }
}

/* The eigenvalues of a circulant matrix are the Fourier transform of its row. */
static void
test_moduli_of_circulant (void)
{
  const gsize n = 37;
  g_autofree double *matrix = g_new (double, n *n);
  g_autofree double *moduli = g_new (double, n);
  g_autofree double *expected = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      matrix[i * n + j] = (double) (ip_random_at (5, (j + n - i) % n) >> 11) * 0x1p-53;
  for (gsize k = 0; k < n; k++)
    {
      double real = 0.0;
      double imaginary = 0.0;

      for (gsize j = 0; j < n; j++)
        {
          double angle = 2.0 * G_PI * (double) (j * k % n) / (double) n;

          real += matrix[j] * cos (angle);
          imaginary += matrix[j] * sin (angle);
        }
      expected[k] = hypot (real, imaginary);
    }
  qsort (expected, n, sizeof *expected, compare_doubles);

  g_assert_cmpint (ip_eigenvalue_moduli (matrix, n, moduli, NULL), ==, IP_STATUS_OK);
  for (gsize k = 0; k < n; k++)
    g_assert_cmpfloat_with_epsilon (moduli[k], expected[n - 1 - k], 1e-12);
}

static bool
cancel_at_third_look (void *data)
{
  return ++*(guint *) data >= 3;
}

static void
nothing (const IpDistanceTile *tile, void *data)
{
}

static void
test_cancel (void)
{
  guint looks = 0;
  IpContext context = { .cancelled = cancel_at_third_look, .data = &looks };
  IpMatrix matrix = create_matrix (2000, 30, IP_ELEMENT_FLOAT32, 0.0);
  double mean[30] = { 0.0 };

  g_assert_cmpint (ip_distance_for_each_tile (&matrix, mean, NULL, nothing, NULL, &context), ==,
                   IP_STATUS_CANCELLED);
  g_assert_cmpuint (looks, ==, 3);
  free_matrix (&matrix);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/numerics/number/shortest", test_number_shortest);
  g_test_add_func ("/numerics/number/locale", test_number_locale);
  g_test_add_func ("/numerics/partition/entropy", test_partition_entropy);
  g_test_add_func ("/numerics/partition/rows", test_partition_rows);
  g_test_add_func ("/numerics/partition/close-rows", test_partition_close_rows);
  g_test_add_func ("/numerics/partition/all-ways", test_partitions);
  g_test_add_func ("/numerics/random", test_random);
  g_test_add_func ("/numerics/low-rank", test_low_rank);
  g_test_add_func ("/numerics/digitise/grid", test_grid);
  g_test_add_func ("/numerics/digitise/steps", test_steps);
  g_test_add_func ("/numerics/digitise/edges", test_edges);
  g_test_add_func ("/numerics/digitise/scaled-edges", test_scaled_edges);
  g_test_add_func ("/numerics/columns/extremes", test_extremes);
  g_test_add_func ("/numerics/columns/moments", test_moments);
  g_test_add_func ("/numerics/columns/ranges", test_ranges);
  g_test_add_func ("/numerics/sort", test_sort);
  g_test_add_func ("/numerics/ranking", test_ranking);
  g_test_add_func ("/numerics/distance/tiles", test_distances);
  g_test_add_func ("/numerics/distance/coinciding", test_coinciding_rows);
  g_test_add_func ("/numerics/distance/cancel", test_cancel);
  g_test_add_func ("/numerics/product", test_product);
  g_test_add_func ("/numerics/eigen/values", test_eigenvalues);
  g_test_add_func ("/numerics/eigen/threads", test_shared_eigenvalues);
  g_test_add_func ("/numerics/eigen/plain", test_plain_eigenvalues);
  g_test_add_func ("/numerics/eigen/cancelled", test_cancelled_eigenvalues);
  g_test_add_func ("/numerics/eigen/shared-singular", test_shared_singular_values);
  g_test_add_func ("/numerics/eigen/units", test_singular_values_of_units);
  g_test_add_func ("/numerics/eigen/moduli", test_moduli_of_circulant);
  g_test_add_func ("/numerics/exponential", test_exponential);
  g_test_add_func ("/numerics/kernel-sums", test_kernel_sums);

  return g_test_run ();
}
