// SPDX-License-Identifier: GPL-2.0
/*
 * The sizes of maps, which can be set between open and load.
 */
#include <bpf/libbpf.h>
#include <errno.h>

#include "internal.h"
#include "../kmod/mapkind.h"

bool rex_map_is_owned(__u32 type)
{
	return rex_map_kind(type).access == REX_MAP_OWNED;
}

/* Returns 0 if the size of a map of this kind may become @max_entries. */
static int rex_map_check_size(const struct rex_obj *obj,
			      const struct rex_decl_map *map, __u32 max_entries)
{
	const struct rex_map_def *def = &map->def;

	if (rex_map_is_owned(def->type))
		return rex_error(-EINVAL,
				 "map %s of %s has no size: its values belong to %s",
				 map->name, obj->name,
				 def->type == BPF_MAP_TYPE_CGRP_STORAGE ?
					 "cgroups" :
					 "tasks");
	if (def->type == BPF_MAP_TYPE_ARRAY)
		return rex_error(-EINVAL,
				 "map %s of %s is an array, whose length of %u is compiled into the programs",
				 map->name, obj->name, def->max_entries);
	if (!max_entries)
		return rex_error(-EINVAL, "map %s of %s cannot have the size 0",
				 map->name, obj->name);
	if (def->type == BPF_MAP_TYPE_RINGBUF && max_entries < def->max_entries)
		return rex_error(-ERANGE,
				 "map %s of %s is a ring buffer of at least %u bytes, not %u",
				 map->name, obj->name, def->max_entries,
				 max_entries);
	return 0;
}

int rex_obj_set_map_size(struct rex_obj *obj, const char *map,
			 __u32 max_entries)
{
	int err, index;

	if (!obj || !map)
		return rex_error(-EINVAL, "no object or no map name");
	if (obj->state != REX_OBJ_OPENED)
		return rex_error(-EBUSY, "%s has been loaded already",
				 obj->name);
	index = rex_obj_find_map(obj, map);
	if (index < 0)
		return index;
	err = rex_map_check_size(obj, &obj->decls.maps[index], max_entries);
	if (err)
		return err;
	err = bpf_map__set_max_entries(obj->maps[index], max_entries);
	if (err == -EBUSY)
		return rex_error(-EBUSY, "map %s of %s exists already", map,
				 obj->name);
	return err ? rex_error_errno(err, "size of map %s of %s", map,
				     obj->name) :
		     0;
}

/* libbpf makes an array of perf events as large as the machine has CPUs. */
int rex_map_check_sizes(const struct rex_obj *obj)
{
	const struct rex_decl_map *map;
	__u32 i;

	for (i = 0; i < obj->decls.nr_maps; i++) {
		map = &obj->decls.maps[i];
		if (bpf_map__max_entries(obj->maps[i]) ||
		    rex_map_is_owned(map->def.type) ||
		    map->def.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			continue;
		if (map->def.type == BPF_MAP_TYPE_ARRAY)
			return rex_error(-EINVAL,
					 "map %s of %s is an array without elements: give it a length in the source",
					 map->name, obj->name);
		return rex_error(-EINVAL,
				 "map %s of %s has no size: set one before the load, with rex_obj_set_map_size() or rexctl --set-size %s=N",
				 map->name, obj->name, map->name);
	}
	return 0;
}

/*
 * Asks the kernel whether it has maps of the type of @map. Returns 1, or 0, or a negative
 * errno if the kernel did not say. libbpf makes a map of that type, and returns 0 whatever
 * went wrong. The kernel looks for the type first: the error of an unknown one is EINVAL.
 */
static int rex_map_has_type(const struct rex_decl_map *map)
{
	int ret;

	errno = 0;
	ret = libbpf_probe_bpf_map_type(map->def.type, NULL);
	if (ret || errno == EINVAL)
		return ret;
	return errno ? -errno : -EIO;
}

/* A map that the caller has given says enough of its type. */
static int rex_map_try_leave_out(const struct rex_obj *obj, __u32 index)
{
	const struct rex_decl_map *map = &obj->decls.maps[index];
	int ret;

	if (!(map->def.flags & REX_MAP_OPTIONAL) ||
	    bpf_map__fd(obj->maps[index]) >= 0 ||
	    !bpf_map__autocreate(obj->maps[index]))
		return 0;
	ret = rex_map_has_type(map);
	if (ret < 0)
		return rex_error_errno(
			ret,
			"map %s of %s is optional, and the kernel does not say whether it has maps of type %s",
			map->name, obj->name,
			libbpf_bpf_map_type_str(map->def.type) ?: "?");
	if (ret)
		return 0;
	ret = bpf_map__set_autocreate(obj->maps[index], false);
	if (ret)
		return rex_error_errno(ret, "map %s of %s", map->name,
				       obj->name);
	rex_debug("map %s is left out: the kernel has none of its type",
		  map->name);
	return 0;
}

int rex_map_leave_out(const struct rex_obj *obj)
{
	int err = 0;
	__u32 i;

	for (i = 0; !err && i < obj->decls.nr_maps; i++)
		err = rex_map_try_leave_out(obj, i);
	return err;
}

/* Whatever else is wrong, libbpf has said when it made the map. */
int rex_map_check_types(const struct rex_obj *obj, int err)
{
	const struct rex_decl_map *map;
	__u32 i;

	for (i = 0; err == -EINVAL && i < obj->decls.nr_maps; i++) {
		map = &obj->decls.maps[i];
		if (bpf_map__autocreate(obj->maps[i]) && !rex_map_has_type(map))
			return rex_error(
				-EOPNOTSUPP,
				"map %s of %s: this kernel has no maps of type %s%s; a program that can do without declares the map as optional()",
				map->name, obj->name,
				libbpf_bpf_map_type_str(map->def.type) ?: "?",
				map->def.type == BPF_MAP_TYPE_CGRP_STORAGE ?
					", which Linux has from 6.2 on" :
					"");
	}
	return 0;
}
