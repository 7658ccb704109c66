/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-figure-private.h"
#include "ip-findings.h"

#include <math.h>
#include <string.h>

/* A run of four layers and 40 epochs that crowd at the ceiling of 12 bits, as real ones do. */
#define N_LAYERS 4
#define N_EPOCHS 40

static gint64
get_epoch (guint i)
{
  return i < 10 ? i : (gint64) llround (pow (10, 1 + (i - 10) / 10.0));
}

static void
take_layer (IpFigure *figure, const char *run, guint layer, guint style)
{
  IpTrack track = {
    .run = g_strdup (run),
    .layer = g_strdup_printf ("fc%u", layer + 1),
    .style = style,
    .n_points = N_EPOCHS,
    .points = g_new0 (IpTrackPoint, N_EPOCHS),
  };

  for (guint i = 0; i < N_EPOCHS; i++)
    {
      double t = i / (N_EPOCHS - 1.0);
      double x = 12 - layer * layer * (0.5 - 0.3 * sin (3 * t));
      double y = MIN (1, 0.999 * (1 - layer * (1 - t) * 0.3));

      track.points[i] = (IpTrackPoint){ .epoch = get_epoch (i),
                                        .x = { x, NAN, NAN },
                                        .y = { y, NAN, NAN } };
    }
  ip_figure_take_track (figure, &track);
  g_assert_null (track.points);
}

static const IpFigureQuantity mi_xt = { "<i>I</i>(<i>X</i>; <i>T</i>)", "bits", 12,
                                        "log₂ <i>N</i> = 12 bits", TRUE };
static const IpFigureQuantity mi_ty = { "<i>I</i>(<i>T</i>; <i>Y</i>)", "bits", 0.999,
                                        "<i>H</i>(<i>Y</i>) = 0.999 bit", FALSE };

static IpFigure *
create_empty (IpFigureKind kind)
{
  IpFigure *figure = ip_figure_new (kind);

  ip_figure_set_quantity (figure, 0, &mi_xt);
  ip_figure_set_quantity (figure, 1, &mi_ty);
  ip_figure_set_provenance (figure, "Binning, 30 bins · <i>N</i> = 4096", NULL);
  return figure;
}

static IpFigure *
create_figure (IpFigureKind kind)
{
  IpFigure *figure = create_empty (kind);

  for (guint layer = 0; layer < N_LAYERS; layer++)
    take_layer (figure, "run", layer, layer);
  return figure;
}

static void
lay_out (IpFigure *figure, double width, double height)
{
  IpTheme theme;
  PangoContext *context = ip_figure_create_context ();

  ip_theme_init_light (&theme);
  ip_figure_layout (figure, context, &theme, width, height);
  g_object_unref (context);
}

static cairo_surface_t *
draw (IpFigure *figure, IpFigureParts parts, double scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                                         (int) ceil (figure->width * scale),
                                                         (int) ceil (figure->height * scale));
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  ip_figure_draw (figure, cr, parts);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
get_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  guint32 pixel;

  memcpy (&pixel, data + y * cairo_image_surface_get_stride (surface) + 4 * x, sizeof pixel);
  return pixel & 0xffffff;
}

static guint32
pack_colour (IpColour colour)
{
  return (guint32) lround (255 * colour.red) << 16 | (guint32) lround (255 * colour.green) << 8 |
         (guint32) lround (255 * colour.blue);
}

/* Cairo rounds colours in a way of its own. */
static void
assert_pixel (cairo_surface_t *surface, double x, double y, IpColour colour)
{
  guint32 found = get_pixel (surface, (int) x, (int) y);
  guint32 wanted = pack_colour (colour);

  for (guint shift = 0; shift < 24; shift += 8)
    g_assert_cmpint (abs ((int) (found >> shift & 255) - (int) (wanted >> shift & 255)), <=, 1);
}

static char *
join_labels (GArray *ticks)
{
  GString *labels = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (ticks, IpTick, i);

      if (tick->label[0] != '\0')
        g_string_append_printf (labels, "%s%s", labels->len ? " " : "", tick->label);
    }
  return g_string_free (labels, FALSE);
}

static void
test_linear_ticks (void)
{
  static const struct
  {
    double lo, hi;
    guint most;
    gboolean whole;
    const char *labels;
  } cases[] = {
    { 0, 1.06, 20, FALSE, "0.0 0.2 0.4 0.6 0.8 1.0" },
    { 0, 12.5, 20, FALSE, "0 2 4 6 8 10 12" },
    { 0, 1, 20, FALSE, "0.0 0.2 0.4 0.6 0.8 1.0" },
    { -1, 1, 20, FALSE, "−1.0 −0.5 0.0 0.5 1.0" },
    { 0, 0.35, 20, FALSE, "0.0 0.1 0.2 0.3" },
    { 11.4, 12.1, 20, FALSE, "11.4 11.6 11.8 12.0" },
    { 0, 12.5, 3, FALSE, "0 5 10" },
    { 0, 8000, 20, TRUE, "0 2000 4000 6000 8000" },
    { 3, 5, 20, TRUE, "3 4 5" },
    { 0, 3e-9, 20, FALSE, "0.0000000000 0.0000000005 0.0000000010 0.0000000015 0.0000000020 "
                          "0.0000000025 0.0000000030" },
    { -0.04, 0.04, 20, FALSE, "−0.04 −0.02 0.00 0.02 0.04" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpAxis axis = { .limits = { cases[i].lo, cases[i].hi }, .start = 0, .end = 500 };
      g_autoptr (GArray) ticks = ip_ticks_new_linear (&axis, cases[i].most, cases[i].whole);
      g_autofree char *labels = join_labels (ticks);

      g_assert_cmpstr (labels, ==, cases[i].labels);
    }
}

/* Whatever the range: steps are even and of 1, 2 or 5, labels few. */
static void
test_linear_ticks_any (void)
{
  GRand *random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 500; i++)
    {
      double lo = g_rand_double_range (random, -100, 100);
      double width = pow (10, g_rand_double_range (random, -6, 6));
      IpAxis axis = { .limits = { lo, lo + width }, .start = 0, .end = 500 };
      g_autoptr (GArray) ticks = ip_ticks_new_linear (&axis, 7, FALSE);
      double step;
      double digit;

      g_assert_cmpuint (ticks->len, >=, 2);
      g_assert_cmpuint (ticks->len, <=, 7);
      step = g_array_index (ticks, IpTick, 1).value - g_array_index (ticks, IpTick, 0).value;
      digit = step / pow (10, floor (log10 (step) + 1e-4));
      g_assert_true (fabs (digit - 1) < 1e-4 || fabs (digit - 2) < 1e-4 || fabs (digit - 5) < 1e-4);
    }
  g_rand_free (random);
}

