/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-table-view.h"

#include "ip-number-list.h"
#include "ip-number.h"

#include <glib/gi18n.h>
#include <math.h>

#define PAUSE 300 /* ms between updates; results come faster than anybody reads */

static const struct
{
  const char *title;
  gboolean is_number;
  gboolean expands;
} columns[IP_NUMBER_N_FIELDS] = {
  [IP_NUMBER_RUN] = { N_("Run"), FALSE, TRUE },
  [IP_NUMBER_LAYER] = { N_("Layer"), FALSE, TRUE },
  [IP_NUMBER_EPOCH] = { N_("Epoch"), TRUE, FALSE },
  [IP_NUMBER_QUANTITY] = { N_("Quantity"), FALSE, FALSE },
  [IP_NUMBER_VALUE] = { N_("Value"), TRUE, FALSE },
  [IP_NUMBER_UNIT] = { N_("Unit"), FALSE, FALSE },
  [IP_NUMBER_LOWER] = { N_("Lower"), TRUE, FALSE },
  [IP_NUMBER_UPPER] = { N_("Upper"), TRUE, FALSE },
  [IP_NUMBER_ERROR] = { N_("Error"), TRUE, FALSE },
  [IP_NUMBER_CEILING] = { N_("Ceiling"), TRUE, FALSE },
  [IP_NUMBER_RUNS] = { N_("Runs"), TRUE, FALSE },
  [IP_NUMBER_FLAGS] = { N_("Flags"), FALSE, TRUE },
};

/* What the sorter of a column is given. */
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

  GtkColumnView *view;
  GtkLabel *count;
};

G_DEFINE_FINAL_TYPE (IpTableView, ip_table_view, GTK_TYPE_WIDGET)

/* Texts */

static double
get_real (IpNumber *number, IpNumberField column)
{
  switch (column)
    {
    case IP_NUMBER_EPOCH:
      return number->epoch;

    case IP_NUMBER_VALUE:
      return number->value;

    case IP_NUMBER_LOWER:
      return number->lower;

    case IP_NUMBER_UPPER:
      return number->upper;

    case IP_NUMBER_ERROR:
      return number->error;

    case IP_NUMBER_CEILING:
      return number->ceiling;

    case IP_NUMBER_RUNS:
      return number->n_runs > 0 ? number->n_runs : NAN;

    default:
      return NAN;
    }
}

static const char *
get_unit (IpTableView *self, IpNumber *number)
{
  if (ip_quantity_get_info (number->quantity)->unit != IP_UNIT_INFORMATION)
    return "";
  return ip_session_get_in_bits (self->session) ? _("bits") : _("nats");
}

static const char *
get_text (IpTableView *self, IpNumber *number, IpNumberField column)
{
  switch (column)
    {
    case IP_NUMBER_RUN:
      return number->run;

    case IP_NUMBER_LAYER:
      return number->layer;

    case IP_NUMBER_QUANTITY:
      return ip_quantity_get_info (number->quantity)->symbol;

    case IP_NUMBER_UNIT:
      return get_unit (self, number);

    default:
      return "";
    }
}

/* exact: every digit, for other programs; otherwise for the eye. */
static char *
format_field (IpTableView *self, IpNumber *number, IpNumberField column, gboolean exact)
{
  char text[IP_NUMBER_SIZE], flags[256];
  double value = get_real (number, column);

  if (column == IP_NUMBER_FLAGS && number->n_runs > 0)
    return g_strdup (ip_band_describe (ip_session_get_display (self->session, IP_DISPLAY_BAND)));
  if (column == IP_NUMBER_FLAGS)
    {
      ip_flags_format (number->flags, number->clipped, flags, sizeof flags);
      return g_strdup (flags);
    }
  if (column == IP_NUMBER_EPOCH)
    return g_strdup_printf ("%" G_GINT64_FORMAT, number->epoch);
  if (column == IP_NUMBER_RUNS)
    return number->n_runs > 0 ? g_strdup_printf ("%u", number->n_runs) : g_strdup ("");
  if (!columns[column].is_number)
    return g_strdup (get_text (self, number, column));
  if (isnan (value))
    return g_strdup (column == IP_NUMBER_VALUE && !exact ? "–" : "");
  if (!exact)
    return fabs (value) >= 1e-3 && fabs (value) < 1e5 ? g_strdup_printf ("%.4f", value)
                                                      : g_strdup_printf ("%.4g", value);
  ip_number_format (value, text);
  return g_strdup (text);
}

