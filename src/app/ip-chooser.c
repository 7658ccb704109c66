/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-chooser.h"

/* A choice in the list model of the drop-down. */
#define IP_TYPE_CHOICE_ITEM (ip_choice_item_get_type ())
G_DECLARE_FINAL_TYPE (IpChoiceItem, ip_choice_item, IP, CHOICE_ITEM, GObject)

struct _IpChoiceItem
{
  GObject parent_instance;

  int value;
  char *markup;
  char *title;
};

G_DEFINE_FINAL_TYPE (IpChoiceItem, ip_choice_item, G_TYPE_OBJECT)

struct _IpChooser
{
  GtkWidget parent_instance;

  GListStore *choices;
  GtkWidget *drop_down;
  gboolean showing; /* the choice is being set by the program */
};

enum
{
  PROP_0,
  PROP_VALUE,
  PROP_LABEL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (IpChooser, ip_chooser, GTK_TYPE_WIDGET)

static void
ip_choice_item_finalize (GObject *object)
{
  g_free (IP_CHOICE_ITEM (object)->markup);
  g_free (IP_CHOICE_ITEM (object)->title);
  G_OBJECT_CLASS (ip_choice_item_parent_class)->finalize (object);
}

static void
ip_choice_item_class_init (IpChoiceItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ip_choice_item_finalize;
}

static void
ip_choice_item_init (IpChoiceItem *self)
{
}

static IpChoiceItem *
create_item (const IpChoice *choice)
{
  IpChoiceItem *item = g_object_new (IP_TYPE_CHOICE_ITEM, NULL);

  item->value = choice->value;
  item->markup = g_strdup (choice->markup);
  item->title = g_strdup (choice->title);
  return item;
}

static gboolean
shows_choice (gpointer data, const IpChoice *choice)
{
  IpChoiceItem *item = data;

  return item->value == choice->value && g_strcmp0 (item->markup, choice->markup) == 0
         && g_strcmp0 (item->title, choice->title) == 0;
}

static void
setup_button_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  /* Pango warns of dots that take the place of a subscript, where no symbol starts. */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
  gtk_list_item_set_child (item, label);
}

static void
bind_button_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  IpChoiceItem *choice = gtk_list_item_get_item (item);

  gtk_label_set_markup (GTK_LABEL (gtk_list_item_get_child (item)), choice->markup);
}

static void
setup_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *symbol = gtk_label_new (NULL);
  GtkWidget *title = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (symbol), 0);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "dim-label");
  gtk_widget_add_css_class (title, "caption");
  gtk_box_append (GTK_BOX (box), symbol);
  gtk_box_append (GTK_BOX (box), title);
  gtk_list_item_set_child (item, box);
}

static void
bind_row_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  IpChoiceItem *choice = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *title = gtk_widget_get_last_child (box);

  gtk_label_set_markup (GTK_LABEL (gtk_widget_get_first_child (box)), choice->markup);
  gtk_label_set_label (GTK_LABEL (title), choice->title != NULL ? choice->title : "");
  gtk_widget_set_visible (title, choice->title != NULL);
}

static void
selected_cb (IpChooser *self)
{
  if (!self->showing)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

static void
ip_chooser_set_label (IpChooser *self, const char *label)
{
  gtk_widget_set_tooltip_text (self->drop_down, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label != NULL ? label : "", -1);
}

static void
ip_chooser_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  IpChooser *self = IP_CHOOSER (object);

  switch (property)
    {
    case PROP_VALUE:
      g_value_set_int (value, ip_chooser_get_value (self));
      break;

    case PROP_LABEL:
      g_value_set_string (value, gtk_widget_get_tooltip_text (self->drop_down));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_chooser_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  IpChooser *self = IP_CHOOSER (object);

  switch (property)
    {
    case PROP_VALUE:
      ip_chooser_set_value (self, g_value_get_int (value));
      break;

    case PROP_LABEL:
      ip_chooser_set_label (self, g_value_get_string (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_chooser_dispose (GObject *object)
{
  IpChooser *self = IP_CHOOSER (object);

  self->showing = TRUE;
  g_clear_pointer (&self->drop_down, gtk_widget_unparent);
  g_clear_object (&self->choices);
  G_OBJECT_CLASS (ip_chooser_parent_class)->dispose (object);
}

static void
ip_chooser_class_init (IpChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ip_chooser_get_property;
  object_class->set_property = ip_chooser_set_property;
  object_class->dispose = ip_chooser_dispose;
  properties[PROP_VALUE]
    = g_param_spec_int ("value", NULL, NULL, G_MININT, G_MAXINT, 0,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "chooser");
}

static void
ip_chooser_init (IpChooser *self)
{
  g_autoptr (GtkListItemFactory) button = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) row = gtk_signal_list_item_factory_new ();

  g_signal_connect (button, "setup", G_CALLBACK (setup_button_cb), NULL);
  g_signal_connect (button, "bind", G_CALLBACK (bind_button_cb), NULL);
  g_signal_connect (row, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (row, "bind", G_CALLBACK (bind_row_cb), NULL);
  self->choices = g_list_store_new (IP_TYPE_CHOICE_ITEM);
  self->drop_down = gtk_drop_down_new (g_object_ref (G_LIST_MODEL (self->choices)), NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (self->drop_down), button);
  gtk_drop_down_set_list_factory (GTK_DROP_DOWN (self->drop_down), row);
  gtk_widget_set_parent (self->drop_down, GTK_WIDGET (self));
  g_signal_connect_swapped (self->drop_down, "notify::selected", G_CALLBACK (selected_cb), self);
}

void
ip_chooser_set_choices (IpChooser *self, const IpChoice *choices, guint n_choices)
{
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->choices));
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean same = n_shown == n_choices;
  int value;

  g_return_if_fail (IP_IS_CHOOSER (self));

  for (guint i = 0; same && i < n_choices; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->choices), i);

      same = shows_choice (item, &choices[i]);
    }
  if (same)
    return;

  for (guint i = 0; i < n_choices; i++)
    g_ptr_array_add (items, create_item (&choices[i]));
  value = ip_chooser_get_value (self);
  self->showing = TRUE;
  g_list_store_splice (self->choices, 0, n_shown, items->pdata, items->len);
  ip_chooser_set_value (self, value);
}

int
ip_chooser_get_value (IpChooser *self)
{
  IpChoiceItem *item;

  g_return_val_if_fail (IP_IS_CHOOSER (self), 0);

  item = gtk_drop_down_get_selected_item (GTK_DROP_DOWN (self->drop_down));
  return item != NULL ? item->value : 0;
}

void
ip_chooser_set_value (IpChooser *self, int value)
{
  guint position = 0;

  g_return_if_fail (IP_IS_CHOOSER (self));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->choices)); i++)
    {
      g_autoptr (IpChoiceItem) item = g_list_model_get_item (G_LIST_MODEL (self->choices), i);

      if (item->value == value)
        position = i;
    }
  self->showing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), position);
  self->showing = FALSE;
}
