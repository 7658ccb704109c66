/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-inspector.h"

#include "ip-comparison-group.h"
#include "ip-display-group.h"
#include "ip-export.h"
#include "ip-parameter-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Everything that changes the numbers, what is to be said about them, and how the figure leaves. */

#define MAX_TITLE 90 /* characters */
#define VERDICT_DELAY 200 /* ms; laying out their text is slow, and epochs may be playing */

enum
{
  WIDTH_COLUMN,
  WIDTH_PAGE,
  WIDTH_CUSTOM,
};

struct _IpInspector
{
  GtkWidget parent_instance;

  IpSession *session;
  gboolean showing; /* rows are being set from the session, not by the user */
  const IpEstimator *estimator;
  GPtrArray *estimators;     /* that are offered */
  GPtrArray *parameter_rows; /* in the order of the estimator's parameters */
  GPtrArray *verdict_rows;
  char *verdict_text; /* of all rows shown */
  guint verdicts;

  AdwPreferencesGroup *estimator_group;
  AdwComboRow *method_row;
  AdwPreferencesGroup *trust_group;
  GtkLabel *trust_epoch;
  IpComparisonGroup *comparison_group;
  IpDisplayGroup *display_group;
  AdwComboRow *unit_row;
  AdwComboRow *scale_row;
  AdwComboRow *width_row;
  GtkWidget *custom_width_row;
  GtkSpinButton *font_size;
};

G_DEFINE_FINAL_TYPE (IpInspector, ip_inspector, GTK_TYPE_WIDGET)

static void
ip_inspector_show_relevant_rows (IpInspector *self)
{
  for (guint i = 0; i < self->parameter_rows->len; i++)
    {
      const IpParameter *parameter = &self->estimator->parameters[i];
      gboolean relevant = TRUE;

      if (parameter->when >= 0)
        relevant = ip_parameter_row_get_value (self->parameter_rows->pdata[parameter->when])
                   == parameter->equals;
      gtk_widget_set_visible (self->parameter_rows->pdata[i], relevant);
    }
}

static void
parameter_changed_cb (IpInspector *self)
{
  IpRequest request = { .estimator = self->estimator };

  if (self->showing)
    return;
  for (guint i = 0; i < self->parameter_rows->len; i++)
    request.parameters.value[i] = ip_parameter_row_get_value (self->parameter_rows->pdata[i]);
  ip_inspector_show_relevant_rows (self);
  ip_session_set_request (self->session, &request);
}

static void
ip_inspector_create_rows (IpInspector *self, const IpRequest *request)
{
  g_autofree char *tooltip = NULL;

  for (guint i = 0; i < self->parameter_rows->len; i++)
    adw_preferences_group_remove (self->estimator_group, self->parameter_rows->pdata[i]);
  g_ptr_array_set_size (self->parameter_rows, 0);
  self->estimator = request->estimator;
  for (guint i = 0; i < request->estimator->n_parameters; i++)
    {
      GtkWidget *row = ip_parameter_row_new (&request->estimator->parameters[i],
                                             request->parameters.value[i]);

      g_signal_connect_swapped (row, "notify::value", G_CALLBACK (parameter_changed_cb), self);
      adw_preferences_group_add (self->estimator_group, row);
      g_ptr_array_add (self->parameter_rows, row);
    }
  /* GTK breaks the lines of one paragraph only. */
  tooltip = g_strdup_printf ("%s %s", _(request->estimator->summary),
                             _(request->estimator->limits));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->method_row), tooltip);
}

/* Whether the figures can show what the estimator gives. */
static gboolean
gives_plane (const IpEstimator *estimator)
{
  for (guint i = 0; i < estimator->n_quantities; i++)
    if (estimator->quantities[i] == IP_QUANTITY_MI_XT)
      return TRUE;
  return FALSE;
}

static guint
find_estimator (IpInspector *self, const IpEstimator *estimator)
{
  guint position = GTK_INVALID_LIST_POSITION;

  g_ptr_array_find (self->estimators, estimator, &position);
  return position;
}

/* Brings the rows into line with the session. */
static void
ip_inspector_show_request (IpInspector *self)
{
  const IpRequest *request = ip_session_get_request (self->session);

  self->showing = TRUE;
  if (self->estimator != request->estimator)
    ip_inspector_create_rows (self, request);
  for (guint i = 0; i < self->parameter_rows->len; i++)
    ip_parameter_row_set_value (self->parameter_rows->pdata[i], request->parameters.value[i]);
  adw_combo_row_set_selected (self->method_row, find_estimator (self, request->estimator));
  ip_inspector_show_relevant_rows (self);
  adw_combo_row_set_selected (self->unit_row, ip_session_get_in_bits (self->session) ? 0 : 1);
  adw_combo_row_set_selected (self->scale_row, ip_session_get_epoch_scale (self->session));
  self->showing = FALSE;
}

