/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-file.h"

/* Describes all groups, datasets and links of a file as IP_PROTOCOL_TREE. Nothing in the file makes
 * it fail: what cannot be described is listed with its problem. (transfer full) */
GVariant *ip_tree_describe (hid_t file, gboolean unfinished);
