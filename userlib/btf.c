// SPDX-License-Identifier: GPL-2.0
/*
 * librex describes maps to libbpf by BTF.
 *
 * libbpf reads a map's attributes from the type of a variable in the section
 * .maps. `__uint(max_entries, 64)` in a BPF program is a struct member
 * `int (*max_entries)[64]`. This file makes the same members, with elements of one
 * byte, as the kernel refuses an array of more than 4 GB.
 *
 * Keys and values have the types that the object declares (shapes.c). Of values with a spin
 * lock, the kernel needs to know the lock; without a type, they are a lock and bytes.
 *
 * The btf__add_*() functions return a type id, or a negative errno.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>

#include "shapes.h"

/* The most members that the type of a map's variable has. */
#define REX_BTF_MEMBERS (REX_BTF_MAP_SIZE / sizeof(void *))

/* Types that many maps need. */
struct rex_btf_types {
	struct btf *btf;
	int byte;
	int u32;
	int lock; /* struct bpf_spin_lock */
};

struct rex_btf_member {
	const char *name;
	int type;
};

/* The type of a map's variable, or of the maps in a map, under construction. */
struct rex_btf_map {
	struct rex_btf_member members[REX_BTF_MEMBERS];
	size_t nr;
	int err;
};

static void rex_btf_member(struct rex_btf_map *map, const char *name, int type)
{
	if (type < 0)
		map->err = map->err ?: type;
	else
		map->members[map->nr++] = (struct rex_btf_member){ name, type };
}

static int rex_btf_add_bytes(const struct rex_btf_types *types, __u32 size)
{
	return btf__add_array(types->btf, types->byte, types->byte, size);
}

static int rex_btf_add_ptr(const struct rex_btf_types *types, int type)
{
	return type < 0 ? type : btf__add_ptr(types->btf, type);
}

static void rex_btf_number(const struct rex_btf_types *types,
			   struct rex_btf_map *map, const char *name,
			   __u32 value)
{
	rex_btf_member(map, name,
		       rex_btf_add_ptr(types, rex_btf_add_bytes(types, value)));
}

/* The members of a struct must follow it directly, so their types come before it. */
static int rex_btf_add_map_struct(const struct rex_btf_types *types,
				  const struct rex_btf_map *map)
{
	size_t i;
	int id, err;

	if (map->err)
		return map->err;
	id = btf__add_struct(types->btf, NULL, REX_BTF_MAP_SIZE);
	for (i = 0; id >= 0 && i < map->nr; i++) {
		err = btf__add_field(types->btf, map->members[i].name,
				     map->members[i].type,
				     i * sizeof(void *) * 8, 0);
		if (err < 0)
			return err;
	}
	return id;
}

/* The kernel recognises this type by its name. */
static int rex_btf_add_lock(const struct rex_btf_types *types)
{
	int id = btf__add_struct(types->btf, "bpf_spin_lock",
				 sizeof(struct bpf_spin_lock));
	int err = id;

	if (id >= 0)
		err = btf__add_field(types->btf, "val", types->u32, 0, 0);
	return err < 0 ? err : id;
}

/* Adds a value whose type is not known: a lock and bytes. */
static int rex_btf_add_locked_value(const struct rex_btf_types *types,
				    const struct rex_map_def *def)
{
	__u32 end = def->lock_offset + sizeof(struct bpf_spin_lock);
	int before = rex_btf_add_bytes(types, def->lock_offset);
	int after = rex_btf_add_bytes(types, def->value_size - end);
	int id = btf__add_struct(types->btf, NULL, def->value_size);
	int err = 0;

	if (before < 0 || after < 0 || id < 0)
		return -ENOMEM;
	if (def->lock_offset)
		err = btf__add_field(types->btf, "before", before, 0, 0);
	if (!err)
		err = btf__add_field(types->btf, "lock", types->lock,
				     def->lock_offset * 8, 0);
	if (!err && def->value_size > end)
		err = btf__add_field(types->btf, "value", after, end * 8, 0);
	return err < 0 ? err : id;
}

/*
 * Adds the types that the object declares. Returns false if it does not declare both, or
 * not the lock that the map has.
 */
static bool rex_btf_declared_types(const struct rex_btf_types *types,
				   const struct rex_decl_map *decl, int *key,
				   int *value)
{
	const struct rex_map_def *def = &decl->def;
	int lock = def->flags & REX_MAP_HAS_SPIN_LOCK ? (int)def->lock_offset :
							REX_SHAPE_NO_LOCK;

	*key = rex_shape_add(types->btf, decl->key, def->key_size,
			     REX_SHAPE_NO_LOCK);
	*value = rex_shape_add(types->btf, decl->value, def->value_size, lock);
	if (*key >= 0 && *value >= 0)
		return true;
	rex_debug("map %s: no types of keys and values (%d, %d)", decl->name,
		  *key, *value);
	return false;
}

static void rex_btf_key_value(const struct rex_btf_types *types,
			      struct rex_btf_map *map, int key, int value)
{
	rex_btf_member(map, "key", rex_btf_add_ptr(types, key));
	rex_btf_member(map, "value", rex_btf_add_ptr(types, value));
}

