/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-mapping-dialog.h"

#include "ip-file-tree.h"
#include "ip-layers-group.h"

#include <glib/gi18n.h>

/* The mapping is the only state of the roles: every choice changes it, and everything that is shown
 * follows from it.  After each change the file is opened with it on another thread; what comes of
 * that is what the button gives out. */

#define MAX_CANDIDATES 200

struct _IpMappingDialog
{
  AdwWindow parent_instance;

  IpReader *reader;
  IpDump *dump; /* as it is read now, or NULL */
  IpMapping *mapping;
  gboolean edited;      /* the mapping is no longer the one that was there */
  GCancellable *trying; /* NULL while nothing is tried */
  IpDump *tried;        /* with the mapping as it is; NULL while it is not valid */
  gboolean updating;    /* widgets are being set by the dialog */

  AdwWindowTitle *window_title;
  GtkWidget *apply_button;
  AdwActionRow *message_row;
  GtkImage *message_icon;
  AdwPreferencesGroup *message_group;
  GPtrArray *doubt_rows;
  IpFileTree *tree;
  AdwComboRow *epochs_row;
  AdwComboRow *labels_row;
  AdwComboRow *inputs_row;
  IpLayersGroup *layers_group;
  AdwComboRow *samples_row;
  GtkWidget *count_row;
  GtkWidget *seed_row;
  GtkSpinButton *count;
  GtkSpinButton *seed;
  GtkSwitch *remember;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (IpMappingDialog, ip_mapping_dialog, ADW_TYPE_WINDOW)

static void ip_mapping_dialog_update (IpMappingDialog *self);
static void ip_mapping_dialog_try (IpMappingDialog *self);

static void
ip_mapping_dialog_mapping_changed (IpMappingDialog *self)
{
  self->edited = TRUE;
  ip_mapping_dialog_update (self);
  ip_mapping_dialog_try (self);
}

/* What comes of it */

static void
ip_mapping_dialog_say (IpMappingDialog *self, const char *icon, const char *message)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->message_row), message);
  gtk_image_set_from_icon_name (self->message_icon, icon);
}

static char *
describe (IpDump *dump)
{
  guint n_layers = ip_dump_get_n_layers (dump);
  guint n_epochs;
  guint n_classes = ip_dump_get_n_classes (dump);
  gsize n_samples = ip_dump_get_n_recorded (dump);
  g_autofree char *layers
    = g_strdup_printf (ngettext ("%u layer", "%u layers", n_layers), n_layers);
  g_autofree char *epochs = NULL;
  g_autofree char *samples
    = g_strdup_printf (ngettext ("%zu sample", "%zu samples", n_samples), n_samples);
  g_autofree char *classes
    = n_classes > 0
        ? g_strdup_printf (ngettext ("%u class", "%u classes", n_classes), n_classes)
        : g_strdup (ip_dump_get_label_kind (dump) == IP_LABELS_REAL ? _("labels are real numbers")
                                                                    : _("no labels"));

  ip_dump_get_epochs (dump, &n_epochs);
  epochs = g_strdup_printf (ngettext ("%u epoch", "%u epochs", n_epochs), n_epochs);
  return g_strdup_printf ("%s · %s · %s · %s", layers, epochs, samples, classes);
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpMappingDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (IpDump) dump = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *message = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->message_row == NULL)
    return;

  g_clear_object (&self->trying);
  g_set_object (&self->tried, dump);
  gtk_widget_set_sensitive (self->apply_button, dump != NULL);
  message = dump != NULL ? describe (dump) : g_strdup (error->message);
  ip_mapping_dialog_say (self, dump != NULL ? "emblem-ok-symbolic" : "dialog-warning-symbolic",
                         message);
  ip_mapping_dialog_update (self);
}

typedef struct
{
  GFile *file;
  IpMapping *mapping;
} Trial;

static void
trial_free (gpointer data)
{
  Trial *trial = data;

  g_object_unref (trial->file);
  ip_mapping_free (trial->mapping);
  g_free (trial);
}

