// SPDX-License-Identifier: GPL-2.0
/*
 * An opened object is loaded: carriers and maps by libbpf, the image and the bindings by
 * rex.ko.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

int rex_obj_find_map(const struct rex_obj *obj, const char *map)
{
	int index = rex_decls_find_map(&obj->decls, map);

	return index < 0 ?
		       rex_error(index, "%s has no map %s", obj->name, map) :
		       index;
}

int rex_obj_find_prog(const struct rex_obj *obj, const char *prog)
{
	__u32 i;

	if (!prog)
		return rex_error(-EINVAL, "no program name");
	for (i = 0; i < obj->decls.nr_progs; i++)
		if (!strcmp(obj->decls.progs[i].name, prog))
			return i;
	return rex_error(-ENOENT, "%s has no program %s", obj->name, prog);
}

/* Checks, before anything is made, that there is a module of the right ABI version. */
static int rex_load_check_module(void)
{
	struct rex_version version = { .size = sizeof(version) };
	int err = rex_version(&version);

	if (err)
		return err;
	if (version.abi != REX_ABI_VERSION)
		return rex_error(-EPROTO,
				 "the module speaks ABI %u, librex speaks %u",
				 version.abi, REX_ABI_VERSION);
	return 0;
}

/*
 * Finds the maps that this load pins, and must unpin if it fails later: their pin paths
 * are free now. Sets *@fresh to an array by index of decls.maps.
 */
static int rex_load_note_pins(const struct rex_obj *obj, bool **fresh)
{
	const char *path;
	__u32 i;

	*fresh = calloc(obj->decls.nr_maps ?: 1, sizeof(**fresh));
	if (!*fresh)
		return rex_error_errno(-ENOMEM, "pin paths");
	for (i = 0; i < obj->decls.nr_maps; i++) {
		path = bpf_map__pin_path(obj->maps[i]);
		(*fresh)[i] = path && access(path, F_OK);
	}
	return 0;
}

static void rex_load_unpin(const struct rex_obj *obj, const bool *fresh)
{
	__u32 i;

	for (i = 0; i < obj->decls.nr_maps; i++)
		if (fresh[i] && bpf_map__is_pinned(obj->maps[i]))
			bpf_map__unpin(obj->maps[i], NULL);
}

/*
 * libbpf finds the target of a program that is traced by BTF when it loads the program.
 * Returns an error if there is no such target, or if it cannot be traced, otherwise 0.
 */
static int rex_load_check_target(const struct rex_obj *obj,
				 const struct rex_prog_def *def)
{
	const struct bpf_program *prog =
		bpf_object__find_program_by_name(obj->bpf, def->name);
	char why[384];
	int err;

	if (def->type != BPF_PROG_TYPE_TRACING &&
	    def->type != BPF_PROG_TYPE_LSM)
		return 0;
	if (!prog || !bpf_program__autoload(prog))
		return 0;
	if (access("/sys/kernel/btf/vmlinux", F_OK))
		return rex_error(-ESRCH,
				 "%s: program %s: this kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which programs of %s are attached",
				 obj->name, def->name, def->section);
	err = rex_target_check(def->section, why, sizeof(why));
	return err ? rex_error(err, "%s: program %s: %s", obj->name, def->name,
			       why) :
		     0;
}

static int rex_load_explain(const struct rex_obj *obj, int err)
{
	int found = rex_map_check_types(obj, err);
	__u32 i;

	/* The first is the error of libbpf's search, the others are those of the kernel's. */
	if (err == -ESRCH || err == -ENOENT || err == -EINVAL)
		for (i = 0; !found && i < obj->decls.nr_progs; i++)
			found = rex_load_check_target(obj,
						      &obj->decls.progs[i]);
	if (found)
		return found;
	if (err == -E2BIG || err == -ENOMEM)
		return rex_error(err,
				 "%s: a map is too large for the kernel, or for the free memory: make it smaller (libbpf names it)",
				 obj->name);
	return rex_error_errno(err,
			       "%s: the kernel refused the maps or the "
			       "carriers (libbpf says why)",
			       obj->name);
}

