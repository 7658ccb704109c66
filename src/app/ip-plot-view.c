/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-private.h"

#include <glib/gi18n.h>

/* The view of a plot: what part of the data its axes show, and the way there and back.
 *
 * Limits belong to what an axis shows, not to its place: when another quantity comes to an axis,
 * that quantity's own limits come with it, and the limits of the one before are kept for its
 * return.  A step of the history is a view before a change of it; a spin of the wheel or a drag is
 * one step. */

#define MAX_STEPS 100
#define SPIN (800 * G_TIME_SPAN_MILLISECOND) /* zooms within this are one step */

/* Whether all panels have one horizontal axis, and each a quantity of its own. */
static gboolean
has_stacked_panels (IpFigureKind kind)
{
  return kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_MAP || kind == IP_FIGURE_SWEEP;
}

static const char *
get_axis_name (IpFigure *figure, guint panel, guint dimension)
{
  IpFigureKind kind = ip_figure_get_kind (figure);
  gboolean is_stacked = has_stacked_panels (kind);
  const IpFigureQuantity *quantity;

  if (kind == IP_FIGURE_SWEEP && dimension == 0)
    return g_intern_string (ip_figure_get_parameter (figure));
  if (is_stacked && dimension == 0)
    return "epoch";
  if (kind == IP_FIGURE_MAP)
    return "layer";
  quantity = ip_figure_get_quantity (figure, is_stacked ? panel : dimension);
  return quantity != NULL ? g_intern_string (quantity->markup) : NULL;
}

static gboolean
has_unit (IpFigure *figure, guint panel, guint dimension)
{
  IpFigureKind kind = ip_figure_get_kind (figure);
  gboolean is_stacked = kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_SWEEP;
  const IpFigureQuantity *quantity = ip_figure_get_quantity (figure,
                                                             is_stacked ? panel : dimension);

  return !(is_stacked && dimension == 0) && quantity != NULL && quantity->unit != NULL;
}

/* The limits of what was on an axis before, by its name and place. */
static void
ip_plot_swap_limits (IpPlot *self, guint panel, guint dimension, const char *name)
{
  IpPlotAxes *axes = &self->axes;
  g_autofree char *old = g_strdup_printf ("%u%u%s", panel, dimension,
                                          axes->names[panel][dimension]);
  g_autofree char *new = g_strdup_printf ("%u%u%s", panel, dimension, name);
  const IpLimits *kept = g_hash_table_lookup (self->kept_limits, new);
  IpLimits *limits = &axes->view.limits[panel][dimension];

  if (axes->names[panel][dimension] != NULL && !axes->view.automatic[panel][dimension])
    g_hash_table_insert (self->kept_limits, g_steal_pointer (&old),
                         g_memdup2 (limits, sizeof *limits));
  else
    g_hash_table_remove (self->kept_limits, old);
  axes->view.automatic[panel][dimension] = kept == NULL;
  if (kept != NULL)
    *limits = *kept;
  axes->names[panel][dimension] = name;
}

static void
convert_limits (IpPlotAxes *axes, IpFigure *figure, gboolean in_bits)
{
  double factor = in_bits == axes->in_bits ? 1 : in_bits ? 1 / G_LN2 : G_LN2;

  for (guint panel = 0; panel < 2; panel++)
    for (guint dimension = 0; dimension < 2; dimension++)
      if (has_unit (figure, panel, dimension))
        {
          axes->view.limits[panel][dimension].lo *= factor;
          axes->view.limits[panel][dimension].hi *= factor;
        }
  axes->in_bits = in_bits;
}

void
ip_plot_apply_view (IpPlot *self, IpFigure *figure)
{
  IpPlotAxes *axes = &self->axes;

  for (guint panel = 0; panel < 2; panel++)
    for (guint dimension = 0; dimension < 2; dimension++)
      {
        const char *name = get_axis_name (figure, panel, dimension);

        if (name != NULL && name != axes->names[panel][dimension])
          ip_plot_swap_limits (self, panel, dimension, name);
      }
  convert_limits (axes, figure, ip_session_get_in_bits (self->session));
  ip_figure_set_view (figure, &axes->view);
}

static void
ip_plot_notify_history (IpPlot *self)
{
  g_object_notify (G_OBJECT (self), "can-go-back");
  g_object_notify (G_OBJECT (self), "can-go-forward");
}

void
ip_plot_remember_view (IpPlot *self, gboolean zooming)
{
  gint64 now = g_get_monotonic_time ();
  gboolean continues = zooming && self->last_zoomed != 0 && now - self->last_zoomed < SPIN;

  self->last_zoomed = zooming ? now : 0;
  if (continues)
    return;
  g_array_append_val (self->back, self->axes);
  if (self->back->len > MAX_STEPS)
    g_array_remove_index (self->back, 0);
  g_array_set_size (self->forward, 0);
  ip_plot_notify_history (self);
}

