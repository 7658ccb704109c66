/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-names.h"

#include "ip-mapping.h"

#include <string.h>

typedef struct
{
  const char *name;
  IpRole role;
} RoleName;

/* For each role the plainest names come first. */
static const RoleName role_names[] = {
  { "labels", IP_ROLE_LABELS },
  { "label", IP_ROLE_LABELS },
  { "y", IP_ROLE_LABELS },
  { "targets", IP_ROLE_LABELS },
  { "target", IP_ROLE_LABELS },
  { "classes", IP_ROLE_LABELS },
  { "y_test", IP_ROLE_LABELS },
  { "y_true", IP_ROLE_LABELS },
  { "test_labels", IP_ROLE_LABELS },
  { "y_eval", IP_ROLE_LABELS },
  { "y_val", IP_ROLE_LABELS },
  { "y_train", IP_ROLE_LABELS },
  { "inputs", IP_ROLE_INPUTS },
  { "input", IP_ROLE_INPUTS },
  { "x", IP_ROLE_INPUTS },
  { "images", IP_ROLE_INPUTS },
  { "data", IP_ROLE_INPUTS },
  { "features", IP_ROLE_INPUTS },
  { "x_test", IP_ROLE_INPUTS },
  { "x_eval", IP_ROLE_INPUTS },
  { "x_val", IP_ROLE_INPUTS },
  { "x_train", IP_ROLE_INPUTS },
  { "epochs", IP_ROLE_EPOCHS },
  { "epoch", IP_ROLE_EPOCHS },
  { "epoch_numbers", IP_ROLE_EPOCHS },
  { "steps", IP_ROLE_EPOCHS },
};

/* How other sets of labels begin. */
static const char *const label_prefixes[] = { "labels_", "label_", "targets_", "classes_" };

#define WORDS "(?:epochs?|ep|steps?|iter(?:ation)?s?|snapshot|checkpoint|ckpt)"
#define SHORT_WORDS "(?:e|t)"
#define BEFORE_NUMBER "[ _.=-]*"
#define BETWEEN "[ _.@-]+"

/* From the plainest to the most doubtful; the group "n" is the number, what is left is the layer.
 */
static const char *const epoch_patterns[] = {
  "^" WORDS BEFORE_NUMBER "(?<n>\\d+)$",
  BETWEEN WORDS BEFORE_NUMBER "(?<n>\\d+)$",
  "^" WORDS BEFORE_NUMBER "(?<n>\\d+)" BETWEEN,
  "^" SHORT_WORDS BEFORE_NUMBER "(?<n>\\d+)$",
  "^(?<n>\\d+)$",
};

static const char *const parameter_words[] = { "weight", "kernel",    "bias",   "grad",
                                               "param",  "optimizer", "moment", "running_" };

/* Last parts of paths that say what is kept there, not of which layer. */
static const char *const generic_names[] = { "activations", "activation", "outputs", "output",
                                             "values",      "data",       "act",     "acts" };

static const char *const activations[] = { "tanh",        "softmax",  "hard_sigmoid", "hardsigmoid",
                                           "log_sigmoid", "sigmoid",  "relu6",        "leaky_relu",
                                           "relu",        "softplus", "softsign",     "gelu",
                                           "selu",        "swish",    "linear",       "elu" };

IpRole
ip_names_get_role (const char *path, guint *rank)
{
  const char *name = strrchr (path, '/') + 1;

  for (guint i = 0; i < G_N_ELEMENTS (role_names); i++)
    if (g_ascii_strcasecmp (name, role_names[i].name) == 0)
      {
        *rank = i;
        return role_names[i].role;
      }
  for (guint i = 0; i < G_N_ELEMENTS (label_prefixes); i++)
    if (g_ascii_strncasecmp (name, label_prefixes[i], strlen (label_prefixes[i])) == 0)
      {
        *rank = G_N_ELEMENTS (role_names) + i;
        return IP_ROLE_LABELS;
      }
  return IP_ROLE_NONE;
}