static void
try_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Trial *trial = data;
  GError *error = NULL;
  IpDump *dump = NULL;

  if (trial->mapping->native || trial->mapping->layers->len > 0)
    dump = ip_dump_open_mapped (trial->file, trial->mapping, cancellable, &error);
  else
    error = g_error_new_literal (IP_DUMP_ERROR, IP_DUMP_ERROR_NO_LAYERS,
                                 _("Nothing is a layer yet: choose “Layer” for the activations."));
  if (dump != NULL)
    g_task_return_pointer (task, dump, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
ip_mapping_dialog_try (IpMappingDialog *self)
{
  g_autoptr (GTask) task = NULL;
  Trial *trial = g_new (Trial, 1);

  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  gtk_widget_set_sensitive (self->apply_button, FALSE);
  self->trying = g_cancellable_new ();
  *trial = (Trial){ g_object_ref (ip_reader_get_file (self->reader)),
                    ip_mapping_copy (self->mapping) };
  task = g_task_new (NULL, self->trying, tried_cb, g_object_ref (self));
  g_task_set_task_data (task, trial, trial_free);
  g_task_run_in_thread (task, try_in_thread);
}

/* Roles */

static void
role_chosen_cb (IpMappingDialog *self, const char *path, guint role)
{
  const IpObject *object = ip_reader_find (self->reader, path);

  if (self->updating || object == NULL)
    return;
  ip_mapping_set_role (self->mapping, self->reader, object, role);
  ip_mapping_dialog_mapping_changed (self);
}

/* Whether an object can have the role, as far as its shape goes. */
static gboolean
can_be (const IpObject *object, IpObjectRole role)
{
  if (!object->is_dataset || object->rank == 0 || object->type == IP_TYPE_OTHER)
    return FALSE;
  if (role == IP_OBJECT_LABELS)
    return object->rank <= 2;
  return object->type != IP_TYPE_STRING && (role == IP_OBJECT_INPUTS || object->rank <= 2);
}

static void
role_row_changed_cb (IpMappingDialog *self, GParamSpec *pspec, AdwComboRow *row)
{
  IpObjectRole role = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "role"));
  GtkStringObject *item = adw_combo_row_get_selected_item (row);
  const IpObject *object;
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);

  if (self->updating || item == NULL)
    return;
  object = ip_reader_find (self->reader, gtk_string_object_get_string (item));
  for (guint i = 0; object == NULL && i < n; i++)
    if (ip_mapping_get_role (self->mapping, &objects[i]) == role)
      {
        object = &objects[i];
        role = IP_OBJECT_NOTHING;
      }
  if (object == NULL)
    return;
  ip_mapping_set_role (self->mapping, self->reader, object, role);
  ip_mapping_dialog_mapping_changed (self);
}

static gboolean
dropped_cb (GtkDropTarget *target, const GValue *value, double x, double y, IpMappingDialog *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  IpObjectRole role = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "role"));
  const IpObject *object = ip_reader_find (self->reader, g_value_get_string (value));

  if (object == NULL || !can_be (object, role))
    return FALSE;
  ip_mapping_set_role (self->mapping, self->reader, object, role);
  ip_mapping_dialog_mapping_changed (self);
  return TRUE;
}

static void
fill_role_row (IpMappingDialog *self, AdwComboRow *row, IpObjectRole role)
{
  g_autoptr (GtkStringList) paths = gtk_string_list_new (NULL);
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);
  guint n;
  const IpObject *objects = ip_reader_get_objects (self->reader, &n);

  gtk_string_list_append (paths, role == IP_OBJECT_EPOCHS ? _("Not Listed")
                                                          : _("None"));
  for (guint i = 0; i < n && g_list_model_get_n_items (G_LIST_MODEL (paths)) < MAX_CANDIDATES; i++)
    if (can_be (&objects[i], role)
        && (ip_mapping_get_role (self->mapping, &objects[i]) != IP_OBJECT_LAYER))
      gtk_string_list_append (paths, objects[i].path);
  g_object_set_data (G_OBJECT (row), "role", GUINT_TO_POINTER (role));
  adw_combo_row_set_model (row, G_LIST_MODEL (paths));
  g_signal_connect_swapped (row, "notify::selected", G_CALLBACK (role_row_changed_cb), self);
  g_signal_connect (target, "drop", G_CALLBACK (dropped_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (row), GTK_EVENT_CONTROLLER (target));
}

