/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-file-tree.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_PREVIEW 8

/* One object of the file; a list model of its members would copy the tree, so members are looked up
 * when a row is unfolded. */
#define IP_TYPE_FILE_NODE (ip_file_node_get_type ())
G_DECLARE_FINAL_TYPE (IpFileNode, ip_file_node, IP, FILE_NODE, GObject)

struct _IpFileNode
{
  GObject parent_instance;

  const IpObject *object;
  guint role;
  GListStore *members; /* NULL for a dataset */
};

enum
{
  PROP_0,
  PROP_ROLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (IpFileNode, ip_file_node, G_TYPE_OBJECT)

static void
ip_file_node_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, IP_FILE_NODE (object)->role);
}

static void
ip_file_node_finalize (GObject *object)
{
  g_clear_object (&IP_FILE_NODE (object)->members);
  G_OBJECT_CLASS (ip_file_node_parent_class)->finalize (object);
}

static void
ip_file_node_class_init (IpFileNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ip_file_node_get_property;
  object_class->finalize = ip_file_node_finalize;
  properties[PROP_ROLE] = g_param_spec_uint ("role", NULL, NULL, 0, IP_N_OBJECT_ROLES, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ip_file_node_init (IpFileNode *self)
{
}

struct _IpFileTree
{
  GtkWidget parent_instance;

  IpReader *reader;
  GHashTable *nodes; /* by path */
  GListStore *roots;
  GtkSingleSelection *selection;
  GCancellable *previewing;

  GtkColumnView *view;
  GtkLabel *preview;
};

enum
{
  SIGNAL_ROLE_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpFileTree, ip_file_tree, GTK_TYPE_WIDGET)

static IpFileNode *
get_node (GtkListItem *item)
{
  return IP_FILE_NODE (gtk_tree_list_row_get_item (gtk_list_item_get_item (item)));
}

/* Preview */

typedef struct
{
  IpReader *reader;
  const IpObject *object;
} Peek;

static void
peek_free (gpointer data)
{
  Peek *peek = data;

  g_object_unref (peek->reader);
  g_free (peek);
}

/* The first values along the last axis. */
static char *
read_values (const Peek *peek, GCancellable *cancellable, GError **error)
{
  const IpObject *object = peek->object;
  guint64 start[IP_MAX_RANK] = { 0 };
  guint64 count[IP_MAX_RANK];
  double values[N_PREVIEW];
  guint64 n = 1;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < object->rank; i++)
    count[i] = i + 1 < object->rank ? MIN (object->shape[i], 1) : MIN (object->shape[i], N_PREVIEW);
  for (guint i = 0; i < object->rank; i++)
    n *= count[i];
  if (n > 0
      && !ip_reader_read (peek->reader, object, start, count, IP_TYPE_FLOAT64, values, cancellable,
                          error))
    return NULL;
  for (guint64 i = 0; i < n; i++)
    g_string_append_printf (text, "%s%g", i > 0 ? "  " : "", values[i]);
  if (object->rank > 0 && n > 0)
    g_string_append (text, "  …");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
read_texts (const Peek *peek, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) texts = ip_reader_read_strings (peek->reader, peek->object, cancellable, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (texts == NULL)
    return NULL;
  for (guint i = 0; texts[i] != NULL && i < N_PREVIEW; i++)
    g_string_append_printf (text, "%s“%.40s”", i > 0 ? "  " : "", texts[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
peek_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Peek *peek = data;
  GError *error = NULL;
  char *text = peek->object->type == IP_TYPE_STRING ? read_texts (peek, cancellable, &error)
                                                    : read_values (peek, cancellable, &error);

  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, error);
}

static void
append_attributes (GString *text, const IpObject *object)
{
  for (guint i = 0; i < object->n_attributes; i++)
    {
      GVariant *value = object->attributes[i].value;
      g_autofree char *printed = value == NULL ? g_strdup ("?") : g_variant_print (value, FALSE);

      g_string_append_printf (text, "\n@%s = %.200s", object->attributes[i].name, printed);
    }
}

static void
ip_file_tree_show_preview (IpFileTree *self, const IpObject *object, const char *values)
{
  g_autoptr (GString) text = g_string_new (object->path);

  if (values != NULL)
    g_string_append_printf (text, "\n%s", values);
  append_attributes (text, object);
  gtk_label_set_label (self->preview, text->str);
}

static IpFileNode *
get_selected (IpFileTree *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);

  return row == NULL ? NULL : IP_FILE_NODE (gtk_tree_list_row_get_item (row));
}

static void
peeked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpFileTree) self = data;
  const Peek *peek = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *values = g_task_propagate_pointer (G_TASK (result), &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && self->preview != NULL)
    ip_file_tree_show_preview (self, peek->object, error != NULL ? error->message : values);
}

