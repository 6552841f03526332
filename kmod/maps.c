// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "ksyms.h"
#include "mapkind.h"
#include "maps.h"
#include "selftest.h"

/* Programs name an entry to redirect to, and see no value. */
static bool maps_is_redirect_map(const struct bpf_map *map)
{
	return rex_map_kind(map->map_type).access == REX_MAP_REDIRECT;
}

static int maps_check_u32(const char *map, const char *what, u32 declared,
			  u32 found, struct rex_log *log)
{
	if (declared == found)
		return 0;
	rex_log_err(log, "map %s: the object declares %s %u, the map has %u",
		    map, what, declared, found);
	return -EMEDIUMTYPE;
}

/* Types have names; that of a type which no program may use is its number. */
static int maps_check_type(const char *map, const char *what, u32 declared,
			   u32 found, struct rex_log *log)
{
	const char *want = rex_map_kind(declared).name;
	const char *have = rex_map_kind(found).name;

	if (!want || !have || declared == found)
		return maps_check_u32(map, what, declared, found, log);
	rex_log_err(log, "map %s: the object declares %s %s, the map is of %s",
		    map, what, want, have);
	return -EMEDIUMTYPE;
}

/*
 * A map that lies in a network card (map_ifindex of bpf(2)) has the type of an ordinary
 * map, but another structure: the kernel itself cannot look up its elements.
 */
static int maps_check_place(const char *name, const struct bpf_map *map,
			    struct rex_log *log)
{
	if (map->ops->map_lookup_elem)
		return 0;
	rex_log_err(log, "map %s: it belongs to a device", name);
	return -EPERM;
}

/*
 * Programs read and write values, so a map that programs may not write is refused.
 */
static int maps_check_access(const char *name, const struct bpf_map *map,
			     struct rex_log *log)
{
	if (maps_is_redirect_map(map) ||
	    !(map->map_flags & (BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)))
		return 0;
	rex_log_err(log, "map %s: programs may not read and write it", name);
	return -EPERM;
}

/*
 * Maps with special fields in their values (pointers of the kernel, timers, lists) are
 * refused, too. The exception is a bpf_spin_lock that the program declares, in a map whose
 * elements are preallocated: see elf_check_lock().
 */
static int maps_check_fields(const struct rex_elf_map *want,
			     const struct bpf_map *map, struct rex_log *log)
{
	int offset = rex_compat_map_lock_offset(map);

	if (!(want->def->flags & REX_MAP_HAS_SPIN_LOCK)) {
		if (offset == -ENOENT)
			return 0;
		rex_log_err(log,
			    "map %s: its values have special kernel fields",
			    want->name);
		return -EPERM;
	}
	if (offset < 0) {
		rex_log_err(log,
			    "map %s: the object declares a spin lock in the values, %s",
			    want->name,
			    offset == -ENOENT ? "the map has none" :
						"the map has other fields");
		return -EMEDIUMTYPE;
	}
	if (map->map_flags & BPF_F_NO_PREALLOC) {
		rex_log_err(log,
			    "map %s: it has spin locks in elements that are not preallocated",
			    want->name);
		return -EMEDIUMTYPE;
	}
	return maps_check_u32(want->name, "a spin lock at offset",
			      want->def->lock_offset, offset, log);
}

/*
 * The number of elements of an array is compiled into the program. For other maps it is
 * up to userspace, but a ring buffer should be large enough for the records that the
 * program writes.
 */
static int maps_check_max_entries(const struct rex_elf_map *want,
				  const struct bpf_map *map,
				  struct rex_log *log)
{
	const struct rex_map_def *def = want->def;

	if (def->type == BPF_MAP_TYPE_ARRAY ||
	    (def->type == BPF_MAP_TYPE_RINGBUF &&
	     map->max_entries < def->max_entries))
		return maps_check_u32(want->name, "max_entries",
				      def->max_entries, map->max_entries, log);
	return 0;
}

/* The maps in a map of maps are like the map that it was made with. */
static int maps_check_inner(const struct rex_elf_map *want,
			    const struct bpf_map *map, struct rex_log *log)
{
	const struct rex_map_def *def = want->def;
	const struct bpf_map *inner = map->inner_map_meta;
	int ret;

	if (!def->inner_type != !inner) {
		rex_log_err(log, "map %s: only %s is a map of maps", want->name,
			    inner ? "the map" : "what the object declares");
		return -EMEDIUMTYPE;
	}
	if (!inner)
		return 0;
	ret = maps_check_type(want->name, "inner type", def->inner_type,
			      inner->map_type, log);
	if (!ret)
		ret = maps_check_u32(want->name, "inner key size",
				     def->inner_key_size, inner->key_size, log);
	if (!ret)
		ret = maps_check_u32(want->name, "inner value size",
				     def->inner_value_size, inner->value_size,
				     log);
	if (!ret)
		ret = maps_check_access(want->name, inner, log);
	if (!ret && rex_compat_map_lock_offset(inner) != -ENOENT) {
		rex_log_err(log,
			    "map %s: values of its maps have special kernel fields",
			    want->name);
		ret = -EPERM;
	}
	return ret;
}

