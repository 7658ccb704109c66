/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include "ip-repeats.h"

#include <string.h>

/* How figures put together what is open: averages over groups of runs, small multiples, and which
 * marks are shown. */

const IpDisplayInfo ip_session_displays[IP_N_DISPLAYS] = {
  [IP_DISPLAY_LAYOUT] = { "layout", IP_LAYOUT_OVERLAY, IP_N_LAYOUTS - 1, "overlay,side,layers" },
  [IP_DISPLAY_BAND] = { "band", IP_BAND_STD, IP_N_BANDS - 1, "std,stderr,ci95,range,none" },
  [IP_DISPLAY_SHOW] = { "show", IP_SHOW_STANDARD, (1 << 8) - 1,
                        "trajectories,epochs,bars,boxes,bands,phases,violations,members" },
  [IP_DISPLAY_VALUE_SCALE] = { "value-scale", IP_SCALE_LINEAR, IP_SCALE_SYMLOG,
                               "linear,,log,symlog" },
  [IP_DISPLAY_SPECTRUM] = { "spectrum", IP_SPECTRUM_OVERLAY, IP_N_SPECTRUM_FORMS - 1,
                            "overlay,ridges,cumulative,diffusion" },
  [IP_DISPLAY_GRID] = { "grid", TRUE, TRUE, "off,on" },
};

/* The place of an id in a list with commas, −1 when it is not there. */
static int
find_id (const char *ids, const char *id)
{
  g_auto (GStrv) list = g_strsplit (ids, ",", -1);

  for (int i = 0; list[i] != NULL && *id != '\0'; i++)
    if (g_str_equal (list[i], id))
      return i;

  return -1;
}

char *
ip_display_format (IpDisplay which, int value)
{
  g_auto (GStrv) ids = g_strsplit (ip_session_displays[which].ids, ",", -1);
  GString *text = g_string_new (NULL);

  for (int i = 0; ids[i] != NULL; i++)
    if (which == IP_DISPLAY_SHOW ? (value >> i & 1) : i == value)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", ids[i]);

  return g_string_free (text, FALSE);
}

gboolean
ip_display_parse (IpDisplay which, const char *text, int *value, const char **choices)
{
  g_auto (GStrv) parts = g_strsplit (text, which == IP_DISPLAY_SHOW ? "," : "\n", -1);
  int result = 0;

  *choices = ip_session_displays[which].ids;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      int place = find_id (*choices, parts[i]);

      if (place < 0)
        return FALSE;
      result |= which == IP_DISPLAY_SHOW ? 1 << place : place;
    }
  *value = result;

  return which == IP_DISPLAY_SHOW || parts[0] != NULL;
}

int
ip_session_get_display (IpSession *self, IpDisplay which)
{
  g_return_val_if_fail (IP_IS_SESSION (self), 0);
  g_return_val_if_fail (which < IP_N_DISPLAYS, 0);

  return self->display[which];
}

void
ip_session_set_display (IpSession *self, IpDisplay which, int value)
{
  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (which < IP_N_DISPLAYS);
  g_return_if_fail (value >= 0 && value <= ip_session_displays[which].most);

  if (self->display[which] == value)
    return;

  self->display[which] = value;
  g_object_notify (G_OBJECT (self), ip_session_displays[which].property);
  ip_session_emit_changed (self);
}

const char *
ip_session_get_group_by (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return self->group_by;
}

void
ip_session_set_group_by (IpSession *self, const char *attribute)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (attribute != NULL && *attribute == '\0')
    attribute = NULL;
  if (g_strcmp0 (self->group_by, attribute) == 0)
    return;

  g_free (self->group_by);
  self->group_by = g_strdup (attribute);
  g_object_notify (G_OBJECT (self), "group-by");
  ip_session_emit_changed (self);
}

static gboolean
contains (GPtrArray *texts, const char *text)
{
  for (guint i = 0; i < texts->len; i++)
    if (g_str_equal (texts->pdata[i], text))
      return TRUE;

  return FALSE;
}

/* Whether an attribute puts the runs into groups: it differs, and some have it in common. */
static gboolean
divides_runs (IpSession *self, const char *attribute)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  guint n_runs = ip_session_get_n_runs (self);

  for (guint i = 0; i < n_runs; i++)
    {
      const char *value = ip_dump_get_attribute (ip_run_get_dump (ip_session_get_run (self, i)),
                                                 attribute);

      if (!contains (values, value != NULL ? value : ""))
        g_ptr_array_add (values, (char *) (value != NULL ? value : ""));
    }

  return values->len > 1 && values->len < n_runs;
}

static gboolean
has_repeats (IpSession *self)
{
  g_autoptr (GPtrArray) groups = ip_repeats_find (G_LIST_MODEL (self->runs));

  return groups->len < ip_session_get_n_runs (self);
}

char **
ip_session_list_groupings (IpSession *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  if (has_repeats (self))
    g_ptr_array_add (names, g_strdup (IP_GROUP_REPEATS));
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    {
      guint n;
      const IpRunAttribute *attributes
        = ip_dump_get_attributes (ip_run_get_dump (ip_session_get_run (self, i)), &n);

      for (guint k = 0; k < n; k++)
        if (!contains (names, attributes[k].name) && divides_runs (self, attributes[k].name))
          g_ptr_array_add (names, g_strdup (attributes[k].name));
    }
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* "tanh", and "lr 0.1" where the value alone would not say what it is. */
static char *
name_by_attribute (IpRun *run, const char *attribute)
{
  const char *value = ip_dump_get_attribute (ip_run_get_dump (run), attribute);

  if (value == NULL)
    return g_strdup_printf ("%s ?", attribute);
  if (g_ascii_isalpha (*value) && !g_str_equal (value, "true") && !g_str_equal (value, "false"))
    return g_strdup (value);

  return g_strdup_printf ("%s %s", attribute, value);
}

static void
name_repeats (IpSession *self, char **names)
{
  g_autoptr (GPtrArray) groups = ip_repeats_find (G_LIST_MODEL (self->runs));

  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    for (guint k = 0; k < groups->len; k++)
      {
        const IpRepeats *group = groups->pdata[k];

        if (g_ptr_array_find (group->runs, ip_session_get_run (self, i), NULL))
          names[i] = g_strdup (group->title);
      }
}

char **
ip_session_name_groups (IpSession *self)
{
  guint n_runs = ip_session_get_n_runs (self);
  char **names = g_new0 (char *, n_runs + 1);

  if (g_strcmp0 (self->group_by, IP_GROUP_REPEATS) == 0)
    name_repeats (self, names);
  for (guint i = 0; i < n_runs; i++)
    if (names[i] == NULL)
      names[i] = self->group_by != NULL
                   ? name_by_attribute (ip_session_get_run (self, i), self->group_by)
                   : g_strdup (ip_run_get_name (ip_session_get_run (self, i)));

  return names;
}
