/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-private.h"

#include "ip-crosshair.h"
#include "ip-data-cursor.h"
#include "ip-plot-canvas.h"
#include "ip-reading-card.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

/* A figure that can be explored.
 *
 * The plot owns the view (what part of the data the axes show), which outlives every figure:
 * results, other estimators and hidden layers never reset it.  A figure is made anew from the
 * session whenever something it shows has changed, at most once a frame and only while the plot is
 * on screen; IpPlotCanvas below keeps the picture of it.  The point that is read out is remembered
 * by layer and epoch for the same reason. */

#define ALIGNED_WIDTH 600 /* pixels; narrower figures need them for themselves */

enum
{
  PROP_0,
  PROP_KIND,
  PROP_CAN_GO_BACK,
  PROP_CAN_GO_FORWARD,
  PROP_CROSSHAIR,
  PROP_DRAG_ZOOMS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static const char *const titles[] = {
  [IP_FIGURE_PLANE] = N_("Information plane"),
  [IP_FIGURE_EPOCHS] = N_("Information against epochs"),
  [IP_FIGURE_MAP] = N_("Map of layers and epochs"),
  [IP_FIGURE_TRAJECTORIES] = N_("Layer trajectories"),
  [IP_FIGURE_SPECTRUM] = N_("Spectrum of a layer"),
  [IP_FIGURE_SWEEP] = N_("Sweep over a parameter"),
};

G_DEFINE_FINAL_TYPE (IpPlot, ip_plot, GTK_TYPE_WIDGET)

/* Name of the run where more than one is shown. */
static const char *
get_run_to_name (IpPlot *self, const IpTrack *track)
{
  for (guint i = 0; i < ip_figure_get_n_tracks (self->figure); i++)
    if (!g_str_equal (ip_figure_get_track (self->figure, i)->run, track->run))
      return track->run;
  return NULL;
}

void
ip_plot_hide_reading (IpPlot *self)
{
  self->cursor.valid = self->cursor.awaited = FALSE;
  g_clear_pointer (&self->reading, g_free);
  ip_data_cursor_hide (IP_DATA_CURSOR (self->data_cursor));
  gtk_widget_set_child_visible (self->card, FALSE);
}

static void
ip_plot_place_data_cursor (IpPlot *self)
{
  double x, y;

  if (self->cursor.valid
      && ip_figure_get_point_place (self->figure, self->cursor.track, self->cursor.point,
                                    self->cursor.panel, &x, &y))
    ip_data_cursor_set_place (IP_DATA_CURSOR (self->data_cursor), to_pixels (x), to_pixels (y));
  else
    ip_data_cursor_hide (IP_DATA_CURSOR (self->data_cursor));
}

void
ip_plot_place_crosshair (IpPlot *self)
{
  double x = self->pointer_x, y = self->pointer_y;

  if (!self->shows_crosshair || self->figure == NULL
      || (self->at_cursor
          && (!self->cursor.valid
              || !ip_plot_get_point_place (self, self->cursor.track, self->cursor.point,
                                           self->cursor.panel, &x, &y))))
    x = y = -1;
  ip_crosshair_set_place (IP_CROSSHAIR (self->crosshair), self->figure, x, y);
}

/* Shows the point of the cursor: ring, card, and what is said of it. */
static void
ip_plot_show_reading (IpPlot *self)
{
  const Cursor *cursor = &self->cursor;
  const IpTrack *track = ip_figure_get_track (self->figure, cursor->track);
  const char *run = get_run_to_name (self, track);

  ip_reading_card_set_point (IP_READING_CARD (self->card), self->figure, cursor->track,
                             cursor->point, run);
  g_free (self->reading);
  self->reading = ip_reading_format (self->figure, cursor->track, cursor->point, run);
  ip_data_cursor_set_value (IP_DATA_CURSOR (self->data_cursor), self->reading, cursor->point,
                            track->n_points);
  ip_plot_place_data_cursor (self);
  gtk_widget_set_child_visible (self->card, TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
ip_plot_set_cursor (IpPlot *self, guint track, guint point, guint panel)
{
  const IpTrack *found = ip_figure_get_track (self->figure, track);

  self->cursor = (Cursor) {
    .valid = TRUE,
    .layer = found->user_data,
    .epoch = found->points[point].epoch,
    .track = track,
    .point = point,
    .panel = panel,
  };
  ip_plot_show_reading (self);
}

void
ip_plot_select_cursor (IpPlot *self)
{
  if (ip_session_get_selected_layer (self->session) == (int) self->cursor.layer
      && ip_session_get_epoch (self->session) == self->cursor.epoch)
    {
      ip_session_set_layer (self->session, -1);
      return;
    }
  ip_session_set_layer (self->session, (int) self->cursor.layer);
  ip_session_set_epoch (self->session, self->cursor.epoch);
}

/* Finds the point that was read out in a new figure. */
static void
ip_plot_restore_cursor (IpPlot *self, gboolean has_same_points)
{
  if (!self->cursor.valid && !self->cursor.awaited)
    return;
  if (has_same_points)
    {
      if (self->cursor.valid)
        ip_plot_set_cursor (self, self->cursor.track, self->cursor.point, self->cursor.panel);
      return;
    }
  for (guint n = 0; n < ip_figure_get_n_tracks (self->figure); n++)
    {
      /* From where it was: estimators that are compared have tracks of the same layer. */
      guint i = (self->cursor.track + n) % ip_figure_get_n_tracks (self->figure);
      const IpTrack *track = ip_figure_get_track (self->figure, i);

      if (self->kind == IP_FIGURE_SPECTRUM && track->user_data == self->cursor.layer
          && self->cursor.point < track->n_points && track->points[0].epoch == self->cursor.epoch)
        {
          ip_plot_set_cursor (self, i, self->cursor.point, 0);
          return;
        }
      if (self->kind == IP_FIGURE_SWEEP && track->user_data == self->cursor.layer
          && self->cursor.point < track->n_points) /* all of it is at one epoch */
        {
          ip_plot_set_cursor (self, i, self->cursor.point, self->cursor.panel);
          return;
        }
      for (guint k = 0; track->user_data == self->cursor.layer && k < track->n_points; k++)
        if (track->points[k].epoch == self->cursor.epoch)
          {
            ip_plot_set_cursor (self, i, k, self->cursor.panel);
            return;
          }
    }
  ip_plot_hide_reading (self);
  self->cursor.awaited = TRUE;
}

static void
ip_plot_describe (IpPlot *self)
{
  g_autofree char *description = NULL;
  guint n_tracks = ip_figure_get_n_tracks (self->figure);

  if (self->kind == IP_FIGURE_SPECTRUM)
    description = g_strdup_printf (ngettext ("%s at %u epoch", "%s at %u epochs", n_tracks),
                                   _(titles[self->kind]), n_tracks);
  else
    description = g_strdup_printf (ngettext ("%s of %u layer", "%s of %u layers", n_tracks),
                                   _(titles[self->kind]), n_tracks);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

/* Whether two figures show the same points, so that they can differ in the selection only.  A sweep
 * has other points at another epoch. */
static gboolean
have_same_tracks (IpFigure *one, IpFigure *other)
{
  if (one == NULL || ip_figure_get_kind (one) == IP_FIGURE_SWEEP
      || ip_figure_get_n_tracks (one) != ip_figure_get_n_tracks (other))
    return FALSE;
  for (guint i = 0; i < ip_figure_get_n_tracks (one); i++)
    {
      const IpTrack *a = ip_figure_get_track (one, i);
      const IpTrack *b = ip_figure_get_track (other, i);

      if (a->user_data != b->user_data || a->n_points != b->n_points || a->style != b->style)
        return FALSE;
    }
  return TRUE;
}

int
ip_plot_find_marked_layer (IpPlot *self, IpFigure *figure)
{
  int layer = ip_session_get_selected_layer (self->session);

  for (guint i = 0; layer >= 0 && i < ip_figure_get_n_tracks (figure); i++)
    if (ip_figure_get_track (figure, i)->user_data == (guint) layer)
      return layer;
  return -1;
}

/* Whether all that can have changed since the figure was made are its view and the selected epoch,
 * which moves no points here. */
static gboolean
ip_plot_has_current_points (IpPlot *self)
{
  return self->figure != NULL && self->kind != IP_FIGURE_SWEEP && self->kind != IP_FIGURE_SPECTRUM
         && self->revision == ip_session_get_revision (self->session);
}

/* A figure with the points of the one that is shown: to collect a million takes longer than a
 * frame. */
static IpFigure *
ip_plot_copy_figure (IpPlot *self)
{
  IpFigure *figure = ip_figure_copy (self->figure);

  ip_figure_set_selected_epoch (figure, ip_session_get_epoch (self->session));
  ip_plot_apply_view (self, figure);
  return figure;
}

void
ip_plot_adapt_figure (IpPlot *self, IpFigure *figure, int marked_layer, int width)
{
  gboolean has_slider = (self->kind == IP_FIGURE_EPOCHS || self->kind == IP_FIGURE_MAP)
                        && width >= ALIGNED_WIDTH;

  ip_figure_set_selected_layer (figure, marked_layer);
  ip_figure_set_least_sides (figure, has_slider ? to_points (self->epoch_left) : 0,
                             has_slider ? to_points (self->epoch_right) : 0);
}

/* Lays the figure out for the size of the plot and shows it. */
static void
ip_plot_show_figure (IpPlot *self, int width, int height, gboolean keep_picture)
{
  IpPlotCanvas *canvas = IP_PLOT_CANVAS (self->canvas);

  self->laid_width = width;
  self->laid_height = height;
  ip_plot_adapt_figure (self, self->figure, self->marked_layer, width);
  ip_appearance_get_theme (GTK_WIDGET (self), &self->theme);
  ip_figure_layout (self->figure, self->context, &self->theme, to_points (width),
                    to_points (height));
  if (keep_picture)
    ip_plot_canvas_set_labels (canvas, self->figure);
  else
    ip_plot_canvas_set_figure (canvas, self->figure, ip_session_get_epoch_scale (self->session),
                               ip_plot_canvas_is_slow (canvas));
}

void
ip_plot_take_figure (IpPlot *self, const IpMadeFigure *made)
{
  g_set_object (&self->figure, made->figure);
  self->revision = made->revision;
  self->marked_layer = made->marked_layer;
  self->laid_width = made->width;
  self->laid_height = made->height;
  ip_plot_canvas_set_figure (IP_PLOT_CANVAS (self->canvas), made->figure, made->epoch_scale, TRUE);
  if (made->width != gtk_widget_get_width (GTK_WIDGET (self))
      || made->height != gtk_widget_get_height (GTK_WIDGET (self)))
    ip_plot_queue_figure (self);
  ip_plot_describe (self);
  ip_plot_restore_cursor (self, FALSE);
  ip_plot_place_crosshair (self);
}

static void
ip_plot_update (IpPlot *self, gboolean has_points)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (IpFigure) figure = has_points ? ip_plot_copy_figure (self)
                                           : ip_plot_create_figure (self);
  int layer = ip_plot_find_marked_layer (self, figure);
  gboolean keep_picture = self->only_selection && layer == self->marked_layer
                          && have_same_tracks (self->figure, figure);

  self->revision = ip_session_get_revision (self->session);
  self->marked_layer = layer;
  g_set_object (&self->figure, figure);
  if (gtk_widget_get_width (widget) > 0 && gtk_widget_get_height (widget) > 0)
    ip_plot_show_figure (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget),
                         keep_picture);
  if (!has_points)
    ip_plot_describe (self);
  ip_plot_restore_cursor (self, has_points);
  ip_plot_place_crosshair (self);
}

static gboolean
update_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  IpPlot *self = IP_PLOT (widget);
  gboolean has_points = ip_plot_has_current_points (self);

  self->update = 0;
  if (!has_points && ip_plot_has_many_points (self))
    {
      ip_plot_make_figure (self);
      return G_SOURCE_REMOVE;
    }

  self->make_again = self->making; /* which shows an older one */
  ip_plot_update (self, has_points);
  return G_SOURCE_REMOVE;
}

static void
ip_plot_queue_update (IpPlot *self, gboolean only_selection)
{
  self->only_selection = only_selection && (self->only_selection || self->update == 0);
  if (self->update == 0)
    self->update = gtk_widget_add_tick_callback (GTK_WIDGET (self), update_cb, NULL, NULL);
}

void
ip_plot_queue_figure (IpPlot *self)
{
  if (self->session != NULL)
    ip_plot_queue_update (self, FALSE);
}

static void
session_changed_cb (IpPlot *self)
{
  gint64 selected = ip_session_get_epoch (self->session);

  ip_plot_queue_update (self, selected != self->selected);
  self->selected = selected;
}

void
ip_plot_view_changed (IpPlot *self)
{
  ip_figure_get_view (self->figure, &self->axes.view);
  ip_plot_queue_figure (self);
}

static void
ip_plot_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  IpPlot *self = IP_PLOT (widget);
  GtkAllocation all = { 0, 0, width, height };

