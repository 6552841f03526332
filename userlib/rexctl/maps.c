// SPDX-License-Identifier: GPL-2.0
/*
 * Maps of Rex programs are found here. The kernel's name of a map has 15 characters: a
 * longer name is compared as far as that.
 */
#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#include "maps.h"

bool rexctl_map_info(__u32 id, struct bpf_map_info *info)
{
	int fd = bpf_map_get_fd_by_id(id);
	__u32 len = sizeof(*info);
	bool known;

	if (fd < 0)
		return false;
	memset(info, 0, sizeof(*info));
	known = !bpf_obj_get_info_by_fd(fd, info, &len);
	close(fd);
	return known;
}

bool rexctl_map_is_lock(const struct btf *btf, const struct btf_member *member)
{
	const struct btf_type *type = btf__type_by_id(btf, member->type);

	return type && btf_is_struct(type) &&
	       !strcmp(btf__name_by_offset(btf, type->name_off),
		       "bpf_spin_lock");
}

/* A bpf_spin_lock is a member of the value itself. */
static bool maps_has_lock(const struct btf *btf, __u32 value_type)
{
	int id = btf__resolve_type(btf, value_type);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);
	__u32 i;

	for (i = 0; type && btf_is_struct(type) && i < btf_vlen(type); i++)
		if (rexctl_map_is_lock(btf, &btf_members(type)[i]))
			return true;
	return false;
}

/*
 * The kernel copies a value for each CPU to and from maps of these types: it has the same
 * list in bpf_map_value_size(). Maps that are named by id or pin may be eBPF's.
 */
static bool maps_is_per_cpu(__u32 type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static int maps_describe(struct rexctl_map *map)
{
	__u32 len = sizeof(map->info);
	int nr;

	if (bpf_obj_get_info_by_fd(map->fd, &map->info, &len))
		return -errno;
	map->per_cpu = maps_is_per_cpu(map->info.type);
	nr = map->per_cpu ? libbpf_num_possible_cpus() : 1;
	if (nr < 0)
		return nr;
	map->nr_cpus = nr;
	map->value_room =
		map->per_cpu ?
			(size_t)nr * ((map->info.value_size + 7) / 8 * 8) :
			map->info.value_size;
	if (map->info.btf_id)
		map->btf = btf__load_from_kernel_by_id(map->info.btf_id);
	map->locked = map->btf &&
		      maps_has_lock(map->btf, map->info.btf_value_type_id);
	return 0;
}

/* Returns whether the kernel's name of map @name is @kernel. */
static bool maps_is_named(const char *kernel, const char *name)
{
	return !strncmp(kernel, name, BPF_OBJ_NAME_LEN - 1);
}

/* Adds the ids of the maps named @name that @prog has, each once. */
static void maps_collect(const struct rexctl_prog *prog, const char *name,
			 __u32 *ids, size_t *nr, size_t max)
{
	struct bpf_map_info info;
	size_t seen;
	__u32 i;

	for (i = 0; i < prog->info.nr_map_ids; i++) {
		for (seen = 0; seen < *nr; seen++)
			if (ids[seen] == prog->map_ids[i])
				break;
		if (seen < *nr || *nr == max)
			continue;
		if (rexctl_map_info(prog->map_ids[i], &info) &&
		    maps_is_named(info.name, name))
			ids[(*nr)++] = info.id;
	}
}

static int maps_open_id(struct rexctl_map *map, __u32 id)
{
	map->fd = bpf_map_get_fd_by_id(id);
	if (map->fd < 0 && errno == ENOENT)
		return rexctl_fail(
			REXCTL_NOT_FOUND,
			"there is no map with the id %u; rexctl show names the maps of programs",
			id);
	if (map->fd < 0)
		return rexctl_fail_errno(errno, "cannot open map %u", id);
	return REXCTL_OK;
}

static int maps_open_name(struct rexctl_map *map, const char *name)
{
	struct rexctl_progs progs;
	int status = rexctl_progs_read(&progs, NULL);
	__u32 ids[64];
	size_t i, nr = 0;

	for (i = 0; !status && i < progs.nr; i++)
		maps_collect(&progs.progs[i], name, ids, &nr, ARRAY_LEN(ids));
	rexctl_progs_free(&progs);
	if (status)
		return status;
	if (nr == 1)
		return maps_open_id(map, ids[0]);
	if (!nr)
		return rexctl_fail(
			REXCTL_NOT_FOUND,
			"no Rex program in the kernel has a map %s; rexctl show names their maps",
			name);
	rexctl_fail(REXCTL_NOT_FOUND, "%s names %zu maps; say which one:", name,
		    nr);
	for (i = 0; i < nr; i++)
		rexctl_hint("%u", ids[i]);
	return REXCTL_NOT_FOUND;
}

static int maps_open_path(struct rexctl_map *map, const char *path)
{
	map->fd = bpf_obj_get(path);
	if (map->fd < 0)
		return rexctl_fail_errno(errno, "cannot open the pin %s", path);
	return REXCTL_OK;
}

int rexctl_map_open(struct rexctl_map *map, const char *ref)
{
	int status, err;

	memset(map, 0, sizeof(*map));
	map->fd = -1;
	if (strchr(ref, '/'))
		status = maps_open_path(map, ref);
	else if (isdigit((unsigned char)ref[0]) &&
		 strspn(ref, "0123456789") == strlen(ref))
		status = maps_open_id(map, strtoul(ref, NULL, 10));
	else
		status = maps_open_name(map, ref);
	if (status)
		return status;
	err = maps_describe(map);
	return err ? rexctl_fail_errno(err, "%s is no map", ref) : REXCTL_OK;
}

void rexctl_map_close(struct rexctl_map *map)
{
	btf__free(map->btf);
	if (map->fd >= 0)
		close(map->fd);
}

json_t *rexctl_map_json(const struct rexctl_map *map)
{
	const struct bpf_map_info *info = &map->info;
	bool typed = map->btf && info->btf_value_type_id;

	return json_pack("{sI,ss,ss,sI,sI,sI,ss}", "id", (json_int_t)info->id,
			 "name", info->name, "type",
			 rexctl_map_type_name(info->type), "key_size",
			 (json_int_t)info->key_size, "value_size",
			 (json_int_t)info->value_size, "max_entries",
			 (json_int_t)info->max_entries, "types",
			 typed ? "from BTF" :
				 "none: numbers by their size, otherwise hex");
}
