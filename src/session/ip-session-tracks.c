/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include "ip-findings.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The tracks of a figure.  First one for each visible layer of each visible run; then means over
 * groups of runs, in front of their runs; then small multiples and colours; and at last, between
 * neighbouring layers, what is remarkable about their points. */

/* With more means in one panel, the runs behind them would be a tangle. */
#define MOST_MEANS_WITH_MEMBERS 4

typedef struct
{
  IpSession *session;
  const IpChoice *choice;
  char **groups; /* of each run */
  GArray *tracks; /* Entry */

  const IpEstimate *explained; /* the last one, and what was said of it */
  const char *explanation;
} Builder;

/* A track and what it belongs to: its run or group, and its request when several are compared. */
typedef struct
{
  IpTrack track;
  char *key;
} Entry;

static void
clear_entry (gpointer data)
{
  Entry *entry = data;
  IpTrack *track = &entry->track;

  g_free (entry->key);
  g_free (track->points);
  g_free (track->layer);
  g_free (track->run);
}

static IpTrack *
get_track (Builder *self, guint number)
{
  return &g_array_index (self->tracks, Entry, number).track;
}

static const char *
get_key (const IpTrack *track)
{
  return ((const Entry *) track)->key;
}

static void
add_entry (Builder *self, const IpTrack *track, const char *key)
{
  Entry entry = { *track, g_strdup (key) };

  g_array_append_val (self->tracks, entry);
}

/* True of every deterministic layer, and said once elsewhere. */
static unsigned
get_flags_to_explain (const IpEstimate *estimate)
{
  return ip_estimate_get_flags (estimate) & ~(unsigned) IP_FLAG_INFINITE;
}

static const char *
format_explanation (unsigned flags, const char *reason)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (unsigned flag = 1; flag != 0 && flag <= flags; flag <<= 1)
    if (flags & flag)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", _(ip_flag_explain (flag)));
  if (reason[0] != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", reason);

  return g_intern_string (text->str);
}

/* Warnings and reasons in words, NULL when there is nothing to say.  Neighbours mostly have the
 * same. */
static const char *
explain_estimate (Builder *self, const IpEstimate *estimate)
{
  unsigned flags = get_flags_to_explain (estimate);

  if (flags == 0 && estimate->reason[0] == '\0')
    return NULL;

  if (self->explained == NULL || get_flags_to_explain (self->explained) != flags
      || !g_str_equal (self->explained->reason, estimate->reason))
    self->explanation = format_explanation (flags, estimate->reason);
  self->explained = estimate;

  return self->explanation;
}

IpReading
ip_session_read (IpSession *self, const IpEstimate *estimate, IpQuantity quantity)
{
  const IpValue *value = ip_session_find_value (estimate, quantity);
  double unit = ip_session_get_unit_size (self, quantity);
  IpReading reading = { NAN, NAN, NAN };

  if (value == NULL)
    return reading;
  reading = (IpReading){ value->value / unit, value->lower / unit, value->upper / unit };
  if (isnan (value->lower) && isnan (value->upper) && isfinite (value->error))
    {
      reading.lower = (value->value - value->error) / unit;
      reading.upper = (value->value + value->error) / unit;
    }

  return reading;
}

/* A layer of a run at one of its snapshots. */
typedef struct
{
  IpRun *run;
  guint layer;
  guint snapshot;
} Place;

/* Of the estimate, or of what else is shown of its place. */
static IpReading
read_shown (Builder *self, const Place *place, const IpEstimate *estimate, guint which)
{
  IpQuantity quantity = self->choice->quantities[which];
  const IpEstimate *giver;
  double recorded;

  if (ip_session_find_value (estimate, quantity) != NULL)
    return ip_session_read (self->session, estimate, quantity);
  giver = ip_session_find_giver (self->session, place->run, place->layer, place->snapshot,
                                 quantity);
  if (giver != NULL)
    return ip_session_read (self->session, giver, quantity);

  recorded = ip_session_get_recorded (place->run, place->snapshot, quantity);
  return (IpReading){ recorded, NAN, NAN };
}

static void
add_point (Builder *self,
           GArray *points,
           const Place *place,
           const IpEstimate *estimate,
           gint64 epoch,
           double across)
{
  IpTrackPoint point = { .epoch = epoch, .across = across, .y = { NAN, NAN, NAN } };

  point.x = read_shown (self, place, estimate, 0);
  if (self->choice->n > 1)
    point.y = read_shown (self, place, estimate, 1);
  point.note = explain_estimate (self, estimate);
  g_array_append_val (points, point);
}

