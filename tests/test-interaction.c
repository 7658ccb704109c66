/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The real window on the example dump, driven by the pointer and the keys of an X server through
 * xdotool; what must change on screen has to, and nothing else may.
 *
 * INFOPLANE_RECORD=DIRECTORY keeps what is seen as numbered pictures, see `./dev record`. */

#include "config.h"

#include "ip-application.h"
#include "ip-epoch-scale.h"
#include "ip-run-row.h"
#include "ip-screenshot.h"
#include "ip-window.h"

#include <gdk/x11/gdkx.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define PATIENCE (60 * G_TIME_SPAN_SECOND)
#define FRAME_INTERVAL 80 /* ms, of a recording */
#define IDLE_TIME 5       /* seconds */

static IpApplication *application;
static char *scratch;

typedef struct
{
  IpWindow *window;
  IpSession *session;
  IpPlot *plot;
  GtkWidget *sidebar;
  guint recording; /* source */
} Fixture;

static gint64 last_frame; /* monotonic time */
static guint n_frames;

typedef gboolean (*Condition) (Fixture *fixture);

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Names the condition that does not come about. */
#define wait_for(fixture, condition) wait_until (fixture, condition, #condition)

static void
wait_until (Fixture *fixture, Condition condition, const char *name)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  guint wake = g_timeout_add (20, wake_cb, NULL);

  while (!condition (fixture) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
  if (!condition (fixture))
    g_error ("Waited in vain for %s()", name);
}

static GtkWidget *
find_widget (GtkWidget *widget, GType type, const char *css_class)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type)
      && (css_class == NULL || gtk_widget_has_css_class (widget, css_class)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, css_class);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* What is on screen in the place of a widget. */
static GBytes *
take_picture (Fixture *fixture, GtkWidget *widget)
{
  g_autoptr (GdkTexture) texture = ip_screenshot_take (GTK_WIDGET (fixture->window));
  int width = gdk_texture_get_width (texture);
  gsize stride = 4 * (gsize) width;
  g_autofree guchar *pixels = g_malloc (stride * gdk_texture_get_height (texture));
  g_autoptr (GByteArray) part = g_byte_array_new ();
  graphene_rect_t bounds;

  gdk_texture_download (texture, pixels, stride);
  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (fixture->window), &bounds));
  for (int y = (int) bounds.origin.y; y < (int) (bounds.origin.y + bounds.size.height); y++)
    g_byte_array_append (part, pixels + y * stride + 4 * (gsize) bounds.origin.x,
                         4 * (guint) bounds.size.width);
  return g_byte_array_free_to_bytes (g_steal_pointer (&part));
}

static guint
count_different_pixels (GBytes *one, GBytes *other)
{
  gsize size;
  const guint32 *a = g_bytes_get_data (one, &size), *b = g_bytes_get_data (other, NULL);
  guint n = 0;

  g_assert_cmpuint (size, ==, g_bytes_get_size (other));
  for (gsize i = 0; i < size / sizeof *a; i++)
    n += a[i] != b[i];
  return n;
}

static guint n_recorded;

static gboolean
record_cb (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *name = g_strdup_printf ("%05u.png", n_recorded);
  g_autofree char *path = g_build_filename (g_getenv ("INFOPLANE_RECORD"), name, NULL);
  g_autoptr (GdkTexture) texture = ip_screenshot_take (GTK_WIDGET (fixture->window));

  if (texture != NULL)
    n_recorded += gdk_texture_save_to_png (texture, path);
  return G_SOURCE_CONTINUE;
}

static gboolean ended; /* the xdotool that was started last */

static void
ended_cb (GPid pid, int status, gpointer data)
{
  ended = TRUE;
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_spawn_close_pid (pid);
}

static gboolean
has_ended (Fixture *fixture)
{
  return ended;
}

/* Runs xdotool while the window goes on drawing. */
static void G_GNUC_PRINTF (2, 3)
do_input (Fixture *fixture, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  g_auto (GStrv) words = NULL;
  va_list arguments;
  GPid pid;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  words = g_strsplit (command, " ", -1);
  ended = FALSE;
  g_spawn_async (NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                 &pid, &error);
  g_assert_no_error (error);
  g_child_watch_add (pid, ended_cb, NULL);
  wait_for (fixture, has_ended);
}

