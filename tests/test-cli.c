/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "await.h"
#include "ip-estimator.h"
#include "make-dumps.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *example;
static char *folder;

/* What a call of the command line program gave. */
typedef struct
{
  int status;
  char *out;
  char *err;
} Call;

static void
call_clear (Call *call)
{
  g_free (call->out);
  g_free (call->err);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

static Call
call_program (const char *first, ...) G_GNUC_NULL_TERMINATED;

static Call
call_program (const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  Call call = { 0 };
  va_list arguments;

  g_ptr_array_add (argv, (char *) g_getenv ("INFOPLANE_CLI"));
  va_start (arguments, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (char *) argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);

  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                               &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &call.out, &call.err,
                                                &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  call.status = g_subprocess_get_exit_status (process);

  return call;
}

static char *
make_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
test_version_and_help (void)
{
  g_auto (Call) version = call_program ("--version", NULL);
  g_auto (Call) help = call_program ("--help", NULL);
  g_auto (Call) command_help = call_program ("estimate", "--help", NULL);

  g_assert_cmpint (version.status, ==, 0);
  g_assert_nonnull (strstr (version.out, PACKAGE_VERSION));
  g_assert_nonnull (strstr (version.out, "OpenBLAS"));
  g_assert_cmpint (help.status, ==, 0);
  g_assert_nonnull (strstr (help.out, "inspect"));
  g_assert_cmpint (command_help.status, ==, 0);
  g_assert_nonnull (strstr (command_help.out, "--threads"));
}

static void
test_wrong_usage (void)
{
  const struct
  {
    const char *arguments[8];
    const char *message;
  } cases[] = {
    { { "nonsense" }, "nonsense" },
    { { "estimate", "-e", "kde" }, "no file" },
    { { "estimate", example }, "no estimator" },
    { { "estimate", example, "-e", "nope" }, "nope" },
    { { "estimate", example, "-e", "kde:variance=-1" }, "variance" },
    { { "estimate", example, "-e", "kde:colour=red" }, "colour" },
    { { "estimate", example, "-e", "kde", "--unit", "hartleys" }, "hartleys" },
    { { "estimate", example, "-e", "kde", "--layers", "fc9" }, "fc1, fc2, fc3, fc4, fc5" },
    { { "estimate", example, "-e", "kde", "--epochs", "x:y" }, "x:y" },
    { { "estimate", example, "-e", "kde", "--epochs", "123456789" }, "123456789" },
    { { "estimate", example, "-e", "kde", "--memory", "much" }, "much" },
    { { "inspect", example, "--samples", "last:3" }, "last:3" },
    { { "inspect", example, "--samples", "first:0" }, "first:0" },
    { { "inspect", example, "--reduce", "fc1=median" }, "median" },
    { { "inspect", example, "--map", "/nowhere/map" }, "/nowhere/map" },
    { { "plot", example, "-e", "kde" }, "output" },
    { { "plot", example, "-e", "kde", "-o", "x.doc" }, "x.doc" },
    { { "plot", example, "-e", "kde", "-o", "x.pdf", "--width" }, "width" },
    { { "plot", example, "-o", "x.pdf", "-e", "kde", "--figure", }, "figure" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const *a = cases[i].arguments;
      g_auto (Call) call = call_program (a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], NULL);

      g_assert_cmpint (call.status, ==, 2);
      g_assert_cmpstr (call.out, ==, "");
      if (strstr (call.err, cases[i].message) == NULL)
        g_error ("case %zu: “%s” is not in “%s”", i, cases[i].message, call.err);
    }
}

static void
test_inspect (void)
{
  g_auto (Call) text = call_program ("inspect", example, NULL);
  g_auto (Call) call = call_program ("inspect", "--json", example, NULL);
  g_autoptr (JsonNode) root = json_from_string (call.out, NULL);
  JsonObject *object;
  JsonObject *layer;

  g_assert_cmpint (text.status, ==, 0);
  g_assert_nonnull (strstr (text.out, "fc5"));
  g_assert_cmpint (call.status, ==, 0);
  g_assert_nonnull (root);
  object = json_node_get_object (root);
  g_assert_cmpint (json_object_get_int_member (object, "samples"), ==, 4096);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (object, "layers")), ==, 6);
  layer = json_array_get_object_element (json_object_get_array_member (object, "layers"), 0);
  g_assert_cmpstr (json_object_get_string_member (layer, "name"), ==, "fc1");
  g_assert_cmpstr (json_object_get_string_member (
                     json_object_get_object_member (object, "labels"), "kind"), ==, "classes");
  for (const char *const *name = (const char *const[]){ "file", "format", "mapping", "epochs",
                                                        "inputs", "metrics", "run", "warnings",
                                                        NULL };
       *name != NULL; name++)
    g_assert_true (json_object_has_member (object, *name));
}

