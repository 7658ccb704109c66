/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump-watch.h"
#include "ip-dump.h"
#include "ip-estimator.h"
#include "make-dumps.h"

#include <math.h>
#include <string.h>

static IpDump *
open_path (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpDump *dump = ip_dump_open (file, NULL, &error);

  g_assert_no_error (error);
  return dump;
}

/* Opens a new dump of that kind; the file is gone again afterwards, which does not matter to who
 * has it open. */
static IpDump *
open_dump (const char *kind)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, kind);
  IpDump *dump = open_path (path);

  remove_directory (directory);
  return dump;
}

static void
check_refusal (const char *kind, int code, const char *text)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, kind);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (ip_dump_open (file, NULL, &error));
  g_assert_error (error, IP_DUMP_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, name));
  g_assert_nonnull (strstr (error->message, text));
  remove_directory (directory);
}

static gboolean
has_warning (IpDump *dump, const char *text)
{
  const char *const *warnings = ip_dump_get_warnings (dump);

  for (guint i = 0; warnings[i] != NULL; i++)
    if (strstr (warnings[i], text) != NULL)
      return TRUE;
  return FALSE;
}

static IpActivations *
read_snapshot (IpDump *dump, guint layer, guint snapshot)
{
  g_autoptr (GError) error = NULL;
  IpActivations *activations = ip_dump_read (dump, layer, snapshot, NULL, &error);

  g_assert_no_error (error);
  return activations;
}

static guint
find_layer (IpDump *dump, const char *name)
{
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    if (strcmp (ip_dump_get_layer (dump, i)->name, name) == 0)
      return i;
  g_error ("no layer %s", name);
}

/* The snapshot is what make-dumps wrote into that row of the layer. */
static void
check_snapshot (IpDump *dump, guint layer, guint snapshot, guint row)
{
  g_autoptr (IpActivations) activations = read_snapshot (dump, layer, snapshot);
  const IpMatrix *matrix = ip_activations_get_matrix (activations);

  g_assert_cmpuint (matrix->rows, ==, DUMP_SAMPLES);
  g_assert_cmpuint (matrix->columns, ==, ip_dump_get_layer (dump, layer)->n_units);
  for (guint n = 0; n < matrix->rows; n++)
    for (guint u = 0; u < matrix->columns; u++)
      g_assert_cmpfloat (ip_matrix_get (matrix, n, u), ==, dump_value (layer, row, n, u));
}

