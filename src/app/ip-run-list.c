/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run-list-private.h"

#include "ip-run-group.h"

/* Runs, each with its layers; repeats of one experiment are folded into one row.  This is the
 * legend of all figures: a click selects a layer everywhere, the eye or Space shows and hides, a
 * double click or Return leaves one layer of every run, Alt and a click one run or layer; dragging
 * or Alt with the arrows reorders. */

G_DEFINE_FINAL_TYPE (IpRunList, ip_run_list, GTK_TYPE_WIDGET)

static GListModel *
create_children (gpointer item, gpointer data)
{
  return G_IS_LIST_MODEL (item) ? g_object_ref (item) : NULL;
}

static void
setup_cb (IpRunList *self, GtkListItem *item)
{
  GtkWidget *row = g_object_new (IP_TYPE_RUN_ROW, NULL);

  ip_run_list_add_drag (self, IP_RUN_ROW (row));
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  ip_run_row_set_row (IP_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  ip_run_row_set_row (IP_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

typedef gboolean (*IsWanted) (GObject *item, gpointer data);

/* Shows what is wanted and hides the rest, or shows all when it was so already. */
static void
show_only (GListModel *items, IsWanted is_wanted, gpointer data, gboolean all)
{
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (items, i);

      g_object_set (item, "visible", all || is_wanted (item, data), NULL);
    }
}

static gboolean
shows_only (GListModel *items, IsWanted is_wanted, gpointer data)
{
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (items, i);
      gboolean visible;

      g_object_get (item, "visible", &visible, NULL);
      if (visible != is_wanted (item, data))
        return FALSE;
    }
  return TRUE;
}

/* A run of a group, or one by itself. */
static gboolean
is_run_of (GObject *run, gpointer item)
{
  for (guint i = 0; IP_IS_RUN_GROUP (item) && i < g_list_model_get_n_items (item); i++)
    {
      g_autoptr (GObject) candidate = g_list_model_get_item (item, i);

      if (candidate == run)
        return TRUE;
    }
  return item == run;
}

static gboolean
has_name (GObject *item, gpointer name)
{
  return g_str_equal (ip_run_layer_get_name (IP_RUN_LAYER (item)), name);
}

static void
ip_run_list_isolate (IpRunList *self, GObject *item)
{
  GListModel *runs = ip_session_get_runs (self->session);
  gboolean alone = TRUE;
  const char *name;

  if (!IP_IS_RUN_LAYER (item))
    {
      show_only (runs, is_run_of, item, shows_only (runs, is_run_of, item));
      return;
    }
  name = ip_run_layer_get_name (IP_RUN_LAYER (item));
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (GListModel) layers = g_list_model_get_item (runs, i);

      alone = alone && shows_only (layers, has_name, (gpointer) name);
    }
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (GListModel) layers = g_list_model_get_item (runs, i);

      show_only (layers, has_name, (gpointer) name, alone);
    }
}

static void
activate_cb (IpRunList *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), position);
  g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

  if (G_IS_LIST_MODEL (item))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    ip_run_list_isolate (self, item);
}

static void
click_cb (IpRunList *self, int n_press, double x, double y, GtkGesture *gesture)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = picked != NULL ? gtk_widget_get_ancestor (picked, IP_TYPE_RUN_ROW) : NULL;
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (row == NULL || !(state & GDK_ALT_MASK))
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  ip_run_list_isolate (self, ip_run_row_get_item (IP_RUN_ROW (row)));
}

/* Selection */

GObject *
ip_run_list_get_selected (IpRunList *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);

  return row != NULL ? gtk_tree_list_row_get_item (row) : NULL;
}

/* The layer as the session numbers it, −1 for a run or a group of them. */
static int
find_layer (IpSession *session, GtkTreeListRow *row)
{
  g_autoptr (GtkTreeListRow) parent = gtk_tree_list_row_get_parent (row);
  g_autoptr (GObject) run = parent != NULL ? gtk_tree_list_row_get_item (parent) : NULL;
  GListModel *runs = ip_session_get_runs (session);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (GObject) candidate = g_list_model_get_item (runs, i);

      if (candidate == run)
        return (int) (i << 16 | (gtk_tree_list_row_get_position (row)
                                 - gtk_tree_list_row_get_position (parent) - 1));
    }
  return -1;
}

