/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-epoch-bar.h"

#include <glib/gi18n.h>

#define STEPS_PER_SECOND 8

struct _IpEpochBar
{
  GtkWidget parent_instance;

  IpSession *session;
  guint playing; /* tick callback */
  gint64 next_step; /* frame time in microseconds */

  GtkButton *play_button;
  GtkEditable *entry;
  IpEpochScale *scale;
  GtkDropDown *speed;
  GtkToggleButton *loop_button;
  GtkWidget *follow_button;
};

G_DEFINE_FINAL_TYPE (IpEpochBar, ip_epoch_bar, GTK_TYPE_WIDGET)

static void
ip_epoch_bar_update_play_button (IpEpochBar *self)
{
  gboolean playing = self->playing != 0;
  const char *label = playing ? _("Pause") : _("Play the epochs");

  gtk_button_set_icon_name (self->play_button, playing ? "media-playback-pause-symbolic"
                                                       : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play_button),
                               playing ? _("Pause (Ctrl+Space)")
                                       : _("Play the Epochs (Ctrl+Space)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
play_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  IpEpochBar *self = IP_EPOCH_BAR (widget);
  static const double speeds[] = { 0.5, 1, 2, 4 };
  double speed = speeds[MIN (gtk_drop_down_get_selected (self->speed), G_N_ELEMENTS (speeds) - 1)];
  gint64 now = gdk_frame_clock_get_frame_time (clock);

  if (now < self->next_step)
    return G_SOURCE_CONTINUE;
  self->next_step = now + (gint64) (G_USEC_PER_SEC / (STEPS_PER_SECOND * speed));
  if (ip_epoch_scale_step (self->scale, 1))
    return G_SOURCE_CONTINUE;
  if (gtk_toggle_button_get_active (self->loop_button)
      && ip_epoch_scale_step (self->scale, -G_MAXINT / 2))
    return G_SOURCE_CONTINUE;
  self->playing = 0;
  ip_epoch_bar_update_play_button (self);
  return G_SOURCE_REMOVE;
}

static void
play_clicked_cb (IpEpochBar *self)
{
  ip_epoch_bar_toggle_playing (self);
}

static void
ip_epoch_bar_show_epoch (IpEpochBar *self)
{
  gint64 epoch = ip_session_get_epoch (self->session);
  g_autofree char *text = epoch >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, epoch) : g_strdup ("");

  gtk_editable_set_text (self->entry, text);
}

static void
entry_activate_cb (IpEpochBar *self)
{
  gint64 epoch;

  if (g_ascii_string_to_signed (gtk_editable_get_text (self->entry), 10, 0, G_MAXINT64, &epoch,
                                NULL))
    ip_session_set_epoch (self->session, epoch);
  ip_epoch_bar_show_epoch (self);
  gtk_editable_select_region (self->entry, 0, -1);
}

static void
ip_epoch_bar_dispose (GObject *object)
{
  IpEpochBar *self = IP_EPOCH_BAR (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ip_epoch_bar_parent_class)->dispose (object);
}

static void
ip_epoch_bar_class_init (IpEpochBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_epoch_bar_dispose;
  g_type_ensure (IP_TYPE_EPOCH_SCALE);
  gtk_widget_class_set_css_name (widget_class, "epoch-bar");
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-epoch-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, IpEpochBar, play_button);
  gtk_widget_class_bind_template_child (widget_class, IpEpochBar, entry);
  gtk_widget_class_bind_template_child (widget_class, IpEpochBar, scale);
  gtk_widget_class_bind_template_child (widget_class, IpEpochBar, speed);
  gtk_widget_class_bind_template_child (widget_class, IpEpochBar, loop_button);
  gtk_widget_class_bind_template_child (widget_class, IpEpochBar, follow_button);
  gtk_widget_class_bind_template_callback (widget_class, play_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
}

static void
ip_epoch_bar_init (IpEpochBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ip_epoch_bar_update_play_button (self);
}

void
ip_epoch_bar_set_session (IpEpochBar *self, IpSession *session)
{
  g_return_if_fail (IP_IS_EPOCH_BAR (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  ip_epoch_scale_set_session (self->scale, session);
  g_signal_connect_object (session, "notify::epoch", G_CALLBACK (ip_epoch_bar_show_epoch), self,
                           G_CONNECT_SWAPPED);
  g_object_bind_property (session, "live", self->follow_button, "visible",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (session, "follow-last", self->follow_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  ip_epoch_bar_show_epoch (self);
}

IpEpochScale *
ip_epoch_bar_get_scale (IpEpochBar *self)
{
  g_return_val_if_fail (IP_IS_EPOCH_BAR (self), NULL);

  return self->scale;
}

void
ip_epoch_bar_toggle_playing (IpEpochBar *self)
{
  g_return_if_fail (IP_IS_EPOCH_BAR (self));

  if (self->playing != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->playing);
      self->playing = 0;
    }
  else
    {
      /* At the end, playing starts again from the beginning. */
      if (!ip_epoch_scale_step (self->scale, 1))
        ip_epoch_scale_step (self->scale, -G_MAXINT / 2);
      self->next_step = 0;
      self->playing = gtk_widget_add_tick_callback (GTK_WIDGET (self), play_cb, NULL, NULL);
    }
  ip_epoch_bar_update_play_button (self);
}

void
ip_epoch_bar_change_speed (IpEpochBar *self, int steps)
{
  int last = (int) g_list_model_get_n_items (gtk_drop_down_get_model (self->speed)) - 1;
  int speed = (int) gtk_drop_down_get_selected (self->speed) + steps;

  g_return_if_fail (IP_IS_EPOCH_BAR (self));

  gtk_drop_down_set_selected (self->speed, (guint) CLAMP (speed, 0, last));
}

void
ip_epoch_bar_toggle_loop (IpEpochBar *self)
{
  g_return_if_fail (IP_IS_EPOCH_BAR (self));

  gtk_toggle_button_set_active (self->loop_button,
                                !gtk_toggle_button_get_active (self->loop_button));
}

void
ip_epoch_bar_step (IpEpochBar *self, int steps)
{
  g_return_if_fail (IP_IS_EPOCH_BAR (self));

  ip_epoch_scale_step (self->scale, steps);
}
