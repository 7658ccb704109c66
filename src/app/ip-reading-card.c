/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-reading-card.h"

#include "ip-appearance.h"
#include "ip-estimator.h"
#include "ip-swatch.h"

#include <glib/gi18n.h>
#include <math.h>

#define DISTANCE 32 /* from the point, pixels */
#define MARGIN 6

struct _IpReadingCard
{
  GtkWidget parent_instance;

  IpSwatch *swatch;
  GtkLabel *layer;
  GtkLabel *epoch;
  GtkLabel *run;
  GtkLabel *x_name;
  GtkLabel *x_value;
  GtkLabel *y_name;
  GtkLabel *y_value;
  GtkLabel *note;
};

G_DEFINE_FINAL_TYPE (IpReadingCard, ip_reading_card, GTK_TYPE_WIDGET)

static char *
format_value (const IpReading *reading, const IpFigureQuantity *quantity)
{
  if (!isfinite (reading->value))
    return g_strdup (_("no value"));
  if (quantity->unit == NULL)
    return g_strdup_printf ("%.4g", reading->value);
  if (isfinite (reading->lower) && isfinite (reading->upper) && reading->lower < reading->upper)
    /* Translators: value, its lower and upper bound, unit. */
    return g_strdup_printf (_("%.3f [%.3f, %.3f] %s"),
                            reading->value, reading->lower, reading->upper, quantity->unit);
  return g_strdup_printf ("%.3f %s", reading->value, quantity->unit);
}

/* The value of what a figure sweeps over, NULL in others. */
static char *
format_parameter (IpFigure *figure, const IpTrackPoint *point)
{
  const char *title = ip_figure_get_parameter (figure);
  g_autofree char *plain = NULL;

  if (title == NULL || !pango_parse_markup (title, -1, 0, NULL, &plain, NULL, NULL))
    return NULL;
  return g_strdup_printf ("%s %.4g", plain, point->across);
}

static char *
format_title (const IpTrack *track, const IpTrackPoint *point, const char *run)
{
  g_autofree char *epoch = g_strdup_printf ("%" G_GINT64_FORMAT, point->epoch);

  if (run != NULL)
    /* Translators: run, layer, epoch. */
    return g_strdup_printf (_("%s %s · epoch %s"), run, track->layer, epoch);
  /* Translators: layer, epoch. */
  return g_strdup_printf (_("%s · epoch %s"), track->layer, epoch);
}

static void
ip_reading_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ip_reading_card_parent_class)->dispose (object);
}

static void
ip_reading_card_class_init (IpReadingCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_reading_card_dispose;
  g_type_ensure (IP_TYPE_SWATCH);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/infoplane/Infoplane/ip-reading-card.ui");
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, swatch);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, layer);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, epoch);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, run);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, x_name);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, x_value);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, y_name);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, y_value);
  gtk_widget_class_bind_template_child (widget_class, IpReadingCard, note);
  gtk_widget_class_set_css_name (widget_class, "reading-card");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLTIP);
}

static void
ip_reading_card_init (IpReadingCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_reading (GtkLabel *name,
             GtkLabel *value,
             const IpReading *reading,
             const IpFigureQuantity *quantity)
{
  g_autofree char *text = quantity != NULL ? format_value (reading, quantity) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (name), quantity != NULL);
  gtk_widget_set_visible (GTK_WIDGET (value), quantity != NULL);
  if (quantity == NULL)
    return;
  if (!g_str_equal (gtk_label_get_label (name), quantity->markup)) /* it would be laid out anew */
    gtk_label_set_markup (name, quantity->markup);
  gtk_label_set_label (value, text);
}

