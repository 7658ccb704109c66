/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The real window on the example dump, driven through its actions and widgets. */

#include "config.h"

#include "ip-appearance.h"
#include "ip-chooser.h"
#include "ip-comparison-group.h"
#include "ip-data-cursor.h"
#include "ip-display-group.h"
#include "ip-epoch-scale.h"
#include "ip-limits-popover.h"
#include "ip-number-list.h"
#include "ip-parameter-row.h"
#include "ip-plot-canvas.h"
#include "ip-run-group.h"
#include "ip-run-row.h"
#include "ip-store-dialog.h"
#include "ip-table-text.h"
#include "ip-table-view.h"
#include "ip-view-bar.h"
#include "window.h"

#include <glib/gstdio.h>
#include <math.h>

typedef struct
{
  IpWindow *window;
  IpSession *session;
} Fixture;

static gboolean
has_message (Fixture *fixture)
{
  return ip_window_is_idle (fixture->window) && ip_window_get_message (fixture->window) != NULL;
}

static void
activate (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
}

static void
set_up_empty (Fixture *fixture, gconstpointer data)
{
  fixture->window = ip_window_new (application);
  fixture->session = ip_window_get_session (fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

static void
set_up_example (Fixture *fixture, gconstpointer data)
{
  set_up_empty (fixture, data);
  activate (fixture, "win.open-example");
  await (has_results (fixture->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

/* Nothing that belongs to a window may outlive it. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer gone[] = { fixture->window, fixture->session, ip_window_get_plot (fixture->window) };

  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    g_object_add_weak_pointer (gone[i], &gone[i]);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  await (gone[0] == NULL && gone[1] == NULL && gone[2] == NULL);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  GtkWidget *stack = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_STACK, "content-area");

  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "empty");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==, "Infoplane");
  g_assert_null (ip_window_get_message (fixture->window));
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, -1);
}

static gboolean
plot_is_drawn (Fixture *fixture)
{
  double x, y;
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return ip_figure_get_n_tracks (figure) > 0
         && ip_plot_get_point_place (ip_window_get_plot (fixture->window), 0, 0, 0, &x, &y);
}

/* The last point of the last layer, away from the crowd at the ceiling. */
static void
hover_last_point (Fixture *fixture, IpFigure *figure, const IpTrack **track, guint *point)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  guint number = ip_figure_get_n_tracks (figure) - 1;
  double x, y;

  *track = ip_figure_get_track (figure, number);
  *point = (*track)->n_points - 1;
  g_assert_true (ip_plot_get_point_place (plot, number, *point, 0, &x, &y));
  ip_plot_hover (plot, x, y);
}

static void
test_hover (Fixture *fixture, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  g_autoptr (IpFigure) figure = ip_plot_create_figure (plot);
  const IpTrack *track;
  guint point;
  g_autofree char *expected = NULL;
  g_autofree char *value = NULL;

  await (plot_is_drawn (fixture));
  hover_last_point (fixture, figure, &track, &point);
  expected = g_strdup_printf ("%s · epoch %" G_GINT64_FORMAT ":", track->layer,
                              track->points[point].epoch);
  value = g_strdup_printf ("I(X; T) %.3f", track->points[point].x.value);
  g_assert_nonnull (ip_plot_get_reading (plot));
  g_assert_true (g_str_has_prefix (ip_plot_get_reading (plot), expected));
  g_assert_nonnull (strstr (ip_plot_get_reading (plot), value));
  g_assert_nonnull (strstr (ip_plot_get_reading (plot), "bits"));

  ip_plot_hover (plot, 1, 1);
  g_assert_null (ip_plot_get_reading (plot));
}

/* The icons, that of the program too, are there though nothing is installed. */
static void
test_icons (Fixture *fixture, gconstpointer data)
{
  GtkIconTheme *theme
    = gtk_icon_theme_get_for_display (gtk_widget_get_display (GTK_WIDGET (fixture->window)));

  g_assert_true (gtk_icon_theme_has_icon (theme, "ip-plane-symbolic"));
  g_assert_true (gtk_icon_theme_has_icon (theme, APPLICATION_ID));
}

static void
test_accessible (Fixture *fixture, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  GtkWidget *cursor = find_widget (GTK_WIDGET (plot), IP_TYPE_DATA_CURSOR, NULL);
  GtkWidget *scale = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_EPOCH_SCALE, NULL);
  g_autoptr (IpFigure) figure = ip_plot_create_figure (plot);
  const IpTrack *track;
  guint point;

  await (plot_is_drawn (fixture));
  gtk_test_accessible_assert_role (plot, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Information plane");
  gtk_test_accessible_assert_role (cursor, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_test_accessible_assert_role (scale, GTK_ACCESSIBLE_ROLE_SLIDER);

  hover_last_point (fixture, figure, &track, &point);
  gtk_test_accessible_assert_property (cursor, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                       ip_plot_get_reading (plot));
  gtk_test_accessible_assert_property (cursor, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) point);
}

static gboolean
shows_epochs (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return ip_figure_get_kind (figure) == IP_FIGURE_EPOCHS && plot_is_drawn (fixture);
}

static void
test_views (Fixture *fixture, gconstpointer data)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s",
                                             "epochs"));
  await (shows_epochs (fixture));
  gtk_test_accessible_assert_property (ip_window_get_plot (fixture->window),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Information against epochs");
}

static gboolean
shows_map (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return ip_figure_get_kind (figure) == IP_FIGURE_MAP && plot_is_drawn (fixture);
}

static gboolean
shows_spectrum (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return has_results (fixture->window) && ip_figure_get_kind (figure) == IP_FIGURE_SPECTRUM
         && plot_is_drawn (fixture);
}

static gboolean
shows_one_panel (Fixture *fixture)
{
  const char *reading = ip_plot_get_reading (ip_window_get_plot (fixture->window));

  return reading != NULL && strstr (reading, "I(") == NULL;
}

/* The card names what the figure shows, whatever that is. */
static void
test_map (Fixture *fixture, gconstpointer data)
{
  g_autoptr (IpFigure) figure = NULL;
  const IpTrack *track;
  const char *reading;
  guint point;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s", "map"));
  await (shows_map (fixture));
  figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));
  hover_last_point (fixture, figure, &track, &point);
  reading = ip_plot_get_reading (ip_window_get_plot (fixture->window));
  g_assert_nonnull (strstr (reading, "I(X; T) "));
  g_assert_nonnull (strstr (reading, "I(T; Y) "));

  ip_session_set_quantity (fixture->session, IP_SHOWN_IN_MAP, IP_QUANTITY_H_T);
  await (shows_one_panel (fixture));
  reading = ip_plot_get_reading (ip_window_get_plot (fixture->window));
  g_assert_nonnull (strstr (reading, "H(T) "));
  g_assert_null (strstr (reading, "I("));
}

static gboolean
reads_third_rank (Fixture *fixture)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  double x, y;

  if (!has_results (fixture->window) || !ip_plot_get_point_place (plot, 0, 2, 0, &x, &y))
    return FALSE;
  ip_plot_hover (plot, x, y);
  return ip_plot_get_reading (plot) != NULL
         && strstr (ip_plot_get_reading (plot), ": rank k 3, eigenvalue λk 0.0") != NULL;
}

static void
test_spectrum (Fixture *fixture, gconstpointer data)
{
  IpRequest request = { .estimator = ip_estimator_find ("spectrum") };
  IpPlot *plot;
  g_autofree char *first = NULL;

  ip_parameters_init (&request.parameters, request.estimator);
  ip_session_set_request (fixture->session, &request);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s",
                                             "spectrum"));
  await (shows_spectrum (fixture));
  plot = ip_window_get_plot (fixture->window);
  await (reads_third_rank (fixture));
  first = g_strdup (ip_plot_get_reading (plot));

  /* The reading stays at its rank when another epoch is selected. */
  ip_session_set_epoch (fixture->session, 0);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  g_assert_cmpstr (ip_plot_get_reading (plot), ==, first);
}

