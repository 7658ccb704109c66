/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-number-list.h"

/* The list is an array of plain rows, and a row becomes an object when it is asked for: a table of
 * 100 000 numbers is on screen as fast as one of ten.  After an update only the part between the
 * first and the last row that differ is told to have changed, so that results that come in one by
 * one move neither the selection nor the place that is looked at. */

typedef struct
{
  const char *run;
  const char *layer;
  guint layer_number;
  gint64 epoch;
  IpValue value;
  double clipped;
} Row;

struct _IpNumberList
{
  GObject parent_instance;

  IpSession *session;
  GArray *rows;
  gboolean in_bits;
};

G_DEFINE_FINAL_TYPE (IpNumber, ip_number, G_TYPE_OBJECT)

static void
ip_number_class_init (IpNumberClass *klass)
{
}

static void
ip_number_init (IpNumber *self)
{
}

static GType
ip_number_list_get_item_type (GListModel *model)
{
  return IP_TYPE_NUMBER;
}

static guint
ip_number_list_get_n_items (GListModel *model)
{
  return IP_NUMBER_LIST (model)->rows->len;
}

static gpointer
ip_number_list_get_item (GListModel *model, guint position)
{
  IpNumberList *self = IP_NUMBER_LIST (model);
  const Row *row;
  IpNumber *number;
  double unit;

  if (position >= self->rows->len)
    return NULL;

  row = &g_array_index (self->rows, Row, position);
  unit = self->in_bits
           && ip_quantity_get_info (row->value.quantity)->unit == IP_UNIT_INFORMATION ? G_LN2 : 1;
  number = g_object_new (IP_TYPE_NUMBER, NULL);
  number->run = row->run;
  number->layer = row->layer;
  number->layer_number = row->layer_number;
  number->epoch = row->epoch;
  number->quantity = row->value.quantity;
  number->value = row->value.value / unit;
  number->lower = row->value.lower / unit;
  number->upper = row->value.upper / unit;
  number->error = row->value.error / unit;
  number->ceiling = row->value.ceiling / unit;
  number->flags = row->value.flags;
  number->clipped = row->clipped;
  return number;
}

static void
ip_number_list_init_model (GListModelInterface *interface)
{
  interface->get_item_type = ip_number_list_get_item_type;
  interface->get_n_items = ip_number_list_get_n_items;
  interface->get_item = ip_number_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (IpNumberList,
                               ip_number_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      ip_number_list_init_model))

static void
add_layer (GArray *rows, const IpRequest *request, IpRun *run, guint run_number, guint layer)
{
  IpDump *dump = ip_run_get_dump (run);
  const IpEstimate *const *known = ip_run_get_estimates (run, request);
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  Row row = { 0 };

  row.run = g_intern_string (ip_run_get_name (run));
  row.layer = g_intern_string (ip_dump_get_layer (dump, layer)->name);
  row.layer_number = run_number << 16 | layer;
  for (guint i = 0; known != NULL && i < n_epochs; i++)
    {
      const IpEstimate *estimate = known[layer * n_epochs + i];

      row.epoch = epochs[i];
      for (guint k = 0; estimate != NULL && k < estimate->n_values; k++)
        {
          row.value = estimate->values[k];
          row.clipped = estimate->clipped;
          g_array_append_val (rows, row);
        }
    }
}

static GArray *
collect_rows (IpSession *session)
{
  GListModel *runs = ip_session_get_runs (session);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      for (guint k = 0;
           ip_run_get_visible (run) && k < g_list_model_get_n_items (G_LIST_MODEL (run));
           k++)
        if (ip_run_layer_get_visible (ip_run_get_layer (run, k)))
          add_layer (rows, ip_session_get_request (session), run, i, k);
    }
  return rows;
}

/* Bit by bit, since numbers that do not exist differ from themselves. */
static gboolean
is_same_row (GArray *rows, guint position, GArray *others, guint other)
{
  const Row *a = &g_array_index (rows, Row, position);
  const Row *b = &g_array_index (others, Row, other);

  return a->run == b->run && a->layer == b->layer && a->layer_number == b->layer_number
         && a->epoch == b->epoch && memcmp (&a->value, &b->value, sizeof a->value) == 0;
}

static void
ip_number_list_finalize (GObject *object)
{
  IpNumberList *self = IP_NUMBER_LIST (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_array_unref);
  G_OBJECT_CLASS (ip_number_list_parent_class)->finalize (object);
}

static void
ip_number_list_class_init (IpNumberListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ip_number_list_finalize;
}

static void
ip_number_list_init (IpNumberList *self)
{
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
}

IpNumberList *
ip_number_list_new (IpSession *session)
{
  IpNumberList *self = g_object_new (IP_TYPE_NUMBER_LIST, NULL);

  self->session = g_object_ref (session);
  return self;
}

void
ip_number_list_update (IpNumberList *self)
{
  g_autoptr (GArray) old = NULL;
  GArray *rows;
  gboolean in_bits;
  guint start = 0, end = 0, shorter;

  g_return_if_fail (IP_IS_NUMBER_LIST (self));

  rows = collect_rows (self->session);
  in_bits = ip_session_get_in_bits (self->session);
  old = g_steal_pointer (&self->rows);
  shorter = in_bits == self->in_bits ? MIN (old->len, rows->len) : 0;
  while (start < shorter && is_same_row (old, start, rows, start))
    start++;
  while (end < shorter - start && is_same_row (old, old->len - 1 - end, rows, rows->len - 1 - end))
    end++;
  self->rows = rows;
  self->in_bits = in_bits;
  if (old->len > start + end || rows->len > start + end)
    g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end,
                                rows->len - start - end);
}

gboolean
ip_number_list_find (IpNumberList *self,
                     guint layer_number,
                     gint64 epoch,
                     guint *first,
                     guint *n)
{
  g_return_val_if_fail (IP_IS_NUMBER_LIST (self), FALSE);

  *n = 0;
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      if (row->layer_number != layer_number || row->epoch != epoch)
        continue;
      if ((*n)++ == 0)
        *first = i;
    }

  return *n > 0;
}
