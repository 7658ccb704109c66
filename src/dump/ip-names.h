/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* What people call things in files that follow no format: pure functions of names. */

G_BEGIN_DECLS

typedef enum
{
  IP_ROLE_NONE,
  IP_ROLE_LABELS,
  IP_ROLE_INPUTS,
  IP_ROLE_EPOCHS,
} IpRole;

/* The role that the last part of a path stands for. rank: 0 for the plainest name of the role,
 * growing with oddity. */
IpRole ip_names_get_role (const char *path, guint *rank);

/* Splits a path into layer and epoch: /epoch_3/fc1, /fc1/epoch_3, /fc1_epoch3, /epoch3_fc1, and
 * where there is no such word /3/fc1 and /fc1/3.  FALSE when it names no epoch; then layer is the
 * path without the slash before it.  pattern: the path with {epoch} in place of the number, NULL
 * when it names none; may be NULL. (transfer full) */
gboolean ip_names_split_epoch (const char *path, char **layer, gint64 *epoch, char **pattern);

/* Whether a path speaks of parameters or gradients instead of activations. */
gboolean ip_names_is_parameter (const char *path);

/* Shortens names of layers (in place) without making two of them equal: what all of them begin
 * with, and last parts such as "/activations" or "/Relu:0", say nothing. */
void ip_names_shorten (char **names, guint n);

/* The activation function that the last part of a name is called by, "" if none: "tanh" for
 * "dense_1/Tanh:0". */
const char *ip_names_get_activation (const char *name);

G_END_DECLS
