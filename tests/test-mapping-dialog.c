/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

/* The dialog that says how a file is read, on files as others write them. */

#include "config.h"

#include "ip-file-tree.h"
#include "ip-mapping-dialog.h"
#include "window.h"

#include <string.h>

typedef struct
{
  GtkWindow *parent;
  IpReader *reader;
  IpDump *dump;
  IpMappingDialog *dialog;
  IpDump *chosen;
} Fixture;

static void
chosen_cb (Fixture *fixture, IpDump *dump)
{
  fixture->chosen = g_object_ref (dump);
}

/* data: kind of dump; one that is not recognised has only its reader. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_dump (scratch, data);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  *fixture = (Fixture){ .parent = GTK_WINDOW (gtk_window_new ()) };
  fixture->dump = ip_dump_open (file, NULL, NULL);
  fixture->reader = fixture->dump != NULL ? g_object_ref (ip_dump_get_reader (fixture->dump))
                                          : ip_reader_open (file, NULL, NULL);
  fixture->dialog = ip_mapping_dialog_new (fixture->parent, fixture->reader, fixture->dump);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  g_signal_connect_swapped (fixture->dialog, "chosen", G_CALLBACK (chosen_cb), fixture);
  gtk_window_present (GTK_WINDOW (fixture->dialog));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->dialog));
  await (ip_mapping_dialog_is_idle (fixture->dialog));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  await (fixture->dialog == NULL);
  gtk_window_destroy (fixture->parent);
  g_clear_object (&fixture->chosen);
  g_clear_object (&fixture->dump);
  g_clear_object (&fixture->reader);
}

static gpointer
get_child (Fixture *fixture, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (fixture->dialog), IP_TYPE_MAPPING_DIALOG, name);
}

static void
choose_role (Fixture *fixture, const char *path, IpObjectRole role)
{
  g_signal_emit_by_name (get_child (fixture, "tree"), "role-chosen", path, role);
  await (ip_mapping_dialog_is_idle (fixture->dialog));
}

static void
apply (Fixture *fixture)
{
  GtkWidget *button = get_child (fixture, "apply_button");

  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  await (fixture->chosen != NULL);
}

static void
select_path (AdwComboRow *row, const char *path)
{
  GListModel *paths = adw_combo_row_get_model (row);

  for (guint i = 0; i < g_list_model_get_n_items (paths); i++)
    if (g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (paths), i), path))
      {
        adw_combo_row_set_selected (row, i);
        return;
      }
  g_error ("no %s to select", path);
}

/* What was recognised is shown as it is and applied as it is. */
static void
test_unchanged (Fixture *fixture, gconstpointer data)
{
  AdwComboRow *labels = get_child (fixture, "labels_row");
  GtkStringObject *selected = adw_combo_row_get_selected_item (labels);

  g_assert_cmpstr (gtk_string_object_get_string (selected), ==, "/labels");
  g_assert_cmpstr (ip_mapping_dialog_get_message (fixture->dialog), ==,
                   "3 layers · 4 epochs · 12 samples · 3 classes");
  apply (fixture);
  g_assert_cmpstr (ip_dump_get_identity (fixture->chosen), ==,
                   ip_dump_get_identity (fixture->dump));
}

/* Other labels, from the row of the role; the choice is remembered because there was a doubt. */
static void
test_labels (Fixture *fixture, gconstpointer data)
{
  AdwComboRow *labels = get_child (fixture, "labels_row");
  g_autoptr (IpDump) remembered = NULL;
  IpMappingOrigin origin;

  select_path (labels, "/labels_coarse");
  await (ip_mapping_dialog_is_idle (fixture->dialog));
  g_assert_nonnull (strstr (ip_mapping_dialog_get_message (fixture->dialog), "2 classes"));
  apply (fixture);
  g_assert_cmpuint (ip_dump_get_n_classes (fixture->chosen), ==, 2);
  remembered = ip_dump_open (ip_dump_get_file (fixture->chosen), NULL, NULL);
  ip_dump_get_mapping (remembered, &origin);
  g_assert_cmpint (origin, ==, IP_MAPPING_REMEMBERED);
  g_assert_true (ip_dump_forget_mapping (remembered, NULL));
}

