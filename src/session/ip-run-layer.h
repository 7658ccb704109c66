/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"

G_BEGIN_DECLS

/* One layer of an open run.
 * Properties: name (s), units (u), style (u, settable), visible (b, settable). */
#define IP_TYPE_RUN_LAYER (ip_run_layer_get_type ())
G_DECLARE_FINAL_TYPE (IpRunLayer, ip_run_layer, IP, RUN_LAYER, GObject)

/* layer: of the dump of the run, which keeps it. */
IpRunLayer *ip_run_layer_new (const IpLayer *layer, guint style) G_GNUC_WARN_UNUSED_RESULT;
IpRunLayer *ip_run_layer_copy (IpRunLayer *self) G_GNUC_WARN_UNUSED_RESULT;
/* The same layer of another dump. */
void ip_run_layer_set_description (IpRunLayer *self, const IpLayer *layer);

const char *ip_run_layer_get_name (IpRunLayer *self);
guint ip_run_layer_get_units (IpRunLayer *self);
guint ip_run_layer_get_style (IpRunLayer *self);
void ip_run_layer_set_style (IpRunLayer *self, guint style);
gboolean ip_run_layer_get_visible (IpRunLayer *self);
void ip_run_layer_set_visible (IpRunLayer *self, gboolean visible);

G_END_DECLS
