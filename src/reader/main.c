/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-block.h"
#include "ip-file.h"
#include "ip-filters.h"
#include "ip-protocol.h"
#include "ip-sandbox.h"
#include "ip-tree.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* infoplane-reader: reads one HDF5 file for the program, in a process that may do nothing else.
 * ip-protocol.h says how it is talked to; it ends when the socket is closed. */

/* A request that takes longer has been given up by the client long ago. */
#define LONGEST_REQUEST_SECONDS 600

/* What a request may allocate before it is known what it is about. */
#define REQUEST_MEMORY ((gsize) 512 << 20)

typedef struct
{
  hid_t file;
  gboolean unfinished;
  IpBlocks *blocks;
  gpointer memory; /* shared with the client */
  gsize size;
} Reader;

/* The library may not load plugins, and its messages go to the client instead of the terminal. */
static gboolean
start_hdf5 (void)
{
  return H5open () >= 0 && H5PLset_loading_state (0) >= 0
         && H5Eset_auto2 (H5E_DEFAULT, NULL, NULL) >= 0 && ip_filters_register ();
}

/* Catalogues are opened by the first translation, which is still allowed to open files. */
static void
load_translations (void)
{
  const char *catalogues = g_getenv ("INFOPLANE_LOCALE_DIR");

  setlocale (LC_CTYPE, "");
  setlocale (LC_MESSAGES, "");
  bindtextdomain (GETTEXT_PACKAGE, catalogues != NULL ? catalogues : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gettext ("the file is empty");
}

static void
send_answer (IpAnswerStatus status, guint64 size, const char *message)
{
  g_autofree char *text = g_utf8_substring (message, 0, MIN (g_utf8_strlen (message, -1), 900));
  g_autoptr (GVariant) answer =
      g_variant_ref_sink (g_variant_new (IP_PROTOCOL_ANSWER, (guint32) status, size, text));

  if (send (IP_PROTOCOL_SOCKET, g_variant_get_data (answer), g_variant_get_size (answer),
            MSG_NOSIGNAL)
      < 0)
    _exit (0);
}

static void
send_error (const GError *error)
{
  send_answer (error->domain == IP_ANSWER_ERROR ? (IpAnswerStatus) error->code : IP_ANSWER_FAILED,
               0, error->message);
}

static void
replace_memory (Reader *self, int descriptor)
{
  off_t size = lseek (descriptor, 0, SEEK_END);

  if (self->memory != NULL)
    munmap (self->memory, self->size);
  self->size = size < 0 ? 0 : (gsize) size;
  ip_sandbox_limit_memory (self->size + REQUEST_MEMORY); /* the last block left it hardly any */
  self->memory = mmap (NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (self->memory == MAP_FAILED)
    {
      self->memory = NULL;
      self->size = 0;
    }
  close (descriptor);
}

static void
take_memory (Reader *self, struct msghdr *message)
{
  struct cmsghdr *control = CMSG_FIRSTHDR (message);
  int descriptor;

  if (control == NULL || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
    return;
  memcpy (&descriptor, CMSG_DATA (control), sizeof descriptor);
  replace_memory (self, descriptor);
}

/* NULL when the client is gone. */
static GVariant *
receive_request (Reader *self)
{
  guint8 packet[IP_PROTOCOL_MAX_REQUEST];
  g_autoptr (GBytes) bytes = NULL;
  union
  {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec vector = { packet, IP_PROTOCOL_MAX_REQUEST };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t n;

  do
    n = recvmsg (IP_PROTOCOL_SOCKET, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return NULL;

  take_memory (self, &message);
  bytes = g_bytes_new (packet, (gsize) n);
  return g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (IP_PROTOCOL_REQUEST), bytes, FALSE));
}

static void
answer_variant (Reader *self, GVariant *value)
{
  gsize size = g_variant_get_size (value);

  if (size > self->size)
    {
      send_answer (IP_ANSWER_TOO_SMALL, size, "");
      return;
    }
  g_variant_store (value, self->memory);
  send_answer (IP_ANSWER_OK, size, "");
}

static void
answer_tree (Reader *self, GVariant *broken)
{
  g_autofree const char **marks = g_variant_get_strv (broken, NULL);
  const IpTreeRequest request = { self->file, self->unfinished, marks, self->memory,
                                  MIN (self->size, IP_PROTOCOL_MAX_MARK) };
  g_autoptr (GVariant) tree = ip_tree_describe (&request);

  answer_variant (self, tree);
}

static void
answer_strings (Reader *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) strings = ip_blocks_read_strings (self->blocks, path, 64 << 20, &error);
  g_autoptr (GVariant) value = NULL;

  if (strings == NULL)
    {
      send_error (error);
      return;
    }
  value = g_variant_ref_sink (g_variant_new_strv ((const char *const *) strings, -1));
  answer_variant (self, value);
}

static void
answer_block (Reader *self, const char *path, GVariant *starts, GVariant *counts, char element)
{
  g_autoptr (GError) error = NULL;
  gsize rank, n_counts, needed;
  const hsize_t *start = g_variant_get_fixed_array (starts, &rank, sizeof *start);
  const hsize_t *count = g_variant_get_fixed_array (counts, &n_counts, sizeof *count);

  if (rank != n_counts || rank > IP_PROTOCOL_MAX_RANK)
    send_answer (IP_ANSWER_FAILED, 0, "malformed request");
  else if (!ip_blocks_read (self->blocks, path, start, count, (guint) rank, element, self->memory,
                            self->size, &needed, &error))
    send_error (error);
  else
    send_answer (needed > self->size ? IP_ANSWER_TOO_SMALL : IP_ANSWER_OK, needed, "");
}

static void
answer_request (Reader *self, GVariant *request)
{
  g_autoptr (GVariant) start = NULL;
  g_autoptr (GVariant) count = NULL;
  g_autoptr (GVariant) broken = NULL;
  const char *path;
  guint8 kind, element;

  g_variant_get (request, "(y&s@at@aty@as)", &kind, &path, &start, &count, &element,
                 &broken);
  switch (kind)
    {
    case IP_REQUEST_TREE:
      answer_tree (self, broken);
      break;
    case IP_REQUEST_BLOCK:
      answer_block (self, path, start, count, (char) element);
      break;
    case IP_REQUEST_STRINGS:
      answer_strings (self, path);
      break;
    default:
      send_answer (IP_ANSWER_FAILED, 0, "malformed request");
    }
}

static void
serve (Reader *self)
{
  for (;;)
    {
      g_autoptr (GVariant) request = receive_request (self);

      if (request == NULL)
        return;
      alarm (LONGEST_REQUEST_SECONDS);
      ip_sandbox_limit_time (LONGEST_REQUEST_SECONDS);
      ip_sandbox_limit_memory (REQUEST_MEMORY);
      answer_request (self, request);
      alarm (0);
    }
}

int
main (void)
{
  Reader reader = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  IpSandbox sandbox;

  load_translations ();
  if (!start_hdf5 ())
    return 1;
  sandbox = ip_sandbox_enter ();
  ip_sandbox_limit_time (LONGEST_REQUEST_SECONDS);

  reader.file = ip_file_open (IP_PROTOCOL_FILE, &reader.unfinished, &error);
  if (reader.file < 0)
    {
      send_error (error);
      _exit (0);
    }
  reader.blocks = ip_blocks_new (reader.file);
  message =
      g_strdup_printf ("seccomp %s, Landlock %d", sandbox.seccomp ? "on" : "off", sandbox.landlock);
  send_answer (IP_ANSWER_OK, 0, message);
  serve (&reader);

  /* HDF5's own clean-up crashes on damaged files. */
  _exit (0);
}
