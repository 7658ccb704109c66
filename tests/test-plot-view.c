/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How a figure is looked at: crosshair, keys, limits, selection; on the example dump, in the real
 * window. */

#include "drive-window.h"

#include "ip-chooser.h"
#include "ip-crosshair.h"
#include "ip-data-cursor.h"
#include "ip-display-group.h"
#include "ip-epoch-bar.h"
#include "ip-epoch-scale.h"
#include "ip-limits-popover.h"
#include "ip-metrics-strip.h"
#include "ip-number-list.h"
#include "ip-sweep-entry.h"
#include "ip-table-view.h"
#include "ip-view-bar.h"

#include <math.h>

static void
set_up (Drive *drive, gconstpointer data)
{
  drive_begin (drive);
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
  await (plot_is_drawn (drive));
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
  await (crosshair_is_shown (drive));
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
  await (crosshair_has_moved_on (drive));

  point_away (drive);
  await (!crosshair_is_shown (drive));
  gtk_window_set_focus (GTK_WINDOW (drive->window), NULL);
  settle (drive);
  after = take_picture (drive, GTK_WIDGET (plot));
  g_assert_cmpuint (count_different_pixels (before, after), ==, 0);
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
  await (has_selected_rows (drive));
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
  await (ip_session_get_selected_layer (drive->session) == 4);
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
  await (ip_session_get_selected_layer (drive->session) < 0);
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
  await (ip_session_get_selected_layer (drive->session) == 4);
  settle (drive);
  do_input (drive, "xdotool click 1");
  await (ip_session_get_selected_layer (drive->session) < 0);
  gtk_settings_reset_property (settings, "gtk-double-click-time");
}

static gboolean
drags_to_zoom (Drive *drive)
{
  gboolean zooms;

  g_object_get (ip_window_get_plot (drive->window), "drag-zooms", &zooms, NULL);
  return zooms;
}

static void
press (Drive *drive, const char *key)
{
  do_input (drive, "xdotool key %s", key);
}

static void
focus_plot (Drive *drive)
{
  ip_plot_focus (ip_window_get_plot (drive->window));
}

static gboolean
is_fitted (Drive *drive, guint dimension)
{
  IpView view;

  ip_plot_get_view (ip_window_get_plot (drive->window), &view);
  return view.automatic[0][dimension];
}

static gboolean
has_grid (Drive *drive)
{
  g_autoptr (GVariant) state
    = g_action_group_get_action_state (G_ACTION_GROUP (drive->window), "show-grid");
  gboolean grid = ip_session_get_display (drive->session, IP_DISPLAY_GRID);

  g_assert_cmpint (g_variant_get_boolean (state), ==, grid);
  return grid;
}

/* Letters, as in the window of matplotlib. */
static void
test_letters (Drive *drive, gconstpointer data)
{
  IpScale epoch_scale = ip_session_get_epoch_scale (drive->session);

  show_view (drive, "epochs");
  focus_plot (drive);
  press (drive, "o");
  await (drags_to_zoom (drive));
  press (drive, "p");
  await (!drags_to_zoom (drive));
  press (drive, "l");
  await (ip_session_get_display (drive->session, IP_DISPLAY_VALUE_SCALE) == IP_SCALE_LOG10);
  press (drive, "l");
  await (ip_session_get_display (drive->session, IP_DISPLAY_VALUE_SCALE) == IP_SCALE_LINEAR);
  press (drive, "k");
  await (ip_session_get_epoch_scale (drive->session) != epoch_scale);
  press (drive, "shift+l");
  await (ip_session_get_epoch_scale (drive->session) == epoch_scale);
  press (drive, "ctrl+plus");
  await (!is_fitted (drive, 1));
  press (drive, "c");
  await (is_fitted (drive, 1));
  press (drive, "v");
  await (!is_fitted (drive, 1));
  press (drive, "h");
  await (is_fitted (drive, 1));
  g_assert_true (has_grid (drive));
  press (drive, "g");
  await (!has_grid (drive));
  press (drive, "ctrl+z");
  await (has_grid (drive));
}

