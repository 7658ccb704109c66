/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "await.h"
#include "ip-export.h"
#include "ip-recipe.h"
#include "ip-session-file.h"
#include "make-dumps.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *dump;    /* a copy of the example */
  GFile *place;  /* of the session file */
  IpSession *session;
} Fixture;

static char *
get_example_path (void)
{
  return g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples", EXAMPLE_NAME, NULL);
}

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *contents = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (from, &contents, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, contents, length, &error);
  g_assert_no_error (error);
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static IpRun *
open_run (IpSession *session, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  IpRun *run;

  ip_session_open_async (session, file, NULL, finished_cb, &result);
  await (result != NULL);
  run = ip_session_open_finish (session, result, &error);
  g_assert_no_error (error);

  return run;
}

static void
wait_for_results (IpSession *session)
{
  await (!ip_session_get_busy (session));
}

/* Every thing that a user can arrange, other than it is by itself. */
static void
arrange (IpSession *session)
{
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (session), 0);
  IpRequest request = { .estimator = ip_estimator_find ("bins-uniform") };
  IpContext context = { 0 };
  IpView view;
  guint n_epochs;
  const gint64 *epochs = ip_session_get_epochs (session, &n_epochs);

  ip_parameters_parse (&request.parameters, request.estimator, "bins=17", &context);
  ip_session_set_request (session, &request);
  ip_run_layer_set_visible (ip_run_get_layer (run, 1), FALSE);
  ip_run_layer_set_style (ip_run_get_layer (run, 2), 7);
  ip_session_set_epoch (session, epochs[n_epochs / 2]);
  ip_session_set_layer (session, 3);
  ip_session_set_in_bits (session, FALSE);
  ip_session_set_epoch_scale (session, IP_SCALE_LINEAR);
  ip_session_set_quantity (session, IP_SHOWN_IN_MAP, IP_QUANTITY_MI_TY);
  ip_session_set_quantity (session, IP_SHOWN_ON_X, IP_QUANTITY_H_T);
  ip_session_set_view (session, "epochs");
  ip_session_set_length (session, IP_LENGTH_FIGURE_WIDTH, 241.5);
  ip_session_set_length (session, IP_LENGTH_FIGURE_HEIGHT, 180);
  ip_session_set_length (session, IP_LENGTH_FONT_SIZE, 7);
  ip_session_set_comparisons (session, ip_session_get_request (session), 1);
  ip_session_set_sweep (session, 0, (const double[]){ 5, 10, 20 }, 3);
  ip_session_set_group_by (session, IP_GROUP_REPEATS);
  ip_session_set_display (session, IP_DISPLAY_LAYOUT, IP_LAYOUT_LAYERS);
  ip_session_set_display (session, IP_DISPLAY_VALUE_SCALE, IP_SCALE_SYMLOG);
  ip_session_set_display (session, IP_DISPLAY_GRID, FALSE);
  ip_view_init (&view);
  view.automatic[0][1] = FALSE;
  view.limits[0][1] = (IpLimits){ 1e-12, 0.1 };
  ip_session_set_limits (session, IP_FIGURE_EPOCHS, &view);
}

static void
save (Fixture *fixture)
{
  GVariantDict window;
  g_autoptr (GVariant) state = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_dict_init (&window, NULL);
  g_variant_dict_insert (&window, "width", "x", G_GINT64_CONSTANT (1280));
  g_variant_dict_insert (&window, "maximized", "b", TRUE);
  state = g_variant_ref_sink (g_variant_dict_end (&window));
  text = ip_session_file_write (fixture->session, fixture->place, state);
  g_file_set_contents (g_file_peek_path (fixture->place), text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *example = get_example_path ();
  g_autofree char *data_folder = NULL;
  g_autofree char *paper_folder = NULL;

  fixture->folder = g_dir_make_tmp ("infoplane-session-XXXXXX", NULL);
  data_folder = g_build_filename (fixture->folder, "data", NULL);
  paper_folder = g_build_filename (fixture->folder, "paper", NULL);
  g_mkdir (data_folder, 0700);
  g_mkdir (paper_folder, 0700);
  fixture->dump = g_build_filename (data_folder, "run.h5", NULL);
  copy_file (example, fixture->dump);
  fixture->place = g_file_new_build_filename (paper_folder, "figure.infoplane", NULL);
  fixture->session = ip_session_new (0, 0);
  open_run (fixture->session, fixture->dump);
  arrange (fixture->session);
  save (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  wait_for_results (fixture->session);
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->place);
  remove_directory (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->dump);
}

static GPtrArray *
restore (IpSession *session, IpSessionFile *file, GPtrArray *hints)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *notices;

  ip_session_restore_async (session, file, hints, NULL, finished_cb, &result);
  await (result != NULL);
  notices = ip_session_restore_finish (session, result, &error);
  g_assert_no_error (error);

  return notices;
}

