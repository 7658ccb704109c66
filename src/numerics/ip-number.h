/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Numbers as text with a decimal point, whatever the locale of the program. */

#define IP_NUMBER_SIZE 32

/* The shortest decimal that reads back as the same double. */
void ip_number_format (double value, char text[IP_NUMBER_SIZE]);

/* At most `digits` significant digits, for the eye. */
void ip_number_format_rounded (double value, int digits, char text[IP_NUMBER_SIZE]);

/* The whole text must be one finite number. */
bool ip_number_parse (const char *text, double *value);
