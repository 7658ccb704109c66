/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include "ip-blur.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Turning the session into something to look at: figures of what is visible and known. */

void
ip_session_visit_layers (IpSession *self, IpVisitLayer visit, gpointer data)
{
  GListModel *runs = ip_session_get_runs (self);

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);
      guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (run));

      for (guint k = 0; ip_run_get_visible (run) && k < n_layers; k++)
        if (ip_run_layer_get_visible (ip_run_get_layer (run, k)))
          visit (self, i, k, data);
    }
}

const IpValue *
ip_session_find_value (const IpEstimate *estimate, IpQuantity quantity)
{
  for (unsigned i = 0; i < estimate->n_values; i++)
    if (estimate->values[i].quantity == quantity)
      return &estimate->values[i];

  return NULL;
}

double
ip_session_get_unit_size (IpSession *self, IpQuantity quantity)
{
  gboolean is_information = ip_quantity_get_info (quantity)->unit == IP_UNIT_INFORMATION;

  return is_information && ip_session_get_in_bits (self) ? G_LN2 : 1;
}

static gboolean
choose (IpSession *self, IpShown where, IpQuantity *quantity)
{
  IpQuantity chosen = ip_session_get_quantity (self, where);

  if (chosen == IP_N_QUANTITIES)
    return FALSE;
  *quantity = chosen;

  return TRUE;
}

static IpChoice
choose_quantities (IpSession *self, IpFigureKind kind)
{
  const IpEstimator *estimator = ip_session_get_request (self)->estimator;
  IpChoice choice = { MIN (estimator->n_quantities, 2) };

  for (guint i = 0; i < choice.n; i++)
    choice.quantities[i] = estimator->quantities[i];
  if ((kind == IP_FIGURE_MAP || kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_SWEEP)
      && choose (self, IP_SHOWN_IN_MAP, &choice.quantities[0]))
    choice.n = 1;
  if (kind == IP_FIGURE_TRAJECTORIES)
    {
      choose (self, IP_SHOWN_ON_X, &choice.quantities[0]);
      if (choose (self, IP_SHOWN_ON_Y, &choice.quantities[1]))
        choice.n = 2; /* from elsewhere, where the estimator gives one */
    }

  return choice;
}

/* What numbers of a figure come from, and how it blurs the visible layers. */
typedef struct
{
  const IpRequest *request;
  GPtrArray *blurs;       /* distinct, in order of appearance */
  GPtrArray *blur_layers; /* the layers of each, "fc1, fc2" as GString */
  const char *last_blur;  /* untranslated, and of which layer: most are like the one before */
  const char *last_layer;
} Source;

/* What the visible estimates have in common: ceilings, blur, N, and why values are missing. */
typedef struct
{
  IpFigureKind kind;
  const IpChoice *choice;
  Source sources[2];
  guint n_sources;
  const IpRequest *axis_requests[2]; /* what each quantity is from; NULL for training itself */
  double ceilings[2];
  gboolean differ[2];
  gsize n;
  gboolean has_value[2];
  char *reason; /* of the first gap */
  guint n_estimates;
  guint too_many_panels; /* how many were asked for; 0 when they are there */
} Survey;

static void
survey_ceiling (Survey *survey, guint which, const IpValue *value)
{
  if (value == NULL)
    return;

  survey->has_value[which] |= !isnan (value->value);
  if (isnan (value->ceiling))
    return;
  if (isnan (survey->ceilings[which]))
    survey->ceilings[which] = value->ceiling;
  else if (fabs (survey->ceilings[which] - value->ceiling) > 1e-9)
    survey->differ[which] = TRUE;
}

static void
survey_blur (Source *source, const char *blur, const char *layer)
{
  for (guint i = 0; i < source->blurs->len; i++)
    if (g_str_equal (source->blurs->pdata[i], blur))
      {
        GString *layers = source->blur_layers->pdata[i];

        if (!g_str_has_suffix (layers->str, layer))
          g_string_append_printf (layers, ", %s", layer);
        return;
      }

  g_ptr_array_add (source->blurs, g_strdup (blur));
  g_ptr_array_add (source->blur_layers, g_string_new (layer));
}

