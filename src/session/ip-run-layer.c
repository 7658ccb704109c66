/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run-layer.h"

struct _IpRunLayer
{
  GObject parent_instance;

  const IpLayer *layer;
  guint style;
  gboolean visible;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_UNITS,
  PROP_STYLE,
  PROP_VISIBLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (IpRunLayer, ip_run_layer, G_TYPE_OBJECT)

static void
ip_run_layer_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  IpRunLayer *self = IP_RUN_LAYER (object);

  switch (property)
    {
    case PROP_NAME:
      g_value_set_string (value, ip_run_layer_get_name (self));
      break;

    case PROP_UNITS:
      g_value_set_uint (value, ip_run_layer_get_units (self));
      break;

    case PROP_STYLE:
      g_value_set_uint (value, self->style);
      break;

    case PROP_VISIBLE:
      g_value_set_boolean (value, self->visible);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_run_layer_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  IpRunLayer *self = IP_RUN_LAYER (object);

  switch (property)
    {
    case PROP_STYLE:
      ip_run_layer_set_style (self, g_value_get_uint (value));
      break;

    case PROP_VISIBLE:
      ip_run_layer_set_visible (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_run_layer_class_init (IpRunLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags settable
    = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = ip_run_layer_get_property;
  object_class->set_property = ip_run_layer_set_property;

  properties[PROP_NAME] = g_param_spec_string (
    "name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_UNITS] = g_param_spec_uint (
    "units", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STYLE]
    = g_param_spec_uint ("style", NULL, NULL, 0, G_MAXUINT, 0, settable);
  properties[PROP_VISIBLE]
    = g_param_spec_boolean ("visible", NULL, NULL, TRUE, settable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ip_run_layer_init (IpRunLayer *self)
{
  self->visible = TRUE;
}

IpRunLayer *
ip_run_layer_new (const IpLayer *layer, guint style)
{
  IpRunLayer *self = g_object_new (IP_TYPE_RUN_LAYER, NULL);

  self->layer = layer;
  self->style = style;
  return self;
}

IpRunLayer *
ip_run_layer_copy (IpRunLayer *self)
{
  IpRunLayer *copy = ip_run_layer_new (self->layer, self->style);

  copy->visible = self->visible;
  return copy;
}

void
ip_run_layer_set_description (IpRunLayer *self, const IpLayer *layer)
{
  self->layer = layer;
}

const char *
ip_run_layer_get_name (IpRunLayer *self)
{
  g_return_val_if_fail (IP_IS_RUN_LAYER (self), NULL);

  return self->layer->name;
}

guint
ip_run_layer_get_units (IpRunLayer *self)
{
  g_return_val_if_fail (IP_IS_RUN_LAYER (self), 0);

  return MIN (self->layer->n_units, G_MAXUINT);
}

guint
ip_run_layer_get_style (IpRunLayer *self)
{
  g_return_val_if_fail (IP_IS_RUN_LAYER (self), 0);

  return self->style;
}

void
ip_run_layer_set_style (IpRunLayer *self, guint style)
{
  g_return_if_fail (IP_IS_RUN_LAYER (self));

  if (self->style == style)
    return;

  self->style = style;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STYLE]);
}

gboolean
ip_run_layer_get_visible (IpRunLayer *self)
{
  g_return_val_if_fail (IP_IS_RUN_LAYER (self), FALSE);

  return self->visible;
}

void
ip_run_layer_set_visible (IpRunLayer *self, gboolean visible)
{
  g_return_if_fail (IP_IS_RUN_LAYER (self));

  visible = !!visible;
  if (self->visible == visible)
    return;

  self->visible = visible;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VISIBLE]);
}
