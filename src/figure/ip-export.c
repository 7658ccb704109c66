/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-export.h"

#include "ip-png.h"

#include <cairo-pdf.h>
#include <cairo-ps.h>
#include <cairo-svg.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* The file is made in memory first.  Then it goes into a temporary file in the folder of the
 * target, is flushed to the disk and renamed: whatever fails on the way, the target is either the
 * old file or the new one. */

/* PDF readers need not cope with more than 200 inches. */
#define LARGEST 14400.0
#define SMALLEST 10.0
#define MOST_PIXELS 32767
#define CREATOR "Infoplane " PACKAGE_VERSION

G_DEFINE_QUARK (ip-export-error-quark, ip_export_error)

static const struct
{
  const char *ending;
  IpExportFormat format;
} endings[] = {
  { ".pdf", IP_EXPORT_PDF },
  { ".svg", IP_EXPORT_SVG },
  { ".png", IP_EXPORT_PNG },
  { ".eps", IP_EXPORT_EPS },
};

gboolean
ip_export_format_from_path (const char *path, IpExportFormat *format, GError **error)
{
  g_autofree char *name = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i].ending))
      {
        *format = endings[i].format;
        return TRUE;
      }
  g_set_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_FORMAT,
               _ ("The ending of “%s” names no figure format: use .pdf, .svg, .png or .eps"),
               path);
  return FALSE;
}

gboolean
ip_length_parse (const char *text, double *points)
{
  static const struct
  {
    const char *unit;
    double points;
  } units[] = {
    { "cm", 72 / 2.54 }, { "mm", 72 / 25.4 }, { "in", 72 }, { "pt", 1 }, { "px", 0.75 },
  };
  char *end;
  double value = g_ascii_strtod (text, &end);
  g_autofree char *unit = g_strstrip (g_strdup (end));

  if (end == text || !isfinite (value) || value <= 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (unit, units[i].unit) == 0)
      {
        *points = value * units[i].points;
        return TRUE;
      }
  return FALSE;
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
check_size (IpExportFormat format, const IpExportOptions *options, GError **error)
{
  double widest = MAX (options->width, options->height);
  double pixels = widest * options->dpi / 72;

  if (!(options->width >= SMALLEST && options->height >= SMALLEST && widest <= LARGEST))
    {
      g_set_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_SIZE,
                   _ ("A figure of %.4g × %.4g pt cannot be made: "
                      "width and height must be between %.0f and %.0f pt"),
                   options->width, options->height, SMALLEST, LARGEST);
      return FALSE;
    }
  if (format == IP_EXPORT_PNG && !(options->dpi > 0 && pixels <= MOST_PIXELS))
    {
      g_set_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_SIZE,
                   _ ("%.4g dpi would make an image of %.0f pixels: at most %d are possible"),
                   options->dpi, pixels, MOST_PIXELS);
      return FALSE;
    }
  return TRUE;
}

/* Reproducible builds: https://reproducible-builds.org/specs/source-date-epoch */
static GDateTime *
get_date (void)
{
  const char *epoch = g_getenv ("SOURCE_DATE_EPOCH");
  guint64 seconds;

  if (epoch != NULL && g_ascii_string_to_unsigned (epoch, 10, 0, G_MAXINT32, &seconds, NULL))
    return g_date_time_new_from_unix_utc ((gint64) seconds);
  return g_date_time_new_now_utc ();
}

static void
set_pdf_metadata (cairo_surface_t *surface, const IpExportOptions *options)
{
  g_autoptr (GDateTime) date = get_date ();
  g_autofree char *created = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, CREATOR);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
  if (options->title != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, options->title);
  if (options->subject != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, options->subject);
  if (options->author != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_AUTHOR, options->author);
}

/* Comments of the document structure are lines of at most 255 printable ASCII characters; what is
 * longer goes on in lines that begin with a plus sign. */
#define EPS_LINE 200

static void
add_eps_comment (cairo_surface_t *surface, const char *keyword, const char *text)
{
  g_autofree char *ascii = NULL;

  if (text == NULL)
    return;
  ascii = g_str_to_ascii (text, "C");
  g_strcanon (ascii,
              " !\"#$%&'*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
              "abcdefghijklmnopqrstuvwxyz{|}~",
              ' ');
  for (const char *rest = ascii; rest == ascii || *rest != '\0';
       rest += MIN (strlen (rest), EPS_LINE))
    {
      g_autofree char *comment
        = rest == ascii ? g_strdup_printf ("%%%%%s: %.*s", keyword, EPS_LINE, rest)
                        : g_strdup_printf ("%%%%+ %.*s", EPS_LINE, rest);

      cairo_ps_surface_dsc_comment (surface, comment);
      if (*rest == '\0')
        break;
    }
}

static cairo_surface_t *
create_surface (IpExportFormat format, const IpExportOptions *options, GByteArray *bytes)
{
  double width = options->width;
  double height = options->height;
  cairo_surface_t *surface = NULL;

  switch (format)
    {
    case IP_EXPORT_PDF:
      surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, width, height);
      set_pdf_metadata (surface, options);
      break;
    case IP_EXPORT_SVG:
      surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, width, height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PT);
      break;
    case IP_EXPORT_PNG:
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                            (int) lround (width * options->dpi / 72),
                                            (int) lround (height * options->dpi / 72));
      cairo_surface_set_device_scale (surface, options->dpi / 72, options->dpi / 72);
      break;
    case IP_EXPORT_EPS:
      surface = cairo_ps_surface_create_for_stream (append_bytes, bytes, width, height);
      cairo_ps_surface_set_eps (surface, TRUE);
      add_eps_comment (surface, "Title", options->title);
      add_eps_comment (surface, "For", options->author);
      add_eps_comment (surface, "Subject", options->subject);
      break;
    default:
      g_assert_not_reached ();
    }
  return surface;
}

