/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How a cell takes a layer from its dump: whole, in blocks of units, or not at all. */

#include "config.h"

#include "ip-cell-source.h"
#include "make-dumps.h"

#include <math.h>
#include <string.h>

static IpDump *
open_dump (const char *kind)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, kind);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  IpDump *dump = ip_dump_open (file, NULL, &error);

  g_assert_no_error (error);
  remove_directory (directory);
  return dump;
}

static void
check_units (IpDump *dump, guint layer, const IpMatrix *whole, gsize first, gsize count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpActivations) some
    = ip_dump_read_units (dump, layer, 0, first, count, NULL, &error);
  const IpMatrix *matrix;

  g_assert_no_error (error);
  matrix = ip_activations_get_matrix (some);
  g_assert_cmpuint (matrix->rows, ==, whole->rows);
  g_assert_cmpuint (matrix->columns, ==, count);
  for (gsize i = 0; i < matrix->rows; i++)
    for (gsize j = 0; j < count; j++)
      g_assert_cmpfloat (ip_matrix_get (matrix, i, j), ==, ip_matrix_get (whole, i, first + j));
}

/* Every range of units is that part of the whole, however the file holds it. */
static void
test_units (gconstpointer kind)
{
  for (guint n_selected = 0; n_selected <= 5; n_selected += 5)
    {
      g_autoptr (IpDump) dump = open_dump (kind);

      if (n_selected > 0)
        ip_dump_select_samples (dump, IP_SELECTION_RANDOM, n_selected, 1);
      for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
        {
          g_autoptr (IpActivations) activations = ip_dump_read (dump, layer, 0, NULL, NULL);
          gsize d = ip_dump_get_layer (dump, layer)->n_units;
          gsize step = d > 20 ? d / 7 + 3 : 1;

          g_assert_nonnull (activations);
          for (gsize first = 0; first < d; first += step)
            for (gsize count = 0; first + count <= d; count += d > 20 ? d / 9 + 5 : 1)
              check_units (dump, layer, ip_activations_get_matrix (activations), first, count);
        }
    }
}

/* A range that was found in slabs is the range of all numbers of the selected samples. */
static void
test_range (gconstpointer kind)
{
  g_autoptr (IpDump) dump = open_dump (kind);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  ip_dump_select_samples (dump, IP_SELECTION_RANDOM, 4, 3);
  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    {
      double lo, hi, least = NAN, most = NAN;

      g_assert_true (ip_dump_get_layer_range (dump, layer, &lo, &hi, NULL, NULL));
      for (guint i = 0; i < n_epochs; i++)
        {
          g_autoptr (IpActivations) activations = ip_dump_read (dump, layer, i, NULL, NULL);
          double from, to;

          ip_activations_get_range (activations, &from, &to);
          least = fmin (least, from);
          most = fmax (most, to);
        }
      g_assert_cmpfloat (lo, ==, least);
      g_assert_cmpfloat (hi, ==, most);
    }
}

static IpRequest
make_request (const char *id)
{
  IpRequest request = { .estimator = ip_estimator_find (id) };

  g_assert_nonnull (request.estimator);
  ip_parameters_init (&request.parameters, request.estimator);
  return request;
}

/* Estimates a cell with so many bytes; says how many units were read at once. */
static gsize
estimate (const IpCell *cell, const IpRequest *requests, guint n, gsize rest, IpEstimate *estimates)
{
  g_auto (IpCellSource) source = { 0 };
  g_autoptr (GError) error = NULL;
  IpContext context = { 0 };
  IpSample *sample;

  ip_cell_source_init (&source, cell, requests, n, NULL);
  ip_cell_source_plan (&source, rest, rest, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (source.reserved, <=, rest);
  ip_cell_source_read (&source, &error);
  g_assert_no_error (error);
  context.memory = source.granted;
  sample = ip_sample_new (&source.sample, &context);
  g_assert_nonnull (sample);
  g_assert_cmpint (ip_sample_estimate (sample, requests, n, estimates, &context), ==, IP_STATUS_OK);
  ip_sample_free (sample);
  return source.n_units;
}

#define MIB ((gsize) 1 << 20)

/* With a budget too small for the layer it comes in blocks, with the same estimates. */
static void
test_blocks (void)
{
  g_autoptr (IpDump) dump = open_dump ("wide");
  const IpRequest request = make_request ("bins-uniform");

  for (guint layer = 0; layer < 2; layer++)
    {
      IpCell cell = { dump, 0, layer, 1 };
      gsize all = ip_dump_get_layer (dump, layer)->n_units;
      gsize rest = ip_dump_get_read_memory (dump, layer, 1, all);
      IpEstimate whole, blocks;

      g_assert_cmpuint (estimate (&cell, &request, 1, 100 * MIB, &whole), ==, all);
      g_assert_cmpuint (estimate (&cell, &request, 1, rest, &blocks), ==, IP_BLOCK_COLUMNS);
      g_assert_cmpmem (whole.values, sizeof whole.values, blocks.values, sizeof blocks.values);
    }
}

/* What does not fit at all says how much it takes and how much there is. */
static void
test_too_large (void)
{
  g_autoptr (IpDump) dump = open_dump ("wide");
  const IpRequest request = make_request ("bins-uniform");
  IpCell cell = { dump, 0, 0, 0 };
  g_auto (IpCellSource) source = { 0 };
  g_autoptr (GError) error = NULL;

  ip_cell_source_init (&source, &cell, &request, 1, NULL);
  g_assert_false (ip_cell_source_plan (&source, 1000, 64 * MIB, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "layer maps needs"));
  g_assert_nonnull (strstr (error->message, "the memory budget of 64.0"));
  g_assert_nonnull (strstr (error->message, "leaves 1000"));
}

/* Gradients alone need no activations. */
static void
test_gradient (void)
{
  g_autoptr (IpDump) dump = open_dump ("stochastic");
  const IpRequest requests[] = { make_request ("gradient"), make_request ("bins-range") };
  IpCell cell = { dump, 0, 0, 1 };
  IpEstimate alone, together[2];

  g_assert_cmpuint (estimate (&cell, requests, 1, MIB, &alone), ==, 0);
  g_assert_cmpuint (estimate (&cell, requests, 2, 100 * MIB, together), >, 0);
  g_assert_cmpfloat (alone.values[0].value, >, 0);
  g_assert_cmpmem (alone.values, sizeof alone.values, together[0].values, sizeof alone.values);
  g_assert_cmpuint (alone.d, ==, together[0].d);
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[]
    = { "wide", "native", "stacked-samples-first", "stacked-epochs-first", "stacked-matlab" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *units = g_strconcat ("/cell-source/units/", kinds[i], NULL);
      g_autofree char *range = g_strconcat ("/cell-source/range/", kinds[i], NULL);

      g_test_add_data_func (units, kinds[i], test_units);
      g_test_add_data_func (range, kinds[i], test_range);
    }
  g_test_add_func ("/cell-source/blocks", test_blocks);
  g_test_add_func ("/cell-source/too-large", test_too_large);
  g_test_add_func ("/cell-source/gradient", test_gradient);
  return g_test_run ();
}
