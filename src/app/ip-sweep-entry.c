/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-sweep-entry.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* What is typed is checked at each key, and taken at Return or when the entry is left.  It stays as
 * it was typed as long as the session has the same values. */

#define STANDARD_COUNT 9
#define MOST_VALUES 64
#define MOST_WIDTH 300 /* pixels; more than fits here scrolls */

struct _IpSweepEntry
{
  GtkWidget parent_instance;

  IpSession *session;
  GtkEntry *entry;
  gboolean showing; /* the text is being set from the session, not by the user */
  gboolean typing;  /* and not taken yet */
};

G_DEFINE_FINAL_TYPE (IpSweepEntry, ip_sweep_entry, GTK_TYPE_WIDGET)

/* NULL when nothing is swept. */
static const IpParameter *
get_parameter (IpSweepEntry *self)
{
  int number = ip_session_get_sweep (self->session, NULL, NULL);

  return number >= 0 ? &ip_session_get_request (self->session)->estimator->parameters[number]
                     : NULL;
}

/* As the user writes numbers or as C does. */
static gboolean
parse_number (const char *text, double *value)
{
  char *end;

  *value = g_strtod (text, &end);
  return *text != '\0' && *end == '\0' && isfinite (*value);
}

static char *
explain_range (const IpParameter *parameter)
{
  return g_strdup_printf (_("%s goes from %.6g to %.6g"), _(parameter->title), parameter->minimum,
                          parameter->maximum);
}

static gboolean
add_value (GArray *values, const IpParameter *parameter, double value, char **reason)
{
  if (value < parameter->minimum || value > parameter->maximum)
    *reason = explain_range (parameter);
  else if (parameter->kind == IP_PARAMETER_INTEGER && value != round (value))
    *reason = g_strdup_printf (_("%s is a whole number"), _(parameter->title));
  else if (values->len >= MOST_VALUES)
    *reason = g_strdup_printf (_("At most %d values"), MOST_VALUES);
  else
    g_array_append_val (values, value);
  return *reason == NULL;
}

/* "from..to" or "from..to..count", or with colons as on the command line: by equal factors where
 * that is the measure of the parameter. */
static gboolean
add_range (GArray *values, const IpParameter *parameter, const char *word, char **reason)
{
  g_auto (GStrv) parts = g_strsplit (word, strchr (word, ':') != NULL ? ":" : "..", 3);
  double from, to, count = STANDARD_COUNT;
  gboolean by_factors;

  if (!parse_number (parts[0], &from) || !parse_number (parts[1], &to) || !(from < to)
      || (parts[2] != NULL && (!parse_number (parts[2], &count) || count != round (count))))
    {
      *reason = g_strdup_printf (_("“%s” is not from..to..count"), word);
      return FALSE;
    }
  if (count < 2 || count > MOST_VALUES)
    {
      *reason = g_strdup_printf (_("Between 2 and %d values"), MOST_VALUES);
      return FALSE;
    }
  by_factors = parameter->logarithmic && from > 0;
  for (guint i = 0; i < count; i++)
    {
      double share = i / (count - 1);
      double value = by_factors ? from * pow (to / from, share) : from + share * (to - from);

      if (parameter->kind == IP_PARAMETER_INTEGER)
        value = round (value);
      if (!add_value (values, parameter, value, reason))
        return FALSE;
    }
  return TRUE;
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double other = *(const double *) b;

  return (one > other) - (one < other);
}

static void
sort_values (GArray *values)
{
  g_array_sort (values, compare_values);
  for (guint i = values->len; i-- > 1;)
    if (g_array_index (values, double, i) == g_array_index (values, double, i - 1))
      g_array_remove_index (values, i);
}

/* In rising order, each once, none without text; NULL and the reason when it cannot be. */
static GArray *
parse_values (const char *text, const IpParameter *parameter, char **reason)
{
  gboolean has_decimal_comma = g_strtod ("0,5", NULL) != 0;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_auto (GStrv) words = g_strsplit_set (text, has_decimal_comma ? " \t;" : " \t;,", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      double value;

      if (*words[i] == '\0')
        continue;
      if (strstr (words[i], "..") != NULL || strchr (words[i], ':') != NULL)
        {
          if (!add_range (values, parameter, words[i], reason))
            return NULL;
        }
      else if (!parse_number (words[i], &value))
        {
          *reason = g_strdup_printf (_("“%s” is not a number"), words[i]);
          return NULL;
        }
      else if (!add_value (values, parameter, value, reason))
        return NULL;
    }
  sort_values (values);
  if (values->len == 1)
    {
      *reason = g_strdup (_("A sweep has at least two values"));
      return NULL;
    }
  return g_steal_pointer (&values);
}

