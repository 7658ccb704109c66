/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* Sessions as the window saves and opens them, and what is left of one after a crash. */

#include "config.h"

#include "ip-job-button.h"
#include "ip-jobs-panel.h"
#include "ip-session-file.h"
#include "window.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

/* Nothing slides any more: the size of what is exported follows that of the plot. */
static gboolean
has_settled (GtkWidget *widget)
{
  if (GTK_IS_REVEALER (widget)
      && gtk_revealer_get_child_revealed (GTK_REVEALER (widget))
             != gtk_revealer_get_reveal_child (GTK_REVEALER (widget)))
    return FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!has_settled (child))
      return FALSE;
  return TRUE;
}

static IpWindow *
open_window (void)
{
  IpWindow *window = ip_window_new (application);

  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));

  return window;
}

static IpWindow *
open_example (void)
{
  IpWindow *window = open_window ();

  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-example", NULL);
  await (has_results (window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));

  return window;
}

static void
close_window (IpWindow *window)
{
  gpointer gone = window;

  g_object_add_weak_pointer (gone, &gone);
  gtk_window_destroy (GTK_WINDOW (window));
  await (gone == NULL);
}

static gboolean
is_written (GFile *file)
{
  GStatBuf status;

  return g_stat (g_file_peek_path (file), &status) == 0 && status.st_size > 0;
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  ip_window_export_finish (IP_WINDOW (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static char *
export (IpWindow *window, const char *name)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  gboolean done = FALSE;
  char *text;

  ip_window_export_async (window, file, exported_cb, &done);
  await (done);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

static char *
run_cli (const char *command, const char *session, const char *output)
{
  const char *arguments[] = { g_getenv ("INFOPLANE_CLI"), command, "--session", session, "-o",
                              output, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
    = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, &error);
  char *text;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (output, &text, NULL, NULL));

  return text;
}

/* Without metadata. */
static const char *
get_drawing (const char *svg)
{
  const char *start = strstr (svg, "<g");

  g_assert_nonnull (start);

  return start;
}

static void
arrange (IpWindow *window)
{
  IpSession *session = ip_window_get_session (window);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (session), 0);
  GtkWidget *widget = GTK_WIDGET (window);
  guint n_epochs;
  const gint64 *epochs = ip_session_get_epochs (session, &n_epochs);

  ip_run_layer_set_visible (ip_run_get_layer (run, 0), FALSE);
  ip_run_layer_set_style (ip_run_get_layer (run, 2), 6);
  ip_session_set_epoch (session, epochs[n_epochs / 3]);
  ip_session_set_in_bits (session, FALSE);
  g_action_group_change_action_state (G_ACTION_GROUP (window), "view",
                                      g_variant_new_string ("epochs"));
  gtk_test_widget_wait_for_draw (widget);
  gtk_widget_activate_action (widget, "win.zoom-in", NULL);
  gtk_test_widget_wait_for_draw (widget);
  gtk_widget_activate_action (widget, "win.show-metrics", NULL);
  await (has_settled (widget));
  gtk_test_widget_wait_for_draw (widget);
}

/* What one window saves is in another what it was, to the last byte of the exported figure and
 * numbers; so is it from the command line. */
static void
test_save_and_open (void)
{
  IpWindow *window = open_example ();
  g_autofree char *path = g_build_filename (scratch, "example.infoplane", NULL);
  g_autofree char *cli_svg = g_build_filename (scratch, "cli.svg", NULL);
  g_autofree char *cli_csv = g_build_filename (scratch, "cli.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *svg = NULL;
  g_autofree char *csv = NULL;
  g_autofree char *other_svg = NULL;
  g_autofree char *other_csv = NULL;
  g_autofree char *from_cli_svg = NULL;
  g_autofree char *from_cli_csv = NULL;
  g_autoptr (GVariant) state = NULL;
  IpWindow *other;

  arrange (window);
  await (has_results (window));
  svg = export (window, "one.svg");
  csv = export (window, "one.csv");
  ip_window_save_session (window, file);
  await (is_written (file));
  close_window (window);

  other = open_window ();
  ip_window_open (other, &file, 1);
  g_assert_false (ip_window_is_idle (other));
  await (has_results (other));
  await (has_settled (GTK_WIDGET (other)));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (other));
  g_assert_null (ip_window_get_message (other));
  state = g_action_group_get_action_state (G_ACTION_GROUP (other), "view");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "epochs");
  other_svg = export (other, "other.svg");
  other_csv = export (other, "other.csv");
  close_window (other);
  g_assert_true (g_str_equal (csv, other_csv));
  g_assert_true (g_str_equal (get_drawing (svg), get_drawing (other_svg)));

  from_cli_csv = run_cli ("estimate", path, cli_csv);
  from_cli_svg = run_cli ("plot", path, cli_svg);
  g_assert_true (g_str_equal (csv, from_cli_csv));
  g_assert_true (g_str_equal (get_drawing (svg), get_drawing (from_cli_svg)));
}

