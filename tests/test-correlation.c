/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-correlation.h"
#include "ip-random.h"

#include <glib.h>
#include <math.h>

#define assert_near(a, b, tolerance) g_assert_cmpfloat_with_epsilon (a, b, tolerance)

static double
find (IpCorrelation correlation, const double *x, const double *y, gsize n)
{
  double coefficient;

  g_assert_cmpint (ip_correlation_find (correlation, x, y, n, &coefficient, NULL), ==,
                   IP_STATUS_OK);
  return coefficient;
}

static int
get_sign (double number)
{
  return (number > 0) - (number < 0);
}

static double
find_kendall_slowly (const double *x, const double *y, gsize n)
{
  double difference = 0, different_x = 0, different_y = 0;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < i; j++)
      {
        difference += get_sign (x[i] - x[j]) * get_sign (y[i] - y[j]);
        different_x += x[i] != x[j];
        different_y += y[i] != y[j];
      }
  return difference / sqrt (different_x * different_y);
}

/* Ranks by counting what is smaller and what is equal. */
static double *
rank_slowly (const double *numbers, gsize n)
{
  double *ranks = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    {
      ranks[i] = 0.5;
      for (gsize j = 0; j < n; j++)
        ranks[i] += numbers[j] < numbers[i] ? 1.0 : numbers[j] == numbers[i] ? 0.5 : 0.0;
    }
  return ranks;
}

static void
test_slow_reference (void)
{
  const guint levels[] = { 2, 5, 1000000 }; /* many ties, some, none */

  for (gsize n = 2; n < 130; n = n * 3 / 2 + 1)
    for (guint l = 0; l < G_N_ELEMENTS (levels); l++)
      {
        g_autofree double *x = g_new (double, n);
        g_autofree double *y = g_new (double, n);
        g_autofree double *ranks_x = NULL;
        g_autofree double *ranks_y = NULL;

        for (gsize i = 0; i < n; i++)
          {
            x[i] = (double) (ip_random_at (n, i) % levels[l]);
            y[i] = (double) (ip_random_at (n + 1000, i) % levels[l]) + 0.3 * x[i];
          }
        x[0] = -1;
        y[n - 1] = -2;
        ranks_x = rank_slowly (x, n);
        ranks_y = rank_slowly (y, n);
        assert_near (find (IP_CORRELATION_KENDALL, x, y, n), find_kendall_slowly (x, y, n), 1e-14);
        assert_near (find (IP_CORRELATION_SPEARMAN, x, y, n),
                     find (IP_CORRELATION_PEARSON, ranks_x, ranks_y, n), 1e-14);
      }
}

static void
test_closed_forms (void)
{
  const double x[] = { 1, 2, 3, 4 };
  const double squares[] = { 1, 4, 9, 16 };
  const double falling[] = { 2e300, 1e300, 0, -1e300 };
  const double tiny[] = { 1e-300, 2e-300, 3e-300, 4e-300 };
  const double shuffled[] = { 2, 1, 4, 3 };

  assert_near (find (IP_CORRELATION_PEARSON, x, squares, 4), 25 / sqrt (5.0 * 129), 1e-15);
  g_assert_cmpfloat (find (IP_CORRELATION_PEARSON, x, falling, 4), ==, -1);
  g_assert_cmpfloat (find (IP_CORRELATION_PEARSON, x, tiny, 4), ==, 1);
  g_assert_cmpfloat (find (IP_CORRELATION_KENDALL, x, falling, 4), ==, -1);
  g_assert_cmpfloat (find (IP_CORRELATION_SPEARMAN, x, squares, 4), ==, 1);
  g_assert_cmpfloat (find (IP_CORRELATION_SPEARMAN, x, falling, 4), ==, -1);
  assert_near (find (IP_CORRELATION_SPEARMAN, x, shuffled, 4), 0.6, 1e-15);
  g_assert_cmpfloat (find (IP_CORRELATION_KENDALL, x, squares, 4), ==, 1);
  assert_near (find (IP_CORRELATION_KENDALL, x, shuffled, 4), 1. / 3, 1e-15);
}

