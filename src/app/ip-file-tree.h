/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-mapping-edit.h"

#include <gtk/gtk.h>

/* The objects of a file as a tree: names, shapes, types and the role of each, which can be chosen;
 * below it attributes and the first values of the selected one.  Paths can be dragged out of it as
 * text. */

G_BEGIN_DECLS

#define IP_TYPE_FILE_TREE (ip_file_tree_get_type ())
G_DECLARE_FINAL_TYPE (IpFileTree, ip_file_tree, IP, FILE_TREE, GtkWidget)

/* Signals: role-chosen (path s, role u)   the user chose; nothing has changed yet */

/* Shows the objects of the reader, which it keeps. */
void ip_file_tree_set_reader (IpFileTree *self, IpReader *reader);

/* Shows the roles that the mapping gives. */
void ip_file_tree_show_mapping (IpFileTree *self, const IpMapping *mapping);

G_END_DECLS
