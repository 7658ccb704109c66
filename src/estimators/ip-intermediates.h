/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stdbool.h>
#include <stddef.h>
#include <threads.h>

/* Intermediates of one kind, each computed once for all that ask for the same: a list, the newest
 * first; what is in it stays where it is.  Two threads may both compute one, and get the same; the
 * first to be ready is kept. */

/* The first member of every intermediate. */
typedef struct _IpIntermediate
{
  struct _IpIntermediate *next;
} IpIntermediate;

typedef struct
{
  const char *name; /* for messages: "kernel sums" */
  size_t size;      /* of an intermediate */
  bool (*fits) (const void *intermediate, const void *request);
  IpStatus (*compute) (void *intermediate, const void *request, IpContext *context); /* of zeros */
  void (*clear) (void *intermediate); /* computed, half computed or zeros */
} IpIntermediateKind;

/* lock: of the list, NULL when one thread alone uses it.  The intermediate stays the list's. */
IpStatus ip_intermediates_get (IpIntermediate **list,
                               mtx_t *lock,
                               const IpIntermediateKind *kind,
                               const void *request,
                               const void **intermediate,
                               IpContext *context);

void ip_intermediates_free (IpIntermediate *list, const IpIntermediateKind *kind);
