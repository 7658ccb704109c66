/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-file.h"
#include "ip-protocol.h"

/* What is known of a dataset before any of its data is touched. */
typedef struct
{
  char type;
  char *type_name;
  guint element_size;
  guint rank;
  hsize_t shape[IP_PROTOCOL_MAX_RANK];
  hsize_t chunk[IP_PROTOCOL_MAX_RANK]; /* zeros when contiguous */
  char *filters;
  /* Why it cannot or must not be read, with the status to answer; NULL when it can. */
  char *problem;
  IpAnswerStatus status;
} IpDataset;

void ip_dataset_describe (IpDataset *self, hid_t dataset);
/* Bytes of one chunk, 0 when contiguous. */
gsize ip_dataset_get_chunk_size (const IpDataset *self);
void ip_dataset_clear (IpDataset *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpDataset, ip_dataset_clear)
