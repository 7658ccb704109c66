/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"

#include <adwaita.h>

/* How a file is read: the roles of its objects, which samples are used and how units are reduced.
 * What is chosen is tried at once on another thread; the dialog says what comes of it. */

G_BEGIN_DECLS

#define IP_TYPE_MAPPING_DIALOG (ip_mapping_dialog_get_type ())
G_DECLARE_FINAL_TYPE (IpMappingDialog, ip_mapping_dialog, IP, MAPPING_DIALOG, AdwWindow)

/* dump: the file as it is read now, NULL when it was not recognised; then reader is its file.
 * Signals:
 *   chosen (IpDump)   the file as it shall be read; nothing of it has been read yet */
IpMappingDialog *ip_mapping_dialog_new (GtkWindow *parent, IpReader *reader, IpDump *dump);

/* Whether nothing is being tried. */
gboolean ip_mapping_dialog_is_idle (IpMappingDialog *self);
/* What the dialog says of the present choice: what there is to see, or what is wrong. */
const char *ip_mapping_dialog_get_message (IpMappingDialog *self);

G_END_DECLS
