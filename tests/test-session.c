/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "await.h"
#include "ip-blur.h"
#include "ip-number.h"
#include "ip-session-private.h"
#include "make-dumps.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char *
get_example_path (void)
{
  return g_build_filename (g_getenv ("INFOPLANE_DATA_DIR"), "examples", EXAMPLE_NAME, NULL);
}

typedef struct
{
  IpRun *run;
  GError *error;
  gboolean done;
} Opening;

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Opening *opening = data;

  opening->run = ip_session_open_finish (IP_SESSION (source), result, &opening->error);
  opening->done = TRUE;
}

static IpRun *
open_run (IpSession *session, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Opening opening = { 0 };

  ip_session_open_async (session, file, NULL, opened_cb, &opening);
  await (opening.done);
  if (opening.error != NULL)
    g_propagate_error (error, opening.error);

  return opening.run;
}

static void
wait_for_results (IpSession *session)
{
  await (!ip_session_get_busy (session));
}

static IpSession *
open_example (void)
{
  IpSession *session = ip_session_new (0, 0);
  g_autofree char *path = get_example_path ();
  g_autoptr (GError) error = NULL;

  open_run (session, path, &error);
  g_assert_no_error (error);
  wait_for_results (session);

  return session;
}

static IpTrack
create_track (const gint64 *epochs, const double *values, guint n)
{
  IpTrack track = { .n_points = n, .points = g_new0 (IpTrackPoint, n) };

  for (guint i = 0; i < n; i++)
    track.points[i] = (IpTrackPoint){ .epoch = epochs[i],
                                      .across = (double) epochs[i],
                                      .x = { values[i], NAN, NAN },
                                      .y = { -values[i], NAN, NAN } };

  return track;
}

static void
assert_reading (const IpReading *reading, double value, double half)
{
  g_assert_cmpfloat_with_epsilon (reading->value, value, 1e-12);
  if (isnan (half))
    {
      g_assert_true (isnan (reading->lower) && isnan (reading->upper));
      return;
    }
  g_assert_cmpfloat_with_epsilon (reading->value - reading->lower, half, 1e-9);
  g_assert_cmpfloat_with_epsilon (reading->upper - reading->value, half, 1e-9);
}

/* 1, 2, 6 has mean 3 and sample variance 7. */
static void
test_average (void)
{
  const gint64 epochs[] = { 0, 5, 10 };
  const gint64 fewer[] = { 5, 10, 20 };
  IpTrack tracks[] = { create_track (epochs, (double[]){ 9, 1, 4 }, 3),
                       create_track (epochs, (double[]){ 9, 2, NAN }, 3),
                       create_track (fewer, (double[]){ 6, 5, 5 }, 3) };
  const IpTrack *pointers[] = { &tracks[0], &tracks[1], &tracks[2] };
  const double halves[] = { sqrt (7), sqrt (7. / 3), 4.302652729911275 * sqrt (7. / 3) };

  for (IpBand band = IP_BAND_STD; band < IP_N_BANDS; band++)
    {
      IpTrack mean = ip_tracks_average (pointers, 3, band);

      /* Epochs 0 and 20 are not of all runs; at 10 one has no value. */
      g_assert_cmpuint (mean.n_points, ==, 2);
      g_assert_cmpuint (mean.n_runs, ==, 3);
      g_assert_cmpint (mean.points[0].epoch, ==, 5);
      g_assert_true (isnan (mean.points[1].x.value));
      if (band == IP_BAND_RANGE)
        {
          g_assert_cmpfloat (mean.points[0].x.lower, ==, 1);
          g_assert_cmpfloat (mean.points[0].x.upper, ==, 6);
        }
      else
        {
          assert_reading (&mean.points[0].x, 3, band < IP_BAND_RANGE ? halves[band] : NAN);
          assert_reading (&mean.points[0].y, -3, band < IP_BAND_RANGE ? halves[band] : NAN);
        }
      g_free (mean.points);
      mean = ip_tracks_average (pointers, 1, band);
      assert_reading (&mean.points[1].x, 1, NAN);
      g_free (mean.points);
    }
  for (guint i = 0; i < 3; i++)
    g_free (tracks[i].points);
}

/* The 97.5 % points of Student's t: Abramowitz and Stegun 1964, table 26.10, with more digits. */
static void
test_student (void)
{
  g_assert_cmpfloat_with_epsilon (ip_student_get_factor (1), 12.706204736432095, 1e-9);
  g_assert_cmpfloat_with_epsilon (ip_student_get_factor (2), 4.302652729911275, 1e-9);
  g_assert_cmpfloat_with_epsilon (ip_student_get_factor (7), 2.364624251592785, 1e-9);
  g_assert_cmpfloat_with_epsilon (ip_student_get_factor (30), 2.042272456301238, 1e-9);
}

/* Untranslated, what blurs T comes out as it went in, with its numbers in order. */
static void
test_blur (void)
{
  static const char *const texts[]
    = { "30 bins on [−1, 1]", "noise variance 0.001 (1e-05 of the layer’s)", "kernel width 0.25",
        "no blur", "something new 3" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *translated = ip_blur_translate (texts[i]);

      g_assert_cmpstr (translated, ==, texts[i]);
    }
}

/* Four equal numbers have ln 4 at any time; 1/2, 1/4, 1/4 by hand. */
static void
test_spectrum_entropy (void)
{
  const double even[] = { .25, .25, .25, .25 };
  const double uneven[] = { .5, .25, .25 };
  const double part[] = { .5, .2 };
  IpReading reading = ip_spectrum_get_entropy (even, 4, 4, 7);

  g_assert_cmpfloat_with_epsilon (reading.value, log (4), 1e-12);
  reading = ip_spectrum_get_entropy (uneven, 3, 3, 1);
  g_assert_cmpfloat_with_epsilon (reading.value, 1.5 * G_LN2, 1e-12);
  /* 1/4, 1/16, 1/16 is 2/3, 1/6, 1/6 */
  reading = ip_spectrum_get_entropy (uneven, 3, 3, 2);
  g_assert_cmpfloat_with_epsilon (reading.value, log (6) - 2 / 3. * log (4), 1e-12);
  g_assert_cmpfloat (reading.lower, ==, reading.upper);
  reading = ip_spectrum_get_entropy (uneven, 3, 3, 1e5);
  g_assert_cmpfloat (reading.value, ==, 0);
  /* .3 is left, in 98 numbers of at most .2: the truth is between the bounds. */
  reading = ip_spectrum_get_entropy (part, 2, 100, 1);
  g_assert_cmpfloat (reading.upper, >, -.5 * log (.5) - .2 * log (.2) - .3 * log (.1));
  g_assert_cmpfloat (reading.lower, <, -.5 * log (.5) - .2 * log (.2) - .3 * log (.1));
}

static guint
get_n_layers (IpSession *session, guint position)
{
  g_autoptr (GListModel) run = g_list_model_get_item (ip_session_get_runs (session), position);

  return g_list_model_get_n_items (run);
}

