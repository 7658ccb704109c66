/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "config.h"

#include "ip-tree.h"

#include "ip-dataset.h"
#include "ip-strings.h"
#include "ip-type.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>
#include <sys/time.h>

/* Walks the hard links of a file, groups before their members, every group once however often it is
 * linked. */

#define MAX_OBJECTS 1000000
#define MAX_DEPTH 64
#define MAX_ATTRIBUTES 256
#define MAX_ATTRIBUTE_BYTES 65536

/* Damaged structures can lead HDF5 in circles.  An alarm after so much time of the processor, which
 * a slow disk does not take, ends this process long before the client gives up on the file. */
#define LONGEST_OBJECT_SECONDS 2

typedef struct
{
  const IpTreeRequest *request;
  GVariantBuilder objects;
  guint n_objects;
  GHashTable *groups; /* set of addresses */
} Tree;

typedef struct
{
  Tree *tree;
  const char *path; /* of the object */
  GVariantBuilder values;
} Attributes;

static void
set_alarm (time_t seconds)
{
  const struct itimerval timer = { .it_value.tv_sec = seconds };

  setitimer (ITIMER_PROF, &timer, NULL);
}

/* FALSE when it is known to break the process. */
static gboolean
begin (Tree *tree, const char *mark)
{
  if (g_strv_contains (tree->request->broken, mark))
    return FALSE;

  if (tree->request->mark_size > 0)
    g_strlcpy (tree->request->mark, mark, tree->request->mark_size);
  set_alarm (LONGEST_OBJECT_SECONDS);
  return TRUE;
}

static GVariant *
numbers_to_variant (const double *values, gsize n, gboolean scalar)
{
  return scalar ? g_variant_new_double (values[0])
                : g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, n, sizeof *values);
}

static GVariant *
integers_to_variant (const gint64 *values, gsize n, gboolean scalar)
{
  return scalar ? g_variant_new_int64 (values[0])
                : g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, values, n, sizeof *values);
}

/* Numbers of a scalar or of an array of any rank. */
static GVariant *
read_numbers (hid_t attribute, hid_t type, gsize n, gboolean scalar)
{
  gboolean is_integer = ip_type_classify (type) == 'x';
  g_autofree double *numbers = g_new0 (double, MAX (n, 1));
  gint64 *integers = (gint64 *) numbers;
  g_autofree char *name = ip_type_get_name (type);

  if (n > 0 && H5Aread (attribute, is_integer ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE, numbers) < 0)
    return NULL;
  if (scalar && strcmp (name, "bool") == 0)
    return g_variant_new_boolean (integers[0] != 0);

  return is_integer ? integers_to_variant (integers, n, scalar)
                    : numbers_to_variant (numbers, n, scalar);
}

static GVariant *
read_texts (hid_t attribute, gboolean scalar)
{
  g_auto (GStrv) texts = ip_strings_read (attribute, MAX_ATTRIBUTE_BYTES, NULL);

  if (texts == NULL)
    return NULL;
  if (scalar)
    return g_variant_new_string (texts[0]);
  return g_variant_new_strv ((const char *const *) texts, -1);
}

/* NULL when the value is too long, of a type that has no place here, or broken. */
static GVariant *
read_value (hid_t attribute)
{
  g_auto (IpId) type = H5Aget_type (attribute);
  g_auto (IpId) space = H5Aget_space (attribute);
  hssize_t n = H5Sget_simple_extent_npoints (space);
  gboolean scalar = n == 1 && H5Sget_simple_extent_ndims (space) == 0;
  char kind = type < 0 ? '?' : ip_type_classify (type);

  if (n < 0 || kind == '?' || n > MAX_ATTRIBUTE_BYTES / (hssize_t) sizeof (double))
    return NULL;
  if (kind == 's')
    return read_texts (attribute, scalar);
  return read_numbers (attribute, type, (gsize) n, scalar);
}

