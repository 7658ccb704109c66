/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-options.h"

#include "ip-export.h"
#include "ip-recipe.h"
#include "ip-session.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The plot command: a session of the files, run to its end and exported.  It is the window's
 * figure, drawn by the same code. */

typedef struct
{
  IpOptions options;
  char *figure;
  char *width;
  char *height;
  char *font;
  char *font_size;
  char *style;
  char *scale;
  char *quantities[IP_N_SHOWN];
  char *group_by;
  char *sweep;
  char *displays[IP_N_DISPLAYS];
  double dpi;
  gint64 epoch;

  IpFigureKind kind;
  IpExportFormat format;
  gboolean as_table;
  IpTheme theme;
  double width_pt;
  double height_pt;

  IpSession *session;
  GMainLoop *loop;
  guint n_failed;
  guint sweep_parameter;
  GArray *sweep_values; /* double */
  gboolean restoring;
  gboolean wrong_layers;
  gboolean interrupted;
} Plot;

static gboolean fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

static gboolean
fail (const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("infoplane-cli plot: %s\n", message);

  return FALSE;
}

static gboolean
check_figure (Plot *self)
{
  static const char *const names[] = {
    [IP_FIGURE_PLANE] = "plane",
    [IP_FIGURE_EPOCHS] = "epochs",
    [IP_FIGURE_MAP] = "heatmap",
    [IP_FIGURE_TRAJECTORIES] = "trajectories",
    [IP_FIGURE_SPECTRUM] = "spectrum",
    [IP_FIGURE_SWEEP] = "sweep",
  };

  if (self->figure == NULL && self->options.session != NULL
      && ip_session_find_kind (ip_session_file_get_view (self->options.session), &self->kind))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (self->figure != NULL ? self->figure : "plane", names[i]) == 0)
      {
        self->kind = i;
        return TRUE;
      }

  return fail (_("--figure is plane, epochs, trajectories, spectrum, heatmap or sweep, not “%s”"),
               self->figure);
}

/* A length of the session, where it has one. */
static void
take_length (Plot *self, IpLength length, double *points)
{
  double saved = self->options.session != NULL
                   ? ip_session_file_get_length (self->options.session, length)
                   : 0;

  if (saved > 0)
    *points = saved;
}

static gboolean
check_style (Plot *self)
{
  const char *style = self->style != NULL ? self->style : "paper";

  if (g_str_equal (style, "paper"))
    ip_theme_init_paper (&self->theme);
  else if (g_str_equal (style, "light"))
    ip_theme_init_light (&self->theme);
  else if (g_str_equal (style, "dark"))
    ip_theme_init_dark (&self->theme);
  else
    return fail (_("--style is paper, light or dark, not “%s”"), style);

  take_length (self, IP_LENGTH_FONT_SIZE, &self->theme.size);
  if (self->font != NULL)
    g_strlcpy (self->theme.family, self->font, sizeof self->theme.family);
  if (self->font_size != NULL
      && (!ip_length_parse (self->font_size, &self->theme.size) || !(self->theme.size >= 1)))
    return fail (_("--font-size is a length such as 8pt, not “%s”"), self->font_size);

  return TRUE;
}

static gboolean
check_size (Plot *self)
{
  const double standard_width = 8.5 / 2.54 * 72; /* one column of a journal */
  static const double aspect[] = {
    [IP_FIGURE_PLANE] = 0.8,
    [IP_FIGURE_EPOCHS] = 1.1,
    [IP_FIGURE_MAP] = 1,
    [IP_FIGURE_TRAJECTORIES] = 0.8,
    [IP_FIGURE_SPECTRUM] = 0.8,
    [IP_FIGURE_SWEEP] = 1.1,
  };

  self->width_pt = standard_width;
  take_length (self, IP_LENGTH_FIGURE_WIDTH, &self->width_pt);
  if (self->width != NULL
      && (!ip_length_parse (self->width, &self->width_pt) || !(self->width_pt > 0)))
    return fail (_("--width is a length such as 8.5cm, not “%s”"), self->width);
  self->height_pt = self->width_pt * aspect[self->kind];
  if (self->quantities[IP_SHOWN_IN_MAP] != NULL)
    self->height_pt *= 0.6; /* one panel */
  if (self->width == NULL)
    take_length (self, IP_LENGTH_FIGURE_HEIGHT, &self->height_pt);
  if (self->height != NULL
      && (!ip_length_parse (self->height, &self->height_pt) || !(self->height_pt > 0)))
    return fail (_("--height is a length such as 6cm, not “%s”"), self->height);

  return TRUE;
}

