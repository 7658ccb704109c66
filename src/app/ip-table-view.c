/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-table-view.h"

#include "ip-table-text.h"

#include <glib/gi18n.h>
#include <math.h>

#define ROWS_AT_ONCE 500 /* to copy; more of them keep the user waiting */
#define COPYING_PAUSE 100 /* ms between updates of its progress */
#define PAUSE 300 /* ms between updates; results come faster than anybody reads */

/* What the sorter of a column is given, and its cells. */
typedef struct
{
  IpTableView *table;
  IpNumberField column;
} AskedColumn;

struct _IpTableView
{
  GtkWidget parent_instance;

  IpSession *session;
  IpNumberList *numbers;
  GtkSelectionModel *selection; /* of the numbers in the order of the table */
  GHashTable *cells; /* GtkListItem: number of its column, of those that show something */
  GtkColumnViewColumn *columns[IP_NUMBER_N_FIELDS];
  AskedColumn asked_columns[IP_NUMBER_N_FIELDS];
  IpNumberOrder orders[IP_MOST_ORDERS];
  guint n_orders;
  guint asked; /* the order whose column does not say that all is equal */
  guint update;
  guint follow; /* tick callback */
  gint64 epoch; /* what is selected in the session, as far as the table has followed */
  int layer;
  gboolean following; /* rows are being selected for the session, not by the user */

  GCancellable *copying; /* NULL while nothing is copied on another thread */
  guint copying_progress;

  GtkColumnView *view;
  GtkLabel *count;
  GtkProgressBar *progress;
  GtkWidget *copy_button;
  GtkWidget *cancel_button;
};

G_DEFINE_FINAL_TYPE (IpTableView, ip_table_view, GTK_TYPE_WIDGET)

/* Rows */

static gboolean
expands (IpNumberField column)
{
  return column == IP_NUMBER_RUN || column == IP_NUMBER_LAYER || column == IP_NUMBER_ESTIMATOR
         || column == IP_NUMBER_FLAGS;
}

/* Made when it is wanted: a tooltip that is set costs a row more than all its labels. */
static gboolean
query_tooltip_cb (GtkListItem *item, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                  GtkLabel *label)
{
  IpNumber *number = gtk_list_item_get_item (item);
  const char *text = gtk_label_get_label (label);

  if (number == NULL || *text == '\0')
    return FALSE;
  if (g_str_equal (text, ip_quantity_get_info (number->quantity)->symbol))
    text = _(ip_quantity_get_info (number->quantity)->title);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);
  IpNumberField column = GPOINTER_TO_UINT (data);

  gtk_label_set_xalign (GTK_LABEL (label), ip_table_is_number (column) ? 1 : 0);
  if (expands (column))
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (column == IP_NUMBER_QUANTITY || column == IP_NUMBER_FLAGS)
    {
      gtk_widget_set_has_tooltip (label, TRUE);
      g_signal_connect_object (label, "query-tooltip", G_CALLBACK (query_tooltip_cb), item,
                               G_CONNECT_SWAPPED);
    }
  gtk_list_item_set_child (item, label);
}

static void
show_field (IpTableView *self, GtkListItem *item, IpNumberField column)
{
  IpTableWords words = ip_table_words_get (self->session);
  g_autofree char *text
    = ip_table_format_field (&words, gtk_list_item_get_item (item), column, FALSE);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  IpTableView *self = ((AskedColumn *) data)->table;
  IpNumberField column = ((AskedColumn *) data)->column;

  g_hash_table_insert (self->cells, item, GUINT_TO_POINTER (column));
  show_field (self, item, column);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  g_hash_table_remove (((AskedColumn *) data)->table->cells, item);
}

static void
ip_table_view_refresh (IpTableView *self)
{
  GHashTableIter iter;
  gpointer item, column;

  g_hash_table_iter_init (&iter, self->cells);
  while (g_hash_table_iter_next (&iter, &item, &column))
    show_field (self, item, GPOINTER_TO_UINT (column));
}

/* Sorting.  The list sorts itself, by what the headers of the columns say.  GTK tells nobody what
 * that is, but its sorter asks the columns for it one after the other, and turns the answers of
 * those that descend: here every column says that two numbers are equal, but for the one that is
 * asked about. */