static void
test_native (void)
{
  g_autoptr (IpDump) dump = open_dump ("native");
  guint n;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n);
  const IpLayer *zeta = ip_dump_get_layer (dump, 0);
  const IpLayer *alpha = ip_dump_get_layer (dump, 1);
  const IpMetric *metrics;
  const guint64 *shape;

  g_assert_cmpuint (n, ==, DUMP_EPOCHS);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (epochs[i], ==, 10 * i);
  g_assert_cmpstr (ip_dump_get_name (dump), ==, "native");
  g_assert_cmpstr (ip_dump_get_title (dump), ==, "a test");
  g_assert_cmpstr (ip_dump_get_framework (dump), ==, "none");
  g_assert_cmpstr (ip_dump_get_format (dump), ==, "infoplane-dump 1");
  g_assert_cmpstr (ip_dump_get_attribute (dump, "lr"), ==, "0.0004");
  g_assert_cmpstr (ip_dump_get_attribute (dump, "seed"), ==, "7");
  g_assert_cmpstr (ip_dump_get_attribute (dump, "activation"), ==, "tanh");
  g_assert_null (ip_dump_get_attribute (dump, "momentum"));
  g_assert_null (ip_dump_get_warnings (dump)[0]);
  g_assert_cmpuint (ip_dump_get_n_samples (dump), ==, DUMP_SAMPLES);

  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 2);
  g_assert_cmpstr (zeta->name, ==, "zeta");
  g_assert_cmpuint (zeta->index, ==, 0);
  g_assert_cmpstr (zeta->kind, ==, "dense");
  g_assert_cmpfloat (zeta->bound_lo, ==, -1);
  g_assert_cmpfloat (zeta->bound_hi, ==, 1);
  g_assert_cmpuint (zeta->rank, ==, 1);
  g_assert_cmpuint (zeta->n_units, ==, 5);
  g_assert_cmpuint (zeta->n_present, ==, DUMP_EPOCHS);
  g_assert_cmpfloat (zeta->weight_norm[1], ==, 2);
  g_assert_true (isnan (zeta->weight_norm[2]));
  g_assert_null (zeta->grad_mean);
  g_assert_cmpstr (alpha->type_name, ==, "float64");
  g_assert_cmpfloat (alpha->bound_lo, ==, -INFINITY);

  metrics = ip_dump_get_metrics (dump, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpstr (metrics[0].name, ==, "train_loss");
  g_assert_cmpfloat (metrics[0].values[3], ==, 1);

  g_assert_cmpint (ip_dump_get_label_kind (dump), ==, IP_LABELS_CLASSES);
  g_assert_cmpuint (ip_dump_get_n_classes (dump), ==, DUMP_CLASSES);
  g_assert_cmpstr (ip_dump_get_class_names (dump)[2], ==, "fox");
  shape = ip_dump_get_input_shape (dump, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (shape[2], ==, 2);
  g_assert_cmpstr (ip_dump_get_input_type (dump), ==, "uint8");

  for (guint layer = 0; layer < 2; layer++)
    for (guint i = 0; i < DUMP_EPOCHS; i++)
      check_snapshot (dump, layer, i, i);
}

static void
test_stochastic (void)
{
  g_autoptr (IpDump) dump = open_dump ("stochastic");
  const IpLayer *zeta = ip_dump_get_layer (dump, 0);
  g_autoptr (IpActivations) deviation = NULL;
  g_autoptr (GError) error = NULL;
  const IpMatrix *matrix;

  for (guint i = 0; i < DUMP_EPOCHS; i++)
    {
      g_assert_true (ip_dump_has_encoder (dump, 0, i, IP_ENCODER_MEAN));
      g_assert_true (ip_dump_has_encoder (dump, 0, i, IP_ENCODER_DEVIATION));
      g_assert_cmpint (ip_dump_has_encoder (dump, 0, i, IP_ENCODER_DRAW), ==, i < 3);
      g_assert_true (ip_dump_has_encoder (dump, 1, i, IP_ENCODER_MEAN));
      g_assert_false (ip_dump_has_encoder (dump, 1, i, IP_ENCODER_DEVIATION));
    }
  g_assert_true (has_warning (dump, "/layers/alpha/s is no [epochs, samples, units…]"));
  g_assert_cmpfloat (zeta->grad_mean[3], ==, 1);
  g_assert_cmpfloat (zeta->grad_std[3], ==, 4);

  deviation = ip_dump_read_encoder (dump, 0, 2, IP_ENCODER_DEVIATION, NULL, &error);
  g_assert_no_error (error);
  matrix = ip_activations_get_matrix (deviation);
  g_assert_cmpuint (matrix->rows, ==, DUMP_SAMPLES);
  g_assert_cmpuint (matrix->columns, ==, 2);
  for (guint n = 0; n < DUMP_SAMPLES; n++)
    g_assert_cmpfloat (ip_matrix_get (matrix, n, 1), ==, 0.5 + (2 * DUMP_SAMPLES + n) * 2 + 1);
}

/* The same samples of everything. */
static void
test_stochastic_selection (void)
{
  g_autoptr (IpDump) dump = open_dump ("stochastic");
  g_autoptr (IpActivations) mean = NULL;
  const IpMatrix *matrix;
  g_autoptr (IpActivations) draw = NULL;

  ip_dump_select_samples (dump, IP_SELECTION_RANDOM, 5, 1);
  mean = ip_dump_read_encoder (dump, 0, 0, IP_ENCODER_MEAN, NULL, NULL);
  draw = ip_dump_read_encoder (dump, 0, 0, IP_ENCODER_DRAW, NULL, NULL);
  matrix = ip_activations_get_matrix (mean);
  g_assert_cmpuint (matrix->rows, ==, 5);
  for (guint n = 0; n < 5; n++)
    g_assert_cmpfloat (ip_matrix_get (ip_activations_get_matrix (draw), n, 0), ==,
                       ip_matrix_get (matrix, n, 0) + 0.25);
}

static void
test_evaluation_set (void)
{
  g_autoptr (IpDump) dump = open_dump ("native");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const IpEvaluationSet *set;

  g_cancellable_cancel (cancellable);
  g_assert_null (ip_dump_get_evaluation_set (dump, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  set = ip_dump_get_evaluation_set (dump, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (set == ip_dump_get_evaluation_set (dump, NULL, NULL));
  g_assert_cmpuint (ip_evaluation_set_get_n (set), ==, DUMP_SAMPLES);
  g_assert_cmpfloat_with_epsilon (ip_evaluation_set_get_input_entropy (set), log (DUMP_SAMPLES),
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (ip_evaluation_set_get_label_entropy (set), log (DUMP_CLASSES),
                                  1e-12);
}

static void
check_labels (const char *kind, IpLabelKind label_kind, const char *const *names)
{
  g_autofree char *name = g_strconcat ("labels-", kind, NULL);
  g_autoptr (IpDump) dump = open_dump (name);
  const IpEvaluationSet *set = ip_dump_get_evaluation_set (dump, NULL, NULL);
  double entropy = ip_evaluation_set_get_label_entropy (set);

  g_assert_cmpint (ip_dump_get_label_kind (dump), ==, label_kind);
  g_assert_cmpuint (ip_dump_get_n_classes (dump), ==, label_kind == IP_LABELS_CLASSES ? 3 : 0);
  if (names == NULL)
    g_assert_null (ip_dump_get_class_names (dump));
  else
    g_assert_cmpstrv (ip_dump_get_class_names (dump), names);
  if (label_kind == IP_LABELS_CLASSES)
    g_assert_cmpfloat_with_epsilon (entropy, log (3), 1e-12);
  else
    g_assert_true (isnan (entropy));
}

static void
test_labels (void)
{
  check_labels ("one-hot", IP_LABELS_CLASSES, NULL);
  check_labels ("text", IP_LABELS_CLASSES, (const char *const[]){ "cat", "dog", "fox", NULL });
  check_labels ("gapped", IP_LABELS_CLASSES, (const char *const[]){ "-3", "5", "70", NULL });
  check_labels ("whole", IP_LABELS_CLASSES, (const char *const[]){ "1", "2", "3", NULL });
  check_labels ("many", IP_LABELS_REAL, NULL);
  check_labels ("real", IP_LABELS_REAL, NULL);
  check_labels ("two-real", IP_LABELS_REAL, NULL);
}

static double
measure_dependence (const IpMatrix *activations, const IpEvaluationSet *set)
{
  IpSampleSource source = { .activations = *activations, .set = set };
  IpRequest request = { .estimator = ip_estimator_find ("cs") };
  IpContext context = { 0 };
  IpSample *sample = ip_sample_new (&source, &context);
  IpEstimate estimate;

  ip_parameters_init (&request.parameters, request.estimator);
  g_assert_cmpint (ip_sample_estimate (sample, &request, 1, &estimate, &context), ==,
                   IP_STATUS_OK);
  ip_sample_free (sample);
  for (guint i = 0; i < estimate.n_values; i++)
    if (estimate.values[i].quantity == IP_QUANTITY_CS_QMI_TY)
      return estimate.values[i].value;
  g_assert_not_reached ();
}

/* Estimators see the targets of a regression, those of the samples in use, whichever axis the
 * samples are. */
static void
test_targets (void)
{
  const guint n = DUMP_SAMPLES / 2;
  g_autoptr (IpDump) dump = open_dump ("labels-two-real");
  g_autoptr (IpActivations) activations = NULL;
  double targets[2 * DUMP_SAMPLES];
  IpMatrix matrix = { targets, n, 2, 2, IP_ELEMENT_FLOAT64 };
  IpEvaluationSet *set = ip_evaluation_set_new (n, NULL, NULL, NULL);
  double expected;
  double found;

  for (guint i = 0; i < n; i++)
    {
      targets[2 * i] = i / 8.;
      targets[2 * i + 1] = 1. / (i + 1);
    }
  g_assert_cmpint (ip_evaluation_set_add_targets (set, &matrix, NULL), ==, IP_STATUS_OK);
  g_assert_true (ip_dump_select_samples (dump, IP_SELECTION_FIRST, n, 0));
  activations = ip_dump_read (dump, 0, 0, NULL, NULL);

  expected = measure_dependence (ip_activations_get_matrix (activations), set);
  found = measure_dependence (ip_activations_get_matrix (activations),
                              ip_dump_get_evaluation_set (dump, NULL, NULL));
  g_assert_cmpfloat (found, ==, expected);
  g_assert_cmpfloat (found, >, 0.0);
  ip_evaluation_set_free (set);
}

static void
test_unfit_labels (void)
{
  g_autoptr (IpDump) dump = open_dump ("labels-fewer");

  g_assert_cmpint (ip_dump_get_label_kind (dump), ==, IP_LABELS_NONE);
  g_assert_true (has_warning (dump, "/labels"));
  g_assert_true (has_warning (dump, "I(T;Y)"));
  check_snapshot (dump, 0, 0, 0);
}

static void
test_resumed (void)
{
  static const guint rows[] = { 0, 3, 4, 5 };
  g_autoptr (IpDump) dump = open_dump ("resumed");
  guint n;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n);
  const IpMetric *metrics;

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (epochs[i], ==, 10 * i);
      check_snapshot (dump, 0, i, rows[i]);
      check_snapshot (dump, 1, i, rows[i]);
    }
  metrics = ip_dump_get_metrics (dump, &n);
  g_assert_cmpfloat (metrics[0].values[1], ==, 3);
  g_assert_true (has_warning (dump, "repeated"));
}

static void
test_ragged (void)
{
  g_autoptr (IpDump) dump = open_dump ("ragged");
  const IpLayer *alpha = ip_dump_get_layer (dump, 1);
  g_autoptr (GError) error = NULL;
  guint n;

  ip_dump_get_epochs (dump, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (ip_dump_get_layer (dump, 0)->n_present, ==, 3);
  g_assert_cmpuint (alpha->n_present, ==, 2);
  g_assert_true (alpha->present[1]);
  g_assert_false (alpha->present[2]);
  check_snapshot (dump, 1, 1, 1);
  g_assert_null (ip_dump_read (dump, 1, 2, NULL, &error));
  g_assert_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED);
  g_assert_nonnull (strstr (error->message, "alpha was not recorded at epoch 20"));
  g_assert_true (has_warning (dump, "zeta has 4 snapshots, of which 3"));
  g_assert_true (has_warning (dump, "alpha was recorded in 2 of 3"));
  g_assert_true (has_warning (dump, "no labels"));
  g_assert_true (has_warning (dump, "no inputs"));
}

static void
test_killed_writer (void)
{
  g_autoptr (IpDump) dump = open_dump ("killed");

  g_assert_true (has_warning (dump, "killed"));
  for (guint i = 0; i < DUMP_EPOCHS; i++)
    check_snapshot (dump, 0, i, i);
}

static void
test_no_snapshots (void)
{
  g_autoptr (IpDump) dump = open_dump ("no-snapshots");
  g_autoptr (GError) error = NULL;
  double lo, hi;
  guint n;

  ip_dump_get_epochs (dump, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 2);
  g_assert_cmpuint (ip_dump_get_layer (dump, 0)->n_units, ==, 5);
  g_assert_cmpuint (ip_dump_get_n_samples (dump), ==, DUMP_SAMPLES);
  g_assert_true (has_warning (dump, "no snapshots yet"));
  g_assert_true (ip_dump_get_layer_range (dump, 0, &lo, &hi, NULL, &error));
  g_assert_true (isnan (lo) && isnan (hi));
}

static void
test_one_snapshot (void)
{
  g_autoptr (IpDump) dump = open_dump ("one-snapshot");

  check_snapshot (dump, 0, 0, 0);
}

static void
test_no_epochs (void)
{
  g_autoptr (IpDump) dump = open_dump ("no-epochs");
  guint n;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n);

  g_assert_cmpuint (n, ==, DUMP_EPOCHS);
  g_assert_cmpint (epochs[3], ==, 3);
  g_assert_true (has_warning (dump, "/epochs"));
  check_snapshot (dump, 1, 3, 3);
}

static void
check_equal (IpDump *a, IpDump *b, guint layer, guint snapshot)
{
  g_autoptr (IpActivations) first = read_snapshot (a, layer, snapshot);
  g_autoptr (IpActivations) second = read_snapshot (b, layer, snapshot);
  const IpMatrix *x = ip_activations_get_matrix (first);
  const IpMatrix *y = ip_activations_get_matrix (second);

  g_assert_cmpuint (x->rows, ==, y->rows);
  g_assert_cmpuint (x->columns, ==, y->columns);
  for (gsize i = 0; i < x->rows; i++)
    for (gsize j = 0; j < x->columns; j++)
      g_assert_cmpfloat (ip_matrix_get (x, i, j), ==, ip_matrix_get (y, i, j));
}

/* The same run, written in nine ways, is the same numbers. */
static void
test_shared_equal (void)
{
  static const char *const names[]
      = { "b-layer-groups.h5", "c-flat-names.h5",     "d-keras-names.h5",       "e-matlab-v73.mat",
          "h-ragged.h5",       "j-native-onehot.h5", "k-native-float64.h5", "h-native-ragged.h5" };
  g_autofree char *path = find_shared ("foreign/a-epoch-groups.h5");
  g_autoptr (IpDump) first = path == NULL ? NULL : open_path (path);

  for (guint i = 0; first != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat ("foreign/", names[i], NULL);
      g_autofree char *other = find_shared (name);
      g_autoptr (IpDump) dump = open_path (other);

      for (guint layer = 0; layer < 3; layer++)
        for (guint epoch = 0; epoch < 6; epoch++)
          if (ip_dump_get_layer (dump, layer)->present[epoch])
            check_equal (first, dump, layer, epoch);
    }
}

static void
test_refusals (void)
{
  check_refusal ("no-layers", IP_DUMP_ERROR_NO_LAYERS, "no layers");
  check_refusal ("newer", IP_DUMP_ERROR_UNRECOGNISED, "version 2");
  check_refusal ("other", IP_DUMP_ERROR_UNRECOGNISED, "nothing in it looks like");
}

static void
test_degenerate (void)
{
  g_autoptr (IpDump) dump = open_dump ("degenerate");
  g_autoptr (GError) error = NULL;
  guint bad = find_layer (dump, "b_bad");
  g_autoptr (IpActivations) first = read_snapshot (dump, bad, 0);
  g_autoptr (IpActivations) second = read_snapshot (dump, bad, 1);
  g_autoptr (IpActivations) empty = read_snapshot (dump, find_layer (dump, "c_empty"), 0);
  double lo, hi;

  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 3);
  g_assert_true (has_warning (dump, "d_fewer has 11 samples"));
  g_assert_true (has_warning (dump, "/layers/e_flat"));

  g_assert_true (isnan (ip_matrix_get (ip_activations_get_matrix (first), 0, 1)));
  g_assert_true (isinf (ip_matrix_get (ip_activations_get_matrix (first), 0, 2)));
  ip_activations_get_range (first, &lo, &hi);
  g_assert_cmpfloat (lo, ==, 0);
  g_assert_cmpfloat (hi, ==, DUMP_SAMPLES * 3 - 1);
  ip_activations_get_range (second, &lo, &hi);
  g_assert_true (isnan (lo) && isnan (hi));
  g_assert_cmpuint (ip_activations_get_matrix (empty)->columns, ==, 0);

  g_assert_true (ip_dump_get_layer_range (dump, bad, &lo, &hi, NULL, &error));
  g_assert_cmpfloat (lo, ==, 0);
  g_assert_cmpfloat (hi, ==, DUMP_SAMPLES * 3 - 1);
  g_assert_true (ip_dump_get_layer_range (dump, 0, &lo, &hi, NULL, &error));
  g_assert_cmpfloat (lo, ==, 0.25);
  g_assert_cmpfloat (hi, ==, 0.25);
}

static void
test_elements (void)
{
  static const char *const singles[] = { "f2", "bf2",  "f4", "f4be",  "i1",
                                         "u1", "i2be", "u2", "scaled" };
  static const char *const doubles[] = { "f8", "f8be", "i4", "u4be", "i8", "u8" };
  g_autoptr (IpDump) dump = open_dump ("types");

  for (guint i = 0; i < G_N_ELEMENTS (singles) + G_N_ELEMENTS (doubles); i++)
    {
      gboolean single = i < G_N_ELEMENTS (singles);
      const char *name = single ? singles[i] : doubles[i - G_N_ELEMENTS (singles)];
      g_autoptr (IpActivations) activations = read_snapshot (dump, find_layer (dump, name), 0);
      const IpMatrix *matrix = ip_activations_get_matrix (activations);

      g_assert_cmpint (matrix->element, ==, single ? IP_ELEMENT_FLOAT32 : IP_ELEMENT_FLOAT64);
      for (guint k = 0; k <= 100; k++)
        g_assert_cmpfloat (ip_matrix_get (matrix, k, 0), ==,
                           strcmp (name, "scaled") == 0 ? (k - 50.) * 0.125 : k);
    }
}

/* The dump as it is now.  Consumes the old one. */
static IpDump *
reopen (IpDump *dump, guint expected_kept)
{
  g_autoptr (IpDump) before = dump;
  g_autoptr (GError) error = NULL;
  guint n_kept;
  IpDump *later;

  g_assert_true (ip_dump_is_outdated (before));
  later = ip_dump_reopen (before, &n_kept, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_kept, ==, expected_kept);
  g_assert_false (ip_dump_is_outdated (later));
  return later;
}

/* Watched while it grows: old dumps stay as they are, new ones know what the old ones knew. */
static void
test_growing (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = g_build_filename (directory, "live.h5", NULL);
  g_autoptr (IpDump) dump = NULL;
  const IpEvaluationSet *set;
  Writer writer;
  double lo, hi;
  guint n;

  start_writer (&writer, path);
  dump = open_path (path);
  ip_dump_select_samples (dump, IP_SELECTION_RANDOM, 7, 1);
  set = ip_dump_get_evaluation_set (dump, NULL, NULL);
  g_assert_false (ip_dump_is_outdated (dump));

  for (guint row = 0; row < 12; row++)
    {
      g_autoptr (IpDump) before = NULL;
      g_autoptr (IpDump) fresh = NULL;

      make_grow (&writer, row);
      fresh = open_path (path);
      check_snapshot (fresh, 0, row, row);
      check_snapshot (fresh, 1, row, row);
      before = g_object_ref (dump);
      dump = reopen (g_steal_pointer (&dump), row);
      g_assert_cmpint (ip_dump_get_epochs (dump, &n)[row], ==, 10 * row);
      g_assert_cmpuint (n, ==, row + 1);
      g_assert_cmpstr (ip_dump_get_selection (dump), ==, "random:n=7,seed=1");
      g_assert_true (row == 0 || set == ip_dump_get_evaluation_set (dump, NULL, NULL));
      set = ip_dump_get_evaluation_set (dump, NULL, NULL);
      g_assert_true (ip_dump_get_layer_range (dump, 0, &lo, &hi, NULL, NULL));
      g_assert_true (row == 0 || ip_dump_get_layer_range (before, 1, &lo, &hi, NULL, NULL));
      ip_dump_get_epochs (before, &n);
      g_assert_cmpuint (n, ==, row);
    }

  stop_writer (&writer);
  dump = reopen (g_steal_pointer (&dump), 12);
  g_assert_false (has_warning (dump, "being written"));
  remove_directory (directory);
}

/* What a watch has reported. */
typedef struct
{
  GMainLoop *loop;
  guint n_changes;
  guint n_failures;
  guint n_kept;
  guint n_epochs;
} Reports;

static void
changed_cb (IpDumpWatch *watch, IpDump *before, IpDump *now, guint n_kept, Reports *reports)
{
  g_assert_true (now == ip_dump_watch_get_dump (watch) && now != before);
  ip_dump_get_epochs (now, &reports->n_epochs);
  reports->n_kept = n_kept;
  reports->n_changes++;
  g_main_loop_quit (reports->loop);
}

static void
failed_cb (IpDumpWatch *watch, GError *error, Reports *reports)
{
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_NOT_HDF5);
  reports->n_failures++;
  g_main_loop_quit (reports->loop);
}

