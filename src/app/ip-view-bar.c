/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-view-bar.h"

#include "ip-chooser.h"
#include "ip-limits-popover.h"
#include "ip-sweep-entry.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The line above a figure: what it shows of the numbers, and ways through its views. */

struct _IpViewBar
{
  GtkWidget parent_instance;

  IpSession *session;
  IpPlot *plot;
  guint update; /* tick callback */

  IpChooser *quantity;
  GtkWidget *against;
  IpChooser *y_quantity;
  IpChooser *x_quantity;
  IpChooser *layer;
  GtkWidget *spectra_button;
  IpChooser *parameter;
  IpSweepEntry *sweep_values;
  GtkWidget *drag_button;
  GBinding *dragging; /* of the button to the plot */
  GtkMenuButton *limits_button;
  IpLimitsPopover *limits;
};

G_DEFINE_FINAL_TYPE (IpViewBar, ip_view_bar, GTK_TYPE_WIDGET)

static IpChoice
get_quantity_choice (IpQuantity quantity)
{
  const IpQuantityInfo *info = ip_quantity_get_info (quantity);

  return (IpChoice) { quantity, info->markup, _(info->title) };
}

/* What figures over epochs show: the first two quantities in panels of their own, or any one. */
static void
ip_view_bar_offer_quantities (IpViewBar *self)
{
  const IpEstimator *estimator = ip_session_get_request (self->session)->estimator;
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (IpChoice));
  g_autoptr (GArray) quantities
    = ip_session_list_quantities (self->session, IP_SHOWN_IN_MAP);
  g_autofree char *both = NULL;

  if (estimator->n_quantities >= 2)
    {
      IpChoice choice = { IP_N_QUANTITIES, NULL, _("In two panels") };

      both = g_strdup_printf (_("%s and %s"),
                              ip_quantity_get_info (estimator->quantities[0])->markup,
                              ip_quantity_get_info (estimator->quantities[1])->markup);
      choice.markup = both;
      g_array_append_val (choices, choice);
    }
  for (guint i = 0; i < quantities->len; i++)
    {
      IpChoice choice = get_quantity_choice (g_array_index (quantities, IpQuantity, i));

      g_array_append_val (choices, choice);
    }
  ip_chooser_set_choices (self->quantity, (const IpChoice *) choices->data, choices->len);
  ip_chooser_set_value (self->quantity,
                        ip_session_get_quantity (self->session, IP_SHOWN_IN_MAP));
}

static void
ip_view_bar_offer_axis (IpViewBar *self, IpChooser *chooser, IpShown where)
{
  const IpEstimator *estimator = ip_session_get_request (self->session)->estimator;
  IpQuantity shown = ip_session_get_quantity (self->session, where);
  guint standard = MIN (where == IP_SHOWN_ON_X ? 0u : 1u, estimator->n_quantities - 1);
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (IpChoice));
  g_autoptr (GArray) quantities = ip_session_list_quantities (self->session, where);

  for (guint i = 0; i < quantities->len; i++)
    {
      IpChoice choice = get_quantity_choice (g_array_index (quantities, IpQuantity, i));

      g_array_append_val (choices, choice);
    }
  ip_chooser_set_choices (chooser, (const IpChoice *) choices->data, choices->len);
  ip_chooser_set_value (chooser,
                        shown != IP_N_QUANTITIES ? shown : estimator->quantities[standard]);
}

static void
choice_clear (gpointer data)
{
  g_free ((char *) ((IpChoice *) data)->markup);
}

