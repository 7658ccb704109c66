/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-context.h"

#include <stddef.h>

/* Entropy in nats of the n^2 numbers P_ij / n, which is ln n + the mean entropy of the rows of P:
 * the random walk P_ij = W_ij / k_i, k the row sums of W_ij = K_ij / sqrt (g_i g_j), g those of K.
 * From ln n, when a step leads nowhere, to 2 ln n, when it leads anywhere.
 *
 * kernel: [n x n], the triangle with column >= row, which W replaces. */
IpStatus ip_entry_entropy (double *kernel, size_t n, double *entropy, IpContext *context);
