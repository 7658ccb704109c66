/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>
#include <hdf5.h>

/* An HDF5 identifier that is released at the end of its scope: leaked ones crash HDF5 later. */
typedef hid_t IpId;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (IpId, H5Idec_ref, H5I_INVALID_HID)

/* Errors are in this domain, their codes are of IpAnswerStatus. */
#define IP_ANSWER_ERROR (ip_answer_error_quark ())
GQuark ip_answer_error_quark (void);

/* Prefixes what HDF5 complains about most deeply, in one line. */
void ip_set_hdf5_error (GError **error, int code, const char *what);

/* Opens the file behind the descriptor.  unfinished: set when it is flagged as open for writing,
 * because it is or because its writer was killed. */
hid_t ip_file_open (int descriptor, gboolean *unfinished, GError **error);

/* Link access that never leaves the file. */
hid_t ip_link_access (void);

/* The same for another access list that includes link access. */
herr_t ip_link_access_refuse (hid_t access);
