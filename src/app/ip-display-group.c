/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-display-group.h"

#include "ip-average.h"

#include <glib/gi18n.h>

/* The displays that are one choice of a few, each a row; IP_DISPLAY_SHOW is a row of switches. */
static const struct
{
  const char *title;
  int values[8]; /* of the session, in the order of the titles */
  const char *titles[8];
} choices[IP_N_DISPLAYS] = {
  [IP_DISPLAY_LAYOUT] = { N_("Arrangement"),
                          { IP_LAYOUT_OVERLAY, IP_LAYOUT_RUNS, IP_LAYOUT_LAYERS },
                          { N_("All in One"), N_("Runs Side by Side"),
                            N_("Layers Side by Side") } },
  [IP_DISPLAY_BAND] = { N_("Around Means"),
                        { IP_BAND_STD, IP_BAND_STDERR, IP_BAND_CI95, IP_BAND_RANGE,
                          IP_BAND_NONE } },
  [IP_DISPLAY_VALUE_SCALE]
  = { N_("Value Axis"),
      { IP_SCALE_LINEAR, IP_SCALE_LOG10, IP_SCALE_SYMLOG },
      { N_("Linear"), N_("Logarithmic"), N_("Logarithmic on Both Sides of Zero") } },
  [IP_DISPLAY_SPECTRUM]
  = { N_("Spectra"),
      { IP_SPECTRUM_OVERLAY, IP_SPECTRUM_RIDGES, IP_SPECTRUM_CUMULATIVE, IP_SPECTRUM_DIFFUSION },
      { N_("Eigenvalues by Rank"), N_("One above the Other"), N_("Cumulative Share"),
        N_("Entropy over Diffusion Time") } },
};

static const struct
{
  IpShow show;
  const char *title;
} shows[] = {
  { IP_SHOW_TRAJECTORIES, N_("Layers over the Epochs") },
  { IP_SHOW_EPOCHS, N_("Epochs over the Layers") },
  { IP_SHOW_BARS, N_("Error Bars") },
  { IP_SHOW_BOXES, N_("Error Boxes") },
  { IP_SHOW_BANDS, N_("Bands") },
  { IP_SHOW_PHASES, N_("Where Compression Begins") },
  { IP_SHOW_VIOLATIONS, N_("Violated Data Processing") },
  { IP_SHOW_MEMBERS, N_("Single Runs behind Means") },
};

struct _IpDisplayGroup
{
  AdwPreferencesGroup parent_instance;

  IpSession *session;
  gboolean showing; /* rows are being set from the session, not by the user */
  char **groupings; /* in the order of the row, behind the first, which is none */
  AdwComboRow *group_row;
  AdwComboRow *rows[IP_N_DISPLAYS];
  GtkSwitch *switches[G_N_ELEMENTS (shows)];
};

G_DEFINE_FINAL_TYPE (IpDisplayGroup, ip_display_group, ADW_TYPE_PREFERENCES_GROUP)

static void
group_chosen_cb (IpDisplayGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->group_row);

  if (self->showing || selected > g_strv_length (self->groupings))
    return;
  ip_session_set_group_by (self->session, selected > 0 ? self->groupings[selected - 1] : NULL);
}

static guint
find_value (IpDisplay which, int value)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices[which].values); i++)
    if (choices[which].values[i] == value)
      return i;
  return 0;
}

static void
display_chosen_cb (IpDisplayGroup *self, GParamSpec *pspec, AdwComboRow *row)
{
  guint selected = adw_combo_row_get_selected (row);

  if (self->showing || selected >= G_N_ELEMENTS (choices[0].values))
    return;
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    if (self->rows[which] == row)
      ip_session_set_display (self->session, which, choices[which].values[selected]);
}

static void
show_switched_cb (IpDisplayGroup *self)
{
  int show = 0;

  if (self->showing)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (shows); i++)
    if (gtk_switch_get_active (self->switches[i]))
      show |= shows[i].show;
  ip_session_set_display (self->session, IP_DISPLAY_SHOW, show);
}

