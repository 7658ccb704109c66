/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"
#include "ip-matrix.h"

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

/* Samples with equal pairs key[2 i], key[2 i + 1] share a cell. */
IpStatus ip_partition_init_from_keys (IpPartition *partition,
                                      const uint64_t *key,
                                      size_t n,
                                      IpContext *context);

IpStatus ip_partition_init_from_labels (IpPartition *partition,
                                        const uint32_t *label,
                                        size_t n,
                                        IpContext *context);

/* Distinct rows; numbers are compared as numbers (−0 equals +0; a NaN equals the same NaN). */
IpStatus ip_partition_init_from_rows (IpPartition *partition,
                                      const IpMatrix *matrix,
                                      IpContext *context);

/* Distinct pairs of codes. */
IpStatus ip_partition_init_joint (IpPartition *partition,
                                  const IpPartition *a,
                                  const IpPartition *b,
                                  IpContext *context);

/* Plug-in entropy of the cell frequencies in nats, exactly 0 for one cell and log N when all
 * samples differ.  The same bits for any order of the samples. */
double ip_partition_entropy (const IpPartition *partition);
