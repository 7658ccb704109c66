/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

#include <glib.h>

/* Writes JSON with every number in full precision.  JSON-GLib writes 1e-12 as 1e-12.0, which nobody
 * can read. */

G_BEGIN_DECLS

typedef struct _IpJsonWriter IpJsonWriter;

IpJsonWriter *ip_json_writer_new (void);
void ip_json_writer_free (IpJsonWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IpJsonWriter, ip_json_writer_free)

/* name: of the member that the value is, NULL in an array and for the root. */
void ip_json_writer_begin_object (IpJsonWriter *self, const char *name);
void ip_json_writer_end_object (IpJsonWriter *self);
void ip_json_writer_begin_array (IpJsonWriter *self, const char *name);
void ip_json_writer_end_array (IpJsonWriter *self);
void ip_json_writer_add_text (IpJsonWriter *self, const char *name, const char *text);
void ip_json_writer_add_integer (IpJsonWriter *self, const char *name, gint64 number);
/* null for what is not finite */
void ip_json_writer_add_number (IpJsonWriter *self, const char *name, double number);
void ip_json_writer_add_boolean (IpJsonWriter *self, const char *name, gboolean value);
void ip_json_writer_add_null (IpJsonWriter *self, const char *name);

/* The next value begins a line, for people who read the file. */
void ip_json_writer_break_line (IpJsonWriter *self);

/* (transfer full) */
char *ip_json_writer_finish (IpJsonWriter *self);

G_END_DECLS
