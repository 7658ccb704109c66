/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-command.h"
#include "ip-plot-options.h"

#include "ip-recipe.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <inttypes.h>

/* The plot command: a session of the files, run to its end and exported.  It is the window's
 * figure, drawn by the same code. */

typedef struct
{
  IpPlotOptions options;
  IpSession *session;
  GMainLoop *loop;
  guint n_failed;
  gboolean restoring;
  gboolean wrong_choice; /* of layers or epochs */
  gboolean has_epoch;    /* the epoch to mark is among those that are chosen */
  gboolean interrupted;
} Plot;

static void
select_layers (Plot *self, IpRun *run)
{
  g_autofree gboolean *wanted
    = ip_options_select_layers (&self->options.common, ip_run_get_dump (run));
  guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (run));

  self->wrong_choice |= wanted == NULL;
  for (guint i = 0; wanted != NULL && i < n_layers; i++)
    ip_run_layer_set_visible (ip_run_get_layer (run, i), wanted[i]);
}

/* The last of the epochs is marked when no other one is. */
static void
select_epochs (Plot *self, IpRun *run)
{
  IpDump *dump = ip_run_get_dump (run);
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  g_autofree gboolean *wanted = NULL;

  if (self->options.common.epochs == NULL)
    return;

  wanted = ip_options_select_snapshots (&self->options.common, dump);
  self->wrong_choice |= wanted == NULL;
  if (wanted == NULL)
    return;

  ip_run_choose_snapshots (run, wanted);
  for (guint i = 0; i < n_epochs; i++)
    if (wanted[i])
      {
        ip_session_set_epoch (self->session, epochs[i]);
        self->has_epoch |= epochs[i] == self->options.epoch;
      }
}

/* There are no numbers of other epochs. */
static void
check_epoch (Plot *self)
{
  if (self->wrong_choice || self->has_epoch || self->options.epoch < 0
      || self->options.common.epochs == NULL
      || g_list_model_get_n_items (ip_session_get_runs (self->session)) == 0)
    return;

  g_printerr (_("--epoch %" PRId64 " is not among --epochs %s\n"), self->options.epoch,
              self->options.common.epochs);
  self->wrong_choice = TRUE;
}

static void
quit_when_ready (Plot *self)
{
  gboolean has_all
    = self->options.kind == IP_FIGURE_SWEEP && ip_session_is_sweep_known (self->session);

  if (!self->restoring && (has_all || !ip_session_get_busy (self->session)))
    g_main_loop_quit (self->loop);
}

static void
open_dumps (Plot *self)
{
  g_autoptr (GPtrArray) files = ip_options_list_files (&self->options.common);

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (IpDump) dump
        = ip_options_open_dump (&self->options.common, files->pdata[i], &error);

      if (dump != NULL)
        {
          IpRun *run = ip_session_open_dump (self->session, dump);

          select_layers (self, run);
          select_epochs (self, run);
          continue;
        }
      self->n_failed++;
      g_printerr ("%s\n", error->message);
    }
}

static gboolean
interrupt_cb (gpointer data)
{
  Plot *self = data;

  self->interrupted = TRUE;
  g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

static void
choose_quantities (Plot *self)
{
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    {
      IpQuantity quantity;

      if (self->options.quantities[where] != NULL
          && ip_quantity_from_id (self->options.quantities[where], &quantity))
        ip_session_set_quantity (self->session, where, quantity);
    }
}

static void
choose_displays (Plot *self)
{
  if (self->options.group_by != NULL)
    ip_session_set_group_by (self->session, self->options.group_by);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    {
      const char *choices;
      int value;

      if (self->options.displays[which] != NULL
          && ip_display_parse (which, self->options.displays[which], &value, &choices))
        ip_session_set_display (self->session, which, value);
    }
}

/* What the options say over what is so by itself, or in the session. */
static void
set_up_session (Plot *self)
{
  const IpPlotOptions *options = &self->options;
  IpRequest *requests = (IpRequest *) options->common.requests->data;
  guint n_requests = options->common.requests->len;

  ip_session_set_in_bits (self->session, options->common.in_bits);
  if (options->scale != NULL)
    ip_session_set_epoch_scale (self->session, g_str_equal (options->scale, "linear")
                                                 ? IP_SCALE_LINEAR
                                                 : IP_SCALE_LOG);
  if (options->common.estimators != NULL || options->common.session == NULL)
    ip_session_set_request (self->session, requests);
  choose_quantities (self);
  choose_displays (self);
  if (n_requests > 1)
    ip_session_set_comparisons (self->session, requests + 1, n_requests - 1);
  ip_session_set_view (self->session, ip_session_get_view_name (options->kind));
  if (options->sweep_values != NULL)
    ip_session_set_sweep (self->session, options->sweep_parameter,
                          (const double *) (gpointer) options->sweep_values->data,
                          options->sweep_values->len);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Plot *self = data;
  g_autoptr (GPtrArray) notices = ip_session_restore_finish (self->session, result, NULL);
  GListModel *runs = ip_session_get_runs (self->session);

  for (guint i = 0; notices != NULL && i < notices->len; i++)
    g_printerr ("%s\n", (const char *) notices->pdata[i]);
  self->n_failed
    += ip_session_file_get_n_runs (self->options.common.session) - g_list_model_get_n_items (runs);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      if (self->options.common.layers != NULL)
        select_layers (self, run);
      select_epochs (self, run);
    }
  check_epoch (self);
  set_up_session (self);
  self->restoring = FALSE;
  quit_when_ready (self);
}

