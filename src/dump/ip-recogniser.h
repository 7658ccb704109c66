/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-mapping.h"
#include "ip-reader.h"

/* Recognition of dumps that follow no format, by names and shapes. */

G_BEGIN_DECLS

/* Whether the dimensions of the file's datasets are reversed, as MATLAB writes them. */
gboolean ip_reader_is_matlab (IpReader *reader);
/* Whether the dataset is a text as MATLAB writes it, in UTF-16 code units. */
gboolean ip_object_is_matlab_text (const IpObject *object);
/* Whether the dataset may be activations or another array of numbers of the run. */
gboolean ip_object_is_array (const IpObject *object);

/* Proposes a mapping; what `known` (may be NULL) says of epochs, labels and inputs is taken for
 * granted.  A proposal without layers means that nothing was recognised. */
IpMapping *ip_recognise (IpReader *reader, const IpMapping *known) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
