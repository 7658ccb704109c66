/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump.h"
#include "make-dumps.h"

#include <math.h>
#include <string.h>

/* What of a dump is used: samples, and how units become a row. */

#define ROWS 5
#define CHANNELS 3
#define POSITIONS 4

/* The number of a sample at a channel and position. */
static double
get_value (gsize row, gsize channel, gsize position)
{
  return sin ((double) (row * 31 + channel * 7 + position));
}

static double *
read_units (gpointer data, gsize first, gsize count, GError **error)
{
  gboolean last = GPOINTER_TO_INT (data);
  double *units = g_new (double, ROWS *count);

  for (gsize n = 0; n < ROWS; n++)
    for (gsize k = 0; k < count; k++)
      {
        gsize unit = first + k;
        gsize channel = last ? unit % CHANNELS : unit / POSITIONS;
        gsize position = last ? unit / CHANNELS : unit % POSITIONS;

        units[n * count + k] = get_value (n, channel, position);
      }
  return units;
}

static double
reduce_slowly (IpReductionKind kind, gsize row, gsize channel)
{
  double sum = 0;
  double greatest = -INFINITY;

  for (gsize p = 0; p < POSITIONS; p++)
    {
      sum += get_value (row, channel, p);
      greatest = fmax (greatest, get_value (row, channel, p));
    }
  return kind == IP_REDUCTION_MEAN ? sum / POSITIONS : greatest;
}

/* All channels and some of them, with channels first and last. */
static void
test_reducer (void)
{
  for (int last = 0; last < 2; last++)
    for (IpReductionKind kind = IP_REDUCTION_MEAN; kind < IP_N_REDUCTIONS; kind++)
      for (gsize first = 0; first < CHANNELS; first++)
        {
          gsize count = CHANNELS - first;
          IpReducer reducer
            = { { kind, last }, ROWS, CHANNELS, POSITIONS, read_units, GINT_TO_POINTER (last) };
          g_autofree double *reduced = ip_reducer_read (&reducer, first, count, NULL);

          for (gsize n = 0; n < ROWS; n++)
            for (gsize c = 0; c < count; c++)
              if (kind != IP_REDUCTION_POSITIONS)
                g_assert_cmpfloat (reduced[n * count + c], ==, reduce_slowly (kind, n, first + c));
              else
                for (gsize p = 0; p < POSITIONS; p++)
                  g_assert_cmpfloat (reduced[(n * POSITIONS + p) * count + c], ==,
                                     get_value (n, first + c, p));
        }
}

static double *
read_bad (gpointer data, gsize first, gsize count, GError **error)
{
  double *units = g_new0 (double, count);

  units[0] = NAN;
  return units;
}

/* What is no number stays none. */
static void
test_not_a_number (void)
{
  for (IpReductionKind kind = IP_REDUCTION_MEAN; kind <= IP_REDUCTION_MAX; kind++)
    {
      IpReducer reducer = { { kind, FALSE }, 1, 1, POSITIONS, read_bad, NULL };
      g_autofree double *reduced = ip_reducer_read (&reducer, 0, 1, NULL);

      g_assert_true (isnan (reduced[0]));
    }
}

