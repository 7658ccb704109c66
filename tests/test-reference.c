/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* What numerics finds by passes and blocks against what is found by looking at every pair. */

#include "ip-clusters.h"
#include "ip-columns.h"
#include "ip-distance.h"
#include "ip-eigen.h"
#include "ip-mersenne.h"
#include "ip-neighbours.h"
#include "ip-random.h"
#include "ip-triangle.h"
#include "ip-width.h"

#include <float.h>
#include <glib.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Narrow and wide matrices, below and above the size of a tile; `far` from zero. */
static const struct
{
  gsize rows;
  gsize columns;
  IpElement element;
  double far;
  guint values; /* how many numbers there are: with few, rows coincide */
} shapes[] = {
  { 2, 1, IP_ELEMENT_FLOAT64, 0, 1000 },    { 7, 3, IP_ELEMENT_FLOAT32, 0, 1000 },
  { 40, 2, IP_ELEMENT_FLOAT64, 0, 3 },      { 257, 24, IP_ELEMENT_FLOAT64, 10, 1000 },
  { 300, 25, IP_ELEMENT_FLOAT32, 0, 1000 }, { 530, 5, IP_ELEMENT_FLOAT32, 0, 1000 },
  { 520, 40, IP_ELEMENT_FLOAT64, 0, 2 },    { 60, 700, IP_ELEMENT_FLOAT64, 1, 1000 },
};

static IpMatrix
create_matrix (guint shape)
{
  gsize n = shapes[shape].rows * shapes[shape].columns;
  gboolean is_single = shapes[shape].element == IP_ELEMENT_FLOAT32;
  gpointer data = g_malloc (n * (is_single ? sizeof (float) : sizeof (double)));

  for (gsize i = 0; i < n; i++)
    {
      double number = shapes[shape].far
                      + (double) (ip_random_at (shape, i) % shapes[shape].values)
                          / shapes[shape].values;

      if (is_single)
        ((float *) data)[i] = (float) number;
      else
        ((double *) data)[i] = number;
    }

  return (IpMatrix){ data, shapes[shape].rows, shapes[shape].columns, shapes[shape].columns,
                     shapes[shape].element };
}

static double *
find_means (const IpMatrix *matrix)
{
  double *moments = g_new (double, 2 * matrix->columns);

  g_assert_cmpint (ip_columns_find_moments (matrix, moments, moments + matrix->columns, NULL), ==,
                   IP_STATUS_OK);
  return moments;
}

static double
find_squared (const IpMatrix *matrix, gsize i, gsize j)
{
  double sum = 0.0;

  for (gsize k = 0; k < matrix->columns; k++)
    sum += pow (ip_matrix_get (matrix, i, k) - ip_matrix_get (matrix, j, k), 2.0);
  return sum;
}

