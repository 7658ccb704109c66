/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How long the window takes: bench-frames INFOPLANE [FRAMES [start] [runs] [points]]
 *
 * The real window on an X server, dragged by its pointer.  A frame's time is the processor time of
 * the main thread from the end of one frame to the end of the next: input, layout, and painting
 * with whatever renderer GSK_RENDERER says.  The frames in which the picture that was drawn
 * meanwhile takes the place of the old one are frames, too.  INFOPLANE is the program, which is
 * started for the time until its window is seen. */

#include "ip-application.h"
#include "ip-table-view.h"
#include "ip-window.h"

#include <X11/Xlib.h>
#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_FRAMES 2000
#define STARTS 7
#define IDLE_TIME 5 /* s */
#define PATIENCE (120 * G_TIME_SPAN_SECOND)

static guint frames = 100;
static IpApplication *application;
static char *scratch;

typedef struct
{
  IpWindow *window;
  IpSession *session;
  IpPlot *plot;
  double lengths[MOST_FRAMES]; /* ms */
  guint n_lengths;
  gint64 frame_end; /* processor time, µs */
  guint n_frames;   /* since it was set to 0 */
  IpView painted;
  gint64 last_painted; /* monotonic time */
} Bench;

typedef gboolean (*Condition) (Bench *self);

/* Time */

static gint64
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static double
get_ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
find_median (double *values, guint n, double *largest)
{
  qsort (values, n, sizeof *values, compare);
  *largest = values[n - 1];
  return values[n / 2];
}

static void
after_paint_cb (Bench *self)
{
  gint64 now = get_thread_time ();

  if (self->n_lengths < MOST_FRAMES)
    self->lengths[self->n_lengths++] = (double) (now - self->frame_end) / 1000;
  self->frame_end = now;
  self->n_frames++;
  self->last_painted = g_get_monotonic_time ();
  ip_plot_get_view (self->plot, &self->painted);
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Bench *self, Condition condition)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  guint wake = g_timeout_add (50, wake_cb, NULL);

  while (!condition (self))
    {
      g_main_context_iteration (NULL, TRUE);
      if (g_get_monotonic_time () > deadline)
        g_error ("Waited in vain");
    }
  g_source_remove (wake);
}

static gboolean
has_painted (Bench *self)
{
  return self->n_frames > 0;
}

static gint64 rest_begin;

/* No frame for half a second. */
static gboolean
is_at_rest (Bench *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->n_frames > 0)
    {
      self->n_frames = 0;
      rest_begin = now;
    }
  return now - rest_begin > G_USEC_PER_SEC / 2;
}

static void
come_to_rest (Bench *self)
{
  rest_begin = g_get_monotonic_time ();
  self->n_frames = 0;
  wait_for (self, is_at_rest);
}

/* Dumps of numbers that nobody looks at: what is shown is set. */

static void
write_dataset (hid_t file, const char *path, hid_t type, int rank, const hsize_t *shape)
{
  hid_t space = H5Screate_simple (rank, shape, NULL);
  hid_t links = H5Pcreate (H5P_LINK_CREATE);
  hid_t dataset;
  gsize n = 1;
  g_autofree gint64 *values = NULL;

  for (int i = 0; i < rank; i++)
    n *= shape[i];
  values = g_new (gint64, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (gint64) i;
  H5Pset_create_intermediate_group (links, 1);
  dataset = H5Dcreate2 (file, path, type, space, links, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite (dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  H5Dclose (dataset);
  H5Pclose (links);
  H5Sclose (space);
}

static GFile *
write_dump (const char *name, guint n_layers, guint n_epochs)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  write_dataset (file, "/epochs", H5T_STD_I64LE, 1, (hsize_t[]){ n_epochs });
  write_dataset (file, "/labels", H5T_STD_I32LE, 1, (hsize_t[]){ 2 });
  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *layer = g_strdup_printf ("/layers/fc%u/activations", i + 1);

      write_dataset (file, layer, H5T_IEEE_F32LE, 3, (hsize_t[]){ n_epochs, 2, 1 });
    }
  H5Fclose (file);
  return g_file_new_for_path (path);
}

/* Random walks of I(X;T) and I(T;Y), for each layer below those of the layer before. */
static void
set_estimates (Bench *self, IpRun *run, GRand *random)
{
  const IpRequest *request = ip_session_get_request (self->session);
  IpEstimate estimate = { .n = 4096, .d = 10, .n_values = 2, .blur = "30 bins" };
  guint n_epochs;

  ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  for (guint i = 0; i < 2; i++)
    estimate.values[i] = (IpValue){ .quantity = i == 0 ? IP_QUANTITY_MI_XT : IP_QUANTITY_MI_TY,
                                    .ceiling = (i == 0 ? 12 : 1) * G_LN2,
                                    .lower = NAN, .upper = NAN, .error = NAN };
  for (guint layer = 0; layer < g_list_model_get_n_items (G_LIST_MODEL (run)); layer++)
    {
      double top_x = 11.5 - 1.3 * layer, top_y = 0.98 - 0.12 * layer;
      double x = top_x - 0.6, y = top_y - 0.05;

      for (guint epoch = 0; epoch < n_epochs; epoch++)
        {
          x = CLAMP (x + g_rand_double_range (random, -0.05, 0.05), top_x - 1.2, top_x);
          y = CLAMP (y + g_rand_double_range (random, -0.005, 0.005), top_y - 0.1, top_y);
          estimate.values[0].value = x * G_LN2;
          estimate.values[1].value = y * G_LN2;
          ip_run_set_estimate (run, request, layer, epoch, &estimate);
        }
    }
}

static guint n_runs_awaited;

static gboolean
has_runs (Bench *self)
{
  return g_list_model_get_n_items (ip_session_get_runs (self->session)) == n_runs_awaited;
}

/* Opens dumps and computes nothing. */
static void
open_dumps (Bench *self, guint n_runs, guint n_layers, guint n_epochs)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *runs = ip_session_get_runs (self->session);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < n_runs; i++)
    {
      g_autofree char *name = g_strdup_printf ("run%u-%u.h5", n_epochs, i);

      g_ptr_array_add (files, write_dump (name, n_layers, n_epochs));
    }
  ip_session_set_paused (self->session, TRUE);
  ip_window_open (self->window, (GFile **) files->pdata, files->len);
  n_runs_awaited = n_runs;
  wait_for (self, has_runs);
  ip_session_cancel (self->session);
  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      set_estimates (self, run, random);
    }
  g_rand_free (random);
}

