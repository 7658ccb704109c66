/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "make-dumps.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* make-dumps KIND FILE: writes one of the files that tests read. */

/* Fails loudly, so that no test reads half a file. */
#define CHECK(call)                                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if ((call) < 0)                                                                                \
      g_error ("%s failed", #call);                                                                \
  }                                                                                                \
  G_STMT_END

static void
put_text (hid_t object, const char *name, const char *text)
{
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t type = H5Tcopy (H5T_C_S1);
  hid_t attribute;

  CHECK (H5Tset_size (type, H5T_VARIABLE));
  CHECK (H5Tset_cset (type, H5T_CSET_UTF8));
  attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  CHECK (H5Awrite (attribute, type, &text));
  H5Aclose (attribute);
  H5Tclose (type);
  H5Sclose (space);
}

/* As Fortran and old Python write it. */
static void
put_fixed_text (hid_t object, const char *name, const char *text)
{
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t type = H5Tcopy (H5T_C_S1);
  hid_t attribute;

  CHECK (H5Tset_size (type, strlen (text)));
  CHECK (H5Tset_strpad (type, H5T_STR_NULLPAD));
  attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  CHECK (H5Awrite (attribute, type, text));
  H5Aclose (attribute);
  H5Tclose (type);
  H5Sclose (space);
}

static void
put_number (hid_t object, const char *name, hid_t type, double value)
{
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  CHECK (H5Awrite (attribute, H5T_NATIVE_DOUBLE, &value));
  H5Aclose (attribute);
  H5Sclose (space);
}

static void
put_texts (hid_t object, const char *name, const char *const *texts, hsize_t n)
{
  hid_t space = H5Screate_simple (1, &n, NULL);
  hid_t type = H5Tcopy (H5T_C_S1);
  hid_t attribute;

  CHECK (H5Tset_size (type, H5T_VARIABLE));
  attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  CHECK (H5Awrite (attribute, type, texts));
  H5Aclose (attribute);
  H5Tclose (type);
  H5Sclose (space);
}

/* Returns the dataset, to be closed.  chunk: NULL for contiguous data; data: NULL for none. */
static hid_t
put_dataset (hid_t parent,
             const char *path,
             hid_t type,
             int rank,
             const hsize_t *shape,
             const hsize_t *chunk,
             hid_t memory_type,
             const void *data)
{
  hsize_t most[8] = { H5S_UNLIMITED };
  hid_t links = H5Pcreate (H5P_LINK_CREATE);
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space, dataset;

  for (int i = 1; i < rank; i++)
    most[i] = shape[i];
  space = H5Screate_simple (rank, shape, chunk != NULL ? most : NULL);
  CHECK (H5Pset_create_intermediate_group (links, 1));
  if (chunk != NULL)
    {
      CHECK (H5Pset_chunk (creation, rank, chunk));
      CHECK (H5Pset_shuffle (creation));
      CHECK (H5Pset_deflate (creation, 4));
    }
  dataset = H5Dcreate2 (parent, path, type, space, links, creation, H5P_DEFAULT);
  CHECK (dataset);
  if (data != NULL)
    CHECK (H5Dwrite (dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));

  H5Sclose (space);
  H5Pclose (creation);
  H5Pclose (links);
  return dataset;
}

static void
put_doubles (hid_t file, const char *path, hid_t type, hsize_t n, const double *values)
{
  H5Dclose (put_dataset (file, path, type, 1, &n, NULL, H5T_NATIVE_DOUBLE, values));
}

/* IEEE binary16 or, with 8 bits of exponent, bfloat16. */
static hid_t
new_half (gsize exponent_bits)
{
  hid_t type = H5Tcopy (H5T_IEEE_F32LE);
  gsize mantissa = 15 - exponent_bits;

  CHECK (H5Tset_fields (type, 15, mantissa, exponent_bits, 0, mantissa));
  CHECK (H5Tset_size (type, 2));
  CHECK (H5Tset_ebias (type, (1u << (exponent_bits - 1)) - 1));
  return type;
}

static hid_t
new_file (const char *path)
{
  hid_t access = H5Pcreate (H5P_FILE_ACCESS);
  hid_t file;

  CHECK (H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST));
  file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  CHECK (file);
  H5Pclose (access);
  return file;
}

static hid_t
new_dump (const char *path)
{
  hid_t file = new_file (path);

  put_text (file, "format", "infoplane-dump");
  put_number (file, "version", H5T_STD_I64LE, 1);
  put_text (file, "title", "a test");
  put_fixed_text (file, "framework", "none");
  return file;
}

