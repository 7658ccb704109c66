/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <hdf5.h>

/* The only name that the driver opens. Absolute, so that HDF5 does not ask for the directory. */
#define IP_FILE_NAME "/dump"

/* A file access list whose files are read from the open descriptor, so that HDF5 needs no right to
 * open anything.  Close it with H5Pclose(). */
hid_t ip_file_driver_new_access (int descriptor);
