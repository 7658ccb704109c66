/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Waiting for a condition while the main loop runs: tests do not sleep. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) /* ten times as slow */
#define PATIENCE (600 * G_TIME_SPAN_SECOND)
#else
#define PATIENCE (240 * G_TIME_SPAN_SECOND)
#endif

static inline gboolean
await_wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Until the expression is true; says which it was when that does not come about. */
#define await(expression) \
  G_STMT_START \
  { \
    gint64 await_end = g_get_monotonic_time () + PATIENCE; \
    guint await_wake = g_timeout_add (20, await_wake_cb, NULL); \
\
    while (!(expression) && g_get_monotonic_time () < await_end) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (await_wake); \
    if (!(expression)) \
      g_error ("Waited in vain for %s", #expression); \
  } \
  G_STMT_END