static double
find_largest (const IpMatrix *matrix, gsize i, gsize j)
{
  double largest = 0.0;

  for (gsize k = 0; k < matrix->columns; k++)
    largest = fmax (largest, fabs (ip_matrix_get (matrix, i, k) - ip_matrix_get (matrix, j, k)));
  return largest;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* To all others, ascending. */
static void
sort_distances (const IpMatrix *matrix, gsize row, gboolean by_maximum, double *distance)
{
  gsize n = 0;

  for (gsize j = 0; j < matrix->rows; j++)
    if (j != row)
      distance[n++] = by_maximum ? find_largest (matrix, row, j)
                                 : sqrt (find_squared (matrix, row, j));
  qsort (distance, n, sizeof *distance, compare);
}

static void
check_neighbours (const IpMatrix *matrix, gsize k, gboolean by_maximum)
{
  g_autofree double *mean = find_means (matrix);
  g_autofree double *found = g_new (double, matrix->rows * k);
  g_autofree double *expected = g_new (double, matrix->rows);

  g_assert_cmpint (by_maximum ? ip_neighbours_find_by_maximum (matrix, k, found, NULL)
                              : ip_neighbours_find (matrix, mean, k, found, NULL),
                   ==, IP_STATUS_OK);
  for (gsize i = 0; i < matrix->rows; i++)
    {
      sort_distances (matrix, i, by_maximum, expected);
      for (gsize m = 0; m < k; m++)
        g_assert_cmpfloat_with_epsilon (found[i * k + m], expected[m], 1e-13 + 1e-13 * expected[m]);
    }
}

static void
test_neighbours (void)
{
  for (guint shape = 0; shape < G_N_ELEMENTS (shapes); shape++)
    {
      IpMatrix matrix = create_matrix (shape);

      for (gsize k = 1; k < matrix.rows && k < 20; k += 6)
        {
          check_neighbours (&matrix, k, FALSE);
          check_neighbours (&matrix, k, TRUE);
        }
      g_free ((gpointer) matrix.data);
    }
}

static double *pairs;
static gsize n_rows;

static void
copy_tile (const IpDistanceTile *tile, void *data)
{
  double *squared = data;

  for (gsize i = 0; i < tile->rows; i++)
    for (gsize j = tile->row == tile->column ? i + 1 : 0; j < tile->columns; j++)
      squared[(tile->row + i) * n_rows + tile->column + j] = tile->squared[i * tile->stride + j];
}

/* The whole triangle, and the tiles of a second visit to it, in an order of its own. */
static void
test_distances (void)
{
  for (guint shape = 0; shape < G_N_ELEMENTS (shapes); shape++)
    {
      IpMatrix matrix = create_matrix (shape);
      gsize n = matrix.rows;
      g_autofree double *mean = find_means (&matrix);
      g_autofree double *squared = g_new (double, n *n);
      g_autofree guint32 *order = g_new (guint32, n);

      for (gsize i = 0; i < n; i++)
        order[i] = (guint32) (n - 1 - i);
      n_rows = n;
      pairs = g_new0 (double, n * n);
      g_assert_cmpint (ip_distance_fill (&matrix, mean, order, squared, NULL), ==, IP_STATUS_OK);
      g_assert_cmpint (
        ip_distance_revisit (squared, n, matrix.columns, copy_tile, pairs, NULL), ==, IP_STATUS_OK);
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpfloat (squared[i * n + i], ==, 0.0);
          for (gsize j = i + 1; j < n; j++)
            {
              g_assert_cmpfloat_with_epsilon (squared[i * n + j],
                                              find_squared (&matrix, order[i], order[j]),
                                              1e-12 * (1.0 + (double) matrix.columns));
              g_assert_cmpfloat (squared[i * n + j], >=, 0.0);
              g_assert_cmpfloat (pairs[i * n + j], ==, squared[i * n + j]);
            }
        }
      g_free (pairs);
      g_free ((gpointer) matrix.data);
    }
}

