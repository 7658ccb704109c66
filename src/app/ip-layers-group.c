/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-layers-group.h"

#include <glib/gi18n.h>
#include <string.h>

/* The rows are made anew when other layers are there, or others can be reduced.  Axes are part of
 * the mapping; reductions are not, and are kept by the name of the layer until they are applied. */

#define MAX_ROWS 200

struct _IpLayersGroup
{
  AdwPreferencesGroup parent_instance;

  IpReader *reader;
  IpMapping *mapping;     /* of the dialog */
  IpDump *tried;          /* what comes of the mapping, or NULL */
  GHashTable *reductions; /* name of the layer → IpReduction */
  GPtrArray *rows;
  char *shown; /* what the rows were made for */
  gboolean updating;
};

enum
{
  SIGNAL_EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpLayersGroup, ip_layers_group, ADW_TYPE_PREFERENCES_GROUP)

static void
axes_changed_cb (GtkDropDown *drop_down, GParamSpec *pspec, IpLayersGroup *self)
{
  guint layer = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (drop_down), "layer"));
  char **texts = g_object_get_data (G_OBJECT (drop_down), "axes");

  if (self->updating || layer >= self->mapping->layers->len)
    return;
  ip_mapping_set_axes (self->mapping, layer, texts[gtk_drop_down_get_selected (drop_down)]);
  g_signal_emit (self, signals[SIGNAL_EDITED], 0);
}

/* "epochs 6 × samples 120 × units 12" (transfer full) */
static char *
describe_axes (const char *letters, const IpObject *example)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; letters[i] != '\0' && example != NULL && i < example->rank; i++)
    g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT, i > 0 ? " × " : "",
                            letters[i] == IP_AXIS_EPOCHS    ? _("epochs")
                            : letters[i] == IP_AXIS_SAMPLES ? _("samples")
                                                            : _("units"),
                            example->shape[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_axes (IpLayersGroup *self, AdwActionRow *row, guint layer)
{
  const IpObject *example = ip_mapping_find_example (self->mapping, self->reader, layer);
  char **texts = ip_mapping_list_axes (self->mapping, self->reader, layer);
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  g_autofree char *label
    = g_strdup_printf (_("Axes of %s"), ip_mapping_get_layer (self->mapping, layer)->name);
  GtkWidget *drop_down;

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *text = describe_axes (texts[i], example);

      gtk_string_list_append (words, text);
    }
  drop_down = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&words)), NULL);
  gtk_widget_set_valign (drop_down, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (drop_down, "axes");
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (drop_down), "layer", GUINT_TO_POINTER (layer));
  g_object_set_data_full (G_OBJECT (drop_down), "axes", texts, (GDestroyNotify) g_strfreev);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (axes_changed_cb), self);
  adw_action_row_add_suffix (row, drop_down);
}

static void
bfloat16_toggled_cb (GtkCheckButton *button, IpLayersGroup *self)
{
  guint layer = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "layer"));

  if (self->updating || layer >= self->mapping->layers->len)
    return;
  g_array_index (self->mapping->layers, IpMappingLayer, layer).bfloat16
    = gtk_check_button_get_active (button);
  g_signal_emit (self, signals[SIGNAL_EDITED], 0);
}

static void
add_bfloat16 (IpLayersGroup *self, AdwActionRow *row, guint layer)
{
  const IpObject *example = ip_mapping_find_example (self->mapping, self->reader, layer);
  GtkWidget *button;

  if (example == NULL || example->type != IP_TYPE_INTEGER || example->element_size != 2)
    return;
  button = gtk_check_button_new_with_label ("bfloat16");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button),
                               ip_mapping_get_layer (self->mapping, layer)->bfloat16);
  gtk_widget_set_tooltip_text (button, _("The Integers Are the Bits of bfloat16 Numbers"));
  g_object_set_data (G_OBJECT (button), "layer", GUINT_TO_POINTER (layer));
  g_signal_connect (button, "toggled", G_CALLBACK (bfloat16_toggled_cb), self);
  adw_action_row_add_suffix (row, button);
}

static void
reduction_changed_cb (GtkDropDown *drop_down, GParamSpec *pspec, IpLayersGroup *self)
{
  const char *name = g_object_get_data (G_OBJECT (drop_down), "name");
  IpReduction *reduction = g_hash_table_lookup (self->reductions, name);

  reduction->kind = gtk_drop_down_get_selected (drop_down);
}

/* What was chosen of the layer before, or as it is read now. */
static IpReduction *
get_reduction (IpLayersGroup *self, IpDump *dump, guint layer)
{
  const char *name = ip_dump_get_layer (dump, layer)->name;
  IpReduction *reduction = g_hash_table_lookup (self->reductions, name);

  if (reduction == NULL)
    {
      IpReduction present = ip_dump_get_reduction (dump, layer);

      reduction = g_memdup2 (&present, sizeof present);
      g_hash_table_insert (self->reductions, g_strdup (name), reduction);
    }
  return reduction;
}

