/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"
#include "ip-mapping-edit.h"

#include <adwaita.h>

/* Rows for the layers that a mapping finds: which axis is which, and how the positions of feature
 * maps become units.  Emits ::edited when a row has changed the mapping. */

G_BEGIN_DECLS

#define IP_TYPE_LAYERS_GROUP (ip_layers_group_get_type ())
G_DECLARE_FINAL_TYPE (IpLayersGroup, ip_layers_group, IP, LAYERS_GROUP, AdwPreferencesGroup)

/* Once.  The mapping has to outlive the rows. */
void ip_layers_group_set_mapping (IpLayersGroup *self, IpReader *reader, IpMapping *mapping);
/* The layers as they are now.  tried: what comes of the mapping, or NULL. */
void ip_layers_group_show (IpLayersGroup *self, IpDump *tried);

/* Begins with the reductions of a dump. */
void ip_layers_group_take_reductions (IpLayersGroup *self, IpDump *dump);
/* Gives a dump those that were chosen. */
void ip_layers_group_apply_reductions (IpLayersGroup *self, IpDump *dump);

G_END_DECLS