static IpSessionFile *
load (GFile *place)
{
  g_autoptr (GError) error = NULL;
  IpSessionFile *file = ip_session_file_load (place, NULL, &error);

  g_assert_no_error (error);

  return file;
}

/* Everything comes back: what the restored session writes is the same text. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (IpSessionFile) file = load (fixture->place);
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (GPtrArray) notices = restore (session, file, NULL);
  GVariant *window = ip_session_file_get_window (file);
  g_autofree char *before = NULL;
  g_autofree char *after = ip_session_file_write (session, fixture->place, window);
  gint64 width = 0;
  IpView view;

  g_assert_cmpuint (notices->len, ==, 0);
  g_file_get_contents (g_file_peek_path (fixture->place), &before, NULL, NULL);
  g_assert_nonnull (strstr (before, "\"../data/run.h5\""));
  g_assert_cmpstr (before, ==, after);
  g_assert_true (g_variant_lookup (window, "width", "x", &width));
  g_assert_cmpint (width, ==, 1280);

  g_assert_false (ip_session_get_in_bits (session));
  g_assert_cmpint (ip_session_get_layer (session), ==, 3);
  g_assert_cmpstr (ip_session_get_view (session), ==, "epochs");
  g_assert_cmpfloat (ip_session_get_request (session)->parameters.value[0], ==, 17);
  ip_session_get_limits (session, IP_FIGURE_EPOCHS, &view);
  g_assert_false (view.automatic[0][1]);
  g_assert_cmpfloat (view.limits[0][1].lo, ==, 1e-12);
  g_assert_true (view.automatic[0][0]);
}

/* A folder with session and dump goes to another machine, where the times of files differ. */
static void
test_moved_together (Fixture *fixture, gconstpointer data)
{
  g_autofree char *old = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_autofree char *data_before = g_build_filename (fixture->folder, "data", NULL);
  g_autofree char *paper_before = g_build_filename (fixture->folder, "paper", NULL);
  g_autofree char *data_after = g_build_filename (old, "data", NULL);
  g_autofree char *paper_after = g_build_filename (old, "paper", NULL);
  g_autofree char *dump = g_build_filename (data_after, "run.h5", NULL);
  g_autoptr (GFile) place = g_file_new_build_filename (paper_after, "figure.infoplane", NULL);
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (IpSessionFile) file = NULL;
  g_autoptr (GPtrArray) notices = NULL;

  g_mkdir (old, 0700);
  g_assert_cmpint (g_rename (data_before, data_after), ==, 0);
  g_assert_cmpint (g_rename (paper_before, paper_after), ==, 0);
  copy_file (dump, dump);

  file = load (place);
  notices = restore (session, file, NULL);
  g_assert_cmpuint (notices->len, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 1);
}

/* Renamed beside the session, or known from elsewhere: found by its content. */
static void
test_found_by_content (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = g_build_filename (fixture->folder, "paper", "renamed.h5", NULL);
  g_autofree char *far = g_build_filename (fixture->folder, "far.h5", NULL);
  g_autoptr (GPtrArray) hints = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_cmpint (g_rename (fixture->dump, other), ==, 0);
  g_ptr_array_add (hints, g_file_new_for_path (far));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (IpSessionFile) file = load (fixture->place);
      g_autoptr (IpSession) session = ip_session_new (0, 0);
      g_autoptr (GPtrArray) notices = restore (session, file, hints);

      g_assert_cmpuint (notices->len, ==, 0);
      g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 1);
      if (i == 0)
        g_assert_cmpint (g_rename (other, far), ==, 0);
    }
}

