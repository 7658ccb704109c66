/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-run.h"

#include "ip-dump-watch.h"
#include "ip-known.h"
#include "ip-repeats.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

/* A writer that has left its file alone for so long was killed. */
#define LATELY (60 * 60) /* s */

struct _IpRun
{
  GObject parent_instance;

  IpDump *dump;
  IpDumpWatch *watch; /* NULL unless the file is followed */
  gboolean changing;  /* since it is followed */
  char *name;
  char *subtitle;
  char *experiment;
  char *seed;
  gboolean visible;
  guint n_epochs;
  gboolean *chosen; /* [n_epochs], NULL: all snapshots */
  guint first_style;
  GPtrArray *layers;
  GPtrArray *known; /* IpKnown, one for each request */
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SUBTITLE,
  PROP_VISIBLE,
  PROP_LIVE,
  PROP_FOLLOWING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_LAYER_CHANGED,
  SIGNAL_DUMP_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GType
ip_run_get_item_type (GListModel *model)
{
  return IP_TYPE_RUN_LAYER;
}

static guint
ip_run_get_n_items (GListModel *model)
{
  return IP_RUN (model)->layers->len;
}

static gpointer
ip_run_get_item (GListModel *model, guint position)
{
  IpRun *self = IP_RUN (model);

  return position < self->layers->len ? g_object_ref (self->layers->pdata[position]) : NULL;
}

static void
ip_run_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = ip_run_get_item_type;
  interface->get_n_items = ip_run_get_n_items;
  interface->get_item = ip_run_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (IpRun, ip_run, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, ip_run_list_model_init))

static void
ip_run_finalize (GObject *object)
{
  IpRun *self = IP_RUN (object);

  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_clear_pointer (&self->layers, g_ptr_array_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->subtitle, g_free);
  g_clear_pointer (&self->experiment, g_free);
  g_clear_pointer (&self->seed, g_free);
  g_clear_pointer (&self->chosen, g_free);
  g_clear_object (&self->watch);
  g_clear_object (&self->dump);

  G_OBJECT_CLASS (ip_run_parent_class)->finalize (object);
}

