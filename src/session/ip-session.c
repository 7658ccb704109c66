/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

/* The session as an object: its properties and signals, and what it hands on to the planner, which
 * computes what is visible.  ip-session-runs.c opens and closes, ip-session-view.c says how things
 * are shown, ip-session-figure.c draws them. */

enum
{
  PROP_0,
  PROP_RUNS,
  PROP_BUSY,
  PROP_PROGRESS,
  PROP_REMAINING,
  PROP_EPOCH,
  PROP_FOLLOW_LAST,
  PROP_LIVE,
  PROP_IN_BITS,
  PROP_EPOCH_SCALE,
  PROP_QUANTITY,
  PROP_X_QUANTITY,
  PROP_Y_QUANTITY,
  PROP_LAYER,
  PROP_VIEW,
  PROP_FIGURE_WIDTH,
  PROP_FIGURE_HEIGHT,
  PROP_FONT_SIZE,
  PROP_GROUP_BY,
  PROP_DISPLAY,
  N_PROPS = PROP_DISPLAY + IP_N_DISPLAYS,
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

const char *const ip_session_quantity_names[IP_N_SHOWN]
  = { "quantity", "x-quantity", "y-quantity" };

const char *const ip_session_length_names[IP_N_LENGTHS]
  = { "figure-width", "figure-height", "font-size" };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpSession, ip_session, G_TYPE_OBJECT)

IpRun *
ip_session_get_run (IpSession *self, guint position)
{
  g_autoptr (IpRun) run = g_list_model_get_item (G_LIST_MODEL (self->runs), position);

  return run; /* the list keeps it alive */
}

guint
ip_session_get_n_runs (IpSession *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->runs));
}

void
ip_session_emit_changed (IpSession *self)
{
  self->revision++;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
ip_session_emit_selected (IpSession *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

guint
ip_session_get_revision (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  return self->revision;
}

static void
planner_progress_cb (IpSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REMAINING]);
}

static void
planner_failed_cb (IpSession *self, GError *error)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
ip_session_dispose (GObject *object)
{
  IpSession *self = IP_SESSION (object);

  g_clear_object (&self->planner);
  g_clear_object (&self->runs);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_clear_pointer (&self->view, g_free);
  g_clear_pointer (&self->group_by, g_free);
  g_clear_pointer (&self->comparisons, g_array_unref);
  g_clear_pointer (&self->sweep_values, g_array_unref);
  g_clear_pointer (&self->sweep, g_array_unref);

  G_OBJECT_CLASS (ip_session_parent_class)->dispose (object);
}

static gboolean
is_live (IpSession *self)
{
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    if (ip_run_get_live (ip_session_get_run (self, i)))
      return TRUE;

  return FALSE;
}