static void
open_kind (IpSession *session, const char *directory, const char *kind, const char *name)
{
  g_autofree char *base = g_strconcat (name, ".h5", NULL);
  g_autofree char *path = g_build_filename (directory, base, NULL);
  g_autoptr (GError) error = NULL;

  write_dump (path, kind);
  open_run (session, path, &error);
  g_assert_no_error (error);
}

/* A run that has just begun says so. */
static void
test_no_snapshots (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  g_autoptr (IpFigure) figure = NULL;

  open_kind (session, directory, "no-snapshots", "begun");
  figure = ip_session_create_figure (session, IP_FIGURE_PLANE);
  g_assert_cmpstr (ip_figure_get_message (figure), ==, "No snapshot has been recorded yet");
}

/* Means stand in front of their runs, and panels divide both alike. */
static void
test_groups (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  g_auto (GStrv) groupings = NULL;
  guint n_layers;

  open_kind (session, directory, "seed-0", "tanh-a");
  open_kind (session, directory, "seed-1", "tanh-b");
  open_kind (session, directory, "seed-0-slow", "slow-a");
  wait_for_results (session);
  groupings = ip_session_list_groupings (session);
  g_assert_cmpstr (groupings[0], ==, IP_GROUP_REPEATS);
  n_layers = get_n_layers (session, 0);

  ip_session_set_group_by (session, IP_GROUP_REPEATS);
  for (IpFigureKind kind = IP_FIGURE_PLANE; kind <= IP_FIGURE_TRAJECTORIES; kind++)
    {
      g_autoptr (IpFigure) figure = ip_session_create_figure (session, kind);
      guint n_means = 0;

      for (guint i = 0; i < ip_figure_get_n_tracks (figure); i++)
        {
          const IpTrack *track = ip_figure_get_track (figure, i);

          n_means += track->n_runs > 0;
          g_assert_true (track->is_member || track->n_runs == (track->run[0] == 't' ? 2 : 1));
        }
      g_assert_cmpuint (n_means, ==, 2 * n_layers);
    }
  for (IpLayout layout = IP_LAYOUT_RUNS; layout < IP_N_LAYOUTS; layout++)
    {
      g_autoptr (IpFigure) figure = NULL;

      ip_session_set_display (session, IP_DISPLAY_LAYOUT, layout);
      figure = ip_session_create_figure (session, IP_FIGURE_PLANE);
      g_assert_cmpuint (ip_figure_get_n_panels (figure), ==,
                        layout == IP_LAYOUT_RUNS ? 2 : n_layers);
    }
  remove_directory (directory);
}

/* The mean that the selected layer is in is the one that figures mark. */
static void
test_selected_in_mean (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  g_autoptr (IpFigure) figure = NULL;
  g_autoptr (IpRun) run = NULL;
  guint n_marked = 0;

  open_kind (session, directory, "seed-0-slow", "slow");
  open_kind (session, directory, "seed-0", "a");
  open_kind (session, directory, "seed-1", "b");
  wait_for_results (session);
  ip_session_set_group_by (session, IP_GROUP_REPEATS);
  g_assert_cmpint (ip_session_get_selected_layer (session), ==, -1);
  ip_session_set_layer (session, 2 << 16 | 1);
  g_assert_cmpint (ip_session_get_selected_layer (session), ==, 2 << 16 | 1);
  figure = ip_session_create_figure (session, IP_FIGURE_EPOCHS);
  for (guint i = 0; i < ip_figure_get_n_tracks (figure); i++)
    {
      const IpTrack *track = ip_figure_get_track (figure, i);

      if (track->n_runs == 0 || track->user_data != (2 << 16 | 1))
        continue;
      g_assert_cmpuint (track->n_runs, ==, 2);
      n_marked++;
    }
  g_assert_cmpuint (n_marked, ==, 1);

  run = g_list_model_get_item (ip_session_get_runs (session), 2);
  ip_run_set_visible (run, FALSE);
  g_assert_cmpint (ip_session_get_selected_layer (session), ==, -1);
  remove_directory (directory);
}

/* More panels than can be looked at become one, which says so. */
static void
test_too_many_panels (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  g_autoptr (IpFigure) figure = NULL;

  for (guint i = 0; i < IP_MOST_FACETS + 1; i++)
    {
      g_autofree char *kind = g_strdup_printf ("seed-%u", i);

      open_kind (session, directory, kind, kind);
      if (i + 1 == IP_MOST_FACETS)
        ip_session_set_display (session, IP_DISPLAY_LAYOUT, IP_LAYOUT_RUNS);
      if (i + 1 < IP_MOST_FACETS)
        continue;
      wait_for_results (session);
      g_clear_object (&figure);
      figure = ip_session_create_figure (session, IP_FIGURE_PLANE);
      g_assert_cmpuint (ip_figure_get_n_panels (figure), ==, i < IP_MOST_FACETS ? i + 1 : 1);
    }
  g_assert_nonnull (strstr (ip_figure_get_provenance (figure), "33 panels are more than 32"));
  g_assert_cmpuint (ip_figure_get_n_tracks (figure), ==, 33 * get_n_layers (session, 0));
  remove_directory (directory);
}

static IpRequest
create_request (IpSession *session, double bins)
{
  IpRequest request = *ip_session_get_request (session);

  request.parameters.value[0] = bins;
  return request;
}

/* The point of a sweep at the value in force is the point of other figures at the epoch. */
static void
test_sweep (void)
{
  g_autoptr (IpSession) session = open_example ();
  const double values[] = { 5, 30, 80 };
  g_autoptr (IpFigure) plane = NULL;
  g_autoptr (IpFigure) sweep = NULL;
  const IpTrack *track;
  guint point;

  ip_session_set_view (session, "sweep");
  ip_session_set_sweep (session, 0, values, 3);
  g_assert_false (ip_session_is_sweep_known (session));
  wait_for_results (session);
  g_assert_true (ip_session_is_sweep_known (session));
  plane = ip_session_create_figure (session, IP_FIGURE_PLANE);
  sweep = ip_session_create_figure (session, IP_FIGURE_SWEEP);
  g_assert_cmpuint (ip_figure_get_n_tracks (sweep), ==, ip_figure_get_n_tracks (plane));
  track = ip_figure_get_track (sweep, 2);
  g_assert_cmpuint (track->n_points, ==, 3);
  g_assert_cmpfloat (track->points[2].across, ==, 80);
  g_assert_cmpfloat (track->points[0].x.value, <, track->points[2].x.value);
  point = ip_figure_get_track (plane, 2)->n_points - 1;
  g_assert_cmpfloat (track->points[1].x.value, ==,
                     ip_figure_get_track (plane, 2)->points[point].x.value);
}

