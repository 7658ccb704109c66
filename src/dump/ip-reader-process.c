/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#define G_LOG_DOMAIN "infoplane-reader"

#include "config.h"

#include "ip-reader-process.h"

#include "ip-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* The reader works on bytes from strangers, so this side trusts it with nothing: answers have a
 * fixed type and a limited size, the shared memory is ours and cannot shrink under us, and a reader
 * that does not answer in time is killed.  The next call starts a new one. */

#define SMALLEST_MEMORY (1u << 20)
#define LARGEST_MEMORY (1u << 30)

/* Time for anything, and for every byte on top, at a rate that the slowest disk and decompressor
 * reach. */
#define PATIENCE (10 * G_USEC_PER_SEC)
#define SLOWEST_BYTES_PER_SECOND (4u << 20)

/* A cancelled reader that is about to answer is worth more than a new one. */
#define CANCEL_PATIENCE (50 * G_TIME_SPAN_MILLISECOND)

struct _IpReaderProcess
{
  int descriptor;
  char *name;
  GSubprocess *subprocess; /* NULL when it is not running */
  int socket;
  int memory_descriptor;
  gpointer memory;
  gsize memory_size;
  gboolean memory_sent;
};

typedef struct
{
  IpAnswerStatus status;
  guint64 size;
  char *message;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->message);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

IpReaderProcess *
ip_reader_process_new (int descriptor, const char *name)
{
  IpReaderProcess *self = g_new0 (IpReaderProcess, 1);

  self->descriptor = descriptor;
  self->name = g_strdup (name);
  self->socket = -1;
  self->memory_descriptor = -1;
  return self;
}

static void
release_memory (IpReaderProcess *self)
{
  if (self->memory != NULL)
    munmap (self->memory, self->memory_size);
  if (self->memory_descriptor >= 0)
    close (self->memory_descriptor);
  self->memory = NULL;
  self->memory_size = 0;
  self->memory_descriptor = -1;
}

/* Kills it where it does not run any more. */
static void
stop (IpReaderProcess *self)
{
  if (self->subprocess == NULL)
    return;

  close (self->socket);
  self->socket = -1;
  g_subprocess_force_exit (self->subprocess);
  g_clear_object (&self->subprocess);
}

void
ip_reader_process_free (IpReaderProcess *self)
{
  stop (self);
  release_memory (self);
  g_free (self->name);
  g_free (self);
}

void
ip_reader_process_fail (IpReaderProcess *self,
                        GError **error,
                        IpReaderError code,
                        const char *object,
                        const char *message)
{
  if (object == NULL)
    g_set_error (error, IP_READER_ERROR, code, "%s: %s", self->name, message);
  else
    g_set_error (error, IP_READER_ERROR, code, "%s: %s: %s", self->name, object, message);
}

static void
fail_timed_out (IpReaderProcess *self, const char *object, GError **error)
{
  ip_reader_process_fail (self, error, IP_READER_ERROR_TIMED_OUT, object,
                          _("the reading process did not answer in time"));
}

/* Ends a reader whose socket is closed or who broke the protocol, and says how it ended. */
static void
fail_crashed (IpReaderProcess *self, const char *object, GError **error)
{
  g_autoptr (GSubprocess) subprocess = g_object_ref (self->subprocess);
  g_autofree char *message = NULL;
  int signal = 0;

  stop (self);
  g_subprocess_wait (subprocess, NULL, NULL);
  if (g_subprocess_get_if_signaled (subprocess))
    signal = g_subprocess_get_term_sig (subprocess);
  /* Its own alarms. */
  if (signal == SIGALRM || signal == SIGPROF)
    {
      fail_timed_out (self, object, error);
      return;
    }
  if (signal != 0)
    message = g_strdup_printf (_("the reading process broke down on it (%s)"),
                               g_strsignal (signal));
  else
    message = g_strdup (_("the reading process broke down on it"));
  ip_reader_process_fail (self, error, IP_READER_ERROR_CRASHED, object, message);
}

