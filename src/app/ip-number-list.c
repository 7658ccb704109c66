/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-number-list.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* The list is an array of plain rows, and a row becomes an object when it is asked for: a table of
 * 100 000 numbers is on screen as fast as one of ten.  For the same reason it sorts itself, digit
 * by digit of numbers that stand for what is compared, and an object stands for a place rather
 * than a number: when the list is sorted, those that somebody holds become the numbers that are at
 * their places then.  GTK would make all its rows anew if it were told that the items are others,
 * which takes ten times as long.  Rows and their order are not changed but replaced, so that a
 * list that stays as it is costs nothing (ip_number_list_freeze()).  After an update only the part
 * between the first and the last row that differ is told to have changed, so that results that
 * come in one by one move neither the selection nor the place that is looked at. */

typedef struct
{
  const char *run;
  const char *layer;
  guint layer_number;
  gint64 epoch;
  const char *estimator;
  IpValue value;
  double clipped;
  guint n_runs;
} Row;

/* A row, and what it is sorted by. */
typedef struct
{
  guint64 key;
  guint row;
} Place;

struct _IpNumberList
{
  GObject parent_instance;

  IpSession *session; /* NULL when the list stays as it is */
  GArray *rows;
  guint n_sources; /* estimators, and training itself, that they are from */
  GArray *places; /* Place, in order; NULL while the list is not sorted */
  GHashTable *held; /* position: IpNumber that somebody holds */
  IpNumberOrder orders[IP_MOST_ORDERS];
  guint n_orders;
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

static const Row *
get_row (IpNumberList *self, guint position)
{
  if (self->places != NULL)
    position = g_array_index (self->places, Place, position).row;

  return &g_array_index (self->rows, Row, position);
}

static void
fill_number (IpNumberList *self, IpNumber *number)
{
  const Row *row = get_row (self, number->position);
  double unit = self->in_bits
           && ip_quantity_get_info (row->value.quantity)->unit == IP_UNIT_INFORMATION ? G_LN2 : 1;

  number->run = row->run;
  number->layer = row->layer;
  number->layer_number = row->layer_number;
  number->epoch = row->epoch;
  number->estimator = row->estimator;
  number->quantity = row->value.quantity;
  number->value = row->value.value / unit;
  number->lower = row->value.lower / unit;
  number->upper = row->value.upper / unit;
  number->error = row->value.error / unit;
  number->ceiling = row->value.ceiling / unit;
  number->flags = row->value.flags;
  number->clipped = row->clipped;
  number->n_runs = row->n_runs;
}

static void
number_gone_cb (gpointer data, GObject *number)
{
  IpNumberList *self = data;

  g_hash_table_remove (self->held, GUINT_TO_POINTER (((IpNumber *) number)->position));
}

static gpointer
ip_number_list_get_item (GListModel *model, guint position)
{
  IpNumberList *self = IP_NUMBER_LIST (model);
  IpNumber *number;

  if (position >= self->rows->len)
    return NULL;

  number = g_hash_table_lookup (self->held, GUINT_TO_POINTER (position));
  if (number != NULL)
    return g_object_ref (number);
  number = g_object_new (IP_TYPE_NUMBER, NULL);
  number->position = position;
  fill_number (self, number);
  g_hash_table_insert (self->held, GUINT_TO_POINTER (position), number);
  g_object_weak_ref (G_OBJECT (number), number_gone_cb, self);
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

/* What rows are made of. */
typedef struct
{
  GArray *rows;
  IpSession *session;
  GArray *requests;
  GArray *recorded;
  const char **names; /* interned; of requests, and behind them of what training recorded */
} Sources;

static void
sources_init (Sources *self, IpSession *session)
{
  *self = (Sources) { g_array_new (FALSE, FALSE, sizeof (Row)), session,
                      ip_session_list_requests (session), ip_session_list_recorded (session) };
  self->names = g_new (const char *, self->requests->len + 1);
  for (guint i = 0; i < self->requests->len; i++)
    {
      const IpRequest *request = &g_array_index (self->requests, IpRequest, i);
      g_autofree char *name = ip_session_name_request (session, request);

      self->names[i] = g_intern_string (*name != '\0' ? name : _(request->estimator->title));
    }
  self->names[self->requests->len] = g_intern_string (_("recorded in training"));
}

/* All but the rows. */
static void
sources_clear (Sources *self)
{
  g_array_unref (self->requests);
  g_array_unref (self->recorded);
  g_free (self->names);
}

static void
add_estimate (Sources *self, Row *row, const IpEstimate *estimate, guint source)
{
  row->estimator = self->names[source];
  row->clipped = estimate->clipped;
  for (guint k = 0; k < estimate->n_values; k++)
    {
      row->value = estimate->values[k];
      g_array_append_vals (self->rows, row, 1);
    }
}

static void
add_recorded (Sources *self, Row *row, IpRun *run, guint snapshot)
{
  row->estimator = self->names[self->requests->len];
  row->clipped = 0;
  for (guint i = 0; i < self->recorded->len; i++)
    {
      IpQuantity quantity = g_array_index (self->recorded, IpQuantity, i);

      row->value = (IpValue) { quantity, .value = ip_session_get_recorded (run, snapshot, quantity),
                               .lower = NAN, .upper = NAN, .error = NAN, .ceiling = NAN };
      g_array_append_vals (self->rows, row, 1);
    }
}

static void
add_layer (Sources *self, IpRun *run, guint run_number, guint layer)
{
  IpDump *dump = ip_run_get_dump (run);
  g_autofree const IpEstimate *const **known
    = g_new (const IpEstimate *const *, self->requests->len);
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);
  Row row = { 0 };

  for (guint r = 0; r < self->requests->len; r++)
    known[r] = ip_run_get_estimates (run, &g_array_index (self->requests, IpRequest, r));
  row.run = g_intern_string (ip_run_get_name (run));
  row.layer = g_intern_string (ip_dump_get_layer (dump, layer)->name);
  row.layer_number = run_number << 16 | layer;
  for (guint i = 0; i < n_epochs; i++)
    {
      row.epoch = epochs[i];
      for (guint r = 0; r < self->requests->len; r++)
        if (known[r] != NULL && known[r][(gsize) layer * n_epochs + i] != NULL)
          add_estimate (self, &row, known[r][(gsize) layer * n_epochs + i], r);
      add_recorded (self, &row, run, i);
    }
}

static void
add_means (Sources *self)
{
  g_autoptr (GArray) means = ip_session_list_means (self->session);

  for (guint i = 0; i < means->len; i++)
    {
      const IpMean *mean = &g_array_index (means, IpMean, i);
      Row row = { 0 };

      row.run = mean->group;
      row.layer = mean->layer;
      row.layer_number = mean->layer_number;
      row.epoch = mean->epoch;
      row.estimator = self->names[mean->request];
      row.value = mean->value;
      row.n_runs = mean->n_runs;
      g_array_append_val (self->rows, row);
    }
}

static void
add_rows (Sources *self)
{
  GListModel *runs = ip_session_get_runs (self->session);

  add_means (self);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      for (guint k = 0;
           ip_run_get_visible (run) && k < g_list_model_get_n_items (G_LIST_MODEL (run));
           k++)
        if (ip_run_layer_get_visible (ip_run_get_layer (run, k)))
          add_layer (self, run, i, k);
    }
}

