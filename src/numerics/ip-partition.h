/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* N samples sorted into `classes` non-empty cells: the classes of Y, the distinct rows of X, the
 * distinct bin patterns of T.  Codes are numbered by first appearance, so that they depend on
 * nothing but the data. */
typedef struct
{
  size_t n;
  size_t classes;
  uint32_t *code;  /* [n] in 0 .. classes - 1 */
  uint32_t *count; /* [classes] */
} IpPartition;

void ip_partition_clear (IpPartition *partition);

/* Plug-in entropy of the cell frequencies in nats, exactly 0 for one cell. */
double ip_partition_entropy (const IpPartition *partition);
