/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

/* How the units of a layer whose activation has several axes become a row of the matrix.  One of
 * the axes, the first or the last, is of channels (feature maps, heads, features of a token); the
 * others number the P positions of a sample.
 *
 *   flatten     all units, the positions of every channel: d = C·P
 *   mean, max   the mean or the greatest value of every channel over its positions: d = C
 *   positions   every position of every sample is a row of its own, with the label of its sample:
 *               N·P rows, d = C.  X is then the pair of sample and position, which all count as
 *               different, and the ceiling of I(X;T) is log(N·P). */

G_BEGIN_DECLS

typedef enum
{
  IP_REDUCTION_FLATTEN,
  IP_REDUCTION_MEAN,
  IP_REDUCTION_MAX,
  IP_REDUCTION_POSITIONS,
  IP_N_REDUCTIONS,
} IpReductionKind;

typedef struct
{
  IpReductionKind kind;
  gboolean channels_last;
} IpReduction;

/* "flatten", "mean", … and its title (translated). */
const char *ip_reduction_kind_get_id (IpReductionKind kind);
const char *ip_reduction_kind_get_title (IpReductionKind kind);

/* Reads "mean", "mean:first" or "mean:last"; what is not said of the channels stays as it is. */
gboolean ip_reduction_parse (IpReduction *self, const char *text);

/* "mean:first", "" for flatten: part of every result's key. (transfer full) */
char *ip_reduction_to_text (const IpReduction *self);

/* Reads numbers of rows x count units from the flattened unit `first` on. (transfer full) */
typedef double *(*IpUnitsFunc) (gpointer data, gsize first, gsize count, GError **error);

/* What is reduced: rows samples of n_channels x n_positions units. */
typedef struct
{
  IpReduction reduction;
  gsize rows;
  gsize n_channels;
  gsize n_positions;
  IpUnitsFunc read; /* is asked for some units after the other, never for all at once if these are
                       many */
  gpointer data;
} IpReducer;

/* Bytes in use beside the result while rows samples are reduced. */
gsize ip_reduction_get_memory (gsize rows);

/* Channels `first` to `first + count`, of all positions where these are rows. (transfer full) */
double *ip_reducer_read (const IpReducer *self, gsize first, gsize count, GError **error);

G_END_DECLS
