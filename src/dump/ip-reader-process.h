/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-reader.h"

/* The running infoplane-reader of one file: starting it, asking it, noticing that it is gone.
 * Belongs to an IpReader, whose lock is held by every caller. */

G_BEGIN_DECLS

typedef struct _IpReaderProcess IpReaderProcess;

/* name: what error messages call the file.  The descriptor stays the caller's. */
IpReaderProcess *ip_reader_process_new (int descriptor, const char *name);
void ip_reader_process_free (IpReaderProcess *self);

/* Sends the request (a floating reference is consumed) and waits for the answer, starting the
 * reader if need be.  memory: bytes that the answer takes in shared memory as far as is known.
 * Returns the bytes that it took, −1 on errors.  object: what error messages call the object, NULL
 * for the file as a whole. */
gssize ip_reader_process_call (IpReaderProcess *self,
                               GVariant *request,
                               const char *object,
                               gsize memory,
                               GCancellable *cancellable,
                               GError **error);

/* The shared memory, valid until the next call.  The reader can write to it at any time, so it has
 * to be copied before it is looked at. */
gconstpointer ip_reader_process_get_memory (IpReaderProcess *self);

/* Fails with the message behind the names of file and object. */
void ip_reader_process_fail (IpReaderProcess *self,
                             GError **error,
                             IpReaderError code,
                             const char *object,
                             const char *message);

G_END_DECLS
