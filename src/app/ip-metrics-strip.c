/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-metrics-strip.h"

#include "ip-appearance.h"

#include <glib/gi18n.h>
#include <math.h>

/* Loss, accuracy and the like of the visible runs, signal-to-noise ratio of the gradient and
 * norm of the weights of their visible layers, over the same epochs and between the same edges
 * as the epoch slider above.  "train_loss" and "test_loss" share a row, since their names end
 * alike; so do layers, in their colours. */

#define ROW_HEIGHT 84
#define LOW_ROW_HEIGHT 60 /* of more than two */
#define LEAST_ROW_HEIGHT 36
#define ROW_GAP 12
#define MAX_ROWS 4
#define TITLE_LEFT 16
#define TICK_GAP 8 /* beside the labels of ticks */
#define GRADIENT_SNR "gradient snr" /* no metric has such names */
#define WEIGHT_NORM "weight norm"

typedef struct
{
  IpMetricsStrip *strip;
  cairo_t *cr;
  IpTheme theme;
  double left, right, top, bottom;
  double gap; /* above and below */
  double lo, hi;
  int tick_width; /* of the widest label beside the title */
  gboolean logarithmic;
  gint64 first, last;
  IpScale scale;
} Row;

struct _IpMetricsStrip
{
  GtkWidget parent_instance;

  IpSession *session;
  IpEpochScale *scale;
  GPtrArray *quantities; /* what the rows show: "loss", "acc" */
};

G_DEFINE_FINAL_TYPE (IpMetricsStrip, ip_metrics_strip, GTK_TYPE_WIDGET)

/* "loss" of "train_loss" */
static const char *
get_quantity (const char *name)
{
  const char *underscore = strchr (name, '_');

  return underscore != NULL && underscore[1] != '\0' ? underscore + 1 : name;
}

static char *
get_title (const char *quantity)
{
  if (g_str_equal (quantity, "loss"))
    return g_strdup (_("Loss"));
  if (g_str_has_prefix (quantity, "acc"))
    return g_strdup (_("Accuracy"));
  if (g_str_equal (quantity, GRADIENT_SNR))
    return g_strdup (_("Gradient SNR"));
  if (g_str_equal (quantity, WEIGHT_NORM))
    return g_strdup (_("Weight norm"));
  return g_strdup (quantity);
}

static gboolean
is_train (const char *name)
{
  return g_str_has_prefix (name, "train");
}

/* A metric of a run, or a statistic of one of its layers. */
typedef struct
{
  const char *quantity; /* what its row shows */
  const char *name;     /* of the metric; NULL for a layer */
  guint style;          /* of the layer */
  IpDump *dump;
  const double *values; /* [n_epochs] */
  guint n_runs;         /* that are visible */
} Curve;

typedef void (*VisitCurve) (gpointer data, const Curve *curve);

static void
visit_metrics (IpRun *run, guint n_runs, VisitCurve visit, gpointer data)
{
  IpDump *dump = ip_run_get_dump (run);
  guint n;
  const IpMetric *metrics = ip_dump_get_metrics (dump, &n);

  for (guint i = 0; i < n; i++)
    visit (data, &(Curve) { get_quantity (metrics[i].name), metrics[i].name, 0, dump,
                            metrics[i].values, n_runs });
}

static double *
find_snr (const IpLayer *layer, guint n_epochs)
{
  double *snr = g_new (double, n_epochs);

  for (guint i = 0; i < n_epochs; i++)
    snr[i] = layer->grad_mean[i] / layer->grad_std[i];
  return snr;
}

