/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* How long the window does not answer: bench-window [RUNS]
 *
 * A window opens RUNS (100) dumps of 10 layers and 100 epochs and shows 10 estimators: a million
 * cells.  While these are computed, and while pages, epochs and layers are then looked at, the time
 * between two polls of the main loop is taken: nothing the user does is noticed meanwhile.  One
 * line per phase: seconds, the longest of these times, and how many were beyond a frame and beyond
 * what is felt. */

#include "config.h"

#include "ip-application.h"
#include "ip-jobs-panel.h"
#include "ip-window.h"

#include <glib/gstdio.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYERS 10
#define EPOCHS 100
#define SAMPLES 32
#define UNITS 2
#define FRAME 0.016 /* seconds */
#define FELT 0.1

static void
put_attribute (hid_t object, const char *name, const char *text)
{
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t type = H5Tcopy (H5T_C_S1);
  hid_t attribute;

  H5Tset_size (type, strlen (text));
  attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite (attribute, type, text);
  H5Aclose (attribute);
  H5Tclose (type);
  H5Sclose (space);
}

static void
put_version (hid_t file)
{
  const int version = 1;
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t attribute
    = H5Acreate2 (file, "version", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT);

  H5Awrite (attribute, H5T_NATIVE_INT, &version);
  H5Aclose (attribute);
  H5Sclose (space);
}

static void
put_numbers (hid_t file, const char *path, hid_t type, int rank, const hsize_t *shape,
             const void *numbers)
{
  hid_t space = H5Screate_simple (rank, shape, NULL);
  hid_t links = H5Pcreate (H5P_LINK_CREATE);
  hid_t dataset;

  H5Pset_create_intermediate_group (links, 1);
  dataset = H5Dcreate2 (file, path, type, space, links, H5P_DEFAULT, H5P_DEFAULT);
  if (H5Dwrite (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) < 0)
    g_error ("%s cannot be written", path);
  H5Dclose (dataset);
  H5Pclose (links);
  H5Sclose (space);
}

