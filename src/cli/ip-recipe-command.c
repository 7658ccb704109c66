/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-command.h"

#include "ip-recipe.h"
#include "ip-session-file.h"

#include <glib/gi18n.h>

/* The recipe command: how the figure of a saved session came about. */

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Opens the dumps of the session, and computes nothing. */
static IpSession *
restore (IpSessionFile *file)
{
  IpSession *session = ip_session_new (1, 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) notices = NULL;

  ip_session_restore_async (session, file, NULL, NULL, restored_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  ip_session_cancel (session);
  notices = ip_session_restore_finish (session, result, NULL);
  for (guint i = 0; notices != NULL && i < notices->len; i++)
    g_printerr ("%s\n", (const char *) notices->pdata[i]);

  return session;
}

static IpExit
print_recipe (const char *path, IpRecipeFormat format)
{
  g_autoptr (GFile) place = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (IpSessionFile) file = ip_session_file_load (place, NULL, &error);
  g_autoptr (IpSession) session = NULL;
  IpFigureKind kind = IP_FIGURE_PLANE;
  g_autofree char *output = NULL;
  g_autofree char *recipe = NULL;
  guint n_runs;

  if (file == NULL)
    {
      g_printerr ("%s\n", error->message);
      return IP_EXIT_INPUT;
    }

  session = restore (file);
  n_runs = g_list_model_get_n_items (ip_session_get_runs (session));
  ip_session_find_kind (ip_session_get_view (session), &kind);
  output = g_strconcat (ip_session_get_view_name (kind), ".pdf", NULL);
  recipe = ip_recipe_of_figure (session, kind, output, format);
  g_print ("%s%s", recipe, g_str_has_suffix (recipe, "\n") ? "" : "\n");

  return n_runs == ip_session_file_get_n_runs (file) ? IP_EXIT_DONE : IP_EXIT_INPUT;
}

IpExit
ip_command_recipe (int argc, char **argv)
{
  static const char *const names[] = { "text", "json", "command" };
  g_autofree char *format = NULL;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, N_("How it is written"),
      "text|json|command" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SESSION.infoplane");
  g_autoptr (GError) error = NULL;

  g_set_prgname ("infoplane-cli recipe");
  g_option_context_set_summary (
    context, _("Say how the figure of a saved session came about, complete enough to make it "
               "again."));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("infoplane-cli recipe: %s\n",
                  error != NULL ? error->message : _("give one saved session"));
      return IP_EXIT_USAGE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (format != NULL ? format : "text", names[i]) == 0)
      return print_recipe (argv[1], i);
  g_printerr (_("infoplane-cli recipe: --format is text, json or command, not “%s”\n"), format);

  return IP_EXIT_USAGE;
}