static herr_t
add_attribute (hid_t object, const char *name, const H5A_info_t *info, void *user_data)
{
  Attributes *self = user_data;
  g_autofree char *mark = g_strconcat (self->path, "@", name, NULL);
  g_auto (IpId) attribute = H5I_INVALID_HID;
  GVariant *value = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    return 0;
  if (begin (self->tree, mark))
    attribute = H5Aopen (object, name, H5P_DEFAULT);
  if (attribute >= 0)
    value = read_value (attribute);
  g_variant_builder_add (&self->values, "(s@mv)", name,
                         g_variant_new_maybe (G_VARIANT_TYPE_VARIANT,
                                              value != NULL ? g_variant_new_variant (value)
                                                            : NULL));
  H5Eclear2 (H5E_DEFAULT);
  begin (self->tree, self->path);
  return 0;
}

static GVariant *
describe_attributes (Tree *tree, const char *path, hid_t object)
{
  Attributes attributes = { .tree = tree, .path = path };
  H5O_info_t info;

  g_variant_builder_init (&attributes.values, G_VARIANT_TYPE ("a(smv)"));
  if (object >= 0 && H5Oget_info2 (object, &info, H5O_INFO_NUM_ATTRS) >= 0
      && info.num_attrs <= MAX_ATTRIBUTES)
    H5Aiterate2 (object, H5_INDEX_NAME, H5_ITER_INC, NULL, add_attribute, &attributes);
  H5Eclear2 (H5E_DEFAULT);

  return g_variant_builder_end (&attributes.values);
}

static GVariant *
lengths_to_variant (const hsize_t *lengths, guint rank)
{
  G_STATIC_ASSERT (sizeof (hsize_t) == sizeof (guint64));

  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, lengths, rank, sizeof *lengths);
}

static void
add_object (Tree *tree,
            const char *path,
            hid_t object,
            const IpDataset *dataset,
            const char *problem)
{
  static const IpDataset none = { .type = '?' };
  const IpDataset *self = dataset != NULL ? dataset : &none;

  tree->n_objects++;
  g_variant_builder_add (&tree->objects, "(sbysu@at@atss@a(smv))", path, dataset != NULL,
                         self->type, self->type_name != NULL ? self->type_name : "",
                         self->element_size, lengths_to_variant (self->shape, self->rank),
                         lengths_to_variant (self->chunk, self->rank),
                         self->filters != NULL ? self->filters : "",
                         self->problem != NULL ? self->problem
                         : problem != NULL     ? problem
                                               : "",
                         describe_attributes (tree, path, object));
}

static void add_group (Tree *tree, hid_t group, const char *path, guint depth);

static void
add_dataset (Tree *tree, hid_t object, const char *path)
{
  g_auto (IpDataset) dataset = { 0 };

  ip_dataset_describe (&dataset, object);
  add_object (tree, path, object, &dataset, NULL);
}

static void
add_linked (Tree *tree, hid_t group, const char *name, const char *path, gboolean soft, guint depth)
{
  g_auto (IpId) object = H5Oopen (group, name, ip_link_access ());

  switch (H5Iget_type (object))
    {
    case H5I_DATASET:
      add_dataset (tree, object, path);
      break;
    case H5I_GROUP:
      if (!soft)
        add_group (tree, object, path, depth + 1);
      break;
    case H5I_DATATYPE:
      break;
    default:
      add_object (tree, path, H5I_INVALID_HID, NULL,
                  soft ? _("a link to nothing in this file") : _("the object is damaged"));
    }
}

static char *
describe_external_link (hid_t group, const char *name, gsize size)
{
  g_autofree char *value = g_malloc0 (size + 1);
  g_autofree char *valid = NULL;
  const char *file = "";

  if (H5Lget_val (group, name, value, size, ip_link_access ()) >= 0)
    H5Lunpack_elink_val (value, size, NULL, &file, NULL);
  valid = g_utf8_make_valid (file, -1);

  return g_strdup_printf (_("external link to %s refused"), valid);
}

