/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* How the figure is seen, and what can be had of it and of the point that is read out: the context
 * menu, by the secondary button of the pointer, the menu key or Shift+F10. */

static GMenuModel *
create_recipes (const char *what)
{
  const struct
  {
    const char *label;
    const char *format;
  } formats[] = {
    { _("As Text"), "text" },
    { _("As JSON"), "json" },
    { _("As Command Line"), "command" },
  };
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *action
        = g_strdup_printf ("win.copy-recipe::%s:%s", what, formats[i].format);

      g_menu_append (menu, formats[i].label, action);
    }
  return G_MENU_MODEL (menu);
}

static GMenuModel *
create_views (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("_Fit to Data"), "win.zoom-fit");
  g_menu_append (menu, _("Limits of the Axes"), "win.limits");
  g_menu_append (menu, _("C_rosshair"), "win.show-crosshair");
  g_menu_append (menu, _("_Grid"), "win.show-grid");
  return G_MENU_MODEL (menu);
}

static GMenuModel *
create_menu (void)
{
  g_autoptr (GMenuModel) views = create_views ();
  g_autoptr (GMenu) leaving = g_menu_new ();
  g_autoptr (GMenuModel) point = create_recipes ("point");
  g_autoptr (GMenuModel) figure = create_recipes ("figure");
  g_autoptr (GMenu) recipes = g_menu_new ();
  GMenu *menu = g_menu_new ();

  g_menu_append_section (recipes, _("Of the Point"), point);
  g_menu_append_section (recipes, _("Of the Figure"), figure);
  g_menu_append_submenu (leaving, _("Copy _Recipe"), G_MENU_MODEL (recipes));
  g_menu_append (leaving, _("_Export…"), "win.export");
  g_menu_append_section (menu, NULL, views);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (leaving));
  return G_MENU_MODEL (menu);
}

/* The point stays the one that is meant when the pointer goes to the menu. */
static void
ip_plot_pop_up (IpPlot *self, double x, double y)
{
  if (self->cursor.valid)
    ip_plot_select_cursor (self);
  if (self->menu == NULL)
    {
      g_autoptr (GMenuModel) model = create_menu ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) lround (x), (int) lround (y), 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
show_menu_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  IpPlot *self = IP_PLOT (widget);
  double x = gtk_widget_get_width (widget) / 2.0;
  double y = gtk_widget_get_height (widget) / 2.0;

  if (self->cursor.valid)
    ip_plot_get_point_place (self, self->cursor.track, self->cursor.point, self->cursor.panel, &x,
                             &y);
  ip_plot_pop_up (self, x, y);
}

static void
pressed_cb (IpPlot *self, int n_press, double x, double y, GtkGesture *gesture)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  ip_plot_pop_up (self, x, y);
}

void
ip_plot_add_menu_action (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "plot.show-menu", NULL, show_menu_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Menu, 0, "plot.show-menu", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F10, GDK_SHIFT_MASK, "plot.show-menu", NULL);
}

void
ip_plot_add_menu (IpPlot *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
