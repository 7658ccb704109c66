/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

G_BEGIN_DECLS

/* One number of the table: a quantity of a layer at an epoch, in the unit that is shown.  Not made
 * before somebody looks at it. */
#define IP_TYPE_NUMBER (ip_number_get_type ())
G_DECLARE_FINAL_TYPE (IpNumber, ip_number, IP, NUMBER, GObject)

struct _IpNumber
{
  GObject parent_instance;

  const char *run; /* interned */
  const char *layer;
  guint layer_number; /* as the user_data of tracks */
  gint64 epoch;
  IpQuantity quantity;
  double value; /* NAN for what there is not */
  double lower;
  double upper;
  double error;
  double ceiling;
  unsigned flags;
  double clipped;
};

/* A list model of the numbers of visible layers, in the order of runs, layers, epochs and
 * quantities. */
#define IP_TYPE_NUMBER_LIST (ip_number_list_get_type ())
G_DECLARE_FINAL_TYPE (IpNumberList, ip_number_list, IP, NUMBER_LIST, GObject)

IpNumberList *ip_number_list_new (IpSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over what the session knows now. */
void ip_number_list_update (IpNumberList *self);
/* The rows of a layer at an epoch, which follow each other; FALSE when there are none. */
gboolean ip_number_list_find (IpNumberList *self,
                              guint layer_number,
                              gint64 epoch,
                              guint *first,
                              guint *n);

G_END_DECLS