/* Cairo dates PostScript by the clock; the date asked for, or none, makes it reproducible. */
static void
set_eps_date (GByteArray *bytes)
{
  static const char keyword[] = "%%CreationDate: ";
  g_autoptr (GDateTime) date = get_date ();
  g_autofree char *created = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
  char *line = g_strstr_len ((char *) bytes->data, (gssize) bytes->len, keyword);
  gsize at;
  gsize length;

  if (line == NULL)
    return;
  line += strlen (keyword);
  at = (gsize) (line - (char *) bytes->data);
  length = strcspn (line, "\n");
  memset (line, ' ', length);
  memcpy (bytes->data + at, created, MIN (length, strlen (created)));
}

/* Cairo numbers its drawings over the life of the process; a fixed name makes the same file twice.
 * A title and a description are what screen readers read. */
static void
set_svg_metadata (GByteArray *bytes, const IpExportOptions *options)
{
  g_autofree char *svg = g_strndup ((const char *) bytes->data, bytes->len);
  g_autofree char *title = g_markup_escape_text (options->title ? options->title : "", -1);
  g_autofree char *subject = g_markup_escape_text (options->subject ? options->subject : "", -1);
  const char *body = strstr (svg, "<svg ");
  const char *group = strstr (svg, "<g id=\"surface");
  GString *result = g_string_sized_new (bytes->len + 256);

  body = body ? strchr (body, '\n') : NULL;
  g_return_if_fail (body != NULL);
  g_string_append_len (result, svg, body + 1 - svg);
  if (options->title != NULL)
    g_string_append_printf (result, "<title>%s</title>\n", title);
  if (options->subject != NULL)
    g_string_append_printf (result, "<desc>%s</desc>\n", subject);
  if (group != NULL && group > body)
    {
      g_string_append_len (result, body + 1, group - body - 1);
      g_string_append (result, "<g id=\"figure");
      body = strchr (group + strlen ("<g id=\""), '"') - 1;
    }
  g_string_append (result, body + 1);
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, (const guint8 *) result->str, (guint) result->len);
  g_string_free (result, TRUE);
}

static gboolean
render (IpFigure *figure,
        const IpTheme *theme,
        IpExportFormat format,
        const IpExportOptions *options,
        GByteArray *bytes,
        GError **error)
{
  PangoContext *context = ip_figure_create_context ();
  cairo_surface_t *surface = create_surface (format, options, bytes);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  ip_figure_layout (figure, context, theme, options->width, options->height);
  g_object_unref (context);
  if (format == IP_EXPORT_PNG) /* the size is rounded up to whole pixels */
    {
      cairo_set_source_rgb (cr, theme->background.red, theme->background.green,
                            theme->background.blue);
      cairo_paint (cr);
    }
  ip_figure_draw (figure, cr, IP_FIGURE_ALL);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && format == IP_EXPORT_PNG)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_SIZE,
                   _ ("The figure of %.4g × %.4g pt could not be drawn: %s"), options->width,
                   options->height, cairo_status_to_string (status));
      return FALSE;
    }
  if (format == IP_EXPORT_PNG)
    ip_png_add_metadata (bytes, options->dpi, options->title, options->subject);
  if (format == IP_EXPORT_SVG)
    set_svg_metadata (bytes, options);
  if (format == IP_EXPORT_EPS)
    set_eps_date (bytes);
  return TRUE;
}

static gboolean
fail_to_write (const char *path, const char *reason, const char *remedy, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_WRITE, _ ("Cannot write “%s”: %s. %s"),
               name, reason, remedy);
  return FALSE;
}

/* A rename would replace a file that may not be written, or a device. */
static gboolean
check_target (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return fail_to_write (path, _ ("there is no such folder"),
                          _ ("Create the folder or choose another one."), error);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return fail_to_write (path, _ ("it is not a regular file"), _ ("Choose another name."), error);
  if (g_access (path, W_OK) != 0)
    return fail_to_write (path, g_strerror (errno),
                          _ ("Allow writing to the file or choose another name."), error);
  return TRUE;
}

/* The file behind a symbolic link is what the user means to replace. */
static char *
resolve_path (const char *path)
{
  char *resolved = realpath (path, NULL);
  char *copy = g_strdup (resolved ? resolved : path);

  free (resolved);
  return copy;
}

static gboolean
write_bytes (GFile *file, const GByteArray *bytes, GError **error)
{
  g_autofree char *given = g_file_get_path (file);
  g_autofree char *path = NULL;
  g_autoptr (GError) problem = NULL;

  if (given == NULL)
    {
      g_autofree char *uri = g_file_get_uri (file);

      return fail_to_write (uri, _ ("it is not on a mounted file system"),
                            _ ("Choose a folder on this computer."), error);
    }
  path = resolve_path (given);
  if (!check_target (path, error))
    return FALSE;
  if (!g_file_set_contents_full (path, (const char *) bytes->data, (gssize) bytes->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                 &problem))
    return fail_to_write (path, problem->message,
                          _ ("Make room on the disk or choose another folder."), error);
  return TRUE;
}

gboolean
ip_export_figure (IpFigure *figure,
                  const IpTheme *theme,
                  GFile *file,
                  IpExportFormat format,
                  const IpExportOptions *options,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_return_val_if_fail (IP_IS_FIGURE (figure), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  return check_size (format, options, error) &&
         render (figure, theme, format, options, bytes, error) &&
         !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         write_bytes (file, bytes, error);
}
