/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"

G_BEGIN_DECLS

/* Takes over the numbers, n x d of the element type, allocated by g_malloc(). */
IpActivations *ip_activations_new (gpointer data, gsize rows, gsize columns, IpElement element);

G_END_DECLS
