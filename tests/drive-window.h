/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-screenshot.h"
#include "window.h"

#include <gdk/x11/gdkx.h>

/* A real window, driven by the pointer and the keys of an X server through xdotool.  Nothing is
 * done before what was done is drawn: all that waits, waits for a condition. */

typedef struct
{
  IpWindow *window;
  IpSession *session;
  guint quiet; /* source */
} Drive;

#define QUIET_TURN 20 /* ms */
#define QUIET_TURNS 25

static guint drive_n_frames;
static guint drive_n_quiet; /* turns of the main loop since the last frame, with nothing to do */
static gboolean drive_input_ended;

static inline void
drive_ended_cb (GPid pid, int status, gpointer data)
{
  drive_input_ended = TRUE;
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_spawn_close_pid (pid);
}

/* Runs xdotool while the window goes on drawing. */
static inline void G_GNUC_PRINTF (2, 3)
do_input (Drive *drive, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  g_auto (GStrv) words = NULL;
  va_list arguments;
  GPid pid;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  words = g_strsplit (command, " ", -1);
  drive_input_ended = FALSE;
  g_spawn_async (NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                 &pid, &error);
  g_assert_no_error (error);
  g_child_watch_add (pid, drive_ended_cb, NULL);
  await (drive_input_ended);
}

static inline gulong
get_xid (Drive *drive)
{
  return gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (drive->window)));
}

static inline void
point_at (Drive *drive, GtkWidget *widget, double x, double y)
{
  double surface_x, surface_y;

  gtk_widget_translate_coordinates (widget, GTK_WIDGET (drive->window), x, y, &x, &y);
  gtk_native_get_surface_transform (GTK_NATIVE (drive->window), &surface_x, &surface_y);
  do_input (drive, "xdotool mousemove --window %lu %.0f %.0f", get_xid (drive), x + surface_x,
            y + surface_y);
}

static inline void
point_at_middle (Drive *drive, GtkWidget *widget)
{
  point_at (drive, widget, gtk_widget_get_width (widget) / 2.0,
            gtk_widget_get_height (widget) / 2.0);
}

/* To the header, where nothing is pointed at. */
static inline void
point_away (Drive *drive)
{
  do_input (drive, "xdotool mousemove --window %lu 600 5", get_xid (drive));
}

static inline void
drive_painted_cb (void)
{
  drive_n_quiet = 0;
  drive_n_frames++;
}

static inline gboolean
drive_quiet_cb (gpointer data)
{
  drive_n_quiet++;
  return G_SOURCE_CONTINUE;
}

/* Nothing has been drawn for so many turns that transitions and all delays of the program have
 * ended.  Time alone would not tell, because a frame that is due comes late on a busy machine. */
static inline gboolean
is_at_rest (Drive *drive)
{
  return drive_n_frames > 0 && ip_window_is_idle (drive->window)
         && drive_n_quiet > QUIET_TURNS;
}

/* Until what was just done is drawn. */
static inline void
settle (Drive *drive)
{
  gtk_widget_queue_draw (GTK_WIDGET (drive->window));
  drive_n_frames = 0;
  await (is_at_rest (drive));
}

/* What is on screen in the place of a widget. */
static inline GBytes *
take_picture (Drive *drive, GtkWidget *widget)
{
  g_autoptr (GdkTexture) texture = ip_screenshot_take (GTK_WIDGET (drive->window));
  gsize stride = 4 * (gsize) gdk_texture_get_width (texture);
  g_autofree guchar *pixels = g_malloc (stride * gdk_texture_get_height (texture));
  g_autoptr (GByteArray) part = g_byte_array_new ();
  graphene_rect_t bounds;

  gdk_texture_download (texture, pixels, stride);
  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (drive->window), &bounds));
  for (int y = (int) bounds.origin.y; y < (int) (bounds.origin.y + bounds.size.height); y++)
    g_byte_array_append (part, pixels + y * stride + 4 * (gsize) bounds.origin.x,
                         4 * (guint) bounds.size.width);
  return g_byte_array_free_to_bytes (g_steal_pointer (&part));
}

static inline guint
count_different_pixels (GBytes *one, GBytes *other)
{
  gsize size;
  const guint32 *a = g_bytes_get_data (one, &size), *b = g_bytes_get_data (other, NULL);
  guint n = 0;

  g_assert_cmpuint (size, ==, g_bytes_get_size (other));
  for (gsize i = 0; i < size / sizeof *a; i++)
    n += a[i] != b[i];
  return n;
}

/* Presents a window without runs, with the keyboard in it. */
static inline void
drive_begin (Drive *drive)
{
  drive->window = ip_window_new (application);
  drive->session = ip_window_get_session (drive->window);
  gtk_window_set_default_size (GTK_WINDOW (drive->window), 1200, 800);
  gtk_window_present (GTK_WINDOW (drive->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (drive->window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (drive->window)), "after-paint",
                    G_CALLBACK (drive_painted_cb), NULL);
  drive->quiet = g_timeout_add_full (G_PRIORITY_LOW, QUIET_TURN, drive_quiet_cb, NULL, NULL);
  do_input (drive, "xdotool windowfocus --sync %lu", get_xid (drive));
}

/* The dumps must be open already; waits until all is computed and drawn. */
static inline void
drive_on (Drive *drive)
{
  await (has_results (drive->window));
  point_away (drive);
  settle (drive);
}

static inline void
drive_end (Drive *drive)
{
  g_source_remove (drive->quiet);
  gtk_window_destroy (GTK_WINDOW (drive->window));
}

static inline const char *
drive_get_obstacle (void)
{
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");

  if (xdotool == NULL)
    return "xdotool is not installed";
  if (get_obstacle () != NULL || !GDK_IS_X11_DISPLAY (gdk_display_get_default ()))
    return "there is no X server";
  return NULL;
}