static void
ip_run_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  IpRun *self = IP_RUN (object);

  switch (property)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;

    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;

    case PROP_VISIBLE:
      g_value_set_boolean (value, self->visible);
      break;

    case PROP_LIVE:
      g_value_set_boolean (value, ip_run_get_live (self));
      break;

    case PROP_FOLLOWING:
      g_value_set_boolean (value, ip_run_get_following (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_run_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_VISIBLE:
      ip_run_set_visible (IP_RUN (object), g_value_get_boolean (value));
      break;

    case PROP_FOLLOWING:
      ip_run_set_following (IP_RUN (object), g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
ip_run_class_init (IpRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ip_run_finalize;
  object_class->get_property = ip_run_get_property;
  object_class->set_property = ip_run_set_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_VISIBLE]
    = g_param_spec_boolean ("visible", NULL, NULL, TRUE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FOLLOWING]
    = g_param_spec_boolean ("following", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_LAYER_CHANGED]
    = g_signal_new ("layer-changed", IP_TYPE_RUN, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DUMP_CHANGED] = g_signal_new ("dump-changed", IP_TYPE_RUN, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", IP_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ip_run_init (IpRun *self)
{
  self->visible = TRUE;
  self->layers = g_ptr_array_new_with_free_func (g_object_unref);
  self->known = g_ptr_array_new_with_free_func ((GDestroyNotify) ip_known_unref);
}

/* "N 4096", "N 1000 of 4096, random, seed 0" (transfer full) */
static char *
describe_samples (IpDump *dump)
{
  gsize n = ip_dump_get_n_samples (dump);
  gsize n_recorded = ip_dump_get_n_recorded (dump);
  IpSelectionKind kind;
  guint64 seed;
  gsize n_wanted;

  ip_selection_parse (ip_dump_get_selection (dump), &kind, &n_wanted, &seed);
  switch (kind)
    {
    case IP_SELECTION_FIRST:
      return g_strdup_printf (_("N %zu of %zu, the first"), n, n_recorded);

    case IP_SELECTION_RANDOM:
      return g_strdup_printf (_("N %zu of %zu, random, seed %" PRIu64), n, n_recorded, seed);

    case IP_SELECTION_CLASS:
      return g_strdup_printf (_("N %zu of %zu, %zu of each class, seed %" PRIu64), n, n_recorded,
                              n_wanted, seed);

    case IP_SELECTION_ALL:
    case IP_N_SELECTIONS:
    default:
      return g_strdup_printf ("N %zu", n);
    }
}

static char *
describe_dump (IpDump *dump)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  const char *activation = ip_dump_get_attribute (dump, "activation");
  const char *seed = ip_dump_get_attribute (dump, "seed");
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  if (activation != NULL)
    g_ptr_array_add (parts, g_strdup (activation));
  if (seed != NULL)
    g_ptr_array_add (parts, g_strdup_printf (_("seed %s"), seed));
  g_ptr_array_add (parts,
                   g_strdup_printf (g_dngettext (NULL, "%u epoch", "%u epochs", n_epochs),
                                    n_epochs));
  g_ptr_array_add (parts, describe_samples (dump));
  g_ptr_array_add (parts, NULL);

  return g_strjoinv (" · ", (char **) parts->pdata);
}

static void
layer_notify_cb (IpRun *self, GParamSpec *pspec)
{
  g_signal_emit (self, signals[SIGNAL_LAYER_CHANGED], g_quark_from_string (pspec->name));
}

static void
make_layers (IpRun *self)
{
  for (guint i = 0; i < ip_dump_get_n_layers (self->dump); i++)
    {
      IpRunLayer *layer
        = ip_run_layer_new (ip_dump_get_layer (self->dump, i), self->first_style + i);

      g_signal_connect_object (layer, "notify", G_CALLBACK (layer_notify_cb), self,
                               G_CONNECT_SWAPPED);
      g_ptr_array_add (self->layers, layer);
    }
}

static void
take_descriptions (IpRun *self)
{
  g_free (self->subtitle);
  self->subtitle = describe_dump (self->dump);
  g_free (self->seed);
  g_free (self->experiment);
  self->experiment = ip_repeats_describe (self->dump, &self->seed);
}

IpRun *
ip_run_new (IpDump *dump, const char *name, guint first_style)
{
  IpRun *self = g_object_new (IP_TYPE_RUN, NULL);

  self->dump = g_object_ref (dump);
  self->name = g_strdup (name);
  take_descriptions (self);
  self->first_style = first_style;
  ip_dump_get_epochs (dump, &self->n_epochs);
  make_layers (self);

  return self;
}

static gboolean
has_same_layers (IpDump *one, IpDump *other)
{
  if (ip_dump_get_n_layers (one) != ip_dump_get_n_layers (other))
    return FALSE;

  for (guint i = 0; i < ip_dump_get_n_layers (one); i++)
    if (!g_str_equal (ip_dump_get_layer (one, i)->name, ip_dump_get_layer (other, i)->name))
      return FALSE;

  return TRUE;
}

/* Moves the estimates that still hold to where they are in a dump of n_epochs snapshots. */
static void
keep_estimates (IpRun *self, guint number, guint n_kept, guint n_epochs)
{
  g_autofree gboolean *holds = g_new (gboolean, self->layers->len);
  IpKnown *known = self->known->pdata[number];

  for (guint layer = 0; layer < self->layers->len; layer++)
    {
      const IpLayer *description = ip_dump_get_layer (self->dump, layer);

      holds[layer] = !ip_request_needs_layer_range (ip_known_get_request (known),
                                                    description->bound_lo, description->bound_hi);
    }
  self->known->pdata[number] = ip_known_resize (known, n_epochs, n_kept, holds);
  ip_known_unref (known);
}

static void
replace_dump (IpRun *self, IpDump *dump, guint n_kept)
{
  gboolean same_layers = has_same_layers (self->dump, dump);
  guint n_before = self->layers->len;
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint i = 0; same_layers && i < self->known->len; i++)
    keep_estimates (self, i, n_kept, n_epochs);
  if (!same_layers)
    g_ptr_array_set_size (self->known, 0);

  g_set_object (&self->dump, dump);
  self->n_epochs = n_epochs;
  g_clear_pointer (&self->chosen, g_free);
  if (same_layers)
    {
      for (guint i = 0; i < self->layers->len; i++)
        ip_run_layer_set_description (ip_run_get_layer (self, i), ip_dump_get_layer (dump, i));
    }
  else
    {
      g_ptr_array_set_size (self->layers, 0);
      make_layers (self);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->layers->len);
    }
}

static void
watch_changed_cb (IpRun *self, IpDump *before, IpDump *now, guint n_kept)
{
  replace_dump (self, now, n_kept);
  take_descriptions (self);
  /* A writer that closes its file has written the last epoch. */
  self->changing = !ip_dump_get_unfinished (before) || ip_dump_get_unfinished (now);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
  g_signal_emit (self, signals[SIGNAL_DUMP_CHANGED], 0);
}

static void
watch_failed_cb (IpRun *self, GError *error)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

void
ip_run_follow (IpRun *self)
{
  g_return_if_fail (IP_IS_RUN (self));
  g_return_if_fail (self->watch == NULL);

  self->watch = ip_dump_watch_new (self->dump);
  g_signal_connect_object (self->watch, "changed", G_CALLBACK (watch_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "failed", G_CALLBACK (watch_failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}

void
ip_run_set_dump (IpRun *self, IpDump *dump)
{
  gboolean watched = self->watch != NULL;
  gboolean paused = watched && ip_dump_watch_get_paused (self->watch);

  g_return_if_fail (IP_IS_RUN (self));

  if (watched)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  g_clear_object (&self->watch);
  replace_dump (self, dump, 0);
  take_descriptions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
  if (watched)
    {
      ip_run_follow (self);
      ip_dump_watch_set_paused (self->watch, paused);
    }
  g_signal_emit (self, signals[SIGNAL_DUMP_CHANGED], 0);
}

void
ip_run_choose_snapshots (IpRun *self, const gboolean *chosen)
{
  g_return_if_fail (IP_IS_RUN (self));

  g_free (self->chosen);
  self->chosen = g_memdup2 (chosen, self->n_epochs * sizeof *chosen);
}

gboolean
ip_run_is_chosen (IpRun *self, guint snapshot)
{
  g_return_val_if_fail (IP_IS_RUN (self) && snapshot < self->n_epochs, FALSE);

  return self->chosen == NULL || self->chosen[snapshot];
}

gboolean
ip_run_get_live (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), FALSE);

  if (self->watch == NULL || self->changing)
    return self->changing;

  return ip_dump_get_unfinished (self->dump)
         && g_get_real_time () / G_USEC_PER_SEC - ip_dump_get_modified (self->dump) < LATELY;
}

gboolean
ip_run_get_following (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), FALSE);

  return self->watch != NULL && !ip_dump_watch_get_paused (self->watch);
}