static void
survey_estimate (Survey *survey, Source *source, const IpEstimate *estimate, const char *layer)
{
  survey->n_estimates++;
  survey->n = MAX (survey->n, estimate->n);
  for (guint q = 0; q < survey->choice->n; q++)
    if (survey->axis_requests[q] == source->request)
      survey_ceiling (survey, q, ip_session_find_value (estimate, survey->choice->quantities[q]));
  /* A sweep has another blur everywhere. */
  if (estimate->blur[0] != '\0' && survey->kind != IP_FIGURE_SWEEP
      && (source->last_layer != layer || !g_str_equal (source->last_blur, estimate->blur)))
    {
      g_autofree char *blur = ip_blur_translate (estimate->blur);

      survey_blur (source, blur, layer);
      source->last_blur = estimate->blur;
      source->last_layer = layer;
    }
  if (estimate->reason[0] != '\0' && survey->reason == NULL)
    survey->reason = g_strdup (estimate->reason);
}

/* What a figure is of, beside comparisons. */
static const IpRequest *
get_request (IpSession *self, IpFigureKind kind)
{
  return kind == IP_FIGURE_SPECTRUM ? ip_session_get_spectral_request (self)
                                    : ip_session_get_request (self);
}

static void
survey_request (IpSession *self, Survey *survey, Source *source, const IpRequest *request,
                guint run_number, guint layer)
{
  IpRun *run = ip_session_get_run (self, run_number);
  IpDump *dump = ip_run_get_dump (run);
  const IpEstimate *const *known = ip_run_get_estimates (run, request);
  gboolean at_one_epoch = survey->kind == IP_FIGURE_SWEEP;
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);

  for (guint i = 0; known != NULL && i < n_epochs; i++)
    if (known[(gsize) layer * n_epochs + i] != NULL && (!at_one_epoch || epochs[i] == self->epoch))
      survey_estimate (survey, source, known[(gsize) layer * n_epochs + i],
                       ip_dump_get_layer (dump, layer)->name);
}

static void
survey_layer (IpSession *self, guint run, guint layer, gpointer data)
{
  Survey *survey = data;

  if (survey->kind == IP_FIGURE_SWEEP)
    for (guint r = 0; r < self->sweep->len; r++)
      survey_request (self, survey, &survey->sources[0],
                      &g_array_index (self->sweep, IpRequest, r), run, layer);
  else
    for (guint i = 0; i < survey->n_sources; i++)
      survey_request (self, survey, &survey->sources[i], survey->sources[i].request, run, layer);
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
}

static void
add_source (Survey *survey, const IpRequest *request)
{
  Source source = { .request = request };

  if (request == NULL || (survey->n_sources > 0 && survey->sources[0].request == request))
    return;
  source.blurs = g_ptr_array_new_with_free_func (g_free);
  source.blur_layers = g_ptr_array_new_with_free_func (string_free);
  survey->sources[survey->n_sources++] = source;
}

static void
survey_init (Survey *survey, IpSession *session, IpFigureKind kind, const IpChoice *choice)
{
  *survey = (Survey){ .kind = kind, .choice = choice, .ceilings = { NAN, NAN } };
  for (guint q = 0; q < choice->n; q++)
    {
      survey->axis_requests[q] = kind == IP_FIGURE_TRAJECTORIES
                                   ? ip_session_find_source (session, choice->quantities[q])
                                   : get_request (session, kind);
      survey->has_value[q] = survey->axis_requests[q] == NULL;
      add_source (survey, survey->axis_requests[q]);
    }
  if (survey->n_sources == 0)
    add_source (survey, get_request (session, kind));
  ip_session_visit_layers (session, survey_layer, survey);
}

static void
survey_clear (Survey *survey)
{
  for (guint i = 0; i < survey->n_sources; i++)
    {
      g_ptr_array_unref (survey->sources[i].blurs);
      g_ptr_array_unref (survey->sources[i].blur_layers);
    }
  g_clear_pointer (&survey->reason, g_free);
}

