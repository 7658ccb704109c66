/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-session-file-private.h"

#include "ip-json-writer.h"

/* Writing a session.  Dumps are named by their way from the session file, so that a folder with
 * both can be moved and sent; names and ids rather than numbers stand for everything that another
 * version of the program could number otherwise. */

static const char *const epoch_scales[] = { "linear", "log", NULL };

const IpSavedProperty ip_saved_properties[] = {
  { "view", IP_SAVED_AS_IT_IS },
  { "epoch", IP_SAVED_AS_IT_IS },
  { "follow-last", IP_SAVED_AS_IT_IS },
  { "layer", IP_SAVED_LAYER },
  { "in-bits", IP_SAVED_AS_IT_IS },
  { "epoch-scale", IP_SAVED_CHOICE, epoch_scales },
  { "quantity", IP_SAVED_QUANTITY },
  { "x-quantity", IP_SAVED_QUANTITY },
  { "y-quantity", IP_SAVED_QUANTITY },
  { "group-by", IP_SAVED_AS_IT_IS },
  { "layout", IP_SAVED_DISPLAY, .display = IP_DISPLAY_LAYOUT },
  { "band", IP_SAVED_DISPLAY, .display = IP_DISPLAY_BAND },
  { "show", IP_SAVED_DISPLAY, .display = IP_DISPLAY_SHOW },
  { "value-scale", IP_SAVED_DISPLAY, .display = IP_DISPLAY_VALUE_SCALE },
  { "spectrum", IP_SAVED_DISPLAY, .display = IP_DISPLAY_SPECTRUM },
  { "grid", IP_SAVED_DISPLAY, .display = IP_DISPLAY_GRID },
  { "figure-width", IP_SAVED_AS_IT_IS },
  { "figure-height", IP_SAVED_AS_IT_IS },
  { "font-size", IP_SAVED_AS_IT_IS },
};

const guint ip_n_saved_properties = G_N_ELEMENTS (ip_saved_properties);

/* "../data/run.h5", from the folder; the whole path where they have nothing in common. */
static char *
make_path (GFile *folder, GFile *file)
{
  const char *path = g_file_peek_path (file);
  const char *from = folder != NULL ? g_file_peek_path (folder) : NULL;
  g_auto (GStrv) steps = NULL;
  g_auto (GStrv) ups = NULL;
  g_autoptr (GString) way = g_string_new (NULL);
  guint n_common = 0;

  if (path == NULL)
    return g_file_get_uri (file);
  if (from == NULL)
    return g_strdup (path);

  steps = g_strsplit (path + 1, G_DIR_SEPARATOR_S, -1);
  ups = g_strsplit (from + 1, G_DIR_SEPARATOR_S, -1);
  while (steps[n_common] != NULL && g_strcmp0 (steps[n_common], ups[n_common]) == 0)
    n_common++;
  if (n_common == 0)
    return g_strdup (path);

  for (guint i = n_common; i < g_strv_length (ups); i++)
    g_string_append (way, "../");
  for (guint i = n_common; steps[i] != NULL; i++)
    g_string_append_printf (way, "%s%s", i > n_common ? "/" : "", steps[i]);

  return g_string_free (g_steal_pointer (&way), FALSE);
}

static void
write_layers (IpJsonWriter *json, IpRun *run)
{
  guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (run));

  ip_json_writer_begin_array (json, "layers");
  for (guint i = 0; i < n_layers; i++)
    {
      IpRunLayer *layer = ip_run_get_layer (run, i);
      const char *reduction = ip_dump_get_layer (ip_run_get_dump (run), i)->reduction;

      ip_json_writer_begin_object (json, NULL);
      ip_json_writer_add_text (json, "name", ip_run_layer_get_name (layer));
      if (*reduction != '\0')
        ip_json_writer_add_text (json, "reduce", reduction);
      ip_json_writer_add_boolean (json, "visible", ip_run_layer_get_visible (layer));
      ip_json_writer_add_integer (json, "style", ip_run_layer_get_style (layer));
      ip_json_writer_end_object (json);
    }
  ip_json_writer_end_array (json);
}

