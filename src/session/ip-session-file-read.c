/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-file-private.h"

#include "ip-place.h"

#include <glib/gi18n.h>
#include <math.h>

/* Reading a session.  Every value is checked, and the first that is not what it should be is an
 * error with its place.  What is not there keeps its default, what is not known is ignored. */

G_DEFINE_QUARK (ip-session-file-error-quark, ip_session_file_error)

static void
saved_layer_clear (gpointer data)
{
  IpSavedLayer *layer = data;

  g_free (layer->name);
  g_free (layer->reduction);
}

static void
saved_run_free (gpointer data)
{
  IpSavedRun *run = data;

  g_free (run->path);
  g_free (run->fingerprint);
  g_free (run->name);
  g_free (run->samples);
  g_clear_pointer (&run->mapping, ip_mapping_free);
  g_array_unref (run->layers);
  g_clear_object (&run->place);
  g_clear_object (&run->run);
  g_free (run);
}

static gboolean
read_mapping (const IpPlace *place, IpSavedRun *run, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;

  if (!ip_place_read_text (place, "mapping", &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  run->mapping = ip_mapping_parse (text, &problem);

  return run->mapping != NULL || ip_place_fail (place, "mapping", problem->message, error);
}

static gboolean
read_layers (const IpPlace *place, IpSavedRun *run, GError **error)
{
  JsonArray *layers;

  if (!ip_place_read_objects (place, "layers", &layers, error))
    return FALSE;

  for (guint i = 0; layers != NULL && i < json_array_get_length (layers); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s.layers[%u]", place->path, i);
      IpPlace inner = { place->file, path, json_array_get_object_element (layers, i) };
      IpSavedLayer layer = { NULL, NULL, TRUE, -1 };
      IpReduction reduction = { IP_REDUCTION_FLATTEN };

      if (!ip_place_read_text (&inner, "name", &layer.name, error)
          || !ip_place_read_text (&inner, "reduce", &layer.reduction, error)
          || !ip_place_read_boolean (&inner, "visible", &layer.visible, error)
          || !ip_place_read_integer (&inner, "style", &layer.style, error))
        {
          saved_layer_clear (&layer);
          return FALSE;
        }
      if (layer.name == NULL)
        return ip_place_fail (&inner, "name", _("text"), error);
      g_array_append_val (run->layers, layer);
      if (layer.reduction != NULL && !ip_reduction_parse (&reduction, layer.reduction))
        return ip_place_fail (&inner, "reduce", "mean:first", error);
      if (layer.style < -1 || layer.style > G_MAXINT)
        return ip_place_fail (&inner, "style", _("the number of a style"), error);
    }

  return TRUE;
}

static gboolean
read_runs (IpSessionFile *self, const IpPlace *place, GError **error)
{
  JsonArray *runs;

  if (!ip_place_read_objects (place, "runs", &runs, error))
    return FALSE;

  for (guint i = 0; runs != NULL && i < json_array_get_length (runs); i++)
    {
      g_autofree char *path = g_strdup_printf ("runs[%u]", i);
      IpPlace inner = { place->file, path, json_array_get_object_element (runs, i) };
      IpSavedRun *run = g_new0 (IpSavedRun, 1);

      run->visible = TRUE;
      run->layers = g_array_new (FALSE, FALSE, sizeof (IpSavedLayer));
      g_array_set_clear_func (run->layers, saved_layer_clear);
      g_ptr_array_add (self->runs, run);
      if (!ip_place_read_text (&inner, "path", &run->path, error)
          || !ip_place_read_text (&inner, "fingerprint", &run->fingerprint, error)
          || !ip_place_read_text (&inner, "name", &run->name, error)
          || !ip_place_read_text (&inner, "samples", &run->samples, error)
          || !ip_place_read_boolean (&inner, "visible", &run->visible, error)
          || !read_mapping (&inner, run, error) || !read_layers (&inner, run, error))
        return FALSE;
      if (run->path == NULL || run->path[0] == '\0')
        return ip_place_fail (&inner, "path", _("the path of a dump"), error);
    }

  return TRUE;
}

static gboolean
read_request (IpSessionFile *self, const IpPlace *place, IpRequest *request, GError **error)
{
  IpContext context = { 0 };
  g_autofree char *id = NULL;
  g_autofree char *parameters = NULL;
  gint64 version = -1;

  if (!ip_place_read_text (place, "id", &id, error)
      || !ip_place_read_text (place, "parameters", &parameters, error)
      || !ip_place_read_integer (place, "version", &version, error))
    return FALSE;
  request->estimator = id != NULL ? ip_estimator_find (id) : NULL;
  if (request->estimator == NULL)
    return ip_place_fail (place, "id", _("the id of an estimator"), error);
  if (ip_parameters_parse (&request->parameters, request->estimator, parameters, &context)
      != IP_STATUS_OK)
    return ip_place_fail (place, "parameters", context.message, error);
  if (version >= 0 && version != request->estimator->version && self->estimator_notice == NULL)
    self->estimator_notice
      = g_strdup_printf (_("The session was made with another version of %s (%d, now %u): numbers "
                           "can differ"), _(request->estimator->title), (int) version,
                         request->estimator->version);

  return TRUE;
}

static gboolean
read_requests (IpSessionFile *self, const IpPlace *place, GError **error)
{
  IpPlace inner = { place->file, "estimator", NULL };
  JsonArray *comparisons;

  if (!ip_place_read_object (place, "estimator", &inner.object, error)
      || (inner.object != NULL && !read_request (self, &inner, &self->request, error))
      || !ip_place_read_objects (place, "comparisons", &comparisons, error))
    return FALSE;

  for (guint i = 0; comparisons != NULL && i < json_array_get_length (comparisons); i++)
    {
      g_autofree char *path = g_strdup_printf ("comparisons[%u]", i);
      IpPlace comparison = { place->file, path, json_array_get_object_element (comparisons, i) };
      IpRequest request;

      if (!read_request (self, &comparison, &request, error))
        return FALSE;
      g_array_append_val (self->comparisons, request);
    }

  return TRUE;
}

/* NAN when it is none. */
static double
get_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) != G_TYPE_STRING
           ? json_node_get_double (node)
           : NAN;
}