/* The kernel requires a type of the key, too; for an array, an integer. */
static void rex_btf_lock_types(const struct rex_btf_types *types,
			       struct rex_btf_map *map,
			       const struct rex_decl_map *decl)
{
	const struct rex_map_def *def = &decl->def;
	int key, value;

	if (!rex_btf_declared_types(types, decl, &key, &value)) {
		key = def->key_size == 4 ?
			      types->u32 :
			      rex_btf_add_bytes(types, def->key_size);
		value = rex_btf_add_locked_value(types, def);
	}
	rex_btf_key_value(types, map, key, value);
}

/* The kernel requires a key that is an integer, and a value of the right size. */
static void rex_btf_storage_types(const struct rex_btf_types *types,
				  struct rex_btf_map *map,
				  const struct rex_decl_map *decl)
{
	const struct rex_map_def *def = &decl->def;
	int value = rex_shape_add(types->btf, decl->value, def->value_size,
				  REX_SHAPE_NO_LOCK);

	if (value < 0)
		value = rex_btf_add_bytes(types, def->value_size);
	rex_btf_key_value(types, map, types->u32, value);
}

/* These are for tools: a map may be without. */
static void rex_btf_shown_types(const struct rex_btf_types *types,
				struct rex_btf_map *map,
				const struct rex_decl_map *decl)
{
	int key, value;

	if (rex_btf_declared_types(types, decl, &key, &value))
		rex_btf_key_value(types, map, key, value);
}

/* `struct { ... } *values[];` */
static void rex_btf_inner(const struct rex_btf_types *types,
			  struct rex_btf_map *map,
			  const struct rex_map_def *def)
{
	struct rex_btf_map inner = {};
	int ptr;

	rex_btf_number(types, &inner, "type", def->inner_type);
	rex_btf_number(types, &inner, "key_size", def->inner_key_size);
	rex_btf_number(types, &inner, "value_size", def->inner_value_size);
	rex_btf_number(types, &inner, "max_entries", def->inner_max_entries);
	rex_btf_number(types, &inner, "map_flags", def->inner_map_flags);
	ptr = rex_btf_add_ptr(types, rex_btf_add_map_struct(types, &inner));
	if (ptr >= 0)
		ptr = btf__add_array(types->btf, types->u32, ptr, 0);
	rex_btf_member(map, "values", ptr);
}

/* Adds the variable of one map, and returns its id. */
static int rex_btf_add_map(const struct rex_btf_types *types,
			   const struct rex_decl_map *decl)
{
	const struct rex_map_def *def = &decl->def;
	struct rex_btf_map map = {};
	int id;

	rex_btf_number(types, &map, "type", def->type);
	rex_btf_number(types, &map, "key_size", def->key_size);
	rex_btf_number(types, &map, "value_size", def->value_size);
	rex_btf_number(types, &map, "max_entries", def->max_entries);
	rex_btf_number(types, &map, "map_flags", def->map_flags);
	if (def->map_extra)
		rex_btf_number(types, &map, "map_extra", def->map_extra);
	if (def->flags & REX_MAP_HAS_SPIN_LOCK)
		rex_btf_lock_types(types, &map, decl);
	else if (rex_map_is_owned(def->type))
		rex_btf_storage_types(types, &map, decl);
	else if (rex_shape_is_shown(def->type))
		rex_btf_shown_types(types, &map, decl);
	if (def->inner_type)
		rex_btf_inner(types, &map, def);

	id = rex_btf_add_map_struct(types, &map);
	if (id < 0)
		return id;
	return btf__add_var(types->btf, decl->name, BTF_VAR_GLOBAL_ALLOCATED,
			    id);
}

static int rex_btf_add_types(struct rex_btf_types *types)
{
	types->byte = btf__add_int(types->btf, "char", 1, BTF_INT_CHAR);
	types->u32 = btf__add_int(types->btf, "unsigned int", 4, 0);
	if (types->byte < 0 || types->u32 < 0)
		return -ENOMEM;
	types->lock = rex_btf_add_lock(types);
	return types->lock < 0 ? types->lock : 0;
}

static int rex_btf_fill(struct btf *btf, const struct rex_decls *decls)
{
	struct rex_btf_types types = { .btf = btf };
	int vars[REX_MAX_MAPS];
	int err = rex_btf_add_types(&types);
	__u32 i;

	if (err)
		return err;
	for (i = 0; i < decls->nr_maps; i++) {
		vars[i] = rex_btf_add_map(&types, &decls->maps[i]);
		if (vars[i] < 0)
			return vars[i];
	}

	err = btf__add_datasec(btf, ".maps", decls->nr_maps * REX_BTF_MAP_SIZE);
	for (i = 0; err >= 0 && i < decls->nr_maps; i++)
		err = btf__add_datasec_var_info(btf, vars[i],
						i * REX_BTF_MAP_SIZE,
						REX_BTF_MAP_SIZE);
	return err < 0 ? err : 0;
}

int rex_btf_build(const struct rex_decls *decls, void **buf, size_t *size)
{
	struct btf *btf = btf__new_empty();
	const void *raw;
	__u32 raw_size;
	int err;

	if (!btf)
		return rex_error_errno(-errno, "cannot make BTF");

	err = rex_btf_fill(btf, decls);
	if (err) {
		rex_error_errno(err, "cannot make the BTF of the maps");
		goto out;
	}

	raw = btf__raw_data(btf, &raw_size);
	*buf = raw ? malloc(raw_size) : NULL;
	if (!*buf) {
		err = rex_error_errno(-ENOMEM, "BTF");
		goto out;
	}
	memcpy(*buf, raw, raw_size);
	*size = raw_size;
out:
	btf__free(btf);
	return err;
}
