/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-table-view.h"

#include "ip-number-list.h"
#include "ip-number.h"

#include <glib/gi18n.h>
#include <math.h>

#define PAUSE 300 /* ms between updates; results come faster than anybody reads */

typedef enum
{
  COLUMN_RUN,
  COLUMN_LAYER,
  COLUMN_EPOCH,
  COLUMN_QUANTITY,
  COLUMN_VALUE,
  COLUMN_UNIT,
  COLUMN_LOWER,
  COLUMN_UPPER,
  COLUMN_ERROR,
  COLUMN_CEILING,
  COLUMN_FLAGS,
  N_COLUMNS,
} Column;

static const struct
{
  const char *title;
  gboolean is_number;
  gboolean expands;
} columns[N_COLUMNS] = {
  [COLUMN_RUN] = { N_("Run"), FALSE, TRUE },
  [COLUMN_LAYER] = { N_("Layer"), FALSE, TRUE },
  [COLUMN_EPOCH] = { N_("Epoch"), TRUE, FALSE },
  [COLUMN_QUANTITY] = { N_("Quantity"), FALSE, FALSE },
  [COLUMN_VALUE] = { N_("Value"), TRUE, FALSE },
  [COLUMN_UNIT] = { N_("Unit"), FALSE, FALSE },
  [COLUMN_LOWER] = { N_("Lower"), TRUE, FALSE },
  [COLUMN_UPPER] = { N_("Upper"), TRUE, FALSE },
  [COLUMN_ERROR] = { N_("Error"), TRUE, FALSE },
  [COLUMN_CEILING] = { N_("Ceiling"), TRUE, FALSE },
  [COLUMN_FLAGS] = { N_("Flags"), FALSE, TRUE },
};

struct _IpTableView
{
  GtkWidget parent_instance;

  IpSession *session;
  IpNumberList *numbers;
  GtkSelectionModel *selection; /* of the numbers in the order of the table */
  GtkColumnViewColumn *columns[N_COLUMNS];
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
get_real (IpNumber *number, Column column)
{
  switch (column)
    {
    case COLUMN_EPOCH:
      return number->epoch;

    case COLUMN_VALUE:
      return number->value;

    case COLUMN_LOWER:
      return number->lower;

    case COLUMN_UPPER:
      return number->upper;

    case COLUMN_ERROR:
      return number->error;

    case COLUMN_CEILING:
      return number->ceiling;

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
get_text (IpTableView *self, IpNumber *number, Column column)
{
  switch (column)
    {
    case COLUMN_RUN:
      return number->run;

    case COLUMN_LAYER:
      return number->layer;

    case COLUMN_QUANTITY:
      return ip_quantity_get_info (number->quantity)->symbol;

    case COLUMN_UNIT:
      return get_unit (self, number);

    default:
      return "";
    }
}

/* exact: every digit, for other programs; otherwise for the eye. */
static char *
format_field (IpTableView *self, IpNumber *number, Column column, gboolean exact)
{
  char text[IP_NUMBER_SIZE], flags[256];
  double value = get_real (number, column);

  if (column == COLUMN_FLAGS)
    {
      ip_flags_format (number->flags, number->clipped, flags, sizeof flags);
      return g_strdup (flags);
    }
  if (column == COLUMN_EPOCH)
    return g_strdup_printf ("%" G_GINT64_FORMAT, number->epoch);
  if (!columns[column].is_number)
    return g_strdup (get_text (self, number, column));
  if (isnan (value))
    return g_strdup (column == COLUMN_VALUE && !exact ? "–" : "");
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
  Column column = GPOINTER_TO_UINT (data);

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
  Column column = GPOINTER_TO_UINT (data);
  g_autofree char *text = NULL;

  if (self == NULL)
    return;
  text = format_field (self, number, column, FALSE);
  gtk_label_set_label (GTK_LABEL (label), text);
  if (column == COLUMN_QUANTITY)
    gtk_widget_set_tooltip_text (label, _(ip_quantity_get_info (number->quantity)->title));
  if (column == COLUMN_FLAGS)
    gtk_widget_set_tooltip_text (label, text);
}

static int
compare_text (IpNumber *a, IpNumber *b, Column column)
{
  if (column == COLUMN_LAYER)
    {
      int by_name = a->layer == b->layer ? 0 : g_utf8_collate (a->layer, b->layer);
      int by_place = (int) (a->layer_number & 0xffff) - (int) (b->layer_number & 0xffff);

      return by_place != 0 ? by_place : by_name; /* in the order of the network */
    }
  if (column == COLUMN_RUN)
    return a->run == b->run ? 0 : g_utf8_collate (a->run, b->run);
  if (column == COLUMN_FLAGS)
    return (a->flags > b->flags) - (a->flags < b->flags);
  return (int) a->quantity - (int) b->quantity;
}

static int
compare_cb (gconstpointer one, gconstpointer other, gpointer data)
{
  IpNumber *a = (IpNumber *) one, *b = (IpNumber *) other;
  Column column = GPOINTER_TO_UINT (data);
  double x, y;

  if (!columns[column].is_number)
    return compare_text (a, b, column);
  x = get_real (a, column);
  y = get_real (b, column);
  if (isnan (x) || isnan (y))
    return isnan (x) - isnan (y);
  return (x > y) - (x < y);
}

static void
ip_table_view_add_column (IpTableView *self, Column column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter
    = GTK_SORTER (gtk_custom_sorter_new (compare_cb, GUINT_TO_POINTER (column), NULL));

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
follow_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  IpTableView *self = IP_TABLE_VIEW (widget);

  /* A list without a size that is told to scroll shows a single row from then on. */
  if (gtk_widget_get_height (get_list (self)) == 0)
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

static gboolean
has_column (IpTableView *self, Column column)
{
  GListModel *numbers = G_LIST_MODEL (self->numbers);

  if (column == COLUMN_RUN)
    return g_list_model_get_n_items (ip_session_get_runs (self->session)) > 1;
  if (column != COLUMN_LOWER && column != COLUMN_UPPER && column != COLUMN_ERROR)
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
  for (guint i = 0; i < N_COLUMNS; i++)
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
  for (guint k = 0; k < N_COLUMNS; k++)
    g_string_append_printf (text, "%s%c", _(columns[k].title), k + 1 < N_COLUMNS ? '\t' : '\n');
  for (guint64 i = 0; i < gtk_bitset_get_size (selected); i++)
    {
      g_autoptr (IpNumber) number = get_number (self, gtk_bitset_get_nth (selected, i));

      for (guint k = 0; k < N_COLUMNS; k++)
        {
          g_autofree char *field = format_field (self, number, k, TRUE);

          g_string_append_printf (text, "%s%c", g_strdelimit (field, "\t\n\r", ' '),
                                  k + 1 < N_COLUMNS ? '\t' : '\n');
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
  for (guint i = 0; i < N_COLUMNS; i++)
    ip_table_view_add_column (self, i);
}

void
ip_table_view_set_session (IpTableView *self, IpSession *session)
{
  GtkSortListModel *sorted;

  g_return_if_fail (IP_IS_TABLE_VIEW (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->numbers = ip_number_list_new (session);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->numbers)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  gtk_sort_list_model_set_incremental (sorted, TRUE);
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (self->view, self->selection);
  g_signal_connect_swapped (self->selection, "selection-changed",
                            G_CALLBACK (selection_changed_cb), self);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
