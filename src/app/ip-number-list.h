/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One number of the table: a quantity of a layer at an epoch, in the unit that is shown.  Not made
 * before somebody looks at it, and changed by ip_number_list_sort() and _update(). */
#define IP_TYPE_NUMBER (ip_number_get_type ())
G_DECLARE_FINAL_TYPE (IpNumber, ip_number, IP, NUMBER, GObject)

struct _IpNumber
{
  GObject parent_instance;

  guint position; /* in its list */
  const char *run; /* interned */
  const char *layer;
  guint layer_number; /* as the user_data of tracks */
  gint64 epoch;
  const char *estimator; /* interned: what tells it from others, see ip_session_name_request() */
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
  IP_NUMBER_ESTIMATOR,
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

/* A list model of the numbers of visible layers, in the order of runs, layers, epochs, estimators
 * and quantities unless it is sorted; means over groups of runs come first. */
#define IP_TYPE_NUMBER_LIST (ip_number_list_get_type ())
G_DECLARE_FINAL_TYPE (IpNumberList, ip_number_list, IP, NUMBER_LIST, GObject)

IpNumberList *ip_number_list_new (IpSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over what the session knows now.  Returns whether that is anything else: what stood at a
 * place where the list did not grow or shrink may be another number now. */
gboolean ip_number_list_update (IpNumberList *self);
/* The numbers as they are now, for another thread: nothing changes them any more.
 * (transfer full) */
IpNumberList *ip_number_list_freeze (IpNumberList *self) G_GNUC_WARN_UNUSED_RESULT;
/* Whether its numbers are of several estimators, or of several parameters of one. */
gboolean ip_number_list_compares (IpNumberList *self);
/* The places of the rows of a layer at an epoch. (transfer full) */
GtkBitset *ip_number_list_find (IpNumberList *self,
                                guint layer_number,
                                gint64 epoch) G_GNUC_WARN_UNUSED_RESULT;

#define IP_MOST_ORDERS 2
/* By the first order, where that is the same by the next, at most IP_MOST_ORDERS of them, and then
 * as the list would stand unsorted.  At every place is another number then, of which nobody is
 * told.  A tenth of a second for a million numbers. */
void ip_number_list_sort (IpNumberList *self, const IpNumberOrder *orders, guint n);

G_END_DECLS
