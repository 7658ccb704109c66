/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <gio/gio.h>

/* The database file of the results store: SQLite, used by one thread at a time.  The store owns one
 * and gives it to its thread. */

G_BEGIN_DECLS

#define IP_STORE_ERROR (ip_store_error_quark ())

typedef enum
{
  IP_STORE_ERROR_FAILED,
  IP_STORE_ERROR_DAMAGED, /* not a database, or a broken one */
  IP_STORE_ERROR_NEWER,   /* written by a newer version of the program */
  IP_STORE_ERROR_FULL,    /* no space left */
} IpStoreError;

GQuark ip_store_error_quark (void);

/* Whose numbers: the content of a dump, what was asked of it, and of which samples. */
typedef struct
{
  const char *identity; /* of the content, see ip_dump_get_identity() */
  const char *path;     /* where the dump was last seen, for people */
  const char *samples;  /* "all" */
  const IpRequest *request;
} IpStoreKey;

typedef struct
{
  char *layer;
  gint64 epoch;
  IpEstimate *estimate;
} IpStoredEstimate;

typedef struct _IpDatabase IpDatabase;

/* Opens or makes the file, brings an old one up to date. */
IpDatabase *ip_database_open (const char *path, GError **error);
/* Opens a file that cannot be written, or whose folder cannot: it is read as long as nobody else
 * writes it either. */
IpDatabase *ip_database_open_read_only (const char *path, GError **error);
gboolean ip_database_is_read_only (const IpDatabase *self);
void ip_database_close (IpDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpDatabase, ip_database_close)

gboolean ip_database_begin (IpDatabase *self, GError **error);
gboolean ip_database_commit (IpDatabase *self, GError **error);
void ip_database_roll_back (IpDatabase *self);

gboolean ip_database_save (IpDatabase *self,
                           const IpStoreKey *key,
                           const char *layer,
                           gint64 epoch,
                           const IpEstimate *estimate,
                           GError **error);

/* Takes over every estimate of another database that this one does not have.  Returns how many, −1
 * on error. */
gint64 ip_database_merge (IpDatabase *self, const char *other_path, GError **error);

/* How much is kept. */

#define IP_DATABASE_STANDARD_BOUND (1ull << 30)

typedef struct
{
  char *path; /* where its dump was last seen */
  gint64 used; /* seconds since 1970 */
  guint64 n_estimates;
} IpStoredRun;

typedef struct
{
  guint64 bytes; /* without what is free */
  guint64 bound; /* G_MAXUINT64 without one */
  guint64 n_estimates;
  GPtrArray *runs; /* of IpStoredRun, the one that was used last first */
} IpDatabaseUsage;

gboolean ip_database_get_usage (IpDatabase *self, IpDatabaseUsage *usage, GError **error);
void ip_database_usage_clear (IpDatabaseUsage *usage);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IpDatabaseUsage, ip_database_usage_clear)

/* Remembered in the file, for all that use it. */
gboolean ip_database_set_bound (IpDatabase *self, guint64 bytes, GError **error);
/* Sets IP_DATABASE_STANDARD_BOUND where there is none yet. */
gboolean ip_database_add_bound (IpDatabase *self, GError **error);

/* Removes the requests that were not used for longest, when it is larger than its bound. */
gboolean ip_database_trim (IpDatabase *self, GError **error);

/* Remove estimates and give their place back to the disk.  Return how many, −1 on error. */

gint64 ip_database_clear_all (IpDatabase *self, GError **error);
/* What was not used since then, in seconds since 1970. */
gint64 ip_database_clear_unused (IpDatabase *self, gint64 since, GError **error);
/* What is known of a dump that was last seen there or, when it is not NULL, has the identity. */
gint64 ip_database_clear_run (IpDatabase *self,
                              const char *path,
                              const char *identity,
                              GError **error);

/* (transfer full) (element-type IpStoredEstimate) */
GPtrArray *ip_database_load (IpDatabase *self, const IpStoreKey *key, GError **error);

G_END_DECLS
