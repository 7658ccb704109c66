/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-export.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static const IpFigureQuantity mi_xt = { "<i>I</i>(<i>X</i>; <i>T</i>)", "bits", 4,
                                        "log₂ <i>N</i> = 4 bits", TRUE };
static const IpFigureQuantity mi_ty = { "<i>I</i>(<i>T</i>; <i>Y</i>)", "bits", 1,
                                        "<i>H</i>(<i>Y</i>) = 1.000 bit", FALSE };

typedef struct
{
  char *folder;
  IpFigure *figure;
  IpTheme theme;
  IpExportOptions options;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  IpTrack track = { .run = g_strdup ("run"), .layer = g_strdup ("hidden"), .n_points = 3 };

  g_setenv ("SOURCE_DATE_EPOCH", "1700000000", TRUE);
  fixture->folder = g_dir_make_tmp ("infoplane-export-XXXXXX", NULL);
  fixture->figure = ip_figure_new (IP_FIGURE_EPOCHS);
  track.points = g_new0 (IpTrackPoint, 3);
  for (guint i = 0; i < 3; i++)
    track.points[i] = (IpTrackPoint){ .epoch = i,
                                      .x = { i + 1, i, i + 2 },
                                      .y = { 0.5, NAN, NAN } };
  ip_figure_take_track (fixture->figure, &track);
  ip_figure_set_quantity (fixture->figure, 0, &mi_xt);
  ip_figure_set_quantity (fixture->figure, 1, &mi_ty);
  ip_figure_set_provenance (fixture->figure, "Binning, 30 bins", NULL);
  ip_theme_init_paper (&fixture->theme);
  /* Installed wherever the tests run. */
  g_strlcpy (fixture->theme.family, "DejaVu Sans", sizeof fixture->theme.family);
  fixture->options = (IpExportOptions){ .width = 241,
                                        .height = 180,
                                        .dpi = 300,
                                        .title = "A title with α",
                                        .subject = "Binning, 30 bins" };
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_object_unref (fixture->figure);
}

static gboolean
export (Fixture *fixture, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  IpExportFormat format;

  return ip_export_format_from_path (path, &format, error) &&
         ip_export_figure (fixture->figure, &fixture->theme, file, format, &fixture->options, NULL,
                           error);
}

/* Exports and returns the file's bytes. */
static GBytes *
export_bytes (Fixture *fixture, const char *name, char **path_out)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize length;

  export (fixture, path, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  if (path_out != NULL)
    *path_out = g_steal_pointer (&path);
  return g_bytes_new_take (contents, length);
}

static char *
run (const char *program, const char *first, const char *second, const char *third)
{
  const char *arguments[] = { program, first, second, third, NULL };
  g_autofree char *found = g_find_program_in_path (program);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  if (found == NULL)
    {
      g_test_skip_printf ("%s is not installed", program);
      return NULL;
    }
  process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  return output;
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in “%s”", part, text);
}

static void
test_formats (void)
{
  static const struct
  {
    const char *path;
    int format;
  } cases[] = {
    { "a.pdf", IP_EXPORT_PDF }, { "/x/b.SVG", IP_EXPORT_SVG }, { "c.d.png", IP_EXPORT_PNG },
    { "e.eps", IP_EXPORT_EPS }, { "a.jpg", -1 },               { "pdf", -1 },
    { "a.pdf/b", -1 },          { "", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      IpExportFormat format = 99;
      gboolean known = ip_export_format_from_path (cases[i].path, &format, &error);

      g_assert_cmpint (known, ==, cases[i].format >= 0);
      if (known)
        g_assert_cmpint (format, ==, cases[i].format);
      else
        g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_FORMAT);
    }
}

