/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run-row.h"

#include "ip-run-group.h"
#include "ip-swatch.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PALETTE_COLUMNS 4

struct _IpRunRow
{
  GtkWidget parent_instance;

  GObject *item; /* IpRunGroup, IpRun or IpRunLayer, NULL in between */

  GtkTreeExpander *expander;
  GtkWidget *swatch_button;
  IpSwatch *swatch;
  GtkPopover *palette_popover;
  GtkGrid *palette;
  GtkLabel *name;
  GtkLabel *subtitle;
  GtkLabel *units;
  GtkToggleButton *live_button;
  GBinding *following; /* of the run, NULL while a layer is shown */
  GtkWidget *reading_slot;
  GtkWidget *remove_slot;
  GtkButton *eye_button;
};

G_DEFINE_FINAL_TYPE (IpRunRow, ip_run_row, GTK_TYPE_WIDGET)

static gboolean
is_visible (IpRunRow *self)
{
  gboolean visible;

  g_object_get (self->item, "visible", &visible, NULL);
  return visible;
}

static void
ip_run_row_update_visible (IpRunRow *self)
{
  gboolean visible = is_visible (self);
  const char *action = visible ? _("Hide in figures") : _("Show in figures");

  gtk_button_set_icon_name (self->eye_button,
                            visible ? "view-reveal-symbolic" : "view-conceal-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->eye_button), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->eye_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, action, -1);
  ip_swatch_set_hollow (self->swatch, !visible);
  if (visible)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "hidden-layer");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "hidden-layer");
}

static void
ip_run_row_update_style (IpRunRow *self)
{
  ip_swatch_set_style (self->swatch, ip_run_layer_get_style (IP_RUN_LAYER (self->item)));
}

static void
eye_clicked_cb (IpRunRow *self)
{
  g_object_set (self->item, "visible", !is_visible (self), NULL);
}

static void
reading_clicked_cb (IpRunRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.read-run", "s",
                              ip_run_get_name (IP_RUN (self->item)));
}

static void
remove_clicked_cb (IpRunRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "runs.remove", "s",
                              ip_run_get_name (IP_RUN (self->item)));
}

static void
colour_clicked_cb (IpRunRow *self, GtkButton *button)
{
  guint style = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "style"));

  ip_run_layer_set_style (IP_RUN_LAYER (self->item), style);
  gtk_popover_popdown (self->palette_popover);
}

static void
ip_run_row_fill_palette (IpRunRow *self)
{
  for (guint i = 0; i < IP_N_SERIES; i++)
    {
      GtkWidget *button = gtk_button_new ();
      g_autofree char *label = g_strdup_printf (_("Colour %u"), i + 1);

      gtk_widget_add_css_class (button, "flat");
      gtk_button_set_child (GTK_BUTTON (button), ip_swatch_new (i));
      gtk_widget_set_tooltip_text (button, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      g_object_set_data (G_OBJECT (button), "style", GUINT_TO_POINTER (i));
      g_signal_connect_swapped (button, "clicked", G_CALLBACK (colour_clicked_cb), self);
      gtk_grid_attach (self->palette, button, i % PALETTE_COLUMNS, i / PALETTE_COLUMNS, 1, 1);
    }
}

/* "N 4096" is not torn apart, as lines may break between "18 epochs" and it. */
static char *
bind_words (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " · ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (parts[i], " ", -1);

      g_free (parts[i]);
      parts[i] = g_strjoinv ("\u00a0", words);
    }
  return g_strjoinv ("\u00a0· ", parts);
}

static void
ip_run_row_update_subtitle (IpRunRow *self)
{
  const char *subtitle = ip_run_get_subtitle (IP_RUN (self->item));
  g_autofree char *bound = bind_words (subtitle);

  gtk_label_set_label (self->subtitle, bound);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), subtitle);
}

static void
ip_run_row_update_live (IpRunRow *self)
{
  IpRun *run = IP_RUN (self->item);
  gboolean following = ip_run_get_following (run);

  gtk_widget_set_visible (GTK_WIDGET (self->live_button), ip_run_get_live (run));
  gtk_button_set_label (GTK_BUTTON (self->live_button), following ? _("Live") : _("Paused"));
  gtk_widget_set_tooltip_text (
    GTK_WIDGET (self->live_button),
    following ? _("New Epochs Appear as They Are Written; Click to Pause")
              : _("Click to Show New Epochs Again"));
}

