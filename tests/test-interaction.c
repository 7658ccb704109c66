/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The real window on the example dump, driven by the pointer and the keys of an X server; what must
 * change on screen has to, and nothing else may.
 *
 * INFOPLANE_RECORD=DIRECTORY keeps what is seen as numbered pictures, see `./dev record`. */

#include "drive-window.h"

#include "ip-epoch-scale.h"
#include "ip-run-row.h"

#include <math.h>
#include <string.h>

#define FRAME_INTERVAL 80 /* ms, of a recording */
#define IDLE_TIME 5       /* seconds */

static guint recording; /* source */

static gboolean
record_cb (gpointer data)
{
  static guint n_recorded;
  Drive *drive = data;
  g_autofree char *name = g_strdup_printf ("%05u.png", n_recorded);
  g_autofree char *path = g_build_filename (g_getenv ("INFOPLANE_RECORD"), name, NULL);
  g_autoptr (GdkTexture) texture = ip_screenshot_take (GTK_WIDGET (drive->window));

  if (texture != NULL)
    n_recorded += gdk_texture_save_to_png (texture, path);
  return G_SOURCE_CONTINUE;
}

static void
set_up (Drive *drive, gconstpointer data)
{
  drive_begin (drive);
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.open-example", NULL);
  await (has_results (drive->window));
  if (g_getenv ("INFOPLANE_RECORD") != NULL)
    recording = g_timeout_add (FRAME_INTERVAL, record_cb, drive);
  drive_on (drive);
}

static void
tear_down (Drive *drive, gconstpointer data)
{
  g_clear_handle_id (&recording, g_source_remove);
  drive_end (drive);
}

static GtkWidget *
get_sidebar (Drive *drive)
{
  return find_widget (GTK_WIDGET (drive->window), GTK_TYPE_LIST_VIEW, "navigation-sidebar");
}

static double
get_span (const IpView *view, guint axis)
{
  return view->limits[0][axis].hi - view->limits[0][axis].lo;
}

typedef struct
{
  GBytes *plot;
  GBytes *sidebar;
} Look;

/* Keys show where the focus is, which is not what is looked at. */
static Look
look (Drive *drive)
{
  gtk_window_set_focus (GTK_WINDOW (drive->window), NULL);
  settle (drive);
  return (Look){ take_picture (drive, GTK_WIDGET (ip_window_get_plot (drive->window))),
                 take_picture (drive, get_sidebar (drive)) };
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

static gboolean
has_zoomed (IpPlot *plot, const IpView *before, double factor)
{
  IpView view;

  ip_plot_get_view (plot, &view);
  return fabs (get_span (&view, 0) * factor - get_span (before, 0)) < 1e-9
         && fabs (get_span (&view, 1) * factor - get_span (before, 1)) < 1e-9;
}

static gboolean
shows_all (IpPlot *plot)
{
  IpView view;

  ip_plot_get_view (plot, &view);
  return view.automatic[0][0] && view.automatic[0][1];
}

/* The wheel zooms, dragging moves what is seen, and a key brings back all of it, pixel by pixel. */
static void
test_zoom_and_pan (Drive *drive, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (drive->window);
  GtkWidget *widget = GTK_WIDGET (plot);
  g_auto (Look) fitted = look (drive);
  g_auto (Look) zoomed = { 0 }, panned = { 0 }, again = { 0 };
  double x = 0.4 * gtk_widget_get_width (widget);
  double y = 0.5 * gtk_widget_get_height (widget);
  IpView before, after;

  ip_plot_get_view (plot, &before);
  point_at (drive, widget, x, y);
  do_input (drive, "xdotool click --repeat 3 --delay 120 4");
  await (has_zoomed (plot, &before, pow (1.25, 3)));
  point_away (drive);
  zoomed = look (drive);
  assert_only_plot_differs (&fitted, &zoomed);

  ip_plot_get_view (plot, &before);
  point_at (drive, widget, x, y);
  do_input (drive, "xdotool mousedown 1");
  for (int i = 1; i <= 12; i++)
    point_at (drive, widget, x + 10 * i, y + 5 * i);
  do_input (drive, "xdotool mouseup 1");
  point_away (drive);
  panned = look (drive);
  g_assert_true (has_zoomed (plot, &before, 1));
  ip_plot_get_view (plot, &after);
  g_assert_cmpfloat (after.limits[0][0].lo, <, before.limits[0][0].lo);
  g_assert_cmpfloat (after.limits[0][1].lo, >, before.limits[0][1].lo);
  assert_only_plot_differs (&zoomed, &panned);

  do_input (drive, "xdotool key ctrl+0");
  await (shows_all (plot));
  again = look (drive);
  g_assert_cmpuint (count_different_pixels (fitted.plot, again.plot), ==, 0);
}

static void
test_select (Drive *drive, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (drive->window);
  g_auto (Look) before = look (drive);
  g_auto (Look) after = { 0 };
  g_autoptr (IpFigure) figure = ip_plot_create_figure (plot);
  guint number = ip_figure_get_n_tracks (figure) - 1;
  const IpTrack *track = ip_figure_get_track (figure, number);
  GtkWidget *scale = find_widget (GTK_WIDGET (drive->window), IP_TYPE_EPOCH_SCALE, NULL);
  g_autoptr (GBytes) scale_before = take_picture (drive, scale);
  g_autoptr (GBytes) scale_after = NULL;
  double x, y;

  g_assert_true (ip_plot_get_point_place (plot, number, 1, 0, &x, &y));
  point_at (drive, GTK_WIDGET (plot), x, y);
  do_input (drive, "xdotool click 1");
  await (ip_session_get_epoch (drive->session) == track->points[1].epoch);
  g_assert_cmpint (ip_session_get_layer (drive->session), ==, (int) track->user_data);
  g_assert_nonnull (ip_plot_get_reading (plot));
  g_assert_nonnull (strstr (ip_plot_get_reading (plot), track->layer));

  point_away (drive);
  after = look (drive);
  scale_after = take_picture (drive, scale);
  g_assert_null (ip_plot_get_reading (plot));
  g_assert_cmpuint (count_different_pixels (before.plot, after.plot), >, 100);
  g_assert_cmpuint (count_different_pixels (before.sidebar, after.sidebar), >, 100);
  g_assert_cmpuint (count_different_pixels (scale_before, scale_after), >, 50);
}

static gboolean
has_played_from_start (Drive *drive)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (drive->session, &n);

  return ip_session_get_epoch (drive->session) >= epochs[3]
         && ip_session_get_epoch (drive->session) < epochs[n - 1];
}