static void
test_degenerate (void)
{
  const double x[] = { 0.1, 0.1, 0.1, 0.1 };
  const double y[] = { 1, 2, 3, 5 };

  for (guint i = 0; i < IP_N_CORRELATIONS; i++)
    {
      double lower, upper;

      g_assert_true (isnan (find (i, x, y, 4)));
      g_assert_true (isnan (find (i, y, x, 4)));
      g_assert_true (isnan (find (i, y, y, 1)));
      g_assert_true (isnan (find (i, y, y, 0)));
      g_assert_cmpint (ip_correlation_bootstrap (i, y, y, 2, 100, 1, &lower, &upper, NULL), ==,
                       IP_STATUS_OK);
      g_assert_true (isnan (lower) && isnan (upper));
      ip_correlation_bootstrap (i, x, y, 4, 100, 1, &lower, &upper, NULL);
      g_assert_true (isnan (lower) && isnan (upper));
      ip_correlation_bootstrap (i, y, y, 4, 100, 1, &lower, &upper, NULL);
      g_assert_cmpfloat (lower, ==, 1);
      g_assert_cmpfloat (upper, ==, 1);
    }
}

/* The interval is about as wide as theory has it, and holds the truth as often as it says. */
static void
test_bootstrap (void)
{
  const gsize n = 200;
  const double truth = 0.6;
  guint inside = 0;

  for (guint run = 0; run < 100; run++)
    {
      double x[200], y[200];
      double lower, upper;

      for (gsize i = 0; i < n; i++)
        {
          double u = ldexp ((double) (ip_random_at (run, 2 * i) >> 11) + 0.5, -53);
          double v = ldexp ((double) (ip_random_at (run, 2 * i + 1) >> 11), -53);
          double radius = sqrt (-2 * log (u));

          x[i] = radius * cos (2 * G_PI * v);
          y[i] = truth * x[i] + sqrt (1 - truth * truth) * radius * sin (2 * G_PI * v);
        }
      ip_correlation_bootstrap (IP_CORRELATION_PEARSON, x, y, n, 300, 5, &lower, &upper, NULL);
      assert_near (upper - lower, 2 * 1.96 * (1 - truth * truth) / sqrt (n), 0.1);
      inside += lower < truth && truth < upper;
    }
  g_test_message ("%u of 100 intervals of 95 %% hold the truth", inside);
  g_assert_cmpuint (inside, >=, 87);
}

static void
test_bootstrap_is_repeatable (void)
{
  const double x[] = { 1, 5, 2, 8, 3, 9, 4 };
  const double y[] = { 2, 3, 1, 9, 7, 8, 2 };
  double lower[3], upper[3];

  for (guint i = 0; i < 3; i++)
    ip_correlation_bootstrap (IP_CORRELATION_KENDALL, x, y, 7, 500, i / 2, &lower[i], &upper[i],
                              NULL);
  g_assert_cmpfloat (lower[0], ==, lower[1]);
  g_assert_cmpfloat (upper[0], ==, upper[1]);
  g_assert_true (lower[0] != lower[2] || upper[0] != upper[2]);
  g_assert_cmpfloat (lower[0], <, find (IP_CORRELATION_KENDALL, x, y, 7));
  g_assert_cmpfloat (upper[0], >, find (IP_CORRELATION_KENDALL, x, y, 7));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/correlation/slow-reference", test_slow_reference);
  g_test_add_func ("/correlation/closed-forms", test_closed_forms);
  g_test_add_func ("/correlation/degenerate", test_degenerate);
  g_test_add_func ("/correlation/bootstrap", test_bootstrap);
  g_test_add_func ("/correlation/repeatable", test_bootstrap_is_repeatable);

  return g_test_run ();
}