static void
restore (Plot *self)
{
  self->restoring = TRUE;
  ip_session_restore_async (self->session, self->options.common.session, NULL, NULL, restored_cb,
                            self);
  g_main_loop_run (self->loop);
}

static void
open_and_estimate (Plot *self)
{
  g_autoptr (IpStore) store = ip_options_open_store (&self->options.common);
  guint interrupt = g_unix_signal_add (SIGINT, interrupt_cb, self);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->session = ip_session_new (self->options.common.threads, self->options.common.memory);
  ip_session_set_store (self->session, store);
  g_signal_connect_swapped (self->session, "notify::busy", G_CALLBACK (quit_when_ready), self);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (quit_when_ready), self);

  if (self->options.common.session != NULL)
    {
      restore (self);
    }
  else
    {
      set_up_session (self);
      open_dumps (self);
      check_epoch (self);
      if (self->options.epoch >= 0)
        ip_session_set_epoch (self->session, self->options.epoch);
      if (ip_session_get_busy (self->session) && !self->wrong_choice)
        g_main_loop_run (self->loop);
    }
  g_source_remove (interrupt);
  ip_options_report_store (&self->options.common, store);
}

/* The recorded epoch that is nearest to the one asked for, −1 when none was. */
static gint64
find_epoch (Plot *self)
{
  gint64 epoch;

  if (self->options.epoch < 0)
    return -1;
  ip_session_set_epoch (self->session, self->options.epoch);
  epoch = ip_session_get_epoch (self->session);
  if (epoch != self->options.epoch)
    g_printerr (_("Epoch %" PRId64 " was not recorded; the nearest is %" PRId64
                  "\n"),
                self->options.epoch, epoch);

  return epoch;
}

/* How to make it again, for the metadata of the file. */
static char *
describe_figure (Plot *self)
{
  g_autofree char *name = g_path_get_basename (self->options.common.output);

  ip_session_set_length (self->session, IP_LENGTH_FIGURE_WIDTH, self->options.width_pt);
  ip_session_set_length (self->session, IP_LENGTH_FIGURE_HEIGHT, self->options.height_pt);
  ip_session_set_length (self->session, IP_LENGTH_FONT_SIZE, self->options.theme.size);

  return ip_recipe_of_figure (self->session, self->options.kind, name, IP_RECIPE_METADATA);
}

static IpExit
export (Plot *self)
{
  const IpPlotOptions *options = &self->options;
  IpSessionFile *saved = options->common.session;
  gint64 epoch = find_epoch (self);
  g_autoptr (IpFigure) figure = ip_session_create_figure (self->session, options->kind);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (options->common.output);
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  g_autofree char *subject = NULL;
  IpExportOptions how = { options->width_pt, options->height_pt, options->dpi };
  IpView limits;

  if (ip_figure_get_message (figure) != NULL)
    {
      ip_plot_fail ("%s", ip_figure_get_message (figure));
      return IP_EXIT_INCOMPLETE;
    }
  if (saved == NULL || options->epoch >= 0)
    ip_figure_set_selected_epoch (figure, epoch);
  if (saved != NULL)
    {
      ip_session_get_limits (self->session, options->kind, &limits);
      ip_figure_set_view (figure, &limits);
    }
  title = g_path_get_basename (options->common.files != NULL ? options->common.files[0]
                                                             : options->common.session_path);
  subject = describe_figure (self);
  how.title = title;
  how.subject = subject;
  if (ip_export_figure (figure, &options->theme, file, options->format, &how, NULL, &error))
    return IP_EXIT_DONE;

  g_printerr ("%s\n", error->message);

  return IP_EXIT_OUTPUT;
}

/* Of what training may have recorded, the options cannot know what it did. */
static gboolean
check_recorded (Plot *self)
{
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    if (self->options.quantities[where] != NULL
        && ip_session_get_quantity (self->session, where) == IP_N_QUANTITIES)
      return ip_plot_fail (_("%s: training recorded no %s"),
                           ip_plot_options_get_quantity_option (where),
                           self->options.quantities[where]);

  return TRUE;
}

static IpExit
plot (Plot *self)
{
  IpExit status;

  open_and_estimate (self);
  if (self->interrupted)
    return IP_EXIT_INTERRUPTED;
  if (self->wrong_choice)
    return IP_EXIT_USAGE;
  if (g_list_model_get_n_items (ip_session_get_runs (self->session)) == 0)
    return IP_EXIT_INPUT;
  if (!check_recorded (self))
    return IP_EXIT_INPUT;
  if (self->options.as_table)
    {
      g_autoptr (GBytes) table = ip_session_export_numbers (self->session, FALSE);

      status = ip_write_output (self->options.common.output, table);
    }
  else
    {
      status = export (self);
    }

  return status == IP_EXIT_DONE && self->n_failed > 0 ? IP_EXIT_INPUT : status;
}

IpExit
ip_command_plot (int argc, char **argv)
{
  Plot self = { 0 };
  IpExit status;

  if (ip_plot_options_parse (&self.options, argc, argv, &status))
    status = plot (&self);

  g_clear_object (&self.session);
  g_clear_pointer (&self.loop, g_main_loop_unref);
  ip_plot_options_clear (&self.options);
  return status;
}