static int maps_check_map(const struct rex_elf_map *want,
			  const struct bpf_map *map, struct rex_log *log)
{
	const struct rex_map_def *def = want->def;
	int ret;

	ret = maps_check_type(want->name, "type", def->type, map->map_type,
			      log);
	if (!ret)
		ret = maps_check_u32(want->name, "key size", def->key_size,
				     map->key_size, log);
	if (!ret)
		ret = maps_check_u32(want->name, "value size", def->value_size,
				     map->value_size, log);
	if (!ret)
		ret = maps_check_max_entries(want, map, log);
	if (!ret)
		ret = maps_check_place(want->name, map, log);
	if (!ret)
		ret = maps_check_access(want->name, map, log);
	if (!ret)
		ret = maps_check_fields(want, map, log);
	if (!ret)
		ret = maps_check_inner(want, map, log);
	return ret;
}

static const struct rex_map_fd *maps_find_fd(const struct rex_map_fd *fds,
					     u32 nr, const char *name)
{
	u32 i;

	for (i = 0; i < nr; i++)
		if (!strncmp(fds[i].name, name, REX_NAME_LEN))
			return &fds[i];
	return NULL;
}

/* Returns NULL for a map that the loader has left out. */
static struct bpf_map *maps_get_map(const struct rex_elf_map *want,
				    const struct rex_map_fd *fds, u32 nr_fds,
				    struct rex_log *log)
{
	const struct rex_map_fd *fd = maps_find_fd(fds, nr_fds, want->name);
	struct bpf_map *map;
	int ret;

	if (!fd) {
		rex_log_err(log, "no file descriptor given for map %s",
			    want->name);
		return ERR_PTR(-ENOENT);
	}
	if (fd->fd == REX_NO_MAP && want->def->flags & REX_MAP_OPTIONAL)
		return NULL;
	map = rex_kcall(bpf_map_get)(fd->fd);
	if (IS_ERR(map)) {
		rex_log_err(log, "map %s: file descriptor %d is not a map",
			    want->name, fd->fd);
		return ERR_PTR(-EBADF);
	}
	ret = maps_check_map(want, map, log);
	if (ret) {
		bpf_map_put(map);
		return ERR_PTR(ret);
	}
	return map;
}

/* Each given name must be that of a map of the object, and be given only once. */
static int maps_check_names(const struct rex_elf *elf,
			    const struct rex_map_fd *fds, u32 nr_fds,
			    struct rex_log *log)
{
	u32 i, j;

	for (i = 0; i < nr_fds; i++) {
		for (j = 0; j < elf->nr_maps; j++)
			if (!strncmp(fds[i].name, elf->maps[j].name,
				     REX_NAME_LEN))
				break;
		if (j == elf->nr_maps) {
			rex_log_err(log, "the object has no map %.*s",
				    REX_NAME_LEN, fds[i].name);
			return -ENOENT;
		}
		if (maps_find_fd(fds, i, fds[i].name)) {
			rex_log_err(log, "map %.*s is given twice",
				    REX_NAME_LEN, fds[i].name);
			return -EINVAL;
		}
		if (fds[i].reserved)
			return -EINVAL;
	}
	return 0;
}

static void maps_put(struct bpf_map **maps, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		if (maps[i])
			bpf_map_put(maps[i]);
}

int rex_maps_match(const struct rex_elf *elf, const struct rex_map_fd *fds,
		   u32 nr_fds, struct bpf_map **maps, struct rex_log *log)
{
	int ret = maps_check_names(elf, fds, nr_fds, log);
	u32 i;

	if (ret)
		return ret;
	for (i = 0; i < elf->nr_maps; i++) {
		maps[i] = maps_get_map(&elf->maps[i], fds, nr_fds, log);
		if (IS_ERR(maps[i])) {
			ret = PTR_ERR(maps[i]);
			maps_put(maps, i);
			return ret;
		}
	}
	return 0;
}

void rex_maps_put(struct bpf_map **maps, u32 nr)
{
	maps_put(maps, nr);
	kvfree(maps);
}

/* The crate makes no call with the pointers of a map that was left out, which are 0. */
static void maps_fill_def(struct rex_map_def *def, struct bpf_map *map)
{
	def->map = (u64)map;
	def->value = 0;
	if (map && map->map_type == BPF_MAP_TYPE_ARRAY) {
		struct bpf_array *array =
			container_of(map, struct bpf_array, map);

		def->value = (u64)array->value;
		def->elem_size = array->elem_size;
		def->index_mask = array->index_mask;
	}
}

int rex_maps_fill(struct rex_image *image, const struct rex_elf *elf,
		  struct bpf_map *const *maps)
{
	u8 *rodata = image->target.seg[REX_SEG_RODATA].mem;
	u32 i;

	if (!elf->nr_maps)
		return 0;
	if (rex_selftest_fail_step())
		return -ENOMEM;
	image->maps = kvcalloc(elf->nr_maps, sizeof(*maps), REX_GFP);
	if (!image->maps)
		return -ENOMEM;
	for (i = 0; i < elf->nr_maps; i++) {
		if (maps[i]) {
			bpf_map_inc(maps[i]);
			image->maps[image->nr_maps++] = maps[i];
		}
		maps_fill_def((void *)(rodata + elf->maps[i].offset), maps[i]);
	}
	return 0;
}