/* Axes that do not fit are said so, and cannot be applied. */
static void
test_axes (Fixture *fixture, gconstpointer data)
{
  GtkWidget *axes = find_widget (GTK_WIDGET (fixture->dialog), GTK_TYPE_DROP_DOWN, "axes");

  gtk_test_accessible_assert_property (axes, GTK_ACCESSIBLE_PROPERTY_LABEL, "Axes of fc9");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (axes), 1);
  await (ip_mapping_dialog_is_idle (fixture->dialog));
  g_assert_nonnull (strstr (ip_mapping_dialog_get_message (fixture->dialog), "expected"));
  g_assert_false (gtk_widget_get_sensitive (get_child (fixture, "apply_button")));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (axes), 0);
  await (ip_mapping_dialog_is_idle (fixture->dialog));
  apply (fixture);
}

/* A layer is taken away in the tree and given back. */
static void
test_tree (Fixture *fixture, gconstpointer data)
{
  choose_role (fixture, "/acts/fc10", IP_OBJECT_NOTHING);
  g_assert_true (
    g_str_has_prefix (ip_mapping_dialog_get_message (fixture->dialog), "2 layers · 4 epochs"));
  choose_role (fixture, "/acts/fc10", IP_OBJECT_LAYER);
  g_assert_true (
    g_str_has_prefix (ip_mapping_dialog_get_message (fixture->dialog), "3 layers · 4 epochs"));
  choose_role (fixture, "/loss", IP_OBJECT_LABELS);
  g_assert_nonnull (strstr (ip_mapping_dialog_get_message (fixture->dialog),
                            "labels = /loss: expected one for each of 12 samples"));
  choose_role (fixture, "/labels", IP_OBJECT_LABELS);
  apply (fixture);
  g_assert_cmpuint (ip_dump_get_n_layers (fixture->chosen), ==, 3);
}

/* A native file whose layers are chosen by hand keeps the rest. */
static void
test_native (Fixture *fixture, gconstpointer data)
{
  guint n_layers = ip_dump_get_n_layers (fixture->dump);
  const char *first = ip_dump_get_layer (fixture->dump, 0)->name;
  g_autofree char *path = g_strdup_printf ("/layers/%s/activations", first);

  choose_role (fixture, path, IP_OBJECT_NOTHING);
  apply (fixture);
  g_assert_cmpuint (ip_dump_get_n_layers (fixture->chosen), ==, n_layers - 1);
}

/* What is remembered is forgotten when the switch is turned off. */
static void
test_forget (Fixture *fixture, gconstpointer data)
{
  g_autoptr (IpDump) remembered = NULL;
  IpMappingOrigin origin;

  gtk_switch_set_active (get_child (fixture, "remember"), TRUE);
  apply (fixture);
  remembered = ip_dump_open (ip_dump_get_file (fixture->chosen), NULL, NULL);
  g_clear_object (&fixture->chosen);
  await (fixture->dialog == NULL);

  fixture->dialog = ip_mapping_dialog_new (fixture->parent, ip_dump_get_reader (remembered),
                                           remembered);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  g_signal_connect_swapped (fixture->dialog, "chosen", G_CALLBACK (chosen_cb), fixture);
  gtk_window_present (GTK_WINDOW (fixture->dialog));
  await (ip_mapping_dialog_is_idle (fixture->dialog));
  g_assert_true (gtk_switch_get_active (get_child (fixture, "remember")));
  gtk_switch_set_active (get_child (fixture, "remember"), FALSE);
  apply (fixture);
  g_clear_object (&remembered);
  remembered = ip_dump_open (ip_dump_get_file (fixture->chosen), NULL, NULL);
  ip_dump_get_mapping (remembered, &origin);
  g_assert_cmpint (origin, ==, IP_MAPPING_RECOGNISED);
}