static void
add_reduction (IpLayersGroup *self, AdwActionRow *row, guint layer)
{
  const char *name = ip_dump_get_layer (self->tried, layer)->name;
  g_autofree char *label = g_strdup_printf (_("Units of %s"), name);
  const char *titles[IP_N_REDUCTIONS + 1] = { 0 };
  GtkWidget *drop_down;

  for (guint kind = 0; kind < IP_N_REDUCTIONS; kind++)
    titles[kind] = ip_reduction_kind_get_title (kind);
  drop_down = gtk_drop_down_new_from_strings (titles);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down),
                              get_reduction (self, self->tried, layer)->kind);
  gtk_widget_set_valign (drop_down, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (drop_down, "reduction");
  gtk_widget_set_tooltip_text (drop_down, _("How Positions of a Feature Map Become Units"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (drop_down), "name", g_strdup (name), g_free);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (reduction_changed_cb), self);
  adw_action_row_add_suffix (row, drop_down);
}

static GtkWidget *
add_row (IpLayersGroup *self, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static int
find_tried_layer (IpLayersGroup *self, const char *name)
{
  for (guint i = 0; self->tried != NULL && i < ip_dump_get_n_layers (self->tried); i++)
    if (strcmp (ip_dump_get_layer (self->tried, i)->name, name) == 0)
      return (int) i;
  return -1;
}

static void
add_layer_rows (IpLayersGroup *self)
{
  for (guint i = 0; i < MIN (self->mapping->layers->len, MAX_ROWS); i++)
    {
      const IpMappingLayer *layer = ip_mapping_get_layer (self->mapping, i);
      GtkWidget *row = add_row (self, layer->name, layer->path);
      int tried = find_tried_layer (self, layer->name);

      add_bfloat16 (self, ADW_ACTION_ROW (row), i);
      add_axes (self, ADW_ACTION_ROW (row), i);
      if (tried >= 0 && ip_dump_can_reduce (self->tried, (guint) tried))
        add_reduction (self, ADW_ACTION_ROW (row), (guint) tried);
    }
}

/* Their axes are known; only how units are reduced is open. */
static void
add_native_rows (IpLayersGroup *self)
{
  for (guint i = 0; self->tried != NULL && i < ip_dump_get_n_layers (self->tried); i++)
    if (ip_dump_can_reduce (self->tried, i) && self->rows->len < MAX_ROWS)
      {
        const IpLayer *layer = ip_dump_get_layer (self->tried, i);
        GtkWidget *row = add_row (self, layer->name, layer->kind);

        add_reduction (self, ADW_ACTION_ROW (row), i);
      }
}

/* What the rows of layers depend on. (transfer full) */
static char *
sign_layers (IpLayersGroup *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->mapping->layers->len; i++)
    {
      const IpMappingLayer *layer = ip_mapping_get_layer (self->mapping, i);
      int tried = find_tried_layer (self, layer->name);

      g_string_append_printf (text, "%s\n%s\n%d\n", layer->name, layer->path,
                              tried >= 0 && ip_dump_can_reduce (self->tried, (guint) tried));
    }
  if (self->mapping->native)
    g_string_append (text, self->tried != NULL ? "native" : "unknown");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
ip_layers_group_dispose (GObject *object)
{
  IpLayersGroup *self = IP_LAYERS_GROUP (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->tried);
  G_OBJECT_CLASS (ip_layers_group_parent_class)->dispose (object);
}

static void
ip_layers_group_finalize (GObject *object)
{
  IpLayersGroup *self = IP_LAYERS_GROUP (object);

  g_hash_table_unref (self->reductions);
  g_ptr_array_unref (self->rows);
  g_free (self->shown);
  G_OBJECT_CLASS (ip_layers_group_parent_class)->finalize (object);
}

static void
ip_layers_group_class_init (IpLayersGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ip_layers_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = ip_layers_group_finalize;
  signals[SIGNAL_EDITED] = g_signal_new ("edited", IP_TYPE_LAYERS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
ip_layers_group_init (IpLayersGroup *self)
{
  self->reductions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->rows = g_ptr_array_new ();
}

void
ip_layers_group_set_mapping (IpLayersGroup *self, IpReader *reader, IpMapping *mapping)
{
  g_return_if_fail (IP_IS_LAYERS_GROUP (self));
  g_return_if_fail (self->reader == NULL);

  self->reader = g_object_ref (reader);
  self->mapping = mapping;
}

void
ip_layers_group_show (IpLayersGroup *self, IpDump *tried)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (IP_IS_LAYERS_GROUP (self));

  g_set_object (&self->tried, tried);
  shown = sign_layers (self);
  if (g_strcmp0 (shown, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&shown);
  self->updating = TRUE;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  if (self->mapping->native)
    add_native_rows (self);
  else
    add_layer_rows (self);
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
  self->updating = FALSE;
}

void
ip_layers_group_take_reductions (IpLayersGroup *self, IpDump *dump)
{
  g_return_if_fail (IP_IS_LAYERS_GROUP (self));

  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    get_reduction (self, dump, i);
}

void
ip_layers_group_apply_reductions (IpLayersGroup *self, IpDump *dump)
{
  g_return_if_fail (IP_IS_LAYERS_GROUP (self));

  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    if (ip_dump_can_reduce (dump, i))
      ip_dump_set_reduction (dump, i, get_reduction (self, dump, i));
}