static Bench *
bench_new (void)
{
  Bench *self = g_new0 (Bench, 1);

  self->window = ip_window_new (application);
  self->session = ip_window_get_session (self->window);
  self->plot = ip_window_get_plot (self->window);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 1400, 900);
  gtk_window_present (GTK_WINDOW (self->window));
  g_signal_connect_swapped (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint",
                            G_CALLBACK (after_paint_cb), self);
  wait_for (self, has_painted);
  return self;
}

static void
bench_free (Bench *self)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_free (self);
}

static void
show_view (Bench *self, const char *view)
{
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.view", "s", view);
  come_to_rest (self);
  self->plot = ip_window_get_plot (self->window);
}

/* Pointer */

static Display *
get_x_display (Bench *self)
{
  return gdk_x11_display_get_xdisplay (gtk_widget_get_display (GTK_WIDGET (self->window)));
}

static void
point_at (Bench *self, double x, double y)
{
  Window xid = gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (self->window)));
  double surface_x, surface_y;

  gtk_widget_translate_coordinates (GTK_WIDGET (self->plot), GTK_WIDGET (self->window), x, y, &x,
                                    &y);
  gtk_native_get_surface_transform (GTK_NATIVE (self->window), &surface_x, &surface_y);
  XWarpPointer (get_x_display (self), None, xid, 0, 0, 0, 0, (int) (x + surface_x),
                (int) (y + surface_y));
  XFlush (get_x_display (self));
}

static gboolean button_done;

static void
button_cb (GPid pid, int status, gpointer data)
{
  button_done = TRUE;
  g_spawn_close_pid (pid);
}

static gboolean
is_button_done (Bench *self)
{
  return button_done;
}

static void
press (Bench *self, const char *what)
{
  const char *words[] = { "xdotool", what, "1", NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  button_done = FALSE;
  if (!g_spawn_async (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                      NULL, NULL, &pid, &error))
    g_error ("%s", error->message);
  g_child_watch_add (pid, button_cb, NULL);
  wait_for (self, is_button_done);
}

static IpView view_before;

static gboolean
has_moved (Bench *self)
{
  const IpLimits *now = self->painted.limits[0], *before = view_before.limits[0];

  return now[0].lo != before[0].lo || now[0].hi != before[0].hi || now[1].lo != before[1].lo
         || now[1].hi != before[1].hi;
}

static void
report (Bench *self, const char *view, const char *what)
{
  double worst, median = find_median (self->lengths, self->n_lengths, &worst);

  printf ("%-7s %-6s %4u frames, median %6.2f, worst %6.2f ms\n", view, what, self->n_lengths,
          median, worst);
  fflush (stdout);
}

static void
begin_frames (Bench *self)
{
  come_to_rest (self);
  self->n_lengths = 0;
  self->frame_end = get_thread_time ();
}

static void
time_pan (Bench *self, const char *view)
{
  double x = gtk_widget_get_width (GTK_WIDGET (self->plot)) / 2.0;
  double y = gtk_widget_get_height (GTK_WIDGET (self->plot)) * 0.3; /* in the upper panel */

  ip_plot_zoom (self->plot, 2); /* so that there is somewhere to go */
  point_at (self, x, y);
  press (self, "mousedown");
  point_at (self, x + 40, y); /* so far it is a click */
  begin_frames (self);
  for (guint i = 0; i < frames; i++)
    {
      double shift = 4 * (i % 40 < 20 ? i % 20 + 1 : 19 - i % 20);

      view_before = self->painted;
      point_at (self, x + 40 + shift, y + shift);
      wait_for (self, has_moved);
    }
  report (self, view, "pan");
  press (self, "mouseup");
}

static GtkEventController *
find_scroll_controller (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        return controller; /* the widget keeps it alive */
    }
  g_assert_not_reached ();
}