/* The values typed; NULL when they are wrong, which is shown. */
static GArray *
ip_sweep_entry_read (IpSweepEntry *self)
{
  const IpParameter *parameter = get_parameter (self);
  g_autofree char *reason = NULL;
  GArray *values
    = parameter != NULL
        ? parse_values (gtk_editable_get_text (GTK_EDITABLE (self->entry)), parameter, &reason)
        : NULL;
  gboolean wrong = reason != NULL;

  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_entry_set_icon_from_icon_name (self->entry, GTK_ENTRY_ICON_SECONDARY,
                                     wrong ? "dialog-warning-symbolic" : NULL);
  gtk_entry_set_icon_tooltip_text (self->entry, GTK_ENTRY_ICON_SECONDARY, reason);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               wrong ? reason
                                     : _("Values: 5 10 20, or from..to..count; none for those "
                                         "around the value in force"));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, wrong ? reason : "", -1);
  return values;
}

static gboolean
has_values (IpSweepEntry *self, const GArray *values)
{
  const double *now;
  guint n;

  ip_session_get_sweep (self->session, &now, &n);
  return values->len == n && (n == 0 || memcmp (values->data, now, n * sizeof *now) == 0);
}

static void
ip_sweep_entry_take (IpSweepEntry *self)
{
  g_autoptr (GArray) values = ip_sweep_entry_read (self);
  int parameter = ip_session_get_sweep (self->session, NULL, NULL);

  self->typing = values == NULL;
  if (values != NULL && !has_values (self, values))
    ip_session_set_sweep (self->session, (guint) parameter,
                          (const double *) (gpointer) values->data, values->len);
}

static void
activate_cb (IpSweepEntry *self)
{
  ip_sweep_entry_take (self);
}

static void
changed_cb (IpSweepEntry *self)
{
  g_autoptr (GArray) values = NULL;

  if (self->showing)
    return;
  self->typing = TRUE;
  values = ip_sweep_entry_read (self);
}

static void
session_changed_cb (IpSweepEntry *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) typed = ip_sweep_entry_read (self);
  g_autoptr (GArray) shown = NULL;
  const double *values;
  guint n;

  if (self->typing || (typed != NULL && has_values (self, typed)))
    return;
  ip_session_get_sweep (self->session, &values, &n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%.6g", i > 0 ? " " : "", values[i]);
  self->showing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text->str);
  self->showing = FALSE;
  shown = ip_sweep_entry_read (self);
}

static void
ip_sweep_entry_dispose (GObject *object)
{
  IpSweepEntry *self = IP_SWEEP_ENTRY (object);

  self->showing = TRUE;
  if (self->entry != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->entry));
  self->entry = NULL;
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_sweep_entry_parent_class)->dispose (object);
}

static void
ip_sweep_entry_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (IP_SWEEP_ENTRY (widget)->entry), orientation, -1, minimum,
                      natural, minimum_baseline, natural_baseline);
}

/* It takes the space that is left, up to what is enough. */
static void
ip_sweep_entry_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  int taken = MIN (width, MOST_WIDTH);
  gboolean from_right = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (GTK_WIDGET (IP_SWEEP_ENTRY (widget)->entry),
                            &(GtkAllocation) { from_right ? width - taken : 0, 0, taken, height },
                            baseline);
}

static void
ip_sweep_entry_class_init (IpSweepEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_sweep_entry_dispose;
  GTK_WIDGET_CLASS (klass)->measure = ip_sweep_entry_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = ip_sweep_entry_size_allocate;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "sweep-entry");
}

static void
ip_sweep_entry_init (IpSweepEntry *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->entry), GTK_WIDGET (self));
  /* It takes what room there is, and none from what stands beside it. */
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 6);
  gtk_entry_set_placeholder_text (self->entry, _("Automatic"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Values of the parameter"), -1);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (activate_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
}

void
ip_sweep_entry_set_session (IpSweepEntry *self, IpSession *session)
{
  g_return_if_fail (IP_IS_SWEEP_ENTRY (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
