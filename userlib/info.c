// SPDX-License-Identifier: GPL-2.0
/*
 * Information about the module, an object, an image or a program; attaching and
 * replacing.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "../kmod/pattern.h"
#include "internal.h"

int rex_version(struct rex_version *version)
{
	int err;

	if (!version)
		return rex_error(-EINVAL, "no struct to fill");
	err = rex_dev_call(REX_IOC_VERSION, version);
	return err < 0 ? err : 0;
}

struct bpf_object *rex_obj_get_bpf(struct rex_obj *obj)
{
	if (!obj || !obj->bpf) {
		rex_error(-ENOENT, "no object, or one that was not loaded");
		return NULL;
	}
	return obj->bpf;
}

/* A carrier has the name of its program. */
struct bpf_program *rex_obj_program(const struct rex_obj *obj, const char *prog)
{
	struct bpf_program *found;

	if (!obj || !prog) {
		rex_error(-EINVAL, "no object or no program name");
		return NULL;
	}
	if (!obj->bpf) {
		rex_error(-ENOENT, "%s could not be loaded", obj->name);
		return NULL;
	}
	if (rex_obj_find_prog(obj, prog) < 0)
		return NULL;
	found = bpf_object__find_program_by_name(obj->bpf, prog);
	if (!found)
		rex_error(-ENOENT, "libbpf lost program %s", prog);
	return found;
}

static void rex_attach_explain(const struct bpf_program *program, int err)
{
	const char *section = bpf_program__section_name(program);
	const char *name = bpf_program__name(program);
	char why[384];
	int wrong = err == -EOPNOTSUPP ?
			    0 :
			    rex_target_check(section, why, sizeof(why));

	if (err == -EOPNOTSUPP)
		rex_error(err,
			  "the attribute of program %s, section '%s', does "
			  "not say what to attach it to: use libbpf's "
			  "function for its type",
			  name, section);
	else if (wrong)
		rex_error(wrong, "cannot attach program %s: %s", name, why);
	else
		rex_error_errno(err, "cannot attach program %s, section '%s'",
				name, section);
}

/* The path of a file is no pattern: coreutils have a program that is named "[". */
static bool rex_names_many(const char *section)
{
	const char *colon = strrchr(section, ':');

	return rex_is_pattern(colon ?: section);
}

struct bpf_link *rex_obj_attach(const struct rex_obj *obj, const char *prog)
{
	struct bpf_program *program = rex_obj_program(obj, prog);
	struct bpf_link *link;

	if (!program)
		return NULL;
	if (obj->state != REX_OBJ_LOADED) {
		rex_error(-ENOENT, "%s is not loaded", obj->name);
		return NULL;
	}
	if (rex_names_many(bpf_program__section_name(program))) {
		rex_error(-EOPNOTSUPP,
			  "the attribute of program %s, section '%s', matches many functions: use rex_obj_attach_functions()",
			  prog, bpf_program__section_name(program));
		return NULL;
	}
	if (!strncmp(bpf_program__section_name(program), "usdt", 4)) {
		rex_error(-EOPNOTSUPP,
			  "program %s is for USDT probes: use rex_obj_attach_usdt()",
			  prog);
		return NULL;
	}
	link = bpf_program__attach(program);
	if (!link)
		rex_attach_explain(program, -errno);
	return link;
}

int rex_obj_map_fd(const struct rex_obj *obj, const char *map)
{
	int index;

	if (!obj || !map)
		return rex_error(-EINVAL, "no object or no map name");
	if (obj->state != REX_OBJ_LOADED)
		return rex_error(-ENOENT, "%s is not loaded", obj->name);
	index = rex_obj_find_map(obj, map);
	if (index < 0)
		return index;
	if (!bpf_map__autocreate(obj->maps[index]))
		return rex_error(-ENOENT, "map %s of %s was left out", map,
				 obj->name);
	return bpf_map__fd(obj->maps[index]);
}

const char *rex_obj_name(const struct rex_obj *obj)
{
	return obj ? obj->name : "";
}

const char *rex_obj_log(const struct rex_obj *obj)
{
	return obj ? obj->log : "";
}

int rex_obj_image_fd(const struct rex_obj *obj)
{
	if (!obj)
		return rex_error(-EINVAL, "no object");
	if (obj->state != REX_OBJ_LOADED)
		return rex_error(-ENOENT, "%s is not loaded", obj->name);
	return obj->image_fd;
}

int rex_obj_image_info(const struct rex_obj *obj, struct rex_image_info *info)
{
	int fd = rex_obj_image_fd(obj);
	int err;

	if (fd < 0)
		return fd;
	if (!info)
		return rex_error(-EINVAL, "no struct to fill");
	if (info->size < offsetof(struct rex_image_info, id))
		return rex_error(-EINVAL, "struct rex_image_info of size %u",
				 info->size);
	info->image_fd = fd;
	err = rex_dev_call(REX_IOC_IMAGE_INFO, info);
	return err < 0 ? err : 0;
}

/*
 * The caller may have been compiled with another header: only the fields that go into
 * the kernel are in every version of the struct.
 */
static int rex_prog_info_check(const struct rex_prog_info *info)
{
	if (!info)
		return rex_error(-EINVAL, "no struct to fill");
	if (info->size < offsetof(struct rex_prog_info, type))
		return rex_error(-EINVAL, "struct rex_prog_info of size %u",
				 info->size);
	return 0;
}

int rex_prog_info(int prog_fd, struct rex_prog_info *info)
{
	int err = rex_prog_info_check(info);

	if (err)
		return err;
	info->flags = 0;
	info->image_fd = -1;
	info->prog_fd = prog_fd;
	err = rex_dev_call(REX_IOC_PROG_INFO, info);
	if (err == -ENOENT)
		return rex_error(err,
				 "fd %d is a BPF program that runs no Rex "
				 "program",
				 prog_fd);
	return err < 0 ? err : 0;
}

int rex_obj_prog_info(const struct rex_obj *obj, const char *prog,
		      struct rex_prog_info *info)
{
	int fd = rex_obj_image_fd(obj);
	int err, index;

	if (fd < 0)
		return fd;
	err = rex_prog_info_check(info);
	if (err)
		return err;
	index = rex_obj_find_prog(obj, prog);
	if (index < 0)
		return index;

	/* The image numbers its programs as the object file does. */
	info->flags = 0;
	info->image_fd = fd;
	info->prog_fd = -1;
	info->index = index;
	err = rex_dev_call(REX_IOC_PROG_INFO, info);
	return err < 0 ? err : 0;
}

int rex_obj_replace(struct rex_obj *obj, const char *prog, int carrier_fd)
{
	int err = rex_obj_image_fd(obj);
	int index;

	if (err < 0)
		return err;
	index = rex_obj_find_prog(obj, prog);
	if (index < 0)
		return index;
	return rex_obj_bind(obj, index, carrier_fd, REX_BIND_REPLACE);
}
