/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-blur.h"

#include <glib/gi18n.h>
#include <string.h>

/* Estimators know nothing of languages and write whole phrases.  Without its numbers a phrase is
 * one of these, whose translations must keep the numbers in order. */
static const char *const phrases[] = {
  N_("%s bins on [%s, %s]"),
  N_("%s bins over the range of each unit"),
  N_("%s bins of equally many distinct values"),
  N_("%s equal-mass bins"),
  N_("%s bins of width %s"),
  N_("bins of width %s"),
  N_("kernel width %s"),
  N_("squared kernel width %s"),
  N_("noise variance %s"),
  N_("noise variance %s (%s of the layer’s)"),
  N_("noise variance %s, signs ignored"),
  N_("neighbour number %s"),
  N_("neighbour number %s of %s different samples"),
  N_("%s nearest neighbours"),
  N_("the noise of the layer itself"),
  N_("no blur"),
};

static GRegex *
get_number_pattern (void)
{
  static GRegex *pattern;

  if (g_once_init_enter (&pattern))
    g_once_init_leave (&pattern, g_regex_new ("[−-]?\\d+(\\.\\d+)?(e[+-]?\\d+)?",
                                              G_REGEX_OPTIMIZE, 0, NULL));

  return pattern;
}

static gboolean
is_phrase (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (g_str_equal (phrases[i], text))
      return TRUE;

  return FALSE;
}

char *
ip_blur_translate (const char *blur)
{
  g_autofree char *phrase
    = g_regex_replace_literal (get_number_pattern (), blur, -1, 0, "%s", 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  GString *text;
  const char *at;

  if (phrase == NULL || !is_phrase (phrase))
    return g_strdup (blur);

  text = g_string_new (NULL);
  g_regex_match (get_number_pattern (), blur, 0, &match);
  for (at = _(phrase); strstr (at, "%s") != NULL && g_match_info_matches (match);
       at = strstr (at, "%s") + 2)
    {
      g_autofree char *number = g_match_info_fetch (match, 0);

      g_string_append_len (text, at, strstr (at, "%s") - at);
      g_string_append (text, number);
      g_match_info_next (match, NULL);
    }
  g_string_append (text, at);

  return g_string_free (text, FALSE);
}