void
ip_reading_card_set_point (IpReadingCard *self,
                           IpFigure *figure,
                           guint track, guint point,
                           const char *run)
{
  const IpTrack *shown = ip_figure_get_track (figure, track);
  const IpTrackPoint *at = &shown->points[point];
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, at->epoch);
  g_autofree char *epoch = g_strdup_printf (_("epoch %s"), number);
  g_autofree char *parameter = format_parameter (figure, at);

  g_return_if_fail (IP_IS_READING_CARD (self));

  ip_swatch_set_style (self->swatch, shown->style);
  gtk_label_set_label (self->layer, shown->layer);
  gtk_label_set_label (self->epoch, parameter != NULL ? parameter : epoch);
  gtk_label_set_label (self->run, run != NULL ? run : "");
  gtk_widget_set_visible (GTK_WIDGET (self->run), run != NULL);
  set_reading (self->x_name, self->x_value, &at->x, ip_figure_get_quantity (figure, 0));
  set_reading (self->y_name, self->y_value, &at->y, ip_figure_get_quantity (figure, 1));
  gtk_label_set_label (self->note, at->note != NULL ? at->note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), at->note != NULL && *at->note != '\0');
}

/* Of a rectangle in pixels. */
static double
get_cover (IpFigure *figure, double x, double y, double width, double height)
{
  return ip_figure_get_cover (figure, x * IP_POINTS_PER_PIXEL, y * IP_POINTS_PER_PIXEL,
                              width * IP_POINTS_PER_PIXEL, height * IP_POINTS_PER_PIXEL);
}

void
ip_reading_card_find_place (IpReadingCard *self,
                            IpFigure *figure,
                            guint track, guint point, guint panel,
                            int width, int height,
                            GtkAllocation *place)
{
  const struct
  {
    double dx, dy; /* direction from the point */
  } sides[] = { { 1, -0.3 }, { -1, -0.3 }, { 1, 0.3 }, { -1, 0.3 }, { 1, -1 },
                { -1, -1 }, { 1, 1 }, { -1, 1 }, { 0, -1 }, { 0, 1 } };
  GtkRequisition size;
  double point_x, point_y;
  double least = INFINITY;

  g_return_if_fail (IP_IS_READING_CARD (self));

  gtk_widget_get_preferred_size (GTK_WIDGET (self), NULL, &size);
  *place = (GtkAllocation) { 0, 0, size.width, size.height };
  if (!ip_figure_get_point_place (figure, track, point, panel, &point_x, &point_y))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      double wanted_x = point_x / IP_POINTS_PER_PIXEL
                        + sides[i].dx * (DISTANCE + size.width / 2.0) - size.width / 2.0;
      double wanted_y = point_y / IP_POINTS_PER_PIXEL
                        + sides[i].dy * (DISTANCE + size.height / 2.0) - size.height / 2.0;
      double x = CLAMP (wanted_x, MARGIN, MAX (MARGIN, width - MARGIN - size.width));
      double y = CLAMP (wanted_y, MARGIN, MAX (MARGIN, height - MARGIN - size.height));
      double cost = get_cover (figure, x - MARGIN, y - MARGIN, size.width + 2 * MARGIN,
                               size.height + 2 * MARGIN)
                    + fabs (x - wanted_x) + fabs (y - wanted_y);

      if (cost >= least)
        continue;
      least = cost;
      place->x = (int) x;
      place->y = (int) y;
    }
}

static void
append_reading (GString *text, const IpReading *reading, const IpFigureQuantity *quantity)
{
  g_autofree char *value = NULL;
  g_autofree char *name = NULL;

  if (quantity == NULL)
    return;
  value = format_value (reading, quantity);
  if (pango_parse_markup (quantity->markup, -1, 0, NULL, &name, NULL, NULL))
    g_string_append_printf (text, "%s %s", name, value);
}

char *
ip_reading_format (IpFigure *figure, guint track, guint point, const char *run)
{
  const IpTrack *shown = ip_figure_get_track (figure, track);
  const IpTrackPoint *at = &shown->points[point];
  g_autofree char *title = format_title (shown, at, run);
  g_autofree char *parameter = format_parameter (figure, at);
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s: ", title);
  if (parameter != NULL)
    g_string_append_printf (text, "%s, ", parameter);
  append_reading (text, &at->x, ip_figure_get_quantity (figure, 0));
  if (ip_figure_get_quantity (figure, 1) != NULL)
    g_string_append (text, ", ");
  append_reading (text, &at->y, ip_figure_get_quantity (figure, 1));
  if (at->note != NULL && *at->note != '\0')
    g_string_append_printf (text, "; %s", at->note);
  return g_string_free (text, FALSE);
}