static void
put_run (hid_t file)
{
  hid_t run = H5Gcreate2 (file, "run", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  put_text (run, "activation", "tanh");
  put_number (run, "lr", H5T_IEEE_F64LE, 0.0004);
  put_number (run, "seed", H5T_STD_I32BE, 7);
  H5Gclose (run);
}

static void
put_epochs (hid_t file, guint n)
{
  g_autofree double *epochs = g_new (double, n + 1);

  for (guint i = 0; i < n; i++)
    epochs[i] = 10. * i;
  put_doubles (file, "epochs", H5T_STD_I64LE, n, epochs);
}

static void
put_inputs (hid_t file)
{
  hsize_t shape[] = { DUMP_SAMPLES, 2, 2 };
  double values[DUMP_SAMPLES * 4];

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = i;
  H5Dclose (put_dataset (file, "inputs", H5T_STD_U8LE, 3, shape, NULL, H5T_NATIVE_DOUBLE, values));
}

static void
put_labels (hid_t file)
{
  static const char *const names[] = { "cat", "dog", "fox" };
  double values[DUMP_SAMPLES];
  hid_t dataset;

  for (guint i = 0; i < DUMP_SAMPLES; i++)
    values[i] = i % DUMP_CLASSES;
  put_doubles (file, "labels", H5T_STD_I64LE, DUMP_SAMPLES, values);
  dataset = H5Dopen2 (file, "labels", H5P_DEFAULT);
  put_texts (dataset, "class_names", names, DUMP_CLASSES);
  H5Dclose (dataset);
}

/* Returns the group, to be closed. */
static hid_t
put_layer (hid_t file,
           const char *name,
           guint index,
           const char *activation,
           hid_t type,
           guint n_epochs,
           guint n_units)
{
  g_autofree char *path = g_strconcat ("layers/", name, "/activations", NULL);
  g_autofree char *group_path = g_strconcat ("layers/", name, NULL);
  hsize_t shape[] = { n_epochs, DUMP_SAMPLES, n_units };
  hsize_t chunk[] = { 1, 5, n_units };
  g_autofree float *values = g_new (float, n_epochs *DUMP_SAMPLES *n_units + 1);
  float *value = values;
  hid_t group;

  for (guint e = 0; e < n_epochs; e++)
    for (guint n = 0; n < DUMP_SAMPLES; n++)
      for (guint u = 0; u < n_units; u++)
        *value++ = dump_value (index, e, n, u);
  H5Dclose (put_dataset (file, path, type, 3, shape, chunk, H5T_NATIVE_FLOAT, values));

  group = H5Gopen2 (file, group_path, H5P_DEFAULT);
  put_number (group, "index", H5T_STD_I64LE, index);
  put_text (group, "kind", "dense");
  put_text (group, "activation", activation);
  return group;
}

static void
put_layers (hid_t file, guint n_epochs)
{
  /* Names do not sort as the layers follow each other. */
  H5Gclose (put_layer (file, "zeta", 0, "tanh", H5T_IEEE_F32LE, n_epochs, 5));
  H5Gclose (put_layer (file, "alpha", 1, "relu", H5T_IEEE_F64LE, n_epochs, 3));
}

static void
write_native (const char *path)
{
  static const double losses[] = { 4, 3, 2, 1 };
  static const double norms[] = { 1, 2 };
  hid_t file = new_dump (path);

  put_run (file);
  put_epochs (file, DUMP_EPOCHS);
  put_inputs (file);
  put_labels (file);
  put_layers (file, DUMP_EPOCHS);
  put_doubles (file, "layers/zeta/weight_norm", H5T_IEEE_F64LE, G_N_ELEMENTS (norms), norms);
  H5Gclose (H5Gcreate2 (file, "metrics", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  put_doubles (file, "metrics/train_loss", H5T_IEEE_F32LE, DUMP_EPOCHS, losses);
  CHECK (H5Fclose (file));
}

static void
put_encoder_part (hid_t file, const char *path, guint n_rows, double offset)
{
  hsize_t shape[] = { n_rows, DUMP_SAMPLES, 2 };
  g_autofree double *values = g_new (double, n_rows * DUMP_SAMPLES * 2);

  for (guint i = 0; i < n_rows * DUMP_SAMPLES * 2; i++)
    values[i] = offset + i;
  H5Dclose (put_dataset (file, path, H5T_IEEE_F64LE, 3, shape, NULL, H5T_NATIVE_DOUBLE, values));
}

/* Layer zeta is stochastic, but its draw misses the last snapshot; alpha has an unfit deviation.
 * Gradients of zeta are known, and the gap of the losses grows: 0, 1, 3, 6. */
static void
write_stochastic (const char *path)
{
  static const double means[] = { 4, 3, 2, 1 };
  static const double deviations[] = { 2, 2, 4, 4 };
  static const double test_losses[] = { 4, 4, 5, 7 };
  hid_t file = new_dump (path);

  put_epochs (file, DUMP_EPOCHS);
  put_labels (file);
  put_layers (file, DUMP_EPOCHS);
  put_encoder_part (file, "layers/zeta/mu", DUMP_EPOCHS, 0);
  put_encoder_part (file, "layers/zeta/s", DUMP_EPOCHS, 0.5);
  put_encoder_part (file, "layers/zeta/z", DUMP_EPOCHS - 1, 0.25);
  put_encoder_part (file, "layers/alpha/mu", DUMP_EPOCHS, 0);
  put_doubles (file, "layers/alpha/s", H5T_IEEE_F64LE, DUMP_EPOCHS, means);
  put_doubles (file, "layers/zeta/grad_mean", H5T_IEEE_F64LE, DUMP_EPOCHS, means);
  put_doubles (file, "layers/zeta/grad_std", H5T_IEEE_F64LE, DUMP_EPOCHS, deviations);
  H5Gclose (H5Gcreate2 (file, "metrics", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  put_doubles (file, "metrics/train_loss", H5T_IEEE_F64LE, DUMP_EPOCHS, means);
  put_doubles (file, "metrics/test_loss", H5T_IEEE_F64LE, DUMP_EPOCHS, test_losses);
  CHECK (H5Fclose (file));
}

/* Every value of binary16, in both byte orders. */
static void
write_halves (const char *path)
{
  hsize_t shape[] = { 1, 256, 256 };
  hsize_t chunk[] = { 1, 100, 256 };
  g_autofree guint16 *bits = g_new (guint16, 65536);
  hid_t file = new_dump (path);
  hid_t little = new_half (5);
  hid_t big = H5Tcopy (little);

  for (guint i = 0; i < 65536; i++)
    bits[i] = (guint16) i;
  CHECK (H5Tset_order (big, H5T_ORDER_BE));
  put_epochs (file, 1);
  H5Dclose (put_dataset (file, "layers/little/activations", little, 3, shape, chunk, little, bits));
  H5Dclose (put_dataset (file, "layers/big/activations", big, 3, shape, NULL, little, bits));
  CHECK (H5Fclose (file));
}

/* One layer for each type of element, with values that all of them hold: 0 … 100. */
static void
write_types (const char *path)
{
  hsize_t shape[] = { 1, 101, 1 };
  hsize_t n = shape[1];
  double values[101];
  hid_t half = new_half (5);
  hid_t brain = new_half (8);
  hid_t boolean = H5Tenum_create (H5T_NATIVE_INT8);
  hid_t complex = H5Tcreate (H5T_COMPOUND, 16);
  const struct
  {
    const char *name;
    hid_t type;
  } types[] = {
    { "f2", half },
    { "bf2", brain },
    { "f4", H5T_IEEE_F32LE },
    { "f4be", H5T_IEEE_F32BE },
    { "f8", H5T_IEEE_F64LE },
    { "f8be", H5T_IEEE_F64BE },
    { "i1", H5T_STD_I8LE },
    { "u1", H5T_STD_U8LE },
    { "i2be", H5T_STD_I16BE },
    { "u2", H5T_STD_U16LE },
    { "i4", H5T_STD_I32LE },
    { "u4be", H5T_STD_U32BE },
    { "i8", H5T_STD_I64LE },
    { "u8", H5T_STD_U64LE },
  };
  hid_t file = new_dump (path);
  hid_t dataset;
  signed char bit;

  for (guint i = 0; i < n; i++)
    values[i] = i;
  put_epochs (file, 1);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *name = g_strdup_printf ("layers/%s/activations", types[i].name);

      H5Dclose (put_dataset (file, name, types[i].type, 3, shape, NULL, H5T_NATIVE_DOUBLE, values));
    }

  dataset = put_dataset (file, "layers/scaled/activations", H5T_STD_I8LE, 3, shape, NULL,
                         H5T_NATIVE_DOUBLE, values);
  put_number (dataset, "scale", H5T_IEEE_F32LE, 0.125);
  put_number (dataset, "zero_point", H5T_STD_I8LE, 50);
  H5Dclose (dataset);

  bit = 0;
  CHECK (H5Tenum_insert (boolean, "FALSE", &bit));
  bit = 1;
  CHECK (H5Tenum_insert (boolean, "TRUE", &bit));
  CHECK (H5Tinsert (complex, "r", 0, H5T_IEEE_F64LE));
  CHECK (H5Tinsert (complex, "i", 8, H5T_IEEE_F64LE));
  H5Dclose (put_dataset (file, "bool", boolean, 1, &n, NULL, H5I_INVALID_HID, NULL));
  H5Dclose (put_dataset (file, "complex", complex, 1, &n, NULL, H5I_INVALID_HID, NULL));
  CHECK (H5Fclose (file));
}

/* 12 MB with chunks that fit nowhere: values count up. */
static void
write_large (const char *path)
{
  hsize_t shape[] = { 3, 1000, 1000 };
  hsize_t chunk[] = { 2, 300, 700 };
  g_autofree float *values = g_new (float, 3000000);
  hid_t file = new_file (path);

  for (guint i = 0; i < 3000000; i++)
    values[i] = (float) i;
  H5Dclose (
      put_dataset (file, "chunked", H5T_IEEE_F32LE, 3, shape, chunk, H5T_NATIVE_FLOAT, values));
  H5Dclose (put_dataset (file, "plain", H5T_IEEE_F32LE, 3, shape, NULL, H5T_NATIVE_FLOAT, values));
  CHECK (H5Fclose (file));
}

/* A layer of more units than samples, all of them different, over one or three axes. */
static void
put_wide_layer (hid_t file, guint index, const char *name, hid_t type, int rank,
                const hsize_t *shape, const hsize_t *chunk)
{
  g_autofree char *path = g_strconcat ("layers/", name, "/activations", NULL);
  g_autofree char *group_path = g_strconcat ("layers/", name, NULL);
  g_autofree float *values = NULL;
  gsize n = 1;
  hid_t group;

  for (int i = 0; i < rank; i++)
    n *= shape[i];
  values = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (i * 40503 % 65521 % 1024) / 512 - 1;
  H5Dclose (put_dataset (file, path, type, rank, shape, chunk, H5T_NATIVE_FLOAT, values));

  group = H5Gopen2 (file, group_path, H5P_DEFAULT);
  put_number (group, "index", H5T_STD_I64LE, index);
  H5Gclose (group);
}

static void
write_wide (const char *path)
{
  const hsize_t maps[] = { 2, DUMP_SAMPLES, 13, 11, 9 };
  const hsize_t map_chunk[] = { 1, 5, 5, 4, 9 };
  const hsize_t flat[] = { 2, DUMP_SAMPLES, 1300 };
  hid_t file = new_dump (path);

  put_epochs (file, 2);
  put_inputs (file);
  put_labels (file);
  put_wide_layer (file, 0, "maps", H5T_IEEE_F32LE, 5, maps, map_chunk);
  put_wide_layer (file, 1, "flat", H5T_IEEE_F64LE, 3, flat, NULL);
  CHECK (H5Fclose (file));
}

/* So many epochs that with six estimators the window makes figures on another thread. */
static void
write_long (const char *path)
{
  const hsize_t shape[] = { DUMP_MANY_EPOCHS, DUMP_SAMPLES, 1 };
  hid_t file = new_dump (path);

  put_epochs (file, DUMP_MANY_EPOCHS);
  put_labels (file);
  put_wide_layer (file, 0, "fc1", H5T_IEEE_F32LE, 3, shape, NULL);
  CHECK (H5Fclose (file));
}

/* 512 bytes before the signature, as MATLAB leaves them. */
static void
write_user_block (const char *path)
{
  static const double numbers[] = { 0, 1, 2, 3 };
  hid_t creation = H5Pcreate (H5P_FILE_CREATE);
  hid_t file;

  CHECK (H5Pset_userblock (creation, 512));
  file = H5Fcreate (path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
  CHECK (file);
  put_doubles (file, "numbers", H5T_IEEE_F64LE, G_N_ELEMENTS (numbers), numbers);
  H5Pclose (creation);
  CHECK (H5Fclose (file));
}

/* A run that was resumed twice: epochs 0 10 20 10 20 30. */
static void
write_resumed (const char *path)
{
  static const double epochs[] = { 0, 10, 20, 10, 20, 30 };
  static const double losses[] = { 6, 5, 4, 3, 2, 1 };
  hid_t file = new_dump (path);

  put_doubles (file, "epochs", H5T_STD_I64LE, 6, epochs);
  put_layers (file, 6);
  H5Gclose (H5Gcreate2 (file, "metrics", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  put_doubles (file, "metrics/train_loss", H5T_IEEE_F64LE, 6, losses);
  CHECK (H5Fclose (file));
}

/* A repeat of others: "3", or "3-slow" for another learning rate. */
static void
write_repeat (const char *path, const char *seed)
{
  hid_t file = new_dump (path);
  hid_t run = H5Gcreate2 (file, "run", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  put_text (run, "activation", "tanh");
  put_text (run, "created", seed);
  put_number (run, "final_test_acc", H5T_IEEE_F64LE, 1. / (1 + atoi (seed)));
  put_number (run, "lr", H5T_IEEE_F64LE, strstr (seed, "slow") != NULL ? 0.0001 : 0.0004);
  put_number (run, "seed", H5T_STD_I32LE, atoi (seed));
  H5Gclose (run);
  put_epochs (file, DUMP_EPOCHS);
  put_labels (file);
  put_layers (file, DUMP_EPOCHS);
  CHECK (H5Fclose (file));
}

/* /epochs lists 3 snapshots; zeta has half a fourth, alpha lacks the last. */
static void
write_ragged (const char *path)
{
  hid_t file = new_dump (path);

  put_epochs (file, 3);
  H5Gclose (put_layer (file, "zeta", 0, "tanh", H5T_IEEE_F32LE, 4, 5));
  H5Gclose (put_layer (file, "alpha", 1, "relu", H5T_IEEE_F32LE, 2, 3));
  CHECK (H5Fclose (file));
}

static void
write_bare (const char *path, gboolean epochs, guint n_epochs, gboolean layers)
{
  hid_t file = new_dump (path);

  if (epochs)
    put_epochs (file, n_epochs);
  if (layers)
    put_layers (file, n_epochs);
  CHECK (H5Fclose (file));
}

static void
write_no_snapshots (const char *path)
{
  write_bare (path, TRUE, 0, TRUE);
}

static void
write_one_snapshot (const char *path)
{
  write_bare (path, TRUE, 1, TRUE);
}

static void
write_no_epochs (const char *path)
{
  write_bare (path, FALSE, DUMP_EPOCHS, TRUE);
}

static void
write_no_layers (const char *path)
{
  write_bare (path, TRUE, DUMP_EPOCHS, FALSE);
}

static void
write_newer (const char *path)
{
  hid_t file = new_file (path);

  put_text (file, "format", "infoplane-dump");
  put_number (file, "version", H5T_STD_I64LE, 2);
  CHECK (H5Fclose (file));
}

static void
write_other (const char *path)
{
  hid_t file = new_file (path);

  H5Gclose (H5Gcreate2 (file, "nothing", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Fclose (file));
}

/* Layers that have nothing to say, and one that is not a number. */
static void
write_degenerate (const char *path)
{
  hsize_t shape[] = { 2, DUMP_SAMPLES, 3 };
  hsize_t empty[] = { 2, DUMP_SAMPLES, 0 };
  hsize_t fewer[] = { 2, DUMP_SAMPLES - 1, 3 };
  hsize_t flat[] = { 2 };
  double constant[2 * DUMP_SAMPLES * 3];
  double bad[2 * DUMP_SAMPLES * 3];
  hid_t file = new_dump (path);

  for (guint i = 0; i < G_N_ELEMENTS (constant); i++)
    {
      constant[i] = 0.25;
      bad[i] = i < G_N_ELEMENTS (bad) / 2 ? (i == 1 ? NAN : i == 2 ? -INFINITY : i) : NAN;
    }
  put_epochs (file, 2);
  H5Dclose (put_dataset (file, "layers/a_constant/activations", H5T_IEEE_F32LE, 3, shape, NULL,
                         H5T_NATIVE_DOUBLE, constant));
  H5Dclose (put_dataset (file, "layers/b_bad/activations", H5T_IEEE_F32LE, 3, shape, NULL,
                         H5T_NATIVE_DOUBLE, bad));
  H5Dclose (put_dataset (file, "layers/c_empty/activations", H5T_IEEE_F32LE, 3, empty, NULL,
                         H5I_INVALID_HID, NULL));
  H5Dclose (put_dataset (file, "layers/d_fewer/activations", H5T_IEEE_F32LE, 3, fewer, NULL,
                         H5I_INVALID_HID, NULL));
  H5Dclose (put_dataset (file, "layers/e_flat/activations", H5T_IEEE_F32LE, 1, flat, NULL,
                         H5I_INVALID_HID, NULL));
  CHECK (H5Fclose (file));
}

static void
put_text_labels (hid_t file)
{
  static const char *const names[] = { "fox", "cat", "dog" };
  hsize_t n = DUMP_SAMPLES;
  const char *texts[DUMP_SAMPLES];
  hid_t type = H5Tcopy (H5T_C_S1);

  for (guint i = 0; i < DUMP_SAMPLES; i++)
    texts[i] = names[i % 3];
  CHECK (H5Tset_size (type, H5T_VARIABLE));
  H5Dclose (put_dataset (file, "labels", type, 1, &n, NULL, type, texts));
  H5Tclose (type);
}

static void
put_one_hot_labels (hid_t file)
{
  hsize_t shape[] = { DUMP_SAMPLES, DUMP_CLASSES };
  double values[DUMP_SAMPLES * DUMP_CLASSES] = { 0 };

  for (guint i = 0; i < DUMP_SAMPLES; i++)
    values[i * DUMP_CLASSES + i % DUMP_CLASSES] = 1;
  H5Dclose (
      put_dataset (file, "labels", H5T_IEEE_F32LE, 2, shape, NULL, H5T_NATIVE_DOUBLE, values));
}

/* Two targets, one row each. */
static void
put_transposed_targets (hid_t file)
{
  hsize_t shape[] = { 2, DUMP_SAMPLES };
  double values[2 * DUMP_SAMPLES];

  for (guint i = 0; i < DUMP_SAMPLES; i++)
    {
      values[i] = i / 8.;
      values[DUMP_SAMPLES + i] = 1. / (i + 1);
    }
  H5Dclose (
      put_dataset (file, "labels", H5T_IEEE_F64LE, 2, shape, NULL, H5T_NATIVE_DOUBLE, values));
}

/* labels-text, labels-one-hot, labels-gapped, labels-whole, labels-many, labels-real,
 * labels-two-real, labels-fewer */
static void
write_labels (const char *path, const char *kind)
{
  double values[DUMP_SAMPLES];
  hid_t file = new_dump (path);

  put_epochs (file, 1);
  put_layers (file, 1);
  for (guint i = 0; i < DUMP_SAMPLES; i++)
    values[i] = strcmp (kind, "gapped") == 0  ? (double[]){ 70, -3, 5 }[i % 3]
                : strcmp (kind, "whole") == 0 ? i % 3 + 1
                : strcmp (kind, "many") == 0  ? i * i
                                              : i / 8.;
  if (strcmp (kind, "text") == 0)
    put_text_labels (file);
  else if (strcmp (kind, "one-hot") == 0)
    put_one_hot_labels (file);
  else if (strcmp (kind, "two-real") == 0)
    put_transposed_targets (file);
  else if (strcmp (kind, "gapped") == 0)
    put_doubles (file, "labels", H5T_STD_I16LE, DUMP_SAMPLES, values);
  else
    put_doubles (file, "labels", H5T_IEEE_F64LE,
                 strcmp (kind, "fewer") == 0 ? DUMP_SAMPLES - 1 : DUMP_SAMPLES, values);
  CHECK (H5Fclose (file));
}

/* The values of a layer with its axes in another order: a permutation of the letters e, n and u, of
 * which e may be missing; then `epoch` is written. */
static void
put_axes (hid_t file, const char *path, const char *axes, guint layer, guint epoch, guint n_units)
{
  hsize_t shape[3] = { 1, 1, 1 };
  guint at[3];
  int rank = (int) strlen (axes);
  g_autofree float *values = g_new (float, DUMP_EPOCHS *DUMP_SAMPLES *n_units);
  float *value = values;

  for (int i = 0; i < rank; i++)
    shape[i] = axes[i] == 'e' ? DUMP_EPOCHS : axes[i] == 'n' ? DUMP_SAMPLES : n_units;
  for (at[0] = 0; at[0] < shape[0]; at[0]++)
    for (at[1] = 0; at[1] < shape[1]; at[1]++)
      for (at[2] = 0; at[2] < shape[2]; at[2]++)
        {
          const char *e = strchr (axes, 'e');

          *value++ = dump_value (layer, e != NULL ? at[e - axes] : epoch,
                                 at[strchr (axes, 'n') - axes], at[strchr (axes, 'u') - axes]);
        }
  H5Dclose (put_dataset (file, path, H5T_IEEE_F32LE, rank, shape, NULL, H5T_NATIVE_FLOAT, values));
}

static const guint foreign_units[] = { 5, 3, 2 };

static hid_t
new_named (const char *path, const char *axes, char *(*name) (guint layer, guint epoch))
{
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  CHECK (file);
  for (guint layer = 0; layer < G_N_ELEMENTS (foreign_units); layer++)
    for (guint e = 0; e < DUMP_EPOCHS; e++)
      {
        g_autofree char *dataset = name (layer, e);

        put_axes (file, dataset, axes, layer, e, foreign_units[layer]);
      }
  return file;
}

/* Names that sort as text in another order than epochs 0, 5, 10, 15 and layers 9, 10, 11. */
static char *
name_epoch_group (guint layer, guint epoch)
{
  return g_strdup_printf ("epoch_%u/fc%u", 5 * epoch, layer + 9);
}

static char *
name_layer_group (guint layer, guint epoch)
{
  return g_strdup_printf ("runs/fc%u/epoch %u", layer + 9, 5 * epoch);
}

static char *
name_flat (guint layer, guint epoch)
{
  return g_strdup_printf ("fc%u_epoch%u", layer + 9, 5 * epoch);
}

static char *
name_keras (guint layer, guint epoch)
{
  return g_strdup_printf ("epoch%02u/dense_%u/Tanh:0", 5 * epoch, layer + 9);
}

static void
put_far_labels (hid_t file, const char *labels, const char *inputs, hsize_t n)
{
  double values[4 * DUMP_SAMPLES];
  hsize_t shape[] = { n, 2 };

  for (guint i = 0; i < 4 * DUMP_SAMPLES; i++)
    values[i] = i % DUMP_CLASSES;
  put_doubles (file, labels, H5T_STD_U8LE, n, values);
  H5Dclose (put_dataset (file, inputs, H5T_IEEE_F32LE, 2, shape, NULL, H5T_NATIVE_DOUBLE, values));
}

/* With a training set beside that is not the one of the activations, and weights. */
static void
write_epoch_groups (const char *path)
{
  hid_t file = new_named (path, "nu", name_epoch_group);
  hid_t group;

  put_far_labels (file, "y_train", "x_train", 2 * DUMP_SAMPLES);
  put_far_labels (file, "y_test", "x_test", DUMP_SAMPLES);
  for (guint e = 0; e < DUMP_EPOCHS; e++)
    {
      g_autofree char *weights = g_strdup_printf ("epoch_%u/weights", 5 * e);
      g_autofree char *name = g_strdup_printf ("epoch_%u", 5 * e);

      put_axes (file, weights, "nu", 0, e, 4);
      group = H5Gopen2 (file, name, H5P_DEFAULT);
      if (e != 2)
        put_number (group, "loss", H5T_IEEE_F64LE, DUMP_EPOCHS - e);
      H5Gclose (group);
    }
  CHECK (H5Fclose (file));
}

/* One snapshot of a layer is missing. */
static void
write_layer_groups (const char *path)
{
  hid_t file = new_named (path, "nu", name_layer_group);

  put_far_labels (file, "data/targets", "data/inputs", DUMP_SAMPLES);
  CHECK (H5Ldelete (file, "runs/fc10/epoch 5", H5P_DEFAULT));
  CHECK (H5Fclose (file));
}

static void
write_flat (const char *path)
{
  hid_t file = new_named (path, "un", name_flat);

  put_far_labels (file, "Y", "X", DUMP_SAMPLES);
  CHECK (H5Fclose (file));
}

static void
write_keras (const char *path)
{
  hid_t file = new_named (path, "nu", name_keras);

  put_text (file, "keras_version", "2.11.0");
  CHECK (H5Fclose (file));
}

static void
write_stacked (const char *path, const char *axes, gboolean epochs, gboolean matlab)
{
  static const double losses[] = { 4, 3, 2, 1 };
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t dataset;

  CHECK (file);
  for (guint layer = 0; layer < G_N_ELEMENTS (foreign_units); layer++)
    {
      g_autofree char *name = g_strdup_printf ("acts/fc%u", layer + 9);

      put_axes (file, name, axes, layer, 0, foreign_units[layer]);
    }
  put_doubles (file, "loss", H5T_IEEE_F64LE, DUMP_EPOCHS, losses);
  if (epochs)
    put_doubles (file, "epochs", H5T_STD_I32LE, DUMP_EPOCHS, (const double[]){ 0, 5, 10, 15 });
  put_labels (file);
  if (matlab)
    {
      dataset = H5Dopen2 (file, "labels", H5P_DEFAULT);
      put_fixed_text (dataset, "MATLAB_class", "double");
      H5Dclose (dataset);
    }
  CHECK (H5Fclose (file));
}

static void
write_stacked_epochs_first (const char *path)
{
  write_stacked (path, "enu", FALSE, FALSE);
}

static void
write_stacked_samples_first (const char *path)
{
  write_stacked (path, "neu", TRUE, FALSE);
}

static void
write_stacked_matlab (const char *path)
{
  write_stacked (path, "eun", TRUE, TRUE);
}

static guint16
to_bfloat16 (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return (guint16) (bits >> 16);
}

/* The bits of bfloat16 numbers as integers, for want of a type. */
static void
write_bfloat16 (const char *path)
{
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  CHECK (file);
  for (guint layer = 0; layer < G_N_ELEMENTS (foreign_units); layer++)
    {
      hsize_t shape[] = { DUMP_EPOCHS, DUMP_SAMPLES, foreign_units[layer] };
      g_autofree guint16 *values = g_new (guint16, shape[0] * shape[1] * shape[2]);
      g_autofree char *name = g_strdup_printf ("acts/fc%u", layer + 9);
      guint16 *value = values;

      for (guint e = 0; e < shape[0]; e++)
        for (guint n = 0; n < shape[1]; n++)
          for (guint u = 0; u < shape[2]; u++)
            *value++ = to_bfloat16 (dump_value (layer, e, n, u));
      H5Dclose (put_dataset (file, name, H5T_STD_U16LE, 3, shape, NULL, H5T_NATIVE_UINT16, values));
    }
  put_doubles (file, "epochs", H5T_STD_I32LE, DUMP_EPOCHS, (const double[]){ 0, 5, 10, 15 });
  put_labels (file);
  CHECK (H5Fclose (file));
}

static void
write_label_sets (const char *path)
{
  double coarse[DUMP_SAMPLES];
  hid_t file;

  write_stacked (path, "neu", TRUE, FALSE);
  file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);
  CHECK (file);
  for (guint i = 0; i < DUMP_SAMPLES; i++)
    coarse[i] = i % 2;
  put_doubles (file, "labels_coarse", H5T_STD_U8LE, DUMP_SAMPLES, coarse);
  CHECK (H5Fclose (file));
}

static char *
name_test_set (guint layer, guint epoch)
{
  return g_strdup_printf ("epoch_%u/test/fc%u", 5 * epoch, layer + 9);
}

/* Activations of a test set and of a training set that is twice as large. */
static void
write_sample_sets (const char *path)
{
  hid_t file = new_named (path, "nu", name_test_set);

  for (guint layer = 0; layer < G_N_ELEMENTS (foreign_units); layer++)
    for (guint e = 0; e < DUMP_EPOCHS; e++)
      {
        hsize_t shape[] = { 2 * DUMP_SAMPLES, foreign_units[layer] };
        g_autofree char *name = g_strdup_printf ("epoch_%u/train/fc%u", 5 * e, layer + 9);

        H5Dclose (put_dataset (file, name, H5T_IEEE_F32LE, 2, shape, NULL, H5T_NATIVE_FLOAT, NULL));
      }
  put_far_labels (file, "y_test", "x_test", DUMP_SAMPLES);
  put_far_labels (file, "y_train", "x_train", 2 * DUMP_SAMPLES);
  CHECK (H5Fclose (file));
}

/* Nothing that looks like layers. */
static void
write_one_array (const char *path)
{
  double numbers[DUMP_SAMPLES] = { 0, 1, 2, 3 };
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  CHECK (file);
  put_doubles (file, "numbers", H5T_IEEE_F64LE, DUMP_SAMPLES, numbers);
  CHECK (H5Fclose (file));
}

/* As many units as samples. */
static void
write_square (const char *path)
{
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

  CHECK (file);
  for (guint layer = 0; layer < 2; layer++)
    for (guint e = 0; e < DUMP_EPOCHS; e++)
      {
        g_autofree char *name = name_epoch_group (layer, e);

        put_axes (file, name, "nu", layer, e, DUMP_SAMPLES);
      }
  put_labels (file);
  CHECK (H5Fclose (file));
}

static void
put_external_dataset (hid_t file, const char *name, const char *target)
{
  hsize_t n = 16;
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (1, &n, NULL);

  CHECK (H5Pset_external (creation, target, 0, n));
  H5Dclose (H5Dcreate2 (file, name, H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose (space);
  H5Pclose (creation);
}

static void
put_virtual_dataset (hid_t file, const char *name, const char *target)
{
  hsize_t n = 16;
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (1, &n, NULL);

  CHECK (H5Pset_virtual (creation, space, target, "/secret", space));
  H5Dclose (H5Dcreate2 (file, name, H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose (space);
  H5Pclose (creation);
}

/* One gzip chunk of 1 GiB: a few bytes that would take a gigabyte to look at. */
static void
put_bomb (hid_t file)
{
  hsize_t n = 1u << 30;
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (1, &n, NULL);

  CHECK (H5Pset_chunk (creation, 1, &n));
  CHECK (H5Pset_deflate (creation, 9));
  H5Dclose (H5Dcreate2 (file, "bomb", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose (space);
  H5Pclose (creation);
}

/* A gzip chunk that says it has a megabyte and holds as much as it was given zeros for. */
static void
put_inflating (hid_t file, gsize zeros)
{
  hsize_t n = 1u << 20;
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (1, &n, NULL);
  z_stream stream = { 0 };
  g_autofree guint8 *nothing = g_malloc0 (1u << 20);
  gsize size = zeros / 100 + 65536;
  g_autofree guint8 *packed = g_malloc (size);
  hid_t dataset;

  g_assert_cmpint (deflateInit (&stream, 1), ==, Z_OK);
  stream.next_out = packed;
  stream.avail_out = (uInt) size;
  for (gsize i = 0; i < zeros >> 20; i++)
    {
      stream.next_in = nothing;
      stream.avail_in = 1u << 20;
      g_assert_cmpint (deflate (&stream, i + 1 < zeros >> 20 ? Z_NO_FLUSH : Z_FINISH), >=, 0);
    }
  CHECK (H5Pset_chunk (creation, 1, &n));
  CHECK (H5Pset_deflate (creation, 1));
  dataset = H5Dcreate2 (file, "inflating", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  CHECK (H5Dwrite_chunk (dataset, H5P_DEFAULT, 0, (hsize_t[]){ 0 }, stream.total_out, packed));
  deflateEnd (&stream);
  H5Dclose (dataset);
  H5Sclose (space);
  H5Pclose (creation);
}

/* 96 MB of which nothing is stored. */
static void
write_unwritten (const char *path)
{
  hsize_t shape[2] = { 4000, 6000 }, chunk[2] = { 100, 100 };
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (2, shape, NULL);
  float seven = 7;

  CHECK (H5Pset_chunk (creation, 2, chunk));
  CHECK (H5Pset_fill_value (creation, H5T_NATIVE_FLOAT, &seven));
  H5Dclose (H5Dcreate2 (file, "unwritten", H5T_IEEE_F32LE, space, H5P_DEFAULT, creation,
                        H5P_DEFAULT));
  H5Sclose (space);
  H5Pclose (creation);
  H5Fclose (file);
}

static gsize
pass_through (unsigned flags,
              gsize n_values,
              const unsigned *values,
              gsize n_bytes,
              gsize *size,
              void **buffer)
{
  return n_bytes;
}

static void
put_filtered (hid_t file)
{
  static const H5Z_class2_t filter = { H5Z_CLASS_T_VERS, 4711, 1,    1,
                                       "test",           NULL, NULL, pass_through };
  hsize_t n = 16;
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space = H5Screate_simple (1, &n, NULL);

  CHECK (H5Zregister (&filter));
  CHECK (H5Pset_chunk (creation, 1, &n));
  CHECK (H5Pset_filter (creation, 4711, H5Z_FLAG_MANDATORY, 0, NULL));
  H5Dclose (H5Dcreate2 (file, "filtered", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose (space);
  H5Pclose (creation);
}

/* Everything that tries to make a reader open the files secret.txt and secret.h5 beside it, or to
 * make it run out of memory. */
static void
write_hostile (const char *path)
{
  static const double values[16] = { 1 };
  double canary[16];
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = g_build_filename (directory, "secret.txt", NULL);
  g_autofree char *other = g_build_filename (directory, "secret.h5", NULL);
  hid_t secret = H5Fcreate (other, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t file = new_file (path);

  for (guint i = 0; i < 16; i++)
    canary[i] = DUMP_CANARY[i];
  put_doubles (secret, "secret", H5T_STD_U8LE, 16, canary);
  CHECK (H5Fclose (secret));
  g_file_set_contents (text, DUMP_CANARY, -1, NULL);

  put_doubles (file, "good", H5T_STD_U8LE, 16, values);
  put_external_dataset (file, "outside", text);
  put_external_dataset (file, "outside-relative", "secret.txt");
  put_virtual_dataset (file, "virtual", other);
  put_bomb (file);
  put_inflating (file, 256u << 20);
  put_filtered (file);
  CHECK (H5Lcreate_external (other, "/secret", file, "link", H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Lcreate_external ("secret.h5", "/", file, "group-link", H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Lcreate_soft ("/group-link/secret", file, "detour", H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Lcreate_soft ("/good", file, "alias", H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Lcreate_soft ("/gone", file, "dangling", H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Lcreate_hard (file, "/", file, "loop", H5P_DEFAULT, H5P_DEFAULT));
  CHECK (H5Fclose (file));
}

static void
put_shape (hid_t file, const char *name, hid_t type, int rank, hsize_t length)
{
  hsize_t shape[H5S_MAX_RANK];
  hsize_t chunk[H5S_MAX_RANK];
  hid_t creation = H5Pcreate (H5P_DATASET_CREATE);
  hid_t space;

  for (int i = 0; i < rank; i++)
    {
      shape[i] = length;
      chunk[i] = 1;
    }
  space = H5Screate_simple (rank, shape, NULL);
  CHECK (H5Pset_chunk (creation, rank, chunk));
  H5Dclose (H5Dcreate2 (file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose (space);
  H5Pclose (creation);
}

static void
put_long_attribute (hid_t object, hsize_t n)
{
  hid_t space = H5Screate_simple (1, &n, NULL);
  g_autofree double *values = g_new0 (double, n);
  hid_t attribute = H5Acreate2 (object, "long", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT);

  CHECK (H5Awrite (attribute, H5T_NATIVE_DOUBLE, values));
  H5Aclose (attribute);
  H5Sclose (space);
}

/* Everything that is larger than a dump has it: one dataset each. */
static void
write_excessive (const char *path)
{
  static const double values[16] = { 1 };
  hid_t file = new_file (path);
  hid_t large = H5Tcreate (H5T_OPAQUE, 1u << 20);
  hid_t dataset;

  put_doubles (file, "good", H5T_STD_U8LE, 16, values);
  put_shape (file, "rank", H5T_IEEE_F32LE, 20, 1);
  put_shape (file, "extent", H5T_IEEE_F32LE, 2, 1ull << 31);
  put_shape (file, "element", large, 1, 1);
  H5Tclose (large);

  put_doubles (file, "attribute", H5T_STD_U8LE, 16, values);
  dataset = H5Dopen2 (file, "attribute", H5P_DEFAULT);
  put_number (dataset, "short", H5T_IEEE_F64LE, 7);
  put_long_attribute (dataset, 1u << 20);
  H5Dclose (dataset);

  put_doubles (file, "attributes", H5T_STD_U8LE, 16, values);
  dataset = H5Dopen2 (file, "attributes", H5P_DEFAULT);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("a%u", i);

      put_number (dataset, name, H5T_IEEE_F64LE, i);
    }
  H5Dclose (dataset);

  for (guint i = 0; i < 100; i++)
    {
      hid_t group = H5Gcreate2 (file, "deeper", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

      if (i > 0)
        H5Gclose (file);
      else
        CHECK (H5Fflush (file, H5F_SCOPE_GLOBAL));
      file = group;
    }
  H5Gclose (file);
}

/* The text of an attribute is in a heap whose first object has a size that wraps around: HDF5 1.10
 * walks in circles there. */
static void
write_looping (const char *path)
{
  static const double values[16] = { 1 };
  hid_t file = new_file (path);
  g_autofree char *bytes = NULL;
  char *heap;
  gsize size;
  hid_t good;

  put_doubles (file, "good", H5T_STD_U8LE, 16, values);
  good = H5Dopen2 (file, "good", H5P_DEFAULT);
  put_number (good, "number", H5T_IEEE_F64LE, 7);
  put_text (good, "text", "round and round");
  H5Dclose (good);
  CHECK (H5Fclose (file));

  g_file_get_contents (path, &bytes, &size, NULL);
  heap = memmem (bytes, size, "GCOL", 4);
  memset (heap + 24, 0xff, 8);
  heap[24] = (char) 0xf0;
  g_file_set_contents (path, bytes, (gssize) size, NULL);
}

/* As a SWMR writer leaves its file when it is killed. */
static void
write_killed (const char *path)
{
  hid_t file = new_dump (path);

  put_run (file);
  put_epochs (file, DUMP_EPOCHS);
  put_labels (file);
  put_layers (file, DUMP_EPOCHS);
  CHECK (H5Fstart_swmr_write (file));
  CHECK (H5Fflush (file, H5F_SCOPE_GLOBAL));
  _exit (0);
}

/* One row more of the dataset, numbers as the values of dump_value() or, for epochs, their tens. */
static void
grow_dataset (hid_t file, const char *path, guint layer, guint row)
{
  hid_t dataset = H5Dopen2 (file, path, H5P_DEFAULT);
  hid_t space = H5Dget_space (dataset);
  hsize_t shape[3] = { 0 };
  hsize_t start[3] = { row };
  int rank = H5Sget_simple_extent_dims (space, shape, NULL);
  gsize n_units = rank == 1 ? 1 : shape[2];
  gsize n_values = rank == 1 ? 1 : shape[1] * shape[2];
  g_autofree float *values = g_new (float, n_values);
  hid_t memory;

  for (gsize i = 0; i < n_values; i++)
    values[i] = rank == 1 ? 10.f * row
                          : dump_value (layer, row, (guint) (i / n_units), (guint) (i % n_units));
  H5Sclose (space);
  shape[0] = row + 1;
  CHECK (H5Dset_extent (dataset, shape));
  space = H5Dget_space (dataset);
  shape[0] = 1;
  CHECK (H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, shape, NULL));
  memory = H5Screate_simple (rank, shape, NULL);
  CHECK (H5Dwrite (dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values));
  H5Sclose (memory);
  H5Sclose (space);
  H5Dclose (dataset);
}

/* Appends a snapshot for every line of its input, says so in a line, and closes the file at the end
 * of its input. */
static void
write_growing (const char *path)
{
  hid_t file = new_dump (path);
  hsize_t none = 0;
  hsize_t chunk = 8;
  guint row = 0;

  put_run (file);
  H5Dclose (put_dataset (file, "epochs", H5T_STD_I64LE, 1, &none, &chunk, H5T_NATIVE_INT, NULL));
  put_inputs (file);
  put_labels (file);
  put_layers (file, 0);
  CHECK (H5Fstart_swmr_write (file));
  do
    {
      printf ("%u\n", row);
      fflush (stdout);
      if (fgetc (stdin) == EOF)
        break;
      grow_dataset (file, "layers/zeta/activations", 0, row);
      grow_dataset (file, "layers/alpha/activations", 1, row);
      CHECK (H5Fflush (file, H5F_SCOPE_GLOBAL));
      grow_dataset (file, "epochs", 0, row++);
      CHECK (H5Fflush (file, H5F_SCOPE_GLOBAL));
    }
  while (TRUE);
  CHECK (H5Fclose (file));
}

/* As a training that opens its file for every snapshot: many times, with all locks that HDF5
 * takes. */
static void
write_reopening (const char *path)
{
  static const double values[64] = { 1 };

  g_unsetenv ("HDF5_USE_FILE_LOCKING");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("epoch_%u/fc1", i);
      hid_t file = i == 0 ? H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)
                          : H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);
      hsize_t shape[] = { 16, 4 };

      CHECK (file);
      H5Dclose (
          put_dataset (file, name, H5T_IEEE_F32LE, 2, shape, NULL, H5T_NATIVE_DOUBLE, values));
      CHECK (H5Fclose (file));
      printf ("%u\n", i + 1);
      fflush (stdout);
    }
}

/* Opens an existing file for writing, as a training that goes on does. */
static void
append (const char *path)
{
  hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT);

  CHECK (file);
  put_text (file, "appended", "yes");
  CHECK (H5Fclose (file));
}

static const struct
{
  const char *kind;
  void (*write) (const char *path);
} kinds[] = {
  { "native", write_native },
  { "stochastic", write_stochastic },
  { "halves", write_halves },
  { "types", write_types },
  { "large", write_large },
  { "unwritten", write_unwritten },
  { "wide", write_wide },
  { "long", write_long },
  { "user-block", write_user_block },
  { "resumed", write_resumed },
  { "ragged", write_ragged },
  { "no-snapshots", write_no_snapshots },
  { "one-snapshot", write_one_snapshot },
  { "no-epochs", write_no_epochs },
  { "no-layers", write_no_layers },
  { "newer", write_newer },
  { "other", write_other },
  { "degenerate", write_degenerate },
  { "epoch-groups", write_epoch_groups },
  { "bfloat16", write_bfloat16 },
  { "label-sets", write_label_sets },
  { "sample-sets", write_sample_sets },
  { "square", write_square },
  { "one-array", write_one_array },
  { "layer-groups", write_layer_groups },
  { "flat", write_flat },
  { "keras", write_keras },
  { "stacked-epochs-first", write_stacked_epochs_first },
  { "stacked-samples-first", write_stacked_samples_first },
  { "stacked-matlab", write_stacked_matlab },
  { "hostile", write_hostile },
  { "excessive", write_excessive },
  { "looping", write_looping },
  { "killed", write_killed },
  { "growing", write_growing },
  { "reopening", write_reopening },
  { "append", append },
};

int
main (int n_arguments, char **arguments)
{
  for (guint i = 0; n_arguments == 3 && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (arguments[1], kinds[i].kind) == 0)
      {
        kinds[i].write (arguments[2]);
        return 0;
      }
  if (n_arguments == 3 && g_str_has_prefix (arguments[1], "labels-"))
    {
      write_labels (arguments[2], arguments[1] + strlen ("labels-"));
      return 0;
    }
  if (n_arguments == 3 && g_str_has_prefix (arguments[1], "seed-"))
    {
      write_repeat (arguments[2], arguments[1] + strlen ("seed-"));
      return 0;
    }

  g_printerr ("usage: make-dumps KIND FILE\n");
  return 2;
}