static gulong
get_xid (Fixture *fixture)
{
  return gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (fixture->window)));
}

static void
point_at (Fixture *fixture, GtkWidget *widget, double x, double y)
{
  double surface_x, surface_y;

  gtk_widget_translate_coordinates (widget, GTK_WIDGET (fixture->window), x, y, &x, &y);
  gtk_native_get_surface_transform (GTK_NATIVE (fixture->window), &surface_x, &surface_y);
  do_input (fixture, "xdotool mousemove --window %lu %.0f %.0f", get_xid (fixture), x + surface_x,
            y + surface_y);
}

/* To the corner of the figure, where no point is near. */
static void
point_away (Fixture *fixture)
{
  point_at (fixture, GTK_WIDGET (fixture->plot), 2, 2);
}

static gboolean
has_results (Fixture *fixture)
{
  return ip_window_is_idle (fixture->window)
         && ip_session_get_n_cells (fixture->session) > 0
         && ip_session_get_n_done (fixture->session) == ip_session_get_n_cells (fixture->session);
}

static void
after_paint_cb (void)
{
  last_frame = g_get_monotonic_time ();
  n_frames++;
}

/* Nothing has been drawn for a while: transitions have ended. */
static gboolean
is_at_rest (Fixture *fixture)
{
  return n_frames > 0 && has_results (fixture)
         && g_get_monotonic_time () - last_frame > 300 * G_TIME_SPAN_MILLISECOND;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->window = ip_window_new (application);
  fixture->session = ip_window_get_session (fixture->window);
  fixture->plot = ip_window_get_plot (fixture->window);
  fixture->sidebar = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW,
                                  "navigation-sidebar");
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1200, 800);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (fixture->window)), "after-paint",
                    G_CALLBACK (after_paint_cb), NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-example", NULL);
  wait_for (fixture, has_results);
  if (g_getenv ("INFOPLANE_RECORD") != NULL)
    fixture->recording = g_timeout_add (FRAME_INTERVAL, record_cb, fixture);
  do_input (fixture, "xdotool windowfocus --sync %lu", get_xid (fixture));
  point_away (fixture);
  wait_for (fixture, is_at_rest);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->recording != 0)
    g_source_remove (fixture->recording);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

static IpView view_before;

static double
get_span (const IpView *view, guint axis)
{
  return view->limits[0][axis].hi - view->limits[0][axis].lo;
}

/* By three turns of the wheel. */
static gboolean
has_zoomed (Fixture *fixture)
{
  IpView view;

  ip_plot_get_view (fixture->plot, &view);
  return fabs (get_span (&view, 0) * pow (1.25, 3) - get_span (&view_before, 0)) < 1e-9;
}

typedef struct
{
  GBytes *plot;
  GBytes *sidebar;
} Look;

/* Keys show where the focus is, which is not what is looked at. */
static Look
look (Fixture *fixture)
{
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  gtk_widget_queue_draw (GTK_WIDGET (fixture->plot));
  n_frames = 0; /* what was just done has not been drawn yet */
  wait_for (fixture, is_at_rest);
  return (Look){ take_picture (fixture, GTK_WIDGET (fixture->plot)),
                 take_picture (fixture, fixture->sidebar) };
}