static void
add_link (Tree *tree, hid_t group, const char *name, const char *parent, guint depth)
{
  g_autofree char *path = g_strconcat (strcmp (parent, "/") == 0 ? "" : parent, "/", name, NULL);
  g_autofree char *problem = NULL;
  H5L_info_t info;

  if (tree->n_objects >= MAX_OBJECTS)
    return;
  if (!begin (tree, path))
    problem = g_strdup (_("the reading process broke down on it"));
  else if (H5Lget_info (group, name, &info, ip_link_access ()) < 0)
    problem = g_strdup (_("the link is damaged"));
  else if (info.type == H5L_TYPE_EXTERNAL)
    problem = describe_external_link (group, name, MIN (info.u.val_size, IP_PROTOCOL_MAX_PATH));
  else if (info.type != H5L_TYPE_HARD && info.type != H5L_TYPE_SOFT)
    problem = g_strdup (_("a link of unknown type"));
  else if (!g_utf8_validate (path, -1, NULL) || strlen (path) > IP_PROTOCOL_MAX_PATH)
    problem = g_strdup (_("the name is not UTF-8 text or is too long"));

  if (problem != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (path, -1);

      add_object (tree, valid, H5I_INVALID_HID, NULL, problem);
    }
  else
    add_linked (tree, group, name, path, info.type == H5L_TYPE_SOFT, depth);
  H5Eclear2 (H5E_DEFAULT);
}

static herr_t
take_name (hid_t group, const char *name, const H5L_info_t *info, void *user_data)
{
  GPtrArray *names = user_data;

  g_ptr_array_add (names, g_strdup (name));
  return names->len >= MAX_OBJECTS;
}

/* In the order of creation where the file keeps it, else by name. */
static H5_index_t
get_order (hid_t group)
{
  g_auto (IpId) creation = H5Gget_create_plist (group);
  unsigned order = 0;

  if (creation >= 0)
    H5Pget_link_creation_order (creation, &order);
  return (order & H5P_CRT_ORDER_INDEXED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
}

static gboolean
visit (Tree *tree, hid_t group)
{
  H5O_info_t info;

  if (H5Oget_info2 (group, &info, H5O_INFO_BASIC) < 0)
    return FALSE;
  return g_hash_table_add (tree->groups, g_memdup2 (&info.addr, sizeof info.addr));
}

static void
add_group (Tree *tree, hid_t group, const char *path, guint depth)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  hsize_t at = 0;

  if (!visit (tree, group))
    return;
  if (depth > MAX_DEPTH)
    {
      add_object (tree, path, H5I_INVALID_HID, NULL, _("refused: groups are nested too deeply"));
      return;
    }
  if (H5Literate (group, get_order (group), H5_ITER_INC, &at, take_name, names) < 0)
    add_object (tree, path, group, NULL, _("the list of its members is damaged"));
  else
    add_object (tree, path, group, NULL, NULL);
  H5Eclear2 (H5E_DEFAULT);

  for (guint i = 0; i < names->len; i++)
    add_link (tree, group, names->pdata[i], path, depth);
}

GVariant *
ip_tree_describe (const IpTreeRequest *request)
{
  Tree tree = { .request = request,
                .groups = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL) };
  g_auto (IpId) root = H5I_INVALID_HID;

  g_variant_builder_init (&tree.objects, G_VARIANT_TYPE ("a" IP_PROTOCOL_OBJECT));
  if (begin (&tree, "/"))
    root = H5Gopen2 (request->file, "/", H5P_DEFAULT);
  if (root >= 0)
    add_group (&tree, root, "/", 0);
  else
    add_object (&tree, "/", H5I_INVALID_HID, NULL, _("the root group is damaged"));
  g_hash_table_unref (tree.groups);
  set_alarm (0);

  return g_variant_ref_sink (
      g_variant_new ("(ba" IP_PROTOCOL_OBJECT ")", request->unfinished, &tree.objects));
}