/* The mapping that inspect prints is read again, remembered and forgotten. */
static void
test_mapping (void)
{
  g_autofree char *dump = make_dump (folder, "label-sets");
  g_autofree char *map = g_build_filename (folder, "map", NULL);
  g_auto (Call) printed = call_program ("inspect", "--mapping", dump, NULL);
  g_auto (Call) given = { 0 };
  g_auto (Call) remembered = { 0 };
  g_auto (Call) forgotten = { 0 };
  g_auto (Call) wrong = { 0 };
  g_autoptr (GString) text = g_string_new (printed.out);

  g_assert_nonnull (strstr (printed.out, "labels = /labels\n"));
  g_assert_nonnull (strstr (printed.out, "layer fc9 = /acts/fc9 [samples, epochs, units]\n"));
  g_string_replace (text, "/labels", "/labels_coarse", 1);
  g_assert_true (g_file_set_contents (map, text->str, -1, NULL));
  given = call_program ("inspect", "--map", map, "--remember", dump, NULL);
  g_assert_cmpint (given.status, ==, 0);
  g_assert_nonnull (strstr (given.out, "mapping: given"));
  g_assert_nonnull (strstr (given.out, "2 classes"));
  remembered = call_program ("inspect", dump, NULL);
  g_assert_nonnull (strstr (remembered.out, "mapping: remembered"));
  g_assert_nonnull (strstr (remembered.out, "2 classes"));
  forgotten = call_program ("inspect", "--forget", dump, NULL);
  g_assert_nonnull (strstr (forgotten.out, "mapping: recognised, a guess"));
  g_assert_nonnull (strstr (forgotten.out, "undecided: Which labels?"));

  g_string_replace (text, "/labels_coarse", "/nope", 1);
  g_assert_true (g_file_set_contents (map, text->str, -1, NULL));
  wrong = call_program ("estimate", dump, "-e", "bins-uniform", "--map", map, NULL);
  g_assert_cmpint (wrong.status, ==, 3);
  g_assert_nonnull (strstr (wrong.err, "label-sets.h5: labels = /nope: expected one for each of"));
}

static void
test_estimators (void)
{
  g_auto (Call) list = call_program ("estimators", NULL);
  g_auto (Call) one = call_program ("estimators", "kde", NULL);
  g_auto (Call) json = call_program ("estimators", "--json", NULL);
  g_auto (Call) seed = call_program ("estimators", "dsmi", NULL);
  g_auto (Call) none = call_program ("estimators", "nope", NULL);
  g_autoptr (JsonNode) root = json_from_string (json.out, NULL);

  g_assert_nonnull (strstr (list.out, "bins-uniform"));
  g_assert_nonnull (strstr (one.out, "variance=0.001"));
  g_assert_nonnull (strstr (one.out, "@article"));
  g_assert_nonnull (strstr (one.out, "mi_xt  I(X;T), Information about the input (bits or nats)"));
  g_assert_nonnull (strstr (one.out, "variance=0.001  (1e-12 … 1e+12), only with scale=absolute"));
  g_assert_nonnull (strstr (one.out, "official   As published"));
  g_assert_nonnull (strstr (one.out, ip_estimator_find ("kde")->limits));
  g_assert_nonnull (strstr (seed.out, "seed=0  (0 … 4294967295)\n"));
  g_assert_nonnull (root);
  g_assert_true (JSON_NODE_HOLDS_ARRAY (root));
  g_assert_cmpint (none.status, ==, 2);
}

