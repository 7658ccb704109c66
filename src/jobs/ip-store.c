/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

/* One thread owns the database and serves a queue of orders, so that nobody else ever waits for
 * the disk but who asks to load.  It takes all estimates that have queued up while it was
 * writing and puts them into one transaction: the store keeps up with any number of
 * workers.  When the disk is full or the database fails, the estimates are still reported as
 * saved, so that the job goes on, and the notice says that results are not kept. */

#define TRIM_INTERVAL 1000 /* estimates */

typedef enum
{
  ORDER_SAVE,
  ORDER_LOAD,
  ORDER_STOP,
} OrderKind;

typedef struct
{
  OrderKind kind;
  char *identity;
  char *path;
  char *samples;
  IpRequest request;

  /* save */
  char *layer;
  gint64 epoch;
  IpEstimate estimate;
  IpStoreSaved saved;
  gpointer data;

  /* load */
  GPtrArray *found;
  gboolean done;
} Order;

struct _IpStore
{
  GObject parent_instance;

  char *path;
  IpDatabase *database; /* of the thread; NULL when it cannot be opened */
  ino_t inode; /* of its file, 0 when there was none yet */
  guint n_since_trim; /* estimates */
  GThread *thread;
  GAsyncQueue *orders;

  GMutex lock; /* notice and Order.done */
  GCond loaded;
  char *notice;
};

G_DEFINE_FINAL_TYPE (IpStore, ip_store, G_TYPE_OBJECT)

static Order *
order_new (OrderKind kind, const IpStoreKey *key)
{
  Order *order = g_new0 (Order, 1);

  order->kind = kind;
  if (key != NULL)
    {
      order->identity = g_strdup (key->identity);
      order->path = g_strdup (key->path);
      order->samples = g_strdup (key->samples);
      order->request = *key->request;
    }

  return order;
}

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->identity);
  g_free (order->path);
  g_free (order->samples);
  g_free (order->layer);
  g_clear_pointer (&order->found, g_ptr_array_unref);
  g_free (order);
}

static IpStoreKey
get_key (const Order *order)
{
  return (IpStoreKey){ order->identity, order->path, order->samples, &order->request };
}

static void
take_notice (IpStore *self, char *notice)
{
  g_mutex_lock (&self->lock);
  g_free (self->notice);
  self->notice = notice;
  g_mutex_unlock (&self->lock);
}

/* Renames the file and its journal, so that nothing in them is lost; the file comes last, because
 * whoever finds it gone begins a new one with a journal of its own. */
static char *
move_aside (const char *path)
{
  static const char *const endings[] = { "-wal", "-shm", "" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%s", path, stamp);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = g_strconcat (path, endings[i], NULL);
      g_autofree char *to = g_strconcat (aside, endings[i], NULL);

      if (g_rename (from, to) != 0 && *endings[i] == '\0')
        return NULL;
    }

  return g_steal_pointer (&aside);
}

/* Programs share the lock while they open the file, and one that moves it aside has it for itself:
 * SQLite would take the journal of a new file for that of the one it has just opened. */
static int
lock_folder (const char *path, int kind)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int lock = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (lock >= 0)
    TEMP_FAILURE_RETRY (flock (lock, kind));

  return lock;
}

static void
unlock_folder (int lock)
{
  if (lock >= 0)
    close (lock);
}

static ino_t
get_inode (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? status.st_ino : 0;
}

static IpDatabase *
open_file (IpStore *self, GError **error)
{
  IpDatabase *database;

  self->inode = get_inode (self->path);
  database = ip_database_open (self->path, error);
  if (database != NULL && self->inode == 0)
    self->inode = get_inode (self->path);

  return database;
}

/* Moves the file aside and begins a new one. */
static IpDatabase *
begin_anew (IpStore *self, GError **error)
{
  g_autofree char *aside = move_aside (self->path);

  if (aside == NULL)
    {
      g_set_error (error, IP_STORE_ERROR, IP_STORE_ERROR_DAMAGED,
                   _("%s is damaged and cannot be moved aside"), self->path);
      return NULL;
    }

  take_notice (self, g_strdup_printf (
                       _("The store of results was damaged and has been moved to %s; a new one was "
                         "begun"), aside));

  return open_file (self, error);
}

