// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "ksyms.h"
#include "maps.h"
#include "testhook.h"

/* Programs name an entry to redirect to, and see no value. */
static bool is_redirect_map(const struct bpf_map *map)
{
	return map->map_type == BPF_MAP_TYPE_DEVMAP ||
	       map->map_type == BPF_MAP_TYPE_DEVMAP_HASH ||
	       map->map_type == BPF_MAP_TYPE_CPUMAP;
}

/*
 * The crate gives programs plain access to values, so that a map whose values
 * contain pointers or locks of the kernel, or that is not to be written by
 * programs, is not for us.
 */
static int check_access(const char *name, const struct bpf_map *map,
			struct rex_log *log)
{
	if (is_redirect_map(map))
		return 0;
	if (map->map_flags & (BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)) {
		rex_log_err(log, "map %s: programs may not read and write it",
			    name);
		return -EPERM;
	}
	if (rex_compat_map_has_special_fields(map)) {
		rex_log_err(log,
			    "map %s: its values have special kernel fields",
			    name);
		return -EPERM;
	}
	return 0;
}

static int check_u32(const char *map, const char *what, u32 declared, u32 found,
		     struct rex_log *log)
{
	if (declared == found)
		return 0;
	rex_log_err(log, "map %s: the object declares %s %u, the map has %u",
		    map, what, declared, found);
	return -EMEDIUMTYPE;
}

static int check_map(const struct rex_elf_map *want, const struct bpf_map *map,
		     struct rex_log *log)
{
	const struct rex_map_def *def = want->def;
	int ret;

	ret = check_u32(want->name, "type", def->type, map->map_type, log);
	if (!ret)
		ret = check_u32(want->name, "key size", def->key_size,
				map->key_size, log);
	if (!ret)
		ret = check_u32(want->name, "value size", def->value_size,
				map->value_size, log);
	if (!ret)
		ret = check_u32(want->name, "max_entries", def->max_entries,
				map->max_entries, log);
	if (!ret)
		ret = check_access(want->name, map, log);
	return ret;
}

static const struct rex_map_fd *find_fd(const struct rex_map_fd *fds, u32 nr,
					const char *name)
{
	u32 i;

	for (i = 0; i < nr; i++)
		if (!strncmp(fds[i].name, name, REX_NAME_LEN))
			return &fds[i];
	return NULL;
}

static struct bpf_map *get_map(const struct rex_elf_map *want,
			       const struct rex_map_fd *fds, u32 nr_fds,
			       struct rex_log *log)
{
	const struct rex_map_fd *fd = find_fd(fds, nr_fds, want->name);
	struct bpf_map *map;
	int ret;

	if (!fd) {
		rex_log_err(log, "no file descriptor given for map %s",
			    want->name);
		return ERR_PTR(-ENOENT);
	}
	map = rex_ksyms.bpf_map_get(fd->fd);
	if (IS_ERR(map)) {
		rex_log_err(log, "map %s: file descriptor %d is not a map",
			    want->name, fd->fd);
		return ERR_PTR(-EBADF);
	}
	ret = check_map(want, map, log);
	if (ret) {
		bpf_map_put(map);
		return ERR_PTR(ret);
	}
	return map;
}

/* Each name given must be one of the object's; each is there only once. */
static int check_names(const struct rex_elf *elf, const struct rex_map_fd *fds,
		       u32 nr_fds, struct rex_log *log)
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
		if (find_fd(fds, i, fds[i].name)) {
			rex_log_err(log, "map %.*s is given twice",
				    REX_NAME_LEN, fds[i].name);
			return -EINVAL;
		}
		if (fds[i].reserved)
			return -EINVAL;
	}
	return 0;
}

int rex_maps_match(const struct rex_elf *elf, const struct rex_map_fd *fds,
		   u32 nr_fds, struct bpf_map **maps, struct rex_log *log)
{
	int ret = check_names(elf, fds, nr_fds, log);
	u32 i;

	if (ret)
		return ret;
	for (i = 0; i < elf->nr_maps; i++) {
		maps[i] = get_map(&elf->maps[i], fds, nr_fds, log);
		if (IS_ERR(maps[i])) {
			ret = PTR_ERR(maps[i]);
			while (i--)
				bpf_map_put(maps[i]);
			return ret;
		}
	}
	return 0;
}

void rex_maps_put(struct bpf_map **maps, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		bpf_map_put(maps[i]);
	kvfree(maps);
}

static void fill_def(struct rex_map_def *def, struct bpf_map *map)
{
	def->map = (u64)map;
	if (map->map_type == BPF_MAP_TYPE_ARRAY) {
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
	u8 *rodata = image->target.group[REX_GROUP_RODATA].mem;
	u32 i;

	if (!elf->nr_maps)
		return 0;
	if (rex_testhook_fail_step())
		return -ENOMEM;
	image->maps = kvcalloc(elf->nr_maps, sizeof(*maps), GFP_KERNEL);
	if (!image->maps)
		return -ENOMEM;
	for (i = 0; i < elf->nr_maps; i++) {
		bpf_map_inc(maps[i]);
		image->maps[i] = maps[i];
		image->nr_maps++;
		fill_def((void *)(rodata + elf->maps[i].offset), maps[i]);
	}
	return 0;
}
