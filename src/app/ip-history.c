/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-history.h"

/* The history is a list of whole states, since they are small: whenever the session says that
 * something has changed, its state is compared with the last, and taken a moment later.  Changes
 * that follow each other quickly, as when a number is being typed, become one step. */

#define PAUSE 400 /* ms */
#define MAX_STEPS 200

/* Estimator, its parameters, in bits, scale, what runs are grouped by ("" for nothing), displays
 * and quantities, estimators that are compared with their parameters, the parameter that is swept
 * and its values, and by name of the run, in the order of runs: visible, and of its layers:
 * visible, style. */
#define STATE_TYPE "(s@adbisai@a(sad)i@ada{s(ba(bu))})"
#define RUNS 9 /* the last of them */

struct _IpHistory
{
  GObject parent_instance;

  IpSession *session;
  GVariant *state;
  GPtrArray *undo; /* the last state on top */
  GPtrArray *redo;
  guint taking;
};

enum
{
  PROP_0,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (IpHistory, ip_history, G_TYPE_OBJECT)

static GVariant *
take_run (IpRun *run)
{
  GVariantBuilder layers;
  GListModel *model = G_LIST_MODEL (run);

  g_variant_builder_init (&layers, G_VARIANT_TYPE ("a(bu)"));
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_variant_builder_add (&layers, "(bu)", ip_run_layer_get_visible (ip_run_get_layer (run, i)),
                           ip_run_layer_get_style (ip_run_get_layer (run, i)));
  return g_variant_new ("(ba(bu))", ip_run_get_visible (run), &layers);
}

static GVariant *
take_parameters (const IpRequest *request)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, request->parameters.value,
                                    request->estimator->n_parameters, sizeof (double));
}

static GVariant *
take_comparisons (IpSession *session)
{
  guint n;
  const IpRequest *requests = ip_session_get_comparisons (session, &n);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sad)"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add (&builder, "(s@ad)", requests[i].estimator->id,
                           take_parameters (&requests[i]));
  return g_variant_builder_end (&builder);
}

static GVariant *
take_sweep_values (IpSession *session)
{
  const double *values;
  guint n;

  ip_session_get_sweep (session, &values, &n);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, n, sizeof *values);
}

static GVariant *
take_state (IpSession *session)
{
  const IpRequest *request = ip_session_get_request (session);
  GListModel *runs = ip_session_get_runs (session);
  const char *group_by = ip_session_get_group_by (session);
  GVariantBuilder displays, states;

  g_variant_builder_init (&displays, G_VARIANT_TYPE ("ai"));
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    g_variant_builder_add (&displays, "i", ip_session_get_display (session, which));
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    g_variant_builder_add (&displays, "i", (int) ip_session_get_quantity (session, where));
  g_variant_builder_init (&states, G_VARIANT_TYPE ("a{s(ba(bu))}"));
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      g_variant_builder_add (&states, "{s@(ba(bu))}", ip_run_get_name (run), take_run (run));
    }
  return g_variant_ref_sink (
    g_variant_new (STATE_TYPE, request->estimator->id,
                   take_parameters (request), ip_session_get_in_bits (session),
                   (int) ip_session_get_epoch_scale (session), group_by != NULL ? group_by : "",
                   &displays, take_comparisons (session),
                   ip_session_get_sweep (session, NULL, NULL), take_sweep_values (session),
                   &states));
}

static void
restore_run (IpRun *run, GVariant *state)
{
  g_autoptr (GVariantIter) layers = NULL;
  gboolean visible;
  guint style;

  g_variant_get (state, "(ba(bu))", &visible, &layers);
  ip_run_set_visible (run, visible);
  for (guint i = 0; g_variant_iter_next (layers, "(bu)", &visible, &style); i++)
    {
      ip_run_layer_set_visible (ip_run_get_layer (run, i), visible);
      ip_run_layer_set_style (ip_run_get_layer (run, i), style);
    }
}

static IpRequest
read_request (const char *id, GVariantIter *parameters)
{
  IpRequest request = { .estimator = ip_estimator_find (id) };

  for (guint i = 0; i < request.estimator->n_parameters; i++)
    g_variant_iter_next (parameters, "d", &request.parameters.value[i]);
  return request;
}