static void
ip_session_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  IpSession *self = IP_SESSION (object);

  switch (property)
    {
    case PROP_RUNS:
      g_value_set_object (value, self->runs);
      break;

    case PROP_BUSY:
      g_value_set_boolean (value, ip_session_get_busy (self));
      break;

    case PROP_PROGRESS:
      g_value_set_double (value, ip_session_get_progress (self));
      break;

    case PROP_REMAINING:
      g_value_set_double (value, ip_session_get_remaining (self));
      break;

    case PROP_EPOCH:
      g_value_set_int64 (value, self->epoch);
      break;

    case PROP_FOLLOW_LAST:
      g_value_set_boolean (value, self->follow_last);
      break;

    case PROP_LIVE:
      g_value_set_boolean (value, is_live (self));
      break;

    case PROP_IN_BITS:
      g_value_set_boolean (value, self->in_bits);
      break;

    case PROP_EPOCH_SCALE:
      g_value_set_int (value, self->epoch_scale);
      break;

    case PROP_QUANTITY:
    case PROP_X_QUANTITY:
    case PROP_Y_QUANTITY:
      g_value_set_int (value, ip_session_get_quantity (self, property - PROP_QUANTITY));
      break;

    case PROP_LAYER:
      g_value_set_int (value, ip_session_get_layer (self));
      break;

    case PROP_VIEW:
      g_value_set_string (value, self->view);
      break;

    case PROP_FIGURE_WIDTH:
    case PROP_FIGURE_HEIGHT:
    case PROP_FONT_SIZE:
      g_value_set_double (value, self->lengths[property - PROP_FIGURE_WIDTH]);
      break;

    case PROP_GROUP_BY:
      g_value_set_string (value, self->group_by);
      break;

    default:
      if (property >= PROP_DISPLAY && property < N_PROPS)
        g_value_set_int (value, ip_session_get_display (self, property - PROP_DISPLAY));
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_session_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  IpSession *self = IP_SESSION (object);

  switch (property)
    {
    case PROP_EPOCH:
      ip_session_set_epoch (self, g_value_get_int64 (value));
      break;

    case PROP_FOLLOW_LAST:
      ip_session_set_follow_last (self, g_value_get_boolean (value));
      break;

    case PROP_IN_BITS:
      ip_session_set_in_bits (self, g_value_get_boolean (value));
      break;

    case PROP_EPOCH_SCALE:
      ip_session_set_epoch_scale (self, g_value_get_int (value));
      break;

    case PROP_QUANTITY:
    case PROP_X_QUANTITY:
    case PROP_Y_QUANTITY:
      ip_session_set_quantity (self, property - PROP_QUANTITY, g_value_get_int (value));
      break;

    case PROP_LAYER:
      ip_session_set_layer (self, g_value_get_int (value));
      break;

    case PROP_VIEW:
      ip_session_set_view (self, g_value_get_string (value));
      break;

    case PROP_FIGURE_WIDTH:
    case PROP_FIGURE_HEIGHT:
    case PROP_FONT_SIZE:
      ip_session_set_length (self, property - PROP_FIGURE_WIDTH, g_value_get_double (value));
      break;

    case PROP_GROUP_BY:
      ip_session_set_group_by (self, g_value_get_string (value));
      break;

    default:
      if (property >= PROP_DISPLAY && property < N_PROPS)
        ip_session_set_display (self, property - PROP_DISPLAY, g_value_get_int (value));
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_session_class_init (IpSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags settable
    = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = ip_session_dispose;
  object_class->get_property = ip_session_get_property;
  object_class->set_property = ip_session_set_property;

  properties[PROP_RUNS]
    = g_param_spec_object ("runs", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, readable);
  properties[PROP_REMAINING]
    = g_param_spec_double ("remaining", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, readable);
  properties[PROP_EPOCH]
    = g_param_spec_int64 ("epoch", NULL, NULL, -1, G_MAXINT64, -1, settable);
  properties[PROP_FOLLOW_LAST]
    = g_param_spec_boolean ("follow-last", NULL, NULL, TRUE, settable);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, readable);
  properties[PROP_IN_BITS] = g_param_spec_boolean ("in-bits", NULL, NULL, TRUE, settable);
  properties[PROP_EPOCH_SCALE] = g_param_spec_int ("epoch-scale", NULL, NULL, IP_SCALE_LINEAR,
                                                   IP_SCALE_LOG, IP_SCALE_LOG, settable);
  for (guint i = 0; i < IP_N_SHOWN; i++)
    properties[PROP_QUANTITY + i] = g_param_spec_int (ip_session_quantity_names[i], NULL, NULL, 0,
                                                      IP_N_QUANTITIES, IP_N_QUANTITIES, settable);
  properties[PROP_LAYER] = g_param_spec_int ("layer", NULL, NULL, -1, G_MAXINT, -1, settable);
  properties[PROP_VIEW] = g_param_spec_string ("view", NULL, NULL, "plane", settable);
  for (guint i = 0; i < IP_N_LENGTHS; i++)
    properties[PROP_FIGURE_WIDTH + i]
      = g_param_spec_double (ip_session_length_names[i], NULL, NULL, 0, 1e4, 0, settable);
  properties[PROP_GROUP_BY] = g_param_spec_string ("group-by", NULL, NULL, NULL, settable);
  for (guint i = 0; i < IP_N_DISPLAYS; i++)
    properties[PROP_DISPLAY + i]
      = g_param_spec_int (ip_session_displays[i].property, NULL, NULL, 0,
                          ip_session_displays[i].most, ip_session_displays[i].standard, settable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", IP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", IP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ip_session_init (IpSession *self)
{
  self->runs = g_list_store_new (IP_TYPE_RUN);
  self->epochs = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->epoch = -1;
  self->follow_last = TRUE;
  self->in_bits = TRUE;
  self->epoch_scale = IP_SCALE_LOG;
  self->layer = -1;
  for (guint i = 0; i < IP_N_SHOWN; i++)
    self->chosen[i] = IP_N_QUANTITIES;
  self->view = g_strdup ("plane");
  for (guint i = 0; i < IP_N_FIGURE_KINDS; i++)
    ip_view_init (&self->limits[i]);
  self->comparisons = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  self->sweep_parameter = -1;
  self->sweep_values = g_array_new (FALSE, FALSE, sizeof (double));
  self->sweep = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  for (guint i = 0; i < IP_N_DISPLAYS; i++)
    self->display[i] = ip_session_displays[i].standard;
}

IpSession *
ip_session_new (guint threads, gsize memory)
{
  IpSession *self = g_object_new (IP_TYPE_SESSION, NULL);

  self->planner = ip_planner_new (G_LIST_MODEL (self->runs), threads, memory);
  g_signal_connect_object (self->planner, "progress", G_CALLBACK (planner_progress_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->planner, "results", G_CALLBACK (ip_session_emit_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->planner, "failed", G_CALLBACK (planner_failed_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

IpSession *
ip_session_freeze (IpSession *self)
{
  IpSession *frozen;

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  frozen = g_object_new (IP_TYPE_SESSION, NULL);
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    {
      g_autoptr (IpRun) run = ip_run_freeze (ip_session_get_run (self, i));

      g_list_store_append (frozen->runs, run);
    }
  frozen->planner = ip_planner_freeze (self->planner, G_LIST_MODEL (frozen->runs));
  ip_session_copy_view (frozen, self);

  return frozen;
}

void
ip_session_set_store (IpSession *self, IpStore *store)
{
  g_return_if_fail (IP_IS_SESSION (self));

  ip_planner_set_store (self->planner, store);
}

void
ip_session_set_live (IpSession *self, gboolean live)
{
  g_return_if_fail (IP_IS_SESSION (self));

  self->live = live;
}

GListModel *
ip_session_get_runs (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return G_LIST_MODEL (self->runs);
}

const IpRequest *
ip_session_get_request (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return ip_planner_get_request (self->planner);
}

void
ip_session_set_request (IpSession *self, const IpRequest *request)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (request->estimator != ip_planner_get_request (self->planner)->estimator)
    self->sweep_parameter = -1;
  ip_planner_set_request (self->planner, request);
  ip_session_update_sweep (self);
  for (guint i = 0; i < IP_N_SHOWN; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUANTITY + i]);
  ip_session_emit_changed (self);
}

gboolean
ip_session_get_busy (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), FALSE);

  return ip_planner_get_busy (self->planner);
}

double
ip_session_get_progress (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  return ip_planner_get_progress (self->planner);
}

double
ip_session_get_remaining (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  return ip_planner_get_remaining (self->planner);
}

guint
ip_session_get_n_done (IpSession *self)
{
  guint n_cells, n_done;

  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  ip_planner_count_cells (self->planner, &n_cells, &n_done);

  return n_done;
}

guint
ip_session_get_n_cells (IpSession *self)
{
  guint n_cells, n_done;

  g_return_val_if_fail (IP_IS_SESSION (self), 0);

  ip_planner_count_cells (self->planner, &n_cells, &n_done);

  return n_cells;
}