/* Keys that work wherever the keyboard is. */
static void
test_accelerators (Drive *drive, gconstpointer data)
{
  GtkWidget *bar = find_widget (GTK_WIDGET (drive->window), IP_TYPE_EPOCH_BAR, NULL);
  GtkDropDown *speed = GTK_DROP_DOWN (find_widget (bar, GTK_TYPE_DROP_DOWN, NULL));
  GtkWidget *loop = gtk_widget_get_last_child (gtk_widget_get_last_child (bar));

  press (drive, "ctrl+2");
  await (drags_to_zoom (drive));
  press (drive, "ctrl+1");
  await (!drags_to_zoom (drive));
  press (drive, "ctrl+plus");
  await (!is_fitted (drive, 1));
  press (drive, "alt+z");
  await (is_fitted (drive, 1));
  press (drive, "alt+shift+z");
  await (!is_fitted (drive, 1));
  press (drive, "ctrl+0");
  await (is_fitted (drive, 1));

  g_assert_cmpuint (gtk_drop_down_get_selected (speed), ==, 1);
  press (drive, "alt+greater");
  await (gtk_drop_down_get_selected (speed) == 2);
  press (drive, "alt+less");
  press (drive, "alt+less");
  press (drive, "alt+less");
  await (gtk_drop_down_get_selected (speed) == 0);
  press (drive, "ctrl+shift+space");
  await (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (loop)));

  press (drive, "ctrl+comma");
  await (gtk_window_get_focus (GTK_WINDOW (drive->window)) != NULL
         && gtk_widget_get_ancestor (gtk_window_get_focus (GTK_WINDOW (drive->window)),
                                     IP_TYPE_DISPLAY_GROUP)
              != NULL);
}

/* A held letter, or Shift and Alt, leave one axis alone. */
static void
test_one_axis (Drive *drive, gconstpointer data)
{
  static const struct
  {
    const char *key;
    guint moves;
  } holds[] = { { "x", 0 }, { "y", 1 }, { "shift", 1 }, { "alt", 0 } };
  IpPlot *plot = show_view (drive, "plane");
  double width = gtk_widget_get_width (GTK_WIDGET (plot));
  double height = gtk_widget_get_height (GTK_WIDGET (plot));

  for (guint i = 0; i < G_N_ELEMENTS (holds); i++)
    {
      focus_plot (drive);
      point_at_middle (drive, GTK_WIDGET (plot));
      do_input (drive, "xdotool keydown %s click 4 keyup %s", holds[i].key, holds[i].key);
      await (!is_fitted (drive, holds[i].moves));
      g_assert_true (is_fitted (drive, 1 - holds[i].moves));
      press (drive, "ctrl+0");
      await (is_fitted (drive, holds[i].moves));

      do_input (drive, "xdotool keydown %s mousedown 1", holds[i].key);
      for (int step = 1; step < 8; step++)
        point_at (drive, GTK_WIDGET (plot), width / 2 + 10 * step, height / 2 + 10 * step);
      do_input (drive, "xdotool mouseup 1 keyup %s", holds[i].key);
      await (!is_fitted (drive, holds[i].moves));
      g_assert_true (is_fitted (drive, 1 - holds[i].moves));
      press (drive, "ctrl+0");
      await (is_fitted (drive, holds[i].moves));
    }
}

static void
drag_box (Drive *drive, GtkWidget *plot, const char *press, const char *release)
{
  double width = gtk_widget_get_width (plot);
  double height = gtk_widget_get_height (plot);

  point_at (drive, plot, 0.4 * width, 0.3 * height);
  do_input (drive, "xdotool %s", press);
  for (int i = 1; i <= 8; i++)
    point_at (drive, plot, (0.4 + 0.025 * i) * width, (0.3 + 0.025 * i) * height);
  do_input (drive, "xdotool %s", release);
}

static void
assert_is_within (IpPlot *plot, const IpView *before)
{
  IpView after;

  ip_plot_get_view (plot, &after);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpfloat (after.limits[0][i].lo, >, before->limits[0][i].lo);
      g_assert_cmpfloat (after.limits[0][i].hi, <, before->limits[0][i].hi);
      g_assert_cmpfloat (after.limits[0][i].hi - after.limits[0][i].lo, <,
                         0.5 * (before->limits[0][i].hi - before->limits[0][i].lo));
    }
}

