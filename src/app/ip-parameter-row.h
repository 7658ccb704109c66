/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define IP_TYPE_PARAMETER_ROW (ip_parameter_row_get_type ())
G_DECLARE_FINAL_TYPE (IpParameterRow, ip_parameter_row, IP, PARAMETER_ROW, AdwComboRow)

/* A row for one parameter of an estimator, generated from its description.
 * Property: value (d), the index of a choice. */
GtkWidget *ip_parameter_row_new (const IpParameter *parameter, double value);
const IpParameter *ip_parameter_row_get_parameter (IpParameterRow *self);
double ip_parameter_row_get_value (IpParameterRow *self);
void ip_parameter_row_set_value (IpParameterRow *self, double value);

G_END_DECLS