static void
time_zoom (Bench *self, const char *view)
{
  GtkEventController *scroll = find_scroll_controller (GTK_WIDGET (self->plot));

  begin_frames (self);
  for (guint i = 0; i < frames; i++)
    {
      gboolean handled;

      view_before = self->painted;
      g_signal_emit_by_name (scroll, "scroll", 0.0, i / 10 % 2 == 0 ? -0.3 : 0.3, &handled);
      wait_for (self, has_moved);
    }
  report (self, view, "zoom");
}

/* From point to point, so that every frame shows another reading. */
static void
time_hover (Bench *self, const char *view)
{
  double slowest = 0;

  begin_frames (self);
  for (guint i = 0; i < frames; i++)
    {
      g_autofree char *reading = g_strdup (ip_plot_get_reading (self->plot));
      double x, y;
      gint64 start;

      if (!ip_plot_get_point_place (self->plot, i % 8, 7 * i, 0, &x, &y))
        continue;
      start = get_thread_time ();
      ip_plot_hover (self->plot, x, y);
      slowest = MAX (slowest, (double) (get_thread_time () - start) / 1000);
      if (g_strcmp0 (reading, ip_plot_get_reading (self->plot)) == 0)
        continue;
      self->n_frames = 0;
      wait_for (self, has_painted);
    }
  report (self, view, "hover");
  printf ("%-7s %-6s slowest search and reading %.2f ms\n", view, "hover", slowest);
}

static void
count_idle_frames (Bench *self)
{
  gint64 end;
  guint wake = g_timeout_add (50, wake_cb, NULL);

  do
    come_to_rest (self);
  while (!ip_window_is_idle (self->window)); /* another thread may still draw the last picture */
  end = g_get_monotonic_time () + IDLE_TIME * G_USEC_PER_SEC;
  self->n_frames = 0;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
  printf ("idle    %u frames in %d s\n", self->n_frames, IDLE_TIME);
}

static void
time_million (void)
{
  static const char *const views[] = { "plane", "epochs", "trajectories", "map" };
  Bench *self = bench_new ();

  open_dumps (self, 1, 8, 125000);
  ip_session_set_in_bits (self->session, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      show_view (self, views[i]);
      time_hover (self, views[i]);
      time_pan (self, views[i]);
      ip_plot_reset (self->plot);
      time_zoom (self, views[i]);
      ip_plot_reset (self->plot);
    }
  count_idle_frames (self);
  bench_free (self);
}

/* The longest time that the main loop did not look for input, until it is at rest. */
static double
find_longest_wait (Bench *self)
{
  guint wake = g_timeout_add (50, wake_cb, NULL);
  double longest = 0;

  rest_begin = g_get_monotonic_time ();
  self->n_frames = 0;
  while (!is_at_rest (self))
    {
      gint64 start = get_thread_time ();

      g_main_context_iteration (NULL, TRUE);
      longest = MAX (longest, (double) (get_thread_time () - start) / 1000);
    }
  g_source_remove (wake);
  return longest;
}

static GtkWidget *
find_widget (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_widget (child, type);
  return found;
}

