/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-private.h"

#include <pango/pangocairo.h>

/* Figures of very many points, as of a hundred runs, take seconds to make.  They are made and laid
 * out on another thread, from the session as it is when that begins; the plot shows the figure
 * before meanwhile, and makes one more when something has changed since.
 *
 * The view belongs to the plot and is applied on the main thread, between making and laying out.
 * Each figure has fonts of its own, so that the main thread can draw one while another thread lays
 * out the next. */

#define MANY_POINTS 20000

typedef struct
{
  IpPlot *plot;
  IpSession *session; /* frozen */
  IpFigureKind kind;
  IpTheme theme;
  IpMadeFigure made;
} Making;

static void
making_free (gpointer data)
{
  Making *making = data;

  g_clear_object (&making->made.figure);
  g_clear_object (&making->session);
  g_clear_object (&making->plot);
  g_free (making);
}

gboolean
ip_plot_has_many_points (IpPlot *self)
{
  guint n_comparisons;

  ip_session_get_comparisons (self->session, &n_comparisons);

  return (gsize) ip_session_get_n_done (self->session) * (1 + n_comparisons) > MANY_POINTS;
}

/* The plot is not the source of the tasks, nor do they own the making: both must end on the main
 * thread. */
static void
run_task (Making *making, GTaskThreadFunc function, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, making);

  g_task_set_source_tag (task, run_task);
  g_task_set_task_data (task, making, NULL);
  g_task_run_in_thread (task, function);
}

static void
lay_out_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Making *making = data;
  PangoContext *context;

  pango_cairo_font_map_set_default (NULL); /* this thread begins with a new one */
  context = ip_appearance_create_context ();
  pango_cairo_font_map_set_default (NULL);
  ip_figure_layout (making->made.figure, context, &making->theme, to_points (making->made.width),
                    to_points (making->made.height));
  g_object_unref (context);
  g_task_return_boolean (task, TRUE);
}

static void
laid_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Making *making = data;
  IpPlot *self = making->plot;

  self->making = FALSE;
  if (self->session != NULL)
    ip_plot_take_figure (self, &making->made);
  if (self->session != NULL && self->make_again)
    ip_plot_queue_figure (self);
  making_free (making);
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Making *making = data;
  IpMadeFigure *made = &making->made;
  IpPlot *self = making->plot;

  if (self->session == NULL) /* closed meanwhile */
    {
      making_free (making);
      return;
    }

  ip_plot_apply_view (self, made->figure);
  made->marked_layer = ip_plot_find_marked_layer (self, made->figure);
  made->width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);
  ip_plot_adapt_figure (self, made->figure, made->marked_layer, made->width);
  made->height = MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1);
  ip_appearance_get_theme (GTK_WIDGET (self), &making->theme);
  run_task (making, lay_out_in_thread, laid_out_cb);
}

static void
make_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Making *making = data;

  making->made.figure = ip_session_create_figure (making->session, making->kind);
  g_task_return_boolean (task, TRUE);
}

void
ip_plot_make_figure (IpPlot *self)
{
  Making *making;

  if (self->making)
    {
      self->make_again = TRUE;
      return;
    }

  self->making = TRUE;
  self->make_again = FALSE;
  making = g_new0 (Making, 1);
  making->plot = g_object_ref (self);
  making->session = ip_session_freeze (self->session);
  making->kind = self->kind;
  making->made.epoch_scale = ip_session_get_epoch_scale (self->session);
  making->made.revision = ip_session_get_revision (self->session);
  run_task (making, make_in_thread, made_cb);
}