static gboolean
check_output (Plot *self)
{
  g_autoptr (GError) error = NULL;

  if (self->options.output == NULL)
    return fail (_("no output given; for instance -o plane.pdf"));

  self->as_table = g_str_has_suffix (self->options.output, ".csv");
  if (!self->as_table && !ip_export_format_from_path (self->options.output, &self->format, &error))
    return fail ("%s", error->message);

  return TRUE;
}

static const struct
{
  const char *option;
  guint kinds; /* of figures, as bits */
  const char *names;
} quantity_options[IP_N_SHOWN] = {
  [IP_SHOWN_IN_MAP]
  = { "--quantity", 1u << IP_FIGURE_MAP | 1u << IP_FIGURE_EPOCHS, "heatmap, epochs" },
  [IP_SHOWN_ON_X] = { "--x-quantity", 1u << IP_FIGURE_TRAJECTORIES, "trajectories" },
  [IP_SHOWN_ON_Y] = { "--y-quantity", 1u << IP_FIGURE_TRAJECTORIES, "trajectories" },
};

static char *
join_ids (const IpQuantity *quantities, guint n)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? ", " : "",
                            ip_quantity_get_info (quantities[i])->id);

  return g_string_free (ids, FALSE);
}

static gboolean
contains (const IpQuantity *quantities, guint n, const char *id)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (ip_quantity_get_info (quantities[i])->id, id))
      return TRUE;

  return FALSE;
}

/* Axes of trajectories take what any of the estimators gives, and what training may have
 * recorded. */
static gboolean
check_quantity (Plot *self, IpShown where)
{
  static const IpQuantity metrics[] = { IP_QUANTITY_TRAIN_LOSS, IP_QUANTITY_TEST_LOSS,
                                        IP_QUANTITY_TRAIN_ACCURACY, IP_QUANTITY_TEST_ACCURACY };
  gboolean is_axis = where != IP_SHOWN_IN_MAP;
  const char *option = quantity_options[where].option;
  const char *id = self->quantities[where];
  g_autoptr (GString) known = g_string_new (NULL);

  if (id == NULL)
    return TRUE;
  if (!(quantity_options[where].kinds & 1u << self->kind))
    return fail (_("%s is for --figure %s"), option, quantity_options[where].names);

  for (guint r = 0; r < (is_axis ? self->options.requests->len : 1); r++)
    {
      const IpEstimator *estimator
        = g_array_index (self->options.requests, IpRequest, r).estimator;
      g_autofree char *ids = join_ids (estimator->quantities, estimator->n_quantities);

      if (contains (estimator->quantities, estimator->n_quantities, id))
        return TRUE;
      g_string_append_printf (known, _("%s gives %s; "), estimator->id, ids);
    }
  if (is_axis)
    {
      g_autofree char *ids = join_ids (metrics, G_N_ELEMENTS (metrics));

      if (contains (metrics, G_N_ELEMENTS (metrics), id))
        return TRUE;
      g_string_append_printf (known, _("training may have recorded %s; "), ids);
    }

  return fail (_("%s: %snot “%s”"), option, known->str, id);
}

static const char *const display_options[IP_N_DISPLAYS] = {
  [IP_DISPLAY_LAYOUT] = "--layout",           [IP_DISPLAY_BAND] = "--band",
  [IP_DISPLAY_SHOW] = "--show",               [IP_DISPLAY_VALUE_SCALE] = "--value-scale",
  [IP_DISPLAY_SPECTRUM] = "--spectrum",       [IP_DISPLAY_GRID] = "--grid",
};

