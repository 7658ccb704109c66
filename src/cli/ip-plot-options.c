/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-plot-options.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

gboolean
ip_plot_fail (const char *format, ...)
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
check_figure (IpPlotOptions *self)
{
  static const char *const names[] = {
    [IP_FIGURE_PLANE] = "plane",
    [IP_FIGURE_EPOCHS] = "epochs",
    [IP_FIGURE_MAP] = "heatmap",
    [IP_FIGURE_TRAJECTORIES] = "trajectories",
    [IP_FIGURE_SPECTRUM] = "spectrum",
    [IP_FIGURE_SWEEP] = "sweep",
  };

  if (self->figure == NULL && self->common.session != NULL
      && ip_session_find_kind (ip_session_file_get_view (self->common.session), &self->kind))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (self->figure != NULL ? self->figure : "plane", names[i]) == 0)
      {
        self->kind = i;
        return TRUE;
      }

  return ip_plot_fail (
      _("--figure is plane, epochs, trajectories, spectrum, heatmap or sweep, not “%s”"),
      self->figure);
}

/* A length of the session, where it has one. */
static void
take_length (IpPlotOptions *self, IpLength length, double *points)
{
  double saved = self->common.session != NULL
                   ? ip_session_file_get_length (self->common.session, length)
                   : 0;

  if (saved > 0)
    *points = saved;
}

static gboolean
check_style (IpPlotOptions *self)
{
  const char *style = self->style != NULL ? self->style : "paper";

  if (g_str_equal (style, "paper"))
    ip_theme_init_paper (&self->theme);
  else if (g_str_equal (style, "light"))
    ip_theme_init_light (&self->theme);
  else if (g_str_equal (style, "dark"))
    ip_theme_init_dark (&self->theme);
  else
    return ip_plot_fail (_("--style is paper, light or dark, not “%s”"), style);

  take_length (self, IP_LENGTH_FONT_SIZE, &self->theme.size);
  if (self->font != NULL)
    g_strlcpy (self->theme.family, self->font, sizeof self->theme.family);
  if (self->font_size != NULL
      && (!ip_length_parse (self->font_size, &self->theme.size) || !(self->theme.size >= 1)))
    return ip_plot_fail (_("--font-size is a length such as 8pt, not “%s”"), self->font_size);

  return TRUE;
}

static gboolean
check_size (IpPlotOptions *self)
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
    return ip_plot_fail (_("--width is a length such as 8.5cm, not “%s”"), self->width);
  self->height_pt = self->width_pt * aspect[self->kind];
  if (self->quantities[IP_SHOWN_IN_MAP] != NULL)
    self->height_pt *= 0.6; /* one panel */
  if (self->width == NULL)
    take_length (self, IP_LENGTH_FIGURE_HEIGHT, &self->height_pt);
  if (self->height != NULL
      && (!ip_length_parse (self->height, &self->height_pt) || !(self->height_pt > 0)))
    return ip_plot_fail (_("--height is a length such as 6cm, not “%s”"), self->height);

  return TRUE;
}

