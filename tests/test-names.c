/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-names.h"

static void
test_split (void)
{
  static const struct
  {
    const char *path;
    const char *layer;
    gint64 epoch; /* −1: names none */
    const char *pattern;
  } cases[] = {
    { "/epoch_0001/fc1", "fc1", 1, "/epoch_{epoch}/fc1" },
    { "/fc1/epoch_10", "fc1", 10, "/fc1/epoch_{epoch}" },
    { "/fc1/Epoch=10", "fc1", 10, "/fc1/Epoch={epoch}" },
    { "/fc1_epoch3", "fc1", 3, "/fc1_epoch{epoch}" },
    { "/epoch3_fc1", "fc1", 3, "/epoch{epoch}_fc1" },
    { "/conv1.relu@step200", "conv1.relu", 200, "/conv1.relu@step{epoch}" },
    { "/run/ckpt-7/enc/0", "run/enc/0", 7, "/run/ckpt-{epoch}/enc/0" },
    { "/epoch02/dense_1/Tanh:0", "dense_1/Tanh:0", 2, "/epoch{epoch}/dense_1/Tanh:0" },
    { "/e5/fc1", "fc1", 5, "/e{epoch}/fc1" },
    { "/12/fc1", "fc1", 12, "/{epoch}/fc1" },
    { "/fc1/12", "fc1", 12, "/fc1/{epoch}" },
    { "/fc1", "fc1", -1, NULL },
    { "/layer3", "layer3", -1, NULL },
    { "/encoder2/fc1", "encoder2/fc1", -1, NULL },
    { "/epoch_3", "epoch_3", -1, NULL },
    { "/7", "7", -1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *layer = NULL;
      g_autofree char *pattern = NULL;
      gint64 epoch = -1;
      gboolean found = ip_names_split_epoch (cases[i].path, &layer, &epoch, &pattern);

      g_assert_cmpstr (layer, ==, cases[i].layer);
      g_assert_cmpint (found, ==, cases[i].epoch >= 0);
      g_assert_cmpstr (pattern, ==, cases[i].pattern);
      if (found)
        g_assert_cmpint (epoch, ==, cases[i].epoch);
    }
}

static void
check_shortened (const char *const *names, const char *const *expected)
{
  g_auto (GStrv) copy = g_strdupv ((char **) names);

  ip_names_shorten (copy, g_strv_length (copy));
  g_assert_cmpstrv (copy, expected);
}

#define NAMES(...)                                                                                 \
  (const char *const[])                                                                            \
  {                                                                                                \
    __VA_ARGS__, NULL                                                                              \
  }

static void
test_shorten (void)
{
  check_shortened (NAMES ("fc1"), NAMES ("fc1"));
  check_shortened (NAMES ("acts/fc1"), NAMES ("fc1"));
  check_shortened (NAMES ("a/b/fc1", "a/b/fc2"), NAMES ("fc1", "fc2"));
  check_shortened (NAMES ("fc1/activations", "fc2/activations"), NAMES ("fc1", "fc2"));
  check_shortened (NAMES ("dense_1/Tanh:0", "dense_2/Softmax:0"), NAMES ("dense_1", "dense_2"));
  check_shortened (NAMES ("a/output", "b/output", "b/output2"), NAMES ("a", "b", "b/output2"));
  check_shortened (NAMES ("a/Relu:0", "a/Relu:1", "b/x"), NAMES ("a", "a/Relu:1", "b/x"));
  check_shortened (NAMES ("fc", "fc/activations"), NAMES ("fc", "fc/activations"));
}

static void
test_activation (void)
{
  g_assert_cmpstr (ip_names_get_activation ("dense_1/Tanh:0"), ==, "tanh");
  g_assert_cmpstr (ip_names_get_activation ("relu6_2"), ==, "relu6");
  g_assert_cmpstr (ip_names_get_activation ("relu_3"), ==, "relu");
  g_assert_cmpstr (ip_names_get_activation ("relu_input"), ==, "");
  g_assert_cmpstr (ip_names_get_activation ("fc1"), ==, "");
}

static void
test_role (void)
{
  guint plain, odd;

  g_assert_cmpint (ip_names_get_role ("/Y", &plain), ==, IP_ROLE_LABELS);
  g_assert_cmpint (ip_names_get_role ("/data/y_train", &odd), ==, IP_ROLE_LABELS);
  g_assert_cmpuint (plain, <, odd);
  g_assert_cmpint (ip_names_get_role ("/x", &plain), ==, IP_ROLE_INPUTS);
  g_assert_cmpint (ip_names_get_role ("/epochs", &plain), ==, IP_ROLE_EPOCHS);
  g_assert_cmpint (ip_names_get_role ("/fc1", &plain), ==, IP_ROLE_NONE);
  g_assert_true (ip_names_is_parameter ("/epoch_1/fc1.weight"));
  g_assert_false (ip_names_is_parameter ("/epoch_1/fc1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/names/split", test_split);
  g_test_add_func ("/names/shorten", test_shorten);
  g_test_add_func ("/names/activation", test_activation);
  g_test_add_func ("/names/role", test_role);

  return g_test_run ();
}
