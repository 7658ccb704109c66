/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-session.h"

/* How a number or a figure came about, complete enough to make it again: the dumps by their
 * fingerprints, mapping, samples, estimator with version and parameters, and the program. */

G_BEGIN_DECLS

typedef enum
{
  IP_RECIPE_TEXT,
  IP_RECIPE_JSON,
  IP_RECIPE_COMMAND, /* for a shell */
  IP_RECIPE_METADATA, /* text that goes out with a figure: without the folders of files */
} IpRecipeFormat;

/* Of the numbers at a point, of whose layer (numbered as the user_data of tracks) and epoch.
 * (transfer full) */
char *ip_recipe_of_point (IpSession *session, int layer, gint64 epoch, IpRecipeFormat format)
  G_GNUC_WARN_UNUSED_RESULT;

/* Of a figure of what is visible.  output: what the command writes, "plane.pdf". (transfer full) */
char *ip_recipe_of_figure (IpSession *session,
                           IpFigureKind kind,
                           const char *output,
                           IpRecipeFormat format) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
