/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-limits-popover.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>

/* One line for each axis: its name, the two limits, a button that fits it to the data again, and
 * its scale where that can be chosen.  All values have one scale, and all epochs. */

#define MAX_AXES 4

typedef enum
{
  SCALED_AS_IT_IS,
  SCALED_WITH_EPOCHS,
  SCALED_WITH_VALUES,
} Scaled;

static const struct
{
  guint n;
  IpScale scales[3];
  const char *titles[4];
} scales[] = {
  [SCALED_WITH_EPOCHS] = { 2, { IP_SCALE_LINEAR, IP_SCALE_LOG },
                           { N_("Linear"), N_("Logarithmic") } },
  [SCALED_WITH_VALUES] = { 3, { IP_SCALE_LINEAR, IP_SCALE_LOG10, IP_SCALE_SYMLOG },
                           { N_("Linear"), N_("Logarithmic"), N_("Symlog") } },
};

typedef struct
{
  IpLimitsPopover *popover;
  guint panel;
  guint dimension;
  GtkEditable *entries[2]; /* lower, upper */
  GtkWidget *fit_button;
  gboolean typed; /* since the limits were applied */
  Scaled scaled;
  GtkDropDown *scale; /* NULL where there is no choice */
} Line;

struct _IpLimitsPopover
{
  GtkPopover parent_instance;

  IpSession *session;
  IpPlot *plot;
  GtkGrid *grid;
  gboolean showing; /* scales are being set from the session, not by the user */
  Line lines[MAX_AXES];
  guint n_lines;
};

G_DEFINE_FINAL_TYPE (IpLimitsPopover, ip_limits_popover, GTK_TYPE_POPOVER)

/* As the user writes numbers or as C does. */
static gboolean
parse_number (const char *text, double *value)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *end;

  *value = g_strtod (stripped, &end);
  return *stripped != '\0' && *end == '\0' && isfinite (*value);
}

static void
set_error (GtkEditable *entry, gboolean error)
{
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                               error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static Scaled
get_scaled (IpFigureKind kind, guint panel, guint dimension)
{
  if (dimension == 0 && (kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_MAP))
    return SCALED_WITH_EPOCHS;
  if ((kind == IP_FIGURE_TRAJECTORIES && panel == 0) /* what is magnified goes along */
      || (dimension == 1 && (kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_SWEEP)))
    return SCALED_WITH_VALUES;
  return SCALED_AS_IT_IS;
}

static IpScale
get_scale (IpLimitsPopover *self, Scaled scaled)
{
  return scaled == SCALED_WITH_EPOCHS
           ? ip_session_get_epoch_scale (self->session)
           : (IpScale) ip_session_get_display (self->session, IP_DISPLAY_VALUE_SCALE);
}

/* A logarithmic axis ends before zero. */
static gboolean
is_on_scale (const Line *line, double limit)
{
  if (line->scaled == SCALED_AS_IT_IS)
    return ip_plot_is_on_axis (line->popover->plot, line->panel, line->dimension, limit);
  if (line->scaled == SCALED_WITH_EPOCHS)
    return limit >= 0;
  return get_scale (line->popover, line->scaled) != IP_SCALE_LOG10 || limit > 0;
}

static gboolean
read_line (const Line *line, IpLimits *limits)
{
  gboolean has_lo = parse_number (gtk_editable_get_text (line->entries[0]), &limits->lo);
  gboolean has_hi = parse_number (gtk_editable_get_text (line->entries[1]), &limits->hi);
  gboolean in_order = !has_lo || !has_hi || limits->lo < limits->hi;

  has_lo = has_lo && is_on_scale (line, limits->lo);
  has_hi = has_hi && is_on_scale (line, limits->hi);
  set_error (line->entries[0], !has_lo || !in_order);
  set_error (line->entries[1], !has_hi || !in_order);
  return has_lo && has_hi && in_order;
}

static void
apply_line (Line *line)
{
  IpPlot *plot = line->popover->plot;
  IpLimits limits;
  IpView view;

  if (!line->typed || plot == NULL || !read_line (line, &limits))
    return;
  line->typed = FALSE;
  ip_plot_get_view (plot, &view);
  view.automatic[line->panel][line->dimension] = FALSE;
  view.limits[line->panel][line->dimension] = limits;
  ip_plot_set_view (plot, &view);
  gtk_widget_set_sensitive (line->fit_button, TRUE);
}

static void
changed_cb (GtkEditable *entry, gpointer data)
{
  Line *line = data;
  IpLimits ignored;

  line->typed = TRUE;
  read_line (line, &ignored);
}

static void
fit_cb (GtkButton *button, gpointer data)
{
  Line *line = data;
  IpView view;

  line->typed = FALSE;
  ip_plot_get_view (line->popover->plot, &view);
  view.automatic[line->panel][line->dimension] = TRUE;
  ip_plot_set_view (line->popover->plot, &view);
  gtk_popover_popdown (GTK_POPOVER (line->popover));
}

static GtkWidget *
create_entry (Line *line, const char *name, const char *which, double value)
{
  GtkWidget *entry = gtk_entry_new ();
  g_autofree char *text = g_strdup_printf ("%.6g", value);
  g_autofree char *label = g_strdup_printf ("%s, %s", name, which);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 8);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_NUMBER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect (entry, "changed", G_CALLBACK (changed_cb), line);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (apply_line), line);
  return entry;
}