static void
make_run (const char *path, guint seed)
{
  static float activations[EPOCHS][SAMPLES][UNITS];
  static gint64 epochs[EPOCHS], labels[SAMPLES];
  g_autofree char *text = g_strdup_printf ("%u", seed);
  g_autoptr (GRand) noise = g_rand_new_with_seed (seed);
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t run = H5Gcreate2 (file, "run", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  put_attribute (file, "format", "infoplane-dump");
  put_version (file);
  put_attribute (run, "seed", text);
  H5Gclose (run);
  for (guint i = 0; i < EPOCHS; i++)
    epochs[i] = i;
  for (guint i = 0; i < SAMPLES; i++)
    labels[i] = i % 2;
  put_numbers (file, "epochs", H5T_NATIVE_INT64, 1, (hsize_t[]) { EPOCHS }, epochs);
  put_numbers (file, "labels", H5T_NATIVE_INT64, 1, (hsize_t[]) { SAMPLES }, labels);
  for (guint layer = 0; layer < LAYERS; layer++)
    {
      g_autofree char *name = g_strdup_printf ("layers/fc%02u/activations", layer + 1);

      for (guint i = 0; i < EPOCHS; i++)
        for (guint n = 0; n < SAMPLES; n++)
          for (guint unit = 0; unit < UNITS; unit++)
            activations[i][n][unit] = (float) (g_rand_double (noise)
                                               + (double) (labels[n] * i) / EPOCHS);
      put_numbers (file, name, H5T_NATIVE_FLOAT, 3, (hsize_t[]) { EPOCHS, SAMPLES, UNITS },
                   activations);
    }
  H5Fclose (file);
}

/* The main loop */

static struct
{
  gint64 begun; /* when the last poll returned, 0 before the first */
  double longest;
  guint n_beyond_frame;
  guint n_felt;
} loop;

static int
poll_cb (GPollFD *descriptors, guint n, int timeout)
{
  double seconds = (double) (g_get_monotonic_time () - loop.begun) / G_USEC_PER_SEC;
  int ready;

  if (loop.begun != 0)
    {
      loop.longest = MAX (loop.longest, seconds);
      loop.n_beyond_frame += seconds > FRAME;
      loop.n_felt += seconds > FELT;
    }
  ready = g_poll (descriptors, n, timeout);
  loop.begun = g_get_monotonic_time ();

  return ready;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
report (const char *phase, gint64 start)
{
  printf ("%-44s %8.2f %10.1f %8u %8u\n", phase,
          (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC, loop.longest * 1e3,
          loop.n_beyond_frame, loop.n_felt);
  fflush (stdout);
  memset (&loop, 0, sizeof loop);
}

/* Until all is computed and drawn, and for a second at least. */
static void
settle (const char *phase, IpWindow *window, guint n_runs)
{
  GListModel *runs = ip_session_get_runs (ip_window_get_session (window));
  gint64 start = g_get_monotonic_time ();
  guint wake = g_timeout_add (20, wake_cb, NULL);

  while (!ip_window_is_idle (window) || g_list_model_get_n_items (runs) < n_runs
         || g_get_monotonic_time () < start + G_USEC_PER_SEC)
    g_main_context_iteration (NULL, TRUE);
  g_main_context_iteration (NULL, FALSE); /* the poll that ends the last one */
  g_source_remove (wake);
  report (phase, start);
}

static GtkWidget *
find_widget (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_widget (child, type);

  return found;
}

static void
show_page (IpWindow *window, const char *page)
{
  g_action_group_change_action_state (G_ACTION_GROUP (window), "view", g_variant_new_string (page));
}

static void
add_comparisons (IpSession *session)
{
  const IpEstimator *estimator = ip_session_get_request (session)->estimator;
  IpRequest requests[9];

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      requests[i] = (IpRequest){ .estimator = estimator };
      ip_parameters_init (&requests[i].parameters, estimator);
      requests[i].parameters.value[0] = 3 + i;
    }
  ip_session_set_comparisons (session, requests, G_N_ELEMENTS (requests));
}

static void
look_around (IpWindow *window, guint n_runs)
{
  static const char *const pages[]
    = { "plane", "epochs", "trajectories", "spectrum", "map", "sweep", "table" };
  IpSession *session = ip_window_get_session (window);
  g_autoptr (IpRun) run = g_list_model_get_item (ip_session_get_runs (session), 0);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      show_page (window, pages[i]);
      settle (pages[i], window, n_runs);
      ip_session_set_epoch (session, 50 + i);
      settle ("  another epoch", window, n_runs);
      ip_run_layer_set_visible (ip_run_get_layer (run, 3), i % 2);
      settle ("  another layer shown or hidden", window, n_runs);
    }
}

static void
measure (IpApplication *application, const char *folder, guint n_runs)
{
  IpWindow *window = ip_window_new (application);
  g_autoptr (GFile) place = g_file_new_for_path (folder);
  GtkWidget *panel = find_widget (GTK_WIDGET (window), IP_TYPE_JOBS_PANEL);
  GtkWidget *popover = gtk_widget_get_ancestor (panel, GTK_TYPE_POPOVER);

  gtk_window_present (GTK_WINDOW (window));
  settle ("an empty window", window, 0);
  ip_window_open (window, &place, 1);
  settle ("runs are opened, one estimator", window, n_runs);
  add_comparisons (ip_window_get_session (window));
  settle ("nine more estimators", window, n_runs);
  look_around (window, n_runs);
  gtk_popover_popup (GTK_POPOVER (popover));
  settle ("panel of jobs", window, n_runs);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  guint n_runs = argc > 1 ? (guint) atoi (argv[1]) : 100;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("infoplane-bench-XXXXXX", &error);
  IpApplication *application;

  if (folder == NULL)
    g_error ("%s", error->message);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  for (guint i = 0; i < n_runs; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%03u.h5", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      make_run (path, i);
    }

  application = ip_application_new ();
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (G_APPLICATION (application), NULL, &error))
    g_error ("%s", error->message);
  printf ("%-44s %8s %10s %8s %8s\n", "", "seconds", "longest ms", "> 16 ms", "> 100 ms");
  g_main_context_set_poll_func (NULL, poll_cb);
  measure (application, folder, n_runs);
  remove_tree (folder);

  return 0;
}