static void
test_samples (Fixture *fixture, gconstpointer data)
{
  adw_combo_row_set_selected (get_child (fixture, "samples_row"), IP_SELECTION_CLASS);
  g_assert_true (gtk_widget_get_visible (get_child (fixture, "seed_row")));
  gtk_spin_button_set_value (get_child (fixture, "count"), 2);
  gtk_spin_button_set_value (get_child (fixture, "seed"), 5);
  apply (fixture);
  g_assert_cmpstr (ip_dump_get_selection (fixture->chosen), ==, "class:n=2,seed=5");
  g_assert_cmpuint (ip_dump_get_n_samples (fixture->chosen), ==, 6);
}

/* Nothing in it looks like layers until the user says so. */
static void
test_unrecognised (Fixture *fixture, gconstpointer data)
{
  g_assert_null (fixture->dump);
  g_assert_nonnull (strstr (ip_mapping_dialog_get_message (fixture->dialog), "Nothing is a layer"));
  g_assert_false (gtk_widget_get_sensitive (get_child (fixture, "apply_button")));
  gtk_switch_set_active (get_child (fixture, "remember"), FALSE);
  choose_role (fixture, "/numbers", IP_OBJECT_LAYER);
  apply (fixture);
  g_assert_cmpuint (ip_dump_get_n_layers (fixture->chosen), ==, 1);
}

static gboolean
shows_dialog (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (IP_IS_MAPPING_DIALOG (window))
        {
          fixture->dialog = IP_MAPPING_DIALOG (window);
          return ip_mapping_dialog_is_idle (fixture->dialog);
        }
    }
  return FALSE;
}

static gboolean
has_two_classes (Fixture *fixture)
{
  IpSession *session = ip_window_get_session (IP_WINDOW (fixture->parent));
  GListModel *runs = ip_session_get_runs (session);
  g_autoptr (IpRun) run = g_list_model_get_item (runs, 0);

  return run != NULL && ip_dump_get_n_classes (ip_run_get_dump (run)) == 2
         && ip_window_is_idle (IP_WINDOW (fixture->parent))
         && ip_session_get_n_done (session) == ip_session_get_n_cells (session);
}

/* A file with doubts is opened, and the window asks. */
static void
test_window (void)
{
  g_autofree char *path = make_dump (scratch, "label-sets");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpWindow *window = ip_window_new (application);
  Fixture fixture = { .parent = GTK_WINDOW (window) };

  gtk_window_present (fixture.parent);
  ip_window_open (window, &file, 1);
  await (shows_dialog (&fixture));
  gtk_switch_set_active (get_child (&fixture, "remember"), FALSE);
  select_path (get_child (&fixture, "labels_row"), "/labels_coarse");
  await (ip_mapping_dialog_is_idle (fixture.dialog));
  g_signal_emit_by_name (get_child (&fixture, "apply_button"), "clicked");
  await (has_two_classes (&fixture));
  gtk_window_destroy (fixture.parent);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    const char *kind;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "unchanged", "stacked-samples-first", test_unchanged },
    { "labels", "label-sets", test_labels },
    { "axes", "stacked-samples-first", test_axes },
    { "tree", "stacked-samples-first", test_tree },
    { "native", "native", test_native },
    { "samples", "native", test_samples },
    { "forget", "stacked-samples-first", test_forget },
    { "unrecognised", "one-array", test_unrecognised },
  };

  if (!begin_tests (&argc, &argv, get_obstacle))
    return 0;
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/mapping-dialog/", tests[i].name, NULL);

      g_test_add (path, Fixture, tests[i].kind, set_up, tests[i].test, tear_down);
    }
  g_test_add_func ("/mapping-dialog/window", test_window);
  return run_tests ();
}