/* All lines of the same kind go along. */
static void
ip_limits_popover_show_scales (IpLimitsPopover *self)
{
  IpLimits ignored;

  self->showing = TRUE;
  for (guint i = 0; i < self->n_lines; i++)
    {
      const Line *line = &self->lines[i];

      for (guint k = 0; k < scales[line->scaled].n && line->scale != NULL; k++)
        if (scales[line->scaled].scales[k] == get_scale (self, line->scaled))
          gtk_drop_down_set_selected (line->scale, k);
      read_line (line, &ignored);
    }
  self->showing = FALSE;
}

static void
scale_chosen_cb (GtkDropDown *drop_down, GParamSpec *pspec, gpointer data)
{
  const Line *line = data;
  IpSession *session = line->popover->session;
  guint selected = gtk_drop_down_get_selected (drop_down);

  if (line->popover->showing || selected >= scales[line->scaled].n)
    return;
  if (line->scaled == SCALED_WITH_EPOCHS)
    ip_session_set_epoch_scale (session, scales[line->scaled].scales[selected]);
  else
    ip_session_set_display (session, IP_DISPLAY_VALUE_SCALE, scales[line->scaled].scales[selected]);
}

static GtkDropDown *
create_scale (Line *line, const char *name)
{
  g_autofree char *label = g_strdup_printf (_("%s, scale"), name);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  GtkWidget *drop_down;

  for (guint i = 0; i < scales[line->scaled].n; i++)
    gtk_string_list_append (titles, _(scales[line->scaled].titles[i]));
  drop_down = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&titles)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (scale_chosen_cb), line);
  return GTK_DROP_DOWN (drop_down);
}

