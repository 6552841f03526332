// SPDX-License-Identifier: GPL-2.0
/*
 * Values that programs share with userspace: array maps of one element that can be mapped.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

static size_t rex_shared_mapped_size(const struct rex_map_def *def)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (def->value_size + page - 1) / page * page;
}

static bool rex_shared_is(const struct rex_map_def *def)
{
	return def->type == BPF_MAP_TYPE_ARRAY && def->max_entries == 1 &&
	       def->map_flags & BPF_F_MMAPABLE && !def->flags;
}

/* Index of the value in decls.maps, or a negative errno with an error text. */
static int rex_shared_find(const struct rex_obj *obj, const char *name)
{
	int index;

	if (!obj || !name)
		return rex_error(-EINVAL, "no object or no name");
	if (obj->state != REX_OBJ_LOADED)
		return rex_error(-ENOENT, "%s is not loaded", obj->name);
	index = rex_obj_find_map(obj, name);
	if (index < 0)
		return rex_error(index, "%s has no shared value %s", obj->name,
				 name);
	if (!rex_shared_is(&obj->decls.maps[index].def))
		return rex_error(-EINVAL,
				 "%s of %s is a map of another kind than Shared",
				 name, obj->name);
	return index;
}

/* Returns the address of the value, which the first call maps. */
static void *rex_shared_map(struct rex_obj *obj, int index)
{
	const struct rex_decl_map *map = &obj->decls.maps[index];
	void *at;

	if (!obj->shared)
		obj->shared = calloc(obj->decls.nr_maps, sizeof(*obj->shared));
	if (!obj->shared) {
		rex_error_errno(-ENOMEM, "shared values");
		return NULL;
	}
	if (obj->shared[index])
		return obj->shared[index];
	at = mmap(NULL, rex_shared_mapped_size(&map->def),
		  PROT_READ | PROT_WRITE, MAP_SHARED,
		  bpf_map__fd(obj->maps[index]), 0);
	if (at == MAP_FAILED) {
		rex_error_errno(-errno, "%s of %s cannot be mapped", map->name,
				obj->name);
		return NULL;
	}
	obj->shared[index] = at;
	return at;
}

void rex_shared_unmap(struct rex_obj *obj)
{
	__u32 i;

	for (i = 0; obj->shared && i < obj->decls.nr_maps; i++)
		if (obj->shared[i])
			munmap(obj->shared[i],
			       rex_shared_mapped_size(&obj->decls.maps[i].def));
	free(obj->shared);
	obj->shared = NULL;
}

void *rex_obj_map_shared(struct rex_obj *obj, const char *name, size_t *size)
{
	int index = rex_shared_find(obj, name);

	if (index < 0)
		return NULL;
	if (size)
		*size = obj->decls.maps[index].def.value_size;
	return rex_shared_map(obj, index);
}

#define REX_COPY_AS(type)                                    \
	__atomic_store_n((type *)to,                         \
			 __atomic_load_n((const type *)from, \
					 __ATOMIC_ACQUIRE),  \
			 __ATOMIC_RELEASE)

/* Programs access words of these sizes in one piece. */
static void rex_shared_copy(void *to, const void *from, size_t size)
{
	switch (size) {
	case sizeof(__u8):
		REX_COPY_AS(__u8);
		break;
	case sizeof(__u16):
		REX_COPY_AS(__u16);
		break;
	case sizeof(__u32):
		REX_COPY_AS(__u32);
		break;
	case sizeof(__u64):
		REX_COPY_AS(__u64);
		break;
	default:
		memcpy(to, from, size);
	}
}

/* Returns the address of the value, if it has that size; NULL with *@err. */
static void *rex_shared_open(struct rex_obj *obj, const char *name,
			     const void *value, size_t size, int *err)
{
	int index = rex_shared_find(obj, name);
	void *at;

	*err = index;
	if (index < 0)
		return NULL;
	if (!value) {
		*err = rex_error(-EINVAL, "no value for %s", name);
		return NULL;
	}
	if (size != obj->decls.maps[index].def.value_size) {
		*err = rex_error(-EMSGSIZE,
				 "%s of %s has %u bytes, the value has %zu",
				 name, obj->name,
				 obj->decls.maps[index].def.value_size, size);
		return NULL;
	}
	at = rex_shared_map(obj, index);
	*err = at ? 0 : -errno;
	return at;
}

/* The caller's value may not be aligned. */
int rex_obj_get_shared(struct rex_obj *obj, const char *name, void *value,
		       size_t size)
{
	const void *at;
	__u64 copy;
	int err;

	at = rex_shared_open(obj, name, value, size, &err);
	if (!at)
		return err;
	if (size > sizeof(copy)) {
		memcpy(value, at, size);
		return 0;
	}
	rex_shared_copy(&copy, at, size);
	memcpy(value, &copy, size);
	return 0;
}

int rex_obj_set_shared(struct rex_obj *obj, const char *name, const void *value,
		       size_t size)
{
	__u64 copy;
	void *at;
	int err;

	at = rex_shared_open(obj, name, value, size, &err);
	if (!at)
		return err;
	if (size > sizeof(copy)) {
		memcpy(at, value, size);
		return 0;
	}
	memcpy(&copy, value, size);
	rex_shared_copy(at, &copy, size);
	return 0;
}
