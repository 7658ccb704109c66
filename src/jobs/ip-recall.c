/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-recall.h"

static guint
hash_cell (gconstpointer data)
{
  const IpCell *cell = data;

  return g_direct_hash (cell->dump) * 31 + cell->layer * 8191 + cell->snapshot;
}

static gboolean
equal_cells (gconstpointer a, gconstpointer b)
{
  const IpCell *one = a;
  const IpCell *other = b;

  return one->dump == other->dump && one->layer == other->layer
         && one->snapshot == other->snapshot;
}

/* The cell of a dump that a stored estimate belongs to; FALSE when the dump has none such. */
static gboolean
find_cell (IpDump *dump, const IpStoredEstimate *stored, IpCell *cell)
{
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  guint lo = 0;
  guint hi = n_epochs;

  *cell = (IpCell){ .dump = dump };
  while (cell->layer < ip_dump_get_n_layers (dump)
         && !g_str_equal (ip_dump_get_layer (dump, cell->layer)->key, stored->layer))
    cell->layer++;

  while (lo < hi)
    {
      guint middle = lo + (hi - lo) / 2;

      if (epochs[middle] < stored->epoch)
        lo = middle + 1;
      else
        hi = middle;
    }
  cell->snapshot = lo;

  return cell->layer < ip_dump_get_n_layers (dump) && lo < n_epochs
         && epochs[lo] == stored->epoch;
}

IpStoreKey
ip_recall_get_key (IpDump *dump, const IpRequest *request)
{
  return (IpStoreKey){ ip_dump_get_identity (dump),
                       g_file_peek_path (ip_dump_get_file (dump)),
                       ip_dump_get_selection (dump), request };
}

static void
recall_dump (IpStore *store, IpPlan *plan, GHashTable *cells, IpDump *dump, IpEstimate **known)
{
  guint n_requests;
  const IpRequest *requests = ip_plan_get_requests (plan, &n_requests);

  for (guint k = 0; k < n_requests; k++)
    {
      IpStoreKey key = ip_recall_get_key (dump, &requests[k]);
      g_autoptr (GPtrArray) found = ip_store_load (store, &key);

      for (guint i = 0; i < found->len; i++)
        {
          IpStoredEstimate *stored = found->pdata[i];
          gpointer number;
          IpCell cell;

          if (find_cell (dump, stored, &cell)
              && g_hash_table_lookup_extended (cells, &cell, NULL, &number))
            known[(gsize) GPOINTER_TO_UINT (number) * n_requests + k]
              = g_steal_pointer (&stored->estimate);
        }
    }
}

void
ip_recall (IpStore *store, IpPlan *plan, IpEstimate **known)
{
  g_autoptr (GHashTable) cells = g_hash_table_new (hash_cell, equal_cells);
  g_autoptr (GHashTable) dumps = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < ip_plan_get_n_cells (plan); i++)
    g_hash_table_insert (cells, (gpointer) ip_plan_get_cell (plan, i), GUINT_TO_POINTER (i));
  for (guint i = 0; i < ip_plan_get_n_cells (plan); i++)
    {
      IpDump *dump = ip_plan_get_cell (plan, i)->dump;

      if (g_hash_table_add (dumps, dump))
        recall_dump (store, plan, cells, dump, known);
    }
}
