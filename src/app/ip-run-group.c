/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run-group.h"

struct _IpRunGroup
{
  GObject parent_instance;

  char *title;
  GPtrArray *runs;
};

enum
{
  PROP_0,
  PROP_VISIBLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return IP_TYPE_RUN;
}

static guint
get_n_items (GListModel *model)
{
  return IP_RUN_GROUP (model)->runs->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  IpRunGroup *self = IP_RUN_GROUP (model);

  return position < self->runs->len ? g_object_ref (self->runs->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (IpRunGroup, ip_run_group, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gboolean
is_visible (IpRunGroup *self)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (ip_run_get_visible (self->runs->pdata[i]))
      return TRUE;

  return FALSE;
}

static void
ip_run_group_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_VISIBLE:
      g_value_set_boolean (value, is_visible (IP_RUN_GROUP (object)));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_run_group_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  IpRunGroup *self = IP_RUN_GROUP (object);

  switch (property)
    {
    case PROP_VISIBLE:
      for (guint i = 0; i < self->runs->len; i++)
        ip_run_set_visible (self->runs->pdata[i], g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_run_group_finalize (GObject *object)
{
  IpRunGroup *self = IP_RUN_GROUP (object);

  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (ip_run_group_parent_class)->finalize (object);
}

static void
ip_run_group_class_init (IpRunGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ip_run_group_finalize;
  object_class->get_property = ip_run_group_get_property;
  object_class->set_property = ip_run_group_set_property;
  properties[PROP_VISIBLE]
    = g_param_spec_boolean ("visible", NULL, NULL, TRUE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ip_run_group_init (IpRunGroup *self)
{
}

static void
run_visible_cb (IpRunGroup *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VISIBLE]);
}

IpRunGroup *
ip_run_group_new (const IpRepeats *repeats)
{
  IpRunGroup *self = g_object_new (IP_TYPE_RUN_GROUP, NULL);

  self->title = g_strdup (repeats->title);
  self->runs = g_ptr_array_ref (repeats->runs);
  for (guint i = 0; i < self->runs->len; i++)
    g_signal_connect_object (self->runs->pdata[i], "notify::visible", G_CALLBACK (run_visible_cb),
                             self, G_CONNECT_SWAPPED);

  return self;
}

gboolean
ip_run_group_is_of (IpRunGroup *self, const IpRepeats *repeats)
{
  g_return_val_if_fail (IP_IS_RUN_GROUP (self), FALSE);

  return self->runs->len == repeats->runs->len
         && memcmp (self->runs->pdata, repeats->runs->pdata,
                    self->runs->len * sizeof *self->runs->pdata)
                == 0;
}

const char *
ip_run_group_get_title (IpRunGroup *self)
{
  g_return_val_if_fail (IP_IS_RUN_GROUP (self), NULL);

  return self->title;
}