/* Of several programs that find the file damaged one moves it aside; the others find that there is
 * a new one. */
static IpDatabase *
replace_damaged (IpStore *self, GError **error)
{
  int lock = lock_folder (self->path, LOCK_EX);
  IpDatabase *database = get_inode (self->path) == self->inode ? begin_anew (self, error)
                                                               : open_file (self, error);

  unlock_folder (lock);

  return database;
}

static IpDatabase *
open_to_write (IpStore *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *standard_path = ip_store_get_standard_path ();
  g_autoptr (GError) problem = NULL;
  IpDatabase *database;
  int lock;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED, "%s: %s", folder,
                   g_strerror (errno));
      return NULL;
    }

  lock = lock_folder (self->path, LOCK_SH);
  database = open_file (self, &problem);
  unlock_folder (lock);
  if (g_error_matches (problem, IP_STORE_ERROR, IP_STORE_ERROR_DAMAGED))
    database = replace_damaged (self, error);
  else if (database == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  /* Stores that were asked for by name, as for a cluster, keep everything. */
  if (database != NULL && g_str_equal (self->path, standard_path))
    ip_database_add_bound (database, NULL);

  return database;
}

/* What is known can be shown even where nothing can be kept. */
static IpDatabase *
open_database (IpStore *self)
{
  g_autoptr (GError) error = NULL;
  IpDatabase *database = open_to_write (self, &error);

  if (database != NULL)
    return database;

  take_notice (self, g_strconcat (_("Results are not kept: "), error->message, NULL));
  if (g_error_matches (error, IP_STORE_ERROR, IP_STORE_ERROR_FAILED))
    database = ip_database_open_read_only (self->path, NULL);

  return database;
}

/* A database that turns out damaged while it is used is replaced like one that cannot be opened. */
static void
handle_failure (IpStore *self, const char *format, const GError *error)
{
  g_autoptr (GError) problem = NULL;

  if (!g_error_matches (error, IP_STORE_ERROR, IP_STORE_ERROR_DAMAGED))
    {
      take_notice (self, g_strconcat (format, error->message, NULL));
      return;
    }

  g_clear_pointer (&self->database, ip_database_close);
  self->database = replace_damaged (self, &problem);
  if (self->database == NULL)
    take_notice (self, g_strconcat (_("Results are not kept: "), problem->message, NULL));
}

static gboolean
save_all (IpStore *self, GPtrArray *batch, GError **error)
{
  if (!ip_database_begin (self->database, error))
    return FALSE;

  for (guint i = 0; i < batch->len; i++)
    {
      Order *order = batch->pdata[i];
      IpStoreKey key = get_key (order);

      if (!ip_database_save (self->database, &key, order->layer, order->epoch, &order->estimate,
                             error))
        {
          ip_database_roll_back (self->database);
          return FALSE;
        }
    }

  if (ip_database_commit (self->database, error))
    return TRUE;

  ip_database_roll_back (self->database);

  return FALSE;
}

static gboolean
can_write (IpStore *self)
{
  return self->database != NULL && !ip_database_is_read_only (self->database);
}

static void
trim (IpStore *self, guint n_saved)
{
  g_autoptr (GError) error = NULL;

  self->n_since_trim += n_saved;
  if (!can_write (self) || self->n_since_trim < TRIM_INTERVAL)
    return;
  self->n_since_trim = 0;
  if (!ip_database_trim (self->database, &error))
    handle_failure (self, _("The store of results cannot be kept small: "), error);
}

static void
save_batch (IpStore *self, GPtrArray *batch)
{
  g_autoptr (GError) error = NULL;

  if (can_write (self) && !save_all (self, batch, &error))
    handle_failure (self, _("Results are not kept: "), error);

  for (guint i = 0; i < batch->len; i++)
    {
      Order *order = batch->pdata[i];

      if (order->saved != NULL)
        order->saved (order->data);
    }
  trim (self, batch->len);
}

