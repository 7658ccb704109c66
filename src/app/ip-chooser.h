/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define IP_TYPE_CHOOSER (ip_chooser_get_type ())
G_DECLARE_FINAL_TYPE (IpChooser, ip_chooser, IP, CHOOSER, GtkWidget)

/* One of a few things, by symbol on the button and by symbol and name in the list.
 * Properties: value (i, settable; notifies only of what the user chooses), label (s, for screen
 * readers and the tool tip). */
typedef struct
{
  int value;
  const char *markup;
  const char *title; /* NULL where the markup says it all */
} IpChoice;

/* Copies the choices.  Keeps the value while it is among them. */
void ip_chooser_set_choices (IpChooser *self, const IpChoice *choices, guint n_choices);
int ip_chooser_get_value (IpChooser *self);
/* Shows the first choice when the value is not among them. */
void ip_chooser_set_value (IpChooser *self, int value);

G_END_DECLS
