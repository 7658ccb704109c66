/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

/* A session as a file: what is open and how it is shown, without the numbers, as JSON that can go
 * beside a paper.  doc/format.md describes it. */

G_BEGIN_DECLS

#define IP_SESSION_FILE_ENDING ".infoplane"
#define IP_SESSION_FILE_TYPE "application/x-infoplane-session"

#define IP_SESSION_FILE_ERROR (ip_session_file_error_quark ())

typedef enum
{
  IP_SESSION_FILE_ERROR_MALFORMED,
  IP_SESSION_FILE_ERROR_NEWER,   /* written by a newer version of the program */
  IP_SESSION_FILE_ERROR_MISSING, /* a dump of the session cannot be found */
} IpSessionFileError;

GQuark ip_session_file_error_quark (void);

gboolean ip_session_file_is_one (GFile *file); /* by its ending */

/* The text of the file.  place: where it will be, dumps are named from there; NULL where it does
 * not matter: then by their whole paths.  window: a{sv} of b, x, d and s about the window, or
 * NULL. (transfer full) */
char *ip_session_file_write (IpSession *session, GFile *place, GVariant *window)
  G_GNUC_WARN_UNUSED_RESULT;

/* What a file says, checked.  Safe to be used by one thread after the other. */
typedef struct _IpSessionFile IpSessionFile;

/* Blocks.  The error names the file, the key, what was expected and what was found.  Keys that are
 * not known are ignored. */
IpSessionFile *ip_session_file_load (GFile *file, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
IpSessionFile *ip_session_file_ref (IpSessionFile *self);
void ip_session_file_unref (IpSessionFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpSessionFile, ip_session_file_unref)

GFile *ip_session_file_get_file (IpSessionFile *self);
guint ip_session_file_get_n_runs (IpSessionFile *self);
/* Base name of the dump as it was. */
const char *ip_session_file_get_run_file (IpSessionFile *self, guint run);
/* How the run was called; NULL when the file does not say. */
const char *ip_session_file_get_run_name (IpSessionFile *self, guint run);
const IpRequest *ip_session_file_get_request (IpSessionFile *self);
/* What it is compared with. */
const IpRequest *ip_session_file_get_comparisons (IpSessionFile *self, guint *n);
gboolean ip_session_file_get_in_bits (IpSessionFile *self);
const char *ip_session_file_get_view (IpSessionFile *self); /* NULL when the file does not say */
double ip_session_file_get_length (IpSessionFile *self, IpLength length);
/* Whether a layer of a run was visible. */
gboolean ip_session_file_shows_layer (IpSessionFile *self, guint run, const char *layer);
GVariant *ip_session_file_get_window (IpSessionFile *self); /* a{sv} */

/* Finds the dump of a run and opens it: where it was, beside the session, among `hints` (of GFile,
 * may be NULL), or under another name in these folders, known by its fingerprint.  Blocks.
 * notice: what should be said about it, or NULL. */
IpDump *ip_session_file_open_run (IpSessionFile *self,
                                  guint run,
                                  GPtrArray *hints,
                                  char **notice,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Says where the dump of a run is. */
void ip_session_file_set_place (IpSessionFile *self, guint run, GFile *file);

/* Opens the runs of the file that are not open yet, and arranges everything as it was.  Runs that
 * cannot be found or opened are left out; ip_session_file_get_missing() tells of them.  notices: of
 * texts for the user. */
void ip_session_restore_async (IpSession *session,
                               IpSessionFile *file,
                               GPtrArray *hints,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* (transfer full) (element-type utf8), NULL on error */
GPtrArray *ip_session_restore_finish (IpSession *session, GAsyncResult *result, GError **error);

/* The number of the first run that was looked for in vain, −1 when there is none. */
int ip_session_file_get_missing (IpSessionFile *self);

G_END_DECLS