static gboolean
shows_sweep (Fixture *fixture)
{
  double x, y;
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return ip_figure_get_kind (figure) == IP_FIGURE_SWEEP
         && ip_session_is_sweep_known (fixture->session) && has_results (fixture->window)
         && ip_plot_get_point_place (ip_window_get_plot (fixture->window), 0, 4, 0, &x, &y);
}

/* The choosers of the view bar that are shown, from the left. */
static GtkWidget *
find_chooser (Fixture *fixture, guint number)
{
  GtkWidget *bar = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_VIEW_BAR, NULL);

  for (GtkWidget *child = gtk_widget_get_first_child (bar);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (IP_IS_CHOOSER (child) && gtk_widget_get_visible (child) && number-- == 0)
      return child;
  return NULL;
}

static void
assert_reads (IpPlot *plot, const char *text)
{
  g_assert_nonnull (ip_plot_get_reading (plot));
  g_assert_nonnull (strstr (ip_plot_get_reading (plot), text));
}

/* How the answer depends on a parameter: nine values around the one in force, of any number among
 * the parameters. */
static void
test_sweep (Fixture *fixture, gconstpointer data)
{
  IpRequest request = { .estimator = ip_estimator_find ("kde") };
  IpPlot *plot;
  GtkDropDown *drop_down;
  g_autoptr (IpFigure) bins = NULL;
  g_autoptr (IpFigure) other = NULL;
  g_autofree char *reading = NULL;
  const IpTrack *track;
  double in_force = ip_session_get_request (fixture->session)->parameters.value[0];
  double x, y;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s",
                                             "sweep"));
  g_assert_cmpstr (ip_session_get_view (fixture->session), ==, "sweep");
  await (shows_sweep (fixture));
  plot = ip_window_get_plot (fixture->window);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Sweep over a parameter");
  bins = ip_plot_create_figure (plot);
  track = ip_figure_get_track (bins, 0);
  g_assert_cmpuint (track->n_points, ==, 9);
  g_assert_cmpfloat (track->points[4].across, ==, in_force);
  g_assert_cmpint (ip_chooser_get_value (IP_CHOOSER (find_chooser (fixture, 1))), ==,
                   ip_session_get_sweep (fixture->session, NULL, NULL));

  /* The reading names the value, and stays at it when another epoch is selected. */
  g_assert_true (ip_plot_get_point_place (plot, 0, 4, 0, &x, &y));
  ip_plot_hover (plot, x, y);
  reading = g_strdup_printf (": Bins %.4g, I(X; T) ", in_force);
  assert_reads (plot, reading);
  activate (fixture, "win.previous-epoch");
  await (shows_sweep (fixture));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  assert_reads (plot, reading);

  /* Another estimator has others; each number can be chosen. */
  ip_parameters_init (&request.parameters, request.estimator);
  ip_session_set_request (fixture->session, &request);
  await (shows_sweep (fixture));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  drop_down = GTK_DROP_DOWN (find_widget (find_chooser (fixture, 1), GTK_TYPE_DROP_DOWN, NULL));
  for (guint i = 0; i < g_list_model_get_n_items (gtk_drop_down_get_model (drop_down)); i++)
    {
      int parameter;

      gtk_drop_down_set_selected (drop_down, i);
      parameter = ip_chooser_get_value (IP_CHOOSER (find_chooser (fixture, 1)));
      g_assert_cmpint (request.estimator->parameters[parameter].kind, !=, IP_PARAMETER_CHOICE);
      g_assert_cmpint (ip_session_get_sweep (fixture->session, NULL, NULL), ==, parameter);
    }
  await (shows_sweep (fixture));
  other = ip_plot_create_figure (plot);
  g_assert_cmpstr (ip_figure_get_parameter (other), !=, ip_figure_get_parameter (bins));
}

static void
test_zoom (Fixture *fixture, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  IpView view;

  await (plot_is_drawn (fixture));
  ip_plot_get_view (plot, &view);
  g_assert_true (view.automatic[0][0]);
  activate (fixture, "win.zoom-in");
  ip_plot_get_view (plot, &view);
  g_assert_false (view.automatic[0][0]);
  g_assert_false (view.automatic[0][1]);
  g_assert_cmpfloat (view.limits[0][0].lo, <, view.limits[0][0].hi);
  activate (fixture, "win.zoom-fit");
  ip_plot_get_view (plot, &view);
  g_assert_true (view.automatic[0][0]);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static void
choose_estimator (Fixture *fixture, const char *id)
{
  IpRequest request = { .estimator = ip_estimator_find (id) };

  ip_parameters_init (&request.parameters, request.estimator);
  ip_session_set_request (fixture->session, &request);
  await (has_results (fixture->window));
}

/* Neither other numbers nor another estimator nor a unit change what is looked at. */
static void
test_view_stays (Fixture *fixture, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  IpView before, after;

  await (plot_is_drawn (fixture));
  activate (fixture, "win.zoom-in");
  ip_plot_get_view (plot, &before);

  choose_estimator (fixture, "kde");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (plot));
  ip_plot_get_view (plot, &after);
  g_assert_cmpmem (&before.limits[0], sizeof before.limits[0], &after.limits[0],
                   sizeof after.limits[0]);

  /* Entropy has limits of its own, and those of the information come back with it. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s",
                                             "trajectories"));
  plot = ip_window_get_plot (fixture->window);
  await (plot_is_drawn (fixture));
  activate (fixture, "win.zoom-in");
  ip_plot_get_view (plot, &before);
  choose_estimator (fixture, "bins-uniform");
  ip_session_set_quantity (fixture->session, IP_SHOWN_ON_X, IP_QUANTITY_H_T);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (plot));
  ip_plot_get_view (plot, &after);
  g_assert_true (after.automatic[0][0]);
  g_assert_false (after.automatic[0][1]);
  ip_session_set_quantity (fixture->session, IP_SHOWN_ON_X, IP_QUANTITY_MI_XT);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (plot));
  ip_plot_get_view (plot, &after);
  g_assert_cmpfloat (after.limits[0][0].lo, ==, before.limits[0][0].lo);

  ip_session_set_in_bits (fixture->session, FALSE);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (plot));
  ip_plot_get_view (plot, &after);
  g_assert_cmpfloat_with_epsilon (after.limits[0][0].hi, before.limits[0][0].hi * G_LN2, 1e-12);
}

static void
test_view_history (Fixture *fixture, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  IpView zoomed, view;
  gboolean can_go_back;

  await (plot_is_drawn (fixture));
  g_object_get (plot, "can-go-back", &can_go_back, NULL);
  g_assert_false (can_go_back);
  /* Zooms that follow each other quickly are one step. */
  activate (fixture, "win.zoom-in");
  gtk_test_widget_wait_for_draw (GTK_WIDGET (plot));
  activate (fixture, "win.zoom-in");
  ip_plot_get_view (plot, &zoomed);
  activate (fixture, "win.zoom-fit");
  activate (fixture, "win.view-back");
  ip_plot_get_view (plot, &view);
  g_assert_cmpfloat (view.limits[0][0].lo, ==, zoomed.limits[0][0].lo);
  activate (fixture, "win.view-back");
  ip_plot_get_view (plot, &view);
  g_assert_true (view.automatic[0][0]);
  g_object_get (plot, "can-go-back", &can_go_back, NULL);
  g_assert_false (can_go_back);
  activate (fixture, "win.view-forward");
  ip_plot_get_view (plot, &view);
  g_assert_cmpfloat (view.limits[0][1].hi, ==, zoomed.limits[0][1].hi);

  /* Undo is for what the figure shows, not for zoom. */
  activate (fixture, "win.undo");
  ip_plot_get_view (plot, &view);
  g_assert_cmpfloat (view.limits[0][1].hi, ==, zoomed.limits[0][1].hi);
}

