/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How a figure is looked at: crosshair, keys, limits, selection; on the example dump, in the real
 * window. */

#include "drive-window.h"

#include "ip-crosshair.h"
#include "ip-data-cursor.h"
#include "ip-number-list.h"
#include "ip-table-view.h"

#include <math.h>

static IpApplication *application;

static void
set_up (Drive *drive, gconstpointer data)
{
  drive_begin (drive, application);
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.open-example", NULL);
  drive_on (drive);
}

static void
tear_down (Drive *drive, gconstpointer data)
{
  drive_end (drive);
}

static gboolean
plot_is_drawn (Drive *drive)
{
  double x, y;
  IpPlot *plot = ip_window_get_plot (drive->window);

  return gtk_widget_get_mapped (GTK_WIDGET (plot)) && is_at_rest (drive)
         && ip_plot_get_point_place (plot, 0, 0, 0, &x, &y);
}

static IpPlot *
show_view (Drive *drive, const char *view)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.view", "s", view));
  settle (drive);
  wait_for (drive, plot_is_drawn);
  return ip_window_get_plot (drive->window);
}

static IpCrosshair *
get_crosshair (Drive *drive)
{
  return IP_CROSSHAIR (find_widget (GTK_WIDGET (ip_window_get_plot (drive->window)),
                                    IP_TYPE_CROSSHAIR, NULL));
}

static gboolean
crosshair_is_shown (Drive *drive)
{
  g_autofree char *label = ip_crosshair_get_label (get_crosshair (drive), 0);

  return label != NULL;
}

static gboolean
crosshair_is_gone (Drive *drive)
{
  return !crosshair_is_shown (drive);
}

static gint64 next_epoch;

static gboolean
crosshair_has_moved_on (Drive *drive)
{
  g_autofree char *label = ip_crosshair_get_label (get_crosshair (drive), 0);

  return label != NULL && ABS (g_ascii_strtoll (label, NULL, 10) - next_epoch) <= 1;
}

/* What moving the pointer costs the main thread: finding the point, and drawing the lines. */
static void
time_hover (Drive *drive, double x, double y)
{
  IpPlot *plot = ip_window_get_plot (drive->window);
  GtkWidget *crosshair = GTK_WIDGET (get_crosshair (drive));
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < 200; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();

      ip_plot_hover (plot, x + i % 20, y + i / 20);
      GTK_WIDGET_GET_CLASS (crosshair)->snapshot (crosshair, snapshot);
      g_object_unref (snapshot);
    }
  g_test_message ("%.3f ms for each motion of the pointer",
                  1e-3 * (double) (g_get_monotonic_time () - start) / 200);
}

/* The values at the axes are those of the place, in every figure, and the keyboard takes the
 * crosshair along; without it the figure is as it was, pixel by pixel. */
static void
test_crosshair (Drive *drive, gconstpointer data)
{
  IpPlot *plot = show_view (drive, "epochs");
  g_autoptr (GBytes) before = NULL, crossed = NULL, after = NULL;
  g_autoptr (IpFigure) figure = ip_plot_create_figure (plot);
  const IpTrack *track = ip_figure_get_track (figure, 3);
  guint point = track->n_points / 2;
  g_autofree char *across = NULL;
  g_autofree char *up = NULL;
  double x, y;

  gtk_window_set_focus (GTK_WINDOW (drive->window), NULL);
  settle (drive);
  before = take_picture (drive, GTK_WIDGET (plot));
  next_epoch = track->points[point + 1].epoch;
  g_assert_true (ip_plot_get_point_place (plot, 3, point, 0, &x, &y));
  gtk_widget_grab_focus (find_widget (GTK_WIDGET (plot), IP_TYPE_DATA_CURSOR, NULL));
  point_at (drive, GTK_WIDGET (plot), round (x), round (y));
  do_input (drive, "xdotool key ctrl+t");
  wait_for (drive, crosshair_is_shown);
  across = ip_crosshair_get_label (get_crosshair (drive), 0);
  up = ip_crosshair_get_label (get_crosshair (drive), 1);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (across, NULL),
                                  (double) track->points[point].epoch,
                                  0.02 * (double) track->points[point].epoch + 1);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (up, NULL), track->points[point].x.value, 0.1);

  time_hover (drive, x, y);
  point_at (drive, GTK_WIDGET (plot), round (x) + 1, round (y));
  settle (drive);
  crossed = take_picture (drive, GTK_WIDGET (plot));
  g_assert_cmpuint (count_different_pixels (before, crossed), >, 600);

  do_input (drive, "xdotool key Right");
  wait_for (drive, crosshair_has_moved_on);

  point_away (drive);
  wait_for (drive, crosshair_is_gone);
  gtk_window_set_focus (GTK_WINDOW (drive->window), NULL);
  settle (drive);
  after = take_picture (drive, GTK_WIDGET (plot));
  g_assert_cmpuint (count_different_pixels (before, after), ==, 0);
}