/* Dragging zooms to the box with Ctrl, or when it is told to; a double click fits the figure. */
static void
test_drag_to_zoom (Drive *drive, gconstpointer data)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (drive->window));
  IpPlot *plot = show_view (drive, "plane");
  IpView before;

  ip_plot_get_view (plot, &before);
  drag_box (drive, GTK_WIDGET (plot), "keydown ctrl mousedown 1", "mouseup 1 keyup ctrl");
  await (!is_fitted (drive, 0));
  assert_is_within (plot, &before);
  settle (drive);
  g_object_set (settings, "gtk-double-click-time", 60000, NULL); /* however late it is */
  do_input (drive, "xdotool click --repeat 2 --delay 60 1");
  await (is_fitted (drive, 0) && is_fitted (drive, 1));
  gtk_settings_reset_property (settings, "gtk-double-click-time");

  press (drive, "ctrl+2");
  await (drags_to_zoom (drive));
  drag_box (drive, GTK_WIDGET (plot), "mousedown 1", "mouseup 1");
  await (!is_fitted (drive, 0));
  assert_is_within (plot, &before);
}

static GtkWidget *
open_limits (Drive *drive)
{
  GtkWidget *popover = find_widget (GTK_WIDGET (drive->window), IP_TYPE_LIMITS_POPOVER, NULL);

  press (drive, "ctrl+l");
  await (gtk_widget_get_mapped (popover));
  return popover;
}

/* The scale of an axis stands beside its limits; what has no place on it is refused. */
static void
test_scales (Drive *drive, gconstpointer data)
{
  IpPlot *plot = show_view (drive, "epochs");
  GtkWidget *popover = open_limits (drive);
  GtkDropDown *epochs = GTK_DROP_DOWN (find_widget (popover, GTK_TYPE_DROP_DOWN, NULL));
  GtkWidget *name = gtk_widget_get_next_sibling (GTK_WIDGET (epochs)); /* of the next axis */
  GtkWidget *lower = gtk_widget_get_next_sibling (name);
  GtkDropDown *values = NULL;
  IpView view;

  for (GtkWidget *child = lower; child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_DROP_DOWN (child) && values == NULL)
      values = GTK_DROP_DOWN (child);
  g_assert_cmpuint (gtk_drop_down_get_selected (epochs), ==, 1);
  gtk_drop_down_set_selected (epochs, 0);
  g_assert_cmpint (ip_session_get_epoch_scale (drive->session), ==, IP_SCALE_LINEAR);

  gtk_editable_set_text (GTK_EDITABLE (lower), "-1");
  g_assert_false (gtk_widget_has_css_class (lower, "error"));
  gtk_drop_down_set_selected (values, 1);
  g_assert_cmpint (ip_session_get_display (drive->session, IP_DISPLAY_VALUE_SCALE), ==,
                   IP_SCALE_LOG10);
  g_assert_true (gtk_widget_has_css_class (lower, "error"));
  gtk_editable_set_text (GTK_EDITABLE (lower), "0.5");
  g_assert_false (gtk_widget_has_css_class (lower, "error"));
  g_signal_emit_by_name (lower, "activate");
  ip_plot_get_view (plot, &view);
  g_assert_cmpfloat (view.limits[0][1].lo, ==, 0.5);
  gtk_drop_down_set_selected (values, 2);
  g_assert_cmpint (ip_session_get_display (drive->session, IP_DISPLAY_VALUE_SCALE), ==,
                   IP_SCALE_SYMLOG);

  gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  await (ip_session_get_display (drive->session, IP_DISPLAY_VALUE_SCALE) == IP_SCALE_LINEAR);
}

static guint
count_sweep (Drive *drive)
{
  guint n;

  ip_session_get_sweep (drive->session, NULL, &n);
  return n;
}

static void
type_values (Drive *drive, GtkWidget *entry, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  if (!gtk_widget_has_css_class (entry, "error"))
    g_signal_emit_by_name (entry, "activate");
}

/* Values of a sweep are typed one by one or from..to..count; what is wrong is said at once and not
 * taken; it can be undone. */