/* Numbers in rising order within the range of the parameter. */
static gboolean
read_values (IpSessionFile *self, const IpPlace *place, GError **error)
{
  const IpParameter *parameter = &self->request.estimator->parameters[self->sweep];
  JsonNode *node = ip_place_get_member (place, "values");
  JsonArray *values = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                   : NULL;
  double last = -G_MAXDOUBLE;

  if (node == NULL)
    return TRUE;
  for (guint i = 0; values != NULL && i < json_array_get_length (values); i++)
    {
      double value = get_number (json_array_get_element (values, i));

      if (!(value > last && value >= parameter->minimum && value <= parameter->maximum))
        return ip_place_fail (place, "values", _("rising numbers in the range of the parameter"),
                            error);
      g_array_append_val (self->sweep_values, value);
      last = value;
    }

  return values != NULL || ip_place_fail (place, "values", _("a list of numbers"), error);
}

static gboolean
read_sweep (IpSessionFile *self, const IpPlace *place, GError **error)
{
  IpPlace inner = { place->file, "sweep", NULL };
  const IpEstimator *estimator = self->request.estimator;
  g_autofree char *id = NULL;

  if (!ip_place_read_object (place, "sweep", &inner.object, error))
    return FALSE;
  if (inner.object == NULL)
    return TRUE;
  if (!ip_place_read_text (&inner, "parameter", &id, error))
    return FALSE;

  for (guint i = 0; id != NULL && i < estimator->n_parameters; i++)
    if (g_str_equal (estimator->parameters[i].id, id)
        && estimator->parameters[i].kind != IP_PARAMETER_CHOICE)
      self->sweep = (int) i;
  if (self->sweep < 0)
    return ip_place_fail (&inner, "parameter", _("a number among the parameters of the estimator"),
                        error);

  return read_values (self, &inner, error);
}

static gboolean
read_layer (IpSessionFile *self, const IpPlace *place, const char *key, GError **error)
{
  JsonObject *object;
  g_autofree char *path = g_strdup_printf ("%s.%s", place->path, key);
  IpPlace inner = { place->file, path, NULL };
  gint64 run = -1;

  if (!ip_place_read_object (place, key, &object, error))
    return FALSE;
  if (object == NULL)
    return TRUE;

  inner.object = object;
  if (!ip_place_read_integer (&inner, "run", &run, error)
      || !ip_place_read_text (&inner, "layer", &self->layer, error))
    return FALSE;
  if (run < 0 || run >= self->runs->len)
    return ip_place_fail (&inner, "run", _("the number of a run of this file"), error);
  self->layer_run = self->layer != NULL ? (int) run : -1;

  return TRUE;
}

