/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session-file.h"

/* What ip-session-file-write.c, ip-session-file-read.c and ip-session-restore.c share: the table of
 * what of the session is saved, and what was read. */

G_BEGIN_DECLS

#define IP_SESSION_FILE_FORMAT "infoplane-session"
#define IP_SESSION_FILE_VERSION 1

typedef enum
{
  IP_SAVED_AS_IT_IS, /* boolean, whole number, number or text, as the property is */
  IP_SAVED_CHOICE,   /* one of `ids` */
  IP_SAVED_QUANTITY, /* its id, or null */
  IP_SAVED_DISPLAY,  /* as ip_display_format() puts it; `display` says which */
  IP_SAVED_LAYER,    /* {"run": number in the file, "layer": name}, or null */
} IpSavedKind;

/* A property of the session that is saved under its name: a row here is all that a new one
 * needs. */
typedef struct
{
  const char *property;
  IpSavedKind kind;
  const char *const *ids; /* NULL-terminated */
  IpDisplay display;
} IpSavedProperty;

extern const IpSavedProperty ip_saved_properties[];
extern const guint ip_n_saved_properties;

typedef struct
{
  char *name;
  char *reduction; /* NULL: not said */
  gboolean visible;
  gint64 style; /* −1: not said */
} IpSavedLayer;

typedef struct
{
  char *path; /* as written */
  char *fingerprint;
  char *name;
  char *samples;
  IpMapping *mapping; /* NULL: as it is recognised */
  gboolean visible;
  GArray *layers; /* IpSavedLayer */

  GFile *place; /* where the user says that it is, or NULL */
  IpRun *run;   /* once it is open */
  gboolean missing;
} IpSavedRun;

struct _IpSessionFile
{
  GFile *file;
  GPtrArray *runs; /* IpSavedRun */
  IpRequest request;
  GArray *comparisons; /* IpRequest */
  int sweep;           /* number of the parameter, −1 for none */
  GArray *sweep_values; /* double */
  char *estimator_notice; /* what is to be said about the estimator, or NULL */
  GValue *values;         /* [ip_n_saved_properties], unset for what the file does not say */
  int layer_run;          /* of property layer, −1 for none */
  char *layer;
  IpView limits[IP_N_FIGURE_KINDS];
  GVariant *window;
};

G_END_DECLS