static void
look_clear (Look *one)
{
  g_bytes_unref (one->plot);
  g_bytes_unref (one->sidebar);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static void
assert_only_plot_differs (const Look *before, const Look *after)
{
  g_assert_cmpuint (count_different_pixels (before->plot, after->plot), >, 500);
  g_assert_cmpuint (count_different_pixels (before->sidebar, after->sidebar), ==, 0);
}

/* The wheel zooms, dragging moves what is seen, and a key brings back all of it, pixel by pixel. */
static void
test_zoom_and_pan (Fixture *fixture, gconstpointer data)
{
  g_auto (Look) fitted = look (fixture);
  g_auto (Look) zoomed = { 0 }, panned = { 0 }, again = { 0 };
  double x = 0.4 * gtk_widget_get_width (GTK_WIDGET (fixture->plot));
  double y = 0.5 * gtk_widget_get_height (GTK_WIDGET (fixture->plot));
  IpView view;

  ip_plot_get_view (fixture->plot, &view_before);
  point_at (fixture, GTK_WIDGET (fixture->plot), x, y);
  do_input (fixture, "xdotool click --repeat 3 --delay 120 4");
  wait_for (fixture, has_zoomed);
  point_away (fixture);
  zoomed = look (fixture);
  ip_plot_get_view (fixture->plot, &view);
  g_assert_cmpfloat_with_epsilon (get_span (&view, 0) * pow (1.25, 3),
                                  get_span (&view_before, 0), 1e-9);
  g_assert_cmpfloat_with_epsilon (get_span (&view, 1) * pow (1.25, 3),
                                  get_span (&view_before, 1), 1e-9);
  assert_only_plot_differs (&fitted, &zoomed);

  view_before = view;
  point_at (fixture, GTK_WIDGET (fixture->plot), x, y);
  do_input (fixture, "xdotool mousedown 1");
  for (int i = 1; i <= 12; i++)
    point_at (fixture, GTK_WIDGET (fixture->plot), x + 10 * i, y + 5 * i);
  do_input (fixture, "xdotool mouseup 1");
  point_away (fixture);
  panned = look (fixture);
  ip_plot_get_view (fixture->plot, &view);
  g_assert_cmpfloat_with_epsilon (get_span (&view, 0), get_span (&view_before, 0), 1e-9);
  g_assert_cmpfloat_with_epsilon (get_span (&view, 1), get_span (&view_before, 1), 1e-9);
  g_assert_cmpfloat (view.limits[0][0].lo, <, view_before.limits[0][0].lo);
  g_assert_cmpfloat (view.limits[0][1].lo, >, view_before.limits[0][1].lo);
  assert_only_plot_differs (&zoomed, &panned);

  do_input (fixture, "xdotool key ctrl+0");
  again = look (fixture);
  ip_plot_get_view (fixture->plot, &view);
  g_assert_true (view.automatic[0][0] && view.automatic[0][1]);
  g_assert_cmpuint (count_different_pixels (fitted.plot, again.plot), ==, 0);
}

static gint64 epoch_awaited;

static gboolean
is_epoch_selected (Fixture *fixture)
{
  return ip_session_get_epoch (fixture->session) == epoch_awaited;
}

static void
test_select (Fixture *fixture, gconstpointer data)
{
  g_auto (Look) before = look (fixture);
  g_auto (Look) after = { 0 };
  g_autoptr (IpFigure) figure = ip_plot_create_figure (fixture->plot);
  guint number = ip_figure_get_n_tracks (figure) - 1;
  const IpTrack *track = ip_figure_get_track (figure, number);
  GtkWidget *scale = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_EPOCH_SCALE, NULL);
  g_autoptr (GBytes) scale_before = take_picture (fixture, scale);
  g_autoptr (GBytes) scale_after = NULL;
  double x, y;

  epoch_awaited = track->points[1].epoch;
  g_assert_true (ip_plot_get_point_place (fixture->plot, number, 1, 0, &x, &y));
  point_at (fixture, GTK_WIDGET (fixture->plot), x, y);
  do_input (fixture, "xdotool click 1");
  wait_for (fixture, is_epoch_selected);
  g_assert_cmpint (ip_session_get_layer (fixture->session), ==, (int) track->user_data);
  g_assert_nonnull (ip_plot_get_reading (fixture->plot));
  g_assert_nonnull (strstr (ip_plot_get_reading (fixture->plot), track->layer));

  point_away (fixture);
  after = look (fixture);
  scale_after = take_picture (fixture, scale);
  g_assert_null (ip_plot_get_reading (fixture->plot));
  g_assert_cmpuint (count_different_pixels (before.plot, after.plot), >, 100);
  g_assert_cmpuint (count_different_pixels (before.sidebar, after.sidebar), >, 100);
  g_assert_cmpuint (count_different_pixels (scale_before, scale_after), >, 50);
}

