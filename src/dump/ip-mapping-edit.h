/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-mapping.h"
#include "ip-reader.h"

/* A mapping seen from the objects of a file: what role each plays, and choosing another one. */

G_BEGIN_DECLS

/* What is recognised of a file; without layers when nothing is. (transfer full) */
IpMapping *ip_mapping_propose (IpReader *reader);

typedef enum
{
  IP_OBJECT_NOTHING,
  IP_OBJECT_LAYER,
  IP_OBJECT_LABELS,
  IP_OBJECT_INPUTS,
  IP_OBJECT_EPOCHS,
  IP_N_OBJECT_ROLES,
} IpObjectRole;

IpObjectRole ip_mapping_get_role (const IpMapping *self, const IpObject *object);

/* A layer takes all datasets with it that are called the same but for the epoch.  Labels, inputs
 * and epochs are one object at most.  A mapping of the native format is spelled out when its
 * layers or epochs change. */
void ip_mapping_set_role (IpMapping *self,
                          IpReader *reader,
                          const IpObject *object,
                          IpObjectRole role);

/* One dataset of a layer, NULL when there is none. */
const IpObject *ip_mapping_find_example (const IpMapping *self, IpReader *reader, guint layer);

/* What the axes of a layer's datasets could be, the present ones among them: texts of axes.
 * (transfer full) NULL-terminated */
char **ip_mapping_list_axes (const IpMapping *self, IpReader *reader, guint layer);
void ip_mapping_set_axes (IpMapping *self, guint layer, const char *axes);

G_END_DECLS