/* "30 bins on [−1, 1], output: 30 bins on [0, 1]"; in brief "30 bins on [−1, 1], …" */
static char *
describe_blur (const Source *source, gboolean brief)
{
  if (brief && source->blurs->len > 1)
    return g_strdup_printf ("%s, …", (char *) source->blurs->pdata[0]);

  switch (source->blurs->len)
    {
    case 0:
      return g_strdup ("");

    case 1:
      return g_strdup (source->blurs->pdata[0]);

    case 2:
      return g_strdup_printf ("%s, %s: %s", (char *) source->blurs->pdata[0],
                              ((GString *) source->blur_layers->pdata[1])->str,
                              (char *) source->blurs->pdata[1]);

    default:
      return g_strdup_printf (_("%s, others by layer"), (char *) source->blurs->pdata[0]);
    }
}

/* The layer that a spectrum is of, "fc5 · " or "szt-tanh fc5 · ". */
static char *
describe_layer (IpSession *self, IpFigure *figure)
{
  gboolean has_several_runs = g_list_model_get_n_items (ip_session_get_runs (self)) > 1;
  int chosen = ip_session_get_layer (self);
  IpRun *run;
  const char *layer;

  if (ip_figure_get_kind (figure) != IP_FIGURE_SPECTRUM || chosen < 0)
    return g_strdup ("");
  run = ip_session_get_run (self, (guint) chosen >> 16);
  layer = ip_run_layer_get_name (ip_run_get_layer (run, chosen & 0xffff));

  return has_several_runs ? g_strdup_printf ("%s %s · ", ip_run_get_name (run), layer)
                          : g_strdup_printf ("%s · ", layer);
}

/* "mean ± standard deviation over runs · ", with the layer when it is one. */
static char *
describe_means (IpSession *self, IpFigure *figure)
{
  const char *layer = NULL;
  g_autofree char *name = NULL;

  if (ip_session_get_group_by (self) == NULL || ip_figure_get_kind (figure) == IP_FIGURE_SPECTRUM
      || ip_figure_get_n_tracks (figure) == 0)
    return g_strdup ("");

  layer = ip_figure_get_track (figure, 0)->layer;
  for (guint i = 1; i < ip_figure_get_n_tracks (figure) && layer != NULL; i++)
    if (!g_str_equal (ip_figure_get_track (figure, i)->layer, layer))
      layer = NULL;
  name = layer != NULL ? g_strdup_printf ("%s · ", layer) : g_strdup ("");

  return g_strdup_printf (_("%s%s over runs · "), name,
                          ip_band_describe (ip_session_get_display (self, IP_DISPLAY_BAND)));
}

/* "all in one, since 40 panels are more than 32 · " */
static char *
describe_panels (const Survey *survey)
{
  return survey->too_many_panels > 0
           ? g_strdup_printf (_("all in one, since %u panels are more than %u · "),
                              survey->too_many_panels, (guint) IP_MOST_FACETS)
           : g_strdup ("");
}

/* "Binning, uniform, 30 bins on [−1, 1]", or where the figure compares that it does. */
static char *
describe_source (IpSession *self, const Survey *survey, const IpRequest *request, gboolean brief)
{
  const Source *source = survey->sources;
  g_autofree char *blur = NULL;

  if (request == NULL)
    return g_strdup (_("recorded in training"));
  if (request == ip_session_get_request (self)
      && ip_session_compares (self, survey->kind, survey->choice))
    return g_strdup (_("several estimators or parameters")); /* which are in the names */

  while (source->request != request)
    source++;
  blur = describe_blur (source, brief);

  return g_strdup_printf ("%s%s%s", _(request->estimator->title),
                          blur[0] != '\0' ? ", " : "", blur);
}

/* What all of the figure is from, or else each axis, as markup: "H(T): Binning, … · Test accuracy:
 * recorded in training". */
static char *
describe_sources (IpSession *self, const Survey *survey, gboolean brief)
{
  GString *markup = g_string_new (NULL);
  gboolean has_one = survey->choice->n < 2 || survey->axis_requests[0] == survey->axis_requests[1];

  for (guint q = 0; q < (has_one ? 1 : 2); q++)
    {
      const IpQuantityInfo *info = ip_quantity_get_info (survey->choice->quantities[q]);
      const IpRequest *request = survey->choice->n > 0 ? survey->axis_requests[q]
                                                       : survey->sources[0].request;
      g_autofree char *source = describe_source (self, survey, request, brief);
      g_autofree char *escaped = g_markup_escape_text (source, -1);

      if (!has_one)
        g_string_append_printf (markup, "%s%s: ", q > 0 ? " · " : "",
                                request != NULL ? info->markup : _(info->title));
      g_string_append (markup, escaped);
    }

  return g_string_free (markup, FALSE);
}