static void
test_epoch_ticks (void)
{
  static const struct
  {
    double lo, hi;
    gint64 last;
    const char *labels;
  } cases[] = {
    { 0, 8000, 8000, "0 1 10 100 1000 8000" },
    { 0, 1050, 1050, "0 1 10 100 1050" },
    { 0, 30, 30, "0 1 10 30" },
    { 0, 10000, 10000, "0 1 10 100 1000 10000" },
    { 0, 1, 1, "0 1" },
    { 200, 900, 8000, "200 400 600 800" },
    { 30, 900, 8000, "50 100 200 500" },
    { 5, 8000, 8000, "10 100 1000 8000" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      IpAxis axis = { IP_SCALE_LOG, { cases[i].lo, cases[i].hi }, 0, 570 };
      g_autoptr (GArray) ticks = ip_ticks_new_epoch (&axis, cases[i].last, 12);
      g_autofree char *labels = NULL;

      for (guint j = 0; j < ticks->len; j++)
        {
          IpTick *tick = &g_array_index (ticks, IpTick, j);

          tick->extent = 3.5 * strlen (tick->label);
          if (j > 0)
            g_assert_cmpfloat (tick[0].value, >, tick[-1].value);
        }
      ip_ticks_thin (ticks, &axis, 4);
      labels = join_labels (ticks);
      g_assert_cmpstr (labels, ==, cases[i].labels);
    }
}

static void
test_minor_ticks (void)
{
  IpAxis axis = { IP_SCALE_LOG, { 0, 300 }, 0, 500 };
  g_autoptr (GArray) ticks = ip_ticks_new_epoch (&axis, 300, 12);
  guint minor = 0;

  for (guint i = 0; i < ticks->len; i++)
    minor += g_array_index (ticks, IpTick, i).minor;
  /* 2 to 9, 20 to 90, 200; 300 is the last epoch. */
  g_assert_cmpuint (minor, ==, 17);
}

static void
test_scales (void)
{
  static const double values[] = { 0, 1, 7, 99, 8000, 123456789 };

  g_assert_cmpfloat_with_epsilon (ip_scale_position (IP_SCALE_LOG, 99), 2, 1e-14);
  g_assert_cmpfloat (ip_scale_position (IP_SCALE_LINEAR, -3.5), ==, -3.5);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (IpScale scale = IP_SCALE_LINEAR; scale <= IP_SCALE_LOG; scale++)
      {
        IpAxis axis = { scale, { 0, 8000 }, 400, 30 };
        double place = ip_axis_place (&axis, values[i]);

        g_assert_cmpfloat_with_epsilon (ip_axis_value (&axis, place), values[i],
                                        1e-9 * (1 + values[i]));
      }
}

static void
test_epoch_position (void)
{
  g_assert_cmpfloat (ip_epoch_position (0, 0, 999, IP_SCALE_LOG), ==, 0);
  g_assert_cmpfloat (ip_epoch_position (999, 0, 999, IP_SCALE_LOG), ==, 1);
  g_assert_cmpfloat_with_epsilon (ip_epoch_position (9, 0, 999, IP_SCALE_LOG), 1 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (ip_epoch_position (25, 0, 100, IP_SCALE_LINEAR), 0.25, 1e-12);
  g_assert_cmpfloat (ip_epoch_position (5, 5, 5, IP_SCALE_LOG), ==, 0);
  g_assert_cmpfloat (ip_epoch_position (7, 0, 5, IP_SCALE_LINEAR), ==, 1);
  g_assert_cmpfloat (ip_epoch_position (-3, 0, 5, IP_SCALE_LOG), ==, 0);
}

static void
test_number_format (void)
{
  char text[32];

  ip_axis_format_number (-0.04, 1, text, sizeof text);
  g_assert_cmpstr (text, ==, "0.0");
  ip_axis_format_number (-1.25, 2, text, sizeof text);
  g_assert_cmpstr (text, ==, "−1.25");
  ip_axis_format_number (8000, 0, text, sizeof text);
  g_assert_cmpstr (text, ==, "8000");
}

static void
test_styles (void)
{
  for (guint style = 0; style < 2 * IP_N_SERIES; style++)
    for (guint other = 0; other < style; other++)
      {
        guint n_dash;
        guint n_other;
        gboolean same_hue = style % IP_N_SERIES == other % IP_N_SERIES;
        gboolean same_marker = ip_theme_get_marker (style) == ip_theme_get_marker (other);
        gboolean same_dash = ip_theme_get_dash (style, &n_dash) ==
                             ip_theme_get_dash (other, &n_other);

        g_assert_false (same_hue && same_marker);
        g_assert_false (same_hue && same_dash);
      }
}

static void
test_epoch_colours (void)
{
  IpTheme theme;
  IpColour first;
  IpColour last;

  ip_theme_init_dark (&theme);
  theme.map_lo = 0;
  first = ip_theme_get_epoch_colour (&theme, 0);
  last = ip_theme_get_epoch_colour (&theme, 1);
  g_assert_cmphex (pack_colour (first), ==, 0x440154);
  g_assert_cmphex (pack_colour (last), ==, 0xfde725);
}

static void
assert_inside (IpFigure *figure, const IpRect *rect)
{
  g_assert_true (isfinite (rect->x) && isfinite (rect->y));
  g_assert_true (isfinite (rect->width) && isfinite (rect->height));
  g_assert_cmpfloat (rect->x, >=, -0.51);
  g_assert_cmpfloat (rect->y, >=, -0.51);
  g_assert_cmpfloat (rect->x + rect->width, <=, figure->width + 0.51);
  g_assert_cmpfloat (rect->y + rect->height, <=, figure->height + 0.51);
}

static void
assert_layout_is_sound (IpFigure *figure)
{
  for (guint i = 0; i < ip_figure_get_n_panels (figure); i++)
    {
      assert_inside (figure, &figure->panels[i].rect);
      g_assert_cmpfloat (figure->panels[i].rect.width, >, 0);
      g_assert_cmpfloat (figure->panels[i].rect.height, >, 0);
    }
  for (guint i = 0; i < figure->texts->len; i++)
    {
      const IpText *text = g_ptr_array_index (figure->texts, i);

      assert_inside (figure, &text->rect);
      for (guint j = 0; j < i; j++)
        {
          const IpText *other = g_ptr_array_index (figure->texts, j);

          if (ip_rect_overlaps (&text->rect, &other->rect))
            g_error ("“%s” overlaps “%s” at %g × %g", pango_layout_get_text (text->layout),
                     pango_layout_get_text (other->layout), figure->width, figure->height);
        }
    }
}

/* One layer of which each facet shows more. */
static void
take_facet (IpFigure *figure, guint facet)
{
  IpTrack track = { .run = g_strdup ("run"), .layer = g_strdup ("fc"), .facet = facet,
                    .n_points = 30, .points = g_new0 (IpTrackPoint, 30) };

  for (guint i = 0; i < 30; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i,
                                      .x = { 1 + facet + i / 10.0, NAN, NAN },
                                      .y = { 0.2 + i / 50.0, NAN, NAN } };
  ip_figure_take_track (figure, &track);
}

/* Names in a column touch each other, whatever their height. */
static void
test_names_touch (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_EPOCHS);
  PangoContext *context = ip_figure_create_context ();
  IpTheme theme;

  for (guint i = 0; i < 6; i++)
    {
      IpTrack track = { .layer = g_strdup_printf ("fc%u", i), .style = i, .n_points = 2,
                        .points = g_new0 (IpTrackPoint, 2) };

      for (guint k = 0; k < 2; k++)
        track.points[k] = (IpTrackPoint){ .epoch = k, .x = { 5, NAN, NAN }, .y = { 1, NAN, NAN } };
      ip_figure_take_track (figure, &track);
    }
  ip_theme_init_light (&theme);
  for (theme.size = 8; theme.size < 24; theme.size += 0.37)
    {
      ip_figure_layout (figure, context, &theme, 1000, 900);
      g_assert_cmpuint (figure->names->len, ==, 12);
    }
  g_object_unref (context);
}

static double
get_distance (const IpRect *rect, double x, double y)
{
  return hypot (MAX (MAX (rect->x - x, x - rect->x - rect->width), 0),
                MAX (MAX (rect->y - y, y - rect->y - rect->height), 0));
}

/* A name without a line to its point is nearer to that than to any other that is named, and clearly
 * so where that has its colour. */
static void
assert_names_are_clear (const GArray *names, double factor)
{
  for (guint i = 0; i < names->len; i++)
    for (guint k = 0; k < names->len; k++)
      {
        const IpName *name = &g_array_index (names, IpName, i);
        const IpName *other = &g_array_index (names, IpName, k);
        const IpRect *rect = &name->text->rect;

        if (k != i && !name->has_leader && name->panel == other->panel)
          g_assert_cmpfloat (get_distance (rect, other->x, other->y), >=,
                             factor * get_distance (rect, name->x, name->y));
      }
}

static void
test_names_are_clear (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint n_near = 0;

  for (guint round = 0; round < 40; round++)
    {
      g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_PLANE);

      for (guint i = 0; i < 6; i++)
        {
          IpTrack track = { .layer = g_strdup_printf ("a long name %u", i),
                            .style = round % 2 == 0 ? 0 : i,
                            .n_points = 1, .points = g_new0 (IpTrackPoint, 1) };

          track.points[0].x.value = g_rand_double_range (random, 1, 4);
          track.points[0].y.value = g_rand_double_range (random, 0.3, 0.6);
          ip_figure_take_track (figure, &track);
        }
      lay_out (figure, 592, 450);
      assert_layout_is_sound (figure);
      assert_names_are_clear (figure->names, round % 2 == 0 ? 1.49 : 0.99);
      for (guint i = 0; i < figure->names->len; i++)
        n_near += !g_array_index (figure->names, IpName, i).has_leader;
    }
  g_assert_cmpuint (n_near, >, 40);
}