static void
show_role (IpMappingDialog *self, AdwComboRow *row)
{
  IpObjectRole role = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "role"));
  GListModel *paths = adw_combo_row_get_model (row);
  guint selected = 0;

  for (guint i = 1; i < g_list_model_get_n_items (paths); i++)
    {
      const char *path = gtk_string_list_get_string (GTK_STRING_LIST (paths), i);

      if (ip_mapping_get_role (self->mapping, ip_reader_find (self->reader, path)) == role)
        selected = i;
    }
  adw_combo_row_set_selected (row, selected);
}

/* What recognition could not decide. */
static void
ip_mapping_dialog_show_doubts (IpMappingDialog *self)
{
  for (guint i = 0; i < self->doubt_rows->len; i++)
    adw_preferences_group_remove (self->message_group, self->doubt_rows->pdata[i]);
  g_ptr_array_set_size (self->doubt_rows, 0);
  for (guint i = 0; !self->edited && i < self->mapping->doubts->len; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), self->mapping->doubts->pdata[i]);
      adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 4);
      adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-question-symbolic");
      adw_preferences_group_add (self->message_group, row);
      g_ptr_array_add (self->doubt_rows, row);
    }
}

static void
ip_mapping_dialog_update (IpMappingDialog *self)
{
  self->updating = TRUE;
  ip_file_tree_show_mapping (self->tree, self->mapping);
  show_role (self, self->epochs_row);
  show_role (self, self->labels_row);
  show_role (self, self->inputs_row);
  if (self->trying == NULL)
    ip_layers_group_show (self->layers_group, self->tried);
  ip_mapping_dialog_show_doubts (self);
  self->updating = FALSE;
}

/* Samples */

static void
samples_changed_cb (IpMappingDialog *self)
{
  guint kind = adw_combo_row_get_selected (self->samples_row);

  gtk_widget_set_visible (self->count_row, kind != IP_SELECTION_ALL);
  gtk_widget_set_visible (self->seed_row,
                          kind == IP_SELECTION_RANDOM || kind == IP_SELECTION_CLASS);
}

static void
show_selection (IpMappingDialog *self, IpDump *dump)
{
  IpSelectionKind kind = IP_SELECTION_ALL;
  guint64 seed = 0;
  gsize n = 0;

  if (dump != NULL)
    ip_selection_parse (ip_dump_get_selection (dump), &kind, &n, &seed);
  adw_combo_row_set_selected (self->samples_row, kind);
  if (n > 0)
    gtk_spin_button_set_value (self->count, (double) n);
  gtk_spin_button_set_value (self->seed, (double) seed);
  samples_changed_cb (self);
}

static gboolean
choose_samples (IpMappingDialog *self, IpDump *dump)
{
  return ip_dump_select_samples (dump, adw_combo_row_get_selected (self->samples_row),
                                 (gsize) gtk_spin_button_get_value_as_int (self->count),
                                 (guint64) gtk_spin_button_get_value_as_int (self->seed));
}

static gboolean
is_remembered (IpDump *dump)
{
  IpMappingOrigin origin = IP_MAPPING_RECOGNISED;

  if (dump != NULL)
    ip_dump_get_mapping (dump, &origin);
  return origin == IP_MAPPING_REMEMBERED;
}

/* Switched off, a mapping that was remembered is forgotten. */
static gboolean
keep_mapping (IpMappingDialog *self, GError **error)
{
  if (gtk_switch_get_active (self->remember))
    return ip_dump_remember_mapping (self->tried, error);
  return !is_remembered (self->dump) || ip_dump_forget_mapping (self->tried, error);
}

static void
apply_clicked_cb (IpMappingDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (!choose_samples (self, self->tried))
    {
      ip_mapping_dialog_say (self, "dialog-warning-symbolic",
                             _("There are no classes to take samples of."));
      return;
    }
  ip_layers_group_apply_reductions (self->layers_group, self->tried);
  if (!keep_mapping (self, &error))
    {
      ip_mapping_dialog_say (self, "dialog-warning-symbolic", error->message);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, self->tried);
  gtk_window_close (GTK_WINDOW (self));
}

