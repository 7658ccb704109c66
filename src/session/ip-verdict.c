/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session-private.h"

#include "ip-findings.h"

#include <glib/gi18n.h>
#include <math.h>

/* What can be said about the numbers at the selected epoch, in words: which layers to distrust and
 * why.  Each rule names what was tested, so that nobody takes it for more. */

typedef struct
{
  unsigned flags;
  const char *title;
  const char *text;
} Rule;

/* clang-format off */
static const Rule rules[] = {
  { IP_FLAG_FAILED, N_("Failed"), N_("These layers could not be read or computed") },
  { IP_FLAG_NOT_FINITE, N_("Not finite"),
    N_("NaN or infinite activations at this epoch: there is no value") },
  { IP_FLAG_SATURATED, N_("Saturated"),
    N_("Within 2 % of the ceiling: nearly every sample has a pattern of its own, "
       "and the layers cannot be told apart") },
  { IP_FLAG_CONSTANT, N_("Constant"), N_("No unit varies: these layers carry no information") },
  { IP_FLAG_CLIPPED, N_("Clipped"),
    N_("Values outside the bins were counted in the end bins") },
  { IP_FLAG_DEAD_UNITS, N_("Dead units"), N_("Some units do not vary over the samples") },
  { IP_FLAG_N_SMALL, N_("Few samples"),
    N_("Fewer than 10 samples per occupied bin or class on average: the estimate is biased") },
  { IP_FLAG_NO_LABELS, N_("No classes"),
    N_("Without class labels there is no I(T;Y); real numbers are no classes") },
};
/* clang-format on */

static void
verdict_free (gpointer data)
{
  IpVerdict *verdict = data;

  g_free (verdict->title);
  g_free (verdict->text);
  g_free (verdict->explanation);
  g_free (verdict);
}

/* Takes the title. */
static IpVerdict *
add_verdict (GPtrArray *verdicts, gboolean warning, char *title, const char *text)
{
  IpVerdict *verdict = g_new0 (IpVerdict, 1);

  verdict->warning = warning;
  verdict->title = title;
  verdict->text = g_strdup (text);
  g_ptr_array_add (verdicts, verdict);

  return verdict;
}

/* What is the matter with the layers of one name at the selected epoch, one for each run. */
typedef struct
{
  char *name;
  GArray *flags; /* of unsigned */
} State;

static void
state_clear (gpointer data)
{
  State *state = data;

  g_free (state->name);
  g_array_unref (state->flags);
}

static void
add_flags (GArray *states, const char *name, unsigned flags)
{
  State state = { 0 };
  guint at = 0;

  while (at < states->len && !g_str_equal (g_array_index (states, State, at).name, name))
    at++;
  if (at == states->len)
    {
      state.name = g_strdup (name);
      state.flags = g_array_new (FALSE, FALSE, sizeof flags);
      g_array_append_val (states, state);
    }
  g_array_append_val (g_array_index (states, State, at).flags, flags);
}

static void
collect_states (IpSession *self, IpRun *run, GArray *states)
{
  IpDump *dump = ip_run_get_dump (run);
  const IpEstimate *const *known = ip_run_get_estimates (run, ip_session_get_request (self));
  guint snapshot = ip_session_find_snapshot (dump, ip_session_get_epoch (self));
  guint n_epochs;

  ip_dump_get_epochs (dump, &n_epochs);
  if (!ip_run_get_visible (run) || known == NULL || snapshot == G_MAXUINT)
    return;

  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    {
      const IpEstimate *estimate = known[layer * n_epochs + snapshot];

      if (estimate != NULL && ip_run_layer_get_visible (ip_run_get_layer (run, layer)))
        add_flags (states, ip_dump_get_layer (dump, layer)->name,
                   ip_estimate_get_flags (estimate));
    }
}

/* In how many runs some of the flags are set, or none of them. */
static guint
count_runs (const State *state, unsigned mask, gboolean wanted)
{
  guint n = 0;

  for (guint i = 0; i < state->flags->len; i++)
    n += ((g_array_index (state->flags, unsigned, i) & mask) != 0) == wanted;
  return n;
}

/* "fc4 (3 of 8 runs)", and just the name where it holds in all runs. */
static void
append_name (GString *text, const State *state, guint n)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", state->name);
  if (n < state->flags->len)
    g_string_append_printf (text, _(" (%u of %u runs)"), n, state->flags->len);
}

/* "fc1 – fc3, output": three or more neighbours are joined.  NULL when no layer matches. */
static char *
join_names (GArray *states, unsigned mask, gboolean wanted)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0, end; i < states->len; i = end)
    {
      const State *state = &g_array_index (states, State, i);
      guint n = count_runs (state, mask, wanted);

      for (end = i; end < states->len; end++)
        if (count_runs (&g_array_index (states, State, end), mask, wanted)
            < g_array_index (states, State, end).flags->len)
          break;
      if (end - i >= 3)
        g_string_append_printf (text, "%s%s – %s", text->len > 0 ? ", " : "", state->name,
                                g_array_index (states, State, end - 1).name);
      else
        {
          end = i + 1;
          if (n > 0)
            append_name (text, state, n);
        }
    }

  return g_string_free (text, text->len == 0);
}