static void
selected_cb (IpRunList *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  int layer = row != NULL ? find_layer (self->session, row) : -1;

  if (layer >= 0 && !self->following)
    ip_session_set_layer (self->session, layer);
}

/* Selects the row of the layer that was selected elsewhere, where its run is unfolded. */
static void
layer_changed_cb (IpRunList *self)
{
  int layer = ip_session_get_selected_layer (self->session);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->tree));
  GtkTreeListRow *selected = gtk_single_selection_get_selected_item (self->selection);

  self->following = TRUE;
  if (layer < 0 && selected != NULL && find_layer (self->session, selected) >= 0)
    gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), i);

      if (layer >= 0 && find_layer (self->session, row) == layer)
        gtk_single_selection_set_selected (self->selection, i);
    }
  self->following = FALSE;
}

static gboolean
toggle_selected (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  IpRunList *self = IP_RUN_LIST (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  g_autoptr (GObject) item = ip_run_list_get_selected (self);
  gboolean visible;

  /* Buttons in a row have a use for the key of their own. */
  if (item == NULL || focus == NULL || !g_str_equal (gtk_widget_get_css_name (focus), "row"))
    return FALSE;
  g_object_get (item, "visible", &visible, NULL);
  g_object_set (item, "visible", !visible, NULL);
  return TRUE;
}

static gboolean
move_selected (GtkWidget *widget, GVariant *distance, gpointer data)
{
  return ip_run_list_move_selected (IP_RUN_LIST (widget), g_variant_get_int32 (distance));
}

static gboolean
is_of (gpointer item, const IpRepeats *repeats)
{
  if (IP_IS_RUN_GROUP (item))
    return ip_run_group_is_of (item, repeats);

  return repeats->runs->len == 1 && repeats->runs->pdata[0] == item;
}

/* Where the item for a group is, at the position or behind it, −1 when there is none. */
static int
find_item (IpRunList *self, const IpRepeats *repeats, guint position)
{
  for (guint i = position; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (is_of (item, repeats))
        return (int) i;
    }

  return -1;
}

static GObject *
create_item (const IpRepeats *repeats)
{
  return repeats->runs->len == 1 ? g_object_ref (repeats->runs->pdata[0])
                                 : G_OBJECT (ip_run_group_new (repeats));
}

static gboolean
is_left (gpointer item, GPtrArray *groups)
{
  for (guint i = 0; i < groups->len; i++)
    if (is_of (item, groups->pdata[i]))
      return TRUE;

  return FALSE;
}

static void
remove_lost_items (IpRunList *self, GPtrArray *groups)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->items)); i-- > 0;)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (!is_left (item, groups))
        g_list_store_remove (self->items, i);
    }
}

/* The items that are unfolded, groups and runs. (transfer full) */
static GPtrArray *
list_unfolded (IpRunList *self)
{
  GPtrArray *unfolded = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), i);

      if (gtk_tree_list_row_get_expanded (row))
        g_ptr_array_add (unfolded, gtk_tree_list_row_get_item (row));
    }
  return unfolded;
}

/* What is in a row that is unfolded comes after it. */
static void
unfold (IpRunList *self, GPtrArray *unfolded)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), i);
      g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

      if (g_ptr_array_find (unfolded, item, NULL))
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

/* Rows of what is the same as before stay, folded and selected as they are; those that stand
 * elsewhere now are made anew, and unfolded as they were. */
void
ip_run_list_update (IpRunList *self)
{
  g_autoptr (GPtrArray) groups = ip_repeats_find (ip_session_get_runs (self->session));
  g_autoptr (GPtrArray) unfolded = list_unfolded (self);

  remove_lost_items (self, groups);
  for (guint i = 0; i < groups->len; i++)
    {
      int found = find_item (self, groups->pdata[i], i);
      g_autoptr (GObject) item
        = found < 0 ? create_item (groups->pdata[i])
                    : g_list_model_get_item (G_LIST_MODEL (self->items), (guint) found);

      if (found == (int) i)
        continue;
      if (found >= 0)
        g_list_store_remove (self->items, (guint) found);
      g_list_store_insert (self->items, i, item);
    }
  unfold (self, unfolded);
}