static gboolean
check_display (Plot *self, IpDisplay which)
{
  const char *choices;
  int value;

  if (self->displays[which] == NULL
      || ip_display_parse (which, self->displays[which], &value, &choices))
    return TRUE;

  return fail (_("%s is one of %s, not “%s”"), display_options[which], choices,
               self->displays[which]);
}

/* "10:100:9" from, to, how many: evenly, or by factors where the parameter goes by factors; else
 * "10,20,50". */
static gboolean
parse_values (Plot *self, const IpParameter *parameter, const char *text)
{
  g_auto (GStrv) range = g_strsplit (text, ":", -1);
  g_auto (GStrv) list = g_strsplit (text, ",", -1);
  gboolean is_range = g_strv_length (range) == 3;
  double from = is_range ? g_ascii_strtod (range[0], NULL) : NAN;
  double to = is_range ? g_ascii_strtod (range[1], NULL) : NAN;
  double steps = is_range ? g_ascii_strtod (range[2], NULL) : NAN;

  self->sweep_values = g_array_new (FALSE, FALSE, sizeof (double));
  if (is_range && (!(to > from) || !(steps >= 2 && steps <= 1000)))
    return FALSE;
  for (guint i = 0; is_range && i < steps; i++)
    {
      double share = i / (floor (steps) - 1);
      double value = parameter->logarithmic && from > 0 ? from * pow (to / from, share)
                                                        : from + share * (to - from);

      g_array_append_val (self->sweep_values, value);
    }
  for (guint i = 0; !is_range && list[i] != NULL; i++)
    {
      char *end;
      double value = g_ascii_strtod (list[i], &end);

      if (*end != '\0' || end == list[i])
        return FALSE;
      g_array_append_val (self->sweep_values, value);
    }
  for (guint i = 0; i < self->sweep_values->len; i++)
    {
      double value = g_array_index (self->sweep_values, double, i);

      if (!(value >= parameter->minimum && value <= parameter->maximum)
          || (i > 0 && value <= g_array_index (self->sweep_values, double, i - 1)))
        return FALSE;
    }

  return self->sweep_values->len > 0;
}

static gboolean
check_sweep (Plot *self)
{
  const IpEstimator *estimator = ((IpRequest *) self->options.requests->data)->estimator;
  const char *values = self->sweep != NULL ? strchr (self->sweep, '=') : NULL;
  g_autofree char *id = NULL;

  if (self->sweep == NULL)
    return TRUE;
  if (self->kind != IP_FIGURE_SWEEP)
    return fail (_("%s is for --figure %s"), "--sweep", "sweep");
  id = values != NULL ? g_strndup (self->sweep, (gsize) (values - self->sweep)) : g_strdup ("");
  for (guint i = 0; i < estimator->n_parameters; i++)
    if (g_str_equal (estimator->parameters[i].id, id)
        && estimator->parameters[i].kind != IP_PARAMETER_CHOICE
        && parse_values (self, &estimator->parameters[i], values + 1))
      {
        self->sweep_parameter = i;
        return TRUE;
      }

  return fail (_("--sweep is a number among the parameters of %s with rising values in its range, "
                 "such as bins=10:100:9 or bins=10,30,100, not “%s”"),
               estimator->id, self->sweep);
}

/* Whether the figure can show more than one estimator. */
static gboolean
compares (Plot *self)
{
  return self->kind == IP_FIGURE_PLANE || self->kind == IP_FIGURE_EPOCHS
         || self->kind == IP_FIGURE_TRAJECTORIES;
}

static gboolean
check_options (Plot *self)
{
  if (!check_figure (self) || !check_style (self) || !check_size (self) || !check_output (self))
    return FALSE;
  if (self->scale != NULL && !g_str_equal (self->scale, "log")
      && !g_str_equal (self->scale, "linear"))
    return fail (_("--epoch-scale is log or linear, not “%s”"), self->scale);
  if (self->options.requests->len == 0 || (self->options.requests->len > 1 && !compares (self)))
    return fail (_("give one estimator, for instance -e bins-uniform"));
  if (!check_sweep (self))
    return FALSE;
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    if (!check_quantity (self, where))
      return FALSE;
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    if (!check_display (self, which))
      return FALSE;

  return TRUE;
}