static int rex_load_carriers(const struct rex_obj *obj)
{
	int err = rex_map_check_sizes(obj);

	err = err ?: rex_map_leave_out(obj);
	if (err)
		return err;
	err = bpf_object__load(obj->bpf);
	return err ? rex_load_explain(obj, err) : 0;
}

static int rex_load_fill_maps(const struct rex_obj *obj, struct rex_map_fd *fds)
{
	__u32 i;

	for (i = 0; i < obj->decls.nr_maps; i++) {
		fds[i].fd = bpf_map__fd(obj->maps[i]);
		if (!bpf_map__autocreate(obj->maps[i]))
			fds[i].fd = REX_NO_MAP;
		else if (fds[i].fd < 0)
			return rex_error(fds[i].fd, "map %s was not created",
					 obj->decls.maps[i].name);
		strcpy(fds[i].name, obj->decls.maps[i].name);
	}
	return 0;
}

/* The last line of the kernel's log has the reason of a refusal. */
static int rex_load_describe(const struct rex_obj *obj, int err)
{
	const char *end = obj->log + strlen(obj->log);
	const char *start;

	while (end > obj->log && end[-1] == '\n')
		end--;
	for (start = end; start > obj->log && start[-1] != '\n'; start--)
		;
	if (start == end) /* no log was written */
		return rex_error(err, "%s: %s", obj->name, rex_last_error());
	return rex_error(err, "%s: rex.ko refused the object: %.*s", obj->name,
			 (int)(end - start > 300 ? 300 : end - start), start);
}

static int rex_load_image(struct rex_obj *obj)
{
	struct rex_load load = {
		.size = sizeof(load),
		.elf = (uintptr_t)obj->file,
		.elf_size = obj->file_size,
		.nr_maps = obj->decls.nr_maps,
		.log_level = obj->log_level,
		.log_buf = (uintptr_t)obj->log,
		.log_size = obj->log_size,
		.restarts_per_min = obj->restarts_per_min,
		.heap_size = obj->heap_size,
	};
	struct rex_config_value *configs;
	struct rex_map_fd *fds;
	int ret;

	fds = calloc(obj->decls.nr_maps ?: 1, sizeof(*fds));
	configs = calloc(obj->decls.nr_configs ?: 1, sizeof(*configs));
	if (!fds || !configs) {
		ret = rex_error_errno(-ENOMEM, "maps and configs");
		goto out;
	}
	ret = rex_load_fill_maps(obj, fds);
	if (ret)
		goto out;
	load.nr_configs = rex_config_collect(obj, configs);
	if (load.nr_configs)
		load.configs = (uintptr_t)configs;

	if (load.restarts_per_min)
		load.flags |= REX_LOAD_RESTART;
	if (obj->time_runs)
		load.flags |= REX_LOAD_TIME_RUNS;
	load.maps = (uintptr_t)fds;
	strcpy(load.name, obj->name);
	ret = rex_dev_call(REX_IOC_LOAD, &load);
	obj->log[obj->log_size - 1] = '\0';
	if (obj->log[0])
		rex_debug("log of the kernel, %u bytes:", load.log_len);
	if (rex_debug_enabled())
		fputs(obj->log, stderr);
	if (ret < 0) {
		ret = rex_load_describe(obj, ret);
		goto out;
	}
	obj->image_fd = ret;
	ret = 0;
out:
	free(configs);
	free(fds);
	return ret;
}

/* A process that lists BPF programs may open a carrier before it is bound. */
#define REX_BIND_TRIES 100
#define REX_BIND_PAUSE_US 10000

static int rex_load_try_bind(struct rex_bind *bind)
{
	int i, err;

	for (i = 0;; i++) {
		err = rex_dev_call(REX_IOC_BIND, bind);
		/* An older module has no log for BIND. */
		if (err == -E2BIG && bind->log_buf) {
			bind->log_buf = 0;
			bind->log_size = 0;
			continue;
		}
		if (err != -ETXTBSY || i >= REX_BIND_TRIES)
			return err;
		usleep(REX_BIND_PAUSE_US);
	}
}