static void
test_estimate (void)
{
  g_auto (Call) call = call_program ("estimate", example, "-e", "bins-uniform", "-e",
                                     "kde:variance=0.1", "--layers", "fc5,output", "--epochs",
                                     "0", "--quiet", NULL);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (call.out), "\n", -1);

  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpstr (call.err, ==, "");
  g_assert_cmpuint (g_strv_length (lines), ==,
                    1 + 2 * (ip_estimator_find ("bins-uniform")->n_quantities
                             + ip_estimator_find ("kde")->n_quantities));
  g_assert_true (strstr (lines[1], ",fc5,4,0,bins-uniform,") != NULL);
}

static void
test_estimate_to_file (void)
{
  g_autofree char *path = make_path ("numbers.json");
  g_auto (Call) call = call_program ("estimate", example, "-e", "bins-uniform", "--format", "json",
                                     "-o", path, "--threads", "2", "--unit", "nats", NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = NULL;

  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpstr (call.out, ==, "");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  root = json_from_string (text, NULL);
  g_assert_nonnull (root);
  g_assert_cmpstr (json_object_get_string_member (
                     json_array_get_object_element (json_node_get_array (root), 0), "unit"),
                   ==, "nats");
  g_remove (path);
}

/* The quantity of the first row that has it, as text. */
static char *
find_value (const char *table, const char *quantity)
{
  g_autofree char *needle = g_strdup_printf (",%s,", quantity);
  const char *found = strstr (table, needle);

  g_assert_nonnull (found);
  found += strlen (needle);

  return g_strndup (found, strcspn (found, ","));
}

/* Twelve bits that all differ: their entropy is 12 bits, and they determine the label. */
static void
test_measure (void)
{
  g_auto (Call) labels = call_program ("measure", example, "--x", "/inputs", "--labels", "labels",
                                       "-e", "bins-uniform:bins=2", NULL);
  g_auto (Call) itself = call_program ("measure", example, "--x", "/inputs", "--y", "/labels",
                                       "-e", "bins-uniform:bins=2", NULL);
  g_auto (Call) alone = call_program ("measure", example, "--x", "/inputs", "-e", "kde", NULL);
  g_auto (Call) kernels = call_program ("measure", example, "--x", "/inputs", "--labels", "labels",
                                        "-e", "cs", NULL);
  g_auto (Call) missing = call_program ("measure", example, "--x", "/nothing", "-e", "kde", NULL);
  g_auto (Call) shapes = call_program ("measure", example, "--x", "/inputs", "--labels", "/epochs",
                                       "-e", "kde", NULL);
  g_auto (Call) usage = call_program ("measure", example, "-e", "kde", NULL);
  g_autofree char *entropy = find_value (labels.out, "h_t");
  g_autofree char *information = find_value (labels.out, "mi_xy");
  g_autofree char *same = find_value (itself.out, "mi_xy");

  g_assert_cmpint (labels.status, ==, 0);
  g_assert_cmpstr (entropy, ==, "12");
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (information, NULL), 1, 0.01);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (same, NULL), g_ascii_strtod (information, NULL),
                                  1e-12);
  g_assert_cmpint (alone.status, ==, 0);
  g_assert_null (strstr (alone.out, "mi_xy"));
  g_assert_cmpint (kernels.status, ==, 0);
  g_assert_nonnull (strstr (kernels.out, ",cs_qmi_ty,"));
  g_assert_null (strstr (kernels.out, ",cs_qmi_xt,"));
  g_assert_cmpint (missing.status, ==, 3);
  g_assert_nonnull (strstr (missing.err, "/nothing"));
  g_assert_cmpint (shapes.status, ==, 3);
  g_assert_nonnull (strstr (shapes.err, "4096"));
  g_assert_cmpint (usage.status, ==, 2);
}