static void
test_comparisons (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRequest other = create_request (session, 80);
  g_autoptr (IpFigure) one = ip_session_create_figure (session, IP_FIGURE_PLANE);
  g_autoptr (IpFigure) both = NULL;
  g_autoptr (IpFigure) alone = NULL;
  guint n = ip_figure_get_n_tracks (one);

  ip_session_set_comparisons (session, &other, 1);
  wait_for_results (session);
  both = ip_session_create_figure (session, IP_FIGURE_PLANE);
  g_assert_cmpuint (ip_figure_get_n_tracks (both), ==, 2 * n);
  g_assert_cmpstr (ip_figure_get_track (both, n)->run, ==, "Bins 80");
  g_assert_cmpfloat (ip_figure_get_track (both, n + 2)->points[0].x.value, >,
                     ip_figure_get_track (both, 2)->points[0].x.value);

  /* One that is the same as the request is not shown twice. */
  ip_session_set_comparisons (session, ip_session_get_request (session), 1);
  alone = ip_session_create_figure (session, IP_FIGURE_PLANE);
  g_assert_cmpuint (ip_figure_get_n_tracks (alone), ==, n);
  g_assert_cmpstr (ip_figure_get_track (alone, 0)->run, ==, ip_figure_get_track (one, 0)->run);
}

static void
check_provenance (IpSession *session, const char *part)
{
  g_autoptr (IpFigure) figure = ip_session_create_figure (session, IP_FIGURE_TRAJECTORIES);

  g_test_message ("%s", ip_figure_get_provenance (figure));
  g_assert_nonnull (strstr (ip_figure_get_provenance (figure), part));
}

/* What is compared is named by its tracks, where it is shown at all. */
static void
test_provenance_of_comparisons (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRequest others[] = { create_request (session, 80), { ip_estimator_find ("gradient") } };
  g_autoptr (IpFigure) figure = NULL;

  ip_parameters_init (&others[1].parameters, others[1].estimator);
  ip_session_set_comparisons (session, others, G_N_ELEMENTS (others));
  wait_for_results (session);
  ip_session_set_quantity (session, IP_SHOWN_ON_X, IP_QUANTITY_SNR);
  ip_session_set_quantity (session, IP_SHOWN_ON_Y, IP_QUANTITY_MI_TY);
  check_provenance (session, "Gradient signal to noise · <i>I</i>(<i>T</i>; <i>Y</i>): several "
                             "estimators or parameters");

  ip_session_set_quantity (session, IP_SHOWN_ON_Y, IP_QUANTITY_TEST_ACCURACY);
  check_provenance (session, "Gradient signal to noise · Test accuracy: recorded in training");
  figure = ip_session_create_figure (session, IP_FIGURE_TRAJECTORIES);
  g_assert_cmpuint (ip_figure_get_n_tracks (figure), ==,
                    ip_dump_get_n_layers (ip_run_get_dump (ip_session_get_run (session, 0))));
}

/* Axes take what other estimators give and what training recorded, layer by layer. */
static void
test_any_axes (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRun *run = ip_session_get_run (session, 0);
  IpRequest other = { .estimator = ip_estimator_find ("gradient") };
  g_autoptr (IpFigure) figure = NULL;
  const IpTrack *track;
  const IpLayer *layer;
  const IpMetric *metrics;
  guint n, accuracy = 0;

  ip_session_set_quantity (session, IP_SHOWN_ON_X, IP_QUANTITY_SNR);
  g_assert_cmpint (ip_session_get_quantity (session, IP_SHOWN_ON_X), ==, IP_N_QUANTITIES);
  ip_parameters_init (&other.parameters, other.estimator);
  ip_session_set_comparisons (session, &other, 1);
  wait_for_results (session);
  g_assert_cmpint (ip_session_get_quantity (session, IP_SHOWN_ON_X), ==, IP_QUANTITY_SNR);
  ip_session_set_quantity (session, IP_SHOWN_ON_Y, IP_QUANTITY_TEST_ACCURACY);

  figure = ip_session_create_figure (session, IP_FIGURE_TRAJECTORIES);
  g_assert_cmpuint (ip_figure_get_n_tracks (figure), ==,
                    ip_dump_get_n_layers (ip_run_get_dump (run)));
  track = ip_figure_get_track (figure, 2);
  layer = ip_dump_get_layer (ip_run_get_dump (run), 2);
  metrics = ip_dump_get_metrics (ip_run_get_dump (run), &n);
  while (!g_str_equal (metrics[accuracy].name, "test_acc"))
    accuracy++;
  g_assert_cmpuint (track->n_points, >, 10);
  for (guint i = 0; i < track->n_points; i++)
    {
      g_assert_cmpfloat_with_epsilon (track->points[i].x.value,
                                      layer->grad_mean[i] / layer->grad_std[i], 1e-12);
      g_assert_cmpfloat (track->points[i].y.value, ==, metrics[accuracy].values[i]);
    }

  /* Each axis names what it is from, and the estimator in force, which gives neither, is not. */
  g_assert_nonnull (strstr (ip_figure_get_provenance (figure),
                            "SNR: Gradient signal to noise · "
                            "Test accuracy: recorded in training"));
  g_assert_null (strstr (ip_figure_get_provenance (figure), "inning"));
  ip_session_set_quantity (session, IP_SHOWN_ON_Y, IP_QUANTITY_MI_TY);
  check_provenance (session, "<i>I</i>(<i>T</i>; <i>Y</i>): Binning, uniform, 30 bins");

  /* Maps have a value for each layer, which a metric is not. */
  ip_session_set_quantity (session, IP_SHOWN_IN_MAP, IP_QUANTITY_TEST_ACCURACY);
  g_assert_cmpint (ip_session_get_quantity (session, IP_SHOWN_IN_MAP), ==, IP_N_QUANTITIES);
}

static void
test_display_ids (void)
{
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    {
      g_autoptr (IpSession) session = ip_session_new (0, 0);
      int standard = ip_session_get_display (session, which);
      g_autofree char *text = ip_display_format (which, standard);
      const char *choices;
      int value = -1;

      g_assert_true (ip_display_parse (which, text, &value, &choices));
      g_assert_cmpint (value, ==, standard);
      g_assert_false (ip_display_parse (which, "nonsense", &value, &choices));
    }
}

static void
test_plane_of_example (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpFigure) figure = ip_session_create_figure (session, IP_FIGURE_PLANE);
  guint n_epochs;
  const gint64 *epochs = ip_session_get_epochs (session, &n_epochs);

  g_assert_cmpuint (n_epochs, >, 10);
  g_assert_cmpint (ip_session_get_epoch (session), ==, epochs[n_epochs - 1]);
  g_assert_cmpuint (ip_figure_get_n_tracks (figure), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      const IpTrack *track = ip_figure_get_track (figure, i);

      g_assert_cmpuint (track->n_points, ==, n_epochs);
      for (guint k = 0; k < n_epochs; k++)
        {
          g_assert_cmpfloat (track->points[k].x.value, >=, 0);
          g_assert_cmpfloat (track->points[k].x.value, <=, 12 + 1e-9);
          g_assert_cmpfloat (track->points[k].y.value, <=, 1 + 1e-9);
        }
    }
}

