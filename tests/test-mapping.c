/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-dump.h"
#include "make-dumps.h"

#include <string.h>

static char *directory;

static IpDump *
open_path (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpDump *dump = ip_dump_open (file, NULL, &error);

  g_assert_no_error (error);
  return dump;
}

static gboolean
has_doubt (IpDump *dump, const char *text)
{
  const GPtrArray *doubts = ip_dump_get_mapping (dump, NULL)->doubts;

  for (guint i = 0; i < doubts->len; i++)
    if (strstr (doubts->pdata[i], text) != NULL)
      return TRUE;
  return FALSE;
}

static void
check_snapshot (IpDump *dump, guint layer, guint snapshot, guint row)
{
  g_autoptr (IpActivations) activations = ip_dump_read (dump, layer, snapshot, NULL, NULL);
  const IpMatrix *matrix = ip_activations_get_matrix (activations);

  g_assert_cmpuint (matrix->rows, ==, DUMP_SAMPLES);
  for (guint n = 0; n < matrix->rows; n++)
    for (guint u = 0; u < matrix->columns; u++)
      g_assert_cmpfloat (ip_matrix_get (matrix, n, u), ==, dump_value (layer, row, n, u));
}

/* What is parsed is printed again, in order and in standard spelling. */
static void
test_text (void)
{
  static const struct
  {
    const char *text;
    const char *printed; /* NULL: the same */
  } cases[] = {
    { "format = infoplane-dump\nlabels = /labels_fine\ninputs = none\n", NULL },
    { "epochs = /epochs\nlayer fc1 = /fc1 [epochs, samples, units]\n", NULL },
    { "layer a b = /x y/{epoch} [reversed units, samples, reversed units]\n", NULL },
    { "  # nothing\n\n layer fc1=x = /fc1=x[samples,units]as bfloat16",
      "layer fc1=x = /fc1=x [samples, units] as bfloat16\n" },
    { "layer \"a = b\" = \"/a = b [1]\\n\" [samples, units]\n", NULL },
    { "layer \"\\303\\244[\" = /ä [samples]\n", NULL },
    { "inputs = /x [samples, units]\n", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (IpMapping) mapping = ip_mapping_parse (cases[i].text, &error);
      g_autofree char *printed = NULL;

      g_assert_no_error (error);
      printed = ip_mapping_to_text (mapping);
      g_assert_cmpstr (printed, ==, cases[i].printed != NULL ? cases[i].printed : cases[i].text);
    }
}

static void
test_wrong_texts (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "labels = /y\nlayers = /x", "line 2: a role is format, epochs, labels, inputs or layer" },
    { "labels /y", "line 1: expected “ROLE = PATH”, found “labels”" },
    { "labels = y", "line 1: expected a path that begins with /, found “y”" },
    { "labels = ", "line 1: a name or path is missing" },
    { "labels = /y /z\nlabels = /y", "line 2: this is said twice" },
    { "labels = /y [samples]", "line 1: unexpected “[samples]”" },
    { "inputs = /x [epochs, samples]", "no axis can be “epochs” here" },
    { "format = other", "the only format with a name is infoplane-dump, not “other”" },
    { "format = infoplane-dump\nlayer a = /a [samples]", "cannot be given together" },
    { "layer fc1 = /fc1", "expected the axes, such as [samples, units], found “”" },
    { "layer fc1 = /fc1 [samples, unit]", "not “unit”" },
    { "layer fc1 = /fc1 [units]", "one axis must be “samples”" },
    { "layer fc1 = /fc1 [samples, samples]", "one axis must be “samples”" },
    { "layer fc1 = /fc1 [epochs, epochs, samples]", "only one axis can be “epochs”" },
    { "layer fc1 = /fc1 [units, samples, reversed units]", "either all units are reversed" },
    { "layer fc1 = /fc1 [samples, units] as float8", "unexpected “as float8”" },
    { "layer fc1 = /{layer} [samples, units]", "{layer} must stand in the name and in the path" },
    { "layer fc1 = /{epoch} [epochs, samples]", "either an axis or {epoch}" },
    { "layer \"fc1 = /fc1 [samples]", "a quote is not closed" },
    { "layer fc1", "expected “layer NAME = PATH [axes]”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ip_mapping_parse (cases[i].text, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, IP_MAPPING_ERROR, IP_MAPPING_ERROR_SYNTAX);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

/* The text of a mapping opens the same dump. */
static void
check_same_dump (IpDump *one, IpDump *other)
{
  guint n, n_other, n_metrics, n_other_metrics;
  const gint64 *epochs = ip_dump_get_epochs (one, &n);
  const gint64 *other_epochs = ip_dump_get_epochs (other, &n_other);
  const IpMetric *metrics = ip_dump_get_metrics (one, &n_metrics);
  const IpMetric *other_metrics = ip_dump_get_metrics (other, &n_other_metrics);

  g_assert_cmpmem (epochs, n * sizeof *epochs, other_epochs, n_other * sizeof *epochs);
  g_assert_cmpstr (ip_dump_get_identity (one), ==, ip_dump_get_identity (other));
  g_assert_cmpuint (ip_dump_get_n_layers (one), ==, ip_dump_get_n_layers (other));
  g_assert_cmpuint (ip_dump_get_n_classes (one), ==, ip_dump_get_n_classes (other));
  g_assert_cmpuint (n_metrics, ==, n_other_metrics);
  for (guint i = 0; i < n_metrics; i++)
    {
      g_assert_cmpstr (metrics[i].name, ==, other_metrics[i].name);
      g_assert_cmpmem (metrics[i].values, n * sizeof (double), other_metrics[i].values,
                       n * sizeof (double));
    }
  for (guint layer = 0; layer < ip_dump_get_n_layers (one); layer++)
    {
      const IpLayer *a = ip_dump_get_layer (one, layer);
      const IpLayer *b = ip_dump_get_layer (other, layer);

      g_assert_cmpstr (a->name, ==, b->name);
      g_assert_cmpstr (a->activation, ==, b->activation);
      g_assert_cmpmem (a->present, n * sizeof *a->present, b->present, n * sizeof *b->present);
      for (guint i = 0; i < n; i++)
        if (a->present[i])
          {
            g_autoptr (IpActivations) x = ip_dump_read (one, layer, i, NULL, NULL);
            g_autoptr (IpActivations) y = ip_dump_read (other, layer, i, NULL, NULL);
            const IpMatrix *m = ip_activations_get_matrix (x);
            gsize size = m->rows * m->columns * (m->element == IP_ELEMENT_FLOAT32 ? 4 : 8);

            g_assert_cmpmem (m->data, size, ip_activations_get_matrix (y)->data, size);
          }
    }
}

static void
check_round_trip (IpDump *dump)
{
  g_autofree char *text = ip_mapping_to_text (ip_dump_get_mapping (dump, NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (IpMapping) mapping = ip_mapping_parse (text, &error);
  g_autoptr (IpDump) again = NULL;
  g_autofree char *text_again = NULL;

  g_test_message ("%s", text);
  g_assert_no_error (error);
  text_again = ip_mapping_to_text (mapping);
  g_assert_cmpstr (text, ==, text_again);
  again = ip_dump_open_mapped (ip_dump_get_file (dump), mapping, NULL, &error);
  g_assert_no_error (error);
  check_same_dump (dump, again);
}

static IpDump *
open_with (const char *path, const char *text, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) problem = NULL;
  g_autoptr (IpMapping) mapping = ip_mapping_parse (text, &problem);

  g_assert_no_error (problem);
  return ip_dump_open_mapped (file, mapping, NULL, error);
}

/* What is said of the layers by hand. */
static void
test_wildcard (void)
{
  g_autofree char *path = make_dump (directory, "stacked-samples-first");
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = open_with (path,
                                       "# by hand\n"
                                       "epochs = /epochs\n labels = /labels\n"
                                       "layer {layer} = /acts/{layer} [samples, epochs, units]\n",
                                       &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 3);
  g_assert_cmpstr (ip_dump_get_layer (dump, 1)->name, ==, "fc10");
  for (guint layer = 0; layer < 3; layer++)
    for (guint i = 0; i < DUMP_EPOCHS; i++)
      check_snapshot (dump, layer, i, i);
}

/* Another choice than the recognised one is another result. */
static void
test_partial_mapping (void)
{
  g_autofree char *path = make_dump (directory, "stacked-samples-first");
  g_autoptr (IpDump) plain = open_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = open_with (path, "labels = none\n", &error);
  IpMappingOrigin origin;

  g_assert_no_error (error);
  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 3);
  g_assert_cmpint (ip_dump_get_label_kind (dump), ==, IP_LABELS_NONE);
  g_assert_cmpstr (ip_dump_get_identity (dump), !=, ip_dump_get_identity (plain));
  ip_dump_get_mapping (dump, &origin);
  g_assert_cmpint (origin, ==, IP_MAPPING_GIVEN);
}

/* Every message names the file, the object, what was expected and what was found. */
static void
test_wrong_mappings (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "layer a = /nope [samples, units]", "layer a: expected datasets called /nope, found none" },
    { "layer a = /nope_{epoch} [samples, units]", "called /nope_{epoch}, found none" },
    { "layer a = /acts [samples, units]", "/acts: expected numbers with the axes [samples, units]"
                                          ", found a group" },
    { "layer a = /acts/fc9 [samples, epochs]",
      "/acts/fc9: expected numbers with the axes [samples, epochs], found float32 [12×4×5]" },
    { "epochs = /labels\nlayer a = /acts/fc9 [samples, epochs, units]",
      "/acts/fc9: expected 12 epochs on axis 1, found 4" },
    { "epochs = /acts\nlayer a = /acts/fc9 [samples, epochs, units]",
      "epochs = /acts: expected a dataset of numbers, found a group" },
    { "layer a = /acts/fc9 [samples, units]\nlayer b = /acts/fc10 [units, samples]",
      "/acts/fc10: expected 12 samples on axis 2 as in /acts/fc9, found 3" },
    { "labels = /epochs\nlayer a = /acts/fc9 [samples, units]",
      "labels = /epochs: expected one for each of 12 samples, found int32 [4]" },
    { "labels = /nope\n", "labels = /nope: expected one for each of 12 samples, found nothing" },
    { "layer a = /acts/fc9 [samples, units] as bfloat16",
      "/acts/fc9 as bfloat16: expected 16-bit integers, found float32" },
  };
  g_autofree char *path = make_dump (directory, "stacked-samples-first");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (open_with (path, cases[i].text, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, IP_DUMP_ERROR, IP_DUMP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, "stacked-samples-first.h5: "));
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

static void
test_remembered (void)
{
  g_autofree char *path = make_dump (directory, "stacked-samples-first");
  g_autofree char *other_path = make_dump (directory, "stacked-epochs-first");
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) given = open_with (path, "labels = none", &error);
  g_autoptr (IpDump) remembered = NULL;
  g_autoptr (IpDump) other = NULL;
  g_autoptr (IpDump) forgotten = NULL;
  IpMappingOrigin origin;

  g_assert_true (ip_dump_remember_mapping (given, &error));
  g_assert_no_error (error);
  remembered = open_path (path);
  ip_dump_get_mapping (remembered, &origin);
  g_assert_cmpint (origin, ==, IP_MAPPING_REMEMBERED);
  check_same_dump (given, remembered);

  other = open_path (other_path); /* another shape */
  ip_dump_get_mapping (other, &origin);
  g_assert_cmpint (origin, ==, IP_MAPPING_RECOGNISED);

  g_assert_true (ip_dump_forget_mapping (remembered, &error));
  forgotten = open_path (path);
  ip_dump_get_mapping (forgotten, &origin);
  g_assert_cmpint (origin, ==, IP_MAPPING_RECOGNISED);
  g_assert_cmpint (ip_dump_get_label_kind (forgotten), ==, IP_LABELS_CLASSES);
}

