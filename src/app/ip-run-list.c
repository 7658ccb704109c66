/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run-list.h"

#include "ip-run-group.h"
#include "ip-run-row.h"

/* Runs, each with its layers; repeats of one experiment are folded into one row. */

struct _IpRunList
{
  GtkWidget parent_instance;

  IpSession *session;
  GListStore *items; /* IpRun or IpRunGroup */
  GtkTreeListModel *tree;

  GtkListView *list;
};

G_DEFINE_FINAL_TYPE (IpRunList, ip_run_list, GTK_TYPE_WIDGET)

static GListModel *
create_children (gpointer item, gpointer data)
{
  return G_IS_LIST_MODEL (item) ? g_object_ref (item) : NULL;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, g_object_new (IP_TYPE_RUN_ROW, NULL));
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

static void
activate_cb (IpRunList *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), position);
  g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

  if (G_IS_LIST_MODEL (item))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    ip_run_layer_set_visible (IP_RUN_LAYER (item),
                              !ip_run_layer_get_visible (IP_RUN_LAYER (item)));
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

/* Rows of what is the same as before stay, folded and selected as they are. */
static void
update_items (IpRunList *self)
{
  g_autoptr (GPtrArray) groups = ip_repeats_find (ip_session_get_runs (self->session));

  for (guint i = 0; i < groups->len; i++)
    {
      int found = find_item (self, groups->pdata[i], i);
      g_autoptr (GObject) item = found < 0 ? create_item (groups->pdata[i]) : NULL;

      if (item != NULL)
        g_list_store_insert (self->items, i, item);
      else if (found > (int) i)
        g_list_store_splice (self->items, i, found - i, NULL, 0);
    }
  g_list_store_splice (self->items, groups->len,
                       g_list_model_get_n_items (G_LIST_MODEL (self->items)) - groups->len, NULL,
                       0);
}

/* The first run shows its layers; more runs stay folded, so that the list is an overview. */
static void
runs_changed_cb (IpRunList *self)
{
  g_autoptr (GtkTreeListRow) row = NULL;

  update_items (self);
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
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->list));
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (selection);
  g_autoptr (GObject) item = NULL;

  if (row == NULL)
    return FALSE;
  item = gtk_tree_list_row_get_item (row);
  if (IP_IS_RUN_LAYER (item))
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
}

static void
ip_run_list_init (IpRunList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
}

void
ip_run_list_set_session (IpRunList *self, IpSession *session)
{
  GListModel *runs = ip_session_get_runs (session);
  g_autoptr (GtkSingleSelection) selection = NULL;

  g_return_if_fail (IP_IS_RUN_LIST (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->items = g_list_store_new (G_TYPE_OBJECT);
  self->tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), FALSE, FALSE,
                                        create_children, NULL, NULL);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->tree)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (runs, "items-changed", G_CALLBACK (runs_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