/* The last hidden layer of the bundled run first learns and then forgets. */
static void
test_example_compresses (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpFigure) figure = ip_session_create_figure (session, IP_FIGURE_PLANE);
  const IpTrack *track = ip_figure_get_track (figure, 4);
  double top = 0;

  for (guint k = 0; k < track->n_points; k++)
    top = MAX (top, track->points[k].x.value);

  g_assert_cmpfloat (top - track->points[0].x.value, >, 0.5);
  g_assert_cmpfloat (top - track->points[track->n_points - 1].x.value, >, 1.5);
  g_assert_cmpfloat (track->points[track->n_points - 1].y.value, >, 0.9);
}

static void
test_nats (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpFigure) bits = ip_session_create_figure (session, IP_FIGURE_EPOCHS);
  g_autoptr (IpFigure) nats = NULL;

  ip_session_set_in_bits (session, FALSE);
  nats = ip_session_create_figure (session, IP_FIGURE_EPOCHS);
  g_assert_cmpfloat_with_epsilon (ip_figure_get_track (bits, 3)->points[5].x.value * G_LN2,
                                  ip_figure_get_track (nats, 3)->points[5].x.value, 1e-12);
}

static void
request_spectrum (IpSession *session)
{
  IpRequest request = { .estimator = ip_estimator_find ("spectrum") };

  ip_parameters_init (&request.parameters, request.estimator);
  ip_session_set_request (session, &request);
  wait_for_results (session);
}

/* The map shows the quantity chosen, the first two when it is not to be had. */
static void
test_map (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpFigure) epochs = ip_session_create_figure (session, IP_FIGURE_EPOCHS);
  g_autoptr (IpFigure) first = ip_session_create_figure (session, IP_FIGURE_MAP);
  g_autoptr (IpFigure) second = NULL;
  g_autoptr (IpFigure) other = NULL;

  g_assert_cmpuint (ip_figure_get_n_panels (epochs), ==, 2);
  g_assert_cmpuint (ip_figure_get_n_panels (first), ==, 2);
  g_assert_cmpfloat (ip_figure_get_track (first, 4)->points[3].x.value, ==,
                     ip_figure_get_track (epochs, 4)->points[3].x.value);
  ip_session_set_quantity (session, IP_SHOWN_IN_MAP, IP_QUANTITY_MI_TY);
  second = ip_session_create_figure (session, IP_FIGURE_MAP);
  g_assert_cmpuint (ip_figure_get_n_panels (second), ==, 1);
  g_assert_cmpfloat (ip_figure_get_track (second, 4)->points[3].x.value, ==,
                     ip_figure_get_track (epochs, 4)->points[3].y.value);

  request_spectrum (session);
  g_assert_cmpint (ip_session_get_quantity (session, IP_SHOWN_IN_MAP), ==, IP_N_QUANTITIES);
  other = ip_session_create_figure (session, IP_FIGURE_MAP);
  g_assert_cmpuint (ip_figure_get_n_panels (other), ==, 2);
  g_assert_cmpfloat (ip_figure_get_track (other, 0)->points[3].x.value, >, 0);
}

/* Bits are for information alone: a rank is the same number in nats. */
static void
test_trajectories (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpFigure) bits = NULL;
  g_autoptr (IpFigure) nats = NULL;

  request_spectrum (session);
  ip_session_set_quantity (session, IP_SHOWN_ON_X, IP_QUANTITY_RANKME);
  ip_session_set_quantity (session, IP_SHOWN_ON_Y, IP_QUANTITY_VNE);
  bits = ip_session_create_figure (session, IP_FIGURE_TRAJECTORIES);
  ip_session_set_in_bits (session, FALSE);
  nats = ip_session_create_figure (session, IP_FIGURE_TRAJECTORIES);

  g_assert_cmpuint (ip_figure_get_n_tracks (bits), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      const IpTrackPoint *point = &ip_figure_get_track (bits, i)->points[5];
      const IpTrackPoint *other = &ip_figure_get_track (nats, i)->points[5];

      g_assert_cmpfloat (point->x.value, >=, 1);
      g_assert_cmpfloat (point->x.value, ==, other->x.value);
      g_assert_cmpfloat_with_epsilon (point->y.value * G_LN2, other->y.value, 1e-12);
    }
}

/* One layer, one track for each epoch; without a spectrum a word why. */
static void
test_spectrum (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpFigure) none = ip_session_create_figure (session, IP_FIGURE_SPECTRUM);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (session), 0);
  g_autoptr (IpFigure) figure = NULL;
  guint n_epochs;
  const gint64 *epochs = ip_session_get_epochs (session, &n_epochs);

  g_assert_cmpuint (ip_figure_get_n_tracks (none), ==, 0);
  request_spectrum (session);
  g_assert_cmpint (ip_session_get_layer (session), ==, 0);
  ip_session_set_layer (session, 3);
  figure = ip_session_create_figure (session, IP_FIGURE_SPECTRUM);
  g_assert_cmpuint (ip_figure_get_n_tracks (figure), ==, n_epochs);
  for (guint i = 0; i < n_epochs; i++)
    {
      const IpTrack *track = ip_figure_get_track (figure, i);
      double sum = 0;

      g_assert_cmpint (track->user_data, ==, 3);
      g_assert_cmpint (track->points[0].epoch, ==, epochs[i]);
      g_assert_cmpuint (track->n_points, ==, ip_run_layer_get_units (ip_run_get_layer (run, 3)));
      for (guint k = 0; k < track->n_points; k++)
        {
          g_assert_cmpfloat (track->points[k].x.value, ==, k + 1);
          sum += track->points[k].y.value;
        }
      g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
    }

  ip_run_layer_set_visible (ip_run_get_layer (run, 3), FALSE);
  g_assert_cmpint (ip_session_get_layer (session), ==, 0);
  ip_run_set_visible (run, FALSE);
  g_assert_cmpint (ip_session_get_layer (session), ==, -1);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_request_supersedes (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRequest kde = { .estimator = ip_estimator_find ("kde") };
  IpRequest bins = *ip_session_get_request (session);
  guint n_changes = 0;

  ip_parameters_init (&kde.parameters, kde.estimator);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (count_cb), &n_changes);
  ip_session_set_request (session, &kde);
  g_assert_true (ip_session_get_busy (session));
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, 0);

  /* What is known already comes back at once, and nothing is left to compute. */
  ip_session_set_request (session, &bins);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));
  wait_for_results (session);

  ip_session_set_request (session, &kde);
  wait_for_results (session);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));
}

static guint
count_lines (IpSession *session, const char *needle)
{
  g_autofree char *log = ip_session_get_log (session);
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], needle) != NULL;

  return n;
}

