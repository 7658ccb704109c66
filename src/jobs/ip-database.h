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
  IpEstimate estimate;
} IpStoredEstimate;

typedef struct _IpDatabase IpDatabase;

/* Opens or makes the file, brings an old one up to date. */
IpDatabase *ip_database_open (const char *path, GError **error);
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

/* (transfer full) (element-type IpStoredEstimate) */
GPtrArray *ip_database_load (IpDatabase *self, const IpStoreKey *key, GError **error);

G_END_DECLS
