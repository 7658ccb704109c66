/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include "ip-dump.h"

/* The labels of a run: classes where the file's numbers or texts are class names or numbers, a
 * regression target otherwise. */

G_BEGIN_DECLS

typedef struct
{
  IpLabelKind kind;
  guint n_classes;
  guint32 *codes; /* [n_samples], 0 … n_classes − 1 in the order of the stored values */
  char **names; /* [n_classes], NULL when the stored values are 0 … n_classes − 1 and unnamed */
  double *targets; /* [n_samples × n_columns] of a regression, otherwise NULL */
  gsize n_columns;
} IpLabels;

/* Texts and integers are classes; so are one-hot rows, and numbers without fraction when few
 * differ. Fails when the dataset cannot be read or does not have one label for every sample. */
gboolean ip_labels_read (IpLabels *self,
                         IpReader *reader,
                         const IpObject *dataset,
                         gsize n_samples,
                         GCancellable *cancellable,
                         GError **error);
void ip_labels_clear (IpLabels *self);

G_END_DECLS