/* A text that stands for a number. */
static gboolean
read_name (const IpPlace *place, const IpSavedProperty *saved, GValue *value, GError **error)
{
  g_autofree char *id = NULL;
  g_autofree char *ids = NULL;
  const char *choices;
  IpQuantity quantity;
  int number;

  if (!ip_place_read_text (place, saved->property, &id, error))
    return FALSE;
  if (id == NULL)
    return TRUE;

  if (saved->kind == IP_SAVED_QUANTITY)
    {
      if (!ip_quantity_from_id (id, &quantity))
        return ip_place_fail (place, saved->property, _("the id of a quantity"), error);
      g_value_set_int (g_value_init (value, G_TYPE_INT), quantity);
      return TRUE;
    }

  if (saved->kind == IP_SAVED_DISPLAY)
    {
      if (!ip_display_parse (saved->display, id, &number, &choices))
        return ip_place_fail (place, saved->property, choices, error);
      g_value_set_int (g_value_init (value, G_TYPE_INT), number);
      return TRUE;
    }

  for (int i = 0; saved->ids[i] != NULL; i++)
    if (g_str_equal (saved->ids[i], id))
      {
        g_value_set_int (g_value_init (value, G_TYPE_INT), i);
        return TRUE;
      }
  ids = g_strjoinv (", ", (char **) saved->ids);

  return ip_place_fail (place, saved->property, ids, error);
}

static gboolean
read_property (IpSessionFile *self, const IpPlace *place, guint number, GError **error)
{
  const IpSavedProperty *saved = &ip_saved_properties[number];
  g_autoptr (GTypeClass) session = g_type_class_ref (IP_TYPE_SESSION);
  GParamSpec *pspec
    = g_object_class_find_property (G_OBJECT_CLASS (session), saved->property);
  g_auto (GValue) plain = G_VALUE_INIT;
  g_auto (GValue) value = G_VALUE_INIT;
  GType type = G_PARAM_SPEC_VALUE_TYPE (pspec);

  if (saved->kind == IP_SAVED_LAYER)
    return read_layer (self, place, saved->property, error);
  if (saved->kind != IP_SAVED_AS_IT_IS)
    return read_name (place, saved, &self->values[number], error);

  if (!ip_place_read_value (place, saved->property,
                   type == G_TYPE_INT || type == G_TYPE_UINT ? G_TYPE_INT64 : type, &plain, error))
    return FALSE;
  if (!G_IS_VALUE (&plain))
    return TRUE;
  g_value_init (&value, type);
  g_value_transform (&plain, &value);
  if (g_param_value_validate (pspec, &value))
    return ip_place_fail (place, saved->property, _("a value in its range"), error);
  g_value_init (&self->values[number], type);
  g_value_copy (&value, &self->values[number]);

  return TRUE;
}

static gboolean
read_shown (IpSessionFile *self, const IpPlace *place, GError **error)
{
  IpPlace inner = { place->file, "shown", NULL };

  if (!ip_place_read_object (place, "shown", &inner.object, error))
    return FALSE;

  for (guint i = 0; inner.object != NULL && i < ip_n_saved_properties; i++)
    if (!read_property (self, &inner, i, error))
      return FALSE;

  return TRUE;
}

/* [lo, hi] of an axis, in rising order. */
static gboolean
read_axis (const IpPlace *place, const char *key, IpLimits *limits, gboolean *automatic,
           GError **error)
{
  JsonNode *node = ip_place_get_member (place, key);
  JsonArray *pair = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                 : NULL;
  double ends[2];

  if (node == NULL)
    return TRUE;
  if (pair == NULL || json_array_get_length (pair) != 2)
    return ip_place_fail (place, key, _("two numbers in rising order"), error);
  for (guint i = 0; i < 2; i++)
    ends[i] = get_number (json_array_get_element (pair, i));
  if (!isfinite (ends[0]) || !isfinite (ends[1]) || !(ends[0] < ends[1]))
    return ip_place_fail (place, key, _("two numbers in rising order"), error);

  *limits = (IpLimits){ ends[0], ends[1] };
  *automatic = FALSE;

  return TRUE;
}

static gboolean
read_limits (IpSessionFile *self, const IpPlace *place, GError **error)
{
  IpPlace inner = { place->file, "limits", NULL };

  if (!ip_place_read_object (place, "limits", &inner.object, error))
    return FALSE;

  for (guint kind = 0; inner.object != NULL && kind < IP_N_FIGURE_KINDS; kind++)
    {
      const char *name = ip_session_get_view_name (kind);
      IpView *view = &self->limits[kind];
      JsonArray *panels;

      if (!ip_place_read_objects (&inner, name, &panels, error))
        return FALSE;
      for (guint i = 0; panels != NULL && i < MIN (json_array_get_length (panels), 2); i++)
        {
          g_autofree char *path = g_strdup_printf ("limits.%s[%u]", name, i);
          IpPlace panel = { place->file, path, json_array_get_object_element (panels, i) };

          if (!read_axis (&panel, "x", &view->limits[i][0], &view->automatic[i][0], error)
              || !read_axis (&panel, "y", &view->limits[i][1], &view->automatic[i][1], error))
            return FALSE;
        }
    }

  return TRUE;
}