/* A malformed file is a message. */
static void
test_malformed (void)
{
  g_autofree char *path = g_build_filename (scratch, "bad.infoplane", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpWindow *window = open_window ();

  g_file_set_contents (path, "{\"format\": 7}", -1, NULL);
  ip_window_open (window, &file, 1);
  await (ip_window_is_idle (window));
  g_assert_nonnull (strstr (ip_window_get_message (window), "bad.infoplane: format: expected"));
  close_window (window);
}

static char *
find_copy (void)
{
  g_autofree char *folder_path = g_build_filename (scratch, "infoplane", "sessions", NULL);
  g_autoptr (GDir) folder = g_dir_open (folder_path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ".infoplane"))
      return g_build_filename (folder_path, name, NULL);

  return NULL;
}

static gboolean
has_copy (void)
{
  g_autofree char *copy = find_copy ();

  return copy != NULL;
}

/* A window that lives keeps its copy to itself, and takes it along when it is closed. */
static void
test_autosave (void)
{
  IpWindow *window = open_example ();

  await (has_copy ());
  close_window (window);
  await (!has_copy ());
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  if (GTK_IS_BUTTON (widget)
      && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
offers_restore (IpWindow *window)
{
  return find_button (GTK_WIDGET (window), "_Restore Session") != NULL;
}

/* The program is killed; the next one offers what it had open. */
static void
test_crash (void)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "src", "app", "infoplane",
                                                    NULL);
  g_autofree char *example
    = g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples", EXAMPLE_NAME, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  IpWindow *window;

  await (!has_copy ());
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program, example, NULL);
  g_assert_no_error (error);
  await (has_copy ());

  window = open_window ();
  ip_window_offer_restore (window);
  for (gint64 end = g_get_monotonic_time () + 300000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (offers_restore (window)); /* it still runs */

  g_subprocess_send_signal (process, SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
  ip_window_offer_restore (window);
  await (offers_restore (window));
  g_signal_emit_by_name (find_button (GTK_WIDGET (window), "_Restore Session"), "clicked");
  await (has_results (window));
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (ip_window_get_session (window))),
                    ==, 1);
  close_window (window);
  await (!has_copy ());
}

/* The program whose only window is closed while its copy and a session are being written. */

static gint writing; /* the copy */
static gint closed;

gboolean
g_file_set_contents_full (const char *path,
                          const char *contents,
                          gssize length,
                          GFileSetContentsFlags flags,
                          int mode,
                          GError **error)
{
  __typeof__ (&g_file_set_contents_full) real = dlsym (RTLD_NEXT, "g_file_set_contents_full");
  gboolean done;

  g_atomic_int_set (&writing, TRUE);
  while (application == NULL && !g_atomic_int_get (&closed))
    g_thread_yield ();
  done = real (path, contents, length, flags, mode, error);
  g_atomic_int_set (&writing, FALSE);

  return done;
}

static void
save_and_close_cb (GtkApplication *program, const char *path)
{
  IpWindow *window = gtk_application_get_windows (program)->data;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-example", NULL);
  await (g_atomic_int_get (&writing));
  ip_window_save_session (window, file);
  gtk_window_destroy (GTK_WINDOW (window));
  g_atomic_int_set (&closed, TRUE);
}

static int
save_and_close (char *path)
{
  g_autoptr (IpApplication) program = ip_application_new ();
  int status;

  g_application_set_flags (G_APPLICATION (program), G_APPLICATION_NON_UNIQUE);
  g_signal_connect_after (program, "activate", G_CALLBACK (save_and_close_cb), path);
  status = g_application_run (G_APPLICATION (program), 0, NULL);
  while (g_atomic_int_get (&writing))
    g_thread_yield ();
  return status;
}