static int
compare_cb (gconstpointer one, gconstpointer other, gpointer data)
{
  AskedColumn *asked = data;
  IpTableView *self = asked->table;

  for (guint i = 0; i < self->n_orders; i++)
    if (self->orders[i].field == asked->column)
      return i == self->asked;
  if (self->n_orders < IP_MOST_ORDERS)
    self->orders[self->n_orders++] = (IpNumberOrder) { asked->column, FALSE };
  return 0;
}

static void
ip_table_view_add_column (IpTableView *self, IpNumberField column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter
    = GTK_SORTER (gtk_custom_sorter_new (compare_cb, &self->asked_columns[column], NULL));

  self->asked_columns[column] = (AskedColumn) { self, column };
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), &self->asked_columns[column]);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), &self->asked_columns[column]);
  self->columns[column] = gtk_column_view_column_new (ip_table_get_title (column), factory);
  gtk_column_view_column_set_sorter (self->columns[column], sorter);
  gtk_column_view_column_set_expand (self->columns[column], expands (column));
  gtk_column_view_column_set_resizable (self->columns[column], TRUE);
  gtk_column_view_append_column (self->view, self->columns[column]);
  g_object_unref (self->columns[column]); /* the view keeps it alive */
}

/* Linked selection */

static IpNumber *
get_number (IpTableView *self, guint position)
{
  g_autoptr (IpNumber) number = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  return g_steal_pointer (&number);
}

/* A single row that the user selects is selected everywhere. */
static void
selection_changed_cb (IpTableView *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  g_autoptr (IpNumber) number = NULL;

  if (self->following || gtk_bitset_get_size (selected) != 1)
    return;
  number = get_number (self, gtk_bitset_get_nth (selected, 0));
  self->epoch = number->epoch;
  self->layer = (int) number->layer_number;
  ip_session_set_layer (self->session, self->layer);
  ip_session_set_epoch (self->session, self->epoch);
}

