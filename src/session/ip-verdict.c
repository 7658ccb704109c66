/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-session.h"

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
  g_free (verdict);
}

static void
add_verdict (GPtrArray *verdicts, gboolean warning, char *title, const char *text)
{
  IpVerdict *verdict = g_new0 (IpVerdict, 1);

  verdict->warning = warning;
  verdict->title = title;
  verdict->text = g_strdup (text);
  g_ptr_array_add (verdicts, verdict);
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

static guint
find_snapshot (IpDump *dump, gint64 epoch)
{
  guint n_epochs;
  const gint64 *epochs = ip_dump_get_epochs (dump, &n_epochs);

  for (guint i = 0; i < n_epochs; i++)
    if (epochs[i] == epoch)
      return i;

  return G_MAXUINT;
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
  guint snapshot = find_snapshot (dump, ip_session_get_epoch (self));
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

GPtrArray *
ip_session_get_verdicts (IpSession *self)
{
  GPtrArray *verdicts = g_ptr_array_new_with_free_func (verdict_free);
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (State));
  GListModel *runs = ip_session_get_runs (self);
  guint n_runs = g_list_model_get_n_items (runs);
  unsigned all = 0;
  g_autofree char *rest = NULL;

  g_array_set_clear_func (states, state_clear);
  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (IpRun) run = g_list_model_get_item (runs, i);

      collect_states (self, run, states);
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

  rest = join_names (states, all, FALSE);
  if (rest != NULL)
    add_verdict (verdicts, FALSE, g_strdup_printf (_("No warnings: %s"), rest),
                 _("At least 2 % below the ceiling, no clipping, no dead units"));

  return verdicts;
}