static void
ip_mapping_dialog_dispose (GObject *object)
{
  IpMappingDialog *self = IP_MAPPING_DIALOG (object);

  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  self->message_row = NULL;
  G_OBJECT_CLASS (ip_mapping_dialog_parent_class)->dispose (object);
}

static void
ip_mapping_dialog_finalize (GObject *object)
{
  IpMappingDialog *self = IP_MAPPING_DIALOG (object);

  g_clear_object (&self->tried);
  g_clear_object (&self->dump);
  g_clear_object (&self->reader);
  g_clear_pointer (&self->mapping, ip_mapping_free);
  g_ptr_array_unref (self->doubt_rows);
  G_OBJECT_CLASS (ip_mapping_dialog_parent_class)->finalize (object);
}

static void
ip_mapping_dialog_class_init (IpMappingDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_mapping_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = ip_mapping_dialog_finalize;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", IP_TYPE_MAPPING_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, IP_TYPE_DUMP);

  g_type_ensure (IP_TYPE_FILE_TREE);
  g_type_ensure (IP_TYPE_LAYERS_GROUP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-mapping-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, apply_button);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, message_group);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, message_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, message_icon);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, tree);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, epochs_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, labels_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, inputs_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, layers_group);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, samples_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, count_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, seed_row);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, count);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, seed);
  gtk_widget_class_bind_template_child (widget_class, IpMappingDialog, remember);
  gtk_widget_class_bind_template_callback (widget_class, apply_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, samples_changed_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ip_mapping_dialog_init (IpMappingDialog *self)
{
  self->doubt_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

IpMappingDialog *
ip_mapping_dialog_new (GtkWindow *parent, IpReader *reader, IpDump *dump)
{
  IpMappingDialog *self = g_object_new (IP_TYPE_MAPPING_DIALOG, "transient-for", parent, NULL);
  g_autofree char *name = g_file_get_basename (ip_reader_get_file (reader));

  self->reader = g_object_ref (reader);
  self->dump = dump != NULL ? g_object_ref (dump) : NULL;
  self->mapping = dump != NULL ? ip_mapping_copy (ip_dump_get_mapping (dump, NULL))
                               : ip_mapping_propose (reader);
  adw_window_title_set_subtitle (self->window_title, name);
  gtk_button_set_label (GTK_BUTTON (self->apply_button), dump != NULL ? _("_Apply") : _("_Open"));
  gtk_switch_set_active (self->remember, dump == NULL || self->mapping->doubts->len > 0
                                           || is_remembered (dump));
  ip_file_tree_set_reader (self->tree, reader);
  g_signal_connect_object (self->tree, "role-chosen", G_CALLBACK (role_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  ip_layers_group_set_mapping (self->layers_group, reader, self->mapping);
  g_signal_connect_object (self->layers_group, "edited",
                           G_CALLBACK (ip_mapping_dialog_mapping_changed), self,
                           G_CONNECT_SWAPPED);
  if (dump != NULL)
    ip_layers_group_take_reductions (self->layers_group, dump);
  fill_role_row (self, self->epochs_row, IP_OBJECT_EPOCHS);
  fill_role_row (self, self->labels_row, IP_OBJECT_LABELS);
  fill_role_row (self, self->inputs_row, IP_OBJECT_INPUTS);
  show_selection (self, dump);
  ip_mapping_dialog_say (self, "content-loading-symbolic", _("Reading…"));
  ip_mapping_dialog_try (self);
  ip_mapping_dialog_update (self);

  return self;
}

gboolean
ip_mapping_dialog_is_idle (IpMappingDialog *self)
{
  g_return_val_if_fail (IP_IS_MAPPING_DIALOG (self), FALSE);

  return self->trying == NULL;
}

const char *
ip_mapping_dialog_get_message (IpMappingDialog *self)
{
  g_return_val_if_fail (IP_IS_MAPPING_DIALOG (self), NULL);

  return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->message_row));
}
