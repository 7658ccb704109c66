/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-database-private.h"

#include "ip-estimate-blob.h"

/* Three tables: runs by the identity of their content, requests made of a run, and the estimates of
 * a request by layer and epoch.  An estimate is one blob that is read whole or not at all.
 *
 * The journal is a write-ahead log, so that the window and several command lines read and write
 * one file together; a transaction that was committed survives the death of the process at any
 * moment after.  When it grows beyond its bound, requests go that were not used for longest. */

#define SCHEMA_VERSION 2
#define BUSY_TIMEOUT 10000 /* ms */

static const char schema[]
    = "CREATE TABLE run (id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, path TEXT NOT NULL,"
      " used INTEGER NOT NULL);"
      "CREATE TABLE request (id INTEGER PRIMARY KEY,"
      " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, estimator TEXT NOT NULL,"
      " version INTEGER NOT NULL, parameters TEXT NOT NULL, samples TEXT NOT NULL,"
      " used INTEGER NOT NULL, UNIQUE (run, estimator, version, parameters, samples));"
      "CREATE TABLE estimate (request INTEGER NOT NULL REFERENCES request ON DELETE CASCADE,"
      " layer TEXT NOT NULL, epoch INTEGER NOT NULL, content BLOB NOT NULL,"
      " PRIMARY KEY (request, layer, epoch)) WITHOUT ROWID;"
      "CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
      "PRAGMA user_version = 2;";

/* From version 1, which did not know what was used when and kept blobs that took long to read. */
static const char upgrade[]
    = "DELETE FROM estimate WHERE convert_estimate (content) IS NULL;"
      "UPDATE estimate SET content = convert_estimate (content);"
      "ALTER TABLE request ADD COLUMN used INTEGER NOT NULL DEFAULT 0;"
      "UPDATE request SET used = (SELECT used FROM run WHERE run.id = request.run);"
      "CREATE TABLE setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
      "PRAGMA user_version = 2;";

enum
{
  INSERT_RUN,
  FIND_RUN,
  INSERT_REQUEST,
  FIND_REQUEST,
  INSERT_ESTIMATE,
  LOAD_ESTIMATES,
  TOUCH_REQUEST,
  N_STATEMENTS,
};

G_STATIC_ASSERT (N_STATEMENTS == IP_DATABASE_STATEMENTS);

static const char *const statements[N_STATEMENTS] = {
  [INSERT_RUN] = "INSERT INTO run (identity, path, used) VALUES (?1, ?2, unixepoch ())"
                 " ON CONFLICT (identity) DO UPDATE SET path = ?2, used = unixepoch ()",
  [FIND_RUN] = "SELECT id FROM run WHERE identity = ?1",
  [INSERT_REQUEST] = "INSERT OR IGNORE INTO request (run, estimator, version, parameters, samples,"
                     " used) VALUES (?1, ?2, ?3, ?4, ?5, unixepoch ())",
  [FIND_REQUEST] = "SELECT id FROM request WHERE run = ?1 AND estimator = ?2 AND version = ?3"
                   " AND parameters = ?4 AND samples = ?5",
  [INSERT_ESTIMATE] = "INSERT OR REPLACE INTO estimate (request, layer, epoch, content)"
                      " VALUES (?1, ?2, ?3, ?4)",
  /* Rarely, because it is a transaction of its own. */
  [TOUCH_REQUEST] = "UPDATE request SET used = unixepoch ()"
                    " WHERE id = ?1 AND used < unixepoch () - 3600",
  [LOAD_ESTIMATES] = "SELECT layer, epoch, content FROM estimate WHERE request = ?1",
};

G_DEFINE_QUARK (ip-store-error-quark, ip_store_error)

gboolean
ip_database_fail (IpDatabase *self, GError **error)
{
  int code = sqlite3_errcode (self->connection) & 0xff;
  IpStoreError kind = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? IP_STORE_ERROR_DAMAGED
                      : code == SQLITE_FULL                           ? IP_STORE_ERROR_FULL
                                                                      : IP_STORE_ERROR_FAILED;

  g_set_error (error, IP_STORE_ERROR, kind, "%s: %s", self->path,
               sqlite3_errmsg (self->connection));

  return FALSE;
}

gboolean
ip_database_execute (IpDatabase *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->connection, sql, NULL, NULL, NULL) == SQLITE_OK
         || ip_database_fail (self, error);
}

sqlite3_stmt *
ip_database_prepare (IpDatabase *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (self->connection, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;

  ip_database_fail (self, error);

  return NULL;
}

static gboolean
read_schema_version (IpDatabase *self, int *version, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (self, "PRAGMA user_version", error);
  gboolean done;

  if (statement == NULL)
    return FALSE;

  done = sqlite3_step (statement) == SQLITE_ROW;
  if (done)
    *version = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);

  return done || ip_database_fail (self, error);
}