static char *
find_program (void)
{
  const char *chosen = g_getenv ("INFOPLANE_READER");
  g_autofree char *self = NULL;
  g_autofree char *directory = NULL;

  if (chosen != NULL && *chosen != '\0')
    return g_strdup (chosen);
  if (g_file_test (READER_PATH, G_FILE_TEST_IS_EXECUTABLE))
    return g_strdup (READER_PATH);

  self = g_file_read_link ("/proc/self/exe", NULL);
  directory = g_path_get_dirname (self != NULL ? self : "");
  return g_build_filename (directory, "infoplane-reader", NULL);
}

/* Caches and plugins that the environment names are not for the reader. */
static char **
get_environment (void)
{
  char **environment = g_get_environ ();
  g_auto (GStrv) names = g_listenv ();

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], "HDF5_"))
      environment = g_environ_unsetenv (environment, names[i]);

  return environment;
}

static gboolean
spawn (IpReaderProcess *self, int socket, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *program = find_program ();
  g_auto (GStrv) environment = get_environment ();
  int file = fcntl (self->descriptor, F_DUPFD_CLOEXEC, 0);

  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_take_fd (launcher, socket, IP_PROTOCOL_SOCKET);
  g_subprocess_launcher_take_fd (launcher, file, IP_PROTOCOL_FILE);
  self->subprocess = g_subprocess_launcher_spawn (launcher, error, program, NULL);

  return self->subprocess != NULL;
}

static gboolean
wait_readable (IpReaderProcess *self, gint64 patience, GCancellable *cancellable)
{
  gint64 deadline = g_get_monotonic_time () + patience;
  GPollFD descriptors[2] = { { .fd = self->socket, .events = G_IO_IN } };
  guint n = 1;
  gint64 left;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &descriptors[1]))
    n++;
  while ((left = deadline - g_get_monotonic_time ()) > 0 && descriptors[0].revents == 0
         && (n < 2 || descriptors[1].revents == 0))
    if (g_poll (descriptors, n, (int) (left / 1000) + 1) < 0 && errno != EINTR)
      break;
  if (n > 1)
    g_cancellable_release_fd (cancellable);

  return descriptors[0].revents != 0;
}

static gboolean
parse_answer (const guint8 *packet, gsize size, Answer *answer)
{
  g_autoptr (GBytes) bytes = g_bytes_new (packet, size);
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (IP_PROTOCOL_ANSWER), bytes, FALSE));
  guint32 status;

  if (!g_variant_is_normal_form (value))
    return FALSE;
  g_variant_get (value, IP_PROTOCOL_ANSWER, &status, &answer->size, &answer->message);
  answer->status = status;
  return status <= IP_ANSWER_REFUSED;
}