/* What a layer leaves beside its activations. */
static void
test_stochastic (void)
{
  g_autofree char *path = make_dump (folder, "stochastic");
  g_auto (Call) call
      = call_program ("estimate", path, "-e", "encoder", "-e", "gradient", "--epochs", "0",
                      "--layers", "zeta", "--store", "none", NULL);
  g_auto (Call) inspect = call_program ("inspect", path, NULL);
  g_auto (Call) json = call_program ("inspect", "--json", path, NULL);
  g_auto (Call) draw
      = call_program ("estimate", path, "-e", "encoder:z=recorded", "--epochs", "20,30",
                      "--layers", "zeta", "--store", "none", NULL);
  g_auto (Call) gaps
      = call_program ("estimate", path, "-e", "encoder", "-e", "gradient", "--epochs", "0",
                      "--layers", "alpha", "--store", "none", NULL);

  g_assert_nonnull (strstr (call.out, ",mi_xt_given_y,"));
  g_assert_nonnull (
      strstr (call.out, ",encoder,\"marginal=mixture,z=drawn,draws=4,seed=0\",mi_xt,"));
  g_assert_nonnull (strstr (call.out, ",gradient,,snr,2,"));
  g_assert_nonnull (strstr (call.out, ",gradient,,weight_norm,,,,,,1,12,5,"));
  g_assert_nonnull (strstr (inspect.out, "gradients diffuse from epoch 20\n"));
  g_assert_nonnull (strstr (json.out, "\"diffusion_from\": 20"));
  g_assert_nonnull (strstr (draw.err, "The dump has no draws z of this layer (epoch 30)"));
  g_assert_nonnull (strstr (gaps.out, ",no-encoder"));
  g_assert_nonnull (strstr (gaps.out, ",no-gradient"));
  g_assert_cmpint (gaps.status, ==, 1);
  g_assert_nonnull (strstr (gaps.err, "mu and s"));
  g_unlink (path);
}

/* One gap per epoch, all different, against a quantity that falls with it or does not vary. */
static void
test_against (void)
{
  g_autofree char *path = make_dump (folder, "stochastic");
  g_auto (Call) call = call_program ("estimate", path, path, "-e", "gradient", "--layers", "zeta",
                                     "--against", "gap", "--store", "none", NULL);
  g_auto (Call) json
      = call_program ("estimate", path, "-e", "gradient", "--layers", "zeta", "--against",
                      "train_loss", "--format", "json", "--store", "none", NULL);
  g_auto (Call) wrong = call_program ("estimate", path, "-e", "gradient", "--against", "accuracy",
                                      "--store", "none", NULL);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (call.out), "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 4 * 3);
  g_assert_cmpstr (lines[0], ==,
                   "layer,estimator,parameters,quantity,metric,coefficient,value,lower,upper,n,"
                   "runs");
  g_assert_cmpstr (lines[5], ==, "zeta,gradient,,grad_mean,gap,spearman,-1,-1,-1,8,2");
  g_assert_cmpstr (lines[10], ==, "zeta,gradient,,weight_norm,gap,pearson,,,,0,0");
  g_assert_nonnull (strstr (json.out, "\"metric\": \"train_loss\""));
  g_assert_cmpint (wrong.status, ==, 2);
  g_assert_nonnull (strstr (wrong.err, "test_loss, train_loss"));
  g_unlink (path);
}

static void
test_samples (void)
{
  g_auto (Call) one = call_program ("estimate", example, "-e", "bins-uniform", "--epochs", "0",
                                    "--samples", "500", "--seed", "7", "--layers", "fc5", NULL);
  g_auto (Call) same = call_program ("estimate", example, "-e", "bins-uniform", "--epochs", "0",
                                     "--samples", "500", "--seed", "7", "--layers", "fc5",
                                     "--store", "none", "--threads", "1", NULL);
  g_auto (Call) other = call_program ("estimate", example, "-e", "bins-uniform", "--epochs", "0",
                                      "--samples", "500", "--seed", "8", "--layers", "fc5", NULL);
  g_autofree char *value = find_value (one.out, "h_t");
  g_autofree char *same_value = find_value (same.out, "h_t");
  g_autofree char *other_value = find_value (other.out, "h_t");

  g_assert_cmpint (one.status, ==, 0);
  g_assert_nonnull (strstr (one.out, ",bits,500,3,"));
  g_assert_nonnull (strstr (one.out, ",samples=random:n=500,seed=7"));
  g_assert_cmpstr (value, ==, same_value);
  g_assert_cmpstr (value, !=, other_value);
}

/* One bad snapshot, a constant layer, no labels: the rest is computed, and every gap is named. */
static void
test_bad_values (void)
{
  g_autofree char *path = make_dump (folder, "degenerate");
  g_auto (Call) call = call_program ("estimate", path, "-e", "bins-uniform", "--store", "none",
                                     NULL);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (call.err), "\n", -1);

  g_assert_cmpint (call.status, ==, 1);
  g_assert_nonnull (strstr (call.err, "not finite"));
  g_assert_nonnull (strstr (call.err, "(epoch "));
  g_assert_nonnull (strstr (call.out, "not-finite"));
  g_assert_nonnull (strstr (call.out, "constant"));
  g_assert_cmpuint (g_strv_length (lines), <, 12);
  g_unlink (path);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';

  return n;
}