/* From layer to layer of the visible runs at the selected epoch. */
typedef struct
{
  guint n_steps;
  guint n_violations;
  double largest; /* as it is shown */
  IpQuantity quantity;
  IpRun *run;
  const char *before, *after; /* layers */
} Descent;

static void
compare_layers (IpSession *self, IpRun *run, guint snapshot, guint before, guint after,
                IpQuantity quantity, Descent *descent)
{
  IpDump *dump = ip_run_get_dump (run);
  const IpEstimate *const *known = ip_run_get_estimates (run, ip_session_get_request (self));
  guint n_epochs;
  gsize first, second;
  IpReading one, other;

  ip_dump_get_epochs (dump, &n_epochs);
  first = (gsize) before * n_epochs + snapshot;
  second = (gsize) after * n_epochs + snapshot;
  if (known[first] == NULL || known[second] == NULL)
    return;

  one = ip_session_read (self, known[first], quantity);
  other = ip_session_read (self, known[second], quantity);
  descent->n_steps += isfinite (one.value) && isfinite (other.value);
  if (!ip_reading_exceeds (&other, &one))
    return;
  if (descent->n_violations++ > 0 && other.value - one.value <= descent->largest)
    return;
  descent->largest = other.value - one.value;
  descent->quantity = quantity;
  descent->run = run;
  descent->before = ip_dump_get_layer (dump, before)->name;
  descent->after = ip_dump_get_layer (dump, after)->name;
}

static void
descend (IpSession *self, IpRun *run, Descent *descent)
{
  IpDump *dump = ip_run_get_dump (run);
  guint snapshot = ip_session_find_snapshot (dump, ip_session_get_epoch (self));
  guint before = G_MAXUINT;

  if (!ip_run_get_visible (run) || snapshot == G_MAXUINT
      || ip_run_get_estimates (run, ip_session_get_request (self)) == NULL)
    return;

  for (guint layer = 0; layer < ip_dump_get_n_layers (dump); layer++)
    {
      if (!ip_run_layer_get_visible (ip_run_get_layer (run, layer)))
        continue;
      if (before != G_MAXUINT)
        {
          compare_layers (self, run, snapshot, before, layer, IP_QUANTITY_MI_XT, descent);
          compare_layers (self, run, snapshot, before, layer, IP_QUANTITY_MI_TY, descent);
        }
      before = layer;
    }
}

/* "I(X;T) rises by 0.12 bit from fc3 to fc4", with its run where there are several. */
static char *
describe_largest (IpSession *self, const Descent *descent)
{
  const char *symbol = ip_quantity_get_info (descent->quantity)->symbol;
  g_autofree char *amount = ip_session_format_value (self, descent->largest, descent->quantity);

  if (ip_session_get_n_runs (self) > 1)
    return g_strdup_printf (_("Largest: %s rises by %s from %s to %s in %s"), symbol, amount,
                            descent->before, descent->after, ip_run_get_name (descent->run));

  return g_strdup_printf (_("Largest: %s rises by %s from %s to %s"), symbol, amount,
                          descent->before, descent->after);
}

/* Nothing is said where no two layers can be compared. */
static void
judge_descent (IpSession *self, const Descent *descent, GPtrArray *verdicts)
{
  g_autofree char *largest = NULL;
  IpVerdict *verdict;

  if (descent->n_steps == 0)
    return;
  if (descent->n_violations > 0)
    {
      largest = describe_largest (self, descent);
      verdict = add_verdict (verdicts, TRUE,
                             g_strdup_printf (g_dngettext (NULL,
                                                           "Data processing: %u violation",
                                                           "Data processing: %u violations",
                                                           descent->n_violations),
                                              descent->n_violations),
                             largest);
    }
  else
    {
      verdict = add_verdict (verdicts, FALSE, g_strdup (_("Data processing: no violations")),
                             _("Information does not rise from layer to layer"));
    }
  verdict->explanation
    = g_strdup (_("The data-processing inequality: no layer of a chain knows more of X or Y than "
                  "the one before it, so I(X;T) and I(T;Y) cannot rise from layer to layer by more "
                  "than the error of the estimate. Estimators can violate it by their bias, which "
                  "differs from layer to layer with the number of units and the blur; so do "
                  "connections that skip layers."));
}

GPtrArray *
ip_session_get_verdicts (IpSession *self)
{
  GPtrArray *verdicts = g_ptr_array_new_with_free_func (verdict_free);
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (State));
  guint n_runs = ip_session_get_n_runs (self);
  Descent descent = { 0 };
  unsigned all = 0;
  g_autofree char *rest = NULL;

  g_array_set_clear_func (states, state_clear);
  for (guint i = 0; i < n_runs; i++)
    {
      collect_states (self, ip_session_get_run (self, i), states);
      descend (self, ip_session_get_run (self, i), &descent);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *names = join_names (states, rules[i].flags, TRUE);

      all |= rules[i].flags;
      if (names == NULL)
        continue;
      add_verdict (verdicts, TRUE, g_strdup_printf ("%s: %s", _(rules[i].title), names),
                   _(rules[i].text));
    }
  judge_descent (self, &descent, verdicts);

  rest = join_names (states, all, FALSE);
  if (rest != NULL)
    add_verdict (verdicts, FALSE, g_strdup_printf (_("No warnings: %s"), rest),
                 _("At least 2 % below the ceiling, no clipping, no dead units"));

  return verdicts;
}
