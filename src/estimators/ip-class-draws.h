/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-estimator-private.h"

/* What an entropy tells about a partition of the samples into classes, where the entropy depends on
 * how many samples it is taken of.  Each class of n_c samples is compared with random subsets of as
 * many:
 *
 *   I = sum_c (n_c / N) [mean over draws of H (n_c samples of all) - H (class c)]
 *
 * convention: draws of different classes are independent ("corrected"), or start from one seed for
 * every class ("official"), where they follow the published code number by number.  Classes then
 * share random numbers, which widens the scatter, and the standard error over the draws is too
 * small by some 10 to 15 %. */

#define IP_MAX_DRAWS 1000

/* Parameters of the draws, for a table and, in this order, for ip_class_draws_init(). */
#define IP_CLASS_DRAWS_DRAWS_ROW                                                                   \
  { "draws", N_ ("Draws"), N_ ("How many subsets each class is compared with"),                    \
    IP_PARAMETER_INTEGER, 5, 1, IP_MAX_DRAWS, true, NULL, NULL, -1, 0 }
#define IP_CLASS_DRAWS_SEED_ROW                                                                    \
  { "seed", N_ ("Seed"), N_ ("Of the random subsets"), IP_PARAMETER_INTEGER, 0, 0, 4294967295,     \
    false, NULL, NULL, -1, 0 }
#define IP_CLASS_DRAWS_CONVENTION_ROW                                                              \
  { "convention", N_ ("Draws of different classes"),                                               \
    N_ ("Whether the subsets of different classes are drawn independently"),                       \
    IP_PARAMETER_CHOICE, 0, 0, 1, false, ip_class_draws_convention_ids,                            \
    ip_class_draws_convention_titles, -1, 0 }

extern const char *const ip_class_draws_convention_ids[];
extern const char *const ip_class_draws_convention_titles[];

typedef struct
{
  size_t draws;
  uint32_t seed;
  bool has_one_seed;
} IpClassDraws;

/* parameters: the values of the three rows. */
IpClassDraws ip_class_draws_init (const double *parameters);

/* Entropy of m samples, by their numbers in the file, in nats.  error: its own standard error, NAN
 * on entry and where it has none. */
typedef IpStatus (*IpSubsetEntropy) (void *self,
                                     const uint32_t *sample,
                                     size_t m,
                                     double *entropy,
                                     double *error,
                                     IpContext *context);

/* Fills the value and, from two draws on, its standard error over the draws, to which those of the
 * entropies of the classes add.  Not a mutual
 * information: it can be negative and can exceed the entropy of the classes; nothing is cut, and
 * above the ceiling, which is that entropy, it is flagged. */
IpStatus ip_class_draws_estimate (const IpClassDraws *self,
                                  const IpPartition *classes,
                                  IpSubsetEntropy find_entropy,
                                  void *data,
                                  IpValue *value,
                                  IpContext *context);