/* Rows */

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);
  IpNumberField column = GPOINTER_TO_UINT (data);

  gtk_label_set_xalign (GTK_LABEL (label), columns[column].is_number ? 1 : 0);
  if (columns[column].expands)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  IpTableView *self
    = IP_TABLE_VIEW (gtk_widget_get_ancestor (label, IP_TYPE_TABLE_VIEW));
  IpNumber *number = gtk_list_item_get_item (item);
  IpNumberField column = GPOINTER_TO_UINT (data);
  g_autofree char *text = NULL;

  if (self == NULL)
    return;
  text = format_field (self, number, column, FALSE);
  gtk_label_set_label (GTK_LABEL (label), text);
  if (column == IP_NUMBER_QUANTITY)
    gtk_widget_set_tooltip_text (label, _(ip_quantity_get_info (number->quantity)->title));
  if (column == IP_NUMBER_FLAGS)
    gtk_widget_set_tooltip_text (label, text);
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
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GUINT_TO_POINTER (column));
  self->columns[column] = gtk_column_view_column_new (_(columns[column].title), factory);
  gtk_column_view_column_set_sorter (self->columns[column], sorter);
  gtk_column_view_column_set_expand (self->columns[column], columns[column].expands);
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

static gboolean
is_followed (IpTableView *self, guint position)
{
  g_autoptr (IpNumber) number = get_number (self, position);

  return number->epoch == self->epoch && (int) number->layer_number == self->layer;
}

static GtkWidget *
get_list (IpTableView *self)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view));

  while (!GTK_IS_LIST_VIEW (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* The places of the rows to be followed.  Each row of a sorted table has to be looked at, which
 * takes long for a long one. (transfer full) */
static GtkBitset *
find_followed (IpTableView *self)
{
  GtkBitset *found = gtk_bitset_new_empty ();
  gboolean is_sorted
    = gtk_sorter_get_order (gtk_column_view_get_sorter (self->view)) != GTK_SORTER_ORDER_NONE;
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint first, n;

  if (is_sorted)
    {
      for (guint i = 0; i < n_rows; i++)
        if (is_followed (self, i))
          gtk_bitset_add (found, i);
    }
  else if (ip_number_list_find (self->numbers, (guint) self->layer, self->epoch, &first, &n))
    {
      gtk_bitset_add_range (found, first, n);
    }

  return found;
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
  wanted = find_followed (self);
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
  self->epoch = -1; /* so that its rows are selected where they are now */
  ip_table_view_queue_follow (self);
}

static gboolean
has_column (IpTableView *self, IpNumberField column)
{
  GListModel *numbers = G_LIST_MODEL (self->numbers);

  if (column == IP_NUMBER_RUN)
    return g_list_model_get_n_items (ip_session_get_runs (self->session)) > 1;
  if (column == IP_NUMBER_RUNS)
    return ip_session_get_group_by (self->session) != NULL;
  if (column != IP_NUMBER_LOWER && column != IP_NUMBER_UPPER && column != IP_NUMBER_ERROR)
    return TRUE;
  for (guint i = 0; i < MIN (g_list_model_get_n_items (numbers), 1000); i++)
    {
      g_autoptr (IpNumber) number = g_list_model_get_item (numbers, i);

      if (!isnan (get_real (number, column)))
        return TRUE;
    }
  return FALSE;
}

static void
ip_table_view_update (IpTableView *self)
{
  guint n;
  g_autofree char *text = NULL;

  ip_number_list_update (self->numbers);
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

/* Copying */

static void
copy_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autofree char *text = ip_table_view_format_selected (IP_TABLE_VIEW (widget));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

char *
ip_table_view_format_selected (IpTableView *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (IP_IS_TABLE_VIEW (self), NULL);

  selected = gtk_selection_model_get_selection (self->selection);
  if (gtk_bitset_is_empty (selected))
    gtk_bitset_add_range (selected, 0, g_list_model_get_n_items (G_LIST_MODEL (self->selection)));
  for (guint k = 0; k < IP_NUMBER_N_FIELDS; k++)
    g_string_append_printf (text, "%s%c", _(columns[k].title),
                            k + 1 < IP_NUMBER_N_FIELDS ? '\t' : '\n');
  for (guint64 i = 0; i < gtk_bitset_get_size (selected); i++)
    {
      g_autoptr (IpNumber) number = get_number (self, gtk_bitset_get_nth (selected, i));

      for (guint k = 0; k < IP_NUMBER_N_FIELDS; k++)
        {
          g_autofree char *field = format_field (self, number, k, TRUE);

          g_string_append_printf (text, "%s%c", g_strdelimit (field, "\t\n\r", ' '),
                                  k + 1 < IP_NUMBER_N_FIELDS ? '\t' : '\n');
        }
    }
  return g_string_free (text, FALSE);
}

static void
ip_table_view_dispose (GObject *object)
{
  IpTableView *self = IP_TABLE_VIEW (object);
  GtkWidget *child;

  g_clear_handle_id (&self->update, g_source_remove);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->numbers);
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
  gtk_widget_class_install_action (widget_class, "table.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "table.copy",
                                       NULL);
}

static void
ip_table_view_init (IpTableView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
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