void
ip_run_set_following (IpRun *self, gboolean following)
{
  g_return_if_fail (IP_IS_RUN (self));

  following = !!following;
  if (ip_run_get_following (self) == following)
    return;

  if (self->watch == NULL)
    {
      ip_run_follow (self);
      return;
    }
  ip_dump_watch_set_paused (self->watch, !following);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
}

const char *
ip_run_get_name (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  return self->name;
}

const char *
ip_run_get_subtitle (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  return self->subtitle;
}

IpDump *
ip_run_get_dump (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  return self->dump;
}

const char *
ip_run_get_seed (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  return self->seed;
}

const char *
ip_run_get_experiment (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  return self->experiment;
}

IpRunLayer *
ip_run_get_layer (IpRun *self, guint layer)
{
  g_return_val_if_fail (IP_IS_RUN (self), NULL);
  g_return_val_if_fail (layer < self->layers->len, NULL);

  return self->layers->pdata[layer];
}

gboolean
ip_run_get_visible (IpRun *self)
{
  g_return_val_if_fail (IP_IS_RUN (self), FALSE);

  return self->visible;
}

void
ip_run_set_visible (IpRun *self, gboolean visible)
{
  g_return_if_fail (IP_IS_RUN (self));

  visible = !!visible;
  if (self->visible == visible)
    return;

  self->visible = visible;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VISIBLE]);
}