static void
test_layout_sizes (void)
{
  static const double sizes[][2] = {
    { 1, 1 },       { 10, 10 },     { 60, 40 },     { 40, 200 },   { 200, 150 },  { 241, 180 },
    { 241, 241 },   { 450, 300 },   { 600, 200 },   { 120, 600 },  { 592, 450 },  { 1050, 675 },
    { 2880, 1620 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_SWEEP; kind++)
      {
        g_autoptr (IpFigure) figure = create_figure (kind);
        g_autoptr (IpFigure) empty = create_empty (kind);

        ip_figure_set_message (empty, "Every value is missing: the file has no labels.");
        lay_out (figure, sizes[i][0], sizes[i][1]);
        assert_layout_is_sound (figure);
        lay_out (empty, sizes[i][0], sizes[i][1]);
        assert_layout_is_sound (empty);
        cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
        cairo_surface_destroy (draw (empty, IP_FIGURE_ALL, 1));
      }
}

static void
test_facets (void)
{
  static const char *const titles[] = { "one", "two", "three", NULL };
  static const double sizes[][2]
    = { { 1, 1 }, { 120, 90 }, { 241, 180 }, { 500, 400 }, { 900, 200 } };

  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_EPOCHS; kind++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (IpFigure) figure = create_empty (kind);
        guint n_axes = kind == IP_FIGURE_PLANE ? 1 : 2;
        guint track;
        guint point;
        guint panel;
        double x;
        double y;

        for (guint facet = 0; facet < 3; facet++)
          take_facet (figure, facet);
        ip_figure_set_facets (figure, titles);
        lay_out (figure, sizes[i][0], sizes[i][1]);
        assert_layout_is_sound (figure);
        cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
        g_assert_cmpuint (ip_figure_get_n_panels (figure), ==, 3 * n_axes);
        for (guint number = 0; number < 3 * n_axes; number++)
          {
            g_assert_cmpuint (ip_figure_get_panel_axes (figure, number), ==, number % n_axes);
            g_assert_cmpfloat (figure->panels[number].y.limits.hi, ==,
                               figure->panels[number % n_axes].y.limits.hi);
          }
        if (sizes[i][0] < 500)
          continue;
        /* The second facet shows its own track and no other. */
        g_assert_true (ip_figure_get_point_place (figure, 1, 20, n_axes, &x, &y));
        g_assert_true (ip_figure_find_point (figure, x, y, 2, &track, &point, &panel));
        g_assert_cmpuint (track, ==, 1);
        g_assert_cmpuint (panel, ==, n_axes);
        /* Axes are linked. */
        ip_figure_zoom (figure, n_axes, x, y, 2, 2);
        lay_out (figure, sizes[i][0], sizes[i][1]);
        g_assert_cmpfloat (figure->panels[0].y.limits.hi, ==,
                           figure->panels[2 * n_axes].y.limits.hi);
        g_assert_cmpfloat (figure->panels[0].x.limits.lo, ==,
                           figure->panels[2 * n_axes].x.limits.lo);
      }
}

static IpTrack
create_values (const double *values, const double *errors, guint n)
{
  IpTrack track = { .n_points = n, .points = g_new0 (IpTrackPoint, n) };

  for (guint i = 0; i < n; i++)
    {
      double error = errors != NULL ? errors[i] : NAN;

      track.points[i] = (IpTrackPoint){ .epoch = 2 * i,
                                        .across = 2 * i,
                                        .x = { values[i], values[i] - error, values[i] + error },
                                        .y = { NAN, NAN, NAN } };
    }
  return track;
}

static void
assert_phase (const double *values, const double *errors, guint n, int expected)
{
  IpTrack track = create_values (values, errors, n);
  guint point = 0;

  g_assert_cmpint (ip_track_find_phase_change (&track, &point), ==, expected >= 0);
  if (expected >= 0)
    g_assert_cmpuint (point, ==, expected);
  g_free (track.points);
}

static void
test_phase_change (void)
{
  assert_phase ((double[]){ 1, 3, 2 }, NULL, 3, 1);
  assert_phase ((double[]){ 1, 3, NAN, 3, 2 }, NULL, 5, 3);
  assert_phase ((double[]){ 3, 2, 1 }, NULL, 3, -1); /* no fitting */
  assert_phase ((double[]){ 1, 2, 3 }, NULL, 3, -1); /* no compression */
  assert_phase ((double[]){ 1, 3, 2.95 }, NULL, 3, -1);
  assert_phase ((double[]){ 1, 3, 2 }, (double[]){ .6, .6, .6 }, 3, -1);
  assert_phase ((double[]){ 1, 3, 2 }, (double[]){ .4, .4, .4 }, 3, 1);
  assert_phase ((double[]){ NAN, NAN }, NULL, 2, -1);
  assert_phase (NULL, NULL, 0, -1);
}

static void
test_violations (void)
{
  IpTrack before = create_values ((double[]){ 3, 3, 3, NAN }, (double[]){ .1, .1, .1, .1 }, 4);
  IpTrack after = create_values ((double[]){ 2, 3.15, 3.3, 9 }, (double[]){ .1, .1, .1, .1 }, 4);

  g_assert_cmpuint (ip_track_mark_violations (&before, &after), ==, 1);
  g_assert_cmpuint (after.points[0].marks, ==, 0);
  g_assert_cmpuint (after.points[1].marks, ==, 0); /* within the errors */
  g_assert_cmpuint (after.points[2].marks, ==, IP_POINT_VIOLATES_X);
  g_assert_cmpuint (after.points[3].marks, ==, 0);
  g_free (before.points);
  g_free (after.points);
}

/* About Y as about X; without brackets nothing but rounding is forgiven; epochs are matched. */
static void
test_violations_without_errors (void)
{
  IpTrack before = create_values ((double[]){ 3, 3, 3 }, NULL, 3);
  IpTrack after = create_values ((double[]){ 3 + 1e-12, 3.001, 2 }, NULL, 3);

  for (guint i = 0; i < 3; i++)
    {
      before.points[i].y = (IpReading){ 0.5, NAN, NAN };
      after.points[i].y = (IpReading){ i == 2 ? 0.6 : 0.5, NAN, NAN };
    }
  g_assert_cmpuint (ip_track_mark_violations (&before, &after), ==, 2);
  g_assert_cmpuint (after.points[0].marks, ==, 0);
  g_assert_cmpuint (after.points[1].marks, ==, IP_POINT_VIOLATES_X);
  g_assert_cmpuint (after.points[2].marks, ==, IP_POINT_VIOLATES_Y);

  /* A snapshot that only one of them has is not compared. */
  after.points[1].marks = after.points[2].marks = 0;
  for (guint i = 0; i < 3; i++)
    after.points[i].across += 0.5;
  g_assert_cmpuint (ip_track_mark_violations (&before, &after), ==, 0);
  g_free (before.points);
  g_free (after.points);
}

static void
test_scale_of_values (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_EPOCHS);
  const double values[] = { -20, -0.01, -0.001, 0, 0.001, 0.01, 3 };
  IpAxis axis = { IP_SCALE_SYMLOG, { -1, 100 }, 0, 100 };
  GArray *ticks = ip_ticks_new_symlog (&axis);
  g_autofree char *labels = join_labels (ticks);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      double position = ip_scale_position (IP_SCALE_SYMLOG, values[i]);

      g_assert_cmpfloat_with_epsilon (ip_scale_value (IP_SCALE_SYMLOG, position), values[i], 1e-12);
      g_assert_true (i == 0
                     || position > ip_scale_position (IP_SCALE_SYMLOG, values[i - 1]));
    }
  g_assert_cmpstr (labels, ==, "−1 −0.1 −0.01 0 0.01 0.1 1 10 100");
  g_array_unref (ticks);
  for (IpScale scale = IP_SCALE_LOG10; scale <= IP_SCALE_SYMLOG; scale++)
    {
      ip_figure_set_value_scale (figure, scale);
      lay_out (figure, 592, 450);
      assert_layout_is_sound (figure);
      g_assert_cmpint (ip_figure_get_axis_scale (figure, 0, 1), ==, scale);
      g_assert_cmpint (ip_figure_get_axis_scale (figure, 0, 0), ==, IP_SCALE_LOG);
      cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
    }
}

/* Twenty layers that all end at one point. */
static void
test_many_names (void)
{
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_MAP; kind++)
    {
      g_autoptr (IpFigure) figure = create_empty (kind);

      for (guint run = 0; run < 2; run++)
        for (guint layer = 0; layer < 10; layer++)
          take_layer (figure, run ? "a rather long name of a run" : "b", layer % 4,
                      10 * run + layer);
      lay_out (figure, 592, 450);
      assert_layout_is_sound (figure);
      g_assert_true (kind == IP_FIGURE_MAP || figure->names->len > 4);
      lay_out (figure, 241, 180);
      assert_layout_is_sound (figure);
    }
}

static void
test_names_of_runs (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_EPOCHS);
  const IpName *name;

  take_layer (figure, "one", 3, 0);
  lay_out (figure, 592, 450);
  name = &g_array_index (figure->names, IpName, 0);
  g_assert_cmpstr (pango_layout_get_text (name->text->layout), ==, "fc4");
  take_layer (figure, "two <&>", 3, 8);
  lay_out (figure, 592, 450);
  g_assert_cmpuint (figure->names->len, ==, 4);
  name = &g_array_index (figure->names, IpName, 1);
  g_assert_cmpstr (pango_layout_get_text (name->text->layout), ==, "two <&> · fc4");
}

/* What all runs are called alike tells nobody anything. */
static void
test_names_are_short (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_EPOCHS);

  take_layer (figure, "szt-tanh", 3, 0);
  take_layer (figure, "szt-tanh-seed0", 2, 8);
  take_layer (figure, "szt-relu", 1, 16);
  lay_out (figure, 592, 450);
  for (guint i = 0; i < figure->names->len; i++)
    {
      static const char *const wanted[] = { "tanh · fc4", "tanh-seed0 · fc3", "relu · fc2" };
      const IpName *name = &g_array_index (figure->names, IpName, i);

      g_assert_cmpstr (pango_layout_get_text (name->text->layout), ==, wanted[name->track]);
    }
}

