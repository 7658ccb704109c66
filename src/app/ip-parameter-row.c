/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-parameter-row.h"

#include <glib/gi18n.h>
#include <math.h>

/* A choice is a combo row as it is.  Numbers are edited in a spin button.  For a logarithmic
 * parameter its adjustment holds the decimal logarithm, so that a step is a factor; what the user
 * typed is kept as it was typed. */

#define LOG_STEP 0.1

struct _IpParameterRow
{
  AdwComboRow parent_instance;

  const IpParameter *parameter;
  double value;
  GtkSpinButton *spin; /* NULL for a choice */
};

enum
{
  PROP_0,
  PROP_VALUE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (IpParameterRow, ip_parameter_row, ADW_TYPE_COMBO_ROW)

static gboolean
is_logarithmic (const IpParameter *parameter)
{
  return parameter->kind == IP_PARAMETER_REAL && parameter->logarithmic && parameter->minimum >= 0;
}

static double
to_adjustment (const IpParameter *parameter, double value)
{
  return is_logarithmic (parameter) ? log10 (MAX (value, 1e-12)) : value;
}

static double
round_to_digits (double value, int digits)
{
  g_autofree char *text = g_strdup_printf ("%.*e", digits - 1, value);

  return g_strtod (text, NULL);
}

static void
take_value (IpParameterRow *self, double value)
{
  if (self->value == value)
    return;
  self->value = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

/* The value of the adjustment; where it is that of our value, ours, which is as it was typed. */
static double
read_spin (IpParameterRow *self, GtkSpinButton *spin)
{
  double adjusted = gtk_spin_button_get_value (spin);

  if (fabs (adjusted - to_adjustment (self->parameter, self->value)) < 1e-9)
    return self->value;
  return is_logarithmic (self->parameter) ? round_to_digits (pow (10, adjusted), 2) : adjusted;
}

static void
spin_changed_cb (IpParameterRow *self, GtkSpinButton *spin)
{
  take_value (self, read_spin (self, spin));
}

static int
spin_input_cb (IpParameterRow *self, double *adjusted, GtkSpinButton *spin)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));
  char *end;
  double value = g_strtod (text, &end);

  if (end == text || *g_strchug (end) != '\0' || !isfinite (value))
    {
      *adjusted = gtk_spin_button_get_value (spin); /* an error would become zero */
      return TRUE;
    }
  value = CLAMP (value, self->parameter->minimum, self->parameter->maximum);
  if (self->parameter->kind == IP_PARAMETER_INTEGER)
    value = round (value);
  *adjusted = to_adjustment (self->parameter, value);
  take_value (self, value);
  return TRUE;
}

static gboolean
spin_output_cb (IpParameterRow *self, GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%.6g", read_spin (self, spin));

  if (strcmp (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
add_spin_button (IpParameterRow *self)
{
  const IpParameter *parameter = self->parameter;
  gboolean logarithmic = is_logarithmic (parameter);
  double step = logarithmic                               ? LOG_STEP
                : parameter->kind == IP_PARAMETER_INTEGER ? 1
                                                          : 0.1;
  GtkAdjustment *adjustment = gtk_adjustment_new (to_adjustment (parameter, self->value),
                                                  to_adjustment (parameter, parameter->minimum),
                                                  to_adjustment (parameter, parameter->maximum),
                                                  step, 10 * step, 0);
  GtkWidget *spin = gtk_spin_button_new (NULL, 0, logarithmic ? 12 : 6);

  self->spin = GTK_SPIN_BUTTON (spin);
  g_signal_connect_swapped (spin, "input", G_CALLBACK (spin_input_cb), self);
  g_signal_connect_swapped (spin, "output", G_CALLBACK (spin_output_cb), self);
  gtk_spin_button_set_adjustment (self->spin, adjustment);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 6);
  gtk_editable_set_alignment (GTK_EDITABLE (spin), 1);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (spin_changed_cb), self);
  gtk_spin_button_update (self->spin);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _(parameter->title),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(parameter->description),
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), spin);
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE); /* which a row without choices is not */
}

static void
selected_cb (IpParameterRow *self)
{
  take_value (self, adw_combo_row_get_selected (ADW_COMBO_ROW (self)));
}

static void
add_choices (IpParameterRow *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; self->parameter->choices[i] != NULL; i++)
    gtk_string_list_append (titles, _(self->parameter->titles[i]));
  adw_combo_row_set_use_subtitle (ADW_COMBO_ROW (self), TRUE);
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (titles));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), (guint) self->value);
  g_signal_connect (self, "notify::selected", G_CALLBACK (selected_cb), NULL);
}

static void
ip_parameter_row_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_VALUE:
      g_value_set_double (value, IP_PARAMETER_ROW (object)->value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_parameter_row_set_property (GObject *object,
                               guint property,
                               const GValue *value,
                               GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_VALUE:
      ip_parameter_row_set_value (IP_PARAMETER_ROW (object), g_value_get_double (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_parameter_row_class_init (IpParameterRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ip_parameter_row_get_property;
  object_class->set_property = ip_parameter_row_set_property;
  properties[PROP_VALUE]
    = g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ip_parameter_row_init (IpParameterRow *self)
{
}

GtkWidget *
ip_parameter_row_new (const IpParameter *parameter, double value)
{
  IpParameterRow *self = g_object_new (IP_TYPE_PARAMETER_ROW, NULL);

  self->parameter = parameter;
  self->value = value;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _(parameter->title));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _(parameter->description));
  if (parameter->kind == IP_PARAMETER_CHOICE)
    add_choices (self);
  else
    add_spin_button (self);
  return GTK_WIDGET (self);
}

const IpParameter *
ip_parameter_row_get_parameter (IpParameterRow *self)
{
  g_return_val_if_fail (IP_IS_PARAMETER_ROW (self), NULL);

  return self->parameter;
}

double
ip_parameter_row_get_value (IpParameterRow *self)
{
  g_return_val_if_fail (IP_IS_PARAMETER_ROW (self), NAN);

  return self->value;
}

void
ip_parameter_row_set_value (IpParameterRow *self, double value)
{
  g_return_if_fail (IP_IS_PARAMETER_ROW (self));

  take_value (self, value);
  if (self->spin == NULL)
    {
      adw_combo_row_set_selected (ADW_COMBO_ROW (self), (guint) value);
      return;
    }
  gtk_spin_button_set_value (self->spin, to_adjustment (self->parameter, value));
  gtk_spin_button_update (self->spin);
}