/* What is nowhere is missing, until the user says where it is; nothing is lost with it. */
static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hidden = g_build_filename (fixture->folder, "hidden", NULL);
  g_autofree char *dump = g_build_filename (hidden, "x.h5", NULL);
  g_autoptr (GFile) dump_file = g_file_new_for_path (dump);
  g_autoptr (IpSessionFile) file = load (fixture->place);
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (GPtrArray) notices = NULL;
  g_autoptr (GPtrArray) later = NULL;
  g_autofree char *after = NULL;

  g_mkdir (hidden, 0700);
  g_assert_cmpint (g_rename (fixture->dump, dump), ==, 0);
  notices = restore (session, file, NULL);
  g_assert_cmpuint (notices->len, ==, 1);
  g_assert_nonnull (strstr (notices->pdata[0], "figure.infoplane: runs[0].path"));
  g_assert_nonnull (strstr (notices->pdata[0], "../data/run.h5"));
  g_assert_cmpint (ip_session_file_get_missing (file), ==, 0);

  ip_session_file_set_place (file, 0, dump_file);
  later = restore (session, file, NULL);
  g_assert_cmpuint (later->len, ==, 0);
  g_assert_cmpint (ip_session_file_get_missing (file), ==, -1);
  after = ip_session_file_write (session, fixture->place, NULL);
  g_assert_nonnull (strstr (after, "\"../hidden/x.h5\""));
  g_assert_nonnull (strstr (after, "{\"name\": \"fc2\", \"visible\": false"));
}