/* The name of a curve that ends early stands at its end, not after a line across the panel. */
static void
test_names_of_short_runs (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_EPOCHS);
  IpTrack track = { .run = g_strdup ("run"), .layer = g_strdup ("short"), .n_points = 4 };

  take_layer (figure, "run", 3, 0);
  track.points = g_new0 (IpTrackPoint, 4);
  for (guint i = 0; i < 4; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i, .x = { 2, NAN, NAN }, .y = { 0.5, NAN, NAN } };
  ip_figure_take_track (figure, &track);
  lay_out (figure, 592, 450);
  for (guint i = 0; i < figure->names->len; i++)
    {
      const IpName *name = &g_array_index (figure->names, IpName, i);

      if (name->has_leader)
        g_assert_cmpfloat (hypot (name->leader_x - name->x, name->leader_y - name->y), <, 120);
      else
        g_assert_cmpuint (name->track, ==, 1);
    }
  g_assert_cmpuint (figure->names->len, ==, 4);
}

static void
test_message (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_PLANE);
  guint before;

  lay_out (figure, 592, 450);
  before = figure->texts->len;
  ip_figure_set_message (figure, "No labels & no inputs");
  lay_out (figure, 592, 450);
  g_assert_cmpuint (figure->texts->len, ==, before + 1);
  take_layer (figure, "run", 0, 0);
  lay_out (figure, 592, 450);
  for (guint i = 0; i < figure->texts->len; i++)
    {
      const IpText *text = g_ptr_array_index (figure->texts, i);

      g_assert_cmpstr (pango_layout_get_text (text->layout), !=, "No labels & no inputs");
    }
}

static void
test_find_point (void)
{
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_EPOCHS; kind++)
    {
      g_autoptr (IpFigure) figure = create_figure (kind);
      guint track;
      guint point;
      guint panel;
      double x;
      double y;

      lay_out (figure, 592, 450);
      for (guint wanted = 0; wanted < ip_figure_get_n_panels (figure); wanted++)
        for (guint i = 0; i < N_EPOCHS; i += 3)
          {
            guint layer = kind == IP_FIGURE_PLANE && wanted == 1 ? 0 : 3;
            double found_x;
            double found_y;

            g_assert_true (ip_figure_get_point_place (figure, layer, i, wanted, &x, &y));
            g_assert_true (ip_figure_find_point (figure, x, y, 9, &track, &point, &panel));
            g_assert_cmpuint (panel, ==, wanted);
            g_assert_true (ip_figure_get_point_place (figure, track, point, panel, &found_x,
                                                      &found_y));
            g_assert_cmpfloat (hypot (found_x - x, found_y - y), <, 1e-6);
          }
      g_assert_false (ip_figure_find_point (figure, 1, 1, 9, &track, &point, &panel));
      g_assert_cmpint (ip_figure_find_panel (figure, 1, 1), ==, -1);
      ip_figure_get_panel (figure, 0, &x, &y, &(double){ 0 }, &(double){ 0 });
      g_assert_cmpint (ip_figure_find_panel (figure, x + 1, y + 1), ==, 0);
    }
}

static void
test_inset (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  g_autoptr (IpFigure) spread = create_empty (IP_FIGURE_PLANE);
  double inset[4];
  double x;
  double y;
  int panel;

  lay_out (figure, 592, 450);
  g_assert_cmpuint (ip_figure_get_n_panels (figure), ==, 2);
  assert_layout_is_sound (figure);
  ip_figure_get_panel (figure, 1, &inset[0], &inset[1], &inset[2], &inset[3]);
  panel = ip_figure_find_panel (figure, inset[0] + inset[2] / 2, inset[1] + inset[3] / 2);
  g_assert_cmpint (panel, ==, 1);
  /* It hides no point of the large panel. */
  for (guint layer = 0; layer < N_LAYERS; layer++)
    for (guint i = 0; i < N_EPOCHS; i++)
      {
        g_assert_true (ip_figure_get_point_place (figure, layer, i, 0, &x, &y));
        g_assert_cmpint (ip_figure_find_panel (figure, x, y), ==, 0);
      }
  /* Who looks closer does not need it. */
  ip_figure_zoom (figure, 0, 300, 200, 1.5, 1.5);
  lay_out (figure, 592, 450);
  g_assert_cmpuint (ip_figure_get_n_panels (figure), ==, 1);

  take_layer (spread, "run", 0, 0);
  take_layer (spread, "run", 3, 1);
  lay_out (spread, 592, 450);
  g_assert_cmpuint (ip_figure_get_n_panels (spread), ==, 1);
}

/* All epochs of the first layer and the last of the second are one place: the topmost wins. */
static void
test_find_point_tie (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_PLANE);
  guint track;
  guint point;
  guint panel;
  double x;
  double y;

  take_layer (figure, "run", 0, 0);
  take_layer (figure, "run", 0, 1);
  lay_out (figure, 592, 450);
  g_assert_true (ip_figure_get_point_place (figure, 0, 0, 0, &x, &y));
  g_assert_true (ip_figure_find_point (figure, x + 2, y, 9, &track, &point, &panel));
  g_assert_cmpuint (track, ==, 1);
  g_assert_cmpuint (point, ==, N_EPOCHS - 1);
}

/* What stands at an axis is the value of the place there, as far as pixels tell. */
static void
test_format_place (void)
{
  g_autoptr (IpFigure) epochs = create_figure (IP_FIGURE_EPOCHS);
  g_autoptr (IpFigure) map = create_figure (IP_FIGURE_MAP);
  const IpTrack *track = ip_figure_get_track (epochs, 1);
  double x, y, w, h;

  lay_out (epochs, 600, 450);
  lay_out (map, 600, 450);
  for (guint i = 0; i < N_EPOCHS; i++)
    {
      g_autofree char *across = NULL;
      g_autofree char *up = NULL;
      g_autofree char *epoch = g_strdup_printf ("%" G_GINT64_FORMAT, track->points[i].epoch);

      g_assert_true (ip_figure_get_point_place (epochs, 1, i, 0, &x, &y));
      across = ip_figure_format_place (epochs, 0, 0, x);
      up = ip_figure_format_place (epochs, 0, 1, y);
      g_assert_cmpstr (across, ==, epoch);
      g_assert_cmpfloat_with_epsilon (g_ascii_strtod (up, NULL), track->points[i].x.value, 0.051);
    }
  ip_figure_get_panel (map, 0, &x, &y, &w, &h);
  g_assert_null (ip_figure_format_place (map, 0, 1, y + h / 2));
  g_assert_true (ip_figure_shares_axis (epochs, 0, 1, 0));
  g_assert_false (ip_figure_shares_axis (epochs, 0, 1, 1));
  g_assert_true (ip_figure_shares_axis (map, 0, 1, 1));
}

/* How far the pixels are from white, all together. */
static double
weigh_ink (cairo_surface_t *surface)
{
  double ink = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        guint32 pixel = get_pixel (surface, x, y);

        ink += 3 * 255 - (pixel >> 16 & 0xff) - (pixel >> 8 & 0xff) - (pixel & 0xff);
      }
  return ink;
}

static double
weigh_with_selected (IpFigure *figure, int layer)
{
  cairo_surface_t *surface;
  double ink;

  ip_figure_set_selected_layer (figure, layer);
  surface = draw (figure, IP_FIGURE_ALL, 1);
  ink = weigh_ink (surface);
  cairo_surface_destroy (surface);
  return ink;
}

/* The selected layer has a wider line, and others are pale. */
static void
test_selected_layer (void)
{
  const IpFigureKind kinds[] = { IP_FIGURE_PLANE, IP_FIGURE_EPOCHS, IP_FIGURE_TRAJECTORIES };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (IpFigure) figure = create_empty (kinds[i]);
      double plain;

      take_layer (figure, "run", 2, 1);
      lay_out (figure, 600, 450);
      plain = weigh_with_selected (figure, -1);
      g_assert_cmpfloat (weigh_with_selected (figure, 0), >, plain);
      g_assert_cmpfloat (weigh_with_selected (figure, 7), <, plain);
    }
}

static void
test_find_epoch (void)
{
  g_autoptr (IpFigure) plane = create_figure (IP_FIGURE_PLANE);
  g_autoptr (IpFigure) epochs = create_figure (IP_FIGURE_EPOCHS);

  lay_out (plane, 592, 450);
  g_assert_cmpint (ip_figure_find_epoch (plane, 0, 300), ==, -1);
  lay_out (epochs, 592, 450);
  for (guint i = 0; i < N_EPOCHS; i++)
    {
      double x;
      double y;

      g_assert_true (ip_figure_get_point_place (epochs, 2, i, 1, &x, &y));
      g_assert_cmpint (ip_figure_find_epoch (epochs, 0, x + 0.1), ==, get_epoch (i));
    }
  g_assert_cmpint (ip_figure_find_epoch (epochs, 0, -1000), ==, 0);
  g_assert_cmpint (ip_figure_find_epoch (epochs, 1, 9000), ==, get_epoch (N_EPOCHS - 1));
}