static gboolean
have_same_values (const IpRequest *one, const IpRequest *other)
{
  return one->estimator == other->estimator
         && memcmp (one->parameters.value, other->parameters.value,
                    one->estimator->n_parameters * sizeof *one->parameters.value)
                == 0;
}

static void
restore_request (IpSession *session, const char *id, GVariantIter *parameters)
{
  IpRequest request = read_request (id, parameters);

  if (!have_same_values (ip_session_get_request (session), &request))
    ip_session_set_request (session, &request);
}

static void
restore_comparisons (IpSession *session, GVariantIter *comparisons)
{
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  guint n;
  const IpRequest *now = ip_session_get_comparisons (session, &n);
  gboolean same = n == g_variant_iter_n_children (comparisons);
  GVariantIter *parameters;
  const char *id;

  while (g_variant_iter_next (comparisons, "(&sad)", &id, &parameters))
    {
      IpRequest request = read_request (id, parameters);

      same = same && have_same_values (&now[requests->len], &request);
      g_array_append_val (requests, request);
      g_variant_iter_free (parameters);
    }
  if (!same)
    ip_session_set_comparisons (session, (const IpRequest *) (gpointer) requests->data,
                                requests->len);
}

static void
restore_sweep (IpSession *session, int parameter, GVariantIter *values)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (double));
  const double *now;
  double value;
  guint n;
  gboolean same = ip_session_get_sweep (session, &now, &n) == parameter;

  while (g_variant_iter_next (values, "d", &value))
    g_array_append_val (wanted, value);
  same = same && wanted->len == n
         && (n == 0 || memcmp (wanted->data, now, n * sizeof *now) == 0);
  if (!same && parameter >= 0)
    ip_session_set_sweep (session, (guint) parameter, (const double *) (gpointer) wanted->data,
                          wanted->len);
}

/* Runs in the order that they had, as far as they are still there. */
static void
restore_order (IpSession *session, GVariant *runs)
{
  GListModel *model = ip_session_get_runs (session);
  GVariantIter iter;
  GVariant *state;
  const char *name;
  guint place = 0;

  g_variant_iter_init (&iter, runs);
  while (g_variant_iter_next (&iter, "{&s@(ba(bu))}", &name, &state))
    {
      g_variant_unref (state);
      for (guint i = place; i < g_list_model_get_n_items (model); i++)
        {
          g_autoptr (IpRun) run = g_list_model_get_item (model, i);

          if (!g_str_equal (ip_run_get_name (run), name))
            continue;
          ip_session_move_run (session, run, (int) place - (int) i);
          place++;
          break;
        }
    }
}

static void
restore_state (IpSession *session, GVariant *state)
{
  GListModel *runs = ip_session_get_runs (session);
  g_autoptr (GVariantIter) parameters = NULL;
  g_autoptr (GVariantIter) displays = NULL;
  g_autoptr (GVariantIter) comparisons = NULL;
  g_autoptr (GVariantIter) sweep_values = NULL;
  g_autoptr (GVariant) run_states = NULL;
  const char *id, *group_by;
  gboolean in_bits;
  int scale, value, sweep;

  g_variant_get (state, "(&sadbi&saia(sad)iad@a{s(ba(bu))})", &id, &parameters, &in_bits, &scale,
                 &group_by, &displays, &comparisons, &sweep, &sweep_values, &run_states);
  ip_session_set_group_by (session, *group_by != '\0' ? group_by : NULL);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    {
      g_variant_iter_next (displays, "i", &value);
      ip_session_set_display (session, which, value);
    }
  for (IpShown where = 0; g_variant_iter_next (displays, "i", &value); where++)
    ip_session_set_quantity (session, where, value);
  restore_request (session, id, parameters);
  restore_comparisons (session, comparisons);
  restore_sweep (session, sweep, sweep_values);
  restore_order (session, run_states);
  ip_session_set_in_bits (session, in_bits);
  ip_session_set_epoch_scale (session, scale);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);
      g_autoptr (GVariant) run_state
        = g_variant_lookup_value (run_states, ip_run_get_name (run), G_VARIANT_TYPE ("(ba(bu))"));

      if (run_state != NULL)
        restore_run (run, run_state);
    }
}