static void
select_layers (Plot *self, IpRun *run)
{
  g_autofree gboolean *wanted = ip_options_select_layers (&self->options, ip_run_get_dump (run));
  guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (run));

  self->wrong_layers |= wanted == NULL;
  for (guint i = 0; wanted != NULL && i < n_layers; i++)
    ip_run_layer_set_visible (ip_run_get_layer (run, i), wanted[i]);
}

static void
quit_when_ready (Plot *self)
{
  gboolean has_all = self->kind == IP_FIGURE_SWEEP && ip_session_is_sweep_known (self->session);

  if (!self->restoring && (has_all || !ip_session_get_busy (self->session)))
    g_main_loop_quit (self->loop);
}

static void
open_dumps (Plot *self)
{
  g_autoptr (GPtrArray) files = ip_options_list_files (&self->options);

  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (IpDump) dump = ip_options_open_dump (&self->options, files->pdata[i], &error);

      if (dump != NULL)
        {
          select_layers (self, ip_session_open_dump (self->session, dump));
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

      if (self->quantities[where] != NULL
          && ip_quantity_from_id (self->quantities[where], &quantity))
        ip_session_set_quantity (self->session, where, quantity);
    }
}

static void
choose_displays (Plot *self)
{
  if (self->group_by != NULL)
    ip_session_set_group_by (self->session, self->group_by);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    {
      const char *choices;
      int value;

      if (self->displays[which] != NULL
          && ip_display_parse (which, self->displays[which], &value, &choices))
        ip_session_set_display (self->session, which, value);
    }
}

/* What the options say over what is so by itself, or in the session. */
static void
set_up_session (Plot *self)
{
  ip_session_set_in_bits (self->session, self->options.in_bits);
  if (self->scale != NULL)
    ip_session_set_epoch_scale (self->session, g_str_equal (self->scale, "linear")
                                                 ? IP_SCALE_LINEAR
                                                 : IP_SCALE_LOG);
  if (self->options.estimators != NULL || self->options.session == NULL)
    ip_session_set_request (self->session, (IpRequest *) self->options.requests->data);
  choose_quantities (self);
  choose_displays (self);
  if (self->options.requests->len > 1)
    ip_session_set_comparisons (self->session,
                                &g_array_index (self->options.requests, IpRequest, 1),
                                self->options.requests->len - 1);
  ip_session_set_view (self->session, ip_session_get_view_name (self->kind));
  if (self->sweep_values != NULL)
    ip_session_set_sweep (self->session, self->sweep_parameter,
                          (const double *) (gpointer) self->sweep_values->data,
                          self->sweep_values->len);
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
    += ip_session_file_get_n_runs (self->options.session) - g_list_model_get_n_items (runs);
  for (guint i = 0; self->options.layers != NULL && i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      select_layers (self, run);
    }
  set_up_session (self);
  self->restoring = FALSE;
  quit_when_ready (self);
}

static void
restore (Plot *self)
{
  self->restoring = TRUE;
  ip_session_restore_async (self->session, self->options.session, NULL, NULL, restored_cb, self);
  g_main_loop_run (self->loop);
}

static void
open_and_estimate (Plot *self)
{
  g_autoptr (IpStore) store = ip_options_open_store (&self->options);
  guint interrupt = g_unix_signal_add (SIGINT, interrupt_cb, self);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->session = ip_session_new (self->options.threads, self->options.memory);
  ip_session_set_store (self->session, store);
  g_signal_connect_swapped (self->session, "notify::busy", G_CALLBACK (quit_when_ready), self);
  g_signal_connect_swapped (self->session, "changed", G_CALLBACK (quit_when_ready), self);

  if (self->options.session != NULL)
    {
      restore (self);
    }
  else
    {
      set_up_session (self);
      open_dumps (self);
      if (self->epoch >= 0)
        ip_session_set_epoch (self->session, self->epoch);
      if (ip_session_get_busy (self->session))
        g_main_loop_run (self->loop);
    }
  g_source_remove (interrupt);
  ip_options_report_store (&self->options, store);
}