static void
test_zoom (void)
{
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_EPOCHS; kind++)
    {
      g_autoptr (IpFigure) figure = create_figure (kind);
      double value_x;
      double value_y;
      IpView view;

      lay_out (figure, 592, 450);
      value_x = ip_axis_value (&figure->panels[0].x, 300);
      value_y = ip_axis_value (&figure->panels[0].y, 130);
      /* Two events before the next frame. */
      ip_figure_zoom (figure, 0, 300, 130, 1.5, 1.5);
      ip_figure_zoom (figure, 0, 300, 130, 1.5, 1.5);
      ip_figure_get_view (figure, &view);
      g_assert_false (view.automatic[0][0] || view.automatic[0][1]);
      lay_out (figure, 592, 450);
      g_assert_cmpfloat_with_epsilon (ip_axis_place (&figure->panels[0].x, value_x), 300, 1);
      g_assert_cmpfloat_with_epsilon (ip_axis_place (&figure->panels[0].y, value_y), 130, 1);
      if (kind == IP_FIGURE_EPOCHS)
        {
          g_assert_cmpfloat (view.limits[0][0].lo, ==, view.limits[1][0].lo);
          g_assert_cmpfloat (view.limits[0][0].hi, ==, view.limits[1][0].hi);
          g_assert_true (view.automatic[1][1]);
        }
    }
}

static void
test_zoom_limits (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_EPOCHS);
  IpView view;

  lay_out (figure, 592, 450);
  for (guint i = 0; i < 200; i++)
    {
      ip_figure_zoom (figure, 0, 300, 130, 2, 2);
      lay_out (figure, 592, 450);
    }
  cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
  for (guint i = 0; i < 200; i++)
    ip_figure_zoom (figure, 0, 300, 130, 0.5, 0.5);
  ip_figure_get_view (figure, &view);
  /* An epoch axis that shows everything follows new epochs again. */
  g_assert_true (view.automatic[0][0] && view.automatic[1][0]);
  lay_out (figure, 592, 450);
  cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
}

static void
test_pan (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  IpView before;
  IpView after;

  lay_out (figure, 592, 450);
  ip_figure_zoom (figure, 0, 300, 200, 2, 2);
  lay_out (figure, 592, 450);
  ip_figure_get_view (figure, &before);
  ip_figure_pan (figure, 0, 31, -17);
  lay_out (figure, 592, 450);
  ip_figure_get_view (figure, &after);
  g_assert_cmpfloat (after.limits[0][0].lo, <, before.limits[0][0].lo);
  g_assert_cmpfloat (after.limits[0][1].lo, <, before.limits[0][1].lo);
  ip_figure_pan (figure, 0, -31, 17);
  lay_out (figure, 592, 450);
  ip_figure_get_view (figure, &after);
  for (guint dimension = 0; dimension < 2; dimension++)
    {
      /* The panel may be a little wider when its labels are shorter. */
      g_assert_cmpfloat_with_epsilon (after.limits[0][dimension].lo,
                                      before.limits[0][dimension].lo, 0.05);
      g_assert_cmpfloat_with_epsilon (after.limits[0][dimension].hi,
                                      before.limits[0][dimension].hi, 0.05);
    }
}

static void
test_pan_keeps_data_in_view (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  IpView view;

  lay_out (figure, 592, 450);
  for (guint i = 0; i < 30; i++)
    ip_figure_pan (figure, 0, 400, 400);
  ip_figure_get_view (figure, &view);
  g_assert_cmpfloat (view.limits[0][0].hi, >, 0);
  g_assert_cmpfloat (view.limits[0][1].lo, <, 1.06);
}

static void
test_view_reset (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  IpView before;
  IpView view;

  lay_out (figure, 592, 450);
  ip_figure_get_view (figure, &before);
  g_assert_true (before.automatic[0][0]);
  g_assert_cmpfloat_with_epsilon (before.limits[0][0].hi, 12.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (before.limits[0][1].hi, 0.999 * 1.06, 1e-12);
  ip_figure_zoom (figure, 0, 300, 200, 3, 3);
  ip_view_init (&view);
  ip_figure_set_view (figure, &view);
  lay_out (figure, 592, 450);
  ip_figure_get_view (figure, &view);
  g_assert_cmpmem (&view.limits[0], sizeof view.limits[0], &before.limits[0],
                   sizeof before.limits[0]);
}

static void
test_bad_view (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  IpView view = { .limits = { { { 5, 5 }, { NAN, 2 } } } };

  ip_figure_set_view (figure, &view);
  lay_out (figure, 592, 450);
  assert_layout_is_sound (figure);
  ip_figure_get_view (figure, &view);
  g_assert_cmpfloat (view.limits[0][0].hi, >, view.limits[0][0].lo);
}

static void
test_draw_is_deterministic (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  cairo_surface_t *first;
  cairo_surface_t *second;
  gsize size;

  ip_figure_set_selected_epoch (figure, 9);
  lay_out (figure, 592, 450);
  first = draw (figure, IP_FIGURE_ALL, 2);
  lay_out (figure, 200, 150);
  lay_out (figure, 592, 450);
  second = draw (figure, IP_FIGURE_ALL, 2);
  size = (gsize) cairo_image_surface_get_stride (first) * cairo_image_surface_get_height (first);
  g_assert_cmpmem (cairo_image_surface_get_data (first), size,
                   cairo_image_surface_get_data (second), size);
  cairo_surface_destroy (first);
  cairo_surface_destroy (second);
}

static void
test_pixels (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  PangoContext *context = ip_figure_create_context ();
  cairo_surface_t *surface;
  IpTheme theme;
  double x;
  double y;

  ip_theme_init_dark (&theme);
  ip_figure_layout (figure, context, &theme, 592, 450);
  surface = draw (figure, IP_FIGURE_ALL, 4);
  assert_pixel (surface, 2, 2, theme.background);
  /* The centre of the last point has the colour of the last epoch. */
  g_assert_true (ip_figure_get_point_place (figure, 3, N_EPOCHS - 1, 0, &x, &y));
  assert_pixel (surface, 4 * x, 4 * y, ip_theme_get_epoch_colour (&theme, 1));
  g_assert_true (ip_figure_get_point_place (figure, 3, 0, 0, &x, &y));
  assert_pixel (surface, 4 * x, 4 * y, ip_theme_get_epoch_colour (&theme, 0));
  cairo_surface_destroy (surface);
  g_object_unref (context);
}

/* All of the provenance where there is room, else what matters, and cut off only when that is too
 * long as well. */
static void
test_provenance (void)
{
  static const char all[]
    = "N = 4096 · Binning, uniform, 30 bins on [−1, 1], output: 30 bins on [0, 1]";
  static const char brief[] = "N = 4096 · Binning, uniform, 30 bins on [−1, 1], …";
  static const struct
  {
    double width, height;
    const char *text;
    gboolean is_cut_off;
  } cases[] = {
    { 592, 450, all, FALSE },
    { 241, 300, all, FALSE },
    { 241, 193, brief, FALSE },
    { 100, 130, brief, TRUE },
  };
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_PLANE);
  PangoContext *context = ip_figure_create_context ();
  IpTheme theme;

  ip_theme_init_paper (&theme);
  ip_figure_set_provenance (figure, all, brief);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ip_figure_layout (figure, context, &theme, cases[i].width, cases[i].height);
      g_assert_nonnull (figure->provenance_text);
      g_assert_cmpstr (pango_layout_get_text (figure->provenance_text->layout), ==, cases[i].text);
      g_assert_cmpint (pango_layout_is_ellipsized (figure->provenance_text->layout), ==,
                       cases[i].is_cut_off);
    }
  g_object_unref (context);
}

static guint
count_grid_pixels (IpFigure *figure)
{
  cairo_surface_t *surface;
  IpTheme theme;
  guint n = 0;

  ip_theme_init_light (&theme);
  surface = draw (figure, IP_FIGURE_FRAME, 1);
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      n += get_pixel (surface, x, y) == pack_colour (theme.grid);
  cairo_surface_destroy (surface);
  return n;
}

/* It can be done without, needs no new layout, and goes along into copies. */
static void
test_grid (void)
{
  static const IpFigureKind kinds[] = { IP_FIGURE_PLANE, IP_FIGURE_EPOCHS };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (IpFigure) figure = create_figure (kinds[i]);
      g_autoptr (IpFigure) copy = NULL;

      lay_out (figure, 400, 300);
      g_assert_cmpuint (count_grid_pixels (figure), >, 500);
      ip_figure_set_grid (figure, FALSE);
      g_assert_cmpuint (count_grid_pixels (figure), ==, 0);
      copy = ip_figure_copy (figure);
      lay_out (copy, 400, 300);
      g_assert_cmpuint (count_grid_pixels (copy), ==, 0);
    }
}

