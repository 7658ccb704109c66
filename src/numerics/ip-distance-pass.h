/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-distance.h"
#include "ip-team.h"

#include <stdbool.h>

/* One pass over the distances of a matrix: how it is cut into tiles and blocks of tiles, and how
 * those are computed.  Whatever is const may be used on several threads at the same time, each with
 * a desk of its own. */

/* Columns that one GEMM call multiplies: a call takes a few milliseconds, which bounds how long a
 * cancel waits, and the packed blocks stay small however many units a layer has. */
#define IP_DISTANCE_COLUMNS 512

/* What one thread works with. */
typedef struct
{
  double *left;    /* packed rows of the block */
  double *right;   /* packed columns of the block */
  double *squared; /* [spaces x block x block] */
} IpDistanceDesk;

typedef struct
{
  const IpMatrix *matrix;
  const double *mean;
  const uint32_t *order;
  size_t tile;
  size_t block;    /* rows and columns that are filled together, a multiple of `tile` */
  size_t depth;    /* columns packed at once */
  double *norm;    /* [rows] squared norms of the centred rows, by position; NULL where rows are
                    * subtracted */
  bool keeps_left; /* `left` holds all columns, block after block */
  IpTeam *team;
  unsigned spaces; /* blocks that a thread fills ahead, and the one that it works at */
  IpDistanceDesk *desk; /* one for each thread */
} IpDistancePass;

/* Whether distances come from products of rows, and not from their differences. */
bool ip_distance_multiplies (size_t columns);

IpStatus ip_distance_pass_init (IpDistancePass *pass,
                                const IpMatrix *matrix,
                                const double *mean,
                                const uint32_t *order,
                                IpContext *context);
void ip_distance_pass_clear (IpDistancePass *pass);

/* Threads for pairs of n rows of d columns, where that pays. */
IpTeam *ip_distance_call_team (size_t n, size_t d, const IpContext *context);

/* How many of `most` rows there are at a position. */
size_t ip_distance_pass_get_length (const IpDistancePass *pass, size_t at, size_t most);

/* Adds what the columns of the matrix contribute to the norms. */
IpStatus ip_distance_pass_add_norms (const IpDistancePass *pass, IpContext *context);

/* Fills a block of a matrix that is in memory.  Blocks of one row must come from left to right, and
 * begin with that on the diagonal.  False when cancelled. */
bool ip_distance_pass_fill (const IpDistancePass *pass,
                            const IpDistanceDesk *desk,
                            const IpDistanceTile *block,
                            IpContext *context);

/* beta times the tile and the products over up to IP_DISTANCE_COLUMNS columns, all that the matrix
 * of the pass has; in the same order as above. */
void ip_distance_pass_add_product (const IpDistancePass *pass,
                                   const IpDistanceDesk *desk,
                                   const IpDistanceTile *tile,
                                   double beta);

/* Turns the products in a tile into distances. */
void ip_distance_pass_finish (const IpDistancePass *pass, const IpDistanceTile *tile);