static void
test_sweep_values (Drive *drive, gconstpointer data)
{
  static const char *const wrong[] = { "5 x", "1", "30", "5..", "9..5", "5..100..1", "2.5 7",
                                       "5 1e9", "5..20..999" };
  GtkWidget *entry;
  const double *values;
  guint n;

  show_view (drive, "sweep");
  await (has_results (drive->window));
  entry = find_widget (find_widget (GTK_WIDGET (drive->window), IP_TYPE_SWEEP_ENTRY, NULL),
                       GTK_TYPE_ENTRY, NULL);
  g_assert_true (gtk_widget_get_mapped (entry));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      type_values (drive, entry, wrong[i]);
      g_assert_true (gtk_widget_has_css_class (entry, "error"));
      g_assert_cmpuint (count_sweep (drive), ==, 0);
    }
  type_values (drive, entry, "40 5, 10");
  ip_session_get_sweep (drive->session, &values, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (values[0], ==, 5);
  g_assert_cmpfloat (values[1], ==, 10);
  g_assert_cmpfloat (values[2], ==, 40);
  settle (drive); /* a step of the history of its own */

  type_values (drive, entry, "10..40..3");
  ip_session_get_sweep (drive->session, &values, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (values[0], ==, 10);
  g_assert_cmpfloat (values[1], ==, 20);
  g_assert_cmpfloat (values[2], ==, 40);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "10..40..3");

  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  ip_session_get_sweep (drive->session, &values, &n);
  if (n > 0) /* else both came so quickly that they were one step */
    {
      g_assert_cmpfloat (values[0], ==, 5);
      g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "5 10 40");
      gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
    }
  g_assert_cmpuint (count_sweep (drive), ==, 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  type_values (drive, entry, "5:10:2");
  g_assert_cmpuint (count_sweep (drive), ==, 2);
}

/* Spectra are estimated at a click beside what the other figures show, which stay as they are. */
static void
test_offered_spectra (Drive *drive, gconstpointer data)
{
  const IpEstimator *estimator = ip_session_get_request (drive->session)->estimator;
  g_autoptr (GBytes) before = take_view (drive, "plane");
  g_autoptr (GBytes) after = NULL;
  GtkWidget *bar = find_widget (GTK_WIDGET (drive->window), IP_TYPE_VIEW_BAR, NULL);
  GtkWidget *button = find_widget (bar, GTK_TYPE_BUTTON, "suggested-action");

  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.view", "s", "spectrum");
  await (gtk_widget_get_mapped (button));
  settle (drive);
  point_at_middle (drive, button);
  do_input (drive, "xdotool click 1");
  await (!gtk_widget_get_mapped (button));
  point_away (drive);
  await (has_results (drive->window) && plot_is_drawn (drive));
  g_assert_true (ip_session_get_request (drive->session)->estimator == estimator);
  after = take_view (drive, "plane");
  g_assert_cmpuint (count_different_pixels (before, after), ==, 0);

  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.view", "s", "spectrum");
  await (gtk_widget_get_mapped (button));
}

/* The first and the last epoch of the figure stand above those of the slider, in narrow windows
 * too, where the metrics stay below. */
static void
test_one_epoch_axis (Drive *drive, gconstpointer data)
{
  GtkWidget *scale = find_widget (GTK_WIDGET (drive->window), IP_TYPE_EPOCH_SCALE, NULL);
  GtkWidget *metrics = find_widget (GTK_WIDGET (drive->window), IP_TYPE_METRICS_STRIP, NULL);
  static const int sizes[][2] = { { 1500, 900 }, { 880, 700 }, { 640, 560 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      IpPlot *plot;
      g_autoptr (IpFigure) figure = NULL;
      guint last;
      double x, y, left, right;

      do_input (drive, "xdotool windowsize --sync %lu %d %d", get_xid (drive), sizes[i][0],
                sizes[i][1]);
      plot = show_view (drive, "epochs");
      figure = ip_plot_create_figure (plot);
      last = ip_figure_get_track (figure, 0)->n_points - 1;
      ip_epoch_scale_get_edges (IP_EPOCH_SCALE (scale), GTK_WIDGET (plot), &left, &right);
      g_assert_true (ip_plot_get_point_place (plot, 0, 0, 0, &x, &y));
      g_assert_cmpfloat_with_epsilon (x, left, 1);
      g_assert_true (ip_plot_get_point_place (plot, 0, last, 0, &x, &y));
      g_assert_cmpfloat_with_epsilon (x, right, 1);
      g_assert_true (gtk_widget_get_mapped (metrics));
      g_assert_cmpint (gtk_widget_get_height (metrics), >, 36);
    }
}

static gboolean
is_inside (GtkWidget *widget, GtkWidget *window)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (widget, window, &bounds) && bounds.size.height > 10
         && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= gtk_widget_get_height (window);
}

static GtkLabel *
find_mapped_label (GtkWidget *widget)
{
  GtkLabel *found = GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) ? GTK_LABEL (widget)
                                                                          : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_mapped_label (child);
  return found;
}

static gboolean
is_legible (GtkWidget *chooser)
{
  GtkLabel *label = find_mapped_label (chooser);

  return label != NULL && !pango_layout_is_ellipsized (gtk_label_get_layout (label));
}