static GArray *
list_epochs (Builder *self, IpRun *run, guint layer, const IpRequest *request)
{
  const IpEstimate *const *known = ip_run_get_estimates (run, request);
  GArray *points = g_array_new (FALSE, TRUE, sizeof (IpTrackPoint));
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);

  for (guint i = 0; known != NULL && i < n_epochs; i++)
    if (known[(gsize) layer * n_epochs + i] != NULL)
      add_point (self, points, &(Place) { run, layer, i },
                 known[(gsize) layer * n_epochs + i], epochs[i], (double) epochs[i]);

  return points;
}

/* At the selected epoch. */
static GArray *
list_sweep (Builder *self, IpRun *run, guint layer)
{
  IpSession *session = self->session;
  GArray *points = g_array_new (FALSE, TRUE, sizeof (IpTrackPoint));
  int parameter = ip_session_get_sweep (session, NULL, NULL);
  guint snapshot = ip_session_find_snapshot (ip_run_get_dump (run), session->epoch);
  guint n_epochs;

  ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  for (guint i = 0; i < session->sweep->len && snapshot != G_MAXUINT; i++)
    {
      const IpRequest *request = &g_array_index (session->sweep, IpRequest, i);
      const IpEstimate *const *known = ip_run_get_estimates (run, request);

      if (known != NULL && known[(gsize) layer * n_epochs + snapshot] != NULL)
        add_point (self, points, &(Place) { run, layer, snapshot },
                   known[(gsize) layer * n_epochs + snapshot], session->epoch,
                   request->parameters.value[parameter]);
    }

  return points;
}

/* Takes the points. */
static void
add_layer (Builder *self, guint run_number, guint layer, const char *request, GArray *points)
{
  IpRun *run = ip_session_get_run (self->session, run_number);
  gboolean is_named = request != NULL && ip_session_get_n_runs (self->session) == 1;
  const char *name = ip_run_get_name (run);
  const char *group = self->groups[run_number];
  g_autofree char *key = NULL;
  IpTrack track = {
    .layer = g_strdup (ip_dump_get_layer (ip_run_get_dump (run), layer)->name),
    .style = ip_run_layer_get_style (ip_run_get_layer (run, layer)),
    .user_data = run_number << 16 | layer,
    .n_points = points->len,
  };

  track.points = (IpTrackPoint *) g_array_free (points, FALSE);
  if (is_named)
    {
      key = g_strdup (request);
      track.run = g_strdup (request);
    }
  else
    {
      key = request != NULL ? g_strdup_printf ("%s · %s", group, request) : g_strdup (group);
      track.run = request != NULL ? g_strdup_printf ("%s · %s", name, request) : g_strdup (name);
    }
  add_entry (self, &track, key);
}

static void
add_request (Builder *self, IpFigureKind kind, const IpRequest *request, const char *name)
{
  for (guint i = 0; i < ip_session_get_n_runs (self->session); i++)
    {
      IpRun *run = ip_session_get_run (self->session, i);
      guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (run));

      for (guint k = 0; ip_run_get_visible (run) && k < n_layers; k++)
        if (ip_run_layer_get_visible (ip_run_get_layer (run, k)))
          add_layer (self, i, k, name,
                     kind == IP_FIGURE_SWEEP ? list_sweep (self, run, k)
                                             : list_epochs (self, run, k, request));
    }
}

static void
add_requests (Builder *self, IpFigureKind kind)
{
  const IpRequest *request = ip_session_get_request (self->session);
  g_autofree char *name = NULL;

  if (!ip_session_compares (self->session, kind, self->choice))
    {
      add_request (self, kind, request, NULL);
      return;
    }
  name = ip_session_name_request (self->session, request);
  add_request (self, kind, request, name);
  for (guint i = 0; i < self->session->comparisons->len; i++)
    {
      const IpRequest *other = &g_array_index (self->session->comparisons, IpRequest, i);
      g_autofree char *other_name = ip_session_name_request (self->session, other);

      if (ip_session_is_compared (self->session, other, self->choice))
        add_request (self, kind, other, other_name);
    }
}