/* What another thread draws needs no text and leaves the background alone. */
static void
test_parts (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_EPOCHS);
  cairo_surface_t *surface;
  const guint8 *data;

  lay_out (figure, 400, 300);
  surface = draw (figure, IP_FIGURE_DATA, 1);
  data = cairo_image_surface_get_data (surface);
  g_assert_cmpuint (data[3], ==, 0);
  cairo_surface_destroy (surface);
}

static gpointer
draw_data (gpointer figure)
{
  return draw (figure, IP_FIGURE_DATA, 2);
}

static void
test_draw_on_thread (void)
{
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_SWEEP; kind++)
    {
      g_autoptr (IpFigure) figure = create_figure (kind);
      cairo_surface_t *here;
      cairo_surface_t *there;
      gsize size;

      lay_out (figure, 592, 450);
      here = draw (figure, IP_FIGURE_DATA, 2);
      there = g_thread_join (g_thread_new ("draw", draw_data, figure));
      size = (gsize) cairo_image_surface_get_stride (here) * cairo_image_surface_get_height (here);
      g_assert_cmpmem (cairo_image_surface_get_data (here), size,
                       cairo_image_surface_get_data (there), size);
      cairo_surface_destroy (here);
      cairo_surface_destroy (there);
    }
}

static IpFigure *
create_noise (guint n)
{
  IpFigure *figure = create_empty (IP_FIGURE_EPOCHS);
  IpTrack track = { .run = g_strdup ("run"), .layer = g_strdup ("noise"), .n_points = n };
  GRand *random = g_rand_new_with_seed (3);

  track.points = g_new0 (IpTrackPoint, n);
  for (guint i = 0; i < n; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i,
                                      .x = { g_rand_double_range (random, 5, 6), NAN, NAN },
                                      .y = { NAN, NAN, NAN } };
  track.points[n / 3].x.value = 11;
  track.points[n / 2].x.value = 1;
  ip_figure_take_track (figure, &track);
  ip_figure_set_epoch_scale (figure, IP_SCALE_LINEAR);
  g_rand_free (random);
  return figure;
}

static gboolean
has_colour_near (cairo_surface_t *surface, double x, double y, guint32 background)
{
  for (int i = -1; i <= 1; i++)
    if (get_pixel (surface, (int) x + i, (int) y) != background)
      return TRUE;
  return FALSE;
}

/* However many points fall on a pixel, the extremes are drawn. */
static void
test_reduction_keeps_extremes (void)
{
  const guint n = 100000;
  g_autoptr (IpFigure) figure = create_noise (n);
  cairo_surface_t *surface;
  double x;
  double y;

  lay_out (figure, 500, 400);
  surface = draw (figure, IP_FIGURE_DATA, 1);
  g_assert_true (ip_figure_get_point_place (figure, 0, n / 3, 0, &x, &y));
  g_assert_true (has_colour_near (surface, x, y + 1, 0));
  g_assert_true (ip_figure_get_point_place (figure, 0, n / 2, 0, &x, &y));
  g_assert_true (has_colour_near (surface, x, y - 1, 0));
  cairo_surface_destroy (surface);
}

/* More points than can have markers: every pixel that one falls on is coloured, the last on top. */
static void
test_crowd (void)
{
  const guint n = 30000;
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_PLANE);
  IpTrack track = { .layer = g_strdup ("cloud"), .n_points = n };
  GRand *random = g_rand_new_with_seed (5);
  cairo_surface_t *surface;
  guint found_track;
  guint found;
  guint panel;
  double x;
  double y;

  track.points = g_new0 (IpTrackPoint, n);
  for (guint i = 0; i < n; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i,
                                      .x = { g_rand_double_range (random, 1, 11), NAN, NAN },
                                      .y = { g_rand_double_range (random, 0.1, 0.9), NAN, NAN } };
  track.points[n / 2].x.value = 0.3;
  g_rand_free (random);
  ip_figure_take_track (figure, &track);
  lay_out (figure, 400, 300);
  surface = draw (figure, IP_FIGURE_DATA, 1);
  g_assert_true (ip_figure_get_point_place (figure, 0, n / 2, 0, &x, &y));
  g_assert_true (has_colour_near (surface, x, y, 0));
  g_assert_true (ip_figure_find_point (figure, x, y, 3, &found_track, &found, &panel));
  g_assert_cmpuint (found, ==, n / 2);
  g_assert_true (ip_figure_get_point_place (figure, 0, n - 1, 0, &x, &y));
  assert_pixel (surface, x, y, ip_theme_get_epoch_colour (&figure->theme, 1));
  cairo_surface_destroy (surface);
}

/* A missing value breaks the line; a point between two of them is still seen. */
static void
test_gaps (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_EPOCHS);
  IpTrack track = { .run = g_strdup ("run"), .layer = g_strdup ("fc"), .n_points = 5 };
  cairo_surface_t *surface;
  guint found;
  double x[5];
  double y[5];

  track.points = g_new0 (IpTrackPoint, 5);
  for (guint i = 0; i < 5; i++)
    track.points[i] = (IpTrackPoint){ .epoch = 10 * i,
                                      .x = { 6, NAN, NAN },
                                      .y = { NAN, NAN, NAN } };
  track.points[1].x.value = track.points[3].x.value = NAN;
  ip_figure_take_track (figure, &track);
  ip_figure_set_epoch_scale (figure, IP_SCALE_LINEAR);
  lay_out (figure, 500, 400);
  g_assert_false (ip_figure_get_point_place (figure, 0, 1, 0, &x[1], &y[1]));
  g_assert_true (ip_figure_get_point_place (figure, 0, 2, 0, &x[2], &y[2]));
  g_assert_true (ip_figure_get_point_place (figure, 0, 4, 0, &x[4], &y[4]));
  g_assert_false (
      ip_figure_find_point (figure, (x[2] + x[4]) / 2, y[2], 9, &found, &found, &found));
  surface = draw (figure, IP_FIGURE_DATA, 1);
  g_assert_cmphex (get_pixel (surface, (int) x[2], (int) y[2]), !=, 0);
  g_assert_cmphex (get_pixel (surface, (int) (x[2] + x[4]) / 2, (int) y[2]), ==, 0);
  cairo_surface_destroy (surface);
}

static void
test_bracket_band (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_EPOCHS);
  IpTrack track = { .run = g_strdup ("run"), .layer = g_strdup ("fc"), .n_points = 3 };
  cairo_surface_t *surface;
  double x;
  double y;
  double above;

  track.points = g_new0 (IpTrackPoint, 3);
  for (guint i = 0; i < 3; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i, .x = { 6, 3, 9 }, .y = { NAN, NAN, NAN } };
  ip_figure_take_track (figure, &track);
  lay_out (figure, 500, 400);
  surface = draw (figure, IP_FIGURE_FRAME | IP_FIGURE_DATA, 1);
  g_assert_true (ip_figure_get_point_place (figure, 0, 1, 0, &x, &y));
  above = ip_axis_place (&figure->panels[0].y, 8.5);
  assert_pixel (surface, x + 5, above,
                ip_colour_mix (figure->theme.background, ip_theme_get_series (&figure->theme, 0),
                               0.16));
  cairo_surface_destroy (surface);
}

static void
test_map (void)
{
  g_autoptr (IpFigure) figure = create_figure (IP_FIGURE_MAP);
  cairo_surface_t *surface;
  double value_x;
  double x;
  double y;
  guint track;
  guint point;
  guint panel;

  lay_out (figure, 592, 450);
  surface = draw (figure, IP_FIGURE_FRAME | IP_FIGURE_DATA, 1);
  for (guint layer = 0; layer < N_LAYERS; layer++)
    for (guint i = 0; i < N_EPOCHS; i += 3)
      {
        const IpTrackPoint *wanted = &ip_figure_get_track (figure, layer)->points[i];

        g_assert_true (ip_figure_get_point_place (figure, layer, i, 0, &x, &y));
        assert_pixel (surface, x, y, ip_theme_get_value_colour (wanted->x.value / 12));
        /* Anywhere in the cell, not only near its middle. */
        g_assert_true (ip_figure_find_point (figure, x, y + 9, 1, &track, &point, &panel));
        g_assert_cmpuint (track, ==, layer);
        g_assert_cmpuint (point, ==, i);
        g_assert_cmpint (ip_figure_find_epoch (figure, 1, x), ==, wanted->epoch);
      }
  cairo_surface_destroy (surface);

  value_x = ip_axis_value (&figure->panels[0].x, 300);
  ip_figure_zoom (figure, 1, 300, 350, 2, 1);
  lay_out (figure, 592, 450);
  g_assert_cmpfloat_with_epsilon (ip_axis_place (&figure->panels[0].x, value_x), 300, 1);
  assert_layout_is_sound (figure);
}

