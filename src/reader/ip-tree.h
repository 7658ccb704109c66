/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-file.h"

typedef struct
{
  hid_t file;
  gboolean unfinished;
  const char *const *broken; /* marks of what another process broke down on */
  char *mark;                /* of what is in work */
  gsize mark_size;
} IpTreeRequest;

/* Describes all groups, datasets and links of a file as IP_PROTOCOL_TREE. Nothing in the file makes
 * it fail: what cannot be described is listed with its problem.  What takes too long ends the
 * process. (transfer full) */
GVariant *ip_tree_describe (const IpTreeRequest *request);