static void
visit_layers (IpRun *run, guint n_runs, VisitCurve visit, gpointer data)
{
  IpDump *dump = ip_run_get_dump (run);
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  for (guint i = 0; i < ip_dump_get_n_layers (dump); i++)
    {
      const IpLayer *layer = ip_dump_get_layer (dump, i);
      IpRunLayer *shown = ip_run_get_layer (run, i);
      Curve curve = { .style = ip_run_layer_get_style (shown), .dump = dump, .n_runs = n_runs };

      if (!ip_run_layer_get_visible (shown))
        continue;
      if (layer->grad_mean != NULL && layer->grad_std != NULL)
        {
          g_autofree double *snr = find_snr (layer, n_epochs);

          curve.quantity = GRADIENT_SNR;
          curve.values = snr;
          visit (data, &curve);
        }
      if (layer->weight_norm != NULL)
        {
          curve.quantity = WEIGHT_NORM;
          curve.values = layer->weight_norm;
          visit (data, &curve);
        }
    }
}

static void
for_each_curve (IpMetricsStrip *self, VisitCurve visit, gpointer data)
{
  GListModel *runs = ip_session_get_runs (self->session);
  guint n_visible = 0;

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      n_visible += ip_run_get_visible (run);
    }
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      if (!ip_run_get_visible (run))
        continue;
      visit_metrics (run, n_visible, visit, data);
      visit_layers (run, n_visible, visit, data);
    }
}

static void
collect_quantity (gpointer data, const Curve *curve)
{
  GPtrArray *quantities = data;

  if (!g_ptr_array_find_with_equal_func (quantities, curve->quantity, g_str_equal, NULL))
    g_ptr_array_add (quantities, g_strdup (curve->quantity));
}

static guint
get_rank (const char *quantity)
{
  static const char *const first[] = { "loss", "acc", GRADIENT_SNR, WEIGHT_NORM };
  guint rank = 0;

  while (rank < G_N_ELEMENTS (first) && !g_str_has_prefix (quantity, first[rank]))
    rank++;
  return rank;
}

/* Loss first, then accuracy and what layers have; the rest by name. */
static int
compare_quantities (gconstpointer a, gconstpointer b)
{
  const char *one = *(const char *const *) a, *other = *(const char *const *) b;
  int order = (int) get_rank (one) - (int) get_rank (other);

  return order != 0 ? order : strcmp (one, other);
}

/* NAN where the row has no place for it. */
static double
get_position (const Row *row, double value)
{
  return !row->logarithmic ? value : value > 0 ? log10 (value) : NAN;
}

static void
extend_range (gpointer data, const Curve *curve)
{
  Row *row = data;
  guint n_epochs;

  ip_dump_get_epochs (curve->dump, &n_epochs);
  for (guint i = 0; i < n_epochs; i++)
    {
      double position = get_position (row, curve->values[i]);

      if (!isfinite (position))
        continue;
      row->lo = MIN (row->lo, position);
      row->hi = MAX (row->hi, position);
    }
}

static double
get_x (const Row *row, gint64 epoch)
{
  return row->left
         + (row->right - row->left) * ip_epoch_position (epoch, row->first, row->last, row->scale);
}

static double
get_y (const Row *row, double position)
{
  return row->bottom - (row->bottom - row->top) * (position - row->lo) / (row->hi - row->lo);
}

static void
set_colour (cairo_t *cr, const IpColour *colour, double alpha)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, alpha);
}