/* Playing starts again at the first epoch, stops when asked, and then draws nothing more.  It is
 * asked by the action, because it may come to the end before a key arrives. */
static void
test_play (Drive *drive, gconstpointer data)
{
  g_auto (Look) before = look (drive);
  g_auto (Look) after = { 0 };
  gint64 start;

  do_input (drive, "xdotool key ctrl+space");
  await (has_played_from_start (drive));
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.play", NULL);
  after = look (drive);
  g_assert_true (has_played_from_start (drive));
  g_assert_cmpuint (count_different_pixels (before.plot, after.plot), >, 100);

  start = g_get_monotonic_time ();
  drive_n_frames = 0;
  await (g_get_monotonic_time () - start >= IDLE_TIME * G_USEC_PER_SEC);
  g_test_message ("%u frames in %d s at rest", drive_n_frames, IDLE_TIME);
  g_assert_cmpuint (drive_n_frames, ==, 0);
}

static guint
count_tracks (Drive *drive)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (drive->window));

  return ip_figure_get_n_tracks (figure);
}

/* The eye of the last layer. */
static GtkWidget *
find_eye (Drive *drive)
{
  GtkWidget *row = NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (get_sidebar (drive));
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
test_toggle_and_undo (Drive *drive, gconstpointer data)
{
  g_auto (Look) before = look (drive);
  g_auto (Look) hidden = { 0 }, undone = { 0 };
  guint n_tracks = count_tracks (drive);
  GtkWidget *eye = find_eye (drive);

  point_at_middle (drive, eye);
  do_input (drive, "xdotool click 1");
  await (count_tracks (drive) == n_tracks - 1);
  point_away (drive);
  hidden = look (drive);
  g_assert_cmpuint (count_different_pixels (before.plot, hidden.plot), >, 500);
  g_assert_cmpuint (count_different_pixels (before.sidebar, hidden.sidebar), >, 20);

  do_input (drive, "xdotool key ctrl+z");
  await (count_tracks (drive) == n_tracks);
  undone = look (drive);
  g_assert_cmpuint (count_different_pixels (before.plot, undone.plot), ==, 0);
}

int
main (int argc, char *argv[])
{
  if (!begin_tests (&argc, &argv, drive_get_obstacle))
    return 0;

#define ADD(name) g_test_add ("/interaction/" #name, Drive, NULL, set_up, test_##name, tear_down)
  ADD (zoom_and_pan);
  ADD (select);
  ADD (play);
  ADD (toggle_and_undo);

  return run_tests ();
}