static void
method_changed_cb (IpInspector *self)
{
  guint selected = adw_combo_row_get_selected (self->method_row);
  IpRequest request;

  if (self->showing || self->session == NULL || selected >= self->estimators->len)
    return;
  request.estimator = self->estimators->pdata[selected];
  ip_parameters_init (&request.parameters, request.estimator);
  ip_session_set_request (self->session, &request);
}

static void
unit_changed_cb (IpInspector *self)
{
  if (!self->showing && self->session != NULL)
    ip_session_set_in_bits (self->session, adw_combo_row_get_selected (self->unit_row) == 0);
}

static void
scale_changed_cb (IpInspector *self)
{
  if (!self->showing && self->session != NULL)
    ip_session_set_epoch_scale (self->session, adw_combo_row_get_selected (self->scale_row));
}

static void
width_changed_cb (IpInspector *self)
{
  gtk_widget_set_visible (self->custom_width_row,
                          adw_combo_row_get_selected (self->width_row) == WIDTH_CUSTOM);
}

static void
custom_width_changed_cb (IpInspector *self)
{
  double width;

  if (ip_length_parse (gtk_editable_get_text (GTK_EDITABLE (self->custom_width_row)), &width))
    gtk_widget_remove_css_class (self->custom_width_row, "error");
  else
    gtk_widget_add_css_class (self->custom_width_row, "error");
}

/* The first words of a text: laying out a long one takes longer than a frame. */
static char *
shorten (const char *text)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (text, -1) <= MAX_TITLE)
    return g_strdup (text);
  start = g_utf8_substring (text, 0, MAX_TITLE);
  return g_strconcat (start, "…", NULL);
}

static GtkWidget *
create_verdict_row (const IpVerdict *verdict)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = shorten (verdict->title);
  GtkWidget *icon = gtk_image_new_from_icon_name (verdict->warning ? "dialog-warning-symbolic"
                                                                   : "emblem-ok-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), verdict->text);
  gtk_widget_set_tooltip_text (row, verdict->explanation != NULL ? verdict->explanation
                                                                 : verdict->title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, verdict->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, verdict->text, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  verdict->warning ? _("Warning") : _("Good"), -1);
  gtk_widget_add_css_class (row, verdict->warning ? "verdict-warning" : "verdict-good");
  return row;
}

static char *
join_verdicts (GPtrArray *verdicts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < verdicts->len; i++)
    {
      const IpVerdict *verdict = verdicts->pdata[i];

      g_string_append_printf (text, "%d%s\n%s\n", verdict->warning, verdict->title, verdict->text);
    }
  return g_string_free (text, FALSE);
}

static gboolean
show_verdicts_cb (gpointer data)
{
  IpInspector *self = data;
  g_autoptr (GPtrArray) verdicts = ip_session_get_verdicts (self->session);
  g_autofree char *text = join_verdicts (verdicts);
  g_autofree char *epoch = NULL;

  self->verdicts = 0;
  if (ip_session_get_epoch (self->session) >= 0)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT,
                                                 ip_session_get_epoch (self->session));

      epoch = g_strdup_printf (_("at epoch %s"), number);
    }
  gtk_label_set_label (self->trust_epoch, epoch != NULL ? epoch : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trust_group), verdicts->len > 0);
  if (g_strcmp0 (text, self->verdict_text) == 0)
    return G_SOURCE_REMOVE;

  for (guint i = 0; i < self->verdict_rows->len; i++)
    adw_preferences_group_remove (self->trust_group, self->verdict_rows->pdata[i]);
  g_ptr_array_set_size (self->verdict_rows, 0);
  for (guint i = 0; i < verdicts->len; i++)
    {
      GtkWidget *row = create_verdict_row (verdicts->pdata[i]);

      adw_preferences_group_add (self->trust_group, row);
      g_ptr_array_add (self->verdict_rows, row);
    }
  g_free (self->verdict_text);
  self->verdict_text = g_steal_pointer (&text);
  return G_SOURCE_REMOVE;
}