static gboolean
check_output (IpPlotOptions *self)
{
  g_autoptr (GError) error = NULL;

  if (self->common.output == NULL)
    return ip_plot_fail (_("no output given; for instance -o plane.pdf"));

  self->as_table = g_str_has_suffix (self->common.output, ".csv");
  if (!self->as_table && !ip_export_format_from_path (self->common.output, &self->format, &error))
    return ip_plot_fail ("%s", error->message);

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
check_quantity (IpPlotOptions *self, IpShown where)
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
    return ip_plot_fail (_("%s is for --figure %s"), option, quantity_options[where].names);

  for (guint r = 0; r < (is_axis ? self->common.requests->len : 1); r++)
    {
      const IpEstimator *estimator
        = g_array_index (self->common.requests, IpRequest, r).estimator;
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

  return ip_plot_fail (_("%s: %snot “%s”"), option, known->str, id);
}

static const char *const display_options[IP_N_DISPLAYS] = {
  [IP_DISPLAY_LAYOUT] = "--layout",           [IP_DISPLAY_BAND] = "--band",
  [IP_DISPLAY_SHOW] = "--show",               [IP_DISPLAY_VALUE_SCALE] = "--value-scale",
  [IP_DISPLAY_SPECTRUM] = "--spectrum",       [IP_DISPLAY_GRID] = "--grid",
};

static gboolean
check_display (IpPlotOptions *self, IpDisplay which)
{
  const char *choices;
  int value;

  if (self->displays[which] == NULL
      || ip_display_parse (which, self->displays[which], &value, &choices))
    return TRUE;

  return ip_plot_fail (_("%s is one of %s, not “%s”"), display_options[which], choices,
                       self->displays[which]);
}

/* "10:100:9" from, to, how many: evenly, or by factors where the parameter goes by factors; else
 * "10,20,50". */
static gboolean
parse_values (IpPlotOptions *self, const IpParameter *parameter, const char *text)
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
check_sweep (IpPlotOptions *self)
{
  const IpEstimator *estimator = ((IpRequest *) self->common.requests->data)->estimator;
  const char *values = self->sweep != NULL ? strchr (self->sweep, '=') : NULL;
  g_autofree char *id = NULL;

  if (self->sweep == NULL)
    return TRUE;
  if (self->kind != IP_FIGURE_SWEEP)
    return ip_plot_fail (_("%s is for --figure %s"), "--sweep", "sweep");
  id = values != NULL ? g_strndup (self->sweep, (gsize) (values - self->sweep)) : g_strdup ("");
  for (guint i = 0; i < estimator->n_parameters; i++)
    if (g_str_equal (estimator->parameters[i].id, id)
        && estimator->parameters[i].kind != IP_PARAMETER_CHOICE
        && parse_values (self, &estimator->parameters[i], values + 1))
      {
        self->sweep_parameter = i;
        return TRUE;
      }

  return ip_plot_fail (_("--sweep is a number among the parameters of %s with rising values in its "
                         "range, such as bins=10:100:9 or bins=10,30,100, not “%s”"),
                       estimator->id, self->sweep);
}

/* Whether the figure can show more than one estimator. */
static gboolean
compares (IpPlotOptions *self)
{
  return self->kind == IP_FIGURE_PLANE || self->kind == IP_FIGURE_EPOCHS
         || self->kind == IP_FIGURE_TRAJECTORIES;
}

static gboolean
check_options (IpPlotOptions *self)
{
  if (!check_figure (self) || !check_style (self) || !check_size (self) || !check_output (self))
    return FALSE;
  if (self->scale != NULL && !g_str_equal (self->scale, "log")
      && !g_str_equal (self->scale, "linear"))
    return ip_plot_fail (_("--epoch-scale is log or linear, not “%s”"), self->scale);
  if (self->common.requests->len == 0 || (self->common.requests->len > 1 && !compares (self)))
    return ip_plot_fail (_("give one estimator, for instance -e bins-uniform"));
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

const char *
ip_plot_options_get_quantity_option (IpShown where)
{
  return quantity_options[where].option;
}

gboolean
ip_plot_options_parse (IpPlotOptions *self, int argc, char **argv, IpExit *status)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    IP_SESSION_OPTION (self->common),
    { "figure", 0, 0, G_OPTION_ARG_STRING, &self->figure, N_("Which figure"),
      "plane|epochs|trajectories|spectrum|heatmap|sweep" },
    { "quantity", 0, 0, G_OPTION_ARG_STRING, &self->quantities[IP_SHOWN_IN_MAP],
      N_("What a heat map or a figure over epochs shows"), "ID" },
    { "x-quantity", 0, 0, G_OPTION_ARG_STRING, &self->quantities[IP_SHOWN_ON_X],
      N_("What trajectories show across"), "ID" },
    { "y-quantity", 0, 0, G_OPTION_ARG_STRING, &self->quantities[IP_SHOWN_ON_Y],
      N_("What trajectories show upwards"), "ID" },
    { "group-by", 0, 0, G_OPTION_ARG_STRING, &self->group_by,
      N_("Means over runs that have this in common"), "repeats|ATTRIBUTE" },
    { "band", 0, 0, G_OPTION_ARG_STRING, &self->displays[IP_DISPLAY_BAND],
      N_("What stands around means"), "std|stderr|ci95|range|none" },
    { "layout", 0, 0, G_OPTION_ARG_STRING, &self->displays[IP_DISPLAY_LAYOUT],
      N_("All in one, or runs or layers side by side"), "overlay|side|layers" },
    { "show", 0, 0, G_OPTION_ARG_STRING, &self->displays[IP_DISPLAY_SHOW],
      N_("What is drawn besides points: trajectories, epochs, bars, boxes, bands, phases, "
         "violations, members"), "LIST" },
    { "value-scale", 0, 0, G_OPTION_ARG_STRING, &self->displays[IP_DISPLAY_VALUE_SCALE],
      N_("Scale of quantities"), "linear|log|symlog" },
    { "spectrum", 0, 0, G_OPTION_ARG_STRING, &self->displays[IP_DISPLAY_SPECTRUM],
      N_("What a spectrum shows"), "overlay|ridges|cumulative|diffusion" },
    { "grid", 0, 0, G_OPTION_ARG_STRING, &self->displays[IP_DISPLAY_GRID],
      N_("Lines across the figure at the ticks of its axes"), "on|off" },
    { "sweep", 0, 0, G_OPTION_ARG_STRING, &self->sweep,
      N_("What a sweep is over; around the value in force by itself"), "NAME=FROM:TO:COUNT" },
    { "width", 0, 0, G_OPTION_ARG_STRING, &self->width, N_("Width of the figure"), "8.5cm" },
    { "height", 0, 0, G_OPTION_ARG_STRING, &self->height, N_("Height of the figure"), "6.8cm" },
    { "dpi", 0, 0, G_OPTION_ARG_DOUBLE, &self->dpi, N_("Resolution of PNG files"), "300" },
    { "font", 0, 0, G_OPTION_ARG_STRING, &self->font, N_("Font family"), "FAMILY" },
    { "font-size", 0, 0, G_OPTION_ARG_STRING, &self->font_size, N_("Size of tick labels"), "8pt" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &self->style, N_("Colours and lines"),
      "paper|light|dark" },
    { "epoch", 0, 0, G_OPTION_ARG_INT64, &self->epoch, N_("Mark this epoch"), "E" },
    { "epoch-scale", 0, 0, G_OPTION_ARG_STRING, &self->scale, N_("Scale of epochs"),
      "log|linear" },
    { NULL },
  };
  /* clang-format on */

  *self = (IpPlotOptions){ .dpi = 300, .epoch = -1 };
  if (!ip_options_parse (&self->common, argc, argv,
                         "FILE… --figure FIGURE -e ID[:name=value,…] -o OUT.{pdf,svg,png,eps,csv}",
                         _("Write a figure, or the numbers that it shows."), entries, status))
    return FALSE;

  *status = IP_EXIT_USAGE;
  return check_options (self);
}

void
ip_plot_options_clear (IpPlotOptions *self)
{
  g_free (self->figure);
  g_free (self->width);
  g_free (self->height);
  g_free (self->font);
  g_free (self->font_size);
  g_free (self->style);
  g_free (self->scale);
  for (IpShown where = 0; where < IP_N_SHOWN; where++)
    g_free (self->quantities[where]);
  for (IpDisplay which = 0; which < IP_N_DISPLAYS; which++)
    g_free (self->displays[which]);
  g_free (self->group_by);
  g_free (self->sweep);
  g_clear_pointer (&self->sweep_values, g_array_unref);
  ip_options_clear (&self->common);
}