/* FALSE while nothing is known.  Most callers pass the very request that was set; parameters that
 * do not matter may differ, and are left out of the name. */
static gboolean
find_known (IpRun *self, const IpRequest *request, guint *number)
{
  g_autofree char *name = NULL;

  for (*number = 0; *number < self->known->len; (*number)++)
    if (memcmp (ip_known_get_request (self->known->pdata[*number]), request, sizeof *request) == 0)
      return TRUE;

  name = ip_known_name_request (request);
  for (*number = 0; *number < self->known->len; (*number)++)
    if (g_str_equal (ip_known_get_name (self->known->pdata[*number]), name))
      return TRUE;

  return FALSE;
}

static IpKnown *
peek_known (IpRun *self, const IpRequest *request)
{
  guint number;

  return find_known (self, request, &number) ? self->known->pdata[number] : NULL;
}

/* To be changed. */
static IpKnown *
edit_known (IpRun *self, const IpRequest *request)
{
  guint number;

  if (!find_known (self, request, &number))
    g_ptr_array_add (self->known, ip_known_new (request, self->layers->len, self->n_epochs));
  self->known->pdata[number] = ip_known_make_own (self->known->pdata[number]);

  return self->known->pdata[number];
}

const IpEstimate *const *
ip_run_get_estimates (IpRun *self, const IpRequest *request)
{
  IpKnown *known;

  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  known = peek_known (self, request);

  return known != NULL ? ip_known_get_estimates (known) : NULL;
}

void
ip_run_set_estimate (IpRun *self,
                     const IpRequest *request,
                     guint layer,
                     guint snapshot,
                     const IpEstimate *estimate)
{
  g_return_if_fail (IP_IS_RUN (self));
  g_return_if_fail (layer < self->layers->len && snapshot < self->n_epochs);

  ip_known_set (edit_known (self, request), layer, snapshot, estimate);
}

static guint
count_cells (IpRun *self, guint layer)
{
  const IpLayer *recorded = ip_dump_get_layer (self->dump, layer);
  guint n_cells = 0;

  if (self->chosen == NULL)
    return recorded->n_present;

  for (guint snapshot = 0; snapshot < self->n_epochs; snapshot++)
    n_cells += recorded->present[snapshot] && self->chosen[snapshot];
  return n_cells;
}

void
ip_run_count (IpRun *self, const IpRequest *request, IpRunCount *count)
{
  IpKnown *known;

  *count = (IpRunCount){ 0 };
  g_return_if_fail (IP_IS_RUN (self));

  known = peek_known (self, request);
  for (guint layer = 0; self->visible && layer < self->layers->len; layer++)
    {
      if (!ip_run_layer_get_visible (ip_run_get_layer (self, layer)))
        continue;

      count->n_cells += count_cells (self, layer);
      if (known != NULL)
        {
          count->n_done += ip_known_count (known, layer);
          count->n_failed += ip_known_count_failed (known, layer);
        }
    }
}

void
ip_run_forget_failed (IpRun *self, const IpRequest *request)
{
  g_return_if_fail (IP_IS_RUN (self));

  ip_known_forget_failed (edit_known (self, request));
}

IpRun *
ip_run_freeze (IpRun *self)
{
  IpRun *frozen;

  g_return_val_if_fail (IP_IS_RUN (self), NULL);

  frozen = g_object_new (IP_TYPE_RUN, NULL);
  frozen->dump = g_object_ref (self->dump);
  frozen->name = g_strdup (self->name);
  frozen->subtitle = g_strdup (self->subtitle);
  frozen->experiment = g_strdup (self->experiment);
  frozen->seed = g_strdup (self->seed);
  frozen->visible = self->visible;
  frozen->n_epochs = self->n_epochs;
  if (self->chosen != NULL)
    frozen->chosen = g_memdup2 (self->chosen, self->n_epochs * sizeof *self->chosen);
  for (guint i = 0; i < self->layers->len; i++)
    g_ptr_array_add (frozen->layers, ip_run_layer_copy (self->layers->pdata[i]));
  for (guint i = 0; i < self->known->len; i++)
    g_ptr_array_add (frozen->known, ip_known_ref (self->known->pdata[i]));

  return frozen;
}
