/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include <string.h>

/* How the session is shown: the selected epoch and layer, unit, scales, and which quantities stand
 * on the axes.  A choice is kept while what was chosen is not there, and holds again when it comes
 * back; the getters answer what is shown instead. */

static int
compare_epochs (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a;
  gint64 other = *(const gint64 *) b;

  return (one > other) - (one < other);
}

static void
collect_epochs (IpSession *self)
{
  g_array_set_size (self->epochs, 0);
  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    {
      IpRun *run = ip_session_get_run (self, i);
      const gint64 *epochs;
      guint n_epochs;

      if (!ip_run_get_visible (run))
        continue;
      epochs = ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
      if (n_epochs > 0)
        g_array_append_vals (self->epochs, epochs, n_epochs);
    }

  g_array_sort (self->epochs, compare_epochs);
  for (guint i = self->epochs->len; i-- > 1;)
    if (g_array_index (self->epochs, gint64, i) == g_array_index (self->epochs, gint64, i - 1))
      g_array_remove_index (self->epochs, i);
}

static gint64
find_nearest_epoch (IpSession *self, gint64 epoch)
{
  gint64 nearest = -1;

  for (guint i = 0; i < self->epochs->len; i++)
    {
      gint64 candidate = g_array_index (self->epochs, gint64, i);

      if (nearest < 0 || ABS (candidate - epoch) < ABS (nearest - epoch))
        nearest = candidate;
    }

  return nearest;
}

void
ip_session_update_epochs (IpSession *self)
{
  gint64 epoch;

  collect_epochs (self);
  epoch = find_nearest_epoch (self, self->follow_last ? G_MAXINT64 : self->epoch);
  if (epoch == self->epoch)
    return;

  self->epoch = epoch;
  ip_session_look (self);
  ip_session_update_sweep (self);
  g_object_notify (G_OBJECT (self), "epoch");
}

gint64
ip_session_get_epoch (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), -1);

  return self->epoch;
}

static void
set_follow_last (IpSession *self, gboolean follow_last)
{
  if (self->follow_last == follow_last)
    return;

  self->follow_last = follow_last;
  g_object_notify (G_OBJECT (self), "follow-last");
}

void
ip_session_set_epoch (IpSession *self, gint64 epoch)
{
  g_return_if_fail (IP_IS_SESSION (self));

  epoch = find_nearest_epoch (self, epoch);
  set_follow_last (self, epoch == find_nearest_epoch (self, G_MAXINT64));
  if (self->epoch == epoch)
    return;

  self->epoch = epoch;
  ip_session_look (self);
  ip_session_update_sweep (self);
  g_object_notify (G_OBJECT (self), "epoch");
  ip_session_emit_selected (self);
}

gboolean
ip_session_get_follow_last (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), FALSE);

  return self->follow_last;
}

void
ip_session_set_follow_last (IpSession *self, gboolean follow_last)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (follow_last)
    ip_session_set_epoch (self, G_MAXINT64);
  else
    set_follow_last (self, FALSE);
}

const gint64 *
ip_session_get_epochs (IpSession *self, guint *n_epochs)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  *n_epochs = self->epochs->len;

  return (const gint64 *) self->epochs->data;
}

gboolean
ip_session_get_in_bits (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), TRUE);

  return self->in_bits;
}

void
ip_session_set_in_bits (IpSession *self, gboolean in_bits)
{
  g_return_if_fail (IP_IS_SESSION (self));

  in_bits = !!in_bits;
  if (self->in_bits == in_bits)
    return;

  self->in_bits = in_bits;
  g_object_notify (G_OBJECT (self), "in-bits");
  ip_session_emit_changed (self);
}

IpScale
ip_session_get_epoch_scale (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), IP_SCALE_LOG);

  return self->epoch_scale;
}

void
ip_session_set_epoch_scale (IpSession *self, IpScale scale)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (self->epoch_scale == scale)
    return;

  self->epoch_scale = scale;
  g_object_notify (G_OBJECT (self), "epoch-scale");
  ip_session_emit_changed (self);
}

IpQuantity
ip_session_get_quantity (IpSession *self, IpShown where)
{
  g_autoptr (GArray) quantities = NULL;

  g_return_val_if_fail (IP_IS_SESSION (self), IP_N_QUANTITIES);
  g_return_val_if_fail (where < IP_N_SHOWN, IP_N_QUANTITIES);

  quantities = ip_session_list_quantities (self, where);
  for (guint i = 0; i < quantities->len; i++)
    if (g_array_index (quantities, IpQuantity, i) == self->chosen[where])
      return self->chosen[where];

  return IP_N_QUANTITIES;
}

void
ip_session_set_quantity (IpSession *self, IpShown where, IpQuantity quantity)
{
  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (where < IP_N_SHOWN && quantity <= IP_N_QUANTITIES);

  if (self->chosen[where] == quantity)
    return;

  self->chosen[where] = quantity;
  g_object_notify (G_OBJECT (self), ip_session_quantity_names[where]);
  ip_session_emit_changed (self);
}

