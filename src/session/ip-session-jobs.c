/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* What is being computed, for who wants to see it and have a say in it. */

void
ip_session_look (IpSession *self)
{
  ip_planner_look_at (self->planner, ip_session_get_layer (self), self->epoch,
                      g_str_equal (self->view, ip_session_get_view_name (IP_FIGURE_SPECTRUM)));
}

void
ip_session_cancel (IpSession *self)
{
  g_return_if_fail (IP_IS_SESSION (self));

  ip_planner_cancel (self->planner);
}

void
ip_session_resume (IpSession *self)
{
  g_return_if_fail (IP_IS_SESSION (self));

  ip_planner_set_paused (self->planner, FALSE);
  ip_planner_resume (self->planner);
}

void
ip_session_set_paused (IpSession *self, gboolean paused)
{
  g_return_if_fail (IP_IS_SESSION (self));

  ip_planner_set_paused (self->planner, paused);
}

gboolean
ip_session_get_paused (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), FALSE);

  return ip_planner_get_paused (self->planner);
}

void
ip_session_cancel_run (IpSession *self, IpRun *run)
{
  g_return_if_fail (IP_IS_SESSION (self));

  ip_planner_cancel_run (self->planner, run);
}

void
ip_session_retry_failed (IpSession *self)
{
  g_return_if_fail (IP_IS_SESSION (self));

  ip_planner_retry_failed (self->planner);
}

char *
ip_session_get_log (IpSession *self)
{
  g_return_val_if_fail (IP_IS_SESSION (self), NULL);

  return ip_planner_get_log (self->planner);
}

static char *
describe_running (IpSession *self, IpDump *dump)
{
  g_autoptr (GArray) cells = ip_planner_get_running (self->planner);

  for (guint i = 0; i < cells->len; i++)
    {
      const IpCell *cell = &g_array_index (cells, IpCell, i);

      if (cell->dump == dump)
        return g_strdup_printf (_("%s at epoch %" PRId64),
                                ip_dump_get_layer (dump, cell->layer)->name,
                                ip_dump_get_epochs (dump, NULL)[cell->snapshot]);
    }

  return NULL;
}

void
ip_session_get_run_progress (IpSession *self, IpRun *run, IpRunProgress *progress)
{
  ip_run_count (run, ip_session_get_request (self), &progress->count);
  progress->cancelled = ip_planner_is_run_cancelled (self->planner, run);
  progress->running = describe_running (self, ip_run_get_dump (run));
}

void
ip_run_progress_clear (IpRunProgress *progress)
{
  g_clear_pointer (&progress->running, g_free);
}