static void
test_round_trip (gconstpointer data)
{
  g_autofree char *path = make_dump (directory, data);
  g_autoptr (IpDump) dump = open_path (path);

  check_round_trip (dump);
}

static void
test_shared (gconstpointer data)
{
  g_autofree char *path = find_shared (data);
  g_autoptr (IpDump) dump = path == NULL ? NULL : open_path (path);

  if (dump != NULL)
    check_round_trip (dump);
}

/* 16-bit integers could be anything; the mapping decides. */
static void
test_bfloat16 (void)
{
  g_autofree char *path = make_dump (directory, "bfloat16");
  g_autoptr (IpDump) plain = open_path (path);
  g_autofree char *text = ip_mapping_to_text (ip_dump_get_mapping (plain, NULL));
  g_autoptr (GString) hinted = g_string_new (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = NULL;

  g_assert_true (has_doubt (plain, "bfloat16"));
  g_string_replace (hinted, "units]\nlayer", "units] as bfloat16\nlayer", 0);
  g_string_truncate (hinted, hinted->len - 1);
  g_string_append (hinted, " as bfloat16\n");
  g_string_replace (hinted, "inputs = none as bfloat16", "inputs = none", 0);
  dump = open_with (path, hinted->str, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ip_dump_get_layer (dump, 0)->type_name, ==, "bfloat16");
  for (guint layer = 0; layer < 3; layer++)
    for (guint i = 0; i < DUMP_EPOCHS; i++)
      check_snapshot (dump, layer, i, i);
}

static void
test_label_sets (void)
{
  g_autofree char *path = make_dump (directory, "label-sets");
  g_autoptr (IpDump) dump = open_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) other = open_with (path, "labels = /labels_coarse", &error);

  g_assert_true (has_doubt (dump, "/labels_coarse fit as well"));
  g_assert_cmpuint (ip_dump_get_n_classes (dump), ==, DUMP_CLASSES);
  g_assert_no_error (error);
  g_assert_cmpuint (ip_dump_get_n_classes (other), ==, 2);
}