static gboolean
is_layer_visible (IpRun *run, guint layer)
{
  return ip_run_get_visible (run) && layer < g_list_model_get_n_items (G_LIST_MODEL (run))
         && ip_run_layer_get_visible (ip_run_get_layer (run, layer));
}

int
ip_session_get_selected_layer (IpSession *self)
{
  guint run, layer;

  g_return_val_if_fail (IP_IS_SESSION (self), -1);

  run = (guint) self->layer >> 16;
  layer = self->layer & 0xffff;
  return self->layer >= 0 && run < ip_session_get_n_runs (self)
             && is_layer_visible (ip_session_get_run (self, run), layer)
           ? self->layer
           : -1;
}

int
ip_session_get_layer (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), -1);

  if (ip_session_get_selected_layer (self) >= 0)
    return self->layer;

  for (guint i = 0; i < ip_session_get_n_runs (self); i++)
    {
      IpRun *candidate = ip_session_get_run (self, i);

      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (candidate)); k++)
        if (is_layer_visible (candidate, k))
          return (int) (i << 16 | k);
    }

  return -1;
}

void
ip_session_set_layer (IpSession *self, int layer)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (self->layer == layer)
    return;

  self->layer = layer;
  ip_session_look (self);
  g_object_notify (G_OBJECT (self), "layer");
  ip_session_emit_changed (self);
}

const char *
ip_session_get_view (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return self->view;
}

void
ip_session_set_view (IpSession *self, const char *view)
{
  g_return_if_fail (IP_IS_SESSION (self));

  if (view == NULL || g_str_equal (self->view, view))
    return;

  g_free (self->view);
  self->view = g_strdup (view);
  ip_session_look (self);
  ip_session_update_sweep (self);
  g_object_notify (G_OBJECT (self), "view");
}

static const char *const view_names[IP_N_FIGURE_KINDS] = {
  [IP_FIGURE_PLANE] = "plane",
  [IP_FIGURE_EPOCHS] = "epochs",
  [IP_FIGURE_MAP] = "map",
  [IP_FIGURE_TRAJECTORIES] = "trajectories",
  [IP_FIGURE_SPECTRUM] = "spectrum",
  [IP_FIGURE_SWEEP] = "sweep",
};

const char *
ip_session_get_view_name (IpFigureKind kind)
{
  g_return_val_if_fail (kind < IP_N_FIGURE_KINDS, NULL);

  return view_names[kind];
}

gboolean
ip_session_find_kind (const char *view, IpFigureKind *kind)
{
  for (guint i = 0; i < IP_N_FIGURE_KINDS; i++)
    if (g_strcmp0 (view, view_names[i]) == 0)
      {
        *kind = i;
        return TRUE;
      }

  return FALSE;
}

void
ip_session_get_limits (IpSession *self, IpFigureKind kind, IpView *limits)
{
  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (kind < IP_N_FIGURE_KINDS);

  *limits = self->limits[kind];
}

void
ip_session_set_limits (IpSession *self, IpFigureKind kind, const IpView *limits)
{
  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (kind < IP_N_FIGURE_KINDS);

  self->limits[kind] = *limits;
}

double
ip_session_get_length (IpSession *self, IpLength length)
{
  g_return_val_if_fail (IP_IS_SESSION (self), 0);
  g_return_val_if_fail (length < IP_N_LENGTHS, 0);

  return self->lengths[length];
}

void
ip_session_set_length (IpSession *self, IpLength length, double points)
{
  g_return_if_fail (IP_IS_SESSION (self));
  g_return_if_fail (length < IP_N_LENGTHS);

  if (self->lengths[length] == points)
    return;

  self->lengths[length] = points;
  g_object_notify (G_OBJECT (self), ip_session_length_names[length]);
}

static void
copy_array (GArray *target, const GArray *source)
{
  g_array_set_size (target, 0);
  if (source->len > 0)
    g_array_append_vals (target, source->data, source->len);
}

void
ip_session_copy_view (IpSession *self, IpSession *from)
{
  copy_array (self->epochs, from->epochs);
  self->epoch = from->epoch;
  self->follow_last = from->follow_last;
  self->in_bits = from->in_bits;
  self->epoch_scale = from->epoch_scale;
  memcpy (self->chosen, from->chosen, sizeof self->chosen);
  self->layer = from->layer;
  g_free (self->view);
  self->view = g_strdup (from->view);
  memcpy (self->lengths, from->lengths, sizeof self->lengths);
  memcpy (self->limits, from->limits, sizeof self->limits);
  copy_array (self->comparisons, from->comparisons);
  self->sweep_parameter = from->sweep_parameter;
  copy_array (self->sweep_values, from->sweep_values);
  copy_array (self->sweep, from->sweep);
  memcpy (self->display, from->display, sizeof self->display);
  g_free (self->group_by);
  self->group_by = g_strdup (from->group_by);
}