/* The label of a chooser is not cut off for the sake of an entry that can scroll. */
static void
test_large_text (Drive *drive, gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  GtkWidget *chooser;
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 144 * 1024, NULL);
  show_view (drive, "sweep");
  do_input (drive, "xdotool windowsize --sync %lu 640 600", get_xid (drive));
  await (gtk_widget_get_width (GTK_WIDGET (drive->window)) <= 640);
  settle (drive);
  chooser = find_widget (find_widget (GTK_WIDGET (drive->window), IP_TYPE_VIEW_BAR, NULL),
                         IP_TYPE_CHOOSER, NULL);
  g_assert_true (is_legible (chooser));
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

/* In a low window the figure scrolls, with the slider below it; the views stay in sight. */
static void
test_low_window (Drive *drive, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (drive->window);
  GtkWidget *bar = find_widget (window, IP_TYPE_EPOCH_BAR, NULL);
  GtkWidget *views = find_widget (window, ADW_TYPE_VIEW_SWITCHER_BAR, NULL);
  GtkWidget *scrolled = gtk_widget_get_ancestor (bar, GTK_TYPE_SCROLLED_WINDOW);

  do_input (drive, "xdotool windowsize --sync %lu 700 %d", get_xid (drive), 300);
  await (gtk_widget_get_height (window) <= 300 && is_inside (views, window));
  g_assert_false (is_inside (bar, window));
  g_assert_true (gtk_widget_child_focus (bar, GTK_DIR_TAB_FORWARD));
  await (gtk_adjustment_get_value (
           gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled))) > 0);

  do_input (drive, "xdotool windowsize --sync %lu 700 %d", get_xid (drive), 450);
  await (gtk_widget_get_height (window) > 300 && is_inside (bar, window)
         && is_inside (views, window));
}

static gboolean
is_listed (const char *accelerator, char **listed)
{
  GdkModifierType modifiers, other_modifiers;
  guint key, other_key;

  g_assert_true (gtk_accelerator_parse (accelerator, &key, &modifiers));
  for (guint i = 0; listed[i] != NULL; i++)
    if (gtk_accelerator_parse (listed[i], &other_key, &other_modifiers) && key == other_key
        && modifiers == other_modifiers)
      return TRUE;
  return FALSE;
}

/* All keys in the window of shortcuts, as they are written. */
static char **
list_shortcuts (void)
{
  g_autoptr (GBytes) bytes
    = g_resources_lookup_data ("/io/github/infoplane/Infoplane/gtk/help-overlay.ui",
                               G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GRegex) pattern = g_regex_new ("\"accelerator\">([^<]*)<", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GString) keys = g_string_new (NULL);

  g_regex_match_full (pattern, g_bytes_get_data (bytes, NULL),
                      (gssize) g_bytes_get_size (bytes), 0, 0, &match, NULL);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *markup = g_match_info_fetch (match, 1);

      g_string_append_printf (keys, "%s ", markup);
    }
  g_string_replace (keys, "&lt;", "<", 0);
  g_string_replace (keys, "&gt;", ">", 0);
  return g_strsplit (keys->str, " ", -1);
}

/* There is no key that the window of shortcuts does not tell of. */
static void
test_shortcuts (Drive *drive, gconstpointer data)
{
  g_auto (GStrv) listed = list_shortcuts ();
  g_auto (GStrv) actions
    = gtk_application_list_action_descriptions (GTK_APPLICATION (application));

  g_assert_cmpuint (g_strv_length (actions), >, 30);
  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) keys
        = gtk_application_get_accels_for_action (GTK_APPLICATION (application), actions[i]);

      if (!is_listed (keys[0], listed))
        g_error ("%s of %s is not in the window of shortcuts", keys[0], actions[i]);
    }
}

int
main (int argc, char *argv[])
{
  if (!begin_tests (&argc, &argv, drive_get_obstacle))
    return 0;

#define ADD(name) g_test_add ("/plot-view/" #name, Drive, NULL, set_up, test_##name, tear_down)
  ADD (crosshair);
  ADD (selected_layer);
  ADD (deselect);
  ADD (letters);
  ADD (accelerators);
  ADD (one_axis);
  ADD (drag_to_zoom);
  ADD (shortcuts);
  ADD (scales);
  ADD (sweep_values);
  ADD (one_epoch_axis);
  ADD (low_window);
  ADD (large_text);
  ADD (offered_spectra);

  return run_tests ();
}
