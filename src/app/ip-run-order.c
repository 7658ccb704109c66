/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run-list-private.h"

#include "ip-run-group.h"

/* The order of runs is that of series in figures and of rows in tables.  A group of repeats moves
 * as a whole, and nothing is moved into the middle of one. */

static void
add_runs (GPtrArray *runs, gpointer item)
{
  if (IP_IS_RUN (item))
    g_ptr_array_add (runs, g_object_ref (item));
  for (guint i = 0; IP_IS_RUN_GROUP (item) && i < g_list_model_get_n_items (item); i++)
    g_ptr_array_add (runs, g_list_model_get_item (item, i));
}

static void
order_runs (IpSession *session, GPtrArray *runs)
{
  GListModel *model = ip_session_get_runs (session);

  for (guint place = 0; place < runs->len; place++)
    for (guint i = place; i < g_list_model_get_n_items (model); i++)
      {
        g_autoptr (IpRun) run = g_list_model_get_item (model, i);

        if (run != runs->pdata[place])
          continue;
        ip_session_move_run (session, run, (int) place - (int) i);
        break;
      }
}

static void
ip_run_list_select (IpRunList *self, gpointer item)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), i);
      g_autoptr (GObject) candidate = gtk_tree_list_row_get_item (row);

      if (candidate != item)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", i);
    }
}

/* Rows are made anew: the keyboard stays with the one moved. */
static void
ip_run_list_move_item (IpRunList *self, guint from, guint to)
{
  GtkWidget *list = GTK_WIDGET (self->list);
  gboolean had_focus = gtk_widget_get_focus_child (list) != NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GObject) moved = g_list_model_get_item (G_LIST_MODEL (self->items), from);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (self->items), i));
  g_ptr_array_remove_index (items, from);
  g_ptr_array_insert (items, (int) to, g_object_ref (moved));
  for (guint i = 0; i < items->len; i++)
    add_runs (runs, items->pdata[i]);

  self->moving = TRUE;
  order_runs (self->session, runs);
  self->moving = FALSE;
  ip_run_list_update (self);
  ip_run_list_select (self, moved);
  if (had_focus)
    gtk_widget_grab_focus (list);
}

gboolean
ip_run_list_move_selected (IpRunList *self, int distance)
{
  g_autoptr (GObject) item = ip_run_list_get_selected (self);
  int last = (int) g_list_model_get_n_items (G_LIST_MODEL (self->items)) - 1;
  guint position;

  if (item == NULL || !g_list_store_find (self->items, item, &position))
    return FALSE;
  ip_run_list_move_item (self, position, (guint) CLAMP ((int) position + distance, 0, last));
  return TRUE;
}

/* Dragging */

/* The place of the item that a row is of or within. */
static gboolean
find_place (IpRunList *self, IpRunRow *row, guint *position)
{
  GtkTreeListRow *tree_row = ip_run_row_get_row (row);

  if (tree_row == NULL)
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (GtkTreeListRow) top = gtk_tree_list_model_get_child_row (self->tree, i);
      guint first = gtk_tree_list_row_get_position (top);

      if (first <= gtk_tree_list_row_get_position (tree_row))
        *position = i;
    }
  return TRUE;
}

static GdkContentProvider *
prepare_cb (IpRunRow *row, double x, double y, GtkDragSource *source)
{
  IpRunList *self = IP_RUN_LIST (gtk_widget_get_ancestor (GTK_WIDGET (row), IP_TYPE_RUN_LIST));
  GObject *item = ip_run_row_get_item (row);
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (row));
  guint position;

  if (item == NULL || !g_list_store_find (self->items, item, &position)
      || g_list_model_get_n_items (G_LIST_MODEL (self->items)) < 2)
    return NULL;
  gtk_drag_source_set_icon (source, picture, (int) x, (int) y);
  return gdk_content_provider_new_typed (G_TYPE_OBJECT, item);
}

static gboolean
is_below (IpRunRow *row, double y)
{
  return y > gtk_widget_get_height (GTK_WIDGET (row)) / 2.0;
}

static void
mark_drop (IpRunRow *row, gboolean above, gboolean below)
{
  const struct
  {
    const char *class;
    gboolean wanted;
  } marks[] = { { "drop-above", above }, { "drop-below", below } };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i].wanted)
      gtk_widget_add_css_class (GTK_WIDGET (row), marks[i].class);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (row), marks[i].class);
}

static GdkDragAction
motion_cb (IpRunRow *row, double x, double y)
{
  mark_drop (row, !is_below (row, y), is_below (row, y));
  return GDK_ACTION_MOVE;
}

static void
leave_cb (IpRunRow *row)
{
  mark_drop (row, FALSE, FALSE);
}

static gboolean
drop_cb (IpRunRow *row, const GValue *value, double x, double y)
{
  IpRunList *self = IP_RUN_LIST (gtk_widget_get_ancestor (GTK_WIDGET (row), IP_TYPE_RUN_LIST));
  guint from, to = 0;

  mark_drop (row, FALSE, FALSE);
  if (!g_list_store_find (self->items, g_value_get_object (value), &from)
      || !find_place (self, row, &to))
    return FALSE;
  if (is_below (row, y) && to < from)
    to++;
  else if (!is_below (row, y) && to > from)
    to--;
  ip_run_list_move_item (self, from, to);
  return TRUE;
}

void
ip_run_list_add_drag (IpRunList *self, IpRunRow *row)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_OBJECT, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_swapped (source, "prepare", G_CALLBACK (prepare_cb), row);
  g_signal_connect_swapped (target, "motion", G_CALLBACK (motion_cb), row);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (leave_cb), row);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), row);
  gtk_widget_add_controller (GTK_WIDGET (row), GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (GTK_WIDGET (row), GTK_EVENT_CONTROLLER (target));
}
