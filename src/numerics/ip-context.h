/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum
{
  IP_STATUS_OK,
  IP_STATUS_CANCELLED,
  IP_STATUS_NO_MEMORY,
  IP_STATUS_INVALID,   /* the request makes no sense: wrong parameter, wrong shape */
  IP_STATUS_UNDEFINED, /* the request is sound, but these data have no such value */
} IpStatus;

#define IP_THREAD_BYTES ((size_t) 10 << 20)

/* What a computation needs from whoever runs it.  The functions may be NULL; they are called on the
 * computing thread, at least every 20 ms of work, and must not block.  A context belongs to one
 * thread at a time.  Results do not depend on `threads`. */
typedef struct
{
  bool (*cancelled) (void *data);
  void (*progress) (void *data, double fraction);
  void *data;
  size_t memory;     /* bytes that may be allocated at once, 0: no limit */
  unsigned threads;  /* that a computation may share its work among, 0 or 1: the calling one; the
                      * others may take IP_THREAD_BYTES each beside `memory` */
  char message[256]; /* why the last call failed, in words, untranslated */
} IpContext;

/* Stores a message in the context and returns `status`, so that a function can fail in one line.
 * `context` may be NULL. */
IpStatus ip_fail (IpContext *context, IpStatus status, const char *format, ...)
  __attribute__ ((format (printf, 3, 4)));

bool ip_context_is_cancelled (IpContext *context);
void ip_context_report (IpContext *context, double fraction);