static gboolean
limits_are_open (Fixture *fixture)
{
  GtkWidget *popover = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_LIMITS_POPOVER, NULL);

  return gtk_widget_get_mapped (popover);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  GtkWidget *popover = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_LIMITS_POPOVER, NULL);
  GtkWidget *lower, *upper;
  IpView view;

  await (plot_is_drawn (fixture));
  activate (fixture, "win.limits");
  await (limits_are_open (fixture));
  lower = find_widget (popover, GTK_TYPE_ENTRY, NULL);
  upper = gtk_widget_get_next_sibling (gtk_widget_get_next_sibling (lower));
  gtk_test_accessible_assert_property (upper, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "I(X; T), upper limit");

  gtk_editable_set_text (GTK_EDITABLE (lower), "7");
  gtk_editable_set_text (GTK_EDITABLE (upper), "3");
  g_signal_emit_by_name (upper, "activate");
  g_assert_true (gtk_widget_has_css_class (upper, "error"));
  ip_plot_get_view (plot, &view);
  g_assert_true (view.automatic[0][0]);

  gtk_editable_set_text (GTK_EDITABLE (lower), "2.5");
  g_signal_emit_by_name (lower, "activate");
  g_assert_false (gtk_widget_has_css_class (upper, "error"));
  ip_plot_get_view (plot, &view);
  g_assert_false (view.automatic[0][0]);
  g_assert_true (view.automatic[0][1]);
  g_assert_cmpfloat (view.limits[0][0].lo, ==, 2.5);
  g_assert_cmpfloat (view.limits[0][0].hi, ==, 3);
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static guint
count_choices (Fixture *fixture)
{
  GtkWidget *drop_down = find_widget (find_chooser (fixture, 0), GTK_TYPE_DROP_DOWN, NULL);

  return g_list_model_get_n_items (gtk_drop_down_get_model (GTK_DROP_DOWN (drop_down)));
}

static gboolean
offers_all (Fixture *fixture)
{
  g_autoptr (GArray) quantities = ip_session_list_quantities (fixture->session, IP_SHOWN_ON_Y);

  return count_choices (fixture) == quantities->len;
}

/* What an axis shows is chosen from what the estimator gives. */
static void
test_choosers (Fixture *fixture, gconstpointer data)
{
  GtkWidget *bar = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_VIEW_BAR, NULL);
  GtkWidget *chooser = NULL;
  GtkDropDown *drop_down;
  IpRequest request;
  guint n_choices;
  g_autoptr (IpFigure) figure = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s",
                                             "trajectories"));
  await (plot_is_drawn (fixture));
  for (GtkWidget *child = gtk_widget_get_first_child (bar);
       child != NULL && chooser == NULL;
       child = gtk_widget_get_next_sibling (child))
    if (IP_IS_CHOOSER (child) && gtk_widget_get_visible (child))
      chooser = child;
  g_assert_cmpint (ip_chooser_get_value (IP_CHOOSER (chooser)), ==, IP_QUANTITY_MI_TY);

  drop_down = GTK_DROP_DOWN (find_widget (chooser, GTK_TYPE_DROP_DOWN, NULL));
  gtk_drop_down_set_selected (drop_down, 2);
  g_assert_cmpint (ip_session_get_quantity (fixture->session, IP_SHOWN_ON_Y), ==,
                   ip_chooser_get_value (IP_CHOOSER (chooser)));
  figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));
  g_assert_cmpstr (ip_figure_get_quantity (figure, 1)->markup, ==, "<i>H</i>(<i>T</i>)");

  /* Zero levels are there with permutations only, and a choice of one comes back with them. */
  request.estimator = ip_estimator_find ("cs");
  ip_parameters_parse (&request.parameters, request.estimator, "permutations=2", NULL);
  ip_session_set_request (fixture->session, &request);
  await (offers_all (fixture));
  n_choices = count_choices (fixture);
  ip_session_set_quantity (fixture->session, IP_SHOWN_ON_Y, IP_QUANTITY_CS_TY_NULL);
  g_assert_cmpint (ip_session_get_quantity (fixture->session, IP_SHOWN_ON_Y), ==,
                   IP_QUANTITY_CS_TY_NULL);
  ip_parameters_init (&request.parameters, request.estimator);
  ip_session_set_request (fixture->session, &request);
  await (offers_all (fixture));
  g_assert_cmpint (ip_session_get_quantity (fixture->session, IP_SHOWN_ON_Y), ==,
                   IP_N_QUANTITIES);
  g_assert_cmpuint (count_choices (fixture), ==, n_choices - 6);
  ip_parameters_parse (&request.parameters, request.estimator, "permutations=2", NULL);
  ip_session_set_request (fixture->session, &request);
  await (offers_all (fixture));
  g_assert_cmpint (ip_chooser_get_value (IP_CHOOSER (chooser)), ==, IP_QUANTITY_CS_TY_NULL);
}

static GtkColumnView *
show_table (Fixture *fixture)
{
  GtkWidget *table = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_TABLE_VIEW, NULL);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s",
                                             "table"));
  gtk_test_widget_wait_for_draw (table);
  return GTK_COLUMN_VIEW (find_widget (table, GTK_TYPE_COLUMN_VIEW, NULL));
}

static gboolean
table_follows (Fixture *fixture)
{
  GtkColumnView *view = show_table (fixture);
  GtkSelectionModel *model = gtk_column_view_get_model (view);
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (model);
  g_autoptr (IpNumber) number = NULL;

  if (gtk_bitset_is_empty (selected))
    return FALSE;
  number = g_list_model_get_item (G_LIST_MODEL (model), gtk_bitset_get_nth (selected, 0));
  return number->epoch == ip_session_get_epoch (fixture->session)
         && (int) number->layer_number == ip_session_get_layer (fixture->session);
}

/* The selected row is in sight, and others are around it. */
static gboolean
table_fills_its_space (Fixture *fixture)
{
  GtkWidget *list = find_widget (GTK_WIDGET (show_table (fixture)), GTK_TYPE_LIST_VIEW, NULL);
  guint n_selected = 0, n = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (list);
       row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_widget_get_child_visible (row) && gtk_widget_get_height (row) > 0)
      {
        n++;
        n_selected += (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED) != 0;
      }
  return n > 5 && n_selected > 0;
}

static gboolean
is_sorted_by_value (Fixture *fixture)
{
  GListModel *numbers = G_LIST_MODEL (gtk_column_view_get_model (show_table (fixture)));
  double last = -INFINITY;

  for (guint i = 0; i < g_list_model_get_n_items (numbers); i++)
    {
      g_autoptr (IpNumber) number = g_list_model_get_item (numbers, i);

      if (number->value < last)
        return FALSE;
      last = number->value;
    }
  return TRUE;
}

static gboolean
has_late_epochs_first (GListModel *numbers)
{
  g_autoptr (IpNumber) last = g_list_model_get_item (numbers, 0);

  for (guint i = 1; i < g_list_model_get_n_items (numbers); i++)
    {
      g_autoptr (IpNumber) number = g_list_model_get_item (numbers, i);

      if (number->epoch > last->epoch)
        return FALSE;
      g_set_object (&last, number);
    }
  return TRUE;
}

/* The table has every number, sorts it, and is linked with the figures both ways. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
  GtkColumnView *view = show_table (fixture);
  GListModel *numbers = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr (GtkColumnViewColumn) value
    = g_list_model_get_item (gtk_column_view_get_columns (view), IP_NUMBER_VALUE);
  g_autoptr (GtkColumnViewColumn) epoch
    = g_list_model_get_item (gtk_column_view_get_columns (view), IP_NUMBER_EPOCH);
  const IpEstimator *estimator = ip_session_get_request (fixture->session)->estimator;
  g_autoptr (IpNumber) last = NULL;
  g_autofree char *copied = NULL;
  guint n, n_epochs;
  const gint64 *epochs = ip_session_get_epochs (fixture->session, &n_epochs);

  n = g_list_model_get_n_items (numbers);
  g_assert_cmpuint (n, ==, ip_session_get_n_cells (fixture->session) * estimator->n_quantities);
  await (table_fills_its_space (fixture));
  ip_session_set_epoch (fixture->session, epochs[1]);
  ip_session_set_layer (fixture->session, 2);
  await (table_follows (fixture));

  last = g_list_model_get_item (numbers, n - 1);
  gtk_selection_model_select_item (gtk_column_view_get_model (view), n - 1, TRUE);
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, last->epoch);
  g_assert_cmpint (ip_session_get_layer (fixture->session), ==, (int) last->layer_number);
  copied = ip_table_view_format_selected (IP_TABLE_VIEW (
    gtk_widget_get_ancestor (GTK_WIDGET (view), IP_TYPE_TABLE_VIEW)));
  g_assert_true (g_str_has_prefix (copied,
                                   "Run\tLayer\tEpoch\tEstimator\tQuantity\tValue\tUnit\t"));
  g_assert_cmpuint (count_lines (copied), ==, 2);

  g_assert_cmpstr (gtk_column_view_column_get_title (value), ==, "Value");
  gtk_column_view_sort_by_column (view, value, GTK_SORT_ASCENDING);
  await (is_sorted_by_value (fixture));
  gtk_column_view_sort_by_column (view, epoch, GTK_SORT_DESCENDING);
  g_assert_true (has_late_epochs_first (numbers));
  await (table_follows (fixture));
}

/* The label of the first row's value; there are no columns for the only run and estimator. */
static const char *
get_value_cell (GtkColumnView *view)
{
  guint column = IP_NUMBER_VALUE - 2;
  GtkWidget *list = find_widget (GTK_WIDGET (view), GTK_TYPE_LIST_VIEW, NULL);
  GtkWidget *cell = gtk_widget_get_first_child (gtk_widget_get_first_child (list));

  while (column-- > 0)
    cell = gtk_widget_get_next_sibling (cell);
  return gtk_label_get_label (GTK_LABEL (find_widget (cell, GTK_TYPE_LABEL, NULL)));
}