static gboolean
is_same_mean (const IpTrack *a, const IpTrack *b)
{
  return g_str_equal (a->layer, b->layer)
         && g_str_equal (get_key (a), get_key (b));
}

/* The mean of all tracks like `first`, which become its members. */
static IpTrack
average_like (Builder *self, guint first)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  const IpTrack *example = get_track (self, first);
  int selected = ip_session_get_selected_layer (self->session);
  guint user_data = example->user_data;
  g_autofree char *note = NULL;
  IpTrack mean;

  for (guint i = first; i < self->tracks->len; i++)
    {
      IpTrack *track = get_track (self, i);

      if (!is_same_mean (track, example))
        continue;
      track->is_member = TRUE;
      g_ptr_array_add (members, track);
      if (selected >= 0 && track->user_data == (guint) selected)
        user_data = track->user_data;
    }
  mean = ip_tracks_average ((const IpTrack *const *) members->pdata, members->len,
                            ip_session_get_display (self->session, IP_DISPLAY_BAND));
  mean.run = g_strdup (get_key (example));
  mean.layer = g_strdup (example->layer);
  mean.style = example->style % IP_N_SERIES;
  mean.user_data = user_data;
  note = g_strdup_printf (g_dngettext (NULL, "%s of %u run", "%s of %u runs", mean.n_runs),
                          ip_band_describe (ip_session_get_display (self->session,
                                                                    IP_DISPLAY_BAND)),
                          mean.n_runs);
  for (guint i = 0; i < mean.n_points; i++)
    mean.points[i].note = g_intern_string (note);

  return mean;
}

/* The number of a text among those that appeared. */
static guint
intern (GPtrArray *texts, const char *text)
{
  for (guint i = 0; i < texts->len; i++)
    if (g_str_equal (texts->pdata[i], text))
      return i;
  g_ptr_array_add (texts, g_strdup (text));

  return texts->len - 1;
}

static int
compare_groups (gconstpointer a, gconstpointer b, gpointer data)
{
  GPtrArray *keys = data;
  const IpTrack *one = a;
  const IpTrack *other = b;
  guint first = intern (keys, get_key (one));
  guint second = intern (keys, get_key (other));

  if (first != second)
    return first < second ? -1 : 1;
  if ((one->user_data & 0xffff) != (other->user_data & 0xffff))
    return (one->user_data & 0xffff) < (other->user_data & 0xffff) ? -1 : 1;
  if (one->is_member != other->is_member)
    return other->is_member ? -1 : 1;

  return one->user_data < other->user_data ? -1 : one->user_data > other->user_data;
}

/* Layers of a group in the order of the network, each mean before its members. */
static void
add_means (Builder *self)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  guint n = self->tracks->len;

  for (guint i = 0; i < n; i++)
    {
      IpTrack mean;

      intern (keys, get_key (get_track (self, i)));
      if (get_track (self, i)->is_member)
        continue;
      mean = average_like (self, i);
      add_entry (self, &mean, get_key (get_track (self, i)));
    }
  g_array_sort_with_data (self->tracks, compare_groups, keys);
}

/* Colours of runs and groups where these are what is told apart: far from each other at the
 * beginning. */
static guint
get_group_style (guint group)
{
  static const guint order[IP_N_SERIES] = { 0, 4, 2, 1, 5, 3, 6, 7 };

  return group / IP_N_SERIES * IP_N_SERIES + order[group % IP_N_SERIES];
}

/* A layer keeps its colour while layers are told apart by it, with the dash and marker of its
 * run or group; where there is one layer, in a panel or altogether, runs and groups have
 * colours. */
static void
choose_styles (Builder *self, gboolean one_layer, gboolean grouped)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->tracks->len; i++)
    {
      IpTrack *track = get_track (self, i);
      guint group = intern (groups, get_key (track));

      if (one_layer)
        track->style = get_group_style (group);
      else if (grouped)
        track->style = track->style % IP_N_SERIES + group * IP_N_SERIES;
    }
}

static char *
format_facet (const IpTrack *track, IpLayout layout)
{
  if (layout == IP_LAYOUT_LAYERS)
    return g_markup_escape_text (track->layer, -1);
  if (track->n_runs > 0)
    return g_markup_printf_escaped (_("%s (%u runs)"), track->run, track->n_runs);

  return g_markup_escape_text (track->run, -1);
}