/* N comes first: whatever is cut off, it is not. */
static char *
describe_figure (IpSession *self, IpFigure *figure, const Survey *survey, gboolean brief)
{
  g_autofree char *layer = describe_layer (self, figure);
  g_autofree char *panels = brief ? g_strdup ("") : describe_panels (survey);
  g_autofree char *means = describe_means (self, figure);
  g_autofree char *sources = describe_sources (self, survey, brief);
  g_autofree char *epoch
    = survey->kind == IP_FIGURE_SWEEP
        ? g_strdup_printf (_("epoch %" PRId64 " · "), ip_session_get_epoch (self))
        : g_strdup ("");
  g_autofree char *more = g_strconcat (panels, epoch, layer, means, NULL);
  g_autofree char *escaped = g_markup_escape_text (more, -1);

  return survey->n > 0
           ? g_strdup_printf ("<i>N</i> = %" G_GSIZE_FORMAT " · %s%s", survey->n, escaped, sources)
           : g_strdup (sources);
}

static void
set_provenance (IpSession *self, IpFigure *figure, const Survey *survey)
{
  g_autofree char *all = describe_figure (self, figure, survey, FALSE);
  g_autofree char *brief = describe_figure (self, figure, survey, TRUE);

  ip_figure_set_provenance (figure, all, brief);
}

char *
ip_session_format_value (IpSession *self, double value, IpQuantity quantity)
{
  g_autofree char *number = g_strdup_printf (fabs (value) < 1 ? "%.3g" : "%.4g", value);
  gboolean singular = fabs (value) <= 1;

  if (ip_quantity_get_info (quantity)->unit == IP_UNIT_NONE)
    return g_steal_pointer (&number);
  if (ip_session_get_in_bits (self))
    return g_strdup_printf (singular ? _("%s bit") : _("%s bits"), number);

  return g_strdup_printf (singular ? _("%s nat") : _("%s nats"), number);
}

/* What the ceiling is, as far as it has a name. */
static char *
label_ceiling (IpSession *self, const Survey *survey, guint which, double shown)
{
  gboolean in_bits = ip_session_get_in_bits (self);
  IpQuantity quantity = survey->choice->quantities[which];
  gboolean is_samples = fabs (survey->ceilings[which] - log ((double) survey->n)) < 1e-9;
  g_autofree char *number = ip_session_format_value (self, shown, quantity);

  if (quantity == IP_QUANTITY_MI_TY || quantity == IP_QUANTITY_DSMI_TY
      || quantity == IP_QUANTITY_CSMI_TY)
    return g_strdup_printf ("<i>H</i>(<i>Y</i>) = %s", number);
  if (is_samples && ip_quantity_get_info (quantity)->unit == IP_UNIT_INFORMATION)
    return g_strdup_printf ("%s = %s", in_bits ? "log<sub>2</sub> <i>N</i>" : "ln <i>N</i>",
                            number);

  return g_strdup_printf (_("at most %s"), number);
}

/* Symbols are known, abbreviations are written out. */
static const char *
name_quantity (const IpQuantityInfo *info)
{
  return strchr (info->markup, '<') != NULL ? info->markup : _(info->title);
}

static void
set_quantity (IpSession *self, IpFigure *figure, const Survey *survey, guint which)
{
  const IpQuantityInfo *info = ip_quantity_get_info (survey->choice->quantities[which]);
  double unit = ip_session_get_unit_size (self, survey->choice->quantities[which]);
  double ceiling = survey->differ[which] ? NAN : survey->ceilings[which] / unit;
  g_autofree char *label = label_ceiling (self, survey, which, ceiling);
  IpFigureQuantity quantity = {
    .markup = name_quantity (info),
    .ceiling = ceiling,
    .ceiling_label = isnan (ceiling) ? NULL : label,
    .saturates = !isnan (ceiling) && survey->choice->quantities[which] == IP_QUANTITY_MI_XT,
  };

  if (info->unit == IP_UNIT_INFORMATION)
    quantity.unit = ip_session_get_in_bits (self) ? _("bits") : _("nats");
  ip_figure_set_quantity (figure, which, &quantity);
}