static void
session_changed_cb (IpInspector *self)
{
  if (self->verdicts == 0)
    self->verdicts = g_timeout_add (VERDICT_DELAY, show_verdicts_cb, self);
  ip_inspector_show_request (self);
}

static void
ip_inspector_dispose (GObject *object)
{
  IpInspector *self = IP_INSPECTOR (object);
  GtkWidget *child;

  g_clear_handle_id (&self->verdicts, g_source_remove);
  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->estimators, g_ptr_array_unref);
  g_clear_pointer (&self->parameter_rows, g_ptr_array_unref);
  g_clear_pointer (&self->verdict_rows, g_ptr_array_unref);
  g_clear_pointer (&self->verdict_text, g_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_inspector_parent_class)->dispose (object);
}

static void
ip_inspector_class_init (IpInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_inspector_dispose;
  g_type_ensure (IP_TYPE_COMPARISON_GROUP);
  g_type_ensure (IP_TYPE_DISPLAY_GROUP);
  gtk_widget_class_set_css_name (widget_class, "inspector");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-inspector.ui");
  gtk_widget_class_bind_template_child (widget_class, IpInspector, estimator_group);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, method_row);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, trust_group);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, trust_epoch);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, comparison_group);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, display_group);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, unit_row);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, scale_row);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, width_row);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, custom_width_row);
  gtk_widget_class_bind_template_child (widget_class, IpInspector, font_size);
  gtk_widget_class_bind_template_callback (widget_class, method_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, unit_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, scale_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, width_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, custom_width_changed_cb);
}

static void
ip_inspector_init (IpInspector *self)
{
  self->estimators = g_ptr_array_new ();
  self->parameter_rows = g_ptr_array_new ();
  self->verdict_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ip_inspector_set_session (IpInspector *self, IpSession *session)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  gsize n;
  const IpEstimator *const *estimators = ip_estimators_list (&n);

  g_return_if_fail (IP_IS_INSPECTOR (self));
  g_return_if_fail (self->session == NULL);

  for (gsize i = 0; i < n; i++)
    if (gives_plane (estimators[i]))
      {
        g_ptr_array_add (self->estimators, (gpointer) estimators[i]);
        gtk_string_list_append (titles, _(estimators[i]->title));
      }
  self->showing = TRUE;
  adw_combo_row_set_model (self->method_row, G_LIST_MODEL (titles));
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  ip_comparison_group_set_session (self->comparison_group, session);
  ip_display_group_set_session (self->display_group, session);
  session_changed_cb (self);
}

void
ip_inspector_focus_drawing (IpInspector *self)
{
  g_return_if_fail (IP_IS_INSPECTOR (self));

  gtk_widget_child_focus (GTK_WIDGET (self->display_group), GTK_DIR_TAB_FORWARD);
}

double
ip_inspector_get_figure_width (IpInspector *self)
{
  const double centimetre = 72 / 2.54;
  double width = 8.5 * centimetre;

  g_return_val_if_fail (IP_IS_INSPECTOR (self), width);

  switch (adw_combo_row_get_selected (self->width_row))
    {
    case WIDTH_PAGE:
      return 17.8 * centimetre;

    case WIDTH_CUSTOM:
      ip_length_parse (gtk_editable_get_text (GTK_EDITABLE (self->custom_width_row)), &width);
      return width;

    default:
      return width;
    }
}

double
ip_inspector_get_font_size (IpInspector *self)
{
  g_return_val_if_fail (IP_IS_INSPECTOR (self), 8);

  return gtk_spin_button_get_value (self->font_size);
}

void
ip_inspector_set_figure_width (IpInspector *self, double points)
{
  const double centimetre = 72 / 2.54;
  g_autofree char *text = g_strdup_printf ("%.4g cm", points / centimetre);

  g_return_if_fail (IP_IS_INSPECTOR (self));

  if (ABS (points - 8.5 * centimetre) < 0.01)
    adw_combo_row_set_selected (self->width_row, WIDTH_COLUMN);
  else if (ABS (points - 17.8 * centimetre) < 0.01)
    adw_combo_row_set_selected (self->width_row, WIDTH_PAGE);
  else
    {
      gtk_editable_set_text (GTK_EDITABLE (self->custom_width_row), text);
      adw_combo_row_set_selected (self->width_row, WIDTH_CUSTOM);
    }
}

void
ip_inspector_set_font_size (IpInspector *self, double points)
{
  g_return_if_fail (IP_IS_INSPECTOR (self));

  gtk_spin_button_set_value (self->font_size, points);
}
