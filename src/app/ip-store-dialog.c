/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-store-dialog.h"

#include "ip-database.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* Every change is made on another thread with a connection of its own, as by another program, and
 * ends with a look at what is left.  One at a time: the dialog cannot be used meanwhile. */

#define MIB (1u << 20)
#define MAX_ROWS 200

struct _IpStoreDialog
{
  AdwPreferencesWindow parent_instance;

  char *path;
  gboolean busy;
  gboolean showing; /* the bound that was read */
  GPtrArray *rows;  /* of runs */

  GtkWidget *page;
  AdwActionRow *size_row;
  GtkLevelBar *level;
  GtkSpinButton *bound;
  GtkSpinButton *days;
  AdwPreferencesGroup *runs;
};

G_DEFINE_FINAL_TYPE (IpStoreDialog, ip_store_dialog, ADW_TYPE_PREFERENCES_WINDOW)

typedef enum
{
  CHANGE_NOTHING,
  CHANGE_BOUND,
  CLEAR_RUN,
  CLEAR_UNUSED,
  CLEAR_ALL,
} Kind;

typedef struct
{
  Kind kind;
  char *path; /* of the database */
  char *run;
  guint64 bound;
  int days;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->path);
  g_free (change->run);
  g_free (change);
}

static void
usage_free (gpointer data)
{
  ip_database_usage_clear (data);
  g_free (data);
}

static gboolean
make_change (IpDatabase *database, const Change *change, GError **error)
{
  switch (change->kind)
    {
    case CHANGE_BOUND:
      return ip_database_set_bound (database, change->bound, error)
             && ip_database_trim (database, error);

    case CLEAR_RUN:
      return ip_database_clear_run (database, change->run, NULL, error) >= 0;

    case CLEAR_UNUSED:
      return ip_database_clear_unused (database,
                                       g_get_real_time () / G_USEC_PER_SEC
                                         - (gint64) change->days * 24 * 60 * 60,
                                       error)
             >= 0;

    case CLEAR_ALL:
      return ip_database_clear_all (database, error) >= 0;

    default:
      return TRUE;
    }
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Change *change = data;
  GError *error = NULL;
  g_autoptr (IpDatabase) database = ip_database_open (change->path, &error);
  g_autofree IpDatabaseUsage *usage = g_new0 (IpDatabaseUsage, 1);

  if (database != NULL && make_change (database, change, &error)
      && ip_database_get_usage (database, usage, &error))
    g_task_return_pointer (task, g_steal_pointer (&usage), usage_free);
  else
    g_task_return_error (task, error);
}

static void start (IpStoreDialog *self, Change change);

static void
remove_run_cb (IpStoreDialog *self, GtkButton *button)
{
  start (self, (Change){ .kind = CLEAR_RUN,
                         .run = g_strdup (g_object_get_data (G_OBJECT (button), "path")) });
}

static GtkWidget *
create_row (IpStoreDialog *self, const IpStoredRun *run)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *name = g_filename_display_basename (run->path);
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autoptr (GDateTime) used = g_date_time_new_from_unix_local (run->used);
  g_autofree char *day = used != NULL ? g_date_time_format (used, "%x") : g_strdup ("");
  g_autofree char *subtitle
    = g_strdup_printf (g_dngettext (NULL, "%" PRIu64 " estimate, used on %s",
                                    "%" PRIu64 " estimates, used on %s",
                                    (gulong) run->n_estimates),
                       run->n_estimates, day);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_tooltip_text (row, run->path);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "clear-run");
  gtk_widget_set_tooltip_text (button, _("Remove What Is Known of This Dump"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Remove what is known of this dump"), -1);
  g_object_set_data_full (G_OBJECT (button), "path", g_strdup (run->path), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_run_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return row;
}

static void
show_usage (IpStoreDialog *self, const IpDatabaseUsage *usage)
{
  g_autofree char *size = g_format_size_full (usage->bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *bound = g_format_size_full (usage->bound, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text
    = g_strdup_printf (_("%" PRIu64 " estimates, %s of %s"), usage->n_estimates, size,
                       bound);

  adw_action_row_set_subtitle (self->size_row, text);
  gtk_level_bar_set_value (self->level, usage->bound > 0
                                          ? MIN (1, (double) usage->bytes / usage->bound)
                                          : 1);
  self->showing = TRUE;
  gtk_spin_button_set_value (self->bound, (double) (usage->bound / MIB));
  self->showing = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->runs, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < MIN (usage->runs->len, MAX_ROWS); i++)
    {
      GtkWidget *row = create_row (self, usage->runs->pdata[i]);

      adw_preferences_group_add (self->runs, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->runs), usage->runs->len > 0);
}

static void
worked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (IpStoreDialog) self = data;
  g_autoptr (GError) error = NULL;
  IpDatabaseUsage *usage = g_task_propagate_pointer (G_TASK (result), &error);

  self->busy = FALSE;
  if (self->rows == NULL) /* closed meanwhile */
    {
      g_clear_pointer (&usage, usage_free);
      return;
    }
  gtk_widget_set_sensitive (self->page, TRUE);
  if (usage != NULL)
    {
      show_usage (self, usage);
      usage_free (usage);
    }
  else
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (text));
    }
}