/* Who holds a row of the table has the number that is there now, and its cells show that; what was
 * frozen stays. */
static void
test_table_places (Fixture *fixture, gconstpointer data)
{
  GtkColumnView *view = show_table (fixture);
  GListModel *numbers = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr (GtkColumnViewColumn) value
    = g_list_model_get_item (gtk_column_view_get_columns (view), IP_NUMBER_VALUE);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);
  g_autoptr (IpNumberList) list = ip_number_list_new (fixture->session);
  g_autoptr (IpNumberList) frozen = NULL;
  g_autoptr (IpNumber) first = NULL;
  g_autoptr (IpNumber) other = NULL;
  g_autofree char *before = NULL;
  double unsorted;

  await (table_fills_its_space (fixture));
  first = g_list_model_get_item (numbers, 0);
  before = g_strdup (get_value_cell (view));
  unsorted = first->value;
  gtk_column_view_sort_by_column (view, value, GTK_SORT_ASCENDING);
  g_assert_cmpfloat (first->value, <, unsorted);
  g_assert_cmpstr (get_value_cell (view), !=, before);
  g_assert_true (is_sorted_by_value (fixture));

  ip_number_list_update (list);
  frozen = ip_number_list_freeze (list);
  ip_number_list_sort (list, (IpNumberOrder[]){ { IP_NUMBER_VALUE, TRUE } }, 1);
  other = g_list_model_get_item (G_LIST_MODEL (frozen), 0);
  g_assert_cmpfloat (other->value, ==, unsorted);
  g_clear_object (&other);
  other = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpfloat (other->value, >, unsorted);

  /* Fewer rows: the place stays, and what was behind them is gone. */
  ip_run_layer_set_visible (ip_run_get_layer (run, 0), FALSE);
  g_assert_true (ip_number_list_update (list));
  g_assert_false (ip_number_list_update (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), <,
                    g_list_model_get_n_items (G_LIST_MODEL (frozen)));
}

static gboolean
has_estimator_column (GtkColumnView *view)
{
  g_autoptr (GtkColumnViewColumn) column
    = g_list_model_get_item (gtk_column_view_get_columns (view), IP_NUMBER_ESTIMATOR);

  return gtk_column_view_column_get_visible (column);
}

/* The table holds what figures compare, each number under the name of its estimator. */
static void
test_table_comparisons (Fixture *fixture, gconstpointer data)
{
  GtkColumnView *view = show_table (fixture);
  GListModel *numbers = G_LIST_MODEL (gtk_column_view_get_model (view));
  IpRequest other = *ip_session_get_request (fixture->session);
  guint n = g_list_model_get_n_items (numbers);
  g_autoptr (IpNumber) first = NULL;
  g_autoptr (IpNumber) behind = NULL;

  g_assert_false (has_estimator_column (view));
  other.parameters.value[0] = 80;
  ip_session_set_comparisons (fixture->session, &other, 1);
  await (g_list_model_get_n_items (numbers) == 2 * n);
  g_assert_true (has_estimator_column (view));
  first = g_list_model_get_item (numbers, 0);
  behind = g_list_model_get_item (numbers, other.estimator->n_quantities);
  g_assert_cmpint (first->epoch, ==, behind->epoch);
  g_assert_cmpint (first->quantity, ==, behind->quantity);
  g_assert_cmpstr (first->estimator, !=, behind->estimator);
  g_assert_cmpstr (behind->estimator, ==, "Bins 80");
}

static char *clipboard_text;

static gboolean
has_copied_all (Fixture *fixture)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));
  GdkContentProvider *content = gdk_clipboard_get_content (clipboard);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  return content != NULL && gdk_content_provider_get_value (content, &value, NULL)
         && g_strcmp0 (g_value_get_string (&value), clipboard_text) == 0;
}

/* Many rows are copied on another thread, and the user can change his mind. */
static void
test_table_copy (Fixture *fixture, gconstpointer data)
{
  GtkColumnView *view = show_table (fixture);
  GtkSelectionModel *selection = gtk_column_view_get_model (view);
  GtkWidget *table = gtk_widget_get_ancestor (GTK_WIDGET (view), IP_TYPE_TABLE_VIEW);
  GtkWidget *progress = find_widget (table, GTK_TYPE_PROGRESS_BAR, NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (IpNumberList) numbers = ip_number_list_new (fixture->session);
  IpTableWords words = ip_table_words_get (fixture->session);
  g_autoptr (IpTableText) text = NULL;

  await (table_fills_its_space (fixture));
  gtk_selection_model_unselect_all (selection);
  clipboard_text = ip_table_view_format_selected (IP_TABLE_VIEW (table));
  g_assert_cmpuint (count_lines (clipboard_text), ==,
                    g_list_model_get_n_items (G_LIST_MODEL (selection)) + 1);
  g_assert_true (gtk_widget_activate_action (table, "table.copy", NULL));
  g_assert_false (has_copied_all (fixture));
  await (has_copied_all (fixture));
  g_assert_false (gtk_widget_get_visible (progress));
  g_free (clipboard_text);

  gtk_widget_activate_action (table, "table.copy", NULL);
  gtk_selection_model_select_item (selection, 3, TRUE);
  clipboard_text = ip_table_view_format_selected (IP_TABLE_VIEW (table));
  gtk_widget_activate_action (table, "table.copy", NULL); /* supersedes the other one */
  await (has_copied_all (fixture));
  gtk_widget_activate_action (table, "table.cancel-copying", NULL);
  g_assert_true (has_copied_all (fixture));
  g_clear_pointer (&clipboard_text, g_free);

  ip_number_list_update (numbers);
  text = ip_table_text_new (&words, numbers, gtk_bitset_new_range (0, 10));
  g_cancellable_cancel (cancelled);
  g_assert_null (ip_table_text_make (text, cancelled));
  clipboard_text = ip_table_text_make (text, NULL);
  g_assert_cmpuint (count_lines (clipboard_text), ==, 11);
  g_assert_cmpfloat (ip_table_text_get_progress (text), ==, 1);
  g_clear_pointer (&clipboard_text, g_free);
}

#define CANVAS_WIDTH 400
#define CANVAS_HEIGHT 300

/* A figure of the session for the canvas, zoomed by `factor`. */
static IpFigure *
create_canvas_figure (Fixture *fixture, GtkWidget *canvas, double factor)
{
  g_autoptr (IpFigure) figure = ip_session_create_figure (fixture->session, IP_FIGURE_PLANE);
  PangoContext *context = ip_appearance_create_context ();
  double width = CANVAS_WIDTH * IP_POINTS_PER_PIXEL, height = CANVAS_HEIGHT * IP_POINTS_PER_PIXEL;
  IpTheme theme;

  ip_appearance_get_theme (canvas, &theme);
  ip_figure_layout (figure, context, &theme, width, height);
  ip_figure_zoom (figure, 0, width / 2, height / 2, factor, factor);
  ip_figure_layout (figure, context, &theme, width, height);
  g_object_unref (context);
  return g_steal_pointer (&figure);
}

/* NULL while the canvas waits for being drawn. */
static GBytes *
take_picture (GtkWidget *canvas)
{
  GtkNative *native = gtk_widget_get_native (canvas);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (canvas);
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  guchar *pixels;

  gdk_paintable_snapshot (paintable, snapshot, CANVAS_WIDTH, CANVAS_HEIGHT);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return NULL;
  pixels = g_malloc0_n (CANVAS_WIDTH * CANVAS_HEIGHT, 4);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (native), node,
                                         &GRAPHENE_RECT_INIT (0, 0, CANVAS_WIDTH,
                                                              CANVAS_HEIGHT));
  gdk_texture_download (texture, pixels, 4 * CANVAS_WIDTH);
  gsk_render_node_unref (node);
  return g_bytes_new_take (pixels, 4 * CANVAS_WIDTH * CANVAS_HEIGHT);
}