int rex_obj_bind(const struct rex_obj *obj, __u32 index, int prog_fd,
		 __u32 flags)
{
	const struct rex_obj_prog *prog = &obj->progs[index];
	char reason[256] = "";
	struct rex_bind bind = {
		.size = sizeof(bind),
		.flags = flags | prog->bind_flags,
		.image_fd = obj->image_fd,
		.prog_fd = prog_fd,
		.timeout_ms = prog->timeout_ms,
		.default_ret = prog->default_ret,
		.log_buf = (uintptr_t)reason,
		.log_size = sizeof(reason),
	};
	int err;

	strcpy(bind.entry, obj->decls.progs[index].name);
	err = rex_load_try_bind(&bind);
	reason[strcspn(reason, "\n")] = '\0';
	if (err == -ERANGE)
		return rex_error(err,
				 "%s: program %s: a timeout of %u ms is above the limit, the parameter max_timeout_ms of rex.ko",
				 obj->name, bind.entry, bind.timeout_ms);
	if (err < 0 && reason[0])
		return rex_error(err, "%s: cannot bind program %s: %s",
				 obj->name, bind.entry, reason);
	if (err < 0)
		return rex_error_errno(err, "%s: cannot bind program %s",
				       obj->name, bind.entry);
	return 0;
}

static int rex_load_bind_all(const struct rex_obj *obj)
{
	const struct bpf_program *prog;
	__u32 i;
	int err;

	for (i = 0; i < obj->decls.nr_progs; i++) {
		prog = bpf_object__find_program_by_name(obj->bpf,
							obj->decls.progs[i]
								.name);
		if (!prog)
			return rex_error(-ENOENT, "%s: no carrier for %s",
					 obj->name, obj->decls.progs[i].name);
		if (!bpf_program__autoload(prog))
			continue;
		err = rex_obj_bind(obj, i, bpf_program__fd(prog), 0);
		if (err)
			return err;
		rex_debug("%s: program %s bound", obj->name,
			  obj->decls.progs[i].name);
	}
	return 0;
}

static int rex_load_all(struct rex_obj *obj)
{
	bool *fresh = NULL;
	int err;

	err = rex_dev_begin();
	err = err ?: rex_load_check_module();
	err = err ?: rex_load_note_pins(obj, &fresh);
	err = err ?: rex_load_carriers(obj);
	if (err)
		goto out;

	err = rex_load_image(obj);
	err = err ?: rex_load_bind_all(obj);
	if (err)
		rex_load_unpin(obj, fresh);
out:
	rex_dev_end();
	free(fresh);
	return err;
}

int rex_obj_load_opened(struct rex_obj *obj)
{
	int err;

	if (!obj)
		return rex_error(-EINVAL, "no object");
	if (obj->state != REX_OBJ_OPENED)
		return rex_error(-EALREADY, "%s: a load can be tried once only",
				 obj->name);

	err = rex_load_all(obj);
	free(obj->file); /* the kernel has its own copy, or needs none */
	obj->file = NULL;
	if (!err) {
		obj->state = REX_OBJ_LOADED;
		return 0;
	}

	/* Closing the carriers frees them, and so undoes what was bound. */
	obj->state = REX_OBJ_FAILED;
	bpf_object__close(obj->bpf);
	obj->bpf = NULL;
	if (obj->image_fd >= 0)
		close(obj->image_fd);
	obj->image_fd = -1;
	errno = -err;
	return err;
}

struct rex_obj *rex_obj_load(const char *path)
{
	struct rex_obj *obj = rex_obj_open(path, NULL);
	int err;

	if (!obj) {
		err = errno;
		fprintf(stderr, "librex: %s\n", rex_last_error());
		errno = err;
		return NULL;
	}
	err = rex_obj_load_opened(obj);
	if (err) {
		fprintf(stderr, "librex: %s\n", rex_last_error());
		rex_obj_close(obj);
		errno = -err;
		return NULL;
	}
	return obj;
}
