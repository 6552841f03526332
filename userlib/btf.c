// SPDX-License-Identifier: GPL-2.0
/*
 * BTF that describes maps to libbpf.
 *
 * libbpf reads a map's attributes from the type of a variable in the section
 * .maps. `__uint(max_entries, 64)` in a BPF program is a struct member
 * `int (*max_entries)[64]`; the same members are made here, of a one-byte
 * element, as the kernel refuses an array of more than 4 GB.
 *
 * The btf__add_*() functions return a type id, or a negative errno.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define REX_BTF_ATTRS (REX_BTF_MAP_SIZE / sizeof(void *))

struct rex_btf_attr {
	const char *name;
	__u32 value;
	int type;
};

static int rex_btf_add_attr_type(struct btf *btf, int byte, __u32 value)
{
	int array = btf__add_array(btf, byte, byte, value);

	return array < 0 ? array : btf__add_ptr(btf, array);
}

/* Adds the variable of one map, and returns its id. */
static int rex_btf_add_map(struct btf *btf, int byte,
			   const struct rex_elf_map *map)
{
	struct rex_btf_attr attrs[REX_BTF_ATTRS] = {
		{ .name = "type", .value = map->def.type },
		{ .name = "key_size", .value = map->def.key_size },
		{ .name = "value_size", .value = map->def.value_size },
		{ .name = "max_entries", .value = map->def.max_entries },
		{ .name = "map_flags", .value = map->def.map_flags },
	};
	int id, err;
	size_t i;

	/* The members of a struct must come right after it: types first. */
	for (i = 0; i < REX_BTF_ATTRS; i++) {
		attrs[i].type =
			rex_btf_add_attr_type(btf, byte, attrs[i].value);
		if (attrs[i].type < 0)
			return attrs[i].type;
	}

	id = btf__add_struct(btf, NULL, REX_BTF_MAP_SIZE);
	if (id < 0)
		return id;
	for (i = 0; i < REX_BTF_ATTRS; i++) {
		err = btf__add_field(btf, attrs[i].name, attrs[i].type,
				     i * sizeof(void *) * 8, 0);
		if (err < 0)
			return err;
	}
	return btf__add_var(btf, map->name, BTF_VAR_GLOBAL_ALLOCATED, id);
}

static int rex_btf_fill(struct btf *btf, const struct rex_elf *elf)
{
	int vars[REX_MAX_MAPS];
	int byte, err;
	__u32 i;

	byte = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	if (byte < 0)
		return byte;
	for (i = 0; i < elf->nr_maps; i++) {
		vars[i] = rex_btf_add_map(btf, byte, &elf->maps[i]);
		if (vars[i] < 0)
			return vars[i];
	}

	err = btf__add_datasec(btf, ".maps", elf->nr_maps * REX_BTF_MAP_SIZE);
	for (i = 0; err >= 0 && i < elf->nr_maps; i++)
		err = btf__add_datasec_var_info(
			btf, vars[i], i * REX_BTF_MAP_SIZE, REX_BTF_MAP_SIZE);
	return err < 0 ? err : 0;
}

int rex_btf_build(const struct rex_elf *elf, void **buf, size_t *size)
{
	struct btf *btf = btf__new_empty();
	const void *raw;
	__u32 raw_size;
	int err;

	if (!btf)
		return rex_error_errno(-errno, "cannot make BTF");

	err = rex_btf_fill(btf, elf);
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