static void
convert_estimate (sqlite3_context *context, int n_arguments, sqlite3_value **arguments)
{
  g_autofree IpEstimate *estimate = ip_estimate_blob_read_variant (
    sqlite3_value_blob (arguments[0]), sqlite3_value_bytes (arguments[0]));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (estimate == NULL)
    return;
  ip_estimate_blob_write (bytes, estimate);
  sqlite3_result_blob64 (context, bytes->data, bytes->len, SQLITE_TRANSIENT);
}

static gboolean
upgrade_schema (IpDatabase *self, GError **error)
{
  if (sqlite3_create_function (self->connection, "convert_estimate", 1, SQLITE_UTF8, NULL,
                               convert_estimate, NULL, NULL)
      != SQLITE_OK)
    return ip_database_fail (self, error);

  return ip_database_execute (self, upgrade, error);
}

/* Two programs may make the file at the same time: the second one finds it made. */
static gboolean
make_schema (IpDatabase *self, GError **error)
{
  int version = 0;

  if (!ip_database_execute (self, "BEGIN IMMEDIATE", error)
      || !read_schema_version (self, &version, error))
    return FALSE;

  if (version > SCHEMA_VERSION)
    {
      ip_database_roll_back (self);
      g_set_error (error, IP_STORE_ERROR, IP_STORE_ERROR_NEWER,
                   "%s: written by a newer version of Infoplane (format %d, expected at most %d)",
                   self->path, version, SCHEMA_VERSION);
      return FALSE;
    }
  if ((version == 0 && !ip_database_execute (self, schema, error))
      || (version == 1 && !upgrade_schema (self, error)))
    {
      ip_database_roll_back (self);
      return FALSE;
    }

  return ip_database_execute (self, "COMMIT", error);
}

/* When several programs begin one file at the same time, SQLite refuses this to some of them at
 * once, however long they would wait, because they could wait for each other: they come again. */
static gboolean
begin_log (IpDatabase *self, GError **error)
{
  gint64 end = g_get_monotonic_time () + BUSY_TIMEOUT * G_TIME_SPAN_MILLISECOND;
  int code;

  while ((code = sqlite3_exec (self->connection, "PRAGMA journal_mode = WAL", NULL, NULL, NULL))
           == SQLITE_BUSY
         && g_get_monotonic_time () < end)
    sqlite3_sleep (1);

  return code == SQLITE_OK || ip_database_fail (self, error);
}

static gboolean
prepare (IpDatabase *self, GError **error)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    if (sqlite3_prepare_v3 (self->connection, statements[i], -1, SQLITE_PREPARE_PERSISTENT,
                            &self->prepared[i], NULL)
        != SQLITE_OK)
      return ip_database_fail (self, error);

  return TRUE;
}