static void
test_lengths (void)
{
  static const struct
  {
    const char *text;
    double points;
  } cases[] = {
    { "8.5cm", 8.5 * 72 / 2.54 }, { "85 mm", 85 * 72 / 25.4 }, { "3.3in", 3.3 * 72 },
    { "240pt", 240 },             { "640px", 480 },            { " 1e2 pt ", 100 },
    { "8,5cm", NAN },             { "-3cm", NAN },             { "0pt", NAN },
    { "12", NAN },                { "cm", NAN },               { "", NAN },
    { "nanpt", NAN },             { "infpt", NAN },            { "3furlong", NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double points = -1;
      gboolean read = ip_length_parse (cases[i].text, &points);

      g_assert_cmpint (read, ==, !isnan (cases[i].points));
      if (read)
        g_assert_cmpfloat_with_epsilon (points, cases[i].points, 1e-9);
    }
}

static void
test_pdf_fonts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) bytes = export_bytes (fixture, "figure.pdf", &path);
  g_autofree char *fonts = run ("pdffonts", path, NULL, NULL);

  if (fonts == NULL)
    return;
  assert_contains (fonts, "yes yes yes");
  g_assert_null (strstr (fonts, "Type 3"));
}

static void
test_pdf_text (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) bytes = export_bytes (fixture, "figure.pdf", &path);
  g_autofree char *text = run ("pdftotext", path, "-", NULL);

  if (text == NULL)
    return;
  assert_contains (text, "hidden");
  assert_contains (text, "[bits]");
  assert_contains (text, "Binning, 30 bins");
  assert_contains (text, "epoch");
}

static void
test_pdf_metadata (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) bytes = export_bytes (fixture, "figure.pdf", &path);
  g_autofree char *info = run ("pdfinfo", "-isodates", path, NULL);

  if (info == NULL)
    return;
  assert_contains (info, "A title with α");
  assert_contains (info, "Infoplane");
  assert_contains (info, "2023-11-14T22:13:20Z");
  assert_contains (info, "241 x 180 pts");
  assert_contains (info, "Subject:");
  g_assert_null (strstr (info, "Author:"));
}

static void
test_svg (Fixture *fixture, gconstpointer data)
{
  static const GMarkupParser ignore = { 0 };
  g_autoptr (GBytes) bytes = export_bytes (fixture, "figure.svg", NULL);
  g_autoptr (GMarkupParseContext) parser = g_markup_parse_context_new (&ignore, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autofree char *copy = g_strndup (text, length);

  g_assert_true (g_markup_parse_context_parse (parser, text, (gssize) length, &error));
  g_assert_true (g_markup_parse_context_end_parse (parser, &error));
  g_assert_no_error (error);
  assert_contains (copy, "width=\"241pt\"");
  assert_contains (copy, "<title>A title with α</title>");
  assert_contains (copy, "viewBox=\"0 0 241 180\"");
}

static guint32
read_number (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static void
test_png (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) bytes = export_bytes (fixture, "figure.png", &path);
  const guint8 *png = g_bytes_get_data (bytes, NULL);
  cairo_surface_t *image = cairo_image_surface_create_from_png (path);

  /* libpng checks the sums of the chunks. */
  g_assert_cmpint (cairo_surface_status (image), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (image), ==, 1004);
  g_assert_cmpint (cairo_image_surface_get_height (image), ==, 750);
  cairo_surface_destroy (image);
  g_assert_cmpmem (png + 37, 4, "pHYs", 4);
  g_assert_cmpuint (read_number (png + 33), ==, 9);
  g_assert_cmpuint (read_number (png + 41), ==, 11811);
  g_assert_cmpuint (read_number (png + 45), ==, 11811);
  g_assert_cmpuint (png[49], ==, 1);
  /* CRC-32 of these 13 bytes by zlib. */
  g_assert_cmphex (read_number (png + 50), ==, 0x78a53f76);
}

static void
test_eps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = export_bytes (fixture, "figure.eps", NULL);
  gsize length;
  const char *start = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (start, length);

  g_assert_true (g_str_has_prefix (text, "%!PS-Adobe-3.0 EPSF-3.0\n"));
  assert_contains (text, "%%BoundingBox: 0 0 241 180");
  assert_contains (text, "%%Title: A title with ?");
  assert_contains (text, "%%Subject: Binning, 30 bins\n");
  /* Cairo would turn what is translucent into an image. */
  g_assert_null (strstr (text, "/ImageType"));
}