static gboolean
has_drawn (GtkWidget *canvas)
{
  g_autoptr (GBytes) picture = take_picture (canvas);

  return picture != NULL;
}

static gboolean
looks_like (GtkWidget *canvas, GBytes *expected)
{
  g_autoptr (GBytes) picture = take_picture (canvas);

  return picture != NULL && g_bytes_equal (picture, expected);
}

/* The picture that another thread draws is the one that would have been drawn at once, and only the
 * last of several is waited for. */
static void
test_other_thread (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *canvas = g_object_new (IP_TYPE_PLOT_CANVAS, NULL);
  g_autoptr (IpFigure) last = NULL;
  g_autoptr (GBytes) before = NULL, expected = NULL;

  gtk_widget_set_size_request (canvas, CANVAS_WIDTH, CANVAS_HEIGHT);
  gtk_widget_set_halign (canvas, GTK_ALIGN_START);
  gtk_widget_set_valign (canvas, GTK_ALIGN_START);
  gtk_window_set_child (GTK_WINDOW (window), canvas);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);

  last = create_canvas_figure (fixture, canvas, 3);
  ip_plot_canvas_set_figure (IP_PLOT_CANVAS (canvas), last, IP_SCALE_LOG, FALSE);
  await (has_drawn (canvas));
  expected = take_picture (canvas);
  for (guint i = 1; i <= 3; i++)
    {
      g_autoptr (IpFigure) figure = create_canvas_figure (fixture, canvas, i);

      ip_plot_canvas_set_figure (IP_PLOT_CANVAS (canvas), figure, IP_SCALE_LOG, i > 1);
      await (has_drawn (canvas));
      if (i == 1)
        before = take_picture (canvas);
    }
  g_assert_false (g_bytes_equal (before, expected));
  await (looks_like (canvas, expected));

  /* What was begun before does not cover what has been drawn at once. */
  for (guint i = 1; i <= 20; i++)
    {
      IpFigure *figure = create_canvas_figure (fixture, canvas, 1 + 0.01 * i);
      IpFigure *being_drawn = NULL;

      ip_plot_canvas_set_figure (IP_PLOT_CANVAS (canvas), figure, IP_SCALE_LOG, TRUE);
      g_set_weak_pointer (&being_drawn, figure);
      g_object_unref (figure);
      ip_plot_canvas_set_figure (IP_PLOT_CANVAS (canvas), last, IP_SCALE_LOG, FALSE);
      await (has_drawn (canvas));
      await (being_drawn == NULL);
      g_assert_true (looks_like (canvas, expected));
    }

  /* Nor is anything drawn meanwhile that cannot be stretched into place. */
  for (guint i = 0; i < 3; i++)
    {
      const double factors[] = { 1e-200, 1, 1e200 };
      g_autoptr (IpFigure) figure = create_canvas_figure (fixture, canvas, factors[i]);

      ip_plot_canvas_set_figure (IP_PLOT_CANVAS (canvas), figure, IP_SCALE_LOG, TRUE);
      await (has_drawn (canvas));
    }

  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_layers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);
  g_autoptr (IpRunLayer) layer = g_list_model_get_item (G_LIST_MODEL (run), 0);
  g_autoptr (IpFigure) all = ip_plot_create_figure (ip_window_get_plot (fixture->window));
  g_autoptr (IpFigure) fewer = NULL;
  GtkWidget *list = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW,
                                 "navigation-sidebar");
  GtkSelectionModel *rows = gtk_list_view_get_model (GTK_LIST_VIEW (list));

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==,
                    1 + g_list_model_get_n_items (G_LIST_MODEL (run)));
  ip_run_layer_set_visible (layer, FALSE);
  fewer = ip_plot_create_figure (ip_window_get_plot (fixture->window));
  g_assert_cmpuint (ip_figure_get_n_tracks (fewer) + 1, ==, ip_figure_get_n_tracks (all));

  /* A double click on the row of the first layer leaves it alone, another one brings all back. */
  g_signal_emit_by_name (list, "activate", 1);
  g_assert_true (ip_run_layer_get_visible (layer));
  g_assert_false (ip_run_layer_get_visible (ip_run_get_layer (run, 1)));
  g_signal_emit_by_name (list, "activate", 1);
  g_assert_true (ip_run_layer_get_visible (ip_run_get_layer (run, 1)));

  /* Rows and figures select the same layer. */
  gtk_selection_model_select_item (rows, 3, TRUE);
  g_assert_cmpint (ip_session_get_layer (fixture->session), ==, 2);
  ip_session_set_layer (fixture->session, 1);
  g_assert_cmpuint (gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (rows)), ==, 2);
}

static double
get_first_value (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));
  const IpTrack *track = ip_figure_get_track (figure, ip_figure_get_n_tracks (figure) - 1);

  return track->n_points > 0 ? track->points[0].x.value : NAN;
}

static gboolean
is_busy (Fixture *fixture)
{
  return ip_session_get_busy (fixture->session);
}

static void
test_parameter (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_PARAMETER_ROW, NULL);
  double before = get_first_value (fixture);
  double value = ip_parameter_row_get_value (IP_PARAMETER_ROW (row));

  g_assert_cmpint (ip_parameter_row_get_parameter (IP_PARAMETER_ROW (row))->kind, ==,
                   IP_PARAMETER_INTEGER);
  ip_parameter_row_set_value (IP_PARAMETER_ROW (row), 2 * value);
  g_assert_cmpfloat (ip_session_get_request (fixture->session)->parameters.value[0], ==,
                     2 * value);
  await (is_busy (fixture));
  await (has_results (fixture->window));
  g_assert_cmpfloat (get_first_value (fixture), >, before);

  /* What was known is shown again at once. */
  ip_parameter_row_set_value (IP_PARAMETER_ROW (row), value);
  g_assert_cmpfloat (get_first_value (fixture), ==, before);
}

static guint
count_tracks (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return ip_figure_get_n_tracks (figure);
}

/* The estimator as it is set stays beside what is set after it, until it is removed. */
static void
test_compare (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_COMPARISON_GROUP, NULL);
  GtkWidget *add = find_widget (group, GTK_TYPE_BUTTON, "flat");
  GtkWidget *bins = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_PARAMETER_ROW, NULL);
  double value = ip_parameter_row_get_value (IP_PARAMETER_ROW (bins));
  g_autofree char *start = g_strdup_printf ("Bins %g, ", value);
  GtkWidget *row, *remove;
  guint n_tracks = count_tracks (fixture), n;

  g_assert_null (find_widget (group, ADW_TYPE_ACTION_ROW, NULL));
  g_signal_emit_by_name (add, "clicked");
  ip_session_get_comparisons (fixture->session, &n);
  g_assert_cmpuint (n, ==, 1);
  row = find_widget (group, ADW_TYPE_ACTION_ROW, NULL);
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), start));
  g_assert_false (gtk_widget_get_sensitive (add));
  g_assert_cmpuint (count_tracks (fixture), ==, n_tracks);

  ip_parameter_row_set_value (IP_PARAMETER_ROW (bins), 2 * value);
  g_assert_true (gtk_widget_get_sensitive (add));
  await (has_results (fixture->window));
  g_assert_cmpuint (count_tracks (fixture), ==, 2 * n_tracks);

  remove = find_widget (row, GTK_TYPE_BUTTON, NULL);
  gtk_test_accessible_assert_role (remove, GTK_ACCESSIBLE_ROLE_BUTTON);
  g_assert_true (g_str_has_prefix (gtk_widget_get_tooltip_text (remove), "Remove "));
  g_signal_emit_by_name (remove, "clicked");
  g_assert_null (find_widget (group, ADW_TYPE_ACTION_ROW, NULL));
  g_assert_cmpuint (count_tracks (fixture), ==, n_tracks);

  g_signal_emit_by_name (add, "clicked");
  activate (fixture, "win.undo"); /* steps that follow each other quickly are one */
  ip_session_get_comparisons (fixture->session, &n);
  g_assert_cmpuint (n, ==, 0);
  activate (fixture, "win.redo");
  ip_session_get_comparisons (fixture->session, &n);
  g_assert_cmpuint (n, ==, 1);
}