/* It ends when both are dealt with: the session is there, the copy is not. */
static void
test_close_while_writing (void)
{
  g_autofree char *path = g_build_filename (scratch, "closed.infoplane", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (IpSessionFile) session = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  await (!has_copy ());
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/proc/self/exe",
                              "--save-and-close", path, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  session = ip_session_file_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (has_copy ());
}

static gboolean
find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_label (GTK_LABEL (widget)), text))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (find_label (child, text))
      return TRUE;

  return FALSE;
}

static gboolean
waits (GtkWidget *panel)
{
  return find_label (panel, "Paused") && find_label (panel, "0 of 108");
}

/* The panel lists the run, and its button lets it go on. */
static void
test_jobs_panel (void)
{
  IpWindow *window = open_window ();
  IpSession *session = ip_window_get_session (window);
  GtkWidget *button = find_widget (GTK_WIDGET (window), IP_TYPE_JOB_BUTTON, NULL);
  GtkWidget *panel = find_widget (button, IP_TYPE_JOBS_PANEL, NULL);
  IpRequest request = *ip_session_get_request (session);
  GtkWidget *pause;

  request.parameters.value[0] = 23; /* not in the store */
  ip_session_set_request (session, &request);
  ip_session_set_paused (session, TRUE);
  ip_window_open_example (window);
  await (g_list_model_get_n_items (ip_session_get_runs (session)) > 0
         && gtk_widget_get_mapped (button));
  gtk_menu_button_popup (GTK_MENU_BUTTON (find_widget (button, GTK_TYPE_MENU_BUTTON, NULL)));
  await (gtk_widget_get_mapped (panel));
  await (waits (panel));
  pause = find_button (panel, "_Pause");
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (pause)));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pause), FALSE);
  await (has_results (window));
  close_window (window);
}

/* Shows the example with numbers of an estimator that no store knows yet. */
static IpWindow *
open_unknown (const char *estimator)
{
  IpWindow *window = open_window ();
  IpSession *session = ip_window_get_session (window);
  IpRequest request = { .estimator = ip_estimator_find ("bins-uniform") };
  IpStatus status
    = ip_parameters_parse (&request.parameters, request.estimator, estimator, NULL);

  g_assert_cmpint (status, ==, IP_STATUS_OK);
  ip_session_set_paused (session, TRUE);
  ip_session_set_request (session, &request);
  ip_window_open_example (window);
  await (g_list_model_get_n_items (ip_session_get_runs (session)) > 0);

  return window;
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  (*(guint *) data)++;
}

static void
start_cli (const char *session, const char *output, guint *n_ended)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
    = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, g_getenv ("INFOPLANE_CLI"), "estimate",
                        "--session", session, "-o", output, NULL);

  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, ended_cb, n_ended);
}

/* Asks the standard store for one value. */
static char *
ask_store (const char *sql)
{
  g_autofree char *path = ip_store_get_standard_path ();
  sqlite3 *connection;
  sqlite3_stmt *statement;
  char *answer;

  g_assert_true (g_str_has_prefix (path, scratch));
  g_assert_cmpint (sqlite3_open (path, &connection), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (connection, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (connection);

  return answer;
}

/* All but how long it took: the column before the last. */
static char *
get_numbers (const char *csv)
{
  g_autoptr (GRegex) regex
    = g_regex_new (",[^,\n]*(,[^,\n]*)$", G_REGEX_MULTILINE, 0, NULL);

  return g_regex_replace (regex, csv, -1, 0, "\\1", 0, NULL);
}

static void
assert_same_numbers (const char *one, const char *other)
{
  g_autofree char *numbers = get_numbers (one);
  g_autofree char *others = get_numbers (other);

  g_assert_true (g_str_has_prefix (numbers, "run,layer,layer_index,"));
  g_assert_null (strstr (numbers, "seconds"));
  g_assert_true (g_str_equal (numbers, others));
}

/* The window and two command lines compute the same into one store at the same time: all have the
 * same numbers, to the last byte, and so has who asks the store later. */
static void
share_store (guint round)
{
  g_autofree char *estimator = g_strdup_printf ("bins=%u", 170 + round);
  g_autofree char *session_name = g_strdup_printf ("shared-%u.infoplane", round);
  g_autofree char *path = g_build_filename (scratch, session_name, NULL);
  g_autofree char *later = g_build_filename (scratch, "later.csv", NULL);
  g_autofree char *integrity = NULL;
  g_autofree char *numbers = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char *outputs[2];
  guint n_ended = 0;
  IpWindow *window = open_unknown (estimator);

  ip_window_save_session (window, file);
  await (is_written (file));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("process-%u.csv", i);

      outputs[i] = g_build_filename (scratch, name, NULL);
      start_cli (path, outputs[i], &n_ended);
    }
  ip_session_set_paused (ip_window_get_session (window), FALSE);
  await (has_results (window));
  await (n_ended == 2);
  g_assert_null (ip_window_get_message (window));

  integrity = ask_store ("PRAGMA integrity_check");
  g_assert_cmpstr (integrity, ==, "ok");
  numbers = export (window, "window.csv");
  close_window (window);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (outputs[i], &text, NULL, NULL));
      assert_same_numbers (text, numbers);
      g_free (outputs[i]);
    }
  again = run_cli ("estimate", path, later);
  assert_same_numbers (again, numbers);
  g_remove (path);
}