static PangoLayout *
create_layout (const Row *row, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (row->strip), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

/* xalign, yalign: which part of the text stands at the place. */
static void
draw_layout (const Row *row, PangoLayout *layout, double x, double y, double xalign, double yalign,
             const IpColour *colour)
{
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (row->cr, x - xalign * width, y - yalign * height);
  set_colour (row->cr, colour, 1);
  pango_cairo_show_layout (row->cr, layout);
}

static void
draw_text (const Row *row, double x, double y, double xalign, double yalign, const char *text,
           const IpColour *colour)
{
  g_autoptr (PangoLayout) layout = create_layout (row, text);

  draw_layout (row, layout, x, y, xalign, yalign, colour);
}

/* Beside the labels of the ticks, as far as they leave room for it. */
static void
draw_title (const Row *row, const char *title)
{
  g_autoptr (PangoLayout) layout = create_layout (row, title);
  double room = row->left - TICK_GAP - row->tick_width - TICK_GAP - TITLE_LEFT;

  pango_layout_set_width (layout, (int) (MAX (room, 0) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  draw_layout (row, layout, TITLE_LEFT, (row->top + row->bottom) / 2, 0, 0.5, &row->theme.text);
}

static double
measure_line (const Row *row)
{
  g_autoptr (PangoLayout) layout = create_layout (row, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

/* 1, 2, 5, 10, … */
static double
get_wider_step (double step)
{
  double decade = pow (10, floor (log10 (step) + 1e-9));

  return decade * (step < 1.5 * decade ? 2 : step < 3 * decade ? 5 : 10);
}

/* The range in whole steps. */
static void
round_range (const Row *row, double step, double *lo, double *hi)
{
  *lo = floor (row->lo / step + 1e-9) * step;
  *hi = ceil (row->hi / step - 1e-9) * step;
}

static void
draw_tick_label (Row *row, double y, const char *text)
{
  g_autoptr (PangoLayout) layout = create_layout (row, text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (fabs (y - (row->top + row->bottom) / 2) < 0.75 * height) /* of ink */
    row->tick_width = MAX (row->tick_width, width);
  draw_layout (row, layout, row->left - TICK_GAP, y, 1, 0.5, &row->theme.dim);
}

static void
draw_ticks (Row *row)
{
  double line = measure_line (row);
  double lo, hi;
  double step = pow (10, floor (log10 ((row->hi - row->lo) / 1.5)));
  int digits;

  if ((row->hi - row->lo) / step > 6)
    step *= 5;
  else if ((row->hi - row->lo) / step > 3)
    step *= 2;
  if (row->logarithmic)
    step = row->hi - row->lo > 2 ? 2 : 1; /* decades */
  round_range (row, step, &lo, &hi);
  while ((row->bottom - row->top) * step < 0.9 * line * (hi - lo) && hi - lo > 2.5 * step)
    {
      step = row->logarithmic ? 2 * step : get_wider_step (step);
      round_range (row, step, &lo, &hi);
    }
  row->lo = lo;
  row->hi = hi;
  digits = (int) CLAMP (ceil (-log10 (step)), 0, 6);

  cairo_set_line_width (row->cr, 1);
  for (double value = row->lo; value <= row->hi + step / 2; value += step)
    {
      g_autofree char *text = row->logarithmic
                                ? g_strdup_printf ("%g", pow (10, round (value)))
                                : g_strdup_printf ("%.*f", digits, value + 0.0);
      double y = floor (get_y (row, value)) + 0.5;

      set_colour (row->cr, &row->theme.grid, 1);
      cairo_move_to (row->cr, row->left, y);
      cairo_line_to (row->cr, row->right, y);
      cairo_stroke (row->cr);
      draw_tick_label (row, y, text);
    }
}

static void
set_pen (const Row *row, const Curve *curve)
{
  IpColour colour = row->theme.axis;
  gboolean train = curve->name != NULL && is_train (curve->name);

  if (curve->name == NULL)
    colour = ip_theme_get_series (&row->theme, curve->style);
  else if (train)
    colour = row->theme.text;
  set_colour (row->cr, &colour, curve->n_runs > 1 ? 0.5 : 1);
  cairo_set_line_width (row->cr, train ? 1.5 : 1.25);
  cairo_set_line_join (row->cr, CAIRO_LINE_JOIN_ROUND);
}

static void
draw_curve (gpointer data, const Curve *curve)
{
  Row *row = data;
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (curve->dump, &n_epochs);
  gboolean pen_down = FALSE;

  for (guint i = 0; i < n_epochs; i++)
    {
      double position = get_position (row, curve->values[i]);

      if (!isfinite (position))
        {
          pen_down = FALSE;
          continue;
        }
      if (pen_down)
        cairo_line_to (row->cr, get_x (row, epochs[i]), get_y (row, position));
      else
        cairo_move_to (row->cr, get_x (row, epochs[i]), get_y (row, position));
      pen_down = TRUE;
    }
  set_pen (row, curve);
  cairo_stroke (row->cr);
}

/* What a single run has at the selected epoch, with a dot on its curve; layers are too many. */
typedef struct
{
  Row *row;
  gint64 epoch;
  double y[8];
  const char *names[8];
  double values[8];
  guint n;
} Reading;

static void
read_metric (gpointer data, const Curve *curve)
{
  Reading *reading = data;
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (curve->dump, &n_epochs);

  if (curve->n_runs != 1 || curve->name == NULL || reading->n == G_N_ELEMENTS (reading->y))
    return;
  for (guint i = 0; i < n_epochs; i++)
    if (epochs[i] == reading->epoch && isfinite (curve->values[i]))
      {
        reading->names[reading->n] = curve->name;
        reading->values[reading->n] = curve->values[i];
        reading->y[reading->n++] = get_y (reading->row, curve->values[i]);
      }
}

/* "train 0.532" */
static void
draw_reading (const Reading *reading, guint number, double y)
{
  const Row *row = reading->row;
  const char *name = reading->names[number];
  const char *underscore = strchr (name, '_');
  g_autofree char *part
    = underscore != NULL ? g_strndup (name, underscore - name) : g_strdup (name);
  g_autofree char *text = g_strdup_printf ("%s %.3f", part, reading->values[number]);

  draw_text (row, row->right + 10, y, 0, 0.5, text,
             is_train (name) ? &row->theme.text : &row->theme.dim);
  cairo_arc (row->cr, get_x (row, reading->epoch), reading->y[number], 3, 0, 2 * G_PI);
  set_colour (row->cr, is_train (name) ? &row->theme.text : &row->theme.axis, 1);
  cairo_fill (row->cr);
}

/* From the top down, each clear of the one before, all within the row as far as it is high. */
static void
draw_readings (const Reading *reading)
{
  const Row *row = reading->row;
  double line = MAX (16, measure_line (row));
  guint order[G_N_ELEMENTS (reading->y)];
  double places[G_N_ELEMENTS (reading->y)];
  double excess;

  for (guint k = 0; k < reading->n; k++)
    {
      guint i = k;

      for (; i > 0 && reading->y[order[i - 1]] > reading->y[k]; i--)
        order[i] = order[i - 1];
      order[i] = k;
    }
  for (guint k = 0; k < reading->n; k++)
    {
      places[k] = CLAMP (reading->y[order[k]], row->top + 4, row->bottom - 4);
      if (k > 0)
        places[k] = MAX (places[k], places[k - 1] + line);
    }
  excess = reading->n > 0 ? places[reading->n - 1] + line / 2 - row->bottom - row->gap : 0;
  for (guint k = 0; k < reading->n; k++)
    draw_reading (reading, order[k], places[k] - MAX (excess, 0));
}

typedef struct
{
  const char *quantity;
  VisitCurve visit;
  gpointer data;
} Filter;

static void
visit_quantity (gpointer data, const Curve *curve)
{
  Filter *filter = data;

  if (g_str_equal (curve->quantity, filter->quantity))
    filter->visit (filter->data, curve);
}

static void
draw_row (Row *row, const char *quantity)
{
  g_autofree char *title = get_title (quantity);
  Reading reading = { .row = row, .epoch = ip_session_get_epoch (row->strip->session) };
  double x = floor (get_x (row, reading.epoch)) + 0.5;

  row->logarithmic = g_str_equal (quantity, GRADIENT_SNR);
  row->lo = G_MAXDOUBLE;
  row->hi = -G_MAXDOUBLE;
  row->tick_width = 0;
  for_each_curve (row->strip, visit_quantity, &(Filter) { quantity, extend_range, row });
  if (row->lo > row->hi)
    return;
  if (row->hi - row->lo < 1e-9 * MAX (1, fabs (row->hi)))
    {
      row->lo -= 0.5;
      row->hi += 0.5;
    }
  draw_ticks (row);
  draw_title (row, title);
  for_each_curve (row->strip, visit_quantity, &(Filter) { quantity, draw_curve, row });
  set_colour (row->cr, &row->theme.accent, 1);
  cairo_set_line_width (row->cr, 1);
  cairo_move_to (row->cr, x, row->top - row->gap);
  cairo_line_to (row->cr, x, row->bottom);
  cairo_stroke (row->cr);
  for_each_curve (row->strip, visit_quantity, &(Filter) { quantity, read_metric, &reading });
  draw_readings (&reading);
}

static guint
get_n_rows (IpMetricsStrip *self)
{
  return MIN (self->quantities->len, MAX_ROWS);
}

static double
get_row_height (IpMetricsStrip *self)
{
  return get_n_rows (self) > 2 ? LOW_ROW_HEIGHT : ROW_HEIGHT;
}

static void
ip_metrics_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  IpMetricsStrip *self = IP_METRICS_STRIP (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  guint n_epochs = 0;
  const gint64 *epochs;
  Row row = { .strip = self };
  guint n_rows;
  double row_height;

  if (self->session == NULL || get_n_rows (self) == 0)
    return;
  epochs = ip_session_get_epochs (self->session, &n_epochs);
  if (n_epochs == 0)
    return;

  ip_epoch_scale_get_edges (self->scale, widget, &row.left, &row.right);
  row.first = epochs[0];
  row.last = epochs[n_epochs - 1];
  row.scale = ip_session_get_epoch_scale (self->session);
  ip_appearance_get_theme (widget, &row.theme);
  row.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  n_rows = MIN (get_n_rows (self), (guint) height / LEAST_ROW_HEIGHT);
  row_height = n_rows > 0 ? MIN ((double) height / n_rows, get_row_height (self)) : 0;
  row.gap = MIN (ROW_GAP, row_height / 6);
  for (guint i = 0; i < n_rows; i++)
    {
      row.top = i * row_height + row.gap;
      row.bottom = row.top + row_height - 2 * row.gap;
      draw_row (&row, self->quantities->pdata[i]);
    }
  cairo_destroy (row.cr);
}

static void
ip_metrics_strip_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  IpMetricsStrip *self = IP_METRICS_STRIP (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = 240;
  else
    {
      /* In a low window the figure needs the place: rows are lower, and left out in the end. */
      *minimum = 0;
      *natural = get_n_rows (self) > 0
                   ? (int) (get_n_rows (self) * get_row_height (self)) + ROW_GAP / 2
                   : 0;
    }
}

static void
session_changed_cb (IpMetricsStrip *self)
{
  guint n_rows = get_n_rows (self);

  g_ptr_array_set_size (self->quantities, 0);
  for_each_curve (self, collect_quantity, self->quantities);
  g_ptr_array_sort (self->quantities, compare_quantities);
  if (n_rows != get_n_rows (self))
    gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ip_metrics_strip_dispose (GObject *object)
{
  IpMetricsStrip *self = IP_METRICS_STRIP (object);

  g_clear_object (&self->session);
  g_clear_object (&self->scale);
  G_OBJECT_CLASS (ip_metrics_strip_parent_class)->dispose (object);
}

static void
ip_metrics_strip_finalize (GObject *object)
{
  g_ptr_array_unref (IP_METRICS_STRIP (object)->quantities);
  G_OBJECT_CLASS (ip_metrics_strip_parent_class)->finalize (object);
}

static void
ip_metrics_strip_class_init (IpMetricsStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ip_metrics_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = ip_metrics_strip_finalize;
  widget_class->measure = ip_metrics_strip_measure;
  widget_class->snapshot = ip_metrics_strip_snapshot;
  gtk_widget_class_set_css_name (widget_class, "metrics-strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ip_metrics_strip_init (IpMetricsStrip *self)
{
  self->quantities = g_ptr_array_new_with_free_func (g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Loss, accuracy, gradients and weights against epochs"), -1);
  ip_appearance_watch (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}

void
ip_metrics_strip_set_session (IpMetricsStrip *self, IpSession *session, IpEpochScale *scale)
{
  g_return_if_fail (IP_IS_METRICS_STRIP (self));
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->scale = g_object_ref (scale);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