static void
ip_view_bar_offer_layers (IpViewBar *self)
{
  GListModel *runs = ip_session_get_runs (self->session);
  g_autoptr (GArray) choices = g_array_new (FALSE, TRUE, sizeof (IpChoice));

  g_array_set_clear_func (choices, choice_clear);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      for (guint k = 0;
           ip_run_get_visible (run) && k < g_list_model_get_n_items (G_LIST_MODEL (run));
           k++)
        {
          IpRunLayer *layer = ip_run_get_layer (run, k);
          g_autofree char *name
            = g_list_model_get_n_items (runs) > 1
                ? g_strdup_printf ("%s %s", ip_run_get_name (run), ip_run_layer_get_name (layer))
                : g_strdup (ip_run_layer_get_name (layer));
          IpChoice choice = { (int) (i << 16 | k), g_markup_escape_text (name, -1), NULL };

          if (ip_run_layer_get_visible (layer))
            g_array_append_val (choices, choice);
          else
            choice_clear (&choice);
        }
    }
  ip_chooser_set_choices (self->layer, (const IpChoice *) choices->data, choices->len);
  ip_chooser_set_value (self->layer, ip_session_get_layer (self->session));
}

/* The numbers among the parameters of the estimator in force. */
static void
ip_view_bar_offer_parameters (IpViewBar *self)
{
  const IpEstimator *estimator = ip_session_get_request (self->session)->estimator;
  g_autoptr (GArray) choices = g_array_new (FALSE, TRUE, sizeof (IpChoice));

  g_array_set_clear_func (choices, choice_clear);
  for (guint i = 0; i < estimator->n_parameters; i++)
    {
      const IpParameter *parameter = &estimator->parameters[i];
      IpChoice choice = { (int) i, NULL, NULL };

      if (parameter->kind == IP_PARAMETER_CHOICE)
        continue;
      choice.markup = g_markup_escape_text (_(parameter->title), -1);
      g_array_append_val (choices, choice);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->parameter), choices->len > 0);
  ip_chooser_set_choices (self->parameter, (const IpChoice *) choices->data, choices->len);
  ip_chooser_set_value (self->parameter, ip_session_get_sweep (self->session, NULL, NULL));
}

static void
ip_view_bar_offer_spectra (IpViewBar *self, int kind)
{
  const IpEstimator *offered
    = kind == IP_FIGURE_SPECTRUM ? ip_session_offer_spectra (self->session) : NULL;
  g_autofree char *tip
    = offered != NULL ? g_strdup_printf (_("Add “%s” to the Comparison"), _(offered->title)) : NULL;

  gtk_widget_set_visible (self->spectra_button, offered != NULL);
  gtk_widget_set_tooltip_text (self->spectra_button, tip);
}

static gboolean
update_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  IpViewBar *self = IP_VIEW_BAR (widget);
  int kind = self->plot != NULL ? (int) ip_plot_get_kind (self->plot) : -1;

  self->update = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->quantity),
                          kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_MAP
                            || kind == IP_FIGURE_SWEEP);
  gtk_widget_set_visible (GTK_WIDGET (self->y_quantity), kind == IP_FIGURE_TRAJECTORIES);
  gtk_widget_set_visible (self->against, kind == IP_FIGURE_TRAJECTORIES);
  gtk_widget_set_visible (GTK_WIDGET (self->x_quantity), kind == IP_FIGURE_TRAJECTORIES);
  gtk_widget_set_visible (GTK_WIDGET (self->layer), kind == IP_FIGURE_SPECTRUM);
  ip_view_bar_offer_quantities (self);
  ip_view_bar_offer_axis (self, self->y_quantity, IP_SHOWN_ON_Y);
  ip_view_bar_offer_axis (self, self->x_quantity, IP_SHOWN_ON_X);
  gtk_widget_set_visible (GTK_WIDGET (self->parameter), kind == IP_FIGURE_SWEEP);
  gtk_widget_set_visible (GTK_WIDGET (self->sweep_values),
                          kind == IP_FIGURE_SWEEP
                            && ip_session_get_sweep (self->session, NULL, NULL) >= 0);
  if (kind == IP_FIGURE_SPECTRUM)
    ip_view_bar_offer_layers (self);
  ip_view_bar_offer_spectra (self, kind);
  if (kind == IP_FIGURE_SWEEP)
    ip_view_bar_offer_parameters (self);
  return G_SOURCE_REMOVE;
}