/* Stops the reader when there is no proper answer in time. */
static gboolean
receive_answer (IpReaderProcess *self,
                const char *object,
                gint64 patience,
                GCancellable *cancellable,
                Answer *answer,
                GError **error)
{
  guint8 packet[IP_PROTOCOL_MAX_ANSWER];
  gboolean readable = wait_readable (self, patience, cancellable);
  gboolean cancelled = g_cancellable_is_cancelled (cancellable);
  ssize_t n;

  if (!readable && cancelled)
    readable = wait_readable (self, CANCEL_PATIENCE, NULL);
  if (!readable)
    {
      stop (self);
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        fail_timed_out (self, object, error);
      return FALSE;
    }

  n = recv (self->socket, packet, sizeof packet, 0);
  if (n <= 0 || !parse_answer (packet, (gsize) n, answer))
    {
      fail_crashed (self, object, error);
      return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

G_STATIC_ASSERT ((int) IP_ANSWER_REFUSED - (int) IP_ANSWER_FAILED == (int) IP_READER_ERROR_REFUSED);

static gboolean
take_answer (IpReaderProcess *self, const char *object, const Answer *answer, GError **error)
{
  if (answer->status < IP_ANSWER_FAILED)
    return TRUE;

  ip_reader_process_fail (self, error, (IpReaderError) (answer->status - IP_ANSWER_FAILED), object,
                          answer->message);
  return FALSE;
}

/* The first answer says whether the file could be opened. */
static gboolean
start (IpReaderProcess *self, GCancellable *cancellable, GError **error)
{
  g_auto (Answer) answer = { 0 };
  int sockets[2];

  if (self->subprocess != NULL)
    return TRUE;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
    {
      ip_reader_process_fail (self, error, IP_READER_ERROR_FAILED, NULL, g_strerror (errno));
      return FALSE;
    }
  self->socket = sockets[0];
  self->memory_sent = FALSE;
  if (!spawn (self, sockets[1], error))
    {
      close (self->socket);
      self->socket = -1;
      return FALSE;
    }

  if (!receive_answer (self, NULL, PATIENCE, cancellable, &answer, error))
    return FALSE;
  if (!take_answer (self, NULL, &answer, error))
    {
      stop (self);
      return FALSE;
    }
  g_debug ("%s: %s", self->name, answer.message);

  return TRUE;
}

/* Sealed, so that no reader can cut it off while this side copies from it. */
static gboolean
create_memory (IpReaderProcess *self, gsize size)
{
  release_memory (self);
  self->memory_descriptor = memfd_create ("infoplane", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (self->memory_descriptor < 0 || ftruncate (self->memory_descriptor, (off_t) size) < 0
      || fcntl (self->memory_descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
             < 0)
    return FALSE;

  self->memory = mmap (NULL, size, PROT_READ, MAP_SHARED, self->memory_descriptor, 0);
  if (self->memory == MAP_FAILED)
    {
      self->memory = NULL;
      return FALSE;
    }
  self->memory_size = size;
  self->memory_sent = FALSE;
  return TRUE;
}

static gboolean
provide_memory (IpReaderProcess *self, const char *object, guint64 size, GError **error)
{
  if (size > LARGEST_MEMORY)
    {
      ip_reader_process_fail (self, error, IP_READER_ERROR_REFUSED, object,
                              _("refused: too large to be read at once"));
      return FALSE;
    }
  if (size <= self->memory_size && self->memory != NULL)
    return TRUE;
  if (create_memory (self, MAX (size, SMALLEST_MEMORY)))
    return TRUE;

  ip_reader_process_fail (self, error, IP_READER_ERROR_FAILED, object, g_strerror (errno));
  release_memory (self);
  return FALSE;
}

static gboolean
send_request (IpReaderProcess *self, GVariant *request, const char *object, GError **error)
{
  union
  {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec vector = { (gpointer) g_variant_get_data (request), g_variant_get_size (request) };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

  if (!self->memory_sent)
    {
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (&control.header), &self->memory_descriptor, sizeof (int));
    }
  if (sendmsg (self->socket, &message, MSG_NOSIGNAL) < 0)
    {
      fail_crashed (self, object, error);
      return FALSE;
    }
  self->memory_sent = TRUE;

  return TRUE;
}

gssize
ip_reader_process_call (IpReaderProcess *self,
                        GVariant *request,
                        const char *object,
                        gsize memory,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (request);
  guint64 needed = memory;

  for (guint attempt = 0; attempt < 3; attempt++)
    {
      g_auto (Answer) answer = { 0 };
      gint64 patience = PATIENCE + (gint64) (needed / SLOWEST_BYTES_PER_SECOND) * G_USEC_PER_SEC;

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !start (self, cancellable, error) || !provide_memory (self, object, needed, error)
          || !send_request (self, sunk, object, error)
          || !receive_answer (self, object, patience, cancellable, &answer, error)
          || !take_answer (self, object, &answer, error))
        return -1;
      if (answer.status == IP_ANSWER_OK && answer.size <= self->memory_size)
        return (gssize) answer.size;
      needed = answer.size;
    }

  stop (self);
  ip_reader_process_fail (self, error, IP_READER_ERROR_CRASHED, object,
                          _("the reading process gives impossible answers"));
  return -1;
}

gconstpointer
ip_reader_process_get_memory (IpReaderProcess *self)
{
  return self->memory;
}