/* The recorded epoch that is nearest to the one asked for, −1 when none was. */
static gint64
find_epoch (Plot *self)
{
  gint64 epoch;

  if (self->epoch < 0)
    return -1;
  ip_session_set_epoch (self->session, self->epoch);
  epoch = ip_session_get_epoch (self->session);
  if (epoch != self->epoch)
    g_printerr (_("Epoch %" PRId64 " was not recorded; the nearest is %" PRId64
                  "\n"),
                self->epoch, epoch);

  return epoch;
}

/* How to make it again, for the metadata of the file. */
static char *
describe_figure (Plot *self)
{
  g_autofree char *name = g_path_get_basename (self->options.output);

  ip_session_set_length (self->session, IP_LENGTH_FIGURE_WIDTH, self->width_pt);
  ip_session_set_length (self->session, IP_LENGTH_FIGURE_HEIGHT, self->height_pt);
  ip_session_set_length (self->session, IP_LENGTH_FONT_SIZE, self->theme.size);

  return ip_recipe_of_figure (self->session, self->kind, name, IP_RECIPE_METADATA);
}

static IpExit
export (Plot *self)
{
  gint64 epoch = find_epoch (self);
  g_autoptr (IpFigure) figure = ip_session_create_figure (self->session, self->kind);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (self->options.output);
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  g_autofree char *subject = NULL;
  IpExportOptions options = { self->width_pt, self->height_pt, self->dpi };
  IpView limits;

  if (ip_figure_get_message (figure) != NULL)
    {
      fail ("%s", ip_figure_get_message (figure));
      return IP_EXIT_INCOMPLETE;
    }
  if (self->options.session == NULL || self->epoch >= 0)
    ip_figure_set_selected_epoch (figure, epoch);
  if (self->options.session != NULL)
    {
      ip_session_get_limits (self->session, self->kind, &limits);
      ip_figure_set_view (figure, &limits);
    }
  title = g_path_get_basename (self->options.files != NULL ? self->options.files[0]
                                                           : self->options.session_path);
  subject = describe_figure (self);
  options.title = title;
  options.subject = subject;
  if (ip_export_figure (figure, &self->theme, file, self->format, &options, NULL, &error))
    return IP_EXIT_DONE;

  g_printerr ("%s\n", error->message);

  return IP_EXIT_OUTPUT;
}

/* Of what training may have recorded, the options cannot know what it did. */
static gboolean
check_recorded (Plot *self)
{
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    if (self->quantities[where] != NULL
        && ip_session_get_quantity (self->session, where) == IP_N_QUANTITIES)
      return fail (_("%s: training recorded no %s"), quantity_options[where].option,
                   self->quantities[where]);

  return TRUE;
}