/* A missing value is a hole. */
static void
test_map_gap (void)
{
  g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_MAP);
  IpTrack track = { .layer = g_strdup ("fc"), .n_points = 3 };
  cairo_surface_t *surface;
  guint found;
  double x[3];
  double y[3];

  track.points = g_new0 (IpTrackPoint, 3);
  for (guint i = 0; i < 3; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i, .x = { i == 1 ? NAN : 6, NAN, NAN } };
  ip_figure_take_track (figure, &track);
  ip_figure_set_epoch_scale (figure, IP_SCALE_LINEAR);
  lay_out (figure, 400, 300);
  g_assert_true (ip_figure_get_point_place (figure, 0, 0, 0, &x[0], &y[0]));
  g_assert_false (ip_figure_get_point_place (figure, 0, 1, 0, &x[1], &y[1]));
  g_assert_true (ip_figure_get_point_place (figure, 0, 2, 0, &x[2], &y[2]));
  g_assert_false (
      ip_figure_find_point (figure, (x[0] + x[2]) / 2, y[0], 9, &found, &found, &found));
  surface = draw (figure, IP_FIGURE_DATA, 1);
  g_assert_cmphex (get_pixel (surface, (int) x[0], (int) y[0]), !=, 0);
  g_assert_cmphex (get_pixel (surface, (int) (x[0] + x[2]) / 2, (int) y[0]), ==, 0);
  cairo_surface_destroy (surface);
}

/* A single quantity has the whole height. */
static void
test_one_quantity (void)
{
  for (IpFigureKind kind = IP_FIGURE_EPOCHS; kind <= IP_FIGURE_MAP; kind++)
    {
      g_autoptr (IpFigure) figure = ip_figure_new (kind);
      IpFigureQuantity rank = { "effective rank", NULL, NAN, NULL, FALSE };
      g_autofree char *title = NULL;
      double bottom;
      double height;
      double x;
      double y;

      ip_figure_set_quantity (figure, 0, &mi_ty);
      ip_figure_set_quantity (figure, 0, &rank);
      for (guint layer = 0; layer < N_LAYERS; layer++)
        take_layer (figure, "run", layer, layer);
      ip_figure_set_selected_epoch (figure, get_epoch (2));
      lay_out (figure, 592, 450);
      assert_layout_is_sound (figure);
      cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
      g_assert_cmpuint (ip_figure_get_n_panels (figure), ==, 1);
      ip_figure_get_panel (figure, 0, &x, &y, &bottom, &height);
      g_assert_cmpfloat (height, >, 0.7 * 450);
      title = ip_figure_format_title (figure, 0);
      g_assert_cmpstr (title, ==, "effective rank");
    }
}

/* Zero is in view, except where everything is far below it. */
static void
test_negative_values (void)
{
  g_autoptr (IpFigure) figure = ip_figure_new (IP_FIGURE_EPOCHS);
  IpFigureQuantity entropy = { "<i>H</i>(<i>T</i>)", "bits", NAN, NULL, FALSE };
  IpTrack track = { .layer = g_strdup ("fc"), .n_points = 2 };
  IpLimits limits;

  track.points = g_new0 (IpTrackPoint, 2);
  track.points[0] = (IpTrackPoint){ .epoch = 0, .x = { -8, NAN, NAN }, .y = { NAN, NAN, NAN } };
  track.points[1] = (IpTrackPoint){ .epoch = 1, .x = { -6, NAN, NAN }, .y = { NAN, NAN, NAN } };
  ip_figure_set_quantity (figure, 0, &entropy);
  ip_figure_take_track (figure, &track);
  ip_figure_fit_quantity (figure, 0, 0.1, &limits);
  g_assert_cmpfloat_with_epsilon (limits.lo, -8.2, 1e-12);
  g_assert_cmpfloat_with_epsilon (limits.hi, -5.8, 1e-12);
  take_layer (figure, "run", 0, 0);
  ip_figure_fit_quantity (figure, 0, 0, &limits);
  g_assert_cmpfloat (limits.lo, ==, -8);
  g_assert_cmpfloat (limits.hi, ==, 12);
}

static void
assert_labels (GArray *ticks, const char *wanted)
{
  g_autoptr (GString) labels = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    {
      const IpTick *tick = &g_array_index (ticks, IpTick, i);

      if (tick->label[0] != '\0')
        g_string_append_printf (labels, "%s%s", labels->len > 0 ? " " : "", tick->label);
    }
  g_assert_cmpstr (labels->str, ==, wanted);
  g_array_unref (ticks);
}

static void
test_decades (void)
{
  IpAxis axis = { IP_SCALE_LOG10, { 1, 100 }, 0, 500 };

  assert_labels (ip_ticks_new_decades (&axis, 7, TRUE), "1 10 100");
  axis.limits = (IpLimits){ 1e-3, 1 };
  assert_labels (ip_ticks_new_decades (&axis, 9, FALSE),
                 "10<sup>−3</sup> 10<sup>−2</sup> 10<sup>−1</sup> 1");
  axis.limits.lo = 1e-8;
  assert_labels (ip_ticks_new_decades (&axis, 9, FALSE),
                 "10<sup>−8</sup> 10<sup>−6</sup> 10<sup>−4</sup> 10<sup>−2</sup> 1");
  axis.limits = (IpLimits){ 1e-6, 6e-6 };
  assert_labels (ip_ticks_new_decades (&axis, 9, FALSE),
                 "10<sup>−6</sup> 2·10<sup>−6</sup> 5·10<sup>−6</sup>");
  axis.limits = (IpLimits){ 8, 120 };
  assert_labels (ip_ticks_new_decades (&axis, 7, TRUE), "10 20 50 100");
  axis.limits = (IpLimits){ 1, 3.2 };
  assert_labels (ip_ticks_new_decades (&axis, 7, TRUE), "1 2 3");
  g_assert_cmpfloat_with_epsilon (ip_axis_place (&axis, sqrt (3.2)), 250, 1e-9);
  g_assert_cmpfloat_with_epsilon (ip_axis_value (&axis, 250), sqrt (3.2), 1e-9);
}

/* Eigenvalues 10^-rank at both epochs, a hundred times smaller at the second but for the first. */
static IpFigure *
create_spectrum (void)
{
  IpFigure *figure = ip_figure_new (IP_FIGURE_SPECTRUM);
  IpFigureQuantity rank = { "rank <i>k</i>", NULL, NAN, NULL, FALSE };
  IpFigureQuantity value = { "eigenvalue", NULL, NAN, NULL, FALSE };

  ip_figure_set_quantity (figure, 0, &rank);
  ip_figure_set_quantity (figure, 1, &value);
  for (guint i = 0; i < 2; i++)
    {
      IpTrack track = { .layer = g_strdup ("fc"), .n_points = 6 };

      track.points = g_new0 (IpTrackPoint, 6);
      for (guint k = 0; k < 6; k++)
        track.points[k]
            = (IpTrackPoint){ .epoch = 10 * i,
                              .x = { k + 1, NAN, NAN },
                              .y = { k == 5 ? 0 : pow (10, -(k + 1.0 + 2 * i)), NAN, NAN } };
      ip_figure_take_track (figure, &track);
    }
  return figure;
}

static void
test_spectrum (void)
{
  g_autoptr (IpFigure) figure = create_spectrum ();
  cairo_surface_t *surface;
  double x[3];
  double y[3];
  guint track;
  guint point;
  guint panel;

  ip_figure_set_selected_epoch (figure, 10);
  lay_out (figure, 592, 450);
  assert_layout_is_sound (figure);
  g_assert_cmpuint (ip_figure_get_n_panels (figure), ==, 1);
  for (guint k = 0; k < 3; k++)
    g_assert_true (ip_figure_get_point_place (figure, 1, k, 0, &x[k], &y[k]));
  g_assert_cmpfloat_with_epsilon ((x[2] - x[0]) / (x[1] - x[0]), log (3) / log (2), 1e-9);
  g_assert_cmpfloat_with_epsilon (y[2] - y[1], y[1] - y[0], 1e-9);
  /* No logarithm of zero. */
  g_assert_false (ip_figure_get_point_place (figure, 1, 5, 0, &x[2], &y[2]));
  g_assert_true (ip_figure_find_point (figure, x[1] + 2, y[1], 6, &track, &point, &panel));
  g_assert_cmpuint (track, ==, 1);
  g_assert_cmpuint (point, ==, 1);

  surface = draw (figure, IP_FIGURE_ALL, 1);
  assert_pixel (surface, x[1], y[1], figure->theme.accent);
  g_assert_true (ip_figure_get_point_place (figure, 0, 1, 0, &x[0], &y[0]));
  assert_pixel (surface, x[0], y[0],
                ip_colour_mix (figure->theme.background, ip_figure_get_epoch_colour (figure, 0),
                               0.6));
  cairo_surface_destroy (surface);

  ip_figure_zoom (figure, 0, x[1], y[1], 2, 2);
  lay_out (figure, 592, 450);
  g_assert_true (ip_figure_get_point_place (figure, 1, 1, 0, &x[0], &y[0]));
  g_assert_cmpfloat_with_epsilon (x[0], x[1], 1);
  g_assert_cmpfloat_with_epsilon (y[0], y[1], 1);
}

