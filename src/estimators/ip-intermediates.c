/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-intermediates.h"

#include <stdlib.h>

/* Puts the new one into the list, unless it is NULL or the list has one that fits. */
static IpIntermediate *
find_or_add (IpIntermediate **list,
             mtx_t *lock,
             const IpIntermediateKind *kind,
             const void *request,
             IpIntermediate *new)
{
  IpIntermediate *found;

  if (lock != NULL)
    mtx_lock (lock);
  found = *list;
  while (found != NULL && !kind->fits (found, request))
    found = found->next;
  if (found == NULL && new != NULL)
    {
      new->next = *list;
      *list = found = new;
    }
  if (lock != NULL)
    mtx_unlock (lock);
  return found;
}

IpStatus
ip_intermediates_get (IpIntermediate **list,
                      mtx_t *lock,
                      const IpIntermediateKind *kind,
                      const void *request,
                      const void **intermediate,
                      IpContext *context)
{
  IpIntermediate *new;
  IpStatus status;

  *intermediate = find_or_add (list, lock, kind, request, NULL);
  if (*intermediate != NULL)
    return IP_STATUS_OK;

  new = calloc (1, kind->size);
  if (new == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %s", kind->name);
  status = kind->compute (new, request, context);
  if (status == IP_STATUS_OK)
    *intermediate = find_or_add (list, lock, kind, request, new);
  if (*intermediate != new)
    ip_intermediates_free (new, kind);
  return status;
}

void
ip_intermediates_free (IpIntermediate *list, const IpIntermediateKind *kind)
{
  while (list != NULL)
    {
      IpIntermediate *next = list->next;

      kind->clear (list);
      free (list);
      list = next;
    }
}
