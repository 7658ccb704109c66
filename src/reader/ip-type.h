/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>
#include <hdf5.h>

/* What the type of a dataset or attribute is to the client: one of IP_PROTOCOL_TYPES. */
char ip_type_classify (hid_t type);

/* As users know it: "float16", "int64", ">f4", "bool", "string", "compound". (transfer full) */
char *ip_type_get_name (hid_t type);