/* Takes the texts of the change.  The task has no source: the dialog must end on this thread. */
static void
start (IpStoreDialog *self, Change change)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, worked_cb, g_object_ref (self));

  change.path = g_strdup (self->path);
  self->busy = TRUE;
  gtk_widget_set_sensitive (self->page, FALSE);
  g_task_set_task_data (task, g_memdup2 (&change, sizeof change), change_free);
  g_task_run_in_thread (task, work);
}

static void
bound_cb (IpStoreDialog *self)
{
  if (!self->showing)
    start (self, (Change){ .kind = CHANGE_BOUND,
                           .bound = (guint64) gtk_spin_button_get_value (self->bound) * MIB });
}

static void
clear_unused_cb (IpStoreDialog *self)
{
  start (self, (Change){ .kind = CLEAR_UNUSED,
                         .days = gtk_spin_button_get_value_as_int (self->days) });
}

static void
clear_all_response_cb (IpStoreDialog *self)
{
  start (self, (Change){ .kind = CLEAR_ALL });
}

static void
clear_all_cb (IpStoreDialog *self)
{
  GtkWidget *question = adw_message_dialog_new (
    GTK_WINDOW (self), _("Remove All Results?"),
    _("Everything that was ever estimated has to be computed again when it is looked at."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (question), "cancel", _("_Cancel"), "remove",
                                    _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (question), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (question, "response::remove", G_CALLBACK (clear_all_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (question));
}

static void
ip_store_dialog_dispose (GObject *object)
{
  IpStoreDialog *self = IP_STORE_DIALOG (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (ip_store_dialog_parent_class)->dispose (object);
}

static void
ip_store_dialog_class_init (IpStoreDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_store_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-store-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, IpStoreDialog, page);
  gtk_widget_class_bind_template_child (widget_class, IpStoreDialog, size_row);
  gtk_widget_class_bind_template_child (widget_class, IpStoreDialog, level);
  gtk_widget_class_bind_template_child (widget_class, IpStoreDialog, bound);
  gtk_widget_class_bind_template_child (widget_class, IpStoreDialog, days);
  gtk_widget_class_bind_template_child (widget_class, IpStoreDialog, runs);
  gtk_widget_class_bind_template_callback (widget_class, bound_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_unused_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_all_cb);
}

static void
ip_store_dialog_init (IpStoreDialog *self)
{
  self->rows = g_ptr_array_new ();
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->showing = FALSE;
}

IpStoreDialog *
ip_store_dialog_new (GtkWindow *parent, const char *path)
{
  IpStoreDialog *self = g_object_new (IP_TYPE_STORE_DIALOG, "transient-for", parent, NULL);

  self->path = g_strdup (path);
  start (self, (Change){ .kind = CHANGE_NOTHING });

  return self;
}

gboolean
ip_store_dialog_get_busy (IpStoreDialog *self)
{
  g_return_val_if_fail (IP_IS_STORE_DIALOG (self), FALSE);

  return self->busy;
}
