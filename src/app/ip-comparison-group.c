/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-comparison-group.h"

#include <glib/gi18n.h>

struct _IpComparisonGroup
{
  AdwPreferencesGroup parent_instance;

  IpSession *session;
  GArray *shown; /* IpRequest, of the rows */
  GPtrArray *rows;
  GtkWidget *add_button;
};

G_DEFINE_FINAL_TYPE (IpComparisonGroup, ip_comparison_group, ADW_TYPE_PREFERENCES_GROUP)

/* The parameters that matter, "Bins 30, Range Automatic". */
static char *
describe_parameters (const IpRequest *request)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < request->estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &request->estimator->parameters[i];
      double value = request->parameters.value[i];

      if (parameter->when >= 0
          && request->parameters.value[parameter->when] != parameter->equals)
        continue;
      g_string_append_printf (text, "%s%s ", text->len > 0 ? ", " : "", _(parameter->title));
      if (parameter->kind == IP_PARAMETER_CHOICE)
        g_string_append (text, _(parameter->titles[(guint) value]));
      else
        g_string_append_printf (text, "%.6g", value);
    }
  return g_string_free (text, FALSE);
}

static gboolean
is_compared (IpSession *session, const IpRequest *request)
{
  guint n;
  const IpRequest *compared = ip_session_get_comparisons (session, &n);

  for (guint i = 0; i < n; i++)
    if (ip_request_is_same (&compared[i], request))
      return TRUE;
  return FALSE;
}

static void
add_cb (IpComparisonGroup *self)
{
  guint n;
  const IpRequest *compared = ip_session_get_comparisons (self->session, &n);
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (IpRequest));

  if (n > 0)
    g_array_append_vals (requests, compared, n);
  g_array_append_vals (requests, ip_session_get_request (self->session), 1);
  ip_session_set_comparisons (self->session, (const IpRequest *) (gpointer) requests->data,
                              requests->len);
}

static void
remove_cb (IpComparisonGroup *self, GtkWidget *button)
{
  guint n;
  const IpRequest *compared = ip_session_get_comparisons (self->session, &n);
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  guint number;

  if (!g_ptr_array_find (self->rows, row, &number) || number >= n)
    return;
  g_array_append_vals (requests, compared, n);
  g_array_remove_index (requests, number);
  gtk_widget_grab_focus (self->add_button); /* which is left when the row is gone */
  ip_session_set_comparisons (self->session, (const IpRequest *) (gpointer) requests->data,
                              requests->len);
}

static GtkWidget *
create_button (const char *icon, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

static GtkWidget *
create_row (IpComparisonGroup *self, const IpRequest *request)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *parameters = describe_parameters (request);
  /* Translators: an estimator and its parameters. */
  g_autofree char *label = g_strdup_printf (_("Remove %s, %s, from the Comparison"),
                                            _(request->estimator->title), parameters);
  GtkWidget *button = create_button ("list-remove-symbolic", label);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(request->estimator->title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), parameters);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static gboolean
has_changed (IpComparisonGroup *self, const IpRequest *requests, guint n)
{
  gboolean changed = n != self->shown->len;

  for (guint i = 0; i < n && !changed; i++)
    changed = !ip_request_is_same (&requests[i], &g_array_index (self->shown, IpRequest, i));
  return changed;
}

static void
session_changed_cb (IpComparisonGroup *self)
{
  guint n;
  const IpRequest *requests = ip_session_get_comparisons (self->session, &n);

  gtk_widget_set_sensitive (self->add_button,
                            !is_compared (self->session, ip_session_get_request (self->session)));
  if (!has_changed (self, requests, n))
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  g_array_set_size (self->shown, 0);
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *row = create_row (self, &requests[i]);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      g_ptr_array_add (self->rows, row);
      g_array_append_vals (self->shown, &requests[i], 1);
    }
}

static void
ip_comparison_group_dispose (GObject *object)
{
  g_clear_object (&IP_COMPARISON_GROUP (object)->session);
  G_OBJECT_CLASS (ip_comparison_group_parent_class)->dispose (object);
}

static void
ip_comparison_group_finalize (GObject *object)
{
  IpComparisonGroup *self = IP_COMPARISON_GROUP (object);

  g_clear_pointer (&self->shown, g_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (ip_comparison_group_parent_class)->finalize (object);
}

static void
ip_comparison_group_class_init (IpComparisonGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_comparison_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = ip_comparison_group_finalize;
}

static void
ip_comparison_group_init (IpComparisonGroup *self)
{
  self->shown = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  self->rows = g_ptr_array_new ();
  self->add_button = create_button ("list-add-symbolic",
                                    _("Add the Estimator as It Is Set Now to the Comparison"));
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Compare"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), self->add_button);
  g_signal_connect_object (self->add_button, "clicked", G_CALLBACK (add_cb), self,
                           G_CONNECT_SWAPPED);
}

void
ip_comparison_group_set_session (IpComparisonGroup *self, IpSession *session)
{
  g_return_if_fail (IP_IS_COMPARISON_GROUP (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  session_changed_cb (self);
}
