/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-message-bar.h"

#include <glib/gi18n.h>

#define MAX_SHOWN 4

struct _IpMessageBar
{
  AdwBin parent_instance;

  GPtrArray *messages;

  GtkInfoBar *bar;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (IpMessageBar, ip_message_bar, ADW_TYPE_BIN)

static void
response_cb (IpMessageBar *self)
{
  gtk_info_bar_set_revealed (self->bar, FALSE);
  g_ptr_array_set_size (self->messages, 0);
}

static void
ip_message_bar_finalize (GObject *object)
{
  g_ptr_array_unref (IP_MESSAGE_BAR (object)->messages);
  G_OBJECT_CLASS (ip_message_bar_parent_class)->finalize (object);
}

static void
ip_message_bar_class_init (IpMessageBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ip_message_bar_finalize;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-message-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, IpMessageBar, bar);
  gtk_widget_class_bind_template_child (widget_class, IpMessageBar, label);
  gtk_widget_class_bind_template_callback (widget_class, response_cb);
}

static void
ip_message_bar_init (IpMessageBar *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ip_message_bar_add (IpMessageBar *self, const char *message)
{
  GString *text;
  guint n_hidden;

  g_return_if_fail (IP_IS_MESSAGE_BAR (self));

  if (g_ptr_array_find_with_equal_func (self->messages, message, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->messages, g_strdup (message));
  text = g_string_new (NULL);
  for (guint i = 0; i < MIN (self->messages->len, MAX_SHOWN); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (char *) self->messages->pdata[i]);
  n_hidden = self->messages->len - MIN (self->messages->len, MAX_SHOWN);
  if (n_hidden > 0)
    g_string_append_printf (text, ngettext ("\nand %u more", "\nand %u more", n_hidden), n_hidden);
  gtk_label_set_label (self->label, text->str);
  gtk_info_bar_set_revealed (self->bar, TRUE);
  g_string_free (text, TRUE);
}

void
ip_message_bar_add_error (IpMessageBar *self, GFile *file, const GError *error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *message = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (strstr (error->message, name) != NULL)
    message = g_strdup (error->message);
  else
    message = g_strdup_printf ("%s: %s", name, error->message);
  ip_message_bar_add (self, message);
}

const char *
ip_message_bar_get_text (IpMessageBar *self)
{
  g_return_val_if_fail (IP_IS_MESSAGE_BAR (self), NULL);

  return self->messages->len > 0 ? gtk_label_get_label (self->label) : NULL;
}