/* Three shards with stores of their own, joined: the whole is then known, and no shard overlaps. */
static void
test_shards (void)
{
  static const char *const shards[] = { "1/3", "2/3", "3/3" };
  g_autofree char *whole = make_path ("whole.sqlite");
  char *stores[3] = { make_path ("1.sqlite"), make_path ("2.sqlite"),
                      make_path ("3.sqlite") };
  g_auto (Call) merged = { 0 };
  g_auto (Call) again = { 0 };
  g_auto (Call) all = { 0 };
  g_auto (Call) fresh = call_program ("estimate", example, "-e", "bins-width", "--store", "none",
                                      NULL);
  g_auto (Call) wrong = call_program ("estimate", example, "-e", "kde", "--shard", "4/3", NULL);
  gsize length = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (shards); i++)
    {
      g_auto (Call) call = call_program ("estimate", example, "-e", "bins-width", "--shard",
                                         shards[i], "--store", stores[i], NULL);

      g_assert_cmpint (call.status, ==, 0);
      length += strlen (call.out);
    }
  g_assert_cmpuint (length, >, strlen (fresh.out) / 2);
  merged = call_program ("merge", whole, stores[0], stores[1], stores[2], NULL);
  g_assert_cmpint (merged.status, ==, 0);
  again = call_program ("merge", whole, stores[0], "nothing.sqlite", NULL);
  g_assert_cmpint (again.status, ==, 3);
  g_assert_nonnull (strstr (again.out, ": 0 new"));
  g_assert_nonnull (strstr (again.err, "nothing.sqlite"));

  all = call_program ("estimate", example, "-e", "bins-width", "--store", whole, NULL);
  g_assert_cmpint (all.status, ==, 0);
  g_assert_cmpuint (count_lines (all.out), ==, count_lines (fresh.out));
  g_assert_cmpint (wrong.status, ==, 2);

  g_unlink (whole);
  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)
    {
      g_unlink (stores[i]);
      g_free (stores[i]);
    }
}

static void
test_unreadable_input (void)
{
  g_autofree char *broken = make_path ("broken.h5");
  g_autofree char *missing = make_path ("missing.h5");
  g_auto (Call) call = { 0 };
  g_auto (Call) mixed = { 0 };
  g_auto (Call) inspected = { 0 };

  g_assert_true (g_file_set_contents (broken, "this is not HDF5", -1, NULL));
  call = call_program ("estimate", missing, "-e", "kde", NULL);
  g_assert_cmpint (call.status, ==, 3);
  g_assert_nonnull (strstr (call.err, "missing.h5"));
  inspected = call_program ("inspect", broken, NULL);
  g_assert_cmpint (inspected.status, ==, 3);
  g_assert_nonnull (strstr (inspected.err, "broken.h5"));

  /* The good file is computed all the same. */
  mixed = call_program ("estimate", broken, example, "-e", "bins-uniform", "--epochs", "0", NULL);
  g_assert_cmpint (mixed.status, ==, 3);
  g_assert_nonnull (strstr (mixed.out, "mi_xt"));
  g_remove (broken);
}

static void
test_unwritable_output (void)
{
  g_autofree char *path = g_build_filename (folder, "no-such-folder", "x.csv", NULL);
  g_autofree char *figure = g_build_filename (folder, "no-such-folder", "x.pdf", NULL);
  g_auto (Call) table = call_program ("estimate", example, "-e", "bins-uniform", "--epochs", "0",
                                      "-o", path, NULL);
  g_auto (Call) plot = call_program ("plot", example, "-e", "bins-uniform", "-o", figure, NULL);

  g_assert_cmpint (table.status, ==, 4);
  g_assert_nonnull (strstr (table.err, "x.csv"));
  g_assert_cmpint (plot.status, ==, 4);
  g_assert_nonnull (strstr (plot.err, "x.pdf"));
}