  gtk_widget_size_allocate (self->canvas, &all, -1); /* it draws in its new size */
  if (self->figure != NULL && width > 0 && height > 0
      && (width != self->laid_width || height != self->laid_height))
    {
      g_autoptr (IpFigure) figure = ip_plot_copy_figure (self);

      g_set_object (&self->figure, figure);
      ip_plot_show_figure (self, width, height, FALSE);
      ip_plot_place_data_cursor (self);
      ip_plot_place_crosshair (self);
    }

  gtk_widget_size_allocate (self->crosshair, &all, -1);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
  gtk_widget_size_allocate (self->data_cursor, &all, -1);
  if (gtk_widget_get_child_visible (self->card))
    {
      GtkAllocation place;

      ip_reading_card_find_place (IP_READING_CARD (self->card), self->figure, self->cursor.track,
                                  self->cursor.point, self->cursor.panel, width, height, &place);
      gtk_widget_size_allocate (self->card, &place, -1);
    }
}

static void
ip_plot_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  int ignored;

  /* Widgets have to be measured before they are allocated. */
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_measure (child, orientation, -1, &ignored, &ignored, NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 200;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 820 : 600;
}

static void
ip_plot_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_KIND:
      g_value_set_int (value, IP_PLOT (object)->kind);
      break;

    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, IP_PLOT (object)->back->len > 0);
      break;

    case PROP_CAN_GO_FORWARD:
      g_value_set_boolean (value, IP_PLOT (object)->forward->len > 0);
      break;

    case PROP_CROSSHAIR:
      g_value_set_boolean (value, IP_PLOT (object)->shows_crosshair);
      break;

    case PROP_DRAG_ZOOMS:
      g_value_set_boolean (value, IP_PLOT (object)->drag_zooms);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_plot_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_KIND:
      IP_PLOT (object)->kind = g_value_get_int (value);
      break;

    case PROP_CROSSHAIR:
      IP_PLOT (object)->shows_crosshair = g_value_get_boolean (value);
      ip_plot_place_crosshair (IP_PLOT (object));
      break;

    case PROP_DRAG_ZOOMS:
      IP_PLOT (object)->drag_zooms = g_value_get_boolean (value);
      gtk_widget_set_cursor_from_name (GTK_WIDGET (object),
                                       g_value_get_boolean (value) ? "crosshair" : NULL);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_plot_constructed (GObject *object)
{
  IpPlot *self = IP_PLOT (object);

  G_OBJECT_CLASS (ip_plot_parent_class)->constructed (object);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(titles[self->kind]),
                                  GTK_ACCESSIBLE_PROPERTY_ROLE_DESCRIPTION, _("plot"),
                                  -1);
}

