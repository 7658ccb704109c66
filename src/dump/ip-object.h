/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* What a file holds, as the reading process describes it. */

G_BEGIN_DECLS

typedef enum
{
  IP_TYPE_FLOAT16,
  IP_TYPE_FLOAT32,
  IP_TYPE_FLOAT64,
  IP_TYPE_INTEGER, /* any signed or unsigned integer, bool, enum */
  IP_TYPE_STRING,
  IP_TYPE_OTHER, /* listed, but cannot be read */
} IpType;

#define IP_MAX_RANK 16

typedef struct
{
  char *name;
  GVariant *value; /* b, x, d, s, as, ax or ad; NULL when it could not be read */
} IpAttribute;

/* One group or dataset of the file's tree, with absolute path. */
typedef struct
{
  char *path;
  gboolean is_dataset;
  IpType type;
  char *type_name; /* as users know it: "float16", "int64", ">f4", "compound" */
  guint element_size;
  guint rank;
  guint64 shape[IP_MAX_RANK];
  guint64 chunk[IP_MAX_RANK]; /* zeros when contiguous */
  char *filters;              /* "shuffle,gzip", "" */
  char *problem;              /* why it cannot be read, NULL when it can: "external link refused" */
  guint n_attributes;
  IpAttribute *attributes;
} IpObject;

/* Fills an object of zeros; FALSE when the description contradicts itself.  ip_object_clear() has
 * to follow either way. */
gboolean ip_object_init (IpObject *self, GVariant *description);
void ip_object_clear (IpObject *self);

/* The last part of its path; "/" for the root. */
const char *ip_object_get_name (const IpObject *self);

/* NULL when there is none or it could not be read. (transfer none) */
GVariant *ip_object_get_attribute (const IpObject *self, const char *name);
/* Whether both have the same ones, and all could be read. */
gboolean ip_object_has_attributes_of (const IpObject *self, const IpObject *other);

/* "10×200×64". (transfer full) */
char *ip_shape_to_text (const guint64 *shape, guint rank);

G_END_DECLS