static void
load (IpStore *self, Order *order)
{
  IpStoreKey key = get_key (order);
  g_autoptr (GError) error = NULL;
  GPtrArray *found = NULL;

  if (self->database != NULL)
    found = ip_database_load (self->database, &key, &error);
  if (error != NULL)
    handle_failure (self, _("Known results cannot be read: "), error);

  g_mutex_lock (&self->lock);
  order->found = found != NULL ? found : g_ptr_array_new ();
  order->done = TRUE;
  g_cond_broadcast (&self->loaded);
  g_mutex_unlock (&self->lock);
}

static gpointer
serve (gpointer data)
{
  IpStore *self = data;
  Order *order;

  self->database = open_database (self);

  order = g_async_queue_pop (self->orders);
  while (order->kind != ORDER_STOP)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (order_free);

      while (order != NULL && order->kind == ORDER_SAVE)
        {
          g_ptr_array_add (batch, order);
          order = g_async_queue_try_pop (self->orders);
        }
      if (batch->len > 0)
        save_batch (self, batch);
      if (order != NULL && order->kind == ORDER_LOAD)
        {
          load (self, order); /* who asked frees it */
          order = NULL;
        }
      if (order == NULL)
        order = g_async_queue_pop (self->orders);
    }
  order_free (order);
  if (self->n_since_trim > 0 && self->n_since_trim < TRIM_INTERVAL)
    trim (self, TRIM_INTERVAL); /* the last ones */
  g_clear_pointer (&self->database, ip_database_close);

  return NULL;
}

static void
ip_store_finalize (GObject *object)
{
  IpStore *self = IP_STORE (object);

  g_async_queue_push (self->orders, order_new (ORDER_STOP, NULL));
  g_thread_join (self->thread);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->orders, g_async_queue_unref);
  g_clear_pointer (&self->notice, g_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->loaded);

  G_OBJECT_CLASS (ip_store_parent_class)->finalize (object);
}

static void
ip_store_class_init (IpStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ip_store_finalize;
}

static void
ip_store_init (IpStore *self)
{
  self->orders = g_async_queue_new ();
  self->n_since_trim = TRIM_INTERVAL;
  g_mutex_init (&self->lock);
  g_cond_init (&self->loaded);
}

char *
ip_store_get_standard_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "infoplane", "results.sqlite", NULL);
}

IpStore *
ip_store_new (const char *path)
{
  IpStore *self = g_object_new (IP_TYPE_STORE, NULL);

  self->path = g_strdup (path);
  self->thread = g_thread_new ("ip-store", serve, self);

  return self;
}

char *
ip_store_get_notice (IpStore *self)
{
  char *notice;

  g_return_val_if_fail (IP_IS_STORE (self), NULL);

  g_mutex_lock (&self->lock);
  notice = g_strdup (self->notice);
  g_mutex_unlock (&self->lock);

  return notice;
}

void
ip_store_save (IpStore *self,
               const IpStoreKey *key,
               const char *layer,
               gint64 epoch,
               const IpEstimate *estimate,
               IpStoreSaved saved,
               gpointer data)
{
  Order *order = order_new (ORDER_SAVE, key);

  g_return_if_fail (IP_IS_STORE (self));

  order->layer = g_strdup (layer);
  order->epoch = epoch;
  order->estimate = *estimate;
  order->saved = saved;
  order->data = data;
  g_async_queue_push (self->orders, order);
}

GPtrArray *
ip_store_load (IpStore *self, const IpStoreKey *key)
{
  Order *order = order_new (ORDER_LOAD, key);
  GPtrArray *found;

  g_return_val_if_fail (IP_IS_STORE (self), NULL);

  g_async_queue_push (self->orders, order);
  g_mutex_lock (&self->lock);
  while (!order->done)
    g_cond_wait (&self->loaded, &self->lock);
  g_mutex_unlock (&self->lock);

  found = g_steal_pointer (&order->found);
  order_free (order);

  return found;
}