static gboolean
make_true (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Returns the longest time between two numbers. */
static gint64
type_numbers (IpSession *session, IpRequest *request)
{
  gint64 longest = 0;

  for (guint bins = 10; bins < 30; bins++)
    {
      gint64 typed = g_get_monotonic_time ();
      gboolean waited = FALSE;

      request->parameters.value[0] = bins;
      ip_session_set_request (session, request);
      g_timeout_add (5, make_true, &waited);
      await (waited);
      longest = MAX (longest, g_get_monotonic_time () - typed);
    }

  return longest;
}

/* Twenty numbers typed one after the other are one job, for the last of them; unless the machine
 * made pauses that are longer than those of who types. */
static void
test_typing (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRequest request = *ip_session_get_request (session);

  for (guint i = 0; type_numbers (session, &request) > 100 * G_TIME_SPAN_MILLISECOND; i++)
    {
      if (i == 20)
        {
          g_test_skip ("the machine is too busy");
          return;
        }
      g_object_unref (session);
      session = open_example ();
    }
  wait_for_results (session);
  g_assert_cmpuint (count_lines (session, "to compute"), ==, 1);
  g_assert_cmpuint (count_lines (session, "Finished"), ==, 1);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));

  request.parameters.value[0] = 28;
  ip_session_set_request (session, &request);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, 0);
}

/* Paused, nothing begins; a run that is cancelled stays as it is until all are resumed. */
static void
test_pause_and_cancel_run (void)
{
  g_autoptr (IpSession) session = ip_session_new (1, 0);
  g_autofree char *path = get_example_path ();
  g_autoptr (GError) error = NULL;
  IpRunProgress progress;
  IpRun *run;

  ip_session_set_paused (session, TRUE);
  run = open_run (session, path, &error);
  g_assert_no_error (error);
  await (count_lines (session, "to compute") > 0);
  g_assert_true (ip_session_get_busy (session));
  ip_session_get_run_progress (session, run, &progress);
  g_assert_cmpuint (progress.count.n_done, ==, 0);
  g_assert_cmpuint (progress.count.n_cells, >, 0);
  g_assert_false (progress.cancelled);
  g_assert_null (progress.running);

  ip_session_cancel_run (session, run);
  wait_for_results (session);
  ip_session_get_run_progress (session, run, &progress);
  g_assert_true (progress.cancelled);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, 0);

  ip_session_resume (session);
  g_assert_false (ip_session_get_paused (session));
  wait_for_results (session);
  ip_session_get_run_progress (session, run, &progress);
  g_assert_false (progress.cancelled);
  g_assert_cmpuint (progress.count.n_done, ==, progress.count.n_cells);
}

/* A run that is cancelled leaves the other alone: its cell in flight is not begun again. */
static void
test_cancel_one_run (void)
{
  IpRequest kde = { .estimator = ip_estimator_find ("kde") }; /* takes longer than cancelling */
  g_autoptr (IpSession) session = ip_session_new (1, 0);
  g_autofree char *folder = g_dir_make_tmp ("infoplane-cancel-XXXXXX", NULL);
  g_autofree char *example = get_example_path ();
  g_autofree char *path = g_build_filename (folder, "other.h5", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (example);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  IpRunProgress one, two;
  IpRun *runs[2];
  guint n_before;

  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error));
  ip_parameters_init (&kde.parameters, kde.estimator);
  ip_session_set_request (session, &kde);
  ip_session_set_paused (session, TRUE);
  runs[0] = open_run (session, example, &error);
  g_assert_no_error (error);
  runs[1] = open_run (session, path, &error);
  g_assert_no_error (error);
  await (count_lines (session, "216 cells to compute") > 0);
  n_before = count_lines (session, "to compute");
  ip_session_set_paused (session, FALSE);
  await (ip_session_get_n_done (session) > 0);

  ip_session_cancel_run (session, runs[1]);
  g_assert_true (ip_session_get_busy (session));
  wait_for_results (session);
  ip_session_get_run_progress (session, runs[0], &one);
  ip_session_get_run_progress (session, runs[1], &two);
  g_assert_cmpuint (count_lines (session, "to compute"), ==, n_before);
  g_assert_cmpuint (one.count.n_done, ==, one.count.n_cells);
  g_assert_cmpuint (two.count.n_done, <, two.count.n_cells);
  g_assert_true (two.cancelled);
  g_assert_false (one.cancelled);
  g_assert_cmpuint (two.count.n_failed, ==, 0);

  ip_session_resume (session);
  wait_for_results (session);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));
  g_remove (path);
  g_remove (folder);
}

/* What does not fit into memory fails with its reason, and is tried anew when that is asked for. */
static void
test_retry_failed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("infoplane-retry-XXXXXX", NULL);
  g_autofree char *example = get_example_path ();
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (example);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (IpSession) session = ip_session_new (1, 1000);
  g_autoptr (GError) error = NULL;
  IpRunProgress progress;
  IpRun *run;

  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error));
  run = open_run (session, path, &error);
  g_assert_no_error (error);
  wait_for_results (session);
  ip_session_get_run_progress (session, run, &progress);
  g_assert_cmpuint (progress.count.n_failed, ==, progress.count.n_cells);
  g_assert_cmpuint (count_lines (session, "memory"), >, 0);

  ip_session_retry_failed (session);
  ip_session_get_run_progress (session, run, &progress);
  g_assert_cmpuint (progress.count.n_done, ==, 0);
  g_assert_true (ip_session_get_busy (session));
  wait_for_results (session);
  ip_session_get_run_progress (session, run, &progress);
  g_assert_cmpuint (progress.count.n_failed, ==, progress.count.n_cells);
  g_assert_cmpuint (count_lines (session, "to compute"), ==, 2);
  g_remove (path);
  g_rmdir (folder);
}

static void
test_cancel_and_resume (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRequest kde = { .estimator = ip_estimator_find ("kde") };

  ip_parameters_init (&kde.parameters, kde.estimator);
  ip_session_set_request (session, &kde);
  await (ip_session_get_n_done (session) > 0);
  ip_session_cancel (session);
  g_assert_false (ip_session_get_busy (session));
  g_assert_cmpuint (ip_session_get_n_done (session), <, ip_session_get_n_cells (session));

  ip_session_resume (session);
  wait_for_results (session);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));
}

static void
test_hidden_layers (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (session), 0);
  g_autoptr (IpFigure) figure = NULL;
  g_autoptr (IpFigure) empty = NULL;
  guint n_epochs;

  ip_run_layer_set_visible (ip_run_get_layer (run, 0), FALSE);
  figure = ip_session_create_figure (session, IP_FIGURE_PLANE);
  g_assert_cmpuint (ip_figure_get_n_tracks (figure), ==, 5);
  g_assert_cmpstr (ip_figure_get_track (figure, 0)->layer, ==, "fc2");
  g_assert_cmpuint (ip_figure_get_track (figure, 0)->user_data, ==, 1);

  ip_run_set_visible (run, FALSE);
  empty = ip_session_create_figure (session, IP_FIGURE_PLANE);
  g_assert_cmpuint (ip_figure_get_n_tracks (empty), ==, 0);
  ip_session_get_epochs (session, &n_epochs);
  g_assert_cmpuint (n_epochs, ==, 0);
  g_assert_cmpint (ip_session_get_epoch (session), ==, -1);
}

