/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-application.h"

#include "config.h"

#include "ip-resources.h"
#include "ip-screenshot.h"
#include "ip-store-dialog.h"
#include "ip-window.h"

#include <glib/gi18n.h>

#define WEBSITE "https://github.com/infoplane/infoplane"

struct _IpApplication
{
  AdwApplication parent_instance;

  gboolean offered; /* to restore what a crash left behind */
};

G_DEFINE_FINAL_TYPE (IpApplication, ip_application, ADW_TYPE_APPLICATION)

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (data),
                         "application-name", _("Infoplane"),
                         "application-icon", APPLICATION_ID,
                         "version", PACKAGE_VERSION,
                         "comments", _("See what every layer of a neural network knows while it "
                                       "learns"),
                         "developer-name", _("The Infoplane developers"),
                         "copyright", "© 2026 The Infoplane developers",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "website", WEBSITE,
                         "issue-url", WEBSITE "/issues",
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
help_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_uri (gtk_application_get_active_window (data), WEBSITE "#readme", GDK_CURRENT_TIME);
}

static void
new_window_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (ip_window_new (data)));
}

static void
store_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *path = ip_store_get_standard_path ();

  gtk_window_present (GTK_WINDOW (
    ip_store_dialog_new (gtk_application_get_active_window (data), path)));
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (data)) != NULL)
    gtk_window_destroy (windows->data);
}

static const GActionEntry actions[] = {
  { "about", about_cb },
  { "help", help_cb },
  { "new-window", new_window_cb },
  { "quit", quit_cb },
  { "store", store_cb },
};

static const struct
{
  const char *action;
  const char *accelerators[4];
} accelerators[] = {
  { "app.quit", { "<primary>q" } },
  { "app.new-window", { "<primary>n" } },
  { "app.help", { "F1" } },
  { "win.open", { "<primary>o" } },
  { "win.save-session", { "<primary>s" } },
  { "win.save-session-as", { "<primary><shift>s" } },
  { "win.copy-recipe::point:text", { "<primary><shift>c" } },
  { "win.export", { "<primary>e" } },
  { "win.export-numbers", { "<primary><shift>e" } },
  { "win.undo", { "<primary>z" } },
  { "win.redo", { "<primary><shift>z", "<primary>y" } },
  { "win.show-sidebar", { "F9" } },
  { "win.show-inspector", { "<primary>F9" } },
  { "win.show-metrics", { "<primary>m" } },
  { "win.zoom-in", { "<primary>plus", "<primary>equal", "<primary>KP_Add" } },
  { "win.zoom-out", { "<primary>minus", "<primary>KP_Subtract" } },
  { "win.zoom-fit", { "<primary>0", "<primary>KP_0", "<alt>Home" } },
  { "win.view-back", { "<alt>Left", "<alt>z" } },
  { "win.view-forward", { "<alt>Right", "<alt><shift>z" } },
  { "win.drag-pans", { "<primary>1" } },
  { "win.drag-zooms", { "<primary>2" } },
  { "win.figure-settings", { "<primary>comma" } },
  { "win.show-crosshair", { "<primary>t" } },
  { "win.limits", { "<primary>l" } },
  { "win.play", { "<primary>space" } },
  { "win.next-epoch", { "<alt>period" } },
  { "win.previous-epoch", { "<alt>comma" } },
  { "win.slower", { "<alt>less" } },
  { "win.faster", { "<alt>greater" } },
  { "win.loop", { "<primary><shift>space" } },
  { "win.view::plane", { "<alt>1" } },
  { "win.view::epochs", { "<alt>2" } },
  { "win.view::trajectories", { "<alt>3" } },
  { "win.view::spectrum", { "<alt>4" } },
  { "win.view::map", { "<alt>5" } },
  { "win.view::sweep", { "<alt>6" } },
  { "win.view::table", { "<alt>7" } },
  { "window.close", { "<primary>w" } },
};

static IpWindow *
ip_application_get_window (IpApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  while (windows != NULL && !IP_IS_WINDOW (windows->data)) /* but a dialog */
    windows = windows->next;

  return windows != NULL ? windows->data : ip_window_new (self);
}

/* The first window offers what a crash left behind. */
static void
ip_application_offer_restore (IpApplication *self, IpWindow *window)
{
  if (self->offered)
    return;
  self->offered = TRUE;
  ip_window_offer_restore (window);
}

static void
ip_application_present (IpApplication *self, IpWindow *window)
{
  const char *screenshot = g_getenv ("INFOPLANE_SCREENSHOT");

  gtk_window_present (GTK_WINDOW (window));
  ip_application_offer_restore (self, window);
  if (screenshot != NULL)
    ip_screenshot_take_when_idle (window, screenshot, g_getenv ("INFOPLANE_SCREENSHOT_VIEW"));
}

static void
ip_application_activate (GApplication *application)
{
  ip_application_present (IP_APPLICATION (application),
                          ip_application_get_window (IP_APPLICATION (application)));
}

static void
ip_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  IpWindow *window = ip_application_get_window (IP_APPLICATION (application));

  ip_window_open (window, files, n_files);
  ip_application_present (IP_APPLICATION (application), window);
}

static void
ip_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (ip_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accelerators[i].action,
                                           accelerators[i].accelerators);
}

static void
ip_application_class_init (IpApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = ip_application_startup;
  application_class->activate = ip_application_activate;
  application_class->open = ip_application_open;

  /* Naming the resources keeps the linker from dropping them from the static library. */
  g_resources_register (ip_get_resource ());
}

static void
ip_application_init (IpApplication *self)
{
}

IpApplication *
ip_application_new (void)
{
  return g_object_new (IP_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/infoplane/Infoplane",
                       NULL);
}