static GtkWidget *
get_list (IpTableView *self)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  while (!GTK_IS_LIST_VIEW (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* Selects the rows of the layer and epoch that were selected elsewhere. */
static void
ip_table_view_follow (IpTableView *self)
{
  g_autoptr (GtkBitset) wanted = NULL;
  g_autoptr (GtkBitset) all = NULL;

  if (self->epoch == ip_session_get_epoch (self->session)
      && self->layer == ip_session_get_layer (self->session))
    return;
  self->epoch = ip_session_get_epoch (self->session);
  self->layer = ip_session_get_layer (self->session);
  wanted = ip_number_list_find (self->numbers, (guint) self->layer, self->epoch);
  all = gtk_bitset_new_range (0, g_list_model_get_n_items (G_LIST_MODEL (self->selection)));
  self->following = TRUE;
  gtk_selection_model_set_selection (self->selection, wanted, all);
  self->following = FALSE;
  if (gtk_bitset_is_empty (wanted))
    self->epoch = -1; /* not known yet */
  else
    gtk_widget_activate_action (get_list (self), "list.scroll-to-item", "u",
                                gtk_bitset_get_minimum (wanted));
}

static gboolean
has_size (IpTableView *self)
{
  GtkWidget *list = get_list (self);
  GtkWidget *row = gtk_widget_get_first_child (list);

  while (row != NULL && gtk_widget_get_height (row) == 0)
    row = gtk_widget_get_next_sibling (row);
  return gtk_widget_get_height (list) > 0
         && (row != NULL || g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0);
}

static gboolean
follow_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  IpTableView *self = IP_TABLE_VIEW (widget);

  /* A list that is told to scroll before its rows have a size shows a single one from then on. */
  if (!has_size (self))
    return G_SOURCE_CONTINUE;
  self->follow = 0;
  ip_table_view_follow (self);
  return G_SOURCE_REMOVE;
}

static void
ip_table_view_queue_follow (IpTableView *self)
{
  if (self->follow == 0)
    self->follow = gtk_widget_add_tick_callback (GTK_WIDGET (self), follow_cb, NULL, NULL);
}

/* Rows of the same numbers stand elsewhere. */
static void
ip_table_view_select_anew (IpTableView *self)
{
  self->following = TRUE;
  gtk_selection_model_unselect_all (self->selection);
  self->following = FALSE;
  self->epoch = -1;
  ip_table_view_queue_follow (self);
}

/* Updates */

static void
sorter_changed_cb (IpTableView *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  g_autoptr (IpNumber) one = g_object_new (IP_TYPE_NUMBER, NULL);
  g_autoptr (IpNumber) other = g_object_new (IP_TYPE_NUMBER, NULL);

  if (self->numbers == NULL)
    return; /* the columns go */
  self->n_orders = 0;
  self->asked = IP_MOST_ORDERS;
  gtk_sorter_compare (sorter, one, other);
  for (self->asked = 0; self->asked < self->n_orders; self->asked++)
    self->orders[self->asked].descending
      = gtk_sorter_compare (sorter, one, other) == GTK_ORDERING_SMALLER;
  ip_number_list_sort (self->numbers, self->orders, self->n_orders);
  ip_table_view_refresh (self);
  ip_table_view_select_anew (self);
}

static gboolean
has_column (IpTableView *self, IpNumberField column)
{
  GListModel *numbers = G_LIST_MODEL (self->numbers);

  if (column == IP_NUMBER_RUN)
    return g_list_model_get_n_items (ip_session_get_runs (self->session)) > 1;
  if (column == IP_NUMBER_ESTIMATOR)
    return ip_number_list_compares (self->numbers);
  if (column == IP_NUMBER_RUNS)
    return ip_session_get_group_by (self->session) != NULL;
  if (column != IP_NUMBER_LOWER && column != IP_NUMBER_UPPER && column != IP_NUMBER_ERROR)
    return TRUE;
  for (guint i = 0; i < MIN (g_list_model_get_n_items (numbers), 1000); i++)
    {
      g_autoptr (IpNumber) number = g_list_model_get_item (numbers, i);

      if (!isnan (ip_table_get_real (number, column)))
        return TRUE;
    }
  return FALSE;
}

static void
ip_table_view_update (IpTableView *self)
{
  guint n;
  g_autofree char *text = NULL;

  if (ip_number_list_update (self->numbers))
    {
      ip_table_view_refresh (self);
      if (self->n_orders > 0)
        ip_table_view_select_anew (self);
    }
  for (guint i = 0; i < IP_NUMBER_N_FIELDS; i++)
    gtk_column_view_column_set_visible (self->columns[i], has_column (self, i));
  n = g_list_model_get_n_items (G_LIST_MODEL (self->numbers));
  text = g_strdup_printf (ngettext ("%u number", "%u numbers", n), n);
  gtk_label_set_label (self->count, text);
  ip_table_view_queue_follow (self);
}

static gboolean
update_cb (gpointer data)
{
  IpTableView *self = data;

  self->update = 0;
  ip_table_view_update (self);
  return G_SOURCE_REMOVE;
}

static void
session_changed_cb (IpTableView *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (!ip_session_get_busy (self->session))
    {
      g_clear_handle_id (&self->update, g_source_remove);
      ip_table_view_update (self);
    }
  else if (self->update == 0)
    self->update = g_timeout_add (PAUSE, update_cb, self);
}

static void
ip_table_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ip_table_view_parent_class)->map (widget);
  ip_table_view_update (IP_TABLE_VIEW (widget));
}

/* Copying.  Many rows are made into text on another thread; the clipboard keeps what it has until
 * they are. */

static void
ip_table_view_show_copying (IpTableView *self, gboolean copying)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), copying);
  gtk_widget_set_visible (self->cancel_button, copying);
  gtk_widget_set_visible (self->copy_button, !copying);
}

static void
ip_table_view_stop_copying (IpTableView *self)
{
  g_cancellable_cancel (self->copying);
  g_clear_object (&self->copying);
  g_clear_handle_id (&self->copying_progress, g_source_remove);
}

static gboolean
copying_progress_cb (gpointer data)
{
  GTask *task = data;
  IpTableView *self = g_task_get_source_object (task);

  ip_table_view_show_copying (self, TRUE);
  gtk_progress_bar_set_fraction (self->progress,
                                 ip_table_text_get_progress (g_task_get_task_data (task)));
  return G_SOURCE_CONTINUE;
}

