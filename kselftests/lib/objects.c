// SPDX-License-Identifier: GPL-2.0
/*
 * Objects: load one, and use its programs and maps by name.
 */
#include "rex_util.h"

struct rex_obj *open_object(const char *name,
			    const struct rex_obj_open_opts *opts)
{
	struct rex_obj *obj = rex_obj_open(object_path(name), opts);

	ASSERT_MSG(obj, "%s: %s", name, rex_last_error());
	return obj;
}

struct rex_obj *open_program(const char *name, const char *program,
			     const struct rex_obj_open_opts *opts)
{
	struct rex_obj *obj = open_object(name, opts);
	struct bpf_program *pos;

	bpf_object__for_each_program(pos, rex_obj_get_bpf(obj))
		bpf_program__set_autoload(pos, !strcmp(bpf_program__name(pos),
						       program));
	return obj;
}

struct rex_obj *open_edited(const char *name, const char *from, const char *to)
{
	struct rex_obj *obj = rex_obj_open(edited_object(name, from, to), NULL);

	ASSERT_MSG(obj, "%s", rex_last_error());
	return obj;
}

void load_opened(struct rex_obj *obj)
{
	ASSERT_MSG(!rex_obj_load_opened(obj), "%s: %s\n%s", rex_obj_name(obj),
		   rex_last_error(), rex_obj_log(obj));
}

struct rex_obj *load_object_opts(const char *name,
				 const struct rex_obj_open_opts *opts)
{
	struct rex_obj *obj = open_object(name, opts);

	load_opened(obj);
	return obj;
}

struct rex_obj *load_object(const char *name)
{
	return load_object_opts(name, NULL);
}

bool loads_with(const char *name, const char *map, int fd)
{
	struct rex_map_fd fds = { .fd = fd };
	REX_OPTS(rex_obj_open_opts, opts, .map_fds = &fds, .nr_map_fds = 1);
	struct rex_obj *obj;
	bool loaded;

	ASSERT_MSG(fd >= 0, "%s: %s", map, strerror(-fd));
	snprintf(fds.name, sizeof(fds.name), "%s", map);
	obj = rex_obj_open(object_path(name), &opts);
	if (!obj)
		return false;
	loaded = !rex_obj_load_opened(obj);
	rex_obj_close(obj);
	return loaded;
}

struct bpf_program *program(struct rex_obj *obj, const char *name)
{
	struct bpf_program *prog = rex_obj_program(obj, name);

	ASSERT_MSG(prog, "%s", rex_last_error());
	return prog;
}

struct bpf_link *attach(struct rex_obj *obj, const char *name)
{
	struct bpf_link *link = rex_obj_attach(obj, name);

	ASSERT_MSG(link, "%s", rex_last_error());
	return link;
}

struct rex_prog_info prog_info(struct rex_obj *obj, const char *name)
{
	struct rex_prog_info info = { .size = sizeof(info) };

	ASSERT_MSG(!rex_obj_prog_info(obj, name, &info), "%s: %s", name,
		   rex_last_error());
	return info;
}

bool is_live(struct rex_obj *obj, const char *name)
{
	return prog_info(obj, name).state == REX_PROG_LIVE;
}

struct rex_image_info image_info(struct rex_obj *obj)
{
	struct rex_image_info info = { .size = sizeof(info) };

	ASSERT_MSG(!rex_obj_image_info(obj, &info), "%s", rex_last_error());
	return info;
}

__u64 recursion_misses_of(int prog_fd)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	ASSERT(!bpf_obj_get_info_by_fd(prog_fd, &info, &len));
	return info.recursion_misses;
}

__u64 recursion_misses(struct rex_obj *obj, const char *name)
{
	return recursion_misses_of(bpf_program__fd(program(obj, name)));
}

int map_fd(struct rex_obj *obj, const char *name)
{
	int fd = rex_obj_map_fd(obj, name);

	ASSERT_MSG(fd >= 0, "%s", rex_last_error());
	return fd;
}

__u64 map_get(struct rex_obj *obj, const char *map, __u32 key)
{
	__u64 value = 0;

	ASSERT_MSG(!bpf_map_lookup_elem(map_fd(obj, map), &key, &value),
		   "no %s[%u]: %s", map, key, strerror(errno));
	return value;
}

void map_set(struct rex_obj *obj, const char *map, __u32 key, __u64 value)
{
	ASSERT_MSG(!bpf_map_update_elem(map_fd(obj, map), &key, &value, 0),
		   "cannot set %s[%u]: %s", map, key, strerror(errno));
}

__u64 name_hash(const char *name)
{
	__u64 hash = 0xcbf29ce484222325ull;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3ull;
	return hash;
}