/* Another file in its place is opened, and that is said. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (IpSessionFile) file = load (fixture->place);
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (GPtrArray) notices = NULL;
  g_autofree char *contents = NULL;
  gsize length;

  g_file_get_contents (fixture->dump, &contents, &length, NULL);
  contents = g_realloc (contents, length + 16);
  memset (contents + length, 0, 16);
  g_file_set_contents (fixture->dump, contents, length + 16, NULL);
  notices = restore (session, file, NULL);
  g_assert_cmpuint (notices->len, ==, 1);
  g_assert_nonnull (strstr (notices->pdata[0], "run.h5 is not what it was"));
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 1);
}

static char *
load_error (GFile *place, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpSessionFile) file = NULL;

  g_file_set_contents (g_file_peek_path (place), text, length, NULL);
  file = ip_session_file_load (place, NULL, &error);
  g_assert_null (file);
  g_assert_nonnull (error);

  return g_strdup (error->message);
}

#define HEAD "{\"format\": \"infoplane-session\", \"version\": 1, "

/* The message names the file, the key, what was expected and what was found. */
static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "", "text" },
    { "[]", "text: expected an object" },
    { "{\"format\": \"something\"}", "format: expected “infoplane-session”, found \"something\"" },
    { "{\"version\": 1}", "format: expected “infoplane-session”, found nothing" },
    { HEAD, "text: expected JSON" },
    { HEAD "\"runs\": {}}", "runs: expected a list of objects, found an object" },
    { HEAD "\"runs\": [1]}", "runs: expected a list of objects" },
    { HEAD "\"runs\": [{}]}", "runs[0].path: expected the path of a dump, found nothing" },
    { HEAD "\"runs\": [{\"path\": 3}]}", "runs[0].path: expected text, found 3" },
    { HEAD "\"runs\": [{\"path\": \"a\", \"visible\": \"yes\"}]}",
      "runs[0].visible: expected true or false, found \"yes\"" },
    { HEAD "\"runs\": [{\"path\": \"a\", \"layers\": [{\"name\": \"l\", \"style\": -7}]}]}",
      "runs[0].layers[0].style: expected the number of a style, found -7" },
    { HEAD "\"estimator\": {\"id\": \"magic\"}}",
      "estimator.id: expected the id of an estimator, found \"magic\"" },
    { HEAD "\"estimator\": {\"id\": \"bins-uniform\", \"parameters\": \"bins=-1\"}}",
      "estimator.parameters: expected" },
    { HEAD "\"comparisons\": [{\"id\": \"kde\", \"parameters\": \"zeal=1\"}]}",
      "comparisons[0].parameters: expected" },
    { HEAD "\"sweep\": {\"parameter\": \"bins\", \"values\": [3, 2]}}",
      "sweep.values: expected rising numbers" },
    { HEAD "\"runs\": [{\"path\": \"a\", \"layers\": [{\"name\": \"l\", \"reduce\": \"x\"}]}]}",
      "runs[0].layers[0].reduce: expected mean:first, found \"x\"" },
    { HEAD "\"shown\": {\"in-bits\": 1}}", "shown.in-bits: expected true or false, found 1" },
    { HEAD "\"shown\": {\"epoch-scale\": \"cubic\"}}",
      "shown.epoch-scale: expected linear, log, found \"cubic\"" },
    { HEAD "\"shown\": {\"quantity\": \"wit\"}}", "shown.quantity: expected the id of a quantity" },
    { HEAD "\"shown\": {\"font-size\": -3}}",
      "shown.font-size: expected a value in its range, found -3" },
    { HEAD "\"shown\": {\"layer\": {\"run\": 0, \"layer\": \"x\"}}}",
      "shown.layer.run: expected the number of a run of this file, found 0" },
    { HEAD "\"limits\": {\"plane\": [{\"x\": [2, 1]}]}}",
      "limits.plane[0].x: expected two numbers in rising order" },
    { HEAD "\"limits\": {\"plane\": [{\"x\": [0, \"1\"]}]}}",
      "limits.plane[0].x: expected two numbers in rising order" },
    { "{'format': 1}", "text: expected JSON, found “'”" },
    { HEAD "\"x\": \"\xff\"}", "text: expected UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message
        = load_error (fixture->place, cases[i].text, strlen (cases[i].text));

      g_test_message ("%s", message);
      g_assert_true (g_str_has_prefix (message, "figure.infoplane: "));
      g_assert_nonnull (strstr (message, cases[i].message));
    }
}

/* Neither what nests deeply nor what is cut off at any place costs more than a message. */
static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) deep = g_string_new (HEAD "\"x\": ");
  g_autofree char *whole = NULL;
  g_autofree char *message = NULL;
  gsize length;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep, '[');
  message = load_error (fixture->place, deep->str, deep->len);
  g_assert_nonnull (strstr (message, "too many brackets"));

  save (fixture);
  g_file_get_contents (g_file_peek_path (fixture->place), &whole, &length, NULL);
  for (gsize cut = 0; cut + 2 < length; cut += 11)
    g_free (load_error (fixture->place, whole, cut));
}

static void
test_other_versions (Fixture *fixture, gconstpointer data)
{
  const char *later = "{\"format\": \"infoplane-session\", \"version\": 2, \"runs\": 7}";
  const char *richer = HEAD "\"mood\": {\"good\": [1, {\"a\": null}]}, \"runs\": "
                            "[{\"path\": \"x.h5\", \"smell\": 4}], \"shown\": {\"taste\": []}}";
  g_autofree char *message = load_error (fixture->place, later, strlen (later));
  g_autoptr (IpSessionFile) file = NULL;

  g_assert_nonnull (strstr (message, "newer version"));
  g_file_set_contents (g_file_peek_path (fixture->place), richer, -1, NULL);
  file = load (fixture->place);
  g_assert_cmpstr (ip_session_file_get_run_file (file, 0), ==, "x.h5");
}

static char *
run_cli (int wanted_status, const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list list;

  g_ptr_array_add (arguments, (char *) g_getenv ("INFOPLANE_CLI"));
  va_start (list, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (char *) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);

  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, wanted_status);

  return output;
}