/* Steps by factors, and keeps what was typed. */
static void
test_logarithmic_row (Fixture *fixture, gconstpointer data)
{
  const IpParameter parameter = {
    .id = "variance",
    .title = "Variance",
    .description = "",
    .kind = IP_PARAMETER_REAL,
    .standard = 0.001,
    .minimum = 1e-9,
    .maximum = 1e3,
    .logarithmic = TRUE,
    .when = -1,
  };
  GtkWidget *row = g_object_ref_sink (ip_parameter_row_new (&parameter, 0.001));
  GtkWidget *spin = find_widget (row, GTK_TYPE_SPIN_BUTTON, NULL);

  gtk_spin_button_spin (GTK_SPIN_BUTTON (spin), GTK_SPIN_STEP_FORWARD, 0);
  g_assert_cmpfloat (ip_parameter_row_get_value (IP_PARAMETER_ROW (row)), ==, 0.0013);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (spin)), ==, "0.0013");
  gtk_spin_button_spin (GTK_SPIN_BUTTON (spin), GTK_SPIN_STEP_FORWARD, 0);
  g_assert_cmpfloat (ip_parameter_row_get_value (IP_PARAMETER_ROW (row)), ==, 0.0016);

  gtk_editable_set_text (GTK_EDITABLE (spin), "0.12345");
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
  g_assert_cmpfloat (ip_parameter_row_get_value (IP_PARAMETER_ROW (row)), ==, 0.12345);
  gtk_editable_set_text (GTK_EDITABLE (spin), "5e3");
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
  g_assert_cmpfloat (ip_parameter_row_get_value (IP_PARAMETER_ROW (row)), ==, 1e3);
  gtk_editable_set_text (GTK_EDITABLE (spin), "nonsense");
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
  g_assert_cmpfloat (ip_parameter_row_get_value (IP_PARAMETER_ROW (row)), ==, 1e3);
  g_object_unref (row);
}

static void
test_epoch (Fixture *fixture, gconstpointer data)
{
  guint n;
  const gint64 *epochs = ip_session_get_epochs (fixture->session, &n);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, epochs[n - 2]);
  GtkWidget *scale = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_EPOCH_SCALE, NULL);
  GtkWidget *bar = gtk_widget_get_parent (scale);
  GtkWidget *entry = find_widget (bar, GTK_TYPE_ENTRY, NULL);

  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, epochs[n - 1]);
  activate (fixture, "win.previous-epoch");
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, epochs[n - 2]);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, text);
  gtk_test_accessible_assert_property (scale, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text);

  gtk_editable_set_text (GTK_EDITABLE (entry), "0");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, epochs[0]);
  gtk_editable_set_text (GTK_EDITABLE (entry), "nonsense");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, epochs[0]);
}

static void
test_undo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);
  IpRunLayer *layer = ip_run_get_layer (run, 0);
  guint style = ip_run_layer_get_style (layer);

  ip_run_layer_set_style (layer, style + 3);
  ip_session_set_in_bits (fixture->session, FALSE);
  activate (fixture, "win.undo");
  g_assert_cmpuint (ip_run_layer_get_style (layer), ==, style);
  g_assert_true (ip_session_get_in_bits (fixture->session));
  activate (fixture, "win.redo");
  g_assert_cmpuint (ip_run_layer_get_style (layer), ==, style + 3);
  g_assert_false (ip_session_get_in_bits (fixture->session));
}

static GtkWidget *
find_row (GtkWidget *widget, const char *title)
{
  if (ADW_IS_PREFERENCES_ROW (widget)
      && g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

#define DESCENT "Data processing: no violations"

static gboolean
judges_descent (Fixture *fixture)
{
  return find_row (GTK_WIDGET (fixture->window), DESCENT) != NULL;
}

/* The verdict comes after a while, and its row explains more than it says. */
static void
test_verdict (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;

  await (judges_descent (fixture));
  row = find_row (GTK_WIDGET (fixture->window), DESCENT);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, DESCENT);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Information does not rise from layer to layer");
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (row), "by their bias"));
}

/* New windows draw as the last one was told to; that is no change to undo. */
static void
test_grid_is_remembered (Fixture *fixture, gconstpointer data)
{
  IpWindow *other;

  g_assert_true (ip_session_get_display (fixture->session, IP_DISPLAY_GRID));
  activate (fixture, "win.show-grid");
  g_assert_false (ip_session_get_display (fixture->session, IP_DISPLAY_GRID));
  other = ip_window_new (application);
  g_assert_false (ip_session_get_display (ip_window_get_session (other), IP_DISPLAY_GRID));
  gtk_widget_activate_action (GTK_WIDGET (other), "win.undo", NULL);
  g_assert_false (ip_session_get_display (ip_window_get_session (other), IP_DISPLAY_GRID));
  gtk_window_destroy (GTK_WINDOW (other));
  activate (fixture, "win.show-grid");
  other = ip_window_new (application);
  g_assert_true (ip_session_get_display (ip_window_get_session (other), IP_DISPLAY_GRID));
  gtk_window_destroy (GTK_WINDOW (other));
}

/* What the rows of the drawing say is what figures show, and can be undone. */
static void
test_drawing (Fixture *fixture, gconstpointer data)
{
  GtkWidget *group = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_DISPLAY_GROUP, NULL);
  AdwComboRow *layout = ADW_COMBO_ROW (find_row (group, "Arrangement"));
  AdwComboRow *scale = ADW_COMBO_ROW (find_row (group, "Value Axis"));
  GtkWidget *bars = find_widget (find_row (group, "Error Bars"), GTK_TYPE_SWITCH, NULL);
  int show = ip_session_get_display (fixture->session, IP_DISPLAY_SHOW);

  g_assert_false (gtk_widget_get_visible (find_row (group, "Means over Runs by")));
  g_assert_false (gtk_widget_get_visible (find_row (group, "Around Means")));
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (bars)));
  gtk_switch_set_active (GTK_SWITCH (bars), FALSE);
  g_assert_cmpint (ip_session_get_display (fixture->session, IP_DISPLAY_SHOW), ==,
                   show & ~IP_SHOW_BARS);
  adw_combo_row_set_selected (scale, 2);
  g_assert_cmpint (ip_session_get_display (fixture->session, IP_DISPLAY_VALUE_SCALE), ==,
                   IP_SCALE_SYMLOG);
  ip_session_set_quantity (fixture->session, IP_SHOWN_ON_X, IP_QUANTITY_MI_TY);
  adw_combo_row_set_selected (layout, 2);
  g_assert_cmpint (ip_session_get_display (fixture->session, IP_DISPLAY_LAYOUT), ==,
                   IP_LAYOUT_LAYERS);

  activate (fixture, "win.undo");
  g_assert_cmpint (ip_session_get_display (fixture->session, IP_DISPLAY_LAYOUT), ==,
                   IP_LAYOUT_OVERLAY);
  g_assert_cmpint (ip_session_get_display (fixture->session, IP_DISPLAY_SHOW), ==, show);
  g_assert_cmpint (ip_session_get_quantity (fixture->session, IP_SHOWN_ON_X), ==, IP_N_QUANTITIES);
  g_assert_cmpuint (adw_combo_row_get_selected (layout), ==, 0);
  g_assert_cmpuint (adw_combo_row_get_selected (scale), ==, 0);
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (bars)));
}