static void
selected_cb (IpFileTree *self)
{
  g_autoptr (IpFileNode) node = get_selected (self);
  g_autoptr (GTask) task = NULL;
  Peek *peek;

  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->previewing);
  if (node == NULL)
    return;
  ip_file_tree_show_preview (self, node->object, node->object->problem);
  if (!node->object->is_dataset || node->object->problem != NULL
      || node->object->type == IP_TYPE_OTHER)
    return;

  self->previewing = g_cancellable_new ();
  peek = g_new (Peek, 1);
  *peek = (Peek){ g_object_ref (self->reader), node->object };
  task = g_task_new (NULL, self->previewing, peeked_cb, g_object_ref (self));
  g_task_set_task_data (task, peek, peek_free);
  g_task_run_in_thread (task, peek_in_thread);
}

/* Columns */

static GdkContentProvider *
prepare_cb (GtkDragSource *source, double x, double y, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);

  return gdk_content_provider_new_typed (G_TYPE_STRING, node->object->path);
}

static void
setup_name_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *label = gtk_label_new (NULL);
  GtkDragSource *drag = gtk_drag_source_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), label);
  gtk_list_item_set_child (item, expander);
  g_signal_connect (drag, "prepare", G_CALLBACK (prepare_cb), item);
  gtk_widget_add_controller (expander, GTK_EVENT_CONTROLLER (drag));
}

static void
bind_name_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *label = gtk_tree_expander_get_child (expander);

  gtk_tree_expander_set_list_row (expander, gtk_list_item_get_item (item));
  gtk_label_set_label (GTK_LABEL (label), ip_object_get_name (node->object));
  gtk_widget_set_tooltip_text (label, node->object->path);
}

static void
setup_label_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_shape_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);
  g_autofree char *shape = ip_shape_to_text (node->object->shape, node->object->rank);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), shape);
}

static void
bind_type_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       node->object->is_dataset ? node->object->type_name : "");
}

static void
role_chosen_cb (GtkDropDown *drop_down, GParamSpec *pspec, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);
  GtkWidget *tree = gtk_widget_get_ancestor (GTK_WIDGET (drop_down), IP_TYPE_FILE_TREE);
  guint role = gtk_drop_down_get_selected (drop_down);

  if (role != node->role && tree != NULL)
    g_signal_emit (tree, signals[SIGNAL_ROLE_CHOSEN], 0, node->object->path, role);
}

static void
role_changed_cb (GtkDropDown *drop_down, GParamSpec *pspec, IpFileNode *node)
{
  gtk_drop_down_set_selected (drop_down, node->role);
}

static void
setup_role_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  const char *const roles[]
    = { _("Not Used"), _("Layer"), _("Labels"), _("Inputs"), _("Epochs"), NULL };
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (roles);

  gtk_widget_add_css_class (drop_down, "flat");
  gtk_list_item_set_child (item, drop_down);
}

static void
bind_role_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);
  GtkWidget *drop_down = gtk_list_item_get_child (item);
  g_autofree char *label = g_strdup_printf (_("Role of %s"), node->object->path);

  gtk_widget_set_visible (drop_down, node->object->is_dataset && node->object->rank > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  role_changed_cb (GTK_DROP_DOWN (drop_down), NULL, node);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (role_chosen_cb), item);
  g_signal_connect_object (node, "notify::role", G_CALLBACK (role_changed_cb), drop_down,
                           G_CONNECT_SWAPPED);
}

static void
unbind_role_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_autoptr (IpFileNode) node = get_node (item);
  GtkWidget *drop_down = gtk_list_item_get_child (item);

  g_signal_handlers_disconnect_by_func (drop_down, role_chosen_cb, item);
  g_signal_handlers_disconnect_by_func (node, role_changed_cb, drop_down);
}

typedef void (*FactoryFunc) (GtkSignalListItemFactory *factory, GtkListItem *item);