/* The command line gives the estimates that the window exports, byte for byte, also those that are
 * compared.  Means over runs belong to figures. */
static void
test_cli_estimate (Fixture *fixture, gconstpointer data)
{
  IpRequest others[] = { *ip_session_get_request (fixture->session),
                         { ip_estimator_find ("bins-width") } };
  g_autofree char *store_path = g_build_filename (fixture->folder, "results.sqlite", NULL);
  const char *place = g_file_peek_path (fixture->place);
  g_autoptr (IpStore) store = ip_store_new (store_path);
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (IpSessionFile) file = NULL;
  g_autoptr (GPtrArray) notices = NULL;

  ip_parameters_init (&others[1].parameters, others[1].estimator);
  ip_session_set_comparisons (fixture->session, others, G_N_ELEMENTS (others));
  save (fixture);
  file = load (fixture->place);
  ip_session_set_store (session, store);
  notices = restore (session, file, NULL);
  wait_for_results (session);
  ip_session_set_group_by (session, NULL);
  for (gboolean json = FALSE; json <= TRUE; json++)
    {
      g_autoptr (GBytes) exported = ip_session_export_numbers (session, json);
      g_autofree char *printed
        = run_cli (0, "estimate", "--session", place, "--store", store_path, "--format",
                   json ? "json" : "csv", NULL);

      g_assert_cmpuint (strlen (printed), >, 1000);
      g_assert_null (strstr (printed, "fc2"));
      g_assert_nonnull (strstr (printed, "bins-width"));
      g_assert_cmpmem (printed, strlen (printed), g_bytes_get_data (exported, NULL),
                       g_bytes_get_size (exported));
    }
  g_free (run_cli (2, "estimate", "--session", place, fixture->dump, NULL));
  g_assert_cmpint (g_remove (fixture->dump), ==, 0);
  g_free (run_cli (3, "estimate", "--session", place, "--store", store_path, NULL));
}

/* A session and two command lines work on one store at the same time: all get all numbers, and the
 * store has them afterwards. */
static void
test_shared_store (Fixture *fixture, gconstpointer data)
{
  g_autofree char *store_path = g_build_filename (fixture->folder, "results.sqlite", NULL);
  const char *place = g_file_peek_path (fixture->place);
  g_autoptr (GError) error = NULL;
  g_autofree char *known = NULL;

  for (guint round = 0; round < 3; round++)
    {
      g_autofree char *estimator = g_strdup_printf ("bins-uniform:bins=%u", 40 + round);
      g_autoptr (IpStore) store = ip_store_new (store_path);
      g_autoptr (IpSession) session = ip_session_new (2, 0);
      g_autoptr (GPtrArray) notices = NULL;
      g_autoptr (GBytes) exported = NULL;
      g_autofree char *notice = NULL;
      IpRequest request = { .estimator = ip_estimator_find ("bins-uniform") };
      GSubprocess *processes[2];
      char *outputs[2];

      ip_parameters_parse (&request.parameters, request.estimator, strchr (estimator, ':') + 1,
                           NULL);
      ip_session_set_store (session, store);
      for (guint i = 0; i < 2; i++)
        processes[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                         g_getenv ("INFOPLANE_CLI"), "estimate", "--session", place,
                                         "-e", estimator, "--store", store_path, NULL);
      {
        g_autoptr (IpSessionFile) again = load (fixture->place);

        notices = restore (session, again, NULL);
      }
      ip_session_set_request (session, &request);
      wait_for_results (session);
      for (guint i = 0; i < 2; i++)
        {
          g_subprocess_communicate_utf8 (processes[i], NULL, NULL, &outputs[i], NULL, &error);
          g_assert_no_error (error);
          g_assert_true (g_subprocess_get_successful (processes[i]));
          g_object_unref (processes[i]);
        }
      exported = ip_session_export_numbers (session, FALSE);
      notice = ip_store_get_notice (store);
      g_assert_null (notice);
      g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));
      known = run_cli (0, "estimate", "--session", place, "-e", estimator, "--store", store_path,
                       NULL);
      for (guint i = 0; i < 2; i++)
        {
          g_auto (GStrv) lines = g_strsplit (outputs[i], "\n", -1);
          g_auto (GStrv) stored = g_strsplit (known, "\n", -1);

          g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (stored));
          g_free (outputs[i]);
        }
      g_clear_pointer (&known, g_free);
    }
}