static IpDumpWatch *
new_watch (const char *path, Reports *reports)
{
  g_autoptr (IpDump) dump = open_path (path);
  IpDumpWatch *watch = ip_dump_watch_new (dump);

  *reports = (Reports){ .loop = g_main_loop_new (NULL, FALSE) };
  ip_dump_get_epochs (dump, &reports->n_epochs);
  g_signal_connect (watch, "changed", G_CALLBACK (changed_cb), reports);
  g_signal_connect (watch, "failed", G_CALLBACK (failed_cb), reports);
  return watch;
}

/* New epochs are there soon, and a watch that is paused or dropped says nothing. */
static void
test_watch (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = g_build_filename (directory, "live.h5", NULL);
  g_autoptr (IpDumpWatch) watch = NULL;
  Writer writer;
  Reports reports;
  gint64 start;

  start_writer (&writer, path);
  watch = new_watch (path, &reports);
  for (guint row = 0; row < 3; row++)
    {
      make_grow (&writer, row);
      start = g_get_monotonic_time ();
      g_main_loop_run (reports.loop);
      if (g_test_perf ())
        g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
      g_test_message ("%.2f s", (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
      g_assert_cmpuint (reports.n_epochs, ==, row + 1);
      g_assert_cmpuint (reports.n_kept, ==, row);
    }
  g_assert_true (ip_dump_get_unfinished (ip_dump_watch_get_dump (watch)));

  ip_dump_watch_set_paused (watch, TRUE);
  make_grow (&writer, 3);
  g_assert_true (ip_dump_watch_get_paused (watch));
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  ip_dump_watch_set_paused (watch, FALSE);
  g_main_loop_run (reports.loop);
  g_assert_cmpuint (reports.n_epochs, ==, 4);

  stop_writer (&writer);
  g_main_loop_run (reports.loop);
  g_assert_false (ip_dump_get_unfinished (ip_dump_watch_get_dump (watch)));

  g_assert_true (g_file_set_contents (path, "half written", -1, NULL));
  g_main_loop_run (reports.loop);
  g_assert_cmpuint (reports.n_failures, ==, 1);
  write_dump (path, "native");
  g_main_loop_run (reports.loop);
  g_assert_cmpuint (reports.n_epochs, ==, DUMP_EPOCHS);
  g_assert_cmpuint (reports.n_kept, ==, 0);
  g_assert_cmpuint (reports.n_changes, ==, 6);

  /* While it looks at the file. */
  write_dump (path, "one-snapshot");
  g_main_context_iteration (NULL, TRUE);
  g_clear_object (&watch);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (reports.n_changes, ==, 6);
  g_main_loop_unref (reports.loop);
  remove_directory (directory);
}

/* A network that trains while it is watched. */
static void
test_live_writer (void)
{
  g_autofree char *script = find_shared ("make/live_writer.py");
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GSubprocess) writer = NULL;
  g_autoptr (IpDumpWatch) watch = NULL;
  Reports reports;
  int status = -1;
  char first;

  if (script == NULL)
    return;
  g_spawn_command_line_sync ("/usr/bin/python3 -c 'import torch, scipy, h5py'", NULL, NULL, &status,
                             NULL);
  if (status != 0)
    {
      g_test_skip ("Python has no PyTorch");
      return;
    }
  directory = make_directory ();
  path = g_build_filename (directory, "live.h5", NULL);
  writer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "/usr/bin/python3", script, path,
                             "--snapshots", "8", "--interval", "0.3", NULL);
  g_input_stream_read (g_subprocess_get_stdout_pipe (writer), &first, 1, NULL, NULL);

  watch = new_watch (path, &reports);
  while (reports.n_epochs < 8 || ip_dump_get_unfinished (ip_dump_watch_get_dump (watch)))
    {
      IpDump *dump = ip_dump_watch_get_dump (watch);
      guint n_before = reports.n_epochs;
      double lo, hi;

      for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
        {
          g_assert_cmpuint (ip_dump_get_layer (dump, i)->n_present, ==, n_before);
          g_assert_true (ip_dump_get_layer_range (dump, i, &lo, &hi, NULL, NULL));
          g_assert_true (lo >= -1 && hi <= 1 && hi > lo);
        }
      g_main_loop_run (reports.loop);
      g_assert_cmpuint (reports.n_epochs, >=, n_before);
      g_assert_cmpuint (reports.n_kept, ==, n_before);
    }
  g_assert_true (g_subprocess_wait_check (writer, NULL, NULL));
  g_test_message ("%u changes", reports.n_changes);
  g_main_loop_unref (reports.loop);
  remove_directory (directory);
}

