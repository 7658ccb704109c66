/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-screenshot.h"

/* Frames to let pass once everything is there, for transitions to end. */
#define SETTLING_TIME (600 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  char *path;
  gint64 idle_since; /* frame time, 0 while busy */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_free (wait->path);
  g_free (wait);
}

GdkTexture *
ip_screenshot_take (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GdkTexture *texture;
  int scale = gtk_widget_get_scale_factor (window);
  double width = gdk_paintable_get_intrinsic_width (paintable);
  double height = gdk_paintable_get_intrinsic_height (paintable);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  gtk_snapshot_scale (snapshot, scale, scale);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return NULL;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width * scale,
                                                              height * scale));
  gsk_render_node_unref (node);
  return texture;
}

static gboolean
save (GtkWidget *window, const char *path)
{
  g_autoptr (GdkTexture) texture = ip_screenshot_take (window);

  return texture != NULL && gdk_texture_save_to_png (texture, path);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Wait *wait = data;
  gint64 now = gdk_frame_clock_get_frame_time (clock);

  if (!ip_window_is_idle (IP_WINDOW (widget)))
    wait->idle_since = 0;
  else if (wait->idle_since == 0)
    wait->idle_since = now;
  if (wait->idle_since == 0 || now - wait->idle_since < SETTLING_TIME)
    return G_SOURCE_CONTINUE;

  if (!save (widget, wait->path))
    g_warning ("Cannot write the screenshot to %s", wait->path);
  gtk_window_close (GTK_WINDOW (widget));
  return G_SOURCE_REMOVE;
}

void
ip_screenshot_take_when_idle (IpWindow *window, const char *path, const char *view)
{
  Wait *wait = g_new0 (Wait, 1);

  g_return_if_fail (IP_IS_WINDOW (window));

  wait->path = g_strdup (path);
  if (view != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", view);
  gtk_widget_add_tick_callback (GTK_WIDGET (window), tick_cb, wait, wait_free);
}