/* What is drawn, without who drew it. */
static char *
load_drawing (const char *path)
{
  g_autofree char *text = NULL;
  char *start;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  start = strstr (text, "<g");
  g_assert_nonnull (start);

  return g_strdup (start);
}

/* And the figure of the tab that was in front, with its limits, layers, size and font. */
static void
test_cli_plot (Fixture *fixture, gconstpointer data)
{
  g_autofree char *from_cli = g_build_filename (fixture->folder, "cli.svg", NULL);
  g_autofree char *from_session = g_build_filename (fixture->folder, "session.svg", NULL);
  g_autoptr (GFile) svg = g_file_new_for_path (from_session);
  g_autoptr (IpFigure) figure = NULL;
  IpExportOptions options = { .width = 241.5, .height = 180 };
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;
  IpTheme theme;
  IpView view;

  g_free (run_cli (0, "plot", "--session", g_file_peek_path (fixture->place), "--store", "none",
                   "-o", from_cli, NULL));

  wait_for_results (fixture->session);
  figure = ip_session_create_figure (fixture->session, IP_FIGURE_EPOCHS);
  ip_session_get_limits (fixture->session, IP_FIGURE_EPOCHS, &view);
  ip_figure_set_view (figure, &view);
  ip_theme_init_paper (&theme);
  theme.size = 7;
  ip_export_figure (figure, &theme, svg, IP_EXPORT_SVG, &options, NULL, &error);
  g_assert_no_error (error);

  one = load_drawing (from_cli);
  other = load_drawing (from_session);
  g_assert_cmpstr (one, ==, other);
}

/* Runs the command of a recipe, with the program that was built. */
static char *
run_command (const char *command, const char *extra)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *line = g_strconcat (command, extra, NULL);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_shell_parse_argv (line, NULL, &words, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (words[0], ==, "infoplane-cli");
  g_free (words[0]);
  words[0] = g_strdup (g_getenv ("INFOPLANE_CLI"));
  g_spawn_sync (NULL, words, NULL, 0, NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  return g_steal_pointer (&output);
}

/* The command of a point gives its number again, to the last digit, and so it says itself. */
static void
test_recipe_of_point (Fixture *fixture, gconstpointer data)
{
  gint64 epoch = ip_session_get_epoch (fixture->session);
  g_autofree char *command = NULL;
  g_autofree char *json = NULL;
  g_autofree char *text = NULL;
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) fields = NULL;
  g_autofree char *value = NULL;
  g_autofree char *sentence = NULL;

  wait_for_results (fixture->session);
  command = ip_recipe_of_point (fixture->session, 4, epoch, IP_RECIPE_COMMAND);
  json = ip_recipe_of_point (fixture->session, 4, epoch, IP_RECIPE_JSON);
  text = ip_recipe_of_point (fixture->session, 4, epoch, IP_RECIPE_TEXT);
  g_test_message ("%s\n%s", text, json);

  csv = run_command (command, " --store none");
  lines = g_strsplit (csv, "\n", -1);
  fields = g_strsplit (lines[1], ",", -1);
  g_assert_cmpstr (fields[1], ==, "fc5");
  g_assert_cmpstr (fields[4], ==, "bins-uniform");
  for (guint i = 5; value == NULL && fields[i] != NULL; i++)
    if (g_str_equal (fields[i], "mi_xt"))
      value = g_strdup_printf ("\"mi_xt\": %s", fields[i + 1]);
  g_assert_nonnull (value);
  g_assert_nonnull (strstr (json, value));
  sentence = g_strconcat ("I(X;T) = ", value + strlen ("\"mi_xt\": "), " nats", NULL);
  g_assert_nonnull (strstr (text, sentence));
  for (const char **part = (const char *[]) { "fingerprint", "\"version\": ", "bins=17", "fc5",
                                              "\"samples\": \"all\"", PACKAGE_VERSION, NULL };
       *part != NULL; part++)
    g_assert_nonnull (strstr (json, *part));
}