/* Another file in the place of the first, and none. */
static void
test_replaced (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = make_dump (directory, "native");
  g_autoptr (IpDump) dump = open_path (path);
  g_autoptr (GError) error = NULL;
  guint n;

  g_assert_false (ip_dump_is_outdated (dump));
  write_dump (path, "one-snapshot");
  dump = reopen (g_steal_pointer (&dump), 0);
  ip_dump_get_epochs (dump, &n);
  g_assert_cmpuint (n, ==, 1);
  check_snapshot (dump, 0, 0, 0);

  g_assert_true (g_file_set_contents (path, "half written", -1, NULL));
  g_assert_true (ip_dump_is_outdated (dump));
  g_assert_null (ip_dump_reopen (dump, &n, NULL, &error));
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_NOT_HDF5);
  check_snapshot (dump, 0, 0, 0);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (ip_dump_is_outdated (dump));
  remove_directory (directory);
}

static gpointer
read_everything (gpointer dump)
{
  guint n;

  ip_dump_get_epochs (dump, &n);
  for (guint i = 0; i < 10 * n; i++)
    {
      double lo, hi;

      check_snapshot (dump, i % 2, i % n, i % n);
      g_assert_true (ip_dump_get_layer_range (dump, i % 2, &lo, &hi, NULL, NULL));
      g_assert_nonnull (ip_dump_get_evaluation_set (dump, NULL, NULL));
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (IpDump) dump = open_dump ("native");
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("read", read_everything, dump);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

typedef struct
{
  const char *kind;
  const char *layer; /* what the first of three layers is called */
  gint64 step;       /* from epoch to epoch */
  IpLabelKind labels;
  const char *metric;
  const char *warning;
} Foreign;

static const Foreign foreign[] = {
  { "epoch-groups", "fc9", 5, IP_LABELS_CLASSES, "loss", NULL },
  { "layer-groups", "fc9", 5, IP_LABELS_CLASSES, NULL, "fc10 was recorded in 3 of 4 snapshots" },
  { "flat", "fc9", 5, IP_LABELS_CLASSES, NULL, NULL },
  { "keras", "dense_9", 5, IP_LABELS_NONE, NULL, "12 is the length that most layers share" },
  { "stacked-epochs-first", "fc9", 1, IP_LABELS_CLASSES, "loss", "numbered from 0" },
  { "stacked-samples-first", "fc9", 5, IP_LABELS_CLASSES, "loss", NULL },
  { "stacked-matlab", "fc9", 5, IP_LABELS_CLASSES, "loss", NULL },
};

static void
test_foreign (gconstpointer data)
{
  const Foreign *expected = data;
  g_autoptr (IpDump) dump = open_dump (expected->kind);
  guint n, n_metrics;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n);
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n_metrics);

  g_test_message ("%s", ip_dump_get_reason (dump));
  g_assert_cmpuint (n, ==, DUMP_EPOCHS);
  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 3);
  g_assert_cmpstr (ip_dump_get_layer (dump, 0)->name, ==, expected->layer);
  g_assert_cmpint (ip_dump_get_label_kind (dump), ==, expected->labels);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (epochs[i], ==, (gint64) i * expected->step);
  for (guint layer = 0; layer < 3; layer++)
    for (guint i = 0; i < n; i++)
      if (ip_dump_get_layer (dump, layer)->present[i])
        check_snapshot (dump, layer, i, i);

  g_assert_cmpuint (n_metrics, ==, expected->metric != NULL);
  if (expected->metric != NULL)
    {
      g_assert_cmpstr (metrics[0].name, ==, expected->metric);
      g_assert_cmpfloat (metrics[0].values[3], ==, 1);
    }
  if (expected->warning != NULL)
    g_assert_true (has_warning (dump, expected->warning));
  else
    for (guint i = 0; ip_dump_get_warnings (dump)[i] != NULL; i++)
      g_assert_nonnull (strstr (ip_dump_get_warnings (dump)[i], "inputs"));
}