static IpExit
plot (Plot *self)
{
  IpExit status;

  if (!check_options (self))
    return IP_EXIT_USAGE;

  open_and_estimate (self);
  if (self->interrupted)
    return IP_EXIT_INTERRUPTED;
  if (self->wrong_layers)
    return IP_EXIT_USAGE;
  if (g_list_model_get_n_items (ip_session_get_runs (self->session)) == 0)
    return IP_EXIT_INPUT;
  if (!check_recorded (self))
    return IP_EXIT_INPUT;
  if (self->as_table)
    {
      g_autoptr (GBytes) table = ip_session_export_numbers (self->session, FALSE);

      status = ip_write_output (self->options.output, table);
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
  Plot self = { .dpi = 300, .epoch = -1 };
  /* clang-format off */
  const GOptionEntry entries[] = {
    IP_SESSION_OPTION (self.options),
    { "figure", 0, 0, G_OPTION_ARG_STRING, &self.figure, N_("Which figure"),
      "plane|epochs|trajectories|spectrum|heatmap|sweep" },
    { "quantity", 0, 0, G_OPTION_ARG_STRING, &self.quantities[IP_SHOWN_IN_MAP],
      N_("What a heat map or a figure over epochs shows"), "ID" },
    { "x-quantity", 0, 0, G_OPTION_ARG_STRING, &self.quantities[IP_SHOWN_ON_X],
      N_("What trajectories show across"), "ID" },
    { "y-quantity", 0, 0, G_OPTION_ARG_STRING, &self.quantities[IP_SHOWN_ON_Y],
      N_("What trajectories show upwards"), "ID" },
    { "group-by", 0, 0, G_OPTION_ARG_STRING, &self.group_by,
      N_("Means over runs that have this in common"), "repeats|ATTRIBUTE" },
    { "band", 0, 0, G_OPTION_ARG_STRING, &self.displays[IP_DISPLAY_BAND],
      N_("What stands around means"), "std|stderr|ci95|range|none" },
    { "layout", 0, 0, G_OPTION_ARG_STRING, &self.displays[IP_DISPLAY_LAYOUT],
      N_("All in one, or runs or layers side by side"), "overlay|side|layers" },
    { "show", 0, 0, G_OPTION_ARG_STRING, &self.displays[IP_DISPLAY_SHOW],
      N_("What is drawn besides points: trajectories, epochs, bars, boxes, bands, phases, "
         "violations, members"), "LIST" },
    { "value-scale", 0, 0, G_OPTION_ARG_STRING, &self.displays[IP_DISPLAY_VALUE_SCALE],
      N_("Scale of quantities"), "linear|log|symlog" },
    { "spectrum", 0, 0, G_OPTION_ARG_STRING, &self.displays[IP_DISPLAY_SPECTRUM],
      N_("What a spectrum shows"), "overlay|ridges|cumulative|diffusion" },
    { "grid", 0, 0, G_OPTION_ARG_STRING, &self.displays[IP_DISPLAY_GRID],
      N_("Lines across the figure at the ticks of its axes"), "on|off" },
    { "sweep", 0, 0, G_OPTION_ARG_STRING, &self.sweep,
      N_("What a sweep is over; around the value in force by itself"), "NAME=FROM:TO:COUNT" },
    { "width", 0, 0, G_OPTION_ARG_STRING, &self.width, N_("Width of the figure"), "8.5cm" },
    { "height", 0, 0, G_OPTION_ARG_STRING, &self.height, N_("Height of the figure"), "6.8cm" },
    { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &self.dpi, N_("Resolution of PNG files"), "300" },
    { "font", 0, 0, G_OPTION_ARG_STRING, &self.font, N_("Font family"), "FAMILY" },
    { "font-size", 0, 0, G_OPTION_ARG_STRING, &self.font_size, N_("Size of tick labels"), "8pt" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &self.style, N_("Colours and lines"),
      "paper|light|dark" },
    { "epoch", 0, 0, G_OPTION_ARG_INT64, &self.epoch, N_("Mark this epoch"), "E" },
    { "epoch-scale", 0, 0, G_OPTION_ARG_STRING, &self.scale, N_("Scale of epochs"),
      "log|linear" },
    { NULL },
  };
  /* clang-format on */
  IpExit status;

  if (ip_options_parse (&self.options, argc, argv,
                        "FILE… --figure FIGURE -e ID[:name=value,…] -o OUT.{pdf,svg,png,eps,csv}",
                        _("Write a figure, or the numbers that it shows."), entries, &status))
    status = plot (&self);

  g_clear_object (&self.session);
  g_clear_pointer (&self.loop, g_main_loop_unref);
  g_free (self.figure);
  g_free (self.width);
  g_free (self.height);
  g_free (self.font);
  g_free (self.font_size);
  g_free (self.style);
  g_free (self.scale);
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    g_free (self.quantities[where]);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    g_free (self.displays[which]);
  g_free (self.group_by);
  g_free (self.sweep);
  g_clear_pointer (&self.sweep_values, g_array_unref);
  ip_options_clear (&self.options);

  return status;
}