static void
test_nearest_epoch (void)
{
  g_autoptr (IpSession) session = open_example ();
  guint n_epochs;
  const gint64 *epochs = ip_session_get_epochs (session, &n_epochs);

  ip_session_set_epoch (session, epochs[3]);
  g_assert_cmpint (ip_session_get_epoch (session), ==, epochs[3]);
  ip_session_set_epoch (session, G_MAXINT64);
  g_assert_cmpint (ip_session_get_epoch (session), ==, epochs[n_epochs - 1]);
  ip_session_set_epoch (session, -5);
  g_assert_cmpint (ip_session_get_epoch (session), ==, epochs[0]);
}

static void
test_same_file_and_same_name (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autofree char *path = get_example_path ();
  g_autofree char *folder = g_dir_make_tmp ("infoplane-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (folder, EXAMPLE_NAME, NULL);
  g_autoptr (GFile) source = g_file_new_for_path (path);
  g_autoptr (GFile) target = g_file_new_for_path (copy);
  g_autoptr (GError) error = NULL;
  IpRun *first, *second;

  first = open_run (session, path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 1);

  g_assert_true (g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &error));
  second = open_run (session, copy, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 2);
  g_assert_cmpstr (ip_run_get_name (first), !=, ip_run_get_name (second));

  ip_session_close_run (session, second);
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 1);
  g_remove (copy);
  g_rmdir (folder);
}

static void
test_broken_file (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int descriptor = g_file_open_tmp ("broken-XXXXXX.h5", &path, NULL);

  g_close (descriptor, NULL);
  g_assert_null (open_run (session, path, &error));
  g_assert_error (error, IP_READER_ERROR, IP_READER_ERROR_NOT_HDF5);
  g_assert_nonnull (strstr (error->message, "broken-"));
  g_assert_cmpuint (g_list_model_get_n_items (ip_session_get_runs (session)), ==, 1);
  g_remove (path);
}

/* A file that grows while it is open: new epochs are estimated, known ones kept, the view stays. */
static void
test_live (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = g_build_filename (directory, "live.h5", NULL);
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (GError) error = NULL;
  const gint64 *epochs;
  guint n_epochs;
  Writer writer;
  IpRun *run;

  start_writer (&writer, path);
  make_grow (&writer, 0);
  make_grow (&writer, 1);
  ip_session_set_live (session, TRUE);
  run = open_run (session, path, &error);
  g_assert_no_error (error);
  wait_for_results (session);
  ip_run_layer_set_style (ip_run_get_layer (run, 1), 6);
  ip_session_set_epoch (session, 0);

  make_grow (&writer, 2);
  await ((epochs = ip_session_get_epochs (session, &n_epochs)) != NULL && n_epochs >= 3);
  g_assert_cmpint (epochs[2], ==, 20);
  g_assert_cmpint (ip_session_get_epoch (session), ==, 0);
  g_assert_cmpuint (ip_run_layer_get_style (ip_run_get_layer (run, 1)), ==, 6);
  wait_for_results (session);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));

  /* Who looks at the last epoch goes on looking at the last one. */
  ip_session_set_epoch (session, 20);
  make_grow (&writer, 3);
  await (ip_session_get_epoch (session) == 30);
  wait_for_results (session);
  g_assert_cmpuint (ip_session_get_n_done (session), ==, ip_session_get_n_cells (session));

  stop_writer (&writer);
  remove_directory (directory);
}

static void
test_verdicts (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (GPtrArray) verdicts = ip_session_get_verdicts (session);
  const IpVerdict *verdict;

  g_assert_cmpuint (verdicts->len, >, 0);
  verdict = verdicts->pdata[0];
  g_assert_true (verdict->warning);
  g_assert_cmpstr (verdict->title, ==, "Saturated: fc1, fc2"); /* fc3 is 4 % below the ceiling */
}

/* Verdicts on several runs go by layer, with the number of runs where these differ. */
static void
test_verdicts_of_runs (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  const IpRequest *request = ip_session_get_request (session);
  g_autoptr (GPtrArray) verdicts = NULL;
  g_autoptr (GPtrArray) mended = NULL;
  g_autoptr (IpRun) run = NULL;
  IpEstimate estimate = { 0 };

  open_kind (session, directory, "seed-0", "a");
  open_kind (session, directory, "seed-1", "b");
  wait_for_results (session);
  ip_session_set_epoch (session, 0);
  verdicts = ip_session_get_verdicts (session);
  g_assert_cmpstr (((IpVerdict *) verdicts->pdata[0])->title, ==, "Saturated: zeta, alpha");

  run = g_list_model_get_item (ip_session_get_runs (session), 1);
  memcpy (&estimate, ip_run_get_estimates (run, request)[0], offsetof (IpEstimate, spectrum));
  for (guint i = 0; i < estimate.n_values; i++)
    estimate.values[i].flags = 0;
  ip_run_set_estimate (run, request, 0, 0, &estimate);
  mended = ip_session_get_verdicts (session);
  g_assert_cmpstr (((IpVerdict *) mended->pdata[0])->title, ==,
                   "Saturated: zeta (1 of 2 runs), alpha");
}

/* The second layer at epoch 0, in nats, with this error. */
static void
set_information (IpSession *session, guint run_number, double mi_xt, double error)
{
  IpRun *run = ip_session_get_run (session, run_number);
  const IpRequest *request = ip_session_get_request (session);
  guint n_epochs;
  IpEstimate estimate = { 0 };

  ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  /* What is known of an estimate without a spectrum ends there. */
  memcpy (&estimate, ip_run_get_estimates (run, request)[n_epochs],
          offsetof (IpEstimate, spectrum));
  for (guint i = 0; i < estimate.n_values; i++)
    if (estimate.values[i].quantity == IP_QUANTITY_MI_XT)
      estimate.values[i] = (IpValue){ .quantity = IP_QUANTITY_MI_XT, .value = mi_xt,
                                      .lower = NAN, .upper = NAN, .error = error };
  ip_run_set_estimate (run, request, 1, 0, &estimate);
}

static void
check_descent (IpSession *session, gboolean warning, const char *title, const char *text)
{
  g_autoptr (GPtrArray) verdicts = ip_session_get_verdicts (session);
  const IpVerdict *found = NULL;

  for (guint i = 0; i < verdicts->len; i++)
    if (g_str_has_prefix (((IpVerdict *) verdicts->pdata[i])->title, "Data processing"))
      found = verdicts->pdata[i];
  g_assert_nonnull (found);
  g_assert_cmpint (found->warning, ==, warning);
  g_assert_cmpstr (found->title, ==, title);
  g_assert_cmpstr (found->text, ==, text);
  g_assert_nonnull (strstr (found->explanation, "bias"));
}

