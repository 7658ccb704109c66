/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How long a figure takes: bench-figure [REPEATS]
 *
 * One line per case over REPEATS runs (25).  The window waits for what it does in a frame of a
 * pan, a step back and forth with layout, axes and labels (median and worst), and for hover
 * (worst); the data is drawn beside it (median).  "first" is from numbers to picture, once:
 * tracks, layout and all drawing.  Data: random walks, drawn to 790 x 600 pixels. */

#include "ip-figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_REPEATS 101

static guint repeats = 25;

static const IpFigureQuantity mi_xt = { "I(X; T)", "bits", 12, "log₂ N = 12 bits", TRUE };
static const IpFigureQuantity mi_ty = { "I(T; Y)", "bits", 1, "H(Y) = 1 bit", FALSE };

typedef struct
{
  IpFigureKind kind;
  const char *name;
  guint n_tracks;
  guint n_points;
} Case;

static const Case cases[] = {
  { IP_FIGURE_PLANE, "plane", 6, 60 },      { IP_FIGURE_PLANE, "plane", 8, 500 },
  { IP_FIGURE_PLANE, "plane", 800, 100 },   { IP_FIGURE_PLANE, "plane", 1, 1000000 },
  { IP_FIGURE_EPOCHS, "epochs", 6, 60 },    { IP_FIGURE_EPOCHS, "epochs", 8, 500 },
  { IP_FIGURE_EPOCHS, "epochs", 800, 100 }, { IP_FIGURE_EPOCHS, "epochs", 1, 1000000 },
  { IP_FIGURE_MAP, "map", 6, 60 },          { IP_FIGURE_MAP, "map", 100, 500 },
};

static IpFigure *
create_figure (const Case *self)
{
  IpFigure *figure = ip_figure_new (self->kind);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < self->n_tracks; i++)
    {
      IpTrack track = { .run = g_strdup_printf ("run %u", i / 8),
                        .layer = g_strdup_printf ("fc%u", i % 8),
                        .style = i,
                        .n_points = self->n_points,
                        .points = g_new0 (IpTrackPoint, self->n_points) };
      double x = g_rand_double_range (random, 1, 11);
      double y = g_rand_double (random);

      for (guint k = 0; k < self->n_points; k++)
        {
          x = CLAMP (x + g_rand_double_range (random, -0.05, 0.05), 0, 12);
          y = CLAMP (y + g_rand_double_range (random, -0.005, 0.005), 0, 1);
          track.points[k]
              = (IpTrackPoint){ .epoch = k, .x = { x, NAN, NAN }, .y = { y, NAN, NAN } };
        }
      ip_figure_take_track (figure, &track);
    }
  g_rand_free (random);
  ip_figure_set_quantity (figure, 0, &mi_xt);
  ip_figure_set_quantity (figure, 1, &mi_ty);
  ip_figure_set_selected_epoch (figure, self->n_points / 2);
  return figure;
}

typedef struct
{
  IpFigure *figure;
  PangoContext *context;
  IpTheme theme;
  cairo_t *cr;
  double step; /* of the pan, pt */
} Scene;

static void
lay_out (Scene *scene)
{
  ip_figure_layout (scene->figure, scene->context, &scene->theme, 592.5, 450);
}

static void
zoom_and_lay_out (Scene *scene)
{
  ip_figure_zoom (scene->figure, 0, 300, 150, 1.1, 1.1);
  lay_out (scene);
}

static void
pan_a_frame (Scene *scene)
{
  scene->step = -scene->step;
  ip_figure_pan (scene->figure, 0, scene->step, scene->step);
  lay_out (scene);
  ip_figure_draw (scene->figure, scene->cr, IP_FIGURE_FRAME | IP_FIGURE_LABELS);
}

static void
draw_data (Scene *scene)
{
  ip_figure_draw (scene->figure, scene->cr, IP_FIGURE_DATA);
}

static void
hover (Scene *scene)
{
  guint track;
  guint point;
  guint panel;

  ip_figure_find_point (scene->figure, 300, 150, 12, &track, &point, &panel);
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Median in milliseconds. */
static double
measure (Scene *scene, void (*step) (Scene *scene), double *worst)
{
  double times[MOST_REPEATS];

  for (guint i = 0; i < repeats; i++)
    {
      gint64 start = g_get_monotonic_time ();

      step (scene);
      times[i] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  qsort (times, repeats, sizeof times[0], compare);
  if (worst != NULL)
    *worst = times[repeats - 1];
  return times[repeats / 2];
}

static void
run (const Case *self)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 790, 600);
  gint64 start = g_get_monotonic_time ();
  Scene scene = { .figure = create_figure (self), .context = ip_figure_create_context (),
                  .step = 8 };
  double first;
  double pan;
  double worst_pan;
  double worst_hover;
  double zoom;
  double data;

  cairo_surface_set_device_scale (surface, 4 / 3.0, 4 / 3.0);
  scene.cr = cairo_create (surface);
  ip_theme_init_light (&scene.theme);
  lay_out (&scene);
  ip_figure_draw (scene.figure, scene.cr, IP_FIGURE_ALL);
  first = (double) (g_get_monotonic_time () - start) / 1000;
  measure (&scene, hover, &worst_hover);
  data = measure (&scene, draw_data, NULL);
  zoom = measure (&scene, zoom_and_lay_out, NULL);
  pan = measure (&scene, pan_a_frame, &worst_pan);
  printf ("%-6s %5u x %7u  pan %6.2f, worst %6.2f  zoom %6.2f  hover, worst %6.3f  data %7.1f  "
          "first %8.1f ms\n",
          self->name, self->n_tracks, self->n_points, pan, worst_pan, zoom, worst_hover, data,
          first);
  cairo_destroy (scene.cr);
  cairo_surface_destroy (surface);
  g_object_unref (scene.context);
  g_object_unref (scene.figure);
}

int
main (int argc, char *argv[])
{
  if (argc > 1)
    repeats = CLAMP ((guint) atoi (argv[1]), 1, MOST_REPEATS);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    run (&cases[i]);
  return 0;
}