/* random.seed (seed); random.sample (range (n), k) of CPython 3.11 */
static void
test_mersenne (void)
{
  static const struct
  {
    guint32 seed;
    gsize n;
    gsize k;
    guint32 drawn[20];
  } samples[] = {
    { 0, 100, 8, { 49, 97, 53, 5, 33, 65, 62, 51 } },
    { 7, 1000, 6, { 331, 970, 154, 404, 666, 49 } },
    { 4294967295, 20, 20,
      { 19, 6, 18, 16, 9, 15, 5, 17, 10, 4, 13, 7, 12, 0, 1, 11, 14, 3, 2, 8 } },
    { 3, 50, 1, { 15 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      IpMersenne twister;
      guint32 drawn[20];

      ip_mersenne_init (&twister, samples[i].seed);
      g_assert_cmpint (
        ip_mersenne_sample (&twister, samples[i].n, samples[i].k, drawn, NULL), ==, IP_STATUS_OK);
      g_assert_cmpmem (drawn, samples[i].k * sizeof *drawn, samples[i].drawn,
                       samples[i].k * sizeof *drawn);
    }
}

/* One column: bins of equal width, the largest number in the last one. */
static void
test_bins (void)
{
  double numbers[] = { 0.0, 0.99, 1.0, 2.5, 3.999, 4.0, -1.0, 1.49 };
  const guint32 expected[] = { 1, 1, 2, 3, 4, 4, 0, 2 };
  IpMatrix matrix = { numbers, G_N_ELEMENTS (numbers), 1, 1, IP_ELEMENT_FLOAT64 };
  guint32 label[G_N_ELEMENTS (numbers)];

  g_assert_cmpint (ip_clusters_find (&matrix, 5, 0, label, NULL), ==, IP_STATUS_OK);
  g_assert_cmpmem (label, sizeof label, expected, sizeof expected);
}

/* Groups far apart are found as they are; of others, no row is nearer to the mean of another group
 * than to that of its own. */
static void
test_clusters (void)
{
  enum
  {
    ROWS = 300,
    GROUPS = 4
  };
  double numbers[2 * ROWS];
  guint32 label[ROWS];
  IpMatrix matrix = { numbers, ROWS, 2, 2, IP_ELEMENT_FLOAT64 };

  for (guint far = 0; far < 2; far++)
    {
      double mean[2 * GROUPS] = { 0.0 };
      guint count[GROUPS] = { 0 };

      for (guint i = 0; i < 2 * ROWS; i++)
        numbers[i] = (double) (ip_random_at (9, i) >> 11) * 0x1p-53
                     + 100.0 * far * (i / 2 % GROUPS) * (i % 2);
      g_assert_cmpint (ip_clusters_find (&matrix, GROUPS, 1, label, NULL), ==, IP_STATUS_OK);

      for (guint i = 0; i < ROWS; i++)
        {
          g_assert_cmpuint (label[i], <, GROUPS);
          count[label[i]]++;
          mean[2 * label[i]] += numbers[2 * i];
          mean[2 * label[i] + 1] += numbers[2 * i + 1];
        }
      for (guint i = 0; i < ROWS; i++)
        for (guint c = 0; c < GROUPS; c++)
          {
            guint own = label[i];

            g_assert_cmpfloat (hypot (numbers[2 * i] - mean[2 * own] / count[own],
                                      numbers[2 * i + 1] - mean[2 * own + 1] / count[own]),
                               <=,
                               hypot (numbers[2 * i] - mean[2 * c] / count[c],
                                      numbers[2 * i + 1] - mean[2 * c + 1] / count[c])
                                 + 1e-12);
          }
      for (guint i = GROUPS; far == 1 && i < ROWS; i++)
        g_assert_cmpuint (label[i], ==, label[i % GROUPS]);
    }
}

/* Rows one by one against all of them at once. */
static void
test_triangle (void)
{
  for (guint shape = 0; shape < G_N_ELEMENTS (shapes); shape++)
    {
      IpMatrix matrix = create_matrix (shape);
      gsize m = matrix.rows;
      gsize n = matrix.columns;
      g_autofree double *whole = g_new (double, m *n);
      g_autofree double *row = g_new (double, n);
      g_autofree double *expected = g_new (double, n);
      g_autofree double *found = g_new (double, n);
      IpTriangle triangle;

      if (m >= n)
        {
          g_assert_cmpint (ip_triangle_init (&triangle, n, NULL), ==, IP_STATUS_OK);
          for (gsize i = 0; i < m; i++)
            {
              for (gsize j = 0; j < n; j++)
                row[j] = whole[j * m + i] = ip_matrix_get (&matrix, i, j);
              g_assert_cmpint (ip_triangle_add (&triangle, row, NULL), ==, IP_STATUS_OK);
            }
          g_assert_cmpint (ip_triangle_get_singular_values (&triangle, found, NULL), ==,
                           IP_STATUS_OK);
          g_assert_cmpint (LAPACKE_dgesdd (LAPACK_COL_MAJOR, 'N', (lapack_int) m, (lapack_int) n,
                                           whole, (lapack_int) m, expected, NULL, 1, NULL, 1),
                           ==, 0);
          for (gsize j = 0; j < n; j++)
            g_assert_cmpfloat_with_epsilon (found[j], expected[j], 1e-13 * expected[0]);
          ip_triangle_clear (&triangle);
        }
      g_free ((gpointer) matrix.data);
    }
}

/* Jacobi's method, [n x n] with both triangles: elements beside the diagonal are turned to zero one
 * by one, over and over. */
static void
diagonalise (double *matrix, gsize n)
{
  for (guint turn = 0; turn < 12; turn++)
    for (gsize p = 0; p < n; p++)
      for (gsize q = p + 1; q < n; q++)
        {
          double twice = 2.0 * matrix[p * n + q];
          double difference = matrix[q * n + q] - matrix[p * n + p];
          double angle = twice != 0.0 ? 0.5 * atan (twice / difference) : 0.0;

          for (guint side = 0; side < 2; side++)
            for (gsize k = 0; k < n; k++)
              {
                double *x = &matrix[side == 0 ? p * n + k : k * n + p];
                double *y = &matrix[side == 0 ? q * n + k : k * n + q];
                double turned = cos (angle) * *x - sin (angle) * *y;

                *y = sin (angle) * *x + cos (angle) * *y;
                *x = turned;
              }
        }
}

static double
draw (guint64 seed, gsize at)
{
  return (double) (ip_random_at (seed, at) % 1000) / 1000.0;
}

/* A matrix of `rank` that is not symmetric, with columns of ever smaller numbers when `graded`. */
static void
fill_of_rank (double *matrix, gsize n, gsize rank, gboolean graded)
{
  memset (matrix, 0, n * n * sizeof *matrix);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      for (gsize k = 0; k < rank; k++)
        matrix[j * n + i] += (draw (k, i) - 0.5) * (draw (k + 99, j) - 0.3)
                             * (graded ? pow (0.5, (double) j) : 1.0);
}

/* The largest `count` of the eigenvalues of a symmetric matrix. */
static void
check_largest (double *symmetric, gsize n, const double *found, gsize count)
{
  g_autofree double *expected = g_new (double, n);

  diagonalise (symmetric, n);
  for (gsize i = 0; i < n; i++)
    expected[i] = symmetric[i * n + i];
  qsort (expected, n, sizeof *expected, compare);

  for (gsize i = 0; i < count; i++)
    g_assert_cmpfloat_with_epsilon (found[i], expected[n - 1 - i],
                                    1e-13 * fmax (expected[n - 1], -expected[0]) + DBL_MIN);
}

static void
check_eigenvalues (const double *matrix, gsize n)
{
  g_autofree double *symmetric = g_new (double, n *n);
  g_autofree double *copy = g_new (double, n *n);
  g_autofree double *found = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      symmetric[i * n + j] = copy[i * n + j] = matrix[i * n + j] + matrix[j * n + i];
  g_assert_cmpint (ip_eigenvalues (copy, n, found, NULL), ==, IP_STATUS_OK);
  check_largest (symmetric, n, found, n);
}

/* Those of A are the positive eigenvalues of [0 A; A' 0]. */
static void
check_singular_values (double *matrix, gsize n)
{
  g_autofree double *symmetric = g_new0 (double, 4 * n * n);
  g_autofree double *found = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      symmetric[i * 2 * n + n + j] = symmetric[(n + j) * 2 * n + i] = matrix[j * n + i];
  g_assert_cmpint (ip_singular_values (matrix, n, found, NULL), ==, IP_STATUS_OK);
  check_largest (symmetric, 2 * n, found, n);
}

static void
test_eigenvalues (void)
{
  const gsize sizes[] = { 1, 2, 5, 15, 16, 17, 31, 33, 40, 66 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint kind = 0; kind < 4; kind++)
      {
        gsize n = sizes[i];
        gsize rank = kind == 0 ? 0 : kind == 1 ? (n + 2) / 3 : n;
        g_autofree double *matrix = g_new (double, n *n);

        fill_of_rank (matrix, n, rank, kind == 3);
        check_eigenvalues (matrix, n);
        check_singular_values (matrix, n);
      }
}

/* The rules of kernel widths: the upper median of all distances, the mean distance to the k-th. */
static void
test_width (void)
{
  for (guint shape = 1; shape < G_N_ELEMENTS (shapes); shape++)
    {
      const IpWidth median = { .rule = IP_WIDTH_MEDIAN, .factor = 0.5 };
      const IpWidth neighbours = { .rule = IP_WIDTH_NEIGHBOURS, .k = 3 };
      IpMatrix matrix = create_matrix (shape);
      gsize n = matrix.rows;
      g_autofree double *distances = g_new (double, n *n);
      g_autofree double *sorted = g_new (double, n);
      gsize n_pairs = 0;
      double mean = 0.0;
      double found;

      for (gsize i = 0; i < n; i++)
        {
          for (gsize j = i + 1; j < n; j++)
            distances[n_pairs++] = sqrt (find_squared (&matrix, i, j));
          sort_distances (&matrix, i, FALSE, sorted);
          mean += sorted[2] / (double) n;
        }
      qsort (distances, n_pairs, sizeof *distances, compare);

      g_assert_cmpint (ip_width_find_for_matrix (&matrix, &median, &found, NULL), ==,
                       IP_STATUS_OK);
      g_assert_cmpfloat_with_epsilon (found, 0.5 * distances[n_pairs / 2], 1e-12 * found);
      if (mean > 0.0)
        {
          g_assert_cmpint (ip_width_find_for_matrix (&matrix, &neighbours, &found, NULL), ==,
                           IP_STATUS_OK);
          g_assert_cmpfloat_with_epsilon (found, mean, 1e-12 * mean);
        }
      g_free ((gpointer) matrix.data);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reference/neighbours", test_neighbours);
  g_test_add_func ("/reference/distances", test_distances);
  g_test_add_func ("/reference/mersenne", test_mersenne);
  g_test_add_func ("/reference/bins", test_bins);
  g_test_add_func ("/reference/clusters", test_clusters);
  g_test_add_func ("/reference/triangle", test_triangle);
  g_test_add_func ("/reference/eigenvalues", test_eigenvalues);
  g_test_add_func ("/reference/width", test_width);
  return g_test_run ();
}