static void
test_same_bytes (Fixture *fixture, gconstpointer name)
{
  g_autoptr (GBytes) first = export_bytes (fixture, name, NULL);
  g_autoptr (GBytes) second = export_bytes (fixture, name, NULL);

  g_assert_true (g_bytes_equal (first, second));
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

static void
test_unknown_ending (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "figure.gif", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (export (fixture, path, &error));
  g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_FORMAT);
  assert_contains (error->message, "figure.gif");
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "no", "figure.pdf", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (export (fixture, path, &error));
  g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_WRITE);
  assert_contains (error->message, path);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

static void
test_target_is_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "figure.pdf", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir (path, 0700);
  g_assert_false (export (fixture, path, &error));
  g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_WRITE);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

static void
test_read_only_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "figure.pdf", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_chmod (path, 0400);
  g_assert_false (export (fixture, path, &error));
  g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_WRITE);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "old");
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

static void
test_read_only_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "figure.pdf", NULL);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_chmod (fixture->folder, 0500);
  g_assert_false (export (fixture, path, &error));
  g_chmod (fixture->folder, 0700);
  g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_WRITE);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

static void
test_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *target = g_build_filename (fixture->folder, "target.svg", NULL);
  g_autofree char *link = g_build_filename (fixture->folder, "link.svg", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (target, "old", -1, NULL));
  g_assert_cmpint (symlink (target, link), ==, 0);
  export (fixture, link, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_get_contents (target, &contents, NULL, NULL));
  assert_contains (contents, "<svg");
}

static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  static const IpExportOptions bad[] = {
    { .width = NAN, .height = 100, .dpi = 72 },   { .width = 0, .height = 100, .dpi = 72 },
    { .width = 100, .height = -1, .dpi = 72 },    { .width = 1e9, .height = 100, .dpi = 72 },
    { .width = 14000, .height = 100, .dpi = 300 }, { .width = 100, .height = 100, .dpi = 0 },
    { .width = 100, .height = 100, .dpi = NAN },
  };
  g_autofree char *path = g_build_filename (fixture->folder, "figure.png", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      fixture->options = bad[i];
      g_assert_false (export (fixture, path, &error));
      g_assert_error (error, IP_EXPORT_ERROR, IP_EXPORT_ERROR_SIZE);
      g_assert_cmpuint (count_files (fixture->folder), ==, 0);
    }
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "figure.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (ip_export_figure (fixture->figure, &fixture->theme, file, IP_EXPORT_PDF,
                                    &fixture->options, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/formats", test_formats);
  g_test_add_func ("/export/lengths", test_lengths);
  ADD ("/export/pdf/fonts", NULL, test_pdf_fonts);
  ADD ("/export/pdf/text", NULL, test_pdf_text);
  ADD ("/export/pdf/metadata", NULL, test_pdf_metadata);
  ADD ("/export/svg", NULL, test_svg);
  ADD ("/export/png", NULL, test_png);
  ADD ("/export/eps", NULL, test_eps);
  ADD ("/export/same-bytes/pdf", "figure.pdf", test_same_bytes);
  ADD ("/export/same-bytes/svg", "figure.svg", test_same_bytes);
  ADD ("/export/same-bytes/png", "figure.png", test_same_bytes);
  ADD ("/export/same-bytes/eps", "figure.eps", test_same_bytes);
  ADD ("/export/unknown-ending", NULL, test_unknown_ending);
  ADD ("/export/no-folder", NULL, test_no_folder);
  ADD ("/export/target-is-folder", NULL, test_target_is_folder);
  ADD ("/export/read-only-file", NULL, test_read_only_file);
  ADD ("/export/read-only-folder", NULL, test_read_only_folder);
  ADD ("/export/link", NULL, test_link);
  ADD ("/export/sizes", NULL, test_sizes);
  ADD ("/export/cancelled", NULL, test_cancelled);
  return g_test_run ();
}