static void
ip_plot_dispose (GObject *object)
{
  IpPlot *self = IP_PLOT (object);

  g_clear_pointer (&self->canvas, gtk_widget_unparent);
  g_clear_pointer (&self->crosshair, gtk_widget_unparent);
  g_clear_pointer (&self->data_cursor, gtk_widget_unparent);
  g_clear_pointer (&self->card, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->figure);
  g_clear_object (&self->context);
  g_clear_pointer (&self->reading, g_free);
  G_OBJECT_CLASS (ip_plot_parent_class)->dispose (object);
}

static void
ip_plot_finalize (GObject *object)
{
  ip_plot_remove_view (IP_PLOT (object));
  G_OBJECT_CLASS (ip_plot_parent_class)->finalize (object);
}

static void
ip_plot_class_init (IpPlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ip_plot_get_property;
  object_class->set_property = ip_plot_set_property;
  object_class->constructed = ip_plot_constructed;
  object_class->dispose = ip_plot_dispose;
  object_class->finalize = ip_plot_finalize;
  widget_class->measure = ip_plot_measure;
  widget_class->size_allocate = ip_plot_size_allocate;

  properties[PROP_KIND]
    = g_param_spec_int ("kind", NULL, NULL, IP_FIGURE_PLANE, IP_FIGURE_SWEEP, IP_FIGURE_PLANE,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, FALSE,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CAN_GO_FORWARD]
    = g_param_spec_boolean ("can-go-forward", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CROSSHAIR] = g_param_spec_boolean ("crosshair", NULL, NULL, FALSE,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DRAG_ZOOMS] = g_param_spec_boolean ("drag-zooms", NULL, NULL, FALSE,
                                                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  ip_plot_add_menu_action (widget_class);
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ip_plot_init (IpPlot *self)
{
  ip_plot_add_view (self);
  self->context = ip_appearance_create_context ();
  self->pointer_x = self->pointer_y = -1;
  self->selected = -1;
  self->marked_layer = -1;

  self->canvas = g_object_new (IP_TYPE_PLOT_CANVAS, NULL);
  self->crosshair = g_object_new (IP_TYPE_CROSSHAIR, NULL);
  self->data_cursor = g_object_new (IP_TYPE_DATA_CURSOR, NULL);
  self->card = g_object_new (IP_TYPE_READING_CARD, NULL);
  gtk_widget_set_parent (self->canvas, GTK_WIDGET (self));
  gtk_widget_set_parent (self->crosshair, GTK_WIDGET (self));
  gtk_widget_set_parent (self->data_cursor, GTK_WIDGET (self));
  gtk_widget_set_parent (self->card, GTK_WIDGET (self));
  gtk_widget_set_child_visible (self->card, FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  ip_plot_add_menu (self);
  ip_plot_add_pointer (self);
  ip_plot_add_keyboard (self);

  ip_appearance_watch (GTK_WIDGET (self), G_CALLBACK (ip_plot_queue_figure));
}

void
ip_plot_set_session (IpPlot *self, IpSession *session)
{
  g_return_if_fail (IP_IS_PLOT (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  ip_plot_queue_figure (self);
}

void
ip_plot_set_epoch_edges (IpPlot *self, double left, double right)
{
  g_return_if_fail (IP_IS_PLOT (self));

  if (self->epoch_left == left && self->epoch_right == right)
    return;
  self->epoch_left = left;
  self->epoch_right = right;
  ip_plot_queue_figure (self);
}

IpFigureKind
ip_plot_get_kind (IpPlot *self)
{
  g_return_val_if_fail (IP_IS_PLOT (self), IP_FIGURE_PLANE);

  return self->kind;
}

gboolean
ip_plot_get_busy (IpPlot *self)
{
  g_return_val_if_fail (IP_IS_PLOT (self), FALSE);

  return self->making || ip_plot_canvas_get_busy (IP_PLOT_CANVAS (self->canvas));
}

IpFigure *
ip_plot_create_figure (IpPlot *self)
{
  IpFigure *figure;

  g_return_val_if_fail (IP_IS_PLOT (self), NULL);

  figure = ip_session_create_figure (self->session, self->kind);
  ip_plot_apply_view (self, figure);
  return figure;
}

void
ip_plot_zoom (IpPlot *self, double factor)
{
  double x, y, w, h;

  g_return_if_fail (IP_IS_PLOT (self));

  if (self->figure == NULL)
    return;
  ip_figure_get_panel (self->figure, 0, &x, &y, &w, &h);
  ip_plot_zoom_at (self, to_pixels (x + w / 2), to_pixels (y + h / 2), factor, factor);
}

void
ip_plot_focus (IpPlot *self)
{
  g_return_if_fail (IP_IS_PLOT (self));

  gtk_widget_grab_focus (self->data_cursor);
}

const char *
ip_plot_get_reading (IpPlot *self)
{
  g_return_val_if_fail (IP_IS_PLOT (self), NULL);

  return self->reading;
}

void
ip_plot_get_point (IpPlot *self, int *layer, gint64 *epoch)
{
  g_return_if_fail (IP_IS_PLOT (self));

  if (!self->cursor.valid)
    return;
  *layer = (int) self->cursor.layer;
  *epoch = self->cursor.epoch;
}

gboolean
ip_plot_get_point_place (IpPlot *self,
                         guint track, guint point, guint panel,
                         double *x, double *y)
{
  g_return_val_if_fail (IP_IS_PLOT (self), FALSE);

  if (self->figure == NULL || track >= ip_figure_get_n_tracks (self->figure)
      || point >= ip_figure_get_track (self->figure, track)->n_points
      || !ip_figure_get_point_place (self->figure, track, point, panel, x, y))
    return FALSE;
  *x = to_pixels (*x);
  *y = to_pixels (*y);
  return TRUE;
}