/* What cannot be drawn is said, and no file is left. */
static void
test_plot_options (void)
{
  g_autofree char *path = make_path ("figure.pdf");
  g_auto (Call) none = call_program ("plot", example, "-e", "bins-uniform", "--figure", "spectrum",
                                     "-o", path, NULL);
  g_auto (Call) sweep = call_program ("plot", example, "-e", "bins-uniform", "--figure", "sweep",
                                      "--sweep", "bins=5:80:5", "-o", path, NULL);
  g_auto (Call) wrong = call_program ("plot", example, "-e", "bins-uniform", "--figure", "sweep",
                                      "--sweep", "bins=80:5:5", "-o", path, NULL);
  g_auto (Call) both = call_program ("plot", example, "-e", "bins-uniform", "-e",
                                     "bins-uniform:bins=80", "--layout", "layers", "--show",
                                     "epochs,boxes", "-o", path, NULL);
  g_auto (Call) layout = call_program ("plot", example, "-e", "bins-uniform", "--layout", "heap",
                                       "-o", path, NULL);

  g_assert_cmpint (none.status, ==, 1);
  g_assert_nonnull (strstr (none.err, "spectrum"));
  g_assert_cmpint (sweep.status, ==, 0);
  g_assert_cmpint (wrong.status, ==, 2);
  g_assert_cmpint (both.status, ==, 0);
  g_assert_cmpint (layout.status, ==, 2);
  g_assert_nonnull (strstr (layout.err, "overlay,side,layers"));
  g_remove (path);
}

/* Only what was asked for is estimated and drawn, and the last of it marked. */
static void
test_plot_epochs (void)
{
  g_autofree char *path = make_path ("some.csv");
  g_auto (Call) some = call_program ("plot", example, "-e", "bins-uniform", "--figure", "plane",
                                     "--epochs", "0,10,20", "--layers", "fc1,fc5", "-o", path,
                                     NULL);
  g_auto (Call) none = call_program ("plot", example, "-e", "bins-uniform", "--figure", "plane",
                                     "--epochs", "123456789", "-o", path, NULL);
  g_auto (Call) other = call_program ("plot", example, "-e", "bins-uniform", "--figure", "plane",
                                      "--epochs", "0,10", "--epoch", "20", "-o", path, NULL);
  g_autofree char *drawn = make_path ("some.svg");
  g_auto (Call) again = call_program ("plot", example, "-e", "bins-uniform", "--figure", "plane",
                                      "--epochs", "0:20:10", "-o", drawn, NULL);
  g_autofree char *table = NULL;
  g_autofree char *figure = NULL;

  g_assert_cmpint (some.status, ==, 0);
  g_assert_true (g_file_get_contents (path, &table, NULL, NULL));
  g_assert_nonnull (strstr (table, "fc5,4,20,"));
  g_assert_null (strstr (table, "fc5,4,30,"));

  g_assert_cmpint (again.status, ==, 0);
  g_assert_true (g_file_get_contents (drawn, &figure, NULL, NULL));
  g_assert_nonnull (strstr (figure, " --epochs 0,10,20 "));
  g_assert_nonnull (strstr (figure, " --epoch 20 "));

  g_assert_cmpint (none.status, !=, 0);
  g_assert_nonnull (strstr (none.err, "123456789"));
  g_assert_cmpint (other.status, ==, 2);
  g_assert_nonnull (strstr (other.err, "--epoch 20 is not among --epochs 0,10"));
  g_remove (path);
  g_remove (drawn);
}

static void
test_plot (void)
{
  const struct
  {
    const char *name;
    const char *figure;
    const char *start;
  } cases[] = {
    { "plane.pdf", "plane", "%PDF-" },    { "plane.svg", "plane", "<?xml" },
    { "plane.png", "plane", "\x89PNG" },  { "epochs.pdf", "epochs", "%PDF-" },
    { "plane.csv", "plane", "run,layer" }, { "map.pdf", "heatmap", "%PDF-" },
    { "trajectories.svg", "trajectories", "<?xml" }, { "spectrum.pdf", "spectrum", "%PDF-" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = make_path (cases[i].name);
      g_autofree char *text = NULL;
      g_auto (Call) call = call_program ("plot", example, "--figure", cases[i].figure, "-e",
                                         "spectrum", "-o", path, "--width", "12cm", NULL);

      g_assert_cmpstr (call.err, ==, "");
      g_assert_cmpint (call.status, ==, 0);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_true (g_str_has_prefix (text, cases[i].start));
      g_remove (path);
    }
}

/* Whether the process would notice the signal, instead of dying from it. */
static gboolean
catches (GSubprocess *process, int signal_number)
{
  g_autofree char *path
    = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (process));
  g_autofree char *status = NULL;
  const char *caught;

  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  caught = strstr (status, "\nSigCgt:\t");
  g_assert_nonnull (caught);
  return g_ascii_strtoull (caught + strlen ("\nSigCgt:\t"), NULL, 16) >> (signal_number - 1) & 1;
}