static gboolean
has_played_from_start (Fixture *fixture)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (fixture->session, &n);

  return ip_session_get_epoch (fixture->session) >= epochs[3]
         && ip_session_get_epoch (fixture->session) < epochs[n - 1];
}

/* Playing starts again at the first epoch, stops when asked, and then draws nothing more. */
static void
test_play (Fixture *fixture, gconstpointer data)
{
  g_auto (Look) before = look (fixture);
  g_auto (Look) after = { 0 };
  gint64 start;

  do_input (fixture, "xdotool key ctrl+space");
  wait_for (fixture, has_played_from_start);
  do_input (fixture, "xdotool key ctrl+space");
  after = look (fixture);
  g_assert_true (has_played_from_start (fixture));
  g_assert_cmpuint (count_different_pixels (before.plot, after.plot), >, 100);

  start = g_get_monotonic_time ();
  n_frames = 0;
  while (g_get_monotonic_time () - start < IDLE_TIME * G_USEC_PER_SEC)
    {
      g_autoptr (GSource) timeout = g_timeout_source_new (100);

      g_source_set_callback (timeout, wake_cb, NULL, NULL);
      g_source_attach (timeout, NULL);
      g_main_context_iteration (NULL, TRUE);
      g_source_destroy (timeout);
    }
  g_test_message ("%u frames in %d s at rest", n_frames, IDLE_TIME);
  g_assert_cmpuint (n_frames, ==, 0);
}

static guint n_tracks_awaited;

static gboolean
has_tracks (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (fixture->plot);

  return ip_figure_get_n_tracks (figure) == n_tracks_awaited;
}

/* The eye of the last layer. */
static GtkWidget *
find_eye (Fixture *fixture)
{
  GtkWidget *row = NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (fixture->sidebar);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, IP_TYPE_RUN_ROW, NULL);

      if (found != NULL && gtk_widget_get_mapped (found))
        row = found;
    }
  g_assert_nonnull (row);
  return gtk_widget_get_last_child (row);
}

static void
test_toggle_and_undo (Fixture *fixture, gconstpointer data)
{
  g_auto (Look) before = look (fixture);
  g_auto (Look) hidden = { 0 }, undone = { 0 };
  g_autoptr (IpFigure) figure = ip_plot_create_figure (fixture->plot);
  guint n_tracks = ip_figure_get_n_tracks (figure);
  GtkWidget *eye = find_eye (fixture);

  point_at (fixture, eye, gtk_widget_get_width (eye) / 2.0, gtk_widget_get_height (eye) / 2.0);
  do_input (fixture, "xdotool click 1");
  n_tracks_awaited = n_tracks - 1;
  wait_for (fixture, has_tracks);
  point_away (fixture);
  hidden = look (fixture);
  g_assert_cmpuint (count_different_pixels (before.plot, hidden.plot), >, 500);
  g_assert_cmpuint (count_different_pixels (before.sidebar, hidden.sidebar), >, 20);

  do_input (fixture, "xdotool key ctrl+z");
  n_tracks_awaited = n_tracks;
  wait_for (fixture, has_tracks);
  undone = look (fixture);
  g_assert_cmpuint (count_different_pixels (before.plot, undone.plot), ==, 0);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static const char *
get_obstacle (void)
{
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");

  if (xdotool == NULL)
    return "xdotool is not installed";
  if (!gtk_init_check () || !GDK_IS_X11_DISPLAY (gdk_display_get_default ()))
    return "there is no X server";
  return NULL;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("infoplane-test-XXXXXX", &error);
  g_assert_no_error (error);
  for (const char **home
       = (const char *[]) { "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", NULL };
       *home != NULL;
       home++)
    g_setenv (*home, scratch, TRUE);
  if (get_obstacle () != NULL)
    {
      g_print ("1..0 # SKIP %s\n", get_obstacle ());
      return 0;
    }
  application = ip_application_new ();
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

#define ADD(name) g_test_add ("/interaction/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (zoom_and_pan);
  ADD (select);
  ADD (play);
  ADD (toggle_and_undo);

  status = g_test_run ();
  g_object_unref (application);
  remove_tree (scratch);
  g_free (scratch);
  return status;
}