static void
test_sample_sets (void)
{
  g_autofree char *path = make_dump (directory, "sample-sets");
  g_autoptr (IpDump) dump = open_path (path);
  const GPtrArray *notes = ip_dump_get_mapping (dump, NULL)->notes;
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) other
    = open_with (path, "layer {layer} = /epoch_{epoch}/train/{layer} [samples, units]\n"
                       "labels = /y_train", &error);

  g_assert_cmpuint (ip_dump_get_n_layers (dump), ==, 3);
  g_assert_cmpuint (ip_dump_get_n_samples (dump), ==, DUMP_SAMPLES);
  g_assert_cmpuint (notes->len, ==, 1);
  g_assert_nonnull (strstr (notes->pdata[0], "/train/"));
  g_assert_no_error (error);
  g_assert_cmpuint (ip_dump_get_n_layers (other), ==, 3);
  g_assert_cmpuint (ip_dump_get_n_samples (other), ==, 2 * DUMP_SAMPLES);
}

/* As many units as samples: nothing but the order of the axes tells them apart. */
static void
test_square (void)
{
  g_autofree char *path = make_dump (directory, "square");
  g_autoptr (IpDump) dump = open_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) turned
    = open_with (path, "layer {layer} = /epoch_{epoch}/{layer} [units, samples]", &error);
  g_autoptr (IpActivations) one = ip_dump_read (dump, 0, 0, NULL, NULL);
  g_autoptr (IpActivations) other = NULL;

  g_assert_true (has_doubt (dump, "Which axis of /epoch_0/fc9 is samples?"));
  g_assert_cmpint (ip_dump_get_mapping (dump, NULL)->confidence, ==, IP_CONFIDENCE_GUESS);
  g_assert_no_error (error);
  other = ip_dump_read (turned, 0, 0, NULL, NULL);
  g_assert_cmpfloat (ip_matrix_get (ip_activations_get_matrix (one), 2, 7), ==,
                     ip_matrix_get (ip_activations_get_matrix (other), 7, 2));
}