static gboolean
is_layer_selected (Drive *drive)
{
  return ip_session_get_selected_layer (drive->session) >= 0;
}

static gboolean
is_no_layer_selected (Drive *drive)
{
  return !is_layer_selected (drive);
}

static GBytes *
take_view (Drive *drive, const char *view)
{
  show_view (drive, view);
  gtk_window_set_focus (GTK_WINDOW (drive->window), NULL);
  settle (drive);
  return take_picture (drive, GTK_WIDGET (ip_window_get_plot (drive->window)));
}

static GtkSelectionModel *
get_rows (Drive *drive)
{
  GtkWidget *table = find_widget (GTK_WIDGET (drive->window), IP_TYPE_TABLE_VIEW, NULL);

  return gtk_column_view_get_model (
    GTK_COLUMN_VIEW (find_widget (table, GTK_TYPE_COLUMN_VIEW, NULL)));
}

static gboolean
has_selected_rows (Drive *drive)
{
  g_autoptr (GtkBitset) rows = gtk_selection_model_get_selection (get_rows (drive));

  return !gtk_bitset_is_empty (rows);
}

static void
assert_table_follows (Drive *drive)
{
  g_autoptr (GtkBitset) rows = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.view", "s", "table"));
  wait_for (drive, has_selected_rows);
  rows = gtk_selection_model_get_selection (get_rows (drive));
  for (guint i = 0; i < gtk_bitset_get_size (rows); i++)
    {
      g_autoptr (IpNumber) number = g_list_model_get_item (G_LIST_MODEL (get_rows (drive)),
                                                           gtk_bitset_get_nth (rows, i));

      g_assert_cmpint (number->layer_number, ==, ip_session_get_selected_layer (drive->session));
      g_assert_cmpint (number->epoch, ==, ip_session_get_epoch (drive->session));
    }
}

/* A click on a point makes its layer stand out in every figure, in the legend and in the table; a
 * second click or Escape gives all figures back, pixel by pixel. */
static void
test_selected_layer (Drive *drive, gconstpointer data)
{
  static const char *const views[] = { "plane", "epochs", "trajectories", "map" };
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gint64 epoch = ip_session_get_epoch (drive->session);
  IpPlot *plot;
  double x, y;

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    g_ptr_array_add (before, take_view (drive, views[i]));
  plot = show_view (drive, "epochs");
  g_assert_true (ip_plot_get_point_place (plot, 4, 0, 0, &x, &y));
  point_at (drive, GTK_WIDGET (plot), x, y);
  do_input (drive, "xdotool click 1");
  wait_for (drive, is_layer_selected);
  g_assert_cmpint (ip_session_get_selected_layer (drive->session), ==, 4);
  g_assert_cmpint (ip_session_get_epoch (drive->session), ==, 0);
  point_away (drive);
  assert_table_follows (drive);
  ip_session_set_epoch (drive->session, epoch);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autoptr (GBytes) selected = take_view (drive, views[i]);

      g_test_message ("%s: %u pixels", views[i],
                      count_different_pixels (before->pdata[i], selected));
      g_assert_cmpuint (count_different_pixels (before->pdata[i], selected), >, 1000);
    }

  plot = show_view (drive, "plane");
  gtk_widget_grab_focus (find_widget (GTK_WIDGET (plot), IP_TYPE_DATA_CURSOR, NULL));
  do_input (drive, "xdotool key Escape");
  wait_for (drive, is_no_layer_selected);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autoptr (GBytes) again = take_view (drive, views[i]);

      g_assert_cmpuint (count_different_pixels (before->pdata[i], again), ==, 0);
    }
}

/* The same click twice, too slow for a double click. */
static void
test_deselect (Drive *drive, gconstpointer data)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (drive->window));
  IpPlot *plot = show_view (drive, "plane");
  double x, y;

  g_object_set (settings, "gtk-double-click-time", 1, NULL);
  g_assert_true (ip_plot_get_point_place (plot, 4, 2, 0, &x, &y));
  point_at (drive, GTK_WIDGET (plot), x, y);
  do_input (drive, "xdotool click 1");
  wait_for (drive, is_layer_selected);
  settle (drive);
  do_input (drive, "xdotool click 1");
  wait_for (drive, is_no_layer_selected);
  gtk_settings_reset_property (settings, "gtk-double-click-time");
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  if (drive_get_obstacle () != NULL)
    {
      g_print ("1..0 # SKIP %s\n", drive_get_obstacle ());
      return 0;
    }
  folder = make_directory ();
  application = drive_create_application (folder);

#define ADD(name) g_test_add ("/plot-view/" #name, Drive, NULL, set_up, test_##name, tear_down)
  ADD (crosshair);
  ADD (selected_layer);
  ADD (deselect);

  status = g_test_run ();
  g_object_unref (application);
  remove_directory (folder);
  return status;
}