static char *
plot_quantity (const char *figure, const char *option, const char *quantity)
{
  g_autofree char *path = make_path ("quantity.svg");
  char *text = NULL;
  g_auto (Call) call = call_program ("plot", example, "--figure", figure, option, quantity, "-e",
                                     "bins-uniform", "-o", path, NULL);

  g_assert_cmpstr (call.err, ==, "");
  g_assert_cmpint (call.status, ==, 0);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_remove (path);

  return text;
}

static void
test_plot_quantity (void)
{
  const char *const pairs[][2]
    = { { "heatmap", "--quantity" }, { "trajectories", "--x-quantity" },
        { "trajectories", "--y-quantity" } };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *one = plot_quantity (pairs[i][0], pairs[i][1], "mi_xt");
      g_autofree char *other = plot_quantity (pairs[i][0], pairs[i][1], "mi_ty");
      g_auto (Call) wrong = call_program ("plot", example, "--figure", pairs[i][0], pairs[i][1],
                                          "vne", "-e", "bins-uniform", "-o", "x.pdf", NULL);
      g_auto (Call) misplaced = call_program ("plot", example, "--figure", "plane", pairs[i][1],
                                              "mi_xt", "-e", "bins-uniform", "-o", "x.pdf", NULL);

      g_assert_cmpstr (one, !=, other);
      g_assert_cmpint (wrong.status, ==, 2);
      g_assert_nonnull (strstr (wrong.err, "mi_xt, mi_ty"));
      g_assert_cmpint (misplaced.status, ==, 2);
      g_assert_nonnull (strstr (misplaced.err, pairs[i][0]));
    }
}

/* Estimators give nothing that training records, and only axes show that. */
static void
test_plot_unknown_quantity (void)
{
  g_auto (Call) axis = call_program ("plot", example, "--figure", "trajectories", "--x-quantity",
                                     "h_q", "-e", "bins-uniform", "-e", "gradient", "-o", "x.pdf",
                                     NULL);
  g_auto (Call) map = call_program ("plot", example, "--figure", "heatmap", "--quantity",
                                    "train_loss", "-e", "bins-uniform", "-o", "x.pdf", NULL);

  g_assert_cmpint (axis.status, ==, 2);
  g_assert_nonnull (strstr (axis.err, "h_t_mm; gradient gives snr, grad_mean"));
  g_assert_nonnull (strstr (axis.err, "weight_norm; training may have recorded train_loss, "
                                      "test_loss, train_acc, test_acc; not “h_q”"));
  g_assert_cmpint (map.status, ==, 2);
  g_assert_nonnull (strstr (map.err, "h_t_mm; not “train_loss”"));
}

/* An axis shows what training recorded, and says so where it did not. */
static void
test_plot_recorded (void)
{
  g_autofree char *dump = make_dump (folder, "stochastic");
  g_autofree char *accuracy = plot_quantity ("trajectories", "--y-quantity", "test_acc");
  g_auto (Call) missing = call_program ("plot", dump, "--figure", "trajectories", "--y-quantity",
                                        "test_acc", "-e", "bins-uniform", "-o", "x.pdf", NULL);

  g_assert_cmpint (missing.status, ==, 3);
  g_assert_nonnull (strstr (missing.err, "--y-quantity: training recorded no test_acc"));
  g_remove (dump);
}