typedef struct
{
  const char *name;
  gsize n_samples;
  guint n_epochs;
  gint64 last_epoch;
  guint n_classes;
  const char *layers;  /* name:units */
  const char *warning; /* NULL: there is none */
} Expectation;

/* From the README of the shared dumps. */
static const Expectation expectations[] = {
  { "szt-tanh.h5", 4096, 60, 8000, 2, "fc1:10 fc2:7 fc3:5 fc4:4 fc5:3 output:2", NULL },
  { "szt-relu.h5", 4096, 60, 8000, 2, "fc1:10 fc2:7 fc3:5 fc4:4 fc5:3 output:2", NULL },
  { "szt-tanh-seed0.h5", 1024, 24, 8000, 2, "fc1:10 fc2:7 fc3:5 fc4:4 fc5:3 output:2", NULL },
  { "szt-relu-seed7.h5", 1024, 24, 8000, 2, "fc1:10 fc2:7 fc3:5 fc4:4 fc5:3 output:2", NULL },
  { "fmnist-mlp.h5", 1000, 18, 30, 10, "fc1:256 fc2:128 fc3:64 fc4:32 output:10", NULL },
  { "fmnist-noisy-labels.h5", 500, 16, 150, 10, "fc1:256 fc2:128 fc3:64 fc4:32 output:10", NULL },
  { "fmnist-cnn.h5", 500, 8, 12, 10, "conv1:1176 conv2:588 fc1:48 output:10", NULL },
  { "digits-attention.h5", 100, 12, 60, 10,
    "embed:32 block1.attn:256 block1:32 block2.attn:256 block2:32 output:10", NULL },
  { "digits-regression.h5", 442, 40, 200, 0, "fc1:16 fc2:8 fc3:4 output:1", NULL },
  { "foreign/a-epoch-groups.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/b-layer-groups.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/c-flat-names.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/d-keras-names.h5", 120, 6, 20, 10, "dense_1:12 dense_2:6 dense_3:10", NULL },
  { "foreign/e-matlab-v73.mat", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/h-ragged.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10",
    "output was recorded in 5 of 6" },
  { "foreign/i-epoch-groups-no-labels.h5", 120, 6, 20, 0, "fc1:12 fc2:6 output:10", "no labels" },
  { "foreign/j-onehot.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/k-int8-scale.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/n-natural-order.h5", 40, 6, 20, 10,
    "layer1:11 layer2:10 layer3:9 layer4:8 layer5:7 layer6:6 layer7:5 layer8:4 layer9:3 "
    "layer10:2 layer11:1",
    NULL },
  { "foreign/f-native-nan-inf.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/g-native-writer-killed.h5", 120, 3, 2, 10, "fc1:12 fc2:6 output:10", "killed" },
  { "foreign/h-native-ragged.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10",
    "fc2 was recorded in 4 of 6" },
  { "foreign/i-native-no-labels.h5", 120, 6, 20, 0, "fc1:12 fc2:6 output:10", "no labels" },
  { "foreign/j-native-onehot.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/k-native-float64.h5", 120, 6, 20, 10, "fc1:12 fc2:6 output:10", NULL },
  { "foreign/l-native-degenerate.h5", 120, 6, 20, 10,
    "fc1:12 fc2:6 output:10 constant:4 dead_relu:8 dies_at_5:8 empty:0", NULL },
  { "foreign/m-native-one-snapshot.h5", 120, 1, 0, 10, "fc1:12 fc2:6 output:10", NULL },
};