static void
ip_run_row_show_run (IpRunRow *self, IpRun *run)
{
  gtk_label_set_label (self->name, ip_run_get_name (run));
  gtk_widget_add_css_class (GTK_WIDGET (self), "run");
  g_signal_connect_object (run, "notify::subtitle", G_CALLBACK (ip_run_row_update_subtitle), self,
                           G_CONNECT_SWAPPED);
  ip_run_row_update_subtitle (self);
  g_signal_connect_object (run, "notify::live", G_CALLBACK (ip_run_row_update_live), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::following", G_CALLBACK (ip_run_row_update_live), self,
                           G_CONNECT_SWAPPED);
  self->following = g_object_bind_property (run, "following", self->live_button, "active",
                                            G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  ip_run_row_update_live (self);
}

static void
ip_run_row_show_group (IpRunRow *self, IpRunGroup *group)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (group));
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%u repeat", "%u repeats", n), n);

  gtk_label_set_label (self->name, ip_run_group_get_title (group));
  gtk_label_set_label (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _("Runs That Differ in Their Seed Only"));
  gtk_widget_add_css_class (GTK_WIDGET (self), "run");
}

static void
ip_run_row_show_layer (IpRunRow *self, IpRunLayer *layer)
{
  guint n_units = ip_run_layer_get_units (layer);
  g_autofree char *units = g_strdup_printf (ngettext ("%u unit", "%u units", n_units), n_units);

  gtk_label_set_label (self->name, ip_run_layer_get_name (layer));
  gtk_label_set_label (self->units, units);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "run");
  g_signal_connect_object (layer, "notify::style", G_CALLBACK (ip_run_row_update_style), self,
                           G_CONNECT_SWAPPED);
  ip_run_row_update_style (self);
}

static void
ip_run_row_dispose (GObject *object)
{
  IpRunRow *self = IP_RUN_ROW (object);
  GtkWidget *child;

  g_clear_object (&self->item);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ip_run_row_parent_class)->dispose (object);
}

static void
ip_run_row_class_init (IpRunRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_run_row_dispose;
  g_type_ensure (ADW_TYPE_BIN);
  g_type_ensure (IP_TYPE_SWATCH);
  gtk_widget_class_set_css_name (widget_class, "run-row");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-run-row.ui");
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, expander);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, swatch_button);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, palette_popover);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, palette);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, name);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, units);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, live_button);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, reading_slot);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, remove_slot);
  gtk_widget_class_bind_template_child (widget_class, IpRunRow, eye_button);
  gtk_widget_class_bind_template_callback (widget_class, eye_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, reading_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
}

static void
ip_run_row_init (IpRunRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ip_run_row_fill_palette (self);
}

void
ip_run_row_set_row (IpRunRow *self, GtkTreeListRow *row)
{
  gboolean is_layer;

  g_return_if_fail (IP_IS_RUN_ROW (self));

  gtk_tree_expander_set_list_row (self->expander, row);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_pointer (&self->following, g_binding_unbind);
  gtk_widget_set_visible (GTK_WIDGET (self->live_button), FALSE);
  g_clear_object (&self->item);
  if (row == NULL)
    return;

  self->item = gtk_tree_list_row_get_item (row);
  is_layer = IP_IS_RUN_LAYER (self->item);
  gtk_widget_set_visible (self->swatch_button, is_layer);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), !is_layer);
  gtk_widget_set_visible (GTK_WIDGET (self->units), is_layer);
  gtk_widget_set_visible (self->reading_slot, IP_IS_RUN (self->item));
  gtk_widget_set_visible (self->remove_slot, IP_IS_RUN (self->item));
  if (IP_IS_RUN_GROUP (self->item))
    ip_run_row_show_group (self, IP_RUN_GROUP (self->item));
  else if (IP_IS_RUN (self->item))
    ip_run_row_show_run (self, IP_RUN (self->item));
  else
    ip_run_row_show_layer (self, IP_RUN_LAYER (self->item));
  g_signal_connect_object (self->item, "notify::visible",
                           G_CALLBACK (ip_run_row_update_visible), self, G_CONNECT_SWAPPED);
  ip_run_row_update_visible (self);
}

GObject *
ip_run_row_get_item (IpRunRow *self)
{
  g_return_val_if_fail (IP_IS_RUN_ROW (self), NULL);

  return self->item;
}

GtkTreeListRow *
ip_run_row_get_row (IpRunRow *self)
{
  g_return_val_if_fail (IP_IS_RUN_ROW (self), NULL);

  return gtk_tree_expander_get_list_row (self->expander);
}