/* The first run shows its layers; more runs stay folded, so that the list is an overview. */
static void
runs_changed_cb (IpRunList *self)
{
  g_autoptr (GtkTreeListRow) row = NULL;

  if (self->moving)
    return;
  ip_run_list_update (self);
  if (g_list_model_get_n_items (ip_session_get_runs (self->session)) != 1)
    return;
  row = gtk_tree_list_model_get_child_row (self->tree, 0);
  gtk_tree_list_row_set_expanded (row, TRUE);
}

static void
remove_run (GtkWidget *widget, const char *action, GVariant *name)
{
  IpRunList *self = IP_RUN_LIST (widget);
  GListModel *runs = ip_session_get_runs (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      if (g_str_equal (ip_run_get_name (run), g_variant_get_string (name, NULL)))
        {
          ip_session_close_run (self->session, run);
          return;
        }
    }
}

static void
remove_item (IpRunList *self, gpointer item)
{
  if (IP_IS_RUN (item))
    {
      ip_session_close_run (self->session, item);
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (item); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (item, i);

      ip_session_close_run (self->session, run);
    }
}

static gboolean
remove_focused (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  IpRunList *self = IP_RUN_LIST (widget);
  g_autoptr (GObject) item = ip_run_list_get_selected (self);

  if (item == NULL || IP_IS_RUN_LAYER (item))
    return FALSE;
  remove_item (self, item);
  return TRUE;
}

static void
ip_run_list_dispose (GObject *object)
{
  IpRunList *self = IP_RUN_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->tree);
  g_clear_object (&self->items);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_run_list_parent_class)->dispose (object);
}

/* How the run is read, or the run of the layer. */
static gboolean
read_focused (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  IpRunList *self = IP_RUN_LIST (widget);
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->list));
  GtkTreeListRow *selected = gtk_single_selection_get_selected_item (selection);
  g_autoptr (GtkTreeListRow) parent = NULL;
  g_autoptr (GObject) item = NULL;

  if (selected == NULL)
    return FALSE;
  item = gtk_tree_list_row_get_item (selected);
  parent = gtk_tree_list_row_get_parent (selected);
  if (IP_IS_RUN_LAYER (item) && parent != NULL)
    {
      g_object_unref (item);
      item = gtk_tree_list_row_get_item (parent);
    }
  return IP_IS_RUN (item)
         && gtk_widget_activate_action (widget, "win.read-run", "s",
                                        ip_run_get_name (IP_RUN (item)));
}

static void
ip_run_list_class_init (IpRunListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_run_list_dispose;
  gtk_widget_class_set_css_name (widget_class, "run-list");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-run-list.ui");
  gtk_widget_class_bind_template_child (widget_class, IpRunList, list);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_install_action (widget_class, "runs.remove", "s", remove_run);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Delete, 0, remove_focused, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, GDK_ALT_MASK, read_focused, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, GDK_ALT_MASK, move_selected, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, GDK_ALT_MASK, move_selected, "i", 1);
}

static void
ip_run_list_init (IpRunList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Before the list, which selects at Space and at a click. */
  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (shortcuts),
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0),
                      gtk_callback_action_new (toggle_selected, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), shortcuts);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (click_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
}

void
ip_run_list_set_session (IpRunList *self, IpSession *session)
{
  GListModel *runs = ip_session_get_runs (session);

  g_return_if_fail (IP_IS_RUN_LIST (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->items = g_list_store_new (G_TYPE_OBJECT);
  self->tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), FALSE, FALSE,
                                        create_children, NULL, NULL);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->tree)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->selection, "notify::selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_object (session, "notify::layer", G_CALLBACK (layer_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "items-changed", G_CALLBACK (runs_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
