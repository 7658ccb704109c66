/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Puts finite numbers into ascending order, −0 as +0.  Radix sort: time O(n), memory 8 n bytes. */
IpStatus ip_sort (double *numbers, size_t n, IpContext *context);
