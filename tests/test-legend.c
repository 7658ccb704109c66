/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The list of runs as the legend of all figures: order, and what is shown alone; by the pointer and
 * the keys of an X server. */

#include "drive-window.h"

#include "ip-run-group.h"
#include "ip-run-row.h"

/* Three repeats of one experiment in between of two others. */
static const char *const kinds[] = { "native", "seed-0", "seed-1", "seed-2", "seed-0-slow" };

static void
set_up (Drive *drive, gconstpointer data)
{
  GFile *files[G_N_ELEMENTS (kinds)];

  drive_begin (drive);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = make_dump (scratch, kinds[i]);

      files[i] = g_file_new_for_path (path);
      ip_window_open (drive->window, &files[i], 1);
      await (ip_window_is_idle (drive->window)
             && g_list_model_get_n_items (ip_session_get_runs (drive->session)) == i + 1);
      g_object_unref (files[i]);
    }
  drive_on (drive);
}

static void
tear_down (Drive *drive, gconstpointer data)
{
  drive_end (drive);
}

static GtkWidget *
get_list (Drive *drive)
{
  return find_widget (GTK_WIDGET (drive->window), GTK_TYPE_LIST_VIEW, "navigation-sidebar");
}

/* "native seed-0 seed-1 …" as the session has them. (transfer full) */
static char *
describe_runs (Drive *drive)
{
  GListModel *runs = ip_session_get_runs (drive->session);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              ip_dump_get_name (ip_run_get_dump (run)));
    }
  return g_string_free (text, FALSE);
}

static gboolean
has_order (Drive *drive, const char *order)
{
  g_autofree char *runs = describe_runs (drive);

  return g_str_equal (runs, order);
}

/* The row of the n-th item that is not within another one. */
static GtkWidget *
find_row (Drive *drive, guint number)
{
  GtkWidget *list = get_list (drive);

  for (GtkWidget *child = gtk_widget_get_first_child (list);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = find_widget (child, IP_TYPE_RUN_ROW, NULL);

      if (row == NULL || !gtk_widget_get_mapped (row)
          || gtk_tree_list_row_get_depth (ip_run_row_get_row (IP_RUN_ROW (row))) > 0)
        continue;
      if (number-- == 0)
        return row;
    }
  g_assert_not_reached ();
}

/* From the middle of one row to another, near its upper or its lower edge. */
static void
drag (Drive *drive, guint from, guint to, gboolean below)
{
  GtkWidget *source = find_row (drive, from);
  GtkWidget *target = find_row (drive, to);
  double x = gtk_widget_get_width (source) / 2.0, y = gtk_widget_get_height (source) / 2.0;
  double target_y, left;

  gtk_widget_translate_coordinates (target, source, 0,
                                    (below ? 0.8 : 0.2) * gtk_widget_get_height (target), &left,
                                    &target_y);
  point_at (drive, source, x, y);
  do_input (drive, "xdotool mousedown 1");
  for (int i = 1; i <= 10; i++)
    point_at (drive, source, x, y + (target_y - y) * i / 10);
  settle (drive);
  do_input (drive, "xdotool mouseup 1");
  settle (drive);
}

static const char *const orders[] = {
  "native seed-0 seed-1 seed-2 seed-0-slow",
  "seed-0 seed-1 seed-2 native seed-0-slow",
  "seed-0-slow seed-0 seed-1 seed-2 native",
};

/* A run that is dragged below a group jumps over all of it, and comes back with undo. */
static void
test_drag (Drive *drive, gconstpointer data)
{
  g_assert_true (has_order (drive, orders[0]));
  drag (drive, 0, 1, TRUE);
  await (has_order (drive, orders[1]));
  drag (drive, 2, 0, FALSE);
  await (has_order (drive, orders[2]));
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  if (!has_order (drive, orders[0])) /* else both came so quickly that they were one step */
    {
      g_assert_true (has_order (drive, orders[1]));
      gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
    }
  g_assert_true (has_order (drive, orders[0]));
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.redo", NULL);
  g_assert_false (has_order (drive, orders[0]));
}