/* The numbers of a figure are those of all that its axes show. */
static void
test_plot_numbers (void)
{
  g_autofree char *path = make_path ("axes.csv");
  g_autofree char *text = NULL;
  g_auto (Call) call = call_program ("plot", example, "--figure", "trajectories", "--x-quantity",
                                     "snr", "--y-quantity", "test_acc", "-e", "bins-uniform", "-e",
                                     "gradient", "-o", path, NULL);

  g_assert_cmpstr (call.err, ==, "");
  g_assert_cmpint (call.status, ==, 0);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, ",bins-uniform,"));
  g_assert_nonnull (strstr (text, ",gradient,,snr,"));
  g_assert_nonnull (strstr (text, ",recorded,,test_acc,"));
  g_remove (path);
}

static gboolean
stop_cb (gpointer data)
{
  if (!catches (data, SIGINT))
    return G_SOURCE_CONTINUE;
  g_subprocess_send_signal (data, SIGINT);

  return G_SOURCE_REMOVE;
}

static void
exited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean *exited = data;

  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL));
  *exited = TRUE;
}

/* A pipe or a device stays what it is. */
static void
test_output_to_pipe (void)
{
  g_autofree char *path = make_path ("pipe");
  int made = mkfifo (path, 0600);
  int descriptor = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_auto (Call) call = call_program ("estimate", example, "-e", "bins-uniform", "--layers", "fc1",
                                     "--epochs", "0", "-o", path, NULL);
  char text[4096] = "";

  g_assert_cmpint (made, ==, 0);
  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpint (read (descriptor, text, sizeof text - 1), >, 0);
  g_assert_true (g_str_has_prefix (text, "run,layer,"));
  close (descriptor);
  g_remove (path);
}

/* A long job that is interrupted says so and leaves no output behind. */
static void
test_interrupt (void)
{
  g_autofree char *path = make_path ("never.csv");
  gboolean exited = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
    = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, g_getenv ("INFOPLANE_CLI"),
                        "estimate", example, "-e", "kde", "-e", "kde:variance=0.01", "-e",
                        "kde:scale=relative", "--threads", "1", "-o", path, NULL);

  g_assert_no_error (error);
  g_timeout_add (10, stop_cb, process);
  g_subprocess_wait_async (process, NULL, exited_cb, &exited);
  await (exited);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
remove_store (void)
{
  static const char *const names[] = { "results.sqlite", "results.sqlite-wal",
                                       "results.sqlite-shm", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, "infoplane", names[i], NULL);

      g_remove (path);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  example = g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples", EXAMPLE_NAME, NULL);
  folder = g_dir_make_tmp ("infoplane-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE); /* a store of our own */

  g_test_add_func ("/cli/version-and-help", test_version_and_help);
  g_test_add_func ("/cli/wrong-usage", test_wrong_usage);
  g_test_add_func ("/cli/inspect", test_inspect);
  g_test_add_func ("/cli/mapping", test_mapping);
  g_test_add_func ("/cli/estimators", test_estimators);
  g_test_add_func ("/cli/estimate", test_estimate);
  g_test_add_func ("/cli/estimate-to-file", test_estimate_to_file);
  g_test_add_func ("/cli/measure", test_measure);
  g_test_add_func ("/cli/stochastic", test_stochastic);
  g_test_add_func ("/cli/against", test_against);
  g_test_add_func ("/cli/samples", test_samples);
  g_test_add_func ("/cli/bad-values", test_bad_values);
  g_test_add_func ("/cli/shards", test_shards);
  g_test_add_func ("/cli/unreadable-input", test_unreadable_input);
  g_test_add_func ("/cli/unwritable-output", test_unwritable_output);
  g_test_add_func ("/cli/plot-options", test_plot_options);
  g_test_add_func ("/cli/plot", test_plot);
  g_test_add_func ("/cli/plot-epochs", test_plot_epochs);
  g_test_add_func ("/cli/plot-quantity", test_plot_quantity);
  g_test_add_func ("/cli/plot-unknown-quantity", test_plot_unknown_quantity);
  g_test_add_func ("/cli/plot-recorded", test_plot_recorded);
  g_test_add_func ("/cli/plot-numbers", test_plot_numbers);
  g_test_add_func ("/cli/output-to-pipe", test_output_to_pipe);
  g_test_add_func ("/cli/interrupt", test_interrupt);

  status = g_test_run ();
  remove_store ();
  g_rmdir (folder);
  g_free (folder);
  g_free (example);

  return status;
}