/* Numbers the facets, and returns their titles; NULL when there are not two. */
static char **
divide (Builder *self, IpLayout layout)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *titles = g_ptr_array_new ();

  for (guint i = 0; i < self->tracks->len; i++)
    {
      IpTrack *track = get_track (self, i);
      guint n = keys->len;

      track->facet = intern (keys, layout == IP_LAYOUT_LAYERS ? track->layer
                                                              : get_key (track));
      if (keys->len > n)
        g_ptr_array_add (titles, format_facet (track, layout));
    }
  g_ptr_array_add (titles, NULL);

  return (char **) g_ptr_array_free (titles, FALSE);
}

static guint
count_layers (Builder *self)
{
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->tracks->len; i++)
    intern (layers, get_track (self, i)->layer);

  return layers->len;
}

/* Single runs are left out when they are not wanted or would be a tangle. */
static void
drop_members (Builder *self)
{
  gboolean wanted = ip_session_get_display (self->session, IP_DISPLAY_SHOW) & IP_SHOW_MEMBERS;
  guint means[IP_MOST_FACETS] = { 0 };
  guint most = 0;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = get_track (self, i);

      if (track->n_runs > 0)
        most = MAX (most, ++means[track->facet]);
    }
  if (wanted && most <= MOST_MEANS_WITH_MEMBERS)
    return;
  for (guint i = self->tracks->len; i-- > 0;)
    if (get_track (self, i)->is_member)
      g_array_remove_index (self->tracks, i);
}

/* Between the layers of a run that follow each other. */
static void
find_violations (Builder *self)
{
  IpTrack *before = NULL;

  for (guint i = 0; i < self->tracks->len; i++)
    {
      IpTrack *track = get_track (self, i);

      if (track->is_member)
        continue;
      if (before != NULL && g_str_equal (before->run, track->run))
        ip_track_mark_violations (before, track);
      before = track;
    }
}

static void
find_phases (Builder *self)
{
  for (guint i = 0; i < self->tracks->len; i++)
    {
      IpTrack *track = get_track (self, i);
      guint point;

      if (!track->is_member && ip_track_find_phase_change (track, &point))
        track->points[point].marks |= IP_POINT_CHANGES_PHASE;
    }
}

/* The inequality is one of information about X and about Y. */
static void
find_findings (Builder *self, IpFigureKind kind)
{
  const IpQuantity *quantities = self->choice->quantities;

  if (self->choice->n < 1 || quantities[0] != IP_QUANTITY_MI_XT)
    return;
  if (kind != IP_FIGURE_SWEEP)
    find_phases (self);
  if (self->choice->n > 1 && quantities[1] == IP_QUANTITY_MI_TY)
    find_violations (self);
}

static gboolean
has_facets (IpFigureKind kind)
{
  return kind == IP_FIGURE_PLANE || kind == IP_FIGURE_EPOCHS || kind == IP_FIGURE_TRAJECTORIES
         || kind == IP_FIGURE_SWEEP;
}

/* Returns the number of panels that are too many. */
static guint
lay_out (Builder *self, IpFigure *figure)
{
  IpFigureKind kind = ip_figure_get_kind (figure);
  gboolean grouped = ip_session_get_group_by (self->session) != NULL
                     || ip_session_compares (self->session, kind, self->choice);
  IpLayout layout = ip_session_get_display (self->session, IP_DISPLAY_LAYOUT);
  g_auto (GStrv) titles = NULL;
  guint n_facets;

  choose_styles (self,
                 layout == IP_LAYOUT_LAYERS
                   || (count_layers (self) == 1 && layout == IP_LAYOUT_OVERLAY && grouped),
                 grouped);
  if (layout == IP_LAYOUT_OVERLAY || !has_facets (kind))
    return 0;
  titles = divide (self, layout);
  n_facets = g_strv_length (titles);
  if (n_facets > 1 && n_facets <= IP_MOST_FACETS)
    {
      ip_figure_set_facets (figure, (const char *const *) titles);
      return 0;
    }

  for (guint i = 0; i < self->tracks->len; i++) /* all in one, where nothing is left out */
    get_track (self, i)->facet = 0;

  return n_facets > IP_MOST_FACETS ? n_facets : 0;
}