static const GRegex *
get_pattern (guint i)
{
  static GRegex *compiled[G_N_ELEMENTS (epoch_patterns)];

  if (g_once_init_enter (&compiled[i]))
    g_once_init_leave (&compiled[i], g_regex_new (epoch_patterns[i],
                                                  G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL));
  return compiled[i];
}

/* Takes the number out of the first part that the pattern matches.  part: that part with {epoch}
 * in its place. */
static gboolean
match_part (char **parts, const GRegex *regex, gint64 *epoch, guint *at, char **part)
{
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autoptr (GMatchInfo) match = NULL;
      g_autofree char *number = NULL;
      char *rest;
      int start, end;

      if (!g_regex_match (regex, parts[i], 0, &match))
        continue;
      number = g_match_info_fetch_named (match, "n");
      *epoch = g_ascii_strtoll (number, NULL, 10);
      g_match_info_fetch_named_pos (match, "n", &start, &end);
      *part = g_strdup_printf ("%.*s" IP_MAPPING_EPOCH "%s", start, parts[i], parts[i] + end);
      *at = i;
      rest = g_regex_replace_literal (regex, parts[i], -1, 0, "", 0, NULL);
      g_free (parts[i]);
      parts[i] = rest;
      return TRUE;
    }

  return FALSE;
}

static char *
join_parts (char **parts)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_string_append_printf (name, "%s%s", name->len > 0 ? "/" : "", parts[i]);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* The path with another text for one of its parts. (transfer full) */
static char *
replace_part (const char *path, guint at, const char *part)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  g_free (parts[at]);
  parts[at] = g_strdup (part);
  return g_strjoinv ("/", parts);
}

gboolean
ip_names_split_epoch (const char *path, char **layer, gint64 *epoch, char **pattern)
{
  g_auto (GStrv) parts = g_strsplit (path + 1, "/", -1);
  g_autofree char *part = NULL;
  gboolean found = FALSE;
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (epoch_patterns) && !found; i++)
    found = match_part (parts, get_pattern (i), epoch, &at, &part);
  if (pattern != NULL)
    *pattern = NULL;
  *layer = join_parts (parts);
  /* A dataset that is called by its epoch alone is not of any layer. */
  if (found && **layer == '\0')
    {
      g_free (*layer);
      *layer = g_strdup (path + 1);
      return FALSE;
    }
  if (found && pattern != NULL)
    *pattern = replace_part (path, at + 1, part);

  return found;
}

gboolean
ip_names_is_parameter (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (parameter_words); i++)
    if (strstr (lower, parameter_words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
share_first_part (char **names, guint n)
{
  gsize length = n == 0 ? 0 : strcspn (names[0], "/");

  for (guint i = 0; i < n; i++)
    if (strncmp (names[i], names[0], length) != 0 || names[i][length] != '/')
      return FALSE;
  return n > 0;
}

static gboolean
is_generic (const char *part)
{
  if (strchr (part, ':') != NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (generic_names); i++)
    if (g_ascii_strcasecmp (part, generic_names[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_taken (char **names, guint n, const char *name, gsize length)
{
  for (guint i = 0; i < n; i++)
    if (strlen (names[i]) == length && strncmp (names[i], name, length) == 0)
      return TRUE;
  return FALSE;
}

void
ip_names_shorten (char **names, guint n)
{
  while (share_first_part (names, n))
    for (guint i = 0; i < n; i++)
      {
        char *rest = strchr (names[i], '/') + 1;

        memmove (names[i], rest, strlen (rest) + 1);
      }

  for (guint i = 0; i < n; i++)
    {
      char *slash = strrchr (names[i], '/');

      if (slash != NULL && is_generic (slash + 1)
          && !is_taken (names, n, names[i], (gsize) (slash - names[i])))
        *slash = '\0';
    }
}

/* "Tanh:0" and "relu_1", but not "relu_input". */
const char *
ip_names_get_activation (const char *name)
{
  const char *slash = strrchr (name, '/');
  const char *last = slash != NULL ? slash + 1 : name;

  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    {
      gsize length = strlen (activations[i]);

      if (g_ascii_strncasecmp (last, activations[i], length) == 0
          && strspn (last + length, "_:0123456789") == strlen (last + length))
        return activations[i];
    }
  return "";
}