/* The colours and the figure go with the runs. */
static void
test_move_group (Drive *drive, gconstpointer data)
{
  GtkWidget *row = find_row (drive, 1);
  g_autoptr (GtkTreeListRow) group = g_object_ref (ip_run_row_get_row (IP_RUN_ROW (row)));
  g_autoptr (GtkTreeListRow) first_run = NULL;

  gtk_tree_list_row_set_expanded (group, TRUE);
  first_run = gtk_tree_list_row_get_child_row (group, 0);
  gtk_tree_list_row_set_expanded (first_run, TRUE);
  settle (drive);
  point_at (drive, find_row (drive, 1), 60, 12);
  do_input (drive, "xdotool click 1");
  do_input (drive, "xdotool key alt+Up");
  await (has_order (drive, orders[1]));
  settle (drive);
  g_assert_true (gtk_tree_list_row_get_expanded (ip_run_row_get_row (
    IP_RUN_ROW (find_row (drive, 0)))));
  do_input (drive, "xdotool key alt+Down");
  await (has_order (drive, orders[0]));
  settle (drive);
  do_input (drive, "xdotool key alt+Down");
  await (has_order (drive, "native seed-0-slow seed-0 seed-1 seed-2"));
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  g_assert_true (has_order (drive, orders[0]) || has_order (drive, orders[1]));

  /* What was unfolded is again, layers of a run within the group too. */
  settle (drive);
  row = find_row (drive, has_order (drive, orders[0]) ? 1 : 0);
  g_assert_true (gtk_tree_list_row_get_expanded (ip_run_row_get_row (IP_RUN_ROW (row))));
  g_clear_object (&first_run);
  first_run = gtk_tree_list_row_get_child_row (ip_run_row_get_row (IP_RUN_ROW (row)), 0);
  g_assert_true (gtk_tree_list_row_get_expanded (first_run));
}

static guint
count_visible_runs (Drive *drive)
{
  GListModel *runs = ip_session_get_runs (drive->session);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      n += ip_run_get_visible (run);
    }
  return n;
}

static guint
count_visible_layers (Drive *drive)
{
  GListModel *runs = ip_session_get_runs (drive->session);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (run)); k++)
        n += ip_run_layer_get_visible (ip_run_get_layer (run, k));
    }
  return n;
}

static void
click_with_alt (Drive *drive, GtkWidget *row)
{
  point_at (drive, row, 60, 12);
  do_input (drive, "xdotool keydown alt click 1 keyup alt");
}

/* Alt and a click leave one run, one group or one layer of every run, and a second click brings all
 * of them back; undo too. */
static void
test_isolate (Drive *drive, gconstpointer data)
{
  guint n_layers = count_visible_layers (drive);
  GtkTreeListRow *row = ip_run_row_get_row (IP_RUN_ROW (find_row (drive, 0)));

  click_with_alt (drive, find_row (drive, 0));
  await (count_visible_runs (drive) == 1);
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  g_assert_cmpuint (count_visible_runs (drive), ==, G_N_ELEMENTS (kinds));
  click_with_alt (drive, find_row (drive, 1));
  await (count_visible_runs (drive) == 3);
  click_with_alt (drive, find_row (drive, 1));
  await (count_visible_runs (drive) == G_N_ELEMENTS (kinds));

  gtk_tree_list_row_set_expanded (row, TRUE);
  settle (drive);
  click_with_alt (drive, gtk_widget_get_first_child (gtk_widget_get_next_sibling (
                           gtk_widget_get_parent (find_row (drive, 0)))));
  await (count_visible_layers (drive) < n_layers);
  gtk_widget_activate_action (GTK_WIDGET (drive->window), "win.undo", NULL);
  g_assert_cmpuint (count_visible_layers (drive), ==, n_layers);
}

int
main (int argc, char *argv[])
{
  if (!begin_tests (&argc, &argv, drive_get_obstacle))
    return 0;

#define ADD(name) g_test_add ("/legend/" #name, Drive, NULL, set_up, test_##name, tear_down)
  ADD (drag);
  ADD (move_group);
  ADD (isolate);

  return run_tests ();
}
