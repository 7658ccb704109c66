/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* IEEE 754 binary16 to binary32, exact for every value; a NaN stays a NaN with its payload.  Uses
 * the processor's conversion where there is one. */
void ip_half_to_float (const guint16 *from, float *to, gsize n);
void ip_half_to_double (const guint16 *from, double *to, gsize n);

/* The same without the processor's help. */
float ip_half_convert (guint16 half);
