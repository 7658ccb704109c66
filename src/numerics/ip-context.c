/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-context.h"

#include <stdarg.h>
#include <stdio.h>

IpStatus
ip_fail (IpContext *context, IpStatus status, const char *format, ...)
{
  va_list arguments;

  if (context == NULL)
    return status;

  va_start (arguments, format);
  vsnprintf (context->message, sizeof context->message, format, arguments);
  va_end (arguments);

  return status;
}

bool
ip_context_is_cancelled (IpContext *context)
{
  return context != NULL && context->cancelled != NULL && context->cancelled (context->data);
}

void
ip_context_report (IpContext *context, double fraction)
{
  if (context != NULL && context->progress != NULL)
    context->progress (context->data, fraction);
}