guint
ip_session_add_tracks (IpSession *self, IpFigure *figure, const IpChoice *choice)
{
  Builder builder = { self, choice, ip_session_name_groups (self),
                      g_array_new (FALSE, TRUE, sizeof (Entry)) };
  IpFigureKind kind = ip_figure_get_kind (figure);
  guint too_many;

  g_array_set_clear_func (builder.tracks, clear_entry);
  add_requests (&builder, kind);
  if (ip_session_get_group_by (self) != NULL)
    add_means (&builder);
  too_many = lay_out (&builder, figure);
  drop_members (&builder);
  find_findings (&builder, kind);
  for (guint i = 0; i < builder.tracks->len; i++)
    ip_figure_take_track (figure, get_track (&builder, i));
  g_array_unref (builder.tracks);
  g_strfreev (builder.groups);

  return too_many;
}

static void
list_means_of (Builder *self, guint request, GArray *means)
{
  IpQuantity quantity = self->choice->quantities[0];
  double unit = ip_session_get_unit_size (self->session, quantity);

  for (guint i = 0; i < self->tracks->len; i++)
    {
      const IpTrack *track = get_track (self, i);
      IpMean mean = { .request = request, .n_runs = track->n_runs,
                      .layer_number = track->user_data };

      if (track->n_runs == 0)
        continue;
      mean.group = g_intern_string (track->run);
      mean.layer = g_intern_string (track->layer);
      for (guint k = 0; k < track->n_points; k++)
        {
          const IpReading *reading = &track->points[k].x;

          if (!isfinite (reading->value))
            continue;
          mean.epoch = track->points[k].epoch;
          mean.value = (IpValue){ .quantity = quantity,
                                  .value = reading->value * unit,
                                  .lower = reading->lower * unit,
                                  .upper = reading->upper * unit,
                                  .error = NAN,
                                  .ceiling = NAN };
          g_array_append_val (means, mean);
        }
    }
}

/* Of a quantity of a request, or one that training recorded. */
static void
add_means_of (IpSession *session, const IpRequest *request, guint number, IpQuantity quantity,
              GArray *means)
{
  IpChoice choice = { 1, { quantity } };
  Builder builder = { session, &choice, ip_session_name_groups (session),
                      g_array_new (FALSE, TRUE, sizeof (Entry)) };

  g_array_set_clear_func (builder.tracks, clear_entry);
  add_request (&builder, IP_FIGURE_EPOCHS, request, NULL);
  add_means (&builder);
  list_means_of (&builder, number, means);
  g_array_unref (builder.tracks);
  g_strfreev (builder.groups);
}

static int
compare_means (gconstpointer a, gconstpointer b, gpointer data)
{
  GPtrArray *groups = data;
  const IpMean *one = a;
  const IpMean *other = b;
  guint first = intern (groups, one->group);
  guint second = intern (groups, other->group);

  if (first != second)
    return first < second ? -1 : 1;
  if ((one->layer_number & 0xffff) != (other->layer_number & 0xffff))
    return (one->layer_number & 0xffff) < (other->layer_number & 0xffff) ? -1 : 1;
  if (one->epoch != other->epoch)
    return one->epoch < other->epoch ? -1 : 1;
  if (one->request != other->request)
    return one->request < other->request ? -1 : 1;
  return (int) one->value.quantity - (int) other->value.quantity;
}

static void
sort_means (GArray *means)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < means->len; i++)
    intern (groups, g_array_index (means, IpMean, i).group);
  g_array_sort_with_data (means, compare_means, groups);
}

GArray *
ip_session_list_means (IpSession *self)
{
  GArray *means = g_array_new (FALSE, TRUE, sizeof (IpMean));
  g_autoptr (GArray) requests = NULL;
  g_autoptr (GArray) recorded = NULL;

  g_return_val_if_fail (IP_IS_SESSION (self), means);

  if (ip_session_get_group_by (self) == NULL)
    return means;
  requests = ip_session_list_requests (self);
  recorded = ip_session_list_recorded (self);
  for (guint i = 0; i < requests->len; i++)
    {
      const IpRequest *request = &g_array_index (requests, IpRequest, i);

      for (guint q = 0; q < request->estimator->n_quantities; q++)
        if (ip_request_gives (request, request->estimator->quantities[q]))
          add_means_of (self, request, i, request->estimator->quantities[q], means);
    }
  for (guint i = 0; i < recorded->len; i++)
    add_means_of (self, ip_session_get_request (self), requests->len,
                  g_array_index (recorded, IpQuantity, i), means);
  sort_means (means);

  return means;
}