static void
add_column (IpFileTree *self,
            const char *title,
            FactoryFunc setup,
            FactoryFunc bind,
            FactoryFunc unbind,
            gboolean expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  if (unbind != NULL)
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind), NULL);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, expand);
  gtk_column_view_append_column (self->view, column);
}

static GListModel *
create_members (gpointer item, gpointer data)
{
  IpFileNode *node = item;

  return node->members == NULL ? NULL : G_LIST_MODEL (g_object_ref (node->members));
}

static void
ip_file_tree_dispose (GObject *object)
{
  IpFileTree *self = IP_FILE_TREE (object);
  GtkWidget *child;

  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->previewing);
  self->preview = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->roots);
  g_clear_pointer (&self->nodes, g_hash_table_unref);
  g_clear_object (&self->reader);
  G_OBJECT_CLASS (ip_file_tree_parent_class)->dispose (object);
}

static void
ip_file_tree_class_init (IpFileTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_file_tree_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "file-tree");
  signals[SIGNAL_ROLE_CHOSEN]
    = g_signal_new ("role-chosen", IP_TYPE_FILE_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
ip_file_tree_init (IpFileTree *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_column_view_new (NULL);
  GtkWidget *preview = gtk_label_new (NULL);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->view = GTK_COLUMN_VIEW (view);
  self->preview = GTK_LABEL (preview);
  add_column (self, _("Name"), setup_name_cb, bind_name_cb, NULL, TRUE);
  add_column (self, _("Shape"), setup_label_cb, bind_shape_cb, NULL, FALSE);
  add_column (self, _("Type"), setup_label_cb, bind_type_cb, NULL, FALSE);
  add_column (self, _("Role"), setup_role_cb, bind_role_cb, unbind_role_cb, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Objects of the file"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 260);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_widget_set_overflow (scrolled, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_label_set_xalign (self->preview, 0);
  gtk_label_set_wrap (self->preview, TRUE);
  gtk_label_set_wrap_mode (self->preview, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (self->preview, TRUE);
  gtk_label_set_lines (self->preview, 8);
  gtk_label_set_ellipsize (self->preview, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (preview, "caption");
  gtk_widget_add_css_class (preview, "dim-label");
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
  gtk_widget_set_parent (preview, GTK_WIDGET (self));
}

static IpFileNode *
find_parent (IpFileTree *self, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);

  return strcmp (path, "/") == 0 ? NULL : g_hash_table_lookup (self->nodes, parent);
}

static void
add_object (IpFileTree *self, const IpObject *object)
{
  g_autoptr (IpFileNode) node = g_object_new (IP_TYPE_FILE_NODE, NULL);
  IpFileNode *parent = find_parent (self, object->path);

  node->object = object;
  if (!object->is_dataset)
    node->members = g_list_store_new (IP_TYPE_FILE_NODE);
  g_hash_table_insert (self->nodes, object->path, node);
  g_list_store_append (parent != NULL && parent->members != NULL ? parent->members : self->roots,
                       node);
}

/* Something to see. */
static void
select_first_dataset (IpFileTree *self, GListModel *rows)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (IpFileNode) node = gtk_tree_list_row_get_item (row);

      if (!node->object->is_dataset)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      return;
    }
}

void
ip_file_tree_set_reader (IpFileTree *self, IpReader *reader)
{
  guint n;
  const IpObject *objects = ip_reader_get_objects (reader, &n);
  GtkTreeListModel *tree;

  g_return_if_fail (IP_IS_FILE_TREE (self));

  g_set_object (&self->reader, reader);
  self->nodes = g_hash_table_new (g_str_hash, g_str_equal);
  self->roots = g_list_store_new (IP_TYPE_FILE_NODE);
  for (guint i = 0; i < n; i++)
    add_object (self, &objects[i]);
  tree = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->roots)), FALSE, n < 200,
                                  create_members, NULL, NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (tree));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  select_first_dataset (self, G_LIST_MODEL (tree));
  selected_cb (self);
}

void
ip_file_tree_show_mapping (IpFileTree *self, const IpMapping *mapping)
{
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &node))
    {
      IpFileNode *file_node = node;

      file_node->role = ip_mapping_get_role (mapping, file_node->object);
      g_object_notify_by_pspec (node, properties[PROP_ROLE]);
    }
}
