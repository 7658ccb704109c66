/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-sandbox.h"
#include "make-dumps.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* What a reader that has been taken over would try.  Each returns whether it succeeded. */

static const char *canary;

static gboolean
open_file (void)
{
  return open (canary, O_RDONLY) >= 0 || open ("/etc/passwd", O_RDONLY) >= 0;
}

static gboolean
open_directory (void)
{
  return open ("/", O_PATH | O_DIRECTORY) >= 0 || open (".", O_RDONLY | O_DIRECTORY) >= 0;
}

static gboolean
create_file (void)
{
  g_autofree char *path = g_strconcat (canary, ".new", NULL);

  return open (path, O_WRONLY | O_CREAT, 0600) >= 0;
}

static gboolean
delete_file (void)
{
  return unlink (canary) == 0;
}

static gboolean
connect_out (void)
{
  return socket (AF_INET, SOCK_STREAM, 0) >= 0 || socket (AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static gboolean
start_process (void)
{
  pid_t child = fork ();

  if (child == 0)
    _exit (0);
  return child > 0 || execl ("/bin/true", "true", NULL) == 0;
}

static gboolean
run_memory (void)
{
  return mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static gboolean
signal_parent (void)
{
  return kill (getppid (), 0) == 0;
}

static gboolean
raise_limits (void)
{
  return setuid (0) == 0 || chroot ("/") == 0;
}

static const struct
{
  const char *name;
  gboolean (*try) (void);
} attempts[] = {
  { "open a file", open_file },         { "open a directory", open_directory },
  { "create a file", create_file },     { "delete a file", delete_file },
  { "open a socket", connect_out },     { "start a process", start_process },
  { "run its own memory", run_memory }, { "signal another process", signal_parent },
  { "change its identity", raise_limits },
};

/* Bit i is set when attempt i succeeded behind the sandbox, bit 31 when there is no sandbox. */
static guint32
try_all (void)
{
  int descriptors[2];
  guint32 result = 0;
  pid_t child;

  g_assert_cmpint (pipe (descriptors), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      IpSandbox sandbox = ip_sandbox_enter ();

      for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
        result |= (guint32) attempts[i].try () << i;
      if (!sandbox.seccomp)
        result |= 1u << 31;
      _exit (write (descriptors[1], &result, sizeof result) != sizeof result);
    }

  close (descriptors[1]);
  g_assert_cmpint (read (descriptors[0], &result, sizeof result), ==, sizeof result);
  close (descriptors[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return result;
}

static void
test_attempts (void)
{
  g_autofree char *directory = make_directory ();
  g_autofree char *path = g_build_filename (directory, "canary", NULL);
  guint32 result;

  g_assert_true (g_file_set_contents (path, "secret", -1, NULL));
  canary = path;
  for (guint i = 0; i < 2; i++)
    g_assert_true (attempts[i].try ());

  result = try_all ();
  if ((result & 1u << 31) != 0)
    g_test_skip ("this kernel has no seccomp");
  else
    for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
      if ((result & 1u << i) != 0)
        g_error ("the sandbox lets a process %s", attempts[i].name);
  remove_directory (directory);
}

/* A reader that walks in circles is ended. */
static void
test_time (void)
{
  volatile guint64 turns = 0;
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      ip_sandbox_enter ();
      ip_sandbox_limit_time (0);
      for (;;)
        turns++;
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGXCPU);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sandbox/attempts", test_attempts);
  g_test_add_func ("/sandbox/time", test_time);

  return g_test_run ();
}
