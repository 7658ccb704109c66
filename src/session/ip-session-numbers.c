/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include "ip-table.h"

#include <math.h>

/* The numbers behind the figures: all that the visible layers have of the request in force, of
 * those that it is compared with, which may give an axis of its own, and of what training recorded
 * where that is an axis.  A sweep has those of its own requests instead. */

static gboolean
sweeps (IpSession *self)
{
  return g_str_equal (self->view, ip_session_get_view_name (IP_FIGURE_SWEEP))
         && self->sweep->len > 0;
}

GArray *
ip_session_list_requests (IpSession *self)
{
  GArray *requests = g_array_new (FALSE, FALSE, sizeof (IpRequest));

  g_return_val_if_fail (IP_IS_SESSION (self), requests);

  if (sweeps (self))
    return g_array_append_vals (requests, self->sweep->data, self->sweep->len);
  g_array_append_vals (requests, ip_session_get_request (self), 1);
  for (guint i = 0; i < self->comparisons->len; i++)
    ip_requests_add (requests, &g_array_index (self->comparisons, IpRequest, i));

  return requests;
}

GArray *
ip_session_list_recorded (IpSession *self)
{
  GArray *recorded = g_array_new (FALSE, FALSE, sizeof (IpQuantity));

  g_return_val_if_fail (IP_IS_SESSION (self), recorded);

  for (IpShown where = IP_SHOWN_ON_X; where <= IP_SHOWN_ON_Y && !sweeps (self); where++)
    {
      IpQuantity quantity = ip_session_get_quantity (self, where);

      if (quantity != IP_N_QUANTITIES && ip_session_find_source (self, quantity) == NULL
          && (recorded->len == 0 || g_array_index (recorded, IpQuantity, 0) != quantity))
        g_array_append_val (recorded, quantity);
    }

  return recorded;
}

typedef struct
{
  IpTable *table;
  GArray *requests;
  GArray *recorded;
  gint64 only_epoch; /* −1: all of them */
} Export;

static void
add_estimates (Export *self, IpRun *run, guint snapshot, const IpTableKey *key)
{
  guint n_epochs;

  ip_dump_get_epochs (ip_run_get_dump (run), &n_epochs);
  for (guint i = 0; i < self->requests->len; i++)
    {
      const IpRequest *request = &g_array_index (self->requests, IpRequest, i);
      const IpEstimate *const *known = ip_run_get_estimates (run, request);
      gsize cell = (gsize) key->layer_index * n_epochs + snapshot;

      if (known != NULL && known[cell] != NULL)
        ip_table_add (self->table, key, request, known[cell]);
    }
}

static void
add_recorded (Export *self, IpRun *run, guint snapshot, const IpTableKey *key)
{
  for (guint i = 0; i < self->recorded->len; i++)
    {
      IpQuantity quantity = g_array_index (self->recorded, IpQuantity, i);
      IpValue value = { quantity, .value = ip_session_get_recorded (run, snapshot, quantity),
                        .lower = NAN, .upper = NAN, .error = NAN, .ceiling = NAN };

      ip_table_add_value (self->table, key, NULL, &value, "");
    }
}

static void
add_layer (IpSession *session, guint run_number, guint layer, gpointer data)
{
  Export *self = data;
  IpRun *run = ip_session_get_run (session, run_number);
  IpDump *dump = ip_run_get_dump (run);
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  g_autofree char *choices = ip_dump_get_choices (dump, layer);

  for (guint i = 0; i < n_epochs; i++)
    {
      IpTableKey key = { ip_run_get_name (run), ip_dump_get_layer (dump, layer)->name, layer,
                         epochs[i], choices };

      if (self->only_epoch >= 0 && epochs[i] != self->only_epoch)
        continue;
      add_estimates (self, run, i, &key);
      add_recorded (self, run, i, &key);
    }
}

/* With "mean;runs=8;band=std" as their flags. */
static void
add_means (Export *self, IpSession *session)
{
  g_autoptr (GArray) means = ip_session_list_means (session);
  const char *band = ip_band_get_id (ip_session_get_display (session, IP_DISPLAY_BAND));

  for (guint i = 0; i < means->len; i++)
    {
      const IpMean *mean = &g_array_index (means, IpMean, i);
      const IpRequest *request = mean->request < self->requests->len
                                   ? &g_array_index (self->requests, IpRequest, mean->request)
                                   : NULL;
      IpTableKey key = { mean->group, mean->layer, mean->layer_number & 0xffff, mean->epoch, NULL };
      g_autofree char *flags = g_strdup_printf ("mean;runs=%u;band=%s", mean->n_runs, band);

      if (self->only_epoch < 0 || mean->epoch == self->only_epoch)
        ip_table_add_value (self->table, &key, request, &mean->value, flags);
    }
}

GBytes *
ip_session_export_numbers (IpSession *self, gboolean json)
{
  g_autoptr (IpTable) table = ip_table_new (json ? IP_TABLE_JSON : IP_TABLE_CSV,
                                            ip_session_get_in_bits (self));
  g_autoptr (GArray) requests = ip_session_list_requests (self);
  g_autoptr (GArray) recorded = ip_session_list_recorded (self);
  Export export = { table, requests, recorded,
                    sweeps (self) ? ip_session_get_epoch (self) : -1 };

  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  ip_session_visit_layers (self, add_layer, &export);
  add_means (&export, self);

  return ip_table_finish (table);
}
