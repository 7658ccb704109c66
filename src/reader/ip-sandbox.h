/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct
{
  bool seccomp;
  int landlock; /* version of the kernel's interface, 0: not in force */
} IpSandbox;

/* Gives up every right that reading one open descriptor does not need, for good. Parts that the
 * kernel lacks are left out; the result says what is in force. Threads must not exist yet. */
IpSandbox ip_sandbox_enter (void);

/* Lets the process compute for that many seconds from now on, then it is ended. */
void ip_sandbox_limit_time (unsigned seconds);

/* Lets the process allocate that many bytes from now on. */
void ip_sandbox_limit_memory (size_t more);