/* A layer that knows more than the one before it, by more than the error, is named with how much
 * more. */
static void
test_verdict_on_data_processing (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  const IpEstimate *first;
  double mi_xt;

  open_kind (session, directory, "seed-0", "a");
  wait_for_results (session);
  ip_session_set_epoch (session, 0);
  check_descent (session, FALSE, "Data processing: no violations",
                 "Information does not rise from layer to layer");

  first = ip_run_get_estimates (ip_session_get_run (session, 0),
                                ip_session_get_request (session))[0];
  mi_xt = first->values[0].value;
  g_assert_cmpint (first->values[0].quantity, ==, IP_QUANTITY_MI_XT);
  set_information (session, 0, mi_xt + 1.5 * G_LN2, NAN);
  check_descent (session, TRUE, "Data processing: 1 violation",
                 "Largest: I(X;T) rises by 1.5 bits from zeta to alpha");
  ip_session_set_in_bits (session, FALSE);
  check_descent (session, TRUE, "Data processing: 1 violation",
                 "Largest: I(X;T) rises by 1.04 nats from zeta to alpha");
  set_information (session, 0, mi_xt + 1, 1.5);
  check_descent (session, FALSE, "Data processing: no violations",
                 "Information does not rise from layer to layer");

  open_kind (session, directory, "seed-1", "b");
  wait_for_results (session);
  set_information (session, 0, mi_xt + 0.25, NAN);
  set_information (session, 1, mi_xt + 3, NAN);
  check_descent (session, TRUE, "Data processing: 2 violations",
                 "Largest: I(X;T) rises by 3 nats from zeta to alpha in b");
  ip_run_set_visible (ip_session_get_run (session, 1), FALSE);
  check_descent (session, TRUE, "Data processing: 1 violation",
                 "Largest: I(X;T) rises by 0.25 nat from zeta to alpha in a");
}

static void
test_numbers (void)
{
  g_autoptr (IpSession) session = open_example ();
  g_autoptr (GBytes) bytes = ip_session_export_numbers (session, FALSE);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  guint n_quantities = ip_session_get_request (session)->estimator->n_quantities;

  g_assert_cmpuint (g_strv_length (lines), ==,
                    1 + ip_session_get_n_cells (session) * n_quantities);
}

static guint
count_matches (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, part)) != NULL; at++)
    n++;
  return n;
}

/* Of every quantity, layer and epoch there is a mean, with its band and the number of runs. */
static void
test_numbers_of_means (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  const IpRequest *request = ip_session_get_request (session);
  g_autoptr (GArray) none = NULL;
  g_autoptr (GArray) means = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  const IpEstimate *of_runs[2];
  const IpMean *first;
  double a, b;

  open_kind (session, directory, "seed-0", "a");
  open_kind (session, directory, "seed-1", "b");
  wait_for_results (session);
  none = ip_session_list_means (session);
  g_assert_cmpuint (none->len, ==, 0);

  ip_session_set_group_by (session, IP_GROUP_REPEATS);
  ip_session_set_display (session, IP_DISPLAY_BAND, IP_BAND_RANGE);
  means = ip_session_list_means (session);
  g_assert_cmpuint (means->len, ==,
                    ip_session_get_n_cells (session) / 2 * request->estimator->n_quantities);
  first = &g_array_index (means, IpMean, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (session), i);

      of_runs[i] = ip_run_get_estimates (run, request)[0];
    }
  a = of_runs[0]->values[0].value;
  b = of_runs[1]->values[0].value;
  g_assert_cmpuint (first->n_runs, ==, 2);
  g_assert_cmpint (first->value.quantity, ==, of_runs[0]->values[0].quantity);
  g_assert_cmpfloat_with_epsilon (first->value.value, (a + b) / 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (first->value.lower, MIN (a, b), 1e-12);
  g_assert_cmpfloat_with_epsilon (first->value.upper, MAX (a, b), 1e-12);

  bytes = ip_session_export_numbers (session, FALSE);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpuint (count_matches (text, ",,,,mean;runs=2;band=range\n"), ==, means->len);
}

