/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <gio/gio.h>

/* Which objects of a file play which role: the layers, their epochs, samples and units, the labels
 * and the inputs.  Recognition proposes one, the user may write another one.  As text it has a
 * statement per line:
 *
 *     format = infoplane-dump                             native files; no layers are given then
 *     epochs = /epochs                                    the epoch of every row of stacked layers
 *     labels = /y                                         or none
 *     inputs = /x [samples, units]                        or none
 *     layer fc1 = /epoch_{epoch}/fc1 [samples, units]     a dataset for every epoch
 *     layer fc2 = /fc2 [epochs, samples, units] as bfloat16
 *     layer {layer} = /acts/{layer} [samples, units]      all datasets that are called so
 *
 * The brackets say what the axes of a dataset are, in the order of the file.  The last “units”
 * stands for as many axes as there are, none included; “reversed units” are numbered from the last
 * axis to the first, as MATLAB does.  {epoch} is a number, {layer} any text.  Names and paths that
 * would be misread stand in double quotes, with the escapes of C.  What follows a # at the start of
 * a line is a comment. */

G_BEGIN_DECLS

#define IP_MAPPING_EPOCH "{epoch}"
#define IP_MAPPING_LAYER "{layer}"

/* What a letter of a text of axes stands for. */
#define IP_AXIS_EPOCHS 'e'
#define IP_AXIS_SAMPLES 's'
#define IP_AXIS_UNITS 'u'
#define IP_AXIS_REVERSED_UNITS 'r'

typedef struct
{
  char *name;
  char *path;
  char *axes; /* a letter for every axis, of which the last of units stretches */
  gboolean bfloat16; /* 16-bit integers hold the bits of bfloat16 numbers */
} IpMappingLayer;

typedef enum
{
  IP_CONFIDENCE_GUESS,   /* something could not be decided */
  IP_CONFIDENCE_LIKELY,  /* names and shapes agree */
  IP_CONFIDENCE_CERTAIN, /* the file says what it is, or the user does */
} IpConfidence;

typedef struct
{
  gboolean native;
  char *epochs; /* paths; NULL: not said, "": none */
  char *labels;
  char *inputs;
  char *input_axes; /* NULL: the axis of inputs that is as long as there are samples */
  GArray *layers;   /* of IpMappingLayer */

  /* Of recognition, not part of the text. */
  IpConfidence confidence;
  GPtrArray *doubts; /* of texts: what could not be decided */
  GPtrArray *notes;  /* of texts: what else is worth saying */
} IpMapping;

#define IP_MAPPING_ERROR (ip_mapping_error_quark ())

typedef enum
{
  IP_MAPPING_ERROR_SYNTAX,
} IpMappingError;

GQuark ip_mapping_error_quark (void);

IpMapping *ip_mapping_new (void) G_GNUC_WARN_UNUSED_RESULT;
IpMapping *ip_mapping_copy (const IpMapping *self) G_GNUC_WARN_UNUSED_RESULT;
void ip_mapping_free (IpMapping *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpMapping, ip_mapping_free)

/* Texts are copied. */
void ip_mapping_add_layer (IpMapping *self,
                           const char *name,
                           const char *path,
                           const char *axes,
                           gboolean bfloat16);
const IpMappingLayer *ip_mapping_get_layer (const IpMapping *self, guint layer);

/* Errors name the line. */
IpMapping *ip_mapping_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
IpMapping *ip_mapping_load (GFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) What ip_mapping_parse() makes the same mapping of. */
char *ip_mapping_to_text (const IpMapping *self);

/* "[epochs, samples, units]" (transfer full) */
char *ip_mapping_format_axes (const char *axes);

/* Untranslated: "certain", "likely", "guess". */
const char *ip_confidence_get_id (IpConfidence confidence);

G_END_DECLS