static gboolean
is_plane (IpFigureKind kind)
{
  return kind == IP_FIGURE_PLANE || kind == IP_FIGURE_TRAJECTORIES;
}

/* Says why there is nothing to see. */
static void
set_message (IpSession *self, IpFigure *figure, const Survey *survey)
{
  const IpEstimator *estimator = ip_session_get_request (self)->estimator;
  gboolean needs_both = is_plane (ip_figure_get_kind (figure));
  g_autofree char *message = NULL;
  guint n_epochs;

  ip_session_get_epochs (self, &n_epochs);
  if (needs_both && survey->choice->n < 2)
    message = g_strdup_printf (_("%s gives one number for each layer and epoch, and a plane needs "
                                 "two"),
                               _(estimator->title));
  else if (ip_session_get_layer (self) < 0)
    message = g_strdup (_("No layer is visible"));
  else if (n_epochs == 0)
    message = g_strdup (_("No snapshot has been recorded yet"));
  else if (survey->n_estimates == 0)
    message = g_strdup (ip_session_get_busy (self) ? "" : _("Nothing has been estimated yet"));
  else if (ip_figure_get_kind (figure) == IP_FIGURE_SPECTRUM)
    message = g_strdup_printf (
      ip_session_get_display (self, IP_DISPLAY_SPECTRUM) == IP_SPECTRUM_DIFFUSION
        ? _("%s gives no spectrum of a diffusion; diffusion spectral entropy does")
        : _("%s gives no spectrum of eigenvalues"),
      _(estimator->title));
  else if (!survey->has_value[0] || (needs_both && !survey->has_value[1]))
    message = survey->n_sources > 1 && ip_session_get_busy (self)
                ? g_strdup ("")
                : g_strdup_printf (_("Nothing to show: %s"),
                                   survey->reason != NULL ? survey->reason : _("no values"));

  ip_figure_set_message (figure, message);
}

static void
set_parameter (IpSession *self, IpFigure *figure)
{
  const IpRequest *request = ip_session_get_request (self);
  int number = ip_session_get_sweep (self, NULL, NULL);
  g_autofree char *title = NULL;

  if (number < 0)
    return;
  title = g_markup_escape_text (_(request->estimator->parameters[number].title), -1);
  ip_figure_set_parameter (figure, title,
                           request->estimator->parameters[number].logarithmic ? IP_SCALE_LOG10
                                                                              : IP_SCALE_LINEAR,
                           request->parameters.value[number]);
}

static void
fill_tracks (IpSession *self, IpFigure *figure, Survey *survey)
{
  survey->too_many_panels = ip_session_add_tracks (self, figure, survey->choice);
  if (survey->kind == IP_FIGURE_SWEEP)
    set_parameter (self, figure);
  for (guint i = 0; i < survey->choice->n; i++)
    set_quantity (self, figure, survey, i);
}

IpFigure *
ip_session_create_figure (IpSession *self, IpFigureKind kind)
{
  IpFigure *figure = ip_figure_new (kind);
  IpChoice choice = choose_quantities (self, kind);
  Survey survey;

  survey_init (&survey, self, kind, &choice);
  if (kind == IP_FIGURE_SPECTRUM)
    ip_session_add_spectra (self, figure);
  else
    fill_tracks (self, figure, &survey);
  ip_figure_set_show (figure, ip_session_get_display (self, IP_DISPLAY_SHOW));
  ip_figure_set_grid (figure, ip_session_get_display (self, IP_DISPLAY_GRID));
  ip_figure_set_value_scale (figure, ip_session_get_display (self, IP_DISPLAY_VALUE_SCALE));
  ip_figure_set_epoch_scale (figure, ip_session_get_epoch_scale (self));
  ip_figure_set_selected_epoch (figure, ip_session_get_epoch (self));
  set_provenance (self, figure, &survey);
  set_message (self, figure, &survey);
  survey_clear (&survey);

  return figure;
}