static void
ip_limits_popover_add_line (IpLimitsPopover *self,
                            const char *markup,
                            guint panel,
                            guint dimension,
                            const IpView *view)
{
  guint row = self->n_lines;
  Line *line = &self->lines[self->n_lines++];
  const IpLimits *limits = &view->limits[panel][dimension];
  GtkWidget *label = gtk_label_new (NULL);
  g_autofree char *name = NULL;

  *line = (Line) {
    .popover = self,
    .panel = panel,
    .dimension = dimension,
    .scaled = get_scaled (ip_plot_get_kind (self->plot), panel, dimension),
  };
  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  name = g_strdup (gtk_label_get_text (GTK_LABEL (label)));
  line->entries[0] = GTK_EDITABLE (create_entry (line, name, _("lower limit"), limits->lo));
  line->entries[1] = GTK_EDITABLE (create_entry (line, name, _("upper limit"), limits->hi));
  line->fit_button = gtk_button_new_from_icon_name ("zoom-fit-best-symbolic");
  gtk_widget_add_css_class (line->fit_button, "flat");
  gtk_widget_set_tooltip_text (line->fit_button, _("Fit to Data"));
  gtk_widget_set_sensitive (line->fit_button, !view->automatic[panel][dimension]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->fit_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Fit to data"), -1);
  g_signal_connect (line->fit_button, "clicked", G_CALLBACK (fit_cb), line);

  gtk_grid_attach (self->grid, label, 0, row, 1, 1);
  gtk_grid_attach (self->grid, GTK_WIDGET (line->entries[0]), 1, row, 1, 1);
  gtk_grid_attach (self->grid, gtk_label_new ("–"), 2, row, 1, 1);
  gtk_grid_attach (self->grid, GTK_WIDGET (line->entries[1]), 3, row, 1, 1);
  gtk_grid_attach (self->grid, line->fit_button, 4, row, 1, 1);
  if (line->scaled == SCALED_AS_IT_IS)
    return;
  self->showing = TRUE;
  line->scale = create_scale (line, name);
  gtk_grid_attach (self->grid, GTK_WIDGET (line->scale), 5, row, 1, 1);
  self->showing = FALSE;
}

static void
add_axis (IpPlot *plot, guint panel, guint dimension, const char *markup, gpointer data)
{
  IpLimitsPopover *self = data;
  IpView view;

  ip_plot_get_view (plot, &view);
  if (self->n_lines < MAX_AXES)
    ip_limits_popover_add_line (self, markup, panel, dimension, &view);
}

static void
ip_limits_popover_clear (IpLimitsPopover *self)
{
  GtkWidget *child;

  self->n_lines = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
}

static void
ip_limits_popover_map (GtkWidget *widget)
{
  IpLimitsPopover *self = IP_LIMITS_POPOVER (widget);

  ip_limits_popover_clear (self);
  if (self->plot != NULL)
    ip_plot_for_each_axis (self->plot, add_axis, self);
  ip_limits_popover_show_scales (self);
  GTK_WIDGET_CLASS (ip_limits_popover_parent_class)->map (widget);
  if (self->n_lines > 0)
    gtk_widget_grab_focus (GTK_WIDGET (self->lines[0].entries[0]));
}

/* What was typed counts, whichever way the popover closes. */
static void
ip_limits_popover_closed (GtkPopover *popover)
{
  IpLimitsPopover *self = IP_LIMITS_POPOVER (popover);

  for (guint i = 0; i < self->n_lines; i++)
    apply_line (&self->lines[i]);
}

static void
ip_limits_popover_dispose (GObject *object)
{
  IpLimitsPopover *self = IP_LIMITS_POPOVER (object);

  self->showing = TRUE;
  g_clear_object (&self->plot);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_limits_popover_parent_class)->dispose (object);
}

static void
ip_limits_popover_class_init (IpLimitsPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_limits_popover_dispose;
  GTK_WIDGET_CLASS (klass)->map = ip_limits_popover_map;
}

static void
ip_limits_popover_init (IpLimitsPopover *self)
{
  GtkWidget *grid = gtk_grid_new ();

  self->grid = GTK_GRID (grid);
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_grid_set_column_spacing (self->grid, 6);
  gtk_widget_set_margin_start (grid, 6);
  gtk_widget_set_margin_end (grid, 6);
  gtk_widget_set_margin_top (grid, 6);
  gtk_widget_set_margin_bottom (grid, 6);
  gtk_popover_set_child (GTK_POPOVER (self), grid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Limits of the axes"), -1);
  g_signal_connect (self, "closed", G_CALLBACK (ip_limits_popover_closed), NULL);
}

void
ip_limits_popover_set_plot (IpLimitsPopover *self, IpPlot *plot)
{
  g_return_if_fail (IP_IS_LIMITS_POPOVER (self));

  if (g_set_object (&self->plot, plot))
    ip_limits_popover_clear (self);
}

static void
session_changed_cb (IpLimitsPopover *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    ip_limits_popover_show_scales (self);
}

void
ip_limits_popover_set_session (IpLimitsPopover *self, IpSession *session)
{
  g_return_if_fail (IP_IS_LIMITS_POPOVER (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