/* Offers what the open runs can be grouped by. */
static void
ip_display_group_show_groupings (IpDisplayGroup *self)
{
  g_auto (GStrv) groupings = ip_session_list_groupings (self->session);
  const char *group_by = ip_session_get_group_by (self->session);
  guint selected = 0;

  if (self->groupings == NULL
      || !g_strv_equal ((const char *const *) groupings, (const char *const *) self->groupings))
    {
      g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

      gtk_string_list_append (titles, _("None"));
      for (guint i = 0; groupings[i] != NULL; i++)
        gtk_string_list_append (titles, g_str_equal (groupings[i], IP_GROUP_REPEATS)
                                          ? _("Repeats")
                                          : groupings[i]);
      g_strfreev (self->groupings);
      self->groupings = g_steal_pointer (&groupings);
      adw_combo_row_set_model (self->group_row, G_LIST_MODEL (titles));
    }
  for (guint i = 0; self->groupings[i] != NULL; i++)
    if (g_strcmp0 (self->groupings[i], group_by) == 0)
      selected = i + 1;
  adw_combo_row_set_selected (self->group_row, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->group_row), self->groupings[0] != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->rows[IP_DISPLAY_BAND]), selected > 0);
}

static void
session_changed_cb (IpDisplayGroup *self)
{
  int show = ip_session_get_display (self->session, IP_DISPLAY_SHOW);

  self->showing = TRUE;
  ip_display_group_show_groupings (self);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    if (self->rows[which] != NULL)
      adw_combo_row_set_selected (
        self->rows[which], find_value (which, ip_session_get_display (self->session, which)));
  for (guint i = 0; i < G_N_ELEMENTS (shows); i++)
    gtk_switch_set_active (self->switches[i], (show & (int) shows[i].show) != 0);
  self->showing = FALSE;
}

static AdwComboRow *
create_choice_row (IpDisplayGroup *self, IpDisplay which)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  GtkWidget *row = adw_combo_row_new ();

  if (which == IP_DISPLAY_BAND)
    for (IpBand band = 0; band < IP_N_BANDS; band++)
      gtk_string_list_append (titles, ip_band_get_title ((IpBand) choices[which].values[band]));
  for (guint i = 0; choices[which].titles[i] != NULL; i++)
    gtk_string_list_append (titles, _(choices[which].titles[i]));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(choices[which].title));
  adw_combo_row_set_use_subtitle (ADW_COMBO_ROW (row), TRUE);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (titles));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (display_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  return ADW_COMBO_ROW (row);
}

static void
ip_display_group_add_group_row (IpDisplayGroup *self)
{
  self->group_row = ADW_COMBO_ROW (adw_combo_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->group_row), _("Means over Runs by"));
  adw_combo_row_set_use_subtitle (self->group_row, TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->group_row));
  g_signal_connect_object (self->group_row, "notify::selected", G_CALLBACK (group_chosen_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
ip_display_group_add_switches (IpDisplayGroup *self)
{
  GtkWidget *expander = adw_expander_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (expander), _("Drawn besides Points"));
  for (guint i = 0; i < G_N_ELEMENTS (shows); i++)
    {
      GtkWidget *row = adw_action_row_new ();
      GtkWidget *toggle = gtk_switch_new ();

      gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(shows[i].title));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
      adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
      g_signal_connect_object (toggle, "notify::active", G_CALLBACK (show_switched_cb), self,
                               G_CONNECT_SWAPPED);
      self->switches[i] = GTK_SWITCH (toggle);
    }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), expander);
}

static void
ip_display_group_dispose (GObject *object)
{
  IpDisplayGroup *self = IP_DISPLAY_GROUP (object);

  self->showing = TRUE;
  g_clear_object (&self->session);
  g_clear_pointer (&self->groupings, g_strfreev);
  G_OBJECT_CLASS (ip_display_group_parent_class)->dispose (object);
}

static void
ip_display_group_class_init (IpDisplayGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_display_group_dispose;
}

static void
ip_display_group_init (IpDisplayGroup *self)
{
  self->showing = TRUE;
  ip_display_group_add_group_row (self);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    if (choices[which].title != NULL)
      self->rows[which] = create_choice_row (self, which);
  ip_display_group_add_switches (self);
}

void
ip_display_group_set_session (IpDisplayGroup *self, IpSession *session)
{
  g_return_if_fail (IP_IS_DISPLAY_GROUP (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  session_changed_cb (self);
}
