/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Threads that share the tasks of one computation.  Whatever is computed must be cut into tasks by
 * its size alone and put together in the order of the tasks; then the bits do not depend on how
 * many threads there are. */
typedef struct _IpTeam IpTeam;

typedef void (*IpTaskFunc) (size_t task, void *data);

/* NULL, a team of nobody but the caller, for one thread or where there are no more. */
IpTeam *ip_team_new (unsigned threads);
void ip_team_free (IpTeam *team);

/* Calls func with 0 .. n - 1 on all threads, the caller's among them, and returns when all are
 * done. */
void ip_team_run (IpTeam *team, size_t n, IpTaskFunc func, void *data);

/* The caller and those who help; 1 for NULL. */
unsigned ip_team_get_size (const IpTeam *team);

typedef IpStatus (*IpWorkFunc) (size_t task, void *data, IpContext *context);

/* The same for tasks that take long or may fail.  Each gets the context of its thread, which is
 * cancelled when that of the caller is or when another task has failed; both are looked at before
 * each task, and no more are begun then.
 * Only what the caller's own thread reports is heard.  Gives the first failure. */
IpStatus
ip_team_try (IpTeam *team, size_t n, IpWorkFunc func, void *data, IpContext *context);