/* Bit by bit, since numbers that do not exist differ from themselves. */
static gboolean
is_same_row (GArray *rows, guint position, GArray *others, guint other)
{
  const Row *a = &g_array_index (rows, Row, position);
  const Row *b = &g_array_index (others, Row, other);

  return a->run == b->run && a->layer == b->layer && a->layer_number == b->layer_number
         && a->n_runs == b->n_runs && a->epoch == b->epoch && a->estimator == b->estimator
         && memcmp (&a->value, &b->value, sizeof a->value) == 0;
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

static const char *
get_text (const Row *row, IpNumberField field)
{
  return field == IP_NUMBER_RUN ? row->run : field == IP_NUMBER_LAYER ? row->layer : row->estimator;
}

/* The places of interned texts among all that occur in a field. */
static GHashTable *
rank_texts (GArray *rows, IpNumberField field)
{
  GHashTable *ranks = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    {
      const char *text = get_text (&g_array_index (rows, Row, i), field);

      if (g_hash_table_add (ranks, (gpointer) text))
        g_ptr_array_add (texts, (gpointer) text);
    }
  g_ptr_array_sort (texts, compare_texts);
  for (guint i = 0; i < texts->len; i++)
    g_hash_table_insert (ranks, texts->pdata[i], GUINT_TO_POINTER (i));
  return ranks;
}

/* Layers stand in the order of the network. */
static double
get_key (const Row *row, IpNumberField field, GHashTable *ranks, double unit)
{
  switch (field)
    {
    case IP_NUMBER_RUN:
      return GPOINTER_TO_UINT (g_hash_table_lookup (ranks, row->run));

    case IP_NUMBER_LAYER:
      return (row->layer_number & 0xffff) * 65536.0
             + GPOINTER_TO_UINT (g_hash_table_lookup (ranks, row->layer));

    case IP_NUMBER_EPOCH:
      return row->epoch;

    case IP_NUMBER_ESTIMATOR:
      return GPOINTER_TO_UINT (g_hash_table_lookup (ranks, row->estimator));

    case IP_NUMBER_QUANTITY:
      return row->value.quantity;

    case IP_NUMBER_VALUE:
      return row->value.value / unit;

    case IP_NUMBER_UNIT:
      return ip_quantity_get_info (row->value.quantity)->unit;

    case IP_NUMBER_LOWER:
      return row->value.lower / unit;

    case IP_NUMBER_UPPER:
      return row->value.upper / unit;

    case IP_NUMBER_ERROR:
      return row->value.error / unit;

    case IP_NUMBER_CEILING:
      return row->value.ceiling / unit;

    case IP_NUMBER_RUNS:
      return row->n_runs;

    case IP_NUMBER_FLAGS:
    case IP_NUMBER_N_FIELDS:
    default:
      return row->value.flags;
    }
}

/* In the order of the numbers; what is not there comes last. */
static guint64
encode_key (double key, gboolean descending)
{
  double ascending = isnan (key) ? INFINITY : descending ? -key : key;
  guint64 bits;

  ascending += 0.0; /* there is one zero */
  memcpy (&bits, &ascending, sizeof bits);

  return bits >> 63 ? ~bits : bits | G_GUINT64_CONSTANT (1) << 63;
}

static void
ip_number_list_set_keys (IpNumberList *self, GArray *places, const IpNumberOrder *order)
{
  gboolean is_text = order->field == IP_NUMBER_RUN || order->field == IP_NUMBER_LAYER
                     || order->field == IP_NUMBER_ESTIMATOR;
  g_autoptr (GHashTable) ranks = is_text ? rank_texts (self->rows, order->field) : NULL;

  for (guint i = 0; i < places->len; i++)
    {
      Place *place = &g_array_index (places, Place, i);
      const Row *row = &g_array_index (self->rows, Row, place->row);
      gboolean is_information
        = ip_quantity_get_info (row->value.quantity)->unit == IP_UNIT_INFORMATION;

      place->key = encode_key (get_key (row, order->field, ranks,
                                        self->in_bits && is_information ? G_LN2 : 1),
                               order->descending);
    }
}

/* Radix sort from the lowest byte: equal keys stay in their order. */
static void
sort_places (GArray *places)
{
  g_autofree Place *spare = g_new (Place, places->len);
  Place *from = (Place *) (gpointer) places->data;
  Place *to = spare;

  for (guint shift = 0; shift < 64; shift += 8)
    {
      guint starts[257] = { 0 };
      Place *before = from;

      for (guint i = 0; i < places->len; i++)
        starts[(from[i].key >> shift & 0xff) + 1]++;
      if (starts[(from[0].key >> shift & 0xff) + 1] == places->len)
        continue; /* all have this byte */
      for (guint digit = 0; digit < 256; digit++)
        starts[digit + 1] += starts[digit];
      for (guint i = 0; i < places->len; i++)
        to[starts[from[i].key >> shift & 0xff]++] = from[i];
      from = to;
      to = before;
    }
  if (from == spare)
    memcpy (places->data, spare, places->len * sizeof *spare);
}

/* By the last order first, since sorting by another one keeps it where that is the same. */
static void
ip_number_list_arrange (IpNumberList *self)
{
  g_clear_pointer (&self->places, g_array_unref);
  if (self->n_orders == 0 || self->rows->len == 0)
    return;

  self->places = g_array_sized_new (FALSE, FALSE, sizeof (Place), self->rows->len);
  g_array_set_size (self->places, self->rows->len);
  for (guint i = 0; i < self->places->len; i++)
    g_array_index (self->places, Place, i).row = i;
  for (guint i = self->n_orders; i-- > 0;)
    {
      ip_number_list_set_keys (self, self->places, &self->orders[i]);
      sort_places (self->places);
    }
}

/* Items behind the change move along; those that went stay what they were. */
static void
ip_number_list_move_items (IpNumberList *self, guint position, guint removed, guint added)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&self->held);
  GHashTableIter iter;
  gpointer value;

  self->held = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      IpNumber *number = value;

      if (number->position >= position && number->position - position < removed)
        {
          g_object_weak_unref (G_OBJECT (number), number_gone_cb, self);
          continue;
        }
      if (number->position >= position)
        number->position += added - removed;
      g_hash_table_insert (self->held, GUINT_TO_POINTER (number->position), number);
    }
}