static void
ip_plot_restore_axes (IpPlot *self, IpPlotAxes *axes)
{
  if (self->figure != NULL)
    convert_limits (axes, self->figure, self->axes.in_bits);
  for (guint panel = 0; panel < 2; panel++)
    for (guint dimension = 0; dimension < 2; dimension++)
      if (axes->names[panel][dimension] == self->axes.names[panel][dimension])
        {
          self->axes.view.automatic[panel][dimension] = axes->view.automatic[panel][dimension];
          self->axes.view.limits[panel][dimension] = axes->view.limits[panel][dimension];
        }
  self->last_zoomed = 0;
  ip_plot_queue_figure (self);
}

static void
ip_plot_step (IpPlot *self, GArray *from, GArray *to)
{
  IpPlotAxes axes;

  if (from->len == 0)
    return;
  axes = g_array_index (from, IpPlotAxes, from->len - 1);
  g_array_append_val (to, self->axes);
  g_array_set_size (from, from->len - 1);
  ip_plot_restore_axes (self, &axes);
  ip_plot_notify_history (self);
}

void
ip_plot_go_back (IpPlot *self)
{
  g_return_if_fail (IP_IS_PLOT (self));

  ip_plot_step (self, self->back, self->forward);
}

void
ip_plot_go_forward (IpPlot *self)
{
  g_return_if_fail (IP_IS_PLOT (self));

  ip_plot_step (self, self->forward, self->back);
}

void
ip_plot_get_view (IpPlot *self, IpView *view)
{
  IpView shown;

  g_return_if_fail (IP_IS_PLOT (self));

  *view = self->axes.view;
  if (self->figure == NULL)
    return;
  ip_figure_get_view (self->figure, &shown);
  for (guint panel = 0; panel < 2; panel++)
    for (guint dimension = 0; dimension < 2; dimension++)
      if (view->automatic[panel][dimension])
        view->limits[panel][dimension] = shown.limits[panel][dimension];
}

void
ip_plot_set_view (IpPlot *self, const IpView *view)
{
  g_return_if_fail (IP_IS_PLOT (self));

  ip_plot_remember_view (self, FALSE);
  self->axes.view = *view;
  if (has_stacked_panels (self->kind))
    {
      self->axes.view.automatic[1][0] = view->automatic[0][0];
      self->axes.view.limits[1][0] = view->limits[0][0];
    }
  ip_plot_queue_figure (self);
}

void
ip_plot_restore_view (IpPlot *self, const IpView *view)
{
  g_autoptr (IpFigure) figure = NULL;

  g_return_if_fail (IP_IS_PLOT (self));

  figure = ip_session_create_figure (self->session, self->kind);
  ip_plot_apply_view (self, figure); /* so that the axes have their names and units */
  ip_plot_set_view (self, view);
}

gboolean
ip_plot_is_on_axis (IpPlot *self, guint panel, guint dimension, double value)
{
  IpScale scale;

  g_return_val_if_fail (IP_IS_PLOT (self), FALSE);

  if (self->figure == NULL || panel >= ip_figure_get_n_panels (self->figure))
    return TRUE;
  scale = ip_figure_get_axis_scale (self->figure, panel, dimension);
  return scale == IP_SCALE_LOG10 ? value > 0 : scale != IP_SCALE_LOG || value >= 0;
}

void
ip_plot_reset (IpPlot *self)
{
  gboolean fitted = TRUE;
  IpView view;

  g_return_if_fail (IP_IS_PLOT (self));

  for (guint panel = 0; panel < 2; panel++)
    for (guint dimension = 0; dimension < 2; dimension++)
      fitted &= self->axes.view.automatic[panel][dimension];
  if (fitted)
    return;
  ip_view_init (&view);
  ip_plot_set_view (self, &view);
}

void
ip_plot_add_view (IpPlot *self)
{
  ip_view_init (&self->axes.view);
  self->axes.in_bits = TRUE;
  self->back = g_array_new (FALSE, FALSE, sizeof (IpPlotAxes));
  self->forward = g_array_new (FALSE, FALSE, sizeof (IpPlotAxes));
  self->kept_limits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
ip_plot_remove_view (IpPlot *self)
{
  g_clear_pointer (&self->back, g_array_unref);
  g_clear_pointer (&self->forward, g_array_unref);
  g_clear_pointer (&self->kept_limits, g_hash_table_unref);
}

void
ip_plot_for_each_axis (IpPlot *self, IpPlotVisitAxis visit, gpointer data)
{
  guint n_panels;

  g_return_if_fail (IP_IS_PLOT (self));

  n_panels = self->figure != NULL ? MIN (ip_figure_get_n_panels (self->figure), 2) : 0;
  for (guint panel = 0; panel < n_panels; panel++)
    for (guint dimension = 0; dimension < 2; dimension++)
      {
        const char *name = get_axis_name (self->figure, panel, dimension);
        g_autofree char *magnified = NULL;

        if (name == NULL || g_str_equal (name, "layer"))
          continue;
        if (g_str_equal (name, "epoch"))
          name = _("Epoch");
        else if (panel > 0 && !has_stacked_panels (self->kind))
          name = magnified = g_strdup_printf (_("%s, magnified"), name);
        if (!has_stacked_panels (self->kind) || panel == 0 || dimension > 0)
          visit (self, panel, dimension, name, data);
      }
}
