/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-file.h"

/* All texts of a dataset or attribute of string type as valid UTF-8, NULL-terminated. Refuses more
 * than max_bytes. (transfer full) */
char **ip_strings_read (hid_t object, gsize max_bytes, GError **error);
