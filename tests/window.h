/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "await.h"
#include "ip-application.h"
#include "ip-window.h"
#include "make-dumps.h"

/* What tests of real windows have in common. */

static IpApplication *application;
static char *scratch; /* folder of the tests, and of all that the application keeps */

static inline const char *
get_obstacle (void)
{
  return gtk_init_check () ? NULL : "there is no display";
}

/* FALSE when the tests have to be skipped; otherwise run_tests() has to follow. */
static inline gboolean
begin_tests (int *argc, char ***argv, const char *(*obstacle) (void))
{
  static const char *const homes[] = { "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME" };

  g_test_init (argc, argv, NULL);
  scratch = make_directory ();
  for (guint i = 0; i < G_N_ELEMENTS (homes); i++)
    g_setenv (homes[i], scratch, TRUE);
  if (obstacle () != NULL)
    {
      g_print ("1..0 # SKIP %s\n", obstacle ());
      remove_directory (scratch);
      return FALSE;
    }

  application = ip_application_new ();
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  return TRUE;
}

static inline int
run_tests (void)
{
  int status = g_test_run ();

  g_object_unref (application);
  remove_directory (scratch);
  g_free (scratch);
  return status;
}

static inline gboolean
has_results (IpWindow *window)
{
  IpSession *session = ip_window_get_session (window);

  return ip_window_is_idle (window) && ip_session_get_n_cells (session) > 0
         && ip_session_get_n_done (session) == ip_session_get_n_cells (session);
}

/* The first one of that type, and style unless it is NULL. */
static inline GtkWidget *
find_widget (GtkWidget *widget, GType type, const char *css_class)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type)
      && (css_class == NULL || gtk_widget_has_css_class (widget, css_class)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, css_class);

      if (found != NULL)
        return found;
    }
  return NULL;
}