static void
test_shared_store (void)
{
  for (guint round = 0; round < 3; round++)
    share_store (round);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

/* What the action leaves on the clipboard. */
static char *
copy_recipe (IpWindow *window, const char *what)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  char *text = NULL;

  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (window), "win.copy-recipe", "s", what));
  gdk_clipboard_read_text_async (clipboard, NULL, copied_cb, &text);
  await (text != NULL);

  return text;
}

static void
assert_json (const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  g_assert_true (json_object_has_member (json_node_get_object (json_parser_get_root (parser)),
                                         "command"));
}

static char *
run_command (const char *command)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_shell_parse_argv (command, NULL, &words, &error));
  g_assert_cmpstr (words[0], ==, "infoplane-cli");
  g_free (words[0]);
  words[0] = g_strdup (g_getenv ("INFOPLANE_CLI"));
  g_spawn_sync (scratch, words, NULL, 0, NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  return g_steal_pointer (&output);
}

/* From the point that is read out and from the figure: as text, as JSON, and as a command line that
 * gives the same number and draws the figure. */
static void
test_copy_recipe (void)
{
  IpWindow *window = open_example ();
  IpSession *session = ip_window_get_session (window);
  g_autofree char *path = g_build_filename (scratch, "figure.pdf", NULL);
  g_autofree char *point_text = NULL;
  g_autofree char *point_json = NULL;
  g_autofree char *point_command = NULL;
  g_autofree char *figure_text = NULL;
  g_autofree char *figure_json = NULL;
  g_autofree char *figure_command = NULL;
  g_autofree char *csv = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) fields = NULL;
  g_autofree char *number = NULL;

  ip_session_set_layer (session, 2);
  point_text = copy_recipe (window, "point:text");
  point_json = copy_recipe (window, "point:json");
  point_command = copy_recipe (window, "point:command");
  figure_text = copy_recipe (window, "figure:text");
  figure_json = copy_recipe (window, "figure:json");
  figure_command = copy_recipe (window, "figure:command");
  close_window (window);

  g_assert_nonnull (strstr (point_text, PACKAGE_VERSION));
  g_assert_nonnull (strstr (point_text, "fc3"));
  g_assert_nonnull (strstr (figure_text, PACKAGE_VERSION));
  assert_json (point_json);
  assert_json (figure_json);

  csv = run_command (point_command);
  lines = g_strsplit (csv, "\n", -1);
  fields = g_strsplit (lines[1], ",mi_xt,", 2);
  number = g_strndup (fields[1], strcspn (fields[1], ","));
  g_assert_nonnull (strstr (point_json, number));
  g_free (run_command (figure_command));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static gboolean
shows_all (IpWindow *window)
{
  IpPlot *plot = ip_window_get_plot (window);
  double x, y;

  return has_results (window) && !ip_plot_get_busy (plot)
         && ip_plot_get_point_place (plot, 0, DUMP_MANY_EPOCHS - 1, 0, &x, &y);
}

