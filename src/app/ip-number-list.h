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
  guint n_runs; /* of a mean over a group, which is the run then; 0 for a single run */
};

typedef enum
{
  IP_NUMBER_RUN,
  IP_NUMBER_LAYER,
  IP_NUMBER_EPOCH,
  IP_NUMBER_QUANTITY,
  IP_NUMBER_VALUE,
  IP_NUMBER_UNIT,
  IP_NUMBER_LOWER,
  IP_NUMBER_UPPER,
  IP_NUMBER_ERROR,
  IP_NUMBER_CEILING,
  IP_NUMBER_RUNS,
  IP_NUMBER_FLAGS,
  IP_NUMBER_N_FIELDS,
} IpNumberField;

/* What a list is sorted by. */
typedef struct
{
  IpNumberField field;
  gboolean descending; /* what there is not comes last either way */
} IpNumberOrder;

/* A list model of the numbers of visible layers, in the order of runs, layers, epochs and
 * quantities unless it is sorted; means over groups of runs come first. */
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

#define IP_MOST_ORDERS 2
/* By the first order, where that is the same by the next, at most IP_MOST_ORDERS of them, and then
 * as the list would stand unsorted.  A second for some millions of numbers. */
void ip_number_list_sort (IpNumberList *self, const IpNumberOrder *orders, guint n);

G_END_DECLS