typedef struct
{
  gboolean done;
  GError *error;
} Export;

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;

  ip_window_export_finish (IP_WINDOW (source), result, &export->error);
  export->done = TRUE;
}

static char *
export_to (Fixture *fixture, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Export export = { 0 };

  ip_window_export_async (fixture->window, file, exported_cb, &export);
  await (export.done);
  if (export.error != NULL)
    g_propagate_error (error, export.error);
  return g_steal_pointer (&path);
}

static void
assert_no_type_3_fonts (const char *path)
{
  g_autofree char *pdffonts = g_find_program_in_path ("pdffonts");
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  if (pdffonts == NULL)
    return;
  g_spawn_sync (NULL, (char *[]) { pdffonts, (char *) path, NULL }, NULL, G_SPAWN_DEFAULT, NULL,
                NULL, &output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (output, "Type 3"));
  g_assert_nonnull (strstr (output, " yes ")); /* embedded */
}

static void
test_export (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *name;
    const char *start;
  } kinds[] = {
    { "plane.pdf", "%PDF" },
    { "plane.svg", "<?xml" },
    { "plane.png", "\x89PNG" },
    { "plane.csv", "run,layer,layer_index,epoch,estimator," },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = export_to (fixture, kinds[i].name, &error);
      g_autofree char *contents = NULL;
      gsize length;

      g_assert_no_error (error);
      g_file_get_contents (path, &contents, &length, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (contents, MIN (length, strlen (kinds[i].start)), kinds[i].start,
                       strlen (kinds[i].start));
      if (i == 0)
        assert_no_type_3_fonts (path);
      g_remove (path);
    }
}

static void
test_export_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = export_to (fixture, "no-such-folder/plane.pdf", &error);

  g_assert_nonnull (error);
  g_assert_nonnull (ip_window_get_message (fixture->window));
  g_assert_nonnull (strstr (ip_window_get_message (fixture->window), "plane.pdf"));
}

static void
write_and_open (Fixture *fixture, const char *name, const char *contents, gssize length)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  if (contents != NULL)
    g_assert_true (g_file_set_contents (path, contents, length, NULL));
  ip_window_open (fixture->window, &file, 1);
  await (has_message (fixture));
}

static void
test_broken_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *example = g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples",
                                               "sphere-tanh.h5", NULL);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (example, &contents, &length, NULL));
  write_and_open (fixture, "empty.h5", "", 0);
  write_and_open (fixture, "text.h5", "this is no HDF5 file\n", -1);
  write_and_open (fixture, "cut.h5", contents, length / 3);
  write_and_open (fixture, "missing.h5", NULL, 0);
  for (guint i = 0; i < 4; i++)
    {
      const char *const names[] = { "empty.h5", "text.h5", "cut.h5", "missing.h5" };

      await (ip_window_is_idle (fixture->window));
      g_assert_nonnull (strstr (ip_window_get_message (fixture->window), names[i]));
    }

  /* What was open is untouched and another file still opens. */
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (fixture->session)), ==, 1);
  await (has_results (fixture->window));
}

/* Two copies of the example in a folder, dropped on the window. */
static void
test_drop_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *example = g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples",
                                               "sphere-tanh.h5", NULL);
  g_autofree char *folder = g_build_filename (scratch, "runs", NULL);
  g_autoptr (GListModel) controllers
    = gtk_widget_observe_controllers (GTK_WIDGET (fixture->window));
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autofree char *contents = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  gsize length;

  g_assert_no_errno (g_mkdir (folder, 0700));
  g_assert_true (g_file_get_contents (example, &contents, &length, NULL));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%u.h5", 2 - i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_true (g_file_set_contents (path, contents, length, NULL));
    }

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (&file, 1));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
      gboolean taken = FALSE;

      if (!GTK_IS_DROP_TARGET (controller))
        continue;
      g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &taken);
      g_assert_true (taken);
    }
  await (has_results (fixture->window));
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (fixture->session)), ==, 2);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==,
                   "run-1 and 1 more – Infoplane");
}

static GtkListView *
get_run_view (Fixture *fixture)
{
  return GTK_LIST_VIEW (find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW,
                                     "navigation-sidebar"));
}

/* "title (repeats), title (repeats)": rows that are not within another one. (transfer full) */
static char *
describe_rows (Fixture *fixture)
{
  GListModel *rows = G_LIST_MODEL (gtk_list_view_get_model (get_run_view (fixture)));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

      if (gtk_tree_list_row_get_depth (row) > 0)
        continue;
      g_string_append (text, text->len > 0 ? ", " : "");
      if (IP_IS_RUN_GROUP (item))
        g_string_append_printf (text, "%s (%u)", ip_run_group_get_title (IP_RUN_GROUP (item)),
                                g_list_model_get_n_items (G_LIST_MODEL (item)));
      else
        g_string_append (text, ip_run_get_name (IP_RUN (item)));
    }
  return g_string_free (text, FALSE);
}

static void
assert_rows (Fixture *fixture, const char *expected)
{
  g_autofree char *rows = describe_rows (fixture);

  g_assert_cmpstr (rows, ==, expected);
}

/* A folder of runs: those that differ in their seed only are one row, hidden and removed as one. */
static void
test_repeats (Fixture *fixture, gconstpointer data)
{
  static const char *const kinds[] = { "seed-0", "seed-0-slow", "seed-1", "seed-1-slow", "seed-2" };
  g_autofree char *folder = g_build_filename (scratch, "repeats", NULL);
  g_autofree char *deeper = g_build_filename (folder, "more", NULL);
  g_autofree char *last = g_build_filename (deeper, "native.h5", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  GListModel *runs = ip_session_get_runs (fixture->session);
  GListModel *rows;
  g_autoptr (GtkTreeListRow) row = NULL;
  g_autoptr (GObject) group = NULL;
  gboolean visible;
  g_autoptr (IpRun) run = NULL;
  GtkWidget *means;

  g_assert_no_errno (g_mkdir_with_parents (deeper, 0700));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.h5", kinds[i]);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      write_dump (path, kinds[i]);
    }
  write_dump (last, "native");
  ip_window_open (fixture->window, &file, 1);
  await (has_results (fixture->window));
  g_assert_cmpuint (g_list_model_get_n_items (runs), ==, 6);
  assert_rows (fixture, "native, slow (2), seed-0 (3)");

  /* Three repeats begin as their mean, which can be left whatever was opened afterwards. */
  means = find_row (GTK_WIDGET (fixture->window), "Means over Runs by");
  g_assert_true (gtk_widget_get_visible (means));
  g_assert_cmpstr (ip_session_get_group_by (fixture->session), ==, IP_GROUP_REPEATS);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (means)), ==, 1);
  activate (fixture, "win.show-each-run");
  g_assert_null (ip_session_get_group_by (fixture->session));
  adw_combo_row_set_selected (ADW_COMBO_ROW (means), 1);
  g_assert_cmpstr (ip_session_get_group_by (fixture->session), ==, IP_GROUP_REPEATS);
  g_assert_true (gtk_widget_get_visible (find_row (GTK_WIDGET (fixture->window), "Around Means")));

  rows = G_LIST_MODEL (gtk_list_view_get_model (get_run_view (fixture)));
  row = g_list_model_get_item (rows, g_list_model_get_n_items (rows) - 1);
  group = gtk_tree_list_row_get_item (row);
  run = g_list_model_get_item (G_LIST_MODEL (group), 2);
  g_assert_cmpstr (ip_run_get_seed (run), ==, "2");
  g_object_set (group, "visible", FALSE, NULL);
  g_assert_false (ip_run_get_visible (run));
  ip_run_set_visible (run, TRUE);
  g_object_get (group, "visible", &visible, NULL);
  g_assert_true (visible);

  ip_session_close_run (fixture->session, run);
  assert_rows (fixture, "native, slow (2), seed-0 (2)");
}

