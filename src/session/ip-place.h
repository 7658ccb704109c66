/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* An object of a session file and where in it it is, whose members are read and checked.  All fail
 * with IP_SESSION_FILE_ERROR_MALFORMED, which names file and place, what was expected and what
 * found.  What is left out or null is no error, and leaves the value as it is. */

G_BEGIN_DECLS

typedef struct
{
  const char *file;
  const char *path; /* "runs[1]", "" for the root */
  JsonObject *object;
} IpPlace;

/* Sets the object of a root to what the file holds, which stays the parser's. */
gboolean ip_place_parse (IpPlace *self,
                         JsonParser *parser,
                         GFile *file,
                         GCancellable *cancellable,
                         GError **error);

/* Sets the error about a member; always FALSE. */
gboolean
ip_place_fail (const IpPlace *self, const char *key, const char *expected, GError **error);

/* NULL when there is none, or it is null. (transfer none) */
JsonNode *ip_place_get_member (const IpPlace *self, const char *key);

/* type: text, boolean, int64 or double.  The value is not initialised when there is none. */
gboolean ip_place_read_value (const IpPlace *self,
                              const char *key,
                              GType type,
                              GValue *value,
                              GError **error);
gboolean
ip_place_read_text (const IpPlace *self, const char *key, char **text, GError **error);
gboolean
ip_place_read_boolean (const IpPlace *self, const char *key, gboolean *flag, GError **error);
gboolean
ip_place_read_integer (const IpPlace *self, const char *key, gint64 *number, GError **error);

/* NULL when there is none. */
gboolean
ip_place_read_object (const IpPlace *self, const char *key, JsonObject **object, GError **error);
/* The same for a list, every element of which is an object. */
gboolean
ip_place_read_objects (const IpPlace *self, const char *key, JsonArray **array, GError **error);

G_END_DECLS
