/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-database.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

/* The database from inside: what ip-database.c (numbers) and ip-database-size.c (how many of them
 * are kept) share. */

G_BEGIN_DECLS

#define IP_DATABASE_STATEMENTS 7

struct _IpDatabase
{
  char *path;
  gboolean read_only;
  GStatBuf unchanged; /* of a read-only one: as it was opened */
  sqlite3 *connection;
  sqlite3_stmt *prepared[IP_DATABASE_STATEMENTS];
};

/* Sets the error to what SQLite says and returns FALSE. */
gboolean ip_database_fail (IpDatabase *self, GError **error);
gboolean ip_database_execute (IpDatabase *self, const char *sql, GError **error);

/* (transfer full) NULL on error */
sqlite3_stmt *ip_database_prepare (IpDatabase *self, const char *sql, GError **error);

G_END_DECLS