/* Whether runs were opened or closed between two states. */
static gboolean
have_same_runs (GVariant *one, GVariant *other)
{
  g_autoptr (GVariant) runs = g_variant_get_child_value (one, RUNS);
  g_autoptr (GVariant) other_runs = g_variant_get_child_value (other, RUNS);
  GVariantIter iter;
  const char *name;
  GVariant *state;

  if (g_variant_n_children (runs) != g_variant_n_children (other_runs))
    return FALSE;
  g_variant_iter_init (&iter, runs);
  while (g_variant_iter_next (&iter, "{&s@(ba(bu))}", &name, &state))
    {
      g_autoptr (GVariant) other_state = g_variant_lookup_value (other_runs, name, NULL);

      g_variant_unref (state);
      if (other_state == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
notify_properties (IpHistory *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
}

static void
ip_history_take (IpHistory *self)
{
  g_autoptr (GVariant) state = take_state (self->session);

  g_clear_handle_id (&self->taking, g_source_remove);
  if (g_variant_equal (state, self->state))
    return;
  if (have_same_runs (state, self->state))
    {
      g_ptr_array_add (self->undo, g_variant_ref (self->state));
      g_ptr_array_set_size (self->redo, 0);
      if (self->undo->len > MAX_STEPS)
        g_ptr_array_remove_index (self->undo, 0);
    }
  g_variant_unref (self->state);
  self->state = g_steal_pointer (&state);
  notify_properties (self);
}

static gboolean
take_cb (gpointer data)
{
  IpHistory *self = data;

  self->taking = 0;
  ip_history_take (self);
  return G_SOURCE_REMOVE;
}

static void
session_changed_cb (IpHistory *self)
{
  g_autoptr (GVariant) state = take_state (self->session);

  if (!have_same_runs (state, self->state))
    {
      ip_history_take (self);
      return;
    }
  g_clear_handle_id (&self->taking, g_source_remove);
  if (!g_variant_equal (state, self->state))
    self->taking = g_timeout_add (PAUSE, take_cb, self);
  notify_properties (self);
}

/* From one end of the history to the other. */
static void
ip_history_step (IpHistory *self, GPtrArray *from, GPtrArray *to)
{
  ip_history_take (self);
  if (from->len == 0)
    return;
  g_ptr_array_add (to, self->state);
  self->state = g_ptr_array_steal_index (from, from->len - 1);
  restore_state (self->session, self->state);

  /* Runs may have come and gone. */
  g_variant_unref (self->state);
  self->state = take_state (self->session);
  notify_properties (self);
}

static void
ip_history_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  IpHistory *self = IP_HISTORY (object);

  switch (property)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, ip_history_get_can_undo (self));
      break;

    case PROP_CAN_REDO:
      g_value_set_boolean (value, ip_history_get_can_redo (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_history_dispose (GObject *object)
{
  IpHistory *self = IP_HISTORY (object);

  g_clear_handle_id (&self->taking, g_source_remove);
  g_clear_object (&self->session);
  g_clear_pointer (&self->state, g_variant_unref);
  g_clear_pointer (&self->undo, g_ptr_array_unref);
  g_clear_pointer (&self->redo, g_ptr_array_unref);
  G_OBJECT_CLASS (ip_history_parent_class)->dispose (object);
}

static void
ip_history_class_init (IpHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ip_history_dispose;
  object_class->get_property = ip_history_get_property;
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ip_history_init (IpHistory *self)
{
  self->undo = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  self->redo = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
}

IpHistory *
ip_history_new (IpSession *session)
{
  IpHistory *self = g_object_new (IP_TYPE_HISTORY, NULL);

  self->session = g_object_ref (session);
  self->state = take_state (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

gboolean
ip_history_get_can_undo (IpHistory *self)
{
  g_return_val_if_fail (IP_IS_HISTORY (self), FALSE);

  return self->undo->len > 0 || self->taking != 0;
}

gboolean
ip_history_get_can_redo (IpHistory *self)
{
  g_return_val_if_fail (IP_IS_HISTORY (self), FALSE);

  return self->redo->len > 0;
}

void
ip_history_undo (IpHistory *self)
{
  g_return_if_fail (IP_IS_HISTORY (self));

  ip_history_step (self, self->undo, self->redo);
}

void
ip_history_redo (IpHistory *self)
{
  g_return_if_fail (IP_IS_HISTORY (self));

  ip_history_step (self, self->redo, self->undo);
}