/* A figure of very many points comes from another thread, with the view and all points. */
static void
test_many_points (void)
{
  g_autofree char *path = g_build_filename (scratch, "long.h5", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpWindow *window = open_window ();
  IpSession *session = ip_window_get_session (window);
  IpRequest others[5];

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = *ip_session_get_request (session);
      others[i].parameters.value[0] = 3 + i;
    }
  ip_session_set_comparisons (session, others, G_N_ELEMENTS (others));
  write_dump (path, "long");
  g_action_group_change_action_state (G_ACTION_GROUP (window), "view",
                                      g_variant_new_string ("epochs"));
  ip_window_open (window, &file, 1);
  await (shows_all (window));
  ip_session_set_in_bits (session, FALSE);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  await (shows_all (window));
  close_window (window);
}

static GtkWidget *
find_menu (IpWindow *window)
{
  return find_widget (GTK_WIDGET (ip_window_get_plot (window)), GTK_TYPE_POPOVER_MENU, NULL);
}

/* The recipe is where the point is: in the menu of the plot, by keyboard as by pointer. */
static void
test_plot_menu (void)
{
  IpWindow *window = open_example ();
  GtkWidget *plot = GTK_WIDGET (ip_window_get_plot (window));

  g_assert_null (find_menu (window));
  g_assert_true (gtk_widget_activate_action (plot, "plot.show-menu", NULL));
  await (gtk_widget_get_mapped (find_menu (window)));
  g_assert_true (find_label (find_menu (window), "Copy Recipe")
                 || find_label (find_menu (window), "Copy _Recipe"));
  gtk_popover_popdown (GTK_POPOVER (find_menu (window)));
  close_window (window);
}

/* The clock of the program, which the test can put forward, and its notifications: functions of
 * the program itself come before those of libraries. */

static _Thread_local gint64 put_forward; /* microseconds; others do not wait in vain */
static char *notified;

gint64
g_get_monotonic_time (void)
{
  __typeof__ (&g_get_monotonic_time) real = dlsym (RTLD_NEXT, "g_get_monotonic_time");

  return real () + put_forward;
}

void
g_application_send_notification (GApplication *target, const char *id, GNotification *notification)
{
  g_free (notified);
  notified = g_strdup (id);
}

/* Computes the example while another window is in front. */
static void
compute_behind (const char *estimator, gint64 duration)
{
  IpWindow *window = open_unknown (estimator);
  IpSession *session = ip_window_get_session (window);
  GtkWidget *other = gtk_window_new ();

  g_clear_pointer (&notified, g_free);
  gtk_window_present (GTK_WINDOW (other));
  await (gtk_widget_get_mapped (other));
  await (!gtk_window_is_active (GTK_WINDOW (window)));
  g_assert_true (ip_session_get_busy (session));
  put_forward += duration;
  ip_session_set_paused (session, FALSE);
  await (has_results (window));
  gtk_window_destroy (GTK_WINDOW (other));
  close_window (window);
}

/* Who looks elsewhere is told that a long job has ended, and not bothered by short ones. */
static void
test_notification (void)
{
  gint64 start = g_get_monotonic_time ();

  compute_behind ("bins=182", 0);
  if (g_get_monotonic_time () - start < 10 * G_TIME_SPAN_SECOND)
    g_assert_null (notified);
  compute_behind ("bins=181", 11 * G_TIME_SPAN_SECOND);
  g_assert_cmpstr (notified, ==, "estimates");
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--save-and-close"))
    return save_and_close (argv[2]);
  if (!begin_tests (&argc, &argv, get_obstacle))
    return 0;
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);

  g_test_add_func ("/window-session/save-and-open", test_save_and_open);
  g_test_add_func ("/window-session/malformed", test_malformed);
  g_test_add_func ("/window-session/autosave", test_autosave);
  g_test_add_func ("/window-session/crash", test_crash);
  g_test_add_func ("/window-session/close-while-writing", test_close_while_writing);
  g_test_add_func ("/window-session/jobs-panel", test_jobs_panel);
  g_test_add_func ("/window-session/shared-store", test_shared_store);
  g_test_add_func ("/window-session/copy-recipe", test_copy_recipe);
  g_test_add_func ("/window-session/plot-menu", test_plot_menu);
  g_test_add_func ("/window-session/many-points", test_many_points);
  g_test_add_func ("/window-session/notification", test_notification);

  return run_tests ();
}
