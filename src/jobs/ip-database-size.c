/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-database-private.h"

#include <string.h>

/* How much the database keeps.  Its size is counted in pages that hold something: what is removed
 * to stay within the bound leaves free pages, which are used again before the file grows. */

/* What is removed at once goes so far below the bound that the next time is not at once. */
#define ROOM_PERCENT 10

/* A query without parameters that gives one number. */
static gboolean
query (IpDatabase *self, const char *sql, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (self, sql, error);
  int code;

  if (statement == NULL)
    return FALSE;

  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    *number = sqlite3_column_int64 (statement, 0);
  else if (code != SQLITE_DONE)
    ip_database_fail (self, error);
  sqlite3_finalize (statement);

  return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean
get_bytes (IpDatabase *self, gint64 *bytes, GError **error)
{
  gint64 pages, free_pages, page_size;

  if (!query (self, "PRAGMA page_count", &pages, error)
      || !query (self, "PRAGMA freelist_count", &free_pages, error)
      || !query (self, "PRAGMA page_size", &page_size, error))
    return FALSE;
  *bytes = (pages - free_pages) * page_size;

  return TRUE;
}

static gboolean
get_bound (IpDatabase *self, gint64 *bound, GError **error)
{
  *bound = G_MAXINT64;

  return query (self, "SELECT value FROM setting WHERE name = 'bound'", bound, error);
}

static void
stored_run_free (gpointer data)
{
  IpStoredRun *run = data;

  g_free (run->path);
  g_free (run);
}

static gboolean
list_runs (IpDatabase *self, IpDatabaseUsage *usage, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (
    self,
    "SELECT run.path, max (request.used), sum ((SELECT count (*) FROM estimate"
    " WHERE estimate.request = request.id)) FROM run JOIN request ON request.run = run.id"
    " GROUP BY run.id ORDER BY 2 DESC, 1",
    error);
  int code;

  if (statement == NULL)
    return FALSE;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      IpStoredRun *run = g_new (IpStoredRun, 1);

      run->path = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      run->used = sqlite3_column_int64 (statement, 1);
      run->n_estimates = (guint64) sqlite3_column_int64 (statement, 2);
      usage->n_estimates += run->n_estimates;
      g_ptr_array_add (usage->runs, run);
    }
  if (code != SQLITE_DONE)
    ip_database_fail (self, error);
  sqlite3_finalize (statement);

  return code == SQLITE_DONE;
}

gboolean
ip_database_get_usage (IpDatabase *self, IpDatabaseUsage *usage, GError **error)
{
  gint64 bytes, bound;

  *usage = (IpDatabaseUsage){ .runs = g_ptr_array_new_with_free_func (stored_run_free) };
  if (!get_bytes (self, &bytes, error) || !get_bound (self, &bound, error)
      || !list_runs (self, usage, error))
    {
      ip_database_usage_clear (usage);
      return FALSE;
    }
  usage->bytes = (guint64) bytes;
  usage->bound = bound < G_MAXINT64 ? (guint64) bound : G_MAXUINT64;

  return TRUE;
}

void
ip_database_usage_clear (IpDatabaseUsage *usage)
{
  g_clear_pointer (&usage->runs, g_ptr_array_unref);
}

/* Runs a statement whose parameters are bound. */
static gboolean
run (IpDatabase *self, sqlite3_stmt *statement, GError **error)
{
  gboolean done = sqlite3_step (statement) == SQLITE_DONE;

  if (!done)
    ip_database_fail (self, error);
  sqlite3_finalize (statement);

  return done;
}

gboolean
ip_database_set_bound (IpDatabase *self, guint64 bytes, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (
    self, "INSERT OR REPLACE INTO setting (name, value) VALUES ('bound', ?1)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) MIN (bytes, G_MAXINT64));

  return run (self, statement, error);
}

gboolean
ip_database_add_bound (IpDatabase *self, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (
    self, "INSERT OR IGNORE INTO setting (name, value) VALUES ('bound', ?1)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, IP_DATABASE_STANDARD_BOUND);

  return run (self, statement, error);
}

/* Runs of which nothing is known any more go, too. */
static const char remove_empty[]
  = "DELETE FROM run WHERE NOT EXISTS (SELECT 1 FROM request WHERE request.run = run.id)";

static const char remove_oldest[]
  = "DELETE FROM request WHERE id = (SELECT id FROM request ORDER BY used, id LIMIT 1)";

static gboolean
trim_to (IpDatabase *self, gint64 most, GError **error)
{
  gint64 bytes, n_requests;

  if (!query (self, "SELECT count (*) FROM request", &n_requests, error)
      || !get_bytes (self, &bytes, error))
    return FALSE;
  /* The last one is in use. */
  for (; bytes > most && n_requests > 1; n_requests--)
    if (!ip_database_execute (self, remove_oldest, error) || !get_bytes (self, &bytes, error))
      return FALSE;

  return ip_database_execute (self, remove_empty, error);
}

gboolean
ip_database_trim (IpDatabase *self, GError **error)
{
  gint64 bytes, bound;

  if (!get_bytes (self, &bytes, error) || !get_bound (self, &bound, error))
    return FALSE;
  if (bytes <= bound)
    return TRUE;

  if (!ip_database_begin (self, error))
    return FALSE;
  if (trim_to (self, bound - bound / 100 * ROOM_PERCENT, error)
      && ip_database_commit (self, error))
    return TRUE;
  ip_database_roll_back (self);

  return FALSE;
}

/* Takes the statement, which deletes requests. */
static gint64
clear_requests (IpDatabase *self, sqlite3_stmt *statement, GError **error)
{
  gint64 before, after;

  if (!ip_database_begin (self, error))
    {
      sqlite3_finalize (statement);
      return -1;
    }
  if (!query (self, "SELECT count (*) FROM estimate", &before, error))
    {
      sqlite3_finalize (statement);
      ip_database_roll_back (self);
      return -1;
    }
  if (!run (self, statement, error) || !ip_database_execute (self, remove_empty, error)
      || !query (self, "SELECT count (*) FROM estimate", &after, error)
      || !ip_database_commit (self, error))
    {
      ip_database_roll_back (self);
      return -1;
    }

  /* A reader at work keeps the file as large as it is; its free pages are used again. */
  ip_database_execute (self, "VACUUM", NULL);
  ip_database_execute (self, "PRAGMA wal_checkpoint (TRUNCATE)", NULL);

  return before - after;
}

gint64
ip_database_clear_all (IpDatabase *self, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (self, "DELETE FROM request", error);

  return statement != NULL ? clear_requests (self, statement, error) : -1;
}

gint64
ip_database_clear_unused (IpDatabase *self, gint64 since, GError **error)
{
  sqlite3_stmt *statement
    = ip_database_prepare (self, "DELETE FROM request WHERE used < ?1", error);

  if (statement == NULL)
    return -1;
  sqlite3_bind_int64 (statement, 1, since);

  return clear_requests (self, statement, error);
}

gint64
ip_database_clear_run (IpDatabase *self, const char *path, const char *identity, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (
    self, "DELETE FROM request WHERE run IN (SELECT id FROM run WHERE path = ?1 OR identity = ?2)",
    error);

  if (statement == NULL)
    return -1;
  sqlite3_bind_text (statement, 1, path, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, identity, -1, SQLITE_TRANSIENT);

  return clear_requests (self, statement, error);
}