/* The command of a figure draws it again; what goes out with it names nobody's folders. */
static void
test_recipe_of_figure (Fixture *fixture, gconstpointer data)
{
  g_autofree char *again = g_build_filename (fixture->folder, "it's again.svg", NULL);
  g_autofree char *first = g_build_filename (fixture->folder, "first.svg", NULL);
  g_autofree char *command
    = ip_recipe_of_figure (fixture->session, IP_FIGURE_EPOCHS, again, IP_RECIPE_COMMAND);
  g_autofree char *metadata = ip_recipe_of_figure (fixture->session, IP_FIGURE_EPOCHS,
                                                   "figure.svg", IP_RECIPE_METADATA);
  g_autofree char *place = g_file_get_path (fixture->place);
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autofree char *whole = NULL;
  IpView automatic;

  g_assert_null (strstr (metadata, fixture->folder));
  g_assert_nonnull (strstr (metadata, "run.h5"));
  g_free (run_command (command, " --store none"));

  /* The command takes the limits from the data. */
  ip_view_init (&automatic);
  ip_session_set_limits (fixture->session, IP_FIGURE_EPOCHS, &automatic);
  {
    g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);

    ip_run_layer_set_style (ip_run_get_layer (run, 2), 2);
  }
  save (fixture);
  g_free (run_cli (0, "plot", "--session", place, "--store", "none", "-o", first, NULL));
  one = load_drawing (first);
  other = load_drawing (again);
  g_assert_true (g_str_equal (one, other));
  g_file_get_contents (again, &whole, NULL, NULL);
  g_assert_nonnull (strstr (whole, "Fingerprint: "));
  g_assert_nonnull (strstr (whole, "Command: infoplane-cli plot run.h5 -e bins-uniform:bins=17"));
}

/* Text and JSON name what a figure shows beside the request, where it does. */
static void
test_recipe_of_comparisons (Fixture *fixture, gconstpointer data)
{
  IpRequest other = { ip_estimator_find ("kde") };
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;
  g_autofree char *map = NULL;

  ip_parameters_init (&other.parameters, other.estimator);
  ip_session_set_comparisons (fixture->session, &other, 1);
  text = ip_recipe_of_figure (fixture->session, IP_FIGURE_TRAJECTORIES, "x.pdf", IP_RECIPE_TEXT);
  json = ip_recipe_of_figure (fixture->session, IP_FIGURE_TRAJECTORIES, "x.pdf", IP_RECIPE_JSON);
  map = ip_recipe_of_figure (fixture->session, IP_FIGURE_MAP, "x.pdf", IP_RECIPE_TEXT);

  g_assert_nonnull (strstr (text, "(bins-uniform, version "));
  g_assert_nonnull (strstr (text, "(kde, version "));
  g_assert_nonnull (strstr (text, "Parameters: scale=absolute,variance=0.001"));
  g_assert_nonnull (strstr (strstr (json, "\"comparisons\""), "\"id\": \"kde\""));
  g_assert_null (strstr (map, "(kde, version "));
}

static void
test_recipe_command (Fixture *fixture, gconstpointer data)
{
  g_autofree char *place = g_file_get_path (fixture->place);
  g_autofree char *printed
    = run_cli (0, "recipe", place, "--format", "command", NULL);
  g_autofree char *expected
    = ip_recipe_of_figure (fixture->session, IP_FIGURE_EPOCHS, "epochs.pdf", IP_RECIPE_COMMAND);

  g_assert_cmpstr (g_strchomp (printed), ==, expected);
  g_free (run_cli (2, "recipe", place, "--format", "prose", NULL));
  g_free (run_cli (3, "recipe", fixture->dump, NULL));
}

/* The run reads another dump of its file from now on, as after the dialog in which roles, samples
 * and reductions are chosen. */