static void
ip_number_list_refill (IpNumberList *self)
{
  GHashTableIter iter;
  gpointer number;

  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, NULL, &number))
    fill_number (self, number);
}

void
ip_number_list_sort (IpNumberList *self, const IpNumberOrder *orders, guint n)
{
  g_return_if_fail (IP_IS_NUMBER_LIST (self));

  self->n_orders = MIN (n, IP_MOST_ORDERS);
  for (guint i = 0; i < self->n_orders; i++)
    self->orders[i] = orders[i];
  ip_number_list_arrange (self);
  ip_number_list_refill (self);
}

static void
ip_number_list_finalize (GObject *object)
{
  IpNumberList *self = IP_NUMBER_LIST (object);

  ip_number_list_move_items (self, 0, G_MAXUINT, 0);
  g_clear_pointer (&self->held, g_hash_table_unref);
  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->places, g_array_unref);
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
  self->held = g_hash_table_new (NULL, NULL);
}

IpNumberList *
ip_number_list_new (IpSession *session)
{
  IpNumberList *self = g_object_new (IP_TYPE_NUMBER_LIST, NULL);

  self->session = g_object_ref (session);
  return self;
}

gboolean
ip_number_list_update (IpNumberList *self)
{
  g_autoptr (GArray) old = NULL;
  Sources sources;
  GArray *rows;
  gboolean in_bits;
  guint start = 0, end = 0, shorter;

  g_return_val_if_fail (IP_IS_NUMBER_LIST (self), FALSE);

  sources_init (&sources, self->session);
  add_rows (&sources);
  self->n_sources = sources.requests->len + (sources.recorded->len > 0);
  rows = sources.rows;
  sources_clear (&sources);
  in_bits = ip_session_get_in_bits (self->session);
  old = g_steal_pointer (&self->rows);
  shorter = in_bits == self->in_bits ? MIN (old->len, rows->len) : 0;
  while (start < shorter && is_same_row (old, start, rows, start))
    start++;
  while (end < shorter - start && is_same_row (old, old->len - 1 - end, rows, rows->len - 1 - end))
    end++;
  self->rows = rows;
  self->in_bits = in_bits;
  if (old->len <= start + end && rows->len <= start + end)
    return FALSE;
  ip_number_list_arrange (self);
  if (self->n_orders > 0 || old->len == rows->len)
    {
      start = MIN (old->len, rows->len);
      end = 0;
    }
  ip_number_list_move_items (self, start, old->len - start - end, rows->len - start - end);
  ip_number_list_refill (self);
  if (old->len != rows->len)
    g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end,
                                rows->len - start - end);

  return TRUE;
}

IpNumberList *
ip_number_list_freeze (IpNumberList *self)
{
  IpNumberList *copy = g_object_new (IP_TYPE_NUMBER_LIST, NULL);

  g_return_val_if_fail (IP_IS_NUMBER_LIST (self), copy);

  g_array_unref (copy->rows);
  copy->rows = g_array_ref (self->rows);
  copy->places = self->places != NULL ? g_array_ref (self->places) : NULL;
  copy->in_bits = self->in_bits;

  return copy;
}

gboolean
ip_number_list_compares (IpNumberList *self)
{
  g_return_val_if_fail (IP_IS_NUMBER_LIST (self), FALSE);

  return self->n_sources > 1;
}

GtkBitset *
ip_number_list_find (IpNumberList *self, guint layer_number, gint64 epoch)
{
  GtkBitset *found = gtk_bitset_new_empty ();

  g_return_val_if_fail (IP_IS_NUMBER_LIST (self), found);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = get_row (self, i);

      if (row->layer_number == layer_number && row->epoch == epoch)
        gtk_bitset_add (found, i);
    }

  return found;
}