static void
test_reduction_text (void)
{
  static const char *const good[] = { "mean", "max:last", "positions:first", "flatten" };
  static const char *const bad[] = { "", "median", "mean:middle", "mean:first:x" };
  static const char *const texts[] = { "mean:first", "max:last", "positions:first", "" };
  IpReduction reduction = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (ip_reduction_parse (&reduction, good[i]));
      text = ip_reduction_to_text (&reduction);
      g_assert_cmpstr (text, ==, texts[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ip_reduction_parse (&reduction, bad[i]));
}

static IpDump *
open_shared (const char *name)
{
  g_autofree char *path = find_shared (name);
  g_autoptr (GFile) file = path == NULL ? NULL : g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  IpDump *dump = file == NULL ? NULL : ip_dump_open (file, NULL, &error);

  g_assert_no_error (error);
  return dump;
}

/* Feature maps [6, 14, 14]. */
static void
test_feature_maps (void)
{
  g_autoptr (IpDump) flat = open_shared ("fmnist-cnn.h5");
  g_autoptr (IpDump) dump = flat == NULL ? NULL : ip_dump_copy (flat, NULL, NULL);
  g_autoptr (IpActivations) all = NULL;
  g_autoptr (IpActivations) reduced = NULL;
  const IpMatrix *a, *b;
  double lo, hi;

  if (dump == NULL)
    return;
  all = ip_dump_read (flat, 0, 3, NULL, NULL);
  a = ip_activations_get_matrix (all);
  g_assert_true (ip_dump_can_reduce (dump, 0));
  g_assert_false (ip_dump_can_reduce (dump, 2));
  for (IpReductionKind kind = IP_REDUCTION_MEAN; kind < IP_N_REDUCTIONS; kind++)
    {
      g_autoptr (IpDump) copy = ip_dump_copy (flat, NULL, NULL);
      IpReduction reduction = ip_dump_get_reduction (copy, 0);
      g_autofree char *choices = NULL;

      reduction.kind = kind;
      g_assert_false (reduction.channels_last);
      ip_dump_set_reduction (copy, 0, &reduction);
      choices = ip_dump_get_choices (copy, 0);
      g_assert_true (g_str_has_prefix (choices, "reduce="));
      g_assert_cmpuint (ip_dump_get_layer (copy, 0)->n_units, ==, 6);
      g_assert_cmpstr (ip_dump_get_layer (copy, 0)->key, !=, ip_dump_get_layer (flat, 0)->key);
      g_clear_pointer (&reduced, ip_activations_unref);
      reduced = ip_dump_read (copy, 0, 3, NULL, NULL);
      b = ip_activations_get_matrix (reduced);
      g_assert_cmpuint (b->rows, ==, kind == IP_REDUCTION_POSITIONS ? 500 * 196 : 500);
      g_assert_cmpuint (b->rows, ==, ip_dump_get_n_rows (copy, 0));
      g_assert_cmpuint (ip_evaluation_set_get_n (ip_dump_get_layer_set (copy, 0, NULL, NULL)), ==,
                        b->rows);
      if (kind == IP_REDUCTION_POSITIONS)
        g_assert_cmpfloat (ip_matrix_get (b, 7 * 196 + 20, 4), ==,
                           ip_matrix_get (a, 7, 4 * 196 + 20));
      g_assert_true (ip_dump_get_layer_range (copy, 0, &lo, &hi, NULL, NULL));
      g_assert_cmpfloat (lo, <, hi);
    }
}

static void
test_selection_text (void)
{
  static const struct
  {
    const char *text;
    IpSelectionKind kind;
    gsize n;
    guint64 seed;
  } cases[] = {
    { "all", IP_SELECTION_ALL, 0, 0 },
    { "first:n=500", IP_SELECTION_FIRST, 500, 0 },
    { "random:n=5,seed=3", IP_SELECTION_RANDOM, 5, 3 },
    { "class:n=50,seed=1", IP_SELECTION_CLASS, 50, 1 },
  };
  static const char *const bad[] = { "", "first", "random:n=0,seed=1", "other:n=5,seed=1" };
  IpSelectionKind kind;
  guint64 seed;
  gsize n;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (ip_selection_parse (cases[i].text, &kind, &n, &seed));
      g_assert_cmpint (kind, ==, cases[i].kind);
      g_assert_cmpuint (n, ==, cases[i].n);
      g_assert_cmpuint (seed, ==, cases[i].seed);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ip_selection_parse (bad[i], &kind, &n, &seed));
}

/* Classes of 2, 3 and 10 samples. */
static void
test_per_class (void)
{
  guint32 classes[] = { 2, 2, 0, 1, 2, 2, 2, 1, 2, 2, 2, 0, 2, 1, 2 };
  gsize counts[3] = { 0 };
  g_auto (IpSelection) selection = { 0 };
  g_auto (IpSelection) again = { 0 };

  ip_selection_init_per_class (&selection, classes, G_N_ELEMENTS (classes), 3, 7);
  ip_selection_init_per_class (&again, classes, G_N_ELEMENTS (classes), 3, 7);
  g_assert_cmpstr (selection.text, ==, "class:n=3,seed=7");
  g_assert_cmpuint (selection.n, ==, 8);
  g_assert_cmpmem (selection.rows, 8 * sizeof (gsize), again.rows, 8 * sizeof (gsize));
  for (gsize i = 0; i < selection.n; i++)
    {
      counts[classes[selection.rows[i]]]++;
      g_assert_true (i == 0 || selection.rows[i] > selection.rows[i - 1]);
    }
  g_assert_cmpuint (counts[0], ==, 2);
  g_assert_cmpuint (counts[1], ==, 3);
  g_assert_cmpuint (counts[2], ==, 3);
}

static void
test_first (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (IpDump) all = ip_dump_open (file, NULL, NULL);
  g_autoptr (IpDump) dump = ip_dump_open (file, NULL, NULL);
  g_autoptr (IpActivations) one = NULL;
  g_autoptr (IpActivations) other = NULL;
  g_autofree char *choices = NULL;

  g_assert_true (ip_dump_select_samples (dump, IP_SELECTION_FIRST, 5, 0));
  choices = ip_dump_get_choices (dump, 0);
  g_assert_cmpstr (choices, ==, "samples=first:n=5");
  one = ip_dump_read (all, 0, 0, NULL, NULL);
  other = ip_dump_read (dump, 0, 0, NULL, NULL);
  g_assert_cmpuint (ip_activations_get_matrix (other)->rows, ==, 5);
  for (gsize u = 0; u < ip_activations_get_matrix (one)->columns; u++)
    g_assert_cmpfloat (ip_matrix_get (ip_activations_get_matrix (one), 4, u), ==,
                       ip_matrix_get (ip_activations_get_matrix (other), 4, u));
  remove_directory (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/choices/reducer", test_reducer);
  g_test_add_func ("/choices/not-a-number", test_not_a_number);
  g_test_add_func ("/choices/reduction-text", test_reduction_text);
  g_test_add_func ("/choices/feature-maps", test_feature_maps);
  g_test_add_func ("/choices/selection-text", test_selection_text);
  g_test_add_func ("/choices/per-class", test_per_class);
  g_test_add_func ("/choices/first", test_first);

  return g_test_run ();
}