/* Only a quantity that does not tell layers apart near its ceiling has a zone there. */
static void
test_zone (void)
{
  for (guint saturates = 0; saturates < 2; saturates++)
    {
      g_autoptr (IpFigure) figure = create_empty (IP_FIGURE_TRAJECTORIES);
      IpFigureQuantity quantity = mi_xt;
      cairo_surface_t *surface;
      double x;

      quantity.saturates = saturates;
      ip_figure_set_quantity (figure, 0, &quantity);
      take_layer (figure, "run", 2, 0);
      lay_out (figure, 592, 450);
      surface = draw (figure, IP_FIGURE_FRAME, 1);
      x = ip_axis_place (&figure->panels[0].x, 11.9);
      assert_pixel (surface, x, ip_axis_place (&figure->panels[0].y, 0.1),
                    saturates ? figure->theme.zone : figure->theme.background);
      cairo_surface_destroy (surface);
    }
}

/* One epoch, one point: no axis of no length. */
static void
test_single_epoch (void)
{
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_SWEEP; kind++)
    for (IpScale scale = IP_SCALE_LINEAR; scale <= IP_SCALE_LOG; scale++)
      {
        g_autoptr (IpFigure) figure = create_empty (kind);
        IpTrack track = { .layer = g_strdup ("fc"), .n_points = 1 };
        double x;
        double y;

        track.points = g_new0 (IpTrackPoint, 1);
        track.points[0] = (IpTrackPoint){ .x = { 6, NAN, NAN }, .y = { 0.5, NAN, NAN } };
        ip_figure_take_track (figure, &track);
        ip_figure_set_epoch_scale (figure, scale);
        ip_figure_set_selected_epoch (figure, 0);
        lay_out (figure, 500, 400);
        assert_layout_is_sound (figure);
        g_assert_true (ip_figure_get_point_place (figure, 0, 0, 0, &x, &y));
        cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
      }
}

static void
test_no_points (void)
{
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_SWEEP; kind++)
    {
      g_autoptr (IpFigure) figure = ip_figure_new (kind);
      IpTrack track = { 0 };

      ip_figure_take_track (figure, &track);
      lay_out (figure, 500, 400);
      assert_layout_is_sound (figure);
      cairo_surface_destroy (draw (figure, IP_FIGURE_ALL, 1));
    }
}

/* Relative luminance and contrast as WCAG 2.1 defines them. */
static double
get_luminance (IpColour colour)
{
  const double channels[] = { colour.red, colour.green, colour.blue };
  const double weights[] = { 0.2126, 0.7152, 0.0722 };
  double sum = 0;

  for (guint i = 0; i < 3; i++)
    sum += weights[i] * (channels[i] <= 0.04045 ? channels[i] / 12.92
                                                : pow ((channels[i] + 0.055) / 1.055, 2.4));
  return sum;
}

static double
get_contrast (IpColour a, IpColour b)
{
  double one = get_luminance (a), other = get_luminance (b);

  return (MAX (one, other) + 0.05) / (MIN (one, other) + 0.05);
}

static void
test_high_contrast (void)
{
  for (guint dark = 0; dark < 2; dark++)
    {
      IpTheme usual, theme;

      if (dark)
        ip_theme_init_dark (&usual);
      else
        ip_theme_init_light (&usual);
      theme = usual;
      ip_theme_strengthen (&theme);
      g_assert_cmpfloat (get_contrast (theme.text, theme.background), >, 20);
      g_assert_cmpfloat (get_contrast (theme.dim, theme.background), >, 7);
      g_assert_cmpfloat (get_contrast (theme.axis, theme.background), >, 7);
      for (guint i = 0; i < IP_N_SERIES; i++)
        {
          g_assert_cmpfloat (get_contrast (theme.series[i], theme.background), >, 4.5);
          g_assert_cmpfloat (get_contrast (theme.series[i], theme.background), >,
                             get_contrast (usual.series[i], usual.background));
        }
      g_assert_cmpfloat (theme.line, >, usual.line);
      g_assert_cmpfloat (theme.size, ==, usual.size);
    }
}

/* Series of different colours are told apart without them, by marker and dash. */
static void
test_without_colour (void)
{
  for (guint i = 0; i < IP_N_SERIES; i++)
    for (guint k = 0; k < i; k++)
      {
        guint n_i, n_k;
        const double *dash_i = ip_theme_get_dash (i, &n_i), *dash_k = ip_theme_get_dash (k, &n_k);
        gboolean same_dash = n_i == n_k && memcmp (dash_i, dash_k, n_i * sizeof *dash_i) == 0;

        g_assert_cmpint (ip_theme_get_marker (i), !=, ip_theme_get_marker (k));
        g_assert_false (same_dash);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figure/ticks/linear", test_linear_ticks);
  g_test_add_func ("/figure/ticks/linear-any", test_linear_ticks_any);
  g_test_add_func ("/figure/ticks/epoch", test_epoch_ticks);
  g_test_add_func ("/figure/ticks/minor", test_minor_ticks);
  g_test_add_func ("/figure/scales", test_scales);
  g_test_add_func ("/figure/epoch-position", test_epoch_position);
  g_test_add_func ("/figure/number-format", test_number_format);
  g_test_add_func ("/figure/theme/styles", test_styles);
  g_test_add_func ("/figure/theme/epoch-colours", test_epoch_colours);
  g_test_add_func ("/figure/layout/sizes", test_layout_sizes);
  g_test_add_func ("/figure/layout/names-touch", test_names_touch);
  g_test_add_func ("/figure/layout/names-are-clear", test_names_are_clear);
  g_test_add_func ("/figure/layout/many-names", test_many_names);
  g_test_add_func ("/figure/layout/names-of-runs", test_names_of_runs);
  g_test_add_func ("/figure/layout/names-are-short", test_names_are_short);
  g_test_add_func ("/figure/layout/names-of-short-runs", test_names_of_short_runs);
  g_test_add_func ("/figure/layout/message", test_message);
  g_test_add_func ("/figure/facets", test_facets);
  g_test_add_func ("/figure/theme/high-contrast", test_high_contrast);
  g_test_add_func ("/figure/theme/without-colour", test_without_colour);
  g_test_add_func ("/figure/findings/phase", test_phase_change);
  g_test_add_func ("/figure/findings/violations", test_violations);
  g_test_add_func ("/figure/findings/violations-without-errors", test_violations_without_errors);
  g_test_add_func ("/figure/scale-of-values", test_scale_of_values);
  g_test_add_func ("/figure/find/point", test_find_point);
  g_test_add_func ("/figure/layout/inset", test_inset);
  g_test_add_func ("/figure/find/tie", test_find_point_tie);
  g_test_add_func ("/figure/format-place", test_format_place);
  g_test_add_func ("/figure/selected-layer", test_selected_layer);
  g_test_add_func ("/figure/find/epoch", test_find_epoch);
  g_test_add_func ("/figure/view/zoom", test_zoom);
  g_test_add_func ("/figure/view/zoom-limits", test_zoom_limits);
  g_test_add_func ("/figure/view/pan", test_pan);
  g_test_add_func ("/figure/view/pan-keeps-data", test_pan_keeps_data_in_view);
  g_test_add_func ("/figure/view/reset", test_view_reset);
  g_test_add_func ("/figure/view/bad", test_bad_view);
  g_test_add_func ("/figure/draw/deterministic", test_draw_is_deterministic);
  g_test_add_func ("/figure/draw/pixels", test_pixels);
  g_test_add_func ("/figure/draw/grid", test_grid);
  g_test_add_func ("/figure/provenance", test_provenance);
  g_test_add_func ("/figure/draw/parts", test_parts);
  g_test_add_func ("/figure/draw/thread", test_draw_on_thread);
  g_test_add_func ("/figure/draw/reduction", test_reduction_keeps_extremes);
  g_test_add_func ("/figure/draw/crowd", test_crowd);
  g_test_add_func ("/figure/draw/gaps", test_gaps);
  g_test_add_func ("/figure/draw/bracket-band", test_bracket_band);
  g_test_add_func ("/figure/map", test_map);
  g_test_add_func ("/figure/map/gap", test_map_gap);
  g_test_add_func ("/figure/one-quantity", test_one_quantity);
  g_test_add_func ("/figure/draw/zone", test_zone);
  g_test_add_func ("/figure/ticks/decades", test_decades);
  g_test_add_func ("/figure/spectrum", test_spectrum);
  g_test_add_func ("/figure/negative-values", test_negative_values);
  g_test_add_func ("/figure/draw/single-epoch", test_single_epoch);
  g_test_add_func ("/figure/draw/no-points", test_no_points);
  return g_test_run ();
}
