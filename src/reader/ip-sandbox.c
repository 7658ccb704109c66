/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-sandbox.h"

#include "ip-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif

/* The reader parses what strangers wrote with a library that is known to be broken by it, so it is
 * treated as hostile from the first byte on.  What it keeps is: reading its descriptors, answering
 * on its socket, and memory that is never executable.  Resource limits bound the memory and keep
 * it from writing files; seccomp refuses every other system call with EPERM, so that HDF5 fails in
 * an orderly way where it tries; Landlock forbids the file system a second time. */

#define MEMORY_LIMIT (4ull << 30)
#define DESCRIPTOR_LIMIT 16

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void
limit (int resource, rlim_t most)
{
  struct rlimit value = { most, most };

  setrlimit (resource, &value);
}

static void
limit_resources (void)
{
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_FSIZE, 0);
  limit (RLIMIT_NOFILE, DESCRIPTOR_LIMIT);
  /* The shadow memory of a sanitizer is larger than any limit. */
  if (!SANITIZED)
    limit (RLIMIT_AS, MEMORY_LIMIT);
}

/* The user's terminal is not for untrusted processes; sanitizers need it for their reports. */
static void
leave_terminal (void)
{
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  for (int descriptor = 0; descriptor < (SANITIZED ? 2 : 3); descriptor++)
    dup2 (null, descriptor);
  close (null);
}

/* /proc/self/statm, which can be read but not opened later. */
static int memory_status = -1;

static int
enter_landlock (void)
{
#ifdef LANDLOCK_CREATE_RULESET_VERSION
  struct landlock_ruleset_attr everything = { LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1 };
  long version
      = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  long ruleset = -1;

  if (version > 0)
    ruleset = syscall (SYS_landlock_create_ruleset, &everything, sizeof everything, 0);
  if (ruleset < 0)
    return 0;
  if (syscall (SYS_landlock_restrict_self, (int) ruleset, 0) != 0)
    version = 0;
  close ((int) ruleset);

  return (int) version;
#else
  return 0;
#endif
}

static const int allowed_calls[] = {
  SCMP_SYS (alarm),       SCMP_SYS (brk),       SCMP_SYS (clock_gettime), SCMP_SYS (close),
  SCMP_SYS (exit_group),  SCMP_SYS (futex),     SCMP_SYS (getpid),        SCMP_SYS (getrandom),
  SCMP_SYS (gettid),      SCMP_SYS (lseek),     SCMP_SYS (madvise),       SCMP_SYS (mremap),
  SCMP_SYS (munmap),      SCMP_SYS (pread64),   SCMP_SYS (recvmsg),       SCMP_SYS (rt_sigaction),
  SCMP_SYS (rt_sigprocmask), SCMP_SYS (rt_sigreturn), SCMP_SYS (sendto),  SCMP_SYS (setitimer),
  SCMP_SYS (tgkill),      SCMP_SYS (write),
#if SANITIZED
  SCMP_SYS (sched_yield), SCMP_SYS (sigaltstack),
#endif
};

static bool
enter_seccomp (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  int failed = filter == NULL;

  for (size_t i = 0; !failed && i < sizeof allowed_calls / sizeof *allowed_calls; i++)
    failed = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
  if (!failed)
    failed = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1,
                               SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
             || seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1,
                                  SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))
             || seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prlimit64), 1,
                                  SCMP_A0 (SCMP_CMP_EQ, 0))
             || seccomp_load (filter);
  if (filter != NULL)
    seccomp_release (filter);

  return !failed;
}

IpSandbox
ip_sandbox_enter (void)
{
  IpSandbox sandbox = { 0 };

  leave_terminal ();
  memory_status = open ("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  limit_resources ();
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sandbox.landlock = enter_landlock ();
  sandbox.seccomp = enter_seccomp ();

  return sandbox;
}

void
ip_sandbox_limit_time (unsigned seconds)
{
  struct rlimit value = { 0, RLIM_INFINITY };
  struct timespec now;

  if (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
    return;
  value.rlim_cur = (rlim_t) now.tv_sec + 1 + seconds;
  setrlimit (RLIMIT_CPU, &value);
}

void
ip_sandbox_limit_memory (size_t more)
{
  struct rlimit value = { 0, MEMORY_LIMIT };
  char text[128] = "";
  rlim_t now;

  if (SANITIZED || pread (memory_status, text, sizeof text - 1, 0) <= 0)
    return;
  now = strtoull (text, NULL, 10) * (rlim_t) sysconf (_SC_PAGESIZE);
  value.rlim_cur = more < MEMORY_LIMIT - now ? now + more : MEMORY_LIMIT;
  setrlimit (RLIMIT_AS, &value);
}