/* What the program recognises by itself need not be said. */
static void
write_mapping (IpJsonWriter *json, IpDump *dump)
{
  IpMappingOrigin origin;
  const IpMapping *mapping = ip_dump_get_mapping (dump, &origin);
  g_autofree char *text = ip_mapping_to_text (mapping);

  if (origin != IP_MAPPING_RECOGNISED)
    ip_json_writer_add_text (json, "mapping", text);
}

static void
write_runs (IpJsonWriter *json, IpSession *session, GFile *folder)
{
  GListModel *runs = ip_session_get_runs (session);

  ip_json_writer_break_line (json);
  ip_json_writer_begin_array (json, "runs");
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);
      IpDump *dump = ip_run_get_dump (run);
      g_autofree char *path = make_path (folder, ip_dump_get_file (dump));

      ip_json_writer_break_line (json);
      ip_json_writer_begin_object (json, NULL);
      ip_json_writer_add_text (json, "path", path);
      ip_json_writer_add_text (json, "fingerprint", ip_dump_get_fingerprint (dump));
      ip_json_writer_add_text (json, "name", ip_run_get_name (run));
      write_mapping (json, dump);
      ip_json_writer_add_text (json, "samples", ip_dump_get_selection (dump));
      ip_json_writer_add_boolean (json, "visible", ip_run_get_visible (run));
      write_layers (json, run);
      ip_json_writer_end_object (json);
    }
  ip_json_writer_end_array (json);
}

static void
write_request (IpJsonWriter *json, const char *name, const IpRequest *request)
{
  char parameters[256];

  ip_parameters_format (&request->parameters, request->estimator, parameters, sizeof parameters);
  ip_json_writer_break_line (json);
  ip_json_writer_begin_object (json, name);
  ip_json_writer_add_text (json, "id", request->estimator->id);
  ip_json_writer_add_integer (json, "version", request->estimator->version);
  ip_json_writer_add_text (json, "parameters", parameters);
  ip_json_writer_end_object (json);
}

static void
write_comparisons (IpJsonWriter *json, IpSession *session)
{
  guint n;
  const IpRequest *requests = ip_session_get_comparisons (session, &n);

  if (n == 0)
    return;
  ip_json_writer_break_line (json);
  ip_json_writer_begin_array (json, "comparisons");
  for (guint i = 0; i < n; i++)
    write_request (json, NULL, &requests[i]);
  ip_json_writer_end_array (json);
}

static void
write_sweep (IpJsonWriter *json, IpSession *session)
{
  const double *values;
  guint n;
  int parameter = ip_session_get_sweep (session, &values, &n);

  if (parameter < 0)
    return;
  ip_json_writer_break_line (json);
  ip_json_writer_begin_object (json, "sweep");
  ip_json_writer_add_text (json, "parameter",
                           ip_session_get_request (session)->estimator->parameters[parameter].id);
  ip_json_writer_begin_array (json, "values");
  for (guint i = 0; i < n; i++)
    ip_json_writer_add_number (json, NULL, values[i]);
  ip_json_writer_end_array (json);
  ip_json_writer_end_object (json);
}

static void
write_layer (IpJsonWriter *json, const char *name, IpSession *session)
{
  int layer = ip_session_get_selected_layer (session);
  g_autoptr (IpRun) run = NULL;

  if (layer < 0)
    {
      ip_json_writer_add_null (json, name);
      return;
    }

  run = g_list_model_get_item (ip_session_get_runs (session), (guint) layer >> 16);
  ip_json_writer_begin_object (json, name);
  ip_json_writer_add_integer (json, "run", layer >> 16);
  ip_json_writer_add_text (json, "layer",
                           ip_run_layer_get_name (ip_run_get_layer (run, layer & 0xffff)));
  ip_json_writer_end_object (json);
}

static void
write_value (IpJsonWriter *json, const char *name, const GValue *value)
{
  if (G_VALUE_HOLDS_BOOLEAN (value))
    ip_json_writer_add_boolean (json, name, g_value_get_boolean (value));
  else if (G_VALUE_HOLDS_INT (value))
    ip_json_writer_add_integer (json, name, g_value_get_int (value));
  else if (G_VALUE_HOLDS_UINT (value))
    ip_json_writer_add_integer (json, name, g_value_get_uint (value));
  else if (G_VALUE_HOLDS_INT64 (value))
    ip_json_writer_add_integer (json, name, g_value_get_int64 (value));
  else if (G_VALUE_HOLDS_DOUBLE (value))
    ip_json_writer_add_number (json, name, g_value_get_double (value));
  else if (g_value_get_string (value) != NULL)
    ip_json_writer_add_text (json, name, g_value_get_string (value));
  else
    ip_json_writer_add_null (json, name);
}