static void
ip_view_bar_queue_update (IpViewBar *self)
{
  if (self->update == 0)
    self->update = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

static void
quantity_chosen_cb (IpViewBar *self, GParamSpec *pspec, IpChooser *chooser)
{
  ip_session_set_quantity (self->session, IP_SHOWN_IN_MAP, ip_chooser_get_value (chooser));
}

static void
y_chosen_cb (IpViewBar *self, GParamSpec *pspec, IpChooser *chooser)
{
  ip_session_set_quantity (self->session, IP_SHOWN_ON_Y, ip_chooser_get_value (chooser));
}

static void
x_chosen_cb (IpViewBar *self, GParamSpec *pspec, IpChooser *chooser)
{
  ip_session_set_quantity (self->session, IP_SHOWN_ON_X, ip_chooser_get_value (chooser));
}

static void
layer_chosen_cb (IpViewBar *self, GParamSpec *pspec, IpChooser *chooser)
{
  ip_session_set_layer (self->session, ip_chooser_get_value (chooser));
}

/* Its values are chosen around the one in force. */
static void
parameter_chosen_cb (IpViewBar *self, GParamSpec *pspec, IpChooser *chooser)
{
  ip_session_set_sweep (self->session, (guint) ip_chooser_get_value (chooser), NULL, 0);
}

/* Beside the estimator in force, whose figures stay as they are. */
static void
spectra_clicked_cb (IpViewBar *self)
{
  guint n;
  const IpRequest *compared = ip_session_get_comparisons (self->session, &n);
  g_autoptr (GArray) requests = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  IpRequest added = { .estimator = ip_session_offer_spectra (self->session) };

  if (added.estimator == NULL)
    return;
  ip_parameters_init (&added.parameters, added.estimator);
  if (n > 0)
    g_array_append_vals (requests, compared, n);
  g_array_append_val (requests, added);
  ip_session_set_comparisons (self->session, (const IpRequest *) (gpointer) requests->data,
                              requests->len);
}

static void
ip_view_bar_dispose (GObject *object)
{
  IpViewBar *self = IP_VIEW_BAR (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  g_clear_object (&self->plot);
  G_OBJECT_CLASS (ip_view_bar_parent_class)->dispose (object);
}

static void
ip_view_bar_class_init (IpViewBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_view_bar_dispose;
  g_type_ensure (IP_TYPE_CHOOSER);
  g_type_ensure (IP_TYPE_LIMITS_POPOVER);
  g_type_ensure (IP_TYPE_SWEEP_ENTRY);
  gtk_widget_class_set_css_name (widget_class, "view-bar");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-view-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, quantity);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, against);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, y_quantity);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, x_quantity);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, layer);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, spectra_button);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, parameter);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, sweep_values);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, drag_button);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, limits_button);
  gtk_widget_class_bind_template_child (widget_class, IpViewBar, limits);
  gtk_widget_class_bind_template_callback (widget_class, quantity_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, y_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, x_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, layer_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, parameter_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, spectra_clicked_cb);
}

static void
ip_view_bar_init (IpViewBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ip_view_bar_set_session (IpViewBar *self, IpSession *session)
{
  g_return_if_fail (IP_IS_VIEW_BAR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  ip_sweep_entry_set_session (self->sweep_values, session);
  ip_limits_popover_set_session (self->limits, session);
  g_signal_connect_object (session, "changed", G_CALLBACK (ip_view_bar_queue_update), self,
                           G_CONNECT_SWAPPED);
}

void
ip_view_bar_set_plot (IpViewBar *self, IpPlot *plot)
{
  g_return_if_fail (IP_IS_VIEW_BAR (self));

  ip_limits_popover_set_plot (self->limits, plot);
  if (!g_set_object (&self->plot, plot))
    return;
  g_clear_pointer (&self->dragging, g_binding_unbind);
  self->dragging = g_object_bind_property (plot, "drag-zooms", self->drag_button, "active",
                                           G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  ip_view_bar_queue_update (self);
}

void
ip_view_bar_edit_limits (IpViewBar *self)
{
  g_return_if_fail (IP_IS_VIEW_BAR (self));

  gtk_menu_button_popup (self->limits_button);
}