/* Whatever of plain values there is: the window knows what it can use. */
static gboolean
read_window (IpSessionFile *self, const IpPlace *place, GError **error)
{
  GVariantDict window;
  JsonObject *object;
  g_autoptr (GList) names = NULL;

  if (!ip_place_read_object (place, "window", &object, error))
    return FALSE;

  names = object != NULL ? json_object_get_members (object) : NULL;
  g_variant_dict_init (&window, NULL);
  for (GList *name = names; name != NULL; name = name->next)
    {
      JsonNode *node = json_object_get_member (object, name->data);
      GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

      if (type == G_TYPE_BOOLEAN)
        g_variant_dict_insert (&window, name->data, "b", json_node_get_boolean (node));
      else if (type == G_TYPE_INT64)
        g_variant_dict_insert (&window, name->data, "x", json_node_get_int (node));
      else if (type == G_TYPE_DOUBLE)
        g_variant_dict_insert (&window, name->data, "d", json_node_get_double (node));
      else if (type == G_TYPE_STRING)
        g_variant_dict_insert (&window, name->data, "s", json_node_get_string (node));
    }
  self->window = g_variant_ref_sink (g_variant_dict_end (&window));

  return TRUE;
}

static gboolean
read_head (const IpPlace *place, GError **error)
{
  g_autofree char *format = NULL;
  gint64 version = 0;

  if (!ip_place_read_text (place, "format", &format, error))
    return FALSE;
  if (g_strcmp0 (format, IP_SESSION_FILE_FORMAT) != 0)
    return ip_place_fail (place, "format", "“" IP_SESSION_FILE_FORMAT "”", error);
  if (!ip_place_read_integer (place, "version", &version, error))
    return FALSE;
  if (version < 1)
    return ip_place_fail (place, "version", _("the version of the format"), error);
  if (version <= IP_SESSION_FILE_VERSION)
    return TRUE;

  g_set_error (error, IP_SESSION_FILE_ERROR, IP_SESSION_FILE_ERROR_NEWER,
               _("%s: version: the session was saved by a newer version of Infoplane (format %d, "
                 "this program reads up to %d)"),
               place->file, (int) version, IP_SESSION_FILE_VERSION);

  return FALSE;
}

static void
session_file_clear (gpointer data)
{
  IpSessionFile *self = data;

  g_clear_object (&self->file);
  g_ptr_array_unref (self->runs);
  for (guint i = 0; i < ip_n_saved_properties; i++)
    if (G_IS_VALUE (&self->values[i]))
      g_value_unset (&self->values[i]);
  g_free (self->values);
  g_array_unref (self->comparisons);
  g_array_unref (self->sweep_values);
  g_free (self->estimator_notice);
  g_free (self->layer);
  g_clear_pointer (&self->window, g_variant_unref);
}

IpSessionFile *
ip_session_file_ref (IpSessionFile *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ip_session_file_unref (IpSessionFile *self)
{
  g_atomic_rc_box_release_full (self, session_file_clear);
}

static IpSessionFile *
session_file_new (GFile *file)
{
  IpSessionFile *self = g_atomic_rc_box_new0 (IpSessionFile);
  gsize n_estimators;

  self->file = g_object_ref (file);
  self->runs = g_ptr_array_new_with_free_func (saved_run_free);
  self->values = g_new0 (GValue, ip_n_saved_properties);
  self->layer_run = -1;
  self->sweep = -1;
  self->comparisons = g_array_new (FALSE, FALSE, sizeof (IpRequest));
  self->sweep_values = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < IP_N_FIGURE_KINDS; i++)
    ip_view_init (&self->limits[i]);
  self->request.estimator = ip_estimators_list (&n_estimators)[0];
  ip_parameters_init (&self->request.parameters, self->request.estimator);

  return self;
}

IpSessionFile *
ip_session_file_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (IpSessionFile) self = session_file_new (file);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *name = g_file_get_basename (file);
  IpPlace root = { name, "", NULL };

  if (!ip_place_parse (&root, parser, file, cancellable, error) || !read_head (&root, error)
      || !read_runs (self, &root, error) || !read_requests (self, &root, error)
      || !read_sweep (self, &root, error) || !read_shown (self, &root, error)
      || !read_limits (self, &root, error) || !read_window (self, &root, error))
    return NULL;

  return g_steal_pointer (&self);
}