static char *
export_text (IpSession *session)
{
  g_autoptr (GBytes) bytes = ip_session_export_numbers (session, FALSE);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A comparison and the axes of trajectories have their numbers beside those of the request: of each
 * layer and epoch, and the means of runs likewise. */
static void
test_numbers_of_axes (void)
{
  g_autoptr (IpSession) session = open_example ();
  IpRun *run = ip_session_get_run (session, 0);
  guint n_cells = ip_session_get_n_cells (session);
  IpRequest others[] = { create_request (session, 80), { ip_estimator_find ("gradient") },
                         create_request (session, 80) };
  g_autofree char *alone = export_text (session);
  g_autofree char *row = NULL;
  g_autofree char *both = NULL;
  g_autofree char *with_recorded = NULL;
  char number[IP_NUMBER_SIZE];

  ip_parameters_init (&others[1].parameters, others[1].estimator);
  g_assert_null (strstr (alone, "bins=80"));
  ip_session_set_comparisons (session, others, G_N_ELEMENTS (others));
  wait_for_results (session);
  both = export_text (session);
  g_assert_cmpuint (count_matches (both, ",mi_xt,"), ==, 2 * n_cells);
  g_assert_cmpuint (count_matches (both, ",gradient,,snr,"), ==, n_cells);
  g_assert_null (strstr (both, "test_acc"));

  ip_session_set_quantity (session, IP_SHOWN_ON_X, IP_QUANTITY_TEST_ACCURACY);
  ip_session_set_quantity (session, IP_SHOWN_ON_Y, IP_QUANTITY_SNR);
  with_recorded = export_text (session);
  g_assert_cmpuint (count_matches (with_recorded, ",recorded,,test_acc,"), ==, n_cells);
  ip_number_format (ip_session_get_recorded (run, 0, IP_QUANTITY_TEST_ACCURACY), number);
  row = g_strdup_printf (",0,0,recorded,,test_acc,%s,,,,,1,,,,\n", number);
  g_assert_nonnull (strstr (with_recorded, row));
}

static void
test_numbers_of_compared_means (void)
{
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autofree char *directory = make_directory ();
  IpRequest other;
  g_autoptr (GArray) means = NULL;
  g_autofree char *text = NULL;
  guint n_quantities;

  open_kind (session, directory, "seed-0", "a");
  open_kind (session, directory, "seed-1", "b");
  other = create_request (session, 80);
  n_quantities = other.estimator->n_quantities;
  ip_session_set_comparisons (session, &other, 1);
  ip_session_set_group_by (session, IP_GROUP_REPEATS);
  wait_for_results (session);
  means = ip_session_list_means (session);
  g_assert_cmpuint (means->len, >, 0);
  g_assert_cmpuint (means->len % (2 * n_quantities), ==, 0);
  for (guint i = 0; i < means->len; i++) /* those of one place stand together */
    g_assert_cmpuint (g_array_index (means, IpMean, i).request, ==, i / n_quantities % 2);
  text = export_text (session);
  g_assert_cmpuint (count_matches (text, ",,,,mean;runs=2;band=std\n"), ==, means->len);
}

/* A sweep exports what it shows, at the selected epoch. */
static void
test_numbers_of_sweep (void)
{
  g_autoptr (IpSession) session = open_example ();
  const double bins[] = { 10, 30, 80 };
  guint n_layers = ip_dump_get_n_layers (ip_run_get_dump (ip_session_get_run (session, 0)));
  gint64 epoch = ip_session_get_epoch (session);
  g_autofree char *at_epoch = g_strdup_printf (",%" G_GINT64_FORMAT ",bins-uniform,", epoch);
  g_autofree char *text = NULL;
  guint n_quantities = ip_session_get_request (session)->estimator->n_quantities;

  ip_session_set_sweep (session, 0, bins, G_N_ELEMENTS (bins));
  ip_session_set_view (session, "sweep");
  await (ip_session_is_sweep_known (session));
  text = export_text (session);
  g_assert_cmpuint (count_matches (text, "\n"), ==,
                    1 + n_layers * G_N_ELEMENTS (bins) * n_quantities);
  g_assert_cmpuint (count_matches (text, at_epoch), ==,
                    n_layers * G_N_ELEMENTS (bins) * n_quantities);
  g_assert_cmpuint (count_matches (text, "bins=80"), ==, n_layers * n_quantities);
}

static gpointer
draw_frozen (gpointer session)
{
  return ip_session_create_figure (session, IP_FIGURE_PLANE);
}

/* Another thread makes a figure of the session as it was, while everything in it changes. */
static void
test_freeze (void)
{
  g_autofree char *path = get_example_path ();
  g_autoptr (IpSession) session = ip_session_new (0, 0);
  g_autoptr (GError) error = NULL;
  IpRun *run = open_run (session, path, &error);
  g_autoptr (IpSession) frozen = NULL;
  g_autoptr (IpFigure) before = NULL;
  g_autoptr (IpFigure) made = NULL;
  GThread *thread;
  IpEstimate other;

  g_assert_no_error (error);
  wait_for_results (session);
  before = ip_session_create_figure (session, IP_FIGURE_PLANE);
  frozen = ip_session_freeze (session);
  g_assert_false (ip_session_get_busy (frozen));
  thread = g_thread_new ("draw", draw_frozen, frozen);

  other = (IpEstimate){ .n = 1, .n_values = 1 };
  other.values[0] = (IpValue){ IP_QUANTITY_MI_XT, 99, NAN, NAN, NAN, NAN, 0 };
  for (guint layer = 0; layer < 3; layer++)
    for (guint snapshot = 0; snapshot < 10; snapshot++)
      ip_run_set_estimate (run, ip_session_get_request (session), layer, snapshot, &other);
  ip_run_layer_set_visible (ip_run_get_layer (run, 0), FALSE);
  ip_session_set_in_bits (session, FALSE);
  made = g_thread_join (thread);

  g_assert_cmpuint (ip_figure_get_n_tracks (made), ==, ip_figure_get_n_tracks (before));
  for (guint i = 0; i < ip_figure_get_n_tracks (made); i++)
    {
      const IpTrack *one = ip_figure_get_track (made, i);
      const IpTrack *two = ip_figure_get_track (before, i);

      g_assert_cmpstr (one->layer, ==, two->layer);
      g_assert_cmpuint (one->n_points, ==, two->n_points);
      for (guint k = 0; k < one->n_points; k++)
        g_assert_cmpfloat (one->points[k].x.value, ==, two->points[k].x.value);
    }
  g_assert_cmpfloat (ip_run_get_estimates (run, ip_session_get_request (session))[0]
                       ->values[0].value, ==, 99);
  wait_for_results (session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/average", test_average);
  g_test_add_func ("/session/student", test_student);
  g_test_add_func ("/session/groups", test_groups);
  g_test_add_func ("/session/numbers-of-means", test_numbers_of_means);
  g_test_add_func ("/session/no-snapshots", test_no_snapshots);
  g_test_add_func ("/session/numbers-of-axes", test_numbers_of_axes);
  g_test_add_func ("/session/numbers-of-compared-means", test_numbers_of_compared_means);
  g_test_add_func ("/session/numbers-of-sweep", test_numbers_of_sweep);
  g_test_add_func ("/session/selected-in-mean", test_selected_in_mean);
  g_test_add_func ("/session/too-many-panels", test_too_many_panels);
  g_test_add_func ("/session/sweep", test_sweep);
  g_test_add_func ("/session/comparisons", test_comparisons);
  g_test_add_func ("/session/provenance-of-comparisons", test_provenance_of_comparisons);
  g_test_add_func ("/session/any-axes", test_any_axes);
  g_test_add_func ("/session/blur", test_blur);
  g_test_add_func ("/session/spectrum-entropy", test_spectrum_entropy);
  g_test_add_func ("/session/display-ids", test_display_ids);
  g_test_add_func ("/session/plane-of-example", test_plane_of_example);
  g_test_add_func ("/session/example-compresses", test_example_compresses);
  g_test_add_func ("/session/nats", test_nats);
  g_test_add_func ("/session/map", test_map);
  g_test_add_func ("/session/trajectories", test_trajectories);
  g_test_add_func ("/session/spectrum", test_spectrum);
  g_test_add_func ("/session/request-supersedes", test_request_supersedes);
  g_test_add_func ("/session/typing", test_typing);
  g_test_add_func ("/session/pause-and-cancel-run", test_pause_and_cancel_run);
  g_test_add_func ("/session/cancel-one-run", test_cancel_one_run);
  g_test_add_func ("/session/retry-failed", test_retry_failed);
  g_test_add_func ("/session/cancel-and-resume", test_cancel_and_resume);
  g_test_add_func ("/session/hidden-layers", test_hidden_layers);
  g_test_add_func ("/session/nearest-epoch", test_nearest_epoch);
  g_test_add_func ("/session/same-file-and-same-name", test_same_file_and_same_name);
  g_test_add_func ("/session/broken-file", test_broken_file);
  g_test_add_func ("/session/live", test_live);
  g_test_add_func ("/session/verdicts", test_verdicts);
  g_test_add_func ("/session/verdicts-of-runs", test_verdicts_of_runs);
  g_test_add_func ("/session/verdict-on-data-processing", test_verdict_on_data_processing);
  g_test_add_func ("/session/numbers", test_numbers);
  g_test_add_func ("/session/freeze", test_freeze);

  return g_test_run ();
}