static void
make_text (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, ip_table_text_make (data, cancellable), g_free);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  IpTableView *self = IP_TABLE_VIEW (source);
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_task_get_cancellable (G_TASK (result)) != self->copying)
    return;
  ip_table_view_stop_copying (self);
  ip_table_view_show_copying (self, FALSE);
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

/* The selected rows, or all of them when none is. */
static IpTableText *
create_text (IpTableView *self)
{
  IpTableWords words = ip_table_words_get (self->session);
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  GtkBitset *rows = gtk_bitset_copy (selected);

  if (gtk_bitset_is_empty (rows))
    gtk_bitset_add_range (rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->selection)));
  return ip_table_text_new (&words, self->numbers, rows);
}

static void
ip_table_view_copy_on_thread (IpTableView *self, IpTableText *text)
{
  g_autoptr (GTask) task = NULL;

  self->copying = g_cancellable_new ();
  task = g_task_new (self, self->copying, copied_cb, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, text, (GDestroyNotify) ip_table_text_free);
  self->copying_progress = g_timeout_add_full (G_PRIORITY_DEFAULT, COPYING_PAUSE,
                                               copying_progress_cb, g_object_ref (task),
                                               g_object_unref);
  g_task_run_in_thread (task, make_text);
}

static void
copy_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpTableView *self = IP_TABLE_VIEW (widget);
  IpTableText *text = create_text (self);

  ip_table_view_stop_copying (self);
  if (ip_table_text_get_n_rows (text) > ROWS_AT_ONCE)
    {
      ip_table_view_copy_on_thread (self, text);
    }
  else
    {
      g_autofree char *made = ip_table_text_make (text, NULL);

      ip_table_view_show_copying (self, FALSE);
      gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), made);
      ip_table_text_free (text);
    }
}

static void
cancel_copying_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ip_table_view_stop_copying (IP_TABLE_VIEW (widget));
  ip_table_view_show_copying (IP_TABLE_VIEW (widget), FALSE);
}

char *
ip_table_view_format_selected (IpTableView *self)
{
  g_autoptr (IpTableText) text = NULL;

  g_return_val_if_fail (IP_IS_TABLE_VIEW (self), NULL);

  text = create_text (self);
  return ip_table_text_make (text, NULL);
}

static void
ip_table_view_dispose (GObject *object)
{
  IpTableView *self = IP_TABLE_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->update, g_source_remove);
  ip_table_view_stop_copying (self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->numbers);
  g_clear_pointer (&self->cells, g_hash_table_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_table_view_parent_class)->dispose (object);
}

static void
ip_table_view_class_init (IpTableViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_table_view_dispose;
  widget_class->map = ip_table_view_map;
  gtk_widget_class_set_css_name (widget_class, "table-view");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-table-view.ui");
  gtk_widget_class_bind_template_child (widget_class, IpTableView, view);
  gtk_widget_class_bind_template_child (widget_class, IpTableView, count);
  gtk_widget_class_bind_template_child (widget_class, IpTableView, progress);
  gtk_widget_class_bind_template_child (widget_class, IpTableView, copy_button);
  gtk_widget_class_bind_template_child (widget_class, IpTableView, cancel_button);
  gtk_widget_class_install_action (widget_class, "table.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "table.cancel-copying", NULL,
                                   cancel_copying_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "table.copy",
                                       NULL);
}

static void
ip_table_view_init (IpTableView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cells = g_hash_table_new (NULL, NULL);
  self->epoch = -1;
  self->layer = -1;
  for (guint i = 0; i < IP_NUMBER_N_FIELDS; i++)
    ip_table_view_add_column (self, i);
}

void
ip_table_view_set_session (IpTableView *self, IpSession *session)
{
  g_return_if_fail (IP_IS_TABLE_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->numbers = ip_number_list_new (session);
  self->selection = GTK_SELECTION_MODEL (
    gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->numbers))));
  gtk_column_view_set_model (self->view, self->selection);
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed",
                           G_CALLBACK (sorter_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->selection, "selection-changed",
                            G_CALLBACK (selection_changed_cb), self);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