IpDatabase *
ip_database_open (const char *path, GError **error)
{
  g_autoptr (IpDatabase) self = g_new0 (IpDatabase, 1);

  self->path = g_strdup (path);
  if (sqlite3_open_v2 (path, &self->connection,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      ip_database_fail (self, error);
      return NULL;
    }

  sqlite3_busy_timeout (self->connection, BUSY_TIMEOUT);
  if (!begin_log (self, error)
      || !ip_database_execute (self, "PRAGMA synchronous = NORMAL", error)
      || !ip_database_execute (self, "PRAGMA foreign_keys = ON", error)
      || !make_schema (self, error) || !prepare (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Where nothing can be written there is no place for the index of the write-ahead log either, which
 * reading needs as well, unless SQLite is told that the file does not change.  That holds while
 * there is no log: who writes has one. */
static gboolean
open_unchanging (IpDatabase *self, GError **error)
{
  g_autofree char *log = g_strconcat (self->path, "-wal", NULL);
  g_autofree char *escaped = g_uri_escape_string (self->path, "/", FALSE);
  g_autofree char *uri = g_strdup_printf ("file:%s?immutable=1", escaped);

  if (g_file_test (log, G_FILE_TEST_EXISTS) || g_stat (self->path, &self->unchanged) != 0)
    {
      g_set_error (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED,
                   "%s: cannot be written, and not be read while it is written elsewhere",
                   self->path);
      return FALSE;
    }

  self->read_only = TRUE;

  return sqlite3_open_v2 (uri, &self->connection,
                          SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL)
           == SQLITE_OK
         || ip_database_fail (self, error);
}

static gboolean
has_changed (IpDatabase *self)
{
  g_autofree char *log = g_strconcat (self->path, "-wal", NULL);
  GStatBuf now;

  return g_file_test (log, G_FILE_TEST_EXISTS) || g_stat (self->path, &now) != 0
         || now.st_size != self->unchanged.st_size || now.st_ino != self->unchanged.st_ino
         || now.st_mtim.tv_sec != self->unchanged.st_mtim.tv_sec
         || now.st_mtim.tv_nsec != self->unchanged.st_mtim.tv_nsec;
}

IpDatabase *
ip_database_open_read_only (const char *path, GError **error)
{
  g_autoptr (IpDatabase) self = g_new0 (IpDatabase, 1);
  int version = 0;

  self->path = g_strdup (path);
  if (!open_unchanging (self, error) || !read_schema_version (self, &version, error))
    return NULL;

  if (version != SCHEMA_VERSION)
    {
      g_set_error (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED,
                   "%s: has format %d, expected %d, and cannot be written", path, version,
                   SCHEMA_VERSION);
      return NULL;
    }

  return prepare (self, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
ip_database_is_read_only (const IpDatabase *self)
{
  return self->read_only;
}

void
ip_database_close (IpDatabase *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->prepared[i]);
  sqlite3_close (self->connection);
  g_free (self->path);
  g_free (self);
}

gboolean
ip_database_begin (IpDatabase *self, GError **error)
{
  return ip_database_execute (self, "BEGIN IMMEDIATE", error);
}

gboolean
ip_database_commit (IpDatabase *self, GError **error)
{
  return ip_database_execute (self, "COMMIT", error);
}

void
ip_database_roll_back (IpDatabase *self)
{
  sqlite3_exec (self->connection, "ROLLBACK", NULL, NULL, NULL);
}

/* Runs a statement that gives nothing, or at most one number in `id`.  Resets it. */
static gboolean
step (IpDatabase *self, guint which, gint64 *id, GError **error)
{
  sqlite3_stmt *statement = self->prepared[which];
  int code = sqlite3_step (statement);
  gboolean done = code == SQLITE_ROW || code == SQLITE_DONE;

  if (id != NULL)
    *id = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : -1;
  if (!done)
    ip_database_fail (self, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);

  return done;
}

static void
bind_text (IpDatabase *self, guint which, int column, const char *text)
{
  sqlite3_bind_text (self->prepared[which], column, text, -1, SQLITE_TRANSIENT);
}

static void
bind_request (IpDatabase *self, guint which, gint64 run, const IpStoreKey *key)
{
  char parameters[256];

  ip_parameters_format (&key->request->parameters, key->request->estimator, parameters,
                        sizeof parameters);
  sqlite3_bind_int64 (self->prepared[which], 1, run);
  bind_text (self, which, 2, key->request->estimator->id);
  sqlite3_bind_int64 (self->prepared[which], 3, key->request->estimator->version);
  bind_text (self, which, 4, parameters);
  bind_text (self, which, 5, key->samples);
}

/* The number of the request, -1 when it was never made. */
static gboolean
find_request (IpDatabase *self, const IpStoreKey *key, gint64 *request, GError **error)
{
  gint64 run;

  *request = -1;
  bind_text (self, FIND_RUN, 1, key->identity);
  if (!step (self, FIND_RUN, &run, error))
    return FALSE;
  if (run < 0)
    return TRUE;

  bind_request (self, FIND_REQUEST, run, key);

  return step (self, FIND_REQUEST, request, error);
}

/* Notes that it was used.  What is not noted, because the file cannot be written, is forgotten. */
static void
touch (IpDatabase *self, gint64 request)
{
  sqlite3_bind_int64 (self->prepared[TOUCH_REQUEST], 1, request);
  step (self, TOUCH_REQUEST, NULL, NULL);
}

static gboolean
make_request (IpDatabase *self, const IpStoreKey *key, gint64 *request, GError **error)
{
  gint64 run;

  if (!find_request (self, key, request, error))
    return FALSE;
  if (*request >= 0)
    {
      touch (self, *request);
      return TRUE;
    }

  bind_text (self, INSERT_RUN, 1, key->identity);
  bind_text (self, INSERT_RUN, 2, key->path);
  if (!step (self, INSERT_RUN, NULL, error))
    return FALSE;
  bind_text (self, FIND_RUN, 1, key->identity);
  if (!step (self, FIND_RUN, &run, error))
    return FALSE;
  bind_request (self, INSERT_REQUEST, run, key);

  return step (self, INSERT_REQUEST, NULL, error) && find_request (self, key, request, error);
}

/* Numbers of runs and requests differ between databases; identities and parameters do not. */
static const char merge_statements[]
    = "INSERT OR IGNORE INTO run (identity, path, used) SELECT identity, path, used FROM other.run;"
      "INSERT OR IGNORE INTO request (run, estimator, version, parameters, samples, used)"
      " SELECT mine.id, theirs.estimator, theirs.version, theirs.parameters, theirs.samples,"
      " theirs.used"
      " FROM other.request AS theirs JOIN other.run AS their_run ON their_run.id = theirs.run"
      " JOIN run AS mine ON mine.identity = their_run.identity;";

static const char merge_estimates[]
  = "INSERT OR IGNORE INTO estimate (request, layer, epoch, content)"
    " SELECT mine.id, theirs.layer, theirs.epoch, theirs.content"
    " FROM other.estimate AS theirs"
    " JOIN other.request AS their_request ON their_request.id = theirs.request"
    " JOIN other.run AS their_run ON their_run.id = their_request.run"
    " JOIN run ON run.identity = their_run.identity"
    " JOIN request AS mine ON mine.run = run.id AND mine.estimator = their_request.estimator"
    " AND mine.version = their_request.version AND mine.parameters = their_request.parameters"
    " AND mine.samples = their_request.samples";

static gboolean
attach (IpDatabase *self, const char *path, GError **error)
{
  sqlite3_stmt *statement = ip_database_prepare (self, "ATTACH ?1 AS other", error);
  gboolean attached;

  if (statement == NULL)
    return FALSE;

  sqlite3_bind_text (statement, 1, path, -1, SQLITE_TRANSIENT);
  attached = sqlite3_step (statement) == SQLITE_DONE;
  sqlite3_finalize (statement);

  return attached || ip_database_fail (self, error);
}

gint64
ip_database_merge (IpDatabase *self, const char *other_path, GError **error)
{
  gint64 n = -1;

  if (!attach (self, other_path, error))
    return -1;

  if (ip_database_begin (self, error))
    {
      if (ip_database_execute (self, merge_statements, error)
          && ip_database_execute (self, merge_estimates, error))
        n = sqlite3_changes64 (self->connection);
      if (n < 0 || !ip_database_commit (self, error))
        {
          ip_database_roll_back (self);
          n = -1;
        }
    }
  sqlite3_exec (self->connection, "DETACH other", NULL, NULL, NULL);

  return n;
}

gboolean
ip_database_save (IpDatabase *self,
                  const IpStoreKey *key,
                  const char *layer,
                  gint64 epoch,
                  const IpEstimate *estimate,
                  GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  sqlite3_stmt *statement = self->prepared[INSERT_ESTIMATE];
  gint64 request;

  if (!make_request (self, key, &request, error))
    return FALSE;

  ip_estimate_blob_write (content, estimate);
  sqlite3_bind_int64 (statement, 1, request);
  bind_text (self, INSERT_ESTIMATE, 2, layer);
  sqlite3_bind_int64 (statement, 3, epoch);
  sqlite3_bind_blob64 (statement, 4, content->data, content->len, SQLITE_TRANSIENT);

  return step (self, INSERT_ESTIMATE, NULL, error);
}

static void
stored_estimate_free (gpointer data)
{
  IpStoredEstimate *stored = data;

  g_free (stored->layer);
  g_free (stored->estimate);
  g_free (stored);
}

GPtrArray *
ip_database_load (IpDatabase *self, const IpStoreKey *key, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (stored_estimate_free);
  sqlite3_stmt *statement = self->prepared[LOAD_ESTIMATES];
  gint64 request;
  int code;

  if (!find_request (self, key, &request, error))
    return NULL;

  sqlite3_bind_int64 (statement, 1, request);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      IpEstimate *estimate = ip_estimate_blob_read (sqlite3_column_blob (statement, 2),
                                                    sqlite3_column_bytes (statement, 2));
      IpStoredEstimate *stored;

      if (estimate == NULL)
        continue; /* computed again and replaced */
      stored = g_new (IpStoredEstimate, 1);
      stored->layer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      stored->epoch = sqlite3_column_int64 (statement, 1);
      stored->estimate = estimate;
      g_ptr_array_add (found, stored);
    }
  if (code != SQLITE_DONE)
    ip_database_fail (self, error);
  sqlite3_reset (statement);
  if (self->read_only && has_changed (self))
    {
      g_set_error (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED,
                   "%s: was written elsewhere while it was read", self->path);
      return NULL;
    }
  if (found->len > 0 && !self->read_only)
    touch (self, request);

  return code == SQLITE_DONE ? g_steal_pointer (&found) : NULL;
}