static void
test_remove_run (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = find_widget (GTK_WIDGET (fixture->window), IP_TYPE_RUN_ROW, NULL);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);

  g_assert_true (gtk_widget_activate_action (row, "runs.remove", "s", ip_run_get_name (run)));
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (fixture->session)), ==, 0);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==, "Infoplane");
}

/* A run that grows, is rewritten and replaced while the user looks at a part of it. */

static guint n_epochs_expected;

static gboolean
shows_new_epochs (Fixture *fixture)
{
  guint n_epochs;

  ip_session_get_epochs (fixture->session, &n_epochs);
  return n_epochs == n_epochs_expected && has_results (fixture->window);
}

static gboolean
was_drawn_again (Fixture *fixture)
{
  g_autoptr (IpFigure) figure = ip_plot_create_figure (ip_window_get_plot (fixture->window));

  return ip_figure_get_n_tracks (figure) == 2
         && ip_figure_get_track (figure, 1)->n_points == n_epochs_expected
         && ip_plot_get_reading (ip_window_get_plot (fixture->window)) != NULL;
}

static void
await_epochs (Fixture *fixture, guint n_epochs)
{
  gint64 start = g_get_monotonic_time ();

  n_epochs_expected = n_epochs;
  await (shows_new_epochs (fixture));
  g_test_message ("%u epochs after %.2f s", n_epochs,
                  (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  if (g_test_perf ())
    g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
}

/* What the user has arranged in test_live(). */
static void
assert_kept (Fixture *fixture, const IpView *view, const char *reading)
{
  IpPlot *plot = ip_window_get_plot (fixture->window);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);
  IpView now;

  await (was_drawn_again (fixture));
  ip_plot_get_view (plot, &now);
  g_assert_false (now.automatic[0][0]);
  g_assert_cmpfloat (now.limits[0][0].lo, ==, view->limits[0][0].lo);
  g_assert_cmpfloat (now.limits[0][0].hi, ==, view->limits[0][0].hi);
  g_assert_cmpfloat (now.limits[0][1].lo, ==, view->limits[0][1].lo);
  g_assert_cmpfloat (now.limits[0][1].hi, ==, view->limits[0][1].hi);
  g_assert_true (g_str_has_prefix (ip_plot_get_reading (plot), reading));
  g_assert_cmpuint (ip_run_layer_get_style (ip_run_get_layer (run, 1)), ==, 6);
}

static void
test_live (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (scratch, "live.h5", NULL);
  g_autofree char *other = g_build_filename (scratch, "other.h5", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpPlot *plot = ip_window_get_plot (fixture->window);
  g_autoptr (IpRun) run = NULL;
  g_autofree char *reading = NULL; /* "alpha · epoch 0" */
  GtkWidget *badge, *follow;
  IpView view;
  Writer writer;
  double x, y;

  start_writer (&writer, path);
  make_grow (&writer, 0);
  make_grow (&writer, 1);
  ip_window_open (fixture->window, &file, 1);
  await (has_results (fixture->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
  await (plot_is_drawn (fixture));
  run = g_list_model_get_item (ip_session_get_runs (fixture->session), 0);
  badge = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_TOGGLE_BUTTON, "live-badge");
  follow = find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_TOGGLE_BUTTON, "follow-last");
  g_assert_true (gtk_widget_get_visible (badge));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (badge)), ==, "Live");
  g_assert_true (gtk_widget_get_visible (follow));
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (follow)));

  g_assert_true (ip_plot_get_point_place (plot, 1, 0, 0, &x, &y));
  ip_plot_hover (plot, x, y);
  reading = g_strndup (ip_plot_get_reading (plot), strcspn (ip_plot_get_reading (plot), ":"));
  ip_run_layer_set_style (ip_run_get_layer (run, 1), 6);
  activate (fixture, "win.zoom-in");
  ip_plot_get_view (plot, &view);
  n_epochs_expected = 2;
  assert_kept (fixture, &view, reading);

  make_grow (&writer, 2);
  await_epochs (fixture, 3);
  assert_kept (fixture, &view, reading);
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, 20);

  /* Who does not follow the last epoch stays at the one before; who has paused sees none. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (follow), FALSE);
  make_grow (&writer, 3);
  await_epochs (fixture, 4);
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, 20);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (badge), FALSE);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (badge)), ==, "Paused");
  g_assert_false (ip_run_get_following (run));
  make_grow (&writer, 4);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (follow), TRUE);
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, 30);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (badge), TRUE);
  await_epochs (fixture, 5);
  g_assert_cmpint (ip_session_get_epoch (fixture->session), ==, 40);
  assert_kept (fixture, &view, reading);

  stop_writer (&writer);
  await (!ip_run_get_live (run));
  g_assert_false (gtk_widget_get_visible (badge));
  g_assert_false (gtk_widget_get_visible (follow));

  write_dump (path, "native");
  await_epochs (fixture, DUMP_EPOCHS);
  assert_kept (fixture, &view, reading);
  g_assert_true (gtk_widget_get_visible (badge));

  /* Another file in its place. */
  start_writer (&writer, other);
  make_grow (&writer, 0);
  make_grow (&writer, 1);
  stop_writer (&writer);
  g_assert_no_errno (g_rename (other, path));
  await_epochs (fixture, 2);
  assert_kept (fixture, &view, reading);
  g_assert_cmpstr (ip_window_get_message (fixture->window), ==, NULL);
}

static GtkWidget *
find_store_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (IP_IS_STORE_DIALOG (window))
        return window; /* its list keeps it alive */
    }
  return NULL;
}

static gboolean
store_is_idle (void)
{
  GtkWidget *dialog = find_store_dialog ();

  return dialog != NULL && !ip_store_dialog_get_busy (IP_STORE_DIALOG (dialog));
}

/* The dialog lists what the store keeps; clearing a dump takes it from the list. */
static void
test_store (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog, *trash, *size;

  g_action_group_activate_action (G_ACTION_GROUP (application), "store", NULL);
  await (store_is_idle ());
  dialog = find_store_dialog ();
  size = find_widget (dialog, ADW_TYPE_ACTION_ROW, NULL);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (size)), "of 1.0"));
  trash = find_widget (dialog, GTK_TYPE_BUTTON, "clear-run");
  g_assert_nonnull (trash);
  for (guint i = 0; trash != NULL && i < 100; i++) /* other tests have left some, too */
    {
      g_signal_emit_by_name (trash, "clicked");
      g_assert_true (ip_store_dialog_get_busy (IP_STORE_DIALOG (dialog)));
      await (store_is_idle ());
      trash = find_widget (dialog, GTK_TYPE_BUTTON, "clear-run");
    }
  g_assert_null (trash);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (size)), "0 estimates"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int argc, char *argv[])
{
  if (!begin_tests (&argc, &argv, get_obstacle))
    return 0;

#define ADD(name, set_up) \
  g_test_add ("/app/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (empty, set_up_empty);
  ADD (hover, set_up_example);
  ADD (icons, set_up_empty);
  ADD (accessible, set_up_example);
  ADD (views, set_up_example);
  ADD (map, set_up_example);
  ADD (spectrum, set_up_example);
  ADD (sweep, set_up_example);
  ADD (zoom, set_up_example);
  ADD (view_stays, set_up_example);
  ADD (view_history, set_up_example);
  ADD (limits, set_up_example);
  ADD (choosers, set_up_example);
  ADD (table, set_up_example);
  ADD (table_places, set_up_example);
  ADD (table_comparisons, set_up_example);
  ADD (table_copy, set_up_example);
  ADD (other_thread, set_up_example);
  ADD (layers, set_up_example);
  ADD (parameter, set_up_example);
  ADD (compare, set_up_example);
  ADD (logarithmic_row, set_up_empty);
  ADD (epoch, set_up_example);
  ADD (undo, set_up_example);
  ADD (verdict, set_up_example);
  ADD (grid_is_remembered, set_up_empty);
  ADD (drawing, set_up_example);
  ADD (export, set_up_example);
  ADD (export_fails, set_up_example);
  ADD (broken_files, set_up_example);
  ADD (drop_folder, set_up_empty);
  ADD (remove_run, set_up_example);
  ADD (live, set_up_empty);
  ADD (repeats, set_up_empty);
  ADD (store, set_up_example);

  return run_tests ();
}