static void
write_property (IpJsonWriter *json, IpSession *session, const IpSavedProperty *saved)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_autofree char *text = NULL;

  g_object_get_property (G_OBJECT (session), saved->property, &value);
  switch (saved->kind)
    {
    case IP_SAVED_AS_IT_IS:
      write_value (json, saved->property, &value);
      break;

    case IP_SAVED_CHOICE:
      ip_json_writer_add_text (json, saved->property, saved->ids[g_value_get_int (&value)]);
      break;

    case IP_SAVED_QUANTITY:
      if (g_value_get_int (&value) < IP_N_QUANTITIES)
        ip_json_writer_add_text (json, saved->property,
                                 ip_quantity_get_info (g_value_get_int (&value))->id);
      else
        ip_json_writer_add_null (json, saved->property);
      break;

    case IP_SAVED_DISPLAY:
      text = ip_display_format (saved->display, g_value_get_int (&value));
      ip_json_writer_add_text (json, saved->property, text);
      break;

    case IP_SAVED_LAYER:
      write_layer (json, saved->property, session);
      break;
    }
}

static void
write_limits (IpJsonWriter *json, IpSession *session, IpFigureKind kind)
{
  static const char *const axes[] = { "x", "y" };
  IpView view;

  ip_session_get_limits (session, kind, &view);
  ip_json_writer_begin_array (json, ip_session_get_view_name (kind));
  for (guint panel = 0; panel < 2; panel++)
    {
      ip_json_writer_begin_object (json, NULL);
      for (guint axis = 0; axis < 2; axis++)
        if (!view.automatic[panel][axis])
          {
            ip_json_writer_begin_array (json, axes[axis]);
            ip_json_writer_add_number (json, NULL, view.limits[panel][axis].lo);
            ip_json_writer_add_number (json, NULL, view.limits[panel][axis].hi);
            ip_json_writer_end_array (json);
          }
      ip_json_writer_end_object (json);
    }
  ip_json_writer_end_array (json);
}

static void
write_shown (IpJsonWriter *json, IpSession *session)
{
  ip_json_writer_break_line (json);
  ip_json_writer_begin_object (json, "shown");
  for (guint i = 0; i < ip_n_saved_properties; i++)
    write_property (json, session, &ip_saved_properties[i]);
  ip_json_writer_end_object (json);

  ip_json_writer_break_line (json);
  ip_json_writer_begin_object (json, "limits");
  for (guint i = 0; i < IP_N_FIGURE_KINDS; i++)
    write_limits (json, session, i);
  ip_json_writer_end_object (json);
}

static void
write_window (IpJsonWriter *json, GVariant *window)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  ip_json_writer_break_line (json);
  ip_json_writer_begin_object (json, "window");
  g_variant_iter_init (&iter, window);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_auto (GValue) plain = G_VALUE_INIT;

      g_dbus_gvariant_to_gvalue (value, &plain);
      write_value (json, name, &plain);
    }
  ip_json_writer_end_object (json);
}

char *
ip_session_file_write (IpSession *session, GFile *place, GVariant *window)
{
  g_autoptr (IpJsonWriter) json = ip_json_writer_new ();
  g_autoptr (GFile) folder = place != NULL ? g_file_get_parent (place) : NULL;
  g_autofree char *text = NULL;

  ip_json_writer_begin_object (json, NULL);
  ip_json_writer_break_line (json);
  ip_json_writer_add_text (json, "format", IP_SESSION_FILE_FORMAT);
  ip_json_writer_add_integer (json, "version", IP_SESSION_FILE_VERSION);
  ip_json_writer_add_text (json, "program", "infoplane " PACKAGE_VERSION);
  write_runs (json, session, folder);
  write_request (json, "estimator", ip_session_get_request (session));
  write_comparisons (json, session);
  write_sweep (json, session);
  write_shown (json, session);
  if (window != NULL)
    write_window (json, window);
  ip_json_writer_end_object (json);
  text = ip_json_writer_finish (json);

  return g_strconcat (text, "\n", NULL);
}