static void
test_shared (gconstpointer data)
{
  const Expectation *expected = data;
  g_autofree char *path = find_shared (expected->name);
  g_autoptr (IpDump) dump = path == NULL ? NULL : open_path (path);
  g_autoptr (GString) layers = g_string_new (NULL);
  const gint64 *epochs;
  guint n;

  if (dump == NULL)
    return;
  epochs = ip_dump_get_epochs (dump, &n);
  g_assert_cmpuint (n, ==, expected->n_epochs);
  g_assert_cmpint (epochs[n - 1], ==, expected->last_epoch);
  g_assert_cmpuint (ip_dump_get_n_samples (dump), ==, expected->n_samples);
  g_assert_cmpuint (ip_dump_get_n_classes (dump), ==, expected->n_classes);
  if (expected->warning == NULL)
    g_assert_null (ip_dump_get_warnings (dump)[0]);
  else
    g_assert_true (has_warning (dump, expected->warning));

  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    {
      const IpLayer *layer = ip_dump_get_layer (dump, i);
      double lo, hi;

      g_string_append_printf (layers, "%s%s:%" G_GSIZE_FORMAT, i > 0 ? " " : "", layer->name,
                              layer->n_units);
      g_assert_true (ip_dump_get_layer_range (dump, i, &lo, &hi, NULL, NULL));
      g_assert_true (layer->n_units == 0 || (lo >= layer->bound_lo && hi <= layer->bound_hi));
    }
  g_assert_cmpstr (layers->str, ==, expected->layers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/dump/native", test_native);
  g_test_add_func ("/dump/stochastic", test_stochastic);
  g_test_add_func ("/dump/stochastic-selection", test_stochastic_selection);
  g_test_add_func ("/dump/evaluation-set", test_evaluation_set);
  g_test_add_func ("/dump/labels", test_labels);
  g_test_add_func ("/dump/targets", test_targets);
  g_test_add_func ("/dump/unfit-labels", test_unfit_labels);
  g_test_add_func ("/dump/resumed", test_resumed);
  g_test_add_func ("/dump/ragged", test_ragged);
  g_test_add_func ("/dump/killed-writer", test_killed_writer);
  g_test_add_func ("/dump/no-snapshots", test_no_snapshots);
  g_test_add_func ("/dump/one-snapshot", test_one_snapshot);
  g_test_add_func ("/dump/no-epochs", test_no_epochs);
  g_test_add_func ("/dump/refusals", test_refusals);
  g_test_add_func ("/dump/shared-equal", test_shared_equal);
  g_test_add_func ("/dump/degenerate", test_degenerate);
  g_test_add_func ("/dump/elements", test_elements);
  g_test_add_func ("/dump/threads", test_threads);
  g_test_add_func ("/dump/growing", test_growing);
  g_test_add_func ("/dump/replaced", test_replaced);
  g_test_add_func ("/dump/watch", test_watch);
  g_test_add_func ("/dump/live-writer", test_live_writer);
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autofree char *name = g_strconcat ("/dump/foreign/", foreign[i].kind, NULL);

      g_test_add_data_func (name, &foreign[i], test_foreign);
    }
  for (guint i = 0; i < G_N_ELEMENTS (expectations); i++)
    {
      g_autofree char *name = g_strconcat ("/dump/shared/", expectations[i].name, NULL);

      g_test_add_data_func (name, &expectations[i], test_shared);
    }

  return g_test_run ();
}