static void
time_table (Bench *self)
{
  IpTableView *table;
  GtkColumnView *view;
  GtkAdjustment *place;
  double sorting, waiting;
  gint64 start;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.view", "s", "table");
  printf ("table   opened: longest wait %.0f ms\n", find_longest_wait (self));
  table = IP_TABLE_VIEW (find_widget (GTK_WIDGET (self->window), IP_TYPE_TABLE_VIEW));
  view = GTK_COLUMN_VIEW (find_widget (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW));
  printf ("table   %u rows\n",
          g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view))));

  for (guint i = 0; i < g_list_model_get_n_items (gtk_column_view_get_columns (view)); i++)
    {
      g_autoptr (GtkColumnViewColumn) column
        = g_list_model_get_item (gtk_column_view_get_columns (view), i);
      gint64 thread_start;

      start = g_get_monotonic_time ();
      thread_start = get_thread_time ();
      gtk_column_view_sort_by_column (view, column, GTK_SORT_DESCENDING);
      sorting = (double) (get_thread_time () - thread_start) / 1000;
      waiting = find_longest_wait (self);
      printf ("table   sorted by %s: longest wait %.0f ms, sorted after %.0f ms\n",
              gtk_column_view_column_get_title (column), MAX (sorting, waiting),
              get_ms_since (start) - 500);
    }

  place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  begin_frames (self);
  for (guint i = 0; i < frames; i++)
    {
      self->n_frames = 0;
      gtk_adjustment_set_value (place, 97.0 * i * i);
      wait_for (self, has_painted);
    }
  report (self, "table", "scroll");

  gtk_selection_model_unselect_all (gtk_column_view_get_model (view)); /* then it is all of them */
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (table), "table.copy", NULL);
  waiting = find_longest_wait (self);
  printf ("table   copied: longest wait %.0f ms, copied after %.0f ms\n", waiting,
          get_ms_since (start) - 500);
}

/* From the numbers to the first frame that shows them. */
static void
time_runs (void)
{
  static const char *const views[] = { "plane", "epochs", "trajectories", "map" };
  Bench *self = bench_new ();
  gint64 start;

  open_dumps (self, 100, 8, 100);
  start = g_get_monotonic_time ();
  ip_session_set_in_bits (self->session, FALSE); /* is told only now */
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (i > 0)
        {
          start = g_get_monotonic_time ();
          gtk_widget_activate_action (GTK_WIDGET (self->window), "win.view", "s", views[i]);
          self->plot = ip_window_get_plot (self->window);
        }
      come_to_rest (self); /* figures of many points are made and drawn on other threads */
      printf ("%-7s 100 runs x 8 layers x 100 epochs: complete after %.0f ms\n", views[i],
              (double) (self->last_painted - start) / 1000);
    }
  time_table (self);
  bench_free (self);
}

/* Start of the program */

/* Something else than the bare root window is at this place of the screen. */
static gboolean
is_seen (Display *display, int x, int y)
{
  XImage *image = XGetImage (display, DefaultRootWindow (display), x, y, 1, 1, AllPlanes, ZPixmap);
  gboolean seen = image != NULL && XGetPixel (image, 0, 0) != 0;

  if (image != NULL)
    XDestroyImage (image);
  return seen;
}

static double
start_program (const char *program, Display *display)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GSubprocess) process
    = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program, NULL);
  double shown;

  if (process == NULL)
    g_error ("%s", error->message);
  while (!is_seen (display, 400, 300) && get_ms_since (start) < 30000)
    g_usleep (1000);
  shown = get_ms_since (start);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  while (is_seen (display, 400, 300) && get_ms_since (start) < 60000)
    g_usleep (1000);
  return shown;
}

static void
time_start (const char *program)
{
  Display *display = XOpenDisplay (NULL);
  double times[STARTS], median, worst;

  start_program (program, display); /* warms up */
  for (guint i = 0; i < STARTS; i++)
    times[i] = start_program (program, display);
  median = find_median (times, STARTS, &worst);
  printf ("start   window seen after %.0f ms, slowest %.0f ms of %d\n", median, worst, STARTS);
  XCloseDisplay (display);
}

static void
remove_scratch (void)
{
  g_autoptr (GDir) folder = g_dir_open (scratch, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (scratch, name, NULL);

      g_unlink (path);
    }
  g_rmdir (scratch);
}

/* All cases, unless some are named. */
static gboolean
is_wanted (const char *name, int argc, char *argv[])
{
  for (int i = 3; i < argc; i++)
    if (g_str_equal (argv[i], name))
      return TRUE;
  return argc <= 3;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  if (argc < 2)
    {
      fprintf (stderr, "bench-frames INFOPLANE [FRAMES [CASE]…]\n");
      return 2;
    }
  if (argc > 2)
    frames = (guint) CLAMP (atoi (argv[2]), 1, MOST_FRAMES / 2);
  scratch = g_dir_make_tmp ("infoplane-bench-XXXXXX", &error);
  g_assert_no_error (error);
  application = ip_application_new ();
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  if (is_wanted ("start", argc, argv))
    time_start (argv[1]);
  if (is_wanted ("runs", argc, argv))
    time_runs ();
  if (is_wanted ("points", argc, argv))
    time_million ();
  g_object_unref (application);
  remove_scratch ();
  g_free (scratch);
  return 0;
}