int
main (int argc, char **argv)
{
  static const char *const kinds[] = {
    "native", "epoch-groups", "layer-groups", "flat", "keras", "stacked-epochs-first",
    "stacked-samples-first", "stacked-matlab", "bfloat16", "label-sets", "sample-sets", "square",
  };
  static const char *const shared[] = {
    "foreign/a-epoch-groups.h5", "foreign/b-layer-groups.h5", "foreign/c-flat-names.h5",
    "foreign/d-keras-names.h5", "foreign/e-matlab-v73.mat", "foreign/h-ragged.h5",
    "foreign/i-epoch-groups-no-labels.h5", "foreign/j-onehot.h5", "foreign/k-int8-scale.h5",
    "foreign/n-natural-order.h5", "foreign/k-native-float64.h5", "fmnist-cnn.h5",
  };
  g_autofree char *home = NULL;
  g_autofree char *memory = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = make_directory ();
  home = g_build_filename (directory, "infoplane", NULL);
  memory = g_build_filename (home, "mappings.ini", NULL);
  g_setenv ("XDG_DATA_HOME", directory, TRUE); /* a memory of our own */

  g_test_add_func ("/mapping/text", test_text);
  g_test_add_func ("/mapping/wrong-texts", test_wrong_texts);
  g_test_add_func ("/mapping/wildcard", test_wildcard);
  g_test_add_func ("/mapping/partial", test_partial_mapping);
  g_test_add_func ("/mapping/wrong", test_wrong_mappings);
  g_test_add_func ("/mapping/remembered", test_remembered);
  g_test_add_func ("/mapping/bfloat16", test_bfloat16);
  g_test_add_func ("/mapping/label-sets", test_label_sets);
  g_test_add_func ("/mapping/sample-sets", test_sample_sets);
  g_test_add_func ("/mapping/square", test_square);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strconcat ("/mapping/round-trip/", kinds[i], NULL);

      g_test_add_data_func (name, kinds[i], test_round_trip);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (shared); i++)
    {
      g_autofree char *name = g_strconcat ("/mapping/shared/", shared[i], NULL);

      g_test_add_data_func (name, shared[i], test_shared);
    }

  status = g_test_run ();
  g_unlink (memory);
  g_rmdir (home);
  remove_directory (directory);
  g_free (directory);
  return status;
}
