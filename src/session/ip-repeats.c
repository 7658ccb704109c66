/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-repeats.h"

#include <string.h>

static GRegex *
get_seed_pattern (void)
{
  static GRegex *pattern;

  if (g_once_init_enter (&pattern))
    g_once_init_leave (&pattern,
                       g_regex_new ("(?<![a-z])(seed|repeat|replicate|rep|trial)[-_ =]?(\\d+)",
                                    G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL));

  return pattern;
}

/* Replaces the seed in a name. (transfer full) NULL when it has none */
static char *
take_seed_from_name (const char *name, char **seed)
{
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (get_seed_pattern (), name, 0, &match))
    return NULL;
  if (*seed == NULL)
    *seed = g_match_info_fetch (match, 2);

  return g_regex_replace_literal (get_seed_pattern (), name, -1, 0, "\\1*", 0, NULL);
}

static gboolean
is_seed (const char *attribute)
{
  g_autofree char *name = g_ascii_strdown (attribute, -1);

  return g_str_equal (name, "seed") || g_str_has_suffix (name, "_seed")
         || g_str_has_prefix (name, "seed_") || g_str_equal (name, "random_state");
}

/* What differs between repeats without having been chosen: when, where and with what result. */
static gboolean
is_circumstance (const char *attribute)
{
  static const char *const names[] = {
    "uuid",  "id",       "run",      "run_id", "run_name", "name",       "title",
    "date",  "time",     "created",  "started", "finished", "timestamp", "duration",
    "seconds", "host",   "hostname", "user",   "path",     "file",       "filename",
  };
  g_autofree char *name = g_ascii_strdown (attribute, -1);

  if (g_str_has_prefix (name, "final_") || g_str_has_prefix (name, "best_"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      return TRUE;

  return FALSE;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
describe_attributes (GString *text, IpDump *dump, char **seed)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint n_attributes;
  const IpRunAttribute *attributes = ip_dump_get_attributes (dump, &n_attributes);

  for (guint i = 0; i < n_attributes; i++)
    if (is_seed (attributes[i].name))
      {
        if (*seed == NULL)
          *seed = g_strdup (attributes[i].value);
      }
    else if (!is_circumstance (attributes[i].name))
      g_ptr_array_add (lines, g_strdup_printf ("%s=%s\n", attributes[i].name,
                                               attributes[i].value));

  g_ptr_array_sort (lines, compare_texts);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, lines->pdata[i]);
}

/* A name that speaks of a seed says in its other parts what was trained, recorded or not. */
static void
describe_name (GString *text, IpDump *dump, char **seed)
{
  g_autoptr (GFile) folder = g_file_get_parent (ip_dump_get_file (dump));
  g_autofree char *folder_name = folder != NULL ? g_file_get_basename (folder) : g_strdup ("");
  g_autofree char *name = take_seed_from_name (ip_dump_get_name (dump), seed);
  g_autofree char *path = NULL;

  if (name == NULL)
    {
      g_autofree char *without_seed = take_seed_from_name (folder_name, seed);

      if (without_seed != NULL)
        name = g_build_filename (without_seed, ip_dump_get_name (dump), NULL);
    }
  if (name == NULL && *seed == NULL)
    path = g_file_get_uri (ip_dump_get_file (dump));

  g_string_append_printf (text, "%s\n", name != NULL ? name : path != NULL ? path : "");
}

char *
ip_repeats_describe (IpDump *dump, char **seed)
{
  GString *text = g_string_new (NULL);

  *seed = NULL;
  g_string_append_printf (text, "%" G_GSIZE_FORMAT " samples, %u classes, labels %u\n",
                          ip_dump_get_n_samples (dump), ip_dump_get_n_classes (dump),
                          ip_dump_get_label_kind (dump));
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    {
      const IpLayer *layer = ip_dump_get_layer (dump, i);

      g_string_append_printf (text, "%s %" G_GSIZE_FORMAT " %s\n", layer->name, layer->n_units,
                              layer->activation);
    }
  describe_attributes (text, dump, seed);
  describe_name (text, dump, seed);

  return g_string_free (text, FALSE);
}

#define SEPARATORS "-_ =./"

static void
drop_ends (char *text, const char *characters)
{
  gsize start = strspn (text, characters);
  gsize end = strlen (text);

  while (end > start && strchr (characters, text[end - 1]) != NULL)
    end--;
  memmove (text, text + start, end - start);
  text[end - start] = '\0';
}

/* What a run is called but for its seed. (transfer full) */
static char *
find_name (IpRun *run)
{
  char *name = g_regex_replace_literal (get_seed_pattern (), ip_run_get_name (run), -1, 0, "", 0,
                                        NULL);

  drop_ends (name, SEPARATORS);

  return name;
}

/* What the names of all runs begin with. (transfer full) */
static char *
find_title (GPtrArray *runs)
{
  g_autofree char *title = find_name (runs->pdata[0]);
  gboolean differ = FALSE;
  const char *end;

  if (runs->len == 1)
    return g_strdup (ip_run_get_name (runs->pdata[0]));
  for (guint i = 1; i < runs->len; i++)
    {
      g_autofree char *name = find_name (runs->pdata[i]);
      gsize n = 0;

      while (title[n] != '\0' && title[n] == name[n])
        n++;
      differ = differ || title[n] != name[n];
      title[n] = '\0';
    }
  if (!g_utf8_validate (title, -1, &end))
    title[end - title] = '\0';
  drop_ends (title, differ ? SEPARATORS "0123456789" : SEPARATORS);

  return *title != '\0' ? g_steal_pointer (&title) : g_strdup (ip_run_get_name (runs->pdata[0]));
}

void
ip_repeats_free (IpRepeats *self)
{
  g_ptr_array_unref (self->runs);
  g_free (self->title);
  g_free (self);
}

static gboolean
has_seed (const IpRepeats *group, const char *seed)
{
  for (guint i = 0; i < group->runs->len; i++)
    if (g_strcmp0 (ip_run_get_seed (group->runs->pdata[i]), seed) == 0)
      return TRUE;

  return FALSE;
}

static IpRepeats *
find_group (GPtrArray *groups, IpRun *run)
{
  for (guint i = 0; i < groups->len; i++)
    {
      IpRepeats *group = groups->pdata[i];

      if (g_str_equal (ip_run_get_experiment (group->runs->pdata[0]), ip_run_get_experiment (run))
          && !has_seed (group, ip_run_get_seed (run)))
        return group;
    }

  return NULL;
}

GPtrArray *
ip_repeats_find (GListModel *runs)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) ip_repeats_free);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);
      IpRepeats *group = find_group (groups, run);

      if (group == NULL)
        {
          group = g_new0 (IpRepeats, 1);
          group->runs = g_ptr_array_new_with_free_func (g_object_unref);
          g_ptr_array_add (groups, group);
        }
      g_ptr_array_add (group->runs, g_steal_pointer (&run));
    }
  for (guint i = 0; i < groups->len; i++)
    {
      IpRepeats *group = groups->pdata[i];

      group->title = find_title (group->runs);
    }

  return groups;
}