static void
choose (IpRun *run, const char *samples, IpReductionKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = ip_dump_copy (ip_run_get_dump (run), NULL, &error);
  IpReduction reduction;

  g_assert_no_error (error);
  reduction = ip_dump_get_reduction (dump, 0);
  reduction.kind = kind;
  ip_dump_set_reduction (dump, 0, &reduction);
  g_assert_true (ip_dump_select_samples_by_key (dump, samples));
  ip_run_set_dump (run, dump);
}

static void
assert_same_numbers (const char *csv, IpSession *session)
{
  g_autoptr (GBytes) bytes = ip_session_export_numbers (session, FALSE);
  g_autofree char *numbers = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GRegex) seconds = g_regex_new (",[^,\n]*(,[^,\n]*)$", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *one = g_regex_replace (seconds, csv, -1, 0, "\\1", 0, NULL);
  g_autofree char *other = g_regex_replace (seconds, numbers, -1, 0, "\\1", 0, NULL);

  g_assert_cmpstr (one, ==, other);
}

/* Samples and reductions that were chosen: the session that is opened again, the command line of
 * the session and that of the recipe all give the same numbers. */
static void
test_choices (Fixture *fixture, gconstpointer data)
{
  static const char *const samples[] = { "all", "first:n=7", "random:n=9,seed=5",
                                         "class:n=2,seed=3" };
  g_autofree char *path = g_build_filename (fixture->folder, "wide.h5", NULL);
  const char *place = g_file_peek_path (fixture->place);

  write_dump (path, "wide");
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (IpSession) session = ip_session_new (0, 0);
      g_autoptr (IpSession) again = ip_session_new (0, 0);
      g_autoptr (GPtrArray) notices = NULL;
      IpRun *run = open_run (session, path);
      g_autofree char *text = NULL;
      g_autofree char *from_session = NULL;
      g_autofree char *command = NULL;
      g_autofree char *from_recipe = NULL;
      g_autoptr (GError) error = NULL;

      choose (run, samples[i], IP_REDUCTION_MEAN + i % (IP_N_REDUCTIONS - IP_REDUCTION_MEAN));
      ip_run_layer_set_visible (ip_run_get_layer (run, 1), FALSE);
      wait_for_results (session);
      g_assert_cmpuint (ip_session_get_n_done (session), ==, 2);
      text = ip_session_file_write (session, fixture->place, NULL);
      g_assert_true (g_file_set_contents (place, text, -1, &error));

      {
        g_autoptr (IpSessionFile) file = load (fixture->place);

        notices = restore (again, file, NULL);
      }
      g_assert_cmpuint (notices->len, ==, 0);
      wait_for_results (again);
      from_session = run_cli (0, "estimate", "--session", place, "--store", "none", NULL);
      assert_same_numbers (from_session, session);
      assert_same_numbers (from_session, again);

      command = ip_recipe_of_point (again, 0, ip_session_get_epoch (again), IP_RECIPE_COMMAND);
      g_assert_nonnull (strstr (command, "--reduce"));
      g_assert_true ((i > 0) == (strstr (command, "--samples") != NULL));
      from_recipe = run_command (command, " --store none");
      {
        g_auto (GStrv) lines = g_strsplit (from_recipe, "\n", -1);
        g_auto (GStrv) fields = g_strsplit (lines[1], ",mi_xt,", -1);
        g_autofree char *value = g_strndup (fields[1], strcspn (fields[1], ","));

        g_assert_cmpstr (value, !=, "");
        g_assert_nonnull (strstr (from_session, value));
      }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name) \
  g_test_add ("/session-file/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  TEST (round_trip);
  TEST (moved_together);
  TEST (found_by_content);
  TEST (missing);
  TEST (changed);
  TEST (malformed);
  TEST (hostile);
  TEST (other_versions);
  TEST (cli_estimate);
  TEST (shared_store);
  TEST (cli_plot);
  TEST (recipe_of_point);
  TEST (recipe_of_figure);
  TEST (recipe_of_comparisons);
  TEST (recipe_command);
  TEST (choices);

  return g_test_run ();
}
